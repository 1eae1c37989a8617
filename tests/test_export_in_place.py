"""A file is put in place as a whole, or is what it was."""

from __future__ import annotations

import errno
import os
import socket
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from databases import files, plain_user

from sync.errors import CannotCreateFile, Exit
from sync.export.in_place import put_in_place


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_made_for_everybody_to_read(page: Path) -> None:
    before = os.umask(0o022)
    try:
        assert put_in_place(page, b"new") is True
    finally:
        os.umask(before)
    assert (page.read_bytes(), rights(page)) == (b"new", 0o644)
    assert files(page.parent) == {"page.html": b"new"}


def test_the_umask_is_heeded(page: Path) -> None:
    before = os.umask(0o077)
    try:
        put_in_place(page, b"new")
    finally:
        os.umask(before)
    assert rights(page) == 0o600


def test_a_file_that_has_it_already_is_left_alone(page: Path) -> None:
    put_in_place(page, b"same")
    os.utime(page, ns=(1, 1))
    node = page.stat().st_ino
    assert put_in_place(page, b"same") is False
    assert (page.stat().st_mtime_ns, page.stat().st_ino) == (1, node)


def test_a_file_that_is_there_keeps_its_rights(page: Path) -> None:
    page.write_bytes(b"old")
    page.chmod(0o640)
    assert put_in_place(page, b"new") is True
    assert (page.read_bytes(), rights(page)) == (b"new", 0o640)


def test_a_link_stays_one(page: Path, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    page.symlink_to(Path("www") / "index.html")
    put_in_place(page, b"new")
    assert page.is_symlink()
    assert (tmp_path / "www" / "index.html").read_bytes() == b"new"


def test_a_reader_never_finds_half_a_file(page: Path) -> None:
    bodies = [letter * 200_000 for letter in (b"a", b"b")]
    put_in_place(page, bodies[0])
    done = threading.Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not done.is_set():
            seen.add(page.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        put_in_place(page, bodies[number % 2])
    done.set()
    reader.join()
    assert seen <= set(bodies)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "absent"
    with pytest.raises(CannotCreateFile) as caught:
        put_in_place(folder / "page.html", b"new")
    assert str(caught.value) == (
        f"{folder / 'page.html'}: it can't be written: No such file or directory; "
        f"make the folder {folder}, or choose another place"
    )
    assert caught.value.exit_code is Exit.CANNOT_CREATE


def test_only_a_file_is_replaced(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(tmp_path / "socket"))
        for where in (tmp_path, tmp_path / "socket"):
            with pytest.raises(CannotCreateFile, match="that is no file; name one"):
                put_in_place(where, b"new")
        assert [path.name for path in tmp_path.iterdir()] == ["socket"]
        assert not (tmp_path / "socket").is_file()


def test_a_folder_that_may_not_be_written_is_named() -> None:
    with plain_user() as folder:
        page = folder / "page.html"
        page.write_bytes(b"old")
        folder.chmod(0o500)
        with pytest.raises(CannotCreateFile, match="Permission denied; check the folder's rights"):
            put_in_place(page, b"new")
        assert files(folder) == {"page.html": b"old"}


def test_a_full_disk_leaves_what_was_there(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place(page, b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotCreateFile, match=r"No space left on device; check .* the room on its disk"):
        put_in_place(page, b"new")
    assert files(page.parent) == {"page.html": b"old"}
