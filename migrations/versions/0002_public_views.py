"""The public views: what a person with an SQLite shell, or Datasette, asks.

Their columns are kept stable and explained in docs/database.md; none names a person (docs/rules.md, rule 9).
Each stands once with a `watch` column for every watch, and once for the shipped watch alone. Portable SQL:
flags are 1 or 0, and null where the question makes no sense.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REGISTRATIONS = """
CREATE VIEW registrations AS
WITH entry AS (
    SELECT record.watch_id, record.first, record.last, record.description, record.assignment,
           record.registered_on, record.revised_on, record.reference, owner.id AS registration_id,
           COALESCE(owner.first_seen_at, record.valid_from) AS first_seen_at, owner.withdrawn_at
    FROM record
    LEFT JOIN registration AS owner
        ON record.assignment = 'assigned' AND owner.watch_id = record.watch_id
        AND owner.withdrawn_at IS NULL
        AND owner.first <= record.first AND record.first <= owner.last
    WHERE record.valid_to IS NULL
    UNION ALL
    SELECT watch_id, first, last, description, 'assigned', registered_on, revised_on, reference, id,
           first_seen_at, withdrawn_at
    FROM registration
    WHERE withdrawn_at IS NOT NULL OR missing_since IS NOT NULL
)
SELECT watch.name AS watch, entry.first, entry.last, entry.description, entry.assignment,
       entry.registered_on, entry.revised_on, entry.reference,
       CASE
           WHEN entry.assignment <> 'assigned' OR entry.withdrawn_at IS NOT NULL THEN NULL
           WHEN NOT EXISTS (
               SELECT 1 FROM documented_source AS source
               WHERE source.watch_id = entry.watch_id AND source.role = 'documented'
               AND source.first_read_at IS NOT NULL AND source.active
           ) THEN NULL
           WHEN EXISTS (
               SELECT 1 FROM documented_source AS source
               WHERE source.watch_id = entry.watch_id AND source.role = 'documented'
               AND source.first_read_at IS NOT NULL AND source.active
               AND entry.last - entry.first + 1 > (
                   SELECT COUNT(DISTINCT documented.first) FROM documented_value AS documented
                   WHERE documented.documented_source_id = source.id
                   AND documented.first = documented.last
                   AND documented.first BETWEEN entry.first AND entry.last
               )
           ) THEN 0
           ELSE 1
       END AS documented,
       CASE
           WHEN EXISTS (
               SELECT 1 FROM flag
               WHERE flag.registration_id = entry.registration_id AND flag.closed_at IS NULL
           ) THEN 1
           ELSE 0
       END AS flagged,
       entry.first_seen_at, entry.withdrawn_at
FROM entry JOIN watch ON watch.id = entry.watch_id
"""

FLAGS = """
CREATE VIEW flags AS
SELECT watch.name AS watch, registration.first, registration.last, registration.description,
       registration.registered_on, flag.missing_from, flag.opened_at, flag.closed_at,
       ignored.reason AS ignored
FROM flag
JOIN registration ON registration.id = flag.registration_id
JOIN watch ON watch.id = registration.watch_id
LEFT JOIN ignored
    ON ignored.watch_id = watch.id
    AND ignored.first <= registration.first AND registration.last <= ignored.last
"""

HISTORY = """
CREATE VIEW history AS
WITH told AS (
    SELECT id,
           field = 'contacts' OR field = 'references' AND (
               before LIKE 'person:%' OR before LIKE '%; person:%'
               OR after LIKE 'person:%' OR after LIKE '%; person:%'
           ) AS names_people
    FROM change
)
SELECT watch.name AS watch, change.first, change.last, change.at, change.kind AS change, change.field,
       CASE WHEN told.names_people THEN NULL ELSE change.before END AS before,
       CASE WHEN told.names_people THEN NULL ELSE change.after END AS after,
       snapshot.updated AS document_updated
FROM change
JOIN told ON told.id = change.id
JOIN registration ON registration.id = change.registration_id
JOIN watch ON watch.id = registration.watch_id
JOIN snapshot ON snapshot.id = change.snapshot_id
"""

CLOSE_CODES = """
CREATE VIEW close_codes AS
SELECT first, last, description, assignment, registered_on, revised_on, reference, documented, flagged,
       first_seen_at, withdrawn_at
FROM registrations WHERE watch = 'close-codes'
"""

FLAGGED_CODES = """
CREATE VIEW flagged_codes AS
SELECT first, last, description, registered_on, missing_from, opened_at, ignored
FROM flags WHERE watch = 'close-codes' AND closed_at IS NULL
"""

REGISTRATION_HISTORY = """
CREATE VIEW registration_history AS
SELECT first, last, at, change, field, before, after, document_updated
FROM history WHERE watch = 'close-codes'
"""


def upgrade() -> None:
    """Create the views."""
    for statement in (REGISTRATIONS, FLAGS, HISTORY, CLOSE_CODES, FLAGGED_CODES, REGISTRATION_HISTORY):
        op.execute(statement)
