"""What opens a channel stays out of reasons and logs: masks, and libraries that may not write.

A channel's URL is a secret as a whole, since many hold a token in their path, or where a host would be.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from sync.escape import shown

MASK = "***"
_LONGEST_REASON = 300
_SHORTEST_SUBSTRING = 4
"""A shorter secret is masked only where it is a whole word: it occurs by chance in too many others."""
_WRITERS = ("apprise", "requests", "slixmpp", "urllib3")
"""Loggers whose records have URLs, header values or whole messages in them."""


def silence_libraries() -> None:
    """Keep the libraries that talk to channels from logging, whoever set up what.

    Apprise's warnings are still heard by those it hands its results to.
    """
    for name in _WRITERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.WARNING if name == "apprise" else logging.CRITICAL + 1)
        if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            # With no handler at all Python would print to standard error.
            logger.addHandler(logging.NullHandler())


def one_reason(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` as a reason to store and show: one line, not long, none of the secrets in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        pattern = re.escape(secret)
        if len(secret) < _SHORTEST_SUBSTRING:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        text = re.sub(pattern, MASK, text, flags=re.IGNORECASE)
    line = shown(" ".join(text.split()))
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}..."


def secrets_of(url: str) -> set[str]:
    """Every part of a URL that may be a secret, as it stands there and unquoted.

    That is all but the scheme and the names of the query's keys.
    """
    found = set(_parts(url.partition("://")[2]))
    return found | {unquote(part) for part in found}


def _parts(rest: str) -> Iterator[str]:
    yield rest
    address, _, query = rest.partition("?")
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        yield value or key
    netloc, _, path = address.partition("/")
    yield path
    yield from re.split(r"[/#]", path)
    user, _, host = netloc.rpartition("@")
    # A slash in a password makes it a part of the path, and is caught there.
    yield from (netloc, user, *user.split(":"), host, host.partition(":")[0])
