"""The sheet that a picture stands on: a title, what the picture shows in words, and the way to its table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workflow.model import Chart, Mark, Period, Sheet
from workflow.outputs.front import Section
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import LONGEST_TAB, heading_lines, table_name, title

MOST_QUARTERS = 8  # two years: more columns would not bear their figures
_NOT_IN_NAMES = re.compile(r"[^\w .-]+")


def picture(scope: Scope, name: str, chart: Chart, notes: Sequence[str] = ()) -> Section:
    """A chart on its own sheet. Its alternative text also stands there as a line: what is said to some is said to all."""
    tab = " ".join(_NOT_IN_NAMES.sub(" ", f"Picture {name}").split())[:LONGEST_TAB].strip()
    way = Mark(f"The table that this picture draws: {chart.sheet}", link=f"#'{chart.sheet}'!A1")
    sheet = Sheet(
        name=tab,
        title=title(scope, f"Picture: {chart.title}"),
        lines=(*heading_lines(scope, chart.alt, *notes), way),
        table=table_name(tab, scope.view.period),
        layout="text",
        description=chart.alt,
        chart=chart,
    )
    return Section(sheet, f"Picture: {chart.title}")


def quarters(scope: Scope, most: int = MOST_QUARTERS) -> tuple[Period, ...]:
    """The last quarters up to the paper's own, from the first in which anything was returned."""
    return scope.moments.periods[-most:]


def span(labels: Sequence[str]) -> str:
    """From which quarter to which."""
    return f"{labels[0]} to {labels[-1]}"
