"""Settings: by default, from the file, from the environment; what is none of them is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.errors import WrongConfiguration
from sync.fetched import FetchLimits
from sync.settings.model import CHANNEL, SETTINGS, Settings
from sync.settings.read import default_config, default_database, read

# Every setting: its default, a value in the file, a text in the environment and what that means.
EXAMPLES: dict[str, tuple[Any, str, Any, str, Any]] = {
    "database": (None, '"a.db"', "a.db", "b.db", "b.db"),
    "close_codes": (True, "false", False, "no", False),
    "source": (None, '"a.xml"', "a.xml", "b.xml", "b.xml"),
    "documented": ((), '["a.md", "my page.md"]', ("a.md", "my page.md"), "mdn 'b b.md'", ("mdn", "b b.md")),
    "in_use": ((), '["codes.csv"]', ("codes.csv",), "a.csv b.csv", ("a.csv", "b.csv")),
    "connect_timeout": (10.0, "2", 2.0, "2.5", 2.5),
    "read_timeout": (30.0, "3.5", 3.5, "4", 4.0),
    "deadline": (120.0, "60", 60.0, "1e3", 1000.0),
    "max_bytes": (8388608, "1_000", 1000, "2000", 2000),
    "retries": (3, "0", 0, "5", 5),
    "older_copies_days": (30, "0", 0, "7", 7),
    "failures": (3, "1", 1, "10", 10),
    "dead_after_days": (30, "7", 7, "1", 1),
    "ping": (None, '"https://a"', "https://a", "https://b", "https://b"),
    "ping_file": (None, '"a"', "a", "b", "b"),
    "atom": (None, '"a.xml"', "a.xml", "b.xml", "b.xml"),
    "html": (None, '"a.html"', "a.html", "b.html", "b.html"),
    "log_format": ("text", '"json"', "json", "json", "json"),
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(config: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings, where all is well; the first problem is raised."""
    settings, problems = read(config, environment)
    if problems:
        raise problems[0]
    return settings


def refused(config: Path, text: str, **environment: str) -> str:
    config.write_text(text, "utf-8")
    with pytest.raises(WrongConfiguration) as caught:
        load(config, environment)
    said = str(caught.value)
    assert "\n" not in said
    return said.replace(str(config), "FILE")


def test_every_setting_is_tried_here() -> None:
    assert list(EXAMPLES) == list(SETTINGS)


@pytest.mark.parametrize("key", EXAMPLES)
def test_the_environment_wins_over_the_file_and_that_over_the_default(key: str, config: Path) -> None:
    default, in_file, means, in_environment, wins = EXAMPLES[key]
    variable = f"IANAWATCH_{key.upper()}"
    config.write_text(f"{key} = {in_file}\n", "utf-8")

    assert getattr(Settings(), key) == default
    from_file = load(config, {})
    assert (getattr(from_file, key), dict(from_file.origins)) == (means, {key: str(config)})
    from_both = load(config, {variable: in_environment})
    assert (getattr(from_both, key), dict(from_both.origins)) == (wins, {key: variable})
    assert type(getattr(from_both, key)) is type(getattr(from_file, key))


def test_an_empty_variable_counts_as_none(config: Path) -> None:
    config.write_text("retries = 1\n", "utf-8")
    assert load(config, {"IANAWATCH_RETRIES": "", "IANAWATCH_LOG_FORMAT": ""}) == Settings(retries=1)


def test_what_is_typed_wins(config: Path) -> None:
    config.write_text('database = "a.db"\nsource = "a.xml"\n', "utf-8")
    typed = load(config, {"IANAWATCH_SOURCE": "b.xml"}).typed(database="c.db", source=None, documented=())
    assert typed == Settings(database="c.db", source="b.xml")
    assert typed.origins == {"database": "the command line", "source": "IANAWATCH_SOURCE"}


def test_the_limits_of_a_fetch_are_settings() -> None:
    assert Settings().limits == FetchLimits()
    few = Settings(connect_timeout=1, read_timeout=2, deadline=3, max_bytes=4, retries=5)
    assert few.limits == FetchLimits(1, 2, 3, 4, 5)
    assert Settings(older_copies_days=7).older_copies == timedelta(days=7)


@pytest.mark.parametrize("rules", [SETTINGS, CHANNEL])
def test_every_setting_says_what_it_means(rules: dict[str, Any]) -> None:
    assert [key for key, rule in rules.items() if not rule.says] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("retrys = 1", "FILE: there is no setting retrys; did you mean retries?"),
        (
            "colour = 1",
            f"FILE: there is no setting colour; the keys are {', '.join([*SETTINGS, 'channels', 'watch'])}",
        ),
        ("[retry]\ntimes = 1", "FILE: there is no setting retry; did you mean retries?"),
        ("retries = ", "FILE: the configuration is not TOML: Invalid value (at end of document)"),
        ("retries = 1.5", "FILE: retries is a whole number, not 1.5"),
        ("retries = true", "FILE: retries is a whole number, not True"),
        ('retries = "1"', "FILE: retries is a whole number, not '1'"),
        ("retries = 101", "FILE: retries is a number from 0 to 100, not 101"),
        ("deadline = 0", "FILE: deadline is a number from 0.01 to 86400, not 0"),
        ("deadline = nan", "FILE: deadline is a number from 0.01 to 86400, not nan"),
        ("deadline = inf", "FILE: deadline is a number from 0.01 to 86400, not inf"),
        (f"deadline = {10**400}", f"FILE: deadline is a number from 0.01 to 86400, not {10**400}"),
        ("read_timeout = false", "FILE: read_timeout is a number, not False"),
        ("failures = 0", "FILE: failures is a number from 1 to 1000000, not 0"),
        ("older_copies_days = -1", "FILE: older_copies_days is a number from 0 to 36500, not -1"),
        ("database = 1", "FILE: database is a text, not 1"),
        ("close_codes = 0", "FILE: close_codes is a truth value: true or false, not 0"),
        ('documented = "mdn"', "FILE: documented is a list of texts, not 'mdn'"),
        ("documented = [1]", "FILE: documented is a list of texts, not [1]"),
        ('log_format = "xml"', "FILE: log_format is text or json, not 'xml'"),
    ],
)
def test_what_the_file_must_not_say(text: str, said: str, config: Path) -> None:
    assert refused(config, text) == said


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("RETRIES", "many", "IANAWATCH_RETRIES: 'many' is no whole number"),
        ("RETRIES", "1.5", "IANAWATCH_RETRIES: '1.5' is no whole number"),
        ("RETRIES", "-1", "IANAWATCH_RETRIES: retries is a number from 0 to 100, not -1"),
        ("DEADLINE", "soon", "IANAWATCH_DEADLINE: 'soon' is no number"),
        (
            "CLOSE_CODES",
            "off",
            "IANAWATCH_CLOSE_CODES: close_codes is a truth value: true or false, not 'off'",
        ),
        ("DEADLINE", "nan", "IANAWATCH_DEADLINE: deadline is a number from 0.01 to 86400, not nan"),
        ("LOG_FORMAT", "xml", "IANAWATCH_LOG_FORMAT: log_format is text or json, not 'xml'"),
        (
            "DOCUMENTED",
            "it's",
            'IANAWATCH_DOCUMENTED: "it\'s" is not quoted as in a shell: No closing quotation',
        ),
        ("DATABSE", "a.db", "IANAWATCH_DATABSE: there is no such setting; did you mean IANAWATCH_DATABASE?"),
    ],
)
def test_what_a_variable_must_not_say(variable: str, text: str, said: str, config: Path) -> None:
    assert refused(config, "", **{f"IANAWATCH_{variable}": text}) == said


def test_a_variable_that_is_none_of_ours_is_left_alone(config: Path) -> None:
    config.write_text("", "utf-8")
    assert load(config, {"IANAWATCH_MATRIX_SAMPLE": "1", "RETRIES": "x", "HOME": "/"}) == Settings()


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(
        WrongConfiguration, match=r"absent.toml: the configuration can't be read: No such file"
    ):
        load(tmp_path / "absent.toml", {})
    with pytest.raises(WrongConfiguration, match="the configuration can't be read: Is a directory"):
        load(tmp_path, {})


def test_a_file_that_is_no_text_is_refused(config: Path) -> None:
    config.write_bytes(b"source = '\xff'\n")
    with pytest.raises(WrongConfiguration, match=r"the configuration is not TOML: .*utf-8"):
        load(config, {})


@pytest.mark.parametrize("key", [key for key, rule in SETTINGS.items() if rule.between])
def test_the_bounds_of_a_number_are_allowed(key: str, config: Path) -> None:
    for bound in SETTINGS[key].between or ():
        config.write_text(f"{key} = {bound}\n", "utf-8")
        assert getattr(load(config, {}), key) == bound


def test_the_users_own_file_and_database_are_where_the_system_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_config() == tmp_path / "config" / "ianawatch" / "config.toml"
    assert default_database() == tmp_path / "data" / "ianawatch" / "ianawatch.db"
    assert load(None, {}) == Settings()
    default_config().parent.mkdir(parents=True)
    default_config().write_text("retries = 9\n", "utf-8")
    assert load(None, {}) == Settings(retries=9)
