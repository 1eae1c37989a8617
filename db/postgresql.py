"""PostgreSQL by its own means: one writer at a time, a reader's consistent view, what lies with the server.

The driver is the user's choice, made by the URL; nothing of it is imported here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.sqlite import APPLICATION_ID, LOCK_WAIT

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK_NOT_AVAILABLE = "55P03"
_INSUFFICIENT_PRIVILEGE = "42501"
_OF_THE_SERVER = ("08", "28", "3D", "53", "57", "58")
"""SQLSTATEs, and classes of them: connection, authorization, no such database, resources, operators, system
(PostgreSQL's manual, appendix A)."""


def begin(connection: Connection, *, write: bool) -> None:
    """Say, as a transaction's first words, what it may do; a writer waits here for the one before it."""
    if write:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT:.0f}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({APPLICATION_ID})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def is_busy(error: BaseException | None) -> bool:
    """Whether another program's lock was in the way."""
    return _state(error) == _LOCK_NOT_AVAILABLE


def what_to_do(error: BaseException | None) -> str | None:
    """Advice on what lies with the server or the way to it; None for any other error, which is a bug."""
    state = _state(error)
    if state == _INSUFFICIENT_PRIVILEGE:
        return "give the URL's user the rights to it"
    # A server that is out of reach gives no state. The class has the name that PEP 249 gives it.
    if state.startswith(_OF_THE_SERVER) or (not state and type(error).__name__ == "OperationalError"):
        return "check the server and the URL"
    return None


def _state(error: BaseException | None) -> str:
    return getattr(error, "sqlstate", None) or ""
