"""How a watch stands after a run, in one line; of several watches, those that stand alike together.

Knows nothing of how it came about: a run in which nothing has changed needs no more than this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

UNCHANGED = "unchanged"
NOT_CHECKED = "not checked"
_NAMED = 4
"""How many watches a line names before it breaks off."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the one line says."""

    watch: str
    what: str
    """What the run was for it, in words."""
    updated: str | None
    """The date of the version that counts, as served."""
    records: int
    registrations: int
    """Live ones."""
    flagged: tuple[str, ...] = ()
    """The values of the open flags."""
    compared: bool = False
    """Whether there is a table to compare it with: without one nothing can be flagged."""
    conflicts: tuple[int, ...] = ()
    """The codes in use by other names."""
    held_back: int = 0
    """How many things of its registry wait for a person's decision."""
    from_bundle: str | None = None
    """Why what ships with the program stands in; None when it does not."""


def lines(standings: Sequence[Standing]) -> Iterator[str]:
    """The run, a line for each watch; of several, those that are unchanged or were not checked together."""
    together: dict[str, list[Standing]] = {UNCHANGED: [], NOT_CHECKED: []}
    for standing in standings:
        quiet = standing.records and not standing.held_back and standing.from_bundle is None
        if standing.what in together and quiet:
            together[standing.what].append(standing)
        else:
            yield line(standing)
    for what, alike in together.items():
        if len(alike) == 1:
            yield line(alike[0])
        elif alike:
            names = [standing.watch for standing in alike]
            named = ", ".join([*names[:_NAMED], *(["..."] if len(names) > _NAMED else [])])
            yield f"{len(names):,} watches: {what} ({named})"


def line(standing: Standing) -> str:
    """The run for one watch."""
    date = standing.updated or "an unknown date"
    counts = ", ".join(_counts(standing))
    if standing.from_bundle is not None:
        return (
            f"{standing.watch}: started from the registry of {date} that ships with ianawatch, since "
            f"{standing.from_bundle}: {counts}; the next run goes on from there"
        )
    if not standing.records:
        return f"{standing.watch}: {standing.what}; nothing is known of the registry yet"
    return f"{standing.watch}: {standing.what}; the registry as of {date} has {counts}"


def _counts(standing: Standing) -> Iterator[str]:
    yield _counted(standing.records, "record")
    yield _counted(standing.registrations, "registration")
    if standing.compared or standing.flagged:
        values = f" ({', '.join(standing.flagged)})" if standing.flagged else ""
        yield f"{len(standing.flagged)} flagged{values}"
    if standing.conflicts:
        codes = ", ".join(map(str, standing.conflicts))
        yield f"{_counted(len(standing.conflicts), 'conflict')} ({codes})"
    if standing.held_back:
        yield f"{standing.held_back} held back for a person (`ianawatch quarantine`)"


def _counted(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"
