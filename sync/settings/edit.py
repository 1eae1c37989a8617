"""The text of a configuration file -> the same with one thing changed, all else where it was. Pure.

A watch's table is put at the end and taken out line by line: `tomlkit` writes what is new and changes what
stands before the first table, but puts together tables that a person has put apart. Whatever was done, the
result is read again and has to say what it should. How settings are read is the business of `read`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from itertools import takewhile
from typing import Any

import tomlkit

from sync.errors import WrongConfiguration

Table = Mapping[str, str | Sequence[str]]
"""A watch's keys; a list for those that are one."""

WATCH = "watch"
CLOSE_CODES = "close_codes"
_SUGGESTED = re.compile(rf"^#\s*{CLOSE_CODES}\s*=.*\n?", re.MULTILINE)
"""The line that `config init` writes."""
_EMPTY_LINE = ("\n\n", "\n\r\n")


def with_watches(text: str, tables: Sequence[Table], origin: str) -> str:
    """With these watches after those that there are. Raises WrongConfiguration, which names the `origin`."""
    expected = tomllib.loads(text)
    plain = [
        {key: value if isinstance(value, str) else list(value) for key, value in t.items()} for t in tables
    ]
    head, *rest = _parts(text)
    if WATCH in tomllib.loads(head):
        head = _edited(head, lambda inside: inside[WATCH].extend(map(_on_one_line, plain)))
        changed = "".join([head, *rest])
    else:
        before = _ended(text)
        parting = "\n" if text.strip() and not before.endswith(_EMPTY_LINE) else ""
        changed = before + parting + _written(plain)
    expected[WATCH] = [*expected.get(WATCH, []), *plain]
    return _agreed(text, changed, expected, origin)


def without_watch(text: str, name: str, origin: str) -> str:
    """Without the watch of this name, which is there; a comment below its last key stays.

    Raises WrongConfiguration.
    """
    expected = tomllib.loads(text)
    number = next(number for number, table in enumerate(expected[WATCH]) if table.get("name") == name)
    del expected[WATCH][number]
    if not expected[WATCH]:
        del expected[WATCH]
    head, *rest = _parts(text)
    if WATCH in tomllib.loads(head):
        changed = "".join([_edited(head, lambda inside: _take_out(inside, number)), *rest])
    else:
        changed = head
        for part in rest:
            if _is_watch(part) and number >= 0:
                number -= 1
                if number < 0:
                    changed = _closed_up(changed, _parted(part)[1])
                    continue
            changed += part
    return _agreed(text, changed, expected, origin)


def with_close_codes(text: str, origin: str, *, on: bool) -> str:
    """With the shipped watch on, which holds where nothing is said, or off. Raises WrongConfiguration."""
    expected = tomllib.loads(text)
    head, *rest = _parts(text)
    if CLOSE_CODES in expected:
        head = _edited(head, lambda inside: _switch(inside, on=on))
    elif not on:
        head = _said(head)
    # Set to true where a comment stands beside it.
    if on and CLOSE_CODES not in tomllib.loads(head):
        expected.pop(CLOSE_CODES, None)
    else:
        expected[CLOSE_CODES] = on
    return _agreed(text, "".join([head, *rest]), expected, origin)


def _parts(text: str) -> list[str]:
    """What stands before the first table, and each table with its header and all that follows it."""
    parts = [""]
    for line in _lines(text):
        # Where a string or a list is still open, what looks like a header is none.
        if line.lstrip(" \t").startswith("[") and _is_whole(parts[-1]):
            parts.append("")
        parts[-1] += line
    return parts


def _lines(text: str) -> list[str]:
    """Each with its end, which in TOML is a line feed and nothing else."""
    return list(StringIO(text, newline="\n"))


def _is_whole(part: str) -> bool:
    try:
        tomllib.loads(part)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _is_watch(part: str) -> bool:
    return WATCH in tomllib.loads(part)


def _parted(part: str) -> tuple[str, str]:
    """The lines up to the last that says something, and the comments and empty lines after it."""
    lines = _lines(part)
    after = len([*takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), reversed(lines))])
    cut = len(lines) - after
    return "".join(lines[:cut]), "".join(lines[cut:])


def _closed_up(before: str, after: str) -> str:
    """The texts around what was taken out, with one empty line between them."""
    return before + (after.lstrip("\r\n") if not before or before.endswith(_EMPTY_LINE) else after)


def _edited(head: str, edit: Callable[[tomlkit.TOMLDocument], object]) -> str:
    """What stands before the tables, with `edit` done to it."""
    inside = tomlkit.parse(head)
    edit(inside)
    return tomlkit.dumps(inside)


def _on_one_line(table: Mapping[str, Any]) -> tomlkit.items.InlineTable:
    inline = tomlkit.inline_table()
    inline.update(table)
    return inline


def _take_out(inside: tomlkit.TOMLDocument, number: int) -> None:
    if len(inside[WATCH]) == 1:
        inside.remove(WATCH)
    else:
        del inside[WATCH][number]


def _switch(inside: tomlkit.TOMLDocument, *, on: bool) -> None:
    # As a value it stands on a line of its own, with a comment or without.
    if on and not inside.item(CLOSE_CODES).trivia.comment:  # type: ignore[union-attr]
        inside.remove(CLOSE_CODES)
    else:
        inside[CLOSE_CODES] = on


def _said(head: str) -> str:
    """With the shipped watch off: below the line that suggests it, or below the last setting."""
    line = f"{CLOSE_CODES} = false\n"
    if suggested := _SUGGESTED.search(head):
        return _ended(head[: suggested.end()]) + line + head[suggested.end() :]
    settings, after = _parted(head)
    return _ended(settings) + line + ("\n" if after.strip() and not settings else "") + after


def _written(tables: Sequence[Mapping[str, Any]]) -> str:
    new = tomlkit.document()
    new.add(WATCH, tomlkit.item(list(tables)))
    return tomlkit.dumps(new)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _agreed(text: str, changed: str, expected: Mapping[str, Any], origin: str) -> str:
    """The changed text with the line ends of the text that was there, if it says what it should."""
    if "\r\n" in text:
        changed = re.sub(r"\r?\n", "\r\n", changed)
    try:
        agrees = tomllib.loads(changed) == expected
    except tomllib.TOMLDecodeError:
        agrees = False
    if not agrees:
        raise WrongConfiguration(
            f"{origin}: it is written in a way that can't be changed here; edit it by hand"
        )
    return changed
