"""The letter of a message: what it says in each of its forms, and that nothing in it is live."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import DELIVERY_UID, HOSTILE, PAGE, TIMEOUT, UID, hostile_letter, letter, news, notice, subject

from sync.audience import Audience
from sync.news.alerts import Alert, AlertKind, Subject
from sync.news.letter import write_letter
from sync.state import NoticeKind, Use

LINE = "close-codes: newly registered: 3008 Timeout, registered 2024-02-01; not documented in mdn"
BLOCK = Subject("b", 3100, 3199, "A block", None)
NAMES = st.text(st.characters(exclude_categories=["Cs"]))
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


class Page(HTMLParser):
    """The elements, the links and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.links: set[str | None] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        self.elements.add(tag)
        self.links |= {value for name, value in attrs if name == "href"}
        assert {name for name, _ in attrs} <= {"href"}

    def handle_data(self, data: str) -> None:
        """Called by the parser."""
        self.text += data


# -- what it says --------------------------------------------------------------------------------------


def test_the_text_says_what_happened_where_to_look_what_to_do_and_which_message_it_is() -> None:
    assert letter().text.split("\n") == [
        LINE,
        "",
        f"The registry: {PAGE}",
        (
            "Document it, or say that it need not be documented: "
            "`ianawatch flags ignore CODE --reason TEXT`. "
            "`ianawatch show CODE` tells all that is known of a code."
        ),
        "",
        f"Message {UID}, decided 2024-02-02 17:24 UTC. A repeat of it has the same id.",
        "",
    ]


def test_the_html_says_the_same() -> None:
    page = Page(letter().html)
    for line in filter(None, letter().text.split("\n")):
        assert line in page.text
    assert page.links == {PAGE}


def test_a_baseline_is_a_list_in_html() -> None:
    page = Page(letter(news(TIMEOUT, BLOCK, kind=AlertKind.BASELINE)).html)
    assert {"ul", "li"} <= page.elements
    assert "3008 Timeout, registered 2024-02-01; not documented in mdn\n3100-3199 A block" in page.text


def test_the_facts() -> None:
    written = letter()
    assert json.loads(written.json) == {
        "id": UID,
        "delivery": DELIVERY_UID,
        "audience": "readers",
        "at": "2024-02-02T17:24:58Z",
        "subject": written.subject,
        "text": written.text,
        "alerts": [
            {
                "id": "a1" * 16,
                "kind": "registration",
                "audience": "readers",
                "watch": "close-codes",
                "at": "2024-02-02T17:24:58Z",
                "codes": [
                    {
                        "first": 3008,
                        "last": 3008,
                        "name": "Timeout",
                        "registered_on": "2024-02-01",
                        "missing_from": ["mdn"],
                        "documented_in": ["bundled"],
                        "in_use": [],
                    }
                ],
                "text": LINE,
            }
        ],
    }


def test_only_what_can_be_documented_is_advised_to_be() -> None:
    assert "Document it" not in letter(news(TIMEOUT, kind=AlertKind.WITHDRAWAL)).text
    assert "Document it" not in letter(news(BLOCK)).text
    operators = letter(notice("the run has failed"))
    assert "`ianawatch status`" in operators.text
    assert operators.audience is Audience.OPERATORS


def test_a_watch_without_a_page_and_a_page_that_is_no_web_address_have_no_link() -> None:
    alert = news(TIMEOUT)
    without = write_letter(UID, DELIVERY_UID, alert.audience, alert.at, [alert], {})
    assert "The registry:" not in without.text + without.html
    pages = {alert.watch: "javascript:alert(1)"}
    odd = write_letter(UID, DELIVERY_UID, alert.audience, alert.at, [alert], pages)
    assert Page(odd.html).links == set()


# -- the subject ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alerts", "said"),
    [
        ([news(TIMEOUT)], "close-codes: 3008 registered, not documented"),
        ([news(BLOCK)], "close-codes: 3100-3199 registered, documented"),
        ([news(TIMEOUT, kind=AlertKind.WITHDRAWAL)], "close-codes: 3008 withdrawn"),
        ([news(TIMEOUT, kind=AlertKind.RETURN)], "close-codes: 3008 registered after all"),
        (
            [news(TIMEOUT, BLOCK, kind=AlertKind.BASELINE)],
            "close-codes: 3008 registered, not documented; 3100-3199 registered, documented",
        ),
        ([news(TIMEOUT), news(subject("x", 3010))], "close-codes: 3008, 3010 registered, not documented"),
        (
            [news(*(subject("x", value) for value in range(3000, 3004)))],
            "close-codes: 4 codes registered, not documented",
        ),
        (
            [news(TIMEOUT), news(BLOCK, watch="frames")],
            "close-codes: 3008 registered, not documented; frames: 3100-3199 registered, documented",
        ),
        ([notice("x"), notice("y")], "close-codes: runs keep failing"),
        ([news(TIMEOUT, watch=f"watch-{number}") for number in range(9)], "9 alerts"),
    ],
)
def test_subjects(alerts: list[Alert], said: str) -> None:
    assert letter(*alerts).subject == f"ianawatch: {said}"


@pytest.mark.parametrize("kind", [*AlertKind, *NoticeKind])
def test_every_kind_has_its_letter(kind: AlertKind | NoticeKind) -> None:
    uses = (Use("nginx", 3008, "LIMIT", 7),) if kind == "conflict" else ()
    conflicting = Subject("k", 3008, 3008, "Timeout", None, uses=uses)
    written = letter(news(conflicting, kind=kind) if isinstance(kind, AlertKind) else notice("text", kind))
    assert written.subject.startswith("ianawatch: close-codes: ")
    assert len(written.subject) < 140


# -- nothing is live -----------------------------------------------------------------------------------


def test_a_hostile_name_is_harmless_in_the_text() -> None:
    text = hostile_letter().text
    assert CONTROLS.findall(text) == []
    assert len(text.split("\n")) == len(letter().text.split("\n"))
    name = text.partition("\n")[0]
    assert name.startswith("close-codes: newly registered: 3009 \\u0040everyone \\u003c!here\\u003e")
    assert re.findall(r"[@<>\[\]*~`]|://|\b_|_\b", name) == []


def test_a_hostile_name_is_harmless_in_the_html() -> None:
    written = hostile_letter()
    page = Page(written.html)
    assert CONTROLS.findall(written.html) == []
    assert page.elements == {"p", "a"}
    assert page.links == {PAGE}
    assert "@" not in page.text


@given(NAMES)
def test_no_name_is_live(name: str) -> None:
    written = letter(news(subject(name)))
    assert written.subject == "ianawatch: close-codes: 3009 registered, not documented"
    assert Page(written.html).elements == {"p", "a"}
    assert CONTROLS.findall(written.text + written.html) == []
    assert re.findall("[@<>]", written.text) == []


@given(NAMES)
def test_the_facts_have_the_name_as_it_is_in_ascii(name: str) -> None:
    written = letter(news(subject(name)))
    assert written.json.isascii()
    assert json.loads(written.json)["alerts"][0]["codes"][0]["name"] == name


def test_an_operators_letter_that_quotes_a_record_is_harmless_and_keeps_our_commands() -> None:
    written = letter(notice(f"can't be read: {HOSTILE}; `ianawatch sync --accept-older` helps"))
    assert CONTROLS.findall(written.text) == []
    assert re.findall(r"[@<>\[\]]", written.text) == []
    assert "`ianawatch sync --accept-older`" in written.text
    assert Page(written.html).elements == {"p", "a"}


def test_another_projects_name_for_a_code_is_harmless() -> None:
    conflicting = Subject("k", 3008, 3008, "Timeout", None, uses=(Use("nginx", 3008, HOSTILE, 7),))
    written = letter(news(conflicting, kind=AlertKind.CONFLICT))
    assert CONTROLS.findall(written.text) == []
    assert re.findall("[@<>]", written.text) == []
    (code,) = json.loads(written.json)["alerts"][0]["codes"]
    assert code["in_use"] == [{"code": 3008, "name": HOSTILE, "source": "nginx", "line": 7}]


@pytest.mark.parametrize("name", ["H3_NO_ERROR", "Going Away (1001)", "Bad/Gateway & more", "通常のクローズ"])
def test_an_ordinary_name_is_left_alone(name: str) -> None:
    written = letter(news(subject(name)))
    assert f"3009 {name}, registered" in written.text
    assert f"3009 {name.replace('&', '&amp;')}, registered" in written.html
