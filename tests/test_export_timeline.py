"""The timeline: dots at their time, above and below an axis of whole years."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from faces import AT, DAY, change, life

from sync.answers import Life
from sync.export.events import events
from sync.export.timeline import BINS, HIGHEST, LANES, TICKS, Timeline, timeline

WATCHED = (3000, 3999)
CODES = [
    life(3000, baseline=True),
    life(3003, "Forbidden", "2023-02-22", baseline=True),
    life(3008, "Timeout", "2024-02-01", baseline=True),
    life(1014, "Bad Gateway", "2016-10-10", baseline=True),
]


def drawn(*lives: Life, watched: tuple[int, int] | None = WATCHED, until: datetime = AT) -> Timeline:
    picture = timeline(events(lives), AT, until, watched)
    assert picture is not None
    return picture


def test_registrations_stand_at_their_time_and_the_watched_ones_have_a_name() -> None:
    picture = drawn(*CODES)
    assert (picture.first_year, picture.last_year) == (2016, 2026)
    assert [stack.across for stack in picture.above] == pytest.approx([7.0, 51.6, 64.9, 73.4], abs=0.1)
    assert [(stack.dots, stack.name) for stack in picture.above] == [
        ((False,), ""),
        ((True,), "3000"),
        ((True,), "3003"),
        ((True,), "3008"),
    ]
    assert [tick.year for tick in picture.ticks] == list(range(2016, 2027))
    assert picture.first_look == pytest.approx(90.9, abs=0.1)


def test_without_a_watched_range_all_are_named() -> None:
    assert [stack.name for stack in drawn(*CODES, watched=None).above] == ["1014", "3000", "3003", "3008"]


def test_what_befell_them_later_stands_below() -> None:
    gone = change(3000, "withdrawn", AT + DAY, before="Unauthorized", after=None)
    picture = drawn(life(3000, baseline=True, then=[gone]))
    assert picture.counts == (1, 1)
    assert [stack.said for stack in picture.below] == ["2026-01-02: 3000 Unauthorized, withdrawn"]
    assert {stack.name for stack in picture.below} == {""}


def test_what_is_as_old_as_each_other_is_stacked() -> None:
    lives = [life(value, f"Code {value}") for value in (3000, 3001, 3002)]
    (stack,) = drawn(*lives).above
    assert (stack.dots, stack.name) == ((True, True, True), "3000 +2")


def test_too_high_a_stack_has_dots_for_several() -> None:
    picture = drawn(*(life(3000 + n, f"Code {n}") for n in range(300)))
    assert picture.per_dot == 38
    assert (picture.height, picture.counts) == (HIGHEST, (300, 0))
    assert [stack.name for stack in picture.above] == [""]


def test_names_do_not_overlap() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    lives = [life(3000 + n, f"Code {n}", at=start + timedelta(days=60 * n)) for n in range(20)]
    picture = drawn(*lives)
    named = [stack for stack in picture.above if stack.name]
    assert {stack.lane for stack in named} == set(range(LANES))
    for lane in range(LANES):
        places = [stack.across for stack in named if stack.lane == lane]
        assert all(b - a > 9 for a, b in pairwise(places))


def test_a_long_time_has_few_ticks() -> None:
    picture = drawn(life(3000, date="1970-01-01", baseline=True))
    assert len(picture.ticks) <= TICKS
    assert picture.ticks[0].year == 1970


def test_every_year_there_is_can_be_drawn() -> None:
    picture = drawn(life(3000, date="0001-01-01", baseline=True), until=datetime(9999, 12, 31, tzinfo=UTC))
    assert (picture.first_year, picture.last_year) == (1, 9999)
    assert len(picture.above) <= BINS


def test_there_is_no_picture_of_what_has_no_date() -> None:
    assert timeline(events([life(3000, date=None, baseline=True)]), AT, AT, WATCHED) is None
