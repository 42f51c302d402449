"""The sheet *Year end*: what becomes of every row that goes from year to year, and what is still open about it."""

from __future__ import annotations

from workflow import yearend
from workflow.fields import show
from workflow.model import Column, Content, Kind, Sheet
from workflow.outputs import standing
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import Words, data_sheet, item_heading, title_words
from workflow.yearend import Ending, Outcome

NAME = "Year end"


def year_end_sheet(scope: Scope) -> Sheet:
    """One row for each item: what happens to it, into what it is merged, why, and where its lead says so."""
    end = scope.year_end
    columns = (
        Column("Row key", width=18, key=True),
        Column("Ref", width=8),
        Column(item_heading(yearend.called(scope.view.forms), "Lead", "Status"), Kind.LONG_TEXT, 44),
        Column("Lead", width=20),
        Column("Status", width=14),
        Column("Next year", width=16),
        Column("Merged into", Kind.LONG_TEXT, 34),
        Column("Why", Kind.LONG_TEXT, 36),
        Column("Source", width=30),
    )
    words = Words(
        title="What happens next year",
        lines=(
            f"{_counts(end)}.",
            "Not said: nobody has answered yet, so the row goes on. What ends is asked for no more from the next"
            f" {scope.word} on.",
        ),
        empty="No row goes from year to year.",
    )
    return data_sheet(scope, NAME, columns, [_row(scope, e) for e in end.endings], words)


def _counts(end: yearend.YearEnd) -> str:
    return "; ".join(f"{outcome}: {len(end.of(outcome))}" for outcome in Outcome)


def _row(scope: Scope, e: Ending) -> tuple[Content, ...]:
    item = e.item
    into = f"{e.target.key}: {title_words(e.target)}" if e.target else None
    if e.problem:
        into = f"Not clear: the reason {e.problem}"
    return (
        item.key,
        item.text("ref") or None,
        standing.title_of(item),
        scope.register.partner_name(item.lead),
        e.status or None,
        show(e.outcome.value),
        into,
        e.reason or None,
        standing.place_words(e.said) if e.said else None,
    )
