"""A delivery is sent by one at a time, and what a channel does not accept waits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from databases import migrated
from outbox import MINUTE, NOON, begin_anew, claimed, claims, news, notice, post
from sqlalchemy import Connection, select

from db import tables as t
from db.alert_outbox import AlertOutbox
from db.deliveries import LONGEST_LEASE, LONGEST_PAUSE, Deliveries
from db.delivery_state import count_waiting
from db.engine import Database
from sync.audience import Audience


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        begin_anew(connection)
        yield connection


def test_a_delivery_belongs_to_who_claimed_it_until_the_lease_ends(connection: Connection) -> None:
    post(connection, news())
    assert claimed(connection, "mail") == ["mail"]
    assert claimed(connection, at=NOON + LONGEST_LEASE - MINUTE) == ["chat"]
    (again,) = claims(connection, "mail", at=NOON + LONGEST_LEASE)
    assert (again.channel, again.attempts) == ("mail", 2)


def test_what_a_channel_accepted_is_never_sent_again(connection: Connection) -> None:
    post(connection, news())
    deliveries = Deliveries(connection)
    found = claims(connection)
    deliveries.done([claim.delivery_id for claim in found if claim.channel == "mail"], NOON + MINUTE)
    assert count_waiting(connection) == 1
    assert claimed(connection, at=NOON + LONGEST_LEASE) == ["chat"]
    done = connection.execute(
        select(t.delivery.c.done_at, t.delivery.c.leased_until).where(t.delivery.c.state == "done")
    )
    assert done.all() == [(NOON + MINUTE, None)]


def test_a_dead_channel_is_put_off_and_delays_nobody_else(connection: Connection) -> None:
    post(connection, news("k"))
    deliveries = Deliveries(connection)
    found = claims(connection)
    deliveries.put_off(found[0], NOON + 5 * MINUTE, "status 500")
    deliveries.done([found[1].delivery_id], NOON)
    post(connection, news("l"))
    assert claimed(connection, at=NOON + 4 * MINUTE) == ["mail", "chat"]
    (late,) = claims(connection, "mail", at=NOON + 5 * MINUTE)
    assert (late.attempts, late.message.alerts) == (2, (news("k"),))
    assert (
        connection.scalar(select(t.delivery.c.problem).where(t.delivery.c.id == late.delivery_id))
        == "status 500"
    )
    deliveries.done([late.delivery_id], NOON + 5 * MINUTE)
    assert connection.scalars(select(t.delivery.c.problem)).unique().all() == [None]


def test_nothing_due_is_nothing_claimed(connection: Connection) -> None:
    assert claimed(connection) == []
    post(connection, news())
    assert claimed(connection, "no such channel") == []


def test_what_was_just_posted_is_due_even_if_the_clock_went_back_a_little(connection: Connection) -> None:
    post(connection, news(), at=NOON + timedelta(hours=5))
    assert claimed(connection) == ["mail", "chat"]


def test_a_clock_that_ran_ahead_holds_nobody_up(connection: Connection) -> None:
    ahead = NOON + timedelta(days=365)
    post(connection, news("k"), at=ahead)
    assert claimed(connection, "mail") == ["mail"], "posted by it"
    assert claimed(connection, "chat", at=ahead) == ["chat"]
    assert claimed(connection, "chat") == ["chat"], "claimed by it"
    deliveries = Deliveries(connection)
    (claim,) = claims(connection, "mail", at=NOON + LONGEST_LEASE)
    deliveries.put_off(claim, ahead, "no answer")
    assert claimed(connection, "mail", at=NOON + LONGEST_LEASE) == ["mail"], "put off by it"


@pytest.mark.parametrize("pause", [MINUTE, LONGEST_PAUSE])
def test_a_pause_is_waited_for(connection: Connection, pause: timedelta) -> None:
    post(connection, news())
    deliveries = Deliveries(connection)
    (claim,) = claims(connection, "mail", at=NOON)
    deliveries.put_off(claim, NOON + pause, "no answer")
    assert claimed(connection, "mail") == []
    assert claimed(connection, "mail", at=NOON + pause) == ["mail"]


def test_the_least_tried_comes_first_then_the_oldest(connection: Connection) -> None:
    """What a channel always refuses must not stand before the others, at each run anew."""
    post(connection, news("k"))
    post(connection, news("l"))
    deliveries = Deliveries(connection)
    (refused,) = deliveries.claim("mail", NOON, most=1)
    deliveries.put_off(refused, NOON + MINUTE, "554 refused")
    post(connection, news("m"))
    later = [deliveries.claim("mail", NOON + MINUTE, most=1)[0].message.alerts for _ in range(3)]
    assert later == [(news("l"),), (news("m"),), (news("k"),)]


def test_who_comes_too_late_gives_nothing_back(connection: Connection) -> None:
    post(connection, news())
    deliveries = Deliveries(connection)
    (slow,) = claims(connection, "mail")
    (other,) = claims(connection, "mail", at=NOON + LONGEST_LEASE)
    deliveries.put_off(slow, NOON + LONGEST_LEASE, "no answer")
    assert claimed(connection, "mail", at=NOON + LONGEST_LEASE + MINUTE) == [], "the other still has it"
    deliveries.done([other.delivery_id], NOON + LONGEST_LEASE)
    deliveries.put_off(other, NOON, "no answer")
    assert claimed(connection, "mail", at=NOON + 2 * LONGEST_LEASE) == []


def test_what_is_being_sent_is_not_revived(connection: Connection) -> None:
    post(connection, news())
    deliveries = Deliveries(connection)
    (claim,) = claims(connection, "mail")
    assert deliveries.revive([claim.delivery_id], NOON + MINUTE) == 0
    assert claimed(connection, "mail", at=NOON + MINUTE) == []
    deliveries.put_off(claim, NOON + LONGEST_PAUSE, "no answer")
    assert deliveries.revive([claim.delivery_id], NOON + MINUTE) == 1
    assert claimed(connection, "mail", at=NOON + MINUTE) == ["mail"]


CLAIM = """
import sys
from datetime import UTC, datetime
from db.deliveries import Deliveries
from db.engine import Database
database = Database.open(sys.argv[1])
at = datetime(2026, 1, 1, 12, tzinfo=UTC)
for line in sys.stdin:
    with database.write() as connection:
        for claim in Deliveries(connection).claim(line.strip(), at):
            print(claim.uid)
"""


def test_two_processes_claim_each_delivery_once(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    names = [f"channel {number}" for number in range(20)]
    with database.write() as connection:
        channels: Mapping[str, frozenset[Audience]] = dict.fromkeys(names, frozenset(Audience))
        AlertOutbox(connection).post([notice("a")], {}, {}, channels, NOON)
        posted = set(connection.scalars(select(t.delivery.c.uid)))
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM, str(database.path)],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for sender in senders:
        assert sender.stdin
        sender.stdin.write("\n".join(names))
        sender.stdin.close()
        sender.stdin = None
    sent = [uid for sender in senders for uid in sender.communicate()[0].split()]
    assert [sender.returncode for sender in senders] == [0, 0]
    assert len(sent) == len(posted) == 20
    assert set(sent) == posted
