"""The memory of a workspace by force: long walks of the state machine in `memory_machine`."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.memory_machine import Memory

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("worked_once")]
WALKS, STEPS = 12, 14


def test_nothing_is_lost_and_order_changes_nothing_on_long_walks(capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()

    class Counted(Memory):
        done = counts

    known = Counted()  # one that comes to everything, whatever chance brings
    known.one_return_came(closed=True)
    known.fill_in_side_by_side("housing", ("inline", 0, False))
    known.collate(("replace", 2))
    known.withdraw(0, None)
    known.take_in_again(0, ("ledger", 9))
    known.teardown()
    # No shrinking: a walk that fails is told whole, and the budget of the gate is for walks.
    found = (Phase.explicit, Phase.reuse, Phase.generate)
    many = settings(
        max_examples=WALKS, stateful_step_count=STEPS, deadline=None, phases=found, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Counted, settings=many)
    with capsys.disabled():
        sys.stderr.write(f"\nwalks: {dict(sorted(counts.items()))}\n")
    assert counts["walks"] >= WALKS // 2
    for done in ("collate", "accepted", "withdrawn", "cut short", "contested", "closed"):
        assert counts[done], f"no walk came to this: {done}"
