"""Column types that say what is in a column, whatever the engine; and a value that can't be.

To SQLite's own check of a file, two pages that have changed places are sound.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import DateTime, Dialect, String, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine


Word = TypeVar("Word", bound=StrEnum)


class NotAsWritten(Exception):
    """A stored value that this program never writes: the file is damaged."""


def word(words: type[Word], stored: str) -> Word:
    """The one of the words that is stored. Raises NotAsWritten."""
    try:
        return words(stored)
    except ValueError as e:
        raise NotAsWritten(f"{stored!r} is no {words.__name__.lower()}") from e


_json_text = JSONEncoder().encode


def json_text(value: object) -> str:
    """A value as JSON; most are empty lists, and the encoder takes its time for them too."""
    return "[]" if value in ((), []) else _json_text(value)


@lru_cache
def _text_of(at: datetime) -> str:
    """A time as SQLite stores it; it has to be in UTC already.

    Most rows of a run bear one time. Elsewhere two times that differ may be equal, and the cache would take
    one for the other: in the hour that comes twice when the clocks are put back.
    """
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


class Utc(TypeDecorator[datetime]):
    """A time in UTC, to the second.

    On SQLite the text `2026-11-22T17:24:58Z`, which sorts as time does and reads well in a shell; elsewhere
    the engine's own timestamp with time zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, which has no type for times."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | datetime | None:
        """The time as the engine stores it. Raises ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a time without a zone could mean anything: {value!r}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return _text_of(value)
        return value.replace(microsecond=0)

    def process_result_value(self, value: str | datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC. Raises NotAsWritten."""
        del dialect
        if value is None:
            return None
        try:
            return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)
        except (AttributeError, ValueError) as e:
            raise NotAsWritten(f"{value!r} is no time") from e
