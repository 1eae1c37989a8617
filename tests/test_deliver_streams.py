"""Printing what waits: marked when its stream has taken it, once, and not before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import migrated, watch_on

from db.alert_outbox import AlertOutbox
from db.deliveries import Deliveries, Message
from db.engine import Database
from sync.audience import Audience
from sync.deliver.channels import STDERR, STDOUT, STREAMS
from sync.deliver.streams import LEASE, print_waiting
from sync.news.alerts import Alert

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return migrated(tmp_path)


def post(database: Database, *uids: str, audience: Audience = Audience.READERS, at: datetime = NOON) -> None:
    """A run that has decided these alerts."""
    alerts = [Alert(uid, audience, "failing", "codes", at, text=uid) for uid in uids]
    with database.write() as connection:
        watch_id = watch_on(connection)
        AlertOutbox(connection).post(alerts, {"codes": watch_id}, {}, STREAMS, at)


class Printed:
    """Two streams, and what they were given: a list of texts each time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.out: list[list[str]] = []
        self.err: list[list[str]] = []

    def waiting(self, at: datetime = NOON) -> None:
        """Print what waits."""
        print_waiting(self.database, {STDERR: _into(self.err), STDOUT: _into(self.out)}, at)


def _into(stream: list[list[str]]) -> Callable[[Sequence[Message]], None]:
    return lambda messages: stream.append([alert.text for message in messages for alert in message.alerts])


@pytest.fixture
def printed(database: Database) -> Printed:
    return Printed(database)


def test_each_stream_gets_what_is_for_it(database: Database, printed: Printed) -> None:
    post(database, "news", "more news")
    post(database, "trouble", audience=Audience.OPERATORS)
    printed.waiting()
    assert (printed.out, printed.err) == ([["news", "more news"]], [["trouble"]])


def test_what_was_printed_is_not_printed_again(database: Database, printed: Printed) -> None:
    post(database, "news")
    printed.waiting()
    printed.waiting(NOON + HOUR)
    assert printed.out == [["news"], []]


def test_what_waited_from_earlier_runs_comes_first(database: Database, printed: Printed) -> None:
    post(database, "first")
    post(database, "second", at=NOON + HOUR)
    printed.waiting(NOON + HOUR)
    assert printed.out == [["first", "second"]]


def test_a_stream_is_called_even_when_nothing_waits(printed: Printed) -> None:
    printed.waiting()
    assert (printed.out, printed.err) == ([[]], [[]])


def test_what_a_stream_did_not_take_waits_for_the_next_run(database: Database, printed: Printed) -> None:
    post(database, "news")
    post(database, "trouble", audience=Audience.OPERATORS)

    def broken(_: Sequence[Message]) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        print_waiting(database, {STDERR: _into(printed.err), STDOUT: broken}, NOON)
    assert printed.err == [["trouble"]]
    printed.waiting(NOON)
    assert (printed.out, printed.err) == ([["news"]], [["trouble"], []])


def test_what_one_prints_another_leaves_alone(database: Database, printed: Printed) -> None:
    post(database, "news")

    def slow(messages: Sequence[Message]) -> None:
        printed.waiting()
        _into(printed.out)(messages)

    print_waiting(database, {STDOUT: slow}, NOON)
    assert printed.out == [[], ["news"]]


def test_a_process_that_died_while_it_printed_holds_nobody_up_for_long(
    database: Database, printed: Printed
) -> None:
    post(database, "news")
    with database.write() as connection:
        Deliveries(connection).claim(STDOUT, NOON, lease=LEASE)
    printed.waiting(NOON + timedelta(minutes=9))
    printed.waiting(NOON + HOUR)
    assert printed.out == [[], ["news"]]


def test_news_of_a_clock_that_ran_ahead_is_printed_today(database: Database, printed: Printed) -> None:
    post(database, "news", at=NOON + timedelta(days=365))
    printed.waiting(NOON)
    assert printed.out == [["news"]]
