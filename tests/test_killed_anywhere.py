"""Killed anywhere, a sync loses nothing: the next one leaves the database as if nothing had happened.

A tracer kills the process (SIGKILL) before it executes the n-th line of `sync/`, `db/` or `migrations/`; then
comes a normal sync, three hours later. What the database holds then is either what it holds where the first
sync was not disturbed, or what it holds where there was none: never anything between.
"""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import document, row
from databases import at_revision, files, scripts
from forks import Forks, Job
from loopback import LoopbackServer
from program import Program
from sampling import evenly, share
from synced import Answer
from whole_database import Dump, rows_and_schema

from db.upgrade import HEAD
from sync.errors import Exit

if TYPE_CHECKING:
    from conftest import Reliability

BEFORE, BROKEN_OFF, AFTER = (f"2026-01-02T{hour:02}:00:00Z" for hour in (9, 12, 15))
"""The sync that made the database, the one that is killed, and the normal one after it."""
DOCUMENT = "/codes.xml"
OLD = [row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")]
NEW = [*OLD, row("3003", "Forbidden", date="2023-02-22"), row("3008", "Timeout", date="2024-02-01")]
EARLIER = [script.revision for script in scripts().walk_revisions() if script.revision != HEAD]
CHANNEL = """[channels.script]
exec = ["sh", "-c", 'printf "%s\\n" "$(cat)" >> letters']
"""
QUICK, POINTS = 4, 512
"""Moments that are tried: at once, and in the matrix."""


@dataclass(frozen=True)
class Scene:
    """What there is before a sync that is killed."""

    name: str
    folder: Path
    """With the database, if there is one, as `ianawatch.db`."""
    url: str
    """Where the document is served."""
    revision: str | None = None
    """Of the schema; None where there is no database."""
    channel: bool = False
    """Whether letters go to a command, instead of to standard output."""

    def copy(self, name: str) -> Program:
        """The same once more, to have something happen in it."""
        program = Program(_made(self.folder.with_name(name)))
        if self.revision:
            shutil.copy(self.folder / program.database.name, program.database)
        return program

    def sync(self, program: Program, at: str) -> Job:
        """A sync as cron runs it."""
        config = ["--config", str(self.folder / "config.toml")] if self.channel else []
        page = str(self.folder / "page.csv")
        return Job(program, (*config, "sync", "--quiet", "--source", self.url, "--documented", page), at)

    def accepted(self, program: Program, *answers: Answer) -> Counter[str]:
        """How often each letter, or each printed line of news, was accepted."""
        if not self.channel:
            return Counter(line for answer in answers for line in answer.out.splitlines())
        taken = program.folder / "letters"
        lines = taken.read_text("utf-8").splitlines() if taken.exists() else []
        return Counter(json.loads(line)["id"] for line in lines)


@dataclass(frozen=True)
class Ending:
    """What there is after the sync that was killed, and the normal one after it."""

    place: str
    """Where it was killed; empty if it ended before."""
    dump: Dump
    accepted: Counter[str]
    unmarked: Counter[str]
    """What was accepted when the process died, with nothing in the database that says so."""
    wrong: tuple[str, ...]
    """What else is not as it should be."""


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


@pytest.fixture(params=["a first sync", "a changed document", "a delivery", *EARLIER])
def scene(request: pytest.FixtureRequest, memory: Path, forks: Forks) -> Iterator[Scene]:
    """Each sync that may be killed; a number is the schema that it upgrades."""
    kind: str = request.param
    program = Program(folder := _made(memory / "before"))
    (folder / "config.toml").write_text(CHANNEL, "utf-8")
    with LoopbackServer() as server:
        url = server.url(DOCUMENT)
        first = Scene(kind, folder, url)
        if kind != "a first sync":
            server.put(DOCUMENT, document(OLD, updated="2026-01-01"), etag='"old"')
            assert forks.run(first.sync(program, BEFORE)).exit_code == Exit.DONE
            if kind in EARLIER:
                _set_back(program.database, kind)
        server.put(DOCUMENT, document(NEW, updated="2026-01-02"), etag='"new"')
        revision = {"a first sync": None}.get(kind, kind if kind in EARLIER else HEAD)
        name = f"an upgrade from {kind}" if kind in EARLIER else kind
        yield Scene(name, folder, url, revision, channel=kind == "a delivery")


def _set_back(path: Path, revision: str) -> None:
    """Have a database with the same rows and an earlier schema."""
    newest = path.rename(path.with_name("newest.db"))
    at_revision(path, revision)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS newest", (str(newest),))
        tables = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
        for (table,) in connection.execute(tables).fetchall():
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM newest.{table}")  # noqa: S608  # ours
        connection.commit()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


# -- what happens ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Undisturbed:
    """Two syncs in which nothing happens."""

    lines: int
    """How many the first executes."""
    states: list[Path]
    """What a SIGKILL before each of them leaves: a folder for each that differs."""
    right: tuple[Dump, Dump]
    """What the database holds after both, and after the second alone."""
    told: Counter[str]


@pytest.mark.parametrize("most", [QUICK, pytest.param(POINTS, marks=pytest.mark.matrix)])
def test_what_any_line_leaves_behind_is_taken_up(
    most: int, scene: Scene, forks: Forks, reliability: Reliability
) -> None:
    """Every line: what a SIGKILL there leaves is what has been written by then, and few lines write."""
    undisturbed = _undisturbed(scene, forks)
    assert QUICK < len(undisturbed.states) < POINTS

    def after(state: Path) -> Ending:
        program = scene.copy(f"after-{state.name}")
        shutil.copytree(state, program.folder, dirs_exist_ok=True)
        place, out = (program.folder / name for name in ("place", "out"))
        answer = Answer(-signal.SIGKILL, out.read_text("utf-8"), place.read_text("utf-8"))
        for path in (place, out):
            path.unlink()
        return _ending(scene, forks, program, answer)

    endings = list(forks.each(after, evenly(undisturbed.states, most)))
    _judge(f"{scene.name}, every line", undisturbed, endings, reliability)


@pytest.mark.parametrize("most", [QUICK, pytest.param(POINTS, marks=pytest.mark.matrix)])
def test_killed(most: int, scene: Scene, forks: Forks, reliability: Reliability) -> None:
    """SIGKILL at lines that are spread evenly over the run.

    What several leave alike, to the byte, is taken up once.
    """
    undisturbed = _undisturbed(scene, forks)
    taken_up: dict[tuple[str, frozenset[tuple[str, bytes]]], Ending] = {}

    def after(number: int) -> Ending:
        program = scene.copy(f"killed-{number}")
        answer = forks.run(scene.sync(program, BROKEN_OFF), kill_at=number)
        left = answer.out, frozenset(files(program.folder).items())
        if left in taken_up:
            shutil.rmtree(program.folder)
            return replace(taken_up[left], place=answer.err.strip())
        taken_up[left] = _ending(scene, forks, program, answer)
        return taken_up[left]

    points = evenly(range(1, undisturbed.lines + 1), most)
    endings = list(forks.each(after, share(points) if most == POINTS else points))
    _judge(f"{scene.name}, SIGKILL", undisturbed, endings, reliability)


def _undisturbed(scene: Scene, forks: Forks) -> Undisturbed:
    album = _made(scene.folder.with_name("album"))
    program, alone = scene.copy("undisturbed"), scene.copy("alone")
    first, lines = forks.lines(scene.sync(program, BROKEN_OFF), album)
    for late in (program, alone):
        told = scene.accepted(program, first)
        answer = forks.run(scene.sync(late, AFTER))
        assert (first.exit_code, answer.exit_code, answer.err) == (Exit.DONE, Exit.DONE, "")
    assert told
    assert set(told.values()) == {1}
    return Undisturbed(
        lines=lines,
        states=sorted(album.iterdir()),
        right=(rows_and_schema(program.database), rows_and_schema(alone.database)),
        told=told,
    )


def _ending(scene: Scene, forks: Forks, program: Program, killed: Answer) -> Ending:
    """Have a normal sync after one that was killed, and see what there is then."""
    early = scene.accepted(program, killed)
    unmarked = early if _waiting(program) else Counter[str]()
    answer = forks.run(scene.sync(program, AFTER))
    wrong = []
    if (answer.exit_code, answer.err) != (Exit.DONE, ""):
        wrong.append(f"the next sync ended with {answer.exit_code}: {answer.err}")
    backups = set(program.folder.glob("*.backup"))
    wrong += [f"{saved.name} is no whole database" for saved in backups if not _same(scene, saved)]
    expected = {program.database, program.page, program.folder / "letters", *backups}
    wrong += [f"{path.name} was left" for path in program.folder.iterdir() if path not in expected]
    ending = Ending(
        killed.err.strip() if killed.exit_code == -signal.SIGKILL else "",
        rows_and_schema(program.database),
        scene.accepted(program, killed, answer),
        unmarked,
        tuple(wrong),
    )
    shutil.rmtree(program.folder)
    return ending


def _judge(name: str, undisturbed: Undisturbed, endings: list[Ending], reliability: Reliability) -> None:
    told = undisturbed.told
    lost = [e.place for e in endings if told - e.accepted]
    repeated = [e.place for e in endings if e.accepted - told]
    without_need = [e.place for e in endings if e.accepted - told - e.unmarked]
    different = [e.place for e in endings if e.dump not in undisturbed.right]
    reliability(
        f"killed in {name}",
        lines=undisturbed.lines,
        tried=sum(bool(e.place) for e in endings),
        lost=len(lost),
        repeated=len(repeated),
        repeated_without_need=len(without_need),
        another_database=len(different),
    )
    assert [(e.place, *e.wrong) for e in endings if e.wrong] == []
    assert (lost, without_need, different) == ([], [], [])


def _waiting(program: Program) -> bool:
    """Whether a delivery waits: asked of a copy, since asking may set right what a broken-off run left."""
    copy = program.folder.with_name(f"{program.folder.name}-copy")
    shutil.copytree(program.folder, copy)
    with closing(sqlite3.connect(copy / program.database.name)) as connection:
        there = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'delivery'").fetchone()
        waiting = "SELECT count(*) FROM delivery WHERE state = 'waiting'"
        found = bool(there != (0,) and connection.execute(waiting).fetchone() != (0,))
    shutil.rmtree(copy)
    return found


def _same(scene: Scene, saved: Path) -> bool:
    """Whether a backup is whole, and what the database was."""
    with closing(sqlite3.connect(saved)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return sound and rows_and_schema(saved) == rows_and_schema(scene.folder / "ianawatch.db")
