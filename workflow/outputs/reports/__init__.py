"""Reports that are asked for by name, made from their definitions (`templates/reports/*.toml`). This is the room's one door.

A report is as public as a pack: what is held back and what is hidden is decided by `Scope`, for all public reports as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from workflow.fields import near
from workflow.model import Board, Book, Register, Report, ReportSheet, Sheet
from workflow.model import reports as words
from workflow.outputs import activity, counts, covertext, exceptions, front, measured, risks
from workflow.outputs.front import Section
from workflow.outputs.pack import book
from workflow.outputs.reports import lists, made, withheld
from workflow.outputs.reports.rows import as_at_words, rows_sheet
from workflow.outputs.scope import Scope
from workflow.outputs.sections import form_sheet
from workflow.outputs.sheets import heading_lines, table_name, title
from workflow.outputs.standing import Moments
from workflow.outputs.view import View

__all__ = ["report_book", "unknown", "withheld_book"]

_AS_IN_PACKS: Mapping[str, Callable[[Scope], Sheet]] = {
    "summary": counts.summary_sheet,
    "status": counts.status_sheet,
    "quarter by quarter": counts.trend_sheet,
    "history": measured.history_sheet,
    "definitions": measured.definitions_sheet,
    "risk matrix": risks.risk_matrix_sheet,
    "activity totals": activity.activity_totals_sheet,
    "cover text": covertext.cover_text_sheet,
    "exceptions": exceptions.exceptions_sheet,
    "changes": exceptions.changes_sheet,
    "glossary": front.glossary,
    "rag key": front.rag_key,
}


def report_book(view: View, report: Report, audience: str) -> Book:
    """A report for an audience (public, partnership or restricted), under the `published` profile."""
    maker = _Maker(Moments(view), report, audience)
    sections = [Section(maker.sheet(s), s.about or s.title or s.name) for s in report.sheets]
    dated = any(c.source == "worked.as_at" for s in report.sheets for c in s.columns)
    more = as_at_words(view.period.word) if dated else ()
    sections.append(Section(front.notes(maker.whole, more), "What the shorthand and fixed words mean"))
    return book(maker.whole, sections, report.intro)


def withheld_book(view: View, reports: Iterable[Report]) -> Book:
    """What the public versions of these reports leave out, and why: for the coordinator, and not for publication."""
    return withheld.withheld_book(view, reports, report_book)


def unknown(report: Report, register: Register) -> Iterator[str]:
    """The plans and themes that a report names and the register does not have, a sentence each."""
    plans = list(dict.fromkeys(p.id for p in register.plans))
    themes = list(dict.fromkeys(t.id for t in register.themes))
    for sheet in report.sheets:
        for what, named, known in (("plan", sheet.plans, plans), ("theme", sheet.themes, themes)):
            for name in (n for n in named if n not in known):
                meant = f" Did you mean {guess}?" if (guess := near(name, known)) else ""
                yield (
                    f"{sheet.file}: there is no {what} {name} on the register's {what.title()}s sheet. "
                    f"Name one of these: {', '.join(known) or 'none is there'}.{meant}"
                )


@dataclass(frozen=True)
class _Maker:
    """Makes the sheets of one report for one audience."""

    moments: Moments
    report: Report
    audience: str
    scopes: dict[tuple[object, ...], Scope] = field(default_factory=dict)

    @property
    def whole(self) -> Scope:
        """The report as a whole, whatever its sheets are limited to."""
        return self._scope((), (), (), past=False)

    def sheet(self, asked: ReportSheet) -> Sheet:
        """One sheet under its own name."""
        scope = self._scope(asked.plans, asked.themes, (asked.form,) if asked.form else (), past=asked.kind == words.ROWS)
        match asked.kind:
            case words.ROWS:
                return rows_sheet(scope, asked)
            case words.THEMES | words.BOARDS | words.STRATEGIES:
                return lists.sheet(scope, asked)
            case words.ACTIVITIES:
                found = made.activities_of_the_year(scope)
            case words.RETURNS:
                found = made.returns_log(scope)
            case words.FORM:
                found = form_sheet(scope, scope.view.forms[asked.form])
            case kind:
                found = _AS_IN_PACKS[kind](scope)
        return _called(found, asked, scope)

    def _scope(self, plans: tuple[str, ...], themes: tuple[str, ...], forms: tuple[str, ...], *, past: bool) -> Scope:
        key = (plans, themes, forms, past)
        if key not in self.scopes:
            reader = Board(self.report.name, self.report.title, self.audience, "", plans, themes, forms)
            self.scopes[key] = Scope(self.moments, reader, report=True, past=past)
        return self.scopes[key]


def _called(sheet: Sheet, asked: ReportSheet, scope: Scope) -> Sheet:
    """A sheet that is made as in packs, with the report's words for it."""
    period, first = scope.view.period, len(heading_lines(scope))
    return replace(
        sheet,
        name=asked.name,
        title=title(scope, asked.title) if asked.title else sheet.title,
        lines=(*sheet.lines[:first], *asked.lines, *sheet.lines[first:]),
        table=table_name(asked.name, period),
        empty=asked.empty or sheet.empty,
    )
