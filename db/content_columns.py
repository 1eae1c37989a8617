"""A record's content as columns, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from db.column_types import json_text
from sync.records import Assignment, Content, Reference

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

Columns = dict[str, Any]
"""A row to be, by the names of its columns."""

_CONTENT = ("description", "registered_on", "revised_on", "xrefs", "reference", "contacts", "extra")


def content_columns(content: Content) -> Columns:
    """The columns that `db.tables` gives to what a record says; the assignment is not among them.

    `reference` is what lists, feeds and pages show: people stand in `xrefs` and `contacts` alone
    (docs/rules.md, rule 9).
    """
    return dict(zip(_CONTENT, _said(content), strict=True))


class ContentColumns:
    """What many rows say, column by column; what several of them have is turned into values once.

    A record and its registration have one and the same content, in two tables.
    """

    def __init__(self) -> None:
        self._made: dict[int, tuple[Content, tuple[object, ...]]] = {}
        """By the identity of the content, which is kept with its values so that nothing else gets it."""

    def of(self, contents: Iterable[Content]) -> dict[str, Sequence[object]]:
        """The columns for one row or more that say this, as the driver takes their values."""
        rows = [self._values(content) for content in contents]
        return dict(zip(_CONTENT, zip(*rows, strict=True), strict=True))

    def _values(self, content: Content) -> tuple[object, ...]:
        made = self._made.get(id(content))
        if made is None:
            name, registered, revised, xrefs, reference, contacts, extra = _said(content)
            as_json = json_text(xrefs), reference, json_text(contacts), json_text(extra)
            made = self._made[id(content)] = (content, (name, registered, revised, *as_json))
        return made[1]


def _said(content: Content) -> tuple[object, ...]:
    """The values of the columns, in order."""
    references = content.references
    return (
        content.description,
        content.registered_on,
        content.revised_on,
        [(r.kind, r.data, r.text) for r in references],
        "; ".join([reference_text(r) for r in references if r.kind != "person"]),
        content.contacts,
        content.extra,
    )


def content_of(row: RowMapping, assignment: Assignment) -> Content:
    """The content in a row that has those columns."""
    return Content(
        description=row["description"],
        assignment=assignment,
        registered_on=row["registered_on"],
        revised_on=row["revised_on"],
        references=tuple(Reference(*xref) for xref in row["xrefs"]),
        contacts=tuple(row["contacts"]),
        extra=tuple((name, text) for name, text in row["extra"]),
    )


def reference_text(reference: Reference) -> str:
    """A reference as a person writes it: `RFC 6455`, `RFC erratum 3227`, a URI, a text."""
    kind, data = reference.kind, reference.data
    if kind == "rfc" and data.startswith("rfc"):
        return f"RFC {data.removeprefix('rfc')}"
    if kind == "rfc-errata":
        return f"RFC erratum {data}"
    return data or reference.text
