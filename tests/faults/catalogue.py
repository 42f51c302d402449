"""The fault set: every fault by itself, and a fixed choice of pairs in which each stands at least twice."""

from __future__ import annotations

import random
from functools import cache
from itertools import product

from tests.faults.books import book_faults
from tests.faults.cells import cell_faults
from tests.faults.figured import figured_faults
from tests.faults.measure import Case
from tests.faults.model import Fault
from tests.faults.posted import posted_faults
from tests.faults.ruled import ruled_faults
from tests.faults.worded import worded_faults

_PAIRS_EACH = 2
_MESSAGES_EACH = 3


@cache
def faults() -> tuple[Fault, ...]:
    """Every fault of the set, each with a name of its own."""
    made = (*cell_faults(), *ruled_faults(), *figured_faults(), *book_faults(), *posted_faults(), *worded_faults())
    names = [f.name for f in made]
    assert len({*names}) == len(names), sorted(n for n in {*names} if names.count(n) > 1)
    return made


def singles() -> list[Case]:
    """One fault in each return."""
    return [Case((f,)) for f in faults()]


@cache
def sample() -> tuple[Case, ...]:
    """One fault of every third message: what the ordinary tests look at. The long ones look at all."""
    chosen: dict[str, Fault] = {}
    for f in faults():
        chosen.setdefault(f.code, f)
    return tuple(Case((f,)) for f in list(chosen.values())[::_MESSAGES_EACH])


@cache
def pairs() -> tuple[Case, ...]:
    """Two faults in each return, on rows of their own; every fault that can stand beside another does so at least twice.

    The choice is the same each time: the faults in a shuffled order, each with the next ones that leave it alone.
    """
    order = sorted(faults(), key=lambda f: f.name)
    random.Random(4).shuffle(order)
    count = dict.fromkeys((f.name for f in order), 0)
    made: list[Case] = []
    # First with those that stand in few pairs yet; then, for the quarters and sheets that few faults share, with any.
    for most, (n, one) in product((_PAIRS_EACH + 1, len(order)), enumerate(order)):
        for other in (*order[n + 1 :], *order[:n]):
            if count[one.name] >= _PAIRS_EACH:
                break
            if count[other.name] < most and one.beside(other):
                first, second = sorted((one, other), key=lambda f: f.name)
                pair = Case((first, second))
                due = {f.name for f, _ in pair.expected}  # a fault of the whole file keeps the other from being told
                if all(case.faults != pair.faults for case in made):
                    made.append(pair)
                    for name in due:
                        count[name] += 1
    return tuple(made)
