"""Rules about words, each where it fires and where it just does not."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rule_examples import ALONE, NEEDS_EVIDENCE, PROGRESS, SMART, TODAY, Answers, codes, run, sentence
from workflow.model import Severity
from workflow.rules.texts import says_nothing, starts_with_verb
from workflow.wording import WORDS

# --- progress


@pytest.mark.parametrize(
    "typed",
    [
        "As above", "B) as above", "see above.", "Ditto", "No update", "No change", "no further update at this time", "TBC",
        "N/A", "As above - no further update at this time", "To be confirmed", "Nothing to report this quarter.",
        "As in recommendation", "a. See above", "No change since last quarter", "No progress to report in this period",
    ],
)
def test_stand_ins_say_nothing(typed: str) -> None:
    assert says_nothing(typed)
    assert codes(*PROGRESS, {"progress": typed}) == ["progress-says-nothing"]


@pytest.mark.parametrize(
    "typed",
    [
        "No change in the number of incidents, which stands at 12", "Budget TBC; the panel met in August and agreed the terms",
        "As above the average for the county, rates fell again", "The protocol was signed by all 4 agencies in July",
    ],
)
def test_text_with_something_in_it_passes(typed: str) -> None:
    assert codes(*PROGRESS, {"progress": typed}) == []


def test_progress_repeated_short_or_blank() -> None:
    before = "The protocol was signed by all agencies."
    typed = "the protocol was signed by ALL agencies."
    assert sentence(*PROGRESS, {"progress": typed}, {"progress": before}) == (
        f'you entered "{typed}", the same text as last time. Say what was done and what came of it. '
        "If nothing changed, choose Yes under No change this quarter."
    )
    assert codes(*PROGRESS, {"progress": typed + " In July."}, {"progress": before}) == []
    assert codes(*PROGRESS, {"progress": "x" * 19}) == ["text-too-short"]
    assert codes(*PROGRESS, {"progress": "x" * 20}) == []
    assert codes(*PROGRESS, {}, {"progress": before}) == []
    assert codes(*PROGRESS, {"progress": before, "no_change": True}, {"progress": before}) == []


# --- required-when


def test_required_when() -> None:
    assert sentence(*NEEDS_EVIDENCE, {"status": "Complete"}) == "this is blank, and Status now is Complete. Please fill it in."
    assert codes(*NEEDS_EVIDENCE, {"status": "On track"}) == []
    assert codes(*NEEDS_EVIDENCE, {"status": "Complete", "evidence": "Minute 4"}) == []
    assert codes(*NEEDS_EVIDENCE, {}) == []
    # what was given with the same answer in an earlier quarter still stands
    assert codes(*NEEDS_EVIDENCE, {"status": "Complete"}, {"status": "Complete", "evidence": "Minute 4"}) == []
    assert codes(*NEEDS_EVIDENCE, {"status": "Complete"}, {"status": "On track", "evidence": "Minute 4"}) == ["required-when"]


def test_required_when_one_of_several_or_yes() -> None:
    one_of = ("required-when", {"field": "public_reason", "when": "public_safe", "is": ["No", "Part 2"]})
    assert codes(*one_of, {"public_safe": "Part 2"}) == ["required-when"]
    assert codes(*one_of, {"public_safe": "Yes"}) == []
    yes = ("required-when", {"field": "comment", "when": "no_change", "is": "Yes"})
    assert codes(*yes, {"no_change": True}) == ["required-when"]
    assert codes(*yes, {"no_change": False}) == []
    filled = ("required-when", {"field": "slip_reason", "when": "new_due"})
    assert codes(*filled, {"new_due": TODAY}) == ["required-when"]
    assert codes(*filled, {}) == []


def test_required_in_one_quarter_only() -> None:
    both = ("required-when", {"field": "outcome", "when": "status", "is": "On track", "quarter": 4})
    assert codes(*both, {"status": "On track"}, quarter=4) == ["required-when"]
    assert codes(*both, {"status": "On track"}) == []
    alone = ("required-when", {"field": "outcome", "quarter": 2})
    assert sentence(*alone, {"status": "On track"}) == "this is blank, and it is needed in quarter 2. Please fill it in."
    assert codes(*alone, {"status": "On track"}, {"outcome": "Fewer visits"}) == []


# --- no change, next year


def test_no_change_alone() -> None:
    assert sentence(*ALONE, {"no_change": True, "status": "At risk", "progress": "New"}, {"status": "On track"}) == (
        'you chose No change, but also filled in Status now and Progress this quarter. What you filled in was taken. '
        "If there is news, choose No here and complete the row. If nothing changed, tell us."
    )
    assert codes(*ALONE, {"no_change": True, "status": "on track"}, {"status": "On track"}) == []
    assert codes(*ALONE, {"no_change": True}) == codes(*ALONE, {"no_change": False, "status": "At risk"}) == []
    # what an overdue row still owes may stand beside it
    assert codes(*ALONE, {"no_change": True, "new_due": TODAY, "recovery": "A post is advertised"}) == []


GOOD: Answers = {
    "text": "Train 40 frontline staff in trauma-informed practice", "lead": "police", "start": date(2024, 4, 1),
    "end": date(2025, 3, 31), "measure": "Staff trained",
}


def test_smart() -> None:
    assert codes(*SMART, GOOD) == []
    assert sentence(*SMART, {"text": "Improved awareness"}) == (
        "this could be easier to follow: it does not begin with what will be done, it has no lead, "
        "it has no firm end date and nothing says how it will be measured. "
        "Agree the wording with the lead before it goes into next year's plan."
    )
    assert codes(*SMART, {**GOOD, "text": "Train " + "x" * 194}) == []
    (problem,) = run(*SMART, {**GOOD, "text": "Train " + "x" * 195})
    assert problem.words["gaps"] == "it has 201 characters, where 200 are enough"
    assert codes(*SMART, {**GOOD, "text": "Train staff as and when required"}) == ["smart"]
    assert WORDS["smart"][0] is Severity.NOTE


@pytest.mark.parametrize(
    "text",
    ["To train staff", "Continue to support victims", "1) Respond to reports", "We will implement it", "Commission a review"],
)
def test_commitments_that_begin_with_a_verb(text: str) -> None:
    assert starts_with_verb(text)


@pytest.mark.parametrize("text", ["The partnership", "Better lighting", "Reduction in ASB", "Training", "4 sessions", "–"])
def test_commitments_that_do_not(text: str) -> None:
    assert not starts_with_verb(text)
