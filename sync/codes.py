"""A value, or a range of values, as a person types it. Pure."""

from __future__ import annotations

import re

from sync.errors import UsageProblem
from sync.intervals import Interval, spelled

_NUMBER = re.compile(r"[0-9]{1,19}")
_DASHES = re.compile(r"\s*[-\u2013]\s*")
"""A hyphen or, as pages print it, an en dash."""


def read_code(text: str, bounds: Interval) -> int:
    """The value in `1000`. Raises UsageProblem for what is no number or lies beyond the bounds."""
    if not _NUMBER.fullmatch(text.strip()):
        raise UsageProblem(f"{text}: that is no code; a code is a number from {_from_to(bounds)}")
    code = int(text)
    if not bounds[0] <= code <= bounds[1]:
        raise UsageProblem(f"{text}: there is no such code; codes go from {_from_to(bounds)}")
    return code


def read_range(option: str, text: str, bounds: Interval) -> Interval:
    """The values in `1000-1015`, or in `1000` alone. Raises UsageProblem, which names the option."""
    parts = _DASHES.split(text.strip())
    if len(parts) > 2 or not all(map(_NUMBER.fullmatch, parts)):  # noqa: PLR2004  # first and last
        raise UsageProblem(
            f"{option} {text}: that is no range; a range is two codes with a hyphen between them, "
            f"such as {spelled(*bounds)}"
        )
    first, last = int(parts[0]), int(parts[-1])
    if first > last:
        raise UsageProblem(
            f"{option} {text}: the range ends before it begins; {spelled(last, first)} would do"
        )
    if first < bounds[0] or last > bounds[1]:
        raise UsageProblem(f"{option} {text}: codes go from {_from_to(bounds)}")
    return first, last


def _from_to(bounds: Interval) -> str:
    return f"{bounds[0]} to {bounds[1]}"
