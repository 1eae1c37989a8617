"""The outbox: alerts, messages and deliveries are written by the deciding transaction, and sent after it.

Claiming, marking done and putting off are transactions of their own (docs/rules.md, rule 7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, or_, select, update

from db import tables as t
from db.alert_rows import alert_columns, alert_of
from db.inserted import insert_all, inserted_id
from sync.news.alerts import Alert, AlertKind, Audience, Told, alert_uid

LEASE = timedelta(minutes=10)
"""How long a claimed delivery belongs to who claimed it."""
LONGEST_PAUSE = timedelta(days=1)
"""How long a delivery is put off at most."""


@dataclass(frozen=True, slots=True)
class Message:
    """All alerts of one run for one audience."""

    uid: str
    audience: Audience
    at: datetime
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send until the lease ends."""

    delivery_id: int
    uid: str
    channel: str
    attempts: int
    """Including this one."""
    message: Message


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

    def claim(self, channels: Collection[str], at: datetime) -> list[Claim]:
        """Take the waiting deliveries of these channels that are due and nobody else is sending."""
        d = t.delivery.c
        rows = self._connection.execute(
            select(t.delivery, t.message.c.uid.label("message_uid"), t.message.c.audience, t.message.c.at)
            .join(t.message, t.message.c.id == d.message_id)
            .where(
                d.state == "waiting",
                d.channel.in_(channels),
                # Times that a clock wrote which ran ahead hold nobody up.
                or_(d.next_at <= at, d.attempts == 0, d.next_at > at + LONGEST_PAUSE),
                or_(d.leased_until.is_(None), d.leased_until <= at, d.leased_until > at + LEASE),
            )
            .order_by(d.id)
        ).mappings()
        claims = [
            Claim(
                delivery_id=row["id"],
                uid=row["uid"],
                channel=row["channel"],
                attempts=row["attempts"] + 1,
                message=Message(
                    row["message_uid"],
                    Audience(row["audience"]),
                    row["at"],
                    self._alerts(row["message_id"]),
                ),
            )
            for row in rows.all()
        ]
        if claims:
            self._connection.execute(
                update(t.delivery)
                .where(d.id.in_([claim.delivery_id for claim in claims]))
                .values(leased_until=at + LEASE, attempts=d.attempts + 1)
            )
        return claims

    def done(self, delivery_ids: Collection[int], at: datetime) -> None:
        """Mark deliveries as accepted by their channel."""
        self._connection.execute(
            update(t.delivery)
            .where(t.delivery.c.id.in_(delivery_ids))
            .values(state="done", done_at=at, leased_until=None, problem=None)
        )

    def put_off(self, delivery_id: int, until: datetime, problem: str) -> None:
        """Give a delivery back, not to be tried before `until`, which is LONGEST_PAUSE from now at most."""
        self._connection.execute(
            update(t.delivery)
            .where(t.delivery.c.id == delivery_id)
            .values(next_at=until, leased_until=None, problem=problem)
        )

    def waiting(self) -> int:
        """How many deliveries wait."""
        return self._connection.scalar(select(func.count()).where(t.delivery.c.state == "waiting")) or 0

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
        insert_all(
            self._connection,
            t.delivery,
            [
                {
                    "uid": alert_uid("delivery", uid, channel),
                    "message_id": message_id,
                    "channel": channel,
                    "state": "waiting",
                    "attempts": 0,
                    "next_at": at,
                }
                for channel in channels
            ],
        )

    def _alerts(self, message_id: int) -> tuple[Alert, ...]:
        rows = self._connection.execute(
            select(t.alert)
            .join(t.message_alert, t.message_alert.c.alert_id == t.alert.c.id)
            .where(t.message_alert.c.message_id == message_id)
            .order_by(t.message_alert.c.id)
        ).mappings()
        return tuple(map(alert_of, rows))
