"""Everything about one code, at the database's own door."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import row
from synced import NOON, Watched

from db.code_queries import code_facts

NAME = "close-codes"
DAY = timedelta(days=1)
NORMAL = row("1000", "Normal")
REST = row("3000-3999", "Unassigned")
UNAUTHORIZED = row("3000", "Unauthorized", date="2021-09-06")
A = [NORMAL, REST]
B = [NORMAL, UNAUTHORIZED, row("3001-3999", "Unassigned")]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A on the first day, B on the fifth."""
    watched = Watched(tmp_path)
    watched.sync(A, at=NOON)
    watched.sync(B, at=NOON + 4 * DAY, updated="2026-01-05")
    return watched


def test_a_code_is_found_in_the_range_that_has_it(watched: Watched) -> None:
    with watched.database.read() as connection:
        facts = code_facts(connection, NAME, 3500)
    assert facts.entry is not None
    assert (facts.entry.first, facts.entry.last, facts.entry.assignment) == (3001, 3999, "unassigned")


def test_a_code_without_a_record_has_no_entry(watched: Watched) -> None:
    with watched.database.read() as connection:
        facts = code_facts(connection, NAME, 65535)
    assert (facts.entry, facts.pages[0].row, facts.history) == (None, None, ())


@pytest.mark.parametrize(
    ("code", "neighbours"),
    [
        (7, ["Normal", "Unauthorized"]),
        (1000, ["Normal", "Unauthorized", "Unassigned"]),
        (3500, ["Normal", "Unauthorized", "Unassigned"]),
        (65535, ["Unauthorized", "Unassigned"]),
    ],
)
def test_the_two_records_before_and_after_are_its_neighbours_by_value(
    watched: Watched, code: int, neighbours: list[str]
) -> None:
    with watched.database.read() as connection:
        facts = code_facts(connection, NAME, code)
    assert [neighbour.description for neighbour in facts.neighbours] == neighbours


def test_of_several_blocks_the_narrowest_is_told(watched: Watched) -> None:
    watched.page.write_text("first,last,name\n0,65535,\n3000,3009,ten\n2000,3999,\n1000,1000,a\n", "utf-8")
    watched.sync(B, at=NOON + 5 * DAY, updated="2026-01-05")
    with watched.database.read() as connection:
        (page,) = code_facts(connection, NAME, 3000).pages
    assert page.block is not None
    assert (page.row, page.block.first, page.block.last, page.block.name) == (None, 3000, 3009, "ten")
