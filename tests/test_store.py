"""Deciding and storing in one transaction: what an observation leaves in the database."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from builders import document, row
from databases import counted
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from whole_database import database_in_memory, everything

from db import tables as t
from db.engine import Database
from db.known import known_documents
from db.snapshot_store import SnapshotStore
from sync.fetched import Validators
from sync.observe import Served, StillServed, bundled, kept
from sync.sights import Sight, unusable
from sync.state import ChangeKind, HoldKind
from sync.store import Stored, as_it_was, settle
from sync.verdict import Verdict, VersionReplaced
from sync.watches import CLOSE_CODES

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
URL = CLOSE_CODES.document
IANA = {"i": "http://www.iana.org/assignments"}
NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
FIRST = document([NORMAL, row("1001-3999", "Unassigned")], updated="2026-01-01")
SECOND = document([NORMAL, UNAUTHORIZED, row("3001-3999", "Unassigned")], updated="2026-01-02")


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with undone(database) as connection:
        yield connection


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """A transaction of which nothing is left."""
    with database.write() as connection:
        yield connection
        connection.rollback()


def served(body: bytes, *, last_modified: str | None = None, url: str = URL) -> Served:
    seen = kept(url, body)
    return replace(seen, validators=Validators(url, last_modified) if last_modified else None)


def seen(connection: Connection, what: Served | StillServed, at: datetime = NOON, **how: bool) -> Stored:
    (stored,) = settle(connection, [Sight(URL, [CLOSE_CODES], what, **how)], at)  # type: ignore[arg-type]  # by name
    return stored


def test_a_first_sight_stores_everything_and_changes_nothing(connection: Connection) -> None:
    stored = seen(connection, served(SECOND))
    step = stored.decision.watches["close-codes"]
    assert (stored.decision.verdict, step.first_sight, step.changes) == (Verdict.APPLIED, True, ())
    assert stored.before["close-codes"].state.records == ()
    assert SnapshotStore(connection).body(URL, hashlib.sha256(SECOND).hexdigest()) == SECOND
    names = connection.scalars(select(t.record.c.description).order_by(t.record.c.first)).all()
    assert names == ["Normal Closure", "Unauthorized", "Unassigned"]


def test_the_same_bytes_and_a_304_are_one_observation_more(connection: Connection) -> None:
    seen(connection, served(SECOND))
    seen(connection, served(SECOND), NOON + DAY)
    seen(connection, StillServed(URL, hashlib.sha256(SECOND).hexdigest()), NOON + 2 * DAY)
    o = t.observation.c
    assert connection.execute(select(o.verdict, o.first_at, o.last_at, o.count)).all() == [
        ("applied", NOON, NOON + 2 * DAY, 3)
    ]


def test_a_new_version_is_compared_with_the_one_before(connection: Connection) -> None:
    seen(connection, served(FIRST))
    stored = seen(connection, served(SECOND), NOON + DAY)
    (change,) = stored.decision.watches["close-codes"].changes
    assert (change.kind, change.first, change.after) == (ChangeKind.REGISTERED, 3000, "Unauthorized")
    assert [r.first for r in stored.before["close-codes"].state.registrations] == [1000]


def test_a_304_about_a_version_that_was_replaced_is_asked_again(connection: Connection) -> None:
    seen(connection, served(FIRST))
    seen(connection, served(SECOND), NOON + DAY)
    with pytest.raises(VersionReplaced):
        seen(connection, StillServed(URL, hashlib.sha256(FIRST).hexdigest()), NOON + DAY)


def test_an_older_copy_is_applied_when_a_person_says_so(connection: Connection) -> None:
    seen(connection, served(SECOND))
    assert seen(connection, served(FIRST), NOON + DAY).decision.verdict is Verdict.OLDER
    accepted = seen(connection, served(FIRST), NOON + DAY, accept_older=True)
    assert accepted.decision.verdict is Verdict.OVERDUE


# -- what can't be used: rule 4 ------------------------------------------------------------------------

CUT = FIRST[:-30]
EMPTY = document([], updated="2026-01-02")
MISSING = document([NORMAL], updated="2026-01-02", registry_id="another")


@pytest.mark.parametrize("body", [CUT, EMPTY, MISSING], ids=["cut", "empty", "missing"])
def test_what_can_not_be_used_is_kept_and_changes_nothing(body: bytes, connection: Connection) -> None:
    before = seen(connection, served(FIRST)).decision.watches["close-codes"].state
    stored = seen(connection, served(body), NOON + DAY)
    after = stored.decision.watches["close-codes"].state
    assert stored.decision.verdict is Verdict.QUARANTINED
    assert (after.records, after.registrations) == (before.records, before.registrations)
    assert SnapshotStore(connection).body(URL, hashlib.sha256(body).hexdigest()) == body


def test_what_can_not_be_used_is_known_before_it_is_stored() -> None:
    assert CLOSE_CODES.bundle
    assert [unusable(served(body), CLOSE_CODES) for body in (CUT, EMPTY, MISSING)] == [True] * 3
    assert not unusable(served(FIRST), CLOSE_CODES)
    assert not unusable(bundled(CLOSE_CODES.bundle), CLOSE_CODES)
    assert not unusable(StillServed(URL, "a" * 64), CLOSE_CODES)


def test_of_quarantined_bodies_twenty_are_kept(connection: Connection) -> None:
    seen(connection, served(FIRST))
    for number in range(25):
        seen(connection, served(CUT + b"<!--" + str(number).encode()), NOON + number * DAY)
    bodies = connection.scalars(select(t.snapshot.c.body).order_by(t.snapshot.c.id)).all()
    assert [body is not None for body in bodies] == [True] + [False] * 5 + [True] * 20


# -- real documents ------------------------------------------------------------------------------------


def test_a_real_document_is_stored_as_it_stands(shared: Path, database: Database) -> None:
    """Each of them, by what a parser of another make reads there."""
    folder = shared / "iana-websocket-history"
    with (folder / "index.csv").open(encoding="utf-8") as index:
        names = sorted({line["file"] for line in csv.DictReader(index)})
    assert len(names) == 81
    r = t.record.c
    columns = select(
        r.first, r.last, r.description, r.registered_on, r.revised_on, r.xrefs, r.contacts, r.assignment
    ).order_by(r.first)
    for name in names:
        body = (folder / name).read_bytes()
        with undone(database) as connection:
            assert seen(connection, served(body)).decision.verdict is Verdict.APPLIED
            stored = [tuple(row) for row in connection.execute(columns)]
        assert stored == _in_document(body), name


def _in_document(body: bytes) -> list[tuple[Any, ...]]:
    """The close codes of a document, read with the standard library."""
    root = ET.fromstring(body)  # noqa: S314  # IANA's own documents, kept beside the checkout
    people = {
        person.get("id"): _folded(person.find("i:name", IANA))
        for person in root.iterfind(".//i:person", IANA)
    }
    rows = []
    for record in root.iterfind("i:registry[@id='close-code-number']/i:record", IANA):
        first, _, last = _folded(record.find("i:value", IANA)).partition("-")
        description = _folded(record.find("i:description", IANA))
        xrefs = [
            [x.get("type"), x.get("data", "").strip(), _folded(x)] for x in record.iterfind("i:xref", IANA)
        ]
        contacts = [
            people[x.get("data", "").strip()]
            for x in record.iterfind("i:contact/i:xref[@type='person']", IANA)
        ]
        dates = (record.get("date"), record.get("updated"))
        rows.append(
            (int(first), int(last or first), description, *dates, xrefs, contacts, _assigned(description))
        )
    return sorted(rows)


def _assigned(description: str) -> str:
    if description.startswith("Unassigned"):
        return "unassigned"
    if "Private Use" in description:
        return "private-use"
    return "reserved" if description.startswith("Reserved") else "assigned"


def _folded(element: ET.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def test_only_a_watch_that_ships_begins_with_a_registry_that_cannot_be_watched(
    connection: Connection,
) -> None:
    body = document([NORMAL, row("*", "Any"), row("3000", "A"), row("3000", "B")])
    ours = replace(CLOSE_CODES, name="ours", bundle=None)
    (both,) = settle(connection, [Sight(URL, [CLOSE_CODES, ours], served(body))], NOON)
    step = both.decision.watches
    assert step["close-codes"].first_sight
    assert [hold.kind for hold in step["close-codes"].state.holds] == [HoldKind.RECORD] * 3
    assert not step["ours"].state.seen
    assert [hold.kind for hold in step["ours"].state.holds] == [HoldKind.REGISTRY]


def test_why_nothing_can_begin_is_kept_with_the_version(connection: Connection) -> None:
    body = document([NORMAL, row("*", "Any")])
    ours = replace(CLOSE_CODES, name="ours", bundle=None)
    (stored,) = settle(connection, [Sight(URL, [ours], served(body))], NOON)
    assert stored.decision.verdict is Verdict.QUARANTINED
    assert connection.scalar(select(t.observation.c.reason)) == (
        "the registry close-code-number can't be watched as it is: "
        'it has values that are no numbers: "*" (1 of 2 records)'
    )


# -- several documents at once ----------------------------------------------------------------------

OTHERS = [URL, "https://example.org/other.xml", "https://example.org/third.xml"]
WATCHES = {url: replace(CLOSE_CODES, name=url, document=url, bundle=None) for url in OTHERS}
LATER = document([NORMAL, row("3000", "Forbidden", date="2021-09-06")], updated="2026-01-03")
WITHOUT = document([NORMAL, row("3000", "", date="2021-09-06"), row("4000", "x")], updated="2026-01-03")
ANSWERS = {"first": FIRST, "second": SECOND, "later": LATER, "without": WITHOUT, "cut": SECOND[:-20]}
answers = st.sampled_from([*ANSWERS, "304", None])


@settings(max_examples=40)
@given(steps=st.lists(st.tuples(*[answers] * len(OTHERS)), min_size=1, max_size=5))
@example(steps=[("first", "second", "cut"), ("second", "first", "first"), ("304", None, "second")])
@example(steps=[("second", "second", None), ("without", "later", "first"), ("304", "304", "304")])
def test_documents_that_are_settled_together_are_as_one_after_the_other(
    steps: list[tuple[str | None, ...]],
) -> None:
    together, apart = database_in_memory(), database_in_memory()
    for number, step in enumerate(steps):
        at = NOON + number * 2 * DAY
        with together.write() as one, apart.write() as other:
            sights = [
                Sight(url, [WATCHES[url]], answer)
                for url, said in zip(OTHERS, step, strict=True)
                if (answer := _answer(other, url, said)) is not None
            ]
            decisions = [stored.decision for stored in settle(one, sights, at)]
            backwards = [settle(other, [sight], at)[0].decision for sight in reversed(sights)]
            assert decisions == backwards[::-1]
        assert everything(together) == everything(apart)


def _answer(connection: Connection, url: str, said: str | None) -> Served | StillServed | None:
    """What a server says; 304 of the version that was last applied, and nothing where there is none."""
    if said == "304":
        known = known_documents(connection).get(url)
        return StillServed(url, known.sha256) if known and known.sha256 else None
    return served(ANSWERS[said], url=url, last_modified=said) if said else None


def test_nothing_seen_is_nothing_written(connection: Connection) -> None:
    with counted(connection) as statements:
        assert settle(connection, [], NOON) == as_it_was(connection, []) == []
    assert statements == []


def test_how_many_documents_there_are_makes_no_statement_more(connection: Connection) -> None:
    def first_sights(count: int) -> int:
        urls = [f"https://example.org/{count}/{number}.xml" for number in range(count)]
        sights = [
            Sight(
                url,
                [replace(WATCHES[URL], name=url, document=url)],
                served(SECOND, url=url, last_modified="a"),
            )
            for url in urls
        ]
        with counted(connection) as statements:
            settle(connection, sights, NOON)
        return len(statements)

    assert first_sights(1) == first_sights(20)
