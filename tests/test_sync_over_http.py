"""Whole syncs over HTTP on loopback: what a document says is stored, and asked for again it is a 304."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from builders import document, row
from databases import rows
from loopback import LoopbackServer
from whole_database import everything, new_database

from sync.deliver.channels import STREAMS
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.verdict import Verdict
from sync.watches import CLOSE_CODES

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = "{http://www.iana.org/assignments}"
MODIFIED = "Wed, 10 Jun 2026 00:00:00 GMT"


def said(body: bytes) -> list[tuple[int, int, str, str | None, str | None]]:
    """The close-code records of a document, read by other means than the program's."""
    found = []
    for registry in ET.fromstring(body).iter(f"{NAME}registry"):  # noqa: S314  # IANA's own, or ours
        if (registry.get("id") or "").strip() != CLOSE_CODES.registry_id:
            continue
        for record in registry.findall(f"{NAME}record"):
            first, _, last = (record.findtext(f"{NAME}value") or "").partition("-")
            label = " ".join((record.findtext(f"{NAME}description") or "").split())
            values = int(first), int(last or first)
            found.append((*values, label, record.get("date"), record.get("updated")))
    return sorted(found)


def stored_is_what_is_said(server: LoopbackServer, folder: Path, body: bytes) -> None:
    server.put("/websocket.xml", body, last_modified=MODIFIED)
    database = new_database(folder / "ianawatch.db")
    sync = Sync([replace(CLOSE_CODES, mirror=server.url("/websocket.xml"))], Settings(), STREAMS)
    sync_watches(database, sync, AT)
    columns = "first, last, description, registered_on, revised_on"
    assert rows(database, f"SELECT {columns} FROM record ORDER BY first") == said(body)  # noqa: S608  # ours


def test_each_real_document_is_stored_as_it_says(shared: Path, tmp_path: Path) -> None:
    documents = sorted((shared / "iana-websocket-history").glob("*.xml"))
    assert len(documents) == 81
    with LoopbackServer() as server:
        for number, path in enumerate(documents):
            folder = tmp_path / str(number)
            folder.mkdir()
            stored_is_what_is_said(server, folder, path.read_bytes())


@pytest.mark.parametrize("code", ["3000", "3001-3002"])
def test_a_document_is_stored_as_it_says(code: str, tmp_path: Path) -> None:
    with LoopbackServer() as server:
        stored_is_what_is_said(server, tmp_path, document([row("1000", "Normal Closure"), row(code, "Ours")]))


def test_the_second_sync_is_a_304_and_changes_nothing_but_the_last_check(tmp_path: Path) -> None:
    body = document(
        [row("1000", "Normal Closure"), row("3000", "Unauthorized"), row("3001-3999", "Unassigned")]
    )
    with LoopbackServer() as server:
        server.put("/websocket.xml", body, last_modified=MODIFIED)
        database = new_database(tmp_path / "ianawatch.db")
        sync = Sync([replace(CLOSE_CODES, mirror=server.url("/websocket.xml"))], Settings(), STREAMS)
        sync_watches(database, sync, AT)
        before = everything(database)
        (report,) = sync_watches(database, sync, AT + timedelta(hours=1)).reports
        assert [request.status for request in server.requests] == [200, 304]
    assert (report.verdict, report.changes, report.alerts) == (Verdict.UNCHANGED, (), ())
    assert everything(database) | {"observation": before["observation"]} == before
    assert rows(database, "SELECT last_at, count FROM observation") == [("2026-11-22T13:00:00Z", 2)]
    assert rows(database, "SELECT last_at, count FROM run") == [("2026-11-22T13:00:00Z", 2)]


def test_unchanged_runs_add_no_row(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        server.put("/websocket.xml", document([row("1000", "Normal Closure")]), last_modified=MODIFIED)
        database = new_database(tmp_path / "ianawatch.db")
        sync = Sync([replace(CLOSE_CODES, mirror=server.url("/websocket.xml"))], Settings(), STREAMS)
        for hour in range(50):
            sync_watches(database, sync, AT + timedelta(hours=hour))
    assert rows(database, "SELECT count(*) FROM observation") == [(1,)]
    assert rows(database, "SELECT count(*) FROM run") == [(1,)]
