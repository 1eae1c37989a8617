"""A letter to a webhook: its JSON in a POST, signed where there is a key (docs/channels.md).

The headers are those of Standard Webhooks 1.0.0, so that its libraries verify what arrives.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from time import time
from typing import TYPE_CHECKING

from sync.deliver.http_post import check_url, post
from sync.errors import WrongConfiguration

if TYPE_CHECKING:
    from sync.deliver.channels import Sender
    from sync.news.letter import Letter

_PREFIX = "whsec_"


def webhook_sender(url: str, key: bytes | None = None, name: str = "webhook") -> Sender:
    """A sender to an http or https URL; `key` is what the signature is made with.

    Raises WrongConfiguration, which names the channel and no part of the URL.
    """
    check_url(url, name)

    def send(letter: Letter, *, timeout: float) -> None:
        sent_at = str(int(time()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": letter.delivery_uid,
            "webhook-id": letter.delivery_uid,
            "webhook-timestamp": sent_at,
        }
        if key is not None:
            headers["webhook-signature"] = _signature(key, letter.delivery_uid, sent_at, letter.json)
        post(url, letter.json, headers, timeout)

    return send


def signing_key(text: str, name: str = "webhook") -> bytes:
    """The key in what a person configured: `whsec_` and base64, as Standard Webhooks has it, or any text.

    Raises WrongConfiguration, without the key, for an empty one and for one whose base64 can't be read.
    """
    try:
        key = (
            b64decode(text.removeprefix(_PREFIX), validate=True)
            if text.startswith(_PREFIX)
            else text.encode()
        )
    except (binascii.Error, ValueError) as e:
        raise WrongConfiguration(
            f"{name}: the key begins with {_PREFIX}, and what follows is no base64; copy the whole key"
        ) from e
    if not key:
        raise WrongConfiguration(f"{name}: the key is empty; give one, or leave key out")
    return key


def _signature(key: bytes, uid: str, sent_at: str, body: bytes) -> str:
    signed = b".".join((uid.encode(), sent_at.encode(), body))
    return f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode('ascii')}"
