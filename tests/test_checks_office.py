"""The formulas of the Checks sheet, recalculated by LibreOffice, come to what our own code counts, claim by claim.

With `test_checks`, which holds what our code counts against the findings of a run, the file that a partner sees and the run say
the same. LibreOffice is started once for all cases.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from tests import checking as c
from tests import office
from tests import small as s
from tests.checking import Said
from tests.checking_faults import everything
from tests.checking_random import filled_in
from tests.small import ABOUT, Box, row, signed
from workflow.outputs.checks import Line

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.xdist_group("office"),
    pytest.mark.skipif(not office.available(), reason="LibreOffice is not installed"),
]

CASES: Mapping[str, Mapping[Box, Any]] = {
    "clean": c.clean(),
    "faults": everything(),
    "nil but begun": {
        **signed(), **c.action(1), **row("Actions", "A-02", Progress_this_quarter=c.LAST),
        (ABOUT, "", "Nothing to report this quarter"): "yes.", (ABOUT, "", "Sensitivity of this return"): "Secret",
    },
}  # fmt: skip
SCRATCH = "Scratch"


@dataclass(frozen=True)
class Counted:
    """One case: what is said of it, and the workbook as LibreOffice recalculated it."""

    said: Said
    book: Workbook

    def lines(self) -> list[tuple[Any, ...]]:
        ws = self.book["Checks"]
        top = next(cell.row for cell in ws["A"] if cell.value == "Sheet")
        return [*ws.iter_rows(min_row=top + 1, max_col=6, values_only=True)]

    @property
    def overall(self) -> str:
        return str(self.book["Checks"]["A2"].value)

    def cell(self, sheet: str, address: str) -> Any:
        return self.book[sheet][address].value


def scratched(said: Said) -> bytes:
    """The file with a sheet more: the formula of each claim in A, and in B the target of each line's link."""
    book = openpyxl.load_workbook(io.BytesIO(said.data))
    ws, checks = book.create_sheet(SCRATCH), book["Checks"]
    claims = [claim for line in said.lines for claim in line.claims]
    for n, claim in enumerate(claims, 1):
        ws.cell(n, 1).value = f"={claim.formula}"
    top = next(cell.row for cell in checks["A"] if cell.value == "Sheet")
    for n, _ in enumerate(said.lines, 1):
        link = str(checks.cell(top + n, 6).value).replace("HYPERLINK(", "IF(TRUE,")
        for column, heading in (("C", "Rows to do"), ("E", "First row")):
            link = link.replace(f"ret_checks[[#This Row],[{heading}]]", f"Checks!{column}{top + n}")
        ws.cell(n, 2).value = link
    return s.saved(book)


def counted(folder: Path, cases: Mapping[str, tuple[Said, bytes, list[list[object]]]]) -> dict[str, Counted]:
    """Every case as LibreOffice recalculates it after what a person did to it."""
    jobs: list[office.Job] = []
    for n, (_, data, steps) in enumerate(cases.values()):
        source = folder / f"{n}.xlsx"
        source.write_bytes(data)
        jobs.append((source, folder / f"{n}-saved.xlsx", [*steps, ["recalculate", "Checks"]]))
    office.edit_all(jobs)
    books = (openpyxl.load_workbook(job[1], data_only=True) for job in jobs)
    return {name: Counted(cases[name][0], book) for name, book in zip(cases, books, strict=True)}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counted]:
    folder = tmp_path_factory.mktemp("office")
    small = c.made(folder / "small")
    found = {name: c.say(small, typed) for name, typed in CASES.items()}
    given: dict[str, tuple[Said, bytes, list[list[object]]]] = {
        name: (said, scratched(said), []) for name, said in found.items()
    }
    follow: list[list[object]] = [["recalculate", "Checks"]]
    follow += [["follow", SCRATCH, f"B{n}", f"C{n}"] for n, line in enumerate(found["faults"].lines, 1) if line.count]
    given["faults"] = (found["faults"], scratched(found["faults"]), follow)
    given["moved"] = (found["faults"], scratched(found["faults"]), _moved(found["faults"].data))
    given["spoiled"] = (found["clean"], changed(found["clean"].data, _spoil), [])
    return counted(folder, given)


def _moved(data: bytes) -> list[list[object]]:
    """A line of one's own above and in a table, a column moved and one put in: nothing that is counted changes."""
    ws = openpyxl.load_workbook(io.BytesIO(data))["Actions"]
    top = next(cell.row for cell in ws["A"] if cell.value == "Row key")
    progress = next(cell.column for cell in ws[top] if cell.value == "Progress this quarter")
    return [
        ["insert rows", "Actions", top + 3, 1], ["insert rows", "Measures", 3, 2], ["insert columns", "Measures", 4, 1],
        ["move column", "Actions", progress, 3],
    ]  # fmt: skip


def changed(data: bytes, change: Callable[[Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    return s.saved(book)


def _spoil(book: Workbook) -> None:
    """Errors of formulas on two sheets; row keys that are not ours on two others."""
    boxes: Mapping[Box, str | None] = {
        ("Actions", "A-04", "Progress this quarter"): "=1/0", ("Measures", "M-03", "Value"): "=NA()",
        ("Commitments", "C-1", "Row key"): None, ("Commitments", "C-2", "Row key"): "C-99",
        ("Indicators", "I-1", "Row key"): "NEW-01",  # there are no spare rows there
    }  # fmt: skip
    for place, value in boxes.items():
        s.box(book, place).value = value


@pytest.mark.parametrize("name", CASES)
def test_formulas_come_to_what_is_counted(cases: Mapping[str, Counted], name: str) -> None:
    case = cases[name]
    claims = [claim for line in case.said.lines for claim in line.claims]
    found = [case.cell(SCRATCH, f"A{n}") for n, _ in enumerate(claims, 1)]
    assert [*zip(claims, found, strict=True)] == [(claim, len(claim.rows)) for claim in claims]
    assert [(line[0], line[1], line[2]) for line in case.lines()] == [(e.sheet, e.what, e.count) for e in case.said.lines]
    left = sum(1 for line in case.said.lines if line.count)
    ready = "Complete: this return is ready to send"
    assert case.overall == (f"Not complete yet: lines still to do: {left}" if left else ready)
    assert {line[3] for line in case.lines()} <= {"To do", "Complete"}


def test_what_lies_elsewhere_is_counted_just_so(cases: Mapping[str, Counted]) -> None:
    assert [line[:4] for line in cases["moved"].lines()] == [line[:4] for line in cases["faults"].lines()]
    assert cases["moved"].overall == cases["faults"].overall


@pytest.mark.parametrize("name", CASES)
def test_links_lead_to_the_first_box_in_question(cases: Mapping[str, Counted], name: str) -> None:
    """To the first row, in the order of the sheet, that falls short, and there to the box of the first part that it fails."""
    case = cases[name]
    for n, (line, cells) in enumerate(zip(case.said.lines, case.lines(), strict=True), 1):
        target, first = case.cell(SCRATCH, f"B{n}"), cells[4]
        if not line.count:
            assert (target, *cells[4:]) in ((None, None, None), ("", None, None)), line.what
            continue
        assert cells[5] == f"Go to row {first}"
        assert target == f"#'{line.sheet}'!{_box(case, line, first)}", line.what


def _box(case: Counted, line: Line, number: int) -> str:
    """Where the first box in question stands, from what our own code finds of that row."""
    form, ws = case.said.forms[line.form], case.book[line.sheet]
    if line.form == "about":
        failing = {claim.box for claim in line.claims if claim.rows}
        heading = next(f.heading for f in form.fields if f.name in failing)
        assert ws.cell(number, 1).value == heading
        return f"B{number}"
    keys = {str(ws.cell(r, 1).value): r for r in range(1, ws.max_row + 1)}
    assert number == min(keys[key] for claim in line.claims for key in claim.rows)
    box = next(claim.box for claim in line.claims if ws.cell(number, 1).value in claim.rows)
    top = keys[form.fields[0].heading]
    letters = next(cell.column_letter for cell in ws[top] if cell.value == form.field(box).heading)
    return f"{letters}{number}"


def test_libreoffice_goes_where_a_link_says(cases: Mapping[str, Counted]) -> None:
    case = cases["faults"]
    for n, line in enumerate(case.said.lines, 1):
        if line.count:
            target = str(case.cell(SCRATCH, f"B{n}")).removeprefix("#").replace("'", "").replace("!", ".")
            assert str(case.cell(SCRATCH, f"C{n}")).replace("$", "").replace("'", "") == target


def test_an_error_in_a_cell_is_never_passed_over(cases: Mapping[str, Counted]) -> None:
    """The line about entries counts the rows with errors and leads to the first; what cannot be worked out says so."""
    case = cases["spoiled"]
    row_of = {ws: next(r for r in range(1, 60) if case.book[ws].cell(r, 1).value == key) for ws, key in
              (("Actions", "A-04"), ("Measures", "M-03"))}  # fmt: skip
    for sheet, number in row_of.items():
        entries = [line[2:] for line in case.lines() if line[0] == sheet and line[1].startswith("Entries can be read")]
        assert (1, "To do", number, f"Go to row {number}") in entries
        others = {line[3] for line in case.lines() if line[0] == sheet} - {"To do"}
        assert others <= {"Cannot check yet", "Complete"} and "Cannot check yet" in others
    assert all(line[3] == "Complete" for line in case.lines() if line[0] == "Issues")
    left = sum(1 for line in case.lines() if line[3] != "Complete")
    assert case.overall == f"Not complete yet: lines still to do: {left}"


def test_row_keys_that_are_not_ours_are_asked_for(cases: Mapping[str, Counted]) -> None:
    found = {line[0]: line[2:4] for line in cases["spoiled"].lines() if line[1].startswith("Entries can be read")}
    assert (found["Commitments"], found["Indicators"]) == ((2, "To do"), (1, "To do"))


@pytest.mark.long
def test_many_returns_at_random_in_libreoffice(tmp_path: Path) -> None:
    small = c.made(tmp_path / "small")
    nothing: Mapping[Box, Any] = {**signed(), (ABOUT, "", "Nothing to report this quarter"): "Yes"}
    typed = {"empty": {}, "nil": nothing, **{str(seed): filled_in(seed) for seed in range(1, 14)}}
    said = {name: c.say(small, boxes) for name, boxes in typed.items()}
    found = counted(tmp_path, {name: (one, scratched(one), []) for name, one in said.items()})
    for name, case in found.items():
        claims = [claim for line in case.said.lines for claim in line.claims]
        assert [case.cell(SCRATCH, f"A{n}") for n, _ in enumerate(claims, 1)] == [len(claim.rows) for claim in claims], name
        assert [line[2] for line in case.lines()] == [line.count for line in case.said.lines], name
