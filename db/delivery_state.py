"""How far a delivery is, and whether any waits, which every run asks. What becomes of them: `deliveries`."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, func, select

from db import tables as t


class DeliveryState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    DONE = "done"
    """Its channel has accepted it."""
    DEAD = "dead"
    """No try could deliver it for too long; a person may revive it."""
    DROPPED = "dropped"
    """A person said that it need not be delivered."""


UNDELIVERED = (DeliveryState.WAITING, DeliveryState.DEAD)
"""States in which a delivery has not reached its channel, and ought to."""


def count_waiting(connection: Connection) -> int:
    """How many deliveries wait."""
    query = select(func.count()).where(t.delivery.c.state == DeliveryState.WAITING)
    return connection.scalar(query) or 0
