"""What a benchmark gives back: figures, each a ratio against a floor of the same run, and curves.

Plain data. How it is measured is the business of `measure`, how it is shown of `report` and `picture`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What both sides of a ratio are counted in."""

    SECONDS = "s"
    """CPU time, user and system."""
    BYTES = "B"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, beside its floor."""

    name: str
    against: str
    """The floor, in a phrase."""
    unit: Unit
    ours: float
    floor: float
    ratio: float
    """The median over the pairs, which the medians above need not give."""
    most: float | None = None
    """What the ratio may be; None where nothing was set out to be reached."""

    @property
    def held(self) -> bool | None:
        """Whether the ratio keeps its limit, to the two digits that are shown; None without a limit."""
        return None if self.most is None else round(self.ratio, 2) <= self.most


@dataclass(frozen=True, slots=True)
class Curve:
    """How a cost grows."""

    title: str
    across: str
    """What the horizontal axis counts."""
    up: str
    """What the vertical axis counts."""
    points: tuple[tuple[float, float], ...]
    """In order."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one benchmark gives."""

    figures: tuple[Figure, ...]
    curve: Curve | None = None
    remarks: tuple[str, ...] = ()
    """Further lines to print, kept nowhere."""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured, as it is kept in `results.json`."""

    machine: str
    """What it was measured on and with, in a line."""
    benchmarks: dict[str, Measured]
    """By the benchmark's name, in the order in which they are shown."""
