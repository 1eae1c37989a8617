"""An alert in words. Plain text, one line each; how it is escaped is the edge's business (`escape`).

No personal data (docs/rules.md, rule 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sync.intervals import spelled
from sync.news.alerts import Alert, AlertKind, Audience, Subject
from sync.state import NoticeKind

_OF_ONE = {
    AlertKind.REGISTRATION: "newly registered",
    AlertKind.WITHDRAWAL: "withdrawn",
    AlertKind.RETURN: "registered after all, its withdrawal is taken back",
}
_HELD_BACK = "`ianawatch quarantine` shows what is held back"
_CLOSING = {
    NoticeKind.DOCUMENT_QUARANTINED: f"it is quarantined, and the last good state stands; {_HELD_BACK}",
    NoticeKind.REGISTRY_QUARANTINED: f"it is quarantined, and the last good state stands; {_HELD_BACK}",
    NoticeKind.RECORDS_SET_ASIDE: f"until that is mended or accepted nothing is withdrawn; {_HELD_BACK}",
    NoticeKind.MANY_MISSING: f"their withdrawal waits for a person; {_HELD_BACK}",
}
"""What a notice means, and what to do about it, where the notice itself does not say so."""


def lines(alerts: Iterable[Alert]) -> Iterator[str]:
    """The alerts of one message, as lines."""
    for alert in alerts:
        if alert.audience is Audience.OPERATORS:
            yield "; ".join(filter(None, (f"{alert.watch}: {alert.text}", _closing(alert))))
        elif alert.kind == AlertKind.BASELINE:
            yield f"{alert.watch}: registered and not documented, as of the first look: {len(alert.subjects)}"
            yield from (f"  {_named(subject)}; {_documented(alert, subject)}" for subject in alert.subjects)
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


def _documented(alert: Alert, subject: Subject) -> str:
    if not alert.compared:
        return "no documented table to compare it with"
    if not subject.missing_from:
        return "documented in " + ", ".join(alert.compared)
    return "not documented in " + ", ".join(subject.missing_from)
