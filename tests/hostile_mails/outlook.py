"""Outlook's own files (.msg), whole and damaged, alone and inside others (rows 27, 28, 29)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from tests import msg_files as msg
from tests.hostile_mails.build import (
    BOOK,
    BOOK2,
    NAME,
    OLE,
    TNEF,
    attached,
    case,
    heads,
    mail,
    many,
    picture,
    text,
    usual,
    zipped,
)
from tests.hostile_mails.containers import LINK, opaque

SENT = datetime(2023, 10, 16, 10, 0, tzinfo=UTC)
LEAD = "lead@police.example"
WORDS = "Please find our return attached."


def _mail(*files: tuple[str, bytes | msg.MsgMail] | msg.MsgFile, subject: str = "Q2 return", body: str = WORDS) -> msg.MsgMail:
    return msg.MsgMail(subject, LEAD, SENT, body, files)


def _saved(*files: tuple[str, bytes | msg.MsgMail] | msg.MsgFile, body: str = WORDS) -> bytes:
    return msg.mail_bytes(_mail(*files, body=body))


@case(ending="msg")
def outlook() -> bytes:
    return _saved((NAME, BOOK))


@case(ending="msg")
def outlook_two_returns() -> bytes:
    return _saved((NAME, BOOK), (NAME, BOOK2))


@case(ending="msg")
def outlook_words_only() -> bytes:
    return _saved(body="No changes this quarter, thank you.")


@case(ending="msg")
def outlook_link() -> bytes:
    return _saved(body=f"Our return is here: {LINK}")


@case(ending="msg")
def outlook_no_sender_no_date() -> bytes:
    return msg.mail_bytes(msg.MsgMail("Q2 return", "", None, WORDS, [(NAME, BOOK)]))


@case(ending="msg")
def outlook_inside_outlook() -> bytes:
    return _saved(("Q2", _mail((NAME, BOOK), subject="Inside")))


def _deep(levels: int) -> bytes:
    found = _mail((NAME, BOOK))
    for n in range(1, levels + 1):
        found = _mail(("", found), subject=f"Fwd {n}", body=f"Level {n}.")
    return msg.mail_bytes(found)


for _n in (5, 7):
    case(ending="msg", name=f"outlook-{_n}-deep")(partial(_deep, _n))


@case()
def outlook_in_a_mail() -> bytes:
    return mail(text(), attached(_saved((NAME, BOOK)), "Q2.msg", "application/vnd.ms-outlook"))


@case()
def outlook_called_a_workbook() -> bytes:
    return mail(text(), attached(_saved((NAME, BOOK))))


@case(ending="msg")
def mail_in_outlook() -> bytes:
    return _saved(("Q2.eml", usual()))


@case()
def by_turns() -> bytes:
    """A saved mail in an Outlook message in a saved mail, and so on: depth is counted over both."""
    found = usual()
    for n in range(1, 4):
        held = msg.mail_bytes(_mail(("Mail.eml", found), subject=f"Outlook {n}"))
        found = mail(text(), attached(held, "Outlook.msg"), Subject=f"Mail {n}")
    return found


@case(ending="zip")
def outlook_in_a_zip() -> bytes:
    return zipped(("Q2/police.msg", _saved((NAME, BOOK))))


@case(ending="msg")
def zip_in_outlook() -> bytes:
    return _saved(("Q2.zip", zipped(("Q2/police.xlsx", BOOK))))


@case(ending="msg")
def winmail_in_outlook() -> bytes:
    return _saved(("winmail.dat", TNEF))


@case(ending="msg")
def outlook_signed_clear() -> bytes:
    """Outlook keeps a signed mail as one attachment that is a whole multipart."""
    body = many(text(), attached(), boundary="b2")
    signature = attached(b"0\x80 not a real signature", "smime.p7s", "application/pkcs7-signature")
    blob = heads() + many(body, signature, kind="signed")
    file = msg.MsgFile("smime.p7m", blob, more={0x370E: "multipart/signed"})
    return msg.mail_bytes(msg.MsgMail("Q2 return", LEAD, SENT, "", [file], "IPM.Note.SMIME.MultipartSigned"))


@case(ending="msg")
def outlook_encrypted() -> bytes:
    file = msg.MsgFile("smime.p7m", opaque(3), more={0x370E: "application/pkcs7-mime"})
    return msg.mail_bytes(msg.MsgMail("Q2 return", LEAD, SENT, "", [file], "IPM.Note.SMIME"))


@case(ending="msg")
def outlook_empty_attachment() -> bytes:
    return _saved((NAME, b""))


@case(ending="msg")
def outlook_cloud_attachment() -> bytes:
    """The attachment is an address only."""
    file = msg.MsgFile(NAME, None, msg.BY_WEB_REFERENCE, more={0x370D: LINK})
    return _saved(file)


@case(ending="msg")
def outlook_by_reference() -> bytes:
    file = msg.MsgFile(
        NAME, None, msg.BY_REFERENCE, more={0x3708: r"\\server\share\Q2.xlsx", 0x370D: r"\\server\share\Q2.xlsx"}
    )
    return _saved(file)


@case(ending="msg")
def outlook_object() -> bytes:
    """A sheet pasted into the message: an object of another program, and no file."""
    return _saved(msg.MsgFile("Worksheet", {"Workbook": b"\x09\x08" + bytes(600)}, msg.OLE_OBJECT))


@case(ending="msg")
def outlook_names() -> bytes:
    return _saved(("../../x.xlsx", BOOK), ("C:\\x.xlsx", BOOK), ("Q2\u202excod\x00\x1b.xlsx", BOOK), ("", BOOK))


@case(ending="msg")
def outlook_picture() -> bytes:
    return _saved((NAME, BOOK), ("image001.png", picture()))


@case(ending="msg")
def outlook_bounce() -> bytes:
    ours = _mail(("police-2023-24-Q2.xlsx", BOOK), subject="Ours")
    return msg.mail_bytes(msg.MsgMail("Undeliverable", "", SENT, "It failed.", [("", ours)], "REPORT.IPM.Note.NDR"))


@case(ending="msg")
def outlook_of_1200() -> bytes:
    return _saved(*[(f"{n}.xlsx", b"x") for n in range(1_200)])


@case(ending="msg")
def outlook_damaged() -> bytes:
    """The beginning of an Outlook message, and nothing of it that can be read."""
    return OLE + "__substg1.0_0037001F".encode("utf-16-le") + "__properties_version1.0".encode("utf-16-le") + bytes(1000)


@case(ending="msg")
def outlook_cut() -> bytes:
    whole = outlook()
    return whole[: len(whole) // 2]


@case()
def outlook_damaged_in_a_mail() -> bytes:
    return mail(text(), attached(outlook_damaged(), "Fwd.msg", "application/vnd.ms-outlook"))


@case()
def mail_called_msg() -> bytes:
    """Many a file called .msg is a plain mail."""
    return mail(text(), attached(usual(Subject="Inside"), "Q2.msg", "application/vnd.ms-outlook"))
