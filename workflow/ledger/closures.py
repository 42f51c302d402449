"""Which periods were closed, and the papers that were frozen then: the table of the ledger that says so."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Frozen:
    """One file as it was when its period was closed. Its bytes are in the archive under `sha256`."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Closure:
    """One period that was closed: by which run, on which day, and with which files."""

    period: str
    run: int
    today: str
    files: tuple[Frozen, ...]

    @property
    def manifest(self) -> str:
        """What was frozen, as `manifest.json` says it: the same text each time it is written."""
        told: dict[str, Any] = {
            "period": self.period,
            "closed": self.today,
            "run": self.run,
            "files": [{"file": f.name, "sha256": f.sha256, "size": f.size} for f in self.files],
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


class Closures:
    """The table, on the ledger's own connection. It only grows: what is closed stays closed.

    `sound` is put around what turns its rows into values.
    """

    def __init__(self, db: sqlite3.Connection, sound: Callable[[], AbstractContextManager[None]]) -> None:
        self._db = db
        self._sound = sound

    def all(self, as_at: str = "9999") -> tuple[Closure, ...]:
        """Every closure by the runs on or before a day, in the order in which they were made."""
        rows = self._db.execute(
            "SELECT c.period, c.run, c.today, c.manifest FROM closure c JOIN run r ON r.id = c.run WHERE r.today <= ?"
            " ORDER BY c.id",
            (as_at,),
        )
        with self._sound():
            return tuple(Closure(period, run, today, _files(manifest)) for period, run, today, manifest in rows)

    def add(self, closure: Closure) -> None:
        """Record that a period is closed, inside the transaction of its run."""
        self._db.execute(
            "INSERT INTO closure (period, run, today, manifest) VALUES (?, ?, ?, ?)",
            (closure.period, closure.run, closure.today, closure.manifest),
        )


def _files(manifest: str) -> tuple[Frozen, ...]:
    return tuple(Frozen(f["file"], f["sha256"], int(f["size"])) for f in json.loads(manifest)["files"])
