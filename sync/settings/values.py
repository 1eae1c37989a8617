"""One value, from TOML or from an environment variable's text -> the setting's type, or why it can't be."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from typing import Any

from sync.errors import WrongConfiguration
from sync.fetch.location import shown
from sync.settings.model import Rule

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
"""How an environment variable says yes and no."""


def parsed(rule: Rule, text: str, origin: str) -> Any:  # noqa: ANN401  # the type is the setting's
    """An environment variable's text as TOML would have it. Lists are words, quoted as in a shell."""
    kind = type(rule.default)
    if kind is bool:
        return _TRUTH.get(text.lower(), text)
    try:
        if kind in {int, float}:
            return kind(text)
    except ValueError as e:
        raise WrongConfiguration(f"{origin}: {text!r} is no {_called(kind)}") from e
    try:
        return shlex.split(text) if kind is tuple else text
    except ValueError as e:
        shown = "what it holds" if rule.secret else repr(text)
        raise WrongConfiguration(f"{origin}: {shown} is not quoted as in a shell: {e}") from e


def checked(key: str, rule: Rule, value: Any, origin: str) -> Any:  # noqa: ANN401  # as above
    """The value in the setting's type. Raises WrongConfiguration, which names `key` and `origin`."""

    def wrong(wanted: str) -> WrongConfiguration:
        given = shown(value) if isinstance(value, str) else value
        said = "" if rule.secret else f", not {given!r}"
        return WrongConfiguration(f"{origin}: {key} is {wanted}{said}")

    if isinstance(rule.default, tuple):
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise wrong("a list of texts")
        if rule.choices and not (value and set(value) <= set(rule.choices)):
            raise wrong(f"a list of {' and '.join(rule.choices)}, or of one of them")
        return tuple(value)
    kind: type[str | int | float] = str if rule.default is None else type(rule.default)
    if not isinstance(value, int | float if kind is float else kind) or (
        isinstance(value, bool) and kind is not bool
    ):
        raise wrong(f"a {_called(kind)}")
    if rule.choices and value not in rule.choices:
        raise wrong(" or ".join(rule.choices))
    if rule.between and not isinstance(value, str):
        least, most = rule.between
        # Not the other way round: no comparison holds for NaN.
        if not least <= value <= most:
            raise wrong(f"a number from {least} to {most}")
    return kind(value)


def near(key: str, keys: Collection[str], cutoff: float = 0.6) -> str | None:
    """The one of the keys that was probably meant; `cutoff` is how alike it must be, from 0 to 1."""
    from difflib import get_close_matches  # noqa: PLC0415  # only where something is wrong

    return next(iter(get_close_matches(key, keys, n=1, cutoff=cutoff)), None)


def meant(key: str, keys: Collection[str]) -> str:
    """What is said of a key that there is not."""
    found = near(key, keys)
    return f"did you mean {found}?" if found else f"the keys are {', '.join(keys)}"


def _called(kind: type) -> str:
    return {str: "text", int: "whole number", float: "number", bool: "truth value: true or false"}[kind]
