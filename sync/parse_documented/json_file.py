"""The tables of a JSON file: a list of objects, an object's lists of objects, or an object keyed by value.

A member's name is a column's heading. The json module has no positions, so that the objects are decoded a
second time, one by one, to know their lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sync.errors import TableUnusable
from sync.parse_documented.page import MAX_COLUMNS, PageRow, PageTable, bounded

_BLANK = re.compile(r"[ \t\n]*")
_DECODE = json.JSONDecoder().raw_decode
_KEY = "value"
"""The heading over the names of an object's members."""


@dataclass(frozen=True, slots=True)
class _Child:
    """An element of an array, or a member of an object."""

    name: str | None
    value: object
    begins: int
    """Where in the text; a member begins with its name."""
    value_begins: int


def read_tables(text: str) -> list[PageTable]:
    """Every table, in order; TableUnusable is raised for what is no JSON (RFC 8259) and beyond the limits."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise TableUnusable(f"line {error.lineno}: not JSON: {error.msg}; mend it") from error
    except ValueError as error:
        raise TableUnusable(f"not usable JSON: {error}; mend it") from error
    except RecursionError as error:
        raise TableUnusable("JSON nested too deeply; name a file with a plain list of objects") from error
    begins = _skip(text, 0)
    if text[begins] == "[":
        return [_objects(text, begins)]
    if text[begins] != "{":
        return []
    members = list(bounded(_children(text, begins)))
    tables = [_objects(text, member.value_begins) for member in members if isinstance(member.value, list)]
    return [*tables, _keyed(text, begins, members)]


def _objects(text: str, begins: int) -> PageTable:
    """The table of an array's objects."""
    objects = [
        (child.begins, child.value)
        for child in bounded(_children(text, begins))
        if isinstance(child.value, dict)
    ]
    return _as_table(text, begins, objects)


def _keyed(text: str, begins: int, members: list[_Child]) -> PageTable:
    """The table of an object whose members are named by their values: `{"1000": "Normal Closure"}`."""
    objects = []
    for member in members:
        inside = member.value if isinstance(member.value, dict) else {"name": member.value}
        key = {_KEY: member.name}
        # Twice: first among the columns, and last to count where the object has such a member itself.
        objects.append((member.begins, key | inside | key))
    return _as_table(text, begins, objects)


def _as_table(text: str, begins: int, rows: list[tuple[int, dict[str, object]]]) -> PageTable:
    headings = tuple(islice(dict.fromkeys(name for _, members in rows for name in members), MAX_COLUMNS))
    lines = _lines(text, [begins, *(at for at, _ in rows)])
    line = next(lines)
    body = (
        PageRow(at, tuple(_text(members.get(name)) for name in headings))
        for at, (_, members) in zip(lines, rows, strict=True)
    )
    return PageTable(line, (PageRow(line, headings), *body))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    # bool is a kind of int.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _children(text: str, begins: int) -> Iterator[_Child]:
    """What the array or object at `begins` of a valid JSON text holds."""
    closing = "]" if text[begins] == "[" else "}"
    at = _skip(text, begins + 1)
    while text[at] != closing:
        child = value_begins = at
        name = None
        if closing == "}":
            name, at = _DECODE(text, at)
            value_begins = _skip(text, _skip(text, at) + 1)
        value, at = _DECODE(text, value_begins)
        yield _Child(name, value, child, value_begins)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    """The position of the next character that is not white space; `text` has one."""
    match = _BLANK.match(text, at)
    return at if match is None else match.end()


def _lines(text: str, positions: Iterable[int]) -> Iterator[int]:
    """The line of each of the ascending positions, from 1."""
    line, counted = 1, 0
    for position in positions:
        line += text.count("\n", counted, position)
        counted = position
        yield line
