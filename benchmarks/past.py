"""What was seen of the registry from 2015 to 2026, and databases to put it in."""

from __future__ import annotations

import tempfile
from pathlib import Path

import timeline

from db.engine import Database
from db.upgrade import upgrade

BESIDE = Path(__file__).resolve().parents[2] / "shared"
"""Where the real documents are, on a machine that has them."""
_MEMORY = Path("/dev/shm")  # noqa: S108  # for a folder made by tempfile


def observed() -> tuple[timeline.Seen, ...]:
    """The observations: the real documents where they are there, else short ones of the same facts."""
    return timeline.real(BESIDE) if are_real() else timeline.small()


def are_real() -> bool:
    """Whether the real documents are there."""
    return (BESIDE / "iana-websocket-history").is_dir()


def folder_in_memory() -> tempfile.TemporaryDirectory[str]:
    """A folder that no disk has to be waited for, where there is one: for what commits thousands of times."""
    return tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None)


def new_database(path: Path) -> Database:
    """A new database with the schema."""
    database = Database.create(str(path))
    upgrade(database)
    return database
