"""Which registries are none of numbers, and how that is said: in one line, with counts and examples."""

from __future__ import annotations

import pytest
from builders import Row, document, row

from sync.intervals import MAX_VALUE
from sync.parse_registry.document import parse_document
from sync.parse_registry.suitable import unfit
from sync.records import Fault, RegistrySnapshot, SetAside

EVERYTHING = (0, MAX_VALUE)
ONE, TWO, THREE = row("1", "One"), row("2", "Two"), row("3-9", "Unassigned")


def looked_at(*rows: Row) -> RegistrySnapshot:
    (found,) = parse_document(document(rows, registry_id="codes")).registries(EVERYTHING)
    return found


@pytest.mark.parametrize(
    "rows",
    [
        [ONE, TWO, THREE],
        [row("0x10-0x1F", "Hexadecimal"), row("32", "Decimal")],
        [row("0-4294967295", "All of them"), row(str(MAX_VALUE), "The last")],
        [ONE, ONE, row("1-1", "One")],
        [row("1-20", "Unassigned"), row("10", "Unassigned, too")],
    ],
    ids=["plain", "hexadecimal", "huge", "repeated", "unassigned twice"],
)
def test_a_registry_of_numbers_is_fit(rows: list[Row]) -> None:
    found = looked_at(*rows)
    assert (found.unfit, found.refusal) == (None, None)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            [ONE, row("*", "Any"), row("A-C", "Letters")],
            'it has values that are no numbers: "*", "A-C" (2 of 3 records)',
        ),
        ([row(name, "X") for name in "abcd"], 'it has values that are no numbers: "a", "b" (all 4 records)'),
        ([row("x", "X")], 'it has values that are no numbers: "x" (its only record)'),
        ([row("x", "X"), row("x", "X"), ONE], 'it has values that are no numbers: "x" (2 of 3 records)'),
        ([ONE, row(None, "Nothing")], "it has records without a value (1 of 2 records)"),
        (
            [ONE, row("2", "Two", inside="<value>3</value>")],
            "it has records with more than one value (1 of 2 records)",
        ),
        (
            [ONE, row("18446744073709551615", "Too much")],
            "it has values beyond 9223372036854775807: 18446744073709551615 (1 of 2 records)",
        ),
        (
            [ONE, row("404", "A"), row("404", "B")],
            "its records say different things about 404 (2 of 3 records)",
        ),
        (
            [ONE, row("10-20", "A"), row("15-30", "B"), row("25", "C"), row("7", "X"), row("7", "Y")],
            "its records say different things about 7, 15 (5 of 6 records)",
        ),
        ([], "it has no records"),
        ([row("9-5", "Reversed")], "its range is reversed"),
    ],
)
def test_what_is_none_says_why(rows: list[Row], says: str) -> None:
    found = looked_at(*rows)
    assert found.unfit == says
    assert found.refusal == f"the registry codes can't be watched as it is: {says}"


def test_several_reasons_are_all_told() -> None:
    found = looked_at(ONE, row("*", "Any"), row("404", "A"), row("404", "B"))
    assert found.unfit == (
        'it has values that are no numbers: "*" (1 of 4 records); '
        "its records say different things about 404 (2 of 4 records)"
    )


@pytest.mark.parametrize("accident", [row("9-5", "Reversed"), row("9", None), row("9", "x" * 10_001)])
def test_an_accident_in_a_record_is_none_of_the_registry(accident: Row) -> None:
    found = looked_at(ONE, TWO, accident)
    assert found.unfit is None
    assert len(found.set_aside) == 1


def test_a_value_of_any_length_is_quoted_in_short() -> None:
    said = unfit([SetAside(Fault.NO_NUMBER, "", value="x" * 1000)], 2)
    assert said == f'it has values that are no numbers: "{"x" * 37}..." (1 of 2 records)'


def test_registries_are_looked_through_in_order_and_one_that_is_there_twice_is_told() -> None:
    body = document(
        [ONE],
        registry_id="b",
        other='<registry id="a"><title>A</title></registry><registry id="b"/><registry/>',
    )
    assert [
        (one.registry_id, one.title, one.unfit) for one in parse_document(body).registries(EVERYTHING)
    ] == [
        ("b", "WebSocket Close Code Number Registry", "the document has 2 registries b"),
        ("a", "A", "it has no records"),
    ]
