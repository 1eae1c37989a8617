"""Ctrl-C before any statement: what was begun must have done nothing.

while True:
    with stopped_at(database, number) as was_stopped, suppress(KeyboardInterrupt):
        live.backfills(history, now)
    if not was_stopped:
        break
    assert everything(database) == before
    number += 1
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from db.engine import Database


@contextmanager
def stopped_at(database: Database, number: int) -> Iterator[list[bool]]:
    """Interrupt the program before that statement; whether it came so far is in the list."""
    stopped: list[bool] = []
    left = number

    def stop(*_: object) -> None:
        nonlocal left
        if not left:
            stopped.append(True)
            raise KeyboardInterrupt
        left -= 1

    event.listen(database.engine, "before_cursor_execute", stop)
    try:
        yield stopped
    finally:
        event.remove(database.engine, "before_cursor_execute", stop)
