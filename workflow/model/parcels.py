"""What a received file holds: its leaves, and the messages that they came in.

A received file is a workbook, a message (.eml, .msg) or a zip file. Opened, it falls into leaves: every part that holds
nothing further. No leaf is ever dropped: each is read, refused with one sentence, or ignored with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

INSIDE = " > "  # between the names of a received file, of a message or zip file in it, and of what that holds


class LeafKind(StrEnum):
    """What is to be done with a leaf."""

    WORKBOOK = "workbook"  # to be read
    REFUSED = "refused"  # cannot be read: its sender should do something
    IGNORED = "ignored"  # nothing to read in it


@dataclass(frozen=True, slots=True)
class Message:
    """What one message says of itself. Nothing of it is proved: a saved message is "unverified" always."""

    sender: str = ""  # the one address of its From, lower case; "" where there is none or more than one
    subject: str = ""  # one line of at most 200 characters
    sent: str = ""  # "2023-10-16T10:00:00Z"; "" where it has no date that can be read
    authentication: str = ""  # its top-most Authentication-Results, one line of at most 300 characters


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part of a received file that holds nothing further. `part` is None where it is the received file itself.

    `part` is text for display, and unique within the received file: the sender's own names, made safe, with " > " between
    them ("Fwd: Q2 > Q2 police.xlsx"). It is never a path. `messages` are those that it came in, the nearest first.
    """

    part: str | None
    kind: LeafKind
    data: bytes = b""
    code: str = ""  # why it is not read; stable
    reason: str = ""  # one sentence
    quiet: bool = False  # routine, such as the text of a mail: it is listed, and nobody needs to look
    messages: tuple[Message, ...] = ()
