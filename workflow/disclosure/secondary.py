"""Secondary suppression: which further figures must not be printed so that no small count of people can be worked out.

The criterion: of no protected count may a reader of all public papers know more than that it lies in a span at least as wide as
the threshold. A narrower span is an answer: "from 3 to 6" says little less than "4". The reader is taken to know all that the
register declares, that counts are whole and not negative, and that what is hidden is not nought, which would have been shown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from workflow.disclosure.bounds import Range, System

Key = Hashable  # names one figure
Terms = Mapping[Key, Fraction]
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Equation:
    """The terms come to `total`, give or take `slack` (rounding). With `needs`, only a reader who sees that figure knows so."""

    terms: Terms
    total: Fraction = _ZERO
    slack: Fraction = _ZERO
    needs: Key | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every figure that has a part in it."""
        return (*self.terms, *([] if self.needs is None else [self.needs]))


@dataclass(frozen=True, slots=True)
class Target:
    """A count to protect: the form that is it, and how wide a span must be left. `whole`: it is counted in whole numbers."""

    terms: Terms
    width: Fraction
    whole: bool = True


@dataclass
class Table:
    """Figures and how they hang together. `amounts` are what papers may print; `others` are never printed (what is left of a
    total, the months between two figures), each with its least value, None where it has none."""

    amounts: dict[Key, Fraction] = field(default_factory=dict)
    others: dict[Key, Fraction | None] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    shares: set[Key] = field(default_factory=set)  # amounts that are percentages, not counts

    @property
    def order(self) -> Iterable[Key]:
        """Every figure, always in the same order."""
        return (*self.amounts, *self.others)

    def least(self, key: Key) -> Fraction | None:
        """The least that a reader takes a figure that is not printed to be."""
        if key in self.others:
            return self.others[key]
        amount = self.amounts[key]
        if amount < 0:
            return None
        return _ONE if amount >= 1 and key not in self.shares else _ZERO


def leaks(table: Table, printed: Set[Key], target: Target) -> bool:
    """Whether a reader of the printed figures knows a count to within less than its width."""
    return _Reader(table, printed).left_open(target) < target.width


def protect(table: Table, known: Set[Key], fresh: Set[Key], hidden: Set[Key]) -> frozenset[Key]:
    """The figures among `fresh`, which a paper is about to print, that must be hidden besides those that already are.

    `known` was printed earlier and cannot be taken back. The smallest figure that helps is hidden, one after the other; at last
    each is shown again that turns out not to be needed. What earlier papers give away by themselves is past helping.
    """
    found: set[Key] = set()
    for part in _components(table):
        if part.targets:
            found |= _protect(part, known, [k for k in part.amounts if k in fresh and k not in hidden and k not in known])
    return frozenset(found)


def _protect(table: Table, known: Set[Key], candidates: list[Key]) -> set[Key]:
    if not candidates:
        return set()
    order = sorted(candidates, key=lambda k: (table.amounts[k] == 0, abs(table.amounts[k])))
    earlier, targets = _Reader(table, known), list(table.targets)
    seen = set(known) | set(candidates)
    hidden: list[Key] = []
    while found := _leaking(table, seen, targets):
        if earlier.left_open(found) < found.width:
            targets.remove(found)
            continue
        key = _next(table, seen, found, [k for k in order if k in seen])
        seen.discard(key)
        hidden.append(key)
    for key in sorted(hidden, key=lambda k: -abs(table.amounts[k])):
        if not _leaking(table, seen | {key}, targets):
            seen.add(key)
            hidden.remove(key)
    return set(hidden)


def _leaking(table: Table, seen: Set[Key], targets: list[Target]) -> Target | None:
    reader = _Reader(table, seen)
    return next((t for t in targets if reader.left_open(t) < t.width), None)


def _next(table: Table, seen: Set[Key], target: Target, order: list[Key]) -> Key:
    """The smallest figure that closes the leak by itself; else the one that opens the span most; else the smallest of all."""
    best, most = order[0], _Reader(table, seen).left_open(target)
    for key in order:
        width = _Reader(table, seen - {key}).left_open(target)
        if width >= target.width:
            return key
        if width > most:
            best, most = key, width
    return best


class _Reader:
    """Somebody who has every printed figure of a table before them."""

    def __init__(self, table: Table, printed: Set[Key]) -> None:
        self._table = table
        self._known = {k: amount for k, amount in table.amounts.items() if k in printed}
        self._equations = [e for e in table.equations if e.needs is None or e.needs in printed]
        self._systems: dict[Key, System | None] = {}  # by each unknown figure, all that is known of it
        self._subtract()

    def _subtract(self) -> None:
        """Work out what one subtraction after the other tells; an equation of which all is known has nothing more to say."""
        last = -1
        while len(self._known) != last:
            last = len(self._known)
            for e in list(self._equations):
                unknown = [k for k in e.terms if k not in self._known]
                if len(unknown) == 1 and not e.slack:
                    self._known[unknown[0]] = self._rest(e) / e.terms[unknown[0]]
                if len(unknown) < 2 and not (unknown and e.slack):
                    self._equations.remove(e)

    def _rest(self, e: Equation) -> Fraction:
        return e.total - sum((c * self._known[k] for k, c in e.terms.items() if k in self._known), _ZERO)

    def left_open(self, target: Target) -> Fraction:
        """How wide the span is in which a count is known to lie; the target's own width stands for one without end."""
        low, high = self._range(target)
        if low is None or high is None:
            return target.width
        return Fraction(floor(high) - ceil(low)) if target.whole else high - low

    def _range(self, target: Target) -> Range:
        constant = sum((c * self._known[k] for k, c in target.terms.items() if k in self._known), _ZERO)
        unknown = {k: c for k, c in target.terms.items() if k not in self._known}
        if not unknown:
            return constant, constant
        system = self._system_of(set(unknown))
        if system is None:
            return None, None
        low, high = system.range(unknown)
        return None if low is None else low + constant, None if high is None else high + constant

    def _system_of(self, unknown: set[Key]) -> System | None:
        """All that is known of some figures; None where what is printed contradicts itself, so that nothing follows."""
        first = next(iter(unknown))
        if len(unknown) == 1 and first in self._systems:
            return self._systems[first]
        equations, reached = self._joined(unknown)
        system: System | None = None
        for bounded in (True, False):  # figures that fall where they should only grow: take them as they are
            tried = self._system(equations, reached, bounded)
            if tried.feasible:
                system = tried
                break
        self._systems.update(dict.fromkeys(reached, system) if len(unknown) == 1 else {})
        return system

    def _joined(self, unknown: set[Key]) -> tuple[list[Equation], set[Key]]:
        """The equations that hang together with some unknown figures, by way of other unknown ones, and all of these."""
        active, reached = self._equations, set(unknown)
        found: list[Equation] = []
        while more := [e for e in active if any(k in reached for k in e.terms)]:
            active = [e for e in active if e not in more]
            found += more
            reached |= {k for e in more for k in e.terms if k not in self._known}
        return found, reached

    def _system(self, equations: list[Equation], unknown: set[Key], bounded: bool) -> System:
        table = self._table
        lower = {k: table.least(k) if bounded or k in table.amounts else None for k in table.order if k in unknown}
        upper: dict[Key, Fraction] = {}
        known = []
        for n, e in enumerate(equations):
            terms = {k: c for k, c in e.terms.items() if k not in self._known}
            if e.slack:
                terms["slack", n] = _ONE
                lower["slack", n], upper["slack", n] = -e.slack, e.slack
            known.append((terms, self._rest(e)))
        return System(known, lower, upper)


def _components(table: Table) -> list[Table]:
    """The table cut into parts that have nothing to do with each other."""
    root: dict[Key, Key] = {k: k for k in (*table.amounts, *table.others)}

    def find(key: Key) -> Key:
        while root[key] != key:
            root[key] = key = root[root[key]]
        return key

    for keys in (*(e.keys for e in table.equations), *(tuple(t.terms) for t in table.targets)):
        for key in keys[1:]:
            root[find(key)] = find(keys[0])
    parts: dict[Key, Table] = {}
    for key, amount in table.amounts.items():
        parts.setdefault(find(key), Table(shares=table.shares)).amounts[key] = amount
    for key, least in table.others.items():
        parts.setdefault(find(key), Table(shares=table.shares)).others[key] = least
    for e in table.equations:
        parts[find(e.keys[0])].equations.append(e)
    for t in table.targets:
        parts[find(next(iter(t.terms)))].targets.append(t)
    return list(parts.values())
