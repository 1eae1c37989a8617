"""`ianawatch status`: what it shows, and what a monitor learns from its exit code."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import document, row
from synced import NOON, Watched

HOUR = timedelta(hours=1)
CODES = [row("1000", "Normal"), row("3000", "Unauthorized"), row("3001-3999", "Unassigned")]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    watched = Watched(tmp_path)
    watched.sync(CODES)
    return watched


def test_one_screen_says_how_things_are(watched: Watched) -> None:
    answer = watched.run("status", now=NOON + 3 * HOUR)
    size = watched.path.stat().st_size // 1024
    assert (answer.exit_code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "close-codes: all is well",
        "last check   2026-01-01 12:00 UTC, 3 hours ago: a new version",
        "registry     of 2026-01-01, by IANA's date: 3 records, 2 registrations",
        "last change  none since the first look",
        "documented   page, read 2026-01-01 12:00 UTC, 3 hours ago",
        "flagged      1: 3000",
        "alerts       none waits",
        f"database     {watched.path} ({size} KiB)",
        "next         `ianawatch flags` lists what to document, or to ignore",
    ]


def test_a_flag_is_no_trouble(watched: Watched) -> None:
    data = watched.run("status", "--format", "json").json
    assert (data["flagged"], data["healthy"], data["troubles"]) == (1, True, [])


@pytest.mark.parametrize(
    ("age", "exit_code"),
    [(timedelta(0), 0), (48 * HOUR, 0), (49 * HOUR, 1), (1000 * HOUR, 1), (-49 * HOUR, 1)],
)
def test_too_old_a_check_is_trouble_when_an_age_is_named(
    watched: Watched, age: timedelta, exit_code: int
) -> None:
    assert watched.run("status", now=NOON + age).exit_code == 0
    assert watched.run("status", "--max-age", "48h", now=NOON + age).exit_code == exit_code
    assert watched.run("status", "--max-age", "2d", now=NOON + age).exit_code == exit_code


def test_a_check_that_found_nothing_new_is_as_fresh(watched: Watched) -> None:
    watched.sync(CODES, at=NOON + 40 * HOUR)
    answer = watched.run("status", "--max-age", "48h", now=NOON + 80 * HOUR)
    assert answer.exit_code == 0
    assert "last check   2026-01-03 04:00 UTC, 1 day ago: unchanged\n" in answer.out


def test_failures_are_trouble_from_the_third_on(watched: Watched) -> None:
    for hour, exit_code in ((1, 0), (2, 0), (3, 1), (4, 1)):
        watched.fail(at=NOON + hour * HOUR)
        assert watched.run("status", now=NOON + hour * HOUR).exit_code == exit_code
    out = watched.run("status").out
    assert out.startswith("close-codes: one thing is not well\ntrouble      4 runs in a row have failed: ")
    watched.sync(CODES, at=NOON + 5 * HOUR)
    assert watched.run("status").exit_code == 0


def test_what_is_quarantined_is_trouble_and_can_be_looked_at(watched: Watched) -> None:
    watched.sync(document(CODES)[:-20], at=NOON + HOUR)
    answer = watched.run("status", "--format", "json")
    (trouble,) = answer.json["troubles"]
    assert (answer.exit_code, answer.json["healthy"], trouble["kind"]) == (1, False, "quarantined")
    command = trouble["remedy"].split("`")[1].split()
    assert command[0] == "ianawatch"
    assert watched.run(*command[1:]).exit_code == 0


def test_what_a_person_accepted_is_no_trouble_any_more(watched: Watched) -> None:
    unreadable = [*CODES, row("4000", None)]
    watched.sync(unreadable, at=NOON + HOUR, updated="2026-01-02")
    (trouble,) = watched.run("status", "--format", "json").json["troubles"]
    assert trouble["kind"] == "quarantined"
    shown = trouble["remedy"].split("`")[1].split()[-1]
    assert watched.run("quarantine", "accept", shown).exit_code == 0
    assert watched.run("status").exit_code == 0


def test_a_delivery_that_waits_for_more_than_a_day_is_trouble(watched: Watched) -> None:
    watched.sync([CODES[0], *CODES[2:]], at=NOON + HOUR, updated="2026-01-02", channels=["mail"])
    new = [*CODES, row("4000", "Other")]
    watched.sync(
        [*new[:2], row("3001", "New"), row("3002-3999", "Unassigned")],
        at=NOON + 2 * HOUR,
        updated="2026-01-03",
        channels=["mail"],
    )
    assert watched.run("status", now=NOON + 26 * HOUR).exit_code == 0
    answer = watched.run("status", now=NOON + 27 * HOUR)
    assert answer.exit_code == 1
    assert "trouble      1 delivery waits, the oldest decided 1 day ago\n" in answer.out


def test_people_are_left_out_of_the_last_change(watched: Watched) -> None:
    changed = [row("1000", "Normal", contact="Ada"), *CODES[1:]]
    watched.sync(changed, at=NOON + HOUR, updated="2026-01-02", people={"Ada": "Ada Lovelace"})
    data = watched.run("status", "--format", "json")
    assert data.json["last_change"]["field"] == "contacts"
    assert "Ada" not in data.out
    assert "Ada" not in watched.run("status").out


def test_times_are_the_databases(watched: Watched) -> None:
    assert watched.run("status", "--format", "json").json["checked_at"] == "2026-01-01T12:00:00Z"


def test_before_the_first_registry_was_read_it_answers_all_the_same(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(document([]))
    answer = watched.run("status", "--max-age", "48h", now=NOON)
    assert answer.exit_code == 1
    assert "registry     never read\n" in answer.out
    assert answer.out.endswith("see whether cron or the timer runs; `ianawatch sync` checks now\n")
    unasked = watched.run("status", now=NOON).out
    assert unasked.endswith("             `ianawatch sync` checks the registry\n")


@pytest.mark.parametrize("age", ["48", "0h", "two days", "-1h"])
def test_what_is_no_age_is_wrong_usage(watched: Watched, age: str) -> None:
    answer = watched.run("status", f"--max-age={age}")
    assert (answer.exit_code, answer.out) == (2, "")
    assert "48h" in answer.err


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_is_told_everything_on_one_screen_whatever_is_wrong(
    watched: Watched, tmp_path: Path, columns: int
) -> None:
    pages = [tmp_path / f"a-page-of-a-rather-long-name-{number}.csv" for number in range(12)]
    for page in pages:
        page.write_text("code,name\n3000,Kicked\n", "utf-8")
    sources, watched.in_use = [str(page) for page in pages[:6]], [str(page) for page in pages[6:]]

    def sync(body: bytes, hour: int) -> None:
        watched.sync(body, at=NOON + hour * HOUR, sources=sources, channels=["mail", "chat", "hook"])

    sync(document(CODES, updated="2026-01-02"), 0)
    held = [*CODES, row("4000", None), row("4001", None), row("x", "No value")]
    sync(document(held, updated="2026-01-03"), 1)
    for page in pages[2:9]:
        page.unlink()
    sync(document(CODES)[:-20], 2)
    whole = watched.run("status", "--max-age", "48h").out.splitlines()
    lines = watched.on_terminal("status", "--max-age", "48h", columns=columns)
    assert len(whole) > 24
    assert len(lines) <= 22
    assert all(any(line.startswith(label) for line in lines) for label in ("trouble", "last", "alerts"))
    assert [line.split()[0] for line in lines if line and not line.startswith(" ")][-1] == "next"
    assert whole[0] == lines[0]


def test_a_terminal_shows_trouble_in_red(watched: Watched) -> None:
    for hour in (1, 2, 3):
        watched.fail(at=NOON + hour * HOUR)
    assert "\x1b[31m3 runs in a row have failed" in watched.on_colour_terminal("status", columns=200)
