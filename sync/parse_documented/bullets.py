"""A list of values (`- 1000: Normal Closure`) as a table of two columns, the values and their names."""

from __future__ import annotations

from collections.abc import Iterable

from sync.parse_documented.cells import split_item
from sync.parse_documented.page import PageRow, PageTable


def list_as_table(introduction: str, items: Iterable[tuple[int | None, str]]) -> PageTable:
    """Read (line, text) of each item; what the page says right before the list is its heading."""
    rows = [PageRow(line, split_item(text)) for line, text in items]
    line = rows[0].line if rows else None
    return PageTable(line, (PageRow(line, (introduction,)), *rows))
