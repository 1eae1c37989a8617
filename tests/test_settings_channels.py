"""The tables `[channels.NAME]`, in the file and in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sync.errors import WrongConfiguration
from sync.settings.model import ChannelSettings, Settings
from sync.settings.read import read

ONE_OF = "it takes one of url, url_file, exec, webhook, webhook_file"
AUDIENCES = "a list of readers and operators, or of one of them"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(config: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings, where all is well; the first problem is raised."""
    settings, problems = read(config, environment)
    if problems:
        raise problems[0]
    return settings


def problems(config: Path, text: str, **environment: str) -> list[str]:
    """What is wrong, all of it, the file called FILE."""
    config.write_text(text, "utf-8")
    return [str(problem).replace(str(config), "FILE") for problem in read(config, environment)[1]]


def test_a_channel_of_each_kind(config: Path) -> None:
    config.write_text(
        """
        [channels.mail]
        url_file = "/run/credentials/mail"
        audience = ["readers"]

        [channels.script]
        exec = ["notify-send", "a b"]
        deadline = 5

        [channels.hook]
        webhook = "https://example.org/hook"
        key_file = "/etc/key"
        """,
        "utf-8",
    )
    settings = load(config, {})
    assert settings.channels == {
        "mail": ChannelSettings("mail", url_file="/run/credentials/mail", audience=("readers",)),
        "script": ChannelSettings("script", exec=("notify-send", "a b"), deadline=5.0),
        "hook": ChannelSettings("hook", webhook="https://example.org/hook", key_file="/etc/key"),
    }
    assert settings.channels["hook"].audience == ("readers", "operators")
    assert settings.origins["channels.mail.audience"] == str(config)


def test_a_channel_of_the_environment_alone(config: Path) -> None:
    config.write_text("", "utf-8")
    settings = load(
        config,
        {
            "IANAWATCH_CHANNELS__MAIL__URL": "mailto://localhost",
            "IANAWATCH_CHANNELS__SCRIPT__EXEC": "say 'a b'",
            "IANAWATCH_CHANNELS__SCRIPT__DEADLINE": "7",
        },
    )
    assert settings.channels == {
        "mail": ChannelSettings("mail", url="mailto://localhost"),
        "script": ChannelSettings("script", exec=("say", "a b"), deadline=7.0),
    }
    assert settings.origins["channels.mail.url"] == "IANAWATCH_CHANNELS__MAIL__URL"


def test_the_environment_wins_over_the_files_way(config: Path) -> None:
    """A variable for `url` stands in the place of the file's `url_file`, and so on."""
    config.write_text('[channels.a]\nwebhook_file = "w"\nkey_file = "k"\ndeadline = 9\n', "utf-8")
    settings = load(
        config, {"IANAWATCH_CHANNELS__A__WEBHOOK": "https://b", "IANAWATCH_CHANNELS__A__KEY": "s"}
    )
    assert settings.channels == {"a": ChannelSettings("a", webhook="https://b", key="s", deadline=9.0)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channels = 1", "FILE: channels are tables, each under a name: [channels.mail]"),
        ("channels = { mail = 1 }", "FILE: channels are tables, each under a name: [channels.mail]"),
        ("[channels.mail]", "FILE: the channel mail is empty"),
        (
            '[channels.mail]\naudience = ["readers"]',
            f"FILE: the channel mail has nowhere to go; {ONE_OF}",
        ),
        (
            '[channels.mail]\nurl = "a"\nwebhook_file = "b"',
            f"FILE: the channel mail has url and webhook_file; {ONE_OF}",
        ),
        (
            '[channels.mail]\nurl = "a"\nkey = "k"',
            "FILE: the channel mail: a webhook takes one of key, key_file",
        ),
        ("[channels.mail]\nexec = []", "FILE: the channel mail: exec names no command"),
        (
            '[channels.stdout]\nurl = "a"',
            "FILE: a channel's name is made of a-z, 0-9, - and _, and is not stdout or stderr: 'stdout'",
        ),
        (
            '[channels.mail]\nurl_fiel = "a"\nurl = "b"',
            "FILE: a channel has no url_fiel (channels.mail); did you mean url_file?",
        ),
        (
            '[channels.mail]\nurl = "a"\naudience = ["everybody"]',
            f"FILE: channels.mail.audience is {AUDIENCES}, not ['everybody']",
        ),
        (
            '[channels.mail]\nurl = "a"\ndeadline = 0',
            "FILE: channels.mail.deadline is a number from 0.01 to 3600, not 0",
        ),
        ('ping = "a"\nping_file = "b"', "FILE: ping and ping_file exclude each other"),
    ],
)
def test_what_a_channel_must_not_say(text: str, said: str, config: Path) -> None:
    assert problems(config, text) == [said]
    with pytest.raises(WrongConfiguration):
        load(config, {})


def test_a_variable_of_a_channel_that_is_none(config: Path) -> None:
    said = problems(config, "", IANAWATCH_CHANNELS__MAIL__URI="a", IANAWATCH_CHANNELS="mailto://x")
    assert [line.partition(":")[0] for line in said] == [
        "IANAWATCH_CHANNELS__MAIL__URI",
        "IANAWATCH_CHANNELS",
    ]
    assert "IANAWATCH_CHANNELS__NAME__KEY" in said[0]


def test_every_problem_is_found_and_the_rest_is_read(config: Path) -> None:
    text = 'retrys = 1\nfailures = 0\nsource = "a.xml"\n[channels.a]\nurl = 1\n[channels.b]\nurl = "x"\n'
    config.write_text(text, "utf-8")
    settings, found = read(config, {"IANAWATCH_DEADLINE": "soon"})
    assert len(found) == 4
    assert settings == Settings(source="a.xml", channels={"b": ChannelSettings("b", url="x")})


def test_no_secret_is_in_a_problem_or_in_what_python_shows(config: Path) -> None:
    said = problems(
        config,
        'ping = 12345678\n[channels.a]\nurl = 12345678\n[channels.b]\nurl = "SECRET"\nwebhook = "SECRET"\n',
        IANAWATCH_CHANNELS__C__KEY="SECRET",
    )
    assert len(said) == 4
    assert [line for line in said if "SECRET" in line or "12345678" in line] == []
    assert "SECRET" not in repr(ChannelSettings("a", url="SECRET", webhook="SECRET", key="SECRET"))
    assert "SECRET" not in repr(Settings(ping="SECRET"))
