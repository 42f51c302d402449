"""Law 5 by force: runs that are killed, and runs in which one operation of the disk or the ledger fails.

However a run ends, the ledger is as it was before it or as it is after it, and the next run leaves the same ledger and the
same files as one that nobody disturbed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests import small as s
from tests.small import Q2, SENT, Small
from workflow.errors import WorkflowError

pytestmark = pytest.mark.long
KILLS = 60
MOST_FAILURES = {"ledger": 70}  # operations of one kind that are made to fail, spread over the run; of the others:
FEWER_FAILURES = 12
TABLES = ("blob", "run", "judgement", "answer", "change", "issue", "output")
Dump = dict[str, str]
Running = subprocess.Popen[bytes]


def arrived(root: Path) -> Small:
    """A workspace with a first run behind it, and answers, a correction, a bad file and a late one waiting in its inbox."""
    small = s.issued(root)
    small.returns("housing", {**s.good("housing"), **s.action("A-3", rag="Ambar")})
    small.collate()
    small.returns("police")
    small.returns("police", s.action("A-1", rag="Red"), SENT.replace(day=18), "police again.xlsx")
    small.returns("housing", s.action("A-3", rag="Red"), SENT.replace(day=18), "housing again.xlsx")
    small.returns("yos", {**s.good("yos"), **s.action("A-4", progress="Short.")})
    small.arrive("broken.xlsx", b"PK\x03\x04 but nothing more", None)
    return small


def dump(root: Path) -> Dump:
    """What the ledger holds, a hash for each table. A journal that a killed run left is played back on a copy."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("ledger.sqlite", "ledger.sqlite-journal"):
            if (root / name).exists():
                shutil.copyfile(root / name, Path(folder, name))
        with closing(sqlite3.connect(Path(folder, "ledger.sqlite"))) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {
                name: hashlib.sha256("\n".join(sorted(map(repr, db.execute(f"SELECT * FROM {name}")))).encode()).hexdigest()
                for name in TABLES
            }


def outputs(small: Small) -> dict[str, str]:
    return {name: digest for name, digest in small.files().items() if not name.startswith("ledger.sqlite")}


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbed: where it began, and what it came to."""

    start: Small
    before: Dump
    after: Dump
    files: dict[str, str]
    seconds: float

    def begin(self, root: Path) -> Small:
        shutil.copytree(self.start.root, root)
        return Small(root)

    def holds(self, dumped: Dump) -> str:
        """Whether the ledger is as before the run or as after it. What was issued and written is only ever added to."""
        core = [name for name in TABLES if name not in ("issue", "output")]
        for name, one in (("before", self.before), ("after", self.after)):
            if all(dumped[t] == one[t] for t in core):
                return name
        raise AssertionError("the ledger is neither as before the run nor as after it")

    def comes_right(self, small: Small) -> None:
        """The next run ends as the undisturbed one did: the same ledger, the same files and no others."""
        small.collate()
        assert dump(small.root) == self.after
        assert outputs(small) == self.files


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    start = arrived(folder / "start")
    shutil.copytree(start.root, folder / "run")
    done = Small(folder / "run")
    began = time.monotonic()
    with process(done) as running:
        assert running.wait(60) == 1
    seconds = time.monotonic() - began
    return Undisturbed(start, dump(start.root), dump(done.root), outputs(done), seconds)


@contextmanager
def process(small: Small) -> Iterator[Running]:
    options = ["--workspace", str(small.root), "--period", Q2, "--today", "2023-10-23"]
    command = [sys.executable, "-m", "workflow", "collate", *options]
    environment = {**os.environ, "PYTHONPATH": str(s.ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        yield running


# --- killed


def await_some_moment(_: Small, running: Running, seconds: float, rng: random.Random) -> None:
    with suppress(subprocess.TimeoutExpired):
        running.wait(rng.uniform(0.2, 0.8) * seconds)


def await_the_ledger(small: Small, running: Running, _: float, rng: random.Random) -> None:
    """A moment while the ledger is being written: its journal stands beside it."""
    while running.poll() is None and not (small.root / "ledger.sqlite-journal").exists():
        time.sleep(0.0002)
    time.sleep(rng.uniform(0, 0.01))


def await_the_outbox(small: Small, running: Running, _: float, rng: random.Random) -> None:
    """A moment while the outbox is being written."""
    folders = [small.root / "outbox" / Q2, *(small.root / "outbox" / Q2).glob("*/")]
    before = [folder.stat().st_mtime_ns for folder in folders]
    while running.poll() is None and [folder.stat().st_mtime_ns for folder in folders] == before:
        time.sleep(0.0002)
    time.sleep(rng.uniform(0, 0.05))


def test_a_killed_run_is_put_right_by_the_next(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random("kills")
    counts: Counter[str] = Counter()
    for n in range(KILLS):
        small = undisturbed.begin(tmp_path / f"kill-{n}")
        with process(small) as running:
            (await_some_moment, await_the_ledger, await_the_outbox)[n % 3](small, running, undisturbed.seconds, rng)
            if running.poll() is None:
                running.send_signal(signal.SIGKILL)
                running.wait()
                stood = undisturbed.holds(dump(small.root))
                journal = ", journal left" if (small.root / "ledger.sqlite-journal").exists() else ""
                touched = outputs(small) != outputs(undisturbed.start)
                counts[f"ledger {stood}{journal}, outbox {'begun' if touched else 'not begun'}"] += 1
            else:
                counts["had ended"] += 1
        undisturbed.comes_right(small)
        shutil.rmtree(small.root)
    with capsys.disabled():
        sys.stderr.write(f"\nkills: {dict(sorted(counts.items()))} in runs of {undisturbed.seconds:.1f} s\n")
    assert sum(counts.values()) == KILLS
    assert counts["had ended"] < KILLS // 2


# --- one operation fails


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
        except FullError:
            self._file.write(data[: len(data) // 2])
            raise
        return int(self._file.write(data))


def trap_replace(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(os, "replace", trap.before(os.replace))


def trap_fsync(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(os, "fsync", trap.before(os.fsync))


def trap_open(patch: pytest.MonkeyPatch, trap: Trap) -> None:
    patch.setattr(tempfile, "mkstemp", trap.before(tempfile.mkstemp))


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

    trap.failure = lambda: sqlite3.OperationalError("database or disk is full")
    connect = sqlite3.connect
    patch.setattr(sqlite3, "connect", lambda *args, **kwargs: connect(*args, **kwargs, factory=Connection))


TRAPS = {
    "replace": trap_replace, "fsync": trap_fsync, "open": trap_open, "write": trap_write, "unlink": trap_unlink,
    "ledger": trap_ledger,
}  # fmt: skip


def ended(small: Small, lay: Callable[[pytest.MonkeyPatch, Trap], None], n: int) -> tuple[str, int]:
    """How a run ends whose n-th operation fails, and how many operations there were."""
    trap = Trap(n)
    with pytest.MonkeyPatch.context() as patch:
        lay(patch, trap)
        try:
            small.collate()
        except WorkflowError as error:  # one sentence, and never a traceback
            assert str(error).endswith((".", "!"))
            return "told", trap.seen
    return "went on", trap.seen


@pytest.mark.parametrize("kind", TRAPS)
def test_a_run_whose_nth_operation_fails_is_put_right_by_the_next(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    lay = TRAPS[kind]
    how, operations = ended(undisturbed.begin(tmp_path / "count"), lay, 0)
    assert how == "went on"
    assert operations, f"nothing of the kind {kind} is done any more: trap what has come in its place"
    most = MOST_FAILURES.get(kind, FEWER_FAILURES)
    step = max(1, operations / most)
    moments = sorted({1, operations, *(round(1 + i * step) for i in range(most) if 1 + i * step <= operations)})
    counts: Counter[str] = Counter()
    for n in moments:
        small = undisturbed.begin(tmp_path / f"fail-{n}")
        how, _ = ended(small, lay, n)
        counts[f"{how}, ledger {undisturbed.holds(dump(small.root))}"] += 1
        assert not list((small.root / "outbox").rglob("*.tmp")), "a file that could not be finished was left lying"
        undisturbed.comes_right(small)
        shutil.rmtree(small.root)
    with capsys.disabled():
        sys.stderr.write(f"\nfailures of {kind}: {len(moments)} of {operations} operations: {dict(sorted(counts.items()))}\n")
    assert sum(counts.values()) == len(moments)
