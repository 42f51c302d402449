from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import summary
from workflow.summary import Fact, Figure

WORDS = ("Red", "Amber", "Green")
facts = st.lists(
    st.builds(
        Fact,
        key=st.just("k"),
        form=st.sampled_from(["Actions", "Measures"]),
        theme=st.sampled_from(["1 One", "2 Two"]),
        rag=st.sampled_from([*WORDS, ""]),
        status=st.sampled_from(["On track", ""]),
        updated=st.booleans(),
        period=st.sampled_from(["Q1", "Q2"]),
    ),
    max_size=30,
)


@given(facts)
def test_every_row_is_counted_once(rows: list[Fact]) -> None:
    for counted in (summary.rag_counts(rows, WORDS), summary.trend(rows, WORDS)):
        assert sum(c.total for c in counted) == len(rows)
        assert all(c.total == sum(c.counts.values()) + c.none for c in counted)
    by_theme = summary.rag_counts(rows, WORDS)
    assert [c.group for c in by_theme] == list(dict.fromkeys((f.form, f.theme) for f in rows))
    assert sum(c.not_updated for c in by_theme) == sum(1 for f in rows if not f.updated)
    assert sum(c.counts["Red"] for c in by_theme) == sum(1 for f in rows if f.rag == "Red")
    assert summary.overall(by_theme, "all").total == len(rows)


def test_status_and_rag_count_apart() -> None:
    rows = [Fact("a", "Actions", "1", "Red", "On track"), Fact("b", "Actions", "1", "", "Complete")]
    (rag,), (status,) = summary.rag_counts(rows, WORDS), summary.status_counts(rows, ("On track", "Complete"))
    assert (rag.counts["Red"], rag.none) == (1, 1)
    assert dict(status.counts) == {"On track": 1, "Complete": 1}


def test_a_word_without_a_column_is_never_dropped() -> None:
    with pytest.raises(ValueError, match="Purple"):
        summary.rag_counts([Fact("a", "Actions", "1", "Purple")], WORDS)


def test_quarter_on_quarter() -> None:
    rows = [Fact("a", "A", "1", "Red", period="Q1"), Fact("a", "A", "1", "Green", period="Q2")]
    moves = summary.quarter_on_quarter(summary.trend(rows, WORDS))
    assert {m.word: m.change for m in moves} == {"Red": -1, "Amber": 0, "Green": 1}
    assert summary.quarter_on_quarter(summary.trend(rows[:1], WORDS)) == ()


def test_nothing_to_count() -> None:
    assert summary.rag_counts([], WORDS) == ()
    assert summary.series([], ["Q1"]) == {}
    assert summary.total([None, None]) is None


def test_a_series_keeps_values_exact_and_shows_gaps() -> None:
    figures = [Figure("m", "Q1", Decimal("36.4")), Figure("m", "Q3", Decimal("0.1000")), Figure("n", "Q2", Decimal(2))]
    assert summary.series(figures, ["Q1", "Q2", "Q3"]) == {
        "m": (Decimal("36.4"), None, Decimal("0.1000")),
        "n": (None, Decimal(2), None),
    }
    assert summary.total([Decimal("0.1"), None, 2]) == Decimal("2.1")
