"""What is known of every watch at once: the figures of each, in one query."""

from __future__ import annotations

from pathlib import Path

from builders import row
from databases import counted
from synced import NOON, Watched

from db.watch_counts import watch_counts
from sync.answers import WatchCounts

ROWS = [
    row("1000", "Normal Closure"),
    row("3000", "Unauthorized", date="2021-09-06"),
    row("3001", "Unassigned"),
]


def test_a_watch_has_its_registrations_and_flags(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(ROWS)
    with watched.database.read() as connection, counted(connection) as statements:
        assert watch_counts(connection) == {"close-codes": WatchCounts(2, 1, NOON)}
    assert len(statements) == 1


def test_a_registry_that_was_never_read_has_none(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(b"<registry")
    with watched.database.read() as connection:
        assert watch_counts(connection) == {"close-codes": WatchCounts(None, None, None)}
