"""What is masked in a reason, and who may not log."""

from __future__ import annotations

import logging

import pytest
from receivers import overhearing

from sync.deliver.secrecy import one_reason, secrets_of, silence_libraries


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("https://us3r:p%40ss@host.example:8443/hooks/t0ken", {"us3r", "p%40ss", "p@ss", "hooks", "t0ken"}),
        (
            "https://host.example/a?key=k3y&only-a-key#fragment",
            {"k3y", "only-a-key#fragment", "host.example"},
        ),
        ("slack://T0KEN/A0KEN/B0KEN/#general", {"T0KEN", "A0KEN", "B0KEN", "general"}),
        ("mailto://me@mail.example:p/ss@host", {"me", "mail.example:p", "ss@host"}),
        ("ntfy://topic", {"topic"}),
        ("no-url-at-all", set()),
        ("http://[::1", {"[::1"}),
    ],
)
def test_every_part_of_a_url_may_be_a_secret(url: str, secrets: set[str]) -> None:
    found = secrets_of(url)
    assert secrets <= found
    assert not {"https", "slack", "key", "mailto"} & found


@pytest.mark.parametrize(
    ("text", "secrets", "reason"),
    [
        ("POST /hooks/t0ken: 500", ["t0ken", "hooks/t0ken"], "POST /***: 500"),
        ("T0KEN refused", ["t0ken"], "*** refused"),
        ("a.b and axb", ["a.b "], "***and axb"),
        ("abcabc: abc", ["abc"], "abcabc: ***"),
        ("two\nlines\tand\x1b[31m \u202e", [], "two lines and\\u001b[31m \\u202e"),
        ("x" * 1000, [], f"{'x' * 300}..."),
        ("nothing to mask", ["", "absent"], "nothing to mask"),
    ],
)
def test_a_reason_is_one_short_line_without_them(text: str, secrets: list[str], reason: str) -> None:
    assert one_reason(text, secrets) == reason


@pytest.mark.parametrize("name", ["apprise", "urllib3", "urllib3.connectionpool", "requests", "slixmpp"])
def test_libraries_log_nothing(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    with overhearing() as ear:
        silence_libraries()
        for level in (logging.DEBUG, logging.WARNING, logging.CRITICAL):
            logging.getLogger(name).log(level, "POST /t0ken")
    assert "".join([ear.text, *capfd.readouterr()]) == ""
