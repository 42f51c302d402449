"""How a year is cut into reporting periods: quarters, terms, half-years, months."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Cut:
    """How a year is cut into reporting periods. `word` is what people call one of them ("quarter")."""

    letter: str  # stands before the number in a period's key: 2023-24-Q2
    word: str
    often: str  # "quarterly"
    parts: int  # periods in a year, all of the same number of months


CUTS = (
    Cut("Q", "quarter", "quarterly", 4), Cut("T", "term", "termly", 3), Cut("H", "half-year", "half-yearly", 2),
    Cut("M", "month", "monthly", 12),
)  # fmt: skip
_LETTER = re.compile(r"\d-([A-Z])\d{1,2}$", re.ASCII)


@lru_cache(maxsize=256)
def cut_of(key: str) -> Cut:
    """How the year of a period's key is cut, by the letter in it; in quarters where it tells nothing."""
    found = _LETTER.search(key)
    return next((cut for cut in CUTS if found and cut.letter == found[1]), CUTS[0])
