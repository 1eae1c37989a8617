"""None lost, none under another id, none twice where the channel says what it took (docs/rules.md, rule 7).

Whole syncs through the front door, with real SMTP and HTTP servers and real commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import row
from loopback import forget_surroundings
from program import AT, Program, ended
from unreliable import (
    HANGS,
    HOOK_FAULTS,
    MAIL_FAULTS,
    Account,
    Command,
    Receiver,
    UnreliableHook,
    UnreliableMailbox,
)

from sync.errors import Exit

if TYPE_CHECKING:
    from conftest import Reliability

HOUR = timedelta(hours=1)
PATIENT, IMPATIENT = "20", "0.3"
RECIPIENT = "readers@example.org"


class Town:
    """The program, a registry that grows, and receivers of every kind."""

    def __init__(self, folder: Path, post: ExitStack) -> None:
        self.program = Program(folder)
        self.now = datetime.fromisoformat(AT)
        self.env: dict[str, str] = {}
        self._folder = folder
        self._post = post
        self._codes = 0
        self._serve()
        self.program.sync(at=AT)

    def hook(self, name: str, *faults: str, deadline: str = PATIENT) -> UnreliableHook:
        """A webhook channel."""
        hook = self._post.enter_context(UnreliableHook(name, faults))
        self._channel(name, "WEBHOOK", hook.url("/hook"), deadline)
        return hook

    def mailbox(self, name: str, *faults: str) -> UnreliableMailbox:
        """A mail channel."""
        mailbox = self._post.enter_context(UnreliableMailbox(name, faults))
        self._channel(name, "URL", mailbox.url(RECIPIENT), PATIENT)
        return mailbox

    def command(self, name: str, *, unreliable: bool = False) -> Command:
        """An exec channel."""
        command = Command(self._folder, name, unreliable=unreliable)
        self._channel(name, "EXEC", command.line, PATIENT)
        return command

    def register(self) -> None:
        """IANA registers one more code."""
        self._codes += 1
        self._serve()

    def sync(self, *args: str, later: timedelta = HOUR) -> None:
        """One more run; that letters wait is no failure of it."""
        self.now += later
        answer = self.program.sync("--quiet", *args, at=self.now.isoformat(), env=self.env)
        assert answer.exit_code == Exit.DONE, answer.err

    def sync_until_all_is_delivered(self) -> None:
        """Run by run, six hours apart, until nothing waits."""
        for _ in range(200):
            if self.states() == {"done"}:
                return
            self.sync(later=6 * HOUR)
        pytest.fail(f"after 50 days: {self.states()}")

    def states(self) -> set[object]:
        """The states of the deliveries."""
        return {state for (state,) in self.program.ask("SELECT DISTINCT state FROM delivery")}

    def posted(self, channel: str) -> set[str]:
        """Ids of the deliveries to a channel."""
        rows = self.program.ask(f"SELECT uid FROM delivery WHERE channel = '{channel}'")  # noqa: S608  # our own
        return {str(uid) for (uid,) in rows}

    def _serve(self) -> None:
        codes = [row(f"{3000 + n}", f"Code {n}", date="2025-12-01") for n in range(self._codes)]
        day = datetime.fromisoformat("2025-12-01") + timedelta(days=self._codes)
        self.program.serve([row("1000", "Normal Closure"), *codes], updated=f"{day:%Y-%m-%d}")

    def _channel(self, name: str, key: str, value: str, deadline: str) -> None:
        self.env |= {
            f"IANAWATCH_CHANNELS__{name.upper()}__{key}": value,
            f"IANAWATCH_CHANNELS__{name.upper()}__DEADLINE": deadline,
        }


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    forget_surroundings(monkeypatch)
    with ExitStack() as post:
        yield Town(tmp_path, post)


@dataclass
class Figures:
    """What became of the alerts."""

    alerts: int
    deliveries: int = 0
    tries: int = 0
    repeats: int = 0
    lost: int = 0

    def add(self, posted: set[str], account: Account) -> None:
        """Count a channel."""
        self.deliveries += len(posted)
        self.tries += account.tries
        self.repeats += account.repeats
        self.lost += len(posted - account.taken.keys())


@pytest.mark.parametrize("alerts", [10, pytest.param(200, marks=pytest.mark.matrix)])
def test_each_alert_arrives_at_every_channel_whatever_it_does(
    alerts: int, town: Town, reliability: Reliability
) -> None:
    honest: dict[str, Receiver] = {
        "hook": town.hook("hook"),
        "mail": town.mailbox("mail"),
        "command": town.command("command"),
    }
    failing: dict[str, Receiver] = {
        "bad_hook": town.hook("bad_hook", *HOOK_FAULTS),
        "slow_hook": town.hook("slow_hook", *HOOK_FAULTS, HANGS, deadline=IMPATIENT),
        "bad_mail": town.mailbox("bad_mail", *MAIL_FAULTS),
        "bad_command": town.command("bad_command", unreliable=True),
    }
    for _ in range(alerts):
        town.register()
        town.sync()
        for name, receiver in honest.items():
            assert receiver.account.taken.keys() == town.posted(name), "in the run that decided it"
    town.sync_until_all_is_delivered()

    figures = Figures(alerts)
    for name, receiver in {**honest, **failing}.items():
        account, posted = receiver.account, town.posted(name)
        assert len(posted) == alerts
        assert account.taken.keys() == posted, "none lost, and none under another id"
        figures.add(posted, account)
    for receiver in honest.values():
        assert set(receiver.account.taken.values()) == {1}
    for name in ("bad_hook", "bad_mail"):
        # It repeats only what it never said that it took: what was answered once is never sent again.
        assert set(failing[name].account.answered.values()) == {1}, name
    reliability("delivered over channels that fail half the time", **asdict(figures))
    assert figures.lost == 0
    assert figures.tries > figures.deliveries


def test_a_channel_that_is_down_for_a_week_delays_no_other_and_gets_everything_after_it(town: Town) -> None:
    mailbox, hook = town.mailbox("mail"), town.hook("hook")
    mailbox.refuse(RECIPIENT, "450 4.2.0 try again later")
    for _ in range(7):
        town.register()
        town.sync(later=24 * HOUR)
        assert hook.account.taken.keys() == town.posted("hook")
    assert town.program.here("status", at=town.now.isoformat()).exit_code == Exit.MISSING
    assert mailbox.letters == []
    mailbox.accept(RECIPIENT)
    town.sync(later=24 * HOUR)
    for receiver, name in ((mailbox, "mail"), (hook, "hook")):
        assert receiver.account.taken == dict.fromkeys(town.posted(name), 1)
    assert town.program.here("status", at=town.now.isoformat()).exit_code == Exit.DONE


def test_eight_runs_at_once_send_each_letter_once(town: Town) -> None:
    """Half of them `alerts retry`, which a person may type while cron's run is at it."""
    hook, command = town.hook("hook"), town.command("command")
    for _ in range(5):
        town.register()
        town.sync("--no-deliver")
    at = town.now.isoformat()
    runs = [["sync", "--quiet", *town.program.sources()], ["alerts", "retry"]]
    started = [town.program.start(*runs[n % 2], at=at, env=town.env) for n in range(8)]
    assert {ended(process).exit_code for process in started} <= {Exit.DONE, Exit.UNDELIVERED}
    town.sync()
    for receiver, name in ((hook, "hook"), (command, "command")):
        assert len(town.posted(name)) == 5
        assert receiver.account.taken == dict.fromkeys(town.posted(name), 1)


# -- a restored backup ---------------------------------------------------------------------------------


def test_a_restored_backup_repeats_under_the_old_ids_only(town: Town, tmp_path: Path) -> None:
    hook = town.hook("hook")
    town.register()
    town.sync()
    backup = tmp_path / "backup.db"
    assert town.program.here("database", "backup", str(backup)).exit_code == 0
    town.register()
    town.sync()
    posted = town.posted("hook")
    town.program.database.write_bytes(backup.read_bytes())
    town.sync()
    assert town.posted("hook") == posted
    assert sorted(hook.account.taken.values()) == [1, 2]
    assert hook.account.taken.keys() == posted


def test_alerts_that_come_together_after_a_restore_keep_the_ids_they_had_apart(
    town: Town, tmp_path: Path
) -> None:
    hook = town.hook("hook")
    backup = tmp_path / "backup.db"
    town.program.here("database", "backup", str(backup))
    for _ in range(2):
        town.register()
        town.sync()
    alerts = town.program.ask("SELECT uid FROM alert ORDER BY uid")
    town.program.database.write_bytes(backup.read_bytes())
    town.sync()
    assert len(hook.account.taken) == 3, "a message of its own, since it says both"
    assert town.program.ask("SELECT uid FROM alert ORDER BY uid") == alerts


# -- what can't be delivered ---------------------------------------------------------------------------


def test_what_is_given_up_is_seen_and_can_be_sent_all_the_same(town: Town) -> None:
    mailbox = town.mailbox("mail")
    mailbox.refuse(RECIPIENT, "550 5.1.1 no such user")
    town.register()
    for _ in range(8):
        town.sync(later=24 * HOUR)
    town.sync(later=30 * 24 * HOUR)
    assert town.states() == {"dead"}
    status = town.program.here("status", at=town.now.isoformat(), env=town.env)
    assert status.exit_code == Exit.MISSING
    assert "1 delivery given up" in status.out
    mailbox.accept(RECIPIENT)
    assert town.program.here("alerts", "retry", at=town.now.isoformat(), env=town.env).exit_code == 0
    assert mailbox.account.taken == dict.fromkeys(town.posted("mail"), 1)


def test_what_waits_for_the_last_channel_that_was_taken_away_is_given_up_in_time_and_said_so(
    town: Town,
) -> None:
    town.mailbox("mail").refuse(RECIPIENT, "450 4.2.0 try again later")
    town.register()
    town.sync()
    town.env.clear()
    town.sync(later=24 * HOUR)
    assert town.states() == {"waiting"}
    town.now += 30 * 24 * HOUR
    answer = town.program.sync("--quiet", at=town.now.isoformat())
    assert "3000 Code 0" in answer.out
    assert answer.err == (
        "ianawatch: mail: not delivered: there is no such channel any more; "
        "given up; `ianawatch alerts retry` tries again\n"
    )
    assert town.states() == {"dead"}
