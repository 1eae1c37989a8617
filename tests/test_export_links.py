"""What becomes a link on a public page, and what is only text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faces import WATCH, source

from sync.export.links import Link, cited, registry_page, source_page
from sync.records import Reference


def test_the_registry_is_read_on_ianas_page() -> None:
    assert registry_page(WATCH) == "https://www.iana.org/assignments/codes/codes.xhtml#list"


@pytest.mark.parametrize(
    "document",
    [
        "/home/me/codes.xml",
        "file:///etc/codes.xml",
        "javascript:alert(1)",
        "https://me:secret@example.org/codes.xml",
        "https://example.org/codes.xml?token=secret",
    ],
)
def test_a_document_that_is_nobody_elses_business_is_no_link(document: str) -> None:
    assert registry_page(replace(WATCH, document=document)) is None


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        (Reference("rfc", "rfc6455"), Link("RFC 6455", "https://www.rfc-editor.org/rfc/rfc6455")),
        (
            Reference("rfc-errata", "3227"),
            Link("RFC erratum 3227", "https://www.rfc-editor.org/errata/eid3227"),
        ),
        (Reference("uri", "https://example.org/a?b=c"), Link("example.org", "https://example.org/a?b=c")),
        (Reference("uri", "http://example.org/"), Link("example.org", "http://example.org/")),
        (Reference("uri", "javascript:alert(1)"), Link("javascript:alert(1)", None)),
        (Reference("uri", "https://"), Link("https://", None)),
        (Reference("uri", "data:text/html,x"), Link("data:text/html,x", None)),
        (Reference("rfc", "rfc6455/../../evil"), Link("RFC 6455/../../evil", None)),
        (Reference("text", "", "a conversation"), Link("a conversation", None)),
    ],
)
def test_only_what_a_browser_may_open_is_a_link(reference: Reference, link: Link) -> None:
    assert cited([reference]) == (link,)


def test_people_are_no_references() -> None:
    assert cited([Reference("person", "Ada_Lovelace")]) == ()


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://example.org/page.md", "https://example.org/page.md"),
        ("https://example.org/page.md?token=secret", None),
        ("https://me:secret@example.org/page.md", None),
        ("docs/codes.md", None),
        ("bundled", None),
    ],
)
def test_a_documented_source_is_a_link_where_it_is_public(location: str, url: str | None) -> None:
    assert source_page(source("page", location)) == Link("page", url)
