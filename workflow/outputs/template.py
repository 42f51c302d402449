"""The return template: one workbook per partner with only its own rows, and the marked-up copy sent back with queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow import items
from workflow.fields import show
from workflow.model import (
    Book,
    Column,
    Content,
    Field,
    Form,
    Item,
    Kind,
    Mark,
    Period,
    Profile,
    Register,
    Role,
    Sheet,
    Slot,
    Standing,
    Value,
)
from workflow.outputs.checks import Checkable, checks_sheet
from workflow.validate import SPARE, record_key


@dataclass(frozen=True, slots=True)
class Query:
    """One line of the Queries sheet: `target` is the slot it is about, where there is one."""

    sheet: str
    row: str
    found: str
    remedy: str
    target: Slot | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """What one partner's workbook is made from. `answers` and `notes` are empty in a fresh template."""

    register: Register
    forms: Mapping[str, Form]
    partner: str
    period: Period
    today: date
    given: Mapping[str, Sequence[Item]]
    before: Mapping[Slot, Standing]
    return_id: str
    layout: str
    issue: str
    answers: Mapping[Slot, Value] = field(default_factory=dict)
    notes: Mapping[Slot, str] = field(default_factory=dict)
    queries: tuple[Query, ...] = ()
    addresses: Mapping[Slot, str] = field(default_factory=dict)  # where answer cells stand, for the links of the Queries sheet

    @property
    def partner_name(self) -> str:
        """The agency's name."""
        return self.register.partner_name(self.partner)

    @property
    def label(self) -> str:
        """ "Q2 2023/24 (1 July 2023 to 30 September 2023)"."""
        return f"{self.period.label} ({show(self.period.start)} to {show(self.period.end)})"


def return_book(template: Template) -> Book:
    """The whole workbook. Identity stands on the About sheet, in the document properties and in the keywords."""
    who = template.register.partnership
    forms = [template.forms[name] for name in template.given]
    sheets = [_record(form, template) if form.layout == "record" else _table(form, template) for form in forms]
    if template.queries:
        sheets.insert(0, _queries(template))
    own = {name: frozenset(i.key for i in rows if i.lead == template.partner) for name, rows in template.given.items()}
    fields = {form.name: _fields(form, template) if form.layout == "table" else list(form.fields) for form in forms}
    sheets.append(checks_sheet([Checkable(f, fields[f.name], own.get(f.name, frozenset())) for f in forms], sheets))
    sheets.append(_guide(template))
    return Book(
        title=f"{template.partner_name}: return for {template.period.label}",
        subject=f"{who.name}, quarterly return",
        creator=who.name,
        when=template.today,
        sheets=tuple(sheets),
        profile=Profile.RETURN,
        keywords=template.return_id,
        properties=(
            ("return_id", template.return_id),
            ("partner", template.partner),
            ("period", template.period.key),
            ("layout", template.layout),
            ("issue", template.issue),
        ),
    )


def _title(form: Form, template: Template) -> str:
    return f"{form.title}: {template.partner_name}, {template.period.label}"


def _record(form: Form, template: Template) -> Sheet:
    who = template.register.partnership
    key = record_key(template.partner, template.period.key)
    fixed: dict[str, Value] = {
        "return_id": template.return_id,
        "partner": template.partner_name,
        "period": template.period.key,
        "as_at": template.period.end,
        "due": template.period.due_date,
        "layout": template.layout,
    }
    rows: list[tuple[Content, ...]] = []
    for f in form.fields:
        slot = (form.name, key, f.name)
        value = fixed.get(f.name) if f.role is Role.CONTEXT else _answer(slot, template)
        rows.append((f.heading, value))
    lines = [
        f"{who.name}. Return for {template.label}. Please send it back by {show(template.period.due_date)}.",
        *([who.label] if who.label else []),
        "If Excel opens this in Protected View, choose Enable Editing first.",
        "1. Go through the sheets along the bottom. Say what changed on each row, or choose Yes under No change this quarter.",
        "2. Look at the Checks sheet: it says what is still missing.",
        "3. Fill in the shaded lines below to sign off, save, and email the file back. Nothing changed at all? Choose Yes under"
        " Nothing to report this quarter and sign off.",
        f"Questions: {who.coordinator}, {who.email}{', ' + who.phone if who.phone else ''}.",
    ]
    return Sheet(
        name=form.sheet,
        title=_title(form, template),
        lines=tuple(lines),
        layout="record",
        columns=(Column("About", width=38), Column("Answer", width=60)),
        rows=tuple(rows),
        table=form.table,
        line_columns=tuple(_column(f, template, ()) for f in form.fields),
        protect=form.protect,
        description=f"Who this return is from and its sign-off, {template.period.label}",
    )


def _table(form: Form, template: Template) -> Sheet:
    given = template.given[form.name]
    shown = _fields(form, template)
    rows = [tuple(_cell(form, f, item, template) for f in shown) for item in given]
    spare = [
        tuple(
            f"{SPARE}{n:02d}" if f.role is Role.KEY else _answer(_spare_slot(form, f.name, n, template), template)
            for f in shown
        )
        for n in range(1, form.spare_rows + 1)
    ]
    own = sum(1 for item in given if item.lead == template.partner)
    lines = [*form.intro]
    if given:
        lines.insert(0, _count_words(own, len(given) - own))
    if any(f.choices_from == "rag" for f in shown):
        lines.append("What each RAG word means is on the Guide sheet.")
    return Sheet(
        name=form.sheet,
        title=_title(form, template),
        lines=tuple(lines),
        columns=tuple(_column(f, template, given) for f in shown),
        rows=tuple(rows + spare),
        table=form.table,
        protect=form.protect,
        spare_from=len(rows) if spare else None,
        description=f"{form.title} of {template.partner_name} for {template.period.label}",
    )


def _fields(form: Form, template: Template) -> list[Field]:
    """The columns of a table: those asked for this quarter, less what is ours and would be blank on every row."""
    given = template.given[form.name]
    asked = [f for f in form.fields if f.shown("return") and f.only_quarter in (0, template.period.quarter)]
    ours = (Role.CONTEXT, Role.PREVIOUS)
    return [f for f in asked if f.role not in ours or any(_cell(form, f, item, template) not in (None, "") for item in given)]


def _count_words(own: int, others: int) -> str:
    rows = f"{own} row{'' if own == 1 else 's'} that you lead"
    more = f" and {others} that you share with another lead (yours to add to, if you wish)" if others else ""
    return f"This sheet has {rows}{more}."


def _cell(form: Form, f: Field, item: Item, template: Template) -> Content:
    match f.role:
        case Role.KEY:
            return item.key
        case Role.CONTEXT:
            return items.context_value(f, item, template.register)
        case Role.PREVIOUS:
            standing = template.before.get((form.name, item.key, f.source))
            return standing.value if standing else None
    name = f.name if item.lead == template.partner else f"{f.name}@{template.partner}"
    return _answer((form.name, item.key, name), template)


def _spare_slot(form: Form, name: str, number: int, template: Template) -> Slot:
    return (form.name, items.spare_key(form, template.partner, template.period.key, number), name)


def _answer(slot: Slot, template: Template) -> Content:
    value = template.answers.get(slot)
    note = template.notes.get(slot, "")
    return Mark(value, note=note, attention=True) if note else value


def _column(f: Field, template: Template, given: Sequence[Item]) -> Column:
    """How one field is typed in: drop-down, limits and input message."""
    choices: list[str] = []
    if f.kind is Kind.YES_NO:
        choices = [c.value for c in items.YES_NO]
    elif f.kind is Kind.CHOICE:
        for item in given or (None,):
            choices += [c.value for c in items.choices_for(f, item, template.register)]
    return Column(
        heading=f.heading,
        kind=f.kind,
        width=f.width,
        answer=f.role is Role.ANSWER,
        key=f.role is Role.KEY,
        choices=tuple(dict.fromkeys(choices)),
        help=f.help,
        min_length=f.min_length,
        max_length=f.max_length,
        minimum=f.minimum,
        maximum=f.maximum,
    )


def _guide(template: Template) -> Sheet:
    """How to fill the return in, and what the RAG words mean, so that the key is on this output too."""
    schemes = dict.fromkeys(p.rag for p in template.register.plans)
    rows: list[tuple[Content, ...]] = [
        (level.scheme, Mark(level.word, fill=level.colour, ink=level.text_colour), level.letter, level.meaning)
        for scheme in schemes
        for level in template.register.levels(scheme)
    ]
    lines = (
        "Only the shaded boxes are yours. Everything else is filled in for you and is the same in the papers.",
        "The lock on some sheets is there to stop accidents only. There is no password.",
        "You may make rows and columns larger, sort, and insert rows. Please leave the Row key column as it is.",
        "A box left blank never removes an earlier answer. To empty one, say so in Comments to the coordinator.",
        "Please write no names of people, dates of birth, addresses or case details.",
    )
    return Sheet(
        name="Guide",
        title="Guide: how to fill this in, and what the RAG words mean",
        lines=lines,
        table="guide_rag",
        columns=(Column("Scheme", width=22), Column("Word", width=14), Column("Letter", width=8), Column("Meaning", width=60)),
        rows=tuple(rows),
        protect=True,
        description="What each RAG word means",
    )


def _queries(template: Template) -> Sheet:
    """The queries, one row each, with a link to the cell."""
    rows: list[tuple[Content, ...]] = []
    sheets = {template.forms[name].sheet for name in template.given}
    for n, query in enumerate(template.queries, 1):
        cell = template.addresses.get(query.target, "") if query.target else ""
        target = f"#'{query.sheet}'!{cell or 'A1'}" if query.sheet in sheets else ""
        rows.append((f"Q{n}", query.sheet, Mark(cell or "Sheet", link=target), query.row, query.found, query.remedy, None))
    return Sheet(
        name="Queries",
        title=f"Queries: {template.partner_name}, {template.period.label}",
        table="ret_queries",
        lines=(
            "This is a fresh copy of your return with every answer you gave. Thank you for it.",
            "Please correct the cells listed here (they are marked on their sheets) and send this file back,"
            " or explain under Your reply.",
        ),
        columns=(
            Column("Query", width=8, key=True),
            Column("Sheet", width=18),
            Column("Cell", width=10),
            Column("Row", width=18),
            Column("What we found", Kind.LONG_TEXT, 44),
            Column("What to do", Kind.LONG_TEXT, 40),
            Column("Your reply", Kind.LONG_TEXT, 40, answer=True),
        ),
        rows=tuple(rows),
        protect=False,
        description="Queries on this return",
    )
