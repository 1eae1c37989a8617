"""The tables, as SQLAlchemy Core sees them; each column says what it holds.

The schema itself is made by the migrations, for PostgreSQL too: a `postgresql_where` here would import
that dialect in every run (130 ms). A test fails when the two differ. The public views are made by a
migration alone. What is written when is the stores' business.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from db.column_types import Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(table: str, *, null: bool = False, comment: str, on_delete: str | None = None) -> Column[int]:
    return Column(
        f"{table}_id",
        Integer,
        ForeignKey(f"{table}.id", ondelete=on_delete),
        nullable=null,
        comment=comment,
    )


def _values() -> tuple[Column[int], Column[int]]:
    return (
        Column("first", BigInteger, nullable=False, comment="first value"),
        Column("last", BigInteger, nullable=False, comment="last value, inclusive"),
    )


def _content() -> tuple[Column[str], ...]:
    return (
        Column("description", Text, nullable=False, comment="what the values are called, white space folded"),
        Column("registered_on", Text, comment="IANA's registration date as served"),
        Column("revised_on", Text, comment="IANA's revision date as served"),
        Column("xrefs", JSON, nullable=False, comment="[kind, data, text] of each reference"),
        Column("reference", Text, nullable=False, comment="the same for a person, on one line"),
        Column("contacts", JSON, nullable=False, comment="names of the contacts: personal data"),
        Column("extra", JSON, nullable=False, comment="[element, text] of every further field, in order"),
    )


snapshot = Table(
    "snapshot",
    metadata,
    _id(),
    Column("document_url", Text, nullable=False, comment="the url of the document"),
    Column("sha256", String(64), nullable=False, comment="of the body"),
    Column("updated", Text, comment="the document's date as served"),
    Column("body", LargeBinary, comment="zlib; null when pruned, which only quarantined bodies are"),
    Column("size", Integer, nullable=False, comment="bytes of the body, uncompressed"),
    Column("bundled", Boolean, nullable=False, comment="it shipped with the package"),
    Column("applied", Boolean, nullable=False, comment="it was applied once"),
    UniqueConstraint("document_url", "sha256"),
)

document = Table(
    "document",
    metadata,
    _id(),
    Column("url", Text, nullable=False, unique=True, comment="where IANA serves it, secrets masked"),
    _to("snapshot", null=True, comment="the version last applied"),
    Column("mark", Text, comment="date of the version last applied: older copies are older than this"),
    Column("older_since", Utc, comment="since when nothing but older copies came"),
    Column("quarantined_since", Utc, comment="since when nothing usable came"),
)

resource = Table(
    "resource",
    metadata,
    _id(),
    Column("url", Text, nullable=False, unique=True, comment="the URL that was asked, secrets masked"),
    Column("last_modified", Text, comment="Last-Modified, exactly as sent"),
    Column("etag", Text, comment="ETag, exactly as sent"),
    Column("sha256", String(64), comment="of the body they came with: they count for no other version"),
    Column("retry_at", Utc, comment="until when the server asked for patience"),
)

observation = Table(
    "observation",
    metadata,
    _id(),
    _to("document", comment="the document that was asked for"),
    _to("snapshot", comment="the version that was seen"),
    Column("verdict", Text, nullable=False, comment="unchanged, applied, older, overdue or quarantined"),
    Column("first_at", Utc, nullable=False, comment="first of a run of equal observations"),
    Column("last_at", Utc, nullable=False, comment="last of them"),
    Column("count", Integer, nullable=False, comment="how many they were"),
    Column("reason", Text, comment="why it was quarantined"),
    Column("accept_older", Boolean, nullable=False, comment="a person said an older copy is right"),
    Column("accepted", JSON, nullable=False, comment="watches for which a person accepted what was held"),
    Index(None, "document_id", "first_at"),
)

watch = Table(
    "watch",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True, comment="what a person calls it"),
    _to("document", comment="the document its registry is in"),
    Column("registry_id", Text, nullable=False, comment="the registry's id inside the document"),
    Column("watched_first", BigInteger, comment="first value whose registration is alerted; null: all"),
    Column("watched_last", BigInteger, comment="last such value"),
    _to("snapshot", null=True, comment="the version last applied to it; null before the first sight"),
    Index(None, "document_id"),
)

record = Table(
    "record",
    metadata,
    _id(),
    _to("watch", comment="whose registry it is in"),
    *_values(),
    Column("assignment", Text, nullable=False, comment="assigned, reserved, private-use or unassigned"),
    *_content(),
    Column("valid_from", Utc, nullable=False, comment="when it was first seen to be so"),
    Column("valid_to", Utc, comment="when it was seen to be otherwise; null: in force"),
    Index(None, "watch_id", "valid_to", "first"),
)

registration = Table(
    "registration",
    metadata,
    _id(),
    _to("watch", comment="whose registry it is in"),
    Column("key", Text, nullable=False, comment="its identity, made from what it was first seen as"),
    *_values(),
    *_content(),
    Column("origin_name", Text, nullable=False, comment="the name it was first seen with"),
    Column("origin_date", Text, comment="the date it was first seen with"),
    Column("formerly", JSON, nullable=False, comment="[name, date] it had before the present ones"),
    Column("first_seen_at", Utc, nullable=False, comment="when it was first seen"),
    Column("baseline", Boolean, nullable=False, comment="seen at the first sight: no news"),
    Column("missing_since", Utc, comment="since when it is not in the version last applied"),
    Column("removal_accepted", Boolean, nullable=False, comment="a person said that it is gone"),
    Column("withdrawn_at", Utc, comment="when it was withdrawn; the row stays"),
    Column("endings", Integer, nullable=False, comment="how often it was withdrawn"),
    UniqueConstraint("watch_id", "key"),
    CheckConstraint("first <= last", name="first_not_after_last"),
    Index(
        "uq_registration_live",
        "watch_id",
        "first",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
    ),
)

change = Table(
    "change",
    metadata,
    _id(),
    _to("registration", comment="whose history this is", on_delete="CASCADE"),
    _to("snapshot", comment="the version it was seen in"),
    Column("at", Utc, nullable=False, comment="when it was seen"),
    Column("kind", Text, nullable=False, comment="registered, amended, withdrawn or returned"),
    *_values(),
    Column("field", Text, comment="the field that was amended"),
    Column("before", Text, comment="what it was"),
    Column("after", Text, comment="what it is"),
    Index(None, "registration_id"),
)

hold = Table(
    "hold",
    metadata,
    _id(),
    _to("watch", comment="whose registry is held back"),
    _to("snapshot", comment="the version it was first seen in"),
    Column("kind", Text, nullable=False, comment="registry, record or missing"),
    Column("fingerprint", Text, nullable=False, comment="what it is about"),
    Column("reason", Text, nullable=False, comment="one line for a person"),
    Column("opened_at", Utc, nullable=False, comment="when it was first seen"),
    Column("accepted_at", Utc, comment="when a person said that it is right"),
    Column("closed_at", Utc, comment="when a version came without it"),
    Index(None, "watch_id", "closed_at"),
)

documented_source = Table(
    "documented_source",
    metadata,
    _id(),
    _to("watch", comment="which registry its values belong to"),
    Column("role", Text, nullable=False, comment="documented or in-use"),
    Column("name", Text, nullable=False, comment="what a person calls it"),
    Column("location", Text, nullable=False, comment="URL, file path or `bundled`, secrets masked"),
    Column("active", Boolean, nullable=False, comment="it takes part in the comparison now"),
    Column("sha256", String(64), comment="of the body last read; null: never read, takes no part"),
    Column("first_read_at", Utc, comment="when it was first read"),
    Column("read_at", Utc, comment="when its present table was read"),
    Column(
        "problem", Text, comment="why it could not be read at the last try; the table is the last good one"
    ),
    UniqueConstraint("watch_id", "role", "name"),
)

documented_value = Table(
    "documented_value",
    metadata,
    _id(),
    _to("documented_source", comment="the page it stands on", on_delete="CASCADE"),
    *_values(),
    Column("name", Text, nullable=False, comment="what the page calls it"),
    Column("line", Integer, comment="the line of the page"),
    Index(None, "documented_source_id", "first"),
)

flag = Table(
    "flag",
    metadata,
    _id(),
    _to("registration", comment="the registration that is not documented", on_delete="CASCADE"),
    Column("missing_from", JSON, nullable=False, comment="names of the sources that lack it"),
    Column("opened_at", Utc, nullable=False, comment="since when"),
    Column("closed_at", Utc, comment="until when; null: open"),
    Index(
        "uq_flag_open",
        "registration_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
    ),
)

ignored = Table(
    "ignored",
    metadata,
    _id(),
    _to("watch", comment="whose value it is"),
    *_values(),
    Column("reason", Text, nullable=False, comment="why a person decided not to document it"),
    Column("at", Utc, nullable=False, comment="when"),
    UniqueConstraint("watch_id", "first", "last"),
)

alert = Table(
    "alert",
    metadata,
    _id(),
    Column("uid", Text, nullable=False, unique=True, comment="made from what it says"),
    _to("watch", null=True, comment="the watch it is about; null: the sync itself"),
    Column("kind", Text, nullable=False, comment="registration, withdrawal, return, baseline ..."),
    Column("audience", Text, nullable=False, comment="readers or operators"),
    Column("about", Text, nullable=False, comment="what tells it from others of its kind; may be empty"),
    Column("at", Utc, nullable=False, comment="when it was decided"),
    Column("facts", JSON, nullable=False, comment="what it says, fixed"),
)

alert_registration = Table(
    "alert_registration",
    metadata,
    _id(),
    _to("alert", comment="the alert"),
    _to("registration", comment="a registration it names", on_delete="CASCADE"),
    Column("ending", Integer, nullable=False, comment="which of its withdrawals; 0: none yet"),
    UniqueConstraint("alert_id", "registration_id"),
)

message = Table(
    "message",
    metadata,
    _id(),
    Column("uid", Text, nullable=False, unique=True, comment="made from its alerts' ids"),
    Column("audience", Text, nullable=False, comment="readers or operators"),
    Column("at", Utc, nullable=False, comment="when it was decided"),
)

message_alert = Table(
    "message_alert",
    metadata,
    _id(),
    _to("message", comment="the message"),
    _to("alert", comment="an alert in it, in order"),
    UniqueConstraint("message_id", "alert_id"),
)

delivery = Table(
    "delivery",
    metadata,
    _id(),
    Column("uid", Text, nullable=False, unique=True, comment="made from the message's id and the channel"),
    _to("message", comment="what is delivered"),
    Column("channel", Text, nullable=False, comment="name of the channel it goes to"),
    Column("state", Text, nullable=False, comment="waiting, done, dead or dropped"),
    Column("attempts", Integer, nullable=False, comment="how often it was tried"),
    Column("since", Utc, nullable=False, comment="since when it waits, or waited"),
    Column("next_at", Utc, nullable=False, comment="not before this"),
    Column("leased_until", Utc, comment="somebody is sending it until then"),
    Column("problem", Text, comment="why the last try failed"),
    Column("done_at", Utc, comment="when the channel accepted it"),
    Index(None, "state", "next_at"),
)

run = Table(
    "run",
    metadata,
    _id(),
    _to("document", null=True, comment="what was synced"),
    Column("outcome", Text, nullable=False, comment="done, failed, patience or quarantined"),
    Column("exit_code", Integer, nullable=False, comment="what the program ended with"),
    Column("detail", Text, nullable=False, comment="why it failed, one line; empty when it did not"),
    Column("first_at", Utc, nullable=False, comment="first of a run of equal outcomes"),
    Column("last_at", Utc, nullable=False, comment="last of them"),
    Column("count", Integer, nullable=False, comment="how many they were"),
)
