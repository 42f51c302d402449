"""The review workbook and its way back: what a person decides and changes there is what the proposed register gets."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests import small
from tests.test_import_story import boxes
from workflow import config, reader
from workflow.cli import main
from workflow.model import Place, SourceCell
from workflow.outputs.review import places

TODAY = "2023-10-04"
HEADINGS = ("Ref", "Action", "Lead", "Due date", "RAG", "Update")
ROWS: tuple[tuple[Any, ...], ...] = (
    ("1.1", "Light the park", "Police", "31/12/2023", "A", "Two lamps are up."),
    ("1.2", "Walk the estate", "Housing and YOS", "end Mar 24", "G", "Walked in May."),
    ("1.3", "Paint the subway", "Wardens", "soon", "", "Paint is ordered."),
)


def old_plan(rows: tuple[tuple[Any, ...], ...] = ROWS, title: str = "Park plan") -> bytes:
    book = openpyxl.Workbook()
    tab: Any = book.active
    tab.title = "Plan"
    tab.append([title])
    tab.append([])
    for row in (HEADINGS, *rows):
        tab.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small workspace with an old plan beside it."""
    (tmp_path / "plan.xlsx").write_bytes(old_plan())
    (tmp_path / "ws").mkdir()
    return small.make(tmp_path / "ws").root


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--workspace", str(folder), "--today", TODAY], catch_exceptions=False)


def bring(folder: Path) -> Path:
    done = run(folder, "import", str(folder.parent / "plan.xlsx"))
    assert done.exit_code in (0, 1), done.output
    return folder / "outbox/import/plan-review.xlsx"


def decide(review: Path, change: Callable[[Mapping[str, dict[str, Any]]], None]) -> None:
    """Take everything, then change what a test wants: rows of Actions by their reference."""
    book = openpyxl.load_workbook(review)
    for name in ("Actions", "Plans", "Themes", "Partners", "Aliases"):
        for row in boxes(book, name) if name in book.sheetnames else ():
            row["Decision"].value = "Take"
    change({str(r["Ref"].value): r for r in boxes(book, "Actions")})
    book.save(review)


def proposed(folder: Path) -> dict[str, dict[str, Any]]:
    """The new items of the proposed register, by reference."""
    book = openpyxl.load_workbook(folder / "config/register-proposed.xlsx")
    return {str(r["Ref"].value): {n: c.value for n, c in r.items()} for r in boxes(book, "Items") if r["Plan"].value == "PP"}


def test_a_review_says_where_every_value_stands_and_what_the_file_says(folder: Path) -> None:
    book = openpyxl.load_workbook(bring(folder))
    rows = {str(r["Ref"].value): {n: c.value for n, c in r.items()} for r in boxes(book, "Actions")}
    assert next(iter(rows)) == "1.3"  # the most doubtful first
    assert rows["1.3"]["Decision"] is None
    assert "soon" in rows["1.3"]["Please settle"]
    assert rows["1.1"]["Where it stands"] == "plan.xlsx, Plan: A4, B4, C4, D4, E4, F4"
    assert (rows["1.2"]["Lead"], rows["1.2"]["Joint leads"]) == ("housing", "yos")
    assert rows["1.2"]["Due date"].date() == date(2024, 3, 31)
    assert "Due date: end Mar 24" in rows["1.2"]["What the file says"]
    assert [n for n in book.sheetnames if book[n].sheet_state == "visible"][:2] == ["Start here", "Tables found"]


def test_a_box_says_please_complete_only_where_something_is_left_to_say(folder: Path) -> None:
    book = openpyxl.load_workbook(bring(folder))
    above = {ws.title: dict(_heads(ws)) for ws in book}
    assert above["Actions"]["Decision"] == "Please complete"  # of "soon", which is no date
    assert above["Plans"]["Decision"] == "Yours to change"
    assert above["Partners"]["Contact email"] == "Please complete"
    others = {w for heads in above.values() for h, w in heads.items() if h not in ("Decision", "Contact post", "Contact email")}
    assert others == {"Yours to change", "Filled in for you"}


def _heads(ws: Any) -> Iterator[tuple[str, str]]:
    """The headings of a sheet of the review, each with the words above it."""
    for words, heads in pairwise(ws.iter_rows(values_only=True)):
        if heads[0] == "Proposal":
            yield from zip(heads, words, strict=True)


def test_the_same_files_make_the_same_bytes(folder: Path) -> None:
    first = bring(folder).read_bytes()
    bring(folder).unlink()
    assert bring(folder).read_bytes() == first


def test_what_was_taken_changed_and_left_out_is_what_the_register_gets(folder: Path) -> None:
    review, register = bring(folder), (folder / "config/register.xlsx").read_bytes()

    def change(rows: Mapping[str, dict[str, Any]]) -> None:
        rows["1.1"]["Decision"].value, rows["1.1"]["Title"].value = "Change", "Light the whole park"
        rows["1.1"]["Due date"].value = "31 January 2024"
        rows["1.2"]["Decision"].value = "leave out"
        rows["1.3"]["Lead"].value = "police"

    decide(review, change)
    done = run(folder, "import", "--reviewed", str(review))
    assert (folder / "config/register.xlsx").read_bytes() == register
    found = proposed(folder)
    assert list(found) == ["1.3", "1.1"]
    assert (found["1.1"]["Title"], found["1.1"]["Due date"].date()) == ("Light the whole park", date(2024, 1, 31))
    assert (found["1.3"]["Lead"], found["1.3"]["Opening RAG"]) == ("police", None)
    assert "plan.xlsx, Plan: A4" in found["1.1"]["Note"]
    assert "plan.xlsx: 24 cells read = 11 in rows taken + 6 in rows left out in the review + 7 set aside." in done.output


def test_a_row_without_a_decision_is_not_taken_and_is_named(folder: Path) -> None:
    review = bring(folder)
    decide(review, lambda rows: rows["1.3"]["Decision"].__setattr__("value", None))
    done = run(folder, "import", "--reviewed", str(review))
    assert done.exit_code == 1
    assert "1 row without a decision was not taken" in done.output
    assert set(proposed(folder)) == {"1.1", "1.2"}


def test_what_cannot_be_read_is_told_with_its_cell_and_the_rest_is_kept(folder: Path) -> None:
    review = bring(folder)
    decide(review, lambda rows: rows["1.1"]["Due date"].__setattr__("value", "31/02/2024"))
    done = run(folder, "import", "--reviewed", str(review))
    assert done.exit_code == 1
    assert 'you entered "31/02/2024"' in done.output
    assert "Actions, cell" in done.output
    assert proposed(folder)["1.1"]["Due date"] is None
    assert "Due date could not be read" in proposed(folder)["1.1"]["Note"]


def test_what_still_stands_in_the_way_is_said_by_check(folder: Path) -> None:
    review = bring(folder)
    decide(review, lambda rows: rows["1.1"]["Lead"].__setattr__("value", None))
    run(folder, "import", "--reviewed", str(review))
    (folder / "config/register-proposed.xlsx").replace(folder / "config/register.xlsx")
    told = run(folder, "check")
    assert told.exit_code == 1
    assert "(Lead for 1.1): nothing is entered" in told.output
    assert "no contact with the role lead" in told.output  # the Wardens, who are new


def test_a_key_that_another_row_bears_is_not_taken_over_it(folder: Path) -> None:
    review = bring(folder)
    decide(review, lambda rows: rows["1.1"]["Row key"].__setattr__("value", "A-1"))
    done = run(folder, "import", "--reviewed", str(review))
    assert "A-1 is another row's key already, so this row was not taken" in done.output
    assert set(proposed(folder)) == {"1.2", "1.3"}


def test_given_back_twice_nothing_is_there_twice(folder: Path) -> None:
    review = bring(folder)
    decide(review, lambda rows: None)
    run(folder, "import", "--reviewed", str(review))
    (folder / "config/register-proposed.xlsx").replace(folder / "config/register.xlsx")
    done = run(folder, "import", "--reviewed", str(review))
    assert "3, 3 of them on the register already" in done.output
    assert len(proposed(folder)) == 3


def test_a_review_that_lost_some_of_its_cells_is_refused(folder: Path) -> None:
    review = bring(folder)
    book = openpyxl.load_workbook(review)
    tab: Any = book["Cells"]
    tab.delete_rows(tab.max_row - 2, 2)
    book.save(review)
    done = CliRunner().invoke(main, ["import", "--reviewed", str(review), "--workspace", str(folder), "--today", TODAY])
    assert done.exit_code == 2
    assert "nothing was written" in done.output
    assert not (folder / "config/register-proposed.xlsx").exists()


def test_a_review_that_somebody_has_filled_in_is_never_written_over(folder: Path) -> None:
    review = bring(folder)
    decide(review, lambda rows: None)
    own = review.read_bytes()
    done = run(folder, "import", str(folder.parent / "plan.xlsx"))
    assert review.read_bytes() == own
    assert "plan-review (new 2023-10-04).xlsx" in done.output


@pytest.mark.parametrize(("name", "data"), [("notes.xlsx", b"PK\x03\x04 and no more"), ("gone.xlsx", None)])
def test_a_file_that_cannot_be_read_stops_only_itself(folder: Path, name: str, data: bytes | None) -> None:
    bad = folder.parent / name
    if data is not None:
        bad.write_bytes(data)
    alone = run(folder, "import", str(bad))
    assert alone.exit_code == 2
    assert name in alone.output
    both = run(folder, "import", str(bad), str(folder.parent / "plan.xlsx"))
    assert both.exit_code == 1
    assert name in both.output
    assert (folder / "outbox/import/plan-review.xlsx").is_file()


def test_a_file_that_is_no_review_is_refused(folder: Path) -> None:
    done = run(folder, "import", "--reviewed", str(folder.parent / "plan.xlsx"))
    assert done.exit_code == 2
    assert "plan.xlsx is not a review that workflow import wrote" in done.output


def test_nothing_in_a_cell_becomes_a_formula(folder: Path) -> None:
    (folder.parent / "plan.xlsx").write_bytes(old_plan((("1", "'=1+1", "Police", "1/1/2024", "R", "+44% - 10.6%"),)))
    review = reader.read_bytes(bring(folder).read_bytes())
    sheet = review.sheet("Actions")
    assert sheet is not None
    assert all(c.formula is None for c in sheet.cells.values())


def test_a_word_that_the_register_does_not_know_is_found_by_check(folder: Path) -> None:
    path = folder / "templates/import/headings.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('field = "lead"', 'field = "laed"', 1), encoding="utf-8")
    forms = {**config.load_forms(folder / "templates/returns"), **config.load_forms(folder / "templates/register")}
    (fault,) = config.check_meanings(folder, forms)
    assert fault.suggestion == "lead"
    assert run(folder, "check").exit_code == 1


def test_paragraphs_that_follow_one_another_are_named_in_one() -> None:
    cells = [SourceCell(Place("plan.docx", "Text", f"Paragraph {n}"), n, 1, "x") for n in (31, 32, 33, 35, 40, 41)]
    cells += [SourceCell(Place("plan.docx", "Table 1", cell), 2, col, "x") for col, cell in enumerate(("A2", "B2"), 1)]
    assert places(cells).splitlines() == [
        "plan.docx, Text: Paragraphs 31 to 33, Paragraph 35, Paragraphs 40 to 41",
        "plan.docx, Table 1: A2, B2",
    ]
