"""What changed -> what somebody must hear. Pure.

An alert is fixed here, once: its id is made from what it says, so that a retry, or a database restored
from a backup, repeats under the same id (docs/rules.md, rule 7). How it is worded is the business of
`message`, when it is sent that of `deliver`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sync.audience import Audience
from sync.decide.conflicts import Conflict
from sync.decide.flags import is_watched
from sync.intervals import Interval
from sync.state import Change, ChangeKind, Flag, Notice, NoticeKind, Registration, Use


class AlertKind(StrEnum):
    """What an alert tells readers; operators' alerts have the kind of their notice."""

    BASELINE = "baseline"
    REGISTRATION = "registration"
    WITHDRAWAL = "withdrawal"
    RETURN = "return"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Subject:
    """A registration as an alert names it. No personal data (rule 9)."""

    key: str
    first: int
    last: int
    name: str
    registered_on: str | None
    ending: int = 0
    """Which of its withdrawals this is about; 0 before the first."""
    missing_from: tuple[str, ...] = ()
    """The documented sources that lack it."""
    uses: tuple[Use, ...] = ()
    """For a conflict: its codes that are in use by other names."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One decided event that somebody must hear."""

    uid: str
    audience: Audience
    kind: str
    watch: str
    at: datetime
    subjects: tuple[Subject, ...] = ()
    text: str = ""
    """For operators: one line that says what happened and what to do."""
    about: str = ""
    """For operators: what tells it from others of its kind (`Notice.subject`)."""
    compared: tuple[str, ...] = ()
    """The documented sources the subjects were compared with; empty when there were none to compare with."""


@dataclass(frozen=True, slots=True)
class Told:
    """What earlier alerts of the watch said."""

    uids: frozenset[str] = frozenset()
    withdrawals: frozenset[tuple[str, int]] = frozenset()
    """Withdrawals that were alerted: (registration key, which ending)."""
    notices: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How often a (kind, subject) was told."""


TOLD_ONCE = frozenset({NoticeKind.UNKNOWN_IN_OLDER_COPY})
"""Notices that come with every observation: one alert for ever. The others come once an episode."""


def decide_alerts(  # noqa: PLR0913  # by name, each a fact of the decision
    watch: str,
    at: datetime,
    *,
    changes: Sequence[Change],
    registrations: Sequence[Registration],
    flags: Mapping[str, Flag],
    baseline: Iterable[str],
    notices: Iterable[Notice],
    conflicts: Iterable[Conflict] = (),
    watched: Interval | None,
    compared: tuple[str, ...],
    told: Told,
) -> tuple[Alert, ...]:
    """The alerts of one decision about a watch.

    `flags` are the open ones by registration key; `baseline` are the keys of those flagged at a first
    sight of the watch, of a source or of a wider range (rule 11): told together, and no news. `conflicts` are
    all there are: a registration and a source are told together once for ever, at a first sight too.
    """
    by_key = {r.key: r for r in registrations}

    def subject(key: str, ending: int = 0, uses: tuple[Use, ...] = ()) -> Subject:
        r = by_key[key]
        return Subject(
            key=key,
            first=r.first,
            last=r.last,
            name=r.content.description,
            registered_on=r.content.registered_on,
            ending=ending,
            missing_from=flags[key].lacking if key in flags else (),
            uses=uses,
        )

    found: list[Alert] = []
    first_seen = [subject(key) for key in baseline]
    if first_seen:
        uid = alert_uid(watch, AlertKind.BASELINE, sorted((s.key, *s.missing_from) for s in first_seen))
        found.append(
            Alert(uid, Audience.READERS, AlertKind.BASELINE, watch, at, tuple(first_seen), compared=compared)
        )
    for change in changes:
        if not is_watched(change.first, change.last, watched):
            continue
        found.extend(_of_change(change, subject(change.key, change.ending), watch, compared, told))
    for conflict in conflicts:
        key = conflict.registration.key
        uid = alert_uid(watch, AlertKind.CONFLICT, key, conflict.source)
        in_use = (subject(key, uses=conflict.uses),)
        found.append(Alert(uid, Audience.READERS, AlertKind.CONFLICT, watch, at, in_use, compared=compared))
    found.extend(notice_alerts(watch, at, notices, told))
    return tuple(
        alert for uid, alert in {alert.uid: alert for alert in found}.items() if uid not in told.uids
    )


def notice_alerts(watch: str, at: datetime, notices: Iterable[Notice], told: Told) -> list[Alert]:
    """An operators' alert for each notice that was not told yet."""
    found = []
    for notice in notices:
        times = told.notices.get((notice.kind, notice.subject), 0)
        if times and notice.kind in TOLD_ONCE:
            continue
        uid = alert_uid(watch, notice.kind, notice.subject, times)
        found.append(
            Alert(uid, Audience.OPERATORS, notice.kind, watch, at, text=notice.text, about=notice.subject)
        )
    return found


def alert_uid(*says: object) -> str:
    """An id made from what an alert says."""
    return hashlib.sha256(json.dumps(says).encode()).hexdigest()[:32]


def _of_change(
    change: Change,
    subject: Subject,
    watch: str,
    compared: tuple[str, ...],
    told: Told,
) -> Iterable[Alert]:
    says: tuple[object, ...]
    match change.kind:
        case ChangeKind.REGISTERED:
            # A registration alerts once for ever: its id has nothing in it that could come twice.
            kind, says = AlertKind.REGISTRATION, (change.key,)
        case ChangeKind.WITHDRAWN:
            kind, says = AlertKind.WITHDRAWAL, (change.key, subject.ending)
        case ChangeKind.RETURNED if (change.key, subject.ending) in told.withdrawals:
            kind, says = AlertKind.RETURN, (change.key, subject.ending)
        case _:
            return
    yield Alert(
        alert_uid(watch, kind, *says), Audience.READERS, kind, watch, change.at, (subject,), compared=compared
    )
