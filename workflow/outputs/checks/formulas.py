"""Yes-or-no questions and numbers about one row of a table, each at once as a formula over its columns and as Python.

Only functions that Excel 2010 and LibreOffice both know are used, and only those that take whole columns inside SUMPRODUCT
without being entered as array formulas: no IF, IFERROR, INDEX or CHOOSE over columns, and no arithmetic on a column that
may hold text, since one error would spoil the whole sum. Comparing is safe: to a spreadsheet any text is more than any number.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

LONGEST = 8_192  # characters of a formula; Excel's limit
_LONGEST_WORD = 255  # characters of a text inside a formula; Excel's limit
_EPOCH = date(1899, 12, 30)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
TEXT = Decimal("Infinity")  # what a text is to a comparison with a number


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its key, and what stands in its cells, by field name."""

    key: str
    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """A cell as `Table.text` has it: without outer white space and control characters, spaces one at a time."""
        shown = self.shown(name)
        return tidy(shown) if shown else ""

    def shown(self, name: str) -> str:
        """A cell as it reads."""
        value = self.values.get(name)
        return "Yes" if value is True else "No" if value is False else "" if value is None else str(value)

    def number(self, name: str) -> Decimal:
        """A cell as a comparison takes it: a number or day, 0 where it is blank, more than any number where it is text."""
        return amount(self.values.get(name))


def tidy(text: str) -> str:
    """What TRIM(CLEAN(...)) makes of a text whose no-break spaces are spaces."""
    kept = "".join(c for c in text.replace("\u00a0", " ") if c >= " ")
    return " ".join(part for part in kept.split(" ") if part)


def amount(value: object) -> Decimal:
    """A stored value as a comparison takes it; a day is the number of days since the last of 1899."""
    if isinstance(value, date):
        return Decimal((value - _EPOCH).days)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    return Decimal(0) if value in (None, "") else TEXT


@dataclass(frozen=True, slots=True)
class Test:
    """A yes-or-no question about a row: `formula` is 1 or 0 for each row, `passes` its answer in Python."""

    formula: str
    passes: Callable[[Row], bool]

    def __and__(self, other: Test) -> Test:
        if NEVER in (self, other):
            return NEVER
        if ALWAYS in (self, other):
            return other if self is ALWAYS else self
        return Test(f"{self.formula}*{other.formula}", lambda row: self.passes(row) and other.passes(row))

    def __or__(self, other: Test) -> Test:
        return either((self, other))

    def __invert__(self) -> Test:
        if self in (NEVER, ALWAYS):
            return ALWAYS if self is NEVER else NEVER
        return Test(f"(1-{self.formula})", lambda row: not self.passes(row))


NEVER = Test("0", lambda row: False)
ALWAYS = Test("1", lambda row: True)


def either(tests: Iterable[Test]) -> Test:
    """Whether one of them holds."""
    found = [t for t in tests if t is not NEVER]
    if ALWAYS in found:
        return ALWAYS
    if len(found) <= 1:
        return found[0] if found else NEVER
    return Test(f"(({'+'.join(t.formula for t in found)})>0)", lambda row: any(t.passes(row) for t in found))


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a text, worked out for a row: to be compared."""

    formula: str
    of: Callable[[Row], object]


def constant(value: Decimal | int | str | date) -> Number:
    """The same for every row."""
    if isinstance(value, str):
        return Number(quoted(value), lambda row: value)
    fixed = amount(value)
    return Number(literal(fixed), lambda row: fixed)


def compare(one: Number, sign: str, other: Number) -> Test:
    """How two numbers, or two texts, compare. Texts compare without regard to capitals."""

    def passes(row: Row) -> bool:
        left, right = one.of(row), other.of(row)
        if isinstance(left, str) and isinstance(right, str):
            left, right = left.casefold(), right.casefold()
        return _COMPARE[sign](left, right)

    return Test(f"({one.formula}{sign}{other.formula})", passes)


def looked_up(formula: str, of: Callable[[Row], str], known: Mapping[str, Decimal | int]) -> Number:
    """The number that stands beside a text among `known`, 0 where it is none of them. Capitals do not count."""
    fixed = {word.casefold(): Decimal(n) for word, n in known.items() if 0 < len(word) <= _LONGEST_WORD}
    words = list(fixed)
    if not words:
        return Number("0", lambda row: Decimal(0))
    if len(words) == 1:
        found = f"(({formula}={quoted(words[0])})*{literal(fixed[words[0]])})"
    else:
        numbers = ";".join(literal(n) for n in fixed.values())
        found = f"MMULT(1*({formula}={{{listed(words)}}}),{{{numbers}}})"
    return Number(found, lambda row: fixed.get(of(row).casefold(), Decimal(0)))


def among(formula: str, of: Callable[[Row], str], words: Iterable[str]) -> Test:
    """Whether a text is one of some words. Capitals do not count."""
    wanted = {word.casefold() for word in words if 0 < len(word) <= _LONGEST_WORD}
    if not wanted:
        return NEVER
    ordered = sorted(wanted)
    if len(ordered) == 1:
        return Test(f"({formula}={quoted(ordered[0])})", lambda row: of(row).casefold() in wanted)
    ones = ";".join("1" * len(ordered))
    return Test(f"MMULT(1*({formula}={{{listed(ordered)}}}),{{{ones}}})", lambda row: of(row).casefold() in wanted)


def quoted(text: str) -> str:
    """A text inside a formula."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def listed(words: Sequence[str]) -> str:
    """Texts as the columns of an array."""
    return ",".join(map(quoted, words))


def literal(value: Decimal) -> str:
    """A number inside a formula."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
