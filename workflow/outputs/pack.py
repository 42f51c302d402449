"""One board's pack: what its members and its clerk need of one quarter, published accessibly and agreeing with the tracker.

A board's `sections` on the register name what appears, and in which order; blank: all that fit, in the order of the
workspace's words for papers. The cover, corrections to earlier papers where there are any, the RAG key and the notes are
always there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workflow.errors import WorkflowError
from workflow.model import Board, Book, Sheet
from workflow.outputs import front, onepage
from workflow.outputs.front import Section
from workflow.outputs.scope import Scope
from workflow.outputs.sections import GLOSSARY, ONE_PAGE, closing_sections, made, names_of, worded
from workflow.outputs.sheets import profile_of
from workflow.outputs.view import View


def pack_book(view: View, board: Board) -> Book:
    """The pack of one board for the view's period, under the `published` profile."""
    scope = Scope.on(view, board)
    names = names_of(scope)
    found = {name: list(made(scope, name)) for name in names}
    last = list(closing_sections(scope))
    if ONE_PAGE in names:  # it leads to the others
        tabs = {s.sheet.name for each in (*found.values(), last) for s in each}
        found[ONE_PAGE] = [worded(scope, "one_page", onepage.one_page_sheet(scope, tabs))]
    if GLOSSARY in names:  # it explains what they say
        sheets = [s.sheet for each in (*found.values(), last) for s in each]
        last.append(worded(scope, "glossary", front.glossary(scope, sheets)))
    return book(scope, [s for name in names for s in found[name]] + last)


def book(scope: Scope, sections: Sequence[Section], intro: Sequence[str] = ()) -> Book:
    """The sections behind their cover, as a workbook."""
    view, who = scope.view, scope.register.partnership
    first = front.cover(scope, sections, intro)
    sheets = (first, *(s.sheet for s in sections))
    return Book(
        title=first.title,
        subject=f"{who.name}: {view.period.often} partner returns",
        creator=who.name,
        when=view.today,
        sheets=tuple(_headed(sheet, view.words.headings) for sheet in sheets) if scope.board else sheets,
        profile=profile_of(scope),
        keywords="; ".join(k for k in (view.period.key, scope.board.id if scope.board else "tracker", who.label) if k),
    )


def _headed(sheet: Sheet, words: Mapping[str, str]) -> Sheet:
    """A sheet with the workspace's own words for the headings of its columns, in the chart that draws them, too."""
    if not words:
        return sheet
    columns = tuple(replace(c, heading=words.get(c.heading, c.heading)) for c in sheet.columns)
    twice = [c.heading for n, c in enumerate(columns) if c.heading in [other.heading for other in columns[:n]]]
    if twice:
        raise WorkflowError(
            f"templates/papers/words.toml (headings): two columns of the sheet {sheet.name} would be called {twice[0]}."
            " Give each its own heading."
        )
    chart = sheet.chart
    if chart:
        series = tuple(replace(s, heading=words.get(s.heading, s.heading)) for s in chart.series)
        chart = replace(chart, names=words.get(chart.names, chart.names), series=series)
    return replace(sheet, columns=columns, chart=chart)
