"""The truth about the old documents can be told from a mistake: a right import passes, one by number alone does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.old import truth
from tests.old.build import as_docx, as_xlsx
from tests.old.documents import Document, document
from tests.old.trackers import SEEDS, habits, tracker
from workflow.model import Confidence

REPORT = document("annual_report")
DELIVERY = document("delivery_plan")
PLAN = document("action_plan")


@dataclass(frozen=True)
class Row:
    form: str
    values: Mapping[str, object]
    confidence: Confidence = Confidence.SURE
    questions: tuple[str, ...] = field(default=())


def paired(paper: Document, by_number: bool) -> list[Row]:
    """An import that knows the truth, or one that believes the numbers."""
    made = []
    for section in paper.pairs:
        for number, promise in enumerate(section.promises, start=1):
            replies = section.by_number(number) if by_number else section.answered[number]
            values = {"title": promise.words, "theme": section.theme, "opening_progress": "\n".join(r.words for r in replies)}
            made.append(Row("commitments", values))
    return made


@pytest.mark.parametrize("paper", [REPORT, DELIVERY], ids=lambda d: d.name)
def test_a_right_import_is_right(paper: Document) -> None:
    rows = paired(paper, by_number=False)
    assert truth.missing(rows, paper) == []
    assert truth.wrong(rows, paper) == []


def test_an_import_by_number_alone_is_found_out() -> None:
    sure = {(p.section, p.number) for p in truth.wrong_sure(paired(DELIVERY, by_number=True), DELIVERY)}
    assert {n for s, n in sure if s == "7.1"} == {3, 5, 6, 7, 8, 9, 11}
    assert ("7.3.2", 4) in sure
    assert not {s for s, _ in sure} & {"7.2.1", "7.2.3", "7.3.1", "7.5"}
    modest = [dataclasses.replace(r, confidence=Confidence.CHECK) for r in paired(DELIVERY, by_number=True)]
    assert truth.wrong_sure(modest, DELIVERY) == []


def test_the_first_fifth_is_counted_from_the_top() -> None:
    rows = paired(REPORT, by_number=True)
    doubtful = [p for p in truth.pairings(rows, REPORT) if p.wrong or p.doubt]
    assert [(p.section, p.number) for p in doubtful] == [("P8", 1), ("P8", 6), ("P9", 2)]
    assert len(truth.first_fifth(rows, REPORT)) == 3
    first = [p.row for p in doubtful]
    assert truth.first_fifth([*first, *[r for r in rows if r not in first]], REPORT) == []


def test_a_reply_that_is_nowhere_is_missed() -> None:
    lost = truth.lost_replies(paired(REPORT, by_number=False), REPORT)
    assert len(lost) == 4  # those besides, which no promise has


def test_counts_are_those_of_the_papers() -> None:
    report, delivery, year2 = (truth.counts(document(n)) for n in ("annual_report", "delivery_plan", "strategy_year2"))
    assert (report.promises, report.replies, report.extras) == (65, 63, 4)
    assert (delivery.promises, delivery.replies, delivery.outcomes, delivery.ticks) == (69, 64, 38, 8)
    assert (delivery.rows, delivery.lists) == ({"glossary": 17}, 87)
    assert (year2.rows, year2.lists) == ({"commitments": 11, "indicators": 12}, 16 + 13)
    assert truth.counts(PLAN).rows == {"actions": 15}


def test_an_action_plans_fields_are_compared_one_by_one() -> None:
    fields = ("ref", "title", "stem", "detail", "opening_progress", "lead", "joint_leads", "contributors", "due", "opening_rag")
    asks = ("Who is Private Landlords?",)
    rows = [Row("actions", r.truth, questions=asks if r.unknown else ()) for r in PLAN.rows("actions")]
    assert truth.row_errors(rows, PLAN, "actions", fields) == []
    as_written = [Row("actions", dict(zip(fields_of_cells(), r.cells, strict=True))) for r in PLAN.rows("actions")]
    wrong = truth.row_errors(as_written, PLAN, "actions", fields)
    assert any(e.startswith("1.3.2: detail") for e in wrong)
    assert any("no question about Private Landlords" in e for e in wrong)


def fields_of_cells() -> tuple[str, ...]:
    return ("ref", "title", "detail", "opening_progress", "lead", "due", "opening_rag")


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_of_a_tracker_has_a_truth(seed: int) -> None:
    data, true = tracker(seed)
    assert true.accounted == truth.cells_in_xlsx(data)
    cells = [(r.sheet, c) for r in true.rows for c in r.cells.values()]
    assert truth.twice([*cells, *true.aside, *true.themes]) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tracker_imported_rightly_has_no_errors_and_wrongly_has(seed: int) -> None:
    _, true = tracker(seed)
    rows = [Row(true.form, r.values, Confidence.LIKELY, ("?",) if r.ask else ()) for r in true.rows]
    assert truth.tracker_errors(rows, true) == []
    swapped = [dataclasses.replace(r, values={**r.values, "opening_progress": r.values["title"]}, questions=()) for r in rows]
    assert len(truth.tracker_errors(swapped, true)) >= len(rows)
    assert truth.tracker_errors(rows[1:], true)


def test_a_tracker_is_the_same_every_time_and_no_two_are_alike() -> None:
    assert tracker(3)[1].rows == tracker(3)[1].rows
    assert len({habits(seed) for seed in SEEDS}) == len(SEEDS)


def test_the_trackers_have_every_habit() -> None:
    own = [habits(seed) for seed in SEEDS]
    for name in (f.name for f in dataclasses.fields(own[0])):
        assert len({getattr(h, name) for h in own}) > 1, name
    assert {h.theme for h in own} == {"none", "rows", "labels", "column"}
    assert {h.rag for h in own} == {"letter", "word", "colour"}
    assert {h.refs for h in own} == {"text", "number", "general"}
    assert {h.hide for h in own} == {"", "row", "column", "sheet"}
    assert {h.other for h in own} == {"", "glossary", "contacts", "note"}
    assert {h.beside for h in own} == {"", "key", "second"}


def test_what_a_file_says_is_counted_apart_from_any_reader() -> None:
    says = 1 + 6 + 15 * 7 - 4  # title, labels, rows, four without action
    assert truth.cells_in_docx(as_docx(PLAN)) == says
    assert len(truth.cells_in_xlsx(as_xlsx(PLAN))) == says + 1  # the heading without a label is grey like the others
    assert truth.unbalanced(108, 101, 7, 0) == 0
