"""What goes out is what was meant (field-notes row 22), and what went is known again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import small as s
from tests.mail_servers import PASSWORD
from tests.send_office import SECRET, plain_office
from workflow.errors import Unreadable, WorkflowError
from workflow.ledger import FAILED, SENT, TRYING, Attempt
from workflow.pipeline.letters_sent import Case, contents, standing
from workflow.post import outgoing

# --- headers (field-notes row 22)


def test_this_python_may_send() -> None:
    outgoing.self_test(datetime.now(UTC))


def test_nothing_is_sent_where_headers_do_not_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The means against the encoded-word attack taken away: the self-test finds it before anything is planned."""
    monkeypatch.setenv(SECRET, PASSWORD)
    office = plain_office(tmp_path / "small")
    monkeypatch.setattr(outgoing, "header_text", lambda text: text)
    result = office.send()
    assert result.exit_code == 2
    assert "This version of Python does not keep a letter's headers apart, so nothing is sent with it." in result.output


@pytest.mark.parametrize("more", [b"Bcc: evil@else.example\r\n", b"\r\n", b" more", b"To: evil@else.example\r\n"])
def test_what_the_library_adds_is_found_when_the_letter_is_read_again(monkeypatch: pytest.MonkeyPatch, more: bytes) -> None:
    class Leaky:
        def fold_binary(self, name: str, value: str) -> bytes:
            return f"{name}: {value}\r\n".encode() + (more if name == "Subject" else b"")

    draft = outgoing.read_draft(b"To: a@b.example\r\nSubject: x\r\n\r\ny\r\n")
    monkeypatch.setattr(outgoing, "DRAFT_POLICY", Leaky())
    with pytest.raises(WorkflowError, match="read again"):
        outgoing.compose(draft, "office@b.example", "", datetime(2023, 10, 23, tzinfo=UTC))


OURS = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
HOSTILE = st.text(st.characters(codec="utf-8") | st.sampled_from("=?\r\n:,;<>@ _éß"), max_size=200)


@given(subject=HOSTILE | st.sampled_from([f"=?utf-8?b?{x}?=" for x in ("YQ0KQmNjOiBi", "////", "PT8=")]), name=HOSTILE)
def test_whatever_a_draft_says_only_our_headers_and_its_recipients_go(subject: str, name: str) -> None:
    raw = f"To: {name}<a@b.example>\r\nSubject: {subject}\r\nX-Evil: 1\r\n\r\nBody\r\n.\r\n".encode()
    try:
        draft = outgoing.read_draft(raw)
        sent = outgoing.compose(draft, "office@b.example", "", datetime(2023, 10, 23, tzinfo=UTC))
    except WorkflowError:
        return
    read = message_from_bytes(sent.data)
    assert set(read.keys()) <= OURS
    assert len(read.keys()) == len(set(read.keys()))
    assert read["From"] == "office@b.example"
    assert set(sent.recipients) == set((read["To"] or "").replace("\r\n ", "").split(", ")) - {""}
    assert sent.data.count(b"\n") == sent.data.count(b"\r\n")


@given(st.binary(max_size=300) | st.builds(lambda a, b: b"To: a@b.example\r\n" + a + b"\r\n\r\n" + b, st.binary(), st.binary()))
def test_any_bytes_are_a_draft_or_unreadable(data: bytes) -> None:
    try:
        draft = outgoing.read_draft(data)
    except Unreadable as refused:
        assert str(refused).isprintable()
        return
    try:
        sent = outgoing.compose(draft, "office@b.example", "", datetime(2023, 10, 23, tzinfo=UTC))
    except WorkflowError:
        return
    assert {one.casefold() for one in sent.recipients} == {one.casefold() for one in draft.recipients}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("To: a@b.example", ["a@b.example"]), ("To: A B <a@b.example>, c@d.example;", ["a@b.example", "c@d.example"]),
        ("To: Team: a@b.example, c@d.example;", ["a@b.example", "c@d.example"]), ("To: undisclosed-recipients:;", []),
        ("To: =?utf-8?q?a=40b.example?= <a@b.example>", ["a@b.example"]),
        ("To: a@b.example\r\nTo: c@d.example", ["a@b.example", "c@d.example"]),
        ('To: "x y"@b.example', None), ("To: @b.example", None), ("To: a@b.example, @", None),
    ],
)  # fmt: skip
def test_every_address_of_a_line_is_a_recipient_or_the_line_is_refused(line: str, found: list[str] | None) -> None:
    data = f"{line}\r\nSubject: x\r\n\r\nx\r\n".encode()
    if found is None:
        with pytest.raises(Unreadable, match="cannot be read for certain"):
            outgoing.read_draft(data)
    else:
        assert list(outgoing.read_draft(data).to) == found


# --- the rule about letters that went


ATTEMPTS = st.lists(
    st.builds(
        lambda letter, state: Attempt("f", "<m>", "", "2023-10-23", letter, state),
        st.sampled_from(["w1 f1", "w1 f2", "w2 f1", "w2 f2"]), st.sampled_from([SENT, FAILED, TRYING]),
    ), max_size=5,
)  # fmt: skip


@given(ATTEMPTS, st.sampled_from(["w1 f1", "w2 f2", "w3 f1"]), st.booleans())
def test_a_letter_goes_only_where_it_can_not_have_gone(attempts: list[Attempt], letter: str, ours: bool) -> None:
    case = standing(letter, attempts, ours=ours).case
    gone = [a for a in attempts if a.state != FAILED]
    if not gone:
        assert case is Case.SEND
    if any(a.letter == letter for a in gone):
        assert case in (Case.GONE, Case.UNKNOWN, Case.CHANGED)
    if gone and not ours:
        assert case in (Case.GONE, Case.UNKNOWN, Case.CHANGED)
    if case is Case.ANEW:
        assert all(a.letter[:2] != letter[:2] for a in gone)
    if case is Case.GONE:
        assert any(a.letter == letter and a.state == SENT for a in gone)


def test_a_workbook_says_the_same_on_another_day_and_not_with_another_cell(tmp_path: Path) -> None:
    small = s.issued(tmp_path / "small")
    first = small.template("police")
    small.issue(today=date(2023, 10, 24))
    second = small.template("police")
    assert first != second
    assert contents(first) == contents(second)
    assert contents(small.filled("police")) != contents(first)
    packs = []
    for day in (date(2023, 10, 23), date(2023, 10, 24)):  # a pack says in words on which day it was made
        small.collate(today=day)
        packs.append((small.root / f"outbox/{s.Q2}/boards/public-{s.Q2}-public.xlsx").read_bytes())
    assert packs[0] != packs[1]
    assert contents(packs[0]) == contents(packs[1])
    assert contents(b"no workbook") != contents(b"another")
