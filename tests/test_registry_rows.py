"""Whatever is known of a registry is loaded as it was saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from databases import (
    DOCUMENT,
    contents,
    counted,
    maybe_texts,
    maybe_times,
    texts,
    times,
    versions,
)
from hypothesis import given
from hypothesis import strategies as st
from registries import LATER, A, B, C, begin_anew, few, save, stored

from db import tables as t
from db.engine import Database
from db.registry_store import DecidedWatch, RegistryStore
from sync.records import Assignment, Record
from sync.state import (
    DocumentState,
    Hold,
    HoldKind,
    Registration,
    WatchDecision,
    WatchState,
)

pairs = st.tuples(texts, maybe_texts)
registrations = st.builds(
    Registration,
    key=texts,
    first=st.just(0),
    last=st.sampled_from([0, 1, 2**63 - 1]),
    content=contents,
    origin=pairs,
    first_seen_at=times,
    baseline=st.booleans(),
    formerly=st.lists(pairs, max_size=2).map(tuple),
    missing_since=maybe_times,
    removal_accepted=st.booleans(),
    withdrawn_at=maybe_times,
    endings=st.integers(0, 9),
)
records = st.builds(
    Record,
    first=st.just(0),
    last=st.sampled_from([0, 2**63 - 1]),
    content=st.builds(
        lambda content, assignment: replace(content, assignment=assignment),
        contents,
        st.sampled_from(Assignment),
    ),
)
holds = st.builds(Hold, st.sampled_from(HoldKind), texts, texts, st.sampled_from([A, B]), times, maybe_times)
states = st.builds(
    WatchState,
    snapshot=st.sampled_from([A, B]),
    registrations=registrations.map(lambda r: (r,)),
    records=records.map(lambda r: (r,)),
    holds=holds.map(lambda h: (h,)),
)


@few
@given(state=states, then=states)
def test_whatever_a_registry_says_is_loaded_as_it_was_saved(
    database: Database, state: WatchState, then: WatchState
) -> None:
    # The registration goes on as what the other state has it; a hold is another one, or over.
    same = replace(then.registrations[0], key=state.registrations[0].key)
    then = replace(then, registrations=(same,), holds=())
    with database.write() as connection:
        begin_anew(connection)
        save(connection, state)
        assert stored(connection).state == state
        save(connection, then)
        assert stored(connection).state == then


@few
@given(state=states)
def test_a_state_that_is_saved_again_is_not_written(database: Database, state: WatchState) -> None:
    with database.write() as connection:
        begin_anew(connection)
        save(connection, state)
        known = stored(connection)
        with counted(connection) as statements:
            decided = DecidedWatch(known.id, known.state, WatchDecision(state), {})
            RegistryStore(connection).save_watches([decided], LATER)
        assert statements == []


@few
@given(
    snapshot=st.sampled_from([None, A, B]),
    mark=st.none() | st.dates(date(2011, 1, 1)),
    older_since=maybe_times,
    quarantined_since=maybe_times,
    applied=st.sets(st.sampled_from([A, B, C])),
)
def test_a_document_is_loaded_as_it_was_saved(
    database: Database,
    snapshot: str | None,
    mark: date | None,
    older_since: datetime | None,
    quarantined_since: datetime | None,
    applied: set[str],
) -> None:
    state = DocumentState(snapshot, mark, older_since, frozenset(applied - {snapshot}), quarantined_since)
    with database.write() as connection:
        begin_anew(connection)
        store = RegistryStore(connection)
        (document_id,) = store.add_documents([DOCUMENT])
        applied_now = t.snapshot.c.sha256.in_(applied)
        connection.execute(t.snapshot.update().values(applied=applied_now))
        store.save_documents([(document_id, state, versions(connection))])
        assert store.documents([document_id]) == {document_id: state}
