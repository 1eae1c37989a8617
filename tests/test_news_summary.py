"""A run in one line, its changes line by line, and the same as data."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from served import registration

from sync.decide.conflicts import Conflict
from sync.errors import Exit
from sync.news.report import SyncReport
from sync.news.standing import line
from sync.news.summary import change_lines, documented_lines, report_facts, standing_of
from sync.news.trouble import Problem
from sync.state import Change, ChangeKind, Flag, NoticeKind, Use
from sync.verdict import Verdict

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
UNAUTHORIZED = registration(3000, "Unauthorized", "2021-09-06")
BLOCK = registration(3100, "A block", last=3199)
FLAGS = ((UNAUTHORIZED, Flag(UNAUTHORIZED.key, ("mdn",))), (BLOCK, Flag(BLOCK.key, ("bundled", "mdn"))))
REPORT = SyncReport(
    watch="close-codes",
    location="https://example.org/codes.xml",
    verdict=Verdict.UNCHANGED,
    document_updated="2026-06-10",
    from_bundle=False,
    first_sight=False,
    records=24,
    registrations=18,
    changes=(),
    flags=FLAGS,
    documented_now=(),
    sources=("bundled", "mdn"),
    alerts=(),
    problems=(),
)
REGISTRY = "the registry as of 2026-06-10 has 24 records, 18 registrations, 2 flagged (3000, 3100-3199)"
UNREACHABLE = Problem("https://example.org/codes.xml: connection refused", Exit.DONE)


def summary(report: SyncReport) -> str:
    return line(standing_of(report))


def changed(
    kind: ChangeKind, field: str | None = None, before: str | None = None, after: str | None = None
) -> Change:
    return Change(kind, UNAUTHORIZED.key, 3000, 3000, NOON, "a" * 64, field, before, after)


# -- in one line ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("differently", "said"),
    [
        ({}, "unchanged"),
        ({"verdict": Verdict.APPLIED}, "a new version"),
        ({"verdict": Verdict.APPLIED, "first_sight": True}, "first look"),
        ({"verdict": Verdict.OLDER}, "an older copy was served and not applied"),
        ({"verdict": Verdict.OVERDUE}, "an older copy was applied"),
        ({"verdict": Verdict.QUARANTINED}, "what was served is quarantined"),
        ({"verdict": None}, "not checked"),
    ],
)
def test_what_the_run_was_and_what_counts_now(differently: dict[str, Any], said: str) -> None:
    assert summary(replace(REPORT, **differently)) == f"close-codes: {said}; {REGISTRY}"


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_words(verdict: Verdict) -> None:
    assert summary(replace(REPORT, verdict=verdict)).endswith(REGISTRY)


def test_codes_in_conflict_are_named_once_each() -> None:
    conflicts = tuple(
        Conflict(BLOCK, source, (Use(source, 3105, "Ours", 2), Use(source, 3106, "", 3)))
        for source in ("a", "b")
    )
    assert summary(replace(REPORT, conflicts=conflicts)) == (
        f"close-codes: unchanged; {REGISTRY}, 2 conflicts (3105, 3106)"
    )


def test_without_flags_there_are_no_brackets() -> None:
    assert summary(replace(REPORT, flags=())).endswith("18 registrations, 0 flagged")


def test_a_document_without_a_date_says_so() -> None:
    assert "the registry as of an unknown date has 24" in summary(replace(REPORT, document_updated=None))


def test_a_start_from_what_ships_says_why_and_of_when_it_is() -> None:
    started = replace(
        REPORT,
        verdict=Verdict.APPLIED,
        from_bundle=True,
        first_sight=True,
        flags=FLAGS[:1],
        problems=(UNREACHABLE,),
    )
    assert summary(started) == (
        "close-codes: started from the registry of 2026-06-10 that ships with ianawatch, since the source "
        "can't be reached (https://example.org/codes.xml: connection refused): 24 records, 18 registrations, "
        "1 flagged (3000); the next run goes on from there"
    )
    assert "since what was served can't be used: 24" in summary(replace(started, verdict=Verdict.QUARANTINED))


def test_before_anything_is_known() -> None:
    nothing = replace(REPORT, verdict=None, document_updated=None, records=0, registrations=0, flags=())
    assert summary(nothing) == "close-codes: not checked; nothing is known of the registry yet"


# -- line by line --------------------------------------------------------------------------------------


def test_each_change_is_a_line() -> None:
    changes = (
        changed(ChangeKind.REGISTERED, after="Unauthorized"),
        changed(ChangeKind.AMENDED, "revised_on", None, "2025-07-30"),
        changed(ChangeKind.WITHDRAWN, before="Unauthorized"),
        changed(ChangeKind.RETURNED, after="Unauthorized"),
    )
    assert list(change_lines(replace(REPORT, changes=changes))) == [
        "  3000 registered: Unauthorized",
        "  3000 revised_on: - -> 2025-07-30",
        "  3000 withdrawn: Unauthorized",
        "  3000 returned: Unauthorized",
    ]


def test_no_person_is_named() -> None:
    changes = (
        changed(ChangeKind.AMENDED, "contacts", "A Person", "Another Person"),
        changed(
            ChangeKind.AMENDED, "references", "rfc:rfc6455; person:A_Person", "rfc:rfc6455; person:Another"
        ),
    )
    report = replace(REPORT, changes=changes)
    assert list(change_lines(report)) == [
        "  3000 contacts: other people than before",
        "  3000 references: other people than before",
    ]
    assert "Person" not in json.dumps(report_facts(report))


def test_a_code_that_is_documented_now_is_a_line() -> None:
    assert list(documented_lines(replace(REPORT, documented_now=(UNAUTHORIZED, BLOCK)))) == [
        "close-codes: 3000 Unauthorized is documented now; its flag is closed",
        "close-codes: 3100-3199 A block is documented now; its flag is closed",
    ]


# -- as data -------------------------------------------------------------------------------------------


def test_the_report_as_data_has_the_names_of_the_views() -> None:
    report = replace(
        REPORT,
        changes=(changed(ChangeKind.REGISTERED, after="Unauthorized"),),
        documented_now=(BLOCK,),
        problems=(Problem("it is broken", Exit.PASSING_FAILURE, (NoticeKind.FAILING, "")),),
        flags=FLAGS[:1],
        conflicts=(Conflict(UNAUTHORIZED, "ours", (Use("ours", 3000, "Kicked", 2),)),),
    )
    use = {"source": "ours", "code": 3000, "name": "Kicked", "line": 2}
    code = {"first": 3000, "last": 3000, "description": "Unauthorized", "registered_on": "2021-09-06"}
    at = "2026-01-01T12:00:00Z"
    assert json.loads(json.dumps(report_facts(report))) == {
        "watch": "close-codes",
        "location": "https://example.org/codes.xml",
        "verdict": "unchanged",
        "document_updated": "2026-06-10",
        "from_bundle": False,
        "first_sight": False,
        "records": 24,
        "registrations": 18,
        "flags": [{**code, "missing_from": ["mdn"]}],
        "held_back": 0,
        "conflicts": [{**code, "in_use": [use]}],
        "changes": [
            {
                "first": 3000,
                "last": 3000,
                "at": at,
                "change": "registered",
                "field": None,
                "before": None,
                "after": "Unauthorized",
            }
        ],
        "documented_now": [{"first": 3100, "last": 3199, "description": "A block", "registered_on": None}],
        "problems": [{"text": "it is broken", "exit_code": 75}],
    }
