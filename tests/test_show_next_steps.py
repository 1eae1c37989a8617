"""What a newcomer is told after the first look, and nobody else."""

from __future__ import annotations

import pytest

from sync.cli import COMMANDS
from sync.show.next_steps import next_steps


def test_a_newcomer_at_a_terminal_is_told_what_to_do_next() -> None:
    said = next_steps(first_sight=True, terminal=True, quiet=False)
    assert len(said) == 2
    named = [words.split()[1] for words in " ".join(said).split("`")[1::2]]
    assert named == ["list", "diff", "setup"]
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize(
    ("first_sight", "terminal", "quiet"), [(False, True, False), (True, False, False), (True, True, True)]
)
def test_nobody_else_is(first_sight: bool, terminal: bool, quiet: bool) -> None:
    assert next_steps(first_sight=first_sight, terminal=terminal, quiet=quiet) == ()
