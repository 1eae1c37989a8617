"""A watch whose registry is saved and loaded: in a database, as a sync does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from databases import DOCUMENT, WATCH, emptied, versions, watch_on
from hypothesis import settings
from served import registration

from db.registry_store import DecidedWatch, RegistryStore, StoredWatch
from sync.records import Assignment, Content, Record
from sync.state import Registration, WatchDecision, WatchState

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
few = settings(max_examples=30)
"""Each example is a registry written and read."""
A, B, C = "a" * 64, "b" * 64, "c" * 64


def stored(connection: Connection) -> StoredWatch:
    """The watch as it is loaded."""
    store = RegistryStore(connection)
    return store.watches(store.add_documents([DOCUMENT]))[WATCH.name]


def save(
    connection: Connection, state: WatchState, at: datetime = NOON, *, fills_bundle: bool = False
) -> None:
    """Save a state after the one that is stored."""
    known = stored(connection)
    decision = WatchDecision(state, fills_bundle=fills_bundle)
    decided = DecidedWatch(known.id, known.state, decision, versions(connection))
    RegistryStore(connection).save_watches([decided], at)


def live(first: int, last: int, key: str) -> Registration:
    return replace(registration(first, "Ash", last=last), key=key)


def withdrawn(first: int, last: int, key: str) -> Registration:
    return replace(live(first, last, key), missing_since=NOON, withdrawn_at=NOON, endings=1)


def begin_anew(connection: Connection) -> None:
    """A watch that knows nothing, and three versions."""
    emptied(connection)
    watch_on(connection)
    versions(connection, A, B, C)


def said(first: int, name: str) -> Record:
    return Record(first, first, Content(name, Assignment.ASSIGNED))
