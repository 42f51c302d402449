"""The old documents have the shape, the counts and the faults of the papers that they stand for, and their files open."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.old.build import as_csv, as_docx, as_xlsx
from tests.old.documents import NAMES, Words, document, plain

PLAN = document("action_plan")
REPORT = document("annual_report")
YEAR1 = document("strategy_year1")
YEAR2 = document("strategy_year2")
DELIVERY = document("delivery_plan")


def test_the_action_plan_has_fifteen_rows_under_six_labels() -> None:
    rows = PLAN.rows("actions")
    refs = "1.1 1.2 1.3.1 1.3.2 1.3.3 1.4 2.1 2.2 3 4.1 4.2 5.1 5.2 6.1 6.2"
    assert [r.cells[0] for r in rows] == refs.split()
    assert {len(r.cells) for r in rows} == {7}
    assert Counter(r.cells[6] for r in rows) == {"A": 9, "G": 6}
    assert Counter(r.cells[5] for r in rows) == {"31/10/23": 7, "31/07/23": 4, "31/12/23": 2, "30/09/23": 1, "30/10/23": 1}
    assert len({r.cells[4] for r in rows}) == 13
    assert [r.cells[0] for r in rows if not r.cells[2]] == ["4.1", "5.2", "6.1", "6.2"]


def test_the_action_plans_truth_follows_its_cells() -> None:
    by_ref = {r.cells[0]: r for r in PLAN.rows("actions")}
    for row in by_ref.values():
        due = row.truth["due"]
        assert isinstance(due, date)
        assert f"{due:%d/%m/%y}" == row.cells[5]
    shared = [r for r, row in by_ref.items() if row.truth.get("joint_leads") or row.unknown]
    assert shared == ["1.2", "1.3.1", "2.1", "3", "4.1", "5.1", "6.2"]
    pointing = {r: row.resolved for r, row in by_ref.items() if row.resolved}
    assert pointing == {"1.3.2": ("detail", "1.3.1"), "2.2": ("detail", "2.1"), "5.1": ("detail", "5.1")}
    assert by_ref["1.3.2"].truth["detail"] == by_ref["1.3.1"].cells[2]
    assert by_ref["2.2"].truth["detail"] == by_ref["2.1"].cells[2]
    assert by_ref["5.1"].truth["detail"] == by_ref["5.1"].cells[1]
    assert len({by_ref[r].truth["stem"] for r in ("1.3.1", "1.3.2", "1.3.3")}) == 1
    assert str(by_ref["1.3.1"].cells[1]).startswith(str(by_ref["1.3.1"].truth["stem"]))


def test_the_annual_report_has_65_promises_and_63_replies_and_4_besides() -> None:
    sections = {p.id: (len(p.promises), len(p.replies)) for p in REPORT.pairs}
    assert sections == {
        "P1": (7, 7), "P2": (7, 7), "P3": (10, 10), "P4": (4, 4), "P5": (7, 7),
        "P6": (6, 6), "P7": (7, 5), "P8": (9, 9), "P9": (8, 8),
    }  # fmt: skip
    assert sum(len(p.extras) for p in REPORT.pairs) == 4
    first, second = REPORT.pairs[:2]
    assert first.promises[0].words == second.promises[0].words
    assert first.replies[0].words == second.replies[0].words.rstrip(".")


def test_the_strategys_tables_lists_and_framework_count() -> None:
    assert [len(b.entries) for b in YEAR1.lists("commitments")] == [4, 2, 2, 3]
    progress = YEAR2.rows("commitments")
    assert len(progress) == 11
    assert all(all(r.cells) for r in progress)
    assert [r.cells[0] for r in progress] == [e.text for b in YEAR1.lists("commitments") for e in b.entries]
    own = [e.words.rstrip(".") for b in YEAR2.lists("commitments") if not b.closing for e in b.entries]
    closing = [e.words.rstrip(".") for b in YEAR2.lists("commitments") if b.closing for e in b.entries]
    assert (len(own), len(closing)) == (16, 13)
    assert len(set(own) & set(closing)) == 8  # and one more but for two words
    framework = YEAR2.rows("indicators")
    assert Counter((r.theme, r.cells[2]) for r in framework) == dict.fromkeys(
        [(goal, term) for goal in ("6A", "6B", "6C", "6D") for term in ("Short", "Medium", "Long")], 1
    )
    assert [(r.theme, r.cells[2]) for r in framework if r.parts == 2] == [("6C", "Short"), ("6D", "Long")]


def test_the_delivery_plan_has_69_promises_64_replies_38_outcomes_and_8_ticks() -> None:
    sections = {p.id: (len(p.promises), len(p.replies), len(p.outcomes)) for p in DELIVERY.pairs}
    assert sections == {
        "7.1": (15, 15, 9), "7.2.1": (10, 10, 8), "7.2.2": (6, 5, 1), "7.2.3": (5, 5, 1),
        "7.3.1": (11, 10, 6), "7.3.2": (5, 4, 5), "7.4": (9, 7, 3), "7.5": (8, 8, 5),
    }  # fmt: skip
    assert [sum(column) for column in zip(*sections.values(), strict=True)] == [69, 64, 38]
    ticks = {p.id: [n for n, e in enumerate(p.promises, start=1) if e.tick] for p in DELIVERY.pairs}
    assert ticks["7.2.2"] == [1, 3, 4, 6]
    assert ticks["7.3.2"] == [1, 2, 3, 5]
    assert sum(map(len, ticks.values())) == 8
    lists = {b.theme: 0 for b in DELIVERY.lists("commitments")}
    for block in DELIVERY.lists("commitments"):
        lists[block.theme] += len(block.entries)
    assert list(lists.values()) == [10, 14, 10, 8, 13, 8, 9, 7, 6, 2]
    assert len(DELIVERY.rows("glossary")) == 17


def test_replies_slide_where_the_papers_do() -> None:
    slid = {p.id: p.slid for p in (*REPORT.pairs, *DELIVERY.pairs) if p.slid}
    assert slid == {"7.1": (3, 5, 6, 7, 8, 9, 11), "7.2.2": (1, 2, 3, 4, 5), "7.3.2": (4,), "7.4": (2, 3, 4, 5, 6, 7)}
    unanswered = {p.id: [n for n, r in p.answered.items() if not r] for p in (*REPORT.pairs, *DELIVERY.pairs)}
    assert {k: v for k, v in unanswered.items() if v} == {"P7": [6, 7], "7.1": [11], "7.2.2": [4], "7.3.2": [4], "7.4": [2, 3]}
    together = [r.mark for p in DELIVERY.pairs for r in p.replies if len(r.answers) > 1 and p.id == "7.3.1"]
    assert together == ["3& 4"]


@pytest.mark.parametrize("name", NAMES)
def test_every_text_stands_in_the_workbook(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(document(name))))
    written = " ".join(str(c.value) for ws in book for row in ws.iter_rows() for c in row if c.value is not None)
    _holds(name, " ".join(written.split()))


@pytest.mark.parametrize("name", NAMES)
def test_every_text_stands_in_the_document(name: str) -> None:
    paper = docx.Document(io.BytesIO(as_docx(document(name))))
    texts = [p.text for p in paper.paragraphs]
    texts += [c.text for t in paper.tables for row in t.rows for c in row.cells]
    _holds(name, " ".join(" ".join(texts).split()))


def _holds(name: str, written: str) -> None:
    """Each entry and cell is there; a text that a page cut is there in its parts."""
    for block in document(name).blocks:
        entries = list(block.entries) if isinstance(block, Words) else []
        for pairs in document(name).pairs:
            if pairs is block:
                entries += [*pairs.promises, *pairs.replies, *pairs.outcomes, *pairs.extras]
        texts = [part for e in entries for part in (*e.text.split("¦"), *e.subs)]
        texts += [c for r in getattr(block, "rows", ()) for c in r.cells if c[:3] not in {"31/"}]
        for text in texts:
            wanted = plain(text).translate(dict(zip(map(ord, "³⁴⁵⁶"), "3456", strict=True)))
            raised = plain(text)
            assert wanted in written or raised in written, wanted


def test_the_csv_keeps_references_as_text_and_line_breaks_in_cells() -> None:
    for encoding, delimiter in (("cp1252", ","), ("utf-8-sig", ";"), ("utf-16", "\t")):
        text = as_csv(PLAN, encoding, delimiter).decode(encoding)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert len(lines) == 17
        assert {len(line) for line in lines} == {9}
        assert tuple(lines[1][:7]) == ("", "Recommendation", "Actions", "Progress", "Lead", "Timescale", "RAG")
        assert tuple(lines[4][:7]) == PLAN.rows("actions")[2].cells


def test_lists_that_word_numbers_have_no_numbers_in_their_text() -> None:
    paper = docx.Document(io.BytesIO(as_docx(DELIVERY)))
    table = next(t for t in paper.tables if t.rows[-1].cells[0].text.startswith("Go on encouraging residents"))
    paragraphs = table.rows[-1].cells[0].paragraphs
    assert len(paragraphs) == 8
    assert {p.style.name for p in paragraphs if p.style} == {"List Number"}


def test_a_row_cut_by_a_page_is_two_tables_and_two_rows() -> None:
    paper = docx.Document(io.BytesIO(as_docx(DELIVERY)))
    cut = [t for t in paper.tables if t.rows[0].cells[0].text.startswith("Study of Sexual Exploitation")]
    assert len(cut) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(DELIVERY)))["Delivery 2021-22"]
    starts = [str(row[0].value) for row in sheet.iter_rows() if row[0].value]
    at = next(i for i, text in enumerate(starts) if text.startswith("Study of Sexual Exploitation"))
    assert starts[at - 1].startswith("1. Take the lead")


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_an_office_program_opens_them(kind: str, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("LibreOffice is not here")
    made = tmp_path / f"plan.{kind}"
    made.write_bytes(as_xlsx(PLAN) if kind == "xlsx" else as_docx(PLAN))
    profile = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF")
