"""The settings -> a configuration file that says what each means, with everything commented out. Pure.

A line of prose begins with `# `, one that sets something with `#` and no space: taking this sign away is all
there is to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from sync.settings.model import CHANNEL, PREFIX, SETTINGS, WATCH, Rule

_WIDTH = 100
_CHANNELS: Mapping[str, tuple[str, ...]] = {
    "mail": ("url_file", "audience"),
    "script": ("exec", "deadline"),
    "hook": ("webhook", "key_file"),
}
"""An example of each way a letter can go, by the channel's name: the keys that it sets."""


def template() -> str:
    """The text of the file: TOML, with one line for each setting and one table for each kind of channel."""
    return "\n".join([*_introduction(), *_settings(), *_watches(), *_channels(), ""])


def _introduction() -> Iterator[str]:
    yield from _prose(
        "What ianawatch may be told. A key that is commented out has its default; where the default is "
        f"nothing, the line is an example. An environment variable wins over this file ({PREFIX} and the "
        "key in capitals), the command line over both."
    )
    yield from _prose(
        "`ianawatch config check` says what is wrong here, `ianawatch config show` what is in force."
    )


def _settings() -> Iterator[str]:
    for key, rule in SETTINGS.items():
        yield ""
        yield from _prose(_meaning(rule))
        yield f"#{key} = {_toml(_example(rule))}"


def _channels() -> Iterator[str]:
    yield ""
    yield from _prose(
        "Channels: where alerts go, each under a name of your own. Without any, what a sync prints is the "
        "alert, and cron mails it. `ianawatch alerts test` sends a letter to try them."
    )
    yield from _keys(CHANNEL)
    for name, keys in _CHANNELS.items():
        yield ""
        yield f"#[channels.{name}]"
        for key in keys:
            yield f"#{key} = {_toml(_example(CHANNEL[key]))}"


def _watches() -> Iterator[str]:
    yield ""
    yield from _prose(
        "Further registries to watch, each in a table of its own; `ianawatch watch add` finds one and writes "
        "its table."
    )
    yield from _keys(WATCH)
    yield ""
    yield "#[[watch]]"
    for key, rule in WATCH.items():
        yield f"#{key} = {_toml(_example(rule))}"


def _keys(rules: Mapping[str, Rule]) -> Iterator[str]:
    """What each key of a table means."""
    width = max(map(len, rules))
    for key, rule in rules.items():
        yield from wrap(
            f"{key:{width}}  {_meaning(rule)}",
            _WIDTH,
            initial_indent="#   ",
            subsequent_indent=f"#   {'':{width}}  ",
        )


def _meaning(rule: Rule) -> str:
    if rule.between:
        least, most = rule.between
        return f"{rule.says}; from {least:.12g} to {most:.12g}"
    if rule.choices and isinstance(rule.default, str):
        return f"{rule.says}: {' or '.join(rule.choices)}"
    return rule.says


def _example(rule: Rule) -> Any:  # noqa: ANN401  # each in its setting's type
    return rule.default if rule.example is None else rule.example


def _toml(value: Any) -> str:  # noqa: ANN401  # as above
    # What JSON writes of texts, numbers and lists of texts is TOML too.
    return json.dumps(list(map(str, value)) if isinstance(value, tuple) else value, ensure_ascii=False)


def _prose(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
