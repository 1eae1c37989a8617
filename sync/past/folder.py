"""Past versions of a document in a folder: with an `index.csv`, or in files named by time."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sync.errors import UsageProblem

INDEX = "index.csv"
_NAME = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:[T_-]?(?P<hour>\d{2})[:-]?(?P<minute>\d{2})[:-]?(?P<second>\d{2})Z?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version, and when somebody saw it."""

    at: datetime
    """UTC, to the second."""
    body: bytes


def has_index(folder: Path) -> bool:
    """Whether the folder says itself which versions are in it."""
    return (folder / INDEX).is_file()


def read_folder(folder: Path) -> Iterator[PastVersion]:
    """The versions in a folder, oldest first; those of one time in the index's order, or by their names.

    Raises UsageProblem for a folder that holds none, and for what can't be read.
    """
    found = _indexed(folder / INDEX) if has_index(folder) else _named_by_time(folder)
    if not found:
        raise UsageProblem(
            f"{folder}: no past versions here; expected an {INDEX} with the columns observed_at and file, "
            "files named by time such as 20210908T210509Z.xml, or a git repository"
        )
    for at, path in sorted(found, key=lambda pair: pair[0]):
        try:
            yield PastVersion(at, path.read_bytes())
        except OSError as e:
            raise UsageProblem(
                f"{path}: can't be read: {e.strerror}; name a file that can be, or none"
            ) from e


def _indexed(index: Path) -> list[tuple[datetime, Path]]:
    try:
        # A spreadsheet may have written a byte order mark.
        with index.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if not {"observed_at", "file"} <= set(rows.fieldnames or ()):
                raise UsageProblem(f"{index}: the first line must name the columns observed_at and file")
            return [_entry(row, index, rows.line_num) for row in rows]
    except OSError as e:
        raise UsageProblem(f"{index}: can't be read: {e.strerror}; check the rights on it") from e
    except (UnicodeDecodeError, csv.Error) as e:
        raise UsageProblem(f"{index}: it is no CSV file in UTF-8: {e}; save it as one") from e


def _entry(row: dict[str, str | None], index: Path, line: int) -> tuple[datetime, Path]:
    file, observed_at = row["file"], row["observed_at"] or ""
    if not file:
        raise UsageProblem(f"{index}:{line}: the column file is empty; name the version's file")
    try:
        at = datetime.fromisoformat(observed_at)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise UsageProblem(f"{index}:{line}: {observed_at!r} is no time; write 2021-09-08T21:05:09Z") from e
    return at.replace(microsecond=0), index.parent / file


def _named_by_time(folder: Path) -> list[tuple[datetime, Path]]:
    found = []
    for path in sorted(folder.iterdir()):
        match = _NAME.fullmatch(path.stem)
        if match is None or not path.is_file():
            continue
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        try:
            at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError as e:
            raise UsageProblem(f"{path}: the name is no time; write 20210908T210509Z{path.suffix}") from e
        found.append((at, path))
    return found
