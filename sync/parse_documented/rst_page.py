"""Tables and bullet lists of a reStructuredText page: grid, simple, `list-table` and `csv-table`.

docutils opens no file, fetches nothing, reads no configuration and prints nothing here. What it finds wrong
in a page does not matter as long as it finds the table: a page written for Sphinx is full of roles and
directives that docutils does not know.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser, directives, roles
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.parsers.rst.states import Inliner
from docutils.statemachine import StringList
from docutils.utils import new_document

from sync.errors import TableUnusable
from sync.parse_documented.bullets import list_as_table
from sync.parse_documented.cells import is_note
from sync.parse_documented.page import PageTable, refuse_long_markup
from sync.parse_documented.spans import SpanningCell, spread

_MAX_CHARACTERS = 256 * 1024
_MAX_LINES = 10_000
"""docutils takes up to a second for three thousand."""
_MAX_WIDTH = 2000
"""Characters of a grid or simple table, which takes time that grows with the square of its width."""
_MAX_INLINE_CHARACTERS = 200
"""Of a paragraph whose inline markup is read; the square again. An item's values stand at its beginning."""
_NO_TEXT = (nodes.footnote_reference, nodes.system_message, nodes.table)


def read_tables(text: str) -> list[PageTable]:
    """Every table and bullet list, in any order; TableUnusable is raised for a page beyond the limits."""
    refuse_long_markup(text, max_characters=_MAX_CHARACTERS, max_lines=_MAX_LINES)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _MAX_WIDTH and line.lstrip().startswith(("+", "=")):
            raise TableUnusable(f"line {number}: a table wider than {_MAX_WIDTH} characters; wrap its cells")
    document = _parse(text)
    tables = [_table(table) for table in document.findall(nodes.table)]
    return [*tables, *(_list(bullets) for bullets in document.findall(nodes.bullet_list))]


class _ShortInliner:
    """docutils' reader of inline markup, for the beginning of each paragraph: the rest is left as it is.

    Not a subclass: Inliner builds its patterns from the attributes of its very class.
    """

    def __init__(self) -> None:
        self._inliner = Inliner()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever Inliner has
        return getattr(self._inliner, name)

    def parse(
        self,
        text: str,
        lineno: int,
        memo: Any,  # noqa: ANN401 - docutils has no type for it
        parent: nodes.TextElement,
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        end = len(text)
        if end > _MAX_INLINE_CHARACTERS:
            end = max(text.rfind(" ", 0, _MAX_INLINE_CHARACTERS), 0)
        found, messages = self._inliner.parse(text[:end], lineno, memo, parent)
        return [*found, nodes.Text(text[end:])], messages


class _CsvTableWithLines(CSVTable):
    """`csv-table` whose cells know their lines; docutils has them all on the first."""

    def parse_csv_data_into_rows(
        self,
        csv_data: Any,  # noqa: ANN401 - lines, where they are the page's own with their positions
        dialect: csv.Dialect,
        source: str,
    ) -> tuple[list[list[Any]], int]:
        rows, columns = super().parse_csv_data_into_rows(  # type: ignore[no-untyped-call] # it has no types
            csv_data, dialect, source
        )
        if isinstance(csv_data, StringList):
            reader = csv.reader((line + "\n" for line in csv_data), dialect=dialect)
            begins = 0
            for row, _ in zip(rows, reader, strict=True):
                at = (source, csv_data.offset(begins))
                row[:] = [
                    (down, across, offset, StringList(list(cell), items=[at] * len(cell)))
                    for down, across, offset, cell in row
                ]
                begins = reader.line_num
        return rows, columns


directives.register_directive("csv-table", _CsvTableWithLines)


def _parse(text: str) -> nodes.document:
    settings = get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.syntax_highlight = "none"
    settings.report_level = settings.halt_level = 5
    document = new_document("", settings)
    try:
        Parser(inliner=_ShortInliner()).parse(text, document)  # type: ignore[arg-type] # see _ShortInliner
    except RecursionError as error:
        raise TableUnusable("nested too deeply for reStructuredText; name a simpler page") from error
    finally:
        # docutils keeps the roles that a page defines for every later page.
        roles._roles.clear()  # type: ignore[attr-defined] # noqa: SLF001 - there is no public way
    return document


def _table(table: nodes.table) -> PageTable:
    groups = (
        spread((_line(row), map(_cell, row.children)) for row in part.children)
        for group in table.children
        if isinstance(group, nodes.tgroup)
        for part in group.children
        if isinstance(part, nodes.thead | nodes.tbody)
    )
    return PageTable(table.line or _line(table), tuple(chain.from_iterable(groups)))


def _list(bullets: nodes.bullet_list) -> PageTable:
    before = bullets.previous_sibling()
    introduction = _text(before) if isinstance(before, nodes.paragraph | nodes.title) else ""
    return list_as_table(introduction, (_item(item) for item in bullets.children))


def _item(item: nodes.Node) -> tuple[int | None, str]:
    """The line and the text of an item, as far as its first paragraph."""
    first = item.children[0] if item.children else None
    return _line(item), _text(first) if isinstance(first, nodes.paragraph) else ""


def _cell(entry: nodes.Node) -> SpanningCell:
    down, across = (
        (entry.get("morerows", 0), entry.get("morecols", 0)) if isinstance(entry, nodes.entry) else (0, 0)
    )
    return SpanningCell(_text(entry), down + 1, across + 1)


def _line(node: nodes.Node) -> int | None:
    """The line of the first thing in it that has one; rows have none of their own."""
    return next((inside.line for inside in node.findall() if inside.line), None)


def _text(node: nodes.Node) -> str:
    return "".join(_pieces(node))


def _pieces(node: nodes.Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, _NO_TEXT):
            continue
        if isinstance(child, nodes.Text):
            yield child.astext().replace("\n", " ")
        elif isinstance(child, nodes.superscript):
            yield "" if is_note(child.astext()) else child.astext()
        elif isinstance(child, nodes.Inline):
            yield from _pieces(child)
        elif isinstance(child, nodes.Body | nodes.list_item):
            yield "\n"
            yield from _pieces(child)
            yield "\n"
