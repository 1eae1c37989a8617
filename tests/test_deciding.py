"""Many documents in one transaction: in batches, each as if it were the only one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import document, row
from whole_database import database_in_memory, everything

from db.engine import Database
from sync import deciding
from sync.run import Detail, Sync, sync_watches
from sync.settings.model import Settings
from sync.watches import CLOSE_CODES, Watch

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NAMES = ["ash", "birch", "cedar", "elm", "fir"]


@pytest.fixture
def watches(tmp_path: Path) -> list[Watch]:
    """Five watches, each on a document of its own; the third has none."""
    found = []
    for number, name in enumerate(NAMES):
        path = tmp_path / f"{name}.xml"
        if name != "cedar":
            path.write_bytes(document([row(str(number), name)]))
        found.append(Watch(name, str(path), CLOSE_CODES.registry_id, bounds=(0, 99), watched=None))
    return found


def synced(database: Database, watches: Sequence[Watch]) -> list[tuple[str, int, int]]:
    """Sync them: each report's watch, its exit code and how many records there are."""
    sync = Sync(watches, Settings(), {}, detail=Detail.FULL)
    return [(one.watch, one.exit_code, one.records) for one in sync_watches(database, sync, NOON).reports]


@pytest.mark.parametrize("at_once", [1, 2, 3, 5])
def test_batches_make_no_difference(
    watches: list[Watch], monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    whole, in_parts = database_in_memory(), database_in_memory()
    expected = synced(whole, watches)
    assert expected == [(name, 75, 0) if name == "cedar" else (name, 0, 1) for name in NAMES]
    monkeypatch.setattr(deciding, "AT_ONCE", at_once)
    assert synced(in_parts, watches) == expected
    assert everything(in_parts) == everything(whole)
