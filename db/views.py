"""The public views, as SQLAlchemy Core sees them: with types, so that times and lists come back as such.

The views are made by a migration; a test fails when the two differ. What is asked of them is `queries`'
business.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Integer, Text, column, table

from db.column_types import Utc

registrations = table(
    "registrations",
    column("watch", Text),
    column("first", BigInteger),
    column("last", BigInteger),
    column("description", Text),
    column("assignment", Text),
    column("registered_on", Text),
    column("revised_on", Text),
    column("reference", Text),
    column("documented", Integer),
    column("flagged", Integer),
    column("first_seen_at", Utc),
    column("withdrawn_at", Utc),
)

flags = table(
    "flags",
    column("watch", Text),
    column("first", BigInteger),
    column("last", BigInteger),
    column("description", Text),
    column("registered_on", Text),
    column("missing_from", JSON),
    column("opened_at", Utc),
    column("closed_at", Utc),
    column("ignored", Text),
)
