"""What is known -> one HTML page that needs nothing else: no script, style, font or image from elsewhere.

Its text is escaped twice over: control characters are spelled out (`sync.escape`), and jinja2 escapes markup.
A content security policy lets in the page's own style and script, by their hashes, and nothing more. The same
facts give the same bytes. The words and the markup are the template's.
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from sync.answers import CodeRow, FlagRow
from sync.dates import minute, stamp
from sync.decide.flags import is_watched
from sync.escape import shown
from sync.export.gather import Known
from sync.export.links import Link, cited, registry_page, source_page
from sync.export.registry_map import Block, Kind, blocks_of
from sync.export.timeline import timeline
from sync.intervals import spelled
from sync.show.columns import what_changed
from sync.show.render import counted
from sync.watches import SHIPPED, Watch

TEMPLATE = "page.html.jinja"
ROWS_AT_ONCE = 30
"""Flagged codes and events that are listed openly; further ones are folded away."""


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flagged code as the page lists it."""

    flag: FlagRow
    missing_from: tuple[Link, ...]
    references: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table of all codes."""

    code: CodeRow
    anchor: str | None
    """Its id on the page; None where another row has the same values."""
    kind: Kind
    references: tuple[Link, ...]


def as_html(known: Known, feed: str | None = None) -> bytes:
    """The page, in UTF-8; `feed` is where the feed is, from the page, if there is one."""
    blocks = blocks_of(known.codes, known.flags, known.watch.bounds, known.watch.watched)
    style = f"{_file('page.css')}{_widths(blocks)}"
    script = _file("page.js")
    template = _environment().get_template(TEMPLATE)
    html = template.render(
        **_facts(known),
        feed=feed,
        blocks=blocks,
        line_size=sum(count for _, count in blocks[0].counts) + blocks[0].beyond if blocks else 0,
        kinds=[kind for kind in Kind if any(kind is found for block in blocks for found, _ in block.counts)],
        style=style,
        script=script,
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src '{_hash(style)}'",
                f"script-src '{_hash(script)}'",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
    )
    return f"{html}\n".encode()


def _facts(known: Known) -> Mapping[str, Any]:
    watch = known.watch
    pages = {source.name: source_page(source) for source in known.sources}
    references = {
        (code.first, code.last): cited(found)
        for code, found in zip(known.codes, known.references, strict=True)
        if code.assignment == Kind.ASSIGNED
    }
    flagged = [
        Flagged(
            flag,
            tuple(pages.get(name, Link(name, None)) for name in flag.missing_from),
            references.get((flag.first, flag.last), ()),
        )
        for flag in known.flags
    ]
    lines = _lines(known)
    return {
        "known": known,
        "watch": watch,
        "registry": registry_page(watch),
        "watched": _range(*watch.watched) if watch.watched else None,
        "to_document": [item for item in flagged if item.flag.ignored is None],
        "ignored": [item for item in flagged if item.flag.ignored is not None],
        "compared": [(source, pages[source.name]) for source in known.sources if source.read_at],
        "registered": sum(code.assignment == Kind.ASSIGNED for code in known.codes),
        "registered_watched": sum(_is_watched(code, watch) for code in known.codes),
        "happened": [event for event in known.events[::-1] if event.dated],
        "undated": sum(not event.dated for event in known.events),
        "timeline": timeline(known.events, known.since, known.checked_at or known.since, watch.watched),
        "lines": lines,
        "anchors": {line.code.first: line.anchor for line in lines if line.anchor},
        "option": ""
        if len(SHIPPED) == 1 and watch.name in SHIPPED
        else f" --watch {shlex.quote(watch.name)}",
        "example": next(
            iter([flag.first for flag in known.flags] + [code.first for code in known.codes]), None
        ),
        "rows_at_once": ROWS_AT_ONCE,
    }


def _lines(known: Known) -> list[Line]:
    ignored = {flag.first: flag.ignored is not None for flag in known.flags}
    taken: set[str] = set()
    lines = []
    for code, references in zip(known.codes, known.references, strict=True):
        anchor = spelled(code.first, code.last)
        kind = Kind(code.assignment)
        if kind is Kind.ASSIGNED and code.first in ignored:
            kind = Kind.IGNORED if ignored[code.first] else Kind.FLAGGED
        lines.append(Line(code, None if anchor in taken else anchor, kind, cited(references)))
        taken.add(anchor)
    return lines


def _is_watched(code: CodeRow, watch: Watch) -> bool:
    return code.assignment == Kind.ASSIGNED and is_watched(code.first, code.last, watch.watched)


def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({TEMPLATE: _file(TEMPLATE)}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        minute=minute,
        stamp=stamp,
        range=_of_range,
        words=_words,
        explained=_explained,
        grouped=_grouped,
        what=what_changed,
    )
    environment.globals.update(counted=counted, spelled=_range)
    return environment


def _finalized(value: Any) -> Any:  # noqa: ANN401  # whatever a template shows
    """What the template shows, its control characters spelled out (docs/rules.md, rule 10)."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else shown(value)


def _range(first: int, last: int) -> str:
    """A range for a reader, with an en dash."""
    return spelled(first, last).replace("-", "\N{EN DASH}")


def _of_range(thing: Any) -> str:  # noqa: ANN401  # whatever has a first and a last value
    return _range(thing.first, thing.last)


def _words(kind: Kind) -> str:
    """What a kind of value is called."""
    return {
        Kind.FLAGGED: "flagged",
        Kind.IGNORED: "ignored",
        Kind.ASSIGNED: "assigned",
        Kind.RESERVED: "reserved",
        Kind.PRIVATE_USE: "private use",
        Kind.UNASSIGNED: "unassigned",
        Kind.NO_RECORD: "not in the registry",
    }[kind]


def _explained(kind: Kind) -> str:
    """The same, for who has not met the word."""
    return {
        Kind.FLAGGED: "flagged: assigned, not documented",
        Kind.IGNORED: "ignored: assigned, need not be documented",
    }.get(kind, _words(kind))


def _grouped(count: int) -> str:
    """A number with thin spaces between its thousands, where it has more than four figures."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if count > 9999 else str(count)  # noqa: PLR2004


def _widths(blocks: Iterable[Block]) -> str:
    """A rule for each size of a piece: an attribute would be against the policy."""
    sizes = {piece.size for block in blocks for piece in block.pieces if piece.size > 1}
    sizes |= {count for block in blocks if not block.pieces for _, count in block.counts}
    sizes |= {block.beyond for block in blocks if block.beyond}
    return "".join(f".w{size}{{flex-grow:{size}}}" for size in sorted(sizes))


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
