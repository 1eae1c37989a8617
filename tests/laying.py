"""A registry's records laid over known registrations, both written as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import strategies as st
from served import NOON, Table, registry

from sync.decide.amendments import AMENDABLE
from sync.decide.registrations import Laid, first_sight, lay
from sync.intervals import Interval
from sync.records import Record
from sync.state import Registration

DAY = timedelta(days=1)
LATER = NOON + 9 * DAY
GONE = ("Gone", "2023-01-01")

pairs = st.tuples(st.sampled_from(["Ash", "Birch"]), st.sampled_from(["2021-01-01", "2021-02-02", None]))
tables = st.dictionaries(st.integers(0, 9), pairs).map(dict)
"""Single values only."""


def known_as(table: Table) -> tuple[Registration, ...]:
    """The registrations of a first sight."""
    return first_sight(registry(table).records, NOON)


def laid(
    known: Sequence[Registration],
    table: Table,
    unreadable: Sequence[Interval] = (),
    fields: Sequence[str] = AMENDABLE,
) -> Laid:
    """What became of them when the registry assigns what the table says."""
    return lay(known, registry(table).records, unreadable, LATER, "v2", fields=fields)


def cut(records: Sequence[Record], at: set[int]) -> tuple[Record, ...]:
    """The same records, each cut before the values in `at`."""
    result = []
    for record in records:
        begins = [record.first, *sorted(v for v in at if record.first < v <= record.last), record.last + 1]
        result += [Record(a, b - 1, record.content) for a, b in pairwise(begins)]
    return tuple(result)
