"""Every error a person can meet at a command line is one line that names the fix, with its exit code.

Those of the settings, the channels and `setup` are in the tests of those.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from builders import row
from databases import plain_user
from program import UNREACHABLE, Program

from sync.errors import Exit

MORE = "See `ianawatch {} --help`."


@dataclass(frozen=True)
class Case:
    """What was typed, in a folder where something was prepared; what is said of it."""

    line: str
    exit_code: Exit
    fix: str
    """What the line on stderr ends with, or names."""
    prepare: Callable[[Path], object] = lambda folder: folder


def wrong(line: str, fix: str) -> Case:
    return Case(line, Exit.USAGE, fix)


def absent(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, text: str | bytes) -> Callable[[Path], object]:
    body = text if isinstance(text, bytes) else text.encode()
    return lambda folder: (folder / name).write_bytes(body)


def cut(name: str) -> Callable[[Path], object]:
    return lambda folder: os.truncate(folder / name, 20_000)


CASES = [
    # -- codes, ranges, days, durations
    wrong("show abc", "a code is a number from 0 to 65535"),
    wrong("show 70000", "codes go from 0 to 65535"),
    wrong("show", f"Missing argument 'CODE'. {MORE.format('show')}"),
    wrong("show 1000 1001", f"unexpected extra argument (1001). {MORE.format('show')}"),
    wrong("history 3x", "a code is a number from 0 to 65535"),
    wrong("list --range x", "a range is two codes with a hyphen between them, such as 0-65535"),
    wrong("list --range 3999-3000", "3000-3999 would do"),
    wrong("list --range 0-70000", "codes go from 0 to 65535"),
    wrong("list --at yesterday", "a day is YYYY-MM-DD, such as 2024-02-01"),
    wrong("list --at 2024-13-01", "a day is YYYY-MM-DD"),
    wrong("list --at 2001-01-01", "known from 2026-01-01 on; name that day or a later one"),
    wrong("history --since 2025-01-01 --until 2024-01-01", "swap them"),
    wrong("status --max-age 3", "90m, 48h, 2d, 1w"),
    # -- names
    wrong("lst", "Did you mean 'list'? See `ianawatch --help`."),
    wrong("frobnicate", "See `ianawatch --help`."),
    wrong("flags frobnicate", MORE.format("flags")),
    wrong("list 3000", f"unexpected extra argument (3000). {MORE.format('list')}"),
    wrong("list --nope", MORE.format("list")),
    wrong("list --at", f"requires an argument. {MORE.format('list')}"),
    wrong("list --database x.db", "--database stands before the command: ianawatch --database ... list."),
    wrong("list --assignment free", "is not one of 'assigned', 'reserved', 'private-use', 'unassigned'."),
    wrong("list --format xml", "is not one of 'table', 'json', 'csv', 'tsv'."),
    wrong("list --watch nope", "there is close-codes"),
    wrong("export pdf", "is not one of 'atom', 'html', 'csv', 'json'."),
    wrong("sync --quiet --verbose", "--quiet and --verbose exclude each other"),
    wrong("check", f"Missing argument 'FILE|URL...'. {MORE.format('check')}"),
    # -- decisions
    wrong("flags ignore 3000", f"Missing option '--reason'. {MORE.format('flags ignore')}"),
    wrong("flags ignore 3000 --reason=", "say in a few words why it need not be documented"),
    wrong(
        "flags ignore 1000 --reason x",
        "`ianawatch list --range 3000-3999 --assignment assigned` shows what is",
    ),
    wrong("flags unignore 3000", "`ianawatch flags list` shows what is"),
    wrong("quarantine show abcd", "nothing is held back"),
    wrong("alerts retry abcdef", "`ianawatch alerts list` shows what there is"),
    wrong("alerts retry x", "give at least 4 characters of an id that `alerts list` shows"),
    wrong("alerts drop", "say which: the alerts ID..., or all that goes to --channel NAME"),
    wrong("alerts list --channel nope", "there is no such channel; there is stdout"),
    wrong("alerts retry --channel nope", "there is no such channel; there is stdout"),
    wrong("alerts drop --channel nope", "there is no such channel; there is stdout"),
    wrong("alerts test nope", "there is no such channel; none is configured"),
    # -- the database
    Case("list", Exit.DATABASE, "`ianawatch sync` makes it", absent("ianawatch.db")),
    Case("status", Exit.DATABASE, "`ianawatch sync` makes it", absent("ianawatch.db")),
    Case("list", Exit.DATABASE, "`ianawatch sync` fills it", holding("ianawatch.db", "")),
    Case(
        "list", Exit.DATABASE, "choose another file with --database", holding("ianawatch.db", "a text" * 99)
    ),
    Case("list", Exit.DATABASE, "put a backup in its place (docs/operating.md)", cut("ianawatch.db")),
    Case("sync", Exit.DATABASE, "put a backup in its place (docs/operating.md)", cut("ianawatch.db")),
    Case("--database . list", Exit.DATABASE, "check that it is a file"),
    Case("database backup ianawatch.db", Exit.CANNOT_CREATE, "choose another name for the backup"),
    # -- sources
    Case("sync --source document.xml", Exit.PASSING_FAILURE, "; check the path", absent("document.xml")),
    Case(f"sync --source {UNREACHABLE}/", Exit.PASSING_FAILURE, "; the next run tries again"),
    Case("diff --documented gone.html", Exit.PASSING_FAILURE, "; check the path"),
    Case(f"diff --documented {UNREACHABLE}/", Exit.PASSING_FAILURE, "connection refused; try again later"),
    Case("check gone.html", Exit.PASSING_FAILURE, "; check the path"),
    Case(f"check {UNREACHABLE}/", Exit.PASSING_FAILURE, "connection refused; try again later"),
    Case("check page.csv --source gone.xml", Exit.PASSING_FAILURE, "; check the path"),
    Case(
        "check page.csv --source cut.xml",
        Exit.UNUSABLE_INPUT,
        "; name another with --source",
        holding("cut.xml", "<?xml version='1.0'?><registry>"),
    ),
    Case(
        "check page.csv --source list.json",
        Exit.PASSING_FAILURE,
        "the answer is not XML; name the registry's XML",
        holding("list.json", "[]"),
    ),
    Case("check list.json", Exit.UNUSABLE_INPUT, "; mend it", holding("list.json", "[")),
    Case(
        "diff --documented ftp://x/", Exit.PASSING_FAILURE, "give an http or https URL, or the path of a file"
    ),
    Case(
        "diff --documented page.html",
        Exit.UNUSABLE_INPUT,
        "name a page with a table or a list that has values",
        holding("page.html", "<p>Nothing here."),
    ),
    Case(
        "check page.md", Exit.UNUSABLE_INPUT, "name a page with a table", holding("page.md", "Nothing here.")
    ),
    wrong("backfill gone", f"does not exist. {MORE.format('backfill')}"),
    Case(
        "backfill empty",
        Exit.USAGE,
        "expected an index.csv with the columns observed_at and file",
        lambda folder: (folder / "empty").mkdir(),
    ),
]


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a program that has synced once, and told of 3000."""
    folder = tmp_path_factory.mktemp("synced")
    program = Program(folder)
    program.serve([row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")])
    program.sync()
    return folder


@pytest.fixture
def program(synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A copy of it, for each test."""
    shutil.copytree(synced, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Program(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.line}: {case.fix}"[:70])
def test_an_error_is_one_line_that_names_the_fix(program: Program, tmp_path: Path, case: Case) -> None:
    case.prepare(tmp_path)
    answer = program.here(*case.line.split())
    lines = answer.err.splitlines()
    assert (answer.exit_code, len(lines)) == (case.exit_code, 1), answer
    assert lines[0].startswith("ianawatch: ")
    assert case.fix in lines[0]


@pytest.mark.parametrize(
    ("line", "exit_code", "fix"),
    [
        ("--database LOCKED/new.db sync", Exit.CANNOT_CREATE, "choose another place with --database"),
        ("--database LOCKED/old.db sync", Exit.DATABASE, "that it and its folder may be written"),
        ("--database LOCKED/old.db flags ignore 3000 --reason x", Exit.DATABASE, "may be written"),
        ("--database LOCKED/old.db export html -o LOCKED/a.html", Exit.CANNOT_CREATE, "LOCKED/a.html"),
        ("--database LOCKED/old.db database backup LOCKED/b.db", Exit.CANNOT_CREATE, "choose another name"),
    ],
)
def test_a_folder_that_may_not_be_written(program: Program, line: str, exit_code: Exit, fix: str) -> None:
    known = program.database.read_bytes()
    with plain_user() as folder:
        theirs = Program(folder)
        (folder / "old.db").write_bytes(known)
        (folder / "old.db").chmod(0o400)
        folder.chmod(0o500)
        answer = theirs.here(*line.replace("LOCKED", str(folder)).split())
        folder.chmod(0o700)
    lines = answer.err.splitlines()
    assert (answer.exit_code, len(lines)) == (exit_code, 1), answer
    assert fix.replace("LOCKED", str(folder)) in lines[0]
