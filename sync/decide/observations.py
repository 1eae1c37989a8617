"""Runs of equal observations: folded when they are written, unfolded to be replayed. Pure.

Unchanged runs fold into one row, so that ten years of hourly runs add nothing. What is kept of a run is its
first and its last moment, which is all that any rule asks for. It is all that a replay knows, too: what is
added in the middle of a run splits it there, and the moments in between count with the last (docs/rules.md,
rule 12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sync.state import Decision
from sync.verdict import UNCHANGED_AFTER, Verdict

_JOINS = {
    Verdict.UNCHANGED: UNCHANGED_AFTER,
    Verdict.OLDER: {Verdict.OLDER},
    Verdict.QUARANTINED: {Verdict.QUARANTINED},
}
"""Into which runs an observation folds, by its verdict."""


@dataclass(frozen=True, slots=True)
class Run:
    """One observation, or several in a row that say the same."""

    sha256: str
    """The version that was seen."""
    verdict: Verdict
    first_at: datetime
    last_at: datetime
    count: int = 1
    reason: str | None = None
    """Why it was quarantined."""
    accept_older: bool = False
    """A person said that an older copy is right, whether it was one or not."""
    accepted: tuple[str, ...] = ()
    """Watches for which a person accepted what was held back."""
    eventful: bool = False
    """Something changed with it: it begins a run, so that a replay gives the change the same time."""


def run_of(
    sha256: str,
    decision: Decision,
    at: datetime,
    *,
    reason: str | None = None,
    accept_older: bool = False,
    accepted: Iterable[str] = (),
    count: int = 1,
) -> Run:
    """A decision's observation as a run of its own."""
    return Run(
        sha256=sha256,
        verdict=decision.verdict,
        first_at=at,
        last_at=at,
        count=count,
        reason=reason,
        accept_older=accept_older,
        accepted=tuple(sorted(accepted)),
        eventful=any(step.changes for step in decision.watches.values()),
    )


def joined(last: Run, new: Run) -> Run | None:
    """`last` with `new` folded into it; None when `new` is a run of its own."""
    if new.eventful or _said(new) != _said(last) or last.verdict not in _JOINS.get(new.verdict, ()):
        return None
    return replace(last, last_at=new.last_at, count=last.count + new.count)


def moments(run: Run) -> Iterator[tuple[datetime, int]]:
    """The moments of a run that are known, each with how many observations it stands for."""
    yield run.first_at, 1
    if run.count > 1:
        yield run.last_at, run.count - 1


def brought_back(runs: Sequence[Run]) -> list[Run]:
    """Runs in the order they were written, none of them later than the next.

    One that is was written by a clock that ran ahead: it counts as the time of the next (docs/rules.md,
    rule 1).
    """
    result: list[Run] = []
    for run in reversed(runs):
        last_at = min(run.last_at, result[-1].first_at) if result else run.last_at
        result.append(replace(run, first_at=min(run.first_at, last_at), last_at=last_at))
    return result[::-1]


def covers(run: Run, at: datetime) -> bool:
    """Whether an observation of the run's version at that time is part of it already."""
    return run.first_at <= at <= run.last_at


def _said(run: Run) -> tuple[object, ...]:
    """What was seen, and what a person said of it."""
    return run.sha256, run.accept_older, run.accepted
