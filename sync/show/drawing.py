"""Rows and sheets -> what a terminal so many cells wide shows. Pure: which one that is, `terminal` knows.

Nothing is lost on a narrow terminal but what the columns allow (`Column.from_width`): text is wrapped, and
where even that has no room, each row stands below the one before it, line by line. Only a sheet that has to
fit one screen is shortened, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync.escape import shown
from sync.show.render import Column, Entry, Row, Sheet

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

GAP = 2
"""Cells between two columns, and before a line that goes on."""
NARROW = 12
"""Cells below which text in a column is no longer read."""
_BESIDE = 24
"""Cells that a sheet's lines need to stand beside their labels."""


def table(columns: Sequence[Column[Row]], rows: Sequence[Row], console: Console) -> RenderableType:
    """A table as wide as the console has room for, without the columns that are empty from top to bottom."""
    width, encoding = console.width, console.encoding
    cells = {column.heading: [_said(column.text(row), encoding) for row in rows] for column in columns}
    there = [column for column in columns if column.from_width <= width and any(cells[column.heading])]
    while _least(there, cells) > width:
        dispensable = max(there, key=lambda column: column.from_width)
        if not dispensable.from_width:
            return _stacked(there, rows, encoding)
        there.remove(dispensable)
    drawn = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in there:
        drawn.add_column(
            Text(column.heading),
            no_wrap=not column.wraps,
            overflow="fold",
            min_width=_narrowest(column, cells[column.heading]),
            max_width=column.widest if column.wraps else None,
        )
    for row in rows:
        drawn.add_row(*(_cell(column, row, encoding) for column in there))
    return drawn


def sheet(sheet: Sheet, console: Console, *, height: int | None = None) -> Iterator[Text]:
    """The lines of a sheet's entries for a terminal; no more than `height`, if that is given.

    What has no room in the height is shortened: first each line to the width, then each entry to as many
    lines as there are for it, the last of which tells how many more there are.
    """
    lines = list(_lines(sheet.entries, console))
    if height is not None and len(lines) > height:
        return _lines(_shortened(sheet.entries, height), console, whole=False)
    return iter(lines)


def _narrowest(column: Column[Row], cells: Sequence[str]) -> int:
    """The fewest cells that a column can be shown in."""
    widest = max(map(cell_len, (column.heading, *cells)))
    return min(widest, max(NARROW, cell_len(column.heading))) if column.wraps else widest


def _least(columns: Sequence[Column[Row]], cells: dict[str, list[str]]) -> int:
    gaps = GAP * (len(columns) - 1)
    return sum(_narrowest(column, cells[column.heading]) for column in columns) + gaps


def _said(text: str, encoding: str) -> str:
    """Text made safe, and spelled out where the encoding lacks a letter: as wide as it will be shown."""
    return shown(text).encode(encoding, "backslashreplace").decode(encoding)


def _cell(column: Column[Row], row: Row, encoding: str) -> Text:
    return Text(_said(column.text(row), encoding), style=column.style(row), overflow="fold")


def _stacked(columns: Sequence[Column[Row]], rows: Sequence[Row], encoding: str) -> Group:
    """Each row in lines of its own: what is short beside each other, then each text, indented."""
    return Group(*(part for row in rows for part in _stack(columns, row, encoding)))


def _stack(columns: Sequence[Column[Row]], row: Row, encoding: str) -> Iterator[RenderableType]:
    short = [_cell(column, row, encoding) for column in columns if not column.wraps]
    yield Text(" " * GAP, overflow="fold").join(cell for cell in short if cell)
    texts = [(column.heading.lower(), _cell(column, row, encoding)) for column in columns if column.wraps]
    for number, (heading, text) in enumerate((heading, text) for heading, text in texts if text):
        # What the row is about needs no name; what is said of it does.
        named = Text.assemble((f"{heading}: " if number else "", "dim"), text, overflow="fold")
        yield Padding(named, (0, 0, 0, GAP))


def _lines(entries: Sequence[Entry], console: Console, *, whole: bool = True) -> Iterator[Text]:
    widest = max((cell_len(shown(entry.label)) for entry in entries), default=0) + GAP
    beside = console.width - widest >= _BESIDE
    indent = widest if beside else GAP
    for entry in entries:
        label = Text(shown(entry.label), style="dim")
        if not beside:
            yield label
            label = Text()
        for line in _entry(entry, console, console.width - indent, whole=whole):
            yield Text.assemble(label, " " * (indent - label.cell_len), line)
            label = Text()


def _entry(entry: Entry, console: Console, room: int, *, whole: bool) -> Iterator[Text]:
    """An entry's lines, each no wider than the room; one that goes on is indented."""
    for said in entry.lines:
        line = Text(_said(said, console.encoding), style=entry.style)
        if line.cell_len <= room:
            yield line
        elif not whole:
            line.truncate(room, overflow="ellipsis" if console.encoding == "utf-8" else "crop")
            yield line
        else:
            begin = _last_part(line.plain, room)
            hang = cell_len(line.plain[:begin]) or GAP
            first, *rest = line[begin:].wrap(console, max(room - hang, 1), overflow="fold")
            yield Text.assemble(line[:begin], first)
            yield from (Text.assemble(" " * hang, part) for part in rest)


def _last_part(line: str, room: int) -> int:
    """Where the last of a line's parts begins, below which it goes on if that leaves room; else 0."""
    begin = line.rfind(" " * GAP) + GAP
    return begin if begin > GAP and cell_len(line[:begin]) <= room // 2 else 0


def _shortened(entries: Sequence[Entry], height: int) -> list[Entry]:
    """The entries with fewer lines: two each, and as many more as there is room for.

    What is told first goes first, then what is told last: there stands what to do.
    """
    most = [min(len(entry.lines), 2) for entry in entries]
    free = height - sum(most)
    for number in (0, *range(-1, -len(entries), -1)):
        more = max(min(len(entries[number].lines) - most[number], free), 0)
        most[number] += more
        free -= more
    return [_cut(entry, count) for entry, count in zip(entries, most, strict=True)]


def _cut(entry: Entry, most: int) -> Entry:
    left_out = len(entry.lines) - most
    if not left_out:
        return entry
    kept = [*entry.lines[: most - 1], f"and {left_out + 1} more"]
    return Entry(entry.label, kept, entry.style)
