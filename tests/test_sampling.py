"""A commit's share of a matrix: the same always, another for another commit, spread over all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sampling import ONE_OF, SAMPLE, evenly, share

if TYPE_CHECKING:
    import pytest

CASES = range(100)


def test_without_a_sample_everything_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SAMPLE, raising=False)
    assert share(CASES) == list(CASES)


def test_a_sample_takes_one_of_each_eight_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SAMPLE, "90a8bfe1")
    assert [case // ONE_OF for case in share(CASES)] == list(range(13))
    assert share(CASES) == share(CASES)
    assert (share([]), share([7])) == ([], [7])


def test_other_commits_take_others_and_together_all(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = set()
    for sample in range(200):
        monkeypatch.setenv(SAMPLE, f"{sample * 0x01020304 & 0xFFFFFFFF:08x}")
        taken |= set(share(CASES))
    assert taken == set(CASES)


def test_evenly_has_both_ends() -> None:
    assert evenly(CASES, 4) == [0, 33, 66, 99]
    assert evenly(range(3), 4) == [0, 1, 2]
