"""One watch more or less in a configuration file: what else a person wrote there stays, to the letter."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import WrongConfiguration
from sync.settings.edit import with_close_codes, with_watches, without_watch
from sync.settings.template import template

OURS = {"name": "ours", "document": "/srv/a.xml", "registry": "a-1"}
TABLE = '[[watch]]\nname = "ours"\ndocument = "/srv/a.xml"\nregistry = "a-1"\n'
WRITTEN = '''\
# top
retries = 1  # tries

# first
[[watch]] # a
name = "a" # named a
# inside a
document = """
[[watch]]
name = "b"
"""

# about mail
[channels.mail]
url = "x"

# second one
[["watch"]]
name = "b"
documented = [
  "p",
]

# third
[[watch]]
name = "c"
# the end
'''
"""As a person may have it: tables apart from each other, and comments everywhere."""


def added(text: str, *tables: dict[str, str]) -> str:
    return with_watches(text, tables or [OURS], "FILE")


def removed(text: str, name: str) -> str:
    return without_watch(text, name, "FILE")


# -- one more ----------------------------------------------------------------------------------------


def test_a_table_is_written_at_the_end_and_the_rest_is_left_alone() -> None:
    assert added(WRITTEN) == f"{WRITTEN}\n{TABLE}"
    assert added("retries = 1") == f"retries = 1\n\n{TABLE}"
    assert added("") == TABLE
    assert added(f"{TABLE}\n", {**OURS, "name": "b"}) == f"{TABLE}\n{TABLE.replace('ours', 'b')}"


def test_it_goes_into_the_file_that_init_writes() -> None:
    assert added(template()) == f"{template()}\n{TABLE}"


def test_any_text_is_written_as_it_is() -> None:
    hostile = 'a"b\\c\n[[watch]]\t\x7f\N{BELL}\u2028\U0001f600'
    text = with_watches("", [{**OURS, "document": hostile, "documented": [hostile, ""]}], "FILE")
    assert tomllib.loads(text)["watch"] == [{**OURS, "document": hostile, "documented": [hostile, ""]}]


def test_several_are_written_at_once() -> None:
    text = added("", OURS, {**OURS, "name": "b"})
    assert [table["name"] for table in tomllib.loads(text)["watch"]] == ["ours", "b"]


def test_a_list_on_one_line_stays_one() -> None:
    text = added('watch = [{name = "a"}] # mine\nretries = 1\n\n[channels.mail]\nurl = "x"\n')
    assert text.startswith('watch = [{name = "a"}, {name = "ours", ')
    assert text.endswith(' # mine\nretries = 1\n\n[channels.mail]\nurl = "x"\n')


def test_the_ends_of_the_lines_stay_what_they_are() -> None:
    text = added("# top\r\nretries = 1\r\n")
    assert text == f"# top\nretries = 1\n\n{TABLE}".replace("\n", "\r\n")
    assert removed(text, "ours") == "# top\r\nretries = 1\r\n\r\n"


# -- one less ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "gone", "stays"),
    [
        (
            "a",
            '[[watch]] # a\nname = "a" # named a\n# inside a\ndocument = """\n[[watch]]\nname = "b"\n"""\n',
            "",
        ),
        ("b", '[["watch"]]\nname = "b"\ndocumented = [\n  "p",\n]\n\n', "\n"),
        ("c", '[[watch]]\nname = "c"\n', ""),
    ],
)
def test_a_table_goes_and_the_comments_around_it_stay(name: str, gone: str, stays: str) -> None:
    assert WRITTEN.count(gone) == 1
    assert removed(WRITTEN, name) == WRITTEN.replace(gone, stays)


def test_no_two_empty_lines_are_left() -> None:
    text = f'retries = 1\n\n{TABLE}\n[channels.mail]\nurl = "x"\n'
    assert removed(text, "ours") == 'retries = 1\n\n[channels.mail]\nurl = "x"\n'


def test_one_of_a_list_on_one_line_goes() -> None:
    assert removed('watch = [{name = "a"}, {name = "b"}] # mine\n', "a") == 'watch = [{name = "b"}] # mine\n'
    assert removed('# top\nwatch = [{name = "a"}]\nretries = 1\n', "a") == "# top\nretries = 1\n"


LINES = st.lists(
    st.sampled_from(
        [
            "",
            "# a comment",
            "#name = 1",
            "[channels.a%d]\nurl = 'x'",
            '[[watch]]\nname = "w%d" # mine',
            '[[watch]]\nname = "w%d"\ndocument = """\n# no comment\n[[watch]]\n"""',
            "[[watch]]\nname = 'w%d'\ndocumented = [\n  # one\n  'a', '''\n[x]\n''',\n]",
        ]
    )
)


@given(LINES)
def test_however_a_file_is_written_what_is_added_and_removed_leaves_it_as_it_was(lines: list[str]) -> None:
    text = "".join(f"{line.replace('%d', str(number))}\n" for number, line in enumerate(lines))
    there = added(text)
    assert there.startswith(text)
    assert removed(there, "ours").rstrip() == text.rstrip()
    for table in tomllib.loads(text).get("watch", []):
        without = removed(text, table["name"])
        comments = [line for line in text.splitlines() if line.startswith("# a")]
        assert [line for line in without.splitlines() if line.startswith("# a")] == comments


# -- the one that ships ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "close_codes = false\n"),
        ("retries = 1", "retries = 1\nclose_codes = false\n"),
        (
            "# top\nretries = 1 # x\n\n# mail\n[channels.mail]\nurl = 'x'\n",
            "# top\nretries = 1 # x\nclose_codes = false\n\n# mail\n[channels.mail]\nurl = 'x'\n",
        ),
        (
            "# mail\n[channels.mail]\nurl = 'x'\n",
            "close_codes = false\n\n# mail\n[channels.mail]\nurl = 'x'\n",
        ),
        (
            "documented = [\n  '''\n[x]\n''',\n]\n",
            "documented = [\n  '''\n[x]\n''',\n]\nclose_codes = false\n",
        ),
    ],
)
def test_it_is_switched_off_and_on_again(before: str, after: str) -> None:
    assert with_close_codes(before, "FILE", on=False) == after
    assert with_close_codes(after, "FILE", on=True).strip() == before.strip()


def test_it_is_switched_where_it_is_said() -> None:
    said = "close_codes = true # why\nretries = 1\n"
    off = with_close_codes(said, "FILE", on=False)
    assert off == "close_codes = false # why\nretries = 1\n"
    assert with_close_codes(off, "FILE", on=True) == said


def test_it_is_switched_off_below_the_line_that_suggests_it() -> None:
    off = with_close_codes(template(), "FILE", on=False)
    assert "#close_codes = true\nclose_codes = false\n" in off
    assert with_close_codes(off, "FILE", on=True) == template()


def test_what_is_as_it_should_be_is_left_alone() -> None:
    assert with_close_codes(WRITTEN, "FILE", on=True) == WRITTEN


# -- what can't be changed ---------------------------------------------------------------------------


def test_what_would_lose_something_is_refused() -> None:
    with pytest.raises(WrongConfiguration, match=r"^FILE: it is written in a way .* edit it by hand$"):
        # A table of a table: its lines would be left behind.
        removed('[[watch]]\nname = "a"\n[watch.more]\nx = 1\n[[watch]]\nname = "b"\n', "a")
