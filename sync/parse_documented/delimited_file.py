"""A CSV or TSV file as one table. Its first line that is not blank may hold the headings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from sync.errors import TableUnusable
from sync.parse_documented.page import MAX_COLUMNS, PageRow, PageTable, bounded


def read_tables(text: str, delimiter: str) -> list[PageTable]:
    """The file's table; TableUnusable is raised for broken quoting (RFC 4180) and beyond the limits."""
    rows = tuple(bounded(_rows(text, delimiter)))
    return [PageTable(rows[0].line, rows)] if rows else []


def _rows(text: str, delimiter: str) -> Iterator[PageRow]:
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield PageRow(line, tuple(cells[:MAX_COLUMNS]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableUnusable(f"line {line}: {error}; mend the quotes") from error
