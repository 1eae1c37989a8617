"""What every command is given: the settings, the clock, the way to the database, and the two streams."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sync.errors import PassingFailure, UsageProblem, WrongConfiguration
from sync.escape import json_text, shown
from sync.fetch.location import shown as shown_location
from sync.settings import read as settings_
from sync.settings.model import PREFIX, Settings
from sync.watches import CLOSE_CODES, DocumentedSource, Watch

if TYPE_CHECKING:
    from db.engine import Database


@dataclass(frozen=True, slots=True)
class Program:
    """A run of the program."""

    clock: Callable[[], datetime]
    """Now, in UTC."""
    settings: Settings
    watch: Watch = CLOSE_CODES
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

    def watch_with(self, documented: tuple[str, ...]) -> Watch:
        """The watch, compared with these sources (its own if there are none) and the lists of codes in use.

        Raises UsageProblem, or WrongConfiguration where the settings named one that there is not.
        """
        in_use = map(self.watch.list_in_use, dict.fromkeys(self.settings.in_use))
        watch = replace(self.watch, in_use=tuple(_shareable(in_use)))
        if not documented:
            return watch
        try:
            sources = [self.watch.source(named) for named in dict.fromkeys(documented)]
        except UsageProblem as e:
            origin = self.settings.origins.get("documented")
            if origin and documented == self.settings.documented:
                raise WrongConfiguration(f"{origin}: {e}") from e
            raise
        return replace(watch, documented=tuple(_shareable(sources)))

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


def _shareable(sources: Iterable[DocumentedSource]) -> Iterator[DocumentedSource]:
    """The sources under names that alerts may carry: no secret of a URL in them, and no two the same."""
    taken: set[str] = set()
    for source in sources:
        masked = name = shown_location(source.name)
        number = 1
        while name in taken:
            number += 1
            name = f"{masked} ({number})"
        taken.add(name)
        yield replace(source, name=name)
