"""The review of rows that are proposed for the register: one sheet per form, each row with what it comes from, to be decided.

The forms that write its sheets are those that read them back (`review_form`). `import` proposes rows from old files; whoever
else proposes rows for a register (a year's end) gives them in the same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from workflow import fields
from workflow.importing import DECISIONS, Balance, Found, Proposal
from workflow.model import (
    Book,
    Column,
    Confidence,
    Content,
    Field,
    Form,
    Kind,
    Mark,
    Profile,
    Role,
    SetAside,
    Sheet,
    SourceCell,
)

KIND = "import-review"  # the document property that says what the workbook is
SAID = "written"  # the field of what the file says
START, CELLS, ASIDE, FOUND = "Start here", "Cells", "Set aside", "Tables found"
LEFT_ASIDE = "Set aside: "  # how the Cells sheet begins what became of a cell that is in no row
_CHECK_FILL, _LIKELY_FILL, _INK = "FCE4D6", "FFF2CC", "000000"

# The columns that every review has, whatever its form: what the row is called, what to decide, and why.
_NUMBER = Field("proposal", "Proposal", Role.CONTEXT, Kind.TEXT, 10)
_DECISION = Field(
    "decision", "Decision", Role.ANSWER, Kind.CHOICE, 11, choices=DECISIONS,
    help="Take: as it stands. Change: as you have changed it here. Leave out: the register does not get it.",
)  # fmt: skip
_STATE = Field("state_now", "What it is", Role.CONTEXT, Kind.TEXT, 12)
_SURE = Field("confidence", "How sure", Role.CONTEXT, Kind.TEXT, 11)
_ASKED = Field("questions", "Please settle", Role.CONTEXT, Kind.LONG_TEXT, 34)
_SAID = Field(SAID, "What the file says", Role.CONTEXT, Kind.LONG_TEXT, 40)
_PLACE = Field("places", "Where it stands", Role.CONTEXT, Kind.LONG_TEXT, 24)
BESIDE = (_NUMBER, _DECISION, _STATE, _SURE, _ASKED, _SAID, _PLACE)
CONTACT = (
    Field(
        "contact_post", "Contact post", Role.ANSWER, Kind.TEXT, 24, max_length=100,
        help="The post that gets its templates, like Partnership Lead. No personal names.",
    ),
    Field("contact_email", "Contact email", Role.ANSWER, Kind.TEXT, 28, help="One plain address for its templates."),
)  # fmt: skip

_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "": (
        "key", "plan", "theme", "ref", "title", "lead", "joint_leads", "contributors", "due", "opening_status",
        "opening_progress",
    ),
    "measures": (
        "key", "plan", "theme", "title", "lead", "unit", "counts", "polarity", "period_type", "opening_value",
        "opening_period_end",
    ),
}  # fmt: skip
_NEVER = frozenset({"form", "state", "closed_after"})

ADVICE = (
    "Every yellow box may be changed. Decide on each row in the column Decision: Take, Change or Leave out.",
    "The most doubtful rows stand first. Rows without a decision are not taken.",
)
CELLS_FORM = Form(
    "import_cells", CELLS, CELLS, "import_cells",
    (
        Field("file", "File", Role.CONTEXT, Kind.TEXT, 30), Field("sheet", "Sheet or table", Role.CONTEXT, Kind.TEXT, 22),
        Field("cell", "Cell", Role.CONTEXT, Kind.TEXT, 14), Field("became", "What became of it", Role.CONTEXT, Kind.TEXT, 40),
    ),
)  # fmt: skip

START_FORM = Form(
    "import_balance", START, START, "import_balance",
    (
        Field("file", "File", Role.CONTEXT, Kind.TEXT, 40), Field("read", "Cells read", Role.CONTEXT, Kind.WHOLE, 11),
        Field("placed", "Placed in rows", Role.CONTEXT, Kind.WHOLE, 11),
        Field("aside", "Set aside", Role.CONTEXT, Kind.WHOLE, 11),
        Field("why", "Why set aside", Role.CONTEXT, Kind.LONG_TEXT, 50),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that a review workbook says. `sheets` are the forms of its sheets, by the name that the proposals bear."""

    title: str
    who: str
    when: date
    sheets: Mapping[str, Form]
    proposals: Sequence[Proposal]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # drop-downs, by what a field chooses from
    intro: Sequence[str] = ()
    balance: Sequence[Balance] = ()
    found: Sequence[Found] = ()
    aside: Sequence[SetAside] = ()
    notes: Sequence[str] = ()
    advice: Sequence[str] = ADVICE  # above the rows of each sheet
    count: Sheet | None = None  # a table of counts for the first sheet, where no cells are balanced
    properties: tuple[tuple[str, str], ...] = (("kind", KIND),)


def review_form(name: str, own: Form, proposals: Iterable[Proposal] = (), *, title: str = "", sheet: str = "") -> Form:
    """The form of one review sheet: the register's own fields, those always shown and those that any proposal has a value for.

    `own` is the register's form that the rows would stand in (Items for a form with rows of its own). Without proposals it has
    every field: so it is read back. Nothing is required here; what a row lacks is told when the register is checked.
    """
    rows = list(proposals)
    is_items = own.name == "items"
    always = _ALWAYS.get(name, _ALWAYS[""]) if is_items else tuple(f.name for f in own.fields)
    used = {n for p in rows for n in p.values} | set(always) if rows else {f.name for f in own.fields}
    shown = [
        replace(f, role=Role.ANSWER, required=False)
        for f in own.fields
        if f.name in used and not (is_items and f.name in _NEVER)
    ]
    extra = CONTACT if own.name == "partners" else ()
    state = (_STATE,) if not rows or any(p.state for p in rows) else ()
    fields = (_NUMBER, _DECISION, *state, _SURE, _ASKED, _SAID, *shown, *extra, _PLACE)
    tab = sheet or own.sheet
    return Form(name, title or own.title, tab, f"review_{name}", fields, intro=(), protect=False)


def review_book(told: Review) -> Book:
    """The workbook. Rows stand as they are given: whoever proposes them puts the most doubtful first."""
    sheets = [_start(told), *([_found(told)] if told.found else [])]
    for name, form in told.sheets.items():
        rows = [p for p in told.proposals if p.sheet == name]
        if rows:
            sheets.append(_proposals(form, rows, told))
    sheets += [_aside(told)] if told.aside else []
    sheets += [_cells(told)] if told.balance else []
    return Book(
        title=told.title, subject="Rows proposed for the register, to be decided", creator=told.who or told.title,
        when=told.when, sheets=tuple(sheets), profile=Profile.RETURN, keywords="review", properties=told.properties,
    )  # fmt: skip


def places(cells: Sequence[SourceCell]) -> str:
    """Where cells stand, in words: "plan.xlsx, Sheet1: A4, B4, C4"; one line for each sheet, its cells in order."""
    by_sheet: dict[tuple[str, str], list[str]] = {}
    for cell in sorted(cells, key=lambda c: (c.row, c.col)):
        by_sheet.setdefault((cell.place.file, cell.place.sheet), []).append(cell.place.cell)
    order = dict.fromkeys((c.place.file, c.place.sheet) for c in cells)
    return "\n".join(f"{f}, {s}: {', '.join(_runs(list(dict.fromkeys(by_sheet[f, s]))))}" for f, s in order)


def _runs(names: Sequence[str]) -> list[str]:
    """Names of cells as they are; paragraphs that follow one another said in one: "Paragraphs 31 to 39"."""
    found: list[list[str]] = []
    for name in names:
        word, _, number = name.partition(" ")
        if number and found and found[-1][-1] == f"{word} {int(number) - 1}":
            found[-1].append(name)
        else:
            found.append([name])
    return [run[0] if len(run) == 1 else f"{run[0].replace(' ', 's ')} to {run[-1].partition(' ')[2]}" for run in found]


def plain(row: Mapping[str, Content], name: str) -> str:
    """A value of a row as text."""
    value = row.get(name)
    value = value.value if isinstance(value, Mark) else value
    return "" if value is None else fields.show(value)


def _start(told: Review) -> Sheet:
    counts = [p.confidence for p in told.proposals]
    open_ones = sum(1 for p in told.proposals if not p.decision)
    lines: list[Content] = [
        *told.intro,
        f"Rows proposed: {len(counts)}. " + ", ".join(f"{c}: {counts.count(c)}" for c in reversed(Confidence)) + ".",
    ]
    if open_ones:
        lines.append(f"Without a decision yet: {open_ones}. They stand first on their sheets.")
    for name, form in told.sheets.items():
        rows = [p for p in told.proposals if p.sheet == name]
        if rows:
            undecided = sum(1 for p in rows if not p.decision)
            words = f"{form.sheet}: {len(rows)} row{'' if len(rows) == 1 else 's'}" + (
                f", {undecided} to decide" if undecided else ""
            )
            lines.append(Mark(words, link=f"#'{form.sheet}'!A1"))
    lines += [*told.notes]
    if told.count is not None:
        return replace(told.count, title=told.title, lines=tuple(lines))
    if not told.balance:
        return Sheet(START, told.title, tuple(lines), layout="text")
    lines.append("Every cell that was read is in a row or set aside:")
    columns = tuple(Column(f.heading, f.kind, f.width) for f in START_FORM.fields)
    rows_ = tuple(
        (
            b.file,
            b.read,
            b.placed,
            b.aside,
            "\n".join(f"{n} {why}" for why, n in sorted(b.why.items(), key=lambda p: -p[1])) or None,
        )
        for b in told.balance
    )
    return Sheet(
        START, told.title, tuple(lines), columns, rows_, table=START_FORM.table, description="Cells read, file by file"
    )


def _found(told: Review) -> Sheet:
    columns = (
        Column("File", width=30), Column("Sheet or table", width=20), Column("Title", Kind.LONG_TEXT, 34),
        Column("Taken for", width=14),
        Column("How sure", width=12), Column("Rows", Kind.WHOLE, 8), Column("Please settle", Kind.LONG_TEXT, 50),
    )  # fmt: skip
    rows = tuple(
        (f.file, f.sheet, f.title or None, f.form or "Not known", _sure(f.confidence), f.rows, _asked(f.questions))
        for f in sorted(told.found, key=lambda f: -f.confidence.doubt)
    )
    lines = (
        "Which table was taken for what. Where that is wrong, leave its rows out. Then head its columns in the file as the",
        "register does, and import it again.",
    )
    return Sheet(FOUND, "Tables found", lines, columns, rows, table="import_tables", description="Tables found in the files")


def _proposals(form: Form, rows: Sequence[Proposal], told: Review) -> Sheet:
    columns = tuple(_column(f, rows, told) for f in form.fields)
    return Sheet(
        form.sheet, f"{form.title}: {len(rows)} row{'' if len(rows) == 1 else 's'} proposed", tuple(told.advice), columns,
        tuple(tuple(_content(f, p) for f in form.fields) for p in rows), table=form.table, description=f"{form.title} proposed",
    )  # fmt: skip


def _column(f: Field, rows: Sequence[Proposal], told: Review) -> Column:
    """A column. Only a decision that is still open and the contact of a new partner are to be completed."""
    asked = any(not p.decision for p in rows) if f.name == _DECISION.name else f in CONTACT
    fixed = tuple(c.value for c in f.choices)
    offered = () if f.many else fixed or told.choices.get(f.choices_from, ())
    return Column(
        f.heading, f.kind, f.width, answer=f.role is Role.ANSWER, key=f.name == _NUMBER.name, choices=offered,
        lenient=f.name != _DECISION.name, help=f.help, max_length=f.max_length,
        proposed=f.role is Role.ANSWER and not asked,
    )  # fmt: skip


def _content(f: Field, p: Proposal) -> Content:
    beside: dict[str, Content] = {
        "proposal": p.number,
        "decision": p.decision or None,
        "state_now": p.state or None,
        "confidence": _sure(p.confidence),
        "questions": _asked(p.questions),
        "written": "\n".join(f"{w.heading}: {w.text}" for w in p.written) or None,
        "places": places(p.cells) or None,
    }
    return beside[f.name] if f.name in beside else p.values.get(f.name)


def _asked(questions: Sequence[str]) -> Content:
    return "\n".join(questions) or None


def _sure(confidence: Confidence) -> Content:
    fill = {Confidence.CHECK: _CHECK_FILL, Confidence.LIKELY: _LIKELY_FILL}.get(confidence, "")
    return Mark(str(confidence), fill=fill, ink=_INK) if fill else str(confidence)


def _aside(told: Review) -> Sheet:
    columns = (
        Column("File", width=28), Column("Sheet or table", width=20), Column("Cell", width=12), Column("Why", width=30),
        Column("What it says", Kind.LONG_TEXT, 60),
    )  # fmt: skip
    rows = tuple(
        (a.cell.place.file, a.cell.place.sheet, a.cell.place.cell, str(a.why), a.cell.text or "(a coloured blank)")
        for a in told.aside
    )
    lines = (
        "What stands in no proposed row, and why. If something here belongs in the register, add it to a row, or by hand.",
    )
    return Sheet(ASIDE, "Set aside", lines, columns, rows, table="import_aside", description="Cells set aside, and why")


def _cells(told: Review) -> Sheet:
    became: dict[tuple[str, str, str, int, int], list[str]] = {}
    for p in told.proposals:
        for c in p.cells:
            became.setdefault((c.place.file, c.place.sheet, c.place.cell, c.row, c.col), []).append(p.number)
    told_aside = {
        (a.cell.place.file, a.cell.place.sheet, a.cell.place.cell, a.cell.row, a.cell.col): str(a.why) for a in told.aside
    }
    rows = [(*at[:3], ", ".join(dict.fromkeys(numbers)), at) for at, numbers in became.items()]
    rows += [(*at[:3], f"{LEFT_ASIDE}{why}", at) for at, why in told_aside.items()]
    order = {b.file: n for n, b in enumerate(told.balance)}
    rows.sort(key=lambda r: (order.get(r[0], 0), r[4][1], r[4][3], r[4][4]))
    columns = tuple(Column(f.heading, f.kind, f.width) for f in CELLS_FORM.fields)
    lines = (
        "Every cell that was read, and what became of it. It is counted when the workbook is given back: leave it as it is.",
    )
    return Sheet(
        CELLS, "Every cell, and what became of it", lines, columns, tuple(r[:4] for r in rows), table=CELLS_FORM.table,
        description="Every cell and what became of it",
    )  # fmt: skip
