"""A PostgreSQL server of the tests' own: started once for a run, from Debian's package, and ended after it.

It listens on a socket in a folder of its own, and on no port. `ann` may do everything; any other user needs a
password.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from databases import NOBODY
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from db.engine import Database
from db.upgrade import upgrade

FOLDERS = [None, *sorted(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin"))]
"""Where PostgreSQL's programs may be; None for PATH."""
ACCESS = "local all ann trust\nlocal all all scram-sha-256\n"


@dataclass(frozen=True)
class Server:
    """A server, while it runs and while it does not."""

    home: str
    """A folder of its own, with the data, the log and the socket."""
    programs: str | None
    """Where PostgreSQL's programs are; None for PATH."""
    user: int | None
    """Who runs it; None: whoever runs the tests."""

    def url(self, database: str, user: str = "ann") -> str:
        """Where a database is; `postgres` is there from the beginning."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.home}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.home} -c listen_addresses='' -c fsync=off"
        self.run("pg_ctl", "start", "--wait", "--silent", f"--options={options}", f"--log={self.home}/log")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `immediate` is as if the machine had failed, `fast` ends the connections in order."""
        self.run("pg_ctl", "stop", "--wait", "--silent", f"--mode={mode}")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs on the server's data."""
        command = [
            shutil.which(program, path=self.programs) or program,
            "-D",
            f"{self.home}/data",
            *arguments,
        ]
        subprocess.run(command, check=True, cwd=self.home, user=self.user, stdout=subprocess.DEVNULL)


@contextmanager
def started() -> Iterator[Server]:
    """A server that runs.

    Skips the test where psycopg or PostgreSQL's programs are missing.
    """
    pytest.importorskip("psycopg")
    programs = next((folder for folder in FOLDERS if shutil.which("initdb", path=folder)), "")
    if programs == "":
        pytest.skip("PostgreSQL's programs are not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        user = NOBODY if os.geteuid() == 0 else None  # It refuses to run as root.
        if user is not None:
            os.chown(home, user, -1)
        server = Server(home, programs, user)
        server.run("initdb", "--username=ann", "--auth=trust", "--encoding=UTF8", "--no-sync")
        Path(home, "data", "pg_hba.conf").write_text(ACCESS, "utf-8")
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running() -> Iterator[str]:
    """The URL of a server that runs, with a place for the name of a database."""
    with started() as server:
        yield server.url("{}")


@contextmanager
def new_database(server: str, name: str = "codes", options: str = "") -> Iterator[str]:
    """The URL of an empty database, made with these options of CREATE DATABASE; afterwards it is gone."""
    # Not with the program's own transactions: a database is not made within one.
    engine = create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as administrator:
        administrator.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
    try:
        yield server.format(name)
    finally:
        with engine.connect() as administrator:
            administrator.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated(server: str) -> Iterator[Database]:
    """A database without a row, at the newest schema; afterwards nothing of it is left."""
    database = Database.create(server.format("postgres"))
    assert upgrade(database) is None
    yield database
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
