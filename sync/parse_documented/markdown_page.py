"""Tables and bullet lists of a Markdown page (CommonMark with GitHub's tables), by way of HTML.

Markdown holds HTML, tables in it that are begun in one block and ended in another, Markdown inside of HTML:
only the page as a browser gets it shows what belongs together. So it is rendered, each block on the line
where it stands in the page, and `html_page` reads the result with the page's own lines.
"""

from __future__ import annotations

from markdown_it import MarkdownIt

from sync.parse_documented import html_page
from sync.parse_documented.page import PageTable, refuse_long_markup

_MAX_CHARACTERS = 512 * 1024
"""markdown-it takes a second for 512 KiB of prose, and ten for the worst there is."""
_MAX_LINES = 20_000


def read_tables(text: str) -> list[PageTable]:
    """Every table and bullet list, in any order; TableUnusable is raised for a page beyond the limits."""
    refuse_long_markup(text, max_characters=_MAX_CHARACTERS, max_lines=_MAX_LINES)
    return html_page.read_tables(_as_html(text))


def _as_html(text: str) -> str:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    pieces: list[str] = []
    line = 0
    for token in markdown.parse(text):
        if token.map is not None and token.map[0] > line:
            pieces.append("\n" * (token.map[0] - line))
            line = token.map[0]
        piece = markdown.renderer.render([token], markdown.options, {})
        if token.type != "html_block":
            # Any other token's line breaks are the renderer's own.
            piece = piece.replace("\n", " ")
        pieces.append(piece)
        line += piece.count("\n")
    return "".join(pieces)
