"""A page's bytes as text. What the text says is not known here."""

from __future__ import annotations

import codecs
import re

from sync.errors import TableUnusable

_DECLARATION_BYTES = 1024
"""How far an HTML page may take to declare its encoding (HTML Living Standard, 4.2.5.4)."""
_LATIN_1 = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "windows-1252", "cp1252"})
"""Labels that browsers read as Windows-1252, whose en dash the others lack (Encoding Standard, 4.2)."""
_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def decode(body: bytes) -> str:
    r"""Read UTF-8, UTF-16 with a byte order mark, or Latin-1 that an HTML page declares.

    Line ends become `\n`. TableUnusable is raised for anything else, with the position of the first byte
    that does not fit, from 0.
    """
    text = _strictly(body)
    position = text.find("\0")
    if position >= 0:
        raise TableUnusable(f"a NUL character at position {position}; name a page of text")
    return _with_line_feeds(text)


def decode_for_search(body: bytes) -> str:
    """The text that `decode` gives; where that would raise, something near it."""
    return _with_line_feeds(body.decode("utf-16" if _is_utf_16(body) else "utf-8-sig", errors="replace"))


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_utf_16(body: bytes) -> bool:
    return body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _strictly(body: bytes) -> str:
    encoding, spelled = ("utf-16", "UTF-16") if _is_utf_16(body) else ("utf-8-sig", "UTF-8")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-16" and _declared(body) in _LATIN_1:
            encoding, spelled = "cp1252", "the Latin-1 that it declares"
        else:
            raise TableUnusable(f"not {spelled} at byte {error.start}; save it as UTF-8") from error
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise TableUnusable(f"not {spelled} at byte {error.start}; save it as UTF-8") from error


def _declared(body: bytes) -> str | None:
    """The label of the encoding in an HTML page's `<meta>`, in lower case; None without one."""
    # Only a page that is not UTF-8 gets here, so that no other waits for lxml.
    from sync.parse_documented.html_page import meta_attributes  # noqa: PLC0415 - see above

    head = body[:_DECLARATION_BYTES].decode("latin-1").replace("\0", " ")
    for attributes in meta_attributes(head):
        if "charset" in attributes:
            return attributes["charset"].strip().lower()
        label = _LABEL.search(attributes.get("content", ""))
        if label is not None and attributes.get("http-equiv", "").lower() == "content-type":
            return label[1].lower()
    return None
