from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.view_examples import ANSWERS, ITEMS, Q1, Q2, Q3, RAG, item, measure, view
from workflow.model import Item, Slot, Value
from workflow.outputs import standing
from workflow.outputs.readings import Reading, alike, change, change_words, period_words, shortfall
from workflow.outputs.standing import Moments

MOMENTS = Moments(view())
BY_KEY = {i.key: i for i in ITEMS}


def only(one: Item, **answers: Value) -> Moments:
    """The moments of a view with one item and what was answered on it this quarter."""
    given: dict[Slot, Value] = {(one.form, one.key, name): value for name, value in answers.items()}
    return Moments(view({Q2: given}, items=(one,)))


# --- RAG


def test_a_chosen_rag_is_the_leads_word_or_letter() -> None:
    for said in ("Amber", "amber", "A"):
        moments = only(item("X", "actions"), rag=said)
        level = standing.rag_at(moments.now, item("X", "actions"))
        assert level is not None
        assert standing.rag_words(level) == "Amber – at risk"
    assert standing.rag_at(only(item("X", "actions"), rag="Puce").now, item("X", "actions")) is None


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("Complete", "Blue"),
        ("Closed – not delivered", "Red"),
        ("At risk", "Amber"),
        ("On track", "Green"),
        ("Not started", "Grey"),
    ],
)
def test_a_rag_that_follows_from_the_status(status: str, word: str) -> None:
    one = item("X", "commitments", "CSP", "DA")
    level = standing.rag_at(only(one, status=status).now, one)
    assert level is not None
    assert level.word == word
    assert standing.rag_words(level, status) == f"{word} – {status[0].lower()}{status[1:]}".replace(
        "closed – not", "closed, not"
    )


@pytest.mark.parametrize(("due", "word"), [(30, "Green"), (29, "Amber"), (1, "Amber")])
def test_a_rag_that_follows_from_lateness(due: int, word: str) -> None:
    one = item("X", "actions", "OLD", due=date(2023, 9, due))
    level = standing.rag_at(only(one).now, one)
    assert level is not None
    assert level.word == word
    late = standing.rag_at(only(one).now, replace(one, values={**one.values, "due": date(2023, 8, 30)}))
    assert late is not None
    assert late.word == "Red"
    done = standing.rag_at(only(one, status="Complete").now, one)
    assert done is not None
    assert done.word == "Green"


@pytest.mark.parametrize(
    ("value", "tolerance", "word"),
    [
        (100, None, "Green"),
        (104, None, "Green"),
        (105, None, "Amber"),
        (110, None, "Red"),
        (90, None, "Green"),
        (120, 25, "Amber"),
        (125, 25, "Amber"),
        (126, 25, "Red"),
        (104, 3, "Red"),
        (102, 3, "Green"),
    ],
)
def test_a_measure_against_its_target(value: int, tolerance: int | None, word: str) -> None:
    more: dict[str, Value] = {} if tolerance is None else {"tolerance": Decimal(tolerance)}
    one = measure("X", target=Decimal(100), **more)
    level = standing.rag_at(only(one, value=Decimal(value), period_type="Quarter", period_end=date(2023, 9, 30)).now, one)
    assert level is not None
    assert level.word == word


def test_no_figure_this_quarter_no_rag() -> None:
    one = measure("X", target=Decimal(100))
    moments = Moments(view({Q1: {("measures", "X", "value"): Decimal(100)}}, items=(one,)))
    assert standing.rag_at(moments.now, one) is None
    assert standing.rag_at(moments.before, one) is not None


def test_before_the_first_return_a_measure_has_no_rag() -> None:
    one = measure("X", target=Decimal(100))
    moments = only(one, value=Decimal(100), period_type="Quarter", period_end=date(2023, 9, 30))
    assert standing.rag_at(moments.now, one) is not None
    assert standing.rag_at(moments.before, one) is None


def test_shortfall_is_on_the_wrong_side_only() -> None:
    low, high = measure("X", target=Decimal(50)), measure("Y", target=Decimal(50), polarity="Higher is better")
    either = measure("Z", target=Decimal(50), polarity="Neither")
    assert (shortfall(Decimal(60), low), shortfall(Decimal(60), high), shortfall(Decimal(60), either)) == (
        Decimal(20),
        Decimal(0),
        Decimal(20),
    )
    assert shortfall(Decimal(1), measure("X", target=Decimal(0))) == 100
    assert shortfall(Decimal(1), measure("X")) is None


@pytest.mark.parametrize(
    ("before", "now", "way"),
    [
        ("Red", "Amber", "Better"),
        ("Green", "Amber", "Worse"),
        ("Blue", "Green", "Worse"),
        ("Amber", "Amber", "Same"),
        ("", "Green", "New"),
        ("Green", "", "Not comparable"),
        ("Grey", "Green", "Not comparable"),
    ],
)
def test_direction_in_words(before: str, now: str, way: str) -> None:
    levels = {v.word: v for v in RAG if v.scheme == "BRAG"}
    assert standing.direction(levels.get(now), levels.get(before)) == way


def test_blue_that_means_not_started_is_no_rank() -> None:
    blue = next(v for v in RAG if v.word == "Blue")
    assert standing.rank(blue) == 5
    assert standing.rank(replace(blue, meaning="not started", statuses=("Not started",))) is None


# --- dates


def test_the_original_date_stays_and_moves_are_counted() -> None:
    first, second = BY_KEY["TR-1"], BY_KEY["TR-2"]
    assert standing.now_due(MOMENTS.now, first) == "Proposed: 30 Nov 2023"
    assert standing.now_due(MOMENTS.before, first) == "Proposed: 30 Sep 2023"
    assert standing.times_moved(MOMENTS, first) == 2
    assert standing.now_due(MOMENTS.now, second) == "Agreed: 31 Dec 2023. Proposed: 31 Jan 2024"
    assert standing.times_moved(MOMENTS, second) == 2
    assert standing.now_due(MOMENTS.now, BY_KEY["TR-3"]) == standing.NOT_REVISED


def test_a_proposal_that_was_agreed_or_overtaken_is_gone() -> None:
    for agreed in (date(2023, 11, 30), date(2024, 2, 1)):
        one = item("X", "actions", due=date(2023, 8, 31), revised_due=agreed)
        moments = only(one, new_due=date(2023, 11, 30))
        assert standing.proposed_due(moments.now, one) is None


@given(st.dates(date(2023, 1, 1), date(2024, 12, 31)), st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2024, 12, 31))))
def test_days_overdue(due: date, agreed: date | None) -> None:
    one = item("X", "actions", due=due) if agreed is None else item("X", "actions", due=due, revised_due=agreed)
    days = standing.days_overdue(only(one, status="At risk").now, one)
    assert days == max(0, (date(2023, 9, 30) - (agreed or due)).days)
    assert standing.days_overdue(only(one, status="Complete").now, one) == 0
    assert standing.days_overdue(only(item("Y", "actions")).now, item("Y", "actions")) is None


# --- what was said


def test_progress_is_this_quarters_or_it_says_so() -> None:
    assert standing.progress(MOMENTS, BY_KEY["TR-1"]) == "Summer progress of the first action."
    assert standing.progress(MOMENTS, BY_KEY["TR-4"]) == "Not updated this quarter (finished earlier)"
    assert standing.progress(MOMENTS, BY_KEY["C-3"]) == "Not updated this quarter"
    assert standing.status(MOMENTS.now, BY_KEY["TR-4"]) == "Complete"


def test_the_register_says_what_stood_before_the_first_return() -> None:
    moments = Moments(view({}, Q1))
    assert standing.status(moments.now, BY_KEY["TR-1"]) == "On track"
    level = standing.rag_at(moments.before, BY_KEY["TR-1"])
    assert level is not None
    assert level.word == "Green"


def test_a_source_is_the_place_of_this_quarters_words() -> None:
    found = standing.source(MOMENTS, BY_KEY["TR-1"], MOMENTS.view.forms["actions"])
    assert found is not None
    assert found.value == "Summer progress of the first action."
    assert standing.place_words(found).startswith("inbox/police.xlsx, Actions, cell H")
    assert standing.source(MOMENTS, BY_KEY["C-3"], MOMENTS.view.forms["commitments"]) is None


def test_earlier_quarters_as_they_stood() -> None:
    moments = Moments(view({**ANSWERS, Q3: {}}, Q3))
    assert [p.key for p in moments.periods] == [Q1, Q2, Q3]
    words = [level.word for p in moments.periods if (level := standing.rag_at(moments.at(p), BY_KEY["TR-1"]))]
    assert words == ["Green", "Amber", "Amber"]


# --- measures


@pytest.mark.parametrize(
    ("now", "before", "unit", "words"),
    [
        ("37.3", "36.4", "%", "Up 0.9 percentage points"),
        ("19", "47", "%", "Down 28.0 percentage points"),
        ("634", "478", "number", "Up 32.6%"),
        ("50", "100", "£", "Down 50.0%"),
        ("3", "0", "number", "Up from 0"),
        ("5", "5", "number", "No change"),
        ("2", "4", "rank", "From 4 to 2"),
        ("10001", "10000", "number", "Up by less than 0.1%"),
        ("1.8", "-1.8", "rate per 1,000", "Up 200.0%"),
        ("0.05", "0", "%", "Up 0.1 percentage points"),
    ],
)
def test_change_in_words(now: str, before: str, unit: str, words: str) -> None:
    assert change_words(Decimal(now), Decimal(before), unit) == words


def reading(kind: str, end: date | None, value: int | None = 10, start: date | None = None) -> Reading:
    return Reading(Q2, None if value is None else Decimal(value), period_type=kind, end=end, start=start)


JUN, SEP, SEP22 = date(2023, 6, 30), date(2023, 9, 30), date(2022, 9, 30)


@pytest.mark.parametrize(
    ("now", "before", "like"),
    [
        (reading("Quarter", SEP), reading("Quarter", JUN), True),
        (reading("Quarter", SEP), reading("Rolling 12 months", JUN), False),
        (reading("Quarter", SEP), reading("Quarter", SEP), False),
        (reading("Quarter", SEP), reading("Quarter", None), False),
        (reading("Year to date", SEP), reading("Year to date", JUN), False),
        (reading("Year to date", SEP), reading("Year to date", SEP22), True),
        (reading("Cohort", SEP, start=date(2022, 10, 1)), reading("Cohort", JUN, start=date(2023, 4, 1)), False),
        (reading("", SEP), reading("", JUN), False),
        (reading("Cumulative", SEP), reading("Cumulative", JUN), False),
        (reading("Snapshot", SEP), reading("Snapshot", JUN), True),
    ],
)
def test_only_like_periods_are_compared(now: Reading, before: Reading, like: bool) -> None:
    assert alike(now, before) is like
    found = change(measure("X"), now, before)
    assert (found.direction != "Not comparable") is like


@given(
    st.sampled_from(["Higher is better", "Lower is better", "Neither"]),
    st.integers(-50, 50),
    st.integers(-50, 50),
    st.sampled_from(["number", "%", "rank", "days"]),
)
def test_direction_follows_the_polarity(polarity: str, now: int, before: int, unit: str) -> None:
    one = measure("X", polarity=polarity, unit=unit)
    found = change(one, reading("Quarter", SEP, now), reading("Quarter", JUN, before)).direction
    if now == before:
        assert found == "Same"
    elif polarity == "Neither":
        assert found == "Not comparable"
    else:
        assert found == ("Better" if (now > before) == (polarity == "Higher is better") else "Worse")


def test_a_missing_value_is_never_compared() -> None:
    for now, before in ((None, reading("Quarter", JUN)), (reading("Quarter", SEP, None), reading("Quarter", JUN))):
        assert change(measure("X"), now, before).both == "Not comparable"


def test_the_same_period_last_year_stands_in() -> None:
    now = replace(reading("Year to date", SEP, 12), comparator=Decimal(10))
    found = change(measure("X"), now, reading("Year to date", JUN, 4))
    assert found.both == "Worse: up 20.0% on the same period last year"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (reading("Rolling 12 months", SEP), "Rolling 12 months to Sep 2023"),
        (reading("Quarter", SEP), "Quarter to Sep 2023"),
        (reading("Cohort", SEP, start=date(2022, 10, 1)), "Cohort, Oct 2022 to Sep 2023"),
        (reading("Financial year", date(2023, 3, 31)), "Financial year 2022/23"),
        (reading("Calendar year", date(2021, 12, 31)), "Calendar year 2021"),
        (reading("Snapshot", SEP), "Snapshot at 30 Sep 2023"),
        (reading("Quarter", None), "Quarter, end not given"),
    ],
)
def test_the_period_in_words(given: Reading, words: str) -> None:
    assert period_words(given) == words


def test_the_last_figure_is_for_an_earlier_period() -> None:
    measures = MOMENTS.now.readings
    before = measures.before(BY_KEY["M-RATE"])
    assert before is not None
    assert (before.value, before.end) == (Decimal("36.4"), JUN)
    opening = measures.before(BY_KEY["M-NONE"])
    assert opening is not None
    assert (opening.value, opening.period) == (Decimal(5), "")
    assert measures.now(BY_KEY["M-NONE"]) is None
