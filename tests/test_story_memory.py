"""The example's memory: copies that combine and differ, a decision, an edit of the tracker, a closed quarter, a withdrawal.

Each is looked for where a coordinator would: in the workbooks, in the report of a run, on the terminal.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.story import PERIODS, ran_once, rows, run, tracker, verdict
from workflow.inbox import hash_of
from workflow.ledger import Ledger
from workflow.model import Slot, Value

Q2, Q3, Q4 = PERIODS
RAG: Slot = ("actions", "TR-1.3.1", "rag")
FROM_THE_LEAD, FROM_THE_OFFICE = "ICB return Q2.eml", "ICB measures Q2.eml"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ran_once(tmp_path_factory)


def row(demo: Path, period: str, sheet: str, key: str) -> dict[str, str]:
    return next(r for r in rows(tracker(demo, period), sheet) if r["Row key"] == key)


def stood(demo: Path, slot: Slot, period: str) -> list[tuple[int, Value | None, str]]:
    """What the slot came to in a period, run by run: the run, the value, the file it came in."""
    with Ledger.open(demo / "ledger.sqlite", read_only=True) as ledger:
        changes = [c for c in ledger.changes(slot[1]) if c.slot == slot and c.period == period]
    return [(c.run, *((s.value, s.place.file) if (s := c.standing) else (None, ""))) for c in changes]


def told(demo: Path, period: str, code: str) -> list[str]:
    return [f["message"] for f in verdict(demo, period)["findings"] if f["code"] == code]


def test_two_half_filled_copies_combine(demo: Path) -> None:
    used = {s["file"]: s["state"] for s in verdict(demo, Q2)["submissions"]}
    assert used[f"inbox/{Q2}/in time/{FROM_THE_LEAD}"] == used[f"inbox/{Q2}/in time/{FROM_THE_OFFICE}"] == "merged"
    (figure,) = stood(demo, ("measures", "M-AMB-RK", "not_available"), Q2)
    (status,) = stood(demo, ("actions", "TR-1.3.1", "status"), Q2)
    assert FROM_THE_OFFICE in figure[2]
    assert FROM_THE_LEAD in status[2]


def test_where_they_differ_the_later_stands_until_a_decision_settles_it(demo: Path) -> None:
    first, decided = stood(demo, RAG, Q2)
    assert first[:2] == (1, "Amber") and FROM_THE_OFFICE in first[2]
    assert decided == (2, "Green", f"inbox/{Q2}/late/decisions-{Q2}.xlsx")
    with Ledger.open(demo / "ledger.sqlite", read_only=True) as ledger:
        then = [r.result for n in (1, 2) if (r := ledger.last_run(as_at=("2023-10-23", "2023-10-31")[n - 1]))]
    asked = [[f["message"] for f in result["findings"] if f["code"] == "conflict"] for result in then]
    assert len(asked[0]) == 1 and '"Green"' in asked[0][0] and '"Amber"' in asked[0][0]
    assert asked[1] == told(demo, Q2, "conflict") == []


def test_the_coordinators_edit_of_the_tracker_survives_the_runs_after_it(demo: Path) -> None:
    with Ledger.open(demo / "ledger.sqlite", read_only=True) as ledger:
        last = ledger.last_run()
    assert last and last.id == 6  # it came in with run 2
    evidence = "Audit group minutes, September 2023, item 4"
    assert row(demo, Q2, "Actions", "TR-1.3.1")["Evidence or link"] == evidence
    (edit,) = stood(demo, ("actions", "TR-1.3.1", "evidence"), Q2)
    assert edit == (2, evidence, f"inbox/{Q2}/late/master-tracker-{Q2}.xlsx")
    transitions = row(demo, Q2, "Actions", "TR-3")
    assert (transitions["RAG now"], transitions["Moderated"]) == ("Amber – at risk", "RAG now: Red")  # beside the lead's own


def test_a_late_correction_to_a_closed_quarter_is_told_in_the_next_packs(demo: Path) -> None:
    manifest = json.loads((demo / f"outbox/{Q2}/closed/manifest.json").read_text(encoding="utf-8"))
    for frozen in manifest["files"]:
        for folder in ("closed", "boards"):
            assert hash_of((demo / f"outbox/{Q2}/{folder}/{frozen['file']}").read_bytes()) == frozen["sha256"]
    pack = demo / f"outbox/{Q3}/boards/csp-exec-{Q3}-restricted.xlsx"
    (correction,) = rows(pack, "Corrections")
    assert (correction["Row key"], correction["Papers of"], correction["Changed"]) == (
        "TR-1.3.1", "Q2 2023/24", "Progress this quarter",
    )  # fmt: skip
    assert "not all do so yet" in correction["Is now"] and "not all do so yet" not in correction["Was"]
    assert "1 value of Q2 2023/24 that its closed papers show otherwise" in " ".join(verdict(demo, Q3)["notes"])
    assert correction["Why"] == "A later return of Integrated Care Board, received 22 Jan 2024"


def test_a_return_withdrawn_two_quarters_later_leaves_what_it_had_replaced(demo: Path) -> None:
    assert stood(demo, ("measures", "M-PSPO-T", "value"), Q2) == [
        (1, 31, f"inbox/{Q2}/in time/ASB Team return Q2.xlsx"),
        (2, 22, f"inbox/{Q2}/late/ASB Team return Q2 again.xlsx"),
        (6, 31, f"inbox/{Q2}/in time/ASB Team return Q2.xlsx"),
    ]
    assert row(demo, Q2, "Measures", "M-PSPO-T")["Value"] in ("31", "31.0")
    pack = demo / f"outbox/{Q4}/boards/csp-exec-{Q4}-restricted.xlsx"  # the papers of the second quarter had shown 22
    found = {r["Changed"]: r for r in rows(pack, "Corrections") if r["Row key"] == "M-PSPO-T"}
    assert found["Value"]["Why"] == "The return that had said so was taken back"


def test_the_history_of_one_action_reads_as_a_story(demo: Path) -> None:
    done = run("history", "1.3.1", workspace=demo)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[1] == "Due 31 Oct 2023; moved once"
    said = " ".join(lines)
    story = [  # in this order
        "Before the first quarter", "RAG now: Amber", "Q2 2023/24",
        f"RAG now: Green (before: Amber)       given by Integrated Care Board, inbox/{Q2}/in time/{FROM_THE_LEAD}",
        "RAG now: Amber (before: Green)", FROM_THE_OFFICE, "from safeguarding.support@icb.estuary.example",
        "decided by Community Safety Partnership Coordinator for Integrated Care Board",
        "The accountable lead confirmed it by telephone", "not all do so yet",
        "Evidence or link: Audit group minutes, September 2023, item 4",
        "given by Community Safety Partnership Coordinator", f"master-tracker-{Q2}.xlsx",
        "Q3 2023/24", "Proposed new due date: 31 Mar 2024", "Q4 2023/24", "Status now: Complete (before: At risk)",
    ]  # fmt: skip
    at = 0
    for words in story:
        assert words in said[at:], words
        at = said.index(words, at) + len(words)
