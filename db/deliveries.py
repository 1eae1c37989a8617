"""What becomes of a delivery: claimed, done, put off, given up, revived, dropped (docs/rules.md, rule 7).

Each step is a transaction of its own, after the one that posted the message. Deliveries are never deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, update

from db import tables as t
from db.alert_rows import alert_of
from db.delivery_state import DeliveryState
from db.inserted import insert_all
from sync.audience import Audience
from sync.news.alerts import Alert, alert_uid

LONGEST_LEASE = timedelta(hours=2)
"""How long a claimed delivery belongs to who claimed it, at most."""
LONGEST_PAUSE = timedelta(days=1)
"""How long a delivery is put off at most."""
ENOUGH_TRIES = 5
"""How often a delivery is tried before its age alone makes it dead: a clock may jump, or a machine sleep."""


@dataclass(frozen=True, slots=True)
class Message:
    """All alerts of one run for one audience."""

    uid: str
    audience: Audience
    at: datetime
    """When it was decided."""
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


@dataclass(frozen=True, slots=True)
class Dead:
    """A delivery that was given up."""

    channel: str
    problem: str
    message: Message


def add_deliveries(
    connection: Connection, message_id: int, message_uid: str, channels: Iterable[str], at: datetime
) -> None:
    """Have a message delivered to each of the channels."""
    rows = [
        {
            "uid": alert_uid("delivery", message_uid, channel),
            "message_id": message_id,
            "channel": channel,
            "state": DeliveryState.WAITING,
            "attempts": 0,
            "since": at,
            "next_at": at,
        }
        for channel in channels
    ]
    insert_all(connection, t.delivery, rows)


class Deliveries:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def overdue(self, before: datetime) -> int:
        """How many deliveries were given up, or wait since `before` or longer."""
        d = t.delivery.c
        late = or_(d.state == DeliveryState.DEAD, and_(_waiting(), d.since <= before))
        return self._connection.scalar(select(func.count()).where(late)) or 0

    def claim(
        self, channel: str, at: datetime, *, lease: timedelta = LONGEST_LEASE, most: int | None = None
    ) -> list[Claim]:
        """Take waiting deliveries of a channel that are due and nobody else is sending, `most` of them.

        They are ours until `at` + `lease`, or until they are marked. The least tried come first, then the
        oldest: what a channel always refuses must not stand before the others.
        """
        query = _with_messages(
            _waiting() & (t.delivery.c.channel == channel) & _due(at), t.delivery.c.attempts
        )
        claims = [
            Claim(row.id, row.uid, row.channel, row.attempts + 1, self._message(row))
            for row in self._connection.execute(query.limit(most)).all()
        ]
        self._update(
            [claim.delivery_id for claim in claims],
            leased_until=at + min(lease, LONGEST_LEASE),
            attempts=t.delivery.c.attempts + 1,
        )
        return claims

    def done(self, delivery_ids: Collection[int], at: datetime) -> None:
        """Mark deliveries as accepted by their channel."""
        self._update(delivery_ids, state=DeliveryState.DONE, done_at=at, leased_until=None, problem=None)

    def put_off(self, claim: Claim, until: datetime, problem: str) -> None:
        """Give a delivery back, not to be tried before `until`, which is LONGEST_PAUSE from now at most.

        Nothing is done where it has been claimed anew since, or is no longer to be made.
        """
        ours = _waiting() & (t.delivery.c.attempts == claim.attempts)
        self._update([claim.delivery_id], ours, next_at=until, leased_until=None, problem=problem)

    def bury(self, channels: Collection[str], at: datetime, age: timedelta) -> list[Dead]:
        """Give up what has waited for longer than `age`: it was tried often, or has no channel any more.

        `channels` are those there are.
        """
        d = t.delivery.c
        hopeless = or_(d.attempts >= ENOUGH_TRIES, d.channel.not_in(channels))
        condition = _waiting() & (d.since <= at - age) & hopeless & _free(at)
        rows = self._connection.execute(_with_messages(condition)).all()
        found = []
        for row in rows:
            problem = row.problem if row.channel in channels else "there is no such channel any more"
            self._update([row.id], state=DeliveryState.DEAD, problem=problem)
            found.append(Dead(row.channel, problem or "", self._message(row)))
        return found

    def revive(self, delivery_ids: Collection[int], at: datetime) -> int:
        """Have deliveries tried again, now, with the whole of their time before them; how many.

        What is just being sent is left to who sends it.
        """
        return self._update(
            delivery_ids,
            _free(at),
            state=DeliveryState.WAITING,
            since=at,
            next_at=at,
            attempts=0,
            leased_until=None,
        )

    def drop(self, delivery_ids: Collection[int]) -> None:
        """Have deliveries no longer tried, since a person said so."""
        self._update(delivery_ids, state=DeliveryState.DROPPED, leased_until=None)

    def send_also(self, message_uids: Collection[str], channel: str, at: datetime) -> int:
        """Have messages delivered to one more channel; how many were not on their way to it already."""
        here = select(t.delivery.c.message_id).where(t.delivery.c.channel == channel)
        rows = self._connection.execute(
            select(t.message.c.id, t.message.c.uid)
            .where(t.message.c.uid.in_(message_uids), t.message.c.id.not_in(here))
            .order_by(t.message.c.id)
        ).all()
        for row in rows:
            add_deliveries(self._connection, row.id, row.uid, [channel], at)
        return len(rows)

    def _update(
        self, delivery_ids: Collection[int], *conditions: ColumnElement[bool], **values: object
    ) -> int:
        if not delivery_ids:
            return 0
        these = update(t.delivery).where(t.delivery.c.id.in_(delivery_ids), *conditions)
        return self._connection.execute(these.values(**values)).rowcount

    def _message(self, row: Row[Any]) -> Message:
        alerts = self._connection.execute(
            select(t.alert)
            .join(t.message_alert, t.message_alert.c.alert_id == t.alert.c.id)
            .where(t.message_alert.c.message_id == row.message_id)
            .order_by(t.message_alert.c.id)
        ).mappings()
        return Message(row.message_uid, Audience(row.audience), row.at, tuple(map(alert_of, alerts)))


def _with_messages(condition: ColumnElement[bool], *order: ColumnElement[Any]) -> Select[Any]:
    return (
        select(t.delivery, t.message.c.uid.label("message_uid"), t.message.c.audience, t.message.c.at)
        .join(t.message, t.message.c.id == t.delivery.c.message_id)
        .where(condition)
        .order_by(*order, t.delivery.c.id)
    )


def _waiting() -> ColumnElement[bool]:
    return t.delivery.c.state == DeliveryState.WAITING


def _due(at: datetime) -> ColumnElement[bool]:
    d = t.delivery.c
    # Times that a clock wrote which ran ahead hold nobody up.
    return and_(or_(d.next_at <= at, d.attempts == 0, d.next_at > at + LONGEST_PAUSE), _free(at))


def _free(at: datetime) -> ColumnElement[bool]:
    """Nobody is sending it."""
    d = t.delivery.c
    return or_(d.leased_until.is_(None), d.leased_until <= at, d.leased_until > at + LONGEST_LEASE)
