"""Settings -> channels: secrets are read, and what can't be sent to is refused before anything is done."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sync.audience import Audience
from sync.deliver.channels import Channel, Sender
from sync.errors import WrongConfiguration
from sync.settings.model import ChannelSettings


def open_channels(
    channels: Mapping[str, ChannelSettings], environment: Mapping[str, str] = os.environ
) -> tuple[Channel, ...]:
    """The channels there are, in the order of the settings. Raises WrongConfiguration.

    Nothing is sent, and nobody is connected to.
    """
    return tuple(
        Channel(
            name=name,
            audiences=frozenset(map(Audience, channel.audience)),
            sender=_sender(channel, environment),
            deadline=channel.deadline,
        )
        for name, channel in channels.items()
    )


def secret(
    value: str | None, file: str | None, of: str, environment: Mapping[str, str] = os.environ
) -> str | None:
    """A secret that is given, or that a file holds; None where there is neither.

    `of` is whose secret it is, for a message. `~` is expanded in the file's path, and so is
    `$CREDENTIALS_DIRECTORY`, where systemd puts what a service was given. Raises WrongConfiguration.
    """
    if value or not file:
        return value
    folder = environment.get("CREDENTIALS_DIRECTORY", "$CREDENTIALS_DIRECTORY")
    path = Path(file.replace("$CREDENTIALS_DIRECTORY", folder)).expanduser()
    try:
        text = path.read_text("utf-8").strip()
    except OSError as e:
        raise WrongConfiguration(
            f"{of}: {path} can't be read: {e.strerror}; check the path, and the rights on it"
        ) from e
    except UnicodeDecodeError as e:
        raise WrongConfiguration(f"{of}: {path} is no text in UTF-8; write one line into it") from e
    if not text or len(text.splitlines()) > 1:
        raise WrongConfiguration(
            f"{of}: {path} holds {'more than one line' if text else 'nothing'}; write one line into it"
        )
    return text


def _sender(channel: ChannelSettings, environment: Mapping[str, str]) -> Sender:
    # Each kind has libraries of its own: nobody pays for a kind that is not used.
    # ruff: noqa: PLC0415
    of = f"channels.{channel.name}"
    if channel.exec:
        from sync.deliver.exec_channel import exec_sender

        return exec_sender(channel.exec)
    webhook = secret(channel.webhook, channel.webhook_file, of, environment)
    if webhook is not None:
        from sync.deliver.webhook import signing_key, webhook_sender

        key = secret(channel.key, channel.key_file, of, environment)
        return webhook_sender(webhook, signing_key(key, of) if key is not None else None, of)
    from sync.deliver.apprise_channel import apprise_sender

    return apprise_sender(secret(channel.url, channel.url_file, of, environment) or "", of)
