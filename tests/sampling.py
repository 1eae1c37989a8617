"""How much of a matrix a run of the tests takes: all of it, or the share that a commit has.

    @pytest.mark.matrix
    @pytest.mark.parametrize("damage", share(DAMAGES))

Without IANAWATCH_MATRIX_SAMPLE, everything: that is `make test-all`. With it (CI sets eight hexadecimal
digits of the commit's name), of each eight neighbours one, drawn by those digits: the same commit takes the
same ones always, another takes others, and each share is spread over the whole matrix. Put the cases in an
order in which neighbours are alike.

`evenly` is for the quick rows, and where every case would take too long: so many of them, evenly spread.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

SAMPLE = "IANAWATCH_MATRIX_SAMPLE"
ONE_OF = 8
"""A share has one case of so many."""

Case = TypeVar("Case")


def share(cases: Sequence[Case]) -> list[Case]:
    """The cases that this run takes, in their order; at least one, if there are any."""
    sample = os.environ.get(SAMPLE)
    if not sample:
        return list(cases)
    drawn = random.Random(int(sample, 16))  # noqa: S311  # spreads tests, guards nothing
    groups = (cases[at : at + ONE_OF] for at in range(0, len(cases), ONE_OF))
    return [drawn.choice(group) for group in groups]


def evenly(cases: Sequence[Case], most: int) -> list[Case]:
    """So many of the cases, in their order, the first and the last among them; all if there are no more."""
    if len(cases) <= most:
        return list(cases)
    return [cases[index * (len(cases) - 1) // (most - 1)] for index in range(most)]
