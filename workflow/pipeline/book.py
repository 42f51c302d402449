"""The templates that go out and the marked-up copies that go back, as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from workflow import conflicts, desk, items, reader, writer
from workflow.fields import show
from workflow.inbox import hash_of
from workflow.merge import in_order
from workflow.model import OFFICE, Book, Fate, Finding, Form, Place, Row, Severity, Slot, SubmissionState, Value, column_letters
from workflow.outputs.decisions import SETTLED, Decisions, decisions_book
from workflow.outputs.queries import Query
from workflow.outputs.template import Template, return_book
from workflow.pipeline.identify import return_id
from workflow.pipeline.mail import minutes
from workflow.pipeline.press import Press, Proof
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.questions import Lines, asked_of, label
from workflow.pipeline.workspace import Workspace
from workflow.validate import SPARE, record_key
from workflow.wording import cells as typing
from workflow.wording import first_few, where


@dataclass(frozen=True, slots=True)
class Made:
    """A workbook for one partner, the issue it is, and the answers it shows, now and last time (its base)."""

    proof: Proof
    issue: str
    cells: Mapping[Slot, Value]
    rows: Mapping[str, int]  # sheet title -> rows asked about
    lines: Lines = field(default_factory=dict)  # of a marked-up copy: what it asks

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.proof.data


def template_for(workspace: Workspace, quarter: Quarter, partner: str, today: date, press: Press | None = None) -> Made:
    """A fresh template: the partner's own rows, last time's answers beside empty boxes. `press` draws it, if given."""
    template = _template(workspace, quarter, partner, today)
    return _made(template, "template", press)


def marked_up(workspace: Workspace, quarter: Quarter, partner: str, today: date) -> Made | None:
    """A fresh copy with every answer given so far, what needs attention marked, and a Queries sheet.

    None where there is nothing to ask, or nothing of this partner's was taken: a return that is held as a whole may be
    somebody else's or for another quarter, so its answers are not put into this one's form.
    """
    asked = asked_of(partner, quarter)
    own = in_order([s for s in quarter.sent.get(partner, ()) if s.state is SubmissionState.MERGED])
    if not asked or not any(s.answers for s in own):
        return None
    given = quarter.given_by.get(partner, {})
    answers: dict[Slot, Value] = {slot: s.value for slot, s in given.items() if not s.carried and slot[0] in workspace.forms}
    doubted = {p for f in asked if f.code in typing.WORDS for p in f.places}  # read, but not for sure
    for s in own:
        for a, fate in zip(s.answers, quarter.merged.fates.get(s.sha256, ()), strict=False):
            held = fate is Fate.HELD and a.held != "row-key-repeated"  # there nobody can tell which row's they are
            if a.key and (held or (fate is not Fate.SUPERSEDED and a.place in doubted)):
                answers[a.slot] = a.raw  # as it was typed, so that it can be corrected where it stands
    notes: dict[Slot, str] = {}
    queries: list[Query] = []
    for f in asked:
        query = query_of(f, quarter, workspace, placed=False)
        for slot in query.targets:
            if f.code in conflicts.CODES:  # an empty box: what is entered there is then a choice between the two
                answers.pop(slot, None)
            words = f"{query.found} {query.remedy}"
            notes[slot] = f"{notes[slot]}\n{words}" if slot in notes else words
        queries.append(query)
    template = replace(
        _template(workspace, quarter, partner, today),
        answers=answers,
        notes=notes,
        queries=tuple(queries),
        desk=workspace.desk[desk.QUERIES],
    )
    return _made(template, "marked-up")


def _template(workspace: Workspace, quarter: Quarter, partner: str, today: date) -> Template:
    layout = workspace.settings.layouts[-1]
    return Template(
        register=workspace.register,
        forms=workspace.forms,
        partner=partner,
        period=quarter.period,
        today=today,
        given=quarter.given[partner],
        before=quarter.before,
        layout=layout,
        issue="",
        minutes=minutes(sum(i.lead == partner for rows in quarter.given[partner].values() for i in rows)),
        return_id=return_id(workspace.ground, partner, quarter.period.key, layout),
    )


def _made(template: Template, kind: str, press: Press | None = None) -> Made:
    told = "|".join(f"{slot}={value!r}" for slot, value in sorted(template.shown.items(), key=str))
    told = "|".join((template.return_id, told, *(q.reference for q in template.queries)))
    issue = f"{kind}-{hash_of(told.encode())[:12]}"
    template = replace(template, issue=issue)
    if template.queries:
        template = replace(template, addresses=_addresses(writer.render(return_book(template)), template))
    book = return_book(template)
    proof = press.give(book) if press else Proof(book)
    rows: dict[str, int] = {}
    for name, given in template.given.items():
        own = sum(1 for i in given if i.lead == template.partner)
        rows[template.forms[name].title] = own
        rows[f"{template.forms[name].title}, led by others"] = len(given) - own
    covers: dict[Slot, Value] = {(desk.QUERIES, q.reference, desk.COVERS): desk.cover_text(q.covers) for q in template.queries}
    lines = {q.reference: (q, q.cells(template.addresses)) for q in template.queries}
    shown = {**template.shown, **template.last_time, **covers}
    return Made(proof, issue, shown, {title: n for title, n in rows.items() if n}, lines)


def _slots(f: Finding, quarter: Quarter, form: Form | None) -> tuple[Slot, ...]:
    """The cells a finding is about: by its places where they hold answers, else by its field and rows.

    What is asked about a row as a whole is asked at the first box to fill in on it.
    """
    places = set(f.places)
    found = [a.slot for s in quarter.submissions if s.partner == f.partner for a in s.answers if a.place in places and a.key]
    if found or form is None:
        return tuple(dict.fromkeys(found))
    first = next((a for a in form.answers if a.required), form.answers[0])
    name = f.field if form.has(f.field) else first.name
    meant = _row_meant(f)
    return tuple((f.form, key, name) for key in ((meant,) if meant else f.items))


def _row_meant(f: Finding) -> str:
    """The row whose key was changed, where it could be told which."""
    return f.suggestion if f.code.startswith("row-key-") else ""


def decisions_for(workspace: Workspace, quarter: Quarter, today: date) -> Book:
    """The decisions workbook of a period: what is held or asked, and what is settled."""
    layout = workspace.settings.layouts[-1]
    asked = [f for f in quarter.findings if f.severity is not Severity.NOTE and f.partner != OFFICE]
    return decisions_book(
        Decisions(
            register=workspace.register,
            form=workspace.desk[desk.DECISIONS],
            period=quarter.period,
            today=today,
            queries=[(f, query_of(f, quarter, workspace)) for f in asked],
            settled=[f for f in quarter.findings if f.code in SETTLED],
            return_id=return_id(workspace.ground, OFFICE, quarter.period.key, layout),
            layout=layout,
        )
    )


def query_of(f: Finding, quarter: Quarter, workspace: Workspace, *, placed: bool = True) -> Query:
    """A finding as a line of the decisions workbook, or of the Queries sheet: there not `placed`, without the sheet or the
    file at its beginning."""
    form = workspace.forms.get(f.form)
    slots = _slots(f, quarter, form)
    keys = [meant] if (meant := _row_meant(f)) else f.items
    labels = [label(key, f, workspace) for key in keys if form is None or form.layout == "table"]
    row = first_few(labels, 4)
    heading = form.field(f.field).heading if form and form.has(f.field) else ""
    said = f.message.split("): ", 1)[-1] if heading and "): " in f.message else f.message
    said = said if placed else said.removeprefix(f"{where(f.places)}: ")
    found = said.removesuffix(f.remedy).strip()
    if f.suggestion and said.endswith("?"):
        found = said.split(f.remedy)[0].strip()
    remedy = f.remedy + (f" Did you mean {f.suggestion}?" if f.suggestion else "")
    if f.code.startswith("row-key-") and form:
        remedy = _retype(f, quarter, form)
    return Query(
        sheet=form.sheet if form else (f.places[0].sheet if f.places else ""),
        row=f"{heading}: {row}" if heading and row else heading or row,
        found=found[:1].upper() + found[1:],
        remedy=remedy,
        targets=slots,
        reference=f.reference,
        covers=f.problems,
        reply=show(replied.value) if (replied := quarter.merged.standing.get((desk.QUERIES, f.reference, "reply"))) else "",
    )


def _retype(f: Finding, quarter: Quarter, form: Form) -> str:
    """What to do about a row whose key was changed: this copy has the right key, but not what stood beside the wrong one."""
    rows = {(p.file, p.sheet, _line(p)) for p in f.places}
    lost = [
        f'{form.field(a.field.partition("@")[0]).heading} "{a.raw}"'
        for s in quarter.submissions
        if s.partner == f.partner
        for a in s.answers
        if a.form == f.form and (a.place.file, a.place.sheet, _line(a.place)) in rows
    ]
    twice = f.items if f.code == "row-key-repeated" else ()  # the row whose key it is has lost its answers, too
    meant = [key for key in (*twice, _row_meant(f)) if key]
    row = f"row{'s' if len(meant) > 1 else ''} {' and '.join(meant)}" if meant else "the row it belongs to"
    said = f" Your file had: {'; '.join(lost)}." if lost else ""
    return f"The marked-up copy has every key as we sent it. Please enter the answers again there, on {row}.{said}"


def _line(place: Place) -> str:
    return "".join(c for c in place.cell if c.isdigit())


def _addresses(data: bytes, template: Template) -> dict[Slot, str]:
    """Where each cell of the workbook just made stands, read back as anyone's file would be."""
    book = reader.read_bytes(data)
    places: dict[Slot, str] = {}
    for name in template.given:
        form = template.forms[name]
        for row in reader.read_table(book, form, "").rows:
            key = _key(form, row, template)
            for named, column in row.columns.items():
                places[name, key, named] = f"{column_letters(column)}{row.lines.get(named, row.number)}"
    asked = {slot for query in template.queries for slot in query.targets}
    return {slot: cell for slot in asked if (cell := places.get((*slot[:2], slot[2].partition("@")[0])))}


def _key(form: Form, row: Row, template: Template) -> str:
    """The permanent key of a row as read: of a record, of a spare row, or its own."""
    if form.layout == "record":
        return record_key(template.partner, template.period.key)
    number = row.key.removeprefix(SPARE)
    if number != row.key and number.isdigit():
        return items.spare_key(form, template.partner, template.period.key, int(number))
    return row.key
