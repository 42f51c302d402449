"""Rules about figures, each where it fires and where it just does not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rule_examples import (
    EITHER,
    ENDED,
    FORM,
    FRACTION,
    MISSED,
    MOVEMENT,
    PERIOD,
    PERIOD_GIVEN,
    Answers,
    codes,
    item,
    measure,
    sentence,
)
from workflow import periods, rules
from workflow.model import RuleUse, Value
from workflow.rules.measures import rounding

EXAMPLE = Path(__file__).parent / "example"

# --- measures


def test_value_or_reason() -> None:
    assert codes(*EITHER, {"value": 5}) == codes(*EITHER, {"not_available": "[x] not available"}) == []
    assert sentence(*EITHER, {"comment": "late"}) == (
        "there is no value, and no reason under Not available because. Enter the value, or choose the reason why there is none."
    )
    assert sentence(*EITHER, {"value": 0, "not_available": "Not yet due"}) == (
        'you chose "Not yet due", but also gave a value, 0. Tell us which of the two is right, and we will clear the other.'
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
        'you entered "0", and nothing can be a share of that. Check the number. '
        "If there was nothing to divide, tell us and we will clear both parts."
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
        "Give this quarter's figure, or tell us why it is for another."
    )
    assert codes(*PERIOD_GIVEN, {**ENDED, "period_end": date(2023, 10, 31)}, of=measure()) == ["date-after-limit"]
    rolling: Answers = {"value": 5, "period_type": "Rolling 12 months", "period_end": date(2023, 7, 31)}
    assert codes(*PERIOD_GIVEN, rolling, of=item(period_type="Rolling 12 months")) == []
    assert sentence(*PERIOD_GIVEN, rolling, of=measure()) == (
        'you chose "Rolling 12 months"; the usual period of this measure is Quarter. '
        "Give the usual figure if you have it: figures for unlike periods cannot be compared."
    )


def ended(kind: str, end: date) -> list[str]:
    """What is found of a figure of that kind with that end, in the return for July to September 2023."""
    return codes(*PERIOD_GIVEN, {"value": 5, "period_type": kind, "period_end": end}, of=item(period_type=kind))


@pytest.mark.parametrize(
    ("kind", "end", "code"),
    [
        ("Quarter", date(2023, 9, 30), ""), ("Quarter", date(2023, 8, 31), "period-end-differs"),
        ("Year to date", date(2023, 9, 30), ""), ("Year to date", date(2023, 7, 31), ""),
        ("Year to date", date(2023, 7, 1), ""), ("Year to date", date(2023, 6, 30), "period-end-early"),
        ("Year to date", date(2023, 10, 31), "date-after-limit"),
        ("Rolling 12 months", date(2022, 9, 30), ""), ("Rolling 12 months", date(2022, 8, 31), "period-old"),
        ("Financial year", date(2023, 3, 31), ""), ("Financial year", date(2022, 3, 31), ""),
        ("Financial year", date(2023, 6, 30), "period-end-not-year"), ("Financial year", date(2020, 3, 31), "period-old"),
        ("Calendar year", date(2022, 12, 31), ""), ("Calendar year", date(2023, 3, 31), "period-end-not-year"),
        ("Cohort", date(2020, 9, 30), ""), ("Cohort", date(2020, 6, 30), "period-old"),
        ("Cumulative", date(2023, 8, 31), ""), ("Snapshot", date(2022, 3, 31), ""),
        ("Snapshot", date(2013, 9, 30), "period-old"),
    ],
)
def test_the_end_fits_the_kind_of_period(kind: str, end: date, code: str) -> None:
    assert ended(kind, end) == ([code] if code else [])


def test_ends_that_do_not_fit_in_words() -> None:
    def told(kind: str, end: date) -> str:
        return sentence(*PERIOD_GIVEN, {"value": 5, "period_type": kind, "period_end": end}, of=item(period_type=kind))

    assert told("Year to date", date(2023, 6, 30)) == (
        'you entered "30 Jun 2023", but this return covers the quarter from 1 Jul 2023 to 30 Sep 2023. '
        "Give the year to date as it stands in this quarter, or tell us why there is no later figure."
    )
    assert told("Rolling 12 months", date(2022, 8, 31)) == (
        'you entered "31 Aug 2022", which is more than 12 months before the end of this quarter, 30 Sep 2023. '
        "Check the year. If it is right, tell us why there is no later figure."
    )
    assert told("Financial year", date(2023, 6, 30)) == (
        'you entered "30 Jun 2023", but a financial year ends in March. '
        "Enter the last month of the year, like Mar 2023, or tell us which period the figure is for."
    )
    assert told("Calendar year", date(2023, 9, 30)).endswith("like Dec 2022, or tell us which period the figure is for.")


def test_without_a_type_of_its_own_a_figure_has_the_measures_usual_one() -> None:
    values: Answers = {"value": 5, "period_end": date(2023, 6, 30)}
    assert codes(*PERIOD_GIVEN, values, of=item(period_type="Year to date")) == ["period-missing", "period-end-early"]
    assert codes(*PERIOD_GIVEN, values, of=item()) == ["period-missing"]


@pytest.mark.parametrize("quarter", ["2023-24-Q2", "2023-24-Q3", "2023-24-Q4"])
def test_the_examples_figures_have_no_end_that_is_asked_about(quarter: str) -> None:
    """Figures as published lag, as real ones do; none of them is a slip."""
    answered = tomllib.loads((EXAMPLE / f"returns/measures-{quarter}.toml").read_text())["row"]
    usual = {row["key"]: row for row in tomllib.loads((EXAMPLE / "register/items-measures.toml").read_text())["row"]}
    start, end = periods.bounds("april", quarter)
    period = replace(PERIOD, key=quarter, start=start, end=end)
    checked = 0
    for row in answered:
        form = replace(FORM, rules=(RuleUse(*PERIOD_GIVEN),))
        of = item(period_type=usual[row["key"]]["period_type"])
        facts = rules.RowFacts(form, row["key"], of, row, {}, period, end + timedelta(days=22))
        assert rules.run(form, facts) == (), row
        checked += "period_end" in row
    assert checked > 30


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


def test_a_count_is_not_below_nothing() -> None:
    assert sentence(*FRACTION, {"value": -5}, of=measure()) == (
        'you entered "-5", and a number of incidents is not below 0. Enter a number from 0 up, or tell us if it is a change.'
    )
    assert codes(*FRACTION, {"value": 0}, of=measure()) == codes(*FRACTION, {"value": -5}, of=measure("£")) == []
    assert codes(*FRACTION, {"value": -5}, of=measure(title="Change in thefts")) == []


def test_the_parts_of_a_share_of_people_are_whole() -> None:
    people = measure("%")
    people = replace(people, values={**people.values, "counts": "people"})
    assert codes(*FRACTION, {"value": 50, "numerator": Decimal("5.5"), "denominator": 11}, of=people) == ["count-not-whole"]
    money = replace(people, values={**people.values, "counts": "things"})
    assert codes(*FRACTION, {"value": 50, "numerator": Decimal("5.5"), "denominator": 11}, of=money) == []


def test_a_part_is_no_more_than_its_whole() -> None:
    use = ("no-more-than", {"field": "numerator", "than": "denominator"})
    assert sentence(*use, {"numerator": 80, "denominator": 75}) == (
        'you entered "80", which is more than the 75 under Denominator. Check both numbers, or tell us why there are more.'
    )
    assert codes(*use, {"numerator": 75, "denominator": 75}) == codes(*use, {"numerator": 80}) == []
