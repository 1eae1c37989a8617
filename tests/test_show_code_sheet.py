"""What is known of one code, as a person and as a program reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.answers import (
    ChangeRow,
    Citation,
    CodeFacts,
    CodeRow,
    FlagRow,
    IgnoredRow,
    OnPage,
    SourceRow,
    Withdrawn,
)
from sync.records import DocumentedValue, Reference
from sync.show.code_sheet import code_json, code_sheet, url_of
from sync.state import Use

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BOUNDS, WATCHED = (0, 65535), (3000, 3999)
RFC = Citation("RFC 6455", Reference("rfc", "rfc6455"))
BUNDLED = SourceRow("bundled", "bundled", NOW - DAY, None)
MDN = SourceRow("mdn", "https://example.org/page", NOW - DAY, None)
ENTRY = CodeRow(
    first=3000,
    last=3000,
    description="Unauthorized",
    assignment="assigned",
    registered_on="2021-09-06",
    revised_on=None,
    reference="RFC 6455",
    documented=True,
    flagged=False,
    first_seen_at=NOW - 9 * DAY,
)
FACTS = CodeFacts(3000, ENTRY, citations=(RFC,))


def lines(facts: CodeFacts, label: str) -> list[str]:
    """What the sheet says under a label."""
    return [
        line
        for entry in code_sheet(facts, NOW, BOUNDS, WATCHED).entries
        if entry.label == label
        for line in entry.lines
    ]


def test_a_code_is_titled_with_its_name() -> None:
    assert code_sheet(FACTS, NOW, BOUNDS, WATCHED).title == "3000  Unauthorized"


def test_a_code_in_a_range_is_titled_with_the_range() -> None:
    entry = replace(ENTRY, first=3001, last=3999, description="Unassigned", assignment="unassigned")
    sheet = code_sheet(CodeFacts(3500, entry), NOW, BOUNDS, None)
    assert sheet.title == "3500 (in 3001-3999)  Unassigned"
    assert [entry.label for entry in sheet.entries] == ["assignment", "nearby"]


def test_a_code_without_a_record_says_so() -> None:
    sheet = code_sheet(CodeFacts(40000, None), NOW, BOUNDS, WATCHED)
    assert sheet.title == "40000: the registry has no record of it"
    assert [entry.label for entry in sheet.entries] == ["within", "nearby"]


def test_its_dates_are_told() -> None:
    facts = replace(FACTS, entry=replace(ENTRY, revised_on="2025"), baseline=True)
    assert lines(facts, "assignment") == [
        "assigned, registered 2021-09-06, revised 2025",
        "first seen 2026-01-01 12:00 UTC, 9 days ago; it was there at the first look",
    ]


def test_what_is_missing_is_told_to_be_registered_still() -> None:
    assert lines(replace(FACTS, missing_since=NOW - DAY), "assignment")[-1] == (
        "missing from the registry since 2026-01-09 12:00 UTC, 1 day ago; not withdrawn yet"
    )


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        (Reference("rfc", "rfc6455"), "https://www.rfc-editor.org/rfc/rfc6455"),
        (Reference("rfc-errata", "3227"), "https://www.rfc-editor.org/errata/eid3227"),
        (Reference("draft", "draft-ietf-x-01"), "https://datatracker.ietf.org/doc/draft-ietf-x-01/"),
        (Reference("registry", "http-parameters"), "https://www.iana.org/assignments/http-parameters/"),
        (Reference("uri", "https://example.org/a?b"), "https://example.org/a?b"),
        (Reference("uri", "javascript:alert(1)"), None),
        (Reference("rfc", "../../x"), None),
        (Reference("rfc", ""), None),
        (Reference("text", "", "a text"), None),
        (Reference("person", "Ada_Lovelace"), None),
    ],
)
def test_a_reference_has_a_url_where_one_is_known(reference: Reference, url: str | None) -> None:
    assert url_of(Citation("name", reference)) == url


def test_references_are_told_with_where_to_read_them() -> None:
    uri = Citation("https://example.org/", Reference("uri", "https://example.org/", "the list"))
    assert lines(replace(FACTS, citations=(RFC, uri)), "reference") == [
        "RFC 6455  https://www.rfc-editor.org/rfc/rfc6455",
        "https://example.org/ (the list)",
    ]


def test_where_it_is_documented_is_told_page_by_page() -> None:
    pages = (
        OnPage(BUNDLED, DocumentedValue(3000, 3000, "Nicht berechtigt", 7), None),
        OnPage(MDN, None, DocumentedValue(3000, 3999, "", 20)),
        OnPage(replace(MDN, name="x", problem="connection refused"), None, None),
    )
    assert lines(replace(FACTS, pages=pages), "documented") == [
        "yes, in bundled, line 7, as Nicht berechtigt",
        "no, in mdn (https://example.org/page); only its row for the block 3000-3999 covers it",
        "no, in x (https://example.org/page); as read on 2026-01-09, since then: connection refused",
    ]


def test_where_it_is_in_use_is_told_list_by_list() -> None:
    uses = (Use("ours.csv", 3000, "Kicked", 7), Use("theirs.csv", 3000, "", None))
    assert lines(replace(FACTS, uses=uses), "in use") == ['as "Kicked" in ours.csv, line 7', "in theirs.csv"]


def test_before_any_page_was_read_that_is_told() -> None:
    assert lines(FACTS, "documented") == ["not known: no documented source was read yet"]


def test_an_unassigned_code_is_told_documented_only_where_it_is() -> None:
    entry = replace(ENTRY, description="Unassigned", assignment="unassigned")
    pages = (OnPage(BUNDLED, DocumentedValue(3000, 3000, "Made up"), None), OnPage(MDN, None, None))
    assert lines(CodeFacts(3000, entry, pages=pages), "documented") == ["yes, in bundled, as Made up"]


FLAG = FlagRow(3000, 3000, "Unauthorized", "2021-09-06", ("mdn",), NOW - DAY, None)
IGNORED = IgnoredRow(3000, 3000, "not for us", NOW - DAY)


def test_a_flag_is_told_with_why_it_is_ignored() -> None:
    assert lines(replace(FACTS, flag=FLAG, ignored=IGNORED), "flagged") == [
        "since 2026-01-09 12:00 UTC, 1 day ago",
        "3000 ignored since 2026-01-09 12:00 UTC, 1 day ago: not for us",
    ]


def test_the_past_is_told() -> None:
    facts = replace(
        FACTS,
        formerly=(("Unauthorised", "2021-09-06"), ("No date", None)),
        withdrawn=(Withdrawn(3000, 3009, "Older", "2019", NOW - 90 * DAY, NOW - 30 * DAY),),
        history=(
            ChangeRow(3000, 3009, NOW - 30 * DAY, "withdrawn", None, "Older", None, "2025-12-10"),
            ChangeRow(3000, 3000, NOW - 9 * DAY, "registered", None, None, "Unauthorised", "2026-01-01"),
        ),
    )
    assert lines(facts, "formerly") == ["Unauthorised, registered 2021-09-06", "No date"]
    assert lines(facts, "withdrawn") == [
        "3000-3009 Older, registered 2019; first seen 2025-10-12, withdrawn 2025-12-11"
    ]
    assert lines(facts, "history") == [
        "2025-12-11 12:00  withdrawn   Older",
        "2026-01-01 12:00  registered  Unauthorised",
    ]


def test_further_fields_stand_under_their_own_names() -> None:
    assert lines(replace(FACTS, extra=(("note", "Read it"),)), "note") == ["Read it"]


def test_as_data_everything_has_a_name_and_contacts_are_left_out_unless_asked() -> None:
    facts = replace(
        FACTS,
        contacts=("Ada",),
        flag=FLAG,
        ignored=IGNORED,
        formerly=(("Unauthorised", None),),
        pages=(OnPage(MDN, None, DocumentedValue(3000, 3999, "", 20)),),
        uses=(Use("ours.csv", 3000, "Kicked", 7),),
        extra=(("note", "Read it"),),
    )
    data = code_json(facts, contacts=False)
    assert data == {
        "code": 3000,
        "first": 3000,
        "last": 3000,
        "description": "Unauthorized",
        "assignment": "assigned",
        "registered_on": "2021-09-06",
        "revised_on": None,
        "reference": "RFC 6455",
        "documented": True,
        "flagged": False,
        "first_seen_at": ENTRY.first_seen_at,
        "withdrawn_at": None,
        "references": [
            {"kind": "rfc", "data": "rfc6455", "text": "", "url": "https://www.rfc-editor.org/rfc/rfc6455"}
        ],
        "extra": [{"element": "note", "text": "Read it"}],
        "missing_since": None,
        "formerly": [{"description": "Unauthorised", "registered_on": None}],
        "documented_in": [
            {
                "source": "mdn",
                "location": "https://example.org/page",
                "read_at": MDN.read_at,
                "problem": None,
                "documented": False,
                "name": None,
                "line": None,
                "block": DocumentedValue(3000, 3999, "", 20),
            }
        ],
        "in_use": [{"source": "ours.csv", "code": 3000, "name": "Kicked", "line": 7}],
        "missing_from": ("mdn",),
        "flagged_since": FLAG.opened_at,
        "ignored": IGNORED,
        "withdrawn": (),
        "history": (),
    }
    assert code_json(facts, contacts=True) == {**data, "contacts": ("Ada",)}


def test_as_data_a_code_without_a_record_has_the_same_names() -> None:
    data = code_json(CodeFacts(40000, None), contacts=False)
    assert data.keys() == code_json(FACTS, contacts=False).keys()
    assert (data["code"], data["first"], data["assignment"]) == (40000, None, None)
