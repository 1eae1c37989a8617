"""What a terminal so many cells wide shows: tables, rows below each other, sheets, one screen."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, Group

from sync.escape import shown
from sync.show import drawing
from sync.show.render import Column, Entry, Sheet

HOSTILE = "\x1b[31m\x9b31m\u202e\r\n\t[bold]red[/bold] :smile: \u2028"
CJK = "通常のクローズ" * 5


@dataclass(frozen=True)
class Fact:
    """A row of a test."""

    code: str
    name: str = ""
    state: str = ""
    where: str = ""
    seen: str = ""


COLUMNS: tuple[Column[Fact], ...] = (
    Column("CODE", lambda fact: fact.code),
    Column("NAME", lambda fact: fact.name, wraps=True, widest=90),
    Column("STATE", lambda fact: fact.state),
    Column("WHERE", lambda fact: fact.where, wraps=True),
    Column("SEEN", lambda fact: fact.seen, from_width=60),
)


def console(width: int) -> Console:
    return Console(
        file=io.StringIO(), width=width, force_terminal=True, color_system=None, _environ={"TERM": "xterm"}
    )


def drawn(renderable: Any, width: int) -> list[str]:  # noqa: ANN401  # whatever rich can draw
    """What a terminal so wide shows, without colour."""
    terminal = console(width)
    with terminal.capture() as captured:
        terminal.print(renderable)
    return [line.rstrip() for line in captured.get().splitlines()]


def table(facts: list[Fact], width: int) -> list[str]:
    return drawn(drawing.table(COLUMNS, facts, console(width)), width)


# -- tables -----------------------------------------------------------------------------------------


def test_a_table_has_a_line_below_its_headings_and_no_other() -> None:
    assert table([Fact("1000", "Normal", "yes"), Fact("3000", "通常", "no")], 80) == [
        "CODE  NAME    STATE",
        "───────────────────",
        "1000  Normal  yes",
        "3000  通常    no",
    ]


def test_a_column_that_is_empty_from_top_to_bottom_is_left_out() -> None:
    assert table([Fact("1"), Fact("2", where="here")], 80)[0] == "CODE  WHERE"


def test_a_narrow_terminal_shows_the_columns_it_has_room_for() -> None:
    facts = [Fact("1000", "Normal", "yes", "here", "2026-01-01 12:00")]
    assert table(facts, 60)[0].endswith("SEEN")
    assert "SEEN" not in table(facts, 59)[0]


def test_a_column_that_has_no_room_beside_the_others_is_left_out_before_text_is_cut() -> None:
    fact = Fact(
        "1000", "word " * 20, "a state that is quite long and not wrapped", "here", "2026-01-01 12:00"
    )
    lines = table([fact], 70)
    assert "SEEN" not in lines[0]
    assert any(fact.state in line for line in lines)


def test_long_text_is_wrapped_whole() -> None:
    text = "a name that is longer than the terminal is wide"
    assert " ".join(line[3:].strip() for line in table([Fact("1", text)], 30)[2:]).split() == text.split()


def test_where_no_table_fits_each_row_stands_below_the_one_before_it() -> None:
    facts = [
        Fact("2026-01-01 12:00", "Unauthorized", "registered", "in a list of codes"),
        Fact("2026-01-02 12:00", "", "withdrawn", "nowhere"),
        Fact("2026-01-03 12:00", "Last", "gone"),
    ]
    assert table(facts, 30) == [
        "2026-01-01 12:00  registered",
        "  Unauthorized",
        "  where: in a list of codes",
        "2026-01-02 12:00  withdrawn",
        "  nowhere",
        "2026-01-03 12:00  gone",
        "  Last",
    ]


@settings(max_examples=40)
@given(
    st.sampled_from([10, 20, 40, 59, 60, 80, 120, 200]),
    st.lists(
        st.builds(
            Fact,
            st.text("0123456789-", min_size=1, max_size=9),
            *[st.text(st.characters(exclude_categories=["Cs"]), max_size=40) for _ in range(3)],
        ),
        min_size=1,
        max_size=3,
    ),
)
@example(40, [Fact("1000", CJK, "no, flagged", "x" * 150)])
@example(80, [Fact("1000", HOSTILE, HOSTILE, HOSTILE)])
def test_no_line_is_too_wide_and_no_letter_is_lost(width: int, facts: list[Fact]) -> None:
    lines = table(facts, width)
    assert all(cell_len(line) <= width for line in lines)
    shows = "".join("".join(lines).split())
    for fact in facts:
        for letter in "".join(f"{shown(fact.code)}{shown(fact.name)}{shown(fact.state)}".split()):
            assert letter in shows


def test_text_wider_than_its_letters_is_wrapped_whole() -> None:
    lines = table([Fact("1", CJK)], 30)
    assert "".join(line[3:].strip() for line in lines[2:]) == CJK
    assert all(cell_len(line) <= 30 for line in lines)


def test_what_an_encoding_lacks_is_as_wide_as_it_is_spelled_out() -> None:
    poor = Console(file=io.TextIOWrapper(io.BytesIO(), "latin-1"), width=40, color_system=None)
    with poor.capture() as captured:
        poor.print(drawing.table(COLUMNS, [Fact("1000", "通常", "yes"), Fact("3000", "é", "no")], poor))
    assert [line.split() for line in captured.get().splitlines()[2:]] == [
        ["1000", "|\\u901a\\u5e38", "|yes"],
        ["3000", "|é", "|no"],
    ]
    assert len({line.rindex("|") for line in captured.get().splitlines()[2:]}) == 1


def test_markup_controls_and_emoji_codes_are_text() -> None:
    assert table([Fact("1", HOSTILE)], 200)[2].rstrip() == f"1     {shown(HOSTILE)}".rstrip()
    stacked = drawing.table(COLUMNS, [Fact("1", "[bold]x[/bold]", "s" * 30)], console(20))
    assert isinstance(stacked, Group)
    assert "  [bold]x[/bold]" in drawn(stacked, 20)


# -- sheets -----------------------------------------------------------------------------------------

SHEET = Sheet(
    "3000",
    [
        Entry("reference", ["RFC 6455", "[bold]x[/bold]"]),
        Entry("flagged", ["since " + "then " * 20 + "now"], "yellow"),
        Entry("history", ["2026-01-01  the name of what has happened"]),
    ],
)


def sheet(of: Sheet, width: int, height: int | None = None) -> list[str]:
    return [line.plain.rstrip() for line in drawing.sheet(of, console(width), height=height)]


def test_a_sheet_is_wrapped_beside_its_labels_and_what_goes_on_is_indented() -> None:
    lines = sheet(SHEET, 40)
    assert lines[:4] == [
        "reference  RFC 6455",
        "           [bold]x[/bold]",
        "flagged    since then then then then",
        "             then then then then then",
    ]
    assert lines[-2:] == [
        "history    2026-01-01  the name of what",
        "                       has happened",
    ]
    assert all(len(line) <= 40 for line in lines)


def test_on_a_very_narrow_terminal_the_labels_stand_above() -> None:
    lines = sheet(SHEET, 20)
    assert lines[:4] == ["reference", "  RFC 6455", "  [bold]x[/bold]", "flagged"]
    assert all(len(line) <= 20 for line in lines)


def test_a_sheet_that_fits_is_not_shortened() -> None:
    whole = sheet(SHEET, 40)
    assert sheet(SHEET, 40, len(whole)) == whole


def test_one_that_does_not_fit_has_its_long_lines_cut_first() -> None:
    assert sheet(SHEET, 40, 4) == [
        "reference  RFC 6455",
        "           [bold]x[/bold]",
        "flagged    since then then then then th…",
        "history    2026-01-01  the name of what…",
    ]


def test_then_entries_tell_how_much_more_there_is_but_the_first_and_the_last() -> None:
    lines = [f"line {number}" for number in range(1, 6)]
    crowded = Sheet("", [Entry("first", lines[:3]), Entry("between", lines), Entry("last", lines[:4])])
    assert sheet(crowded, 80, 9) == [
        "first    line 1",
        "         line 2",
        "         line 3",
        "between  line 1",
        "         and 4 more",
        "last     line 1",
        "         line 2",
        "         line 3",
        "         line 4",
    ]
