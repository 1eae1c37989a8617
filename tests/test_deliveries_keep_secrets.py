"""What opens a channel, a source or a database is in the configuration, and in no other byte.

Each command that could show it is run, well and badly, wherever the secrets come from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import row
from loopback import LoopbackServer, forget_surroundings
from post_office import Mailbox
from program import Program
from receivers import overhearing

from sync.errors import Exit

if TYPE_CHECKING:
    from synced import Answer

SECRETS = ("passw0rd", "t0ken-in-the-path", "s1gning-key-of-many-characters", "p1ng-id", "k3y-of-the-query")
NORMAL = row("1000", "Normal Closure")
COMMANDS = (
    ["alerts", "list"],
    ["alerts", "list", "--format", "json"],
    ["alerts", "retry"],
    ["alerts", "test"],
    ["status"],
    ["status", "--format", "json"],
    ["config", "show"],
    ["config", "show", "--format", "json"],
    ["config", "check"],
)
SYNCS: tuple[list[str], ...] = ([], ["--verbose"], ["--format", "json"], ["--quiet"], ["--dry-run"])


def channels(server: LoopbackServer, mailbox: Mailbox) -> str:
    """The settings, as a configuration file has them: a good and a bad channel of each kind with a URL."""
    hook = server.url("/t0ken-in-the-path?k=k3y-of-the-query")
    rest = hook.partition("://")[2]
    return f"""
ping = "{server.url("/p1ng-id")}"
[channels.chat]
url = "json://me:passw0rd@{rest}"
[channels.chat-down]
url = "json://me:passw0rd@127.0.0.1:9/t0ken-in-the-path"
[channels.mail]
url = "{mailbox.url("readers@example.org", password=SECRETS[0])}"
[channels.hook]
webhook = "{hook}"
key = "s1gning-key-of-many-characters"
[channels.hook-down]
webhook = "http://me:passw0rd@127.0.0.1:9/t0ken-in-the-path?k=k3y-of-the-query"
key = "s1gning-key-of-many-characters"
[channels.hook-refuses]
webhook = "{server.url("/refuses/t0ken-in-the-path?k=k3y-of-the-query")}"
"""


def in_the_file(program: Program, text: str) -> dict[str, str]:
    """The settings in a configuration file."""
    _config(program).write_text(text, "utf-8")
    return {}


def in_the_environment(_program: Program, text: str) -> dict[str, str]:
    """The settings in variables."""
    settings = tomllib.loads(text)
    found = {"IANAWATCH_PING": settings["ping"]}
    for name, channel in settings["channels"].items():
        found |= {f"IANAWATCH_CHANNELS__{name.upper()}__{key.upper()}": channel[key] for key in channel}
    return found


def in_files_of_their_own(program: Program, text: str) -> dict[str, str]:
    """Each secret in a file that the configuration names, where systemd puts it."""
    folder = program.folder / "credentials"
    folder.mkdir()
    settings = tomllib.loads(text)
    (folder / "ping").write_text(settings["ping"], "utf-8")
    lines = ['ping_file = "$CREDENTIALS_DIRECTORY/ping"']
    for name, channel in settings["channels"].items():
        lines.append(f"[channels.{name}]")
        for key, secret in channel.items():
            (folder / f"{name}-{key}").write_text(f"{secret}\n", "utf-8")
            lines.append(f'{key}_file = "$CREDENTIALS_DIRECTORY/{name}-{key}"')
    _config(program).write_text("\n".join(lines), "utf-8")
    return {"CREDENTIALS_DIRECTORY": str(folder)}


def _config(program: Program) -> Path:
    config = program.folder / ".config" / "ianawatch" / "config.toml"
    config.parent.mkdir(parents=True)
    return config


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    forget_surroundings(monkeypatch)
    with LoopbackServer() as server:
        for path in ("/t0ken-in-the-path?k=k3y-of-the-query", "/p1ng-id", "/p1ng-id/fail"):
            server.answer(path, status=200)
        server.answer("/refuses/t0ken-in-the-path?k=k3y-of-the-query", status=500)
        yield server


def found_in(*texts: str | bytes) -> set[str]:
    """The secrets that stand in the texts."""
    everything = b"\n".join(text if isinstance(text, bytes) else text.encode() for text in texts)
    return {secret for secret in SECRETS if secret.encode() in everything}


@pytest.mark.parametrize("put", [in_the_file, in_the_environment, in_files_of_their_own])
def test_no_secret_is_in_any_byte_of_output_log_letter_or_database(
    put: object, server: LoopbackServer, tmp_path: Path
) -> None:
    assert callable(put)
    program = Program(tmp_path)
    program.serve([NORMAL])
    program.sync()
    answers: list[Answer] = []
    with Mailbox() as mailbox, overhearing() as ear:
        env = put(program, channels(server, mailbox))
        for number, args in enumerate(SYNCS):
            at = f"2026-01-0{number + 2}T12:00:00Z"
            codes = [row(f"{3000 + code}", f"Code {code}") for code in range(number + 1)]
            program.serve([NORMAL, *codes], updated=at[:10])
            logged = {**env, "IANAWATCH_LOG_FORMAT": ("text", "json")[number % 2]}
            answers.append(program.sync(*args, at=at, env=logged))
        source = "http://me:passw0rd@127.0.0.1:9/codes.xml?k=k3y-of-the-query"
        for hour in range(4):
            at = f"2026-01-07T{hour + 12}:00:00Z"
            answers.append(program.here("sync", "--source", source, at=at, env=env))
            assert answers[-1].exit_code == Exit.PASSING_FAILURE
        answers += [program.here(*args, at="2026-01-07T17:00:00Z", env=env) for args in COMMANDS]
        answers.append(program.run("alerts", "test", env=env))
    output = [stream for answer in answers for stream in (answer.out, answer.err)]
    for name in ("chat-down", "mail", "hook-down", "hook-refuses"):
        assert f"{name}: not delivered: " in "".join(output), "it was tried, and told"
    letters = [seen.body for seen in server.requests]
    assert len(letters) > len(SYNCS)
    assert any(b"runs in a row have failed" in letter for letter in letters)
    assert found_in(*output, ear.text, *letters, *program.dump(), program.database.read_bytes()) == set()
    kept = {"config.toml"} | {file.name for file in (tmp_path / "credentials").glob("*")}
    for file in tmp_path.rglob("*"):
        assert file.name in kept or file.is_dir() or found_in(file.read_bytes()) == set(), file


@pytest.mark.parametrize(
    "args", [["sync"], ["status"], ["alerts", "list"], ["database", "path"], ["config", "show"]]
)
def test_the_password_of_a_database_server_is_not_shown(args: list[str], tmp_path: Path) -> None:
    env = {
        "IANAWATCH_DATABASE": "postgresql+psycopg://me:passw0rd@127.0.0.1:9/t0ken?password=k3y-of-the-query"
    }
    program = Program(tmp_path)
    program.serve([NORMAL])
    answers = [program.here(*args, env={**env, "IANAWATCH_LOG_FORMAT": text}) for text in ("text", "json")]
    assert found_in(*(stream for answer in answers for stream in (answer.out, answer.err))) == set()
