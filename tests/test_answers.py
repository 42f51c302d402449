"""What a partner is told about what it sent: in few lines, with what it needs to answer, and to the one it came from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small as s
from tests.example import mails
from tests.example.build import stamp
from tests.small import Q2, SENT, Small, row
from tests.test_identity import forget, said, untitled, without_about
from workflow import reader
from workflow.letters import MOST
from workflow.pipeline.state import open_ledger

pytestmark = pytest.mark.usefixtures("no_packs")

LATER = SENT.replace(day=24)
FORM = f"police-{Q2}.xlsx"
LEAD, OTHER, OFFICE = "lead@police.example", "lead@housing.example", "office@small.example"
NOT_OURS = (forget, said(Partner="The Constabulary"))


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def text(small: Small, kind: str, partner: str = "police") -> str:
    """A draft as one line of words."""
    path = small.root / f"outbox/{Q2}/mail/{kind}-{partner}.txt"
    return " ".join(path.read_text(encoding="utf-8").split())


def draft(small: Small, kind: str, partner: str = "police") -> EmailMessage:
    read = message_from_bytes((small.root / f"outbox/{Q2}/mail/{kind}-{partner}.eml").read_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def attached(small: Small, kind: str, partner: str = "police") -> dict[str, bytes]:
    """The files that go with a draft."""
    return {str(part.get_filename()): part.get_content() for part in draft(small, kind, partner).iter_attachments()}


def kinds(small: Small) -> set[str]:
    """The drafts that answer what came."""
    drafts = (path.stem for path in (small.root / f"outbox/{Q2}/mail").glob("*.eml"))
    return {kind for kind in drafts if kind.startswith(("unreadable", "receipt", "query", "thanks"))}


def changed(small: Small, *changes: Any) -> bytes:
    """The police's good return with something done to its workbook."""
    book = openpyxl.load_workbook(io.BytesIO(small.filled("police")))
    for change in changes:
        change(book)
    return s.saved(book)


def mailed(data: bytes, sender: str, when: datetime = SENT) -> bytes:
    return mails.mail(mails.Sent(sender, "Lead", OFFICE, when, "Our return", "Q2.xlsx", stamp(data, when)))


# --- many questions


def faults(count: int) -> dict[s.Box, Any]:
    """A good return of the police with so many spare rows, three boxes of each wrong in its own way."""
    typed = dict(s.good("police"))
    for n in range(1, count + 1):
        words = {"Type": f"Sort {n}", "Title": f"Matter {n}", "Detail": "What it is and whom it affects, told in full."}
        typed |= row("Issues", f"NEW-{n:02d}", **words)
        typed["Issues", f"NEW-{n:02d}", "Likelihood (1 to 5)"] = f"often {n}"
        typed["Issues", f"NEW-{n:02d}", "Impact (1 to 5)"] = f"great {n}"
    return typed


def listed(small: Small) -> list[str]:
    """The numbered questions of the query letter's text."""
    letter = (small.root / f"outbox/{Q2}/mail/query-police.txt").read_text(encoding="utf-8")
    asked = letter.partition("How to answer:")[0]
    return [" ".join(q.split()) for q in re.findall(r"^\d\d?\. .*(?:\n {3,}.*)*", asked, re.MULTILINE)]


def on_sheet(small: Small) -> Iterator[str]:
    """The queries of the attached workbook's Queries sheet, by their cells."""
    ws = openpyxl.load_workbook(io.BytesIO(attached(small, "query")[f"police-{Q2}-queries.xlsx"]))["Queries"]
    yield from (str(c.value) for c in ws["A"] if re.fullmatch(r"Q\d+-\w+", str(c.value)))


@pytest.mark.parametrize(("rows", "asked", "lines"), [(5, 15, 15), (6, 18, 3)])
def test_fifteen_questions_stand_one_by_one_and_more_by_column(small: Small, rows: int, asked: int, lines: int) -> None:
    small.returns("police", faults(rows))
    verdict = small.collate()
    assert verdict.quarter.returns[0].queries == asked
    questions = listed(small)
    assert len(questions) == lines <= MOST
    assert text(small, "query").count(f"{asked} questions") == 1
    assert len(list(on_sheet(small))) == asked
    if rows == 6:
        assert questions == [
            '1. Held. Issues, Type: 6 rows (NEW-01, NEW-02, NEW-03 and 3 more): Enter Emerging issue, Risk, Escalation, '
            "Funding, Achievement or Consultation or legislation change.",
            "2. Held. Issues, Likelihood (1 to 5): 6 rows (NEW-01, NEW-02, NEW-03 and 3 more): Enter digits only, like 12.",
            "3. Held. Issues, Impact (1 to 5): 6 rows (NEW-01, NEW-02, NEW-03 and 3 more): Enter digits only, like 12.",
        ]  # fmt: skip


def test_what_was_explained_is_not_asked_again_and_the_rest_is(small: Small) -> None:
    """Two queries; the reply to one comes back in the marked-up return, and the next letter asks the other alone."""
    late = {**s.good("police"), ("Measures", "M-2", "Value"): 12.5}
    del late[s.ABOUT, "", "Approved on"]
    small.returns("police", late)
    small.collate()
    first = listed(small)
    assert len(first) == 2 and any("12.5" in asked for asked in first)
    book = openpyxl.load_workbook(io.BytesIO(attached(small, "query")[f"police-{Q2}-queries.xlsx"]))
    ws = book["Queries"]
    top = next(c.row for c in ws["A"] if c.value == "Query")
    column = next(c.column for c in ws[top] if c.value == "Your reply")
    line = next(r for r in range(top + 1, ws.max_row + 1) if "12.5" in str(ws.cell(r, 5).value))
    ws.cell(line, column).value = "One visit was made by half of the team."
    small.arrive("explained.xlsx", s.saved(book), LATER)
    small.collate(today=LATER.date())
    (second,) = listed(small)
    assert "Approved on" in second and "12.5" not in text(small, "query")
    assert "1 question about" in text(small, "query")


# --- what could not be used


def test_another_form_is_answered_with_a_fresh_one_that_reads_back(small: Small, tmp_path: Path) -> None:
    other = s.make(tmp_path / "other")
    (other.root / "config/workflow.toml").write_text('workspace_id = "another"\n', encoding="utf-8")
    other.issue()
    small.arrive("police.xlsx", other.filled("police"))
    small.collate()
    assert kinds(small) == {"unreadable-police"}
    letter = text(small, "unreadable")
    assert "We could not use a file for your Q2 2023/24 return: it is not the form that we sent" in letter
    assert f"A fresh form is attached, {FORM}." in letter and "We take your return from" not in letter
    fresh = attached(small, "unreadable")[FORM]
    assert openpyxl.load_workbook(io.BytesIO(fresh)).sheetnames == openpyxl.load_workbook(
        io.BytesIO(small.template("police"))
    ).sheetnames
    with open_ledger(small.root, read_only=True) as ledger:  # what it shows is known, and no answer is among it
        base = ledger.issue_base(reader.read_bytes(fresh).custom["issue"])
    assert base is not None and not [slot for slot in base if not slot[2].startswith("previous_")]
    small.arrive("again.xlsx", s.type_in(fresh, s.good("police")), LATER)
    verdict = small.collate(today=LATER.date())
    assert s.value(verdict, ("measures", "M-2", "value")) == 120
    assert s.codes(verdict, "police") == []
    assert s.states(verdict)["police"] == "returned"
    assert kinds(small) == {"receipt-police"}


def test_what_cannot_be_read_is_answered_without_a_form(small: Small) -> None:
    pdf = mails.Sent(LEAD, "Lead", OFFICE, SENT, "Our return", "q2.pdf", b"%PDF-1.7\n%%EOF\n")
    small.arrive("a.eml", mails.mail(pdf), None)
    small.collate()
    letter = text(small, "unreadable")
    assert "We could not use a file for your Q2 2023/24 return Dear" in letter
    assert "put right what it says above" in letter
    assert attached(small, "unreadable") == {}


def test_a_return_from_another_agencys_address_says_who_may_send(small: Small) -> None:
    small.arrive("a.eml", mailed(small.filled("police"), OTHER), None)
    small.collate()
    assert kinds(small) == {"unreadable-police"}
    letter = text(small, "unreadable")
    assert "came from another agency's address, so we have not used it yet" in letter
    assert 'sent from "lead@housing.example", which is an address of Housing Service' in letter
    assert "We take your return from Partnership Lead (lead@police.example) or any address at police.example." in letter
    assert attached(small, "unreadable") == {}
    assert str(draft(small, "unreadable")["To"]) == "lead@police.example"


@pytest.mark.parametrize(("changes", "owner"), [(NOT_OURS, ""), ((without_about, forget, untitled), "police")])
def test_a_file_that_does_not_say_whose_it_is_is_answered_to_its_sender(
    small: Small, changes: tuple[Any, ...], owner: str
) -> None:
    """Its row keys may tell; else whoever is alone in having the address that it came from."""
    small.arrive("a.eml", mailed(changed(small, *changes), LEAD), None)
    verdict = small.collate()
    assert [x.partner for x in verdict.quarter.submissions if x.state.value == "held"] == [owner]
    assert kinds(small) == {"unreadable-police"}
    assert "it is not the form that we sent" in text(small, "unreadable")
    assert FORM in attached(small, "unreadable")


def test_nobody_is_told_of_a_file_that_says_nothing_of_its_owner_or_sender(small: Small) -> None:
    data = changed(small, *NOT_OURS)
    small.arrive("bare.xlsx", data)
    small.arrive("strange.eml", mailed(data, "someone@elsewhere.example"), None)
    small.collate()
    assert kinds(small) == set()


@pytest.mark.parametrize(("day", "told"), [(15, {"receipt-police"}), (17, {"receipt-police", "unreadable-police"})])
def test_what_could_not_be_used_is_told_until_a_later_file_was_taken(small: Small, day: int, told: set[str]) -> None:
    small.returns("police")
    small.arrive("a.eml", mailed(small.filled("police", s.action("A-1")), OTHER, SENT.replace(day=day)), None)
    verdict = small.collate()
    assert kinds(small) == told
    assert s.codes(verdict, "police") == (["identity-sender"] if len(told) > 1 else [])


# --- subjects


def test_every_letter_of_the_quarter_to_one_partner_has_the_same_subject(small: Small) -> None:
    subjects = {str(draft(small, "issue")["Subject"])}
    small.returns("police", faults(1))
    small.arrive("a.eml", mailed(small.filled("police"), OTHER, SENT.replace(day=17)), None)
    small.collate()
    subjects |= {str(draft(small, kind)["Subject"]) for kind in ("query", "unreadable")}
    assert subjects == {f"SP: your return for Q2 2023/24 [CSP-{Q2}-police]"}
