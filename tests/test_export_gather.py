"""What is known of a watch, out of a database that real syncs have filled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import TITLE, row
from synced import NOON, Watched

from sync.errors import DatabaseUnusable
from sync.export.gather import Known, gather
from sync.records import Reference
from sync.watches import CLOSE_CODES

DAY = timedelta(days=1)
PEOPLE = {"Ada": "Ada Lovelace"}
BEFORE = [row("1000", "Normal"), row("3000-3999", "Unassigned")]
AFTER = [
    row("1000", "Normal", refs=(("rfc", "rfc6455"), ("uri", "https://example.org/"))),
    row("3000", "Unauthorized", date="2021-09-06", refs=(("person", "Ada"),), contact="Ada"),
    row("3001-3999", "Unassigned", refs=()),
]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """BEFORE on the first of January, AFTER on the third."""
    watched = Watched(tmp_path)
    watched.sync(BEFORE)
    watched.sync(AFTER, at=NOON + 2 * DAY, updated="2026-01-03", people=PEOPLE)
    return watched


def gathered(watched: Watched) -> Known:
    return gather(watched.database, CLOSE_CODES)


def test_everything_is_found_at_one_look(watched: Watched) -> None:
    known = gathered(watched)
    assert (known.title, known.document_updated, known.from_bundle) == (TITLE, "2026-01-03", False)
    assert (known.since, known.checked_at) == (NOON, NOON + 2 * DAY)
    assert [code.first for code in known.codes] == [1000, 3000, 3001]
    assert [flag.first for flag in known.flags] == [3000]
    assert [source.name for source in known.sources] == ["page"]
    assert [(event.first, event.kind, event.baseline) for event in known.events] == [
        (1000, "registered", True),
        (1000, "amended", False),
        (3000, "registered", False),
    ]
    assert (known.held_since, known.older_since) == (None, None)


def test_each_code_has_its_references(watched: Watched) -> None:
    assert gathered(watched).references == (
        (Reference("rfc", "rfc6455"), Reference("uri", "https://example.org/")),
        (Reference("person", "Ada"),),
        (),
    )


def test_what_is_held_back_is_known(watched: Watched) -> None:
    watched.sync(b"<registry xmlns='http://www.iana.org/assignments'><!--", at=NOON + 3 * DAY)
    assert gathered(watched).held_since == NOON + 3 * DAY


def test_a_failed_sync_is_no_check(watched: Watched) -> None:
    watched.fail(at=NOON + 5 * DAY)
    assert gathered(watched).checked_at == NOON + 2 * DAY


def test_a_registry_that_was_never_read_has_no_face(watched: Watched) -> None:
    with watched.database.write() as connection:
        connection.exec_driver_sql("UPDATE watch SET snapshot_id = NULL")
    with pytest.raises(DatabaseUnusable, match="`ianawatch sync` reads it"):
        gathered(watched)
