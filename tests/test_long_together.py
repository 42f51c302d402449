"""Two runs at once, a hundred times; and a run of the example partnership, failing at an operation or killed there."""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.small import Small
from tests.trapping import TRAPS, Trap, ended, killed
from tests.undisturbed import Forked, Undisturbed, arrived, dump, posix, reported, undisturbed_in
from workflow import config
from workflow.pipeline import start

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("worked_once")]
PAIRS = 100
SAMPLE = 12  # moments of the example's run
NTH = 2  # the run of the example that is disturbed: the second collate


@pytest.fixture(scope="module")
def undisturbed(worked_once: None, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    return undisturbed_in(folder, arrived(folder / "start"))[0]


@posix
def test_of_two_runs_at_once_one_waits_or_refuses(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random("pairs")
    counts: Counter[str] = Counter()
    words = {0: "done", Forked.TOLD: "refused"}
    for n in range(PAIRS):
        small = undisturbed.begin(tmp_path / f"pair-{n}")
        one = Forked(small.collate)
        time.sleep(rng.choice((0, rng.uniform(0, 1.2))) * undisturbed.seconds)
        other = Forked(small.collate)
        ends = sorted(words[running.wait()] for running in (one, other))
        assert "done" in ends
        counts[" and ".join(ends)] += 1
        assert undisturbed.holds(dump(small.root)) == "after"
        undisturbed.comes_right(small)
        shutil.rmtree(small.root)
    reported(capsys, "two at once", counts, undisturbed.seconds)
    assert sum(counts.values()) == PAIRS
    assert counts["done and refused"]


@pytest.fixture(scope="module")
def example(worked_once: None, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """The example partnership's second collate."""
    folder = tmp_path_factory.mktemp("example")
    root, sources = folder / "start", (config.shipped() / "inbox", config.shipped() / start.OFFICE_FILES)
    start.lay_out(root)
    collates = 0
    for step in config.load_steps(root / start.DEMO):
        start.bring(step, sources, root / "inbox")
        collates += step.command == "collate"
        if collates == NTH:
            break
        start.take(root, step)

    def run(small: Small) -> object:
        return start.take(small.root, step)

    return undisturbed_in(folder, Small(root), run)[0]


def test_a_run_of_the_example_is_put_right_by_the_next(
    example: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random("example")
    counts: Counter[str] = Counter()
    kinds = ["ledger", "ledger", "write", "replace", "fsync", "open"]
    operations = {kind: ended(example.begin(tmp_path / kind), TRAPS[kind], 0, example.again)[1] for kind in set(kinds)}
    for n in range(SAMPLE):
        kind = kinds[n % len(kinds)]
        small, nth = example.begin(tmp_path / f"fail-{n}"), rng.randint(1, operations[kind])
        if n < SAMPLE // 2 or sys.platform == "win32":
            how, _ = ended(small, TRAPS[kind], nth, example.again)
        else:

            def at_an_operation(small: Small = small, kind: str = kind, nth: int = nth) -> None:
                TRAPS[kind](pytest.MonkeyPatch(), Trap(nth, failure=killed))
                example.again(small)

            how = "killed" if Forked(at_an_operation).wait() < 0 else "had ended"
        counts[f"{how}, ledger {example.holds(dump(small.root))}"] += 1
        example.comes_right(small)
        shutil.rmtree(small.root)
    reported(capsys, f"the example: {SAMPLE} of {sum(operations.values())} operations", counts, example.seconds)
    assert sum(counts.values()) == SAMPLE
    assert not [how for how in counts if how.startswith(("went on", "had ended"))]
