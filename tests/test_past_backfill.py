"""Past versions added before, after and amid live syncs: all is known as if it had been seen in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import document, row
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupted import stopped_at
from live_syncs import LiveSyncs
from timeline import HOUR, REGISTRATIONS, Seen, small
from whole_database import Rows, database_in_memory, everything, new_database

from db.engine import Database
from sync.errors import UsageProblem
from sync.past.backfill import read_past
from sync.past.folder import PastVersion
from sync.state import HoldKind
from sync.verdict import Verdict
from sync.watches import CLOSE_CODES

START = datetime(2021, 9, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = {
    1000: ("Normal Closure", None),
    3000: ("Unauthorized", "2021-09-06"),
    3003: ("Forbidden", "2021-09-07"),
    3008: ("Timeout", "2021-09-08"),
    3009: ("Conflict", "2021-09-09"),
}
ALERTS = [("registration", (code,)) for code in REGISTRATIONS]


def body(updated: str, *codes: int, garbled: str | None = None) -> bytes:
    """A document that assigns these codes and 1000; `garbled` is the value of a record that can't be read."""
    rows = [row(str(code), NAMES[code][0], date=NAMES[code][1]) for code in (1000, *codes)]
    rows += [] if garbled is None else [row(garbled, "Garbled")]
    return document(rows, updated=updated)


def at(day: float) -> datetime:
    """So many days after the start."""
    return START + day * DAY


def past(day: float, content: bytes) -> PastVersion:
    """A version seen on a day."""
    return PastVersion(at(day), content)


@pytest.fixture
def live(tmp_path: Path) -> LiveSyncs:
    """A new database."""
    return LiveSyncs(database_in_memory(), tmp_path)


def observations(database: Database) -> list[tuple[str, float, float, int]]:
    """The verdict, the first and the last day and the number of each run, in order."""
    rows = everything(database)["observation"]
    times = [(r[1], datetime.fromisoformat(str(r[2])), datetime.fromisoformat(str(r[3])), r[4]) for r in rows]
    return [
        (str(verdict), (first - START) / DAY, (last - START) / DAY, int(str(count)))
        for verdict, first, last, count in sorted(times, key=lambda run: run[1:3])
    ]


# -- as if it had been seen in order ------------------------------------------------------------------

ALL = small()
SHORT = [ALL[index] for index in (0, 12, 55, *range(59, 74), 78, 82, 88, 93, 97)]
"""What changes something, and a good part of the weeks of flapping."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all databases that are compared: its path is the document's URL."""
    return tmp_path_factory.mktemp("document")


@pytest.fixture(scope="module")
def seen_in_order(folder: Path) -> dict[str, Rows]:
    """All that is known after a sync at each observation."""
    live = LiveSyncs(database_in_memory(), folder)
    for seen in SHORT:
        live.sees(seen.body, seen.at)
    return comparable(live.database)


def comparable(database: Database) -> dict[str, Rows]:
    """Everything but what tells how it came to be known.

    Of a run's observations only the ends are known, withdrawals keep the numbers that alerts gave them, and a
    flag that was closed once stays history whatever is known now.
    """
    known = everything(database)
    del known["observation"]
    for table, keep in (("registration", slice(0, -1)), ("flag", slice(0, 3))):
        rows = known[table]
        known[table] = type(rows)(r[keep] for r in rows if table == "registration" or r[3] is None)
    return known


@given(
    live=st.sets(st.sampled_from(range(len(SHORT)))),
    backfills=st.sets(st.sampled_from(range(len(SHORT))), max_size=1),
)
@settings(max_examples=15)
def test_whatever_was_seen_live_and_whenever_the_rest_is_added(
    folder: Path, seen_in_order: dict[str, Rows], live: set[int], backfills: set[int]
) -> None:
    watching = LiveSyncs(database_in_memory(), folder)
    added = replay_split(watching, SHORT, live, backfills)
    assert comparable(watching.database) == seen_in_order
    assert sum(count for *_, count in observations(watching.database)) == len(live) + added


@pytest.mark.matrix
@given(st.data())
@settings(max_examples=60)
def test_the_whole_history_however_it_is_split(folder: Path, data: st.DataObject) -> None:
    indices = st.sampled_from(range(len(ALL)))
    live, backfills = data.draw(st.sets(indices)), data.draw(st.sets(indices, max_size=4))
    watching, in_order = (LiveSyncs(database_in_memory(), folder) for _ in range(2))
    replay_split(watching, ALL, live, backfills)
    in_order.backfills([seen.past for seen in ALL], ALL[-1].at + HOUR)
    assert comparable(watching.database) == comparable(in_order.database)


def replay_split(
    watching: LiveSyncs, history: Sequence[Seen], live: Collection[int], backfills: Collection[int]
) -> int:
    """See some of the history live; add the rest after some and at the end. How many were new."""
    waiting: list[PastVersion] = []
    added = 0
    for index, seen in enumerate(history):
        if index in live:
            watching.sees(seen.body, seen.at)
        else:
            waiting.append(seen.past)
        if index in backfills or index == len(history) - 1:
            done = watching.backfills(waiting, seen.at + HOUR)
            # One that lies inside a run of the same version is known already.
            assert (done.read, done.alerts) == (len(waiting), ())
            assert done.added <= len(waiting)
            added += done.added
            waiting = []
    return added


def test_a_second_time_adds_nothing(live: LiveSyncs) -> None:
    history = [seen.past for seen in SHORT]
    now = SHORT[-1].at + HOUR
    assert live.backfills(history, now).added == len(SHORT)
    before = everything(live.database)
    again = live.backfills(history, now + HOUR)
    assert (again.added, again.alerts) == (0, ())
    assert everything(live.database) == before


def test_syncs_go_on_after_it(live: LiveSyncs) -> None:
    live.backfills([past(0, body("2021-09-01")), past(7, body("2021-09-08", 3000))], at(8))
    assert live.sees(body("2021-09-08", 3000), at(9)).verdict is Verdict.UNCHANGED
    assert live.sees(body("2021-09-01"), at(10)).verdict is Verdict.OLDER
    live.sees(body("2021-09-12", 3000, 3003), at(12))
    assert live.told == [("registration", (3003,))]


def test_a_version_in_the_middle_of_a_run_splits_it_at_its_two_ends(live: LiveSyncs) -> None:
    newer = body("2021-09-02", 3000)
    for hour in range(5 * 24):
        live.sees(newer, at(2) + hour * HOUR)
    live.backfills([past(4, body("2021-09-01"))], at(8))
    assert observations(live.database) == [
        ("applied", 2, 2, 1),
        ("older", 4, 4, 1),
        ("unchanged", 2 + 119 / 24, 2 + 119 / 24, 119),
    ]
    assert not everything(live.database)["change"]


def test_what_is_seen_first_is_the_baseline_also_when_it_is_added_last(live: LiveSyncs) -> None:
    live.sees(body("2021-09-08", 3000), at(8))
    assert live.told == [("baseline", (3000,))]
    done = live.backfills([past(0, body("2021-09-01"))], at(9))
    assert (done.added, done.changes) == (1, 1)
    baselines = {row[1]: row[13] for row in everything(live.database)["registration"]}
    assert baselines == {1000: 1, 3000: 0}


# -- what can't be used -------------------------------------------------------------------------------


def test_what_is_no_registry_at_all_is_left_out_and_counted(live: LiveSyncs) -> None:
    page = b"<!DOCTYPE html><title>503 Backend fetch failed</title>"
    done = live.backfills(
        [
            past(0, body("2021-09-01")),
            past(1, page),
            past(2, b""),
            past(3, page),
            past(4, body("2021-09-05", 3000)),
        ],
        at(9),
    )
    assert (done.read, done.no_document, done.added) == (5, 3, 2)
    assert [verdict for verdict, *_ in observations(live.database)] == ["applied", "applied"]


def test_a_version_that_cannot_be_read_is_quarantined_in_its_place(live: LiveSyncs) -> None:
    cut_short = body("2021-09-03", 3000)[:-20]
    other_root = b"<redirect/>"
    done = live.backfills(
        [
            past(0, body("2021-09-01")),
            past(2, cut_short),
            past(3, other_root),
            past(4, body("2021-09-05", 3000)),
        ],
        at(9),
    )
    assert [verdict for verdict, *_ in observations(live.database)] == [
        "applied",
        "quarantined",
        "quarantined",
        "applied",
    ]
    assert (done.no_document, done.changes, done.held_back) == (0, 1, ())


def test_what_waits_for_a_person_at_the_end_is_said(live: LiveSyncs) -> None:
    gone = document([], updated="2021-09-05")
    done = live.backfills([past(0, body("2021-09-01", 3000)), past(4, gone)], at(9))
    assert [item.kind for item in done.held_back] == [HoldKind.REGISTRY]
    assert list(done.held_back) == live.held_back()


@pytest.mark.parametrize("when", [at(10) + timedelta(seconds=1), datetime(1969, 12, 31, tzinfo=UTC)])
def test_a_version_that_was_not_seen_in_the_past_is_refused(when: datetime) -> None:
    with pytest.raises(UsageProblem, match=f"{when:%Y-%m-%dT%H:%M:%SZ}, which is not in the past"):
        read_past([past(0, body("2021-09-01")), PastVersion(when, body("2021-09-01"))], [CLOSE_CODES], at(10))


def test_a_registry_whose_versions_are_no_longer_kept_is_held_back_since_the_first(live: LiveSyncs) -> None:
    live.sees(body("2021-09-01", 3000), at(0))
    for day in range(1, 31):
        live.sees(document([], updated="2021-09-05", other=f"<!-- {day} -->"), at(day))
    before = everything(live.database)
    assert sum(row[5] == 1 for row in before["snapshot"].elements()) == 10
    live.backfills([past(-5, body("2021-08-01"))], at(40))
    assert everything(live.database)["hold"] == before["hold"]
    assert everything(live.database)["document"] == before["document"]


# -- alerts -------------------------------------------------------------------------------------------


def test_without_being_told_to_it_alerts_nothing(live: LiveSyncs) -> None:
    live.backfills([seen.past for seen in SHORT], SHORT[-1].at + HOUR)
    assert live.told == []
    assert {row[3] for row in everything(live.database)["flag"]} == {None}


def test_it_alerts_when_told_to_once(live: LiveSyncs) -> None:
    history = [seen.past for seen in SHORT]
    live.backfills(history, SHORT[-1].at + HOUR)
    for _ in range(2):
        live.backfills(history, SHORT[-1].at + HOUR, alerts=True)
    assert live.told == ALERTS


def test_what_a_baseline_named_is_not_alerted(live: LiveSyncs) -> None:
    live.sees(SHORT[-1].body, SHORT[-1].at)
    live.backfills([seen.past for seen in SHORT], SHORT[-1].at + HOUR, alerts=True)
    assert live.told == [("baseline", tuple(REGISTRATIONS))]


def test_what_an_alert_named_is_not_alerted_again(live: LiveSyncs) -> None:
    versions = {seen.table: seen for seen in reversed(SHORT)}
    live.sees(versions[3].body, versions[3].at)
    live.sees(versions[4].body, versions[4].at)
    live.backfills([seen.past for seen in SHORT], SHORT[-1].at + HOUR, alerts=True)
    assert live.told == [("baseline", (3000,)), ("registration", (3003,)), ("registration", (3008,))]


def test_a_first_sight_in_the_past_is_told_as_a_baseline(live: LiveSyncs) -> None:
    history = [past(0, body("2021-09-01", 3000)), past(8, body("2021-09-08", 3000, 3003))]
    live.backfills(history, at(9), alerts=True)
    assert live.told == [("baseline", (3000,)), ("registration", (3003,))]


def test_what_came_and_went_in_the_past_is_told_in_order(live: LiveSyncs) -> None:
    history = [
        past(0, body("2021-09-01")),
        past(8, body("2021-09-08", 3000)),
        past(10, body("2021-09-10")),
        past(12, body("2021-09-12")),
    ]
    live.backfills(history, at(20), alerts=True)
    live.backfills(history, at(21), alerts=True)
    assert live.told == [("registration", (3000,)), ("withdrawal", (3000,))]


def test_a_withdrawal_that_was_taken_back_long_ago_is_not_told(live: LiveSyncs) -> None:
    history = [
        past(0, body("2021-09-01")),
        past(8, body("2021-09-08", 3000)),
        past(10, body("2021-09-10")),
        past(12, body("2021-09-12")),
        past(14, body("2021-09-14", 3000)),
    ]
    live.backfills(history, at(20), alerts=True)
    assert live.told == [("registration", (3000,))]


def withdrawn_live(live: LiveSyncs) -> None:
    """A registration that was alerted as withdrawn on day 12."""
    live.sees(body("2021-09-08", 3000), at(8))
    for day in (10, 12):
        live.sees(body("2021-09-10"), at(day))
    assert live.told == [("baseline", (3000,)), ("withdrawal", (3000,))]
    live.told.clear()


STILL_THERE = past(11, body("2021-09-11", 3000))
"""What was seen between: the version without the code was an older copy after it."""


def test_a_withdrawal_that_never_was_is_taken_back_when_told_to(live: LiveSyncs) -> None:
    withdrawn_live(live)
    for _ in range(2):
        live.backfills([STILL_THERE], at(13), alerts=True)
    assert live.told == [("return", (3000,))]


def test_after_a_withdrawal_that_never_was_the_real_one_is_alerted(live: LiveSyncs) -> None:
    withdrawn_live(live)
    live.backfills([STILL_THERE], at(13))
    for day in (20, 22):
        live.sees(body("2021-09-20"), at(day))
    assert live.told == [("withdrawal", (3000,))]
    live.sees(body("2021-09-25", 3000), at(25))
    assert live.told == [("withdrawal", (3000,)), ("return", (3000,))]


def test_an_earlier_withdrawal_that_comes_to_light_leaves_the_told_one_to_be_taken_back(
    live: LiveSyncs,
) -> None:
    withdrawn_live(live)
    earlier = [past(1, body("2021-08-01", 3000)), past(2, body("2021-08-02")), past(4, body("2021-08-03"))]
    done = live.backfills(earlier, at(13), alerts=True)
    assert (done.changes, live.told) == (3, [])
    live.sees(body("2021-09-25", 3000), at(25))
    assert live.told == [("return", (3000,))]


def test_a_withdrawal_that_comes_to_light_is_told_when_told_to(live: LiveSyncs) -> None:
    live.sees(body("2021-09-08", 3000), at(8))
    live.told.clear()
    live.backfills([past(10, body("2021-09-10")), past(12, body("2021-09-10"))], at(13), alerts=True)
    assert live.told == [("withdrawal", (3000,))]


def test_a_registration_whose_first_name_comes_to_light_stays_the_same(live: LiveSyncs) -> None:
    live.sees(body("2021-09-08", 3000), at(8))
    live.told.clear()
    first_name = document([row("1000", "Normal Closure"), row("3000", "Not Authorized", date="2021-09-06")])
    older = first_name.replace(b"2026-06-10", b"2021-09-07")
    done = live.backfills([past(0, body("2021-09-01")), past(7, older)], at(9), alerts=True)
    assert (live.told, done.changes) == ([], 2)
    registrations = {row[1]: (row[9], row[12]) for row in everything(live.database)["registration"]}
    assert registrations[3000] == ("Not Authorized", "2021-09-08T12:00:00Z")
    for day in (20, 22):
        live.sees(body("2021-09-20"), at(day))
    assert live.told == [("withdrawal", (3000,))]


# -- the bundled start --------------------------------------------------------------------------------


def test_the_bundled_start_followed_by_a_backfill(live: LiveSyncs, folder: Path) -> None:
    now = ALL[-1].at + DAY
    report = live.sees(None, now)
    assert report.from_bundle
    assert live.told == [("baseline", tuple(REGISTRATIONS))]
    live.backfills([seen.past for seen in SHORT], now + DAY, alerts=True)
    assert live.told == [("baseline", tuple(REGISTRATIONS))]
    in_order = LiveSyncs(database_in_memory(), folder)
    in_order.backfills([seen.past for seen in SHORT], now + DAY)
    known, expected = comparable(live.database), comparable(in_order.database)
    for table in ("registration", "record", "change", "hold", "watch", "flag"):
        assert known[table] == expected[table], table
    live.sees(SHORT[-1].body, now + 2 * DAY)
    assert live.told == [("baseline", tuple(REGISTRATIONS))]


def test_a_backfill_of_what_came_after_the_bundled_start(live: LiveSyncs) -> None:
    live.sees(None, at(2000))
    live.backfills([past(2001, ALL[-1].body)], at(2002), alerts=True)
    assert live.told == [("baseline", tuple(REGISTRATIONS))]
    assert not everything(live.database)["change"]


# -- what a person decided ----------------------------------------------------------------------------


def test_an_older_copy_that_a_person_accepted_stays_accepted(live: LiveSyncs) -> None:
    live.sees(body("2021-09-09", 3000), at(8))
    corrected = body("2021-09-08", 3000, 3003)
    live.sees(corrected, at(8.5), accept_older=True)
    live.backfills([past(-5, body("2021-08-01"))], at(9))
    assert [verdict for verdict, *_ in observations(live.database)] == ["applied", "applied", "overdue"]
    assert 3003 in {row[1] for row in everything(live.database)["registration"]}


def test_a_person_s_word_counts_for_a_copy_that_turns_out_to_be_older(live: LiveSyncs) -> None:
    live.sees(body("2021-09-01"), at(1))
    live.sees(body("2021-09-08", 3000), at(9), accept_older=True)
    live.backfills([past(8, body("2021-09-09"))], at(10))
    assert [verdict for verdict, *_ in observations(live.database)] == ["applied", "applied", "overdue"]


def test_a_person_s_word_counts_once(live: LiveSyncs) -> None:
    older = body("2021-09-01", 3003)
    live.sees(body("2021-09-08", 3000), at(8))
    live.sees(older, at(9), accept_older=True)
    live.sees(older, at(14))
    live.backfills([past(11, body("2021-09-09", 3000))], at(15))
    assert [verdict for verdict, *_ in observations(live.database)] == [
        "applied",
        "overdue",
        "applied",
        "older",
    ]


def test_what_a_person_accepted_stays_accepted(live: LiveSyncs) -> None:
    live.sees(body("2021-09-08", 3000), at(8))
    live.sees(body("2021-09-10", garbled="30O3"), at(10))
    live.accepts(live.held_back()[0].sha256, at(12))
    assert live.told[-1] == ("withdrawal", (3000,))
    before = everything(live.database)["hold"]
    live.backfills([past(0, body("2021-09-01"))], at(13))
    assert everything(live.database)["hold"] == before
    assert [item.accepted_at for item in live.held_back()] == [at(12)]


# -- all or nothing -----------------------------------------------------------------------------------


def test_a_reading_that_fails_in_the_middle_has_done_nothing(live: LiveSyncs) -> None:
    def versions() -> Iterator[PastVersion]:
        yield past(0, body("2021-09-01"))
        msg = "the disk was pulled out"
        raise OSError(msg)

    with pytest.raises(OSError, match="pulled out"):
        live.backfills(versions(), at(9))
    assert not any(everything(live.database).values())


def test_stopped_before_any_statement_it_has_done_nothing(tmp_path: Path) -> None:
    database = new_database(tmp_path / "stopped.db")
    live = LiveSyncs(database, tmp_path)
    live.sees(body("2021-09-08", 3000), at(8))
    before = everything(database)
    history = [past(0, body("2021-09-01")), past(9, body("2021-09-09", 3000, 3003))]
    number = 0
    while True:
        with stopped_at(database, number) as was_stopped, suppress(KeyboardInterrupt):
            live.backfills(history, at(10), alerts=True)
        if not was_stopped:
            break
        assert everything(database) == before, number
        number += 1
    assert number > 30
    assert live.told == [("baseline", (3000,)), ("registration", (3003,))]
