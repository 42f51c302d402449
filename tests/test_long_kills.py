"""Law 5 by force: runs that are killed, and runs in which one operation of the disk or the ledger fails.

However a run ends, the ledger is as it was before it or as it is after it, and the next run leaves the same ledger and the
same files as one that nobody disturbed.
"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired

import pytest

from tests.small import Q2, Small
from tests.trapping import TRAPS, Trap, each_failing, ended, killed
from tests.undisturbed import Forked, Undisturbed, arrived, dump, outputs, posix, process, reported, undisturbed_in

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("worked_once")]
KILLS, STEPS, REAL = 200, 60, 18  # at a moment by the clock; at a random operation; and of these many of the command line
EVERY = {"": 1000}


@pytest.fixture(scope="module")
def undisturbed(worked_once: None, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    return undisturbed_in(folder, arrived(folder / "start"))[0]


# --- killed

Ended = Callable[[], object]  # None while it runs


def await_some_moment(_: Small, ended: Ended, seconds: float, rng: random.Random) -> None:
    until = time.monotonic() + rng.uniform(0, 0.95) * seconds
    while ended() is None and time.monotonic() < until:
        time.sleep(0.0005)


def await_the_ledger(small: Small, ended: Ended, seconds: float, rng: random.Random) -> None:
    """A moment while the ledger is being written: its journal stands beside it."""
    while ended() is None and not (small.root / "ledger.sqlite-journal").exists():
        time.sleep(0.0002)
    time.sleep(rng.uniform(0, min(0.01, seconds / 20)))


def await_the_outbox(small: Small, ended: Ended, seconds: float, rng: random.Random) -> None:
    """A moment while the outbox is being written."""
    folders = [small.root / "outbox" / Q2, *(small.root / "outbox" / Q2).glob("*/")]
    before = [folder.stat().st_mtime_ns for folder in folders]
    while ended() is None and [folder.stat().st_mtime_ns for folder in folders] == before:
        time.sleep(0.0002)
    time.sleep(rng.uniform(0, min(0.05, seconds / 10)))


AWAIT = (await_some_moment, await_the_ledger, await_the_outbox)


def stood(undisturbed: Undisturbed, small: Small) -> str:
    """How a killed run left the ledger and the outbox, in words."""
    journal = ", journal left" if (small.root / "ledger.sqlite-journal").exists() else ""
    touched = outputs(small) != outputs(undisturbed.start)
    return f"ledger {undisturbed.holds(dump(small.root))}{journal}, outbox {'begun' if touched else 'not begun'}"


@posix
def test_a_killed_run_is_put_right_by_the_next(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random("kills")
    counts: Counter[str] = Counter()
    for n in range(KILLS):
        small = undisturbed.begin(tmp_path / f"kill-{n}")
        running = Forked(small.collate)
        AWAIT[n % 3](small, running.poll, undisturbed.seconds, rng)
        counts[stood(undisturbed, small) if running.kill() < 0 else "had ended"] += 1
        undisturbed.comes_right(small)
        shutil.rmtree(small.root)
    reported(capsys, "kills", counts, undisturbed.seconds)
    assert counts["had ended"] < KILLS // 2


@posix
def test_a_run_that_is_killed_at_an_operation_is_put_right_by_the_next(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random("steps")
    counts: Counter[str] = Counter()
    operations = {kind: ended(undisturbed.begin(tmp_path / kind), lay, 0)[1] for kind, lay in TRAPS.items()}
    for n in range(STEPS):
        kind = rng.choice(list(TRAPS))
        lay, trap = TRAPS[kind], Trap(rng.randint(1, operations[kind]), failure=killed)
        small = undisturbed.begin(tmp_path / f"kill-{n}")

        def to_the_end(small: Small = small, lay: Callable[..., None] = lay, trap: Trap = trap) -> None:
            lay(pytest.MonkeyPatch(), trap)
            small.collate()

        counts[stood(undisturbed, small) if Forked(to_the_end).wait() < 0 else "had ended"] += 1
        undisturbed.comes_right(small)
        shutil.rmtree(small.root)
    reported(capsys, "kills at an operation", counts, undisturbed.seconds)
    assert not counts["had ended"]


@posix
def test_a_command_line_that_is_killed_is_put_right_by_the_next(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random("real kills")
    counts: Counter[str] = Counter()
    began = time.monotonic()
    with process(undisturbed.begin(tmp_path / "whole")) as whole:
        assert whole.wait(60) == 1
    seconds = time.monotonic() - began
    for n in range(REAL):
        small = undisturbed.begin(tmp_path / f"kill-{n}")
        with process(small) as running:
            if n % 3:
                AWAIT[n % 3](small, running.poll, seconds, rng)
            else:
                with suppress(TimeoutExpired):
                    running.wait(rng.uniform(0.2, 0.8) * seconds)
            running.kill()
            counts[stood(undisturbed, small) if running.wait() < 0 else "had ended"] += 1
        undisturbed.comes_right(small)
        shutil.rmtree(small.root)
    reported(capsys, "kills of the command line", counts, seconds)
    assert counts["had ended"] < REAL // 2


# --- one operation fails


def test_a_run_whose_nth_operation_fails_is_put_right_by_the_next(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts: Counter[str] = Counter()
    for small in each_failing(undisturbed.begin, tmp_path, Small.collate, EVERY, counts):
        counts[f"ledger {undisturbed.holds(dump(small.root))}"] += 1
        undisturbed.comes_right(small)
    reported(capsys, "each operation failing", counts, undisturbed.seconds)
    for kind in TRAPS:
        done = counts[f"{kind}: operations"]
        assert done, f"nothing of the kind {kind} is done any more: trap what has come in its place"
        assert done == counts[f"{kind}: told"] + counts[f"{kind}: went on"]
    assert counts["ledger before"]
    assert counts["ledger after"]
