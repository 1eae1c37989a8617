"""Many at once: none meets `database is locked`, and what comes of it is what one after the other would make.

Eight syncs start together, while somebody lists the codes and makes backups all the time.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import struct
import termios
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from builders import Row, row
from databases import at_revision, held_by_another, scripts
from forks import Forks, Job
from program import Program, ended
from sampling import share

from db.upgrade import HEAD
from sync.errors import Exit

if TYPE_CHECKING:
    from conftest import Reliability
    from synced import Answer

SYNCS = 8
QUICK, ROUNDS = 1, 16
"""How often eight sync a new version: at once, and in the matrix."""
EARLIER = [script.revision for script in scripts().walk_revisions() if script.revision != HEAD]
STARTS = ["no file", pytest.param("an empty file", marks=pytest.mark.matrix), *EARLIER]
"""What there is before; a number is an earlier schema."""
CHANNEL = """[channels.script]
exec = ["sh", "-c", 'printf "%s\\n" "$(cat)" >> letters']
"""
NORMAL = row("1000", "Normal Closure")


@pytest.fixture(scope="module")
def syncing() -> Iterator[Forks]:
    with Forks(SYNCS) as forks:
        yield forks


@pytest.fixture(scope="module")
def reading() -> Iterator[Forks]:
    with Forks(1) as forks:
        yield forks


@pytest.fixture
def program(memory: Path) -> Program:
    """With a command as its channel, which writes down what it gets."""
    program = Program(memory)
    (memory / "config.toml").write_text(CHANNEL, "utf-8")
    return program


def codes(count: int) -> list[Row]:
    """A registry with as many codes in the watched range."""
    return [NORMAL, *(row(str(3000 + n), f"Code {n}", date="2026-01-01") for n in range(count))]


@dataclass
class Readers:
    """Somebody who asks all the time."""

    lists: list[Answer] = field(default_factory=list)
    backups: list[Answer] = field(default_factory=list)


@contextmanager
def asked_all_the_time(program: Program, reading: Forks) -> Iterator[Readers]:
    """List codes and make backups until the block ends, one after the other."""
    readers, over = Readers(), Event()
    target = program.folder / "copy.db"

    def ask() -> None:
        while not over.is_set():
            readers.lists.append(reading.run(Job(program, ("list", "--format", "json"))))
            readers.backups.append(reading.run(Job(program, ("database", "backup", str(target)))))
            if target.exists():
                checked = reading.run(Job(program, ("--database", str(target), "database", "check")))
                readers.backups.append(checked)
                target.unlink()

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask)
        try:
            yield readers
        finally:
            over.set()
            asking.result()


def all_at_once(program: Program, syncing: Forks, at: str, *, channel: bool) -> list[Answer]:
    """Eight syncs that start together; their letters go to the channel, or are printed."""
    config = ["--config", str(program.folder / "config.toml")] if channel else []
    job = Job(program, (*config, "sync", "--quiet", *program.sources()), at)
    return list(syncing.each(lambda _: syncing.run(job), range(SYNCS)))


def letters(program: Program) -> Counter[str]:
    """How often each letter was delivered."""
    return Counter(json.loads(line)["id"] for line in (program.folder / "letters").read_text().splitlines())


@pytest.mark.parametrize("rounds", [QUICK, pytest.param(ROUNDS, marks=pytest.mark.matrix)])
def test_eight_syncs_and_a_reader(
    rounds: int, program: Program, syncing: Forks, reading: Forks, reliability: Reliability
) -> None:
    program.serve(codes(0), updated="2026-01-01")
    all_at_once(program, syncing, "2026-01-01T00:00:00Z", channel=True)
    answers: list[Answer] = []
    took = len(share(range(rounds)))
    with asked_all_the_time(program, reading) as readers:
        for number in range(1, took + 1):
            program.serve(codes(number), updated="2026-01-02")
            at = f"2026-01-02T{number // 60:02}:{number % 60:02}:00Z"
            answers += all_at_once(program, syncing, at, channel=True)

    asked = [*readers.lists, *readers.backups]
    failed = [answer for answer in (*answers, *asked) if answer.exit_code or answer.err]
    expected = {3000 + n for n in range(took)}
    registered = Counter(first for (first,) in program.ask("SELECT first FROM registration")) - Counter(
        [1000]
    )
    delivered = letters(program)
    told = len(program.ask("SELECT uid FROM message"))
    reliability(
        "eight syncs and a reader at once",
        rounds=took,
        syncs=len(answers),
        reads=len(asked),
        failed=len(failed),
        lost=len(expected - registered.keys()) + told - len(delivered),
        doubled=(registered - Counter(expected)).total() + (delivered - Counter(delivered.keys())).total(),
    )
    assert failed == []
    assert registered == Counter(expected)
    assert program.ask("SELECT count FROM observation") == [(SYNCS,)] * (took + 1)
    assert program.ask("SELECT kind, count(*) FROM alert GROUP BY 1") == [("registration", took)]
    assert program.ask("SELECT DISTINCT state, attempts FROM delivery") == [("done", 1)]
    assert (set(delivered.values()), len(delivered)) == ({1}, told)
    for answer in readers.lists:
        listed = [code["first"] for code in answer.json if code["first"] >= 3000]
        assert listed == sorted(expected)[: len(listed)]


@pytest.mark.parametrize("start", STARTS)
def test_eight_first_syncs(start: str, program: Program, syncing: Forks, reliability: Reliability) -> None:
    if start == "an empty file":
        program.database.touch()
    elif start in EARLIER:
        at_revision(program.database, start)
    program.serve(codes(2))
    answers = all_at_once(program, syncing, "2026-01-01T00:00:00Z", channel=False)
    rows = program.ask("SELECT first FROM registration ORDER BY 1")
    delivered = Counter(line for answer in answers for line in answer.out.splitlines())
    reliability(
        f"eight first syncs at once, {f'schema {start}' if start in EARLIER else start}",
        syncs=len(answers),
        lost=max(3 - len(rows), 0),
        doubled=max(len(rows) - 3, 0) + delivered.total() - len(delivered),
    )
    assert [(answer.exit_code, answer.err) for answer in answers] == [(Exit.DONE, "")] * SYNCS
    assert rows == [(1000,), (3000,), (3001,)]
    assert program.ask("SELECT kind FROM alert") == [("baseline",)]
    assert program.ask("SELECT count FROM observation") == [(SYNCS,)]
    assert set(delivered.values()) == {1}
    assert len(list(program.folder.glob("*.backup"))) == (start in EARLIER)


# -- readers and writers ---------------------------------------------------------------------------------


def test_a_sync_waits_for_the_reads_that_have_begun_and_for_no_others(program: Program) -> None:
    """Once it waits to commit it lets no further reader in: it waits as long as the last of those reads."""
    program.serve(codes(0))
    program.sync()
    program.serve(codes(1), updated="2026-01-02")
    with (
        held_by_another(program.database, "BEGIN", "SELECT count(*) FROM run") as reader,
        program.start("sync", "--quiet", *program.sources()) as sync,
    ):
        while lets_readers_in(program.database):
            assert sync.poll() is None
        with program.start("list", "--format", "json") as late:
            reader.communicate("\n")
            answer, listed = ended(sync), ended(late)
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert "3000 Code 0" in answer.out
    assert [code["first"] for code in listed.json] == [1000, 3000]


def lets_readers_in(path: Path) -> bool:
    """Whether one who does not wait can read."""
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("SELECT count(*) FROM run").fetchall()
        except sqlite3.OperationalError as e:
            if e.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
    return True


ASKING = [
    ["list"],
    ["list", "--format", "json"],
    ["list", "--at", "2026-01-02"],
    ["diff"],
    ["history"],
    ["flags"],
    ["export", "json"],
    ["export", "html"],
]


def test_whoever_reads_an_answer_slowly_delays_nobody(program: Program) -> None:
    """A command that asks has let go of the database before it prints: its reader may be a pager."""
    program.serve(codes(0), updated="2026-01-01")
    program.sync()
    program.serve(codes(300), updated="2026-01-02")
    program.sync(at="2026-01-02T00:00:00Z")
    with ExitStack() as stack:
        for command in ASKING:
            stack.enter_context(stuck(program, *command))
        answer = program.sync(at="2026-01-02T12:00:00Z")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")


@contextmanager
def stuck(program: Program, *command: str) -> Iterator[None]:
    """A command that has begun to print, and can't go on: nobody reads."""
    read, write = os.pipe()
    capacity = fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    process = program.start(*command, stdout=write)
    try:
        while _waiting(read) < capacity:
            assert process.poll() is None, f"{command} had less than {capacity} bytes to say"
        yield
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()
        os.close(read)
        os.close(write)


def _waiting(pipe: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))
    assert isinstance(count, int)
    return count
