"""How this very program is started by something else, and what of this shell that something does not know."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sync.errors import UsageProblem
from sync.settings.model import PREFIX, Origin, Settings
from sync.settings.read import default_config, default_database

NAME = "ianawatch"
SPLAY = 300
"""Seconds over which the runs of one minute are spread."""
_NETWORK = ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What decides whether the network can be reached at all; proxies may be spelled in small letters too."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be run; paths are absolute."""

    program: tuple[str, ...]
    """The command, and what Python needs before its options."""
    database: Path | str | None = None
    """The file or the URL to be named; None: the settings that the job reads have it."""
    config: Path | None = None
    """The file to be named; None: the user's own, if there is one."""

    def options(self) -> tuple[str, ...]:
        """What stands before the command."""
        named = {"--config": self.config, "--database": self.database}
        return tuple(word for name, value in named.items() if value for word in (name, str(value)))


def job(settings: Settings, config: Path | None, environment: Mapping[str, str] = os.environ) -> Job:
    """The job that uses the database and the configuration that this run uses.

    `config` is the file that was named. Raises UsageProblem for what no crontab and no unit can hold.
    """
    database: Path | str | None = None
    if settings.origins.get("database", "").startswith((PREFIX, Origin.COMMAND_LINE)):
        database = _database(settings.database or "")
    elif settings.database is None and environment.get("XDG_DATA_HOME"):
        database = default_database()
    if config is None and environment.get("XDG_CONFIG_HOME") and default_config().is_file():
        config = default_config()
    found = Job(this_program(), database, Path(os.path.abspath(config)) if config else None)  # noqa: PTH100  # a link stays one
    for word in (*found.program, *found.options()):
        if not word.isprintable():
            raise UsageProblem(f"{word!r}: a path with such a character can't be written there; rename it")
    return found


def this_program(argument: str | None = None, python: str | None = None) -> tuple[str, ...]:
    """The command that starts this program from anywhere: its script, or Python with its module.

    `argument` is what the program was called by, `python` its interpreter; by default those of this process.
    A link stays a link: it is what stays where it is when the program is upgraded.
    """
    argument = os.path.abspath(sys.argv[0] if argument is None else argument)  # noqa: PTH100  # as above
    python = sys.executable if python is None else python
    beside = os.path.join(os.path.dirname(python), NAME)  # noqa: PTH118, PTH120  # as above
    for script in (argument, beside):
        if os.path.basename(script) == NAME and os.access(script, os.X_OK) and os.path.isfile(script):  # noqa: PTH113, PTH119  # as above
            return (script,)
    return (python, "-m", "sync")


def unknown_to_it(
    settings: Settings, environment: Mapping[str, str] = os.environ
) -> tuple[list[str], list[str]]:
    """Variables that matter here and that what starts the job lacks, by name: settings, and others."""
    ours = {origin for origin in settings.origins.values() if origin.startswith(PREFIX)}
    network = {name for name in environment if name.upper() in _NETWORK and environment[name]}
    return sorted(ours - {f"{PREFIX}DATABASE"}), sorted(network)


def _database(named: str) -> Path | str:
    # SQLAlchemy, which only reads a URL here, takes its time.
    from db.locations import location, shown  # noqa: PLC0415

    found = location(named)
    if isinstance(found, Path):
        return Path(os.path.abspath(found))  # noqa: PTH100  # as above
    if found.password:
        raise UsageProblem(
            f"{shown(found)}: everybody on this machine could read the password in the list of processes; "
            f"write the database into {default_config()}"
        )
    return named
