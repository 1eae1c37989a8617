"""The record of what was served: versions kept whole, and every observation of them.

The registry's state follows from these; nothing here decides.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from db import tables as t
from db.column_types import word
from db.inserted import insert_all, inserted_id
from sync.decide.observations import Run, joined
from sync.fetch.location import as_stored
from sync.verdict import Verdict

QUARANTINED_KEPT = 20
"""How many bodies of quarantined documents are kept at most (docs/rules.md, rule 4)."""

# Statements of every run stand here, since to make one takes three times as long as to run it.
_VERSION = select(t.snapshot.c.id, t.snapshot.c.body.is_(None)).where(
    t.snapshot.c.document_url == bindparam("of_url"), t.snapshot.c.sha256 == bindparam("of_sha256")
)
_VERSIONS = select(t.snapshot.c.sha256, t.snapshot.c.id).where(
    t.snapshot.c.document_url == bindparam("of_url")
)
_NOT_YET_APPLIED = update(t.snapshot).where(
    t.snapshot.c.id == bindparam("of_snapshot"), t.snapshot.c.applied.is_(False)
)
_RUNS = (
    select(t.observation, t.snapshot.c.sha256)
    .join(t.snapshot, t.snapshot.c.id == t.observation.c.snapshot_id)
    .where(t.observation.c.document_id == bindparam("of_document"))
    .order_by(t.observation.c.id.desc())
)
_NEWEST_RUN = _RUNS.limit(1)
_RUN = update(t.observation).where(t.observation.c.id == bindparam("of_run"))


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A version's row."""

    id: int
    sha256: str
    updated: str | None
    bundled: bool
    applied: bool
    body: bytes | None
    """None when it was pruned."""


class SnapshotStore:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- versions -------------------------------------------------------------------------------

    def keep(
        self, document_url: str, sha256: str, body: bytes, updated: str | None, *, bundled: bool = False
    ) -> int:
        """The version's row id; the body is kept when it is not there yet."""
        wanted = {"of_url": as_stored(document_url), "of_sha256": sha256}
        row = self._connection.execute(_VERSION, wanted).one_or_none()
        if row is None:
            columns = _columns(document_url, sha256, body, updated, bundled=bundled)
            return inserted_id(self._connection.execute(insert(t.snapshot), columns))
        if row[1]:
            self._connection.execute(
                update(t.snapshot).where(t.snapshot.c.id == row[0]).values(body=_packed(body))
            )
        return int(row[0])

    def keep_all(self, document_url: str, versions: Mapping[str, tuple[bytes, str | None]]) -> None:
        """Keep many versions at once: the body and the date of each, by SHA-256."""
        there = self.ids(document_url)
        insert_all(
            self._connection,
            t.snapshot,
            [
                _columns(document_url, sha256, body, updated, bundled=False)
                for sha256, (body, updated) in versions.items()
                if sha256 not in there
            ],
        )
        for sha256 in there.keys() & versions.keys():
            self.keep(document_url, sha256, *versions[sha256])

    def body(self, document_url: str, sha256: str) -> bytes | None:
        """The bytes of a version; None when they are no longer kept."""
        packed = self._connection.scalar(
            select(t.snapshot.c.body).where(
                t.snapshot.c.document_url == as_stored(document_url), t.snapshot.c.sha256 == sha256
            )
        )
        return zlib.decompress(packed) if packed is not None else None

    def mark_applied(self, snapshot_id: int) -> None:
        """Remember that a version was applied: seen again after another, it is an older copy."""
        self._connection.execute(_NOT_YET_APPLIED, {"of_snapshot": snapshot_id, "applied": True})

    def ids(self, document_url: str) -> dict[str, int]:
        """The row of each version of a document, by SHA-256."""
        rows = self._connection.execute(_VERSIONS, {"of_url": as_stored(document_url)})
        return {row.sha256: row.id for row in rows}

    def updated(self, document_url: str, sha256: str | None) -> str | None:
        """The date of a version as served."""
        return self._connection.scalar(
            select(t.snapshot.c.updated).where(
                t.snapshot.c.document_url == as_stored(document_url), t.snapshot.c.sha256 == sha256
            )
        )

    def versions(self, document_url: str) -> Iterator[StoredSnapshot]:
        """Every version of a document."""
        for row in self._connection.execute(
            select(t.snapshot)
            .where(t.snapshot.c.document_url == as_stored(document_url))
            .order_by(t.snapshot.c.id)
        ).mappings():
            body = zlib.decompress(row["body"]) if row["body"] is not None else None
            yield StoredSnapshot(
                row["id"], row["sha256"], row["updated"], row["bundled"], row["applied"], body
            )

    def prune_quarantined(self, document_id: int) -> None:
        """Forget the oldest bodies that were only ever quarantined, down to QUARANTINED_KEPT."""
        useful = select(t.observation.c.snapshot_id).where(t.observation.c.verdict != Verdict.QUARANTINED)
        kept = self._connection.scalars(
            select(t.snapshot.c.id)
            .join(t.observation, t.observation.c.snapshot_id == t.snapshot.c.id)
            .where(
                t.observation.c.document_id == document_id,
                t.snapshot.c.body.is_not(None),
                t.snapshot.c.id.not_in(useful),
            )
            .group_by(t.snapshot.c.id)
            .order_by(func.max(t.observation.c.last_at).desc(), t.snapshot.c.id.desc())
        ).all()
        if len(kept) > QUARANTINED_KEPT:
            self._connection.execute(
                update(t.snapshot).where(t.snapshot.c.id.in_(kept[QUARANTINED_KEPT:])).values(body=None)
            )

    # -- observations ---------------------------------------------------------------------------

    def observe(self, document_id: int, new: Run, ids: Mapping[str, int]) -> None:
        """Append an observation; it folds into the last run when it says the same.

        Runs later than this one were written by a clock that ran ahead: they are brought back.
        """
        last = self._newest_run(document_id)
        if last is not None and last[1].last_at > new.first_at:
            self._bring_back(document_id, new.first_at)
            last = self._newest_run(document_id)
        together = joined(last[1], new) if last is not None else None
        if last is None or together is None:
            self.append(document_id, [new], ids)
        else:
            self._connection.execute(
                _RUN, {"of_run": last[0], "last_at": together.last_at, "count": together.count}
            )

    def _bring_back(self, document_id: int, now: datetime) -> None:
        """Let no run begin or end after `now`."""
        o = t.observation.c
        for moment in (o.first_at, o.last_at):
            self._connection.execute(
                update(t.observation).where(o.document_id == document_id, moment > now).values({moment: now})
            )

    def append(self, document_id: int, runs: Sequence[Run], ids: Mapping[str, int]) -> None:
        """Append runs as they are; `ids` are the rows of their versions."""
        insert_all(
            self._connection,
            t.observation,
            [
                {
                    "document_id": document_id,
                    "snapshot_id": ids[run.sha256],
                    "verdict": run.verdict,
                    "first_at": run.first_at,
                    "last_at": run.last_at,
                    "count": run.count,
                    "reason": run.reason,
                    "accept_older": run.accept_older,
                    "accepted": list(run.accepted),
                }
                for run in runs
            ],
        )

    def runs(self, document_id: int) -> list[tuple[int, Run]]:
        """The runs of observations of a document with their rows, newest first."""
        rows = self._connection.execute(_RUNS, {"of_document": document_id}).mappings()
        return [(row["id"], _run_of(row)) for row in rows]

    def _newest_run(self, document_id: int) -> tuple[int, Run] | None:
        row = self._connection.execute(_NEWEST_RUN, {"of_document": document_id}).mappings().first()
        return (row["id"], _run_of(row)) if row else None

    def forget_observations(self, document_id: int) -> None:
        """Delete the rows, for a replay that writes them anew."""
        self._connection.execute(delete(t.observation).where(t.observation.c.document_id == document_id))


def _columns(
    document_url: str, sha256: str, body: bytes, updated: str | None, *, bundled: bool
) -> dict[str, object]:
    return {
        "document_url": as_stored(document_url),
        "sha256": sha256,
        "updated": updated,
        "body": _packed(body),
        "size": len(body),
        "bundled": bundled,
        "applied": False,
    }


def _run_of(row: RowMapping) -> Run:
    """A run from its row, with the `sha256` of the version that was seen."""
    return Run(
        sha256=row["sha256"],
        verdict=word(Verdict, row["verdict"]),
        first_at=row["first_at"],
        last_at=row["last_at"],
        count=row["count"],
        reason=row["reason"],
        accept_older=row["accept_older"],
        accepted=tuple(row["accepted"]),
    )


def _packed(body: bytes) -> bytes:
    # Of IANA's documents the fastest level takes half of the default's time and a sixth more room.
    return zlib.compress(body, level=1)
