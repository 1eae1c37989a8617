"""`ianawatch database`: where it is, and what an administrator does with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from builders import row
from databases import at_revision, held_by_another
from program import Program

from db.upgrade import HEAD
from sync.errors import Exit


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    program.serve([row("1000", "Normal Closure")])
    return program


@pytest.fixture
def synced(program: Program) -> Program:
    program.sync()
    return program


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_where_it_is(program: Program) -> None:
    assert program.here("database", "path").out == f"{program.database}\n"
    assert program.here("--database", "other.db", "database", "path").out == "other.db\n"
    own = program.folder / ".local" / "share" / "ianawatch" / "ianawatch.db"
    assert program.here("database", "path", env={"IANAWATCH_DATABASE": ""}).out == f"{own}\n"
    assert not program.database.exists()


@pytest.mark.parametrize("command", [["check"], ["upgrade"], ["backup", "copy.db"]], ids=" ".join)
def test_one_that_is_not_there_is_not_made(command: list[str], program: Program) -> None:
    answer = program.here("database", *command)
    assert (answer.exit_code, answer.out) == (Exit.DATABASE, "")
    assert (
        answer.err == f"ianawatch: {program.database}: there is no database yet; `ianawatch sync` makes it\n"
    )
    assert not program.database.exists()


def test_one_that_is_well(synced: Program) -> None:
    answer = synced.here("database", "check")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    assert answer.out == f"{synced.database}: no damage found; the schema is {HEAD}\n"


def test_one_that_is_damaged(synced: Program) -> None:
    damaged = bytearray(synced.database.read_bytes())
    damaged[2 * 4096 : 6 * 4096] = b"\x55" * 4 * 4096
    synced.database.write_bytes(damaged)
    for command in (
        ["database", "check"],
        ["database", "upgrade"],
        ["database", "backup", "copy.db"],
        ["sync"],
    ):
        answer = synced.here(*command)
        assert (answer.exit_code, answer.out, len(answer.err.splitlines())) == (Exit.DATABASE, "", 1)
    assert synced.database.read_bytes() == damaged


def test_one_of_another_program(program: Program) -> None:
    with closing(sqlite3.connect(program.database)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    answer = program.here("database", "check")
    assert (answer.exit_code, len(answer.err.splitlines())) == (Exit.DATABASE, 1)
    assert "another program" in answer.err


def test_one_of_an_earlier_version_is_upgraded_after_a_backup(program: Program) -> None:
    at_revision(program.database, "0001")
    before = dump(program.database)
    unwell = program.here("database", "check")
    assert unwell.exit_code == Exit.DATABASE
    assert "run `ianawatch database upgrade`" in unwell.err

    answer = program.here("database", "upgrade")
    assert (answer.exit_code, answer.err) == (Exit.DONE, "")
    (saved,) = program.folder.glob("*.backup")
    assert answer.out == (
        f"{program.database}: the schema is {HEAD}\nthe database before the upgrade: {saved}\n"
    )
    assert dump(saved) == before
    assert program.here("database", "check").exit_code == Exit.DONE
    assert program.here("database", "upgrade").out == f"{program.database}: the schema is {HEAD}\n"
    assert list(program.folder.glob("*.backup")) == [saved]


def test_one_of_a_later_version_is_refused(synced: Program) -> None:
    with closing(sqlite3.connect(synced.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["database", "check"], ["database", "upgrade"], ["sync"]):
        answer = synced.here(*command)
        assert answer.exit_code == Exit.DATABASE
        assert "written by a newer ianawatch (schema 9999); upgrade the program" in answer.err


def test_a_backup_is_a_whole_copy(synced: Program) -> None:
    target = synced.folder / "copy.db"
    answer = synced.here("database", "backup", str(target))
    assert (answer.exit_code, answer.out) == (Exit.DONE, f"{target}: a copy of {synced.database}\n")
    assert dump(target) == synced.dump()
    assert synced.here("--database", str(target), "database", "check").exit_code == Exit.DONE


def test_a_backup_overwrites_nothing(synced: Program) -> None:
    answer = synced.here("database", "backup", str(synced.document))
    assert (answer.exit_code, len(answer.err.splitlines())) == (Exit.CANNOT_CREATE, 1)
    assert synced.document.read_bytes().startswith(b"<?xml")


def test_a_backup_can_be_made_while_another_writes(synced: Program) -> None:
    target = synced.folder / "copy.db"
    with held_by_another(synced.database, "BEGIN IMMEDIATE", "DELETE FROM registration"):
        assert synced.here("database", "backup", str(target)).exit_code == Exit.DONE
    with closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT count(*) FROM registration").fetchone() == (1,)


def test_a_server_is_backed_up_by_its_own_means(program: Program) -> None:
    answer = program.here(
        "--database", "postgresql://me:secret@127.0.0.1:9/codes", "database", "backup", "copy.db"
    )
    assert answer.exit_code in {Exit.USAGE, Exit.CONFIGURATION}
    assert "secret" not in answer.err
