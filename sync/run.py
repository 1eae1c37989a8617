"""One sync, from the network to the outbox. Here the steps are only put in order.

    look        observe each document, read the documented tables    network, no transaction
    at_rest     documents in which nothing can have changed          one transaction
    deciding    the others: decide, store, flags, alerts             the same transaction
    post        the outbox: all alerts of the run                    the same transaction

Delivery is a pass of its own after it (`deliver`), after a failed look too. The time is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sync.at_rest import move_on
from sync.audience import Audience
from sync.look import Look, WatchedDocument, documents, look, remember
from sync.news.standing import Standing
from sync.servers import AskedServers
from sync.settings.model import Settings
from sync.verdict import VersionReplaced
from sync.watches import Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database
    from sync.news.report import SyncReport
    from sync.store_flags import Concluded


class Detail(StrEnum):
    """How much a run has to say of the watches in which nothing has changed."""

    FULL = "full"
    """A report."""
    COUNTS = "counts"
    """How they stand, with how many records there are."""
    NAMES = "names"
    """That they are unchanged."""


@dataclass(frozen=True, slots=True)
class Sync:
    """What a sync is given."""

    watches: Sequence[Watch]
    settings: Settings
    channels: Mapping[str, Collection[Audience]]
    """The channels that exist, by name, with the audiences each serves."""
    accept_older: bool = False
    detail: Detail = Detail.FULL


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did, each in the order of the watches."""

    reports: tuple[SyncReport, ...]
    unchanged: tuple[Standing, ...] = ()
    """Those of which no report was wanted."""


def sync_watches(database: Database, sync: Sync, at: datetime) -> Synced:
    """Run one sync of the watches at the time `at` (UTC); everything but the delivery."""
    limits = sync.settings.limits
    wanted = documents(sync.watches)
    looks: dict[str, Look] = {}
    servers = AskedServers()
    while True:
        waiting = [document for document in wanted if document.url not in looks]
        with database.read() as connection:
            remembered = remember(connection, waiting, at)
        for document in waiting:
            looks[document.url] = look(document, remembered[document.url], limits, servers, at)
        try:
            with database.write() as connection:
                return _settle(connection, sync, wanted, looks, at)
        except VersionReplaced as e:
            # Another sync has applied a newer version since the question was asked: ask about that one.
            del looks[e.url]


def _settle(
    connection: Connection,
    sync: Sync,
    wanted: Sequence[WatchedDocument],
    looks: Mapping[str, Look],
    at: datetime,
) -> Synced:
    """The deciding transaction."""
    unchanged: dict[str, Standing] = {}
    if sync.detail is not Detail.FULL and not sync.accept_older:
        unchanged = move_on(connection, wanted, looks, at, counted=sync.detail is Detail.COUNTS)
    # All watches of a document are at rest, or none.
    others = [looks[document.url] for document in wanted if document.watches[0].name not in unchanged]
    return Synced(
        reports=_decide(connection, sync, others, at) if others else (),
        unchanged=tuple(unchanged[watch.name] for watch in sync.watches if watch.name in unchanged),
    )


def _decide(
    connection: Connection, sync: Sync, looks: Sequence[Look], at: datetime
) -> tuple[SyncReport, ...]:
    # Imported here: most runs find everything at rest, and what decides takes its time to load.
    from sync.deciding import Deciding  # noqa: PLC0415
    from sync.store_flags import post  # noqa: PLC0415

    reports: dict[str, SyncReport] = {}
    concluded: list[Concluded] = []
    deciding = Deciding(connection, sync.settings, at, sync.accept_older)
    for decided in deciding.decide(looks):
        reports |= {report.watch: report for report in decided.reports}
        concluded += decided.concluded
    post(connection, concluded, sync.channels, at)
    return tuple(reports[watch.name] for watch in sync.watches if watch.name in reports)
