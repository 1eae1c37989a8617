"""A message in the forms that channels take: subject, plain text, HTML, JSON. Pure.

How alerts are worded is `message`'s business, how a letter travels that of the channels.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from sync.audience import Audience
from sync.dates import minute, stamp
from sync.escape import shown
from sync.news.alert_facts import alert_facts, inert_alert
from sync.news.alerts import Alert, AlertKind
from sync.news.message import headline, lines

_LOOK_AT = "The registry:"
_ADVICE = (
    "Document it, or say that it need not be documented: `ianawatch flags ignore CODE --reason TEXT`. "
    "`ianawatch show CODE` tells all that is known of a code."
)
_ADVICE_TO_OPERATORS = "`ianawatch status` shows how the syncs are doing."


@dataclass(frozen=True, slots=True)
class Letter:
    """What one channel is given."""

    uid: str
    """The message's id: a repeat has the same."""
    delivery_uid: str
    """The id of this message's delivery to this channel: an idempotency key."""
    audience: Audience
    at: datetime
    """When it was decided."""
    subject: str
    """Our own words and checked numbers only."""
    text: str
    html: str
    """A fragment, to stand in the body of a page."""
    facts: Mapping[str, Any]
    """The same as JSON, as docs/channels.md describes it."""

    @property
    def json(self) -> bytes:
        """The facts as JSON in ASCII: no character of a name reaches a terminal or a log as it is."""
        return json.dumps(self.facts).encode("ascii")


def write_letter(
    uid: str,
    delivery_uid: str,
    audience: Audience,
    at: datetime,
    alerts: Sequence[Alert],
    pages: Mapping[str, str],
) -> Letter:
    """The letter of one message, for one delivery.

    `pages` are by watch name where a person reads the registry. Names and dates come from outside: in `text`
    and `html` they are inert, in `facts` exact. No personal data (docs/rules.md, rules 9 and 10).
    """
    safe = list(map(inert_alert, alerts))
    subject = f"ianawatch: {headline(safe)}"
    said = list(lines(safe))
    watches = [watch for watch in dict.fromkeys(alert.watch for alert in alerts) if watch in pages]
    look_at = [(_LOOK_AT if len(watches) == 1 else f"{watch}:", shown(pages[watch])) for watch in watches]
    advice = _advice(audience, alerts)
    closing = f"Message {uid}, decided {minute(at)} UTC. A repeat of it has the same id."
    text = "\n".join(
        [
            *said,
            "",
            *(f"{called} {page}" for called, page in look_at),
            *filter(None, [advice]),
            "",
            closing,
            "",
        ]
    )
    return Letter(
        uid=uid,
        delivery_uid=delivery_uid,
        audience=audience,
        at=at,
        subject=subject,
        text=text,
        html=_template().render(
            paragraphs=_paragraphs(said),
            pages=look_at,
            advice=advice,
            closing=closing,
        ),
        facts={
            "id": uid,
            "delivery": delivery_uid,
            "audience": str(audience),
            "at": stamp(at),
            "subject": subject,
            "text": text,
            "alerts": list(map(alert_facts, alerts)),
        },
    )


def _advice(audience: Audience, alerts: Iterable[Alert]) -> str:
    """What the reader may do; nothing where there is nothing to do."""
    if audience is Audience.OPERATORS:
        return _ADVICE_TO_OPERATORS
    to_document = (AlertKind.BASELINE, AlertKind.REGISTRATION)
    lacking = any(s.missing_from for alert in alerts if alert.kind in to_document for s in alert.subjects)
    return _ADVICE if lacking else ""


def _paragraphs(said: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The lines, each with those that are indented under it."""
    found: list[tuple[str, list[str]]] = []
    for line in said:
        if line.startswith("  ") and found:
            found[-1][1].append(line.strip())
        else:
            found.append((line, []))
    return found


@cache
def _template() -> Template:
    loader = PackageLoader("sync", "news")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("letter.html.jinja")
