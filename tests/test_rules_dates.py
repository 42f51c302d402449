"""Rules about dates and RAG, each where it fires and where it just does not."""

from __future__ import annotations

from datetime import date

import pytest

from tests.rule_examples import DUE, OVERDUE, RAG, TODAY, Answers, codes, item, run, sentence
from workflow.model import Value

# --- dates

def test_not_after() -> None:
    today = ("not-after", {"field": "completed_on", "limit": "today"})
    assert sentence(*today, {"completed_on": date(2023, 10, 21)}) == (
        'you entered "21 Oct 2023", which is after today, 20 Oct 2023. Check the date, or tell us why it is right.'
    )
    assert codes(*today, {"completed_on": TODAY}) == []
    assert codes("not-after", {"field": "completed_on"}, {"completed_on": date(2023, 10, 21)}) == ["date-after-limit"]
    end = ("not-after", {"field": "completed_on", "limit": "period-end"})
    assert codes(*end, {"completed_on": date(2023, 10, 1)}) == ["date-after-limit"]
    assert codes(*end, {"completed_on": date(2023, 9, 30)}) == []


def test_later_than() -> None:
    than_due = ("later-than", {"field": "new_due", "than": "due"})
    assert sentence(*than_due, {"new_due": DUE}, of=item(due=DUE)) == (
        'you entered "15 Sep 2023", which is not later than 15 Sep 2023 (Due date). Enter a later date.'
    )
    assert codes(*than_due, {"new_due": date(2023, 9, 16)}, of=item(due=DUE)) == []
    revised = item(due=DUE, revised_due=date(2023, 12, 31))
    assert codes(*than_due, {"new_due": date(2023, 12, 31)}, of=revised) == ["date-not-later"]
    assert codes(*than_due, {"new_due": DUE}) == []
    own = ("later-than", {"field": "end", "than": "start"})
    assert codes(*own, {"start": TODAY, "end": TODAY}) == ["date-not-later"]
    assert codes(*own, {"end": TODAY}) == []


LATE = item(due=DUE)


def test_overdue_needs_plan() -> None:
    assert sentence(*OVERDUE, {"status": "At risk"}, of=LATE) == (
        "this row was due on 15 Sep 2023 and is not complete. Fill in Proposed new due date, Reason for the new date and "
        "Getting back on track, or change the status if it is done."
    )
    plan: Answers = {"new_due": date(2023, 12, 31), "slip_reason": "Capacity", "recovery": "A post is advertised"}
    assert codes(*OVERDUE, {"status": "At risk", **plan}, of=LATE) == []
    (problem,) = run(*OVERDUE, {"status": "At risk", "new_due": date(2023, 12, 31), "slip_reason": "Capacity"}, of=LATE)
    assert (problem.field, problem.words["boxes"]) == ("recovery", "Getting back on track")


@pytest.mark.parametrize("status", ["Complete", "Closed – not delivered"])
def test_what_is_finished_is_not_overdue(status: str) -> None:
    assert codes(*OVERDUE, {"status": status}, of=LATE) == []
    assert codes(*OVERDUE, {"no_change": True}, {"status": status}, of=LATE) == []


def test_overdue_is_before_the_periods_end_by_the_date_in_force() -> None:
    assert codes(*OVERDUE, {"status": "At risk"}, of=item(due=date(2023, 9, 30))) == []
    assert codes(*OVERDUE, {"status": "At risk"}, of=item(due=date(2023, 9, 29))) == ["overdue-no-plan"]
    assert codes(*OVERDUE, {"status": "At risk"}, of=item(due=DUE, revised_due=date(2023, 12, 31))) == []
    assert codes(*OVERDUE, {"status": "At risk"}) == []


def test_no_change_does_not_excuse_an_overdue_row_and_a_plan_holds_until_its_date() -> None:
    assert codes(*OVERDUE, {"no_change": True}, {"status": "At risk"}, of=LATE) == ["overdue-no-plan"]
    plan: dict[str, Value] = {"new_due": date(2023, 12, 31), "slip_reason": "Capacity", "recovery": "A post is advertised"}
    assert codes(*OVERDUE, {"no_change": True}, {"status": "At risk", **plan}, of=LATE) == []
    lapsed = plan | {"new_due": date(2023, 9, 30)}
    (problem,) = run(*OVERDUE, {"no_change": True}, {"status": "At risk", **lapsed}, of=LATE)
    assert problem.words["boxes"] == "Proposed new due date, Reason for the new date and Getting back on track"
    assert codes(*OVERDUE, {}, {"status": "At risk"}, of=LATE) == []  # a row left empty is reported as such, not here


# --- RAG


def test_green_while_overdue() -> None:
    assert sentence(*RAG, {"rag": "Green", "status": "On track"}, of=LATE) == (
        'you chose "Green", but the row was due on 15 Sep 2023 and is not complete. '
        "Choose the colour that fits, or change the status if it is done."
    )
    assert codes(*RAG, {"rag": "Green", "status": "Complete"}, of=LATE) == []
    assert codes(*RAG, {"rag": "Amber", "status": "On track"}, of=LATE) == []
    assert codes(*RAG, {"rag": "Green", "status": "On track"}, of=item(due=date(2023, 12, 31))) == []
    assert codes(*RAG, {"rag": "Green", "status": "At risk"}, of=LATE) == ["rag-green-overdue"]  # one message for one cell


@pytest.mark.parametrize(
    ("rag", "status", "agree"),
    [
        ("Red", "Complete", False), ("Amber", "Complete", False), ("Amber – at risk", "Complete", False),
        ("Green", "Complete", True), ("Blue", "Complete", True), ("Green", "At risk", False), ("Green", "Off track", False),
        ("On track", "Off track", False),
        ("Amber", "At risk", True), ("Red", "Off track", True), ("Green", "On track", True), ("Grey", "Not started", True),
    ],
)
def test_rag_and_status(rag: str, status: str, agree: bool) -> None:
    assert codes(*RAG, {"rag": rag, "status": status}) == ([] if agree else ["rag-status-disagree"])


def test_rag_and_status_in_words() -> None:
    assert sentence(*RAG, {"rag": "Red", "status": "Complete"}) == (
        'you chose "Red", but the status is Complete. Change one of the two so that they agree, or tell us why both are right.'
    )


def test_rag_that_improves_while_the_date_slips() -> None:
    later: Answers = {"rag": "Green", "new_due": date(2024, 3, 31)}
    assert sentence(*RAG, later, {"rag": "Amber"}) == (
        'you chose "Green", which is better than Amber last time, and proposed a later date too. '
        "Check both, or say in the progress why the outlook is better."
    )
    assert codes(*RAG, later, {"rag": "Green"}) == []
    assert codes(*RAG, {"rag": "Green"}, {"rag": "Amber"}) == []


def test_completed_on_without_complete() -> None:
    done: Answers = {"completed_on": DUE, "status": "On track"}
    assert sentence(*RAG, done) == (
        'you entered "15 Sep 2023", but the status is On track. '
        "Choose Complete if it is done. If it is not, tell us and we will clear the date."
    )
    assert codes(*RAG, {"completed_on": DUE, "status": "Complete"}) == []
    assert codes(*RAG, {"completed_on": DUE}) == []
