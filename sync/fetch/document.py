"""The fetch stage: one document from a URL or a file, whole or not at all.

Knows HTTP (what is asked, which answers count, when to try again) and nothing of what the bytes say; that
is for the parsers. It remembers nothing: validators and a server's wish to be left alone are handed to the
caller, who stores them (docs/rules.md, rules 4 and 6).

    fetch
      file          a path: read it, and no more of this
      deadline      the whole of it ends in time, and a signal is heard
      transport     one GET, guarded, and its faults in plain words
      patience      what Retry-After asks for
      remedies      what to do about a failure
      location      URL or path, and how it is shown
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from sync.errors import FetchFailed
from sync.fetch.deadline import DeadlinePassed, within
from sync.fetch.file import read_file
from sync.fetch.location import is_http_url, is_url, shown
from sync.fetch.patience import patience
from sync.fetch.remedies import Remedy, of_status
from sync.fetch.transport import USER_AGENT, Session, TryFailed, read_body
from sync.fetched import FetchedDocument, FetchLimits, NotModified, Validators

if TYPE_CHECKING:
    from requests import Response

MAX_REDIRECTS = 3

LONGEST_PAUSE = 10.0
"""Seconds between two tries. A server that asks for more is left alone until a later run."""

_DEFAULT_LIMITS = FetchLimits()


def fetch(
    location: str,
    validators: Validators | None = None,
    limits: FetchLimits = _DEFAULT_LIMITS,
    *,
    now: datetime,
) -> FetchedDocument | NotModified:
    """The document at `location`, an http or https URL or the path of a file.

    `validators` make the request conditional if they came from this very URL. `now` (UTC) is when the fetch
    begins; it dates a Retry-After. Connection errors, status 429 and 5xx, and a body that breaks off are
    tried again, `limits.retries` times altogether.

    Raises FetchFailed for everything else than a whole document or an expected 304, with the status where
    there was an answer and `retry_at` where the server asked for patience. Its location is as `shown`.
    """
    if not is_url(location):
        return read_file(location, limits)
    if not is_http_url(location):
        raise FetchFailed(
            "not a usable source",
            location=shown(location),
            remedy="give an http or https URL, or the path of a file",
        )
    conditions = _conditions(validators) if validators and validators.url == location else {}
    try:
        return within(limits.deadline, partial(_fetch_url, location, conditions, limits, now))
    except DeadlinePassed as e:
        raise FetchFailed(
            f"timed out after {limits.deadline:g} s", location=shown(location), remedy=Remedy.DEADLINE
        ) from e


def _conditions(validators: Validators) -> dict[str, str]:
    """The request's conditional headers (RFC 9110, section 13.1)."""
    pairs = {"If-Modified-Since": validators.last_modified, "If-None-Match": validators.etag}
    return {name: value for name, value in pairs.items() if value is not None}


def _fetch_url(
    location: str, conditions: dict[str, str], limits: FetchLimits, now: datetime, abandoned: Event
) -> FetchedDocument | NotModified:
    """Tries until one succeeds, none is left, or the next would come too late."""
    began = monotonic()
    # Counted here and not by an adapter: that one would read what a refused answer says, however long it
    # is, and knows nothing of a body that breaks off.
    retry: Retry | None = Retry(
        total=limits.retries, backoff_factor=limits.backoff, backoff_max=LONGEST_PAUSE
    )
    with Session(USER_AGENT) as session:
        while True:
            try:
                return _one_try(session, location, conditions, limits, abandoned)
            except TryFailed as e:
                retry = _next(retry, e)
                elapsed = monotonic() - began
                # Whole seconds, as Retry-After itself has them.
                answered_at = now + timedelta(seconds=int(elapsed))
                asked = patience(e.retry_after, answered_at)
                backoff = retry.get_backoff_time() if retry else 0.0
                pause = max(backoff, asked.total_seconds()) if asked else backoff
                goes_on = (
                    e.passing
                    and retry is not None
                    and pause <= LONGEST_PAUSE
                    and elapsed + pause < limits.deadline
                )
                if not goes_on or abandoned.wait(pause):
                    raise FetchFailed(
                        e.reason,
                        location=shown(location),
                        remedy=e.remedy,
                        status=e.status,
                        retry_at=answered_at + asked if asked else None,
                        unreachable=e.status is None,
                    ) from e


def _next(retry: Retry | None, failed: TryFailed) -> Retry | None:
    """What is left of the tries after one more has failed; None when that was the last."""
    if retry is None:
        return None
    try:
        return retry.increment("GET", error=failed)
    except MaxRetryError:
        return None


def _one_try(
    session: Session, location: str, conditions: dict[str, str], limits: FetchLimits, abandoned: Event
) -> FetchedDocument | NotModified:
    """Asks for `location` and follows its redirects. Raises TryFailed.

    The conditions go to the last hop too: they are about the URL that was asked for, wherever it is served.
    """
    url = location
    redirects = 0
    while True:
        with session.answer(url, conditions, limits) as response:
            if not response.is_redirect:
                return _judged(response, location, conditions, limits, abandoned)
            url = _followed(url, response)
            redirects += 1
            if redirects > MAX_REDIRECTS:
                raise TryFailed(
                    f"more than {MAX_REDIRECTS} redirects, the last to {shown(url)}",
                    Remedy.ADDRESS,
                    passing=False,
                )


def _judged(
    response: Response,
    location: str,
    conditions: dict[str, str],
    limits: FetchLimits,
    abandoned: Event,
) -> FetchedDocument | NotModified:
    """What an answer that is no redirect means; only 200, and 304 if asked for, are good ones."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return FetchedDocument(
            location=location,
            body=read_body(response, limits, abandoned),
            validators=_validators(location, response),
        )
    if status == HTTPStatus.NOT_MODIFIED:
        if conditions:
            return NotModified(location)
        raise TryFailed(
            "answered 304 Not Modified, and was not asked for changes only", of_status(status), passing=False
        )
    passing = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    raise TryFailed(
        f"answered {_named(status)}",
        of_status(status),
        passing=passing,
        retry_after=response.headers.get("Retry-After"),
    )


def _named(status: int) -> str:
    """The status with the name that the standard gives it, rather than the server's own words."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def _validators(location: str, response: Response) -> Validators | None:
    """The validators of a representation; None when the server sent none that could be sent back."""
    last_modified, etag = (_sendable(response.headers.get(name)) for name in ("Last-Modified", "ETag"))
    return Validators(location, last_modified, etag) if last_modified or etag else None


def _sendable(header: str | None) -> str | None:
    """The header as served, unless it is empty or holds what requests refuses to send.

    Such a one, once stored, would fail every later fetch.
    """
    return header if header and header.isprintable() else None


def _followed(url: str, response: Response) -> str:
    """The URL that a redirect leads to, on the same https server; raises TryFailed for any other."""
    target = response.headers["Location"]
    try:
        target = urljoin(url, target)
        followed = _server(target) == _server(url) and urlsplit(target).scheme == "https"
    except ValueError:
        followed = False
    if not followed:
        raise TryFailed(
            f"redirected to {shown(target)}; only redirects on the same https server are followed",
            Remedy.MOVED,
            passing=False,
        )
    return target


def _server(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
