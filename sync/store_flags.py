"""Compare and alert: the second half of the deciding transaction.

Takes what was decided about the registry, lays the documented tables and the lists of codes in use beside it,
and writes the flags and the outbox under the same lock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db.alert_outbox import AlertOutbox
from db.column_types import NotAsWritten
from db.documented_store import DocumentedStore
from db.registry_store import RegistryStore
from sync.audience import Audience
from sync.decide.conflicts import Conflict, decide_conflicts
from sync.decide.flags import decide_flags, is_watched
from sync.news.alerts import Alert, decide_alerts
from sync.sources import FailedSource, Reads, ReadSource, SameSource
from sync.state import ChangeKind, Flag, Notice, Registration, WatchDecision
from sync.watches import Role, Watch

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.registry_store import StoredWatch
    from sync.store import Stored


@dataclass(frozen=True, slots=True)
class Compared:
    """What the documented tables say of a watch's registrations."""

    flags: Mapping[str, Flag]
    """The open ones, by registration key."""
    closed: tuple[Registration, ...]
    """Those whose flag closed since they are documented now, by value."""
    baseline: tuple[str, ...]
    """Keys of those flagged at a first sight."""
    sources: tuple[str, ...]
    """Names of the documented sources that took part."""
    conflicts: tuple[Conflict, ...] = ()
    """Registrations of codes that are in use by other names."""


def compare(
    connection: Connection,
    watch: Watch,
    stored: StoredWatch,
    step: WatchDecision,
    reads: Reads,
    at: datetime,
) -> Compared:
    """Write the tables that were read, and the flags that follow."""
    if not (watch.sources or stored.sourced):
        return Compared({}, (), (), ())
    store = DocumentedStore(connection)
    new_sources = _save_sources(store, stored.id, reads, at)
    store.set_active(stored.id, watch.sources)
    tables = store.tables(stored.id)
    in_use = store.tables(stored.id, Role.IN_USE) if watch.in_use else {}
    before = store.open_flags(stored.id)
    by_key = {r.key: r for r in step.state.registrations}
    if lost := before.keys() - by_key.keys():
        raise NotAsWritten(f"the registration {min(lost)} is and is not there")
    flagged_before = sorted(map(by_key.__getitem__, before), key=lambda registration: registration.first)
    if watch.documented and not tables:
        # Not one of them was ever read, so nothing is known to be documented: the flags stay as they were.
        flags = {key: flag for key, flag in before.items() if by_key[key].live}
    else:
        flags = decide_flags(step.state.registrations, tables, watch.watched)
    if flags != before:
        store.save_flags(RegistryStore(connection).registration_ids(stored.id), before, flags, at)
    return Compared(
        flags=flags,
        closed=tuple(r for r in flagged_before if tables and _documented(r, flags, watch)),
        baseline=_baseline(stored, step, flags, new_sources, by_key),
        sources=tuple(sorted(tables)),
        conflicts=decide_conflicts(step.state.registrations, in_use, watch.watched),
    )


@dataclass(frozen=True, slots=True)
class Concluded:
    """What follows from a decision for those who must hear of it."""

    watch: str
    watch_id: int
    compared: Compared
    alerts: tuple[Alert, ...]
    registration_ids: Mapping[str, int]
    """The rows of its registrations, by key; empty where there is no alert."""


def conclude(
    connection: Connection,
    watch: Watch,
    stored: Stored,
    reads: Reads,
    notices: Sequence[Notice],
    at: datetime,
) -> Concluded:
    """Compare, and say who must hear what, for a decision that has been written.

    `notices` are for operators, beside those of the decision itself.
    """
    step, row = stored.decision.watches[watch.name], stored.before[watch.name]
    registry, outbox = RegistryStore(connection), AlertOutbox(connection)
    compared = compare(connection, watch, row, step, reads, at)
    if row.watched != (watch.watched or (None, None)):
        registry.set_watched(row.id, watch.watched)
    notices = [*stored.decision.notices, *step.notices, *notices]
    if not (step.changes or notices or compared.baseline or compared.conflicts):
        return Concluded(watch.name, row.id, compared, (), {})
    alerts = decide_alerts(
        watch.name,
        at,
        changes=step.changes,
        registrations=step.state.registrations,
        flags=compared.flags,
        baseline=compared.baseline,
        conflicts=compared.conflicts,
        notices=notices,
        watched=watch.watched,
        compared=compared.sources,
        told=outbox.told(row.id),
    )
    ids = registry.registration_ids(row.id) if alerts else {}
    return Concluded(watch.name, row.id, compared, alerts, ids)


def post(
    connection: Connection,
    concluded: Sequence[Concluded],
    channels: Mapping[str, Collection[Audience]],
    at: datetime,
) -> None:
    """Write the outbox: all alerts of a run are one message to each audience."""
    alerting = [one for one in concluded if one.alerts]
    AlertOutbox(connection).post(
        [alert for one in alerting for alert in one.alerts],
        {one.watch: one.watch_id for one in alerting},
        {(one.watch, key): id_ for one in alerting for key, id_ in one.registration_ids.items()},
        channels,
        at,
    )


def _documented(registration: Registration, flags: Mapping[str, Flag], watch: Watch) -> bool:
    """Whether what was flagged is documented now, rather than withdrawn or no longer watched."""
    watched = is_watched(registration.first, registration.last, watch.watched)
    return registration.live and watched and registration.key not in flags


def _save_sources(
    store: DocumentedStore,
    watch_id: int,
    reads: Reads,
    at: datetime,
) -> set[str]:
    """Write what was read; the names of the documented sources read for the first time."""
    known = store.sources(watch_id)
    new = set()
    for read in reads:
        source = read.source
        row = known.get(source.key)
        source_id = row.id if row else store.add(watch_id, source)
        match read:
            case ReadSource(sha256=sha256, table=table):
                store.save_table(source_id, source.location, sha256, table, at)
                if source.role is Role.DOCUMENTED and (row is None or row.sha256 is None):
                    new.add(source.name)
            case SameSource() if row is not None and row.problem is not None:
                store.set_problem(source_id, None)
            case FailedSource():
                store.set_problem(source_id, read.problem)
    return new


def _baseline(
    stored: StoredWatch,
    step: WatchDecision,
    flags: Mapping[str, Flag],
    new_sources: set[str],
    by_key: Mapping[str, Registration],
) -> tuple[str, ...]:
    """Flagged at the first sight of the watch, of a source or of a wider range: known, and no news."""
    registered = {change.key for change in step.changes if change.kind is ChangeKind.REGISTERED}
    first, last = stored.watched
    earlier_range = (first, last) if first is not None and last is not None else None

    def is_baseline(key: str, flag: Flag) -> bool:
        if key in registered:
            return False
        registration = by_key[key]
        return (
            step.first_sight
            or not new_sources.isdisjoint(flag.lacking)
            or not is_watched(registration.first, registration.last, earlier_range)
        )

    return tuple(key for key, flag in flags.items() if is_baseline(key, flag))
