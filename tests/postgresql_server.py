"""A PostgreSQL server of the tests' own: started once for a run, from Debian's package, and ended after it.

It listens on a socket in a folder of its own, and on no port.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import NOBODY
from sqlalchemy import text

from db.engine import Database
from db.upgrade import upgrade

FOLDERS = [None, *sorted(str(path) for path in Path("/usr/lib/postgresql").glob("*/bin"))]
"""Where PostgreSQL's programs may be; None for PATH."""


@contextmanager
def running() -> Iterator[str]:
    """The server's URL with a place for the name of a database; `postgres` is there.

    Skips the test where psycopg or PostgreSQL's programs are missing.
    """
    pytest.importorskip("psycopg")
    folder = next((folder for folder in FOLDERS if shutil.which("initdb", path=folder)), "")
    if folder == "":
        pytest.skip("PostgreSQL's programs are not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        user = NOBODY if os.geteuid() == 0 else None  # It refuses to run as root.
        if user is not None:
            os.chown(name, user, -1)

        def run(program: str, *arguments: str) -> None:
            command = [shutil.which(program, path=folder) or program, "-D", f"{name}/data", *arguments]
            subprocess.run(command, check=True, cwd=name, user=user, stdout=subprocess.DEVNULL)

        run("initdb", "--username=ann", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-k {name} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "--wait", "--silent", f"--options={options}", f"--log={name}/log")
        try:
            yield f"postgresql+psycopg://ann@/{{}}?host={name}"
        finally:
            run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")


@contextmanager
def migrated(server: str) -> Iterator[Database]:
    """A database without a row, at the newest schema; afterwards nothing of it is left."""
    database = Database.create(server.format("postgres"))
    assert upgrade(database) is None
    yield database
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
