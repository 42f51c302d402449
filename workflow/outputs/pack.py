"""One board's pack: what its members and its clerk need of one quarter, published accessibly and agreeing with the tracker.

A board's `sections` (empty: all) name what appears: summary (with status, quarter by quarter and returns), pictures (with
the tables they draw), returns, exceptions, changes, the name of any form (actions, commitments, indicators, measures, issues,
activities, next_year), glossary. The cover, the RAG key, the notes and corrections to earlier papers, where there are any,
are always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflow.fields import fold
from workflow.model import Board, Book, Form, Sheet
from workflow.outputs import corrections, counts, exceptions, front
from workflow.outputs.columns import parts_of
from workflow.outputs.front import Section
from workflow.outputs.pictures import picture_sections
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import item_sheet, profile_of
from workflow.outputs.standing import Moments
from workflow.outputs.view import View


def pack_book(view: View, board: Board) -> Book:
    """The pack of one board for the view's period, under the `published` profile."""
    scope = Scope(Moments(view), board)
    sections = [s for name, s in _sections(scope) if _wanted(board, name)]
    if _wanted(board, "glossary"):
        sections.append(Section(front.glossary(scope, [s.sheet for s in sections]), "The terms that this pack uses"))
    return book(scope, sections)


def book(scope: Scope, sections: Sequence[Section], intro: Sequence[str] = ()) -> Book:
    """The sections behind their cover, as a workbook."""
    view, who = scope.view, scope.register.partnership
    first = front.cover(scope, sections, intro)
    return Book(
        title=first.title,
        subject=f"{who.name}: quarterly partner returns",
        creator=who.name,
        when=view.today,
        sheets=(first, *(s.sheet for s in sections)),
        profile=profile_of(scope),
        keywords="; ".join(k for k in (view.period.key, scope.board.id if scope.board else "tracker", who.label) if k),
    )


def _wanted(board: Board, name: str) -> bool:
    asked = {"_".join(fold(section).split()) for section in board.sections}
    return not name or not asked or name in asked


def _sections(scope: Scope) -> Iterable[tuple[str, Section]]:
    """Every section with the name that `Board.sections` knows it by; "" for those that are always there."""
    yield "", Section(front.rag_key(scope), "What each RAG word and colour means")
    yield from summary_sections(scope)
    yield from (("pictures", section) for section in picture_sections(scope))
    name = "returns" if scope.board and not _wanted(scope.board, "summary") else "summary"
    yield (
        name,
        Section(counts.returns_sheet(scope), "How many partners returned" if scope.is_public else "Who returned, and when"),
    )
    yield "exceptions", Section(exceptions.exceptions_sheet(scope), "Rows that need the board's attention, and why")
    yield "changes", Section(exceptions.changes_sheet(scope), "Old and new, since the quarter before")
    yield from (("", section) for section in corrections_sections(scope))  # whatever sections a board asked for
    for form in scope.forms:
        yield form.name, Section(form_sheet(scope, form), f"{form.title}, one row each")
    yield "", Section(front.notes(scope), "What the shorthand and fixed words mean")


def corrections_sections(scope: Scope) -> Iterable[Section]:
    """What stands otherwise than in the papers of closed periods, where anything does."""
    sheet = corrections.corrections_sheet(scope) if scope.view.restated else None
    if sheet and sheet.rows:
        yield Section(sheet, corrections.ABOUT)


def summary_sections(scope: Scope) -> Iterable[tuple[str, Section]]:
    """The counts, those that have something to count."""
    yield "summary", Section(counts.summary_sheet(scope), "The headline counts, and RAG by theme")
    if any(f.items and f.has("status") for f in scope.forms):
        yield "summary", Section(counts.status_sheet(scope), "Status by theme")
    trend = counts.trend_sheet(scope)
    if len(trend.rows) > 1:
        yield "summary", Section(trend, "RAG at the end of each quarter so far")


def form_sheet(scope: Scope, form: Form) -> Sheet:
    """One form's rows as they stand."""
    lines = counts.activity_words(scope) if form.name == "activities" else ()
    return item_sheet(scope, form, parts_of(scope, form), lines)
