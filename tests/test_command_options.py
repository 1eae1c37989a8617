"""What the commands that answer from the database have in common: watch, format, and what stops them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import row
from synced import Watched

MANY = ("list", "diff", "history", "flags")
"""Commands whose answer has many rows."""
ALL = (*MANY, "show", "status")
CODES = [row("1000", "Normal"), row("3000", "Unauthorized"), row("3001-3999", "Unassigned")]


def words(command: str) -> list[str]:
    """The command with the arguments it can't do without."""
    return [command, "3000"] if command == "show" else [command]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    watched = Watched(tmp_path)
    watched.sync(CODES)
    return watched


@pytest.mark.parametrize("command", ALL)
def test_the_one_watch_may_be_named(watched: Watched, command: str) -> None:
    assert watched.run(*words(command), "--watch", "close-codes") == watched.run(*words(command))


@pytest.mark.parametrize("command", ALL)
def test_an_unknown_watch_is_wrong_usage_and_the_known_are_named(watched: Watched, command: str) -> None:
    answer = watched.run(*words(command), "--watch", "closed-codes")
    assert (answer.exit_code, answer.out) == (2, "")
    assert (
        answer.err
        == "ianawatch: --watch closed-codes: there is no watch closed-codes; there is close-codes\n"
    )


@pytest.mark.parametrize("command", ALL)
def test_json_is_one_document(watched: Watched, command: str) -> None:
    answer = watched.run(*words(command), "--format", "json")
    assert (answer.exit_code, answer.err) == (0, "")
    assert isinstance(answer.json, list if command in MANY else dict)


@pytest.mark.parametrize("command", MANY)
def test_csv_and_tsv_differ_in_their_delimiter(watched: Watched, command: str) -> None:
    csv, tsv = (watched.run(command, "--format", format_).out for format_ in ("csv", "tsv"))
    assert csv.startswith("first,last,")
    assert tsv.split("\n")[0] == csv.split("\n")[0].replace(",", "\t")
    assert csv.endswith("\n")


@pytest.mark.parametrize("command", MANY)
def test_csv_has_the_names_of_json(watched: Watched, command: str) -> None:
    watched.sync([row("1000", "Gone"), *CODES[1:]], updated="2026-01-02")
    (first, *_) = watched.run(command, "--format", "json").json
    assert watched.run(command, "--format", "csv").out.split("\n")[0] == ",".join(first)


@pytest.mark.parametrize("command", ALL)
def test_without_a_database_there_is_no_answer(tmp_path: Path, command: str) -> None:
    answer = Watched(tmp_path).run(*words(command))
    assert (answer.exit_code, answer.out) == (74, "")
    assert "there is no database yet; `ianawatch sync` makes it" in answer.err


@pytest.mark.parametrize("command", [*MANY, "show"])
def test_a_registry_that_was_never_read_is_no_empty_one(tmp_path: Path, command: str) -> None:
    watched = Watched(tmp_path)
    watched.sync([])
    answer = watched.run(*words(command), "--format", "json")
    assert (answer.exit_code, answer.out) == (74, "")
    assert answer.err == "ianawatch: close-codes: the registry was never read; `ianawatch sync` reads it\n"


@pytest.mark.parametrize("command", ALL)
def test_asking_writes_nothing(watched: Watched, command: str) -> None:
    before = watched.path.read_bytes()
    watched.run(*words(command))
    assert watched.path.read_bytes() == before


@pytest.mark.parametrize("command", ALL)
def test_an_error_is_one_line_in_the_format_that_was_asked_for(watched: Watched, command: str) -> None:
    answer = watched.run("--log-format", "json", *words(command), "--watch", "x\x1b")
    assert json.loads(answer.err)["message"].startswith("--watch x")
    assert "\x1b" not in answer.err


@pytest.mark.parametrize("command", ALL)
def test_hostile_text_stays_text_in_every_format(tmp_path: Path, command: str) -> None:
    name = "[bold]=cmd\u202e\x9b31m :smile:\x7f 通常"
    watched = Watched(tmp_path)
    watched.sync([row("3000", "First"), row("3001-3999", "Unassigned")])
    watched.sync([row("3000", name), row("3001-3999", "Unassigned")], updated="2026-01-02")
    shown = "[bold]=cmd\\u202e\\u009b31m :smile:\\u007f 通常"
    formats = ("table", "json", "csv", "tsv") if command in MANY else ("table", "json")
    for format_ in formats:
        out = watched.run(*words(command), "--format", format_).out
        assert not set(out) & {"\u202e", "\x9b", "\x7f", "\x1b"}
        assert command == "status" or shown in out
    if command != "status":
        assert any(shown in line for line in watched.on_terminal(*words(command), columns=250))
