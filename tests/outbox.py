"""An outbox with alerts in it: a watch with three registrations, channels, and what may be told of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from databases import emptied, watch_on
from served import registration
from sqlalchemy import Connection, func, insert, select

from db import tables as t
from db.alert_outbox import AlertOutbox
from db.deliveries import Claim, Deliveries
from db.registry_rows import registration_columns
from db.registry_store import RegistryStore
from sync.audience import Audience
from sync.news.alerts import Alert, AlertKind, Subject, alert_uid
from sync.state import NoticeKind

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEYS = "klm"
"""Of the registrations of 3000, 3001 and 3002."""
CHANNELS = {
    "mail": frozenset({Audience.READERS}),
    "pager": frozenset({Audience.OPERATORS}),
    "chat": frozenset(Audience),
}


def begin_anew(connection: Connection) -> None:
    """A watch with a registration for each key."""
    emptied(connection)
    watch = watch_on(connection)
    for value, key in enumerate(KEYS, start=3000):
        columns = registration_columns(registration(value, "Ash")) | {"key": key}
        connection.execute(insert(t.registration).values(watch_id=watch, **columns))


def post(connection: Connection, *alerts: Alert, at: datetime = NOON) -> None:
    """Post alerts of the watch, for CHANNELS."""
    watch = watch_on(connection)
    ids = RegistryStore(connection).registration_ids(watch)
    by_watch = {("codes", key): id_ for key, id_ in ids.items()}
    AlertOutbox(connection).post(alerts, {"codes": watch}, by_watch, CHANNELS, at)


def news(key: str = "k", kind: str = AlertKind.REGISTRATION, ending: int = 0) -> Alert:
    """An alert for readers about a registration."""
    subject = Subject(key, 3000, 3000, "Ash", "2021-09-06", ending, ("mdn",))
    uid = alert_uid("codes", kind, key, ending)
    return Alert(uid, Audience.READERS, kind, "codes", NOON, (subject,), compared=("mdn",))


def notice(about: str, watch: str = "codes") -> Alert:
    """An alert for operators."""
    uid = alert_uid(watch, NoticeKind.FAILING, about)
    return Alert(uid, Audience.OPERATORS, NoticeKind.FAILING, watch, NOON, text="no answer", about=about)


def claims(connection: Connection, *channels: str, at: datetime = NOON) -> list[Claim]:
    """What is claimed for these channels, or for all, in the order it was posted."""
    deliveries = Deliveries(connection)
    found = [claim for channel in channels or CHANNELS for claim in deliveries.claim(channel, at)]
    return sorted(found, key=lambda claim: claim.delivery_id)


def claimed(connection: Connection, *channels: str, at: datetime = NOON) -> list[str]:
    """The channels of the deliveries that are claimed."""
    return [claim.channel for claim in claims(connection, *channels, at=at)]


def count(connection: Connection, table: str) -> int | None:
    """How many rows there are."""
    return connection.scalar(select(func.count()).select_from(t.metadata.tables[table]))
