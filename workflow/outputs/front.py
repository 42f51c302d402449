"""The sheets around the tables: cover with contents, RAG key, notes, glossary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflow import disclosure, items
from workflow.fields import show
from workflow.model import Column, Content, Kind, Mark, Purpose, RagLevel, Sheet, Term, with_purpose
from workflow.outputs import readings, sheets, standing
from workflow.outputs.columns import rated_forms
from workflow.outputs.saying import said, table_sheet, words_of
from workflow.outputs.scope import Scope, once
from workflow.outputs.sheets import ESTIMATED, NOT_APPLICABLE, NOT_AVAILABLE, text_of
from workflow.validate import record_key


@dataclass(frozen=True, slots=True)
class Section:
    """A sheet of a paper with the line that its contents list says of it."""

    sheet: Sheet
    about: str


# --- cover


def cover(scope: Scope, sections: Sequence[Section], intro: Sequence[str] = ()) -> Sheet:
    """The first sheet: what this is, for whom, as at when, whom to ask, and links to every other sheet.

    A report says what it is for in its own `intro`.
    """
    rows: list[tuple[Content, ...]] = [
        (Mark(s.sheet.name, link=f"#'{s.sheet.name}'!A1"), s.about, s.sheet.chart.count if s.sheet.chart else len(s.sheet.rows))
        for s in sections
    ]
    period = scope.view.period
    what = "" if scope.report else ": partner returns" if scope.board else ": all partner returns"
    name = f"{sheets.paper_name(scope)}{what}, {period.label}"
    return Sheet(
        name="Cover",
        title=name,
        lines=tuple(_facts(scope, intro)),
        table=sheets.table_name("Contents", period),
        columns=(Column("Sheet", width=24), Column("What it shows", width=60), Column("Rows", Kind.WHOLE, 9)),
        rows=tuple(rows),
        description=f"Contents of this workbook, {period.label}",
        repeated=sheets.on_every_page(scope),
    )


def _facts(scope: Scope, intro: Sequence[str]) -> Iterable[str]:
    view, who = scope.view, scope.register.partnership
    yield sheets.partnership_line(view)
    yield from intro if scope.report else (said(scope, "purpose" if scope.board else "purpose_tracker"),)
    yield sheets.period_line(view.period)
    yield said(scope, "made_on", day=show(view.today))
    yield from scope_words(scope)
    if scope.board is None:
        yield sheets.marking(scope)
    yield from _sensitive(scope)
    yield said(scope, "contact", contact=sheets.joined((who.coordinator, who.email, who.phone)))
    yield said(scope, "dates_public" if scope.is_public else "dates")
    yield said(scope, "licence", licence=who.licence or "none is set") if scope.is_public else said(scope, "no_licence")
    yield said(scope, "own_words")
    if scope.board:
        yield sheets.marking(scope)


def scope_words(scope: Scope) -> Iterable[str]:
    """Which plans and themes this paper covers, by name."""
    board = scope.board
    if board is None or scope.report:
        return
    plans = [p.name for key in board.plans if (p := scope.register.plan(key))]
    themes = [
        t.label
        for t in items.live_themes(scope.register)
        if t.id in board.themes and (not board.plans or t.plan in board.plans)
    ]
    yield f"Scope: {'; '.join(plans) or 'all plans'}{', themes ' + '; '.join(themes) if themes else ''}."


def sensitive_partners(scope: Scope) -> tuple[str, ...]:
    """The partners that marked this period's return Official-Sensitive."""
    key, view = scope.view.period.key, scope.view
    form = with_purpose(view.forms, Purpose.ABOUT)
    return tuple(
        p.name
        for p in view.register.partners
        if form and (s := view.reported(form.name, record_key(p.id, key), "sensitivity")) and s.value == "Official-Sensitive"
    )


def _sensitive(scope: Scope) -> Iterable[str]:
    if not scope.is_public and (partners := sensitive_partners(scope)):
        yield said(scope, "sensitive", partners="; ".join(partners))


# --- RAG key


def rag_key(scope: Scope) -> Sheet:
    """The key of every scheme in this paper. There is no national definition, so each paper prints its own."""
    one = scope.measure
    rows: list[tuple[Content, ...]] = [
        (v.scheme, uses, Mark(v.word, fill=v.colour, ink=v.text_colour), v.letter, v.meaning, decided(v, one))
        for v in scope.register.rag
        if (uses := used_for(scope, v.scheme))
    ]
    columns = (
        Column("Scheme", width=22),
        Column("Used for", width=38),
        Column("Word", width=10),
        Column("Letter", width=8),
        Column("Meaning", width=32),
        Column("How it is decided", width=34),
    )
    return table_sheet(scope, words_of(scope, "rag_key"), columns, rows)


def used_for(scope: Scope, scheme: str) -> str:
    """Which plans in this paper use a scheme, "" where none does."""
    return "; ".join(once(scope, _uses).get(scheme, ()))


def _uses(scope: Scope) -> dict[str, dict[str, None]]:
    """By scheme, the plans whose rows in this paper it rates, in the order of the rows."""
    uses: dict[str, dict[str, None]] = {}
    for item in (i for form in rated_forms(scope) for i in scope.rows(form.name)):
        if plan := scope.register.plan(standing.plan_of(item, scope.register)):
            name = f"{plan.name} ({scope.measures.plural})" if item.is_measure else plan.name
            uses.setdefault(plan.measure_rag if item.is_measure else plan.rag, {})[name] = None
    return uses


def decided(level: RagLevel, measure: str) -> str:
    """How a level comes about, in words. `measure` is what people call a figure that is tracked."""
    low, high = (show_number(b) for b in (level.at_least, level.below))
    span = {(True, True): f"from {low} to under {high}", (True, False): f"{low} or more", (False, True): f"under {high}"}.get(
        (level.at_least is not None, level.below is not None), "any"
    )
    match level.rule:
        case "status is":
            return f"Worked out: status is {' or '.join(level.statuses)}"
        case "days late":
            return f"Worked out: days late, {span}"
        case "off target %":
            return f"Worked out: per cent off target, {span}, unless the {measure} has its own tolerance"
    return "Chosen by the lead"


def show_number(number: float | None) -> str:
    """A bound as people write it: "10", "0.001"."""
    return "" if number is None else f"{number:g}"


# --- notes and glossary


def notes(scope: Scope, more: Sequence[tuple[str, str]] = ()) -> Sheet:
    """What the shorthand and the fixed words of this paper mean (government shorthand, domain.md B8.7), and `more` of them."""
    rows = (
        (
            disclosure.HIDDEN,
            "Confidential: the figure is not shown, because it is small, would give a small one away, or the partner said so.",
        ),
        (NOT_AVAILABLE, "Not available: it was not given."),
        (NOT_APPLICABLE, "Not applicable: it does not apply to this row."),
        (ESTIMATED, "Estimated or provisional: the figure may still change."),
        (
            standing.not_updated(scope.word),
            f"The lead gave no progress on this row this {scope.word}. Its status and RAG are the last ones given.",
        ),
        (
            f"{standing.not_updated(scope.word)} (finished earlier)",
            f"The row was complete or closed before this {scope.word}, so nothing was asked.",
        ),
        (
            readings.not_reported(scope.word),
            f"No figure and no reason came for this {scope.measure}. The last figure and its period stand beside it.",
        ),
        (standing.NOT_REVISED, "The original due date stands."),
        (standing.DATE_AGREED, "A new due date that the partnership has agreed. The original date stays beside it."),
        (standing.DATE_PROPOSED, "A new due date that the lead proposes. It is not agreed."),
        ("Days overdue", "Days from the due date in force (the agreed new one where there is one) to the end of the period."),
        (
            ", ".join((standing.BETTER, standing.WORSE, standing.SAME)),
            f"For a RAG: beside the end of the {scope.word} before. For a {scope.measure}: by which way is better for it.",
        ),
        (standing.NEW, "The row had no RAG before."),
        (
            standing.NOT_COMPARABLE,
            "A figure or RAG is missing, the periods are of different kinds or lengths, or neither way is better.",
        ),
        ("Percentage points", "The difference between two percentages. Other changes are in per cent of the earlier figure."),
        *more,
    )
    columns = (Column("Words", width=34), Column("What they mean", width=60))
    return table_sheet(scope, words_of(scope, "notes"), columns, rows)


def glossary(scope: Scope, used_in: Sequence[Sheet] | None = None) -> Sheet:
    """The register's glossary; with `used_in`, only the terms that these sheets use."""
    terms = scope.register.glossary
    if used_in is not None:
        terms = used_terms(terms, used_in)
    columns = (Column("Term", width=24), Column("Meaning", width=60))
    return table_sheet(scope, words_of(scope, "glossary"), columns, [(t.term, t.meaning) for t in terms])


def used_terms(terms: Sequence[Term], used_in: Sequence[Sheet]) -> tuple[Term, ...]:
    """The terms that stand as words of their own in the sheets' cells, titles or lines. Short forms must match in case."""
    cells = (text_of(c) for sheet in used_in for group in (sheet.rows, (sheet.lines,)) for row in group for c in row)
    text = "\n".join((*cells, *(sheet.title for sheet in used_in)))
    return tuple(
        t for t in terms if re.search(rf"(?<!\w){re.escape(t.term)}(?!\w)", text, 0 if t.term.isupper() else re.IGNORECASE)
    )
