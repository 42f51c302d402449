"""How the figures of measures hang together: as parts of a whole, over time, as shares and as percentages of one another.

It is what a reader of public papers can subtract and divide, as the register declares it (`part_of`, `same_as`) and as the
periods that figures cover tell it. `disclosure.protect` works on the table that is built here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

from workflow import disclosure
from workflow.disclosure import Equation, Key, Limits, Table, Target
from workflow.fields import fold
from workflow.model import CUTS, Item
from workflow.outputs.readings import Reading
from workflow.periods import month_end
from workflow.rules.groups import total_key
from workflow.rules.measures import is_change

_ONE = Fraction(1)
_LENGTHS = {  # in months
    **{cut.word.capitalize(): 12 // cut.parts for cut in CUTS},
    **dict.fromkeys(("Rolling 12 months", "Calendar year", "Financial year"), 12),
}
_RUNNING = ("Year to date", "Cumulative")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one measure, whatever papers print it. What is given twice for one period with two amounts is two figures.

    `end` is the last day of its period, or who gave it where that is not known.
    """

    measure: str
    kind: str
    end: date | str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Given:
    """A figure with its measure and what it was made of. `newest`: no later answer says otherwise; `held`: no public paper has
    it."""

    figure: Figure
    item: Item
    reading: Reading
    newest: bool
    held: bool

    @property
    def unit(self) -> str:
        """The register's word for the unit; a measure without one is a number."""
        return self.item.text("unit") or "number"

    @property
    def of_people(self) -> bool:
        """Whether it counts people or households."""
        return self.item.text("counts") in disclosure.ABOUT_PEOPLE

    @property
    def when(self) -> tuple[str, date | str]:
        """What makes two figures ones for the same period."""
        return self.figure.kind, self.figure.end


def figure_of(item: Item, reading: Reading | None) -> Figure | None:
    """The figure that a reading gives; None where it gives only a reason."""
    if reading is None or reading.value is None:
        return None
    return Figure(item.key, reading.period_type, reading.end or f"given in {reading.period}", reading.value)


def comparator_of(item: Item, reading: Reading | None) -> tuple[Figure, Reading] | None:
    """The figure for the same period a year before that stands beside a reading, as a reading of its own."""
    if reading is None or reading.comparator is None:
        return None
    start, end = reading.start, reading.end and month_end(date(reading.end.year - 1, reading.end.month, 1))
    if start and reading.period_type != "Cumulative":
        start = date(start.year - 1, start.month, 1)
    last = Reading(reading.period, reading.comparator, period_type=reading.period_type, start=start, end=end)
    return Figure(item.key, reading.period_type, end or f"a year before {reading.period}", reading.comparator), last


class Links:
    """The table of figures, with what is to be protected in it."""

    def __init__(self, given: Iterable[Given], items: Sequence[Item], limits: Limits, first_month: int) -> None:
        self._given = list(given)
        self._items, self._limits, self._first = items, limits, first_month
        self.table = Table()
        for g in self._given:
            self.table.amounts[g.figure] = Fraction(g.figure.amount)
            if g.unit != "number":
                self.table.shares.add(g.figure)
            self._own_target(g)
        for found in self._by_measure().values():
            self._over_time(found)
        self._same()
        for name, parts in self._wholes().items():
            self._whole(name[0], parts)
        self._percentages()

    def _own_target(self, g: Given) -> None:
        """A small count; a share that stands for one; a figure of a row that is held back."""
        width = Fraction(self._limits.count)
        if g.unit == "number" and (g.held or (g.of_people and disclosure.small(g.figure.amount, self._limits.count))):
            self._protect({g.figure: _ONE}, width)
        elif g.unit == "%" and g.reading.denominator and (g.held or disclosure.why_hidden(_told(g), self._limits)):
            self._protect({g.figure: _ONE}, min(width * 100 / Fraction(g.reading.denominator), Fraction(50)), whole=False)

    def _protect(self, terms: Mapping[Key, Fraction], width: Fraction, *, whole: bool = True) -> None:
        self.table.targets.append(Target(terms, width, whole))

    def _small(self, amount: Fraction) -> bool:
        return disclosure.small(Decimal(amount.numerator) / amount.denominator, self._limits.count)

    # --- over time

    def _by_measure(self) -> dict[str, list[Given]]:
        found: dict[str, list[Given]] = {}
        for g in self._given:
            if g.unit == "number":
                found.setdefault(g.figure.measure, []).append(g)
        return found

    def _over_time(self, given: list[Given]) -> None:
        """Figures of one measure whose spans share an end differ by a count; what the months between come to is never less than
        none."""
        spans = {g.figure: span for g in given if (span := self._span(g))}
        for a, b in combinations([g for g in given if g.of_people or g.held], 2):
            less = Fraction(a.figure.amount) - Fraction(b.figure.amount)
            one, other = spans.get(a.figure), spans.get(b.figure)
            shared = bool(one and other and (one[0] == other[0] or one[1] == other[1]))
            if (shared or a.when == b.when) and self._small(less):
                self._protect({a.figure: _ONE, b.figure: -_ONE}, Fraction(self._limits.count))
        new = {f: span for g in given if g.newest and (span := spans.get(f := g.figure))}
        if len(new) < 2:
            return
        cuts = sorted({end for span in new.values() for end in span})
        for figure, (start, end) in new.items():
            months = [(figure.measure, a, b) for a, b in pairwise(cuts) if start <= a and b <= end]
            self.table.others.update(dict.fromkeys(months, Fraction(0)))
            self.table.equations.append(Equation({figure: _ONE, **dict.fromkeys(months, -_ONE)}))

    def _span(self, g: Given) -> tuple[int, int] | None:
        """The months that a figure covers, counted from year 0, the last one excluded; None for a snapshot or a cohort."""
        kind, end = g.figure.kind, g.figure.end
        if isinstance(end, str) or kind not in (*_LENGTHS, *_RUNNING):
            return None
        last = end.year * 12 + end.month
        if kind in _LENGTHS:
            return last - _LENGTHS[kind], last
        start = g.reading.start
        if start is not None and start < end:
            return start.year * 12 + start.month - 1, last
        return (0, last) if kind == "Cumulative" else (last - (end.month - self._first) % 12 - 1, last)

    # --- across measures

    def _same(self) -> None:
        """A measure that repeats another says the same."""
        named: dict[str, list[Given]] = {}
        for g in self._given:
            named.setdefault(g.item.key, []).append(g)
        for g in self._given:
            for other in named.get(g.item.text("same_as"), ()):
                same = g.newest and other.newest and g.when == other.when
                if same and g.figure.amount == other.figure.amount and g.unit == other.unit:
                    self.table.equations.append(Equation({g.figure: _ONE, other.figure: -_ONE}))

    def _wholes(self) -> dict[tuple[str, str, date | str], list[Given]]:
        """The parts of each whole of each period."""
        found: dict[tuple[str, str, date | str], list[Given]] = {}
        for g in self._given:
            name = g.item.text("part_of")
            if name and g.newest and not is_change(g.item) and g.unit in ("number", "%"):
                found.setdefault((fold(name), *g.when), []).append(g)
        return found

    def _total(self, part: Given) -> Given | None:
        key = total_key(part.item, self._items)
        found = (g for g in self._given if g.newest and g.item.key == key and g.when == part.when and g.unit == part.unit)
        return next(found, None)

    def _whole(self, name: str, parts: list[Given]) -> None:
        """Parts and what is left come to their total, shares to 100 per cent. That nothing is left is taken to be known."""
        total, unit = self._total(parts[0]), parts[0].unit
        if (total is None and (unit != "%" or total_key(parts[0].item, self._items))) or any(p.unit != unit for p in parts):
            return
        whole = Fraction(total.figure.amount) if total else Fraction(100)
        slack = sum((_rounding(p) for p in (*parts, *([total] if total else []))), Fraction(0)) if unit == "%" else Fraction(0)
        left = whole - sum(Fraction(p.figure.amount) for p in parts)
        terms: dict[Key, Fraction] = {p.figure: _ONE for p in parts}
        if total:
            terms[total.figure] = -_ONE
        rest = ("rest", name, *parts[0].when)
        if abs(left) > slack or len(parts) < len(self._named(name)) or len(parts) == 1:
            self.table.others[rest] = Fraction(0) if left >= 0 else None
            terms[rest] = _ONE
            if unit == "number" and all(p.of_people for p in parts) and self._small(left):
                self._protect({rest: _ONE}, Fraction(self._limits.count))
        self.table.equations.append(Equation(terms, Fraction(0) if total else Fraction(100), slack))

    def _named(self, name: str) -> list[Item]:
        return [i for i in self._items if fold(i.text("part_of")) == name and i.text("state") != "Closed"]

    def _percentages(self) -> None:
        """A percentage whose numerator is a part and whose denominator is its total says how the two stand to each other."""
        for p in (g for g in self._given if g.unit == "%" and g.newest and g.reading.numerator and g.reading.denominator):
            for part, total in self._fractions(p):
                amount, slack = Fraction(p.figure.amount), _rounding(p) * Fraction(total.figure.amount)
                terms: dict[Key, Fraction] = {part.figure: Fraction(100), total.figure: -amount}
                self.table.equations.append(Equation(terms, Fraction(0), slack, needs=p.figure))

    def _fractions(self, p: Given) -> Iterator[tuple[Given, Given]]:
        for part in self._given:
            if part.newest and part.unit == "number" and part.when == p.when and part.figure.amount == p.reading.numerator:
                total = self._total(part) if part.item.text("part_of") else None
                if total and total.figure.amount == p.reading.denominator:
                    yield part, total


def _told(g: Given) -> disclosure.Reading:
    r = g.reading
    return disclosure.Reading(r.value, r.numerator, r.denominator, g.unit, g.item.text("counts"), r.period_type)


def _rounding(g: Given) -> Fraction:
    """Half of the last place that a figure is printed with."""
    given = -int(str(g.figure.amount.normalize().as_tuple().exponent))
    return Fraction(1, 2 * 10 ** max(0, given, _places(g.item)))


def _places(item: Item) -> int:
    places = item.values.get("decimals")
    return int(places) if isinstance(places, Decimal | int) else 0
