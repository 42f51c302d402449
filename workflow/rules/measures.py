"""Rules about figures: a value or a reason, parts that agree, a period, and a comment on what stands out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from workflow import fields
from workflow.model import Item
from workflow.rules.dates import after_limit
from workflow.rules.registry import Params, Problem, RowFacts, number, rule, same, text

_CHANGE = re.compile(r"\b(?:change|increase|decrease|growth|reduction|rise|fall)\b")
_FACTORS = {"%": 100, "rate per 1,000": 1000}
_DEFAULT_THRESHOLD = 30  # per cent


def is_change(item: Item | None) -> bool:
    """Whether a measure is itself a change, so that less than 0 or more than 100 per cent is in order."""
    return item is not None and bool(_CHANGE.search(fields.fold(f"{item.text('title')} {item.text('detail')}")))


def _unit(facts: RowFacts) -> str:
    return facts.item.text("unit") if facts.item else ""


def _shown(facts: RowFacts, value: Decimal) -> str:
    """A figure with its unit, as a sentence says it: "36.4%", "£1,250", "47"."""
    unit = _unit(facts)
    figure = fields.show(value)
    return {"%": f"{figure}%", "£": f"£{figure}"}.get(unit, figure)


@rule("value-or-reason", needs=("value", "reason"))
def value_or_reason(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Exactly one of a value and the reason why there is none."""
    name, why = text(params, "value"), text(params, "reason")
    value, reason = facts.values.get(name), facts.values.get(why)
    if value is not None and reason is not None:
        yield Problem("value-and-reason", why, {"value": fields.show(value)}, fields.show(reason))
    elif value is None and reason is None:
        yield Problem("value-missing", name, {"other": facts.heading(why)})


@rule("fraction", needs=("value", "numerator", "denominator"))
def fraction(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Parts fit the whole: n <= d for a percentage, n / d is the value within its rounding, counts are whole."""
    value_name, n_name, d_name = (text(params, p) for p in ("value", "numerator", "denominator"))
    yield from _not_whole(facts, (value_name, n_name, d_name))
    n, d = number(facts.values.get(n_name)), number(facts.values.get(d_name))
    factor = _FACTORS.get(_unit(facts))
    if n is None or d is None or factor is None or is_change(facts.item):
        return
    if factor == 100 and n > d:
        words = {"other": facts.heading(d_name), "value": fields.show(d)}
        yield Problem("fraction-over", n_name, words, fields.show(n))
        return
    if d <= 0:
        yield Problem("fraction-of-nothing", d_name, {}, fields.show(d))
        return
    value = number(facts.values.get(value_name))
    worked = factor * n / d
    if value is not None and abs(worked - value) > rounding(value):
        per = "%" if factor == 100 else " per 1,000"
        words = {"n": fields.show(n), "d": fields.show(d), "worked": f"{fields.show(worked, _places(value) or 1)}{per}"}
        yield Problem("fraction-disagrees", value_name, words, _shown(facts, value))


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounding(value: Decimal) -> Decimal:
    """How far a rounded value may lie from the exact one: half of its last decimal place."""
    return Decimal("0.5").scaleb(-_places(value))


def _not_whole(facts: RowFacts, names: tuple[str, ...]) -> Iterable[Problem]:
    """A count of people, incidents or things that is not whole; averages (decimals set on the item) are left alone."""
    item = facts.item
    if item is None or _unit(facts) not in ("number", "") or not item.text("counts") or number(item.values.get("decimals")):
        return
    for name in names:
        value = number(facts.values.get(name))
        if value is not None and value != value.to_integral_value():
            yield Problem("count-not-whole", name, {"counts": item.text("counts").lower()}, fields.show(value))


@rule("within-percent", needs=("value",))
def within_percent(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A percentage that is a share lies from 0 to 100; a percentage change need not."""
    name = text(params, "value")
    value = number(facts.values.get(name))
    if value is not None and _unit(facts) == "%" and not 0 <= value <= 100 and not is_change(facts.item):
        yield Problem("percent-range", name, {}, _shown(facts, value))


@rule("period-given", needs=("type", "end"), fields=("value",))
def period_given(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A value says which period it covers: of the usual type, ended, and for a quarter this return's own."""
    type_name, end_name = text(params, "type"), text(params, "end")
    kind, end = facts.values.get(type_name), facts.values.get(end_name)
    missing = [n for n, v in ((type_name, kind), (end_name, end)) if v is None]
    if facts.values.get(text(params, "value", "value")) is not None and missing:
        yield Problem("period-missing", missing[0], {"boxes": facts.headings(missing)})
    usual = facts.item.text("period_type") if facts.item else ""
    if kind is not None and usual and not same(kind, usual):
        yield Problem("period-type-differs", type_name, {"usual": usual}, fields.show(kind))
    future = tuple(after_limit(facts, end_name))
    yield from future
    quarterly = same(kind or usual, "Quarter")
    if isinstance(end, date) and not future and quarterly and end != facts.period.end:
        yield Problem("period-end-differs", end_name, {"day": fields.show(facts.period.end)}, fields.show(end))


@rule("movement", needs=("value", "comment"), options=("threshold",))
def movement(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A value that moved by more than `threshold` per cent of the last one needs a comment (domain.md A10 V17).

    Figures of unlike period types are never compared (domain.md B2).
    """
    name, comment = text(params, "value"), text(params, "comment")
    value, before = number(facts.values.get(name)), number(facts.previous.get(name))
    if value is None or before is None or comment in facts.values or value == before or _unlike(facts):
        return
    threshold = Decimal(str(params.get("threshold", _DEFAULT_THRESHOLD)))
    moved = 100 * abs(value - before) / abs(before) if before else None
    if moved is not None and moved <= threshold:
        return
    way = "up" if value > before else "down"
    change = f"{way} by {fields.show(moved, 0)}%" if moved is not None else way
    words = {"before": _shown(facts, before), "change": change, "comment": facts.heading(comment)}
    yield Problem("value-moved", name, words, _shown(facts, value))


def _unlike(facts: RowFacts) -> bool:
    now, then = facts.values.get("period_type"), facts.previous.get("period_type")
    return now is not None and then is not None and not same(now, then)


@rule("comment-when-target-missed", needs=("value", "comment"))
def comment_when_target_missed(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A value on the wrong side of its target needs a comment. Without a polarity there is no wrong side."""
    name, comment = text(params, "value"), text(params, "comment")
    value, target = number(facts.values.get(name)), number(facts.item.values.get("target")) if facts.item else None
    if value is None or target is None or comment in facts.values or facts.item is None:
        return
    polarity = fields.fold(facts.item.text("polarity"))
    if (polarity.startswith("higher") and value < target) or (polarity.startswith("lower") and value > target):
        words = {"target": _shown(facts, target), "comment": facts.heading(comment)}
        yield Problem("target-missed", name, words, _shown(facts, value))
