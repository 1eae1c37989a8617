"""The parse stage for IANA's documents: bytes to a RegistrySnapshot. Pure: no I/O, no clock.

    bytes -> strict_xml -> Document -> record (values) -> overlaps -> RegistrySnapshot

A verdict falls where the fault is (docs/rules.md, rule 4): on the document here and in `strict_xml`, on a
registry here, on a record in the modules below. What a change between two snapshots means is not decided
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from sync.errors import DocumentUnusable, RegistryUnusable
from sync.intervals import Interval
from sync.parse_registry.overlaps import separate
from sync.parse_registry.record import NAMESPACE, People, folded_text, line_of, parse_record
from sync.parse_registry.strict_xml import read_xml
from sync.parse_registry.suitable import unfit
from sync.records import Fault, Record, RegistrySnapshot, SetAside

_REGISTRY = f"{{{NAMESPACE}}}registry"
_RECORD = f"{{{NAMESPACE}}}record"
_TITLE = f"{{{NAMESPACE}}}title"
_UPDATED = f"{{{NAMESPACE}}}updated"
_LONGEST_NAME = 40
"""Characters of a root element's name that a reason quotes."""
_LONGEST_DATE = 100
"""Characters of `<updated>`, whatever it says: it is shown with every run."""


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one of IANA's documents, well-formed and with the right root."""

    title: str
    """White space folded; empty where the document has no title."""
    updated: str | None
    """The text of `<updated>` exactly as served; None where there is no such element."""
    registry_ids: tuple[str, ...]
    """The ids of the registries in it, stripped, each once, in the document's order."""
    _registries: Mapping[str, Sequence[etree._Element]] = field(repr=False, compare=False)
    """By id; more than one where the document contradicts itself."""
    _people: People = field(repr=False, compare=False)

    def registry(self, registry_id: str, bounds: Interval) -> RegistrySnapshot:
        """The registry with this id.

        `bounds` are the smallest and the largest value it may hold, both included. Raises RegistryUnusable
        where the registry is missing, there more than once, or without a record that can be used; records
        that can't be used beside others that can are in the snapshot's `set_aside`.
        """
        wanted = registry_id.strip()
        found = self._registries.get(wanted, ())
        if not found:
            raise RegistryUnusable(f"the document has no registry {wanted}")
        if len(found) > 1:
            raise RegistryUnusable(f"the document has {len(found)} registries {wanted}")
        snapshot = _snapshot(found[0], bounds, self._people)
        if not snapshot.records:
            used = "none of its records can be used: " if snapshot.set_aside else ""
            raise RegistryUnusable(f"the registry {wanted} is empty: {used}{snapshot.unfit}")
        return snapshot

    def registries(self, bounds: Interval) -> Iterator[RegistrySnapshot]:
        """Every registry with an id, in order, for somebody who looks for one; those of no use say why."""
        for registry_id in self.registry_ids:
            elements = self._registries[registry_id]
            snapshot = _snapshot(elements[0], bounds, self._people)
            if len(elements) > 1:
                snapshot = replace(
                    snapshot, unfit=f"the document has {len(elements)} registries {registry_id}"
                )
            yield snapshot


def parse_document(body: bytes, *, location: str = "the document") -> Document:
    """Read a whole document, strictly.

    `location` says where it came from, for the text of NotADocument. Raises NotADocument for an answer that
    is no XML, and DocumentUnusable for one that is not well-formed, has a DOCTYPE or another root.
    """
    root = read_xml(body, location=location)
    if root.tag != _REGISTRY:
        name = etree.QName(root).localname
        if name == "registry":
            raise DocumentUnusable(f"its root is not in the namespace {NAMESPACE}")
        raise DocumentUnusable(f"its root is <{name[:_LONGEST_NAME]}>, not <registry>")
    element = root.find(_UPDATED)
    updated = None if element is None else element.text or ""
    if updated and len(updated) > _LONGEST_DATE:
        raise DocumentUnusable(f"its <updated> is longer than {_LONGEST_DATE} characters")
    registries: dict[str, list[etree._Element]] = {}
    for registry in _registries(root):
        registries.setdefault(_id(registry), []).append(registry)
    return Document(
        title=_title(root),
        updated=updated,
        registry_ids=tuple(filter(None, registries)),
        _registries=registries,
        _people=People(root),
    )


def _registries(root: etree._Element) -> Iterator[etree._Element]:
    """Every registry; the root is one only where it has records of its own."""
    for element in root.iter(_REGISTRY):
        if element is not root or root.find(_RECORD) is not None:
            yield element


def _snapshot(registry: etree._Element, bounds: Interval, people: People) -> RegistrySnapshot:
    elements = list(registry.iterchildren(_RECORD))
    entries = [parse_record(element, bounds, people) for element in elements]
    separated = separate(entry for entry in entries if isinstance(entry, Record))
    set_aside = [entry for entry in entries if isinstance(entry, SetAside)]
    if separated.contradicting:
        contradicting = set(separated.contradicting)
        set_aside += [
            SetAside(Fault.CONTRADICTION, line_of(element, people), entry.first, entry.last)
            for element, entry in zip(elements, entries, strict=True)
            if entry in contradicting
        ]
    fault = unfit(set_aside, len(entries)) if set_aside else None
    if not separated.disjoint:
        fault = fault or (set_aside[0].reason if set_aside else "it has no records")
    return RegistrySnapshot(_id(registry), _title(registry), separated.disjoint, tuple(set_aside), fault)


def _id(registry: etree._Element) -> str:
    return registry.get("id", "").strip()


def _title(registry: etree._Element) -> str:
    title = registry.find(_TITLE)
    return "" if title is None else folded_text(title)
