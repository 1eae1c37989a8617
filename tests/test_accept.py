"""A person accepts what was held back, day by day: what follows at once, what later, and what never does."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from implausible import (
    FIVE,
    OTHER_ROOT,
    cut_short,
    day,
    emptied,
    heard,
    serving,
    with_doctype,
    without_registry,
)
from interrupted import stopped_at
from live_syncs import CHANNELS, LiveSyncs
from whole_database import database_in_memory, everything, new_database

from db.snapshot_store import QUARANTINED_KEPT
from sync.accept import accept, find
from sync.answers import HeldBack
from sync.errors import UnusableInput, UsageProblem
from sync.sights import Sight
from sync.store import settle
from sync.verdict import Verdict

if TYPE_CHECKING:
    from db.engine import Database

GONE = ["withdrawal 3000", "withdrawal 3003", "withdrawal 3008", "withdrawal 3009"]
"""What is told when four of the five are withdrawn."""


@pytest.fixture
def live(tmp_path: Path) -> LiveSyncs:
    """A registry with five codes, since day 8."""
    return with_five(LiveSyncs(database_in_memory(), tmp_path))


def with_five(live: LiveSyncs) -> LiveSyncs:
    live.sees(serving("2021-09-08", *FIVE), day(8))
    assert heard(live) == ["baseline 3000 3003 3008 3009"]
    return live


def held(live: LiveSyncs) -> str:
    """The version of the one thing, or of all the things, held back."""
    (sha256,) = {item.sha256 for item in live.held_back()}
    return sha256


def outbox(database: Database) -> Counter[str]:
    """What is written for the channels: how many alerts of each kind."""
    with database.read() as connection:
        return Counter(connection.exec_driver_sql("SELECT kind FROM alert").scalars())


# -- many missing -------------------------------------------------------------------------------------


def test_what_is_missing_for_less_than_a_day_is_withdrawn_when_the_day_is_over(live: LiveSyncs) -> None:
    restructured = serving("2021-09-20", 1000, 3010)
    live.sees(restructured, day(20))
    done = live.accepts(held(live), day(20.5))
    assert (done.changes, done.missing) == ((), 4)
    live.sees(restructured, day(20.9))
    assert heard(live) == ["registration 3010", "many-missing"]
    live.sees(restructured, day(21))
    assert heard(live) == GONE


def test_what_is_missing_for_longer_is_withdrawn_at_once(live: LiveSyncs) -> None:
    restructured = serving("2021-09-20", 1000)
    for number in (20, 25, 30):
        live.sees(restructured, day(number))
    assert heard(live) == ["many-missing"]
    done = live.accepts(held(live), day(31))
    assert ([change.first for change in done.changes], done.missing) == ([3000, 3003, 3008, 3009], 0)
    assert heard(live) == GONE
    live.sees(restructured, day(32))
    assert heard(live) == []


def test_what_is_accepted_and_comes_back_is_taken_back(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000), day(20))
    live.accepts(held(live), day(22))
    live.sees(serving("2021-09-25", *FIVE), day(25))
    assert heard(live)[-4:] == ["return 3000", "return 3003", "return 3008", "return 3009"]
    assert live.held_back() == []


def test_what_comes_back_before_the_day_is_over_is_not_withdrawn(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000), day(20))
    live.accepts(held(live), day(20.5))
    live.sees(serving("2021-09-20", *FIVE, note="mended"), day(20.8))
    live.sees(serving("2021-09-20", *FIVE, note="mended"), day(23))
    assert heard(live) == ["many-missing"]


def test_the_next_many_wait_anew(live: LiveSyncs) -> None:
    codes = range(3100, 3110)
    live.sees(serving("2021-09-10", *codes), day(10))
    live.accepts(held(live), day(12))
    live.sees(serving("2021-09-20", *codes[4:]), day(20))
    heard(live)
    live.sees(serving("2021-09-20", *codes[4:]), day(22))
    assert heard(live) == []
    assert [(item.kind, item.accepted_at) for item in live.held_back()] == [("missing", None)]


def test_what_was_accepted_is_withdrawn_although_others_wait(live: LiveSyncs) -> None:
    codes = range(3100, 3110)
    live.sees(serving("2021-09-10", *FIVE, *codes), day(10))
    live.sees(serving("2021-09-20", *codes), day(20))
    live.accepts(held(live), day(20.5))
    heard(live)
    for number in (20.8, 22):
        live.sees(serving("2021-09-21", *codes[4:]), day(number))
    assert heard(live) == ["many-missing", *GONE]


# -- records ------------------------------------------------------------------------------------------


def test_records_that_are_accepted_hide_nothing_so_withdrawals_go_on(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE[:-1], garbled=["30O9"]), day(20))
    live.sees(serving("2021-09-20", *FIVE[:-1], garbled=["30O9"]), day(25))
    assert heard(live) == ["records-set-aside"]
    live.accepts(held(live), day(26))
    assert heard(live) == ["withdrawal 3009"]
    for number in (30, 32):
        live.sees(serving("2021-09-30", *FIVE[:-2], garbled=["30O9"]), day(number))
    assert heard(live) == ["withdrawal 3008"]


def test_a_further_record_makes_them_wait_again(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O9"]), day(20))
    live.accepts(held(live), day(21))
    for number in (30, 32):
        live.sees(serving("2021-09-30", *FIVE[:-1], garbled=["30O9", "70000"]), day(number))
    assert heard(live) == ["records-set-aside", "records-set-aside"]
    live.accepts(held(live), day(33))
    assert heard(live) == ["withdrawal 3009"]


def test_records_and_many_missing_at_once_are_accepted_together(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000, 3010, garbled=["30O9", "70000"]), day(20))
    assert [item.kind for item in live.held_back()] == ["record", "record", "missing"]
    assert heard(live) == ["registration 3010", "many-missing", "records-set-aside"]
    live.accepts(held(live), day(22))
    assert heard(live) == GONE
    assert [item.accepted_at for item in live.held_back()] == [day(22)] * 3


def test_what_is_held_back_later_of_an_accepted_version_s_successor_is_accepted_beside_it(
    live: LiveSyncs,
) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O9"]), day(20))
    live.accepts(held(live), day(21))
    live.sees(serving("2021-09-22", 1000, garbled=["30O9"]), day(22))
    live.accepts(held(live), day(24))
    assert [item.accepted_at for item in live.held_back()] == [day(21), day(24)]
    assert heard(live) == ["records-set-aside", "many-missing", *GONE]


# -- registries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [emptied("2021-09-20"), without_registry("2021-09-20")])
def test_a_registry_that_is_really_gone(live: LiveSyncs, gone: bytes) -> None:
    live.sees(gone, day(20))
    assert live.accepts(held(live), day(21)).missing == 5
    assert live.sees(gone, day(21.5)).exit_code == 0
    assert heard(live) == ["registry-quarantined"]
    live.sees(gone, day(22))
    assert heard(live) == GONE
    live.sees(without_registry("2021-10-01"), day(31))
    assert heard(live) == []


def test_a_registry_that_comes_back_after_all_takes_its_withdrawals_back(live: LiveSyncs) -> None:
    live.sees(emptied("2021-09-20"), day(20))
    live.accepts(held(live), day(20))
    live.sees(emptied("2021-09-20"), day(21))
    assert heard(live) == ["registry-quarantined", *GONE]
    live.sees(serving("2021-09-30", *FIVE), day(30))
    assert heard(live) == ["return 3000", "return 3003", "return 3008", "return 3009"]


@pytest.mark.parametrize("person", [True, False], ids=["by a person", "after 30 days"])
def test_an_older_copy_without_the_registry_that_was_to_be_applied(live: LiveSyncs, person: bool) -> None:
    older = emptied("2021-09-05")
    if person:
        live.sees(older, day(20), accept_older=True)
    else:
        for number in range(20, 51):
            live.sees(older, day(number))
    assert heard(live) == ["registry-quarantined"]
    live.accepts(held(live), day(51))
    live.sees(older, day(52))
    assert heard(live) == GONE


# -- what can't be accepted ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [cut_short("2021-09-20", *FIVE), with_doctype("2021-09-20", *FIVE), OTHER_ROOT],
    ids=["cut short", "with a DOCTYPE", "with another root"],
)
def test_what_cannot_be_read_cannot_be_accepted(live: LiveSyncs, body: bytes) -> None:
    live.sees(body, day(20))
    refuses(live, held(live), UnusableInput, "can't be read can't be accepted")


def test_a_second_time_is_one_too_many(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000), day(20))
    version = held(live)
    live.accepts(version, day(22))
    refuses(live, version, UsageProblem, "it was accepted on 2021-09-23 already")


def test_what_there_is_not(live: LiveSyncs) -> None:
    refuses(live, "4f2a", UsageProblem, "nothing held back has the id '4f2a'; nothing is held back")
    live.sees(serving("2021-09-20", 1000), day(20))
    refuses(live, "no id", UsageProblem, f"there is: {held(live)[:12]}")


def test_what_was_mended_meanwhile(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000), day(20))
    version = held(live)
    live.sees(serving("2021-09-21", *FIVE), day(21))
    refuses(live, version, UsageProblem, "nothing is held back")


def test_what_another_sync_has_seen_a_newer_version_of(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000), day(20))
    version = held(live)
    live.sees(serving("2021-09-21", 1000, 3010), day(21))
    refuses(live, version, UsageProblem, f"there is: {held(live)[:12]}")


def test_records_of_a_registry_that_is_gone_since(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O9"]), day(20))
    version = held(live)
    live.sees(emptied("2021-09-21"), day(21))
    registry = live.held_back()[1].sha256
    refuses(live, version, UsageProblem, f"held back since, under {registry[:12]}")
    live.accepts(registry, day(22))


def test_what_is_no_longer_kept(live: LiveSyncs) -> None:
    gone = emptied("2021-09-20")
    live.sees(gone, day(20))
    for number in range(QUARANTINED_KEPT):
        live.sees(cut_short("2021-09-21", note=str(number)), day(21 + number))
    refuses(live, held(live), UnusableInput, "no longer kept; sync, and accept what comes")
    live.sees(gone, day(60))
    live.accepts(held(live), day(60))


def test_what_another_watch_of_the_document_has_left_behind(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O9"]), day(20))
    version = held(live)
    other = replace(live.watch, name="another")
    with live.database.write() as connection:
        sight = Sight(other.document, [other], live.look(serving("2021-09-21", *FIVE)))
        settle(connection, [sight], day(21))
    refuses(live, version, UnusableInput, "a newer version has been applied since")


def refuses(live: LiveSyncs, prefix: str, error: type[Exception], text: str) -> None:
    """Accepting on day 40 is an error that says so, and does nothing."""
    before = everything(live.database)
    with pytest.raises(error, match=text):
        live.accepts(prefix, day(40))
    assert everything(live.database) == before


# -- as a sync would ----------------------------------------------------------------------------------


def test_its_alerts_are_in_the_outbox_and_its_flags_are_closed(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000), day(20))
    live.accepts(held(live), day(22))
    assert outbox(live.database) == {"baseline": 1, "many-missing": 1, "withdrawal": 4}
    assert {row[3] for row in everything(live.database)["flag"]} == {"2021-09-23T12:00:00Z"}


def test_it_is_an_observation_of_the_kept_version(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", 1000), day(20))
    version = held(live)
    live.accepts(version, day(22))
    assert [
        (row[0], row[1], row[7]) for row in everything(live.database)["observation"] if row[0] == version
    ] == [(version, Verdict.APPLIED, "[]"), (version, Verdict.UNCHANGED, '["close-codes"]')]


def test_an_episode_of_unreadable_documents_goes_on(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O9"]), day(20))
    version = held(live)
    broken = cut_short("2021-09-21")
    live.sees(broken, day(21))
    live.accepts(version, day(22))
    assert [(item.kind, item.accepted_at) for item in live.held_back()] == [
        ("record", day(22)),
        ("document", None),
    ]
    live.sees(broken, day(23))
    assert heard(live) == ["records-set-aside", "document-quarantined"]


def test_older_copies_wait_on(live: LiveSyncs) -> None:
    live.sees(serving("2021-09-20", *FIVE, garbled=["30O9"]), day(20))
    older = serving("2021-09-10", *FIVE)
    live.sees(older, day(21))
    live.accepts(held(live), day(40))
    assert live.sees(older, day(50)).verdict is Verdict.OLDER
    assert live.sees(older, day(51)).verdict is Verdict.OVERDUE


def test_interrupted_before_any_statement_it_has_done_nothing(tmp_path: Path) -> None:
    live = with_five(LiveSyncs(new_database(tmp_path / "accepting.db"), tmp_path))
    live.sees(serving("2021-09-20", 1000, garbled=["30O9"]), day(20))
    version, before, number = held(live), everything(live.database), 0
    heard(live)
    while True:
        with stopped_at(live.database, number) as was_stopped, suppress(KeyboardInterrupt):
            live.accepts(version, day(22))
        if not was_stopped:
            break
        assert everything(live.database) == before, number
        number += 1
    assert number > 20
    assert heard(live) == GONE


# -- ids ----------------------------------------------------------------------------------------------


def test_an_id_may_be_cut_short_and_in_capitals() -> None:
    items = [an_item("4f2a" + "0" * 60), an_item("4f2b" + "0" * 60)]
    assert find(items, "4F2A") == items[:1]
    assert find(items, items[1].sha256) == items[1:]


def test_an_id_must_say_which() -> None:
    items = [an_item("4f2a" + "0" * 60), an_item("4f2b" + "0" * 60)]
    with pytest.raises(UsageProblem, match="'4f2' is the beginning of 2 ids; give more of it"):
        find(items, "4f2")
    with pytest.raises(UsageProblem, match="nothing held back has the id ''"):
        find(items[:1], "")


def an_item(sha256: str) -> HeldBack:
    return HeldBack(sha256, "record", "it can't be read", day(20), None, "2021-09-20", kept=True)


def test_a_watch_that_was_never_seen_has_nothing_to_accept(tmp_path: Path) -> None:
    live = LiveSyncs(database_in_memory(), tmp_path)
    with pytest.raises(UsageProblem, match="nothing is held back"):
        accept(live.database, live.watch, "4f2a", CHANNELS, day(20))
