"""Makes a sheet's rows and columns fit what stands in them: widths, heights, and what no cell can show.

A text comes again and again in its column, so each is measured once for it.
"""

from __future__ import annotations

from workflow.model import CONTINUES, Column, Content, Kind, Mark, Profile, Sheet
from workflow.writer import values
from workflow.writer.grid import INDENT, LOOKS, WIDEST, Grid, LongText, Look, outline
from workflow.writer.measure import chars_for, line_count, line_pt, text_height, text_px
from workflow.writer.values import clip
from workflow.writer.widths import share

_TALLEST = 409.0  # Excel's limit for a row
_NARROWEST = 8  # domain.md X10
_MOST_MEASURED = 400  # rows by which the width of a page is shared out: of a longer table every n-th
_ASKING_LINES = 3  # an empty box for long text looks like one
_ADDRESS_CAP = 45.0
_WORD_CAP = 20.0  # a longer word (a web address) may break inside a cell


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


def _widths(grid: Grid) -> list[float]:
    """Each column as wide as it asks, at least as wide as its numbers, dates and words need, within the look's limits.

    Where the page limits them, they start from what they need and share the rest so that rows stay low. Words may break if
    even that is too much; numbers never, since they would show as ###.
    """
    least = [_least(grid, col) for col in range(len(grid.columns))]
    whole, unbroken = [max(need) for need in least], [number for number, _ in least]
    if not grid.look.total:
        asked = (float(min(grid.look.widest, max(_NARROWEST, column.width))) for column in grid.columns)
        return [max(pair) for pair in zip(whole, asked, strict=True)]
    sample = grid.drawn[:: 1 + len(grid.drawn) // _MOST_MEASURED]
    inks = [[text_px(cells[col].text, grid.look.size) for cells in sample] for col in range(len(whole))]
    return share(whole if sum(whole) <= grid.look.total else unbroken, inks, grid.look.total, grid.look.widest)


def _least(grid: Grid, col: int) -> tuple[float, float]:
    """The widths below which a number would show as ### (or a row key break), and below which a word would break."""
    size, column = grid.look.size, grid.columns[col]
    solid = {"00/00/0000"} if column.kind is Kind.DATE else set()
    words, keys = (set(grid.labels[col].split()) if grid.labels else set()), {""}
    solid.update(cells[col].text for cells in grid.drawn if cells[col].kind in ("number", "date"))
    linked = {row for row, contents in enumerate(grid.rows) if isinstance(mark := contents[col], Mark) and mark.link}
    whole = (grid.drawn[row][col] for row in linked)  # LibreOffice breaks a link's text nowhere
    words.update(drawn.text for drawn in whole if drawn.kind == "text")
    for text in _texts_but(grid, col, linked) if linked else grid.texts[col]:
        if column.key and len(text) <= _WORD_CAP:
            keys.add(text)
        else:
            words.update(word for word in text.split() if len(word) <= _WORD_CAP or _is_address(word, grid.look))
    headed = max(text_px(word, size, True) for word in column.heading.split())
    longest = max((text_px(word, size) for word in words), default=0.0)
    unbroken = [text_px(key, size) for key in keys] + [text_px(text, size, True) for text in solid]
    number = chars_for(max(unbroken)) + grid.taken(col)
    word = min(_WORD_CAP if grid.look.total else _ADDRESS_CAP, chars_for(longest)) + grid.taken(col)
    word = max(word, min(_WORD_CAP, chars_for(headed)) + grid.taken(col, heading=True))
    return min(float(WIDEST), max(float(_NARROWEST), number)), min(float(WIDEST), word)


def _texts_but(grid: Grid, col: int, left_out: set[int]) -> list[str]:
    return [cells[col].text for row, cells in enumerate(grid.drawn) if cells[col].kind == "text" and row not in left_out]


def _is_address(word: str, look: Look) -> bool:
    """Whether a long word is an email address, which is kept in one piece where people work with it."""
    return "@" in word and len(word) <= _ADDRESS_CAP and not look.total


def _most_lines(look: Look) -> int:
    return int((_TALLEST - 3) / line_pt(look.size))


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
    for text in grid.texts[col]:
        while grid.widths[col] < room and _too_tall(text, grid.room(col), look):
            grid.widths[col] = min(room, grid.widths[col] + 2)


def _move_long_texts(grid: Grid) -> None:
    """Shorten what cannot be shown (or stored) in one cell and keep the whole of it for the sheet Long texts."""
    look = grid.look
    if not any(_is_long(text, grid.room(col), look) for col, texts in enumerate(grid.texts) for text in texts):
        return
    for row, cells in enumerate(grid.drawn):
        for col, drawn in enumerate(cells):
            if drawn.kind != "text":
                continue
            split = look.split and not grid.typed_in(row, col)
            tall = split and _too_tall(drawn.text, grid.room(col), look)
            if not tall and not _too_long(drawn.text):
                continue
            heading = cells[0].text if grid.record else grid.columns[col].heading
            name = cells[0].text or f"row {grid.first_row + row + 1}"
            grid.long_texts.append(LongText(grid.sheet.name, clip(name, 80), heading, drawn.text))
            short = _beginning(drawn.text, grid.room(col), look, tall)
            cells[col] = drawn._replace(value=short, text=short)


def _is_long(text: str, width: float, look: Look) -> bool:
    return _too_long(text) or (look.split and _too_tall(text, width, look))


def _too_long(text: str) -> bool:
    return len(text) * 2 > values.LONGEST_TEXT and values.units(text) > values.LONGEST_TEXT


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
    body = [_asked_height(grid, row) for row in range(len(grid.rows))]
    for col, room in enumerate(rooms):
        _heighten(grid, col, room, body)
    heights.update({grid.first_row + row: min(_TALLEST, height) for row, height in enumerate(body)})
    return heights


def _asked_height(grid: Grid, row: int) -> float:
    """The least height of a row of the body: room for a few lines where somebody is asked for a long text."""
    columns = range(len(grid.columns)) if grid.look.typed_in else ()
    long = any(grid.column_at(row, col).kind is Kind.LONG_TEXT and grid.typed_in(row, col) for col in columns)
    return line_pt(grid.look.size) * (_ASKING_LINES if long else 1) + 3


def _heighten(grid: Grid, col: int, room: float, body: list[float]) -> None:
    """Make the rows of the body high enough for what stands in one column."""
    size, known = grid.look.size, dict[tuple[str, bool], float]()
    for row, cells in enumerate(grid.drawn):
        kind, _, text, _ = cells[col]
        if kind != "text":
            continue
        content = grid.rows[row][col]
        what = text, isinstance(content, Mark) and content.bold
        height = known.get(what)
        if height is None:
            height = known[what] = text_height(text, room, size, what[1])
        body[row] = max(body[row], height)


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
