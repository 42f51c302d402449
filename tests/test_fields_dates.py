"""Dates and months as UK people write them: read day first, asked where they could mean another day."""

from __future__ import annotations

import math
from datetime import date, time, timedelta

import pytest

from tests.field_examples import TODAY, cell, field, moment, parse, sentence
from workflow import fields
from workflow.model import Choice, Kind
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
        "31/11/2023", "29/02/2023", "00/10/2023", "TBC", "31/10/23 and 31/12/23", "early Jan 24", "31 Smarch 2023", "99999",
        19999.0, 80001.0, 31.1, 0.0, True, "within 12 months of Royal Assent", math.nan, math.inf, "²/³/2023", "31/10/2023/24",
        "YTD", "last 3 months", "a quarter", "summer 2024",
    ],
)
def test_what_is_no_date_is_a_problem(typed: RawValue) -> None:
    parsed = parse(Kind.DATE, typed)
    assert (parsed.value, parsed.problem) == (None, "date-unreadable")


def test_times_are_no_dates() -> None:
    for value in (time(9, 30), timedelta(hours=30)):
        assert parse(Kind.DATE, value, "hh:mm").problem == "date-unreadable"


def test_a_year_or_month_that_is_missing_or_misspelt_is_suggested() -> None:
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


# --- periods where a month, a day or a kind of period is asked for


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("12 months to July 23", (2023, 7, 31)), ("year ending March 23", (2023, 3, 31)), ("Apr–Nov 23", (2023, 11, 30)),
        ("2023/24", (2024, 3, 31)), ("22/23", (2023, 3, 31)), ("Q2 2023/24", (2023, 9, 30)), ("2021", (2021, 12, 31)),
        (2021.0, (2021, 12, 31)), ("as at end of Sept 23", (2023, 9, 30)), ("12 months to 15 Sept 23", (2023, 9, 30)),
        ("Oct 18–Sept 19 cohort published in draft 8 Sept 21", (2019, 9, 30)), ("Apr–Jun 23", (2023, 6, 30)),
        ("autumn term 2022", (2022, 12, 31)), ("up to Sept 23", (2023, 9, 30)), ("10/23", (2023, 10, 31)),
    ],
)
def test_a_month_field_takes_the_month_that_a_period_ends_with(typed: RawValue, end: tuple[int, int, int]) -> None:
    parsed = parse(Kind.MONTH, typed)
    assert (parsed.value, parsed.problem, parsed.notes) == (date(*end), "", ("date-tidied",))
    assert parsed.words["read"] == fields.show(date(*end))


def test_a_period_without_its_year_is_taken_as_the_last_that_has_ended_and_asked() -> None:
    assert sentence(Kind.MONTH, "12 months to end of October") == (
        'You entered "12 months to end of October", which was read as 12 months to 31 October 2022 and could also be '
        "12 months to 31 October 2023. Enter the last month it covers, with its year: Oct 2022 or Oct 2023."
    )
    assert parse(Kind.MONTH, "12 months to end of October").value == date(2022, 10, 31)
    assert parse(Kind.MONTH, "7 months to Aug").value == date(2023, 8, 31)
    assert parse(Kind.MONTH, "Q4").codes == parse(Kind.MONTH, "September").codes == ("period-ambiguous",)


def test_what_is_counted_back_is_taken_and_asked() -> None:
    assert sentence(Kind.MONTH, "last 3 months") == (
        'You entered "last 3 months", which was read as quarter to 30 September 2023. '
        "Enter the last month it covers, with its year, like Sep 2023."
    )
    assert parse(Kind.MONTH, "YTD").value == date(2023, 9, 30)


def test_the_day_that_periods_are_counted_from_is_the_positions_where_it_is_given() -> None:
    def read(text: str, as_at: date) -> fields.Parsed:
        return fields.parse(field(Kind.MONTH), cell(text), today=date(2023, 11, 10), as_at=as_at)

    assert read("YTD", date(2023, 9, 30)).value == date(2023, 9, 30)
    assert read("October", date(2023, 9, 30)).value == date(2022, 10, 31)
    assert read("October", date(2023, 11, 10)).value == date(2023, 10, 31)


def test_a_span_of_several_years_is_held_and_both_readings_are_shown() -> None:
    assert sentence(Kind.MONTH, "22/24") == (
        'You entered "22/24", which could be 1 April 2022 to 31 March 2024 or 1 January 2022 to 31 December 2024. '
        "Enter the last month it covers, with its year: Mar 2024 or Dec 2024."
    )
    for typed in ("22/24", "2018/21", "by 2026", "FY24", "Q4 2023", "by end of year", "11/12"):
        parsed = parse(Kind.MONTH, typed)
        assert (parsed.value, parsed.codes) == (None, ("period-unclear",))


@pytest.mark.parametrize("typed", ["to date", "ongoing", "since inception", "underway", "since April 2022"])
def test_what_has_no_end_is_never_a_date(typed: str) -> None:
    assert sentence(Kind.MONTH, typed) == (
        f'You entered "{typed}", which names no date. Enter the last month it covers, with its year, like Sep 2023.'
    )
    assert sentence(Kind.DATE, typed) == f'You entered "{typed}", which names no date. Enter one day, like 31/10/2023.'


def test_when_a_figure_was_published_is_not_the_period_it_covers() -> None:
    assert sentence(Kind.MONTH, "published June 2022 (YDS 110)") == (
        'You entered "published June 2022 (YDS 110)", which says when a figure was published. '
        "Enter the last month it covers, with its year."
    )


@pytest.mark.parametrize("typed", ["soon", "TBC", "40-42 weeks", "31/10/23 and 31/12/23", 1850.0, 3.0, True, time(9, 30)])
def test_a_month_field_holds_what_is_no_period(typed: RawValue) -> None:
    assert parse(Kind.MONTH, typed).codes == ("date-unreadable",)


def test_a_far_year_is_asked_in_a_period_too() -> None:
    assert parse(Kind.MONTH, "12 months to July 1923").codes == ("date-implausible", "date-tidied")


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("autumn term 2023", (2023, 9, 1), (2023, 12, 31)), ("spring term 2023/24", (2024, 1, 1), (2024, 3, 31)),
        ("Q3 2023/24", (2023, 10, 1), (2023, 12, 31)), ("2023/24", (2023, 4, 1), (2024, 3, 31)),
        ("Apr–Nov 23", (2023, 4, 1), (2023, 11, 30)), ("12 months to July 23", (2022, 8, 1), (2023, 7, 31)),
        ("Feb 2024", (2024, 2, 1), (2024, 2, 29)), ("end Jan 24", (2024, 1, 1), (2024, 1, 31)),
    ],
)
def test_a_date_field_takes_the_last_day_of_a_period_or_the_first_where_something_starts_and_asks(
    typed: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    for start, day in ((False, date(*last)), (True, date(*first))):
        parsed = parse(Kind.DATE, typed, first_day=start)
        assert (parsed.value, parsed.codes) == (day, ("date-ambiguous",))
    assert sentence(Kind.DATE, "autumn term 2023") == (
        'You entered "autumn term 2023", which was read as 31 Dec 2023. If you meant another day, enter it like 31 Oct 2023.'
    )


@pytest.mark.parametrize(
    ("typed", "one", "other"),
    [
        ("22/24", "31 Mar 2024", "31 Dec 2024"), ("2026", "31 Mar 2026", "31 Dec 2026"),
        ("by 2026", "31 Mar 2026", "31 Dec 2026"),
        # Without their year: as it last was, and as it will next be.
        ("end of October", "31 Oct 2022", "31 Oct 2023"), ("to end of October", "31 Oct 2022", "31 Oct 2023"),
        ("10 th October", "10 Oct 2023", "10 Oct 2024"), ("autumn term", "31 Dec 2022", "31 Dec 2023"),
        ("Q4", "31 Mar 2023", "31 Mar 2024"), ("end of February", "28 Feb 2023", "29 Feb 2024"),
    ],
)
def test_a_date_field_holds_what_could_be_two_days_and_shows_both(typed: str, one: str, other: str) -> None:
    assert sentence(Kind.DATE, typed) == (
        f'You entered "{typed}", which could be {one} or {other}. Enter the day you mean: {one} or {other}.'
    )


def test_a_date_field_takes_the_day_that_words_tell() -> None:
    told = parse(Kind.DATE, "by end of 2026")
    assert (told.value, told.codes) == (date(2026, 12, 31), ("date-ambiguous",))
    assert parse(Kind.DATE, "end of the financial year").suggestion == "31 Mar 2024"
    assert parse(Kind.DATE, "from April 24").codes == ("period-no-end",)
    assert parse(Kind.DATE, "from April 24", first_day=True).value == date(2024, 4, 1)
    assert parse(Kind.DATE, 2026.0).codes == ("period-unclear",)
    assert parse(Kind.DATE, "2026", first_day=True).value == date(2026, 1, 1)


PERIOD_TYPES = tuple(Choice(kind) for kind in fields.KINDS)


def of_type(typed: RawValue, choices: tuple[Choice, ...] = PERIOD_TYPES) -> fields.Parsed:
    return fields.parse(field(Kind.CHOICE), cell(typed), choices=choices, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("year ending March 23", "Rolling 12 months"), ("Apr–Nov 23", "Year to date"), ("Q2 2023/24", "Quarter"),
        ("2023/24", "Financial year"), ("2021", "Calendar year"), (2021.0, "Calendar year"), ("to date", "Cumulative"),
        ("as at 31/1/24", "Snapshot"), ("Oct 18–Sept 19 cohort", "Cohort"),
        ("12 months to end of October", "Rolling 12 months"),
    ],
)
def test_a_period_tells_its_type(typed: RawValue, kind: str) -> None:
    parsed = of_type(typed)
    assert (parsed.value, parsed.codes, parsed.words["read"]) == (kind, ("period-type-read",), kind)


def test_a_type_that_is_not_told_is_held_and_another_list_is_left_alone() -> None:
    for typed in ("22/24", "7 months to Aug 23", "Sept 23", "ongoing", "soon"):
        assert of_type(typed).codes == ("choice-unknown",)
    both = of_type("Apr–Jun 23")
    assert (both.codes, both.suggestion) == (("choice-unknown",), "Quarter")
    assert of_type("2023/24", (Choice("Financial year"), Choice("Never"))).codes == ("choice-unknown",)
    assert of_type("2023/24", tuple(c for c in PERIOD_TYPES if c.value != "Financial year")).codes == ("choice-unknown",)


def test_date_sentences_read_well() -> None:
    assert sentence(Kind.DATE, "10/31/2023") == (
        'You entered "10/31/2023", which was read as 31 Oct 2023. If you meant another day, enter it like 31 Oct 2023.'
    )
    assert sentence(Kind.DATE, "soon") == (
        'You entered "soon", which cannot be read as a date. Enter it day first, like 31/10/2023.'
    )
