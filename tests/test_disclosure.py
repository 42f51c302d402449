from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.disclosure import Limits, Reading, dependents, hold_back, mentions, primary, small, why_hidden

NUMBERS = st.integers(0, 200).map(Decimal)


def suppress(now: Reading, before: Reading | None = None, comparator: Decimal | None = None) -> Mapping[str, str]:
    """The cells of a row that are not shown, as far as the row alone tells."""
    return dependents(primary(now, before, comparator))


def people(value: int | str, numerator: int | None = None, denominator: int | None = None, unit: str = "number") -> Reading:
    def exact(n: int | None) -> Decimal | None:
        return None if n is None else Decimal(n)

    return Reading(Decimal(value), exact(numerator), exact(denominator), unit, "people", "Quarter")


@pytest.mark.parametrize(
    ("register", "partner", "held"),
    [
        ("Yes", None, False),
        ("", "Yes", False),
        ("", None, False),
        ("No", "Yes", True),
        ("", "No", True),
        ("Part 2", None, True),
        ("Yes", "Part 2", True),
    ],
)
def test_either_word_holds_a_row_back(register: str, partner: str | None, held: bool) -> None:
    assert bool(hold_back(register, partner)) is held


@given(NUMBERS)
def test_counts_of_people_from_1_to_4_are_hidden_and_no_others(value: Decimal) -> None:
    assert bool(why_hidden(Reading(value, counts="people"))) == (1 <= value <= 4)
    assert bool(why_hidden(Reading(value, counts="households"))) == (1 <= value <= 4)
    assert why_hidden(Reading(value, counts="incidents")) == ""
    assert bool(why_hidden(Reading(value, counts="people"), Limits(count=10))) == (1 <= value <= 9)


@given(st.integers(0, 40), st.integers(1, 40))
def test_a_percentage_never_gives_a_small_count_away(top: int, base: int) -> None:
    top = min(top, base)
    reading = people(50, top, base, "%")
    if 1 <= top <= 4 or 1 <= base - top <= 4 or base < 10:
        assert why_hidden(reading)
    else:
        assert not why_hidden(reading)


def test_the_change_goes_with_the_figure() -> None:
    hidden = suppress(people(3), people(12))
    assert {"value", "numerator", "denominator", "change", "direction", "rag", "comment"} == set(hidden)
    assert set(suppress(people(12), people(3))) == {"previous", "change", "direction", "comment"}
    assert set(suppress(people(12), None, Decimal(2))) == {"comparator", "change", "direction", "comment"}
    assert not suppress(people(12), people(20), Decimal(30))


def test_a_year_to_date_is_hidden_where_the_last_one_would_give_the_difference() -> None:
    now, before = (
        Reading(Decimal(12), counts="people", period_type="Year to date"),
        Reading(Decimal(10), counts="people", period_type="Year to date"),
    )
    assert "value" in suppress(now, before)
    assert "value" not in suppress(now, Reading(Decimal(6), counts="people", period_type="Year to date"))
    assert not suppress(people(12), people(10))


def test_small() -> None:
    assert [n for n in range(8) if small(n)] == [1, 2, 3, 4]
    assert small(Decimal("0.5"))
    assert not small(None)


@pytest.mark.parametrize(
    ("text", "found"),
    [("There were 3 cases.", True), ("Three of them", True), ("13 or 30", False), ("In 2023", False), ("3.5%", False)],
)
def test_mentions(text: str, found: bool) -> None:
    assert mentions(text, [Decimal("3.0")]) is found
