"""`ianawatch list`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import row
from synced import NOON, Watched

DAY = timedelta(days=1)
BEFORE = [row("1000", "Normal"), row("1004", "Reserved"), row("3000-3999", "Unassigned")]
AFTER = [
    row("1000", "Normal"),
    row("1004", "Reserved"),
    row("3000", "Unauthorized", date="2021-09-06"),
    row("3001-3999", "Unassigned"),
]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """BEFORE on the first of January, AFTER from the third."""
    watched = Watched(tmp_path)
    watched.sync(BEFORE)
    watched.sync(AFTER, at=NOON + 2 * DAY, updated="2026-01-03")
    return watched


def listed(watched: Watched, *args: str) -> list[int]:
    """The first values of what is listed."""
    answer = watched.run("list", "--format", "json", *args)
    assert (answer.exit_code, answer.err) == (0, "")
    return [code["first"] for code in answer.json]


def test_in_a_pipe_every_column_is_there(watched: Watched) -> None:
    assert watched.run("list").out.splitlines() == [
        "CODE       NAME          ASSIGNMENT  REGISTERED  DOCUMENTED   REVISED  FIRST SEEN (UTC)  REFERENCE",
        "1000       Normal        assigned                yes                   2026-01-01 12:00  RFC 6455",
        "1004       Reserved      reserved                                      2026-01-01 12:00  RFC 6455",
        "3000       Unauthorized  assigned    2021-09-06  no, flagged           2026-01-03 12:00  RFC 6455",
        "3001-3999  Unassigned    unassigned                                    2026-01-03 12:00  RFC 6455",
    ]


def test_a_narrow_terminal_shows_what_matters_most(watched: Watched) -> None:
    lines = watched.on_terminal("list", columns=60)
    assert lines[0] == "CODE       NAME          REGISTERED  DOCUMENTED"
    assert lines[4] == "3000       Unauthorized  2021-09-06  no, flagged"


def test_json_has_the_names_and_values_of_the_view(watched: Watched) -> None:
    assert watched.run("list", "--flagged", "--format", "json").json == [
        {
            "first": 3000,
            "last": 3000,
            "description": "Unauthorized",
            "assignment": "assigned",
            "registered_on": "2021-09-06",
            "revised_on": None,
            "reference": "RFC 6455",
            "documented": False,
            "flagged": True,
            "first_seen_at": "2026-01-03T12:00:00Z",
            "withdrawn_at": None,
        }
    ]


def test_csv_has_the_same_as_a_spreadsheet_takes_it(watched: Watched) -> None:
    assert watched.run("list", "--flagged", "--format", "csv").out.splitlines() == [
        "first,last,description,assignment,registered_on,revised_on,reference,documented,flagged,first_seen_at,withdrawn_at",
        "3000,3000,Unauthorized,assigned,2021-09-06,,RFC 6455,0,1,2026-01-03T12:00:00Z,",
    ]


def test_conditions_narrow_the_list(watched: Watched) -> None:
    assert listed(watched, "--range", "3000-3999") == [3000, 3001]
    assert listed(watched, "--range", "1004") == [1004]
    assert listed(watched, "--assignment", "reserved", "--assignment", "unassigned") == [1004, 3001]
    assert listed(watched, "--flagged") == [3000]
    assert listed(watched, "--flagged", "--range", "0-2999") == []


def test_a_day_shows_the_registry_as_it_stood_at_its_end(watched: Watched) -> None:
    for day in ("2026-01-01", "2026-01-02"):
        assert listed(watched, "--at", day, "--range", "3000-3999") == [3000]
    for day in ("2026-01-03", "2026-01-04", "2099-12-31", "9999-12-31"):
        assert listed(watched, "--at", day, "--range", "3000-3999") == [3000, 3001]


def test_what_pages_said_on_a_day_in_the_past_is_not_known(watched: Watched) -> None:
    documented = {
        code["documented"] for code in watched.run("list", "--at", "2026-01-03", "--format", "json").json
    }
    assert documented == {None}


def test_what_was_withdrawn_is_not_listed_any_more_and_was_on_its_days(watched: Watched) -> None:
    for day in (4, 5, 6):
        watched.sync(BEFORE, at=NOON + day * DAY, updated="2026-01-05")
    assert listed(watched, "--assignment", "assigned") == [1000]
    assert listed(watched, "--assignment", "assigned", "--at", "2026-01-04") == [1000, 3000]


def test_before_the_first_day_the_error_names_it(watched: Watched) -> None:
    answer = watched.run("list", "--at", "2025-12-31")
    assert (answer.exit_code, answer.out) == (2, "")
    assert answer.err == (
        "ianawatch: --at 2025-12-31: the registry is known from 2026-01-01 on; name that day or a later one\n"
    )


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("--at", "2023-13-01"), "YYYY-MM-DD"),
        (("--range", "3999-3000"), "3000-3999 would do"),
        (("--range", "abc"), "0-65535"),
        (("--range", "0-70000"), "0 to 65535"),
        (("--assignment", "free"), "unassigned"),
        (("--format", "xml"), "csv"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage_and_the_error_says_what_would_be_right(
    watched: Watched, args: tuple[str, ...], hint: str
) -> None:
    answer = watched.run("list", *args)
    assert (answer.exit_code, answer.out) == (2, "")
    assert hint in answer.err


def test_when_nothing_fits_a_terminal_is_told_and_a_pipe_gets_nothing(watched: Watched) -> None:
    nothing = ("list", "--range", "40000-50000")
    assert watched.on_terminal(*nothing, columns=80) == ["close-codes: nothing in the registry fits"]
    assert watched.run(*nothing).out == ""
    assert watched.run(*nothing, "--format", "json").out == "[]\n"
    assert watched.run(*nothing, "--format", "csv").out.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "closing"),
    [
        ((), "close-codes: 4 rows; the registry as of 2026-01-03, last seen 8 days ago"),
        (("--flagged",), "close-codes: 1 row; the registry as of 2026-01-03, last seen 8 days ago"),
        (
            ("--at", "2026-01-02"),
            "close-codes: 3 rows; the registry as it stood at the end of 2026-01-02 (UTC)",
        ),
    ],
)
def test_a_terminal_is_told_how_fresh_the_answer_is(
    watched: Watched, args: tuple[str, ...], closing: str
) -> None:
    assert watched.on_terminal("list", *args, columns=100)[-1] == closing
