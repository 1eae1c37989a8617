"""A database that real syncs have filled, and the program that answers from it.

    watched = Watched(tmp_path)
    watched.sync([row("3000", "Unauthorized", date="2021-09-06"), row("3001-3999", "Unassigned")])
    assert watched.run("list", "--format", "csv").out == ...

Each sync reads a file that was just written, at a time that the test gives; the documented table is a file
too. The program runs in this process, through its front door, with a clock that shows `now`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from builders import Row, document

from db.engine import Database
from db.upgrade import upgrade
from sync.audience import Audience
from sync.cli import main
from sync.news.report import SyncReport
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.watches import CLOSE_CODES, DocumentedSource, Role

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When the first sync is, unless a test says otherwise."""
NOW = datetime(2026, 1, 11, 12, tzinfo=UTC)
"""What the program's clock shows, unless a test says otherwise."""
DOCUMENTED = "first,last,name\n1000,1000,Normal\n1016,2999,\n3000,3999,\n"
"""A documented table with one code and two blocks."""

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
"""What colours a terminal."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program wrote, and how it ended."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever JSON can hold
        """The one document on standard output."""
        return json.loads(self.out)


class Watched:
    """The shipped watch, with a document and a documented table of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "watched.db"
        self.page = folder / "page.csv"
        self.in_use: list[str] = []
        """Paths of lists of codes in use."""
        self._document = folder / "document.xml"
        self._config = folder / "config.toml"
        self._config.write_text("", "utf-8")
        self.page.write_text(DOCUMENTED, "utf-8")

    @property
    def database(self) -> Database:
        """For a test that asks the database itself."""
        return Database.open(str(self.path))

    def sync(
        self,
        rows: Iterable[Row] | bytes,
        *,
        at: datetime = NOON,
        updated: str = "2026-01-01",
        people: dict[str, str] | None = None,
        sources: Iterable[str] | None = None,
        channels: Iterable[str] = (),
    ) -> SyncReport:
        """Serve a document with these rows, or these very bytes, and sync with it.

        `sources` are the documented ones, instead of the one page; `channels` get every alert, and nobody
        takes what they get.
        """
        body = rows if isinstance(rows, bytes) else document(rows, updated=updated, people=people)
        self._document.write_bytes(body)
        locations = [str(self.page)] if sources is None else list(sources)
        documented = tuple(DocumentedSource(Path(where).stem, where) for where in locations)
        in_use = tuple(DocumentedSource(Path(where).stem, where, Role.IN_USE) for where in self.in_use)
        if not self.path.exists():
            self.path.write_bytes(_empty())
        database = Database.create(str(self.path))
        told = dict.fromkeys(channels, frozenset(Audience))
        watch = replace(CLOSE_CODES, mirror=str(self._document), documented=documented, in_use=in_use)
        (report,) = sync_watches(database, Sync([watch], Settings(), told), at).reports
        return report

    def fail(self, *, at: datetime) -> SyncReport:
        """A sync that can't reach the document."""
        absent = str(self._document.with_name("absent.xml"))
        watch = replace(
            CLOSE_CODES, mirror=absent, documented=(DocumentedSource(self.page.stem, str(self.page)),)
        )
        (report,) = sync_watches(self.database, Sync([watch], Settings(), {}), at).reports
        return report

    def run(self, *args: str, now: datetime = NOW) -> Answer:
        """Run the program with a pipe for its output."""
        out, err = _pipe(), _pipe()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = self._main(args, now)
        return Answer(code, _text(out), _text(err))

    def on_terminal(self, *args: str, columns: int, now: datetime = NOW) -> list[str]:
        """Run the program at a terminal so many cells wide; the lines that it shows, without their colour."""
        shown = self.on_colour_terminal(*args, columns=columns, now=now)
        return [line.rstrip() for line in ESCAPES.sub("", shown).rstrip().split("\r\n")]

    def on_colour_terminal(
        self, *args: str, columns: int, now: datetime = NOW, environment: Mapping[str, str] | None = None
    ) -> str:
        """The same, with every escape sequence that the terminal gets; `environment` is set for the run."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
                patch.delenv(name, raising=False)
            for name, value in {
                "TERM": "xterm-256color",
                "COLUMNS": str(columns),
                **(environment or {}),
            }.items():
                patch.setenv(name, value)
            with _terminal() as shown, contextlib.redirect_stderr(_pipe()):
                self._main(args, now)
        return "".join(shown)

    def _main(self, args: tuple[str, ...], now: datetime) -> int:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("IANAWATCH_")]:
                patch.delenv(name)
            try:
                main(["--database", str(self.path), "--config", str(self._config), *args], clock=lambda: now)
            except SystemExit as e:
                return int(e.code or 0)


@cache
def _empty() -> bytes:
    """An empty database as the migrations make it: once, since that takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        upgrade(Database.create(str(path)))
        return path.read_bytes()


def _pipe() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8")


def _text(pipe: io.TextIOWrapper) -> str:
    pipe.flush()
    buffer = pipe.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


@contextlib.contextmanager
def _terminal() -> Iterator[list[str]]:
    """Standard output is a terminal; what it was given is in the list afterwards."""
    ours, theirs = os.openpty()
    got: list[bytes] = []

    def read() -> None:
        # The kernel says that nobody is left to write by an error.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65536):
                got.append(part)

    reader = threading.Thread(target=read)
    reader.start()
    shown: list[str] = []
    try:
        with os.fdopen(theirs, "w", encoding="utf-8") as stream, contextlib.redirect_stdout(stream):
            yield shown
    finally:
        reader.join()
        os.close(ours)
        shown.append(b"".join(got).decode())
