"""The Checks sheet of a return: plain functions that say what is still missing, with their results saved.

Only functions that Excel 2010 and LibreOffice both know are used (SUMPRODUCT, INDEX, MATCH, IF, COUNTIF, LEFT); results
are saved beside them so that a preview, which calculates nothing, shows them too (domain.md E2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflow.model import Column, Content, Field, Form, Kind, Mark, Role, Sheet
from workflow.validate import SPARE

_TO_DO, _DONE = "To do", "Complete"


@dataclass(frozen=True, slots=True)
class Checkable:
    """A form as it stands in one template: the fields shown on its sheet, and the keys of the rows the partner leads."""

    form: Form
    fields: Sequence[Field]
    own: frozenset[str]


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


def checks_sheet(given: Sequence[Checkable], sheets: Sequence[Sheet]) -> Sheet:
    """One line per thing that must be filled in."""
    by_name = {sheet.name: sheet for sheet in sheets}
    lines: list[_Line] = []
    about = next((c.form for c in given if c.form.layout == "record"), None)
    nil = about is not None and _record_values(about, by_name).get("nil_return") is True
    nil_formula = f'{_record_cell(about, about.field("nil_return"))}="Yes"' if about and about.has("nil_return") else "FALSE"
    for one in given:
        form = one.form
        if form is about:
            lines.extend(_record_lines(form, by_name))
        elif one.own and not form.optional:
            for what, count, formula in _Counter(one, by_name[form.sheet]).lines():
                lines.append(_Line(form.sheet, what, 0 if nil else count, f"IF({nil_formula},0,{formula})"))
    missing = sum(1 for line in lines if line.count)
    return Sheet(
        name="Checks",
        title="Checks: what is still missing",
        table="ret_checks",
        protect=True,
        lines=(
            Mark(_overall(missing), bold=True, formula=_OVERALL),
            "This sheet fills itself in as you type. When every line says Complete, save the file and email it back.",
            "It counts what is blank on rows that you lead. More is checked when your return arrives; you hear if anything is unclear.",
        ),
        columns=(
            Column("Sheet", width=22),
            Column("What is checked", width=58),
            Column("Still missing", Kind.WHOLE, 14),
            Column("State", width=14),
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
                yield _Line(form.sheet, f"{f.heading}: Yes", int(values[f.name] is not True), f'IF({cell}="Yes",0,1)')
            else:
                yield _Line(form.sheet, f.heading, int(blank), f'IF({cell}="",1,0)')


def _plain(content: Content) -> object:
    value = content.value if isinstance(content, Mark) else content
    return None if value == "" else value


class _Counter:
    """Counts blanks on the rows that a partner leads, in Python and as formulas that say the same."""

    def __init__(self, given: Checkable, sheet: Sheet) -> None:
        self._form = given.form
        own = given.own
        self._rows = [dict(zip((f.name for f in given.fields), map(_plain, row), strict=True)) for row in sheet.rows]
        key = next(f for f in given.fields if f.role is Role.KEY)
        self._own = [row for row in self._rows if row[key.name] in own]
        keys = [str(row[key.name]) for row in self._rows if not str(row[key.name]).startswith(SPARE)]
        column = _column(given.form, key)
        if set(keys) == set(own):
            self._mine = f'({column}<>"")*(LEFT({column},{len(SPARE)})<>"{SPARE}")'
        else:
            listed = ",".join(f'"{k}"' for k in keys if k in own)
            self._mine = f"ISNUMBER(MATCH({column},{{{listed}}},0))"

    def lines(self) -> Iterable[tuple[str, int, str]]:
        """(what is checked, how many are missing now, the formula)."""
        needed = self._needed()
        skip = self._form.has("no_change")
        untouched = [r for r in self._own if self._open(r) and all(r[f.name] is None for f in needed)]
        blank = "*".join(f'({_column(self._form, f)}="")' for f in needed)
        yield (
            "Rows with nothing entered" + (" and no Yes under No change this quarter" if skip else ""),
            len(untouched),
            f"SUMPRODUCT({self._mine}*{self._unchanged()}{blank})",
        )
        required = [f for f in needed if f.required]
        for f in required if len(required) > 1 else ():
            others = [o for o in needed if o is not f]
            count = sum(
                1 for r in self._own if self._open(r) and r[f.name] is None and any(r[o.name] is not None for o in others)
            )
            started = "+".join(f'({_column(self._form, o)}<>"")' for o in others)
            formula = f'SUMPRODUCT({self._mine}*{self._unchanged()}({_column(self._form, f)}="")*(({started})>0))'
            yield f"{f.heading} is blank on rows you have started", count, formula

    def _needed(self) -> list[Field]:
        """The required answers; for measures, the value or the reason there is none."""
        needed = [f for f in self._form.answers if f.required]
        for rule in self._form.rules:
            if rule.name == "value-or-reason":
                needed += [self._form.field(str(rule.params[p])) for p in ("value", "reason")]
        return list(dict.fromkeys(needed))

    def _open(self, row: dict[str, object]) -> bool:
        return row.get("no_change") is not True

    def _unchanged(self) -> str:
        return f'({_column(self._form, self._form.field("no_change"))}<>"Yes")*' if self._form.has("no_change") else ""
