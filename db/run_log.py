"""How the runs went: equal outcomes in a row are one row, so that ten years of cron add nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from db import tables as t
from db.column_types import word
from db.inserted import insert_all
from db.newest import newest


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


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended for a document."""

    document_id: int
    """The document's row."""
    outcome: Outcome
    exit_code: int
    detail: str
    """Why it failed, one line; empty when it did not."""


class RunLog:
    """The runs of some documents, named by their rows; reads and writes within one transaction."""

    def __init__(self, connection: Connection, document_ids: Iterable[int]) -> None:
        self._connection = connection
        self._document_ids = list(document_ids)
        self._newest: dict[int, RowMapping] | None = None

    def last(self, document_id: int) -> RunRow | None:
        """The last run for a document, with those before it that ended alike."""
        row = self._last().get(document_id)
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

    def failures_in_a_row(self, document_id: int) -> int:
        """How many runs failed since the last that did not; asking for patience is neither."""
        last = self._last().get(document_id)
        if last is None or last["outcome"] not in {Outcome.FAILED, Outcome.PATIENCE}:
            return 0
        r = t.run.c
        last_success = (
            select(func.max(r.id))
            .where(r.document_id == document_id, r.outcome.not_in([Outcome.FAILED, Outcome.PATIENCE]))
            .scalar_subquery()
        )
        failures = select(func.sum(r.count)).where(
            r.document_id == document_id,
            r.outcome == Outcome.FAILED,
            r.id > func.coalesce(last_success, 0),
        )
        return self._connection.scalar(failures) or 0

    def add(self, ended: Iterable[Ended], at: datetime) -> None:
        """Count a run at the time `at`, which ended so for each of these documents."""
        new, alike = [], []
        for one in ended:
            last = self._last().get(one.document_id)
            if last is not None and (last["outcome"], last["exit_code"]) == (one.outcome, one.exit_code):
                alike.append(
                    {
                        "of_row": last["id"],
                        "last_at": at,
                        "first_at": min(last["first_at"], at),
                        "count": last["count"] + 1,
                        "detail": one.detail,
                    }
                )
            else:
                new.append({**asdict(one), "first_at": at, "last_at": at, "count": 1})
        insert_all(self._connection, t.run, new)
        if alike:
            self._connection.execute(update(t.run).where(t.run.c.id == bindparam("of_row")), alike)
        self._newest = None

    def _last(self) -> dict[int, RowMapping]:
        """The newest row of each document, read once: nobody else writes within the transaction."""
        if self._newest is None:
            last = newest(t.run, t.run.c.document_id.in_(self._document_ids))
            rows = self._connection.execute(select(t.run).where(t.run.c.id.in_(last))).mappings()
            self._newest = {row["document_id"]: row for row in rows}
        return self._newest
