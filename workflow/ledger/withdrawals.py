"""What was taken back: the table of the ledger that says which workbooks are not to count, since when and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One workbook taken back, by its own hash, so that the same bytes from elsewhere are taken back too.

    `today` is the day of the run that took it back. `undone` is the run that was undone; None where one file was withdrawn.
    `reason` is the coordinator's, in words.
    """

    sha256: str
    today: str
    undone: int | None = None
    reason: str = ""


class Withdrawals:
    """The table, on the ledger's own connection. It only grows: what is in force is the latest row of a workbook."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def standing(self, as_at: str = "9999") -> dict[str, Withdrawal]:
        """By hash, the workbooks that are taken back, as the runs on or before a day left it."""
        rows = self._db.execute(
            "SELECT w.sha256, r.today, w.undone, w.reason, w.withdrawn FROM withdrawal w JOIN run r ON r.id = w.run"
            " WHERE r.today <= ? ORDER BY w.id",
            (as_at,),
        )
        standing: dict[str, Withdrawal] = {}
        for sha, today, undone, reason, back in rows:
            standing.pop(sha, None)
            if back:
                standing[sha] = Withdrawal(sha, today, undone, reason)
        return standing

    def add(self, run: int, withdrawn: Iterable[Withdrawal]) -> None:
        """Record that these workbooks are taken back by a run, inside its transaction."""
        self._add((run, w.sha256, 1, w.undone, w.reason) for w in withdrawn)

    def lift(self, run: int, workbooks: Iterable[str]) -> None:
        """Record that these workbooks, by hash, count again from a run on, inside its transaction."""
        self._add((run, sha, 0, None, "") for sha in workbooks)

    def lifted(self) -> Mapping[str, int]:
        """By hash, the last run that took a workbook in again after it had been taken back."""
        return dict(self._db.execute("SELECT sha256, max(run) FROM withdrawal WHERE withdrawn = 0 GROUP BY sha256"))

    def runs(self) -> Mapping[int, str]:
        """The runs that took something back, each with its command."""
        return dict(self._db.execute("SELECT id, command FROM run WHERE id IN (SELECT run FROM withdrawal WHERE withdrawn)"))

    def first_taken(self) -> Mapping[tuple[str, str], int]:
        """The run that first took in each leaf, merged or held: by the hash of its received file and its own."""
        rows = self._db.execute(
            "SELECT container, sha256, min(run) FROM judgement WHERE state IN ('merged', 'held') GROUP BY container, sha256"
        )
        return {(container, sha): run for container, sha, run in rows}

    def _add(self, rows: Iterable[tuple[int, str, int, int | None, str]]) -> None:
        self._db.executemany("INSERT INTO withdrawal (run, sha256, withdrawn, undone, reason) VALUES (?, ?, ?, ?, ?)", rows)
