"""A message in the forms that channels take: subject, plain text, HTML, JSON. Pure.

How alerts are worded is `message`'s business, how a letter travels that of the channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.news.alerts import Audience


@dataclass(frozen=True, slots=True)
class Letter:
    """What one channel is given."""

    uid: str
    """The message's id: a repeat has the same."""
    delivery_uid: str
    """The id of this message's delivery to this channel: an idempotency key."""
    audience: Audience
    at: datetime
    """When it was decided."""
    subject: str
    """Our own words and checked numbers only."""
    text: str
    html: str
    facts: Mapping[str, Any]
    """The same as JSON."""
