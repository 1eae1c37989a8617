"""One database, and everything that can happen to it, at times that the test gives.

    live = LiveSyncs(database_in_memory(), tmp_path)
    live.sees(body, at)                     a sync
    live.sees(None, at)                     a sync that can't reach the document
    live.backfills(versions, at)            past versions
    live.accepts("4f2a", at)                a person's word

Syncs read a file; that file is the watch's own document, so that an unreachable one starts from the bundle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from db.engine import Database
from db.quarantine import held_back
from sync.accept import Accepted, accept
from sync.answers import HeldBack
from sync.audience import Audience
from sync.news.alerts import Alert
from sync.news.report import SyncReport
from sync.observe import Served, kept
from sync.past.backfill import Backfilled, backfill, read_past
from sync.past.folder import PastVersion
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.watches import CLOSE_CODES

CHANNELS = {"readers": frozenset({Audience.READERS}), "operators": frozenset({Audience.OPERATORS})}
Told = tuple[str, tuple[int, ...]]
"""The kind of an alert, and the first values of what it names."""


class LiveSyncs:
    """The shipped watch, with a document of the test's own."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._file = folder / "document.xml"
        self.watch = replace(CLOSE_CODES, document=str(self._file))
        self.told: list[Told] = []
        """Every alert so far, in order."""

    def sees(self, body: bytes | None, at: datetime, *, accept_older: bool = False) -> SyncReport:
        """Sync while the document is `body`; None: while there is none."""
        if body is None:
            self._file.unlink(missing_ok=True)
        else:
            self._file.write_bytes(body)
        sync = Sync([self.watch], Settings(), CHANNELS, accept_older)
        (report,) = sync_watches(self.database, sync, at).reports
        self._remember(report.alerts)
        return report

    def backfills(self, versions: Iterable[PastVersion], at: datetime, *, alerts: bool = False) -> Backfilled:
        """Add past versions."""
        past = read_past(versions, [self.watch], at)
        done = backfill(self.database, self.watch, past, Settings(), CHANNELS, at, alerts=alerts)
        self._remember(done.alerts)
        return done

    def accepts(self, prefix: str, at: datetime) -> Accepted:
        """Let a person accept what is held back."""
        done = accept(self.database, self.watch, prefix, CHANNELS, at)
        self._remember(done.alerts)
        return done

    def look(self, body: bytes) -> Served:
        """The document as a sync sees it, for a test that decides on it itself."""
        return kept(self.watch.document, body)

    def held_back(self) -> list[HeldBack]:
        """What waits for a person, or is accepted and goes on."""
        with self.database.read() as connection:
            return held_back(connection, self.watch.name)

    def _remember(self, alerts: Iterable[Alert]) -> None:
        self.told += [(alert.kind, tuple(subject.first for subject in alert.subjects)) for alert in alerts]
