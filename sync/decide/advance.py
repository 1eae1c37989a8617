"""(known state, observation) -> new state and what changed. Pure: the time comes in with the observation.

The rules are those of docs/rules.md, 1 to 5 and 11. `advance` is a fold: a live sync applies it once to
the stored state, a replay applies it to every observation in turn, and both give the same. Here stand
the verdicts on a document; what a version does to one watch is `watch_step`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sync.decide import copies, watch_step
from sync.decide.registrations import never_recorded
from sync.intervals import spelled
from sync.records import RegistrySnapshot
from sync.state import (
    Decision,
    DocumentState,
    Notice,
    NoticeKind,
    Observation,
    Sighting,
    Unchanged,
    Unusable,
    Version,
    WatchDecision,
    WatchState,
)
from sync.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Patience:
    """Settings that decide."""

    older_copies: timedelta = timedelta(days=30)
    """After how long of nothing but older copies the latest of them is applied (rule 1)."""


def advance(
    document: DocumentState,
    watches: Mapping[str, WatchState],
    seen: Observation,
    patience: Patience = Patience(),
) -> Decision:
    """Say what one observation of a document means for it and for each watch on it."""
    match seen:
        case Unusable():
            return _quarantined(document, watches, seen)
        case Unchanged():
            return _unchanged(document, watches, seen)
        case Sighting():
            verdict = copies.judge(
                document,
                seen.version,
                seen.at,
                patience=patience.older_copies,
                accept_older=seen.accept_older,
            )
            if verdict is Verdict.UNCHANGED:
                return _unchanged(document, watches, seen)
            if verdict is Verdict.OLDER:
                return _older(document, watches, seen)
            return _applied(document, watches, seen, verdict)


def _quarantined(document: DocumentState, watches: Mapping[str, WatchState], seen: Unusable) -> Decision:
    episode = Notice(NoticeKind.DOCUMENT_QUARANTINED, "", seen.reason)
    return Decision(
        verdict=Verdict.QUARANTINED,
        document=copies.after_unusable(document, seen.at),
        watches={name: WatchDecision(state) for name, state in watches.items()},
        notices=() if document.quarantined_since else (episode,),
        in_full=False,
    )


def _unchanged(
    document: DocumentState, watches: Mapping[str, WatchState], seen: Unchanged | Sighting
) -> Decision:
    """The version last applied: waiting times run on, and a watch that does not have it yet takes it."""
    decided = {}
    for name, state in watches.items():
        if state.snapshot == document.snapshot:
            accepted = isinstance(seen, Sighting) and name in seen.accepted
            decided[name] = watch_step.confirm(state, seen.at, accepted=accepted)
        elif isinstance(seen, Sighting):
            decided[name] = watch_step.apply(
                state, seen.version, name, seen.at, accepted=name in seen.accepted
            )
        else:
            decided[name] = WatchDecision(state)
    # A person's word about what is kept is no sight of what is served: an episode goes on.
    said = isinstance(seen, Sighting) and seen.accepted
    return Decision(
        verdict=Verdict.UNCHANGED,
        document=document if said else copies.after_unchanged(document),
        watches=decided,
        in_full=_in_full(decided, document.snapshot),
    )


def _older(document: DocumentState, watches: Mapping[str, WatchState], seen: Sighting) -> Decision:
    decided = {}
    for name, state in watches.items():
        registry = seen.version.registries.get(name)
        unknown = (
            never_recorded(state.registrations, registry.records)
            if isinstance(registry, RegistrySnapshot) and state.seen
            else ()
        )
        notices = tuple(
            Notice(
                NoticeKind.UNKNOWN_IN_OLDER_COPY,
                f"{spelled(r.first, r.last)} {r.content.description} {r.content.registered_on}",
                f"an older copy, {_dated(seen.version)}, lists {spelled(r.first, r.last)} "
                f"{r.content.description}, which was never recorded; "
                "`ianawatch sync --accept-older` applies that copy",
            )
            for r in unknown
        )
        decided[name] = WatchDecision(state, notices=notices)
    return Decision(
        verdict=Verdict.OLDER,
        document=copies.after_older(document, seen.at),
        watches=decided,
        in_full=False,
    )


def _applied(
    document: DocumentState, watches: Mapping[str, WatchState], seen: Sighting, verdict: Verdict
) -> Decision:
    version = seen.version
    decided = {
        name: watch_step.apply(state, version, name, seen.at, accepted=name in seen.accepted)
        for name, state in watches.items()
    }
    if not any(step.state.snapshot == version.sha256 for step in decided.values()):
        # Not one watch could use it: the last good version stays the one to compare copies with.
        return Decision(
            verdict=Verdict.QUARANTINED,
            document=copies.after_unusable(document, seen.at),
            watches=decided,
            in_full=False,
        )
    overdue = Notice(
        NoticeKind.OLDER_COPY_APPLIED,
        version.sha256,
        f"the copy {_dated(version)} was applied, although it is older than the one before: "
        + ("a person said so" if seen.accept_older else "nothing else has come for long"),
    )
    return Decision(
        verdict=verdict,
        document=copies.after_applied(document, version, seen.at),
        watches=decided,
        notices=(overdue,) if verdict is Verdict.OVERDUE else (),
        in_full=_in_full(decided, version.sha256),
    )


def _dated(version: Version) -> str:
    return f"dated {version.updated}" if version.updated else "without a date"


def _in_full(decided: Mapping[str, WatchDecision], snapshot: str | None) -> bool:
    """Whether every watch has taken all that the version says, what it no longer says included.

    While a withdrawal waits for its second observation, that has to be of bytes: a body that was damaged on
    its way would be confirmed by every 304 after it.
    """
    return all(
        step.state.snapshot == snapshot
        and not watch_step.waiting(step.state)
        and not any(r.missing_since and r.live for r in step.state.registrations)
        for step in decided.values()
    )
