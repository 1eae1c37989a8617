"""The record of what was served: versions kept whole, and every observation of them.

The registry's state follows from these; nothing here decides.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, select, update

from db import tables as t
from db.column_types import NotAsWritten, word
from db.inserted import insert_all
from db.newest import newest
from sync.decide.observations import Run, joined
from sync.fetch.location import as_stored
from sync.verdict import Verdict

QUARANTINED_KEPT = 20
"""How many bodies of quarantined documents are kept at most (docs/rules.md, rule 4)."""

# Statements of every run stand here, since to make one takes three times as long as to run it.
_VERSIONS = select(
    t.snapshot.c.document_url,
    t.snapshot.c.sha256,
    t.snapshot.c.id,
    t.snapshot.c.updated,
    t.snapshot.c.body.is_(None).label("pruned"),
).where(t.snapshot.c.document_url.in_(bindparam("of_urls", expanding=True)))
_BODY = update(t.snapshot).where(t.snapshot.c.id == bindparam("of_snapshot"))
_NOT_YET_APPLIED = update(t.snapshot).where(
    t.snapshot.c.id == bindparam("of_snapshot"), t.snapshot.c.applied.is_(False)
)
_RUNS = (
    select(t.observation, t.snapshot.c.sha256)
    .join(t.snapshot, t.snapshot.c.id == t.observation.c.snapshot_id)
    .order_by(t.observation.c.id.desc())
)
_RUNS_OF_ONE = _RUNS.where(t.observation.c.document_id == bindparam("of_document"))
_NEWEST_RUNS = _RUNS.where(
    t.observation.c.id.in_(
        newest(t.observation, t.observation.c.document_id.in_(bindparam("of_documents", expanding=True)))
    )
)
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


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version to keep."""

    document_url: str
    sha256: str
    body: bytes
    updated: str | None
    """The document's date as served."""
    bundled: bool = False


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """What is known of a version without its body."""

    id: int
    """Its row."""
    updated: str | None
    """The document's date as served."""
    pruned: bool
    """Whether the body is no longer kept."""


class VersionIds(dict[str, int]):
    """The rows of a document's versions, by SHA-256."""

    def __missing__(self, sha256: str) -> int:
        """Raise NotAsWritten: who asks has seen that the version is there, as another index has it."""
        raise NotAsWritten(f"the version {sha256[:12]} is and is not there")


class SnapshotStore:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- versions -------------------------------------------------------------------------------

    def keep(self, versions: Iterable[KeptVersion]) -> None:
        """Keep versions of any documents whole; what is there already is not written again."""
        versions = list(versions)
        there = self.versions_of(version.document_url for version in versions)
        new: dict[tuple[str, str], KeptVersion] = {}
        pruned = []
        for version in versions:
            known = there[version.document_url].get(version.sha256)
            if known is None:
                new[as_stored(version.document_url), version.sha256] = version
            elif known.pruned:
                pruned.append({"of_snapshot": known.id, "body": _packed(version.body)})
        insert_all(self._connection, t.snapshot, [_columns(version) for version in new.values()])
        if pruned:
            self._connection.execute(_BODY, pruned)

    def body(self, document_url: str, sha256: str) -> bytes | None:
        """The bytes of a version; None when they are no longer kept."""
        packed = self._connection.scalar(
            select(t.snapshot.c.body).where(
                t.snapshot.c.document_url == as_stored(document_url), t.snapshot.c.sha256 == sha256
            )
        )
        return zlib.decompress(packed) if packed is not None else None

    def mark_applied(self, snapshot_ids: Iterable[int]) -> None:
        """Remember that versions were applied: seen again after another, one is an older copy."""
        rows = [{"of_snapshot": id_, "applied": True} for id_ in snapshot_ids]
        if rows:
            self._connection.execute(_NOT_YET_APPLIED, rows)

    def versions_of(self, document_urls: Iterable[str]) -> dict[str, dict[str, KnownVersion]]:
        """The versions that are known of each document, by SHA-256."""
        urls = {url: as_stored(url) for url in document_urls}
        found: dict[str, dict[str, KnownVersion]] = {stored: {} for stored in urls.values()}
        for row in self._connection.execute(_VERSIONS, {"of_urls": list(found)}):
            if row.document_url not in found:
                raise NotAsWritten("a version is and is not of its document")
            found[row.document_url][row.sha256] = KnownVersion(row.id, row.updated, bool(row.pruned))
        return {url: found[stored] for url, stored in urls.items()}

    def ids(self, document_url: str) -> VersionIds:
        """The row of each version of a document."""
        return ids_of(self.versions_of([document_url])[document_url])

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

    def observe(self, seen: Iterable[tuple[int, Run, int]]) -> None:
        """Append an observation of each of some documents: the document's row, the run, its version's row.

        It folds into the document's last run when it says the same. Runs later than this one were written by
        a clock that ran ahead: they are brought back.
        """
        seen = list(seen)
        last = self._newest_runs(document_id for document_id, _, _ in seen)
        for document_id, new, _ in seen:
            if document_id in last and last[document_id][1].last_at > new.first_at:
                self._bring_back(document_id, new.first_at)
                last |= self._newest_runs([document_id])
        begun, gone_on = [], []
        for document_id, new, snapshot_id in seen:
            row, run = last.get(document_id, (None, None))
            together = joined(run, new) if run is not None else None
            if together is None:
                begun.append(_run_columns(document_id, new, snapshot_id))
            else:
                gone_on.append({"of_run": row, "last_at": together.last_at, "count": together.count})
        insert_all(self._connection, t.observation, begun)
        if gone_on:
            self._connection.execute(_RUN, gone_on)

    def _bring_back(self, document_id: int, now: datetime) -> None:
        """Let no run begin or end after `now`."""
        o = t.observation.c
        for moment in (o.first_at, o.last_at):
            self._connection.execute(
                update(t.observation).where(o.document_id == document_id, moment > now).values({moment: now})
            )

    def append(self, document_id: int, runs: Iterable[Run], ids: Mapping[str, int]) -> None:
        """Append runs as they are; `ids` are the rows of their versions."""
        rows = [_run_columns(document_id, run, ids[run.sha256]) for run in runs]
        insert_all(self._connection, t.observation, rows)

    def runs(self, document_id: int) -> list[tuple[int, Run]]:
        """The runs of observations of a document with their rows, newest first."""
        rows = self._connection.execute(_RUNS_OF_ONE, {"of_document": document_id}).mappings()
        return [(row["id"], _run_of(row)) for row in rows]

    def _newest_runs(self, document_ids: Iterable[int]) -> dict[int, tuple[int, Run]]:
        """The newest run of each document that has one, with its row."""
        rows = self._connection.execute(_NEWEST_RUNS, {"of_documents": list(document_ids)}).mappings()
        return {row["document_id"]: (row["id"], _run_of(row)) for row in rows}

    def forget_observations(self, document_id: int) -> None:
        """Delete the rows, for a replay that writes them anew."""
        self._connection.execute(delete(t.observation).where(t.observation.c.document_id == document_id))


def ids_of(versions: Mapping[str, KnownVersion]) -> VersionIds:
    """The rows of versions that are given by SHA-256."""
    return VersionIds((sha256, version.id) for sha256, version in versions.items())


def _columns(version: KeptVersion) -> dict[str, object]:
    return {
        "document_url": as_stored(version.document_url),
        "sha256": version.sha256,
        "updated": version.updated,
        "body": _packed(version.body),
        "size": len(version.body),
        "bundled": version.bundled,
        "applied": False,
    }


def _run_columns(document_id: int, run: Run, snapshot_id: int) -> dict[str, object]:
    return {
        "document_id": document_id,
        "snapshot_id": snapshot_id,
        "verdict": run.verdict,
        "first_at": run.first_at,
        "last_at": run.last_at,
        "count": run.count,
        "reason": run.reason,
        "accept_older": run.accept_older,
        "accepted": list(run.accepted),
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
