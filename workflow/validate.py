"""Validation of one file: rows as read -> typed answers, each with its place, and findings (design.md section 2).

Everything is a value in and a value out. What needs the whole return (what is missing, rules across fields and
quarters) is in `completeness`, because a return may arrive in several files.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflow import fields, items
from workflow.model import Answer, Field, Finding, Form, Grid, Item, Period, Place, Register, Role, Row, Severity, Value
from workflow.model.places import column_letters
from workflow.wording import WORDS, finding, first_few

SPARE = "NEW-"


@dataclass(frozen=True, slots=True)
class Source:
    """Whose file this is and what was issued: what every check of one file needs to know."""

    register: Register
    partner: str
    period: Period
    file: str
    today: date
    given: Mapping[str, Sequence[Item]]  # the rows of each form in this partner's template


@dataclass(frozen=True, slots=True)
class Trouble:
    """One problem at one cell, before like ones are gathered into one finding."""

    code: str
    form: Form
    field: str
    place: Place
    key: str = ""
    label: str = ""
    found: str = ""
    suggestion: str = ""
    words: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def cause(self) -> tuple[object, ...]:
        """What makes two troubles one: same code, field and words (design law: one cause, one message)."""
        return (self.code, self.form.name, self.field, self.found, self.suggestion, tuple(sorted(map(str, self.words.items()))))


@dataclass(frozen=True, slots=True)
class Checked:
    """One form of one file: every non-blank answer cell as an Answer, blanks counted apart."""

    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
    blanks: int
    grid: Grid | None


def check_table(form: Form, rows: Sequence[Row], source: Source) -> Checked:
    """Type and check the rows of a table form."""
    known = {item.key: item for item in source.given.get(form.name, ())}
    answers: list[Answer] = []
    troubles: list[Trouble] = []
    blanks = 0
    repeated = _repeated(form, rows, source)
    lines: dict[str, int] = {}
    for row in rows:
        key, item, bad = _identify(form, row, known, source, repeated)
        typed = _type_row(form, row, (key, item, bad), source, troubles)
        answers.extend(typed)
        if bad:
            troubles.append(_key_trouble(bad, form, row, known, source)) if typed else None
            continue
        lines[key] = row.number
        if item or typed:
            answered = {a.field.partition("@")[0] for a in typed}
            blanks += sum(1 for f in form.answers if f.name in row.columns and f.name not in answered)
        if item:
            troubles.extend(_context_changes(form, row, item, source))
    columns = rows[0].columns if rows else {}
    return Checked(
        tuple(answers),
        gather(_twins(troubles), source.partner, source.period.key),
        blanks,
        Grid(rows[0].sheet, dict(columns), lines) if rows else None,
    )


def check_record(form: Form, rows: Sequence[Row], source: Source) -> Checked:
    """Type and check the one row of a record form. Its key is `<partner>-<period>`."""
    if not rows:
        return Checked((), (), 0, None)
    row = rows[0]
    key = record_key(source.partner, source.period.key)
    troubles: list[Trouble] = []
    answers = _type_row(form, row, (key, None, ""), source, troubles)
    blanks = sum(1 for f in form.answers if f.name in row.columns) - len(answers)
    grid = Grid(row.sheet, dict(row.columns), dict(row.lines))
    return Checked(tuple(answers), gather(troubles, source.partner, source.period.key), blanks, grid)


def record_key(partner: str, period: str) -> str:
    """The key under which a partner's "About this return" answers stand."""
    return f"{partner}-{period}"


def _repeated(form: Form, rows: Sequence[Row], source: Source) -> frozenset[str]:
    """Keys that stand on more than one line with answers. "NEW-1" and "NEW-01" are one key."""
    names = {f.name for f in form.answers}
    filled = [_permanent(form, row.key.strip(), source) for row in rows if row.key.strip() and names & row.cells.keys()]
    return frozenset(key for key, lines in Counter(filled).items() if lines > 1)


def _permanent(form: Form, key: str, source: Source) -> str:
    """The key under which a row's answers are kept: as it stands, or the one that a spare row stands for."""
    number = key.upper().removeprefix(SPARE)
    if form.spare_prefix and number != key.upper() and number.isdecimal() and len(number) <= 4:
        return items.spare_key(form, source.partner, source.period.key, int(number))
    return key


def _identify(
    form: Form, row: Row, known: Mapping[str, Item], source: Source, repeated: frozenset[str]
) -> tuple[str, Item | None, str]:
    """The row's permanent key, its item, and the code that holds it where the key is bad."""
    if not row.key.strip():
        return "", None, "row-key-missing"
    key = _permanent(form, row.key.strip(), source)
    if key in repeated:
        return key, known.get(key), "row-key-repeated"
    if key in known:
        return key, known[key], ""
    if form.spare_prefix and key.startswith(f"{source.partner}-") and f"-{form.spare_prefix}-" in key:
        return key, None, ""
    return key, None, "row-key-not-yours" if source.register.item(key) else "row-key-unknown"


def _type_row(
    form: Form, row: Row, identity: tuple[str, Item | None, str], source: Source, troubles: list[Trouble]
) -> list[Answer]:
    key, item, bad = identity
    label = item.label if item else row.key.strip()
    typed: list[Answer] = []
    # On a spare row the partner also says what the row is: there the context columns are theirs to fill.
    theirs = (Role.ANSWER,) if item or bad or form.layout == "record" else (Role.ANSWER, Role.CONTEXT)
    for f in form.fields:
        cell = row.cells.get(f.name)
        if cell is None or f.role not in theirs:
            continue
        unit = item.text("unit") if item else ""
        parsed = fields.parse(f, cell, choices=items.choices_for(f, item, source.register), unit=unit, today=source.today)
        raw = fields.raw_text(cell)
        if parsed.value is None and not parsed.problem:
            continue  # only white space
        place = Place(source.file, row.sheet, cell.ref)
        held = bad
        for code in (parsed.problem, *parsed.notes):
            if code:
                held = held or (code if WORDS[code][0] is Severity.STOP else "")
                if not bad:
                    troubles.append(Trouble(code, form, f.name, place, key, label, raw, parsed.suggestion, parsed.words))
        name = f.name if item is None or source.partner == item.lead else f"{f.name}@{source.partner}"
        typed.append(Answer(form.name, key, name, parsed.value, raw, place, held))
    return typed


def _key_trouble(code: str, form: Form, row: Row, known: Mapping[str, Item], source: Source) -> Trouble:
    """A bad row key, with the key we think was meant: the row whose title or reference still stands there."""
    shown = {fields.fold(fields.raw_text(c)) for f in form.fields if f.role is Role.CONTEXT and (c := row.cells.get(f.name))}
    meant = [k for k, i in known.items() if {fields.fold(i.text("title")), fields.fold(i.text("ref"))} & shown - {""}]
    suggestion = meant[0] if len(meant) == 1 else fields.near(row.key, list(known)) if row.key else ""
    key_field = form.key
    column = row.columns.get(key_field.name, 1) if key_field else 1
    place = Place(source.file, row.sheet, f"{column_letters(column)}{row.number}")
    return Trouble(code, form, key_field.name if key_field else "", place, row.key, "", row.key, suggestion)


def _twins(troubles: Sequence[Trouble]) -> list[Trouble]:
    """Rows that share a key are one cause: the one whose key it is is told which row the other was meant to be."""
    meant: dict[str, str] = {}
    for t in troubles:
        if t.code == "row-key-repeated" and t.suggestion not in ("", t.key):
            meant.setdefault(t.key, t.suggestion)
    return [
        dataclasses.replace(t, suggestion=meant.get(t.key, ""))
        if t.code == "row-key-repeated" and t.suggestion in ("", t.key)
        else t
        for t in troubles
    ]


def _context_changes(form: Form, row: Row, item: Item, source: Source) -> Iterable[Trouble]:
    for f in form.fields:
        cell = row.cells.get(f.name)
        if f.role is not Role.CONTEXT or cell is None:
            continue
        expected = items.context_value(f, item, source.register)
        shown = fields.show(expected) if expected is not None else ""
        found = _as_value(f, cell, source)
        if fields.fold(found) != fields.fold(shown):
            place = Place(source.file, row.sheet, cell.ref)
            yield Trouble(
                "context-changed", form, f.name, place, item.key, item.label, found, "", {"expected": shown or "blank"}
            )


def _as_value(f: Field, cell: object, source: Source) -> str:
    parsed = fields.parse(f, cell, today=source.today)  # type: ignore[arg-type]  # a Cell; the name is imported for typing only
    value: Value | None = parsed.value
    return fields.show(value) if value is not None else fields.raw_text(cell)  # type: ignore[arg-type]


def gather(troubles: Sequence[Trouble], partner: str, period: str) -> tuple[Finding, ...]:
    """One cause, one message: the same problem in many cells is one finding with many cells."""
    groups: dict[tuple[object, ...], list[Trouble]] = {}
    for trouble in troubles:
        groups.setdefault(trouble.cause, []).append(trouble)
    return tuple(_finding(group, partner, period) for group in groups.values())


def _finding(group: Sequence[Trouble], partner: str, period: str) -> Finding:
    first = group[0]
    heading = first.form.field(first.field).heading if first.form.has(first.field) else ""
    labels = list(dict.fromkeys(t.label for t in group if t.label))
    item = first_few(labels, 4)
    keys = first.words.get("keys")
    return finding(
        first.code,
        [t.place for t in group],
        heading=heading,
        item=item,
        partner=partner,
        period=period,
        items=tuple(keys) if isinstance(keys, tuple) else tuple(dict.fromkeys(t.key for t in group if t.key)),
        form=first.form.name,
        field=first.field,
        found=first.found,
        suggestion=first.suggestion,
        **first.words,
    )
