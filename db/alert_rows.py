"""Alerts as rows, and back: what an alert says is fixed in its row. No statement here, and no decision."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from db.column_types import word
from sync.audience import Audience
from sync.news.alerts import Alert, Subject
from sync.state import Use

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


def alert_columns(alert: Alert, watch_id: int | None) -> dict[str, Any]:
    """An alert as columns."""
    return {
        "uid": alert.uid,
        "watch_id": watch_id,
        "kind": alert.kind,
        "audience": alert.audience,
        "about": alert.about,
        "at": alert.at,
        "facts": {
            "watch": alert.watch,
            "subjects": [asdict(subject) for subject in alert.subjects],
            "text": alert.text,
            "compared": list(alert.compared),
        },
    }


def alert_of(row: RowMapping) -> Alert:
    """An alert from its row."""
    facts = row["facts"]
    return Alert(
        uid=row["uid"],
        audience=word(Audience, row["audience"]),
        kind=row["kind"],
        watch=facts["watch"],
        at=row["at"],
        subjects=tuple(_subject(subject) for subject in facts["subjects"]),
        text=facts["text"],
        about=row["about"],
        compared=tuple(facts["compared"]),
    )


def _subject(fact: dict[str, Any]) -> Subject:
    uses = tuple(Use(**use) for use in fact["uses"])
    return Subject(**{**fact, "missing_from": tuple(fact["missing_from"]), "uses": uses})
