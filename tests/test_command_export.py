"""`ianawatch export`."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser  # type: ignore[import-untyped]
import pytest
from builders import row
from databases import files
from lxml import html
from program import Program, ended
from synced import Watched

from sync.export.exports import FORMATS

CODES = [
    row("1000", "=Normal"),
    row("3000", "Unauthorized", date="2021-09-06"),
    row("3001-3999", "Unassigned"),
]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    watched = Watched(tmp_path)
    watched.sync(CODES)
    return watched


@pytest.mark.parametrize("output", ["csv", "json"])
def test_data_is_what_list_gives(watched: Watched, output: str) -> None:
    assert watched.run("export", output) == watched.run("list", "--format", output)


def test_the_feed_can_be_read(watched: Watched) -> None:
    answer = watched.run("export", "atom")
    assert (answer.exit_code, answer.err) == (0, "")
    feed = feedparser.parse(answer.out.encode())
    assert feed.bozo == 0
    assert [entry.title for entry in feed.entries] == ["3000 Unauthorized: registered"]


def test_the_page_can_be_read(watched: Watched) -> None:
    answer = watched.run("export", "html")
    assert (answer.exit_code, answer.err) == (0, "")
    assert answer.out.startswith("<!DOCTYPE html>\n")
    tree = html.document_fromstring(answer.out)
    assert tree.xpath("//tbody/tr/@id") == ["1000", "3000", "3001-3999"]
    assert "ianawatch show 3000\n" in answer.out


@pytest.mark.parametrize("output", FORMATS)
def test_in_place_is_what_standard_output_would_be(watched: Watched, tmp_path: Path, output: str) -> None:
    path = tmp_path / "face"
    answer = watched.run("export", output, "-o", str(path))
    assert (answer.exit_code, answer.out, answer.err) == (0, "", "")
    assert path.read_text("utf-8") == watched.run("export", output).out


def test_it_is_the_same_in_every_encoding_of_a_terminal(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program.serve([row("3000", "通常のクローズ")])
    program.sync()
    page = tmp_path / "page.html"
    program.here("export", "html", "-o", str(page))
    env = {"PYTHONIOENCODING": "ascii"}
    with (
        (tmp_path / "out").open("wb") as out,
        program.start("export", "html", env=env, stdout=out.fileno()) as process,
    ):
        assert ended(process).exit_code == 0
    assert (tmp_path / "out").read_bytes() == page.read_bytes()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("absent/page.html", "No such file or directory; make the folder"),
        (".", "that is no file; name one, or leave -o out for standard output"),
    ],
)
def test_a_file_that_cannot_be_made_is_one_line_and_73(
    watched: Watched, tmp_path: Path, path: str, said: str
) -> None:
    before = files(tmp_path)
    answer = watched.run("export", "html", "-o", str(tmp_path / path))
    assert (answer.exit_code, answer.out) == (73, "")
    assert answer.err.startswith(f"ianawatch: {tmp_path / path}: ")
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert files(tmp_path) == before


def test_without_a_database_it_says_what_makes_one(tmp_path: Path) -> None:
    answer = Program(tmp_path).here("export", "html", "-o", str(tmp_path / "page.html"))
    assert (answer.exit_code, answer.out) == (74, "")
    assert "`ianawatch sync` makes it" in answer.err
    assert not (tmp_path / "page.html").exists()


def test_an_unknown_format_is_wrong_usage(watched: Watched) -> None:
    answer = watched.run("export", "rss")
    assert answer.exit_code == 2
    assert "'rss' is not one of 'atom', 'html', 'csv', 'json'" in answer.err


def test_json_is_one_document_with_the_views_names(watched: Watched) -> None:
    rows = json.loads(watched.run("export", "json").out)
    assert [(code["first"], code["flagged"]) for code in rows] == [(1000, False), (3000, True), (3001, False)]
