"""Bytes -> a file that readers find whole at every moment: the old one or the new one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sync.errors import CannotCreateFile

PUBLIC = 0o644
PRIVATE = 0o600
"""The rights on a new file, less what the umask takes."""


def put_in_place(path: Path, body: bytes, rights: int = PUBLIC) -> bool:
    """Have the file hold these bytes; False where it holds them already, and is left alone.

    They are written to a file beside it, which then takes its place. A link stays one, and a file that is
    there keeps its rights. Raises CannotCreateFile, and then the file is what it was.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            # A folder, or a device: what takes its place would be a file.
            raise CannotCreateFile(f"{path}: that is no file; name one, or leave -o out for standard output")
        if target.exists() and target.read_bytes() == body:
            return False
        _replace(target, body, rights)
    except OSError as e:
        reason = f"{path}: it can't be written: {e.strerror}"
        raise CannotCreateFile(f"{reason}; {_advice(target)}") from e
    return True


def _replace(target: Path, body: bytes, rights: int) -> None:
    beside = target.with_name(f".ianawatch-{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, rights)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            if target.exists():
                os.fchmod(file.fileno(), target.stat().st_mode & 0o7777)
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Have the folder's new entry survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _advice(target: Path) -> str:
    if not target.parent.is_dir():
        return f"make the folder {target.parent}, or choose another place"
    return "check the folder's rights and the room on its disk, or choose another place"
