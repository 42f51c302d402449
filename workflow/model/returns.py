"""Returns as values: what was read, where it stood, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workflow.model.parcels import INSIDE
from workflow.model.places import Cell, Finding, Place, Value

# (form, item key, field): one answer cell of one item, whatever file it came in. What a joint lead or a contributor
# says of a row has its own slot, `field@partner`: it stands beside the accountable lead's word, never instead of it.
Slot = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: cells by field name, before anything is typed. Blank cells are absent."""

    form: str
    key: str  # as read; "" where the key cell is blank
    sheet: str
    number: int  # the spreadsheet row
    cells: Mapping[str, Cell]
    columns: Mapping[str, int] = field(default_factory=dict)  # where each field stands, so a blank has a place too
    lines: Mapping[str, int] = field(default_factory=dict)  # in a record form: the line of each field


@dataclass(frozen=True, slots=True)
class Grid:
    """Where one form stands in one file: its sheet, the column of each field, the line of each row key.

    In a record form `rows` maps each field name to its line and `columns` is empty but for the answer column.
    `seen` tells what stood in the columns of last time's answers, by row key and field: a mark of it, and its first words.
    """

    sheet: str
    columns: Mapping[str, int]
    rows: Mapping[str, int]
    seen: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One non-blank answer cell. `value` is None when it could not be typed; `held` is the code that holds it, else ""."""

    form: str
    key: str
    field: str
    value: Value | None
    raw: str  # as the person saw it
    place: Place
    held: str = ""

    @property
    def slot(self) -> Slot:
        """Which cell of which item this answers."""
        return (self.form, self.key, self.field)


class Fate(StrEnum):
    """What became of an answer: exactly one of these (design law 1)."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    HELD = "held"


class SubmissionState(StrEnum):
    """What became of a received file. Anything but `merged` has a reason in words."""

    MERGED = "merged"
    HELD = "held"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    IGNORED = "ignored"
    NOT_READY = "not ready"


@dataclass(frozen=True, slots=True)
class Submission:
    """One leaf of a received file, judged. `sent` orders it among others (mail date, else the modified property, else first
    seen).

    `container` is the hash of the received file, `sha256` that of the leaf; they are the same where `part` is None.
    `base` maps a slot to what the issue it came from showed in that answer cell (empty for an ordinary template).
    """

    sha256: str
    file: str
    part: str | None
    partner: str
    period: str
    sent: str  # ISO date and time
    state: SubmissionState
    reason: str = ""
    layout: str = ""
    token: str = ""
    answers: tuple[Answer, ...] = ()
    blanks: int = 0
    findings: tuple[Finding, ...] = ()
    grids: Mapping[str, Grid] = field(default_factory=dict)
    base: Mapping[Slot, Value] = field(default_factory=dict)
    sender: str = ""  # the address of the message that held it, as that message says; "" for a bare file
    received: str = ""  # the day it was first seen, ISO
    container: str = ""
    code: str = ""  # why it is refused or ignored; stable
    quiet: bool = False  # ignored as a matter of routine: nobody needs to look

    @property
    def place(self) -> str:
        """Where it stands, in words: the received file, and the part of it."""
        return self.file if self.part is None else f"{self.file}{INSIDE}{self.part}"

    @property
    def typed_by(self) -> str:
        """Who typed the answers in for the partner, and from what, as its About sheet says; "" where the partner did."""
        return next((a.raw for a in self.answers if a.field == "typed_by" and not a.held), "")

    @property
    def title(self) -> str:
        """Its own name, as its sender calls it."""
        return self.place.rpartition(INSIDE)[2].rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Standing:
    """The value that stands for a slot, and where it came from. `period` is the period that gave it."""

    value: Value
    period: str
    partner: str = ""
    place: Place = Place()
    sha256: str = ""
    sent: str = ""
    carried: bool = False  # by "no change": confirmed in `period`, given earlier


@dataclass(frozen=True, slots=True)
class Balance:
    """Law 1: read = accepted + unchanged + superseded + held. Blank cells are counted apart."""

    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    superseded: int = 0
    held: int = 0
    blank: int = 0

    @property
    def holds(self) -> bool:
        """Whether every cell read is accounted for once."""
        return self.read == self.accepted + self.unchanged + self.superseded + self.held


@dataclass(frozen=True, slots=True)
class ReturnStatus:
    """One partner's return for the period. `state` is one of design.md section 7's partner states."""

    partner: str
    state: str
    files: tuple[str, ...] = ()
    received: date | None = None  # when the first submission was sent
    days_late: int = 0
    rows: int = 0  # rows it owes an answer on
    answered: int = 0  # of those, complete
    queries: int = 0
    held: int = 0
    signed_off: bool = False
    missing: tuple[str, ...] = ()  # what is still owed, in words, one entry per row or line
