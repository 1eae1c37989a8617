"""Which of a page's tables is the one that documents values?

A page about close codes may also hold a table of ports, of HTTP statuses, of years, of byte offsets. All of
them are columns of numbers. What tells the right one, for any registry:

1. *It reads.* The first column, or one whose heading names values (`headings`), or a pair headed `first` and
   `last`, reads as values within the registry's bounds in most of its rows.
2. *Its values have the watched size.* Most have as many digits as the watched ones: the codes of a registry
   do. 100-599 are no four-digit codes, nor are most ports and most offsets.
3. *It says so.* The heading names values, or some of them are watched ones. Years do neither. Without the
   heading it takes two values: one number is no table.

Of several, a table that is headed as values is better than one that is not, and so is one with watched values
than one without; better in one and worse in the other is not better. Among equals, one that documents watched
values is better than one that only describes their blocks. Two that are left are an error: to take one would
call the values of the other undocumented.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sync.errors import TableMissing, TableUnusable
from sync.intervals import Interval, spelled
from sync.parse_documented.cells import read_name, read_values
from sync.parse_documented.headings import heads_values
from sync.parse_documented.page import PageRow, PageTable, fold
from sync.records import DocumentedTable, DocumentedValue


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table has its values and their names, and in which rows."""

    first: int
    last: int | None
    """None where one cell holds both ends of a range."""
    name: int
    headed: bool
    rows: tuple[PageRow, ...]
    """Those below the headings."""

    def code(self, row: PageRow) -> str:
        """The text of the row's values."""
        first = _at(row, self.first)
        last = "" if self.last is None else _at(row, self.last)
        return f"{first}-{last}" if last.strip() else first


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A table that may be the one."""

    line: int | None
    values: tuple[DocumentedValue, ...]
    headed: bool
    touches: bool
    """Whether some of its values or blocks lie in the watched range."""
    documents: bool
    """Whether it has a row for a single watched value."""


def choose_table(tables: Iterable[PageTable], *, bounds: Interval, watched: Interval) -> DocumentedTable:
    """The values that the right one of `tables` documents, in its order.

    Rows that read as no value are left out; of rows for the same value or range the first counts. Raises
    TableMissing where no table can be meant, TableUnusable where more than one can.
    """
    candidates = [found for table in tables if (found := _candidate(table, bounds, watched)) is not None]
    best = _best(candidates)
    if not best:
        raise TableMissing(
            "no table of values found; name a page with a table or a list that has values such as "
            f"{spelled(*watched)} in its first column, or in one headed code or value"
        )
    if len(best) > 1:
        first, second = sorted(candidate.line or 0 for candidate in best)[:2]
        raise TableUnusable(
            f"two tables of values, {_spelled_line(first)} and {_spelled_line(second)}, could both be meant; "
            "name a page with one of them"
        )
    return DocumentedTable(best[0].values)


def _best(candidates: list[_Candidate]) -> list[_Candidate]:
    kinds = {(candidate.headed, candidate.touches) for candidate in candidates}
    kept = {
        kind
        for kind in kinds
        if not any(other != kind and other[0] >= kind[0] and other[1] >= kind[1] for other in kinds)
    }
    best = [candidate for candidate in candidates if (candidate.headed, candidate.touches) in kept]
    documenting = [candidate for candidate in best if candidate.documents]
    return documenting if documenting and len(kept) == 1 else best


def _candidate(table: PageTable, bounds: Interval, watched: Interval) -> _Candidate | None:
    for columns in _possible_columns(table, bounds):
        values = _values(columns, bounds)
        if values is None or not _sized_like(values, watched):
            continue
        touching = [value for value in values if value.first <= watched[1] and watched[0] <= value.last]
        if columns.headed or (touching and len(values) > 1):
            return _Candidate(
                table.line,
                _without_repeats(values),
                columns.headed,
                bool(touching),
                any(value.is_single for value in touching),
            )
    return None


def _possible_columns(table: PageTable, bounds: Interval) -> Iterator[_Columns]:
    """By headings first; the first row is headings where no cell of it is a value."""
    first_row = table.rows[0].cells if table.rows else ()
    headed = not any(read_values(cell, bounds) for cell in first_row)
    headings = [fold(cell) for cell in first_row] if headed else []
    rows = table.rows[1:] if headed else table.rows
    words = [heading.casefold() for heading in headings]
    name = words.index("name") if "name" in words else None
    if "first" in words and "last" in words:
        first, last = words.index("first"), words.index("last")
        beside = max(first, last) + 1
        yield _Columns(first, last, beside if name is None else name, headed=True, rows=rows)
    for at, heading in enumerate(headings):
        if heads_values(heading):
            yield _Columns(at, None, at + 1 if name is None else name, headed=True, rows=rows)
    yield _Columns(0, None, 1 if name is None else name, headed=False, rows=rows)


def _values(columns: _Columns, bounds: Interval) -> list[DocumentedValue] | None:
    """The values of a column; None where most of its rows hold something else."""
    values: list[DocumentedValue] = []
    rows = readable = 0
    for row in columns.rows:
        code = columns.code(row)
        if not code.strip():
            continue
        rows += 1
        intervals = read_values(code, bounds)
        if intervals:
            readable += 1
            name = read_name(_at(row, columns.name))
            values += [DocumentedValue(first, last, name, row.line) for first, last in intervals]
    return values if readable * 2 > rows else None


def _without_repeats(values: list[DocumentedValue]) -> tuple[DocumentedValue, ...]:
    kept: dict[Interval, DocumentedValue] = {}
    for value in values:
        kept.setdefault((value.first, value.last), value)
    return tuple(kept.values())


def _sized_like(values: list[DocumentedValue], watched: Interval) -> bool:
    """Whether most of the values, or an end of their ranges, have as many digits as watched ones."""
    fewest, most = (len(str(end)) for end in watched)
    sized = sum(any(fewest <= len(str(end)) <= most for end in (value.first, value.last)) for value in values)
    return sized * 2 > len(values)


def _at(row: PageRow, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


def _spelled_line(line: int) -> str:
    return f"on line {line}" if line else "on a line beyond counting"
