"""One `<record>` of IANA's to a Record, or to the reason why it can't be used.

Knows the elements of a record (`iana-registry.rng` of IANA's) and nothing of the records beside it. Texts are
kept as served but for their white space, which is folded. Mail addresses are left out wherever a contact
or a link could bring one in (docs/rules.md, rule 9).
"""

from __future__ import annotations

from typing import TypeVar

from lxml import etree

from sync.intervals import Interval
from sync.parse_registry.values import UnusableValues, parse_values
from sync.records import Assignment, Content, Fault, Record, Reference, SetAside

T = TypeVar("T")

NAMESPACE = "http://www.iana.org/assignments"
"""The namespace of every element that IANA defines."""

_PREFIX = f"{{{NAMESPACE}}}"
_XREF = f"{_PREFIX}xref"
_PERSON = f"{_PREFIX}person"
_NAME = f"{_PREFIX}name"
_CONTACTS = frozenset({"contact", "controller", "change_controller", "requester", "registrant", "assignee"})
"""Elements that say who, not what."""
_LINE_BREAKS = frozenset({f"{_PREFIX}br", f"{_PREFIX}paragraph", f"{_PREFIX}artwork"})
"""Elements inside a text that part the words before from those after."""
_LABELS = ("description", "name")
"""The elements that describe a value, the better one first."""
_LONGEST = 10_000
"""Characters of a description or a date. IANA's have some hundreds; more would flood a terminal or a mail."""


class People:
    """The names in a document's `<people>`, read when the first is asked for."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._persons: dict[str, etree._Element] | None = None

    def name(self, person_id: str) -> str:
        """The person's name; the id itself where the document has no name for it."""
        if self._persons is None:
            self._persons = {_attribute(person, "id"): person for person in self._root.iter(_PERSON)}
        person = self._persons.get(person_id)
        name = None if person is None else person.find(_NAME)
        return person_id if name is None else folded_text(name) or person_id


class _Fields:
    """The parts of one record, sorted by what they are."""

    def __init__(self, record: etree._Element, people: People) -> None:
        self.values: list[str] = []
        self.references: list[Reference] = []
        self.contacts: list[str] = []
        self.texts: list[tuple[str, str]] = []
        """(element name, folded text) of everything else that has a text."""
        self.registered_on = _attribute(record, "date") or None
        self.revised_on = _attribute(record, "updated") or None
        for child in record:
            name = str(child.tag).removeprefix(_PREFIX)
            if name == "xref":
                self._refer(child)
            elif name == "value":
                self.values.append(folded_text(child))
            elif name in _CONTACTS:
                self._contact(child, people)
            else:
                self._describe(name, child)

    def _refer(self, xref: etree._Element) -> None:
        reference = Reference(_attribute(xref, "type"), _attribute(xref, "data"), folded_text(xref))
        if (reference.data or reference.text) and not reference.data.lower().startswith("mailto:"):
            self.references.append(reference)

    def _contact(self, element: etree._Element, people: People) -> None:
        persons = []
        for xref in element.iter(_XREF):
            if _attribute(xref, "type") == "person":
                persons.append(people.name(_attribute(xref, "data")))
            else:
                self._refer(xref)
        if not persons:
            persons.append(" ".join(word for word in folded_text(element).split() if "@" not in word))
        self.contacts += filter(None, persons)

    def _describe(self, name: str, element: etree._Element) -> None:
        text = folded_text(element)
        if text and (name in _LABELS or not text.lower().startswith("mailto:")):
            self.texts.append((name, text))
        if len(element):
            for xref in element.iter(_XREF):
                self._refer(xref)

    def label(self) -> tuple[str, str] | None:
        """The text that describes the values, with its element's name; None where there is no text."""
        for wanted in _LABELS:
            for text in self.texts:
                if text[0] == wanted:
                    return text
        return self.texts[0] if self.texts else None

    def line(self) -> str:
        """The record in one line, without the people."""
        references = [reference.data for reference in self.references if reference.kind != "person"]
        dates = [self.registered_on or "", self.revised_on or ""]
        return " ".join(filter(None, [*self.values, *(text for _, text in self.texts), *dates, *references]))


def parse_record(record: etree._Element, bounds: Interval, people: People) -> Record | SetAside:
    """Read one `<record>`; one that can't be used comes back as SetAside (docs/rules.md, rule 4).

    `bounds` are the smallest and the largest value of the registry, both included. Nothing is raised.
    """
    fields = _Fields(record, people)
    if len(fields.values) > 1:
        return SetAside(Fault.SEVERAL_VALUES, fields.line())
    values = parse_values("".join(fields.values), bounds)
    if isinstance(values, UnusableValues):
        return SetAside(values.reason, fields.line(), values.first, values.last, "".join(fields.values))
    first, last = values
    label = fields.label()
    if label is None:
        return SetAside("it has no description", fields.line(), first, last)
    if max(len(label[1]), len(fields.registered_on or ""), len(fields.revised_on or "")) > _LONGEST:
        return SetAside(f"a text of it is longer than {_LONGEST} characters", fields.line(), first, last)
    fields.texts.remove(label)
    content = Content(
        description=label[1],
        assignment=assignment_of(label[1]),
        registered_on=fields.registered_on,
        revised_on=fields.revised_on,
        references=_once(fields.references),
        contacts=_once(fields.contacts),
        extra=tuple(fields.texts),
    )
    return Record(first, last, content)


def _once(things: list[T]) -> tuple[T, ...]:
    """Each thing where it is first named."""
    return tuple(dict.fromkeys(things) if len(things) > 1 else things)


def line_of(record: etree._Element, people: People) -> str:
    """A record in one line, its values as served and without its people: what tells it from another."""
    return _Fields(record, people).line()


def assignment_of(description: str) -> Assignment:
    """What a folded description says of its values, whatever its case (docs/rules.md, the vocabulary)."""
    folded = description.casefold()
    if folded.startswith(("unassigned", "available")):
        return Assignment.UNASSIGNED
    if "private use" in folded:
        return Assignment.PRIVATE_USE
    if folded.startswith("reserved"):
        return Assignment.RESERVED
    return Assignment.ASSIGNED


def folded_text(element: etree._Element) -> str:
    """The text of an element and of all in it, in reading order, each run of white space one space."""
    if not len(element):
        text = element.text
        return " ".join(text.split()) if text else ""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        text = node.text if event == "start" else node.tail if node is not element else None
        parts += (" " if node.tag in _LINE_BREAKS else "", text or "")
    return " ".join("".join(parts).split())


def _attribute(element: etree._Element, name: str) -> str:
    return element.get(name, "").strip()
