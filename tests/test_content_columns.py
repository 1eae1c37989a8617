"""What a record says goes into columns and comes back; its references stand there for a person, too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from databases import contents, watch_on
from hypothesis import given
from sqlalchemy import delete, insert, select

from db import tables as t
from db.content_columns import content_columns, content_of, reference_text
from db.engine import Database
from sync.records import Assignment, Content, Reference

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@given(content=contents)
def test_content_comes_back_as_it_was(database: Database, content: Content) -> None:
    with database.write() as connection:
        connection.execute(delete(t.record))
        connection.execute(
            insert(t.record).values(
                watch_id=watch_on(connection),
                first=0,
                last=0,
                assignment=content.assignment,
                valid_from=NOW,
                **content_columns(content),
            )
        )
        row = connection.execute(select(t.record)).mappings().one()
    assert content_of(row, content.assignment) == content


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (Reference("rfc", "rfc6455"), "RFC 6455"),
        (Reference("rfc", "RFC6455bis"), "RFC6455bis"),
        (Reference("rfc-errata", "3227"), "RFC erratum 3227"),
        (Reference("uri", "https://www.iana.org/"), "https://www.iana.org/"),
        (Reference("text", "", "see the minutes"), "see the minutes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_reference_reads_as_a_person_writes_it(reference: Reference, text: str) -> None:
    assert reference_text(reference) == text


def test_references_stand_on_one_line_and_people_do_not() -> None:
    references = (
        Reference("rfc", "rfc6455"),
        Reference("person", "Jane_Doe", "Jane Doe"),
        Reference("rfc-errata", "3227"),
    )
    content = Content("Normal", Assignment.ASSIGNED, references=references, contacts=("Jane Doe",))
    assert content_columns(content)["reference"] == "RFC 6455; RFC erratum 3227"
