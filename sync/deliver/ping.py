"""A dead man's switch: a service that raises the alarm when it is *not* pinged, as healthchecks.io does.

Whether a run went well is for the caller to say.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from sync.deliver.http_post import check_url, post

_MOST_BYTES = 100_000
"""What healthchecks.io keeps of a body."""


def ping(url: str, *, failed: bool, text: str, timeout: float) -> None:
    """Tell the service at `url` that a run has ended, with `text` as its log.

    A failure goes to the same path with `/fail` behind it; a query stays behind the path
    (https://healthchecks.io/docs/http_api/). Returns when the service has accepted it.

    Raises NotDelivered, and WrongConfiguration for what is no http or https URL; neither shows more of it
    than scheme and host.
    """
    check_url(url, "the URL to ping")
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/fail" if failed else parts.path
    body = text.encode(errors="backslashreplace")[:_MOST_BYTES]
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    post(urlunsplit((parts.scheme, parts.netloc, path, parts.query, "")), body, headers, timeout)
