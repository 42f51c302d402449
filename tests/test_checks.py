"""The Checks sheet says of a return what a run says of it: finding by finding, row by row.

Here what our own code counts (and saves) is held against the findings of a run of the quarter; `test_checks_office` holds the
formulas against what is saved. Faults are seeded one on a row, and then at random, so that every pair meets.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import checking as c
from tests import small as s
from tests.checking import Said
from tests.checking_faults import AWKWARD, FAULTS, everything
from tests.checking_random import filled_in
from tests.small import ABOUT, Q2, Q3, Q4, Box, Small, row, signed
from workflow import accessible, rules, writer
from workflow.model import Book, Column, Mark, Profile, Sheet
from workflow.outputs.checks import Claim, answers
from workflow.outputs.checks.forms import TRANSLATED
from workflow.outputs.checks.formulas import LONGEST
from workflow.pipeline.issue import issue
from workflow.pipeline.state import Asked

pytestmark = pytest.mark.xdist_group("checks")  # one worker: the workspace is made once

NIL = {(ABOUT, "", "Nothing to report this quarter"): "Yes"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return c.made(tmp_path_factory.mktemp("checks") / "small")


@pytest.fixture(scope="module")
def faulty(small: Small) -> Said:
    return c.say(small, everything())


def differences(said: Said, period: str = Q2) -> Iterable[tuple[str, Claim, set[str], set[str]]]:
    """Per claim, the rows that only the sheet finds, and those that only the run does."""
    for line in said.lines:
        for claim, rows in c.joined(line, period):
            asked = said.asked(claim, line.form)
            if rows != asked:
                yield line.form, claim, rows - asked, asked - rows


# --- one fault on a row


def test_a_clean_return_is_complete_and_brings_no_finding(small: Small) -> None:
    said = c.say(small, c.clean())
    assert [f.message for f in said.verdict.quarter.findings if f.partner == "police"] == []
    assert [line.what for line in said.lines if line.count or line.row] == []


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{key}-{sorted(codes)[0]}" for _, key, _, codes in FAULTS])
def test_each_fault_is_found_by_both(faulty: Said, fault: tuple[str, str, Mapping[Box, Any], frozenset[str]]) -> None:
    form, key, _, codes = fault
    key = c.permanent(key, form)
    assert {f.code for f in faulty.findings(form) if key in f.items} == codes
    found = [claim for line in faulty.lines if line.form == form for claim, rows in c.joined(line) if key in rows]
    assert all(any(code in claim.codes for claim in found) for code in codes)


@pytest.mark.parametrize("key", [key for key, _ in AWKWARD])
def test_what_is_only_awkward_is_asked_by_neither(faulty: Said, key: str) -> None:
    assert [f.code for f in faulty.findings("actions") if key in f.items] == []
    assert not any(key in claim.rows for line in faulty.lines if line.form == "actions" for claim in line.claims)


def test_every_claim_finds_the_rows_that_the_run_asks_about(faulty: Said) -> None:
    assert [*differences(faulty)] == []


def test_a_line_counts_its_rows_and_starts_at_the_first(faulty: Said) -> None:
    keys = {"actions": [*(f"A-{n:02d}" for n in range(1, 35)), "NEW-01", "NEW-02", "NEW-03"]}
    for line in faulty.lines:
        rows = {key for claim in line.claims for key in claim.rows}
        assert line.count == len(rows), line.what
        if line.form in keys:
            assert line.row == min((keys[line.form].index(key) + 1 for key in rows), default=0)


def test_the_faults_are_worth_their_while(faulty: Said) -> None:
    """Every line is To do for one of them or in a test of its own, and every finding that lines speak for is brought."""
    assert {line.what for line in faulty.lines if not line.count} == {
        "The sign-off is filled in, and every entry can be read",
        "Nothing to report this quarter is not Yes beside new answers",
        "No change this quarter agrees with the other boxes",  # on Commitments and Indicators; on Actions it is brought
        "Rows that you have started have every box that they need",  # on Indicators
    }
    brought = {f.code for f in faulty.verdict.quarter.findings}
    claimed = {code for line in faulty.lines for claim in line.claims for code in claim.codes}
    assert claimed - brought == {
        "sign-off-missing", "nil-with-answers", "row-key-missing", "row-key-unknown", "row-key-not-yours",  # tested below
        "number-tidied", "period-type-read", "period-published", "period-unclear", "period-ambiguous",  # as those beside them
    }  # fmt: skip


# --- faults that meet


def laws(said: Said, period: str = Q2) -> int:
    """Never Complete over a finding that a line speaks for; never To do on a row about which nothing is asked."""
    for form, claim, extra, missed in differences(said, period):
        assert not missed, (form, claim.codes, missed, [f.message for f in said.findings(form) if missed & {*f.items}])
        assert extra <= said.queried(form), (form, claim.codes, extra)
    return sum(line.count for line in said.lines)


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_filled_in_at_random(small: Small, seed: int) -> None:
    assert laws(c.say(small, filled_in(seed))) > 80


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 30))
def test_many_rows_filled_in_at_random(small: Small, seed: int) -> None:
    assert laws(c.say(small, filled_in(seed))) > 80


def after(small: Small, seed: int) -> None:
    """A second quarter filled in at random, so that every kind of answer stands before the third."""
    small.arrive("before.xlsx", small.filled("police", filled_in(seed)))
    small.collate(Q2)
    small.issue(Q3)


def third(small: Small, seed: int) -> dict[Box, Any]:
    """A third quarter filled in at random, as far as its template still has the rows."""
    book = openpyxl.load_workbook(io.BytesIO(small.template("police", Q3)), read_only=True)
    rows = {(ws.title, cells[0]) for ws in book for cells in ws.iter_rows(values_only=True) if cells}
    typed = {box: value for box, value in filled_in(seed, Q3).items() if not box[1] or box[:2] in rows}
    return {**typed, (ABOUT, "", "Approved on"): date(2024, 1, 12)}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5, 12))
def test_quarters_after_another(tmp_path: Path, seed: int) -> None:
    small = c.made(tmp_path / "small")
    after(small, seed)
    for later in range(10 * seed, 10 * seed + 4):
        assert laws(c.say(small, third(small, later), Q3), Q3) > 50


# --- the return as a whole


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The small workspace, where Police add to A-3, a row of Housing's, and M-2 has a figure from before."""
    small = s.make(tmp_path_factory.mktemp("checks") / "small")
    rows = s.register_rows()
    more: Mapping[str, c.Row] = {"A-3": {"joint_leads": "police"}, "M-2": {"opening_value": 100}}
    small.write_register({**rows, "items": [{**item, **more.get(str(item["key"]), {})} for item in rows["items"]]})
    small.issue()
    return small


def count(said: Said, words: str) -> int:
    """What the lines that begin so count together."""
    found = [line.count for line in said.lines if line.what.startswith(words)]
    assert found
    return sum(found)


@pytest.mark.parametrize(
    ("typed", "boxes"),
    [
        ({}, {"completed_by", "approved_by", "approved_on", "no_personal_data"}),
        ({**signed(), (ABOUT, "", "Approved on"): c.FAR}, {"approved_on"}),
        ({**signed(), (ABOUT, "", "Approved on"): "last week"}, {"approved_on"}),
        ({**signed(), (ABOUT, "", "Completed by (post)"): " \u00a0"}, {"completed_by"}),
        ({**signed(), (ABOUT, "", "Checked: no names or case details"): "No"}, {"no_personal_data"}),
        ({**signed(), (ABOUT, "", "Checked: no names or case details"): "I think so"}, {"no_personal_data"}),
        ({**signed(), (ABOUT, "", "Sensitivity of this return"): "Secret"}, {"sensitivity"}),
        ({**signed(), (ABOUT, "", "Sensitivity of this return"): "o-s"}, set()),
    ],
)
def test_the_sign_off(tiny: Small, typed: Mapping[Box, Any], boxes: set[str]) -> None:
    said = c.say(tiny, {**s.action("A-1"), **typed})
    assert {f.field for f in said.findings("about")} == boxes
    assert count(said, "The sign-off") == len(boxes)


@pytest.mark.parametrize(
    ("typed", "conflict"),
    [
        ({}, False),
        (s.action("A-1"), True),
        (row("Actions", "A-1", Status_now="on track"), False),  # as it was
        (row("Actions", "A-1", Status_now="on track", RAG_now="Red"), True),
        (row("Actions", "A-1", Progress_this_quarter=c.LAST), False),
        (row("Actions", "A-1", Progress_this_quarter=c.LAST.upper()), True),
        (row("Measures", "M-2", Value=100), False),
        (row("Measures", "M-2", Value=101), True),
        (row("Actions", "NEW-02", Recommendation="Share the list"), True),
        (row("Activities", "NEW-02", Place="Online"), True),
        (row("Actions", "A-3", Help_needed_from_the_board="A decision"), True),  # a row of another lead
    ],
)
def test_nothing_to_report(tiny: Small, typed: Mapping[Box, Any], conflict: bool) -> None:
    said = c.say(tiny, {**signed(), **NIL, **typed})
    assert any(f.code == "nil-with-answers" for f in said.findings("about")) is conflict
    assert count(said, "Nothing to report") == conflict
    assert count(said, "Rows you lead have an entry") == 0


# --- what stands in the file


def saved(data: bytes) -> tuple[list[tuple[Any, ...]], str]:
    """The lines of a Checks sheet as they are saved, and what it says of all of them."""
    ws = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Checks"]
    top = next(cell.row for cell in ws["A"] if cell.value == "Sheet")
    return [*ws.iter_rows(min_row=top + 1, max_col=6, values_only=True)], str(ws["A2"].value)


def test_the_fresh_template_says_what_the_blank_return_lacks(tmp_path: Path) -> None:
    """What stands in the file before anybody calculates: a preview on a phone shows it."""
    small = s.issued(tmp_path / "small")
    data = small.template("police")
    lines, overall = saved(data)
    blank = [line for line in lines if line[3] == "To do"]
    counts = [("About this return", 4), ("Actions", 2), ("Commitments", 1), ("Measures", 1)]
    assert [(line[0], line[2]) for line in blank] == counts
    assert overall == "Not complete yet: lines still to do: 4"
    book = openpyxl.load_workbook(io.BytesIO(data))
    first = {
        "About this return": s.box(book, (ABOUT, "", "Completed by (post)")), "Actions": s.box(book, ("Actions", "A-1", "Ref")),
        "Commitments": s.box(book, ("Commitments", "C-1", "Ref")), "Measures": s.box(book, ("Measures", "M-2", "Unit")),
    }  # fmt: skip
    assert [line[4:] for line in blank] == [(first[line[0]].row, f"Go to row {first[line[0]].row}") for line in blank]
    assert all(line[4:] == (None, None) for line in lines if line[3] == "Complete")


def test_a_shared_row_is_not_asked_for(tmp_path: Path) -> None:
    """Housing shares A-1 with police, who lead it: the sheet counts A-3 alone."""
    lines, _ = saved(s.issued(tmp_path / "small").template("housing"))
    assert next(line[2] for line in lines if line[0] == "Actions") == 1


def test_the_sheet_stays_short_and_passes_the_accessibility_list(small: Small) -> None:
    data = small.template("police")
    assert accessible.check(data, Profile.RETURN) == ()
    lines, _ = saved(data)
    assert len(lines) <= 36
    assert max(len(str(line[1])) for line in lines) <= 125


def test_links_made_by_formulas_are_held_to_their_words(small: Small) -> None:
    """X23 and X24 know a HYPERLINK formula for a link: underlined with right, and named in words."""
    columns = (Column("What", width=20), Column("Where", width=20))
    for words, faults in (("Go to row 9", False), ("here", True), ("A9", True)):
        link = Mark(words, formula=f'HYPERLINK("#\'Checks\'!A1","{words}")', link="#'Checks'!A1")
        sheet = Sheet("Checks", "Checks of a guide", ("How to",), columns, (("Actions", link),), "ret_checks")
        book = Book("Checks", "Checks", "Small Partnership", date(2023, 10, 2), (sheet,), Profile.RETURN, keywords="checks")
        failed = accessible.check(writer.render(book), Profile.RETURN)
        assert [fault for fault in failed if "(X23)" in fault] == []
        assert any("(X24)" in fault for fault in failed) is faults, words


def _many(small: Small, rows: int) -> None:
    found = c.register_rows()
    action, measure = found["items"][0], found["items"][-1]
    items = [{**action, "key": f"TR-{n:03d}-extended", "lead": "police" if n % 3 else "housing"} for n in range(rows)]
    items = [{**item, "joint_leads": "" if item["lead"] == "police" else "police"} for item in items]
    items += [{**measure, "key": f"MEASURE-{n:03d}", "target": n, "unit": "%" if n % 2 else "number"} for n in range(rows)]
    small.write_register({**found, "items": items})


@pytest.mark.parametrize("rows", [90, 300])
def test_no_formula_is_longer_than_excel_takes(tmp_path: Path, rows: int) -> None:
    """With many rows a line falls into several; what no formula can hold is left to arrival. Each row is asked for still."""
    small = s.make(tmp_path / "small")
    _many(small, rows)
    issue(Asked(small.root, Q2, s.ISSUED[Q2]), only=("police",))
    ws = openpyxl.load_workbook(io.BytesIO(small.template("police")))["Checks"]
    formulas = [str(cell.value) for cells in ws.iter_rows() for cell in cells if str(cell.value).startswith("=")]
    assert max(map(len, formulas)) <= LONGEST
    lines, _ = saved(small.template("police"))
    words = {(line[0], line[1].partition(":")[0].partition(" (")[0]) for line in lines}
    assert ("Actions", "Status now and RAG now agree") in words or rows > 100
    asked = next(line for line in lines if line[0] == "Actions" and line[1].startswith("Rows you lead have an entry"))
    assert asked[2] == sum(1 for n in range(rows) if n % 3)


# --- definitions


def test_every_stand_in_says_nothing_to_the_rules_as_well() -> None:
    for phrase in answers.STAND_INS:
        for filler in ("", *answers.FILLERS):
            for text in (f"{phrase}{filler}", f"{phrase.capitalize()}{filler}{filler}."):
                assert rules.texts.says_nothing(text), text


def test_a_rule_on_trial_is_not_for_partners_to_hear_of(tmp_path: Path) -> None:
    small = s.make(tmp_path / "small")
    path = small.root / "templates/returns/actions.toml"
    trial = f'name = "progress-text"\nbeta = "{Q2}"'
    path.write_text(path.read_text(encoding="utf-8").replace('name = "progress-text"', trial), encoding="utf-8")
    small.issue()
    lines, _ = saved(small.template("police"))
    assert [line[0] for line in lines if line[1].startswith("Progress this quarter says")] == ["Commitments"]


def test_only_rules_that_there_are_have_been_translated() -> None:
    assert TRANSLATED.keys() <= rules.known().keys()


def test_the_fourth_quarter_asks_for_what_it_needs(tmp_path: Path) -> None:
    small = s.make(tmp_path / "small")
    small.issue(Q4)
    dropped = row("Commitments", "C-1", What_happens_next_year="Drop")
    typed = {**signed(), **s.action("A-1"), **s.commitment("C-1"), **dropped}
    typed[ABOUT, "", "Approved on"] = date(2024, 4, 10)
    said = c.say(small, typed, Q4)
    assert [*differences(said, Q4)] == []
    needed = [line for line in said.lines if line.form == "commitments" and line.what.startswith("Rows that you have started")]
    assert [line.count for line in needed] == [1]
    assert {f.field for f in said.findings("commitments")} == {"outcome", "carried_reason"}
