"""Validation of one file: rows as read -> typed answers, each with its place, and findings (design.md section 2).

Everything is a value in and a value out. What needs the whole return (what is missing, rules across fields and
quarters) is in `completeness`, because a return may arrive in several files.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow import fields, items, rules
from workflow.model import (
    CONTINUES,
    Answer,
    Cell,
    Cover,
    Field,
    Finding,
    Form,
    Grid,
    Item,
    Period,
    Place,
    Register,
    Role,
    Row,
    Severity,
    Value,
    column_letters,
    cut_of,
    mark_of,
    told_under,
)
from workflow.wording import WORDS, finding, first_few, shorten

SPARE = "NEW-"
_QUERY = re.compile(r"q\d*-([0-9a-f]{6})\b", re.IGNORECASE)  # "Q3-3F9A2C": its number on the sheet, and which query it is
ON_TRIAL = "This check is on trial: the partner was not asked."


@dataclass(frozen=True, slots=True)
class Source:
    """Whose file this is and what was issued: what every check of one file needs to know."""

    register: Register
    partner: str
    period: Period
    file: str
    today: date
    given: Mapping[str, Sequence[Item]]  # the rows of each form in this partner's template
    about: Form | None = None  # the form of the sign-off


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
    beta: bool = False  # its rule is on trial: only the coordinator is told
    mark: str = ""  # what stands there, where the sentence does not quote it

    @property
    def stops(self) -> bool:
        """Whether it holds its answer."""
        return WORDS[self.code][0] is Severity.STOP and not self.beta

    @property
    def cause(self) -> tuple[object, ...]:
        """What makes two troubles one: same code, field and words (design law: one cause, one message)."""
        words = tuple(sorted(map(str, self.words.items())))
        return (self.code, self.form.name, self.field, self.found, self.suggestion, words, self.beta)

    @property
    def cover(self) -> Cover:
        """The problem by itself: what a reply or a decision is held against."""
        keys = self.words.get("keys")
        key = "; ".join(map(str, keys)) if isinstance(keys, tuple) else self.key
        return Cover(self.code, self.form.name, key, self.field, mark_of(self.found or self.mark))


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
    seen: dict[str, dict[str, tuple[str, str]]] = {}
    there = {_permanent(form, row.key.strip(), source) for row in rows}
    spelt: dict[str, str] = {}
    for row in rows:
        key, item, bad = _identify(form, row, known, source, repeated)
        typed = _type_row(form, row, (key, item, bad), source, troubles)
        answers.extend(typed)
        if bad:
            named = dataclasses.replace(row, key=spelt.setdefault(key, row.key))  # "NEW-1" and "NEW-01" are one key
            troubles.append(_key_trouble(bad, form, named, (known, there), source)) if typed else None
            continue
        lines[key] = row.number
        if item or typed:
            answered = {a.field.partition("@")[0] for a in typed}
            blanks += sum(1 for f in form.answers if f.name in row.columns and f.name not in answered)
        if item:
            troubles.extend(_context_changes(form, row, item, source))
            seen[key] = _seen(form, row, source)
    columns = rows[0].columns if rows else {}
    return Checked(
        tuple(answers),
        gather(_twins(troubles, [key for key in known if key not in there]), source.partner, source.period.key),
        blanks,
        Grid(rows[0].sheet, dict(columns), lines, {key: told for key, told in seen.items() if told}) if rows else None,
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


def check_desk(form: Form, rows: Sequence[Row], source: Source) -> Checked:
    """Type the rows of a desk form: replies to queries, or decisions. Each row is known by the query that it names.

    What is odd about them is the coordinator's to see; only an answer that could not be taken makes a finding here.
    """
    answers: list[Answer] = []
    troubles: list[Trouble] = []
    blanks = 0
    for row in rows:
        found = _QUERY.match(row.key.strip())
        key, bad = (f"Q-{found[1].upper()}", "") if found else (row.key.strip(), "query-unknown")
        typed = _type_row(form, row, (key, None, bad), source, troubles)
        answers.extend(typed)
        blanks += sum(1 for f in form.answers if f.name in row.columns) - len(typed)
        if bad and typed and form.key:
            cell = f"{column_letters(row.columns.get(form.key.name, 1))}{row.number}"
            place = Place(source.file, row.sheet, cell)
            words = told_under(source.about)
            troubles.append(Trouble(bad, form, form.key.name, place, key, "", row.key.strip(), words=words))
    said = [t for t in troubles if WORDS[t.code][0] is Severity.STOP]
    return Checked(tuple(answers), gather(said, source.partner, source.period.key), blanks, None)


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
    theirs = (Role.ANSWER, Role.CONTEXT) if form.spare_prefix and not item and not bad else (Role.ANSWER,)
    for f in form.fields:
        cell = row.cells.get(f.name)
        if cell is None or f.role not in theirs:
            continue
        answer, told = type_cell(form, f, (row.sheet, cell), (key, label, item), source)
        if answer is None:
            continue
        if not bad:
            troubles.extend(told)
        name = f.name if item is None or source.partner == item.lead else f"{f.name}@{source.partner}"
        typed.append(dataclasses.replace(answer, field=name, held=bad or answer.held))
    return typed


def type_cell(
    form: Form, f: Field, at: tuple[str, Cell], of: tuple[str, str, Item | None], source: Source
) -> tuple[Answer | None, list[Trouble]]:
    """One cell, `at` a sheet, typed as its field wants it, with what is wrong with it by itself; no answer in white space.

    `of` is its row: the key, what people call it, and the item if the register has it. The first problem that is a stop
    holds it.
    """
    (sheet, cell), (key, label, item) = at, of
    raw, place = fields.raw_text(cell), Place(source.file, sheet, cell.ref)
    unit = item.text("unit") if item else ""
    choices = (*items.choices_for(f, item, source.register, source.period.end), *items.former_choices(f, source.register))
    as_at = min(source.today, source.period.end)  # a return tells the position at its period's end
    parsed = fields.parse(f, cell, choices=choices, unit=unit, today=source.today, as_at=as_at)
    if parsed.value is None and not parsed.problem:
        return None, []
    words = {**parsed.words, "aside": _aside(form, source.about)} if parsed.problem == "number-inexact" else parsed.words
    told = [Trouble(code, form, f.name, place, key, label, raw, parsed.suggestion, words) for code in parsed.codes]
    if isinstance(parsed.value, str):
        cell_facts = rules.CellFacts(form, f.name, parsed.value, source.register, source.period)
        told += [
            Trouble(p.code, form, f.name, place, key, label, raw, p.suggestion, p.words, p.beta)
            for p in rules.run_cell(form, cell_facts)
        ]
    held = next((t.code for t in told if t.stops), "")
    return Answer(form.name, key, f.name, parsed.value, raw, place, held), told


def _aside(form: Form, about: Form | None) -> str:
    """Where the words go that a number cannot hold: into the row's comment, else to the coordinator."""
    name = next((str(use.params["comment"]) for use in form.rules if "comment" in use.params), "")
    heading = form.field(name).heading if name and form.has(name) else told_under(about).get("comments")
    return f" Words such as about, or a range, can stand under {heading}." if heading else ""


def _key_trouble(
    code: str, form: Form, row: Row, keys: tuple[Mapping[str, Item], Set[str]], source: Source
) -> Trouble:
    """A bad row key, with the key we think was meant: the row whose title or reference still stands there.

    `keys` are those of the partner's rows, and all that stand in the file: a key that has its own row there is not the one
    that was mistyped.
    """
    known, there = keys
    shown = {fields.fold(fields.raw_text(c)) for f in form.fields if f.role is Role.CONTEXT and (c := row.cells.get(f.name))}
    meant = [k for k, i in known.items() if {fields.fold(i.text("title")), fields.fold(i.text("ref"))} & shown - {""}]
    lost = meant or [k for k in known if k not in there]
    suggestion = meant[0] if len(meant) == 1 else fields.near(row.key, lost) if row.key else ""
    key_field = form.key
    column = row.columns.get(key_field.name, 1) if key_field else 1
    place = Place(source.file, row.sheet, f"{column_letters(column)}{row.number}")
    return Trouble(code, form, key_field.name if key_field else "", place, row.key, "", row.key, suggestion)


def _twins(troubles: Sequence[Trouble], lost: Sequence[str]) -> list[Trouble]:
    """Rows that share a key are one cause: the one whose key it is is told which row the other was meant to be.

    Where a whole row was pasted over another, nothing on it says which; if just one row is `lost`, it is that one.
    """
    meant: dict[str, str] = {}
    for t in troubles:
        if t.code == "row-key-repeated" and t.suggestion not in ("", t.key):
            meant.setdefault(t.key, t.suggestion)
    twins = [t.key for t in troubles if t.code == "row-key-repeated"]
    if len(twins) == 2 and len(lost) == 1 and lost[0] not in {t.suggestion for t in troubles if t.code.startswith("row-key-")}:
        meant.setdefault(twins[0], lost[0])
    return [
        dataclasses.replace(t, suggestion=meant.get(t.key, ""))
        if t.code == "row-key-repeated" and t.suggestion in ("", t.key)
        else t
        for t in troubles
    ]


def _context_changes(form: Form, row: Row, item: Item, source: Source) -> Iterable[Trouble]:
    for f in form.fields:
        cell = row.cells.get(f.name)
        if f.role is not Role.CONTEXT or cell is None or _cut(cell):
            continue
        expected = items.context_value(f, item, source.register)
        shown = fields.show(expected)
        found = _as_value(f, cell, source)
        if fields.fold(fields.show(found)) != fields.fold(shown) and comparable(found) != comparable(expected):
            place = Place(source.file, row.sheet, cell.ref)
            words = {"expected": shown or "blank", **told_under(source.about)}
            yield Trouble("context-changed", form, f.name, place, item.key, item.label, fields.show(found), "", words)


def _seen(form: Form, row: Row, source: Source) -> dict[str, tuple[str, str]]:
    """What stands in a row's columns of last time's answers: a mark of each, and its first words."""
    cells = [(f, cell) for f in form.fields if f.role is Role.PREVIOUS and (cell := row.cells.get(f.name))]
    values = [(f.name, _as_value(f, cell, source)) for f, cell in cells if not _cut(cell)]
    return {name: (mark_of(comparable(value)), shorten(fields.show(value))) for name, value in values}


def _cut(cell: Cell) -> bool:
    """Whether a cell shows only the beginning of a text that is too long for it: then there is nothing to compare."""
    return isinstance(cell.value, str) and cell.value.rstrip().endswith(CONTINUES)


def comparable(value: Value | None) -> str:
    """A value as a text that is the same for what says the same: numbers by amount, texts after folding, "" for none."""
    if isinstance(value, bool | str) or value is None:
        return fields.fold(fields.show(value))
    return value.isoformat() if isinstance(value, date) else f"{Decimal(value).normalize():f}"


def _as_value(f: Field, cell: Cell, source: Source) -> Value:
    value = fields.parse(f, cell, today=source.today).value
    return fields.raw_text(cell) if value is None else value


def gather(troubles: Sequence[Trouble], partner: str, period: str) -> tuple[Finding, ...]:
    """One cause, one message: the same problem in many cells is one finding with many cells."""
    groups: dict[tuple[object, ...], list[Trouble]] = {}
    for trouble in troubles:
        groups.setdefault(trouble.cause, []).append(trouble)
    return tuple(_finding(group, partner, period) for group in groups.values())


def _called(form: Form, period: str) -> dict[str, str]:
    """What a form's partners call its rows and the answer "no change"."""
    usual = f"No change this {cut_of(period).word}"
    no_change = form.field("no_change").heading if form.has("no_change") else usual
    either = next((str(use.params["reason"]) for use in form.rules if use.name == "value-or-reason"), "")
    unless = f", or choose the reason under {form.field(either).heading}" if either else ""
    if form.has("no_change"):
        unless = f", or choose Yes under {no_change}"
    return {"one": form.one, "no_change": no_change, "unless": unless}


def _finding(group: Sequence[Trouble], partner: str, period: str) -> Finding:
    first = group[0]
    heading = first.form.field(first.field).heading if first.form.has(first.field) else ""
    labels = list(dict.fromkeys(t.label for t in group if t.label))
    item = first_few(labels, 4)
    keys = first.words.get("keys")
    made = finding(
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
        **{**_called(first.form, period), **first.words},
    )
    made = dataclasses.replace(made, covers=tuple(dict.fromkeys(t.cover for t in group)))
    if first.beta:
        made = dataclasses.replace(made, severity=Severity.NOTE, message=f"{made.message} {ON_TRIAL}")
    return made
