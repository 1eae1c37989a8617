"""Codes in use by other names than they are registered by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import NOON, registration

from sync.decide.conflicts import decide_conflicts, same_name
from sync.intervals import Interval
from sync.records import DocumentedTable, DocumentedValue
from sync.state import Registration, Use

WATCHED = (3000, 3999)
TIMEOUT = registration(3008, "Timeout", "2024-02-01")
TEN = registration(3100, "Ten", last=3109)


def conflicts(
    *rows: DocumentedValue,
    of: tuple[Registration, ...] = (TIMEOUT, TEN),
    watched: Interval | None = WATCHED,
) -> list[tuple[str, tuple[Use, ...]]]:
    """The registrations in conflict with a list of these rows, and its uses of them."""
    found = decide_conflicts(of, {"ours": DocumentedTable(rows)}, watched)
    return [(conflict.registration.key, conflict.uses) for conflict in found]


def test_a_code_in_use_by_another_name_is_a_conflict_that_says_where() -> None:
    row = DocumentedValue(3008, 3008, "Session expired", 12)
    assert conflicts(row) == [(TIMEOUT.key, (Use("ours", 3008, "Session expired", 12),))]


@pytest.mark.parametrize(
    "name", ["Timeout", "TIMEOUT", "time-out", " Time out! ", "TIME_OUT", "\uff34imeout"]
)
def test_the_same_name_is_none_however_it_is_written(name: str) -> None:
    assert conflicts(DocumentedValue(3008, 3008, name)) == []


@pytest.mark.parametrize("name", ["", " ", "-", "Timeout 2", "Time", "タイムアウト"])
def test_any_other_name_is_and_so_is_none(name: str) -> None:
    assert len(conflicts(DocumentedValue(3008, 3008, name))) == 1


def test_a_row_for_a_range_lists_no_code() -> None:
    assert conflicts(DocumentedValue(3000, 3999, "Ours")) == []


def test_each_code_of_a_registered_range_is_in_it() -> None:
    rows = (DocumentedValue(code, code, name) for code, name in ((3105, "B"), (3101, "A"), (3106, "ten")))
    assert conflicts(*rows) == [(TEN.key, (Use("ours", 3101, "A", None), Use("ours", 3105, "B", None)))]


def test_what_nobody_has_registered_is_ours() -> None:
    gone = registration(3003, "Forbidden", withdrawn_at=NOON)
    rows = (DocumentedValue(3003, 3003, "Ours"), DocumentedValue(3500, 3500, "Ours too"))
    assert conflicts(*rows, of=(gone, TIMEOUT)) == []


def test_a_missing_registration_is_one_until_it_is_withdrawn() -> None:
    missing = registration(3003, "Forbidden", missing_since=NOON)
    assert len(conflicts(DocumentedValue(3003, 3003, "Ours"), of=(missing,))) == 1


def test_what_is_not_watched_is_nobodys_business() -> None:
    normal = registration(1000, "Normal Closure")
    row = DocumentedValue(1000, 1000, "Ours")
    assert conflicts(row, of=(normal,)) == []
    assert len(conflicts(row, of=(normal,), watched=None)) == 1


def test_each_list_is_in_conflict_for_itself() -> None:
    table = DocumentedTable((DocumentedValue(3105, 3105, "Ours"), DocumentedValue(3008, 3008, "Ours")))
    found = decide_conflicts((TIMEOUT, TEN), {"b": table, "a": table}, WATCHED)
    assert [(conflict.registration.first, conflict.source) for conflict in found] == [
        (3008, "a"),
        (3008, "b"),
        (3100, "a"),
        (3100, "b"),
    ]


@given(st.text(), st.text())
def test_no_name_is_the_same_as_one_that_says_nothing(registered: str, used: str) -> None:
    assert same_name(registered, registered) == any(map(str.isalnum, registered))
    assert same_name(registered, used) == same_name(used, registered)
