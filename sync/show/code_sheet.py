"""What is known of one code, in words and as data. Pure; whether it names people is the caller's choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sync.answers import ChangeRow, Citation, CodeFacts, CodeRow, OnPage
from sync.dates import ago, minute
from sync.intervals import Interval, spelled
from sync.records import Assignment, DocumentedValue
from sync.show.columns import WARNING, what_changed
from sync.show.render import Entry, Sheet
from sync.show.surroundings import surroundings

_SITES = {
    "rfc": "https://www.rfc-editor.org/rfc/{}",
    "rfc-errata": "https://www.rfc-editor.org/errata/eid{}",
    "draft": "https://datatracker.ietf.org/doc/{}/",
    "registry": "https://www.iana.org/assignments/{}/",
}
"""Where a reference of a kind is read."""


def code_json(facts: CodeFacts, *, contacts: bool) -> dict[str, Any]:
    """The facts with the field names of the views; `contacts` says whether people are among them."""
    entry = facts.entry
    row = asdict(entry) if entry else dict.fromkeys(CodeRow.__dataclass_fields__)
    return {
        "code": facts.code,
        **row,
        "reference": "; ".join(citation.name for citation in facts.citations) if entry else None,
        "references": [
            {**asdict(citation.reference), "url": url_of(citation)} for citation in facts.citations
        ],
        "extra": [{"element": name, "text": text} for name, text in facts.extra],
        **({"contacts": facts.contacts} if contacts else {}),
        "missing_since": facts.missing_since,
        "formerly": [{"description": name, "registered_on": day} for name, day in facts.formerly],
        "documented_in": [_page_json(page) for page in facts.pages],
        "in_use": [asdict(use) for use in facts.uses],
        "missing_from": facts.flag.missing_from if facts.flag else (),
        "flagged_since": facts.flag.opened_at if facts.flag else None,
        "ignored": facts.ignored,
        "withdrawn": facts.withdrawn,
        "history": facts.history,
    }


def code_sheet(
    facts: CodeFacts, now: datetime, bounds: Interval, watched: Interval | None, *, compared: bool = True
) -> Sheet:
    """The facts for a person, the most telling first; what there is nothing of is left out.

    `bounds` are the values the registry can hold, `watched` those that are watched, None being all;
    `compared` is whether there are documented sources, read or not.
    """
    entries = [
        Entry("assignment", [*_assignment(facts, now)]),
        Entry("reference", [*map(_cited, facts.citations)]),
        Entry("contact", facts.contacts),
        *(Entry(name, [text]) for name, text in facts.extra),
        Entry("documented", [*_documented(facts, compared=compared)], WARNING if facts.flag else ""),
        Entry("flagged", [*_flagged(facts, now)], WARNING if facts.flag and not facts.ignored else ""),
        Entry("in use", [use.said for use in facts.uses]),
        Entry("formerly", [_pair(name, day) for name, day in facts.formerly]),
        Entry(
            "withdrawn",
            [
                f"{spelled(r.first, r.last)} {_pair(r.description, r.registered_on)}; "
                f"first seen {r.first_seen_at.date()}, withdrawn {r.withdrawn_at.date()}"
                for r in facts.withdrawn
            ],
        ),
        Entry("history", [*map(_happened, facts.history)]),
        *surroundings(facts, bounds, watched),
    ]
    return Sheet(_title(facts), [entry for entry in entries if entry.lines])


def url_of(citation: Citation) -> str | None:
    """Where a reference can be read; None when that isn't known."""
    kind, data = citation.reference.kind, citation.reference.data
    if kind == "uri":
        return data if data.startswith(("https://", "http://")) else None
    if kind in _SITES and re.fullmatch(r"[A-Za-z0-9._-]+", data):
        return _SITES[kind].format(data)
    return None


def _title(facts: CodeFacts) -> str:
    entry = facts.entry
    if entry is None:
        return f"{facts.code}: the registry has no record of it"
    within = "" if entry.first == entry.last else f" (in {spelled(entry.first, entry.last)})"
    return f"{facts.code}{within}  {entry.description}"


def _assignment(facts: CodeFacts, now: datetime) -> Iterator[str]:
    entry = facts.entry
    if entry is None:
        return
    dates = [
        f"registered {entry.registered_on}" if entry.registered_on else "",
        f"revised {entry.revised_on}" if entry.revised_on else "",
    ]
    yield ", ".join(filter(None, [entry.assignment, *dates]))
    baseline = "; it was there at the first look" if facts.baseline else ""
    yield f"first seen {_when(entry.first_seen_at, now)}{baseline}"
    if facts.missing_since:
        yield f"missing from the registry since {_when(facts.missing_since, now)}; not withdrawn yet"


def _documented(facts: CodeFacts, *, compared: bool) -> Iterator[str]:
    if facts.entry is None or facts.entry.assignment != Assignment.ASSIGNED:
        there = [page for page in facts.pages if page.row]
    else:
        there = list(facts.pages)
        if compared and not there:
            yield "not known: no documented source was read yet"
    for page in there:
        stale = f"; as read on {page.source.read_at:%Y-%m-%d}, since then: {page.source.problem}"
        yield f"{_on_page(page)}{stale if page.source.problem else ''}"


def _on_page(page: OnPage) -> str:
    source = page.source
    where = source.name if source.name == source.location else f"{source.name} ({source.location})"
    if page.row:
        named = f", as {page.row.name}" if page.row.name else ""
        return f"yes, in {where}{_line(page.row)}{named}"
    if page.block:
        block = spelled(page.block.first, page.block.last)
        return f"no, in {where}; only its row for the block {block} covers it"
    return f"no, in {where}"


def _line(row: DocumentedValue) -> str:
    return f", line {row.line}" if row.line else ""


def _flagged(facts: CodeFacts, now: datetime) -> Iterator[str]:
    if facts.flag:
        yield f"since {_when(facts.flag.opened_at, now)}"
    if facts.ignored:
        values = spelled(facts.ignored.first, facts.ignored.last)
        yield f"{values} ignored since {_when(facts.ignored.at, now)}: {facts.ignored.reason}"


def _cited(citation: Citation) -> str:
    url = url_of(citation)
    text = f" ({citation.reference.text})" if citation.reference.text not in {"", citation.name} else ""
    return f"{citation.name}{text}" + (f"  {url}" if url not in {None, citation.name} else "")


def _happened(change: ChangeRow) -> str:
    return f"{minute(change.at)}  {change.change:<10}  {what_changed(change)}"


def _pair(name: str, day: str | None) -> str:
    return f"{name}, registered {day}" if day else name


def _when(at: datetime, now: datetime) -> str:
    return f"{minute(at)} UTC, {ago(at, now)}"


def _page_json(page: OnPage) -> dict[str, Any]:
    return {
        "source": page.source.name,
        "location": page.source.location,
        "read_at": page.source.read_at,
        "problem": page.source.problem,
        "documented": page.row is not None,
        "name": page.row.name if page.row else None,
        "line": page.row.line if page.row else None,
        "block": page.block,
    }
