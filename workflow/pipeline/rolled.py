"""A year's review given back: each decision obeyed, and the register of the coming year proposed.

A row of the register that nobody decided on stays as it is; nothing is removed. `config/register.xlsx` and the ledger are only
read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workflow import config, fields, periods, reader, writer
from workflow.config import Line
from workflow.errors import WorkflowError
from workflow.importing import CHANGE, LEAVE_OUT
from workflow.model import Content, Finding, Form, Mark, Severity
from workflow.outputs import review, yearreview
from workflow.outputs.review import plain
from workflow.outputs.yearreview import CARRIED, CLOSED, NEW, remembered
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.proposed import (
    IDS,
    NEW_FILL,
    NEW_INK,
    PROPOSED,
    must_read,
    not_kept,
    own_rows,
    row_id,
    sealed_outbox,
)
from workflow.pipeline.reviewed import Imports
from workflow.pipeline.state import Asked
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, Workspace
from workflow.wording import first_few

_FEW = 8
_BESIDE = frozenset(f.name for f in review.BESIDE)
_STATES = {fields.fold(state): state for state in (CARRIED, CLOSED, NEW)}
_DIGITS = re.compile(r"(\d+)", re.ASCII)
Row = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class _Read:
    """A review as read. `unchanged` is whether the register is still the one that it was made from."""

    lines: Sequence[tuple[str, Line]]  # with the name of the sheet's form
    findings: Sequence[Finding]
    ends: str  # the last period of the year that is over
    total: int  # rows that the review was made with
    unchanged: bool


def is_year_review(book: reader.Workbook) -> bool:
    """Whether a workbook is the review of a coming year."""
    return book.custom.get("kind") == yearreview.KIND or reader.read_table(book, yearreview.COUNT, "").found


def rolled(asked: Asked, book: reader.Workbook, file: Path) -> Imports:
    """Make of a year's review the proposed register.

    Raises WorkflowError where the register has something that would be lost, or a row of it is missing from what would be
    written.
    """
    workspace = workspaces.load(asked.root)
    own_forms = config.load_forms(asked.root / REGISTER_FORMS)
    kept = own_rows(workspace, asked.today)
    read = _read(book, file.name, (workspace, own_forms), asked)
    work = _Work(kept, own_forms, read)
    for name, line in read.lines:
        work.take(name, line)
    rows = work.finished()
    forms = {**workspace.forms, **own_forms}
    data = writer.render_sealed(config.register_book(forms, rows, "Register", asked.today, kept.own))
    _must_hold(data, forms, workspace, (kept, rows))
    written = sealed_outbox(asked).write(PROPOSED, data)
    lines = (
        *work.counts(),
        f"Written to {written.path}: new rows are shaded, and the column Note says what became of a row. Look it through; when"
        f" it is right, save it as {REGISTER} and run workflow check.",
    )  # fmt: skip
    notes = (*(f.message for f in read.findings), *work.told(), *not_kept(kept), *filter(None, (written.note,)))
    return Imports(lines, notes, written.path)


def _read(book: reader.Workbook, file: str, known: tuple[Workspace, Mapping[str, Form]], asked: Asked) -> _Read:
    workspace, own_forms = known
    forms = yearreview.year_forms(workspace.forms, own_forms)
    tables = reader.read_tables(book, {f.table: f for f in forms.values()}, file)
    lines: list[tuple[str, Line]] = []
    findings: list[Finding] = []
    for name, form in forms.items():
        table = tables[form.table]
        if table.found and (table.named or fields.fold(table.sheet) == fields.fold(form.sheet)):
            typed, said = config.type_rows(form, table.rows, workspace.register, file, asked.today)
            lines += [(name, line) for line in typed]
            findings += [f for f in said if f.severity is Severity.STOP]
    counted = reader.read_table(book, yearreview.COUNT, file)
    total = sum(int(n) for r in counted.rows if "rows" in r.cells and (n := fields.raw_text(r.cells["rows"])).isdecimal())
    unchanged = book.custom.get(yearreview.REGISTER_SHA) == workspace.register.sha256
    return _Read(lines, findings, _ends(book, file, lines), total, unchanged)


def _ends(book: reader.Workbook, file: str, lines: Sequence[tuple[str, Line]]) -> str:
    """The last period of the year that is over: as the review says, else the one before the first of its new periods."""
    told = book.custom.get(yearreview.YEAR_ENDS, "")
    keys = [k for name, line in lines if name == "periods" and periods.is_key(k := line.text("key"))]
    if periods.is_key(told):
        return told
    if not keys:
        raise WorkflowError(f"{file} does not say any more which year it is for. Run workflow roll again, and decide there.")
    return periods.previous_key(min(keys, key=periods.parse_key))


Rows = Mapping[str, Sequence[Row]]


def _must_hold(data: bytes, forms: Mapping[str, Form], workspace: Workspace, parts: tuple[config.Kept, Rows]) -> None:
    """Nothing of the register may be lost: every row of it is in the new one, which can be read as well as the old."""
    kept, rows = parts
    for name, before in kept.rows.items():
        there = {row_id(name, row) for row in rows.get(name, ())} if name in IDS else set()
        gone = [row for row in before if name in IDS and row_id(name, row) not in there]
        if gone or len(rows.get(name, ())) < len(before):
            raise WorkflowError(f"A row of the sheet {name} would be lost, so nothing was written.")
    must_read(data, forms, workspace)


def _line_id(sheet: str, line: Line) -> tuple[str, ...]:
    return tuple(fields.fold(line.text(n)) for n in IDS[sheet])


def _natural(row: Row) -> list[tuple[int, str]]:
    """Keys in the order in which people count: CP24-R1-2 before CP24-R1-10."""
    parts = _DIGITS.split(plain(row, "key"))
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]


@dataclass
class _Work:
    """The register's rows as they become next year's, one row of the review after another."""

    kept: config.Kept
    own_forms: Mapping[str, Form]
    read: _Read
    rows: dict[str, list[Row]] = field(init=False)
    added: dict[str, list[Row]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    became: dict[str, str] = field(default_factory=dict)  # each numbered row once: taken, left out, open, refused
    extra: Counter[str] = field(default_factory=Counter)  # rows that the reviewer has added, likewise
    _where: dict[str, dict[tuple[str, ...], int]] = field(default_factory=dict)
    done: Counter[tuple[str, str]] = field(default_factory=Counter)  # by sheet: closed, changed, there

    def __post_init__(self) -> None:
        self.rows = {name: list(own) for name, own in self.kept.rows.items()}
        for name in ("items", *yearreview.OWN):
            for n, row in enumerate(self.rows[name]):
                self._where.setdefault(name, {}).setdefault(row_id(name, row), n)
            self._where.setdefault(name, {})

    def take(self, name: str, line: Line) -> None:
        """One row of the review, by its decision."""
        number, decision = line.text("proposal"), line.text("decision")
        state = _STATES.get(fields.fold(line.text("state_now")), "")
        if number in self.became or not self._expected(number):
            number, state = "", NEW  # a copied row, or one that was added
        sheet = name if name in yearreview.OWN else "items"
        if not decision:
            result = "open" if number or line.text(IDS[sheet][0]) else ""
        elif not state and decision != LEAVE_OUT:
            self._refused(line, "What it is should say Carried, Closed or New")
            result = "refused"
        elif state == NEW:
            result = self._new(name, sheet, line, decision)
        else:
            result = self._old(sheet, line, state, decision)
        if number:
            self.became[number] = result
        elif result:
            self.extra[result] += 1

    def _expected(self, number: str) -> bool:
        digits = number.removeprefix("P")
        return number != digits and digits.isdecimal() and (not self.read.total or 1 <= int(digits) <= self.read.total)

    def _new(self, name: str, sheet: str, line: Line, decision: str) -> str:
        """A row that the register does not have yet."""
        if decision == LEAVE_OUT:
            return "left out"
        if not all(line.text(n) for n in IDS[sheet]):
            self._refused(line, f"it needs {self._headings(sheet)}")
            return "refused"
        at = self._at(sheet, line)
        if at is not None and at < len(self.kept.rows[sheet]) and self._alike(sheet, line, self.rows[sheet][at]):
            self.done[sheet, "there"] += 1  # given back again, after it was adopted
            return "taken"
        if at is not None:
            self._refused(line, f"another row bears that {self._headings(sheet)} already. Give it one of its own")
            return "refused"
        row: dict[str, Content] = {n: v for n, v in line.values.items() if n not in _BESIDE}
        if sheet == "items":
            row["form"] = name
        marked = {n: Mark(v, fill=NEW_FILL, ink=NEW_INK) for n in (IDS[sheet][0], "note") if (v := line.values.get(n))}
        self._where[sheet][_line_id(sheet, line)] = len(self.kept.rows[sheet]) + len(self.added.setdefault(sheet, []))
        self.added[sheet].append({**row, **marked})
        return "taken"

    def _alike(self, sheet: str, line: Line, row: Row) -> bool:
        """Whether a row of the register says what a row of the review says."""
        names = [n for n, p in line.places.items() if p.cell and n not in _BESIDE]
        return all(_same(line.values.get(n), plain(row, n)) for n in names)

    def _old(self, sheet: str, line: Line, state: str, decision: str) -> str:
        """A row that the register has."""
        at = self._at(sheet, line)
        if at is None or at >= len(self.kept.rows[sheet]):
            self._refused(line, "the register has no such row. A row key never changes; take the old one back")
            return "refused"
        row = self.rows[sheet][at]
        if sheet == "items" and row.get("state") == "Closed":
            self.done[sheet, "there"] += 1
            return "left out" if decision == LEAVE_OUT else "taken"
        if decision == LEAVE_OUT:
            if sheet == "items" and state == CARRIED:
                words = f"Closed at the end of {periods.label(self.read.ends)}: left out of the coming year."
                self._put(sheet, at, self._closed(row, _joined(plain(row, "note"), words)))
            return "left out"
        start = remembered(row) if sheet == "themes" else row
        closing = sheet == "items" and state == CLOSED
        edited = self._edited(sheet, line, start, (decision, closing))
        if sheet == "themes":
            named = {n: row.get(n) for n in ("number", "title")}
            edited = {**edited, "former": remembered({**named, "former": edited.get("former")}).get("former")}
        if any(plain(edited, n) != plain(start, n) for n in edited):
            self.done[sheet, "changed"] += 1
        self._put(sheet, at, self._closed(edited, self._closing_note(line, row)) if closing else edited)
        return "taken"

    def _put(self, sheet: str, at: int, row: Row) -> None:
        self.rows[sheet][at] = row

    def _closed(self, row: Row, note: str) -> Row:
        self.done["items", "closed"] += 1
        return {**row, "state": "Closed", "closed_after": self.read.ends, "note": note}

    def _closing_note(self, line: Line, row: Row) -> str:
        """The note as the review has it; one that was written on the register in the meantime stands before it."""
        before, told = plain(row, "note"), fields.show(line.values.get("note", ""))
        if not told:
            return _joined(before, f"Closed at the end of {periods.label(self.read.ends)}.")
        return told if self.read.unchanged or not before or told.startswith(before) else _joined(before, told)

    def _edited(self, sheet: str, line: Line, start: Row, how: tuple[str, bool]) -> Row:
        """A row with what was typed into the review. Where the register has changed since, only Change outdoes it."""
        decision, closing = how
        row = dict(start)
        for f in self.own_forms[sheet].fields:
            place = line.places.get(f.name)
            skip = f.name in IDS[sheet] or f.name in line.held or (closing and f.name == "note")
            if place is None or not place.cell or skip or f.name.startswith(yearreview.OPENING):
                continue
            new = line.values.get(f.name)
            if _same(new, plain(start, f.name)):
                continue
            if new is None and f.required:
                self.notes.append(f"{place.sheet}, cell {place.cell} ({f.heading}) is empty, so the register's stays.")
            elif decision != CHANGE and not self.read.unchanged:
                self.notes.append(
                    f"{place.sheet}, cell {place.cell} ({f.heading}) differs from the register, which has changed since the"
                    " review was made. The register's stays. Choose Change to take the review's."
                )
            else:
                row[f.name] = new
        return {n: v for n, v in row.items() if v is not None}

    def _at(self, sheet: str, line: Line) -> int | None:
        """Where a row stands; from the number of the register's rows on, among those that were added."""
        return self._where[sheet].get(_line_id(sheet, line))

    def _headings(self, sheet: str) -> str:
        named = {f.name: f.heading for f in self.own_forms[sheet].fields}
        return fields.listed([named[n] for n in IDS[sheet]], "and")

    def _refused(self, line: Line, why: str) -> None:
        called = line.text("key") or line.text("id") or line.text("title") or line.text("proposal")
        place = next((p for p in line.places.values() if p.cell), line.place)
        self.notes.append(f"{place.sheet}, cell {place.cell} ({called}): not taken, because {why}.")

    # --- what it came to

    def finished(self) -> dict[str, list[Row]]:
        """All rows of the proposed register: those that were there in their order, and new ones after them."""
        for name, new in self.added.items():
            self.rows[name] += sorted(new, key=_natural) if name in ("items", "periods") else new
        return self.rows

    def _missing(self) -> list[str]:
        return [n for n in (f"P{k:03d}" for k in range(1, self.read.total + 1)) if n not in self.became]

    def counts(self) -> Iterator[str]:
        """What became of every row of the review, and of the register's. Both add up."""
        result = Counter(self.became.values())
        total = self.read.total or len(self.became)
        gone = self._missing()
        if total != sum(result.values()) + len(gone):
            raise WorkflowError("What became of the rows of the review does not add up, so nothing was written.")
        yield (
            f"{_rows(total)} in the review = {result['taken']} taken + {result['left out']} left out + {result['open']} without"
            f" a decision + {result['refused']} not taken + {len(gone)} no longer there."
        )
        if self.extra:
            added = self.extra["taken"]
            yield f"Rows added in the review: {added} taken, {sum(self.extra.values()) - added} not."
        for name in ("items", *yearreview.OWN):
            new, before = len(self.added.get(name, ())), len(self.kept.rows[name])
            closed, changed = (self.done[name, what] for what in ("closed", "changed"))
            more = f", {closed} of them closed with this year" if closed else ""
            more += f", {changed} changed" if changed else ""
            yield f"  {name.capitalize()}: {before} on the register + {new} new = {before + new}{more}."

    def told(self) -> Iterator[str]:
        """What a person should know or settle."""
        yield from self.notes
        waiting = [n for n, what in self.became.items() if what == "open"]
        if waiting:
            yield (
                f"{_rows(len(waiting))} without a decision: {first_few(waiting, _FEW)}. What the register has stays as it is,"
                " and nothing new was added of them. Decide in the review, and give it back once more."
            )
        gone = self._missing()
        if gone:
            yield (
                f"{_rows(len(gone))} no longer in the review: {first_few(gone, _FEW)}. What the register has stays as it is."
                " Choose Leave out where that is meant."
            )


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _joined(before: str, words: str) -> str:
    return f"{before}\n{words}" if before else words


def _same(new: Content, old: str) -> bool:
    told = "" if new is None or isinstance(new, Mark) else fields.show(new)
    return fields.clean(told) == fields.clean(old)
