"""A letter to a command: its JSON on standard input, exit status 0 is acceptance (docs/channels.md).

No shell. What the command prints goes nowhere; the last line of its standard error is why it refused.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from tempfile import TemporaryFile
from threading import Thread
from typing import IO, TYPE_CHECKING

from sync.deliver.secrecy import one_reason
from sync.errors import NotDelivered
from sync.escape import shown

if TYPE_CHECKING:
    from sync.deliver.channels import Sender
    from sync.news.letter import Letter

_KEPT = 4096
"""Bytes of standard error in which the last line is looked for."""
_GRACE = 0.5
"""Seconds to hear the rest of standard error, which something the command left behind may hold open."""


def exec_sender(arguments: Sequence[str]) -> Sender:
    """A sender to a command and its arguments. A reason names the command and masks the arguments."""

    def send(letter: Letter, *, timeout: float) -> None:
        command = shown(arguments[0])
        # A file and not a pipe: who does not read it, or not all of it, can neither break nor stop us.
        with TemporaryFile() as letter_file:
            letter_file.write(letter.json)
            letter_file.seek(0)
            status, said = _run(arguments, letter_file, timeout)
        if status is None:
            raise NotDelivered(
                f"{command}: did not end within {timeout:g} s and was killed; raise the channel's deadline "
                "if it needs longer"
            )
        if status:
            ended = f"was ended by signal {-status}" if status < 0 else f"ended with exit status {status}"
            why = one_reason(said, arguments[1:])
            raise NotDelivered(f"{command}: {ended}{f': {why}' if why else ''}")

    return send


def _run(arguments: Sequence[str], letter: IO[bytes], timeout: float) -> tuple[int | None, str]:
    """The exit status, None when the time was over, and the last line of standard error."""
    tail = bytearray()
    process = _started(arguments, letter)
    listener = Thread(target=_listen, args=(process.stderr, tail), name="exec stderr", daemon=True)
    listener.start()
    try:
        status = process.wait(timeout)
    except TimeoutExpired:
        status = None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    listener.join(_GRACE)
    lines = bytes(tail).decode(errors="replace").split("\n")
    return status, next((line for line in reversed(lines) if line.strip()), "")


def _started(arguments: Sequence[str], letter: IO[bytes]) -> Popen[bytes]:
    command = shown(arguments[0])
    try:
        return Popen(  # noqa: S603  # the command is what the channel is for, and no shell reads it
            arguments, stdin=letter, stdout=DEVNULL, stderr=PIPE, bufsize=0, start_new_session=True
        )
    except FileNotFoundError as e:
        raise NotDelivered(
            f"{command}: no such command, or what its first line names is missing; "
            "give its whole path, since cron's PATH is short"
        ) from e
    except PermissionError as e:
        raise NotDelivered(f"{command}: it may not be executed; chmod +x makes a file executable") from e
    except (OSError, ValueError) as e:
        why = (
            e.strerror.lower()
            if isinstance(e, OSError) and e.strerror
            else "its arguments can't be passed on"
        )
        raise NotDelivered(f"{command}: it can't be started: {why}") from e


def _listen(stderr: IO[bytes], tail: bytearray) -> None:
    """Keep the end of what is said, for as long as anybody can say something: a full pipe would stop them."""
    with stderr:
        while piece := stderr.read(_KEPT):
            tail += piece
            del tail[:-_KEPT]
