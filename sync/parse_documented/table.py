"""Pages that document values -> a DocumentedTable. Pure: bytes in, no file, no network, no clock.

The other rooms of this package know the formats, and how the right table of a page is told from the others.
What the table is compared with is the business of `flags`.
"""

from __future__ import annotations

from sync.errors import TableUnusable
from sync.intervals import Interval
from sync.parse_documented.choose import choose_table
from sync.parse_documented.encoding import decode
from sync.parse_documented.formats import Format, format_of
from sync.parse_documented.page import MAX_BYTES, PageTable
from sync.parse_documented.prefilter import mentions_values
from sync.records import DocumentedTable

__all__ = ["MAX_BYTES", "mentions_values", "parse_documented"]


def parse_documented(body: bytes, *, name: str, bounds: Interval, watched: Interval) -> DocumentedTable:
    """Read the values that a page documents (docs/rules.md, Vocabulary: documented table).

    `name` is the page's file name or the path of its URL: its suffix says the format, Markdown, HTML,
    reStructuredText, CSV, TSV or JSON; without a suffix that is known the content does. `bounds` are the
    smallest and the largest value of the registry, `watched` the first and last that are watched, all
    included. Rows come in the page's order with the line of the page they begin on, from 1.

    Raises TableMissing for a page without such a table (`choose` has the rule), TableUnusable for one with
    two, for one that is not text, and for one beyond the limits: MAX_BYTES, and those of `page` and of each
    format.
    """
    try:
        if len(body) > MAX_BYTES:
            raise TableUnusable(  # noqa: TRY301 - the name is put before every reason in one place
                f"{len(body)} bytes, and a page may have {MAX_BYTES}; name a smaller one"
            )
        text = decode(body)
        return choose_table(_read_tables(text, format_of(name, text)), bounds=bounds, watched=watched)
    except TableUnusable as error:
        raise type(error)(f"{name}: {error.reason}") from error


def _read_tables(text: str, page_format: Format) -> list[PageTable]:
    # Each format's libraries take 40 to 80 ms to import: only a page of the format pays for them.
    # ruff: noqa: PLC0415
    match page_format:
        case Format.MARKDOWN:
            from sync.parse_documented import markdown_page

            return markdown_page.read_tables(text)
        case Format.HTML:
            from sync.parse_documented import html_page

            return html_page.read_tables(text)
        case Format.RST:
            from sync.parse_documented import rst_page

            return rst_page.read_tables(text)
        case Format.CSV | Format.TSV:
            from sync.parse_documented import delimited_file

            return delimited_file.read_tables(text, "," if page_format is Format.CSV else "\t")
        case Format.JSON:
            from sync.parse_documented import json_file

            return json_file.read_tables(text)
