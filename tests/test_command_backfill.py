"""`ianawatch backfill`: where past versions may lie, what is said of them, and that it is all or nothing."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from program import TOO_LONG, Program
from timeline import Seen, small
from whole_database import Rows, empty, everything

from db.engine import Database

NOW = "2026-06-12T12:00:00Z"
"""After the last of the observations."""
ALL = "close-codes: 98 past versions read; 98 observations added; the history has 10 changes\n"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A program with an empty database."""
    program = Program(tmp_path)
    program.database.write_bytes(empty())
    return program


def backfill(program: Program, *args: str | Path) -> tuple[int, str, str]:
    """The exit code, and what was printed."""
    answer = program.here("backfill", *map(str, args), at=NOW)
    return answer.exit_code, answer.out, answer.err


def known(program: Program) -> dict[str, Rows]:
    return everything(Database.open(str(program.database)))


# -- where past versions may lie ----------------------------------------------------------------------


def indexed(folder: Path, history: Iterable[Seen] = small()) -> Path:
    """A folder with an index.csv."""
    folder.mkdir(exist_ok=True)
    lines = ["observed_at,updated,file"]
    for seen in history:
        (folder / f"{seen.number}.xml").write_bytes(seen.body)
        lines.append(f"{seen.at:%Y-%m-%dT%H:%M:%SZ},{seen.updated},{seen.number}.xml")
    (folder / "index.csv").write_text("\n".join(lines), "utf-8")
    return folder


def named_by_time(folder: Path) -> Path:
    """A folder of files whose names are the times."""
    folder.mkdir()
    for seen in small():
        (folder / f"{seen.at:%Y%m%dT%H%M%SZ}.xml").write_bytes(seen.body)
    return folder


def repository(folder: Path, *names: str) -> Path:
    """A git repository that mirrors the document under each of the names, a commit for each observation."""
    folder.mkdir()
    git("init", "-q", "-b", "main", cwd=folder)
    stream = [b""]
    for seen in small():
        stream += [
            b"commit refs/heads/main\n",
            f"committer A Mirror <mirror@example.org> {seen.at.timestamp():.0f} +0000\n".encode(),
            b"data 0\n",
        ]
        for name in names:
            stream += [
                f"M 100644 inline {name}\n".encode(),
                f"data {len(seen.body)}\n".encode() + seen.body + b"\n",
            ]
    git("fast-import", "--quiet", cwd=folder, stdin=b"".join(stream))
    git("reset", "-q", "--hard", cwd=folder)
    return folder


def git(*args: str, cwd: Path, stdin: bytes = b"") -> None:
    subprocess.run(["git", *args], cwd=cwd, input=stdin, check=True)


def test_a_folder_with_an_index(program: Program) -> None:
    assert backfill(program, indexed(program.folder / "past")) == (0, ALL, "")


def test_a_folder_of_files_named_by_time(program: Program) -> None:
    assert backfill(program, named_by_time(program.folder / "past")) == (0, ALL, "")


@pytest.mark.parametrize("bare", [False, True], ids=["with its files", "bare"])
def test_a_git_repository_finds_the_document_by_itself(program: Program, bare: bool) -> None:
    mirror = repository(program.folder / "mirror", "assignments/websocket/websocket.xml", "other/rtp.xml")
    if bare:
        git("clone", "-q", "--bare", "mirror", "mirror.git", cwd=program.folder)
        mirror = program.folder / "mirror.git"
    assert backfill(program, mirror) == (0, ALL, "")


def test_a_git_repository_where_several_files_may_be_meant(program: Program) -> None:
    mirror = repository(program.folder / "mirror", "a/websocket.xml", "b/websocket.xml")
    code, out, err = backfill(program, mirror)
    assert (code, out) == (2, "")
    assert err.endswith("(a/websocket.xml, b/websocket.xml); choose one with --path\n")
    assert not any(known(program).values())
    assert backfill(program, mirror, "--path", "b/websocket.xml") == (0, ALL, "")


def test_an_index_in_a_repository_is_believed_unless_a_path_is_given(program: Program) -> None:
    mirror = indexed(repository(program.folder / "mirror", "websocket.xml"), small()[:5])
    assert "5 past versions read; 5 observations added" in backfill(program, mirror)[1]
    assert (
        "98 past versions read; 93 observations added"
        in backfill(program, mirror, "--path", "websocket.xml")[1]
    )


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["nowhere"], "'nowhere' does not exist"),
        (["."], "no past versions here; expected an index.csv"),
        ([".", "--path", "websocket.xml"], "--path names a file in a git repository, and this is none"),
    ],
)
def test_what_is_no_past_is_wrong_usage(
    program: Program, monkeypatch: pytest.MonkeyPatch, args: list[str], text: str
) -> None:
    (program.folder / "empty").mkdir()
    monkeypatch.chdir(program.folder / "empty")
    code, out, err = backfill(program, *args)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert text in err
    assert not any(known(program).values())


# -- what is said -------------------------------------------------------------------------------------


def test_a_second_time_adds_nothing(program: Program) -> None:
    past = indexed(program.folder / "past")
    backfill(program, past)
    before = known(program)
    assert backfill(program, past) == (0, ALL.replace("98 observations", "0 observations"), "")
    assert known(program) == before


def test_it_alerts_when_told_to_once(program: Program) -> None:
    past = indexed(program.folder / "past")
    backfill(program, past)
    code, out, err = backfill(program, past, "--alerts")
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 4)
    assert [code in line for code, line in zip(("3000", "3003", "3008"), lines, strict=False)] == [True] * 3
    assert len(backfill(program, past, "--alerts")[1].splitlines()) == 1


def test_what_is_no_registry_is_left_out_and_what_waits_for_a_person_is_said(program: Program) -> None:
    past = indexed(program.folder / "past", small()[:3])
    (past / "page.xml").write_text("<!DOCTYPE html><title>503 Backend fetch failed</title>", "utf-8")
    (past / "cut.xml").write_bytes(small()[3].body[:-20])
    with (past / "index.csv").open("a", encoding="utf-8") as index:
        index.write("\n2020-01-01T00:00:00Z,,page.xml\n2020-01-02T00:00:00Z,,cut.xml\n")
    code, out, err = backfill(program, past)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        (
            "close-codes: 5 past versions read, 1 of them no registry at all and left out; "
            "4 observations added; the history has 0 changes"
        ),
        "held back for a person: 1; `ianawatch quarantine` lists it",
    ]
    assert program.here("quarantine").out.count("\n") == 2


def test_the_configured_pages_are_those_compared_with(program: Program) -> None:
    program.documents(3000, 3008)
    configured = {"IANAWATCH_DOCUMENTED": str(program.page)}
    program.document.write_bytes(small()[-1].body)
    program.here("sync", "--source", str(program.document), at=NOW, env=configured)
    flagged = [(flag["first"], flag["missing_from"]) for flag in flags(program)]
    program.here("backfill", str(indexed(program.folder / "past")), at=NOW, env=configured)
    assert flagged == [(3003, [str(program.page)])]
    assert [(flag["first"], flag["missing_from"]) for flag in flags(program)] == flagged


def flags(program: Program) -> list[dict[str, object]]:
    found: list[dict[str, object]] = program.here("flags", "--format", "json").json
    return found


def test_a_terminal_counts_what_was_read(program: Program) -> None:
    past = indexed(program.folder / "past")
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "0", "0", "backfill", str(past)],
        env={**program.environment(), "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        shown = b""
        # The kernel says that nobody is left to write by an error.
        with contextlib.suppress(OSError):
            while part := os.read(ours, 65536):
                shown += part
        os.close(ours)
        assert process.stdout
        assert process.stdout.read() == ALL
    assert b"reading past versions: 1\r" in shown
    assert b"reading past versions: 98" in shown


# -- all or nothing -----------------------------------------------------------------------------------

PROGRAM = f"""
import os, sys
from datetime import datetime
import db.deliveries, db.upgrade, rich.cells, sync.commands.backfill, sync.commands.delivery
import sync.deliver.streams, sync.past.backfill, sync.past.git_history
from sync.cli import main

calls, last, signal = 0, int(sys.argv[1]), int(sys.argv[2])

def count(frame, event, arg):
    global calls
    calls += 1
    if calls == last:
        os.kill(os.getpid(), signal)

if last:
    sys.setprofile(count)
try:
    main(sys.argv[3:], clock=lambda: datetime.fromisoformat({NOW!r}))
finally:
    sys.setprofile(None)
    if last == -1:
        print(calls)
"""
"""The program, which gets a signal at its n-th call of a function. For n = -1 it prints how many it made."""

SIGKILL, SIGTERM, SIGINT = 9, 15, 2
EXIT = {SIGKILL: -9, SIGTERM: 143, SIGINT: 130}


@dataclass(frozen=True)
class Interrupted:
    """A backfill into a database that knows something, which can be stopped anywhere."""

    program: Program
    args: Sequence[str]
    before: bytes
    calls: int
    """How many calls of functions it takes."""
    done: dict[str, Rows]
    """What is known after it."""

    @classmethod
    def rehearsed(cls, program: Program) -> Interrupted:
        """Run it once to its end."""
        program.document.write_bytes(small()[70].body)
        program.here("sync", *program.sources(), at="2023-01-01T00:00:00Z")
        args = ["backfill", str(indexed(program.folder / "past")), "--alerts"]
        before = program.database.read_bytes()
        code, out = start(program, -1, 0, args)
        assert code == 0
        return cls(program, args, before, int(out.splitlines()[-1]), known(program))

    def stop_at(self, call: int, signal: int) -> bool:
        """Whether it was all done by then; it is a failure if it was neither that nor nothing."""
        code = 0
        while not code:
            # Inside a finalizer Python drops what a signal raises: then the next call has to do.
            self.program.database.write_bytes(self.before)
            code, _ = start(self.program, call, signal, self.args)
            call += 1
        assert code == EXIT[signal]
        found = known(self.program)
        if found != self.done:
            # Reading has rolled back what a killed one had begun.
            assert self.program.database.read_bytes() == self.before
        return found == self.done


def start(program: Program, call: int, signal: int, args: Sequence[str]) -> tuple[int, str]:
    """Run the program with that signal at that call: its exit code, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(call), str(signal), *args],
        env=program.environment(),
        capture_output=True,
        text=True,
        timeout=TOO_LONG,
        check=False,
    )
    assert "Traceback" not in done.stderr or "Exception ignored" in done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("signal", EXIT)
def test_stopped_in_the_middle_it_has_done_nothing(program: Program, signal: int) -> None:
    backfilling = Interrupted.rehearsed(program)
    assert not backfilling.stop_at(backfilling.calls // 2, signal)


@pytest.mark.matrix
def test_stopped_at_any_moment_it_has_done_nothing_or_all(program: Program) -> None:
    backfilling = Interrupted.rehearsed(program)
    moments = 48
    done = [
        backfilling.stop_at(backfilling.calls * moment // moments, list(EXIT)[moment % 3])
        for moment in range(1, moments)
    ]
    # One commit: what was not done before it is done after it.
    assert done == sorted(done)
    assert done.count(False) > 30
