"""The templates that go out and the marked-up copies that go back, as bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from workflow import reader, writer
from workflow.inbox import hash_of
from workflow.model import Fate, Finding, Form, Row, Severity, Slot, Value, column_letters
from workflow.outputs.template import Query, Template, return_book
from workflow.pipeline.identify import return_id
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Made:
    """A workbook for one partner: its bytes, the issue it is, and what it showed in its answer cells (its base)."""

    data: bytes
    issue: str
    cells: Mapping[Slot, Value]
    rows: Mapping[str, int]  # sheet title -> rows asked about


def template_for(workspace: Workspace, quarter: Quarter, partner: str, today: date) -> Made:
    """A fresh template: the partner's own rows, last time's answers beside empty boxes."""
    template = _template(workspace, quarter, partner, today)
    return _made(template, "template")


def marked_up(workspace: Workspace, quarter: Quarter, partner: str, today: date) -> Made | None:
    """A fresh copy with every answer given so far, what needs attention marked, and a Queries sheet.

    None where there is nothing to ask, or nothing of this partner's was read.
    """
    asked = [f for f in quarter.findings if f.partner == partner and f.severity is not Severity.NOTE]
    own = [s for s in quarter.submissions if s.partner == partner]
    if not asked or not any(s.answers for s in own):
        return None
    answers: dict[Slot, Value] = {}
    for s in own:
        for a, fate in zip(s.answers, quarter.merged.fates.get(s.sha256, ()), strict=False):
            if fate is Fate.HELD and a.key:
                answers[a.slot] = a.raw  # as it was typed, so that it can be corrected where it stands
            elif fate in (Fate.ACCEPTED, Fate.UNCHANGED) and a.value is not None:
                answers[a.slot] = a.value
    notes: dict[Slot, str] = {}
    queries: list[Query] = []
    for f in asked:
        slots = _slots(f, quarter, partner)
        for slot in slots:
            notes[slot] = f"{notes[slot]}\n{f.message}" if slot in notes else f.message
        queries.append(_query(f, slots, workspace))
    template = replace(_template(workspace, quarter, partner, today), answers=answers, notes=notes, queries=tuple(queries))
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
        return_id=return_id(workspace.accepts, partner, quarter.period.key, layout),
    )


def _made(template: Template, kind: str) -> Made:
    told = "|".join(f"{slot}={value!r}" for slot, value in sorted(template.answers.items(), key=str))
    issue = f"{kind}-{hash_of(f'{template.return_id}|{told}'.encode())[:12]}"
    template = replace(template, issue=issue)
    book = return_book(template)
    data = writer.render(book)
    if template.queries:
        template = replace(template, addresses=_addresses(data, template))
        data = writer.render(return_book(template))
    rows = {
        template.forms[name].title: sum(1 for i in given if i.lead == template.partner)
        for name, given in template.given.items()
        if given
    }
    return Made(data, issue, template.answers, {title: n for title, n in rows.items() if n})


def _slots(f: Finding, quarter: Quarter, partner: str) -> list[Slot]:
    """The answer cells a finding is about: by its places where they hold answers, else by its field and items."""
    places = set(f.places)
    found = [a.slot for s in quarter.submissions if s.partner == partner for a in s.answers if a.place in places and a.key]
    if found or not f.form or not f.field:
        return list(dict.fromkeys(found))
    return [(f.form, key, f.field) for key in f.items]


def _query(f: Finding, slots: list[Slot], workspace: Workspace) -> Query:
    form = workspace.forms.get(f.form)
    labels = [(item.label if (item := workspace.register.item(key)) else key) for key in f.items]
    row = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
    heading = form.field(f.field).heading if form and form.has(f.field) else ""
    said = f.message.split("): ", 1)[-1] if heading and "): " in f.message else f.message
    found = said.removesuffix(f.remedy).strip()
    if f.suggestion and said.endswith("?"):
        found = said.split(f.remedy)[0].strip()
    remedy = f.remedy + (f" Did you mean {f.suggestion}?" if f.suggestion else "")
    return Query(
        sheet=form.sheet if form else (f.places[0].sheet if f.places else ""),
        row=f"{heading}: {row}" if heading and row else heading or row,
        found=found[:1].upper() + found[1:],
        remedy=remedy,
        target=slots[0] if slots else None,
    )


def _addresses(data: bytes, template: Template) -> dict[Slot, str]:
    """Where each answer cell stands in the workbook just made, read back as anyone's file would be."""
    book = reader.read_bytes(data)
    addresses: dict[Slot, str] = {}
    for name in template.given:
        form = template.forms[name]
        table = reader.read_table(book, form, "")
        for row in table.rows:
            addresses.update(_row_addresses(form, row, template))
    return addresses


def _row_addresses(form: Form, row: Row, template: Template) -> dict[Slot, str]:
    slots = {slot for slot in (*template.answers, *template.notes) if slot[0] == form.name}
    found: dict[Slot, str] = {}
    for slot in slots:
        name = slot[2].partition("@")[0]
        if form.layout == "record":
            cell = row.cells.get(name)
            if cell:
                found[slot] = cell.ref
        elif slot[1] == row.key and name in row.columns:
            found[slot] = f"{column_letters(row.columns[name])}{row.number}"
    return found
