"""The decisions workbook followed: what becomes of the answers that a decision is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from workflow import fields, items
from workflow.completeness import whole
from workflow.conflicts import CODES
from workflow.desk.facts import DECISIONS, Asked, Closed, Decision, decisions
from workflow.merge import InFile, Rulings
from workflow.model import (
    OFFICE,
    Answer,
    Cell,
    CellType,
    Cover,
    Finding,
    Item,
    Place,
    Severity,
    Slot,
    Standing,
    SubmissionState,
    Value,
    Waiver,
)
from workflow.wording import finding


@dataclass(slots=True)
class Followed:
    """What the decisions of a period come to. `taken` and `set_aside` are held files, by hash; `granted` are waivers for the
    periods to come; `findings` say which decisions could not be followed, and why; `why` is the decision about each cell."""

    closed: dict[tuple[str, Cover], Closed] = field(default_factory=dict)
    accepted: set[InFile] = field(default_factory=set)
    rejected: set[InFile] = field(default_factory=set)
    moved: dict[InFile, Slot] = field(default_factory=dict)
    values: dict[str, list[tuple[Slot, Standing]]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    set_aside: set[str] = field(default_factory=set)
    granted: list[Waiver] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    why: dict[InFile, Decision] = field(default_factory=dict)

    @property
    def cells(self) -> set[InFile]:
        """Every cell that a decision is about."""
        return {*self.accepted, *self.rejected, *self.moved}

    @property
    def rulings(self) -> Rulings:
        """What the merge is to make of the answers concerned."""
        return Rulings(frozenset(self.accepted), frozenset(self.rejected), self.moved, self.values)


def follow(asked: Asked) -> Followed:
    """Every decision that names something that is asked or held. One about what is settled otherwise changes nothing."""
    followed = Followed()
    by_reference = asked.by_reference
    for decision in decisions(asked.standing):
        if (f := by_reference.get(decision.key)) is not None:
            _Follower(asked, followed, decision, f).decide()
    return followed


def held_by(f: Finding, asked: Asked) -> list[tuple[str, Answer]]:
    """The answers that a stop holds, each with the hash of its file: those at its cells, or all of its rows."""
    cells = set(f.places)
    lines = {(p.file, p.sheet, line_of(p)) for p in f.places} if is_row_key(f) else set()
    return [
        (s.sha256, a)
        for s in asked.submissions
        if s.partner == f.partner
        for a in s.answers
        if a.held and (a.place in cells or (a.place.file, a.place.sheet, line_of(a.place)) in lines)
    ]


def is_row_key(f: Finding) -> bool:
    """Whether it is the key of a row that is in doubt, so that all of the row is held."""
    return f.code.startswith("row-key-")


def line_of(place: Place) -> str:
    """The number of the spreadsheet row."""
    return "".join(c for c in place.cell if c.isdigit())


@dataclass(frozen=True, slots=True)
class _Follower:
    """One decision about one finding."""

    asked: Asked
    to: Followed
    decision: Decision
    f: Finding

    def decide(self) -> None:
        stop, before = self.f.severity is Severity.STOP, self.to.cells
        match self.decision.action:
            case "Accept" | "Reject" if self.f.code in CODES:
                done, words = True, f'you decided on "{self._choose(self.decision.action == "Accept")}"'
            case "Accept":
                done, words = not stop or self._accept(self.f.suggestion), "you accepted it"
            case "Reject":
                done, words = self._reject(), "you set it aside"
            case "Use this value":
                done = self._accept(self.decision.value) if is_row_key(self.f) else self._use()
                words = f'you decided on "{self.decision.value}"'
            case _:
                done, words = self._waive(stop)
        self.to.why.update(dict.fromkeys(self.to.cells - before, self.decision))
        if done:
            why = f" ({self.decision.reason})" if self.decision.reason else ""
            for cover in self.f.problems:
                self.to.closed[self.f.partner, cover] = Closed("query-settled", "", {"decided": words + why})

    def _choose(self, later: bool) -> str:
        """Of answers that differ, the one that stands: that of the later copy, or of the one before. Returns it in words."""
        chosen: list[str] = []
        for cover in self.f.problems:
            conflict = self.asked.conflict(cover, self.f.partner)
            side = conflict.sides[-1 if later else -2]
            chosen.append(fields.show(side.value))
            self.to.rejected |= conflict.cells() - conflict.cells(side)
        return chosen[0]

    def _waive(self, stop: bool) -> tuple[bool, str]:
        d = self.decision
        if d.until is None or (stop and not self._accept(self.f.suggestion)):
            return False, ""
        self.to.granted += [
            Waiver(c.code, c.key, self.f.partner, d.reason, d.agreed_by, d.until, d.given.place) for c in self.f.problems
        ]
        return True, f"you waived it until {fields.show(d.until)}"

    def _accept(self, key: str) -> bool:
        """Take what a stop holds: the cells as they stand, a row under its right key, or the whole file."""
        if self.f.code in CODES:
            return bool(self._choose(later=True))
        if whole(self.f):
            files = {p.file for p in self.f.places}
            held = {s.sha256 for s in self.asked.submissions if s.place in files and s.partner not in ("", OFFICE)}
            self.to.taken |= held
            return bool(held) or self._cannot("decision-accept")
        answers = held_by(self.f, self.asked)
        if is_row_key(self.f):
            return self._move(answers, key)
        if not answers or any(a.value is None for _, a in answers):
            return self._cannot("decision-accept")
        self.to.accepted |= {(sha, a.place) for sha, a in answers}
        return True

    def _move(self, answers: Sequence[tuple[str, Answer]], key: str) -> bool:
        given = self.asked.given.get(self.f.partner, {})
        item = next((i for rows in given.values() for i in rows if i.form == self.f.form and i.key == key.strip()), None)
        if item is None:
            return self._cannot("decision-key", key)
        for sha, a in answers:
            self.to.moved[sha, a.place] = (self.f.form, item.key, _own_name(a.field, item, self.f.partner))
        return True

    def _reject(self) -> bool:
        if whole(self.f):
            files = {p.file for p in self.f.places}
            held = [s for s in self.asked.submissions if s.place in files and s.state is SubmissionState.HELD]
            self.to.set_aside |= {s.sha256 for s in held}
            self.to.rejected |= {(s.sha256, a.place) for s in held for a in s.answers}
        elif self.f.severity is Severity.STOP:
            self.to.rejected |= {(sha, a.place) for sha, a in held_by(self.f, self.asked)}
        else:
            slots = {self._slot(c) for c in self.f.problems}
            before = (s for s in self.asked.submissions if s.partner == self.f.partner and s.sent <= self.decision.given.sent)
            self.to.rejected |= {(s.sha256, a.place) for s in before for a in s.answers if a.slot in slots}
        return True

    def _use(self) -> bool:
        """What the coordinator entered stands instead, typed as the field wants it."""
        answers = [] if whole(self.f) or self.f.severity is not Severity.STOP else held_by(self.f, self.asked)
        slots = [a.slot for _, a in answers] or [self._slot(c) for c in self.f.problems]
        typed: list[tuple[Slot, Standing]] = []
        for slot in dict.fromkeys(slots):
            value, expected = self._typed(slot)
            if value is None:
                return self._cannot("decision-value", self.decision.value, expected)
            typed.append((slot, replace(self.decision.source, value=value, partner=self.f.partner)))
        self.to.rejected |= {(sha, a.place) for sha, a in answers}
        for cover in self.f.problems if self.f.code in CODES else ():
            self.to.rejected |= self.asked.conflict(cover, self.f.partner).cells()
        self.to.values.setdefault(self.decision.given.sha256, []).extend(typed)
        return True

    def _typed(self, slot: Slot) -> tuple[Value | None, str]:
        form, name = self.asked.forms.get(slot[0]), slot[2].partition("@")[0]
        if form is None or not form.has(name):
            return None, "an answer to one cell"
        item = self.asked.register.item(slot[1])
        choices = items.choices_for(form.field(name), item, self.asked.register)
        cell = Cell(1, 1, CellType.TEXT, self.decision.value)
        unit = item.text("unit") if item else ""
        read = fields.parse(form.field(name), cell, choices=choices, unit=unit, today=self.asked.today)
        return read.value, str(read.words.get("expected", form.field(name).kind.value))

    def _slot(self, cover: Cover) -> Slot:
        return (cover.form, cover.key, _own_name(cover.field, self.asked.register.item(cover.key), self.f.partner))

    def _cannot(self, code: str, found: str = "", expected: str = "") -> bool:
        """A decision that cannot be followed: said to the coordinator, at its cell."""
        told = f"{self.f.reference} of {self.asked.register.partner_name(self.f.partner) or 'an unknown agency'}"
        made = finding(
            code, [self.decision.given.place], partner=OFFICE, period=self.asked.period.key, form=DECISIONS, field="decision",
            found=found, asked=told, expected=expected,
        )  # fmt: skip
        self.to.findings.append(made)
        return False


def _own_name(name: str, item: Item | None, partner: str) -> str:
    """The slot's field: what another than the lead says of a row stands beside the lead's word."""
    base = name.partition("@")[0]
    return base if item is None or item.lead == partner else f"{base}@{partner}"
