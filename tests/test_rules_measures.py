"""Rules about figures, each where it fires and where it just does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rule_examples import (
    EITHER,
    ENDED,
    FRACTION,
    MISSED,
    MOVEMENT,
    PERIOD_GIVEN,
    Answers,
    codes,
    item,
    measure,
    sentence,
)
from workflow.model import Value
from workflow.rules.measures import rounding

# --- measures


def test_value_or_reason() -> None:
    assert codes(*EITHER, {"value": 5}) == codes(*EITHER, {"not_available": "[x] not available"}) == []
    assert sentence(*EITHER, {"comment": "late"}) == (
        "there is no value, and no reason under Not available because. Enter the value, or choose the reason why there is none."
    )
    assert sentence(*EITHER, {"value": 0, "not_available": "Not yet due"}) == (
        'you chose "Not yet due", but also gave a value, 0. Keep one of them: the value, or the reason why there is none.'
    )


def parts(value: str, n: int, d: int) -> dict[str, Value]:
    return {"value": Decimal(value), "numerator": n, "denominator": d}


@pytest.mark.parametrize(
    ("value", "n", "d", "unit", "code"),
    [
        ("36.4", 4, 11, "%", ""), ("36.3", 4, 11, "%", "fraction-disagrees"), ("36", 4, 11, "%", ""),
        ("37", 4, 11, "%", "fraction-disagrees"),
        ("12", 1, 8, "%", ""), ("13", 1, 8, "%", ""), ("100", 8, 8, "%", ""), ("112.5", 9, 8, "%", "fraction-over"),
        ("0", 0, 0, "%", "fraction-of-nothing"),
        ("1.8", 324, 180000, "rate per 1,000", ""), ("2.0", 324, 180000, "rate per 1,000", "fraction-disagrees"),
        ("9", 9, 8, "£", ""),
    ],
)
def test_fraction(value: str, n: int, d: int, unit: str, code: str) -> None:
    assert codes(*FRACTION, parts(value, n, d), of=measure(unit)) == ([code] if code else [])


def test_fraction_in_words() -> None:
    share = measure("%")
    assert sentence(*FRACTION, parts("19", 4, 11), of=share) == (
        'you entered "19%", but 4 out of 11 is 36.4%. Correct the value or its parts.'
    )
    assert sentence(*FRACTION, parts("19", 12, 11), of=share) == (
        'you entered "12", which is more than the 11 under Denominator. Check both numbers.'
    )
    assert sentence(*FRACTION, parts("19", 0, 0), of=share) == (
        'you entered "0", and nothing can be a share of that. Check the number, or leave both parts of the fraction blank.'
    )
    assert codes(*FRACTION, parts("19", 12, 11), of=measure("%", title="Change in recorded hate crime")) == []
    assert codes(*FRACTION, {"value": 19, "numerator": 4}, of=share) == []


@given(st.integers(0, 5000), st.integers(1, 5000), st.integers(0, 4))
def test_a_rightly_rounded_share_always_passes(n: int, d: int, places: int) -> None:
    n = min(n, d)
    value = round(Decimal(100 * n) / d, places)
    assert codes(*FRACTION, {"value": value, "numerator": n, "denominator": d}, of=measure("%")) == []
    wrong = value + 3 * rounding(value)
    assert codes(*FRACTION, {"value": wrong, "numerator": n, "denominator": d}, of=measure("%")) == ["fraction-disagrees"]


def test_counts_are_whole() -> None:
    assert sentence(*FRACTION, {"value": Decimal("4.5")}, of=measure()) == (
        'you entered "4.5", which is not a whole number of incidents. Enter a whole number.'
    )
    assert codes(*FRACTION, {"value": Decimal("4.0")}, of=measure()) == []
    assert codes(*FRACTION, {"value": Decimal("4.5")}, of=measure(decimals=1)) == []
    assert codes(*FRACTION, {"value": Decimal("4.5")}, of=measure("days")) == []


def test_within_percent() -> None:
    share = ("within-percent", {"value": "value"})
    assert sentence(*share, {"value": Decimal("100.1")}, of=measure("%")) == (
        'you entered "100.1%", which is not between 0% and 100%. '
        'Enter a percentage from 0 to 100, or tell us if it is a percentage change.'
    )
    assert codes(*share, {"value": Decimal("-0.1")}, of=measure("%")) == ["percent-range"]
    assert codes(*share, {"value": Decimal(100)}, of=measure("%")) == codes(*share, {"value": 0}, of=measure("%")) == []
    assert codes(*share, {"value": Decimal("-10.6")}, of=measure("%", detail="Percentage change on the year before")) == []
    assert codes(*share, {"value": 250}, of=measure()) == []


def test_period_given() -> None:
    assert codes(*PERIOD_GIVEN, ENDED, of=measure()) == []
    assert sentence(*PERIOD_GIVEN, {"value": 5}, of=measure()) == (
        "there is a value, but not the period that it covers. Fill in Period type and Period end."
    )
    assert codes(*PERIOD_GIVEN, {"not_available": "Not yet due"}, of=measure()) == []
    assert sentence(*PERIOD_GIVEN, {**ENDED, "period_end": date(2023, 6, 30)}, of=measure()) == (
        'you entered "30 Jun 2023", but this return covers the quarter to 30 Sep 2023. '
        "Give this quarter's figure, or say in the comment why it is for another."
    )
    assert codes(*PERIOD_GIVEN, {**ENDED, "period_end": date(2023, 10, 31)}, of=measure()) == ["date-after-limit"]
    rolling: Answers = {"value": 5, "period_type": "Rolling 12 months", "period_end": date(2023, 7, 31)}
    assert codes(*PERIOD_GIVEN, rolling, of=item(period_type="Rolling 12 months")) == []
    assert sentence(*PERIOD_GIVEN, rolling, of=measure()) == (
        'you chose "Rolling 12 months"; the usual period of this measure is Quarter. '
        "Give the usual figure if you have it: figures for unlike periods cannot be compared."
    )


def test_movement() -> None:
    assert sentence(*MOVEMENT, {"value": 145}, {"value": 100}, of=measure()) == (
        'you entered "145"; last time it was 100, so it is up by 45%. Say why in Comment, or correct it.'
    )
    assert codes(*MOVEMENT, {"value": 130}, {"value": 100}, of=measure()) == []
    assert codes(*MOVEMENT, {"value": 131}, {"value": 100}, of=measure()) == ["value-moved"]
    assert codes(*MOVEMENT, {"value": 69}, {"value": 100}, of=measure()) == ["value-moved"]
    assert codes(*MOVEMENT, {"value": 69, "comment": "A new definition"}, {"value": 100}, of=measure()) == []
    assert codes(*MOVEMENT, {"value": 69}, {}, of=measure()) == []
    assert "last time it was 0, so it is up" in sentence(*MOVEMENT, {"value": 3}, {"value": 0}, of=measure())
    assert codes(*MOVEMENT, {"value": 0}, {"value": 0}, of=measure()) == []
    assert codes("movement", {"value": "value", "comment": "comment"}, {"value": 131}, {"value": 100}) == ["value-moved"]
    unlike = ({"value": 400, "period_type": "Year to date"}, {"value": 100, "period_type": "Quarter"})
    assert codes(*MOVEMENT, *unlike, of=measure()) == []


def test_comment_when_target_missed() -> None:
    lower, higher = measure("%", target=Decimal("32.3")), measure("%", target=80)
    higher = replace(higher, values={**higher.values, "polarity": "Higher is better"})
    assert sentence(*MISSED, {"value": Decimal("36.4")}, of=lower) == (
        'you entered "36.4%", which misses the target of 32.3%. Say why, and what is being done about it, in Comment.'
    )
    assert codes(*MISSED, {"value": Decimal("32.3")}, of=lower) == []
    assert codes(*MISSED, {"value": 79}, of=higher) == ["target-missed"]
    assert codes(*MISSED, {"value": 80}, of=higher) == []
    assert codes(*MISSED, {"value": 79, "comment": "Staff shortage"}, of=higher) == []
    neither = replace(higher, values={**higher.values, "polarity": "Neither"})
    assert codes(*MISSED, {"value": 79}, of=neither) == []
    assert codes(*MISSED, {"value": 79}, of=measure()) == []
