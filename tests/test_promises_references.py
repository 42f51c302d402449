"""Cells that mean another cell's text, stems that siblings share, and references in the order people count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.model import Confidence
from workflow.promises import RowText, is_ref, parent_ref, ref_key, resolve, share_stems

SURE, LIKELY, CHECK = Confidence.SURE, Confidence.LIKELY, Confidence.CHECK
WISH = {"Recommendation": "Share records when a child moves in"}
ROWS = (
    RowText("Send records on within a week", "1.1"),
    RowText("B) as above", "1.2"),
    RowText("As above", "1.3"),
    RowText("As above", "2"),
    RowText("Same as 1.1", "3.1"),
    RowText("As in recommendation.", "3.2", WISH),
    RowText("", "3.3"),
    RowText("Train wardens", "3.4"),
)


def test_what_is_meant_with_where_it_stands_and_how_sure() -> None:
    got = resolve(ROWS)
    records = ROWS[0].text
    assert [(r.text, r.source, r.row, r.confidence) for r in got] == [
        (records, "", -1, SURE), (records, "1.1", 0, LIKELY), (records, "1.1", 0, LIKELY), (records, "1.1", 0, CHECK),
        (records, "1.1", 0, SURE), (WISH["Recommendation"], "Recommendation", -1, SURE), ("", "", -1, SURE),
        ("Train wardens", "", -1, SURE),
    ]  # fmt: skip
    assert [r.written for r in got] == [row.text for row in ROWS]
    assert (got[1].mark, got[2].via, got[3].via) == ("B)", ("1.2",), ("1.3", "1.2"))
    assert got[3].asked == "The row above belongs to another group. Is the text of 1.1 meant?"


@pytest.mark.parametrize(
    "text",
    ["as above", "As above.", "AS ABOVE", "b) as above", "(b) As above", "Ditto", "ditto.", '"', "''", "〃", "see above",
     "Same as above", "as per above", "same", "As previous", "(as above)"],
)  # fmt: skip
def test_every_way_of_pointing_up(text: str) -> None:
    (_, got) = resolve((RowText("Open the hub", "1"), RowText(text, "2")))
    assert (got.text, got.row, got.confidence) == ("Open the hub", 0, LIKELY)


@pytest.mark.parametrize("text", ["as 1.1", "See 1.1", "same as action 1.1", "As per 1.1", "as in 1.1 above", "See row 1.1."])
def test_every_way_of_pointing_to_a_reference(text: str) -> None:
    (_, got) = resolve((RowText("Open the hub", "1.1"), RowText(text, "7")))
    assert (got.text, got.source, got.confidence) == ("Open the hub", "1.1", SURE)


@pytest.mark.parametrize(
    "text",
    [
        "as recommendation",
        "See recommendation",
        "As in the recommendation",
        "as per Recommendations",
        "b) as in recomendation",
    ],
)  # fmt: skip
def test_every_way_of_pointing_along_the_row(text: str) -> None:
    (got,) = resolve((RowText(text, "1", WISH),))
    assert (got.text, got.source, got.confidence) == (WISH["Recommendation"], "Recommendation", SURE)


def test_what_cannot_be_resolved_is_kept_and_asked() -> None:
    asked = resolve(
        (RowText("As above", "1"), RowText("Same as 9.9", "2"), RowText("As in recommendation", "3", {"Recommendation": " "}))
    )
    assert [(r.text == r.written, r.confidence) for r in asked] == [(True, CHECK)] * 3
    assert asked[0].asked == "“As above” has no text above it. What is meant?"
    assert asked[1].asked == "“Same as 9.9” points to 9.9, for which there is no row here. What is meant?"
    around = resolve((RowText("See 2", "1"), RowText("See 1", "2")))
    assert {r.confidence for r in around} == {CHECK}


def test_additions_stay_and_are_asked() -> None:
    (_, got) = resolve((RowText("Open the hub", "1"), RowText("As above, and train wardens", "2")))
    assert (got.text, got.confidence) == ("Open the hub\nand train wardens", CHECK)
    (_, below) = resolve((RowText("Open the hub", "1"), RowText("Wardens trained as above will visit", "2")))
    assert (below.text, below.confidence, below.source) == ("Wardens trained as above will visit", LIKELY, "")
    assert below.asked


def test_an_empty_cell_above_is_stepped_over_and_asked() -> None:
    got = resolve((RowText("Open the hub", "1"), RowText(" ", "2"), RowText("As above", "3")))[2]
    assert (got.text, got.confidence) == ("Open the hub", CHECK)


@given(
    st.lists(
        st.sampled_from(["Open the hub", "As above", "ditto", "Same as 2", "See 1", "b) as above", "", "As in recommendation"]),
        max_size=8,
    )
)
def test_the_words_as_written_are_kept_and_own_words_mean_themselves(texts: list[str]) -> None:
    rows = tuple(RowText(text, str(n), WISH) for n, text in enumerate(texts, 1))
    got = resolve(rows)
    assert [r.written for r in got] == texts
    for r in got:
        if r.written in ("Open the hub", ""):
            assert (r.text, r.source) == (r.written, "")
        elif r.confidence is not CHECK:
            assert r.text in ("Open the hub", WISH["Recommendation"])
        assert bool(r.asked) == (r.confidence is CHECK)


def test_a_stem_goes_on_to_the_siblings_that_count_on() -> None:
    rows = (
        RowText("Links between agencies need to improve in several ways;\n\na) records move with a child", "1.3.1"),
        RowText("b) hospital visits are told", "1.3.2"), RowText("c) nurses attend the forum", "1.3.3"),
        RowText("Hold workshops", "1.4"), RowText("d) another matter", "2.1"),
    )  # fmt: skip
    got = share_stems(rows)
    stem = "Links between agencies need to improve in several ways;"
    assert [(s.stem, s.text, s.mark, s.row, s.confidence) for s in got] == [
        (stem, "records move with a child", "a)", 0, SURE), (stem, "hospital visits are told", "b)", 0, LIKELY),
        (stem, "nurses attend the forum", "c)", 0, LIKELY), ("", "Hold workshops", "", -1, SURE),
        ("", "d) another matter", "", -1, SURE),
    ]  # fmt: skip
    inline = share_stems((RowText("Links must improve; a) records move", "1.3.1"), *rows[1:2]))
    assert [(s.stem, s.text, s.row) for s in inline][:1] == [("Links must improve;", "records move", 0)]
    whole = share_stems((RowText("We will:\na) open\nb) close", "1"),))
    assert (whole[0].stem, whole[0].text) == ("", "We will:\na) open\nb) close")


def test_references_sort_as_people_count() -> None:
    assert sorted(["1.10", "2", "1.2", "1.3.1", "10", "1.3", "A2", "A10"], key=ref_key) == [
        "1.2",
        "1.3",
        "1.3.1",
        "1.10",
        "2",
        "10",
        "A2",
        "A10",
    ]
    assert [t for t in ("3", "1.3.1", "A2", "VAWG 4", "1.10", "In 2023", "12 wardens", "", "12.5 hours") if is_ref(t)] == [
        "3", "1.3.1", "A2", "VAWG 4", "1.10"
    ]  # fmt: skip
    assert [parent_ref(r) for r in ("1.3.1", "1.3", "3")] == ["1.3", "1", ""]


def test_long_chains_are_followed_and_endless_ones_asked() -> None:
    up = resolve((RowText("Open the hub", "0"), *(RowText("As above", str(n)) for n in range(1, 2000))))
    assert (up[-1].text, up[-1].row, up[-1].via[0]) == ("Open the hub", 0, "1998")
    down = resolve(tuple(RowText(f"See {n + 1}", str(n)) for n in range(200)))
    assert {r.confidence for r in down} == {CHECK}
