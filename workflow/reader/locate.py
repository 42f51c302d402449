"""Where a form's table or record stands in a workbook: by its name, then by its headings, never by a fixed address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from workflow import fields
from workflow.model import CellType, Form
from workflow.reader.book import SheetData, TableRef, Workbook
from workflow.reader.cells import box

# The sheet and the first range of a defined name's reference: 'My Sheet'!$A$4:$H$30, or one cell.
_CELL = r"\$?[A-Z]{1,3}\$?\d+"
_REFERENCE = re.compile(rf"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!,]+))!(?P<area>{_CELL}(?::{_CELL})?)")
_FEWEST = 3  # headings by which a table without its name is known
_FEWEST_NAMED = 2  # headings that must stand where a name points
LONGEST_HEADING = 250  # characters; a longer text is an answer

Labels = Sequence[tuple[int, str]]  # the headings along one line: where (column; in a record: row), folded text
Line = tuple[Labels, frozenset[str]]  # the same, and the texts alone


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a form's headings stand: the row of a table's headings, or the column of a record's.

    `found` gives the column of each field (in a record: its row). `strangers` counts texts of the line that are no
    headings of the form.
    """

    sheet: SheetData
    line: int
    found: Mapping[str, int]
    strangers: int = 0
    named: bool = False

    def repeats(self, other: Spot) -> bool:
        """Whether this line of the same sheet says no more than the other: the same headings in the same columns."""
        return self.sheet is other.sheet and self.found.items() <= other.found.items() and self.strangers <= other.strangers


class Headings:
    """What a form's fields are called, and by which other names they go."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._own = {label(f.heading): f.name for f in form.fields}
        self._other = {label(s): f.name for f in form.fields for s in f.synonyms}
        self._answers = {f.name for f in form.answers if not f.only_quarter}
        self.known = frozenset((*self._own, *self._other))  # every folded heading and synonym

    def field(self, text: str) -> str:
        """The field that a folded heading names, "" where none does. A heading wins over another field's synonym."""
        return self._own.get(text) or self._other.get(text, "")

    def match(self, labels: Labels) -> dict[str, int]:
        """Where each field stands along a line: under its own heading if that is there, else under a synonym."""
        found: dict[str, int] = {}
        for names in (self._own, self._other):
            for where, text in labels:
                if name := names.get(text):
                    found.setdefault(name, where)
        return found

    def fields(self, words: Iterable[str]) -> set[str]:
        """The fields that may be found where these folded headings stand."""
        return {name for word in words for names in (self._own, self._other) if (name := names.get(word))}

    def suffice(self, found: Set[str]) -> bool:
        """Whether these fields' headings alone tell that it is this form: three, and half of those that a partner fills."""
        return len(found) >= min(_FEWEST, len(self.form.fields)) and 2 * len(self._answers & found) >= len(self._answers)

    def suffice_named(self, found: Set[str]) -> bool:
        """Whether these fields' headings tell it where the form's name leads to them."""
        return len(found) >= min(_FEWEST_NAMED, len(self.form.fields))


@lru_cache(maxsize=8192)
def label(text: str) -> str:
    """A heading for comparing: folded, without the colon or star that people put after it."""
    if text.isascii() and text.isprintable():  # as `fold` has it, in a tenth of the time
        return " ".join(text.lower().split()).rstrip(" :*")
    return fields.fold(text).rstrip(" :*")


class Sought:
    """Some forms, by the names that they go by here, with what they are found by. Made once for many workbooks."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        self.forms = dict(forms)
        self.headings = {name: Headings(form) for name, form in forms.items()}
        self.tables, self.records = set[str](), set[str]()  # the folded headings of either layout
        for headings in self.headings.values():
            (self.records if headings.form.layout == "record" else self.tables).update(headings.known)
        self.words = self.tables | self.records

    def standing(self, words: Set[str]) -> Iterator[tuple[Headings, bool]]:
        """The forms that can be found where just these folded headings stand, and whether without their names, too."""
        for headings in self.headings.values() if words else ():
            found = headings.fields(words)
            alone = headings.suffice(found)
            if alone or headings.suffice_named(found):
                yield headings, alone


_last: list[Sought] = []  # at most one


def sought_for(forms: Mapping[str, Form]) -> Sought:
    """What these forms are found by: made once while the same forms are asked for."""
    if not _last or list(_last[0].forms.items()) != list(forms.items()):
        _last[:] = [Sought(forms)]
    return _last[0]


class Lines:
    """The lines of a workbook that bear a heading of any of the forms that are sought, found in one pass for all of them."""

    def __init__(self, book: Workbook, sought: Sought) -> None:
        self.book = book
        self._lines: list[dict[bool, dict[int, Line]]] = []
        known = {False: sought.tables, True: sought.records}
        for sheet in book.sheets:
            labels = _labels(sheet)
            self._lines.append({record: _lines(labels, record, words) for record, words in known.items() if words})

    def of(self, headings: Headings) -> Iterator[tuple[SheetData, int, Labels]]:
        """Every line with any of a form's headings, and its texts, by sheet and in order; for a record a line is a column."""
        for sheet, lines in zip(self.book.sheets, self._lines, strict=True):
            for line, (labels, words) in lines[headings.form.layout == "record"].items():
                if not words.isdisjoint(headings.known):
                    yield sheet, line, labels


def spots(lines: Lines, headings: Headings) -> tuple[Spot, ...]:
    """Every line of the workbook that bears any of the form's headings, in order; not those of another form's table."""
    record = headings.form.layout == "record"
    tables = lines.book.tables
    taken = {(t.sheet, t.area[1] if record else t.area[0]) for t in tables if _is_another_forms(t, headings.form)}
    found: list[Spot] = []
    for sheet, line, labels in lines.of(headings):
        match = headings.match(labels)
        if match and (sheet.name, line) not in taken:
            # In a record everything above, below and between its lines stands in the same column.
            strangers = 0 if record else sum(1 for _, text in labels if text and not headings.field(text))
            found.append(Spot(sheet, line, match, strangers))
    return tuple(found)


def _labels(sheet: SheetData) -> dict[tuple[int, int], str]:
    """The texts of a sheet that may be headings, folded."""
    return {
        at: label(cell.value)
        for at, cell in sheet.cells.items()
        if cell.type is CellType.TEXT and len(cell.value) <= LONGEST_HEADING  # type: ignore[arg-type]  # a text's is one
    }


def _lines(labels: Mapping[tuple[int, int], str], record: bool, known: Set[str]) -> dict[int, Line]:
    """The texts of every row (in a record: of every column) that bears a known heading, in order."""
    line, where = (1, 0) if record else (0, 1)
    found: dict[int, list[tuple[int, str]]] = {at[line]: [] for at, text in labels.items() if text in known}
    for at, text in labels.items() if found else ():
        if at[line] in found:
            found[at[line]].append((at[where], text))
    return {number: (sorted(there), frozenset([text for _, text in there])) for number, there in sorted(found.items())}


def locate(book: Workbook, headings: Headings, there: Sequence[Spot]) -> Spot | None:
    """Which of the spots is the form's: where its name leads, else the best by its headings; None where none will do."""
    form = headings.form
    named = {(s.sheet.name, s.line): s for s in there if headings.suffice_named(s.found.keys())}
    known = [s for s in there if headings.suffice(s.found.keys())]
    sheets = {s.sheet.name for s in known}
    for sheet, line in dict.fromkeys((sheet.name, line) for sheet, line in _anchors(book, form)):
        spot = named.get((sheet, line))
        if spot is None and sheet in sheets:
            near = (s for s in known if s.sheet.name == sheet)
            spot = min(near, key=lambda s: (-_fit(s), abs(s.line - line)))
        if spot is not None:
            return replace(spot, named=True)
    tab = fields.fold(form.sheet)
    return max(known, key=lambda s: (_fit(s), fields.fold(s.sheet.name) == tab, -s.line), default=None)


def may_lead(form: Form, names: Iterable[str], tables: Iterable[TableRef]) -> bool:
    """Whether any of the defined names or tables of a workbook bears the form's name."""
    return any(name.casefold() == form.table.casefold() for name in names) or any(is_named(table, form) for table in tables)


def is_named(table: TableRef, form: Form) -> bool:
    """Whether a table bears the form's name; programs compare these names without regard to case."""
    return form.table.casefold() in (table.name.casefold(), table.display_name.casefold())


def _is_another_forms(table: TableRef, form: Form) -> bool:
    """Whether a table's name says that it is another form's: the names of a return's forms share their start (`ret_`).

    A copy of ours (`ret_actions3`) and a name that a program gave (`Table1`) say nothing of the kind.
    """
    name, own = table.display_name.casefold(), form.table.casefold()
    start, mark, _ = own.partition("_")
    return bool(mark) and name.startswith(start + mark) and not name.startswith(own)


def _fit(spot: Spot) -> int:
    """How well a line fits a form. Forms share headings, so another form's headings count against it."""
    return len(spot.found) - spot.strangers


def _anchors(book: Workbook, form: Form) -> Iterator[tuple[SheetData, int]]:
    """Where the table of the form's name, and the defined name of the same spelling, say that its first line is."""
    record = form.layout == "record"
    for table in book.tables:
        sheet = book.sheet(table.sheet)
        if sheet and is_named(table, form):
            yield sheet, table.area[1] if record else table.area[0]
    for name, reference in book.names.items():
        match = _REFERENCE.match(reference.removeprefix("=")) if name.casefold() == form.table.casefold() else None
        if match:
            sheet = book.sheet(match["plain"] or match["quoted"].replace("''", "'"))
            area = box(match["area"])
            if sheet and area:
                yield sheet, area[1] if record else area[0]
