"""Saved Outlook messages: whatever a writer puts in comes out, and the real ones read as another program reads them."""

from __future__ import annotations

import hashlib
import io
import struct
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import msg_files as msg
from tests.msg_files import MsgFile, MsgMail, Storage
from workflow.model import Message
from workflow.post.draft import header_text
from workflow.post.mapi import plain_rtf
from workflow.post.outlook import looks_like_outlook, read_outlook
from workflow.post.parts import Mail, PartKind

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "mails"
SENT = datetime(2023, 10, 16, 10, 0, tzinfo=UTC)
BOOK = b"PK\x03\x04" + bytes(range(256)) * 20
HEADERS = (
    "Authentication-Results: mx.council.example; spf=pass\r\nFrom: The Lead <LEAD@police.example>\r\n"
    "Date: Mon, 16 Oct 2023 11:00:00 +0100\r\nSubject: =?utf-8?q?Q2_r=C3=A9turn?=\r\n"
)
CMS = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # how a structure begins that is encrypted (3) or signed (2)


def read(*attachments: Any, **said: Any) -> Mail:
    """A message from the lead with these attachments, written and read."""
    given = {"subject": "Q2", "sender": "lead@police.example", "sent": SENT, "body": "Hello", **said}
    return read_outlook(msg.mail_bytes(MsgMail(attachments=attachments, **given)))


def codes(mail: Mail) -> list[tuple[str, str, str]]:
    return [(part.kind.value, part.name, part.code) for part in mail.parts]


# --- what is written is read

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
_FILES = st.tuples(_TEXT, st.binary(min_size=1, max_size=6000))
_MOMENTS = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def mails(depth: int) -> st.SearchStrategy[MsgMail]:
    attached: Any = _FILES if not depth else st.one_of(_FILES, st.tuples(_TEXT, mails(depth - 1)))
    return st.builds(
        MsgMail,
        subject=_TEXT,
        sender=st.sampled_from(("", "lead@police.example", "a.b+c@x.example")),
        sent=st.none() | _MOMENTS,
        body=_TEXT,
        attachments=st.lists(attached, max_size=3),
        codepage=st.sampled_from((0, 0, 65001)),
    )


def same(mail: Mail, meant: MsgMail) -> None:
    sent = f"{meant.sent:%Y-%m-%dT%H:%M:%SZ}" if meant.sent else ""
    assert mail.message == Message(meant.sender, header_text(meant.subject), sent)
    parts = list(mail.parts)
    if meant.body:
        assert parts.pop(0).data == meant.body.encode()
    assert len(parts) == len(meant.attachments)
    for part, attached in zip(parts, meant.attachments, strict=True):
        assert isinstance(attached, tuple)
        name, inside = attached
        assert (part.name, part.code) == (name.rstrip("\0"), "")
        if isinstance(inside, MsgMail):
            assert part.kind is PartKind.MESSAGE
            assert part.mail
            same(part.mail, inside)
        else:
            assert (part.kind, part.data) == (PartKind.SIGNATURE if name.casefold().endswith(".p7s") else PartKind.FILE, inside)


@settings(max_examples=80, deadline=None)
@given(mails(3))
def test_whatever_is_written_is_read(meant: MsgMail) -> None:
    data = msg.mail_bytes(meant)
    assert looks_like_outlook(data)
    same(read_outlook(data), meant)


def test_messages_inside_messages_are_read_to_the_tenth() -> None:
    mail = MsgMail("Level 12", "a@b.example", SENT, "", [("book.xlsx", BOOK)])
    for level in range(11, -1, -1):
        mail = MsgMail(f"Level {level}", "a@b.example", SENT, "", [("beside.txt", b"x"), ("", mail)])
    found = read_outlook(msg.mail_bytes(mail))
    for level in range(11):
        assert found.message.subject == f"Level {level}"
        assert found.parts[0].data == b"x"
        deeper = found.parts[1]
        if level < 10:
            assert deeper.mail
            found = deeper.mail
    assert (deeper.kind, deeper.mail, deeper.code) == (PartKind.MESSAGE, None, "mail-too-deep")


def test_a_workbook_in_the_sixth_message_comes_out() -> None:
    mail = MsgMail("6", "", None, "", [("Q2.xlsx", BOOK)])
    for level in range(6):
        mail = MsgMail(str(level), "", None, "", [("", mail)])
    found = read_outlook(msg.mail_bytes(mail))
    for _ in range(6):
        assert found.parts[0].mail
        found = found.parts[0].mail
    assert [(p.name, p.data) for p in found.parts] == [("Q2.xlsx", BOOK)]


# --- what a message says of itself


def test_the_sender_is_the_address_that_its_from_would_show() -> None:
    exchange = "/O=COUNCIL/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=LEAD"
    none: dict[int, msg.Value | None] = dict.fromkeys((0x0065, 0x0C1F, 0x5D01, 0x5D02))
    assert read(more={0x5D02: "Team@Police.example"}).message.sender == "team@police.example"  # sent for the team
    assert read(more=none).message.sender == ""
    assert read(more={**none, 0x0C1F: exchange, 0x0065: exchange}).message.sender == ""
    assert read(more={**none, 0x0C1F: exchange, 0x5D01: "lead@police.example"}).message.sender == "lead@police.example"
    assert read(more={**none, 0x0C1F: "a@b.example"}).message.sender == "a@b.example"
    assert read(more={**none, 0x0C1F: exchange}, headers=HEADERS).message.sender == "lead@police.example"
    assert read(more={**none, 0x0C1F: "a@b.example; c@d.example"}).message.sender == ""


def test_the_time_is_when_it_was_sent_else_delivered_else_its_date() -> None:
    later = SENT + timedelta(hours=3)
    never = datetime(4501, 1, 1, tzinfo=UTC)
    assert read(sent=datetime(2023, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))).message.sent == "2023-06-30T23:30:00Z"
    assert read(more={0x0E06: later}).message.sent == "2023-10-16T10:00:00Z"
    assert read(more={0x0039: None, 0x0E06: later}).message.sent == "2023-10-16T13:00:00Z"
    assert read(more={0x0039: datetime(1601, 1, 1, tzinfo=UTC), 0x0E06: later}).message.sent == "2023-10-16T13:00:00Z"
    assert read(sent=never, headers=HEADERS).message.sent == "2023-10-16T10:00:00Z"
    for nonsense in ("Date: nonsense\r\n", "From a Mon\r\nSubject: x\r\n\r\nFrom a Mon\r\nTo: y\r\n"):  # the second: two mails
        assert read(sent=None, headers=nonsense).message == Message("lead@police.example", "Q2")


@given(st.integers(0, 2**64 - 1))
@example(2**63 - 1)
def test_no_time_stops_a_message(ticks: int) -> None:
    tree = msg.message_storage(MsgMail("Q2", "a@b.example", SENT))
    listed = tree[msg.PROPERTIES]
    assert isinstance(listed, bytes)
    for number in (0x0039, 0x0E06):
        at = listed.index(struct.pack("<HH", 0x0040, number))
        listed = listed[: at + 8] + struct.pack("<Q", ticks) + listed[at + 16 :]
    sent = read_outlook(msg.compound_file({**tree, msg.PROPERTIES: listed})).message.sent
    assert sent == "" or datetime.fromisoformat(sent).tzinfo is UTC


def test_the_headers_fill_in_what_is_missing() -> None:
    mail = read(subject="", sender="", sent=None, headers="Microsoft Mail Internet Headers Version 2.0\r\n" + HEADERS)
    assert mail.message == Message("lead@police.example", "Q2 réturn", "2023-10-16T10:00:00Z", "mx.council.example; spf=pass")


@pytest.mark.parametrize(
    ("message_class", "headers", "automatic"),
    [
        ("IPM.Note", "", ""),
        ("REPORT.IPM.Note.NDR", "", "report"),
        ("report.ipm.note.ipnrn", "", "report"),
        ("IPM.Note.Rules.OofTemplate.Microsoft", "", "reply"),
        ("IPM.Note.Rules.ReplyTemplate.Microsoft", "", "reply"),
        ("IPM.Note", "Auto-Submitted: auto-replied\r\n", "reply"),
        ("IPM.Note", "X-Auto-Response-Suppress: All\r\n", ""),
        ("IPM.Notebook", "Auto-Submitted: no\r\n", ""),
    ],
)
def test_what_nobody_wrote_is_said_to_be_automatic(message_class: str, headers: str, automatic: str) -> None:
    assert read(message_class=message_class, headers=headers).automatic == automatic


@given(st.sampled_from((1251, 1252, 932, 65001, 1, 99999, 50220, 28605)), st.binary(max_size=40))
def test_no_character_set_stops_a_message(codepage: int, raw: bytes) -> None:
    tree = msg.message_storage(MsgMail("Q2", "a@b.example", SENT, codepage=1252, more={0x3FFD: codepage}))
    tree["__substg1.0_0037001E"] = raw
    assert read_outlook(msg.compound_file(tree)).message.sender == "a@b.example"


@pytest.mark.parametrize(
    ("declared", "raw", "text"),
    [
        (1251, "Отчёт".encode("cp1251"), "Отчёт"),
        (932, "報告".encode("cp932"), "報告"),
        (1252, "réturn – Q2".encode("cp1252"), "réturn – Q2"),
        (65001, "réturn – Q2".encode("cp1252"), "réturn – Q2"),  # not what it says
        (99999, "réturn".encode(), "réturn"),
        (28605, "€".encode("iso8859-15"), "€"),
        (1251, b"\xd0\xb0", "Р°"),  # it would be good UTF-8 too
        (1252, b"Q2\0\0", "Q2"),
    ],
)
def test_old_texts_are_read_in_their_code_page(declared: int, raw: bytes, text: str) -> None:
    pages: dict[int, msg.Value | None] = {0x3FFD: declared, 0x3FDE: None}
    tree = msg.message_storage(MsgMail("Q2", "", SENT, "", [("x", b"x")], codepage=1252, more=pages))
    attached = tree["__attach_version1.0_#00000000"]
    assert isinstance(attached, dict)
    attached["__substg1.0_3707001E"] = tree["__substg1.0_0037001E"] = raw
    mail = read_outlook(msg.compound_file(tree))
    assert (mail.message.subject, mail.parts[0].name) == (text, text)


# --- bodies


def lzfu(rtf: bytes) -> bytes:
    """RTF as Outlook keeps it, with single bytes only."""
    packed = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    return struct.pack("<II4sI", len(packed) + 12, len(rtf), b"LZFu", 0) + packed


LINK = "https://council.sharepoint.com/:x:/s/returns/abc"


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ({"body": "No link"}, False),
        ({"body": f"See {LINK}"}, True),
        ({"body": "", "more": {0x1013: f'<a href="{LINK}">here</a>'.encode()}}, True),
        ({"body": "", "more": {0x1013: f'<a href="{LINK}">here</a>'}}, True),
        ({"body": "here", "more": {0x1009: lzfu(f'{{\\rtf1 HYPERLINK "{LINK}"}}'.encode())}}, True),
        ({"body": "", "more": {0x1009: lzfu(b"{\\rtf1 none}")}}, False),
        ({"body": "", "more": {0x1009: b"broken"}}, False),
    ],
)
def test_links_are_found_in_any_kind_of_body(said: dict[str, Any], links: bool) -> None:
    mail = read(**said)
    assert mail.links is links
    assert [p.kind for p in mail.parts] == ([] if said.get("more") == {0x1009: b"broken"} else [PartKind.TEXT])


def test_packed_rtf_is_unpacked_as_the_specification_shows() -> None:
    """The example of [MS-OXRTFCP] 3.1.1: a short text, and one that refers to its own copy."""
    hello = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
    assert plain_rtf(hello, 1000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    own = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert plain_rtf(own, 1000) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert plain_rtf(own, 10) == b"{\\rtf1 WXY"


@given(st.binary(max_size=300))
def test_packed_nonsense_is_unpacked_to_something(packed: bytes) -> None:
    assert len(plain_rtf(bytes(8) + b"LZFu" + bytes(4) + packed, 500)) <= 500


# --- attachments


def test_a_name_is_the_long_one_else_the_short_one_else_the_shown_one() -> None:
    assert read(("Q2 police.xlsx", BOOK)).parts[1].name == "Q2 police.xlsx"
    assert read(MsgFile("x", BOOK, more={0x3707: "Q2.xlsx\0\0"})).parts[1].name == "Q2.xlsx"
    assert read(MsgFile("Q2 police.xlsx", BOOK, more={0x3707: None})).parts[1].name == "Q2 POL~1.XLS"
    assert read(MsgFile("Q2.xlsx", BOOK, more={0x3707: None, 0x3704: None})).parts[1].name == "Q2.xlsx"
    assert read(MsgFile("", BOOK)).parts[1].name == ""


def test_what_is_no_file_says_what_it_is() -> None:
    pasted: Storage = {"Package": BOOK, "\x01Ole": b"x"}
    mail = read(
        MsgFile("cloud.xlsx", None, msg.BY_WEB_REFERENCE),
        MsgFile("server.xlsx", None, msg.BY_REFERENCE),
        MsgFile("pasted", pasted, msg.OLE_OBJECT),
        MsgFile("old object", b"x", msg.OLE_OBJECT),
        MsgFile("lost.xlsx", None),
        ("empty.xlsx", b""),
        ("smime.p7s", CMS + b"\x02"),
        MsgFile("here.xlsx", BOOK, msg.BY_REFERENCE),
        MsgFile("here too.xlsx", BOOK, more={0x3705: None}),
    )
    assert codes(mail)[1:] == [
        ("file", "cloud.xlsx", "mail-link"),
        ("file", "server.xlsx", "mail-link"),
        ("file", "pasted", "outlook-object"),
        ("file", "old object", "outlook-object"),
        ("file", "lost.xlsx", "attachment-damaged"),
        ("file", "empty.xlsx", "attachment-empty"),
        ("signature", "smime.p7s", ""),
        ("file", "here.xlsx", ""),
        ("file", "here too.xlsx", ""),
    ]


def test_pictures_of_the_body_are_inline() -> None:
    html = {0x1013: b'<img src="cid:image001.png@01DAB694">'}
    shown = MsgFile("a.png", b"x", more={0x3712: "image001.png@01DAB694"})
    apart = MsgFile("b.png", b"x", more={0x3712: "image002.png@01DAB694"})
    bracketed = MsgFile("a.png", b"x", more={0x3712: "<image001.png@01DAB694>"})
    hidden = MsgFile("c.png", b"x", more={0x7FFE: True})
    related = MsgFile("d.png", b"x", more={0x3714: 4})
    assert [p.inline for p in read(shown, apart, bracketed, hidden, related, more=html).parts[1:]] == [
        True, False, True, True, True,
    ]  # fmt: skip
    assert not read(shown).parts[1].inline


def test_a_signed_message_is_opened() -> None:
    signed = (
        b'Content-Type: multipart/signed; protocol="application/x-pkcs7-signature"; boundary=b\r\n\r\n--b\r\n'
        b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nHello\r\n--c\r\n"
        b'Content-Type: application/octet-stream; name="Q2.xlsx"\r\nContent-Transfer-Encoding: binary\r\n\r\n'
        + BOOK
        + b"\r\n--c--"
        b"\r\n--b\r\nContent-Type: application/x-pkcs7-signature; name=smime.p7s\r\n\r\nxx\r\n--b--\r\n"
    )
    clear = "IPM.Note.SMIME.MultipartSigned"
    mail = read(("smime.p7m", signed), body="", message_class=clear)
    assert codes(mail) == [("text", "", ""), ("file", "Q2.xlsx", ""), ("signature", "smime.p7s", "")]
    assert mail.parts[1].data == BOOK
    assert codes(read(("smime.p7m", CMS + b"\x03"), body="", message_class="IPM.Note.SMIME"))[0][2] == "mail-encrypted"
    assert codes(read(("smime.p7m", CMS + b"\x02"), body="", message_class="IPM.Note.SMIME"))[0][2] == "mail-signed-opaque"
    # A message that was encrypted and has been opened keeps its class, and its files are files.
    for file in (BOOK, HEADERS.encode() + b"Content-Type: text/plain\r\n\r\nHello"):
        assert read(("Q2", file), message_class="IPM.Note.SMIME").parts[1].data == file


# --- real ones


def sample(start: str) -> bytes:
    found = sorted(SAMPLES.glob(f"{start}*.msg"))
    if not found:
        pytest.skip("the samples are not here")
    return found[0].read_bytes()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


@pytest.mark.parametrize(
    ("start", "domain", "sent", "files"),
    [
        ("0456189c39", "domain.com", "2021-06-26T11:56:37Z", []),
        ("3bc9b615be", "", "2012-10-24T00:44:56Z", []),  # its sender has an address of Exchange only
        ("42ffea8e6a", "outlook.com", "", []),  # never sent
        ("44f38934c6", "neverland.com", "", []),  # its times are zero
        ("674e181aa4", "", "2024-06-04T13:31:19Z", [("image001.jpg", 7375, True), ("image002.png", 69521, True)]),
        ("935c97bb65", "leeds.gov.uk", "2017-10-23T07:31:09Z", []),
        ("e5ca03f915", "gmail.com", "2024-04-15T17:08:25Z", []),
        ("e85c38d49d", "tutanota.de", "2020-10-06T09:57:46Z", [("serveimage.jpg", 36739, False)]),
    ],
)
def test_real_messages_read_as_another_program_reads_them(
    start: str, domain: str, sent: str, files: list[tuple[str, int, bool]]
) -> None:
    data = sample(start)
    assert looks_like_outlook(data)
    mail = read_outlook(data)
    assert (mail.message.sender.partition("@")[2], mail.message.sent, mail.automatic) == (domain, sent, "")
    attached = [part for part in mail.parts if part.kind is not PartKind.TEXT]
    assert [(p.name, len(p.data), p.inline) for p in attached] == files
    assert [p.kind for p in mail.parts][:1] == [PartKind.TEXT]
    other = pytest.importorskip("oxmsg", reason="python-oxmsg is not installed").Message.load(io.BytesIO(data))
    assert mail.message.subject == other.subject
    assert [(p.name, len(p.data), digest(p.data)) for p in attached] == [
        (a.file_name, a.size, digest(a.file_bytes)) for a in other.attachments
    ]
    assert not sent or mail.message.sent == f"{other.sent_date:%Y-%m-%dT%H:%M:%SZ}"
    if domain:
        assert mail.message.sender in (other.sender or "").lower()


def test_every_real_message_unpacks_to_the_length_it_says() -> None:
    lengths = []
    for path in sorted(SAMPLES.glob("*.msg")):
        data = path.read_bytes()
        if looks_like_outlook(data):
            from workflow.post.mapi import open_storage

            packed = open_storage(data).stream("__substg1.0_10090102") or bytes(16)
            assert len(plain_rtf(packed, 1 << 20)) == int.from_bytes(packed[4:8], "little")
            lengths.append(len(packed))
    if not lengths:
        pytest.skip("the samples are not here")
    assert max(lengths) > 10_000


def test_what_is_no_message_is_not_taken_for_one() -> None:
    for name in ("Workbook", "Book", "WordDocument", "EncryptedPackage"):
        assert not looks_like_outlook(msg.compound_file({name: bytes(5000)}))
    embedding: Storage = {"Workbook": bytes(5000), "MBD00A1": msg.message_storage(MsgMail("Inside"), top=False)}
    assert not looks_like_outlook(msg.compound_file(embedding))
    assert not looks_like_outlook(BOOK)
    assert not looks_like_outlook(b"")
    assert not looks_like_outlook(b"From: a@b.example\r\nSubject: x\r\n\r\n")
    if SAMPLES.exists():
        assert not looks_like_outlook(sample("b60f709965"))
