"""What is a URL, and what of a location people may see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.fetch.location import as_stored, is_http_url, is_url, page_name, shown


@pytest.mark.parametrize(
    ("location", "url", "http"),
    [
        ("https://www.iana.org/assignments/websocket/websocket.xml", True, True),
        ("HTTP://127.0.0.1:8000/", True, True),
        ("file:///etc/passwd", True, False),
        ("ftp://ftp.iana.org/assignments/", True, False),
        ("https://", True, False),
        ("https://[::1", True, False),
        ("https://host:port/", True, False),
        ("https://host:0/", True, False),
        ("https://[::1]:8443/", True, True),
        ("https://\u043f\u0440\u0438\u043c\u0435\u0440.example/", True, True),
        ("https://under_score/", True, True),
        ("https://{/", True, False),
        ("https://%2F/", True, False),
        ("https://a b/", True, False),
        ("websocket.xml", False, False),
        ("/var/lib/ianawatch/websocket.xml", False, False),
        (r"C:\ianawatch\websocket.xml", False, False),
        ("", False, False),
    ],
)
def test_a_scheme_with_its_slashes_makes_a_url(location: str, url: bool, http: bool) -> None:
    assert (is_url(location), is_http_url(location)) == (url, http)


@pytest.mark.parametrize(
    ("location", "text"),
    [
        ("https://www.iana.org/a/b.xml", "https://www.iana.org/a/b.xml"),
        ("https://user:secret@host:8443/a", "https://***@host:8443/a"),
        ("https://token@host/a", "https://***@host/a"),
        ("https://host/a?key=secret&b=1#part", "https://host/a?***#***"),
        ("https://user:sec@ret@host/a", "https://***@host/a"),
        ("https://user:sec/ret@host/a", "https://***"),
        ("https://user:secret@[host/a", "https://***"),
        ("/srv/a?b#c", "/srv/a?b#c"),
        ("two\nlines", r"two\nlines"),
        ("https://host/\x1b[31m\u202e\u2028", r"https://host/\x1b[31m\u202e\u2028"),
        ("undecodable \udcff", r"undecodable \udcff"),
    ],
)
def test_secrets_are_masked_and_what_is_not_printable_is_escaped(location: str, text: str) -> None:
    assert shown(location) == text


@pytest.mark.parametrize("location", ["https://www.iana.org/a/b.xml", "/srv/a?b#c", "codes.xml"])
def test_a_location_without_a_secret_is_stored_as_it_is(location: str) -> None:
    assert as_stored(location) == location


def test_urls_that_are_shown_alike_are_stored_apart_and_without_their_secrets() -> None:
    urls = [
        f"https://{user}@host/a?{query}" for user in ("me:secret", "you:secret") for query in ("b=1", "b=2")
    ]
    stored = [as_stored(url) for url in urls]
    assert len(set(stored)) == len(urls)
    assert [as_stored(url) for url in urls] == stored
    assert {text.partition("#sha256=")[0] for text in stored} == {"https://***@host/a?***"}


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("https://me:secret@host/a/page.md?token=secret#part", "https://***@host/a/page.md"),
        ("docs/what?.md", "docs/what?.md"),
    ],
)
def test_a_pages_name_ends_in_its_suffix(location: str, name: str) -> None:
    assert page_name(location) == name


@given(st.text() | st.text().map("https://".__add__))
def test_what_is_shown_is_one_printable_line(location: str) -> None:
    assert shown(location).isprintable()


@given(st.text(alphabet="0123456789abcdef", min_size=12))
def test_no_secret_is_shown(secret: str) -> None:
    assert secret not in shown(f"https://user:{secret}@host/websocket.xml?key={secret}#{secret}")
