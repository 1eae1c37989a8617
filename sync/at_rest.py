"""What a 304 means where nothing waits: that it was seen once more, and no more than that.

A document is at rest when nothing that this run could decide would differ from what is stored: the version
served is the one applied, to every watch; nothing is missing, held back or in doubt; its sources say what
they said; the run before went well. Then `decide` has nothing to say, and all such documents are moved on
together. What is done here and what deciding would have done leave the same database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db import at_rest as rows
from db.known import KnownDocument, KnownSource, KnownWatch, known_documents, known_sources
from db.resource_store import ResourceStore
from db.run_log import Outcome
from sync.errors import Exit
from sync.fetch.location import as_stored, shown
from sync.intervals import spelled
from sync.news.standing import UNCHANGED, Standing
from sync.observe import StillServed
from sync.sources import SameSource
from sync.verdict import UNCHANGED_AFTER

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sync.look import Look, WatchedDocument
    from sync.watches import Watch


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of every document and watch."""

    documents: Mapping[str, KnownDocument]
    sources: Mapping[int, Mapping[tuple[str, str], KnownSource]]
    asked_for_patience: Collection[str]
    """The URLs whose server asked for patience."""
    restless: Collection[int]
    """The rows of watches in whose registry something waits."""
    observations: Mapping[int, rows.LastObservation]
    runs: Mapping[int, rows.LastRun]


def move_on(
    connection: Connection,
    documents: Iterable[WatchedDocument],
    looks: Mapping[str, Look],
    at: datetime,
    *,
    counted: bool,
) -> dict[str, Standing]:
    """Count one run more for each of the documents that is at rest: how its watches stand, by name.

    With `counted` that says how many records and registrations there are; else there is nothing in it but
    names.
    """
    candidates = [document for document in documents if _says_the_same(looks[document.url])]
    if not candidates:
        return {}
    stored = _Stored(
        known_documents(connection),
        known_sources(connection),
        {url for url, resource in ResourceStore(connection).known().items() if resource.retry_at},
        rows.restless_watches(connection),
        rows.last_observations(connection),
        rows.last_runs(connection),
    )
    resting = {
        document: stored.documents[as_stored(document.url)]
        for document in candidates
        if _is_at_rest(document, looks[document.url], stored, at)
    }
    if not resting:
        return {}
    ids = [known.id for known in resting.values()]
    observations = [stored.observations[id_].id for id_ in ids]
    rows.seen_again(connection, observations, [stored.runs[id_].id for id_ in ids], at)
    counts = rows.counts(connection) if counted else {}
    return {
        watch.name: _standing(watch, known, counts)
        for document, known in resting.items()
        for watch in document.watches
    }


def _says_the_same(look: Look) -> bool:
    same = (isinstance(read, SameSource) for of_watch in look.reads.values() for read in of_watch)
    return isinstance(look.seen, StillServed) and look.failure is None and all(same)


def _is_at_rest(document: WatchedDocument, look: Look, stored: _Stored, at: datetime) -> bool:
    known = stored.documents.get(as_stored(document.url))
    if known is None or known.in_doubt or known.snapshot_id is None:
        return False
    observation, run = stored.observations.get(known.id), stored.runs.get(known.id)
    return (
        isinstance(look.seen, StillServed)
        and known.sha256 == look.seen.sha256
        and as_stored(document.location) not in stored.asked_for_patience
        and observation is not None
        and observation.snapshot_id == known.snapshot_id
        and observation.verdict in UNCHANGED_AFTER
        and not observation.said
        and observation.last_at <= at
        and run is not None
        and (run.outcome, run.exit_code) == (Outcome.DONE, Exit.DONE)
        and run.last_at <= at
        and all(_watch_is_at_rest(watch, known, stored) for watch in document.watches)
    )


def _watch_is_at_rest(watch: Watch, document: KnownDocument, stored: _Stored) -> bool:
    known = document.watches.get(watch.name)
    if known is None or known.id in stored.restless or watch.in_use:
        return False
    return (
        known.sha256 == document.sha256
        and known.registry_id == watch.registry_id
        and known.watched == (watch.watched or (None, None))
        and _sources_are_at_rest(watch, known, stored)
    )


def _sources_are_at_rest(watch: Watch, known: KnownWatch, stored: _Stored) -> bool:
    there = stored.sources.get(known.id, {})
    taking_part = {key for key, source in there.items() if source.active}
    return taking_part == {source.key for source in watch.sources} and all(
        there[source.key].sha256 is not None
        and there[source.key].problem is None
        and there[source.key].location == shown(source.location)
        and as_stored(source.location) not in stored.asked_for_patience
        for source in watch.sources
    )


def _standing(watch: Watch, document: KnownDocument, counts: Mapping[int, rows.Counts]) -> Standing:
    of_watch = counts.get(document.watches[watch.name].id, rows.Counts())
    return Standing(
        watch=watch.name,
        what=UNCHANGED,
        updated=document.updated,
        records=of_watch.records,
        registrations=of_watch.registrations,
        flagged=tuple(spelled(first, last) for first, last in of_watch.flagged),
        compared=bool(watch.documented),
    )
