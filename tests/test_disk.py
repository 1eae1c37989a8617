"""A disk that is full, may not be written, or damages what it holds: what is said, how it ends, what is left.

Whatever happens, the next sync on a sound disk leaves the database as if nothing had happened, or a person is
told to put a backup in its place; then it goes on from there.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import row
from databases import at_revision, break_off, files, plain_user, scripts
from forks import Forks, Job
from program import Program
from sampling import evenly, share
from whole_database import Dump, rows_and_schema

from db.upgrade import HEAD
from sync.errors import Exit

if TYPE_CHECKING:
    from conftest import Reliability
    from synced import Answer

BEFORE, FAULTY, AFTER = (f"2026-01-02T{hour:02}:00:00Z" for hour in (9, 12, 15))
"""The sync that made the database, the one on a faulty disk, and the normal one after it."""
OLD = [row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")]
NEW = [*OLD, row("3003", "Forbidden", date="2023-02-22"), row("3008", "Timeout", date="2024-02-01")]
NEWS = re.compile(r"newly registered|registered and not documented")
PAGE = 4096
ROOT = Path(__file__).resolve().parents[1]
QUICK = 5
"""Faults of a kind that are tried at once; the matrix has them all."""
DAMAGES = 1000


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as forks:
        yield forks


@dataclass(frozen=True)
class Scene:
    """What there is before a sync on a faulty disk."""

    before: Program
    """With a database, or without one."""

    def copy(self, folder: Path) -> Program:
        """The same once more."""
        folder.mkdir(exist_ok=True)
        program = Program(folder)
        if self.before.database.exists():
            shutil.copy(self.before.database, program.database)
        return program

    def sync(self, program: Program, at: str = FAULTY) -> Job:
        """A sync as cron runs it."""
        return Job(program, ("sync", "--quiet", *self.before.sources()), at)


@pytest.fixture(params=["a first sync", "a changed document"])
def scene(request: pytest.FixtureRequest, memory: Path) -> Scene:
    return made(memory, first=request.param == "a first sync")


@pytest.fixture
def changed(memory: Path) -> Scene:
    """With a database, and a document that has changed since."""
    return made(memory, first=False)


def made(folder: Path, *, first: bool) -> Scene:
    (folder / "before").mkdir()
    program = Program(folder / "before")
    if not first:
        program.serve(OLD, updated="2026-01-01")
        assert program.sync(at=BEFORE).exit_code == Exit.DONE
    program.serve(NEW, updated="2026-01-02")
    return Scene(program)


# -- full ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a sync on a faulty disk said, and what there is after the next."""

    said: Answer
    dump: Dump | None
    """Straight afterwards; None where there is no schema."""
    healed: Dump
    told: Counter[str]
    left_over: set[str]


def healed(scene: Scene, forks: Forks, program: Program, said: Answer) -> Outcome:
    """See what a sync on a faulty disk has left, and have a normal one after it."""
    with closing(sqlite3.connect(program.database)) as connection:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    dump = rows_and_schema(program.database) if tables else None
    answer = forks.run(scene.sync(program, AFTER))
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    told = Counter(line for line in (said.out + answer.out).splitlines() if NEWS.search(line))
    left_over = {path.name for path in program.folder.iterdir()} - {"ianawatch.db", "page.csv"}
    return Outcome(said, dump, rows_and_schema(program.database), told, left_over)


def judge(name: str, scene: Scene, forks: Forks, outcomes: list[Outcome], reliability: Reliability) -> None:
    """Compare with what there is where the disk was sound."""
    folder = scene.before.folder
    both, alone = scene.copy(folder / "both"), scene.copy(folder / "alone")
    sound = forks.run(scene.sync(both))
    after = rows_and_schema(both.database)
    for program in (both, alone):
        forks.run(scene.sync(program, AFTER))
    right = [rows_and_schema(program.database) for program in (both, alone)]
    empty = scene.copy(folder / "empty") if not scene.before.database.exists() else scene.before
    before = rows_and_schema(empty.database) if empty.database.exists() else None
    told = Counter(line for line in sound.out.splitlines() if NEWS.search(line))
    failed = [one for one in outcomes if one.said.exit_code]
    lost = sum(bool(told - one.told) for one in outcomes)
    doubled = sum(bool(one.told - told) for one in outcomes)
    reliability(
        name,
        tried=len(outcomes),
        failed=len(failed),
        lost=lost,
        doubled=doubled,
        another_database=sum(one.healed not in right for one in outcomes),
    )
    assert told
    assert failed
    assert (lost, doubled) == (0, 0)
    for one in outcomes:
        assert one.healed in right
        assert one.left_over == set()
    for one in failed:
        assert one.said.exit_code == Exit.DATABASE, one.said
        assert re.fullmatch(r"ianawatch: .*: the database can't be used: .*room.*\n", one.said.err), one.said
        assert one.dump == before or _whole(one.dump, before, after)


def _whole(dump: Dump | None, before: Dump | None, after: Dump) -> bool:
    """Whether a transaction is there as a whole: the schema alone, or the sync without its delivery."""
    if dump is None:
        return before is None
    without = {name: rows for name, rows in dump.items() if name not in {"", "alembic_version"}}
    return dump[""] == after[""] and (
        (before is None and not any(without.values()))
        or all(rows == after[name] for name, rows in without.items() if name != "delivery")
    )


@pytest.mark.parametrize("most", [QUICK, pytest.param(400, marks=pytest.mark.matrix)])
def test_no_file_may_grow_beyond_a_size(
    most: int, scene: Scene, forks: Forks, reliability: Reliability, request: pytest.FixtureRequest
) -> None:
    """Each write that reaches beyond it fails, in the database as in its journal (RLIMIT_FSIZE)."""
    largest = scene.copy(scene.before.folder / "largest")
    forks.run(scene.sync(largest))
    sizes = range(PAGE // 8, largest.database.stat().st_size + PAGE, PAGE // 2)

    def after(size: int) -> Outcome:
        program = scene.copy(scene.before.folder / f"at-{size}")
        return healed(scene, forks, program, forks.run(scene.sync(program), longest=size))

    taken = evenly(sizes, most)
    outcomes = list(forks.each(after, taken if most == QUICK else share(taken)))
    kind = request.node.callspec.params["scene"]
    judge(f"no room beyond a size, {kind}", scene, forks, outcomes, reliability)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk in memory of so many bytes."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no right to mount a small disk here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("most", [QUICK, pytest.param(400, marks=pytest.mark.matrix)])
def test_the_disk_is_full_after_any_page(
    most: int, scene: Scene, forks: Forks, reliability: Reliability, request: pytest.FixtureRequest
) -> None:
    outcomes = []
    with small_disk(scene.before.folder / "disk", 1024 * PAGE) as disk:
        pages = evenly(range(96), most)
        for free in pages if most == QUICK else share(pages):
            program = scene.copy(disk / "home")
            filler = disk / "filler"
            room = shutil.disk_usage(disk).free // PAGE
            filler.write_bytes(b"\0" * PAGE * (room - free))
            said = forks.run(scene.sync(program))
            filler.unlink()
            outcomes.append(healed(scene, forks, program, said))
            shutil.rmtree(program.folder)
    kind = request.node.callspec.params["scene"]
    judge(f"a disk full after so many pages, {kind}", scene, forks, outcomes, reliability)


# -- may not be written ----------------------------------------------------------------------------------


@pytest.mark.parametrize("read_only", ["ianawatch.db", "."])
def test_what_may_not_be_written_can_be_read(read_only: str, changed: Scene) -> None:
    """A file, or the folder in which SQLite makes its journal."""
    database = changed.before.database.read_bytes()
    assert changed.before.here("list").exit_code == Exit.DONE  # What it imports can be read by root alone.
    with plain_user() as folder:
        program = Program(folder)
        program.database.write_bytes(database)
        program.serve(NEW, updated="2026-01-02")
        path = program.folder / read_only
        path.chmod(0o500)
        before = files(folder)
        listed = program.here("list", "--format", "csv")
        said = program.here("sync", *program.sources(), at=FAULTY)
        assert files(folder) == before
        path.chmod(0o700)
        assert program.here("sync", *program.sources(), at=AFTER).exit_code == Exit.DONE
    assert (listed.exit_code, listed.err, len(listed.out.splitlines())) == (Exit.DONE, "", 3)
    assert (said.exit_code, said.out) == (Exit.DATABASE, "")
    assert re.fullmatch(r"ianawatch: \S+: the database can't be used: .*may be written\n", said.err)


@pytest.mark.usefixtures("changed")
def test_a_folder_that_is_missing_is_made_where_it_can_be() -> None:
    with plain_user() as folder:
        program = Program(folder)
        program.serve(NEW)
        database = folder / "share" / "codes.db"
        sync = ["--database", str(database), "sync", *program.sources()]
        folder.chmod(0o500)
        said = program.here(*sync)
        asked = program.here("--database", str(database), "list")
        folder.chmod(0o700)
        assert program.here(*sync).exit_code == Exit.DONE
        assert database.exists()
    assert (said.exit_code, said.out) == (Exit.CANNOT_CREATE, "")
    assert said.err.endswith(
        ": it can't be created: Permission denied; choose another place with --database\n"
    )
    assert (asked.exit_code, asked.out) == (Exit.DATABASE, "")
    assert "`ianawatch sync` makes it" in asked.err


# -- not what it should be -------------------------------------------------------------------------------


def test_a_file_of_no_bytes_is_a_new_database(memory: Path, forks: Forks) -> None:
    scene = made(memory, first=True)
    program, none = scene.copy(memory / "empty"), scene.copy(memory / "none")
    program.database.touch()
    asked = forks.run(Job(program, ("list",)))
    assert (asked.exit_code, asked.out) == (Exit.DATABASE, "")
    assert asked.err.endswith("the database is empty; `ianawatch sync` fills it\n")
    assert forks.run(scene.sync(program)) == forks.run(scene.sync(none))
    assert rows_and_schema(program.database) == rows_and_schema(none.database)


def refused(
    scene: Scene, forks: Forks, program: Program, says: str, *, commands: tuple[str, ...] = ("sync", "check")
) -> None:
    """A database is refused as it is; with the good one in its place all goes on."""
    before = files(program.folder)
    runs = {
        "sync": scene.sync(program),
        "check": Job(program, ("database", "check")),
        "backup": Job(program, ("database", "backup", "copy.db")),
        "upgrade": Job(program, ("database", "upgrade")),
    }
    for command in commands:
        answer = forks.run(runs[command])
        assert (answer.exit_code, answer.out) == (Exit.DATABASE, ""), (command, answer)
        assert re.fullmatch(rf"ianawatch: \S+: .*{says}.*\n", answer.err), (command, answer)
        assert files(program.folder) == before, command
    shutil.copy(scene.before.database, program.database)
    assert forks.run(scene.sync(program, AFTER)).exit_code == Exit.DONE


def test_what_is_no_database_of_ours(changed: Scene, forks: Forks, memory: Path) -> None:
    program = changed.copy(memory / "letter")
    program.database.write_text("Dear Ann,\n" * 500, "utf-8")
    refused(changed, forks, program, "not a database; choose another file", commands=("sync", "backup"))
    program.database.unlink()
    change(program.database, "CREATE TABLE recipe (name)")
    refused(changed, forks, program, "belongs to another program; choose another file")


def test_a_database_of_a_newer_version(changed: Scene, forks: Forks, memory: Path) -> None:
    program = changed.copy(memory / "newer")
    change(program.database, "UPDATE alembic_version SET version_num = '9999'")
    refused(changed, forks, program, "a newer ianawatch .*; upgrade the program")


EARLIER = [script.revision for script in scripts().walk_revisions() if script.revision != HEAD]


@pytest.mark.parametrize("revision", EARLIER)
def test_an_upgrade_that_fails_halfway(revision: str, changed: Scene, forks: Forks, memory: Path) -> None:
    """Something of somebody else's has the name of a thing that the last migration makes."""
    program = changed.copy(memory / "old")
    program.database.unlink()
    at_revision(program.database, revision)
    change(program.database, "CREATE VIEW history AS SELECT 1")
    says = "the schema can't be upgraded: .*history already exists; nothing was changed: "
    refused(changed, forks, program, says, commands=("sync", "upgrade"))
    at_revision(program.database.with_name("again.db"), revision).path.replace(program.database)  # type: ignore[union-attr]
    assert forks.run(changed.sync(program)).exit_code == Exit.DONE
    assert forks.run(Job(program, ("database", "check"))).exit_code == Exit.DONE


@pytest.mark.parametrize("most", [QUICK, pytest.param(400, marks=pytest.mark.matrix)])
def test_one_that_is_cut_short(
    most: int, changed: Scene, forks: Forks, memory: Path, reliability: Reliability
) -> None:
    whole = changed.before.database.read_bytes()
    lengths = sorted({1, 100, len(whole) - 1, *range(PAGE // 8, len(whole), PAGE)})

    def after(length: int) -> int:
        program = changed.copy(memory / f"cut-{length}")
        program.database.write_bytes(whole[:length])
        refused(changed, forks, program, "(put a backup in its place|this is no database)")
        shutil.rmtree(program.folder)
        return length

    taken = evenly(lengths, most)
    tried = list(forks.each(after, taken if most == QUICK else share(taken)))
    reliability("cut short", tried=len(tried), refused=len(tried), written_into=0)


# -- damaged ---------------------------------------------------------------------------------------------


SWAPPED = 653
"""Two pages that have changed places, in which SQLite's quick_check finds no fault."""


def damaged(whole: bytes, number: int) -> bytes:
    """With a page in the middle, a part of one, or some bits of one, that are not what they were."""
    drawn = random.Random(number)  # noqa: S311  # spreads tests, guards nothing
    body = bytearray(whole)
    page = drawn.randrange(1, len(whole) // PAGE) * PAGE
    match number % 5:
        case 0:
            body[page : page + PAGE] = drawn.randbytes(PAGE)
        case 1:
            body[page : page + PAGE] = bytes(PAGE)
        case 2:
            start = page + drawn.randrange(8) * 512
            body[start : start + 512] = drawn.randbytes(512)
        case 3:
            other = drawn.randrange(1, len(whole) // PAGE) * PAGE
            body[page : page + PAGE], body[other : other + PAGE] = (
                body[other : other + PAGE],
                body[page : page + PAGE],
            )
        case _:
            for _ in range(8):
                body[page + drawn.randrange(PAGE)] ^= 1 << drawn.randrange(8)
    return bytes(body)


@dataclass(frozen=True)
class Damage:
    """A damage, and the sync that meets it."""

    number: int
    broken: bool
    """Whether SQLite's quick_check finds fault with it."""
    untouched: bool
    answer: Answer


@pytest.mark.parametrize("most", [4 * QUICK, pytest.param(DAMAGES, marks=pytest.mark.matrix)])
def test_one_with_a_damage_in_the_middle(
    most: int, changed: Scene, forks: Forks, memory: Path, reliability: Reliability
) -> None:
    """Nothing is written into a file that is broken; the rest goes on, or is refused."""
    whole = changed.before.database.read_bytes()

    def after(number: int) -> Damage:
        program = changed.copy(memory / f"damaged-{number}")
        program.database.write_bytes(damaged(whole, number))
        broken = not sound(program.database)
        before = files(program.folder)
        answer = forks.run(changed.sync(program))
        found = Damage(number, broken, files(program.folder) == before, answer)
        shutil.rmtree(program.folder)
        return found

    taken = [*range(most), SWAPPED] if most == 4 * QUICK else share(range(most))
    tried = list(forks.each(after, taken))
    broken = [one for one in tried if one.broken]
    refused = [one for one in tried if one.answer.exit_code == Exit.DATABASE]
    reliability(
        "damaged in the middle",
        tried=len(tried),
        broken=len(broken),
        refused=len(refused),
        written_into_a_broken_one=sum(not one.untouched for one in broken),
        went_on=sum(one.answer.exit_code == Exit.DONE for one in tried),
    )
    assert [one for one in broken if not one.untouched] == []
    assert [one for one in broken if one not in refused] == []
    # Two pages that have changed places may make a watch of another registry.
    stopped = [one for one in tried if one.answer.exit_code in {Exit.DATABASE, Exit.CONFIGURATION}]
    assert [one for one in stopped if not one.untouched] == []
    assert [one for one in tried if one not in stopped and one.answer.exit_code] == []
    for one in refused:
        assert re.fullmatch(r"ianawatch: \S+: the database .*; .*\(docs/operating\.md\)\n", one.answer.err), (
            one
        )


def sound(path: Path) -> bool:
    """Whether SQLite finds no fault with a file."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            return connection.execute("PRAGMA quick_check").fetchall() == [(b"ok",)]
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        # The second when SQLite's message cites what is no text any more.
        return False


# -- back up and restore ---------------------------------------------------------------------------------


def test_a_backup_is_restored_as_the_documentation_says(changed: Scene, memory: Path) -> None:
    """What is in its place has broken off halfway: its journal must not be taken for the backup's."""
    program = changed.copy(memory / "restored")
    program.database = program.folder / ".local" / "share" / "ianawatch" / "ianawatch.db"
    program.database.parent.mkdir(parents=True)
    shutil.copy(changed.before.database, program.database)
    saved = program.folder / "backups" / "ianawatch.db"
    assert program.run("database", "backup", str(saved)).exit_code == Exit.DONE
    assert rows_and_schema(saved) == rows_and_schema(program.database)
    assert program.run("sync", *changed.before.sources()).exit_code == Exit.DONE
    break_off(program.database)

    operating = (ROOT / "docs" / "operating.md").read_text("utf-8")
    _, _, restoring = operating.partition("\n## Restore\n")
    steps = re.findall(r"^\$ (.*)$", restoring.partition("\n## ")[0], re.MULTILINE)
    steps = steps[: steps.index("ianawatch database check") + 1]
    environment = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euc", "\n".join(steps)],
        cwd=program.folder,
        env=program.environment({**environment, "IANAWATCH_DATABASE": ""}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{program.database}: no damage found; the schema is {HEAD}\n"
    assert rows_and_schema(program.database) == rows_and_schema(saved)


def change(path: Path, statement: str) -> None:
    """As a person does with the `sqlite3` shell."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
