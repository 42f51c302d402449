"""The laws of an import, with tables of any shape: no cell is lost, none is in two places, no key is given twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importing import TODAY, ground
from workflow import importing, oldtables
from workflow.errors import WorkflowError
from workflow.importing import Imported, balances
from workflow.importing.cells import fill_word, rag_of, status_word
from workflow.importing.naming import Keys, initials, slug, theme_words, year_of
from workflow.importing.people import People
from workflow.model import Confidence, OldGrid, Place, Source, SourceCell, column_letters

WORDS = st.sampled_from((
    "Ref", "Action", "Recommendation", "Lead", "Who", "Due", "By when", "RAG", "Status", "Progress", "Comments", "Priority",
    "What we said we would do", "What we did", "Outcomes for residents", "In addition:", "Indicator", "Outcome Term", "Term",
    "Meaning", "Email", "Agency", "Budget code", "1.1", "1.10", "A2", "3", "Police", "Housing and YOS",
    "LSCP, SAB to include CSC",
    "Private Landlords", "31/10/23", "end Mar 24", "Ongoing", "soon", "R", "Amber", "G", "Amber/Green", "Done", "As above",
    "B) as above", "1. Light the park\n2. Walk the estate", "• Light it\n• Walk it\n• Paint it", "3 & 4. Both done", "✓ Lit",
    "Goal 6A: Children are safe", "Priority 3: Violence", "Total", "12", "47 people, up 36% in the year ending March 23",
    "Page 2 of 9", "ASB", "Anti-social behaviour", "=1+1", "",
    "Walk the estate with the wardens each week and say what was found.",
))  # fmt: skip
FILLS = st.sampled_from(("", "", "", "FF0000", "FFC000", "00B050", "D9D9D9"))


@st.composite
def grids(draw: st.DrawFn) -> OldGrid:
    """A sheet of any words anywhere, some of them bold, coloured, hidden or over several columns."""
    cells = []
    for row in range(1, draw(st.integers(1, 9)) + 1):
        for col in range(1, draw(st.integers(1, 6)) + 1):
            text, fill = draw(WORDS), draw(FILLS)
            if text or fill:
                place = Place("old.xlsx", "Sheet1", f"{column_letters(col)}{row}")
                bold, hidden = draw(st.booleans()), draw(st.integers(0, 9)) == 0
                cells.append(SourceCell(place, row, col, text, text or None, fill, hidden, bold=bold))
    return OldGrid("old.xlsx", "Sheet1", tuple(cells))


def propose(grid: OldGrid) -> Imported:
    tables = oldtables.find_tables((grid,), importing.known_headings(ground()))
    return importing.propose((Source("old.xlsx", "0", (grid,)),), tables, ground(), TODAY)


@given(grids())
@settings(max_examples=60, deadline=None)
def test_every_cell_of_any_table_is_in_a_row_or_set_aside(grid: OldGrid) -> None:
    told = propose(grid)
    (balance,) = balances(told)
    assert balance.read == len(grid.cells) == balance.placed + balance.aside
    keys = [str(p.values["key"]).casefold() for p in told.proposals if "key" in p.values]
    assert len(keys) == len(set(keys))
    assert not set(keys) & {i.key.casefold() for i in ground().register.items}
    assert all(
        p.decision == "" for p in told.proposals if p.confidence is Confidence.CHECK and p.sheet in ("actions", "commitments")
    )


def test_a_cell_that_was_lost_stops_the_run() -> None:
    cells = tuple(
        SourceCell(Place("old.xlsx", "Sheet1", f"{column_letters(c)}{r}"), r, c, text)
        for r, line in enumerate((("Ref", "Action"), ("1", "Light the park")), 1)
        for c, text in enumerate(line, 1)
    )
    told = propose(OldGrid("old.xlsx", "Sheet1", cells))
    assert balances(told)[0].placed == 2
    with pytest.raises(WorkflowError, match="what became of 1 of its 4 cells cannot be told, so nothing was written"):
        balances(replace(told, aside=told.aside[1:]))


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("Priority 3: Violence", "3", "Violence"),
        ("Goal 6A. Children are safe", "6A", "Children are safe"),
        ("7.2.1 Violence and Gangs:", "7.2.1", "Violence and Gangs"),
        ("7.1 Priority 1: Domestic abuse", "7.1", "Domestic abuse"),
        ("Safer homes", "", "Safer homes"),
        ("2023/24 actions", "", "2023/24 actions"),
    ],
)
def test_a_theme_has_a_number_and_a_title(text: str, number: str, title: str) -> None:
    assert (theme_words(text).number, theme_words(text).title) == (number, title)


def test_names_are_short_and_given_once() -> None:
    assert initials("Thematic review of youth violence") == "TRYV"
    assert slug("Children's Social Care & Families (North)") == "childrens-social-care"
    assert year_of("Delivery plan 2022/23") == (2022, 2023)
    assert year_of("11-19 Strategy Group") is None
    keys = Keys.of(["TR-1"])
    assert [keys.free("tr-1"), keys.free("TR-2"), keys.next("TR-")] == ["tr-1-2", "TR-2", "TR-3"]


@pytest.mark.parametrize(
    ("text", "fill", "word", "sure"),
    [
        ("A", "", "Amber", Confidence.SURE),
        ("green", "", "Green", Confidence.SURE),
        ("", "00B050", "Green", Confidence.LIKELY),
        ("", "D9D9D9", None, Confidence.SURE),
        ("Red – off track", "", "Red", Confidence.LIKELY),
        ("Amber/Green", "", None, Confidence.CHECK),
        ("G", "FF0000", "Green", Confidence.CHECK),
    ],
)
def test_a_colour_is_read_from_words_then_from_the_cell(text: str, fill: str, word: str | None, sure: Confidence) -> None:
    cell = SourceCell(Place(), 1, 1, text, None, fill)
    read = rag_of(cell, ground().register)
    assert (read.value, read.confidence) == (word, sure)
    assert bool(read.asked) == (sure is Confidence.CHECK)


def test_colours_and_status_words() -> None:
    assert [fill_word(f) for f in ("C00000", "FFBF00", "92D050", "0070C0", "808080", "")] == [
        "Red",
        "Amber",
        "Green",
        "Blue",
        "",
        "",
    ]
    assert [status_word(w) for w in ("Completed", "✓", "Underway", "perhaps")] == ["Complete", "Complete", "On track", ""]


def test_who_is_new_is_asked_about_once() -> None:
    people = People(ground(), TODAY)
    first, again = people.read("Police and Street Wardens"), people.read("Street Wardens, Wardens")
    assert (first.lead, first.joint) == ("police", ("street-wardens",))
    assert (again.lead, again.joint) == ("street-wardens", ("wardens",))
    rows = [p for p in people.proposals() if p.sheet == "partners"]
    assert [p.values["id"] for p in rows] == ["street-wardens", "wardens"]
    assert any("Is it the same as" in q for q in rows[0].questions)
