"""What an observation was. Apart from the state that it is decided on, which many a run needs nothing of."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What an observation was (docs/rules.md, rules 1 and 4)."""

    UNCHANGED = "unchanged"
    APPLIED = "applied"
    OLDER = "older"
    OVERDUE = "overdue"
    """An older copy that was applied, since nothing else came for long or a person said so."""
    QUARANTINED = "quarantined"


UNCHANGED_AFTER = frozenset({Verdict.UNCHANGED, Verdict.APPLIED, Verdict.OVERDUE})
"""The observations into which one folds that finds nothing changed."""


class VersionReplaced(Exception):
    """A 304 spoke of a version that somebody else's sync has replaced meanwhile: ask again."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        """The document's."""
