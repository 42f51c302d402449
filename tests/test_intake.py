"""How a return comes: in a message, a zip file, twice, from the wrong address, and what becomes of it in a run."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import small as s
from tests.example import mails
from tests.example.build import stamp
from tests.small import Q2, Q3, SENT, Small
from workflow.errors import WorkflowError
from workflow.ledger import Ledger
from workflow.model import INSIDE
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

POLICE, HOUSING, OFFICE = "lead@police.example", "lead@housing.example", "office@small.example"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NAME = "our return.xlsx"


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def subject(partner: str = "police", period: str = Q2) -> str:
    return f"RE: SP: your return [CSP-{period}-{partner}]"


def sent(data: bytes, sender: str = POLICE, words: str = "", when: datetime = SENT) -> mails.Sent:
    return mails.Sent(sender, "Partnership Lead", OFFICE, when, words or subject(), NAME, stamp(data, when))


def with_files(files: Sequence[tuple[str, bytes]], sender: str = POLICE, words: str = "A return") -> bytes:
    """A message with several files attached."""
    message = mails.message(mails.Sent(sender, "Partnership Lead", OFFICE, SENT, words, files[0][0], files[0][1]))
    for name, data in files[1:]:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def parts(verdict: Verdict) -> dict[str, tuple[str, str]]:
    """Per file and part its state and its reason."""
    return {f.place.removeprefix("inbox/"): (f.state.value, f.reason) for f in verdict.files}


# --- who sent it


@dataclass(frozen=True)
class Case:
    name: str
    make: Callable[[bytes], bytes]
    state: str = "merged"
    code: str = ""
    words: Sequence[str] = ()


def by(sender: str, words: str = "") -> Callable[[bytes], bytes]:
    return lambda data: mails.mail(sent(data, sender, words))


def passed_on(inner: str, outer: str) -> Callable[[bytes], bytes]:
    """A message of one sender, forwarded as an attachment by another."""

    def make(data: bytes) -> bytes:
        whole = mails.forwarded(sent(data, inner))
        return whole.replace(f"From: {inner}".encode(), f"From: {outer}".encode(), 1)

    return make


CASES = (
    Case("its lead", by(POLICE)),
    Case("somebody of its domain", by("desk@police.example")),
    Case("somebody below its domain", by("desk@south.police.example")),
    Case("a domain that only ends alike", by("desk@notpolice.example"), code="sender-unknown"),
    Case("another partner", by(HOUSING), "held", "identity-sender", ("Police", HOUSING, "Housing Service")),
    Case("nobody we know", by("someone@elsewhere.example"), code="sender-unknown", words=("someone@elsewhere.example",)),
    Case("no sender at all", by(""), code="sender-missing"),
    Case("our own office", by(OFFICE)),
    Case("its lead, passed on by nobody we know", passed_on(POLICE, "someone@elsewhere.example")),
    Case("nobody we know, passed on by its lead", passed_on("someone@elsewhere.example", POLICE)),
    Case("its lead, passed on by our office", passed_on(POLICE, OFFICE)),
    Case("another partner, passed on by our office", passed_on(HOUSING, OFFICE), "held", "identity-sender"),
    Case("a subject about nothing", by(POLICE, "Return")),
    Case("a subject about last quarter", by(POLICE, subject(period=Q3)), "held", "identity-subject", ("Q2", "Q3")),
    Case("a subject about another partner", by(POLICE, subject("yos")), "held", "identity-subject", ("Youth", "Police")),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_whose_return_a_message_brings(small: Small, case: Case) -> None:
    small.arrive("mail.eml", case.make(small.filled("police")), None)
    verdict = small.collate(dry_run=True)
    (found,) = [f for f in verdict.files if f.state.value != "ignored"]
    assert (found.state.value, found.partner) == (case.state, "police"), found.reason
    told = [f for f in verdict.quarter.findings if f.code.startswith(("identity-", "sender-"))]
    assert [(f.code, f.partner) for f in told] == ([(case.code, "police")] if case.code else [])
    assert all(word in told[0].message for word in case.words)
    assert s.counts(verdict)[3] == (0 if case.state == "merged" else len(verdict.quarter.submissions[-1].answers))


def test_the_subject_says_nothing_where_several_workbooks_came(small: Small) -> None:
    """One message in reply to one of our emails, with returns for two quarters."""
    small.issue(Q3)
    both = (("q2.xlsx", small.filled("police")), ("q3.xlsx", small.filled("police", {}, Q3)))
    small.arrive("both.eml", with_files(both, words=subject()), None)
    verdict = small.collate(dry_run=True)
    assert {f.period for f in verdict.files if f.state.value == "merged"} == {Q2, Q3}


def test_a_message_says_when_it_was_sent(small: Small) -> None:
    """A workbook saved last but sent first does not replace the one sent later."""
    first = small.filled("police", s.action("A-1", rag="Red"))
    second = small.filled("police", s.action("A-1", rag="Green"))
    for name, data, saved_on, sent_on in (("a.eml", first, 19, 16), ("b.eml", second, 15, 18)):
        made = sent(stamp(data, SENT.replace(day=saved_on)), when=SENT.replace(day=sent_on))
        inside = mails.Sent(made.sender, made.post, made.to, made.when, made.subject, made.name,
                            stamp(data, SENT.replace(day=saved_on)))  # fmt: skip
        small.arrive(name, mails.mail(inside), None)
    assert s.value(small.collate(dry_run=True), ("actions", "A-1", "rag")) == "Green"


# --- twice


def ways(data: bytes) -> dict[str, bytes]:
    """One workbook, in every way in which it may come."""
    message = sent(data)
    return {
        "bare.xlsx": message.data,
        "another name.xlsm": message.data,
        "mail.eml": mails.mail(message),
        "forwarded.eml": mails.forwarded(message),
        "outlook.msg": mails.outlook(message),
        "zip.zip": mails.zipped({NAME: message.data}),
    }


def test_one_workbook_that_comes_in_every_way_counts_once(small: Small) -> None:
    data = small.filled("police")
    small.arrive("bare.xlsx", ways(data)["bare.xlsx"], None)
    alone = small.collate(dry_run=True)
    for name, whole in ways(data).items():
        small.arrive(name, whole, None)
    verdict = small.collate()
    states = sorted(state for state, _ in parts(verdict).values() if state != "ignored")
    assert states == ["duplicate"] * 5 + ["merged"]
    assert verdict.quarter.balance == alone.quarter.balance
    for state, reason in parts(verdict).values():
        assert state != "duplicate" or reason.startswith("The same ")


@pytest.mark.long
@pytest.mark.parametrize("order", list(itertools.permutations(["mail.eml", "outlook.msg", "bare.xlsx"])))
def test_the_order_in_which_the_same_comes_changes_nothing(small: Small, order: Sequence[str]) -> None:
    everything = {**ways(small.filled("police")), "wrong.eml": mails.mail(sent(small.filled("police"), HOUSING))}
    for name in ("wrong.eml", *order):
        small.arrive(name, everything[name], None)
        small.collate()
    verdict = small.collate()
    (stands,) = [f for f in verdict.files if f.state.value == "merged"]
    assert stands.file in ("inbox/mail.eml", "inbox/outlook.msg")  # one with a sender, and not the one that was held
    assert s.counts(verdict)[3] == 0
    with Ledger.open(small.root / "ledger.sqlite", read_only=True) as ledger:
        standing = ledger.standings()[Q2]
    assert {slot: stood.value for slot, stood in standing.items()} == {
        slot: stood.value for slot, stood in verdict.quarter.merged.standing.items()
    }


def test_halves_from_two_people_make_one_return(small: Small) -> None:
    whole = s.good("police")
    first = {box: value for n, (box, value) in enumerate(whole.items()) if n % 2}
    second = {box: value for n, (box, value) in enumerate(whole.items()) if not n % 2}
    small.arrive("one.eml", mails.mail(sent(small.filled("police", first))), None)
    small.arrive("two.msg", mails.outlook(sent(small.filled("police", second), "desk@police.example")), None)
    verdict = small.collate(dry_run=True)
    assert s.states(verdict)["police"] == "returned"
    assert sorted(f.state.value for f in verdict.files if not f.quiet) == ["merged", "merged"]


def test_an_older_file_that_arrives_later_replaces_nothing(small: Small) -> None:
    small.arrive("new.eml", mails.mail(sent(small.filled("police", s.action("A-1", rag="Green")), when=SENT)), None)
    small.collate()
    old = sent(small.filled("police", s.action("A-1", rag="Red")), when=SENT - timedelta(days=3))
    small.arrive("old.eml", mails.mail(old), None)
    assert s.value(small.collate(), ("actions", "A-1", "rag")) == "Green"


# --- what comes beside it


def test_what_comes_beside_a_return_is_listed_and_nobody_is_asked(small: Small) -> None:
    for partner in ("housing", "yos"):
        small.returns(partner)
    small.arrive("mail.eml", with_files([(NAME, small.filled("police")), ("minutes.pdf", PDF)]), None)
    verdict = small.collate(dry_run=True)
    found = parts(verdict)
    state, reason = found[f"mail.eml{INSIDE}minutes.pdf"]
    assert (state, reason) == ("ignored", "It came with a return and is not one: it was kept, and not read.")
    assert not [f for f in verdict.files if f.needs_person]
    assert "minutes.pdf" in verdict.full_text()
    assert "minutes.pdf" not in verdict.as_text()


def test_a_message_without_a_workbook_is_refused_by_what_it_brings(small: Small) -> None:
    small.arrive(
        "mail.eml", with_files([("scan.pdf", PDF), ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)]), None
    )
    verdict = small.collate()
    refused = {part: reason for part, (state, reason) in parts(verdict).items() if state == "refused"}
    assert set(refused) == {f"mail.eml{INSIDE}scan.pdf", f"mail.eml{INSIDE}old.xls"}
    assert s.states(verdict)["police"] == "held"
    letter = (small.root / f"outbox/{Q2}/mail/unreadable-police.txt").read_text(encoding="utf-8")
    assert "scan.pdf: This is a PDF" in " ".join(letter.split())
    assert "old.xls:" in letter
    assert "To: lead@police.example" in letter


def test_nobody_is_written_to_about_a_file_of_nobody_we_know(small: Small) -> None:
    small.arrive("mail.eml", with_files([("scan.pdf", PDF)], "someone@elsewhere.example"), None)
    small.collate()
    assert not list((small.root / f"outbox/{Q2}/mail").glob("unreadable-*"))


# --- refused once


def test_what_was_refused_is_not_opened_again_unless_asked(small: Small) -> None:
    settings = small.root / "config/workflow.toml"
    settings.write_text(s.SETTINGS + "[limits]\nentries = 5\n", encoding="utf-8")
    small.returns("police")
    assert s.file_states(small.collate())["police.xlsx"][0] == "refused"
    settings.write_text(s.SETTINGS, encoding="utf-8")
    again = small.collate()
    assert s.file_states(again)["police.xlsx"][0] == "refused"
    assert not again.fresh
    verdict = small.collate(retry=["police.xlsx"])
    assert s.file_states(verdict)["police.xlsx"][0] == "merged"
    before = small.files()
    assert not small.collate(retry=["inbox/police.xlsx"]).fresh  # opened again, and as it was
    assert small.files() == before
    with pytest.raises(WorkflowError, match=r"Nothing that was received is called fire\.xlsx"):
        small.collate(retry=["fire.xlsx"])


def test_what_is_held_is_judged_again_when_the_register_changes(small: Small) -> None:
    small.arrive("mail.eml", mails.mail(sent(small.filled("police"), HOUSING)), None)
    assert s.counts(small.collate())[3] > 0
    rows = s.register_rows()
    rows["contacts"].append({"partner": "police", "post": "Shared desk", "email": HOUSING, "role": "sender"})
    small.write_register(rows)
    assert s.counts(small.collate())[3] == 0


# --- one that kills its reader


def test_a_leaf_that_kills_its_reader_costs_only_itself(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.pipeline.opener.CHILD", "tests.killing_worker")
    deadly = small.filled("police") + b"KILL"
    files = [("a.xlsx", small.filled("police")), ("deadly.xlsx", deadly), ("b.xlsx", small.filled("housing"))]
    small.arrive("three.eml", with_files(files, OFFICE), None)
    small.returns("yos")
    small.arrive("bare.xlsx", small.filled("housing") + b"KILL", None)
    verdict = small.collate()
    found = {part: state for part, (state, _) in parts(verdict).items() if state != "ignored"}
    assert found == {
        f"three.eml{INSIDE}a.xlsx": "merged",
        f"three.eml{INSIDE}deadly.xlsx": "refused",
        f"three.eml{INSIDE}b.xlsx": "merged",
        "yos.xlsx": "merged",
        "bare.xlsx": "refused",
    }
    assert "without stopping the program that reads" in parts(verdict)["bare.xlsx"][1]


@pytest.mark.long
def test_a_message_of_many_killers_is_given_up_early(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.pipeline.opener.CHILD", "tests.killing_worker")
    files = [(f"{n}.xlsx", small.filled("police", {}) + b"KILL" * n) for n in range(1, 9)]
    small.arrive("many.eml", with_files(files), None)
    small.returns("yos")
    verdict = small.collate(dry_run=True)
    states = [state for part, (state, _) in parts(verdict).items() if part.endswith(".xlsx")]
    assert states == ["refused"] * 8 + ["merged"]


# --- the archive says where it is from


def test_history_names_the_part_and_the_sender(small: Small) -> None:
    small.arrive("mail.eml", mails.mail(sent(small.filled("police"))), None)
    small.collate()
    with Ledger.open(small.root / "ledger.sqlite", read_only=True) as ledger:
        (change,) = [c for c in ledger.changes("A-2") if c.slot[2] == "rag"]
        leaves = ledger.submissions()
    assert change.standing is not None
    assert change.standing.place.file == f"inbox/mail.eml{INSIDE}{NAME}"
    assert {leaf.sender for leaf in leaves} == {POLICE}
    assert {leaf.sent for leaf in leaves} == {f"{SENT.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"}
    assert len(leaves) == len({leaf.part for leaf in leaves}) == 4  # two bodies, a picture, the workbook
