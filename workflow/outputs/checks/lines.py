"""A line of the Checks sheet: what it asks for, how many rows fall short of it, and which of them is the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workflow.outputs.checks.formulas import ALWAYS, LONGEST, NEVER, Row, Test, either
from workflow.outputs.checks.table import Table

LAST_ROW = 1_048_577  # one more than a sheet has
_ROOM = 500  # characters
UNSURE = "?"  # the count of a line that a spreadsheet error on its sheet makes impossible
COUNT, FIRST = "ret_checks[[#This Row],[Rows to do]]", "ret_checks[[#This Row],[First row]]"


class Topic(StrEnum):
    """What a line is about, in the order of the lines of one sheet. What belongs together is one line: the list stays short."""

    ANSWERED = "answered"
    ENTRIES = "entries"
    REQUIRED = "required"
    VALUE = "value"
    PROGRESS = "progress"
    OVERDUE = "overdue"
    DATES = "dates"
    AGREE = "agree"
    PERIOD = "period"
    FIGURES = "figures"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a row can fall short of: the box it is about, and the findings that say the same on arrival.

    `says` is what it adds to the words of its line; `fields` are the boxes that the findings name, where not `field` alone.
    """

    topic: Topic
    field: str
    test: Test
    codes: tuple[str, ...]
    says: str = ""
    scope: Test = ALWAYS
    fields: tuple[str, ...] = ()

    @property
    def whole(self) -> Test:
        """The test with the rows that it is for."""
        return self.scope & self.test


@dataclass(frozen=True, slots=True)
class Claim:
    """The findings that one part of a line stands for: those with these codes at one of these fields of the form ("" is the
    row as a whole). `rows` are the keys of the rows in which it finds them, `formula` counts them, and `box` is the field
    that the line's link leads to where this part is the first that a row falls short of."""

    codes: tuple[str, ...]
    fields: tuple[str, ...]
    box: str
    rows: tuple[str, ...]
    formula: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line, ready to be drawn. `claims` say for which findings it speaks: it is Complete where there are none of them.

    `row` counts from 1 in the sheet's body and is 0 where there is nothing to do. `column_formula` is the number of the
    column of the first box in question; it may use the cells Rows to do and First row of its own line.
    """

    sheet: str
    form: str
    what: str
    claims: tuple[Claim, ...]
    count: int
    row: int
    count_formula: str
    row_formula: str
    column_formula: str

    @property
    def fits(self) -> bool:
        """Whether Excel takes its formulas, with some room for what is written around them."""
        return max(len(self.count_formula), len(self.row_formula), len(self.column_formula)) < LONGEST - _ROOM


def table_line(table: Table, what: str, parts: Sequence[Part]) -> Line:
    """The line of one topic of one table."""
    whole, claims = _together(parts), claims_of(parts, table.rows)
    rows = [n for n, row in enumerate(table.rows, 1) if any(row.key in claim.rows for claim in claims)]
    count, first = _count(whole.formula), _first(table, whole.formula)
    # An error of a formula spoils every other sum, and not in every program with an error: it has to go first.
    if parts[0].topic is Topic.ENTRIES:
        broken = _broken(table)
        count = f"IF({errors(table)}>0,{_count(broken)},{count})"
        first = f"IF({errors(table)}>0,{_first(table, broken)},{first})"
    else:
        count = f'IF({errors(table)}>0,"{UNSURE}",{count})'
    return Line(
        sheet=table.form.sheet,
        form=table.form.name,
        what=what,
        claims=claims,
        count=len(rows),
        row=rows[0] if rows else 0,
        count_formula=f'IFERROR({count},"{UNSURE}")',
        row_formula=f'IF(N({COUNT})=0,"",{first})',
        column_formula=_column(table, parts),
    )


def claims_of(parts: Sequence[Part], rows: Sequence[Row]) -> tuple[Claim, ...]:
    """What each part says, row by row. Row keys tell the rows of a sheet that we make apart."""
    scopes = {part.scope.formula: part.scope for part in parts}
    within = {formula: [row for row in rows if scope.passes(row)] for formula, scope in scopes.items()}
    claims: list[Claim] = []
    for part in parts:
        found = tuple(row.key for row in within[part.scope.formula] if part.test.passes(row))
        formula = f"SUMPRODUCT(1*{part.whole.formula})"
        claims.append(Claim(part.codes, part.fields or (part.field,), part.field, found, formula))
    return tuple(claims)


def _together(parts: Sequence[Part]) -> Test:
    """Whether a row falls short of any part; what they share is written once."""
    by_scope: dict[str, list[Part]] = {}
    for part in parts:
        by_scope.setdefault(part.scope.formula, []).append(part)
    return either(group[0].scope & either(p.test for p in group) for group in by_scope.values())


def _count(test: str) -> str:
    return f"SUMPRODUCT(1*{test})"


def _first(table: Table, test: str) -> str:
    return f"{LAST_ROW}-SUMPRODUCT(MAX({test}*({LAST_ROW}-ROW({table.key}))))"


def errors(table: Table) -> str:
    """How many cells of a table show an error of a formula."""
    return f"SUMPRODUCT(1*ISERROR({table.form.table}[]))"


def _broken(table: Table) -> str:
    """Whether a row has an error of a formula among its answers."""
    return f"(({'+'.join(f'ISERROR({table.column(name)})' for name in table.answers)})>0)"


def _column(table: Table, parts: Sequence[Part]) -> str:
    """The column of the first part that the first row falls short of."""
    shared = len({part.scope.formula for part in parts}) == 1
    formula = f"COLUMN({table.column(parts[-1].field)})"
    for part in reversed(parts[:-1]):
        test = part.test if shared else part.whole
        at_first = f"SUMPRODUCT((ROW({table.key})={FIRST})*{test.formula})"
        formula = f"IF({at_first},COLUMN({table.column(part.field)}),{formula})"
    return formula


def grouped(parts: Sequence[Part]) -> Mapping[Topic, list[Part]]:
    """Parts by topic, in the order of the topics; those that never hold are left out."""
    found: dict[Topic, list[Part]] = {topic: [] for topic in Topic}
    for part in parts:
        if part.whole is not NEVER:
            found[part.topic].append(part)
    return {topic: group for topic, group in found.items() if group}
