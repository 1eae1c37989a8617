"""A record's content as columns, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from sync.records import Assignment, Content, Reference

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

T = TypeVar("T")

Columns = dict[str, Any]
"""A row to be, by the names of its columns."""
Fields = Mapping[str, Callable[[T], object]]
"""How the columns of a table are read off a thing, by their names."""


def columns(fields: Fields[T], thing: T) -> Columns:
    """A thing as one row."""
    return {name: read(thing) for name, read in fields.items()}


def columns_of(fields: Fields[T], things: Iterable[T]) -> dict[str, Iterable[object]]:
    """Many things column by column, as `inserted.insert_columns` takes them."""
    things = list(things)
    return {name: map(read, things) for name, read in fields.items()}


@lru_cache(maxsize=1024)
def _xrefs(references: Sequence[Reference]) -> tuple[tuple[str, str, str], ...]:
    return tuple((r.kind, r.data, r.text) for r in references)


@lru_cache(maxsize=1024)
def _reference(references: Sequence[Reference]) -> str:
    return "; ".join(reference_text(r) for r in references if r.kind != "person")


CONTENT: Fields[Content] = {
    "description": attrgetter("description"),
    "registered_on": attrgetter("registered_on"),
    "revised_on": attrgetter("revised_on"),
    "xrefs": lambda content: _xrefs(content.references),
    "reference": lambda content: _reference(content.references),
    "contacts": attrgetter("contacts"),
    "extra": attrgetter("extra"),
}
"""The columns that `db.tables` gives to what a record says; the assignment is not among them.

`reference` is what lists, feeds and pages show: people stand in `xrefs` and `contacts` alone (docs/rules.md,
rule 9).
"""


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
