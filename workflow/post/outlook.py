"""Saved Outlook messages (.msg): what they say of themselves, and every part of them. Bytes in, values out.

A message inside a message is read where it lies, with its own parts. What an attachment is said to be decides less than what
is there, because programs differ in what they say.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from workflow.errors import Unreadable
from workflow.model import Message
from workflow.post import headers, sniff
from workflow.post.draft import header_text
from workflow.post.mapi import MAGIC, PROPERTIES, Properties, Storage, open_storage, plain_rtf
from workflow.post.mime import head_of
from workflow.post.parts import Mail, Part, PartKind
from workflow.post.refusal import refuse
from workflow.post.rfc822 import has_link, read_mail

_TOP, _INSIDE, _ATTACHED = 32, 24, 8  # bytes before the first property: of the saved message, one inside it, an attachment
_DEEPEST = 10  # messages inside messages
_RTF_LIMIT = 1 << 20  # bytes of a body that are unpacked, to look for links
_ANY_PROPERTY = "__substg1.0_".encode("utf-16-le")  # how the name of every stream begins
_ATTACHMENT = "__attach_version1.0_#"
_OBJECT = "__substg1.0_3701000D"  # where an attachment keeps a message, or an object of another program
_OLE, _REFERENCES = 6, {2, 3, 4, 7}  # how something is attached (PidTagAttachMethod)
_IN_TEXT = 0x4  # among an attachment's flags: the HTML shows it
_NO_HEADER = "Microsoft Mail Internet Headers Version "  # what Outlook may write above the headers
_REFERENCE = re.compile(rb"cid:([^\"'>\s)\\]{1,200})", re.IGNORECASE)  # how HTML shows an attachment
_REPORTS = ("report.", "ipm.recall.report")  # message classes: delivery reports, receipts
_REPLIES = "ipm.note.rules."  # out of office, and other automatic answers
_SECURE = "ipm.note.smime"  # one attachment holds the whole message, signed or encrypted ([MS-OXOSMIME])
_SIGNED = {"multipart/signed", "application/pkcs7-mime", "application/x-pkcs7-mime"}  # what that is, where it is MIME


def looks_like_outlook(data: bytes) -> bool:
    """Whether these bytes are a saved Outlook message, whole or damaged; told from the bytes alone.

    Other files of the same container (.xls, .doc, a workbook with a password) are not, whatever is embedded in them.
    """
    if not data.startswith(MAGIC):
        return False
    try:
        return PROPERTIES in open_storage(data).names()
    except Unreadable:
        return _ANY_PROPERTY in data  # in what is left of the directory


def read_outlook(data: bytes) -> Mail:
    """The message with all of its parts; a message inside has been taken apart already.

    Raises Unreadable ("outlook-damaged") where the message itself cannot be read. An attachment that cannot be read stops only
    itself: it is a part with the code "attachment-damaged".
    """
    return _Reading(open_storage(data), _TOP, 0).mail()


class _Reading:
    """One message being read: the saved one, or one inside it, `depth` messages down."""

    def __init__(self, storage: Storage, header: int, depth: int) -> None:
        self._of = Properties(storage, header)
        self._depth = depth
        self._class = self._of.text(0x001A).casefold()
        self._plain = self._of.text(0x1000).encode("utf-8", "replace")
        self._html = self._html_or_rtf()
        self._shown = set(_REFERENCE.findall(self._html))

    def mail(self) -> Mail:
        """The message as a value. Its own properties come before the headers that it travelled with."""
        told = self._transport()
        message = Message(
            sender=self._sender() or told.message.sender,
            subject=header_text(self._of.text(0x0037)) or told.message.subject,
            sent=self._of.time(0x0039) or self._of.time(0x0E06) or told.message.sent,
            authentication=told.message.authentication,
        )
        links = has_link(self._plain) or has_link(self._html)
        return Mail(message, tuple(self._parts()), self._automatic() or told.automatic, links)

    def _automatic(self) -> str:
        if self._class.startswith(_REPORTS):
            return "report"
        return "reply" if self._class.startswith(_REPLIES) else ""

    def _html_or_rtf(self) -> bytes:
        """The body with its mark-up. Outlook keeps the HTML of most messages inside compressed RTF."""
        html = self._of.binary(0x1013) or self._of.text(0x1013).encode("utf-8", "replace")
        return html or plain_rtf(self._of.binary(0x1009) or b"", _RTF_LIMIT)

    def _transport(self) -> Mail:
        """What the headers say, where the message came over the internet."""
        text = self._of.text(0x007D).strip()
        if text.startswith(_NO_HEADER):
            text = text.partition("\n")[2]
        try:
            return read_mail(text.encode("utf-8", "replace") + b"\r\n\r\n")
        except Unreadable:
            return Mail(Message())

    def _sender(self) -> str:
        """For whom it was sent, else who sent it, as its From says. Exchange's own addresses ("/O=...") are passed over."""
        texts = map(self._of.text, (0x5D02, 0x5D01, 0x0065, 0x0C1F))
        return next(filter(None, (headers.sender([text.encode("utf-8", "replace")]) for text in texts)), "")

    def _parts(self) -> Iterator[Part]:
        """The body, where there is one, and everything attached."""
        body = self._plain or self._html
        if body:
            yield Part(PartKind.TEXT, data=body, code=_secret(body))
        attached = [name for name in self._of.storage.names() if name.startswith(_ATTACHMENT)]
        for name in attached:
            yield from self._attached(self._of.storage.storage(name))
        (declared,) = struct.unpack_from("<I", self._of.head, 20)
        if declared > len(attached):  # its own count: some were lost with a piece of the directory
            yield Part(PartKind.FILE, code="attachment-damaged")

    def _attached(self, storage: Storage | None) -> Iterator[Part]:
        """One attachment: a part, or the parts of a signed message."""
        name = ""
        try:
            if storage is None:
                raise refuse("attachment-damaged")
            of = Properties(storage, _ATTACHED, self._of.code_pages)
            name = next(filter(None, map(of.text, (0x3707, 0x3704, 0x3001))), "")  # long, short, shown
            inside = storage.storage(_OBJECT)
            if inside is not None and PROPERTIES in inside.names():
                yield self._message(name, inside)
            elif inside is not None or of.integer(0x3705) == _OLE:
                yield Part(PartKind.FILE, name, code="outlook-object")
            else:
                yield from self._file(name, of)
        except Unreadable:
            yield Part(PartKind.FILE, name, code="attachment-damaged")

    def _message(self, name: str, inside: Storage) -> Part:
        if self._depth >= _DEEPEST:
            return Part(PartKind.MESSAGE, name, code="mail-too-deep")
        return Part(PartKind.MESSAGE, name, mail=_Reading(inside, _INSIDE, self._depth + 1).mail())

    def _file(self, name: str, of: Properties) -> Iterator[Part]:
        data = of.binary(0x3701)
        if not data and of.integer(0x3705) in _REFERENCES:
            yield Part(PartKind.FILE, name, code="mail-link")
        elif not data:
            yield Part(PartKind.FILE, name, code="attachment-damaged" if data is None else "attachment-empty")
        elif name.casefold().endswith(".p7s"):
            yield Part(PartKind.SIGNATURE, name, data)
        elif self._class.startswith(_SECURE) and headers.Value(head_of(data)[0].first("content-type")).kind in _SIGNED:
            yield from read_mail(data).parts  # the whole message, as it travelled
        else:
            yield Part(PartKind.FILE, name, data, inline=self._is_inline(of), code=_secret(data))

    def _is_inline(self, of: Properties) -> bool:
        """Whether it is seen in the body: it is hidden from the list of attachments, or the HTML refers to it."""
        marked = of.integer(0x7FFE) or (of.integer(0x3714) or 0) & _IN_TEXT
        reference = of.text(0x3712).strip("<> ").encode("utf-8", "replace")
        return bool(marked) or reference in self._shown


def _secret(data: bytes) -> str:
    """The code of an attachment that is encrypted, or signed so that it cannot be read; "" of any other."""
    found = sniff.kind_of(data)
    return found if found in {"mail-encrypted", "mail-signed-opaque"} else ""
