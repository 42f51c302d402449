"""Rules about figures: a value or a reason, parts that agree, a period, and a comment on what stands out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from workflow import fields
from workflow.model import Item, Period
from workflow.rules.dates import after_limit
from workflow.rules.registry import Params, Problem, RowFacts, number, rule, same, text

_CHANGE = re.compile(r"\b(?:change|increase|decrease|growth|reduction|rise|fall)\b")
_SHARE = re.compile(r"(?:the )?(?:share|proportion|percentage|per cent|part)s? of\b")
FACTORS = {"%": 100, "rate per 1,000": 1000}
WHOLE = ("people", "households", "incidents")  # what cannot be halved, so that a share of it is one whole number of another
NEVER_NEGATIVE = ("number", "", "rate per 1,000", "days", "rank")  # domain.md A10 F4: 0 or more, unless it is a change


def is_change(item: Item | None) -> bool:
    """Whether a measure is itself a change, so that less than 0 or more than 100 per cent is in order.

    By its title; or, for a percentage that is not called a share, by its definition. A count whose definition only speaks
    of a rise is a count.
    """
    if item is None:
        return False
    detail = fields.fold(item.text("detail"))
    told = item.text("unit") == "%" and not _SHARE.match(detail) and bool(_CHANGE.search(detail))
    return told or bool(_CHANGE.search(fields.fold(item.text("title"))))


def _unit(facts: RowFacts) -> str:
    return facts.item.text("unit") if facts.item else ""


def shown(facts: RowFacts, value: Decimal) -> str:
    """A figure with its unit, as a sentence says it: "36.4%", "£1,250", "47"."""
    unit = _unit(facts)
    figure = fields.show(value)
    return {"%": f"{figure}%", "£": f"£{figure}"}.get(unit, figure)


@rule(
    "value-or-reason", needs=("value", "reason"),
    codes=("value-and-reason", "value-missing",), v=("V16",),
    says="Each row has {value} or {reason}: one of the two, not both.",
)
def value_or_reason(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Exactly one of a value and the reason why there is none."""
    name, why = text(params, "value"), text(params, "reason")
    value, reason = facts.values.get(name), facts.values.get(why)
    if value is not None and reason is not None:
        yield Problem("value-and-reason", why, {"value": fields.show(value)}, fields.show(reason))
    elif facts.blank(name) and facts.blank(why):
        yield Problem("value-missing", name, {"other": facts.heading(why)})


@rule(
    "fraction", needs=("value", "numerator", "denominator"),
    codes=("fraction-over", "fraction-of-nothing", "fraction-disagrees", "count-not-whole", "count-negative"), v=("V14",),
    says="{numerator} out of {denominator} comes to {value}, and what is counted is a whole number.",
)
def fraction(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Parts fit the whole: n <= d for a percentage, n / d is the value within its rounding, counts are whole."""
    value_name, n_name, d_name = (text(params, p) for p in ("value", "numerator", "denominator"))
    yield from _not_whole(facts, (value_name, n_name, d_name))
    n, d = number(facts.values.get(n_name)), number(facts.values.get(d_name))
    factor = FACTORS.get(_unit(facts))
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
        yield Problem("fraction-disagrees", value_name, words, shown(facts, value))


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounding(value: Decimal) -> Decimal:
    """How far a rounded value may lie from the exact one: half of its last decimal place."""
    return Decimal("0.5").scaleb(-_places(value))


def _not_whole(facts: RowFacts, names: tuple[str, str, str]) -> Iterable[Problem]:
    """A count of people, incidents or things that is below 0 or not whole.

    Averages (decimals set on the item) are left alone; of a percentage its two parts are counts, of a rate neither.
    """
    item, unit = facts.item, _unit(facts)
    if item is None or not item.text("counts"):
        return
    counted = unit in ("number", "") and not number(item.values.get("decimals"))
    whole = names if counted else names[1:] if unit == "%" and item.text("counts") in WHOLE else ()
    for name in names:
        value = number(facts.values.get(name))
        if value is None:
            continue
        if name in whole and value != value.to_integral_value():
            yield Problem("count-not-whole", name, {"counts": item.text("counts").lower()}, fields.show(value))
        elif name == names[0] and value < 0 and unit in NEVER_NEGATIVE and not is_change(item):
            yield Problem("count-negative", name, {"counts": item.text("counts").lower()}, fields.show(value))


@rule(
    "no-more-than", needs=("field", "than"),
    codes=("part-over",), v=("V14",),
    says="{field} is no more than {than}.",
)
def no_more_than(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A number that is a part of another is not more than it, such as those who came and the places there were."""
    name, than = text(params, "field"), text(params, "than")
    part, whole = number(facts.values.get(name)), number(facts.values.get(than))
    if part is not None and whole is not None and part > whole >= 0:
        yield Problem("part-over", name, {"other": facts.heading(than), "value": fields.show(whole)}, fields.show(part))


@rule(
    "within-percent", needs=("value",),
    codes=("percent-range",), v=("V13", "V14",),
    says="A percentage under {value} is from 0 to 100, unless the {one} is a change.",
)
def within_percent(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A percentage that is a share lies from 0 to 100; a percentage change need not."""
    name = text(params, "value")
    value = number(facts.values.get(name))
    if value is not None and _unit(facts) == "%" and not 0 <= value <= 100 and not is_change(facts.item):
        yield Problem("percent-range", name, {}, shown(facts, value))


@rule(
    "period-given", needs=("type", "end"), fields=("value",),
    codes=(
        "period-missing", "period-type-differs", "period-end-differs", "period-end-early", "period-end-not-year", "period-old",
    ), v=("V16",),
    says="Each figure has {type} and {end}: the {one}'s usual period, and the end that fits its type and this return.",
)
def period_given(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A value says which period it covers: of the usual type, ended, and ending where its type and this return want it."""
    type_name, end_name = text(params, "type"), text(params, "end")
    kind, end = facts.values.get(type_name), facts.values.get(end_name)
    missing = [n for n in (type_name, end_name) if facts.blank(n)]
    if facts.values.get(text(params, "value", "value")) is not None and missing:
        yield Problem("period-missing", missing[0], {"boxes": facts.headings(missing)})
    usual = facts.item.text("period_type") if facts.item else ""
    if kind is not None and usual and not same(kind, usual):
        yield Problem("period-type-differs", type_name, {"usual": usual}, fields.show(kind))
    future = tuple(after_limit(facts, end_name))
    yield from future
    if isinstance(end, date) and not future and (code := misfit(facts.period, fields.fold(str(kind or usual)), end)):
        yield Problem(code[0], end_name, code[1], fields.show(end))


# How long before this quarter's end a figure may end: of 12 months, and of any other kind (a cohort's comes years later).
_OLDEST = {"rolling 12 months": (1, "12 months")}
_OLDEST_ELSE = (3, "3 years")
_YEAR_ENDS = {"financial year": (3, "March"), "calendar year": (12, "December")}  # by their last month


def misfit(period: Period, kind: str, end: date) -> tuple[str, dict[str, str]] | None:
    """The code and words of an end that its kind of period cannot have in this return; None where it fits."""
    if kind == period.word:
        return ("period-end-differs", {"day": fields.show(period.end)}) if end != period.end else None
    if kind == "year to date":
        days = {"start": fields.show(period.start), "end": fields.show(period.end)}
        return ("period-end-early", days) if end < period.start else None
    years, called = _OLDEST.get(kind, _OLDEST_ELSE)
    if (end.year + years, end.month, end.day) < (period.end.year, period.end.month, period.end.day):
        return "period-old", {"long": called, "day": fields.show(period.end)}
    last, month = _YEAR_ENDS.get(kind, (end.month, ""))
    if end.month == last:
        return None
    like = f"{fields.MONTHS[last - 1]} {end.year - (end.month < last)}"  # the last such year that had ended
    return "period-end-not-year", {"kind": kind, "month": month, "like": like}


@rule(
    "comment-when-target-missed", needs=("value", "comment"),
    codes=("target-missed",), v=("V17",),
    says="A figure under {value} that misses its target is explained under {comment}.",
)
def comment_when_target_missed(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A value on the wrong side of its target needs a comment. Without a polarity there is no wrong side."""
    name, comment = text(params, "value"), text(params, "comment")
    value, target = number(facts.values.get(name)), number(facts.item.values.get("target")) if facts.item else None
    if value is None or target is None or comment in facts.values or facts.item is None:
        return
    polarity = fields.fold(facts.item.text("polarity"))
    if (polarity.startswith("higher") and value < target) or (polarity.startswith("lower") and value > target):
        words = {"target": shown(facts, target), "comment": facts.heading(comment)}
        yield Problem("target-missed", name, words, shown(facts, value))
