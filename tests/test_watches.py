"""The shipped watch, and how a person names what it is compared with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sync.errors import UsageProblem
from sync.watches import BUNDLED, CLOSE_CODES, SHIPPED, DocumentedSource


def test_what_is_watched() -> None:
    assert SHIPPED == {"close-codes": CLOSE_CODES}
    assert CLOSE_CODES.document == "https://www.iana.org/assignments/websocket/websocket.xml"
    assert CLOSE_CODES.registry_id == "close-code-number"
    assert (CLOSE_CODES.bounds, CLOSE_CODES.watched) == ((0, 65535), (3000, 3999))
    assert CLOSE_CODES.documented == (DocumentedSource(BUNDLED, BUNDLED),)


def test_no_two_pages_have_one_name() -> None:
    names = [page.name for page in (*CLOSE_CODES.documented, *CLOSE_CODES.pages)]
    assert len(names) == len(set(names))


def test_a_short_name_stands_for_a_page() -> None:
    assert CLOSE_CODES.source("bundled") == DocumentedSource(BUNDLED, BUNDLED)
    for name, end in (("mdn", "/en-us/web/api/closeevent/code/index.md"), ("mdn:ja", "/files/ja/web/")):
        source = CLOSE_CODES.source(name)
        assert source.name == name
        assert source.location.startswith("https://raw.githubusercontent.com/mdn/")
        assert end in source.location


@pytest.mark.parametrize("named", ["page.md", "/srv/mdn", "./mdn:ja", "https://example.org/mdn:xx", "MDN"])
def test_anything_else_is_where_a_page_is(named: str) -> None:
    assert CLOSE_CODES.source(named) == DocumentedSource(named, named)


def test_a_home_folder_is_found_whoever_expands_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert CLOSE_CODES.source("~/page.md") == DocumentedSource("~/page.md", str(tmp_path / "page.md"))


def test_what_is_nearly_a_short_name_is_none() -> None:
    with pytest.raises(
        UsageProblem, match=r"mdn:xx: there is no such page; there is mdn, mdn:de, .*mdn:zh-tw"
    ):
        CLOSE_CODES.source("mdn:xx")


@pytest.mark.parametrize(
    ("document", "page"),
    [
        (
            CLOSE_CODES.document,
            "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number",
        ),
        ("https://www.iana.org/a/b.xml?x=1", "https://www.iana.org/a/b.xhtml#close-code-number"),
        ("https://www.iana.org/assignments/a/a.csv", "https://www.iana.org/assignments/a/a.csv"),
        ("https://mirror.example/a.xml", "https://mirror.example/a.xml"),
        ("/srv/a.xml", "/srv/a.xml"),
        ("http://[a.xml", "http://[a.xml"),
    ],
)
def test_where_a_person_reads_the_registry(document: str, page: str) -> None:
    assert replace(CLOSE_CODES, document=document).page == page


def test_the_anchor_of_a_registry_is_quoted() -> None:
    assert replace(CLOSE_CODES, registry_id="a b").page.endswith("#a%20b")
