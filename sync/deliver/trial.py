"""A test to each channel, past the outbox: does what is configured work?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from sync.audience import Audience
from sync.dates import stamp
from sync.deliver.channels import Channel
from sync.deliver.dispatch import GRACE
from sync.errors import NotDelivered
from sync.news.alerts import alert_uid
from sync.news.letter import Letter
from sync.signals import AT_A_TIME

SUBJECT = "ianawatch: a test"
TEXT = "This is a test of the channel {name}. Nothing was registered, and nothing is to be done."


def try_channels(channels: Sequence[Channel], at: datetime) -> Iterator[tuple[str, str | None]]:
    """Each channel's name and why it did not take the test, None where it did, as they end. All at once."""
    ended: SimpleQueue[tuple[str, str | None]] = SimpleQueue()
    for channel in channels:
        Thread(target=_try, args=[channel, at, ended], daemon=True).start()
    give_up_at = {channel.name: monotonic() + channel.deadline + GRACE for channel in channels}
    while give_up_at:
        try:
            name, problem = ended.get(timeout=AT_A_TIME)
        except Empty:
            name = min(give_up_at, key=lambda name: give_up_at[name])
            if give_up_at[name] > monotonic():
                continue
            problem = "no answer in time"
        if give_up_at.pop(name, None) is not None:
            yield name, problem


def _try(channel: Channel, at: datetime, ended: SimpleQueue[tuple[str, str | None]]) -> None:
    try:
        channel.sender(_letter(channel, at), timeout=channel.deadline)
    except NotDelivered as e:
        ended.put((channel.name, e.reason))
    except Exception as e:  # noqa: BLE001  # told as any other reason; its text may hold a secret
        ended.put((channel.name, f"a bug in the program, {type(e).__name__}"))
    else:
        ended.put((channel.name, None))


def _letter(channel: Channel, at: datetime) -> Letter:
    uid = alert_uid("test", at.isoformat())
    delivery_uid = alert_uid("delivery", uid, channel.name)
    audience = Audience.READERS if Audience.READERS in channel.audiences else Audience.OPERATORS
    text = TEXT.format(name=channel.name)
    facts = {
        "id": uid,
        "delivery": delivery_uid,
        "audience": str(audience),
        "at": stamp(at),
        "subject": SUBJECT,
        "text": text,
        "alerts": [],
        "test": True,
    }
    return Letter(uid, delivery_uid, audience, at, SUBJECT, f"{text}\n", f"<p>{escape(text)}</p>", facts)
