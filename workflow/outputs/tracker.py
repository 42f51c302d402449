"""The master tracker: every row the partnership tracks, what stands on it, and the place each answer came from."""

from __future__ import annotations

from collections.abc import Iterable

from workflow import yearend
from workflow.model import Book, Column, Content, Field, Finding, Form, Kind, Role, Sheet
from workflow.outputs import closing, counts, exceptions, front, history
from workflow.outputs.front import Section
from workflow.outputs.pack import book
from workflow.outputs.pictures import picture_sections
from workflow.outputs.scope import Scope
from workflow.outputs.sections import beside, corrections_sections, form_sheet, summary_sections, worded
from workflow.outputs.sheets import Words, data_sheet
from workflow.outputs.view import View
from workflow.validate import record_key


def tracker_book(view: View) -> Book:
    """The tracker of the view's period, under the `working` profile. Nothing is held back: it is for the coordinator."""
    scope = Scope.on(view)
    return book(scope, list(_sections(scope)))


def _sections(scope: Scope) -> Iterable[Section]:
    yield from summary_sections(scope)
    yield from picture_sections(scope)
    yield Section(exceptions.exceptions_sheet(scope), "Rows that need attention, and why")
    yield worded(scope, "changes", exceptions.changes_sheet(scope))
    yield from corrections_sections(scope)
    for form in scope.forms:
        yield Section(form_sheet(scope, form), f"{form.title}, one row each")
        yield from beside(scope, form)
    yield from _year_end(scope)
    yield worded(scope, "returns_log", counts.returns_sheet(scope))
    for form in scope.view.forms.values():
        if form.layout == "record":
            yield Section(_record_sheet(scope, form), "Sign-off and comments, one row for each return")
    yield Section(_findings_sheet(scope), "What needs a person, in full sentences")
    for sheet in history.history_sheets(scope):
        yield Section(sheet, "Every value of every field: where it came from, and whether it stands")
    yield worded(scope, "rag_key", front.rag_key(scope))
    yield worded(scope, "notes", front.notes(scope))
    yield Section(front.glossary(scope), "The partnership's terms")


def _year_end(scope: Scope) -> Iterable[Section]:
    """In a year's last quarter, what becomes of each row that is asked so."""
    if yearend.is_last(scope.view.period) and any(map(yearend.yearly, scope.view.forms.values())):
        yield Section(closing.year_end_sheet(scope), f"What happens to each {yearend.called(scope.view.forms)} next year")


def _record_sheet(scope: Scope, form: Form) -> Sheet:
    """A record form (About this return) as a table: one row for each partner that returned."""
    view, fields = scope.view, [f for f in form.fields if f.role is Role.ANSWER and f.shown("tracker")]
    rows: list[tuple[Content, ...]] = []
    for partner in view.register.partners:
        key = record_key(partner.id, view.period.key)
        given = [view.reported(form.name, key, f.name) for f in fields]
        if any(given):
            rows.append((partner.name, *(None if g is None else g.value for g in given)))
    columns = (Column("Partner", width=28), *(_record_column(f) for f in fields))
    return data_sheet(scope, "Sign-off", columns, rows, Words(title=form.title, empty="No return has come in yet."))


def _record_column(field: Field) -> Column:
    long = field.kind is Kind.LONG_TEXT
    kind = field.kind if field.kind in (Kind.LONG_TEXT, Kind.DATE) else Kind.TEXT
    return Column(field.heading, kind, 40 if long else 18)


def _findings_sheet(scope: Scope) -> Sheet:
    """Every finding of the period that is still open, with its place."""
    columns = (
        Column("Severity", width=10),
        Column("Partner", width=24),
        Column("What to do", Kind.LONG_TEXT, 60),
        Column("Rows", width=18),
        Column("File", width=30),
        Column("Sheet", width=16),
        Column("Cells", width=14),
        Column("Code", width=20),
    )
    return data_sheet(
        scope,
        "Findings",
        columns,
        [_finding_row(scope, f) for f in scope.view.findings],
        Words(
            lines=(
                "Stop: the answer is held until it is put right. Query: taken as given, and asked about. Note: for you only.",
            ),
            empty="Nothing needs a person.",
        ),
    )


def _finding_row(scope: Scope, finding: Finding) -> tuple[Content, ...]:
    def each(parts: Iterable[str]) -> str | None:
        return "\n".join(dict.fromkeys(p for p in parts if p)) or None

    places = finding.places
    return (
        finding.severity.value.capitalize(),
        scope.register.partner_name(finding.partner) if finding.partner else None,
        finding.message,
        each(finding.items),
        each(p.file for p in places),
        each(p.sheet for p in places),
        each(p.cell for p in places),
        finding.code,
    )
