"""Several watches on one screen: what is not well first, what to do last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sync.answers import ChangeRow
from sync.show.health import Deliveries, Status, Trouble, TroubleKind
from sync.show.overview import overview, overview_json

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FAILING = Trouble(TroubleKind.FAILING, "3 runs in a row have failed", "look at the source")
WAITING = Trouble(TroubleKind.UNDELIVERABLE, "1 delivery waits", "`ianawatch alerts`")


def of(name: str, *, hours: int = 1) -> Status:
    return Status(
        database="ianawatch.db",
        size=204_800,
        watch=name,
        run_at=NOW - hours * HOUR,
        outcome="done",
        checked_at=NOW - hours * HOUR,
        records=12,
        registrations=1_000,
    )


NOTHING: dict[str, list[Trouble]] = {"a": [], "b": [], "c": []}
A, B, C = of("a"), of("b"), of("c", hours=5)


def lines(statuses: list[Status], troubles: dict[str, list[Trouble]] | None = None) -> dict[str, list[str]]:
    found = overview(statuses, {**NOTHING, **(troubles or {})}, NOW)
    return {"": [found.title], **{entry.label: list(entry.lines) for entry in found.entries}}


def test_all_is_well() -> None:
    assert lines([A, B]) == {
        "": ["2 watches: all is well"],
        "last check": ["2026-07-01 11:00 UTC, 1 hour ago"],
        "registries": ["2 of 2 are known: 2,000 registrations"],
        "last change": ["none since the first look"],
        "flagged": ["nothing"],
        "alerts": ["none waits"],
        "database": ["ianawatch.db (200 KiB)"],
        "next": ["nothing to do"],
    }


def test_the_oldest_check_is_named_and_what_was_never_checked() -> None:
    assert lines([A, C])["last check"] == [
        "2026-07-01 11:00 UTC, 1 hour ago",
        "the longest ago: c, 2026-07-01 07:00 UTC, 5 hours ago",
    ]
    found = lines([A, Status("ianawatch.db", None, "b")])
    assert found["last check"][1:] == ["never with success: b"]
    assert found["registries"] == ["1 of 2 are known: 1,000 registrations"]
    assert found["next"] == ["`ianawatch sync` checks the registries"]


def test_what_is_wrong_says_with_which() -> None:
    found = lines([A, B, C], {"a": [FAILING], "c": [FAILING]})
    assert found[""] == ["2 of 3 watches: something is not well"]
    assert found["trouble"] == ["a, c: 3 runs in a row have failed"]
    assert found["next"] == ["look at the source", "`ianawatch status --watch a` tells more"]


def test_what_is_wrong_with_all_is_said_once() -> None:
    assert lines([A, B], {"a": [WAITING], "b": [WAITING]})["trouble"] == ["1 delivery waits"]


def test_of_many_some_are_named() -> None:
    statuses = [replace(A, watch=f"w{number}", flagged=2) for number in range(2000)]
    troubles = {status.watch: [FAILING] for status in statuses[:1999]}
    found = overview(statuses, troubles | {"w1999": []}, NOW)
    entries = {entry.label: list(entry.lines) for entry in found.entries}
    assert entries["trouble"] == ["w0, w1, w2, w3, w4, ...: 3 runs in a row have failed"]
    assert entries["flagged"] == ["w0 2; w1 2; w2 2; w3 2; w4 2; ..."]


def test_the_last_change_of_any_and_what_waits() -> None:
    change = ChangeRow(418, 418, NOW - HOUR, "registered", None, None, "I'm a teapot", "2026-07-01")
    earlier = replace(change, first=1, last=1, at=NOW - 9 * HOUR)
    deliveries = Deliveries(waiting=2, oldest_at=NOW - HOUR)
    found = lines([replace(A, last_change=earlier, deliveries=deliveries), replace(B, last_change=change), C])
    assert found["last change"][0].startswith("2026-07-01 11:00 UTC, 1 hour ago; b: 418 registered")
    assert found["alerts"][0].startswith("2 deliveries wait")


def test_as_data_each_watch_is_as_alone() -> None:
    facts = overview_json([A, B], {"a": [], "b": [FAILING]})
    assert facts["healthy"] is False
    assert [(one["watch"], one["healthy"]) for one in facts["watches"]] == [("a", True), ("b", False)]
