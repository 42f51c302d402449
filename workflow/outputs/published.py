"""What the public papers of every quarter so far print of each measure, and which of it they must hide (domain.md B8.3).

A figure is judged once, with all that public papers have printed before: what an earlier paper hid stays hidden in later ones,
where it comes back as the value last time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from workflow import disclosure
from workflow.disclosure import Limits
from workflow.model import Item, Period, Register
from workflow.outputs.linked import Figure, Given, Links, comparator_of, figure_of
from workflow.outputs.readings import Reading, Readings
from workflow.outputs.view import View

GIVES_AWAY = "with the other figures that are published it would give a small count away"
REVISED = "less the figure that was published before, it is a small count"

Prints = Callable[[Item, Period], bool]  # whether some public paper of a period has a row for a measure


class Published:
    """The figures of the public papers up to a view's period.

    `earlier` are papers that came out before these: what they print is known, and what they hide stays hidden.
    """

    def __init__(self, view: View, limits: Limits, prints: Prints, earlier: Published | None = None) -> None:
        self._view, self._limits, self._prints, self._earlier = view, limits, prints, earlier
        self._readings = Readings(view)
        self._then = {r.now.period.key: (r, Readings(r.then)) for r in view.restated}

    def figures(self, item: Item, readings: Readings, period: str = "") -> dict[str, Figure]:
        """The figures of a measure's row in the papers of a period (the view's own, where none is named), by their column."""
        now = readings.given(item, period) if period else readings.now(item)
        last = comparator_of(item, now)
        columns = {
            "value": figure_of(item, now),
            "previous": figure_of(item, readings.before(item, period)),
            "comparator": last[0] if last else None,
        }
        return {name: figure for name, figure in columns.items() if figure}

    def hidden_of(self, item: Item, readings: Readings) -> Mapping[str, str]:
        """The columns (value, previous, comparator) of a measure's row that are hidden, each with why."""
        row = self.figures(item, readings)
        own = self._primary(item, readings, "") if _people(item) else {}
        return {name: why for name, f in row.items() if (why := own.get(name) or self._hidden.get(f, ""))}

    def why_hidden(self, item: Item, period: str) -> str:
        """Why the figure that a measure gave for a period is hidden, and with it its RAG then; "" where it is not."""
        figure = figure_of(item, self._readings.given(item, period))
        return self._hidden.get(figure, "") if figure else ""

    @cached_property
    def _measures(self) -> tuple[Item, ...]:
        """Those whose figures can give a count away: ranks, money and rates of other things cannot."""
        every = self._view.measures
        return tuple(i for i in every if (i.text("unit") or "number") in ("number", "%") or _people(i))

    @cached_property
    def _periods(self) -> tuple[Period, ...]:
        own = self._view.period
        return (*sorted((p for p in self._view.register.periods if p.start < own.start), key=lambda p: p.start), own)

    @property
    def _hidden(self) -> Mapping[Figure, str]:
        """Every figure that some public paper so far has hidden, with why."""
        return self._judged[0]

    @cached_property
    def _judged(self) -> tuple[Mapping[Figure, str], frozenset[disclosure.Key]]:
        """Every figure that is hidden, with why; and every one that is printed."""
        table = self._links.table
        known: set[disclosure.Key] = set(self._earlier._judged[1]) if self._earlier else set()
        hidden: dict[Figure, str] = dict(self._earlier._hidden) if self._earlier else {}
        for period in self._periods:
            printed, why = self._of_period(period)
            if period.key == self._view.period.key:
                why |= self._corrected(printed)
            hidden.update({f: reason for f, reason in why.items() if f not in known})
            fresh = printed - known
            more = disclosure.protect(table, known, fresh, set(hidden))
            hidden.update({f: GIVES_AWAY for f in fresh if f in more})
            known |= {f for f in printed if f not in hidden and f not in why}
        return hidden, frozenset(known)

    def _of_period(self, period: Period) -> tuple[set[Figure], dict[Figure, str]]:
        """What the papers of one period print, and what of it is hidden for its own sake."""
        readings = self._then[period.key][1] if period.key in self._then else self._readings
        printed: set[Figure] = set()
        why: dict[Figure, str] = {}
        for item in self._measures:
            if self._prints(item, period):
                row = self.figures(item, readings, period.key)
                printed |= set(row.values())
                if _people(item):
                    own = self._primary(item, readings, period.key)
                    why |= {row[name]: reason for name, reason in own.items() if name in row}
                for figure, reason in self._quarters_before(item, period):
                    printed.add(figure)
                    why |= {figure: reason} if reason else {}
        return printed, why

    def _quarters_before(self, item: Item, upto: Period) -> Iterator[tuple[Figure, str]]:
        """The figures of earlier periods that papers show in a row of quarters, each with why it is hidden, or ""."""
        for period in (p for p in self._periods if p.start < upto.start):
            if figure := figure_of(item, self._readings.given(item, period.key)):
                own = self._primary(item, self._readings, period.key) if _people(item) else {}
                yield figure, own.get("value", "")

    def _primary(self, item: Item, readings: Readings, period: str) -> Mapping[str, str]:
        now = readings.given(item, period) if period else readings.now(item)
        before = readings.before(item, period)
        told = _told(now, item) or disclosure.Reading(None, unit=item.text("unit") or "number", counts=item.text("counts"))
        return disclosure.primary(told, _told(before, item), now.comparator if now else None, self._limits)

    def _corrected(self, printed: set[Figure]) -> dict[Figure, str]:
        """What the corrections to earlier papers print; a figure is hidden that differs by a few people from the one before."""
        why: dict[Figure, str] = {}
        for restated, then in self._then.values():
            period = restated.now.period
            for item in (i for i in self._measures if self._prints(i, self._view.period)):
                was, now = (self.figures(item, r, period.key) for r in (then, self._readings))
                for name in ("value", "comparator"):
                    if name in now and now[name] != was.get(name):
                        printed.add(now[name])
                        less = now[name].amount - was[name].amount if name in was else None
                        if _people(item) and item.text("unit") in ("", "number") and disclosure.small(less, self._limits.count):
                            why[now[name]] = REVISED
                if _people(item):
                    own = self._primary(item, self._readings, period.key)
                    why |= {now[name]: reason for name, reason in own.items() if name in now and now[name] in printed}
        return why

    @cached_property
    def _links(self) -> Links:
        return Links(self._all(), self._measures, self._limits, _first_month(self._view.register))

    def _all(self) -> Iterator[Given]:
        """Every figure that was ever given, its newest form first."""
        found: dict[Figure, None] = {}
        said: set[tuple[str, str, object]] = set()
        for item, figure, reading in self._told():
            slot = (figure.measure, figure.kind, figure.end)
            if figure not in found:
                found[figure] = None
                yield Given(figure, item, reading, slot not in said, not self._ever_printed(item))
                said.add(slot)

    def _told(self) -> Iterator[tuple[Item, Figure, Reading]]:
        """What periods report of themselves, then what they say of earlier ones, then what closed papers had of them."""
        sources = [self._readings, *(then for _, then in self._then.values())]
        for readings in sources:
            each = [(i, p.key) for p in reversed(self._periods) for i in self._measures]
            for item, key in each:
                if (now := readings.given(item, key)) and (figure := figure_of(item, now)):
                    yield item, figure, now
            for item, key in each:
                if (before := readings.before(item, key)) and (figure := figure_of(item, before)):
                    yield item, figure, before
                if last := comparator_of(item, readings.given(item, key)):
                    yield item, *last

    def _ever_printed(self, item: Item) -> bool:
        return any(self._prints(item, period) for period in self._periods)


def _people(item: Item) -> bool:
    return item.text("counts") in disclosure.ABOUT_PEOPLE


def _told(reading: Reading | None, item: Item) -> disclosure.Reading | None:
    if reading is None:
        return None
    unit, counts = item.text("unit") or "number", item.text("counts")
    return disclosure.Reading(reading.value, reading.numerator, reading.denominator, unit, counts, reading.period_type)


def _first_month(register: Register) -> int:
    """The month in which the reporting year begins, 4 (April) where the register does not say."""
    return next((c.first_month for c in register.calendars if c.id == register.partnership.calendar), 4)
