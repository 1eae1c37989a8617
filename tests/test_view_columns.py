"""What is said of the views' columns is what the views have, and what docs/database.md says."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import rehearsed
from sqlalchemy import text

from db.view_columns import VIEWS, View

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "database.md").read_text("utf-8")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_each_column_of_a_view_is_explained(view: View) -> None:
    with rehearsed().read() as connection:
        there = connection.execute(text(f"SELECT * FROM {view.name}")).keys()  # noqa: S608  # our own name
    assert sorted(view.columns) == sorted(there)
    assert set(view.facets) <= set(view.columns)
    assert all(view.columns.values())


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_the_page_says_the_same(view: View) -> None:
    rows = "".join(f"| `{column}` | {says} |\n" for column, says in view.columns.items())
    assert f"`{view.name}`: {view.says}.\n\n| column | |\n| --- | --- |\n{rows}\n" in PAGE
