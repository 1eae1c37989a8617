"""What ten years of hourly runs that found nothing new add to the database: nothing."""

from __future__ import annotations

from benchmarks.figures import Curve, Figure, Measured, Unit
from benchmarks.ten_years import RUNS, YEAR, TenYears


def measure(ten_years: TenYears) -> Measured:
    """The file's size after ten years against that after one, and how it went."""
    sizes = ten_years.sizes()
    ours, floor = sizes[RUNS], sizes[YEAR]
    figure = Figure(
        f"the database after {RUNS:,} unchanged runs",
        f"after {YEAR:,}",
        Unit.BYTES,
        ours,
        floor,
        ours / floor,
        1.0,
    )
    points = tuple((runs / YEAR, size / 1024) for runs, size in sizes.items())
    return Measured((figure,), Curve("Unchanged hourly runs", "years", "KiB of the database", points))
