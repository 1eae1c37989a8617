"""One POST to a URL that somebody configured: accepted, or why not, in words without a secret.

What is posted, and what it means, is the business of `webhook` and `ping`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from threading import Event
from urllib.parse import urlsplit

from sync.deliver.secrecy import one_reason, secrets_of, silence_libraries
from sync.errors import NotDelivered, WrongConfiguration
from sync.fetch.deadline import DeadlinePassed, within
from sync.fetch.location import is_http_url
from sync.fetch.remedies import TIMEOUTS, Remedy
from sync.fetch.transport import USER_AGENT, Session, TryFailed
from sync.fetched import FetchLimits

_ACCESS = "check the password, the token or the key"
_REMEDIES: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: _ACCESS,
    HTTPStatus.FORBIDDEN: _ACCESS,
    HTTPStatus.NOT_FOUND: Remedy.ADDRESS.value,
    HTTPStatus.METHOD_NOT_ALLOWED: Remedy.ADDRESS.value,
    HTTPStatus.GONE: Remedy.ADDRESS.value,
}
"""What to do about a status that does not pass by itself."""


def check_url(url: str, what: str) -> None:
    """Raises WrongConfiguration, which does not show the URL, for what no request can be made to."""
    if not is_http_url(url) or not url.isprintable() or " " in url:
        raise WrongConfiguration(f"{what}: that is no URL that can be posted to; give an http or https URL")


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> None:
    """Return when the server has answered with a 2xx; the answer's body is not read.

    Of its environment it heeds proxies and CA bundles, and no `.netrc`. Works in any thread.

    Raises NotDelivered after `timeout` seconds at the latest, and for every other answer: a redirect is not
    followed, since the request that would come of it is not this one. The reason shows no more of the URL
    than scheme and host.
    """
    silence_libraries()
    where = _origin(url)
    try:
        status = within(timeout, partial(_status, url, body, headers, timeout))
    except DeadlinePassed as e:
        raise NotDelivered(f"{where}: no answer within {timeout:g} s") from e
    except TryFailed as e:
        host = {urlsplit(url).hostname or "", urlsplit(url).netloc.rpartition("@")[2]}
        # A proxy's own words may be in it.
        reason = one_reason(e.reason, secrets_of(url) - host)
        # How long a delivery may take is no setting of a fetch.
        remedy = "" if e.remedy in TIMEOUTS else e.remedy.value
        raise NotDelivered(_with(f"{where}: {reason}", remedy)) from e
    if 300 <= status < 400:  # noqa: PLR2004  # RFC 9110, section 15.4
        raise NotDelivered(
            f"{where}: it answered with a redirect (status {status}), which is not followed; "
            "configure the URL that it leads to"
        )
    if not 200 <= status < 300:  # noqa: PLR2004  # RFC 9110, section 15.3
        said = f"{where}: it answered with status {status}{_phrase(status)}"
        raise NotDelivered(_with(said, _REMEDIES.get(status, "")))


def _status(url: str, body: bytes, headers: Mapping[str, str], timeout: float, _abandoned: Event) -> int:
    limits = FetchLimits(connect_timeout=timeout, read_timeout=timeout)
    with Session(USER_AGENT) as session, session.answer(url, dict(headers), limits, body) as answer:
        return answer.status_code


def _with(said: str, remedy: str) -> str:
    return f"{said}; {remedy}" if remedy else said


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
