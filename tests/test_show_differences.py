"""The registry against documented tables: what each side has and the other lacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import NOON, registration, registry

from sync.answers import IgnoredRow
from sync.records import Assignment, DocumentedTable, DocumentedValue
from sync.show.differences import Difference, DifferenceKind, differences
from sync.state import Use

WATCHED = (3000, 3999)
UNAUTHORIZED = registration(3000, "Unauthorized", "2021-09-06")
TIMEOUT = registration(3008, "Timeout", "2024-02-01")
RECORDS = registry(
    {3000: ("Unauthorized", "2021-09-06"), 3008: ("Timeout", "2024-02-01"), 3009: ("Reserved", None)}
)


def table(*values: int | tuple[int, int] | DocumentedValue) -> DocumentedTable:
    """A page with these rows."""
    return DocumentedTable(
        tuple(
            value
            if isinstance(value, DocumentedValue)
            else DocumentedValue(*((value, value) if isinstance(value, int) else value))
            for value in values
        )
    )


def compared(*ignored: IgnoredRow, **tables: DocumentedTable) -> list[Difference]:
    return differences([UNAUTHORIZED, TIMEOUT], RECORDS.records, tables, WATCHED, ignored)


def test_what_every_page_documents_is_no_difference() -> None:
    assert compared(mdn=table(3000, 3008), ours=table(3008, 3000, (3000, 3999))) == []


def test_what_one_page_lacks_is_missing_and_says_who_has_it() -> None:
    (found,) = compared(ours=table(3000, 3008), mdn=table(3000))
    assert found == Difference(
        first=3008,
        last=3008,
        description="Timeout",
        registered_on="2024-02-01",
        assignment=Assignment.ASSIGNED,
        difference=DifferenceKind.MISSING,
        missing_from=("mdn",),
        documented_in=("ours",),
        blocks=(None,),
        ignored=None,
    )


def test_a_row_for_a_block_documents_nothing_and_is_told() -> None:
    (found,) = compared(a=table(3000, (0, 65535), (3000, 3999)), b=table(3000), c=table(3000, 3008))
    assert (found.first, found.missing_from, found.blocks) == (3008, ("a", "b"), ("3000-3999", None))


def test_an_ignored_code_is_listed_and_counts_as_fine() -> None:
    found = compared(IgnoredRow(3000, 3000, "not for us", NOON), mdn=table(1000))
    assert [(row.first, row.ignored, row.is_missing) for row in found] == [
        (3000, "not for us", False),
        (3008, None, True),
    ]


def test_ignoring_a_part_of_a_range_ignores_nothing() -> None:
    both = registration(3100, "Both", last=3101)
    ignored = [IgnoredRow(3100, 3100, "one of them", NOON)]
    (found,) = differences([both], (), {"mdn": table(1000)}, WATCHED, ignored)
    assert (found.first, found.last, found.is_missing) == (3100, 3101, True)


def test_what_is_documented_and_not_registered_says_what_the_registry_has() -> None:
    page = table(3000, 3008, DocumentedValue(3001, 3001, "Made up"), 3009)
    found = compared(mdn=page, ours=table(3000, 3008, 3001))
    assert [(row.first, row.description, row.assignment, row.documented_in) for row in found] == [
        (3001, "Made up", Assignment.UNASSIGNED, ("mdn", "ours")),
        (3009, "", Assignment.RESERVED, ("mdn",)),
    ]
    assert all(row.difference is DifferenceKind.UNREGISTERED and not row.is_missing for row in found)


def test_what_the_registry_has_no_record_of_has_no_assignment() -> None:
    (found,) = differences([], (), {"mdn": table(3500)}, WATCHED, ())
    assert (found.first, found.assignment) == (3500, None)


def test_only_the_watched_range_is_compared() -> None:
    outside = registration(1000, "Normal")
    assert differences([outside], RECORDS.records, {"mdn": table(2999, 4000)}, WATCHED, ()) == []


def test_what_was_withdrawn_is_not_registered() -> None:
    gone = registration(3000, "Unauthorized", withdrawn_at=NOON)
    (found,) = differences([gone], RECORDS.records, {"mdn": table(3000)}, WATCHED, ())
    assert found.difference is DifferenceKind.UNREGISTERED


def test_a_code_in_use_by_another_name_is_a_conflict_that_may_be_ignored() -> None:
    ours = table(DocumentedValue(3008, 3008, "Expired", 7), DocumentedValue(3000, 3000, "unauthorized"))
    ignored = [IgnoredRow(3008, 3008, "we live with it", NOON)]
    for said, counts in (([], True), (ignored, False)):
        (found,) = differences([UNAUTHORIZED, TIMEOUT], RECORDS.records, {}, WATCHED, said, {"ours": ours})
        assert (found.first, found.difference) == (3008, DifferenceKind.CONFLICT)
        assert found.in_use == (Use("ours", 3008, "Expired", 7),)
        assert (found.is_conflict, found.is_missing) == (counts, False)


@pytest.mark.parametrize("values", [(3000, 3008), (3008, 3000)])
def test_differences_come_by_value(values: tuple[int, int]) -> None:
    assert [row.first for row in compared(mdn=table(3500, 3001))] == [3000, 3001, 3008, 3500]
    assert compared(mdn=table(*values)) == []


CODES = st.sets(st.integers(2995, 3010), max_size=8)


@given(CODES, CODES)
def test_each_code_differs_exactly_when_one_side_alone_has_it(
    registered: set[int], documented: set[int]
) -> None:
    found = differences(
        [registration(code, f"Code {code}") for code in sorted(registered)],
        (),
        {"mdn": table(*sorted(documented))},
        WATCHED,
        (),
    )
    watched = set(range(WATCHED[0], WATCHED[1] + 1))
    missing = [row.first for row in found if row.is_missing]
    assert missing == sorted((registered - documented) & watched)
    unregistered = [row.first for row in found if row.difference is DifferenceKind.UNREGISTERED]
    assert unregistered == sorted((documented - registered) & watched)
