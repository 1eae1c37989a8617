"""Who is told. Apart from what they are told, since settings and channels need no more."""

from __future__ import annotations

from enum import StrEnum


class Audience(StrEnum):
    """Who an alert is for."""

    READERS = "readers"
    """Those who must know of registrations."""
    OPERATORS = "operators"
    """Those who keep the sync running."""
