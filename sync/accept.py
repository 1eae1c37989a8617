"""A person accepts what was held back: the kept bytes act as in a sync, in one transaction, alerts included.

What can be accepted: that a registry is gone or empty, that set-aside records hide nothing, that many
registrations are really missing (docs/rules.md, rule 4). What is not well-formed can't.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from db.quarantine import DOCUMENT, held_back
from db.snapshot_store import SnapshotStore
from sync.answers import HeldBack
from sync.audience import Audience
from sync.errors import UnusableInput, UsageProblem
from sync.news.alerts import Alert
from sync.observe import kept
from sync.sights import Sight
from sync.state import Change, HoldKind
from sync.store import Stored, settle
from sync.store_flags import conclude, post
from sync.verdict import Verdict
from sync.watches import Watch

if TYPE_CHECKING:
    from db.engine import Database


@dataclass(frozen=True, slots=True)
class Accepted:
    """What accepting did."""

    sha256: str
    """The version that was accepted."""
    changes: tuple[Change, ...]
    alerts: tuple[Alert, ...]
    missing: int
    """Registrations that are withdrawn once they have been missing for a day."""


def find(items: Sequence[HeldBack], prefix: str) -> list[HeldBack]:
    """What is held back of the one version whose id begins so; at least one thing.

    Raises UsageProblem when there is none, or more than one.
    """
    found = [item for item in items if prefix and item.sha256.startswith(prefix.lower())]
    ids = sorted({item.sha256 for item in found})
    if not ids:
        known = ", ".join(dict.fromkeys(item.sha256[:12] for item in items))
        there = f"there is: {known}" if known else "nothing is held back"
        raise UsageProblem(f"nothing held back has the id {prefix!r}; {there}")
    if len(ids) > 1:
        raise UsageProblem(f"{prefix!r} is the beginning of {len(ids)} ids; give more of it")
    return found


def accept(
    database: Database,
    watch: Watch,
    prefix: str,
    channels: Mapping[str, Collection[Audience]],
    at: datetime,
) -> Accepted:
    """Accept all that is held back of the version whose SHA-256 begins with `prefix`.

    Raises UsageProblem for what there is not, UnusableInput for what can't be accepted.
    """
    with database.write() as connection:
        held = held_back(connection, watch.name)
        items = find(held, prefix)
        _require_acceptable(held, items)
        sha256 = items[0].sha256
        body = SnapshotStore(connection).body(watch.document, sha256)
        if body is None:
            raise UnusableInput(f"{sha256[:12]}: its bytes are no longer kept; sync, and accept what comes")
        sight = Sight(
            watch.document,
            [watch],
            kept(watch.document, body),
            # A registry is held back in a copy that was to be applied, be it an older one (rule 1).
            accept_older=any(item.kind == HoldKind.REGISTRY for item in items),
            accepted=frozenset({watch.name}),
        )
        (stored,) = settle(connection, [sight], at)
        if stored.decision.verdict is Verdict.OLDER:
            # Another watch of the document has gone on.
            raise UnusableInput(
                f"{sha256[:12]}: a newer version has been applied since; sync, and look again"
            )
        concluded = conclude(connection, watch, _untold(stored), [], [], at)
        post(connection, [concluded], channels, at)
    step = stored.decision.watches[watch.name]
    missing = sum(1 for r in step.state.registrations if r.live and r.missing_since)
    return Accepted(sha256, step.changes, concluded.alerts, missing)


def _require_acceptable(held: Sequence[HeldBack], items: Sequence[HeldBack]) -> None:
    """Raises UsageProblem or UnusableInput when a person can't accept `items` of one version, or need not."""
    sha256 = items[0].sha256
    if items[0].kind == DOCUMENT:
        raise UnusableInput(
            f"{sha256[:12]}: what can't be read can't be accepted ({items[0].reason}); "
            "wait for IANA to mend it"
        )
    if all(item.accepted_at is not None for item in items):
        raise UsageProblem(f"{sha256[:12]}: it was accepted on {items[0].accepted_at:%Y-%m-%d} already")
    registry = next((item for item in held if item.kind == HoldKind.REGISTRY), items[0])
    if registry.sha256 != sha256:
        raise UsageProblem(
            f"{sha256[:12]}: the whole registry has been held back since, under {registry.sha256[:12]}; "
            "accept that, or wait for a better version"
        )


def _untold(stored: Stored) -> Stored:
    """Without what operators would be told of the version: a person has just decided on it."""
    watches = {name: replace(step, notices=()) for name, step in stored.decision.watches.items()}
    return replace(stored, decision=replace(stored.decision, watches=watches, notices=()))
