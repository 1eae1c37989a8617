"""What went wrong with one document in a run, how the runs before went, and what its servers want.

What operators hear of it, and in which words, is the business of `news.trouble`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from db.documented_store import DocumentedStore
from db.run_log import Outcome, RunLog
from sync.errors import Exit, FetchFailed, NotAsked, PatienceAsked, ServerNotAsked
from sync.fetch.location import is_url, shown
from sync.news import trouble
from sync.news.trouble import Past, Problem
from sync.observe import Served
from sync.sources import FailedSource, Reads, ReadSource, SameSource
from sync.state import Decision, HoldKind, Notice
from sync.verdict import Verdict

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.resource_store import ResourceStore
    from sync.look import Look
    from sync.store import Stored
    from sync.watches import Watch


def past_of(connection: Connection, log: RunLog, stored: Stored, reads: Mapping[str, Reads]) -> Past:
    """How the runs before this one went, for a document and the sources of its watches."""
    last = log.last(stored.document_id)
    # The registry was checked, and something else could not be reached: a documented source.
    only_sources = last and (last.outcome, last.exit_code) == (Outcome.DONE, Exit.PASSING_FAILURE)
    failed = any(isinstance(read, FailedSource) for read in _all(reads))
    store = DocumentedStore(connection)
    watch_ids = [row.id for row in stored.before.values()] if failed else []
    sources = [item for id_ in watch_ids for item in store.sources(id_).items()]
    return Past(
        failures=log.failures_in_a_row(stored.document_id),
        source_failures=last.count if last and only_sources else 0,
        source_problems={key: source.problem for key, source in sources},
        sources_read={key for key, source in sources if source.sha256},
    )


def notices_of(looked: Look, past: Past, many: int) -> Iterator[Notice]:
    """What operators must hear now of a document and of the sources of its watches."""
    # A page that two watches are compared with is one page.
    reads = list({read.source.key: read for read in _all(looked.reads)}.values())
    return trouble.notices(shown(looked.document.location), looked.failure, reads, past, many=many)


def problems_of(
    looked: Look, stored: Stored, watch: Watch, past: Past, *, started: bool
) -> Iterator[Problem]:
    """What went wrong for a watch in this run; `started`: what ships stands in, and all is well."""
    location = shown(looked.document.location)
    if looked.failure:
        yield trouble.of_document(location, looked.failure, started=started)
    if verdict_of(stored, watch) is Verdict.QUARANTINED:
        read = looked.seen.document if isinstance(looked.seen, Served) else None
        holds = stored.decision.watches[watch.name].state.holds
        yield trouble.of_quarantine(location, read if isinstance(read, str) else None, holds)
    yield from trouble.of_sources(looked.reads[watch.name], past)


def verdict_of(stored: Stored, watch: Watch) -> Verdict | None:
    """What the observation was to this watch: another may have taken what it can't use. None without one."""
    if not stored.seen:
        return None
    verdict = stored.decision.verdict
    holds = stored.decision.watches[watch.name].state.holds
    refused = any(hold.kind is HoldKind.REGISTRY and hold.accepted_at is None for hold in holds)
    return Verdict.QUARANTINED if refused and verdict is not Verdict.OLDER else verdict


def outcome(looked: Look, verdict: Verdict) -> Outcome:
    """How a run ended for a document."""
    if isinstance(looked.failure, NotAsked):
        return Outcome.PATIENCE
    if looked.failure:
        return Outcome.FAILED
    return Outcome.QUARANTINED if verdict is Verdict.QUARANTINED else Outcome.DONE


def keep_what_servers_said(resources: ResourceStore, looked: Look, decision: Decision) -> None:
    """Validators, and how long each server wants to be left alone (docs/rules.md, rule 6).

    Of the document they are kept only with a version that counts in full.
    """
    match looked.seen:
        case Served(bundled=False, location=location, validators=validators, sha256=sha256):
            if sha256 == decision.document.snapshot:
                resources.keep_validators(location, validators if decision.in_full else None, sha256)
    for read in _all(looked.reads):
        location = read.source.location
        if not is_url(location):
            continue
        match read:
            case ReadSource(validators=validators, sha256=sha256):
                resources.keep_validators(location, validators, sha256)
                resources.keep_retry_at(location, None)
            case SameSource():
                resources.keep_retry_at(location, None)
            case FailedSource(error=FetchFailed(retry_at=retry_at) | PatienceAsked(retry_at=retry_at)):
                resources.keep_retry_at(location, retry_at)
    match looked.failure:
        case ServerNotAsked():
            pass
        case FetchFailed(retry_at=retry_at) | PatienceAsked(retry_at=retry_at):
            # The patience may have been asked for by another document of the same server.
            resources.keep_retry_at(looked.document.location, retry_at)
        case _:
            resources.keep_retry_at(looked.document.location, None)


def _all(reads: Mapping[str, Reads]) -> Reads:
    return [read for of_watch in reads.values() for read in of_watch]
