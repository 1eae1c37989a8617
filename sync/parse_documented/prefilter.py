"""Can a page hold a table of values at all? Asked before parsing, of thousands of pages.

Whatever the formats' rooms can find begins in one of the ways below, so that a page with none of them has
nothing to be found. The reverse does not hold. Each pattern looks at a character a bounded number of times.
Most begin with a line feed, which `re` finds several times as fast as the beginning of a line (`^`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sync.parse_documented.cells import INVISIBLE
from sync.parse_documented.encoding import decode_for_search
from sync.parse_documented.formats import RST_DIRECTIVE, RST_LINE, first_line, may_be_headings
from sync.parse_documented.page import MAX_BYTES

_DIGIT = re.compile(r"\d")
"""Of any script; a character reference (`&#51;`) and an escape (`\\u0033`) hold digits themselves."""
_TAG = re.compile(r"<(?:td|th|li)\b", re.IGNORECASE)
_JSON = re.compile(r"\s*[\[{]")

_BLANK = r"[^\S\n]"
_UNSEEN = rf"(?:{_BLANK}|[{INVISIBLE}*_~`\[\\\"#>+\-\u2022\u2023\u2043])*+"
"""What may stand before a cell's first digit and is not read: space, emphasis, a link, another bullet."""
_START = r"(?:\d|[<&\]]|!\[|:\w)"
"""A digit, or markup in which one may hide: a tag, a character reference, an image, a role."""
_BULLET = rf"\n(?:{_BLANK}|>|\d{{1,9}}[.)](?=\s))*+[-*+\u2022\u2023\u2043]"

_BELOW_HEADINGS = re.compile(r"\n[^\w\n-]*+-[^\w\n]*+$", re.MULTILINE)
"""What may be the line between the headings of a pipe table and its rows."""
_PIPE_CELLS = (re.compile(rf"\n{_UNSEEN}{_START}"), re.compile(rf"\|{_UNSEEN}{_START}"))
_ITEM = re.compile(rf"{_BULLET}{_BLANK}{_UNSEEN}{_START}")
_ITEM_BELOW = re.compile(rf"{_BULLET}(?:{_BLANK}[^\w\n]*+)?$", re.MULTILINE)
"""A bullet whose text begins on the next line."""
_DELIMITED = re.compile(rf"\n(?:{_BLANK}|[{INVISIBLE}\"])*+\d++(?![.)]\s)")
"""A line that begins with a number, as in the first column of a delimited file; `1. ` is an ordered list."""
_RST_LINE = re.compile(rf"\n{RST_LINE}", re.MULTILINE)
_RST_DIRECTIVE = re.compile(RST_DIRECTIVE, re.IGNORECASE)
_ANY = (_TAG, _ITEM, _ITEM_BELOW, _DELIMITED, _RST_LINE, _RST_DIRECTIVE)


def mentions_values(body: bytes) -> bool:
    """Whether `parse_documented` could find values in the page, whatever its name and the registry.

    False is certain, True is not: the page has to be parsed to know. Nothing is raised; what is too large or
    not text is left to `parse_documented`, which says so.
    """
    if len(body) > MAX_BYTES:
        return True
    text = decode_for_search(body)
    if "\0" in text:
        # UTF-16 that does not say so, or no text at all.
        return True
    if _DIGIT.search(text) is None:
        return False
    return (
        _JSON.match(text) is not None
        or may_be_headings(first_line(text))
        or _any_finds(_ANY, lines := f"\n{text}")
        or (_has_pipe_table(lines) and _any_finds(_PIPE_CELLS, lines))
    )


def _any_finds(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _has_pipe_table(text: str) -> bool:
    """Whether a line with a bar stands above one that may divide headings from rows."""
    return any(
        text.find("|", text.rfind("\n", 0, below.start()), below.start()) >= 0
        for below in _BELOW_HEADINGS.finditer(text)
        if below.start()
    )
