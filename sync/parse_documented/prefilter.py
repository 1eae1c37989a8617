"""Can a page hold a table of values at all? Asked before parsing, of thousands of pages.

Whatever the room of a format can find begins in one of its ways below, so that a page with none of them has
nothing to be found. The reverse does not hold. Each pattern looks at a character a bounded number of times.
Most begin with a line feed, which `re` finds several times as fast as the beginning of a line (`^`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from sync.intervals import Interval
from sync.parse_documented.cells import INVISIBLE
from sync.parse_documented.encoding import decode_for_search
from sync.parse_documented.formats import (
    RST_DIRECTIVE,
    RST_LINE,
    Format,
    first_line,
    format_of,
    may_be_headings,
)
from sync.parse_documented.page import MAX_BYTES

_DIGIT = re.compile(r"\d")
"""Of any script; a character reference (`&#51;`) and an escape (`\\u0033`) hold digits themselves."""
_TAG = re.compile(r"<(?:td|th|li)\b", re.IGNORECASE)
_JSON = re.compile(r"\s*[\[{]")

_BLANK = r"[^\S\n]"
_UNSEEN = rf"(?:{_BLANK}|[{INVISIBLE}*_~`\[\\\"#>+\-\u2022\u2023\u2043])*+"
"""What may stand before a cell's first digit and is not read: space, emphasis, a link, another bullet."""
_MARKUP = r"<(?!https?:)|&|\](?=[(\[])|!\[|:\w"
"""Markup in which a digit may hide: a tag, a character reference, a link, an image, a role."""
_START = rf"(?:\d|{_MARKUP})"
_NO_VALUE = r"\d++(?:[^\W\d_]|%|\.\w)"
"""`4x`, `100%`, `2.7`: a number that is only a part of something."""
_ENDS_THE_VALUES = r"[`*]*+(?::|\s++(?!(?:to|through|and|or)\s)[^\W\d_]++(?=[\s.,:;)]))"
"""After a number nothing but a name can follow: a colon, or a word that joins no values."""
_BULLET = rf"\n(?:{_BLANK}|>|\d{{1,9}}[.)](?=\s))*+[-*+\u2022\u2023\u2043]"

_BELOW_HEADINGS = re.compile(r"\n[^\w\n-]*+-[^\w\n]*+$", re.MULTILINE)
"""What may be the line between the headings of a pipe table and its rows."""
_BLANK_LINE = re.compile(rf"\n(?:{_BLANK}|>)*+(?:\n|\Z)")
"""No row is beyond it, inside of a quotation neither."""
_PIPE_CELLS = (re.compile(rf"\n{_UNSEEN}{_START}"), re.compile(rf"\|{_UNSEEN}{_START}"))
_ITEM_BELOW = re.compile(rf"{_BULLET}(?:{_BLANK}[^\w\n]*+)?$", re.MULTILINE)
"""A bullet whose text begins on the next line."""
_DELIMITED = re.compile(rf"\n(?:{_BLANK}|[{INVISIBLE}\"])*+\d++(?![.)]\s)")
"""A line that begins with a number, as in the first column of a delimited file; `1. ` is an ordered list."""
_RST_LINE = re.compile(rf"\n{RST_LINE}", re.MULTILINE)
_RST_DIRECTIVE = re.compile(RST_DIRECTIVE, re.IGNORECASE)


def mentions_values(body: bytes, *, name: str, watched: Interval) -> bool:
    """Whether `parse_documented` could find values in the page, given the same `name` and `watched`.

    False is certain, True is not: the page has to be parsed to know. Nothing is raised; what is too large or
    not text is left to `parse_documented`, which says so.
    """
    if len(body) > MAX_BYTES:
        return True
    text = decode_for_search(body)
    if "\0" in text:
        # UTF-16 that does not say so, or no text at all.
        return True
    return _DIGIT.search(text) is not None and _may_hold(format_of(name, text), text, watched)


def _may_hold(page_format: Format, text: str, watched: Interval) -> bool:
    lists = (_item(len(str(watched[0]))), _ITEM_BELOW)
    lines = f"\n{text}"
    match page_format:
        case Format.MARKDOWN:
            return _any_finds((_TAG, *lists), lines) or any(
                _any_finds(_PIPE_CELLS, rows) for rows in _pipe_rows(lines)
            )
        case Format.HTML:
            return _TAG.search(text) is not None
        case Format.RST:
            return _any_finds((*lists, _RST_LINE, _RST_DIRECTIVE), lines)
        case Format.CSV | Format.TSV:
            return may_be_headings(first_line(text)) or _DELIMITED.search(lines) is not None
        case Format.JSON:
            return _JSON.match(text) is not None


@cache
def _item(fewest: int) -> re.Pattern[str]:
    """The beginning of an item whose values may be some that `choose` takes for values.

    `fewest` are the digits of the smallest watched value. A list of `1: one`, `2 things` is of other sizes.
    """
    other = rf"{_NO_VALUE}|\d{{1,{fewest - 1}}}{_ENDS_THE_VALUES}" if fewest > 1 else _NO_VALUE
    return re.compile(rf"{_BULLET}{_BLANK}{_UNSEEN}(?:(?!{other})\d|{_MARKUP})")


def _any_finds(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _pipe_rows(text: str) -> Iterator[str]:
    """What may be rows: all below a line that divides them from headings with a bar, up to a blank line."""
    end = 0
    for below in _BELOW_HEADINGS.finditer(text):
        begin = below.start()
        if end <= begin and text.find("|", text.rfind("\n", 0, begin) + 1, begin) >= 0:
            blank = _BLANK_LINE.search(text, below.end())
            end = blank.start() if blank else len(text)
            yield text[below.end() : end]
