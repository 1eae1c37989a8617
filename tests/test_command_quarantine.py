"""`ianawatch quarantine`: listed, looked at and accepted, as a person at a keyboard does it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from builders import document
from implausible import FIVE, cut_short, day, emptied, serving
from program import Program, ended
from synced import NOW, Watched

MANY = (
    "4 of 5 registrations are missing at once: 3000 Code 3000, 3003 Code 3003, 3008 Code 3008, 3009 Code 3009"
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A registry with five codes, since day 8; nothing documents them."""
    program = Program(tmp_path)
    sees(program, serving("2021-09-08", *FIVE), 8)
    return program


def sees(program: Program, body: bytes, number: float) -> None:
    """A sync on a day."""
    program.document.write_bytes(body)
    program.sync("--quiet", at=day(number).isoformat())


def ids(program: Program) -> list[str]:
    """The version of each thing held back."""
    return [item["sha256"] for item in program.here("quarantine", "--format", "json").json]


def accept(program: Program, id_: str, number: float) -> list[str]:
    """Accept on a day; what is said."""
    answer = program.here("quarantine", "accept", id_, at=day(number).isoformat())
    assert (answer.exit_code, answer.err) == (0, "")
    return answer.out.splitlines()


# -- list ---------------------------------------------------------------------------------------------


def test_what_is_held_back_is_listed_with_the_reason(program: Program) -> None:
    sees(program, serving("2021-09-20", 1000, garbled=["30O9"]), 20)
    sees(program, cut_short("2021-09-21"), 21)
    version, _, document_ = ids(program)
    assert program.here("quarantine", "list").out.splitlines() == [
        "ID            KIND      SINCE (UTC)       REASON",
        f"{version[:12]}  record    2021-09-21 12:00  its value can't be read (30O9 Garbled 30O9 rfc6455)",
        f"{version[:12]}  missing   2021-09-21 12:00  {MANY}",
        f"{document_[:12]}  document  2021-09-22 12:00  not well-formed: expected '>', line 10, column 11",
    ]


@pytest.mark.parametrize("args", [(), ("--format", "csv"), ("--watch", "close-codes")])
def test_alone_it_is_the_list(program: Program, args: tuple[str, ...]) -> None:
    sees(program, emptied("2021-09-20"), 20)
    assert program.here("quarantine", *args) == program.here("quarantine", "list", *args)


def test_as_data_each_thing_has_these_fields(program: Program) -> None:
    sees(program, serving("2021-09-20", 1000), 20)
    (item,) = program.here("quarantine", "list", "--format", "json").json
    assert item == {
        "sha256": item["sha256"],
        "kind": "missing",
        "reason": MANY,
        "since": "2021-09-21T12:00:00Z",
        "accepted_at": None,
        "document_updated": "2021-09-20",
        "kept": True,
        "watch": "close-codes",
    }
    (row,) = csv.DictReader(program.here("quarantine", "list", "--format", "csv").out.splitlines())
    assert row == {**{name: str(value) for name, value in item.items()}, "accepted_at": "", "kept": "1"}
    tsv = program.here("quarantine", "list", "--format", "tsv").out
    assert tsv.splitlines()[0].split("\t") == list(item)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("table", ""),
        ("json", "[]\n"),
        ("csv", "sha256,kind,reason,since,accepted_at,document_updated,kept,watch\n"),
    ],
)
def test_when_nothing_is_held_back(program: Program, output: str, said: str) -> None:
    answer = program.here("quarantine", "list", "--format", output)
    assert (answer.exit_code, answer.out, answer.err) == (0, said, "")


def test_what_was_accepted_says_so_until_it_is_mended(program: Program) -> None:
    sees(program, serving("2021-09-20", *FIVE, garbled=["30O9"]), 20)
    accept(program, ids(program)[0], 21)
    assert "  record, accepted  " in program.here("quarantine").out
    assert program.here("quarantine", "--format", "json").json[0]["accepted_at"] == "2021-09-22T12:00:00Z"
    sees(program, serving("2021-09-22", *FIVE), 22)
    assert program.here("quarantine").out == ""


def test_before_the_first_sync_there_is_no_database(tmp_path: Path) -> None:
    program = Program(tmp_path)
    answer = program.here("quarantine")
    assert (answer.exit_code, answer.out) == (74, "")
    assert "`ianawatch sync` makes it" in answer.err
    assert program.here("quarantine", "accept", "4f2a").exit_code == 74
    assert not program.database.exists()


# -- at a terminal ------------------------------------------------------------------------------------


def test_a_terminal_says_how_many_wait(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(serving("2021-09-08", *FIVE))
    assert watched.on_terminal("quarantine", columns=80) == ["close-codes: nothing is held back"]
    watched.sync(serving("2021-09-20", 1000, garbled=["30O9"]), at=NOW)
    shown = watched.on_terminal("quarantine", columns=80)
    assert max(map(len, shown)) <= 80
    assert shown[-1] == "close-codes: 2 things wait for a person"


def test_a_stranger_s_bytes_are_text_on_a_terminal(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.sync(serving("2021-09-08", *FIVE))
    watched.sync(cut_short("2021-09-20", note="\u009b31m red \xff"), at=NOW)
    (item,) = watched.run("quarantine", "--format", "json").json
    shown = watched.on_colour_terminal("quarantine", "show", item["sha256"], "--body", columns=80)
    assert "<!-- \\u009b31m red ÿ -->" in shown


# -- show ---------------------------------------------------------------------------------------------


def test_a_version_is_shown_with_what_accepting_it_would_mean(program: Program) -> None:
    sees(program, serving("2021-09-20", 1000, garbled=["30O9"]), 20)
    version = ids(program)[0]
    assert program.here("quarantine", "show", version[:6]).out.splitlines() == [
        version,
        "version  dated 2021-09-20",
        f"bytes    kept; `ianawatch quarantine show {version[:12]} --body` writes them",
        "record   its value can't be read (30O9 Garbled 30O9 rfc6455)",
        "         since 2021-09-21 12:00 UTC",
        "         Accepting says that the records set aside hide nothing: withdrawals go on.",
        f"missing  {MANY}",
        "         since 2021-09-21 12:00 UTC",
        "         Accepting says that they are really gone: they are withdrawn after a day of being missing.",
    ]
    listed = program.here("quarantine", "list", "--format", "json")
    assert program.here("quarantine", "show", version, "--format", "json") == listed


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        (emptied("2021-09-20"), "Accepting says that it is right"),
        (cut_short("2021-09-20"), "the last good state stands until IANA mends it"),
    ],
)
def test_every_kind_says_what_a_person_decides(program: Program, body: bytes, meaning: str) -> None:
    sees(program, body, 20)
    assert meaning in program.here("quarantine", "show", ids(program)[0]).out


def test_what_was_accepted_is_shown_with_the_time_instead(program: Program) -> None:
    sees(program, serving("2021-09-20", *FIVE, garbled=["30O9"]), 20)
    version = ids(program)[0]
    accept(program, version, 21)
    out = program.here("quarantine", "show", version).out
    assert "since 2021-09-21 12:00 UTC; accepted 2021-09-22 12:00 UTC\n" in out
    assert "Accepting" not in out


@pytest.mark.parametrize("body", [cut_short("2021-09-20"), emptied("2021-09-20"), b"<redirect/>\x0b\xff"])
def test_the_bytes_are_given_as_they_were_served(program: Program, body: bytes) -> None:
    sees(program, body, 20)
    saved = program.folder / "saved.xml"
    with saved.open("wb") as file:
        shown = program.start("quarantine", "show", ids(program)[0], "--body", stdout=file.fileno())
        assert ended(shown).exit_code == 0
    assert saved.read_bytes() == body


def test_bytes_that_are_no_longer_kept(program: Program) -> None:
    sees(program, emptied("2021-09-20"), 20)
    for number in range(20):
        sees(program, cut_short("2021-09-21", note=str(number)), 21 + number)
    (version,) = ids(program)
    assert "bytes     no longer kept" in program.here("quarantine", "show", version).out
    answer = program.here("quarantine", "show", version, "--body")
    assert (answer.exit_code, answer.out) == (65, "")
    assert "its bytes are no longer kept; the next sync that sees it keeps them" in answer.err


def test_bytes_that_find_no_room(program: Program) -> None:
    sees(program, emptied("2021-09-20"), 20)
    with Path("/dev/full").open("wb") as full:
        shown = program.start("quarantine", "show", ids(program)[0], "--body", stdout=full.fileno())
        answer = ended(shown)
    assert (answer.exit_code, answer.err.count("\n")) == (75, 1)
    assert "No space left" in answer.err


# -- accept -------------------------------------------------------------------------------------------


def test_what_follows_is_told_at_once(program: Program) -> None:
    sees(program, serving("2021-09-20", 1000, 3000, 3003, garbled=["30O9"]), 20)
    version = ids(program)[0]
    said = accept(program, version[:8], 22)
    assert [line for line in said if "withdrawn" in line] == said[:2]
    assert ["3008" in said[0], "3009" in said[1]] == [True, True]
    assert said[2:] == [f"close-codes: {version[:12]} is accepted; 2 changes"]


def test_what_follows_later_is_announced(program: Program) -> None:
    sees(program, serving("2021-09-20", 1000), 20)
    version = ids(program)[0]
    assert accept(program, version, 20.5) == [
        f"close-codes: {version[:12]} is accepted; 0 changes",
        "close-codes: 4 missing registrations are withdrawn after a day of being missing",
    ]


def test_the_configured_pages_are_still_those_compared_with(program: Program) -> None:
    sees(program, serving("2021-09-20", *FIVE, garbled=["30O9"]), 20)
    flagged = program.here("flags", "--format", "json").json
    assert {tuple(flag["missing_from"]) for flag in flagged} == {(str(program.page),)}
    configured = {"IANAWATCH_DOCUMENTED": str(program.page)}
    program.here("quarantine", "accept", ids(program)[0], at=day(21).isoformat(), env=configured)
    assert program.here("flags", "--format", "json").json == flagged


@pytest.mark.parametrize(
    ("body", "id_", "code", "text"),
    [
        (cut_short("2021-09-20"), None, 65, "what can't be read can't be accepted"),
        (emptied("2021-09-20"), "4f2a", 2, "nothing held back has the id '4f2a'; there is: "),
        (serving("2021-09-20", *FIVE), "4f2a", 2, "nothing is held back"),
    ],
)
def test_what_cannot_be_accepted_is_an_error_of_one_line(
    program: Program, body: bytes, id_: str | None, code: int, text: str
) -> None:
    sees(program, body, 20)
    before = program.dump()
    answer = program.here("quarantine", "accept", id_ or ids(program)[0])
    assert (answer.exit_code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert text in answer.err
    assert program.dump() == before


def test_a_second_time_is_one_too_many(program: Program) -> None:
    sees(program, serving("2021-09-20", 1000), 20)
    version = ids(program)[0]
    accept(program, version, 21)
    answer = program.here("quarantine", "accept", version)
    assert (answer.exit_code, answer.out) == (2, "")
    assert "it was accepted on 2021-09-22 already" in answer.err


def test_an_unreadable_document_is_still_trouble_after_something_else_was_accepted(program: Program) -> None:
    sees(program, serving("2021-09-20", *FIVE, garbled=["30O9"]), 20)
    version = ids(program)[0]
    sees(program, cut_short("2021-09-21"), 21)
    accept(program, version, 22)
    assert program.here("status").exit_code == 1


def test_operators_are_told_once_an_episode_and_where_to_look(program: Program) -> None:
    program.document.write_bytes(document([], updated="2021-09-20"))
    first, second = (program.sync("--quiet", at=day(number).isoformat()) for number in (20, 21))
    assert (first.exit_code, first.err.count("\n"), second.exit_code, second.err) == (65, 1, 65, "")
    assert first.err.endswith("`ianawatch quarantine` shows what is held back\n")


def test_help_is_that_of_all_three(program: Program) -> None:
    out = program.here("quarantine", "--help").out
    assert all(f"  {word} " in out for word in ("accept", "list", "show"))
