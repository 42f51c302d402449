"""The review of a coming year's register: every live row with what is proposed for it, in the form of an import's review.

A row is carried, closed or new. `proposals` makes the rows of a year's end, `year_review` the workbook of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow import config, fields
from workflow.importing import TAKE, Proposal, Written, numbered
from workflow.items import CONTINUE, FINISHED, NEXT_YEAR
from workflow.model import (
    Column,
    Confidence,
    Content,
    Field,
    Form,
    Item,
    Kind,
    Mark,
    Period,
    Register,
    Role,
    Sheet,
    Slot,
    SourceCell,
    Standing,
    Value,
)
from workflow.outputs import review
from workflow.outputs.review import plain
from workflow.yearend import REASON, Ending, NewItem, Outcome, YearEnd

KIND = "roll-review"  # the document property that says what the workbook is
REGISTER_SHA, YEAR_ENDS = "register", "year_ends"  # which register it was made from, and the last period of its year
CARRIED, CLOSED, NEW = "Carried", "Closed", "New"
OWN = ("plans", "themes", "periods")  # the register's own sheets that a coming year may change
OPENING = "opening_"
_ORDER = {NEW: 0.3, CLOSED: 0.2, CARRIED: 0.0}
_CELL = re.compile(r"([A-Z]{1,3})(\d+)", re.ASCII)

COUNT = Form(
    "roll_count", review.START, review.START, "roll_count",
    (
        Field("sheet", "Sheet", Role.CONTEXT, Kind.TEXT, 24), Field("rows", "Rows", Role.CONTEXT, Kind.WHOLE, 10),
        Field("carried", CARRIED, Role.CONTEXT, Kind.WHOLE, 10), Field("closed", CLOSED, Role.CONTEXT, Kind.WHOLE, 10),
        Field("new", NEW, Role.CONTEXT, Kind.WHOLE, 10), Field("open", "To decide", Role.CONTEXT, Kind.WHOLE, 10),
    ),
)  # fmt: skip
_INTRO = (
    "Each live row of the register, what is proposed for it, and what was said. Nothing of it is in the register yet.",
    "1. Look at What it is on each row, and choose in the column Decision. Take: that happens. Leave out: it does not.",
    "So a row left out that is Carried is closed, one that is Closed goes on, and one that is New is not added.",
    "2. Change whatever is not right in the row itself: what stands there counts. A row key never changes.",
    "3. Themes: enter next year's number and title; the old ones stay under Formerly. Plans: add next year's below the last"
    " row. Periods: look at the days, and move those that do not suit.",
    "4. Save this file, and give it back with: workflow import --reviewed FILE",
)
_ADVICE = (
    "Every yellow box may be changed. Decide on each row in the column Decision: Take, Change or Leave out.",
    "The most doubtful rows stand first. A row without a decision stays as it is on the register; a new one is not added.",
)
_NOT_SAID = "Nobody has said what happens to it next year. Take: it goes on. Leave out: it is closed."
_BY_STATUS = "Nobody chose what happens next year; it is closed because of its status. Leave it out to keep it."
_MERGED = "It is merged into another row, but the reason {why}. Say into which under Note, or leave this out to keep the row."
_NO_KEY = "Enter what is missing, and a row key like {key}; or leave it out."


@dataclass(frozen=True, slots=True)
class YearGround:
    """What a review of the coming year is made from: the register as read and as its own rows, the return forms, what stands
    at the year's end, and the coming year's periods."""

    register: Register
    rows: Mapping[str, Sequence[Mapping[str, Content]]]
    forms: Mapping[str, Form]
    own_forms: Mapping[str, Form]
    now: Mapping[Slot, Standing]
    coming: Sequence[Period]


# --- what is proposed


def proposals(end: YearEnd, ground: YearGround) -> tuple[Proposal, ...]:
    """Every live row, each proposal of the partners', and the themes, plans and periods of the coming year, numbered."""
    made = [*_kept(end, ground), *(_new(new, end, ground) for new in (*end.proposed.new, *end.proposed.lacking))]
    made += [_own(name, row) for name in ("plans", "themes") for row in map(remembered, ground.rows[name])]
    made += _periods(ground)
    ordered = [replace(p, doubt=_ORDER.get(p.state, 0.0)) for p in made]
    return numbered(ordered, (*_row_forms(ground.forms), *OWN))


def _row_forms(forms: Mapping[str, Form]) -> list[str]:
    return [f.name for f in sorted(forms.values(), key=lambda f: f.order) if f.items and f.layout == "table"]


def _kept(end: YearEnd, ground: YearGround) -> Iterator[Proposal]:
    """The rows that the register has and that are not closed, each carried or closed."""
    ended = {e.item.key: e for e in end.endings}
    known = set(_row_forms(ground.forms))
    for row in ground.rows["items"]:
        item = ground.register.item(fields.clean(str(row.get("key", ""))))
        if item is None or item.form not in known or item.text("state") == "Closed":
            continue
        ending = ended.get(item.key)
        yield _ended(row, ending, end, ground) if ending else _other(row, item, end, ground)


def _ended(row: Mapping[str, Content], ending: Ending, end: YearEnd, ground: YearGround) -> Proposal:
    """A row whose lead was asked what becomes of it."""
    form, key = ending.item.form, ending.item.key
    said, cells = _said(form, key, (NEXT_YEAR, REASON, "status"), ground, end.period)
    sure, asked = Confidence.SURE, ""
    if ending.outcome is Outcome.NOT_SAID:
        sure, asked = Confidence.CHECK, _NOT_SAID
    elif ending.problem:
        sure, asked = Confidence.CHECK, _MERGED.format(why=ending.problem)
    elif ending.outcome.ends and not ending.choice:
        sure, asked = Confidence.LIKELY, _BY_STATUS
    if not ending.outcome.ends:
        return _row(form, row, CARRIED, sure, (asked, said, cells))
    return _row(form, _with_note(row, closing_words(ending, end.period)), CLOSED, sure, (asked, said, cells))


def _other(row: Mapping[str, Content], item: Item, end: YearEnd, ground: YearGround) -> Proposal:
    """A row of a form that is not asked about next year: it goes on, unless it is finished."""
    said, cells = _said(item.form, item.key, ("status",), ground, end.period)
    status = ground.now.get((item.form, item.key, "status"))
    choice = ground.now.get((item.form, item.key, NEXT_YEAR))
    if status is None or str(status.value) not in FINISHED or (choice and choice.value == CONTINUE):
        return _row(item.form, row, CARRIED, Confidence.SURE, ("", said, cells))
    words = f"{status.value} by the end of {end.period.label}."
    return _row(item.form, _with_note(row, words), CLOSED, Confidence.LIKELY, (_BY_STATUS, said, cells))


def closing_words(ending: Ending, period: Period) -> str:
    """What the note of a row that ended says: "Dropped at the end of Q4 2023/24: no funding"."""
    words = f"{ending.outcome} at the end of {period.label}"
    if ending.outcome is Outcome.MERGED and ending.target:
        words = f"Merged into {ending.target.key} at the end of {period.label}"
    return f"{words}: {ending.reason}" if ending.reason else f"{words}."


def _with_note(row: Mapping[str, Content], words: str) -> Mapping[str, Content]:
    told = plain(row, "note")
    return {**row, "note": f"{told}\n{words}" if told else words}


Told = tuple[str, tuple[Written, ...], tuple[SourceCell, ...]]


def _row(sheet: str, row: Mapping[str, Content], state: str, sure: Confidence, told: Told) -> Proposal:
    asked, said, cells = told
    decision = "" if sure is Confidence.CHECK else TAKE
    return Proposal(sheet, values_of(row), sure, (asked,) if asked else (), said, cells, decision, state=state)


def values_of(row: Mapping[str, Content]) -> dict[str, Value]:
    """The values of a register row by field, without the coordinator's own columns and what a review has no column for."""
    found = {n: v.value if isinstance(v, Mark) else v for n, v in row.items() if not n.startswith((config.OWN, OPENING))}
    return {n: v for n, v in found.items() if v is not None and v != ""}


def _said(form: str, key: str, names: Iterable[str], ground: YearGround, period: Period) -> tuple[
    tuple[Written, ...], tuple[SourceCell, ...]
]:  # fmt: skip
    """What the returns say of a row, and where."""
    own = ground.forms.get(form)
    said: list[Written] = []
    cells: list[SourceCell] = []
    for name in names:
        standing = ground.now.get((form, key, name))
        field = own.field(name) if own and own.has(name) else None
        if standing is None or field is None or (name == REASON and standing.period != period.key):
            continue
        said.append(Written(field.heading, fields.show(standing.value)))
        cells += _cell(standing)
    return tuple(said), tuple(cells)


def _cell(standing: Standing) -> Iterator[SourceCell]:
    match = _CELL.fullmatch(standing.place.cell)
    if standing.place.file and match:
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        yield SourceCell(standing.place, int(match[2]), column, fields.show(standing.value))


def _new(new: NewItem, end: YearEnd, ground: YearGround) -> Proposal:
    """A proposal of a partner's as the row that it would become."""
    by = ground.register.partner_name(new.proposal.lead)
    row: dict[str, Value] = {
        "key": new.key, "plan": new.plan, "theme": new.theme, "title": new.title, "lead": new.leads.lead, "year": new.year,
        "joint_leads": "; ".join(new.leads.joint), "contributors": "; ".join(new.leads.contributors), **new.values,
        # By this note a proposal that has become a row is known.
        "note": f"New in {new.year}: proposed by {by} in {end.period.label} ({new.proposal.key}).",
    }  # fmt: skip
    sure = Confidence.CHECK if new.doubts else Confidence.SURE
    asked = tuple(f"To settle: {doubt}." for doubt in new.doubts)
    asked = asked if new.key else (*asked, _NO_KEY.format(key=end.proposed.style))
    names = [n for (form, key, n) in ground.now if (form, key) == (new.proposal.form, new.proposal.key)]
    said, cells = _said(new.proposal.form, new.proposal.key, names, ground, end.period)
    values = {n: v for n, v in row.items() if v != ""}
    return Proposal(new.form, values, sure, asked, said, cells, "" if new.doubts else TAKE, state=NEW)


def remembered(row: Mapping[str, Content]) -> Mapping[str, Content]:
    """A theme with what it is called this year among its former names, so that whoever renames it breaks no answer."""
    label = " ".join(words for name in ("number", "title") if (words := plain(row, name)))
    former = [w.strip() for w in plain(row, "former").split(";") if w.strip()]
    known = not label or ";" in label or label in former
    return row if known else {**row, "former": "; ".join([*former, label])}


def _own(name: str, row: Mapping[str, Content]) -> Proposal:
    return Proposal(name, values_of(row), Confidence.SURE, decision=TAKE, state=CARRIED)


def _periods(ground: YearGround) -> Iterator[Proposal]:
    """The coming year's periods: those on the register as they stand, the others as they are laid out."""
    there = {plain(row, "key"): row for row in ground.rows["periods"]}
    for period in ground.coming:
        if period.key in there:
            yield _own("periods", there[period.key])
        else:
            values = {n: v for n, v in config.as_row(period).items() if v != ""}
            yield Proposal("periods", values, Confidence.SURE, decision=TAKE, state=NEW)


# --- the workbook


def year_forms(
    forms: Mapping[str, Form], own_forms: Mapping[str, Form], made: Sequence[Proposal] = ()
) -> dict[str, Form]:
    """The forms of the review's sheets, by the name that the proposals bear. Without proposals those that read any review."""
    found: dict[str, Form] = {}
    for name in (*_row_forms(forms), *OWN):
        rows = [p for p in made if p.sheet == name]
        if made and not rows:
            continue
        own, form = own_forms["items" if name in forms else name], forms.get(name)
        title, sheet = (form.title, form.sheet) if form else ("", "")
        drawn = review.review_form(name, own, rows, title=title, sheet=sheet)
        found[name] = replace(drawn, fields=tuple(_said_in(f) for f in drawn.fields if not f.name.startswith(OPENING)))
    return found


def _said_in(field: Field) -> Field:
    """The column of what a file says has what was said in the year's last returns."""
    return replace(field, heading="What was said") if field.name == review.SAID else field


def year_review(
    made: Sequence[Proposal], ground: YearGround, told: tuple[str, Sequence[str]], end: YearEnd, today: date
) -> review.Review:
    """The review workbook as a value. `told` are the coming year's label and what a person should know besides."""
    year, notes = told
    sheets = year_forms(ground.forms, ground.own_forms, made)
    return review.Review(
        title=f"Review of the register for {year}", who=ground.register.partnership.name, when=today, sheets=sheets,
        proposals=made, choices=_choices(ground), intro=_INTRO, notes=notes, advice=_ADVICE, count=_count(made, sheets),
        properties=(("kind", KIND), (REGISTER_SHA, ground.register.sha256), (YEAR_ENDS, end.period.key)),
    )  # fmt: skip


def _count(made: Sequence[Proposal], sheets: Mapping[str, Form]) -> Sheet:
    """How many rows each sheet has, and what is proposed for them: the three add up to the first."""
    rows: list[tuple[Content, ...]] = []
    for name, form in sheets.items():
        own = [p for p in made if p.sheet == name]
        states = [sum(p.state == state for p in own) for state in (CARRIED, CLOSED, NEW)]
        rows.append((form.sheet, len(own), *states, sum(not p.decision for p in own)))
    columns = tuple(Column(f.heading, f.kind, f.width) for f in COUNT.fields)
    return Sheet(review.START, "", (), columns, tuple(rows), table=COUNT.table, description="Rows proposed, sheet by sheet")


def _choices(ground: YearGround) -> dict[str, tuple[str, ...]]:
    register = ground.register
    return {
        "partners": tuple(p.id for p in register.partners), "plans": tuple(p.id for p in register.plans),
        "theme ids": tuple(dict.fromkeys(t.id for t in register.themes)), "calendars": tuple(c.id for c in register.calendars),
        "schemes": tuple(dict.fromkeys(level.scheme for level in register.rag)), "measures": register.measure_keys,
    }  # fmt: skip


__all__ = [
    "CARRIED", "CLOSED", "COUNT", "KIND", "NEW", "OPENING", "OWN", "REGISTER_SHA", "YEAR_ENDS", "YearGround",
    "closing_words", "plain", "proposals", "remembered", "values_of", "year_forms", "year_review",
]  # fmt: skip
