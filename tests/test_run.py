"""One sync, from the network to the outbox: what it asks, what it leaves behind, what it tells.

The watch is the shipped one, whose document stands on a loopback server: the source that nobody named.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import Row, document, row
from databases import migrated, rehearsed
from loopback import LoopbackServer, RawServer, forget_surroundings, read_head

from db.engine import Database
from sync.audience import Audience
from sync.errors import Exit
from sync.news.report import SyncReport
from sync.run import Sync, sync_watches
from sync.settings.model import Settings
from sync.state import NoticeKind
from sync.verdict import Verdict
from sync.watches import CLOSE_CODES, DocumentedSource, Role

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHANNELS = {"readers": frozenset({Audience.READERS}), "operators": frozenset({Audience.OPERATORS})}
LAST_MODIFIED = "Wed, 01 Jul 2026 00:00:00 GMT"
NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
TEAPOT = row("3418", "I'm a teapot", date="2026-06-30")
BUSY = {"Retry-After": "7200"}


class Syncs:
    """One database, and a server whose documents change between the syncs."""

    def __init__(self, server: LoopbackServer, database: Database) -> None:
        self.server = server
        self.database = database
        self.watch = replace(CLOSE_CODES, document=server.url("/codes.xml"), documented=())
        self.settings = Settings(retries=0, connect_timeout=5, read_timeout=5, deadline=10)

    def serve(
        self, *rows: Row, updated: str = "2026-07-01", last_modified: str | None = LAST_MODIFIED
    ) -> None:
        """Have the server serve a document with these rows."""
        self.server.put("/codes.xml", document(rows, updated=updated), last_modified=last_modified)

    def documents(self, path: str, *codes: int | str) -> DocumentedSource:
        """A page that documents these codes, as a source with the path for its name."""
        page = "".join(f"{line}\n" for line in ("code", *codes))
        self.server.put(path, page.encode(), last_modified=f"{codes}")
        return DocumentedSource(path, self.server.url(path))

    def run(
        self, at: datetime = NOON, *documented: DocumentedSource, source: str | None = None
    ) -> SyncReport:
        """One sync, compared with these pages."""
        watch = replace(self.watch, mirror=source, documented=documented)
        (report,) = sync_watches(self.database, Sync([watch], self.settings, CHANNELS), at).reports
        return report

    def asked(self) -> list[tuple[str, int]]:
        """What was asked for since the last time, and the status of each answer."""
        asked = [(request.path, request.status) for request in self.server.requests]
        self.server.requests.clear()
        return asked

    def dump(self) -> dict[str, list[dict[str, object]]]:
        """Every row of every table."""
        with self.database.read() as connection:
            tables = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).scalars()
            return {
                table: [dict(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()]  # noqa: S608  # our own
                for table in tables
            }


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Syncs]:
    forget_surroundings(monkeypatch)
    with LoopbackServer() as server:
        yield Syncs(server, rehearsed())


def told(report: SyncReport) -> list[str]:
    """The alerts of a run: for readers the kind and the codes, for operators the text."""
    return [
        alert.text or f"{alert.kind} {' '.join(str(subject.first) for subject in alert.subjects)}"
        for alert in report.alerts
    ]


def wrong(report: SyncReport) -> list[str]:
    return [problem.text for problem in report.problems]


# -- the first sync ------------------------------------------------------------------------------------


def test_a_first_sync_without_a_network_starts_from_what_ships(syncs: Syncs) -> None:
    syncs.server.answer("/codes.xml", status=502)
    report = syncs.run(NOON, *CLOSE_CODES.documented)
    assert (report.exit_code, report.from_bundle, report.first_sight) == (Exit.DONE, True, True)
    assert (report.document_updated, report.records, report.registrations) == ("2026-06-10", 24, 18)
    assert told(report) == ["baseline 3000 3003 3008"]
    assert wrong(report) == [f"{syncs.watch.document}: answered 502 Bad Gateway"]


def test_every_later_failure_is_one(syncs: Syncs) -> None:
    syncs.server.answer("/codes.xml", status=502)
    syncs.run()
    report = syncs.run(NOON + HOUR)
    assert (report.exit_code, report.from_bundle, report.verdict) == (Exit.PASSING_FAILURE, False, None)
    assert (report.records, report.alerts) == (24, ())


def test_a_source_that_was_named_does_not_start_from_what_ships(syncs: Syncs, tmp_path: Path) -> None:
    report = syncs.run(source=str(tmp_path / "absent.xml"))
    assert (report.exit_code, report.from_bundle, report.records) == (Exit.PASSING_FAILURE, False, 0)
    assert wrong(report) == [
        f"{tmp_path}/absent.xml: can't be read: No such file or directory; check the path"
    ]


def test_a_login_page_is_no_answer(syncs: Syncs) -> None:
    syncs.server.put("/codes.xml", b"<!DOCTYPE html><html>Log in</html>", content_type="text/html")
    report = syncs.run()
    assert (report.exit_code, report.from_bundle) == (Exit.DONE, True)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (document([NORMAL])[:-30], NoticeKind.DOCUMENT_QUARANTINED, "not well-formed"),
        (document([]), NoticeKind.REGISTRY_QUARANTINED, "the registry close-code-number is empty"),
    ],
    ids=["cut", "empty"],
)
def test_a_first_answer_that_can_not_be_used_starts_from_what_ships_too(
    body: bytes, kind: NoticeKind, reason: str, syncs: Syncs
) -> None:
    syncs.server.put("/codes.xml", body)
    report = syncs.run(NOON, *CLOSE_CODES.documented)
    assert (report.exit_code, report.from_bundle, report.verdict) == (65, True, Verdict.QUARANTINED)
    assert (report.first_sight, report.records) == (True, 24)
    assert [alert.kind for alert in report.alerts] == ["baseline", kind]
    (problem,) = report.problems
    assert reason in problem.text
    # The episode goes on, and is told once.
    again = syncs.run(NOON + HOUR, *CLOSE_CODES.documented)
    assert (again.exit_code, again.from_bundle, again.alerts) == (65, False, ())


def test_an_unusable_answer_of_a_named_source_leaves_nothing_to_go_on_with(
    syncs: Syncs, tmp_path: Path
) -> None:
    path = tmp_path / "cut.xml"
    path.write_bytes(document([NORMAL])[:-30])
    report = syncs.run(source=str(path))
    assert (report.exit_code, report.from_bundle, report.records) == (65, False, 0)


def test_the_first_live_document_fills_in_what_the_bundle_lacks(syncs: Syncs) -> None:
    syncs.server.answer("/codes.xml", status=502, times=1)
    syncs.run()
    with syncs.database.read() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM record WHERE valid_to IS NOT NULL").scalar()
    syncs.serve(NORMAL, TEAPOT, updated="2026-07-01")
    report = syncs.run(NOON + HOUR)
    assert (report.exit_code, report.verdict, before) == (Exit.DONE, Verdict.APPLIED, 0)
    assert "registration 3418" in told(report)


def test_what_ships_never_replaces_what_another_sync_has_reached(tmp_path: Path) -> None:
    """IANA can't be reached from here, and while that turns out, a second sync has its answer."""
    database = migrated(tmp_path)

    def meanwhile() -> bytes:
        assert sync_watches(database, sync, NOON).reports[0].verdict is Verdict.APPLIED
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"

    with answering(meanwhile, ok(document([NORMAL, TEAPOT], updated="2026-07-01"))) as (url, _):
        sync = Sync([replace(CLOSE_CODES, document=url)], Settings(retries=0), CHANNELS)
        (report,) = sync_watches(database, sync, NOON).reports
    assert (report.exit_code, report.from_bundle) == (Exit.PASSING_FAILURE, False)
    assert (report.document_updated, report.records) == ("2026-07-01", 2)


# -- unchanged -----------------------------------------------------------------------------------------

TIMES = {"last_at", "count"}
"""The columns that an unchanged run may touch."""


def test_a_304_changes_nothing_but_the_time_of_the_last_check(syncs: Syncs) -> None:
    page = syncs.documents("/page.csv", 1000)
    syncs.serve(NORMAL, UNAUTHORIZED)
    syncs.run(NOON, page)
    before = syncs.dump()
    syncs.asked()
    report = syncs.run(NOON + HOUR, page)
    assert (report.verdict, report.exit_code, report.news) == (Verdict.UNCHANGED, Exit.DONE, False)
    assert syncs.asked() == [("/page.csv", 304), ("/codes.xml", 304)]
    after = syncs.dump()
    assert differing(before, after) == {
        ("observation", "last_at"),
        ("observation", "count"),
        ("run", "last_at"),
        ("run", "count"),
    }


def differing(
    before: dict[str, list[dict[str, object]]], after: dict[str, list[dict[str, object]]]
) -> set[tuple[str, str]]:
    """The columns in which two dumps with the same rows differ."""
    assert {table: len(rows) for table, rows in before.items()} == {
        table: len(rows) for table, rows in after.items()
    }
    return {
        (table, column)
        for table, rows in after.items()
        for was, row in zip(before[table], rows, strict=True)
        for column, value in row.items()
        if was[column] != value
    }


@pytest.mark.parametrize(
    ("last_modified", "runs"), [(LAST_MODIFIED, 300), (None, 60)], ids=["304", "the same bytes"]
)
def test_hundreds_of_unchanged_runs_add_no_row(last_modified: str | None, runs: int, syncs: Syncs) -> None:
    syncs.serve(NORMAL, UNAUTHORIZED, last_modified=last_modified)
    syncs.run(NOON, *CLOSE_CODES.documented)
    before = syncs.dump()
    for hours in range(1, runs + 1):
        syncs.run(NOON + hours * HOUR, *CLOSE_CODES.documented)
    after = syncs.dump()
    assert {column for _, column in differing(before, after)} == TIMES
    assert [row["count"] for row in after["observation"]] == [runs + 1]


def test_a_304_about_a_version_that_was_replaced_meanwhile_is_asked_again(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    first = document([NORMAL], updated="2026-07-01")
    second = document([NORMAL, TEAPOT], updated="2026-07-02")

    def meanwhile() -> bytes:
        assert told(sync_watches(database, sync, NOON + HOUR).reports[0]) == ["registration 3418"]
        return b"HTTP/1.1 304 Not Modified\r\n\r\n"

    answers = (ok(first, etag='"1"'), meanwhile, ok(second, etag='"2"'), b"HTTP/1.1 304 Not Modified\r\n\r\n")
    with answering(*answers) as (url, heads):
        sync = Sync([replace(CLOSE_CODES, document=url)], Settings(retries=0), CHANNELS)
        sync_watches(database, sync, NOON)
        (report,) = sync_watches(database, sync, NOON + HOUR).reports
    assert [head.partition("If-None-Match: ")[2][:3] for head in heads] == ["", '"1"', '"1"', '"2"']
    assert (report.verdict, report.alerts, report.document_updated) == (Verdict.UNCHANGED, (), "2026-07-02")


def ok(body: bytes, *, etag: str = '"0"') -> bytes:
    """An answer with this body."""
    return f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@contextlib.contextmanager
def answering(*answers: bytes | Callable[[], bytes]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn, each when it is wanted; its URL, and what it was asked."""
    heads: list[str] = []
    turns = iter(answers)

    def answer(connection: socket.socket) -> None:
        heads.append(read_head(connection).decode())
        turn = next(turns)
        connection.sendall(turn if isinstance(turn, bytes) else turn())

    with RawServer(answer) as server:
        yield server.url("/codes.xml"), heads


# -- passing failures: rule 8 --------------------------------------------------------------------------


def test_failures_are_told_after_three_in_a_row_once_and_when_they_are_over(syncs: Syncs) -> None:
    syncs.serve(NORMAL)
    syncs.run()
    url = syncs.watch.document
    syncs.server.answer("/codes.xml", status=502, times=5)
    reports = [syncs.run(NOON + hours * HOUR) for hours in range(1, 8)]
    assert [report.exit_code for report in reports] == [75] * 5 + [0, 0]
    assert [told(report) for report in reports] == [
        [],
        [],
        [f"{url}: answered 502 Bad Gateway; 3 runs in a row have failed, and the next ones try again"],
        [],
        [],
        [f"{url}: reached again after 5 failed runs"],
        [],
    ]


def test_two_failures_are_nobodys_business(syncs: Syncs) -> None:
    syncs.serve(NORMAL)
    syncs.run()
    for hours in (1, 4, 7):
        syncs.server.answer("/codes.xml", status=502, times=2)
        reports = [syncs.run(NOON + (hours + more) * HOUR) for more in range(3)]
        assert [told(report) for report in reports] == [[], [], []]


def test_each_episode_is_told_under_an_id_of_its_own(syncs: Syncs) -> None:
    syncs.settings = replace(syncs.settings, failures=1)
    syncs.serve(NORMAL)
    uids = set()
    for hours in range(0, 8, 2):
        syncs.run(NOON + hours * HOUR)
        syncs.server.answer("/codes.xml", status=502, times=1)
        (failing,) = syncs.run(NOON + (hours + 1) * HOUR).alerts
        uids.add(failing.uid)
    assert len(uids) == 4


# -- patience: rule 6 ----------------------------------------------------------------------------------


def test_inside_a_retry_after_nothing_is_asked_and_nothing_has_failed(syncs: Syncs) -> None:
    page = syncs.documents("/page.csv", 1000)
    syncs.serve(NORMAL)
    syncs.run(NOON, page)
    syncs.server.answer("/codes.xml", status=503, headers=BUSY, times=1)
    syncs.run(NOON + HOUR, page)
    syncs.asked()
    for minutes in (61, 90, 119, 179):
        report = syncs.run(NOON + timedelta(minutes=minutes), page)
        assert (report.exit_code, report.alerts) == (Exit.PASSING_FAILURE, ())
        assert wrong(report) == [
            (
                f"{syncs.watch.document}: the server asked for patience until 2026-07-01 15:00 UTC; "
                "no request was made; a run after that asks again"
            )
        ]
    assert syncs.asked() == []
    after = syncs.run(NOON + 3 * HOUR, page)
    assert (after.exit_code, after.verdict) == (Exit.DONE, Verdict.UNCHANGED)
    assert syncs.asked() == [("/page.csv", 304), ("/codes.xml", 304)]


def test_patience_is_no_failure_in_a_row(syncs: Syncs) -> None:
    syncs.serve(NORMAL)
    syncs.run()
    syncs.server.answer("/codes.xml", status=503, headers=BUSY, times=2)
    texts = [told(syncs.run(NOON + hours * HOUR)) for hours in (1, 2, 3, 4, 5)]
    # Failed at 1 and 3, left alone at 2 and 4, reached at 5.
    assert texts == [[]] * 5


def test_no_wait_outlives_a_clock_that_ran_ahead(syncs: Syncs) -> None:
    syncs.serve(NORMAL)
    syncs.run()
    syncs.server.answer("/codes.xml", status=503, headers=BUSY, times=1)
    syncs.run(NOON + timedelta(days=365))
    assert syncs.run(NOON + HOUR).verdict is Verdict.UNCHANGED


def test_a_page_whose_server_asked_for_patience_is_left_alone(syncs: Syncs) -> None:
    page = syncs.documents("/page.csv", 1000)
    syncs.serve(NORMAL, UNAUTHORIZED)
    syncs.run(NOON, page)
    syncs.server.answer("/page.csv", status=429, headers=BUSY, times=1)
    syncs.run(NOON + HOUR, page)
    syncs.asked()
    report = syncs.run(NOON + 2 * HOUR, page)
    assert syncs.asked() == [("/codes.xml", 304)]
    assert (report.exit_code, report.verdict, len(report.flags)) == (
        Exit.PASSING_FAILURE,
        Verdict.UNCHANGED,
        1,
    )
    assert syncs.run(NOON + 3 * HOUR, page).exit_code == Exit.DONE


# -- documented sources --------------------------------------------------------------------------------


def test_a_page_that_can_not_be_had_keeps_what_it_last_said(syncs: Syncs) -> None:
    page = syncs.documents("/page.csv", 1000, 3000)
    syncs.serve(NORMAL, UNAUTHORIZED)
    syncs.run(NOON, page)
    syncs.server.answer("/page.csv", status=500, times=1)
    syncs.server.answer("/page.csv", status=200, body=b"# no table", times=1)
    for hours, exit_code, said in ((1, 75, "answered 500"), (2, 65, "no table of values found")):
        report = syncs.run(NOON + hours * HOUR, page)
        assert (report.exit_code, report.flags, report.sources) == (exit_code, (), ("/page.csv",))
        (text,) = wrong(report)
        assert text.startswith(f"documented source /page.csv: {page.location}: {said}")


def test_a_page_that_was_never_read_takes_no_part(syncs: Syncs) -> None:
    syncs.serve(NORMAL, UNAUTHORIZED)
    absent = DocumentedSource("absent", syncs.server.url("/absent.csv"))
    report = syncs.run(NOON, absent)
    assert (report.exit_code, report.sources, report.flags, report.alerts) == (75, (), (), ())
    both = syncs.run(NOON + HOUR, absent, syncs.documents("/page.csv", 1000))
    assert (both.sources, told(both)) == (("/page.csv",), ["baseline 3000"])
    assert [flag.lacking for _, flag in both.flags] == [("/page.csv",)]


def test_a_page_that_comes_to_list_a_code_closes_its_flag_and_may_reopen_it(syncs: Syncs) -> None:
    syncs.serve(NORMAL, UNAUTHORIZED)
    steps = [((1000,), ["baseline 3000"]), ((1000, 3000), []), ((1000,), []), ((3000,), [])]
    seen = []
    for hours, (codes, alerts) in enumerate(steps):
        report = syncs.run(NOON + hours * HOUR, syncs.documents("/page.csv", *codes))
        assert told(report) == alerts
        seen.append(
            ([r.first for r, _ in report.flags], [r.first for r in report.documented_now], report.news)
        )
    assert seen == [([3000], [], True), ([], [3000], True), ([3000], [], False), ([], [3000], True)]


def test_pages_that_were_named_hold_for_one_run(syncs: Syncs) -> None:
    own, other = syncs.documents("/own.csv", 1000), syncs.documents("/other.csv", 1000, 3000)
    syncs.serve(NORMAL, UNAUTHORIZED)
    assert [flag.lacking for _, flag in syncs.run(NOON, own).flags] == [("/own.csv",)]
    assert syncs.run(NOON + HOUR, other).flags == ()
    again = syncs.run(NOON + 2 * HOUR, own)
    assert ([flag.lacking for _, flag in again.flags], again.alerts) == ([("/own.csv",)], ())


def test_pages_that_can_not_be_reached_are_told_as_the_document_is(syncs: Syncs) -> None:
    page = syncs.documents("/page.csv", 1000)
    syncs.serve(NORMAL)
    syncs.run(NOON, page)
    syncs.server.answer("/page.csv", status=500, times=4)
    reports = [syncs.run(NOON + hours * HOUR, page) for hours in range(1, 7)]
    assert [report.exit_code for report in reports] == [75] * 4 + [0, 0]
    failing = (
        f"documented source /page.csv: {page.location}: answered 500 Internal Server Error; "
        "what was last read of it stands"
    )
    assert [told(report) for report in reports] == [
        [],
        [],
        [f"{failing}; 3 runs in a row have failed, and the next ones try again"],
        [],
        ["the documented sources: reached again after 4 runs"],
        [],
    ]


def test_a_page_without_a_table_is_told_once_an_episode(syncs: Syncs) -> None:
    page = syncs.documents("/page.csv", 1000)
    syncs.serve(NORMAL)
    syncs.run(NOON, page)
    told_at = []
    for hours in range(1, 7):
        if hours != 4:
            syncs.server.answer("/page.csv", status=200, body=b"# no table", times=1)
        report = syncs.run(NOON + hours * HOUR, page)
        told_at += [hours] if report.alerts else []
    assert told_at == [1, 5]


# -- clocks, and a backup ------------------------------------------------------------------------------


def test_a_clock_that_went_back_loses_nothing(syncs: Syncs) -> None:
    syncs.serve(NORMAL)
    syncs.run(NOON + timedelta(days=365))
    syncs.serve(NORMAL, TEAPOT, updated="2026-07-02", last_modified="b")
    assert told(syncs.run(NOON)) == ["registration 3418"]
    syncs.serve(NORMAL, updated="2026-07-03", last_modified="c")
    assert told(syncs.run(NOON + HOUR)) == []
    assert told(syncs.run(NOON + 25 * HOUR)) == ["withdrawal 3418"]


def test_a_restored_backup_repeats_under_the_same_id(tmp_path: Path, syncs: Syncs) -> None:
    syncs.database = migrated(tmp_path)
    syncs.serve(NORMAL)
    syncs.run()
    backup = (tmp_path / "ianawatch.db").read_bytes()
    syncs.serve(NORMAL, TEAPOT, updated="2026-07-02", last_modified="b")
    first = syncs.run(NOON + HOUR)
    (tmp_path / "ianawatch.db").write_bytes(backup)
    again = syncs.run(NOON + 48 * HOUR)
    assert told(first) == told(again) == ["registration 3418"]
    assert [alert.uid for alert in first.alerts] == [alert.uid for alert in again.alerts]


# -- where from ----------------------------------------------------------------------------------------


def test_a_file_may_stand_in_for_the_document(
    syncs: Syncs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "codes.xml").write_bytes(document([NORMAL], updated="2026-07-01"))
    report = syncs.run(source="~/codes.xml")
    assert (report.verdict, report.location) == (Verdict.APPLIED, str(tmp_path / "codes.xml"))
    assert syncs.asked() == []


def test_a_further_watch_on_a_known_document_asks_for_it_whole(syncs: Syncs) -> None:
    page = syncs.documents("/page.csv", 1000)
    syncs.serve(NORMAL, UNAUTHORIZED)
    syncs.run(NOON, page)
    syncs.asked()
    syncs.watch = replace(syncs.watch, name="further")
    first = syncs.run(NOON + HOUR, page)
    assert syncs.asked() == [("/page.csv", 200), ("/codes.xml", 200)]
    assert (first.first_sight, first.verdict, first.registrations) == (True, Verdict.UNCHANGED, 2)
    assert told(first) == ["baseline 3000"]
    second = syncs.run(NOON + 2 * HOUR, page)
    assert syncs.asked() == [("/page.csv", 304), ("/codes.xml", 304)]
    assert (second.first_sight, second.alerts) == (False, ())


def test_a_list_of_codes_in_use_is_asked_for_like_a_page_and_its_conflicts_are_told_once(
    syncs: Syncs,
) -> None:
    page = syncs.documents("/page.csv", 1000, 3000)
    ours = replace(syncs.documents("/ours.csv", "3418,Kicked", "4001,Ours"), role=Role.IN_USE)
    syncs.watch = replace(syncs.watch, in_use=(ours,))
    syncs.serve(NORMAL, UNAUTHORIZED)
    assert (syncs.run(NOON, page).conflicts, syncs.run(NOON + HOUR, page).conflicts) == ((), ())
    assert syncs.asked()[-3:] == [("/page.csv", 304), ("/ours.csv", 304), ("/codes.xml", 304)]
    syncs.serve(NORMAL, UNAUTHORIZED, TEAPOT, updated="2026-07-02", last_modified="b")
    registered = syncs.run(NOON + 2 * HOUR, page)
    assert told(registered) == ["registration 3418", "conflict 3418"]
    later = syncs.run(NOON + 3 * HOUR, page)
    assert ([c.registration.first for c in later.conflicts], told(later)) == ([3418], [])


@pytest.mark.parametrize("own", ["", CLOSE_CODES.document], ids=["the watch's", "named for the run"])
def test_no_secret_of_a_url_reaches_the_database(own: str, syncs: Syncs, tmp_path: Path) -> None:
    """A password, a token and a fragment, each in the URL of the document, of a page and of a list."""
    syncs.database = migrated(tmp_path)

    def secret(path: str, body: bytes) -> str:
        syncs.server.put(f"{path}?token=hush", body, etag='"1"')
        return syncs.server.url(f"{path}?token=hush#hush").replace("//", "//me:hush@")

    source = secret("/codes.xml", document([NORMAL, UNAUTHORIZED], updated="2026-07-01"))
    page = DocumentedSource("page", secret("/page.csv", b"code\n1000\n"))
    ours = DocumentedSource("ours", secret("/ours.csv", b"code\n3418\n"), Role.IN_USE)
    syncs.watch = replace(syncs.watch, document=own or source, in_use=(ours,))
    for hours, status in enumerate((200, 304)):
        assert syncs.run(NOON + hours * HOUR, page, source=source).exit_code == Exit.DONE
        assert [answered for _, answered in syncs.asked()] == [status] * 3
    syncs.server.answer("/page.csv?token=hush", status=429, headers=BUSY)
    syncs.server.answer("/ours.csv?token=hush", status=200, body=b"no table")
    syncs.server.answer("/codes.xml?token=hush", status=503, headers=BUSY)
    assert len(syncs.run(NOON + 2 * HOUR, page, source=source).problems) == 3
    for file in tmp_path.iterdir():
        assert b"hush" not in file.read_bytes(), file


def test_no_secret_of_a_url_is_told(syncs: Syncs) -> None:
    report = syncs.run(source=syncs.server.url("/absent.xml?token=secret").replace("//", "//me:secret@"))
    assert "secret" not in repr((report.location, report.problems, report.alerts))
    assert "secret" not in repr(syncs.dump()["run"])
