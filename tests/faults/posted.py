"""Faults of a file as a whole: whose it is, for when, in which layout, who sent it, and what came before it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from openpyxl.workbook import Workbook

from tests.example.mails import Sent, mail
from tests.faults import desk
from tests.faults.answers import ABOUT, Box, Typed, clean
from tests.faults.desk import Received
from tests.faults.model import NOTE, QUERY, STOP, THE_FILE, Fault, Sending, fault
from tests.faults.rows import HOUSING, POLICE, Q2, Q3
from tests.faults.ruled import PROGRESS, RAG, box, was
from tests.faults.typing_in import type_in

_MAILED = datetime(2024, 1, 16, 9, 30, tzinfo=UTC)  # before anything else that comes on that day
_OUR_SUBJECT = f"RE: FBP: your return for Q3 2023/24 [FBP-{Q3}-{POLICE}]"


def about(heading: str) -> Box:
    """A line of the About sheet."""
    return (ABOUT, "", heading)


def whose_faults() -> Iterator[Fault]:
    """V01 and V02: held as a whole, because nobody can be sure whose it is, for when, or in which layout."""

    def held(name: str, code: str, *at: Box, v: str = "V01", **more: Any) -> Fault:
        return fault(name, v, code, STOP, *at, whole=True, resend=True, **more)

    partner, period = about("Partner"), about("Period")
    yield held(
        "another-agencys-name",
        "identity-disagrees",
        partner,
        typed={partner: "Housing Service"},
        near={partner: "police"},
        about="",
    )
    yield held("another-quarter", "identity-disagrees", period, typed={period: Q2}, near={period: "Q3 2023/24"})
    yield held(
        "an-agency-nobody-knows", "identity-partner-unknown", partner, typed={partner: "Fire Service"}, about="",
        change=_without_properties,
    )  # fmt: skip
    yield held(
        "a-quarter-nobody-knows", "identity-period-unknown", period, typed={period: "2031-32-Q1"}, change=_without_properties
    )
    yield held("nothing-says-whose", "identity-missing", THE_FILE, change=_nameless, about="")
    token = about("Return ID")
    yield held("an-id-made-up", "identity-token", token, typed={token: f"FBP-{Q3}-police-00000000"})
    layout = about("Layout version")
    yield held("an-old-layout", "identity-layout", layout, typed={layout: "0"}, near={layout: " 1 "}, v="V02")
    told = fault(
        "no-about-sheet", "V01", "identity-partial", NOTE, THE_FILE, change=_only_titles, remedy=_sign_off(), sheets=(ABOUT,)
    )
    yield told.also("form-missing", QUERY, THE_FILE, partner=POLICE)


def by(sender: str, subject: str = _OUR_SUBJECT, made: Callable[[bytes], bytes] = bytes) -> Sending:
    """The workbook, or what was made of it, in a mail."""

    def send(data: bytes) -> Sequence[Received]:
        message = Sent(sender, "Partnership Lead", "office@fictional.example", _MAILED, subject, "police.xlsx", made(data))
        return [Received("police.eml", mail(message), Q3)]

    return send


_LEAD = "lead@police.example"


def sent_faults() -> Iterator[Fault]:
    """V01: what the message that it came in says."""
    subject = f"RE: FBP: your return for Q3 2023/24 [FBP-{Q3}-{HOUSING}]"
    for name, code, sent, near in (
        ("sent-by-another-agency", "identity-sender", by("lead@housing.example"), by(_LEAD)),
        ("about-another-return", "identity-subject", by(_LEAD, subject), by(_LEAD, "our return")),
    ):
        yield fault(name, "V01", code, STOP, THE_FILE, sent=sent, near_sent=near, whole=True, resend=True)
    for name, code, sent, near in (
        ("sender-not-known", "sender-unknown", by("office@elsewhere.example"), by("office@police.example")),
        ("sender-not-said", "sender-missing", by(""), by("office@fictional.example")),
    ):
        yield fault(name, "V01", code, QUERY, THE_FILE, sent=sent, near_sent=near, remedy={})


def unread_faults() -> Iterator[Fault]:
    """V02: files in which there is no return, sent by the partner's lead. The hostile set has all of them; here are two."""
    for name, code, made in (("cut-short", "file-unreadable", _half), ("not-our-template", "file-no-tables", _another)):
        yield fault(name, "V02", code, STOP, THE_FILE, sent=by(_LEAD, made=made), near_sent=by(_LEAD), whole=True, resend=True)


def again_faults() -> Iterator[Fault]:
    """V03: sent again with other answers. V30 makes no message: `test_v_rules.py` has the states."""
    place = box("A-1.1", PROGRESS)
    yield fault("sent-again", "V03", "resubmission", NOTE, place, sent=_twice, remedy={}, alone=True, near_sent=_same_twice)
    differs = box("A-1.1", RAG)
    yield fault(
        "side-by-side", "V03", "conflict", QUERY, differs, sent=_beside({differs: "Red"}), near_sent=_beside(was(differs)),
        remedy=was(differs), alone=True,
    )
    new = {b: v for b, v in clean(POLICE, Q3).items() if b[:2] == ("Issues", "NEW-03")}
    yield fault(
        "new-row-sent-twice", "V03", "row-sent-twice", NOTE, next(iter(new)), sent=_beside(new),
        near_sent=_beside(was(differs)), remedy={}, alone=True,
    )


def posted_faults() -> Iterator[Fault]:
    """Everything of this module."""
    for some in (whose_faults, sent_faults, unread_faults, again_faults):
        yield from some()


# --- how it is done


def _sign_off() -> Typed:
    return {b: v for b, v in clean(POLICE, Q3).items() if b[0] == ABOUT}


def _without_properties(book: Workbook) -> None:
    properties: Any = getattr(book, "custom_doc_props")  # noqa: B009 - the stubs do not know it
    for name in [p.name for p in properties.props]:
        del properties[name]
    book.properties.keywords = None


def _only_titles(book: Workbook) -> None:
    _without_properties(book)
    book.remove(book[ABOUT])


def _nameless(book: Workbook) -> None:
    _only_titles(book)
    for ws in book.worksheets:
        ws["A1"] = ws.title


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _another(_data: bytes) -> bytes:
    book = Workbook()
    book.worksheets[0]["A1"] = "Our return"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _twice(data: bytes) -> Sequence[Received]:
    changed = {**clean(POLICE, Q3), box("A-1.1", PROGRESS): "The list is sent by noon, and three more hospitals receive it."}
    again = desk.saved(type_in(desk.template(POLICE, Q3).data, changed), Q3, minute=30)
    return [Received("police.xlsx", data, Q3), Received("police again.xlsx", again, Q3)]


def _beside(typed: Typed) -> Sending:
    """The return, and then another copy of the template in which somebody else at the agency filled in only some boxes."""

    def send(data: bytes) -> Sequence[Received]:
        again = desk.saved(type_in(desk.template(POLICE, Q3).data, typed), Q3, minute=30)
        return [Received("police.xlsx", data, Q3), Received("police, the other.xlsx", again, Q3)]

    return send


def _same_twice(data: bytes) -> Sequence[Received]:
    return [Received("police.xlsx", data, Q3), Received("police again.xlsx", desk.saved(data, Q3, minute=30), Q3)]
