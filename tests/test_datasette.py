"""Datasette opens the database with the shipped metadata: what a stranger sees, and what not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from builders import row
from program import Program

from db.datasette import metadata
from db.tables import metadata as tables
from db.view_columns import VIEWS

Get = Callable[..., str]


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """A page of Datasette, as somebody from the street gets it."""
    folder = tmp_path_factory.mktemp("datasette")
    program = Program(folder)
    program.serve(
        [
            row("1000", "Normal Closure"),
            row("3000", "Unauthorized", date="2021-09-06"),
            row("3001-3999", "Unassigned"),
        ]
    )
    program.sync()
    described = folder / "metadata.json"
    described.write_text(program.here("database", "metadata").out, "utf-8")

    def page(path: str, *, status: int = 0) -> str:
        done = subprocess.run(
            [
                *[sys.executable, "-W", "ignore", "-m", "datasette", str(program.database)],
                *["--metadata", str(described), "--get", path],
            ],
            capture_output=True,
            text=True,
            check=False,
            env=program.environment(),
        )
        assert done.returncode == status, done.stderr
        return done.stdout

    return page


def rows(get: Get, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(get(path))
    return found


def test_the_front_page_says_what_it_is_and_lists_the_views_alone(get: Get) -> None:
    page = get("/ianawatch")
    for view in VIEWS:
        assert f"/ianawatch/{view.name}" in page
    for table in tables.tables:
        assert f'href="/ianawatch/{table}"' not in page
    assert "What is registered and not documented?" in page


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_a_view_has_each_column_explained_and_its_facets(view: str, get: Get) -> None:
    page = get(f"/ianawatch/{view}")
    described = next(one for one in VIEWS if one.name == view)
    for column in described.columns:
        assert f'data-column="{column}"' in page or f"<dt>{column}</dt>" in page, column
    for facet in described.facets:
        assert f'data-column="{facet}"' in page
    assert len(rows(get, f"/ianawatch/{view}.json?_shape=array")) == {
        "close_codes": 3,
        "registrations": 3,
        "flagged_codes": 1,
        "flags": 1,
    }.get(view, 0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("undocumented", [3000]),
        ("one_code", [3001]),
        ("history_of_a_code", []),
        ("free", [3001]),
    ],
)
def test_a_canned_query_answers(query: str, expected: list[int], get: Get) -> None:
    found = rows(get, f"/ianawatch/{query}.json?_shape=array&code=3500")
    assert [one["first"] for one in found] == expected


def test_how_many_were_registered_in_a_year(get: Get) -> None:
    assert rows(get, "/ianawatch/registrations_by_year.json?_shape=array") == [
        {"year": None, "codes": 1},
        {"year": "2021", "codes": 1},
    ]


@pytest.mark.parametrize("path", ["/ianawatch/record.json", "/ianawatch.json?sql=select+1"])
def test_tables_and_sql_are_not_for_strangers(path: str, get: Get) -> None:
    assert "<title>Forbidden</title>" in get(path, status=1)


def test_every_table_is_kept_in() -> None:
    described = metadata("x")["databases"]["x"]["tables"]
    assert {name for name, one in described.items() if one.get("allow")} == {
        *tables.tables,
        "alembic_version",
    }
