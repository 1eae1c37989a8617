"""What a run's report says by itself: whether there is news, and how the program ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from served import registration

from sync.audience import Audience
from sync.errors import Exit
from sync.news.alerts import Alert
from sync.news.report import SyncReport
from sync.news.trouble import Problem
from sync.state import Change, ChangeKind
from sync.verdict import Verdict

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
UNAUTHORIZED = registration(3000, "Unauthorized", "2021-09-06")
QUIET = SyncReport(
    watch="close-codes",
    location="here",
    verdict=Verdict.UNCHANGED,
    document_updated=None,
    from_bundle=False,
    first_sight=False,
    records=1,
    registrations=1,
    changes=(),
    flags=(),
    documented_now=(),
    sources=(),
    alerts=(),
    problems=(),
)


def alert(audience: Audience) -> Alert:
    return Alert("uid", audience, "registration", "close-codes", NOON)


def test_news_is_what_readers_hear() -> None:
    amended = Change(ChangeKind.AMENDED, "key", 1012, 1012, NOON, "a" * 64, "references", "a", "b")
    assert not QUIET.news
    assert not replace(QUIET, changes=(amended,)).news
    assert not replace(QUIET, alerts=(alert(Audience.OPERATORS),)).news
    assert replace(QUIET, alerts=(alert(Audience.OPERATORS), alert(Audience.READERS))).news
    assert replace(QUIET, documented_now=(UNAUTHORIZED,)).news


@pytest.mark.parametrize(
    ("problems", "exit_code"), [([], 0), ([0], 0), ([0, 75], 75), ([65, 75], 65), ([75, 65], 75)]
)
def test_the_program_ends_as_its_first_problem_does(problems: list[int], exit_code: int) -> None:
    found = tuple(Problem("it is broken", Exit(code)) for code in problems)
    assert replace(QUIET, problems=found).exit_code == exit_code
