"""The floor of loading a copy of IANA's documents: parsed with lxml, the rows put in with sqlite3.

Its arguments: LIST DATABASE

A line of the list names a document's path and the id of a registry in it; a document's lines stand together.
One transaction, under the pragmas that the program sets. Nothing is checked, and nothing is decided.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from lxml import etree

_NAME = "{http://www.iana.org/assignments}"
_Row = tuple[str, str | None, str | None, str | None, str]


def rows(root: etree._Element, wanted: set[str]) -> Iterator[_Row]:
    """One for each record of the wanted registries."""
    for registry in root.iter(f"{_NAME}registry"):
        registry_id = registry.get("id", "")
        if registry_id not in wanted:
            continue
        for record in registry.iterchildren(f"{_NAME}record"):
            yield (
                registry_id,
                record.findtext(f"{_NAME}value"),
                record.findtext(f"{_NAME}description"),
                record.get("date"),
                " ".join(xref.get("data", "") for xref in record.iterchildren(f"{_NAME}xref")),
            )


def main() -> None:
    """Load them."""
    listed, database = sys.argv[1:]
    lines = [line.split() for line in Path(listed).read_text("utf-8").splitlines()]
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA cache_spill = OFF")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE TABLE snapshot (document TEXT, body BLOB)")
    connection.execute("CREATE TABLE record (registry, value, description, date, xrefs)")
    for path, named in groupby(lines, key=lambda line: line[0]):
        body = Path(path).read_bytes()
        connection.execute("INSERT INTO snapshot VALUES (?, ?)", (path, body))
        found = rows(etree.fromstring(body), {registry for _, registry in named})
        connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?)", found)
    connection.execute("COMMIT")
    connection.close()


main()
