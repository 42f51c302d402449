"""The sections of packs: which there are, in which order and in whose words, and what the newest of them say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.view_examples import (
    ALL,
    ANSWERS,
    PUBLIC,
    Q1,
    Q2,
    THEMED,
    all_text,
    measure,
    plain,
    records,
    table,
    view,
)
from workflow import accessible, config
from workflow.errors import WorkflowError
from workflow.model import Board, Book, Profile, Slot, Term, Value
from workflow.outputs.pack import pack_book
from workflow.outputs.sections import FORMS, GLOSSARY, ONE_PAGE, SECTIONS
from workflow.outputs.tracker import tracker_book
from workflow.outputs.view import View
from workflow.outputs.withheld import withheld_book
from workflow.writer import render

VIEW = view()
LAST = ["RAG key", "Notes"]


def tabs(board: Board, of: View = VIEW) -> list[str]:
    return [s.name for s in pack_book(of, board).sheets]


def cell(book: Book, tab: str, column: str, heading: str, of: str = "") -> Any:
    """The cell under a heading, of the row that has `of` in a column."""
    return next(r[heading] for r in records(table(book, tab)) if str(r[column]) == of)


# --- order and words


def test_the_register_says_which_sections_in_which_order() -> None:
    asked = ("measures", "Definitions", "one_page", "exceptions", "changes")
    assert tabs(replace(ALL, sections=asked)) == [
        "Cover", "Measures", "Definitions", "One page", "Exceptions", "What changed", *LAST
    ]  # fmt: skip
    assert tabs(replace(ALL, sections=asked[::-1])) == [
        "Cover", "What changed", "Exceptions", "One page", "Definitions", "Measures", *LAST
    ]  # fmt: skip


def test_forms_means_every_form_that_is_not_named() -> None:
    found = tabs(replace(ALL, sections=("indicators", "forms", "actions")))
    assert found[1] == "Indicators"
    assert found[-3:] == ["Actions", *LAST]
    assert {"Commitments", "Measures", "Issues", "Activities"} == {*found[2:-3]}


def test_a_board_without_sections_has_them_in_the_order_of_the_workspaces_words() -> None:
    order = tuple(name for name in VIEW.words.order if name in ("exceptions", "summary", "measures"))
    turned = replace(VIEW, words=replace(VIEW.words, order=order[::-1]))
    found = [name for name in tabs(ALL, turned) if name in ("Exceptions", "Summary", "Measures")]
    assert found == [name for name in tabs(ALL) if name in found][::-1]


def test_every_section_is_in_the_shipped_order() -> None:
    forms = {f.name.replace("_", " ") for f in VIEW.forms.values()}
    assert {*VIEW.words.order} - forms == {*SECTIONS}
    assert {ONE_PAGE, GLOSSARY, FORMS} <= {*SECTIONS}


def test_every_pack_of_every_audience_passes_the_checks() -> None:
    for board in (ALL, PUBLIC, replace(THEMED, focus=((2, "DA"),))):
        assert accessible.check(render(pack_book(VIEW, board)), Profile.PUBLISHED) == ()


WORDS = """
order = ["exceptions", "definitions"]
[sheet.definitions]
sheet = "Meanings"
lines = ["As {partnership} agreed on them for {period}."]
[[cover_text]]
heading = "What for"
text = "For the {board}. {returns}"
[say]
no_exceptions = "All is well."
"""


def worded(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "templates/papers/words.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_workspaces_words_stand_over_the_shipped_ones(tmp_path: Path) -> None:
    words = config.paper_words(worded(tmp_path, WORDS))
    made = pack_book(replace(VIEW, words=words), ALL)
    assert [s.name for s in made.sheets] == ["Cover", "Exceptions", "Meanings", *LAST]
    assert "As Estuary Partnership agreed on them for Q2 2023/24." in map(plain, table(made, "Meanings").lines)
    assert table(made, "Meanings").title.startswith("What each measure means")
    assert words.say["decide"] == VIEW.words.say["decide"]
    cover = pack_book(replace(VIEW, words=replace(words, order=("cover text",))), ALL)
    assert [r["Heading"] for r in records(table(cover, "Cover text"))] == ["What for"]
    assert str(cell(cover, "Cover text", "Heading", "Text", "What for")).startswith("For the Whole Board. 1 of the 2 partners")


def test_headings_have_the_workspaces_words_in_tables_and_in_what_draws_them() -> None:
    plain_book = pack_book(VIEW, ALL)
    other = {c.heading: f"{c.heading}, ours" for s in plain_book.sheets for c in s.columns if c.heading != "Row key"}
    book = pack_book(replace(VIEW, words=replace(VIEW.words, headings=other)), ALL)
    for was, now in zip(plain_book.sheets, book.sheets, strict=True):
        assert [c.heading for c in now.columns] == [other.get(c.heading, c.heading) for c in was.columns]
    assert accessible.check(render(book), Profile.PUBLISHED) == ()
    assert [c.heading for s in tracker_book(VIEW).sheets for c in s.columns] == [
        c.heading for s in tracker_book(replace(VIEW, words=replace(VIEW.words, headings=other))).sheets for c in s.columns
    ]  # it comes back, and is read by its headings


def test_two_columns_that_would_be_called_the_same_are_told() -> None:
    words = replace(VIEW.words, headings={"Was due": "Lead"})
    with pytest.raises(WorkflowError, match=r"words\.toml.*Exceptions.*Lead"):
        pack_book(replace(VIEW, words=words), ALL)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ordre = []", "Did you mean order?"),
        ("[sheet.definition]\nsheet = 'x'", "Did you mean definitions?"),
        ("[sheet.theme]\ntitel = 'x'", "Did you mean title?"),
        ("[sheet.theme]\ntitle = '{teme}'", '"{teme}" stands for nothing here'),
        ("[sheet.theme]\ntitle = 'a { b'", "A brace has no partner"),
        ("[say]\ndecide = '{decisions}'", '"{decisions}" stands for nothing here'),
        ("[say]\ndecides = 'x'", "Did you mean decide?"),
        ("[[cover_text]]\nheading = 'x'", "text is missing"),
        ("[[cover_text]]\nheading = 'x'\ntext = '{board.name}'", '"{board.name}" stands for nothing here'),
        ("order = 'exceptions'", "a list of texts"),
    ],
)
def test_a_fault_in_the_words_is_said_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    root = worded(tmp_path, text)
    messages = [f.message for f in config.check_words(root)]
    assert any(says.casefold() in m.casefold() and "templates/papers/words.toml" in m for m in messages), messages
    with pytest.raises(WorkflowError):
        config.paper_words(root)


def test_partner_text_with_braces_is_printed_as_it_is() -> None:
    answers: dict[str, dict[Slot, Value]] = {
        Q1: {}, Q2: {("actions", "TR-1", "rag"): "Red", ("actions", "TR-1", "help_needed"): "Agree {board} and {0}."}
    }  # fmt: skip
    assert "Agree {board} and {0}." in all_text(pack_book(view(answers), replace(ALL, sections=("cover text",))))


# --- one page, cover text, theme of the quarter


def test_one_page_leads_to_sheets_that_are_there() -> None:
    for sections in ((), ("one page", "exceptions")):
        book = pack_book(VIEW, replace(ALL, sections=sections))
        there = {s.name for s in book.sheets}
        for row in table(book, "One page").rows:
            link = getattr(row[-1], "link", "")
            assert (link == f"#'{plain(row[-1])}'!A1" and plain(row[-1]) in there) or plain(row[-1]) == "[z]"


def test_one_page_says_first_what_to_decide_and_counts_what_it_has_no_room_for() -> None:
    page = table(pack_book(VIEW, ALL), "One page")
    first = page.rows[0]
    assert (first[0], first[2]) == ("To decide", "Agree the new date.")
    answers = {
        **ANSWERS,
        Q2: {**ANSWERS[Q2], **{("commitments", key, "status"): "Off track" for key in ("C-1", "C-2", "C-3")},
             ("actions", "TR-2", "rag"): "Red"},
    }  # fmt: skip
    off = [r[0] for r in table(pack_book(view(answers), ALL), "One page").rows if str(r[0]).startswith("Off track")]
    assert len(off) == 3
    assert str(off[0]).startswith("Off track (3 of ")


def test_the_cover_text_recommends_counts_and_says_who_may_read_it() -> None:
    restricted = pack_book(VIEW, ALL)
    listed = len(table(restricted, "Exceptions").rows)
    steps = str(cell(restricted, "Cover text", "Heading", "Text", "Recommendations"))
    assert f"considers the {listed} exceptions" in steps
    assert "decides on 1: " in steps
    said = str(cell(restricted, "Cover text", "Heading", "Text", "Publication"))
    assert said.startswith("Not for publication. Audience: restricted.")
    assert "Paragraph 7 reason" in said
    public = pack_book(VIEW, PUBLIC)
    assert str(cell(public, "Cover text", "Heading", "Text", "Publication")).startswith("Open: for general release. 2 rows are")
    assert "Paragraph 7 reason" not in all_text(public)


def test_the_theme_of_the_quarter_stands_together_in_its_quarter_alone() -> None:
    board = replace(ALL, focus=((2, "DA"), (3, "HATE")))
    book = pack_book(VIEW, board)
    keys = [r["Row key"] for r in records(table(book, "Theme of the quarter"))]
    assert {"C-1", "C-2", "M-SMALL", "police-2023-24-Q2-issue-01"} <= {*keys}
    assert "C-3" not in keys
    assert "Domestic abuse" in table(book, "Theme of the quarter").title
    assert "Theme of the quarter" not in tabs(replace(ALL, focus=((3, "DA"),)))


def test_the_theme_of_the_quarter_hides_what_its_readers_may_not_see() -> None:
    book = pack_book(VIEW, replace(PUBLIC, focus=((2, "DA"),)))
    told = {r["Row key"]: r["This quarter"] for r in records(table(book, "Theme of the quarter"))}
    assert told["M-SMALL"] == "[c]"
    assert "C-2" not in told


# --- beside the forms


def test_definitions_say_what_the_register_says() -> None:
    book = pack_book(VIEW, ALL)
    found = {r["Row key"]: r for r in records(table(book, "Definitions"))}
    assert found["M-RATE"]["Target"] == "32.3"
    assert str(found["M-RATE"]["Unit and what is better"]) == "% of people, rolling 12 months. Lower is better"
    assert {*found} == {r["Row key"] for r in records(table(book, "Measures"))}


def test_a_small_baseline_is_not_published_nor_what_would_give_it_away() -> None:
    parts = tuple(measure(f"M-{n}", counts="people", part_of="M-0", baseline=Decimal(b)) for n, b in ((1, 3), (2, 40)))
    of = (measure("M-0", counts="people", baseline=Decimal(43)), *parts, measure("M-9", counts="people", baseline=Decimal(12)))
    told = {r["Row key"]: r["Baseline"] for r in records(table(pack_book(view({}, items=of), PUBLIC), "Definitions"))}
    assert told == {"M-0": "[c]", "M-1": "[c]", "M-2": "[c]", "M-9": "12"}
    full = {r["Row key"]: r["Baseline"] for r in records(table(pack_book(view({}, items=of), ALL), "Definitions"))}
    assert full == {"M-0": "43", "M-1": "3", "M-2": "40", "M-9": "12"}


def test_quarters_of_unlike_periods_are_named() -> None:
    given: dict[str, dict[Slot, Value]] = {
        q: {("measures", "M-NONE", "value"): Decimal(n), ("measures", "M-NONE", "period_type"): kind,
            ("measures", "M-NONE", "period_end"): end}
        for q, n, kind, end in ((Q1, 5, "Quarter", date(2023, 6, 30)), (Q2, 9, "Snapshot", date(2023, 9, 30)))
    }  # fmt: skip
    sheet = table(pack_book(view(given), ALL), "Measures by quarter")
    assert any("M-NONE (Quarter to Jun 2023; Snapshot at 30 Sep 2023)" in str(plain(line)) for line in sheet.lines)
    assert cell(pack_book(view(given), ALL), "Measures by quarter", "Row key", "Q2 2023/24", "M-NONE") == Decimal(9)


def test_the_risk_matrix_places_each_open_risk() -> None:
    rows = records(table(pack_book(VIEW, ALL), "Risk matrix"))
    assert rows[1]["Likelihood, highest first"] == "Likelihood 4"
    assert rows[1]["Impact 3"] == "Bikes in the park (police-2023-24-Q2-issue-01)"
    assert sum("issue-01" in str(v) for r in rows for v in r.values()) == 1
    closed = {**ANSWERS, Q2: {**ANSWERS[Q2], ("issues", "police-2023-24-Q2-issue-01", "status"): "Closed"}}
    assert "Risk matrix" not in tabs(ALL, view(closed))


def test_activity_totals_add_up_and_hide_with_what_they_add() -> None:
    for board, attended in ((ALL, 4), (PUBLIC, "[c]")):
        rows = records(table(pack_book(VIEW, board), "Activity totals"))
        assert [(r["Type of activity"], r["Activities"], r["Sessions"], r["Attended"]) for r in rows] == [
            ("Training", 1, 2, attended)
        ]


# --- for the coordinator


def test_abbreviations_that_nothing_explains_are_told_to_the_coordinator() -> None:
    said = "The XQZ and the YOS met. Work with the QRS (Quick Response Scheme) goes on."
    made = view({**ANSWERS, Q2: {**ANSWERS[Q2], ("actions", "TR-1", "progress"): said}})
    found = records(table(withheld_book(made, {"Whole Board": pack_book(made, ALL)}), "Abbreviations"))
    assert [(r["Abbreviation"], r["In the packs of"]) for r in found] == [("XQZ", "Whole Board")]
    known = replace(made, register=replace(made.register, glossary=(*made.register.glossary, Term("XQZ", "Something"))))
    book = pack_book(known, ALL)
    assert not table(withheld_book(known, {"Whole Board": book}), "Abbreviations").rows
    assert "XQZ" in [r["Term"] for r in records(table(book, "Glossary"))]
