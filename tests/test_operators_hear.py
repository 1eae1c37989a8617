"""Silence is checked: what operators are told over their channel, and when (docs/rules.md, rules 1, 4 and 8).

Whole syncs through the front door. Readers have a channel of their own, which hears of registrations only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import Row, row
from program import AT, Program
from synced import Answer
from unreliable import Command

from sync.errors import Exit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
FORBIDDEN = row("3003", "Forbidden", date="2023-02-22")


class Desk:
    """The program, and what arrives at the operators' channel and at the readers'."""

    def __init__(self, folder: Path) -> None:
        self.program = Program(folder)
        self._now = datetime.fromisoformat(AT)
        self._commands = {name: Command(folder, name) for name in ("operators", "readers")}
        self.env = {
            f"IANAWATCH_CHANNELS__{name.upper()}__{key}": value
            for name, command in self._commands.items()
            for key, value in (("EXEC", command.line), ("AUDIENCE", name))
        }
        self._heard = dict.fromkeys(self._commands, 0)
        self.serve(NORMAL, updated="2026-01-01")
        assert self.sync() == []

    def serve(self, *rows: Row, updated: str) -> None:
        """Have IANA serve a document with these rows."""
        self.program.serve(rows, updated=updated)

    def sync(self, later: timedelta = HOUR, code: Exit = Exit.DONE) -> list[str]:
        """Subjects of the letters that operators have after a run in which cron has nothing to mail."""
        self._now += later
        answer = self.program.sync("--quiet", at=self._now.isoformat(), env=self.env)
        assert answer == Answer(code, "", "")
        return self.heard("operators")

    def heard(self, name: str) -> list[str]:
        """Subjects of the letters that have come to a channel since the last time."""
        letters = self._commands[name].letters[self._heard[name] :]
        self._heard[name] += len(letters)
        assert {letter["audience"] for letter in letters} <= {name}
        return [str(letter["subject"]).removeprefix("ianawatch: close-codes: ") for letter in letters]

    def texts(self, name: str) -> list[str]:
        """Every letter that has come to a channel."""
        return [str(letter["text"]) for letter in self._commands[name].letters]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(("setting", "many"), [(None, 3), ("2", 2)])
def test_failures_are_told_after_so_many_in_a_row_once_and_when_they_are_over(
    setting: str | None, many: int, desk: Desk
) -> None:
    if setting:
        desk.env["IANAWATCH_FAILURES"] = setting
    for _ in range(2):
        desk.program.document.unlink()
        for _ in range(many - 1):
            assert desk.sync(code=Exit.PASSING_FAILURE) == []
        assert desk.sync(code=Exit.PASSING_FAILURE) == ["runs keep failing"]
        for _ in range(3):
            assert desk.sync(code=Exit.PASSING_FAILURE) == []
        desk.serve(NORMAL, updated="2026-01-01")
        assert desk.sync() == ["runs succeed again"]
        assert desk.sync() == []
    assert desk.heard("readers") == []


def test_fewer_are_nobodys_business(desk: Desk) -> None:
    for _ in range(3):
        desk.program.document.unlink()
        assert desk.sync(code=Exit.PASSING_FAILURE) + desk.sync(code=Exit.PASSING_FAILURE) == []
        desk.serve(NORMAL, updated="2026-01-01")
        assert desk.sync() == []


def test_a_quarantine_is_told_at_once_and_once_an_episode(desk: Desk) -> None:
    for day in (2, 3):
        desk.serve(updated=f"2026-01-0{day}")
        assert desk.sync(code=Exit.UNUSABLE_INPUT) == ["the registry can't be used and is quarantined"]
        assert desk.sync(code=Exit.UNUSABLE_INPUT) == []
        desk.serve(NORMAL, updated=f"2026-01-0{day}")
        assert desk.sync() == []
    assert desk.heard("readers") == []


def test_an_older_copy_with_an_unknown_registration_is_told_at_once_and_once(desk: Desk) -> None:
    desk.serve(NORMAL, FORBIDDEN, updated="2025-12-01")
    assert desk.sync() == ["an older copy lists an unknown registration"]
    assert desk.sync() == []
    assert desk.heard("readers") == []


def test_nothing_but_older_copies_for_a_month_is_told_when_the_last_is_applied(desk: Desk) -> None:
    desk.serve(NORMAL, UNAUTHORIZED, updated="2026-01-02")
    assert desk.sync() == []
    desk.serve(NORMAL, updated="2026-01-01")
    for _ in range(30):
        assert desk.sync(later=DAY) == []
    assert desk.sync(later=DAY) == ["an older copy was applied"]
    assert desk.sync(later=DAY) == []
    assert desk.heard("readers") == ["3000 registered, not documented", "3000 withdrawn"]


def test_records_that_cannot_be_used_are_told_once(desk: Desk) -> None:
    desk.serve(NORMAL, row("3oo0", "Unauthorized"), updated="2026-01-02")
    assert desk.sync() == ["records can't be used and are set aside"]
    assert desk.sync() == []


def test_each_letter_says_what_happened_and_what_to_do(desk: Desk) -> None:
    desk.serve(updated="2026-01-02")
    desk.sync(code=Exit.UNUSABLE_INPUT)
    (text,) = desk.texts("operators")
    assert "`ianawatch quarantine` shows what is held back" in text
    assert "`ianawatch status` shows how the syncs are doing" in text
