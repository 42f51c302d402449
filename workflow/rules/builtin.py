"""What is checked on every form and file, as data: the checks that no form names, because each return undergoes them.

The checks themselves are made where a cell is typed (`fields`), a table found (`reader`), a row told (`validate`), a return
identified (`pipeline`) and judged as a whole (`completeness`). Here stands what they ask for, so that the rules list is whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """What a built-in check is about, as the list heads it."""

    BOXES = "Every box"
    ROWS = "Every row"
    RETURN = "The whole return"
    FILE = "The file"
    DESK = "Replies and decisions"


@dataclass(frozen=True, slots=True)
class Check:
    """One built-in check: what it asks for, the codes of its findings, and the rules of domain.md A10 that it answers."""

    name: str
    group: Group
    says: str
    codes: tuple[str, ...]
    v: tuple[str, ...] = ()
    office: bool = False  # about what the coordinator does, whatever its severity


BUILT_IN: tuple[Check, ...] = (
    # --- one cell, as it is typed
    Check(
        "choices", Group.BOXES, "A box with a list holds one of the words on its list.",
        codes=("choice-unknown", "yes-no-unknown"), v=("V06",),
    ),
    Check(
        "dates", Group.BOXES, "A date is a real day, entered day first (31/10/2023), in a year that fits the plan.",
        codes=("date-unreadable", "date-ambiguous", "date-implausible", "date-tidied"), v=("V11",),
    ),
    Check(
        "periods", Group.BOXES, "A period is told by the last month it covers, with its year (Sep 2023), and by its type.",
        codes=(
            "period-ambiguous", "period-anchored", "period-unclear", "period-no-end", "period-published", "period-type-read",
        ), v=("V16",),
    ),
    Check(
        "numbers", Group.BOXES, "A number is one exact number in digits, within what the box allows; words go in the comment.",
        codes=("number-unreadable", "number-inexact", "number-range", "number-tidied"), v=("V12",),
    ),
    Check(
        "percentages", Group.BOXES, "A percentage is entered as it is said: 36.4 for 36.4%.",
        codes=("percent-scale",), v=("V13",),
    ),
    Check(
        "formulas", Group.BOXES, "A box holds the value itself, not a formula or its error.",
        codes=("cell-error", "cell-uncalculated", "cell-formula"), v=("V25",),
    ),
    Check(
        "texts", Group.BOXES, "A text fits its box and is text: no date in its place, no characters that nobody can see.",
        codes=("text-too-long", "text-invisible", "text-was-date"), v=("V26",),
    ),
    # --- one row
    Check(
        "row-keys", Group.ROWS, "Every row of yours is there once, with its Row key as we sent it; new rows use the NEW rows.",
        codes=("row-key-missing", "row-key-unknown", "row-key-not-yours", "row-key-repeated", "row-missing"), v=("V04",),
    ),
    Check(
        "filled-in-texts", Group.ROWS, "What we filled in (the grey columns) stands as we sent it.",
        codes=("context-changed", "previous-changed", "previous-changed-rows"), v=("V05",),
    ),
    Check(
        "rows-answered", Group.ROWS, "Every row that you lead is filled in, or says Yes under {no_change}.",
        codes=("row-unanswered", "no-change-nothing"), v=("V09",),
    ),
    Check(
        "required-boxes", Group.ROWS, "On each row that you fill in, there is an answer under {boxes}.",
        codes=("answer-missing",), v=("V09",),
    ),
    # --- the whole return
    Check(
        "sign-off", Group.RETURN, "The return is signed off on the sheet {about}.",
        codes=("sign-off-missing",), v=("V27",),
    ),
    Check(
        "nil-return", Group.RETURN, "{nil} is chosen only where no answer has changed.",
        codes=("nil-with-answers",),
    ),
    Check(
        "joint-leads", Group.RETURN, "Agencies that share a row give the same status and RAG for it.",
        codes=("joint-differs",), v=("V29",),
    ),
    Check(
        "sent-again", Group.RETURN, "A later file of yours replaces what it answers differently, and nothing else.",
        codes=("resubmission",), v=("V03",),
    ),
    Check(
        "side-by-side", Group.RETURN, "Copies that were filled in side by side do not answer one box differently.",
        codes=("conflict", "conflict-held", "row-sent-twice"), v=("V03",),
    ),
    Check(
        "in-time", Group.RETURN, "The return comes by its due date; a reminder is drafted where it does not.",
        codes=(), v=("V30",),  # told by the partner's state and days late, not by a finding
    ),
    Check(
        "rule-broken", Group.RETURN, "A check that cannot be made on a row is told to the coordinator, and stops only itself.",
        codes=("rule-crashed",),
    ),
    Check(
        "register", Group.RETURN, "A change of the register since the last run is told to the coordinator.",
        codes=("register-changed",),
    ),
    # --- the file
    Check(
        "identity", Group.FILE, "The file says whose return it is and for which {period_word}, and everything in it agrees.",
        codes=(
            "identity-missing", "identity-partner-unknown", "identity-period-unknown", "identity-disagrees",
            "identity-token", "identity-partial", "identity-subject",
        ), v=("V01",),
    ),
    Check(
        "sender", Group.FILE, "The email comes from an address that may send for the agency.",
        codes=("identity-sender", "sender-unknown", "sender-missing"), v=("V01",),
    ),
    Check(
        "template", Group.FILE,
        "The file is our template, in this {period_word}'s layout, as an Excel workbook that can be read.",
        codes=("identity-layout", "file-unreadable", "file-no-tables", "form-missing"), v=("V02",),
    ),
    Check(
        "headings", Group.FILE, "Every table stands once, with its headings as we sent them.",
        codes=(
            "heading-near", "heading-repeated", "heading-unknown", "heading-missing", "table-repeated", "table-unread",
        ), v=("V02",),
    ),
    Check(
        "hidden-things", Group.FILE, "Answers stand in plain sight: no merged or hidden cells, no macros, links or objects.",
        codes=(
            "answers-hidden", "answers-merged", "answers-unheaded", "table-hidden", "sheets-hidden", "workbook-active",
        ), v=("V24",),
    ),
    # --- what comes back
    Check(
        "replies", Group.DESK, "A reply stands on the row of its query, with the query's number as we sent it.",
        codes=("query-unknown",),
    ),
    Check(
        "settled", Group.DESK, "What was explained, decided or waived is listed with its reason; an ended waiver is told.",
        codes=("query-explained", "query-settled", "query-waived", "waiver-expired"), office=True,
    ),
    Check(
        "decisions", Group.DESK, "A decision comes in our own decisions workbook from our own address, and can be carried out.",
        codes=("decisions-sender", "decisions-unsure", "decision-value", "decision-accept", "decision-key"), office=True,
    ),
    Check(
        "tracker", Group.DESK, "What is typed into the tracker stands in one that was written here, in the cells of answers.",
        codes=("identity-tracker", "tracker-edits", "tracker-row", "tracker-joined"), office=True,
    ),
    Check(
        "on-behalf", Group.DESK, "Where the office types in answers for a partner, it says who did, and from what.",
        codes=("typed-by-office",), office=True,
    ),
)
