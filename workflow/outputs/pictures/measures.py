"""Each key measure beside its target: a column for each quarter's figure from nought, and a dashed line for the target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow import disclosure
from workflow.fields import show
from workflow.model import Chart, Column, Content, Draws, Item, Kind, Period, Purpose, Series
from workflow.outputs import readings
from workflow.outputs.columns import placed
from workflow.outputs.front import Section
from workflow.outputs.pictures.sheet import picture, quarters, span
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import NOT_APPLICABLE, NOT_AVAILABLE, item_heading, title_words

FIGURE, TARGET = "Figure", "Target"
MOST = 6  # pictures of measures in one paper; the rest stand in the table
_UNITS = {"number": "Number", "%": "Per cent", "£": "Pounds", "days": "Days", "rank": "Rank"}
_BLUE = "9DC3E6"


@dataclass(frozen=True, slots=True)
class _Shown:
    """One measure's figure of one quarter as this audience may see it: `value`, or `words` in its place."""

    period: Period
    value: Decimal | None
    words: str
    covers: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Measure:
    """A measure with a target and what each quarter gave for it."""

    item: Item
    target: Decimal
    shown: tuple[_Shown, ...]

    @property
    def figures(self) -> tuple[_Shown, ...]:
        """The quarters that have one."""
        return tuple(s for s in self.shown if s.value is not None)

    @property
    def is_drawn(self) -> bool:
        """Whether it has a trend: two figures or more, all for periods of one kind."""
        return len(self.figures) > 1 and len({s.kind for s in self.figures}) == 1


def measure_pictures(scope: Scope) -> Iterable[Section]:
    """A picture for each of the first measures that have a target and a trend, in the register's order; then the table."""
    known = _measures(scope)
    able = [m for m in known if m.is_drawn]
    if not able:
        return
    first, size = {m.item.key: n * len(m.shown) for n, m in enumerate(known)}, len(known[0].shown)
    for measure in able[:MOST]:
        notes = [line for line in (_gaps(measure), "The target is the one on the register now.") if line]
        yield picture(scope, measure.item.key, _chart(scope, measure, (first[measure.item.key], size)), notes)
    form = scope.measures
    rows: list[tuple[Content, ...]] = [
        (
            m.item.key,
            title_words(m.item),
            s.period.label,
            s.covers,
            s.words if s.value is None else s.value,
            m.target,
            m.item.text("unit") or "number",
        )
        for m in known
        for s in m.shown
    ]
    columns = (
        Column("Row key", width=14, key=True),
        Column(item_heading(form.one, FIGURE, TARGET, scope.word, "Unit"), Kind.LONG_TEXT, 44),
        Column(scope.word.capitalize(), width=13),
        Column("What the figure covers", width=26),
        Column(FIGURE, Kind.DECIMAL, 12),
        Column(TARGET, Kind.DECIMAL, 12),
        Column("Unit", width=14),
    )
    around = words_of(scope, "picture_measures", plural=form.plural)
    yield Section(table_sheet(scope, around, columns, rows, *_lines(known, able)), around.about)


def _measures(scope: Scope) -> list[_Measure]:
    """The measures that have a target and, in any quarter, a figure to show."""
    if not any(form.is_measures for form in scope.forms):
        return []
    found = []
    for item in scope.of(Purpose.MEASURES):
        target = item.values.get("target")
        if isinstance(target, Decimal | int) and not isinstance(target, bool):
            shown = tuple(_shown(scope, item, period) for period in quarters(scope))
            found.append(_Measure(item, placed(Decimal(target), item), shown))
    return [m for m in found if m.figures]


def _shown(scope: Scope, item: Item, period: Period) -> _Shown:
    given = scope.now.readings.given(item, period.key)
    if given is None:
        return _Shown(period, None, NOT_AVAILABLE, NOT_APPLICABLE, "")
    covers = readings.period_words(given) if given.value is not None or given.end else NOT_APPLICABLE
    if scope.why_hidden_then(item, period.key):
        return _Shown(period, None, disclosure.HIDDEN, covers, given.period_type)
    value = None if given.value is None else placed(given.value, item)
    return _Shown(period, value, given.reason or NOT_AVAILABLE, covers, given.period_type)


def _lines(known: Sequence[_Measure], able: Sequence[_Measure]) -> Iterable[str]:
    """What this table holds that no picture shows."""
    yield "Each figure is for the period it covers. The target is the one on the register now."
    if more := able[MOST:]:
        yield f"Only the first {MOST} are drawn. In this table and in no picture: {_keys(more)}."
    if less := [m for m in known if not m.is_drawn]:
        yield f"In no picture, as there are fewer than two figures or they are for unlike periods: {_keys(less)}."
    if any(s.words == disclosure.HIDDEN for m in known for s in m.shown if s.value is None):
        yield f"{disclosure.HIDDEN}: the figure is not shown, here or in a picture."


def _keys(measures: Sequence[_Measure]) -> str:
    return ", ".join(m.item.key for m in measures)


def _gaps(measure: _Measure) -> str:
    """Which quarters have no column, and why."""
    gaps = [f"{s.period.label} {s.words}" for s in measure.shown if s.value is None]
    return f"Gaps: {'; '.join(gaps)}. The Notes sheet says what the signs mean." if gaps else ""


def _table(scope: Scope) -> str:
    """The name of the sheet that the pictures draw."""
    return words_of(scope, "picture_measures", plural=scope.measures.plural).sheet


def _chart(scope: Scope, measure: _Measure, rows: tuple[int, int]) -> Chart:
    """The picture of the rows of the table from the first of `rows`, as many as the second says."""
    item = measure.item
    target = f"Target: {show(measure.target)}"
    unit = item.text("unit") or "number"
    counted = f" of {item.text('counts')}" if unit == "number" and item.text("counts") else ""
    kind, word = measure.figures[0].kind, scope.word.capitalize()
    return Chart(
        draws=Draws.COLUMNS,
        title=title_words(item),
        sheet=_table(scope),
        names=word,
        series=(Series(FIGURE, FIGURE, 0, _BLUE), Series(TARGET, target, 0, line=True)),
        first=rows[0],
        count=rows[1],
        alt=_alt(measure, scope.word),
        names_title=f"{word} (each figure: {kind.lower()})" if kind else word,
        values_title=f"{_UNITS.get(unit, unit[:1].upper() + unit[1:])}{counted}",
    )


def _alt(measure: _Measure, word: str) -> str:
    """Every figure in words, and how the last one stands to the target."""
    item, figures = measure.item, measure.figures
    unit = {"%": "%", "number": ""}.get(item.text("unit") or "number", f" ({item.text('unit')})")
    sign = unit if unit == "%" else ""
    better = item.text("polarity")
    way = f" {better}." if better in ("Higher is better", "Lower is better") else ""
    labels = [s.period.label for s in measure.shown]
    said = [
        f"Columns of {title_words(item).rstrip('.')}, for each {word}, {span(labels)}, with a dashed line at the target of "
        f"{show(measure.target)}{unit}.{way}",
        "; ".join(f"{s.period.label}: {_said(s, sign)}" for s in measure.shown) + ".",
    ]
    last = figures[-1]
    off = readings.shortfall(last.value, item)
    if way and off is not None:
        said.append(f"The last figure shown, of {last.period.label}, {'meets' if off == 0 else 'does not meet'} the target.")
    return " ".join(said)


def _said(shown: _Shown, unit: str) -> str:
    if shown.value is not None:
        return f"{show(shown.value)}{unit}"
    return "not shown" if shown.words == disclosure.HIDDEN else "no figure"
