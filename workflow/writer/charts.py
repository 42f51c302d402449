"""A `model.Chart` as a native chart below a sheet's lines, drawn so that it reads in black and white.

Sans-serif text of at least 10 points, no depth, bars from nought, a pattern of its own for every series, black edges and
the figures written on the bars. Each figure that the chart keeps beside its reference is a number that its table shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import ceil, log10
from typing import Any, TypeAlias

from workflow.model import Chart, Draws, Series, column_letters
from workflow.writer import values
from workflow.writer.formats import Workbook, Worksheet, contrast
from workflow.writer.grid import EMPTY_COLUMN_PX, Grid
from workflow.writer.measure import column_px, text_px

ROW_PX = 17  # an empty row
WIDE_PX = 1010  # at most: what A4 landscape prints at full size, less the chart's own edge
_PAGE_PX, _TALLEST_PX, _LOWEST_PX = 680, 560, 340
_GAP_PX = 8
_ABOVE_PX, _BELOW_PX = 70, 92  # of the bars: title and the upright axis' name; marks, name and legend
_MOST_BESIDE = 0.45  # of the width, for the names of lying bars
_BLACK, _WHITE = "#000000", "#FFFFFF"
_STANDS_OUT = 3.0  # the least contrast of what is not text (WCAG 2.2, 1.4.11)
_LONGEST_NAME = 90
_LONGEST_ALT = 1000  # a screen reader says it in one breath
_NONE = "none"
# One for each `Series.look`: "" is solid in the series' colour, `_NONE` white. They differ in direction and density, so also in
# grey and in a copy of a copy; and in LibreOffice, which draws hatches for them and makes of most lines a solid black.
PATTERNS = (
    "", _NONE, "wide_upward_diagonal", "dotted_diamond", "dashed_horizontal", "large_grid", "horizontal_brick",
    "wide_downward_diagonal", "wave", "trellis", "divot", "percent_75",
)
MOST_LOOKS, BLANK_LOOK = len(PATTERNS), PATTERNS.index(_NONE)
_DASHES = ("dash", "round_dot", "long_dash_dot")
_LIKE_A_CELL = re.compile(r"!(?=\$?[A-Z]+\$?\d)")
_Grids: TypeAlias = Mapping[str, Grid]
_Tabs: TypeAlias = Mapping[str, str]
_Options: TypeAlias = dict[str, Any]
Drawing: TypeAlias = Any  # XlsxWriter carries no types


class _Source:
    """The table rows that a chart draws: references into its sheet, and the figures that stand there."""

    def __init__(self, chart: Chart, grids: _Grids, tabs: _Tabs) -> None:
        grid = grids.get(chart.sheet)
        if grid is None or not 0 < chart.count <= len(grid.rows) - chart.first:
            raise ValueError(f"the chart {chart.title} draws rows that the book lacks")
        self._grid, self._tab = grid, tabs[chart.sheet]
        self._first, self._last = chart.first, chart.first + chart.count - 1

    def _column(self, heading: str) -> int:
        found = [n for n, column in enumerate(self._grid.columns) if column.heading == heading]
        if len(found) != 1:
            raise ValueError(f"no column {heading} to draw on {self._tab}")
        return found[0]

    def reference(self, heading: str) -> str:
        """The cells of a column, as a formula."""
        doubled = self._tab.replace("'", "''")
        letters, top = column_letters(self._column(heading) + 1), self._grid.first_row + 1
        return f"='{doubled}'!${letters}${top + self._first}:${letters}${top + self._last}"

    def numbers(self, heading: str) -> list[float | None]:
        """What stands there, None where it is no number. Raises ValueError where nothing is: there is nothing to draw."""
        col = self._column(heading)
        cells = [row[col] for row in self._grid.drawn[self._first : self._last + 1]]
        found = [c.value if c.kind == "number" and isinstance(c.value, float) else None for c in cells]
        if all(number is None for number in found):
            raise ValueError(f"no number in the column {heading} to draw on {self._tab}")
        return found

    def words(self, heading: str) -> list[str]:
        """What a column of names says."""
        return [row[self._column(heading)].text for row in self._grid.drawn[self._first : self._last + 1]]


def area(grid: Grid) -> tuple[int, int]:
    """The last row and the number of columns that a sheet covers with its chart, for the page."""
    if grid.sheet.chart is None:
        return grid.last_row, grid.print_width
    return len(grid.lines) - 1 + ceil((_GAP_PX + _size(grid)[1] + _GAP_PX) / ROW_PX), max(grid.print_width, _columns(grid)[0])


def _columns(grid: Grid) -> tuple[int, int]:
    """How many columns a chart lies over, and how wide they are together."""
    own = column_px(grid.widths[0])
    more = (WIDE_PX - own) // EMPTY_COLUMN_PX
    return 1 + more, own + more * EMPTY_COLUMN_PX


def _size(grid: Grid) -> tuple[int, int]:
    """Width and height in pixels: what the lines leave of one page."""
    lines = sum(grid.heights.values()) / 0.75
    return _columns(grid)[1], int(max(_LOWEST_PX, min(_TALLEST_PX, _PAGE_PX - lines)))


def draw(workbook: Workbook, tab: Worksheet, grid: Grid, grids: _Grids, tabs: _Tabs) -> None:
    """Put a sheet's chart below its lines. Raises ValueError where it draws what the book does not have: our mistake."""
    chart = grid.sheet.chart
    if chart is None:
        return
    if grid.columns:
        raise ValueError(f"{grid.sheet.name} has a table and a chart; a chart stands alone (domain.md X13)")
    looks = [(series.line, series.look) for series in chart.series]
    if len(set(looks)) != len(looks):
        raise ValueError(f"two series of the chart {chart.title} look alike")
    source = _Source(chart, grids, tabs)
    kind = "bar" if chart.draws is Draws.BARS else "column"
    drawn = workbook.add_chart({"type": kind, "subtype": "stacked", "name": _words(chart.title, 255)})
    for series in (s for s in chart.series if not s.line):
        drawn.add_series(_series(series, chart, source))
    if over := [series for series in chart.series if series.line]:
        lines = workbook.add_chart({"type": "line"})
        for series in over:
            lines.add_series(_series(series, chart, source))
        drawn.combine(lines)
    size = _size(grid)
    _dress(drawn, chart, source, size)
    drawn.set_size({"width": size[0], "height": size[1]})
    alt = values.clip(values.clean(chart.alt), _LONGEST_ALT)
    place = {"description": alt, "y_offset": _GAP_PX, "object_position": 1}
    if tab.insert_chart(len(grid.lines), 0, drawn, place):
        raise ValueError(f"XlsxWriter refused the chart {chart.title}")


def _series(series: Series, chart: Chart, source: _Source) -> _Options:
    numbers = source.numbers(series.heading)
    options: _Options = {
        "name": _words(series.name, _LONGEST_NAME),
        "categories": source.reference(chart.names),
        "categories_data": source.words(chart.names),
        "values": source.reference(series.heading),
        "values_data": numbers,
    }
    if series.line:
        dash = _DASHES[series.look]
        return options | {"line": {"color": _BLACK, "width": 2.25, "dash_type": dash}, "marker": {"type": "none"}}
    pattern = PATTERNS[series.look]
    if pattern in ("", _NONE):
        options["fill"] = {"color": _WHITE if pattern else f"#{series.colour}"}
    else:
        dark = contrast(series.colour, _WHITE[1:]) >= _STANDS_OUT
        ink, paper = (f"#{series.colour}", _WHITE) if dark else (_BLACK, f"#{series.colour}")
        options["pattern"] = {"pattern": pattern, "fg_color": ink, "bg_color": paper}
    return options | {"border": {"color": _BLACK, "width": 0.75}, "gap": 45, "data_labels": _labels(numbers, chart)}


def _labels(numbers: Sequence[float | None], chart: Chart) -> _Options:
    """The figures on white, so that a pattern does not run through them. A gap has none, nor has a nought within a pile:
    Excel takes a cell of text for a nought, which has no height, and only its label would show."""
    piled = sum(1 for series in chart.series if not series.line) > 1
    bare = [number is None or (piled and number == 0) for number in numbers]
    return {
        "value": True,
        "position": "center",
        "font": _font(10, bold=True),
        "fill": {"color": _WHITE},
        "custom": [{"delete": True} if without else None for without in bare],
    }


def _dress(drawn: Drawing, chart: Chart, source: _Source, size: tuple[int, int]) -> None:
    """Title, axes and legend, each in its own place: what a program lays out by itself leaves too little to the bars."""
    top, floor, whole = _reach(chart, source)
    step = max(_step(top, floor), 1.0 if whole else 0.0)
    lies = chart.draws is Draws.BARS
    beside = max(text_px(word, 10) for word in source.words(chart.names)) if lies else text_px(f"{top:,.3f}", 10)
    (width, height), left = size, min(_MOST_BESIDE * size[0], beside * 1.1 + 24)
    plot = {"x": left / width, "y": _ABOVE_PX / height, "width": 1 - (left + 20) / width}
    plot["height"] = 1 - (_ABOVE_PX + _BELOW_PX) / height
    level = {**_font(10), "rotation": 360}  # 360: level, where 0 would stand for the usual upright words
    upper = {"name_font": level, "name_layout": {"x": 8 / width, "y": (_ABOVE_PX - 26) / height}}
    plain = {"name_font": _font(10), "num_font": _font(10), "line": {"color": _BLACK}}
    names: _Options = {**plain, "name": _words(chart.names_title, _LONGEST_NAME), "interval_unit": 1, "label_position": "low"}
    figures: _Options = {
        **plain,
        "name": _words(chart.values_title, _LONGEST_NAME),
        "num_format": "General" if step < 1 else "#,##0",
        "major_unit": step,
        "major_gridlines": {"visible": True, "line": {"color": "#BFBFBF", "width": 0.5}},
    }
    if floor == 0:
        figures["min"] = 0
    if lies:
        drawn.set_y_axis(names | upper | {"reverse": True})
        drawn.set_x_axis(figures | {"label_position": "high"})
    else:
        drawn.set_x_axis(names)
        drawn.set_y_axis(figures | upper)
    drawn.set_title({"name": _words(chart.title, 2 * _LONGEST_NAME), "name_font": _font(12, bold=True)})
    drawn.set_legend({"position": "bottom", "font": _font(10)})
    drawn.set_chartarea({"border": {"none": True}, "fill": {"color": _WHITE}})
    drawn.set_plotarea({"fill": {"color": _WHITE}, "layout": plot})
    drawn.show_blanks_as("gap")


def _reach(chart: Chart, source: _Source) -> tuple[float, float, bool]:
    """The highest that its piles and lines reach, the lowest (0 where nothing is below it), and whether all is whole."""
    piles, top, floor, whole = [0.0] * chart.count, 0.0, 0.0, True
    for series in chart.series:
        numbers = [number or 0.0 for number in source.numbers(series.heading)]
        floor = min(floor, *numbers)
        whole = whole and all(number.is_integer() for number in numbers)
        if series.line:
            top = max(top, *numbers)
        else:
            piles = [pile + number for pile, number in zip(piles, numbers, strict=True)]
    return max(top, *piles), floor, whole


def _words(text: str, limit: int) -> str:
    """A name as text: XlsxWriter takes one that has an exclamation mark before what looks like a cell for a reference."""
    shown = values.clip(values.clean(" ".join(text.split())), limit)
    return _LIKE_A_CELL.sub("! ", shown)


def _font(size: int, *, bold: bool = False) -> _Options:
    return {"name": "Arial", "size": size, "bold": bold, "color": _BLACK}


def _step(top: float, floor: float) -> float:
    """The distance of the axis' marks: 1, 2 or 5 of some power of ten, so that there are at most about ten."""
    span = max(top - floor, 1e-9)
    rough = span / 8
    power = 10.0 ** ceil(log10(rough) - 1e-9)
    nice = next(n for n in (0.2, 0.5, 1.0) if n * power >= rough * (1 - 1e-9)) * power
    return round(nice, 12)
