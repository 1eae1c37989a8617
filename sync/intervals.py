"""Intervals of values with inclusive bounds: compared as such, never value by value.

Some registries assign 2^32 values in one row, so nothing here may cost more than the number of
intervals (docs/rules.md, rule 3). Standard library only.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")

Interval = tuple[int, int]
"""First and last value."""

MAX_VALUE = 2**63 - 1
"""The largest value a registry may hold: what an SQL BIGINT holds."""


class IntervalMap(Generic[T]):
    """Disjoint intervals, each with a thing: who has the value?"""

    __slots__ = ("_firsts", "_items")

    def __init__(self, items: Iterable[tuple[int, int, T]]) -> None:
        """Take (first, last, thing); no two intervals may overlap."""
        self._items = sorted(items, key=lambda item: item[0])
        self._firsts = [item[0] for item in self._items]

    def pieces(self, first: int, last: int) -> Iterator[tuple[int, int, T | None]]:
        """Cut `first`-`last` where the thing changes; None where no interval lies. In order, without gaps."""
        index = bisect_left(self._firsts, first)
        if index and self._items[index - 1][1] >= first:
            index -= 1
        at = first
        while at <= last:
            if index == len(self._items) or self._items[index][0] > last:
                yield at, last, None
                return
            item_first, item_last, thing = self._items[index]
            if item_first > at:
                yield at, item_first - 1, None
                at = item_first
            end = min(item_last, last)
            yield at, end, thing
            at = end + 1
            index += 1

    def overlapping(self, first: int, last: int) -> Iterator[T]:
        """The things that have a value of `first`-`last`, in order."""
        for _, _, thing in self.pieces(first, last):
            if thing is not None:
                yield thing

    def gaps(self, first: int, last: int) -> list[Interval]:
        """What is left of `first`-`last` where no interval lies; in order."""
        return [(a, b) for a, b, thing in self.pieces(first, last) if thing is None]


class IntervalBag(Generic[T]):
    """Intervals that may overlap, each with a thing: who has, or had, the value?"""

    __slots__ = ("_firsts", "_items", "_reach")

    def __init__(self, items: Iterable[tuple[int, int, T]]) -> None:
        """Take (first, last, thing)."""
        self._items = sorted(enumerate(items), key=lambda numbered: numbered[1][0])
        self._firsts = [first for _, (first, _, _) in self._items]
        self._reach = list(accumulate((last for _, (_, last, _) in self._items), max))
        """How far any of the intervals up to each one reaches."""

    def overlapping(self, first: int, last: int) -> list[T]:
        """The things that have a value of `first`-`last`, in the order they were given in."""
        found = []
        index = bisect_right(self._firsts, last)
        while index and self._reach[index - 1] >= first:
            index -= 1
            number, (_, item_last, thing) = self._items[index]
            if item_last >= first:
                found.append((number, thing))
        found.sort(key=lambda numbered: numbered[0])
        return [thing for _, thing in found]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Join what overlaps or touches; in order."""
    result: list[Interval] = []
    for first, last in sorted(intervals):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return result


def without(first: int, last: int, holes: Sequence[Interval]) -> list[Interval]:
    """What is left of `first`-`last` outside `holes`; in order."""
    return IntervalMap((a, b, True) for a, b in merged(holes)).gaps(first, last)


def spelled(first: int, last: int) -> str:
    """`7` or `8-15`, as IANA writes it."""
    return str(first) if first == last else f"{first}-{last}"
