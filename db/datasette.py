"""Metadata for Datasette: titles, what each column holds, facets, canned queries. Pure.

Only the public views are for everybody. The tables beneath, some with names of people in them, and SQL of
one's own are for the root user alone (`datasette --root`). https://docs.datasette.io/en/stable/metadata.html
"""

from __future__ import annotations

from typing import Any

from db.tables import metadata as tables
from db.view_columns import VIEWS

_FOR_ROOT = {"id": "root"}
_QUERIES = {
    "undocumented": {
        "title": "What is registered and not documented?",
        "sql": "SELECT first, last, description, registered_on, missing_from FROM flagged_codes "
        "WHERE ignored IS NULL ORDER BY first",
    },
    "one_code": {
        "title": "What is this code?",
        "sql": "SELECT * FROM close_codes WHERE CAST(:code AS INTEGER) BETWEEN first AND last",
    },
    "history_of_a_code": {
        "title": "What has happened to this code?",
        "sql": "SELECT at, change, field, before, after, document_updated FROM registration_history "
        "WHERE CAST(:code AS INTEGER) BETWEEN first AND last ORDER BY at",
    },
    "free": {
        "title": "Which codes are free?",
        "sql": "SELECT first, last, last - first + 1 AS codes FROM close_codes "
        "WHERE assignment = 'unassigned' ORDER BY first",
    },
    "registrations_by_year": {
        "title": "How many codes were registered in each year?",
        "sql": "SELECT substr(registered_on, 1, 4) AS year, count(*) AS codes FROM close_codes "
        "WHERE assignment = 'assigned' AND withdrawn_at IS NULL GROUP BY year ORDER BY year",
    },
}


def metadata(database: str) -> dict[str, Any]:
    """The metadata, for a database of that name: Datasette calls one by its file's name, less the suffix."""
    shown = {
        view.name: {"description": view.says, "columns": view.columns, "facets": list(view.facets)}
        for view in VIEWS
    }
    beneath = [*tables.tables, "alembic_version"]
    return {
        "title": "ianawatch",
        "description": "What IANA registers, and what documentation lacks of it.",
        "databases": {
            database: {
                "source": "IANA",
                "source_url": "https://www.iana.org/assignments/",
                "license": "CC0 1.0",
                "license_url": "https://www.iana.org/help/licensing-terms",
                "allow_sql": _FOR_ROOT,
                "queries": _QUERIES,
                "tables": shown | {name: {"hidden": True, "allow": _FOR_ROOT} for name in beneath},
            }
        },
    }
