"""Runs of equal observations: what folds, what stands alone, and what is left of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.decide.observations import Run, brought_back, covers, joined, moments, run_of
from sync.state import Change, ChangeKind, Decision, DocumentState, WatchDecision, WatchState
from sync.verdict import Verdict

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def run(
    verdict: Verdict = Verdict.UNCHANGED,
    *,
    hours: float = 0,
    to: float | None = None,
    count: int = 1,
    version: str = "a",
) -> Run:
    """A run from so many hours after noon to so many."""
    first, last = NOON + hours * HOUR, NOON + (hours if to is None else to) * HOUR
    return Run(version, verdict, first, last, count)


# -- what folds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Verdict.APPLIED, Verdict.UNCHANGED),
        (Verdict.OVERDUE, Verdict.UNCHANGED),
        (Verdict.UNCHANGED, Verdict.UNCHANGED),
        (Verdict.OLDER, Verdict.OLDER),
        (Verdict.QUARANTINED, Verdict.QUARANTINED),
    ],
)
def test_the_same_again_folds(before: Verdict, after: Verdict) -> None:
    together = joined(run(before, to=2, count=3), run(after, hours=3))
    assert together == run(before, to=3, count=4)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Verdict.OLDER, Verdict.UNCHANGED),
        (Verdict.OLDER, Verdict.OVERDUE),
        (Verdict.QUARANTINED, Verdict.UNCHANGED),
        (Verdict.QUARANTINED, Verdict.APPLIED),
        (Verdict.UNCHANGED, Verdict.OLDER),
        (Verdict.APPLIED, Verdict.QUARANTINED),
        (Verdict.APPLIED, Verdict.APPLIED),
        (Verdict.OVERDUE, Verdict.OVERDUE),
    ],
)
def test_another_verdict_begins_a_run(before: Verdict, after: Verdict) -> None:
    assert joined(run(before), run(after, hours=1)) is None


def test_another_version_begins_a_run() -> None:
    assert joined(run(Verdict.OLDER), run(Verdict.OLDER, hours=1, version="b")) is None


def test_what_changed_something_begins_a_run() -> None:
    assert joined(run(), replace(run(hours=1), eventful=True)) is None


def test_the_same_goes_on_after_what_changed_something() -> None:
    together = joined(replace(run(), eventful=True), run(hours=1))
    assert together is not None
    assert (together.first_at, together.last_at, together.count) == (NOON, NOON + HOUR, 2)


def test_a_word_of_a_person_counts_for_the_observations_it_came_with_alone() -> None:
    said = [replace(run(), accept_older=True), replace(run(), accepted=("codes",))]
    for one in said:
        assert joined(one, run(hours=1)) is None
        assert joined(run(), replace(one, first_at=NOON + HOUR)) is None
        assert joined(one, replace(one, last_at=NOON + HOUR)) is not None


# -- a decision as a run ------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_person_s_word_is_kept_whatever_the_verdict(verdict: Verdict) -> None:
    decision = Decision(verdict, DocumentState(), {})
    made = run_of("a", decision, NOON, accept_older=True, accepted={"b", "a"})
    assert (made.accept_older, made.accepted) == (True, ("a", "b"))


def test_a_run_is_eventful_when_a_registration_changed() -> None:
    change = Change(ChangeKind.WITHDRAWN, "key", 3000, 3000, NOON, "a")
    quiet = {"codes": WatchDecision(WatchState())}
    loud = {**quiet, "opcodes": WatchDecision(WatchState(), changes=(change,))}
    assert not run_of("a", Decision(Verdict.UNCHANGED, DocumentState(), quiet), NOON).eventful
    assert run_of("a", Decision(Verdict.UNCHANGED, DocumentState(), loud), NOON).eventful


# -- what is left of a run ----------------------------------------------------------------------------


def test_a_run_unfolds_into_its_two_ends() -> None:
    assert list(moments(run())) == [(NOON, 1)]
    assert list(moments(run(to=5, count=2))) == [(NOON, 1), (NOON + 5 * HOUR, 1)]
    assert list(moments(run(to=5, count=90))) == [(NOON, 1), (NOON + 5 * HOUR, 89)]


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=30))
def test_no_observation_is_lost_by_folding(versions: list[str]) -> None:
    runs: list[Run] = []
    for hour, version in enumerate(versions):
        new = run(hours=hour, version=version)
        together = joined(runs[-1], new) if runs else None
        runs = [*runs[:-1], together] if together else [*runs, new]
    assert sum(one.count for one in runs) == len(versions)
    assert all(one.sha256 != other.sha256 for one, other in pairwise(runs))
    for hour, version in enumerate(versions):
        (there,) = (one for one in runs if covers(one, NOON + hour * HOUR))
        assert there.sha256 == version


def test_a_run_covers_its_ends_and_what_is_between() -> None:
    covered = [hours for hours in (-1, 0, 1, 2, 3) if covers(run(to=2, count=3), NOON + hours * HOUR)]
    assert covered == [0, 1, 2]


# -- a clock that ran ahead ---------------------------------------------------------------------------


def test_runs_in_order_of_time_are_left_alone() -> None:
    runs = [run(to=1, count=2), run(hours=1), run(hours=3, to=9, count=4)]
    assert brought_back(runs) == runs


def test_runs_of_a_clock_that_ran_ahead_are_brought_back_in_their_order() -> None:
    a, b, c = run(hours=1), run(hours=8760, to=8761, count=2), run(hours=8762, version="b")
    now = run(hours=2, version="c")
    back = brought_back([a, b, c, now])
    assert [(one.first_at - NOON) / HOUR for one in back] == [1, 2, 2, 2]
    assert [(one.last_at - NOON) / HOUR for one in back] == [1, 2, 2, 2]
    assert [one.sha256 for one in back] == ["a", "a", "b", "c"]


def test_a_run_whose_clock_was_set_right_in_the_middle_ends_with_the_next() -> None:
    back = brought_back([run(to=8760, count=2), run(hours=2)])
    assert (back[0].first_at, back[0].last_at) == (NOON, NOON + 2 * HOUR)
