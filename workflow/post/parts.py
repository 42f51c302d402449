"""A message taken apart: what it says of itself, and every part it holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflow.model import Message


class PartKind(StrEnum):
    """What a part of a message is, as far as the message says."""

    TEXT = "text"  # its body
    FILE = "file"  # attached, or set into the body
    MESSAGE = "message"  # a message inside
    SIGNATURE = "signature"  # proves who sent it, and holds nothing


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `name` is the sender's own, decoded, and safe for nothing; `code` says what is wrong with the part itself.

    A message inside either has been taken apart already (`mail`), or its bytes are `data`, to be read like any message.
    """

    kind: PartKind
    name: str = ""
    data: bytes = b""
    inline: bool = False  # meant to be seen in the body: a picture of a signature
    code: str = ""  # one of `refusal`
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """One message with every part that holds no parts, in order, those of messages inside not among them.

    `automatic` is "", "reply" (nobody wrote it) or "report" (a delivery report, a receipt). `links` says that its text has the
    address of a file at a sharing service; nothing is ever fetched from it.
    """

    message: Message
    parts: tuple[Part, ...] = ()
    automatic: str = ""
    links: bool = False
