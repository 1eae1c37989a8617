"""The faces of a database that real syncs have filled, as bytes and in their files."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from builders import Row, row
from databases import files
from synced import NOON, Watched

from sync.errors import CannotCreateFile
from sync.export.exports import FORMATS, export, write_exports
from sync.watches import CLOSE_CODES

HOUR = timedelta(hours=1)
PEOPLE = {"Ada": "Ada Lovelace", "Grace": "Grace Hopper"}


def codes(contact: str) -> list[Row]:
    return [
        row("1000", "Normal", contact=contact),
        row("3000", "Unauthorized", date="2021-09-06", refs=(("person", contact),), contact=contact),
        row("3001-3999", "Unassigned"),
    ]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """The contact of each code is replaced on the second day."""
    watched = Watched(tmp_path)
    for days, contact in enumerate(PEOPLE):
        at = NOON + timedelta(days=days)
        watched.sync(codes(contact), at=at, updated=f"2026-01-0{days + 1}", people=PEOPLE)
    return watched


@pytest.fixture
def www(tmp_path: Path) -> Path:
    folder = tmp_path / "www"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("output", FORMATS)
def test_a_face_has_the_codes_and_no_person(watched: Watched, output: str) -> None:
    face = export(watched.database, CLOSE_CODES, output)
    assert b"Unauthorized" in face
    assert b"Lovelace" not in face
    assert b"Hopper" not in face
    assert face.endswith(b"\n")


@pytest.mark.parametrize("output", FORMATS)
def test_a_face_is_the_same_every_time(watched: Watched, output: str) -> None:
    faces = {export(watched.database, CLOSE_CODES, output) for _ in range(3)}
    assert len(faces) == 1


@pytest.mark.parametrize("output", ["atom", "csv", "json"])
def test_a_check_that_finds_nothing_new_changes_no_byte(watched: Watched, output: str) -> None:
    before = export(watched.database, CLOSE_CODES, output)
    watched.sync(codes("Grace"), at=NOON + 30 * HOUR, updated="2026-01-02", people=PEOPLE)
    assert export(watched.database, CLOSE_CODES, output) == before


def test_the_page_says_when_it_was_checked(watched: Watched) -> None:
    watched.sync(codes("Grace"), at=NOON + 30 * HOUR, updated="2026-01-02", people=PEOPLE)
    assert b"2026-01-02 18:00 UTC" in export(watched.database, CLOSE_CODES, "html")


def test_several_faces_are_put_in_place(watched: Watched, www: Path) -> None:
    paths = {"html": www / "index.html", "atom": www / "feed.atom"}
    assert write_exports(watched.database, CLOSE_CODES, paths) == list(paths.values())
    assert files(www) == {
        "index.html": export(watched.database, CLOSE_CODES, "html", "./feed.atom"),
        "feed.atom": export(watched.database, CLOSE_CODES, "atom"),
    }
    for path in paths.values():
        os.utime(path, ns=(1, 1))
    assert write_exports(watched.database, CLOSE_CODES, paths) == []
    assert {path.stat().st_mtime_ns for path in paths.values()} == {1}


@pytest.mark.parametrize(
    ("feed", "link"),
    [
        ("www/feed.atom", b'href="./feed.atom"'),
        ("www/news/what is new?.xml", b'href="./news/what%20is%20new%3F.xml"'),
        ("elsewhere.atom", None),
    ],
)
def test_the_page_links_to_a_feed_that_is_served_with_it(
    watched: Watched, www: Path, feed: str, link: bytes | None
) -> None:
    (www / "news").mkdir()
    write_exports(watched.database, CLOSE_CODES, {"html": www / "index.html", "atom": www.parent / feed})
    page = (www / "index.html").read_bytes()
    assert page.count(b"application/atom+xml") == page.count(b"as a feed") == (link is not None)
    assert link is None or page.count(link) == 2


def test_one_that_cannot_be_written_keeps_no_other_from_it(watched: Watched, www: Path) -> None:
    paths = {"html": www / "absent" / "index.html", "atom": www / "feed.atom"}
    with pytest.raises(CannotCreateFile, match=r"absent/index\.html"):
        write_exports(watched.database, CLOSE_CODES, paths)
    assert list(files(www)) == ["feed.atom"]
