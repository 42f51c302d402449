"""Measures: what each period reported, the period in words, the change recomputed, and which way it points.

Change, direction and RAG are never typed by a partner (domain.md A10 F4). A change is never worked out across unlike
periods (domain.md B2): it then says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from workflow.fields import show
from workflow.model import Item, Value
from workflow.outputs.view import View

NOT_COMPARABLE = "Not comparable"
_TO_DATE, _CUMULATIVE, _SNAPSHOT = "Year to date", "Cumulative", "Snapshot"


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure as one period reported it. `reason` is why there is none: "[x]", "[z]", "[c]" or "Not yet due"."""

    period: str  # the reporting period's key; "" for the register's opening figure
    value: Decimal | None = None
    reason: str = ""
    period_type: str = ""
    start: date | None = None
    end: date | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    comparator: Decimal | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved, in words, and which way that points: Better, Worse, Same or Not comparable."""

    words: str
    direction: str

    @property
    def both(self) -> str:
        """The direction, then the change: "Better: up 0.9 percentage points on the figure before". Where neither way is
        better, the change alone."""
        if self.direction == NOT_COMPARABLE:
            return self.words
        return f"{self.direction}: {self.words[:1].lower()}{self.words[1:]}"


def not_reported(word: str) -> str:
    """What stands for a figure that did not come. `word` is what people call a period."""
    return f"Not reported this {word}"


class Readings:
    """The readings of a view's measures. A figure counts only for the period that gave it: it is never carried on."""

    def __init__(self, view: View) -> None:
        self._view = view
        known = sorted((p for p in view.register.periods if p.start < view.period.start), key=lambda p: p.start)
        self._earlier = [p.key for p in reversed(known) if p.key != view.period.key]
        self._given: dict[tuple[str, str, str], tuple[Item, Reading | None]] = {}

    def given(self, item: Item, period: str) -> Reading | None:
        """What one period reported, a value or the reason why there is none; None where it reported neither."""
        place = (item.form, item.key, period)
        found = self._given.get(place)
        if found is None or found[0] is not item:  # every paper asks for it more than once
            found = self._given[place] = (item, self._reported(item, period))
        return found[1]

    def _reported(self, item: Item, period: str) -> Reading | None:
        value = _number(self._value(item, "value", period))
        reason = _reason(self._value(item, "not_available", period))
        if value is None and not reason:
            return None
        described = ("period_type", "period_start", "period_end", "numerator", "denominator", "comparator", "provisional")
        values = {name: self._value(item, name, period) for name in described}
        return Reading(
            period=period,
            value=value,
            reason="" if value is not None else reason,
            period_type=_text(values["period_type"]) or item.text("period_type"),
            start=_day(values["period_start"]),
            end=_day(values["period_end"]),
            numerator=_number(values["numerator"]),
            denominator=_number(values["denominator"]),
            comparator=_number(values["comparator"]),
            provisional=values["provisional"] is True,
        )

    def now(self, item: Item) -> Reading | None:
        """What the view's own period reported."""
        return self.given(item, self._view.period.key)

    def before(self, item: Item, period: str = "") -> Reading | None:
        """The last figure before the one of a period (the view's own, where none is named): for an earlier period end where
        there is one; at last the opening figure."""
        now = self.given(item, period) if period else self.now(item)
        earlier_keys = self._earlier[self._earlier.index(period) + 1 :] if period in self._earlier else self._earlier
        found = [r for key in earlier_keys if (r := self.given(item, key)) and r.value is not None]
        opening = _number(item.values.get("opening_value"))
        if opening is not None:
            found.append(Reading("", opening, period_type=item.text("period_type"), end=item.day("opening_period_end")))
        if now is not None and now.end is not None:
            earlier = [r for r in found if r.end is None or r.end < now.end]
            found = earlier or found
        return found[0] if found else None

    def _value(self, item: Item, name: str, period: str) -> Value | None:
        standing = self._view.by_period.get((item.form, item.key, name), {}).get(period)
        return None if standing is None else standing.value


def _number(value: Value | None) -> Decimal | None:
    return Decimal(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else None


def _day(value: Value | None) -> date | None:
    return value if isinstance(value, date) else None


def _text(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _reason(value: Value | None) -> str:
    """The shorthand alone: "[x]" for "[x] not available"; a reason without one in its own words."""
    text = _text(value)
    return text[:3] if text[:1] == "[" else text


def month_words(day: date) -> str:
    """The month of a day, in English whatever the machine's language: "Sep 2023"."""
    return " ".join(show(day).split()[1:])


def period_words(reading: Reading, beside: Reading | None = None) -> str:
    """The period a figure covers, in words: "Rolling 12 months to Sep 2023".

    Where it stands beside another of the same kind, the kind is not said again: "to Jun 2023".
    """
    kind, end = reading.period_type or "Period", reading.end
    words = _period_words(kind, end, reading.start) if end else f"{kind}, end not given"
    if beside and beside.period_type == reading.period_type and (beside.value is not None or beside.end):
        return words.removeprefix(kind).removeprefix(",").strip()
    return words


def _period_words(kind: str, end: date, start: date | None) -> str:
    to = month_words(end)
    match kind:
        case "Quarter" | "Term" | "Half-year" | "Month" | "Year to date" | "Cohort" | "Cumulative" if start is not None:
            return f"{kind}, {month_words(start)} to {to}"
        case "Calendar year":
            return f"{kind} {end.year}"
        case "Financial year":
            first = end.year if end.month > 3 else end.year - 1
            return f"{kind} {first}/{(first + 1) % 100:02d}"
        case "Snapshot":
            return f"{kind} at {show(end)}"
    return f"{kind} to {to}"


def alike(now: Reading, before: Reading) -> bool:
    """Whether two figures may be compared: periods of one kind and one length, and not the same period twice.

    A running total is longer each time, so two cumulative figures never are, and a year to date only with a year to date
    up to the same month.
    """
    if not now.period_type or now.period_type != before.period_type or now.end is None or before.end is None:
        return False
    if now.end <= before.end:
        return False
    if now.period_type == _CUMULATIVE:
        return False
    if now.period_type == _TO_DATE:
        return now.end.month == before.end.month
    if now.period_type != _SNAPSHOT and now.start and before.start:
        return abs((now.end - now.start).days - (before.end - before.start).days) <= 3
    return True


def change(item: Item, now: Reading | None, before: Reading | None) -> Change:
    """The change recomputed and its direction by the measure's polarity.

    Against the last figure where the two are alike, else against the same period last year where that was given.
    """
    if now is None or now.value is None:
        return Change(NOT_COMPARABLE, NOT_COMPARABLE)
    if before is not None and before.value is not None and alike(now, before):
        return _moved(item, now.value, before.value, "on the figure before")
    if now.comparator is not None:
        return _moved(item, now.value, now.comparator, "on the same period last year")
    return Change(NOT_COMPARABLE, NOT_COMPARABLE)


def _moved(item: Item, now: Decimal, before: Decimal, against: str) -> Change:
    return Change(f"{change_words(now, before, item.text('unit'))} {against}", _direction(now, before, item.text("polarity")))


def change_words(now: Decimal, before: Decimal, unit: str) -> str:
    """The change in words: percentage points for percentages, places for ranks, else per cent.

    "Up 0.9 percentage points", "Down 12.3%", "From 4 to 2", "Up from 0", "No change".
    """
    if now == before:
        return "No change"
    if unit == "rank":
        return f"From {show(before)} to {show(now)}"
    way, by = ("Up" if now > before else "Down"), abs(now - before)
    if unit == "%":
        rounded = _tenth(by)
        return f"{way} {rounded} percentage points" if rounded else f"{way} by less than 0.1 percentage points"
    if before == 0:
        return f"{way} from 0"
    rounded = _tenth(by / abs(before) * 100)
    return f"{way} {rounded:,}%" if rounded else f"{way} by less than 0.1%"


def _tenth(number: Decimal) -> Decimal:
    """Rounded to one decimal place, halves up as people round."""
    return number.quantize(Decimal("0.1"), ROUND_HALF_UP)


def _direction(now: Decimal, before: Decimal, polarity: str) -> str:
    if now == before:
        return "Same"
    higher = {"Higher is better": True, "Lower is better": False}.get(polarity)
    if higher is None:
        return NOT_COMPARABLE  # neither way is better
    return "Better" if (now > before) == higher else "Worse"


def shortfall(value: Decimal | None, item: Item) -> Decimal | None:
    """How far a value is off its target on the wrong side, in per cent of the target; 0 on or better than target.

    None without a value or a target. Where neither way is better, any distance is off. A target of 0 that is missed is
    100 per cent off.
    """
    target = _number(item.values.get("target"))
    if value is None or target is None:
        return None
    match item.text("polarity"):
        case "Higher is better":
            off = target - value
        case "Lower is better":
            off = value - target
        case _:
            off = abs(value - target)
    if off <= 0:
        return Decimal(0)
    return off / abs(target) * 100 if target else Decimal(100)
