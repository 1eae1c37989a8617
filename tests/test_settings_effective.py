"""What is in force, as a person may see it: every setting, where it came from, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.settings.effective import SettingRow, effective
from sync.settings.model import SETTINGS, Settings
from sync.settings.read import read

DATABASE = "/home/me/ianawatch.db"


def rows(tmp_path: Path, text: str, **environment: str) -> dict[str, SettingRow]:
    config = tmp_path / "config.toml"
    config.write_text(text, "utf-8")
    settings, problems = read(config, environment)
    assert problems == []
    return {row.key: row for row in effective(settings, DATABASE)}


def test_by_default_every_setting_is_there_and_the_database_is_where_it_is() -> None:
    found = list(effective(Settings(), DATABASE))
    assert [row.key for row in found] == list(SETTINGS)
    assert {row.origin for row in found} == {"default"}
    assert found[0].value == DATABASE


def test_each_says_where_it_came_from(tmp_path: Path) -> None:
    found = rows(tmp_path, "retries = 1\nfailures = 2\n", IANAWATCH_FAILURES="5")
    config = str(tmp_path / "config.toml")
    assert found["retries"] == SettingRow("retries", 1, config)
    assert found["failures"] == SettingRow("failures", 5, "IANAWATCH_FAILURES")
    assert found["deadline"] == SettingRow("deadline", 120.0, "default")


def test_what_was_typed_says_so() -> None:
    typed = Settings().typed(database="mine.db")
    assert next(effective(typed, DATABASE)) == SettingRow("database", "mine.db", "the command line")


SECRETS = """
database = "postgresql://me:secret@db.example/codes?sslpassword=secret"
source = "https://me:secret@example.org/a.xml?token=secret"
documented = ["mdn", "https://example.org/page?key=secret"]
ping = "https://hc-ping.example/secret"

[channels.mail]
url = "mailtos://me:secret@example.org"

[channels.hook]
webhook = "https://example.org/secret"
key = "secret"

[channels.script]
exec = ["curl", "https://me:secret@example.org/"]
"""


def test_no_secret_is_shown(tmp_path: Path) -> None:
    found = rows(tmp_path, SECRETS)
    assert [row for row in found.values() if "secret" in str(row.value)] == []
    assert found["channels.mail.url"].value == "***"
    assert found["ping"].value == "***"
    assert found["database"].value == "postgresql://***@db.example/codes?***"
    assert found["documented"].value == ("mdn", "https://example.org/page?***")


@pytest.mark.parametrize("key", ["audience", "deadline"])
def test_of_a_channel_what_it_was_not_told_is_the_default(key: str, tmp_path: Path) -> None:
    found = rows(tmp_path, '[channels.mail]\nurl_file = "/etc/mail"\n')
    assert found["channels.mail.url_file"].value == "/etc/mail"
    assert found[f"channels.mail.{key}"].origin == "default"
    assert "channels.mail.webhook" not in found


def test_of_a_watch_it_says_what_its_table_does(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        """
        [[watch]]
        name = "status"
        document = "https://me:secret@example.org/a.xml?key=secret"
        registry = "a-1"
        documented = ["https://example.org/page?key=secret"]
        """,
    )
    config = str(tmp_path / "config.toml")
    assert [row for row in found.values() if row.key.startswith("watch.")] == [
        SettingRow("watch.status.name", "status", config),
        SettingRow("watch.status.document", "https://***@example.org/a.xml?***", config),
        SettingRow("watch.status.registry", "a-1", config),
        SettingRow("watch.status.documented", ("https://example.org/page?***",), config),
    ]


def test_the_shipped_watch_is_on_unless_it_is_switched_off(tmp_path: Path) -> None:
    assert rows(tmp_path, "")["close_codes"] == SettingRow("close_codes", value=True, origin="default")
    config = str(tmp_path / "config.toml")
    assert rows(tmp_path, "close_codes = false")["close_codes"] == SettingRow(
        "close_codes", value=False, origin=config
    )
