"""Which format is a page written in? By its name's suffix; by its content where that says nothing."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath

from sync.parse_documented.headings import heads_values


class Format(StrEnum):
    """What the rooms of this package read."""

    MARKDOWN = "Markdown"
    HTML = "HTML"
    RST = "reStructuredText"
    CSV = "CSV"
    TSV = "TSV"
    JSON = "JSON"


_SUFFIXES = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".rst": Format.RST,
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
}

RST_LINE = (
    r"[^\S\n]*(?:"
    r"\+[-=+]{2,}"  # a grid table's line
    r"|={1,}(?:[^\S\n]+={1,})+[^\S\n]*$"  # a simple table's
    r")"
)
RST_DIRECTIVE = r"\.\.[^\S\n]+(?:[^\n]*[^\S\n])?(?:list|csv)-table ?::"
_RST_TABLE = re.compile(rf"^{RST_LINE}|{RST_DIRECTIVE}", re.MULTILINE | re.IGNORECASE)
_RST = re.compile(r"^\.\.\s|:[a-z]+:`", re.MULTILINE)
_JSON = re.compile(r"\s*(?:\[\s*[\[{]|\{\s*[\"}])")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ENDS = {"first", "last"}
_DELIMITER = re.compile(r"[,\t]")
_WORD = re.compile(r"\w+")
_HEADING_WORDS = 2
_BEGINNING = 1024
"""Characters in which an HTML page says that it is one."""


def format_of(name: str, text: str) -> Format:
    """The format of the page `text`; `name` is its file name or the path of its URL."""
    return _SUFFIXES.get(PurePosixPath(name).suffix.lower()) or _by_content(text)


def first_line(text: str) -> str:
    """The first line that is not blank; a delimited file's headings."""
    return text.lstrip().partition("\n")[0]


def may_be_headings(line: str) -> bool:
    """Whether a delimited file that begins with this line may have a column headed as values."""
    return (
        line.count('"') % 2 == 1  # they go on below
        or any(map(heads_values, _DELIMITER.split(line)))
        or set(_WORD.findall(line.casefold())) >= _ENDS
    )


def _by_content(text: str) -> Format:
    if _JSON.match(text):
        return Format.JSON
    if _HTML.search(text, 0, _BEGINNING):
        return Format.HTML
    if _RST_TABLE.search(text) or _RST.search(text):
        return Format.RST
    for delimiter, delimited in (("\t", Format.TSV), (",", Format.CSV)):
        if _is_heading(first_line(text).split(delimiter)):
            return delimited
    return Format.MARKDOWN


def _is_heading(cells: list[str]) -> bool:
    """Whether these are the headings of a delimited file, two or more, and no sentence."""
    words = [cell.strip().strip('"') for cell in cells]
    named = any(heads_values(word) for word in words) or {word.casefold() for word in words} >= _ENDS
    return named and len(words) > 1 and all(len(word.split()) <= _HEADING_WORDS for word in words)
