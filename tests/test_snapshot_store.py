"""Versions are kept whole and once, and observations fold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from databases import DOCUMENT, emptied, times, versions
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from db import tables as t
from db.engine import Database
from db.registry_store import RegistryStore
from db.snapshot_store import QUARANTINED_KEPT, KeptVersion, SnapshotStore, StoredSnapshot
from sync.decide.observations import Run, brought_back, joined
from sync.verdict import Verdict

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B = "a" * 64, "b" * 64
OTHER = "https://example.org/other.xml"
MIRROR = "https://mirror.example/codes.xml"


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        emptied(connection)
        yield connection


def document(connection: Connection) -> int:
    return one_of(connection, DOCUMENT)


def one_of(connection: Connection, url: str) -> int:
    """The row of the document with this URL."""
    (document_id,) = RegistryStore(connection).add_documents([url])
    return document_id


def one(sha256: str, verdict: Verdict, at: datetime) -> Run:
    return Run(sha256, verdict, at, at)


# -- versions ---------------------------------------------------------------------------------------


@given(body=st.binary(max_size=5000))
def test_a_version_is_kept_whole(database: Database, body: bytes) -> None:
    with database.write() as connection:
        emptied(connection)
        store = SnapshotStore(connection)
        store.keep([KeptVersion(DOCUMENT, A, body, "2021-09-08", bundled=True)])
        assert store.body(DOCUMENT, A) == body
        assert list(store.versions(DOCUMENT)) == [
            StoredSnapshot(store.ids(DOCUMENT)[A], A, "2021-09-08", bundled=True, applied=False, body=body)
        ]
        assert connection.scalar(select(t.snapshot.c.size)) == len(body)


def test_a_version_is_kept_once(connection: Connection) -> None:
    store = SnapshotStore(connection)
    version = KeptVersion(DOCUMENT, A, b"<registry/>", None)
    store.keep([version, version])
    ids = store.ids(DOCUMENT)
    store.keep([version])
    assert store.ids(DOCUMENT) == ids
    assert len(list(store.versions(DOCUMENT))) == 1


def test_a_document_of_many_equal_lines_takes_little_room(connection: Connection) -> None:
    SnapshotStore(connection).keep([KeptVersion(DOCUMENT, A, b"<record/>" * 1000, None)])
    assert (connection.scalar(select(func.length(t.snapshot.c.body))) or 0) < 200


def test_two_documents_may_have_the_same_bytes(connection: Connection) -> None:
    store = SnapshotStore(connection)
    store.keep(
        [KeptVersion(DOCUMENT, A, b"<registry/>", "2021-09-08"), KeptVersion(OTHER, A, b"<registry/>", None)]
    )
    known = store.versions_of([DOCUMENT, OTHER])
    assert (known[DOCUMENT][A].updated, known[OTHER][A].updated) == ("2021-09-08", None)
    assert store.ids(DOCUMENT).keys() == store.ids(OTHER).keys()
    assert store.ids(DOCUMENT) != store.ids(OTHER)


def test_what_is_not_kept_is_not_there(connection: Connection) -> None:
    store = SnapshotStore(connection)
    assert (store.body(DOCUMENT, A), store.ids(DOCUMENT)) == (None, {})
    assert store.versions_of([DOCUMENT, OTHER]) == {DOCUMENT: {}, OTHER: {}}


def test_a_version_that_was_applied_is_remembered_as_such(connection: Connection) -> None:
    store = SnapshotStore(connection)
    ids = versions(connection, A, B)
    for _ in range(2):
        store.mark_applied([ids[A]])
        assert [version.applied for version in store.versions(DOCUMENT)] == [True, False]


# -- what is quarantined ----------------------------------------------------------------------------


def quarantined(connection: Connection, count: int) -> list[str]:
    """So many distinct versions, an hour after each other, each quarantined."""
    digests = [f"{number:064}" for number in range(count)]
    ids = versions(connection, *digests)
    for hours, digest in enumerate(digests):
        run = one(digest, Verdict.QUARANTINED, NOON + hours * HOUR)
        SnapshotStore(connection).observe([(document(connection), run, ids[digest])])
    return digests


def kept(connection: Connection) -> list[str]:
    return [v.sha256 for v in SnapshotStore(connection).versions(DOCUMENT) if v.body is not None]


def test_the_newest_quarantined_bodies_are_kept(connection: Connection) -> None:
    digests = quarantined(connection, QUARANTINED_KEPT + 3)
    SnapshotStore(connection).prune_quarantined(document(connection))
    assert kept(connection) == digests[3:]
    assert SnapshotStore(connection).body(DOCUMENT, digests[0]) is None


def test_what_was_of_use_is_kept_and_makes_no_room_for_the_others(connection: Connection) -> None:
    digests = quarantined(connection, QUARANTINED_KEPT + 3)
    ids = versions(connection)
    SnapshotStore(connection).append(document(connection), [one(digests[0], Verdict.APPLIED, NOON)], ids)
    SnapshotStore(connection).prune_quarantined(document(connection))
    assert kept(connection) == [digests[0], *digests[3:]]


def test_a_body_that_was_forgotten_is_kept_anew_when_it_comes_again(connection: Connection) -> None:
    (first, *_) = quarantined(connection, QUARANTINED_KEPT + 1)
    store = SnapshotStore(connection)
    store.prune_quarantined(document(connection))
    store.keep([KeptVersion(DOCUMENT, first, b"again", None)])
    assert store.body(DOCUMENT, first) == b"again"


def test_another_documents_bodies_are_let_alone(connection: Connection) -> None:
    quarantined(connection, QUARANTINED_KEPT + 3)
    SnapshotStore(connection).prune_quarantined(one_of(connection, OTHER))
    assert len(kept(connection)) == QUARANTINED_KEPT + 3


# -- observations -----------------------------------------------------------------------------------


def runs(connection: Connection) -> list[Run]:
    """The runs as they are stored, oldest first."""
    return [run for _, run in reversed(SnapshotStore(connection).runs(document(connection)))]


def test_a_run_is_loaded_as_it_was_saved(connection: Connection) -> None:
    ids = versions(connection, A, B)
    saved = [
        Run(A, Verdict.QUARANTINED, NOON, NOON + HOUR, 3, reason="a DOCTYPE"),
        Run(B, Verdict.OVERDUE, NOON, NOON, accept_older=True, accepted=("codes", "opcodes")),
    ]
    store = SnapshotStore(connection)
    store.append(document(connection), saved, ids)
    assert runs(connection) == saved


def test_ten_years_of_hourly_unchanged_runs_are_one_row(connection: Connection) -> None:
    ids = versions(connection, A)
    store = SnapshotStore(connection)
    store.observe([(document(connection), one(A, Verdict.APPLIED, NOON), ids[A])])
    for hours in (1, 2, 87_600):
        again = one(A, Verdict.UNCHANGED, NOON + hours * HOUR)
        store.observe([(document(connection), again, ids[A])])
    assert runs(connection) == [Run(A, Verdict.APPLIED, NOON, NOON + 87_600 * HOUR, 4)]


def test_a_clock_that_ran_ahead_for_several_runs_brings_them_all_back(connection: Connection) -> None:
    ids = versions(connection, A, B)
    store = SnapshotStore(connection)
    ahead = NOON + 365 * 24 * HOUR
    for run in (
        one(A, Verdict.APPLIED, NOON - HOUR),
        one(A, Verdict.UNCHANGED, ahead),
        one(B, Verdict.APPLIED, ahead + HOUR),
        one(B, Verdict.UNCHANGED, NOON),
    ):
        store.observe([(document(connection), run, ids[run.sha256])])
    assert runs(connection) == [
        Run(A, Verdict.APPLIED, NOON - HOUR, NOON, 2),
        Run(B, Verdict.APPLIED, NOON, NOON, 2),
    ]


observed = st.builds(
    lambda sha256, verdict, at, eventful: replace(one(sha256, verdict, at), eventful=eventful),
    st.sampled_from([A, B]),
    st.sampled_from(Verdict),
    times,
    st.booleans(),
)


@given(seen=st.lists(observed, max_size=6), in_order=st.booleans())
def test_observations_fold_as_the_rule_says_whatever_the_clock_shows(
    database: Database, seen: list[Run], in_order: bool
) -> None:
    if in_order:
        seen = sorted(seen, key=lambda run: run.first_at)
    expected: list[Run] = []
    with database.write() as connection:
        emptied(connection)
        ids = versions(connection, A, B)
        for new in seen:
            SnapshotStore(connection).observe([(document(connection), new, ids[new.sha256])])
            *expected, last = brought_back([*expected, new])
            together = joined(expected[-1], last) if expected else None
            expected = [*expected[:-1], together] if together else [*expected, last]
            # Whether something happened with a run is not kept: it only begins one.
            expected = [replace(run, eventful=False) for run in expected]
        assert runs(connection) == expected
        assert sum(run.count for run in expected) == len(seen)


def test_each_document_has_its_own_observations(connection: Connection) -> None:
    ids = versions(connection, A) | versions(connection, B, url=OTHER)
    other = one_of(connection, OTHER)
    store = SnapshotStore(connection)
    of_other = (other, one(B, Verdict.APPLIED, NOON + HOUR), ids[B])
    store.observe([of_other, (document(connection), one(A, Verdict.APPLIED, NOON + HOUR), ids[A])])
    store.observe([(document(connection), one(A, Verdict.APPLIED, NOON), ids[A])])
    assert [run for _, run in store.runs(other)] == [one(B, Verdict.APPLIED, NOON + HOUR)]
    store.forget_observations(document(connection))
    assert (store.runs(document(connection)), len(store.runs(other))) == ([], 1)
