"""Letters to send: an ordinary one, and one whose names come from somebody who means harm."""

from __future__ import annotations

from datetime import UTC, datetime

from sync.audience import Audience
from sync.news.alerts import Alert, AlertKind, Subject
from sync.news.letter import Letter, write_letter
from sync.state import NoticeKind

AT = datetime(2024, 2, 2, 17, 24, 58, tzinfo=UTC)
UID = "5f0c2f1fbd7aa1f3a2bcdf2d5d7d9e01"
DELIVERY_UID = "9a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d"
PAGE = "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number"

HOSTILE = (
    "@everyone <!here> <@U0123> [click](https://evil.example) <script>alert(1)</script>"
    "\r\nBcc: victim@example.org\x1b[31m\u202etxt.exe\u2028**bold** `code` ~~gone~~ _em_"
)
TIMEOUT = Subject("k", 3008, 3008, "Timeout", "2024-02-01", missing_from=("mdn",))


def subject(name: str, value: int = 3009) -> Subject:
    """A registration of this name that one source lacks."""
    return Subject(f"k{value}", value, value, name, "2024-02-01", missing_from=("mdn",))


def news(*subjects: Subject, kind: AlertKind = AlertKind.REGISTRATION, watch: str = "close-codes") -> Alert:
    """An alert for readers, compared with two sources."""
    return Alert("a1" * 16, Audience.READERS, kind, watch, AT, subjects, compared=("bundled", "mdn"))


def notice(text: str, kind: NoticeKind = NoticeKind.FAILING) -> Alert:
    """An alert for operators."""
    return Alert("b2" * 16, Audience.OPERATORS, kind, "close-codes", AT, text=text)


def letter(*alerts: Alert) -> Letter:
    """The letter of these alerts; without any, that of the registration of 3008."""
    told = alerts or (news(TIMEOUT),)
    return write_letter(UID, DELIVERY_UID, told[0].audience, AT, told, {"close-codes": PAGE})


def hostile_letter() -> Letter:
    """What arrives when a registry is not what it should be."""
    return letter(news(subject(HOSTILE)))
