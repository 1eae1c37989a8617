"""What a person sees of each kind of row: the columns of its table, and what of them a narrow terminal shows.

Pure. How a table is drawn is `render`'s business.
"""

from __future__ import annotations

from sync.answers import ChangeRow, CodeRow, FlagRow
from sync.dates import minute
from sync.intervals import spelled
from sync.records import Assignment
from sync.show.differences import Difference, DifferenceKind
from sync.show.render import Column
from sync.state import ChangeKind

WIDE, WIDER, WIDEST = 90, 110, 150
"""Cells of a terminal from which on there is room for more than what matters most."""

QUIET, WARNING, GOOD, BAD = "dim", "yellow", "green", "red"
"""How a terminal shows what matters less, and what matters more."""


def _code(row: CodeRow | FlagRow | ChangeRow | Difference) -> str:
    return spelled(row.first, row.last)


# -- codes ------------------------------------------------------------------------------------------


def _documented(row: CodeRow) -> str:
    if row.flagged:
        return "no, flagged"
    return {True: "yes", False: "no", None: ""}[row.documented]


def _of_assignment(row: CodeRow) -> str:
    return "" if row.assignment == Assignment.ASSIGNED else QUIET


CODES: tuple[Column[CodeRow], ...] = (
    Column("CODE", _code, _of_assignment),
    Column("NAME", lambda row: row.description, _of_assignment, wraps=True),
    Column("ASSIGNMENT", lambda row: row.assignment, _of_assignment, from_width=70),
    Column("REGISTERED", lambda row: row.registered_on or "", _of_assignment, from_width=50),
    Column("DOCUMENTED", _documented, lambda row: WARNING if row.flagged else _of_assignment(row)),
    Column("REVISED", lambda row: row.revised_on or "", _of_assignment, from_width=WIDER),
    Column("FIRST SEEN (UTC)", lambda row: minute(row.first_seen_at), _of_assignment, from_width=WIDEST),
    Column("REFERENCE", lambda row: row.reference, _of_assignment, wraps=True, widest=80, from_width=WIDE),
)


# -- flags ------------------------------------------------------------------------------------------


def _of_flag(row: FlagRow) -> str:
    return QUIET if row.ignored is not None else ""


FLAGS: tuple[Column[FlagRow], ...] = (
    Column("CODE", _code, _of_flag),
    Column("NAME", lambda row: row.description, _of_flag, wraps=True),
    Column("REGISTERED", lambda row: row.registered_on or "", _of_flag, from_width=70),
    Column("MISSING FROM", lambda row: ", ".join(row.missing_from), _of_flag, wraps=True),
    Column("FLAGGED (UTC)", lambda row: minute(row.opened_at), _of_flag, from_width=WIDE),
    Column("IGNORED", lambda row: row.ignored or "", _of_flag, wraps=True),
)


# -- history ----------------------------------------------------------------------------------------

_OF_CHANGE = {
    ChangeKind.REGISTERED: GOOD,
    ChangeKind.RETURNED: GOOD,
    ChangeKind.AMENDED: "",
    ChangeKind.WITHDRAWN: BAD,
}


def what_changed(row: ChangeRow) -> str:
    """A change in words, without its kind: the name, or what was amended from what to what."""
    match row.change:
        case ChangeKind.AMENDED:
            return f"{row.field}{_amended(row.before, row.after)}"
        case ChangeKind.WITHDRAWN:
            return row.before or ""
        case _:
            return row.after or ""


def _amended(before: str | None, after: str | None) -> str:
    if before is None:
        return f" set to {after}" if after is not None else ""
    return f": {before} -> {after}" if after is not None else f" {before} removed"


CHANGES: tuple[Column[ChangeRow], ...] = (
    Column("SEEN (UTC)", lambda row: minute(row.at)),
    Column("CODE", _code),
    Column("CHANGE", lambda row: row.change, lambda row: _OF_CHANGE[ChangeKind(row.change)]),
    Column("WHAT", what_changed, wraps=True, widest=140),
    Column("DOCUMENT OF", lambda row: row.document_updated or "", from_width=WIDE),
)


# -- differences ------------------------------------------------------------------------------------


def _difference(row: Difference) -> str:
    return f"{row.difference}, ignored" if row.ignored is not None else row.difference


def _of_difference(row: Difference) -> str:
    return QUIET if row.ignored is not None else ""


def _of_its_kind(row: Difference) -> str:
    if row.ignored is not None:
        return QUIET
    return BAD if row.is_conflict else WARNING


def _where(row: Difference) -> str:
    if row.difference is DifferenceKind.CONFLICT:
        single = row.first == row.last
        return ", ".join(f"in use {'' if single else f'for {use.code} '}{use.said}" for use in row.in_use)
    if row.difference is DifferenceKind.UNREGISTERED:
        return f"{', '.join(row.documented_in)} ({row.assignment or 'no record'})"
    lacking = zip(row.missing_from, row.blocks, strict=True)
    return ", ".join(f"{name} (only the block {block})" if block else name for name, block in lacking)


DIFFERENCES: tuple[Column[Difference], ...] = (
    Column("CODE", _code, _of_difference),
    Column("DIFFERENCE", _difference, _of_its_kind),
    Column("NAME", lambda row: row.description, _of_difference, wraps=True),
    Column("REGISTERED", lambda row: row.registered_on or "", _of_difference, from_width=WIDE),
    Column("WHERE", _where, _of_difference, wraps=True),
    Column("IGNORED", lambda row: row.ignored or "", _of_difference, wraps=True, from_width=WIDE),
)
