"""Alerts in words, one line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sync.audience import Audience
from sync.news.alerts import Alert, AlertKind, Subject
from sync.news.message import lines
from sync.state import NoticeKind, Use

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
UNAUTHORIZED = Subject("a", 3000, 3000, "Unauthorized", "2021-09-06", missing_from=("mdn",))
BLOCK = Subject("b", 3100, 3199, "A block", None)


def news(kind: AlertKind, *subjects: Subject, compared: tuple[str, ...] = ("bundled", "mdn")) -> Alert:
    return Alert("uid", Audience.READERS, kind, "close-codes", NOON, subjects, compared=compared)


def trouble(kind: NoticeKind, text: str = "it is broken") -> Alert:
    return Alert("uid", Audience.OPERATORS, kind, "close-codes", NOON, text=text)


@pytest.mark.parametrize(
    ("alert", "line"),
    [
        (
            news(AlertKind.REGISTRATION, UNAUTHORIZED),
            "newly registered: 3000 Unauthorized, registered 2021-09-06; not documented in mdn",
        ),
        (
            news(AlertKind.REGISTRATION, BLOCK),
            "newly registered: 3100-3199 A block; documented in bundled, mdn",
        ),
        (
            news(AlertKind.REGISTRATION, BLOCK, compared=()),
            "newly registered: 3100-3199 A block; no documented table to compare it with",
        ),
        (
            news(AlertKind.WITHDRAWAL, UNAUTHORIZED),
            "withdrawn: 3000 Unauthorized, registered 2021-09-06",
        ),
        (
            news(AlertKind.RETURN, BLOCK),
            "registered after all, its withdrawal is taken back: 3100-3199 A block",
        ),
    ],
)
def test_news_of_one_registration(alert: Alert, line: str) -> None:
    assert list(lines([alert])) == [f"close-codes: {line}"]


SEVERAL = (Use("ours", 3105, "A", 2), Use("ours", 3106, "", None))


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (
            replace(UNAUTHORIZED, uses=(Use("codes.csv", 3000, "Session expired", 12),)),
            '3000 Unauthorized, registered 2021-09-06, is in use as "Session expired" in codes.csv, line 12',
        ),
        (
            replace(BLOCK, uses=SEVERAL),
            '3100-3199 A block has 3105, in use as "A" in ours, line 2, 3106, in use in ours',
        ),
    ],
)
def test_a_conflict_says_where_the_code_is_in_use_and_what_to_do(subject: Subject, said: str) -> None:
    (line,) = lines([news(AlertKind.CONFLICT, subject)])
    assert line == f"close-codes: conflict: {said}; choose another code"


def test_a_baseline_is_a_list() -> None:
    assert list(lines([news(AlertKind.BASELINE, UNAUTHORIZED, BLOCK)])) == [
        "close-codes: registered and not documented, as of the first look: 2",
        "  3000 Unauthorized, registered 2021-09-06; not documented in mdn",
        "  3100-3199 A block; documented in bundled, mdn",
    ]


def test_a_notice_that_says_what_to_do_is_left_as_it_is() -> None:
    assert list(lines([trouble(NoticeKind.FAILING)])) == ["close-codes: it is broken"]


@pytest.mark.parametrize(
    "kind",
    [
        NoticeKind.DOCUMENT_QUARANTINED,
        NoticeKind.REGISTRY_QUARANTINED,
        NoticeKind.RECORDS_SET_ASIDE,
        NoticeKind.MANY_MISSING,
    ],
)
def test_what_is_held_back_says_where_to_look(kind: NoticeKind) -> None:
    (line,) = lines([trouble(kind)])
    assert line.startswith("close-codes: it is broken; ")
    assert line.endswith("; `ianawatch quarantine` shows what is held back")


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_has_its_line(kind: NoticeKind) -> None:
    assert len(list(lines([trouble(kind)]))) == 1


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_of_news_has_its_lines(kind: AlertKind) -> None:
    assert list(lines([news(kind, UNAUTHORIZED)]))


def test_a_message_has_its_alerts_in_order() -> None:
    said = list(lines([trouble(NoticeKind.FAILING, "first"), trouble(NoticeKind.RECOVERED, "second")]))
    assert said == ["close-codes: first", "close-codes: second"]
