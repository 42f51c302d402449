"""Operations of the disk and of the ledger that fail, or at which the process is killed: the n-th of a kind."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.small import Small
from tests.undisturbed import Command
from workflow.errors import WorkflowError

Lay = Callable[[pytest.MonkeyPatch, "Trap"], None]


class FullError(OSError):
    """The disk is full."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, os.strerror(errno.ENOSPC))


@dataclass
class Trap:
    """Counts the operations of one kind and fails at the n-th; n of 0 only counts."""

    n: int
    seen: int = 0
    failure: Callable[[], Exception] = field(default=FullError)

    def step(self) -> None:
        self.seen += 1
        if self.seen == self.n:
            raise self.failure()

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return function(*args, **kwargs)

        return stepped


class HalfWritten:
    """A file of which some is written before the disk is full."""

    def __init__(self, file: Any, trap: Trap) -> None:
        self._file, self._trap = file, trap

    def __enter__(self) -> HalfWritten:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        try:
            self._trap.step()
        except OSError:
            self._file.write(data[: len(data) // 2])
            raise
        return int(self._file.write(data))


def trap_replace(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(os, "replace", trap.before(os.replace))


def trap_fsync(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(os, "fsync", trap.before(os.fsync))


def trap_open(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    """A file that is opened to be written, the lock's among them."""
    opened, stepped = os.open, trap.before(os.open)

    def either(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        return int((stepped if flags & (os.O_WRONLY | os.O_RDWR) else opened)(path, flags, *args, **kwargs))

    patch.setattr(os, "open", either)


def trap_folder(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(os, "mkdir", trap.before(os.mkdir))


def trap_mode(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(os, "chmod", trap.before(os.chmod))


def trap_write(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    opened = os.fdopen
    patch.setattr(os, "fdopen", lambda *args, **kwargs: HalfWritten(opened(*args, **kwargs), trap))


def trap_unlink(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(os, "unlink", trap.before(os.unlink))


def trap_ledger(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    """Every statement of the ledger, in and out of transactions, COMMIT among them."""

    class Connection(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:
            if args[0] != "ROLLBACK":
                trap.step()
            return super().execute(*args)

        def executemany(self, *args: Any) -> sqlite3.Cursor:
            trap.step()
            return super().executemany(*args)

        def executescript(self, *args: Any) -> sqlite3.Cursor:
            trap.step()
            return super().executescript(*args)

        def backup(self, *args: Any, **kwargs: Any) -> None:
            trap.step()
            super().backup(*args, **kwargs)

    if trap.failure is FullError:
        trap.failure = lambda: sqlite3.OperationalError("database or disk is full")
    connect = sqlite3.connect
    patch.setattr(sqlite3, "connect", lambda *args, **kwargs: connect(*args, **kwargs, factory=Connection))


TRAPS: dict[str, Lay] = {
    "replace": trap_replace, "fsync": trap_fsync, "open": trap_open, "folder": trap_folder, "mode": trap_mode,
    "write": trap_write, "unlink": trap_unlink, "ledger": trap_ledger,
}  # fmt: skip


def killed() -> NoReturn:
    """This process is killed, as by the system: nothing is closed and nothing taken back."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it goes on")


def ended(small: Small, lay: Lay, n: int, command: Command = Small.collate) -> tuple[str, int]:
    """How a command ends whose n-th operation fails, and how many operations there were."""
    trap = Trap(n)
    with pytest.MonkeyPatch.context() as patch:
        lay(patch, trap)
        try:
            command(small)
        except WorkflowError as error:  # one sentence, and never a traceback
            assert str(error).endswith((".", "!"))
            return "told", trap.seen
    return "went on", trap.seen


def spread(operations: int, most: int) -> list[int]:
    """So many moments of a run, evenly: the first and the last always among them."""
    step = max(1.0, operations / most)
    return sorted({1, operations, *(round(1 + i * step) for i in range(most) if 1 + i * step <= operations)})


def each_failing(
    begin: Callable[[Path], Small], folder: Path, command: Command, most: Mapping[str, int], counts: Counter[str]
) -> Iterator[Small]:
    """The workspace after a run of which one operation failed, for every kind and so many moments of each. What became of
    them is counted, and no file may be left lying that could not be finished."""
    for kind, lay in TRAPS.items():
        how, operations = ended(begin(folder / kind), lay, 0, command)
        assert how == "went on"
        counts[f"{kind}: operations"] = operations
        for n in spread(operations, most.get(kind, most[""])) if operations else ():
            small = begin(folder / f"{kind}-{n}")
            how, _ = ended(small, lay, n, command)
            counts[f"{kind}: {how}"] += 1
            assert not list((small.root / "outbox").rglob("*.tmp")), "a file that could not be finished was left lying"
            yield small
            shutil.rmtree(small.root)
