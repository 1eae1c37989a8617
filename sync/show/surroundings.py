"""Where a code lies: the records before and after it, the ranges around it. Pure.

What is known of the code itself is told by `code_sheet`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sync.answers import CodeFacts, Neighbour
from sync.intervals import Interval, spelled
from sync.show.render import Entry

NO_RECORD = "no record"


def surroundings(facts: CodeFacts, bounds: Interval, watched: Interval | None) -> list[Entry]:
    """What a sheet tells of the place a code has; `watched` is None where everything is watched.

    A value that no record covers stands between its neighbours as what it is: one of many without a record.
    """
    rows = [*facts.neighbours, *_gap(facts, bounds)]
    rows.sort(key=lambda row: row.first)
    return [Entry("within", [*_within(facts, watched)]), Entry("nearby", [*_list(facts.code, rows)])]


def _gap(facts: CodeFacts, bounds: Interval) -> Iterator[Neighbour]:
    """The values around the code that have no record, if it has none itself."""
    if any(row.first <= facts.code <= row.last for row in facts.neighbours):
        return
    first = max((row.last + 1 for row in facts.neighbours if row.last < facts.code), default=bounds[0])
    last = min((row.first - 1 for row in facts.neighbours if row.first > facts.code), default=bounds[1])
    yield Neighbour(first, last, NO_RECORD)


def _within(facts: CodeFacts, watched: Interval | None) -> Iterator[str]:
    if watched is not None:
        inside = watched[0] <= facts.code <= watched[1]
        yield f"{'' if inside else 'outside '}{spelled(*watched)}, which is watched"
    for page in facts.pages:
        if page.block:
            named = f", {page.block.name}" if page.block.name else ""
            line = f", line {page.block.line}" if page.block.line else ""
            yield f"{spelled(page.block.first, page.block.last)}{named}, a block in {page.source.name}{line}"


def _list(code: int, rows: Sequence[Neighbour]) -> Iterator[str]:
    widest = max((len(spelled(row.first, row.last)) for row in rows), default=0)
    for row in rows:
        mark = ">" if row.first <= code <= row.last else " "
        yield f"{mark} {spelled(row.first, row.last):<{widest}}  {row.description}"
