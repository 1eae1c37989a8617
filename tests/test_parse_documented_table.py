"""Pages that document values: every shape that is met, which table is the right one, and what is refused.

`data/documented/` holds the pages; beside each stands the table that is expected of it, with the line of the
page that each row comes from.
"""

from __future__ import annotations

import csv
import json
import string
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.errors import TableMissing, TableUnusable
from sync.parse_documented.table import MAX_BYTES, mentions_values, parse_documented
from sync.records import DocumentedTable

BOUNDS = (0, 65535)
WATCHED = (3000, 3999)
DATA = Path(__file__).parent / "data" / "documented"
PAGES = sorted(path for path in DATA.iterdir() if not path.name.endswith(".expected.csv"))

Row = tuple[int | None, int, int, str]
"""Line, first, last, name."""


def parse(page: str | bytes, name: str) -> DocumentedTable:
    body = page.encode() if isinstance(page, str) else page
    return parse_documented(body, name=name, bounds=BOUNDS, watched=WATCHED)


def mentioned(page: str | bytes, name: str) -> bool:
    body = page.encode() if isinstance(page, str) else page
    return mentions_values(body, name=name, watched=WATCHED)


def rows(table: DocumentedTable) -> list[Row]:
    return [(value.line, value.first, value.last, value.name) for value in table.values]


def values(table: DocumentedTable) -> list[tuple[int, int]]:
    return [(value.first, value.last) for value in table.values]


def expected(page: Path) -> list[Row]:
    with page.with_name(f"{page.name}.expected.csv").open(encoding="utf-8", newline="") as file:
        return [
            (int(row["line"]), int(row["first"]), int(row["last"]), row["name"])
            for row in csv.DictReader(file)
        ]


# -- shapes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_shape_is_read_with_its_lines(page: Path) -> None:
    assert rows(parse(page.read_bytes(), page.name)) == expected(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("name", ["codes", "codes.txt", "/en-US/docs/v1.2"])
def test_without_a_suffix_the_content_says_the_format(page: Path, name: str) -> None:
    assert rows(parse(page.read_bytes(), name)) == expected(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("own", [True, False], ids=["its suffix", "no suffix"])
def test_each_shape_is_let_through_by_the_prefilter(page: Path, own: bool) -> None:
    assert mentioned(page.read_bytes(), page.name if own else "codes")


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("A.CSV", "3000,a\n4000,b\n"),
        ("a.Tsv", "3000\ta\n4000\tb\n"),
        ("A.HTM", "<ul><li>3000: a\n\n    <li>4000: b</ul>\n"),
        ("a.rST", "- :code:`3000` a\n- ``4000`` b\n"),
        ("a.Markdown", "- `3000`: a\n- <b>4000</b>: b\n"),
    ],
)
def test_a_suffix_says_the_format_in_any_case(name: str, page: str) -> None:
    assert values(parse(page, name)) == [(3000, 3000), (4000, 4000)]


def test_html_in_the_middle_of_a_markdown_paragraph_keeps_its_lines() -> None:
    page = "The codes: <ul>\n<li>3000: a</li>\n<li>3003: b</li>\n</ul>\n"
    assert rows(parse(page, "page.md")) == [(2, 3000, 3000, "a"), (3, 3003, 3003, "b")]


def test_lines_of_blanks_before_the_headings_of_a_file() -> None:
    assert rows(parse("  \n,,\nname,code\na,3000\n", "page.csv")) == [(4, 3000, 3000, "a")]


def test_columns_beyond_the_limit_are_not_looked_at() -> None:
    page = '<table><tr><td colspan="{0}">a<td>Code<tr><td colspan="{0}">a<td>3000</table>'
    assert values(parse(page.format(63), "page.html")) == [(3000, 3000)]
    with pytest.raises(TableUnusable, match="no table of values found"):
        parse(page.format(64), "page.html")


def test_the_real_page_has_these_values_and_no_others(shared: Path) -> None:
    body = (shared / "documented-tables" / "mdn-ja-2022.md").read_bytes()
    table = parse(body, "mdn-ja-2022.md")
    lines = body.decode().split("\n")
    assert [value.first for value in table.values if value.is_single] == list(range(1000, 1016))
    assert [(value.first, value.last) for value in table.values if not value.is_single] == [
        (0, 999),
        (1016, 2999),
        (3000, 3999),
        (4000, 4999),
    ]
    for value in table.values:
        assert value.line is not None
        assert lines[value.line - 1].strip() == "<tr>"
        assert f"<td><code>{value.first}</code>" in lines[value.line]
    assert mentioned(body, "mdn-ja-2022.md")


def test_the_bundled_table_says_what_the_real_page_says(shared: Path) -> None:
    page = parse((shared / "documented-tables" / "mdn-ja-2022.md").read_bytes(), "mdn-ja-2022.md")
    bundled = parse((files("sync") / "bundled" / "close-codes.csv").read_bytes(), "close-codes.csv")
    assert [row[1:] for row in rows(bundled)] == [row[1:] for row in rows(page)]


# -- cells ------------------------------------------------------------------------------------------


def cell(text: str) -> list[tuple[int, int]]:
    """What the text says in a column of values, between two that can be read."""
    page = json.dumps([{"code": 4000}, {"code": text}, {"code": 4001}])
    found = values(parse(page, "page.json"))
    assert (found[0], found[-1]) == ((4000, 4000), (4001, 4001))
    return found[1:-1]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3000", [(3000, 3000)]),
        ("\u00a03000\u200b ", [(3000, 3000)]),
        ("30\u00ad00", [(3000, 3000)]),
        ("1,000", [(1000, 1000)]),
        ("\uff13\uff10\uff10\uff10", [(3000, 3000)]),
        ("3000-3999", [(3000, 3999)]),
        ("0 \u2013 999", [(0, 999)]),
        ("3000 --- 3999", [(3000, 3999)]),
        ("3000..3999", [(3000, 3999)]),
        ("3000 to 3999", [(3000, 3999)]),
        ("3000 through 3999", [(3000, 3999)]),
        ("\uff13\uff10\uff10\uff10\uff5e\uff13\uff19\uff19\uff19", [(3000, 3999)]),
        ("3000, 3003", [(3000, 3000), (3003, 3003)]),
        ("3000,3003", [(3000, 3000), (3003, 3003)]),
        ("3000\u30013003", [(3000, 3000), (3003, 3003)]),
        ("3000; 3003-3008 and 3010", [(3000, 3000), (3003, 3008), (3010, 3010)]),
        ("3000, 3003, and 3008", [(3000, 3000), (3003, 3003), (3008, 3008)]),
        ("3000\n3003", [(3000, 3000), (3003, 3003)]),
        ("999,1000", [(999, 999), (1000, 1000)]),
        ("3000[^1]", [(3000, 3000)]),
        ("3000 [1]", [(3000, 3000)]),
        ("3000[a] \u2013 3999[note 2]", [(3000, 3999)]),
        ("3000\u00b9", [(3000, 3000)]),
        ("3000*\u2020", [(3000, 3000)]),
        ("3000 {{Deprecated}}", [(3000, 3000)]),
        ("3000 (reserved)", [(3000, 3000)]),
        ("3000\n(reserved)", [(3000, 3000)]),
        ("3000:", [(3000, 3000)]),
    ],
)
def test_what_a_cell_says(text: str, read: list[tuple[int, int]]) -> None:
    assert cell(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\u20131014",  # the start of the range is lost
        "1014-",
        "-1014",
        "3999-3000",
        "3000-70000",
        "65536",
        "0x0bb8",
        "3000 ms",
        "3e3",
        "3000.5",
        "2024-01-02",
        "10 000",  # one number, or two
        "100,200",  # one number that is too large, or two
        "RFC 6455",
        "about 3000",
        "3000, maybe",
        "9" * 5000,
        "3000, " * 300 + "3000",
    ],
)
def test_what_no_cell_says(text: str) -> None:
    assert cell(text) == []


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("<code>3000</code>&ndash;<code>3999</code>", [(3000, 3999)]),
        ("3000 &mdash;\n        3999", [(3000, 3999)]),
        ("<code>3000</code>\n-\n<code>3999</code>", [(3000, 3999)]),
        ("<a href='#1'><i>&#51;000</i></a>&nbsp;", [(3000, 3000)]),
        ("30<!-- 1 -->0<wbr>0", [(3000, 3000)]),
        ("3000<sup>1</sup>", [(3000, 3000)]),
        ("3000<sup><a href='#n'>[note 1]</a></sup>", [(3000, 3000)]),
        ("3000<sup>rd</sup>", []),
        ("3000<br>3003", [(3000, 3000), (3003, 3003)]),
        ("<p>3000</p><p>3003</p>", [(3000, 3000), (3003, 3003)]),
        ("<div>3000<table><tr><td>9</td></tr></table></div>", [(3000, 3000)]),
        ("3000<script>1</script>", [(3000, 3000)]),
    ],
)
def test_what_a_cell_of_html_says(markup: str, read: list[tuple[int, int]]) -> None:
    page = f"<table><tr><td>Code<tr><td>4000</td><tr><td>{markup}</td><tr><td>4001</table>"
    assert values(parse(page, "page.html")) == [(4000, 4000), *read, (4001, 4001)]


@pytest.mark.parametrize(
    ("item", "row"),
    [
        ("3000: Unauthorized", (3000, 3000, "Unauthorized")),
        ("3000\uff1a\u8a8d\u8a3c", (3000, 3000, "\u8a8d\u8a3c")),
        ("`3000` - Unauthorized", (3000, 3000, "Unauthorized")),
        ("**3000** (Unauthorized)", (3000, 3000, "Unauthorized")),
        ("3000[^1] = Unauthorized", (3000, 3000, "Unauthorized")),
        ("3000 Unauthorized", (3000, 3000, "Unauthorized")),
        ("3000-3999: libraries", (3000, 3999, "libraries")),
        ("`3000`\u2013`3999` \u2014 libraries", (3000, 3999, "libraries")),
        ("3000", (3000, 3000, "")),
    ],
)
def test_what_an_item_says(item: str, row: tuple[int, int, str]) -> None:
    page = f"- 4000: one\n- {item}\n- 4001: two\n- 3500: three\n"
    assert rows(parse(page, "page.md"))[1] == (2, *row)


@pytest.mark.parametrize(
    "item", ["2024-01-02: released", "3000ms: slow", "see 3000", "3.1: new", "0x10: hex"]
)
def test_what_no_item_says(item: str) -> None:
    page = f"- 4000: one\n- {item}\n- 4001: two\n- 3500: three\n"
    assert values(parse(page, "page.md")) == [(4000, 4000), (4001, 4001), (3500, 3500)]


def test_an_item_that_begins_with_something_else_is_none() -> None:
    others = ["```\n  3001\n  ```", "> 3002: a quotation", "1. 3003: one of several", "- 3004: the same"]
    page = "".join(f"- {text}\n" for text in ("3000: a", *others, "3005: b", "3006: c", "3007: d", "3008: e"))
    assert values(parse(page, "page.md")) == [(code, code) for code in (3000, 3005, 3006, 3007, 3008)]


def test_an_item_of_rst_that_begins_with_something_else_is_none() -> None:
    page = "* 3000: a\n* 3001: b\n* ::\n\n     3002\n\n* 1. 3003: one of several\n\n* 3004: c\n"
    assert values(parse(page, "page.rst")) == [(3000, 3000), (3001, 3001), (3004, 3004)]


@pytest.mark.parametrize("name", ["page.md", "page.rst"])
def test_an_ordered_list_counts_its_items(name: str) -> None:
    with pytest.raises(TableMissing):
        parse("Codes\n\n1. 3000: a\n2. 3001: b\n", name)


def test_names_are_folded_and_can_be_stored() -> None:
    page = r'[{"code": 3000, "name": " a\u0000\n b\ud800 [^1]"}]'
    assert rows(parse(page, "page.json")) == [(1, 3000, 3000, "a\ufffd b\ufffd")]


def test_of_rows_for_the_same_value_the_first_counts() -> None:
    page = "code,name\n3000,one\n3000-3999,block\n3000,two\n3000-3999,block\n"
    assert rows(parse(page, "page.csv")) == [(2, 3000, 3000, "one"), (3, 3000, 3999, "block")]


# -- the right table --------------------------------------------------------------------------------


def table(heading: str, *codes: object) -> str:
    """A Markdown table of these codes; it takes two lines and one for each code."""
    return "\n".join([f"| {heading} | what |", "|---|---|", *(f"| {code} | x |" for code in codes), ""])


CLOSE_CODES = table("Status code", "0-999", *range(1000, 1016), "3000-3999", "4000-4999")
HTTP_STATUSES = table("Status code", 100, 200, 301, 404, 500, 599)
PORTS = table("Port", 22, 80, 443, 3000, 8080, 65535)
DEVELOPMENT_PORTS = table("Port", 3000, 3306, 5432, 8080)
YEARS = table("Year", *range(2015, 2025))
OFFSETS = table("Offset", 0, 4, 8, 16, 1024, 4096)
UNRELATED = {
    "HTTP statuses": HTTP_STATUSES,
    "ports": PORTS,
    "years": YEARS,
    "offsets": OFFSETS,
    "numbers and words": table("Code", "one", "two", 3000, "four"),
    "one number": table("Size", 3000),
    "reversed and too large": table("Code", "3999-3000", 70000),
    "nothing": "Codes are 3000 to 3999.\n",
}


@pytest.mark.parametrize("page", UNRELATED.values(), ids=UNRELATED)
def test_other_numbers_are_no_table_of_values(page: str) -> None:
    with pytest.raises(TableMissing, match=r"^codes\.md: no table of values found; .* 3000-3999 "):
        parse(page, "codes.md")


@pytest.mark.parametrize(
    "other",
    [HTTP_STATUSES, PORTS, DEVELOPMENT_PORTS, YEARS, OFFSETS],
    ids=["http", "ports", "dev", "years", "offsets"],
)
def test_a_table_of_other_numbers_on_the_page_changes_nothing(other: str) -> None:
    alone = values(parse(CLOSE_CODES, "page.md"))
    assert len(alone) == 19
    assert values(parse(f"{CLOSE_CODES}\n{other}", "page.md")) == alone
    assert values(parse(f"{other}\n{CLOSE_CODES}", "page.md")) == alone


def test_another_registry_finds_its_own_table_on_the_page() -> None:
    body = (DATA / "several-tables.html").read_bytes()
    found = parse_documented(body, name="page.html", bounds=(100, 599), watched=(400, 499))
    assert values(found) == [(200, 200), (404, 404), (503, 503)]


def test_headings_need_no_watched_value() -> None:
    assert values(parse(table("Code", 1000, 1001), "page.md")) == [(1000, 1000), (1001, 1001)]


def test_watched_values_need_no_headings() -> None:
    assert values(parse(table("", 1000, "3000-3999"), "page.md")) == [(1000, 1000), (3000, 3999)]


@pytest.mark.parametrize("before", ["Close codes:", "## Close codes"])
def test_what_stands_before_a_list_is_its_heading(before: str) -> None:
    items = "- 1000: done\n- 1001: gone\n"
    assert values(parse(f"{before}\n\n{items}", "page.md")) == [(1000, 1000), (1001, 1001)]
    for other in ("History:", f"{before} {'or else ' * 30}", f"{before}\n\n***"):
        with pytest.raises(TableUnusable, match="no table of values found"):
            parse(f"{other}\n\n{items}", "page.md")


def test_the_column_headed_as_values_may_be_any() -> None:
    page = "name,HTTP code,code\nForbidden,403,3003\nTimeout,408,3008\n"
    assert rows(parse(page, "page.csv")) == [(2, 3003, 3003, "Forbidden"), (3, 3008, 3008, "Timeout")]


def test_a_table_of_codes_is_better_than_one_of_their_blocks() -> None:
    blocks = table("Code", "0-999", "1000-2999", "3000-3999", "4000-4999")
    codes = table("Code", 1000, 3000)
    assert values(parse(f"{blocks}\n{codes}", "page.md")) == [(1000, 1000), (3000, 3000)]


def test_two_equally_good_tables_are_an_error_that_names_both_lines() -> None:
    page = f"{table('Code', 3000, 3003)}\n{YEARS}\n{table('Code', 3000, 3008)}"
    with pytest.raises(TableUnusable, match=r"on line 1 and on line 19, could both be meant"):
        parse(page, "page.md")


def test_better_in_one_way_and_worse_in_another_is_an_error_too() -> None:
    page = f"{table('Code', 1000, 1001)}\n{table('Number', 3000, 3003)}"
    with pytest.raises(TableUnusable, match=r"on line 1 and on line 6, could both be meant"):
        parse(page, "page.md")


# -- bytes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_encodings_and_line_ends(page: Path, encoding: str, line_end: str) -> None:
    body = page.read_text(encoding="utf-8").replace("\n", line_end).encode(encoding)
    assert rows(parse(body, page.name)) == expected(page)
    assert mentioned(body, page.name)


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="ISO-8859-1">',
        "<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=windows-1252'>",
    ],
)
def test_latin_1_that_is_declared(meta: str) -> None:
    page = f"<html><head>{meta}</head><table><tr><th>Code<tr><td>3000\u20133999<td>Biblioth\u00e8ques</table>"
    assert rows(parse(page.encode("cp1252"), "page.html")) == [(1, 3000, 3999, "Biblioth\u00e8ques")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"code,name\n3000,caf\xe9\n", "not UTF-8 at byte 18; save it as UTF-8"),
        (b"<meta charset=latin1>\n\x81", "not the Latin-1 that it declares at byte 22; save it as UTF-8"),
        (b"<meta charset=shift_jis>\n\x81\xff", "not UTF-8 at byte 25; save it as UTF-8"),
        (b"<meta name=a content='charset=latin1'>\xe9", "not UTF-8 at byte 38; save it as UTF-8"),
        (b"\xff\xfe3\x00\x00\xd8", "not UTF-16 at byte 4; save it as UTF-8"),
        (b"code\n3000\0\n", "a NUL character at position 9; name a page of text"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8 at byte 0; save it as UTF-8"),
    ],
)
def test_what_is_not_text_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(TableUnusable) as refused:
        parse(body, "page")
    assert str(refused.value) == f"page: {reason}"


# -- limits -----------------------------------------------------------------------------------------

MANY = 100_000


@pytest.mark.parametrize(
    ("name", "page", "reason"),
    [
        ("a.html", b"<p>" * (MAX_BYTES // 3 + 1), f"a page may have {MAX_BYTES}"),
        ("a.html", b"<table>" + b"<tr><td>3000" * MANY, "more than 20000 rows"),
        ("a.html", b"<ul>" + b"<li>3000" * MANY, "more than 20000 rows"),
        ("a.csv", b"3000\n" * MANY, "more than 20000 rows"),
        ("a.json", b"[" + b'{"code":3000},' * MANY + b"{}]", "more than 20000 rows"),
        ("a.json", b"{" + b'"3000":"",' * MANY + b'"3001":""}', "more than 20000 rows"),
        ("a.md", b"|a|\n|-|\n" + b"|3|\n" * MANY, "more than 20000 lines of markup"),
        ("a.md", b"a" * 600_000, "more than 524288 characters of markup"),
        ("a.rst", b"* 3\n" * 15_000, "more than 10000 lines of markup"),
        ("a.rst", b"+" + b"-" * 3000 + b"+\n", "line 1: a table wider than 2000 characters"),
        ("a.rst", b"* " * 3000 + b"3000\n", "nested too deeply"),
        ("a.html", b"<table><tr><td>" * 1000, "Excessive depth in document"),
        ("a.json", b"[" * MANY, "nested too deeply"),
        ("a.json", b"[" + b"9" * 5000 + b"]", "not usable JSON"),
        ("a.json", b'[\n{"code":3000,}]', "line 2: not JSON"),
        ("a.csv", b'code\n"3000"x\n', "line 2: "),
        ("a.csv", b'code\n"3000\n', "line 2: "),
        ("a.html", b"", "no table of values found"),
    ],
)
def test_a_page_beyond_the_limits_is_refused(name: str, page: bytes, reason: str) -> None:
    with pytest.raises(TableUnusable, match=f"^{name}: .*{reason}"):
        parse(page, name)


@pytest.mark.parametrize("name", ["page.html", "page.md"])
def test_tables_in_tables_are_read_unless_they_are_nested_too_deeply(name: str) -> None:
    inner = "<table><tr><td>Code</td></tr><tr><td>3000</td></tr></table>"

    def nested(times: int) -> str:
        return "<table><tr><td>3003</td><td>" * times + inner + "</td></tr></table>" * times

    assert values(parse(nested(19), name)) == [(3000, 3000)]
    for times in (20, 50):
        with pytest.raises(TableUnusable, match=f"^{name}: line 1: tables nested more than 20 deep"):
            parse(nested(times), name)


def test_beyond_what_libxml2_counts_there_are_no_lines() -> None:
    page = "\n" * 70_000 + "<table><tr><td>Code<tr><td>3000</table>"
    assert rows(parse(page, "page.html")) == [(None, 3000, 3000, "")]
    with pytest.raises(TableUnusable, match="on a line beyond counting and on a line beyond counting"):
        parse(page * 2, "page.html")


# -- safety -----------------------------------------------------------------------------------------


def test_rst_opens_no_file_and_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("code,name\n3000,secret\n", encoding="utf-8")
    page = (
        f".. csv-table::\n   :file: {secret}\n   :header-rows: 1\n\n"
        f".. include:: {secret}\n\n.. raw:: html\n   :file: {secret}\n\n.. nonsense:: x\n\n*open\n"
    )
    with pytest.raises(TableUnusable, match="no table of values found"):
        parse(page, "page.rst")
    assert capfd.readouterr() == ("", "")


def test_raw_markup_in_rst_is_no_text() -> None:
    page = ".. list-table::\n\n * - Code\n * - 3000\n\n     .. raw:: html\n\n        <b>\n"
    assert values(parse(page, "page.rst")) == [(3000, 3000)]


def test_a_role_that_one_rst_page_defines_is_unknown_to_the_next() -> None:
    parse(".. role:: mine(code)\n\n- 3000: a\n- :mine:`3001`: b\n", "page.rst")
    assert values(parse("- 3000: a\n- 3003: c\n- :mine:`3001`: b\n", "page.rst")) == [
        (3000, 3000),
        (3003, 3003),
    ]


def test_a_long_paragraph_of_rst_is_read_at_its_beginning() -> None:
    page = f"* ``3000``: {'long ' * 100}``end``\n* ``3003``: short\n"
    assert values(parse(page, "page.rst")) == [(3000, 3000), (3003, 3003)]


def test_no_library_of_a_format_is_imported_before_a_page_needs_it() -> None:
    for page, name, needed in (
        ("code\n3000\n", "a.csv", []),
        ("<table><tr><td>code<tr><td>3000", "a.html", ["lxml"]),
        ("|code|\n|-|\n|3000|\n", "a.md", ["lxml", "markdown_it"]),
        ("* 3000\n* 3001\n\n.. code:: python\n\n   def\n", "a.rst", ["docutils"]),
    ):
        program = (
            "import sys; from sync.parse_documented.table import parse_documented\n"
            f"body = {page.encode()!r}\n"
            f"parse_documented(body, name={name!r}, bounds=(0, 65535), watched=(3000, 3999))\n"
            "print(sorted({'lxml', 'markdown_it', 'docutils', 'pygments.lexers.python'} & set(sys.modules)))"
        )
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert run.stdout == f"{sorted(needed)}\n"


# -- for any page -----------------------------------------------------------------------------------

NAMES = st.text(string.ascii_letters, min_size=1, max_size=8)
SINGLES = st.tuples(st.integers(1000, 4999), st.just(None))
RANGES = st.tuples(st.integers(1000, 2999), st.integers(3000, 4999))
DOCUMENTED = st.lists(
    st.tuples(st.one_of(SINGLES, RANGES), NAMES), min_size=1, max_size=8, unique_by=lambda row: row[0]
)
DASHES = st.sampled_from(["-", " - ", "\u2013", " to ", "\uff5e"])
WIDE = str.maketrans(string.digits, "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")

Cells = list[tuple[str, str]]
WRITERS: dict[str, Callable[[Cells], str]] = {
    "pipe.md": lambda cells: table_of("Text\n\n| Code | Name |\n|--|--|\n", "| `{}` | {} |\n", cells),
    "bare-pipe.md": lambda cells: table_of("Text\n\n> Code | Name\n> -- | --\n", "> {} | {}\n", cells),
    "tags.md": lambda cells: table_of("Text\n\n<p>Codes\n<ul>\n", "<li><b>{}</b>: {}\n", cells),
    "bullets.md": lambda cells: table_of("Text\n\nCodes\n\n", "+ **{}**: {}\n", cells),
    "below.md": lambda cells: table_of("Text\n\nCodes\n\n", "-\n  {}: {}\n", cells),
    "nested.md": lambda cells: table_of("Text\n\n1. Codes\n\n", "   - *{}* - {}\n", cells),
    "table.html": lambda cells: table_of("<table><tr><td>Code", "<tr><td>\n<b>{}</b><td>{}\n", cells),
    "list.html": lambda cells: table_of("Text\n\n<p>Codes<ul>", "<li><code>{}</code>: {}\n", cells),
    "bullets.rst": lambda cells: table_of("Text\n\nCodes\n\n", "* *{}*: {}\n", cells),
    "list.rst": lambda cells: table_of(
        "Text\n\n.. list-table::\n\n * - Code\n   - N\n", " * - ``{}``\n   - {}\n", cells
    ),
    "csv.rst": lambda cells: table_of("Text\n\n.. csv-table::\n  :header: Code\n\n", '  "{}", {}\n', cells),
    "simple.rst": lambda cells: table_of(
        f"Text\n\n{'=' * 30} ====\n{'Code':30} Name\n{'=' * 30} ====\n",
        "{:30} {}\n",
        cells,
        f"{'=' * 30} ====\n",
    ),
    "codes.csv": lambda cells: table_of("name,code\n", '{1},"{0}"\n', cells),
    "bare.tsv": lambda cells: table_of("Code\tName\n", "{}\t{}\n", cells),
    "list.json": lambda cells: json.dumps([{"code": code, "name": name} for code, name in cells]),
    "escaped.json": lambda cells: json.dumps(dict(cells), ensure_ascii=False).replace("4", "\\u0034"),
}


def table_of(begin: str, row: str, cells: Cells, end: str = "") -> str:
    return begin + "".join(row.format(*cell) for cell in cells) + end


@pytest.mark.parametrize("name", WRITERS)
@given(documented=DOCUMENTED, dash=DASHES, wide=st.booleans())
@settings(deadline=None, max_examples=30)
def test_what_is_written_in_any_format_is_read_and_let_through(
    name: str, documented: list[tuple[tuple[int, int | None], str]], dash: str, wide: bool
) -> None:
    cells = [
        (f"{first}{dash}{last}" if last is not None else str(first), text)
        for (first, last), text in documented
    ]
    page = WRITERS[name]([(code.translate(WIDE) if wide else code, text) for code, text in cells])
    found = [(value.first, value.last, value.name) for value in parse(page, name).values]
    assert found == [(first, first if last is None else last, text) for (first, last), text in documented]
    assert mentioned(page, name)


SUFFIXES = st.sampled_from(["", ".md", ".html", ".rst", ".csv", ".tsv", ".json"])
PIECES = st.sampled_from(
    [
        "\n",
        "|",
        "<",
        ">",
        "`",
        "*",
        "- ",
        "3000",
        "&#51;",
        "<td>",
        "<li>",
        "</td>",
        "::",
        '"',
        "\t",
        "{",
        "[",
        "\\",
    ]
)


def check(body: bytes, name: str) -> None:
    """Nothing but TableUnusable comes out, and the prefilter lets through whatever has values."""
    try:
        found = parse(body, name)
    except TableUnusable:
        return
    assert found.values
    assert mentioned(body, name)


@given(body=st.binary(max_size=200), name=SUFFIXES)
@settings(deadline=None)
def test_any_bytes(body: bytes, name: str) -> None:
    check(body, name)


ITEMS = st.lists(
    st.sampled_from(
        ["3000", "12", "1", "to", "or", "a", "4x", " ", "\n  ", ":", "-", "%", ".", ",", "\u00ad"]
    )
    | st.sampled_from(
        ["*", "`", "[", "]", "](#a)", "[ ]", "#", "<b>", "</b>", "&#51;", "<https://a.example>"]
    ),
    max_size=9,
).map("".join)


@given(items=st.lists(ITEMS, min_size=1, max_size=4), name=st.sampled_from(["a.md", "a.rst", "a"]))
@settings(deadline=None, max_examples=300)
def test_any_list(items: list[str], name: str) -> None:
    check("".join(["Codes:\n\n", *(f"- {item}\n" for item in items)]).encode(), name)


@given(data=st.data(), page=st.sampled_from(PAGES), own=st.booleans())
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_page(data: st.DataObject, page: Path, own: bool) -> None:
    text = page.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = begin + data.draw(st.integers(0, 30))
        text = text[:begin] + data.draw(PIECES) + text[end:]
    check(text.encode(), page.name if own else data.draw(SUFFIXES))


# -- the prefilter ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("a.md", "Text\n\nCodes\n\n-\n  `3000`: a\n"),
        ("a.md", "Text\n\nCodes\n\n- <b>3000</b>: a\n"),
        ("a.md", "Text\n\nCodes\n\n- 12 or 3000, and 3001: a\n"),
        ("a.md", "Text\n\nCodes\n\n- [](#a)3000: a\n"),
        ("a.md", "Text\n\nCodes\n\n- ![](a.png)&#51;000: a\n"),
        ("a.md", "Text\n\n| Code |\n|---|\n| [](#a)`3000` |\n"),
        ("a.md", "Text\n\nCode |\n--- |\n`3000`\n"),
        ("a.md", "Text\n\n> a | b\n> - | -\n> # c\n> Code | b\n> --- | -\n> 3000 | a\n"),
        ("a.md", "a | b\n- | -\nc | d\n\nCode | b\n--- | -\na\n3000 | a\n3001 | a\n"),
        ("a.md", "Text\n\n> <TABLE><TR><TD>Code<TR><TD>3000</TABLE>\n"),
        ("a.rst", "Text\n\n======  ====\nCode    N\n======  ====\n*3000*  a\n======  ====\n"),
        ("a.rst", "Text\n\n.. csv-table::\n   :header: Code\n   :quote: %\n\n   %3000%\n"),
        ("a.rst", "Text\n\nCodes\n\n* :code:`3000`: a\n"),
        ("a.csv", "3000,a\n4000,b\n"),
        ("a.csv", "name,first,last\na,3000,3000\n"),
        ("a.csv", 'name,"close\ncode"\na,3000\n'),
        ("a.csv", f"{'a long title ' * 30},code\na,3000\n"),
        ("a.json", '\n{"\\u0033000": "a", "4000": ""}'),
    ],
)
def test_the_least_that_holds_a_value_is_let_through(name: str, page: str) -> None:
    assert (3000, 3000) in values(parse(page, name))
    assert mentioned(page, name)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "No number at all:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n",
        "---\ntitle: Page 1\n---\n\n# Codes 3000-3999\n\nThey are 3000, 3003 and 3008 - see RFC 6455.\n",
        "- see [RFC 6455](https://www.rfc-editor.org/rfc/rfc6455)\n- `code`\n  - : One of 1000 values.\n",
        "1. First, 3000.\n2. Then, 3003.\n",
        "| Name | Since |\n| --- | --- |\n| code | Chrome 43 |\n| wasClean | Firefox 8 |\n",
        "| Name | Since |\n| --- | --- |\n| code | Chrome |\n\nThe codes are those from\n3000 on | or not.\n",
        "```js\nconst x = 3000 | 1;\nconst y = a - 3000;\n```\n",
        "<!doctype html><title>3000</title><p>3000</p><div>3003: Forbidden</div>",
        "Codes:\n\n- 2 things\n- `12`: twelve of 3000\n- 100% of 3000\n- 4x 3000\n- 1.2.3 (3000)\n",
        "# Changes\n\n* [`0d8a6f1b19`](https://a.example/3000)\n* [ ] 3000\n* <https://a.example/3000>\n",
    ],
)
def test_pages_without_a_table_are_not_let_through(page: str) -> None:
    assert not mentioned(page, "page")
    with pytest.raises(TableUnusable):
        parse(page, "page")


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("a.md", "The codes are those of the registry, from\n3000 on.\n"),
        ("a.md", "====  ====\n3000  a\n====  ====\n"),
        ("a.html", "<p>The codes are\n3000\n- 3003 and\n| 3008</p>"),
        ("a.rst", "<table><tr><td>3000\n"),
        ("a.rst", "The codes are those from\n3000 on.\n"),
        ("a.csv", "name,number\n- 3000,a\n"),
        ("a.json", '"- 3000"'),
    ],
)
def test_what_would_be_a_table_in_another_format_is_not_let_through(name: str, page: str) -> None:
    assert not mentioned(page, name)
    with pytest.raises(TableUnusable, match="no table of values found"):
        parse(page, name)


@pytest.mark.parametrize(
    "body",
    [b" " * (MAX_BYTES + 1), bytes(9), "| 3000 |".encode("utf-16-le")],
    ids=["large", "zeros", "UTF-16"],
)
def test_what_is_too_large_or_no_text_is_let_through_to_be_refused(body: bytes) -> None:
    assert mentioned(body, "page")
