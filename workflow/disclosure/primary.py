"""What one row by itself may not say to a public audience (domain.md A9 and B8).

Three things are held back: rows whose proposer said No or Part 2, figures that would let one person be found, and what would
give such a figure away (a numerator, a change, a running total). Nothing here claims an exemption: a "Part 2" is the
proposer's choice, carried to the coordinator with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

HIDDEN = "[c]"
ABOUT_PEOPLE = frozenset({"people", "households"})
RUNNING = frozenset({"Year to date", "Cumulative"})  # the figure before is part of this one: their difference is a count
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Limits:
    """Below which a number is small: counts of people or households from 1 to one less than `count` are not shown (domain.md
    B8, everyday practice), nor percentages on a base under `base`, which give their counts away (B8.4)."""

    count: int = 5
    base: int = 10


@dataclass(frozen=True, slots=True)
class Withheld:
    """One thing left out of public papers: which item, what of it, and why, for the coordinator's list."""

    key: str
    form: str
    what: str
    why: str
    given: str = ""  # the proposer's own reason


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure with what it was made of, as far as disclosure needs it. `unit` and `counts` are the register's words."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    unit: str = "number"
    counts: str = ""
    period_type: str = ""


def hold_back(register_says: object, partner_says: object) -> str:
    """Why a row may not be printed for the public; "" where it may. The register's word and the partner's each suffice."""
    for who, word in (("the register", register_says), ("the partner", partner_says)):
        if word in ("No", False):
            return f"Not for publication, says {who}"
        if word == "Part 2":
            return f"Part 2 (exempt), says {who}"
    return ""


def small(value: Decimal | int | None, threshold: int = 5) -> bool:
    """Whether a count is from 1 to one below the threshold. Nought is shown; a part of one is as telling as one."""
    return value is not None and 0 < abs(Decimal(value)) < threshold


def why_hidden(reading: Reading, limits: Limits = Limits()) -> str:
    """Why one figure may not be printed for the public; "" where it may.

    A count is hidden when it is small; a percentage or rate when its numerator, or what is left of the denominator
    without it, is small, or when the base itself is (a percentage on a base under 10 gives the count away).
    """
    if reading.value is None or reading.counts not in ABOUT_PEOPLE:
        return ""
    threshold, percentage = limits.count, reading.unit == "%"
    about = f"{reading.counts} under {threshold}"
    top, base = reading.numerator, reading.denominator
    tests = (
        (reading.unit == "number" and small(reading.value, threshold), f"a count of {about}"),
        (small(top, threshold), f"its numerator is a count of {about}"),
        (percentage and small(base, limits.base), f"a percentage of fewer than {limits.base} {reading.counts}"),
        (
            percentage and top is not None and base is not None and small(base - top, threshold),
            f"what is left of its denominator is a count of {about}",
        ),
    )
    return next((why for found, why in tests if found), "")


def primary(
    now: Reading, before: Reading | None = None, comparator: Decimal | None = None, limits: Limits = Limits()
) -> Mapping[str, str]:
    """Which of a row's own figures (value, previous, comparator) are small, or small less the figure before, each with why."""
    found: dict[str, str] = {}
    if why := why_hidden(now, limits) or _difference(now, before, limits.count):
        found["value"] = why
    if before is not None and (why := why_hidden(before, limits)):
        found["previous"] = why
    if comparator is not None and (why := why_hidden(Reading(comparator, unit=now.unit, counts=now.counts), limits)):
        found["comparator"] = why
    return found


def dependents(figures: Mapping[str, str]) -> Mapping[str, str]:
    """The hidden figures of a row (value, previous, comparator) with all that goes with them.

    One hidden figure hides the change, the direction and the partner's comment too, as each could give it away; a hidden value
    hides what it is made of and its RAG.
    """
    found: dict[str, str] = {}
    if why := figures.get("value"):
        found |= dict.fromkeys(("value", "numerator", "denominator", "rag"), why)
    found |= {name: why for name in ("previous", "comparator") if (why := figures.get(name))}
    if found:
        found |= dict.fromkeys(("change", "direction", "comment"), "it would give away a figure that is not shown")
    return found


def _difference(now: Reading, before: Reading | None, threshold: int) -> str:
    """The classic leak: this year to date minus the last one that was published is a small count."""
    if before is None or before.value is None or now.value is None or now.counts not in ABOUT_PEOPLE or now.unit != "number":
        return ""
    running = now.period_type in RUNNING and now.period_type == before.period_type
    return "less the figure before, it is a small count" if running and small(now.value - before.value, threshold) else ""


def mentions(text: str, numbers: Iterable[Decimal]) -> bool:
    """Whether a text says one of these numbers, in digits or (up to nine) in words."""
    found = set(re.findall(r"\d+(?:\.\d+)?|[a-z]+", text.casefold()))
    for number in numbers:
        exact = f"{number.normalize():f}"
        if exact in found or (number == number.to_integral_value() and 0 < number < 10 and _WORDS[int(number) - 1] in found):
            return True
    return False


def held_back_words(count: int) -> str:
    """The line under a public table's title; "" where nothing was held back."""
    if not count:
        return ""
    return "1 row is held back from this table." if count == 1 else f"{count} rows are held back from this table."


def in_order(entries: Sequence[Withheld]) -> tuple[Withheld, ...]:
    """Each entry once, in the order given."""
    return tuple(dict.fromkeys(entries))
