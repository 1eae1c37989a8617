"""Real history: what is alerted when eleven years of observations are synced, in order and in worse ways.

The observations are the real documents where they are there, else short ones with the same facts. Beside each
replay stands what a plain set difference between two observations would have said of 3000-3999. `backfill` is
timed against a floor: parsing the same bytes with lxml and writing the rows with sqlite3, under the same
pragmas, in one transaction.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import timeline
from live_syncs import LiveSyncs
from timeline import Seen

from db.engine import Database
from db.upgrade import upgrade
from sync.parse_registry.document import parse_document
from sync.records import Assignment
from sync.watches import CLOSE_CODES

ROUNDS = 5
REAL = Path(__file__).resolve().parents[2] / "shared" / "iana-websocket-history"


@dataclass(frozen=True)
class Figures:
    """What a replay said."""

    name: str
    observations: int
    alerts: int
    false: int
    missed: int
    plain: int
    """False events of a plain set difference over the same observations."""


def main() -> None:
    """Print the tables."""
    seen = timeline.real(REAL.parent) if REAL.is_dir() else timeline.small()
    print(f"{len(seen)} observations, {'real documents' if REAL.is_dir() else 'short documents'}\n")
    print("| replay | observations | alerts | false | missed | false, plain difference |")
    print("| --- | --- | --- | --- | --- | --- |")
    for figures in replays(seen):
        print(
            f"| {figures.name} | {figures.observations} | {figures.alerts} | {figures.false} "
            f"| {figures.missed} | {figures.plain} |"
        )
    ours, floor = paired(lambda: backfill(seen), lambda: parse_and_insert(seen))
    print(f"\nbackfill: {ours:.3f} s, floor {floor:.3f} s: {ours / floor:.2f} x (to reach: 4 x)")


def replays(seen: Sequence[Seen]) -> Iterable[Figures]:
    """Each way of looking at the same history."""
    yield replay("in order", seen)
    yield replay("each three times", list(timeline.tripled(seen)))
    yield replay("hourly through the weeks of flapping", list(timeline.hourly(seen)))
    cold = [replay("", seen[start:]) for start in range(len(seen))]
    yield Figures(
        f"{len(cold)} cold starts",
        sum(f.observations for f in cold),
        sum(f.alerts for f in cold),
        sum(f.false for f in cold),
        sum(f.missed for f in cold),
        sum(f.plain for f in cold),
    )


def replay(name: str, seen: Sequence[Seen]) -> Figures:
    """Sync each observation at its time, and count what was alerted."""
    with tempfile.TemporaryDirectory() as folder:
        live = LiveSyncs(empty(Path(folder)), Path(folder))
        for one in seen:
            live.sees(one.body, one.at)
        told = [values[0] for kind, values in live.told if kind == "registration"]
        others = [kind for kind, _ in live.told if kind not in {"registration", "baseline"}]
    held = codes(seen[0])
    later = frozenset().union(*(codes(one) for one in seen))
    expected = (later - held) & timeline.REGISTRATIONS.keys()
    repeated = len(told) - len(set(told))
    return Figures(
        name,
        observations=len(seen),
        alerts=len(told),
        false=len(others) + len(set(told) - expected) + repeated,
        missed=len(expected - set(told)),
        plain=plain_difference(seen) - len(expected),
    )


def plain_difference(seen: Sequence[Seen]) -> int:
    """How many codes of the watched range appear or vanish from one observation to the next."""
    sets = [codes(one) for one in seen]
    return sum(len(before ^ after) for before, after in pairwise(sets))


def codes(one: Seen) -> frozenset[int]:
    """The codes of the watched range that a version registers."""
    if one.number not in _CODES:
        registry = parse_document(one.body).registry(CLOSE_CODES.registry_id, CLOSE_CODES.bounds)
        first, last = CLOSE_CODES.watched or CLOSE_CODES.bounds
        _CODES[one.number] = frozenset(
            r.first
            for r in registry.records
            if r.content.assignment is Assignment.ASSIGNED and first <= r.first <= last
        )
    return _CODES[one.number]


_CODES: dict[int, frozenset[int]] = {}


def empty(folder: Path) -> Database:
    """A new database in a folder."""
    database = Database.create(str(folder / "history.db"))
    upgrade(database)
    return database


def backfill(seen: Sequence[Seen]) -> float:
    """Seconds to backfill the observations into a new database."""
    with tempfile.TemporaryDirectory() as folder:
        live = LiveSyncs(empty(Path(folder)), Path(folder))
        began = time.perf_counter()
        live.backfills([one.past for one in seen], seen[-1].at)
        return time.perf_counter() - began


def parse_and_insert(seen: Sequence[Seen]) -> float:
    """Seconds for the floor."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("CREATE TABLE record (at TEXT, value TEXT, description TEXT, date TEXT)")
        connection.execute("CREATE TABLE snapshot (at TEXT, body BLOB)")
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        name = "{http://www.iana.org/assignments}"
        for one in seen:
            root = etree.fromstring(one.body)
            rows = [
                (str(one.at), r.findtext(f"{name}value"), r.findtext(f"{name}description"), r.get("date"))
                for registry in root.iter(f"{name}registry")
                if registry.get("id") == CLOSE_CODES.registry_id
                for r in registry.findall(f"{name}record")
            ]
            connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?)", rows)
            connection.execute("INSERT INTO snapshot VALUES (?, ?)", (str(one.at), one.body))
        connection.execute("COMMIT")
        taken = time.perf_counter() - began
        connection.close()
        return taken


def paired(ours: Callable[[], float], floor: Callable[[], float]) -> tuple[float, float]:
    """The medians of both, run in turn, so that a machine that slows down slows down both."""
    pairs = [(ours(), floor()) for _ in range(ROUNDS)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)
