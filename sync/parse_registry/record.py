"""One `<record>` of IANA's to a Record, or to the reason why it can't be used.

Knows the elements of a record (`iana-registry.rng` of IANA's) and nothing of the records beside it. Texts are
kept as served but for their white space, which is folded. Mail addresses are left out wherever a contact
or a link could bring one in (docs/rules.md, rule 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sync.intervals import Interval
from sync.parse_registry.values import UnusableValues, parse_values
from sync.records import Assignment, Content, Fault, Record, Reference, SetAside

if TYPE_CHECKING:
    from lxml import etree

T = TypeVar("T")

NAMESPACE = "http://www.iana.org/assignments"
"""The namespace of every element that IANA defines."""

_PREFIX = f"{{{NAMESPACE}}}"
_XREF = f"{_PREFIX}xref"
_PERSON = f"{_PREFIX}person"
_NAME = f"{_PREFIX}name"
_REFERENCE = frozenset({f"{_PREFIX}xref", "xref"})
_VALUE = frozenset({f"{_PREFIX}value", "value"})
_CONTACT = frozenset(
    f"{prefix}{name}"
    for name in ("contact", "controller", "change_controller", "requester", "registrant", "assignee")
    for prefix in (_PREFIX, "")
)
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
            self._persons = {_stripped(person.get("id")): person for person in self._root.iter(_PERSON)}
        person = self._persons.get(person_id)
        name = None if person is None else person.find(_NAME)
        return person_id if name is None else folded_text(name) or person_id


class _Fields:
    """The parts of one record, sorted by what they are."""

    __slots__ = ("contacts", "people", "references", "registered_on", "revised_on", "texts", "values")

    def __init__(self, record: etree._Element, people: People) -> None:
        self.people = people
        self.values: list[str] = []
        self.references: list[Reference] = []
        self.contacts: list[str] = []
        self.texts: list[tuple[str, str]] = []
        """(element name, folded text) of everything else that has a text."""
        self.registered_on = _stripped(record.get("date")) or None
        self.revised_on = _stripped(record.get("updated")) or None
        # A slice makes all children at once, for half of what it costs to ask for each.
        for child in record[:]:
            tag = child.tag
            if tag in _REFERENCE:
                self._refer(child)
            elif tag in _VALUE:
                self.values.append(folded_text(child))
            elif tag in _CONTACT:
                self._contact(child)
            else:
                self._describe(str(tag).removeprefix(_PREFIX), child)

    def _refer(self, xref: etree._Element) -> None:
        data, text = _stripped(xref.get("data")), folded_text(xref)
        if (data or text) and not data.lower().startswith("mailto:"):
            self.references.append(Reference(_stripped(xref.get("type")), data, text))

    def _contact(self, element: etree._Element) -> None:
        persons = []
        for xref in element.iter(_XREF):
            if _stripped(xref.get("type")) == "person":
                persons.append(self.people.name(_stripped(xref.get("data"))))
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
        if len(self.texts) > 1:
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
    written = fields.values[0] if fields.values else ""
    values = parse_values(written, bounds)
    if isinstance(values, UnusableValues):
        return SetAside(values.reason, fields.line(), values.first, values.last, written)
    first, last = values
    label = fields.label()
    if label is None:
        return SetAside("it has no description", fields.line(), first, last)
    description = label[1]
    registered_on, revised_on = fields.registered_on, fields.revised_on
    if len(description) > _LONGEST or len(registered_on or "") > _LONGEST or len(revised_on or "") > _LONGEST:
        return SetAside(f"a text of it is longer than {_LONGEST} characters", fields.line(), first, last)
    fields.texts.remove(label)
    # By place: by name, making it takes half as long again.
    content = Content(
        description,
        assignment_of(description),
        registered_on,
        revised_on,
        _once(fields.references),
        _once(fields.contacts),
        tuple(fields.texts),
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
    return " ".join("".join(_texts(element)).split())


def _texts(element: etree._Element) -> list[str]:
    """What an element and all in it say, in reading order. The parser reads none nested deeper than 256."""
    around = " " if element.tag in _LINE_BREAKS else ""
    parts = [around, element.text or ""]
    for child in element[:]:
        parts += _texts(child)
        parts.append(child.tail or "")
    parts.append(around)
    return parts


def _stripped(attribute: str | None) -> str:
    return attribute.strip() if attribute else ""
