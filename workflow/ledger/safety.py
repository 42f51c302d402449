"""Keeping the ledger safe: looked over when it is opened, copied before a run commits anything, and its troubles in words."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from workflow.errors import WorkflowError

BACKUPS = "backups"
_BACKUP = re.compile(r"ledger-before-run-(\d{4,12})\.sqlite")
_UNFINISHED = re.compile(rf"{_BACKUP.pattern}\.unfinished(-journal)?")
# Windows may have a file open that was just written (a virus scanner, most likely); it is worth a few tries.
_PAUSES = (0.05, 0.2, 0.5, 0.0)
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PATIENCE = 10.0  # seconds to wait for a writer


def look_over(connection: sqlite3.Connection, path: Path) -> None:
    """Raise WorkflowError where the ledger is damaged, so that nothing is built on it and no backup is made of it.

    SQLite's quick_check reads the file once (about 1 ms for each MB on a local disk), so it is done at every opening.
    """
    with sound(path):
        said = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != ("ok",):
        raise damaged(path, str(said[0]).splitlines()[-1] if said else "no answer")


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """Around what turns the ledger's rows into values: a row that was never written so means that the file is damaged."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise damaged(path, f"it holds something that was never written: {type(error).__name__}") from error


def damaged(path: Path, why: str) -> WorkflowError:
    """What to do about a damaged ledger, with the newest backup that is whole."""
    journal = path.with_name(f"{path.name}-journal")
    away = f"Rename it and {journal.name}" if journal.exists() else "Rename it"
    good = next((b for b in reversed(backups(path)) if _is_whole(b)), None)
    if good is None:
        return WorkflowError(
            f"The ledger {path.name} is damaged and cannot be opened ({why}), and there is no good copy of it in {BACKUPS}."
            f" {away}, put the last good copy of it that you have in its place, and run again."
        )
    return WorkflowError(
        f"The ledger {path.name} is damaged and cannot be opened ({why}). {away}, copy {BACKUPS}/{good.name} into its place as"
        f" {path.name}, and run workflow collate: what came since then is taken in again from inbox."
    )


def trouble(path: Path, error: sqlite3.Error) -> WorkflowError:
    """What SQLite says when it opens, reads or writes the ledger, as a sentence with what to do."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF in _DAMAGED:
        return damaged(path, str(error))
    if code & 0xFF in _LOCKED:
        return WorkflowError(f"The ledger {path.name} is in use by another run. Wait for it to finish, then run again.")
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:
        return WorkflowError(
            f"The ledger {path.name} cannot be read, because a run was cut short while it was writing. Run workflow collate,"
            " which puts it right."
        )
    return WorkflowError(
        f"The ledger {path.name} could not be opened, read or written ({error}). What was not finished was not kept in it. Look"
        " whether its folder can be reached and whether the disk is full, and run again."
    )


def backup(ledger: Path, run: int, keep: int = 30) -> Path | None:
    """Copy the ledger as it stands, before the run of that number commits anything. None where there is no ledger yet.

    The copy is `backups/ledger-before-run-0007.sqlite` beside it, whole or not there at all. The newest `keep` copies are
    kept; nothing is ever deleted there but older copies and what a killed run left of one. Raises WorkflowError where no copy
    can be made: a run that cannot be undone is not begun. Call it before the first write of an open `Ledger`.
    """
    if not ledger.exists():
        return None
    folder = ledger.parent / BACKUPS
    made = folder / f"ledger-before-run-{run:04d}.sqlite"
    unfinished = made.with_name(f"{made.name}.unfinished")
    try:
        folder.mkdir(exist_ok=True)
        _sweep(folder)
        _copy(ledger, unfinished)
        _put(unfinished, made)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink()
        raise WorkflowError(
            f"No copy of the ledger could be made in the folder {BACKUPS} before this run ({error}), so nothing was kept. Look"
            " whether the disk is full or another run is going, and run again."
        ) from error
    for old in [b for b in backups(ledger) if b != made][: -(keep - 1) or None]:
        with suppress(OSError):  # open in another program: it is deleted next time
            old.unlink()
    return made


def backups(ledger: Path) -> list[Path]:
    """The copies of a ledger, oldest first: by when they were made, because after a copy was put back numbers begin anew."""
    found: list[tuple[int, int, Path]] = []
    with suppress(OSError):
        for path in (ledger.parent / BACKUPS).iterdir():
            if named := _BACKUP.fullmatch(path.name):
                info = path.lstat()
                if stat.S_ISREG(info.st_mode):
                    found.append((info.st_mtime_ns, int(named[1]), path))
    return [path for _, _, path in sorted(found)]


def _copy(ledger: Path, to: Path) -> None:
    """Copy page by page through SQLite. The source is held for reading first, which waits for a writer and then gives up."""
    source = sqlite3.connect(ledger, timeout=_PATIENCE, isolation_level=None)
    with closing(source), closing(sqlite3.connect(to, isolation_level=None)) as target:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        target.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")  # it is no ledger before it is put in place
        source.backup(target)
    to.chmod(ledger.stat().st_mode & 0o777)
    with to.open("r+b") as file:
        os.fsync(file.fileno())


def _put(unfinished: Path, made: Path) -> None:
    for pause in _PAUSES:
        try:
            unfinished.replace(made)
            break
        except PermissionError:
            if not pause:
                raise
            time.sleep(pause)
    with suppress(OSError):  # not every system, nor every drive, lets a folder be synchronised
        handle = os.open(made.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def leftovers(ledger: Path) -> list[Path]:
    """What killed runs left of copies that they were making."""
    return _unfinished(ledger.parent / BACKUPS)


def _unfinished(folder: Path) -> list[Path]:
    with suppress(OSError):
        return [path for path in folder.iterdir() if _UNFINISHED.fullmatch(path.name)]
    return []


def _sweep(folder: Path) -> None:
    for path in _unfinished(folder):
        with suppress(OSError):
            path.unlink()


def _is_whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as copy:
            return bool(copy.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except (sqlite3.Error, ValueError):  # what is said of damage may itself be damaged
        return False
