"""The floor of loading a copy of IANA's documents into the same rows: parsed with lxml, put in with sqlite3.

Its arguments: LIST SCHEMA DATABASE

A line of the list names a document's path and the id of a registry in it; a document's lines stand together.
The schema is a JSON list of the statements that make the program's tables and their indexes. One transaction,
under the pragmas that the program sets. Nothing is checked, nothing is decided, and no more is read of a
record than the copy has in it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from lxml import etree

_NAME = "{http://www.iana.org/assignments}"
_AT = "2026-01-01T00:00:00Z"
_SNAPSHOT = "INSERT INTO snapshot VALUES (?, ?, ?, ?, ?, ?, 0, 1)"
_DOCUMENT = "INSERT INTO document VALUES (?, ?, ?, ?, NULL, NULL)"
_WATCH = "INSERT INTO watch VALUES (?, ?, ?, ?, NULL, NULL, ?)"
_RECORD = """
INSERT INTO record (watch_id, first, last, assignment, description, registered_on, revised_on, xrefs,
                    reference, contacts, extra, valid_from)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', '[]', ?)
"""
_REGISTRATION = """
INSERT INTO registration (watch_id, key, first, last, description, registered_on, revised_on, xrefs,
                          reference, contacts, extra, origin_name, origin_date, formerly, first_seen_at,
                          baseline, removal_accepted, endings)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', '[]', ?, ?, '[]', ?, 1, 0, 0)
"""


_Said = tuple[str, str | None, str | None, str, str]
"""Name, date, date of a revision, references as JSON and for a person."""


def records(registry: etree._Element) -> Iterator[tuple[int, int, str, _Said]]:
    """First and last value, assignment and what is said of each record."""
    for record in registry.iterchildren(f"{_NAME}record"):
        first, _, last = (record.findtext(f"{_NAME}value") or "").partition("-")
        name = record.findtext(f"{_NAME}description") or ""
        xrefs = [
            (xref.get("type", ""), xref.get("data", ""), xref.text or "")
            for xref in record.iterchildren(f"{_NAME}xref")
        ]
        reference = "; ".join(
            f"RFC {data[3:]}" if kind == "rfc" else data for kind, data, _ in xrefs if kind != "person"
        )
        said = (name, record.get("date"), record.get("updated"), json.dumps(xrefs), reference)
        yield int(first, 0), int(last or first, 0), _assignment(name), said


def _assignment(name: str) -> str:
    if name == "Unassigned":
        return "unassigned"
    return "private-use" if "Private Use" in name else "assigned"


def _key(first: int, last: int, said: _Said) -> str:
    return hashlib.sha256(json.dumps([first, last, *said[:2]]).encode()).hexdigest()[:20]


def main() -> None:
    """Load them."""
    listed, schema, database = sys.argv[1:]
    lines = [line.split() for line in Path(listed).read_text("utf-8").splitlines()]
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA cache_spill = OFF")
    connection.execute("BEGIN IMMEDIATE")
    for statement in json.loads(Path(schema).read_text("utf-8")):
        connection.execute(statement)
    watch_id = 0
    for document_id, (path, named) in enumerate(groupby(lines, key=lambda line: line[0]), 1):
        body = Path(path).read_bytes()
        root = etree.fromstring(body)
        sha256, updated = hashlib.sha256(body).hexdigest(), root.findtext(f"{_NAME}updated")
        version = (document_id, path, sha256, updated, zlib.compress(body, level=1), len(body))
        connection.execute(_SNAPSHOT, version)
        connection.execute(_DOCUMENT, (document_id, path, document_id, updated))
        registries = {registry.get("id"): registry for registry in root.iter(f"{_NAME}registry")}
        for _, registry_id in named:
            watch_id += 1
            connection.execute(_WATCH, (watch_id, registry_id, document_id, registry_id, document_id))
            found = list(records(registries[registry_id]))
            connection.executemany(
                _RECORD, [(watch_id, first, last, what, *said, _AT) for first, last, what, said in found]
            )
            connection.executemany(
                _REGISTRATION,
                [
                    (watch_id, _key(first, last, said), first, last, *said, *said[:2], _AT)
                    for first, last, what, said in found
                    if what == "assigned"
                ],
            )
    connection.execute("COMMIT")
    connection.close()


main()
