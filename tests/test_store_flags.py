"""Comparing and alerting in the deciding transaction: flags open and close, and what is news of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import document, row
from sqlalchemy import Connection, select

from db import tables as t
from db.engine import Database
from sync.audience import Audience
from sync.errors import FetchFailed
from sync.intervals import Interval
from sync.observe import kept
from sync.records import DocumentedTable, DocumentedValue
from sync.sights import Sight
from sync.sources import FailedSource, Reads, ReadSource, SameSource
from sync.state import Notice, NoticeKind, Use
from sync.store import settle
from sync.store_flags import Concluded, conclude, post
from sync.watches import CLOSE_CODES, DocumentedSource, Role

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CODES = {
    1000: row("1000", "Normal Closure"),
    3000: row("3000", "Unauthorized", date="2021-09-06"),
    3003: row("3003", "Forbidden", date="2023-02-22"),
    4000: row("4000", "Above", date="2023-02-22"),
}
CHANNELS = {"readers": frozenset({Audience.READERS}), "all": frozenset(Audience)}
A, B = DocumentedSource("a", "a.csv"), DocumentedSource("b", "b.csv")
OURS = DocumentedSource("ours", "ours.csv", Role.IN_USE)


class Steps:
    """One database, a day later at each step."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.at = NOON - DAY
        self.watch = CLOSE_CODES

    def step(
        self,
        *codes: int,
        read: Reads,
        watched: Interval | None = (3000, 3999),
        notices: tuple[Notice, ...] = (),
    ) -> Concluded:
        """The registry has these codes, and this became of the documented sources."""
        self.at += DAY
        documented, in_use = (
            tuple(found.source for found in read if found.source.role is role) for role in Role
        )
        self.watch = replace(self.watch, documented=documented, in_use=in_use, watched=watched)
        body = document([CODES[code] for code in codes], updated=f"{self.at:%Y-%m-%d}")
        seen = kept(self.watch.document, body)
        (stored,) = settle(self.connection, [Sight(self.watch.document, [self.watch], seen)], self.at)
        concluded = conclude(self.connection, self.watch, stored, read, notices, self.at)
        post(self.connection, [concluded], CHANNELS, self.at)
        return concluded


@pytest.fixture
def steps(database: Database) -> Iterator[Steps]:
    with database.write() as connection:
        yield Steps(connection)
        connection.rollback()


def lists(source: DocumentedSource, *codes: int | Interval) -> ReadSource:
    """A source whose page has a row for each of these."""
    spans = [code if isinstance(code, tuple) else (code, code) for code in codes]
    table = DocumentedTable(tuple(DocumentedValue(first, last) for first, last in spans))
    return ReadSource(source, repr(codes), table, None)


def names(source: DocumentedSource, codes: dict[int, str]) -> ReadSource:
    """A source whose list has these codes by these names."""
    table = DocumentedTable(tuple(DocumentedValue(code, code, name) for code, name in codes.items()))
    return ReadSource(source, repr(codes), table, None)


def fails(source: DocumentedSource) -> FailedSource:
    return FailedSource(source, FetchFailed("answered 404 Not Found", location=source.location))


def closed(concluded: Concluded) -> list[int]:
    return [registration.first for registration in concluded.compared.closed]


def told(concluded: Concluded) -> list[tuple[str, list[int]]]:
    return [(alert.kind, [subject.first for subject in alert.subjects]) for alert in concluded.alerts]


def test_what_is_flagged_at_the_first_sight_is_told_in_one_message(steps: Steps) -> None:
    concluded = steps.step(1000, 3000, 3003, 4000, read=[lists(A, 1000, (3000, 3999))])
    assert [flag.lacking for flag in concluded.compared.flags.values()] == [("a",), ("a",)]
    assert told(concluded) == [("baseline", [3000, 3003])]


def test_a_new_registration_alerts_once_and_says_which_pages_lack_it(steps: Steps) -> None:
    steps.step(1000, read=[lists(A, 1000), lists(B, 1000, 3000)])
    concluded = steps.step(1000, 3000, 4000, read=[SameSource(A), SameSource(B)])
    assert told(concluded) == [("registration", [3000])]
    (alert,) = concluded.alerts
    assert (alert.compared, alert.subjects[0].missing_from) == (("a", "b"), ("a",))
    assert steps.step(1000, 3000, 4000, read=[SameSource(A), SameSource(B)]).alerts == ()


def test_a_flag_closes_with_a_line_and_reopens_without_an_alert(steps: Steps) -> None:
    steps.step(1000, 3000, read=[lists(A, 1000)])
    documented = steps.step(1000, 3000, read=[lists(A, 1000, 3000)])
    assert (dict(documented.compared.flags), closed(documented), documented.alerts) == ({}, [3000], ())
    lost = steps.step(1000, 3000, read=[lists(A, 1000)])
    assert (len(lost.compared.flags), closed(lost), lost.alerts) == (1, [], ())
    times = steps.connection.execute(
        select(t.flag.c.opened_at, t.flag.c.closed_at).order_by(t.flag.c.id)
    ).all()
    assert times == [(NOON, NOON + DAY), (NOON + 2 * DAY, None)]


def test_a_flag_stays_while_one_of_two_pages_lacks_the_code(steps: Steps) -> None:
    steps.step(3000, read=[lists(A), lists(B)])
    half = steps.step(3000, read=[lists(A, 3000), SameSource(B)])
    assert ([flag.lacking for flag in half.compared.flags.values()], closed(half)) == ([("b",)], [])
    assert closed(steps.step(3000, read=[SameSource(A), lists(B, 3000)])) == [3000]


def test_flags_close_by_value_whenever_they_were_opened(steps: Steps) -> None:
    steps.step(3000, 3003, read=[lists(A, 3000)])
    steps.step(3000, 3003, read=[lists(A)])
    assert closed(steps.step(3000, 3003, read=[lists(A, 3003, 3000)])) == [3000, 3003]


def test_a_page_that_fails_keeps_its_last_table(steps: Steps) -> None:
    steps.step(3000, read=[lists(A, 3000)])
    concluded = steps.step(3000, read=[fails(A)])
    assert (dict(concluded.compared.flags), concluded.compared.sources) == ({}, ("a",))
    d = t.documented_source.c
    assert steps.connection.scalar(select(d.problem)) == "a.csv: answered 404 Not Found"
    steps.step(3000, read=[SameSource(A)])
    assert steps.connection.scalar(select(d.problem)) is None


def test_a_page_never_read_takes_no_part_until_it_is(steps: Steps) -> None:
    first = steps.step(3000, read=[fails(A)])
    assert (first.compared.sources, dict(first.compared.flags), first.alerts) == ((), {}, ())
    read = steps.step(3000, read=[lists(A)])
    assert told(read) == [("baseline", [3000])]


def test_where_no_page_was_ever_read_flags_stay_as_they_were(steps: Steps) -> None:
    steps.step(3000, 3003, read=[lists(A)])
    concluded = steps.step(3000, 3003, read=[fails(B)])
    assert (len(concluded.compared.flags), closed(concluded), concluded.compared.sources) == (2, [], ())


def test_a_further_page_is_a_baseline_of_its_own(steps: Steps) -> None:
    steps.step(3000, 3003, read=[lists(A, 3000)])
    concluded = steps.step(3000, 3003, read=[SameSource(A), lists(B, 3003)])
    assert told(concluded) == [("baseline", [3000])]


def test_a_wider_range_is_a_baseline_of_what_it_adds(steps: Steps) -> None:
    steps.step(1000, 3000, read=[lists(A)])
    wider = steps.step(1000, 3000, read=[SameSource(A)], watched=(0, 3999))
    assert told(wider) == [("baseline", [1000])]
    assert steps.step(1000, 3000, read=[SameSource(A)], watched=(0, 3999)).alerts == ()
    assert told(steps.step(1000, 3000, 4000, read=[SameSource(A)], watched=None)) == [
        ("registration", [4000])
    ]


def test_what_is_no_longer_watched_is_not_documented_for_that(steps: Steps) -> None:
    steps.step(1000, 3000, read=[lists(A)], watched=(0, 3999))
    narrower = steps.step(1000, 3000, read=[SameSource(A)])
    assert (len(narrower.compared.flags), closed(narrower)) == (1, [])


def test_what_is_withdrawn_is_not_documented_for_that(steps: Steps) -> None:
    steps.step(1000, 3000, read=[lists(A)])
    steps.step(1000, read=[SameSource(A)])
    steps.step(1000, read=[SameSource(A)])
    withdrawn = steps.step(1000, read=[SameSource(A)])
    assert (dict(withdrawn.compared.flags), closed(withdrawn)) == ({}, [])


def test_a_code_in_use_that_is_registered_by_another_name_is_told_once(steps: Steps) -> None:
    listed = names(OURS, {3003: "Session expired", 3000: "unauthorized"})
    assert told(steps.step(1000, 3000, read=[lists(A, 3000, 3003), listed])) == []
    registered = steps.step(1000, 3000, 3003, read=[SameSource(A), SameSource(OURS)])
    assert told(registered) == [("registration", [3003]), ("conflict", [3003])]
    assert registered.alerts[1].subjects[0].uses == (Use("ours", 3003, "Session expired", None),)
    still = steps.step(1000, 3000, 3003, read=[SameSource(A), SameSource(OURS)])
    assert (len(still.compared.conflicts), still.alerts) == (1, ())
    gone = steps.step(1000, 3000, 3003, read=[SameSource(A), names(OURS, {3000: "unauthorized"})])
    assert (gone.compared.conflicts, gone.alerts) == ((), ())
    assert steps.step(1000, 3000, 3003, read=[SameSource(A), listed]).alerts == ()


def test_what_is_in_conflict_at_a_first_sight_is_told_with_the_baseline(steps: Steps) -> None:
    listed = names(OURS, {3003: "Session expired"})
    assert told(steps.step(3000, 3003, read=[lists(A, 3003), listed])) == [
        ("baseline", [3000]),
        ("conflict", [3003]),
    ]
    messages = steps.connection.scalars(select(t.message.c.id)).all()
    assert len(messages) == 1
    further = names(replace(OURS, name="theirs"), {3000: ""})
    assert told(steps.step(3000, 3003, read=[SameSource(A), SameSource(OURS), further])) == [
        ("conflict", [3000])
    ]


def test_a_list_of_codes_in_use_flags_nothing_and_documents_nothing(steps: Steps) -> None:
    steps.step(3000, 3003, read=[lists(A, 3000)])
    listed = names(OURS, {3003: "Forbidden"})
    concluded = steps.step(3000, 3003, read=[SameSource(A), listed])
    assert [flag.lacking for flag in concluded.compared.flags.values()] == [("a",)]
    assert (concluded.compared.sources, concluded.compared.conflicts, concluded.alerts) == (("a",), (), ())


def test_a_list_with_the_name_of_a_page_is_no_first_sight_of_that_page(steps: Steps) -> None:
    steps.step(3000, read=[lists(A, 3000)])
    concluded = steps.step(3000, read=[lists(A), names(replace(OURS, name=A.name), {3000: "Unauthorized"})])
    assert (len(concluded.compared.flags), concluded.alerts) == (1, ())


def test_a_list_that_fails_keeps_what_it_last_said(steps: Steps) -> None:
    steps.step(3000, read=[lists(A, 3000), names(OURS, {3003: "Session expired"})])
    concluded = steps.step(3000, 3003, read=[SameSource(A), fails(OURS)])
    assert told(concluded) == [("registration", [3003]), ("conflict", [3003])]


def test_a_list_that_is_named_no_longer_takes_no_part(steps: Steps) -> None:
    steps.step(3000, read=[lists(A, 3000), names(OURS, {3003: "Session expired"})])
    assert steps.step(3000, 3003, read=[SameSource(A)]).compared.conflicts == ()


def test_notices_reach_operators_and_news_reaches_readers(steps: Steps) -> None:
    notice = Notice(NoticeKind.FAILING, "here", "it is broken")
    steps.step(3000, read=[lists(A)], notices=(notice,))
    channels = steps.connection.execute(
        select(t.message.c.audience, t.delivery.c.channel)
        .join(t.delivery, t.delivery.c.message_id == t.message.c.id)
        .order_by(t.message.c.id, t.delivery.c.id)
    ).all()
    assert channels == [("readers", "readers"), ("readers", "all"), ("operators", "all")]


def test_a_quiet_day_writes_nothing_to_the_outbox(steps: Steps) -> None:
    steps.step(1000, read=[lists(A)])
    assert steps.step(1000, 4000, read=[SameSource(A)]).alerts == ()
    assert steps.connection.scalars(select(t.message.c.id)).all() == []
