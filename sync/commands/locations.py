"""What stands at a URL or in a file, for a command that needs it once and stores nothing."""

from __future__ import annotations

from sync.fetch.file import read_file
from sync.fetch.location import is_url
from sync.fetch.location import shown as shown_location
from sync.fetched import FetchedDocument, NotModified
from sync.program import Program


def read_location(program: Program, location: str) -> bytes:
    """The bytes; a terminal is shown that the network is waited for. Raises FetchFailed."""
    if not is_url(location):
        return read_file(location, program.settings.limits).body
    from sync.fetch.document import fetch  # requests is slow to import
    from sync.show.progress import working

    with working(f"asking {shown_location(location)}"):
        answer = fetch(location, limits=program.settings.limits, now=program.clock())
    match answer:
        case FetchedDocument(body=body):
            return body
        case NotModified():
            msg = "a 304 only comes when it is asked for"
            raise AssertionError(msg)
