"""What was written is read again: the bytes on the disk, and the tracker cell by cell against what the ledger says stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from workflow import fields, reader
from workflow.errors import WorkflowError
from workflow.model import CONTINUES, Cell, CellType, Field, Form, Item, Kind, Place, Value
from workflow.outputs import readings, standing
from workflow.outputs.columns import this_quarter_only
from workflow.outputs.view import View
from workflow.wording import shorten

_KEY = "Row key"
_OUR_FAULT = "This is our fault: please report it."
_CUT = f" … {CONTINUES}"  # how the writer ends a text that its cell cannot hold
# RAG is printed with its meaning, a theme with its number and title; "no change" stands in the words of the row.
_WORDED = frozenset({"rag", "theme", "no_change"})


def check(
    root: Path, meant: Mapping[str, bytes], written: Sequence[str], view: View, tracker: reader.Workbook | None = None
) -> None:
    """Read every file of a period again. `written` says where each of the files that were `meant` stands, in their order;
    `tracker` is what the tracker's bytes were read as, where one is among them.

    Raises WorkflowError where a file is not as it was meant, or the tracker says other than what stands.
    """
    for (path, data), there in zip(meant.items(), written, strict=True):
        try:
            found = (root / there).read_bytes()
        except OSError as error:
            raise WorkflowError(f"{there} was written and cannot be read again ({error.strerror}). Run it again.") from error
        if found != data:
            raise WorkflowError(
                f"{there} does not hold what was written to it: another program or the disk changed it. Run it again."
            )
        if tracker and "/master-tracker-" in path:
            wrong = next(mismatches(tracker, view, there), None)
            if wrong:
                raise WorkflowError(wrong.words(view))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A cell of the tracker that does not say what stands. `stands` is None where nothing does."""

    place: Place
    label: str  # "RAG now of 1.3.1"
    says: str
    stands: Value | None

    def words(self, view: View) -> str:
        """One sentence for whoever runs it."""
        said, stands = (shorten(fields.mask(t, view.register.addresses)) for t in (self.says, fields.show(self.stands)))
        where = f"{self.place.file}, {self.place.sheet}" + (f", cell {self.place.cell}" if self.place.cell else "")
        quoted = [f'"{text}"' if text else "nothing" for text in (said, stands)]
        return f"{where} ({self.label}) says {quoted[0]}, but the ledger has {quoted[1]}. {_OUR_FAULT}"


def mismatches(book: reader.Workbook, view: View, file: str) -> Iterator[Mismatch]:
    """Every answer cell of the tracker's form sheets that is other than what stands for its item and field.

    Compared is what is one answer in one cell. What a cell puts together from several (the RAG with its meaning, what joint
    leads say) and what is worked out (days overdue, the change of a measure) is not.
    """
    for form in view.forms.values():
        if form.layout == "table":
            yield from _of_form(book, view, form, file)


def _of_form(book: reader.Workbook, view: View, form: Form, file: str) -> Iterator[Mismatch]:
    sheet, items = book.sheet(form.sheet), view.rows.get(form.name, ())
    line = next((r for (r, c), cell in sheet.cells.items() if c == 1 and cell.value == _KEY), 0) if sheet else 0
    if not sheet or not line:
        if items:
            yield Mismatch(Place(file, form.sheet), "its rows", "", f"{len(items)} rows")
        return
    columns = {str(cell.value): c for (r, c), cell in sheet.cells.items() if r == line}
    rows = {str(cell.value): r for (r, c), cell in sheet.cells.items() if c == 1 and r > line}
    printed = [(f, columns[f.heading]) for f in form.answers if f.heading in columns and f.name not in _WORDED]
    for item in items:
        row = rows.get(item.key)
        if row is None:
            yield Mismatch(Place(file, sheet.name), "the row keys", "", item.key)
            continue
        for field, column in printed:
            cell = sheet.cells.get((row, column))
            stands = _stands(view, form, field, item)
            if not _agrees(cell, stands, form, field):
                said = "" if cell is None else fields.raw_text(cell)
                ref = Cell(row, column, CellType.TEXT, None).ref
                yield Mismatch(Place(file, sheet.name, ref), f"{field.heading} of {item.label}", said, stands)


def _stands(view: View, form: Form, field: Field, item: Item) -> Value | None:
    """What the ledger has for a cell: what stands, or, in a column of this quarter alone, what this quarter gave."""
    slot = (form.name, item.key, field.name)
    if this_quarter_only(form, field.name):
        given = view.reported(*slot)
        return given.value if given else None
    found = view.now.get(slot)
    return found.value if found else None


def _agrees(cell: Cell | None, stands: Value | None, form: Form, field: Field) -> bool:
    """Whether a cell says what stands. Our own words stand where there is nothing, and before the comment on a figure."""
    if stands is None:
        worded = field.name == "progress" or (form.is_measures and field.name in ("value", "comment"))
        return cell is None or (worded and cell.type is CellType.TEXT and _ours(str(cell.value), field))
    if cell is None or cell.value is None:
        return stands == ""
    if form.is_measures and field.name == "comment":
        return _text(str(cell.value)).endswith(_text(fields.show(stands)))
    return _says(cell, stands, field)


def _ours(text: str, field: Field) -> bool:
    return field.name != "progress" or text.startswith(standing.not_updated(""))


def _says(cell: Cell, value: Value, field: Field) -> bool:
    """Whether a cell holds a value: of the same type, or as the text that a spreadsheet must be given for it."""
    found = cell.value
    if isinstance(value, date):
        day = found.date() if isinstance(found, datetime) else found
        return day == value or (isinstance(found, str) and found in _day_words(value, field))
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and isinstance(found, int | float):
        return float(value) == found
    text = _text(value if isinstance(value, str) else str(value) if not isinstance(value, bool) else fields.show(value))
    said = _text(str(found))
    return said == text or (said.endswith(_CUT) and text.startswith(said.removesuffix(_CUT)))


def _day_words(day: date, field: Field) -> tuple[str, ...]:
    """A day as text: a month by its name, and what lies before a spreadsheet's calendar."""
    shown = fields.show(day)
    return (readings.month_words(day),) if field.kind is Kind.MONTH else (shown, f"0{shown}")


def _text(text: str) -> str:
    return fields.clean(text)
