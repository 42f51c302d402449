"""The return template: one workbook per partner with only its own rows, and the marked-up copy sent back with queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

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
    Purpose,
    Register,
    Role,
    Sheet,
    Slot,
    Standing,
    Value,
    told_under,
    with_purpose,
)
from workflow.outputs.checks import Checkable, checks_sheet
from workflow.outputs.queries import Query, queries_sheet
from workflow.outputs.rulelist import rules_sheet
from workflow.periods import month_end
from workflow.validate import SPARE, record_key
from workflow.wording import first_few


@dataclass(frozen=True)
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
    minutes: int = 0  # about how long it takes; 0 where nothing is asked
    answers: Mapping[Slot, Value] = field(default_factory=dict)
    notes: Mapping[Slot, str] = field(default_factory=dict)
    queries: tuple[Query, ...] = ()
    desk: Form | None = None  # the form of the Queries sheet
    addresses: Mapping[Slot, str] = field(default_factory=dict)  # where answer cells stand, for the links of the Queries sheet

    @property
    def partner_name(self) -> str:
        """The agency's name."""
        return self.register.partner_name(self.partner)

    @property
    def label(self) -> str:
        """ "Q2 2023/24 (1 July 2023 to 30 September 2023)"."""
        return f"{self.period.label} ({show(self.period.start)} to {show(self.period.end)})"

    def own(self, form: str) -> tuple[Item, ...]:
        """The rows of a form that the partner leads: those it is asked about."""
        return tuple(i for i in self.given[form] if i.lead == self.partner)

    @cached_property
    def last_time(self) -> Mapping[Slot, Value]:
        """What the columns of last time's answers show, by the names of these columns; a copy that comes back has the same."""
        rows = ((self.forms[name], item.key) for name, given in self.given.items() for item in given)
        cells = ((form.name, key, f) for form, key in rows for f in items.previous_fields(form))
        return {(name, key, f.name): s.value for name, key, f in cells if (s := self.before.get((name, key, f.source)))}

    @cached_property
    def shown(self) -> Mapping[Slot, Value]:
        """Every value that stands in a cell which is read back as an answer: what a copy that comes back is compared with.

        In a row that a partner once added, that includes what the row is (its title, its due date).
        """
        cells = dict(self.answers)
        for name, rows in self.given.items():
            form = self.forms[name]
            for item in rows:
                if item.values.get("added") is True:
                    read = (f for f in _fields(form, self) if f.role in (Role.ANSWER, Role.CONTEXT))
                    told = {(name, item.key, f.name): _value(form, f, item, self) for f in read}
                    cells.update({slot: value for slot, value in told.items() if value is not None and value != ""})
        return cells


def return_book(template: Template) -> Book:
    """The whole workbook. Identity stands on the About sheet, in the document properties and in the keywords."""
    who = template.register.partnership
    forms = [template.forms[name] for name in template.given]
    sheets = [_record(form, template) if form.layout == "record" else _table(form, template) for form in forms]
    if template.queries and template.desk:
        title = f"Queries: {template.partner_name}, {template.period.label}"
        tabs = {form.sheet for form in forms}
        sheets.insert(0, queries_sheet(template.desk, title, template.queries, tabs, template.addresses))
    sheets.append(checks_sheet([_checkable(form, template) for form in forms], sheets))
    sheets.append(rules_sheet(forms, template.period))
    sheets.append(_guide(template, [s.name for s in sheets if s.protect]))
    return Book(
        title=f"{template.partner_name}: return for {template.period.label}",
        subject=f"{who.name}, {template.period.often} return",
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
        value = fixed.get(f.name) if f.role is Role.CONTEXT else _answer(f, slot, template)
        rows.append((f.heading, value))
    lines = [
        f"{who.name}. Return for {template.label}. Please send it back by {show(template.period.due_date)}.",
        *([who.label] if who.label else []),
        *_look_here(form, template),
        *form.intro,
        *_asked_words(template),
        *(f"{n}. {step}" for n, step in enumerate(_steps(form, template), 1)),
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


def _asked_words(template: Template) -> list[str]:
    """ "You are asked about 5 actions and 1 measure. It takes about 10 minutes." """
    own = {template.forms[name].title.lower(): len(template.own(name)) for name in template.given if template.forms[name].items}
    asked = [f"{n} {title.removesuffix('s') if n == 1 else title}" for title, n in own.items() if n]
    if not asked:
        return []
    listed = " and ".join([", ".join(asked[:-1]), asked[-1]] if len(asked) > 1 else asked)
    return [f"You are asked about {listed}." + (f" It takes about {template.minutes} minutes." if template.minutes else "")]


def _look_here(form: Form, template: Template) -> list[str]:
    """Which cells of a sheet are asked about, in words: a border alone says nothing to who cannot see it (domain.md X19).

    One line wherever something is asked, also while it is not known yet where the cells will stand.
    """
    if not any(slot[0] == form.name for slot in template.notes):
        return []
    cells = dict.fromkeys(
        address
        for query in template.queries
        for slot in query.targets
        if slot[0] == form.name and (address := template.addresses.get(slot))
    )
    told = f"cell{'s' if len(cells) > 1 else ''} {first_few([*cells], 8)}" if cells else "the cells with a dark border"
    return [f"Please look at {told}: what is asked is on the sheet Queries, and in a note on each cell."]


def _steps(about: Form, template: Template) -> list[str]:
    """What to do, in order. It names headings and sheets as they stand in this very workbook."""
    forms = [template.forms[name] for name in template.given]
    unchanged = next((form.field("no_change").heading for form in forms if form.has("no_change")), "")
    row = f", or choose Yes under {unchanged}" if unchanged else ""
    steps = [
        "If Excel shows a yellow bar (Protected View), choose Enable Editing.",
        f"Go through the sheets along the bottom. Fill in the yellow boxes of each row{row}.",
        "Look at the Checks sheet: it says what is still to do, and leads you there.",
        "Sign off in the yellow boxes below, save, and email the file back.",
    ]
    if about.has("nil_return"):
        nil = about.field("nil_return").heading
        steps.insert(1, f"Nothing changed on any row? Choose Yes beside {nil} below and go straight to the last step.")
    return steps


def _table(form: Form, template: Template) -> Sheet:
    given = template.given[form.name]
    shown = _fields(form, template)
    rows = [tuple(_cell(form, f, item, template) for f in shown) for item in given]
    spare = [tuple(_spare_cell(form, f, n, template) for f in shown) for n in range(1, form.spare_rows + 1)]
    own = len(template.own(form.name))
    lines = [*_look_here(form, template), *form.intro]
    if given and items.comes_back_filled(form):
        lines.append(
            "Rows that you added earlier stand first, as you left them: change what has changed, or set Status to Closed."
        )
    elif given:
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
    parts = [f"{own} row{'' if own == 1 else 's'} that you lead"] if own else []
    if others:
        parts.append(f"{others} row{'' if others == 1 else 's'} of another lead that you may add to")
    return f"This sheet has {' and '.join(parts)}."


def _cell(form: Form, f: Field, item: Item, template: Template) -> Content:
    slot = (form.name, item.key, f.name)
    if f.role is Role.ANSWER and item.lead != template.partner:
        slot = (form.name, item.key, f"{f.name}@{template.partner}")
    return _noted(_as_typed(f, _value(form, f, item, template)), slot, template)


def _value(form: Form, f: Field, item: Item, template: Template) -> Value | None:
    slot = (form.name, item.key, f.name)
    match f.role:
        case Role.KEY:
            return item.key
        case Role.CONTEXT:
            return items.context_value(f, item, template.register)
        case Role.PREVIOUS:
            standing = template.before.get((form.name, item.key, f.source))
            return standing.value if standing else None
    if item.lead != template.partner:
        return template.answers.get((form.name, item.key, f"{f.name}@{template.partner}"))
    if items.comes_back_filled(form) and slot not in template.answers and slot in template.before:
        return template.before[slot].value
    return template.answers.get(slot)


def _as_typed(f: Field, value: Value | None) -> Value | None:
    """A month as people type it, "Sep 2023", and not as the day on which it ends."""
    if f.kind is Kind.MONTH and isinstance(value, date) and value == month_end(value):
        return show(value).partition(" ")[2]
    return value


def _spare_cell(form: Form, f: Field, number: int, template: Template) -> Content:
    """A cell of a spare row. Under last time's answers it says why there are none: an empty one would ask to be typed in."""
    slot = (form.name, items.spare_key(form, template.partner, template.period.key, number), f.name)
    match f.role:
        case Role.KEY:
            return _noted(f"{SPARE}{number:02d}", slot, template)
        case Role.PREVIOUS:
            return "New row"
    return _answer(f, slot, template)


def _answer(f: Field, slot: Slot, template: Template) -> Content:
    return _noted(_as_typed(f, template.answers.get(slot)), slot, template)


def _noted(value: Value | None, slot: Slot, template: Template) -> Content:
    """A cell's value, with the words of what needs attention there, if anything does."""
    note = template.notes.get(slot, "")
    return Mark(value, note=note, attention=True) if note else value


def _checkable(form: Form, template: Template) -> Checkable:
    """What the Checks sheet needs to know of a form, beyond what its sheet shows."""
    return Checkable(
        form,
        tuple(form.fields if form.layout == "record" else _fields(form, template)),
        period=template.period,
        today=template.today,
        partner=template.partner,
        register=template.register,
        given=template.given[form.name],
        before={(key, name): told.value for (of, key, name), told in template.before.items() if of == form.name},
    )


def _column(f: Field, template: Template, given: Sequence[Item]) -> Column:
    """How one field is typed in: drop-down, limits and input message."""
    choices: list[str] = []
    if f.kind is Kind.YES_NO:
        choices = [c.value for c in items.YES_NO]
    elif f.kind is Kind.CHOICE or f.choices_from:
        for item in given or (None,):
            choices += [c.value for c in items.choices_for(f, item, template.register, template.period.end)]
    return Column(
        heading=f.heading,
        kind=f.kind,
        width=f.width,
        answer=f.role is Role.ANSWER,
        key=f.role is Role.KEY,
        choices=tuple(dict.fromkeys(choices)),
        lenient=f.kind is Kind.TEXT,  # the list of a text field is offered, and anything else taken as well
        help=f.help,
        min_length=f.min_length,
        max_length=f.max_length,
        minimum=f.minimum,
        maximum=f.maximum,
        office=f.office,
    )


def _say_so(template: Template) -> str:
    told = told_under(with_purpose(template.forms, Purpose.ABOUT))
    return f"say so in {told['comments']}" if told else "tell us"


def _guide(template: Template, locked: Sequence[str]) -> Sheet:
    """How to fill the return in, and what the RAG words mean, so that the key is on this output too."""
    schemes = dict.fromkeys(p.rag for p in template.register.plans)
    rows: list[tuple[Content, ...]] = [
        (level.scheme, Mark(level.word, fill=level.colour, ink=level.text_colour), level.letter, level.meaning)
        for scheme in schemes
        for level in template.register.levels(scheme)
    ]
    lines = (
        "The yellow boxes under Please complete are yours. The grey ones are filled in for you and say the same in the papers.",
        f"Locked, to stop accidents only: {', '.join(locked)} and this sheet. There is no password.",
        "You may make rows and columns larger on any sheet, and sort and insert rows on those that are not locked.",
        "Please leave the Row key column as it is: it is how your answers find their rows.",
        f"A box left blank never removes an earlier answer. To empty one, {_say_so(template)}.",
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
