"""What somebody who has just run the program for the first time may want to do next. Pure."""

from __future__ import annotations

NEXT_STEPS = (
    "next: `ianawatch list` shows the registry, `ianawatch diff` what is not documented,",
    "      `ianawatch setup cron --install` has it checked every hour",
)


def next_steps(*, first_sight: bool, terminal: bool, quiet: bool) -> tuple[str, ...]:
    """The lines for a person at a terminal on the first look at the registry; none for anybody else."""
    return NEXT_STEPS if first_sight and terminal and not quiet else ()
