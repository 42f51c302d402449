"""The memory of a workspace over what people do to it in any order: a short look, for every day (the long one is a proof)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.memory_machine import Memory


@pytest.mark.long
@pytest.mark.usefixtures("worked_once")
def test_nothing_is_lost_and_order_changes_nothing() -> None:
    few = settings(max_examples=2, stateful_step_count=4, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Memory, settings=few)
