"""Figures inside texts: every kind that such reports hold, with period, sign and unit; and numbers that measure nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.model import Confidence
from workflow.promises import FigureFound, find_figures

AS_AT = date(2024, 3, 31)


def found(text: str) -> list[FigureFound]:
    return list(find_figures(text, AS_AT))


# The kinds of the catalogue (domain.md A6.2), each in a sentence of our own.
CATALOGUE = [
    ("6,199 crimes in the home were told in 2020/21", "6199", "number", "count", "2020/21"),
    ("47 people were watched over in the year ending March 23", "47", "number", "count", "year ending March 23"),
    ("Since inception 154 pupils were met", "154", "number", "count", "Since inception"),
    ("To date 32 licences are used", "32", "number", "count", "To date"),
    ("259 reports came in during the 12m ending Sept 23", "259", "number", "count", "12m ending Sept 23"),
    ("Officers gave out 45 tickets between Apr and Nov 23", "45", "number", "count", "Apr to Nov 23"),
    ("7 reviews were asked for Apr–Nov 23", "7", "number", "count", "Apr–Nov 23"),
    ("1,168 contacts were made January to September", "1168", "number", "count", "January to September"),
    ("The letter had 20,000+ views in 7 months to Aug", "20000", "number", "count", "7 months to Aug"),
    ("634 incidents were told in the year ending December 2021", "634", "number", "count", "year ending December 2021"),
    ("5 fewer referrals came in 22/23", "-5", "number", "change", "22/23"),
    ("There were 290 more reports of nuisance", "290", "number", "change", ""),
    ("Burglary: 64 less than the year before", "-64", "number", "change", ""),
    ("Of the victims in 2021 82% were women", "82", "per cent", "share", "2021"),
    ("34.6 per cent of assaults had a marker", "34.6", "per cent", "share", ""),
    ("30% (8) went back in the 12m ending March 23", "30", "per cent", "share", "12m ending March 23"),
    ("More than 25% had two reports", "25", "per cent", "share", ""),
    ("Offences rose by 36% in 2021", "36", "per cent", "change", "2021"),
    ("We saw an increase of 22.4% in stalking", "22.4", "per cent", "change", ""),
    ("A 57% increase in reports", "57", "per cent", "change", ""),
    ("An 18.6% reduction in weapons carried", "-18.6", "per cent", "change", ""),
    ("Thefts fell by 12% in the last 3 months", "-12", "per cent", "change", "last 3 months"),
    ("For 12 months to July 23 assaults reduced by 11%", "-11", "per cent", "change", "12 months to July 23"),
    ("Violent crime - 10.6%", "-10.6", "per cent", "change", ""),
    ("Theft + 7.3%", "7.3", "per cent", "change", ""),
    ("The solved rate was 44% YTD", "44", "per cent", "rate", "YTD"),
    ("The reoffending rate was 37.3%", "37.3", "per cent", "rate", ""),
    (
        "Burglary stood at 3.671 per 1,000 in the 12 months to end January 2022",
        "3.671",
        "per 1,000",
        "rate",
        "12 months to end January 2022",
    ),
    ("1.8 crimes per 1,000 people", "1.8", "per 1,000", "rate", ""),
    ("Hold reoffending by young people at 32.3%", "32.3", "per cent", "target", ""),
    ("The target for visits is 40", "40", "number", "target", ""),
    ("Stalking was ranked at number 12", "12", "number", "rank", ""),
    ("The borough is the 5th highest in the county", "5", "number", "rank", ""),
    ("A grant of £25,000 was won in 2023/24", "25000", "£", "count", "2023/24"),
    ("We won £1.2m in 2023/24", "1200000", "£", "count", "2023/24"),
    ("Trust is up 12 percentage points", "12", "percentage points", "change", ""),
]


@pytest.mark.parametrize(("text", "value", "unit", "kind", "period"), CATALOGUE)
def test_every_kind_of_figure(text: str, value: str, unit: str, kind: str, period: str) -> None:
    (one, *more) = found(text)
    assert (one.value, one.unit, one.kind, one.period_text) == (Decimal(value), unit, kind, period)
    assert all(m.written for m in more)
    assert len(more) == ("(8)" in text)
    assert (one.period is None) == (not period)
    assert one.confidence is not Confidence.SURE
    assert one.label


@pytest.mark.parametrize(
    "text",
    [
        "1. Open the hub\n2. Train wardens",
        "1. Open the hub 2. Train wardens",
        "3& 4 Meet schools",
        "Due 31/10/23 or 1.2.2024",
        "On 8th Sept 21 and 10 October 2023",
        "In 2023, and by 2026",
        "The 2021/24 plan, 22/23",
        "See 1.3.1 and section 4",
        "Priority 3, goal 6",
        "Year 5 pupils",
        "Op S59 and J9 and U3A",
        "Open 9am to 17:30, 24/7",
        "Ring 01375 555 0123 or 020 7946 0000",
        "Young people aged 16-25",
        "The 11-19 Group",
        "16-25 year olds",
        "For 6 weeks and 18 months",
        "12m on",
        "See www.westmarsh.example/page/12 or a.b2@westmarsh.example",
        "The data (YDS 110)",
        "The 2nd visit",
        "COVID 19",
        "Act 2021",
        "Q4",
        "Nothing at all",
    ],
)
def test_what_measures_nothing(text: str) -> None:
    assert [f.written for f in found(text)] == []


def test_figures_after_list_marks_and_their_places() -> None:
    text = "1. 3 sessions held in March 22\n2. 12.5 hours, 4 walks\n(i) 2 visits\n(ii) 71 guests"
    got = found(text)
    assert [(f.written, f.label) for f in got] == [
        ("3", "sessions held"),
        ("12.5", "hours"),
        ("4", "walks"),
        ("2", "visits"),
        ("71", "guests"),
    ]
    assert [text[f.start : f.end] for f in got] == ["3", "12.5", "4", "2", "71"]


def test_what_a_figure_is_compared_with_and_when_it_came_out() -> None:
    up = found("Residents content rose from 66% to 78%; trust is at 73%, up from 62%")
    assert [(f.written, f.earlier) for f in up] == [("66%", True), ("78%", False), ("73%", False), ("62%", True)]
    (rate,) = found("Figures published in June 2022 give a rate of 36.4%")
    assert (rate.period, rate.asked) == (None, "Which period does it cover?")
    (same,) = found("There were 45 referrals (no change on 22/23)")
    assert same.period is None
    (now, then) = found("634 incidents in the year ending December 2021 compared to 478 before")
    assert (now.period_text, then.period, then.earlier) == ("year ending December 2021", None, True)
    (over,) = found("Over 16 young people a quarter")
    assert over.about


def test_a_period_is_the_nearest_one_of_its_own_sentence() -> None:
    got = found("In 2022/23 40 walks were held. 12 visits followed, and 9 talks in 2023/24.")
    assert [(f.written, f.period_text) for f in got] == [("40", "2022/23"), ("12", "2023/24"), ("9", "2023/24")]
    assert got[0].period is not None
    assert got[0].period.readings[0].end == date(2023, 3, 31)
    assert got[0].confidence is Confidence.LIKELY


_PARTS = st.sampled_from(
    [
        "12",
        "3.5%",
        "2021/22",
        "1.",
        "£4m",
        "- 10%",
        "fell by",
        "to July 23",
        "(8)",
        "per 1,000",
        "5th",
        ",",
        ".",
        "\n",
        "hubs",
        "12 months",
        "é",
    ]
)


@given(st.one_of(st.lists(_PARTS, max_size=12).map(" ".join), st.text(max_size=60)))
def test_never_raises_and_every_place_is_its_own(text: str) -> None:
    last = 0
    for f in find_figures(text, AS_AT):
        assert f.start >= last
        assert text[f.start : f.end].strip() == f.written
        assert f.confidence is not Confidence.SURE
        assert bool(f.asked) == (f.confidence is Confidence.CHECK)
        last = f.end
