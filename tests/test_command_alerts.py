"""`ianawatch alerts`, and what `sync` says of a channel: the outbox as its user sees it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from builders import row
from program import AT, Program

from db.deliveries import Deliveries
from db.engine import Database
from sync.errors import Exit

NORMAL, UNAUTHORIZED = row("1000", "Normal Closure"), row("3000", "Unauthorized", date="2021-09-06")
FORBIDDEN = row("3003", "Forbidden", date="2023-02-22")
NEWS = "close-codes: newly registered: 3000 Unauthorized, registered 2021-09-06; not documented in {page}"
TOMORROW = "2026-01-02T12:00:00Z"


class Postman:
    """The program with one channel, a command that appends to a file while `open`."""

    def __init__(self, folder: Path) -> None:
        self.program = Program(folder)
        self.letters = folder / "letters"
        self.shut = folder / "shut"
        self.env = {
            "IANAWATCH_CHANNELS__MAIL__EXEC": (
                f"sh -c 'test ! -e {self.shut} || {{ echo mailbox full >&2; exit 1; }}; "
                f"cat >> {self.letters}; echo >> {self.letters}'"
            )
        }
        self.program.serve([NORMAL])
        self.program.sync()

    def sync(self, *args: str, at: str = AT) -> tuple[int, str, str]:
        """Sync, with the channel configured."""
        answer = self.program.sync(*args, at=at, env=self.env)
        return answer.exit_code, answer.out, answer.err

    def alerts(self, *args: str, at: str = AT) -> tuple[int, str, str]:
        """`ianawatch alerts`, with the channel configured."""
        answer = self.program.here("alerts", *args, at=at, env=self.env)
        return answer.exit_code, answer.out, answer.err

    def rows(self, *args: str) -> list[dict[str, Any]]:
        """What `alerts list` tells as JSON."""
        answer = self.alerts("list", "--format", "json", *args)[1]
        rows: list[dict[str, Any]] = json.loads(answer)
        return rows

    def received(self) -> list[dict[str, object]]:
        """The letters that the channel took."""
        return [json.loads(line) for line in self.letters.read_text("utf-8").splitlines()]


@pytest.fixture
def postman(tmp_path: Path) -> Postman:
    return Postman(tmp_path)


@pytest.fixture
def news(postman: Postman) -> str:
    """Something has been registered; the line that says it."""
    postman.program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
    return NEWS.format(page=postman.program.page)


# -- a channel that is named -------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["list", "retry", "drop"])
def test_a_channel_that_nobody_has_heard_of_is_wrong_usage(postman: Postman, command: str) -> None:
    code, out, err = postman.alerts(command, "--channel", "mali")
    assert (code, out) == (Exit.USAGE, "")
    assert err == "ianawatch: --channel mali: there is no such channel; there is mail\n"
    assert postman.alerts(command, "--channel", "mail")[0] == Exit.DONE


# -- sync -------------------------------------------------------------------------------------------


def test_with_a_channel_nothing_is_printed_when_it_took_the_news(postman: Postman, news: str) -> None:
    assert postman.sync("--quiet", at=TOMORROW) == (0, "", "")
    (letter,) = postman.received()
    assert news in str(letter["text"])
    assert postman.sync("--quiet", at=TOMORROW) == (0, "", "")
    assert len(postman.received()) == 1


def test_a_run_by_hand_says_that_it_was_delivered(postman: Postman, news: str) -> None:
    code, out, err = postman.sync(at=TOMORROW)
    assert (code, err) == (0, "")
    assert news not in out
    assert out.splitlines()[0] == "mail: 1 message delivered"


def test_news_is_printed_while_the_channel_does_not_take_it(postman: Postman, news: str) -> None:
    postman.shut.touch()
    code, out, err = postman.sync("--quiet", "--exit-code", at=TOMORROW)
    assert (code, out) == (Exit.UNDELIVERED, f"{news}\n")
    assert err.startswith(
        "ianawatch: mail: not delivered: sh: ended with exit status 1: mailbox full; it waits"
    )
    assert postman.sync("--quiet", at=TOMORROW) == (0, "", ""), "not yet due again"
    postman.shut.unlink()
    assert postman.sync("--quiet", at="2026-01-02T12:05:00Z") == (0, "", "")
    assert len(postman.received()) == 1


def test_delivery_goes_on_when_the_source_cannot_be_reached(postman: Postman, news: str) -> None:
    postman.shut.touch()
    postman.sync("--quiet", at=TOMORROW)
    postman.shut.unlink()
    postman.program.document.unlink()
    assert postman.sync("--quiet", at="2026-01-02T13:00:00Z")[0] == Exit.PASSING_FAILURE
    (letter,) = postman.received()
    assert news in str(letter["text"])


def test_json_tells_what_was_decided_and_what_became_of_it(postman: Postman, news: str) -> None:
    code, out, err = postman.sync("--format", "json", at=TOMORROW)
    assert (code, err) == (0, "")
    facts = json.loads(out)
    (alert,) = facts["alerts"]
    assert (alert["kind"], alert["text"]) == ("registration", news)
    assert alert == postman.received()[0]["alerts"][0], "as in the letter"  # type: ignore[index]
    (delivery,) = facts["deliveries"]
    assert (delivery["channel"], delivery["delivered"], delivery["problem"]) == ("mail", True, None)


def test_no_deliver_leaves_it_in_the_outbox(postman: Postman, news: str) -> None:
    del news
    assert postman.sync("--quiet", "--no-deliver", "--exit-code", at=TOMORROW)[0] == Exit.UNDELIVERED
    assert not postman.letters.exists()
    assert [row["state"] for row in postman.rows()] == ["waiting"]


def test_an_audience_without_a_channel_has_its_stream(postman: Postman, news: str) -> None:
    postman.env["IANAWATCH_CHANNELS__MAIL__AUDIENCE"] = "operators"
    assert postman.sync("--quiet", at=TOMORROW) == (0, f"{news}\n", "")
    assert not postman.letters.exists()


def test_a_channel_that_cannot_be_used_is_a_wrong_configuration(postman: Postman) -> None:
    del postman.env["IANAWATCH_CHANNELS__MAIL__EXEC"]
    postman.env["IANAWATCH_CHANNELS__MAIL__URL"] = "nosuchscheme://user:SECRET@host"
    code, out, err = postman.sync()
    assert (code, out) == (Exit.CONFIGURATION, "")
    assert "channels.mail" in err
    assert "SECRET" not in err


# -- list -------------------------------------------------------------------------------------------


def test_every_alert_is_listed_with_its_deliveries(postman: Postman, news: str) -> None:
    assert postman.alerts()[1] == ""
    assert postman.rows() == []
    postman.shut.touch()
    postman.sync(at=TOMORROW)
    (listed,) = postman.rows()
    assert listed["text"] == news
    assert (listed["kind"], listed["channel"], listed["state"], listed["attempts"], listed["problem"]) == (
        "registration",
        "mail",
        "waiting",
        1,
        "sh: ended with exit status 1: mailbox full",
    )
    table = postman.alerts("list", "--waiting")[1]
    assert table.splitlines()[0].split() == [
        *["ID", "DECIDED", "(UTC)", "ALERT", "CHANNEL", "STATE", "TRIES", "PROBLEM"]
    ]
    assert listed["alert"][:8] in table


def test_an_empty_outbox_is_json_all_the_same(postman: Postman) -> None:
    assert postman.rows("--waiting") == []


# -- retry and drop -----------------------------------------------------------------------------------


def test_retry_sends_now_what_waits(postman: Postman, news: str) -> None:
    del news
    postman.shut.touch()
    postman.sync(at=TOMORROW)
    code, _, err = postman.alerts("retry", at=TOMORROW)
    assert code == Exit.UNDELIVERED
    assert "mailbox full" in err
    postman.shut.unlink()
    assert postman.alerts("retry", at=TOMORROW) == (0, "mail: 1 message delivered\n", "")
    assert postman.alerts("retry", at=TOMORROW) == (0, "nothing waits\n", "")
    assert len(postman.received()) == 1


def test_retry_leaves_alone_what_another_run_is_sending(postman: Postman, news: str) -> None:
    del news
    postman.sync("--no-deliver", at=TOMORROW)
    with Database.open(str(postman.program.database)).write() as connection:
        assert Deliveries(connection).claim("mail", datetime.fromisoformat(TOMORROW))
    said = "what waits is being sent by another run\n"
    assert postman.alerts("retry", at=TOMORROW) == (Exit.UNDELIVERED, said, "")
    postman.env["IANAWATCH_CHANNELS__FAX__EXEC"] = "true"
    nothing = "nothing waits\n"
    assert postman.alerts("retry", "--channel", "fax", at=TOMORROW) == (Exit.UNDELIVERED, nothing, "")
    assert not postman.letters.exists()
    assert postman.alerts("retry", at="2026-01-03T12:00:00Z")[0] == 0
    assert len(postman.received()) == 1


def test_retry_revives_the_dead(postman: Postman, news: str) -> None:
    del news
    postman.shut.touch()
    for day in range(2, 10):
        postman.sync("--quiet", at=f"2026-01-{day:02}T12:00:00Z")
    late = postman.sync("--quiet", at="2026-02-20T12:00:00Z")
    assert "given up; `ianawatch alerts retry` tries again" in late[2]
    assert [row["state"] for row in postman.rows()] == ["dead"]
    assert postman.program.here("status", env=postman.env).exit_code == Exit.MISSING
    postman.shut.unlink()
    assert postman.alerts("retry", at="2026-03-01T12:00:00Z")[0] == 0
    assert [row["state"] for row in postman.rows()] == ["done"]


def test_one_alert_by_the_start_of_its_id(postman: Postman, news: str) -> None:
    del news
    postman.sync("--no-deliver", at=TOMORROW)
    postman.program.serve([NORMAL, UNAUTHORIZED, FORBIDDEN], updated="2026-01-03")
    postman.sync("--no-deliver", at="2026-01-03T12:00:00Z")
    first, second = postman.rows()
    assert postman.alerts("drop", first["alert"][:8]) == (0, "1 delivery dropped\n", "")
    assert [row["state"] for row in postman.rows()] == ["dropped", "waiting"]
    assert postman.alerts("retry", second["alert"][:8], at="2026-01-03T12:00:00Z")[0] == 0
    assert [row["state"] for row in postman.rows()] == ["dropped", "done"]
    assert [row["alert"] for row in postman.rows("--waiting")] == []


def test_a_new_channel_gets_the_past_only_when_asked(postman: Postman, news: str) -> None:
    postman.sync(at=TOMORROW)
    (listed,) = postman.rows()
    late = postman.program.folder / "late"
    postman.env["IANAWATCH_CHANNELS__LATE__EXEC"] = f"sh -c 'cat > {late}'"
    postman.sync(at="2026-01-03T12:00:00Z")
    assert not late.exists()
    code, out, _ = postman.alerts("retry", listed["alert"][:8], "--to", "late")
    assert (code, out) == (0, "late: 1 message delivered\n")
    assert news in json.loads(late.read_text("utf-8"))["text"]
    assert len(postman.received()) == 1, "and the old one did not get it again"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["drop"], "say which: the alerts ID..., or all that goes to --channel NAME"),
        (["drop", "abc"], "abc: give at least 4 characters of an id that `alerts list` shows"),
        (["drop", "abcd%"], "abcd%: give at least 4 characters of an id that `alerts list` shows"),
        (["retry", "abcdef"], "abcdef: there is no such alert; `ianawatch alerts list` shows what there is"),
        (["retry", "--to", "mail"], "--to: say which alerts; `ianawatch alerts list` shows their ids"),
        (
            ["retry", "x", "--to", "mail", "--channel", "mail"],
            "--to and --channel exclude each other; give one",
        ),
        (["retry", "x", "--to", "fax"], "fax: there is no such channel; there is mail"),
        (["test", "fax"], "fax: there is no such channel; there is mail"),
    ],
)
def test_what_cannot_be_meant_is_refused(postman: Postman, args: list[str], said: str) -> None:
    assert postman.alerts(*args) == (Exit.USAGE, "", f"ianawatch: {said}\n")


# -- test -------------------------------------------------------------------------------------------


def test_a_test_goes_to_every_channel_and_says_which_took_it(postman: Postman) -> None:
    postman.env["IANAWATCH_CHANNELS__BROKEN__EXEC"] = "false"
    code, out, err = postman.alerts("test")
    assert (code, out) == (Exit.UNDELIVERED, "mail: a test was delivered\n")
    assert err == "ianawatch: broken: not delivered: false: ended with exit status 1\n"
    (letter,) = postman.received()
    assert (letter["subject"], letter["test"]) == ("ianawatch: a test", True)
    assert postman.alerts("test", "mail") == (0, "mail: a test was delivered\n", "")


def test_a_test_needs_no_database_and_no_channel(tmp_path: Path) -> None:
    answer = Program(tmp_path).here("alerts", "test")
    assert (answer.exit_code, answer.out) == (
        0,
        "no channel is configured: what a sync prints is the alert, and cron mails it\n",
    )
