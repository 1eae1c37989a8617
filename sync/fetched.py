"""What passes between a fetch and who asked for it: frozen dataclasses, standard library only.

Apart from `records`, since a run that finds nothing new needs no more than these.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Validators:
    """A representation's validators, exactly as the server sent them (RFC 9110, section 8.8)."""

    url: str
    """The URL they came with; they count for no other."""
    last_modified: str | None = None
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long and how much one fetch may take."""

    connect_timeout: float = 10.0
    """Seconds to connect."""
    read_timeout: float = 30.0
    """Seconds between two bytes."""
    deadline: float = 120.0
    """Seconds for the whole fetch, retries and redirects included."""
    max_bytes: int = 8 * 1024 * 1024
    """Bytes of the decompressed body."""
    retries: int = 3
    """Further tries after the first."""
    backoff: float = 0.5
    """Seconds before the second try; twice as many before each further one."""


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A body as served, and what is needed to ask for it conditionally next time."""

    location: str
    """The URL or the absolute path that was asked for."""
    body: bytes
    validators: Validators | None = None
    """None for a file, and for a server that sends neither header."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: the server still has the version the validators came with."""

    location: str
