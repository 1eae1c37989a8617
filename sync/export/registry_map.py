"""Rows -> the registry's values as blocks, each with its pieces in order. Pure; how they look is the page's.

A block is a round number of values: a thousand, where four thousand are in use. A single value is always
seen; a range is as wide as it has values. A block of too many pieces to be seen is summed up by kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync.answers import CodeRow, FlagRow
from sync.intervals import Interval, IntervalMap
from sync.records import Assignment

MOST_BLOCKS = 12
"""Blocks that a person takes in at a glance."""
MOST_PIECES = 400
"""Pieces of a block that can still be told from each other."""
SMALLEST_BLOCK = 10


class Kind(StrEnum):
    """What a value is, as the map shows it."""

    FLAGGED = "flagged"
    IGNORED = "ignored"
    """Flagged, but a person decided not to document it."""
    ASSIGNED = "assigned"
    RESERVED = "reserved"
    PRIVATE_USE = "private-use"
    UNASSIGNED = "unassigned"
    NO_RECORD = "no-record"
    """The registry says nothing of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Values beside each other of which the registry says the same."""

    first: int
    last: int
    kind: Kind
    name: str = ""
    row: int | None = None
    """The first value of the row they belong to."""

    @property
    def size(self) -> int:
        """How many values it has."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Block:
    """A line of the map."""

    first: int
    last: int
    pieces: tuple[Piece, ...]
    """By value; empty where they are too many."""
    counts: tuple[tuple[Kind, int], ...]
    """How many values of each kind, the most telling kind first; none without a value."""
    beyond: int
    """Values that a whole block has more: the registry can't hold them."""
    watched: Interval | None
    """The part of it that is watched."""


def blocks_of(
    rows: Iterable[CodeRow], flags: Iterable[FlagRow], bounds: Interval, watched: Interval | None
) -> tuple[Block, ...]:
    """The map of a registry, from its lowest to its highest record; empty when it has none.

    `bounds` are the values the registry can hold, `watched` those that are watched, None being all.
    """
    pieces = _pieces(list(rows), {flag.first: flag.ignored is not None for flag in flags})
    if not pieces:
        return ()
    whole = IntervalMap((piece.first, piece.last, piece) for piece in pieces)
    lowest, highest = pieces[0].first, max(piece.last for piece in pieces)
    size = block_size(lowest, highest)
    starts = range(lowest // size * size, highest + 1, size)
    return tuple(_block(start, size, whole, bounds, watched or bounds) for start in starts)


def block_size(lowest: int, highest: int) -> int:
    """The smallest power of ten of which MOST_BLOCKS are enough."""
    size = SMALLEST_BLOCK
    while highest // size - lowest // size >= MOST_BLOCKS:
        size *= 10
    return size


def _pieces(rows: Sequence[CodeRow], flags: dict[int, bool]) -> list[Piece]:
    """Every value once: a registration that is missing goes before the record that says otherwise."""
    assigned = [row for row in rows if row.assignment == Assignment.ASSIGNED]
    taken = IntervalMap((row.first, row.last, row) for row in assigned)
    pieces = [Piece(row.first, row.last, _kind(row, flags), row.description, row.first) for row in assigned]
    pieces += [
        Piece(first, last, Kind(row.assignment), row.description, row.first)
        for row in rows
        if row.assignment != Assignment.ASSIGNED
        for first, last, owner in taken.pieces(row.first, row.last)
        if owner is None
    ]
    return sorted(pieces, key=lambda piece: piece.first)


def _kind(row: CodeRow, flags: dict[int, bool]) -> Kind:
    if row.first not in flags:
        return Kind.ASSIGNED
    return Kind.IGNORED if flags[row.first] else Kind.FLAGGED


def _block(start: int, size: int, whole: IntervalMap[Piece], bounds: Interval, watched: Interval) -> Block:
    first, last = max(start, bounds[0]), min(start + size - 1, bounds[1])
    pieces = tuple(_cut(whole, first, last))
    counts = dict.fromkeys(Kind, 0)
    for piece in pieces:
        counts[piece.kind] += piece.size
    a, b = max(first, watched[0]), min(last, watched[1])
    return Block(
        first,
        last,
        pieces if len(pieces) <= MOST_PIECES else (),
        tuple((kind, count) for kind, count in counts.items() if count),
        size - (last - first + 1),
        (a, b) if a <= b else None,
    )


def _cut(whole: IntervalMap[Piece], first: int, last: int) -> Iterator[Piece]:
    for a, b, piece in whole.pieces(first, last):
        if piece is None:
            yield Piece(a, b, Kind.NO_RECORD)
        else:
            yield Piece(a, b, piece.kind, piece.name, piece.row)
