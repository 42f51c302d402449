"""On behalf: what came by telephone is typed into the partner's own template, and it is said who typed it, and from what."""

from __future__ import annotations

from pathlib import Path

from tests import small
from tests.small import ABOUT, Q2
from workflow.pipeline.ask import history
from workflow.pipeline.state import Asked

FROM = "Partnership Coordinator, telephone call of 12/10/2023"


def test_it_counts_as_the_partners_and_says_who_typed_it(tmp_path: Path) -> None:
    workspace = small.issued(tmp_path / "small")
    workspace.returns("police", {**small.good("police"), (ABOUT, "", "Typed by the office, from"): FROM})
    verdict = workspace.collate()
    assert small.states(verdict)["police"] == "returned"
    assert verdict.quarter.now["actions", "A-1", "rag"].partner == "police"
    assert small.told(verdict, "typed-by-office") == (
        f"About this return, cell B27 (Typed by the office, from): the office typed these answers in for the partner, from:"
        f' "{FROM}". Nothing to do. The history says so beside each of them.'
    )
    _, events = history(Asked(workspace.root, Q2, small.COLLATED[Q2]), "A-1")
    said = [e.source for e in events if e.period == "Q2 2023/24" and e.value == "Amber"]
    assert said
    assert all(f"typed in by {FROM}" in source for source in said)


def test_what_the_partner_sends_itself_says_nothing_of_it(tmp_path: Path) -> None:
    workspace = small.issued(tmp_path / "small")
    workspace.returns("police", small.good("police"))
    verdict = workspace.collate()
    assert "typed-by-office" not in small.codes(verdict)
    assert not any(s.typed_by for s in verdict.quarter.submissions)
