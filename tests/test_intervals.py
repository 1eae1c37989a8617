"""Intervals with inclusive bounds: the same answers as value by value, at the cost of a few rows."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.intervals import Interval, IntervalBag, IntervalMap, merged, spelled, without

A_LOT = 2**32

intervals = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@st.composite
def disjoint(draw: st.DrawFn) -> list[tuple[int, int, str]]:
    """Intervals that do not overlap, some touching, in any order."""
    items, first = [], draw(st.integers(0, 5))
    for name in draw(st.lists(st.sampled_from("abc"), max_size=6)):
        last = first + draw(st.integers(0, 6))
        items.append((first, last, name))
        first = last + 1 + draw(st.integers(0, 3))
    return draw(st.permutations(items))


def values(of: list[Interval]) -> set[int]:
    """Value by value."""
    return {value for first, last in of for value in range(first, last + 1)}


def test_pieces_are_cut_where_the_thing_changes() -> None:
    owners = IntervalMap([(3000, 3003, "a"), (3004, 3004, "b"), (3008, 3999, "c")])
    assert list(owners.pieces(3002, 3009)) == [
        (3002, 3003, "a"),
        (3004, 3004, "b"),
        (3005, 3007, None),
        (3008, 3009, "c"),
    ]


def test_where_nothing_lies_is_one_piece() -> None:
    assert list(IntervalMap[str]([]).pieces(3, 9)) == [(3, 9, None)]
    assert list(IntervalMap([(1, 2, "a"), (10, 11, "b")]).pieces(3, 9)) == [(3, 9, None)]


def test_an_interval_around_the_piece_is_cut_on_both_sides() -> None:
    assert list(IntervalMap([(0, 65535, "a")]).pieces(3000, 3999)) == [(3000, 3999, "a")]


@given(disjoint(), intervals)
def test_pieces_cover_everything_once_and_in_order(
    items: list[tuple[int, int, str]], asked: Interval
) -> None:
    owner = {value: name for first, last, name in items for value in range(first, last + 1)}
    pieces = list(IntervalMap(items).pieces(*asked))
    covered = [(value, name) for first, last, name in pieces for value in range(first, last + 1)]
    assert covered == [(value, owner.get(value)) for value in range(asked[0], asked[1] + 1)]


@given(disjoint(), intervals)
def test_what_overlaps_comes_in_order_once_each(items: list[tuple[int, int, str]], asked: Interval) -> None:
    named = [(first, last, (first, last)) for first, last, _ in items]
    overlapping = list(IntervalMap(named).overlapping(*asked))
    assert overlapping == sorted(
        (first, last) for first, last, _ in items if first <= asked[1] and asked[0] <= last
    )


@given(disjoint(), intervals)
def test_gaps_are_what_no_interval_has(items: list[tuple[int, int, str]], asked: Interval) -> None:
    left = IntervalMap(items).gaps(*asked)
    assert values(left) == values([asked]) - values([(first, last) for first, last, _ in items])
    assert left == merged(left)


@given(st.lists(intervals, max_size=8), intervals)
def test_of_intervals_that_overlap_all_are_found_in_the_order_given(
    given_ones: list[Interval], asked: Interval
) -> None:
    bag = IntervalBag((first, last, number) for number, (first, last) in enumerate(given_ones))
    assert bag.overlapping(*asked) == [
        number for number, (first, last) in enumerate(given_ones) if first <= asked[1] and asked[0] <= last
    ]


@given(disjoint(), intervals)
def test_billions_of_values_cost_as_much_as_one(items: list[tuple[int, int, str]], asked: Interval) -> None:
    def wide(first: int, last: int) -> Interval:
        return first * A_LOT, (last + 1) * A_LOT - 1

    narrow = list(IntervalMap(items).pieces(*asked))
    far = IntervalMap((*wide(first, last), name) for first, last, name in items).pieces(*wide(*asked))
    assert list(far) == [(*wide(first, last), name) for first, last, name in narrow]


def test_merged_joins_what_overlaps_or_touches() -> None:
    assert merged([(7, 9), (1, 3), (4, 4), (2, 3), (6, 6)]) == [(1, 4), (6, 9)]


@given(st.lists(intervals))
def test_merged_keeps_every_value_in_as_few_intervals_as_can_be(given_ones: list[Interval]) -> None:
    joined = merged(given_ones)
    assert values(joined) == values(given_ones)
    assert joined == sorted(joined)
    assert all(one[1] + 1 < next_one[0] for one, next_one in pairwise(joined))


@given(intervals, st.lists(intervals, max_size=5))
def test_without_leaves_what_no_hole_has(whole: Interval, holes: list[Interval]) -> None:
    left = without(*whole, holes)
    assert values(left) == values([whole]) - values(holes)
    assert left == merged(left)


def test_a_range_is_spelled_as_iana_does() -> None:
    assert (spelled(3000, 3000), spelled(3001, 3999)) == ("3000", "3001-3999")
