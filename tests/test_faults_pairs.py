"""Two faults in one return: both are found, and neither makes the other say more."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.catalogue import faults, pairs
from tests.faults.measure import run
from tests.faults.table import Measured
from workflow.model import Severity

EVERY = 32  # in the ordinary suite one pair of so many is looked at


def test_every_fault_stands_in_two_pairs() -> None:
    count = Counter(f.name for case in pairs() for f in case.faults)
    assert len(pairs()) >= 60
    few = [f for f in faults() if not f.alone and count[f.name] < 2]
    # A fault of a sheet and a quarter that hardly any other is seeded in stands beside those that there are.
    assert [f.name for f in few if count[f.name] < min(2, sum(f.beside(other) for other in faults()))] == []


def _hold(measured: Measured) -> None:
    assert measured.missed(*Severity) == []
    assert measured.rate <= 1.2, [o.report for o in measured.outcomes if o.extra]


@pytest.mark.long
def test_both_faults_of_a_pair_are_found() -> None:
    _hold(Measured([run(case) for case in pairs()[::EVERY]], ()))


@pytest.mark.long
def test_both_faults_of_every_pair_are_found() -> None:
    _hold(Measured([run(case) for case in pairs()], ()))
