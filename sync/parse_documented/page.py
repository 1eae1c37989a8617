"""What passes from the rooms of the formats to `choose`, and how much of it is taken.

A cell's text keeps one kind of white space: a line break where the page breaks the line for the reader
(`<br>`, a paragraph). Everything else is the business of `cells`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sync.errors import TableUnusable

T = TypeVar("T")

MAX_BYTES = 8 * 1024 * 1024
"""Of a page."""
MAX_ROWS = 20_000
"""Rows of all tables and items of all lists of one page; no page for people comes near."""
MAX_COLUMNS = 64
"""Cells of a row that are looked at."""

# U+0000 has no place in a PostgreSQL text, a lone surrogate has none in UTF-8; JSON can spell both.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PageRow:
    """One row, or one item of a list."""

    line: int | None
    """Where it begins, from 1; None where the parser does not say."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of a page, or a list read as one; the headings, where it has any, are its first row."""

    line: int | None
    rows: tuple[PageRow, ...]


def fold(text: str) -> str:
    """White space folded; what no database can hold becomes U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def bounded(rows: Iterable[T]) -> Iterator[T]:
    """The rows as they come; TableUnusable is raised after MAX_ROWS of them."""
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise _too_much(f"{MAX_ROWS} rows")
        yield row


def refuse_long_markup(text: str, *, max_characters: int, max_lines: int) -> None:
    """Raise TableUnusable for a page that a parser written in Python would take too long for."""
    if len(text) > max_characters:
        raise _too_much(f"{max_characters} characters of markup")
    if text.count("\n") >= max_lines:
        raise _too_much(f"{max_lines} lines of markup")


def _too_much(limit: str) -> TableUnusable:
    return TableUnusable(f"more than {limit}; name a page that holds little but the table")
