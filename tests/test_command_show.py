"""`ianawatch show`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import row
from synced import NOON, Watched

DAY = timedelta(days=1)
PEOPLE = {"Ada": "Ada Lovelace", "Grace": "Grace Hopper"}
REST = row("3001-3999", "Unassigned", refs=())


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """3000 is registered on the second day, renamed on the third, and its contact replaced on the fourth."""
    watched = Watched(tmp_path)
    watched.sync([row("1000", "Normal"), row("3000-3999", "Unassigned")])
    for day, name, contact in (
        (2, "Unauthorised", "Ada"),
        (3, "Unauthorized", "Ada"),
        (4, "Unauthorized", "Grace"),
    ):
        code = row("3000", name, date="2021-09-06", contact=contact)
        updated = f"2026-01-0{day}"
        at = NOON + (day - 1) * DAY
        watched.sync([row("1000", "Normal"), code, REST], at=at, updated=updated, people=PEOPLE)
    return watched


def test_everything_is_told_without_people(watched: Watched) -> None:
    assert watched.run("show", "3000").out.splitlines() == [
        "3000  Unauthorized",
        "assignment  assigned, registered 2021-09-06",
        "            first seen 2026-01-02 12:00 UTC, 9 days ago",
        "reference   RFC 6455  https://www.rfc-editor.org/rfc/rfc6455",
        f"documented  no, in page ({watched.page}); only its row for the block 3000-3999 covers it",
        "flagged     since 2026-01-02 12:00 UTC, 9 days ago",
        "formerly    Unauthorised, registered 2021-09-06",
        "history     2026-01-02 12:00  registered  Unauthorised",
        "            2026-01-03 12:00  amended     description: Unauthorised -> Unauthorized",
        "            2026-01-04 12:00  amended     contacts",
        "within      3000-3999, which is watched",
        "            3000-3999, a block in page, line 4",
        "nearby        1000       Normal",
        "            > 3000       Unauthorized",
        "              3001-3999  Unassigned",
    ]


def test_people_are_named_to_who_asks(watched: Watched) -> None:
    out = watched.run("show", "3000", "--contacts").out
    assert "contact     Grace Hopper\n" in out
    assert "amended     contacts: Ada Lovelace -> Grace Hopper\n" in out


def test_as_data_people_are_left_out_too_unless_asked_for(watched: Watched) -> None:
    without = watched.run("show", "3000", "--format", "json")
    assert "contacts" not in without.json
    assert "Ada" not in without.out
    assert "Grace" not in without.out
    asked = watched.run("show", "3000", "--contacts", "--format", "json")
    assert asked.json["contacts"] == ["Grace Hopper"]
    assert asked.json["history"][-1]["before"] == "Ada Lovelace"


def test_as_data_times_are_the_databases(watched: Watched) -> None:
    data = watched.run("show", "3000", "--format", "json").json
    assert (data["first_seen_at"], data["flagged_since"]) == ("2026-01-02T12:00:00Z", "2026-01-02T12:00:00Z")
    assert data["documented_in"][0]["block"] == {"first": 3000, "last": 3999, "name": "", "line": 4}


def test_a_code_in_a_range_is_answered_with_the_range(watched: Watched) -> None:
    assert watched.run("show", "3500").out.splitlines() == [
        "3500 (in 3001-3999)  Unassigned",
        "assignment  unassigned",
        "            first seen 2026-01-02 12:00 UTC, 9 days ago",
        "within      3000-3999, which is watched",
        "            3000-3999, a block in page, line 4",
        "nearby        1000       Normal",
        "              3000       Unauthorized",
        "            > 3001-3999  Unassigned",
    ]


def test_a_code_without_a_record_is_a_fair_question(watched: Watched) -> None:
    answer = watched.run("show", "65535")
    assert answer.exit_code == 0
    assert answer.out.splitlines() == [
        "65535: the registry has no record of it",
        "within  outside 3000-3999, which is watched",
        "nearby    3000        Unauthorized",
        "          3001-3999   Unassigned",
        "        > 4000-65535  no record",
    ]


def test_as_data_there_are_no_neighbours(watched: Watched) -> None:
    assert "neighbours" not in watched.run("show", "3000", "--format", "json").json


def test_what_is_documented_is_told_with_the_pages_name_and_line(watched: Watched) -> None:
    out = watched.run("show", "1000").out
    assert f"documented  yes, in page ({watched.page}), line 2, as Normal\n" in out


def test_what_is_ignored_is_told_with_the_reason(watched: Watched) -> None:
    watched.run("flags", "ignore", "3000", "--reason", "not for us")
    assert (
        "3000 ignored since 2026-01-11 12:00 UTC, just now: not for us\n" in watched.run("show", "3000").out
    )
    assert watched.run("show", "3000", "--format", "json").json["ignored"] == {
        "first": 3000,
        "last": 3000,
        "reason": "not for us",
        "at": "2026-01-11T12:00:00Z",
    }


def test_what_is_missing_is_registered_until_it_is_withdrawn(watched: Watched) -> None:
    gone = [row("1000", "Normal"), row("3000-3999", "Unassigned")]
    watched.sync(gone, at=NOON + 5 * DAY, updated="2026-01-06")
    data = watched.run("show", "3000", "--format", "json").json
    assert (data["description"], data["assignment"]) == ("Unauthorized", "assigned")
    assert (data["missing_since"], data["withdrawn"]) == ("2026-01-06T12:00:00Z", [])
    for day in (6, 7):
        watched.sync(gone, at=NOON + day * DAY, updated="2026-01-06")
    data = watched.run("show", "3000", "--format", "json").json
    assert (data["description"], data["assignment"], data["flagged"]) == ("Unassigned", "unassigned", False)
    assert data["withdrawn"] == [
        {
            "first": 3000,
            "last": 3000,
            "description": "Unauthorized",
            "registered_on": "2021-09-06",
            "first_seen_at": "2026-01-02T12:00:00Z",
            "withdrawn_at": "2026-01-07T12:00:00Z",
        }
    ]


@pytest.mark.parametrize("code", ["abc", "70000", "3000-3999", ""])
def test_what_is_no_code_is_wrong_usage_and_the_error_says_what_is_one(watched: Watched, code: str) -> None:
    answer = watched.run("show", code)
    assert (answer.exit_code, answer.out) == (2, "")
    assert "0 to 65535" in answer.err


def test_a_terminal_wraps_beside_the_labels(watched: Watched) -> None:
    lines = watched.on_terminal("show", "3000", columns=50)
    assert lines[:3] == ["3000  Unauthorized", "", "assignment  assigned, registered 2021-09-06"]
    assert all(len(line) <= 50 for line in lines)
