"""How a first sync grows with the records of its registry: in a line.

In this process, without its start. The floor of a thousand records is a thousand of a smaller registry.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from builders import document, row

from benchmarks.figures import Curve, Figure, Measured, Unit
from benchmarks.measure import Cost, timed
from benchmarks.past import new_database
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.watches import CLOSE_CODES, Watch

SIZES = (1_000, 10_000, 20_000, 50_000, 100_000)
ROUNDS = 3
MOST = 1.2
"""Of the ratio between a thousand records of a large registry and a thousand of a smaller one."""
AT = datetime(2026, 6, 11, tzinfo=UTC)


def measure() -> Measured:
    """A figure for each step of ten, and the curve."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = [{size: _first_sync(Path(folder), size).seconds for size in SIZES} for _ in range(ROUNDS)]
    figures = [_figure(rounds, large, small) for small, large in ((1_000, 10_000), (10_000, 100_000))]
    points = tuple((size, median(seconds[size] for seconds in rounds)) for size in SIZES)
    return Measured(tuple(figures), Curve("A first sync", "records", "CPU seconds", points))


def _figure(rounds: list[dict[int, float]], large: int, small: int) -> Figure:
    pairs = [(seconds[large] * 1000 / large, seconds[small] * 1000 / small) for seconds in rounds]
    return Figure(
        f"a first sync, per 1,000 of {large:,} records",
        f"per 1,000 of {small:,}",
        Unit.SECONDS,
        ours=median(ours for ours, _ in pairs),
        floor=median(floor for _, floor in pairs),
        ratio=median(ours / floor for ours, floor in pairs),
        most=MOST,
    )


def _first_sync(folder: Path, records: int) -> Cost:
    path = folder / f"{records}.xml"
    if not path.exists():
        rows = [row(str(value), f"Number {value}", date="2020-01-02") for value in range(records)]
        path.write_bytes(document(rows))
    file = folder / "linear.db"
    file.unlink(missing_ok=True)
    database = new_database(file)
    watch = Watch("linear", str(path), CLOSE_CODES.registry_id, bounds=(0, records), watched=None)
    settings = replace(Settings(), max_bytes=path.stat().st_size)
    return timed(lambda: sync_watches(database, Sync([watch], settings, {}), AT))
