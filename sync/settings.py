"""Every setting: its default, its key in the configuration file, its environment variable.

The key is the field's name in `Settings`, the variable is the same in capitals after `IANAWATCH_`. What is
typed on the command line wins over the environment, that over the file, that over the default; an empty
variable counts as none. One-off switches (`--dry-run` ...) are no settings. Standard library and platformdirs
only.
"""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sync.errors import WrongConfiguration
from sync.records import FetchLimits

PREFIX = "IANAWATCH_"


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings; `origins` says where each that is no default came from."""

    database: str | None = None
    """File path or SQLAlchemy URL; None: `ianawatch.db` in the user's data folder."""
    source: str | None = None
    """URL or file to read instead of the watch's document; None: IANA's."""
    documented: tuple[str, ...] = ()
    """Documented sources; empty: the watch's own. In a variable they are words, quoted as in a shell."""
    connect_timeout: float = 10.0
    """Seconds to connect."""
    read_timeout: float = 30.0
    """Seconds between two bytes."""
    deadline: float = 120.0
    """Seconds for a whole fetch."""
    max_bytes: int = 8 * 1024 * 1024
    """Bytes a document may have, decompressed."""
    retries: int = 3
    """Further tries of a fetch after the first."""
    older_copies_days: int = 30
    """Days of nothing but older copies after which the latest of them is applied."""
    failures: int = 3
    """Failed runs in a row after which operators are told."""
    log_format: str = "text"
    """How errors are written to stderr: text or json."""
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    def typed(self, **typed: Any) -> Settings:  # noqa: ANN401  # each in its setting's type
        """With what was typed on the command line; what was not (None, empty) stays."""
        given = {name: value for name, value in typed.items() if value}
        origins = dict.fromkeys(given, "the command line")
        return replace(self, **given, origins={**self.origins, **origins})

    @property
    def limits(self) -> FetchLimits:
        """How long and how much one fetch may take."""
        return FetchLimits(
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            deadline=self.deadline,
            max_bytes=self.max_bytes,
            retries=self.retries,
        )

    @property
    def older_copies(self) -> timedelta:
        """After how long of nothing but older copies the latest of them is applied."""
        return timedelta(days=self.older_copies_days)


DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(Settings) if item.name != "origins"}
"""Every setting's default, by its key."""
CHOICES = {"log_format": ("text", "json")}
BETWEEN: dict[str, tuple[float, float]] = {
    "connect_timeout": (0.01, 3600),
    "read_timeout": (0.01, 3600),
    "deadline": (0.01, 86400),
    "max_bytes": (1, 1024**3),
    "retries": (0, 100),
    "older_copies_days": (0, 36500),
    "failures": (1, 1_000_000),
}
"""The least and the most that each number may be."""


def load(config: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the file and the environment. Raises WrongConfiguration.

    `config` is the file a person named, which must exist; None: the user's own, if there is one.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    path = config or default_config()
    if config or path.is_file():
        for key, value in _read_file(path).items():
            values[key] = _checked(key, value, str(path))
            origins[key] = str(path)
    for variable, text in environment.items():
        setting = _key_of(variable) if text else None
        if setting:
            values[setting] = _checked(setting, _parsed(setting, text), variable)
            origins[setting] = variable
    return Settings(**values, origins=origins)


def default_config() -> Path:
    """The user's configuration file, whether it exists or not."""
    from platformdirs import user_config_path  # noqa: PLC0415  # only when no file is named

    return user_config_path("ianawatch") / "config.toml"


def default_database() -> Path:
    """The database in the user's data folder."""
    from platformdirs import user_data_path  # noqa: PLC0415  # only when no database is named

    return user_data_path("ianawatch") / "ianawatch.db"


def _read_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except OSError as e:
        raise WrongConfiguration(f"{path}: the configuration can't be read: {e.strerror}") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise WrongConfiguration(f"{path}: the configuration is not TOML: {e}") from e
    for key in found:
        if key not in DEFAULTS:
            near = get_close_matches(key, DEFAULTS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(DEFAULTS)}"
            raise WrongConfiguration(f"{path}: there is no setting {key}; {hint}")
    return found


def _key_of(variable: str) -> str | None:
    """The setting that an environment variable gives; None for one that is none of ours.

    Raises WrongConfiguration for what is nearly one: a slip would be passed over in silence for years.
    """
    if not variable.startswith(PREFIX):
        return None
    key = variable.removeprefix(PREFIX).lower()
    if key in DEFAULTS:
        return key
    near = get_close_matches(key, DEFAULTS, n=1, cutoff=0.8)
    if near:
        raise WrongConfiguration(
            f"{variable}: there is no such setting; did you mean {PREFIX}{near[0].upper()}?"
        )
    return None


def _parsed(key: str, text: str) -> Any:  # noqa: ANN401  # the type is the setting's
    """An environment variable's text as a value of the setting's type."""
    default = DEFAULTS[key]
    variable = f"{PREFIX}{key.upper()}"
    try:
        if isinstance(default, int | float):
            return type(default)(text)
    except ValueError as e:
        raise WrongConfiguration(f"{variable}: {text!r} is no {_called(type(default))}") from e
    try:
        return shlex.split(text) if isinstance(default, tuple) else text
    except ValueError as e:
        raise WrongConfiguration(f"{variable}: {text!r} is not quoted as in a shell: {e}") from e


def _checked(key: str, value: Any, origin: str) -> Any:  # noqa: ANN401  # the type is the setting's
    """The value in the setting's type. Raises WrongConfiguration."""
    default = DEFAULTS[key]
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise WrongConfiguration(f"{origin}: {key} is a list of texts, not {value!r}")
        return tuple(value)
    wanted: type[str | int | float] = str if default is None else type(default)
    right = int | float if wanted is float else wanted
    if not isinstance(value, right) or isinstance(value, bool):
        raise WrongConfiguration(f"{origin}: {key} is a {_called(wanted)}, not {value!r}")
    if key in CHOICES and value not in CHOICES[key]:
        raise WrongConfiguration(f"{origin}: {key} is {' or '.join(CHOICES[key])}, not {value!r}")
    if not isinstance(value, str):
        least, most = BETWEEN[key]
        # Not the other way round: no comparison holds for NaN.
        if not least <= value <= most:
            raise WrongConfiguration(f"{origin}: {key} is a number from {least} to {most}, not {value!r}")
    return wanted(value)


def _called(kind: type) -> str:
    return {str: "text", int: "whole number", float: "number"}[kind]
