"""Whatever the clock or a date says: nothing waits for ever, nothing is told twice, and no code is lost.

One whole program, run by run. What each rule makes of such times is the business of `test_sequences_clock`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import Row, document, row
from program import Program

from sync.errors import Exit

NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
FORBIDDEN = row("3003", "Forbidden", date="2023-02-22")
REGISTERED = "close-codes: newly registered: 3003 Forbidden, registered 2023-02-22; not documented in "
WITHDRAWN = "close-codes: withdrawn: 3000 Unauthorized, registered 2021-09-06\n"
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY, YEAR = timedelta(days=1), timedelta(days=365)


class Clocked:
    """The program, a document, and whatever the clock shows."""

    def __init__(self, folder: Path) -> None:
        self.program = Program(folder)
        self.serves("2026-01-01", NORMAL, UNAUTHORIZED)
        self.program.sync(at=START.isoformat())

    def serves(self, updated: str, *rows: Row, note: str = "") -> None:
        """Have the document say this from now on."""
        other = f"<!-- {note} -->" if note else ""
        self.program.document.write_bytes(document(rows, updated=updated, other=other))

    def told(self, at: datetime) -> str:
        """What a run at that time prints."""
        answer = self.program.sync("--quiet", at=at.isoformat())
        assert (answer.exit_code, answer.err) == (Exit.DONE, "")
        return answer.out

    def tells(self, first: datetime, days: int) -> list[tuple[int, str]]:
        """What daily runs print, by the number of the day; those that print nothing are left out."""
        told = [(day, self.told(first + day * DAY)) for day in range(days)]
        return [(day, text.replace(f"{self.program.page}\n", "")) for day, text in told if text]


@pytest.fixture
def clocked(tmp_path: Path) -> Clocked:
    return Clocked(tmp_path)


@pytest.mark.parametrize("away", [YEAR, -YEAR, 10 * YEAR, -20 * YEAR], ids=lambda away: f"{away.days} days")
def test_a_clock_that_is_wrong_for_one_run_with_news(away: timedelta, clocked: Clocked) -> None:
    clocked.serves("2026-01-02", NORMAL, UNAUTHORIZED, FORBIDDEN)
    assert clocked.tells(START + away, 1) == [(0, REGISTERED)]
    assert clocked.tells(START + DAY, 3) == []
    assert clocked.program.here("status", at=(START + 4 * DAY).isoformat()).exit_code == Exit.DONE


@pytest.mark.parametrize("away", [YEAR, -YEAR], ids=["ahead", "behind"])
def test_a_clock_that_is_wrong_when_a_code_is_first_missing(away: timedelta, clocked: Clocked) -> None:
    clocked.serves("2026-01-02", NORMAL)
    assert clocked.tells(START + away, 1) == []
    told = clocked.tells(START + DAY, 5)
    # Behind, the day seems to be over at once: two observations there were. Ahead, the day begins anew.
    assert told == [(1 if away > timedelta() else 0, WITHDRAWN)]


@pytest.mark.parametrize("away", [YEAR, -YEAR], ids=["ahead", "behind"])
def test_a_clock_that_is_wrong_while_a_letter_waits(
    away: timedelta, clocked: Clocked, tmp_path: Path
) -> None:
    letters, shut = tmp_path / "letters", tmp_path / "shut"
    env = {
        "IANAWATCH_CHANNELS__MAIL__EXEC": f"sh -c 'test ! -e {shut} && cat >> {letters} && echo >> {letters}'"
    }
    shut.touch()
    clocked.serves("2026-01-02", NORMAL, UNAUTHORIZED, FORBIDDEN)
    clocked.program.sync(env=env, at=(START + away).isoformat())
    shut.unlink()
    # A letter tried in a year that never came is not kept until then.
    for hour in range(0, 25, 6):
        clocked.program.sync(env=env, at=(START + DAY + timedelta(hours=hour)).isoformat())
    assert len(letters.read_text("utf-8").splitlines()) == 1


def test_a_clock_that_is_wrong_while_runs_fail(clocked: Clocked) -> None:
    gone = str(clocked.program.folder / "gone.xml")
    for at in (START + YEAR, START + DAY, START + DAY):
        answer = clocked.program.here("sync", "--source", gone, at=at.isoformat())
        assert answer.exit_code == Exit.PASSING_FAILURE
    answer = clocked.program.sync("--quiet", at=(START + 2 * DAY).isoformat())
    assert (answer.exit_code, answer.out) == (Exit.DONE, "")
    assert answer.err.endswith("reached again after 3 failed runs\n")


def test_many_runs_at_one_moment(clocked: Clocked) -> None:
    clocked.serves("2026-01-02", NORMAL, UNAUTHORIZED, FORBIDDEN)
    told = [clocked.told(START) for _ in range(10)]
    assert [bool(text) for text in told] == [True] + [False] * 9


def test_a_leap_day(tmp_path: Path) -> None:
    clocked = Clocked(tmp_path)
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    clocked.serves("2028-02-29", NORMAL, UNAUTHORIZED, row("3003", "Forbidden", date="2028-02-29"))
    assert clocked.told(leap).startswith(
        "close-codes: newly registered: 3003 Forbidden, registered 2028-02-29"
    )
    clocked.serves("2028-03-01", NORMAL, row("3003", "Forbidden", date="2028-02-29"))
    assert clocked.tells(leap + DAY, 3) == [(1, WITHDRAWN)]
    at_the_end = clocked.program.here(
        "list", "--at", "2028-02-29", "--format", "csv", at=leap.isoformat()
    ).out
    assert [line.partition(",")[0] for line in at_the_end.splitlines()] == ["first", "1000", "3000", "3003"]
    assert clocked.program.here("list", "--at", "2027-02-29", at=leap.isoformat()).exit_code == Exit.USAGE


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Apia"])
def test_the_hour_that_comes_twice_and_the_one_that_never_comes(zone: str, tmp_path: Path) -> None:
    told = []
    for folder, env in ((tmp_path / "utc", None), (tmp_path / "zone", {"TZ": zone})):
        folder.mkdir()
        program = Program(folder)
        program.serve([NORMAL, UNAUTHORIZED])
        program.sync(at="2026-03-28T23:30:00Z", env=env)
        program.serve([NORMAL, FORBIDDEN], updated="2026-03-29")
        hours = [
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:30:00Z",
            "2026-03-30T00:29:00Z",
            "2026-03-30T00:30:00Z",
        ]
        answers = [program.sync("--quiet", at=at, env=env).out.replace(str(folder), "") for at in hours]
        told.append((answers, program.here("history", "--format", "csv", env=env).out))
    assert told[0] == told[1]
    assert [bool(text) for text in told[1][0]] == [True, False, False, True]


def test_the_systems_clock_in_a_zone_with_summer_time(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program.serve([NORMAL])
    program.sync(at="2026-01-01T12:00:00Z", env={"TZ": "Europe/Berlin"})
    assert (
        program.run(
            "sync", *program.sources(), at="2026-10-25T01:30:00+00:00", env={"TZ": "Europe/Berlin"}
        ).exit_code
        == 0
    )
    (seen,) = program.ask("SELECT last_at FROM observation")
    assert seen == ("2026-10-25T01:30:00Z",)


@pytest.mark.parametrize("ahead", ["2026-01-09", "2027-01-01", "2999-12-31", "9999-12-31"])
def test_a_document_dated_in_the_future(ahead: str, clocked: Clocked) -> None:
    clocked.serves(ahead, NORMAL, UNAUTHORIZED)
    assert clocked.tells(START + DAY, 2) == []
    # What comes after it is dated as it should be, and is no older copy.
    clocked.serves("2026-01-04", NORMAL, UNAUTHORIZED, FORBIDDEN)
    assert clocked.tells(START + 3 * DAY, 3) == [(0, REGISTERED)]


def test_a_document_dated_in_the_past_for_good(clocked: Clocked) -> None:
    clocked.serves("2020-01-01", NORMAL, FORBIDDEN)
    days = [1, 2, 15, 30, 31, 32, 33]
    answers = [clocked.program.sync("--quiet", at=(START + day * DAY).isoformat()) for day in days]
    told = {day: (bool(answer.out), bool(answer.err)) for day, answer in zip(days, answers, strict=True)}
    # Operators are told of what it lists at once; after 30 days of nothing else it is taken, and told.
    expected = {1: (False, True), 31: (True, True), 32: (True, False)}
    assert told == dict.fromkeys(days, (False, False)) | expected
    assert {answer.exit_code for answer in answers} == {Exit.DONE}
    assert answers[5].out == WITHDRAWN


@pytest.mark.parametrize("updated", ["yesterday", "2026-13-45", "2022-01-", "", "0000-00-00", "-1"])
def test_a_document_whose_date_is_none(updated: str, clocked: Clocked) -> None:
    clocked.serves(updated, NORMAL, UNAUTHORIZED, FORBIDDEN)
    assert clocked.tells(START + DAY, 3) == [(0, REGISTERED)]
    clocked.serves("2026-01-04", NORMAL, UNAUTHORIZED, FORBIDDEN, note="dated")
    assert clocked.tells(START + 4 * DAY, 2) == []
