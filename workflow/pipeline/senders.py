"""Who sent a return, as its messages say, held against the register; and what a subject says it is about.

A saved message proves nothing: an address is taken as what it says, and everything that shows it says "unverified".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from workflow.model import Message, Register

_BRACKETS = re.compile(r"\[([^\[\]]{3,120})\]")


class Known(Enum):
    """How the senders of a return stand to the partner whose return it is."""

    NONE = "no message, or only the partnership's own office"
    OURS = "on the register for that partner"
    OTHER = "on the register, for other partners only"
    UNKNOWN = "not on the register"


@dataclass(frozen=True, slots=True)
class Sender:
    """The senders of one leaf. `address` is the nearest one; `partners` are those whom any of the addresses belongs to."""

    known: Known
    address: str = ""
    partners: tuple[str, ...] = ()


def partners_of(address: str, register: Register) -> tuple[str, ...]:
    """The partners that an address belongs to: by Contacts, or by a domain (or a part of it) of the Partners sheet."""
    exact = [c.partner for c in register.contacts if c.email.casefold() == address.casefold()]
    domain = address.rpartition("@")[2].casefold()
    by_domain = [
        p.id for p in register.partners for d in p.domains if domain and f".{domain}".endswith(f".{d.casefold().lstrip('@.')}")
    ]
    return tuple(dict.fromkeys((*exact, *by_domain)))


def sender_of(messages: Sequence[Message], partner: str, register: Register) -> Sender:
    """How the senders stand to `partner` ("" where it is not known whose the return is).

    Any sender in a chain of forwarded messages that is the partner's will do; the partnership's own addresses count for
    nothing, because its office forwards everybody's mail.
    """
    office = {a.casefold() for a in (register.partnership.email, register.partnership.reply_to) if a}
    outside = [m for m in messages if m.sender.casefold() not in office]
    if not outside:
        return Sender(Known.NONE, messages[0].sender if messages else "")
    address = next((m.sender for m in outside if m.sender), "")
    owners = tuple(dict.fromkeys(p for m in outside for p in partners_of(m.sender, register)))
    known = Known.OURS if partner in owners else Known.OTHER if owners else Known.UNKNOWN
    return Sender(known, address, owners)


def about(messages: Sequence[Message], register: Register) -> tuple[str, str]:
    """(period, partner) of the nearest subject that names a return of ours in brackets, ("", "") where none does."""
    for message in messages:
        for words in _BRACKETS.findall(message.subject):
            for period in register.periods:
                _, found, who = words.partition(f"-{period.key}-")
                partner = register.partner(who.strip()) if found else None
                if partner:
                    return period.key, partner.id
    return "", ""
