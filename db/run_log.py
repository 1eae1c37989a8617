"""How the runs went: equal outcomes in a row are one row, so that ten years of cron add nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from db import tables as t
from db.column_types import word


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    PATIENCE = "patience"
    """The server had asked for patience: no request was made, and it is no failure."""
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class RunRow:
    """Runs in a row with one outcome."""

    outcome: Outcome
    exit_code: int
    detail: str
    first_at: datetime
    last_at: datetime
    count: int


class RunLog:
    """Reads and writes within one transaction."""

    def __init__(self, connection: Connection, document_id: int | None) -> None:
        self._connection = connection
        self._document_id = document_id
        self._newest: RowMapping | None = None
        self._read = False

    def add(self, outcome: Outcome, exit_code: int, detail: str, at: datetime) -> None:
        """Count a run."""
        last = self._last()
        self._read = False
        if last is not None and (last["outcome"], last["exit_code"]) == (outcome, exit_code):
            self._connection.execute(
                update(t.run)
                .where(t.run.c.id == last["id"])
                .values(
                    last_at=at,
                    first_at=min(last["first_at"], at),
                    count=last["count"] + 1,
                    detail=detail,
                )
            )
            return
        self._connection.execute(
            insert(t.run).values(
                document_id=self._document_id,
                outcome=outcome,
                exit_code=exit_code,
                detail=detail,
                first_at=at,
                last_at=at,
                count=1,
            )
        )

    def failures_in_a_row(self) -> int:
        """How many runs failed since the last that did not; asking for patience is neither."""
        last = self._last()
        if last is None or last["outcome"] not in {Outcome.FAILED, Outcome.PATIENCE}:
            return 0
        r = t.run.c
        last_success = (
            select(func.max(r.id))
            .where(r.document_id == self._document_id, r.outcome.not_in([Outcome.FAILED, Outcome.PATIENCE]))
            .scalar_subquery()
        )
        failures = select(func.sum(r.count)).where(
            r.document_id == self._document_id,
            r.outcome == Outcome.FAILED,
            r.id > func.coalesce(last_success, 0),
        )
        return self._connection.scalar(failures) or 0

    def last(self) -> RunRow | None:
        """The last run, with those before it that ended alike."""
        row = self._last()
        if row is None:
            return None
        return RunRow(
            word(Outcome, row["outcome"]),
            row["exit_code"],
            row["detail"],
            row["first_at"],
            row["last_at"],
            row["count"],
        )

    def _last(self) -> RowMapping | None:
        """The newest row, read once: nobody else writes within the transaction."""
        if not self._read:
            query = (
                select(t.run)
                .where(t.run.c.document_id == self._document_id)
                .order_by(t.run.c.id.desc())
                .limit(1)
            )
            self._newest = self._connection.execute(query).mappings().first()
            self._read = True
        return self._newest
