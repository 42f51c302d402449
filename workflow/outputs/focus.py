"""The theme of the quarter: every row of the theme that a board's meeting is about, whatever its form, on one sheet."""

from __future__ import annotations

from workflow.model import Column, Content, Form, Item, Kind, Sheet, Theme
from workflow.outputs import readings, standing
from workflow.outputs.columns import measure_value, rag_now
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope, shown_value
from workflow.outputs.sheets import NOT_APPLICABLE, NOT_AVAILABLE, text_of, title_words
from workflow.wording import shorten

_LABEL, _TEXT = 160, 600  # the whole of it stands on the form's own sheet


def theme_of_quarter(scope: Scope) -> Theme | None:
    """The theme that the register gives the board for the period's quarter; None where it gives none."""
    if scope.board is None:
        return None
    name = next((name for quarter, name in scope.board.focus if quarter == scope.view.period.quarter), "")
    return next((t for t in scope.register.themes if t.id == name), None)


def theme_sheet(scope: Scope, theme: Theme) -> Sheet:
    """One row per item of the theme: where it stands, what is new, in the order of the sheets."""
    rows: list[tuple[Content, ...]] = [
        _row(scope, form, item)
        for form in scope.forms
        for item in scope.rows(form.name)
        if (found := standing.theme_of(item, scope.register)) and found.id == theme.id
    ]
    columns = (
        Column("Row key", width=14, key=True),
        Column("Sheet", width=14),
        Column("What", Kind.LONG_TEXT, 40),
        Column("Lead", width=18),
        Column("RAG now", width=14),
        Column(f"This {scope.word}", Kind.LONG_TEXT, 50),
    )
    return table_sheet(scope, words_of(scope, "theme", theme=theme.title), columns, rows)


def _row(scope: Scope, form: Form, item: Item) -> tuple[Content, ...]:
    return (
        item.key,
        form.sheet,
        shorten(title_words(item), _LABEL),
        scope.register.partner_name(item.lead) or NOT_APPLICABLE,
        rag_now(scope, item) or NOT_APPLICABLE,
        _told(scope, form, item),
    )


def _told(scope: Scope, form: Form, item: Item) -> str:
    """The quarter's progress, or the figure with its period and direction; a note's own detail."""
    if form.is_measures:
        return figure_words(scope, item)
    if form.has("progress") and "progress" not in scope.hidden(item):
        return shorten(standing.progress(scope.moments, item), _TEXT)
    return shorten(text_of(shown_value(scope, item, "detail")), _TEXT) if form.has("detail") else NOT_AVAILABLE


def figure_words(scope: Scope, item: Item) -> str:
    """A measure's figure in a sentence: "31 people. Quarter to Sep 2023. Down 12.3% on the figure before: Better"."""
    now = scope.now.readings.now(item)
    figure = text_of(measure_value(scope, item))
    if now is None or now.value is None or "value" in scope.hidden(item):
        return figure
    parts = [f"{figure}{'%' if item.text('unit') == '%' else ''}", readings.period_words(now)]
    if "change" not in scope.hidden(item):
        parts.append(readings.change(item, now, scope.now.readings.before(item)).both)
    return ". ".join(parts)
