"""The decisions workbook: every held answer and open query of a quarter, for the coordinator to settle; and what is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflow.model import OFFICE, Book, Column, Content, Finding, Form, Kind, Period, Profile, Register, Severity, Sheet
from workflow.outputs.queries import Query, desk_sheet

SETTLED = ("query-explained", "query-settled", "query-waived")


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the workbook is made from. `queries` are the open ones, each with the finding it says."""

    register: Register
    form: Form
    period: Period
    today: date
    queries: Sequence[tuple[Finding, Query]]
    settled: Sequence[Finding]
    return_id: str
    layout: str


def decisions_book(told: Decisions) -> Book:
    """`decisions-<period>.xlsx`, under the `return` profile: it is typed in and comes back. Not for publication."""
    who = told.register.partnership
    office = told.register.partner_name(OFFICE)
    title = f"{told.form.title}: {office}, {told.period.label}"
    rows = [_row(told, n, f, query) for n, (f, query) in enumerate(told.queries, 1)]
    sheets = [desk_sheet(told.form, title, rows, f"What is held or asked, {told.period.label}")]
    if told.settled:
        sheets.append(_settled(told))
    sheets.append(_guide())
    return Book(
        title=title,
        subject=f"{who.name}, queries of the {told.period.word}",
        creator=who.name,
        when=told.today,
        sheets=tuple(sheets),
        profile=Profile.RETURN,
        keywords=told.return_id,
        properties=(
            ("return_id", told.return_id),
            ("partner", OFFICE),
            ("period", told.period.key),
            ("layout", told.layout),
        ),
    )


def _row(told: Decisions, number: int, f: Finding, query: Query) -> tuple[Content, ...]:
    cell = query.cell(frozenset(), {})
    where = ", ".join(dict.fromkeys(p.cell for p in f.places[:3] if p.cell))  # copies have the same cell at the same address
    cells: dict[str, Content] = {
        "query": query.named(number),
        "partner": told.register.partner_name(f.partner) if f.partner else "Not known whose",
        "state": "Held" if f.severity is Severity.STOP else "Asked",
        "sheet": query.sheet or (f.places[0].file if f.places else None),
        "cell": f"{where}{f' and {len(f.places) - 3} more' if len(f.places) > 3 else ''}" or cell,
        "row": query.row or None,
        "found": query.found,
        "replied": query.reply or None,
    }
    return tuple(cells.get(field.name) for field in told.form.fields)


_GUIDE = (
    (
        "Accept",
        "A query: the answer stands as given, and nobody is asked again. A held answer: it is taken as it stands, where"
        " anything can be made of it. A return held as a whole: it is taken as that agency's. Copies that differ: the later"
        " answer stands.",
    ),
    (
        "Reject",
        "The answer is set aside: what stood before stands. A return held as a whole: nothing of it is used. Copies that"
        " differ: the later answer is set aside, and the one sent before it stands.",
    ),
    (
        "Use this value",
        "What you enter under Value to use stands instead, from the moment you saved the file: a later answer of the"
        " agency counts again. For a row whose key is wrong, enter the right row key.",
    ),
    (
        "Waive until",
        "As Accept, and the same is not asked about the same row again for returns due by that day.",
    ),
)


def _guide() -> Sheet:
    return Sheet(
        name="Guide",
        title="Guide: what each decision does",
        table="guide_decisions",
        lines=(
            "A decision holds for as long as the answer that it is about is unchanged. The history keeps it with your reason.",
            "To take one back, drop in a later decisions workbook with another decision on the same query.",
        ),
        columns=(Column("Decision", width=18), Column("What it does", Kind.LONG_TEXT, 60)),
        rows=_GUIDE,
        protect=True,
        description="What each decision does",
    )


def _settled(told: Decisions) -> Sheet:
    how = {"query-explained": "Explained", "query-settled": "Decided", "query-waived": "Waived"}
    return Sheet(
        name="Settled",
        title=f"Settled: {told.period.label}",
        table="desk_settled",
        lines=("What is not asked any more, and why. To ask it again, take the reply or the decision back in a later file.",),
        columns=(
            Column("Partner", width=20),
            Column("How", width=12),
            Column("What was asked, and what settled it", Kind.LONG_TEXT, 60),
        ),
        rows=tuple((told.register.partner_name(f.partner), how[f.code], f.message) for f in told.settled),
        protect=True,
        description="Queries that are settled",
    )
