"""Times are stored in UTC, to the second, and come back so from whatever the engine makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Dialect, MetaData, Table, create_engine, insert, make_url, select
from sqlalchemy.exc import StatementError

from db.column_types import NotAsWritten, Utc, json_text, word
from sync.records import Assignment

TIMES = Table("times", MetaData(), Column("at", Utc, nullable=True))
ENGINE = create_engine("sqlite://")
TIMES.create(ENGINE)
SQLITE, POSTGRESQL = (make_url(f"{name}://").get_dialect()() for name in ("sqlite", "postgresql"))

zones = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001  # the zones are there


def stored(at: datetime | None) -> tuple[object, datetime | None]:
    """A time as the column holds it, and as it comes back."""
    with ENGINE.begin() as connection:
        connection.execute(TIMES.delete())
        connection.execute(insert(TIMES).values(at=at))
        (raw,) = connection.exec_driver_sql("SELECT at FROM times").one()
        return raw, connection.execute(select(TIMES.c.at)).scalar_one()


def test_a_person_reads_it_in_a_shell() -> None:
    eastern = timezone(timedelta(hours=-5))
    raw, _ = stored(datetime(2026, 11, 22, 12, 24, 58, tzinfo=eastern))
    assert raw == "2026-11-22T17:24:58Z"


def test_no_time_is_no_time() -> None:
    assert stored(None) == (None, None)


@pytest.mark.parametrize("damaged", ["2026-13-01T00:00:00Z", "", "7"])
def test_what_is_no_time_was_never_written(damaged: str) -> None:
    stored(None)
    with ENGINE.begin() as connection:
        connection.exec_driver_sql("UPDATE times SET at = ?", (damaged,))
        with pytest.raises(NotAsWritten, match=f"{damaged!r} is no time"):
            connection.execute(select(TIMES.c.at)).scalar_one()


def test_a_word_that_is_none_of_them_was_never_written() -> None:
    assert word(Assignment, "reserved") is Assignment.RESERVED
    with pytest.raises(NotAsWritten, match="'reservec' is no assignment"):
        word(Assignment, "reservec")


@given(times)
def test_a_time_comes_back_in_utc_and_to_the_second(at: datetime) -> None:
    _, back = stored(at)
    assert back == at.astimezone(UTC).replace(microsecond=0)
    assert back.tzinfo is UTC


@given(times, times)
def test_text_sorts_as_time_does(a: datetime, b: datetime) -> None:
    seconds = [at.astimezone(UTC).replace(microsecond=0) for at in (a, b)]
    raw = [stored(at)[0] for at in seconds]
    assert (raw[0] < raw[1]) is (seconds[0] < seconds[1])  # type: ignore[operator]  # texts


def test_a_time_without_a_zone_is_refused() -> None:
    stored(datetime(2026, 11, 22, tzinfo=UTC))
    with pytest.raises(StatementError, match="without a zone"):
        stored(datetime(2026, 11, 22))  # noqa: DTZ001  # that is the point


class _PutBack(tzinfo):
    """A zone in the hour that comes twice: two hours ahead of UTC, then one."""

    def utcoffset(self, at: datetime | None) -> timedelta:
        return timedelta(hours=1 if at and at.fold else 2)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, _: datetime | None) -> str:
        return "put back"


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    once = datetime(2026, 10, 25, 2, 30, tzinfo=_PutBack())
    again = once.replace(fold=1)
    assert once == again, "to Python they are equal"
    assert [stored(at)[0] for at in (once, again)] == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


@pytest.mark.parametrize(
    ("dialect", "column"),
    [(SQLITE, "VARCHAR"), (POSTGRESQL, "TIMESTAMP WITH TIME ZONE")],
    ids=["sqlite", "postgresql"],
)
def test_each_engine_has_its_own_column(dialect: Dialect, column: str) -> None:
    assert Utc().compile(dialect) == column


def test_a_server_is_given_times_and_gives_them_in_any_zone() -> None:
    eastern = timezone(timedelta(hours=-5))
    at = datetime(2026, 11, 22, 12, 24, 58, tzinfo=eastern)
    assert Utc().process_bind_param(at, POSTGRESQL) == at
    back = Utc().process_result_value(at, POSTGRESQL)
    assert back == at
    assert back.tzinfo is UTC


@pytest.mark.parametrize(
    "value", [(), [], {}, None, False, 0, "", [[]], {"name": []}, [["rfc", "rfc6455", ""]]]
)
def test_json_is_as_the_standard_library_writes_it(value: object) -> None:
    assert json_text(value) == json.dumps(value)
