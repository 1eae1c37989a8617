"""What was seen of documents is decided and written; where nothing was, what ships stands in.

It stands in for the shipped watch alone, at its first look, from its default source: when the source can't be
reached, and when the first answer is no good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.known import known_documents
from sync import observe
from sync.decide.advance import Patience
from sync.fetch.location import as_stored
from sync.sights import Sight, unusable
from sync.store import Stored, as_it_was, settle
from sync.watches import Bundle, Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sync.look import Look, WatchedDocument


@dataclass(frozen=True, slots=True)
class Begun:
    """What was decided of a document and written."""

    stored: Stored
    started: frozenset[str] = frozenset()
    """Names of the watches that started from what ships."""


def settle_looks(
    connection: Connection, looks: Sequence[Look], at: datetime, patience: Patience, *, accept_older: bool
) -> list[Begun]:
    """Decide what looks at documents mean, and write it; in the order given. As `store.settle`."""
    watches = {look.document.url: look.document.watches for look in looks}
    begun = {
        look.document.url: _start(connection, look.document, bundles, at)
        for look, bundles in _in_want(connection, looks)
    }
    sights = [
        Sight(look.document.url, look.document.watches, look.seen, accept_older)
        for look in looks
        if look.seen is not None and not look.failure
    ]
    for sight, stored in zip(sights, settle(connection, sights, at, patience), strict=True):
        start = begun.get(sight.url)
        begun[sight.url] = _after_start(stored, start) if start else Begun(stored)
    unseen = [(url, of_document) for url, of_document in watches.items() if url not in begun]
    for (url, _), stored in zip(unseen, as_it_was(connection, unseen), strict=True):
        begun[url] = Begun(stored)
    return [begun[look.document.url] for look in looks]


def _in_want(connection: Connection, looks: Sequence[Look]) -> Iterator[tuple[Look, Mapping[Watch, Bundle]]]:
    """The looks that give watches nothing to begin with, and what ships for these watches."""
    known = None
    for look in looks:
        document, seen = look.document, look.seen
        shipped = {watch: watch.bundle for watch in document.watches if watch.bundle}
        if not (shipped and seen and document.by_default):
            continue
        known = known_documents(connection) if known is None else known
        stored = known.get(as_stored(document.url))
        # Another sync may have reached the source meanwhile: then nothing has to stand in.
        begun = {name for name, watch in stored.watches.items() if watch.sha256} if stored else set()
        bundles = {
            watch: bundle
            for watch, bundle in shipped.items()
            if watch.name not in begun and (look.failure or unusable(seen, watch))
        }
        if bundles:
            yield look, bundles


def _start(
    connection: Connection, document: WatchedDocument, bundles: Mapping[Watch, Bundle], at: datetime
) -> Begun:
    """Apply what ships with the program to the watches that it ships for."""
    (stored,) = as_it_was(connection, [(document.url, document.watches)])
    for watch, bundle in bundles.items():
        (begun,) = settle(connection, [Sight(document.url, [watch], observe.bundled(bundle))], at)
        decision = replace(begun.decision, watches={**stored.decision.watches, **begun.decision.watches})
        stored = replace(begun, decision=decision, before={**stored.before, **begun.before})
    return Begun(stored, frozenset(watch.name for watch in bundles))


def _after_start(stored: Stored, start: Begun) -> Begun:
    """What was decided after a start: the first sight was the start's."""
    steps = {
        name: replace(step, first_sight=step.first_sight or name in start.started)
        for name, step in stored.decision.watches.items()
    }
    decision = replace(stored.decision, watches=steps)
    return Begun(
        replace(stored, decision=decision, before={**stored.before, **start.stored.before}), start.started
    )
