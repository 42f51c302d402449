"""What holds something else: messages, zip files, Outlook's, signed and encrypted mail, reports, links (rows 27, 28, 29)."""

from __future__ import annotations

import struct
import warnings
from functools import partial

from tests.hostile_mails.build import (
    BOOK,
    BOOK2,
    BOOK3,
    EOL,
    NAME,
    PDF,
    TNEF,
    attached,
    case,
    forwards,
    heads,
    inside,
    mail,
    many,
    part,
    picture,
    text,
    usual,
    zipped,
)

BINARY = "application/octet-stream"
ZIP = "application/zip"
LINK = "https://police-my.sharepoint.com/:x:/g/personal/lead/Ed0aQ2"


# --- messages inside messages


for _n in range(1, 8):
    case(name=f"forwarded-{_n}")(partial(lambda n: forwards(n, usual()), _n))


@case()
def forwarded_twice_alike() -> bytes:
    """Two messages inside, with one subject: what they hold must not share a label."""
    one, two = (mail(text(), attached(data), boundary=b) for data, b in ((BOOK, "b2"), (BOOK2, "b3")))
    return mail(text(), inside(one), inside(two))


@case()
def forwarded_without_subject() -> bytes:
    return mail(text(), inside(mail(attached(), boundary="b2", Subject=None)))


@case()
def forwarded_in_the_text() -> bytes:
    words = "-----Original Message-----\r\nFrom: someone <other@housing.example>\r\nSent: 12 October 2023\r\nSubject: Q2\r\n"
    return mail(text(f"See below.\r\n\r\n{words}"), attached())


@case()
def forwarded_nothing() -> bytes:
    return mail(text(), inside(heads(Subject="Just words") + part(b"Thanks.\r\n", "Content-Type: text/plain")))


@case()
def message_partial() -> bytes:
    return heads() + part(heads() + EOL + b"Half of it", 'Content-Type: message/partial; id="q2"; number=1; total=2')


@case()
def message_partial_attached() -> bytes:
    return mail(text(), part(heads() + EOL + b"Half", 'Content-Type: message/partial; id="q2"; number=1; total=2'))


@case()
def message_external_body() -> bytes:
    where = 'Content-Type: message/external-body; access-type=URL; URL="https://files.example/q2.xlsx"'
    return mail(text(), part(b"Content-Type: application/octet-stream\r\n\r\n", where))


# --- zip files


LITTER = (
    ("__MACOSX/Q2/._police.xlsx", bytes(82)),
    ("Q2/.DS_Store", bytes(99)),
    ("Thumbs.db", bytes(99)),
    ("Q2/desktop.ini", b"[.ShellClassInfo]"),
)
OWNER = ("Q2/~$police.xlsx", b"\x05owner" + bytes(159))


@case(ending="zip")
def returns() -> bytes:
    """Three returns in folders, with what systems leave behind."""
    books = (("Q2/police.xlsx", BOOK), ("Q2/housing/housing.xlsx", BOOK2), ("yos.xlsx", BOOK3))
    return zipped(("Q2/", b""), *books, *LITTER, OWNER)


@case()
def zip_in_a_mail() -> bytes:
    return mail(text(), attached(zipped(("Q2/police.xlsx", BOOK), *LITTER), "Q2.zip", ZIP))


@case()
def zip_called_a_workbook() -> bytes:
    return mail(text(), attached(zipped(("police.xlsx", BOOK))))


@case(ending="zip")
def zip_in_a_zip() -> bytes:
    return zipped(("police.xlsx", BOOK), ("more.zip", zipped(("housing.xlsx", BOOK2))))


@case(ending="zip")
def mail_in_a_zip() -> bytes:
    return zipped(("Q2/police.eml", usual()))


@case(ending="zip")
def zip_in_a_mail_in_a_zip() -> bytes:
    """One level of zip means one level: a mail between the two does not add another."""
    return zipped(("police.eml", mail(text(), attached(zipped(("police.xlsx", BOOK)), "Q2.zip", ZIP))))


@case(ending="zip")
def zip_names() -> bytes:
    """Names that climb, with a drive and backslashes, with control signs, with a level of their own."""
    names = ("../../x.xlsx", "/etc/x.xlsx", "C:\\Users\\y.xlsx", "a/\x1b[2J\u202ez.xlsx", "a > b.xlsx")
    return zipped(*((name, BOOK) for name in names))


@case(ending="zip")
def zip_one_name_twice() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of what is wanted here
        return zipped(("police.xlsx", BOOK), ("housing/police.xlsx", BOOK2), ("police.xlsx", BOOK3))


@case(ending="zip")
def zip_other_things() -> bytes:
    return zipped(("q2.pdf", PDF), ("photo.png", picture()), ("empty.xlsx", b""), ("police.xlsx", BOOK))


@case(ending="zip")
def zip_of_litter() -> bytes:
    """Nothing in it to read: that must be seen."""
    return zipped(*LITTER)


@case(ending="zip")
def zip_of_folders() -> bytes:
    return zipped(("Q2/", b""), ("Q2/police/", b""))


@case(ending="zip")
def zip_empty() -> bytes:
    return zipped()


def _flagged(data: bytes, name: bytes, offset: int, value: int) -> bytes:
    """A zip file with one field of a member's two headers changed; `offset` is that of the header in the directory."""
    out = bytearray(data)
    for mark, start, at in ((b"PK\x01\x02", 46, offset), (b"PK\x03\x04", 30, offset - 2)):
        place = data.index(name, data.index(mark)) if mark == b"PK\x03\x04" else data.rindex(name)
        assert data[place - start : place - start + 4] == mark
        struct.pack_into("<H", out, place - start + at, value)
    return bytes(out)


@case(ending="zip")
def zip_locked_member() -> bytes:
    return _flagged(zipped(("police.xlsx", BOOK), ("locked.xlsx", BOOK2)), b"locked.xlsx", 8, 1)


@case(ending="zip")
def zip_odd_packing() -> bytes:
    return _flagged(zipped(("police.xlsx", BOOK), ("odd.xlsx", BOOK2)), b"odd.xlsx", 10, 98)


@case(ending="zip")
def zip_damaged_member() -> bytes:
    data = bytearray(zipped(("police.xlsx", BOOK), ("broken.xlsx", BOOK2)))
    data[data.index(b"broken.xlsx") + 60] ^= 0xFF
    return bytes(data)


@case()
def zip_cut_in_a_mail() -> bytes:
    whole = zipped(("police.xlsx", BOOK), ("housing.xlsx", BOOK2))
    return mail(text(), attached(whole[: len(whole) // 2], "Q2.zip", ZIP))


# --- Outlook's own, signed and encrypted


@case()
def winmail() -> bytes:
    return mail(text(), attached(TNEF, "winmail.dat", "application/ms-tnef"))


@case()
def winmail_called_a_workbook() -> bytes:
    return mail(text(), attached(TNEF))


def _signature(name: str, kind: str) -> bytes:
    return attached(b"0\x80 not a real signature", name, kind)


@case()
def signed_clear() -> bytes:
    body = many(text(), attached(), boundary="b2")
    return heads() + many(body, _signature("smime.p7s", "application/pkcs7-signature"), kind="signed")


@case()
def signed_pgp() -> bytes:
    body = many(text(), attached(), boundary="b2")
    signature = part(b"-----BEGIN PGP SIGNATURE-----\r\n", "Content-Type: application/pgp-signature")
    return heads() + many(body, signature, kind="signed")


def opaque(last: int) -> bytes:
    """The beginning of a CMS structure: 2 is signed data, 3 is enveloped data."""
    return b"\x30\x82\x04\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" + bytes([last]) + b"\xa0\x82" + bytes(600)


SMIME = "application/pkcs7-mime"


@case()
def signed_opaque() -> bytes:
    return heads() + attached(opaque(2), "smime.p7m", f"{SMIME}; smime-type=signed-data")


@case()
def encrypted_smime() -> bytes:
    return heads() + attached(opaque(3), "smime.p7m", "application/x-pkcs7-mime; smime-type=enveloped-data")


@case()
def encrypted_smime_unsaid() -> bytes:
    """Neither the type nor a parameter says what it is; its bytes do."""
    return heads() + attached(opaque(3), "smime.p7m", BINARY)


@case()
def signed_opaque_unsaid() -> bytes:
    return mail(text(), attached(opaque(2), "smime.p7m", SMIME))


@case()
def encrypted_pgp() -> bytes:
    version = part(b"Version: 1\r\n", "Content-Type: application/pgp-encrypted")
    body = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQE\r\n-----END PGP MESSAGE-----\r\n"
    locked = part(body, f'Content-Type: {BINARY}; name="encrypted.asc"')
    return heads() + many(version, locked, kind='encrypted; protocol="application/pgp-encrypted"')


@case()
def encrypted_pgp_in_the_text() -> bytes:
    return heads() + text("-----BEGIN PGP MESSAGE-----\r\n\r\nhQE\r\n-----END PGP MESSAGE-----")


@case(ending="dat")
def winmail_alone() -> bytes:
    """Saved out of a mail by somebody who took it for the return."""
    return TNEF


@case(ending="p7m")
def encrypted_alone() -> bytes:
    return opaque(3)


# --- links


@case()
def link_without_file() -> bytes:
    return mail(text(f"Our return is here: {LINK}"))


@case()
def link_with_file() -> bytes:
    return mail(text(f"Also at {LINK}"), attached())


@case()
def link_in_a_page() -> bytes:
    """In base64, in a page, behind the address of a checking service."""
    page = '<a href="https://eur03.safelinks.protection.example/?url=https%3A%2F%2F1drv.ms%2Fx%2Fs!Aq2&amp;data=05">Q2</a>'
    body = attached(page.encode(), None, "text/html; charset=utf-8").replace(b"Content-Disposition: attachment\r\n", b"")
    return heads() + body


@case()
def link_and_signature_picture() -> bytes:
    """The logo under a mail is no return: the link still is what its sender must put right."""
    page = text(f'<p><a href="{LINK}">Q2 return</a></p><img src="cid:logo">', "html")
    logo = attached(picture(), "image001.png", "image/png", "Content-ID: <logo>").replace(b": attachment;", b": inline;")
    return heads() + many(page, logo, kind="related")


@case()
def talk_of_links() -> bytes:
    """A text that speaks of a service and has no address."""
    return mail(text("We put it on SharePoint last week, as agreed."))


# --- automatic mail


@case()
def automatic_reply() -> bytes:
    return heads(Auto_Submitted="auto-replied", Subject="Automatic reply: Q2 return") + text("I am away until Monday.")


@case()
def automatic_reply_old() -> bytes:
    return heads(X_Autoreply="yes") + text("I am away until Monday.")


@case()
def automatic_reply_with_a_return() -> bytes:
    return usual(Auto_Submitted="auto-replied (vacation)")


@case()
def not_automatic() -> bytes:
    """What a common mail server adds to any mail, and what a person types in a subject."""
    more = {"X-Auto-Response-Suppress": "All", "Auto-Submitted": "no", "Precedence": "bulk"}
    return heads(Subject="Automatic reply: Q2 return", **more) + text("We have nothing to report.")


@case()
def bounce() -> bytes:
    """A delivery report, with our own letter and template in it."""
    ours = mail(text("Please fill in."), attached(BOOK, "police-2023-24-Q2.xlsx"), boundary="b2", From="office@small.example")
    words = b"Reporting-MTA: dns; mx.small.example\r\n\r\nFinal-Recipient: rfc822; x@police.example\r\nAction: failed\r\n"
    status = part(words, "Content-Type: message/delivery-status")
    report = many(text("Delivery has failed."), status, inside(ours), kind="report; report-type=delivery-status")
    return heads(From="<MAILER-DAEMON@small.example>", Auto_Submitted="auto-replied", Subject="Undeliverable") + report


@case()
def read_receipt() -> bytes:
    words = b"Final-Recipient: rfc822; lead@police.example\r\nDisposition: manual-action; displayed\r\n"
    told = part(words, "Content-Type: message/disposition-notification")
    return heads(Subject="Read: Q2") + many(text("It was read."), told, kind="report; report-type=disposition-notification")


@case()
def invitation() -> bytes:
    """It brings nothing, and a person may be meant to answer it."""
    card = part(b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", "Content-Type: text/calendar; method=REQUEST")
    return mail(text("Meeting about the return"), card, kind="alternative")


@case()
def what_a_mac_keeps_beside_a_return() -> bytes:
    kept = attached(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ", kind="application/applefile")
    return mail(text(), kept, attached())


@case()
def card_beside_a_return() -> bytes:
    card = part(b"BEGIN:VCARD\r\nEND:VCARD\r\n", 'Content-Type: text/x-vcard; name="lead.vcf"')
    return mail(text(), attached(), card)


@case()
def words_only() -> bytes:
    return heads() + text("No changes this quarter, thank you.")


@case()
def unread_names() -> bytes:
    """A part that names a file of ours that was never sent: nothing is fetched and nothing is found."""
    return mail(text(f"Attached: {NAME}, file:///etc/passwd, \\\\server\\share\\{NAME}"))
