"""`ianawatch sync` as its user sees it: what it prints, where, when, and how it ends."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import document, row
from databases import at_revision, migrated
from program import Program, ended

from sync.errors import Exit

NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
FORBIDDEN = row("3003", "Forbidden", date="2023-02-22")
NEWS = "close-codes: newly registered: 3000 Unauthorized, registered 2021-09-06; not documented in {page}\n"
HOURS = [f"2026-01-02T{hour:02}:00:00Z" for hour in range(24)]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """After a first sync, at which nothing was registered in the watched range."""
    program = Program(tmp_path)
    program.serve([NORMAL])
    program.sync()
    return program


def news(program: Program) -> str:
    return NEWS.format(page=program.page)


def files(folder: Path) -> dict[str, tuple[int, str]]:
    """Everything in a folder: when it was changed, and what it holds."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


# -- what is printed -----------------------------------------------------------------------------------


def test_the_news_then_the_summary(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    answer = program.sync(at=HOURS[0])
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out == news(program) + (
        "close-codes: a new version; the registry as of 2026-01-02 has 2 records, 2 registrations, "
        "1 flagged (3000)\n"
    )


def test_a_process_of_its_own_says_what_one_here_does(program: Program) -> None:
    assert program.run("sync", *program.sources(), at=HOURS[0]) == program.sync(at=HOURS[1])


def test_quiet_prints_news_and_nothing_else(program: Program) -> None:
    assert program.sync("--quiet", at=HOURS[0]) == (answer := program.sync("-q", at=HOURS[1]))
    assert (answer.exit_code, answer.out, answer.err) == (Exit.DONE, "", "")
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    assert program.sync("--quiet", at=HOURS[2]).out == news(program)
    assert program.sync("--quiet", at=HOURS[3]).out == ""
    program.documents(1000, 3000)
    assert program.sync("--quiet", at=HOURS[4]).out == (
        "close-codes: 3000 Unauthorized is documented now; its flag is closed\n"
    )


def test_verbose_prints_every_change(program: Program) -> None:
    program.serve(
        [row("1000", "Normal Closing"), row("1001", "Going Away")], updated="2026-01-02", people="A Person"
    )
    answer = program.sync("-v", at=HOURS[0])
    assert answer.out.splitlines()[:-1] == [
        "  1000 description: Normal Closure -> Normal Closing",
        "  1001 registered: Going Away",
    ]
    assert program.sync("-q", "-v").exit_code == Exit.USAGE


def test_no_person_is_named(program: Program) -> None:
    contact = row("1000", "Normal Closure", contact="somebody")
    program.serve([contact, UNAUTHORIZED], updated="2026-01-02", people="A Person")
    for args in (["--verbose", "--dry-run"], ["--format", "json"]):
        answer = program.sync(*args, at=HOURS[0])
        assert "contacts" in answer.out
        assert "A Person" not in answer.out + answer.err


def test_json_is_one_document(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    facts = program.sync("--format", "json", at=HOURS[0]).json
    assert (facts["verdict"], facts["dry_run"], facts["problems"]) == ("applied", False, [])
    assert [(alert["kind"], alert["codes"][0]["first"]) for alert in facts["alerts"]] == [
        ("registration", 3000)
    ]
    assert program.sync("--format", "json", at=HOURS[1]).json["alerts"] == []
    program.documents(1000, 3000)
    facts = program.sync("--format", "json", "--verbose", at=HOURS[2]).json
    assert [code["first"] for code in facts["documented_now"]] == [3000]


def test_json_has_what_waited_from_an_earlier_run(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    program.sync("--no-deliver", at=HOURS[0])
    assert [alert["at"] for alert in program.sync("--format", "json", at=HOURS[1]).json["alerts"]] == [
        HOURS[0]
    ]
    assert program.sync("--quiet", at=HOURS[2]).out == ""


def test_quiet_json_is_a_document_or_nothing(program: Program) -> None:
    assert program.sync("--quiet", "--format", "json", at=HOURS[0]).out == ""
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    assert program.sync("--quiet", "--format", "json", at=HOURS[1]).json["alerts"]


# -- failures ------------------------------------------------------------------------------------------


def test_a_quiet_failure_is_heard_at_the_third_and_when_it_is_over(program: Program) -> None:
    gone = str(program.folder / "gone.xml")
    answers = [program.here("sync", "--quiet", "--source", gone, at=at) for at in HOURS[:5]]
    assert [(answer.exit_code, answer.out) for answer in answers] == [(Exit.PASSING_FAILURE, "")] * 5
    failing = (
        f"ianawatch: close-codes: {gone}: can't be read: No such file or directory; check the path; "
        "3 runs in a row have failed, and the next ones try again\n"
    )
    assert [answer.err for answer in answers] == ["", "", failing, "", ""]
    over = program.sync("--quiet", at=HOURS[5])
    assert (over.exit_code, over.out) == (Exit.DONE, "")
    assert over.err == f"ianawatch: close-codes: {program.document}: reached again after 5 failed runs\n"


def test_a_failure_that_is_not_quiet_is_one_line_each_time(program: Program) -> None:
    for hour in range(4):
        answer = program.here("sync", "--source", "gone.xml", at=HOURS[hour])
        assert answer.exit_code == Exit.PASSING_FAILURE
        (line,) = answer.err.splitlines()
        assert line.startswith("ianawatch: ")
        assert "gone.xml: can't be read: No such file or directory" in line
        assert answer.out.startswith(
            "close-codes: not checked; the registry as of 2026-01-01 has 1 record, 1 registration"
        )


def test_a_quarantine_is_told_once_an_episode(program: Program) -> None:
    program.document.write_bytes(document([NORMAL])[:-30])
    answers = [program.sync("--quiet", at=at) for at in HOURS[:3]]
    assert [(answer.exit_code, answer.out) for answer in answers] == [(65, "")] * 3
    assert answers[0].err.startswith("ianawatch: close-codes: not well-formed")
    assert answers[0].err.endswith(
        "what was known before stands; `ianawatch quarantine` shows what is held back\n"
    )
    assert [answer.err for answer in answers[1:]] == ["", ""]
    (line,) = program.sync(at=HOURS[3]).err.splitlines()
    assert line.startswith(f"ianawatch: {program.document}: not well-formed")
    program.serve([NORMAL])
    program.sync(at=HOURS[4])
    program.document.write_bytes(document([NORMAL])[:-30])
    assert program.sync("--quiet", at=HOURS[5]).err.startswith("ianawatch: close-codes: not well-formed")


def test_a_problem_that_an_alert_tells_is_not_said_twice(program: Program) -> None:
    program.document.write_bytes(document([NORMAL])[:-30])
    assert len(program.sync(at=HOURS[0]).err.splitlines()) == 1
    assert len(program.sync("--no-deliver", at=HOURS[1]).err.splitlines()) == 1


@pytest.mark.parametrize("output", ["text", "json"])
def test_errors_go_to_stderr_whatever_the_format(output: str, program: Program) -> None:
    answer = program.here("sync", "--source", "gone.xml", "--format", output)
    assert "gone.xml: can't be read" in answer.err
    if output == "json":
        assert answer.json["problems"][0]["exit_code"] == 75


def test_stderr_as_json_objects(program: Program) -> None:
    program.document.write_bytes(document([NORMAL])[:-30])
    as_json = {"IANAWATCH_LOG_FORMAT": "json"}
    broken, again = (program.sync(at=at, env=as_json) for at in HOURS[:2])
    program.serve([NORMAL])
    for answer in (broken, again):
        (line,) = answer.err.splitlines()
        assert json.loads(line)["level"] == "error"
    gone = [program.here("sync", "-q", "--source", "gone.xml", at=at, env=as_json) for at in HOURS[2:5]]
    assert json.loads(gone[2].err)["message"].endswith("the next ones try again")
    assert json.loads(program.sync("-q", at=HOURS[5], env=as_json).err) == {
        "level": "info",
        "message": f"close-codes: {program.document}: reached again after 3 failed runs",
    }


def test_a_page_that_can_not_be_read_says_what_follows(program: Program) -> None:
    program.page.write_text("# no table\n", "utf-8")
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    answer = program.sync(at=HOURS[0])
    assert answer.exit_code == Exit.UNUSABLE_INPUT
    assert answer.out.startswith(news(program))
    (line,) = answer.err.splitlines()
    assert line.startswith(
        f"ianawatch: close-codes: documented source {program.page}: no table of values found"
    )
    assert line.endswith("; what was last read of it stands")
    assert program.sync("--quiet", at=HOURS[1]).err == ""


def test_a_name_that_is_no_text_is_refused(program: Program) -> None:
    answer = program.here("sync", "--source", "/tmp/\udcff.xml")  # noqa: S108  # nothing is there
    assert answer.exit_code == Exit.USAGE
    assert "its name is no text in this terminal's encoding" in answer.err


# -- the first sync, from its default source -----------------------------------------------------------


def test_a_first_sync_without_a_network(tmp_path: Path) -> None:
    program = Program(tmp_path)
    answer = program.run("sync")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    *baseline, line = answer.out.splitlines()
    assert line == (
        "close-codes: started from the registry of 2026-06-10 that ships with ianawatch, since the source "
        "can't be reached (https://www.iana.org/assignments/websocket/websocket.xml: the proxy: connection "
        "refused; check the proxy that HTTP_PROXY or HTTPS_PROXY names): 24 records, 18 registrations, "
        "3 flagged (3000, 3003, 3008); the next run goes on from there"
    )
    assert baseline == [
        "close-codes: registered and not documented, as of the first look: 3",
        "  3000 Unauthorized, registered 2021-09-06; not documented in bundled",
        "  3003 Forbidden, registered 2023-02-22; not documented in bundled",
        "  3008 Timeout, registered 2024-02-01; not documented in bundled",
    ]
    later = program.here("sync", at=HOURS[0])
    assert (later.exit_code, later.out.partition(";")[0]) == (
        Exit.PASSING_FAILURE,
        "close-codes: not checked",
    )
    assert later.err.startswith("ianawatch: https://www.iana.org/")


def test_a_quiet_first_sync_tells_the_baseline(tmp_path: Path) -> None:
    program = Program(tmp_path)
    migrated(tmp_path)
    answer = program.here("sync", "--quiet")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out.startswith("close-codes: registered and not documented")
    assert len(answer.out.splitlines()) == 4


def test_a_source_that_was_named_and_can_not_be_reached(tmp_path: Path) -> None:
    answer = Program(tmp_path).here("sync", "--source", "https://example.org/codes.xml")
    assert (answer.exit_code, len(answer.err.splitlines())) == (Exit.PASSING_FAILURE, 1)
    assert answer.out == "close-codes: not checked; nothing is known of the registry yet\n"


# -- trying it out -------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_be_and_writes_nothing(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    before = files(program.folder)
    tried = program.sync("--dry-run", at=HOURS[0])
    assert files(program.folder) == before
    really = program.sync(at=HOURS[0])
    assert tried.out == really.out + "dry run: nothing was written or sent\n"
    assert (tried.exit_code, tried.err) == (really.exit_code, really.err)


def test_a_dry_run_creates_nothing(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program.serve([NORMAL, UNAUTHORIZED])
    before = files(tmp_path)
    env = {"IANAWATCH_DATABASE": str(tmp_path / "new" / "ianawatch.db")}
    answer = program.sync("--dry-run", "--format", "json", env=env)
    assert (answer.exit_code, answer.json["dry_run"], len(answer.json["alerts"])) == (Exit.DONE, True, 1)
    assert files(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_a_dry_run_upgrades_nothing(program: Program) -> None:
    program.database.unlink()
    at_revision(program.database, "0001")
    before = files(program.folder)
    assert program.sync("--dry-run").exit_code == Exit.DONE
    assert files(program.folder) == before


def test_a_dry_run_leaves_what_waits(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    program.sync("--no-deliver", at=HOURS[0])
    assert program.sync("--dry-run", "--quiet", at=HOURS[1]).out == ""
    assert program.sync("--quiet", at=HOURS[2]).out == news(program)


def test_a_dry_run_keeps_errors_apart(program: Program) -> None:
    program.document.write_bytes(document([NORMAL])[:-30])
    answer = program.sync("--dry-run")
    assert (answer.exit_code, len(answer.err.splitlines())) == (Exit.UNUSABLE_INPUT, 1)
    assert "not well-formed" not in answer.out


# -- the outbox ----------------------------------------------------------------------------------------


def test_what_is_not_delivered_waits_for_the_next_run(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    assert "newly" not in program.sync("--no-deliver", at=HOURS[0]).out
    program.serve([NORMAL, UNAUTHORIZED, FORBIDDEN], updated="2026-01-02")
    answer = program.sync("--quiet", at=HOURS[1])
    assert [line.split()[3] for line in answer.out.splitlines()] == ["3000", "3003"]


def test_what_waits_is_printed_even_when_the_source_is_gone(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    program.sync("--no-deliver", at=HOURS[0])
    page = ["--documented", str(program.page)]
    answer = program.here("sync", "--quiet", "--source", "gone.xml", *page, at=HOURS[1])
    assert (answer.exit_code, answer.out) == (Exit.PASSING_FAILURE, news(program))


def test_a_process_killed_before_it_prints_loses_nothing(program: Program) -> None:
    """Its stdout is a pipe that is full: it has committed, and waits to print."""
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    uids = "SELECT uid FROM alert WHERE kind = 'registration'"
    read, write = os.pipe()
    os.set_blocking(write, False)
    while True:
        try:
            os.write(write, b" " * 65536)
        except BlockingIOError:
            break
    os.set_blocking(write, True)
    with program.start("sync", *program.sources(), at=HOURS[0], stdout=write) as process:
        with closing(sqlite3.connect(program.database)) as connection:
            while not (before := connection.execute(uids).fetchall()):
                assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        assert ended(process).exit_code == -signal.SIGKILL
    os.close(read)
    os.close(write)
    assert program.sync("--quiet", at=HOURS[1]).out == news(program)
    assert program.ask(uids) == before


# -- exit codes ----------------------------------------------------------------------------------------


def test_news_can_be_an_exit_code(program: Program) -> None:
    assert program.sync("--exit-code", at=HOURS[0]).exit_code == Exit.DONE
    program.serve([row("1000", "Normal Closing"), UNAUTHORIZED], updated="2026-01-02")
    assert program.sync("--exit-code", "--dry-run", at=HOURS[1]).exit_code == Exit.MISSING
    assert program.sync("--exit-code", at=HOURS[1]).exit_code == Exit.MISSING
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-03")
    assert program.sync("--exit-code", at=HOURS[2]).exit_code == Exit.DONE
    program.documents(1000, 3000)
    assert program.sync("--exit-code", at=HOURS[3]).exit_code == Exit.MISSING


def test_a_delivery_that_waits_is_another(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    assert program.sync("--exit-code", "--no-deliver", at=HOURS[0]).exit_code == Exit.UNDELIVERED
    assert program.sync("--exit-code", "--no-deliver", at=HOURS[1]).exit_code == Exit.UNDELIVERED
    assert program.sync("--exit-code", at=HOURS[2]).exit_code == Exit.MISSING
    assert program.sync("--exit-code", at=HOURS[3]).exit_code == Exit.DONE


def test_a_failure_is_the_exit_code_whatever_the_news(program: Program) -> None:
    program.sync("--no-deliver", at=HOURS[0])
    assert program.here("sync", "--exit-code", "--source", "gone.xml", at=HOURS[1]).exit_code == 75


def test_an_older_copy_is_no_failure_and_is_applied_when_a_person_says_so(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    program.sync(at=HOURS[0])
    program.serve([NORMAL], updated="2026-01-01")
    answer = program.sync("--exit-code", at=HOURS[1])
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out.startswith(
        "close-codes: an older copy was served and not applied; the registry as of 2026-01-02"
    )
    accepted = program.sync("--accept-older", at=HOURS[2])
    assert accepted.out.startswith("close-codes: an older copy was applied; the registry as of 2026-01-01")
    assert "a person said so" in accepted.err


# -- the database --------------------------------------------------------------------------------------


def test_an_old_schema_is_upgraded_and_that_is_told_unless_quiet(program: Program) -> None:
    for args, told in (([], 1), (["--quiet"], 0)):
        program.database.unlink()
        at_revision(program.database, "0001")
        answer = program.sync(*args)
        assert answer.exit_code == Exit.DONE
        assert (
            len(
                re.findall(
                    r"^ianawatch: the database's schema was upgraded; .*backup$", answer.err, re.MULTILINE
                )
            )
            == told
        )


def test_a_database_that_can_not_be_made_or_used(program: Program) -> None:
    for database, exit_code in (("/dev/null/a.db", 73), (str(program.document), 74)):
        answer = program.here("--database", database, "sync", *program.sources())
        assert (answer.exit_code, answer.out, len(answer.err.splitlines())) == (exit_code, "", 1)


# -- codes in use --------------------------------------------------------------------------------------


def test_a_code_of_ours_that_is_registered_by_another_name_is_told_once(program: Program) -> None:
    ours = program.folder / "ours.csv"
    ours.write_text("code,name\n3000,Kicked\n3500,Ours\n", "utf-8")
    env = {"IANAWATCH_IN_USE": str(ours)}
    assert "conflict" not in program.sync(at=HOURS[0], env=env).out
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    conflict = (
        "close-codes: conflict: 3000 Unauthorized, registered 2021-09-06, "
        f'is in use as "Kicked" in {ours}, line 2; choose another code\n'
    )
    assert program.sync("--quiet", at=HOURS[1], env=env).out == news(program) + conflict
    assert program.sync("--quiet", at=HOURS[2], env=env).out == ""
    summary = program.sync(at=HOURS[3], env=env).out
    assert summary.endswith("2 registrations, 1 flagged (3000), 1 conflict (3000)\n")
    facts = program.sync("--format", "json", at=HOURS[4], env=env).json
    assert [(c["first"], c["in_use"][0]["name"]) for c in facts["conflicts"]] == [(3000, "Kicked")]


def test_a_list_of_codes_in_use_that_can_not_be_read_says_what_follows(program: Program) -> None:
    answer = program.sync(at=HOURS[0], env={"IANAWATCH_IN_USE": "absent.csv"})
    assert answer.exit_code == Exit.PASSING_FAILURE
    assert "list of codes in use absent.csv: " in answer.err
    assert answer.err.endswith(
        "No such file or directory; check the path; it takes no part until it can be read\n"
    )


# -- pages ---------------------------------------------------------------------------------------------


def test_mdns_page_gives_what_the_bundled_table_does(shared: Path, program: Program) -> None:
    document_ = shared / "iana-websocket-history" / "20260611T062958Z.xml"
    mdn = shared / "documented-tables" / "mdn-ja-2022.md"
    lacking = []
    for number, documented in enumerate(("bundled", str(mdn))):
        env = {"IANAWATCH_DATABASE": str(program.folder / f"{number}.db"), "IANAWATCH_SOURCE": str(document_)}
        migrated(program.folder).path.rename(env["IANAWATCH_DATABASE"])  # type: ignore[union-attr]  # a file
        facts = program.here("sync", "--documented", documented, "--format", "json", env=env).json
        assert {tuple(flag.pop("missing_from")) for flag in facts["flags"]} == {(documented,)}
        lacking.append(facts["flags"])
    assert lacking[0] == lacking[1]
    assert [flag["first"] for flag in lacking[0]] == [3000, 3003, 3008]


# -- public faces -----------------------------------------------------------------------------------


def test_the_page_and_the_feed_are_written_at_the_end_of_each_run(program: Program) -> None:
    page, feed = program.folder / "index.html", program.folder / "feed.xml"
    env = {"IANAWATCH_HTML": str(page), "IANAWATCH_ATOM": str(feed)}
    assert program.sync("--quiet", "--dry-run", env=env).out == ""
    assert not page.exists()
    assert program.sync("--quiet", env=env).exit_code == Exit.DONE
    assert ("3000" in page.read_text("utf-8"), "Unauthorized" in feed.read_text("utf-8")) == (True, False)
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    program.sync("--quiet", at=HOURS[0], env=env)
    assert ("Unauthorized" in page.read_text("utf-8"), "Unauthorized" in feed.read_text("utf-8")) == (
        True,
        True,
    )


def test_a_page_that_cannot_be_written_stops_nothing_else(program: Program) -> None:
    program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    feed = program.folder / "feed.xml"
    env = {"IANAWATCH_HTML": "/nonexistent/index.html", "IANAWATCH_ATOM": str(feed)}
    answer = program.sync("--quiet", at=HOURS[0], env=env)
    assert (answer.exit_code, answer.out) == (Exit.CANNOT_CREATE, news(program))
    assert answer.err.startswith("ianawatch: /nonexistent/index.html: it can't be written: ")
    assert feed.exists()
    assert program.sync("--quiet", at=HOURS[1]).out == "", "it was told"


@pytest.mark.parametrize(
    "source", ["http://example.org:99999/x", "http://[::1/x", "https://u:a/b@example.org/x"]
)
def test_a_source_that_is_no_address_is_said_in_one_line(tmp_path: Path, source: str) -> None:
    answer = Program(tmp_path).here("sync", "--source", source)
    assert answer.exit_code == Exit.PASSING_FAILURE
    assert answer.err.count("\n") == 1
    assert "give an http or https URL" in answer.err
