r"""What a cell of the value column says: `1000`, `0 - 999`, `1000 to 1999`, `1000, 1003 [1]`.

Decimal digits of any script, dashes and commas of any kind, and what readers add after a number: footnote
marks, `{{macros}}`, a remark in parentheses. A number that is only a part of something (`-1014`, `0x10`,
`10 ms`, `2024-01-02`) is no value: nothing is guessed.

`1,000` is one number written with a comma. A line break stands between values like a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sync.intervals import Interval
from sync.parse_documented.page import fold

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Inside of a character class: what takes no room on the page and means nothing in a number."""

_LONGEST = 1000
"""Characters of a cell of values, and of the values before an item's name."""

# Atomic groups and possessive repeats: no text makes the search go back over what it has read.
_NUMBER = r"(?>\d{1,3}(?:,\d{3})++(?!\d)|\d{1,19}(?!\d))"
_SYMBOLS = r"[*\u2020\u2021\u00a7\u00b6\u2070\u00b9\u00b2\u00b3\u2074-\u2079]"
_MARK = rf"\s*+(?:\[[^\[\]\n]{{0,20}}\]|{_SYMBOLS}|\{{\{{[^{{}}\n]{{0,200}}\}}\}})"
_MARKS = rf"(?:{_MARK}){{0,9}}+"
# Hyphens, dashes, the minus sign, the tilde, and their full-width forms.
_DASHES = r"[-\u2010-\u2015\u2212\ufe63\uff0d~\u301c\uff5e]{1,3}|\.{2,3}|\u2026"
_DASH = rf"(?:\s*(?:{_DASHES})|\s+(?:to|through)(?=\s))\s*"
# Comma and semicolon, also full-width, and the ideographic comma.
_AND = r"(?:\s*[,;\uff0c\uff1b\u3001](?:\s*and\s)?|\s+(?:and|or|&)(?=\s))\s*"
_RANGE = rf"{_NUMBER}{_MARKS}(?:{_DASH}{_NUMBER}{_MARKS})?"
_VALUES = rf"{_RANGE}(?:{_AND}{_RANGE})*+"

_LINE = re.compile(rf"({_VALUES})?\s*[:\uff1a]?\s*(?:[(\uff08][^()\uff08\uff09]*[)\uff09])?")
_ITEM = re.compile(rf"({_VALUES})(?:\s*[:\uff1a=]\s*|\s+[-\u2012-\u2015\u2212]+\s+|\s+|$)")
_PARTS = re.compile(rf"({_NUMBER})(?:{_DASH}({_NUMBER}))?")
_MARKS_OF_PARTS = re.compile(_MARK)
_NOTHING_SEEN = re.compile(f"[{INVISIBLE}]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,20}\]")
_NOTE = re.compile(r"\W*(?:\d{1,3}|[a-z]|note \d{1,3})?\W*", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\uff08]([^()\uff08\uff09]*)[)\uff09]")


def read_values(text: str, bounds: Interval) -> tuple[Interval, ...]:
    """The values and ranges that a cell holds, in order; empty where any part of it is something else.

    `bounds` are the smallest and the largest value there can be, both included. Nothing is raised.
    """
    if len(text) > _LONGEST:
        return ()
    values: list[Interval] = []
    for line in _NOTHING_SEEN.sub("", text).split("\n"):
        match = _LINE.fullmatch(line.strip())
        if match is None:
            return ()
        values += _intervals(match[1] or "")
    if all(bounds[0] <= first <= last <= bounds[1] for first, last in values):
        return tuple(values)
    return ()


def split_item(text: str) -> tuple[str, str]:
    """Cut an item of a list into the values it begins with and their name: `1000: Normal Closure`.

    Only its first line counts. An item that begins otherwise is all name: ("", text).
    """
    head = next((line for line in text.split("\n") if line.strip()), "").strip()
    start = _NOTHING_SEEN.sub("", head[:_LONGEST])
    match = _ITEM.match(start)
    if match is None:
        return "", head
    name = start[match.end() :] + head[_LONGEST:]
    remark = _PARENTHESES.fullmatch(name)
    return match[1], name if remark is None else remark[1]


def read_name(text: str) -> str:
    """The text of a cell beside the values: folded, without Markdown's footnote marks (`[^1]`)."""
    return fold(_FOOTNOTE.sub("", text))


def is_note(superscript: str) -> bool:
    """Whether a superscript is a footnote's mark (`1`, `[a]`, `*`), and no part of a number or name."""
    return _NOTE.fullmatch(superscript) is not None


def _intervals(values: str) -> Iterator[Interval]:
    for part in _PARTS.finditer(_MARKS_OF_PARTS.sub("", values)):
        first = int(part[1].replace(",", ""))
        yield first, first if part[2] is None else int(part[2].replace(",", ""))
