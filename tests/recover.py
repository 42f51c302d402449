"""A reader who tries to work out what public papers hide: bounds narrowed until nothing moves, then whole numbers tried out.

It shares no code with the room that decides what is hidden. An equation is a sum of whole numbers with whole factors that lies
between two bounds; every unknown lies between two bounds as well.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Name = Hashable
Bounds = dict[Name, tuple[int, int]]
MOST = 400  # no count of the tests is above this


@dataclass(frozen=True)
class Fact:
    """low <= the sum of factor times number <= high."""

    terms: Mapping[Name, int]
    low: int
    high: int


def equals(terms: Mapping[Name, int], total: int = 0) -> Fact:
    return Fact(terms, total, total)


def narrowed(bounds: Bounds, facts: Sequence[Fact]) -> Bounds | None:
    """The bounds after every fact has been used again and again; None where no number is left."""
    found, moved = dict(bounds), True
    while moved:
        moved = False
        for fact in facts:
            ends = {n: sorted((f * found[n][0], f * found[n][1])) for n, f in fact.terms.items()}
            least, most = sum(a for a, _ in ends.values()), sum(b for _, b in ends.values())
            if least > fact.high or most < fact.low:
                return None
            for name, factor in fact.terms.items():
                low, high = fact.low - most + ends[name][1], fact.high - least + ends[name][0]
                if factor < 0:
                    low, high = -high, -low
                size = abs(factor)
                new = max(found[name][0], -(-low // size)), min(found[name][1], high // size)
                if new[0] > new[1]:
                    return None
                if new != found[name]:
                    found[name], moved = new, True
                    ends[name] = sorted((factor * new[0], factor * new[1]))
                    least, most = sum(a for a, _ in ends.values()), sum(b for _, b in ends.values())
    return found


def possible(bounds: Bounds, facts: Sequence[Fact]) -> bool:
    """Whether some whole numbers fit."""
    found = narrowed(bounds, facts)
    if found is None:
        return False
    unsure = [n for n, (low, high) in found.items() if low < high and any(n in f.terms for f in facts)]
    if not unsure:
        return True
    name = min(unsure, key=lambda n: found[n][1] - found[n][0])
    low, high = found[name]
    return any(possible({**found, name: (n, n)}, facts) for n in range(low, high + 1))


def span(bounds: Bounds, facts: Sequence[Fact], terms: Mapping[Name, int]) -> tuple[int, int]:
    """The least and the most that a sum can be, as far as the facts tell."""
    found = narrowed(bounds, facts)
    assert found is not None, "the papers contradict themselves"
    least = sum(min(f * found[n][0], f * found[n][1]) for n, f in terms.items())
    most = sum(max(f * found[n][0], f * found[n][1]) for n, f in terms.items())
    low = next(v for v in range(least, most + 1) if possible(found, [*facts, equals(terms, v)]))
    high = next(v for v in range(most, low - 1, -1) if possible(found, [*facts, equals(terms, v)]))
    return low, high
