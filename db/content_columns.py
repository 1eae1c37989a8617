"""A record's content as columns, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.records import Assignment, Content, Reference

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


def content_columns(content: Content) -> dict[str, Any]:
    """The columns that `db.tables` gives to what a record says; the assignment is not among them.

    `reference` is what lists, feeds and pages show: people stand in `xrefs` and `contacts` alone
    (docs/rules.md, rule 9).
    """
    return {
        "description": content.description,
        "registered_on": content.registered_on,
        "revised_on": content.revised_on,
        "xrefs": [(r.kind, r.data, r.text) for r in content.references],
        "reference": "; ".join(reference_text(r) for r in content.references if r.kind != "person"),
        "contacts": content.contacts,
        "extra": content.extra,
    }


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
