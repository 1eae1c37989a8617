"""Where a run's news goes: the channels of the settings, opened, and the letter that each is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.audience import Audience
from sync.deliver.channels import Channel, serving
from sync.deliver.opening import open_channels
from sync.fetch.location import shown
from sync.settings.model import Settings

if TYPE_CHECKING:
    from db.deliveries import Claim
    from db.engine import Database
    from sync.deliver.attempts import Attempt
    from sync.news.letter import Letter
    from sync.program import Program
    from sync.watches import Watch


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where this run's news goes."""

    channels: tuple[Channel, ...]
    settings: Settings

    @classmethod
    def of(cls, settings: Settings) -> Outlets:
        """As the settings have it. Raises WrongConfiguration for a channel that can't be used."""
        return cls(open_channels(settings.channels), settings)

    @property
    def serving(self) -> Mapping[str, Collection[Audience]]:
        """The channels a message goes to, by name, with the audiences each serves; streams among them."""
        return serving(self.channels)

    def send(self, program: Program, database: Database) -> list[Attempt]:
        """Send what is due to the channels, and mark it."""
        # Without any channel there may still be letters to one that was taken out of the settings.
        from sync.deliver.dispatch import deliver

        return deliver(database, self.channels, self._letter, program.clock, self.settings.dead_after)

    def _letter(self, claim: Claim) -> Letter:
        from sync import watched
        from sync.news.letter import write_letter

        message = claim.message
        there = set(watched.names(self.settings))
        named = {alert.watch for alert in message.alerts} & there
        pages = {name: _public_page(watched.watch_named(self.settings, name)) for name in named}
        return write_letter(message.uid, claim.uid, message.audience, message.at, message.alerts, pages)


def _public_page(watch: Watch) -> str:
    """Where a person reads the registry; a document that is its own page may have a secret in its URL."""
    return shown(watch.page) if watch.page == watch.document else watch.page
