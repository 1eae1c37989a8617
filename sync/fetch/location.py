"""Where a document comes from: a URL or the path of a file, and how either is shown to people.

Reading from it is the business of `fetch`.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit, urlunsplit

_MASK = "***"
_HOST_NAME = re.compile(r"[\w.-]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_url(location: str) -> bool:
    """Whether `location` is meant as a URL: a scheme and `://`. Anything else is the path of a file."""
    return _SCHEME.match(location) is not None


def is_http_url(location: str) -> bool:
    """Whether `location` is a URL that can be asked for: http or https, a host, a port if there is one.

    The host is an IPv6 address or a name, in any script and with underscores. Others are refused here, since
    requests quotes some of them (`{`) and then fails in an assertion.
    """
    try:
        parts = urlsplit(location)
        host = parts.hostname or ""
        return (
            parts.scheme in {"http", "https"}
            and parts.port != 0
            and (":" in host or _HOST_NAME.fullmatch(host) is not None)
        )
    except ValueError:
        return False


def shown(location: str) -> str:
    r"""`location` as texts, logs and terminals may have it, on one line.

    A URL's user name and password, query and fragment are masked, since each may be a secret. What isn't
    printable is written as an escape (`\n`, `\u2028`; docs/rules.md, rule 10). A URL that can't be taken
    apart is masked whole.
    """
    return _printable(_masked(location) if is_url(location) else location)


def as_stored(location: str) -> str:
    """`location` as a database may have it: no secret in it, and still another one for another URL.

    A URL in which something is masked has the beginning of its SHA-256 behind it instead of a fragment.
    """
    masked = shown(location)
    if masked == location:
        return location
    digest = hashlib.sha256(location.encode(errors="surrogatepass")).hexdigest()
    return f"{masked.partition('#')[0]}#sha256={digest[:32]}"


def page_name(location: str) -> str:
    """The path of a file, or of a URL without its query: its suffix says the format, and errors name it."""
    return shown(location).partition("?")[0].partition("#")[0] if is_url(location) else location


def _masked(url: str) -> str:
    try:
        parts = urlsplit(url)
        # A slash in a password makes what follows the user name a port. Asking for the port tells.
        _ = parts.port
    except ValueError:
        return f"{url.partition('://')[0]}://{_MASK}"
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(
        (
            parts.scheme,
            f"{_MASK}@{host}" if user else host,
            parts.path,
            parts.query and _MASK,
            parts.fragment and _MASK,
        )
    )


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )
