"""Documented sources: read once, asked about conditionally, each failing for itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import LoopbackServer, forget_surroundings

from sync.errors import FetchFailed, PatienceAsked, TableUnusable
from sync.fetched import FetchLimits, Validators
from sync.records import DocumentedTable, DocumentedValue
from sync.sources import FailedSource, Known, Reads, ReadSource, SameSource, read_bundled, read_sources
from sync.watches import BUNDLED, CLOSE_CODES, DocumentedSource, Role

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LIMITS = FetchLimits(connect_timeout=5, read_timeout=5, deadline=10, retries=0)
PAGE = b"code,name\n1000,Normal Closure\n3000,Unauthorized\n"
LAST_MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    forget_surroundings(monkeypatch)
    with LoopbackServer() as server:
        yield server


def read(*locations: str, known: Known | None = None, ask: bool = True) -> Reads:
    """What becomes of these sources, of each of which the same is known."""
    watch = replace(CLOSE_CODES, documented=tuple(DocumentedSource(at, at) for at in locations))
    return read_sources(watch, dict.fromkeys(watch.documented, known or Known()), LIMITS, NOON, ask=ask)


def codes(table: DocumentedTable) -> list[int]:
    return [value.first for value in table.values if value.is_single]


def test_a_file_is_read(tmp_path: Path) -> None:
    page = tmp_path / "page.csv"
    page.write_bytes(PAGE)
    (found,) = read(str(page))
    assert isinstance(found, ReadSource)
    assert found.table == DocumentedTable(
        (DocumentedValue(1000, 1000, "Normal Closure", 2), DocumentedValue(3000, 3000, "Unauthorized", 3))
    )
    assert found.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert found.validators is None
    assert read(str(page), known=Known(found.sha256)) == [SameSource(found.source)]


def test_the_bundled_table_needs_no_network() -> None:
    (found,) = read(BUNDLED, ask=False)
    assert isinstance(found, ReadSource)
    assert 1000 in codes(found.table)
    assert 3000 not in codes(found.table)
    assert found.sha256 == hashlib.sha256(read_bundled("close-codes.csv")).hexdigest()


def test_a_watch_for_which_none_ships_says_so() -> None:
    watch = replace(CLOSE_CODES, bundle=None)
    (failed,) = read_sources(watch, {}, LIMITS, NOON)
    assert isinstance(failed, FailedSource)
    assert failed.told() == "documented source bundled: no table ships for this watch; name a page"


def test_a_page_that_has_not_changed_is_not_sent_again(server: LoopbackServer) -> None:
    url = server.url("/page.csv")
    server.put("/page.csv", PAGE, last_modified=LAST_MODIFIED)
    (found,) = read(url)
    assert isinstance(found, ReadSource)
    assert found.validators == Validators(url, LAST_MODIFIED)
    assert read(url, known=Known(found.sha256, found.validators)) == [SameSource(found.source)]
    assert [seen.status for seen in server.requests] == [200, 304]


def test_a_page_whose_server_knows_no_conditions_is_compared(server: LoopbackServer) -> None:
    url = server.url("/page.csv")
    server.put("/page.csv", PAGE)
    sha256 = hashlib.sha256(PAGE).hexdigest()
    assert read(url, known=Known(sha256)) == [SameSource(DocumentedSource(url, url))]


def test_one_that_fails_stops_no_other(server: LoopbackServer, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_bytes(b"# No table here\n")
    (tmp_path / "page.csv").write_bytes(PAGE)
    server.answer("/busy.md", status=503, headers={"Retry-After": "60"})
    absent, empty, page = (str(tmp_path / name) for name in ("absent.md", "empty.md", "page.csv"))
    gone, busy = server.url("/gone.md"), server.url("/busy.md")

    *failures, last = read(absent, empty, gone, busy, page)
    assert isinstance(last, ReadSource)
    failed = [failure for failure in failures if isinstance(failure, FailedSource)]
    assert [failure.told().partition(";")[0] for failure in failed] == [
        f"documented source {absent}: can't be read: No such file or directory",
        f"documented source {empty}: no table of values found",
        f"documented source {gone}: answered 404 Not Found",
        f"documented source {busy}: answered 503 Service Unavailable",
    ]
    assert isinstance(failed[1].error, TableUnusable)
    assert isinstance(failed[3].error, FetchFailed)
    assert failed[3].error.retry_at == NOON + timedelta(minutes=1)


def test_a_server_that_asked_for_patience_is_left_alone(server: LoopbackServer) -> None:
    later = NOON + timedelta(hours=1)
    (failed,) = read(server.url("/page.csv"), known=Known(retry_at=later))
    assert isinstance(failed, FailedSource)
    assert isinstance(failed.error, PatienceAsked)
    assert "asked for patience until 2026-01-01 13:00 UTC; no request was made" in failed.told()
    assert server.requests == []


def test_where_no_server_may_be_asked_files_are_read(server: LoopbackServer, tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_bytes(PAGE)
    path = str(tmp_path / "page.csv")
    (found,) = read(server.url("/page.csv"), path, ask=False)
    assert found.source.location == path
    assert server.requests == []


def test_the_format_is_known_by_the_path_and_no_secret_is_told(server: LoopbackServer) -> None:
    server.put("/page.csv?token=secret", PAGE)
    server.put("/none.csv?token=secret", b"first,last,name\n")
    url = server.url("/none.csv?token=secret")
    found, failed = read(server.url("/page.csv?token=secret"), url)
    assert isinstance(found, ReadSource)
    assert codes(found.table) == [1000, 3000]
    assert isinstance(failed, FailedSource)
    assert str(failed.error).startswith(server.url("/none.csv: "))


def test_a_source_with_a_short_name_says_where_it_is() -> None:
    source = DocumentedSource("mdn", "https://example.org/index.md")
    failed = FailedSource(source, FetchFailed("answered 404 Not Found", location=source.location))
    assert failed.told() == "documented source mdn: https://example.org/index.md: answered 404 Not Found"
    assert failed.told("wait") == f"{failed.told()}; wait"


def test_a_list_of_codes_in_use_is_read_like_a_page(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_bytes(PAGE)
    paths = [str(tmp_path / name) for name in ("codes.csv", "absent.csv")]
    documented = (DocumentedSource(paths[0], paths[0]),)
    in_use = tuple(DocumentedSource(path, path, Role.IN_USE) for path in paths)
    watch = replace(CLOSE_CODES, documented=documented, in_use=in_use)
    page, listed, failed = read_sources(watch, {}, LIMITS, NOON)
    assert isinstance(page, ReadSource)
    assert isinstance(listed, ReadSource)
    assert isinstance(failed, FailedSource)
    assert (page.source, listed.source, page.table) == (documented[0], in_use[0], listed.table)
    assert (
        failed.told()
        == f"list of codes in use {paths[1]}: can't be read: No such file or directory; check the path"
    )
