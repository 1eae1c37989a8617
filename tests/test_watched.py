"""The watches in force: which there are, what each watches, and what it is compared with."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync import watched
from sync.errors import UsageProblem, WrongConfiguration
from sync.intervals import MAX_VALUE
from sync.settings.model import Settings, WatchSettings
from sync.watches import CLOSE_CODES, DocumentedSource, Role

STATUS = WatchSettings("status", "https://example.org/a.xml", "a-1")
BITS = WatchSettings(
    "bits", "/srv/b.xml", "b-1", range="5-9", bounds="1-10", documented=("b.md",), in_use=("b.csv",)
)
BOTH = Settings(watches=(STATUS, BITS))


def test_the_shipped_watch_needs_no_setting() -> None:
    assert watched.names(Settings()) == ["close-codes"]
    assert watched.watch_named(Settings(), "close-codes") == CLOSE_CODES
    assert list(watched.watches(Settings())) == [CLOSE_CODES]


def test_it_comes_first_unless_it_is_switched_off() -> None:
    assert watched.names(BOTH) == ["close-codes", "status", "bits"]
    off = Settings(close_codes=False, watches=(STATUS,))
    assert watched.names(off) == ["status"]
    with pytest.raises(UsageProblem, match=r"^there is no watch close-codes; there is status$"):
        watched.watch_named(off, "close-codes")
    assert watched.names(Settings(close_codes=False)) == []
    with pytest.raises(UsageProblem, match=r"^there is no watch x; there is none$"):
        watched.watch_named(Settings(close_codes=False), "x")


def test_a_table_is_a_watch_on_everything_unless_it_says_less() -> None:
    status = watched.watch_named(BOTH, "status")
    assert (status.document, status.registry_id) == ("https://example.org/a.xml", "a-1")
    assert (status.bounds, status.watched, status.bundle) == ((0, MAX_VALUE), None, None)
    bits = watched.watch_named(BOTH, "bits")
    assert (bits.bounds, bits.watched) == ((1, 10), (5, 9))


def test_a_document_in_a_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    there = Settings(watches=(WatchSettings("a", "~/a.xml", "a-1"),))
    assert watched.watch_named(there, "a").document == str(tmp_path / "a.xml")


def test_each_is_compared_with_its_own_sources() -> None:
    settings = Settings(documented=("close.md",), in_use=("close.csv",), watches=(STATUS, BITS))
    close, status, bits = watched.watches(settings)
    assert close.documented == (DocumentedSource("close.md", "close.md"),)
    assert close.in_use == (DocumentedSource("close.csv", "close.csv", Role.IN_USE),)
    assert status.sources == ()
    assert bits.sources == (DocumentedSource("b.md", "b.md"), DocumentedSource("b.csv", "b.csv", Role.IN_USE))
    for name, whole in (("close-codes", close), ("status", status), ("bits", bits)):
        assert watched.with_sources(settings, watched.watch_named(settings, name)) == whole


def test_what_was_typed_stands_instead() -> None:
    bits = watched.with_sources(BOTH, watched.watch_named(BOTH, "bits"), ("typed.md",))
    assert [source.name for source in bits.sources] == ["typed.md", "b.csv"]


def test_only_the_close_codes_are_read_from_the_mirror() -> None:
    settings = Settings(source="/srv/mirror.xml", watches=(STATUS,))
    assert [watch.location for watch in watched.watches(settings)] == ["/srv/mirror.xml", STATUS.document]


def test_a_short_name_that_there_is_not_is_told_with_where_it_stands() -> None:
    settings = Settings(documented=("mdn:xx",), origins={"documented": "FILE"})
    with pytest.raises(WrongConfiguration, match=r"^FILE: mdn:xx: there is no such page; there is mdn,"):
        list(watched.watches(settings))
    with pytest.raises(UsageProblem, match=r"^mdn:yy: there is no such page"):
        watched.with_sources(settings, CLOSE_CODES, ("mdn:yy",))


def test_no_secret_of_a_source_is_in_its_name() -> None:
    pages = ("https://example.org/p?key=a", "https://example.org/p?key=b")
    settings = Settings(watches=(WatchSettings("a", "/a.xml", "a-1", documented=pages),))
    *_, watch = watched.watches(settings)
    assert [source.name for source in watch.documented] == [
        "https://example.org/p?***",
        "https://example.org/p?*** (2)",
    ]
    assert [source.location for source in watch.documented] == list(pages)
