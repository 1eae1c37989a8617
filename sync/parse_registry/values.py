"""How a record writes its values: `1000`, `0x10-0x1F`, `1016 - 2999`.

The syntax follows `genericRange` of IANA's schema (`iana-registry.rng`), and also takes the dashes that
people paste. What a value means, and which record it belongs to, is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.intervals import MAX_VALUE, Interval, spelled
from sync.records import Fault

_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
_NUMBER = "0[xX][0-9A-Fa-f]+|[0-9]+"
_VALUES = re.compile(rf"({_NUMBER})(?:\s*[{_DASHES}]\s*({_NUMBER}))?")
_MAX_DIGITS = len(str(MAX_VALUE))


@dataclass(frozen=True, slots=True)
class UnusableValues:
    """Why the values can't be used, and which they are where that can be read and stored."""

    reason: str
    first: int | None = None
    last: int | None = None


def parse_values(text: str, bounds: Interval) -> Interval | UnusableValues:
    """Read a value or a range of values (docs/rules.md, rule 3).

    `text` is decimal or hexadecimal (`0x`), a range has any dash with or without white space around it.
    `bounds` are the smallest and the largest value of the registry, both included. Nothing is raised.
    """
    text = text.strip()
    if not text:
        return UnusableValues(Fault.NO_VALUE)
    if text.isdecimal() and text.isascii():
        # Nearly all are one plain number, and the pattern takes longer than all the rest.
        first = last = _number(text)
    else:
        match = _VALUES.fullmatch(text)
        if match is None:
            return UnusableValues(Fault.NO_NUMBER)
        first = _number(match[1])
        last = first if match[2] is None else _number(match[2])
    if first is None or last is None:
        return UnusableValues(Fault.TOO_LARGE)
    if first > last:
        return UnusableValues("its range is reversed", last, first)
    if first < bounds[0] or last > bounds[1]:
        return UnusableValues(f"its value is outside {spelled(*bounds)}", first, last)
    return first, last


def _number(digits: str) -> int | None:
    """The number, or None where it is larger than MAX_VALUE."""
    if digits[:2] in ("0x", "0X"):
        number = int(digits, 16)
    else:
        # int() refuses thousands of decimal digits with an error of its own.
        digits = digits.lstrip("0") or "0"
        if len(digits) > _MAX_DIGITS:
            return None
        number = int(digits)
    return number if number <= MAX_VALUE else None
