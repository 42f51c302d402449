"""Intake by force: runs over fifty files that are killed again and again, and readers that are killed under a run.

However often, once a run comes to its end the ledger and the outbox are those of a run that nobody disturbed.
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired

import pytest

from tests import small as s
from tests.example import mails
from tests.example.build import stamp
from tests.small import SENT, Small
from tests.undisturbed import Undisturbed, added, dump, outputs, process
from workflow.guard.process import Child

pytestmark = pytest.mark.long
FILES = 50
KILLS, IN_A_ROW = 200, 4  # so many in all; so many of one workspace before a run of it comes to its end
SHARDS = 2
PARTNERS = ("police", "housing", "yos")


def posted(root: Path) -> Small:
    """A workspace whose inbox holds fifty files: bare, in messages, in zip files, twice, held, refused, damaged."""
    small = s.issued(root)
    rng = random.Random("fifty files")
    filled = {
        (partner, n): small.filled(partner, {**(s.good(partner) if n < 3 else {}), **_one(partner, n)})
        for partner in PARTNERS
        for n in range(6)
    }
    for n in range(FILES):
        partner = PARTNERS[n % 3]
        data = filled[partner, rng.randrange(6)]
        when = SENT.replace(day=rng.randrange(10, 20), minute=n)
        sender = f"lead@{rng.choice([partner, partner, partner, 'nobody'])}.example"
        sent = mails.Sent(sender, "Partnership Lead", "office@small.example", when, "Return", f"return {n}.xlsx", data)
        name, whole = (
            (f"{n:02}.xlsx", stamp(data, when)),
            (f"{n:02}.eml", mails.mail(sent)),
            (f"{n:02}.msg", mails.outlook(sent)),
            (f"{n:02} forwarded.eml", mails.forwarded(sent)),
            (
                f"{n:02}.zip",
                mails.zipped({"a.xlsx": data, "b.pdf": b"%PDF-1.4", "c.xlsx": data[: len(data) // 2]}),
            ),
        )[n % 5]
        small.arrive(name, whole if n % 11 else whole[: len(whole) * 2 // 3], None)
    return small


def _one(partner: str, n: int) -> s.Typed:
    action = {"police": "A-1", "housing": "A-3", "yos": "A-4"}[partner]
    return s.action(action, rag=("Red", "Amber", "Green", "Ambar")[n % 4])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    start = posted(folder / "start")
    shutil.copytree(start.root, folder / "run")
    done = Small(folder / "run")
    began = time.monotonic()
    with process(done) as running:
        assert running.wait(120) == 1
    return Undisturbed(
        start, dump(start.root), dump(done.root), added(done.root), outputs(done), time.monotonic() - began
    )


def test_intake_that_is_killed_again_and_again_comes_right(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed_again_and_again(undisturbed, tmp_path, capsys, 0)


def killed_again_and_again(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str], shard: int
) -> None:
    """One shard of the kills; the others have files of their own, so that they run at the same time."""
    rng = random.Random(f"intake {shard}")
    counts: Counter[str] = Counter()
    small, in_a_row = undisturbed.begin(tmp_path / "0"), 0
    latest = 0.8  # of an undisturbed run's time; sooner where runs are quicker than that one was
    while counts["ledger before"] <= KILLS // SHARDS // 2 or counts["ledger before"] + counts["ledger after"] < KILLS // SHARDS:
        with process(small) as running:
            with suppress(TimeoutExpired):
                running.wait(rng.uniform(0.05, latest) * undisturbed.seconds)
            ended = running.poll() is not None
            running.send_signal(signal.SIGKILL)
            running.wait()
        stood = "before" if not ended and undisturbed.holds(dump(small.root)) == "before" else "after"
        counts["had ended" if ended else f"ledger {stood}"] += 1
        latest = max(0.2, latest * (1.0 if stood == "before" else 0.98))
        in_a_row += 1
        if stood == "after" or in_a_row == IN_A_ROW:
            undisturbed.comes_right(small)
            shutil.rmtree(small.root)
            counts["brought to an end"] += 1
            small, in_a_row = undisturbed.begin(tmp_path / str(sum(counts.values()))), 0
    with capsys.disabled():
        sys.stderr.write(f"\nintake of {FILES} files, shard {shard}: {dict(counts)}, runs of {undisturbed.seconds:.1f} s\n")
    assert counts["ledger before"] > KILLS // SHARDS // 2  # most of them in the intake: the loop goes on until it is so


def test_a_reader_that_is_killed_by_somebody_costs_nothing(
    undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system ends it for want of memory, or a person does: what it was reading is read once more."""
    small = undisturbed.begin(tmp_path / "run")
    rng = random.Random("readers")
    asked: list[bool] = []  # whether the child that was asked was killed; never twice in a row
    ask = Child.answer

    def disturbed(self: Child, request: bytes) -> Iterator[bytes]:
        asked.append(not (asked and asked[-1]) and rng.random() < 0.5)
        if asked[-1]:
            threading.Timer(rng.uniform(0, 0.01), self._process.kill).start()
        return ask(self, request)

    monkeypatch.setattr(Child, "answer", disturbed)
    small.collate()
    assert sum(asked) > 10
    assert len(asked) > FILES
    assert dump(small.root) == undisturbed.after


def test_there_are_enough_kills() -> None:
    assert KILLS >= 200
