"""Whatever a document says, a run says what is wrong with it, loses no code, and the next good one heals it.

A verdict falls where the fault is (docs/rules.md, rule 4). What can't be used as a whole is quarantined; a
record that can't be used is set aside, the others count, and nothing is withdrawn while it is.
"""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from builders import NAMESPACE, Row, document, registry, row
from faults import (
    AFTER,
    BEFORE,
    FORBIDDEN,
    NEWS,
    NORMAL,
    UNAUTHORIZED,
    Knowing,
    Web,
    answered,
    served,
)

from sync.errors import Exit

MIB = 1024 * 1024
TOLD = "; it is quarantined, and what was known before stands; `ianawatch quarantine` shows what is held back"
TEXT = AFTER.decode()
DECLARATION, _, MARKUP = TEXT.partition("\n")
ROOT = f'<registry xmlns="{NAMESPACE}" id="websocket">'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Knowing:
    """After a first good document."""
    folder = tmp_path_factory.mktemp("begun")
    path = folder / "registry.xml"
    path.write_bytes(BEFORE)
    knowing = Knowing(folder, str(path))
    knowing.begins()
    return knowing


class Reader:
    """A copy of that, which reads whatever was put into a file."""

    def __init__(self, begun: Knowing, folder: Path) -> None:
        self._file = folder / "registry.xml"
        self.knowing = begun.copied(folder)
        self.knowing.location = str(self._file)

    def put(self, body: bytes) -> Knowing:
        """Have the document say this from now on."""
        self._file.write_bytes(body)
        return self.knowing


@pytest.fixture
def reader(begun: Knowing, tmp_path: Path) -> Reader:
    return Reader(begun, tmp_path)


def declared(doctype: str, markup: str = MARKUP) -> bytes:
    """The document with a document type declaration."""
    return f"{DECLARATION}\n{doctype}\n{markup}".encode()


# -- documents that can't be used ----------------------------------------------------------------------

UNUSABLE: dict[str, tuple[bytes, str]] = {
    "an entity bomb": (
        declared(f'<!DOCTYPE registry [<!ENTITY l0 "lol">{LAUGHS}]>', MARKUP.replace("Forbidden", "&l9;")),
        "it has a DOCTYPE, which IANA's documents never have",
    ),
    "an entity that blows up squared": (
        declared(f'<!DOCTYPE registry [<!ENTITY a "{"a" * MIB}">]>', MARKUP.replace("Forbidden", "&a;" * 9)),
        "it has a DOCTYPE, .*",
    ),
    "an external entity": (
        declared(
            '<!DOCTYPE registry [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            MARKUP.replace("Forbidden", "&x;"),
        ),
        "it has a DOCTYPE, .*",
    ),
    "an external parameter entity": (
        declared('<!DOCTYPE registry [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'),
        "it has a DOCTYPE, .*",
    ),
    "a DTD": (declared('<!DOCTYPE registry SYSTEM "registry.dtd">'), "it has a DOCTYPE, .*"),
    "an entity that nobody declared": (
        TEXT.replace("Forbidden", "&nbsp;").encode(),
        "not well-formed: Entity 'nbsp' not defined.*",
    ),
    "10,000 levels": (
        document([NORMAL, UNAUTHORIZED, FORBIDDEN], other="<a>" * 10_000 + "</a>" * 10_000),
        "not well-formed: Excessive depth in document.*",
    ),
    "100,000 attributes twice": (
        TEXT.replace(ROOT, ROOT[:-1] + " a=''" * 100_000 + ">").encode(),
        "not well-formed: Attribute a redefined.*",
    ),
    "a date of a million figures": (
        document([NORMAL], updated="2" * MIB),
        "its <updated> is longer than 100 characters",
    ),
    "another namespace": (
        TEXT.replace(NAMESPACE, "http://example.org/").encode(),
        f"its root is not in the namespace {NAMESPACE}",
    ),
    "no namespace": (
        TEXT.replace(f' xmlns="{NAMESPACE}"', "").encode(),
        "its root is not in the namespace .*",
    ),
    "another root": (b"<redirect/>\n", "its root is <redirect>, not <registry>"),
    "a root with escape sequences": ("<a\u202e\u2028b/>".encode(), "not well-formed: .*"),
    "two roots": (AFTER + AFTER.partition(b"\n")[2], "not well-formed: Extra content.*"),
    "no registry": (
        document([row("1", "Text")], registry_id="opcode"),
        "the document has no registry close-code-number",
    ),
    "two registries": (
        document([NORMAL], other=registry([FORBIDDEN])),
        "the document has 2 registries close-code-number",
    ),
    "an empty registry": (document([]), "the registry close-code-number is empty: it has no records"),
    "a registry of unusable records": (
        document([row("x", "X"), row("-1", "Y")]),
        r"the registry close-code-number is empty: none of its records can be used: .* \(all 2 records\)",
    ),
    "another namespace for the records": (
        TEXT.replace("<record", f'<record xmlns="{NAMESPACE}/"').encode(),
        "the registry close-code-number is empty: it has no records",
    ),
    "Latin-1 that claims to be UTF-8": (
        TEXT.replace("Normal Closure", "Fermé").encode("iso-8859-1"),
        "not well-formed: not valid utf-8, line 7",
    ),
    "an encoding of its own": (
        TEXT.replace("UTF-8", "x-secret").encode(),
        "it is declared to be in x-secret; .*",
    ),
    "UTF-7": (TEXT.replace("UTF-8", "UTF-7").encode(), "it is declared to be in utf-7; .*"),
    "a NUL": (AFTER.replace(b"Forbidden", b"For\0bidden"), "not well-formed: .*"),
    "an ESC": (AFTER.replace(b"Forbidden", b"\x1b[2J"), "not well-formed: .*"),
    "an ESC by reference": (AFTER.replace(b"Forbidden", b"&#27;[2J"), "not well-formed: .*"),
    "half of a document": (AFTER[: len(AFTER) // 2], "not well-formed: .*"),
    "a document without its end": (AFTER.rstrip()[:-1], "not well-formed: .*"),
    "the same attribute twice": (
        AFTER.replace(b'date="', b'date="2020-01-01" date="', 1),
        "not well-formed: .*",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_document_that_cannot_be_used(name: str, reader: Reader) -> None:
    body, reason = UNUSABLE[name]
    knowing = reader.put(body)
    knowing.meets(Exit.UNUSABLE_INPUT, f"close-codes: {reason}{TOLD}")
    reader.put(AFTER)
    knowing.heals()


@pytest.mark.parametrize(
    "body",
    [TEXT.replace("UTF-8", "UTF-16").encode("utf-16-le"), b"x" + AFTER, b"", bytes(MIB), b"%PDF-1.7", b"{}"],
    ids=["UTF-16 without a mark", "a stray byte", "nothing", "zeros", "PDF", "JSON"],
)
def test_what_is_no_document_at_all_is_a_failed_fetch(body: bytes, reader: Reader) -> None:
    knowing = reader.put(body)
    knowing.meets(Exit.PASSING_FAILURE, f"{knowing.location}: the answer is (not XML|empty); .+")
    reader.put(AFTER)
    knowing.heals()


def test_many_unusable_documents_are_told_once_and_twenty_are_kept(reader: Reader) -> None:
    knowing = reader.put(BEFORE[:-20])
    assert knowing.sync("--quiet").err
    for number in range(21):
        reader.put(BEFORE[:-20] + f"<!-- {number} ".encode())
        answer = knowing.sync("--quiet")
        assert (answer.exit_code, answer.out, answer.err) == (Exit.UNUSABLE_INPUT, "", "")
    bodies = knowing.program.ask("SELECT count(*), count(body) FROM snapshot WHERE NOT applied")
    assert bodies == [(22, 20)]
    reader.put(AFTER)
    knowing.heals()
    knowing.is_well()


# -- documents that are odd and can be used ------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        AFTER.replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"),
        b"\xef\xbb\xbf" + AFTER,
        AFTER.replace(b"UTF-8", b"ISO-8859-1"),
        AFTER.replace(b"\n", b"\r\n"),
        AFTER.replace(b"\n", b"\n<?oxygen x?><!-- <!DOCTYPE a> -->\n"),
        AFTER.replace(b"Forbidden", b"<![CDATA[Forbidden]]>"),
        AFTER.replace(b"Forbidden", b"For<!-- not -->bidden"),
        AFTER.replace(b'id="close-code-number"', b'id=" close-code-number\n"'),
        AFTER.replace(b"<value>3003<", b"<value>\n 0xBBB <"),
        AFTER.replace(b"</people>", b"</people>" + b"<!---->" * 200_000),
    ],
    ids=[
        "UTF-16",
        "byte order mark",
        "Latin-1",
        "CR LF",
        "comments",
        "CDATA",
        "comment in a name",
        "spaces in an id",
        "hexadecimal",
        "200,000 comments",
    ],
)
def test_an_odd_document_is_read_all_the_same(body: bytes, reader: Reader) -> None:
    reader.put(body).heals()


@pytest.mark.parametrize("date", ["yesterday", "2023-02", "", "31/12/2023", "9" * 50])
def test_a_date_that_is_none_is_taken_as_it_is(date: str, reader: Reader) -> None:
    odd = row("3003", "Forbidden", date=date)
    knowing = reader.put(document([NORMAL, UNAUTHORIZED, odd], updated=date or None))
    answer = knowing.sync("--quiet")
    said = f", registered {date}" if date else ""
    assert answer.out == f"close-codes: newly registered: 3003 Forbidden{said}; not documented in bundled\n"
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    # The date that was meant amends it: no news.
    reader.put(AFTER)
    knowing.is_well()
    assert knowing.codes() == [(1000, None), (3000, None), (3003, None)]


# -- records that can't be used ------------------------------------------------------------------------

SET_ASIDE: dict[str, tuple[list[Row], str]] = {
    "no value": ([row(None, "Unauthorized")], "it has no value"),
    "an empty value": ([row(" ", "Unauthorized")], "it has no value"),
    "an unreadable value": ([row("30O0", "Unauthorized")], "its value can't be read"),
    "a value of -1": ([row("-1", "Unauthorized")], "its value can't be read"),
    "a value of 65536": ([row("65536", "Unauthorized")], "its value is outside 0-65535"),
    "a value of 400 figures": (
        [row("9" * 400, "Unauthorized")],
        "its value is larger than 9223372036854775807",
    ),
    "a hexadecimal value of 400 figures": ([row("0x" + "F" * 400, "X")], "its value is larger than .*"),
    "a fraction": ([row("3000.0", "Unauthorized")], "its value can't be read"),
    "figures of another script": (
        [row("\u0663\u0660\u0660\u0660", "Unauthorized")],
        "its value can't be read",
    ),
    "two values": ([row("3000", "X", inside="<value>3001</value>")], "it has more than one value"),
    "a reversed range": ([row("3001-3000", "Unauthorized")], "its range is reversed"),
    "a range of three": ([row("3000-3001-3002", "Unauthorized")], "its value can't be read"),
    "a range beyond the end": ([row("3000-65536", "Unauthorized")], "its value is outside 0-65535"),
    "no name": ([row("3000", None)], "it has no description"),
    "an empty name": ([row("3000", " ")], "it has no description"),
    "a name of 7 MiB": ([row("3000", "U" * 7 * MIB)], "a text of it is longer than 10000 characters"),
    "a code twice": ([UNAUTHORIZED, row("3000", "Other")], "it contradicts another record"),
    "ranges that overlap": (
        [row("3000-3001", "Unauthorized"), row("2999-3000", "Other")],
        "it contradicts another record",
    ),
}


@pytest.mark.parametrize("name", SET_ASIDE)
def test_a_record_that_cannot_be_used(name: str, reader: Reader) -> None:
    bad, reason = SET_ASIDE[name]
    # It stands where a known code stood, and may hide it.
    knowing = reader.put(document([NORMAL, *bad, FORBIDDEN], updated="2026-01-02"))
    answer = knowing.sync("--quiet")
    assert (answer.exit_code, answer.out) == (Exit.DONE, NEWS)
    (line,) = answer.err.splitlines()
    counted = "1 record was" if len(bad) == 1 else f"{len(bad)} records were"
    assert re.match(rf"ianawatch: close-codes: {counted} set aside: {reason} \(", line), line
    assert len(line) < 1000
    for _ in range(2):
        knowing.days(2)
        answer = knowing.sync("--quiet")
        assert (answer.exit_code, answer.out, answer.err) == (Exit.DONE, "", "")
    assert knowing.codes() == [(1000, None), (3000, None), (3003, None)]
    reader.put(document([NORMAL, UNAUTHORIZED, FORBIDDEN], updated="2026-01-03"))
    knowing.is_well()
    assert knowing.codes() == [(1000, None), (3000, None), (3003, None)]
    assert knowing.program.ask("SELECT count(*) FROM hold WHERE closed_at IS NULL") == [(0,)]
    assert knowing.program.ask("SELECT kind FROM alert WHERE kind = 'withdrawal'") == []


@pytest.mark.parametrize(
    "twice",
    [[FORBIDDEN, FORBIDDEN], [FORBIDDEN, row("3003-3003", "Forbidden", date="2023-02-22")]],
    ids=["a record twice", "as a range, too"],
)
def test_a_code_that_is_listed_twice_alike_is_one(twice: list[Row], reader: Reader) -> None:
    knowing = reader.put(document([NORMAL, UNAUTHORIZED, *twice], updated="2026-01-02"))
    knowing.heals()


# -- a body that was damaged on its way ----------------------------------------------------------------


def test_a_damaged_body_is_not_confirmed_by_304(begun: Knowing, tmp_path: Path) -> None:
    damaged = AFTER.replace(b"<value>3000<", b"<value>3002<")

    def conditional(connection: socket.socket) -> None:
        known = "later" in web.heads[-1]
        (answered("304 Not Modified") if known else served(AFTER, "later"))(connection)

    with Web(served(damaged, "later")) as web:
        knowing = begun.copied(tmp_path)
        knowing.location = web.location
        # That something new was registered can't be told from damage.
        assert "newly registered: 3002 Unauthorized" in knowing.sync("--quiet").out
        # The server serves what it always served, and says so to whoever had that version.
        web.script = conditional
        told = ""
        for _ in range(5):
            knowing.days(1)
            answer = knowing.sync("--quiet")
            assert (answer.exit_code, answer.err) == (Exit.DONE, "")
            told += answer.out
    assert told == "close-codes: withdrawn: 3002 Unauthorized, registered 2021-09-06\n"
    assert [code for code, withdrawn in knowing.codes() if not withdrawn] == [1000, 3000, 3003]
