"""The command line as such: help, wrong input, signals, pipes. What a command does has tests of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from builders import document, row
from databases import held_by_another, migrated
from loopback import LoopbackServer, RawServer, read_head
from program import TOO_LONG, Program, ended

from sync.cli import COMMANDS
from sync.errors import Exit

HEAVY = {"sqlalchemy", "requests", "urllib3", "lxml", "rich", "alembic", "docutils", "markdown_it"}
"""Libraries that are slow to import."""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program.serve([row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")])
    return program


# -- help ----------------------------------------------------------------------------------------------


def test_help_lists_every_command(program: Program) -> None:
    answer = program.here("--help")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    listed = re.findall(r"^  (\w+)  ", answer.out.partition("Commands:")[2], re.MULTILINE)
    assert listed == list(COMMANDS)
    assert program.here("-h") == answer


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, program: Program) -> None:
    answer = program.here(command, "--help")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out.startswith(f"Usage: ianawatch {command} ")


def test_no_command_shows_the_help(program: Program) -> None:
    answer = program.here()
    assert (answer.exit_code, answer.out) == (Exit.USAGE, "")
    assert answer.err.rstrip() == program.here("--help").out.rstrip()


def test_the_version(program: Program) -> None:
    assert re.fullmatch(r"ianawatch, version \d+\.\d+\.\d+\n", program.here("--version").out)


# -- what is imported ----------------------------------------------------------------------------------


def imported(program: Program, *args: str) -> set[str]:
    """The heavy libraries that a run imports."""
    env = {"PYTHONPROFILEIMPORTTIME": "1"}
    answer = program.run(*args, env=env)
    assert answer.exit_code == Exit.DONE, answer.err
    modules = re.findall(r"\| +([\w.]+)$", answer.err, re.MULTILINE)
    assert "sync.cli" in modules
    return {module.partition(".")[0] for module in modules} & HEAVY


@pytest.mark.parametrize(
    "args", [["--help"], ["--version"], ["sync", "--help"], ["database", "path"]], ids=" ".join
)
def test_what_asks_no_database_imports_nothing_heavy(args: list[str], program: Program) -> None:
    assert imported(program, *args) == set()


def test_a_304_reads_no_document_and_migrates_nothing(program: Program) -> None:
    migrated(program.folder)
    with LoopbackServer() as server:
        server.put("/codes.xml", document([row("1000", "Normal Closure")]), last_modified="then")
        args = ["sync", "--source", server.url("/codes.xml")]
        assert imported(program, *args) == {"sqlalchemy", "requests", "urllib3", "lxml"}
        assert imported(program, *args) == {"sqlalchemy", "requests", "urllib3"}
        assert [seen.status for seen in server.requests] == [200, 304]


# -- wrong input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["snyc"], "No such command 'snyc'. Did you mean 'sync'? See `ianawatch --help`."),
        (["xyzzy"], "No such command 'xyzzy'. See `ianawatch --help`."),
        (
            ["sync", "--dryrun"],
            "No such option '--dryrun'. Did you mean '--dry-run'? See `ianawatch sync --help`.",
        ),
        (["sync", "now"], "Got unexpected extra argument (now). See `ianawatch sync --help`."),
        (["sync", "--source"], "Option '--source' requires an argument. See `ianawatch sync --help`."),
        (
            ["sync", "--splay", "-1"],
            "Invalid value for '--splay': -1 is not in the range x>=0. See `ianawatch sync --help`.",
        ),
        (
            ["sync", "--database", "a.db"],
            (
                "--database stands before the command: ianawatch --database ... sync. "
                "See `ianawatch sync --help`."
            ),
        ),
        (
            ["--databse", "a.db", "sync"],
            "No such option '--databse'. Did you mean '--database'? See `ianawatch --help`.",
        ),
        (
            ["database", "chekc"],
            "No such command 'chekc'. Did you mean 'check'? See `ianawatch database --help`.",
        ),
        (["database", "backup"], "Missing argument 'FILE'. See `ianawatch database backup --help`."),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_would_be_right(
    args: list[str], said: str, program: Program
) -> None:
    answer = program.here(*args)
    assert (answer.exit_code, answer.out, answer.err) == (Exit.USAGE, "", f"ianawatch: {said}\n")


@pytest.mark.parametrize(
    "args",
    [
        ["--log-format", "json", "sync", "--dryrun"],
        ["--log-format=json", "sync", "--source"],
        ["--log-format=json", "snyc"],
        ["--log-format=json", "--config", "absent.toml", "sync"],
        ["--log-format=json", "--database", "/dev/null/a.db", "sync"],
        ["--log-format=json", "list", "--range", "x"],
        ["--log-format=json", "sync", "--quiet", "--verbose"],
    ],
    ids=" ".join,
)
def test_errors_are_json_objects_where_they_are_to_be(args: list[str], program: Program) -> None:
    for answer in (program.here(*args), program.here(*args[-1:], env={"IANAWATCH_LOG_FORMAT": "json"})):
        assert all(json.loads(line)["level"] == "error" for line in answer.err.splitlines())
    assert len(program.here(*args).err.splitlines()) == 1


def test_wrong_configuration_is_78(program: Program) -> None:
    (program.folder / "config.toml").write_text("retrys = 1\n", "utf-8")
    config = str(program.folder / "config.toml")
    answer = program.here("--config", config, "sync")
    assert (answer.exit_code, answer.out) == (Exit.CONFIGURATION, "")
    assert answer.err == f"ianawatch: {config}: there is no setting retrys; did you mean retries?\n"
    assert program.here("sync", env={"IANAWATCH_FAILURES": "x"}).exit_code == Exit.CONFIGURATION


def test_the_configuration_of_the_users_own_counts(program: Program) -> None:
    folder = program.folder / ".config" / "ianawatch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('database = "mine.db"\n', "utf-8")
    no_variable = {"IANAWATCH_DATABASE": ""}
    assert program.here("database", "path", env=no_variable).out == "mine.db\n"
    assert program.here("--database", "typed.db", "database", "path").out == "typed.db\n"


# -- pipes and encodings -------------------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_error(program: Program) -> None:
    program.sync("--no-deliver")
    read, write = os.pipe()
    os.close(read)
    with program.start("sync", *program.sources(), stdout=write) as process:
        os.close(write)
        answer = ended(process)
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    # What nobody read is news still.
    assert "3000 Unauthorized" in program.sync("--quiet").out


def test_a_full_disk_is_one_line_and_loses_nothing(program: Program) -> None:
    with (
        Path("/dev/full").open("wb") as full,
        program.start("sync", *program.sources(), stdout=full.fileno()) as process,
    ):
        answer = ended(process)
    assert answer.exit_code == Exit.PASSING_FAILURE
    assert answer.err == (
        "ianawatch: standard output can't be written: No space left on device; "
        "what is new waits for the next run\n"
    )
    assert "3000 Unauthorized" in program.sync("--quiet").out


def test_what_an_encoding_lacks_is_spelled_out(program: Program) -> None:
    program.serve([row("3000", "閉じる\u202e[31m", date="2021-09-06")])
    migrated(program.folder)
    answer = program.here("sync", *program.sources(), encoding="latin-1")
    assert "3000 \\u9589\\u3058\\u308b\\u202e[31m, registered" in answer.out


# -- signals -------------------------------------------------------------------------------------------

SIGNALS = pytest.mark.parametrize(
    ("sent", "exit_code"),
    [(signal.SIGTERM, Exit.TERMINATED), (signal.SIGINT, Exit.INTERRUPTED)],
    ids=["SIGTERM", "Ctrl-C"],
)


def stopped(process: subprocess.Popen[str], sent: signal.Signals) -> tuple[int, str, str]:
    """How a program ends on a signal that comes while it waits for something far off, and what it writes."""
    process.send_signal(sent)
    answer = ended(process)
    # click ends the line on which a terminal has shown ^C.
    return answer.exit_code, answer.out, answer.err.removeprefix("\n")


def listening(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """The program, once it has handlers for signals: from then on every moment is as good as any other."""
    caught = 1 << (signal.SIGALRM - 1)
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        if (
            int(next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1], 16)
            & caught
        ):
            break
    return process


@SIGNALS
def test_a_signal_during_a_slow_fetch(sent: signal.Signals, exit_code: Exit, program: Program) -> None:
    migrated(program.folder)
    before = program.dump()
    asked = threading.Event()

    def silent(connection: socket.socket) -> None:
        read_head(connection)
        asked.set()
        connection.recv(1)

    with RawServer(silent) as server, program.start("sync", "--source", server.url("/codes.xml")) as process:
        assert asked.wait(TOO_LONG)
        assert stopped(process, sent) == (exit_code, "", "")
    assert program.dump() == before


@SIGNALS
def test_a_signal_during_the_splay_or_before_it(
    sent: signal.Signals, exit_code: Exit, program: Program
) -> None:
    with program.start("sync", *program.sources(), "--splay", "100000000") as process:
        assert stopped(listening(process), sent) == (exit_code, "", "")
    assert not program.database.exists()


@SIGNALS
def test_a_signal_while_another_holds_the_lock(
    sent: signal.Signals, exit_code: Exit, program: Program
) -> None:
    migrated(program.folder)
    before = program.dump()
    with (
        held_by_another(program.database, "BEGIN IMMEDIATE"),
        program.start("sync", *program.sources()) as process,
    ):
        assert stopped(listening(process), sent) == (exit_code, "", "")
    assert program.dump() == before


@SIGNALS
def test_a_signal_while_a_channel_hangs(sent: signal.Signals, exit_code: Exit, program: Program) -> None:
    """What another channel has accepted is marked; the rest waits."""
    called = program.folder / "called"
    env = {
        "IANAWATCH_CHANNELS__STUCK__EXEC": f"sh -c 'touch {called}; exec sleep 1000'",
        "IANAWATCH_CHANNELS__STUCK__DEADLINE": "3600",
    }
    program.serve([row("1000", "Normal")])
    program.sync()
    program.serve([row("1000", "Normal"), row("3000", "Unauthorized")], updated="2026-01-02")
    with program.start("sync", *program.sources(), env=env) as process:
        while not called.exists() and process.poll() is None:
            pass
        assert stopped(process, sent) == (exit_code, "", "")
    assert program.ask("SELECT state, attempts FROM delivery WHERE channel = 'stuck'") == [("waiting", 1)]


def test_a_reader_that_goes_away_before_the_help(program: Program) -> None:
    read, write = os.pipe()
    os.close(read)
    with program.start("--help", stdout=write) as process:
        os.close(write)
        assert ended(process).exit_code == Exit.DONE
