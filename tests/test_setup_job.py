"""How this very program is started by something else: from anywhere, with what this run uses."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sync.errors import UsageProblem
from sync.settings.model import Settings
from sync.settings.read import read
from sync.setup.job import Job, job, this_program, unknown_to_it


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, and the test in it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def script(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", "utf-8")
    path.chmod(0o755)
    return path


# -- the program ---------------------------------------------------------------------------------------


def test_a_script_is_named_by_its_whole_path(home: Path) -> None:
    path = script(home / "bin" / "ianawatch")
    assert this_program("bin/ianawatch", sys.executable) == (str(path),)


def test_a_link_stays_a_link(home: Path) -> None:
    path = script(home / "versions" / "1" / "ianawatch")
    link = home / "bin" / "ianawatch"
    link.parent.mkdir()
    link.symlink_to(path)
    assert this_program(str(link), sys.executable) == (str(link),)


def test_a_module_is_the_script_beside_its_python(home: Path) -> None:
    path = script(home / "venv" / "bin" / "ianawatch")
    assert this_program("sync/__main__.py", str(path.with_name("python"))) == (str(path),)


def test_a_module_without_a_script_is_run_by_its_python(home: Path) -> None:
    python = str(home / "python")
    assert this_program("sync/__main__.py", python) == (python, "-m", "sync")


# -- the database and the configuration ----------------------------------------------------------------


def test_by_default_the_job_finds_both_by_itself() -> None:
    assert job(Settings(), None, {}).options() == ()


def test_what_was_typed_is_named_by_its_whole_path(home: Path) -> None:
    found = job(Settings().typed(database="codes.db"), Path("my.toml"), {})
    assert found.options() == ("--config", str(home / "my.toml"), "--database", str(home / "codes.db"))
    in_home = job(Settings().typed(database="~/codes.db"), None, {})
    assert in_home.options() == ("--database", str(home / "codes.db"))


def test_a_variable_that_the_job_will_not_have_is_named(home: Path) -> None:
    settings, _ = read(None, {"IANAWATCH_DATABASE": "codes.db"})
    assert job(settings, None, {}).options() == ("--database", str(home / "codes.db"))


def test_what_the_file_says_the_job_reads_there(home: Path) -> None:
    config = home / "my.toml"
    config.write_text('database = "/srv/codes.db"\n', "utf-8")
    settings, _ = read(config, {})
    assert job(settings, config, {}).options() == ("--config", str(config))


def test_folders_that_this_shell_moved_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "conf")}
    for name, value in moved.items():
        monkeypatch.setenv(name, value)
    database = str(home / "data" / "ianawatch" / "ianawatch.db")
    assert job(Settings(), None, moved).options() == ("--database", database)
    config = home / "conf" / "ianawatch" / "config.toml"
    config.parent.mkdir(parents=True)
    config.touch()
    assert job(Settings(), None, moved).options() == ("--config", str(config), "--database", database)


def test_a_server_is_named_by_its_url() -> None:
    url = "postgresql://me@db.example/codes"
    assert job(Settings().typed(database=url), None, {}) == Job(this_program(), url)


def test_a_password_is_not_put_where_everybody_can_read_it() -> None:
    typed = Settings().typed(database="postgresql://me:secret@db.example/codes")
    with pytest.raises(UsageProblem, match="the password in the list of processes; write") as caught:
        job(typed, None, {})
    assert "secret" not in str(caught.value)


def test_a_path_that_would_break_the_line_is_refused() -> None:
    with pytest.raises(UsageProblem, match=r"a\\nb.db': a path with such a character"):
        job(Settings().typed(database="a\nb.db"), None, {})


# -- what it does not know -----------------------------------------------------------------------------


def test_variables_that_the_job_will_not_have_are_named() -> None:
    environment = {
        "IANAWATCH_DOCUMENTED": "mdn",
        "IANAWATCH_DATABASE": "codes.db",
        "IANAWATCH_RETRIES": "",
        "https_proxy": "http://127.0.0.1:9",
        "REQUESTS_CA_BUNDLE": "/etc/ca.pem",
        "NO_PROXY": "",
        "EDITOR": "vi",
    }
    settings, problems = read(None, environment)
    assert problems == []
    assert unknown_to_it(settings, environment) == (
        ["IANAWATCH_DOCUMENTED"],
        ["REQUESTS_CA_BUNDLE", "https_proxy"],
    )
    assert unknown_to_it(Settings().typed(source="a.xml"), {}) == ([], [])
