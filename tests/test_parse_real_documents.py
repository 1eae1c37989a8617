"""The parse stage on the versions of `websocket.xml` that IANA really served, 2015 to 2026."""

from __future__ import annotations

from pathlib import Path

from sync.errors import DocumentUnusable, NotADocument
from sync.parse_registry.document import parse_document
from sync.records import Assignment, Content, Reference, RegistrySnapshot


def snapshot_of(body: bytes) -> RegistrySnapshot:
    """The snapshot of the close codes."""
    return parse_document(body).registry("close-code-number", (0, 65535))


def real_documents(shared: Path) -> list[Path]:
    """Every version of the document, oldest first."""
    return sorted((shared / "iana-websocket-history").glob("*.xml"))


def test_every_real_document_is_read_whole(shared: Path) -> None:
    paths = real_documents(shared)
    assert len(paths) == 81
    for path in paths:
        snapshot = snapshot_of(path.read_bytes())
        assert snapshot.set_aside == (), path.name
        assert 18 <= len(snapshot.records) <= 24, path.name
        assert (snapshot.records[0].first, snapshot.records[-1].last) == (1000, 4999), path.name
        for before, after in zip(snapshot.records, snapshot.records[1:], strict=False):
            assert before.last + 1 == after.first, path.name


def test_contacts_of_a_real_document_have_names(shared: Path) -> None:
    snapshot = snapshot_of(real_documents(shared)[0].read_bytes())
    contacts = {record.first: record.content.contacts for record in snapshot.records}
    assert contacts[1000] == ("IESG HYBI WG",)
    assert contacts[1012] == ("Alexey Melnikov",)
    assert contacts[1014] == ()


def test_a_registry_of_the_same_document_without_descriptions(shared: Path) -> None:
    read = parse_document(real_documents(shared)[-1].read_bytes())
    assert read.registry_ids[:3] == ("extension-name", "subprotocol-name", "version-number")
    versions = read.registry("version-number", (0, 255)).records
    assert versions[0].content == Content(
        "Interim",
        Assignment.ASSIGNED,
        references=(Reference("draft", "draft-ietf-hybi-thewebsocketprotocol-00"),),
    )


def test_no_cut_of_a_real_document_is_a_shorter_list(shared: Path) -> None:
    body = real_documents(shared)[-1].read_bytes()
    whole = snapshot_of(body)
    for end in range(0, len(body), 97):
        try:
            assert snapshot_of(body[:end]) == whole
        except (DocumentUnusable, NotADocument):
            continue
