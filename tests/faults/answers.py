"""The clean returns of the fault set: what each partner types, quarter by quarter, and nothing in it is wrong.

Police fills every box of every form somewhere, so that each has a home in which a fault can be seeded and put right.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.faults.rows import HOUSING, ICB, POLICE, Q1, Q2, Q3, Q4, YOS

ABOUT = "About this return"
Box = tuple[str, str, str]  # sheet, row key ("" on the About sheet), heading ("" for the row as a whole)
Typed = Mapping[Box, Any]  # None empties a box
_SIGNED = {Q1: date(2023, 7, 14), Q2: date(2023, 10, 13), Q3: date(2024, 1, 12), Q4: date(2024, 4, 12)}
_MONTH = {Q1: "June", Q2: "September", Q3: "December", Q4: "March"}
_ENDS = {Q1: "Jun 2023", Q2: "Sep 2023", Q3: "Dec 2023", Q4: "Mar 2024"}


def boxes(sheet: str, key: str, **by_heading: Any) -> dict[Box, Any]:
    """Boxes of one row, with _ for the spaces of a heading."""
    return {(sheet, key, heading.replace("_", " ")): value for heading, value in by_heading.items()}


def signed(period: str) -> dict[Box, Any]:
    """The About sheet, filled in and signed off."""
    return {
        (ABOUT, "", "Completed by (post)"): "Partnership Analyst",
        (ABOUT, "", "Approved by (post)"): "Head of Service",
        (ABOUT, "", "Approved on"): _SIGNED[period],
        (ABOUT, "", "Checked: no names or case details"): "Yes",
    }


def action(ref: str, status: str, rag: str, progress: str, **more: Any) -> dict[Box, Any]:
    """A whole answer to one action."""
    return boxes("Actions", f"A-{ref}", Status_now=status, RAG_now=rag, Progress_this_quarter=progress, **more)


def commitment(key: str, status: str, progress: str, **more: Any) -> dict[Box, Any]:
    """A whole answer to one commitment."""
    return boxes("Commitments", key, Status_now=status, Progress_this_quarter=progress, **more)


def indicator(key: str, progress: str, **more: Any) -> dict[Box, Any]:
    """A whole answer to one indicator."""
    return {
        **boxes("Indicators", key, Progress_this_quarter=progress),
        ("Indicators", key, "Does this answer the indicator?"): "Yes",
    }


def measure(key: str, value: Any, kind: str, end: str, **more: Any) -> dict[Box, Any]:
    """A whole answer to one measure."""
    return boxes("Measures", key, Value=value, Period_type=kind, Period_end=end, **more)


def clean(partner: str, period: str) -> dict[Box, Any]:
    """A whole faultless return."""
    by = {POLICE: _police, HOUSING: _housing, YOS: _yos, ICB: _icb}[partner]
    return {**signed(period), **by(period)}


def _police(period: str) -> dict[Box, Any]:
    if period in (Q1, Q2):
        return {**_police_earlier(period), **_police_figures(period)}
    rows = _police_third() if period == Q3 else _police_fourth()
    return {**rows, **_police_figures(period), **_police_about(), **_police_added(period)}


def _police_earlier(period: str) -> dict[Box, Any]:
    month = _MONTH[period]
    told = {
        "1.1": f"The daily list reached all schools by the end of {month}.",
        "1.2": f"The desk answered forty questions up to {month}.",
        "1.3": f"Half of the counters had been trained in {month}.",
        "1.4": f"The draft form was tried out in {month} and changed.",
        "2.1": f"Ten schools had joined the programme by {month}.",
        "2.2": f"Patrols on Saturdays began before {month} was over.",
        "2.3": f"The review of the protocol was planned in {month}.",
    }
    promised = {
        "C-1": f"Stalls were held in six wards by {month}.",
        "C-2": f"The guide was written with victims and read in {month}.",
        "C-3": f"Thirty shops had been visited by {month}.",
        "C-4": f"The cameras were ordered in {month}.",
    }
    late = {"Reason for the new date": "Capacity", "Getting back on track": "A second trainer has been found."}
    moved = {("Actions", "A-2.2", heading): value for heading, value in late.items()}
    return {
        **{
            box: v
            for ref, text in told.items()
            for box, v in action(ref, "On track", "Green" if ref == "2.1" else "Amber", text).items()
        },
        **{box: v for key, text in promised.items() for box, v in commitment(key, "On track", text).items()},
        **indicator("I-1", f"More victims were content with us in {month} than a year before."),
        **indicator("I-2", f"The survey of {month} shows that more people walk home alone."),
        **(moved if period == Q2 else {}),
        **(boxes("Actions", "A-2.2", Proposed_new_due_date=date(2025, 1, 31)) if period == Q2 else {}),
    }


def _police_third() -> dict[Box, Any]:
    return {
        **action("1.1", "On track", "Amber", "The list is now sent by noon, and two more hospitals receive it."),
        **action("1.2", "On track", "Green", "The desk took on evening hours and answers within the hour."),
        **action(
            "1.3", "At risk", "Amber", "Training paused while the trainer was ill and began again in December.",
            Proposed_new_due_date=date(2024, 4, 30), Reason_for_the_new_date="Capacity",
            Getting_back_on_track="A second trainer starts in February and takes the remaining counters.",
        ),
        **action(
            "1.4", "Complete", "Green", "The form is in use at every agency and the old ones were withdrawn.",
            Evidence_or_link="Minutes of the board, item 4", Completed_on=date(2023, 12, 12),
        ),
        **boxes("Actions", "A-2.1", No_change_this_quarter="Yes"),
        **action(
            "2.2", "Off track", "Red", "Patrols on Fridays stopped because the funding ended in October.",
            Proposed_new_due_date=date(2025, 1, 31), Reason_for_the_new_date="Funding",
            Getting_back_on_track="A bid for next year has been made and is decided in March.",
            Help_needed_from_the_board="Agree to pay for patrols until the bid is decided.",
            **{"Safe_to_publish?": "Part 2", "Why_not_published": "Paragraph 3"},
        ),
        **action("2.3", "At risk", "Amber", "The review waits for the new national guidance, due in February."),
        **commitment("C-1", "On track", "Stalls were held in three more wards and the last ones are booked."),
        **commitment(
            "C-2", "Complete", "The guide was published and every station has copies of it.",
            Outcome_for_residents="Victims know whom to call and what happens next.",
            Evidence_or_link="The guide on our website",
            **{"Safe_to_publish?": "Yes"},
        ),
        **boxes("Commitments", "C-3", No_change_this_quarter="Yes"),
        **commitment(
            "C-4", "At risk", "Half of the cameras are up; the others wait for the power company.",
            **{"Safe_to_publish?": "No", "Why_not_published": "7"},
        ),
        **indicator("I-1", "Victims praise the single contact most; waiting times are still a complaint."),
        **boxes("Indicators", "I-2", No_change_this_quarter="Yes"),
        ("Indicators", "I-1", "Safe to publish?"): "No", ("Indicators", "I-1", "Why not published"): "2",
    }  # fmt: skip


def _police_fourth() -> dict[Box, Any]:
    outcome = {"Outcome_for_residents": "Residents say that the area is looked after."}
    return {
        **action("1.1", "On track", "Green", "All hospitals receive the list and the gaps of autumn are closed."),
        **action("1.2", "On track", "Green", "The desk now serves the county and has a standing budget."),
        **action("1.3", "At risk", "Amber", "Two thirds of the counters are trained, the rest follow in April."),
        **boxes("Actions", "A-2.1", No_change_this_quarter="Yes"),
        **action("2.2", "Off track", "Red", "The bid was refused; another source is sought with the council."),
        **action("2.3", "On track", "Amber", "The guidance came and the review was held with all stations."),
        **commitment("C-1", "On track", "The last wards are booked for June.", **outcome, What_happens_next_year="Continue"),
        **commitment(
            "C-3", "On track", "The last shops of the parade were visited in March.", **outcome,
            What_happens_next_year="Merge into another", **{"Reason_for_next_year's_choice": "Goes on under C-1."},
        ),
        **commitment("C-4", "On track", "All cameras are up and recording.", **outcome, What_happens_next_year="Continue"),
        **indicator("I-1", "Victims are as content as before, and fewer wait for news of their case."),
        **indicator("I-2", "The survey of March shows that more people use the park in the evening."),
    }  # fmt: skip


_FIGURES: dict[str, tuple[str, dict[str, Any]]] = {  # value by quarter, and what goes with it in the third
    "M-1": ("Quarter", {Q1: 112, Q2: 118, Q3: 121, Q4: 124}),
    "M-2": ("Quarter", {Q1: 76.5, Q2: 77, Q3: 79, Q4: 79.5}),
    "M-3": ("Rolling 12 months", {Q1: 1842, Q2: 1830, Q3: 1799, Q4: 1781}),
    "M-4": ("Year to date", {Q1: 800, Q2: 1650, Q3: 2480, Q4: 3300}),
    "M-5": ("Calendar year", {Q1: 8.4, Q2: 8.4, Q3: 8.1, Q4: 8.1}),
    "M-6": ("Cumulative", {Q1: 28, Q2: 30, Q3: 32, Q4: 35}),
    "M-7": ("Snapshot", {Q1: 40, Q2: 42, Q3: 44, Q4: 46}),
    "M-8": ("Cohort", {Q1: 32.5, Q2: 31, Q3: 30, Q4: 29.5}),
    "M-9": ("Rolling 12 months", {Q1: -4, Q2: -4.2, Q3: -4.5, Q4: -4.4}),
    "M-10": ("Financial year", {Q1: 21500, Q2: 21500, Q3: 21500, Q4: 24000}),
    "M-12": ("Quarter", {Q1: 31, Q2: 30.5, Q3: 30, Q4: 30}),
    "M-13": ("Quarter", {Q1: 49, Q2: 49.5, Q3: 50, Q4: 51}),
    "M-14": ("Quarter", {Q1: 20, Q2: 20, Q3: 20, Q4: 19}),
    "M-15": ("Quarter", {Q1: 210, Q2: 215, Q3: 220, Q4: 225}),
    "M-16": ("Quarter", {Q1: 150, Q2: 155, Q3: 158, Q4: 160}),
    "M-17": ("Quarter", {Q1: 60, Q2: 60, Q3: 62, Q4: 65}),
    "M-18": ("Quarter", {Q1: 40, Q2: 41, Q3: 43, Q4: 44}),
    "M-19": ("Quarter", {Q1: 4, Q2: 4, Q3: 5, Q4: 5}),
    "M-23": ("Quarter", {Q1: 7, Q2: 7, Q3: 7, Q4: 7}),
    "M-24": ("Quarter", {Q1: 14, Q2: 15, Q3: 16, Q4: 16}),
    "M-22": ("Quarter", {Q1: 40, Q2: 41, Q3: 43, Q4: 44}),
    "M-20": ("Quarter", {Q1: 20, Q2: 22, Q3: 21, Q4: 23}),
    "M-21": ("Quarter", {Q1: 70, Q2: 71, Q3: 72.5, Q4: 73}),
}


def _figure(key: str, period: str, **more: Any) -> dict[Box, Any]:
    kind, values = _FIGURES[key]
    ends = {
        "Calendar year": "Dec 2023" if period in (Q3, Q4) else "Dec 2022",
        "Financial year": "Mar 2023" if period != Q4 else "Mar 2024",
    }
    return measure(key, values[period], kind, ends.get(kind, _ENDS[period]), **more)


def _police_figures(period: str) -> dict[Box, Any]:
    parts = {Q1: (153, 200), Q2: (154, 200), Q3: (158, 200), Q4: (159, 200)}[period]
    again = {Q1: (65, 200), Q2: (62, 200), Q3: (60, 200), Q4: (59, 200)}[period]
    rate = {Q1: (1428, 170000), Q2: (1428, 170000), Q3: (1377, 170000), Q4: (1377, 170000)}[period]
    started = date(2021, 10, 1)
    return {
        **_figure("M-1", period),
        **_figure("M-2", period, Numerator=parts[0], Denominator=parts[1]),
        **_figure("M-3", period, Same_period_last_year=1910, **{"Provisional?": "Yes"}),
        **_figure("M-4", period, Same_period_last_year=2300),
        **_figure("M-5", period, Numerator=rate[0], Denominator=rate[1]),
        **_figure("M-6", period, Period_start=date(2022, 2, 1)),
        **_figure("M-7", period, Comment_on_the_figure="Counted on the last working day."),
        **_figure("M-8", period, Numerator=again[0], Denominator=again[1], Period_start=started),
        **_figure("M-9", period, Same_period_last_year=-3.1),
        **_figure("M-10", period),
        **{b: v for n in (*range(12, 20), 23, 24) for b, v in _figure(f"M-{n}", period).items()},
        **boxes("Measures", "M-11", No_figure_because="Not yet due"),
    }


def _police_about() -> dict[Box, Any]:
    return {
        (ABOUT, "", "Email for questions"): "lead@police.example",
        (ABOUT, "", "Nothing to report this quarter"): "No",
        (ABOUT, "", "Sensitivity of this return"): "Official",
        (ABOUT, "", "Changes of lead or contact"): "The deputy contact is now the Community Sergeant.",
        (ABOUT, "", "Comments to the coordinator"): "Thank you for the early template.",
    }


def _police_added(period: str) -> dict[Box, Any]:
    if period == Q4:
        return _next_year()
    return {
        **boxes(
            "Issues", "NEW-01", Type="Risk", Title="Burnt out lights in the underpass",
            Detail="The underpass is dark again and people avoid it after work.", Theme="1 Safer streets", Rank=2,
            Which_risk_matrix="Strategic assessment", Status="Open", Decision_wanted="Ask the county for new lights.",
            **{"Likelihood_(1_to_5)": 4, "Impact_(1_to_5)": 3, "Safe_to_publish?": "No", "Why_not_published": "7"},
        ),
        **boxes(
            "Issues", "NEW-02", Type="Funding", Title="Safer streets fund",
            Detail="A bid for patrols and better lights in the centre.",
            Funding_source="Home Office", Status="Bid submitted", Deadline=date(2024, 3, 29), **{"Amount_(£)": 250000},
        ),
        **boxes(
            "Issues", "NEW-03", Type="Escalation", Title="No data from the ambulance service",
            Detail="We have asked since summer and received nothing so far.", Decision_wanted="Write to the ambulance trust.",
        ),
        **boxes(
            "Issues", "NEW-04", Type="Risk", Title="Fewer volunteers for street pastors",
            Detail="Three groups have said that they will stop in spring.", Rank=5, Which_risk_matrix="Strategic assessment",
            **{"Likelihood_(1_to_5)": 3, "Impact_(1_to_5)": 2},
        ),
        **boxes(
            "Activities", "NEW-01", Type_of_activity="Training", Activity="Course for door staff", Month="Nov 2023",
            Place="Town centre", Sessions=3, Places_offered=75, Attended=61, Audience="Door staff of licensed premises",
            Theme="1 Safer streets",
        ),
        **boxes("Activities", "NEW-02", Type_of_activity="Engagement", Activity="Stall at the winter fair", Month="Dec 2023"),
    }  # fmt: skip


def _next_year() -> dict[Box, Any]:
    return boxes(
        "Next year", "NEW-01", Proposed_commitment="Train all door staff of the town centre by next spring.",
        Theme="1 Safer streets", Accountable_lead="Fictional Police", Start=date(2024, 4, 1), End=date(2025, 3, 31),
        How_it_will_be_shown="Share of door staff who hold the certificate",
    )  # fmt: skip


def _housing(period: str) -> dict[Box, Any]:
    month = _MONTH[period]
    outcome = {"Outcome_for_residents": "Fewer people stumble on the stairs at night.", "What_happens_next_year": "Continue"}
    return {
        **action("2.4", "On track", "Amber", f"Rooms in two more streets were checked in {month}."),
        **action("2.5", "On track", "Amber", f"The protocol for moves was used without trouble in {month}."),
        **commitment(
            "C-5", "On track", f"The lights of the last block were mended in {month}.", **(outcome if period == Q4 else {})
        ),
        **_figure("M-20", period),
        **_figure("M-22", period),
    }


def _yos(period: str) -> dict[Box, Any]:
    month = _MONTH[period]
    outcome = {"Outcome_for_residents": "More school leavers have someone to turn to.", "What_happens_next_year": "Continue"}
    return {
        **action("2.6", "On track", "Green", f"Families were met within a week throughout {month}."),
        **commitment(
            "C-6", "On track", f"Mentors were matched with new leavers in {month}.", **(outcome if period == Q4 else {})
        ),
        **indicator("I-3", f"More of our young people stay in learning, as {month} shows."),
        **_figure("M-21", period),
    }


def _icb(period: str) -> dict[Box, Any]:
    return action("2.7", "On track", "Green", f"A nurse sat on every panel that met up to {_MONTH[period]}.")
