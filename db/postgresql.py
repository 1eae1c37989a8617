"""PostgreSQL by its own means: one writer at a time, a reader's consistent view, what lies with the server.

Nothing is imported of the driver, which the URL chooses. Other engines' servers are asked nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.sqlite import APPLICATION_ID, LOCK_WAIT

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

LONGEST_PAUSE = 300
"""Seconds between two statements after which the server ends a transaction: its host is gone, or sleeps."""

_OF_LIBPQ = ("psycopg", "psycopg2")
_CONNECTION = {
    "application_name": "ianawatch",
    # Whatever PGCLIENTENCODING says, and the server's own encoding.
    "client_encoding": "utf8",
    # A server that went away without a word is noticed within a minute, not after hours.
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""Options of a connection, unless the URL has its own (PostgreSQL's manual, Parameter Key Words)."""

_IN_THE_WAY = ("55P03", "40001", "40P01")
"""SQLSTATEs (PostgreSQL's manual, appendix A): no lock in time, a standby's conflict, a deadlock."""
_CHECK = "check that the server runs, and each part of the URL (docs/operating.md)"
_ADVICE = {
    "08": _CHECK,
    "28": _CHECK,
    "3D": _CHECK,
    "25006": "name the primary server, not a standby, and a user that may write",
    "25P": "the next run tries again",
    "3F": "make the schema that the user's search_path names",
    "42501": "give the URL's user the rights to it (docs/operating.md)",
    "53": "make room on the server; the next run tries again",
    "57": "the next run tries again; if it goes on, the server's log says more",
    "58": "the server's log says more",
}
"""By SQLSTATE, or a class of them: what lies with the server, or with the way to it."""


_WRITER = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"
_READER = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def url_with_options(url: URL) -> URL:
    """The URL with the options that each connection should have; another engine's as it is."""
    if url.get_backend_name() != "postgresql" or url.get_driver_name() not in _OF_LIBPQ:
        return url
    return url.set(query={**_CONNECTION, **url.query})


def begin(connection: Connection, *, write: bool) -> None:
    """Say, as a transaction's first words, what it may do; a writer waits here for the one before it.

    Nothing is left to what the server, the database or the user has as a default: a writer that is not READ
    COMMITTED would go on with what it saw before it waited.
    """
    connection.exec_driver_sql(_WRITER if write else _READER)
    connection.exec_driver_sql(
        f"SELECT set_config('lock_timeout', '{LOCK_WAIT * 1000:.0f}', true), "
        f"set_config('idle_in_transaction_session_timeout', '{LONGEST_PAUSE * 1000:.0f}', true)"
    )
    if write:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({APPLICATION_ID})")


def encoding(connection: Connection) -> str:
    """The encoding of the database's texts."""
    return str(connection.exec_driver_sql("SHOW server_encoding").scalar())


def is_busy(error: BaseException | None) -> bool:
    """Whether another program's lock was in the way."""
    return _state(error) in _IN_THE_WAY


def what_to_do(error: BaseException | None, *, connecting: bool = False) -> str | None:
    """Advice on what lies with the server or the way to it; None for any other error, which is a bug.

    `connecting`: whether there was no statement yet.
    """
    state = _state(error)
    if not state:
        # A server that is out of reach gives no state. The classes have the names that PEP 249 gives them.
        out_of_reach = ("OperationalError", "ProgrammingError") if connecting else ("OperationalError",)
        return _CHECK if type(error).__name__ in out_of_reach else None
    return next((advice for begins, advice in _ADVICE.items() if state.startswith(begins)), None)


def message(error: BaseException | None) -> str | None:
    """What the server itself said, without the statement and the place in it; None: it said nothing."""
    said = getattr(getattr(error, "diag", None), "message_primary", None)
    return said if isinstance(said, str) else None


def _state(error: BaseException | None) -> str:
    return getattr(error, "sqlstate", None) or ""
