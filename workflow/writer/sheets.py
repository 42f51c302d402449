"""One grid onto one worksheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from workflow.model import Content, Mark, Profile, column_letters
from workflow.writer import body, charts, entry, formats, values
from workflow.writer.formats import Format, Workbook, Worksheet
from workflow.writer.grid import TITLE_SIZE, Grid
from workflow.writer.measure import text_height
from workflow.writer.values import NUMBERS, Drawn

_A4 = 9
_DEEPEST_FREEZE = 260.0  # points; more frozen rows would leave no room to scroll on a laptop
_NOTE_PX, _TALLEST_NOTE_PX = 290, 600
_LINK = re.compile(r"#'?(?P<sheet>(?:[^'!]|'')+)'?!(?P<cell>\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)")
_ALLOWED = ("format_columns", "format_rows", "insert_rows", "sort", "select_locked_cells", "select_unlocked_cells")


@dataclass(slots=True)
class Pen:
    """What drawing a sheet needs from its workbook. `names` maps the model's sheet names to the tabs' names."""

    workbook: Workbook
    formats: formats.Formats
    profile: Profile
    names: dict[str, str]
    lists: entry.Lists
    styles: dict[object, Format] = field(default_factory=dict)  # by what a cell's look follows from


def checked(code: object, what: str) -> None:
    """Raise ValueError where XlsxWriter refused something: it reports by return codes, which nobody would see."""
    if isinstance(code, int) and code != 0:
        raise ValueError(f"XlsxWriter refused {what} (code {code})")


def quoted_sheet(name: str) -> str:
    """A tab's name as references write it."""
    doubled = name.replace("'", "''")
    return f"'{doubled}'"


def draw_sheet(pen: Pen, grid: Grid, table: str) -> Worksheet:
    """Write one sheet: its lines, its table called `table`, what may be typed in, and how it prints."""
    name = pen.names[grid.sheet.name]
    tab = pen.workbook.add_worksheet(name)
    for row, height in grid.heights.items():
        checked(tab.set_row(row, height), "a row height")
    for col, width in enumerate(grid.widths):
        checked(tab.set_column(col, col, width), "a column width")
    _draw_lines(pen, tab, grid)
    if grid.columns:
        _draw_table(pen, tab, grid, table)
        _draw_body(pen, tab, grid)
    if grid.sheet.table and grid.sheet.layout != "table":
        anchor = grid.first_row if grid.columns else 0
        where = f"={quoted_sheet(name)}!$A${anchor + 1}"
        checked(pen.workbook.define_name(grid.sheet.table, where), f"the name {grid.sheet.table}")
    if grid.look.checked and grid.columns:
        for first, last, col, options in entry.rules(grid, pen.lists):
            start = grid.first_row
            checked(tab.data_validation(start + first, col, start + last, col, options), f"a rule on {name}")
    _set_up(tab, grid)
    body.settle(tab)
    return tab


def _draw_lines(pen: Pen, tab: Worksheet, grid: Grid) -> None:
    title = pen.formats.title(TITLE_SIZE)
    for row, line in enumerate(grid.lines):
        props = formats.marked(line.content) if isinstance(line.content, Mark) else {}
        shown = "General" if isinstance(line.content, Mark) and line.content.formula else "@"
        style = title if line.title else pen.formats.get(num_format=shown, **props, **formats.quoted(line.text))
        if line.text:
            _put(tab, (row, 0), (line.content, Drawn("text", line.text, line.text, "@")), style, pen.names)
    for col, label in enumerate(grid.labels):
        style = pen.formats.get(text_wrap=True, num_format="@", valign="bottom", align="left", indent=1 if col else 0)
        checked(tab.write_string(grid.heading_row - 1, col, label, style), "a label")


def _draw_table(pen: Pen, tab: Worksheet, grid: Grid, table: str) -> None:
    columns = [
        {"header": column.heading, "header_format": pen.formats.heading(column.kind in NUMBERS, 1 if col else 0)}
        for col, column in enumerate(grid.columns)
    ]
    options = {
        "name": table, "columns": columns, "autofilter": grid.look.filters, "style": None, "banded_rows": False,
        "title": values.clip(values.clean(grid.sheet.title), 255),
        "description": values.clip(values.clean(grid.sheet.description or grid.sheet.title), 1000),
    }
    last_row, last_col = grid.last_row, len(grid.columns) - 1
    tab.table_cells = body.Forgetful()
    checked(tab.add_table(grid.heading_row, 0, last_row, last_col, options), f"the table {table}")
    where = f"A{grid.first_row + 1}:{column_letters(last_col + 1)}{last_row + 1}"
    checked(tab.ignore_errors({"number_stored_as_text": where}), "to leave numbers kept as text unmarked")  # references


def _draw_body(pen: Pen, tab: Worksheet, grid: Grid) -> None:
    rows = body.Body(tab, grid.first_row, len(grid.columns))
    known: dict[object, int] = {}  # the formats of cells whose look follows from what they hold and where they stand
    for row, (contents, cells) in enumerate(zip(grid.rows, grid.drawn, strict=True)):
        markup: list[str] = []
        starts = rows.starts()
        for col, (content, drawn) in enumerate(zip(contents, cells, strict=True)):
            typed_in = grid.look.typed_in and grid.typed_in(row, col)
            if isinstance(content, Mark):
                markup.append(_marked_cell(pen, rows, grid, (row, col), typed_in))
                continue
            kind, value, text, shown = drawn
            key = kind, shown, text.startswith(formats.DANGEROUS), typed_in, col > 0
            style = known.get(key)
            if style is None:
                style = known[key] = body.format_number(_style(pen, grid, (content, drawn), (col > 0, typed_in)))
            rest = rows.text(text) if kind == "text" else body.shown(kind, value)
            if rest is None:
                markup.append(_marked_cell(pen, rows, grid, (row, col), typed_in))
            else:
                markup.append(f'{starts[col]}{style}"{rest}')
        rows.add(markup)
    rows.end()


def _marked_cell(pen: Pen, rows: body.Body, grid: Grid, at: tuple[int, int], typed_in: bool) -> str:
    """The markup of a cell that may be more than its value."""
    (row, col), what = at, (grid.rows[at[0]][at[1]], grid.drawn[at[0]][at[1]])
    content, drawn = what
    cell, style = (grid.first_row + row, col), _style(pen, grid, what, (col > 0, typed_in))
    if isinstance(content, Mark) and content.note and pen.profile is Profile.RETURN:
        _draw_note(rows.tab, cell, values.clip(values.clean(content.note), values.LONGEST_TEXT))
    rest: str | None = None
    if not (isinstance(content, Mark) and (content.formula or content.link)):
        rest = rows.text(drawn.text) if drawn.kind == "text" else body.shown(drawn.kind, drawn.value)
    if rest is None:
        _put(rows.tab, cell, what, style, pen.names)
        return rows.taken(*cell)
    return f'{rows.starts()[col]}{body.format_number(style)}"{rest}'


def _style(pen: Pen, grid: Grid, what: tuple[Content, Drawn], state: tuple[bool, bool]) -> Format:
    """The format of a cell. Many cells look the same, so each look is put together once. `state`: indented, typed in."""
    (content, drawn), (indented, typed_in) = what, state
    look = replace(content, value=None, note="", formula="=" if content.formula else "") if isinstance(content, Mark) else None
    key = (drawn.kind, drawn.format, bool(formats.quoted(drawn.text)), state, grid.asks, look)
    if key not in pen.styles:
        number_format = drawn.format
        if isinstance(content, Mark) and content.formula and number_format == "@":
            number_format = "General"  # under "@" Excel would show the formula itself
        props: dict[str, object] = {"num_format": number_format, "bottom": 1, "bottom_color": formats.RULE_LINE}
        if drawn.kind in ("text", "blank"):
            props |= {"text_wrap": True, "align": "left", **formats.quoted(drawn.text)}
        else:
            props["align"] = "right" if drawn.kind == "number" else "left"
        if indented:
            props["indent"] = 1
        if typed_in:
            props |= {"locked": False, "right": 1, "right_color": formats.RULE_LINE}
        props |= _shading(pen.profile, grid, content, (typed_in, drawn.kind == "blank"))
        pen.styles[key] = pen.formats.get(**props)
    return pen.styles[key]


def _shading(profile: Profile, grid: Grid, content: Content, state: tuple[bool, bool]) -> dict[str, object]:
    """A cell's colours. A return shades what is typed in and what is not, beside the words that say so (X18, X19);
    elsewhere only marks are shaded, and never a blank cell: colour alone would mean something."""
    typed_in, blank = state
    under = ""
    if profile is Profile.RETURN and grid.asks:
        under = formats.ANSWER_FILL if typed_in else formats.LOCKED_FILL
    if not isinstance(content, Mark):
        return formats.filled(under)
    if blank and not content.attention:
        content = replace(content, fill="")
    if profile is Profile.PUBLISHED and content.attention:
        content = replace(content, attention=False)
    return formats.marked(content, under)


def _put(
    tab: Worksheet, cell: tuple[int, int], what: tuple[Content, Drawn], style: Format, names: Mapping[str, str]
) -> None:
    """Write one cell. Nothing a partner typed can become anything but text here: only a `Mark` holds links and formulas."""
    (row, col), (content, drawn) = cell, what
    value = drawn.value
    if isinstance(content, Mark) and content.formula:
        saved = (value - body.EPOCH).days if isinstance(value, date) else "" if value is None else value
        code: object = tab.write_formula(row, col, content.formula, style, saved)
    elif isinstance(value, date):
        code = tab.write_datetime(row, col, value, style)
    elif isinstance(value, float):
        code = tab.write_number(row, col, value, style)
    elif value is None:
        code = tab.write_blank(row, col, None, style)
    else:
        pieces = values.fragments(value)
        if len(pieces) > 1:
            runs = [part for piece in pieces for part in (style, piece)]
            code = tab.write_rich_string(row, col, *runs, style)
        elif isinstance(content, Mark) and content.link:
            code = tab.write_url(row, col, _target(names, content.link), style, value)
        else:
            code = tab.write_string(row, col, value, style)
    if code != 0:
        checked(code, f"cell {column_letters(col + 1)}{row + 1}")


def _target(names: Mapping[str, str], link: str) -> str:
    """XlsxWriter's form of a link inside the workbook. Raises ValueError for any other: only our own sheets are linked."""
    found = _LINK.fullmatch(link)
    name = names.get(found["sheet"].replace("''", "'")) if found else None
    if not found or not name:
        raise ValueError(f"{link} is not a place in this workbook")
    return f"internal:{quoted_sheet(name)}!{found['cell']}"


def _draw_note(tab: Worksheet, cell: tuple[int, int], text: str) -> None:
    height = min(_TALLEST_NOTE_PX, int(text_height(text, (_NOTE_PX - 20) / 7, 10) / 0.75) + 12)
    options = {"author": "", "width": _NOTE_PX, "height": height, "font_name": "Arial", "font_size": 10}
    checked(tab.write_comment(*cell, text, options), "a cell note")


def _set_up(tab: Worksheet, grid: Grid) -> None:
    """Page, panes and protection. A4 landscape, one page wide; no header or footer, which screen readers skip (X17, X31)."""
    tab.set_paper(_A4)
    tab.set_landscape()
    tab.fit_to_pages(1, 0)
    tab.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.4)
    last_row, columns = charts.area(grid)
    checked(tab.print_area(0, 0, last_row, columns - 1), "the print area")
    if grid.columns:
        first = grid.heading_row - (1 if grid.labels else 0) - grid.sheet.repeated
        checked(tab.repeat_rows(first, grid.heading_row), "the repeated rows")
        above = sum(grid.heights[row] for row in range(grid.first_row))
        if grid.look.freeze and above <= _DEEPEST_FREEZE:
            tab.freeze_panes(grid.first_row, 1 if grid.columns[0].key else 0)
    if grid.sheet.protect and grid.look.typed_in:
        tab.protect("", dict.fromkeys(_ALLOWED, True))  # no password: it stops accidents, and is not security (E2)
