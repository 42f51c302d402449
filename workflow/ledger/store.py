"""The ledger: one SQLite file that remembers everything, including the bytes of every return received.

Tables are append-only. What is in force is derived: the latest judgement of a file, the latest change of a slot.
Rollback journal and full synchronisation, because the file may lie on a network drive (field-notes section 7).
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workflow.errors import WorkflowError
from workflow.fields import decode, encode
from workflow.ledger import judgements, safety
from workflow.ledger.closures import Closures
from workflow.ledger.codec import as_json
from workflow.ledger.deliveries import Deliveries
from workflow.ledger.drives import network_warning
from workflow.ledger.sayings import Sayings
from workflow.ledger.schema import MIGRATIONS
from workflow.ledger.tombstones import Tombstones
from workflow.ledger.withdrawals import Withdrawals
from workflow.model import Place, Slot, Standing, Submission, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTENT = tuple(
    f"SELECT max(rowid) FROM {name}"  # noqa: S608 - our own tables
    for name in ("run", "judgement", "change", "withdrawal", "closure", "tombstone", "issue")
)


@dataclass(frozen=True, slots=True)
class Run:
    """One committed run."""

    id: int
    command: str
    period: str
    today: str
    register: str  # sha256 of the register's bytes, which are in the archive
    forms: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Issue:
    """One workbook that went out: a fresh `template` or a `marked-up` return. `token` stands in its properties."""

    token: str
    partner: str
    period: str
    kind: str
    today: str


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history: from this run on, this value stood for the slot in `period` (None: nothing stood).

    `removed` says that there was a value and that it was removed for good.
    """

    run: int
    today: str
    period: str
    slot: Slot
    standing: Standing | None
    removed: bool = False


class Ledger:
    """The open ledger. Use `Ledger.open`; close it, or use it as a context manager."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self._path = path

    # --- opening

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Ledger:
        """Open the ledger, making or upgrading it. Read-only, or where there is none to read, nothing touches the disk.

        On a network drive or in a synced folder the file is kept locked from the first write until it is closed. Raises
        WorkflowError where the file is damaged or was written by a newer version.
        """
        connection = None
        try:
            if read_only:
                connection = _read_only(path)
            else:
                connection = sqlite3.connect(path, timeout=10, isolation_level=None)
                connection.executescript(
                    "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;"
                )
            safety.look_over(connection, path)
            ledger = cls(connection, path)
            ledger._migrate(read_only=read_only)
            if not read_only and network_warning(path):  # after migrating: a backup must still be able to read it
                connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        except BaseException as error:
            if connection is not None:
                connection.close()
            if isinstance(error, sqlite3.Error):
                raise safety.trouble(path, error) from error
            raise
        return ledger

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Close the file; a full disk, a lost network drive or another run's lock is said in one sentence."""
        self.close()
        if isinstance(error, sqlite3.Error):
            raise safety.trouble(self._path, error) from error

    def _migrate(self, *, read_only: bool) -> None:
        done = 0
        if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone():
            done = self._db.execute("SELECT count(*) FROM migration").fetchone()[0]
        if done > len(MIGRATIONS):
            raise WorkflowError("This ledger was written by a newer version of workflow. Install that version to open it.")
        if done == len(MIGRATIONS):
            return
        if read_only and done:  # one of an earlier version: upgraded in a copy that is thrown away
            copy = sqlite3.connect(":memory:", isolation_level=None)
            self._db.backup(copy)
            self._db.close()
            self._db = copy
        with self.transaction():
            self._db.execute("CREATE TABLE IF NOT EXISTS migration (n INTEGER PRIMARY KEY, name TEXT NOT NULL)")
            for n, (name, script) in enumerate(MIGRATIONS[done:], done + 1):
                for statement in script.split(";"):
                    if statement.strip():
                        self._db.execute(statement)
                self._db.execute("INSERT INTO migration VALUES (?, ?)", (n, name))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing (law 5): everything inside is committed together, or nothing is."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite itself takes some failed transactions back
                self._db.execute("ROLLBACK")
            raise

    @property
    def deliveries(self) -> Deliveries:
        """What the mailbox gave and what was sent."""
        return Deliveries(self._db, self.transaction)

    @property
    def withdrawals(self) -> Withdrawals:
        """What was taken back."""
        return Withdrawals(self._db)

    @property
    def tombstones(self) -> Tombstones:
        """What was removed for good."""
        return Tombstones(self._db, self._path)

    @property
    def closures(self) -> Closures:
        """Which periods were closed."""
        return Closures(self._db, lambda: safety.sound(self._path))

    @property
    def sayings(self) -> Sayings:
        """What the last run said."""
        return Sayings(self._db, lambda: safety.sound(self._path))

    @property
    def changed(self) -> bool:
        """Whether anything was written since it was opened."""
        return self._db.total_changes > 0

    # --- runs

    def next_run(self) -> int:
        """The number that the next committed run will get."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM run").fetchone()[0])

    def last_run(self, as_at: str = "9999", period: str = "%") -> Run | None:
        """The last run committed on or before a day, of any period or of one."""
        row = self._db.execute(
            "SELECT id, command, period, today, register, forms, result FROM run"
            " WHERE today <= ? AND period LIKE ? ORDER BY id DESC LIMIT 1",
            (as_at, period),
        ).fetchone()
        if row is None:
            return None
        number, command, period, today, register, forms, result = row
        with safety.sound(self._path):
            return Run(number, command, period, today, register, forms, json.loads(result))

    def day_of(self, run: int) -> str:
        """The day on which a run was made, ISO; "" where there was none of that number."""
        row = self._db.execute("SELECT today FROM run WHERE id = ?", (run,)).fetchone()
        return str(row[0]) if row else ""

    def registers(self) -> list[tuple[str, int, str]]:
        """Every register that runs kept, by its hash, with the first run that did and its day, oldest first."""
        rows = self._db.execute("SELECT register, min(id), today FROM run GROUP BY register ORDER BY min(id)")
        return [(sha, run, today) for sha, run, today in rows]

    def add_run(self, run: Run) -> None:
        """Record a run, inside a transaction."""
        self._db.execute(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)",
            (run.id, run.command, run.period, run.today, run.register, run.forms, as_json(run.result)),
        )

    # --- archive

    def archive(self, sha256: str, data: bytes) -> None:
        """Keep the bytes of a file, once."""
        self._db.execute("INSERT OR IGNORE INTO blob VALUES (?, ?, ?)", (sha256, len(data), zlib.compress(data, 1)))

    def extract(self, sha256: str) -> bytes | None:
        """The bytes kept under a hash."""
        row = self._db.execute("SELECT bytes FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
        try:
            return zlib.decompress(row[0]) if row else None
        except zlib.error as error:
            raise WorkflowError(
                f"The ledger's copy of the file {sha256[:12]} is damaged. Run workflow verify, and restore the last good copy."
            ) from error

    def archived(self) -> list[str]:
        """The hashes of everything in the archive."""
        return [sha for (sha,) in self._db.execute("SELECT sha256 FROM blob ORDER BY sha256")]

    # --- submissions

    def judged(self) -> dict[str, str]:
        """Per received file, the key under which it was last judged (hash of forms, register, settings and version)."""
        return judgements.judged(self._db)

    def add_submission(self, submission: Submission, judged: str, run: int) -> None:
        """Record how a leaf of a received file was judged, with every answer it held."""
        judgements.add(self._db, submission, judged, run)

    def submissions(self, as_at: str = "9999") -> list[Submission]:
        """Every leaf of every received file as last judged, by runs on or before a day."""
        with safety.sound(self._path):
            return judgements.latest(self._db, as_at)

    # --- what stands

    def standings(self, as_at: str = "9999", upto: int | None = None) -> dict[str, dict[Slot, Standing]]:
        """What each period gave, by period key, as the runs on or before a day, or those up to one, left it."""
        periods: dict[str, dict[Slot, Standing]] = {}
        for change in self.changes(as_at=as_at, upto=upto):
            period = periods.setdefault(change.period, {})
            if change.standing is None:
                period.pop(change.slot, None)
            else:
                period[change.slot] = change.standing
        return periods

    def changes(self, key: str | None = None, as_at: str = "9999", upto: int | None = None) -> Iterable[Change]:
        """The history, oldest first, of one item or of all, as written by the runs on or before a day, or those up to one."""
        last = self.next_run() if upto is None else upto
        sql = (
            "SELECT c.run, r.today, c.period, form, key, field, value, partner, file, sheet, cell, sha256, sent, carried"
            " FROM change c JOIN run r ON r.id = c.run WHERE r.today <= ? AND c.run <= ?"
        )
        rows = (
            self._db.execute(f"{sql} AND key = ? ORDER BY c.id", (as_at, last, key))
            if key is not None
            else self._db.execute(f"{sql} ORDER BY c.id", (as_at, last))
        )
        for run, today, period, form, name, field, value, partner, file, sheet, cell, sha, sent, carried in rows:
            standing = None
            if value is not None:
                with safety.sound(self._path):
                    standing = Standing(decode(value), period, partner, Place(file, sheet, cell), sha, sent, bool(carried))
            yield Change(run, today, period, (form, name, field), standing, removed=standing is None and bool(sha))

    def add_changes(self, run: int, period: str, changes: Mapping[Slot, Standing | None]) -> None:
        """Record what now stands in a period; None where nothing does any more."""
        gone = Standing("", period)
        self._db.executemany(
            "INSERT INTO change (run, period, form, key, field, value, partner, file, sheet, cell, sha256, sent, carried)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    run,
                    period,
                    *slot,
                    None if new is None else encode(new.value),
                    s.partner,
                    s.place.file,
                    s.place.sheet,
                    s.place.cell,
                    s.sha256,
                    s.sent,
                    s.carried,
                )
                for slot, new in changes.items()
                for s in [new or gone]
            ),
        )

    def last_changes(self) -> dict[str, int]:
        """By period, the last run that changed what stands there."""
        return dict(self._db.execute("SELECT period, max(run) FROM change GROUP BY period"))

    # --- issues and outputs

    def add_issue(self, issue: Issue, cells: Mapping[Slot, Value]) -> None:
        """Remember what an issue showed in its answer cells: the base of the submissions that come from it."""
        shown = as_json([[*slot, encode(value)] for slot, value in cells.items()])
        self._db.execute(
            "INSERT OR IGNORE INTO issue VALUES (?, ?, ?, ?, ?, ?)",
            (issue.token, issue.partner, issue.period, issue.kind, issue.today, shown),
        )

    def issue_base(self, token: str) -> dict[Slot, Value] | None:
        """What the issue with that token showed; None where this ledger does not know it."""
        row = self._db.execute("SELECT cells FROM issue WHERE token = ?", (token,)).fetchone()
        with safety.sound(self._path):
            return {(b[0], b[1], b[2]): decode(b[3]) for b in json.loads(row[0])} if row else None

    def wrote(self, path: str, sha256: str) -> bool:
        """Whether these bytes at this path are ours (law 8: anything else is a person's edit)."""
        return self._db.execute("SELECT 1 FROM output WHERE path = ? AND sha256 = ?", (path, sha256)).fetchone() is not None

    def add_outputs(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Record what is about to be written, before it is written."""
        self._db.executemany("INSERT OR IGNORE INTO output VALUES (?, ?)", outputs)

    def extent(self) -> str:
        """How far every table that outputs are made from has grown. They only grow, so the same extent is the same content."""
        return ",".join(str(self._db.execute(query).fetchone()[0]) for query in _EXTENT)

    def made(self, period: str) -> tuple[str, dict[str, str]] | None:
        """What a period's outputs were last made from, as a hash, and each file's hash by its path; None where none were."""
        row = self._db.execute(
            "SELECT origin, files FROM made WHERE period = ? ORDER BY id DESC LIMIT 1", (period,)
        ).fetchone()
        with safety.sound(self._path):
            return (row[0], dict(json.loads(row[1]))) if row else None

    def add_made(self, period: str, origin: str, files: Mapping[str, str]) -> None:
        """Record what a period's outputs were made from, after they were written."""
        if self.made(period) != (origin, files):
            row = (period, origin, as_json(dict(files)))
            self._db.execute("INSERT INTO made (period, origin, files) VALUES (?, ?, ?)", row)


def _read_only(path: Path) -> sqlite3.Connection:
    if not path.exists():
        return sqlite3.connect(":memory:", isolation_level=None)
    return sqlite3.connect(f"{uri(path.absolute())}?mode=ro", uri=True, timeout=10, isolation_level=None)


def uri(path: PurePath) -> str:
    """A path as SQLite takes it. A share of a network drive (`//server/share`) must not be read as the name of a host."""
    posix = path.as_posix()
    return f"file://{'' if posix.startswith('/') else '/'}{quote(posix, safe='/:')}"
