"""Alerts and their deliveries as a table."""

from __future__ import annotations

from sync.answers import AlertRow
from sync.dates import minute
from sync.show.columns import BAD, GOOD, QUIET, WARNING, WIDE
from sync.show.render import Column

ID_LENGTH = 8
"""Characters of an id that a table shows: enough to tell a few thousand apart."""

_OF_STATE = {"waiting": WARNING, "done": GOOD, "dead": BAD, "dropped": QUIET}


def _state(row: AlertRow) -> str:
    match row.state:
        case None:
            return "no channel"
        case "done" if row.done_at:
            return f"done {minute(row.done_at)}"
        case "waiting" if row.attempts and row.next_at:
            return f"waiting, next try {minute(row.next_at)}"
        case state:
            return state


ALERTS: tuple[Column[AlertRow], ...] = (
    Column("ID", lambda row: row.alert[:ID_LENGTH]),
    Column("DECIDED (UTC)", lambda row: minute(row.at), from_width=WIDE),
    Column("ALERT", lambda row: row.text, wraps=True, widest=100),
    Column("CHANNEL", lambda row: row.channel or ""),
    Column("STATE", _state, lambda row: _OF_STATE.get(row.state or "", QUIET), wraps=True),
    Column("TRIES", lambda row: str(row.attempts or ""), from_width=WIDE),
    Column("PROBLEM", lambda row: row.problem or "", wraps=True),
)
