"""A part of loading a copy of IANA's documents: the program's own parser reads the registries, and no more.

Its argument: LIST, as the floor has it.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from sync.parse_registry.document import parse_document

WIDEST = (0, 2**63 - 1)


def main() -> None:
    """Read them."""
    lines = [line.split() for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    read = 0
    for path, named in groupby(lines, key=lambda line: line[0]):
        document = parse_document(Path(path).read_bytes())
        read += sum(len(document.registry(registry, WIDEST).records) for _, registry in named)
    print(read)


main()
