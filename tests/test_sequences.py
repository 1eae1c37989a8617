"""What happens upstream, day by day: which copy is newer, and when a registration is the same one.

Each sequence ends applied, or in a person's hands: never stuck. What is held back has a file of its own.
"""

from __future__ import annotations

import pytest
from sequences import Story, days
from served import BEFORE, CLOSED, FORBIDDEN, TIMEOUT, UNAUTHORIZED, WITH_3000, copy

from sync.state import NoticeKind

# -- which copy is newer: rule 1 ---------------------------------------------------------------------


def test_first_sight_of_the_older_copy_then_the_newer() -> None:
    story = Story()
    story.day(8).sees(BEFORE).applied()
    story.day(9).sees(WITH_3000).applied().news("registered 3000 Unauthorized")
    story.day(10).sees(BEFORE).older()
    story.day(11).sees(WITH_3000).unchanged()
    story.ends_with(WITH_3000)


def test_a_b_a_on_one_date_for_23_days() -> None:
    story = Story()
    one_day_before = copy("2021-09-08", {1000: CLOSED})
    story.day(7).sees(one_day_before).applied()
    story.day(7.2).sees(WITH_3000).applied().news("registered 3000 Unauthorized")
    for day in days(8, 30):
        story.day(day).sees(one_day_before).older()
    story.day(30.5).sees(WITH_3000).unchanged()
    for day in days(31, 53):
        story.day(day).sees(one_day_before).older()
        story.day(day + 0.5).sees(WITH_3000).unchanged()
    story.ends_with(WITH_3000)


def test_b_dated_a_year_ahead_then_a_then_c() -> None:
    story = Story()
    year_ahead = copy("2022-09-08", {1000: CLOSED, 3000: UNAUTHORIZED})
    after = copy("2021-09-20", {1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN})
    story.day(5).sees(BEFORE).applied()
    story.day(7).sees(year_ahead).applied().news("registered 3000 Unauthorized")
    story.day(8).sees(BEFORE).older()
    story.day(9).sees(year_ahead).unchanged()
    story.day(19).sees(after).applied().news("registered 3003 Forbidden")
    story.day(20).sees(year_ahead).older()
    story.day(21).sees(after).unchanged()
    story.ends_with(after)


def test_a_wrong_date_then_the_real_document_with_an_older_one_for_good() -> None:
    story = Story()
    wrong_date = copy("2021-09-30", {1000: CLOSED, 3000: UNAUTHORIZED})
    real = copy("2021-09-13", {1000: CLOSED, 3000: UNAUTHORIZED})
    successor = copy("2021-09-20", {1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN})
    next_successor = copy("2021-10-20", {1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN, 3008: TIMEOUT})
    story.day(28).sees(wrong_date).applied()
    story.day(29).sees(real).older()
    for day in days(30, 40):
        story.day(day).sees(real).older()
    story.day(41).sees(successor).older().told(NoticeKind.UNKNOWN_IN_OLDER_COPY)
    for day in days(42, 58):
        story.day(day).sees(successor).older()
    story.day(59).sees(successor).overdue().told(NoticeKind.OLDER_COPY_APPLIED).news(
        "registered 3003 Forbidden"
    )
    story.day(60).sees(next_successor).applied().news("registered 3008 Timeout")
    story.ends_with(next_successor)


def test_the_successor_of_a_wrong_date_need_not_wait_when_it_is_later() -> None:
    story = Story()
    wrong_date = copy("2021-09-30", {1000: CLOSED})
    real = copy("2021-09-13", {1000: CLOSED})
    successor = copy("2021-10-02", {1000: CLOSED, 3000: UNAUTHORIZED})
    story.day(28).sees(wrong_date).applied()
    story.day(29).sees(real).older()
    story.day(31).sees(successor).applied().news("registered 3000 Unauthorized")
    story.day(32).sees(real).older()
    story.day(33).not_modified()
    story.ends_with(successor)


def test_a_cold_start_on_the_newer_copy_then_an_older_one() -> None:
    story = Story()
    newer = copy("2021-09-08", {1000: CLOSED, 1001: ("Going Away", "2011-11-19"), 3000: UNAUTHORIZED})
    removed_code_and_old_name = copy(
        "2020-01-01", {1000: CLOSED, 1001: ("Going", "2011-11-19"), 1002: ("Protocol error", "2011-11-19")}
    )
    story.day(8).sees(newer).applied()
    story.day(9).sees(removed_code_and_old_name).older().told(NoticeKind.UNKNOWN_IN_OLDER_COPY)
    for day in days(10, 30):
        story.day(day).sees(removed_code_and_old_name).older()
        story.day(day + 0.5).sees(newer).unchanged()
    story.ends_with(newer)


def test_an_older_copy_that_stays_is_applied_and_the_newer_one_then_has_to_stay_as_long() -> None:
    story = Story()
    story.day(8).sees(WITH_3000).applied()
    for day in days(9, 38):
        story.day(day).sees(BEFORE).older()
    story.day(39).sees(BEFORE).overdue().told(NoticeKind.OLDER_COPY_APPLIED)
    story.day(40).not_modified().news("withdrawn 3000 Unauthorized")
    for day in days(41, 70):
        story.day(day).sees(WITH_3000).older()
    story.day(71).sees(WITH_3000).overdue().told(NoticeKind.OLDER_COPY_APPLIED).news(
        "returned 3000 Unauthorized"
    )
    story.ends_with(WITH_3000)


def test_a_person_accepts_an_older_copy() -> None:
    story = Story()
    corrected = copy("2021-09-07", {1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN})
    story.day(8).sees(WITH_3000).applied()
    story.day(9).sees(corrected).older().told(NoticeKind.UNKNOWN_IN_OLDER_COPY)
    story.day(9.1).accepts_older(corrected).overdue().told(NoticeKind.OLDER_COPY_APPLIED).news(
        "registered 3003 Forbidden"
    )
    story.day(10).sees(WITH_3000).older()
    story.day(11).sees(corrected).unchanged()
    story.ends_with(corrected)


# -- one registration, one alert: rule 2 -------------------------------------------------------------


def test_a_rename() -> None:
    story = Story()
    renamed = copy("2021-09-20", {1000: CLOSED, 3000: ("Unauthorised", "2021-09-06")})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(renamed).applied().news("amended 3000 description: Unauthorized -> Unauthorised")
    story.ends_with(renamed)


def test_a_re_dating() -> None:
    story = Story()
    redated = copy("2021-09-20", {1000: CLOSED, 3000: ("Unauthorized", "2021-09-07")})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(redated).applied().news("amended 3000 registered_on: 2021-09-06 -> 2021-09-07")
    story.ends_with(redated)


def test_a_rename_and_a_re_dating_at_once_is_a_hand_over() -> None:
    story = Story()
    handed_over = copy("2021-09-20", {1000: CLOSED, 3000: ("Gone", "2021-09-19")})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(handed_over).applied().news("withdrawn 3000 Unauthorized", "registered 3000 Gone")
    story.ends_with(handed_over)


def test_a_rename_then_a_re_dating_then_both_taken_back() -> None:
    story = Story()
    renamed = copy("2021-09-20", {1000: CLOSED, 3000: ("Unauthorised", "2021-09-06")})
    redated = copy("2021-09-21", {1000: CLOSED, 3000: ("Unauthorised", "2021-09-07")})
    taken_back = copy("2021-09-22", {1000: CLOSED, 3000: UNAUTHORIZED})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(renamed).applied().news("amended 3000 description: Unauthorized -> Unauthorised")
    story.day(21).sees(redated).applied().news("amended 3000 registered_on: 2021-09-06 -> 2021-09-07")
    story.day(22).sees(taken_back).applied().news(
        "amended 3000 description: Unauthorised -> Unauthorized",
        "amended 3000 registered_on: 2021-09-07 -> 2021-09-06",
    )
    story.ends_with(taken_back)


def test_a_hand_over_that_is_taken_back() -> None:
    story = Story()
    handed_over = copy("2021-09-20", {1000: CLOSED, 3000: ("Gone", "2021-09-19")})
    taken_back = copy("2021-09-21", {1000: CLOSED, 3000: UNAUTHORIZED})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(handed_over).applied().news("withdrawn 3000 Unauthorized", "registered 3000 Gone")
    story.day(21).sees(taken_back).applied().news("withdrawn 3000 Gone", "returned 3000 Unauthorized")
    story.ends_with(taken_back)


# -- nothing is forgotten: rule 5 --------------------------------------------------------------------


def test_a_withdrawal_with_304s_after_it() -> None:
    story = Story()
    without = copy("2021-09-20", {1000: CLOSED})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(without).applied().misses(3000)
    story.day(20.5).not_modified()
    story.day(20.99).not_modified()
    story.day(21).not_modified().news("withdrawn 3000 Unauthorized")
    for day in days(22, 60):
        story.day(day).not_modified()
    story.ends_with(without)


def test_a_code_that_is_reserved_again_is_withdrawn() -> None:
    story = Story()
    reserved = copy("2021-09-20", {1000: CLOSED, 3000: ("Reserved", "2021-09-06")})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(reserved).applied().misses(3000)
    story.day(21).sees(reserved).unchanged().news("withdrawn 3000 Unauthorized")
    story.ends_with(reserved)


def test_older_copies_do_not_bring_a_withdrawal_nearer() -> None:
    story = Story()
    without = copy("2021-09-20", {1000: CLOSED})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(without).applied()
    for day in days(21, 29):
        story.day(day).sees(WITH_3000).older()
    story.day(30).not_modified().news("withdrawn 3000 Unauthorized")
    story.ends_with(without)


def test_a_return_before_the_withdrawal() -> None:
    story = Story()
    without = copy("2021-09-20", {1000: CLOSED})
    again = copy("2021-09-21", {1000: CLOSED, 3000: UNAUTHORIZED})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(without).applied().misses(3000)
    story.day(20.9).sees(again).applied().misses()
    story.day(30).not_modified()
    story.ends_with(again)


@pytest.mark.parametrize(
    ("pair", "amendments"),
    [
        (UNAUTHORIZED, []),
        (("Unauthorised", "2021-09-06"), ["amended 3000 description: Unauthorized -> Unauthorised"]),
        (("Unauthorized", "2021-09-21"), ["amended 3000 registered_on: 2021-09-06 -> 2021-09-21"]),
    ],
)
def test_a_return_after_the_withdrawal(pair: tuple[str, str], amendments: list[str]) -> None:
    story = Story()
    without = copy("2021-09-20", {1000: CLOSED})
    again = copy("2021-09-25", {1000: CLOSED, 3000: pair})
    story.day(8).sees(WITH_3000).applied()
    first_seen = story.first_seen(3000)
    story.day(20).sees(without).applied()
    story.day(21).not_modified().news("withdrawn 3000 Unauthorized")
    story.day(25).sees(again).applied().news(f"returned 3000 {pair[0]}", *amendments)
    assert story.first_seen(3000) == first_seen
    story.ends_with(again)


def test_another_name_and_date_after_the_withdrawal_is_another_registration() -> None:
    story = Story()
    without = copy("2021-09-20", {1000: CLOSED})
    other = copy("2021-09-25", {1000: CLOSED, 3000: FORBIDDEN})
    story.day(8).sees(WITH_3000).applied()
    story.day(20).sees(without).applied()
    story.day(21).not_modified().news("withdrawn 3000 Unauthorized")
    story.day(25).sees(other).applied().news("registered 3000 Forbidden")
    story.ends_with(other)


# -- the first sight: rule 11 ------------------------------------------------------------------------


def test_the_bundled_start_then_the_live_document() -> None:
    story = Story()
    bundle = copy("2021-09-08", {1000: CLOSED, 3000: UNAUTHORIZED}, bundled=True)
    live = copy("2021-09-08", {1000: CLOSED, 3000: UNAUTHORIZED})
    later = copy("2021-09-20", {1000: CLOSED, 3000: UNAUTHORIZED, 3003: FORBIDDEN})
    story.day(8).sees(bundle).applied()
    story.day(9).sees(live).applied()
    story.day(20).sees(later).applied().news("registered 3003 Forbidden")
    story.ends_with(later)


def test_the_bundled_start_then_a_live_document_that_is_newer() -> None:
    story = Story()
    bundle = copy("2021-09-08", {1000: CLOSED, 3000: UNAUTHORIZED}, bundled=True)
    live = copy("2023-02-22", {1000: CLOSED, 3003: FORBIDDEN})
    story.day(539).sees(bundle).applied()
    story.day(540).sees(live).applied().news("registered 3003 Forbidden")
    story.day(541).not_modified().news("withdrawn 3000 Unauthorized")
    story.ends_with(live)


def test_the_bundled_start_then_a_live_document_that_is_older() -> None:
    story = Story()
    bundle = copy("2021-09-08", {1000: CLOSED, 3000: UNAUTHORIZED}, bundled=True)
    live = copy("2021-09-08", {1000: CLOSED, 3000: UNAUTHORIZED})
    story.day(8).sees(bundle).applied()
    story.day(9).sees(BEFORE).older()
    story.day(10).sees(live).applied()
    story.ends_with(live)
