"""An alert is posted once for ever, under an id made from what it says; what was told is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from databases import migrated, watch_on
from outbox import CHANNELS, MINUTE, NOON, begin_anew, claims, count, news, notice, post
from sqlalchemy.exc import IntegrityError

from db.alert_outbox import AlertOutbox
from db.delivery_state import count_waiting
from db.engine import Database
from sync.audience import Audience
from sync.news.alerts import AlertKind, Told

if TYPE_CHECKING:
    from sqlalchemy import Connection


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        begin_anew(connection)
        yield connection


# -- posting ----------------------------------------------------------------------------------------


def test_each_audience_has_one_message_and_each_channel_that_serves_it_a_delivery(
    connection: Connection,
) -> None:
    post(connection, news("k"), notice("a"), news("l"))
    found = claims(connection)
    assert [(c.channel, c.message.audience, c.message.alerts) for c in found] == [
        ("mail", Audience.READERS, (news("k"), news("l"))),
        ("chat", Audience.READERS, (news("k"), news("l"))),
        ("pager", Audience.OPERATORS, (notice("a"),)),
        ("chat", Audience.OPERATORS, (notice("a"),)),
    ]
    assert {c.message.at for c in found} == {NOON}


@pytest.mark.parametrize("keys", ["klm", "lmk", "mkl", "mlk"])
def test_a_message_has_its_alerts_in_the_order_they_were_decided(connection: Connection, keys: str) -> None:
    post(connection, *map(news, keys))
    (claim,) = claims(connection, "mail")
    assert claim.message.alerts == tuple(map(news, keys))


def test_no_alert_is_no_message(connection: Connection) -> None:
    post(connection)
    assert count(connection, "message") == 0


def test_an_alert_that_no_channel_serves_is_still_on_record(connection: Connection) -> None:
    AlertOutbox(connection).post([notice("a")], {}, {}, {"mail": {Audience.READERS}}, NOON)
    assert (count(connection, "alert"), count_waiting(connection)) == (1, 0)


def test_ids_are_made_from_what_is_said_so_that_a_restored_database_repeats_them(
    connection: Connection,
) -> None:
    ids = []
    for at in (NOON, NOON + MINUTE):
        begin_anew(connection)
        post(connection, news("k"), notice("a"), at=at)
        ids.append([(claim.uid, claim.message.uid) for claim in claims(connection, at=at)])
    assert ids[0] == ids[1]
    assert len({uid for pair in ids[0] for uid in pair}) == 6


def test_an_alert_is_posted_once_for_ever(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    with database.write() as connection:
        begin_anew(connection)
        post(connection, news("k"))
    with pytest.raises(IntegrityError, match=r"alert\.uid"), database.write() as connection:
        post(connection, news("l"), news("k"))
    with database.read() as connection:
        assert (count(connection, "alert"), count(connection, "message"), count(connection, "delivery")) == (
            1,
            1,
            2,
        )


# -- what was told ----------------------------------------------------------------------------------


def test_what_was_told_of_a_watch(connection: Connection) -> None:
    other = watch_on(connection, name="another")
    told = [
        news("k"),
        news("k", AlertKind.WITHDRAWAL, ending=1),
        news("k", AlertKind.RETURN, ending=1),
        notice("a"),
        replace(notice("a"), uid="again"),
        notice("b"),
    ]
    post(connection, *told)
    outbox = AlertOutbox(connection)
    assert outbox.told(watch_on(connection)) == Told(
        uids=frozenset(alert.uid for alert in told),
        withdrawals=frozenset({("k", 1)}),
        notices={("failing", "a"): 2, ("failing", "b"): 1},
    )
    assert outbox.told(other) == Told()
    assert outbox.named(watch_on(connection)) == {"k"}
    assert outbox.named(other) == frozenset()


def test_what_was_told_of_no_watch(connection: Connection) -> None:
    outbox = AlertOutbox(connection)
    outbox.post([notice("a", watch="")], {}, {}, CHANNELS, NOON)
    assert outbox.told(None).notices == {("failing", "a"): 1}
    assert outbox.told(watch_on(connection)) == Told()
