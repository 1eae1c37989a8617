"""What is held back, day by day: why, since when, in which version, and until when."""

from __future__ import annotations

from pathlib import Path

import pytest
from implausible import (
    FIVE,
    OTHER_ROOT,
    cut_short,
    day,
    emptied,
    heard,
    serving,
    two_registries,
    with_doctype,
    without_registry,
)
from live_syncs import LiveSyncs
from whole_database import database_in_memory

from db.quarantine import held_back
from db.snapshot_store import QUARANTINED_KEPT


@pytest.fixture
def live(tmp_path: Path) -> LiveSyncs:
    """A registry with five codes, since day 8."""
    live = LiveSyncs(database_in_memory(), tmp_path)
    live.sees(serving("2021-09-08", *FIVE), day(8))
    assert heard(live) == ["baseline 3000 3003 3008 3009"]
    return live


def test_nothing_is_held_back_when_all_is_well(live: LiveSyncs) -> None:
    assert live.held_back() == []


def test_nothing_is_held_back_of_a_watch_that_there_is_not(live: LiveSyncs) -> None:
    live.sees(emptied("2021-09-20"), day(20))
    with live.database.read() as connection:
        assert held_back(connection, "another") == []


# -- documents ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (cut_short("2021-09-20", *FIVE), "not well-formed"),
        (with_doctype("2021-09-20", *FIVE), "DOCTYPE"),
        (OTHER_ROOT, "redirect"),
    ],
    ids=["cut short", "with a DOCTYPE", "with another root"],
)
def test_a_document_that_cannot_be_read(live: LiveSyncs, body: bytes, reason: str) -> None:
    assert live.sees(body, day(20)).exit_code == 65
    assert heard(live) == ["document-quarantined"]
    (item,) = live.held_back()
    assert reason in item.reason
    assert (item.kind, item.since, item.accepted_at) == ("document", day(20), None)
    assert (item.document_updated, item.kept) == (None, True)


def test_an_episode_has_each_version_once_and_is_told_once(live: LiveSyncs) -> None:
    one, other = cut_short("2021-09-20", note="one"), cut_short("2021-09-20", note="other")
    for hours, body in enumerate([one, other, one, one, other]):
        live.sees(body, day(20 + hours / 24))
    assert heard(live) == ["document-quarantined"]
    assert [item.since for item in live.held_back()] == [day(20), day(20 + 1 / 24)]


def test_an_episode_ends_with_a_document_that_can_be_read_and_the_next_is_told_anew(live: LiveSyncs) -> None:
    live.sees(cut_short("2021-09-20", note="first"), day(20))
    live.sees(serving("2021-09-08", *FIVE), day(21))
    assert live.held_back() == []
    live.sees(cut_short("2021-09-22", note="second"), day(22))
    assert [item.since for item in live.held_back()] == [day(22)]
    assert heard(live) == ["document-quarantined", "document-quarantined"]


def test_at_most_twenty_bodies_are_kept_the_newest(live: LiveSyncs) -> None:
    for number in range(QUARANTINED_KEPT + 5):
        live.sees(cut_short("2021-09-20", note=str(number)), day(20 + number))
    items = live.held_back()
    assert [item.since for item in items] == [day(20 + number) for number in range(5, QUARANTINED_KEPT + 5)]
    assert all(item.kept for item in items)


# -- registries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (emptied("2021-09-20"), "close-code-number is empty"),
        (without_registry("2021-09-20"), "no registry close-code-number"),
    ],
    ids=["empty", "missing"],
)
def test_a_registry_that_is_gone(live: LiveSyncs, body: bytes, reason: str) -> None:
    assert live.sees(body, day(20)).exit_code == 65
    assert live.sees(body, day(21)).exit_code == 65
    assert heard(live) == ["registry-quarantined"]
    (item,) = live.held_back()
    assert reason in item.reason
    assert (item.kind, item.since, item.document_updated) == ("registry", day(20), "2021-09-20")


def test_a_registry_that_is_gone_is_held_back_in_the_newest_version_without_it(live: LiveSyncs) -> None:
    live.sees(emptied("2021-09-20"), day(20))
    first = live.held_back()
    live.sees(emptied("2021-09-25"), day(25))
    (item,) = live.held_back()
    assert (item.since, item.document_updated) == (day(20), "2021-09-25")
    assert item.sha256 != first[0].sha256
    assert heard(live) == ["registry-quarantined"]


def test_a_registry_that_is_there_again_is_no_longer_held_back(live: LiveSyncs) -> None:
    live.sees(without_registry("2021-09-20"), day(20))
    live.sees(two_registries("2021-09-22", *FIVE), day(22))
    assert live.held_back() == []
    assert heard(live) == ["registry-quarantined"]


def test_the_last_good_version_seen_again_ends_it_too(live: LiveSyncs) -> None:
    live.sees(emptied("2021-09-20"), day(20))
    live.sees(serving("2021-09-08", *FIVE), day(21))
    assert live.held_back() == []


def test_a_version_whose_bytes_are_no_longer_kept_says_so(live: LiveSyncs) -> None:
    live.sees(emptied("2021-09-20"), day(20))
    for number in range(QUARANTINED_KEPT):
        live.sees(cut_short("2021-09-21", note=str(number)), day(21 + number))
    (item,) = live.held_back()
    assert (item.kind, item.kept) == ("registry", False)


# -- records ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("garbled", "reasons"),
    [
        (["30O1"], ["can't be read"]),
        (["70000"], ["outside 0-65535"]),
        (["3100-3110", "3105"], ["contradict", "contradict"]),
    ],
    ids=["unreadable", "out of bounds", "contradicting"],
)
def test_records_that_cannot_be_used(live: LiveSyncs, garbled: list[str], reasons: list[str]) -> None:
    body = serving("2021-09-20", *FIVE, garbled=garbled)
    assert live.sees(body, day(20)).exit_code == 0
    live.sees(body, day(21))
    assert heard(live) == ["records-set-aside"]
    items = live.held_back()
    assert [item.kind for item in items] == ["record"] * len(reasons)
    assert all(reason in item.reason for reason, item in zip(reasons, items, strict=True))
    assert {(item.since, item.document_updated) for item in items} == {(day(20), "2021-09-20")}


def test_what_is_held_back_goes_on_in_the_next_version_and_is_not_told_again(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O1"]), day(20))
    live.sees(serving("2021-09-25", *FIVE, 3010, garbled=["30O1"]), day(25))
    assert heard(live) == ["records-set-aside", "registration 3010"]
    (item,) = live.held_back()
    assert (item.since, item.document_updated) == (day(20), "2021-09-25")


def test_a_further_record_is_told_a_mended_one_is_not(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O1"]), day(20))
    live.sees(serving("2021-09-21", *FIVE, garbled=["30O1", "30O2"]), day(21))
    live.sees(serving("2021-09-22", *FIVE, garbled=["30O2"]), day(22))
    assert heard(live) == ["records-set-aside", "records-set-aside"]
    assert [item.since for item in live.held_back()] == [day(21)]


# -- many missing -------------------------------------------------------------------------------------


def test_many_missing_with_a_new_one_which_is_alerted_at_once(live: LiveSyncs) -> None:
    restructured = serving("2021-09-20", 1000, 3010)
    for number in (20, 22, 24):
        live.sees(restructured, day(number))
    assert heard(live) == ["registration 3010", "many-missing"]
    (item,) = live.held_back()
    assert (item.kind, item.since) == ("missing", day(20))
    assert item.reason.startswith("4 of 5 registrations are missing at once: 3000 Code 3000, 3003 Code 3003")


@pytest.mark.parametrize(
    ("left", "held"),
    [
        ((1000, 3000, 3003), []),
        ((1000, 3000), ["missing"]),
    ],
    ids=["two", "three"],
)
def test_it_takes_three_to_be_many(live: LiveSyncs, left: tuple[int, ...], held: list[str]) -> None:
    live.sees(serving("2021-09-20", *left), day(20))
    assert [item.kind for item in live.held_back()] == held


@pytest.mark.parametrize(("there", "held"), [(14, ["missing"]), (15, [])])
def test_it_takes_more_than_a_fifth(tmp_path: Path, there: int, held: list[str]) -> None:
    live = LiveSyncs(database_in_memory(), tmp_path)
    codes = range(3000, 3000 + there)
    live.sees(serving("2021-09-08", *codes), day(8))
    live.sees(serving("2021-09-20", *codes[3:]), day(20))
    assert [item.kind for item in live.held_back()] == held


# -- several at once ----------------------------------------------------------------------------------


def test_several_at_once_are_all_there_oldest_first(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O1"]), day(20))
    live.sees(serving("2021-09-21", 1000, garbled=["30O1", "70000"]), day(21))
    live.sees(cut_short("2021-09-22"), day(22))
    assert [(item.kind, item.since) for item in live.held_back()] == [
        ("record", day(20)),
        ("record", day(21)),
        ("missing", day(21)),
        ("document", day(22)),
    ]
    assert heard(live) == ["records-set-aside", "many-missing", "records-set-aside", "document-quarantined"]


def test_of_an_episode_in_which_the_registry_was_refused_the_registry_is_held_back(live: LiveSyncs) -> None:
    live.sees(emptied("2021-09-20"), day(20))
    live.sees(cut_short("2021-09-21"), day(21))
    (item,) = live.held_back()
    assert (item.kind, item.document_updated) == ("registry", "2021-09-20")


def test_what_a_person_accepted_is_listed_with_the_day_until_it_is_mended(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O1"]), day(20))
    live.accepts(live.held_back()[0].sha256, day(21))
    live.sees(serving("2021-09-25", *FIVE, garbled=["30O1"], note="later"), day(25))
    assert [item.accepted_at for item in live.held_back()] == [day(21)]
    live.sees(serving("2021-09-26", *FIVE), day(26))
    assert live.held_back() == []
