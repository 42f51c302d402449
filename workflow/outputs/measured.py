"""Two sheets beside the measures: what each of them means, and its figures quarter by quarter."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workflow import disclosure
from workflow.fields import show
from workflow.model import Column, Content, Item, Kind, Period, Purpose, Sheet
from workflow.outputs import readings
from workflow.outputs.columns import placed
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope, once
from workflow.outputs.sheets import NOT_APPLICABLE, NOT_AVAILABLE, item_heading, title_words

QUARTERS = 4  # of history in a pack, as boards are used to (a year); the tracker has every one


def definitions_sheet(scope: Scope) -> Sheet:
    """What each measure counts, where its figures come from and who answers for them, as the register has it."""
    none = NOT_APPLICABLE if scope.board else None
    rows: list[tuple[Content, ...]] = [
        (
            item.key,
            title_words(item),
            item.text("detail") or none,
            _kind(item),
            item.text("source") or none,
            item.text("owner") or scope.register.partner_name(item.lead),
            _number(item, "target") or none,
            _tolerance(item) or none,
            _baseline(scope, item) or none,
        )
        for item in scope.of(Purpose.MEASURES)
    ]
    columns = (
        Column("Row key", width=14, key=True),
        Column(item_heading(scope.measures.one, "Source", "Owner"), Kind.LONG_TEXT, 34),
        Column("What it means", Kind.LONG_TEXT, 34),
        Column("Unit and what is better", width=20),
        Column("Source", width=18),
        Column("Owner", width=18),
        Column("Target", width=10),
        Column("Tolerance", width=10),
        Column("Baseline", width=10),
    )
    return table_sheet(scope, words_of(scope, "definitions"), columns, rows)


def _kind(item: Item) -> str:
    """ "Number of people, by quarter. Lower is better"."""
    unit, counts = item.text("unit") or "number", item.text("counts")
    what = f"{unit[:1].upper()}{unit[1:]}{f' of {counts}' if counts and counts != 'things' else ''}"
    kind = item.text("period_type")
    told = f"{what}, {kind[:1].lower()}{kind[1:]}" if kind else what
    return ". ".join(part for part in (told, item.text("polarity")) if part)


def _number(item: Item, name: str) -> str:
    value = item.values.get(name)
    return show(placed(Decimal(value), item)) if isinstance(value, Decimal | int) and not isinstance(value, bool) else ""


def _baseline(scope: Scope, item: Item) -> str:
    """A small count of people is not shown to the public here either, nor the others of its whole that would give it away."""
    if scope.is_public and {item.key, _whole(item)} & once(scope, _wholes_of_few):
        return disclosure.HIDDEN
    return _number(item, "baseline")


def _whole(item: Item) -> str:
    return item.text("part_of").partition(":")[0].strip() or item.key


def _wholes_of_few(scope: Scope) -> frozenset[str]:
    """The wholes of which some baseline, of a part or of the whole itself, is a small count."""
    return frozenset(_whole(item) for item in scope.view.measures if _few(scope, item))


def _few(scope: Scope, item: Item) -> bool:
    value = item.values.get("baseline")
    counted = item.text("counts") in disclosure.ABOUT_PEOPLE and (item.text("unit") or "number") == "number"
    return counted and isinstance(value, Decimal | int) and disclosure.small(Decimal(value), scope.limits.count)


def _tolerance(item: Item) -> str:
    value = item.values.get("tolerance")
    return f"{show(value)}%" if isinstance(value, Decimal | int) else ""


def history_sheet(scope: Scope) -> Sheet:
    """One row per measure, one column per quarter: the last four in a pack, all in the tracker."""
    periods = scope.moments.periods[-QUARTERS:] if scope.board else scope.moments.periods
    rows = [
        (
            item.key,
            title_words(item),
            item.text("unit") or "number",
            item.text("period_type") or (NOT_APPLICABLE if scope.board else None),
            *(_figure(scope, item, period) for period in periods),
        )
        for item in scope.of(Purpose.MEASURES)
    ]
    columns = (
        Column("Row key", width=14, key=True),
        Column(item_heading(scope.measures.one, "Unit"), Kind.LONG_TEXT, 44),
        Column("Unit", width=14),
        Column("Period type", width=18),
        *(Column(p.label, Kind.DECIMAL, 13) for p in periods),
    )
    return table_sheet(scope, words_of(scope, "history"), columns, rows, *_unlike(scope, periods))


def _figure(scope: Scope, item: Item, period: Period) -> Content:
    """A quarter's figure as this audience may see it, or the reason why there is none."""
    given = scope.now.readings.given(item, period.key)
    if given is None or given.value is None:
        return (given.reason if given and given.reason else NOT_AVAILABLE) if scope.board else None
    return disclosure.HIDDEN if scope.why_hidden_then(item, period.key) else placed(given.value, item)


def _unlike(scope: Scope, periods: tuple[Period, ...]) -> Iterator[str]:
    """Which measures were given for periods of other kinds from quarter to quarter, so that their row is no trend."""
    odd = []
    for item in scope.of(Purpose.MEASURES):
        given = [g for p in periods if (g := scope.now.readings.given(item, p.key)) and g.value is not None]
        if len({g.period_type for g in given}) > 1:
            odd.append(f"{item.key} ({'; '.join(readings.period_words(g) for g in given)})")
    if odd:
        yield f"Given for unlike periods, so not to be compared along the row: {', '.join(odd)}."
