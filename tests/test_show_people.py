"""People are left out of what is shown, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.answers import ChangeRow, Citation, CodeFacts
from sync.records import Reference
from sync.show.people import impersonal, impersonal_change

AT = datetime(2026, 1, 1, tzinfo=UTC)


def amended(field: str, before: str | None, after: str | None) -> ChangeRow:
    return ChangeRow(3000, 3000, AT, "amended", field, before, after, "2026-01-01")


def test_a_change_of_contacts_is_told_without_names() -> None:
    assert impersonal_change(amended("contacts", "Ada Lovelace", None)) == amended("contacts", None, None)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("person:Ada_Lovelace", None),
        ("rfc:rfc6455; person:Ada_Lovelace (Ada)", "rfc:rfc6455"),
        ("person:A; rfc:rfc6455; person:B", "rfc:rfc6455"),
        ("rfc:rfc6455; uri:https://example.org/person:x", "rfc:rfc6455; uri:https://example.org/person:x"),
        (None, None),
    ],
)
def test_of_references_those_to_people_are_left_out(text: str | None, left: str | None) -> None:
    assert impersonal_change(amended("references", text, text)) == amended("references", left, left)


@pytest.mark.parametrize("field", ["description", "registered_on", "revised_on", "extra"])
def test_other_changes_are_told_whole(field: str) -> None:
    change = amended(field, "person:x", "b")
    assert impersonal_change(change) == change


def test_registrations_are_told_whole() -> None:
    change = ChangeRow(3000, 3000, AT, "registered", None, None, "Unauthorized", "2026-01-01")
    assert impersonal_change(change) == change


def test_what_is_known_of_a_code_names_nobody() -> None:
    rfc = Citation("RFC 6455", Reference("rfc", "rfc6455"))
    facts = CodeFacts(
        3000,
        None,
        citations=(rfc, Citation("Ada_Lovelace", Reference("person", "Ada_Lovelace"))),
        contacts=("Ada Lovelace",),
        history=(amended("contacts", None, "Ada Lovelace"),),
    )
    left = impersonal(facts)
    assert "Ada" not in repr(left)
    assert left.citations == (rfc,)
