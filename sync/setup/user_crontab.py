"""The user's crontab, read and written by the command `crontab`. What stands in it: `cron_line`."""

from __future__ import annotations

import os
import shutil
import subprocess

from sync.errors import WrongConfiguration

_NONE_YET = (b"no crontab", b"no such file", b"can't open")
"""How the command says that there is none: Debian's and most others', and BusyBox's."""


def read_crontab() -> str:
    """The crontab; empty where there is none. Raises WrongConfiguration."""
    done = _run("-l")
    if done.returncode == 0:
        # A comment in another encoding goes back as it came.
        return done.stdout.decode("utf-8", "surrogateescape")
    if any(words in done.stderr.lower() for words in _NONE_YET):
        return ""
    raise _refused("read", done.stderr)


def write_crontab(text: str) -> None:
    """Have this text for a crontab. Raises WrongConfiguration; then it is what it was."""
    done = _run("-", text.encode("utf-8", "surrogateescape"))
    if done.returncode:
        raise _refused("written", done.stderr)


def _run(argument: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = shutil.which("crontab")
    if command is None:
        raise WrongConfiguration(
            "there is no crontab command on this machine; install cron, or let systemd do it: "
            "ianawatch setup systemd"
        )
    try:
        return subprocess.run(  # noqa: S603  # the user's own crontab
            [command, argument],
            input=text,
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except OSError as e:
        raise WrongConfiguration(f"{command}: it can't be run: {e.strerror}; check the rights on it") from e


def _refused(done: str, said: bytes) -> WrongConfiguration:
    reason = " ".join(said.decode(errors="replace").split()) or "crontab did not say why"
    return WrongConfiguration(
        f"the crontab can't be {done}: {reason}; `ianawatch setup cron` prints the line, for whoever may"
    )
