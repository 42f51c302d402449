"""Status and colour from words, letters and ticks; and marks and furniture taken off without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.items import STATUSES
from workflow.model import Confidence
from workflow.promises import status_of, strip_marks
from workflow.promises.furniture import BULLET, DRAFT, FOOTNOTE, PAGE, TITLE

SURE, LIKELY, CHECK = Confidence.SURE, Confidence.LIKELY, Confidence.CHECK


@pytest.mark.parametrize(
    ("text", "status", "rag", "confidence"),
    [
        ("Complete", "Complete", "", SURE),
        ("completed.", "Complete", "", SURE),
        ("✓", "Complete", "", SURE),
        ("✔", "Complete", "", SURE),
        ("on track", "On track", "", SURE),
        ("Underway", "On track", "", SURE),
        ("delayed", "At risk", "", SURE),
        ("outstanding", "Off track", "", SURE),
        ("yet to launch", "Not started", "", SURE),
        ("G", "", "Green", SURE),
        ("amber", "", "Amber", SURE),
        ("RAG: R", "", "Red", SURE),
        ("(B)", "", "Blue", SURE),
        ("The policy is drafted and shared", "On track", "", LIKELY),
        ("The wardens were delayed by rain", "At risk", "", LIKELY),
        ("We have been unable to meet them", "Off track", "", LIKELY),
        ("Drafted but yet to launch", "Not started", "", LIKELY),
        ("Awaiting data from the fire service", "At risk", "", LIKELY),
        ("Work is slower than hoped", "At risk", "", LIKELY),
        ("The trial has been successful", "Complete", "", LIKELY),
        ("The bid was unsuccessful", "Off track", "", LIKELY),
        ("Nearly complete", "On track", "", LIKELY),
        ("The form will be completed in May", "On track", "", LIKELY),
        ("Information shared but no opportunity to meet", "Off track", "", LIKELY),
        ("Self-assessment actions green", "", "Green", LIKELY),
        ("This action is complete and the work ongoing", "On track", "", CHECK),
        ("Complete, data is outstanding", "Off track", "", CHECK),
        ("Wardens walked Green Lane", "", "", CHECK),
        ("", "", "", CHECK),
        ("Good work in Amberley", "", "", CHECK),
    ],
)
def test_what_words_say(text: str, status: str, rag: str, confidence: Confidence) -> None:
    assert status_of(text, False)[:3] == (status, rag, confidence)


def test_ticks_and_colours_beside_the_text() -> None:
    assert status_of("Host street meetings", True)[:3] == ("Complete", "", SURE)
    assert status_of("Street meetings are delayed", True)[:3] == ("Complete", "", CHECK)
    assert status_of("Complete", rag="G")[:3] == ("Complete", "Green", SURE)
    assert status_of("Street meetings are held", rag="A")[:3] == ("", "Amber", SURE)
    tense = status_of("The work is delayed", rag="G")
    assert tense[:3] == ("At risk", "Green", CHECK)
    assert tense.asked == "The text reads as At risk, the colour is Green. Which is true?"
    assert status_of("Complete", True, rag="R").confidence is CHECK
    assert status_of("G", rag="A").confidence is CHECK


_SAYS = st.lists(
    st.sampled_from(
        ["complete", "delayed", "on track", "unable to", "the hub", "is", "green", "ongoing", "yet to launch", "not", "✓"]
    ),
    max_size=6,
).map(" ".join)


@given(_SAYS, st.booleans(), st.sampled_from(["", "R", "A", "G", "B", "red"]))
def test_text_and_colour_that_pull_apart_are_never_sure(text: str, tick: bool, rag: str) -> None:
    got = status_of(text, tick, rag=rag)
    assert got.status in ("", *(c.value for c in STATUSES))
    assert bool(got.asked) == (got.confidence is CHECK)
    bad = {
        ("Green", "At risk"),
        ("Green", "Off track"),
        ("Red", "Complete"),
        ("Red", "On track"),
        ("Amber", "Complete"),
        ("Green", "Not started"),
    }
    if (got.rag, got.status) in bad:
        assert got.confidence is CHECK


# --- marks and furniture


@pytest.mark.parametrize(
    ("text", "left", "aside", "kind"),
    [
        ("The plan² holds", "The plan holds", "²", FOOTNOTE),
        ("Rates fell¹² again", "Rates fell again", "¹²", FOOTNOTE),
        ("Rates fell [3].", "Rates fell .", "[3]", FOOTNOTE),
        ("By priority3", "By priority", "3", FOOTNOTE),
        ("Held.3 Then", "Held. Then", "3", FOOTNOTE),
        ("Open the hub\nPage 3 of 12\nand wardens", "Open the hub\nand wardens", "Page 3 of 12", PAGE),
        ("Open\n12 | Page", "Open", "12 | Page", PAGE),
        ("Open\nP a g e | 4", "Open", "P a g e | 4", PAGE),
        ("Open\n- 7 -", "Open", "- 7 -", PAGE),
        ("Open the Page 7 of 29 hub", "Open the hub", "Page 7 of 29", PAGE),
        ("Open\nWestmarsh  Safety Plan\nthe hub", "Open\nthe hub", "Westmarsh  Safety Plan", TITLE),
        ("• Open the hub", "Open the hub", "•", BULLET),
        ("❖ Open", "Open", "❖", BULLET),
    ],
)
def test_what_is_set_aside(text: str, left: str, aside: str, kind: str) -> None:
    got, asides = strip_marks(text, notes=("3",), title="Westmarsh Safety Plan")
    assert got == left
    assert [(a.text, a.kind, a.taken) for a in asides] == [(aside, kind, True)]


@pytest.mark.parametrize(
    "text", ["40 m² of wall", "Op S59 and J9", "In 2023", "Ward 3 and page 4", "- 10.6% in the year", "Plan3"]
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert strip_marks(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("The chart is ready [ask the youth service]", "[ask the youth service]"),
        ("The chart is ready. (Dates to be provided by the youth service)", "(Dates to be provided by the youth service)"),
        ("Dates TBC by May", "TBC"),
        ("It is told. For short stays too?", "For short stays too?"),
    ],
)
def test_drafting_notes_are_told_and_stay(text: str, note: str) -> None:
    got, (aside,) = strip_marks(text)
    assert (got, aside.text, aside.kind, aside.taken) == (text, note, DRAFT, False)


@given(
    st.lists(
        st.sampled_from(
            ["plan³", "[1]", "\n", "Page 2 of 9", "•", "hub", "Title", "3", "word3", "m²", "?", "[note]", "é", " "]
        ),
        max_size=14,
    )
)
def test_taken_and_left_together_are_what_was_read(parts: list[str]) -> None:
    text = " ".join(parts)
    got, asides = strip_marks(text, notes=("3",), title="Title")
    both = got + "".join(a.text for a in asides if a.taken)
    assert sorted("".join(both.split())) == sorted("".join(text.split()))
