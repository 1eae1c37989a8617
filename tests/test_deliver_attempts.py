"""What became of letters, in words."""

from __future__ import annotations

from datetime import UTC, datetime

from db.deliveries import Message
from sync.audience import Audience
from sync.deliver.attempts import Attempt, attempt_facts, delivered_lines, failed_lines

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
MESSAGE = Message("m", Audience.READERS, AT, ())
DELIVERED = Attempt("mail", MESSAGE)
WAITS = Attempt("chat", MESSAGE, "451 later", AT)
DEAD = Attempt("fax", MESSAGE, "550 no such user")


def test_deliveries_are_counted_by_channel() -> None:
    attempts = [DELIVERED, WAITS, DELIVERED, Attempt("chat", MESSAGE), DEAD]
    assert list(delivered_lines(attempts)) == ["mail: 2 messages delivered", "chat: 1 message delivered"]


def test_each_failure_says_why_and_what_comes_of_it() -> None:
    assert list(failed_lines([DELIVERED, WAITS, DEAD])) == [
        "chat: not delivered: 451 later; it waits, and is tried again after 2026-01-01 12:00 UTC",
        "fax: not delivered: 550 no such user; given up; `ianawatch alerts retry` tries again",
    ]


def test_an_attempt_as_json() -> None:
    assert attempt_facts(WAITS) == {
        "channel": "chat",
        "message": "m",
        "delivered": False,
        "problem": "451 later",
        "next_at": "2026-01-01T12:00:00Z",
    }
    assert attempt_facts(DELIVERED)["next_at"] is None
