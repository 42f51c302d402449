"""A year's end, whole: the last quarter's returns, the register proposed for the coming year, and its first templates."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from tests import small as s
from tests.small import Q4, Box, Row, Small
from workflow import config, periods, reader, writer
from workflow.cli import main
from workflow.errors import WorkflowError
from workflow.model import Register, Slot, Standing
from workflow.pipeline import ask
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.collate import collate
from workflow.pipeline.issue import issue
from workflow.pipeline.roll import PROPOSED, Rolled, roll
from workflow.pipeline.state import Asked, open_ledger, quarters, taken
from workflow.writer import is_sealed

pytestmark = pytest.mark.usefixtures("drawn_once")

TODAY, SENT = date(2024, 5, 13), datetime(2024, 4, 16, 10, 0, tzinfo=UTC)
NEXT_Q1, ISSUED = "2024-25-Q1", date(2024, 7, 2)
REGISTER = "config/register.xlsx"
LEDGER = "ledger.sqlite"
FORMS = config.load_forms(s.ROOT / "templates/register")


def rows() -> dict[str, list[Row]]:
    """The small register with five commitments of the police, one of housing, and the style of keys CP23-R1-1."""
    made = s.register_rows()
    others = [i for i in made["items"] if i["form"] not in ("commitments", "measures", "indicators")]
    own: list[Row] = [
        {"key": f"CP23-R1-{n}", "form": "commitments", "plan": "REVIEW", "theme": "R1", "ref": f"P1.{n}", "year": "2023/24",
         "title": f"Commitment {n}", "lead": "police" if n < 6 else "housing", "due": date(2024, 3, 31)}
        for n in range(1, 7)
    ]  # fmt: skip
    own[4]["note"] = "Agreed in May."
    return {**made, "items": [*others, *own]}


def said(n: int, choice: str, reason: str = "", status: str = "On track") -> dict[Box, Any]:
    """A whole answer to one commitment in the fourth quarter."""
    boxes = {
        "Status now": status, "Progress this quarter": f"What was promised under {n} went on in all wards.",
        "Outcome for residents": f"Residents of {n} wards are safer.", "What happens next year": choice,
        "Reason for next year's choice": reason,
    }  # fmt: skip
    return {("Commitments", f"CP23-R1-{n}", heading): value for heading, value in boxes.items() if value}


def proposed(n: int, text: str, theme: str = "1 Information sharing", lead: str = "Police") -> dict[Box, Any]:
    boxes = {
        "Proposed commitment": text, "Theme": theme, "Accountable lead": lead, "Start": date(2024, 4, 1),
        "End": date(2025, 3, 31), "How it will be shown": "Staff trained",
    }  # fmt: skip
    return {("Next year", f"NEW-{n:02d}", heading): value for heading, value in boxes.items() if value}


def police() -> dict[Box, Any]:
    risk = {
        "Type": "Risk", "Title": "Lights out in the underpass", "Detail": "It is dark and people avoid it after work.",
        "Theme": "1 Information sharing", "Status": "Open", "Likelihood (1 to 5)": 3, "Impact (1 to 5)": 2,
    }  # fmt: skip
    return {
        **{("Issues", "NEW-01", heading): value for heading, value in risk.items()},
        **s.signed(), **s.action("A-1"), **s.action("A-2"),
        **said(1, "Continue"), **said(2, "Complete", status="Complete"), **said(3, "Merge into another", "Goes on under P1.1"),
        **said(4, "Drop", "The grant ended"),
        **proposed(1, "Train 40 staff in the shared desk by spring"),
        **proposed(2, "Open a desk for parents in the library", "2 Early help", "Rotary Club"),
        **proposed(3, "Hold 12 drop-ins for parents", theme=""),
    }  # fmt: skip


@cache
def _collated() -> Mapping[str, bytes]:
    """The workspace after its fourth quarter, made once: police returned, housing did not."""
    with TemporaryDirectory() as folder:
        small = s.make(Path(folder, "small"))
        small.write_register(rows())
        small.issue(Q4)
        small.arrive("police.xlsx", small.filled("police", police(), Q4), SENT)
        small.collate(Q4)
        return {name: (small.root / name).read_bytes() for name in small.files()}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    for name, data in _collated().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Small(tmp_path)


def rolled(small: Small, *, dry_run: bool = False, today: date = TODAY) -> Rolled:
    return roll(Asked(small.root, None, today), "2024-25", dry_run=dry_run)


def read(small: Small, name: str = PROPOSED) -> Register:
    """A register of the workspace, which must be read without a finding."""
    register, found = config.load_register((small.root / name).read_bytes(), FORMS, name, today=TODAY)
    assert register is not None
    assert [f.message for f in found] == []
    return register


def adopt(small: Small) -> None:
    """The coordinator settles who leads the last row, and makes the proposed register the register."""
    lead: Box = ("Items", "CP24-R2-1", "Lead")
    (small.root / REGISTER).write_bytes(s.type_in((small.root / PROPOSED).read_bytes(), {lead: "housing"}))


# --- what is proposed


def test_what_ends_is_closed_and_what_goes_on_is_as_it_was(small: Small) -> None:
    before = read(small, REGISTER)
    rolled(small)
    after = read(small)
    for n, closed in ((1, False), (2, True), (3, True), (4, True), (5, False), (6, False)):
        old, new = before.item(f"CP23-R1-{n}"), after.item(f"CP23-R1-{n}")
        assert old and new
        if closed:
            assert (new.text("state"), new.text("closed_after")) == ("Closed", Q4)
            assert {k: v for k, v in new.values.items() if k not in ("state", "closed_after", "note")} == old.values
        else:
            assert new.values == old.values
    notes = [after.item(f"CP23-R1-{n}").text("note") for n in (2, 3, 4, 5)]  # type: ignore[union-attr]
    assert notes == [
        "Completed at the end of Q4 2023/24.", "Merged into CP23-R1-1 at the end of Q4 2023/24: Goes on under P1.1",
        "Dropped at the end of Q4 2023/24: The grant ended", "Agreed in May.",
    ]  # fmt: skip


def test_proposals_are_new_rows_in_a_visible_way(small: Small) -> None:
    rolled(small)
    made = read(small).items[-2:]
    assert [(i.key, i.form, i.plan, i.theme, i.lead) for i in made] == [
        ("CP24-R1-1", "commitments", "REVIEW", "R1", "police"),
        ("CP24-R2-1", "commitments", "REVIEW", "R2", "Rotary Club"),
    ]
    assert made[0].values["due"] == date(2025, 3, 31)
    assert made[0].text("detail") == "Staff trained"
    assert made[0].text("year") == "2024/25"
    assert made[0].text("note") == f"New in 2024/25: proposed by Police in Q4 2023/24 (police-{Q4}-next-01)."
    assert 'its lead "Rotary Club" is no partner' in made[1].text("note")
    ws = openpyxl.load_workbook(small.root / PROPOSED)["Items"]
    fills = {ws.cell(r, 1).value: ws.cell(r, 1).fill.fgColor.rgb for r in range(1, ws.max_row + 1)}
    assert {key for key, fill in fills.items() if str(fill).endswith("FFF2CC")} == {"CP24-R1-1", "CP24-R2-1"}


def test_the_years_periods_are_laid_out_once(small: Small) -> None:
    rolled(small)
    keys = [p.key for p in read(small).periods]
    assert keys == [s.Q2, s.Q3, s.Q4, *(f"2024-25-Q{n}" for n in (1, 2, 3, 4))]
    adopt(small)
    assert any(line.startswith("The periods of 2024/25 stand") for line in rolled(small, dry_run=True).lines)


def test_the_summary_adds_up_and_names_what_nobody_spoke_of(small: Small) -> None:
    done = rolled(small)
    text = "\n".join(done.lines)
    counts = dict(line.strip().split(" (")[0].split(": ") for line in done.lines if line.startswith("  ") and line[2] != " ")
    assert "6 commitments" in done.lines[0]
    assert [int(counts[o]) for o in ("Continued", "Completed", "Merged into another", "Dropped", "Not said")] == [1, 1, 1, 1, 2]
    assert "    CP23-R1-5 (P1.5)\n    CP23-R1-6 (P1.6)" in text
    assert "    CP23-R1-3 into CP23-R1-1" in text
    assert "3 proposals" in text
    assert [int(counts[o]) for o in ("New rows", "On the register already", "Left out")] == [2, 0, 1]
    assert f"    police-{Q4}-next-01 -> CP24-R1-1" in text
    assert f"    police-{Q4}-next-03: it names no theme" in text
    assert any("Housing" in note and "Q4 2023/24 is not all in" in note for note in done.notes)
    assert any(note.startswith("CP24-R2-1: ") for note in done.notes)


# --- nothing else changes


def test_nothing_but_the_proposed_register_is_written(small: Small) -> None:
    before = small.files()
    rolled(small, dry_run=True)
    assert small.files() == before
    rolled(small)
    after = small.files()
    assert {name for name in after if after[name] != before.get(name)} == {PROPOSED}
    assert rolled(small).written == PROPOSED
    assert small.files() == after


def test_a_proposed_register_that_somebody_changed_is_left(small: Small) -> None:
    rolled(small)
    path = small.root / PROPOSED
    assert is_sealed(path.read_bytes())
    rolled(small, today=date(2024, 5, 14))  # nobody has touched it: the new one takes its place
    assert [p.name for p in path.parent.glob("register-proposed*")] == ["register-proposed.xlsx"]
    book = openpyxl.load_workbook(path)
    book["Items"]["A1"] = "Mine"
    book.save(path)
    mine = path.read_bytes()
    assert not is_sealed(mine)
    done = rolled(small)
    assert path.read_bytes() == mine
    assert done.written == "config/register-proposed (new 2024-05-13).xlsx"
    assert any("left alone" in note for note in done.notes)
    assert read(small, done.written).item("CP24-R1-1")


def test_what_is_no_workbook_is_not_ours() -> None:
    assert not is_sealed(b"")
    assert not is_sealed(b"PK\x03\x04 and no more")


def _same(one: Register, other: Register) -> None:
    """Two registers say the same, wherever it stands."""
    parts = ("calendars", "periods", "partners", "contacts", "aliases", "plans", "themes", "items", "boards", "rag", "waivers")
    for name in (*parts, "partnership", "glossary"):
        first, second = getattr(one, name), getattr(other, name)
        if isinstance(first, tuple):
            first, second = ([replace(r, place=one.items[0].place) for r in rows] for rows in (first, second))
        assert first == second, name


def _again(data: bytes) -> bytes:
    register, found = config.load_register(data, FORMS, REGISTER, today=TODAY)
    assert register is not None
    assert found == ()
    kept = config.keep_register(data, FORMS, register, REGISTER, TODAY)
    assert kept.lost == ()
    return writer.render(config.register_book(FORMS, kept.rows, "Register", TODAY, kept.own))


@pytest.mark.parametrize("which", ["small", "example"])
def test_a_register_written_from_its_rows_says_the_same(which: str) -> None:
    data = _collated()[REGISTER] if which == "small" else (s.ROOT / REGISTER).read_bytes()
    once = _again(data)
    first, second = (config.load_register(d, FORMS, REGISTER, today=TODAY)[0] for d in (data, once))
    assert first and second
    _same(first, second)
    assert _again(once) == once


def test_columns_of_the_coordinators_own_are_kept_and_sheets_are_named(small: Small) -> None:
    path = small.root / REGISTER
    book = openpyxl.load_workbook(path)
    ws = book["Items"]
    top = next(r for r in range(1, 20) if ws.cell(r, 1).value == "Row key")
    last = ws.max_column
    for n, heading in enumerate(("Funding", "Lead", "Funding"), 1):
        ws.cell(top, last + n).value = heading
        ws.cell(top + 1, last + n).value = f"{heading} {n}"
    book.create_sheet("My jottings")["A1"] = "Ask housing."
    book.save(path)
    done = roll(Asked(small.root, None, TODAY), "2024/25")
    assert any("My jottings" in note for note in done.notes)
    sheet = reader.read_bytes((small.root / PROPOSED).read_bytes()).sheet("Items")
    assert sheet
    top = next(r for (r, col), c in sheet.cells.items() if (col, c.value) == (1, "Row key"))
    by_heading = {str(c.value): col for (r, col), c in sheet.cells.items() if r == top}
    line = next(r for (r, col), c in sheet.cells.items() if col == 1 and c.value == "A-1")
    assert [sheet.cells[line, by_heading[h]].value for h in ("Funding", "Lead (2)", "Funding (2)")] == [
        "Funding 1", "Lead 2", "Funding 3",
    ]  # fmt: skip
    register, _ = config.load_register((small.root / PROPOSED).read_bytes(), FORMS, PROPOSED, today=TODAY)
    assert register is not None
    assert register.item("A-1").lead == "police"  # type: ignore[union-attr]


def test_what_cannot_be_read_stops_it_because_it_would_be_lost(small: Small) -> None:
    path = small.root / REGISTER
    book = openpyxl.load_workbook(path)
    s.box(book, ("Items", "CP23-R1-1", "Due date")).value = "the end of March"
    book.save(path)
    with pytest.raises(WorkflowError, match=r"Items, cell [A-Z]+\d+ cannot be read, and a new register would lose it"):
        rolled(small)
    assert not (small.root / PROPOSED).exists()


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("2024-26", "is not a year"), ("next", "is not a year"),
        ("2025-26", "ends with 2024-25-Q4, which is not on the register"),
    ],
)  # fmt: skip
def test_a_year_that_cannot_be_rolled_to_is_said(small: Small, to: str, says: str) -> None:
    with pytest.raises(WorkflowError, match=says):
        roll(Asked(small.root, None, TODAY), to)


def test_without_returns_of_the_last_quarter_it_refuses(tmp_path: Path) -> None:
    small = s.make(tmp_path / "small")
    with pytest.raises(WorkflowError, match="No return for Q4 2023/24 has been merged yet"):
        roll(Asked(small.root, None, TODAY), "2024-25")
    assert sorted(p.name for p in (small.root / "config").iterdir()) == ["register.xlsx", "workflow.toml"]


def test_the_command_says_what_it_did(small: Small) -> None:
    asked = ["roll", "--to", "2024-25", "--workspace", str(small.root), "--today", "2024-05-13"]
    dry = CliRunner().invoke(main, [*asked, "--dry-run"])
    assert (dry.exit_code, "Nothing was written." in dry.output) == (1, True)
    assert not (small.root / PROPOSED).exists()
    done = CliRunner().invoke(main, asked)
    assert (done.exit_code, f"Written to {PROPOSED}" in done.output) == (1, True)
    assert CliRunner().invoke(main, [*asked[:2], "soon", *asked[3:]]).exit_code == 2


# --- the new year


def _worked(small: Small, today: date) -> Mapping[str, Any]:
    workspace = workspaces.load(small.root)
    with open_ledger(small.root, read_only=True) as ledger:
        return quarters(workspace, Asked(small.root, Q4, today), taken(ledger, ledger.submissions()))


def _stood(small: Small) -> Mapping[Slot, Standing]:
    """What the ledger has of the fourth quarter."""
    with open_ledger(small.root, read_only=True) as ledger:
        return ledger.standings()[Q4]


def _keys(small: Small, partner: str, sheet: str) -> list[str]:
    ws = openpyxl.load_workbook(io.BytesIO(small.template(partner, NEXT_Q1)))[sheet]
    column = [str(ws.cell(r, 1).value) for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value]
    return [key for key in column[column.index("Row key") + 1 :] if not key.startswith("NEW-")]


def test_adopting_it_changes_nothing_of_what_earlier_quarters_came_to(small: Small) -> None:
    before = _worked(small, TODAY)
    rolled(small)
    adopt(small)
    after = _worked(small, TODAY)
    for key, quarter in before.items():
        assert after[key].merged == quarter.merged, key
        assert after[key].returns == quarter.returns, key
        assert {f.message for f in after[key].findings} == {f.message for f in quarter.findings}, key
        assert {p: {f: [i.key for i in r] for f, r in g.items()} for p, g in after[key].given.items()} == {
            p: {f: [i.key for i in r] for f, r in g.items()} for p, g in quarter.given.items()
        }


def test_the_new_years_templates_have_what_goes_on_and_what_is_new(small: Small) -> None:
    rolled(small)
    adopt(small)
    issue(Asked(small.root, NEXT_Q1, ISSUED))
    assert _keys(small, "police", "Commitments") == ["CP23-R1-1", "CP23-R1-5", "CP24-R1-1"]
    assert _keys(small, "housing", "Commitments") == ["CP23-R1-6", "CP24-R2-1"]
    last = ("Commitments", "CP23-R1-1", "Status last time")
    assert s.shown(small.template("police", NEXT_Q1), last) == "On track"
    assert s.shown(small.template("police", NEXT_Q1), ("Commitments", "CP24-R1-1", "Status last time")) in (None, "None")


def test_even_without_a_new_register_what_ended_is_not_asked_for_again(small: Small) -> None:
    more = rows()
    more["periods"] = [*more["periods"], *(config.as_row(p) for p in config.plan_year(periods.CALENDARS["april"], 2024))]
    small.write_register(more)
    issue(Asked(small.root, NEXT_Q1, ISSUED))
    assert _keys(small, "police", "Commitments") == ["CP23-R1-1", "CP23-R1-5"]


# --- a decision of the coordinator's, and what is held


def test_the_coordinators_word_in_the_tracker_counts_and_a_held_choice_ends_nothing(small: Small) -> None:
    path = small.root / f"outbox/{Q4}/master-tracker-{Q4}.xlsx"
    box: Box = ("Commitments", "CP23-R1-4", "What happens next year")
    path.write_bytes(s.type_in(path.read_bytes(), {box: "Continue"}))
    small.arrive("later.xlsx", small.filled("police", {**said(5, "Drop it"), **s.signed()}, Q4), SENT)
    verdict = small.collate(Q4, date(2024, 4, 23))
    assert "choice-unknown" in s.codes(verdict, "police")
    done = rolled(small)
    assert "    CP23-R1-5 (P1.5)" in done.lines
    assert read(small).item("CP23-R1-4").text("state") == ""  # type: ignore[union-attr]


# --- papers


def _sheet(data: bytes, name: str) -> list[list[Any]]:
    values = [list(r) for r in openpyxl.load_workbook(io.BytesIO(data), read_only=True)[name].iter_rows(values_only=True)]
    top = next(n for n, r in enumerate(values) if r[0] == "Row key")
    return values[top:]


def _column(table: Iterable[list[Any]], heading: str) -> dict[str, Any]:
    head, *body = table
    return {str(r[0]): r[head.index(heading)] for r in body}


def test_the_tracker_of_the_last_quarter_has_the_year_end(small: Small) -> None:
    table = _sheet(small.tracker(Q4), "Year end")
    assert _column(table, "Next year") == {
        "CP23-R1-1": "Continued", "CP23-R1-2": "Completed", "CP23-R1-3": "Merged into another", "CP23-R1-4": "Dropped",
        "CP23-R1-5": "Not said", "CP23-R1-6": "Not said",
    }  # fmt: skip
    assert _column(table, "Merged into")["CP23-R1-3"] == "CP23-R1-1: P1.1: Commitment 1"
    assert _column(table, "Why")["CP23-R1-4"] == "The grant ended"
    assert str(_column(table, "Source")["CP23-R1-4"]).startswith("inbox/police.xlsx, Commitments, cell ")
    changed = {str(r[2]) for r in _sheet(small.tracker(Q4), "What changed")[1:]}
    assert "What happens next year" not in changed  # it is asked for in this quarter alone
    keys = _column(_sheet(small.tracker(Q4), "Next year"), "Proposed new key")
    assert keys == {
        f"police-{Q4}-next-01": "CP24-R1-1", f"police-{Q4}-next-02": "CP24-R2-1",
        f"police-{Q4}-next-03": "None: it names no theme",
    }  # fmt: skip


def test_a_board_sees_what_happens_next_year(small: Small) -> None:
    pack = (small.root / f"outbox/{Q4}/boards/exec-{Q4}-partnership.xlsx").read_bytes()
    table = _sheet(pack, "Commitments")
    told = _column(table, "What happens next year")
    assert (told["CP23-R1-1"], told["CP23-R1-4"]) == ("Continue", "Drop: The grant ended")
    assert "Reason for next year's choice" not in table[0]


# --- themes are called otherwise in another year


def _renamed(small: Small) -> None:
    """The coordinator makes next year's register of the proposed one: its themes swap numbers and get new titles."""
    data = (small.root / PROPOSED).read_bytes()
    names: dict[Box, Any] = {
        ("Themes", "R1", "Number"): "2", ("Themes", "R1", "Theme title"): "Data in common",
        ("Themes", "R2", "Number"): "1", ("Themes", "R2", "Theme title"): "Help sooner",
        ("Items", "CP24-R2-1", "Lead"): "housing",
    }  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, key, heading), value in names.items():
        ws = book[sheet]
        top = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value in ("Theme id", "Row key"))
        column = next(c for c in range(1, ws.max_column + 1) if ws.cell(top, c).value == heading)
        ws.cell(next(r for r in range(top, ws.max_row + 1) if ws.cell(r, 1).value == key), column).value = value
    (small.root / REGISTER).write_bytes(s.saved(book))


def test_the_new_year_has_new_labels_and_the_old_one_stays_as_it_was(small: Small) -> None:
    before, stood = _worked(small, TODAY), _stood(small)
    rolled(small)
    _renamed(small)
    after = _worked(small, TODAY)
    assert {k: q.merged for k, q in after.items() if k in before} == {k: q.merged for k, q in before.items()}
    issue(Asked(small.root, NEXT_Q1, ISSUED))
    template = small.template("police", NEXT_Q1)
    row, risk = ("Commitments", "CP23-R1-1"), f"police-{Q4}-issue-01"
    assert s.shown(template, (*row, "Status last time")) == "On track"
    # The issue comes back with its answers filled in: the theme's old name is still known.
    assert s.shown(template, ("Issues", risk, "Theme")) == "1 Information sharing"
    told = {"Status now": "At risk", "Progress this quarter": "Two of ten wards are late by some weeks."}
    more: dict[Box, Any] = {**s.signed(), **{(*row, heading): value for heading, value in told.items()}}
    small.arrive("q1.xlsx", small.filled("police", more, NEXT_Q1), datetime(2024, 7, 10, 10, 0, tzinfo=UTC))
    when = date(2024, 7, 16)
    verdict = collate(Asked(small.root, NEXT_Q1, when))
    assert "choice-unknown" not in s.codes(verdict)
    assert _stood(small) == stood
    later = (small.root / f"outbox/{NEXT_Q1}/boards/exec-{NEXT_Q1}-partnership.xlsx").read_bytes()
    table = _sheet(later, "Commitments")  # what happened next year is said no more, nor is what ended
    assert "What happens next year" not in table[0]
    assert [r[0] for r in table[1:]] == ["CP23-R1-1", "CP23-R1-5", "CP23-R1-6", "CP24-R1-1", "CP24-R2-1"]
    now = small.tracker(NEXT_Q1)
    tracker = _sheet(now, "Commitments")
    assert len(tracker) == 9  # the tracker has the closed ones, too
    assert set(_column(tracker, "What happens next year").values()) == {None}
    assert _column(_sheet(now, "Issues"), "Theme") == {risk: "2 Data in common"}
    assert _column(_sheet(now, "Commitments"), "Theme")["CP23-R1-1"] == "2 Data in common"
    changed = {(r[0], r[2]): (r[3], r[4]) for r in _sheet(now, "What changed")[1:]}
    assert changed["CP23-R1-1", "Status now"] == ("On track", "At risk")
    title, events = ask.history(Asked(small.root, NEXT_Q1, when), "CP23-R1-1")
    assert "CP23-R1-1" in title
    assert {e.period for e in events} >= {"Q4 2023/24", "Q1 2024/25"}
    # Papers of the year that is over, made again, show the labels of their time.
    ask.emit(Asked(small.root, Q4, when))
    pack = (small.root / f"outbox/{Q4}/boards/exec-{Q4}-partnership.xlsx").read_bytes()
    for data in (small.tracker(Q4), pack):
        assert set(_column(_sheet(data, "Commitments"), "Theme").values()) == {"1 Information sharing"}


def test_papers_as_they_stood_have_the_register_of_that_day(small: Small) -> None:
    rolled(small)
    _renamed(small)
    _, folder = ask.emit(Asked(small.root, Q4, date(2024, 7, 16)), date(2024, 4, 22))
    table = _sheet((small.root / folder / f"master-tracker-{Q4}.xlsx").read_bytes(), "Commitments")
    assert set(_column(table, "Theme").values()) == {"1 Information sharing"}
