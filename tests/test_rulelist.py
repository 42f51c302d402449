"""The Rules sheet of a return: what concerns that partner, in its own headings, and nothing that comes back as an answer."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests import small as s
from tests.letter_examples import PERIOD
from tests.small import Q2, Q4, Small
from tests.view_examples import forms
from workflow import accessible
from workflow.model import Form, Profile, RuleUse, Severity
from workflow.outputs.rulelist import NAME, rules_sheet
from workflow.rules import listing

BESIDE = {"Every sheet", "The whole return", "The file", "Your replies"}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def read(data: bytes) -> list[tuple[str, str, str]]:
    """The rows of the Rules sheet as they stand in a workbook."""
    ws = openpyxl.load_workbook(io.BytesIO(data))[NAME]
    top = next(c.row for c in ws["A"] if c.value == "Sheet")
    return [(str(a), str(b), str(c)) for a, b, c in ws.iter_rows(min_row=top + 1, max_col=3, values_only=True)]


def rows(given: Mapping[str, Form], quarter: int = 2) -> list[tuple[str, ...]]:
    sheet = rules_sheet(list(given.values()), replace(PERIOD, quarter=quarter))
    return [tuple(str(cell) for cell in row) for row in sheet.rows]


@pytest.mark.parametrize("partner", ["police", "housing", "yos"])
def test_it_names_the_partners_own_sheets_and_passes_the_accessibility_list(small: Small, partner: str) -> None:
    data = small.template(partner)
    told = read(data)
    sheets = set(openpyxl.load_workbook(io.BytesIO(data)).sheetnames)
    named = {sheet for where, _, _ in told for sheet in where.split(", ")} - BESIDE
    ruled = {form.sheet for form in forms().values() if any(e.concerns_partner(Q2) for e in listing.of_form(form, 2))}
    assert named == sheets & ruled
    assert ("Measures" in named) == (partner != "housing")
    assert len(told) == len(set(told)) <= 75  # a sheet that a person may look through
    assert accessible.check(data, Profile.RETURN, f"{partner}.xlsx") == ()


@pytest.mark.parametrize("form", forms().values(), ids=lambda f: f.name)
def test_every_rule_of_a_form_that_concerns_partners_is_there_and_no_other(form: Form) -> None:
    told = [row for row in rows({"": form}, 4) if row[0] not in BESIDE]
    entries = [e for e in listing.of_form(form, 4) if e.concerns_partner(Q4)]
    for entry in entries:
        assert any(all(h in says for h in entry.headings) and happens == entry.happens for _, says, happens in told), entry
    assert len(told) == len(listing.together(entries))
    assert all(where == form.sheet for where, _, _ in told)


def test_what_only_the_coordinator_hears_is_left_out() -> None:
    told = rows(forms(), 4)
    assert not [row for row in told if "Noted" in row[2]]
    actions = forms()["actions"]
    use = RuleUse("progress-text", {"field": "progress", "beta": PERIOD.key})
    shown = [says for _, says, _ in rows({"actions": replace(actions, rules=(use,))})]
    assert not [says for says in shown if says.startswith("Progress this quarter says")]
    later = replace(use, params={"field": "progress", "beta": "2022-23-Q1"})
    shown = [says for _, says, _ in rows({"actions": replace(actions, rules=(later,))})]
    assert [says for says in shown if says.startswith("Progress this quarter says")]
    about = " ".join(says for _, says, _ in told)
    for check in (c for group in listing.Group for c in listing.built_in(group) if c.office):
        assert check.says not in about


def test_what_is_asked_in_the_fourth_quarter_only_is_listed_then() -> None:
    second, fourth = rows(forms(), 2), rows(forms(), 4)
    assert not [row for row in second if "What happens next year" in row[1] or "Next year" in row[0]]
    assert [row for row in fourth if "What happens next year" in row[1]] and [row for row in fourth if "Next year" in row[0]]


def test_it_comes_back_as_no_answer_and_raises_no_question(small: Small) -> None:
    """As issued, and typed over: it is nobody's table, so nothing of it is read or remarked upon."""
    book = openpyxl.load_workbook(io.BytesIO(small.filled("police")))
    ws = book[NAME]
    ws.protection.sheet = False
    ws.cell(ws.max_row, 2).value = "I do not agree"
    ws.cell(ws.max_row + 2, 1).value = "Actions"
    small.arrive("typed over.xlsx", s.saved(book))
    small.returns("housing")
    verdict = small.collate(dry_run=True)
    assert [f.message for f in verdict.quarter.findings if f.severity is not Severity.NOTE and f.partner != "yos"] == []
    assert s.states(verdict)["police"] == s.states(verdict)["housing"] == "returned"
    alone = Workbook()
    assert alone.active
    for line in ws.iter_rows(values_only=True):
        alone.active.append(line)
    small.arrive("rules only.xlsx", s.saved(alone))
    assert s.file_states(small.collate(dry_run=True))["rules only.xlsx"][0] == "refused"
