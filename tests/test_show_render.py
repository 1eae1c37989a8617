"""Answers as text: each format says what the rows say, and no text from outside gets out of its cell."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from sync.escape import csv_cell, shown
from sync.show.render import (
    Column,
    Entry,
    Sheet,
    as_csv,
    as_data,
    as_json,
    as_text,
    counted,
    sheet_text,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
HOSTILE = "\x1b[31m\x9b31m\u202e\r\n\t[bold]red[/bold] :smile: \u2028"
AT = datetime(2026, 11, 22, 17, 24, 58, tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """A row of a test."""

    code: int
    name: str
    fine: bool | None = None
    at: datetime | None = None
    where: tuple[str | None, ...] = ()


COLUMNS: tuple[Column[Fact], ...] = (
    Column("CODE", lambda fact: str(fact.code)),
    Column("NAME", lambda fact: fact.name, wraps=True, widest=90),
    Column("WHERE", lambda fact: ", ".join(filter(None, fact.where)), from_width=100),
)
FACTS = [Fact(1000, "Normal", where=("here",)), Fact(3000, "通常のクローズ"), Fact(4000, "[bold]x[/bold]")]


# -- JSON -------------------------------------------------------------------------------------------


def test_data_has_the_named_attributes_in_each_format() -> None:
    facts = FACTS[:1]
    assert json.loads(as_data(("code", "name"), facts, "json")) == [{"code": 1000, "name": "Normal"}]
    assert as_data(("code", "name"), facts, "csv") == "code,name\n1000,Normal"
    assert as_data(("code", "name"), facts, "tsv") == "code\tname\n1000\tNormal"


def test_json_has_names_times_and_truth_values() -> None:
    fact = Fact(3000, "Unauthorized", fine=True, at=AT, where=("here", None))
    assert json.loads(as_json([fact])) == [
        {
            "code": 3000,
            "name": "Unauthorized",
            "fine": True,
            "at": "2026-11-22T17:24:58Z",
            "where": ["here", None],
        }
    ]


def test_json_of_nothing_is_an_empty_list() -> None:
    assert as_json([]) == "[]"


@given(TEXTS)
@example(HOSTILE)
def test_json_says_every_text_exactly_and_shows_none_that_is_dangerous(text: str) -> None:
    document = as_json({"name": text})
    assert json.loads(document) == {"name": text}
    assert all(shown(line) == line for line in document.split("\n"))


def test_json_keeps_readable_text_readable() -> None:
    assert "通常のクローズ" in as_json(FACTS)


# -- CSV, TSV ---------------------------------------------------------------------------------------


def test_csv_has_a_line_of_names_and_the_views_values() -> None:
    facts = [Fact(3000, "A, B", fine=True, at=AT, where=("x", None, "y")), Fact(3001, "", fine=False)]
    assert as_csv(["code", "name", "fine", "at", "where"], facts) == (
        'code,name,fine,at,where\n3000,"A, B",1,2026-11-22T17:24:58Z,x; ; y\n3001,,0,,'
    )


def test_csv_of_nothing_is_the_names() -> None:
    assert as_csv(["code", "name"], []) == "code,name"


@pytest.mark.parametrize("delimiter", [",", "\t"])
@given(texts=st.lists(TEXTS, min_size=1))
@example(texts=[HOSTILE, "=1+1", '"', "a\tb,c"])
def test_every_cell_comes_back_safe_and_in_its_place(delimiter: str, texts: list[str]) -> None:
    facts = [Fact(number, text) for number, text in enumerate(texts)]
    written = as_csv(["code", "name", "at"], facts, delimiter=delimiter)
    read = list(csv.reader(io.StringIO(written), delimiter=delimiter))
    assert read == [["code", "name", "at"], *([str(f.code), csv_cell(f.name), ""] for f in facts)]


def test_a_list_is_no_formula_either() -> None:
    assert as_csv(["where"], [Fact(1, "", where=("=1", "b"))]) == "where\n'=1; b"


# -- tables in a pipe -------------------------------------------------------------------------------


def test_a_table_in_a_pipe_is_aligned_by_spaces_and_has_every_column() -> None:
    assert as_text(COLUMNS, FACTS).split("\n") == [
        "CODE  NAME            WHERE",
        "1000  Normal          here",
        "3000  通常のクローズ",
        "4000  [bold]x[/bold]",
    ]


def test_a_table_in_a_pipe_cuts_and_wraps_nothing() -> None:
    assert f"\n1     {'long ' * 100}long" in as_text(COLUMNS, [Fact(1, "long " * 100 + "long")])


def test_a_table_of_nothing_is_nothing() -> None:
    assert as_text(COLUMNS, []) == ""


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1))
def test_columns_begin_at_one_cell_whatever_is_in_them(texts: list[tuple[str, str]]) -> None:
    facts = [Fact(9, name, where=(where,)) for name, where in texts]
    lines = as_text((COLUMNS[1], COLUMNS[2]), facts).split("\n")
    assert len(lines) == len(facts) + 1
    widest = max(cell_len("NAME"), *(cell_len(shown(name)) for name, _ in texts))
    for line, (name, where) in zip(lines[1:], texts, strict=True):
        gap = " " * (widest - cell_len(shown(name)) + 2)
        assert line == f"{shown(name)}{gap}{shown(where)}".rstrip(" ")


# -- sheets -----------------------------------------------------------------------------------------

SHEET = Sheet(
    "3000  Un\x1bauthorized",
    [
        Entry("reference", ["RFC 6455", "[bold]x[/bold]"]),
        Entry("flagged", ["since " + "then " * 20 + "now"], "yellow"),
    ],
)


def test_a_sheet_in_a_pipe_has_one_line_for_each_thing_said() -> None:
    assert sheet_text(SHEET).split("\n") == [
        "3000  Un\\u001bauthorized",
        "reference  RFC 6455",
        "           [bold]x[/bold]",
        "flagged    since " + "then " * 20 + "now",
    ]


def test_a_sheet_of_nothing_is_its_title() -> None:
    assert sheet_text(Sheet("40000: no record")) == "40000: no record"


def test_numbers_agree_with_their_nouns() -> None:
    assert [counted(n, "row", "rows") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
