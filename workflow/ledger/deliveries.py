"""What the mailbox gave and what was sent: the two tables of the ledger that keep a network from doing a thing twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

TRYING, SENT, FAILED = "trying", "sent", "failed"


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of one mailbox, as its server numbers it: a new `uidvalidity` means that every uid means something else."""

    account: str
    folder: str
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at sending one draft. `letter` says what was in it, so that the same letter is known again.

    `state` is "sent", "failed" (certainly not sent; `detail` has the server's words) or "trying": it was begun and its end is
    not known, because the program was killed or the connection was lost in the moment between.
    """

    file: str  # relative to the workspace; a draft that was put beside another counts under the other's name
    message_id: str
    recipients: str
    today: str
    letter: str
    state: str = TRYING
    detail: str = ""
    id: int = 0


class Deliveries:
    """Both tables, on the ledger's own connection. They only grow: how an attempt ended is a second row.

    In the row that begins an attempt `detail` is the letter; in the row that ends it, what the server said.
    """

    def __init__(self, db: sqlite3.Connection, transaction: Callable[[], AbstractContextManager[None]]) -> None:
        self._db = db
        self._transaction = transaction

    # --- fetched

    def fetched(self, folder: Folder) -> dict[int, str]:
        """The messages of a folder that were fetched before: the hash of each one's bytes by its uid."""
        rows = self._db.execute(
            "SELECT uid, sha256 FROM fetched WHERE account = ? AND folder = ? AND uidvalidity = ?",
            (folder.account, folder.folder, folder.uidvalidity),
        )
        return {int(uid): str(sha256) for uid, sha256 in rows}

    def file_of(self, sha256: str) -> str | None:
        """The file into which these bytes were fetched before, from whatever folder; None where they were not."""
        row = self._db.execute("SELECT file FROM fetched WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone()
        return str(row[0]) if row else None

    def add_fetched(self, folder: Folder, uid: int, sha256: str, file: str) -> None:
        """Record one message, in a transaction of its own, once its file stands."""
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?, ?)",
                (folder.account, folder.folder, folder.uidvalidity, uid, sha256, file),
            )

    # --- sent

    def attempts(self, files: Iterable[str]) -> dict[str, tuple[Attempt, ...]]:
        """Every attempt at each of these drafts, oldest first."""
        return {file: tuple(self._attempts(file)) for file in files}

    def begin(self, attempt: Attempt, last: int) -> int | None:
        """Commit that this letter is about to be handed in. `last` is the id of the newest attempt that was known when it was
        decided (0: none). None where there is a newer one: somebody else is sending the same draft.
        """
        with self._transaction():
            known = self._attempts(attempt.file)
            if known and known[-1].id != last:
                return None
            return self._add(attempt, TRYING, attempt.letter)

    def end(self, attempt: Attempt, state: str, detail: str) -> None:
        """Commit how the newest attempt at this draft ended: "sent" or "failed"."""
        with self._transaction():
            self._add(attempt, state, detail)

    def by_hand(self, attempt: Attempt) -> None:
        """Commit that a person sent this letter without us."""
        with self._transaction():
            self._add(attempt, TRYING, attempt.letter)
            self._add(attempt, SENT, "by hand")

    def _attempts(self, file: str) -> list[Attempt]:
        found: list[Attempt] = []
        rows = self._db.execute(
            "SELECT id, message_id, recipients, today, state, detail FROM delivery WHERE file = ? ORDER BY id", (file,)
        )
        for number, message_id, recipients, today, state, detail in rows:
            if state == TRYING:
                found.append(Attempt(file, message_id, recipients, today, letter=detail, id=number))
            else:
                found[-1] = replace(found[-1], state=state, detail=detail)
        return found

    def _add(self, attempt: Attempt, state: str, detail: str) -> int:
        cursor = self._db.execute(
            "INSERT INTO delivery (message_id, file, recipients, today, state, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (attempt.message_id, attempt.file, attempt.recipients, attempt.today, state, detail),
        )
        return int(cursor.lastrowid or 0)
