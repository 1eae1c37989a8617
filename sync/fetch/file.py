"""One file, whole or not at all. Without requests, which takes 90 ms to import: a file needs none of it."""

from __future__ import annotations

import os
from pathlib import Path

from sync.errors import FetchFailed
from sync.fetch.location import shown
from sync.fetch.remedies import Remedy, of_file
from sync.fetched import FetchedDocument, FetchLimits

_MIB = 1024 * 1024


def read_file(location: str, limits: FetchLimits) -> FetchedDocument:
    """The file at a path. Raises FetchFailed for one that can't be read, and for one beyond the cap."""
    path = Path(location).absolute()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            body = file.read(min(size, limits.max_bytes) + 1)
            if len(body) > size:
                # A pipe says nothing of its size, and a file may grow.
                body += file.read(limits.max_bytes + 1 - len(body))
    except OSError as e:
        raise FetchFailed(f"can't be read: {e.strerror}", location=shown(str(path)), remedy=of_file(e)) from e
    except ValueError as e:
        raise FetchFailed(
            "can't be read: no file can have this name", location=shown(str(path)), remedy=Remedy.PATH
        ) from e
    if len(body) > limits.max_bytes:
        raise FetchFailed(larger_than(limits.max_bytes), location=shown(str(path)), remedy=Remedy.MAX_BYTES)
    return FetchedDocument(location=str(path), body=body)


def larger_than(max_bytes: int) -> str:
    """The words for a body or a file beyond the cap."""
    whole, rest = divmod(max_bytes, _MIB)
    return f"larger than {max_bytes} bytes" if rest else f"larger than {whole} MiB"
