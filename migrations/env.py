"""Runs migrations on the connection it is given, inside the transaction that connection is in.

The transaction, its lock and its backup are the business of `db.upgrade`; there is no other way in.
"""

from __future__ import annotations

from alembic import context

from db.tables import metadata

# Alembic leaves transactional DDL off on SQLite, where a migration killed halfway then leaves its tables
# behind.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
