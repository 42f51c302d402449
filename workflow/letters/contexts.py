"""What each kind of letter is told: one TypedDict for each, every name required, so that a coordinator can edit the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from workflow.letters.questions import Query
from workflow.model import Board, Partner, Partnership, Period


class Common(TypedDict):
    """What every letter is told. `addressee` is a post ("Partnership Analyst"), "" where none is known."""

    partnership: Partnership
    period: Period
    today: date
    addressee: str


class ToPartner(Common):
    """What every letter to a partner is told: that one partner, and no other's affairs."""

    partner: Partner


@dataclass(frozen=True, slots=True)
class SheetRows:
    """How many rows the partner is asked about on one sheet. `sheet` is the sheet's title."""

    sheet: str
    rows: int


@dataclass(frozen=True, slots=True)
class RagRow:
    """A theme's counts, one for each of the table's words."""

    theme: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RagTable:
    """RAG counts by theme for one plan. Plans with other RAG words get a table of their own: such words do not compare."""

    title: str
    words: tuple[str, ...]
    rows: tuple[RagRow, ...]


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file for a board. `size` in bytes; `audience` is its marking; `failures` are what `accessible.check` returned."""

    name: str
    size: int
    audience: str
    failures: tuple[str, ...] = ()


class Issue(ToPartner):
    """The template goes out. `minutes` is about how long it takes, `template` the attached file's name."""

    rows: Sequence[SheetRows]
    minutes: int
    template: str


class Receipt(ToPartner):
    """What came and what became of it. The four counts are those of this partner's answers for the period and add up to
    what was read. `days_late` is 0 when in time. `missing` is what is still owed, in words. `asked` is how many questions
    there are, and `queries` the lines they are put in (`in_few_lines`), in workbook order."""

    received: date
    days_late: int
    files: Sequence[str]
    accepted: int
    unchanged: int
    superseded: int
    held: int
    asked: int
    queries: Sequence[Query]
    missing: Sequence[str]


class QueryLetter(Receipt):
    """As a receipt, with the name of the attached marked-up return. `queries` has at least one."""

    marked_up: str


# Why a file could not be used: it cannot be read or taken as it is, it is in another form than the one we sent, or it came
# from somebody who may not send for the agency.
Cause = Literal["file", "template", "sender"]


@dataclass(frozen=True, slots=True)
class NotUsed:
    """One file that could not be used, by its sender's name for it. `reason` says why and what to do, in one sentence."""

    name: str
    reason: str
    cause: Cause = "file"


class Unreadable(ToPartner):
    """Files that could not be read, or not be taken on trust; at least one. `received` is the day the last one came.

    `template` is the fresh form that is attached where one came in another form, "" for none; `senders` are those who may
    send for the agency, in words, where one came from somebody else.
    """

    files: Sequence[NotUsed]
    received: date
    template: str
    senders: Sequence[str]


class Chaser(ToPartner):
    """A reminder. `days_late` is 0 up to the due date. `minutes`: about how long what is missing takes. `deputy` is the
    post that is copied, `template` the file attached again; "" where there is none."""

    state: Literal["nothing received", "part returned", "not signed off", "held"]
    missing: Sequence[str]
    days_late: int
    minutes: int
    deputy: str
    template: str


class Thanks(ToPartner):
    """A nil return came. `rows` were carried forward as confirmed; `missing` is what is owed all the same, such as figures."""

    received: date
    files: Sequence[str]
    rows: int
    missing: Sequence[str]


class BoardLetter(Common):
    """A board's quarter at a glance, for its chair. `decisions` come first. `files` are the names of the attached packs."""

    board: Board
    headlines: Sequence[str]
    decisions: Sequence[str]
    rag: Sequence[RagTable]
    files: Sequence[str]


class Clerk(Common):
    """The papers for a board's clerk. `withheld`: how many entries the published files leave out."""

    board: Board
    files: Sequence[PackFile]
    withheld: int


CONTEXTS: Mapping[str, type] = {
    "issue": Issue, "receipt": Receipt, "query": QueryLetter, "unreadable": Unreadable,
    "chaser": Chaser, "thanks": Thanks, "board": BoardLetter, "clerk": Clerk,
}  # fmt: skip
