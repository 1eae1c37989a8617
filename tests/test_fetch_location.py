"""What is a URL, and what of a location people may see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.fetch.location import is_http_url, is_url, shown


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


@given(st.text() | st.text().map("https://".__add__))
def test_what_is_shown_is_one_printable_line(location: str) -> None:
    assert shown(location).isprintable()


@given(st.text(alphabet="0123456789abcdef", min_size=12))
def test_no_secret_is_shown(secret: str) -> None:
    assert secret not in shown(f"https://user:{secret}@host/websocket.xml?key={secret}#{secret}")
