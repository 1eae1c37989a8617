"""What the commands ask about a whole watch, at the database's own door: rows with types come back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from builders import row
from synced import NOON, Watched

from db import queries
from sync.answers import ChangeRow, CodeRow, FlagRow
from sync.errors import DatabaseUnusable
from sync.records import Assignment

NAME = "close-codes"
DAY = timedelta(days=1)
NORMAL = row("1000", "Normal")
REST = row("3000-3999", "Unassigned")
UNAUTHORIZED = row("3000", "Unauthorized", date="2021-09-06")
A = [NORMAL, REST]
B = [NORMAL, UNAUTHORIZED, row("3001-3999", "Unassigned")]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A on the first day, B on the fifth."""
    watched = Watched(tmp_path)
    watched.sync(A, at=NOON)
    watched.sync(B, at=NOON + 4 * DAY, updated="2026-01-05")
    return watched


# -- codes ------------------------------------------------------------------------------------------


def test_codes_come_by_value_and_with_types(watched: Watched) -> None:
    with watched.database.read() as connection:
        codes = queries.codes(connection, NAME)
    assert [code.first for code in codes] == [1000, 3000, 3001]
    assert codes[1] == CodeRow(
        first=3000,
        last=3000,
        description="Unauthorized",
        assignment="assigned",
        registered_on="2021-09-06",
        revised_on=None,
        reference="RFC 6455",
        documented=False,
        flagged=True,
        first_seen_at=NOON + 4 * DAY,
        withdrawn_at=None,
    )


@pytest.mark.parametrize(
    ("within", "found"),
    [((3000, 3000), [3000]), ((3500, 3600), [3001]), ((0, 3000), [1000, 3000]), ((4000, 5000), [])],
)
def test_a_range_takes_what_has_a_value_in_it(
    watched: Watched, within: tuple[int, int], found: list[int]
) -> None:
    with watched.database.read() as connection:
        assert [code.first for code in queries.codes(connection, NAME, within=within)] == found


def test_conditions_narrow_each_other(watched: Watched) -> None:
    with watched.database.read() as connection:
        assigned = queries.codes(connection, NAME, assignments=[Assignment.ASSIGNED])
        both = queries.codes(connection, NAME, assignments=[Assignment.ASSIGNED, Assignment.UNASSIGNED])
        flagged = queries.codes(connection, NAME, within=(0, 2999), flagged=True)
    assert [code.first for code in assigned] == [1000, 3000]
    assert [code.first for code in both] == [1000, 3000, 3001]
    assert flagged == []


@pytest.mark.parametrize("name", ["another", "close-codes' OR 1 = 1 --"])
def test_a_watch_that_was_never_read_is_no_empty_registry(watched: Watched, name: str) -> None:
    with watched.database.read() as connection, pytest.raises(DatabaseUnusable, match="`ianawatch sync`"):
        queries.codes(connection, name)


# -- flags, history, what is ignored ----------------------------------------------------------------


def test_flags_come_with_the_sources_that_lack_the_code(watched: Watched) -> None:
    with watched.database.read() as connection:
        assert queries.open_flags(connection, NAME) == [
            FlagRow(3000, 3000, "Unauthorized", "2021-09-06", ("page",), NOON + 4 * DAY, None, "close-codes")
        ]
        assert queries.open_flags(connection, NAME, within=(3001, 3999)) == []


def test_history_is_in_order_and_inclusive_of_its_days(watched: Watched) -> None:
    registered = ChangeRow(3000, 3000, NOON + 4 * DAY, "registered", None, None, "Unauthorized", "2026-01-05")
    fifth, sixth, fourth = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 4)
    with watched.database.read() as connection:
        assert queries.history(connection, NAME) == [registered]
        assert queries.history(connection, NAME, since=fifth, until=fifth, code=3000) == [registered]
        assert queries.history(connection, NAME, since=sixth) == []
        assert queries.history(connection, NAME, until=fourth) == []
        assert queries.history(connection, NAME, code=3001) == []


def test_a_hand_over_is_told_in_the_order_it_happened(watched: Watched) -> None:
    watched.sync(
        [NORMAL, row("3000", "Elsewhere", date="2026-01-07")], at=NOON + 6 * DAY, updated="2026-01-07"
    )
    with watched.database.read() as connection:
        changes = queries.history(connection, NAME, since=date(2026, 1, 7))
    assert [(change.change, change.before or change.after) for change in changes] == [
        ("withdrawn", "Unauthorized"),
        ("registered", "Elsewhere"),
    ]


def test_each_fact_of_an_amendment_has_its_place(watched: Watched) -> None:
    renamed = [NORMAL, row("3000", "Not authorized", date="2021-09-06"), row("3001-3999", "Unassigned")]
    watched.sync(renamed, at=NOON + 6 * DAY, updated="2026-01-07")
    amended = ChangeRow(
        first=3000,
        last=3000,
        at=NOON + 6 * DAY,
        change="amended",
        field="description",
        before="Unauthorized",
        after="Not authorized",
        document_updated="2026-01-07",
    )
    with watched.database.read() as connection:
        assert queries.history(connection, NAME)[-1] == amended
        assert queries.last_change(connection, queries.seen_watch(connection, NAME)) == amended
        assert queries.lives(connection, NAME)[-1].changes[-1] == amended


def test_nothing_happened_at_the_first_sight(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(A, at=NOON)
    with watched.database.read() as connection:
        assert queries.last_change(connection, queries.seen_watch(connection, NAME)) is None


def test_a_life_has_what_it_began_as_and_what_happened_since(watched: Watched) -> None:
    renamed = [NORMAL, row("3000", "Not authorized", date="2021-09-06"), row("3001-3999", "Unassigned")]
    watched.sync(renamed, at=NOON + 6 * DAY, updated="2026-01-07")
    with watched.database.read() as connection:
        normal, unauthorized = queries.lives(connection, NAME)
    assert (normal.first, normal.origin, normal.baseline, normal.changes) == (
        1000,
        ("Normal", None),
        True,
        (),
    )
    assert (unauthorized.origin, unauthorized.baseline) == (("Unauthorized", "2021-09-06"), False)
    assert unauthorized.first_seen_at == NOON + 4 * DAY
    assert [(change.change, change.after) for change in unauthorized.changes] == [
        ("registered", "Unauthorized"),
        ("amended", "Not authorized"),
    ]
    assert normal.key != unauthorized.key


def test_only_sources_that_take_part_are_compared_with(watched: Watched) -> None:
    other = watched.page.with_name("other.csv")
    other.write_text("first,last,name\n1000,1000,a\n", "utf-8")
    watched.sync(B, at=NOON + 5 * DAY, updated="2026-01-05", sources=[str(other)])
    with watched.database.read() as connection:
        watch_id = queries.seen_watch(connection, NAME)
        assert [source.name for source in queries.sources(connection, watch_id)] == ["other"]
        assert list(queries.tables(connection, watch_id)) == ["other"]
