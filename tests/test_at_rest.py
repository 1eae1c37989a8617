"""A document at rest is moved on without deciding; the database is the one that deciding would have left."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import document, row
from loopback import LoopbackServer, forget_surroundings
from whole_database import Dump, new_database, rows_and_schema

from db.engine import Database
from sync.deliver.channels import STREAMS
from sync.run import Detail, Sync, Synced, sync_watches
from sync.settings.model import Settings
from sync.watches import BUNDLED, CLOSE_CODES, DocumentedSource, Role, Watch

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NORMAL, GOING_AWAY = row("1000", "Normal Closure"), row("1001", "Going Away")
UNAUTHORIZED = row("3000", "Unauthorized", date="2021-09-06")
ODD = row("not a number", "Odd")
PAGE = "| code | name |\n| --- | --- |\n| 1000 | Normal Closure |\n"


@dataclass
class Run:
    """A database after some syncs with a server, and what the next one would be."""

    folder: Path
    server: LoopbackServer
    watches: list[Watch]
    settings: Settings
    at: datetime = NOON

    def serve(self, *rows: object, day: int = 1) -> None:
        """Have a document of that day with these rows."""
        body = document(rows, updated=f"2026-07-{day:02}")  # type: ignore[arg-type]  # rows
        self.server.put("/codes.xml", body, last_modified=f"Wed, {day:02} Jul 2026 00:00:00 GMT")

    def sync(self, detail: Detail = Detail.FULL, path: str = "a.db", *, accept_older: bool = False) -> Synced:
        """Sync one of the databases."""
        database = Database.create(str(self.folder / path))
        sync = Sync(self.watches, self.settings, STREAMS, accept_older, detail)
        return sync_watches(database, sync, self.at)

    def syncs(self, times: int = 1) -> None:
        """Sync each hour."""
        for _ in range(times):
            self.sync()
            self.at += HOUR

    def of_both(self, detail: Detail) -> tuple[Synced, Dump, Dump]:
        """The next sync: what it did, and the databases after it and after one that decides."""
        shutil.copy(self.folder / "a.db", self.folder / "b.db")
        done = self.sync(detail)
        self.sync(Detail.FULL, "b.db")
        return done, rows_and_schema(self.folder / "a.db"), rows_and_schema(self.folder / "b.db")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    forget_surroundings(monkeypatch)
    new_database(tmp_path / "a.db")
    with LoopbackServer() as server:
        watch = replace(CLOSE_CODES, document=server.url("/codes.xml"), bundle=CLOSE_CODES.bundle)
        run = Run(tmp_path, server, [watch], Settings(retries=0))
        run.serve(NORMAL, UNAUTHORIZED)
        yield run


# -- what is at rest -----------------------------------------------------------------------------------


def nothing_more(run: Run) -> None:
    run.syncs(2)


def a_first_304(run: Run) -> None:
    run.syncs(1)


def after_a_change(run: Run) -> None:
    run.syncs(2)
    run.serve(NORMAL, GOING_AWAY, UNAUTHORIZED, day=2)
    run.syncs(1)


def a_page_of_its_own(run: Run) -> None:
    run.server.put("/page.md", PAGE.encode(), last_modified="Wed, 01 Jul 2026 00:00:00 GMT")
    page = DocumentedSource("page", run.server.url("/page.md"))
    run.watches = [replace(run.watches[0], documented=(page,))]
    run.syncs(2)


def two_watches(run: Run) -> None:
    run.watches.append(replace(run.watches[0], name="all", watched=None, documented=(), bundle=None))
    run.syncs(2)


def a_failure_that_is_over(run: Run) -> None:
    run.syncs(1)
    run.server.answer("/codes.xml", status=500, times=1)
    run.syncs(2)


def a_withdrawal_that_is_over(run: Run) -> None:
    run.serve(NORMAL, GOING_AWAY, UNAUTHORIZED)
    run.syncs(1)
    run.serve(NORMAL, UNAUTHORIZED, day=2)
    run.syncs(26)


AT_REST = [
    nothing_more,
    a_first_304,
    after_a_change,
    a_page_of_its_own,
    two_watches,
    a_failure_that_is_over,
    a_withdrawal_that_is_over,
]


@pytest.mark.parametrize("detail", [Detail.COUNTS, Detail.NAMES])
@pytest.mark.parametrize("before", AT_REST)
def test_at_rest_it_is_the_same_database(before: Callable[[Run], None], detail: Detail, run: Run) -> None:
    before(run)
    done, rested, decided = run.of_both(detail)
    assert (done.reports, len(done.unchanged)) == ((), len(run.watches))
    assert rested == decided


def test_how_a_watch_stands_is_what_a_report_says(run: Run) -> None:
    nothing_more(run)
    (standing,) = run.sync(Detail.COUNTS).unchanged
    (report,) = run.sync(Detail.FULL).reports
    assert (standing.watch, standing.updated) == (report.watch, report.document_updated)
    assert (standing.records, standing.registrations) == (report.records, report.registrations) == (2, 2)
    assert standing.flagged == ("3000",)
    assert [r.first for r, _ in report.flags] == [3000]
    assert standing.compared


# -- what is not ---------------------------------------------------------------------------------------


def a_new_version(run: Run) -> None:
    run.syncs(2)
    run.serve(NORMAL, GOING_AWAY, UNAUTHORIZED, day=2)


def a_failure(run: Run) -> None:
    run.syncs(2)
    run.server.answer("/codes.xml", status=500)


def the_end_of_a_failure(run: Run) -> None:
    run.syncs(1)
    run.server.answer("/codes.xml", status=500, times=3)
    run.syncs(3)


def something_missing(run: Run) -> None:
    run.syncs(1)
    run.serve(NORMAL, day=2)
    run.syncs(1)


def a_record_set_aside(run: Run) -> None:
    run.serve(NORMAL, ODD)
    run.syncs(2)


def an_older_copy(run: Run) -> None:
    run.serve(NORMAL, UNAUTHORIZED, GOING_AWAY, day=3)
    run.syncs(1)
    run.serve(NORMAL, UNAUTHORIZED, day=2)
    run.syncs(1)
    run.serve(NORMAL, UNAUTHORIZED, GOING_AWAY, day=3)


def a_clock_that_ran_ahead(run: Run) -> None:
    run.syncs(2)
    run.at += 100 * HOUR
    run.syncs(1)
    run.at -= 90 * HOUR


def another_range(run: Run) -> None:
    run.syncs(2)
    run.watches = [replace(run.watches[0], watched=(1000, 3999))]


def another_page(run: Run) -> None:
    run.syncs(2)
    (run.folder / "page.md").write_text(PAGE, "utf-8")
    run.watches = [
        replace(run.watches[0], documented=(DocumentedSource("page", str(run.folder / "page.md")),))
    ]


def a_page_less(run: Run) -> None:
    run.syncs(2)
    run.watches = [replace(run.watches[0], documented=())]


def a_page_that_changes(run: Run) -> None:
    page = run.folder / "page.md"
    page.write_text(PAGE, "utf-8")
    run.watches = [replace(run.watches[0], documented=(DocumentedSource("page", str(page)),))]
    run.syncs(2)
    page.write_text(PAGE + "| 3000 | Unauthorized |\n", "utf-8")


def a_page_that_is_gone(run: Run) -> None:
    a_page_that_changes(run)
    (run.folder / "page.md").unlink()
    run.syncs(1)


def a_list_of_codes_in_use(run: Run) -> None:
    listed = run.folder / "ours.csv"
    listed.write_text("code,name\n3000,Ours\n", "utf-8")
    run.watches = [replace(run.watches[0], in_use=(DocumentedSource("ours", str(listed), Role.IN_USE),))]
    run.syncs(2)


def a_watch_more(run: Run) -> None:
    run.syncs(2)
    run.watches.append(replace(run.watches[0], name="all", watched=None, documented=(), bundle=None))


def what_ships(run: Run) -> None:
    run.server.answer("/codes.xml", status=500, times=1)
    run.syncs(1)


def patience(run: Run) -> None:
    run.syncs(1)
    run.server.answer("/codes.xml", status=503, headers={"Retry-After": "1800"}, times=1)
    run.syncs(1)
    run.at -= HOUR * 3 / 4


NOT_AT_REST = [
    a_new_version,
    a_failure,
    the_end_of_a_failure,
    something_missing,
    a_record_set_aside,
    an_older_copy,
    a_clock_that_ran_ahead,
    another_range,
    another_page,
    a_page_less,
    a_page_that_changes,
    a_page_that_is_gone,
    a_list_of_codes_in_use,
    a_watch_more,
    what_ships,
    patience,
]


@pytest.mark.parametrize("before", NOT_AT_REST)
def test_what_is_not_at_rest_is_decided(before: Callable[[Run], None], run: Run) -> None:
    before(run)
    done, brief, full = run.of_both(Detail.NAMES)
    assert (len(done.reports), done.unchanged) == (len(run.watches), ())
    assert brief == full


def test_a_person_who_says_that_an_older_copy_is_right_is_heard(run: Run) -> None:
    nothing_more(run)
    assert run.sync(Detail.NAMES, accept_older=True).unchanged == ()


def test_of_several_documents_those_at_rest_are_moved_on_and_the_others_decided(run: Run) -> None:
    run.server.put(
        "/more.xml", document([NORMAL], updated="2026-07-01"), last_modified="Wed, 01 Jul 2026 00:00:00 GMT"
    )
    more = replace(run.watches[0], name="more", document=run.server.url("/more.xml"), documented=())
    run.watches.append(replace(more, bundle=None))
    run.syncs(2)
    run.serve(NORMAL, GOING_AWAY, UNAUTHORIZED, day=2)
    done, brief, full = run.of_both(Detail.NAMES)
    assert [report.watch for report in done.reports] == [CLOSE_CODES.name]
    assert [standing.watch for standing in done.unchanged] == ["more"]
    assert brief == full


def test_the_bundled_table_is_a_source_like_another(run: Run) -> None:
    assert [source.location for source in run.watches[0].documented] == [BUNDLED]
    nothing_more(run)
    assert run.sync(Detail.NAMES).unchanged
