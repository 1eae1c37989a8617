"""What happened to registrations: each thing once, in order, without people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from faces import AT, DAY, change, life

from sync.export.events import Event, events, moment
from sync.state import ChangeKind


def said(found: list[Event]) -> list[tuple[str, str, str]]:
    """Day, kind and name of each."""
    return [(f"{event.at:%Y-%m-%d}", event.kind.value, event.name) for event in found]


def test_what_was_there_at_the_first_sight_has_ianas_date() -> None:
    (event,) = events([life(3000, baseline=True)])
    assert event.at == datetime(2021, 9, 6, tzinfo=UTC)
    assert (event.kind, event.baseline, event.dated) == (ChangeKind.REGISTERED, True, True)


@pytest.mark.parametrize("date", [None, "2022-01-", "soon", "2021-13-01", "2026-01-02"])
def test_without_a_usable_date_it_has_that_of_the_first_sight(date: str | None) -> None:
    (event,) = events([life(3000, date=date, baseline=True)])
    assert (event.at, event.dated, event.registered_on) == (AT, False, date)


def test_what_is_new_has_the_time_it_was_seen() -> None:
    (event,) = events([life(3000, date="2021-09-06")])
    assert (event.at, event.registered_on, event.document_updated) == (AT, "2021-09-06", "2026-01-01")


def test_an_amendment_of_several_fields_is_one_event_under_the_name_before() -> None:
    amended = [
        change(3000, "amended", AT + DAY, field="description", before="Unauthorised", after="Unauthorized"),
        change(3000, "amended", AT + DAY, field="registered_on", before="2021-09-06", after="2021-09-07"),
        change(3000, "amended", AT + DAY, field="contacts", before="Ada Lovelace", after="Grace Hopper"),
    ]
    gone = change(3000, "withdrawn", AT + 2 * DAY, before="Unauthorized", after=None)
    found = events([life(3000, "Unauthorised", then=[*amended, gone])])
    assert said(found) == [
        ("2026-01-01", "registered", "Unauthorised"),
        ("2026-01-02", "amended", "Unauthorised"),
        ("2026-01-03", "withdrawn", "Unauthorized"),
    ]
    assert [row.field for row in found[1].changes] == ["description", "registered_on", "contacts"]
    assert found[2].registered_on == "2021-09-07"
    assert "Ada" not in repr(found)
    assert "Grace" not in repr(found)


def test_of_a_hand_over_the_end_comes_first() -> None:
    gone = change(3000, "withdrawn", AT + DAY, before="Unauthorized", after=None)
    found = events([life(3000, "Elsewhere", at=AT + DAY), life(3000, baseline=True, then=[gone])])
    assert said(found) == [
        ("2021-09-06", "registered", "Unauthorized"),
        ("2026-01-02", "withdrawn", "Unauthorized"),
        ("2026-01-02", "registered", "Elsewhere"),
    ]


def test_the_same_again_is_counted() -> None:
    comings = [
        change(3000, kind, AT + day * DAY, before=None, after=None)
        for day, kind in enumerate(("withdrawn", "returned", "withdrawn", "returned"), 1)
    ]
    found = events([life(3000, then=comings)])
    assert [event.occurrence for event in found] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("text", "day"),
    [("2016-10-10", (2016, 10, 10)), ("2016-10", (2016, 10, 1)), (" 2016-10-10 ", (2016, 10, 10))],
)
def test_ianas_dates_are_days_or_months(text: str, day: tuple[int, int, int]) -> None:
    assert moment(text) == datetime(*day, tzinfo=UTC)
