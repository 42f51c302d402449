"""What the sheets of the tracker and the packs have in common: first lines, names, RAG cells, words for blanks, widths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from workflow import disclosure
from workflow.fields import show
from workflow.model import Column, Content, Form, Item, Kind, Mark, Period, Profile, RagLevel, Sheet
from workflow.outputs import standing
from workflow.outputs.scope import Scope
from workflow.outputs.view import View
from workflow.writer import line_count, text_px

NOT_AVAILABLE, NOT_APPLICABLE, ESTIMATED = "[x]", "[z]", "[e]"
WIDEST, NARROWEST = 60, 8  # characters (domain.md X10)
PAGE_WIDTH = 150  # characters in all, for a published table on A4 landscape (X10)
MOST_LINES = 22  # a taller cell would not fit a row, which ends at 409 points, or a page
TEXT_SIZE = 12.0  # points, of a published table (X23)
LONGEST_TAB = 31  # characters that Excel takes for a sheet's name
LONGEST_WORD = 20  # a longer word may break
LONGEST_KEY = 14  # the key of a row that a partner added breaks at its hyphens
_DIGIT_PX, _MARGIN = 7, 1.8  # a character of width in pixels; what a cell's margins take, in characters
_A_DATE = "00 May 0000"
_MARKINGS = {
    "public": "Audience: public. Rows and figures that may not be published are left out.",
    "partnership": "Audience: the partnership. Not for publication.",
    "restricted": "Audience: restricted to the members of this board. Not for publication.",
}

Cell = Callable[[Item], Content]


@dataclass(frozen=True, slots=True)
class Part:
    """One column of a table of items: how it is headed, and what it says of an item.

    `blank` is the word for a blank in published papers. An `optional` column that says nothing on every row (a blank, or
    the word in `nothing`) is left out of them.
    """

    heading: str
    cell: Cell
    kind: Kind = Kind.TEXT
    width: int = 16
    blank: str = NOT_AVAILABLE
    optional: bool = False
    key: bool = False
    nothing: str = ""


def profile_of(scope: Scope) -> Profile:
    """The tracker is worked on, packs are published."""
    return Profile.WORKING if scope.board is None else Profile.PUBLISHED


def paper_name(scope: Scope) -> str:
    """What the paper is called in titles."""
    return scope.board.name if scope.board else "Master tracker"


def period_line(period: Period) -> str:
    """The period in full and the day it is as at."""
    return f"Period: {period.label} ({show(period.start)} to {show(period.end)}). Position as at {show(period.end)}."


def partnership_line(view: View) -> str:
    """Whose paper it is, and the label of an example where there is one."""
    who = view.register.partnership
    return f"{who.name}. {who.label}." if who.label else f"{who.name}."


def marking(scope: Scope) -> str:
    """Who may see it, in words in a cell (never in a page footer); "" for the tracker."""
    if scope.report and scope.board and scope.board.audience == "restricted":
        return "Audience: restricted. Not for publication."
    return (
        _MARKINGS.get(scope.board.audience, "")
        if scope.board
        else "For the coordinator and the partnership. Not for publication."
    )


def on_every_page(scope: Scope) -> int:
    """How many of the lines above a pack's table are repeated in print: the marking, so that a page that comes loose says whom
    it is for. What is public needs none."""
    return 1 if scope.board and marking(scope) and not scope.is_public else 0


def heading_lines(scope: Scope, *more: str) -> tuple[Content, ...]:
    """The first lines of every sheet: whose, which period, for whom, what this sheet adds. A pack says last for whom it is,
    right above its table (`on_every_page`)."""
    told = (*more, marking(scope)) if scope.board else (marking(scope), *more)
    return tuple(line for line in (partnership_line(scope.view), period_line(scope.view.period), *told) if line)


def title(scope: Scope, name: str) -> str:
    """The title in A1: "Actions: CSP Strategic Board, Q2 2023/24"."""
    return f"{name}: {paper_name(scope)}, {scope.view.period.label}"


def table_name(sheet: str, period: Period) -> str:
    """A table name without spaces that says what it is: "Actions_Q2_2023_24"."""
    name = re.sub(r"\W+", "_", f"{sheet} {period.label}", flags=re.ASCII).strip("_")
    return name if name[:1].isalpha() else f"Table_{name}"


def rows_words(count: int) -> str:
    """How many rows the one table of a sheet has, in words."""
    return f"This sheet has one table of {count} row{'' if count == 1 else 's'}."


def rag_mark(level: RagLevel | None, status: str = "") -> Content:
    """A RAG cell: the word and its short meaning on the scheme's own colours; None where there is no RAG."""
    return Mark(standing.rag_words(level, status), fill=level.colour, ink=level.text_colour) if level else None


def data_sheet(scope: Scope, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Content]], words: Words) -> Sheet:
    """One table under its first lines, with names, widths and an alternative text made in one place."""
    period = scope.view.period
    filled = tuple(map(tuple, rows))
    if scope.is_public:  # else nothing is masked
        filled = tuple(tuple(c if col.key else scope.said(c) for c, col in zip(row, columns, strict=True)) for row in filled)
    return Sheet(
        name=name,
        title=title(scope, words.title or name),
        lines=heading_lines(scope, *(words.lines + ((rows_words(len(filled)),) if filled else ()))),
        columns=fit(columns, filled, PAGE_WIDTH) if scope.board else tuple(columns),
        rows=filled,
        table=table_name(name, period),
        empty=words.empty or "There is nothing to list.",
        description=f"{words.title or name} of {paper_name(scope)}, {period.label}",
        repeated=on_every_page(scope),
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What a sheet says around its table. `title` defaults to the sheet's name."""

    title: str = ""
    lines: tuple[str, ...] = ()
    empty: str = ""


def item_sheet(scope: Scope, form: Form, parts: Sequence[Part], lines: Sequence[str] = ()) -> Sheet:
    """A form's rows as one table, one row per item, the key first."""
    items = scope.rows(form.name)
    cells = [[part.cell(item) for part in parts] for item in items]
    kept = [n for n, part in enumerate(parts) if not (scope.board and part.optional and items) or _any(cells, n, part.nothing)]
    if scope.board is not None:
        cells = [[_worded(content, part) for content, part in zip(row, parts, strict=True)] for row in cells]
    rows = [[row[n] for n in kept] for row in cells]
    columns = [
        Column(parts[n].heading, kind=parts[n].kind, width=min(WIDEST, max(NARROWEST, parts[n].width)), key=parts[n].key)
        for n in kept
    ]
    held = disclosure.held_back_words(len(scope.held(form.name)))
    words = Words(
        title=form.title,
        lines=tuple(line for line in (*lines, held) if line),
        empty="Nothing in this board's scope was returned." if scope.board and not scope.report else "Nothing was returned.",
    )
    return data_sheet(scope, form.sheet, columns, rows, words)


def _any(cells: Sequence[Sequence[Content]], n: int, nothing: str) -> bool:
    return any(_plain(row[n]) not in (None, "", nothing) for row in cells)


def _worded(content: Content, part: Part) -> Content:
    """A blank becomes a word in a published table (X08)."""
    return part.blank if _plain(content) in (None, "") else content


def _plain(content: Content) -> object:
    return content.value if isinstance(content, Mark) else content


# --- widths


def text_of(content: Content) -> str:
    """What a cell shows, as text."""
    value = _plain(content)
    return "" if value is None else show(value)  # type: ignore[arg-type]


def fit(columns: Sequence[Column], rows: Sequence[Sequence[Content]], budget: int) -> tuple[Column, ...]:
    """The columns with the widths to ask of the writer so that together they take at most `budget` characters.

    None is narrower than its longest word, nor so narrow that a cell would be taller than a row can be, if the budget
    allows it. What is left goes, a character at a time, to the column whose longest text takes the most lines, so that
    rows come out as low as they can. The writer has the last word.
    """
    if sum(c.width for c in columns) <= budget:
        return tuple(columns)
    texts = [[text_of(row[n]) for row in rows] for n in range(len(columns))]
    widths = [_floor(column, cells) for column, cells in zip(columns, texts, strict=True)]
    longest = [max(cells, key=len, default="") for cells in texts]
    lines = [line_count(text, width, TEXT_SIZE) for text, width in zip(longest, widths, strict=True)]
    while sum(widths) + 1 <= budget:
        most, n = max((count, -n) for n, count in enumerate(lines))
        if most <= 1 or widths[-n] + 1 > WIDEST:
            break
        widths[-n] += 1
        lines[-n] = line_count(longest[-n], widths[-n], TEXT_SIZE)
    return tuple(replace(c, width=int(min(WIDEST, max(NARROWEST, w)))) for c, w in zip(columns, widths, strict=True))


def _floor(column: Column, cells: Sequence[str]) -> float:
    """The narrowest width that breaks no word (of up to 16 characters) and keeps every cell under the tallest height."""
    words = {word[:LONGEST_KEY] if column.key else word for text in cells for word in text.split()}
    dates = (_A_DATE,) if column.kind is Kind.DATE else ()
    plain = max((text_px(word, TEXT_SIZE) for word in words if len(word) <= LONGEST_WORD), default=0.0)
    bold = max((text_px(word, TEXT_SIZE, True) for word in (*column.heading.split(), *dates)), default=0.0)
    width = max(float(NARROWEST), max(plain, bold) / 0.95 / _DIGIT_PX + _MARGIN)
    for text in sorted(cells, key=len, reverse=True)[:3]:
        while width < WIDEST and line_count(text, width, TEXT_SIZE) > MOST_LINES:
            width += 2
    return width


def title_words(item: Item) -> str:
    """What people call a row and what it is: "1.3.1: Health transfer-in"."""
    ref, words = item.text("ref"), standing.title_of(item)
    return f"{ref}: {words}" if ref and ref != item.key else words


def item_heading(one: str, *others: str) -> str:
    """What heads the column of what a row is, from what people call a row: "Measure". Another column may be called so."""
    own = f"{one[:1].upper()}{one[1:]}"
    return "Item" if own.casefold() in {other.casefold() for other in others} else own


def joined(parts: Iterable[str], sep: str = ", ") -> str:
    """The parts that say something."""
    return sep.join(part for part in parts if part)
