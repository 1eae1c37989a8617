"""When is a registration the same registration? See docs/rules.md, rule 2.

Names get corrected and dates get corrected; only a change of both at once makes another one. Pure.
"""

from __future__ import annotations

import hashlib
import json

from sync.records import Content
from sync.state import Pair, Registration


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
    number = 0
    while True:
        parts = [first, last, *origin, *([number] if number else [])]
        key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
        if key not in taken:
            taken.add(key)
            return key
        number += 1
