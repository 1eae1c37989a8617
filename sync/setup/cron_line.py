"""A job -> the line of a crontab, and its place in one. Pure: `user_crontab` reads and writes it."""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass

from sync.setup.job import NAME, SPLAY, Job

MARK = f"# set up by {NAME}"
"""Behind the command, where the shell takes it for a comment: this line is ours."""
_RUNS = re.compile(rf"^\s*[^#\s].*\b{NAME}\b.*\bsync\b")


@dataclass(frozen=True, slots=True)
class Placed:
    """A crontab with the line in it."""

    text: str
    replaced: tuple[str, ...]
    """Lines of ours that were there; the same line where nothing had to be done."""
    others: tuple[str, ...]
    """Lines that run the sync and that a person wrote."""


def cron_line(job: Job, minute: int) -> str:
    """Once an hour at that minute; cron mails what is printed, which is nothing unless it is new or wrong."""
    words = (*job.program, *job.options(), "sync", "--quiet", "--splay", str(SPLAY))
    # cron takes a percent sign for the end of the command, in quotes too, and the backslash before it away.
    command = shlex.join(words).replace("%", r"\%")
    return f"{minute} * * * * {command} {MARK}"


def minute_of(who: str) -> int:
    """A minute that is always the same for one machine and user, and spread over the hour for all of them.

    Never 0, at which everybody's jobs begin.
    """
    return int.from_bytes(hashlib.sha256(who.encode(errors="surrogateescape")).digest()[:8]) % 59 + 1


def placed(crontab: str, line: str) -> Placed:
    """The crontab with this line of ours in it, where the first of ours was, or at the end."""
    kept: list[str] = []
    ours: list[str] = []
    for old in crontab.removesuffix("\n").split("\n") if crontab else ():
        if old.rstrip().endswith(MARK) and not old.lstrip().startswith("#"):
            if not ours:
                kept.append(line)
            ours.append(old)
        else:
            kept.append(old)
    others = tuple(old for old in kept if old != line and _RUNS.match(old))
    if not ours:
        kept.append(line)
    return Placed("".join(f"{one}\n" for one in kept), tuple(ours), others)
