"""Tables and bullet lists of an HTML page. Which of them documents values is not known here.

Every `<table>` stands for itself: one that lies inside a cell of another is no part of that cell, so that a
table that only lays out the page holds nothing. The line of a row is where its start tag ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from lxml import etree

from sync.errors import TableUnusable
from sync.parse_documented.bullets import list_as_table
from sync.parse_documented.cells import is_note
from sync.parse_documented.page import PageTable, bounded
from sync.parse_documented.spans import SpanningCell, spread

_MAX_NESTING = 20
"""Tables inside of tables; the pages of the nineties that laid out everything by tables had six."""
_LAST_LINE = 65535
"""libxml2 counts no further for elements: this line may be any later one."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | {
    "address",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "ul",
}
"""Elements that begin a line of their own, of those that cells hold."""
_NO_TEXT = frozenset({"script", "style", "table", "template", "title"})
_NOT_OF_THE_ITEM = _NO_TEXT | {"blockquote", "ol", "pre", "ul"}
_INTRODUCES = _HEADINGS | {"p"}
_MOST_ROWS = 65534
"""What `rowspan` can say (HTML Living Standard, 4.9.11); `rowspan="0"` reaches to the end of the group."""
_SPAN = re.compile(r"\s*(\d{1,5})", re.ASCII)


def read_tables(text: str) -> list[PageTable]:
    """Every table and bullet list, in any order; TableUnusable is raised for a page beyond the limits."""
    document = _parse(text)
    if document is None:
        return []
    tables: dict[etree._Element, list[etree._Element]] = {}
    lists: dict[etree._Element, list[etree._Element]] = {}
    for element in bounded(document.iter("tr", "li")):
        parent = element.getparent()
        if element.tag == "tr":
            table = next(element.iterancestors("table"), None)
            if table is not None:
                if table not in tables:
                    _refuse_deep_nesting(table)
                tables.setdefault(table, []).append(element)
        elif parent is not None and parent.tag == "ul":
            lists.setdefault(parent, []).append(element)
    return [*map(_table, tables, tables.values()), *map(_list, lists, lists.values())]


def _refuse_deep_nesting(table: etree._Element) -> None:
    if sum(1 for _ in table.iterancestors("table")) >= _MAX_NESTING:
        line = _line(table)
        where = f"line {line}: " if line else ""
        raise TableUnusable(f"{where}tables nested more than {_MAX_NESTING} deep; name a simpler page")


def meta_attributes(text: str) -> Iterator[dict[str, str]]:
    """The attributes of each `<meta>` of a page, or of its beginning."""
    document = _parse(text)
    if document is not None:
        for element in document.iter("meta"):
            yield {str(name).lower(): str(value) for name, value in element.attrib.items()}


def _parse(text: str) -> etree._Element | None:
    """The page; None where there is nothing in it."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    document: etree._Element | None = etree.fromstring(text.encode(), parser)
    for error in parser.error_log.filter_from_fatals():
        # A page that is nested deeper than libxml2 goes would be read up to there, as a shorter table.
        raise TableUnusable(f"line {error.line}: {error.message.strip()}; name a simpler page")
    return document


def _table(table: etree._Element, rows: list[etree._Element]) -> PageTable:
    spanning = (
        spread((_line(row), [_cell(cell) for cell in row if cell.tag in {"td", "th"}]) for row in group)
        for _, group in groupby(rows, key=lambda row: row.getparent())
    )
    return PageTable(_line(table), tuple(row for group in spanning for row in group))


def _list(element: etree._Element, items: list[etree._Element]) -> PageTable:
    before = element.getprevious()
    introduction = _text(before, _NO_TEXT) if before is not None and before.tag in _INTRODUCES else ""
    return list_as_table(introduction, ((_line(item), _text(item, _NOT_OF_THE_ITEM)) for item in items))


def _cell(cell: etree._Element) -> SpanningCell:
    rows = _span(cell.get("rowspan"))
    columns = _span(cell.get("colspan"))
    return SpanningCell(_text(cell, _NO_TEXT), rows or _MOST_ROWS, columns or 1)


def _span(attribute: str | None) -> int:
    match = _SPAN.match(attribute or "1")
    return 1 if match is None else int(match[1])


def _text(element: etree._Element, left_out: frozenset[str]) -> str:
    return "" if element.tag in left_out else "".join(_pieces(element, left_out))


def _pieces(element: etree._Element, left_out: frozenset[str]) -> Iterator[str]:
    """The text of an element; its own line breaks are spaces, those a reader sees are line breaks."""
    if element.text:
        yield element.text.replace("\n", " ")
    for child in element:
        breaks = child.tag in _BLOCKS
        if breaks:
            yield "\n"
        if child.tag == "sup":
            inside = _text(child, left_out)
            # The 1 of `1000<sup>1</sup>` is no digit of the number.
            yield "" if is_note(inside) else inside
        elif child.tag not in left_out:
            yield from _pieces(child, left_out)
        if breaks:
            yield "\n"
        if child.tail:
            yield child.tail.replace("\n", " ")


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if line is not None and line < _LAST_LINE else None
