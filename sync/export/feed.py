"""Events -> an Atom feed (RFC 4287) of what the registry did in the watched range, newest first.

An entry says one thing for ever: its id is made from the registration's identity and from what happened to
it, so that a database restored from a backup, or filled anew, says it again under the same id. What was there
at the first sight has an entry too, dated by IANA: who subscribes wants the past. The feed is as old as its
newest entry, so that a run without news writes the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from lxml import etree

from sync.dates import minute, stamp
from sync.decide.flags import is_watched
from sync.escape import shown
from sync.export.events import Event
from sync.export.links import registry_page
from sync.intervals import spelled
from sync.show.columns import what_changed
from sync.state import ChangeKind
from sync.watches import Watch

ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 100
"""Entries of a feed; every change there ever was is in the database."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold (section 2.2)."""
_TITLES = {
    ChangeKind.REGISTERED: "registered",
    ChangeKind.WITHDRAWN: "withdrawn",
    ChangeKind.RETURNED: "registered again, its withdrawal is taken back",
    ChangeKind.AMENDED: "amended",
}


def as_atom(watch: Watch, events: Iterable[Event], since: datetime) -> bytes:
    """The feed; `since` is when the registry was first seen, and dates a feed without an entry."""
    newest = [event for event in events if is_watched(event.first, event.last, watch.watched)][::-1]
    newest = newest[:MOST_ENTRIES]
    registry = uuid5(NAMESPACE_URL, f"{watch.document}#{watch.registry_id}")
    page = registry_page(watch)
    of = f" {spelled(*watch.watched)}" if watch.watched else ""
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _add(feed, "id", uuid5(registry, json.dumps(["feed", watch.name, watch.watched])).urn)
    _add(feed, "title", f"{watch.name}{of}: what IANA registers")
    _add(feed, "updated", stamp(newest[0].at if newest else since))
    _add(_add(feed, "author"), "name", "ianawatch")
    _add(feed, "generator", "ianawatch")
    _link(feed, page)
    for event in newest:
        entry = _add(feed, "entry")
        _add(entry, "id", _uid(registry, event).urn)
        _add(entry, "title", f"{_named(event)}: {_TITLES[event.kind]}")
        _add(entry, "updated", stamp(event.at))
        _add(entry, "published", stamp(event.at))
        _link(entry, page)
        _add(entry, "category", term=event.kind.value)
        _add(entry, "content", _content(event), type="text")
    return etree.tostring(feed, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _uid(registry: UUID, event: Event) -> UUID:
    """Made from what happened to which registration, not from when it was seen."""
    amended = [(change.field, change.before, change.after) for change in event.changes]
    return uuid5(registry, json.dumps([event.key, event.kind, amended, event.occurrence]))


def _content(event: Event) -> str:
    match event.kind:
        case ChangeKind.REGISTERED | ChangeKind.RETURNED:
            said = _named(event) + (f", registered {event.registered_on}" if event.registered_on else "")
        case ChangeKind.WITHDRAWN:
            said = f"{_named(event)} is registered no longer"
        case ChangeKind.AMENDED:
            said = "; ".join(map(what_changed, event.changes))
    if event.baseline:
        return f"{said}. It was there at the first look."
    of = f", in the document of {event.document_updated}" if event.document_updated else ""
    return f"{said}. Seen {minute(event.at)} UTC{of}."


def _named(event: Event) -> str:
    return f"{spelled(event.first, event.last)} {event.name}"


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text is not None:
        element.text = _xml(text)
    return element


def _link(parent: etree._Element, page: str | None) -> None:
    if page is not None:
        _add(parent, "link", rel="alternate", href=_xml(page))


def _xml(text: str) -> str:
    return _NO_XML.sub(lambda match: f"\\u{ord(match.group()):04x}", shown(text))
