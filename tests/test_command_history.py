"""`ianawatch history`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import row
from synced import NOON, Watched

DAY = timedelta(days=1)
NORMAL = row("1000", "Normal")
UNAUTHORISED = row("3000", "Unauthorised", date="2021-09-06")
UNAUTHORIZED = row("3000", "Unauthorized", date="2021-09-06", contact="Ada")
TIMEOUT = row("3008", "Timeout", date="2024-02-01")


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """Registrations on the second and the fourth, amendments on the third."""
    watched = Watched(tmp_path)
    for day, codes in enumerate(
        ([NORMAL], [NORMAL, UNAUTHORISED], [NORMAL, UNAUTHORIZED], [NORMAL, UNAUTHORIZED, TIMEOUT])
    ):
        people = {"Ada": "Ada Lovelace"}
        watched.sync(codes, at=NOON + day * DAY, updated=f"2026-01-0{day + 1}", people=people)
    return watched


def told(watched: Watched, *args: str) -> list[str]:
    """The lines of the answer after the headings, without the documents' dates."""
    return [
        line.rsplit(maxsplit=1)[0].rstrip() for line in watched.run("history", *args).out.splitlines()[1:]
    ]


def test_each_change_is_one_line_and_the_oldest_is_first(watched: Watched) -> None:
    assert watched.run("history").out.splitlines() == [
        "SEEN (UTC)        CODE  CHANGE      WHAT                                       DOCUMENT OF",
        "2026-01-02 12:00  3000  registered  Unauthorised                               2026-01-02",
        "2026-01-03 12:00  3000  amended     description: Unauthorised -> Unauthorized  2026-01-03",
        "2026-01-03 12:00  3000  amended     contacts                                   2026-01-03",
        "2026-01-04 12:00  3008  registered  Timeout                                    2026-01-04",
    ]


def test_as_data_a_change_has_the_names_of_the_view(watched: Watched) -> None:
    assert watched.run("history", "3000", "--format", "json").json[1] == {
        "first": 3000,
        "last": 3000,
        "at": "2026-01-03T12:00:00Z",
        "change": "amended",
        "field": "description",
        "before": "Unauthorised",
        "after": "Unauthorized",
        "document_updated": "2026-01-03",
    }


@pytest.mark.parametrize("format_", ["table", "json", "csv", "tsv"])
def test_people_are_left_out(watched: Watched, format_: str) -> None:
    out = watched.run("history", "--format", format_).out
    assert "contacts" in out
    assert "Ada" not in out


def test_one_codes_history_is_its_own(watched: Watched) -> None:
    assert told(watched, "3008") == ["2026-01-04 12:00  3008  registered  Timeout"]


def test_days_are_inclusive(watched: Watched) -> None:
    assert [line[:16] for line in told(watched, "--since", "2026-01-03")] == [
        "2026-01-03 12:00",
        "2026-01-03 12:00",
        "2026-01-04 12:00",
    ]
    assert [line[:16] for line in told(watched, "--until", "2026-01-02")] == ["2026-01-02 12:00"]
    assert len(told(watched, "--since", "2026-01-03", "--until", "2026-01-03")) == 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("1000",), " to 1000"),
        (("--since", "2026-02-01"), " since 2026-02-01"),
        (("3000", "--until", "2025-01-01"), " to 3000 and until 2025-01-01"),
    ],
)
def test_nothing_found_is_told_to_a_terminal_and_is_nothing_in_a_pipe(
    watched: Watched, args: tuple[str, ...], words: str
) -> None:
    assert " ".join(watched.on_terminal("history", *args, columns=120)) == (
        f"close-codes: nothing has happened{words}, as far as the database knows"
    )
    assert watched.run("history", *args).out == ""
    assert watched.run("history", *args, "--format", "json").out == "[]\n"
    assert watched.run("history", *args, "--format", "csv").out.count("\n") == 1


def test_a_terminal_is_told_how_many(watched: Watched) -> None:
    assert watched.on_terminal("history", columns=80)[-1] == "close-codes: 4 changes"
    assert watched.on_terminal("history", "3008", columns=80)[-1] == "close-codes: 1 change to 3008"


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("abc",), "0 to 65535"),
        (("70000",), "0 to 65535"),
        (("--since", "last week"), "YYYY-MM-DD"),
        (("--until", "2023-02-30"), "there is no such day"),
        (("--since", "2023-02-02", "--until", "2023-02-01"), "the first day is after the last"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(watched: Watched, args: tuple[str, ...], hint: str) -> None:
    answer = watched.run("history", *args)
    assert (answer.exit_code, answer.out) == (2, "")
    assert hint in answer.err
