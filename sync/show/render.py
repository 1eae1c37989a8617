"""Answers as text: JSON, CSV, TSV, tables and sheets.

Text from outside is made safe here, cell by cell, so that no command can forget it (docs/rules.md, rule 10).
Pure: whether there is a terminal, how wide it is and how it shows colour is `terminal`'s business; what the
columns are is `columns`', and how a terminal shows them `drawing`'s.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sync.dates import stamp
from sync.escape import csv_cell, json_text, shown

Row = TypeVar("Row")

GAP = "  "
"""What parts two columns."""


def _unstyled(row: object) -> str:
    del row
    return ""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column of a table for a person."""

    heading: str
    text: Callable[[Row], str]
    style: Callable[[Row], str] = _unstyled
    """How a terminal shows it, in rich's words."""
    wraps: bool = False
    """Whether it gives way where the terminal is narrow; one that does not is shown on one line."""
    widest: int = 60
    """The most cells that one that wraps takes."""
    from_width: int = 0
    """The narrowest terminal, in cells, that it is shown on; elsewhere than on a terminal it always is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a sheet: what it is, and the lines that say it."""

    label: str
    lines: Sequence[str]
    style: str = ""
    """How a terminal shows the lines."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Many things about one: what a person reads from top to bottom."""

    title: str
    entries: Sequence[Entry] = field(default=())


def counted(count: int, one: str, many: str) -> str:
    """How many, in words that fit the number."""
    return f"{count} {one if count == 1 else many}"


def facts(answer: Any) -> Any:  # noqa: ANN401  # whatever JSON can hold
    """An answer as JSON has it: dataclasses by field name, times as the database has them."""
    if is_dataclass(answer) and not isinstance(answer, type):
        return facts(asdict(answer))
    if isinstance(answer, Mapping):
        return {name: facts(value) for name, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [facts(value) for value in answer]
    return stamp(answer) if isinstance(answer, datetime) else answer


def as_json(answer: object) -> str:
    """One JSON document, without a line end."""
    return json_text(json.dumps(facts(answer), ensure_ascii=False, indent=2))


def as_csv(names: Sequence[str], rows: Iterable[object], *, delimiter: str = ",") -> str:
    """A line of names and one of each row's attributes, safe in a spreadsheet; without the last line end.

    Yes and no are 1 and 0, as in the views; what is not known is empty; a list is joined by semicolons.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])
    return text.getvalue().removesuffix("\n")


def as_data(names: Sequence[str], rows: Iterable[object], output: str) -> str:
    """The attributes with these names of each row, as `json`, `csv` or `tsv`; without the last line end."""
    if output == "json":
        return as_json([{name: getattr(row, name) for name in names} for row in rows])
    return as_csv(names, rows, delimiter="," if output == "csv" else "\t")


def as_text(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    """A table for a pipe: aligned by spaces, nothing cut or wrapped; empty when there are no rows."""
    if not rows:
        return ""
    lines = [[column.heading for column in columns]]
    lines += [[shown(column.text(row)) for column in columns] for row in rows]
    return "\n".join(_aligned(lines))


def sheet_text(sheet: Sheet) -> str:
    """A sheet for a pipe: labels to the left, one line each, nothing cut or wrapped."""
    said = [
        ("" if number else shown(entry.label), shown(line))
        for entry in sheet.entries
        for number, line in enumerate(entry.lines)
    ]
    return "\n".join([shown(sheet.title), *_aligned(said)])


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines with their cells below each other, as a terminal would show them."""
    from rich.cells import cell_len  # noqa: PLC0415  # only what a person reads is counted in cells

    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    for cells in lines:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
        yield GAP.join(padded).rstrip(" ")


def _cell(value: Any) -> str:  # noqa: ANN401  # whatever a row holds
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case datetime():
            return stamp(value)
        case list() | tuple():
            return csv_cell("; ".join("" if part is None else str(part) for part in value))
        case str():
            return csv_cell(value)
        case _:
            return str(value)
