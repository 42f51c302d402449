"""Rules about how a figure moved since last time: never across unlike periods, and a running total by its pace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from workflow import fields
from workflow.rules.likeness import CUMULATIVE, ends, kind_now, like, running, year_start
from workflow.rules.measures import is_change, misfit, shown
from workflow.rules.registry import Params, Problem, RowFacts, number, rule, same, text

DEFAULT_THRESHOLD = 30  # per cent
_ROUGHER = 2  # a pace is rougher than a figure: it may be out by so many times the threshold
_FEW = 2  # a running total that is out by no more than this is not asked about: small counts come in lumps


@rule(
    "movement", needs=("value", "comment"), options=("threshold",),
    codes=("value-moved", "value-off-pace"), v=("V17",),
    says="A figure under {value} that moved by more than {threshold|30}% since last time is explained under {comment}.",
)
def movement(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A value that moved by more than `threshold` per cent of the last one needs a comment (domain.md A10 V17).

    The item's own `swing` comes before the form's threshold. Figures of unlike periods are never compared (domain.md B2);
    a running total is held against what its own pace would have made of it.
    """
    name, comment = text(params, "value"), text(params, "comment")
    value, before = number(facts.values.get(name)), number(facts.previous.get(name))
    if value is None or before is None or comment in facts.values or value == before or _misdated(facts):
        return
    limit = _limit(facts, params)
    if like(facts):
        yield from _moved(facts, name, comment, limit)
    elif running(facts) and value > before:
        yield from _off_pace(facts, name, comment, limit)


def _misdated(facts: RowFacts) -> bool:
    """Whether the figure is asked about because of its period's end: how far it moved is known once that is right."""
    now, _ = ends(facts)
    return now is not None and misfit(facts.period, fields.fold(kind_now(facts)), now) is not None


def _limit(facts: RowFacts, params: Params) -> Decimal:
    own = number(facts.item.values.get("swing")) if facts.item else None
    return own if own is not None else Decimal(str(params.get("threshold", DEFAULT_THRESHOLD)))


def _moved(facts: RowFacts, name: str, comment: str, limit: Decimal) -> Iterable[Problem]:
    value, before = number(facts.values.get(name)) or Decimal(0), number(facts.previous.get(name)) or Decimal(0)
    by = abs(value - before)
    relative = 100 * by / abs(before) if before else None
    # a share of a change says nothing (from -4.2% to -6.0% is no "down by 43%"): there the limit is in percentage points
    moved = by if is_change(facts.item) else relative
    if moved is not None and moved <= limit:
        return
    change = _change(facts, value > before, by, None if is_change(facts.item) else relative)
    words = {"before": shown(facts, before), "change": change, "comment": facts.heading(comment)}
    yield Problem("value-moved", name, words, shown(facts, value))


def _change(facts: RowFacts, risen: bool, by: Decimal, relative: Decimal | None) -> str:
    """How a figure moved, in words: "up by 45%", "down by 12.6 percentage points, or 56 per cent", "1 place lower"."""
    unit = facts.item.text("unit") if facts.item else ""
    way = "up" if risen else "down"
    if unit == "rank":
        return f"{fields.show(by)} {'place' if by == 1 else 'places'} {'lower' if risen else 'higher'}"
    if unit == "%":
        points = f"{way} by {fields.show(by)} percentage points"
        return points if relative is None else f"{points}, or {fields.show(relative, 0)} per cent"
    return f"{way} by {fields.show(relative, 0)}%" if relative is not None else way


def _off_pace(facts: RowFacts, name: str, comment: str, limit: Decimal) -> Iterable[Problem]:
    """A running total that grew much faster or slower than the months since it began would make it grow."""
    now, then = ends(facts)
    start = _start(facts)
    if now is None or then is None or start is None:
        return
    months, earlier = _months(start, now), _months(start, then)
    value, before = number(facts.values.get(name)) or Decimal(0), number(facts.previous.get(name)) or Decimal(0)
    if earlier < 1 or months <= earlier or before <= 0:
        return
    expected = before * months / earlier
    if abs(value - expected) > max(Decimal(_FEW), _ROUGHER * limit * expected / 100):
        words = {
            "before": shown(facts, before), "months": months, "earlier": earlier, "comment": facts.heading(comment),
            "expected": fields.show(expected, 0),
        }
        yield Problem("value-off-pace", name, words, shown(facts, value))


def _start(facts: RowFacts) -> date | None:
    """When a running total began: as told, else with the reporting year; a cumulative figure that does not say has none."""
    told = facts.values.get("period_start", facts.previous.get("period_start"))
    if isinstance(told, date):
        return told
    now, _ = ends(facts)
    return None if now is None or same(kind_now(facts), CUMULATIVE) else year_start(facts, now)


def _months(start: date, end: date) -> int:
    """How many whole months a span covers."""
    return 12 * (end.year - start.year) + end.month - start.month + 1


@rule(
    "cumulative-falls", needs=("value", "comment"),
    codes=("value-fell",), v=("V17",),
    says="A running total under {value} is no lower than last time, or is explained under {comment}.",
)
def cumulative_falls(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A cumulative count, or a year to date of the same year, below its last reading: something was taken away, or mistyped."""
    name, comment = text(params, "value"), text(params, "comment")
    value, before = number(facts.values.get(name)), number(facts.previous.get(name))
    if value is None or before is None or value >= before or comment in facts.values or not running(facts):
        return
    words = {"before": shown(facts, before), "kind": kind_now(facts).lower(), "comment": facts.heading(comment)}
    yield Problem("value-fell", name, words, shown(facts, value))
