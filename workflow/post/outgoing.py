"""A draft made ready to be sent: read as it stands, given its headers anew, and read again before anything leaves.

A person may have edited a draft and saved it with a mail program, which rewrites headers. So its body goes out as the bytes
that stand there, and every header is made here: recipients and subject from the draft, the rest by us. A header of the draft
that is not made here (X-Unsent, a request for a receipt) does not go out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import format_datetime, getaddresses

from workflow.errors import Unreadable, WorkflowError
from workflow.post.draft import DRAFT_POLICY, address, header_text, one_line

_LINE = 998  # bytes of a line, its end left out (RFC 5321)
_ENDS = re.compile(rb"\r\n|\r|\n")
_WHITE = re.compile(r"\r?\n[ \t]+")
_ADDRESSES = re.compile(r'[^\s<>()\[\]",;:]+@[^\s<>()\[\]",;:]+')
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>")
_CONTENT = ("Content-Type", "Content-Transfer-Encoding")
_ELSEWHERE = "Open it in your mail program and send it from there, then run workflow send --sent with its name."


@dataclass(frozen=True, slots=True)
class File:
    """One attachment of a draft. The name is for people to read."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """What a draft says. `words` is a hash of recipients, subject and text: whatever else changes, it is the same letter."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    message_id: str  # "" where it has none that can be kept
    files: tuple[File, ...]
    words: str
    content: tuple[tuple[str, str], ...]  # the headers that say how the body is to be read
    body: bytes  # with CRLF at the end of each line

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody whom it is for, each once."""
        return tuple({one.casefold(): one for one in (*self.to, *self.cc, *self.bcc)}.values())


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it goes out, and to whom."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes

    @property
    def is_8bit(self) -> bool:
        """Whether the server must be able to take more than ASCII."""
        return not self.data.isascii()


def read_draft(data: bytes) -> Draft:
    """A draft as it stands. Raises Unreadable, with a sentence for the coordinator, where it cannot be sent as it is meant."""
    try:
        return _read(_ENDS.sub(b"\r\n", data))
    except Unreadable:
        raise
    except Exception as error:  # the standard library raises almost anything on a broken email
        raise Unreadable("draft-unreadable", f"It is not an email that can be read. {_ELSEWHERE}") from error


def _read(data: bytes) -> Draft:
    message = message_from_bytes(data)
    _, _, body = data.partition(b"\r\n\r\n")
    content = _content(message)
    if not message.keys() or _parts(message) != _parts(_body_alone(content, body)):
        raise Unreadable("draft-unreadable", f"It is not an email that can be read. {_ELSEWHERE}")
    if max(map(len, body.split(b"\r\n"))) > _LINE or b"\0" in body:
        raise Unreadable("draft-lines", f"It was saved in a form that mail servers do not take. {_ELSEWHERE}")
    leaves = [part for part in message.walk() if not part.is_multipart()]
    to, cc, bcc = (_addresses(message, name) for name in ("To", "Cc", "Bcc"))
    subject = header_text(_decoded(message.get("Subject")))
    files = tuple(File(_name(part), _payload(part)) for part in leaves if _is_file(part))
    texts = [" ".join(_text(part).split()) for part in leaves if not _is_file(part)]
    said = json.dumps([sorted(one.casefold() for one in {*to, *cc, *bcc}), subject, texts])
    found = _MESSAGE_ID.fullmatch(str(message.get("Message-ID") or "").strip())
    return Draft(
        to=to, cc=cc, bcc=bcc, subject=subject, message_id=found[0] if found else "", files=files,
        words=hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest(), content=content, body=body,
    )  # fmt: skip


def compose(draft: Draft, sender: str, reply_to: str, when: datetime) -> Outgoing:
    """The draft as it goes out. Raises WorkflowError where the finished bytes, read again, are not what was meant."""
    headers = [
        ("From", address(sender)),
        ("To", ", ".join(map(address, draft.to))),
        ("Cc", ", ".join(map(address, draft.cc))),
        ("Reply-To", address(reply_to) if reply_to and reply_to.casefold() != sender.casefold() else ""),
        ("Subject", header_text(draft.subject)),
        ("Date", format_datetime(when)),
        ("Message-ID", draft.message_id),
        ("MIME-Version", "1.0"),
        *draft.content,
    ]
    meant = [(name, value) for name, value in headers if value]
    # A content header goes out on one line as it was read; the others are folded as those of the drafts are.
    lines = [
        f"{name}: {value}\r\n".encode("ascii") if name in _CONTENT else DRAFT_POLICY.fold_binary(name, value)
        for name, value in meant
    ]
    data = b"".join(lines) + b"\r\n" + draft.body
    _verify(data, meant, draft)
    return Outgoing(sender, tuple(map(address, draft.recipients)), data if data.endswith(b"\r\n") else data + b"\r\n")


def self_test(when: datetime) -> None:
    """Try, on this very Python, what has let a subject add a recipient on many (CVE-2024-6923, field-notes row 22).

    Raises WorkflowError where one gets through, or stops what it should not: nothing is sent then.
    """
    for subject in _ATTACKS:
        hostile = b"To: a@b.example\r\nSubject: " + subject.encode() + b"\r\n\r\nx\r\n"
        try:
            sent = compose(read_draft(hostile), "office@b.example", "", when)
            read = message_from_bytes(sent.data)
            safe = sent.recipients == ("a@b.example",) and sorted(read.keys()) == _PLAIN_NAMES
        except Exception:  # whatever it is, this Python is not to be trusted with it
            safe = False
        if not safe:
            raise WorkflowError(
                "This version of Python does not keep a letter's headers apart, so nothing is sent with it. Install the newest "
                "Python 3 and this project in it, and open the drafts in your mail program until then."
            )


_ATTACKS = (
    "=?utf-8?q?a=0D=0ABcc:_evil=40evil.example?=",
    "=?utf-8?b?YQ0KQmNjOiBldmlsQGV2aWwuZXhhbXBsZQ==?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc:x=3F=3D?=",
    "=?utf-8?q?a=E2=80=A8Bcc:_x=C2=85Bcc:_y=00?=",
    "a " * 200 + "=?utf-8?q?=0ABcc:_x?=",
)
_PLAIN_NAMES = ["Date", "From", "MIME-Version", "Subject", "To"]


def _verify(data: bytes, meant: Sequence[tuple[str, str]], draft: Draft) -> None:
    """Read the finished bytes again and compare with what was meant: names, recipients, subject, every part."""
    read = message_from_bytes(data)
    same = read.keys() == [name for name, _ in meant]
    for name, value in meant:
        got = str(read.get(name, ""))
        if name in ("From", "To", "Cc", "Reply-To"):
            same = same and [one for _, one in getaddresses([got])] == value.split(", ")
        else:
            same = same and one_line(_decoded(got)) == one_line(value)
    if not same or _parts(read) != _parts(_body_alone(draft.content, draft.body)):
        raise WorkflowError(
            f'The letter "{draft.subject}" was not sent: read again, its headers, recipients or parts were not those that were '
            f"meant. {_ELSEWHERE}"
        )


def _addresses(message: Message, name: str) -> tuple[str, ...]:
    """The addresses of one header, each once. Whatever looks like one must be one, whatever the punctuation around it."""
    text = " , ".join(_decoded(value) for value in message.get_all(name, []))
    found = _ADDRESSES.findall(text)
    parsed = {one.casefold() for _, one in getaddresses([text]) if one}
    if text.count("@") != sum(one.count("@") for one in found) or not parsed <= {one.casefold() for one in found}:
        raise Unreadable("draft-recipients", f"Its {name} line cannot be read for certain. Write plain addresses there.")
    return tuple({one.casefold(): one for one in found}.values())


def _content(message: Message) -> tuple[tuple[str, str], ...]:
    found = []
    for name in _CONTENT:
        for value in message.get_all(name, []):
            line = _WHITE.sub(" ", str(value)).strip()
            if not (line.isascii() and line.isprintable()) or len(name) + 2 + len(line) > _LINE:
                raise Unreadable("draft-unreadable", f"It was saved in a form that mail servers do not take. {_ELSEWHERE}")
            found.append((name, line))
    return tuple(found)


def _body_alone(content: Sequence[tuple[str, str]], body: bytes) -> Message:
    return message_from_bytes(b"".join(f"{name}: {value}\r\n".encode("ascii") for name, value in content) + b"\r\n" + body)


def _parts(message: Message) -> list[tuple[str, str | None, bytes]]:
    """What a message is made of: every part below the headers of the message itself."""
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return [(part.get_content_type(), part.get_filename(), _payload(part)) for part in leaves]


def _is_file(part: Message) -> bool:
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _name(part: Message) -> str:
    return one_line(_decoded(part.get_filename() or "a part without a name"), 80)


def _payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else part.as_bytes()


def _text(part: Message) -> str:
    try:
        return _payload(part).decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return _payload(part).decode("latin-1")


def _decoded(value: object) -> str:
    """A header's text with its encoded words decoded, where they can be."""
    text = str(value or "")
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
