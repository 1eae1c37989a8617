"""A schema becomes current all or nothing, after a backup, once; a strange one is refused."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from databases import at_revision, files, migrated, rehearsed, rows

from db.engine import Database
from db.sqlite import APPLICATION_ID
from db.sqlite_files import PART
from db.upgrade import BACKUP, HEAD, require_current, upgrade
from sync.errors import DatabaseUnusable

ROOT = Path(__file__).resolve().parents[1]
REVISION = "SELECT version_num FROM alembic_version"
DOCUMENTS = "SELECT url FROM document"

UPGRADE = """
import sys
from db.engine import Database
from db.upgrade import upgrade
sys.stdin.readline()
print(upgrade(Database.create(sys.argv[1])))
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database with a document, of the schema's first revision."""
    path = tmp_path / "codes.db"
    at_revision(path, "0001")
    change(path, "INSERT INTO document (url) VALUES ('a')")
    return path


def change(path: Path, statement: str) -> None:
    """As a person does with the `sqlite3` shell."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def is_current(database: Database) -> bool:
    require_current(database)
    return rows(database, REVISION) == [(HEAD,)]


# -- what is fine -----------------------------------------------------------------------------------


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "codes.db"
    database = Database.create(str(path))
    assert upgrade(database) is None
    assert is_current(database)
    assert rows(database, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert list(files(tmp_path)) == ["codes.db"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_current_schema_is_let_alone(tmp_path: Path) -> None:
    database = migrated(tmp_path)
    assert database.path
    before, changed = files(tmp_path), database.path.stat().st_mtime_ns
    assert upgrade(database) is None
    assert (files(tmp_path), database.path.stat().st_mtime_ns) == (before, changed)


def test_a_current_schema_needs_no_alembic(tmp_path: Path) -> None:
    path = migrated(tmp_path).path
    program = f"{UPGRADE}\nsys.exit('alembic' in sys.modules)"
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, cwd=ROOT, input=b"\n")


def test_a_new_schema_needs_no_pygments(tmp_path: Path) -> None:
    path = Database.create(str(tmp_path / "codes.db")).path
    program = f"{UPGRADE}\nsys.exit('alembic' not in sys.modules or 'pygments' in sys.modules)"
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, cwd=ROOT, input=b"\n")


def test_an_old_schema_is_upgraded_after_a_backup(old: Path) -> None:
    database = Database.create(str(old))
    saved = upgrade(database)
    assert is_current(database)
    assert rows(database, DOCUMENTS) == [("a",)]
    assert saved
    assert saved.parent == old.parent
    assert saved.name.startswith("codes.db.0001-")
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert len(files(old.parent)) == 2
    restored = Database.open(str(saved), damaged_too=True)
    assert rows(restored, f"{REVISION} UNION ALL {DOCUMENTS}") == [("0001",), ("a",)]
    assert upgrade(restored) is not None
    assert is_current(restored)


def test_a_rehearsal_is_upgraded_and_the_file_is_not(old: Path) -> None:
    before = files(old.parent)
    rehearsal = Database.rehearse(str(old))
    assert upgrade(rehearsal) is None
    assert is_current(rehearsal)
    assert files(old.parent) == before


def test_the_migrations_are_found_wherever_the_package_is(tmp_path: Path) -> None:
    package = tmp_path / "50% off #1"
    for name in ("db", "sync", "migrations"):
        shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "codes.db"
    subprocess.run([sys.executable, "-c", UPGRADE, str(path)], check=True, cwd=package, input=b"\n")
    assert is_current(Database.open(str(path)))


# -- all or nothing ---------------------------------------------------------------------------------


def test_an_upgrade_that_fails_leaves_everything_as_it_was(old: Path) -> None:
    change(old, "CREATE VIEW flags AS SELECT 1")  # The last migration makes one of that name, after another.
    before = files(old.parent)
    with pytest.raises(DatabaseUnusable, match="flags already exists; nothing was changed"):
        upgrade(Database.create(str(old)))
    assert files(old.parent) == before
    change(old, "DROP VIEW flags")
    database = Database.create(str(old))
    assert upgrade(database) is not None
    assert is_current(database)


KILLED = """
import os
from sqlalchemy import Engine, event

@event.listens_for(Engine, "before_cursor_execute")
def stop(connection, cursor, statement, *rest):
    if "VIEW flags" in statement:
        os._exit(9)
"""


def test_an_upgrade_that_is_killed_leaves_what_can_be_upgraded(old: Path) -> None:
    arguments = [sys.executable, "-c", KILLED + UPGRADE, str(old)]
    run = subprocess.run(arguments, check=False, cwd=ROOT, input=b"\n")
    assert run.returncode == 9
    database = Database.create(str(old))
    assert rows(database, REVISION) == [("0001",)]
    assert rows(database, "SELECT count(*) FROM sqlite_master WHERE type = 'view'") == [(0,)]
    upgrade(database)
    assert is_current(database)


def test_a_backup_that_broke_off_is_cleared_away_by_the_next_upgrade(old: Path) -> None:
    broken_off = old.with_name(f"{old.name}.0001-20260101T000000.000000Z{BACKUP}.0a1b2c3d{PART}")
    of_another = old.with_name(f"other.db.0001-20260101T000000.000000Z{BACKUP}.0a1b2c3d{PART}")
    for path in (broken_off, of_another):
        path.touch()
    upgrade(Database.create(str(old)))
    assert (broken_off.exists(), of_another.exists()) == (False, True)


@pytest.mark.parametrize("revision", ["0001", None], ids=["old", "empty"])
def test_of_two_at_once_one_upgrades_and_the_other_finds_it_done(
    tmp_path: Path, revision: str | None
) -> None:
    path = tmp_path / "codes.db"
    if revision:
        at_revision(path, revision)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [(process.communicate()[0].strip(), process.returncode) for process in processes]
    backups = sorted(str(path) for path in tmp_path.glob("*.backup"))
    assert sorted(said) == sorted((saved, 0) for saved in [*backups, "None", "None"][:2])
    assert len(backups) == (1 if revision else 0)
    assert is_current(Database.open(str(path), damaged_too=True))


# -- what is refused --------------------------------------------------------------------------------


def test_who_only_reads_is_told_what_fills_an_empty_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="empty; `ianawatch sync` fills it"):
        require_current(Database.create(str(tmp_path / "codes.db")))


def test_who_only_reads_is_told_what_upgrades_an_old_schema(old: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="run `ianawatch database upgrade`"):
        require_current(Database.open(str(old)))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", r"a newer ianawatch \(schema 9999\)"),
        ("DELETE FROM alembic_version", "damaged .*no version of the schema"),
        ("DROP TABLE alembic_version", "damaged .*no version of the schema"),
        ("DROP TABLE message_alert", "damaged .*tables are missing: message_alert"),
    ],
    ids=["newer", "no version", "no table of versions", "a table missing"],
)
def test_a_schema_that_is_not_ours_to_change_is_refused(tmp_path: Path, statement: str, says: str) -> None:
    path = migrated(tmp_path).path
    assert path
    change(path, statement)
    before = files(tmp_path)
    for use in (upgrade, require_current):
        with pytest.raises(DatabaseUnusable, match=says):
            use(Database.create(str(path)))
    assert files(tmp_path) == before


def test_an_old_database_with_loose_ends_is_refused(old: Path) -> None:
    change(old, "INSERT INTO observation VALUES (1, 7, 7, 'applied', '', '', 1, '', 0, '[]')")
    before = files(old.parent)
    with pytest.raises(DatabaseUnusable, match="rows point to rows that are not there; nothing was changed"):
        upgrade(Database.create(str(old)))
    assert files(old.parent) == before


def test_a_rehearsal_without_a_file_is_upgraded(tmp_path: Path) -> None:
    rehearsal = Database.rehearse(str(tmp_path / "codes.db"))
    upgrade(rehearsal)
    assert is_current(rehearsal)
    assert is_current(rehearsed())
