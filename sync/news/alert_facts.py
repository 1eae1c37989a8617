"""An alert for another program, as docs/channels.md describes it, and with nothing live in it. Pure.

The same wherever an alert is JSON: in a letter and in `sync --format json`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sync.dates import stamp
from sync.escape import inert, shown
from sync.news.alerts import Alert, Subject
from sync.news.message import lines


def alert_facts(alert: Alert) -> dict[str, Any]:
    """The alert as a JSON object: names and dates as the registry has them, `text` inert.

    No personal data (docs/rules.md, rule 9).
    """
    return {
        "id": alert.uid,
        "kind": str(alert.kind),
        "audience": str(alert.audience),
        "watch": alert.watch,
        "at": stamp(alert.at),
        "codes": [_code(alert, subject) for subject in alert.subjects],
        "text": "\n".join(lines([inert_alert(alert)])),
    }


def inert_alert(alert: Alert) -> Alert:
    """The alert as it may stand in a chat, a mail and a page (docs/rules.md, rule 10)."""
    return replace(
        alert,
        watch=shown(alert.watch),
        subjects=tuple(
            replace(
                subject,
                name=inert(subject.name),
                registered_on=subject.registered_on and inert(subject.registered_on),
                missing_from=tuple(map(shown, subject.missing_from)),
                uses=tuple(replace(u, source=shown(u.source), name=inert(u.name)) for u in subject.uses),
            )
            for subject in alert.subjects
        ),
        # A sentence of ours that may quote something from outside: our commands and URLs stay readable.
        text=inert(alert.text, keep="`*:_"),
        compared=tuple(map(shown, alert.compared)),
    )


def _code(alert: Alert, subject: Subject) -> dict[str, Any]:
    return {
        "first": subject.first,
        "last": subject.last,
        "name": subject.name,
        "registered_on": subject.registered_on,
        "missing_from": list(subject.missing_from),
        "documented_in": [name for name in alert.compared if name not in subject.missing_from],
        "in_use": [
            {"code": use.code, "name": use.name, "source": use.source, "line": use.line}
            for use in subject.uses
        ],
    }
