"""Two hosts, one PostgreSQL database: what comes of their syncs is what one host alone would have made.

Each host has a home and a configuration of its own; they share the database, IANA's server and the webhook
that takes the letters. The PostgreSQL server is the tests' own: where its programs are missing, these are
skipped.
"""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import postgresql_server
import pytest
from builders import Row, document, row
from databases import migrate_to, rows, scripts
from forks import Forks, Job
from loopback import LoopbackServer, RawServer, read_head
from program import Program, ended
from sampling import share
from sqlalchemy import Column, RowMapping, create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from db import tables as t
from db.engine import Database
from db.upgrade import HEAD
from sync.errors import Exit

if TYPE_CHECKING:
    import socket

    from conftest import Reliability
    from synced import Answer

HOSTS = 2
QUICK, MATRIX = (1, 2), (8, 6)
"""How often a new version is served, and how many syncs run at once on both hosts together."""
EARLIER = [script.revision for script in scripts().walk_revisions() if script.revision != HEAD]
BEFORE, AT, AFTER = (f"2026-01-02T{hour:02}:00:00Z" for hour in (9, 12, 15))
DOCUMENT, PAGE, HOOK, HOOK_OF_ONE = "/codes.xml", "/page.csv", "/hook", "/hook-of-one"
ACCEPTED = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
NORMAL = row("1000", "Normal Closure")


class Upstream(LoopbackServer):
    """IANA's server, and whoever takes the letters."""

    def __init__(self) -> None:
        super().__init__()
        self.put(PAGE, b"code\n1000\n", content_type="text/csv")
        for hook in (HOOK, HOOK_OF_ONE):
            self.answer(hook, status=204)

    def serve(self, count: int) -> None:
        """Have a document with as many codes in the watched range."""
        body = document(codes(count), updated=f"2026-01-{count + 1:02}")
        self.put(DOCUMENT, body, last_modified=f"Thu, {count + 1:02} Jan 2026 00:00:00 GMT")

    def letters(self, hook: str = HOOK) -> Counter[str]:
        """How often each letter came."""
        return Counter(seen.headers["webhook-id"] for seen in self.requests if seen.path == hook)


def codes(count: int) -> list[Row]:
    return [NORMAL, *(row(str(3000 + n), f"Code {n}", date="2026-01-01") for n in range(count))]


@dataclass(frozen=True)
class Host:
    """A machine on which the program is installed and configured."""

    program: Program
    database: str

    @classmethod
    def configured(cls, home: Path, database: str, upstream: Upstream, hook: str) -> Host:
        """A host whose home is still empty; its configuration file is written."""
        folder = home / ".config" / "ianawatch"
        folder.mkdir(parents=True)
        lines = (
            f'source = "{upstream.url(DOCUMENT)}"',
            f'documented = ["{upstream.url(PAGE)}"]',
            "[channels.hook]",
            f'webhook = "{hook}"',
        )
        (folder / "config.toml").write_text("\n".join(lines), "utf-8")
        return cls(Program(home), database)

    @property
    def environment(self) -> dict[str, str]:
        """What names the database: as a secret, in no list of processes."""
        return {"IANAWATCH_DATABASE": self.database}

    def job(self, at: str) -> Job:
        """A sync as cron runs it, for `Forks`."""
        return Job(self.program, ("sync", "--quiet"), at, self.environment)

    def sync(self, at: str) -> Answer:
        """The same in this process."""
        return self.program.here("sync", "--quiet", at=at, env=self.environment)

    def start(self) -> subprocess.Popen[str]:
        """The same, left running."""
        return self.program.start("sync", "--quiet", at=AT, env=self.environment)


def hosts(folder: Path, database: str, upstream: Upstream, hook: str) -> list[Host]:
    return [Host.configured(folder / f"host{n}", database, upstream, hook) for n in range(HOSTS)]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def url(server: str) -> Iterator[str]:
    with postgresql_server.new_database(server) as url:
        yield url


@pytest.fixture
def pair(url: str, upstream: Upstream, tmp_path: Path) -> list[Host]:
    return hosts(tmp_path, url, upstream, upstream.url(HOOK))


# -- at once -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rounds", "syncs"), [QUICK, pytest.param(*MATRIX, marks=pytest.mark.matrix)])
def test_what_two_hosts_make_at_once_is_what_one_would_have_made(
    rounds: int, syncs: int, pair: list[Host], upstream: Upstream, tmp_path: Path, reliability: Reliability
) -> None:
    """From an empty database on: all of them make its schema. Each version is followed by a round of 304."""
    versions = range(1, len(share(range(rounds))) + 2)
    answers: list[Answer] = []
    answers_alone: list[Answer] = []
    hook = upstream.url(HOOK_OF_ONE)
    alone = Host.configured(tmp_path / "alone", str(tmp_path / "alone.db"), upstream, hook)
    with Forks(syncs) as syncing:
        for version in versions:
            for at in (f"2026-01-02T{version:02}:{minute}:00Z" for minute in ("00", "30")):
                upstream.serve(version)
                jobs = [pair[n % HOSTS].job(at) for n in range(syncs)]
                answers += syncing.each(syncing.run, jobs)
                answers_alone += [alone.sync(at) for _ in range(syncs)]
    letters, letters_alone = upstream.letters(), upstream.letters(HOOK_OF_ONE)
    failed = [answer for answer in answers if answer.exit_code or answer.err]
    reliability(
        "two hosts at once on PostgreSQL",
        versions=len(versions),
        syncs=len(answers),
        failed=len(failed),
        lost=len(letters_alone.keys() - letters.keys()),
        doubled=letters.total() - len(letters),
    )
    assert failed == [answer for answer in answers_alone if answer.exit_code or answer.err] == []
    assert letters == letters_alone == Counter(letters_alone.keys())
    assert len(letters) == len(versions)
    assert known(pair[0].database) == known(alone.database)
    statuses = Counter(seen.status for seen in upstream.requests if seen.path == DOCUMENT)
    assert statuses[304] >= 2 * len(versions) * syncs


def known(where: str) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, in the order of their numbers, some of which a server leaves out."""
    with Database.open(where).read() as connection:
        found = {
            table: connection.execute(select(table).order_by(table.c.id)).mappings().all()
            for table in t.metadata.sorted_tables
        }
    places = {table: {row["id"]: place for place, row in enumerate(found[table])} for table in found}

    def value(column: Column[Any], row: RowMapping) -> object:
        target = next((key.column.table for key in column.foreign_keys), None)
        return row[column] if target is None else places[target].get(row[column])

    return {
        table.name: [{c.name: value(c, row) for c in table.c if not c.primary_key} for row in found[table]]
        for table in found
    }


@pytest.mark.matrix
@pytest.mark.parametrize("revision", EARLIER)
def test_one_of_two_upgrades_an_earlier_schema(revision: str, pair: list[Host], upstream: Upstream) -> None:
    with Database.create(pair[0].database).migrate() as connection:
        migrate_to(connection, revision)
    upstream.serve(2)
    with Forks(HOSTS) as syncing:
        answers = list(syncing.each(lambda host: syncing.run(host.job(AT)), pair))
    assert [(answer.exit_code, answer.err) for answer in answers] == [(Exit.DONE, "")] * HOSTS
    assert rows(Database.open(pair[0].database), "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert list(upstream.letters().values()) == [1]


# -- one of them is held up ----------------------------------------------------------------------------------


class Desk:
    """Where an administrator sees what the hosts' connections wait for, holds them up and cuts them."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        engine = create_engine(url, poolclass=NullPool)
        self._locker = stack.enter_context(engine.connect())
        self._psql = stack.enter_context(engine.connect()).execution_options(isolation_level="AUTOCOMMIT")

    def hold_up(self, host: Host) -> subprocess.Popen[str]:
        """A sync that has begun its transaction, and can't write what it decided until `let_go`."""
        self._locker.exec_driver_sql("LOCK TABLE run IN EXCLUSIVE MODE")
        process = host.start()
        self.backend(process, "relation")
        return process

    def let_go(self) -> None:
        """Let whoever is held up go on."""
        self._locker.rollback()

    def backend(self, process: subprocess.Popen[str], lock: str) -> int:
        """The server's process that waits for such a lock; until there is one, wait for it."""
        query = "SELECT pid FROM pg_stat_activity WHERE datname = 'codes' AND wait_event = :lock"
        while True:
            found = self._psql.scalar(text(query), {"lock": lock})
            if found is not None:
                return int(found)
            if process.poll() is not None:
                pytest.fail(f"it ended without waiting for the {lock} lock: {ended(process)}")

    def do(self, statement: str) -> None:
        """Execute a statement."""
        self._psql.exec_driver_sql(statement)


@pytest.fixture
def desk(pair: list[Host], upstream: Upstream) -> Iterator[Desk]:
    """With a database that both hosts have synced, and a new version that neither has seen."""
    upstream.serve(0)
    for host in pair:
        assert host.sync(BEFORE).exit_code == Exit.DONE
    upstream.serve(1)
    with ExitStack() as stack:
        yield Desk(pair[0].database, stack)


def assert_all_is_told(host: Host, upstream: Upstream) -> None:
    """The baseline and the new code: each once, and done."""
    database = Database.open(host.database)
    assert rows(database, "SELECT kind, count(*) FROM alert GROUP BY 1 ORDER BY 1") == [("registration", 1)]
    assert rows(database, "SELECT DISTINCT state, attempts FROM delivery") == [("done", 1)]
    assert list(upstream.letters().values()) == [1]


@pytest.mark.matrix
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
def test_whoever_waited_sees_what_the_one_before_wrote(
    isolation: str, pair: list[Host], desk: Desk, upstream: Upstream
) -> None:
    """Whatever the database's own isolation is."""
    desk.do(f"ALTER DATABASE codes SET default_transaction_isolation = '{isolation}'")
    with desk.hold_up(pair[0]) as one, pair[1].start() as other:
        desk.backend(other, "advisory")
        desk.let_go()
        answers = [ended(one), ended(other)]
    assert [(answer.exit_code, answer.err) for answer in answers] == [(Exit.DONE, "")] * HOSTS
    assert_all_is_told(pair[0], upstream)


@pytest.mark.matrix
def test_a_host_that_is_killed_within_its_transaction_holds_up_nobody(
    pair: list[Host], desk: Desk, upstream: Upstream
) -> None:
    with desk.hold_up(pair[0]) as one, pair[1].start() as other:
        desk.backend(other, "advisory")
        one.kill()
        desk.let_go()
        assert ended(one).exit_code == -signal.SIGKILL
        answer = ended(other)
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert_all_is_told(pair[0], upstream)


@pytest.mark.matrix
@pytest.mark.parametrize("lock", ["relation", "advisory"], ids=["within its transaction", "before it"])
def test_a_host_that_is_cut_off_says_so_and_the_other_goes_on(
    lock: str, pair: list[Host], desk: Desk, upstream: Upstream
) -> None:
    with desk.hold_up(pair[0]) as one, pair[1].start() as other:
        desk.backend(other, "advisory")
        cut, goes_on = (one, other) if lock == "relation" else (other, one)
        desk.do(f"SELECT pg_terminate_backend({desk.backend(cut, lock)})")
        answer = ended(cut)
        desk.let_go()
        assert (ended(goes_on).exit_code, answer.exit_code) == (Exit.DONE, Exit.DATABASE)
    assert answer.err.count("\n") == 1
    assert "terminating connection due to administrator command; the next run tries again" in answer.err
    assert pair[cut is other].sync(AFTER).exit_code == Exit.DONE
    assert_all_is_told(pair[0], upstream)


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, Exit.TERMINATED), (signal.SIGINT, Exit.INTERRUPTED)],
    ids=["terminated", "interrupted"],
)
@pytest.mark.parametrize("lock", ["relation", "advisory"], ids=["within its transaction", "before it"])
def test_a_host_that_waits_ends_when_it_is_told_to(
    lock: str, number: signal.Signals, code: Exit, pair: list[Host], desk: Desk, upstream: Upstream
) -> None:
    with desk.hold_up(pair[0]) as one, pair[1].start() as other:
        desk.backend(other, "advisory")
        told, goes_on = (one, other) if lock == "relation" else (other, one)
        told.send_signal(number)
        answer = ended(told)
        desk.let_go()
        assert ended(goes_on).exit_code == Exit.DONE
    assert (answer.exit_code, answer.out) == (code, "")
    assert answer.err.count("\n") <= 1
    assert_all_is_told(pair[0], upstream)


# -- letters ----------------------------------------------------------------------------------------------


@pytest.mark.matrix
def test_a_letter_that_one_host_is_sending_is_left_to_it(
    url: str, upstream: Upstream, tmp_path: Path
) -> None:
    """The other host has a whole sync, with its deliveries, before the letter is accepted."""
    ids: list[str] = []
    meanwhile: list[Answer] = []

    def accept(connection: socket.socket) -> None:
        ids.append(letter_id(connection))
        with other.start() as process:
            meanwhile.append(ended(process))
        connection.sendall(ACCEPTED)

    with RawServer(accept) as hook:
        one, other = hosts(tmp_path, url, upstream, hook.url(HOOK))
        upstream.serve(1)
        with one.start() as process:
            answer = ended(process)
    for each in (answer, *meanwhile):
        assert (each.exit_code, each.err) == (Exit.DONE, "")
    assert (len(ids), len(meanwhile)) == (1, 1)
    assert rows(Database.open(url), "SELECT state, attempts FROM delivery") == [("done", 1)]


def letter_id(connection: socket.socket) -> str:
    """The id of the letter that is posted."""
    head = read_head(connection).decode().lower().splitlines()
    (found,) = (line.partition(": ")[2] for line in head if line.startswith("webhook-id: "))
    return found


# -- the server goes away ------------------------------------------------------------------------------------


@pytest.fixture
def own_server() -> Iterator[postgresql_server.Server]:
    """A server that a test may stop."""
    with postgresql_server.started() as server:
        yield server


@pytest.mark.matrix
@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_server_that_restarts_within_a_transaction_costs_one_run(
    mode: str, own_server: postgresql_server.Server, upstream: Upstream, tmp_path: Path
) -> None:
    with postgresql_server.new_database(own_server.url("{}")) as url:
        pair = hosts(tmp_path, url, upstream, upstream.url(HOOK))
        upstream.serve(0)
        assert pair[0].sync(BEFORE).exit_code == Exit.DONE
        upstream.serve(1)
        with ExitStack() as stack:
            with Desk(url, stack).hold_up(pair[0]) as one:
                own_server.stop(mode)
                within = ended(one)
            down = pair[1].sync(AT)
            own_server.start()
            with suppress(DBAPIError):
                stack.close()
        for answer in (within, down):
            assert (answer.exit_code, answer.err.count("\n")) == (Exit.DATABASE, 1)
            assert "the database can't be used: " in answer.err
        assert pair[1].sync(AFTER).exit_code == Exit.DONE
        assert_all_is_told(pair[0], upstream)


@pytest.mark.matrix
def test_a_letter_that_could_not_be_marked_comes_again_under_the_same_id(
    own_server: postgresql_server.Server, upstream: Upstream, tmp_path: Path
) -> None:
    """The server stops after the letter was claimed, and before it is marked as accepted."""
    ids: list[str] = []

    def accept(connection: socket.socket) -> None:
        ids.append(letter_id(connection))
        if len(ids) == 1:
            own_server.stop()
        connection.sendall(ACCEPTED)

    with RawServer(accept) as hook, postgresql_server.new_database(own_server.url("{}")) as url:
        one, other = hosts(tmp_path, url, upstream, hook.url(HOOK))
        upstream.serve(1)
        answer = one.sync(BEFORE)
        own_server.start()
        assert (answer.exit_code, answer.err.count("\n")) == (Exit.DATABASE, 1)
        assert other.sync(AFTER).exit_code == Exit.DONE
        assert rows(Database.open(url), "SELECT state, attempts FROM delivery") == [("done", 2)]
    assert ids == [ids[0]] * 2
