"""`ianawatch config`: a file is written, settings are shown, problems are said."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from program import Program

from sync.errors import Exit
from sync.settings.model import SETTINGS
from sync.settings.template import template


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def config(program: Program) -> Path:
    """The user's own file, which is not there yet."""
    return program.folder / ".config" / "ianawatch" / "config.toml"


def written(config: Path, text: str) -> None:
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text, "utf-8")
    config.chmod(0o600)


# -- init ----------------------------------------------------------------------------------------------


def test_a_file_is_written_that_nobody_else_can_read(program: Program, config: Path) -> None:
    answer = program.here("config", "init")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out.startswith(f"{config}: every setting is in it, commented out")
    assert config.read_text("utf-8") == template()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.parent.stat().st_mode) == 0o700
    assert [path.name for path in config.parent.iterdir()] == ["config.toml"]
    assert program.here("config", "check").exit_code == Exit.DONE


def test_it_goes_where_one_says(program: Program, config: Path) -> None:
    path = program.folder / "mine" / "settings.toml"
    assert program.here("--config", str(path), "config", "init").exit_code == Exit.DONE
    assert path.read_text("utf-8") == template()
    assert not config.exists()


def test_it_can_be_printed(program: Program, config: Path) -> None:
    answer = program.here("config", "init", "--stdout")
    assert (answer.exit_code, answer.out, answer.err) == (Exit.DONE, template(), "")
    assert not config.exists()


def test_what_somebody_wrote_is_not_written_over(program: Program, config: Path) -> None:
    written(config, "retries = 1\n")
    answer = program.here("config", "init")
    assert (answer.exit_code, answer.out) == (Exit.USAGE, "")
    assert answer.err == f"ianawatch: {config}: there is a configuration already; --force writes over it\n"
    assert config.read_text("utf-8") == "retries = 1\n"
    assert program.here("config", "init", "--force").exit_code == Exit.DONE
    assert config.read_text("utf-8") == template()


def test_a_link_to_somewhere_else_stays_one(program: Program, config: Path) -> None:
    elsewhere = program.folder / "dotfiles.toml"
    elsewhere.touch()
    config.parent.mkdir(parents=True)
    config.symlink_to(elsewhere)
    assert program.here("config", "init", "--force").exit_code == Exit.DONE
    assert config.is_symlink()
    assert elsewhere.read_text("utf-8") == template()


def test_where_it_can_not_be_written_one_line_says_so(program: Program) -> None:
    (program.folder / "file").touch()
    answer = program.here("--config", str(program.folder / "file" / "config.toml"), "config", "init")
    assert (answer.exit_code, answer.out, len(answer.err.splitlines())) == (Exit.CANNOT_CREATE, "", 1)


# -- show ----------------------------------------------------------------------------------------------


def test_every_setting_is_shown_with_where_it_came_from(program: Program, config: Path) -> None:
    written(config, 'retries = 1\n\n[channels.mail]\nurl = "mailto://me:secret@example.org"\n')
    env = {"IANAWATCH_RETRIES": "", "IANAWATCH_FAILURES": "5"}
    answer = program.here("--log-format", "json", "config", "show", "--format", "json", env=env)
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    rows = {row["key"]: (row["value"], row["origin"]) for row in answer.json}
    assert list(rows)[: len(SETTINGS) + 1] == ["config", *SETTINGS]
    assert rows["config"] == (str(config), "default")
    assert rows["database"] == (str(program.database), "IANAWATCH_DATABASE")
    assert rows["retries"] == (1, str(config))
    assert rows["failures"] == (5, "IANAWATCH_FAILURES")
    assert rows["log_format"] == ("json", "the command line")
    assert rows["deadline"] == (120.0, "default")
    assert rows["documented"] == (["bundled"], "default")
    assert rows["channels.mail.url"] == ("***", str(config))
    assert "secret" not in answer.out


def test_a_person_sees_a_table(program: Program, config: Path) -> None:
    answer = program.here("config", "show", env={"IANAWATCH_DOCUMENTED": "mdn 'my page.md'"})
    assert re.search(r"^KEY +VALUE +FROM$", answer.out, re.MULTILINE)
    config_row = rf"^config +{re.escape(str(config))} +default, where there is none$"
    assert re.search(config_row, answer.out, re.MULTILINE)
    assert re.search(r"^documented +mdn, my page.md +IANAWATCH_DOCUMENTED$", answer.out, re.MULTILINE)


def test_what_can_be_used_is_shown_even_if_the_rest_can_not(program: Program, config: Path) -> None:
    written(config, "retrys = 1\nfailures = 7\n")
    answer = program.here("config", "show", "--format", "json")
    assert answer.exit_code == Exit.CONFIGURATION
    assert {row["key"]: row["value"] for row in answer.json}["failures"] == 7
    assert answer.err == f"ianawatch: {config}: there is no setting retrys; did you mean retries?\n"


# -- check ---------------------------------------------------------------------------------------------


def test_what_is_fine_is_one_line(program: Program, config: Path) -> None:
    answer = program.here("config", "check")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out == f"{config}: there is none, and what holds without it is fine\n"
    written(config, "retries = 1\n")
    answer = program.here("config", "check")
    assert (answer.exit_code, answer.out, answer.err) == (Exit.DONE, f"{config}: is fine\n", "")


def test_every_problem_is_one_line(program: Program, config: Path) -> None:
    written(config, 'retrys = 1\nfailures = 0\nsource = "absent.xml"\n[channels.mail]\nurll = "x"\n')
    answer = program.here("config", "check", env={"IANAWATCH_READ_TIMEOUTS": "1"})
    assert (answer.exit_code, answer.out) == (Exit.CONFIGURATION, "")
    assert answer.err.replace(str(config), "FILE").splitlines() == [
        "ianawatch: FILE: there is no setting retrys; did you mean retries?",
        "ianawatch: FILE: failures is a number from 1 to 1000000, not 0",
        "ianawatch: FILE: a channel has no urll (channels.mail); did you mean url?",
        "ianawatch: IANAWATCH_READ_TIMEOUTS: there is no such setting; did you mean IANAWATCH_READ_TIMEOUT?",
        f"ianawatch: FILE: source: absent.xml: there is no such file in {Path.cwd()}",
    ]


@pytest.mark.parametrize("text", ["retries = ", "\xff"])
def test_a_file_that_is_no_toml_is_a_problem_too(text: str, program: Program, config: Path) -> None:
    written(config, "")
    config.write_bytes(text.encode("latin-1"))
    answer = program.here("config", "check")
    assert (answer.exit_code, answer.out, len(answer.err.splitlines())) == (Exit.CONFIGURATION, "", 1)
    assert answer.err.startswith(f"ianawatch: {config}: the configuration is not TOML")
    assert program.here("list").err == answer.err


def test_a_file_that_was_named_must_be_there(program: Program) -> None:
    for command in ("check", "show"):
        answer = program.here("--config", "absent.toml", "config", command)
        assert answer.exit_code == Exit.CONFIGURATION
        assert answer.err.startswith("ianawatch: absent.toml: the configuration can't be read: No such file")


def test_a_doubt_is_no_problem(program: Program, config: Path) -> None:
    written(config, '[channels.c]\nexec = ["sh"]\n')
    answer = program.here("config", "check")
    assert (answer.exit_code, answer.out) == (Exit.DONE, f"{config}: is fine\n")
    assert answer.err.startswith(f"ianawatch: warning: {config}: channels.c.exec: sh: cron's PATH is short")


def test_problems_are_json_where_the_settings_say_so(program: Program, config: Path) -> None:
    written(config, 'log_format = "json"\nretrys = 1\n')
    for command in (["config", "check"], ["list"]):
        answer = program.here(*command)
        assert answer.exit_code == Exit.CONFIGURATION
        assert [json.loads(line)["level"] for line in answer.err.splitlines()] == ["error"]


def test_nothing_else_runs_while_something_is_wrong(program: Program, config: Path) -> None:
    written(config, "retrys = 1\n")
    for command in (["sync"], ["database", "path"], ["setup", "cron"]):
        answer = program.here(*command)
        assert (answer.exit_code, answer.out) == (Exit.CONFIGURATION, "")
    assert not program.database.exists()
