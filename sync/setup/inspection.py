"""Settings against this machine: are the files, folders and commands there that they name? No network.

Whether a value is of the right kind is the business of `settings`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sync.deliver.opening import open_channels, secret
from sync.errors import UsageProblem, WrongConfiguration
from sync.fetch.location import is_http_url, is_url, shown
from sync.settings.model import CHANNEL, PREFIX, SETTINGS, ChannelSettings, Origin, Settings
from sync.watches import BUNDLED, Watch

_FILE = "_file"
_CREDENTIALS = "$CREDENTIALS_DIRECTORY"
"""The folder in which systemd puts what a service was given; there is none outside a service."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a setting."""

    text: str
    """One line: where the setting is, what is wrong, and what to do."""
    serious: bool = True
    """Whether the setting can't work; else it is as somebody may have meant it."""


def inspect(
    settings: Settings, watch: Watch, environment: Mapping[str, str] = os.environ
) -> Iterator[Finding]:
    """Everything that can be known to go wrong, in the order of the settings. Nothing is sent or written."""
    yield from _database(settings)
    if settings.source is not None:
        yield from _readable(settings, "source", settings.source)
    for key in ("documented", "in_use"):
        for named in getattr(settings, key):
            yield from _page(settings, key, named, watch)
    yield from _ping(settings, environment)
    for key in ("atom", "html"):
        if path := getattr(settings, key):
            yield from _folder(settings, key, path)
    for name, channel in settings.channels.items():
        yield from _channel(settings, name, channel, environment)
    yield from _inline_secrets(settings)


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database is None:
        return
    # SQLAlchemy, which only reads a URL here, takes its time.
    from db.locations import location  # noqa: PLC0415

    database = settings.database
    yield from _refused(settings, "database", lambda: location(database))


def _page(settings: Settings, key: str, named: str, watch: Watch) -> Iterator[Finding]:
    try:
        location = watch.source(named).location
    except UsageProblem as e:
        yield Finding(f"{_where(settings, key)}: {e}")
        return
    if location != BUNDLED:
        yield from _readable(settings, key, location)


def _readable(settings: Settings, key: str, location: str) -> Iterator[Finding]:
    where = _where(settings, key)
    if is_url(location):
        if not is_http_url(location):
            yield Finding(f"{where}: {shown(location)} is no http or https URL")
        return
    path = Path(location).expanduser()
    if not path.exists():
        yield Finding(f"{where}: {shown(location)}: there is no such file{_relative(path)}")
    elif not path.is_file():
        yield Finding(f"{where}: {shown(location)} is no file")
    elif not os.access(path, os.R_OK):
        yield Finding(f"{where}: {shown(location)} can't be read; check its rights")
    elif not path.is_absolute():
        yield Finding(
            f"{where}: {shown(location)} is looked for in the folder that a run starts in, for cron the "
            "user's home; give the whole path",
            serious=False,
        )


def _folder(settings: Settings, key: str, name: str) -> Iterator[Finding]:
    folder = Path(name).expanduser().parent
    where = f"{_where(settings, key)}: {shown(name)}"
    if not folder.is_dir():
        yield Finding(f"{where}: there is no folder {shown(str(folder))}{_relative(folder)}; make it")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(f"{where}: the folder can't be written to by this user; check its rights")


def _ping(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    key = "ping" if settings.ping else "ping_file"
    file = settings.ping_file
    if file and _elsewhere(file, environment):
        yield _only_in_a_service(settings, key, file)
        return
    what = _where(settings, key)
    try:
        url = secret(settings.ping, file, what, environment)
        if url and not is_http_url(url):
            yield Finding(f"{what}: that is no http or https URL")
    except WrongConfiguration as e:
        yield Finding(str(e))
    if file:
        yield from _open_to_others(settings, key, file)


def _channel(
    settings: Settings, name: str, channel: ChannelSettings, environment: Mapping[str, str]
) -> Iterator[Finding]:
    files = {key: getattr(channel, key) for key in CHANNEL if key.endswith(_FILE) and getattr(channel, key)}
    elsewhere = [key for key, file in files.items() if _elsewhere(file, environment)]
    for key in elsewhere:
        yield _only_in_a_service(settings, f"channels.{name}.{key}", files[key])
    if channel.exec:
        key = f"channels.{name}.exec"
        command = channel.exec[0]
        if shutil.which(command) is None:
            yield Finding(f"{_where(settings, key)}: {shown(command)}: there is no such command to execute")
        elif not os.path.isabs(command):  # noqa: PTH117  # a command's name, which may be no path
            yield Finding(
                f"{_where(settings, key)}: {shown(command)}: cron's PATH is short; give the whole path",
                serious=False,
            )
    elif not elsewhere:
        way = next(key for key in ("url", "url_file", "webhook", "webhook_file") if getattr(channel, key))
        opened = partial(open_channels, {name: channel}, environment)
        yield from _refused(settings, f"channels.{name}.{way}", opened)
    for key, file in files.items():
        if key not in elsewhere:
            yield from _open_to_others(settings, f"channels.{name}.{key}", file)


def _refused(settings: Settings, key: str, use: Callable[[], object]) -> Iterator[Finding]:
    try:
        use()
    except WrongConfiguration as e:
        yield Finding(f"{settings.origins.get(key, Origin.DEFAULT)}: {e}")


def _open_to_others(settings: Settings, key: str, file: str) -> Iterator[Finding]:
    path = Path(file).expanduser()
    if path.is_file() and path.stat().st_mode & 0o007:
        text = f"{_where(settings, key)}: everybody on this machine may read {shown(file)}; chmod 600 it"
        yield Finding(text, serious=False)


def _inline_secrets(settings: Settings) -> Iterator[Finding]:
    """A configuration file that holds secrets and that everybody may read."""
    secret_keys = {key for rules in (SETTINGS, CHANNEL) for key, rule in rules.items() if rule.secret}
    holders = {
        origin
        for key, origin in settings.origins.items()
        if key.rpartition(".")[2] in secret_keys and not origin.startswith(PREFIX)
    }
    for holder in sorted(holders):
        if Path(holder).is_file() and Path(holder).stat().st_mode & 0o007:
            yield Finding(
                f"{holder}: it holds secrets, and everybody on this machine may read it; chmod 600 it",
                serious=False,
            )


def _elsewhere(file: str, environment: Mapping[str, str]) -> bool:
    return file.startswith(_CREDENTIALS) and _CREDENTIALS.removeprefix("$") not in environment


def _only_in_a_service(settings: Settings, key: str, file: str) -> Finding:
    return Finding(f"{_where(settings, key)}: {file} is only there in a service", serious=False)


def _where(settings: Settings, key: str) -> str:
    return f"{settings.origins.get(key, Origin.DEFAULT)}: {key}"


def _relative(path: Path) -> str:
    return "" if path.is_absolute() else f" in {Path.cwd()}"
