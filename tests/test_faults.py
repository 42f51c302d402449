"""The fault set (`tests/faults`): every fault is found at its cell, and nothing is told of what is not wrong.

The whole of it, with the table, is `python -m benchmarks.validation`. Here is one fault of each message, and all of them
among the long tests. Pairs of faults and the way back are in `test_faults_pairs.py` and `test_faults_mended.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from tests import office
from tests.faults import desk
from tests.faults.awkward import Awkward, awkward, by_office
from tests.faults.catalogue import faults, sample, singles
from tests.faults.measure import Case, Outcome, run, seed
from tests.faults.model import At, Fault
from tests.faults.rows import ISSUED, PARTNERS, Q3, QUARTERS, TODAY
from tests.faults.table import Measured, calm
from tests.faults.vrules import RULES
from workflow import config, rules
from workflow.model import Finding, RuleUse, Severity
from workflow.pipeline.collate import collate
from workflow.pipeline.state import Asked
from workflow.wording import WORDS, forms

# Messages that no fault of a return can bring about, and why.
NOT_IN_A_RETURN: dict[str, str] = {
    "register-changed": "is about the register, which has its own tests",
    **dict.fromkeys(
        ("decision-accept", "decision-key", "decision-value", "decisions-sender", "decisions-unsure", "query-explained",
         "query-settled", "query-unknown"),
        "is of the desk, which test_desk.py takes through the quarter",
    ),
    **dict.fromkeys(
        ("identity-tracker", "tracker-edits", "tracker-joined", "tracker-row"),
        "is of the tracker, which test_tracker_edits.py edits",
    ),
    "typed-by-office": "is about the office: test_on_behalf.py types in what came by telephone",
    "conflict-held": "is of the register's other policy: test_conflicts_quarter.py holds both",
    "rule-crashed": "is our own mistake: test_rules.py brings it about",
}


# Rules that ask at another cell than the one they read: a text is held against the status, and asked about there.
ELSEWHERE = ("status-words",)


@cache
def outcomes() -> Sequence[Outcome]:
    return [run(case) for case in sample()]


@cache
def all_outcomes() -> Sequence[Outcome]:
    return [run(case) for case in singles()]


def told(found: Sequence[Outcome]) -> Iterator[tuple[Fault, Finding]]:
    """Every message that was expected and came, with its fault."""
    for o in found:
        yield from ((f, finding) for f, _, finding in o.found)


# --- the set itself


def test_the_set_stands_on_a_register_without_a_fault() -> None:
    w = desk.workspace()
    found = config.check_register(
        w.register, {**w.forms, **config.load_forms(desk.ROOT / "templates/register")}, ISSUED[QUARTERS[0]]
    )
    assert [f.message for f in (*w.register_findings, *found)] == []


def test_the_set_is_as_large_as_was_asked_for() -> None:
    assert len(singles()) >= 150
    assert len(awkward()) >= 15


def test_every_message_has_a_fault_that_brings_it_about() -> None:
    seeded = {e.code for f in faults() for e in f.expects}
    assert sorted(WORDS.keys() - forms.WORDS.keys() - seeded - NOT_IN_A_RETURN.keys()) == []
    assert sorted(NOT_IN_A_RETURN.keys() & seeded) == []


def test_every_rule_of_domain_has_a_fault() -> None:
    assert {f.v for f in faults()} == RULES.keys() - {"V30"}  # a return that is missing makes a reminder, and no message


def _is_seeded(form: str, use: RuleUse) -> bool:
    """Whether some fault of the sheet brings about a message of the rule, at the field that the rule names."""
    named = () if use.name in ELSEWHERE else rules.names(use.params, "field")
    headings = [desk.workspace().forms[form].field(name).heading for name in named]
    codes = rules.known()[use.name].codes
    return any(
        e.code in codes
        and any(_sheet(at) == desk.workspace().forms[form].sheet and (not headings or _heading(at) in headings) for at in e.at)
        for f in faults()
        for e in f.expects
    )


def _sheet(at: At) -> str:
    return at[0] if isinstance(at, tuple) else at.box[0]


def _heading(at: At) -> str:
    return at[2] if isinstance(at, tuple) else at.box[2]


def test_every_rule_of_every_form_is_seeded() -> None:
    uses = [(name, use) for name, form in desk.workspace().forms.items() for use in form.rules]
    assert [f"{name}: {use.name} {dict(use.params)}" for name, use in uses if not _is_seeded(name, use)] == []


def test_a_fault_stands_under_the_rules_that_its_check_answers() -> None:
    answers = {code: each.v for each in rules.known().values() for code in each.codes if each.v}
    assert [(f.name, f.v, answers[f.code]) for f in faults() if f.code in answers and f.v not in (*answers[f.code], "B3")] == []


# --- what is told


def _all_found(found: Sequence[Outcome]) -> None:
    measured = Measured(found, ())
    assert measured.missed(Severity.STOP, Severity.QUERY) == []
    assert measured.missed(Severity.NOTE) == []
    assert measured.rate <= 1.2, [o.report for o in found if o.extra]


def test_a_fault_is_found_at_its_cell_and_makes_hardly_more_than_one_message() -> None:
    _all_found(outcomes())


@pytest.mark.long
def test_every_fault_is_found_at_its_cell() -> None:
    _all_found(all_outcomes())


def _well_said(found: Sequence[Outcome]) -> None:
    for f, finding in told(found):
        places = [p for p in finding.places if p.cell]
        start = places[0].sheet if places else finding.places[0].sheet or finding.places[0].file
        assert finding.message.startswith(start), (f.name, finding.message)
        assert all(p.cell in finding.message for p in places[:6]), (f.name, finding.message)
        ending = f"Did you mean {finding.suggestion}?" if finding.suggestion else finding.remedy
        assert finding.message.endswith(ending), finding.message
        assert finding.remedy or finding.code == "file-unreadable", finding.message  # there the one sentence says it


def test_a_message_begins_with_the_place_and_ends_with_what_to_do() -> None:
    _well_said(outcomes())


def test_a_stop_holds_its_answer_and_a_query_does_not() -> None:
    for o in outcomes():
        answers = {a.place: a for s in o.submissions for a in s.answers}
        for f, expected, found in o.found:
            at = [answers[p] for p in found.places if p in answers]
            assert all(bool(a.held) == (expected.severity is Severity.STOP) for a in at), (f.name, at)


# --- what is not told


@pytest.mark.parametrize("each", [a for a in awkward() if not a.office], ids=lambda a: a.name)
def test_nothing_is_asked_of_a_clean_return(each: Awkward) -> None:
    assert calm(each).report == ""


@pytest.mark.libreoffice
@pytest.mark.skipif(not office.available(), reason="LibreOffice and its Python binding are not installed")
def test_nothing_is_asked_of_a_clean_return_that_libreoffice_saved(tmp_path: Path) -> None:
    for each, files in by_office([a for a in awkward() if a.office], tmp_path):
        assert calm(each, files).report == ""


@pytest.mark.long
def test_what_is_just_no_fault_is_not_told() -> None:
    wrong = []
    for each in faults():
        outcome = run(Case((each.just_not,))) if each.just_not else None
        if outcome and each.code in {f.code for f in (*outcome.extra, *outcome.notes)}:
            wrong.append(outcome.report)
    assert wrong == []


# --- the same on a disk


def test_collate_says_the_same_as_the_set(tmp_path: Path) -> None:
    """Seven faults of different kinds, through the folder, the reading process and the ledger."""
    root = tmp_path / "faults"
    desk.lay_out(root)
    for quarter in QUARTERS[:3]:
        if quarter != Q3:
            for partner in PARTNERS:
                (root / f"inbox/{partner}-{quarter}.xlsx").write_bytes(desk.filled(partner, quarter))
    chosen = ("actions-status-choice-unknown", "sender-not-known", "parts-say-otherwise", "joint-leads-differ-RAG now")
    cases = [Case((next(f for f in faults() if f.name == name),)) for name in chosen]
    for case in cases:
        received, _ = seed(case)
        paths = [root / r.file for r in received] + [root / f"inbox/{p}-{Q3}.xlsx" for p in PARTNERS if p != case.partner]
        for path, data in zip(
            paths, [r.data for r in received] + [desk.filled(p, Q3) for p in PARTNERS if p != case.partner], strict=True
        ):
            path.write_bytes(data)
        verdict = collate(Asked(root, Q3, TODAY[Q3]), dry_run=True)
        own = [s for r in received for s in desk.read(r)]
        expected = desk.quarters(Q3, [*own, *desk.others(case.partner, Q3)])[Q3].findings
        assert [f.message for f in verdict.quarter.findings] == [f.message for f in expected] != []
        for path in paths:
            path.unlink()
