"""Settings against this machine: every file, folder and command they name, without the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.settings.model import Settings
from sync.settings.read import read
from sync.setup.inspection import inspect
from sync.watches import CLOSE_CODES


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def findings(config: Path, text: str, **environment: str) -> list[str]:
    """What is found, the file called FILE and its folder HERE; what is no error begins with `warning: `."""
    if not config.exists():
        config.touch(0o600)
    config.write_text(text.replace("HERE", str(config.parent)), "utf-8")
    settings, problems = read(config, environment)
    assert problems == []
    return [
        ("" if finding.serious else "warning: ")
        + finding.text.replace(str(config), "FILE").replace(str(config.parent), "HERE")
        for finding in inspect(settings, CLOSE_CODES, environment)
    ]


def test_the_defaults_are_fine() -> None:
    assert list(inspect(Settings(), CLOSE_CODES, {})) == []


def test_what_is_all_right_is_not_mentioned(config: Path) -> None:
    page = config.with_name("page.md")
    page.write_text("| 1000 |", "utf-8")
    secret = config.with_name("secret")
    secret.touch(0o600)
    secret.write_text("mailto://localhost?to=me@localhost\n", "utf-8")
    said = findings(
        config,
        """
        database = "HERE/codes.db"
        source = "https://example.org/codes.xml"
        documented = ["bundled", "mdn", "mdn:ja", "HERE/page.md", "https://example.org/page.md"]
        in_use = ["HERE/page.md"]
        ping = "https://example.org/ping"
        atom = "HERE/codes.atom"

        [channels.mail]
        url_file = "HERE/secret"

        [channels.script]
        exec = ["/bin/sh", "-c", "cat"]

        [channels.hook]
        webhook = "http://127.0.0.1:9/hook"
        """,
    )
    assert said == []


ADVICE = "; check the path, and the rights on it"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('source = "HERE/absent.xml"', "FILE: source: HERE/absent.xml: there is no such file"),
        ('source = "HERE"', "FILE: source: HERE is no file"),
        ('source = "ftp://example.org/a"', "FILE: source: ftp://example.org/a is no http or https URL"),
        ('documented = ["HERE/a.md"]', "FILE: documented: HERE/a.md: there is no such file"),
        ('in_use = ["HERE/a.csv"]', "FILE: in_use: HERE/a.csv: there is no such file"),
        ('ping = "example.org"', "FILE: ping: that is no http or https URL"),
        (
            'ping_file = "HERE/ping"',
            f"FILE: ping_file: HERE/ping can't be read: No such file or directory{ADVICE}",
        ),
        ('atom = "HERE/www/a.atom"', "FILE: atom: HERE/www/a.atom: there is no folder HERE/www; make it"),
        ('html = "HERE/www/a.html"', "FILE: html: HERE/www/a.html: there is no folder HERE/www; make it"),
        (
            '[channels.c]\nexec = ["HERE/absent", "x"]',
            "FILE: channels.c.exec: HERE/absent: there is no such command to execute",
        ),
        (
            '[channels.c]\nurl_file = "HERE/mail"',
            f"FILE: channels.c: HERE/mail can't be read: No such file or directory{ADVICE}",
        ),
        (
            '[channels.c]\nurl_file = "$CREDENTIALS_DIRECTORY/mail"',
            "warning: FILE: channels.c.url_file: $CREDENTIALS_DIRECTORY/mail is only there in a service",
        ),
        (
            '[channels.c]\nexec = ["sh"]',
            "warning: FILE: channels.c.exec: sh: cron's PATH is short; give the whole path",
        ),
    ],
)
def test_what_can_not_work_is_one_line(text: str, said: str, config: Path) -> None:
    assert findings(config, text) == [said]


def test_a_short_name_that_there_is_not(config: Path) -> None:
    (said,) = findings(config, 'documented = ["mdn:xx"]')
    assert said.startswith("FILE: documented: mdn:xx: there is no such page; there is mdn, mdn:de")


@pytest.mark.parametrize(
    "text",
    [
        'database = "postgresql://me:secret@db:port/codes"',
        '[channels.c]\nurl = "nosuchthing://me:secret@example.org"',
        '[channels.c]\nurl = "mailto://me:secret@localhost?optional=yes"',
        '[channels.c]\nwebhook = "secret.example.org/hook"',
    ],
)
def test_what_can_not_be_used_is_said_without_its_secret(text: str, config: Path) -> None:
    (said,) = findings(config, text)
    assert said.startswith("FILE: ")
    assert "secret" not in said


def test_the_variable_is_named_that_a_setting_came_from(config: Path) -> None:
    absent = str(config.with_name("a.md"))
    (said,) = findings(config, "", IANAWATCH_DOCUMENTED=absent)
    assert said == "IANAWATCH_DOCUMENTED: documented: HERE/a.md: there is no such file"


def test_a_credential_is_looked_at_where_there_is_one(config: Path) -> None:
    text = '[channels.c]\nurl_file = "$CREDENTIALS_DIRECTORY/mail"'
    (said,) = findings(config, text, CREDENTIALS_DIRECTORY=str(config.parent))
    assert said == f"FILE: channels.c: HERE/mail can't be read: No such file or directory{ADVICE}"


def test_a_relative_path_depends_on_where_a_run_starts(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(config.parent)
    config.with_name("page.md").write_text("| 1000 |", "utf-8")
    (said,) = findings(config, 'documented = ["page.md"]')
    assert said.startswith("warning: FILE: documented: page.md is looked for in the folder that a run starts")
    assert said.endswith("give the whole path")
    assert findings(config, 'documented = ["a.md"]') == [
        "FILE: documented: a.md: there is no such file in HERE"
    ]


def test_a_secret_that_everybody_may_read(config: Path) -> None:
    secret = config.with_name("mail")
    secret.write_text("mailto://localhost?to=me@localhost\n", "utf-8")
    secret.chmod(0o644)
    text = '[channels.c]\nurl_file = "HERE/mail"'
    assert findings(config, text) == [
        "warning: FILE: channels.c.url_file: everybody on this machine may read HERE/mail; chmod 600 it"
    ]
    secret.chmod(0o600)
    assert findings(config, text) == []
    config.chmod(0o644)
    assert findings(config, 'ping = "https://example.org/secret"') == [
        "warning: FILE: it holds secrets, and everybody on this machine may read it; chmod 600 it"
    ]
    assert findings(config, "retries = 1") == []
