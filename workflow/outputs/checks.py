"""The Checks sheet of a return: plain functions that say what is still missing, with their results saved.

Only functions that Excel 2010 and LibreOffice both know are used (SUMPRODUCT, INDEX, MATCH, IF, COUNTIF, LEFT, TRIM); results
are saved beside them so that a preview, which calculates nothing, shows them too (domain.md E2). Each line is one `_Test` of
a row, written once and used twice: as the formula and as the count that is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from workflow import items, rules
from workflow.model import Column, Content, Field, Form, Kind, Mark, Role, Sheet
from workflow.validate import SPARE

_TO_DO, _DONE = "To do", "Complete"


@dataclass(frozen=True, slots=True)
class Checkable:
    """A form as it stands in one template: the fields shown on its sheet, and the keys of the rows the partner leads.

    `stood` are the (key, field) that were answered before this period, `overdue` the rows due before its end.
    """

    form: Form
    fields: Sequence[Field]
    own: frozenset[str] = frozenset()
    quarter: int = 0
    stood: frozenset[tuple[str, str]] = frozenset()
    overdue: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Line:
    """One thing to check: how many are missing now, and the formula that counts them as the partner types."""

    sheet: str
    what: str
    count: int
    formula: str

    def row(self) -> tuple[Content, ...]:
        state = _TO_DO if self.count else _DONE
        return (
            Mark(self.sheet, link=f"#'{self.sheet}'!A1"),
            self.what,
            Mark(self.count, formula=self.formula),
            Mark(state, formula=f'IF(({self.formula})=0,"{_DONE}","{_TO_DO}")'),
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet: its key, its values by field name, and whether the return says that there is nothing to report."""

    key: str
    values: Mapping[str, object]
    nil: bool = False

    def filled(self, name: str) -> bool:
        return self.text(name) != ""

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "Yes" if value is True else "No" if value is False else "" if value is None else str(value).strip()


@dataclass(frozen=True, slots=True)
class _Test:
    """A yes-or-no question about a row, as an array formula and as Python."""

    formula: str
    passes: Callable[[_Row], bool]

    def __and__(self, other: _Test) -> _Test:
        if _NEVER in (self, other):
            return _NEVER
        if _ALWAYS in (self, other):
            return other if self is _ALWAYS else self
        return _Test(f"{self.formula}*{other.formula}", lambda row: self.passes(row) and other.passes(row))

    def __invert__(self) -> _Test:
        if self is _NEVER:
            return _ALWAYS
        return _Test(f"(1-{self.formula})", lambda row: not self.passes(row))


_NEVER = _Test("0", lambda row: False)
_ALWAYS = _Test("1", lambda row: True)


def _any(tests: Iterable[_Test]) -> _Test:
    found = list(tests)
    if len(found) <= 1:
        return found[0] if found else _NEVER
    return _Test(f"(({'+'.join(t.formula for t in found)})>0)", lambda row: any(t.passes(row) for t in found))


def checks_sheet(given: Sequence[Checkable], sheets: Sequence[Sheet]) -> Sheet:
    """One line per thing that must be filled in."""
    by_name = {sheet.name: sheet for sheet in sheets}
    lines: list[_Line] = []
    about = next((c.form for c in given if c.form.layout == "record"), None)
    nil, nil_formula = False, ""
    if about and about.has("nil_return"):
        nil = _record_values(about, by_name).get("nil_return") is True
        nil_formula = f'({_record_cell(about, about.field("nil_return"))}="Yes")'
    for one in given:
        if one.form is about:
            lines.extend(_record_lines(one.form, by_name))
            continue
        counter = _Counter(one, by_name[one.form.sheet], _Test(nil_formula, lambda row: row.nil) if nil_formula else _NEVER)
        for what, test in counter.lines():
            lines.append(_Line(one.form.sheet, what, counter.count(test, nil=nil), f"SUMPRODUCT(1*{test.formula})"))
    missing = sum(1 for line in lines if line.count)
    return Sheet(
        name="Checks",
        title="Checks: what is still missing",
        table="ret_checks",
        protect=True,
        lines=(
            Mark(_overall(missing), bold=True, formula=_OVERALL),
            "This sheet fills itself in as you type. When every line says Complete, save the file and email it back.",
            "It looks for blanks on the rows that you lead. More is checked when your return arrives; you hear if anything is"
            " unclear.",
        ),
        columns=(
            Column("Sheet", width=20),
            Column("What is checked", width=60),
            Column("Still missing", Kind.WHOLE, 14),
            Column("State", width=12),
        ),
        rows=tuple(line.row() for line in lines),
        description="What is still missing from this return",
    )


_OVERALL = (
    f'IF(COUNTIF(ret_checks[State],"{_TO_DO}")=0,"Complete: this return is ready to send",'
    f'"Not complete yet: lines still to do: "&COUNTIF(ret_checks[State],"{_TO_DO}"))'
)


def _overall(missing: int) -> str:
    return f"Not complete yet: lines still to do: {missing}" if missing else "Complete: this return is ready to send"


def _column(form: Form, field: Field) -> str:
    """A table column as a structured reference; the characters ' # [ ] are escaped as Excel asks."""
    heading = "".join(f"'{c}" if c in "'#[]" else c for c in field.heading)
    return f"{form.table}[{heading}]"


def _record_cell(form: Form, field: Field) -> str:
    heading = field.heading.replace('"', '""')
    return f"INDEX('{form.sheet}'!$B:$B,MATCH(\"{heading}\",'{form.sheet}'!$A:$A,0))"


def _record_values(form: Form, sheets: dict[str, Sheet]) -> dict[str, object]:
    return {f.name: _plain(row[1]) for f, row in zip(form.fields, sheets[form.sheet].rows, strict=True)}


def _record_lines(form: Form, sheets: dict[str, Sheet]) -> Iterable[_Line]:
    values = _record_values(form, sheets)
    for f in form.answers:
        if f.required:
            cell = _record_cell(form, f)
            blank = values[f.name] is None
            if f.kind is Kind.YES_NO:  # a required yes/no is a declaration: it counts when it says Yes
                yield _Line(form.sheet, f"{f.heading}: Yes", int(values[f.name] is not True), f'IF(TRIM({cell})="Yes",0,1)')
            else:
                yield _Line(form.sheet, f"{f.heading}: filled in", int(blank), f'IF(TRIM({cell})="",1,0)')


def _plain(content: Content) -> object:
    value = content.value if isinstance(content, Mark) else content
    return None if value == "" else value


class _Counter:
    """Counts what is missing on the rows of one sheet, in Python and as formulas that say the same."""

    def __init__(self, given: Checkable, sheet: Sheet, nil: _Test) -> None:
        self._form, self._given, self._nil = given.form, given, nil
        self._shown = {f.name for f in given.fields}
        self._key = next(f for f in given.fields if f.role is Role.KEY)
        rows = [dict(zip((f.name for f in given.fields), map(_plain, row), strict=True)) for row in sheet.rows]
        self._all = [_Row(str(row[self._key.name]), row) for row in rows]
        self._answers = [f for f in given.fields if f.role is Role.ANSWER]

    def lines(self) -> Iterable[tuple[str, _Test]]:
        """(what is checked, the test of one row that counts it)."""
        mine = self._among(self._given.own)
        if self._given.own and not self._form.optional:
            open_ = mine & self._started() & ~self._no_change()
            yield self._nothing_words(), mine & ~self._started() & ~self._nil
            for f in (f for f in self._answers if f.required):
                yield f"{f.heading} is blank on rows you have started", open_ & ~self._filled(f.name)
            yield from self._rule_lines(mine & self._started(), open_)
        if self._form.spare_rows:
            needed = [f for f in self._answers if f.required]
            lacking = _any(~self._filled(f.name) for f in needed)
            words = "Rows you added (NEW) that lack " + _either([f.heading for f in needed])
            yield words, self._spare() & self._started_new() & ~self._no_change() & lacking

    def _nothing_words(self) -> str:
        skip = self._form.has("no_change")
        return "Rows with nothing entered" + (" and no Yes under No change" if skip else "")

    def _rule_lines(self, started: _Test, open_: _Test) -> Iterable[tuple[str, _Test]]:
        """What the form's rules ask for, as far as a plain function can say it. The rest is checked on arrival."""
        asked: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for use in self._form.rules:
            params = use.params
            match use.name:
                case "value-or-reason":
                    names = [str(params["value"]), str(params["reason"])]
                    words = f"Neither {self._heading(names[0])} nor {self._heading(names[1])} on rows you have started"
                    yield words, open_ & ~self._filled(names[0]) & ~self._filled(names[1])
                case "period-given":
                    names = [str(params["type"]), str(params["end"])]
                    value = str(params.get("value", "value"))
                    words = f"{self._heading(value)} without {_either([self._heading(n) for n in names])}"
                    yield words, started & self._filled(value) & _any(~self._filled(n) for n in names)
                case "overdue-needs-plan":
                    yield from self._overdue(params, started)
                case "required-when" if params.get("quarter", self._given.quarter) == self._given.quarter:
                    asked.setdefault((str(params.get("when", "")), rules.names(params, "is")), []).append(str(params["field"]))
        always = asked.pop(("", ()), [])
        for name in always:
            yield f"{self._heading(name)} is blank (asked for this quarter)", started & self._lacks_new(name)
        for (when, wanted), fields in asked.items():
            names = [n for n in fields if n not in always and n in self._shown]
            if names and when in self._shown:
                is_so = self._is(when, wanted) if wanted else self._filled(when)
                words = f"{self._heading(when)} is {_either(wanted)}, without {_either([self._heading(n) for n in names])}"
                yield words, started & is_so & _any(self._lacks_new(n) for n in names)

    def _overdue(self, params: Mapping[str, object], started: _Test) -> Iterable[tuple[str, _Test]]:
        """Past its due date, not finished, and a box of the recovery plan blank, unless one stood before this quarter."""
        names = [n for n in rules.names(params, "needs") if n in self._shown]
        late = frozenset(k for k in self._given.overdue if not any((k, n) in self._given.stood for n in names))
        if late and names:
            lacking = _any(~self._filled(n) for n in names)
            over = self._is("status", tuple(sorted(items.FINISHED)))
            words = f"Past the due date and not complete, without {_either([self._heading(n) for n in names])}"
            yield words, self._among(late) & started & ~over & lacking

    # --- tests of one row

    def _heading(self, name: str) -> str:
        return self._form.field(name).heading

    def _filled(self, name: str) -> _Test:
        return _Test(f'(TRIM({_column(self._form, self._form.field(name))})<>"")', lambda row: row.filled(name))

    def _is(self, name: str, wanted: Sequence[str]) -> _Test:
        column = _column(self._form, self._form.field(name))
        return _any(_Test(f'(TRIM({column})="{word}")', partial(_says, name, word)) for word in wanted)

    def _lacks_new(self, name: str) -> _Test:
        """Blank now, and not given in an earlier quarter either."""
        stood = frozenset(key for key, field in self._given.stood if field == name)
        lacks = ~self._filled(name)
        return lacks & ~self._listed(stood) if stood else lacks

    def _no_change(self) -> _Test:
        return self._is("no_change", ("Yes",)) if "no_change" in self._shown else _NEVER

    def _started(self) -> _Test:
        return _any(self._filled(f.name) for f in self._answers)

    def _started_new(self) -> _Test:
        theirs = (Role.ANSWER, Role.CONTEXT)  # on a spare row the partner also says what the row is
        return _any(self._filled(f.name) for f in self._given.fields if f.role in theirs)

    def _spare(self) -> _Test:
        column = _column(self._form, self._key)
        return _Test(f'(LEFT({column},{len(SPARE)})="{SPARE}")', lambda row: row.key.startswith(SPARE))

    def _among(self, keys: frozenset[str]) -> _Test:
        if keys == {row.key for row in self._all if not row.key.startswith(SPARE)}:
            filled = _Test(f'({_column(self._form, self._key)}<>"")', lambda row: bool(row.key))
            return filled & ~self._spare() if self._form.spare_rows else filled
        return self._listed(keys)

    def _listed(self, keys: frozenset[str]) -> _Test:
        listed = ",".join(f'"{row.key}"' for row in self._all if row.key in keys)
        if not listed:
            return _NEVER
        return _Test(f"ISNUMBER(MATCH({_column(self._form, self._key)},{{{listed}}},0))", lambda row: row.key in keys)

    def count(self, test: _Test, *, nil: bool) -> int:
        """How many rows pass a test as the sheet stands. `nil`: nothing to report was chosen."""
        return sum(1 for row in self._all if test.passes(_Row(row.key, row.values, nil)))


def _says(name: str, word: str, row: _Row) -> bool:
    return row.text(name) == word


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
