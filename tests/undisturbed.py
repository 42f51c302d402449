"""Runs that nobody disturbed, to compare disturbed ones with; and ways to disturb one: in a process that can be killed.

What is only worked out, and neither read from the disk nor written to it, may be worked out once for many runs
(`worked_once`): a run then takes a fraction of a second, and every file and statement of it is still its own.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import small as s
from tests.once import key_of, once
from tests.small import Q2, SENT, Small
from workflow.errors import WorkflowError
from workflow.pipeline import emit, opener, runs, state
from workflow.pipeline import workspace as workspaces

CORE = ("blob", "run", "judgement", "answer", "change", "withdrawal", "closure", "tombstone")
ADDED_TO = ("issue", "output")  # what was issued and written: a run that is cut short may have added some of its own
TABLES = (*CORE, *ADDED_TO)
FIELDS = {"tombstone": "sha256, run, today, answers, reason"}  # all, where nothing is said here
Dump = dict[str, str]
Command = Callable[[Small], object]
Running = subprocess.Popen[bytes]
posix = pytest.mark.skipif(sys.platform == "win32", reason="a process is forked, and killed by a signal")


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
            rows = {name: sorted(map(repr, db.execute(f"SELECT {FIELDS.get(name, '*')} FROM {name}"))) for name in TABLES}
        return {name: hashlib.sha256("\n".join(some).encode()).hexdigest() for name, some in rows.items()}


def added(root: Path) -> frozenset[str]:
    """What the tables hold that a run which was cut short may have added some of its own to."""
    with closing(sqlite3.connect(root / "ledger.sqlite")) as db:
        return frozenset(repr((name, row)) for name in ADDED_TO for row in db.execute(f"SELECT * FROM {name}"))


def outputs(small: Small) -> dict[str, str]:
    """Every file but the ledger and its lock, with the hash of its bytes."""
    return {name: digest for name, digest in small.files().items() if not name.startswith("ledger.")}


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody disturbed: where it began, and what it came to. `again` is the command itself."""

    start: Small
    before: Dump
    after: Dump
    added: frozenset[str]
    files: dict[str, str]
    seconds: float
    again: Command = Small.collate

    def begin(self, root: Path) -> Small:
        """Another workspace like it, before the run."""
        shutil.copytree(self.start.root, root)
        return Small(root)

    def holds(self, dumped: Dump) -> str:
        """Whether the ledger is as before the run or as after it. What was issued and written is only ever added to."""
        for name, one in (("after", self.after), ("before", self.before)):
            if all(dumped[t] == one[t] for t in CORE):
                return name
        raise AssertionError("the ledger is neither as before the run nor as after it")

    def comes_right(self, small: Small) -> None:
        """The next run ends as the undisturbed one did: the same ledger, the same files and no others.

        What was issued and written on the way stays known: a report, say, that told of a file which could not be removed.
        """
        self.again(small)
        assert self.holds(dump(small.root)) == "after", "the ledger is as it was before the run"
        assert added(small.root) >= self.added
        assert outputs(small) == self.files


def undisturbed_in(folder: Path, start: Small, again: Command = Small.collate) -> tuple[Undisturbed, Small]:
    """The command run in this process, on a copy of the workspace that it begins with; and that copy.

    It is run on another copy first, in which is worked out what is worked out once.
    """
    _undisturbed_by(start, Small(folder / "first"), again)
    done = Small(folder / "run")
    return _undisturbed_by(start, done, again), done


def reported(capsys: pytest.CaptureFixture[str], what: str, counts: Counter[str], seconds: float | None = None) -> None:
    """Print how often what came of it, and how long an undisturbed run took."""
    took = "" if seconds is None else f" in runs of {seconds:.2f} s"
    with capsys.disabled():
        sys.stderr.write(f"\n{what}: {dict(sorted(counts.items()))}{took}\n")


def _undisturbed_by(start: Small, done: Small, again: Command) -> Undisturbed:
    shutil.copytree(start.root, done.root)
    began = time.monotonic()
    again(done)
    seconds = time.monotonic() - began
    return Undisturbed(start, dump(start.root), dump(done.root), added(done.root), outputs(done), seconds, again)


@contextmanager
def process(small: Small) -> Iterator[Running]:
    """A collate by the command line, in a process of its own."""
    options = ["--workspace", str(small.root), "--period", Q2, "--today", "2023-10-23"]
    command = [sys.executable, "-m", "workflow", "collate", *options]
    environment = {**os.environ, "PYTHONPATH": str(s.ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        yield running


# --- a process that begins where this one is


class Forked:
    """This process once more, to do one thing: it begins at once, with all that was worked out before."""

    TOLD = 2  # how it ends that stopped with a sentence

    def __init__(self, action: Callable[[], object]) -> None:
        self._code: int | None = None
        self._pid = os.fork()
        if not self._pid:
            code = 70
            try:
                _INHERITED.append(list(opener._kept))  # this process's reader is not the other one's
                opener._kept.clear()
                action()
                code = 0
            except WorkflowError:
                code = self.TOLD
            finally:
                os._exit(code)

    def poll(self) -> int | None:
        """How it ended, or None: a negative signal, as `subprocess` has it."""
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code

    def wait(self, seconds: float = 60) -> int:
        """How it ends. Fails where it does not."""
        until = time.monotonic() + seconds
        while (code := self.poll()) is None:
            assert time.monotonic() < until, "it does not end"
            time.sleep(0.0005)
        return code

    def kill(self) -> int:
        """Kill it, unless it has ended."""
        if self.poll() is None:
            os.kill(self._pid, signal.SIGKILL)
        return self.wait()


_INHERITED: list[object] = []


# --- worked out once


def _closings(emitter: emit.Emitter) -> bytes:
    closings = emitter.closings
    if closings is None:
        return b""
    return key_of([(c, closings.stood(c.run), sorted(closings.known(c.run))) for c in closings._closures.values()])


@contextmanager
def working_once() -> Iterator[None]:
    """Work out once what many runs come to: how a file is judged, a quarter, its papers (the fixture `worked_once`).

    The disk and the ledger are read and written each time, and so is everything that is found there.
    """
    worked, made, opened = state.quarters, emit.Emitter.outputs, opener.Opener.open
    kept: dict[int, Mapping[str, Any]] = {}  # so that a quarter is known by its id

    def of_quarters(workspace: workspaces.Workspace, asked: Any, submissions: list[Any]) -> bytes:
        register = hashlib.sha256(workspace.register_bytes).digest(), workspace.register.periods
        return key_of(workspace.settings, register, workspace.forms_sha, asked.period, asked.today, submissions)

    quarters = once(worked, of_quarters)

    def kept_quarters(*args: Any) -> Any:
        found = quarters(*args)
        kept[id(found)] = found
        return found

    def of_outputs(emitter: emit.Emitter, key: str) -> bytes:
        assert id(emitter.quarters) in kept
        return key_of(id(emitter.quarters), key, emitter.today, emitter.facts.current, _closings(emitter))

    def of_opening(one: opener.Opener, parcel: opener.Parcel, data: bytes) -> bytes:
        settled = pickle.dumps(dict(parcel.settled))
        return key_of(one.setup, parcel.file, parcel.sha256, parcel.received, settled, hashlib.sha256(data).digest())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "quarters", kept_quarters)
        patch.setattr(emit.Emitter, "outputs", once(made, of_outputs))
        patch.setattr(opener.Opener, "open", once(opened, of_opening))
        yield
