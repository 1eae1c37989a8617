"""Records that share values: contradictions, repeats, and what stays."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from sync.parse_registry.overlaps import Separated, separate
from sync.parse_registry.record import assignment_of
from sync.records import Assignment, Content, Record, Reference


def record(first: int, last: int, description: str, date: str | None = None, rfc: str = "") -> Record:
    """A record; what it says follows from its description."""
    references = (Reference("rfc", rfc),) if rfc else ()
    return Record(first, last, Content(description, assignment_of(description), date, None, references))


def test_disjoint_records_are_only_sorted() -> None:
    a, b, c = record(1, 4, "a"), record(5, 5, "b"), record(7, 9, "a")
    assert separate([c, a, b]) == Separated((a, b, c), ())
    assert separate([]) == Separated((), ())


def test_an_exact_repeat_is_dropped_and_the_first_one_stays() -> None:
    assert separate([record(1, 1, "a", rfc="1"), record(1, 1, "a", rfc="2")]) == Separated(
        (record(1, 1, "a", rfc="1"),), ()
    )


def test_records_that_say_the_same_are_cut_to_be_disjoint() -> None:
    assert separate([record(3, 9, "a"), record(1, 5, "a"), record(4, 4, "a")]) == Separated(
        (record(1, 5, "a"), record(6, 9, "a")), ()
    )


def test_two_names_of_one_value_contradict() -> None:
    a, b, beside = record(3000, 3000, "a"), record(3000, 3000, "b"), record(3001, 3001, "a")
    assert separate([a, b, beside]) == Separated((beside,), (a, b))


def test_two_dates_of_one_value_contradict() -> None:
    a, b = record(3000, 3000, "a", "2021-09-06"), record(3000, 3000, "a", "2021-09-07")
    assert separate([a, b]) == Separated((), (a, b))


def test_a_code_inside_an_unassigned_range_contradicts_the_range() -> None:
    unassigned, code = record(3000, 3999, "Unassigned"), record(3500, 3500, "a")
    assert separate([unassigned, code]) == Separated((), (unassigned, code))


def test_unassigned_ranges_never_contradict() -> None:
    one, other = record(1, 5, "Unassigned", "2020-01-01"), record(5, 9, "Available")
    assert separate([one, other]) == Separated((one, record(6, 9, "Available")), ())


def test_only_those_that_contradict_are_parted_from_the_rest() -> None:
    wide, inside, far, same = record(1, 9, "a"), record(2, 3, "b"), record(9, 12, "a"), record(2, 2, "b")
    assert separate([wide, inside, far, same]) == Separated((far,), (wide, inside, same))


def test_ranges_of_2_to_the_32_cost_nothing() -> None:
    whole, part = record(0, 2**32 - 1, "a"), record(2**31, 2**33, "a")
    assert separate([whole, part]) == Separated((whole, record(2**32, 2**33, "a")), ())


RECORDS = st.lists(
    st.builds(
        lambda bounds, description, date: record(bounds[0], bounds[1], description, date),
        st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted),
        st.sampled_from(["a", "b", "Reserved", "Unassigned", "Available"]),
        st.sampled_from([None, "2020"]),
    ),
    max_size=8,
)


def claim(one: Record) -> object:
    """What a record says of its values, as far as two may contradict one another."""
    content = one.content
    unassigned = content.assignment is Assignment.UNASSIGNED
    return unassigned or (content.assignment, content.description, content.registered_on)


@given(RECORDS)
def test_the_rule_holds_pair_by_pair_and_value_by_value(records: list[Record]) -> None:
    out: set[int] = set()
    for (i, one), (j, other) in combinations(enumerate(records), 2):
        if one.first <= other.last and other.first <= one.last and claim(one) != claim(other):
            out |= {i, j}
    left = [record for i, record in enumerate(records) if i not in out]

    separated = separate(records)

    assert sorted(map(repr, separated.contradicting)) == sorted(repr(records[i]) for i in out)
    values = [value for kept in separated.disjoint for value in range(kept.first, kept.last + 1)]
    assert values == sorted({value for one in left for value in range(one.first, one.last + 1)})
    for kept in separated.disjoint:
        assert any(
            one.content == kept.content and one.first <= kept.first <= kept.last <= one.last for one in left
        )
