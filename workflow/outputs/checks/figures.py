"""Whether figures have what belongs to them and fit together, as `rules.measures` and `rules.changes` have it.

A value of a percentage from -1 to 1 may have been typed with a per cent sign (36.4% is kept as 0.364), which only its format
tells. What depends on its size is then left to arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from workflow import rules
from workflow.fields import MONTHS, fold
from workflow.model import Item, Period, Value
from workflow.outputs.checks.answers import Params
from workflow.outputs.checks.formulas import NEVER, Number, Row, Test, compare, constant, either
from workflow.outputs.checks.lines import Part, Topic
from workflow.outputs.checks.months import Months
from workflow.outputs.checks.table import Table
from workflow.rules.likeness import CUMULATIVE, TO_DATE
from workflow.rules.measures import FACTORS, NEVER_NEGATIVE, WHOLE, is_change, misfit
from workflow.rules.registry import number


def value_or_reason(table: Table, params: Params) -> Iterable[Part]:
    """Exactly one of a value and the reason why there is none."""
    value, reason = str(params["value"]), str(params["reason"])
    neither = ~table.filled(value) & ~table.filled(reason)
    both = table.is_number(value) & table.known_word(reason)
    words = f"{table.heading(value)}, or a reason under {table.heading(reason)}: one of the two"
    yield Part(Topic.VALUE, value, neither, ("value-missing",), words, table.begun)
    yield Part(Topic.VALUE, reason, both, ("value-and-reason",), words, table.begun)


def _unit(table: Table, *units: str) -> Test:
    return table.listed(k for k, i in table.items.items() if i.text("unit") in units)


def _sure(table: Table, value: str) -> Test:
    """Whether the size of a value is known: not where it may stand for a hundred times as much."""
    shares = _unit(table, "%")
    if shares is NEVER:
        return table.is_number(value)
    small = compare(table.cell(value), ">=", constant(-1)) & compare(table.cell(value), "<=", constant(1))
    return table.is_number(value) & ~(shares & small & compare(table.cell(value), "<>", constant(0)))


# --- one row's figures


def within_percent(table: Table, params: Params) -> Iterable[Part]:
    """A share of less than nothing or more than all."""
    name = str(params["value"])
    shares = table.listed(k for k, i in table.items.items() if i.text("unit") == "%" and not is_change(i))
    wrong = either((compare(table.cell(name), "<", constant(0)), compare(table.cell(name), ">", constant(100))))
    yield Part(Topic.FIGURES, name, shares & table.is_number(name) & wrong, ("percent-range",), scope=table.begun)


def fraction(table: Table, params: Params) -> Iterable[Part]:
    """Parts within their whole, that come to the value; counts whole and not below nothing."""
    value, n, d = (str(params[name]) for name in ("value", "numerator", "denominator"))
    yield from _counts(table, (value, n, d))
    factors = {k: FACTORS[i.text("unit")] for k, i in table.items.items() if i.text("unit") in FACTORS and not is_change(i)}
    both = table.is_number(n) & table.is_number(d)
    over = table.listed(k for k, f in factors.items() if f == 100) & both & compare(table.cell(n), ">", table.cell(d))
    nothing = table.listed(factors) & both & compare(table.cell(d), "<=", constant(0)) & ~over
    yield Part(Topic.FIGURES, n, over, ("fraction-over",), scope=table.begun)
    yield Part(Topic.FIGURES, d, nothing, ("fraction-of-nothing",), scope=table.begun)
    if table.plain_keys:
        sure = table.listed(factors) & both & _sure(table, value) & ~over & ~nothing
        wrong = sure & _disagrees(table, (value, n, d), factors)
        yield Part(Topic.FIGURES, value, wrong, ("fraction-disagrees",), scope=table.begun)


def _disagrees(table: Table, names: tuple[str, str, str], factors: Mapping[str, int]) -> Test:
    """Whether n out of d is another figure than the value, beyond the rounding of its last place.

    Worked out without dividing, and a billionth aside for what binary arithmetic loses.
    """
    value, n, d = names
    factor = table.by_key(factors)
    v, top, bottom = (table.worth(name).formula for name in names)
    point = "MID(1/2,2,1)"
    text = table.column(value)
    places = f"(LEN({text})-FIND({point},{text}&{point}))"
    slack = f"0.5*10^(-{places}*({places}>0))"
    formula = f"(ABS({factor.formula}*{top}-{v}*{bottom})>{slack}*{bottom}*1.000000001)"

    def passes(row: Row) -> bool:
        worked = Decimal(str(factor.of(row))) * row.number(n) / row.number(d)
        return abs(worked - row.number(value)) > rules.measures.rounding(row.number(value))

    return Test(formula, passes)


def no_more_than(table: Table, params: Params) -> Iterable[Part]:
    """A part that is more than what it is a part of."""
    name, than = str(params["field"]), str(params["than"])
    over = table.is_number(name) & table.is_number(than) & compare(table.cell(name), ">", table.cell(than))
    yield Part(Topic.FIGURES, name, over, ("part-over",), table.heading(than), table.begun)


def _counts(table: Table, names: tuple[str, str, str]) -> Iterable[Part]:
    """Counts that are not whole, or below nothing."""
    value, *parts = names
    counted = {k: i for k, i in table.items.items() if i.text("counts")}
    plain = [k for k, i in counted.items() if i.text("unit") in ("number", "") and not _averaged(i)]
    shares = [k for k, i in counted.items() if i.text("unit") == "%" and i.text("counts") in WHOLE]
    positive = [k for k, i in counted.items() if i.text("unit") in NEVER_NEGATIVE and not is_change(i)]
    below = table.is_number(value) & compare(table.cell(value), "<", constant(0)) & table.listed(positive)
    broken = table.listed(plain) & table.has_fraction(value)
    yield Part(Topic.FIGURES, value, either((broken, below)), ("count-not-whole", "count-negative"), scope=table.begun)
    for name in parts:
        broken = table.listed([*plain, *shares]) & table.has_fraction(name)
        yield Part(Topic.FIGURES, name, broken, ("count-not-whole",), scope=table.begun)


def _averaged(item: Item) -> bool:
    decimals = item.values.get("decimals")
    return isinstance(decimals, int | Decimal) and decimals > 0


# --- the period of a figure


def period_given(table: Table, params: Params) -> Iterable[Part]:
    """A value without its period, of another kind than usual, or (for a quarter, in quarters) of another one."""
    kind, end, value = str(params["type"]), str(params["end"]), str(params.get("value", "value"))
    for name in (kind, end):
        missing = table.is_number(value) & ~table.filled(name)
        yield Part(Topic.PERIOD, name, missing, ("period-missing",), "", table.begun, (kind, end))
    codes = table.codes(kind)
    usual = {k: codes.get(fold(i.text("period_type")), 99) for k, i in table.items.items() if i.text("period_type")}
    unlike = table.listed(usual) & compare(table.code(kind), "<>", table.by_key(usual)) & table.known_word(kind)
    yield Part(Topic.PERIOD, kind, unlike, ("period-type-differs",), scope=table.begun)
    months = Months(table, end)
    by_quarter = table.listed(k for k, i in table.items.items() if fold(i.text("period_type")) == table.period.word)
    quarterly = either((table.is_one_of(kind, (table.period.word.capitalize(),)), ~table.known_word(kind) & by_quarter))
    shown = f"{MONTHS[table.period.end.month - 1]} {table.period.end.year}"
    yield Part(Topic.PERIOD, end, months.future, ("date-after-limit",), scope=table.begun)
    wrong = quarterly & months.other_than(table.period.end) & ~months.future
    yield Part(Topic.PERIOD, end, wrong, ("period-end-differs",), shown, table.begun)


# --- what calls for a comment


def comment_when_target_missed(table: Table, params: Params) -> Iterable[Part]:
    """A value on the wrong side of its target, without a comment."""
    value, comment = str(params["value"]), str(params["comment"])
    targets = {k: t for k, i in table.items.items() if (t := number(i.values.get("target"))) is not None}
    missed = either(
        table.listed(k for k in targets if fold(table.items[k].text("polarity")).startswith(better))
        & compare(table.cell(value), sign, table.by_key(targets))
        for better, sign in (("higher", "<"), ("lower", ">"))
    )
    test = _sure(table, value) & ~table.filled(comment) & missed
    yield Part(Topic.COMMENT, value, test, ("target-missed",), "missed its target", table.begun)


def small_number(table: Table, params: Params) -> Iterable[Part]:
    """A new figure that stands for a few people, or gives a few away, without a comment."""
    value, comment, least = str(params["value"]), str(params["comment"]), rules.people.threshold(params)
    people = {k: i for k, i in table.items.items() if i.text("counts").lower() in rules.people.ABOUT_PEOPLE}
    open_ = {k: i for k, i in people.items() if not is_change(i) and not rules.people.held_back(i)}
    before = {k: v for k, told in table.before(value).items() if k in open_ and (v := number(told)) is not None}
    again = table.listed(before) & compare(table.cell(value), "=", table.by_key(before))
    new = _sure(table, value) & ~again & ~table.filled(comment)
    counted = table.listed(k for k, i in open_.items() if i.text("unit") in ("number", "")) & _few(table.cell(value), least)
    yield Part(Topic.COMMENT, value, new & counted, ("small-number",), "stands for few people", table.begun)
    n, d = str(params.get("numerator", "")), str(params.get("denominator", ""))
    if n in table.shown and d in table.shown and table.plain_keys:
        top, whole = table.worth(n), table.worth(d)
        rest = Number(f"({whole.formula}-{top.formula})", lambda row: row.number(d) - row.number(n))
        few = either((_few(table.cell(n), least), compare(rest, ">", constant(0)) & compare(rest, "<", constant(least))))
        part = table.listed(open_) & table.is_number(n) & table.is_number(d) & few & ~counted
        yield Part(Topic.COMMENT, n, new & part, ("small-number-part",), "stands for few people", table.begun)


def _few(cell: Number, least: int) -> Test:
    """A number that is not 0 and nearer to it than `least`."""
    near = compare(cell, ">", constant(-least)) & compare(cell, "<", constant(least))
    return near & compare(cell, "<>", constant(0))


def movement(table: Table, params: Params) -> Iterable[Part]:
    """A value that moved far from the last one of the same kind of period, without a comment.

    A running total is left out: how far it should have moved is worked out on arrival.
    """
    value, comment = str(params["value"]), str(params["comment"])
    alike = _Alike(table, value)
    usual = Decimal(str(params.get("threshold", rules.changes.DEFAULT_THRESHOLD)))
    low: dict[str, Decimal] = {}
    high: dict[str, Decimal] = {}
    for key, before in alike.values.items():
        if alike.kinds[key] not in (fold(CUMULATIVE), fold(TO_DATE)):
            item = table.items[key]
            own = number(item.values.get("swing"))
            limit = usual if own is None else own
            reach = limit if is_change(item) else abs(before) * limit / 100
            low[key], high[key] = before - reach, before + reach
    outside = either((compare(table.cell(value), "<", table.by_key(low)), compare(table.cell(value), ">", table.by_key(high))))
    test = _sure(table, value) & ~table.filled(comment) & outside & alike.like & alike.dated(tuple(low))
    yield Part(Topic.COMMENT, value, test, ("value-moved",), f"moved by {usual}%", table.begun)


def cumulative_falls(table: Table, params: Params) -> Iterable[Part]:
    """A cumulative count below its last reading, without a comment. A year to date is looked at on arrival."""
    value, comment = str(params["value"]), str(params["comment"])
    alike = _Alike(table, value)
    totals = {
        k: v for k, v in alike.values.items()
        if alike.kinds.get(k) == fold(CUMULATIVE) and fold(table.items[k].text("unit")) in ("", "number", "\u00a3")
    }  # fmt: skip
    fell = table.listed(totals) & compare(table.cell(value), "<", table.by_key(totals))
    test = table.is_number(value) & ~table.filled(comment) & fell & alike.like & alike.no_earlier
    yield Part(Topic.COMMENT, value, test, ("value-fell",), "fell", table.begun)


def _fits(period: Period, kind: str, then: Value | None, end: date) -> bool:
    return misfit(period, kind, end) is None and not (isinstance(then, date) and end < then)


class _Alike:
    """The last figures of the rows, and whether this quarter's may be set beside them (`rules.likeness`)."""

    def __init__(self, table: Table, value: str) -> None:
        self._table, self._months = table, Months(table, "period_end")
        before = table.before(value)
        self.values = {k: v for k, told in before.items() if (v := number(told)) is not None}
        kind = table.before("period_type")
        self.kinds = {k: fold(str(kind.get(k) or table.items[k].text("period_type"))) for k in self.values}

    @property
    def like(self) -> Test:
        """The figure is of the same kind of period, with no start given that would have to be held against the last one's."""
        table = self._table
        groups: dict[str, list[str]] = {}
        for key, kind in self.kinds.items():
            groups.setdefault(kind, []).append(key)
        told = [table.listed(keys) & table.is_one_of("period_type", (kind,)) for kind, keys in groups.items()]
        usual = table.listed(k for k, kind in self.kinds.items() if kind == fold(table.items[k].text("period_type")))
        start = either((table.is_number("period_start"), table.has_digit("period_start")))  # or it cannot be read
        started = start & table.listed(table.before("period_start"))
        return either((*told, usual & ~table.known_word("period_type"))) & ~started

    @property
    def _silent(self) -> Test:
        """No end is given that could be read; one in another spelling leaves it open."""
        return ~self._table.is_number("period_end") & ~self._table.has_digit("period_end")

    @property
    def no_earlier(self) -> Test:
        """The figure ends no earlier than the last one did, as far as its end says."""
        return either((self._silent, self._months.no_earlier_than(self._table.before("period_end"))))

    def dated(self, keys: Sequence[str]) -> Test:
        """One of these rows, whose figure ends no earlier than the last one did and where its kind of period may end."""
        told = self._table.before("period_end")
        groups: dict[tuple[str, Value | None], list[str]] = {}
        for key in keys:
            groups.setdefault((self.kinds[key], told.get(key)), []).append(key)
        dated: list[Test] = []
        for (kind, then), rows in groups.items():
            ends = self._months.around(partial(_fits, self._table.period, kind, then))
            dated.append(self._table.listed(rows) & self._months.one_of(ends))
        return either((self._silent & self._table.listed(keys), *dated))


RULES = {
    "value-or-reason": value_or_reason, "within-percent": within_percent, "fraction": fraction, "period-given": period_given,
    "comment-when-target-missed": comment_when_target_missed, "movement": movement, "cumulative-falls": cumulative_falls,
    "small-number": small_number, "no-more-than": no_more_than,
}  # fmt: skip
