"""One pass over the outbox: every channel gets what is due to it, and what it did not take waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from databases import migrated
from outbox import NOON, begin_anew, news, notice
from sqlalchemy import select

from db import tables as t
from db.alert_outbox import AlertOutbox
from db.deliveries import ENOUGH_TRIES, LONGEST_PAUSE, Claim, Deliveries
from db.engine import Database
from sync.audience import Audience
from sync.deliver.attempts import Attempt
from sync.deliver.channels import Channel
from sync.deliver.dispatch import FAILURES_IN_A_ROW, FIRST_PAUSE, deliver, pause
from sync.errors import NotDelivered
from sync.news.letter import Letter, write_letter

DAY = timedelta(days=1)
EVERYBODY = frozenset(Audience)


def letter(claim: Claim) -> Letter:
    message = claim.message
    return write_letter(message.uid, claim.uid, message.audience, message.at, message.alerts, {})


@dataclass
class Mailbox:
    """A channel that keeps what it takes, and refuses while `down`."""

    name: str = "mail"
    audiences: frozenset[Audience] = EVERYBODY
    down: bool = False
    deadline: float = 20.0
    taken: list[str] = field(default_factory=list)
    tried: int = 0

    def __call__(self, letter: Letter, *, timeout: float) -> None:
        """Take a letter."""
        assert timeout == self.deadline
        self.tried += 1
        if self.down:
            raise NotDelivered("451 try again later")
        self.taken.append(letter.delivery_uid)

    @property
    def channel(self) -> Channel:
        """As the pass sees it."""
        return Channel(self.name, self.audiences, self, self.deadline)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = migrated(tmp_path)
    with database.write() as connection:
        begin_anew(connection)
    return database


def post(database: Database, *channels: Mailbox, letters: int = 1, at: datetime = NOON) -> None:
    """Runs that each had something for operators."""
    for number in range(letters):
        with database.write() as connection:
            AlertOutbox(connection).post(
                [notice(f"{at:%d %H:%M} {number}", watch="")],
                {},
                {},
                {box.name: box.audiences for box in channels},
                at,
            )


def send(
    database: Database,
    *boxes: Mailbox | Channel,
    at: datetime = NOON,
    write: Callable[[Claim], Letter] = letter,
    dead_after: timedelta = 30 * DAY,
) -> list[Attempt]:
    channels = [box if isinstance(box, Channel) else box.channel for box in boxes]
    return deliver(database, channels, write, lambda: at, dead_after)


def states(database: Database) -> dict[str, list[str]]:
    """States of the deliveries by channel, in order."""
    with database.read() as connection:
        rows = connection.execute(select(t.delivery.c.channel, t.delivery.c.state).order_by(t.delivery.c.id))
        found: dict[str, list[str]] = {}
        for channel, state in rows:
            found.setdefault(channel, []).append(state)
        return found


def test_each_channel_gets_each_letter_once_and_in_order(database: Database) -> None:
    mail, chat = Mailbox("mail"), Mailbox("chat")
    post(database, mail, chat, letters=5)
    attempts = send(database, mail, chat)
    assert len(attempts) == 10
    assert all(attempt.delivered for attempt in attempts)
    with database.read() as connection:
        posted = connection.execute(select(t.delivery.c.channel, t.delivery.c.uid).order_by(t.delivery.c.id))
        by_channel: dict[str, list[str]] = {"mail": [], "chat": []}
        for channel, uid in posted:
            by_channel[channel].append(uid)
    assert (mail.taken, chat.taken) == (by_channel["mail"], by_channel["chat"])
    assert send(database, mail, chat, at=NOON + DAY) == []
    assert mail.tried == 5


def test_nothing_to_send_starts_no_thread(database: Database) -> None:
    before = threading.active_count()
    assert send(database, Mailbox()) == []
    assert threading.active_count() == before


def test_a_dead_channel_delays_no_other_and_gets_everything_after_it(database: Database) -> None:
    mail, chat = Mailbox("mail", down=True), Mailbox("chat")
    for day in range(7):
        at = NOON + day * DAY
        post(database, mail, chat, at=at)
        attempts = send(database, mail, chat, at=at)
        assert [a.problem for a in attempts if a.channel == "mail"][:1] == ["451 try again later"]
        assert len(chat.taken) == day + 1
    assert states(database)["mail"] == ["waiting"] * 7
    mail.down = False
    send(database, mail, chat, at=NOON + 8 * DAY)
    assert (len(mail.taken), len(set(mail.taken))) == (7, 7)
    assert states(database) == {"mail": ["done"] * 7, "chat": ["done"] * 7}


def test_a_channel_that_refuses_twice_in_a_row_is_left_alone_for_the_run(database: Database) -> None:
    mail = Mailbox(down=True)
    post(database, mail, letters=9)
    assert len(send(database, mail)) == FAILURES_IN_A_ROW == mail.tried


def test_one_letter_that_is_always_refused_holds_up_none_of_the_others(database: Database) -> None:
    bad: list[str] = []

    @dataclass
    class Picky(Mailbox):
        def __call__(self, letter: Letter, *, timeout: float) -> None:
            bad[:] = bad or [letter.delivery_uid]
            if letter.delivery_uid == bad[0]:
                raise NotDelivered("554 refused")
            super().__call__(letter, timeout=timeout)

    mail = Picky()
    post(database, mail, letters=4)
    attempts = send(database, mail)
    assert [attempt.problem for attempt in attempts] == ["554 refused", None, None, None]


def test_one_that_hangs_is_given_up_after_its_deadline_and_delays_no_other(database: Database) -> None:
    released = threading.Event()

    def hang(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        released.wait()

    stuck = Channel("stuck", EVERYBODY, hang, deadline=0.05)
    chat = Mailbox("chat")
    post(database, Mailbox("stuck"), chat, letters=3)
    attempts = send(database, stuck, chat)
    released.set()
    assert [(a.channel, a.problem) for a in attempts] == [
        *[("chat", None)] * 3,
        ("stuck", "no answer within 0.05 s"),
    ]


def test_what_was_accepted_after_all_is_marked_and_not_called_a_failure(database: Database) -> None:
    """The thread that had been given up comes back while another channel is still at work."""
    given_up, released = threading.Event(), threading.Event()
    calls = 0

    def clock() -> datetime:
        nonlocal calls
        calls += 1
        # Each of the two has claimed its letter; now what has ended is marked, and only one has.
        if calls == 3:
            given_up.set()
        return NOON

    def late(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        released.wait()

    def patient(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        given_up.wait()
        released.set()

    post(database, Mailbox("late"), at=NOON - timedelta(hours=1))
    post(database, Mailbox("patient"), letters=5)
    channels = [Channel("late", EVERYBODY, late, 0.05), Channel("patient", EVERYBODY, patient, 20.0)]
    attempts = deliver(database, channels, letter, clock, DAY)
    assert [attempt.problem for attempt in attempts if attempt.channel == "late"] == [None]
    assert states(database)["late"] == ["done"]


def test_two_letters_that_are_always_refused_do_not_stand_before_the_others(database: Database) -> None:
    bad: list[str] = []

    @dataclass
    class Picky(Mailbox):
        def __call__(self, letter: Letter, *, timeout: float) -> None:
            if len(bad) < 2:
                bad.append(letter.delivery_uid)
            if letter.delivery_uid in bad:
                raise NotDelivered("554 too long")
            super().__call__(letter, timeout=timeout)

    mail = Picky()
    post(database, mail, letters=4)
    for day in range(2):
        send(database, mail, at=NOON + day * DAY)
    assert sorted(states(database)["mail"]) == ["done", "done", "waiting", "waiting"]


def test_what_waits_is_tried_again_after_a_pause_and_not_before(database: Database) -> None:
    mail = Mailbox(down=True)
    post(database, mail)
    (attempt,) = send(database, mail)
    assert attempt.next_at
    assert FIRST_PAUSE / 2 <= attempt.next_at - NOON <= FIRST_PAUSE
    mail.down = False
    assert send(database, mail, at=attempt.next_at - timedelta(seconds=1)) == []
    assert [a.delivered for a in send(database, mail, at=attempt.next_at)] == [True]


def test_pauses_grow_to_a_day_and_no_two_are_alike() -> None:
    assert pause(1) <= FIRST_PAUSE
    for attempts, most in enumerate([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440], start=1):
        assert timedelta(minutes=most / 2) <= pause(attempts) <= timedelta(minutes=most)
    assert pause(10_000) <= LONGEST_PAUSE
    assert len({pause(9) for _ in range(20)}) > 1


def test_what_is_too_old_and_was_tried_often_is_given_up_and_said_so(database: Database) -> None:
    mail = Mailbox(down=True)
    post(database, mail)
    for day in range(ENOUGH_TRIES):
        (attempt,) = send(database, mail, at=NOON + day * DAY, dead_after=ENOUGH_TRIES * DAY)
        assert attempt.next_at, "not yet"
    *_, last = send(database, mail, at=NOON + ENOUGH_TRIES * DAY, dead_after=ENOUGH_TRIES * DAY)
    assert (last.channel, last.problem, last.next_at) == ("mail", "451 try again later", None)
    assert states(database) == {"mail": ["dead"]}
    mail.down = False
    assert send(database, mail, at=NOON + 99 * DAY) == []


def test_a_clock_a_year_ahead_for_one_run_buries_nothing(database: Database) -> None:
    mail = Mailbox(down=True)
    post(database, mail)
    send(database, mail, at=NOON + 365 * DAY)
    assert states(database) == {"mail": ["waiting"]}
    mail.down = False
    assert [a.delivered for a in send(database, mail, at=NOON + DAY)] == [True]


def test_what_has_lost_its_channel_is_given_up_in_time(database: Database) -> None:
    post(database, Mailbox("gone"))
    assert send(database, Mailbox(), at=NOON + 29 * DAY) == []
    (attempt,) = send(database, Mailbox(), at=NOON + 30 * DAY)
    assert (attempt.channel, attempt.problem) == ("gone", "there is no such channel any more")


def test_a_bug_in_a_sender_stops_nobody_else_and_is_not_swallowed(database: Database) -> None:
    def broken(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        raise KeyError("https://user:SECRET@host")

    chat = Mailbox("chat")
    post(database, Mailbox("broken"), chat, letters=3)
    with pytest.raises(KeyError):
        send(database, Channel("broken", EVERYBODY, broken, 20.0), chat)
    assert states(database) == {"broken": ["waiting"] * 3, "chat": ["done"] * 3}
    with database.read() as connection:
        problems = connection.scalars(select(t.delivery.c.problem).where(t.delivery.c.channel == "broken"))
        assert set(problems) <= {None, "a bug in the program, KeyError"}


def test_a_letter_that_cannot_be_written_stops_nobody_else(database: Database) -> None:
    chat = Mailbox("chat")
    post(database, Mailbox("mail"), chat)

    def write(claim: Claim) -> Letter:
        if claim.channel == "mail":
            raise ValueError
        return letter(claim)

    with pytest.raises(ValueError, match=r"^$"):
        send(database, Mailbox("mail"), chat, write=write)
    assert states(database) == {"mail": ["waiting"], "chat": ["done"]}


def test_an_interrupted_pass_marks_what_was_accepted(database: Database) -> None:
    """A signal is heard by the thread that waits, in the middle of whatever the others do."""
    taken = threading.Event()
    mail, slow = Mailbox("mail"), threading.Event()

    def stuck(letter: Letter, *, timeout: float) -> None:
        del letter, timeout
        slow.wait()

    class Stop(BaseException):
        pass

    calls = 0

    def clock() -> datetime:
        nonlocal calls
        calls += 1
        # The two channels have their first letters; now something has ended, and is about to be marked.
        if calls == 3:
            taken.set()
            raise Stop
        return NOON

    post(database, mail, Mailbox("stuck"))
    with pytest.raises(Stop):
        deliver(database, [mail.channel, Channel("stuck", EVERYBODY, stuck, 20.0)], letter, clock, DAY)
    slow.set()
    assert taken.is_set()
    assert states(database) == {"mail": ["done"], "stuck": ["waiting"]}


def test_the_audience_decides_what_a_channel_gets(database: Database) -> None:
    readers = Mailbox("readers", frozenset({Audience.READERS}))
    operators = Mailbox("operators", frozenset({Audience.OPERATORS}))
    with database.write() as connection:
        begin_anew(connection)
        channels = {box.name: box.audiences for box in (readers, operators)}
        watch = connection.scalar(select(t.watch.c.id)) or 0
        rows = connection.execute(select(t.registration.c.key, t.registration.c.id))
        by_watch = {("codes", row.key): row.id for row in rows}
        outbox = AlertOutbox(connection)
        outbox.post([news("k"), notice("a")], {"codes": watch}, by_watch, channels, NOON)
    send(database, readers, operators)
    assert (readers.tried, operators.tried) == (1, 1)


def test_what_was_posted_before_a_channel_was_configured_is_not_sent_to_it(database: Database) -> None:
    mail, later = Mailbox("mail"), Mailbox("later")
    post(database, mail)
    send(database, mail, later)
    assert later.taken == []
    with database.write() as connection:
        (uid,) = connection.scalars(select(t.message.c.uid))
        assert Deliveries(connection).send_also([uid], "later", NOON) == 1
        assert Deliveries(connection).send_also([uid], "later", NOON) == 0
    send(database, mail, later)
    assert (mail.tried, later.tried) == (1, 1)
