"""Facts about this machine and this user."""

from __future__ import annotations

import os
import platform
import pwd
import shutil
from pathlib import Path

_MACHINE_ID = Path("/etc/machine-id")
_SENDMAIL_FOLDERS = "/usr/sbin:/usr/lib:/usr/bin:/usr/local/sbin:/usr/local/bin"
"""Where cron looks for the command that takes its mails."""


def user_name() -> str:
    """The user that this process runs as."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def is_root() -> bool:
    """Whether this process may write the system's own configuration."""
    return os.geteuid() == 0


def homes() -> tuple[Path, ...]:
    """The folders in which users, root too, have what is theirs; systemd's `ProtectHome` hides them."""
    return Path("/home"), Path(pwd.getpwuid(0).pw_dir), Path("/run/user")


def identity() -> str:
    """What stays the same for this machine and user, and differs from every other."""
    try:
        machine = _MACHINE_ID.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        machine = ""
    return f"{machine or platform.node()} {user_name()}"


def can_mail() -> bool:
    """Whether cron has something to hand its mails to."""
    return shutil.which("sendmail", path=_SENDMAIL_FOLDERS) is not None
