"""Which answers are XML, which claim to be and are not, and that no answer does any harm."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import DocumentUnusable, NotADocument
from sync.parse_registry.strict_xml import read_xml

HERE = "https://example.org/registry.xml"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def reason_of(body: bytes) -> str:
    """Why a body that claims to be XML can't be used."""
    with pytest.raises(DocumentUnusable) as caught:
        read_xml(body, location=HERE)
    assert "\n" not in caught.value.reason
    return caught.value.reason


# -- what is read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "<a>é</a>".encode(),
        f"{XML}<a>é</a>".encode(),
        f"{XML}<a>é</a>".encode("utf-8-sig"),
        '<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode("utf-16"),
        b"\xfe\xff" + "<a>é</a>".encode("utf-16-be"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("iso-8859-1"),
        "<?xml version='1.0' encoding='utf-8'?>\r\n<?oxygen x?>\r\n<!-- é -->\r\n<a>é</a>\r\n".encode(),
    ],
    ids=["bare", "declared", "mark", "utf-16", "utf-16-be", "latin-1", "prolog"],
)
def test_a_document_is_read_in_its_encoding(body: bytes) -> None:
    assert read_xml(body, location=HERE).text == "é"


def test_comments_and_processing_instructions_leave_no_trace() -> None:
    root = read_xml(b"<a>3<!-- 1 -->0<?x 2?>00<b/></a>", location=HERE)
    assert root.text == "3000"
    assert [child.tag for child in root] == ["b"]


@pytest.mark.parametrize("name", ["headers", "p-codes", "html.registry", "h1:a xmlns:h1='urn:h1'"])
def test_an_element_that_only_begins_like_one_of_html_is_xml(name: str) -> None:
    assert read_xml(f"<{name}/>".encode(), location=HERE).tag


def test_a_doctype_in_a_comment_is_a_comment() -> None:
    assert read_xml(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>", location=HERE).tag == "a"


# -- what is no XML at all ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer is empty"),
        (b" \r\n\t", "the answer is empty"),
        (b'{"registry": []}', "the answer is not XML"),
        (b"Service unavailable", "the answer is not XML"),
        (b"<", "the answer is not XML"),
        (b"<3", "the answer is not XML"),
        (b"\x1f\x8b\x08\x00\x00", "the answer is not XML"),
        (b"\xff<?xml version='1.0'?><a/>", "the answer is not XML"),
        (
            b"<!DOCTYPE html><html lang=en><title>Sign in</title>",
            "the answer is an HTML page, not a registry",
        ),
        (b"\r\n<!-- edge --><!doctype HTML>", "the answer is an HTML page, not a registry"),
        (b"<HTML>\r\n<head><title>502</title></head>", "the answer is an HTML page, not a registry"),
        (b"<h1>Forbidden</h1>", "the answer is an HTML page, not a registry"),
        (b"<html", "the answer is an HTML page, not a registry"),
        (
            b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\n<html>',
            "the answer is an HTML page, not a registry",
        ),
        (
            '<?xml version="1.0" encoding="Shift_JIS"?><html xmlns="http://www.w3.org/1999/xhtml">停止'.encode(
                "shift_jis"
            ),
            "the answer is an HTML page, not a registry",
        ),
        ("<!DOCTYPE html><html>".encode("utf-16"), "the answer is an HTML page, not a registry"),
    ],
)
def test_an_answer_that_is_no_xml_is_no_document(body: bytes, reason: str) -> None:
    with pytest.raises(NotADocument) as caught:
        read_xml(body, location=HERE)
    assert (caught.value.reason, caught.value.location) == (reason, HERE)


# -- what claims to be XML ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<a>\n<b>\n</c></a>", "not well-formed: Opening and ending tag mismatch: b line 2 and c, line 3"),
        (b"<a>\n<b>", "not well-formed: Premature end of data in tag b line 2"),
        (f"{XML}x<?xml-model href='y'?><a/>".encode(), "not well-formed: Start tag expected"),
        (b"\n<?xml version='1.0'?><a/>", "not well-formed: XML declaration allowed only at the start"),
        (b"<?xml version='1.0'", "not well-formed: "),
        (b"<a b='1' b='2'/>", "not well-formed: Attribute b redefined, line 1"),
        (b"<a/><a/>", "not well-formed: Extra content at the end of the document, line 1"),
        (b"<x:a/>", "not well-formed: Namespace prefix x on a is not defined, line 1"),
        (b"<a>&nbsp;</a>", "not well-formed: Entity 'nbsp' not defined, line 1"),
        (b"<a>\x1b</a>", "not well-formed: "),
        (b"<a>\x00</a>", "not well-formed: Invalid character"),
        (f"{XML}<a>\n  é</a>".encode("iso-8859-1"), "not well-formed: not valid utf-8, line 3"),
        ("<a>é</a>".encode("utf-16")[:-1], "not well-formed: not valid utf-16-le, line 1"),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "it is declared to be in utf-16; "),
        (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "it is declared to be in utf-7; "),
        (b'<?xml version="1.0" encoding="unicode_escape"?><a/>', "it is declared to be in unicode_escape; "),
    ],
)
def test_xml_with_a_fault_says_which_and_where(body: bytes, reason: str) -> None:
    assert reason_of(body).startswith(reason)


def test_a_name_of_any_length_does_not_reach_the_reason_whole() -> None:
    assert len(reason_of(b"<a" + b"b" * 40_000 + b"></c>")) < 250


# -- what would do harm ------------------------------------------------------------------------------------

HAS_DOCTYPE = "it has a DOCTYPE, which IANA's documents never have"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        "<!-- x --> <?y?>\n<!DOCTYPE a>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'>",
        "<!DOCTYPE a [<!ENTITY x 'y'>]>",
        "<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///etc/hostname'> %x;]>",
        "<!DOCTYPE registry [<!ENTITY html 'z'>]>",
        "<!DOCTYPE>",
    ],
)
def test_every_doctype_is_refused(doctype: str, encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    assert reason_of(f"{declaration}{doctype}<a/>".encode(encoding)) == HAS_DOCTYPE
    assert reason_of(f"{doctype}<a/>".encode(encoding)) == HAS_DOCTYPE


def test_an_entity_bomb_is_never_opened() -> None:
    entities = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(12))
    assert reason_of(f"<!DOCTYPE a [<!ENTITY e0 'boom'>{entities}]><a>&e12;</a>".encode()) == HAS_DOCTYPE


def test_a_local_file_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("told")
    assert (
        reason_of(f"<!DOCTYPE a [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><a>&x;</a>".encode()) == HAS_DOCTYPE
    )


def test_an_inclusion_is_an_element_like_any_other(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("told")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    assert [child.text for child in read_xml(f"<a>{include}</a>".encode(), location=HERE)] == [None]


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 10_000,
        b"<a>" * 10_000 + b"</a>" * 10_000,
        b"<a>" + b"x" * 11_000_000 + b"</a>",
        b"<?xml " + b" " * 1_000_000,
        b"<?xml version='1.0'?>" + b"<!--" * 1_000_000,
        b"<?a?>" * 200_000 + b"<b",
        b"<a " + b"b" * 1_000_000,
    ],
    ids=["open", "deep", "text", "declaration", "comments", "instructions", "attribute"],
)
def test_a_bomb_is_refused_in_little_memory(body: bytes) -> None:
    tracemalloc.start()
    try:
        assert reason_of(body).startswith("not well-formed: ")
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body) + 1_000_000
    finally:
        tracemalloc.stop()


PIECES = "<?xml version='1.0'?>|<?x|?>|<!--|-->|<!DOCTYPE a|[|]>|<a|</a>|>|/>|&|&#0;|é|<html|<![CDATA["
MARKUP = st.lists(st.sampled_from([*PIECES.split("|"), " ", "\x00", "\ufeff"])).map("".join)


@given(st.binary() | st.builds(str.encode, MARKUP, st.sampled_from(["utf-8", "utf-16", "utf-16-be"])))
def test_nothing_but_the_two_verdicts_comes_out(body: bytes) -> None:
    try:
        root = read_xml(body, location=HERE)
    except (DocumentUnusable, NotADocument):
        return
    assert root.getroottree().docinfo.internalDTD is None
