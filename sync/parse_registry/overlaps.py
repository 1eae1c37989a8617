"""Records that share values: which contradict one another, and how the others are made disjoint.

Works on intervals, never value by value, since some registries assign 2^32 values at once. Knows no XML.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from sync.records import Assignment, Record

_Claim = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Separated:
    """A registry's readable records, sorted by value."""

    disjoint: tuple[Record, ...]
    """No two overlap."""
    contradicting: tuple[Record, ...]
    """Each overlaps another that says something else."""


def separate(records: Iterable[Record]) -> Separated:
    """Part the records that contradict one another from the rest (docs/rules.md, rule 4).

    Two records contradict one another when they share a value and differ in assignment, description or
    registration date; two that are both unassigned never do. Where the rest overlap, the first one in value
    order keeps the shared values, and among those that begin alike the first one given.
    """
    ordered = sorted(records, key=attrgetter("first"))
    if all(one.last < next_one.first for one, next_one in pairwise(ordered)):
        return Separated(tuple(ordered), ())
    contradicted = _contradicted(ordered)
    return Separated(
        _disjoint(record for record, out in zip(ordered, contradicted, strict=True) if not out),
        tuple(record for record, out in zip(ordered, contradicted, strict=True) if out),
    )


def _contradicted(ordered: Sequence[Record]) -> list[bool]:
    """For each record, whether another one contradicts it. The records are sorted by their first value.

    Of the records that begin before a given one ends, only those that reach furthest matter: the furthest of
    all, and the furthest that claims something else than that one does.
    """
    furthest: list[list[Record]] = []
    for record in ordered:
        furthest.append(_furthest_of_two_claims([*(furthest[-1] if furthest else ()), record]))
    firsts = [record.first for record in ordered]
    return [
        any(
            rival.last >= record.first and _claim(rival) != _claim(record)
            for rival in furthest[bisect_right(firsts, record.last) - 1]
        )
        for record in ordered
    ]


def _furthest_of_two_claims(records: list[Record]) -> list[Record]:
    best = max(records, key=attrgetter("last"))
    others = [record for record in records if _claim(record) != _claim(best)]
    return [best, max(others, key=attrgetter("last"))] if others else [best]


def _disjoint(ordered: Iterable[Record]) -> tuple[Record, ...]:
    kept: list[Record] = []
    for record in ordered:
        begin = max(record.first, kept[-1].last + 1) if kept else record.first
        if begin <= record.last:
            kept.append(record if begin == record.first else replace(record, first=begin))
    return tuple(kept)


def _claim(record: Record) -> _Claim:
    content = record.content
    if content.assignment is Assignment.UNASSIGNED:
        return (content.assignment,)
    return (content.assignment, content.description, content.registered_on)
