"""Several watches in one run: each document fetched once, one message, and none in another's way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from builders import Row, document, registry, row
from databases import migrated
from loopback import LoopbackServer
from program import UNREACHABLE, Program
from synced import Answer

from sync.errors import Exit

MORNING, NOON, EVENING = (f"2026-01-02T{hour:02}:00:00Z" for hour in (6, 12, 18))
OK, NOT_FOUND = row("200", "OK", date="2012-10-01"), row("404", "Not Found", date="2012-10-01")
TEAPOT = row("418", "I'm a teapot", date="2026-01-01")
CLOSED, HANDSHAKE = row("0", "close_notify"), row("40", "handshake_failure")
CUT = document([OK])[:-20]
NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")


class Watches:
    """The program with watches on documents of a server of its own."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        migrated(folder)
        self.program = Program(folder)
        self.server = server
        self.config = folder / "config.toml"
        self.configure(
            {"status": ("http", "codes"), "alerts": ("tls", "alerts"), "methods": ("http", "methods")}
        )

    def configure(
        self, watches: dict[str, tuple[str, str]], top: str = "close_codes = false", **more: str
    ) -> None:
        """Have these watches, by name: the document and the registry of each."""
        tables = [
            f"""
[[watch]]
name = "{name}"
document = "{self.server.url(f"/{path}.xml")}"
registry = "{id_}"
{more.get(name, "")}
"""
            for name, (path, id_) in watches.items()
        ]
        self.config.write_text("\n".join([top, *tables]), "utf-8")

    def serve(
        self, *, status: Iterable[Row] = (OK, NOT_FOUND), alerts: Iterable[Row] = (CLOSED,), day: int = 1
    ) -> None:
        """Have two documents, the first with two registries."""
        methods = registry([row("1", "GET")], registry_id="methods")
        modified = f"Thu, {day:02} Jan 2026 00:00:00 GMT"
        updated = f"2026-01-{day:02}"
        http = document(status, registry_id="codes", updated=updated, other=methods)
        self.server.put("/http.xml", http, last_modified=modified)
        tls = document(alerts, registry_id="alerts", updated=updated)
        self.server.put("/tls.xml", tls, last_modified=modified)

    def run(self, *args: str, at: str = MORNING, env: dict[str, str] | None = None) -> Answer:
        """Run the program with the configuration."""
        return self.program.here("--config", str(self.config), *args, at=at, env=env)

    def asked(self) -> list[tuple[str, int]]:
        """What was asked for since the last time, and the status of each answer."""
        asked = [(request.path, request.status) for request in self.server.requests]
        self.server.requests.clear()
        return asked


@pytest.fixture
def watches(tmp_path: Path) -> Iterator[Watches]:
    with LoopbackServer() as server:
        watches = Watches(tmp_path, server)
        watches.serve()
        yield watches


@pytest.fixture
def seen(watches: Watches) -> Watches:
    """After a first sync."""
    assert watches.run("sync", "--quiet") == Answer(Exit.DONE, "", "")
    watches.asked()
    return watches


def test_a_document_that_several_watches_are_on_is_fetched_once(watches: Watches) -> None:
    answer = watches.run("sync")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out.splitlines() == [
        "status: first look; the registry as of 2026-01-01 has 2 records, 2 registrations",
        "alerts: first look; the registry as of 2026-01-01 has 1 record, 1 registration",
        "methods: first look; the registry as of 2026-01-01 has 1 record, 1 registration",
    ]
    assert watches.asked() == [("/http.xml", 200), ("/tls.xml", 200)]


def test_what_is_unchanged_is_one_line(seen: Watches) -> None:
    assert seen.run("sync", at=NOON).out == "3 watches: unchanged (status, alerts, methods)\n"
    assert seen.asked() == [("/http.xml", 304), ("/tls.xml", 304)]


def test_all_that_is_new_in_a_run_is_one_message(seen: Watches) -> None:
    seen.serve(status=[OK, NOT_FOUND, TEAPOT], alerts=[CLOSED, HANDSHAKE], day=2)
    answer = seen.run("sync", "--quiet", at=NOON)
    alone = "; no documented table to compare it with"
    assert answer.out.splitlines() == [
        f"status: newly registered: 418 I'm a teapot, registered 2026-01-01{alone}",
        f"alerts: newly registered: 40 handshake_failure{alone}",
    ]
    assert seen.program.ask("SELECT count(*) FROM message") == [(1,)]
    assert seen.run("sync", "--quiet", at=EVENING).out == ""


def test_a_document_that_is_gone_stops_no_other(seen: Watches) -> None:
    seen.serve(alerts=[CLOSED, HANDSHAKE], day=2)
    seen.server.answer("/http.xml", status=404)
    answer = seen.run("sync", at=NOON)
    assert answer.exit_code == Exit.PASSING_FAILURE
    assert "alerts: newly registered: 40 handshake_failure" in answer.out
    assert "2 watches: not checked (status, methods)" in answer.out
    assert answer.err.count("\n") == 1
    assert answer.err.startswith(f"ianawatch: {seen.server.url('/http.xml')}: answered 404 Not Found")


def test_a_registry_that_is_gone_stops_no_other_of_its_document(seen: Watches) -> None:
    body = document([OK, TEAPOT], registry_id="codes", updated="2026-01-02")
    seen.server.put("/http.xml", body, last_modified="Fri, 02 Jan 2026 00:00:00 GMT")
    answer = seen.run("sync", at=NOON)
    assert answer.exit_code == Exit.UNUSABLE_INPUT
    assert "status: newly registered: 418 I'm a teapot" in answer.out
    assert "methods: what was served is quarantined" in answer.out
    assert "methods: the document has no registry methods; it is quarantined" in answer.err
    assert [
        line
        for line in seen.run("quarantine", "list", "--watch", "status").out.splitlines()
        if "no registry" in line
    ] == []


def test_a_server_that_gives_no_answer_is_asked_once(seen: Watches) -> None:
    answer = seen.run("sync", at=NOON, env={"HTTP_PROXY": UNREACHABLE})
    assert answer.exit_code == Exit.PASSING_FAILURE
    assert answer.err.count("\n") == 1, answer.err
    assert "connection refused" in answer.err


def test_a_server_that_asks_for_patience_is_left_alone_by_every_watch(seen: Watches) -> None:
    seen.server.answer("/http.xml", status=503, headers={"Retry-After": "7200"}, times=1)
    assert seen.run("sync", "--quiet", at=NOON).exit_code == Exit.PASSING_FAILURE
    assert [path for path, _ in seen.asked()] == ["/http.xml"]
    assert seen.run("sync", at="2026-01-02T13:00:00Z").exit_code == Exit.PASSING_FAILURE
    assert seen.asked() == []
    assert seen.run("sync", at="2026-01-02T15:00:00Z").exit_code == Exit.DONE
    assert len(seen.asked()) == 2


def test_one_watch_alone_is_synced_when_it_is_named(seen: Watches) -> None:
    seen.serve(status=[OK, NOT_FOUND, TEAPOT], day=2)
    assert seen.run("sync", "--watch", "methods", at=NOON).out.startswith("methods: a new version")
    # What the other watch of the document has not taken yet, it takes with the next run.
    assert "status: newly registered: 418" in seen.run("sync", at=EVENING).out


def test_what_is_typed_for_one_watch_needs_its_name(seen: Watches) -> None:
    answer = seen.run("sync", "--source", "codes.xml")
    assert (answer.exit_code, answer.out) == (Exit.USAGE, "")
    assert answer.err.startswith("ianawatch: --source: there are 3 watches; say with --watch NAME")
    answer = seen.run("sync", "--watch", "satus")
    assert answer.exit_code == Exit.USAGE
    assert "--watch satus: there is no watch satus; there is status, alerts, methods" in answer.err


def test_the_close_codes_are_watched_beside_them(watches: Watches) -> None:
    watches.program.serve([NORMAL, UNAUTHORIZED])
    watches.program.documents(1000, 3000)
    page = watches.program.page
    top = f'source = "{watches.program.document}"\ndocumented = ["{page}"]'
    watches.configure({"alerts": ("tls", "alerts")}, top)
    answer = watches.run("sync")
    assert [line.partition(":")[0] for line in answer.out.splitlines()] == ["close-codes", "alerts"]
    assert watches.run("list").out.count("\n") == 3


def test_a_watched_range_and_documented_pages_are_each_watchs_own(watches: Watches) -> None:
    watches.program.documents(200)
    page = watches.program.page
    watches.configure(
        {"status": ("http", "codes"), "alerts": ("tls", "alerts")},
        status=f'range = "200-299"\ndocumented = ["{page}"]\n',
    )
    assert watches.run("sync", "--quiet").out == ""
    accepted = row("202", "Accepted", date="2026-01-02")
    watches.serve(status=[OK, NOT_FOUND, TEAPOT, accepted], day=2)
    assert watches.run("sync", "--quiet", at=NOON).out == (
        f"status: newly registered: 202 Accepted, registered 2026-01-02; not documented in {page}\n"
    )
    assert watches.program.ask("SELECT watch, first FROM flags") == [("status", 202)]


def test_as_json_the_watches_are_a_list(seen: Watches) -> None:
    seen.serve(status=[OK, NOT_FOUND, TEAPOT], day=2)
    told = json.loads(seen.run("sync", "--format", "json", at=NOON).out)
    assert [(one["watch"], one["verdict"]) for one in told["watches"]] == [
        ("status", "applied"),
        ("alerts", "applied"),
        ("methods", "applied"),
    ]
    assert [alert["kind"] for alert in told["alerts"]] == ["registration"]
    one = json.loads(seen.run("sync", "--watch", "alerts", "--format", "json", at=EVENING).out)
    assert one["watch"] == "alerts"


def test_status_tells_of_all_and_of_one(seen: Watches) -> None:
    answer = seen.run("status", "--max-age", "48h", at=NOON)
    assert (answer.exit_code, answer.out.splitlines()[0]) == (Exit.DONE, "3 watches: all is well")
    assert seen.run("status", "--watch", "alerts", at=NOON).out.startswith("alerts: all is well")
    seen.server.put("/http.xml", CUT)
    seen.run("sync", at=NOON)
    answer = seen.run("status", at=NOON)
    assert answer.exit_code == Exit.MISSING
    assert answer.out.splitlines()[0] == "2 of 3 watches: something is not well"
    facts = json.loads(seen.run("status", "--format", "json", at=NOON).out)
    assert [(one["watch"], one["healthy"]) for one in facts["watches"]] == [
        ("status", False),
        ("alerts", True),
        ("methods", False),
    ]


def test_a_registry_of_2_to_the_32_values_is_a_row(watches: Watches) -> None:
    watches.configure({"alerts": ("tls", "alerts")})
    watches.serve(alerts=[row("0-4294967295", "Everything", date="2026-01-01")])
    assert watches.run("sync", "--quiet").exit_code == Exit.DONE
    assert watches.program.ask("SELECT first, last FROM registrations") == [(0, 4294967295)]


def test_each_watch_has_a_page_and_a_feed_of_its_own(watches: Watches) -> None:
    folder = watches.program.folder
    watches.configure(
        {"status": ("http", "codes"), "alerts": ("tls", "alerts")},
        status=f'html = "{folder / "status.html"}"\n',
        alerts=f'atom = "{folder / "alerts.atom"}"\n',
    )
    watches.run("sync", "--quiet")
    assert "Not Found" in (folder / "status.html").read_text("utf-8")
    assert (folder / "alerts.atom").exists()


def test_what_is_flagged_and_held_back_is_listed_for_all_with_its_watch(watches: Watches) -> None:
    watches.program.documents(200)
    watches.configure(
        {"status": ("http", "codes"), "methods": ("http", "methods"), "alerts": ("tls", "alerts")},
        status=f'documented = ["{watches.program.page}"]\n',
        alerts=f'documented = ["{watches.program.page}"]\n',
    )
    watches.run("sync", "--quiet")
    assert [line.split()[:3] for line in watches.run("flags").out.splitlines()] == [
        ["WATCH", "CODE", "NAME"],
        ["status", "404", "Not"],
        ["alerts", "0", "close_notify"],
    ]
    one = json.loads(watches.run("flags", "list", "--watch", "alerts", "--format", "json").out)
    assert [(row["watch"], row["first"]) for row in one] == [("alerts", 0)]

    body = document([OK, NOT_FOUND], registry_id="codes", updated="2026-01-02")
    watches.server.put("/http.xml", body, last_modified="Fri, 02 Jan 2026 00:00:00 GMT")
    assert watches.run("sync", "--quiet", at=NOON).exit_code == Exit.UNUSABLE_INPUT
    held = watches.run("quarantine").out.splitlines()[1].split()
    assert held[0] == "methods"
    assert "methods: " in watches.run("quarantine", "accept", held[1], at=EVENING).out
    assert watches.run("status", at=EVENING).exit_code == Exit.DONE


def test_a_page_of_several_watches_whose_server_asks_for_patience_is_asked_once(watches: Watches) -> None:
    page = f'documented = ["{watches.server.url("/page.md")}"]\n'
    watches.server.answer("/page.md", status=503, headers={"Retry-After": "3600"})
    watches.configure(
        {"status": ("http", "codes"), "methods": ("http", "methods"), "alerts": ("tls", "alerts")},
        status=page,
        methods=page,
        alerts=page,
    )
    assert watches.run("sync", "--quiet").exit_code == Exit.PASSING_FAILURE
    assert [path for path, _ in watches.asked()] == ["/page.md", "/http.xml", "/tls.xml"]


def test_each_watchs_trouble_is_told(seen: Watches) -> None:
    body = document([OK], registry_id="other", updated="2026-01-02")
    seen.server.put("/http.xml", body, last_modified="Fri, 02 Jan 2026 00:00:00 GMT")
    seen.run("sync", "--quiet", at=NOON)
    seen.server.put("/tls.xml", body, last_modified="Fri, 02 Jan 2026 00:00:00 GMT")
    # Of the first document operators have heard before, of the second they hear now.
    said = seen.run("sync", at=EVENING).err
    assert said.count("the document has no registry codes") == 1
    assert said.count("the document has no registry alerts") == 1


def test_what_ships_stands_in_for_its_own_watch_alone(watches: Watches) -> None:
    url = "https://www.iana.org/assignments/websocket/websocket.xml"
    watches.config.write_text(
        f'[[watch]]\nname = "opcodes"\ndocument = "{url}"\nregistry = "opcode"\n', "utf-8"
    )
    answer = watches.run("sync")
    assert answer.exit_code == Exit.PASSING_FAILURE
    assert "close-codes: started from the registry" in answer.out
    assert "opcodes: not checked; nothing is known of the registry yet" in answer.out


def test_a_page_that_can_not_be_written_keeps_no_other_from_being_written(watches: Watches) -> None:
    folder = watches.program.folder
    watches.configure(
        {"status": ("http", "codes"), "alerts": ("tls", "alerts")},
        status=f'html = "{folder / "nowhere" / "status.html"}"\n',
        alerts=f'html = "{folder / "alerts.html"}"\n',
    )
    answer = watches.run("sync", "--quiet")
    assert answer.exit_code == Exit.CANNOT_CREATE
    assert "nowhere" in answer.err
    assert (folder / "alerts.html").exists()


def test_the_changes_of_several_watches_stand_under_their_names(seen: Watches) -> None:
    seen.serve(status=[OK, NOT_FOUND, TEAPOT], alerts=[CLOSED, HANDSHAKE], day=2)
    out = seen.run("sync", "-v", at=NOON).out.splitlines()
    assert out[out.index("status:") + 1] == "  418 registered: I'm a teapot"
    assert out[out.index("alerts:") + 1] == "  40 registered: handshake_failure"


def test_what_is_held_back_is_in_the_summary(seen: Watches) -> None:
    odd = row("x", "No number")
    seen.serve(status=[OK, NOT_FOUND, odd], day=2)
    for at in (NOON, EVENING):
        out = seen.run("sync", "--watch", "status", at=at).out
        assert "1 held back for a person (`ianawatch quarantine`)" in out


def test_a_secret_in_a_documents_address_is_in_no_letter(watches: Watches, tmp_path: Path) -> None:
    address = watches.server.url("/tls.xml?token=SECRET").replace("http://", "http://me:SECRET@")
    letter = tmp_path / "letter"
    watches.server.put("/tls.xml?token=SECRET", document([CLOSED], registry_id="alerts"))
    watches.config.write_text(
        f"""
close_codes = false

[[watch]]
name = "alerts"
document = "{address}"
registry = "alerts"

[channels.file]
exec = ["/bin/sh", "-c", "cat >> {letter}"]
""",
        "utf-8",
    )
    watches.run("sync", "--quiet")
    watches.server.put("/tls.xml?token=SECRET", document([CLOSED, HANDSHAKE], registry_id="alerts"))
    watches.run("sync", "--quiet", at=NOON)
    told = letter.read_text("utf-8")
    assert "handshake_failure" in told
    assert "The registry: http://***@127.0.0.1" in told
    assert "SECRET" not in told


def test_what_one_watch_has_of_the_past_takes_nothing_from_another(seen: Watches) -> None:
    """A version that one watch of a document can't use was applied all the same: the other had it."""
    first = document([row("1", "a"), row("2", "b")], registry_id="methods", updated="2026-01-01")
    whole = document(
        [OK],
        registry_id="codes",
        updated="2026-01-02",
        other=registry([row("1", "GET")], registry_id="methods"),
    )
    without = document([OK, TEAPOT], registry_id="codes", updated="2026-01-03")
    past = seen.program.folder / "past"
    past.mkdir()
    (past / "2026-01-01T00:00:00Z.xml").write_bytes(first)
    seen.server.put("/http.xml", whole)
    seen.run("sync", "--quiet", at="2026-01-03T00:00:00Z")
    seen.server.put("/http.xml", without)
    seen.run("sync", "--quiet", at="2026-01-04T00:00:00Z")
    answer = seen.run("backfill", str(past), "--watch", "methods", at="2026-01-04T01:00:00Z")
    assert answer.exit_code == Exit.DONE, answer.err
    # The copy before is served again for days: it is an older one still.
    seen.server.put("/http.xml", whole)
    for day in range(5, 9):
        out = seen.run("sync", at=f"2026-01-{day:02}T00:00:00Z").out
        assert "status: an older copy was served and not applied" in out
        assert "withdrawn" not in out
