"""Numbers as UK people type them: commas, spaces, £, %, "- 10.6%"; and what is not one number (domain.md A6.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from workflow.fields.cells import LARGEST
from workflow.fields.texts import straight

_BODY = r"\d{1,3}(?:, ?\d{3})+(?:\.\d*)?|\d{1,3}(?: \d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"
_NUMBER = re.compile(rf"([+-]?) ?(£?) ?([+-]?) ?({_BODY}) ?(%|per ?cent)?", re.ASCII | re.IGNORECASE)
# Words and signs that make a number a guess or a range. Somebody must choose the number; we must not.
_INEXACT = re.compile(
    r"[<>≤≥~≈±?]"
    r"|\b(?:c|ca|circa|about|approx\w*|around|roughly|nearly|almost|over|under|above|below|between|more|less|fewer|"
    r"at least|at most|up to|est\w*|minimum|maximum)\b"
    r"|\bc\.?\s*\d|\d\s*ish\b|\d\s*\+|\d\s*%?\s*(?:-|\bto\b)\s*£?\d",
    re.ASCII | re.IGNORECASE,
)
_COMMA_DECIMAL = re.compile(r"([+-]?\d+),(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberRead:
    """A number read from text. `value` None: `inexact` says whether it was a guess or range rather than no number."""

    value: Decimal | None = None
    percent: bool = False  # a % stood behind it
    tidied: bool = False  # something other than plain digits was typed
    inexact: bool = False
    suggestion: str = ""


def read_number(text: str) -> NumberRead:
    """Read one exact number; every digit typed is kept ("36.40" has two decimals)."""
    line = straight(text)
    match = _NUMBER.fullmatch(line)
    if not match or (match[1] and match[3]):
        comma = _COMMA_DECIMAL.fullmatch(line)
        return NumberRead(
            inexact=bool(re.search(r"\d", line, re.ASCII) and _INEXACT.search(line)),
            suggestion=f"{comma[1]}.{comma[2]}" if comma else "",
        )
    digits = match[4].replace(",", "").replace(" ", "").rstrip(".")
    if len(digits) > LARGEST:
        return NumberRead()
    sign = "-" if "-" in (match[1], match[3]) else ""
    value = Decimal(sign + digits)
    # A lone % is how a percentage is written, so it alone is nothing to report.
    tidied = line.removesuffix("%") != sign + digits or line != text
    return NumberRead(abs(value) if value == 0 else value, percent=bool(match[5]), tidied=tidied)
