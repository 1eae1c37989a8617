"""`ianawatch watch`: what is watched, one more and one less; a server on this machine stands for IANA's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import TITLE, document, registry, row
from loopback import LoopbackServer
from program import Program
from synced import Answer

from sync.errors import Exit
from sync.watches import CLOSE_CODES

STATUS = [row("200", "OK"), row("404", "Not Found"), row("405-499", "Unassigned")]
ALERTS = registry(
    [row("0", "close_notify", inside="<dtls>Y</dtls><note>RFC 8446</note>"), row("1-9", "Unassigned")],
    registry_id="tls-6",
    title="TLS Alerts",
)
GROUPS = registry(
    [row("0-4294967294", "All of them"), row("4294967295", "Reserved")], registry_id="tls-8", title="Groups"
)
SUITES = registry([row("0x00,0x01", "NULL")], registry_id="tls-4", title="Cipher Suites")
DOUBLE = registry([row("1", "A"), row("1", "B"), row("2", "C")], registry_id="double", title="Double")


class Person:
    """Somebody with a program, a configuration file of their own, and a server in IANA's place."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        self.program = Program(folder)
        self.server = server
        self.config = folder / ".config" / "ianawatch" / "config.toml"
        server.put("/http-status-codes.xml", document(STATUS, registry_id="status-1"))
        server.put("/tls.xml", document([], registry_id="empty", other=ALERTS + GROUPS + SUITES + DOUBLE))
        server.put("/names.xml", document([row("chat", "Chat")], registry_id="names"))

    def watch(self, *args: str, env: dict[str, str] | None = None) -> Answer:
        """Run `ianawatch watch`."""
        return self.program.here("watch", *args, env=env)

    def url(self, name: str) -> str:
        """Where a document is, and the registry in it that is named after `#`."""
        document, sign, registry = name.partition("#")
        return self.server.url(f"/{document}.xml{sign}{registry}")

    def tables(self) -> list[dict[str, object]]:
        """The watches of the configuration file."""
        if not self.config.exists():
            return []
        found = tomllib.loads(self.config.read_text("utf-8")).get("watch", [])
        assert isinstance(found, list)
        return found

    def write(self, text: str) -> None:
        """Have a configuration file with this text."""
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, "utf-8")


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    with LoopbackServer() as server:
        yield Person(tmp_path, server)


def refused(answer: Answer, code: Exit, said: str) -> None:
    """The program ended with the code and one line that has these words."""
    assert (answer.exit_code, len(answer.err.splitlines())) == (code, 1), answer
    assert said in answer.err, answer.err


# -- add ---------------------------------------------------------------------------------------------


def test_a_document_with_one_registry_is_all_it_needs(person: Person) -> None:
    answer = person.program.run("watch", "add", person.url("http-status-codes"))
    assert answer == Answer(
        Exit.DONE,
        f"http-status-codes: {TITLE}, 2 registrations: added to {person.config}\n"
        "next: `ianawatch sync` takes the first look; each registration after that is told\n",
        "",
    )
    assert person.tables() == [
        {"name": "http-status-codes", "document": person.url("http-status-codes"), "registry": "status-1"}
    ]
    assert person.config.stat().st_mode & 0o777 == 0o600
    assert not person.program.database.exists()


def test_what_was_added_is_synced_and_its_news_told(person: Person) -> None:
    person.watch("add", person.url("http-status-codes"))
    person.watch("remove", "close-codes")
    assert person.program.here("sync").exit_code == Exit.DONE
    later = [*STATUS[:2], row("451", "Unavailable For Legal Reasons", date="2026-01-01")]
    person.server.put("/http-status-codes.xml", document(later, registry_id="status-1", updated="2026-07-01"))
    assert "http-status-codes: newly registered: 451 Unavailable" in person.program.here("sync").out


def test_a_short_name_is_asked_for_where_iana_has_it(person: Person) -> None:
    url = "https://www.iana.org/assignments/http-status-codes/http-status-codes.xml"
    refused(person.watch("add", "http-status-codes"), Exit.PASSING_FAILURE, url)
    assert not person.config.exists()


def test_of_several_registries_one_is_to_be_named(person: Person) -> None:
    answer = person.watch("add", person.url("tls"))
    refused(
        answer,
        Exit.USAGE,
        f"2 of its registries can be watched; name one (ianawatch watch add {person.url('tls')} ",
    )
    assert [line.split()[0] for line in answer.out.splitlines()] == [
        "REGISTRY", "empty", "tls-6", "tls-8", "tls-4", "double"
    ]  # fmt: skip
    assert "its records say different things about 1 (2 of 3 records)" in answer.out
    assert not person.tables()


@pytest.mark.parametrize("how", [["URL", "--registry", "tls-6"], ["URL#tls-6"]])
def test_one_that_is_named_is_called_after_its_registry(how: list[str], person: Person) -> None:
    answer = person.watch("add", *(word.replace("URL", person.url("tls")) for word in how))
    assert answer.out.startswith("tls-6: TLS Alerts, 1 registration: added to ")
    assert person.tables() == [{"name": "tls-6", "document": person.url("tls"), "registry": "tls-6"}]


def test_all_are_those_that_can_be_watched(person: Person) -> None:
    answer = person.watch("add", person.url("tls"), "--all")
    assert [table["name"] for table in person.tables()] == ["tls-6", "tls-8"]
    assert [line.split(":")[1] for line in answer.err.splitlines()] == [
        " empty is left out",
        " tls-4 is left out",
        " double is left out",
    ]
    again = person.watch("add", person.url("tls"), "--all")
    assert again.out == "tls-6: watched already, as tls-6\ntls-8: watched already, as tls-8\n"
    assert len(person.tables()) == 2


def test_everything_else_may_be_said(person: Person) -> None:
    page = person.program.page
    answer = person.program.run(
        "watch", "add", person.url("http-status-codes"), "--name", "http", "--range", "400-499",
        "--documented", page.name, "--documented", "https://example.org/p", "--in-use", page.name,
    )  # fmt: skip
    assert answer.out.endswith(
        "; each registration in 400-499 after that is told, and what is not documented is flagged\n"
    )
    assert person.tables() == [
        {
            "name": "http",
            "document": person.url("http-status-codes"),
            "registry": "status-1",
            "range": "400-499",
            "documented": [str(page), "https://example.org/p"],
            "in_use": [str(page)],
        }
    ]


def test_a_file_may_be_the_document(person: Person) -> None:
    person.program.document.write_bytes(document(STATUS, registry_id="status-1"))
    assert person.program.run("watch", "add", "document.xml").exit_code == Exit.DONE
    assert person.tables()[0]["document"] == str(person.program.document)


def test_what_a_person_wrote_stays(person: Person) -> None:
    person.write("# mine\nretries = 1 # few\n")
    person.watch("add", person.url("http-status-codes"))
    assert person.config.read_text("utf-8").startswith("# mine\nretries = 1 # few\n\n[[watch]]\n")


def test_the_file_that_was_named_is_the_one_that_is_written(person: Person, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.touch()
    person.program.here("--config", str(other), "watch", "add", person.url("http-status-codes"))
    assert "http-status-codes" in other.read_text("utf-8")
    assert not person.config.exists()


def test_a_record_that_will_be_set_aside_is_told(person: Person) -> None:
    person.server.put("/x.xml", document([*STATUS, row("9-5", "Reversed")], registry_id="x"))
    assert (
        "\nx: 1 record can't be used and will be set aside: its range is reversed (9-5 "
        in person.watch("add", person.url("x")).out
    )


# -- add: what there is, and what can't be -----------------------------------------------------------


def test_what_is_watched_is_not_added_again(person: Person) -> None:
    person.watch("add", person.url("http-status-codes"), "--name", "http")
    again = person.watch("add", person.url("http-status-codes"))
    assert (again.exit_code, again.out) == (Exit.DONE, "status-1: watched already, as http\n")
    refused(
        person.watch("add", person.url("http-status-codes"), "--range", "1-2"),
        Exit.USAGE,
        "http: what an existing",
    )
    assert len(person.tables()) == 1


def test_two_registries_of_one_name_get_two_names(person: Person) -> None:
    person.server.put("/sub/http-status-codes.xml", document(STATUS, registry_id="status-1"))
    person.watch("add", person.url("http-status-codes"))
    person.watch("add", person.url("sub/http-status-codes"))
    assert [table["name"] for table in person.tables()] == ["http-status-codes", "http-status-codes-2"]
    taken = person.watch("add", person.url("tls#tls-6"), "--name", "http-status-codes")
    refused(taken, Exit.USAGE, "--name http-status-codes: there is a watch of this name already")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["names"], Exit.UNUSABLE_INPUT, 'values that are no numbers: "chat" (its only record)'),
        (["tls", "--registry", "double"], Exit.UNUSABLE_INPUT, "its records say different things about 1"),
        (["tls", "--registry", "tls-7"], Exit.USAGE, "it has no registry tls-7; did you mean tls-"),
        (
            ["tls", "--registry", "q"],
            Exit.USAGE,
            "it has no registry q; it has empty, tls-6, tls-8, tls-4, double",
        ),
        (["tls", "--registry", "tls-6", "--all"], Exit.USAGE, "--all takes every registry"),
        (["tls", "--all", "--range", "1-2"], Exit.USAGE, "are said of one registry"),
        (["tls", "--range", "9-1"], Exit.USAGE, "range 9-1: the range ends before it begins"),
        (["tls", "--name", "No Name"], Exit.USAGE, "a watch's name is made of a-z"),
        (["tls", "--documented", "absent.md"], Exit.USAGE, "absent.md: there is no such file"),
        (["absent"], Exit.PASSING_FAILURE, "404 Not Found"),
    ],
)
def test_what_cannot_be_added_says_why_on_one_line(
    args: list[str], code: Exit, said: str, person: Person
) -> None:
    refused(person.watch("add", person.url(args[0]), *args[1:]), code, said)
    assert not person.config.exists()


def test_what_is_no_registry_is_refused(person: Person) -> None:
    person.server.put("/cut.xml", document(STATUS)[:-20])
    refused(person.watch("add", person.url("cut")), Exit.UNUSABLE_INPUT, "/cut.xml: not well-formed")
    person.server.put("/page.xml", b"<html><body>Log in</body></html>")
    refused(person.watch("add", person.url("page")), Exit.PASSING_FAILURE, "the answer is an HTML page")


def test_the_shipped_watch_needs_no_table(person: Person) -> None:
    assert person.watch("add", "close-codes").out == "close-codes: watched already\n"
    refused(
        person.watch("add", "close-codes", "--range", "1-2"),
        Exit.USAGE,
        "close-codes: what an existing watch",
    )
    assert not person.config.exists()


def test_a_file_that_cannot_be_changed_is_left_as_it_is(person: Person) -> None:
    person.write('retries = "\n')
    refused(
        person.watch("add", person.url("http-status-codes")),
        Exit.CONFIGURATION,
        "the configuration is not TOML",
    )
    assert person.config.read_text("utf-8") == 'retries = "\n'


def test_a_file_that_cannot_be_written_is_told(person: Person) -> None:
    person.config.parent.parent.mkdir()
    person.config.parent.write_text("a file where the folder should be", "utf-8")
    refused(
        person.watch("add", person.url("http-status-codes")), Exit.CANNOT_CREATE, "the folder can't be made"
    )


@pytest.mark.parametrize("args", [["add", "URL"], ["remove", "mine"]])
def test_watches_from_the_environment_are_not_changed_in_a_file(args: list[str], person: Person) -> None:
    env = {"IANAWATCH_WATCH": '[{name = "mine", document = "/srv/a.xml", registry = "a"}]'}
    url = person.url("http-status-codes")
    answer = person.watch(*(url if arg == "URL" else arg for arg in args), env=env)
    refused(answer, Exit.USAGE, f"IANAWATCH_WATCH is set, and wins over {person.config}")
    assert not person.config.exists()


# -- remove ------------------------------------------------------------------------------------------


def test_what_is_removed_stays_in_the_database(person: Person) -> None:
    person.write("close_codes = false\n")
    person.watch("add", person.url("http-status-codes"))
    person.program.here("sync")
    answer = person.watch("remove", "http-status-codes")
    assert answer.out.startswith(f"http-status-codes: removed from {person.config}; what is stored stays")
    assert person.tables() == []
    assert person.program.ask("SELECT name FROM watch") == [("http-status-codes",)]
    refused(person.watch("remove", "http-status-codes"), Exit.USAGE, "there is no watch http-status-codes")


def test_the_shipped_watch_is_switched_off_and_on(person: Person) -> None:
    off = person.watch("remove", "close-codes")
    assert off.out.startswith(f"close-codes: switched off in {person.config}; ")
    assert person.config.read_text("utf-8") == "close_codes = false\n"
    assert person.watch("list").out == ""
    assert person.watch("add", "close-codes").out.startswith(f"close-codes: switched on in {person.config}\n")
    assert person.config.read_text("utf-8") == ""
    env = {"IANAWATCH_CLOSE_CODES": "true"}
    refused(person.watch("remove", "close-codes", env=env), Exit.USAGE, "IANAWATCH_CLOSE_CODES is set")


# -- list and show -----------------------------------------------------------------------------------


def test_without_a_database_the_definitions_are_listed(person: Person) -> None:
    person.watch("add", person.url("http-status-codes"), "--range", "400-499")
    rows = person.watch("--format", "json").json
    assert rows == [
        {
            "name": "close-codes",
            "document": CLOSE_CODES.document,
            "registry": CLOSE_CODES.registry_id,
            "range": "3000-3999",
            "documented": ["bundled"],
            "in_use": [],
            "registrations": None,
            "flagged": None,
            "checked_at": None,
        },
        {
            "name": "http-status-codes",
            "document": person.url("http-status-codes"),
            "registry": "status-1",
            "range": "400-499",
            "documented": [],
            "in_use": [],
            "registrations": None,
            "flagged": None,
            "checked_at": None,
        },
    ]
    assert not person.program.database.exists()


def test_with_one_it_says_what_is_known(person: Person) -> None:
    person.watch("remove", "close-codes")
    person.program.documents(200)
    page = str(person.program.page)
    person.watch("add", person.url("http-status-codes"), "--documented", page)
    person.watch("add", person.url("tls#tls-6"))
    person.program.here("sync")
    lines = person.watch("list", "--format", "csv").out.splitlines()
    assert [line.split(",")[-3:] for line in lines] == [
        ["registrations", "flagged", "checked_at"],
        ["2", "1", "2026-01-01T12:00:00Z"],
        ["1", "0", "2026-01-01T12:00:00Z"],
    ]


def test_a_watch_is_shown_with_where_it_comes_from(person: Person) -> None:
    person.watch("add", person.url("tls#tls-6"))
    shown = person.watch("show", "tls-6")
    assert shown.out.splitlines()[0] == "tls-6"
    for said in (
        person.url("tls"),
        "each new registration",
        str(person.config),
        "not yet; `ianawatch sync` checks",
    ):
        assert said in shown.out
    assert person.watch("show", "tls-6", "--format", "json").json["origin"] == str(person.config)
    ships = person.watch("show", "close-codes")
    assert "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number" in ships.out
    assert "it ships with ianawatch" in ships.out
    refused(person.watch("show", "nope"), Exit.USAGE, "there is no watch nope; there is close-codes, tls-6")


def test_no_secret_of_an_address_is_shown(person: Person) -> None:
    person.write(
        '[[watch]]\nname = "x"\ndocument = "https://me:hunter2@example.org/a.xml"\nregistry = "a"\n'
        'documented = ["https://example.org/?key=hunter2"]\nin_use = ["https://example.org/?key=hunter2"]\n'
    )
    for args in (["list"], ["list", "--format", "json"], ["show", "x"], ["show", "x", "--format", "json"]):
        answer = person.watch(*args)
        assert answer.exit_code == Exit.DONE
        assert "hunter2" not in answer.out


def test_two_thousand_watches_are_listed_and_added_to(person: Person) -> None:
    person.write(
        "".join(
            f'[[watch]]\nname = "w{n}"\ndocument = "/srv/a.xml"\nregistry = "a-{n}"\n' for n in range(2000)
        )
    )
    assert len(person.watch("list", "--format", "tsv").out.splitlines()) == 2002
    assert person.watch("add", person.url("http-status-codes")).exit_code == Exit.DONE
    assert person.watch("remove", "w1000").exit_code == Exit.DONE
    assert len(person.tables()) == 2000


# -- what is kept of a record, in the other commands ---------------------------------------------------


def test_the_further_fields_of_a_record_are_shown_by_their_names(person: Person) -> None:
    person.watch("add", person.url("tls"), "--all")
    person.watch("remove", "close-codes")
    person.program.here("sync")
    shown = person.program.here("show", "0", "--watch", "tls-6")
    assert "\ndtls        Y\nnote        RFC 8446\n" in shown.out, shown.out
    assert "documented" not in shown.out
    assert person.program.here("show", "0", "--watch", "tls-6", "--format", "json").json["extra"] == [
        {"element": "dtls", "text": "Y"},
        {"element": "note", "text": "RFC 8446"},
    ]


def test_a_range_of_any_size_is_a_row(person: Person) -> None:
    person.watch("add", person.url("tls#tls-8"))
    person.watch("remove", "close-codes")
    person.program.here("sync")
    assert person.program.ask("SELECT first, last FROM registration") == [(0, 4294967294)]
    shown = person.program.here("show", "4000000000")
    assert shown.out.startswith("4000000000 (in 0-4294967294)  All of them\n")
    beyond = person.program.here("show", str(2**63 - 1))
    assert "> 4294967296-9223372036854775807  no record" in beyond.out
    assert [row["last"] for row in person.program.here("list", "--format", "json").json] == [
        4294967294,
        4294967295,
    ]
    page = person.program.here("export", "html").out
    assert "4\N{NARROW NO-BREAK SPACE}294" in page or "4294967294" in page
    refused(
        person.program.here("diff"),
        Exit.USAGE,
        "tls-8: it is compared with no page; name one with --documented",
    )
