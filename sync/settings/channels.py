"""The tables `[channels.NAME]`: each names one place where letters go, and whose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.errors import WrongConfiguration
from sync.settings.model import CHANNEL, ChannelSettings

KINDS = ("url", "exec", "webhook")
"""The ways a letter can go; a channel has one of them."""
RESERVED = ("stdout", "stderr")
"""Names that the program's own streams have in the outbox."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value for a channel's key, checked, and where it came from."""

    value: Any
    origin: str


def channel(name: str, given: Mapping[str, Given], origin: str) -> ChannelSettings:
    """The channel of these values. Raises WrongConfiguration for what can't be one."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) or name in RESERVED:
        raise WrongConfiguration(
            f"{origin}: a channel's name is made of a-z, 0-9, - and _, and is not "
            f"{' or '.join(RESERVED)}: {name!r}"
        )
    ways = [key for key in given if key.removesuffix("_file") in KINDS]
    if len(ways) != 1:
        said = "has " + (" and ".join(ways) if ways else "nowhere to go")
        raise WrongConfiguration(
            f"{origin}: the channel {name} {said}; it takes one of url, url_file, exec, webhook, webhook_file"
        )
    keys = [key for key in given if key.removesuffix("_file") == "key"]
    if len(keys) > 1 or (keys and not ways[0].startswith("webhook")):
        raise WrongConfiguration(f"{origin}: the channel {name}: a webhook takes one of key, key_file")
    if ways == ["exec"] and not given["exec"].value:
        raise WrongConfiguration(f"{origin}: the channel {name}: exec names no command")
    return ChannelSettings(name, **{key: value.value for key, value in given.items() if key in CHANNEL})
