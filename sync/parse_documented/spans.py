"""Cells that reach over rows and columns, in HTML (`rowspan`) and reStructuredText (`morerows`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sync.parse_documented.page import MAX_COLUMNS, PageRow


@dataclass(frozen=True, slots=True)
class SpanningCell:
    """A cell as it is written."""

    text: str
    rows: int = 1
    """How many rows it reaches over, its own included."""
    columns: int = 1


def spread(rows: Iterable[tuple[int | None, Iterable[SpanningCell]]]) -> Iterator[PageRow]:
    """Put each cell into its column (HTML Living Standard, 4.9.12.1: forming a table).

    `rows` are (line, cells) of one group of rows, out of which no cell reaches. In the rows below its own a
    cell is repeated: it holds for them. In the columns beside its own it leaves a blank.
    """
    reaching: dict[int, tuple[str, int]] = {}
    for line, cells in rows:
        texts = {column: text for column, (text, _) in reaching.items()}
        reaching = {column: (text, more - 1) for column, (text, more) in reaching.items() if more > 1}
        column = 0
        for cell in cells:
            while column in texts:
                column += 1
            for beside in range(column, min(column + cell.columns, MAX_COLUMNS)):
                texts[beside] = cell.text if beside == column else ""
                if cell.rows > 1:
                    reaching[beside] = (texts[beside], cell.rows - 1)
            column += cell.columns
            if column >= MAX_COLUMNS:
                break
        yield PageRow(line, tuple(texts.get(at, "") for at in range(max(texts, default=-1) + 1)))
