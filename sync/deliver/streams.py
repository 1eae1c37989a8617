"""Outbox -> standard output and error, after the commit (docs/rules.md, rule 7).

A message is marked only when its channel has accepted it, so that none is lost; a repeat, possible only when
the process dies in between, has the same id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.deliveries import Claim, Deliveries
from db.delivery_state import count_waiting
from sync.deliver.channels import Printer

if TYPE_CHECKING:
    from db.engine import Database

LEASE = timedelta(minutes=10)
"""How long what is being printed is left to who prints it."""


def print_waiting(database: Database, printers: Mapping[str, Printer], at: datetime) -> None:
    """Print every waiting message of the channels that are streams, and mark it.

    `printers` are by the channel's name, in order. Each is called once with what waits for it, which may be
    nothing, and returns when its stream has taken all of it. What it raises passes through; then its
    messages and those of the later ones wait for the next run.
    """
    claims = _claimed(database, printers, at)
    for channel, printer in printers.items():
        of_channel = [claim for claim in claims if claim.channel == channel]
        try:
            printer([claim.message for claim in of_channel])
        except BaseException:
            _give_back(database, claims, at)
            raise
        if of_channel:
            with database.write() as connection:
                Deliveries(connection).done([claim.delivery_id for claim in of_channel], at)
        claims = [claim for claim in claims if claim not in of_channel]


def _claimed(database: Database, printers: Mapping[str, Printer], at: datetime) -> list[Claim]:
    with database.read() as connection:
        if not count_waiting(connection):
            return []
    with database.write() as connection:
        deliveries = Deliveries(connection)
        claims = [claim for channel in printers for claim in deliveries.claim(channel, at, lease=LEASE)]
    return sorted(claims, key=lambda claim: claim.delivery_id)


def _give_back(database: Database, claims: list[Claim], at: datetime) -> None:
    """Let the next run have them at once, instead of when the lease ends."""
    if claims:
        with database.write() as connection:
            for claim in claims:
                Deliveries(connection).put_off(claim, at, "it could not be printed")
