"""Rows filled in at random, from what people do enter: every pair of faults meets on some row."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests import small as s
from tests.checking import FAR, LAST
from tests.small import Q2, Q3, Box, row

GOOD = "Two boroughs now share the list each week, and nine families were seen."
NO_CHANGE = (None, None, None, None, None, None, "Yes", "No", "y", "maybe")
STATUS = (
    None, "On track", "On track", "At risk", "Complete", "done", "Off track", "Closed – not delivered", "Nearly", "ongoing",
)  # fmt: skip
PROGRESS = (None, GOOD, GOOD, GOOD, GOOD, LAST, "As above.", "No change this quarter", "Short one", "\n ", GOOD.upper())
SAFE = (None, None, None, "Yes", "No", "Part 2", "exempt", "Perhaps")
WHY = (None, None, "Para 3", "about a family", "exempt: paragraph seven", "7")
POOLS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "Actions": {
        "No change this quarter": NO_CHANGE, "Status now": STATUS, "Progress this quarter": PROGRESS,
        "RAG now": (None, "Red", "Amber", "Green", "Green", "g", "Purple"),
        "Evidence or link": (None, None, "Minutes of May"),
        "Completed on": (None, None, None, date(2023, 9, 20), FAR, date(1999, 1, 31), "TBC", "20/09/2023"),
        "Proposed new due date": (
            None, None, None, date(2024, 9, 30), date(2023, 9, 1), date(2042, 1, 1), "ongoing", "31/10/2024", 7,
        ),
        "Reason for the new date": (None, None, "Capacity", "staffing", "Rain"),
        "Getting back on track": (None, None, "A second officer joins."),
        "Safe to publish?": SAFE, "Why not published": WHY,
    },
    "Commitments": {
        "No change this quarter": NO_CHANGE, "Status now": STATUS, "Progress this quarter": PROGRESS,
        "Outcome for residents": (None, None, "Fewer calls at night."), "Evidence or link": (None, "Minutes of May"),
        "Safe to publish?": SAFE, "Why not published": WHY,
    },
    "Indicators": {
        "No change this quarter": NO_CHANGE, "Progress this quarter": PROGRESS,
        "Does this answer the indicator?": (None, "Yes", "No", "n", "x"), "Safe to publish?": SAFE, "Why not published": WHY,
    },
    "Measures": {
        "Value": (None, 100, 105, 105, 140, 36.4, 95, 120, -3, 0, 3, 12.5, "about 40", "n/a", 1200),
        "Numerator": (None, None, None, 30, 3, 36.5, 105, "ten", -1), "Denominator": (None, None, None, 100, 20, 0, "all"),
        "Period type": ("Quarter", "Quarter", None, "YTD", "Rolling 12 months", "cumulative", "Snapshot", "Fortnight"),
        "Period end": ("Sep 2023", "Sep 2023", "September 2023", None, "Jun 2023", "Dec 2098", date(2023, 9, 30), "soon"),
        "Period start": (None, None, None, date(2023, 4, 1), "spring"),
        "Same period last year": (None, None, 90, "lots"), "Provisional?": (None, "Yes", "no.", "in part"),
        "No figure because": (None, None, None, None, "Not yet due", "x", "Lost"),
        "Comment on the figure": (None, None, "Two schools joined."),
    },
    "Issues": {
        "Type": (None, "Risk", "Funding", "escalate", "Rumour"), "Title": (None, "Money"), "Detail": (None, GOOD),
        "Likelihood (1 to 5)": (None, 3, 9, "high", 2.5), "Impact (1 to 5)": (None, 4), "Funding source": (None, "Trust"),
        "Amount (£)": (None, 25000, -1, "a lot"), "Deadline": (None, date(2024, 1, 31), date(2051, 1, 1), "soon"),
        "Decision wanted": (None, "Agree it"), "Safe to publish?": SAFE, "Why not published": WHY,
    },
}  # fmt: skip
ROWS: Mapping[str, Sequence[str]] = {
    "Actions": [*(f"A-{n:02d}" for n in range(1, 35)), "NEW-01", "NEW-02", "NEW-03"],
    "Commitments": [f"C-{n}" for n in range(1, 5)],
    "Indicators": [f"I-{n}" for n in range(1, 4)],
    "Measures": [f"M-{n:02d}" for n in range(1, 28)],
    "Issues": [f"NEW-{n:02d}" for n in range(1, 7)],
}


_THIRD = {  # what the same return says a quarter later
    "Sep 2023": "Dec 2023", "September 2023": "December 2023", "Jun 2023": "Sep 2023", date(2023, 9, 30): date(2023, 12, 31),
}  # fmt: skip


def filled_in(seed: int, period: str = Q2) -> dict[Box, Any]:
    """A return filled in at random; most boxes well, for else no row would get past its first fault."""
    choose = random.Random(seed)
    typed: dict[Box, Any] = {**s.signed()}
    for sheet, pools in POOLS.items():
        for key in ROWS[sheet]:
            care = choose.random()  # how often this row's boxes are left at their best
            for heading, pool in pools.items():
                best = next((value for value in pool if value is not None), None) if pool.count(None) < 2 else None
                value = best if choose.random() < care else choose.choice(pool)
                typed |= row(sheet, key, **{heading: _THIRD.get(value, value) if period == Q3 else value})
    return typed
