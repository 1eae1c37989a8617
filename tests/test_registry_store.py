"""What is known of documents and watches is kept, and every decision is loaded as it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

import pytest
from databases import (
    DOCUMENT,
    WATCH,
    versions,
    watch_on,
)
from hypothesis import example, given
from hypothesis import strategies as st
from registries import LATER, NOON, A, B, begin_anew, few, live, said, save, stored, withdrawn
from served import Pair, copy
from sqlalchemy import Connection, func, select

from db import tables as t
from db.column_types import NotAsWritten
from db.engine import Database
from db.registry_store import DecidedWatch, RegistryStore
from sync.decide.advance import advance
from sync.errors import WrongConfiguration
from sync.state import (
    Change,
    ChangeKind,
    DocumentState,
    Hold,
    HoldKind,
    Observation,
    Sighting,
    Unchanged,
    Version,
    WatchDecision,
    WatchState,
)

OTHER = "https://example.org/other.xml"


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        begin_anew(connection)
        yield connection


# -- documents --------------------------------------------------------------------------------------


def test_a_document_is_added_once(connection: Connection) -> None:
    store = RegistryStore(connection)
    first, second, again = store.add_documents([OTHER, DOCUMENT, OTHER])
    assert (first, second) == (again, *store.add_documents([DOCUMENT]))
    assert store.add_documents([DOCUMENT, OTHER]) == [second, first]
    assert store.documents([first]) == {first: DocumentState()}


def test_versions_of_another_document_are_none_of_its_own(connection: Connection) -> None:
    store = RegistryStore(connection)
    other, own = store.add_documents([OTHER, DOCUMENT])
    connection.execute(t.snapshot.update().values(applied=True))
    known = store.documents([own, other])
    assert known[other].replaced == frozenset()
    assert known[own].replaced == frozenset(versions(connection))


# -- watches ----------------------------------------------------------------------------------------


def test_a_new_watch_knows_nothing_but_its_range(connection: Connection) -> None:
    known = stored(connection)
    assert (known.name, known.state, known.watched) == (WATCH.name, WatchState(), WATCH.watched)


@pytest.mark.parametrize("other", [replace(WATCH, registry_id="opcode"), replace(WATCH, document=OTHER)])
def test_a_watch_belongs_to_one_registry(connection: Connection, other: object) -> None:
    assert isinstance(other, type(WATCH))
    store = RegistryStore(connection)
    with pytest.raises(WrongConfiguration, match=r"watch codes: .* another registry.*another name"):
        store.add_watches(zip(store.add_documents([other.document]), [other], strict=True))


@pytest.mark.parametrize("watched", [(4000, 4999), None])
def test_the_watched_range_of_the_last_run_is_remembered(
    connection: Connection, watched: tuple[int, int] | None
) -> None:
    RegistryStore(connection).set_watched(stored(connection).id, watched)
    assert stored(connection).watched == (watched or (None, None))


def test_each_watch_of_a_document_has_its_own_registry(connection: Connection) -> None:
    save(connection, WatchState(snapshot=A, registrations=(live(1, 1, "k"),)))
    watch_on(connection, name="another")
    found = RegistryStore(connection).watches(RegistryStore(connection).add_documents([DOCUMENT]))
    assert {name: len(watch.state.registrations) for name, watch in found.items()} == {
        WATCH.name: 1,
        "another": 0,
    }


def test_a_watch_is_saved_without_touching_another(connection: Connection) -> None:
    store = RegistryStore(connection)
    same = WatchState(
        snapshot=A,
        registrations=(live(1, 1, "k"),),
        records=(said(1, "Ash"), said(2, "Birch")),
        holds=(Hold(HoldKind.RECORD, "3o", "it can't be read", A, NOON),),
    )
    other = watch_on(connection, name="another")
    decided = DecidedWatch(other, WatchState(), WatchDecision(same), versions(connection))
    store.save_watches([decided], NOON)
    save(connection, same)
    save(connection, WatchState(snapshot=B, registrations=(withdrawn(1, 1, "k"),)), LATER)
    found = store.watches(store.add_documents([DOCUMENT]))
    assert found["another"].state == same
    assert found[WATCH.name].state == WatchState(snapshot=B, registrations=(withdrawn(1, 1, "k"),))


def test_watches_of_a_document_are_added_once_and_together(connection: Connection) -> None:
    store = RegistryStore(connection)
    (document_id,) = store.add_documents([DOCUMENT])
    opcodes = replace(WATCH, name="opcodes", registry_id="opcode", watched=None)
    wanted = [WATCH, opcodes, replace(WATCH, name="empty")]
    store.add_watches((document_id, watch) for watch in wanted)
    store.add_watches([(document_id, opcodes)])
    assert {name: row.watched for name, row in store.watches([document_id]).items()} == {
        WATCH.name: WATCH.watched,
        "opcodes": (None, None),
        "empty": WATCH.watched,
    }


def test_what_was_decided_of_several_watches_is_saved_together(connection: Connection) -> None:
    store = RegistryStore(connection)
    (document_id,) = store.add_documents([DOCUMENT])
    for name in ("another", "third"):
        watch_on(connection, name=name)
    hold = Hold(HoldKind.RECORD, "3o", "it can't be read", A, NOON)

    def settle(at: datetime, **states: WatchState) -> None:
        known, ids = store.watches([document_id]), versions(connection)
        store.save_watches(
            [
                DecidedWatch(known[name].id, known[name].state, WatchDecision(state), ids)
                for name, state in states.items()
            ],
            at,
        )
        assert {name: row.state for name, row in store.watches([document_id]).items()} == {
            **{name: row.state for name, row in known.items()},
            **states,
        }

    first = WatchState(snapshot=A, registrations=(live(1, 3, "k"),), records=(said(1, "Ash"),), holds=(hold,))
    settle(NOON, **{WATCH.name: first, "another": replace(first, records=(said(1, "Birch"), said(2, "Elm")))})
    handed_over = (withdrawn(1, 1, "k"), live(1, 1, "l"))
    settle(
        LATER,
        **{
            WATCH.name: WatchState(snapshot=B, registrations=handed_over, records=(said(1, "Beech"),)),
            "another": WatchState(
                snapshot=A, registrations=(live(2, 3, "k"),), holds=(replace(hold, accepted_at=LATER),)
            ),
            "third": first,
        },
    )


def test_each_watch_has_its_own_history(connection: Connection) -> None:
    store = RegistryStore(connection)
    watch_on(connection, name="another")
    known = store.watches(store.add_documents([DOCUMENT]))
    change = Change(ChangeKind.REGISTERED, "k", 1, 1, NOON, A, after="Ash")
    decision = WatchDecision(WatchState(snapshot=A, registrations=(live(1, 1, "k"),)), changes=(change,))
    ids = versions(connection)
    store.save_watches([DecidedWatch(row.id, row.state, decision, ids) for row in known.values()], NOON)
    owners = connection.scalars(select(t.change.c.registration_id).order_by(t.change.c.id)).all()
    assert owners == [store.registration_ids(row.id)["k"] for row in known.values()]


def test_a_version_that_shipped_is_known_as_such(connection: Connection) -> None:
    connection.execute(t.snapshot.update().where(t.snapshot.c.sha256 == A).values(bundled=True))
    for snapshot, bundled in ((A, True), (B, False)):
        save(connection, WatchState(snapshot=snapshot))
        assert stored(connection).state.bundled is bundled


def test_history_is_appended(connection: Connection) -> None:
    change = Change(ChangeKind.AMENDED, "k", 1, 2, LATER, B, "description", "Ash", "Beech")
    known = stored(connection)
    state = WatchState(registrations=(live(1, 2, "k"),))
    ids = versions(connection)
    store = RegistryStore(connection)
    for _ in range(2):
        decision = WatchDecision(state, changes=(change,))
        store.save_watches([DecidedWatch(known.id, known.state, decision, ids)], NOON)
        known = stored(connection)
    rows = connection.execute(select(t.change).order_by(t.change.c.id)).mappings().all()
    assert [{**row, "id": None} for row in rows] == [
        {
            "id": None,
            "registration_id": store.registration_ids(known.id)["k"],
            "snapshot_id": ids[B],
            "at": LATER,
            "kind": "amended",
            "first": 1,
            "last": 2,
            "field": "description",
            "before": "Ash",
            "after": "Beech",
        }
    ] * 2


# -- whatever is decided ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """One observation, and how many hours after the one before it."""

    hours: int
    assigned: tuple[Pair | None, ...] | None
    """What each value is assigned to; None for a 304."""
    unreadable: Mapping[str, int | None]
    accepted: bool

    def at(self, number: int, now: datetime) -> Observation:
        """The observation that is this number, at a time."""
        if self.assigned is None:
            return Unchanged(now)
        table: dict[int | tuple[int, int], Pair] = {}
        for pair, values in groupby(enumerate(self.assigned), key=lambda of: of[1]):
            numbers = [value for value, _ in values]
            if pair is not None:
                table[numbers[0], numbers[-1]] = pair
        version = copy(f"20{number:02}-01-01", table, aside=self.unreadable)
        return Sighting(now, version, accepted=frozenset({WATCH.name}) if self.accepted else frozenset())


pair_or_none = st.sampled_from([None, ("Ash", None), ("Ash", "2021-01-01"), ("Birch", "2022-02-02")])
seen = st.builds(
    Seen,
    hours=st.sampled_from([1, 25, 50]),
    assigned=st.none() | st.tuples(*[pair_or_none] * 5),
    unreadable=st.dictionaries(st.sampled_from(["3o", "4o"]), st.sampled_from([None, 1, 3]), max_size=1),
    accepted=st.sampled_from([False, False, False, True]),
)


def comparable(state: WatchState) -> object:
    """A state without the order of its holds, which says nothing."""
    return replace(state, holds=()), set(state.holds)


ASH, BIRCH = ("Ash", "2021-01-01"), ("Birch", "2022-02-02")
GIVEN_AND_TAKEN_BACK = [
    Seen(1, (None, BIRCH, None, None, None), {}, accepted=False),
    Seen(1, (None, ASH, ASH, ASH, None), {}, accepted=False),
    Seen(1, (None, BIRCH, ASH, ASH, None), {}, accepted=False),
]


@few
@given(steps=st.lists(seen, max_size=8))
@example(steps=GIVEN_AND_TAKEN_BACK)
def test_every_decision_is_loaded_as_it_was_taken(database: Database, steps: list[Seen]) -> None:
    document, watch, now = DocumentState(), WatchState(), NOON
    with database.write() as connection:
        begin_anew(connection)
        store = RegistryStore(connection)
        (document_id,), row = store.add_documents([DOCUMENT]), stored(connection).id
        for number, step in enumerate(steps):
            now += timedelta(hours=step.hours)
            observation = step.at(number, now)
            if isinstance(observation, Unchanged) and document.snapshot is None:
                continue
            decision = advance(document, {WATCH.name: watch}, observation)
            taken = decision.watches[WATCH.name]
            ids = versions(connection, *_digest(observation))
            store.save_documents([(document_id, decision.document, ids)])
            store.save_watches([DecidedWatch(row, watch, taken, ids)], now)
            document, watch = decision.document, taken.state
            assert comparable(stored(connection).state) == comparable(watch)
            assert store.documents([document_id])[document_id] == replace(document, replaced=frozenset())
        assert _lives(connection) == sum(r.live for r in watch.registrations)


def _digest(observation: Observation) -> tuple[str, ...]:
    match observation:
        case Sighting(version=Version(sha256=sha256)):
            return (sha256,)
        case _:
            return ()


def _lives(connection: Connection) -> int | None:
    query = select(func.count()).where(t.registration.c.withdrawn_at.is_(None))
    return connection.scalar(query)


def test_a_watch_that_one_index_has_and_another_lacks_is_damage(connection: Connection) -> None:
    store = RegistryStore(connection)
    document_id, other = store.add_documents([DOCUMENT, OTHER])
    with pytest.raises(NotAsWritten, match="the watch codes is"):
        store.watches([document_id, other], {WATCH.name: other})
    with pytest.raises(NotAsWritten, match="the watch gone is and is not on its document"):
        store.watches([document_id], {WATCH.name: document_id, "gone": document_id})
