"""Documented pages as they are served: what a sync and a check make of them, the good ones and the hostile.

Each page is on a loopback server or in a file, and the program is the real one, from its command line.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from databases import migrated
from loopback import LoopbackServer
from program import Program

if TYPE_CHECKING:
    from synced import Answer

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = ROOT / "sync" / "bundled" / "close-codes.xml"
MIB = 1024 * 1024
MANY = 100_000

SMALL = "| Code | Name |\n| --- | --- |\n| 1000 | Normal |\n| 3000-3999 | libraries |\n"
ADDED = "| 3003 | Forbidden |\n"
REAL_BLOCK = "<tr>\n      <td><code>3000</code>\u2013<code>3999</code></td>"
"""How the row begins before which MDN would document 3003."""


class Pages:
    """The program, and a server with one page that it is compared with."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        self.program = Program(folder)
        self.server = server
        self.url = server.url("/page")
        self._versions = 0

    def serve(self, text: str) -> None:
        """Have the page say something else."""
        self._versions += 1
        self.server.put("/page", text.encode(), etag=f'"{self._versions}"')

    def sync(self, *args: str) -> Answer:
        """One more sync, compared with the page."""
        if not self.program.database.exists():
            migrated(self.program.folder)
        return self.program.here("sync", "--source", str(REGISTRY), "--documented", self.url, *args)

    def flagged(self) -> list[tuple[object, ...]]:
        """The codes that are flagged, and what lacks them."""
        return self.program.ask("SELECT first, missing_from FROM flagged_codes ORDER BY first")

    def state(self) -> list[list[tuple[object, ...]]]:
        """All that follows from the page."""
        return [
            self.program.ask(WHAT_IT_SAYS),
            self.flagged(),
            self.program.ask("SELECT * FROM registrations"),
        ]

    def statuses(self) -> list[int]:
        """How the requests for the page were answered since the last time."""
        statuses = [request.status for request in self.server.requests]
        self.server.requests.clear()
        return statuses


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with LoopbackServer() as server:
        yield Pages(tmp_path, server)


def news(answer: Answer) -> list[str]:
    """What was printed besides the summary."""
    assert (answer.exit_code, answer.err) == (0, "")
    return answer.out.splitlines()[:-1]


# -- good ones -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("real", [False, True], ids=["small", "real"])
def test_a_page_closes_the_flag_of_the_code_it_adds_and_reopens_it_without_an_alert(
    real: bool, pages: Pages, request: pytest.FixtureRequest
) -> None:
    page, row, block = SMALL, ADDED, "| 3000-3999 |"
    if real:
        shared: Path = request.getfixturevalue("shared")
        page = (shared / "documented-tables" / "mdn-ja-2022.md").read_text("utf-8")
        row, block = "<tr><td>3003</td><td>Forbidden</td></tr>\n    ", REAL_BLOCK
    assert page.count(block) == 1
    with_3003 = page.replace(block, f"{row}{block}")
    all_three = [(code, f'["{pages.url}"]') for code in (3000, 3003, 3008)]

    pages.serve(page)
    assert [line.split()[0] for line in news(pages.sync())[1:]] == ["3000", "3003", "3008"]
    assert pages.flagged() == all_three
    assert news(pages.sync()) == []

    pages.serve(with_3003)
    assert news(pages.sync()) == ["close-codes: 3003 Forbidden is documented now; its flag is closed"]
    assert news(pages.sync("--quiet")) == []
    assert pages.flagged() == [all_three[0], all_three[2]]

    pages.serve(page)
    assert news(pages.sync()) == []
    assert news(pages.sync()) == []
    assert pages.flagged() == all_three
    assert pages.statuses() == [200, 304, 200, 304, 200, 304]
    assert pages.program.ask("SELECT count(*) FROM alert") == [(1,)]


# -- hostile ones --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hostile:
    """A page that nobody wants."""

    body: Callable[[], bytes]
    """Made only when it is wanted: some are large."""
    reason: str
    """What is said of it."""
    gzip: bool = False
    """Whether it is served compressed."""


def table(row: str) -> bytes:
    """A page of HTML with a table of many rows."""
    return f"<!doctype html><table>{row * MANY}".encode()


def nested(times: int) -> bytes:
    """A table with a code inside so many other tables."""
    inner = "<table><tr><th>Code</th></tr><tr><td>3000</td></tr></table>"
    return f"<!doctype html>{'<table><tr><td>' * times}{inner}{'</td></tr></table>' * times}".encode()


HOSTILE = {
    "100 MB": Hostile(lambda: b"| 3000 | x |\n" * (100 * MIB // 13), "larger than 8 MiB"),
    "100 MB in a gzip": Hostile(lambda: bytes(100 * MIB), "larger than 8 MiB", gzip=True),
    "100,000 rows": Hostile(lambda: SMALL.encode() + b"| 3003 | x |\n" * MANY, "characters of markup"),
    "100,000 rows of HTML": Hostile(lambda: table("<tr><td>3000<td>x"), "more than 20000 rows"),
    "tables nested 50 deep": Hostile(lambda: nested(50), "tables nested more than 20 deep"),
    "binary": Hostile(lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0b\xb8", "not UTF-8 at byte 0"),
    "zeros": Hostile(lambda: bytes(4096), "a NUL character at position 0"),
    "another encoding": Hostile(
        lambda: f"{SMALL}| 3003 | d\xe9j\xe0 |".encode("latin-1"), "not UTF-8 at byte"
    ),
    "UTF-16 that does not say so": Hostile(lambda: SMALL.encode("utf-16-le"), "a NUL character"),
    "an error page": Hostile(lambda: b"<!doctype html><p>502 Bad gateway", "no table of values found"),
    "nothing": Hostile(lambda: b"", "no table of values found"),
}

WHAT_IT_SAYS = """
    SELECT source.name, sha256, first, last, value.name, line
    FROM documented_source AS source JOIN documented_value AS value ON documented_source_id = source.id
"""


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_sync_keeps_what_a_page_last_said_when_it_turns_hostile(hostile: Hostile, pages: Pages) -> None:
    pages.serve(SMALL + ADDED)
    pages.sync()
    before = pages.state()
    body = gzip.compress(hostile.body(), 1) if hostile.gzip else hostile.body()
    headers = {"Content-Encoding": "gzip"} if hostile.gzip else {}
    pages.server.answer("/page", status=200, headers=headers, body=body, times=2)

    for _ in range(2):
        answer = pages.sync()
        assert answer.exit_code == (75 if "larger" in hostile.reason else 65)
        (line,) = answer.err.splitlines()
        assert f"documented source {pages.url}: " in line
        assert hostile.reason in line
        assert line.endswith("; what was last read of it stands")
        assert pages.state() == before

    assert news(pages.sync()) == []
    assert pages.program.ask("SELECT problem FROM documented_source") == [(None,)]
    assert pages.statuses() == [200, 200, 200, 304]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_check_says_what_is_wrong_with_a_hostile_page_and_goes_on(hostile: Hostile, tmp_path: Path) -> None:
    program = Program(tmp_path)
    page, good = tmp_path / "hostile", tmp_path / "good.md"
    page.write_bytes(hostile.body())
    good.write_text(SMALL, "utf-8")

    alone = program.here("check", str(page))
    assert (alone.exit_code, alone.out) == (75 if "larger" in hostile.reason else 65, "")
    assert alone.err.startswith(f"ianawatch: {page}: ")
    assert hostile.reason in alone.err
    assert alone.err.count("\n") == 1

    passed_over = hostile.reason == "no table of values found"
    both = program.here("check", str(page), str(good))
    assert (both.exit_code, both.err) == ((1, "") if passed_over else (alone.exit_code, alone.err))
    assert "good.md:4: 3003 Forbidden is registered and not documented" in both.out
    assert not program.database.exists()


def test_a_page_never_read_that_is_hostile_takes_no_part(pages: Pages) -> None:
    pages.serve("\0")
    answer = pages.sync()
    assert answer.exit_code == 65
    assert answer.err.endswith("it takes no part until it can be read\n")
    assert (pages.flagged(), pages.program.ask("SELECT count(*) FROM alert WHERE audience = 'readers'")) == (
        [],
        [(0,)],
    )
