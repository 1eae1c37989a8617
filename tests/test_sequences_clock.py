"""A clock that is a year ahead for one run: no wait outlives it (docs/rules.md, rule 1)."""

from __future__ import annotations

from datetime import timedelta

from sequences import Story, days
from served import BEFORE, CLOSED, FIVE, FORBIDDEN, UNAUTHORIZED, WITH_3000, copy

from sync.state import NoticeKind

YEAR = timedelta(days=365)


def test_a_clock_a_year_ahead_when_an_older_copy_is_first_seen() -> None:
    story = Story()
    story.day(8).sees(WITH_3000).applied()
    story.day(9, clock_ahead_by=YEAR).sees(BEFORE).older()
    for day in days(10, 39):
        story.day(day).sees(BEFORE).older()
    story.day(40).sees(BEFORE).overdue().told(NoticeKind.OLDER_COPY_APPLIED)
    story.day(41).not_modified().news("withdrawn 3000 Unauthorized")
    story.ends_with(BEFORE)


def test_a_clock_a_year_ahead_when_a_code_is_first_missing() -> None:
    story = Story()
    without = copy("2021-09-20", {1000: CLOSED})
    story.day(8).sees(WITH_3000).applied()
    story.day(20, clock_ahead_by=YEAR).sees(without).applied()
    story.day(20.1).not_modified()
    story.day(21).not_modified()
    story.day(21.1).not_modified().news("withdrawn 3000 Unauthorized")
    story.ends_with(without)


def test_a_clock_a_year_ahead_while_a_withdrawal_waits_for_a_person() -> None:
    story = Story()
    story.day(913).sees(copy("2024-03-02", FIVE)).applied()
    restructured = copy("2024-06-01", {1000: CLOSED})
    story.day(1004, clock_ahead_by=YEAR).sees(restructured).applied().told(NoticeKind.MANY_MISSING)
    story.day(1005).sees(restructured).unchanged()
    story.day(1006).accepts(restructured).unchanged().news(
        "withdrawn 3000 Unauthorized",
        "withdrawn 3003 Forbidden",
        "withdrawn 3008 Timeout",
        "withdrawn 3009 Conflict",
    )
    story.ends_with(restructured)


def test_a_clock_a_year_ahead_when_a_new_version_is_first_seen() -> None:
    story = Story()
    after = copy("2021-09-20", {1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN})
    story.day(7).sees(BEFORE).applied()
    story.day(8, clock_ahead_by=YEAR).sees(WITH_3000).applied().news("registered 3000 Unauthorized")
    story.day(9).sees(BEFORE).older()
    story.day(20).sees(after).applied().news("registered 3003 Forbidden")
    story.ends_with(after)


def test_a_clock_and_a_document_a_year_ahead() -> None:
    story = Story()
    year_ahead = copy("2022-09-08", {1000: CLOSED, 3000: UNAUTHORIZED})
    after = copy("2021-09-21", {1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN})
    story.day(7).sees(BEFORE).applied()
    story.day(8, clock_ahead_by=YEAR).sees(year_ahead).applied().news("registered 3000 Unauthorized")
    story.day(9).sees(BEFORE).older()
    story.day(20).sees(after).applied().news("registered 3003 Forbidden")
    story.ends_with(after)
