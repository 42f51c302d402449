"""The lines about the sheet About this return: its boxes stand below each other, each found by its heading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from workflow import items
from workflow.fields import listed
from workflow.model import Kind, Role, Sheet
from workflow.outputs.checks import agree, cells
from workflow.outputs.checks.formulas import NEVER, Row, Test, either, quoted
from workflow.outputs.checks.lines import COUNT, UNSURE, Line, Part, Topic, claims_of, errors
from workflow.outputs.checks.table import Checkable, Table, plain


class Record(Table):
    """A record as a table of one row, whose cells are found by the headings beside them."""

    def __init__(self, given: Checkable, sheet: Sheet) -> None:
        self.given, self.form, self.period = given, given.form, given.period
        self.shown = {f.name: f for f in given.fields}
        self._lists = {}
        self.items, self.own, self.spare, self.nil = {}, frozenset(), NEVER, NEVER
        self.answers = [f.name for f in given.fields if f.role is Role.ANSWER]
        self.rows = [Row("", {f.name: plain(cells[1]) for f, cells in zip(given.fields, sheet.rows, strict=True)})]

    def place(self, name: str) -> str:
        """The row in which a box stands."""
        return f"MATCH({quoted(self.heading(name))},{self._sheet}!$A:$A,0)"

    def column(self, name: str) -> str:
        """The one cell of a field."""
        return f"INDEX({self._sheet}!$B:$B,{self.place(name)})"

    @property
    def _sheet(self) -> str:
        doubled = self.form.sheet.replace("'", "''")
        return f"'{doubled}'"

    @cached_property
    def begun(self) -> Test:
        """There is only the one row, and it is always asked for."""
        return Test("1", lambda row: True)


def nil(about: Record) -> Test:
    """Whether the return says that there is nothing to report; the same for every row of every table."""
    said = about.is_one_of("nil_return", ("Yes",))
    answer = said.passes(about.rows[0])
    return Test(said.formula, lambda row: answer)


def about_lines(about: Record, tables: Sequence[Table]) -> Iterable[Line]:
    """One line for the sign-off, and one for the other boxes."""
    required = [n for n in about.answers if about.form.field(n).required]
    readable = [part for part in cells.boxes(about) if part.field in about.answers]
    signed = [_signed(about, name) for name in required]
    for use in about.form.rules:
        if use.name == "not-after":
            signed += agree.not_after(about, use.params)
    if required:
        yield _line(about, "The sign-off is filled in, and every entry can be read", [*signed, *readable])
    if "nil_return" in about.shown:
        yield from _nil_lines(about, tables)


def _nil_lines(about: Record, tables: Sequence[Table], where: str = "") -> Iterable[Line]:
    """Nothing to report, and yet something new on a row; a line each for some of the sheets where one would be too long."""
    what = f"{about.heading('nil_return')} is not Yes beside new answers{where}"
    line = _line(about, what, [_nothing(about, tables)])
    spoiled = "+".join(errors(table) for table in tables) or "0"
    line = replace(line, count_formula=f'IF({spoiled}>0,"{UNSURE}",{line.count_formula})')
    if line.fits:
        yield line
    elif len(tables) > 1:
        for half in (tables[: len(tables) // 2], tables[len(tables) // 2 :]):
            yield from _nil_lines(about, half, f" on {listed([t.form.sheet for t in half], 'and')}")


def _signed(about: Record, name: str) -> Part:
    """A required box; a yes/no is a declaration there, which counts when it says Yes."""
    yes_no = about.form.field(name).kind is Kind.YES_NO
    missing = ~about.is_one_of(name, ("Yes",)) if yes_no else ~about.filled(name)
    return Part(Topic.REQUIRED, name, missing, ("sign-off-missing",))


def _nothing(about: Record, tables: Sequence[Table]) -> Part:
    """Nothing to report, and yet something new on a row."""
    new = [(table, _new(table)) for table in tables]
    any_new = "+".join(f"SUMPRODUCT(1*{test.formula})" for _, test in new) or "0"
    answer = any(test.passes(row) for table, test in new for row in table.rows)
    conflict = nil(about) & Test(f"(({any_new})>0)", lambda row: answer)
    return Part(Topic.AGREE, "nil_return", conflict, ("nil-with-answers",))


def _new(table: Table) -> Test:
    """Whether a row says anything that did not stand there before. Of rows that come back filled that cannot be told."""
    added = table.spare & table.any_filled(table.theirs)
    if items.comes_back_filled(table.form):
        return added
    stood = [name for name in table.answers if table.before(name)]
    fresh = table.any_filled([name for name in table.answers if name not in stood])
    return either((~table.spare & either((fresh, *(table.differs(name, exactly=True) for name in stood))), added))


def _line(about: Record, what: str, parts: Sequence[Part]) -> Line:
    row = about.rows[0]
    wrong = {name: [p.test for p in parts if p.field == name] for name in about.answers}
    tests = {name: either(found) for name, found in wrong.items() if found}
    order = [f.name for f in about.given.fields]
    first = '""'
    for name, test in reversed(tests.items()):
        first = f"IF({test.formula},{about.place(name)},{first})"
    failing = [name for name, test in tests.items() if test.passes(row)]
    return Line(
        sheet=about.form.sheet,
        form=about.form.name,
        what=what,
        claims=claims_of(parts, about.rows),
        count=len(failing),
        row=order.index(failing[0]) + 1 if failing else 0,
        count_formula=f'IFERROR(SUMPRODUCT({"+".join(f"(1*{t.formula})" for t in tests.values())}),"{UNSURE}")',
        row_formula=f'IF(N({COUNT})=0,"",{first})',
        column_formula="2",
    )
