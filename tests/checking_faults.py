"""Faults for the rows of `tests.checking`: what is typed, and the findings that it brings; some for all that Checks says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests import small as s
from tests.checking import FAR, LAST, action, commitment, finished, indicator, late, measure
from tests.small import Box, row

Typed = dict[Box, Any]


def only(typed: Typed, *headings: str) -> Typed:
    """Some boxes of a row, the others blank."""
    return {box: value if box[2] in headings else None for box, value in typed.items()}


def new(sheet: str, number: int, **more: Any) -> Typed:
    return row(sheet, f"NEW-{number:02d}", **more)


# The row's form and key, what is typed on it, and the codes of the findings that it brings.
FAULTS: tuple[tuple[str, str, Typed, frozenset[str]], ...] = tuple(
    (form, key, typed, frozenset(codes.split()))
    for form, key, typed, codes in (
        ("actions", "A-01", only(action(1)), "row-unanswered"),
        ("actions", "A-02", only(action(2), "Status now"), "answer-missing"),
        ("actions", "A-03", finished(3, Evidence_or_link=None, Completed_on=None), "required-when"),
        ("actions", "A-04", finished(4, Completed_on=FAR), "date-after-limit"),
        ("actions", "A-05", only(late(5), "Status now", "RAG now", "Progress this quarter"), "overdue-no-plan"),
        ("actions", "A-06", late(6, Getting_back_on_track=None), "overdue-no-plan"),
        ("actions", "A-07", late(7, RAG_now="Green"), "rag-green-overdue"),
        ("actions", "A-08", finished(8, RAG_now="Amber"), "rag-status-disagree"),
        ("actions", "A-09", action(9, Status_now="At risk", RAG_now="Green"), "rag-status-disagree"),
        ("actions", "A-10", action(10, Proposed_new_due_date=date(2024, 9, 30)), "rag-better-later"),
        ("actions", "A-11", action(11, Completed_on=date(2023, 9, 20)), "completed-not-complete"),
        ("actions", "A-12", action(12, Proposed_new_due_date=date(2024, 6, 30)), "date-not-later"),
        ("actions", "A-13", action(13, Proposed_new_due_date=date(2042, 9, 30)), "date-outside-plan"),
        ("actions", "A-14", action(14, **{"Safe_to_publish?": "No"}), "required-when"),
        ("actions", "A-15", action(15, **{"Safe_to_publish?": "P2", "Why_not_published": "It is about one family"}),
         "paragraph-missing"),
        ("actions", "A-16", action(16, No_change_this_quarter="y"), "no-change-with-answers"),
        ("actions", "A-17", {**only(action(17)), **row("Actions", "A-17", No_change_this_quarter="Yes")}, "no-change-nothing"),
        ("actions", "A-18", action(18, Progress_this_quarter=f"  {LAST.upper()} "), "progress-says-nothing"),
        ("actions", "A-19", action(19, Progress_this_quarter="No update since last quarter."), "progress-says-nothing"),
        ("actions", "A-20", action(20, Progress_this_quarter="Meeting held."), "text-too-short"),
        ("actions", "A-21", action(21, RAG_now="Purple"), "choice-unknown"),
        ("actions", "A-22", action(22, No_change_this_quarter="perhaps"), "yes-no-unknown"),
        ("actions", "A-23", action(23, Proposed_new_due_date="ongoing"), "period-no-end"),
        ("actions", "A-24", finished(24, Completed_on=date(1999, 5, 1)), "date-implausible"),
        ("actions", "A-25", late(25, Status_now="Nearly there"), "choice-unknown"),
        ("actions", "A-27", action(27, Progress_this_quarter="\u00a0\n "), "answer-missing"),
        ("actions", "A-28", action(28, Progress_this_quarter="As above"), "progress-says-nothing"),
        ("actions", "A-33", row("Actions", "A-33", Progress_this_quarter="See above."), "progress-says-nothing"),
        ("actions", "NEW-01", new("Actions", 1, Recommendation="Share the list"), "answer-missing"),
        ("actions", "NEW-02", action("NEW-02", Recommendation="Meet weekly", Due_date=date(2023, 8, 1)), "overdue-no-plan"),
        ("actions", "NEW-03", action("NEW-03", Recommendation="Meet monthly", Due_date="soon"), "date-unreadable"),
        ("commitments", "C-1", commitment(1, Status_now="Complete"), "required-when"),
        ("commitments", "C-2", only(commitment(2)), "row-unanswered"),
        ("commitments", "C-3", commitment(3, Progress_this_quarter=None), "answer-missing"),
        ("commitments", "C-4", commitment(4, Status_now="Nearly", Progress_this_quarter="Ditto"),
         "choice-unknown progress-says-nothing"),
        ("indicators", "I-1", indicator(1, Progress_this_quarter="Better."), "text-too-short"),
        ("indicators", "I-2", indicator(2, **{"Does_this_answer_the_indicator?": "partly"}), "yes-no-unknown"),
        ("indicators", "I-3", only(indicator(3)), "row-unanswered"),
        ("measures", "M-01", only(measure(1)), "row-unanswered"),
        ("measures", "M-02", {**only(measure(2)), **row("Measures", "M-02", Comment_on_the_figure="Late again.")},
         "value-missing"),
        ("measures", "M-03", measure(3, No_figure_because="Not yet due"), "value-and-reason"),
        ("measures", "M-04", measure(4, Period_type=None), "period-missing"),
        ("measures", "M-05", measure(5, 95), "target-missed"),
        ("measures", "M-06", measure(6, 50), "value-moved"),
        ("measures", "M-07", measure(7, 50, Numerator=50, Denominator=40), "fraction-over"),
        ("measures", "M-08", measure(8, 36.4, Numerator=37, Denominator=100), "fraction-disagrees"),
        ("measures", "M-09", measure(9, 120), "percent-range"),
        ("measures", "M-10", measure(10, 105.5), "count-not-whole"),
        ("measures", "M-11", measure(11, 140), "value-moved"),
        ("measures", "M-12", measure(12, 95, Period_type="to date"), "value-fell"),
        ("measures", "M-13", measure(13, -3), "count-negative"),
        ("measures", "M-14", measure(14, Period_end="June 2023"), "period-end-differs"),
        ("measures", "M-15", measure(15, 7, Period_type="Rolling 12 months", Same_period_last_year=8), "period-type-differs"),
        ("measures", "M-16", measure(16, "about 105"), "number-inexact"),
        ("measures", "M-17", measure(17, 4.2, Numerator=21, Denominator=0), "fraction-of-nothing"),
        ("measures", "M-18", measure(18, Period_type="YTD"), "period-type-differs required-when"),
        ("measures", "M-19", measure(19, 110), "target-missed"),
        ("measures", "M-20", measure(20, -3.5, Numerator=-1), "number-range"),
        ("measures", "M-21", measure(21, 4), "value-moved"),
        ("measures", "M-22", measure(22, 112), "value-moved"),
        ("measures", "M-23", measure(23, Period_end="Dec 2098", Period_type="Snapshot"),
         "date-after-limit period-type-differs"),
        ("measures", "M-24", measure(24, "see comment", Period_end="last quarter"), "number-unreadable period-anchored"),
        ("measures", "M-25", measure(25, 4), "small-number"),
        ("measures", "M-26", measure(26, 98, Numerator=98, Denominator=100), "small-number-part"),
        ("measures", "M-27", measure(27, 28), "value-moved"),
        ("issues", "NEW-01", new("Issues", 1, Type="Risk", Title="Money", Detail="Match funding for the round is not agreed.",
                                 **{"Impact_(1_to_5)": 9}), "required-when number-range"),
        ("issues", "NEW-02", new("Issues", 2, Title="Half a row"), "answer-missing"),
        ("issues", "NEW-03", new("Issues", 3, Type="Rumour", Title="What", Detail="Something that was heard in two wards.",
                                 Deadline=date(2050, 1, 1)), "choice-unknown date-outside-plan"),
        ("activities", "NEW-01", new("Activities", 1, Activity="Course for staff", Sessions=2.5),
         "answer-missing number-unreadable"),
        ("activities", "NEW-02", new("Activities", 2, Type_of_activity="Training", Activity="Course", Month="Sep 2023",
                                     Places_offered=20, Attended=21), "part-over"),
    )
)  # fmt: skip


# Awkward, and nothing to ask about: spellings, spaces and figures as people type them.
AWKWARD: tuple[tuple[str, Typed], ...] = (
    ("A-26", action(26, Status_now=" in progress", RAG_now="amber\u00a0")),
    ("A-29", finished(29, Status_now="done", RAG_now="\U0001f7e2")),
    ("A-30", {**only(action(30)), **row("Actions", "A-30", No_change_this_quarter="yes.")}),
    ("A-31", action(31, No_change_this_quarter="No", Proposed_new_due_date="31/10/2024")),
    ("A-32", action(32, **{"Safe_to_publish?": "part two", "Why_not_published": "Para 3"})),
    ("A-34", action(34, Proposed_new_due_date=date(2024, 10, 31), Status_now="Closed - not delivered")),
)


def everything() -> Typed:
    """All faults in one return, each on its own row."""
    typed: Typed = {**s.signed()}
    for _, _, boxes, _ in FAULTS:
        typed |= boxes
    for _, boxes in AWKWARD:
        typed |= boxes
    return typed


def by_row() -> Mapping[tuple[str, str], frozenset[str]]:
    return {(form, key): codes for form, key, _, codes in FAULTS}
