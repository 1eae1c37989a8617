"""The floor of `check`: each page read, decoded, and searched for a digit and for a table's or a list's mark.

Its arguments: PAGE...
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click  # noqa: F401  # what `check` is typed with

mark = re.compile(r"^[^|\n]*\|[^\n]*\n[^\n]*-|^\s*[-*+]\s|<(?:td|th|li)\b|^\s*\d", re.MULTILINE)
digit = re.compile(r"\d")
found = 0
for name in sys.argv[1:]:
    text = Path(name).read_bytes().decode()
    found += digit.search(text) is not None and mark.search(text) is not None
print(found)
