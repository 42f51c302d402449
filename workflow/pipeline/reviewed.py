"""A review workbook given back: what was taken becomes new rows of a proposed register, and what was not is counted.

`config/register.xlsx` is the coordinator's and is only read. What is proposed stands beside it; a person makes it the register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from workflow import config, fields, reader, writer
from workflow.config import Line
from workflow.errors import WorkflowError
from workflow.importing import FIGURES, LEAVE_OUT, OWN_SHEETS
from workflow.model import Content, Finding, Form, Mark, Plan, Severity
from workflow.outputs import review
from workflow.outputs.review import plain
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.proposed import (
    IDS,
    NEW_FILL,
    NEW_INK,
    PROPOSED,
    REVIEWS,
    must_read,
    not_kept,
    own_rows,
    row_id,
    sealed_outbox,
)
from workflow.pipeline.state import Asked
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, Workspace
from workflow.wording import first_few

_FEW = 8
_BESIDE = frozenset(f.name for f in (*review.BESIDE, *review.CONTACT))
Row = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Imports:
    """What `import` did and wrote: what to say, what a person should settle, and where it stands."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The rows of a review by their sheet: those to be taken, and by number what became of each of the others."""

    taken: Mapping[str, Sequence[Line]]
    left: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    lines: Mapping[str, Line] = field(default_factory=dict)  # every row by its number


def review_forms(workspace: Workspace, own_forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms of every sheet that a review may have, by the name that its proposals bear."""
    rows = [f for f in sorted(workspace.forms.values(), key=lambda f: f.order) if f.items and f.layout == "table"]
    made = {f.name: review.review_form(f.name, own_forms["items"], title=f.title, sheet=f.sheet) for f in rows}
    if any(f.is_measures for f in rows):
        made[FIGURES] = review.review_form("figures", own_forms["items"], title=FIGURES, sheet=FIGURES)
    return {**{n: review.review_form(n, own_forms[n]) for n in OWN_SHEETS if n in own_forms}, **made}


def reviewed(asked: Asked, book: reader.Workbook, file: Path) -> Imports:
    """Make of a review that was filled in the register with its rows added. Nothing is written where its cells do not balance.

    Raises WorkflowError where the file is no review, or the register has something that would be lost.
    """
    workspace = workspaces.load(asked.root)
    own_forms = config.load_forms(asked.root / REGISTER_FORMS)
    _must_be_one(book, file)
    decided = _decided(book, file.name, (workspace, own_forms), asked.today)
    counts = _counts(book, file.name, decided)
    kept = own_rows(workspace, asked.today)
    rows, there, clashes = _added(kept, decided, (workspace, own_forms), file.name)
    data = writer.render_sealed(config.register_book({**workspace.forms, **own_forms}, rows, "Register", asked.today, kept.own))
    must_read(data, {**workspace.forms, **own_forms}, workspace)
    written = sealed_outbox(asked).write(PROPOSED, data)
    lines = (
        *_summary(decided, there), *counts,
        f"Written to {written.path}: the register with the new rows, which are shaded. Look it through; when it is right, save"
        f" it as {REGISTER}, run workflow check, and then workflow issue.",
    )  # fmt: skip
    notes = (
        *(f.message for f in decided.findings),
        *clashes,
        *_undecided(decided),
        *not_kept(kept),
        *filter(None, (written.note,)),
    )
    return Imports(lines, notes, written.path)


def _must_be_one(book: reader.Workbook, file: Path) -> None:
    if book.custom.get("kind") != review.KIND and book.sheet(review.CELLS) is None:
        raise WorkflowError(
            f"{file.name} is not a review that workflow import wrote. Give one from {REVIEWS}, saved with your decisions,"
            " or import an old file without --reviewed."
        )


def _decided(book: reader.Workbook, file: str, known: tuple[Workspace, Mapping[str, Form]], today: date) -> Decided:
    workspace, own_forms = known
    forms = review_forms(workspace, own_forms)
    tables = reader.read_tables(book, {f.table: f for f in forms.values()}, file)
    taken: dict[str, list[Line]] = {}
    left: dict[str, str] = {}
    every: dict[str, Line] = {}
    findings: list[Finding] = []
    register = workspace.register
    for name, form in forms.items():
        table = tables[form.table]
        if not table.found or not (table.named or fields.fold(table.sheet) == fields.fold(form.sheet)):
            continue
        lines, said = config.type_rows(form, table.rows, register, file, today)
        findings += [f for f in said if f.severity is Severity.STOP]
        if name == "plans":
            register = replace(register, plans=(*register.plans, *map(_plan, lines)))
        for line in lines:
            number = line.text("proposal")
            every[number] = line
            decision = line.text("decision")
            if decision and decision != LEAVE_OUT:
                taken.setdefault(name, []).append(line)
            elif number:
                left[number] = LEAVE_OUT if decision else ""
    return Decided(taken, left, tuple(findings), every)


def _plan(line: Line) -> Plan:
    return Plan(line.text("id"), line.text("name"), line.text("calendar", "april"), line.text("rag"))


# --- what became of every cell that was read


def _counts(book: reader.Workbook, file: str, decided: Decided) -> list[str]:
    """A line for each file: cells read = in rows taken + left out + set aside. Raises WorkflowError where not."""
    table = reader.read_table(book, review.CELLS_FORM, file)
    rows = [{name: fields.raw_text(cell) for name, cell in row.cells.items()} for row in table.rows]
    start = _read_counts(book)
    taken = {line.text("proposal") for lines in decided.taken.values() for line in lines}
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        became = row.get("became", "")
        numbers = {n.strip() for n in became.split(",")}
        what = "aside" if became.startswith(review.LEFT_ASIDE) else "taken" if numbers & taken else "left" if became else "lost"
        counts.setdefault(row.get("file", ""), Counter())[what] += 1
    told = {name: sum(c.values()) for name, c in counts.items()}
    if told != start or any(c["lost"] for c in counts.values()):
        raise WorkflowError(
            f"{file}: the sheet {review.CELLS} does not have every cell that was read any more, so what was taken cannot be"
            " counted, and nothing was written. Import the files again, or take that sheet back from an earlier copy."
        )
    return [
        f"{name}: {told[name]} cells read = {c['taken']} in rows taken + {c['left']} in rows left out in the review"
        f" + {c['aside']} set aside."
        for name, c in counts.items()
    ]  # fmt: skip


def _read_counts(book: reader.Workbook) -> dict[str, int]:
    """How many cells of each file were read, as the first sheet says."""
    sheet = book.sheet(review.START)
    form = review.START_FORM
    table = reader.read_table(book, form, "") if sheet else None
    found: dict[str, int] = {}
    for row in table.rows if table else ():
        cells = {name: fields.raw_text(cell) for name, cell in row.cells.items()}
        if cells.get("read", "").isdigit() and cells["read"] != "0":
            found[cells.get("file", "")] = int(cells["read"])
    return found


# --- the new rows


def _added(
    kept: config.Kept, decided: Decided, known: tuple[Workspace, Mapping[str, Form]], file: str
) -> tuple[dict[str, list[Row]], Counter[str], list[str]]:
    """The register's rows with those that were taken; how many of each sheet were there already; and keys that are taken."""
    rows = {name: list(own) for name, own in kept.rows.items()}
    there: Counter[str] = Counter()
    clashes: list[str] = []
    for name, lines in decided.taken.items():
        sheet = name if name in OWN_SHEETS else "items"
        for line in lines:
            row = _row(name, line, known, file)
            same = [r for r in rows.get(sheet, ()) if row_id(sheet, r) == row_id(sheet, row)]
            if not same:
                rows.setdefault(sheet, []).append(_marked(sheet, row))
            elif sheet == "items" and fields.fold(plain(same[0], "title")) != fields.fold(plain(row, "title")):
                at = line.places["key"].cell or line.place.cell
                clashes.append(
                    f"{line.place.sheet}, cell {at} (Row key): {line.text('key')} is another row's key already, so this row"
                    " was not taken. Give it a key of its own."
                )
            else:
                there[name] += 1
            if sheet == "partners" and line.text("contact_email"):
                contact: Row = {
                    "partner": line.text("id"), "post": line.text("contact_post") or "Partnership lead",
                    "email": line.text("contact_email"), "role": "lead",
                }  # fmt: skip
                if all(row_id("contacts", r) != row_id("contacts", contact) for r in rows.get("contacts", ())):
                    rows.setdefault("contacts", []).append(_marked("contacts", contact))
    return rows, there, clashes


def _row(name: str, line: Line, known: tuple[Workspace, Mapping[str, Form]], file: str) -> dict[str, Content]:
    """A row as the register has it: with its form and, for what could not be read, the words that stood there."""
    row: dict[str, Content] = {n: v for n, v in line.values.items() if n not in _BESIDE}
    if name in OWN_SHEETS:
        return row
    workspace, own_forms = known
    measures = next((f.name for f in workspace.forms.values() if f.is_measures), "measures")
    row["form"] = measures if name == FIGURES else name
    told = [f"Imported from {_from(line) or file} ({line.text('proposal') or 'added in the review'})."]
    held = [f for f in own_forms["items"].fields if f.name in line.held]
    told += [f"{f.heading} could not be read in the review ({line.places[f.name].cell})." for f in held]
    row["note"] = "\n".join(filter(None, (plain(row, "note"), *told)))
    return row


def _from(line: Line) -> str:
    return "; ".join(line.text("places").split("\n"))


def _marked(sheet: str, row: Row) -> Row:
    names = (IDS[sheet][0], "note")
    marks = {n: Mark(v, fill=NEW_FILL, ink=NEW_INK) for n in names if (v := row.get(n)) is not None and not isinstance(v, Mark)}
    return {**row, **marks}


# --- what is said


def _summary(decided: Decided, there: Mapping[str, int]) -> Iterator[str]:
    taken = {name: len(lines) for name, lines in decided.taken.items()}
    left = sum(1 for why in decided.left.values() if why)
    yield f"{sum(taken.values())} rows taken, {left} left out, {len(decided.left) - left} without a decision."
    for name, count in taken.items():
        more = f", {there[name]} of them on the register already" if there.get(name) else ""
        yield f"  {_called(name)}: {count}{more}"


def _called(name: str) -> str:
    return name if name[:1].isupper() else name.replace("_", " ").capitalize()


def _undecided(decided: Decided) -> Iterator[str]:
    open_ones = [n for n, why in decided.left.items() if not why]
    if open_ones:
        were = "row without a decision was" if len(open_ones) == 1 else "rows without a decision were"
        yield (
            f"{len(open_ones)} {were} not taken: {first_few(open_ones, _FEW)}. Decide on them in the review, and give it back"
            " once more."
        )
