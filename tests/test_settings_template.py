"""The configuration file that `config init` writes: all there, commented out, and right when it is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from sync.settings.channels import KINDS
from sync.settings.model import CHANNEL, SETTINGS, WATCH, Rule
from sync.settings.read import read
from sync.settings.template import template


def uncommented() -> str:
    """The file of somebody who takes away the comment sign of every line that sets something."""
    return re.sub(r"^#(?=\S)", "", template(), flags=re.MULTILINE)


def test_as_it_is_written_it_sets_nothing() -> None:
    assert tomllib.loads(template()) == {}
    assert template().endswith("\n")


def test_it_has_every_setting() -> None:
    found = tomllib.loads(uncommented())
    assert [key for key in found if key not in {"channels", "watch"}] == list(SETTINGS)
    for key, rule in SETTINGS.items():
        assert rule.says.split()[0] in template()
        if rule.default not in {None, ()}:
            assert found[key] == rule.default


def test_it_has_a_channel_of_each_kind_and_explains_every_key() -> None:
    channels = tomllib.loads(uncommented())["channels"].values()
    ways = [key.removesuffix("_file") for channel in channels for key in channel]
    assert sorted(set(ways) & set(KINDS)) == sorted(KINDS)
    for key, rule in CHANNEL.items():
        assert re.search(rf"^#   {key} +{re.escape(rule.says)}", template(), re.MULTILINE)


def test_it_has_a_watch_with_every_key_and_explains_each() -> None:
    (watch,) = tomllib.loads(uncommented())["watch"]
    assert list(watch) == list(WATCH)
    for key, rule in WATCH.items():
        assert re.search(rf"^#   {key} +{re.escape(rule.says[:40])}", template(), re.MULTILINE)


def test_every_line_that_sets_something_is_right(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(uncommented(), "utf-8")
    settings, problems = read(config, {})
    assert [str(problem) for problem in problems] == [f"{config}: ping and ping_file exclude each other"]
    assert list(settings.channels) == ["mail", "script", "hook"]
    assert [watch.name for watch in settings.watches] == ["http-status-codes"]


@pytest.mark.parametrize("rules", [SETTINGS, CHANNEL, WATCH])
def test_where_the_default_says_nothing_there_is_an_example(rules: dict[str, Rule]) -> None:
    for key, rule in rules.items():
        assert rule.default or rule.example, key


def test_it_fits_an_editor() -> None:
    assert max(map(len, template().splitlines())) <= 100
