"""The tables.

What each column holds is said in `db/tables.py`, and in the database itself where the engine keeps comments.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.column_types import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False, comment="made from its alerts' ids"),
        sa.Column("audience", sa.Text(), nullable=False, comment="readers or operators"),
        sa.Column("at", Utc(), nullable=False, comment="when it was decided"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("uid", name=op.f("uq_message_uid")),
    )
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False, comment="the URL that was asked, secrets masked"),
        sa.Column("last_modified", sa.Text(), nullable=True, comment="Last-Modified, exactly as sent"),
        sa.Column("etag", sa.Text(), nullable=True, comment="ETag, exactly as sent"),
        sa.Column(
            "sha256",
            sa.String(length=64),
            nullable=True,
            comment="of the body they came with: they count for no other version",
        ),
        sa.Column("retry_at", Utc(), nullable=True, comment="until when the server asked for patience"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("url", name=op.f("uq_resource_url")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_url", sa.Text(), nullable=False, comment="the url of the document"),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="of the body"),
        sa.Column("updated", sa.Text(), nullable=True, comment="the document's date as served"),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=True,
            comment="zlib; null when pruned, which only quarantined bodies are",
        ),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes of the body, uncompressed"),
        sa.Column("bundled", sa.Boolean(), nullable=False, comment="it shipped with the package"),
        sa.Column("applied", sa.Boolean(), nullable=False, comment="it was applied once"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("document_url", "sha256", name=op.f("uq_snapshot_document_url_sha256")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False, comment="made from the message's id and the channel"),
        sa.Column("message_id", sa.Integer(), nullable=False, comment="what is delivered"),
        sa.Column("channel", sa.Text(), nullable=False, comment="name of the channel it goes to"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, done, dead or dropped"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="how often it was tried"),
        sa.Column("since", Utc(), nullable=False, comment="since when it waits, or waited"),
        sa.Column("next_at", Utc(), nullable=False, comment="not before this"),
        sa.Column("leased_until", Utc(), nullable=True, comment="somebody is sending it until then"),
        sa.Column("problem", sa.Text(), nullable=True, comment="why the last try failed"),
        sa.Column("done_at", Utc(), nullable=True, comment="when the channel accepted it"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("uid", name=op.f("uq_delivery_uid")),
    )
    op.create_index(op.f("ix_delivery_state_next_at"), "delivery", ["state", "next_at"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False, comment="where IANA serves it, secrets masked"),
        sa.Column("snapshot_id", sa.Integer(), nullable=True, comment="the version last applied"),
        sa.Column(
            "mark",
            sa.Text(),
            nullable=True,
            comment="date of the version last applied: older copies are older than this",
        ),
        sa.Column("older_since", Utc(), nullable=True, comment="since when nothing but older copies came"),
        sa.Column("quarantined_since", Utc(), nullable=True, comment="since when nothing usable came"),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_document_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("url", name=op.f("uq_document_url")),
    )
    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False, comment="the document that was asked for"),
        sa.Column("snapshot_id", sa.Integer(), nullable=False, comment="the version that was seen"),
        sa.Column(
            "verdict", sa.Text(), nullable=False, comment="unchanged, applied, older, overdue or quarantined"
        ),
        sa.Column("first_at", Utc(), nullable=False, comment="first of a run of equal observations"),
        sa.Column("last_at", Utc(), nullable=False, comment="last of them"),
        sa.Column("count", sa.Integer(), nullable=False, comment="how many they were"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was quarantined"),
        sa.Column(
            "accept_older", sa.Boolean(), nullable=False, comment="a person said an older copy is right"
        ),
        sa.Column(
            "accepted", sa.JSON(), nullable=False, comment="watches for which a person accepted what was held"
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_observation_document_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_observation_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    op.create_index(
        op.f("ix_observation_document_id_first_at"), "observation", ["document_id", "first_at"], unique=False
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True, comment="what was synced"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="done, failed, patience or quarantined"),
        sa.Column("exit_code", sa.Integer(), nullable=False, comment="what the program ended with"),
        sa.Column(
            "detail", sa.Text(), nullable=False, comment="why it failed, one line; empty when it did not"
        ),
        sa.Column("first_at", Utc(), nullable=False, comment="first of a run of equal outcomes"),
        sa.Column("last_at", Utc(), nullable=False, comment="last of them"),
        sa.Column("count", sa.Integer(), nullable=False, comment="how many they were"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_run_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="what a person calls it"),
        sa.Column("document_id", sa.Integer(), nullable=False, comment="the document its registry is in"),
        sa.Column("registry_id", sa.Text(), nullable=False, comment="the registry's id inside the document"),
        sa.Column(
            "watched_first",
            sa.BigInteger(),
            nullable=True,
            comment="first value whose registration is alerted; null: all",
        ),
        sa.Column("watched_last", sa.BigInteger(), nullable=True, comment="last such value"),
        sa.Column(
            "snapshot_id",
            sa.Integer(),
            nullable=True,
            comment="the version last applied to it; null before the first sight",
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_watch_document_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_watch_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("name", name=op.f("uq_watch_name")),
    )
    op.create_index(op.f("ix_watch_document_id"), "watch", ["document_id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False, comment="made from what it says"),
        sa.Column(
            "watch_id", sa.Integer(), nullable=True, comment="the watch it is about; null: the sync itself"
        ),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="registration, withdrawal, return, baseline ..."
        ),
        sa.Column("audience", sa.Text(), nullable=False, comment="readers or operators"),
        sa.Column(
            "about", sa.Text(), nullable=False, comment="what tells it from others of its kind; may be empty"
        ),
        sa.Column("at", Utc(), nullable=False, comment="when it was decided"),
        sa.Column("facts", sa.JSON(), nullable=False, comment="what it says, fixed"),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_alert_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("uid", name=op.f("uq_alert_uid")),
    )
    op.create_table(
        "documented_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False, comment="which registry its values belong to"),
        sa.Column("role", sa.Text(), nullable=False, comment="documented or in-use"),
        sa.Column("name", sa.Text(), nullable=False, comment="what a person calls it"),
        sa.Column(
            "location", sa.Text(), nullable=False, comment="URL, file path or `bundled`, secrets masked"
        ),
        sa.Column("active", sa.Boolean(), nullable=False, comment="it takes part in the comparison now"),
        sa.Column(
            "sha256",
            sa.String(length=64),
            nullable=True,
            comment="of the body last read; null: never read, takes no part",
        ),
        sa.Column("first_read_at", Utc(), nullable=True, comment="when it was first read"),
        sa.Column("read_at", Utc(), nullable=True, comment="when its present table was read"),
        sa.Column(
            "problem",
            sa.Text(),
            nullable=True,
            comment="why it could not be read at the last try; the table is the last good one",
        ),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_documented_source_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documented_source")),
        sa.UniqueConstraint("watch_id", "role", "name", name=op.f("uq_documented_source_watch_id_role_name")),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False, comment="whose registry is held back"),
        sa.Column("snapshot_id", sa.Integer(), nullable=False, comment="the version it was first seen in"),
        sa.Column("kind", sa.Text(), nullable=False, comment="registry, record or missing"),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="what it is about"),
        sa.Column("reason", sa.Text(), nullable=False, comment="one line for a person"),
        sa.Column("opened_at", Utc(), nullable=False, comment="when it was first seen"),
        sa.Column("accepted_at", Utc(), nullable=True, comment="when a person said that it is right"),
        sa.Column("closed_at", Utc(), nullable=True, comment="when a version came without it"),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_hold_snapshot_id")),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_hold_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_watch_id_closed_at"), "hold", ["watch_id", "closed_at"], unique=False)
    op.create_table(
        "ignored",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False, comment="whose value it is"),
        sa.Column("first", sa.BigInteger(), nullable=False, comment="first value"),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="last value, inclusive"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why a person decided not to document it"),
        sa.Column("at", Utc(), nullable=False, comment="when"),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_ignored_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ignored")),
        sa.UniqueConstraint("watch_id", "first", "last", name=op.f("uq_ignored_watch_id_first_last")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False, comment="whose registry it is in"),
        sa.Column("first", sa.BigInteger(), nullable=False, comment="first value"),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="last value, inclusive"),
        sa.Column(
            "assignment", sa.Text(), nullable=False, comment="assigned, reserved, private-use or unassigned"
        ),
        sa.Column(
            "description", sa.Text(), nullable=False, comment="what the values are called, white space folded"
        ),
        sa.Column("registered_on", sa.Text(), nullable=True, comment="IANA's registration date as served"),
        sa.Column("revised_on", sa.Text(), nullable=True, comment="IANA's revision date as served"),
        sa.Column("xrefs", sa.JSON(), nullable=False, comment="[kind, data, text] of each reference"),
        sa.Column("reference", sa.Text(), nullable=False, comment="the same for a person, on one line"),
        sa.Column("contacts", sa.JSON(), nullable=False, comment="names of the contacts: personal data"),
        sa.Column(
            "extra", sa.JSON(), nullable=False, comment="[element, text] of every further field, in order"
        ),
        sa.Column("valid_from", Utc(), nullable=False, comment="when it was first seen to be so"),
        sa.Column(
            "valid_to", Utc(), nullable=True, comment="when it was seen to be otherwise; null: in force"
        ),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_record_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index(
        op.f("ix_record_watch_id_valid_to_first"), "record", ["watch_id", "valid_to", "first"], unique=False
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False, comment="whose registry it is in"),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="its identity, made from what it was first seen as"
        ),
        sa.Column("first", sa.BigInteger(), nullable=False, comment="first value"),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="last value, inclusive"),
        sa.Column(
            "description", sa.Text(), nullable=False, comment="what the values are called, white space folded"
        ),
        sa.Column("registered_on", sa.Text(), nullable=True, comment="IANA's registration date as served"),
        sa.Column("revised_on", sa.Text(), nullable=True, comment="IANA's revision date as served"),
        sa.Column("xrefs", sa.JSON(), nullable=False, comment="[kind, data, text] of each reference"),
        sa.Column("reference", sa.Text(), nullable=False, comment="the same for a person, on one line"),
        sa.Column("contacts", sa.JSON(), nullable=False, comment="names of the contacts: personal data"),
        sa.Column(
            "extra", sa.JSON(), nullable=False, comment="[element, text] of every further field, in order"
        ),
        sa.Column("origin_name", sa.Text(), nullable=False, comment="the name it was first seen with"),
        sa.Column("origin_date", sa.Text(), nullable=True, comment="the date it was first seen with"),
        sa.Column(
            "formerly", sa.JSON(), nullable=False, comment="[name, date] it had before the present ones"
        ),
        sa.Column("first_seen_at", Utc(), nullable=False, comment="when it was first seen"),
        sa.Column("baseline", sa.Boolean(), nullable=False, comment="seen at the first sight: no news"),
        sa.Column(
            "missing_since", Utc(), nullable=True, comment="since when it is not in the version last applied"
        ),
        sa.Column("removal_accepted", sa.Boolean(), nullable=False, comment="a person said that it is gone"),
        sa.Column("withdrawn_at", Utc(), nullable=True, comment="when it was withdrawn; the row stays"),
        sa.Column("endings", sa.Integer(), nullable=False, comment="how often it was withdrawn"),
        sa.CheckConstraint("first <= last", name=op.f("ck_registration_first_not_after_last")),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_registration_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("watch_id", "key", name=op.f("uq_registration_watch_id_key")),
    )
    op.create_index(
        "uq_registration_live",
        "registration",
        ["watch_id", "first"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "alert_registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False, comment="the alert"),
        sa.Column("registration_id", sa.Integer(), nullable=False, comment="a registration it names"),
        sa.Column("ending", sa.Integer(), nullable=False, comment="which of its withdrawals; 0: none yet"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_registration_alert_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_alert_registration_registration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_registration")),
        sa.UniqueConstraint(
            "alert_id", "registration_id", name=op.f("uq_alert_registration_alert_id_registration_id")
        ),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False, comment="whose history this is"),
        sa.Column("snapshot_id", sa.Integer(), nullable=False, comment="the version it was seen in"),
        sa.Column("at", Utc(), nullable=False, comment="when it was seen"),
        sa.Column("kind", sa.Text(), nullable=False, comment="registered, amended, withdrawn or returned"),
        sa.Column("first", sa.BigInteger(), nullable=False, comment="first value"),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="last value, inclusive"),
        sa.Column("field", sa.Text(), nullable=True, comment="the field that was amended"),
        sa.Column("before", sa.Text(), nullable=True, comment="what it was"),
        sa.Column("after", sa.Text(), nullable=True, comment="what it is"),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_change_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_change_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_registration_id"), "change", ["registration_id"], unique=False)
    op.create_table(
        "documented_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("documented_source_id", sa.Integer(), nullable=False, comment="the page it stands on"),
        sa.Column("first", sa.BigInteger(), nullable=False, comment="first value"),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="last value, inclusive"),
        sa.Column("name", sa.Text(), nullable=False, comment="what the page calls it"),
        sa.Column("line", sa.Integer(), nullable=True, comment="the line of the page"),
        sa.ForeignKeyConstraint(
            ["documented_source_id"],
            ["documented_source.id"],
            name=op.f("fk_documented_value_documented_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documented_value")),
    )
    op.create_index(
        op.f("ix_documented_value_documented_source_id_first"),
        "documented_value",
        ["documented_source_id", "first"],
        unique=False,
    )
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "registration_id", sa.Integer(), nullable=False, comment="the registration that is not documented"
        ),
        sa.Column("missing_from", sa.JSON(), nullable=False, comment="names of the sources that lack it"),
        sa.Column("opened_at", Utc(), nullable=False, comment="since when"),
        sa.Column("closed_at", Utc(), nullable=True, comment="until when; null: open"),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_flag_registration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    op.create_index(
        "uq_flag_open",
        "flag",
        ["registration_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "message_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False, comment="the message"),
        sa.Column("alert_id", sa.Integer(), nullable=False, comment="an alert in it, in order"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_message_alert_alert_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_alert_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_alert")),
        sa.UniqueConstraint("message_id", "alert_id", name=op.f("uq_message_alert_message_id_alert_id")),
    )
