"""File and environment -> settings, and where each came from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sync.errors import WrongConfiguration
from sync.settings.channels import KINDS, Given, channel
from sync.settings.model import CHANNEL, PREFIX, SETTINGS, Settings
from sync.settings.values import checked, meant, near, parsed
from sync.settings.watches import Tables, parsed_tables, watch_tables

CHANNELS = "channels"
WATCHES = "watch"


def read(
    config: Path | None, environment: Mapping[str, str] = os.environ
) -> tuple[Settings, list[WrongConfiguration]]:
    """The settings that can be used, and everything that is wrong with the others.

    `config` is the file a person named, which must exist; None: the user's own, if there is one.
    """
    path = config or default_config()
    reader = _Reader()
    if config or path.is_file():
        try:
            reader.file(_read_file(path), str(path))
        except WrongConfiguration as e:
            reader.problems.append(e)
    for variable, text in environment.items():
        if variable.startswith(PREFIX) and text:
            reader.variable(variable, text)
    return reader.settings(), reader.problems


def default_config() -> Path:
    """The user's configuration file, whether it exists or not."""
    from platformdirs import user_config_path  # noqa: PLC0415  # only when no file is named

    return user_config_path("ianawatch") / "config.toml"


def default_database() -> Path:
    """The database in the user's data folder."""
    from platformdirs import user_data_path  # noqa: PLC0415  # only when no database is named

    return user_data_path("ianawatch") / "ianawatch.db"


def _read_file(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  # only where there is a file

    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as e:
        hint = "; `ianawatch config init` writes one" if isinstance(e, FileNotFoundError) else ""
        raise WrongConfiguration(f"{path}: the configuration can't be read: {e.strerror}{hint}") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise WrongConfiguration(f"{path}: the configuration is not TOML: {e}") from e


class _Reader:
    """Collects values, where each came from, and what is wrong with those that can't be used."""

    def __init__(self) -> None:
        self.problems: list[WrongConfiguration] = []
        self._values: dict[str, Given] = {}
        self._channels: dict[str, dict[str, Given]] = {}
        self._watches = Tables((), {}, ())

    def file(self, found: Mapping[str, Any], path: str) -> None:
        """Take what a file holds."""
        for key, value in found.items():
            if key == CHANNELS:
                self._channels_of(value, path)
            elif key == WATCHES:
                self._watches = watch_tables(value, path)
            elif key in SETTINGS:
                self._take(self._values, key, value, path)
            else:
                self._wrong(
                    f"{path}: there is no setting {key}; {meant(key, [*SETTINGS, CHANNELS, WATCHES])}"
                )

    def variable(self, variable: str, text: str) -> None:
        """Take an environment variable, unless it is none of ours.

        What is nearly one of ours is a problem: a slip would be passed over in silence for years.
        """
        key = variable.removeprefix(PREFIX).lower()
        table, name, inner = (*key.split("__", 2), "", "")[:3]
        try:
            if key in SETTINGS:
                self._take(self._values, key, parsed(SETTINGS[key], text, variable), variable)
            elif key == WATCHES:
                self._watches = watch_tables(parsed_tables(text, variable), variable)
            elif table == CHANNELS and inner in CHANNEL:
                of_channel = _without_rivals(self._channels.get(name, {}), inner)
                value = parsed(CHANNEL[inner], text, variable)
                self._take(of_channel, f"{CHANNELS}.{name}.{inner}", value, variable)
                self._channels[name] = of_channel
            elif table == CHANNELS:
                self._wrong(
                    f"{variable}: there is no such setting; a channel's is {PREFIX}CHANNELS__NAME__KEY, the "
                    f"keys are {', '.join(CHANNEL).upper()}"
                )
            elif found := near(key, [*SETTINGS, WATCHES], cutoff=0.8):
                self._wrong(f"{variable}: there is no such setting; did you mean {PREFIX}{found.upper()}?")
        except WrongConfiguration as e:
            self.problems.append(e)

    def settings(self) -> Settings:
        """The settings, of what can be used."""
        origins = {key: given.origin for key, given in self._values.items()}
        channels = {}
        for name, given in self._channels.items():
            if not given:
                continue
            try:
                channels[name] = channel(name, given, next(iter(given.values())).origin)
            except WrongConfiguration as e:
                self.problems.append(e)
            else:
                origins |= {f"{CHANNELS}.{name}.{key}": value.origin for key, value in given.items()}
        if {"ping", "ping_file"} <= self._values.keys():
            self._wrong(f"{self._values['ping'].origin}: ping and ping_file exclude each other")
            del self._values["ping_file"]
        self.problems += self._watches.problems
        values = {key: given.value for key, given in self._values.items()}
        return Settings(
            **values,
            channels=channels,
            watches=self._watches.watches,
            origins={**origins, **self._watches.origins},
        )

    def _channels_of(self, tables: Any, path: str) -> None:  # noqa: ANN401  # whatever TOML had there
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            self._wrong(f"{path}: channels are tables, each under a name: [channels.mail]")
            return
        for name, table in tables.items():
            given = self._channels.setdefault(name, {})
            for key, value in _known(table, name, path, self.problems):
                self._take(given, f"{CHANNELS}.{name}.{key}", value, path)
            if not table:
                self._wrong(f"{path}: the channel {name} is empty")

    def _take(self, into: dict[str, Given], name: str, value: Any, origin: str) -> None:  # noqa: ANN401  # as above
        """`name` is the key, in a table with the table's name before it."""
        key = name.rpartition(".")[2]
        rule = SETTINGS[name] if name in SETTINGS else CHANNEL[key]
        try:
            into[key] = Given(checked(name, rule, value, origin), origin)
        except WrongConfiguration as e:
            self.problems.append(e)

    def _wrong(self, text: str) -> None:
        self.problems.append(WrongConfiguration(text))


def _known(
    table: Mapping[str, Any], name: str, path: str, problems: list[WrongConfiguration]
) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if key in CHANNEL:
            yield key, value
        else:
            text = f"{path}: a channel has no {key} ({CHANNELS}.{name}); {meant(key, CHANNEL)}"
            problems.append(WrongConfiguration(text))


def _without_rivals(given: Mapping[str, Given], key: str) -> dict[str, Given]:
    """What the file said of a channel, less what the variable for `key` stands in the place of."""
    family = next((ways for ways in (KINDS, ("key",)) if key.removesuffix("_file") in ways), ())
    return {
        name: value
        for name, value in given.items()
        if name.removesuffix("_file") not in family or value.origin.startswith(PREFIX)
    }
