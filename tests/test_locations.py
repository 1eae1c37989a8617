"""What a person names as the database is the file or the server they mean, whatever characters are in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from db.locations import location, named, shown
from sync.errors import WrongConfiguration


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ("codes.db", "codes.db"),
        ("./a folder/codes.db", "a folder/codes.db"),
        ("/var/lib/codes.db", "/var/lib/codes.db"),
        ("what?.db", "what?.db"),
        ("100%.db", "100%.db"),
        ("a%20b#c.db", "a%20b#c.db"),
        ("file:codes.db", "file:codes.db"),
        (":memory:", ":memory:"),
        ("sqlite:///codes.db", "codes.db"),
        ("sqlite:////var/lib/codes.db", "/var/lib/codes.db"),
        ("sqlite:///a folder/codes #1 @home.db", "a folder/codes #1 @home.db"),
        ("sqlite:///what%3F 100%25.db", "what? 100%.db"),
        ("sqlite+pysqlite:///codes.db", "codes.db"),
    ],
)
def test_a_file_is_named_by_its_path_or_a_url(where: str, path: str) -> None:
    assert location(where) == Path(path)


@pytest.mark.parametrize("where", ["~/codes.db", "sqlite:///~/codes.db"])
def test_a_tilde_is_home(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert location(where) == tmp_path / "codes.db"


def test_a_server_is_named_by_its_url() -> None:
    named = location("postgresql://ann:secret@db.example:5433/codes?sslmode=require&password=secret")
    assert isinstance(named, URL)
    assert (named.host, named.password) == ("db.example", "secret")
    assert shown(named) == "postgresql://ann:***@db.example:5433/codes"


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite://codes.db", "three slashes"),
        ("sqlite:///what?.db", "nothing else"),
        ("sqlite:///codes.db?mode=ro", "nothing else"),
        ("postgresql://ann:secret@db.example:port/codes", "can't be read"),
        ("://codes", "can't be read"),
        ("~nobody-of-this-name/codes.db", "no such home"),
    ],
)
def test_what_names_neither_is_a_wrong_setting(where: str, says: str) -> None:
    with pytest.raises(WrongConfiguration, match=says) as caught:
        location(where)
    assert "--database" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("a folder/codes.db", "a folder/codes.db"),
        ("sqlite:////var/lib/codes.db", "/var/lib/codes.db"),
        ("postgresql://ann:secret@db.example/codes?password=secret", "postgresql://ann:***@db.example/codes"),
    ],
)
def test_what_was_named_is_told_without_its_secrets(where: str, told: str) -> None:
    assert named(where) == told
