"""What the desk hears, as values: what is asked, the replies, and the decisions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow import rules
from workflow.conflicts import Conflict, plain
from workflow.model import Cover, Finding, Form, Item, Period, Register, Severity, Slot, Standing, Submission, Value, Waiver

QUERIES, DECISIONS = "queries", "decisions"  # the forms of the desk
COVERS = "covers"  # beside a query's reply in the base of a marked-up return: the single problems that it gathered


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the decisions workbook. `action` is one of the words of its form; `key` names the query."""

    key: str
    action: str
    value: str
    until: date | None
    reason: str
    agreed_by: str
    given: Standing  # where it stands, and when it was sent
    entered: Standing | None = None  # the value to use, in its own cell

    @property
    def source(self) -> Standing:
        """Where a value that it gives comes from: the cell in which it was entered, if that is in the same file."""
        return self.entered if self.entered and self.entered.sha256 == self.given.sha256 else self.given


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a query is not asked any more: the code and the words of the note that tells the coordinator so."""

    code: str
    found: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands before the desk is heard: everything that is asked in a period, and what it is asked about."""

    register: Register
    forms: Mapping[str, Form]
    period: Period
    today: date
    given: Mapping[str, Mapping[str, Sequence[Item]]]
    standing: Mapping[Slot, Standing]
    submissions: Sequence[Submission]
    findings: Sequence[Finding]
    waivers: Sequence[Waiver] = ()
    conflicts: Sequence[Conflict] = ()

    @property
    def by_reference(self) -> dict[str, Finding]:
        """What is asked or held, by the name that replies and decisions give it."""
        return {f.reference: f for f in self.findings if f.severity is not Severity.NOTE}

    def conflict(self, cover: Cover, partner: str) -> Conflict:
        """The conflict that a problem of a finding is."""
        return next(c for c in self.conflicts if plain(c.slot) == cover.slot and c.partner == partner)


def explains(reply: str) -> bool:
    """Whether a reply says something: "TBC", "as above" or a dash explains nothing."""
    return any(c.isalnum() for c in reply) and not rules.texts.says_nothing(reply)


def cover_text(covers: Iterable[Cover]) -> str:
    """The problems that a query gathers, as the ledger keeps them beside what the marked-up return showed."""
    return json.dumps([list(c) for c in covers], ensure_ascii=False, separators=(",", ":"))


def shown(base: Mapping[Slot, Value]) -> tuple[Cover, ...]:
    """The problems that the queries of a marked-up return gathered, from what it showed; () for any other file."""
    told = (v for (form, _, name), v in base.items() if form == QUERIES and name == COVERS and isinstance(v, str))
    return tuple(Cover(*c) for text in told for c in json.loads(text))


def decisions(standing: Mapping[Slot, Standing]) -> tuple[Decision, ...]:
    """Every decision that stands, in the order of the queries they name."""
    rows: dict[str, dict[str, Standing]] = {}
    for (form, key, name), s in standing.items():
        if form == DECISIONS:
            rows.setdefault(key, {})[name] = s

    def said(row: Mapping[str, Standing], name: str) -> str:
        return str(row[name].value) if name in row else ""

    def day(row: Mapping[str, Standing], name: str) -> date | None:
        value = row[name].value if name in row else None
        return value if isinstance(value, date) else None

    return tuple(
        Decision(
            key, said(row, "decision"), said(row, "value"), day(row, "until"), said(row, "reason"), said(row, "agreed_by"),
            row["decision"], row.get("value"),
        )
        for key, row in sorted(rows.items())
        if "decision" in row
    )  # fmt: skip


def replies(asked: Asked) -> Iterable[tuple[Standing, tuple[Cover, ...]]]:
    """Every reply that explains something, with the single problems that it is about.

    These are what the query gathered when the marked-up return that asked it was issued, else what it gathers now.
    """
    by_reference = asked.by_reference
    for (form, key, name), standing in asked.standing.items():
        if form == QUERIES and name == "reply" and explains(str(standing.value)):
            told = next((t for s in asked.submissions if isinstance(t := s.base.get((QUERIES, key, COVERS)), str)), None)
            if told is not None:
                yield standing, tuple(Cover(*c) for c in json.loads(told))
            elif key in by_reference:
                yield standing, by_reference[key].problems
