"""What one version of a document does to one watch's registry (docs/rules.md, rules 4, 5 and 11).

Pure. Which copy the version is was judged before; how records become registrations is
`registrations`' business. Here stand the verdicts on a registry and its records, what is held back until a
person or a better version comes, and when a missing registration is withdrawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from textwrap import shorten

from sync.decide.amendments import AMENDABLE, IDENTIFYING
from sync.decide.registrations import Laid, first_sight, lay, withdrawn
from sync.intervals import Interval, IntervalMap, merged, spelled
from sync.records import Assignment, Record, RegistrySnapshot, SetAside
from sync.state import (
    Hold,
    HoldKind,
    Notice,
    NoticeKind,
    Registration,
    Version,
    WatchDecision,
    WatchState,
)

WITHDRAWAL_WAIT = timedelta(days=1)
"""How long a registration must be missing, from one observation to another, to be withdrawn (rule 5)."""
MANY_MISSING = 3
"""From how many missing at once, if they are more than a fifth, a person decides (rule 4)."""
_NAMED = 5
"""How many registrations or records a notice names before it breaks off."""
_RECORD_WIDTH = 100
"""Characters of a record as served that a notice shows."""

_NOTICES = {
    HoldKind.REGISTRY: NoticeKind.REGISTRY_QUARANTINED,
    HoldKind.RECORD: NoticeKind.RECORDS_SET_ASIDE,
    HoldKind.MISSING: NoticeKind.MANY_MISSING,
}


def apply(
    state: WatchState, version: Version, name: str, at: datetime, *, accepted: bool = False
) -> WatchDecision:
    """The watch `name` after a version that applies to its document.

    `accepted`: a person said that what this version would hold back is right.
    """
    registry = version.registries[name]
    if isinstance(registry, str):
        if not (accepted or _accepted_as_empty(state)):
            return _refused(state, registry, version.sha256, at)
        registry = RegistrySnapshot("", "", ())
    if registry.refusal and not (state.seen or accepted):
        return _refused(state, registry.refusal, version.sha256, at)
    fills_bundle = state.bundled and not version.bundled
    unreadable = _unreadable(registry)
    if state.seen:
        laid = lay(
            state.registrations,
            registry.records,
            unreadable,
            at,
            version.sha256,
            fields=IDENTIFYING if fills_bundle else AMENDABLE,
        )
    else:
        laid = Laid(first_sight(registry.records, at), ())
    holds = _holds(state, registry, laid.registrations, version.sha256, at)
    registrations = laid.registrations
    if _waits_for(HoldKind.RECORD, state.holds) and not _waits_for(HoldKind.RECORD, holds):
        # What was unreadable may have hidden them until now: their wait begins with what can be read.
        registrations = tuple(
            replace(r, missing_since=at) if r.live and r.missing_since else r for r in registrations
        )
    decision = WatchDecision(
        state=WatchState(
            snapshot=version.sha256,
            bundled=version.bundled,
            registrations=registrations,
            records=_in_force(registry.records, state.records, unreadable),
            holds=holds,
        ),
        changes=laid.changes,
        notices=_told(state.holds, holds),
        first_sight=not state.seen,
        fills_bundle=fills_bundle,
    )
    return _settled(decision, at, accepted=accepted)


def confirm(state: WatchState, at: datetime, *, accepted: bool = False) -> WatchDecision:
    """The watch after another observation of the version it has: waiting times run on."""
    holds = tuple(hold for hold in state.holds if hold.kind is not HoldKind.REGISTRY)
    return _settled(WatchDecision(replace(state, holds=holds)), at, accepted=accepted)


def waiting(state: WatchState) -> bool:
    """Whether something of the watch's registry is held back."""
    return any(hold.accepted_at is None for hold in state.holds)


def _refused(state: WatchState, reason: str, snapshot: str, at: datetime) -> WatchDecision:
    """A registry that is missing, empty, or at a first sight none of numbers: the last good state stands."""
    if any(hold.kind is HoldKind.REGISTRY for hold in state.holds):
        return WatchDecision(state)
    hold = Hold(HoldKind.REGISTRY, f"{at:%Y-%m-%dT%H:%M:%SZ}", reason, snapshot, at)
    holds = (*state.holds, hold)
    return WatchDecision(replace(state, holds=holds), notices=_told(state.holds, holds))


def _settled(decision: WatchDecision, at: datetime, *, accepted: bool) -> WatchDecision:
    """Accept what a person accepted, then withdraw what has been missing long enough."""
    state = decision.state
    if accepted:
        state = replace(
            state,
            holds=tuple(replace(h, accepted_at=h.accepted_at or at) for h in state.holds),
            registrations=tuple(
                replace(r, removal_accepted=True) if r.live and r.missing_since else r
                for r in state.registrations
            ),
        )
        decision = replace(decision, state=state)
    if not any(r.missing_since and r.live for r in state.registrations):
        return decision
    unreadable = _waits_for(HoldKind.RECORD, state.holds)
    many_missing = _waits_for(HoldKind.MISSING, state.holds)
    registrations, changes = [], list(decision.changes)
    for registration in state.registrations:
        kept = registration
        if kept.missing_since and kept.live:
            since = min(kept.missing_since, at)
            kept = replace(kept, missing_since=since)
            held = unreadable or (many_missing and not kept.removal_accepted)
            if at - since >= WITHDRAWAL_WAIT and not held and state.snapshot:
                kept, change = withdrawn(kept, at, state.snapshot)
                changes.append(change)
        registrations.append(kept)
    return replace(decision, state=replace(state, registrations=tuple(registrations)), changes=tuple(changes))


def _holds(
    state: WatchState,
    registry: RegistrySnapshot,
    registrations: Sequence[Registration],
    snapshot: str,
    at: datetime,
) -> tuple[Hold, ...]:
    """What this version holds back; a hold that is about the same thing as before goes on."""
    found = [
        Hold(HoldKind.RECORD, _fingerprint([s.text]), _set_aside_reason(s), snapshot, at)
        for s in registry.set_aside
    ]
    missing = [r for r in registrations if r.missing_since and r.live and not r.removal_accepted]
    there = sum(r.live for r in state.registrations)
    if len(missing) >= MANY_MISSING and len(missing) * 5 > there:
        found.append(
            Hold(
                HoldKind.MISSING,
                _fingerprint(r.key for r in missing),
                f"{len(missing)} of {there} registrations are missing at once: "
                + _listed([f"{spelled(r.first, r.last)} {r.content.description}" for r in missing], ", "),
                snapshot,
                at,
            )
        )
    known = {(hold.kind, hold.fingerprint): hold for hold in state.holds}
    once = {(hold.kind, hold.fingerprint): hold for hold in found}
    return tuple(known.get(key, hold) for key, hold in once.items())


def _told(before: Iterable[Hold], now: Iterable[Hold]) -> tuple[Notice, ...]:
    """A notice for each hold that was not there before; one for all records."""
    known = {(hold.kind, hold.fingerprint) for hold in before}
    new = [hold for hold in now if (hold.kind, hold.fingerprint) not in known]
    notices = [
        Notice(_NOTICES[hold.kind], "" if hold.kind is HoldKind.REGISTRY else hold.fingerprint, hold.reason)
        for hold in new
        if hold.kind is not HoldKind.RECORD
    ]
    records = [hold for hold in new if hold.kind is HoldKind.RECORD]
    if records:
        counted = "1 record was" if len(records) == 1 else f"{len(records)} records were"
        text = f"{counted} set aside: " + _listed([hold.reason for hold in records], "; ")
        subject = _fingerprint(hold.fingerprint for hold in records)
        notices.append(Notice(NoticeKind.RECORDS_SET_ASIDE, subject, text))
    return tuple(notices)


def _waits_for(kind: HoldKind, holds: Iterable[Hold]) -> bool:
    return any(hold.kind is kind and hold.accepted_at is None for hold in holds)


def _set_aside_reason(set_aside: SetAside) -> str:
    return f"{set_aside.reason} ({shorten(set_aside.text, _RECORD_WIDTH)})"


def _listed(things: Sequence[str], separator: str) -> str:
    return separator.join([*things[:_NAMED], *(["..."] if len(things) > _NAMED else [])])


def _accepted_as_empty(state: WatchState) -> bool:
    """Whether a person said before that the registry is gone: that it still is, is nothing new."""
    return state.seen and not state.records


def _unreadable(registry: RegistrySnapshot) -> list[Interval]:
    """The values of the records that were set aside, save those that a readable record assigns."""
    if not registry.set_aside:
        return []
    assigned = IntervalMap(
        (r.first, r.last, r) for r in registry.records if r.content.assignment is Assignment.ASSIGNED
    )
    values = merged(
        (s.first, s.last) for s in registry.set_aside if s.first is not None and s.last is not None
    )
    return [left for first, last in values for left in assigned.gaps(first, last)]


def _fingerprint(texts: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps(sorted(texts)).encode()).hexdigest()[:20]


def _in_force(
    records: Sequence[Record], before: Sequence[Record], unreadable: Sequence[Interval]
) -> tuple[Record, ...]:
    """The records as served; those of set-aside values as they last were."""
    if not unreadable:
        return tuple(records)
    blocked = IntervalMap((first, last, True) for first, last in unreadable)
    readable = [
        Record(first, last, record.content)
        for record in records
        for first, last in blocked.gaps(record.first, record.last)
    ]
    earlier = IntervalMap((r.first, r.last, r.content) for r in before)
    kept = [
        Record(a, b, content)
        for first, last in unreadable
        for a, b, content in earlier.pieces(first, last)
        if content is not None
    ]
    return tuple(sorted([*readable, *kept], key=lambda record: record.first))
