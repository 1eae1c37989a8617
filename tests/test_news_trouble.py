"""What went wrong in a run, and when operators hear of it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Exit, FetchFailed, PassingFailure, PatienceAsked, ServerNotAsked, TableUnusable
from sync.news.trouble import DOCUMENTED, Past, notices, of_document, of_quarantine, of_sources
from sync.sources import FailedSource, Reads, SameSource
from sync.state import Hold, HoldKind, NoticeKind
from sync.watches import DocumentedSource, Role

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HERE = "https://example.org/codes.xml"
FAILED = FetchFailed("answered 502 Bad Gateway", location=HERE)
PATIENCE = PatienceAsked(HERE, NOON)
PAGE = DocumentedSource("mdn", "https://example.org/index.md")
GONE = FetchFailed("answered 404 Not Found", location=PAGE.location, remedy="check the address")
UNREACHED: Reads = [FailedSource(PAGE, GONE)]
UNUSABLE: Reads = [FailedSource(PAGE, TableUnusable("index.md: no table"))]


def told(
    past: Past, failure: PassingFailure | None = None, reads: Reads | None = None, many: int = 3
) -> list[str]:
    return [notice.text for notice in notices(HERE, failure, reads or [], past, many=many)]


@given(outcomes=st.lists(st.booleans()), many=st.integers(1, 5))
def test_an_episode_is_told_once_when_it_is_long_enough_and_once_when_it_is_over(
    outcomes: list[bool], many: int
) -> None:
    in_a_row = list(accumulate(outcomes, lambda row, failed: row + 1 if failed else 0, initial=0))
    for before, failed, after in zip(in_a_row, outcomes, in_a_row[1:], strict=False):
        kinds = [n.kind for n in notices(HERE, FAILED if failed else None, [], Past(before), many=many)]
        if failed:
            assert kinds == [NoticeKind.FAILING] * (after == many)
        else:
            assert kinds == [NoticeKind.RECOVERED] * (before >= many)


def test_a_failure_says_how_often_and_what_happens_next() -> None:
    assert told(Past(failures=2), FAILED) == [
        f"{HERE}: answered 502 Bad Gateway; 3 runs in a row have failed, and the next ones try again"
    ]
    assert told(Past(), FAILED, many=1) == [
        f"{HERE}: answered 502 Bad Gateway; the run has failed, and the next ones try again"
    ]
    assert told(Past(failures=4)) == [f"{HERE}: reached again after 4 failed runs"]


def test_a_run_says_what_to_do_about_a_failure_or_that_the_next_one_tries_again() -> None:
    later = FetchFailed("answered 503 Service Unavailable", location=HERE, retry_at=NOON)
    gone = FetchFailed("answered 410 Gone", location=HERE, remedy="check the address")
    unasked = ServerNotAsked(HERE, "connection refused")
    failures = (FAILED, later, gone, unasked)
    said = [of_document(HERE, failure, started=False).text for failure in failures]
    assert said == [
        f"{HERE}: answered 502 Bad Gateway; the next run tries again",
        f"{HERE}: answered 503 Service Unavailable; a run after 2026-01-01 12:00 UTC tries again",
        f"{HERE}: answered 410 Gone; check the address",
        f"{unasked}; the next run tries again",
    ]
    assert told(Past(failures=2), gone) == [
        f"{gone}; 3 runs in a row have failed, and the next ones try again"
    ]
    busy: Reads = [FailedSource(PAGE, FetchFailed("connection refused", location=PAGE.location))]
    (problem,) = of_sources(busy, Past(sources_read={PAGE.key}))
    assert problem.text.endswith(
        ": connection refused; the next run tries again; what was last read of it stands"
    )


def test_patience_is_neither_a_failure_nor_its_end() -> None:
    for failures in range(5):
        assert told(Past(failures=failures, source_failures=failures), PATIENCE) == []
    assert of_document(HERE, PATIENCE, started=False).told_by is None


def test_a_start_from_what_ships_is_no_failure_of_the_program() -> None:
    started = of_document(HERE, FAILED, started=True)
    assert (started.exit_code, started.text) == (Exit.DONE, f"{HERE}: answered 502 Bad Gateway")
    problem = of_document(HERE, FAILED, started=False)
    assert (problem.exit_code, problem.told_by) == (Exit.PASSING_FAILURE, (NoticeKind.FAILING, HERE))


def test_what_is_quarantined_says_why() -> None:
    hold = Hold(HoldKind.REGISTRY, "a", "the registry is empty", "a" * 64, NOON)
    other = Hold(HoldKind.RECORD, "b", "a record", "a" * 64, NOON)
    shows = "`ianawatch quarantine` shows what is held back"
    ending = f"; it is quarantined, and what was known before stands; {shows}"
    document, registry = (
        of_quarantine(HERE, "not well-formed", [hold]),
        of_quarantine(HERE, None, [other, hold]),
    )
    assert (document.text, document.exit_code) == (f"{HERE}: not well-formed{ending}", Exit.UNUSABLE_INPUT)
    assert document.told_by == (NoticeKind.DOCUMENT_QUARANTINED, "")
    assert (registry.text, registry.told_by) == (
        f"{HERE}: the registry is empty{ending}",
        (NoticeKind.REGISTRY_QUARANTINED, ""),
    )


@pytest.mark.parametrize(
    ("sources_read", "consequence"),
    [({PAGE.key}, "what was last read of it stands"), (set(), "it takes no part until it can be read")],
)
def test_a_page_that_fails_says_what_follows(sources_read: set[tuple[Role, str]], consequence: str) -> None:
    past = Past(sources_read=sources_read)
    (unreached,), (unusable,) = of_sources(UNREACHED, past), of_sources(UNUSABLE, past)
    assert unreached.text == f"documented source mdn: {GONE}; {consequence}"
    assert unusable.text == f"documented source mdn: index.md: no table; {consequence}"
    assert [unreached.exit_code, unusable.exit_code] == [Exit.PASSING_FAILURE, Exit.UNUSABLE_INPUT]


def test_each_problem_names_the_notice_that_tells_it() -> None:
    left_alone: Reads = [FailedSource(PAGE, PatienceAsked(PAGE.location, NOON))]
    found = [problem.told_by for problem in of_sources(UNREACHED + UNUSABLE + left_alone, Past())]
    assert found == [(NoticeKind.FAILING, DOCUMENTED), (NoticeKind.FAILING, "mdn"), None]
    noticed = [*notices(HERE, None, UNREACHED + UNUSABLE, Past(source_failures=2), many=3)]
    assert [(notice.kind, notice.subject) for notice in noticed] == found[:2]


def test_pages_that_can_not_be_reached_are_counted_together() -> None:
    assert told(Past(source_failures=1), reads=UNREACHED) == []
    assert len(told(Past(source_failures=2), reads=UNREACHED)) == 1
    assert told(Past(source_failures=3), reads=UNREACHED) == []
    assert told(Past(source_failures=3), reads=[SameSource(PAGE)]) == [
        "the documented sources: reached again after 3 runs"
    ]


def test_a_page_that_can_not_be_used_is_told_until_it_says_something_else() -> None:
    def problems(last: str | None) -> Past:
        return Past(source_problems={PAGE.key: last})

    assert len(told(problems(None), reads=UNUSABLE)) == 1
    assert told(problems("index.md: no table"), reads=UNUSABLE) == []
    assert len(told(problems("index.md: two tables"), reads=UNUSABLE)) == 1
