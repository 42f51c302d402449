"""One register sheet as typed lines: every cell by its field, with its place and what was wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from workflow import fields
from workflow.model import Cell, Choice, Field, Form, Kind, Place, Row, Severity, Value, column_letters
from workflow.validate import Trouble
from workflow.wording import WORDS

# What a choice field of one line accepts, where the form alone cannot say.
ChoicesFor = Callable[[Field, Mapping[str, Value]], Sequence[Choice]]


def no_choices(_field: Field, _values: Mapping[str, Value]) -> Sequence[Choice]:
    """For sheets whose form alone says what a choice may be."""
    return ()


@dataclass(frozen=True, slots=True)
class RowPlaces(Mapping[str, Place]):
    """Where each field of one row stands, blank ones too. A register has many rows, so a place is made when it is asked for."""

    file: str
    sheet: str
    number: int
    columns: Mapping[str, int]
    lines: Mapping[str, int]
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> Place:
        if name not in self.names:
            raise KeyError(name)
        column = self.columns.get(name)
        line = self.lines.get(name, self.number)
        return Place(self.file, self.sheet, f"{column_letters(column)}{line}" if column else "")

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(slots=True)
class Places(Mapping[tuple[str, str, str], Place]):
    """Where every field of every row stands, by form, key and field. Of two rows with one key, the first."""

    rows: dict[tuple[str, str], RowPlaces] = field(default_factory=dict)

    def __getitem__(self, at: tuple[str, str, str]) -> Place:
        return self.rows[at[:2]][at[2]]

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return ((form, key, name) for (form, key), row in self.rows.items() for name in row)

    def __len__(self) -> int:
        return sum(map(len, self.rows.values()))


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a register sheet. `values` has what could be typed; a blank or unreadable cell is absent."""

    form: str
    key: str
    place: Place  # of the key, else of the row's first cell
    values: Mapping[str, Value] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)  # of every field, blank ones too
    held: frozenset[str] = frozenset()  # fields whose cell could not be read

    def text(self, name: str, default: str = "") -> str:
        """A value as text."""
        value = self.values.get(name)
        return default if value is None else fields.clean(str(value))

    def day(self, name: str) -> date | None:
        """A date."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None

    def sure_day(self, name: str) -> date:
        """A date of a required field: a line that lacks one is never built from."""
        value = self.day(name)
        if value is None:
            raise KeyError(f"{self.form}: {name} is required")
        return value

    def whole(self, name: str, default: int = 0) -> int:
        """A whole number."""
        value = self.values.get(name)
        return int(value) if isinstance(value, int | Decimal) else default

    def number(self, name: str) -> float | None:
        """A number, None where there is none."""
        value = self.values.get(name)
        return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None

    def many(self, name: str) -> tuple[str, ...]:
        """The parts of a cell that holds several, separated by semicolons or line breaks; each once."""
        return tuple(dict.fromkeys(fields.split_many(self.text(name))))


@dataclass(slots=True)
class SheetCells:
    """Types the rows of one sheet. `troubles` and `places` gather over all rows."""

    form: Form
    file: str
    today: date
    choices_for: ChoicesFor
    troubles: list[Trouble] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    _names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._names = tuple(f.name for f in self.form.fields)

    def line(self, row: Row) -> Line | None:
        """A row as a line; None where it is empty, or lacks or garbles what it cannot do without."""
        key = fields.clean(row.key)
        values: dict[str, Value] = {}
        held: set[str] = set()
        troubles: list[Trouble] = []
        places = RowPlaces(self.file, row.sheet, row.number, row.columns, row.lines, self._names)
        for f in self.form.fields:
            cell = row.cells.get(f.name)
            value = self._type(f, cell, row, values, troubles) if cell is not None else None
            if value is not None:
                values[f.name] = value
            elif any(t.field == f.name for t in troubles):
                held.add(f.name)
        if not values and not held:
            return None
        self.places.rows.setdefault((self.form.name, key), places)
        line = Line(self.form.name, key, places[(self.form.key or self.form.fields[0]).name], values, places, frozenset(held))
        missing = self._missing(row, line, troubles)
        label = line.text("ref") or key
        self.troubles.extend(replace(t, key=key, label=label) for t in troubles)
        return None if missing and self.form.layout == "table" else line

    def _missing(self, row: Row, line: Line, troubles: list[Trouble]) -> bool:
        """Note blank required cells. True where one is blank or unreadable. A column that is gone is not reported here."""
        wanted = [f for f in self.form.fields if (f.required or f is self.form.key) and f.name not in line.values]
        code = "register-blank" if self.form.layout == "table" else "register-fact-blank"
        for f in wanted:
            if f.name not in line.held and f.name in row.columns:
                words = {"expected": f"the {f.heading[:1].lower()}{f.heading[1:]}"}
                troubles.append(Trouble(code, self.form, f.name, line.places[f.name], words=words))
        return bool(wanted)

    def _type(
        self, f: Field, cell: Cell, row: Row, values: Mapping[str, Value], troubles: list[Trouble]
    ) -> Value | None:
        choices: Sequence[Choice] = f.choices
        if f.kind is Kind.CHOICE and f.choices_from:
            choices = self.choices_for(f, values)
            f = f if choices else replace(f, kind=Kind.TEXT)
        unit = str(values.get("unit", ""))
        parsed = fields.parse(f, cell, choices=choices, unit=unit, today=self.today)
        raw = fields.raw_text(cell)
        stopped = False
        for said in parsed.codes:
            code, words = said, parsed.words
            if said == "number-range":  # a query in a return; here nothing could be done with the number
                code, words = "register-number", {"expected": f"a number {words['expected']}"}
            stopped = stopped or WORDS[code][0] is Severity.STOP
            place = Place(self.file, row.sheet, cell.ref)
            troubles.append(Trouble(code, self.form, f.name, place, "", "", raw, parsed.suggestion, words))
        return None if stopped else parsed.value
