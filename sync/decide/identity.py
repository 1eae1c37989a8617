"""When is a registration the same registration? See docs/rules.md, rule 2.

Names get corrected and dates get corrected; only a change of both at once makes another one. Pure.
"""

from __future__ import annotations

import hashlib
import json

from sync.records import Content
from sync.state import Pair, Registration

_as_json = json.JSONEncoder().encode


def pair_of(content: Content) -> Pair:
    """The name and the registration date in a record's content."""
    return content.description, content.registered_on


def continues(registration: Registration, content: Content) -> bool:
    """Whether a live registration goes on: its name *or* its date is what it was (rule 2).

    Or both are what they once were: that is a correction taken back.
    """
    return content.registered_on == registration.content.registered_on or _same(registration, content)


def returns(registration: Registration, content: Content) -> bool:
    """Whether a withdrawn registration is what is registered again; no date matches no date."""
    date = registration.content.registered_on
    return (date is not None and content.registered_on == date) or _same(registration, content)


def _same(registration: Registration, content: Content) -> bool:
    return content.description == registration.content.description or (
        pair_of(content) in (registration.origin, *registration.formerly)
    )


def recorded_as(registration: Registration, content: Content) -> bool:
    """Whether the content is that of a registration, be it live or withdrawn."""
    return (continues if registration.live else returns)(registration, content)


def new_key(first: int, last: int, origin: Pair, taken: set[str]) -> str:
    """An identity made from what is registered, so that a database restored from a backup gives it again."""
    name, date = origin
    # A JSON array, put together from its parts: to write it as a whole takes four times as long.
    said = f"[{first}, {last}, {_as_json(name)}, {'null' if date is None else _as_json(date)}"
    key = _digest(f"{said}]")
    number = 0
    while key in taken:
        number += 1
        key = _digest(f"{said}, {number}]")
    taken.add(key)
    return key


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
