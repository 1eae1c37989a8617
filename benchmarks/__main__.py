"""`python -m benchmarks [--write] [NAME...]`: measure, print beside the last committed results, keep.

`--write` keeps what was measured: in `results.json`, in `docs/performance.md` between its markers, and as the
picture beside that page. What is measured stands in the modules, one for each benchmark.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from benchmarks import (
    backfill,
    growth,
    history,
    linear,
    many_watches,
    pages,
    picture,
    processes,
    queries,
    report,
    start_up,
    whole_copy,
)
from benchmarks.figures import Measured, Results
from benchmarks.ten_years import TenYears

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS: dict[str, Callable[[], Measured]] = {
    "sync": processes.measure,
    "start-up": start_up.measure,
    "backfill": backfill.measure,
    "check": pages.measure,
    "linear": linear.measure,
    "whole-copy": whole_copy.measure,
    "many-watches": many_watches.measure,
    "history": history.measure,
}
AFTER_TEN_YEARS: dict[str, Callable[[TenYears], Measured]] = {
    "growth": growth.measure,
    "queries": queries.measure,
}
NAMES = (*BENCHMARKS, *AFTER_TEN_YEARS)
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "growth.svg"


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, against floors.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"by default all: {', '.join(NAMES)}")
    parser.add_argument(
        "--write", action="store_true", help="keep the results, the page's table, the picture"
    )
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(NAMES)}")
    last = committed()
    began = time.monotonic()
    print(*report.HEAD, sep="\n", flush=True)
    done: dict[str, Measured] = {}
    for name, measured in measure(given.names or NAMES):
        done[name] = measured
        print(*report.rows(measured.figures, report.ratios(last)), sep="\n", flush=True)
    for measured in done.values():
        if measured.remarks:
            print("", *measured.remarks, sep="\n")
    results = Results(machine(), done)
    print(
        f"\n{report.verdict(report.all_figures(results))} {time.monotonic() - began:.0f} s, {results.machine}"
    )
    if given.write:
        keep(results)


def measure(names: tuple[str, ...] | list[str]) -> Iterator[tuple[str, Measured]]:
    """Run the benchmarks of these names; ten years are simulated while the others are measured."""
    with ExitStack() as stack:
        later = [name for name in AFTER_TEN_YEARS if name in names]
        ten_years = stack.enter_context(TenYears()) if later else None
        for name, benchmark in BENCHMARKS.items():
            if name in names:
                yield name, benchmark()
        if ten_years:
            for name in later:
                yield name, AFTER_TEN_YEARS[name](ten_years)


def keep(results: Results) -> None:
    """Write all three; a benchmark that was not run keeps its last results."""
    kept = {**_written().benchmarks, **results.benchmarks}
    results = Results(results.machine, {name: kept[name] for name in NAMES if name in kept})
    RESULTS.write_text(report.to_json(results), "utf-8")
    results = _written()
    PAGE.write_text(on_page(PAGE.read_text("utf-8"), results), "utf-8")
    curves = [measured.curve for measured in results.benchmarks.values() if measured.curve]
    PICTURE.write_text(picture.picture(curves), "utf-8")


def on_page(page: str, results: Results) -> str:
    """The page with the table of these results."""
    figures = report.all_figures(results)
    said = f"Measured with {results.machine}. {report.verdict(figures)}"
    lines = ["", said, "", *report.table(figures), ""]
    return report.between(page, "figures", lines)


def committed() -> Results:
    """The results of the last commit; those on disk where there is no git to ask."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:{RESULTS.relative_to(ROOT)}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return report.from_json(shown.stdout) if shown.returncode == 0 else _written()


def machine() -> str:
    """What this is measured on and with."""
    libraries = [f"{name} {version(name)}" for name in ("SQLAlchemy", "requests", "lxml")]
    parts = (
        f"{os.cpu_count()} cores",
        f"{platform.system()} on {platform.machine()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *libraries,
        f"{datetime.now(UTC):%Y-%m-%d}",
    )
    return ", ".join(parts)


def _written() -> Results:
    return report.from_json(RESULTS.read_text("utf-8")) if RESULTS.exists() else Results("", {})


if __name__ == "__main__":
    main()
