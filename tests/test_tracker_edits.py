"""The tracker as a form: what the coordinator types into it comes in like a return, and nothing else of it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import office, small
from tests.example.build import stamp
from tests.small import Q2, Box, Small
from workflow import edits
from workflow.merge import merge
from workflow.model import OFFICE, Fate, Severity, Submission, SubmissionState
from workflow.pipeline import trackers
from workflow.pipeline.state import open_ledger
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("drawn_once")

TRACKER = f"outbox/{Q2}/master-tracker-{Q2}.xlsx"
EDITED = datetime(2023, 10, 20, 9, 0, tzinfo=UTC)
LATER = datetime(2023, 10, 21, 9, 0, tzinfo=UTC)
RAG: Box = ("Actions", "A-1", "RAG now")
PROGRESS: Box = ("Actions", "A-2", "Progress this quarter")
WORDS = "The board heard more of it at its meeting."


@pytest.fixture
def after(tmp_path: Path) -> Small:
    """A quarter with one return in it, collated."""
    workspace = small.issued(tmp_path / "small")
    workspace.returns("police", small.good("police"))
    workspace.collate()
    return workspace


def edit(workspace: Small, typed: dict[Box, Any], to: str = TRACKER, sent: datetime = EDITED) -> bytes:
    """Somebody types into the tracker as it was written, and saves it there or elsewhere."""
    data = stamp(small.type_in(workspace.tracker(), typed), sent)
    (workspace.root / to).write_bytes(data)
    return data


def tracker_in(verdict: Verdict) -> Submission:
    """The edited tracker as it was taken."""
    (found,) = (s for s in verdict.quarter.submissions if edits.is_tracker(s))
    return found


def stands(verdict: Verdict, key: str, name: str) -> tuple[object, str]:
    """What stands in a field of an action, and whose word it is."""
    standing = verdict.quarter.now["actions", key, name]
    return standing.value, standing.partner


def test_what_was_typed_into_the_tracker_stands_as_the_coordinators_word(after: Small) -> None:
    edit(after, {PROGRESS: WORDS})
    verdict = after.collate()
    assert stands(verdict, "A-2", "progress") == (WORDS, OFFICE)
    place = verdict.quarter.now["actions", "A-2", "progress"].place
    assert (place.file, place.sheet) == (TRACKER, "Actions")
    assert [f.message for f in verdict.quarter.findings if f.code == "tracker-edits"] == [
        "Actions, cell P8: what you changed in the tracker was taken in."
        " Nothing to do. The tracker written since has it, too."
    ]


def test_a_moderated_rag_stands_beside_the_leads_own(after: Small) -> None:
    edit(after, {RAG: "Red"})
    verdict = after.collate()
    assert stands(verdict, "A-1", "rag") == ("Amber", "police")
    assert stands(verdict, "A-1", "rag@coordinator") == ("Red", OFFICE)
    assert not [f for f in verdict.quarter.findings if f.code == "joint-differs"], "the partner is not asked about it"
    new = next((after.root / f"outbox/{Q2}").glob("master-tracker*(new*"))
    pack = after.root / f"outbox/{Q2}/boards/exec-{Q2}-partnership.xlsx"
    for paper in (new, pack):
        shown = [small.shown(paper.read_bytes(), ("Actions", "A-1", heading)) for heading in ("RAG now", "Moderated")]
        assert shown == ["Amber – at risk", "RAG now: Red"], paper.name


def test_an_edit_survives_further_runs_and_the_file_is_left_as_it_is(after: Small) -> None:
    data = edit(after, {PROGRESS: WORDS})
    first = after.collate()
    for _ in range(3):
        again = after.collate()
        assert not again.fresh
        assert again.run == first.run
        assert stands(again, "A-2", "progress") == (WORDS, OFFICE)
    assert (after.root / TRACKER).read_bytes() == data
    after.returns("housing", small.good("housing"), name="housing.xlsx")
    assert stands(after.collate(), "A-2", "progress") == (WORDS, OFFICE)


def test_a_copy_in_the_inbox_is_the_same_as_the_one_in_outbox(after: Small) -> None:
    edit(after, {PROGRESS: WORDS}, to="inbox/tracker.xlsx")
    (after.root / TRACKER).write_bytes((after.root / "inbox/tracker.xlsx").read_bytes())
    verdict = after.collate()
    assert stands(verdict, "A-2", "progress") == (WORDS, OFFICE)
    assert sorted(f.state for f in verdict.files if "tracker" in f.file) == [SubmissionState.DUPLICATE, SubmissionState.MERGED]


def test_a_tracker_nobody_changed_changes_nothing(after: Small) -> None:
    before = after.collate().quarter.now
    edit(after, {}, to="inbox/tracker.xlsx")
    verdict = after.collate()
    assert verdict.quarter.now == before
    tracker = tracker_in(verdict)
    assert tracker.answers
    assert set(verdict.quarter.merged.fates[tracker.sha256]) == {Fate.UNCHANGED}
    assert not edits.edited(tracker)
    assert not [f for f in verdict.quarter.findings if f.partner == OFFICE]


def test_our_own_tracker_may_be_larger_than_a_return(after: Small) -> None:
    with open_ledger(after.root, read_only=True) as ledger:
        assert not list(trackers.changed(after.root, ledger, 10))
        edit(after, {RAG: "Green"})
        assert [r.state for r in trackers.changed(after.root, ledger, 10)] == [None]


@pytest.mark.libreoffice
@pytest.mark.skipif(not office.available(), reason="no LibreOffice")
def test_a_tracker_that_libreoffice_saved_changes_nothing(after: Small, tmp_path: Path) -> None:
    before = after.collate().quarter.now
    (tmp_path / "own.xlsx").write_bytes(after.tracker())
    office.convert([tmp_path / "own.xlsx"], "xlsx", tmp_path / "saved")
    (after.root / "inbox/tracker.xlsx").write_bytes((tmp_path / "saved/own.xlsx").read_bytes())
    verdict = after.collate()
    assert verdict.quarter.now == before
    assert not edits.edited(tracker_in(verdict))


def test_what_cannot_be_typed_is_held_and_told_at_its_cell(after: Small) -> None:
    edit(after, {("Actions", "A-1", "Completed on"): "soon", RAG: "Ambar", PROGRESS: WORDS})
    verdict = after.collate()
    told = [f.message for f in verdict.quarter.findings if f.partner == OFFICE and f.severity is Severity.STOP]
    assert told == [
        'Actions, cell M7 (RAG now for 1.1): you entered "Ambar". Enter Red, Amber or Green. Did you mean Amber?',
        'Actions, cell S7 (Completed on for 1.1): you entered "soon", which cannot be read as a date. Enter it day first,'
        " like 31/10/2023.",
    ]
    assert stands(verdict, "A-2", "progress") == (WORDS, OFFICE), "one odd cell holds only itself"
    assert verdict.quarter.balance.held == 2


def test_a_cell_that_shows_words_of_ours_too_is_left_to_the_partner(after: Small) -> None:
    said = {"Provisional?": "Yes", "Comment on the figure": "One team is late."}
    visits = {("Measures", "M-2", heading): value for heading, value in said.items()}
    after.returns("police", {**small.good("police"), **visits}, name="p.xlsx")
    after.collate()
    place: Box = ("Measures", "M-2", "Comment on the figure")
    assert small.shown(after.tracker(), place) == "[e] Provisional. One team is late."
    edit(after, {place: "Provisional. Two teams are late."})
    verdict = after.collate()
    assert verdict.quarter.now["measures", "M-2", "comment"].value == "One team is late."
    assert "tracker-joined" in {f.code for f in verdict.quarter.findings}


def test_where_a_partner_said_nothing_the_coordinator_may(after: Small) -> None:
    place: Box = ("Actions", "A-3", "Progress this quarter")
    assert small.shown(after.tracker(), place) == "Not updated this quarter"
    edit(after, {place: "Told by telephone: the rota was agreed."})
    assert stands(after.collate(), "A-3", "progress") == ("Told by telephone: the rota was agreed.", OFFICE)


def test_a_cleared_cell_erases_nothing(after: Small) -> None:
    before = stands(after.collate(), "A-2", "progress")
    edit(after, {PROGRESS: None})
    assert stands(after.collate(), "A-2", "progress") == before


def test_a_row_key_that_was_changed_takes_nothing(after: Small) -> None:
    edit(after, {("Actions", "A-2", "Row key"): "A-22"})
    verdict = after.collate()
    told = {f.code for f in verdict.quarter.findings if f.severity is Severity.STOP and f.partner == OFFICE}
    assert told == {"tracker-row"}
    assert stands(verdict, "A-2", "status")[1] == "police"


def test_another_workspaces_tracker_is_held(after: Small, tmp_path: Path) -> None:
    other = small.issued(tmp_path / "other")
    other.collate()
    (after.root / "inbox/tracker.xlsx").write_bytes(stamp(small.type_in(other.tracker(), {PROGRESS: WORDS}), EDITED))
    verdict = after.collate()
    assert tracker_in(verdict).state is SubmissionState.HELD
    assert {f.code for f in verdict.quarter.findings if f.partner == OFFICE} == {"identity-tracker"}
    assert stands(verdict, "A-2", "progress")[1] == "police"


def test_when_it_was_edited_decides_against_a_later_return(after: Small) -> None:
    """An edit is made on what the tracker showed; a return that the partner saved after it counts again."""
    edit(after, {PROGRESS: WORDS})
    after.collate()
    told = "After the board the police added this to their return."
    after.returns("police", {**small.good("police"), **small.action("A-2", progress=told)}, sent=LATER, name="again.xlsx")
    assert stands(after.collate(), "A-2", "progress") == (told, "police")


@pytest.fixture
def untouched(after: Small) -> tuple[Verdict, Submission]:
    """The quarter, and its tracker as it comes back when nobody changed it."""
    verdict = after.collate()
    edit(after, {}, to="inbox/tracker.xlsx")
    return verdict, tracker_in(after.collate())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_only_what_was_changed_changes(untouched: tuple[Verdict, Submission], data: st.DataObject) -> None:
    """Whichever boxes are typed in, those and no others stand otherwise (held against the merge itself)."""
    verdict, tracker = untouched
    texts = [a for a in tracker.answers if isinstance(a.value, str)]
    chosen = data.draw(st.sets(st.sampled_from(texts), min_size=1))
    new = tuple(replace(a, value=f"{a.value} And more.") if a in chosen else a for a in tracker.answers)
    merged = merge([*verdict.quarter.submissions, replace(tracker, answers=new)], verdict.quarter.before, {})
    assert {slot for slot, s in merged.standing.items() if s.partner == OFFICE} == {a.slot for a in chosen}
    assert merged.balance.holds
