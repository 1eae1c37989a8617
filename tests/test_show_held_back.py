"""What is held back, in words: the cells of a list, and the sheet of a version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from implausible import day

from sync.answers import HeldBack
from sync.show.held_back import HELD_BACK, MEANING, sheet
from sync.show.render import as_text
from sync.state import HoldKind

VERSION = "4f2a" * 16
RECORD = HeldBack(VERSION, "record", "it can't be read", day(20), None, "2021-09-20", kept=True)
ACCEPTED = replace(RECORD, kind="missing", reason="4 of 5 are missing", accepted_at=day(21))


def lines(*items: HeldBack) -> list[tuple[str, list[str]]]:
    """The entries of the items' sheet."""
    return [(entry.label, list(entry.lines)) for entry in sheet(items).entries]


def test_a_list_has_the_beginning_of_each_id() -> None:
    assert as_text(HELD_BACK, [RECORD, ACCEPTED]).splitlines() == [
        "ID            KIND               SINCE (UTC)       REASON",
        "4f2a4f2a4f2a  record             2021-09-21 12:00  it can't be read",
        "4f2a4f2a4f2a  missing, accepted  2021-09-21 12:00  4 of 5 are missing",
    ]


def test_a_sheet_has_the_whole_id_and_everything_that_is_held_back() -> None:
    assert sheet([RECORD]).title == VERSION
    assert lines(RECORD, ACCEPTED) == [
        ("version", ["dated 2021-09-20"]),
        ("bytes", ["kept; `ianawatch quarantine show 4f2a4f2a4f2a --body` writes them"]),
        ("record", ["it can't be read", "since 2021-09-21 12:00 UTC", MEANING["record"]]),
        ("missing", ["4 of 5 are missing", "since 2021-09-21 12:00 UTC; accepted 2021-09-22 12:00 UTC"]),
    ]


def test_what_is_not_known_is_said() -> None:
    assert lines(replace(RECORD, document_updated=None, kept=False))[:2] == [
        ("version", ["without a date that can be read"]),
        ("bytes", ["no longer kept"]),
    ]


@pytest.mark.parametrize("kind", ["document", *HoldKind])
def test_every_kind_has_a_meaning(kind: str) -> None:
    assert MEANING[kind] in lines(replace(RECORD, kind=kind))[2][1]
