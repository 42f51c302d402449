"""Calendars, keys and labels agree with one another on every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import periods
from workflow.model import CUTS as CUTS_OF_A_YEAR
from workflow.model import Calendar, Cut, cut_of

calendars = st.sampled_from(sorted(periods.CALENDARS))
days = st.dates(min_value=date(1901, 1, 1), max_value=date(2199, 12, 31))
keys = st.builds(periods.make_key, calendars, st.integers(2000, 2098), st.integers(1, 4))


@pytest.mark.parametrize(
    ("calendar", "n", "start", "end"),
    [
        ("april", 1, date(2023, 4, 1), date(2023, 6, 30)), ("april", 4, date(2024, 1, 1), date(2024, 3, 31)),
        ("july", 1, date(2023, 7, 1), date(2023, 9, 30)), ("july", 4, date(2024, 4, 1), date(2024, 6, 30)),
        ("calendar", 1, date(2023, 1, 1), date(2023, 3, 31)), ("calendar", 4, date(2023, 10, 1), date(2023, 12, 31)),
        ("academic", 1, date(2023, 9, 1), date(2023, 11, 30)), ("academic", 2, date(2023, 12, 1), date(2024, 2, 29)),
    ],
)
def test_quarters(calendar: str, n: int, start: date, end: date) -> None:
    assert periods.quarter(calendar, 2023, n) == (start, end)
    assert periods.quarter(periods.CALENDARS[calendar], 2023, n) == (start, end)


def test_a_quarter_is_one_to_four() -> None:
    for n in (0, 5):
        with pytest.raises(ValueError, match="1 to 4"):
            periods.quarter("april", 2023, n)


@given(calendars, days)
def test_a_day_lies_in_the_quarter_of_its_key(calendar: str, day: date) -> None:
    key = periods.key(calendar, day)
    start, end = periods.bounds(calendar, key)
    assert start <= day <= end
    assert periods.parse_key(key) == (periods.start_year(calendar, day), periods.quarter_number(calendar, day))


@given(calendars, days)
def test_quarters_follow_one_another_without_gap(calendar: str, day: date) -> None:
    key = periods.key(calendar, day)
    _, end = periods.bounds(calendar, key)
    assert periods.key(calendar, end + timedelta(days=1)) == periods.next_key(key)


@given(keys)
def test_keys_move_there_and_back(key: str) -> None:
    assert periods.previous_key(periods.next_key(key)) == key
    before = key
    for _ in range(4):
        before = periods.previous_key(before)
    assert periods.same_quarter_last_year(key) == before


@given(keys)
def test_labels_and_keys_go_both_ways(key: str) -> None:
    assert periods.from_label(periods.label(key)) == key
    assert periods.from_label(key) == key


@pytest.mark.parametrize(
    ("key", "label"), [("2023-24-Q2", "Q2 2023/24"), ("2023-Q2", "Q2 2023"), ("1999-00-Q4", "Q4 1999/00")]
)
def test_labels(key: str, label: str) -> None:
    assert periods.label(key) == label


@pytest.mark.parametrize(
    "text", ["Q2 2023/24", "q2 2023-24", "2023/24 Q2", "2023-24-Q2", "Quarter 2 23/24", "Q2, 2023/2024", "Q2 of 2023–24"]
)
def test_labels_as_people_write_them(text: str) -> None:
    assert periods.from_label(text) == "2023-24-Q2"


@pytest.mark.parametrize("text", ["Q2", "Q5 2023/24", "2023/24", "Q2 2023/25", "", "Q2 23/24/25", "half year"])
def test_what_names_no_period(text: str) -> None:
    assert periods.from_label(text) == ""


@pytest.mark.parametrize("key", ["2023-25-Q2", "2023-24-Q5", "Q2 2023/24", "", "2023-24-Q2 ", "23-24-Q2"])
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        periods.parse_key(key)


def test_moving_over_the_turn_of_the_year_and_century() -> None:
    assert periods.previous_key("2023-24-Q1") == "2022-23-Q4"
    assert periods.next_key("1999-00-Q4") == "2000-01-Q1"
    assert periods.same_quarter_last_year("2023-Q1") == "2022-Q1"


@pytest.mark.parametrize(
    ("calendar", "label"), [("april", "2023/24"), ("july", "2023/24"), ("calendar", "2024"), ("academic", "2023/24")]
)
def test_year_labels(calendar: str, label: str) -> None:
    assert periods.year_label(calendar, date(2024, 2, 15)) == label


def test_a_calendar_of_ones_own() -> None:
    october = Calendar("october", "October to September", 10)
    assert periods.key(october, date(2023, 12, 31)) == "2023-24-Q1"


def test_working_days() -> None:
    meeting = date(2026, 2, 12)
    assert periods.working_days_before(meeting, 6) == date(2026, 2, 4)  # five clear days: domain.md B6
    assert periods.working_days_before(meeting, 0) == meeting
    good_friday, monday = date(2026, 4, 3), date(2026, 4, 6)
    assert periods.working_days_before(date(2026, 4, 7), 1) == monday
    assert periods.working_days_before(date(2026, 4, 7), 1, {good_friday, monday}) == date(2026, 4, 2)


@given(days, st.integers(1, 40), st.sets(days, max_size=5))
def test_so_many_working_days_lie_between(day: date, n: int, holidays: set[date]) -> None:
    before = periods.working_days_before(day, n, holidays)
    between = [before + timedelta(days=i) for i in range((day - before).days)]
    assert periods.is_working_day(before, holidays)
    assert sum(periods.is_working_day(d, holidays) for d in between) == n


@pytest.mark.parametrize("text", ["Sept 23", "September 2023", "2023-09", "sep-23", "end of Sept 2023", "09/2023"])
def test_months(text: str) -> None:
    assert periods.parse_month(text) == date(2023, 9, 30)


@pytest.mark.parametrize(
    "text", ["12 months to October", "2011/12", "22/23", "31/10/2023", "October", "", "13/2023", "Smarch 2023"]
)
def test_what_is_no_month(text: str) -> None:
    assert periods.parse_month(text) is None


@given(days)
def test_month_end(day: date) -> None:
    end = periods.month_end(day)
    assert (end.year, end.month) == (day.year, day.month)
    assert (end + timedelta(days=1)).day == 1


cuts = st.sampled_from(CUTS_OF_A_YEAR)


@given(cuts, calendars, days)
def test_every_cut_of_a_year_covers_it_without_gap(cut: Cut, calendar: str, day: date) -> None:
    """A day lies in the period of its key, whose letter says the cut; the next key begins the day after."""
    key = periods.key(calendar, day, cut)
    start, end = periods.bounds(calendar, key)
    assert start <= day <= end
    assert cut_of(key) == cut
    assert periods.key(calendar, end + timedelta(days=1), cut) == periods.next_key(key)
    assert periods.previous_key(periods.next_key(key)) == key
    assert periods.parse_key(periods.same_quarter_last_year(key)) == (periods.parse_key(key)[0] - 1, periods.parse_key(key)[1])


@given(cuts, st.integers(2000, 2098))
def test_keys_of_one_year_sort_as_its_periods_follow(cut: Cut, year: int) -> None:
    keys = [periods.make_key("academic", year, n, cut) for n in range(1, cut.parts + 1)]
    assert keys == sorted(keys)
    assert all(periods.from_label(periods.label(key)) == key == periods.from_label(key) for key in keys)


def test_terms() -> None:
    terms = next(cut for cut in CUTS_OF_A_YEAR if cut.word == "term")
    assert periods.bounds("academic", "2025-26-T2") == (date(2026, 1, 1), date(2026, 4, 30))
    assert periods.key("academic", date(2026, 8, 31), terms) == "2025-26-T3"
    assert periods.next_key("2025-26-T3") == "2026-27-T1"
    assert periods.from_label("Term 3 of 2025/26") == "2025-26-T3"


@pytest.mark.parametrize(
    "key", ["2025-26-T4", "2025-26-T0", "2025-26-X1", "2025-26-M1", "2025-26-M13", "2025-26-Q02", "2025-26-t1"]
)
def test_what_is_no_key_of_any_cut(key: str) -> None:
    assert not periods.is_key(key)
