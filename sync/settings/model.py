"""The settings, each with what it means and what it may be. How they are read is the business of `read`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sync.audience import Audience
from sync.fetched import FetchLimits

T = TypeVar("T")

PREFIX = "IANAWATCH_"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting is and may be."""

    says: str
    """For a person, in a phrase."""
    default: Any
    """None: a text that need not be given."""
    between: tuple[float, float] | None = None
    """The least and the most that a number may be."""
    choices: tuple[str, ...] = ()
    """What a text, or each of a list, may be; empty: anything."""
    secret: bool = False
    """It is never shown, stored or logged."""
    example: Any = None
    """What a person might write, where the default says nothing."""


def _setting(
    says: str,
    default: T,
    *,
    between: tuple[float, float] | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
    example: T | None = None,
) -> T:
    rule = Rule(says, default, between, choices, secret, example)
    declared: T = field(default=default, metadata={"rule": rule}, repr=not secret)
    return declared


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One table `[channels.NAME]`: where letters go, and which. It has one of `url`, `exec` and `webhook`."""

    name: str
    url: str | None = _setting(
        "an Apprise URL: mail, chat, push",
        None,
        secret=True,
        example="mailtos://me:password@example.org?to=me@example.org",
    )
    url_file: str | None = _setting("a file that holds the url", None, example="/etc/ianawatch/mail")
    exec: tuple[str, ...] = _setting(
        "a command and its arguments; the message as JSON on its stdin",
        (),
        example=("/usr/local/bin/on-close-codes", "--verbose"),
    )
    webhook: str | None = _setting(
        "a URL that takes the message as JSON", None, secret=True, example="https://example.org/hook"
    )
    webhook_file: str | None = _setting("a file that holds the webhook", None, example="/etc/ianawatch/hook")
    key: str | None = _setting("signs what the webhook is sent", None, secret=True, example="long and random")
    key_file: str | None = _setting("a file that holds the key", None, example="/etc/ianawatch/key")
    audience: tuple[str, ...] = _setting(
        "readers (the registry's news), operators (the sync's own trouble), or both",
        tuple(Audience),
        choices=tuple(Audience),
    )
    deadline: float = _setting("seconds for one delivery", 30.0, between=(0.01, 3600))


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """One table `[[watch]]`: a further registry to watch. `name`, `document` and `registry` are needed."""

    name: str = _setting("what you call it", "", example="http-status-codes")
    document: str = _setting(
        "URL of IANA's XML document, or the whole path of a file",
        "",
        example="https://www.iana.org/assignments/http-status-codes/http-status-codes.xml",
    )
    registry: str = _setting("the registry's id inside the document", "", example="http-status-codes-1")
    range: str | None = _setting(
        "tell only of registrations in this range; by default of all", None, example="400-499"
    )
    bounds: str | None = _setting(
        "the least and the largest value that the registry can hold; a record beyond them is set aside",
        None,
        example="100-599",
    )
    documented: tuple[str, ...] = _setting(
        "pages to compare with; without any, each new registration is told and none is flagged",
        (),
        example=("https://example.org/status-codes.md",),
    )
    in_use: tuple[str, ...] = _setting(
        "lists of the values your own project uses", (), example=("~/docs/our-status-codes.csv",)
    )
    atom: str | None = _setting(
        "file to write its Atom feed to at the end of a sync", None, example="~/status.atom"
    )
    html: str | None = _setting(
        "file to write its page to at the end of a sync", None, example="~/status.html"
    )


class Origin(StrEnum):
    """Where a setting came from, unless it is a file's path or a variable's name."""

    DEFAULT = "default"
    COMMAND_LINE = "the command line"


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings."""

    database: str | None = _setting(
        "file path or SQLAlchemy URL; by default in the user's data folder", None, example="~/ianawatch.db"
    )
    close_codes: bool = _setting(
        "watch the WebSocket close codes, which needs no table of its own",
        default=True,
    )
    source: str | None = _setting(
        "URL or file to read the close codes from instead of IANA's document",
        None,
        example="https://example.org/registry.xml",
    )
    documented: tuple[str, ...] = _setting(
        "pages to compare the close codes with: URLs, files, short names; by default the table that ships",
        (),
        example=("mdn", "~/docs/close-codes.md"),
    )
    in_use: tuple[str, ...] = _setting(
        "lists of the close codes your own project uses: told when IANA gives one of them to somebody else",
        (),
        example=("~/docs/our-codes.csv",),
    )
    connect_timeout: float = _setting("seconds to connect", 10.0, between=(0.01, 3600))
    read_timeout: float = _setting("seconds between two bytes", 30.0, between=(0.01, 3600))
    deadline: float = _setting("seconds for a whole fetch", 120.0, between=(0.01, 86400))
    max_bytes: int = _setting(
        "bytes a document may have, decompressed", 8 * 1024 * 1024, between=(1, 1024**3)
    )
    retries: int = _setting("further tries of a fetch after the first", 3, between=(0, 100))
    older_copies_days: int = _setting(
        "days of nothing but older copies after which the latest of them is applied", 30, between=(0, 36500)
    )
    failures: int = _setting("failed runs in a row after which operators are told", 3, between=(1, 1_000_000))
    dead_after_days: int = _setting(
        "days after which a letter that no try could deliver is given up", 30, between=(1, 36500)
    )
    ping: str | None = _setting(
        "URL of a dead-man's switch, called after each run (healthchecks.io's way)",
        None,
        secret=True,
        example="https://hc-ping.com/your-id",
    )
    ping_file: str | None = _setting(
        "a file that holds the ping, instead of it", None, example="/etc/ianawatch/ping"
    )
    atom: str | None = _setting(
        "file to write the close codes' Atom feed to at the end of a sync",
        None,
        example="/var/www/html/close-codes.atom",
    )
    html: str | None = _setting(
        "file to write the close codes' page to at the end of a sync",
        None,
        example="/var/www/html/close-codes.html",
    )
    log_format: str = _setting("how errors are written to stderr", "text", choices=("text", "json"))
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    """Where alerts go, by name; empty: standard output and error are the channel."""
    watches: tuple[WatchSettings, ...] = ()
    """The registries that are watched beside the close codes."""
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Where each that is no default came from, by its key; in a table `channels.NAME.key`, say."""

    def typed(self, **typed: Any) -> Settings:  # noqa: ANN401  # each in its setting's type
        """With what was typed on the command line; what was not (None, empty) stays."""
        given = {name: value for name, value in typed.items() if value}
        origins = dict.fromkeys(given, Origin.COMMAND_LINE.value)
        return replace(self, **given, origins={**self.origins, **origins})

    @property
    def limits(self) -> FetchLimits:
        """How long and how much one fetch may take."""
        return FetchLimits(
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            deadline=self.deadline,
            max_bytes=self.max_bytes,
            retries=self.retries,
        )

    @property
    def older_copies(self) -> timedelta:
        """After how long of nothing but older copies the latest of them is applied."""
        return timedelta(days=self.older_copies_days)

    @property
    def dead_after(self) -> timedelta:
        """After how long an undeliverable letter is given up."""
        return timedelta(days=self.dead_after_days)


def _rules(of: type) -> dict[str, Rule]:
    return {item.name: item.metadata["rule"] for item in fields(of) if "rule" in item.metadata}


SETTINGS = _rules(Settings)
"""The settings that are no tables, by their key."""
CHANNEL = _rules(ChannelSettings)
"""The keys of a channel's table."""
WATCH = _rules(WatchSettings)
"""The keys of a watch's table."""
