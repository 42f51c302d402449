"""A year's end: what its review proposes, what comes of it when it is given back, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from tests import small as s
from tests.rolling import REGISTER, REVIEW, TODAY, adopt, decide, give, laid_out, proposed_register, read, rolled
from tests.small import Q4, Small
from workflow.cli import main
from workflow.errors import WorkflowError
from workflow.pipeline.proposed import PROPOSED
from workflow.pipeline.roll import roll
from workflow.pipeline.state import Asked
from workflow.writer import is_sealed

pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return laid_out(tmp_path)


# --- what is proposed


def test_what_ends_is_closed_and_what_goes_on_is_as_it_was(small: Small) -> None:
    before = read(small, REGISTER)
    proposed_register(small)
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
    proposed_register(small)
    made = read(small).items[-2:]
    assert [(i.key, i.form, i.plan, i.theme, i.lead) for i in made] == [
        ("CP24-R1-1", "commitments", "REVIEW", "R1", "police"),
        ("CP24-R2-1", "commitments", "REVIEW", "R2", "Rotary Club"),
    ]
    assert made[0].values["due"] == date(2025, 3, 31)
    assert made[0].text("detail") == "Staff trained"
    assert made[0].text("year") == "2024/25"
    assert made[0].text("note") == f"New in 2024/25: proposed by Police in Q4 2023/24 (police-{Q4}-next-01)."
    ws = openpyxl.load_workbook(small.root / PROPOSED)["Items"]
    fills = {ws.cell(r, 1).value: ws.cell(r, 1).fill.fgColor.rgb for r in range(1, ws.max_row + 1)}
    assert {key for key, fill in fills.items() if str(fill).endswith("FFF2CC")} == {"CP24-R1-1", "CP24-R2-1"}


def test_the_years_periods_are_laid_out_once(small: Small) -> None:
    proposed_register(small)
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


def test_nothing_but_the_review_and_then_the_proposed_register_is_written(small: Small) -> None:
    before = small.files()
    rolled(small, dry_run=True)
    assert small.files() == before
    rolled(small)
    after = small.files()
    assert {name for name in after if after[name] != before.get(name)} == {REVIEW}
    assert rolled(small).written == REVIEW
    assert small.files() == after
    assert give(small).written == PROPOSED
    given = small.files()
    assert {name for name in given if given[name] != after.get(name)} == {PROPOSED}
    assert give(small).written == PROPOSED
    assert small.files() == given


def test_a_review_that_somebody_changed_is_left(small: Small) -> None:
    rolled(small)
    path = small.root / REVIEW
    assert is_sealed(path.read_bytes())
    rolled(small, today=date(2024, 5, 14))  # nobody has touched it: the new one takes its place
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    decide(path)
    mine = path.read_bytes()
    assert not is_sealed(mine)
    done = rolled(small)
    assert path.read_bytes() == mine
    assert done.written == "outbox/import/roll-2024-25-review (new 2024-05-13).xlsx"
    assert any("left alone" in note for note in done.notes)


def test_a_proposed_register_that_somebody_changed_is_left(small: Small) -> None:
    rolled(small)
    give(small)
    path = small.root / PROPOSED
    give(small, today=date(2024, 5, 14))
    assert [p.name for p in path.parent.glob("register-proposed*")] == ["register-proposed.xlsx"]
    book = openpyxl.load_workbook(path)
    book["Items"]["A1"] = "Mine"
    book.save(path)
    mine = path.read_bytes()
    done = give(small)
    assert path.read_bytes() == mine
    assert done.written == "config/register-proposed (new 2024-05-13).xlsx"
    assert any("left alone" in note for note in done.notes)
    assert read(small, done.written).item("CP24-R1-1")


def test_what_is_no_workbook_is_not_ours() -> None:
    assert not is_sealed(b"")
    assert not is_sealed(b"PK\x03\x04 and no more")


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
    assert not (small.root / REVIEW).exists()
    done = CliRunner().invoke(main, asked)
    assert (done.exit_code, f"Written to {REVIEW}" in done.output) == (1, True)
    command = done.output.split("run: workflow ")[1].split("\n")[0]
    assert command == f'import --reviewed "{REVIEW}"'
    given = CliRunner().invoke(main, ["import", "--reviewed", str(small.root / REVIEW), *asked[3:]])
    assert (given.exit_code, f"Written to {PROPOSED}" in given.output) == (1, True)
    assert CliRunner().invoke(main, [*asked[:2], "soon", *asked[3:]]).exit_code == 2
