"""What one `<record>` says: label, assignment, dates, references, people, and every further field."""

from __future__ import annotations

import re

import pytest
from builders import NAMESPACE, Row, document, row
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sync.parse_registry.document import parse_document
from sync.parse_registry.record import assignment_of, folded_text
from sync.records import Assignment, Content, Record, Reference, SetAside

BOUNDS = (0, 65535)
PEOPLE = {"Ada_Young": "Ada Young", " Leo_Tietz": "Leo\n Tietz"}
ADA = "<xref type='person' data='Ada_Young'/>"
LEO = "<xref type='person' data='Leo_Tietz'/>"
RFC6455 = Reference("rfc", "rfc6455")


def snapshot_of(record: Row) -> tuple[tuple[Record, ...], tuple[SetAside, ...]]:
    """A record as read from a document, beside one that is always usable (value 1)."""
    body = document([row("1", "Beside"), record], people=PEOPLE)
    snapshot = parse_document(body).registry("close-code-number", BOUNDS)
    return tuple(record for record in snapshot.records if record.first != 1), snapshot.set_aside


def content_of(inside: str, *, date: str | None = None, updated: str | None = None) -> Content:
    """The content of a `<record>` with a value of 3000 and this markup."""
    records, set_aside = snapshot_of(Row("3000", None, date, updated, inside=inside))
    assert not set_aside
    return records[0].content


def set_aside_of(record: Row) -> SetAside:
    """The verdict on a record that can't be used."""
    records, set_aside = snapshot_of(record)
    assert not records
    return set_aside[0]


def test_a_whole_record() -> None:
    record = Row(
        "3000 - 3001",
        "\n  Unauthorized\n  request ",
        date="2021-09-06",
        updated="2022-01",
        refs=(("rfc", "rfc6455"), ("rfc-errata", "3227")),
        contact="Ada_Young",
        inside="<notes>See <xref type='uri' data='https://example.org/'>the\n list</xref>.</notes><status/>",
    )
    assert snapshot_of(record)[0] == (
        Record(
            3000,
            3001,
            Content(
                description="Unauthorized request",
                assignment=Assignment.ASSIGNED,
                registered_on="2021-09-06",
                revised_on="2022-01",
                references=(
                    RFC6455,
                    Reference("rfc-errata", "3227"),
                    Reference("uri", "https://example.org/", "the list"),
                ),
                contacts=("Ada Young",),
                extra=(("notes", "See the list."),),
            ),
        ),
    )


def test_a_record_with_nothing_but_a_value_and_a_label() -> None:
    assert content_of("<description>Timeout</description>") == Content("Timeout", Assignment.ASSIGNED)


# -- the label ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "label", "extra"),
    [
        ("<name>a</name><description>b</description>", "b", (("name", "a"),)),
        ("<description> </description><status>c</status><name>a</name>", "a", (("status", "c"),)),
        ("<xref type='rfc' data='rfc1'>x</xref><status>c</status><level>d</level>", "c", (("level", "d"),)),
        ("<description>b</description><description>c</description>", "b", (("description", "c"),)),
        ("<contact>Who</contact><status>c</status>", "c", ()),
        ("<uri>mailto:a</uri><description>mailto: URIs</description>", "mailto: URIs", ()),
        (f"<o:description xmlns:o='urn:o'>a</o:description><name>{NAMESPACE}</name>", NAMESPACE, None),
    ],
    ids=["description", "name", "first text", "two", "not a contact", "not an address", "another namespace"],
)
def test_the_label_is_the_best_text_there_is(
    inside: str, label: str, extra: tuple[tuple[str, str], ...] | None
) -> None:
    content = content_of(inside)
    assert content.description == label
    assert extra is None or content.extra == extra


def test_text_between_the_fields_belongs_to_none() -> None:
    content = content_of("<description>a<br/>b</description> c <status>d</status> e")
    assert (content.description, content.extra) == ("a b", (("status", "d"),))


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<description/>",
        "<description> \N{NO-BREAK SPACE}\n</description>",
        "<description><xref type='rfc' data='rfc6455'/></description>",
        "<contact>Ada Young</contact>",
    ],
)
def test_a_record_without_a_text_is_set_aside(inside: str) -> None:
    verdict = set_aside_of(Row("3000-3001", None, inside=inside))
    assert (verdict.reason, verdict.first, verdict.last) == ("it has no description", 3000, 3001)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a", "a"),
        (" a\n\t b\N{NO-BREAK SPACE}\N{EM SPACE} c ", "a b c"),
        ("a<br/>b", "a b"),
        ("<paragraph>a</paragraph><paragraph>b</paragraph>c", "a b c"),
        ("see:<artwork>a\n  b</artwork>", "see: a b"),
        ("su<b>b</b>string", "substring"),
        ("a <xref type='rfc' data='rfc1'/>", "a"),
        ("a (<xref type='rfc' data='rfc1'>RFC 1, section 2</xref>) b", "a (RFC 1, section 2) b"),
        ("a<!-- no -->b<?no?>c", "abc"),
        ("<![CDATA[<a> & b]]>", "<a> & b"),
        ("&#x9B;31m\u202e", "\x9b31m\u202e"),
    ],
)
def test_a_text_is_flattened_in_reading_order_and_folded(markup: str, text: str) -> None:
    assert content_of(f"<description>{markup}</description>").description == text


MARKUP = st.recursive(
    st.text("ab \n"), lambda inner: st.lists(inner.map("<b>{}</b>.".format)).map("".join), max_leaves=20
)


@given(MARKUP)
def test_flattening_loses_and_moves_no_word(markup: str) -> None:
    words = re.sub("<.*?>", "", markup).split()
    assert folded_text(etree.fromstring(f"<description>{markup}</description>")) == " ".join(words)


def test_the_deepest_text_that_the_parser_reads_is_flattened() -> None:
    depth = 252  # in two registries, a record and a description: 256 levels
    markup = "a<b>" * depth + "</b>." * depth
    assert content_of(f"<description>{markup}</description>").description == "a" * depth + "." * depth


@pytest.mark.parametrize(
    "inside",
    [
        "<value xmlns=''>3001</value><description xmlns=''>a</description>",
        "<description xmlns=''>a</description><o:value xmlns:o='urn:o'>3001</o:value>",
    ],
    ids=["in none", "in another"],
)
def test_an_element_is_known_in_ianas_namespace_and_in_none(inside: str) -> None:
    records, set_aside = snapshot_of(Row(None, None, inside=inside))
    known = "xmlns:o" not in inside
    assert [record.first for record in records] == ([3001] if known else [])
    assert [verdict.reason for verdict in set_aside] == ([] if known else ["it has no value"])


# -- the assignment ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "assignment"),
    [
        ("Unassigned", Assignment.UNASSIGNED),
        ("UNASSIGNED (not for Private Use)", Assignment.UNASSIGNED),
        ("Available for registration", Assignment.UNASSIGNED),
        ("Private Use", Assignment.PRIVATE_USE),
        ("Reserved for Private Use", Assignment.PRIVATE_USE),
        ("Experimental and private use", Assignment.PRIVATE_USE),
        ("Reserved", Assignment.RESERVED),
        ("reserved for future use", Assignment.RESERVED),
        ("Formerly Reserved", Assignment.ASSIGNED),
        ("No Longer Available", Assignment.ASSIGNED),
        ("Normal Closure", Assignment.ASSIGNED),
    ],
)
def test_the_description_says_what_the_assignment_is(description: str, assignment: Assignment) -> None:
    assert assignment_of(description) is assignment


def test_the_assignment_is_read_from_the_folded_label() -> None:
    assert content_of("<name>\n Reserved  for\n  Private\n Use</name>").assignment is Assignment.PRIVATE_USE


# -- dates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served", "kept"),
    [
        ("2021-09-06", "2021-09-06"),
        (" 2021-09 ", "2021-09"),
        ("yesterday", "yesterday"),
        (" ", None),
        ("", None),
    ],
)
def test_dates_are_text_as_served(served: str, kept: str | None) -> None:
    content = content_of("<description>a</description>", date=served, updated=served)
    assert (content.registered_on, content.revised_on) == (kept, kept)


# -- references and people ---------------------------------------------------------------------------------


def test_references_stand_in_order_and_once() -> None:
    content = content_of(
        "<description>a <xref type='rfc' data='rfc2'/></description>"
        "<definition><xref type=' rfc ' data=' rfc1 '/></definition>"
        "<contact><xref type='text'>IESG</xref><xref type='rfc' data='rfc3'/></contact>"
        "<xref type='rfc' data='rfc1'/><xref type='text'> a\n page</xref><xref/>"
    )
    assert content.references == (
        Reference("rfc", "rfc2"),
        Reference("rfc", "rfc1"),
        Reference("text", "", "IESG"),
        Reference("rfc", "rfc3"),
        Reference("text", "", "a page"),
    )


@pytest.mark.parametrize(
    ("inside", "contacts"),
    [
        (f"<contact>{ADA}</contact>", ("Ada Young",)),
        ("<contact><xref type='person' data='Leo_Tietz '/></contact>", ("Leo Tietz",)),
        ("<contact><xref type='person' data='Nobody'/></contact>", ("Nobody",)),
        ("<contact>The\n IESG</contact>", ("The IESG",)),
        ("<contact/><controller/>", ()),
        (
            f"<contact>{LEO} and {ADA}</contact><controller>{LEO}</controller><requester>IETF</requester>",
            ("Leo Tietz", "Ada Young", "IETF"),
        ),
    ],
    ids=["known", "stray space", "unknown", "text", "empty", "several"],
)
def test_contacts_are_names(inside: str, contacts: tuple[str, ...]) -> None:
    content = content_of(f"<description>a</description>{inside}")
    assert content == Content("a", Assignment.ASSIGNED, contacts=contacts)


def test_a_person_without_a_name_goes_by_the_id() -> None:
    body = document(
        [row("1", "a", contact="Leo")], other="<people><person id='Leo'><name/></person></people>"
    )
    record = parse_document(body).registry("close-code-number", BOUNDS).records[0]
    assert record.content.contacts == ("Leo",)


def test_mail_addresses_are_left_out() -> None:
    body = document(
        [
            row(
                "1",
                "a",
                contact="Ada",
                inside="<controller>Leo &lt;leo@example.org&gt;</controller>"
                "<uri>mailto:leo&amp;example.org</uri><xref type='uri' data='mailto:leo@example.org'/>",
            )
        ],
        other="<people><person id='Ada'><name>Ada</name><uri>mailto:a&amp;b.org</uri></person></people>",
    )
    record = parse_document(body).registry("close-code-number", BOUNDS).records[0]
    assert record.content == Content("a", Assignment.ASSIGNED, references=(RFC6455,), contacts=("Ada", "Leo"))


# -- set aside ---------------------------------------------------------------------------------------------


def test_a_record_that_cannot_be_used_keeps_its_line_without_people() -> None:
    record = Row(
        "65536",
        "Too  far",
        date="2024-01-01",
        refs=(("rfc", "rfc1"), ("person", "Leo_Tietz")),
        contact="Ada_Young",
        inside="<notes>n</notes>",
    )
    assert set_aside_of(record) == SetAside(
        "its value is outside 0-65535", "65536 Too far n 2024-01-01 rfc1", 65536, 65536
    )


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        (row(None, "a"), SetAside("it has no value", "a rfc6455")),
        (row(" ", "a"), SetAside("it has no value", "a rfc6455")),
        (row("RSV1", "a"), SetAside("its value can't be read", "RSV1 a rfc6455")),
        (row("9-\n 5", "a"), SetAside("its range is reversed", "9- 5 a rfc6455", 5, 9)),
        (row("2", "a", inside="<value>3</value>"), SetAside("it has more than one value", "2 3 a rfc6455")),
    ],
)
def test_a_value_that_cannot_be_used_sets_the_record_aside(record: Row, verdict: SetAside) -> None:
    assert set_aside_of(record) == verdict


@pytest.mark.parametrize(
    "flooding",
    [row("9", "a" * 10_001), row("9", "a", date="2" * 10_001), row("9", "a", updated="2" * 10_001)],
    ids=["description", "date", "updated"],
)
def test_a_text_that_would_flood_a_terminal_sets_the_record_aside(flooding: Row) -> None:
    verdict = set_aside_of(flooding)
    assert verdict.reason == "a text of it is longer than 10000 characters"
    assert (verdict.first, verdict.last) == (9, 9)
    assert content_of(f"<description>{'a' * 10_000}</description>").description == "a" * 10_000
