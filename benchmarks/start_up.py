"""What an import costs, beside an interpreter that starts and ends: where the time of a short run goes."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.figures import Figure, Measured
from benchmarks.measure import Cost, by_turns, cpu, run

IMPORTS = ("click", "lxml.etree", "requests", "sqlalchemy", "sync.cli", "db.queries", "sync.run")


def measure() -> Measured:
    """A figure for each import."""
    return Measured(tuple(map(_figure, IMPORTS)))


def _figure(name: str) -> Figure:
    pairs = by_turns(lambda: _python(f"import {name}"), lambda: _python("pass"))
    return cpu(f"`import {name}`", "a bare interpreter", pairs)


def _python(code: str) -> Cost:
    return run([sys.executable, "-c", code], Path("/nonexistent"))
