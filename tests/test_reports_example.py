"""The counts of the source documents (domain.md A4), out of the example's register by the reports that regenerate them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from tests.example.build import HERE, ROOT, register_bytes, rows_of
from tests.report_examples import every_form, shipped_reports
from tests.view_examples import records, table
from workflow import accessible, config
from workflow.model import Place, Sheet, Standing
from workflow.outputs.reports import report_book, unknown
from workflow.outputs.view import View
from workflow.pipeline.quarter import Facts, view_of, work_out
from workflow.writer import render

Q2 = "2023-24-Q2"
# The source's 17 acronyms; the partnership's own is the example's.
GLOSSARY = {
    "ASB", "APHR", "CCTV", "CSP", "DA", "DAHA", "HMO", "HT", "IDVA", "IOM", "MDS", "PFCC",
    "PSPO", "SET", "SVA", "ECSP", "VAWG",
}  # fmt: skip


@cache
def view() -> View:
    """The example's second quarter as the register alone has it, with the RAG that the leads then gave."""
    forms = config.load_forms(ROOT / "templates/returns")
    register, _ = config.load_register(register_bytes(), config.load_forms(ROOT / "templates/register"), "config/register.xlsx")
    assert register
    facts = Facts(register, forms, date(2023, 11, 3), {}, Q2)
    made = view_of(facts, work_out(facts, []), Q2)
    typed = rows_of(HERE / "returns" / f"actions-{Q2}.toml")
    given = {("actions", r["key"], "rag"): Standing(r["rag"], Q2, r["partner"], Place()) for r in typed if "rag" in r}
    by_period = {**made.by_period, **{slot: {Q2: standing} for slot, standing in given.items()}}
    return replace(made, now={**made.now, **given}, by_period=by_period)


def sheet(report: str, name: str) -> Sheet:
    """One sheet of a report in full."""
    return table(report_book(view(), shipped_reports()[report], "restricted"), name)


@pytest.mark.parametrize("name", shipped_reports())
def test_every_report_is_made_of_the_example_and_passes_the_checks(name: str) -> None:
    report = shipped_reports()[name]
    assert list(unknown(report, view().register)) == []
    book = report_book(view(), report, "public")
    assert accessible.check(render(book), book.profile, f"{name}-{Q2}-public.xlsx") == ()


def test_the_strategy_report_has_11_commitments_of_year_one_and_16_of_year_two() -> None:
    first, second = sheet("hwb-domain", "Commitments and progress"), sheet("hwb-domain", "This year")
    assert (len(first.rows), len(second.rows)) == (11, 16)
    assert "Progress: given on 11 of 11 rows." in first.lines
    assert Counter(str(r["Goal"])[:2] for r in records(first)) == {"6A": 4, "6B": 2, "6C": 2, "6D": 3}
    assert Counter(str(r["Goal"])[:2] for r in records(second)) == {"6A": 6, "6B": 4, "6C": 2, "6D": 4}


def test_year_one_lists_the_same_11_commitments() -> None:
    listed = records(sheet("hwb-year-one", "Commitments"))
    assert [r["Commitment"] for r in listed] == [
        r["What we said we would do"] for r in records(sheet("hwb-domain", "Commitments and progress"))
    ]
    assert len(listed) == 11


def test_the_framework_has_12_indicators_one_of_each_term_per_goal() -> None:
    rows = records(sheet("hwb-domain", "Monitoring framework"))
    terms = Counter((str(r["Goal"])[:2], r["Outcome term"]) for r in rows)
    assert terms == {(goal, term): 1 for goal in ("6A", "6B", "6C", "6D") for term in ("Short", "Medium", "Long")}


def test_the_annual_report_has_65_promises() -> None:
    by_priority = Counter(str(r["Priority"])[:1] for r in records(sheet("annual-report", "Promise and progress")))
    assert by_priority == {"1": 7, "2": 7, "3": 10, "4": 4, "5": 7, "6": 6, "7": 7, "8": 9, "9": 8}
    assert sum(by_priority.values()) == 65


def test_the_action_plan_has_15_actions_of_which_9_are_amber_and_6_green() -> None:
    rows = records(sheet("thematic-action-plan", "Action plan"))
    assert len(rows) == 15
    assert Counter(str(r["RAG"]).split()[0] for r in rows) == {"Amber": 9, "Green": 6}
    due = Counter(r["Timescale"] for r in rows)
    assert due == {
        date(2023, 10, 31): 7, date(2023, 7, 31): 4, date(2023, 12, 31): 2, date(2023, 9, 30): 1, date(2023, 10, 30): 1,
    }  # fmt: skip


def test_the_delivery_plan_has_a_lead_and_a_date_for_every_activity() -> None:
    why, how = records(sheet("delivery-plan", "Why and aims")), records(sheet("delivery-plan", "How"))
    assert len(why) == 9
    assert all(r["Why"] != "[z]" and r["Aims"] != "[z]" for r in why)
    assert len(how) == 65
    assert all(r["Lead"] != "[x]" and isinstance(r["Due date"], date) for r in how)


def test_the_previous_year_has_69_promises_64_answers_and_38_outcomes() -> None:
    found = sheet("previous-year", "Delivery")
    rows = records(found)
    assert len(rows) == 69
    assert sum(r["What we did"] == "[x]" for r in rows) == 5
    assert sum(r["Outcomes for residents"] != "[x]" for r in rows) == 38
    assert "What we did: given on 64 of 69 rows. 5 rows are unanswered and show [x]." in found.lines


def test_the_reference_tables_have_the_source_terms_and_a_label_for_each_plan() -> None:
    terms = {str(r["Term"]) for r in records(sheet("reference-tables", "Glossary"))}
    assert terms >= GLOSSARY
    assert len(GLOSSARY) == 17
    priorities = {r["Theme key"]: r for r in records(sheet("reference-tables", "Priorities"))}
    assert set(priorities) == {"VAWG", "DA", "VIOLENCE", "HATE", "SLAVERY", "ASB", "ENGAGE", "PREVENT", "OFFEND"}
    assert str(priorities["HATE"]["Priority: Community Safety Plan 2021/22"]).startswith("2.2 ")
    assert str(priorities["HATE"]["Priority: Community Safety Plan 2023/24"]).startswith("5 ")
    assert len(records(sheet("reference-tables", "Governance"))) == len(view().register.boards)
    assert records(sheet("reference-tables", "Strategies"))


def test_every_definition_names_forms_that_are_there() -> None:
    assert config.check_reports(ROOT / "templates/reports", every_form()) == ()
