"""Dates and months as UK people write them: read day first, asked where they could mean another day."""

from __future__ import annotations

import math
from datetime import date, time, timedelta

import pytest

from tests.field_examples import moment, parse, sentence
from workflow import fields
from workflow.model import Kind
from workflow.model.places import RawValue


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("31/10/23", (2023, 10, 31)), ("31.10.2023", (2023, 10, 31)), ("31-10-2023", (2023, 10, 31)),
        ("31–10–2023", (2023, 10, 31)), ("2023-10-31", (2023, 10, 31)), ("31 Oct 2023", (2023, 10, 31)),
        ("8th Sept 21", (2021, 9, 8)), ("10 th October 2023", (2023, 10, 10)), ("October 31 2023", (2023, 10, 31)),
        ("Oct 31st, 2023", (2023, 10, 31)), ("31Oct2023", (2023, 10, 31)), ("31-Oct-23", (2023, 10, 31)),
        ("3/4/2023", (2023, 4, 3)), ("03 04 2023", (2023, 4, 3)), ("31/1/24", (2024, 1, 31)), ("31102023", (2023, 10, 31)),
        ("20231031", (2023, 10, 31)), ("1st of March '24", (2024, 3, 1)), ("31/10/2023.", (2023, 10, 31)),
        ("2023-10-31T00:00:00", (2023, 10, 31)), ("2023/10/31 00:00", (2023, 10, 31)), ("29/02/2024", (2024, 2, 29)),
        ("31\u00a0Oct\u00a02023", (2023, 10, 31)),
    ],
)
def test_dates_are_read_day_first_without_question(typed: str, day: tuple[int, int, int]) -> None:
    assert parse(Kind.DATE, typed) == fields.Parsed(date(*day))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("10/31/2023", (2023, 10, 31)), ("Oct 2023", (2023, 10, 31)), ("end Jan 24", (2024, 1, 31)),
        ("by end of February 2024", (2024, 2, 29)), ("Sept '23", (2023, 9, 30)), ("09/2023", (2023, 9, 30)),
        ("2023-09", (2023, 9, 30)), ("2023 October", (2023, 10, 31)),
    ],
)
def test_what_could_mean_another_day_is_read_and_asked(typed: str, day: tuple[int, int, int]) -> None:
    parsed = parse(Kind.DATE, typed)
    assert (parsed.value, parsed.problem) == (date(*day), "date-ambiguous")
    assert parsed.words["read"] == fields.show(date(*day))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("Tuesday 31 October 2023", (2023, 10, 31)), ("by 31/10/2023", (2023, 10, 31)), ("31/10/2023 14:30", (2023, 10, 31)),
        ("45230", (2023, 10, 31)), (45230.0, (2023, 10, 31)), (45230.75, (2023, 10, 31)),
    ],
)
def test_what_was_left_out_of_a_date_is_noted(typed: str | float, day: tuple[int, int, int]) -> None:
    parsed = parse(Kind.DATE, typed)
    assert (parsed.value, parsed.problem, parsed.notes) == (date(*day), "", ("date-tidied",))


@pytest.mark.parametrize(
    "typed",
    [
        "31/11/2023", "29/02/2023", "00/10/2023", "TBC", "ongoing", "2026", "Q3 2023/24", "autumn term 2023", "2011/12",
        "31/10/23 and 31/12/23", "early Jan 24", "10/23", "31 Smarch 2023", "99999", 19999.0, 80001.0, 31.1, 0.0, True,
        "within 12 months of Royal Assent", "22/24", math.nan, math.inf, "²/³/2023", "31/10/2023/24",
    ],
)
def test_what_is_no_date_is_a_problem(typed: RawValue) -> None:
    parsed = parse(Kind.DATE, typed)
    assert (parsed.value, parsed.problem) == (None, "date-unreadable")


def test_times_are_no_dates() -> None:
    for value in (time(9, 30), timedelta(hours=30)):
        assert parse(Kind.DATE, value, "hh:mm").problem == "date-unreadable"


def test_a_year_or_month_that_is_missing_or_misspelt_is_suggested() -> None:
    assert parse(Kind.DATE, "10 th October").suggestion == "10 Oct 2023"
    assert parse(Kind.DATE, "5/1").suggestion == "5 Jan 2024"
    assert parse(Kind.DATE, "31 Ocotber 2023").suggestion == "31 Oct 2023"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("31/10/1923", ("date-implausible",)), ("10/31/1923", ("date-ambiguous", "date-implausible")),
        ("31/12/1999", ("date-implausible",)), ("1/1/2000", ()), ("31/12/2100", ()), ("1/1/2101", ("date-implausible",)),
        (20000.0, ("date-implausible", "date-tidied")), (80000.0, ("date-implausible", "date-tidied")),
    ],
)
def test_far_years_are_kept_and_asked(typed: RawValue, codes: tuple[str, ...]) -> None:
    parsed = parse(Kind.DATE, typed)
    assert isinstance(parsed.value, date)
    assert parsed.codes == codes


def test_date_cells_as_excel_makes_them() -> None:
    assert parse(Kind.DATE, date(2023, 10, 31), "dd/mm/yyyy") == fields.Parsed(date(2023, 10, 31))
    value = parse(Kind.DATE, moment(2023, 10, 31, 9, 0), "dd/mm/yyyy hh:mm").value
    assert type(value) is date
    # "Oct 2023" typed in Excel is stored as the first of the month; "23 Oct" gets the year it happens to be
    month = parse(Kind.DATE, date(2023, 10, 1), "mmm-yy")
    assert (month.value, month.problem) == (date(2023, 10, 31), "date-ambiguous")
    assert parse(Kind.DATE, date(2023, 10, 23), "d-mmm").problem == "date-ambiguous"
    assert parse(Kind.DATE, date(2023, 10, 15), "mmm-yy") == fields.Parsed(date(2023, 10, 15))


@pytest.mark.parametrize(
    "typed",
    ["Sept 23", "September 2023", "2023-09", "09/2023", "15/09/2023", "end of Sept 2023", date(2023, 9, 1)],
)
def test_a_month_is_its_last_day(typed: RawValue) -> None:
    assert parse(Kind.MONTH, typed, "mmm-yy") == fields.Parsed(date(2023, 9, 30))


def test_date_sentences_read_well() -> None:
    assert sentence(Kind.DATE, "10/31/2023") == (
        'You entered "10/31/2023", which was read as 31 Oct 2023. If you meant another day, enter it like 31 Oct 2023.'
    )
    assert sentence(Kind.DATE, "soon") == (
        'You entered "soon", which cannot be read as a date. Enter it day first, like 31/10/2023.'
    )
