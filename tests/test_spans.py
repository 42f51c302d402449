"""Periods as people write them: every notation of domain.md A6.1, and the laws that hold for any text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.view_examples import forms
from workflow import fields, periods
from workflow.fields import KINDS, Span, SpanRead, read_span, show_span

AS_AT = date(2023, 10, 20)


def shown(text: str, as_at: date = AS_AT, first_month: int = 4) -> list[str]:
    return [show_span(span) for span in read_span(text, as_at=as_at, first_month=first_month).readings]


def kinds(text: str) -> tuple[str, ...]:
    return read_span(text, as_at=AS_AT).kinds


# --- one reading: what was written can only mean this


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        # rolling 12 months
        ("year ending March 23", "Rolling 12 months", (2022, 4, 1), (2023, 3, 31)),
        ("12m ending Sept 23", "Rolling 12 months", (2022, 10, 1), (2023, 9, 30)),
        ("12 months to July 23", "Rolling 12 months", (2022, 8, 1), (2023, 7, 31)),
        ("12 months to end January 2022", "Rolling 12 months", (2021, 2, 1), (2022, 1, 31)),
        ("year ending December 2021", "Rolling 12 months", (2021, 1, 1), (2021, 12, 31)),
        ("12m ending March 23", "Rolling 12 months", (2022, 4, 1), (2023, 3, 31)),
        ("YE Mar 23", "Rolling 12 months", (2022, 4, 1), (2023, 3, 31)),
        ("the rolling 12 months ended 31 October 2023", "Rolling 12 months", (2022, 11, 1), (2023, 10, 31)),
        ("twelve-month period to 15 Oct 2023", "Rolling 12 months", (2022, 10, 16), (2023, 10, 15)),
        ("12 months to 29 Feb 2024", "Rolling 12 months", (2023, 3, 1), (2024, 2, 29)),
        ("Oct 22 to Sep 23", "Rolling 12 months", (2022, 10, 1), (2023, 9, 30)),
        ("financial year ending June 2023", "Rolling 12 months", (2022, 7, 1), (2023, 6, 30)),
        # from one month to another
        ("Apr–Nov 23", "Year to date", (2023, 4, 1), (2023, 11, 30)),
        ("April –Dec 2023", "Year to date", (2023, 4, 1), (2023, 12, 31)),
        ("between April and September 2023", "Year to date", (2023, 4, 1), (2023, 9, 30)),
        ("01/04/2023 - 30/09/2023", "Year to date", (2023, 4, 1), (2023, 9, 30)),
        ("Nov–Feb 23", "", (2022, 11, 1), (2023, 2, 28)),
        ("Nov 22 to Feb", "", (2022, 11, 1), (2023, 2, 28)),
        ("7 months to Aug 23", "", (2023, 2, 1), (2023, 8, 31)),
        ("7 months to Oct 23", "Year to date", (2023, 4, 1), (2023, 10, 31)),
        ("Jul to Sep 2023", "Quarter", (2023, 7, 1), (2023, 9, 30)),
        ("three months to June 2023", "Quarter", (2023, 4, 1), (2023, 6, 30)),
        # years
        ("2021/2022", "Financial year", (2021, 4, 1), (2022, 3, 31)),
        ("2020/21", "Financial year", (2020, 4, 1), (2021, 3, 31)),
        ("22/23", "Financial year", (2022, 4, 1), (2023, 3, 31)),
        ("23-24", "Financial year", (2023, 4, 1), (2024, 3, 31)),
        ("2023/24", "Financial year", (2023, 4, 1), (2024, 3, 31)),
        ("2022-23", "Financial year", (2022, 4, 1), (2023, 3, 31)),
        ("1999/00", "Financial year", (1999, 4, 1), (2000, 3, 31)),
        ("2011/12", "Financial year", (2011, 4, 1), (2012, 3, 31)),
        ("FY23/24", "Financial year", (2023, 4, 1), (2024, 3, 31)),
        ("financial year ending March 2023", "Financial year", (2022, 4, 1), (2023, 3, 31)),
        ("Year One (July 2022 - June 2023)", "", (2022, 7, 1), (2023, 6, 30)),
        ("academic year 2022/23", "", (2022, 9, 1), (2023, 8, 31)),
        ("2021", "Calendar year", (2021, 1, 1), (2021, 12, 31)),
        ("in 2019", "Calendar year", (2019, 1, 1), (2019, 12, 31)),
        # quarters
        ("Q2 2023/24", "Quarter", (2023, 7, 1), (2023, 9, 30)),
        ("Q4 23-24", "Quarter", (2024, 1, 1), (2024, 3, 31)),
        ("2023-24-Q2", "Quarter", (2023, 7, 1), (2023, 9, 30)),
        ("second quarter of 2023/24", "Quarter", (2023, 7, 1), (2023, 9, 30)),
        ("quarter ending Sept 23", "Quarter", (2023, 7, 1), (2023, 9, 30)),
        ("Q2 2023/24 (Jul–Sep 2023)", "Quarter", (2023, 7, 1), (2023, 9, 30)),
        # days, months and terms
        ("end Jan 24", "", (2024, 1, 31), (2024, 1, 31)),
        ("31/1/24", "", (2024, 1, 31), (2024, 1, 31)),
        ("31/10/23", "", (2023, 10, 31), (2023, 10, 31)),
        ("8th Sept 21", "", (2021, 9, 8), (2021, 9, 8)),
        ("Feb 2024", "", (2024, 2, 1), (2024, 2, 29)),
        ("Dec 2023", "", (2023, 12, 1), (2023, 12, 31)),
        ("10/23", "", (2023, 10, 1), (2023, 10, 31)),
        ("autumn term 2023", "", (2023, 9, 1), (2023, 12, 31)),
        ("spring term 2023/24", "", (2024, 1, 1), (2024, 3, 31)),
        ("by end of 2026", "", (2026, 12, 31), (2026, 12, 31)),
        ("end of 2023/24", "", (2024, 3, 31), (2024, 3, 31)),
        ("end of Q3 2023/24", "", (2023, 12, 31), (2023, 12, 31)),
        ("as at 31/1/24", "Snapshot", (2024, 1, 31), (2024, 1, 31)),
        ("as at end of March 23", "Snapshot", (2023, 3, 31), (2023, 3, 31)),
        # cohorts
        ("Oct 18–Sept 19 cohort", "Cohort", (2018, 10, 1), (2019, 9, 30)),
        ("2020/21 cohort", "Cohort", (2020, 4, 1), (2021, 3, 31)),
        # what it is compared with is left out
        ("12 months to July 23 vs 12 months to July 22", "Rolling 12 months", (2022, 8, 1), (2023, 7, 31)),
        ("YTD to Nov 23", "Year to date", (2023, 4, 1), (2023, 11, 30)),
        ("2022/23 YTD", "Year to date", (2022, 4, 1), (2023, 3, 31)),
    ],
)
def test_certain(text: str, kind: str, start: tuple[int, int, int], end: tuple[int, int, int]) -> None:
    read = read_span(text, as_at=AS_AT)
    assert read == SpanRead((Span(kind, date(*start), date(*end)),))
    assert read_span(text.upper(), as_at=AS_AT) == read


def test_what_is_certain_does_not_depend_on_the_day() -> None:
    for text in ("Apr–Nov 23", "2023/24", "12 months to July 23", "Q2 2023/24", "22/23", "autumn term 2023"):
        assert read_span(text, as_at=date(2026, 11, 28)) == read_span(text, as_at=AS_AT)


# --- several readings: each is shown, the likeliest first


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("22/24", ["1 April 2022 to 31 March 2024", "1 January 2022 to 31 December 2024"]),
        ("2018/21", ["1 April 2018 to 31 March 2021", "1 January 2018 to 31 December 2021"]),
        ("by 2026", ["31 March 2026", "31 December 2026"]),
        ("by end of year", ["31 March 2024", "31 December 2023"]),
        ("12 months to 2022", ["12 months to 31 March 2022", "12 months to 31 December 2022"]),
        ("Q4 2023", ["quarter to 31 March 2023", "quarter to 31 December 2023"]),
        ("FY24", ["financial year 2023/24", "financial year 2024/25"]),
        ("11/12", ["financial year 2011/12", "November 2012"]),
        ("Apr–Jun 23", ["quarter to 30 June 2023", "year to date, 1 April 2023 to 30 June 2023"]),
    ],
)
def test_ambiguous(text: str, readings: list[str]) -> None:
    assert shown(text) == readings
    assert not read_span(text, as_at=AS_AT).likely


@pytest.mark.parametrize(
    ("text", "as_at", "readings"),
    [
        ("12 months to end of October", AS_AT, ["12 months to 31 October 2022", "12 months to 31 October 2023"]),
        ("12 months to end of October", date(2023, 10, 31), ["12 months to 31 October 2023", "12 months to 31 October 2022"]),
        ("12 months to end of October", date(2024, 3, 31), ["12 months to 31 October 2023", "12 months to 31 October 2022"]),
        ("12 months to Feb", AS_AT, ["12 months to 28 February 2023", "12 months to 28 February 2022"]),
        ("January to September", AS_AT, [f"the period 1 January {y} to 30 September {y}" for y in (2023, 2022)]),
        ("7 months to Aug", AS_AT, [f"the period 1 February {y} to 31 August {y}" for y in (2023, 2022)]),
        ("Nov to Feb", AS_AT, [f"the period 1 November {y - 1} to 28 February {y}" for y in (2023, 2022)]),
        ("Q4", AS_AT, ["quarter to 31 March 2023", "quarter to 31 March 2022"]),
        ("Q4", date(2023, 12, 31), ["quarter to 31 March 2023", "quarter to 31 March 2024"]),
        ("10 th October", AS_AT, ["10 October 2023", "10 October 2022"]),
        ("autumn term", AS_AT, [f"the period 1 September {y} to 31 December {y}" for y in (2022, 2023)]),
        ("29 February", AS_AT, ["29 February 2020", "29 February 2016"]),
    ],
)
def test_without_a_year_it_is_the_last_that_has_ended(text: str, as_at: date, readings: list[str]) -> None:
    assert shown(text, as_at) == readings
    assert read_span(text, as_at=as_at).likely


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("last 3 months", "quarter to 30 September 2023"), ("a quarter", "quarter to 30 September 2023"),
        ("last 4 months", "the period 1 June 2023 to 30 September 2023"),
        ("past six months", "year to date, 1 April 2023 to 30 September 2023"),
        ("rolling 12 months", "12 months to 30 September 2023"), ("12m", "12 months to 30 September 2023"),
        ("YTD", "year to date, 1 April 2023 to 30 September 2023"),
        ("this year to date", "year to date, 1 April 2023 to 30 September 2023"),
        ("YTD vs LYTD", "year to date, 1 April 2023 to 30 September 2023"),
        ("2023/24 to date", "year to date, 1 April 2023 to 30 September 2023"),
        ("April to date", "year to date, 1 April 2023 to 30 September 2023"),
        ("calendar year to date", "year to date, 1 January 2023 to 30 September 2023"),
        ("end of the financial year", "31 March 2024"),
    ],
)
def test_counted_from_the_day_and_said_so(text: str, reading: str) -> None:
    assert shown(text) == [reading]
    assert read_span(text, as_at=AS_AT).anchored


def test_a_quarter_is_the_last_that_has_ended_also_within_the_next() -> None:
    for as_at in (date(2023, 9, 30), date(2023, 10, 1), date(2023, 11, 30), date(2023, 12, 30)):
        assert shown("this quarter", as_at) == ["quarter to 30 September 2023"]
    assert shown("this quarter", date(2023, 12, 31)) == ["quarter to 31 December 2023"]


def test_the_calendar_decides_where_years_and_quarters_start() -> None:
    assert shown("Q1 2022/23", first_month=7) == ["quarter to 30 September 2022"]
    assert shown("Q4 2023", first_month=1) == ["quarter to 31 December 2023"]
    assert shown("YTD", first_month=7) == ["year to date, 1 July 2023 to 30 September 2023"]
    assert shown("January to September 2023", first_month=1) == ["year to date, 1 January 2023 to 30 September 2023"]
    assert shown("2023/24", first_month=1) == ["financial year 2023/24"]
    assert shown("by end of year", first_month=7) == ["30 June 2024", "31 December 2023"]


# --- no end: a flag of its own, never a date


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("to date", Span("Cumulative", None, None)), ("since inception", Span("Cumulative", None, None)),
        ("since the scheme began", Span("Cumulative", None, None)), ("ongoing", Span("", None, None)),
        ("on-going", Span("", None, None)), ("underway", Span("", None, None)),
        ("since April 2022", Span("Cumulative", date(2022, 4, 1), None)),
        ("to date (from Feb 2022)", Span("Cumulative", date(2022, 2, 1), None)),
        ("since February", Span("Cumulative", date(2023, 2, 1), None)),
        ("from April 24", Span("", date(2024, 4, 1), None)),
    ],
)
def test_endless(text: str, span: Span) -> None:
    read = read_span(text, as_at=AS_AT)
    assert read == SpanRead((span,))
    assert read.endless


def test_cumulative_to_a_month_has_an_end_and_no_start() -> None:
    read = read_span("cumulative to March 23", as_at=AS_AT)
    assert read == SpanRead((Span("Cumulative", None, date(2023, 3, 31)),))
    assert not read.endless


# --- when it was published is not what it covers


def test_publication_is_kept_apart_from_the_period() -> None:
    read = read_span("Oct 18–Sept 19 cohort published in draft 8 Sept 21", as_at=AS_AT)
    assert (shown("Oct 18–Sept 19 cohort"), read.readings) == (
        ["cohort, 1 October 2018 to 30 September 2019"], read_span("Oct 18–Sept 19 cohort", as_at=AS_AT).readings
    )
    assert (read.published, read.provisional) == (date(2021, 9, 8), True)
    only = read_span("published June 2022 (YDS 110)", as_at=AS_AT)
    assert (only.readings, only.published, only.provisional) == ((), date(2022, 6, 30), False)
    assert read_span("Sept 23 (provisional)", as_at=AS_AT).provisional


@pytest.mark.parametrize(
    "text",
    [
        "", "TBC", "soon", "within 12 months of Royal Assent", "month", "in year", "half year", "year", "cohort", "0/0",
        "00/00", "99/00", "24/22", "70/72", "3", "12", "1850", "9999", "31/11/2023", "Q5 2023/24", "Q2 2023/25",
        "100 months to May 23", "zero months to May 23", "31/10/23 and 31/12/23", "Q2 2023/24 (Jul–Aug 2023)",
        "YTD 2030/31", "Nov 23 to Apr 23",
        "The project started in May 2022 and has since been extended to every secondary school in the borough, with a review"
        " planned for the autumn term 2023",
    ],
)
def test_what_is_no_period(text: str) -> None:
    assert read_span(text, as_at=AS_AT).readings == ()


# --- laws

days = st.dates(date(2001, 1, 1), date(2098, 12, 31))
first_months = st.sampled_from([1, 4, 7, 9, 10])
PIECES = (
    "12 months to", "year ending", "Apr", "Nov 23", "2023/24", "22/24", "Q2", "Q4 2023", "to", "-", "–", " ", "(", ")",
    "cohort", "published", "draft", "YTD", "vs", "end of", "by", "as at", "since", "from", "cumulative", "last 3 months",
    "31/10/23", "29 Feb", "0000", "9999", "99/00", "autumn term", "the period", "quarter", "FY", "²", "٣", "/", "year",
    "to date", "0", "12", "and", "between", "academic year", "compared to", "(Jul-Sep 2023)", "29/2/24", "Sep",
)
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=7).map(" ".join))


@given(texts, days, first_months)
@example("29 february", date(2001, 1, 1), 4)
@example("0000/01", AS_AT, 4)
def test_any_text_is_read_without_trouble(text: str, as_at: date, first_month: int) -> None:
    read = read_span(text, as_at=as_at, first_month=first_month)
    assert len(set(read.readings)) == len(read.readings)
    for span in read.readings:
        assert span.kind in ("", *KINDS)
        assert span.start is None or span.end is None or span.start <= span.end
        assert show_span(span)


def ordered(kind: str) -> st.SearchStrategy[Span]:
    return st.tuples(days, days).map(sorted).map(lambda pair: Span(kind, pair[0], pair[1]))


def open_ended(kind: str, *, start: bool) -> st.SearchStrategy[Span]:
    return days.map(lambda day: Span(kind, day if start else None, None if start else day))


def years(kind: str, first_month: int) -> st.SearchStrategy[Span]:
    ends = st.integers(2001, 2098).map(lambda y: date(y + 1, first_month, 1) - timedelta(days=1))
    return ends.map(lambda end: Span(kind, date(end.year - (first_month != 1), first_month, 1), end))


def ending(words: str) -> st.SearchStrategy[Span]:
    return days.map(lambda day: read_span(f"{words} {fields.show(day)}", as_at=AS_AT).readings[0])


any_span = st.one_of(
    *(ordered(kind) for kind in ("Year to date", "Cumulative", "Cohort", "")),
    *(open_ended(kind, start=start) for kind in ("Cumulative", "") for start in (True, False)),
    st.sampled_from([Span("Cumulative", None, None), Span("", None, None)]),
    years("Calendar year", 1), years("Financial year", 4), ending("12 months to"),
    ending("quarter to"), days.map(lambda day: Span("Snapshot", day, day)), days.map(lambda day: Span("", day, day)),
)


@given(any_span, days)
def test_every_span_has_words_that_read_back_as_itself(span: Span, as_at: date) -> None:
    assert read_span(show_span(span), as_at=as_at) == SpanRead((span,))


@given(texts, days, first_months)
def test_what_a_text_means_has_words_that_read_back_as_itself(text: str, as_at: date, first_month: int) -> None:
    for span in read_span(text, as_at=as_at, first_month=first_month).readings:
        assert read_span(show_span(span), as_at=as_at, first_month=first_month) == SpanRead((span,))


@given(days, st.integers(1, 60), days)
def test_months_to_a_month_end_are_whole_months(day: date, months: int, as_at: date) -> None:
    end = fields.month_end(day)
    (span,) = read_span(f"{months} months to {fields.show(end)}", as_at=as_at).readings
    assert span.start is not None
    assert (span.end, span.start.day) == (end, 1)
    assert (end.year - span.start.year) * 12 + end.month - span.start.month + 1 == months


@given(days, st.sampled_from(["12 months to {}", "Apr to {}", "YTD to {}", "YE {}", "end of {}", "quarter to {}"]), days)
def test_a_period_ends_with_the_month_it_names(day: date, form: str, as_at: date) -> None:
    month = f"{fields.MONTHS[day.month - 1]} {day.year}"
    (end,) = {s.end for s in read_span(form.format(month), as_at=as_at).readings}
    assert end == fields.month_end(day)


@given(st.integers(1, 12), days, st.sampled_from(["12 months to {}", "Jan to {}", "{}", "as at end {}"]))
def test_without_a_year_it_has_ended_within_a_year(month: int, as_at: date, form: str) -> None:
    read = read_span(form.format(fields.MONTHS[month - 1]), as_at=as_at)
    ends = [s.end for s in read.readings]
    assert read.likely
    assert ends[0] is not None and timedelta(0) <= as_at - ends[0] < timedelta(days=366)


@given(days)
def test_quarters_are_those_of_the_calendar(day: date) -> None:
    label = periods.label(periods.key("april", day))
    start, end = periods.bounds("april", periods.key("april", day))
    assert read_span(label, as_at=AS_AT) == SpanRead((Span("Quarter", start, end),))


def test_the_kinds_are_the_choices_of_the_measures_form() -> None:
    form = forms()["measures"]
    assert tuple(choice.value for choice in form.field("period_type").choices) == KINDS
