"""Settings become channels: secrets are read from where they are, and what can't be used is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sync.audience import Audience
from sync.deliver.channels import STDERR, STDOUT, Channel, serving
from sync.deliver.opening import open_channels, secret
from sync.errors import WrongConfiguration
from sync.settings.model import ChannelSettings
from sync.settings.read import read


def opened(**keys: object) -> Channel:
    (channel,) = open_channels({"mail": ChannelSettings("mail", **keys)}, {})  # type: ignore[arg-type]
    return channel


def test_a_channel_of_each_kind(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("0123456789abcdef0123456789abcdef\n", "utf-8")
    for keys in (
        {"url": "mailto://user:pass@localhost"},
        {"exec": ("true",)},
        {"webhook": "https://example.org/"},
        {"webhook": "https://example.org/", "key_file": str(key)},
    ):
        channel = opened(**keys, audience=("readers",), deadline=7.0)
        assert (channel.name, channel.audiences, channel.deadline) == ("mail", {Audience.READERS}, 7.0)


@pytest.mark.parametrize(
    "keys",
    [
        {"url": "nosuchscheme://SECRET@host"},
        {"url": "json://user:SECRET@host/?optional=yes"},
        {"webhook": "ftp://SECRET@host"},
    ],
)
def test_what_cannot_be_used_is_refused_without_its_secret(keys: dict[str, str]) -> None:
    with pytest.raises(WrongConfiguration, match=r"channels\.mail") as caught:
        opened(**keys)
    assert "SECRET" not in str(caught.value)


def test_every_channel_that_is_documented_can_be_opened(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[1] / "docs" / "channels.md"
    found = []
    for text in re.findall(r"^```toml.*?\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        config = tmp_path / "config.toml"
        # What is in a file of one's own is not there.
        config.write_text(
            re.sub(r"^(url|key)_file = .*$", r'\1 = "json://localhost"', text, flags=re.MULTILINE)
        )
        settings, problems = read(config, {})
        assert problems == []
        found += [channel.name for channel in open_channels(settings.channels, {})]
    assert {"mail", "team", "room", "phone", "log", "bot", "pager"} <= set(found)


def test_a_secret_that_is_given_wins_over_its_file() -> None:
    assert secret("a", "/no/such/file", "x") == "a"
    assert secret(None, None, "x") is None


def test_a_secret_in_a_file_is_its_one_line(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("  mailto://a \n", "utf-8")
    assert secret(None, str(file), "x") == "mailto://a"
    assert secret(None, "$CREDENTIALS_DIRECTORY/url", "x", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == (
        "mailto://a"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds nothing"),
        (b" \n", "holds nothing"),
        (b"a\nb\n", "holds more than one line"),
        (b"\xff", "is no text in UTF-8"),
    ],
)
def test_a_file_that_holds_no_secret(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_bytes(content)
    with pytest.raises(WrongConfiguration, match=rf"^x: {file} {said}; write one line into it$"):
        secret(None, str(file), "x")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WrongConfiguration, match="can't be read: No such file or directory"):
        secret(None, str(tmp_path / "absent"), "x")
    with pytest.raises(WrongConfiguration, match=r"\$CREDENTIALS_DIRECTORY/url can't be read"):
        secret(None, "$CREDENTIALS_DIRECTORY/url", "x", {})


def test_an_audience_that_no_channel_serves_has_its_stream() -> None:
    readers, operators, both = {Audience.READERS}, {Audience.OPERATORS}, set(Audience)
    assert serving([]) == {STDOUT: readers, STDERR: operators}
    assert serving([opened(exec=("true",), audience=("readers",))]) == {"mail": readers, STDERR: operators}
    assert serving([opened(exec=("true",), audience=("operators",))]) == {"mail": operators, STDOUT: readers}
    assert serving([opened(exec=("true",))]) == {"mail": both}
