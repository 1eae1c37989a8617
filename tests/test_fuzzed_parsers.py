"""Whatever the two parsers are given, only the documented errors come out of them (`sync.errors`).

Real-looking documents and pages are made by a grammar, and then bytes of them are changed, moved and dropped.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders import document, registry, row
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sampling import share

from sync.errors import DocumentUnusable, NotADocument, RegistryUnusable, TableUnusable
from sync.intervals import MAX_VALUE
from sync.parse_documented.table import parse_documented
from sync.parse_registry.document import parse_document
from sync.sources import read_bundled
from sync.watches import CLOSE_CODES

MANY = len(share(range(20_000)))
"""Documents, and pages, in the matrix."""

# -- what documents and pages are made of --------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
numbers = st.integers(-2, 70_000).map(str) | st.sampled_from(
    ["0x10", "9" * 30, "1000-", "\u0663", "", "1e3", "+5"]
)
values = numbers | st.builds("{}-{}".format, numbers, numbers) | texts
dates = st.none() | st.dates().map(str) | st.sampled_from(["2022-01-", "yesterday"]) | texts
rows = st.builds(row, st.none() | values, st.none() | texts, date=dates, updated=dates)
documents = st.builds(
    document,
    st.lists(rows, max_size=8),
    updated=dates,
    registry_id=st.sampled_from(["close-code-number", " close-code-number ", "opcode", ""]),
    other=st.just("") | st.lists(rows, max_size=2).map(registry) | st.just("<!DOCTYPE a>"),
)
cells = (
    values
    | texts
    | st.sampled_from(["|", "`1000`", "[1000](x)", "<code>1000</code>", "**3000**", "1000, 1001"])
)
tables = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=8)


def markdown(table: list[list[str]]) -> str:
    """The table as a Markdown page has it."""
    lines = ["| " + " | ".join(cells) + " |" for cells in [["Status code", "Name"], ["---", "---"], *table]]
    return "# Codes\n\n" + "\n".join(lines) + "\n"


def html(table: list[list[str]]) -> str:
    """The table as an HTML page has it."""
    lines = ["<tr>" + "".join(f"<td rowspan=2>{cell}" for cell in cells) for cells in table]
    return "<html><body><table><tr><th>Code<th>Name</tr>" + "\n".join(lines) + "</table>"


def rst(table: list[list[str]]) -> str:
    """The table as a reStructuredText page has it."""
    lines = ["   * - " + "\n     - ".join(cells) for cells in [["Code", "Name"], *table]]
    return ".. list-table::\n   :header-rows: 1\n\n" + "\n".join(lines) + "\n"


def delimited(table: list[list[str]]) -> str:
    """The table as a delimited file has it."""
    return "\n".join(",".join(cells) for cells in [["code", "name"], *table]) + "\n"


def json_file(table: list[list[str]]) -> str:
    """The table as a JSON file has it, or nearly so."""
    return "[" + ",".join(f'{{"code": {cells[0]}, "name": "{cells[-1]}"}}' for cells in table) + "]"


PAGES: dict[str, Callable[[list[list[str]]], str]] = {
    "page.md": markdown,
    "page.html": html,
    "page.rst": rst,
    "page.csv": delimited,
    "page.tsv": lambda table: delimited(table).replace(",", "\t"),
    "page.json": json_file,
    "page": markdown,
}


@st.composite
def mutated(draw: st.DrawFn, bodies: st.SearchStrategy[bytes]) -> bytes:
    """A body that something happened to: bytes changed, dropped, repeated, moved, cut off."""
    body = bytearray(draw(bodies))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(body)))
        end = draw(st.integers(begin, min(len(body), begin + 64)))
        match draw(st.sampled_from(["change", "drop", "repeat", "move", "cut"])):
            case "change":
                body[begin:end] = draw(st.binary(max_size=8))
            case "drop":
                del body[begin:end]
            case "repeat":
                body[begin:begin] = body[begin:end] * draw(st.integers(1, 50))
            case "move":
                piece = body[begin:end]
                del body[begin:end]
                place = draw(st.integers(0, len(body)))
                body[place:place] = piece
            case "cut":
                del body[end:]
    return bytes(body)


# -- what comes out of them ----------------------------------------------------------------------------


def registry_is_sound_or_refused(body: bytes) -> None:
    """Only the documented errors; and what is read keeps what a RegistrySnapshot promises."""
    first, last = CLOSE_CODES.bounds
    try:
        read = parse_document(body).registry(CLOSE_CODES.registry_id, CLOSE_CODES.bounds)
    except (DocumentUnusable, NotADocument, RegistryUnusable) as e:
        is_short(str(e))
        return
    assert read.records
    ends = [first - 1, *(value for record in read.records for value in (record.first, record.last))]
    assert all(one < other for one, other in zip(ends[::2], ends[1::2], strict=False))
    assert all(record.first <= record.last <= last for record in read.records)
    assert all(record.content.description for record in read.records)
    for aside in read.set_aside:
        assert aside.reason.isprintable()
        assert (aside.first is None) == (aside.last is None)
        assert aside.first is None or 0 <= aside.first <= (aside.last or 0) <= MAX_VALUE


def is_short(said: str) -> None:
    """A reason is a line that a person can read."""
    assert len(said) < 1000
    assert "\n" not in said


def table_is_sound_or_refused(body: bytes, name: str) -> None:
    """Only the documented error; and what is read keeps within the bounds."""
    assert CLOSE_CODES.watched
    first, last = CLOSE_CODES.bounds
    try:
        table = parse_documented(body, name=name, bounds=CLOSE_CODES.bounds, watched=CLOSE_CODES.watched)
    except TableUnusable as e:
        is_short(str(e))
        return
    assert table.values
    assert all(first <= value.first <= value.last <= last for value in table.values)


@given(mutated(documents | st.just(read_bundled("close-codes.xml"))))
@example(b"")
def test_documents(body: bytes) -> None:
    registry_is_sound_or_refused(body)


@given(mutated(tables.map(markdown).map(str.encode)))
def test_anything_as_a_document(body: bytes) -> None:
    registry_is_sound_or_refused(body)


@pytest.mark.parametrize("name", PAGES)
@given(data=st.data())
def test_pages(name: str, data: st.DataObject) -> None:
    table_is_sound_or_refused(data.draw(mutated(tables.map(PAGES[name]).map(str.encode))), name)


@pytest.mark.parametrize("name", PAGES)
@given(body=mutated(documents) | st.binary())
def test_anything_as_a_page(name: str, body: bytes) -> None:
    table_is_sound_or_refused(body, name)


DEEP = {
    "page.md": "> " * 20_000 + "| 1000 | a |",
    "page.html": "<table>" + "<tr><td>" * 20_000 + "1000",
    "page.rst": "\n".join(" " * (3 * n) + "* a" for n in range(300)),
    "page.json": "[" * 100_000,
    "page.csv": "code,name\n" + "1000," + '"' * 100_001,
    "page": "*" * 100_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_nesting_breaks_no_parser(name: str) -> None:
    table_is_sound_or_refused(DEEP[name].encode(), name)


@pytest.mark.matrix
@settings(max_examples=MANY)
@given(mutated(documents | st.just(read_bundled("close-codes.xml"))))
def test_documents_by_the_thousand(body: bytes) -> None:
    registry_is_sound_or_refused(body)


@pytest.mark.matrix
@pytest.mark.parametrize("name", PAGES)
@settings(max_examples=MANY // len(PAGES))
@given(data=st.data())
def test_pages_by_the_thousand(name: str, data: st.DataObject) -> None:
    table_is_sound_or_refused(data.draw(mutated(tables.map(PAGES[name]).map(str.encode))), name)
