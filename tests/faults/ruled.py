"""Faults that the rules of the forms find in rows of words: progress, status, RAG, dates, what is asked for when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.faults.answers import ABOUT, Box, Typed, clean
from tests.faults.cells import homes
from tests.faults.model import NOTE, QUERY, Fault, fault
from tests.faults.rows import HOUSING, POLICE, Q1, Q2, Q3, Q4, TODAY

PROGRESS, STATUS, RAG = "Progress this quarter", "Status now", "RAG now"
NEW_DUE, REASON, RECOVERY = "Proposed new due date", "Reason for the new date", "Getting back on track"
NO_CHANGE, EVIDENCE, COMPLETED = "No change this quarter", "Evidence or link", "Completed on"
OUTCOME, NEXT_YEAR = "Outcome for residents", "What happens next year"
NEXT_YEARS_REASON = "Reason for next year's choice"
WHY, SAFE = "Why not published", "Safe to publish?"
YESTERDAY, TOMORROW = TODAY[Q3] - timedelta(days=1), TODAY[Q3] + timedelta(days=1)


def box(row: str, heading: str) -> Box:
    """A box by its row: the letter of a key says on which sheet it stands."""
    sheets = {"A": "Actions", "C": "Commitments", "I": "Indicators", "M": "Measures"}
    return (sheets[row[0]], row, heading)


def was(place: Box, period: str = Q3) -> Typed:
    """What stands in a box of the clean return."""
    return {place: clean(POLICE, period).get(place)}


def one(name: str, v: str, code: str, place: Box, said: Any, **more: Any) -> Fault:
    """A query about one box, in which something else was typed; what was there puts it right."""
    period = more.get("period", Q3)
    return fault(name, v, code, QUERY, place, **{"typed": {place: said}, "remedy": was(place, period), **more})


def blank_faults() -> Iterator[Fault]:
    """Every box that must be filled in, left blank; and rows and sign-off left undone."""
    for home in homes():
        if home.field.required:
            code, v = ("sign-off-missing", "V27") if home.form.name == "about" else ("answer-missing", "V09")
            yield home.fault(code, v, QUERY, None, near=was(home.box, home.period))
    status = box("A-1.4", STATUS)
    yield one("completed-without-a-status", "V09", "answer-missing", status, None, near=was(status))
    checked = (ABOUT, "", "Checked: no names or case details")
    yield one("not-checked", "V27", "sign-off-missing", checked, "No", near={checked: "Y"})
    for name, rows in (("a-row-unanswered", ("A-1.1",)), ("two-rows-unanswered", ("A-1.2", "A-2.3"))):
        left = {b: None for b in clean(POLICE, Q3) if b[1] in rows}
        yield fault(
            name, "V09", "row-unanswered", QUERY, *(("Actions", row, "") for row in rows), typed=left,
            near={**left, **{box(row, NO_CHANGE): "Yes" for row in rows}},
            remedy={box(row, NO_CHANGE): "Yes" for row in rows},
        )  # fmt: skip


def progress_faults() -> Iterator[Fault]:
    """V09: progress that says nothing of this quarter."""
    for row, said, near in (
        ("A-1.1", "As above", "As above, and two more hospitals receive the list."),
        ("A-2.3", "See previous.", "See previous minutes: the guidance is due in May."),
        ("C-1", "No update this quarter.", "No update came from the wards; six stalls were held."),
        ("C-4", "TBC", "The date is to be confirmed; half of the cameras are up."),
        ("I-1", "Ditto", "Ditto for men; women were asked in December."),
    ):
        yield one(f"{row}-{said}", "V09", "progress-says-nothing", box(row, PROGRESS), said, near={box(row, PROGRESS): near})
    told = "The desk answered forty questions up to September."
    again = box("A-1.2", PROGRESS)
    yield one("last-times-words", "V09", "progress-says-nothing", again, told, near={again: f"{told[:-1]} and sixty since."})
    yield one("a-word-or-two", "V09", "text-too-short", again, "Going well.", near={again: "The desk went on ok."})


def story_faults() -> Iterator[Fault]:
    """V07, V08 and V10: status, RAG and dates that do not tell one story."""
    done = {box("A-1.4", STATUS): "On track", box("A-1.4", COMPLETED): None, box("A-1.4", EVIDENCE): None}
    yield one("green-and-overdue", "V08", "rag-green-overdue", box("A-1.3", RAG), "Green", near=done)
    at_risk = fault(
        "at-risk-and-green", "V07", "rag-status-disagree", QUERY, box("A-1.2", RAG), typed={box("A-1.2", STATUS): "At risk"},
        near={box("A-1.2", STATUS): "At risk", box("A-1.2", RAG): "Amber"}, remedy={box("A-1.2", RAG): "Amber"},
    )  # fmt: skip
    yield at_risk
    yield one("complete-and-amber", "V07", "rag-status-disagree", box("A-1.4", RAG), "Amber")
    later = {box("A-1.2", NEW_DUE): date(2024, 11, 30)}
    yield fault(
        "better-but-later", "V08", "rag-better-later", QUERY, box("A-1.2", RAG), typed=later,
        near={**later, box("A-1.2", RAG): "Amber"}, remedy={box("A-1.2", RAG): "Amber"},
    )  # fmt: skip
    yield one(
        "completed-but-on-track", "V08", "completed-not-complete", box("A-1.1", COMPLETED), date(2023, 12, 1),
        near={box("A-1.4", COMPLETED): date(2023, 12, 31)},
        remedy={box("A-1.1", STATUS): "Complete", box("A-1.1", RAG): "Green", box("A-1.1", EVIDENCE): "Minutes of December"},
    )  # fmt: skip
    yield one(
        "completed-tomorrow",
        "V08",
        "date-after-limit",
        box("A-1.4", COMPLETED),
        TOMORROW,
        near={box("A-1.4", COMPLETED): TODAY[Q3]},
    )
    approved = (ABOUT, "", "Approved on")
    yield one("approved-tomorrow", "V11", "date-after-limit", approved, TOMORROW, near={approved: TODAY[Q3]})
    plan = {box("A-1.3", h): None for h in (NEW_DUE, REASON, RECOVERY)}
    yield fault(
        "overdue-without-a-plan", "V10", "overdue-no-plan", QUERY, box("A-1.3", NEW_DUE), typed=plan, near=done,
        remedy={b: v for b in plan for v in was(b).values()},
    )  # fmt: skip
    for heading in (NEW_DUE, REASON, RECOVERY):
        yield one(
            f"overdue-without-{heading}", "V10", "overdue-no-plan", box("A-1.3", heading), None, near=was(box("A-1.3", heading))
        )
    due, agreed = box("A-1.3", NEW_DUE), box("A-2.3", NEW_DUE)
    yield one(
        "A-1.3-date-not-later", "V10", "date-not-later", due, date(2023, 11, 30), near={due: date(2024, 4, 30)},
        remedy={due: date(2024, 4, 30)},
    )  # fmt: skip
    # Where a new date was agreed before, a further one wants the board's decision, which is another rule.
    wanted = {box("A-2.3", "Help needed from the board"): "Agree to a few days more."}
    yield fault(
        "A-2.3-date-not-later", "V10", "date-not-later", QUERY, agreed, typed={**wanted, agreed: date(2024, 3, 31)},
        near={**wanted, agreed: date(2024, 4, 1)}, remedy={agreed: date(2024, 4, 1)},
    )  # fmt: skip


def asked_for_faults() -> Iterator[Fault]:
    """V07 and V28: what must be filled in because of something else on the row."""
    for row, heading, v in (
        ("A-1.4", EVIDENCE, "V07"), ("A-1.4", COMPLETED, "V07"), ("A-2.2", WHY, "V28"), ("C-2", OUTCOME, "V07"),
        ("C-4", WHY, "V28"), ("I-1", WHY, "V28"),
    ):  # fmt: skip
        place = box(row, heading)
        yield one(f"{row}-without-{heading}", v, "required-when", place, None, near=was(place))
    for key, heading, v in (
        ("NEW-01", "Likelihood (1 to 5)", "V07"), ("NEW-01", "Impact (1 to 5)", "V07"), ("NEW-02", "Funding source", "V07"),
        ("NEW-03", "Decision wanted", "V07"), ("NEW-01", WHY, "V28"),
    ):  # fmt: skip
        place = ("Issues", key, heading)
        yield one(f"issue-{key}-without-{heading}", v, "required-when", place, None, near=was(place))
    for key, heading in (("C-1", OUTCOME), ("C-4", NEXT_YEAR)):
        place = box(key, heading)
        yield one(f"{key}-fourth-quarter-{heading}", "V07", "required-in-quarter", place, None, period=Q4, near=was(place, Q4))
    reason = box("C-3", "Reason for next year's choice")
    yield one("merged-into-what", "V07", "required-when", reason, None, period=Q4, near={box("C-3", NEXT_YEAR): "Continue"})


def no_change_faults() -> Iterator[Fault]:
    """V09: "no change" beside other answers, with nothing to carry forward, or of everything while something changed."""
    for row, heading, said in (
        ("A-2.1", RAG, "Amber"),
        ("C-3", STATUS, "At risk"),
        ("I-2", PROGRESS, "Fewer people walk home alone than in the spring."),
    ):
        place = box(row, NO_CHANGE)
        yield one(
            f"{row}-no-change-but-{heading}", "V09", "no-change-with-answers", place, "Yes", typed={box(row, heading): said},
            near=was(box(row, heading), Q2), remedy={place: "No", **({} if heading == PROGRESS else _whole(row))},
        )  # fmt: skip
    first = {b: None for b in clean(POLICE, Q1) if b[1] == "C-1"}
    second = {b: None for b in clean(POLICE, Q1) if b[1] == "A-1.1"}
    yield one(
        "no-change-of-nothing", "V09", "no-change-nothing", box("C-1", NO_CHANGE), "Yes", period=Q1,
        typed={**first, box("C-1", NO_CHANGE): "Yes"}, near={**second, box("A-1.1", NO_CHANGE): "Yes"},
        remedy={box("C-1", NO_CHANGE): "No", **{b: v for b, v in clean(POLICE, Q1).items() if b[1] == "C-1"}},
    )  # fmt: skip
    due = {box("A-1.3", h): None for h in (STATUS, RAG, PROGRESS, NEW_DUE, REASON, RECOVERY)}
    plan = {b: v for h in (NEW_DUE, REASON, RECOVERY) for b, v in was(box("A-1.3", h)).items()}
    left = {**due, box("A-1.3", NO_CHANGE): "Yes"}
    yield fault(
        "no-change-but-overdue", "V10", "overdue-no-plan", QUERY, box("A-1.3", NEW_DUE), typed=left, near={**left, **plan},
        remedy=plan,
    )  # fmt: skip
    nil = (ABOUT, "", "Nothing to report this quarter")
    nothing = {**dict.fromkeys((b for b in clean(POLICE, Q3) if b[0] != ABOUT), None), nil: "Yes"}
    yield fault(
        "nil-but-overdue", "V10", "overdue-no-plan", QUERY, box("A-1.3", NEW_DUE), typed=nothing, near={**nothing, **plan},
        remedy=plan, alone=True,
    )  # fmt: skip
    # Alone: a blank beside it is no longer missing, since the return says that there is nothing to tell.
    yield one("nil-with-answers", "V27", "nil-with-answers", nil, "Yes", near={nil: "No"}, alone=True)


def _whole(row: str) -> Typed:
    """The rest of a row that said "no change"."""
    more = {box(row, PROGRESS): "Twelve schools are in, and the police cadets help."}
    return {**more, **({box(row, STATUS): "On track"} if row[0] == "A" else {})}


def joint_faults() -> Iterator[Fault]:
    """V29: a joint lead says otherwise than the lead. Both are asked."""
    for heading, said, agreed in ((RAG, "Red", "Amber"), (STATUS, "At risk", "On track")):
        place = box("A-2.4", heading)
        told = one(
            f"joint-leads-differ-{heading}", "V29", "joint-differs", place, said, near={place: agreed}, remedy={place: agreed}
        )
        yield told.also("joint-differs", QUERY, place, partner=HOUSING)


def other_faults() -> Iterator[Fault]:
    """Numbers out of range, and next year's commitments."""
    for key, heading, said, near in (
        ("NEW-01", "Likelihood (1 to 5)", 6, 5), ("NEW-01", "Impact (1 to 5)", 0, 1), ("NEW-04", "Rank", 0, 1),
        ("NEW-02", "Amount (£)", -1, 0),
    ):  # fmt: skip
        place = ("Issues", key, heading)
        yield one(f"{key}-{heading}-{said}", "V12", "number-range", place, said, near={place: near}, remedy={place: near})
    for heading in ("Sessions", "Places offered", "Attended"):
        place = ("Activities", "NEW-01", heading)
        yield one(f"activity-{heading}-below-nothing", "V12", "number-range", place, -3)
    ends, text = ("Next year", "NEW-01", "End"), ("Next year", "NEW-01", "Proposed commitment")
    yield one(
        "ends-before-it-starts", "V11", "date-not-later", ends, date(2024, 4, 1), period=Q4, near={ends: date(2024, 4, 2)}
    )
    yield fault(
        "hard-to-follow", "B3", "smart", NOTE, text, typed={text: "Ongoing training of door staff"}, period=Q4,
        near={text: "Train all door staff"}, remedy=was(text, Q4),
    )  # fmt: skip


def next_year_faults() -> Iterator[Fault]:
    """What happens to a commitment next year: against its status, and into what it is merged."""
    chosen, status = box("C-4", NEXT_YEAR), box("C-4", STATUS)
    yield one(
        "complete-next-year-but-on-track", "V07", "next-year-disagrees", chosen, "Complete", period=Q4,
        near={chosen: "Complete", status: "Complete"},
    )  # fmt: skip
    into, other = box("C-3", NEXT_YEARS_REASON), box("C-1", NEXT_YEARS_REASON)
    near: Typed = {into: "Goes on under C-4."}
    for name, code, said in (
        ("merged-into-nothing", "merge-target-unknown", "Goes on under the market project."),
        ("merged-into-itself", "merge-target-unknown", "C-3 as before"),
        ("merged-into-two", "merge-target-unknown", "Goes on under C-1 and C-4."),
        ("merged-into-housings", "merge-target-others", "Goes on under C-5."),
    ):
        yield one(name, "V07", code, into, said, period=Q4, near=near)
    dropped: Typed = {box("C-1", NEXT_YEAR): "Drop", other: "The grant has ended."}
    yield fault(
        "merged-into-what-is-dropped", "V07", "merge-target-ended", QUERY, into, typed=dropped, period=Q4,
        near={**dropped, **near}, remedy=near,
    )  # fmt: skip
    back: Typed = {box("C-1", NEXT_YEAR): "Merge into another", other: "Joined with C-3."}
    circle = fault(
        "merged-in-a-circle", "V07", "merge-circle", QUERY, into, typed=back, period=Q4, near={**back, **near},
        remedy={box("C-1", NEXT_YEAR): "Continue"},
    )  # fmt: skip
    yield circle.also("merge-circle", QUERY, other, partner=POLICE)


def ruled_faults() -> Iterator[Fault]:
    """Everything of this module."""
    for some in (
        blank_faults, progress_faults, story_faults, asked_for_faults, no_change_faults, joint_faults, other_faults,
        next_year_faults,
    ):  # fmt: skip
        yield from some()
