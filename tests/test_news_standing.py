"""How watches stand after a run: a line each, and one for those that stand alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.news.standing import NOT_CHECKED, UNCHANGED, Standing, line, lines

QUIET = Standing("tls-alerts", UNCHANGED, "2026-06-10", records=12, registrations=10)


def named(*names: str, what: str = UNCHANGED) -> list[Standing]:
    return [replace(QUIET, watch=name, what=what) for name in names]


def test_a_line_says_what_there_is() -> None:
    assert line(QUIET) == (
        "tls-alerts: unchanged; the registry as of 2026-06-10 has 12 records, 10 registrations"
    )


@pytest.mark.parametrize(
    ("compared", "flagged", "said"),
    [
        (False, (), "10 registrations"),
        (True, (), "10 registrations, 0 flagged"),
        (True, ("3000", "3100-3199"), "10 registrations, 2 flagged (3000, 3100-3199)"),
        # Its pages were taken out of the settings, and the flags are still open.
        (False, ("3000",), "10 registrations, 1 flagged (3000)"),
    ],
)
def test_flags_are_counted_where_there_can_be_any(
    compared: bool, flagged: tuple[str, ...], said: str
) -> None:
    assert line(replace(QUIET, compared=compared, flagged=flagged)).endswith(said)


@pytest.mark.parametrize(
    ("conflicts", "said"),
    [((3008,), ", 1 conflict (3008)"), ((3000, 3008), ", 2 conflicts (3000, 3008)")],
)
def test_conflicts_are_named(conflicts: tuple[int, ...], said: str) -> None:
    assert line(replace(QUIET, conflicts=conflicts)).endswith(said)


def test_what_is_not_known_is_said() -> None:
    assert "as of an unknown date has" in line(replace(QUIET, updated=None))
    assert line(replace(QUIET, what=NOT_CHECKED, records=0)) == (
        "tls-alerts: not checked; nothing is known of the registry yet"
    )


def test_one_that_is_unchanged_has_its_line() -> None:
    assert list(lines([QUIET])) == [line(QUIET)]


def test_several_that_stand_alike_have_one_line_and_come_last() -> None:
    new = replace(QUIET, watch="new", what="a new version")
    assert list(lines([*named("a", "b"), new, *named("c", what=NOT_CHECKED)])) == [
        line(new),
        "2 watches: unchanged (a, b)",
        line(named("c", what=NOT_CHECKED)[0]),
    ]


def test_of_thousands_some_are_named() -> None:
    names = [f"w{number}" for number in range(2000)]
    assert list(lines(named(*names))) == ["2,000 watches: unchanged (w0, w1, w2, w3, ...)"]


def test_of_what_nothing_is_known_each_has_its_line() -> None:
    unknown = [replace(standing, records=0) for standing in named("a", "b", what=NOT_CHECKED)]
    assert list(lines(unknown)) == list(map(line, unknown))
