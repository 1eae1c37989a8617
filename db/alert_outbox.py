"""The outbox, as the deciding transaction writes it: alerts, messages, and a delivery for each channel.

What becomes of a delivery is the business of `deliveries` (docs/rules.md, rule 7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from db import tables as t
from db.alert_rows import alert_columns
from db.deliveries import add_deliveries
from db.inserted import insert_all, inserted_id
from sync.audience import Audience
from sync.news.alerts import Alert, AlertKind, Told, alert_uid


class AlertOutbox:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def told(self, watch_id: int | None) -> Told:
        """What the alerts of a watch, or of none, said before."""
        rows = self._connection.execute(
            select(t.alert.c.uid, t.alert.c.kind, t.alert.c.about, t.alert.c.audience).where(
                t.alert.c.watch_id == watch_id
            )
        ).all()
        withdrawals = self._connection.execute(
            select(t.registration.c.key, t.alert_registration.c.ending)
            .join(t.registration, t.registration.c.id == t.alert_registration.c.registration_id)
            .join(t.alert, t.alert.c.id == t.alert_registration.c.alert_id)
            .where(t.alert.c.watch_id == watch_id, t.alert.c.kind == AlertKind.WITHDRAWAL)
        )
        return Told(
            uids=frozenset(row.uid for row in rows),
            withdrawals=frozenset((row.key, row.ending) for row in withdrawals),
            notices=Counter((row.kind, row.about) for row in rows if row.audience == Audience.OPERATORS),
        )

    def named(self, watch_id: int) -> frozenset[str]:
        """Keys of the registrations that an alert named, a baseline included (docs/rules.md, rule 12)."""
        return frozenset(
            self._connection.scalars(
                select(t.registration.c.key)
                .join(t.alert_registration, t.alert_registration.c.registration_id == t.registration.c.id)
                .where(t.registration.c.watch_id == watch_id)
            )
        )

    def post(
        self,
        alerts: Sequence[Alert],
        watch_ids: Mapping[str, int],
        registration_ids: Mapping[tuple[str, str], int],
        channels: Mapping[str, Collection[Audience]],
        at: datetime,
    ) -> None:
        """Write alerts, a message for each audience, and a delivery for each channel that serves it.

        `registration_ids` are by (watch name, registration key). An alert that was posted before violates a
        UNIQUE constraint: `told` says which were.
        """
        for audience in Audience:
            of_audience = [alert for alert in alerts if alert.audience is audience]
            if of_audience:
                ids = [self._add_alert(alert, watch_ids, registration_ids) for alert in of_audience]
                uid = alert_uid("message", audience, [alert.uid for alert in of_audience])
                serving = [name for name, audiences in channels.items() if audience in audiences]
                self._add_message(uid, audience, ids, serving, at)

    def _add_alert(
        self,
        alert: Alert,
        watch_ids: Mapping[str, int],
        registration_ids: Mapping[tuple[str, str], int],
    ) -> int:
        columns = alert_columns(alert, watch_ids.get(alert.watch))
        alert_id = inserted_id(self._connection.execute(insert(t.alert).values(columns)))
        insert_all(
            self._connection,
            t.alert_registration,
            [
                {
                    "alert_id": alert_id,
                    "registration_id": registration_ids[alert.watch, subject.key],
                    "ending": subject.ending,
                }
                for subject in alert.subjects
            ],
        )
        return alert_id

    def _add_message(
        self, uid: str, audience: Audience, alert_ids: Sequence[int], channels: Sequence[str], at: datetime
    ) -> None:
        result = self._connection.execute(insert(t.message).values(uid=uid, audience=audience, at=at))
        message_id = inserted_id(result)
        insert_all(
            self._connection,
            t.message_alert,
            [{"message_id": message_id, "alert_id": alert_id} for alert_id in alert_ids],
        )
        add_deliveries(self._connection, message_id, uid, channels, at)
