"""What was removed for good: the one place where the ledger forgets. A tombstone says what was removed, when and why."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflow.errors import WorkflowError
from workflow.fields import decode, encode, show
from workflow.ledger.codec import as_json
from workflow.ledger.safety import backups, leftovers
from workflow.model import Slot
from workflow.wording import shorten

PURGED = "purged"  # the code under which what was removed stays on record
_TELLING = 3  # words: what has fewer is said by many, and tells nothing of whoever said it
_BARE = {"findings": [], "grids": {}, "base": [], "code": PURGED, "quiet": False}


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One received file that was removed, by its hash, with how many answers it held.

    `finished` says whether everything that follows (the ledger's file, the backups, the papers) was seen to as well.
    """

    sha256: str
    today: str
    answers: int
    reason: str = ""
    run: int = 0
    finished: bool = False


class Tombstones:
    """The tombstones, on the ledger's own connection."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    def standing(self) -> dict[str, Tombstone]:
        """Every received file that was removed, by its hash."""
        rows = self._db.execute("SELECT sha256, today, answers, reason, run, finished FROM tombstone ORDER BY id")
        return {sha: Tombstone(sha, today, answers, reason, run, bool(done)) for sha, today, answers, reason, run, done in rows}

    def repeating(self, containers: Collection[str]) -> list[str]:
        """The other received files that show, among last time's answers, what only these files say: they are not changed."""
        marks, these = ", ".join("?" * len(containers)), tuple(containers)
        others = f"SELECT id FROM judgement WHERE container NOT IN ({marks})"  # noqa: S608
        rows = self._db.execute(f"SELECT value, raw FROM answer WHERE judgement IN ({others})", these)  # noqa: S608
        said = {text for sha in containers for text in self._said(sha)[0]}
        gone = _first_words(said - _texts(rows), _TELLING)
        told = self._db.execute(f"SELECT file, extra FROM judgement WHERE id IN ({others})", these)  # noqa: S608
        return sorted({file for file, extra in told if any(words in gone for *_, words in _seen_in(json.loads(extra)))})

    def bury(self, run: int, files: Iterable[Tombstone], changed: Collection[tuple[str, Slot]] = ()) -> None:
        """Remove received files for good, inside a transaction: their bytes, their answers, and every value that came of them.

        What is left of each is that it was there: whose, for which period, when it came, and its tombstone. `tidy` makes sure
        that nothing of it stays behind in the file of the ledger. `changed` are the fields, by period, that now stand
        otherwise.
        """
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("DELETE FROM said")  # it may quote what they said
        for file in files:
            said, leaves = self._said(file.sha256)
            self._db.execute("DELETE FROM blob WHERE sha256 = ?", (file.sha256,))
            self._db.execute(
                "DELETE FROM answer WHERE judgement IN (SELECT id FROM judgement WHERE container = ?)", (file.sha256,)
            )
            bare = f"removed {file.sha256[:12]}"
            self._db.execute(
                "UPDATE judgement SET file = ?, part = CASE WHEN part IS NULL THEN NULL ELSE 'part ' || id END, sender = '',"
                " state = 'ignored', reason = ?, blanks = 0, extra = ? WHERE container = ?",
                (bare, _reason(file), as_json(_BARE), file.sha256),
            )
            marks = ", ".join("?" * len(leaves))
            self._db.execute(
                f"UPDATE change SET value = NULL, file = ?, sheet = '', cell = '' WHERE sha256 IN ({marks})",  # noqa: S608
                (bare, *leaves),
            )
            gone = said - _texts(self._db.execute("SELECT value, raw FROM answer"))
            self._forget_shown(gone)
            self._forget_seen(gone)
            self._forget_carried(bare, gone, changed)
            self._forget_told(leaves | {file.sha256})
            self._db.execute(
                "INSERT INTO tombstone (sha256, run, today, answers, reason, finished) VALUES (?, ?, ?, ?, ?, 0)",
                (file.sha256, run, file.today, file.answers, file.reason),
            )

    def tidy(self) -> int:
        """After the transaction: write the ledger's file anew without what was removed, and remove every backup that still
        holds it. Returns how many backups went. Raises WorkflowError where one cannot be removed."""
        self._db.execute("VACUUM")
        removed = set(self.standing())
        holding = [path for path in backups(self._path) if _holds(path, removed)]
        for path in (*leftovers(self._path), *holding):
            try:
                path.unlink()
            except OSError as error:
                why = error.strerror or error
                raise WorkflowError(f"The backup {path.name} may hold it and could not be removed ({why}).") from error
        return len(holding)

    def finish(self) -> None:
        """Everything that follows was seen to, for all that was removed."""
        self._db.execute("UPDATE tombstone SET finished = 1 WHERE finished = 0")

    def _said(self, container: str) -> tuple[set[str], set[str]]:
        """What a file's answers said, as the ledger writes values, and the hashes of its leaves."""
        rows = self._db.execute(
            "SELECT a.value, a.raw FROM answer a JOIN judgement j ON j.id = a.judgement WHERE j.container = ?", (container,)
        )
        said = _texts(rows)
        leaves = {sha for (sha,) in self._db.execute("SELECT sha256 FROM judgement WHERE container = ?", (container,))}
        return said, leaves

    def _forget_shown(self, gone: Collection[str]) -> None:
        """Take out of what the workbooks that went out showed whatever only the removed answers said: joint leads were shown
        it as well as its own partner."""
        for token, cells in self._db.execute("SELECT token, cells FROM issue").fetchall():
            shown = json.loads(cells)
            left = [cell for cell in shown if cell[-1] not in gone]
            if len(left) != len(shown):
                self._db.execute("UPDATE issue SET cells = ? WHERE token = ?", (as_json(left), token))

    def _forget_seen(self, gone: Collection[str]) -> None:
        """Take it out of what later returns were seen to show of last time's answers."""
        words = _first_words(gone)
        for judgement, text in self._db.execute("SELECT id, extra FROM judgement").fetchall():
            extra = json.loads(text)
            shown = [(fields, name) for fields, name, told in _seen_in(extra) if told in words]
            for fields, name in shown:
                del fields[name]
            if shown:
                self._db.execute("UPDATE judgement SET extra = ? WHERE id = ?", (as_json(extra), judgement))

    def _forget_carried(self, bare: str, gone: Collection[str], changed: Collection[tuple[str, Slot]]) -> None:
        """Take it out of the history of later periods, where a "no change" had confirmed it. What stands so for another
        reason, as the register's own position does, stays."""
        latest = {n for (n,) in self._db.execute("SELECT max(id) FROM change GROUP BY period, form, key, field")}
        rows = self._db.execute("SELECT id, value, period, form, key, field FROM change WHERE carried = 1").fetchall()
        for n, value, period, *slot in rows:
            if value in gone and (n not in latest or (period, tuple(slot)) in changed):
                self._db.execute("UPDATE change SET value = NULL, file = ?, sheet = '', cell = '' WHERE id = ?", (bare, n))

    def _forget_told(self, hashes: Collection[str]) -> None:
        """Take out of the recorded results of earlier runs what was told of the removed files."""
        for run, text in self._db.execute("SELECT id, result FROM run").fetchall():
            result = json.loads(text)
            files = {s["file"] for s in result.get("submissions", ()) if s["sha256"] in hashes}
            if not files:
                continue
            result["submissions"] = [s for s in result["submissions"] if s["sha256"] not in hashes]
            result["findings"] = [f for f in result["findings"] if not _about(f, files)]
            self._db.execute("UPDATE run SET result = ? WHERE id = ?", (as_json(result), run))


def _texts(rows: Iterable[tuple[str | None, str]]) -> set[str]:
    """What answers say, as the ledger writes values: what was made of each, and what was typed."""
    return {text for value, raw in rows for text in (value, encode(raw)) if text}


def _first_words(texts: Iterable[str], least: int = 0) -> set[str]:
    """The first words of values, as a return's judgement has those of last time's answers; only of so many words."""
    shown = [show(decode(text)) for text in texts]
    return {shorten(text) for text in shown if len(text.split()) >= least}


def _seen_in(extra: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """What a judged leaf was seen to show of last time's answers: per row its fields, the name of one, its first words."""
    for grid in extra.get("grids", {}).values():
        for fields in grid[3].values() if len(grid) > 3 else ():
            for name, told in list(fields.items()):
                yield fields, name, told[1]


def _reason(file: Tombstone) -> str:
    year, month, day = file.today.split("-")
    return f"Removed for good on {day}/{month}/{year}{f' ({file.reason})' if file.reason else ''}."


def _about(finding: Mapping[str, object], files: Collection[str]) -> bool:
    """Whether a finding is about one of these received files, or a part of it."""
    place = str(finding.get("file") or "")
    return any(place == file or place.startswith(file) for file in files)


def _holds(path: Path, removed: Collection[str]) -> bool:
    """Whether a backup holds the bytes of something that was removed. One that cannot be read counts as if it did."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return any(sha in removed for (sha,) in db.execute("SELECT sha256 FROM blob"))
    return True
