"""What is said of a registration otherwise than before, as lines of history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.decide.amendments import AMENDABLE, IDENTIFYING, amendments
from sync.records import Assignment, Content, Reference

RFC = Reference("rfc", "rfc6455")
BEFORE = Content(
    "Unauthorized",
    Assignment.ASSIGNED,
    registered_on="2021-09-06",
    references=(RFC,),
    contacts=("Ada Lovelace",),
    extra=(("note", "none"),),
)


def test_nothing_differs_from_itself() -> None:
    assert list(amendments(BEFORE, replace(BEFORE), AMENDABLE)) == []


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (replace(BEFORE, description="Unauthorised"), ("description", "Unauthorized", "Unauthorised")),
        (replace(BEFORE, registered_on="2021-09"), ("registered_on", "2021-09-06", "2021-09")),
        (replace(BEFORE, revised_on="2021-10-01"), ("revised_on", None, "2021-10-01")),
        (replace(BEFORE, registered_on=None), ("registered_on", "2021-09-06", None)),
        (replace(BEFORE, references=()), ("references", "rfc:rfc6455", None)),
        (
            replace(BEFORE, references=(RFC, Reference("person", "AL"), Reference("text", "", "a mail"))),
            ("references", "rfc:rfc6455", "rfc:rfc6455; person:AL; text:a mail"),
        ),
        (
            replace(BEFORE, contacts=("Ada Lovelace", "Grace Hopper")),
            ("contacts", "Ada Lovelace", "Ada Lovelace; Grace Hopper"),
        ),
        (replace(BEFORE, extra=(("note", "see"), ("use", "no"))), ("extra", "note=none", "note=see; use=no")),
    ],
)
def test_each_field_is_a_line_with_what_it_was_and_is(after: Content, line: tuple[str, ...]) -> None:
    assert list(amendments(BEFORE, after, AMENDABLE)) == [line]


def test_the_lines_come_in_the_order_of_the_fields() -> None:
    after = replace(BEFORE, contacts=(), registered_on="2021-09-07", description="Gone")
    assert [field for field, _, _ in amendments(BEFORE, after, AMENDABLE)] == [
        "description",
        "registered_on",
        "contacts",
    ]


def test_only_the_fields_that_are_asked_for() -> None:
    after = replace(BEFORE, contacts=(), registered_on="2021-09-07")
    assert [field for field, _, _ in amendments(BEFORE, after, IDENTIFYING)] == ["registered_on"]
