"""What one public mirror saw of the registry from 2015 to 2026: 98 observations of 81 versions, six tables.

The facts stand in `data/timeline.csv` (when seen, the document's date, which table, which body) and in
`data/timeline.records.csv` (each record, and from which to which table it stands). `small` makes short
documents of them, `real` takes the documents themselves from the folder beside the checkout.

What is true of it, whoever looks on: three registrations in 3000-3999, no withdrawal, ever.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from builders import Row, document, row

from sync.past.folder import PastVersion

DATA = Path(__file__).parent / "data"
HOUR = timedelta(hours=1)
FLAPPING = (datetime(2021, 9, 8, 22, tzinfo=UTC), datetime(2021, 10, 16, 6, tzinfo=UTC))
"""The weeks in which an old copy and a new one were served in turn, from the first full hour."""
REGISTRATIONS = {3000: "2021-09-08T21:05:09Z", 3003: "2023-02-23T02:05:29Z", 3008: "2024-02-02T02:07:47Z"}
"""What was registered in the watched range, and when it was first seen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation."""

    at: datetime
    updated: str
    """The document's date as served."""
    table: int
    """Which of the six tables, from 1."""
    number: int
    """Which of the bodies, from 1."""
    body: bytes

    @property
    def last_modified(self) -> str:
        """A Last-Modified header that tells this body from every other."""
        day = datetime.fromisoformat(self.updated).replace(tzinfo=UTC)
        return format_datetime(day + timedelta(seconds=self.number), usegmt=True)

    @property
    def past(self) -> PastVersion:
        """As a backfill reads it."""
        return PastVersion(self.at, self.body)


@cache
def small() -> tuple[Seen, ...]:
    """The observations, with short documents: bodies that differ have the same table and another comment."""
    tables = [list(_table(number)) for number in range(1, 7)]

    def body(updated: str, table: int, number: int) -> bytes:
        return document(tables[table - 1], updated=updated, other=f"<!-- version {number} -->")

    return tuple(replace(seen, body=body(seen.updated, seen.table, seen.number)) for seen in _facts())


def real(shared: Path) -> tuple[Seen, ...]:
    """The observations, with the documents as they were served."""
    folder = shared / "iana-websocket-history"
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        files = [folder / entry["file"] for entry in csv.DictReader(file)]
    return tuple(replace(seen, body=path.read_bytes()) for seen, path in zip(_facts(), files, strict=True))


def tripled(history: Iterable[Seen]) -> Iterator[Seen]:
    """Each observation three times, a minute after the other."""
    for seen in history:
        for minute in range(3):
            yield replace(seen, at=seen.at + timedelta(minutes=minute))


def hourly(history: Sequence[Seen]) -> Iterator[Seen]:
    """As seen by somebody who asks every hour through the weeks of flapping, and gets what was seen last."""
    first, last = FLAPPING
    yield from (seen for seen in history if seen.at < first - HOUR)
    at = first
    while at <= last:
        yield replace(next(seen for seen in reversed(history) if seen.at <= at), at=at)
        at += HOUR
    yield from (seen for seen in history if seen.at > last)


def _table(number: int) -> Iterator[Row]:
    with (DATA / "timeline.records.csv").open(encoding="utf-8", newline="") as file:
        for fact in csv.DictReader(file):
            if int(fact["first_table"]) <= number <= int(fact["last_table"]):
                references = [reference.partition(":") for reference in fact["references"].split()]
                yield row(
                    fact["value"],
                    fact["description"],
                    date=fact["date"] or None,
                    updated=fact["updated"] or None,
                    refs=tuple((kind, target) for kind, _, target in references),
                )


def _facts() -> Iterator[Seen]:
    with (DATA / "timeline.csv").open(encoding="utf-8", newline="") as file:
        for fact in csv.DictReader(file):
            yield Seen(
                datetime.fromisoformat(fact["seen_at"]),
                fact["updated"],
                int(fact["table"]),
                int(fact["body"]),
                b"",
            )
