"""From the bytes of an answer to the root of its XML tree, or the verdict on why there is none.

Knows XML and what an answer that isn't XML looks like, and nothing of registries. The parser is strict: a
document that was cut short must fail here, or it would be read as a shorter list. A document type
declaration is refused before the parser sees it, and with it every entity that it could declare.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from sync.errors import DocumentUnusable, NotADocument

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED_ENCODINGS = frozenset({"utf-8", "us-ascii", "iso-8859-1"})
_DECLARATION = re.compile(rb"""<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
_DECLARATION_LENGTH = 256
"""Bytes at the start among which an XML declaration ends."""

_BEFORE_ROOT = re.compile(r"(?:[ \t\r\n]+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
"""What XML allows before the root element, the document type declaration apart."""
_HTML = re.compile(
    r"<(?:!doctype[ \t\r\n]+html|html|head|body|title|meta|script|style|center|div|h1|p)(?![\w.:-])",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<(?:!DOCTYPE\b|[^\W\d])")
_LONGEST_MESSAGE = 200
"""Characters of the parser's own message, which may quote a name of any length."""


def read_xml(body: bytes, *, location: str) -> etree._Element:
    """Parse an answer strictly; comments and processing instructions are left out of the tree.

    `location` says where the answer came from, for the error's text. Raises NotADocument for what isn't XML
    at all (HTML, JSON, plain text, nothing), and DocumentUnusable for XML that is not well-formed, not in
    its encoding, or has a document type declaration (docs/rules.md, rule 4).
    """
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if body.startswith(mark)), None)
    # All that markup is made of is ASCII, and so the same in every encoding without a mark.
    _require_xml(body.decode(marked or "iso-8859-1", errors="replace"), location)
    encoding = marked or _declared_encoding(body)
    text = _decode(body, encoding)
    if text.startswith("<!DOCTYPE", _end_of_prolog(text)):
        raise DocumentUnusable("it has a DOCTYPE, which IANA's documents never have")
    # The parser is told the encoding, so that it reads what was examined here and nothing else.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        # What is valid UTF-8 and has no mark is what encoding its text would give.
        return etree.fromstring(body if encoding == "utf-8" else text.encode(), parser)
    except etree.XMLSyntaxError as error:
        message = " ".join(error.msg.split())[:_LONGEST_MESSAGE]
        raise DocumentUnusable(f"not well-formed: {message}") from error


def _require_xml(text: str, location: str) -> None:
    start = _end_of_prolog(text)
    if not text or text.isspace():
        raise NotADocument("the answer is empty", location=location)
    if _HTML.match(text, start):
        raise NotADocument(
            "the answer is an HTML page, not a registry",
            location=location,
            remedy="name the registry's XML, or see whether a login page stands in between",
        )
    if not text.lstrip(" \t\r\n").startswith("<?xml") and not _MARKUP.match(text, start):
        raise NotADocument("the answer is not XML", location=location, remedy="name the registry's XML")


def _end_of_prolog(text: str) -> int:
    """Where the root element, or a document type declaration, has to begin."""
    match = _BEFORE_ROOT.match(text)
    return match.end() if match else 0


def _declared_encoding(body: bytes) -> str:
    """What the XML declaration says, else XML's default (XML 1.0, section 4.3.3)."""
    declared = _DECLARATION.match(body[:_DECLARATION_LENGTH])
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding not in _UNMARKED_ENCODINGS:
        raise DocumentUnusable(f"it is declared to be in {encoding}; IANA's documents are in UTF-8")
    return encoding


def _decode(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].decode(encoding, errors="replace").count("\n") + 1
        raise DocumentUnusable(f"not well-formed: not valid {error.encoding}, line {line}") from error
