"""One request with requests, guarded: what may be read, how much, and what went wrong in plain words.

Knows sockets, TLS and content codings. Which answer is a good one, what is tried again and when is decided
in `fetch`.
"""

from __future__ import annotations

import os
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from socket import gaierror
from threading import Event

import requests
from requests.auth import HTTPBasicAuth
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from requests.utils import get_auth_from_url
from urllib3.exceptions import HTTPError, LocationValueError, ProxyError, ReadTimeoutError

from sync.fetch.file import larger_than
from sync.fetch.remedies import Remedy, of_certificate
from sync.fetched import FetchLimits

USER_AGENT = f"ianawatch/{version('ianawatch')} (+https://github.com/ianawatch/ianawatch)"
_PIECE = 64 * 1024
_GZIP_ONLY = 16 + zlib.MAX_WBITS


class TryFailed(Exception):
    """One try brought no answer that can be used. Whoever made it says so in an error of its own stage."""

    def __init__(
        self, reason: str, remedy: Remedy = Remedy.NONE, *, passing: bool, retry_after: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.passing = passing
        """Whether a further try may go better."""
        self.retry_after = retry_after
        """The Retry-After header as served."""
        self.status: int | None = None
        """The HTTP status, where there was an answer."""


class Session(requests.Session):
    """A session that honours the environment's proxies and CA bundle, and neither .netrc nor redirects."""

    def __init__(self, user_agent: str) -> None:
        super().__init__()
        self.headers["User-Agent"] = user_agent
        # The one coding that `read_body` undoes.
        self.headers["Accept-Encoding"] = "gzip"
        # With any `auth` set, requests leaves .netrc alone.
        self.auth = _credentials_of_the_url
        # Only a default: REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, which requests reads by itself, come first.
        self.verify = os.environ.get("SSL_CERT_FILE") or True

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests would read the redirect's own body whole, however large, before it went on."""

    @contextmanager
    def answer(
        self, url: str, headers: dict[str, str], limits: FetchLimits, body: bytes | None = None
    ) -> Iterator[requests.Response]:
        """The answer to one GET of `url`, or to a POST of `body`; its own body is unread. Closed afterwards.

        Raises TryFailed. One that is raised while the answer is looked at gets its status.
        """
        with _in_plain_words(limits):
            response = self.request(
                "GET" if body is None else "POST",
                url,
                data=body,
                headers=headers,
                timeout=(limits.connect_timeout, limits.read_timeout),
                stream=True,
                allow_redirects=False,
            )
        with response:
            try:
                yield response
            except TryFailed as e:
                e.status = response.status_code
                raise


def read_body(response: requests.Response, limits: FetchLimits, abandoned: Event) -> bytes:
    """The body, its content coding undone. Raises TryFailed.

    No more than `limits.max_bytes` and a piece are held, however well the body was compressed. Sets nothing
    right: a body without a length that was cut short can't be told from a whole one here.
    """
    pieces = _pieces(response, limits, abandoned)
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in {"gzip", "x-gzip"}:
        pieces = _gunzipped(pieces)
    elif coding not in {"identity", ""}:
        raise TryFailed(
            "the body came in a content coding that was not asked for", Remedy.BETWEEN, passing=False
        )
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limits.max_bytes:
            raise TryFailed(larger_than(limits.max_bytes), Remedy.MAX_BYTES, passing=False)
    return bytes(body)


def _pieces(response: requests.Response, limits: FetchLimits, abandoned: Event) -> Iterator[bytes]:
    """The body as it is on the wire, in the pieces that arrive."""
    received = 0
    while True:
        if abandoned.is_set():
            raise TryFailed("nobody waits for the body any more", passing=False)
        with _in_plain_words(limits, received):
            # Not iter_content: urllib3 would decode the piece before anybody could count it.
            piece = response.raw.read1(_PIECE, decode_content=False)
        if not piece:
            return
        received += len(piece)
        yield piece


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """One or more gzip members (RFC 1952, section 2.2), in pieces of bounded size.

    By hand, since urllib3 takes a stream that ends early for a whole one.
    """
    member = zlib.decompressobj(_GZIP_ONLY)
    received = 0
    for arrived in pieces:
        received += len(arrived)
        waiting = arrived
        while waiting:
            if member.eof:
                member = zlib.decompressobj(_GZIP_ONLY)
            try:
                yield member.decompress(waiting, _PIECE)
            except zlib.error as e:
                raise TryFailed("the body's gzip coding is damaged", passing=True) from e
            waiting = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise TryFailed(f"the gzip coding broke off after {received} bytes", passing=True)


def _credentials_of_the_url(request: requests.PreparedRequest) -> requests.PreparedRequest:
    user, password = get_auth_from_url(request.url or "")
    # UTF-8, as the percent escapes of the URL are; HTTPBasicAuth alone knows nothing beyond Latin-1.
    return HTTPBasicAuth(user.encode(), password.encode())(request) if user or password else request


@contextmanager
def _in_plain_words(limits: FetchLimits, received: int | None = None) -> Iterator[None]:
    """Turns what the libraries raise into TryFailed; their texts hold the whole URL, its secrets too."""
    try:
        yield
    except (requests.RequestException, HTTPError, OSError, UnicodeError) as e:
        raise _failure(list(_causes(e)), limits, received) from e


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _failure(causes: list[BaseException], limits: FetchLimits, received: int | None) -> TryFailed:
    """What happened, from the causes of an error, outermost first; `received` bytes of a body, if any."""

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TryFailed(
                f"the certificate is not trusted: {cause.verify_message}",
                of_certificate(cause.verify_code),
                passing=False,
            )
    if caused_by(InvalidURL, InvalidSchema, MissingSchema, LocationValueError, UnicodeError):
        return TryFailed(
            "the URL, or the URL of its proxy, can't be used", Remedy.URL_OR_PROXY, passing=False
        )
    # A handshake that stalls is a read timeout to urllib3, though the connection's limit was what ended it.
    stalled = any(isinstance(cause, TimeoutError) and "handshake" in str(cause) for cause in causes)
    if caused_by(ReadTimeoutError) and not stalled:
        reason, remedy = f"timed out after {limits.read_timeout:g} s without a byte", Remedy.READ_TIMEOUT
    elif received is not None:
        reason, remedy = f"broke off after {received} bytes", Remedy.NONE
    elif caused_by(gaierror):
        reason, remedy = "the host's name could not be resolved", Remedy.HOST
    elif caused_by(TimeoutError):
        reason = f"timed out after {limits.connect_timeout:g} s without a connection"
        remedy = Remedy.CONNECT_TIMEOUT
    else:
        reason, remedy = _words_of_the_system(causes)
    if caused_by(ProxyError):
        return TryFailed(f"the proxy: {reason}", Remedy.PROXY, passing=True)
    return TryFailed(reason, remedy, passing=True)


def _words_of_the_system(causes: list[BaseException]) -> tuple[str, Remedy]:
    """The innermost cause that is the system's own, or that nothing useful is known."""
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLError):
            remedy = Remedy.NONE if isinstance(cause, ssl.SSLEOFError) else Remedy.PORT
            return f"TLS failed: {(cause.reason or 'no reason given').replace('_', ' ').lower()}", remedy
        if isinstance(cause, OSError) and not isinstance(cause, requests.RequestException):
            # Split and joined to one line: a proxy's own words may be among them.
            reason = cause.strerror.lower() if cause.strerror else " ".join(str(cause).split())
            return reason, Remedy.CA_FILE if "CA certificate bundle" in reason else Remedy.NONE
    return "no usable HTTP answer", Remedy.PORT
