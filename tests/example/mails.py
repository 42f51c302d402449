"""The messages and zip files in which some of the example's returns come: the same bytes each time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

from tests.msg_files import msg_bytes

XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True)
class Sent:
    """One message of a partner: who sent it, when, in reply to which subject, and the workbook."""

    sender: str
    post: str
    to: str
    when: datetime
    subject: str
    name: str
    data: bytes

    @property
    def text(self) -> str:
        return f"Our return is attached.\n\n{self.post}\n"


def mail(sent: Sent) -> bytes:
    """A reply with the workbook attached: text, HTML with the agency's picture below the signature, attachment."""
    return _whole(message(sent), sent)


def forwarded(sent: Sent) -> bytes:
    """The same message, forwarded as an attachment by another post of the agency."""
    outer = EmailMessage(policy=SMTP)
    _headers(outer, sent, f"FW: {sent.subject}")
    outer.set_content("Passing this on, it was sent to me.\n")
    outer.add_attachment(message(sent))
    return _whole(outer, sent)


def outlook(sent: Sent) -> bytes:
    """The same message as Outlook saves it."""
    return msg_bytes(sent.subject, sent.sender, sent.when, sent.text, [(sent.name, sent.data), ("image001.png", picture())])


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip file as people make it: the workbooks in a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in sorted(members.items()):
            file.writestr(zipfile.ZipInfo(f"Returns/{name}", (2023, 9, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def picture() -> bytes:
    """A small picture, as stands below a signature: a blue bar."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x1d\x4e\x89" * 60 for _ in range(12))
    header = struct.pack(">IIBBBBB", 60, 12, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def message(sent: Sent) -> EmailMessage:
    """The message with the workbook attached, for others to be attached too."""
    message = EmailMessage(policy=SMTP)
    _headers(message, sent, sent.subject)
    message.set_content(sent.text)
    html = f'<p>Our return is attached.</p><p>{sent.post}<br><img src="cid:bar" alt=""></p>'
    message.add_alternative(html, subtype="html")
    _, body = message.iter_parts()
    assert isinstance(body, MIMEPart)
    body.add_related(picture(), "image", "png", cid="<bar>", disposition="inline", filename="image001.png")
    message.add_attachment(sent.data, maintype=XLSX[0], subtype=XLSX[1], filename=sent.name)
    return message


def _headers(message: EmailMessage, sent: Sent, subject: str) -> None:
    if sent.sender:
        message["From"] = sent.sender
    message["To"] = sent.to
    message["Subject"] = subject
    message["Date"] = format_datetime(sent.when)
    message["Message-ID"] = f"<{sent.when:%Y%m%d%H%M}.{zlib.crc32(subject.encode()):08x}@{sent.sender.rpartition('@')[2]}>"


def _whole(message: EmailMessage, sent: Sent) -> bytes:
    for n, part in enumerate(p for p in message.walk() if p.is_multipart() and p.get_content_maintype() == "multipart"):
        part.set_boundary(f"=_{zlib.crc32(sent.subject.encode()):08x}_{n}")
    return message.as_bytes()
