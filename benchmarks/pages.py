"""`check` over 2,000 pages without a table of codes, against reading and searching the same bytes.

Whole processes. The floor is a script that imports click, reads each page, decodes it, and searches it for a
digit and for markup that tables and lists begin with, by one pattern for both.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 5
PAGES = 2000
PARAGRAPHS = 40
"""Of a page: some 16 KB, as a longer page of a manual has."""

FLOOR = """
import re, sys
import click
mark = re.compile(r"^[^|\\n]*\\|[^\\n]*\\n[^\\n]*-|^\\s*[-*+]\\s|<(?:td|th|li)\\b|^\\s*\\d", re.MULTILINE)
digit = re.compile(r"\\d")
found = 0
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        text = file.read().decode()
    found += digit.search(text) is not None and mark.search(text) is not None
print(found)
"""


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        names = [write(Path(folder), number) for number in range(PAGES)]
        size = sum(Path(name).stat().st_size for name in names)
        floor = [timed([sys.executable, "-c", FLOOR, *names]) for _ in range(ROUNDS)]
        check = [timed([sys.executable, "-m", "sync", "check", *names]) for _ in range(ROUNDS)]
    ratio = median(check) / median(floor)
    print(f"{PAGES} pages without a table, {size / 1e6:.0f} MB, median of {ROUNDS}")
    print(f"read and search {median(floor):.2f} s, check {median(check):.2f} s, ratio {ratio:.2f}")


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


def timed(command: list[str]) -> float:
    """Seconds that a process takes. Raises CalledProcessError when it fails."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
