"""The tables `[[watch]]`, in the file and in the environment; what can't be used says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.intervals import MAX_VALUE
from sync.settings.model import WATCH, Settings, WatchSettings
from sync.settings.read import read

IANA = "https://www.iana.org/assignments/a/a.xml"
NEEDED = f'name = "ours"\ndocument = "{IANA}"\nregistry = "a-1"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(config: Path, text: str, **environment: str) -> Settings:
    config.write_text(text, "utf-8")
    settings, problems = read(config, environment)
    assert problems == []
    return settings


def problems(config: Path, text: str, **environment: str) -> list[str]:
    """What is wrong, all of it, the file called FILE."""
    config.write_text(text, "utf-8")
    return [str(problem).replace(str(config), "FILE") for problem in read(config, environment)[1]]


def table(**keys: str) -> str:
    """A table with what is needed, but for these keys."""
    given = {"name": '"ours"', "document": f'"{IANA}"', "registry": '"a-1"', **keys}
    return "[[watch]]\n" + "".join(f"{key} = {value}\n" for key, value in given.items() if value)


def test_by_default_there_is_none() -> None:
    assert Settings().watches == ()


def test_a_table_with_everything(config: Path) -> None:
    settings = load(
        config,
        table(
            range='"400-499"',
            bounds='"100-599"',
            documented='["a.md", "b.md"]',
            in_use='["c.csv"]',
            atom='"a.atom"',
            html='"a.html"',
        ),
    )
    assert settings.watches == (
        WatchSettings(
            "ours", IANA, "a-1", "400-499", "100-599", ("a.md", "b.md"), ("c.csv",), "a.atom", "a.html"
        ),
    )
    assert settings.origins == {f"watch.ours.{key}": str(config) for key in WATCH}


def test_several_keep_their_order(config: Path) -> None:
    names = ["z", "a", "0-9._x"]
    text = "".join(table(name=f'"{name}"') for name in names)
    assert [watch.name for watch in load(config, text).watches] == names


def test_a_file_may_be_the_document(config: Path) -> None:
    for document in ("/srv/a.xml", "~/a.xml"):
        assert load(config, table(document=f'"{document}"')).watches[0].document == document


def test_the_variable_stands_for_all_of_the_file(config: Path) -> None:
    one = f'{{name = "mine", document = "{IANA}", registry = "a-2"}}'
    settings = load(config, table(), IANAWATCH_WATCH=f"[{one}]")
    assert [watch.name for watch in settings.watches] == ["mine"]
    assert settings.origins["watch.mine.name"] == "IANAWATCH_WATCH"
    assert load(config, table(), IANAWATCH_WATCH="[]").watches == ()
    assert [watch.name for watch in load(config, table(), IANAWATCH_WATCH="").watches] == ["ours"]


@pytest.mark.parametrize("variable", ["ours", "name = 1", "[{name = }]"])
def test_a_variable_that_is_no_list_of_tables_is_refused(variable: str, config: Path) -> None:
    (said,) = problems(config, "", IANAWATCH_WATCH=variable)
    assert said.startswith("IANAWATCH_WATCH: it is no TOML list of tables, such as [{name = ")


@pytest.mark.parametrize("text", ["watch = 1", 'watch = "a"', "[watch]\nname = 'a'", "watch = [1]"])
def test_what_is_no_list_of_tables_is_refused(text: str, config: Path) -> None:
    assert problems(config, text) == ["FILE: watches are tables, each under [[watch]]"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[watch]]\n", "FILE: the watch number 1 needs name and document and registry"),
        (table(name=""), "FILE: the watch number 1 needs name"),
        (table(name='""'), "FILE: the watch number 1 needs name"),
        (table(document=""), "FILE: the watch ours needs document"),
        (table(registry=""), "FILE: the watch ours needs registry"),
        (table(name="1"), "FILE: watch.number 1.name is a text, not 1"),
        (table(rang='"1-2"'), "FILE: a watch has no rang (watch.ours); did you mean range?"),
        (table(x="1"), f"FILE: a watch has no x (watch.ours); the keys are {', '.join(WATCH)}"),
        (table(documented='"a.md"'), "FILE: watch.ours.documented is a list of texts, not 'a.md'"),
        (table(range="400"), "FILE: watch.ours.range is a text, not 400"),
        (
            table(name='"Ours"'),
            "FILE: the watch Ours: a watch's name is made of a-z, 0-9, ., - and _: 'Ours'",
        ),
        (table(name='".x"'), "FILE: the watch .x: a watch's name is made of a-z, 0-9, ., - and _: '.x'"),
        (
            table(name='"close-codes"'),
            (
                "FILE: the watch close-codes: close-codes ships with ianawatch and has no table; what it is "
                "compared with stands outside of tables: documented, in_use"
            ),
        ),
        (
            table(document='"ftp://example.org/a.xml"'),
            "FILE: the watch ours: its document is no http or https URL: ftp://example.org/a.xml",
        ),
        (
            table(document='"a.xml"'),
            "FILE: the watch ours: its document is a URL or the whole path of a file, not a.xml",
        ),
        (
            table(range='"a"'),
            (
                "FILE: the watch ours: range a: that is no range; a range is two codes with a hyphen between "
                f"them, such as 0-{MAX_VALUE}"
            ),
        ),
        (
            table(range='"9-1"'),
            "FILE: the watch ours: range 9-1: the range ends before it begins; 1-9 would do",
        ),
        (
            table(range='"0-9"', bounds='"1-9"'),
            "FILE: the watch ours: range 0-9: codes go from 1 to 9",
        ),
        (
            table(bounds='"0-9223372036854775808"'),
            f"FILE: the watch ours: bounds 0-9223372036854775808: codes go from 0 to {MAX_VALUE}",
        ),
        (table() + table(), "FILE: there are two watches ours; rename one"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(text: str, said: str, config: Path) -> None:
    assert problems(config, text) == [said]


def test_the_others_are_there_all_the_same(config: Path) -> None:
    config.write_text(table() + table(name='"b"', registry="") + table(name='"c"'), "utf-8")
    settings, found = read(config, {})
    assert [watch.name for watch in settings.watches] == ["ours", "c"]
    assert len(found) == 1


def test_two_thousand_tables_are_read(config: Path) -> None:
    settings = load(config, "".join(table(name=f'"w{number}"') for number in range(2000)))
    assert len(settings.watches) == 2000
