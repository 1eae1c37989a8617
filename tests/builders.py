"""Small documents in IANA's format, for every test that needs one.

A document with two records:

    document([row("1000", "Normal Closure"), row("1001-3999", "Unassigned")], updated="2021-01-01")

Values, names and dates are escaped, so that a test may put any text there. `other` and `inside` take
markup as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.iana.org/assignments"
TITLE = "WebSocket Close Code Number Registry"


@dataclass(frozen=True, slots=True)
class Row:
    """What one `<record>` is made of; a part that is None has no element or attribute."""

    value: str | None
    description: str | None
    date: str | None = None
    updated: str | None = None
    refs: tuple[tuple[str, str], ...] = ()
    """(type, data) of each `<xref>`."""
    contact: str | None = None
    """The id of a person; the empty string makes an empty `<contact/>`."""
    inside: str = ""
    """Further markup at the record's end."""

    def xml(self) -> str:
        """The `<record>` element."""
        attributes = _attribute("date", self.date) + _attribute("updated", self.updated)
        parts = [_element("value", self.value), _element("description", self.description)]
        if self.contact is not None:
            person = f'<xref type="person" data={quoteattr(self.contact)}/>' if self.contact else ""
            parts.append(f"<contact>{person}</contact>")
        parts += [f"<xref type={quoteattr(kind)} data={quoteattr(data)}/>" for kind, data in self.refs]
        return f"<record{attributes}>{''.join(parts)}{self.inside}</record>"


def row(
    value: str | None,
    description: str | None,
    *,
    date: str | None = None,
    updated: str | None = None,
    refs: tuple[tuple[str, str], ...] = (("rfc", "rfc6455"),),
    contact: str | None = None,
    inside: str = "",
) -> Row:
    """A record; by default one that RFC 6455 defines, without dates or a contact."""
    return Row(value, description, date, updated, refs, contact, inside)


def registry(records: Iterable[Row], *, registry_id: str = "close-code-number", title: str = TITLE) -> str:
    """One `<registry>` element; a document's `other` takes further ones."""
    lines = "\n".join(record.xml() for record in records)
    return f"<registry id={quoteattr(registry_id)}>\n{_element('title', title)}\n{lines}\n</registry>"


def document(
    records: Iterable[Row],
    *,
    updated: str | None = "2026-06-10",
    registry_id: str = "close-code-number",
    root_id: str = "websocket",
    people: Mapping[str, str] | None = None,
    other: str = "",
) -> bytes:
    """A whole document, UTF-8, holding one registry of these records.

    `people` maps a person's id to a name; `other` is markup that follows the registry, inside the root.
    """
    persons = "".join(
        f"<person id={quoteattr(key)}>{_element('name', name)}</person>"
        for key, name in (people or {}).items()
    )
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<registry xmlns="{NAMESPACE}" id={quoteattr(root_id)}>',
            "<title>WebSocket Protocol Registries</title>",
            _element("updated", updated),
            registry(records, registry_id=registry_id),
            other,
            f"<people>{persons}</people>",
            "</registry>\n",
        )
    ).encode()


def _element(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{escape(text)}</{name}>"


def _attribute(name: str, value: str | None) -> str:
    return "" if value is None else f" {name}={quoteattr(value)}"
