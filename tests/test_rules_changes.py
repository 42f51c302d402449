"""How a figure moved since last time: like periods only, the item's own tolerance, running totals (V17, domain.md B2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rule_examples import MOVEMENT, Use, codes, measure, sentence
from workflow.model import Item, Value

FALLS: Use = ("cumulative-falls", {"value": "value", "comment": "comment"})
JUNE, SEPTEMBER, DECEMBER, MARCH = date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31), date(2023, 3, 31)
Answers = dict[str, Value]


def of(kind: str, value: str, end: date | None = SEPTEMBER, **more: Value) -> Answers:
    dated: Answers = {"period_end": end} if end else {}
    return {"value": Decimal(value), "period_type": kind, **dated, **more}


def counted(kind: str = "Quarter", unit: str = "number", **more: Value) -> Item:
    item = measure(unit, **more)
    return replace(item, values={**item.values, "period_type": kind})


# --- like and unlike periods


@pytest.mark.parametrize(
    ("now", "then", "compared"),
    [
        (of("Quarter", "200"), of("Quarter", "100", JUNE), True), (of("Quarter", "200"), of("Snapshot", "100", JUNE), False),
        (of("Quarter", "200"), of("Quarter", "100", None), True), (of("Quarter", "200"), of("Quarter", "100", DECEMBER), False),
        (of("Rolling 12 months", "200"), of("Rolling 12 months", "100", JUNE), True),
        (of("Rolling 12 months", "200"), of("Financial year", "100", MARCH), False),
        (of("Year to date", "200"), of("Year to date", "100", date(2022, 9, 30)), True),
        (of("Year to date", "200"), of("Year to date", "100", JUNE), False),
        (of("Cumulative", "200"), of("Cumulative", "100", JUNE), False),
        (of("Cohort", "200", period_start=date(2022, 10, 1)), of("Cohort", "100", JUNE, period_start=date(2022, 7, 1)), True),
        (of("Cohort", "200", period_start=date(2022, 10, 1)), of("Cohort", "100", JUNE, period_start=date(2023, 1, 1)), False),
    ],
)
def test_only_like_periods_are_compared(now: Answers, then: Answers, compared: bool) -> None:
    kind = str(now["period_type"])
    assert codes(*MOVEMENT, now, then, of=counted(kind)) == (["value-moved"] if compared else [])


def test_a_kind_that_was_not_told_is_the_usual_one() -> None:
    now = of("Rolling 12 months", "200")
    assert codes(*MOVEMENT, now, {"value": Decimal(100)}, of=counted("Rolling 12 months")) == ["value-moved"]
    assert codes(*MOVEMENT, now, {"value": Decimal(100)}, of=counted("Financial year")) == []


# --- how far a figure may move


def test_an_item_may_have_its_own_tolerance() -> None:
    moved: tuple[Answers, Answers] = ({"value": Decimal(145)}, {"value": Decimal(100)})
    for swing, asked in ((50, False), (45, False), (44, True), (0, True)):
        assert codes(*MOVEMENT, *moved, of=counted(swing=Decimal(swing))) == ["value-moved"] * asked, swing
    assert codes(*MOVEMENT, *moved, of=counted()) == ["value-moved"]


def test_movement_says_points_places_and_changes_as_what_they_are() -> None:
    share = {"value": Decimal("9.8")}, {"value": Decimal("22.4")}
    assert "last time it was 22.4%, so it is down by 12.6 percentage points, or 56 per cent" in sentence(
        *MOVEMENT, *share, of=counted(unit="%")
    )
    rank = {"value": 3}, {"value": 2}
    assert "last time it was 2, so it is 1 place lower" in sentence(*MOVEMENT, *rank, of=counted(unit="rank"))
    change = counted(unit="%", title="Change in thefts")
    assert codes(*MOVEMENT, {"value": Decimal("-6.0")}, {"value": Decimal("-4.2")}, of=change) == []
    assert "up by 31 percentage points." in sentence(*MOVEMENT, {"value": 27}, {"value": -4}, of=change)


def test_a_count_whose_definition_speaks_of_a_rise_is_no_change() -> None:
    count = counted(title="Reports", detail="A rise can mean more trust to report.")
    assert codes(*MOVEMENT, {"value": 200}, {"value": 100}, of=count) == ["value-moved"]


# --- running totals


def test_a_running_total_is_held_against_its_pace() -> None:
    before = of("Year to date", "20", SEPTEMBER)
    for value, code in (("30", ""), ("48", ""), ("49", "value-off-pace"), ("300", "value-off-pace"), ("20", "")):
        now = of("Year to date", value, DECEMBER)
        assert codes(*MOVEMENT, now, before, of=counted("Year to date")) == ([code] if code else []), value
    assert sentence(*MOVEMENT, of("Year to date", "300", DECEMBER), before, of=counted("Year to date")) == (
        'you entered "300" for 9 months; last time it was 20 for 6 months, and at that pace it would be about 30. '
        "Say why in Comment, or correct it."
    )
    explained = of("Year to date", "300", DECEMBER, comment="A new team.")
    assert codes(*MOVEMENT, explained, before, of=counted("Year to date")) == []


def test_a_cumulative_figure_has_a_pace_where_it_says_when_it_began() -> None:
    began: Answers = {"period_start": date(2023, 2, 1)}
    now, before = of("Cumulative", "3890000", DECEMBER), of("Cumulative", "20000", date(2023, 8, 31))
    assert codes(*MOVEMENT, {**now, **began}, {**before, **began}, of=counted("Cumulative")) == ["value-off-pace"]
    assert codes(*MOVEMENT, now, before, of=counted("Cumulative")) == []
    assert codes(*MOVEMENT, {**now, **began, "value": 31000}, {**before, **began}, of=counted("Cumulative")) == []


def test_small_counts_come_in_lumps() -> None:
    before = of("Year to date", "1", SEPTEMBER)
    assert codes(*MOVEMENT, of("Year to date", "3", DECEMBER), before, of=counted("Year to date")) == []
    assert codes(*MOVEMENT, of("Year to date", "4", DECEMBER), before, of=counted("Year to date")) == ["value-off-pace"]


def test_a_running_total_that_falls() -> None:
    before = of("Cumulative", "154", JUNE)
    assert sentence(*FALLS, of("Cumulative", "145"), before, of=counted("Cumulative")) == (
        'you entered "145"; last time it was 154, and a cumulative figure does not fall. '
        "Correct it, or say in Comment why it is lower."
    )
    assert codes(*FALLS, of("Cumulative", "145", comment="9 were counted twice."), before, of=counted("Cumulative")) == []
    assert codes(*MOVEMENT, of("Cumulative", "45"), before, of=counted("Cumulative")) == []  # asked about once


@pytest.mark.parametrize(
    ("now", "then", "unit", "fires"),
    [
        (of("Cumulative", "145"), of("Cumulative", "154", JUNE), "number", True),
        (of("Cumulative", "154"), of("Cumulative", "154", JUNE), "number", False),
        (of("Cumulative", "145"), of("Cumulative", "154", JUNE), "£", True),
        (of("Cumulative", "145"), of("Cumulative", "154", JUNE), "%", False),  # a share may fall
        (of("Cumulative", "145", None), of("Cumulative", "154", None), "number", True),
        (of("Cumulative", "145", JUNE), of("Cumulative", "154"), "number", False),  # an earlier reading
        (of("Cumulative", "5", period_start=JUNE), of("Cumulative", "154", JUNE, period_start=MARCH), "number", False),
        (of("Year to date", "11"), of("Year to date", "12", JUNE), "number", True),
        (of("Year to date", "11"), of("Year to date", "12", MARCH), "number", False),  # another year
        (of("Year to date", "11"), of("Cumulative", "12", JUNE), "number", False),
        (of("Quarter", "11"), of("Quarter", "12", JUNE), "number", False),
        (of("Snapshot", "11"), of("Snapshot", "12", JUNE), "number", False),
    ],
)
def test_what_falls(now: Answers, then: Answers, unit: str, fires: bool) -> None:
    assert codes(*FALLS, now, then, of=counted(str(now["period_type"]), unit)) == (["value-fell"] if fires else [])


@given(
    st.sampled_from(["Cumulative", "Year to date"]), st.lists(st.integers(0, 400), min_size=2, max_size=2),
    st.sampled_from([JUNE, SEPTEMBER]),
)
def test_a_total_that_only_grows_never_fell(kind: str, numbers: list[int], end: date) -> None:
    first, second = sorted(numbers)
    assert codes(*FALLS, of(kind, str(second)), of(kind, str(first), end), of=counted(kind)) == []


KINDS = st.sampled_from(["Quarter", "Cumulative", "Year to date", "Snapshot", "Cohort", "nonsense"])
ANY = st.fixed_dictionaries(
    {}, optional={
        "value": st.decimals(-100, 10**6, places=1) | st.text(max_size=5) | st.booleans(), "period_type": KINDS,
        "period_end": st.dates() | st.text(max_size=5), "period_start": st.dates(), "comment": st.text(max_size=5),
    },
)


@given(st.sampled_from([MOVEMENT, FALLS]), ANY, ANY, st.sampled_from(["%", "number", "rank"]))
def test_no_rule_breaks_whatever_the_row_holds(use: Use, now: Answers, then: Answers, unit: str) -> None:
    assert "rule-crashed" not in codes(*use, now, then, of=counted(unit=unit))


