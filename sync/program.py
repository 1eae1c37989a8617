"""What every command is given: the settings, the clock, the way to the database, and the two streams."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync import watched
from sync.errors import PassingFailure, WrongConfiguration
from sync.escape import json_text, shown
from sync.settings import read as settings_
from sync.settings.model import PREFIX, Settings
from sync.watches import Watch

if TYPE_CHECKING:
    from db.engine import Database


@dataclass(frozen=True, slots=True)
class Program:
    """A run of the program."""

    clock: Callable[[], datetime]
    """Now, in UTC."""
    settings: Settings
    chosen: str | None = None
    """The watch that a person asked about; None: all, or the first."""
    config: Path | None = None
    """The configuration file that was named."""
    problems: tuple[WrongConfiguration, ...] = ()
    """What is wrong with the settings; nothing but `config` is run then."""

    @classmethod
    def start(
        cls,
        clock: Callable[[], datetime],
        database: str | None,
        config: Path | None,
        log_format: str | None,
    ) -> Program:
        """Read the settings; what was typed wins. Those that can't be used are `problems`."""
        settings, problems = settings_.read(config)
        typed = settings.typed(database=database, log_format=log_format)
        return cls(clock, typed, config=config, problems=tuple(problems))

    @property
    def where(self) -> str:
        """The database's file path or URL."""
        return self.settings.database or str(settings_.default_database())

    def open_database(self) -> Database:
        """The database, for reading; it must exist and be current."""
        from db.engine import Database  # noqa: PLC0415  # SQLAlchemy: not for every command
        from db.upgrade import require_current  # noqa: PLC0415  # as above

        database = Database.open(self.where)
        require_current(database)
        return database

    def sync_database(self, *, quiet: bool = False) -> Database:
        """The database, for writing: made when it is missing, upgraded when it is old, refused when damaged.

        An upgrade is told, unless `quiet`.
        """
        from db.engine import Database  # noqa: PLC0415  # as above
        from db.upgrade import upgrade  # noqa: PLC0415

        database = Database.create(self.where)
        saved = upgrade(database)
        if saved is not None and not quiet:
            self.say_error(f"the database's schema was upgraded; the one before is in {saved}", level="info")
        return database

    def rehearsal(self) -> Database:
        """A copy of the database in memory, current: for a dry run."""
        from db.engine import Database  # noqa: PLC0415  # as above
        from db.upgrade import upgrade  # noqa: PLC0415

        database = Database.rehearse(self.where)
        upgrade(database)
        return database

    @property
    def watches(self) -> tuple[Watch, ...]:
        """The watch that was chosen, or all there are; each with the sources that the settings name for it.

        Raises WrongConfiguration when they name one that there is not, or nothing is watched.
        """
        if self.chosen:
            return (self.watch_with(),)
        watches = tuple(watched.watches(self.settings))
        if not watches:
            raise _nothing_watched()
        return watches

    @property
    def watch(self) -> Watch:
        """The watch that was chosen, or the first; as it is defined, without what it is compared with."""
        names = watched.names(self.settings)
        if not names:
            raise _nothing_watched()
        return watched.watch_named(self.settings, self.chosen or names[0])

    def watch_with(self, documented: tuple[str, ...] = ()) -> Watch:
        """The same with its sources, `documented` instead of those where some were typed.

        Raises UsageProblem, or WrongConfiguration where the settings named one that there is not.
        """
        return watched.with_sources(self.settings, self.watch, documented)

    def choose(self, name: str) -> Program:
        """The program asked about one watch. Raises UsageProblem when there is no such watch."""
        watched.watch_named(self.settings, name)
        return replace(self, chosen=name)

    def say(self, *lines: str) -> None:
        """Lines on stdout. Raises PassingFailure when they can't be written."""
        if lines:
            _write("\n".join(map(shown, lines)))

    def say_json(self, facts: Mapping[str, Any]) -> None:
        """One JSON document on stdout. Raises PassingFailure when it can't be written."""
        _write(json_text(json.dumps(facts, ensure_ascii=False, indent=2)))

    def say_error(self, text: str, *, level: str = "error") -> None:
        """One line on stderr, as the setting `log_format` says."""
        say_error(text, self.settings.log_format, level=level)


def say_error(text: str, log_format: str | None, *, level: str = "error") -> None:
    """One line on stderr, as text or as a JSON object.

    `log_format` is None where an error came before the settings were known: the environment may say it.
    """
    if (log_format or os.environ.get(f"{PREFIX}LOG_FORMAT")) == "json":
        click.echo(json_text(json.dumps({"level": level, "message": text}, ensure_ascii=False)), err=True)
    else:
        click.echo(f"ianawatch: {shown(text)}", err=True)


def forget_output() -> None:
    """Drop what stdout did not take, which the interpreter would try to write once more at its end."""
    if sys.stdout is sys.__stdout__ and sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(text: str) -> None:
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))  # noqa: TRY301  # as any other reason
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as e:
        forget_output()
        raise PassingFailure(
            f"standard output can't be written: {e.strerror}; what is new waits for the next run"
        ) from e


def _nothing_watched() -> WrongConfiguration:
    return WrongConfiguration(
        "nothing is watched: `close_codes` is false and there is no [[watch]]; `ianawatch watch add` adds one"
    )
