"""The history of every answer: what was said, where, by whom and when, what it replaced and what replaced it."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from tests import small as s
from tests.small import Q2, Q3, Small
from tests.test_desk import decide
from workflow import accessible
from workflow.cli import main
from workflow.model import Profile, Slot, Standing
from workflow.outputs import history as told
from workflow.outputs.view import View
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.ask import Event, history
from workflow.pipeline.quarter import view_of
from workflow.pipeline.state import Asked, facts, open_ledger, quarters, taken

pytestmark = pytest.mark.usefixtures("no_packs")

LATER = datetime(2023, 10, 18, 9, 0, tzinfo=UTC)
LABEL = "Q2 2023/24"
AGREED: dict[str, Any] = {"Agreed_by_(post)": "Head of Service"}
Row = dict[str, str]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def correct(small: Small, rag: str = "Red", progress: str = "It came to a stop.") -> None:
    """A second file of the same agency says something else of A-1."""
    typed = {**s.good("police"), **s.action("A-1", rag=rag, progress=progress)}
    small.returns("police", typed, sent=LATER, name="police again.xlsx")


def events(small: Small, name: str, field: str, period: str = Q2) -> list[Event]:
    _, every = history(Asked(small.root, period, s.COLLATED[period]), name)
    return [e for e in every if e.field == field]


def sheet(small: Small, period: str = Q2) -> list[Row]:
    """The rows of the tracker's sheet, by their headings; what is blank is left out."""
    ws = openpyxl.load_workbook(io.BytesIO(small.tracker(period)))[told.NAME]
    lines = [[c.value for c in line] for line in ws.iter_rows()]
    top = next(n for n, line in enumerate(lines) if line[0] == "Row key")
    return [
        {str(h): str(v) for h, v in zip(lines[top], line, strict=True) if v is not None} for line in lines[top + 1 :] if line[0]
    ]


def rows(small: Small, key: str, field: str, period: str = Q2) -> list[Row]:
    return [r for r in sheet(small, period) if (r["Row key"], r["Field"]) == (key, field)]


def view(small: Small, period: str = Q2) -> View:
    asked = Asked(small.root, period, s.COLLATED[period])
    workspace = workspaces.load(small.root)
    with open_ledger(small.root, read_only=True) as ledger:
        submissions = taken(ledger, ledger.submissions())
    return view_of(facts(workspace, asked), quarters(workspace, asked, submissions), period)


# --- what stands and what was replaced


def test_a_value_that_was_replaced_names_the_one_that_replaced_it(small: Small) -> None:
    small.returns("police")
    small.collate()
    correct(small)
    small.collate(today=date(2023, 10, 24))
    opening, first, second = events(small, "1.1", "RAG now")
    assert (opening.period, opening.value, opening.source) == (
        "Before the first quarter",
        "Amber",
        "on the register, config/register.xlsx, Items AK5",
    )
    assert (first.period, first.value) == (LABEL, "Amber")
    assert first.source.startswith(
        "given by Police, inbox/police.xlsx, Actions M9, sent 2023-10-16, run 1, received 2023-10-23"
    )
    assert first.became == 'replaced by what was sent on 18 Oct 2023: "Red" (inbox/police again.xlsx, Actions M9)'
    assert (second.value, second.replaced, second.became) == ("Red", "Amber", "")
    found = rows(small, "A-1", "RAG now")
    assert [(r["Quarter"], r["Value"], r.get("Before"), r["Does it stand?"]) for r in found] == [
        (told.ON_REGISTER, "Amber", None, f"Until {LABEL}"),
        (LABEL, "Amber", None, "Replaced by what was sent on 18 Oct 2023"),
        (LABEL, "Red", "Amber", "Stands"),
    ]
    assert [found[2][h] for h in ("From", "File", "Sheet", "Cell")] == ["Police", "inbox/police again.xlsx", "Actions", "M9"]
    assert [found[2][h][:10] for h in ("Sent", "Received")] == ["2023-10-18", "2023-10-24"]


def test_a_later_quarter_ends_what_the_one_before_said(small: Small) -> None:
    small.returns("police")
    small.collate()
    small.issue(Q3)
    typed = {**s.action("A-1", progress="The second step was taken."), ("Actions", "A-2", "No change this quarter"): "Yes"}
    small.arrive("police q3.xlsx", s.type_in(small.template("police", Q3), typed), datetime(2024, 1, 15, tzinfo=UTC))
    small.collate(Q3)
    before, was, now = events(small, "A-1", "Progress this quarter")
    assert was.became == 'until Q3 2023/24: "The second step was taken."'
    assert now.replaced == was.value and was.replaced == before.value
    confirmed = events(small, "A-2", "Progress this quarter")[-1]
    assert confirmed.period == "Q3 2023/24" and confirmed.source.startswith("confirmed by No change by Police, inbox/police q3")
    assert [r["From"] for r in rows(small, "A-2", "RAG now", Q3)] == ["Police", "Police (no change)"]
    # the second quarter's own tracker knows nothing of the third
    assert {r["Quarter"] for r in sheet(small, Q2)} == {told.ON_REGISTER, LABEL}


def test_what_was_held_never_stood(small: Small) -> None:
    small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    small.collate()
    opening, held = events(small, "A-1", "RAG now")
    assert (held.value, held.became, held.replaced) == ("Ambar", "held: not used", "")
    assert opening.became == ""  # it stands still
    correct(small, rag="Red")
    small.collate()
    _, held, put_right = events(small, "A-1", "RAG now")
    assert held.became.startswith("held, then replaced by what was sent on 18 Oct 2023: ")
    assert put_right.replaced == "Amber"


def test_a_decision_is_told_with_its_reason_and_the_post_that_agreed_it(small: Small) -> None:
    small.returns("police", {**s.good("police"), **s.action("A-1", progress="As above")})
    small.collate()
    told_words = "The protocol was signed by all four agencies."
    decide(small, "As above", Decision="Use this value", Value_to_use=told_words, Reason="Told by telephone", **AGREED)
    small.collate()
    *_, said, decided = events(small, "A-1", "Progress this quarter")
    assert said.value == "As above" and told_words in said.became
    assert decided.source.startswith("decided by Partnership Coordinator for Police, inbox/")
    assert (decided.value, decided.replaced) == (told_words, "As above")
    assert decided.became == "decided: Told by telephone (agreed by Head of Service)"
    row = rows(small, "A-1", "Progress this quarter")[-1]
    assert row["From"] == "Partnership Coordinator for Police"
    assert row["Does it stand?"] == "Stands; decided: Told by telephone (agreed by Head of Service)"


def test_what_a_decision_set_aside_never_stood(small: Small) -> None:
    small.returns("police", {**s.good("police"), **s.action("A-1", progress="As above")})
    small.collate()
    decide(small, "As above", Decision="Reject", Reason="Nothing was said")
    small.collate()
    opening, aside = events(small, "A-1", "Progress this quarter")
    assert aside.became == "set aside by a decision: Nothing was said"
    assert (opening.became, aside.replaced) == ("", "")


def test_an_answer_that_was_taken_back_reads_as_such(small: Small) -> None:
    small.returns("police")
    small.collate()
    correct(small)
    small.collate(today=date(2023, 10, 24))
    asked = ["--workspace", str(small.root), "--period", Q2, "--today", "2023-10-25"]
    done = CliRunner().invoke(main, ["withdraw", "police again.xlsx", "--reason", "Sent by mistake", *asked])
    assert done.exit_code == 0, done.output
    _, first, second = events(small, "A-1", "RAG now")
    assert (first.value, first.became) == ("Amber", "")
    assert "stands again since run 3" in first.source
    assert (second.value, second.became) == ("Red", "taken back by run 3 (workflow withdraw): Sent by mistake")
    assert [r["Value"] for r in rows(small, "A-1", "RAG now")] == ["Amber", "Amber"]  # the tracker has what counts


# --- laws


def test_the_last_value_that_counts_is_the_one_that_stands(small: Small) -> None:
    """Whatever came in whatever order: for every field, what stands is the value of the last entry that was taken."""
    small.returns("housing")
    small.returns("police", {**s.good("police"), **s.action("A-2", rag="Ambar", progress="As above")})
    small.collate()
    decide(small, "As above", Decision="Reject", Reason="Nothing was said")
    correct(small)
    small.collate()
    seen = view(small)
    desk = {"queries", "decisions"}
    assert {slot for slot, some in seen.history.items() if any(e.taken for e in some)} >= set(seen.now)
    for slot, entries in seen.history.items():
        counted = [e for e in entries if e.taken]
        stands: Standing | None = seen.now.get(slot)
        if slot[0] not in desk:
            assert (counted[-1].standing.value if counted else None) == (stands.value if stands else None), slot
        for entry in entries:
            replaced = [e for e in counted if e.by and e.by == entry.standing]
            assert all(e.standing.value != entry.standing.value for e in replaced)


def test_every_answer_that_was_read_is_told_unless_it_was_left_as_issued(small: Small) -> None:
    small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    correct(small)
    small.collate()
    seen = view(small)
    cells = {(e.standing.sha256, e.standing.place) for some in seen.history.values() for e in some}
    with open_ledger(small.root, read_only=True) as ledger:
        leaves = taken(ledger, ledger.submissions())
    read = [(leaf, a) for leaf in leaves for a in leaf.answers]
    assert len(read) > 20
    lacking: list[Slot] = [a.slot for leaf, a in read if (leaf.sha256, a.place) not in cells]
    assert not [slot for leaf, a in read if (slot := a.slot) in lacking and leaf.base.get(slot) != a.value]


def test_the_sheet_is_sorted_and_passes_the_checks(small: Small) -> None:
    small.returns("police")
    small.returns("housing")
    small.collate()
    found = sheet(small)
    keys = list(dict.fromkeys(r["Row key"] for r in found))
    assert [k for k in keys if k[1] == "-"] == ["A-1", "A-2", "A-3", "A-4", "C-1", "C-2", "M-1", "M-2"]  # I-1: nothing yet
    runs = [k for n, k in enumerate(r["Row key"] for r in found) if n == 0 or found[n - 1]["Row key"] != k]
    assert runs == keys  # each row's values stand together
    for key in keys:
        quarters_ = [r["Quarter"] for r in found if r["Row key"] == key]
        assert quarters_ == sorted(quarters_, key=lambda q: q != told.ON_REGISTER)
    assert accessible.check(small.tracker(), Profile.WORKING, f"master-tracker-{Q2}.xlsx") == ()
    for pack in sorted((small.root / f"outbox/{Q2}/boards").glob("*.xlsx")):
        assert told.NAME not in openpyxl.load_workbook(pack).sheetnames


def test_a_text_that_is_a_date_or_a_number_hurts_no_sheet(small: Small) -> None:
    """What people type may look like anything; beside real dates and numbers it must not look like a fault of ours."""
    typed = s.row("Actions", "A-2", Proposed_new_due_date=date(2024, 9, 30), Reason_for_the_new_date="Capacity")
    small.returns("police", {**s.good("police"), **s.action("A-1", progress="31/02/2024"), **typed})
    small.collate()
    assert "31/02/2024" in {r["Value"] for r in sheet(small)}


# --- due dates


def test_the_first_due_date_is_kept_for_ever_and_moves_are_counted(small: Small) -> None:
    moved = s.row("Actions", "A-2", Proposed_new_due_date=date(2024, 9, 30), Reason_for_the_new_date="Capacity")
    small.returns("police", {**s.good("police"), **moved})
    small.collate()
    title, _ = history(Asked(small.root, Q2, s.COLLATED[Q2]), "1.2")
    assert title.splitlines()[1:] == [
        "Due 30 Jun 2024; moved once; 30 Sep 2024 is proposed",
        "  first 30 Jun 2024, config/register.xlsx, Items O6",
        "  proposed 30 Sep 2024 by Police, Q2 2023/24",
    ]
    given = s.register_rows()
    item = next(i for i in given["items"] if i["key"] == "A-2")
    item["revised_due"] = date(2024, 9, 30)
    small.write_register(given)
    small.collate()
    item["due"] = date(2024, 10, 31)  # somebody writes over the first date
    del item["revised_due"]
    small.write_register(given)
    small.collate(today=date(2023, 11, 2))
    title, _ = history(Asked(small.root, Q2, s.COLLATED[Q2]), "1.2")
    lines = title.splitlines()
    assert lines[1] == "Due 31 Oct 2024, first 30 Jun 2024; moved twice"
    assert lines[2].startswith("  first 30 Jun 2024, ")
    assert [re.sub(r", config/register\.xlsx, Items \w+", "", line) for line in lines[3:]] == [
        "  agreed 30 Sep 2024 since run 2 on 23 Oct 2023",
        "  changed on the register to 31 Oct 2024 since run 3 on 2 Nov 2023",
        "  proposed 30 Sep 2024 by Police, Q2 2023/24",
    ]


def test_due_dates_stand_in_the_sheet(small: Small) -> None:
    moved = s.row("Actions", "A-2", Proposed_new_due_date=date(2024, 9, 30), Reason_for_the_new_date="Capacity")
    small.returns("police", {**s.good("police"), **moved})
    small.collate()
    (first,) = rows(small, "A-2", told.FIRST_DUE)
    assert (first["Value"], first["Does it stand?"]) == ("30 Jun 2024", "Moved once. Proposed: 30 Sep 2024")
    assert (first["File"], first["Sheet"], first["Cell"]) == ("config/register.xlsx", "Items", "O6")
    assert [r["Does it stand?"] for r in rows(small, "A-1", told.FIRST_DUE)] == ["Never moved"]
    assert rows(small, "A-2", "Proposed new due date")[0]["Value"] == "30 Sep 2024"


# --- the terminal


def test_it_reads_as_a_story_on_the_terminal(small: Small) -> None:
    small.returns("police")
    small.collate()
    correct(small)
    small.collate(today=date(2023, 10, 24))
    done = CliRunner().invoke(main, ["history", "1.1", "--workspace", str(small.root), "--today", "2023-10-25"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "1.1: Recommendation 1.1 (key A-1)"
    assert [line for line in lines if line and not line.startswith(" ")][1:] == [
        "Due 30 Jun 2024; never moved",
        "Before the first quarter",
        LABEL,
    ]
    at = lines.index("  RAG now: Red (before: Amber)")
    assert (
        lines[at + 1]
        == "      given by Police, inbox/police again.xlsx, Actions M9, sent 2023-10-18, run 2, received 2023-10-24"
    )
