"""A letter to one of the services Apprise knows, by its URL.

Apprise takes some failures for successes; here they are refused or made failures. It knows the services,
this module nothing of them but mail's headers.

    a redirect          is followed with a GET, without the letter       never followed: a 3xx is a failure
    `?optional=yes`     makes a failure a success                        refused
    several URLs        have one result                                  refused
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, NotifyType, OverflowMode
from apprise.plugins.email import NotifyEmail

from sync.audience import Audience
from sync.deliver.secrecy import one_reason, secrets_of, silence_libraries
from sync.errors import NotDelivered, WrongConfiguration
from sync.fetch.deadline import DeadlinePassed, within

if TYPE_CHECKING:
    from sync.deliver.channels import Sender
    from sync.news.letter import Letter

_HOST_IS_KNOWN = ("mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms")
"""Schemes whose host is a host; elsewhere it may be a token or a topic, which a reason must not name."""


def apprise_sender(url: str, name: str = "url") -> Sender:
    """A sender to one Apprise URL.

    Raises WrongConfiguration for one that Apprise can't use or that would hide a failure; it begins with
    `name` and shows no part of the URL but its scheme.
    """
    silence_libraries()
    _check(url, name)

    def send(letter: Letter, *, timeout: float) -> None:
        try:
            within(timeout, partial(_hand_over, url, letter, timeout))
        except DeadlinePassed as e:
            raise NotDelivered(f"{_scheme(url)}: not accepted within {timeout:g} s") from e

    return send


def _check(url: str, name: str) -> None:
    scheme = _scheme(url)
    service = _service(url)
    if service is None:
        raise WrongConfiguration(
            f"{name}: Apprise can't use this {scheme} URL; a channel has one URL, "
            "and https://appriseit.com/services/ shows the form of each"
        )
    if re.search(r"[?&]\s*optional\s*=", unquote(url), re.IGNORECASE) or service.optional:
        raise WrongConfiguration(
            f"{name}: the {scheme} URL says `optional=`, which makes a success of a failure; take it out"
        )
    if service.redirects:
        raise WrongConfiguration(
            f"{name}: the {scheme} URL says `redirect=`, but a redirect loses the letter; take it out"
        )


def _hand_over(url: str, letter: Letter, timeout: float, _abandoned: Event) -> None:
    service = _service(url)
    if service is None:
        raise NotDelivered(
            f"{_scheme(url)}: Apprise can't use this URL any more; was a file it names removed?"
        )
    _fit(service, url, letter, timeout)
    # A plugin of several formats has its default first, unless the URL names one.
    as_html = service.resolve_format(None) is NotifyFormat.HTML
    apprise = Apprise(asset=service.asset)
    apprise.add(service)
    result = apprise.notify(
        title=letter.subject,
        body=letter.html if as_html else letter.text,
        body_format=NotifyFormat.HTML if as_html else NotifyFormat.TEXT,
        notify_type=NotifyType.WARNING if letter.audience is Audience.OPERATORS else NotifyType.INFO,
        interpret_escapes=False,
    )
    if not result:
        heard = [entry.message for entry in result.logs()]
        why = one_reason(". ".join(dict.fromkeys(heard)), _secrets(url)) or "it did not say why"
        raise NotDelivered(f"{_scheme(url)}: {why}")


def _service(url: str) -> NotifyBase | None:
    """Apprise's plugin for the URL, a new one for each letter; None when it can't use it, or finds several.

    No timeouts of its own, since it would wait for them in threads that keep the program from ending.
    """
    asset = AppriseAsset(
        app_id="ianawatch",
        app_desc="ianawatch",
        async_mode=False,
        http_redirects=False,
        # Apprise's own pictures, which the reader's program would get from elsewhere.
        image_path_mask="",
        image_url_logo="",
        image_url_mask="",
        interpret_escapes=False,
        interpret_emojis=False,
        secure_logging=True,
        service_timeout=0,
    )
    found = Apprise(asset=asset)
    found.add(url)
    return found[0] if len(found) == 1 else None


def _fit(service: NotifyBase, url: str, letter: Letter, timeout: float) -> None:
    """What the URL leaves open."""
    keys = set(re.findall(r"[?&]\s*(\w+)\s*=", url))
    if "cto" not in keys:
        service.socket_connect_timeout = timeout
    if "rto" not in keys:
        service.socket_read_timeout = timeout
    if "overflow" not in keys:
        # What is longer than a chat takes would be refused for ever.
        service.overflow_mode = OverflowMode.SPLIT
    if isinstance(service, NotifyEmail):
        # Apprise sets a Message-ID of its own, at random, behind whatever headers there are.
        service.headers |= {
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office notices, please
            "X-Ianawatch-Message": letter.uid,
            "X-Ianawatch-Delivery": letter.delivery_uid,
        }


def _scheme(url: str) -> str:
    found = re.match(r"[A-Za-z0-9+.-]{1,30}(?=://)", url)
    return found.group().lower() if found else "unknown"


def _secrets(url: str) -> Iterator[str]:
    hosts: set[str] = set()
    if _scheme(url) in _HOST_IS_KNOWN:
        parts = urlsplit(url)
        hosts = {parts.netloc.rpartition("@")[2], parts.hostname or ""}
    yield from secrets_of(url) - hosts
