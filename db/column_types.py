"""Column types that say what is in a column, whatever the engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Dialect, String, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine


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
        value = value.astimezone(UTC).replace(microsecond=0)
        return value.isoformat().replace("+00:00", "Z") if dialect.name == "sqlite" else value

    def process_result_value(self, value: str | datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        del dialect
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC) if value is not None else None
