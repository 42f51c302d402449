"""Rules about dates and RAG, each where it fires and where it just does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rule_examples import DUE, FORM, OVERDUE, PERIOD, RAG, TODAY, Answers, codes, item, run, sentence
from tests.view_examples import REGISTER
from workflow import rules
from workflow.model import Form, Plan, Register, RuleUse, Value

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


def test_day_and_month_the_other_way_round_are_suggested_where_the_limit_then_holds() -> None:
    done = ("not-after", {"field": "completed_on"})
    assert sentence(*done, {"completed_on": date(2023, 11, 10)}) == (
        'you entered "10 Nov 2023", which is after today, 20 Oct 2023. Check the date, or tell us why it is right. '
        "Did you mean 11 Oct 2023?"
    )
    for day in (date(2023, 12, 11), date(2023, 11, 13), date(2023, 11, 11), date(2024, 1, 10)):
        (problem,) = run(*done, {"completed_on": day})
        assert problem.suggestion == ""
    (later,) = run("later-than", {"field": "new_due", "than": "due"}, {"new_due": date(2023, 3, 12)}, of=item(due=DUE))
    assert later.suggestion == "3 Dec 2023"
    (still,) = run("later-than", {"field": "new_due", "than": "due"}, {"new_due": date(2023, 3, 9)}, of=item(due=DUE))
    assert still.suggestion == ""


# --- how far from its plan a date may lie

WITHIN = ("within-plan", {"field": "new_due"})


def planned(start: date | None = date(2023, 4, 1), end: date | None = date(2024, 3, 31)) -> Register:
    return replace(REGISTER, plans=(Plan("REVIEW", "Review", "april", "RAG", start=start, end=end),))


def test_within_plan() -> None:
    assert sentence(*WITHIN, {"new_due": date(2032, 3, 31)}, register=planned()) == (
        'you entered "31 Mar 2032", which is more than 3 years after the end of the plan, 31 Mar 2024. '
        "Check the year, or tell us why it is right."
    )
    assert sentence(*WITHIN, {"new_due": date(2013, 12, 31)}, register=planned()) == (
        'you entered "31 Dec 2013", which is more than 3 years before the start of the plan, 1 Apr 2023. '
        "Check the year, or tell us why it is right."
    )


@pytest.mark.parametrize(
    ("day", "outside"),
    [
        (date(2027, 3, 31), False), (date(2027, 4, 1), True), (date(2020, 4, 1), False), (date(2020, 3, 31), True),
        (date(1923, 12, 31), False), (date(2123, 12, 31), False),  # asked about as they were typed
    ],
)
def test_within_plan_by_a_day(day: date, outside: bool) -> None:
    assert codes(*WITHIN, {"new_due": day}, register=planned()) == (["date-outside-plan"] if outside else [])


def test_without_a_plans_dates_the_period_is_the_measure_and_is_never_outside() -> None:
    for register in (None, planned(None, None), replace(REGISTER, plans=())):
        assert codes(*WITHIN, {"new_due": date(2026, 9, 30)}, register=register) == []
        assert "the end of this quarter, 30 Sep 2023" in sentence(*WITHIN, {"new_due": date(2026, 10, 1)}, register=register)
    over = planned(date(2015, 4, 1), date(2016, 3, 31))
    assert codes(*WITHIN, {"new_due": PERIOD.end}, register=over) == []
    half = planned(date(2010, 4, 1), None)
    assert codes(*WITHIN, {"new_due": date(2008, 1, 1)}, register=half) == []


def test_within_plan_takes_another_number_of_years_and_several_fields() -> None:
    both = ("within-plan", {"field": ["new_due", "completed_on"], "years": 1})
    values: Answers = {"new_due": date(2025, 4, 1), "completed_on": date(2025, 3, 31)}
    assert [p.field for p in run(*both, values, register=planned())] == ["new_due"]
    assert codes(*both, {"new_due": "soon"}, register=planned()) == []


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1, 10))
def test_a_date_is_outside_exactly_when_so_many_years_do_not_bring_it_back(day: date, years: int) -> None:
    start, end = date(2023, 4, 1), date(2024, 3, 31)
    inside = date(start.year - years, 4, 1) <= day <= date(end.year + years, 3, 31)
    found = codes("within-plan", {"field": "new_due", "years": years}, {"new_due": day}, register=planned(start, end))
    assert found == ([] if inside else ["date-outside-plan"])


def test_a_date_that_another_limit_asks_about_is_not_asked_about_twice() -> None:
    uses = (
        RuleUse("within-plan", {"field": "new_due"}), RuleUse("within-plan", {"field": "completed_on"}),
        RuleUse("later-than", {"field": "new_due", "than": "due"}), RuleUse("not-after", {"field": "completed_on"}),
    )
    form = replace(FORM, rules=uses)

    def found(**values: date) -> list[str]:
        facts = rules.RowFacts(form, "TR-1.1", item(due=DUE), values, {}, PERIOD, TODAY, register=planned())
        return [p.code for p in rules.run(form, facts)]

    assert found(new_due=date(2013, 12, 31)) == ["date-not-later"]
    assert found(completed_on=date(2032, 9, 1)) == ["date-after-limit"]
    assert found(new_due=date(2032, 9, 1)) == found(completed_on=date(2013, 9, 1)) == ["date-outside-plan"]


LATE = item(due=DUE)


def test_overdue_needs_plan() -> None:
    assert sentence(*OVERDUE, {"status": "At risk"}, of=LATE) == (
        "this row was due on 15 Sep 2023 and is not complete. Fill in Proposed new due date, Reason for the new date and "
        "Getting back on track. If it is done, say so under Status now and RAG now."
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


def test_what_is_done_is_said_in_the_boxes_that_the_form_wants_with_complete() -> None:
    complete = {"when": "status", "is": "Complete"}
    wanted = [RuleUse("required-when", {**complete, "field": name}) for name in ("evidence", "completed_on")]
    form = replace(FORM, rules=(RuleUse(*OVERDUE), *wanted, RuleUse("required-when", {"field": "outcome", "quarter": 4})))
    carried = replace(form, fields=tuple(replace(f, carry=f.name in ("status", "rag", "progress")) for f in form.fields))

    def said(form: Form, values: Answers) -> str:
        (problem,) = rules.run(form, rules.RowFacts(form, "TR-1.1", LATE, values, {"status": "At risk"}, PERIOD, TODAY))
        return str(problem.words["done"])

    assert said(form, {"status": "At risk"}) == "say so under Status now, RAG now, Evidence or link and Completed on"
    assert said(carried, {"no_change": True}) == (
        "say so under No change this quarter, Status now, RAG now, Progress this quarter, Evidence or link and Completed on"
    )


# --- RAG


def test_green_while_overdue() -> None:
    assert sentence(*RAG, {"rag": "Green", "status": "On track"}, of=LATE) == (
        'you chose "Green", but the row was due on 15 Sep 2023 and is not complete. '
        "Choose the colour that fits. If it is done, say so under Status now and RAG now."
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
        "Check both, or tell us why the outlook is better."
    )
    assert codes(*RAG, later, {"rag": "Green"}) == []
    assert codes(*RAG, {"rag": "Green"}, {"rag": "Amber"}) == []
    for over in ("Complete", "Closed – not delivered"):  # then nothing of it is later
        assert codes(*RAG, {**later, "status": over}, {"rag": "Amber"}) == []


def test_completed_on_without_complete() -> None:
    done: Answers = {"completed_on": DUE, "status": "On track"}
    assert sentence(*RAG, done) == (
        'you entered "15 Sep 2023", but the status is On track. '
        "If it is done, say so under Status now and RAG now. If it is not, tell us and we will clear the date."
    )
    assert codes(*RAG, {"completed_on": DUE, "status": "Complete"}) == []
    assert codes(*RAG, {"completed_on": DUE}) == []
