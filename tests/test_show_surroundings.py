"""Where a code lies: what comes before and after it, and which ranges it is in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.answers import CodeFacts, Neighbour, OnPage, SourceRow
from sync.records import DocumentedValue
from sync.show.surroundings import surroundings

BOUNDS, WATCHED = (0, 65535), (3000, 3999)
MDN = SourceRow("mdn", "https://example.org/", datetime(2026, 1, 1, tzinfo=UTC), None)
NORMAL = Neighbour(1000, 1000, "Normal Closure")
REST = Neighbour(3001, 3999, "Unassigned")
PRIVATE = Neighbour(4000, 4999, "Reserved for Private Use")


def told(code: int, *neighbours: Neighbour, pages: tuple[OnPage, ...] = ()) -> dict[str, list[str]]:
    facts = CodeFacts(code, None, neighbours=neighbours, pages=pages)
    return {entry.label: [*entry.lines] for entry in surroundings(facts, BOUNDS, WATCHED)}


def test_its_own_record_is_marked_among_its_neighbours() -> None:
    assert told(3500, NORMAL, REST, PRIVATE)["nearby"] == [
        "  1000       Normal Closure",
        "> 3001-3999  Unassigned",
        "  4000-4999  Reserved for Private Use",
    ]


@pytest.mark.parametrize(
    ("code", "neighbours", "gap"),
    [
        (7, (NORMAL, REST), "> 0-999      no record"),
        (3000, (NORMAL, REST), "> 1001-3000  no record"),
        (65535, (REST, PRIVATE), "> 5000-65535  no record"),
        (7, (), "> 0-65535  no record"),
    ],
)
def test_a_code_without_a_record_is_marked_among_those_that_have_none(
    code: int, neighbours: tuple[Neighbour, ...], gap: str
) -> None:
    lines = told(code, *neighbours)["nearby"]
    assert [line for line in lines if line.startswith(">")] == [gap]
    assert len(lines) == len(neighbours) + 1


@pytest.mark.parametrize(
    ("code", "words"), [(3000, "3000-3999, which is watched"), (4000, "outside 3000-3999, which is watched")]
)
def test_whether_it_is_watched_is_told(code: int, words: str) -> None:
    assert told(code)["within"] == [words]


def test_where_everything_is_watched_that_goes_without_saying() -> None:
    within, _ = surroundings(CodeFacts(7, None), BOUNDS, None)
    assert list(within.lines) == []


def test_the_blocks_of_pages_are_told() -> None:
    named = OnPage(MDN, None, DocumentedValue(3000, 3999, "For libraries", 20))
    bare = OnPage(MDN, None, DocumentedValue(3000, 3009, "", None))
    assert told(3000, pages=(named, bare, OnPage(MDN, None, None)))["within"][1:] == [
        "3000-3999, For libraries, a block in mdn, line 20",
        "3000-3009, a block in mdn",
    ]
