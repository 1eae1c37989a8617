"""Leaving people out of what is shown: their names stay in the database (docs/rules.md, rule 9). Pure."""

from __future__ import annotations

from dataclasses import replace

from sync.answers import ChangeRow, CodeFacts

_PERSON = "person"
"""The kind of a reference that names somebody."""


def impersonal(facts: CodeFacts) -> CodeFacts:
    """What is known of a code, without the people."""
    return replace(
        facts,
        contacts=(),
        citations=tuple(cited for cited in facts.citations if cited.reference.kind != _PERSON),
        history=tuple(map(impersonal_change, facts.history)),
    )


def impersonal_change(change: ChangeRow) -> ChangeRow:
    """A change that says which field was amended, and no person's name."""
    before, after = (_impersonal(change.field, text) for text in (change.before, change.after))
    return replace(change, before=before, after=after)


def _impersonal(field: str | None, text: str | None) -> str | None:
    if text is None or field == "contacts":
        return None
    if field == "references":
        parts = [part for part in text.split("; ") if not part.startswith(f"{_PERSON}:")]
        return "; ".join(parts) or None
    return text
