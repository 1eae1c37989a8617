"""`ianawatch diff`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import row
from loopback import LoopbackServer, forget_surroundings
from synced import NOON, Watched

DAY = timedelta(days=1)
CODES = [
    row("1000", "Normal"),
    row("3000", "Unauthorized", date="2021-09-06"),
    row("3003", "Forbidden", date="2023-02-22"),
    row("3004-3999", "Unassigned"),
]
COMPLETE = "first,last,name\n3000,3000,a\n3003,3003,b\n"


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A page that lacks 3003 and has a code that is not registered."""
    watched = Watched(tmp_path)
    watched.page.write_text("first,last,name\n3000,3000,a\n3004,3004,Made up\n3000,3999,\n", "utf-8")
    watched.sync(CODES)
    return watched


def page(watched: Watched, name: str, text: str) -> str:
    path = watched.page.with_name(name)
    path.write_text(text, "utf-8")
    return str(path)


def test_each_side_is_told_what_it_lacks(watched: Watched) -> None:
    assert watched.run("diff").out.splitlines() == [
        "CODE  DIFFERENCE    NAME       REGISTERED  WHERE                            IGNORED",
        "3003  missing       Forbidden  2023-02-22  page (only the block 3000-3999)",
        "3004  unregistered  Made up                page (unassigned)",
    ]


def test_as_data_each_difference_has_its_names(watched: Watched) -> None:
    missing, unregistered = watched.run("diff", "--format", "json").json
    assert missing == {
        "first": 3003,
        "last": 3003,
        "description": "Forbidden",
        "registered_on": "2023-02-22",
        "assignment": "assigned",
        "difference": "missing",
        "missing_from": ["page"],
        "documented_in": [],
        "blocks": ["3000-3999"],
        "ignored": None,
        "in_use": [],
    }
    assert (unregistered["difference"], unregistered["documented_in"]) == ("unregistered", ["page"])


def test_the_exit_code_says_whether_something_is_missing_to_who_asks(watched: Watched) -> None:
    assert watched.run("diff").exit_code == 0
    assert watched.run("diff", "--exit-code").exit_code == 1


def test_ignored_codes_count_as_fine_and_what_is_not_registered_does_too(watched: Watched) -> None:
    watched.run("flags", "ignore", "3003", "--reason", "not for us")
    answer = watched.run("diff", "--exit-code")
    assert answer.exit_code == 0
    assert "3003  missing, ignored  Forbidden" in answer.out
    assert "not for us" in answer.out


def test_a_terminal_is_told_the_sum(watched: Watched) -> None:
    assert watched.on_terminal("diff", columns=120)[-1] == (
        "close-codes: 1 missing, 0 ignored, 1 not registered; 3000-3999 compared with page"
    )


def test_no_difference_is_told_to_a_terminal_and_is_nothing_in_a_pipe(watched: Watched) -> None:
    watched.page.write_text(COMPLETE, "utf-8")
    watched.sync(CODES, at=NOON + DAY)
    assert watched.on_terminal("diff", columns=80) == [
        "close-codes: no difference; 3000-3999 compared with page"
    ]
    assert watched.run("diff").out == ""
    assert watched.run("diff", "--format", "json").out == "[]\n"


def lists(watched: Watched, text: str) -> None:
    """A sync with a list of codes in use, and with a page that has them all."""
    watched.page.write_text(COMPLETE, "utf-8")
    watched.in_use = [page(watched, "ours.csv", text)]
    watched.sync(CODES, at=NOON + DAY)


def test_a_code_in_use_by_another_name_is_a_conflict(watched: Watched) -> None:
    lists(watched, "code,name\n3000,UNAUTHORIZED\n3003,Session expired\n3500,Ours\n")
    assert watched.run("diff").out.splitlines()[1:] == [
        '3003  conflict    Forbidden  2023-02-22  in use as "Session expired" in ours, line 3'
    ]
    (conflict,) = watched.run("diff", "--format", "json").json
    assert (conflict["first"], conflict["difference"], conflict["description"]) == (
        3003,
        "conflict",
        "Forbidden",
    )
    assert conflict["in_use"] == [{"source": "ours", "code": 3003, "name": "Session expired", "line": 3}]
    assert '3003 as ""Session expired"" in ours, line 3' in watched.run("diff", "--format", "csv").out
    assert watched.on_terminal("diff", columns=120)[-1] == (
        "close-codes: 0 missing, 0 ignored, 0 not registered, 1 conflict; 3000-3999 compared with page, ours"
    )


def test_a_conflict_is_an_exit_code_until_it_is_ignored(watched: Watched) -> None:
    lists(watched, "code,name\n3003,Session expired\n")
    assert watched.run("diff", "--exit-code").exit_code == 1
    complete = page(watched, "complete.csv", COMPLETE)
    assert watched.run("diff", "--exit-code", "--documented", complete).exit_code == 1
    watched.run("flags", "ignore", "3003", "--reason", "nobody sends it")
    answer = watched.run("diff", "--exit-code")
    assert answer.exit_code == 0
    assert "3003  conflict, ignored  Forbidden" in answer.out


def test_a_list_of_codes_in_use_documents_nothing(watched: Watched) -> None:
    lists(watched, "code,name\n3000,Unauthorized\n3003,Forbidden\n3500,Ours\n")
    assert watched.run("diff", "--format", "json").json == []
    watched.page.write_text("code,name\n3000,a\n", "utf-8")
    watched.sync(CODES, at=NOON + 2 * DAY)
    assert [d["difference"] for d in watched.run("diff", "--format", "json").json] == ["missing"]
    assert [code["documented"] for code in watched.run("list", "--format", "json").json] == [
        False,
        True,
        False,
        None,
    ]


def test_where_only_a_list_of_codes_in_use_was_read_its_conflicts_are_told(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.in_use = [page(watched, "ours.csv", "code,name\n3003,Session expired\n")]
    watched.sync(CODES, sources=[])
    assert [d["difference"] for d in watched.run("diff", "--format", "json").json] == ["conflict"]


def test_other_pages_are_read_now_and_nothing_is_written(watched: Watched) -> None:
    before = watched.path.read_bytes()
    complete, empty_block = page(watched, "a.csv", COMPLETE), page(watched, "b.csv", "code,name\n3000,a\n")
    assert watched.run("diff", "--documented", complete, "--exit-code").exit_code == 0
    both = watched.run("diff", "--documented", complete, "--documented", empty_block, "--format", "json").json
    assert [(d["first"], d["missing_from"], d["documented_in"]) for d in both] == [
        (3003, [empty_block], [complete])
    ]
    assert watched.path.read_bytes() == before


def test_the_table_that_ships_with_the_program_may_be_named(watched: Watched) -> None:
    assert [d["first"] for d in watched.run("diff", "--documented", "bundled", "--format", "json").json] == [
        3000,
        3003,
    ]


def test_a_page_is_asked_for_over_http(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_surroundings(monkeypatch)
    with LoopbackServer() as server:
        server.put("/page.csv", COMPLETE.encode(), content_type="text/csv")
        answer = watched.run("diff", "--documented", server.url("/page.csv"), "--exit-code")
    assert (answer.exit_code, answer.err) == (0, "")


def test_a_page_without_a_table_is_unusable_input(watched: Watched) -> None:
    prose = page(watched, "prose.md", "# Nothing here\n\nNo table at all.\n")
    answer = watched.run("diff", "--documented", prose)
    assert (answer.exit_code, answer.out) == (65, "")
    assert answer.err.startswith(f"ianawatch: documented source {prose}: ")
    assert answer.err.count("\n") == 1


def test_a_page_that_cannot_be_reached_is_a_passing_failure(watched: Watched) -> None:
    absent = str(watched.page.with_name("absent.csv"))
    answer = watched.run("diff", "--documented", absent)
    assert (answer.exit_code, answer.out) == (75, "")
    assert absent in answer.err


def test_one_page_that_fails_keeps_no_other_from_being_compared(watched: Watched) -> None:
    absent, lacking = str(watched.page.with_name("absent.csv")), page(watched, "a.csv", "code,name\n3000,a\n")
    answer = watched.run(
        "diff", "--documented", absent, "--documented", lacking, "--exit-code", "--format", "json"
    )
    assert answer.exit_code == 75
    assert [d["missing_from"] for d in answer.json] == [[lacking]]


def test_without_a_table_to_compare_with_the_error_says_what_to_do(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(CODES, sources=[str(tmp_path / "absent.csv")])
    answer = watched.run("diff")
    assert (answer.exit_code, answer.out) == (2, "")
    assert "no documented table was read yet; `ianawatch sync` reads it, or name a page" in answer.err
