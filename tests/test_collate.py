"""What a quarter's files come to: each case one small inbox, judged and merged, its books balanced (`Small.collate`).

Cases that need no papers are dry runs; that a dry run says what a real one does is held in `test_collate_runs.py`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from tests import small as s
from tests.small import ABOUT, Q2, Q3, SENT, Small
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

LATER = SENT + timedelta(days=2)
EARLIER = SENT - timedelta(days=3)
STATUS, RAG, PROGRESS = (("actions", "A-1", name) for name in ("status", "rag", "progress"))


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def judged(small: Small) -> Verdict:
    return small.collate(dry_run=True)


def standing(verdict: Verdict) -> dict[object, object]:
    """What the period's own files gave: slot -> value and file."""
    return {slot: (st.value, st.place.file, st.carried) for slot, st in verdict.quarter.merged.standing.items()}


# --- one file


def test_every_box_is_accepted_unchanged_or_blank(small: Small) -> None:
    path = small.returns("police")
    verdict = judged(small)
    typed = len(s.good("police"))
    assert s.counts(verdict) == (typed - 2, 2, 0, 0)  # A-1 was On track and Amber before
    assert s.value(verdict, PROGRESS) == s.good("police")["Actions", "A-1", "Progress this quarter"]
    assert verdict.quarter.balance.blank == open_boxes(path) - typed
    assert s.states(verdict) == {"police": "returned", "housing": "late", "yos": "late"}
    assert s.codes(verdict) == []


def open_boxes(path: Path) -> int:
    """The unlocked or shaded answer boxes of the rows that were issued, counted by their headings."""
    sheets = {name: openpyxl.load_workbook(path)[name] for name in (ABOUT, "Actions", "Commitments", "Measures")}
    ours = {
        "Actions": ("Row key", "Ref", "Theme", "Recommendation", "Action", "Lead", "Due date"),
        "Commitments": ("Row key", "Ref", "Theme", "What we said we would do", "Lead", "Due date"),
        "Measures": ("Row key", "Measure", "Definition", "Unit", "What is better", "Period expected"),
    }
    total = 10  # the lines of the About sheet that are filled in
    for name, left in ours.items():
        ws = sheets[name]
        top = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == "Row key")
        heads = [str(c.value) for c in ws[top] if c.value]
        boxes = [h for h in heads if h not in left and not h.endswith("last time")]
        rows = [r for r in range(top + 1, ws.max_row + 1) if str(ws.cell(r, 1).value or "NEW").find("NEW") < 0]
        total += len(boxes) * len(rows)
    return total


def test_a_return_without_sign_off_is_in_part(small: Small) -> None:
    small.returns("housing", {**s.action("A-3"), **s.commitment("C-2")})
    verdict = judged(small)
    assert s.states(verdict)["housing"] == "part returned"
    assert "Approved by (post)" in " ".join(f.message for f in verdict.quarter.findings)


# --- the same again


def test_the_same_file_twice_counts_once(small: Small) -> None:
    first = small.returns("police", name="a return.xlsx")
    alone = judged(small)
    small.arrive("the same again.xlsx", first.read_bytes(), None)
    verdict = judged(small)
    assert verdict.quarter.balance == alone.quarter.balance
    assert standing(verdict) == standing(alone)
    state, reason = s.file_states(verdict)["the same again.xlsx"]
    assert (state, reason) == ("duplicate", "The same file as inbox/a return.xlsx, received on 23/10/2023.")


def test_the_same_answers_saved_again_are_all_unchanged(small: Small) -> None:
    small.returns("police")
    alone = judged(small).quarter.balance
    small.returns("police", sent=LATER, name="saved again.xlsx")
    verdict = judged(small)
    assert s.counts(verdict) == (alone.accepted, alone.unchanged + alone.read, 0, 0)
    assert "resubmission" not in s.codes(verdict)


def test_a_second_version_supersedes_what_it_changes(small: Small) -> None:
    small.returns("police")
    small.returns("police", {**s.good("police"), **s.action("A-2", rag="Red")}, LATER, "v2.xlsx")
    verdict = judged(small)
    typed = len(s.good("police"))
    assert s.counts(verdict) == (typed - 2, 2 + typed - 1, 1, 0)
    assert s.value(verdict, ("actions", "A-2", "rag")) == "Red"
    assert "changed answers sent earlier (1: 1.2)" in s.told(verdict, "resubmission")


def test_an_older_file_that_arrives_later_changes_nothing(small: Small) -> None:
    small.returns("police")
    before = small.collate()
    small.returns("police", {**s.signed(), **s.action("A-1", rag="Red")}, EARLIER, "found in a mailbox.xlsx")
    after = small.collate(today=date(2023, 10, 25))
    assert standing(after) == standing(before)
    assert after.quarter.balance.superseded == 1
    assert s.file_states(after)["found in a mailbox.xlsx"][0] == "merged"


def test_two_half_filled_copies_make_one_return(small: Small) -> None:
    whole = s.good("police")
    half = {place: v for place, v in whole.items() if place[0] in (ABOUT, "Actions")}
    small.returns("police", half, name="analyst.xlsx")
    small.returns("police", {p: v for p, v in whole.items() if p not in half}, LATER, "data team.xlsx")
    verdict = judged(small)
    assert s.states(verdict)["police"] == "returned"
    assert s.counts(verdict) == (len(whole) - 2, 2, 0, 0)
    assert s.codes(verdict) == []


def test_the_order_of_arrival_changes_nothing(small: Small) -> None:
    small.returns("police", name="z.xlsx")
    small.returns("police", {**s.signed("Deputy"), **s.action("A-1", rag="Red")}, LATER, "a.xlsx")
    together = judged(small)
    for name in ("a.xlsx", "z.xlsx"):
        (small.root / "inbox" / name).rename(small.root / name)
    for name in ("a.xlsx", "z.xlsx"):
        (small.root / name).rename(small.root / "inbox" / name)
        one_by_one = small.collate()
    assert standing(one_by_one) == standing(together)
    assert one_by_one.quarter.balance == together.quarter.balance


# --- held, corrected, blank


def test_a_held_answer_is_corrected_in_the_marked_up_return(small: Small) -> None:
    small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    first = small.collate()
    assert s.counts(first)[3] == 1
    assert s.value(first, RAG) == "Amber"  # as before: a held answer is not used
    assert first.quarter.merged.standing.get(RAG) is None
    assert s.states(first)["police"] == "part returned"
    marked = (small.root / f"outbox/{Q2}/marked-up/police-{Q2}-queries.xlsx").read_bytes()
    assert s.shown(marked, ("Actions", "A-1", "RAG now")) == "Ambar"
    small.arrive("corrected.xlsx", s.type_in(marked, s.row("Actions", "A-1", RAG_now="Red")), LATER)
    second = small.collate(today=date(2023, 10, 25))
    assert s.value(second, RAG) == "Red"
    assert s.counts(second)[2:] == (1, 0)
    assert s.states(second)["police"] == "returned"
    assert "choice-unknown" not in s.codes(second)
    assert not (small.root / f"outbox/{Q2}/marked-up/police-{Q2}-queries.xlsx").exists()


def test_the_marked_up_return_sent_back_as_it_was_overrides_nothing(small: Small) -> None:
    small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    small.collate()
    marked = (small.root / f"outbox/{Q2}/marked-up/police-{Q2}-queries.xlsx").read_bytes()
    small.returns("police", s.action("A-1", rag="Red"), LATER, "by telephone.xlsx")
    small.arrive("sent back late.xlsx", marked, LATER + timedelta(days=1))
    verdict = judged(small)
    assert s.value(verdict, RAG) == "Red"


def test_a_later_blank_copy_erases_nothing(small: Small) -> None:
    small.returns("police")
    before = judged(small)
    small.returns("police", {}, LATER, "blank.xlsx")
    after = judged(small)
    assert standing(after) == standing(before)
    assert s.states(after)["police"] == "returned"
    assert s.codes(after) == []
    assert after.quarter.balance.blank > before.quarter.balance.blank


# --- nil and no change


def test_a_nil_return_confirms_what_stood(small: Small) -> None:
    small.returns("housing", {**s.signed(), (ABOUT, "", "Nothing to report this quarter"): "Yes"})
    verdict = judged(small)
    assert s.states(verdict)["housing"] == "nil return"
    carried = verdict.quarter.merged.standing["actions", "A-3", "progress"]
    assert (carried.value, carried.carried, carried.partner) == ("The earlier position, as agreed.", True, "housing")
    assert ("commitments", "C-2", "status") not in verdict.quarter.merged.standing  # nothing stood before
    assert s.codes(verdict, "housing") == []


def test_nil_with_answers_is_asked_about_and_the_answers_stand(small: Small) -> None:
    nil = {(ABOUT, "", "Nothing to report this quarter"): "Yes"}
    small.returns("housing", {**s.signed(), **nil, **s.action("A-3", rag="Red")})
    verdict = judged(small)
    assert s.value(verdict, ("actions", "A-3", "rag")) == "Red"
    assert "2 answers are other than last time" in s.told(verdict, "nil-with-answers")


def test_no_change_carries_the_earlier_answer(small: Small) -> None:
    others = {place: v for place, v in s.good("police").items() if place[:2] != ("Actions", "A-1")}
    small.returns("police", {**others, **s.row("Actions", "A-1", No_change_this_quarter="Yes")})
    verdict = judged(small)
    for slot, value in ((STATUS, "On track"), (RAG, "Amber"), (PROGRESS, "The earlier position, as agreed.")):
        found = verdict.quarter.merged.standing[slot]
        assert (found.value, found.carried) == (value, True)
    assert s.states(verdict)["police"] == "returned"
    assert s.codes(verdict) == []


def test_no_change_without_an_earlier_answer_is_asked_about(small: Small) -> None:
    small.returns("police", {**s.signed(), **s.row("Actions", "A-2", No_change_this_quarter="Yes")})
    verdict = judged(small)
    assert s.told(verdict, "no-change-nothing").startswith("Actions, cell ")
    assert ("actions", "A-2", "status") not in verdict.quarter.now


# --- two leads, two quarters


def test_what_a_joint_lead_says_stands_beside_the_lead(small: Small) -> None:
    small.returns("police")
    small.returns("housing", {**s.good("housing"), **s.action("A-1", rag="Red")}, LATER)
    verdict = judged(small)
    assert s.value(verdict, RAG) == "Amber"
    assert s.value(verdict, ("actions", "A-1", "rag@housing")) == "Red"
    for partner in ("police", "housing"):
        words = s.told(verdict, "joint-differs", partner)
        assert 'Housing Service entered "Red"; the lead, Police, entered "Amber"' in words


def test_a_late_return_is_merged_where_it_belongs_and_its_papers_are_written_again(small: Small) -> None:
    late = small.filled("yos")
    small.collate()
    small.issue(Q3)
    before = small.tracker()
    small.arrive("better late.xlsx", late, datetime(2024, 1, 10, 9, 0, tzinfo=UTC))
    verdict = small.collate(Q3, date(2024, 1, 11))
    text = s.good("yos")["Actions", "A-4", "Progress this quarter"]
    assert s.value(verdict, ("actions", "A-4", "progress")) == text
    found = next(f for f in verdict.files if f.file == "inbox/better late.xlsx")
    assert (found.state.value, found.period) == ("merged", Q2)
    assert small.tracker() != before
    assert text in set(s.texts(small.tracker()))
    assert s.states(verdict)["yos"] != "returned"  # the third quarter's is still to come
    assert s.states(small.collate(Q2, date(2024, 1, 11), dry_run=True))["yos"] == "returned"


def test_a_finished_item_leaves_the_next_template(small: Small) -> None:
    done = {**s.action("A-2", "Green", status="Complete"), **s.row(
        "Actions", "A-2", Evidence_or_link="Minute 12", Completed_on=date(2023, 9, 29))}  # fmt: skip
    small.returns("police", {**s.good("police"), **done})
    assert s.codes(small.collate()) == []
    small.issue(Q3)
    texts = set(s.texts(small.template("police", Q3)))
    assert "A-1" in texts
    assert "A-2" not in texts


def test_when_the_register_changes_everything_is_judged_again(small: Small) -> None:
    small.returns("police")
    assert s.value(small.collate(), ("actions", "A-2", "rag")) == "Amber"
    rows = s.register_rows()
    next(r for r in rows["items"] if r["key"] == "A-2")["lead"] = "housing"
    small.write_register(rows)
    verdict = small.collate()
    assert verdict.run == 2
    assert s.value(verdict, ("actions", "A-2", "rag")) is None
    assert "belongs to another agency" in s.told(verdict, "row-key-not-yours")
    assert s.counts(verdict)[3] == 3


def test_a_sign_off_that_is_still_to_come_is_asked_about(small: Small) -> None:
    small.returns("police", {**s.good("police"), (ABOUT, "", "Approved on"): date(2030, 1, 2)})
    verdict = judged(small)
    told = [f.message for f in verdict.quarter.findings if f.field == "approved_on"]
    assert len(told) == 1, told
    assert "cell B21 (Approved on): you entered \"2 Jan 2030\"" in told[0]
