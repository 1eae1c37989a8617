"""What is asked of a database after ten years of hourly runs, against a fresh one with the same registry.

Each question twice: as the whole process that a person starts, and as the query alone, in this process.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from benchmarks.figures import Figure, Measured
from benchmarks.measure import Cost, by_turns, cpu, program, timed
from benchmarks.ten_years import TenYears
from db import queries
from db.code_queries import code_facts
from db.engine import Database
from sync.watches import CLOSE_CODES

Query = Callable[[Connection, str], object]
QUESTIONS: dict[tuple[str, ...], Query] = {
    ("list",): queries.codes,
    ("show", "3000"): lambda connection, watch: code_facts(connection, watch, 3000),
    ("history",): queries.history,
}
REPETITIONS = 50
"""Of a query that takes a millisecond or two."""
MOST = 1.2
FRESH = "on a fresh database"


def measure(ten_years: TenYears) -> Measured:
    """Two figures for each question."""
    old, fresh = ten_years.databases()
    figures: list[Figure] = []
    for command, query in QUESTIONS.items():
        name = f"`{' '.join(command)}` after ten years"
        processes = by_turns(_asked(old, command), _asked(fresh, command))
        alone = by_turns(_queried(old, query), _queried(fresh, query))
        figures.append(cpu(name, FRESH, processes, MOST))
        figures.append(cpu(f"{name}, {REPETITIONS} queries alone", FRESH, alone, MOST))
    return Measured(tuple(figures))


def _asked(database: Path, command: tuple[str, ...]) -> Callable[[], Cost]:
    return lambda: program("--database", str(database), *command, home=database.parent)


def _queried(database: Path, query: Query) -> Callable[[], Cost]:
    def ask() -> None:
        with Database.open(str(database)).read() as connection:
            for _ in range(REPETITIONS):
                query(connection, CLOSE_CODES.name)

    return lambda: timed(ask)
