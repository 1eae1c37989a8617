"""The map: every value once, at its place, in blocks that a person takes in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from faces import code, flag
from hypothesis import given
from hypothesis import strategies as st

from sync.answers import CodeRow
from sync.export.registry_map import MOST_BLOCKS, MOST_PIECES, Block, Kind, Piece, block_size, blocks_of
from sync.intervals import Interval

PORTS = (0, 65535)
CLOSE = [
    code(1000, "Normal Closure"),
    code(1001, "Reserved"),
    code((1002, 2999), "Unassigned"),
    code(3000, "Unauthorized"),
    code((3001, 3999), "Unassigned"),
    code((4000, 4999), "Private Use"),
]


def drawn(block: Block) -> list[tuple[int, int, str]]:
    return [(piece.first, piece.last, piece.kind.value) for piece in block.pieces]


def test_four_thousand_values_are_four_blocks_of_a_thousand() -> None:
    blocks = blocks_of(CLOSE, [flag(3000)], PORTS, (3000, 3999))
    assert [(block.first, block.last) for block in blocks] == [
        (1000, 1999),
        (2000, 2999),
        (3000, 3999),
        (4000, 4999),
    ]
    assert drawn(blocks[0]) == [
        (1000, 1000, "assigned"),
        (1001, 1001, "reserved"),
        (1002, 1999, "unassigned"),
    ]
    assert drawn(blocks[2]) == [(3000, 3000, "flagged"), (3001, 3999, "unassigned")]
    assert blocks[0].counts == ((Kind.ASSIGNED, 1), (Kind.RESERVED, 1), (Kind.UNASSIGNED, 998))
    assert [block.watched for block in blocks] == [None, None, (3000, 3999), None]
    assert {block.beyond for block in blocks} == {0}


def test_what_a_person_ignores_is_shown_as_ignored() -> None:
    blocks = blocks_of(CLOSE, [flag(3000, ignored="not ours")], PORTS, None)
    assert blocks[2].pieces[0] == Piece(3000, 3000, Kind.IGNORED, "Unauthorized", 3000)


def test_a_registration_that_is_missing_goes_before_the_record_that_says_otherwise() -> None:
    rows = [code(3, "Here still"), code((0, 9), "Unassigned")]
    (block,) = blocks_of(rows, [], (0, 255), None)
    assert drawn(block) == [(0, 2, "unassigned"), (3, 3, "assigned"), (4, 9, "unassigned")]


def test_what_no_record_covers_is_a_gap() -> None:
    (block,) = blocks_of([code(2, "Two"), code(5, "Five")], [], (0, 255), None)
    assert drawn(block) == [
        (0, 1, "no-record"),
        (2, 2, "assigned"),
        (3, 4, "no-record"),
        (5, 5, "assigned"),
        (6, 9, "no-record"),
    ]


def test_the_last_block_ends_where_the_registry_does() -> None:
    blocks = blocks_of([code((0, 65535), "Unassigned")], [], PORTS, None)
    assert (blocks[-1].first, blocks[-1].last, blocks[-1].beyond) == (60000, 65535, 4464)


def test_four_thousand_million_values_are_five_blocks() -> None:
    highest = 2**32 - 1
    rows = [code(0, "Zero"), code((1, highest - 1), "Unassigned"), code(highest, "Last")]
    blocks = blocks_of(rows, [], (0, highest), None)
    assert [block.first for block in blocks] == [number * 10**9 for number in range(5)]
    assert drawn(blocks[0])[0] == (0, 0, "assigned")
    assert drawn(blocks[-1])[-1] == (highest, highest, "assigned")
    assert sum(count for block in blocks for _, count in block.counts) == 2**32


def test_too_many_pieces_are_summed_up() -> None:
    rows = [code(value, "Even") for value in range(0, 1000, 2)]
    rows.append(code(1500, "Elsewhere"))
    crowded, spacious = blocks_of(rows, [], (0, 9999), None)
    assert len(rows) > MOST_PIECES
    assert (crowded.pieces, crowded.counts) == ((), ((Kind.ASSIGNED, 500), (Kind.NO_RECORD, 500)))
    assert [piece.kind for piece in spacious.pieces] == [Kind.NO_RECORD, Kind.ASSIGNED, Kind.NO_RECORD]


def test_a_registry_without_a_record_has_no_map() -> None:
    assert blocks_of([], [], PORTS, None) == ()


@pytest.mark.parametrize(
    ("lowest", "highest", "size"),
    [(0, 0, 10), (0, 119, 10), (0, 120, 100), (1000, 4999, 1000), (0, 65535, 10_000), (0, 2**63 - 1, 10**18)],
)
def test_a_block_is_a_round_number_of_values(lowest: int, highest: int, size: int) -> None:
    assert block_size(lowest, highest) == size


@st.composite
def registries(draw: st.DrawFn) -> list[CodeRow]:
    """Records that do not overlap, and registrations that lie over them."""
    edges = sorted(draw(st.sets(st.integers(0, 300), min_size=2, max_size=20)))
    names = st.sampled_from(["Unassigned", "Reserved", "Private Use"])
    rows = [code((a, b - 1), draw(names)) for a, b in pairwise(edges) if draw(st.booleans()) or a == edges[0]]
    values = draw(st.sets(st.integers(0, 300), max_size=10))
    return sorted([*rows, *(code(value, "Assigned") for value in values)], key=lambda row: row.first)


@given(registries())
def test_every_value_is_drawn_once_in_order(rows: list[CodeRow]) -> None:
    bounds: Interval = (0, 300)
    blocks = blocks_of(rows, [], bounds, None)
    assert 0 < len(blocks) <= MOST_BLOCKS
    at = blocks[0].first
    for block in blocks:
        for piece in block.pieces:
            assert piece.first == at
            at = piece.last + 1
        assert at == block.last + 1
        assert sum(count for _, count in block.counts) == block.last - block.first + 1
    assigned = {row.first for row in rows if row.assignment == "assigned"}
    pieces = [piece for block in blocks for piece in block.pieces]
    assert {piece.first for piece in pieces if piece.kind is Kind.ASSIGNED} == assigned


def test_a_registry_without_bounds_is_drawn_as_far_as_it_has_records() -> None:
    everything = (0, 2**63 - 1)
    rows = [code((0, 2**32 - 2), "Reserved"), code(2**32 - 1, "The last"), code(2**63 - 1, "Far away")]
    near, far = blocks_of(rows[:2], [], everything, None), blocks_of(rows, [], everything, None)
    assert (near[0].first, near[-1].last, len(near)) == (0, 4_999_999_999, 5)
    assert (len(far), far[-1].last, far[-1].beyond) == (10, 2**63 - 1, 10**18 * 10 - 2**63)
    assert sum(piece.size for block in far for piece in block.pieces) == 2**63
