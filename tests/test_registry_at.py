"""The registry as it stood at the end of a day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from builders import row
from synced import NOON, Watched

from db.registry_at import codes_at
from sync.errors import UsageProblem

NAME = "close-codes"
DAY = timedelta(days=1)
NORMAL = row("1000", "Normal")
REST = row("3000-3999", "Unassigned")
UNAUTHORIZED = row("3000", "Unauthorized", date="2021-09-06")
A = [NORMAL, REST]
B = [NORMAL, UNAUTHORIZED, row("3001-3999", "Unassigned")]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A on the first day, B on the fifth."""
    watched = Watched(tmp_path)
    watched.sync(A, at=NOON)
    watched.sync(B, at=NOON + 4 * DAY, updated="2026-01-05")
    return watched


def names_at(watched: Watched, day: date) -> list[tuple[int, str]]:
    with watched.database.read() as connection:
        return [(row.first, row.description) for row in codes_at(connection, NAME, day)]


@pytest.mark.parametrize("day", range(1, 5))
def test_until_the_day_before_a_change_the_registry_was_as_before(watched: Watched, day: int) -> None:
    assert names_at(watched, date(2026, 1, day)) == [(1000, "Normal"), (3000, "Unassigned")]


@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 1, 6), date(2099, 1, 1), date.max])
def test_at_the_end_of_the_day_of_a_change_and_later_it_is_as_after_it(watched: Watched, day: date) -> None:
    assert names_at(watched, day) == [(1000, "Normal"), (3000, "Unauthorized"), (3001, "Unassigned")]


def test_a_day_ends_at_midnight_in_utc(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(A, at=NOON)
    watched.sync(B, at=(NOON + DAY).replace(hour=0), updated="2026-01-02")
    assert names_at(watched, date(2026, 1, 1)) == [(1000, "Normal"), (3000, "Unassigned")]
    assert (3000, "Unauthorized") in names_at(watched, date(2026, 1, 2))


def test_before_the_first_sight_the_error_names_its_day(watched: Watched) -> None:
    with pytest.raises(UsageProblem, match="--at 2025-12-31: the registry is known from 2026-01-01 on"):
        names_at(watched, date(2025, 12, 31))


def test_a_registration_of_the_past_has_the_flag_it_had(watched: Watched) -> None:
    watched.page.write_text("first,last,name\n1000,1000,a\n3000,3000,b\n", "utf-8")
    watched.sync(B, at=NOON + 8 * DAY, updated="2026-01-05")
    with watched.database.read() as connection:
        then = codes_at(connection, NAME, date(2026, 1, 6), flagged=True)
        now = codes_at(connection, NAME, date(2026, 1, 9), flagged=True)
    assert [(code.first, code.flagged, code.documented) for code in then] == [(3000, True, None)]
    assert now == []


def test_a_value_that_was_handed_over_was_its_owners_of_the_day(watched: Watched) -> None:
    watched.sync(
        [NORMAL, row("3000", "Elsewhere", date="2026-01-07")], at=NOON + 6 * DAY, updated="2026-01-07"
    )
    with watched.database.read() as connection:
        before, after = (
            codes_at(connection, NAME, date(2026, 1, day), within=(3000, 3000)) for day in (6, 7)
        )
    assert [(code.description, code.first_seen_at) for code in before] == [("Unauthorized", NOON + 4 * DAY)]
    assert [(code.description, code.first_seen_at) for code in after] == [("Elsewhere", NOON + 6 * DAY)]


def test_one_that_returned_does_not_take_the_place_of_who_was_there_meanwhile(watched: Watched) -> None:
    elsewhere = [NORMAL, row("3000", "Elsewhere", date="2026-01-07")]
    watched.sync(elsewhere, at=NOON + 6 * DAY, updated="2026-01-07")
    watched.sync(B, at=NOON + 8 * DAY, updated="2026-01-09")
    with watched.database.read() as connection:
        rows = [codes_at(connection, NAME, date(2026, 1, day), within=(3000, 3000)) for day in (6, 8, 9)]
    assert [[code.description for code in row] for row in rows] == [
        ["Unauthorized"],
        ["Elsewhere"],
        ["Unauthorized"],
    ]
    assert rows[1][0].first_seen_at == NOON + 6 * DAY
