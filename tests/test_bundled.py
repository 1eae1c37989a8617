"""The files of `sync/bundled/`: what a first run starts from where IANA can't be reached."""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from sync.parse_registry.document import parse_document
from sync.records import Assignment

CLOSE_CODES = "close-code-number"
BOUNDS = (0, 65535)
BUNDLED = files("sync") / "bundled"


def test_the_bundled_registry_is_whole() -> None:
    read = parse_document((BUNDLED / "close-codes.xml").read_bytes())
    snapshot = read.registry(CLOSE_CODES, BOUNDS)
    in_range = {
        record.first: (record.content.description, record.content.registered_on)
        for record in snapshot.records
        if 3000 <= record.first <= 3999 and record.content.assignment is Assignment.ASSIGNED
    }
    assert (read.title, read.updated) == ("WebSocket Protocol Registries", "2026-06-10")
    assert (len(snapshot.records), snapshot.set_aside) == (24, ())
    assert (snapshot.records[0].first, snapshot.records[-1].last) == (1000, 4999)
    assert in_range == {
        3000: ("Unauthorized", "2021-09-06"),
        3003: ("Forbidden", "2023-02-22"),
        3008: ("Timeout", "2024-02-01"),
    }


def test_the_bundled_registry_names_nobody() -> None:
    document = (BUNDLED / "close-codes.xml").read_bytes()
    assert b"person" not in document
    assert b"contact" not in document


def test_the_bundled_table_has_values_ranges_and_names() -> None:
    table = csv.DictReader((BUNDLED / "close-codes.csv").read_text(encoding="utf-8").splitlines())
    rows = [(int(line["first"]), int(line["last"]), line["name"]) for line in table]
    assert table.fieldnames == ["first", "last", "name"]
    assert [first for first, last, _ in rows if first == last] == list(range(1000, 1016))
    assert all(name for first, last, name in rows if first == last)
    assert [(first, last, name) for first, last, name in rows if first < last] == [
        (0, 999, ""),
        (1016, 2999, ""),
        (3000, 3999, ""),
        (4000, 4999, ""),
    ]


def test_the_bundled_registry_says_what_the_newest_real_document_says(shared: Path) -> None:
    history = sorted((shared / "iana-websocket-history").glob("*.xml"))
    newest = parse_document(history[-1].read_bytes())
    bundled = parse_document((BUNDLED / "close-codes.xml").read_bytes())
    snapshot = newest.registry(CLOSE_CODES, BOUNDS)
    without_people = tuple(
        replace(record, content=replace(record.content, contacts=())) for record in snapshot.records
    )
    assert (bundled.title, bundled.updated) == (newest.title, newest.updated)
    assert bundled.registry(CLOSE_CODES, BOUNDS) == replace(snapshot, records=without_people)
