"""Text that means harm, from the document to every edge where somebody reads it.

A registry whose names are written to take over a terminal, a mail, a spreadsheet, a page, a chat. One program
with every channel and every export; what an edge does with one character is the business of `test_escape`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import feedparser  # type: ignore[import-untyped]
import pytest
from builders import Row, row
from loopback import LoopbackServer
from lxml import etree, html
from post_office import Mailbox
from program import Program

from sync.errors import Exit
from sync.escape import shown

if TYPE_CHECKING:
    from synced import Answer

HARMFUL = {
    "escape sequences": "\x9b2J\x9b31m\x7f Red \x85 \x90q",
    "bidirectional overrides": "\u202etxt.exe\u2066 \u200f\u061c left",
    "line breaks": "One\u2028Two\u2029Three\rFour\nFive",
    "a mail header": "Timeout\r\nBcc: victim@example.org\r\n\r\nhello",
    "quotes": "\"'` \\\" '; DROP TABLE registration; -- \\'",
    "a formula": "=cmd|' /C calc'!A0",
    "a full-width formula": "\uff1dHYPERLINK(1)",
    "other formulas": "@SUM(1+1)",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)> \"><b onload='x'>",
    "closing tags": "</title></td></table></pre><!-- ]]> --> &lt;b&gt; &#27;",
    "Markdown": "[click](javascript:alert(1)) **bold** `code` ![x](http://evil.example/x.png) | a | b |",
    "mentions": "@everyone <!here> <@U0123> @channel #general",
    "templates": "{{ 7 * 7 }} {% raw %} ${HOME} $(id) `id` %s %(a)s {0}",
    "a workflow command": "::set-output name=a::b%0A::error::x",
    "a path": "../../../../etc/passwd\\..\\x",
    "a switch": "--help -rf",
    "astral characters": "\U0001f468\u200d\U0001f469 \U000e0041 e\u0301\u0301",
}
HARMLESS = "Timeout"
LIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""What no terminal may ever get; a line break is for us alone."""
BEGUN = "2026-01-01T12:00:00Z"
LATER = "2026-01-02T12:00:00Z"


def records(names: Sequence[str]) -> Iterator[Row]:
    """Two codes for each name, which say it wherever a record can."""
    yield row("1000", "Normal Closure")
    for code, name in zip(range(3000, 3999, 2), names, strict=False):
        yield row(
            str(code),
            name,
            date=name,
            updated=name,
            refs=((name, name), ("uri", name)),
            contact="somebody",
            inside=f"<notes>{escape(name)}</notes>",
        )
        # After a word of ours, too: some harm comes only inside a text, and some only at its beginning.
        yield row(str(code + 1), f"Code {name}", date="2024-02-01")


class Edges:
    """The program with a mailbox, a webhook, a command and two faces, all told of the same codes."""

    def __init__(self, folder: Path, names: Sequence[str], mailbox: Mailbox, hook: LoopbackServer) -> None:
        self.program = Program(folder)
        self.letters = folder / "letters"
        self.mailbox, self.hook = mailbox, hook
        self.page, self.feed = folder / "page.html", folder / "feed.atom"
        hook.answer("/", status=204)
        env = {
            "IANAWATCH_CHANNELS__MAIL__URL": mailbox.url("ops@example.org"),
            "IANAWATCH_CHANNELS__HOOK__WEBHOOK": hook.url("/"),
            "IANAWATCH_CHANNELS__EXEC__EXEC": f"sh -c 'cat >> {self.letters}; echo >> {self.letters}'",
            "IANAWATCH_HTML": str(self.page),
            "IANAWATCH_ATOM": str(self.feed),
        }
        self.program.serve([row("1000", "Normal Closure")])
        self.program.sync(env=env, at=BEGUN)
        self.program.serve(records(names), updated="2026-01-02", people=names[0])
        # With channels, and nobody reads the terminal; then as if there were none.
        self.rehearsed = self.program.sync("--dry-run", "--verbose", at=LATER)
        self.told = self.program.sync("--verbose", env=env, at=LATER)
        self._mails, self._posts = len(mailbox.letters), len(hook.requests)

    def ask(self, *args: str) -> Answer:
        """A question, whose answer is one."""
        answer = self.program.here(*args, at=LATER)
        assert answer.exit_code in {Exit.DONE, Exit.MISSING}, answer
        return answer

    @property
    def letter(self) -> EmailMessage:
        """The mail of the codes."""
        return self.mailbox.letters[self._mails - 1]

    @property
    def posted(self) -> bytes:
        """What the webhook got."""
        return self.hook.requests[self._posts - 1].body


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def hook() -> Iterator[LoopbackServer]:
    with LoopbackServer() as hook:
        yield hook


@pytest.fixture(scope="module")
def harmless(mailbox: Mailbox, hook: LoopbackServer, tmp_path_factory: pytest.TempPathFactory) -> Edges:
    """What it is like when the names are ordinary ones."""
    return Edges(tmp_path_factory.mktemp("harmless"), [HARMLESS] * len(HARMFUL), mailbox, hook)


@pytest.fixture(scope="module")
def edges(mailbox: Mailbox, hook: LoopbackServer, tmp_path_factory: pytest.TempPathFactory) -> Edges:
    """And when they mean harm."""
    return Edges(tmp_path_factory.mktemp("edges"), list(HARMFUL.values()), mailbox, hook)


def structure(tree: etree._Element) -> list[object]:
    """The elements and the names of their attributes, which no text may add to; classes apart."""
    return [(element.tag, sorted({*element.attrib} - {"class"})) for element in tree.iter(etree.Element)]


def markup(letter: EmailMessage) -> str:
    """The HTML of a mail."""
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def folded(name: str) -> str:
    """The name as the registry has it: white space folded."""
    return " ".join(name.split())


def test_a_terminal_gets_no_control_character(edges: Edges) -> None:
    asked = [
        ["list"],
        ["list", "--format", "csv"],
        ["list", "--format", "json"],
        ["show", "3000"],
        ["show", "3000", "--format", "json"],
        ["history"],
        ["history", "--format", "csv"],
        ["diff", "--documented", str(edges.program.page)],
        ["status"],
        ["flags", "list"],
        ["alerts", "list"],
        ["alerts", "list", "--format", "json"],
        ["export", "csv"],
        ["export", "json"],
        ["check", "--source", str(edges.program.document), str(edges.program.page)],
        ["check", "--source", str(edges.program.document), "--format", "json", str(edges.program.page)],
        ["check", "--source", str(edges.program.document), "--format", "github", str(edges.program.page)],
    ]
    answers = [edges.rehearsed, edges.told, *(edges.ask(*args) for args in asked)]
    assert [LIVE.findall(answer.out + answer.err) for answer in answers] == [[]] * len(answers)
    assert edges.told.exit_code == Exit.DONE


def test_the_news_are_as_many_lines_as_ever(edges: Edges, harmless: Edges) -> None:
    def lines(told: Edges, *args: str) -> int:
        return len((told.ask(*args) if args else told.rehearsed).out.split("\n"))

    for args in ((), ("list",), ("list", "--format", "tsv"), ("alerts", "list"), ("history",)):
        assert lines(edges, *args) == lines(harmless, *args), args
    assert commands(edges) == commands(harmless)


def commands(edges: Edges) -> list[str]:
    """What a workflow is told to do, without what is said."""
    program = edges.program
    answer = edges.ask("check", "--source", str(program.document), "--format", "github", str(program.page))
    return [line.partition(" ")[0] for line in answer.out.splitlines()]


@pytest.mark.parametrize("output", ["csv", "tsv"])
def test_a_spreadsheet_gets_no_formula(edges: Edges, output: str) -> None:
    text = edges.ask("list", "--format", output).out
    rows = list(csv.reader(io.StringIO(text), delimiter="," if output == "csv" else "\t"))
    assert [len(cells) for cells in rows] == [len(rows[0])] * (2 + 2 * len(HARMFUL))
    assert [
        cell for cells in rows for cell in cells if re.match(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]", cell)
    ] == []


def test_the_page_has_the_elements_it_always_has(edges: Edges, harmless: Edges) -> None:
    text = edges.page.read_text("utf-8")
    tree = html.document_fromstring(text)
    assert structure(tree) == structure(html.document_fromstring(harmless.page.read_bytes()))
    assert LIVE.findall(text.replace("\n", "")) == []
    said = " ".join(tree.text_content().split())
    assert [name for name in HARMFUL.values() if shown(folded(name)) not in said] == []


def test_the_feed_has_the_elements_it_always_has(edges: Edges, harmless: Edges) -> None:
    feed = edges.feed.read_bytes()
    assert structure(etree.fromstring(feed)) == structure(etree.fromstring(harmless.feed.read_bytes()))
    parsed = feedparser.parse(feed)
    assert parsed.bozo == 0
    assert [entry for entry in parsed.entries if LIVE.search(entry.title)] == []


def test_a_mail_has_the_headers_and_elements_it_always_has(edges: Edges, harmless: Edges) -> None:
    letter = edges.letter
    assert letter.keys() == harmless.letter.keys()
    assert letter["To"] == "ops@example.org"
    assert [str(value) for value in letter.values() if LIVE.search(str(value))] == []
    elements = structure(html.document_fromstring(markup(harmless.letter)))
    assert structure(html.document_fromstring(markup(letter))) == elements
    text = letter.get_body(("plain",))
    assert text is not None
    assert LIVE.findall(str(text.get_content()).replace("\r\n", "\n")) == []


def test_programs_get_the_names_as_they_are(edges: Edges) -> None:
    names = [folded(name) for name in HARMFUL.values()]
    for body in (edges.letters.read_bytes().splitlines()[-1], edges.posted):
        assert body.isascii()
        codes = [code for alert in json.loads(body)["alerts"] for code in alert["codes"]]
        assert [code["name"] for code in codes if code["first"] % 2 == 0] == names
    listed = [code for code in edges.ask("list", "--format", "json").json if code["first"] >= 3000]
    assert [code["description"] for code in listed[::2]] == names
    # Stored exactly; and nobody's SQL but ours was run.
    stored = edges.program.ask("SELECT description FROM registration WHERE first % 2 = 0 AND first >= 3000")
    assert [text for (text,) in stored] == names
