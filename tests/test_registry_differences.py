"""Of two states of a registry what differs is written: what was stays as history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from registries import LATER, NOON, A, begin_anew, live, said, save, stored, withdrawn
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from db import tables as t
from db.engine import Database
from db.registry_rows import registration_columns
from sync.state import (
    Hold,
    HoldKind,
    Registration,
    WatchState,
)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        begin_anew(connection)
        yield connection


def test_a_value_has_one_live_registration(connection: Connection) -> None:
    watch_id = stored(connection).id
    save(connection, WatchState(registrations=(live(1, 1, "k"), withdrawn(1, 1, "l"))))
    rows = insert(t.registration).values(watch_id=watch_id)
    connection.execute(rows.values(registration_columns(withdrawn(1, 1, "m"))))
    with pytest.raises(IntegrityError, match="first"):
        connection.execute(rows.values(registration_columns(live(1, 2, "n"))))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([live(1, 3, "k"), withdrawn(1, 1, "l")], [live(2, 3, "k"), live(1, 1, "l")]),
        ([live(1, 3, "a"), withdrawn(1, 1, "z")], [live(2, 3, "a"), live(1, 1, "z")]),
        ([live(1, 1, "k"), withdrawn(1, 1, "l")], [withdrawn(1, 1, "k"), live(1, 1, "l")]),
        ([live(1, 1, "k")], [withdrawn(1, 1, "k"), live(1, 1, "l")]),
        ([live(1, 3, "k")], [live(2, 3, "k"), live(1, 1, "l")]),
    ],
    ids=["a part returns", "whatever their keys", "one for the other", "a hand-over", "a part is new"],
)
def test_values_pass_from_one_registration_to_another(
    connection: Connection, before: Sequence[Registration], after: Sequence[Registration]
) -> None:
    save(connection, WatchState(registrations=tuple(before)))
    save(connection, WatchState(registrations=tuple(after)))
    assert set(stored(connection).state.registrations) == set(after)


def history_of_records(connection: Connection) -> list[tuple[object, ...]]:
    r = t.record.c
    query = select(r.first, r.description, r.valid_from, r.valid_to).order_by(r.first, r.valid_from)
    return [tuple(row) for row in connection.execute(query)]


def test_a_record_is_valid_until_it_is_seen_to_be_otherwise(connection: Connection) -> None:
    save(connection, WatchState(records=(said(1, "Ash"), said(2, "Birch"), said(3, "Cedar"))))
    save(connection, WatchState(records=(said(1, "Ash"), said(2, "Beech"))), LATER)
    assert history_of_records(connection) == [
        (1, "Ash", NOON, None),
        (2, "Birch", NOON, LATER),
        (2, "Beech", LATER, None),
        (3, "Cedar", NOON, LATER),
    ]


def test_what_was_valid_before_is_history_for_good(connection: Connection) -> None:
    for hours, name in enumerate(("Ash", "Beech", "Ash")):
        save(connection, WatchState(records=(said(1, name),)), NOON + timedelta(hours=hours))
    save(connection, WatchState(), NOON + timedelta(hours=3))
    assert [(row[1], row[2:]) for row in history_of_records(connection)] == [
        ("Ash", (NOON, LATER)),
        ("Beech", (LATER, NOON + timedelta(hours=2))),
        ("Ash", (NOON + timedelta(hours=2), NOON + timedelta(hours=3))),
    ]


def test_the_first_served_version_fills_in_what_the_bundle_lacks(connection: Connection) -> None:
    save(connection, WatchState(records=(said(1, "Ash"), said(2, "Birch"), said(3, "Cedar"))))
    filled = WatchState(records=(said(1, "Ash"), said(2, "Beech"), said(4, "Elm")))
    save(connection, filled, LATER, fills_bundle=True)
    assert history_of_records(connection) == [
        (1, "Ash", NOON, None),
        (2, "Beech", NOON, None),
        (3, "Cedar", NOON, LATER),
        (4, "Elm", LATER, None),
    ]


def test_a_hold_is_accepted_closed_and_may_come_again(connection: Connection) -> None:
    hold = Hold(HoldKind.RECORD, "3o", "it can't be read", A, NOON)
    accepted = replace(hold, accepted_at=LATER)
    again = replace(hold, opened_at=LATER)
    for hours, held in enumerate(((hold,), (accepted,), (), (again,), ())):
        save(connection, WatchState(holds=held), NOON + timedelta(hours=hours))
        assert stored(connection).state.holds == held
    h = t.hold.c
    closed = connection.execute(select(h.opened_at, h.accepted_at, h.closed_at).order_by(h.id)).all()
    assert [tuple(row) for row in closed] == [
        (NOON, LATER, NOON + timedelta(hours=2)),
        (LATER, None, NOON + timedelta(hours=4)),
    ]
