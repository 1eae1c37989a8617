"""The watches: as rows, as one sheet, and a document's registries for somebody who is to choose one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.answers import WatchCounts
from sync.dates import ago, minute
from sync.intervals import MAX_VALUE, spelled
from sync.show.columns import QUIET, WARNING, WIDE, WIDER
from sync.show.render import Column, Entry, Sheet, counted
from sync.watches import DocumentedSource, Watch

_UNKNOWN = WatchCounts(None, None, None)


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watch, and what the database knows of it."""

    name: str
    document: str
    registry: str
    range: str | None
    """The watched range; None: every value."""
    documented: tuple[str, ...]
    """Where the tables are that it is compared with."""
    in_use: tuple[str, ...]
    registrations: int | None
    """None for a registry that was never read."""
    flagged: int | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """Everything about one watch."""

    watch: Watch
    origin: str | None
    """The file or the variable that defines it; None for the one that ships."""
    counts: WatchCounts = _UNKNOWN
    atom: str | None = None
    """The file that a sync writes its feed to."""
    html: str | None = None
    """The same for its page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A registry that a person may name."""

    registry: str
    title: str
    records: int
    remark: str = ""
    """Why it need not, or can't, be added."""


def _number(count: int | None) -> str:
    return "" if count is None else str(count)


WATCHES: tuple[Column[WatchRow], ...] = (
    Column("WATCH", lambda row: row.name),
    Column("REGISTRY", lambda row: row.registry),
    Column("RANGE", lambda row: row.range or "all"),
    Column("REGISTRATIONS", lambda row: _number(row.registrations), from_width=WIDE),
    Column("FLAGGED", lambda row: _number(row.flagged), lambda row: WARNING if row.flagged else ""),
    Column("CHECKED (UTC)", lambda row: minute(row.checked_at) if row.checked_at else "", from_width=70),
    Column("DOCUMENTED", lambda row: ", ".join(row.documented), wraps=True, widest=40, from_width=WIDER),
    Column("DOCUMENT", lambda row: row.document, wraps=True, widest=80, from_width=WIDE),
)

CHOICES: tuple[Column[Choice], ...] = (
    Column("REGISTRY", lambda row: row.registry),
    Column("TITLE", lambda row: row.title, wraps=True),
    Column("RECORDS", lambda row: str(row.records)),
    Column("REMARK", lambda row: row.remark, lambda _: QUIET, wraps=True, widest=80),
)


def watch_row(watch: Watch, known: Mapping[str, WatchCounts]) -> WatchRow:
    """A watch as a row; `known` are the figures by the watch's name."""
    counts = known.get(watch.name, _UNKNOWN)
    return WatchRow(
        watch.name,
        watch.document,
        watch.registry_id,
        spelled(*watch.watched) if watch.watched else None,
        tuple(source.name for source in watch.documented),
        tuple(source.name for source in watch.in_use),
        counts.registrations,
        counts.flagged,
        counts.checked_at,
    )


def watch_json(facts: WatchFacts) -> dict[str, Any]:
    """The facts by name, those of the list first."""
    row = watch_row(facts.watch, {facts.watch.name: facts.counts})
    return {
        **{name: getattr(row, name) for name in WatchRow.__dataclass_fields__},
        "bounds": spelled(*facts.watch.bounds),
        "page": facts.watch.page,
        "atom": facts.atom,
        "html": facts.html,
        "origin": facts.origin,
    }


def watch_sheet(facts: WatchFacts, now: datetime) -> Sheet:
    """The facts for a person; what there is nothing of is left out."""
    watch = facts.watch
    entries = [
        Entry("registry", [watch.registry_id]),
        Entry("page", [] if watch.page == watch.document else [watch.page]),
        Entry("document", [watch.document, *([f"read from {watch.mirror}"] if watch.mirror else [])]),
        Entry("tells", [_tells(watch)]),
        Entry("values", [] if watch.bounds[1] == MAX_VALUE else [spelled(*watch.bounds)]),
        Entry("documented", [*map(_source, watch.documented)]),
        Entry("in use", [*map(_source, watch.in_use)]),
        Entry("atom", [facts.atom] if facts.atom else []),
        Entry("html", [facts.html] if facts.html else []),
        Entry("defined", [facts.origin or "it ships with ianawatch"]),
        Entry("checked", [*_checked(facts.counts, now)]),
    ]
    return Sheet(watch.name, [entry for entry in entries if entry.lines])


def _tells(watch: Watch) -> str:
    within = f" in {spelled(*watch.watched)}" if watch.watched else ""
    flags = ", and flags those that are not documented" if watch.documented else ""
    return f"each new registration{within}{flags}"


def _source(source: DocumentedSource) -> str:
    return source.name if source.name == source.location else f"{source.name} ({source.location})"


def _checked(counts: WatchCounts, now: datetime) -> Iterator[str]:
    if counts.checked_at is None:
        yield "not yet; `ianawatch sync` checks it"
    else:
        yield f"{minute(counts.checked_at)} UTC, {ago(counts.checked_at, now)}"
    if counts.registrations is not None:
        yield f"{counted(counts.registrations, 'registration', 'registrations')}, {counts.flagged} flagged"
