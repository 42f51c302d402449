"""Messages that came: what is in them, whatever is wrong with them (field-notes rows 25 to 29)."""

from __future__ import annotations

import base64
import binascii
import email
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile_mails.build import BOOK, EOL, TNEF, attached, encoded, heads, inside, mail, many, part, picture, text, usual
from tests.random_mails import mails
from workflow.errors import Unreadable
from workflow.post import PartKind, looks_like_mail, read_mail
from workflow.post.mime import take_apart
from workflow.post.refusal import IGNORED, REFUSALS, refuse, sentence
from workflow.post.sniff import kind_of
from workflow.post.transfer import decode, uu_files

FILE, TEXT, MESSAGE, SIGNATURE = PartKind.FILE, PartKind.TEXT, PartKind.MESSAGE, PartKind.SIGNATURE


def found(data: bytes) -> list[tuple[PartKind, str, str]]:
    """What the parts of a message are: kind, name, code."""
    return [(p.kind, p.name, p.code) for p in read_mail(data).parts]


# --- is it a message


MAIL = usual()


@pytest.mark.parametrize(
    "data",
    [
        MAIL,
        b"\xef\xbb\xbf" + MAIL,
        b"\r\n \r\n" + MAIL,
        MAIL.replace(EOL, b"\n"),
        MAIL.replace(EOL, b"\r"),
        b"From lead@police.example Mon Oct 16 10:00:00 2023\n" + MAIL,
        b"%d\n" % len(MAIL) + MAIL + b"<?xml version='1.0'?><plist></plist>",
        b"7\n" + MAIL,
    ],
)
def test_a_message_is_one_however_its_file_begins(data: bytes) -> None:
    assert looks_like_mail(data)
    mail_read = read_mail(data)
    assert mail_read.message.sender == "lead@police.example"
    assert [p.data for p in mail_read.parts][1:] == [BOOK]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        BOOK,
        b"Note: nothing changed\nAction 1.1: on track\n\nThanks",
        b"From:\tLead\nSent:\t16 October\nTo:\tOffice\nSubject:\tQ2\n\nSee attached.",
        b"<html><body>From: a@b.example</body></html>",
        b"MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: multipart/related; boundary=x\n\n--x\n",
        b"From: <Saved by a browser>\nSubject: Q2\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n",
        b"BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n",
        b"\xff\xfe" + "From: a@b.example\nSubject: x\nDate: now\n".encode("utf-16-le"),
    ],
)
def test_another_file_is_no_message(data: bytes) -> None:
    assert not looks_like_mail(data)


def test_a_mailbox_of_several_is_refused_whole() -> None:
    line = b"From lead@police.example Mon Oct 16 10:00:00 2023\n"
    one = line + MAIL.replace(EOL, b"\n")
    assert len(read_mail(one + b"\nFrom Monday on: nothing\n").parts) == 2
    with pytest.raises(Unreadable) as caught:
        read_mail(one + b"\n" + one)
    assert caught.value.code == "mail-mbox"


# --- transfer encodings


def uu(data: bytes) -> bytes:
    lines = b"".join(binascii.b2a_uu(data[n : n + 45]) for n in range(0, len(data), 45))
    return b"begin 644 x\n" + lines + b"`\nend\n"


@given(st.binary(max_size=300), st.sampled_from(("", "7bit", "8bit", "binary", "BASE64", "quoted-printable;", "x-uuencode")))
def test_what_was_encoded_comes_out_whole(data: bytes, encoding: str) -> None:
    quoted = binascii.b2a_qp(data, quotetabs=True, istext=False)
    bodies = {"BASE64": base64.encodebytes(data), "quoted-printable;": quoted, "x-uuencode": uu(data)}
    assert decode(bodies.get(encoding, data), encoding.encode()) == (data, True)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_base64_that_was_cut_is_damaged_wherever_that_can_be_seen(data: bytes, draw: st.DataObject) -> None:
    signs = base64.b64encode(data).rstrip(b"=")
    cut = signs[: draw.draw(st.integers(0, len(signs) - 1))]
    out, whole = decode(cut, b"base64")
    assert data.startswith(out)
    assert whole == (len(cut) % 4 == 0)  # a cut between two groups of four only shows in the file itself


@given(st.binary(min_size=1, max_size=300), st.data())
def test_an_uuencoded_file_that_was_cut_is_damaged(data: bytes, draw: st.DataObject) -> None:
    whole = uu(data)
    cut = whole[: draw.draw(st.integers(1, whole.rindex(b"end") - 1))]
    assert not decode(cut, b"x-uuencode")[1]
    assert not any(complete for _, _, complete in uu_files(cut))


@pytest.mark.parametrize(
    ("body", "encoding", "data", "whole"),
    [
        (b"UTI=\r\n", b"base64", b"Q2", True),
        (b"U T\0I*=\r\n", b"base64", b"Q2", True),
        (b"UTI=\n____\nThis list is run by the office\n", b"base64", b"Q2", True),
        (b"UTJR=", b"base64", b"Q2Q", True),
        (b"UTI=\n" + b"A" * 76, b"base64", b"Q2", False),
        (b"The attachment was removed by the gateway", b"base64", None, False),
        (b"This attachment was removed by the gateway", b"base64", None, False),
        (b"????", b"base64", b"", False),
        (b" \r\n", b"base64", b"", True),
        (b"Q=", b"base64", b"", False),
        (b"a=3Db=  \r\nc", b"quoted-printable", b"a=bc", True),
        (b"a=3", b"quoted-printable", None, False),
        (b"a=XYb", b"quoted-printable", None, False),
        (BOOK, b"base9000", BOOK, True),
        (b"%PDF-1.4", b"8bits", b"%PDF-1.4", True),
        (b"Q2", b"base9000", b"Q2", False),
        (b"", b"base9000", b"", True),
        (b"no beginning", b"uuencode", None, False),
        (uu(BOOK).replace(b"\n`", b"\nM`", 1), b"uuencode", None, False),
        (b"begin 644 x\n!  \nend\n", b"uuencode", b"\0", True),
    ],
)
def test_bytes_that_are_lost_are_seen_to_be(body: bytes, encoding: bytes, data: bytes | None, whole: bool) -> None:
    out, complete = decode(body, encoding)
    assert complete is whole
    assert data is None or out == data


# --- what the parts are


@pytest.mark.parametrize(
    ("one", "meant"),
    [
        (text(), (TEXT, "", "")),
        (text("<p>x</p>", "html"), (TEXT, "", "")),
        (part(b"x", "Content-Type: text/plain", "Content-Disposition: inline"), (TEXT, "", "")),
        (part(b"x"), (TEXT, "", "")),
        (part(b"x", "Content-Type: text/plain; name=a.txt"), (FILE, "a.txt", "")),
        (part(b"x", "Content-Type: text/plain", "Content-Disposition: attachment"), (FILE, "", "")),
        (part(b"x", "Content-Type: text/csv"), (FILE, "", "")),
        (part(b"x", "Content-Type: application/octet-stream; name=a"), (FILE, "a", "")),
        (part(b"x", "Content-Type: application/unheard-of"), (FILE, "", "")),
        (part(b"x", "Content-Type: image/png"), (FILE, "", "")),
        (part(b"", "Content-Type: image/png"), (FILE, "", "attachment-empty")),
        (part(b"UT", "Content-Type: image/png", "Content-Transfer-Encoding: base64"), (FILE, "", "attachment-damaged")),
        (encoded(base64.encodebytes(BOOK)[:-30], "base64", "a"), (FILE, "a", "attachment-damaged")),
        (inside(b"Subject: x\r\n\r\nx"), (MESSAGE, "", "")),
        (inside(b""), (MESSAGE, "", "attachment-empty")),
        (part(b"x", "Content-Type: message/partial; id=x"), (FILE, "", "mail-partial")),
        (part(b"x", "Content-Type: message/external-body"), (FILE, "", "mail-external")),
        (part(b"x", "Content-Type: message/delivery-status"), (FILE, "", "mail-report")),
        (part(b"x", "Content-Type: application/pkcs7-signature"), (SIGNATURE, "", "")),
        (attached(b"x", "smime.p7s", "application/octet-stream"), (SIGNATURE, "smime.p7s", "")),
        (part(b"x", "Content-Type: application/pkcs7-mime; smime-type=signed-data"), (FILE, "", "mail-signed-opaque")),
        (part(b"x", "Content-Type: application/x-pkcs7-mime"), (FILE, "", "mail-encrypted")),
        (part(BOOK, "Content-Type: application/pkcs7-mime; name=a"), (FILE, "a", "")),
        (part(heads() + text(), "Content-Type: application/pkcs7-mime; name=a"), (FILE, "a", "")),
        (encoded(base64.encodebytes(picture())[:-6], "base64", "a"), (FILE, "a", "")),
        (text("-----BEGIN PGP MESSAGE-----"), (TEXT, "", "mail-encrypted")),
        (
            part(b"x", "Content-Type: multipart/mixed; boundary=none", "Content-Disposition: x; filename=a"),
            (FILE, "a", "mail-damaged"),
        ),
    ],
)
def test_what_a_part_is(one: bytes, meant: tuple[PartKind, str, str]) -> None:
    assert found(mail(text(), one))[1:] == [meant]
    assert found(heads() + one) == [meant]  # and as the whole of a message


def test_files_written_into_a_text_are_files() -> None:
    words = (
        b"See below.\r\n" + uu(BOOK).replace(b"\n", EOL) + b"And\r\n" + uu(b"")[:9] + b"x\r\nthat is all\r\n" + uu(b"second")
    )
    texts, first, second = read_mail(heads() + part(words)).parts
    assert (texts.kind, texts.data) == (TEXT, words)
    assert (first.kind, first.name, first.data) == (FILE, "x", BOOK)
    assert second.data == b"second"
    broken = read_mail(heads() + part(uu(BOOK)[:-200])).parts[1]
    assert (broken.kind, broken.code) == (FILE, "attachment-damaged")


def test_what_a_page_shows_is_inline() -> None:
    page = text('<img src="cid:a@b"><img src=cid:c>', "html")
    shown = [attached(picture(), "1.png", "image/png", f"Content-ID: {n}") for n in ("<a@b>", "<c>", "<d>")]
    assert [p.inline for p in read_mail(mail(page, *shown)).parts] == [False, True, True, False]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TNEF, "mail-tnef"),
        (picture(), "mail-picture"),
        (b"\xff\xd8\xff\xe0", "mail-picture"),
        (b"GIF89a", "mail-picture"),
        (b"BM\x3a\0\0\0" + bytes(4) + b"\x36\0\0\0\x28\0\0\0", "mail-picture"),
        (b"BMW is a make of car, and this is a text", ""),
        (b"\x01\0\0\0" + bytes(36) + b" EMF", "mail-picture"),
        (b"\xef\xbb\xbf\r\nbegin:vcard\r\n", "mail-card"),
        (b"-----BEGIN PGP SIGNATURE-----", "mail-signature"),
        (b"-----BEGIN PGP MESSAGE-----", "mail-encrypted"),
        (b"-----BEGIN PGP SIGNED MESSAGE-----", ""),
        (b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "mail-signed-opaque"),
        (b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", "mail-encrypted"),
        (b"0 is a number", ""),
        (BOOK, ""),
        (b"", ""),
    ],
)
def test_what_comes_with_mail_is_told_from_its_bytes(data: bytes, code: str) -> None:
    assert kind_of(data) == code


# --- what the whole is


STATUS = part(b"Action: failed\r\n", "Content-Type: message/delivery-status")


@pytest.mark.parametrize(
    ("data", "automatic"),
    [
        (usual(), ""),
        (usual(Auto_Submitted="auto-replied (vacation)"), "reply"),
        (usual(Auto_Submitted="no", X_Auto_Response_Suppress="All", Subject="Automatic reply"), ""),
        (usual(Auto_Submitted="auto-generated"), ""),
        (usual(X_Autoreply="yes"), "reply"),
        (usual(X_Autoreply="no"), ""),
        (heads(Auto_Submitted="auto-replied") + many(text(), STATUS, kind="report"), "report"),
        (heads() + many(text(), STATUS, attached(), kind="report"), "report"),
        (heads() + many(many(text(), STATUS, kind="report", boundary="b2"), text("Footer")), "report"),
        (heads() + many(text(), STATUS), "report"),
        (heads() + many(many(text(), STATUS, kind="report", boundary="b2"), attached()), ""),
    ],
)
def test_what_nobody_wrote(data: bytes, automatic: str) -> None:
    assert read_mail(data).automatic == automatic


@pytest.mark.parametrize(
    ("words", "links"),
    [
        ("https://police-my.sharepoint.com/:x:/g/personal/lead/Ed0aQ2", True),
        ("see <https://1drv.ms/x/s!Aq2>", True),
        ("HTTPS://WWW.DROPBOX.COM/s/x", True),
        ("https://check.example/?url=https%3A%2F%2Fdrive.google.com%2Ffile", True),
        ("https://we.tl/t-x", True),
        ("it is on SharePoint, at police.sharepoint.com", False),
        ("https://sharepoint.com.evil.example/", False),
        ("https://mydropbox.company.example/", False),
        ("https://notdropbox.com/", False),
    ],
)
def test_links_to_shared_files(words: str, links: bool) -> None:
    assert read_mail(mail(text(words))).links is links
    hidden = part(base64.encodebytes(words.encode()), "Content-Type: text/html", "Content-Transfer-Encoding: base64")
    assert read_mail(mail(hidden)).links is links


# --- structure


def _bodies(message: Any) -> list[bytes | None]:  # the types of `email` say that a payload may be anything
    """The bytes of every part that Python finds; None for a message inside, which it takes apart."""
    if message.get_content_type() == "message/rfc822":
        return [None]
    if message.is_multipart():
        return [body for one in message.get_payload() for body in _bodies(one)]
    return [message.get_payload(decode=True).strip()]


def _lines(lines: str, kind: str = "mixed") -> bytes:
    return heads() + f"Content-Type: multipart/{kind}; boundary=b\n\n{lines}".encode()


@pytest.mark.parametrize(
    "data",
    [
        _lines("before\n--b\n\none\n--b  \t\n\ntwo\n--b-- \nafter"),
        _lines("--b\n--b\n\none\n--b\n--b\n--b\n\ntwo\n--b--\n--b\n\nafter"),
        _lines("--b\n\none\n--b\n--b--\n\ntwo\n--b--"),
        _lines("--b\n\none\n--bx\n--b--x\n --b\n--c\n--b--\n"),
        _lines("--b\n\none\n--b\nContent-Type: multipart/x; boundary=c\n\n--c\n\ntwo\n--b\n\nthree\n--b--"),
        _lines("--b\n\none\n--b\nContent-Type: multipart/x; boundary=c\n\nno part\n--b\n\nthree\n--b--"),
        _lines("--b\n\none\n--b\nContent-Type: multipart/x; boundary=b\n\n--b\n\ntwo\n--b--"),
        _lines("--b\n\none\n--b\nContent-Type: multipart/x\n\ntwo\n--b--"),
        _lines("--b\n\none\n\n--b"),
        _lines("--b\nX: y\nno header\n--b\n x: y\n\ntwo\r\n--b--"),
        _lines("--b\n\nFrom: x\n\none\n--b--", "digest"),
        _lines("--b\n\nno message\n--b\nContent-Type: text/plain\n\nFrom: x\n--b--", "digest"),
    ],
)
def test_oddly_put_together_mails_have_the_parts_that_python_finds(data: bytes) -> None:
    for ends in (b"\n", b"\r\n", b"\r"):
        changed = data.replace(b"\n", ends)
        parts = [None if e.kind == "message/rfc822" else e.body.strip() for e in take_apart(changed)]
        assert parts == _bodies(email.message_from_bytes(changed))


@given(mails())
def test_parts_are_those_that_python_finds(data: bytes) -> None:
    assert len(take_apart(data)) == len(_bodies(email.message_from_bytes(data)))


def test_in_a_digest_every_part_is_a_message() -> None:
    digest = heads() + many(EOL + heads() + text(), text(), kind="digest")
    assert [kind for kind, _, _ in found(digest)] == [MESSAGE, TEXT]


def test_many_parts_and_deep_ones_end_in_a_value() -> None:
    many_parts = heads() + part(b"--b\r\n\r\nx\r\n" * 50_000 + b"--b--\r\n", "Content-Type: multipart/mixed; boundary=b")
    start = b"".join(b'Content-Type: multipart/mixed; boundary="n%d"\r\n\r\n--n%d\r\n' % (n, n) for n in range(900))
    for data, code in ((many_parts, "mail-too-many"), (heads() + start + attached(), "mail-too-deep")):
        with pytest.raises(Unreadable) as caught:
            read_mail(data)
        assert caught.value.code == code
    crowd = usual(To=",".join(f"lead{n}@police.example" for n in range(20_000)), Cc="(" * 3_000)
    assert read_mail(crowd).message.sender == "lead@police.example"
    assert read_mail(usual(From=",".join(f"lead{n}@police.example" for n in range(20_000)))).message.sender == ""


# --- sentences


def test_every_code_has_one_sentence() -> None:
    assert not REFUSALS.keys() & IGNORED.keys()
    for code, words in {**REFUSALS, **IGNORED}.items():
        assert words.endswith("."), code
        assert words.count(". ") == 0, f"{code} has more than one sentence"
    for code in IGNORED.keys() | (REFUSALS.keys() - {"zip-member"}):
        assert "{" not in sentence(code)
    assert "\x1b" not in str(refuse("zip-member", why="\x1b[2J"))
