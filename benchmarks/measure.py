"""Two sides of a ratio, run by turns.

CPU time is compared, user and system, since a shared machine's clock tells more of its other guests. Each
pair gives a ratio, and the median of the ratios counts: what slows the machine down slows both sides.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, Unit

ROUNDS = int(os.environ.get("IANAWATCH_BENCH_ROUNDS", "15"))
"""Pairs of what takes less than a second."""
FEW = max(1, ROUNDS // 3)
"""Pairs of what takes longer."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took."""

    seconds: float
    """CPU time, user and system."""
    peak: int = 0
    """Bytes resident at the most; of processes only."""


FLOORS = Path(__file__).parent / "floors"
"""The scripts that are the floors of whole processes."""
PARTS = Path(__file__).parent / "parts"
LAUNCHER = Path(__file__).parent / "launch.py"
PROGRAM = str(Path(sys.executable).parent / "ianawatch")
Side = Callable[[], Cost]
Pairs = Sequence[tuple[Cost, Cost]]


def program(*arguments: str, home: Path) -> Cost:
    """Run ianawatch."""
    return run([PROGRAM, *arguments], home)


def floor(script: str, *arguments: str, home: Path) -> Cost:
    """Run the script of this name in `floors/`."""
    return run([sys.executable, str(FLOORS / f"{script}.py"), *arguments], home)


def part(script: str, *arguments: str, home: Path) -> Cost:
    """Run the script of this name in `parts/`: what a piece of the program takes by itself."""
    return run([sys.executable, str(PARTS / f"{script}.py"), *arguments], home)


def run(command: Sequence[str], home: Path) -> Cost:
    """Run a process to its end, in an empty environment; its standard output goes nowhere.

    Raises SystemExit when it fails.
    """
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    launched = subprocess.run(
        [sys.executable, "-S", str(LAUNCHER), *command], env=environment, stdout=subprocess.PIPE, check=True
    )
    status, seconds, resident = launched.stdout.split()
    if status != b"0":
        raise SystemExit(f"{' '.join(command)[:500]}: exit status {status.decode()}")
    return Cost(float(seconds), int(resident))


def timed(work: Callable[[], object]) -> Cost:
    """What a call takes in this process, with what earlier calls left behind out of the way."""
    gc.collect()
    began = time.process_time()
    work()
    return Cost(time.process_time() - began)


def by_turns(ours: Side, floor: Side, rounds: int = ROUNDS) -> Pairs:
    """Run both by turns; once each beforehand, so that neither pays for a cold cache."""
    ours()
    floor()
    return [(ours(), floor()) for _ in range(rounds)]


def cpu(name: str, against: str, pairs: Pairs, most: float | None = None) -> Figure:
    """The CPU time of both sides."""
    return _figure(name, against, Unit.SECONDS, [(a.seconds, b.seconds) for a, b in pairs], most)


def peak(name: str, against: str, pairs: Pairs, most: float | None = None) -> Figure:
    """The memory of both sides, at its most."""
    return _figure(name, against, Unit.BYTES, [(a.peak, b.peak) for a, b in pairs], most)


def _figure(
    name: str, against: str, unit: Unit, pairs: Sequence[tuple[float, float]], most: float | None
) -> Figure:
    return Figure(
        name,
        against,
        unit,
        ours=median(a for a, _ in pairs),
        floor=median(b for _, b in pairs),
        ratio=median(a / b for a, b in pairs),
        most=most,
    )
