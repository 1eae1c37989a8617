"""What a person sees in each table: the words in its cells, and which of them stand out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sync.answers import ChangeRow, CodeRow, FlagRow
from sync.records import Assignment
from sync.show.columns import BAD, CHANGES, CODES, DIFFERENCES, FLAGS, GOOD, QUIET, WARNING, what_changed
from sync.show.differences import Difference, DifferenceKind
from sync.show.render import Column, Row
from sync.state import Use

AT = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)


def cells(columns: tuple[Column[Row], ...], row: Row) -> dict[str, str]:
    return {column.heading: column.text(row) for column in columns}


def styles(columns: tuple[Column[Row], ...], row: Row) -> dict[str, str]:
    return {column.heading: column.style(row) for column in columns}


def code(*, assignment: str = "assigned", documented: bool | None = None, flagged: bool = False) -> CodeRow:
    return CodeRow(3000, 3000, "Name", assignment, "2021-09-06", "2022", "RFC 6455", documented, flagged, AT)


def change(kind: str, field: str | None, before: str | None, after: str | None) -> ChangeRow:
    return ChangeRow(3000, 3000, AT, kind, field, before, after, "2026-01-01")


def test_a_code_has_every_field_of_its_row_in_words() -> None:
    assert cells(CODES, code(documented=True)) == {
        "CODE": "3000",
        "NAME": "Name",
        "ASSIGNMENT": "assigned",
        "REGISTERED": "2021-09-06",
        "DOCUMENTED": "yes",
        "REVISED": "2022",
        "FIRST SEEN (UTC)": "2026-01-01 12:30",
        "REFERENCE": "RFC 6455",
    }


@pytest.mark.parametrize(
    ("row", "words", "style"),
    [
        (code(documented=True), "yes", ""),
        (code(documented=False), "no", ""),
        (code(documented=False, flagged=True), "no, flagged", WARNING),
        (code(documented=None, flagged=True), "no, flagged", WARNING),
        (code(documented=None), "", ""),
        (code(assignment="unassigned"), "", QUIET),
    ],
)
def test_documented_is_told_in_words_and_what_is_flagged_stands_out(
    row: CodeRow, words: str, style: str
) -> None:
    assert cells(CODES, row)["DOCUMENTED"] == words
    assert styles(CODES, row)["DOCUMENTED"] == style


def test_what_is_not_registered_stands_back() -> None:
    assert set(styles(CODES, code(assignment="unassigned")).values()) == {QUIET}
    assert set(styles(CODES, code()).values()) == {""}


@pytest.mark.parametrize(("reason", "style"), [(None, ""), ("not for us", QUIET)])
def test_an_ignored_flag_has_its_reason_and_stands_back(reason: str | None, style: str) -> None:
    flag = FlagRow(3000, 3001, "Name", None, ("a", "b"), AT, reason)
    assert cells(FLAGS, flag) == {
        "CODE": "3000-3001",
        "NAME": "Name",
        "REGISTERED": "",
        "MISSING FROM": "a, b",
        "FLAGGED (UTC)": "2026-01-01 12:30",
        "IGNORED": reason or "",
    }
    assert set(styles(FLAGS, flag).values()) == {style}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (change("registered", None, None, "Unauthorized"), "Unauthorized"),
        (change("returned", None, None, "Unauthorized"), "Unauthorized"),
        (change("withdrawn", None, "Unauthorized", None), "Unauthorized"),
        (change("amended", "description", "A", "B"), "description: A -> B"),
        (change("amended", "revised_on", None, "2026"), "revised_on set to 2026"),
        (change("amended", "revised_on", "2026", None), "revised_on 2026 removed"),
        (change("amended", "contacts", None, None), "contacts"),
    ],
)
def test_a_change_is_told_in_words(row: ChangeRow, words: str) -> None:
    assert what_changed(row) == words
    assert cells(CHANGES, row)["WHAT"] == words


def test_a_registration_stands_out_in_history() -> None:
    assert styles(CHANGES, change("registered", None, None, "A"))["CHANGE"] == GOOD


def difference(kind: DifferenceKind, *, ignored: str | None = None) -> Difference:
    missing = kind is DifferenceKind.MISSING
    return Difference(
        first=3000,
        last=3000,
        description="Name",
        registered_on="2021-09-06",
        assignment=Assignment.ASSIGNED if missing else None,
        difference=kind,
        missing_from=("a", "b") if missing else (),
        documented_in=() if missing else ("c",),
        blocks=("3000-3999", None) if missing else (),
        ignored=ignored,
    )


def test_what_is_missing_says_from_where_and_what_covers_it() -> None:
    row = difference(DifferenceKind.MISSING)
    assert cells(DIFFERENCES, row) == {
        "CODE": "3000",
        "DIFFERENCE": "missing",
        "NAME": "Name",
        "REGISTERED": "2021-09-06",
        "WHERE": "a (only the block 3000-3999), b",
        "IGNORED": "",
    }


def test_what_is_ignored_says_so_and_stands_back() -> None:
    row = difference(DifferenceKind.MISSING, ignored="not for us")
    assert (cells(DIFFERENCES, row)["DIFFERENCE"], cells(DIFFERENCES, row)["IGNORED"]) == (
        "missing, ignored",
        "not for us",
    )
    assert set(styles(DIFFERENCES, row).values()) == {QUIET}


def test_what_is_not_registered_says_where_it_is_documented_and_what_the_registry_says() -> None:
    row = difference(DifferenceKind.UNREGISTERED)
    assert cells(DIFFERENCES, row)["WHERE"] == "c (no record)"


def test_a_conflict_says_where_the_code_is_in_use_and_stands_out() -> None:
    single = replace(difference(DifferenceKind.CONFLICT), in_use=(Use("ours.csv", 3000, "Kicked", 7),))
    assert cells(DIFFERENCES, single)["WHERE"] == 'in use as "Kicked" in ours.csv, line 7'
    assert styles(DIFFERENCES, single)["DIFFERENCE"] == BAD
    uses = (Use("ours.csv", 3001, "", None), Use("theirs.csv", 3002, "B", 3))
    block = replace(single, last=3009, in_use=uses, ignored="so be it")
    assert cells(DIFFERENCES, block)["WHERE"] == (
        'in use for 3001 in ours.csv, in use for 3002 as "B" in theirs.csv, line 3'
    )
    assert set(styles(DIFFERENCES, block).values()) == {QUIET}
