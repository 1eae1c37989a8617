"""The page: what it says, what it links to, and that nothing from outside gets out of its text."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from faces import AT, HOSTILE, WATCH, change, code, flag, known, life, source
from lxml import html

from sync.export.gather import Known
from sync.export.page import ROWS_AT_ONCE, as_html
from sync.records import Reference

CODES = [
    code(1000, "Normal Closure"),
    code((1001, 2999), "Unassigned"),
    code(3000, "Unauthorized", date="2021-09-06", documented=False, flagged=True),
    code(3008, "Timeout", date="2024-02-01", documented=False, flagged=True),
    code((3009, 3999), "Unassigned"),
]
FLAGS = [flag(3000), flag(3008, "Timeout", ignored="not ours to document")]
KNOWN = known(CODES, flags=FLAGS, lives=[life(3000), life(1000, "Normal Closure", None, baseline=True)])


def page(facts: Known = KNOWN) -> html.HtmlElement:
    return html.document_fromstring(as_html(facts).decode())


def text(element: html.HtmlElement) -> str:
    """What a person reads, with the dashes and apostrophes of a keyboard."""
    words = " ".join(" ".join(map(str, element.itertext())).split())
    words = words.replace("\N{EN DASH}", "-").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.sub(r" ([,.;])", r"\1", words)


def section(facts: Known, name: str) -> str:
    (found,) = page(facts).xpath("//section[@aria-labelledby=$name]", name=name)
    return text(found)


def verdict(facts: Known) -> str:
    (found,) = page(facts).find_class("verdict")
    return text(found)


def test_it_says_at_once_whether_something_is_to_be_done() -> None:
    assert verdict(KNOWN) == "1 code registered in 3000-3999 is not documented."
    assert verdict(known(CODES)) == "Every code registered in 3000-3999 is documented."
    assert verdict(known(CODES, flags=FLAGS[1:])) == "Nothing left to document; 1 code is ignored."
    unread = known(CODES, sources=[source("docs", "docs.md", read_at=None)])
    assert verdict(unread) == "Nothing to compare with: no documented table was read yet."
    assert verdict(known(CODES, sources=())) == "There is no page to compare it with."
    everywhere = known(CODES, flags=FLAGS[:1], watch=replace(WATCH, watched=None))
    assert verdict(everywhere) == "1 code registered is not documented."


def test_a_flagged_code_is_told_with_what_to_do() -> None:
    said = section(KNOWN, "flagged")
    assert "IANA has registered this code in 3000-3999; a page that people read lacks it." in said
    assert "3000 Unauthorized Not in mdn Registered 2021-09-06 Flagged since 2026-01-01" in said
    assert "ianawatch flags ignore CODE --reason TEXT" in said
    links = page().xpath("//section[@aria-labelledby='flagged']//a/@href")
    assert links[:3] == [
        "https://www.iana.org/assignments/codes/codes.xhtml#list",
        "#3000",
        "https://example.org/mdn",
    ]


def test_an_ignored_code_is_told_with_the_reason() -> None:
    assert "3008 Timeout Not in mdn" in section(KNOWN, "flagged")
    assert "Ignored because not ours to document" in section(KNOWN, "flagged")


def test_when_it_was_checked_and_what_date_the_document_has() -> None:
    (facts,) = page().find_class("facts")
    assert text(facts) == (
        "Last checked 2026-01-01 12:00 UTC IANA's document of 2026-01-01 Registered 3, 2 in 3000-3999 "
        "Compared with mdn, read 2026-01-01"
    )
    assert "Last checked not yet" in text(page(known(CODES, checked_at=None)))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(KNOWN, from_bundle=True), "IANA was not asked yet"),
        (replace(KNOWN, held_since=AT), "Since 2026-01-01 something that IANA serves waits for a person's"),
        (replace(KNOWN, older_since=AT), "Since 2026-01-01 IANA has served nothing but older copies"),
        (
            replace(KNOWN, sources=(source("mdn", "x", problem="https://secret.example: 404"),)),
            "mdn could not be read at the last try; what is compared is its table of 2026-01-01.",
        ),
    ],
    ids=["bundle", "held", "older", "source"],
)
def test_what_makes_it_less_than_the_newest_truth_is_said(facts: Known, said: str) -> None:
    assert [said in text(notice) for notice in page(facts).find_class("notice")] == [True]
    assert "secret" not in text(page(facts))
    assert page().find_class("notice") == []


def test_the_map_says_in_words_what_it_shows() -> None:
    said = section(KNOWN, "map")
    assert "One line is 1000 values." in said
    assert "3000-3999 1 flagged, 1 ignored, 991 unassigned, 7 not in the registry; watched" in said
    pieces = [text(item) for item in page().xpath("//section[@aria-labelledby='map']//li[@class!='']")]
    assert "3000 Unauthorized, flagged" in pieces
    assert page().xpath("//a[@title='3008 Timeout, ignored']/@href") == ["#3008"]


def test_history_is_a_picture_and_a_list() -> None:
    said = section(KNOWN, "history")
    assert "1 registration was there at the first look, on 2026-01-01, and has no date." in said
    assert "2026-01-01 3000 registered Unauthorized (by IANA's date 2021-09-06)" in said
    (picture,) = page().xpath("//*[local-name()='svg']")
    assert picture.get("role") == "img"
    assert "1 registered, 0 amended or withdrawn" in text(picture)
    assert "Nothing has happened since the first look" in section(known(CODES), "history")


def test_every_code_has_a_row_and_an_anchor() -> None:
    rows = page().xpath("//tbody/tr")
    assert [row.get("id") for row in rows] == ["1000", "1001-2999", "3000", "3008", "3009-3999"]
    assert [text(row) for row in rows][2:4] == [
        "3000 Unauthorized assigned 2021-09-06 no, flagged",
        "3008 Timeout assigned 2024-02-01 no, ignored",
    ]


def test_two_rows_with_the_same_values_have_one_anchor() -> None:
    rows = [code(3000, "Here still"), code(3000, "Unassigned")]
    assert page(known(rows)).xpath("//tbody/tr/@id") == ["3000"]


def test_every_link_within_the_page_leads_somewhere() -> None:
    ids = page().xpath("//@id")
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in page().xpath("//a/@href") if link.startswith("#")} <= set(ids)


def test_references_lead_where_they_can_be_read() -> None:
    references = (
        Reference("rfc", "rfc6455"),
        Reference("uri", "javascript:alert(1)"),
        Reference("person", "Ada_Lovelace"),
    )
    rows = page(known(CODES[:1], references=references)).xpath("//tbody/tr/td[last()]")
    assert [text(cell) for cell in rows] == ["RFC 6455, javascript:alert(1)"]
    assert rows[0].xpath(".//a/@href") == ["https://www.rfc-editor.org/rfc/rfc6455"]


def test_only_its_own_style_and_script_are_let_in() -> None:
    tree = page()
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    for tag in ("style", "script"):
        (element,) = tree.xpath(f"//{tag}")
        digest = hashlib.sha256((element.text or "").encode()).digest()
        assert f"{tag}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
        assert element.attrib == {}
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert tree.xpath("//@style") == []
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []


def test_it_needs_nothing_from_elsewhere() -> None:
    tree = page()
    assert tree.xpath("//@src") == []
    assert [link.partition(":")[0] for link in tree.xpath("//link/@href")] == ["data"]
    assert not re.search(r"url\(|@import", as_html(KNOWN).decode())


def test_text_from_outside_is_text() -> None:
    renamed = change(3000, "amended", AT, field="description", before=HOSTILE, after=HOSTILE)
    hostile = known(
        [replace(row, description=HOSTILE, registered_on=HOSTILE, revised_on=HOSTILE) for row in CODES],
        flags=[flag(3000, HOSTILE, missing_from=(HOSTILE,)), flag(3008, HOSTILE, ignored=HOSTILE)],
        lives=[life(3000, HOSTILE, HOSTILE, then=[renamed])],
        references=(Reference("uri", f"https://example.org/{HOSTILE}"), Reference("text", HOSTILE)),
        watch=replace(WATCH, name=HOSTILE, document=f"https://example.org/{HOSTILE}", registry_id=HOSTILE),
        title=HOSTILE,
        document_updated=HOSTILE,
        sources=(source(HOSTILE, f"https://example.org/{HOSTILE}", problem=HOSTILE),),
    )
    body = as_html(hostile).decode()
    tree = html.document_fromstring(body)
    harmless = html.document_fromstring(as_html(KNOWN))
    assert {element.tag for element in tree.iter()} == {element.tag for element in harmless.iter()}
    assert len(tree.xpath("//script")) == 1
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    links = tree.xpath("//a/@href")
    assert {link.partition(":")[0] for link in links if not link.startswith("#")} <= {"https"}
    assert not {char for char in body if char < " " and char != "\n"} | (
        set(body) & set("\x7f\x9b\u202e\u2028")
    )
    assert "{{ 7 * 7 }}" in text(tree)
    assert r"\u0000\u001b[31m\u009b\u202e\u2028" in text(tree)


def test_long_lists_are_folded() -> None:
    many = range(3000, 3000 + 4 * ROWS_AT_ONCE)
    facts = known(
        [code(value, f"Code {value}") for value in many],
        flags=[flag(value, f"Code {value}") for value in many],
        lives=[life(value, f"Code {value}") for value in many],
    )
    assert page(facts).xpath("//summary/text()") == ["90 more", "90 more"]
    assert len(page(facts).xpath("//tbody/tr")) == len(many)


def test_a_registry_of_four_thousand_million_values_has_a_page() -> None:
    highest = 2**32 - 1
    watch = replace(WATCH, bounds=(0, highest), watched=None)
    facts = known([code(0, "Zero"), code((1, highest - 1), "Unassigned"), code(highest, "Last")], watch=watch)
    assert "One line is 1 000 000 000 values." in section(facts, "map")
    assert len(as_html(facts)) < 50_000


def test_a_registry_that_never_had_anything_has_a_page() -> None:
    facts = known([])
    assert "The registry has no record." in section(facts, "map")
    assert "ianawatch show" not in section(facts, "ask")


def test_the_same_facts_are_the_same_bytes() -> None:
    assert as_html(KNOWN) == as_html(KNOWN)


def test_it_says_how_to_ask_the_database() -> None:
    said = section(KNOWN, "ask")
    assert "ianawatch show 3000 --watch codes" in said
    assert "WHERE watch = 'codes' AND flagged" in said
    quoted = known(CODES, watch=replace(WATCH, name="o'codes"))
    assert "WHERE watch = 'o''codes' AND flagged" in section(quoted, "ask")
