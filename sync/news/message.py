"""Alerts in words: one line each, and a short one for all. How text is escaped is the edge's business.

No personal data (docs/rules.md, rule 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sync.audience import Audience
from sync.intervals import spelled
from sync.news.alerts import Alert, AlertKind, Subject
from sync.state import NoticeKind

_OF_ONE = {
    AlertKind.REGISTRATION: "newly registered",
    AlertKind.WITHDRAWAL: "withdrawn",
    AlertKind.RETURN: "registered after all, its withdrawal is taken back",
}
_HELD_BACK = "`ianawatch quarantine` shows what is held back"
QUARANTINED = f"it is quarantined, and what was known before stands; {_HELD_BACK}"
"""What it means that a document or a registry can't be used, and what to do about it."""
_CLOSING = {
    NoticeKind.DOCUMENT_QUARANTINED: QUARANTINED,
    NoticeKind.REGISTRY_QUARANTINED: QUARANTINED,
    NoticeKind.RECORDS_SET_ASIDE: f"until that is mended or accepted nothing is withdrawn; {_HELD_BACK}",
    NoticeKind.MANY_MISSING: f"their withdrawal waits for a person; {_HELD_BACK}",
}
"""What a notice means, and what to do about it, where the notice itself does not say so."""


_IN_SHORT = {
    NoticeKind.DOCUMENT_QUARANTINED: "the document can't be used and is quarantined",
    NoticeKind.REGISTRY_QUARANTINED: "the registry can't be used and is quarantined",
    NoticeKind.RECORDS_SET_ASIDE: "records can't be used and are set aside",
    NoticeKind.MANY_MISSING: "many registrations are missing",
    NoticeKind.UNKNOWN_IN_OLDER_COPY: "an older copy lists an unknown registration",
    NoticeKind.OLDER_COPY_APPLIED: "an older copy was applied",
    NoticeKind.FAILING: "runs keep failing",
    NoticeKind.RECOVERED: "runs succeed again",
}
_OUTCOMES = {
    AlertKind.BASELINE: "registered",
    AlertKind.REGISTRATION: "registered",
    AlertKind.WITHDRAWAL: "withdrawn",
    AlertKind.RETURN: "registered after all",
    AlertKind.CONFLICT: "in conflict",
}
_MOST_NAMED = 3
_LONGEST_HEADLINE = 120


def headline(alerts: Sequence[Alert]) -> str:
    """The alerts of one message in a few words of ours, names of watches, and values: nothing from outside.

    Where they are too many for one line, how many there are.
    """
    said = "; ".join(
        f"{watch}: {'; '.join(dict.fromkeys(_in_short([a for a in alerts if a.watch == watch])))}"
        for watch in dict.fromkeys(alert.watch for alert in alerts)
    )
    return said if len(said) <= _LONGEST_HEADLINE else f"{len(alerts)} alerts"


def _in_short(alerts: Sequence[Alert]) -> Iterator[str]:
    by_outcome: dict[str, dict[str, None]] = {}
    for alert in alerts:
        for subject in alert.subjects:
            outcome = f"{_OUTCOMES[AlertKind(alert.kind)]}{_whether_documented(alert, subject)}"
            by_outcome.setdefault(outcome, {})[spelled(subject.first, subject.last)] = None
    for outcome, values in by_outcome.items():
        named = ", ".join(values) if len(values) <= _MOST_NAMED else f"{len(values)} codes"
        yield f"{named} {outcome}"
    for alert in alerts:
        if not alert.subjects:
            yield _IN_SHORT[NoticeKind(alert.kind)]


def _whether_documented(alert: Alert, subject: Subject) -> str:
    if alert.kind not in {AlertKind.BASELINE, AlertKind.REGISTRATION} or not alert.compared:
        return ""
    return ", not documented" if subject.missing_from else ", documented"


def lines(alerts: Iterable[Alert]) -> Iterator[str]:
    """The alerts of one message, as lines."""
    for alert in alerts:
        if alert.audience is Audience.OPERATORS:
            yield "; ".join(filter(None, (f"{alert.watch}: {alert.text}", _closing(alert))))
        elif alert.kind == AlertKind.BASELINE:
            yield f"{alert.watch}: registered and not documented, as of the first look: {len(alert.subjects)}"
            yield from (f"  {_named(subject)}; {_documented(alert, subject)}" for subject in alert.subjects)
        elif alert.kind == AlertKind.CONFLICT:
            yield from (f"{alert.watch}: conflict: {_in_use(s)}; choose another code" for s in alert.subjects)
        else:
            for subject in alert.subjects:
                said = f"{alert.watch}: {_OF_ONE[AlertKind(alert.kind)]}: {_named(subject)}"
                if alert.kind == AlertKind.REGISTRATION:
                    said += f"; {_documented(alert, subject)}"
                yield said


def _closing(alert: Alert) -> str:
    return _CLOSING.get(NoticeKind(alert.kind), "")


def _named(subject: Subject) -> str:
    dated = f", registered {subject.registered_on}" if subject.registered_on else ""
    return f"{spelled(subject.first, subject.last)} {subject.name}{dated}"


def _in_use(subject: Subject) -> str:
    if subject.first == subject.last:
        uses = "is " + ", ".join(f"in use {use.said}" for use in subject.uses)
    else:
        uses = "has " + ", ".join(f"{use.code}, in use {use.said}" for use in subject.uses)
    dated = "," if subject.registered_on else ""
    return f"{_named(subject)}{dated} {uses}"


def _documented(alert: Alert, subject: Subject) -> str:
    if not alert.compared:
        return "no documented table to compare it with"
    if not subject.missing_from:
        return "documented in " + ", ".join(alert.compared)
    return "not documented in " + ", ".join(subject.missing_from)
