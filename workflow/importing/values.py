"""What an import proposes, as values: rows of the register with their places, their doubts, and what became of every cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workflow.errors import WorkflowError
from workflow.model import Choice, Confidence, Form, Register, SetAside, Source, SourceCell, Value

TAKE, CHANGE, LEAVE_OUT = "Take", "Change", "Leave out"
DECISIONS = (
    Choice(TAKE, ("yes", "y", "ok", "accept", "taken")),
    Choice(CHANGE, ("changed", "edit", "edited", "take with changes")),
    Choice(LEAVE_OUT, ("leave", "no", "n", "drop", "reject", "remove", "left out")),
)
# The register's own sheets that an import may add rows to, in the order in which a person should look at them.
OWN_SHEETS = ("plans", "themes", "partners", "aliases", "contacts", "glossary")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One way to head a column: the field that it means and, where it says so, the form that the table then is."""

    field: str
    words: tuple[str, ...]
    form: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an import is read against: the register as it is, the return forms, the register's own forms, and the words by
    which columns are known."""

    register: Register
    forms: Mapping[str, Form]
    own_forms: Mapping[str, Form]
    meanings: Sequence[Meaning]

    @property
    def item_forms(self) -> tuple[str, ...]:
        """The forms that an item may be of."""
        return tuple(n for n, f in sorted(self.forms.items(), key=lambda p: p[1].order) if f.items and f.layout == "table")


@dataclass(frozen=True, slots=True)
class Written:
    """What the file says, under its own heading, where the proposal does not repeat it word for word."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row that the register would get. `sheet` is a form with rows of its own, or one of the register's own sheets.

    `values` are by field of the register's form. `decision` is what is chosen beforehand: blank where only a person can say.
    `number` is what the review calls the row: the row key may be changed there. `state` is free for those who propose rows
    of another kind: "Carried", "Closed", "New".
    """

    sheet: str
    values: Mapping[str, Value]
    confidence: Confidence
    questions: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()
    cells: tuple[SourceCell, ...] = ()
    decision: str = ""
    number: str = ""
    state: str = ""
    doubt: float = 0.0  # within one confidence, the most doubtful first: 0 is none, 1 the most


@dataclass(frozen=True, slots=True)
class Found:
    """One table: where it stands, what it was taken for ("" where no form fits), how sure that is, and the rows it gave."""

    file: str
    sheet: str
    title: str
    form: str
    confidence: Confidence
    rows: int
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of the cells of one file."""

    file: str
    read: int
    placed: int
    aside: int
    why: Mapping[str, int] = field(default_factory=dict)  # of those set aside

    @property
    def holds(self) -> bool:
        """Whether every cell read is one of the two."""
        return self.read == self.placed + self.aside


@dataclass(frozen=True, slots=True)
class Imported:
    """Everything that an import found. Proposals stand sheet by sheet, the most doubtful first."""

    sources: tuple[Source, ...]
    found: tuple[Found, ...]
    proposals: tuple[Proposal, ...]
    aside: tuple[SetAside, ...]
    notes: tuple[str, ...] = ()

    def of(self, sheet: str) -> tuple[Proposal, ...]:
        """The proposals of one sheet."""
        return tuple(p for p in self.proposals if p.sheet == sheet)


Where = tuple[str, str, int, int]


def where(cell: SourceCell) -> Where:
    """What tells a cell from every other one."""
    return (cell.place.file, cell.place.sheet, cell.row, cell.col)


def balances(imported: Imported) -> tuple[Balance, ...]:
    """The count of each file. Raises WorkflowError where a cell was lost, or counted twice: then nothing may be written."""
    placed = {where(c) for p in imported.proposals for c in p.cells}
    aside = {where(a.cell): a.why for a in imported.aside}
    made: list[Balance] = []
    for source in imported.sources:
        cells = {where(c): c for grid in source.grids for c in grid.cells}
        lost = [c for at, c in cells.items() if (at in placed) == (at in aside)]
        if lost or sum(len(g.cells) for g in source.grids) != len(cells):
            first = lost[0].place if lost else None
            at = f" The first is {first.sheet}, {first.cell}." if first else ""
            raise WorkflowError(
                f"{source.file}: what became of {len(lost)} of its {len(cells)} cells cannot be told, so nothing was"
                f" written.{at}"
            )
        why = Counter(str(aside[at]) for at in cells if at in aside)
        made.append(Balance(source.file, len(cells), sum(at in placed for at in cells), sum(why.values()), dict(why)))
    return tuple(made)


def numbered(proposals: Iterable[Proposal], order: Sequence[str]) -> tuple[Proposal, ...]:
    """The proposals sheet by sheet, in each the most doubtful first, and each with its number."""
    place = {sheet: n for n, sheet in enumerate(order)}
    ordered = sorted(proposals, key=lambda p: (place.get(p.sheet, len(place)), -p.confidence.doubt, -p.doubt))
    return tuple(replace(p, number=f"P{n:03d}") for n, p in enumerate(ordered, 1))
