"""From a `model.Sheet` to a grid: which text stands in which row, how wide columns and how high rows are.

Nothing here knows a file format. Rows and columns count from 0. Widths are in characters of the Normal font, heights in points.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from workflow.model import COMPLETE, FILLED, FOR_OFFICE, TO_CHANGE, Column, Content, Mark, Profile, Sheet
from workflow.writer import values
from workflow.writer.measure import column_px, split_line, text_px
from workflow.writer.values import Drawn

WIDEST = 60  # domain.md X10
TITLE_SIZE = 16
LINE_PX = 1040  # what an A4 landscape page prints at full size, and about a screen's width
EMPTY_COLUMN_PX = 64
INDENT = 1.5  # what a cell's indent takes, in characters: text columns would otherwise touch
_BUTTON = 2.5  # what a filter button covers of a heading
_KNOWN_AGAIN = frozenset({str, date, type(None)})  # of others, some are drawn apart that are alike as keys: 1, 1.0 and True
_RECORD_HEADINGS = ("Question", "Answer", "Who completes it")
_FACT_HEADINGS = ("Item", "Detail")


@dataclass(frozen=True, slots=True)
class Look:
    """What a profile looks like (design.md section 6; domain.md C1 for `published`, E2 for `return`).

    Returns freeze their heading row, which X07 allows as an option, but have no filter: a filter hides rows from the
    next person. `total` is the widest a sheet may be in characters, 0 for no limit; `split` moves text that no row
    can show to the sheet Long texts, except from cells that are typed in and read back.
    """

    size: int
    freeze: bool = False
    filters: bool = False
    typed_in: bool = False
    checked: bool = False
    split: bool = True
    widest: int = WIDEST
    total: int = 0


LOOKS = {
    Profile.RETURN: Look(size=11, freeze=True, typed_in=True, checked=True),
    Profile.WORKING: Look(size=10, freeze=True, filters=True, checked=True, split=False, widest=120),
    # Arial 10 (the least that X23 allows, 12 is preferred): at 12 the widest tables break words and hold two rows a page (X10).
    Profile.PUBLISHED: Look(size=10, total=156),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in column A; it runs over the empty cells to its right."""

    content: Content
    text: str
    size: int
    bold: bool = False
    title: bool = False


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that its own cell cannot show: where it belongs, and all of it."""

    sheet: str
    row: str
    heading: str
    text: str


@dataclass
class Grid:
    """A sheet laid out. `rows` are the table's; a record's line has its own column (kind, choices) in `line_columns`."""

    sheet: Sheet
    look: Look
    lines: list[Line]
    columns: tuple[Column, ...] = ()
    rows: list[tuple[Content, ...]] = field(default_factory=list)
    drawn: list[list[Drawn]] = field(default_factory=list)
    labels: tuple[str, ...] = ()
    widths: list[float] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    long_texts: list[LongText] = field(default_factory=list)

    @property
    def heading_row(self) -> int:
        """The row of the table's headings; where there is no table, the row after the last line."""
        return len(self.lines) + (1 if self.labels else 0)

    @property
    def first_row(self) -> int:
        """The first row of the table's body."""
        return self.heading_row + 1

    @property
    def last_row(self) -> int:
        """The last row used."""
        return self.heading_row + len(self.rows) if self.columns else max(0, len(self.lines) - 1)

    @cached_property
    def asks(self) -> bool:
        """Whether this sheet has answers to be typed in."""
        return any(column.answer for column in (self.sheet.line_columns if self.record else self.columns))

    @property
    def record(self) -> bool:
        """Whether each row has a kind of its own."""
        return self.sheet.layout == "record"

    def column_at(self, row: int, col: int) -> Column:
        """What describes the cell in body row `row`: its column, or its line where the sheet is a record."""
        if self.record and col == 1 and row < len(self.sheet.line_columns):
            return self.sheet.line_columns[row]
        return self.columns[col]

    def typed_in(self, row: int, col: int) -> bool:
        """Whether a person fills this cell: an answer, or anything still empty in a spare row but its key."""
        if not self.look.typed_in:
            return False
        column = self.column_at(row, col)
        spare = self.sheet.spare_from is not None and row >= self.sheet.spare_from
        return column.answer or (spare and not column.key and values.plain(self.rows[row][col]) in (None, ""))

    def draw(self) -> None:
        """Work out once how every cell of the body will be stored."""
        if not self.look.typed_in and not self.record:
            columns = [_draw_column(column, [row[col] for row in self.rows]) for col, column in enumerate(self.columns)]
            self.drawn = [list(cells) for cells in zip(*columns, strict=True)]
            return
        self.drawn = [
            [
                values.draw(content, self.column_at(row, col), typed_in=self.typed_in(row, col))
                for col, content in enumerate(contents)
            ]
            for row, contents in enumerate(self.rows)
        ]

    def room(self, col: int, *, heading: bool = False) -> float:
        """The characters that text may use in a column: less its indent, and under a filter button less that."""
        return self.widths[col] - self.taken(col, heading=heading)

    def taken(self, col: int, *, heading: bool = False) -> float:
        """The characters of a column that are not for text. Column A has no indent, so it lines up with the title."""
        return (INDENT if col else 0.0) + (_BUTTON if heading and self.look.filters else 0.0)

    @cached_property
    def texts(self) -> list[list[str]]:
        """The different texts of each column, in the order in which they first stand there."""
        columns = range(len(self.columns))
        return [list(dict.fromkeys(cells[col].text for cells in self.drawn if cells[col].kind == "text")) for col in columns]

    @property
    def print_width(self) -> int:
        """The number of columns that the table and the longest line cover on paper."""
        need = max((text_px(line.text, line.size, line.bold) for line in self.lines), default=0.0)
        reach, count = 0, 0
        while count < max(1, len(self.columns)) or reach < need:
            reach += column_px(self.widths[count]) if count < len(self.widths) else EMPTY_COLUMN_PX
            count += 1
        return count


def _draw_column(column: Column, contents: list[Content]) -> list[Drawn]:
    """How the cells of a column that nobody types in are stored. What comes again is the same object."""
    known: dict[Content, Drawn] = {}
    cells: list[Drawn] = []
    for content in contents:
        if type(content) not in _KNOWN_AGAIN:
            cells.append(values.draw(content, column))
            continue
        drawn = known.get(content)
        if drawn is None:
            drawn = known[content] = values.draw(content, column)
        cells.append(drawn)
    return cells


def outline(sheet: Sheet, profile: Profile) -> Grid:
    """Which text stands in which row, before widths and heights are measured. Raises ValueError as `lay` does."""
    look = LOOKS[profile]
    columns, rows = _record(sheet, look) if sheet.layout == "record" else (sheet.columns, list(sheet.rows))
    if sheet.layout == "text" or (not rows and (sheet.empty or profile is Profile.PUBLISHED)):
        columns, rows = (), []
    elif not rows and columns:
        rows = [(None,) * len(columns)]  # an Excel table has at least one row
    columns = tuple(replace(c, heading=values.clean(" ".join(c.heading.split()))) for c in columns)
    _check(sheet, columns, rows)
    grid = Grid(sheet, look, _lines(sheet, look, rows), columns, rows)
    if columns and not grid.record and look.typed_in and any(c.answer for c in columns):
        grid.labels = tuple(map(_asks_whom, columns))
    return grid


def _record(sheet: Sheet, look: Look) -> tuple[tuple[Column, ...], list[tuple[Content, ...]]]:
    answers = look.typed_in and any(column.answer for column in sheet.line_columns)
    headings = _RECORD_HEADINGS if answers else _FACT_HEADINGS
    given = sheet.columns or tuple(
        Column(heading, width=width) for heading, width in zip(headings, (34, WIDEST), strict=False)
    )
    columns = (*given[:2], Column(_RECORD_HEADINGS[2], width=20)) if answers else given[:2]
    rows: list[tuple[Content, ...]] = []
    for index, contents in enumerate(sheet.rows):
        line = sheet.line_columns[index] if index < len(sheet.line_columns) else None
        pair = contents if len(contents) > 1 else (line.heading if line else "", *contents)
        words = (_asks_whom(line),) if answers else ()
        rows.append((*pair, *words))
    return columns, rows


def _asks_whom(column: Column | None) -> str:
    """Who fills a cell in, in words."""
    if column is None or not column.answer:
        return FILLED
    if column.proposed:
        return TO_CHANGE
    return FOR_OFFICE if column.office else COMPLETE


def _check(sheet: Sheet, columns: tuple[Column, ...], rows: list[tuple[Content, ...]]) -> None:
    headings = [column.heading.casefold() for column in columns]
    if not all(headings) or len(set(headings)) != len(headings):
        raise ValueError(f"sheet {sheet.name}: every column needs a heading of its own")
    if any(len(contents) != len(columns) for contents in rows):
        raise ValueError(f"sheet {sheet.name}: a row has more or fewer cells than there are columns")


def _lines(sheet: Sheet, look: Look, rows: list[tuple[Content, ...]]) -> list[Line]:
    title = values.clean(sheet.title).strip() or sheet.name
    lines = [Line(part, part, TITLE_SIZE, True, True) for part in split_line(title, LINE_PX, TITLE_SIZE, True) if part]
    said: list[Content] = list(sheet.lines)
    if sheet.layout != "text" and not rows:
        said.append(sheet.empty or "There is nothing to list.")
    if sheet.spare_from is not None and sheet.spare_from < len(rows):
        said.append(_spare_words(rows[sheet.spare_from:]))
    for content in said:
        text = values.draw(content, Column("")).text
        bold = isinstance(content, Mark) and content.bold
        if isinstance(content, Mark) and (content.link or content.formula):
            lines.append(Line(content, text, look.size, bold))
            continue
        for part in split_line(text, LINE_PX, look.size, bold):
            shown: Content = replace(content, value=part) if isinstance(content, Mark) else part
            lines.append(Line(shown, part, look.size, bold))
    return lines


def _spare_words(rows: list[tuple[Content, ...]]) -> str:
    first, last = (str(values.plain(contents[0]) or "").strip() for contents in (rows[0], rows[-1]))
    named = f" ({first} to {last})" if first and last and first != last else f" ({first})" if first else ""
    which = "The last row" if len(rows) == 1 else f"The last {len(rows)} rows"
    verb, its, them = ("is", "its", "it") if len(rows) == 1 else ("are", "their", "them")
    return f"{which}{named} {verb} spare, for something that is not listed: fill in {its} shaded boxes, or leave {them} blank."
