"""Drafts: the same bytes each time, exactly the headers and recipients that were meant, whatever the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.letter_examples import EXAMPLES, FOLDER
from workflow import post
from workflow.errors import WorkflowError
from workflow.letters import render
from workflow.post import Attachment, Envelope, Letter, address, draft, header_text, one_line, plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LETTER = Letter("Estuary CSP: your return – Q2 [CSP-2023-24-Q2-police]", "Dear colleague,\n\n£5 – “quoted”\n", "<p>Dear</p>")
HEADERS = ["X-Unsent", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
ENVELOPE = Envelope(
    to=("analyst@police.example",), cc=("deputy@police.example",), reply_to="csp@estuary.example", when=date(2023, 10, 20),
    identity="2023-24-Q2/query-police",
)  # fmt: skip
BOOK = Attachment("police-2023-24-Q2-queries.xlsx", b"PK\x03\x04" + bytes(range(256)) * 9)


def read(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


def test_a_draft_is_what_was_meant() -> None:
    message = read(draft(LETTER, ENVELOPE, (BOOK,)))
    assert message.keys() == HEADERS
    assert (message["X-Unsent"], message["To"], message["Cc"]) == ("1", "analyst@police.example", "deputy@police.example")
    assert message["Reply-To"] == "csp@estuary.example"
    assert message["Subject"] == LETTER.subject
    assert message["Date"] == "Fri, 20 Oct 2023 12:00:00 +0000"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", XLSX,
    ]  # fmt: skip
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (BOOK.name, BOOK.data)
    assert all(not part.defects for part in message.walk())


def test_lines_end_in_crlf_and_none_is_too_long() -> None:
    data = draft(replace(LETTER, text="x" * 5000 + "\n.\nFrom here\n", html="y" * 5000), ENVELOPE, (BOOK,))
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 200
    assert data.isascii()


def test_from_only_when_given_and_to_may_wait_for_a_person() -> None:
    assert read(draft(LETTER, ENVELOPE))["From"] is None
    assert read(draft(LETTER, replace(ENVELOPE, sender="csp@estuary.example")))["From"] == "csp@estuary.example"
    nobody = replace(ENVELOPE, to=(), cc=())
    assert "To" not in read(draft(LETTER, nobody))
    assert plain(LETTER, nobody).startswith("To: (no address in the register)\n")


def test_an_address_stands_once() -> None:
    message = read(draft(LETTER, replace(ENVELOPE, to=("A@b.example", "a@b.example"), cc=("a@B.example", "c@b.example"))))
    assert (message["To"], message["Cc"]) == ("A@b.example", "c@b.example")


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_letter_becomes_the_same_draft_twice(name: str) -> None:
    letter = render(*EXAMPLES[name], FOLDER)
    first, second = draft(letter, ENVELOPE, (BOOK,)), draft(render(*EXAMPLES[name], FOLDER), ENVELOPE, (BOOK,))
    assert first == second
    body = read(first).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == letter.text


CHANGES: list[Callable[[], bytes]] = [
    lambda: draft(LETTER, ENVELOPE),
    lambda: draft(LETTER, ENVELOPE, (replace(BOOK, data=BOOK.data + b"x"),)),
    lambda: draft(LETTER, ENVELOPE, (replace(BOOK, name="other.xlsx"),)),
    lambda: draft(replace(LETTER, text=LETTER.text + "x"), ENVELOPE, (BOOK,)),
    lambda: draft(LETTER, replace(ENVELOPE, identity="other"), (BOOK,)),
    lambda: draft(LETTER, replace(ENVELOPE, when=date(2023, 10, 21)), (BOOK,)),
    lambda: draft(LETTER, replace(ENVELOPE, cc=()), (BOOK,)),
]


def test_whatever_changes_changes_the_message_id() -> None:
    ids = {read(make())["Message-ID"] for make in [lambda: draft(LETTER, ENVELOPE, (BOOK,)), *CHANGES]}
    assert len(ids) == len(CHANGES) + 1


# --- headers


@pytest.mark.parametrize(
    "subject",
    [
        "a\r\nBcc: evil@evil.example", "a\nBcc: evil@evil.example", "a\rBcc: x", "a\x00b\x0bc\x85d\u2028Bcc: x",
        "=?utf-8?q?a=0D=0ABcc:_evil=40evil.example?=", "=?utf-8?b?YQ0KQmNjOiBldmlsQGV2aWwuZXhhbXBsZQ==?=",
        "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc:x=3F=3D?=", "=?x-none?q?a=0D=0ABcc:x?=", "=?utf-8?b?////?=", "=?utf-8?q?a",
        "=\u200b?utf-8?q?a=0D=0ABcc:x?=", "\u202eevil\ud800", "x" * 100_000, "=?utf-8?q?" * 20_000, "ł" * 300, "lång " * 40, "",
    ],
    ids=lambda s: ascii(s)[:40],
)  # fmt: skip
def test_no_subject_adds_a_header(subject: str) -> None:
    message = read(draft(replace(LETTER, subject=subject), ENVELOPE))
    assert set(message.keys()) - {"Subject"} == set(read(draft(LETTER, ENVELOPE)).keys()) - {"Subject"}
    assert message["To"] == "analyst@police.example"
    shown = str(message["Subject"] or "")
    assert shown == header_text(subject)
    assert len(shown) <= 200
    assert shown.isprintable()


@settings(max_examples=200, deadline=None)
@given(subject=st.text(st.characters() | st.sampled_from("=?\r\n:,;<>@ _éß\ud800"), max_size=260))
def test_any_subject_survives_the_round_trip(subject: str) -> None:
    data = draft(Letter(subject, "t", "h"), ENVELOPE)
    message = message_from_bytes(data)
    assert str(make_header(decode_header(message["Subject"] or ""))) == header_text(subject)
    assert header_text(header_text(subject)) == header_text(subject)
    assert [name for name in message if name != "Subject"] == [name for name in HEADERS if name != "Subject"]
    assert "=?" not in header_text(subject)


@pytest.mark.parametrize(
    "good",
    ["a@b.example", "csp.returns+q2@estuary.gov.example", "o'brien@x-y.example", "first_last@sub.sub.example", "1@2.example"],
)
def test_plain_addresses_are_taken_as_they_are(good: str) -> None:
    assert address(good) == good
    assert read(draft(LETTER, replace(ENVELOPE, to=(good,))))["To"] == good


@pytest.mark.parametrize(
    "bad",
    [
        "", " ", "nobody", "a@b", "a@b.example, evil@x.example", "a@b.example;evil@x.example",
        "a@b.example evil@x.example", "Name <a@b.example>", "<a@b.example>", '"a b"@c.example',
        "a@b.example\r\nBcc: evil@x.example", "a@b.example\n", " a@b.example", "a(comment)@b.example",
        "a@b.example(evil)", "group:a@b.example;", "=?utf-8?q?a=40x?=@b.example", "a..b@c.example", ".a@c.example",
        "a@-b.example", "a@b-.example", "a@b..example", "a@[127.0.0.1]", "ä@b.example", "a@bücher.example",
        "a@b.exampl\u0435", "a@b.example\x00", "x" * 65 + "@b.example", "a@" + "b." * 130 + "example",
        "mailto:a@b.example", "a@b@c.example",
    ],
    ids=ascii,
)  # fmt: skip
def test_anything_but_one_plain_address_stops_and_names_the_register(bad: str) -> None:
    for envelope in (
        replace(ENVELOPE, to=(bad,)), replace(ENVELOPE, cc=("a@b.example", bad)), replace(ENVELOPE, reply_to=bad or "x"),
        replace(ENVELOPE, sender=bad or "x"),
    ):  # fmt: skip
        with pytest.raises(WorkflowError, match="register") as caught:
            draft(LETTER, envelope)
        assert str(caught.value).isprintable()
    with pytest.raises(WorkflowError, match="register"):
        plain(LETTER, replace(ENVELOPE, to=(bad,)))


def test_many_recipients_and_long_names_survive() -> None:
    many = tuple(f"analyst-number-{n}@a-rather-long-name-of-a-domain.council.example" for n in range(60))
    name = "health-and-wellbeing-board-and-community-safety-executive-2023-24-Q2-partnership.xlsx"
    data = draft(LETTER, replace(ENVELOPE, to=many), (replace(BOOK, name=name),))
    assert f'filename="{name}"'.encode() in data  # in one piece: see _DraftPolicy
    message = message_from_bytes(data)
    assert message["To"].replace("\r\n", "").split(", ") == list(many)


@pytest.mark.parametrize("broken", ["Bcc: evil@evil.example", "To: evil@evil.example", "Subject: other"])
def test_a_difference_after_serialising_stops(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Whatever a Python version may do to headers: what is read again must be what was meant."""
    honest = EmailMessage.as_bytes
    monkeypatch.setattr(
        EmailMessage, "as_bytes", lambda self, **options: broken.encode() + b"\r\n" + honest(self, **options), raising=True
    )
    with pytest.raises(WorkflowError, match="was not written"):
        draft(LETTER, ENVELOPE)


def test_a_changed_recipient_or_attachment_after_serialising_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = EmailMessage.as_bytes
    for old, new in ((b"analyst@", b"analysts@"), (b"queries.xlsx", b"queries.xlsm"), (b"X-Unsent: 1", b"X-Unsent: 0")):
        with monkeypatch.context() as patch:
            patch.setattr(EmailMessage, "as_bytes", lambda self, old=old, new=new, **kw: honest(self, **kw).replace(old, new))
            with pytest.raises(WorkflowError, match="was not written"):
                draft(LETTER, ENVELOPE, (BOOK,))


# --- attachments and the plain copy


@pytest.mark.parametrize(
    "name",
    ["", "../x.xlsx", "a/b.xlsx", "C:\\x.xlsx", "x.xlsx:s", "CON", "nul.xlsx", "Com1.xlsx", "x.", "x ", ".x", "x" * 121,
     "a\u202ex.xlsx", "a\nb.xlsx", "a\x00.xlsx", "é.xlsx", '"x".xlsx', "x*.xlsx"],
    ids=lambda s: ascii(s)[:20],
)  # fmt: skip
def test_unfit_attachment_names_stop(name: str) -> None:
    for make in (draft, plain):
        with pytest.raises(WorkflowError, match="name of an attachment"):
            make(LETTER, ENVELOPE, (replace(BOOK, name=name),))


def test_two_attachments_need_two_names() -> None:
    with pytest.raises(WorkflowError, match="both called"):
        draft(LETTER, ENVELOPE, (BOOK, replace(BOOK, name=BOOK.name.upper())))


def test_the_plain_copy_reads_as_a_person_needs_it(golden: Callable[[str, str], None]) -> None:
    two = (BOOK, replace(BOOK, name="police-2023-24-Q2.xlsx"))
    golden("letters/plain-query.txt", plain(render(*EXAMPLES["query"], FOLDER), ENVELOPE, two))


@given(st.text(max_size=60))
def test_one_line_is_one_printable_line_and_settled(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert one_line(line) == line
    assert len(one_line(text, 10)) <= 10
    assert one_line("a b") == "a b"
    line.encode()


def test_post_touches_no_network_or_disk() -> None:
    source = Path(post.__file__).read_text()
    for word in ("smtplib", "imaplib", "socket", "urllib", "open(", "pathlib"):
        assert word not in source
