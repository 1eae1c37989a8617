"""The migrations make the schema that `db.tables` describes, on each engine, from wherever they begin."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from databases import MIGRATIONS, at_revision, migrate_to, rehearsed, rows, scripts
from sqlalchemy import Column, create_mock_engine

from db.engine import Database
from db.tables import metadata
from db.upgrade import HEAD

REVISIONS = [script.revision for script in reversed(list(scripts().walk_revisions()))]
MODULES = sorted((MIGRATIONS / "versions").glob("*.py"))
COLUMNS = [column for table in metadata.sorted_tables for column in table.columns]
VIEWS = {
    "registrations",
    "flags",
    "history",
    "close_codes",
    "flagged_codes",
    "registration_history",
}


def schema(database: Database) -> dict[str, set[str]]:
    """Each table's and index's definition by name, as a set of lines: their order says nothing."""
    query = "SELECT name, sql FROM sqlite_master WHERE type <> 'view' AND sql IS NOT NULL"
    return {str(name): lines(str(sql)) for name, sql in rows(database, query) if name != "alembic_version"}


def lines(statement: str) -> set[str]:
    return {line.strip().rstrip(",") for line in statement.splitlines() if line.strip()}


def statements(script: str) -> set[frozenset[str]]:
    """The statements of a script, of each the lines."""
    # A partial index's WHERE is the migration's alone: in `db.tables` it would cost every run an import.
    without_where = re.sub(r" WHERE \w+ IS NULL(?=;)", "", script)
    return {frozenset(lines(part)) for part in without_where.split(";\n") if lines(part)}


# -- revisions --------------------------------------------------------------------------------------


def test_the_program_knows_the_newest_revision() -> None:
    assert scripts().get_current_head() == HEAD == REVISIONS[-1]


def test_revisions_are_numbered_in_order_and_named_by_what_they_do() -> None:
    assert [path.stem.split("_")[0] for path in MODULES] == REVISIONS
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert all(re.fullmatch(r"\d{4}(_[a-z]+)+", path.stem) for path in MODULES)


@pytest.mark.parametrize("module", [*MODULES, MIGRATIONS / "env.py"], ids=lambda path: path.stem)
def test_a_migration_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text("utf-8")))


# -- the schema -------------------------------------------------------------------------------------


def test_tables_and_migrations_make_one_schema() -> None:
    described = Database.rehearse("/nowhere/codes.db")
    with described.migrate() as connection:
        metadata.create_all(connection)
    assert schema(rehearsed()) == schema(described)


def test_alembic_finds_nothing_to_change() -> None:
    with rehearsed().read() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_on_postgresql_too_with_comments_and_partial_indexes() -> None:
    migrations, tables = io.StringIO(), io.StringIO()
    options = {"as_sql": True, "output_buffer": migrations}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        scripts().get_revision("0001").module.upgrade()

    def write(statement: Any, *_: object) -> None:  # noqa: ANN401  # no type that SQLAlchemy exports fits
        tables.write(f"{str(statement.compile(dialect=engine.dialect)).strip()};\n")

    engine = create_mock_engine("postgresql://", write)
    metadata.create_all(engine, checkfirst=False)
    assert statements(migrations.getvalue()) == statements(tables.getvalue())
    assert len(re.findall(r"CREATE UNIQUE INDEX \w+ ON .* WHERE \w+ IS NULL;", migrations.getvalue())) == 2
    assert migrations.getvalue().count("COMMENT ON COLUMN") == sum(bool(c.comment) for c in COLUMNS)


def test_the_public_views_are_there_and_can_be_asked() -> None:
    database = rehearsed()
    found = {str(name) for (name,) in rows(database, "SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert found == VIEWS
    for view in found:
        assert rows(database, f"SELECT * FROM {view}") == []  # noqa: S608  # names from this file


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_revision_leads_to_the_newest(tmp_path: Path, revision: str) -> None:
    database = at_revision(tmp_path / "codes.db", revision)
    with database.migrate() as connection:
        migrate_to(connection, "head")
    everything = "SELECT type, name, sql FROM sqlite_master ORDER BY name"
    assert rows(database, everything) == rows(rehearsed(), everything)


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_says_what_it_holds(column: Column[object]) -> None:
    assert column.comment or column.name == "id"
