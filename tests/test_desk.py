"""The queries desk through the whole quarter: replies close, decisions settle, waivers cover, and all of it can be seen."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.example import mails
from tests.small import Q2, Small
from workflow.model import Severity
from workflow.pipeline.ask import history
from workflow.pipeline.state import Asked

pytestmark = pytest.mark.usefixtures("no_packs")

LATER = datetime(2023, 10, 17, 10, 0, tzinfo=UTC)
LATEST = datetime(2023, 10, 18, 10, 0, tzinfo=UTC)
DAY_19, DAY_20 = datetime(2023, 10, 19, tzinfo=UTC), datetime(2023, 10, 20, tzinfo=UTC)
MARKED = "outbox/{0}/marked-up/{1}-{0}-queries.xlsx"
DECISIONS = f"outbox/{Q2}/decisions-{Q2}.xlsx"


@pytest.fixture
def desk(tmp_path: Path) -> Small:
    return small.issued(tmp_path / "small")


def fill(data: bytes, sheet: str, heading: str, typed: dict[str, object]) -> bytes:
    """A desk workbook with something typed under a heading, on the rows in which a text stands (the key is the text)."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    ws = book[sheet]
    top = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == "Query")
    column = next(c for c in range(1, ws.max_column + 1) if ws.cell(top, c).value == heading)
    for words, value in typed.items():
        rows = [
            r
            for r in range(top + 1, ws.max_row + 1)
            if any(words in str(ws.cell(r, c).value or "") for c in range(1, ws.max_column + 1))
        ]
        assert rows, (words, [[c.value for c in row] for row in ws.iter_rows(min_row=top)])
        for r in rows:
            ws.cell(r, column).value = value  # type: ignore[assignment]  # a plain cell
    return small.saved(book)


def decide(desk: Small, words: str, sent: datetime = LATEST, name: str = "decisions.xlsx", **typed: object) -> None:
    """Settle the rows of the decisions workbook in which `words` stand."""
    data = (desk.root / DECISIONS).read_bytes()
    for heading, value in typed.items():
        data = fill(data, "Decisions", heading.replace("_", " "), {words: value})
    desk.arrive(name, data, sent)


def asked(verdict: object, partner: str = "police") -> list[str]:
    findings = verdict.quarter.findings  # type: ignore[attr-defined]
    return [f.code for f in findings if f.partner == partner and f.severity is not Severity.NOTE]


def test_a_reply_that_explains_closes_and_stays_closed_while_the_value_is_unchanged(desk: Small) -> None:
    bad = {**small.good("police"), **small.action("A-1", progress="As above")}
    desk.returns("police", bad)
    assert asked(desk.collate()) == ["progress-says-nothing"]
    marked = (desk.root / MARKED.format(Q2, "police")).read_bytes()
    desk.arrive(
        "reply.xlsx", fill(marked, "Queries", "Your reply", {"As above": "The board agreed this line."}), LATER
    )
    verdict = desk.collate()
    assert asked(verdict) == []
    assert "The board agreed this line." in small.told(verdict, "query-explained", "police")
    # a resubmission with the same value stays closed; one with another empty value is asked again
    desk.returns("police", bad, LATEST, "again.xlsx")
    assert asked(desk.collate()) == []
    desk.returns(
        "police", {**bad, **small.action("A-1", progress="See above")}, DAY_19, "other.xlsx"
    )
    assert asked(desk.collate()) == ["progress-says-nothing"]


@pytest.mark.parametrize("reply", ["TBC", "n/a", "-", "as above"])
def test_a_reply_that_explains_nothing_closes_nothing(desk: Small, reply: str) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", progress="As above")})
    desk.collate()
    marked = (desk.root / MARKED.format(Q2, "police")).read_bytes()
    desk.arrive("reply.xlsx", fill(marked, "Queries", "Your reply", {"As above": reply}), LATER)
    assert asked(desk.collate()) == ["progress-says-nothing"]
    assert reply in list(small.texts((desk.root / MARKED.format(Q2, "police")).read_bytes()))


def test_a_reply_alone_never_releases_what_is_held(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    assert asked(desk.collate()) == ["choice-unknown"]
    marked = (desk.root / MARKED.format(Q2, "police")).read_bytes()
    desk.arrive("reply.xlsx", fill(marked, "Queries", "Your reply", {"Purple": "It is what we call it here."}), LATER)
    verdict = desk.collate()
    assert asked(verdict) == ["choice-unknown"]
    assert small.counts(verdict)[3] == 1
    assert "It is what we call it here." in list(small.texts((desk.root / DECISIONS).read_bytes()))


def test_one_reply_to_several_cells_holds_for_those_that_stay_as_they_are(desk: Small) -> None:
    short = {**small.action("A-1", progress="As above"), **small.action("A-2", progress="As above")}
    desk.returns("police", {**small.good("police"), **short})
    desk.collate()
    marked = (desk.root / MARKED.format(Q2, "police")).read_bytes()
    replied = fill(marked, "Queries", "Your reply", {"As above": "Both stand as the board agreed in June."})
    desk.arrive("reply.xlsx", replied, LATER)
    assert asked(desk.collate()) == []
    desk.arrive("more.xlsx", small.type_in(replied, small.action("A-2")), LATEST)  # one of the two was written out after all
    verdict = desk.collate()
    assert asked(verdict) == []
    assert small.value(verdict, ("actions", "A-2", "progress")) == "The work on A-2 went on as planned this quarter."


def test_use_this_value(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    desk.collate()
    decide(desk, "Purple", Decision="Use this value", Value_to_use="amber", Reason="Told by telephone")
    verdict = desk.collate()
    assert asked(verdict) == []
    assert small.value(verdict, ("actions", "A-1", "rag")) == "Amber"
    assert small.counts(verdict)[2:] == (1, 0)  # what was held is superseded by the decision
    assert 'you decided on "amber" (Told by telephone)' in small.told(verdict, "query-settled", "police")
    # the same wrong answer once more stays settled; a later good one counts
    desk.returns(
        "police", {**small.good("police"), **small.action("A-1", rag="Purple")}, DAY_19, "x.xlsx"
    )
    again = desk.collate()
    assert (asked(again), small.value(again, ("actions", "A-1", "rag"))) == ([], "Amber")
    desk.returns(
        "police", {**small.good("police"), **small.action("A-1", rag="Red")}, DAY_20, "y.xlsx"
    )
    assert small.value(desk.collate(), ("actions", "A-1", "rag")) == "Red"


def test_a_value_that_cannot_be_typed_is_told_to_the_coordinator(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    desk.collate()
    decide(desk, "Purple", Decision="Use this value", Value_to_use="Mauve", Reason="Told by telephone")
    verdict = desk.collate()
    assert asked(verdict) == ["choice-unknown"]
    told = small.told(verdict, "decision-value", "coordinator")
    assert '"Mauve" is not Red, Amber or Green' in told
    assert told.startswith("Decisions, cell ")


def test_accept_cannot_take_what_cannot_be_typed_and_reject_sets_it_aside(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    desk.collate()
    decide(desk, "Purple", Decision="Accept", Reason="Fine")
    verdict = desk.collate()
    assert asked(verdict) == ["choice-unknown"]
    assert small.told(verdict, "decision-accept", "coordinator")
    decide(desk, "Purple", DAY_19, "other.xlsx", Decision="Reject", Reason="No such colour")
    verdict = desk.collate()
    assert "choice-unknown" not in asked(verdict)
    assert small.value(verdict, ("actions", "A-1", "rag")) == "Amber"  # what stood before stands
    assert small.counts(verdict)[3] == 0


def test_a_query_is_settled_by_the_coordinator(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", progress="As above")})
    desk.collate()
    decide(desk, "As above", Decision="Accept", Reason="Explained on the telephone")
    assert asked(desk.collate()) == []


def test_a_query_is_answered_for_the_partner(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", progress="As above")})
    desk.collate()
    told = "The protocol was signed by all four agencies."
    decide(desk, "As above", Decision="Use this value", Value_to_use=told, Reason="Told by telephone")
    verdict = desk.collate()
    assert asked(verdict) == []
    assert small.value(verdict, ("actions", "A-1", "progress")) == told
    _, events = history(Asked(desk.root, Q2, small.COLLATED[Q2]), "1.1")
    assert any("decided by Partnership Coordinator for Police" in e.source and told in e.value for e in events)


def test_an_answer_is_set_aside(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", progress="As above")})
    desk.collate()
    decide(desk, "As above", Decision="Reject", Reason="Nothing was said")
    verdict = desk.collate()
    assert small.value(verdict, ("actions", "A-1", "progress")) == "The earlier position, as agreed."
    assert small.counts(verdict)[2:] == (1, 0)


def test_a_row_whose_key_was_changed_is_put_right(desk: Small) -> None:
    data = desk.filled("police")
    book = openpyxl.load_workbook(io.BytesIO(data))
    cell = small.box(book, ("Actions", "A-2", "Row key"))
    cell.value = "A-9"
    desk.arrive("police.xlsx", small.saved(book))
    assert "row-key-unknown" in asked(desk.collate())
    decide(desk, '"A-9"', Decision="Use this value", Value_to_use="A-2", Reason="The row is plain from its title")
    verdict = desk.collate()
    assert asked(verdict) == []
    assert small.value(verdict, ("actions", "A-2", "rag")) == "Amber"
    assert small.counts(verdict)[3] == 0


def test_a_return_held_as_a_whole_is_accepted(desk: Small) -> None:
    data = desk.filled("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    mail = mails.mail(mails.Sent("lead@housing.example", "Lead", "office@small.example", small.SENT, "Return", "r.xlsx", data))
    (desk.root / "inbox/police.eml").write_bytes(mail)
    verdict = desk.collate()
    assert asked(verdict) == ["identity-sender"]
    assert small.states(verdict)["police"] == "held"
    decide(desk, "lead@housing.example", Decision="Accept", Reason="Housing sends for the police this quarter")
    verdict = desk.collate()
    assert asked(verdict) == ["choice-unknown"]  # what is wrong inside it is asked now
    assert small.states(verdict)["police"] == "part returned"
    assert small.file_states(verdict)["police.eml"][0] == "merged"
    assert not (desk.root / f"outbox/{Q2}/mail/unreadable-police.eml").exists()
    assert (desk.root / MARKED.format(Q2, "police")).exists()


def test_a_return_held_as_a_whole_is_set_aside(desk: Small) -> None:
    sent = mails.Sent(
        "lead@housing.example", "Lead", "office@small.example", small.SENT, "Return", "r.xlsx", desk.filled("police")
    )
    (desk.root / "inbox/police.eml").write_bytes(mails.mail(sent))
    cells = desk.collate().quarter.balance.read
    decide(desk, "lead@housing.example", Decision="Reject", Reason="Not theirs to send")
    verdict = desk.collate()
    assert asked(verdict) == []
    assert small.states(verdict)["police"] == "late"
    assert small.counts(verdict)[2] == cells
    assert not (desk.root / f"outbox/{Q2}/mail/unreadable-police.eml").exists()


def test_decisions_in_a_partners_mail_are_not_followed(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    desk.collate()
    data = fill((desk.root / DECISIONS).read_bytes(), "Decisions", "Decision", {"Purple": "Reject"})
    sent = mails.Sent("lead@police.example", "Lead", "office@small.example", LATEST, "Decisions", "d.xlsx", data)
    (desk.root / "inbox/decisions.eml").write_bytes(mails.mail(sent))
    verdict = desk.collate()
    assert "decisions-sender" in small.codes(verdict)
    assert asked(verdict) == ["choice-unknown"]


def test_a_waiver_of_the_register_covers_and_an_expired_one_is_told(tmp_path: Path) -> None:
    rows = small.register_rows()
    rows["waivers"] = [
        {"rule": "progress-says-nothing", "item": "A-1", "reason": "Reported once a year", "agreed_by": "Board Chair",
         "until": date(2023, 12, 31)},
        {"rule": "progress-says-nothing", "item": "A-2", "reason": "While the post was vacant", "agreed_by": "Board Chair",
         "until": date(2023, 9, 1)},
    ]  # fmt: skip
    made = small.make(tmp_path / "small")
    made.write_register(rows)
    made.issue()
    made.returns(
        "police",
        {**small.good("police"), **small.action("A-1", progress="As above"), **small.action("A-2", progress="Ditto")},
    )
    verdict = made.collate()
    assert asked(verdict) == ["progress-says-nothing"]
    waived = small.told(verdict, "query-waived")
    assert "for returns due by 31 Dec 2023 (Reported once a year; agreed by Board Chair)" in waived
    assert "1 Sep 2023" in small.told(verdict, "waiver-expired")


def test_waive_until_holds_in_the_next_quarter_too(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", progress="As above")})
    desk.collate()
    decide(desk, "As above", Decision="Waive until", Until=date(2024, 1, 31), Reason="Reported yearly")
    assert asked(desk.collate()) == []
    desk.issue(small.Q3)
    typed = {
        **small.action("A-1", progress="See above"),
        **small.action("A-2", progress="Two more teams were trained."),
    }
    desk.arrive("q3.xlsx", desk.filled("police", typed, small.Q3), datetime(2024, 1, 10, tzinfo=UTC))
    verdict = desk.collate(small.Q3)
    assert "progress-says-nothing" not in asked(verdict)
    assert small.told(verdict, "query-waived", "police")


def test_decisions_are_the_offices_own(desk: Small) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    desk.collate()
    data = fill((desk.root / DECISIONS).read_bytes(), "Decisions", "Decision", {"Purple": "Reject"})
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.properties.keywords = ""
    del book.custom_doc_props["return_id"]  # type: ignore[attr-defined]  # the stubs do not know it
    desk.arrive("forged.xlsx", small.saved(book), LATEST)
    verdict = desk.collate()
    assert "decisions-unsure" in small.codes(verdict)
    assert asked(verdict) == ["choice-unknown"]


def test_twice_is_once_and_the_order_of_arrival_changes_nothing(desk: Small, tmp_path: Path) -> None:
    desk.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    desk.collate()
    decide(desk, "Purple", Decision="Use this value", Value_to_use="Red", Reason="Told by telephone")
    first = desk.collate()
    files = desk.files()
    second = desk.collate()
    assert second.fresh is False
    assert desk.files() == files
    other = small.issued(tmp_path / "other")
    for name in ("decisions.xlsx", "police.xlsx"):  # the decision is read before the return that it is about
        (other.root / "inbox" / name).write_bytes((desk.root / "inbox" / name).read_bytes())
        last = other.collate()
    assert last.quarter.merged.standing == first.quarter.merged.standing
    assert [f.message for f in last.quarter.findings] == [f.message for f in first.quarter.findings]
