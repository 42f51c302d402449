"""The five old documents come in whole: every row, every reply, every field that can be told; nothing wrong is called sure."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.importing import KINDS, imported, read, rows
from tests.old import truth
from tests.old.build import as_docx
from tests.old.documents import NAMES, document
from workflow.importing import balances
from workflow.model import Confidence

PAIRED = ("annual_report", "delivery_plan")
ACTION_FIELDS = ("ref", "due", "opening_rag", "lead", "joint_leads", "contributors", "opening_progress")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_no_cell_is_unaccounted_for(name: str, kind: str) -> None:
    told = imported(name, kind)
    (balance,) = balances(told)
    assert balance.holds
    assert balance.read == sum(len(g.cells) for g in told.sources[0].grids)
    assert balance.placed > 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_action_plan_has_fifteen_rows_as_a_person_reads_them(kind: str) -> None:
    plan = document("action_plan")
    found = rows("action_plan", kind, "actions")
    assert len(found) == truth.counts(plan).rows["actions"] == 15
    assert truth.row_errors(found, plan, "actions", ACTION_FIELDS) == []
    assert Counter(r.values["opening_rag"] for r in found) == {"Amber": 9, "Green": 6}
    assert sum(not r.values.get("detail") for r in found) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_cells_that_point_elsewhere_say_what_is_meant(kind: str) -> None:
    by_ref = {r.values["ref"]: r.values for r in rows("action_plan", kind, "actions")}
    for true in document("action_plan").rows("actions"):
        if true.resolved:
            name, ref = true.resolved
            own = by_ref[true.truth["ref"]]
            assert truth.same(own[name], by_ref[ref][name]) or truth.same(own[name], own["title"]), ref
    stems = {by_ref[ref].get("stem") for ref in ("1.3.1", "1.3.2", "1.3.3")}
    assert len(stems) == 1
    assert stems != {None}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PAIRED)
def test_every_promise_has_a_row_and_every_reply_is_in_one(name: str, kind: str) -> None:
    paper, found = document(name), rows(name, kind, "commitments")
    assert truth.missing(found, paper) == []
    assert truth.lost_replies(found, paper) == []
    told = truth.counts(paper)
    assert (told.promises, told.replies, told.extras, told.outcomes) in ((65, 63, 4, 0), (69, 64, 0, 38))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PAIRED)
def test_no_wrong_pairing_is_sure_and_each_stands_in_the_first_fifth(name: str, kind: str) -> None:
    paper, found = document(name), rows(name, kind, "commitments")
    assert truth.wrong_sure(found, paper) == []
    assert truth.first_fifth(found, paper) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_done_besides_is_kept_as_what_it_is(kind: str) -> None:
    found = [r for r in rows("annual_report", kind, "commitments") if not r.values.get("title")]
    assert len(found) == 4
    assert all(r.confidence is Confidence.CHECK and r.decision == "" for r in found)
    assert all("among what was done besides" in r.questions[0] for r in found)


@pytest.mark.parametrize("kind", KINDS)
def test_ticks_become_a_status(kind: str) -> None:
    found = rows("delivery_plan", kind, "commitments")
    done = sum(r.values.get("opening_status") == "Complete" for r in found)
    assert done == truth.counts(document("delivery_plan")).ticks == 8


@pytest.mark.parametrize("kind", KINDS)
def test_the_strategys_report_has_its_commitments_and_its_framework(kind: str) -> None:
    paper = document("strategy_year2")
    found = rows("strategy_year2", kind, "commitments")
    assert truth.row_errors(found, paper, "commitments", ("title", "opening_progress")) == []
    assert len(paper.rows("commitments")) == 11
    listed = [truth.norm(e.text) for b in paper.lists("commitments") for e in b.entries]
    assert {*listed} <= {truth.norm(r.values["title"]) for r in found}
    assert sum(len(b.entries) for b in paper.lists("commitments") if not b.closing) == 16
    assert len(found) == 11 + 16 + 13
    framework = rows("strategy_year2", kind, "indicators")
    assert len(framework) == 12
    assert truth.row_errors(framework, paper, "indicators", ("title", "monitoring", "term", "opening_progress")) == []
    assert Counter(r.values["theme"] for r in framework) == {"6A": 3, "6B": 3, "6C": 3, "6D": 3}


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_years_commitments_are_found_in_running_text(kind: str) -> None:
    paper = document("strategy_year1")
    found = rows("strategy_year1", kind, "commitments")
    assert len(found) == 11
    assert {truth.norm(e.text) for b in paper.lists("commitments") for e in b.entries} == {
        truth.norm(r.values["title"]) for r in found
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_glossary_has_its_terms(kind: str) -> None:
    found = rows("delivery_plan", kind, "glossary")
    assert len(found) == 17
    assert truth.row_errors(found, document("delivery_plan"), "glossary", ("term", "meaning")) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_the_most_doubtful_stand_first_on_each_sheet(name: str, kind: str) -> None:
    told = imported(name, kind)
    for sheet in {p.sheet for p in told.proposals}:
        doubts = [p.confidence.doubt for p in told.of(sheet)]
        assert doubts == sorted(doubts, reverse=True)
    keys = [str(p.values["key"]) for p in told.proposals if "key" in p.values]
    assert len(keys) == len(set(keys))


def test_the_same_files_give_the_same_proposals() -> None:
    data = as_docx(document("delivery_plan"))
    assert read({"plan.docx": data}) == read({"plan.docx": data})
