"""Tables found in old grids: headings, rows, bands, totals, and every cell in exactly one place."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.old_grids import KNOWN, asides, balanced, bands, cell, found, grid, headings, prose, rows
from tests.word_files import random_document
from workflow.errors import Unreadable
from workflow.fields import fold
from workflow.model import GridKind, OldGrid
from workflow.oldtables import find_tables
from workflow.sources import read_source

PLAN = ["Ref", "Action", "Lead", "RAG"]
FIRST, SECOND = ["1.1", "Meet the schools", "Police", "A"], ["1.10", "Write the pathway", "Housing", "G"]


def wide(text: str, cols: int = 4, **about: Any) -> dict[str, Any]:
    return {"text": text, "cols": cols, **about}


# --- headings


def test_a_plain_table() -> None:
    (table,) = found(grid(PLAN, FIRST, SECOND, under=("Plan", "Priority 1")))
    assert headings(table) == PLAN
    assert rows(table) == [FIRST, SECOND]
    assert table.title == "Priority 1"
    assert table.aside == ()


def test_title_rows_above_and_an_unlabelled_column_of_refs() -> None:
    titles: tuple[list[Any], ...] = ([wide("Review action plan")], ["As at May"], [])
    (table,) = found(grid(*titles, ["", "Recommendation", "Actions", "RAG"], FIRST, SECOND))
    assert headings(table) == ["", "Recommendation", "Actions", "RAG"]
    assert rows(table)[1] == SECOND
    assert asides(table) == {"Review action plan": "TITLE", "As at May": "TITLE"}
    assert table.title == "Review action plan / As at May"


def test_a_heading_two_rows_deep_by_merged_cells() -> None:
    down = {"rows": 2}
    (table,) = found(
        grid(
            [{"text": "Ref", **down}, {"text": "Action", **down}, wide("Progress", 2), "", {"text": "RAG", **down}],
            ["", "", "This quarter", "Last quarter"],
            ["1.1", "Meet", "met", "not yet", "G"],
        )
    )
    assert headings(table) == ["Ref", "Action", "Progress / This quarter", "Progress / Last quarter", "RAG"]
    assert rows(table) == [["1.1", "Meet", "met", "not yet", "G"]]


def test_a_heading_two_rows_deep_over_known_words() -> None:
    (table,) = found(
        grid(
            ["", "", wide("Quarter two", 2), "", "Outlook"],
            ["Ref", "Action", "Progress", "RAG", "Timescale"],
            ["1.1", "Meet", "met", "G", "May"],
        )
    )
    assert headings(table) == ["Ref", "Action", "Quarter two / Progress", "Quarter two / RAG", "Outlook / Timescale"]


def test_a_heading_two_rows_deep_without_merged_cells() -> None:
    (table,) = found(
        grid(
            ["What", "", "Now", "", "Before"],
            ["Ref", "Action", "Progress", "RAG", "RAG"],
            ["1.1", "Meet", "met", "G", "A"],
        )
    )
    assert headings(table) == ["What / Ref", "What / Action", "Now / Progress", "Now / RAG", "Before / RAG"]


def test_a_merged_heading_over_two_columns_of_entries_is_one_row_deep() -> None:
    (table,) = found(grid(["Ref", "Action", wide("Progress", 2)], ["1.1", "Meet", "met", "again"], ["1.2", "Go", "went", ""]))
    assert headings(table) == ["Ref", "Action", "Progress", "Progress"]
    assert len(table.rows) == 2


def test_near_misses_and_case_are_headings_too() -> None:
    (table,) = found(grid(["REF.", "Recomendation", "Progress made:", "Lead (agency)"], FIRST))
    assert len(table.rows) == 1


def test_a_heading_that_no_form_knows_is_told_by_its_looks() -> None:
    bold = [{"text": t, "bold": True} for t in ("Ward", "Streets lit")]
    (table,) = found(grid(bold, ["North", "lamps by the canal"], ["South", "none"]))
    assert headings(table) == ["Ward", "Streets lit"]
    (table,) = found(grid(["Ward", "Lamps"], ["North", {"text": "12", "value": Decimal(12)}], ["South", "9"]))
    assert len(table.rows) == 2
    (table,) = found(grid(["Ward", "Lamps"], ["North", "some"], heads=(1,)))
    assert len(table.rows) == 1
    (table,) = found(grid(["Ward", "Board", "Term"], [wide("Homes are safe", 3)], ["a", "b", "c"]), known=frozenset())
    assert bands(table) == [["Homes are safe"]]


def test_a_grid_without_a_heading_is_all_aside() -> None:
    (table,) = found(grid(["North", "some lamps"], ["South", "none"]))
    assert not table.headings
    assert not table.rows
    assert set(asides(table).values()) == {"UNKNOWN"}
    (table,) = found(OldGrid("f", "Footnotes", (cell(1, 1, "¹ Survey"),), kind=GridKind.FURNITURE))
    assert asides(table) == {"¹ Survey": "FURNITURE"}


def test_entries_that_are_known_words_are_no_headings() -> None:
    terms = (["Lead", "The agency that answers"], ["RAG", "Red, amber or green"], ["Owner", "Lead"])
    (table,) = found(grid(["Term", "Meaning"], *terms))
    assert len(table.rows) == 3


# --- rows


def test_blank_rows_bands_and_merged_labels() -> None:
    (table,) = found(
        grid(
            PLAN,
            [wide("Priority 1", fill="DDDDDD")],
            FIRST,
            [],
            SECOND,
            [wide("Priority 2", fill="DDDDDD")],
            [wide("Goal 2A")],
            ["2.1", "a", "b", "G"],
            [wide("Goal 2B")],
            ["2.2", "a", "b", "G"],
        )
    )
    assert bands(table) == [["Priority 1"], ["Priority 1"], ["Priority 2", "Goal 2A"], ["Priority 2", "Goal 2B"]]
    assert table.aside == ()
    theme = {"text": "Theme", "rows": 2}
    goals = ([theme, "1", "a", "G"], ["", "2", "b", "A"], ["Other", "3", "c", "R"])
    (table,) = found(grid(["Goal", "Ref", "Action", "RAG"], *goals))
    assert rows(table) == [["Theme", "1", "a", "G"], ["Theme", "2", "b", "A"], ["Other", "3", "c", "R"]]
    assert bands(table) == [["Theme"], ["Theme"], []]


@pytest.mark.parametrize("lone", ["Priority 2: safer streets", {"text": "Safer streets", "bold": True}, "Safer streets"])
def test_a_lone_cell_across_a_table_with_refs_is_a_band(lone: Any) -> None:
    (table,) = found(grid(PLAN, FIRST, [lone], SECOND))
    assert len(table.rows) == 2
    assert bands(table)[1]


def test_a_row_with_little_in_it_is_still_a_row() -> None:
    (table,) = found(grid(PLAN, FIRST, ["1.2"], ["", "more of it"], SECOND))
    assert rows(table) == [FIRST, ["1.2", "", "", ""], ["", "more of it", "", ""], SECOND]
    (table,) = found(grid(["What we said we would do", "What we did"], ["Meet", "met"], ["Write"]))
    assert rows(table) == [["Meet", "met"], ["Write", ""]]


def test_totals_notes_and_counts_below_are_set_aside() -> None:
    (table,) = found(
        grid(PLAN, FIRST, SECOND, ["Total", "", "", {"text": "2", "value": Decimal(2)}], [], ["Amber", "", "", "1"],
             ["Green", "", "", "1"], ["Source: returns"], ["Page 1 of 2"])
    )  # fmt: skip
    assert rows(table) == [FIRST, SECOND]
    assert asides(table) == {
        "Total": "TOTAL", "2": "TOTAL", "Amber": "TOTAL", "Green": "TOTAL", "1": "TOTAL", "Source: returns": "TITLE",
        "Page 1 of 2": "FURNITURE",
    }  # fmt: skip


def test_figures_are_no_totals_in_a_table_of_figures() -> None:
    measures: tuple[list[str], ...] = (["Total crime", "5", "6"], ["Burglary", "3", "2"], [], ["Arson", "1", "1"])
    (table,) = found(grid(["Measure", "Target", "Value"], *measures))
    assert [row[0] for row in rows(table)][-2:] == ["Burglary", "Arson"]


def test_headings_repeated_on_a_new_page_are_set_aside_and_a_row_cut_in_two_is_one() -> None:
    (table,) = found(grid(PLAN, FIRST, ["1.2", "Open the", "Police", "A"], PLAN, ["", "new centre"], SECOND))
    assert rows(table) == [FIRST, ["1.2", "Open the\nnew centre", "Police", "A"], SECOND]
    assert [c.text for c in table.rows[1].more[2]] == ["new centre"]
    assert set(asides(table).values()) == {"REPEATED"}


def test_colours_alone_are_cells_of_their_rows() -> None:
    (table,) = found(grid(PLAN, ["1.1", "Meet", "Police", {"fill": "FF0000"}], [{"fill": "EEEEEE"}, {"fill": "EEEEEE"}]))
    assert len(table.rows) == 1
    assert table.rows[0].cells[4].fill == "FF0000"
    assert [s.why.name for s in table.aside] == ["EMPTY", "EMPTY"]


# --- several tables


def test_tables_below_each_other_have_their_own_titles() -> None:
    one, two = found(
        grid(["Priority 1"], PLAN, FIRST, ["Total", "", "", "1"], [], ["Measures for the year"], ["Measure", "Target"],
             ["Burglary", "5"])
    )  # fmt: skip
    assert (one.title, rows(one)) == ("Priority 1", [FIRST])
    assert (two.title, headings(two), rows(two)) == ("Measures for the year", ["Measure", "Target"], [["Burglary", "5"]])
    one, two = found(grid(["Priority 1"], PLAN, FIRST, [], ["Priority 2"], PLAN, SECOND))
    assert (one.title, two.title, rows(two)) == ("Priority 1", "Priority 2", [SECOND])


def test_tables_side_by_side_are_two() -> None:
    one, two = found(
        grid(["Actions", "", "", "Terms"], ["Ref", "Action", "", "Term", "Meaning"], ["1", "Meet", "", "ASB", "anti-social"],
             ["2", "Write", "", "CSP", "partnership"], ["", "", "", "YOS", "young people"])
    )  # fmt: skip
    assert (one.title, rows(one)) == ("Actions", [["1", "Meet"], ["2", "Write"]])
    assert (two.title, len(two.rows)) == ("Terms", 3)


def test_an_empty_column_in_one_table_is_no_border() -> None:
    (table,) = found(grid(["Ref", "Action", "", "Lead", "RAG"], ["1", "Meet", "", "Police", "A"], ["2", "Go", "", "Fire", "G"]))
    assert headings(table) == ["Ref", "Action", "Lead", "RAG"]
    (table,) = found(grid([*PLAN, "", ""], [*FIRST, "", "Key: A is amber"], SECOND))
    assert rows(table) == [FIRST, SECOND]
    assert asides(table) == {"Key: A is amber": "TITLE"}


# --- tables over several pages


def test_a_table_goes_on_in_the_next_grid() -> None:
    first, again = grid(PLAN, FIRST, name="Table 1"), grid(PLAN, SECOND, name="Table 2", goes_on=True)
    (table,) = found(first, again)
    assert rows(table) == [FIRST, SECOND]
    assert (table.grid, table.also) == (first, (again,))
    assert set(asides(table).values()) == {"REPEATED"}
    third = grid(["", "and tell them", "", ""], ["2", "x", "y", "R"], name="Table 3", goes_on=True)
    (table,) = found(first, again, third)
    assert rows(table) == [FIRST, ["1.10", "Write the pathway\nand tell them", "Housing", "G"], ["2", "x", "y", "R"]]
    assert table.also == (again, third)


def test_lists_that_count_on_after_a_page_are_one_row() -> None:
    said = ["What we said we would do", "What we did"]
    one = grid(said, ["1. meet\n2. write", "1. met"], name="Table 1")
    two = grid(["3. open\n4. close", "2. wrote"], name="Table 2", goes_on=True)
    (table,) = found(one, two)
    assert rows(table) == [["1. meet\n2. write\n3. open\n4. close", "1. met\n2. wrote"]]
    apart = grid(["1. open\n2. close", "1. opened"], name="Table 2", goes_on=True)
    (table,) = found(one, apart)
    assert len(table.rows) == 2


def test_another_table_right_below_is_another() -> None:
    one, two = found(grid(PLAN, FIRST), grid(["Measure", "Target"], ["Burglary", "5"], goes_on=True))
    assert headings(two) == ["Measure", "Target"]
    assert len(found(grid(PLAN, FIRST), grid(PLAN, SECOND))) == 2
    assert headings(one) == PLAN


# --- lists in prose


def test_lists_under_known_headings_in_prose_are_one_row() -> None:
    text = prose(
        "Safer streets", "Some words.", "What we said we would do:", "• light the canal", "• mend the doors", "What we did",
        "• lit it", "• mended some", "In addition we met.", "• and wrote", "Next year we will see.", heads=(1,),
    )  # fmt: skip
    table, rest = found(text)
    assert headings(table) == ["What we said we would do:", "What we did"]
    assert rows(table) == [
        ["• light the canal\n• mend the doors", "• lit it\n• mended some\nIn addition we met.\n• and wrote"]
    ]
    assert table.title == "Safer streets"
    assert asides(rest) == dict.fromkeys(("Safer streets", "Some words.", "Next year we will see."), "OUTSIDE")


def test_prose_lists_end_at_headings_tables_and_known_words() -> None:
    said, did = "What we said we would do", "What we did"
    one, two, rest = found(prose("A", said, "meet", did, "met", "B", said, "write", did, "wrote", "", "After", heads=(1, 6)))
    assert [(t.title, rows(t)) for t in (one, two)] == [("A", [["meet", "met"]]), ("B", [["write", "wrote"]])]
    assert list(asides(rest)) == ["A", "B", "After"]
    (rest,) = found(prose(said, "meet", "", did, "met"))
    assert set(asides(rest).values()) == {"OUTSIDE"}


# --- nothing is lost

TEXTS = (*PLAN, "Measure", "Target", "1.1", "2", "Total", "Page 2 of 3", "Meet the schools", "Priority 1", "31 May",
         "note: x", "")  # fmt: skip


@st.composite
def grids(draw: st.DrawFn) -> list[OldGrid]:
    """Grids with cells anywhere, merged at random, also over one another."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    made = []
    for number in range(chance.randint(1, 3)):
        cells = []
        for row in range(1, chance.randint(2, 14)):
            likely = chance.choice((0, 0.2, 0.6, 1))
            for col in range(1, chance.randint(2, 9)):
                if chance.random() < likely:
                    text = chance.choice(TEXTS)
                    look: dict[str, Any] = {"bold": chance.random() < 0.2}
                    look["fill"] = "FF0000" if not text or chance.random() < 0.1 else ""
                    if chance.random() < 0.15:
                        look |= {"rows": chance.randint(1, 4), "cols": chance.randint(1, 8)}
                    if chance.random() < 0.1:
                        look["value"] = chance.choice((Decimal(3), date(2023, 10, 31), True))
                    cells.append(cell(row, col, text, **look))
        if chance.random() < 0.2:
            cells = [cell(c.row, 1, c.text or "x") for c in cells if c.col == 1]
            kind = chance.choice((GridKind.PROSE, GridKind.TABLE))
        else:
            kind = GridKind.TABLE
        heads = tuple(chance.sample(range(1, 15), chance.randrange(3)))
        made.append(OldGrid("f", f"Table {number}", tuple(cells), kind=kind, heads=heads, goes_on=chance.random() < 0.6))
    return made


@settings(max_examples=150)
@given(made=grids())
def test_every_cell_ends_in_exactly_one_place(made: list[OldGrid]) -> None:
    balanced(made, find_tables(made, KNOWN))


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32))
@example(seed=0)
def test_every_cell_of_a_document_ends_in_exactly_one_place(seed: int) -> None:
    try:
        made = read_source(random_document(seed), "x.docx").grids
    except Unreadable:
        return
    balanced(made, find_tables(made, KNOWN | {fold("ASB 5"), fold("On track 7")}))
