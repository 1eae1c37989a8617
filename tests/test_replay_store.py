"""A replay replaces what follows from the observations, and keeps each registration's row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from databases import DOCUMENT, WATCH, emptied, versions, watch_on
from hypothesis import given, settings
from hypothesis import strategies as st
from served import Pair, content, registration
from sqlalchemy import Connection, func, insert, select

from db import tables as t
from db.alert_outbox import AlertOutbox
from db.documented_store import DocumentedStore
from db.engine import Database
from db.registry_store import DecidedWatch, RegistryStore
from db.replay_store import ReplayStore, same_registrations
from sync.audience import Audience
from sync.decide.replay import Replay, WatchReplay
from sync.news.alerts import Alert, AlertKind, Subject
from sync.records import Record
from sync.state import (
    Change,
    ChangeKind,
    DocumentState,
    Flag,
    Hold,
    HoldKind,
    Registration,
    WatchDecision,
    WatchState,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BEFORE = NOON - timedelta(days=30)
LATER = NOON + timedelta(hours=1)
A, B = "a" * 64, "b" * 64
ASH, BEECH = ("Ash", "2021-01-01"), ("Beech", "2022-02-02")


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        begin_anew(connection)
        yield connection


def begin_anew(connection: Connection) -> None:
    """A watch that knows nothing, and two versions."""
    emptied(connection)
    watch_on(connection)
    versions(connection, A, B)


def live(value: int, key: str, pair: Pair = ASH, *, last: int | None = None) -> Registration:
    return replace(registration(value, *pair, last=last), key=key)


def state_of(connection: Connection) -> WatchState:
    store = RegistryStore(connection)
    return store.watches(store.add_documents([DOCUMENT]))[WATCH.name].state


def known(connection: Connection, *registrations: Registration) -> dict[str, int]:
    """Save registrations as a sync does; their rows, by key."""
    store, watch = RegistryStore(connection), watch_on(connection)
    state = WatchState(snapshot=A, registrations=registrations)
    decided = DecidedWatch(watch, WatchState(), WatchDecision(state), versions(connection))
    store.save_watches([decided], NOON)
    return store.registration_ids(watch)


def replayed(connection: Connection, *registrations: Registration) -> dict[str, int]:
    """Write a replay in which these are the registrations; their rows, by key."""
    rewrite(connection, WatchReplay(WatchState(snapshot=A, registrations=registrations)))
    return RegistryStore(connection).registration_ids(watch_on(connection))


def rewrite(connection: Connection, replay: WatchReplay) -> None:
    before = state_of(connection).registrations
    ReplayStore(connection).rewrite_watch(watch_on(connection), before, replay, versions(connection))


# -- what follows from the observations ---------------------------------------------------------------


def test_the_document_is_as_the_replay_left_it(connection: Connection) -> None:
    store = RegistryStore(connection)
    (document_id,), ids = store.add_documents([DOCUMENT]), versions(connection)
    for snapshot, applied in ((B, {A, B}), (A, {A}), (None, set[str]())):
        state = DocumentState(snapshot, older_since=NOON, replaced=frozenset(applied - {snapshot}))
        replay = Replay(state, {}, [], applied)
        ReplayStore(connection).rewrite_document(document_id, replay, ids)
        assert store.documents([document_id]) == {document_id: state}


def test_records_holds_and_history_are_replaced_as_a_whole(connection: Connection) -> None:
    hold = Hold(HoldKind.RECORD, "3o", "it can't be read", A, NOON)
    change = Change(ChangeKind.REGISTERED, "k", 1, 1, NOON, A, after="Ash")
    first, second = (Record(1, 1, content(name)) for name in ("Ash", "Beech"))
    registry = WatchState(snapshot=B, registrations=(live(1, "k"),), records=(second,))
    history = WatchReplay(
        registry,
        records=[(first, NOON, LATER), (second, LATER, None)],
        holds=[(hold, LATER)],
        changes=[change],
    )
    for times in range(2):
        rewrite(connection, history)
        assert state_of(connection) == registry, times
        r, h, c = t.record.c, t.hold.c, t.change.c
        assert connection.execute(select(r.description, r.valid_from, r.valid_to).order_by(r.id)).all() == [
            ("Ash", NOON, LATER),
            ("Beech", LATER, None),
        ]
        assert connection.execute(select(h.opened_at, h.closed_at)).all() == [(NOON, LATER)]
        assert connection.execute(select(c.kind, c.at, c.after)).all() == [("registered", NOON, "Ash")]


def test_another_watch_is_let_alone(connection: Connection) -> None:
    other = watch_on(connection, name="another")
    registry = WatchState(
        registrations=(live(1, "k"),),
        records=(Record(1, 1, content("Ash")),),
        holds=(Hold(HoldKind.RECORD, "3o", "it can't be read", A, NOON),),
    )
    store = RegistryStore(connection)
    change = Change(ChangeKind.REGISTERED, "k", 1, 1, NOON, A, after="Ash")
    step = WatchDecision(registry, changes=(change,))
    store.save_watches([DecidedWatch(other, WatchState(), step, versions(connection))], NOON)
    known(connection, live(1, "k"))
    rewrite(connection, WatchReplay(WatchState(registrations=(live(1, "k"),))))
    assert store.watches(store.add_documents([DOCUMENT]))["another"].state == registry
    assert connection.scalar(select(func.count()).select_from(t.change)) == 1


# -- identities -------------------------------------------------------------------------------------


def test_a_registration_keeps_its_row_under_another_key(connection: Connection) -> None:
    before = known(connection, live(1, "k"), live(2, "l"))
    after = replayed(connection, live(1, "earlier"), live(2, "l"), live(3, "m"))
    assert (after["earlier"], after["l"]) == (before["k"], before["l"])
    assert after.keys() == {"earlier", "l", "m"}


def test_flags_and_alerts_stay_with_a_registration_whose_first_name_came_to_light(
    connection: Connection,
) -> None:
    registered = live(1, "k", BEECH)
    ids = known(connection, registered)
    documented, outbox, watch = DocumentedStore(connection), AlertOutbox(connection), watch_on(connection)
    documented.save_flags(ids, {}, {"k": Flag("k", ("mdn",))}, NOON)
    alert = Alert(
        "uid",
        Audience.READERS,
        AlertKind.WITHDRAWAL,
        WATCH.name,
        NOON,
        (Subject("k", 1, 1, "Beech", None, ending=2),),
    )
    outbox.post([alert], {WATCH.name: watch}, {(WATCH.name, "k"): ids["k"]}, {}, NOON)
    replayed(connection, replace(registered, key="earlier", origin=ASH, formerly=(ASH,)))
    assert documented.open_flags(watch) == {"earlier": Flag("earlier", ("mdn",))}
    assert outbox.named(watch) == {"earlier"}
    assert outbox.told(watch).withdrawals == {("earlier", 2)}


def test_what_never_was_is_gone_with_its_flags_and_what_was_said_of_it_stays(connection: Connection) -> None:
    ids = known(connection, live(1, "k"), live(2, "l", BEECH))
    documented, watch = DocumentedStore(connection), watch_on(connection)
    documented.save_flags(ids, {}, {"k": Flag("k", ("mdn",)), "l": Flag("l", ("mdn",))}, NOON)
    alert = Alert(
        "uid", Audience.READERS, AlertKind.REGISTRATION, WATCH.name, NOON, (Subject("k", 1, 1, "Ash", None),)
    )
    AlertOutbox(connection).post([alert], {WATCH.name: watch}, {(WATCH.name, "k"): ids["k"]}, {}, NOON)
    replayed(connection, live(2, "l", BEECH))
    assert documented.open_flags(watch).keys() == {"l"}
    assert AlertOutbox(connection).named(watch) == frozenset()
    assert AlertOutbox(connection).told(watch).uids == {"uid"}


def test_values_and_keys_may_change_hands(connection: Connection) -> None:
    before = known(connection, live(1, "k"), live(2, "l", BEECH))
    after = replayed(connection, live(2, "k"), live(1, "l", BEECH))
    assert after == before
    assert [(r.first, r.key) for r in state_of(connection).registrations] == [(1, "l"), (2, "k")]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (live(1, "m"), True),
        (live(1, "m", ("Ash", "2021-01-02")), False),
        (live(2, "m"), True),
        (live(3, "m"), False),
        (replace(live(1, "m", BEECH), formerly=(ASH,)), True),
        (replace(live(1, "m", BEECH), origin=ASH), True),
        (live(1, "m", BEECH), False),
    ],
    ids=["key", "date", "overlapping", "apart", "once called so", "first called so", "never called so"],
)
def test_a_registration_is_the_same_by_its_values_and_a_name_and_date_it_went_by(
    other: Registration, same: bool
) -> None:
    assert same_registrations([live(1, "k", last=2)], [other]) == ({"m": "k"} if same else {})
    assert same_registrations([other], [live(1, "k", last=2)]) == ({"k": "m"} if same else {})


def test_the_same_key_goes_before_the_same_name() -> None:
    assert same_registrations([live(1, "k"), live(2, "l")], [live(1, "l"), live(1, "m")]) == {
        "l": "l",
        "m": "k",
    }


def test_of_two_parts_one_has_the_identity() -> None:
    parts = [live(1, "m"), live(2, "n")]
    assert same_registrations([live(1, "k", last=2)], parts) == {"m": "k"}


anything = st.builds(
    lambda value, more, key, pair, gone: replace(
        live(value, key, pair, last=value + more), withdrawn_at=NOON if gone else None
    ),
    st.integers(0, 3),
    st.integers(0, 2),
    st.sampled_from("klmn"),
    st.sampled_from([ASH, BEECH]),
    st.booleans(),
)


def possible(registrations: list[Registration]) -> list[Registration]:
    """Those that may stand together: a key is one's, and the values of live ones are disjoint."""
    kept: list[Registration] = []
    for r in registrations:
        in_the_way = [o for o in kept if r.live and o.live and r.first <= o.last and o.first <= r.last]
        if not in_the_way and r.key not in {o.key for o in kept}:
            kept.append(r)
    return kept


registries = st.lists(anything, max_size=4).map(possible)


@settings(max_examples=60)
@given(before=registries, after=registries)
def test_whatever_the_replay_finds_is_loaded_as_it_left_it(
    database: Database, before: list[Registration], after: list[Registration]
) -> None:
    with database.write() as connection:
        begin_anew(connection)
        rows = known(connection, *before)
        same = same_registrations(state_of(connection).registrations, after)
        now = replayed(connection, *after)
        assert set(state_of(connection).registrations) == set(after)
        for key, key_before in same.items():
            assert now[key] == rows[key_before]


@given(before=registries, after=registries)
def test_no_two_are_the_same_as_one(before: list[Registration], after: list[Registration]) -> None:
    same = same_registrations(before, after)
    assert len(set(same.values())) == len(same)
    assert same.keys() <= {r.key for r in after}
    assert set(same.values()) <= {r.key for r in before}
    assert {r.key for r in before} & {r.key for r in after} <= same.keys()


# -- flags ------------------------------------------------------------------------------------------


def test_a_flag_begins_no_later_than_its_registration_came_to_be_known(connection: Connection) -> None:
    other = watch_on(connection, name="another")
    ids = known(
        connection, *(replace(live(value, key), first_seen_at=BEFORE) for value, key in enumerate("klm"))
    )
    flags = {"opened_at": NOON, "missing_from": ["mdn"]}
    connection.execute(insert(t.flag).values(registration_id=ids["k"], **flags))
    connection.execute(insert(t.flag).values(registration_id=ids["l"], closed_at=LATER, **flags))
    early = flags | {"opened_at": BEFORE - timedelta(days=1)}
    connection.execute(insert(t.flag).values(registration_id=ids["m"], **early))
    opened = select(t.flag.c.opened_at).order_by(t.flag.c.id)
    ReplayStore(connection).backdate_flags(other)
    assert connection.scalars(opened).all() == [NOON, NOON, early["opened_at"]]
    ReplayStore(connection).backdate_flags(watch_on(connection))
    assert connection.scalars(opened).all() == [BEFORE, NOON, early["opened_at"]]
