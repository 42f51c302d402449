"""Messages as they travel (RFC 5322 and MIME, .eml): what they say of themselves, and every part of them. Bytes in, values out.

What a part says it is decides little: a return is sent as a text, a picture or nothing at all. A part with a name is a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from workflow.model import Message
from workflow.post import headers, sniff
from workflow.post.draft import one_line
from workflow.post.headers import Fields, Value
from workflow.post.mime import MOST_PARTS, Entity, head_of, take_apart
from workflow.post.parts import Mail, Part, PartKind
from workflow.post.refusal import refuse
from workflow.post.transfer import decode, uu_files

_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+(?:\r\n?|\n))*+")
# Apple's .emlx: a line that says how many bytes the message has, the message, a list of its own in XML.
_COUNT = re.compile(rb"(\d{1,9})[ \t]*+(?:\r\n?|\n)")
_LIST = b"<?xml"
# The line that begins each message of a mailbox file (RFC 4155).
_ENVELOPE = rb"From [^\r\n]{0,300}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\r\n]{0,100}(?:\r\n?|\n)"
_FIRST_OF_MAILBOX = re.compile(_ENVELOPE)
_NEXT_OF_MAILBOX = re.compile(rb"[\r\n]" + _ENVELOPE + rb"[!-9;-~]+:")

_WHO = ("cc", "delivered-to", "from", "received", "return-path", "subject", "to")
_HOW = ("authentication-results", "content-type", "date", "message-id", "mime-version", "received", "return-path", "x-unsent")
_AUTHENTICATION_LIMIT = 300  # characters

_MESSAGES = {"message/rfc822", "message/global", "message/news"}
_REPORTS = {"message/delivery-status", "message/disposition-notification", "message/feedback-report"} | {
    "message/global-delivery-status", "message/global-disposition-notification",
}  # fmt: skip
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
_SMIME = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SECRETS = {"mail-encrypted", "mail-signed-opaque"}
_PIECES = {"message/partial": "mail-partial", "message/external-body": "mail-external"}
_NO_BODIES = {f"text/{kind}" for kind in ("calendar", "csv", "directory", "rtf", "tab-separated-values", "vcard", "x-vcard")}

_REFERENCE = re.compile(rb"cid:([^\"'>\s)]{1,200})", re.IGNORECASE)
# Sharing services, by the host of an address; it may be wrapped in the address of a service that checks links.
_LINK = re.compile(
    rb"https?(?:://|%3a%2f%2f)(?:[a-z0-9-]{1,63}\.){0,8}"
    rb"(?:sharepoint\.(?:com|cn|de|us)|1drv\.(?:ms|com)|onedrive\.(?:live\.)?com|(?:drive|docs)\.google\.com|dropbox\.com|db\.tt"
    rb"|wetransfer\.com|we\.tl|box\.com|egnyte\.com|sharefile\.(?:com|eu)|huddle\.(?:com|net)|mega\.nz|icloud\.com/iclouddrive)"
    rb"(?![a-z0-9.-])",
    re.IGNORECASE,
)


def looks_like_mail(data: bytes) -> bool:
    """Whether these bytes are a message, or a mailbox of several, told from how they begin.

    They begin with headers, of which one says who or what about and one belongs to mail alone: a text that begins with
    "From:" and "Subject:", as Outlook saves one, is none. A multipart without any other header is one. A web page that was
    saved in the form of a mail (.mht) is none.
    """
    if sniff.is_container(data):
        return False
    fields, _ = head_of(_without_envelope(data))
    who = {name for name in _WHO if name in fields}
    how = {name for name in _HOW if name in fields}
    if fields.first("from").lower().startswith(b"<saved by"):
        return False
    kind = Value(fields.first("content-type")).kind
    return len(who | how) > 1 if who and how else kind.startswith("multipart/") and kind != "multipart/related"


def read_mail(data: bytes) -> Mail:
    """The message with all of its parts; a message inside is a part whose `data` is to be read in its turn.

    Raises Unreadable: "mail-mbox" for a mailbox of several, "mail-too-many" and "mail-too-deep" for what no mail program
    writes. One part that is damaged is a part with a code.
    """
    data = _without_envelope(data)
    if _FIRST_OF_MAILBOX.match(data) and _NEXT_OF_MAILBOX.search(data):
        raise refuse("mail-mbox")
    fields, _ = head_of(data)
    entities = take_apart(data)
    taken = list(islice(((entity, part) for entity in entities for part in _parts(entity)), MOST_PARTS + 1))
    if len(taken) > MOST_PARTS:
        raise refuse("mail-too-many")
    texts = [part.data for _, part in taken if part.kind is PartKind.TEXT]
    shown = {reference for text in texts for reference in _REFERENCE.findall(text)}
    return Mail(
        message=message_of(fields),
        parts=tuple(_shown(part, entity, shown) for entity, part in taken),
        automatic=_automatic(fields, taken),
        links=any(has_link(text) for text in texts),
    )


def message_of(fields: Fields) -> Message:
    """What a message's headers say of it."""
    return Message(
        sender=headers.sender(fields.all("from")),
        subject=headers.subject(headers.decoded(headers.cut(fields.first("subject")))),
        sent=headers.when(fields.first("date")),
        authentication=one_line(headers.decoded(headers.cut(fields.first("authentication-results"))), _AUTHENTICATION_LIMIT),
    )


def has_link(text: bytes | str) -> bool:
    """Whether a text, plain or HTML, holds the address of something at a sharing service."""
    return _LINK.search(text if isinstance(text, bytes) else text.encode("utf-8", "replace")) is not None


def _without_envelope(data: bytes) -> bytes:
    """A message from its first header on, or from the "From " line that may stand before it."""
    before = _BEFORE.match(data)
    start = before.end() if before else 0
    if count := _COUNT.match(data, start):
        end = count.end() + int(count[1])
        return data[count.end() : end if data[end : end + 9].strip().startswith(_LIST) else None]
    return data[start:]


def _parts(entity: Entity) -> Iterator[Part]:
    """The part that an entity is, and the files that are written into its text."""
    fields = entity.fields
    disposition = Value(fields.first("content-disposition"))
    name = disposition.text("filename").strip() or Value(fields.first("content-type")).text("name").strip()
    if entity.broken:
        yield Part(PartKind.FILE, name, entity.body, code="mail-damaged")
        return
    data, whole = decode(entity.body, fields.first("content-transfer-encoding"))
    kind = _kind(entity, name, disposition.kind)
    if kind is PartKind.TEXT and not whole and sniff.is_container(data):
        kind = PartKind.FILE
    code = _code(entity, data, kind)
    if not code and kind in {PartKind.FILE, PartKind.MESSAGE}:
        code = _loss(data, whole=whole)
    yield Part(kind, name, data, inline=disposition.kind == "inline", code=code)
    if kind is PartKind.TEXT and entity.kind == "text/plain":
        for inner, file, complete in uu_files(data):
            yield Part(
                PartKind.FILE, headers.unwrapped(headers.decoded(headers.cut(inner))), file, code=_loss(file, whole=complete)
            )


def _kind(entity: Entity, name: str, disposition: str) -> PartKind:
    if entity.kind in _MESSAGES:
        return PartKind.MESSAGE
    if entity.kind in _SIGNATURES or name.casefold().endswith(".p7s") or entity.kind == "application/pgp-encrypted":
        return PartKind.SIGNATURE
    body = entity.kind.startswith("text/") and entity.kind not in _NO_BODIES
    return PartKind.TEXT if body and not name and disposition in {"", "inline"} else PartKind.FILE


def _code(entity: Entity, data: bytes, kind: PartKind) -> str:
    """What keeps a part from being read, if it is what it says."""
    if sniff.is_container(data):
        return ""
    told = sniff.kind_of(data)
    if entity.kind in _SMIME and not looks_like_mail(data):
        said = Value(entity.fields.first("content-type")).raw("smime-type").lower()
        return told if told in _SECRETS else "mail-signed-opaque" if said == b"signed-data" else "mail-encrypted"
    if "encrypted" in entity.around or (kind is PartKind.TEXT and told == "mail-encrypted"):
        return "mail-encrypted"
    return "mail-report" if entity.kind in _REPORTS else _PIECES.get(entity.kind, "")


def _loss(data: bytes, *, whole: bool) -> str:
    """What a file lost on its way. A picture is not read, so that none asks for a damaged one again."""
    if not data:
        return "attachment-empty" if whole else "attachment-damaged"
    return "" if whole or sniff.kind_of(data) == "mail-picture" else "attachment-damaged"


def _shown(part: Part, entity: Entity, shown: set[bytes]) -> Part:
    """A part, with whether it is seen in the body."""
    own = entity.fields.first("content-id").strip(b"<> \t")
    if part.kind is not PartKind.FILE or part.inline or own not in shown:
        return part
    return Part(part.kind, part.name, part.data, inline=True, code=part.code)


def _automatic(fields: Fields, taken: Sequence[tuple[Entity, Part]]) -> str:
    reports = any("report" in entity.around or part.code == "mail-report" for entity, part in taken)
    reports = reports or Value(fields.first("content-type")).kind == "multipart/report"
    files = [(entity, part) for entity, part in taken if part.kind is PartKind.FILE and not part.inline]
    if reports and all(part.code or "report" in entity.around for entity, part in files):
        return "report"
    submitted = fields.first("auto-submitted").lower()
    old = fields.first("x-autoreply") or fields.first("x-autorespond")
    replied = submitted.startswith(b"auto-replied") or (bool(old) and old.lower() != b"no")
    return "reply" if replied or fields.first("precedence").lower() == b"auto_reply" else ""
