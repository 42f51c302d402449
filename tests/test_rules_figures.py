"""Rules about figures in text: each where it fires, where it just does not, and what it says (domain.md V14 to V16)."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.rule_examples import Use, codes, measure, run, sentence
from workflow.model import Value
from workflow.rules.statements import PERCENT, POINTS, pairs, sentences

STATED: Use = ("stated-change", {"field": "progress"})
ALONE: Use = ("stated-change", {"field": "comment", "value": "value", "comparator": "comparator"})
SHARES: Use = ("text-shares", {"field": "progress"})
ONE_FIGURE: Use = ("rise-one-figure", {"field": "progress"})
NO_PERIOD: Use = ("figure-without-period", {"field": "progress"})
TEXT_RULES = (STATED, SHARES, ONE_FIGURE, NO_PERIOD)
RETURNS = Path(__file__).parent / "example" / "returns"


def told(use: Use, text: str) -> list[str]:
    return codes(*use, {"progress": text})


# --- how figures are read


def test_what_is_no_amount_is_not_read_as_one() -> None:
    for text in (
        "On 31 March 2024 in Q3 of 2023/24", "12m to Sept 23", "pupils aged 11 in year 9", "priority 3 and goal 6",
        "18 months on", "8 of 10 lines", "nurses at 9 in 10 meetings", "the 4th of 12-15 meetings", "ref 1.3.1 and 10:30",
        "COVID-19",
    ):
        read = [f.text for s in sentences(text) for f in s.figures]
        assert not read or text.startswith(("12m", "8 of", "nurses")), (text, read)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("36.4%", PERCENT, "36.4"), ("12 per cent", PERCENT, "12"), ("0.9 percentage points", POINTS, "0.9"),
        ("5pp", POINTS, "5"),
        ("3.4 per 1,000 residents", "rate", "3.4"), ("£1,250", "£", "1250"), ("634", "", "634"), ("12%³ of", PERCENT, "12"),
    ],
)
def test_figures_with_their_units(text: str, unit: str, value: str) -> None:
    (read,) = sentences(text)[0].figures
    assert (read.unit, read.value) == (unit, Decimal(value))


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("634 against 478", "478", "634"), ("634 (was 478)", "478", "634"), ("from 36.4 to 37.3%", "36.4", "37.3"),
        ("78% from 66%", "66", "78"), ("up from 108 in 2014/15 to 141 in 2015/16", "108", "141"), ("45 v 60", "60", "45"),
        ("73% (62% last year)", "62", "73"), ("47% in 2021/22, 19% in 2022/23", "47", "19"),
        ("1.8 compared with 2.1", "2.1", "1.8"),
    ],
)
def test_two_values_of_one_thing(text: str, before: str, after: str) -> None:
    (pair,) = pairs(sentences(text)[0])
    assert (pair.before.value, pair.after.value) == (Decimal(before), Decimal(after))


@pytest.mark.parametrize(
    "text",
    ["aged from 12 to 17", "from 1 April to 30 June", "14 cases from 20", "from 2021/22 to 2022/23", "12% from 8 schools",
     "a move from 12 sites and work with families led to 5 visits", "violence -8% against robbery +3%"],
)
def test_what_is_not_two_values_of_one_thing(text: str) -> None:
    assert pairs(sentences(text)[0]) == ()


# --- a stated change


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("634 against 478, up 33%", ""), ("634 against 478, up 25%", "change-differs"),
        ("634 against 478, down 33%", "change-differs"),
        ("634 against 478, nearly 40% up", ""), ("Up 57% (259 against 165).", ""),
        ("Up 67% (259 against 165).", "change-differs"),
        ("Thefts down by 58% from 120 to 50", ""), ("Thefts down by 42% from 120 to 50", "change-differs"),
        ("It rose from 36.4% to 37.3%, up 2.5%", ""), ("It rose from 36.4% to 37.3%, up 0.9%", "points-not-percent"),
        ("It rose from 36.4% to 37.3%, up 9%", "change-differs"), ("from 36.4% to 37.3% (0.9 percentage points)", ""),
        ("from 36.4% to 37.3% (1.9 percentage points)", "change-differs"), ("from 36.4 to 37.3%, up 0.9 points", ""),
        ("47% in 2021/22, 19% in 2022/23 - i.e. 28 percentage points down", ""),
        ("47% in 2021/22, 19% in 2022/23 - i.e. 38 percentage points down", "change-differs"),
        ("Reports went from 478 in 2020 to 634 in 2021, which is a 33% increase", ""),
        ("Reports went from 478 in 2020 to 634 in 2021, which is a 43% increase", "change-differs"),
        ("Visits fell by 10% to 900 from 1,000", ""), ("Visits fell by 20% to 900 from 1,000", "change-differs"),
        ("Ambassadors went from 256 to 262 this quarter, 6 more", ""),
        ("Ambassadors went from 256 to 262, 8 more", "change-differs"),
        ("The team grew from 12 to 15 officers, up 25%", ""),
        ("The team grew from 12 to 15 officers, up 20%", "change-differs"),
        ("Spend rose from £1,200 to £1,500, up 20%", "change-differs"), ("Arrests: 45 v 60 (-25%)", ""),
        # periods by their names
        ("Exclusions rose from 12 to 18 in the autumn term 2023, up 50%", ""),
        ("Exclusions rose from 12 to 18 in the autumn term 2023, up 40%", "change-differs"),
        ("47% in autumn term 2022, 19% in autumn term 2023, 28 percentage points down", ""),
        ("47% in autumn term 2022, 19% in autumn term 2023, 38 percentage points down", "change-differs"),
        ("120 in Q3 2022/23 and 150 in Q3 2023/24, up 40%", "change-differs"),
        # a change of something else, or of what cannot be known
        ("Attendance went up from 80% to 92%, and referrals fell 3%", ""), ("Calls fell 12%, tickets 45 against 40", ""),
        ("Calls rose from 120 to 180 (up 50%), of which 30% were repeats", ""), ("Bids rose from 0 to 3, up 100%", ""),
        ("Up 12% to 20 schools from 1 April", ""), ("8 of 10 lines finished, up 20%", ""),
    ],
)
def test_stated_change(text: str, code: str) -> None:
    assert told(STATED, text) == ([code] if code else [])


def test_stated_change_in_words() -> None:
    assert sentence(*STATED, {"progress": "634 against 478, up 25%"}) == (
        'you wrote "25%" as the change from 478 to 634, but it is up by 32.6%. Correct the change, or the figure that is wrong.'
    )
    assert sentence(*STATED, {"progress": "Good ratings: 78% from 66%, up 12%"}) == (
        'you wrote "12%" as the change from 66% to 78%, but it is up by 12 percentage points, or 18.2 per cent. '
        "Write 12 percentage points, or give the change in per cent."
    )


def test_a_text_that_stood_there_before_is_not_asked_about_again() -> None:
    text = "634 against 478, up 25%. Violent crime -10.6%. White 70%, Black 10%, Asian 8% and mixed 4%."
    for use in (STATED, SHARES):
        assert codes(*use, {"progress": text}) != []
        assert codes(*use, {"progress": text}, {"progress": text}) == []


@given(st.integers(1, 9999), st.integers(1, 9999), st.integers(0, 1))
def test_a_rightly_rounded_change_is_never_asked_about(before: int, after: int, places: int) -> None:
    assume(before != after)
    assume(not {before, after} & set(range(1900, 2100)))  # read as years
    change = round(abs(Decimal(100) * (after - before) / before), places)
    way = "up" if after > before else "down"
    for text in (
        f"{after:,} against {before:,}, {way} {change}%", f"{way} by {change}% from {before:,} to {after:,}",
        f"from {before:,} to {after:,}, {way} {abs(after - before):,}",
    ):
        assert told(STATED, text) == [], text


@given(st.integers(100, 1800), st.integers(100, 1800), st.integers(2, 40))
def test_a_change_that_is_out_is_always_asked_about(before: int, after: int, out: int) -> None:
    change = round(Decimal(100) * (after - before) / before) + (out if after >= before else -out)
    way = "up" if change > 0 else "down"
    assert told(STATED, f"{after:,} against {before:,}, {way} {abs(change)}%") == ["change-differs"]


@given(st.integers(1, 99), st.integers(1, 99))
def test_points_called_per_cent(before: int, after: int) -> None:
    """Points stated as points are right; stated as per cent they are asked about, unless that is right as well."""
    assume(abs(after - before) > 2)
    way = "up" if after > before else "down"
    points = abs(after - before)
    assert told(STATED, f"from {before}% to {after}%, {way} {points} percentage points") == []
    lowest = abs((after + Decimal("0.5")) / (before - Decimal("0.5")) - 1) * 100
    highest = abs((after - Decimal("0.5")) / (before + Decimal("0.5")) - 1) * 100
    low, high = sorted((lowest, highest))
    right = low - Decimal("0.5") <= points <= high + Decimal("0.5")
    expected = [] if right else ["points-not-percent"]
    assert told(STATED, f"from {before}% to {after}%, {way} {points}%") == expected


def row(**values: Value) -> dict[str, Value]:
    return {"period_type": "Quarter", **values}


@pytest.mark.parametrize(
    ("comment", "unit", "figures", "code"),
    [
        ("Up 57%, but falling since July.", "number", ("259", "165", ""), ""),
        ("Up 67%, but falling since July.", "number", ("259", "165", ""), "change-differs"),
        ("Down by 12% on last quarter.", "number", ("88", "165", "100"), ""),
        ("Down by 12% on last year.", "number", ("88", "165", "100"), "change-differs"),
        ("Figure for 2022/23: a fall of 28 percentage points.", "%", ("19", "47", ""), ""),
        ("Figure for 2022/23: a fall of 28%.", "%", ("19", "47", ""), "points-not-percent"),
        ("Up 0.9 points on a cohort of fewer than 12.", "%", ("37.3", "36.4", ""), ""),
        ("Up 2 in the town centre.", "number", ("9", "9", ""), ""), ("Up 5% on target.", "number", ("9", "9", "9"), ""),
        ("Down 20% at weekends.", "number", ("90", "100", "100"), ""), ("Up 3.", "number", ("12", "9", ""), ""),
        ("Up 4.", "number", ("12", "9", ""), "change-differs"), ("Up 12%", "number", ("12", "", ""), ""),
    ],
)
def test_a_change_stated_alone(comment: str, unit: str, figures: tuple[str, str, str], code: str) -> None:
    value, year, last = figures  # now, in the same period last year, last time
    now = row(value=Decimal(value), comment=comment, **({"comparator": Decimal(year)} if year else {}))
    before = row(value=Decimal(last)) if last else {}
    assert codes(*ALONE, now, before, of=measure(unit)) == ([code] if code else [])


def test_a_change_stated_alone_is_never_held_against_an_unlike_period() -> None:
    now = row(value=Decimal(88), comment="Down by 50%.")
    assert codes(*ALONE, now, row(value=Decimal(100)), of=measure()) == ["change-differs"]
    assert codes(*ALONE, now, {"value": Decimal(100), "period_type": "Year to date"}, of=measure()) == []
    change = measure("%", title="Change in recorded thefts")
    assert codes(*ALONE, now, row(value=Decimal(100)), of=change) == []


# --- shares


WHOLE = "White 70.7%, Black 12.5%, Asian 5.8%, Mixed 3.8% and Other {rest}%"


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        (WHOLE.format(rest="1.4"), True), (WHOLE.format(rest="7.2"), False), (WHOLE.format(rest="7.0"), False),
        (WHOLE.format(rest="6.9"), True), (WHOLE.format(rest="1.4") + ". The rest is not recorded.", False),
        ("- White 70.7%\n- Black 12.5%\n- Asian 5.8%\n- Mixed 3.8%\n- Other 1.4%", True),
        ("82% of victims were female (13% were male and 5% had no gender recorded)", False),
        ("Victims: 60% female, 30% male and 5% not known", True), ("Victims: 60% female, 34% male and 5% not known", False),
        # not shares of one whole
        ("Attendance: police 33%, housing 34%, health 30%", False), ("66% knew it well & 32% could champion it", False),
        ("Down 33% in the north, 34% in the south, up 30% in the east and 2% in the west", False),
        ("34% feel well informed, down from 43%, 73% are confident and 78% rate us good", False),
        ("Over 33% female, 34% male, 30% unknown", False), ("KPI 91%", False),
        ("White 20%, Black 10%, Asian 5%, Mixed 1%", False),
    ],
)
def test_shares_in_text(text: str, fires: bool) -> None:
    assert told(SHARES, text) == (["shares-not-whole"] if fires else [])


def test_shares_in_words() -> None:
    assert sentence(*SHARES, {"progress": WHOLE.format(rest="1.4")}) == (
        'the shares "70.7%, 12.5%, 5.8%, 3.8% and 1.4%" add up to 94.2%, not 100%. '
        "Correct them, or say what the rest is or why they overlap."
    )


@given(st.lists(st.integers(1, 5000), min_size=4, max_size=7), st.integers(0, 2))
def test_rightly_rounded_shares_are_never_asked_about(counts: list[int], places: int) -> None:
    shares = [round(Decimal(100 * n) / sum(counts), places) for n in counts]
    names = ("white", "black", "asian", "mixed", "chinese", "other", "roma")
    text = ", ".join(f"{name} {share}%" for name, share in zip(names, shares, strict=False))
    assert told(SHARES, text) == []


# --- one figure of two


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("The rate for the cohort was 36.4%. This indicates a slight increase over the year.", True),
        ("The rate was 36.4% in June 2022 and 37.3% in June 2023. This is a slight increase.", False),
        ("The rate was 36.4%, a slight rise on last year.", True), ("Attendance rose to 92% in March.", True),
        ("The rate is 4.1 per 1,000, which is a fall on last quarter.", True),
        ("The rate was 36.4%, a fall of 2 points on last year.", False), ("Attendance rose from two thirds to 92%.", False),
        ("Attendance was 92%. Referrals rose in the autumn.", False), ("The aim is that attendance rises to 95%.", False),
        ("Thefts fell by 12% in the last 3 months.", False), ("75% of them are supported; up to 20 a quarter.", False),
        ("We reached 28% of staff. This is a good start.", False), ("Reports rose to 45 this quarter.", False),
    ],
)
def test_rise_with_one_figure(text: str, fires: bool) -> None:
    assert told(ONE_FIGURE, text) == (["change-one-figure"] if fires else [])


def test_rise_with_one_figure_in_words() -> None:
    assert sentence(*ONE_FIGURE, {"progress": "Attendance rose to 92% in March."}) == (
        'you gave "92%" and said that it changed, but not what it was before or is now. '
        "Give both figures, each with its period."
    )


# --- a change without a period


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Violent crime -10.6%, acquisitive crime +7.3%", True), ("Violent crime - 10.6%, acquisitive + 7.3%", True),
        ("Violent crime down 10.6% in the year to March 2024", False),
        ("Thefts reduced by 12% over the last three months", False),
        ("Use of the line is up 40%.", True), ("Use of the line is up 40% since it opened.", False),
        ("An 18.6% reduction in possession of weapons", True), ("From 120 to 50, down by 58%", False),
        # levels, targets and other uses of the same words
        ("75% of under-18s on the matrix are supported", False), ("Fill rate - 28% of places taken", False),
        ("We aim to cut thefts by 10%", False), ("Repeat victims made up 31% of referrals", False), ("Down from 43%", False),
        ("More than 50% of victims", False), ("Up to 20% of places", False), ("£5,000 more was spent", False),
    ],
)
def test_change_without_a_period(text: str, fires: bool) -> None:
    assert told(NO_PERIOD, text) == (["figure-no-period"] if fires else [])


def test_change_without_a_period_in_words() -> None:
    assert sentence(*NO_PERIOD, {"progress": "Violent crime - 10.6%, vehicle crime + 7.3%"}) == (
        'you wrote "- 10.6% and + 7.3%", but not for which period. '
        "Say which months are meant, and what they are compared with."
    )


# --- all of them


def example_texts() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for path in sorted(RETURNS.glob("*-2023-24-*.toml")):
        for answers in tomllib.loads(path.read_text(encoding="utf-8")).get("row", ()):
            found += [(f"{path.stem} {answers.get('key', '')} {n}", v) for n, v in answers.items() if isinstance(v, str)]
    return found


def test_on_the_example_only_the_change_without_a_period_is_found() -> None:
    texts = example_texts()
    assert len(texts) > 500
    found = [(where, code) for where, text in texts for use in TEXT_RULES for code in told(use, text)]
    assert found == [("commitments-2023-24-Q4 CP23-OFFEND-2 progress", "figure-no-period")]


ANY = st.text(alphabet="0123456789%.,+-()£/ \n", max_size=120) | st.lists(
    st.sampled_from(["from", "to", "against", "up", "down", "5%", "12%", "634", "478", "(", ")", ",", ".", "was", "points"])
).map(" ".join)


@given(ANY)
def test_no_rule_breaks_whatever_the_text_is(text: str) -> None:
    for use in TEXT_RULES:
        assert "rule-crashed" not in told(use, text)


def test_the_texts_of_a_row_are_told_apart() -> None:
    use = ("stated-change", {"field": ["progress", "outcome"]})
    found = run(*use, {"progress": "634 against 478, up 33%", "outcome": "634 against 478, up 25%"})
    assert [(p.code, p.field) for p in found] == [("change-differs", "outcome")]


def test_dates_are_no_trouble() -> None:
    assert codes(*ALONE, {"comment": date(2023, 9, 30), "value": 5}, of=measure()) == []
