"""Questions about the outbox: every alert, and how far each of its deliveries is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from db import tables as t
from db.alert_rows import alert_of
from db.delivery_state import DeliveryState
from sync.answers import AlertRow
from sync.errors import UsageProblem
from sync.news.alerts import Alert
from sync.news.message import headline, lines

SHORTEST_ID = 4
"""Characters of an id that a person must give at least."""


def alerts(
    connection: Connection, *, states: Collection[str] = (), channel: str | None = None
) -> list[AlertRow]:
    """Every alert with each of its deliveries, a row each, the oldest first.

    `states` and `channel` leave out deliveries in other states and to others.
    """
    d, m = t.delivery.c, t.message.c
    query = (
        select(
            t.alert,
            m.uid.label("message"),
            d.channel,
            d.state,
            d.attempts,
            d.next_at,
            d.done_at,
            d.problem,
        )
        .select_from(t.alert)
        .outerjoin(t.message_alert, t.message_alert.c.alert_id == t.alert.c.id)
        .outerjoin(t.message, m.id == t.message_alert.c.message_id)
        .outerjoin(t.delivery, d.message_id == m.id)
        .order_by(t.alert.c.id, d.id)
    )
    if states:
        query = query.where(d.state.in_(states))
    if channel is not None:
        query = query.where(d.channel == channel)
    found = []
    for row in connection.execute(query).mappings():
        alert = alert_of(row)
        found.append(
            AlertRow(
                alert=alert.uid,
                at=alert.at,
                watch=alert.watch,
                kind=alert.kind,
                audience=alert.audience,
                text=_on_one_line(alert),
                message=row["message"],
                channel=row["channel"],
                state=row["state"],
                attempts=row["attempts"],
                next_at=row["next_at"] if row["state"] == DeliveryState.WAITING else None,
                done_at=row["done_at"],
                problem=row["problem"],
            )
        )
    return found


def channels(connection: Connection) -> list[str]:
    """The channels that something was ever to be sent to, by name."""
    d = t.delivery.c
    return list(connection.scalars(select(d.channel).distinct().order_by(d.channel)))


def _on_one_line(alert: Alert) -> str:
    said = list(lines([alert]))
    return said[0] if len(said) == 1 else headline([alert])


def messages_of(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Ids of the messages that a person means, by their ids, by those of alerts in them, or the start of one.

    Raises UsageProblem for what means none, or may mean several.
    """
    m, a = t.message.c, t.alert.c
    found: dict[str, None] = {}
    for id_ in ids:
        if len(id_) < SHORTEST_ID or not id_.isalnum():
            raise UsageProblem(
                f"{id_}: give at least {SHORTEST_ID} characters of an id that `alerts list` shows"
            )
        rows = connection.execute(
            select(m.uid, a.uid.label("alert"))
            .join(t.message_alert, t.message_alert.c.message_id == m.id)
            .join(t.alert, a.id == t.message_alert.c.alert_id)
            .where(m.uid.startswith(id_) | a.uid.startswith(id_))
        ).all()
        messages = dict.fromkeys(row.uid for row in rows)
        if not messages:
            raise UsageProblem(f"{id_}: there is no such alert; `ianawatch alerts list` shows what there is")
        if len(messages) > 1:
            raise UsageProblem(f"{id_}: that may be {len(messages)} messages; give more of the id")
        found |= messages
    return list(found)


def delivery_ids(
    connection: Connection,
    *,
    states: Collection[str],
    messages: Collection[str] | None = None,
    channel: str | None = None,
) -> list[int]:
    """Rows of the deliveries in these states, of these messages and to this channel, if one is given."""
    d, m = t.delivery.c, t.message.c
    query = select(d.id).join(t.message, m.id == d.message_id).where(d.state.in_(states)).order_by(d.id)
    if messages is not None:
        query = query.where(m.uid.in_(messages))
    if channel is not None:
        query = query.where(d.channel == channel)
    return list(connection.scalars(query))
