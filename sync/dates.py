"""Days, durations and ages: read from what a person typed, and written for one. The clock is the caller's.

Every day is a day in UTC (docs/rules.md, rule 5).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from sync.errors import UsageProblem

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(r"([0-9]{1,7})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGES = (
    (timedelta(minutes=1), "minute"),
    (timedelta(hours=1), "hour"),
    (timedelta(days=1), "day"),
    (timedelta(days=30.44), "month"),
    (timedelta(days=365.25), "year"),
)


def read_day(option: str, text: str) -> date:
    """The day in `YYYY-MM-DD`. Raises UsageProblem, which names the option it was given to."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as e:
        raise UsageProblem(f"{option} {text}: there is no such day; a day is YYYY-MM-DD") from e
    raise UsageProblem(f"{option} {text}: that is no day; a day is YYYY-MM-DD, such as 2024-02-01")


def read_duration(option: str, text: str) -> timedelta:
    """The duration in `90m`, `48h`, `2d` or `1w`. Raises UsageProblem, which names the option."""
    match = _DURATION.fullmatch(text)
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not duration:
        raise UsageProblem(
            f"{option} {text}: that is no duration; a duration is a number of minutes, hours, days or weeks "
            "above 0: 90m, 48h, 2d, 1w"
        )
    return duration


def start_of(day: date) -> datetime:
    """The first moment of a day in UTC."""
    return datetime.combine(day, time(), UTC)


def end_of(day: date) -> datetime:
    """The first moment after a day in UTC; the last moment there is for the last day there is."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return start_of(day + timedelta(days=1))


def stamp(at: datetime) -> str:
    """A time as the database has it: `2026-11-22T17:24:58Z`."""
    return f"{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def minute(at: datetime) -> str:
    """A time for a person, in UTC: `2026-11-22 17:24`."""
    return stamp(at)[:16].replace("T", " ")


def ago(at: datetime, now: datetime) -> str:
    """How long ago something was: `3 hours ago`, rounded down."""
    age = now - at
    if age <= -timedelta(minutes=1):
        return "later than now by this clock"
    fitting = [(unit, name) for unit, name in _AGES if age >= unit]
    if not fitting:
        return "just now"
    unit, name = fitting[-1]
    count = age // unit
    return f"{count} {name}{'' if count == 1 else 's'} ago"


def lasting(duration: timedelta) -> str:
    """A duration as it is typed, in the largest unit that divides it: `2d`."""
    for letter, unit in reversed(_UNITS.items()):
        count, rest = divmod(duration, timedelta(**{unit: 1}))
        if count and not rest:
            return f"{count}{letter}"
    return f"{duration // timedelta(minutes=1)}m"
