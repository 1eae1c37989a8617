"""Runs that end alike are one row; failures are counted from the last success on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest
from databases import DOCUMENT
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from db import tables as t
from db.engine import Database
from db.registry_store import RegistryStore
from db.run_log import Ended, Outcome, RunLog, RunRow

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        connection.execute(t.run.delete())
        yield connection


def document(connection: Connection) -> int:
    (document_id,) = RegistryStore(connection).add_documents([DOCUMENT])
    return document_id


class OneLog:
    """The log of one document, one run after the other."""

    def __init__(self, connection: Connection, document_id: int) -> None:
        self.log, self.id = RunLog(connection, [document_id]), document_id

    def add(self, outcome: Outcome, exit_code: int, detail: str, at: datetime) -> None:
        """Count a run."""
        self.log.add([Ended(self.id, outcome, exit_code, detail)], at)

    def last(self) -> RunRow | None:
        """The last one."""
        return self.log.last(self.id)

    def failures_in_a_row(self) -> int:
        """Those at the end of it."""
        return self.log.failures_in_a_row(self.id)


def test_no_run_is_no_failure(connection: Connection) -> None:
    log = RunLog(connection, [document(connection)])
    assert (log.last(document(connection)), log.failures_in_a_row(document(connection))) == (None, 0)


def test_ten_years_of_hourly_runs_are_one_row(connection: Connection) -> None:
    log = OneLog(connection, document(connection))
    for hours in (0, 1, 87_600):
        log.add(Outcome.DONE, 0, "", NOON + hours * HOUR)
    assert log.last() == RunRow(Outcome.DONE, 0, "", NOON, NOON + 87_600 * HOUR, 3)
    assert connection.scalar(select(func.count()).select_from(t.run)) == 1


def test_another_end_is_another_row_and_the_last_reason_stands(connection: Connection) -> None:
    log = OneLog(connection, document(connection))
    log.add(Outcome.FAILED, 75, "no answer", NOON)
    log.add(Outcome.FAILED, 75, "status 500", NOON + HOUR)
    assert log.last() == RunRow(Outcome.FAILED, 75, "status 500", NOON, NOON + HOUR, 2)
    log.add(Outcome.FAILED, 74, "the disk is full", NOON + 2 * HOUR)
    assert log.last() == RunRow(Outcome.FAILED, 74, "the disk is full", NOON + 2 * HOUR, NOON + 2 * HOUR, 1)


def test_a_clock_that_went_back_brings_the_row_back(connection: Connection) -> None:
    log = OneLog(connection, document(connection))
    log.add(Outcome.DONE, 0, "", NOON + 365 * 24 * HOUR)
    log.add(Outcome.DONE, 0, "", NOON)
    assert log.last() == RunRow(Outcome.DONE, 0, "", NOON, NOON, 2)


def test_each_document_has_its_own_runs(connection: Connection) -> None:
    one, other = RegistryStore(connection).add_documents([DOCUMENT, "https://example.org/other.xml"])
    log = RunLog(connection, [one, other])
    log.add([Ended(one, Outcome.FAILED, 75, ""), Ended(other, Outcome.FAILED, 75, "")], NOON)
    log.add([Ended(one, Outcome.FAILED, 75, "")], NOON)
    assert (log.failures_in_a_row(one), log.failures_in_a_row(other)) == (2, 1)
    log.add([Ended(other, Outcome.DONE, 0, ""), Ended(one, Outcome.FAILED, 74, "")], NOON)
    assert (log.failures_in_a_row(one), log.failures_in_a_row(other)) == (3, 0)
    assert log.last(one) == RunRow(Outcome.FAILED, 74, "", NOON, NOON, 1)


@given(outcomes=st.lists(st.tuples(st.sampled_from(Outcome), st.sampled_from([74, 75]))))
def test_failures_count_since_the_last_success_and_patience_is_neither(
    database: Database, outcomes: list[tuple[Outcome, int]]
) -> None:
    with database.write() as connection:
        connection.execute(t.run.delete())
        log = OneLog(connection, document(connection))
        for outcome, exit_code in outcomes:
            log.add(outcome, exit_code, "", NOON)
        told = [outcome for outcome, _ in reversed(outcomes) if outcome is not Outcome.PATIENCE]
        assert log.failures_in_a_row() == len(list(takewhile(lambda o: o is Outcome.FAILED, told)))
        assert sum(count for (count,) in connection.execute(select(t.run.c.count))) == len(outcomes)
