"""What a record says otherwise than before, field by field, as lines of history. Pure.

The text of a reference begins with its kind: by `person:`, whoever shows history leaves people out
(docs/rules.md, rule 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sync.records import Content, Reference

AMENDABLE = ("description", "registered_on", "revised_on", "references", "contacts", "extra")
"""The fields of a record whose change amends a registration."""
IDENTIFYING = ("description", "registered_on")
"""Of these, what identifies a registration: a change of both at once is a hand-over."""


def amendments(
    before: Content, after: Content, fields: Sequence[str]
) -> Iterator[tuple[str, str | None, str | None]]:
    """Of the fields, those that differ: the name, what it was and what it is; None for what is empty."""
    if before == after:
        return
    for field in fields:
        old, new = _text(before, field), _text(after, field)
        if old != new:
            yield field, old, new


def _text(content: Content, field: str) -> str | None:
    value = getattr(content, field)
    if value is None or isinstance(value, str):
        return value
    return "; ".join(_part_text(part) for part in value) or None


def _part_text(part: Reference | str | tuple[str, str]) -> str:
    match part:
        case Reference():
            text = f" ({part.text})" if part.data and part.text else ""
            return f"{part.kind}:{part.data or part.text}{text}"
        case str():
            return part
        case (name, text):
            return f"{name}={text}"
