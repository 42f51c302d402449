"""Drafts: email files for a person to open, check and send. Nothing here touches a network.

A draft is an `.eml` with `X-Unsent: 1`, which Outlook opens ready to edit, and a `.txt` beside it for any other program.
The same letter, envelope and attachments give the same bytes (design law 4). No `From` is written unless one is given:
the person who opens the draft chooses the account. A draft carries no `Auto-Submitted`, because a person sends it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email import message_from_bytes
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, getaddresses

from workflow.errors import WorkflowError

HEADER_LIMIT = 200  # characters of text in one header: a subject is for reading
NAME_LIMIT = 120  # characters of an attachment's name: council file stores cut longer ones

# One plain addr-spec: no name, no comment, no quotes, no list, ASCII only. Narrower than RFC 5322 on purpose: "?" and "="
# are left out because together they make an encoded word.
_ADDRESS = re.compile(
    r"[a-z0-9_%+'&/-]+(?:\.[a-z0-9_%+'&/-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.I | re.A
)
_FILE_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._()-]*[A-Za-z0-9)])?")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.I)  # names that Windows keeps for devices
_LONG_LINE = 900  # for a file name; RFC 5322 allows 998
_TYPES = {
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": ("application", "pdf"),
}


class _DraftPolicy(EmailPolicy):
    """How a draft is put into lines: CRLF, and our own lines where the standard library's do not survive being read again.

    Python 3.11 loses the spaces between the encoded words of a long subject that it folds, and cuts a long file name into
    pieces (RFC 2231) that not every Outlook joins.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as the bytes of its lines."""
        folded = str(value)
        match name.casefold():
            case "subject":
                folded = Header(folded, "us-ascii" if folded.isascii() else "utf-8", 75, name).encode(linesep=self.linesep)
            case "from" | "to" | "cc" | "reply-to":
                folded = folded.replace(", ", f",{self.linesep} ")
            case "content-disposition" if self.max_line_length != _LONG_LINE:
                return self.clone(max_line_length=_LONG_LINE).fold_binary(name, value)
            case _:
                return super().fold_binary(name, value)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


class _HeaderTypes(HeaderRegistry):
    """The standard library makes a new class for every header; one for each name is enough."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        """The class of a header, by its name."""
        known = name.lower()
        if known not in self._made:
            self._made[known] = super().__getitem__(name)
        return self._made[known]


DRAFT_POLICY = _DraftPolicy(linesep="\r\n", header_factory=_HeaderTypes())


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: a one-line subject, a plain text that reads well alone, and the same in simple HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter. The name is ours (partner or board id and period), never a sender's."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a letter is for. Addresses come from the register only, never from a mail or a workbook.

    `to` may be empty where the register has no address yet: the draft then has no `To`, and a person fills it in.
    `when` is the date inside the file (from --today). `identity` says which draft this is, for example
    `2023-24-Q2/query-police`, so that two drafts with the same words differ in their Message-ID.
    """

    to: Sequence[str]
    when: date
    identity: str
    cc: Sequence[str] = ()
    reply_to: str = ""
    sender: str = ""  # the From address; "" leaves it out


def one_line(text: str, limit: int = 0) -> str:
    """The text as one line: white space of any kind becomes one space; control, direction, invisible and broken characters go.

    Cut to `limit` characters with an ellipsis where `limit` is not 0.
    """
    if not text.isprintable():  # as nearly every text is, and then has none of these
        spaced = "".join(" " if c.isspace() else c for c in text)
        text = "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    line = " ".join(text.split())
    return line if not limit or len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def header_text(text: str) -> str:
    """Text that is safe as a header: encoded words decoded first, then one line of at most 200 characters.

    What still looks like an encoded word afterwards is broken up, so that no mail program can decode it later.
    """
    line = one_line(text[: 20 * HEADER_LIMIT])  # before any decoding: a hostile length costs no time
    for _ in range(5):  # an encoded word may hold another one
        decoded = one_line(_decoded(line))
        if decoded == line:
            break
        line = decoded
    return one_line(line.replace("=?", "= ?"), HEADER_LIMIT)


def address(text: str) -> str:
    """The address, if it is exactly one plain one ("name@council.example"). Raises WorkflowError otherwise."""
    if _ADDRESS.fullmatch(text) and len(text) <= 254 and len(text.partition("@")[0]) <= 64:
        return text
    shown = one_line(text, 80)
    raise WorkflowError(
        f'"{shown}" is not one plain email address. Correct it in the register (config/register.xlsx, sheet Contacts, Boards '
        "or Partnership): one address in the cell, without a name, like name@council.example."
    )


def draft(letter: Letter, envelope: Envelope, attachments: Sequence[Attachment] = ()) -> bytes:
    """The draft as the bytes of an `.eml`: text with an HTML alternative, then the attachments.

    Raises WorkflowError for an address that is not one plain address, for an unfit attachment name, and when the finished
    bytes, read again, do not have exactly the headers, subject and recipients that were meant (field-notes row 22).
    """
    _check_names(attachments)
    digest = _digest(letter, envelope, attachments)
    headers = _headers(letter, envelope, digest)
    message = _message(letter, headers, attachments)
    for number, part in enumerate(p for p in message.walk() if p.is_multipart()):
        part.set_boundary(f"=_{digest[:32]}-{number}")
    data = message.as_bytes(policy=DRAFT_POLICY)
    _verify(data, headers, attachments)
    return data


def plain(letter: Letter, envelope: Envelope, attachments: Sequence[Attachment] = ()) -> str:
    """The same draft as text to copy from: To, Cc, Subject and what to attach, an empty line, then the body."""
    _check_names(attachments)
    to, cc = _recipients(envelope)
    lines = [f"To: {'; '.join(to) or '(no address in the register)'}"]
    if cc:
        lines.append(f"Cc: {'; '.join(cc)}")
    lines.append(f"Subject: {header_text(letter.subject)}")
    if attachments:
        lines.append(f"Attach: {', '.join(a.name for a in attachments)}")
    return "\n".join(lines) + f"\n\n{letter.text.rstrip()}\n"


def _decoded(text: str) -> str:
    """Text with its encoded words decoded; those in an unknown or broken encoding stay as they are."""
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):
        return text


def _recipients(envelope: Envelope) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The checked To and Cc addresses, each address once."""
    seen: set[str] = set()
    found: list[tuple[str, ...]] = []
    for group in (envelope.to, envelope.cc):
        kept = []
        for one in map(address, group):
            if one.casefold() not in seen:
                seen.add(one.casefold())
                kept.append(one)
        found.append(tuple(kept))
    return found[0], found[1]


def _headers(letter: Letter, envelope: Envelope, digest: str) -> tuple[tuple[str, str], ...]:
    """Every header that we write ourselves, in order. No other function makes one."""
    to, cc = _recipients(envelope)
    reply_to = address(envelope.reply_to) if envelope.reply_to else ""
    sender = address(envelope.sender) if envelope.sender else ""
    # A Message-ID must be unique and need not be a live address; ".invalid" never is one (RFC 2606).
    made = (
        ("X-Unsent", "1"),
        ("From", sender),
        ("To", ", ".join(to)),
        ("Cc", ", ".join(cc)),
        ("Reply-To", reply_to),
        ("Subject", header_text(letter.subject)),
        ("Date", format_datetime(datetime.combine(envelope.when, time(12), UTC))),
        ("Message-ID", f"<{digest[:32]}@workflow.invalid>"),
    )
    return tuple((name, value) for name, value in made if value)


def _message(letter: Letter, headers: Sequence[tuple[str, str]], attachments: Sequence[Attachment]) -> EmailMessage:
    """The message as parts, before boundaries are set."""
    message = EmailMessage(policy=DRAFT_POLICY)
    for name, value in headers:
        message[name] = value
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        ending = attachment.name.rpartition(".")[2].casefold()
        maintype, subtype = _TYPES.get(ending, ("application", "octet-stream"))
        message.add_attachment(attachment.data, maintype=maintype, subtype=subtype, filename=attachment.name)
    return message


def _digest(letter: Letter, envelope: Envelope, attachments: Sequence[Attachment]) -> str:
    """A hash of everything that is in the draft: the Message-ID and the boundaries come from it."""
    parts = [letter.subject, letter.text, letter.html, envelope.identity, envelope.when.isoformat()]
    parts += [";".join(envelope.to), ";".join(envelope.cc), envelope.reply_to, envelope.sender]
    parts += [f"{a.name}:{hashlib.sha256(a.data).hexdigest()}" for a in attachments]
    # each part is hashed first, so that text moved from one part to its neighbour gives another hash
    whole = b"".join(hashlib.sha256(p.encode("utf-8", "surrogatepass")).digest() for p in parts)
    return hashlib.sha256(whole).hexdigest()


def _check_names(attachments: Sequence[Attachment]) -> None:
    """Attachment names: what every system can store, each once whatever the case. Raises WorkflowError."""
    seen: set[str] = set()
    for name in (a.name for a in attachments):
        if not _FILE_NAME.fullmatch(name) or len(name) > NAME_LIMIT or _RESERVED.fullmatch(name):
            shown = one_line(name, 80)
            raise WorkflowError(f'"{shown}" cannot be the name of an attachment: use letters, digits, "-", "_" and ".".')
        if name.casefold() in seen:
            raise WorkflowError(f'Two attachments are both called "{name}". Give each its own id in the register.')
        seen.add(name.casefold())


def _verify(data: bytes, headers: Sequence[tuple[str, str]], attachments: Sequence[Attachment]) -> None:
    """Read the finished bytes again and compare with what was meant. Raises WorkflowError at any difference."""
    read = message_from_bytes(data)
    meant = dict(headers)
    got = {name: one_line(_decoded(str(value))) for name, value in read.items()}
    names_meant = sorted([*meant, "MIME-Version", "Content-Type"])
    same = sorted(read.keys()) == names_meant and all(got[name] == value for name, value in meant.items())
    for name in ("From", "To", "Cc", "Reply-To"):
        want = meant[name].split(", ") if name in meant else []
        same = same and [addr for _, addr in getaddresses(read.get_all(name, []))] == want
    files = [(p.get_filename(), p.get_payload(decode=True)) for p in read.walk() if p.get_content_disposition() == "attachment"]
    if not same or files != [(a.name, a.data) for a in attachments]:
        raise WorkflowError(
            f'The draft "{meant.get("Subject", "")}" was not written: read again, its headers, recipients or attachments were '
            "not those that were meant. Check the names and addresses in the register, and report this."
        )
