"""The defects of the five source documents (domain.md A4 to A6), returned as they stand: each is found at its cell.

The figures are the documents' own, the sentences are not. One partner returns all of it in one workbook, so that what is
asked is what a person would be asked.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests import small as s
from tests.small import Q2, Row, row
from workflow.model import Finding, Severity

# The annual report's nine sections: how many promises each has, and how many replies (A4.2). Slavery answers five of seven.
PROMISES = {"VAWG": 7, "DA": 7, "VIOLENCE": 10, "PREVENT": 4, "HATE": 7, "ASB": 6, "SLAVERY": 7, "STREETS": 9, "OFFEND": 8}
BLANK = ("SLAVERY-6", "SLAVERY-7")
# The review's rows that were Green with a due date in July (A4.5).
GREEN = ("1.4", "4.1", "4.2", "6.2")
ETHNICITY = {"A": "5.8", "B": "12.5", "M": "3.8", "O": "1.4", "W": "70.7"}
RANKS = {
    "Other sexual offences": 4, "Domestic abuse overall": 4, "Violent crime": 4, "Sexual offences": 1,
    "Domestic abuse, high risk": 1, "Stalking": 12,
}
REPLIES = {
    "VIOLENCE-8": "National statistics of June 2022 put the borough's cohort at 36.4%. This is a slight increase over the "
    "financial year, which the youth crime board keeps an eye on.",
    "OFFEND-2": "Cohort refreshed. Violent crime - 10.6%, robbery, burglary and car crime together + 7.3% (+10.8% vehicle).",
    "OFFEND-7": "Led by two boards. Cohort by ethnicity: 5.8% Asian, 12.5% Black or Black British, 3.8% Mixed, 1.4% Other and "
    "70.7% White.",
    "HATE-1": "In the year to December 2021 there were 634 reports against 478, up 33%.",
    "STREETS-1": "Residents who rate local police good or excellent went from 66% to 78% in the year.",
    "STREETS-2": "In the survey of 2021 residents who feel well informed were 34%, down from 43%.",
    "ASB-1": "259 reports in the 12 months to September 2023, 57% more than the 12 months before.",
    "ASB-2": "April to November 2023: 7 reviews asked for, of which 4 accepted and 3 declined.",
    "VIOLENCE-2": "Outreach for 20 pupils, of whom 11 took a place. Attendance: better for 13, no issue for 5, the same for 2.",
}


def items() -> list[Row]:
    review: Row = {"form": "actions", "plan": "REVIEW", "theme": "R1", "lead": "police", "detail": "As agreed in the review."}
    promised: Row = {"form": "commitments", "plan": "REVIEW", "theme": "R1", "lead": "police", "due": date(2024, 3, 31)}
    share: Row = {
        "form": "measures", "plan": "REVIEW", "theme": "R2", "lead": "police", "unit": "%", "counts": "people", "decimals": 1,
        "polarity": "Neither", "period_type": "Snapshot", "part_of": "Ethnicity of the cohort",
    }
    july: Row = {**review, "due": date(2023, 7, 31)}
    greens = [{**july, "key": f"TR-{ref}", "ref": ref, "title": f"Recommendation {ref}"} for ref in GREEN]
    later: Row = {**review, "key": "TR-2.2", "ref": "2.2", "title": "Awareness campaign", "due": date(2023, 12, 31)}
    keys = [f"{name}-{n}" for name, count in PROMISES.items() for n in range(1, count + 1)]
    return [
        *greens, later, *({**promised, "key": key, "ref": key, "title": f"Promise {key}"} for key in keys),
        *({**share, "key": f"M-ETH-{letter}", "title": f"Ethnicity of the cohort: {letter}"} for letter in ETHNICITY),
    ]


def typed() -> dict[s.Box, Any]:
    boxes = s.signed()
    for ref in GREEN:
        boxes |= s.action(f"TR-{ref}", rag="Green", progress=f"What {ref} asks for is part of what teams do each week.")
    boxes |= s.action("TR-2.2", progress="As above")
    for item in items():
        key = str(item["key"])
        if item["form"] == "commitments" and key not in BLANK:
            told = REPLIES.get(key, f"What {key} promises was delivered with partners, and goes on in the new year.")
            boxes |= row("Commitments", key, Status_now="On track", Progress_this_quarter=told)
    for letter, value in ETHNICITY.items():
        boxes |= row("Measures", f"M-ETH-{letter}", Value=Decimal(value), Period_type="Snapshot", Period_end="Sep 2023")
    for n, (title, rank) in enumerate(RANKS.items(), 1):
        told = f"{title} as the matrix of 2021 places it."
        answers = {"Type": "Emerging issue", "Title": title, "Detail": told, "Rank": rank, "Which_risk_matrix": "Risk matrix"}
        boxes |= row("Issues", f"NEW-{n:02d}", **answers)
    return boxes


@cache
def findings() -> tuple[Finding, ...]:
    with TemporaryDirectory() as folder:
        small = s.make(Path(folder, "small"))
        rows = s.register_rows()
        small.write_register({**rows, "items": items()})
        small.issue()
        small.returns("police", typed())
        return tuple(f for f in small.collate(dry_run=True).quarter.findings if f.partner == "police")


def of(code: str) -> list[Finding]:
    return [f for f in findings() if f.code == code]


def one(code: str) -> Finding:
    (found,) = of(code)
    return found


# --- A4: promises and replies, actions past their dates


def test_two_of_sixty_five_promises_have_no_reply() -> None:
    assert sum(PROMISES.values()) == 65
    found = one("row-unanswered")
    assert found.severity is Severity.QUERY
    assert all(key in found.message for key in BLANK)
    assert found.items == BLANK


def test_the_green_rows_past_their_dates() -> None:
    found = one("rag-green-overdue")
    assert found.items == tuple(f"TR-{ref}" for ref in GREEN)
    assert len(found.places) == len(GREEN)
    assert "31 Jul 2023" in found.message


def test_as_above_says_nothing() -> None:
    found = one("progress-says-nothing")
    assert (found.items, found.found) == (("TR-2.2",), "As above")


def test_a_rise_with_one_of_its_two_rates() -> None:
    found = one("change-one-figure")
    assert (found.items, found.found) == (("VIOLENCE-8",), "36.4%")


# --- A6: figures


def test_the_shares_that_add_up_to_94_2() -> None:
    in_text, in_cells = one("shares-not-whole"), one("parts-not-whole")
    assert in_text.items == ("OFFEND-7",)
    assert in_cells.items == tuple(f"M-ETH-{letter}" for letter in ETHNICITY)
    assert len(in_cells.places) == len(ETHNICITY)
    assert "94.2%, not 100%" in in_text.message
    assert "94.2%, not 100%" in in_cells.message


def test_three_items_ranked_fourth_and_two_first() -> None:
    found = {str(f.found): f for f in of("rank-repeated")}
    assert set(found) == {"1", "4"}
    assert "3 times" in found["4"].message
    assert "2 times" in found["1"].message
    assert {f.severity for f in found.values()} == {Severity.NOTE}


def test_changes_without_a_period() -> None:
    assert one("figure-no-period").items == ("OFFEND-2",)


@pytest.mark.parametrize("key", ["HATE-1", "STREETS-1", "STREETS-2", "ASB-1", "ASB-2", "VIOLENCE-2"])
def test_what_the_documents_have_right_is_not_asked_about(key: str) -> None:
    asked = [f.code for f in findings() if key in f.items and f.severity is not Severity.NOTE]
    assert asked in ([], ["small-number-text"])


def test_nothing_else_is_asked() -> None:
    """One message for each defect; what an overdue row owes is asked with it, once for all four. The declined reviews are
    few enough to point at people (A9)."""
    codes = sorted(f.code for f in findings() if f.severity is not Severity.NOTE)
    assert codes == sorted([
        "row-unanswered", "rag-green-overdue", "overdue-no-plan", "progress-says-nothing", "change-one-figure",
        "shares-not-whole", "parts-not-whole", "figure-no-period",
        "small-number-text",
    ])


def test_the_period_is_the_one_in_which_the_rows_are_overdue() -> None:
    assert {f.period for f in findings()} == {Q2}
