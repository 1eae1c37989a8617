"""The public views: which columns they have, for good, and what each of them means.

They are asked as a person with an SQLite shell asks them: by SQL, without a line of the program.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import row
from synced import NOON, Watched

from db import views
from sync.answers import ChangeRow, CodeRow, FlagRow

COLUMNS = {
    "close_codes": (
        "first last description assignment registered_on revised_on reference documented flagged "
        "first_seen_at withdrawn_at"
    ),
    "flagged_codes": "first last description registered_on missing_from opened_at ignored",
    "registration_history": "first last at change field before after document_updated",
    "registrations": (
        "watch first last description assignment registered_on revised_on reference documented flagged "
        "first_seen_at withdrawn_at"
    ),
    "flags": "watch first last description registered_on missing_from opened_at closed_at ignored",
    "history": "watch first last at change field before after document_updated",
}
A = [
    row("1000", "Normal"),
    row("1004", "Reserved"),
    row("3000", "Unauthorized", date="2021-09-06"),
    row("3001-3999", "Unassigned"),
    row("4000-4999", "Reserved for Private Use"),
]
"""Five records: two of them registrations, one of those documented."""
B = [row("1000", "Normal"), row("1004", "Reserved"), row("3000-3999", "Unassigned"), A[-1]]
"""The same without 3000."""
DAY = timedelta(days=1)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def ask(watched: Watched, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(watched.path)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("view", COLUMNS)
def test_a_view_has_these_columns_in_this_order(watched: Watched, view: str) -> None:
    watched.sync(A)
    found = [name for _, name, *_ in ask(watched, f"PRAGMA table_info({view})")]
    assert found == COLUMNS[view].split()


def test_there_are_no_other_views(watched: Watched) -> None:
    watched.sync(A)
    assert {name for (name,) in ask(watched, "SELECT name FROM sqlite_schema WHERE type = 'view'")} == set(
        COLUMNS
    )


@pytest.mark.parametrize("view", [views.registrations, views.flags], ids=lambda view: view.name)
def test_the_program_sees_a_view_as_it_is(view: Any) -> None:  # noqa: ANN401  # a TableClause
    assert [column.name for column in view.c] == COLUMNS[view.name].split()


@pytest.mark.parametrize(
    ("answer", "view"),
    [(CodeRow, "close_codes"), (FlagRow, "flagged_codes"), (ChangeRow, "registration_history")],
)
def test_the_commands_answer_with_the_names_of_the_views(answer: type, view: str) -> None:
    # What may be of several watches says of which, as the views of every watch do.
    assert [item.name for item in fields(answer) if item.name != "watch"] == COLUMNS[view].split()


def test_a_row_is_a_value_or_a_range_as_the_registry_has_it(watched: Watched) -> None:
    watched.sync(A)
    assert ask(watched, "SELECT first, last, description, assignment FROM close_codes ORDER BY first") == [
        (1000, 1000, "Normal", "assigned"),
        (1004, 1004, "Reserved", "reserved"),
        (3000, 3000, "Unauthorized", "assigned"),
        (3001, 3999, "Unassigned", "unassigned"),
        (4000, 4999, "Reserved for Private Use", "private-use"),
    ]


def test_dates_are_as_served_and_references_for_a_person(watched: Watched) -> None:
    refs = (("rfc", "rfc6455"), ("rfc-errata", "3227"), ("uri", "https://example.org/"))
    watched.sync([row("1011", "Internal", date="2011-12", updated="2020-01-02", refs=refs)])
    assert ask(watched, "SELECT registered_on, revised_on, reference FROM close_codes") == [
        ("2011-12", "2020-01-02", "RFC 6455; RFC erratum 3227; https://example.org/")
    ]


def test_documented_is_yes_or_no_where_that_makes_sense(watched: Watched) -> None:
    watched.sync(A)
    assert ask(watched, "SELECT first, documented, flagged FROM close_codes ORDER BY first") == [
        (1000, 1, 0),
        (1004, None, 0),
        (3000, 0, 1),
        (3001, None, 0),
        (4000, None, 0),
    ]


def test_documented_is_not_known_before_a_source_was_read(watched: Watched) -> None:
    watched.sync(A, sources=[str(watched.page.with_name("absent.csv"))])
    assert ask(watched, "SELECT DISTINCT documented, flagged FROM close_codes") == [(None, 0)]


def test_a_list_of_codes_in_use_documents_nothing(watched: Watched) -> None:
    watched.in_use = [str(watched.page.with_name("ours.csv"))]
    watched.page.with_name("ours.csv").write_text("first,last,name\n3000,3000,Unauthorized\n", "utf-8")
    documented = "SELECT first, documented, flagged FROM close_codes WHERE assignment = 'assigned'"
    watched.sync(A)
    assert ask(watched, documented) == [(1000, 1, 0), (3000, 0, 1)]
    watched.sync(A, sources=[])
    assert ask(watched, documented) == [(1000, None, 0), (3000, None, 0)]


def test_documented_means_by_every_source(watched: Watched) -> None:
    other = watched.page.with_name("other.csv")
    other.write_text("first,last,name\n3000,3000,Unauthorized\n", "utf-8")
    watched.sync(A, sources=[str(watched.page), str(other)])
    assert ask(watched, "SELECT first, documented FROM close_codes WHERE assignment = 'assigned'") == [
        (1000, 0),
        (3000, 0),
    ]


def test_a_registered_range_is_documented_when_each_of_its_values_is(watched: Watched) -> None:
    rows = [row("3100-3101", "Both"), row("3200-3201", "One")]
    watched.page.write_text("first,last,name\n3100,3100,a\n3101,3101,b\n3200,3200,c\n", "utf-8")
    watched.sync(rows)
    assert ask(watched, "SELECT first, documented, flagged FROM close_codes ORDER BY first") == [
        (3100, 1, 0),
        (3200, 0, 1),
    ]


def test_first_seen_is_the_registrations_and_of_other_rows_since_when_they_stand_so(watched: Watched) -> None:
    watched.sync(B, at=NOON)
    watched.sync(A, at=NOON + DAY, updated="2026-01-02")
    seen = dict(ask(watched, "SELECT first, first_seen_at FROM close_codes"))
    assert seen[1000] == "2026-01-01T12:00:00Z"
    assert seen[3000] == seen[3001] == "2026-01-02T12:00:00Z"


def test_what_is_missing_is_still_registered(watched: Watched) -> None:
    watched.sync(A)
    watched.sync(B, at=NOON + DAY, updated="2026-01-02")
    assert ask(
        watched, "SELECT description, withdrawn_at FROM close_codes WHERE first = 3000 ORDER BY last"
    ) == [
        ("Unauthorized", None),
        ("Unassigned", None),
    ]


def test_what_was_withdrawn_stays_with_the_time(watched: Watched) -> None:
    watched.sync(A)
    for day in (1, 2, 3):
        watched.sync(B, at=NOON + day * DAY, updated="2026-01-02")
    query = (
        "SELECT description, documented, flagged, withdrawn_at FROM close_codes WHERE assignment = 'assigned'"
    )
    assert ask(watched, f"{query} AND first = 3000") == [("Unauthorized", None, 0, "2026-01-03T12:00:00Z")]


def test_flagged_codes_are_the_open_flags(watched: Watched) -> None:
    watched.sync(A)
    assert ask(watched, "SELECT * FROM flagged_codes") == [
        (3000, 3000, "Unauthorized", "2021-09-06", '["page"]', "2026-01-01T12:00:00Z", None)
    ]


def test_a_flag_that_closed_is_history(watched: Watched) -> None:
    watched.sync(A)
    watched.page.write_text("first,last,name\n1000,1000,a\n3000,3000,b\n", "utf-8")
    watched.sync(A, at=NOON + DAY)
    assert ask(watched, "SELECT * FROM flagged_codes") == []
    assert ask(watched, "SELECT first, opened_at, closed_at FROM flags") == [
        (3000, "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z")
    ]


def test_an_ignored_code_is_flagged_with_the_reason(watched: Watched) -> None:
    watched.sync(A)
    watched.run("flags", "ignore", "3000", "--reason", "not for us")
    assert ask(watched, "SELECT first, ignored FROM flagged_codes") == [(3000, "not for us")]


def test_history_tells_each_change_with_the_documents_date(watched: Watched) -> None:
    watched.sync(B)
    watched.sync(A, at=NOON + DAY, updated="2026-01-02")
    watched.sync(
        [*A[:2], row("3000", "Unauthorised", date="2021-09-06"), *A[3:]],
        at=NOON + 2 * DAY,
        updated="2026-01-03",
    )
    assert ask(watched, "SELECT * FROM registration_history ORDER BY at") == [
        (3000, 3000, "2026-01-02T12:00:00Z", "registered", None, None, "Unauthorized", "2026-01-02"),
        (
            3000,
            3000,
            "2026-01-03T12:00:00Z",
            "amended",
            "description",
            "Unauthorized",
            "Unauthorised",
            "2026-01-03",
        ),
    ]


def test_the_shipped_watchs_views_are_the_others_without_other_watches(watched: Watched) -> None:
    watched.sync(A)
    for view, shipped in (("registrations", "close_codes"), ("history", "registration_history")):
        names = COLUMNS[shipped].replace(" ", ", ")
        mine = ask(watched, f"SELECT {names} FROM {view} WHERE watch = 'close-codes'")  # noqa: S608  # ours
        assert mine == ask(watched, f"SELECT * FROM {shipped}")  # noqa: S608
    with closing(sqlite3.connect(watched.path)) as connection, connection:
        connection.execute("UPDATE watch SET name = 'another'")
    assert ask(watched, "SELECT * FROM close_codes UNION ALL SELECT * FROM close_codes") == []
    assert {name for (name,) in ask(watched, "SELECT watch FROM registrations")} == {"another"}


# -- people -------------------------------------------------------------------------------------------

ADA, GRACE = "Ada Lovelace", "Grace Hopper"
PEOPLE = {"AL": ADA, "GH": GRACE}
RFC = ("rfc", "rfc6455")


def test_no_view_names_people_or_says_who_they_are(watched: Watched) -> None:
    before = row("3000", "Unauthorized", contact="AL", refs=(RFC, ("person", "AL")))
    after = row("3000", "Unauthorized", contact="GH", refs=(("person", "GH"), RFC))
    watched.sync([before], people=PEOPLE)
    watched.sync([after], people=PEOPLE, at=NOON + DAY, updated="2026-01-02")
    for view in COLUMNS:
        said = repr(ask(watched, f"SELECT * FROM {view}"))  # noqa: S608  # names from this file
        assert not [text for text in (*PEOPLE, *PEOPLE.values(), "person") if text in said], view
    assert ask(watched, "SELECT reference FROM close_codes") == [("RFC 6455",)]
    assert ask(watched, "SELECT field, before, after FROM registration_history ORDER BY field") == [
        ("contacts", None, None),
        ("references", None, None),
    ]
    told = [text for pair in ask(watched, "SELECT before, after FROM change ORDER BY field") for text in pair]
    assert told == [ADA, GRACE, "rfc:rfc6455; person:AL", "person:GH; rfc:rfc6455"]


def test_references_to_other_things_are_told(watched: Watched) -> None:
    watched.sync([row("3000", "Unauthorized", refs=(RFC,))])
    salesperson = ("uri", "https://example.org/salesperson:1")
    watched.sync([row("3000", "Unauthorized", refs=(salesperson,))], at=NOON + DAY, updated="2026-01-02")
    assert ask(watched, "SELECT before, after FROM registration_history") == [
        ("rfc:rfc6455", "uri:https://example.org/salesperson:1")
    ]
