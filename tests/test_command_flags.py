"""`ianawatch flags`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import row
from synced import NOON, Watched

DAY = timedelta(days=1)
CODES = [
    row("1000", "Normal"),
    row("3000", "Unauthorized", date="2021-09-06"),
    row("3100-3109", "Ten", date="2024-02-01"),
    row("3110-3999", "Unassigned"),
]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    watched = Watched(tmp_path)
    watched.sync(CODES)
    return watched


def ignored(watched: Watched) -> dict[int, str | None]:
    """Why each flagged registration is ignored, by its first value."""
    return {flag["first"]: flag["ignored"] for flag in watched.run("flags", "--format", "json").json}


def test_what_is_flagged_is_listed(watched: Watched) -> None:
    assert watched.run("flags", "list").out.splitlines() == [
        "CODE       NAME          REGISTERED  MISSING FROM  FLAGGED (UTC)     IGNORED",
        "3000       Unauthorized  2021-09-06  page          2026-01-01 12:00",
        "3100-3109  Ten           2024-02-01  page          2026-01-01 12:00",
    ]


@pytest.mark.parametrize("args", [(), ("--format", "json"), ("--watch", "close-codes")])
def test_alone_it_is_the_list(watched: Watched, args: tuple[str, ...]) -> None:
    assert watched.run("flags", *args) == watched.run("flags", "list", *args)


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_is_that_of_all_three(watched: Watched, option: str) -> None:
    out = watched.run("flags", option).out
    assert [word for word in ("ignore", "list", "unignore") if f"  {word} " in out] == [
        "ignore",
        "list",
        "unignore",
    ]


def test_as_data_a_flag_has_the_names_of_the_view(watched: Watched) -> None:
    assert watched.run("flags", "list", "--format", "json").json[0] == {
        "first": 3000,
        "last": 3000,
        "description": "Unauthorized",
        "registered_on": "2021-09-06",
        "missing_from": ["page"],
        "opened_at": "2026-01-01T12:00:00Z",
        "ignored": None,
        "watch": "close-codes",
    }


def test_an_ignored_code_stays_in_the_list_with_its_reason(watched: Watched) -> None:
    answer = watched.run("flags", "ignore", "3000", "--reason", "  not \n for us ")
    assert (answer.exit_code, answer.out) == (0, "close-codes: 3000 Unauthorized is ignored: not for us\n")
    assert ignored(watched) == {3000: "not for us", 3100: None}
    assert watched.on_terminal("flags", columns=80)[-1] == "close-codes: 2 flagged, 1 of them ignored"


def test_a_further_reason_replaces_the_first(watched: Watched) -> None:
    for reason in ("first", "second"):
        watched.run("flags", "ignore", "3000", "--reason", reason)
    assert ignored(watched) == {3000: "second", 3100: None}


def test_a_code_of_a_registered_range_stands_for_the_range(watched: Watched) -> None:
    answer = watched.run("flags", "ignore", "3105", "--reason", "vendor's")
    assert answer.out == "close-codes: 3100-3109 Ten is ignored: vendor's\n"
    assert ignored(watched) == {3000: None, 3100: "vendor's"}
    assert watched.run("flags", "unignore", "3109").out == "close-codes: 3100-3109 is no longer ignored\n"
    assert ignored(watched) == {3000: None, 3100: None}


def test_what_was_a_range_may_be_ignored_for_two_reasons(watched: Watched) -> None:
    watched.run("flags", "ignore", "3105", "--reason", "all ten")
    parts = [row("3100-3104", "Five", date="2026-01-02"), row("3105", "One", date="2026-01-02")]
    watched.sync(
        [*CODES[:2], *parts, row("3106-3109", "Ten", date="2024-02-01")], at=NOON + DAY, updated="2026-01-02"
    )
    watched.run("flags", "ignore", "3105", "--reason", "this one")
    assert ignored(watched) == {3000: None, 3100: "all ten", 3105: "this one", 3106: "all ten"}


def test_taking_it_back_flags_it_again(watched: Watched) -> None:
    watched.run("flags", "ignore", "3000", "--reason", "not for us")
    answer = watched.run("flags", "unignore", "3000")
    assert (answer.exit_code, answer.out) == (0, "close-codes: 3000 is no longer ignored\n")
    assert ignored(watched)[3000] is None


@pytest.mark.parametrize("code", ["1000", "3500", "4000"])
def test_what_is_not_registered_in_the_watched_range_cannot_be_ignored(watched: Watched, code: str) -> None:
    answer = watched.run("flags", "ignore", code, "--reason", "x")
    assert (answer.exit_code, answer.out) == (2, "")
    assert answer.err == (
        f"ianawatch: {code} is not registered in 3000-3999, so there is nothing to ignore; "
        "`ianawatch list --range 3000-3999 --assignment assigned` shows what is\n"
    )


def test_what_is_not_ignored_cannot_be_taken_back(watched: Watched) -> None:
    answer = watched.run("flags", "unignore", "3000")
    assert (answer.exit_code, answer.err) == (
        2,
        "ianawatch: 3000 is not ignored; `ianawatch flags list` shows what is\n",
    )


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_reason_says_something(watched: Watched, reason: str) -> None:
    answer = watched.run("flags", "ignore", "3000", "--reason", reason)
    assert answer.exit_code == 2
    assert "say in a few words why" in answer.err
    assert ignored(watched)[3000] is None


def test_a_reason_is_text(watched: Watched) -> None:
    answer = watched.run("flags", "ignore", "3000", "--reason", "not \udcff for us")
    assert answer.exit_code == 2
    assert "no text" in answer.err


@pytest.mark.parametrize(
    "args",
    [
        ("ignore", "3000"),
        ("ignore", "abc", "--reason", "x"),
        ("unignore", "70000"),
        ("ignored",),
        ("ignore",),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(watched: Watched, args: tuple[str, ...]) -> None:
    assert watched.run("flags", *args).exit_code == 2


def test_nothing_flagged_is_told_to_a_terminal(watched: Watched) -> None:
    watched.page.write_text(
        "first,last,name\n3000,3000,a\n" + "".join(f"{n},{n},b\n" for n in range(3100, 3110))
    )
    watched.sync(CODES, at=NOON + DAY)
    assert watched.on_terminal("flags", columns=80) == ["close-codes: nothing is flagged"]
    assert watched.run("flags").out == ""


def test_the_next_sync_keeps_what_a_person_decided(watched: Watched) -> None:
    watched.run("flags", "ignore", "3000", "--reason", "not for us")
    watched.sync([*CODES[:3], row("3110-3999", "Available")], at=NOON + DAY, updated="2026-01-02")
    assert ignored(watched)[3000] == "not for us"
