"""A test goes to every channel at once, and one that hangs holds up no other."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sync.audience import Audience
from sync.deliver.channels import Channel
from sync.deliver.trial import try_channels
from sync.errors import NotDelivered
from sync.news.letter import Letter

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_every_channel_is_tried_and_says_how_it_went() -> None:
    taken: list[Letter] = []
    released = threading.Event()

    def takes(letter: Letter, *, timeout: float) -> None:
        assert timeout == 20.0
        taken.append(letter)

    def refuses(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        raise NotDelivered("no")

    def breaks(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        raise KeyError("SECRET")

    def hangs(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        released.wait()

    readers, operators = {Audience.READERS}, {Audience.OPERATORS}
    found = dict(
        try_channels(
            [
                Channel("hangs", readers, hangs, 0.05),
                Channel("takes", operators, takes, 20.0),
                Channel("refuses", readers, refuses, 20.0),
                Channel("breaks", readers, breaks, 20.0),
            ],
            AT,
        )
    )
    released.set()
    assert found == {
        "takes": None,
        "refuses": "no",
        "breaks": "a bug in the program, KeyError",
        "hangs": "no answer in time",
    }
    (letter,) = taken
    assert (letter.audience, letter.at, letter.facts["test"]) == (Audience.OPERATORS, AT, True)
    assert "takes" in letter.text


def test_no_channel_is_no_trial() -> None:
    assert list(try_channels([], AT)) == []
