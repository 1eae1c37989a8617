"""A run that is killed at any line of a delivery loses no alert (docs/rules.md, rule 7).

What the next run repeats has the id it had, and is only what a channel had taken before it was marked.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import row
from forks import Forks, Job
from loopback import forget_surroundings
from program import Program
from sampling import evenly, share
from unreliable import Account, Command, UnreliableHook, UnreliableMailbox

from sync.errors import Exit

if TYPE_CHECKING:
    from conftest import Reliability

FIRST, SECOND, LATER = "2026-01-02T12:00:00Z", "2026-01-02T13:00:00Z", "2026-01-02T15:00:00Z"
NORMAL = row("1000", "Normal Closure")
UNAUTHORIZED, FORBIDDEN = row("3000", "Unauthorized"), row("3003", "Forbidden")
ROOMS = ("sync/deliver/", "sync/commands/delivery.py", "db/deliveries.py")
"""Where the lines are that deliver."""
POINTS = 256
"""Lines that are tried in the matrix."""


class Run:
    """A run with a letter that waits and one that it decides itself, for each of its channels."""

    def __init__(self, program: Program, forks: Forks, env: dict[str, str]) -> None:
        self._program = program
        self._forks = forks
        self._args = ("sync", "--quiet", *program.sources())
        self._env = env
        program.serve([NORMAL])
        program.sync(at=FIRST, env=env)
        program.serve([NORMAL, UNAUTHORIZED], updated="2026-01-02")
        program.sync("--no-deliver", at=FIRST, env=env)
        program.serve([NORMAL, UNAUTHORIZED, FORBIDDEN], updated="2026-01-03")
        self._before = program.database.read_bytes()

    def lines(self) -> int:
        """How many lines of it deliver."""
        answer, lines = self._forks.lines(Job(self._program, self._args, SECOND, self._env, ROOMS))
        assert answer.exit_code == Exit.DONE
        return lines

    def killed(self, line: int) -> str:
        """What it prints until it is killed at that line; from the same state each time."""
        self._program.database.write_bytes(self._before)
        job = Job(self._program, self._args, SECOND, self._env, ROOMS)
        answer = self._forks.run(job, kill_at=line)
        # Threads take turns as they please: it may be a few lines shorter than the one that was counted.
        assert answer.exit_code in {-signal.SIGKILL, Exit.DONE}
        return answer.out

    def next(self) -> str:
        """What the next run prints, when every lease has ended."""
        answer = self._forks.run(Job(self._program, self._args, LATER, self._env))
        assert (answer.exit_code, answer.err) == (Exit.DONE, "")
        return answer.out

    def states(self) -> dict[str, str]:
        """The state of each delivery by its id; a transaction that was cut short is rolled back."""
        return {str(uid): str(state) for uid, state in self._program.ask("SELECT uid, state FROM delivery")}


@pytest.fixture
def forks() -> Iterator[Forks]:
    with Forks(1) as forks:
        yield forks


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExitStack]:
    forget_surroundings(monkeypatch)
    with ExitStack() as post:
        yield post


def points(lines: int, most: int) -> list[int]:
    """So many of the lines, evenly; of the matrix what this run takes."""
    found = evenly(range(1, lines + 1), most)
    return share(found) if most == POINTS else found


def total(accounts: Sequence[Account], uid: str) -> int:
    return sum(account.taken[uid] for account in accounts)


@pytest.mark.parametrize("most", [6, pytest.param(POINTS, marks=pytest.mark.matrix)])
def test_a_kill_at_any_line_loses_nothing_and_repeats_only_what_was_not_marked(
    most: int, tmp_path: Path, post: ExitStack, forks: Forks, reliability: Reliability
) -> None:
    hook = post.enter_context(UnreliableHook("hook"))
    mailbox = post.enter_context(UnreliableMailbox("mail"))
    command = Command(tmp_path, "command")
    env = {
        "IANAWATCH_CHANNELS__HOOK__WEBHOOK": hook.url("/hook"),
        "IANAWATCH_CHANNELS__MAIL__URL": mailbox.url("readers@example.org"),
        "IANAWATCH_CHANNELS__COMMAND__EXEC": command.line,
    }
    run = Run(Program(tmp_path), forks, env)
    lines = run.lines()
    killed = lost = repeated = without_need = 0
    for line in points(lines, most):
        before = [hook.account.copy(), mailbox.account.copy(), command.account]
        run.killed(line)
        marked = {uid for uid, state in run.states().items() if state == "done"}
        run.next()
        states, after = run.states(), [hook.account, mailbox.account, command.account]
        assert (len(states), set(states.values())) == (6, {"done"})
        assert set().union(*(account.taken for account in after)) == states.keys(), "no other ids"
        times = {uid: total(after, uid) - total(before, uid) for uid in states}
        killed += 1
        lost += sum(time < 1 for time in times.values())
        repeated += sum(time == 2 for time in times.values())
        # Twice at most, and only what the channel had taken before the run could mark it.
        without_need += sum(time > (1 if uid in marked else 2) for uid, time in times.items())
    reliability("killed while it delivers", lines=lines, killed=killed, lost=lost, repeated=repeated)
    assert (lost, without_need) == (0, 0)


@pytest.mark.parametrize("most", [6, pytest.param(POINTS, marks=pytest.mark.matrix)])
def test_a_kill_at_any_line_loses_nothing_that_is_to_be_printed(
    most: int, tmp_path: Path, forks: Forks, reliability: Reliability
) -> None:
    run = Run(Program(tmp_path), forks, {})
    lines = run.lines()
    said = ("newly registered: 3000 Unauthorized", "newly registered: 3003 Forbidden")
    killed = lost = repeated = without_need = 0
    for line in points(lines, most):
        printed = run.killed(line)
        marked = set(run.states().values()) == {"done"}
        printed_next = run.next()
        assert set(run.states().values()) == {"done"}
        killed += 1
        lost += sum(news not in printed + printed_next for news in said)
        repeated += sum(news in printed and news in printed_next for news in said)
        without_need += marked and bool(printed_next)
    reliability("killed while it prints", lines=lines, killed=killed, lost=lost, repeated=repeated)
    assert (lost, without_need) == (0, 0)
