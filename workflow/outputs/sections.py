"""The sections that papers are put together from, by the names that the register and the workspace's words know them by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workflow.config import section_name
from workflow.model import Form, Purpose, Sheet
from workflow.outputs import activity, corrections, counts, covertext, exceptions, focus, front, measured, risks
from workflow.outputs.columns import parts_of
from workflow.outputs.front import Section
from workflow.outputs.pictures import picture_sections
from workflow.outputs.saying import words_of
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import item_sheet

ONE_PAGE, GLOSSARY, FORMS = "one page", "glossary", "forms"  # what can only be made when the rest is; every form not named
_WITH_SUMMARY = "returns"  # a board that asks for the summary gets who returned, too


def worded(scope: Scope, name: str, sheet: Sheet, **more: str) -> Section:
    """A sheet with the line that the workspace's words have for it in the contents list."""
    return Section(sheet, words_of(scope, name, **more).about)


def _cover_text(scope: Scope) -> Iterable[Section]:
    yield worded(scope, "cover_text", covertext.cover_text_sheet(scope))


def _theme(scope: Scope) -> Iterable[Section]:
    if theme := focus.theme_of_quarter(scope):
        yield worded(scope, "theme", focus.theme_sheet(scope, theme), theme=theme.title)


def _exceptions(scope: Scope) -> Iterable[Section]:
    yield worded(scope, "exceptions", exceptions.exceptions_sheet(scope))


def _changes(scope: Scope) -> Iterable[Section]:
    yield worded(scope, "changes", exceptions.changes_sheet(scope))


def _returns(scope: Scope) -> Iterable[Section]:
    yield worded(scope, "returns_public" if scope.is_public else "returns", counts.returns_sheet(scope))


def summary_sections(scope: Scope) -> Iterable[Section]:
    """The counts, those that have something to count."""
    yield worded(scope, "summary", counts.summary_sheet(scope))
    if any(f.items and f.has("status") for f in scope.forms):
        yield worded(scope, "status", counts.status_sheet(scope))
    trend = counts.trend_sheet(scope)
    if len(trend.rows) > 1:
        yield worded(scope, "trend", trend)


def history_sections(scope: Scope) -> Iterable[Section]:
    """Each measure's figures, quarter by quarter, where there are measures."""
    if _has(scope, Purpose.MEASURES):
        yield worded(scope, "history", measured.history_sheet(scope))


def _definitions(scope: Scope) -> Iterable[Section]:
    if _has(scope, Purpose.MEASURES):
        yield worded(scope, "definitions", measured.definitions_sheet(scope))


def risk_sections(scope: Scope) -> Iterable[Section]:
    """The risk matrix, where a risk is open."""
    if _has(scope, Purpose.ISSUES) and risks.open_risks(scope):
        yield worded(scope, "risk_matrix", risks.risk_matrix_sheet(scope), issues=risks.issues_sheet(scope))


def activity_sections(scope: Scope) -> Iterable[Section]:
    """The activity log added up, where there is any."""
    if _has(scope, Purpose.ACTIVITIES):
        yield worded(scope, "activity_totals", activity.activity_totals_sheet(scope))


def corrections_sections(scope: Scope) -> Iterable[Section]:
    """What stands otherwise than in the papers of closed periods, where anything does."""
    sheet = corrections.corrections_sheet(scope) if scope.view.restated else None
    if sheet and sheet.rows:
        yield worded(scope, "corrections", sheet)


def closing_sections(scope: Scope) -> Iterable[Section]:
    """What every pack ends with, whatever sections its board asks for."""
    yield from corrections_sections(scope)
    yield worded(scope, "rag_key", front.rag_key(scope))
    yield worded(scope, "notes", front.notes(scope))


# Every section that is not a form's own table, and what makes its sheets.
_MADE: Mapping[str, Callable[[Scope], Iterable[Section]]] = {
    "cover text": _cover_text,
    "theme of the quarter": _theme,
    "exceptions": _exceptions,
    "changes": _changes,
    "summary": summary_sections,
    "pictures": picture_sections,
    "history": history_sections,
    "definitions": _definitions,
    "risk matrix": risk_sections,
    "activity totals": activity_sections,
    "returns": _returns,
}
SECTIONS = (ONE_PAGE, GLOSSARY, FORMS, *_MADE)


def made(scope: Scope, name: str) -> Iterable[Section]:
    """The sheets of one section or form; none where there is nothing that it could show."""
    form = next((f for f in scope.forms if f.name == name), None)
    if form:
        yield Section(form_sheet(scope, form), f"{form.title}, one row each")
    elif name in _MADE:
        yield from _MADE[name](scope)


def names_of(scope: Scope) -> tuple[str, ...]:
    """The sections of a board's pack in their order, each once: those that the register asks for, or the workspace's order."""
    forms = {section_name(f.name): f.name for f in scope.forms}
    own = scope.board.sections if scope.board else ()
    names = [section_name(name) for name in own or scope.view.words.order]
    if own and "summary" in names and _WITH_SUMMARY not in names:
        names.insert(names.index("summary") + 1, _WITH_SUMMARY)
    others = [name for plain_name, name in forms.items() if plain_name not in names]
    each = (n for name in names for n in (others if name == FORMS else [forms.get(name, name)]))
    return tuple(dict.fromkeys(name for name in each if name in SECTIONS or name in forms.values()))


def _has(scope: Scope, purpose: Purpose) -> bool:
    return any(f.purpose == purpose for f in scope.forms) and bool(scope.of(purpose))


# What stands beside a form's own table in the tracker.
_BESIDE: Mapping[str, Callable[[Scope], Iterable[Section]]] = {
    Purpose.MEASURES: history_sections, Purpose.ISSUES: risk_sections, Purpose.ACTIVITIES: activity_sections
}  # fmt: skip


def beside(scope: Scope, form: Form) -> Iterable[Section]:
    """What the tracker shows beside a form's own table."""
    return _BESIDE[form.purpose](scope) if form.purpose in _BESIDE else ()


def form_sheet(scope: Scope, form: Form) -> Sheet:
    """One form's rows as they stand."""
    lines = counts.activity_words(scope) if form.purpose == Purpose.ACTIVITIES else ()
    return item_sheet(scope, form, parts_of(scope, form), lines)
