"""`check` over 2,000 pages without a table of codes, against reading and searching the same bytes.

Whole processes. The floor is a script that imports click, reads each page, decodes it, and searches it for a
digit and for markup that tables and lists begin with, by one pattern for both.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Measured
from benchmarks.measure import FEW, by_turns, cpu, floor, program

PAGES = 2000
PARAGRAPHS = 40
"""Of a page: some 16 KB, as a longer page of a manual has."""


def measure() -> Measured:
    """The one figure."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        pages = [write(home, number) for number in range(PAGES)]
        pairs = by_turns(
            lambda: program("check", *pages, home=home),
            lambda: floor("read_and_search", *pages, home=home),
            FEW,
        )
    return Measured((cpu(f"`check`, {PAGES:,} pages without a table", "reading and searching them", pairs),))


def write(folder: Path, number: int) -> str:
    """A page of prose, with code, links, numbers, a list and a table of other things; its path."""
    paragraph = (
        f"Section {number} of the manual. A connection may be closed with a code such as 1000 or 3000-3999, "
        "see [RFC 6455](https://www.rfc-editor.org/rfc/rfc6455#section-7.4). `close(3000)` does | or not.\n"
        "\nThe next sentence is here since pages have many: nothing in it is a table, and *nothing* is a "
        "list.\n\n"
    )
    other = (
        "| Name | Since |\n| --- | --- |\n| code | Chrome 43 |\n\n- one\n- another\n- 2 more\n- 1.2.3 (old)\n"
        "\nA line of prose may well begin with a number, such as\n3000 here, which begins no row.\n"
    )
    path = folder / f"page-{number}.md"
    path.write_text(f"# Page {number}\n\n{paragraph * PARAGRAPHS}{other}", encoding="utf-8")
    return str(path)
