"""From a document's bytes to the snapshot of one registry: verdicts, registries, and the real documents."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import NAMESPACE, Row, document, registry, row
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import DocumentUnusable, NotADocument, RegistryUnusable
from sync.parse_registry.document import parse_document
from sync.records import Assignment, Content, Record, Reference, RegistrySnapshot, SetAside

CLOSE_CODES = "close-code-number"
BOUNDS = (0, 65535)
TITLE = "WebSocket Close Code Number Registry"

NORMAL = row("1000", "Normal Closure")
UNASSIGNED = row("1001-3999", "Unassigned")


def snapshot_of(body: bytes, registry_id: str = CLOSE_CODES) -> RegistrySnapshot:
    """The snapshot of a registry of close codes."""
    return parse_document(body).registry(registry_id, BOUNDS)


def first_values(snapshot: RegistrySnapshot) -> list[int]:
    """Where each record begins."""
    return [record.first for record in snapshot.records]


# -- the document ------------------------------------------------------------------------------------------


def test_a_document_and_its_registry() -> None:
    read = parse_document(document([UNASSIGNED, NORMAL], updated="2021-01-01"))

    assert (read.title, read.updated) == ("WebSocket Protocol Registries", "2021-01-01")
    assert read.registry_ids == (CLOSE_CODES,)
    rfc = (Reference("rfc", "rfc6455"),)
    assert read.registry(CLOSE_CODES, BOUNDS) == RegistrySnapshot(
        CLOSE_CODES,
        TITLE,
        (
            Record(1000, 1000, Content("Normal Closure", Assignment.ASSIGNED, references=rfc)),
            Record(1001, 3999, Content("Unassigned", Assignment.UNASSIGNED, references=rfc)),
        ),
    )


@pytest.mark.parametrize("updated", ["2022-01-", "2021-09-06 ", "\n 2021-09-06", "soon", "", None])
def test_the_date_is_the_text_as_served(updated: str | None) -> None:
    assert parse_document(document([NORMAL], updated=updated)).updated == updated


def test_only_the_roots_own_title_and_date_count() -> None:
    read = parse_document(
        f"<registry xmlns='{NAMESPACE}'>"
        "<people><person id='a'><updated>1999-01-01</updated></person></people>"
        "<registry id='x'><title>X</title><updated>1999-01-01</updated></registry></registry>".encode()
    )
    assert (read.title, read.updated, read.registry_ids) == ("", None, ("x",))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"<redirect xmlns='{NAMESPACE}' registry='x'/>", "its root is <redirect>, not <registry>"),
        (f"<{'a' * 99}/>", f"its root is <{'a' * 40}>, not <registry>"),
        ("<registry/>", f"its root is not in the namespace {NAMESPACE}"),
        ("<registry xmlns='http://www.iana.org/'/>", f"its root is not in the namespace {NAMESPACE}"),
        (
            f"<registry xmlns='{NAMESPACE}'><updated>{'2' * 101}</updated></registry>",
            "its <updated> is longer than 100 characters",
        ),
        (
            f"<!DOCTYPE registry><registry xmlns='{NAMESPACE}'/>",
            "it has a DOCTYPE, which IANA's documents never have",
        ),
        (
            f"<registry xmlns='{NAMESPACE}'>\n<record></registry>",
            "not well-formed: Opening and ending tag mismatch: record line 2 and registry, line 2, column 20",
        ),
    ],
)
def test_a_document_that_claims_to_be_a_registry_is_unusable(body: str, reason: str) -> None:
    with pytest.raises(DocumentUnusable) as caught:
        parse_document(body.encode())
    assert caught.value.reason == reason


def test_an_answer_that_is_no_registry_says_where_it_came_from() -> None:
    with pytest.raises(NotADocument) as caught:
        parse_document(b"<!DOCTYPE html><title>Sign in</title>", location="https://example.org/")
    assert str(caught.value) == (
        "https://example.org/: the answer is an HTML page, not a registry; "
        "name the registry's XML, or see whether a login page stands in between"
    )


# -- the registry ------------------------------------------------------------------------------------------


def test_a_registry_is_found_at_any_depth_and_by_an_id_with_stray_spaces() -> None:
    inner = registry([row("1", "inner")], registry_id=" inner\n")
    outer = registry([row("2", "outer")], registry_id="outer").replace("</registry>", f"{inner}</registry>")
    body = document([NORMAL], other=outer)

    assert parse_document(body).registry_ids == (CLOSE_CODES, "outer", "inner")
    assert snapshot_of(body, "inner").registry_id == "inner"
    assert snapshot_of(body, " inner").records[0].content.description == "inner"
    assert [record.content.description for record in snapshot_of(body, "outer").records] == ["outer"]


def test_an_id_that_is_there_twice_is_named_once() -> None:
    body = document(
        [NORMAL], other=registry([row("1", "one")]) + registry([row("2", "two")], registry_id="x")
    )
    assert parse_document(body).registry_ids == (CLOSE_CODES, "x")


def test_titles_are_folded() -> None:
    inner = registry([NORMAL], title=" C\n D")
    read = parse_document(f"<registry xmlns='{NAMESPACE}'><title> A\n B</title>{inner}</registry>".encode())
    assert (read.title, read.registry(CLOSE_CODES, BOUNDS).title) == ("A B", "C D")


def test_a_registry_without_an_id_has_no_name() -> None:
    assert parse_document(document([NORMAL], other="<registry/><registry id=' '/>")).registry_ids == (
        CLOSE_CODES,
    )


def test_the_root_is_a_registry_where_it_has_records() -> None:
    body = f"<registry xmlns='{NAMESPACE}' id='root'><title>T</title>{NORMAL.xml()}</registry>".encode()
    assert parse_document(body).registry_ids == ("root",)
    assert snapshot_of(body, "root").title == "T"


def test_the_root_may_have_the_id_of_the_registry_in_it() -> None:
    assert first_values(snapshot_of(document([NORMAL], root_id=CLOSE_CODES))) == [1000]


def test_a_table_of_ranges_is_not_records() -> None:
    ranges = "<range><value>1000-2999</value><registration_rule>Standards Action</registration_rule></range>"
    body = document([NORMAL]).replace(b"<record>", f"{ranges}<record>".encode())
    assert first_values(snapshot_of(body)) == [1000]


def test_a_record_in_another_namespace_is_none_of_ours() -> None:
    other = NORMAL.xml().replace("<record", "<record xmlns='urn:other'").replace("1000", "1001")
    body = document([NORMAL]).replace(b"</registry>", f"{other}</registry>".encode(), 1)
    assert first_values(snapshot_of(body)) == [1000]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (document([NORMAL], registry_id="opcode"), "the document has no registry close-code-number"),
        (
            document([NORMAL], root_id=CLOSE_CODES, registry_id="x"),
            "the document has no registry close-code-number",
        ),
        (document([NORMAL], other=registry([NORMAL])), "the document has 2 registries close-code-number"),
        (document([]), "the registry close-code-number is empty: it has no records"),
        (
            document([row("RSV1", "a"), row("1", "a"), row("1", "b")]),
            (
                "the registry close-code-number is empty: none of its records can be used: it has values "
                'that are no numbers: "RSV1" (1 of 3 records); its records say different things about 1 '
                "(2 of 3 records)"
            ),
        ),
    ],
    ids=["missing", "only the root", "twice", "empty", "nothing usable"],
)
def test_a_registry_that_cannot_be_used_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(RegistryUnusable) as caught:
        snapshot_of(body)
    assert caught.value.reason == reason


def test_a_fault_in_one_registry_leaves_the_others_alone() -> None:
    body = document([], other=registry([row("1", "Text Frame")], registry_id="opcode"))
    assert first_values(snapshot_of(body, "opcode")) == [1]


# -- its records -------------------------------------------------------------------------------------------


def test_records_come_sorted_by_value() -> None:
    assert first_values(snapshot_of(document([row("3", "c"), row("0x1", "a"), row("2-2", "b")]))) == [1, 2, 3]


def test_the_bounds_are_the_callers() -> None:
    body = document([row("0-4294967295", "Unassigned"), row("4294967296", "a")])
    snapshot = parse_document(body).registry(CLOSE_CODES, (0, 2**32))
    assert [(record.first, record.last) for record in snapshot.records] == [(0, 2**32 - 1), (2**32, 2**32)]


def test_records_that_cannot_be_used_do_not_harm_the_others() -> None:
    snapshot = snapshot_of(
        document([row("3001", "First"), row("RSV1", "Bit"), NORMAL, row("3001", "Second")])
    )
    assert first_values(snapshot) == [1000]
    assert snapshot.set_aside == (
        SetAside("its value can't be read", "RSV1 Bit rfc6455"),
        SetAside("it contradicts another record", "3001 First rfc6455", 3001, 3001),
        SetAside("it contradicts another record", "3001 Second rfc6455", 3001, 3001),
    )


def test_a_contradiction_keeps_its_values_as_served() -> None:
    snapshot = snapshot_of(document([row("0x10 - 0x1F", "a"), row("31", "b", date="2020-01-01"), NORMAL]))
    assert [entry.text for entry in snapshot.set_aside] == [
        "0x10 - 0x1F a rfc6455",
        "31 b 2020-01-01 rfc6455",
    ]


def test_repeats_are_one_record() -> None:
    snapshot = snapshot_of(document([NORMAL, NORMAL, row("1000-1000", " Normal\nClosure ")]))
    assert (first_values(snapshot), snapshot.set_aside) == ([1000], ())


# -- robustness --------------------------------------------------------------------------------------------

SAMPLE = document(
    [
        replace(NORMAL, contact="Ada"),
        row("3000 - 3001", "b", date="2021-09-06", inside="<notes>é</notes>"),
        UNASSIGNED,
    ],
    people={"Ada": "Ada Young"},
)
EDITS = st.lists(
    st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 20), st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)


@given(EDITS)
@settings(max_examples=300)
def test_a_damaged_document_is_read_or_refused(edits: list[tuple[int, int, bytes]]) -> None:
    body = SAMPLE
    for start, length, instead in edits:
        body = body[:start] + instead + body[start + length :]
    try:
        snapshot = snapshot_of(body)
    except (DocumentUnusable, NotADocument, RegistryUnusable):
        return
    for before, after in zip(snapshot.records, snapshot.records[1:], strict=False):
        assert before.last < after.first


@given(
    st.lists(
        st.builds(
            Row,
            value=st.none() | st.text("0123456789x- \u2013"),
            description=st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["C"])),
            date=st.none() | st.text("2021-"),
        )
    )
)
def test_every_record_is_either_listed_or_set_aside(records: list[Row]) -> None:
    snapshot = snapshot_of(document([row("65535", "Beside the others"), *records]))
    said = {record.content.description for record in snapshot.records}
    aside = {entry.text for entry in snapshot.set_aside}
    for record in records:
        description = " ".join((record.description or "").split())
        unassigned = description.lower().startswith(("unassigned", "available"))
        assert unassigned or description in said or any(description in text for text in aside)


def test_every_cut_is_refused_or_harmless() -> None:
    whole = snapshot_of(SAMPLE)
    for end in range(len(SAMPLE)):
        try:
            assert snapshot_of(SAMPLE[:end]) == whole
        except (DocumentUnusable, NotADocument):
            continue
