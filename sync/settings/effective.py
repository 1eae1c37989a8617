"""Settings -> rows for a person: what is in force, and where it came from. Pure; no secret leaves here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sync.fetch.location import shown
from sync.settings.model import CHANNEL, SETTINGS, WATCH, Origin, Rule, Settings
from sync.show.render import Column
from sync.watches import CLOSE_CODES

MASK = "***"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting in force."""

    key: str
    """As in the configuration file, `channels.NAME.key` and `watch.NAME.key` in tables."""
    value: Any
    """A number, a text, a list of texts; None where nothing is set."""
    origin: str
    """`default`, a file's path, a variable's name, or `the command line`."""


COLUMNS: tuple[Column[SettingRow], ...] = (
    Column("KEY", lambda row: row.key),
    Column("VALUE", lambda row: _text(row.value), wraps=True),
    Column("FROM", lambda row: row.origin, wraps=True),
)


def effective(settings: Settings, database: str) -> Iterator[SettingRow]:
    """Every setting, and of the tables what is set; `database` is where the default has it."""
    default = Origin.DEFAULT.value
    for key, rule in SETTINGS.items():
        value = getattr(settings, key) or _without(key, database) or getattr(settings, key)
        yield SettingRow(key, _shown(rule, value), settings.origins.get(key, default))
    for watch in settings.watches:
        for key, rule in WATCH.items():
            if value := getattr(watch, key):
                path = f"watch.{watch.name}.{key}"
                yield SettingRow(path, _shown(rule, value), settings.origins.get(path, default))
    for name, channel in settings.channels.items():
        for key, rule in CHANNEL.items():
            if value := getattr(channel, key):
                path = f"channels.{name}.{key}"
                yield SettingRow(path, _shown(rule, value), settings.origins.get(path, default))


def _without(key: str, database: str) -> Any:  # noqa: ANN401  # as above
    """What holds where nothing is said, if that is more than nothing."""
    if key == "database":
        return database
    return tuple(source.name for source in CLOSE_CODES.documented) if key == "documented" else None


def _shown(rule: Rule, value: Any) -> Any:  # noqa: ANN401  # each in its setting's type
    if rule.secret and value:
        return MASK
    if isinstance(value, tuple):
        return tuple(map(shown, value))
    return shown(value) if isinstance(value, str) else value


def _text(value: Any) -> str:  # noqa: ANN401  # as above
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
