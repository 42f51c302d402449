"""What the tests of the guard share: asking it, looking at its children, and looking for what they leave behind."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from workflow.guard import ChildFailed, GuardLimits, Worker

ROOT = str(Path(__file__).parents[1])
ENTRY = "tests.guard_entries"
ROOMY = GuardLimits(seconds=60, cpu_seconds=30, memory_mb=512, reply_bytes=2**20)
SHORT = 1  # seconds, for a limit that is meant to be met
PATIENCE = 60.0  # seconds, for what should come soon on a machine that may be busy
OWN_FILES = Path("/proc/self/fd")


Step = tuple[str, Any] | str


def script(*steps: Step) -> bytes:
    return json.dumps([(s, None) if isinstance(s, str) else s for s in steps]).encode()


def worker(limits: GuardLimits = ROOMY, setup: bytes = b"") -> Worker:
    return Worker(ENTRY, setup, limits, paths=(ROOT,))


def heard(guarded: Worker, *steps: Step) -> list[bytes]:
    return list(guarded.ask(script(*steps)))


def failure(guarded: Worker, *steps: Step) -> ChildFailed:
    with pytest.raises(ChildFailed) as caught:
        heard(guarded, *steps)
    assert str(caught.value) == f"{caught.value.how}: {caught.value.detail}"
    return caught.value


def about(guarded: Worker) -> dict[str, Any]:
    known = json.loads(b"".join(heard(guarded, "about")))
    assert isinstance(known, dict)
    return known


def state(pid: int) -> str:
    """The process's state as Linux gives it: "R", "S", "T" (stopped) ...; "" where it is gone, a zombie counted as gone."""
    try:
        letter = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return letter.replace("Z", "")


def soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


@contextmanager
def nothing_left(folder: Path) -> Iterator[None]:
    """What is done in it leaves no descriptor, no thread and, in `folder`, the place for temporary ones, no folder."""
    folder.mkdir()
    files, threads = len(list(OWN_FILES.iterdir())), threading.active_count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        yield
    assert len(list(OWN_FILES.iterdir())) == files
    assert threading.active_count() == threads
    assert not list(folder.iterdir())
