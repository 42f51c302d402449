"""Copies of a return made side by side, through the whole quarter: the sentences, both policies, every way to settle."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.example import mails
from tests.small import Q2, Small, Typed
from tests.test_conflicts import ANALYST, DEPUTY, LEAD
from tests.test_desk import decide, fill
from workflow import config
from workflow.model import Severity, Value
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

MONDAY, TUESDAY = datetime(2023, 10, 16, 10, 0, tzinfo=UTC), datetime(2023, 10, 17, 9, 30, tzinfo=UTC)
WEDNESDAY, THURSDAY = datetime(2023, 10, 18, 10, 0, tzinfo=UTC), datetime(2023, 10, 19, 10, 0, tzinfo=UTC)
RAG, RAG_BOX = ("actions", "A-1", "rag"), ("Actions", "A-1", "RAG now")
MARKED = f"outbox/{Q2}/marked-up/police-{Q2}-queries.xlsx"


@pytest.fixture
def agency(tmp_path: Path) -> Small:
    return small.issued(tmp_path / "small")


def hold_both(agency: Small) -> None:
    rows = small.register_rows()
    rows["partnership"][0]["conflicts"] = "Hold both"
    agency.write_register(rows)


def mailed(agency: Small, name: str, data: bytes, sender: str, sent: datetime) -> None:
    """A workbook in a message from somebody at the agency."""
    told = mails.Sent(sender, "Partnership Lead", "office@small.example", sent, "Our return", f"{name}.xlsx", data)
    (agency.root / f"inbox/{name}.eml").write_bytes(mails.mail(told))


LEADS: Typed = {**small.signed(), **small.action("A-1", "Red"), **small.action("A-2")}
ANALYSTS: Typed = {**small.row("Actions", "A-1", RAG_now="Green"), **small.commitment("C-1")}


def two_copies(agency: Small, second: Typed = ANALYSTS) -> Verdict:
    """The lead and the analyst each fill in half of the same template; both answer the RAG of A-1."""
    mailed(agency, "lead", agency.filled("police", LEADS), LEAD, MONDAY)
    mailed(agency, "analyst", agency.filled("police", second), ANALYST, TUESDAY)
    return agency.collate()


def asked(verdict: Verdict) -> list[str]:
    """The conflicts that are open."""
    return [f.message for f in verdict.quarter.findings if f.code.startswith("conflict")]


def standing(verdict: Verdict) -> Value | None:
    return small.value(verdict, RAG)


def marked(agency: Small) -> bytes:
    return (agency.root / MARKED).read_bytes()


def test_two_half_filled_copies_combine_and_where_they_differ_both_are_named(agency: Small) -> None:
    verdict = two_copies(agency)
    assert small.told(verdict, "conflict", "police") == (
        "Actions, cell M9 (RAG now for 1.1): copies that were filled in side by side differ here: "
        '"Red" (lead@police.example, 16 Oct 2023 at 10:00 UTC) and "Green" (analyst@police.example, 17 Oct 2023 at 09:30 UTC). '
        'For now "Green" stands. Enter the right one.'
    )
    assert standing(verdict) == "Green"
    assert small.value(verdict, ("commitments", "C-1", "status")) == "On track"
    assert small.value(verdict, ("actions", "A-2", "status")) == "On track"
    assert small.counts(verdict)[2:] == (1, 0)
    assert "resubmission" not in small.codes(verdict)  # the finding says it already
    (found,) = [f for f in verdict.quarter.findings if f.code == "conflict"]
    assert found.severity is Severity.QUERY
    assert {p.file.partition("/")[2].partition(".")[0] for p in found.places} == {"lead", "analyst"}


def test_who_sent_a_bare_file_is_told_by_its_name(agency: Small) -> None:
    agency.returns("police", LEADS, MONDAY, "from the lead.xlsx")
    agency.returns("police", ANALYSTS, TUESDAY, "from the analyst.xlsx")
    told = small.told(agency.collate(), "conflict")
    assert '"Red" (from the lead.xlsx, 16 Oct 2023' in told
    assert '"Green" (from the analyst.xlsx, 17 Oct 2023' in told


def test_the_order_of_arrival_changes_nothing_on_disk(agency: Small, tmp_path: Path) -> None:
    first = two_copies(agency)
    other = small.issued(tmp_path / "other")
    for name in ("analyst.eml", "lead.eml"):
        (other.root / "inbox" / name).write_bytes((agency.root / "inbox" / name).read_bytes())
        last = other.collate()
    assert last.quarter.merged.standing == first.quarter.merged.standing
    assert [f.message for f in last.quarter.findings] == [f.message for f in first.quarter.findings]
    again = other.collate()
    assert again.fresh is False


def test_the_marked_up_copy_shows_both_at_an_empty_box(agency: Small) -> None:
    two_copies(agency)
    cell = small.box(openpyxl.load_workbook(io.BytesIO(marked(agency))), RAG_BOX)
    assert cell.value is None
    assert cell.comment is not None
    note = cell.comment.text
    assert '"Red"' in note and '"Green"' in note and note.endswith("Enter the right one.")
    mailed(agency, "untouched", marked(agency), DEPUTY, WEDNESDAY)
    assert len(asked(agency.collate())) == 1  # what says nothing settles nothing


@pytest.mark.parametrize("policy", ["Take the later", "Hold both"])
@pytest.mark.parametrize("right", ["Red", "Green", "Amber"])
def test_entering_the_right_one_in_the_marked_up_copy_settles_it(agency: Small, policy: str, right: str) -> None:
    if policy == "Hold both":
        hold_both(agency)
    two_copies(agency)
    mailed(agency, "settled", small.type_in(marked(agency), {RAG_BOX: right}), DEPUTY, WEDNESDAY)
    verdict = agency.collate()
    assert asked(verdict) == []
    assert standing(verdict) == right
    assert small.counts(verdict)[3] == 0


def test_a_reply_that_explains_settles_it_and_the_later_stands(agency: Small) -> None:
    two_copies(agency)
    replied = fill(marked(agency), "Queries", "Your reply", {"side by side": "The analyst has the later figures."})
    mailed(agency, "reply", replied, DEPUTY, WEDNESDAY)
    verdict = agency.collate()
    assert asked(verdict) == []
    assert "The analyst has the later figures." in small.told(verdict, "query-explained", "police")
    assert standing(verdict) == "Green"


@pytest.mark.parametrize("policy", ["Take the later", "Hold both"])
@pytest.mark.parametrize(
    ("decision", "stands"),
    [("Accept", "Green"), ("Reject", "Red"), ("Use this value", "Amber")],
)
def test_a_decision_settles_it(agency: Small, policy: str, decision: str, stands: str) -> None:
    if policy == "Hold both":
        hold_both(agency)
    two_copies(agency)
    typed = {"Value_to_use": "Amber"} if decision == "Use this value" else {}
    decide(agency, "side by side", WEDNESDAY, Decision=decision, Reason="Told by telephone", **typed)
    verdict = agency.collate()
    assert asked(verdict) == []
    assert standing(verdict) == stands
    assert f'you decided on "{stands}" (Told by telephone)' in small.told(verdict, "query-settled", "police")
    assert LEAD in small.told(verdict, "query-settled", "police")
    assert small.counts(verdict)[3] == 0
    assert "resubmission" not in small.codes(verdict)
    assert agency.collate().fresh is False


def test_what_was_asked_about_an_answer_goes_with_it_when_the_other_is_chosen(agency: Small) -> None:
    doubtful = small.row("Actions", "A-1", Proposed_new_due_date="Sept 24")  # read, and asked about
    plain = small.row("Actions", "A-1", Proposed_new_due_date="31 Aug 2024")
    mailed(agency, "lead", agency.filled("police", {**LEADS, **plain}), LEAD, MONDAY)
    mailed(agency, "analyst", agency.filled("police", doubtful), ANALYST, TUESDAY)
    verdict = agency.collate()
    assert len(asked(verdict)) == 1
    assert "date-ambiguous" in small.codes(verdict)
    decide(agency, "side by side", WEDNESDAY, Decision="Reject", Reason="Told by telephone")
    verdict = agency.collate()
    assert asked(verdict) == []
    assert "date-ambiguous" not in small.codes(verdict)


def test_what_is_said_after_a_decision_counts_again(agency: Small) -> None:
    two_copies(agency)
    decide(agency, "side by side", WEDNESDAY, Decision="Reject", Reason="Told by telephone")
    assert standing(agency.collate()) == "Red"
    mailed(agency, "again", agency.filled("police", small.row("Actions", "A-1", RAG_now="Amber")), LEAD, THURSDAY)
    verdict = agency.collate()
    assert (asked(verdict), standing(verdict)) == ([], "Amber")


def test_held_both_neither_stands_and_what_stood_before_does(agency: Small) -> None:
    hold_both(agency)
    verdict = two_copies(agency)
    told = small.told(verdict, "conflict-held", "police")
    assert '"Red"' in told and '"Green"' in told and "For now none of them is used" in told
    assert standing(verdict) == "Amber"  # of the quarter before
    assert RAG not in verdict.quarter.merged.standing
    assert small.counts(verdict)[2:] == (0, 2)
    (found,) = [f for f in verdict.quarter.findings if f.code == "conflict-held"]
    assert found.severity is Severity.STOP
    assert small.states(verdict)["police"] == "part returned"
    # a reply alone never releases what is held
    replied = fill(marked(agency), "Queries", "Your reply", {"side by side": "The analyst has the later figures."})
    mailed(agency, "reply", replied, DEPUTY, WEDNESDAY)
    assert len(asked(agency.collate())) == 1


def test_the_same_sender_corrects(agency: Small) -> None:
    mailed(agency, "first", agency.filled("police", LEADS), LEAD, MONDAY)
    mailed(agency, "second", agency.filled("police", small.row("Actions", "A-1", RAG_now="Green")), LEAD, TUESDAY)
    verdict = agency.collate()
    assert (asked(verdict), standing(verdict)) == ([], "Green")
    assert "changed answers sent earlier (1: 1.1)" in small.told(verdict, "resubmission")


def test_who_signed_is_said_of_each_copy_by_itself(agency: Small) -> None:
    mailed(agency, "lead", agency.filled("police", {**small.signed(), **small.action("A-1")}), LEAD, MONDAY)
    typed = {**small.signed("Crime Analyst"), **small.commitment("C-1")}
    mailed(agency, "analyst", agency.filled("police", typed), ANALYST, TUESDAY)
    assert asked(agency.collate()) == []


def test_a_register_without_the_line_or_with_a_blank_one_takes_the_later(agency: Small) -> None:
    register = (agency.root / "config/register.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(register))
    ws = book["Partnership"]
    line = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == "When two copies differ")
    ws.delete_rows(line)
    forms_ = config.load_forms(agency.root / "templates/register")
    for data in (register, small.saved(book)):
        read, findings = config.load_register(data, forms_, "config/register.xlsx")
        assert read is not None
        assert findings == ()
        assert read.partnership.conflicts == "Take the later"


# --- rows


def new_issue(title: str = "Fewer drivers", key: str = "NEW-01", **more: str) -> Typed:
    return small.row("Issues", key, Type="Risk", Title=title, Detail="Two of five drivers left us.", Status="Open", **more)


def test_the_same_new_row_in_two_copies_is_one_row(agency: Small) -> None:
    mailed(agency, "lead", agency.filled("police", {**LEADS, **new_issue()}), LEAD, MONDAY)
    mailed(agency, "analyst", agency.filled("police", {**small.commitment("C-1"), **new_issue()}), ANALYST, TUESDAY)
    verdict = agency.collate()
    assert asked(verdict) == []
    told = small.told(verdict, "row-sent-twice")
    assert "the same new row came in two copies (lead.xlsx and analyst.xlsx)" in told
    (key,) = {slot[1] for slot in verdict.quarter.merged.standing if slot[0] == "issues"}
    assert small.value(verdict, ("issues", key, "title")) == "Fewer drivers"


def test_a_new_row_sent_again_by_its_sender_is_nothing_to_tell(agency: Small) -> None:
    mailed(agency, "first", agency.filled("police", {**LEADS, **new_issue()}), LEAD, MONDAY)
    mailed(agency, "second", agency.filled("police", new_issue()), LEAD, TUESDAY)
    assert "row-sent-twice" not in small.codes(agency.collate())


def test_two_new_rows_on_one_spare_row_are_one_query(agency: Small) -> None:
    mailed(agency, "lead", agency.filled("police", {**LEADS, **new_issue()}), LEAD, MONDAY)
    other = small.row("Issues", "NEW-01", Type="Issue", Title="No minibus", Detail="The lease ended in August.", Status="Open")
    mailed(agency, "analyst", agency.filled("police", other), ANALYST, TUESDAY)
    verdict = agency.collate()
    (told,) = asked(verdict)
    assert "(NEW-01)" in told
    assert "and so on in this row" in told
    assert told.endswith("If they are two rows, put the other on a spare row of its own.")
    decide(agency, "side by side", WEDNESDAY, Decision="Reject", Reason="Told by telephone")
    verdict = agency.collate()
    (key,) = {slot[1] for slot in verdict.quarter.merged.standing if slot[0] == "issues"}
    assert (asked(verdict), small.value(verdict, ("issues", key, "title"))) == ([], "Fewer drivers")


def test_a_key_pasted_over_another_holds_both_rows(agency: Small) -> None:
    book = openpyxl.load_workbook(io.BytesIO(agency.filled("police")))
    small.box(book, ("Actions", "A-2", "Row key")).value = "A-1"
    agency.arrive("police.xlsx", small.saved(book))
    verdict = agency.collate()
    assert small.codes(verdict, "police").count("row-key-repeated") == 1
    assert small.counts(verdict)[3] == 6  # three answers of either row
    assert asked(verdict) == []


def test_a_row_deleted_in_a_later_copy_erases_nothing(agency: Small) -> None:
    mailed(agency, "first", agency.filled("police"), LEAD, MONDAY)
    before = agency.collate().quarter.merged.standing
    book = openpyxl.load_workbook(io.BytesIO(agency.filled("police")))
    ws = book["Actions"]
    ws.delete_rows(next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == "A-2"))
    mailed(agency, "second", small.saved(book), LEAD, TUESDAY)
    after = agency.collate()
    assert {slot: s.value for slot, s in after.quarter.merged.standing.items()} == {slot: s.value for slot, s in before.items()}
    assert asked(after) == []


def test_what_a_joint_lead_says_is_no_conflict_and_both_are_asked(agency: Small) -> None:
    agency.returns("police", sent=MONDAY)
    agency.returns("housing", {**small.good("housing"), **small.action("A-1", "Red")}, TUESDAY)
    verdict = agency.collate()
    assert asked(verdict) == []
    assert small.codes(verdict, "police") == small.codes(verdict, "housing") == ["joint-differs"]
    assert standing(verdict) == "Amber"
    assert small.value(verdict, ("actions", "A-1", "rag@housing")) == "Red"
