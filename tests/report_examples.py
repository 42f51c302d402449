"""The small view of `view_examples` with the plans that the shipped reports name, and rows of years before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from tests.view_examples import ANSWERS, ITEMS, Q2, REGISTER, Answers, forms, item, view
from workflow import config, items
from workflow.model import Board, Form, Item, Plan, Report, ReportColumn, ReportSheet, Strategy, Term, Theme
from workflow.outputs.view import View

TEMPLATES = config.shipped() / "templates"
PLANS = {"CSP": "CSP23", "HWB": "HWB6"}
OLD = {"year": "2022/23", "state": "Closed", "opening_status": "Complete"}
PAST = {"year": "2021/22", "state": "Closed"}
FURTHER = (
    item("H22-1", "commitments", "HWB6", "6A", **OLD, opening_progress="It was done in the first year."),
    item("H23-1", "commitments", "HWB6", "6A", year="2023/24", asked_from="2024-25-Q1"),
    item("P-1", "commitments", "CSP21", "DA", **PAST, opening_progress="Officers were trained.",
         opening_outcome="Help is near."),
    item("P-2", "commitments", "CSP21", "HATE", **PAST),
)  # fmt: skip
BOARDS = (
    Board("public", "Public Committee", "public", "Quarterly", chair="Chair of the Committee"),
    Board("exec", "Executive", "restricted", "Monthly", plans=("CSP23",), reports_to="Public Committee"),
)


def moved(i: Item) -> Item:
    """An item of the view under the plan that the reports name."""
    year = {"year": "2023/24", **i.values} if i.form == "commitments" else i.values
    return replace(i, plan=PLANS.get(i.plan, i.plan), values=year)


def report_view(answers: Mapping[str, Answers] = ANSWERS, further: tuple[Item, ...] = (), period: str = Q2) -> View:
    """A quarter, by default the second."""
    every = (*(moved(i) for i in ITEMS), *FURTHER, *further)
    made = view(answers, period, every)
    register = replace(
        REGISTER,
        items=every,
        boards=BOARDS,
        plans=(Plan("CSP21", "Plan 2021/22", "april", "BRAG", end=date(2022, 3, 31)),
               *(replace(p, id=PLANS.get(p.id, p.id)) for p in REGISTER.plans)),
        themes=(Theme("DA", "CSP21", "1", "Abuse at home"), Theme("HATE", "CSP21", "2", "Hatred"),
                *(replace(t, plan=PLANS.get(t.plan, t.plan), why="It matters.", aims="Fewer crimes.\nMore help.")
                  for t in REGISTER.themes)),
        glossary=(Term("YOS", "Youth Offending Service"),),
        strategies=(Strategy("County strategy", "County", "2022 to 2026", "Less violence."),),
    )  # fmt: skip
    rows = {name: tuple(i for i in rows if items.of_period(i, made.period)) for name, rows in made.rows.items()}
    return replace(made, register=register, rows=rows)


@cache
def every_form() -> dict[str, Form]:
    """The forms that reports may name, and the register's."""
    return {**forms(), **config.load_forms(TEMPLATES / "register")}


@cache
def shipped_reports() -> dict[str, Report]:
    """The reports that come with the program."""
    return config.load_reports(TEMPLATES / "reports", every_form())


def rows_report(form: str, *sources: str, **more: object) -> Report:
    """A report of one sheet of a form's rows."""
    columns = tuple(ReportColumn(s, s) for s in sources)
    return Report("test", "Test", "", (ReportSheet("Rows", "rows", form=form, columns=columns, **more),))  # type: ignore[arg-type]
