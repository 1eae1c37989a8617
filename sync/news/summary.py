"""A sync's report in words, and as data; its one line is `standing`'s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sync.answers import ChangeRow
from sync.dates import stamp
from sync.intervals import spelled
from sync.news.report import SyncReport
from sync.news.standing import NOT_CHECKED, UNCHANGED, Standing
from sync.show.people import impersonal_change
from sync.state import ChangeKind, Registration
from sync.verdict import Verdict

_VERDICTS = {
    Verdict.UNCHANGED: UNCHANGED,
    Verdict.APPLIED: "a new version",
    Verdict.OLDER: "an older copy was served and not applied",
    Verdict.OVERDUE: "an older copy was applied",
    Verdict.QUARANTINED: "what was served is quarantined",
}


def standing_of(report: SyncReport) -> Standing:
    """What one line says of the run."""
    return Standing(
        watch=report.watch,
        what=_what(report),
        updated=report.document_updated,
        records=report.records,
        registrations=report.registrations,
        flagged=tuple(spelled(r.first, r.last) for r, _ in report.flags),
        compared=bool(report.sources),
        conflicts=tuple(sorted({use.code for conflict in report.conflicts for use in conflict.uses})),
        held_back=report.held_back,
        from_bundle=_why_from_bundle(report) if report.from_bundle else None,
    )


def _why_from_bundle(report: SyncReport) -> str:
    if report.verdict is Verdict.QUARANTINED:
        return "what was served can't be used"
    reasons = "; ".join(problem.text for problem in report.problems if not problem.exit_code)
    return f"the source can't be reached ({reasons})"


def _what(report: SyncReport) -> str:
    if report.verdict is None:
        return NOT_CHECKED
    if report.first_sight:
        return "first look"
    return _VERDICTS[report.verdict]


def documented_lines(report: SyncReport) -> Iterator[str]:
    """A line for each registration whose flag closed: the documented tables list it now."""
    for registration in report.documented_now:
        yield f"{report.watch}: {_named(registration)} is documented now; its flag is closed"


def change_lines(report: SyncReport) -> Iterator[str]:
    """A line for each change, whether it is alerted or not; without personal data (docs/rules.md, rule 9)."""
    for change in _changes(report):
        value = spelled(change.first, change.last)
        match change.change:
            case ChangeKind.AMENDED if change.before == change.after:
                yield f"  {value} {change.field}: other people than before"
            case ChangeKind.AMENDED:
                yield f"  {value} {change.field}: {change.before or '-'} -> {change.after or '-'}"
            case ChangeKind.WITHDRAWN:
                yield f"  {value} withdrawn: {change.before}"
            case _:
                yield f"  {value} {change.change}: {change.after}"


def report_facts(report: SyncReport) -> dict[str, Any]:
    """The report as one JSON object, named as in the public views; without its alerts (`alert_facts`)."""
    return {
        "watch": report.watch,
        "location": report.location,
        "verdict": report.verdict,
        "document_updated": report.document_updated,
        "from_bundle": report.from_bundle,
        "first_sight": report.first_sight,
        "records": report.records,
        "registrations": report.registrations,
        "flags": [{**_facts(r), "missing_from": list(flag.lacking)} for r, flag in report.flags],
        "held_back": report.held_back,
        "conflicts": [
            {**_facts(c.registration), "in_use": [asdict(use) for use in c.uses]} for c in report.conflicts
        ],
        "changes": [
            {
                "first": c.first,
                "last": c.last,
                "at": stamp(c.at),
                "change": c.change,
                "field": c.field,
                "before": c.before,
                "after": c.after,
            }
            for c in _changes(report)
        ],
        "documented_now": [_facts(r) for r in report.documented_now],
        "problems": [{"text": p.text, "exit_code": int(p.exit_code)} for p in report.problems],
    }


def _changes(report: SyncReport) -> Iterator[ChangeRow]:
    for c in report.changes:
        row = ChangeRow(c.first, c.last, c.at, c.kind, c.field, c.before, c.after, report.document_updated)
        yield impersonal_change(row)


def _facts(registration: Registration) -> dict[str, Any]:
    return {
        "first": registration.first,
        "last": registration.last,
        "description": registration.content.description,
        "registered_on": registration.content.registered_on,
    }


def _named(registration: Registration) -> str:
    return f"{spelled(registration.first, registration.last)} {registration.content.description}"
