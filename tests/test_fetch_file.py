"""A file is read whole or not at all, and costs no import of what speaks HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.errors import FetchFailed
from sync.fetch.file import larger_than, read_file
from sync.fetched import FetchedDocument, FetchLimits

LIMITS = FetchLimits(max_bytes=10)


def test_a_file_is_read_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.md").write_bytes(b"0123456789")
    monkeypatch.chdir(tmp_path)
    assert read_file("page.md", LIMITS) == FetchedDocument(str(tmp_path / "page.md"), b"0123456789")


@pytest.mark.parametrize(
    ("name", "reason", "remedy"),
    [
        ("absent.md", "can't be read: No such file or directory", "check the path"),
        ("folder", "can't be read: Is a directory", "check the path"),
        ("nul\0", "can't be read: no file can have this name", "check the path"),
        ("large.md", "larger than 10 bytes", "raise max_bytes if it is the right one"),
    ],
)
def test_what_can_not_be_had_says_why_and_what_to_do(
    name: str, reason: str, remedy: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "large.md").write_bytes(b"0123456789+")
    with pytest.raises(FetchFailed) as failed:
        read_file(str(tmp_path / name), LIMITS)
    assert (failed.value.reason, failed.value.remedy) == (reason, remedy)
    assert failed.value.location.startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("length", "fits"), [(0, True), (1, True), (10, True), (11, False), (100_000, False)]
)
def test_a_pipe_is_read_to_its_end_and_no_further_than_the_cap(
    length: int, fits: bool, tmp_path: Path
) -> None:
    pipe, said = tmp_path / "pipe", b"x" * length
    os.mkfifo(pipe)
    writer = [sys.executable, "-c", f"open({str(pipe)!r}, 'wb').write(b'x' * {length})"]
    with subprocess.Popen(writer, stderr=subprocess.DEVNULL):
        if fits:
            assert read_file(str(pipe), LIMITS).body == said
        else:
            with pytest.raises(FetchFailed, match="larger than 10 bytes"):
                read_file(str(pipe), LIMITS)


@pytest.mark.parametrize(
    ("size", "words"), [(1024 * 1024, "larger than 1 MiB"), (1024 * 1024 + 1, "larger than 1048577 bytes")]
)
def test_a_cap_is_told_in_the_unit_it_was_meant_in(size: int, words: str) -> None:
    assert larger_than(size) == words


def test_a_check_of_files_imports_nothing_that_speaks_http(tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_bytes(b"code,name\n1000,Normal Closure\n")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sync", "check", str(tmp_path / "page.csv")],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "sync.fetch.file" in imported
    assert imported.isdisjoint({"requests", "urllib3", "sqlalchemy", "sync.fetch.document"})
