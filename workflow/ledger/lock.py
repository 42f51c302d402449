"""One run at a time: a lock on a file beside the ledger, which the system itself gives up when a run is killed."""

from __future__ import annotations

import errno
import getpass
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from workflow.errors import WorkflowError

if sys.platform == "win32":
    import msvcrt

    _FAR = 2**30  # the byte that is locked: far beyond what the file says, so that others can read that

    def _try_lock(handle: int) -> None:
        """Raises OSError where another has it."""
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        """Raises OSError where another has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK = "ledger.lock"
_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK, getattr(errno, "EDEADLOCK", errno.EDEADLK)}
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_TRIES = 20
_LONGEST = 4096  # bytes of the file that are looked at


@contextmanager
def run_lock(workspace: Path) -> Iterator[None]:
    """Held by a run that writes, for as long as it lasts; a second one stops and says who has it.

    The file `ledger.lock` says who, on which computer and since when. It goes away with the run; one that a killed run left
    locks nobody out. Where a drive knows no locks there is none (`network_warning` has said so). Raises WorkflowError where
    another run is going, and where the workspace cannot be written to.
    """
    path = workspace / LOCK
    handle = _taken(path)
    try:
        with suppress(OSError):  # on a full disk: the lock holds all the same
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, _ourselves())
        yield
    finally:
        _give_back(path, handle)


def _taken(path: Path) -> int:
    """The open lock file, locked. Whoever has it may remove it while we open it: then the name is another file's, once more."""
    for _ in range(_TRIES):
        try:
            handle = os.open(path, _FLAGS, 0o666)
        except OSError as error:
            raise WorkflowError(
                f"The workspace cannot be written to ({path.name}: {error.strerror or error}). Look whether you may write to"
                " the folder and whether the disk is full, and run again."
            ) from error
        try:
            _try_lock(handle)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return handle
            os.close(handle)
            if error.errno in _TAKEN:
                raise WorkflowError(_another(path)) from error
            raise WorkflowError(f"The file {path.name} could not be locked ({error.strerror or error}). Run again.") from error
        with suppress(OSError):
            if os.name == "nt" or os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)
    raise WorkflowError(_another(path))


def _give_back(path: Path, handle: int) -> None:
    """Where an open file can be removed, it is removed before the lock is given up; on Windows after, unless another has it."""
    with suppress(OSError):
        if os.name != "nt":
            path.unlink()
    os.close(handle)
    with suppress(OSError):
        if os.name == "nt":
            path.unlink()


def _ourselves() -> bytes:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a computer where we have no name
        user = ""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return (json.dumps({"user": user, "host": platform.node(), "pid": os.getpid(), "since": since}) + "\n").encode()


def _another(path: Path) -> str:
    """Who has it, as the file says: not proved, and empty for the moment between its being locked and being written."""
    said: object = None
    for pause in (0.05, 0.0):
        with suppress(OSError, ValueError, RecursionError):
            with path.open("rb") as file:
                said = json.loads(file.read(_LONGEST))
            break
        time.sleep(pause)
    said = said if isinstance(said, dict) else {}
    user, host = (_plain(said.get(name)) for name in ("user", "host"))
    who = f"{f' by {user}' if user else ''}{f' on {host}' if host else ''}"
    started = f"started{_when(said.get('since'))}{who}"
    return f"Another run is going{f': {started}' if started != 'started' else ''}. Wait for it to finish, then run again."


def _when(since: object) -> str:
    with suppress(ValueError, OverflowError, OSError):
        if isinstance(since, str):
            then = datetime.fromisoformat(since).astimezone()
            today = then.date() == datetime.now(UTC).astimezone().date()
            return f" at {then:%H:%M}" if today else f" on {then:%d/%m/%Y} at {then:%H:%M}"
    return ""


def _plain(text: object) -> str:
    line = "".join(c for c in text if c.isprintable()).strip() if isinstance(text, str) else ""
    return line[:60]
