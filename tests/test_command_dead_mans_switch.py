"""The dead-man's switch hears of every run: that it went well, or why it did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import row
from loopback import LoopbackServer
from program import Program

from sync.errors import Exit

NORMAL = row("1000", "Normal Closure")


@pytest.fixture
def switch() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        for path in ("/SECRET", "/SECRET/fail"):
            server.put(path, b"OK")
        yield server


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program.serve([NORMAL])
    return program


def heard(server: LoopbackServer) -> list[tuple[str, str]]:
    """The path and the text of each ping."""
    return [(seen.path, seen.body.decode()) for seen in server.requests]


def pinging(server: LoopbackServer) -> dict[str, str]:
    return {"IANAWATCH_PING": server.url("/SECRET")}


def test_a_good_run(program: Program, switch: LoopbackServer) -> None:
    assert program.sync("--quiet", env=pinging(switch)).exit_code == 0
    assert heard(switch) == [("/SECRET", "all is well")]


def test_a_run_that_could_not_read_its_source(program: Program, switch: LoopbackServer) -> None:
    program.sync()
    program.document.unlink()
    answer = program.sync("--quiet", env=pinging(switch))
    assert answer.exit_code == Exit.PASSING_FAILURE
    ((path, text),) = heard(switch)
    assert path == "/SECRET/fail"
    assert str(program.document) in text


def test_a_run_that_ends_in_an_error(program: Program, switch: LoopbackServer) -> None:
    program.database.write_bytes(b"this is no database at all, but a text of some length" * 20)
    answer = program.sync("--quiet", env=pinging(switch))
    assert answer.exit_code == Exit.DATABASE
    ((path, text),) = heard(switch)
    assert path == "/SECRET/fail"
    assert text in answer.err


def test_a_run_that_leaves_a_delivery_overdue_is_a_bad_one(program: Program, switch: LoopbackServer) -> None:
    env = {**pinging(switch), "IANAWATCH_CHANNELS__MAIL__EXEC": "false"}
    program.sync()
    program.serve([NORMAL, row("3000", "Unauthorized", date="2021-09-06")], updated="2026-01-02")
    for day in (2, 3):
        assert program.sync("--quiet", at=f"2026-01-0{day}T12:00:00Z", env=env).exit_code == 0
    (first, _), (second, text) = heard(switch)
    assert (first, second) == ("/SECRET", "/SECRET/fail")
    assert text == "undelivered for too long, or given up: 1; see `ianawatch alerts list`"


def test_a_dry_run_tells_nothing(program: Program, switch: LoopbackServer) -> None:
    program.sync("--dry-run", env=pinging(switch))
    assert heard(switch) == []


def test_a_switch_that_cannot_be_reached_stops_nothing(program: Program) -> None:
    env = {"IANAWATCH_PING": "http://127.0.0.1:9/SECRET"}
    quiet = program.sync("--quiet", env=env)
    assert (quiet.exit_code, quiet.err) == (0, "")
    loud = program.sync(env=env)
    assert loud.exit_code == 0
    assert loud.err.startswith("ianawatch: the dead-man's switch was not told: http://127.0.0.1:9: ")
    assert "SECRET" not in loud.err + loud.out


def test_the_url_can_come_from_a_file(program: Program, switch: LoopbackServer) -> None:
    file = program.folder / "ping"
    file.write_text(f"{switch.url('/SECRET')}\n", "utf-8")
    program.sync(env={"IANAWATCH_PING_FILE": str(file)})
    assert heard(switch) == [("/SECRET", "all is well")]


def test_a_url_that_is_none_is_a_wrong_configuration(program: Program) -> None:
    answer = program.sync(env={"IANAWATCH_PING": "SECRET"})
    assert answer.exit_code == Exit.CONFIGURATION
    assert "ping" in answer.err
    assert "SECRET" not in answer.err
    assert not program.database.exists() or program.ask("SELECT count(*) FROM run") == [(0,)]
