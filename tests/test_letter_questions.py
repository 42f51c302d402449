"""The questions of a letter: from findings, with no word lost, in no more lines than a person will read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.letter_examples import FOLDER, QUERY, QUERY_MANY, RECEIPT
from tests.letter_pages import Page, words
from workflow import letters, wording
from workflow.letters import Query, in_few_lines, render
from workflow.model import Place


def test_query_of_a_finding_parts_the_place_from_what_is_said() -> None:
    places = (Place("f.xlsx", "Actions", "H9"),)
    finding = wording.finding(
        "choice-unknown", places, heading="RAG now (new)", item="1.3.1", found="Ambar: x", expected="Red or Green"
    )
    assert Query.of(finding) == Query(
        "Actions", "Actions, cell H9 (RAG now (new) for 1.3.1)", 'You entered "Ambar: x". Enter Red or Green.', held=True,
        todo="Enter Red or Green.",
    )  # fmt: skip
    two = (*places, Place("f.xlsx", "Actions", "H10"))
    query = Query.of(wording.finding("number-range", two, found="9", expected="up to 5"))
    assert query.where == wording.where(two)
    assert not query.held
    bare = Query.of(wording.finding("cell-error", found="#REF!"))
    assert (bare.sheet, bare.where) == ("", "")
    assert bare.message.startswith("The cell shows")


@given(sheet=st.text(max_size=12), found=st.text(max_size=20), item=st.text(max_size=8))
def test_query_of_never_loses_a_word(sheet: str, found: str, item: str) -> None:
    place = Place("f", sheet, "H9")
    finding = wording.finding("choice-unknown", (place,), heading="RAG", item=item, found=found, expected="Red")
    query = Query.of(finding)
    again = f"{query.where}: {query.message}" if query.where else query.message
    assert again.casefold() == finding.message.casefold()


@pytest.mark.parametrize("count", [1, 14, 15, 16, 400])
def test_at_most_15_lines_are_listed_and_every_question_is_counted(count: int) -> None:
    many = tuple(Query("Actions", f"Actions, cell H{n}", f"Question number <{n}>.") for n in range(1, count + 1))
    for kind, full in (("query", QUERY), ("receipt", RECEIPT)):
        lines = in_few_lines(many, attached=kind == "query")
        letter = render(kind, {**full, "asked": count, "queries": lines}, FOLDER)
        for body in (letter.text, Page(letter.html).text):
            assert len(re.findall(r"Question\s+number", body)) == (count if count <= 15 else 14)
            assert (f"And {count - 14} more on the sheet Actions" in words(body)) == (count > 15)
            assert ("The Queries sheet of the attached workbook" in words(body)) == (count > 15 and kind == "query")
            assert f"{count} question{'' if count == 1 else 's'}" in words(body)


@st.composite
def _asked(draw: st.DrawFn) -> list[Query]:
    """Questions as a return gets them: about boxes of some columns and rows, some held, some about a whole sheet."""
    found = []
    for n in range(draw(st.integers(0, 60))):
        sheet = draw(st.sampled_from(("Actions", "Measures", "")))
        heading = draw(st.sampled_from(("RAG now", "Value", "Due", "Type", "")))
        rows = draw(st.lists(st.sampled_from(("1.1", "1.2", "1.3", "2.1", "2.2", "NEW-01")), max_size=3))
        todo = draw(st.sampled_from(("Enter Red.", "Enter Yes.")))
        found.append(Query(sheet, f"{sheet}, {n}", f"Question {n}. {todo}", draw(st.booleans()), heading, tuple(rows), todo))
    return found


@pytest.mark.long
@given(queries=_asked(), attached=st.booleans())
def test_questions_take_at_most_15_lines_and_none_is_lost(queries: list[Query], attached: bool) -> None:
    lines = in_few_lines(queries, attached=attached)
    assert len(lines) <= letters.MOST
    if len(queries) <= letters.MOST:
        assert lines == tuple(queries)
        return
    columns = {q.column or n for n, q in enumerate(queries)}
    rest = lines[-1].where.startswith("And ")
    assert rest == (len(columns) > letters.MOST)
    alone = [q for q in lines if q in queries]
    together = [q for q in lines if q not in queries and not q.where.startswith("And ")]
    counted = sum(sum(q.column == line.column for q in queries) for line in together) + len(alone)
    assert counted + (int(lines[-1].where.split()[1]) if rest else 0) == len(queries)
    for line in together:
        group = [q for q in queries if q.column == line.column]
        assert set(line.rows) == {row for q in group for row in q.rows}
        assert f"{line.sheet}, {line.heading}: {len(line.rows)} row" in line.where
        said = {q.todo for q in group}
        unlike = "See the marked cells." if attached else "Ask us for the list."
        assert line.message == (said.pop() if len(said) == 1 else unlike)
        assert all(q.held == line.held for q in group)
    assert any(q.held for q in queries) == any(line.held for line in lines)


def test_a_group_names_its_first_rows() -> None:
    def line(rows: int) -> str:
        asked = [Query("Actions", "", "x", heading="RAG now", rows=(f"1.{n}",), todo="Enter Red.") for n in range(1, rows + 1)]
        other = [Query("Actions", f"Actions, cell A{n}", "x") for n in range(14)]
        return in_few_lines([*asked, *other], attached=True)[0].where

    assert line(2) == "Actions, RAG now: 2 rows (1.1 and 1.2)"
    assert line(4) == "Actions, RAG now: 4 rows (1.1, 1.2, 1.3 and 1.4)"
    assert line(12) == "Actions, RAG now: 12 rows (1.1, 1.2, 1.3 and 9 more)"


def test_the_letter_says_that_questions_are_put_together_only_where_they_are() -> None:
    for context, said in ((QUERY, False), (QUERY_MANY, True)):
        letter = render("query", context, FOLDER)
        for body in (letter.text, Page(letter.html).text):
            assert ("put together here" in words(body)) == said
    assert "5. Held. Actions, Proposed new due date: 24 rows (1.1, 1.2, 1.3 and 21 more): See the marked cells." in words(
        render("query", QUERY_MANY, FOLDER).text
    )


def test_how_to_answer_names_the_workbook_its_sheet_and_its_column() -> None:
    letter = render("query", QUERY, FOLDER)
    for body in (letter.text, Page(letter.html).text):
        said = words(body)
        assert f"Open the attached {QUERY['marked_up']}" in said
        assert "say why under Your reply on the Queries sheet" in said
        assert "A reply that explains an answer closes the question" in said
        assert "An answer that is held needs a correction." in said
    none_held = render("query", {**QUERY, "queries": [q for q in QUERY["queries"] if not q.held]}, FOLDER)
    for body in (none_held.text, Page(none_held.html).text):
        assert "held needs a correction" not in words(body) and "\"Held\" means" not in words(body)


def test_what_happens_to_a_held_answer_is_said_only_where_one_is_held() -> None:
    for held in (False, True):
        queries = (Query("Actions", "Actions, cell H9", "Enter Red.", held=held),)
        letter = render("query", {**QUERY, "asked": 1, "queries": queries}, FOLDER)
        for body in (letter.text, Page(letter.html).text):
            assert ("in place of a held one" in words(body)) is held
            assert "We need your help with 1 point; it takes about a minute." in words(body)
