"""A letter to a command: what it reads, how it refuses, and that it can't hold anybody up."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from letters import HOSTILE, hostile_letter, letter, news, subject
from receivers import IMPATIENT, PATIENT, overhearing, refusal

from sync.deliver.exec_channel import exec_sender

PYTHON = sys.executable


def python(script: str, *arguments: str) -> list[str]:
    return [PYTHON, "-c", script, *arguments]


@pytest.fixture
def lingering(tmp_path: Path) -> Iterator[Path]:
    """Where a command writes the id of a process that may outlive it; ended when the test is over."""
    path = tmp_path / "pid"
    yield path
    if path.exists():
        try:
            os.kill(int(path.read_text("utf-8")), signal.SIGKILL)
        except ProcessLookupError:
            return


def has_ended(pid: int, patience: float) -> bool:
    """Whether a process that is no child of ours ends within so many seconds."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], patience)[0])
    finally:
        os.close(process)


# -- accepted ------------------------------------------------------------------------------------------


def test_a_command_reads_the_letters_json(tmp_path: Path) -> None:
    read = tmp_path / "read"
    send = exec_sender(
        python("import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())", str(read))
    )
    send(letter(), timeout=PATIENT)
    assert read.read_bytes() == letter().json
    send(hostile_letter(), timeout=PATIENT)
    assert json.loads(read.read_bytes())["alerts"][0]["codes"][0]["name"] == HOSTILE


def test_no_shell_sees_the_arguments(tmp_path: Path) -> None:
    kept = tmp_path / "arguments"
    odd = ["$(touch x)", "a b", "; exit 1", "*", ""]
    script = "import sys, json; json.dump(sys.argv[2:], open(sys.argv[1], 'w'))"
    exec_sender(python(script, str(kept), *odd))(letter(), timeout=PATIENT)
    assert json.loads(kept.read_text("utf-8")) == odd


def test_what_it_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    script = "import sys; print('x' * 1_000_000); print('y' * 1_000_000, file=sys.stderr)"
    exec_sender(python(script))(letter(), timeout=PATIENT)
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_command_need_not_read_however_long_the_letter_is() -> None:
    long = letter(news(*(subject("x" * 200, value) for value in range(3000, 4000))))
    assert len(long.json) > 200_000
    exec_sender(["true"])(long, timeout=PATIENT)
    exec_sender(python("import os; os.close(0)"))(long, timeout=PATIENT)


def test_what_it_leaves_behind_does_not_hold_up_the_next(lingering: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "left = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "open(sys.argv[1], 'w').write(str(left.pid))\n"
    )
    exec_sender(python(script, str(lingering)))(letter(), timeout=PATIENT)
    assert not has_ended(int(lingering.read_text("utf-8")), 0)


# -- not accepted --------------------------------------------------------------------------------------


def test_the_last_line_of_standard_error_is_the_reason() -> None:
    script = "import sys; print('first\\nthe server is full\\n\\n', file=sys.stderr); sys.exit(3)"
    assert refusal(exec_sender(python(script)), letter()) == (
        f"{PYTHON}: ended with exit status 3: the server is full"
    )


def test_nothing_said_is_nothing_quoted() -> None:
    assert refusal(exec_sender(["false"]), letter()) == "false: ended with exit status 1"


def test_a_long_and_hostile_complaint_is_cut_and_escaped() -> None:
    script = "import sys; sys.stderr.buffer.write(b'\\x1b[31m\\xff' + b'z' * 100_000); sys.exit(1)"
    reason = refusal(exec_sender(python(script)), letter())
    assert len(reason) < 500
    reason = refusal(exec_sender(python("import sys; sys.exit('\\x1b[31m\\u202ered')")), letter())
    assert "\\u001b[31m\\u202ered" in reason


def test_a_signal_is_named() -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert refusal(exec_sender(python(script)), letter()) == f"{PYTHON}: was ended by signal 15"


def test_at_the_deadline_it_is_killed_with_what_it_started(lingering: Path) -> None:
    script = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "left = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "open(sys.argv[1], 'w').write(str(left.pid))\n"
        "signal.pause()\n"
    )
    # The command needs a moment to start its child: it is given more, until there is one.
    for timeout in (0.5, 2.0, 8.0, PATIENT):
        reason = refusal(exec_sender(python(script, str(lingering))), letter(), timeout)
        killed = f"{PYTHON}: did not end within {timeout:g} s and was killed"
        assert reason == f"{killed}; raise the channel's deadline if it needs longer"
        if lingering.exists() and lingering.read_text("utf-8"):
            break
    assert has_ended(int(lingering.read_text("utf-8")), PATIENT)


def test_a_command_that_is_not_there() -> None:
    reason = refusal(exec_sender(["/no/such/command", "--key=s3cret"]), letter())
    assert reason.startswith("/no/such/command: no such command")
    assert "whole path" in reason


def test_a_command_that_may_not_be_executed(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n", "utf-8")
    assert "chmod +x" in refusal(exec_sender([str(script)]), letter())


def test_a_script_without_a_first_line(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("exit 0\n", "utf-8")
    script.chmod(0o755)
    assert "it can't be started: exec format error" in refusal(exec_sender([str(script)]), letter())


def test_an_argument_that_can_t_be_passed_on() -> None:
    assert "can't be passed on" in refusal(exec_sender(["true", "a\0b"]), letter())


@pytest.mark.parametrize("script", ["import sys; sys.exit(sys.argv[1])", "import signal; signal.pause()"])
def test_no_argument_gets_out(script: str, capfd: pytest.CaptureFixture[str]) -> None:
    with overhearing() as ear:
        reason = refusal(exec_sender(python(script, "s3cret-t0ken")), letter(), IMPATIENT * 5)
    assert "s3cret" not in "".join([reason, ear.text, *capfd.readouterr()])
