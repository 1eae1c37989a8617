"""A database after ten years of hourly runs that found nothing new, and a fresh one beside it.

It holds what was seen from 2015 to 2026, and then 87,600 runs an hour apart. Each is a whole sync with its
transactions; only the network is left out: a 304 is what comes back from `observe`. That takes minutes, so it
is done by a process of its own, while this one measures other things.

    python -m benchmarks.ten_years FOLDER [RUNS]
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Self
from unittest.mock import patch

from live_syncs import LiveSyncs

from benchmarks.past import folder_in_memory, new_database, observed
from sync import observe
from sync.observe import StillServed

YEAR = 8_760
"""Runs of a year."""
RUNS = 10 * YEAR
_STEP = YEAR // 10
_ROOT = Path(__file__).resolve().parents[1]


class TenYears:
    """The process that simulates them, and the folder it works in; both are gone after the `with`."""

    def __enter__(self) -> Self:
        """Starts the process."""
        self._folder = folder_in_memory()
        environment = {**os.environ, "PYTHONPATH": str(_ROOT / "tests")}
        command = [sys.executable, "-m", "benchmarks.ten_years", self._folder.name]
        self._process = subprocess.Popen(command, cwd=_ROOT, env=environment)
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it, if it has not ended."""
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def sizes(self) -> dict[int, int]:
        """Bytes of the file by the number of runs, from 0; waits for the end.

        Raises SystemExit when the process failed.
        """
        if code := self._process.wait():
            raise SystemExit(f"benchmarks.ten_years: exit status {code}")
        kept = json.loads((self._path / "sizes.json").read_text("utf-8"))
        return {int(runs): size for runs, size in kept.items()}

    def databases(self) -> tuple[Path, Path]:
        """The database after ten years and the fresh one; waits for the end."""
        self.sizes()
        return self._path / "old.db", self._path / "fresh.db"

    @property
    def _path(self) -> Path:
        return Path(self._folder.name)


def simulate(folder: Path, runs: int = RUNS) -> None:
    """Make both databases in the folder, and `sizes.json`."""
    *_, last = seen = observed()
    LiveSyncs(new_database(folder / "fresh.db"), folder).sees(last.body, last.at)
    path = folder / "old.db"
    live = LiveSyncs(new_database(path), folder)
    live.backfills([one.past for one in seen], last.at)
    live.sees(last.body, last.at)
    sizes = {0: path.stat().st_size}
    unchanged = StillServed(live.watch.document, hashlib.sha256(last.body).hexdigest())
    with patch.object(observe, "observe", lambda *_, **__: unchanged):
        for run in range(1, runs + 1):
            live.sees(last.body, last.at + timedelta(hours=run))
            if run % _STEP == 0:
                sizes[run] = path.stat().st_size
    counted = _counted(live)
    if counted != runs + 1:
        raise SystemExit(f"the database counts {counted} runs, not {runs + 1}")
    (folder / "sizes.json").write_text(json.dumps(sizes), "utf-8")


def _counted(live: LiveSyncs) -> int:
    with live.database.read() as connection:
        (count,) = connection.exec_driver_sql("SELECT sum(count) FROM run").one()
        return int(count)


if __name__ == "__main__":
    simulate(Path(sys.argv[1]), *map(int, sys.argv[2:]))
