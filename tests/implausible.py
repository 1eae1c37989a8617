"""Documents of which something waits for a person, the days they come on, and what is told of them.

live.sees(serving("2021-09-20", 1000, garbled=["30O0"]), day(20))
assert heard(live) == ["records-set-aside"]
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from builders import document, registry, row

if TYPE_CHECKING:
    from live_syncs import LiveSyncs

NOON = datetime(2021, 9, 1, 12, tzinfo=UTC)
FIVE = (1000, 3000, 3003, 3008, 3009)
"""Five registered codes."""


def day(number: float) -> datetime:
    """Noon of so many days after the first of September."""
    return NOON + timedelta(days=number)


def serving(updated: str, *codes: int, garbled: Iterable[str] = (), note: str = "") -> bytes:
    """A document that registers the codes; `garbled` are values of records that can't be used.

    `note` tells it from another that says the same.
    """
    rows = [row(str(code), f"Code {code}", date="2021-01-01") for code in codes]
    rows += [row(value, f"Garbled {value}") for value in garbled]
    return document(rows, updated=updated, other=f"<!-- {note} -->" if note else "")


def emptied(updated: str, note: str = "") -> bytes:
    """A document whose registry has no records."""
    return serving(updated, note=note)


def without_registry(updated: str) -> bytes:
    """A document that has another registry only."""
    return document([row("1", "Text")], updated=updated, registry_id="opcode")


def cut_short(updated: str, *codes: int, note: str = "") -> bytes:
    """A document that is not well-formed."""
    return serving(updated, *codes, note=note)[:-20]


def with_doctype(updated: str, *codes: int) -> bytes:
    """A document with a DOCTYPE."""
    declaration, _, rest = serving(updated, *codes).partition(b"\n")
    return declaration + b"\n<!DOCTYPE registry>\n" + rest


OTHER_ROOT = b"<redirect/>\n"
"""A document with another root; one like it was served once."""


def two_registries(updated: str, *codes: int) -> bytes:
    """A document that registers the codes and has another registry beside it."""
    rows = [row(str(code), f"Code {code}", date="2021-01-01") for code in codes]
    return document(rows, updated=updated, other=registry([row("1", "Text")], registry_id="opcode"))


def heard(live: LiveSyncs) -> list[str]:
    """What was told since this was asked last: the kind of each alert, and the codes it names."""
    told = [" ".join([str(kind), *map(str, values)]) for kind, values in live.told]
    live.told.clear()
    return told
