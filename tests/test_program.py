"""What every command is given: names that may be shared, lines on two streams, a database to work with."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.errors import PassingFailure, UsageProblem, WrongConfiguration
from sync.program import Program, say_error
from sync.settings.model import Settings
from sync.watches import CLOSE_CODES, Role

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def program(**settings: object) -> Program:
    return Program(lambda: NOON, replace(Settings(), **settings))  # type: ignore[arg-type]  # by name


def names(*documented: str) -> list[str]:
    return [source.name for source in program().watch_with(documented).documented]


# -- where, and with what ------------------------------------------------------------------------------


def test_what_was_typed_wins_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('database = "a.db"\nretries = 1\n', "utf-8")
    started = Program.start(lambda: NOON, "b.db", config, "json")
    assert started.where == "b.db"
    assert (started.settings.retries, started.settings.log_format) == (1, "json")
    assert Program.start(lambda: NOON, None, config, None).where == "a.db"


def test_without_a_name_the_database_is_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert program().where == str(tmp_path / "ianawatch" / "ianawatch.db")


# -- what the watch is compared with -------------------------------------------------------------------


def test_the_watch_has_its_own_sources_until_others_are_named() -> None:
    assert program().watch_with(()) == CLOSE_CODES
    named = program().watch_with(("page.md", "bundled", "page.md"))
    assert [source.location for source in named.documented] == ["page.md", "bundled"]
    assert replace(named, documented=CLOSE_CODES.documented) == CLOSE_CODES


def test_a_name_that_alerts_carry_has_no_secret_in_it() -> None:
    assert names("https://me:secret@example.org/page.md?token=secret") == [
        "https://***@example.org/page.md?***"
    ]


def test_names_that_are_alike_without_their_secrets_are_told_apart() -> None:
    assert names(*(f"https://example.org/?page={n}" for n in (1, 2, 3)), "page.md") == [
        "https://example.org/?***",
        "https://example.org/?*** (2)",
        "https://example.org/?*** (3)",
        "page.md",
    ]


def test_the_lists_of_codes_in_use_are_those_of_the_settings() -> None:
    named = ("codes.csv", "https://me:secret@example.org/codes.csv", "codes.csv", "mdn")
    for documented in ((), ("codes.csv",)):
        watch = program(in_use=named).watch_with(documented)
        assert [(source.name, source.role) for source in watch.in_use] == [
            ("codes.csv", Role.IN_USE),
            ("https://***@example.org/codes.csv", Role.IN_USE),
            ("mdn", Role.IN_USE),
        ]
        assert [source.location for source in watch.in_use] == list(dict.fromkeys(named))
        assert {source.role for source in watch.documented} == {Role.DOCUMENTED}


def test_whoever_named_a_page_that_there_is_not_is_told() -> None:
    with pytest.raises(UsageProblem, match=r"^mdn:xx: there is no such page"):
        program().watch_with(("mdn:xx",))
    configured = program(documented=("mdn:xx",), origins={"documented": "IANAWATCH_DOCUMENTED"})
    with pytest.raises(WrongConfiguration, match=r"^IANAWATCH_DOCUMENTED: mdn:xx: there is no such page"):
        configured.watch_with()


# -- the two streams -----------------------------------------------------------------------------------


def test_text_from_outside_is_shown_safely(capsys: pytest.CaptureFixture[str]) -> None:
    program().say("3000 \x1b[31mred\u202e", "  indented\nbroken")
    program().say()
    assert capsys.readouterr().out == "3000 \\u001b[31mred\\u202e\n  indented\\u000abroken\n"


def test_json_is_one_document_and_as_safe(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"description": "\x9b\u2028通常", "first": 3000}
    program().say_json(facts)
    out = capsys.readouterr().out
    assert json.loads(out) == facts
    assert "\\u009b\\u2028通常" in out


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "ianawatch: it \\u001b broke\n"),
        ({"log_format": "json"}, '{"level": "error", "message": "it \\u001b broke"}\n'),
    ],
)
def test_an_error_is_one_line(
    settings: dict[str, str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program(**settings).say_error("it \x1b broke")
    assert capsys.readouterr() == ("", expected)


def test_an_error_that_comes_before_the_settings_is_written_as_the_environment_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IANAWATCH_LOG_FORMAT", raising=False)
    say_error("broken", None)
    monkeypatch.setenv("IANAWATCH_LOG_FORMAT", "json")
    say_error("broken", None, level="info")
    say_error("broken", "text")
    assert capsys.readouterr().err.splitlines() == [
        "ianawatch: broken",
        '{"level": "info", "message": "broken"}',
        "ianawatch: broken",
    ]


class FullDisk(io.StringIO):
    """A stream that takes nothing."""

    def write(self, _: str) -> int:
        """Fails as a full disk does."""
        raise OSError(28, "No space left on device")


def test_what_can_not_be_written_is_a_passing_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk())
    with pytest.raises(
        PassingFailure, match=r"^standard output can't be written: No space left on device; .*next run"
    ):
        program().say("news")
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(PassingFailure, match="Bad file descriptor"):
        program().say_json({})
    program().say()


# -- the database --------------------------------------------------------------------------------------


def test_a_rehearsal_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ianawatch.db"
    with program(database=str(path)).rehearsal().write() as connection:
        connection.exec_driver_sql("CREATE TABLE tried (it INTEGER)")
    assert list(tmp_path.iterdir()) == []
