"""The line of a crontab, and its place in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.setup.cron_line import MARK, cron_line, minute_of, placed
from sync.setup.job import Job

LINE = cron_line(Job(("/usr/bin/ianawatch",)), 17)


def test_a_line_runs_the_sync_once_an_hour_and_quietly() -> None:
    expected = f"17 * * * * /usr/bin/ianawatch sync --quiet --splay 300 {MARK}"
    assert cron_line(Job(("/usr/bin/ianawatch",)), 17) == expected


def test_what_cron_and_the_shell_would_take_for_something_else_is_quoted() -> None:
    job = Job(("/opt/my tools/ianawatch",), database=Path("/srv/50%/it's.db"), config=Path("/etc/$x.toml"))
    assert cron_line(job, 5) == (
        "5 * * * * '/opt/my tools/ianawatch' --config '/etc/$x.toml' "
        rf"""--database '/srv/50\%/it'"'"'s.db' sync --quiet --splay 300 {MARK}"""
    )


def test_a_minute_is_always_the_same_and_spread_over_the_hour() -> None:
    minutes = [minute_of(f"machine {number}") for number in range(1000)]
    assert minutes == [minute_of(f"machine {number}") for number in range(1000)]
    assert set(minutes) == set(range(1, 60))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{LINE}\n"),
        ("MAILTO=me\n0 1 * * * backup\n", f"MAILTO=me\n0 1 * * * backup\n{LINE}\n"),
        ("0 1 * * * backup", f"0 1 * * * backup\n{LINE}\n"),
        (f"# mine\n3 * * * * old {MARK}\n0 1 * * * backup\n", f"# mine\n{LINE}\n0 1 * * * backup\n"),
        (f"3 * * * * old {MARK}\n\n4 * * * * older {MARK}\n", f"{LINE}\n\n"),
        (f"#3 * * * * old {MARK}\n", f"#3 * * * * old {MARK}\n{LINE}\n"),
    ],
    ids=["none", "others", "no end", "replaced", "several", "commented out"],
)
def test_there_is_one_line_of_ours(before: str, after: str) -> None:
    assert placed(before, LINE).text == after
    assert placed(after, LINE).text == after


def test_what_was_replaced_is_told() -> None:
    old = f"3 * * * * old {MARK}"
    assert placed(f"{old}\n", LINE).replaced == (old,)
    assert placed(f"{LINE}\n", LINE).replaced == (LINE,)
    assert placed("", LINE).replaced == ()


def test_another_line_that_runs_the_sync_is_told_and_left_alone() -> None:
    other = "17 * * * * ianawatch --database a.db sync --quiet"
    before = f"{other}\n#{other}\n5 0 * * * ianawatch status --max-age 48h\n"
    after = placed(before, LINE)
    assert after.others == (other,)
    assert after.text == f"{before}{LINE}\n"
