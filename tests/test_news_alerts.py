"""What somebody must hear of a decision, and the ids that it goes by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import registration

from sync.audience import Audience
from sync.decide.conflicts import Conflict
from sync.intervals import Interval
from sync.news.alerts import TOLD_ONCE, Alert, Told, alert_uid, decide_alerts
from sync.state import Change, ChangeKind, Flag, Notice, NoticeKind, Registration, Use

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NORMAL = registration(1000, "Normal Closure")
UNAUTHORIZED = registration(3000, "Unauthorized", "2021-09-06")
FORBIDDEN = registration(3003, "Forbidden", "2023-02-22")
ALL = (NORMAL, UNAUTHORIZED, FORBIDDEN)
NOTHING = Told()
LACKING = {UNAUTHORIZED.key: Flag(UNAUTHORIZED.key, ("mdn",))}


def happened(kind: ChangeKind, to: Registration, *, ending: int = 0, field: str | None = None) -> Change:
    name = to.content.description
    return Change(kind, to.key, to.first, to.last, NOON, "a" * 64, field, None, name, ending)


def decided(
    *changes: Change,
    baseline: Sequence[str] = (),
    flags: Mapping[str, Flag] = LACKING,
    notices: Sequence[Notice] = (),
    watched: Interval | None = (3000, 3999),
    told: Told = NOTHING,
    at: datetime = NOON,
    conflicts: Sequence[Conflict] = (),
) -> tuple[Alert, ...]:
    return decide_alerts(
        "codes",
        at,
        changes=changes,
        registrations=ALL,
        flags=flags,
        baseline=baseline,
        notices=notices,
        conflicts=conflicts,
        watched=watched,
        compared=("bundled", "mdn"),
        told=told,
    )


# -- for readers ---------------------------------------------------------------------------------------


def test_a_registration_says_what_it_is_and_where_it_is_missing() -> None:
    (alert,) = decided(happened(ChangeKind.REGISTERED, UNAUTHORIZED))
    (subject,) = alert.subjects
    assert (alert.audience, alert.kind, alert.watch, alert.at) == (
        Audience.READERS,
        "registration",
        "codes",
        NOON,
    )
    assert (subject.first, subject.name, subject.registered_on) == (3000, "Unauthorized", "2021-09-06")
    assert (subject.missing_from, alert.compared) == (("mdn",), ("bundled", "mdn"))


def test_what_is_not_watched_is_no_news() -> None:
    change = happened(ChangeKind.REGISTERED, NORMAL)
    assert decided(change) == ()
    assert [alert.kind for alert in decided(change, watched=None)] == ["registration"]


def test_a_registration_alerts_once_for_ever() -> None:
    change = happened(ChangeKind.REGISTERED, UNAUTHORIZED)
    (alert,) = decided(change)
    later = replace(change, at=NOON + timedelta(days=365), snapshot="b" * 64)
    assert [again.uid for again in decided(later, flags={})] == [alert.uid]
    assert decided(later, told=Told(uids=frozenset({alert.uid}))) == ()


def test_an_amendment_is_no_news() -> None:
    assert decided(happened(ChangeKind.AMENDED, UNAUTHORIZED, field="description")) == ()


def test_each_withdrawal_alerts() -> None:
    first, second = (decided(happened(ChangeKind.WITHDRAWN, UNAUTHORIZED, ending=n))[0] for n in (1, 2))
    assert (first.kind, first.subjects[0].ending) == ("withdrawal", 1)
    assert first.uid != second.uid


def test_a_return_takes_back_a_withdrawal_that_was_told_and_no_other() -> None:
    change = happened(ChangeKind.RETURNED, UNAUTHORIZED, ending=2)
    assert decided(change) == ()
    assert decided(change, told=Told(withdrawals=frozenset({(UNAUTHORIZED.key, 1)}))) == ()
    (alert,) = decided(change, told=Told(withdrawals=frozenset({(UNAUTHORIZED.key, 2)})))
    assert alert.kind == "return"


def test_a_baseline_is_one_alert() -> None:
    flags = {**LACKING, FORBIDDEN.key: Flag(FORBIDDEN.key, ("bundled",))}
    (alert,) = decided(baseline=[UNAUTHORIZED.key, FORBIDDEN.key], flags=flags)
    assert alert.kind == "baseline"
    assert [(s.first, s.missing_from) for s in alert.subjects] == [(3000, ("mdn",)), (3003, ("bundled",))]
    (turned,) = decided(baseline=[FORBIDDEN.key, UNAUTHORIZED.key], flags=flags)
    assert turned.uid == alert.uid
    assert decided(baseline=[UNAUTHORIZED.key])[0].uid != alert.uid


def test_a_conflict_alerts_once_for_ever_for_each_list() -> None:
    ours, theirs = (Conflict(FORBIDDEN, name, (Use(name, 3003, "Ours", 7),)) for name in ("a.csv", "b.csv"))
    first, second = decided(conflicts=[ours, theirs])
    assert (first.kind, first.audience, first.subjects[0].uses) == ("conflict", Audience.READERS, ours.uses)
    renamed = replace(ours, uses=(Use("a.csv", 3003, "Otherwise", 8),))
    told = Told(uids=frozenset({first.uid}))
    assert decided(conflicts=[renamed, theirs], told=told) == (second,)


def test_no_person_is_named() -> None:
    assert set(asdict(decided(happened(ChangeKind.REGISTERED, UNAUTHORIZED))[0].subjects[0])) == {
        "key",
        "first",
        "last",
        "name",
        "registered_on",
        "ending",
        "missing_from",
        "uses",
    }


# -- for operators -------------------------------------------------------------------------------------

FAILING = Notice(NoticeKind.FAILING, "https://example.org", "it can't be reached")
UNKNOWN = Notice(NoticeKind.UNKNOWN_IN_OLDER_COPY, "3001 X", "an older copy lists 3001 X")


def test_a_notice_is_for_operators() -> None:
    (alert,) = decided(notices=[FAILING])
    assert (alert.audience, alert.kind, alert.subjects) == (Audience.OPERATORS, "failing", ())
    assert (alert.text, alert.about) == (FAILING.text, FAILING.subject)


@pytest.mark.parametrize("notice", [FAILING, UNKNOWN])
def test_a_notice_that_comes_again_is_told_as_often_as_its_kind_is(notice: Notice) -> None:
    (first,) = decided(notices=[notice])
    told = Told(uids=frozenset({first.uid}), notices={(notice.kind, notice.subject): 1})
    again = decided(notices=[notice], told=told)
    assert len(again) == (0 if notice.kind in TOLD_ONCE else 1)
    assert first.uid not in {alert.uid for alert in again}


def test_what_is_noticed_twice_at_once_is_told_once() -> None:
    assert len(decided(notices=[FAILING, replace(FAILING, text="in other words")])) == 1


# -- ids -----------------------------------------------------------------------------------------------


@given(st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=4))
def test_an_id_says_the_same_for_the_same(says: list[object]) -> None:
    assert alert_uid(*says) == alert_uid(*says)
    assert len(alert_uid(*says)) == 32
    assert alert_uid(*says) != alert_uid(*says, "more")


def test_ids_never_change_between_releases() -> None:
    """They are in the databases, and the mails, of those who have the program."""
    (alert,) = decided(happened(ChangeKind.REGISTERED, UNAUTHORIZED))
    assert alert.uid == "da533a200dc3dfc187b5df83ca52d39a"
    (alert,) = decided(notices=[FAILING])
    assert alert.uid == "2cece040e22154781ff2b440c6e02deb"
