"""Why no watch can begin with a registry: what it holds are not values that each mean one thing.

Pure; it tells counts and examples. A record here and there that can't be used is an accident, and set aside.
The faults told here are the registry's nature: names, patterns, values of several meanings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sync.intervals import MAX_VALUE
from sync.records import Fault, SetAside

_EXAMPLES = 2
"""How many values a reason quotes."""
_LONGEST_EXAMPLE = 40
"""Characters of a value that a reason quotes."""


def unfit(set_aside: Sequence[SetAside], records: int) -> str | None:
    """One line that says why a registry of so many records is none to watch; None: it is one.

    `set_aside` are those of its records that can't be used.
    """
    return "; ".join(_reasons(set_aside, records)) or None


def _reasons(set_aside: Sequence[SetAside], records: int) -> Iterator[str]:
    by_fault: dict[str, list[SetAside]] = {}
    for record in set_aside:
        by_fault.setdefault(record.reason, []).append(record)
    if found := by_fault.get(Fault.NO_NUMBER):
        quoted = ", ".join(f'"{_shortened(record.value)}"' for record in _different(found))
        yield f"it has values that are no numbers: {quoted} {_share(found, records)}"
    if found := by_fault.get(Fault.NO_VALUE):
        yield f"it has records without a value {_share(found, records)}"
    if found := by_fault.get(Fault.SEVERAL_VALUES):
        yield f"it has records with more than one value {_share(found, records)}"
    if found := by_fault.get(Fault.TOO_LARGE):
        examples = ", ".join(_shortened(record.value) for record in _different(found))
        yield f"it has values beyond {MAX_VALUE}: {examples} {_share(found, records)}"
    if found := by_fault.get(Fault.CONTRADICTION):
        examples = ", ".join(map(str, _shared(found)[:_EXAMPLES]))
        yield f"its records say different things about {examples} {_share(found, records)}"


def _share(found: Sequence[SetAside], records: int) -> str:
    if len(found) == records:
        return "(its only record)" if records == 1 else f"(all {records} records)"
    return f"({len(found)} of {records} records)"


def _different(found: Sequence[SetAside]) -> list[SetAside]:
    return list({record.value: record for record in reversed(found)}.values())[: -_EXAMPLES - 1 : -1]


def _shared(found: Sequence[SetAside]) -> list[int]:
    """The lowest value of each place where records overlap; in order."""
    values = sorted((r.first, r.last) for r in found if r.first is not None and r.last is not None)
    shared: dict[int, None] = {}
    reach = -1
    for first, last in values:
        if first <= reach:
            shared[first] = None
        reach = max(reach, last)
    return list(shared)


def _shortened(value: str) -> str:
    return value if len(value) <= _LONGEST_EXAMPLE else f"{value[: _LONGEST_EXAMPLE - 3]}..."
