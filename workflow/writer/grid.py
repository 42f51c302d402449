"""From a `model.Sheet` to a grid: which text stands in which row, how wide columns and how high rows are.

Nothing here knows a file format. Rows and columns count from 0. Widths are in characters of the Normal font, heights in points.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from workflow.model import COMPLETE, CONTINUES, FILLED, FOR_OFFICE, TO_CHANGE, Column, Content, Kind, Mark, Profile, Sheet
from workflow.writer import values
from workflow.writer.measure import chars_for, column_px, line_count, line_pt, split_line, text_height, text_px
from workflow.writer.values import Drawn, clip
from workflow.writer.widths import share

TALLEST = 409.0  # Excel's limit for a row
NARROWEST, WIDEST = 8, 60  # domain.md X10
TITLE_SIZE = 16
LINE_PX = 1040  # what an A4 landscape page prints at full size, and about a screen's width
EMPTY_COLUMN_PX = 64
INDENT = 1.5  # what a cell's indent takes, in characters: text columns would otherwise touch
_BUTTON = 2.5  # what a filter button covers of a heading
_MOST_MEASURED = 400  # rows by which the width of a page is shared out: of a longer table every n-th
_ASKING_LINES = 3  # an empty box for long text looks like one
_ADDRESS_CAP = 45.0
_WORD_CAP = 20.0  # a longer word (a web address) may break inside a cell
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


@dataclass(slots=True)
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

    @property
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

    @property
    def print_width(self) -> int:
        """The number of columns that the table and the longest line cover on paper."""
        need = max((text_px(line.text, line.size, line.bold) for line in self.lines), default=0.0)
        reach, count = 0, 0
        while count < max(1, len(self.columns)) or reach < need:
            reach += column_px(self.widths[count]) if count < len(self.widths) else EMPTY_COLUMN_PX
            count += 1
        return count


def lay(sheet: Sheet, profile: Profile) -> Grid:
    """Lay out one sheet. Raises ValueError where its headings repeat or its rows do not fit its columns: our mistake."""
    grid = outline(sheet, profile)
    if grid.columns:
        grid.draw()
        grid.widths = _widths(grid)
        for col in range(len(grid.columns)):
            _widen(grid, col)
        _move_long_texts(grid)
    else:
        grid.widths = [float(WIDEST)]
    grid.heights = _heights(grid)
    return grid


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


def _widths(grid: Grid) -> list[float]:
    """Each column as wide as it asks, at least as wide as its numbers, dates and words need, within the look's limits.

    Where the page limits them, they start from what they need and share the rest so that rows stay low. Words may break if
    even that is too much; numbers never, since they would show as ###.
    """
    least = [_least(grid, col) for col in range(len(grid.columns))]
    whole, unbroken = [max(need) for need in least], [number for number, _ in least]
    if not grid.look.total:
        asked = (float(min(grid.look.widest, max(NARROWEST, column.width))) for column in grid.columns)
        return [max(pair) for pair in zip(whole, asked, strict=True)]
    sample = grid.drawn[:: 1 + len(grid.drawn) // _MOST_MEASURED]
    inks = [[text_px(cells[col].text, grid.look.size) for cells in sample] for col in range(len(whole))]
    return share(whole if sum(whole) <= grid.look.total else unbroken, inks, grid.look.total, grid.look.widest)


def _least(grid: Grid, col: int) -> tuple[float, float]:
    """The widths below which a number would show as ### (or a row key break), and below which a word would break."""
    size, column = grid.look.size, grid.columns[col]
    solid = {"00/00/0000"} if column.kind is Kind.DATE else set()
    words, keys = (set(grid.labels[col].split()) if grid.labels else set()), {""}
    for cells, contents in zip(grid.drawn, grid.rows, strict=True):
        drawn, content = cells[col], contents[col]
        if drawn.kind in ("number", "date"):
            solid.add(drawn.text)
        elif isinstance(content, Mark) and content.link:
            words.add(drawn.text)  # LibreOffice breaks a link's text nowhere
        elif column.key and len(drawn.text) <= _WORD_CAP:
            keys.add(drawn.text)
        elif drawn.kind == "text":
            words.update(word for word in drawn.text.split() if len(word) <= _WORD_CAP or _is_address(word, grid.look))
    headed = max(text_px(word, size, True) for word in column.heading.split())
    longest = max((text_px(word, size) for word in words), default=0.0)
    unbroken = [text_px(key, size) for key in keys] + [text_px(text, size, True) for text in solid]
    number = chars_for(max(unbroken)) + grid.taken(col)
    word = min(_WORD_CAP if grid.look.total else _ADDRESS_CAP, chars_for(longest)) + grid.taken(col)
    word = max(word, min(_WORD_CAP, chars_for(headed)) + grid.taken(col, heading=True))
    return min(float(WIDEST), max(float(NARROWEST), number)), min(float(WIDEST), word)


def _is_address(word: str, look: Look) -> bool:
    """Whether a long word is an email address, which is kept in one piece where people work with it."""
    return "@" in word and len(word) <= _ADDRESS_CAP and not look.total


def _most_lines(look: Look) -> int:
    return int((TALLEST - 3) / line_pt(look.size))


def _too_tall(text: str, width: float, look: Look) -> bool:
    most = _most_lines(look)
    if text.count("\n") + 1 + 4 * len(text) / width <= most:  # even in capitals, badly wrapped
        return False
    return line_count(text, width, look.size) > most


def _widen(grid: Grid, col: int) -> None:
    """Widen a column until its longest text fits into the tallest row, as far as the look allows."""
    look = grid.look
    room = float(look.widest)
    if look.total:
        room = min(room, grid.widths[col] + max(0.0, look.total - sum(grid.widths)))
    for cells in grid.drawn:
        while cells[col].kind == "text" and grid.widths[col] < room and _too_tall(cells[col].text, grid.room(col), look):
            grid.widths[col] = min(room, grid.widths[col] + 2)


def _move_long_texts(grid: Grid) -> None:
    """Shorten what cannot be shown (or stored) in one cell and keep the whole of it for the sheet Long texts."""
    look = grid.look
    for row, cells in enumerate(grid.drawn):
        for col, drawn in enumerate(cells):
            if drawn.kind != "text":
                continue
            split = look.split and not grid.typed_in(row, col)
            tall = split and _too_tall(drawn.text, grid.room(col), look)
            if not tall and (len(drawn.text) * 2 <= values.LONGEST_TEXT or values.units(drawn.text) <= values.LONGEST_TEXT):
                continue
            heading = cells[0].text if grid.record else grid.columns[col].heading
            name = cells[0].text or f"row {grid.first_row + row + 1}"
            grid.long_texts.append(LongText(grid.sheet.name, clip(name, 80), heading, drawn.text))
            short = _beginning(drawn.text, grid.room(col), look, tall)
            cells[col] = drawn._replace(value=short, text=short)


def _beginning(text: str, width: float, look: Look, tall: bool) -> str:
    """The start of `text`, cut at a word, with words that say where the rest is."""
    kept = _fitting(text, width, look, _most_lines(look) - 4) if tall else text[: values.LONGEST_TEXT // 2 - 100]
    return f"{kept.rstrip()} … {CONTINUES}"


def _fitting(text: str, width: float, look: Look, lines: int) -> str:
    """The longest beginning that takes at most `lines` lines and fits one cell, cut after a space where there is one."""
    low, high = 1, min(len(text), values.LONGEST_TEXT // 2)
    while low < high:
        middle = (low + high + 1) // 2
        if line_count(text[:middle], width, look.size) <= lines:
            low = middle
        else:
            high = middle - 1
    if low == len(text):
        return text
    cut = max(text.rfind(" ", 0, low), text.rfind("\n", 0, low)) + 1
    return text[: cut or low]


def _heights(grid: Grid) -> dict[int, float]:
    size = grid.look.size
    heights = {row: line_pt(line.size) + (6 if line.title else 2) for row, line in enumerate(grid.lines)}
    if not grid.columns:
        return heights
    heights[len(grid.lines) - 1] += 6  # air above the table; a blank row would read as its end
    rooms = [grid.room(col) for col in range(len(grid.columns))]
    if grid.labels:
        labels = zip(grid.labels, rooms, strict=True)
        heights[grid.heading_row - 1] = max(text_height(label, room, size) for label, room in labels)
    heights[grid.heading_row] = max(
        text_height(column.heading, grid.room(col, heading=True), size, True) for col, column in enumerate(grid.columns)
    )
    body = [line_pt(size) + 3] * len(grid.rows)
    for row, (contents, cells) in enumerate(zip(grid.rows, grid.drawn, strict=True)):
        if any(grid.column_at(row, col).kind is Kind.LONG_TEXT and grid.typed_in(row, col) for col in range(len(rooms))):
            body[row] = line_pt(size) * _ASKING_LINES + 3
        for content, drawn, room in zip(contents, cells, rooms, strict=True):
            if drawn.kind == "text":
                bold = isinstance(content, Mark) and content.bold
                body[row] = max(body[row], text_height(drawn.text, room, size, bold))
    heights.update({grid.first_row + row: min(TALLEST, height) for row, height in enumerate(body)})
    return heights


def long_texts(found: list[LongText], profile: Profile) -> Sheet:
    """The sheet that holds in parts what no cell could show; the parts joined are the whole text."""
    columns = (
        Column("Sheet", width=18), Column("Row", width=18), Column("Heading", width=18),
        Column("Part", Kind.WHOLE, width=8), Column("Text", Kind.LONG_TEXT, width=WIDEST),
    )
    rows: list[tuple[Content, ...]] = []
    for long in found:
        rest, part = long.text, 1
        while rest:
            kept = _fitting(rest, WIDEST - INDENT, LOOKS[profile], _most_lines(LOOKS[profile]) - 1)
            rows.append((long.sheet, long.row, long.heading, part, kept))
            rest, part = rest[len(kept) :], part + 1
    said = "Each row is part of a text that is too long for its own cell. Read the parts of one text in order."
    return Sheet("Long texts", "Long texts", (said,), columns, tuple(rows), table="Long_texts")
