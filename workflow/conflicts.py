"""Conflicts: different answers to one cell, in copies of a return that were made side by side.

A later copy *corrects* an earlier one where it came from the same sender, where what it was issued with already showed the
earlier answer, or where it builds on the earlier copy. Otherwise neither knew of the other. Nobody then can tell which answer
is right, so both are named until a person says.

All of it is a function of the period's submissions, in the order in which they were sent: nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from workflow import fields
from workflow.merge import NO_RULINGS, InFile, Rulings, as_issued, in_order
from workflow.model import (
    OFFICE,
    Answer,
    Cover,
    Finding,
    Form,
    Kind,
    Place,
    Register,
    Slot,
    Submission,
    SubmissionState,
    Value,
    mark_of,
)
from workflow.validate import SPARE
from workflow.wording import Masked, finding, shorten

ASKED, HELD = "conflict", "conflict-held"  # the codes: the later stands for now, or neither does
CODES = (ASKED, HELD)
_DECIDES = (Kind.CHOICE, Kind.YES_NO)  # on the sheet About, who signed and when is said of each copy by itself


@dataclass(frozen=True, eq=False)
class Copy:
    """One file that was merged, with the answers in it that count: typed, not held, not left as they were issued.

    `answered` has every cell of it that is not blank, with None where nothing could be made of it. `asked` are the cells that
    it showed as in conflict, so that what it says there settles them.
    """

    submission: Submission
    edits: Mapping[Slot, Answer]
    answered: Mapping[Slot, Value | None]
    asked: frozenset[Slot]

    def same_sender(self, other: Copy) -> bool:
        """Whether one hand sent both: the same address, or the office, whose trackers come from nobody else."""
        mine, theirs = self.submission, other.submission
        if mine.partner == theirs.partner == OFFICE:
            return True
        return bool(mine.sender) and mine.sender.casefold() == theirs.sender.casefold()

    def after(self, other: Copy) -> bool:
        """Whether it was sent later, and not only sorted later among those of the same moment."""
        return self.submission.sent > other.submission.sent

    @cached_property
    def covered(self) -> frozenset[Slot]:
        """The cells of which whoever filled it in saw what had been answered."""
        return frozenset(plain(slot) for slot in self.submission.base) | self.asked

    def knew(self, other: Copy, slot: Slot) -> bool:
        """Whether it was issued when the other was in: it showed the other's answer here, or another in this cell beside what
        else the other had answered."""
        base = self.submission.base
        mine = other.edits[slot].value
        if slot in base and base[slot] == mine:
            return True
        also = any(s != slot and base.get(s) == a.value for s, a in other.edits.items())
        return slot in base and also and self.covered >= {plain(s) for s in other.edits}

    def builds_on(self, other: Copy) -> bool:
        """Whether it answers every cell that the other answers, and mostly the same: it was made from the other."""
        if not self.answered.keys() >= other.edits.keys():
            return False
        agreed = sum(1 for slot, a in other.edits.items() if self.answered[slot] == a.value)
        return agreed >= len(other.edits) - agreed

    def corrects(self, other: Copy, slot: Slot) -> bool:
        """Whether what it says in a cell was said in the place of what the other had said."""
        if self.submission.sha256 == other.submission.sha256 or self.knew(other, slot):
            return True
        return self.after(other) and (self.same_sender(other) or self.builds_on(other))


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values of a cell in conflict, and the copies that say it, the latest last."""

    value: Value
    copies: tuple[Copy, ...]

    def latest(self, slot: Slot) -> tuple[Submission, Answer]:
        """Where it was said last."""
        copy = self.copies[-1]
        return copy.submission, copy.edits[slot]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell to which copies made side by side give different answers. The last of its sides was sent last."""

    slot: Slot
    sides: tuple[Side, ...]

    @property
    def partner(self) -> str:
        """Whose cell it is: that of the agency, also where the other side is the office's own edit."""
        partners = [c.submission.partner for side in self.sides for c in side.copies]
        return next((p for p in partners if p != OFFICE), OFFICE)

    def cells(self, side: Side | None = None) -> frozenset[InFile]:
        """The cells of the files in which it is said: of one side, or of all."""
        sides = self.sides if side is None else (side,)
        return frozenset((c.submission.sha256, c.edits[self.slot].place) for s in sides for c in s.copies)


def find(
    submissions: Sequence[Submission],
    forms: Mapping[str, Form],
    asked: Mapping[str, frozenset[Slot]],
    rulings: Rulings = NO_RULINGS,
) -> tuple[Conflict, ...]:
    """The conflicts of a period that are not settled, in the order in which their cells were first answered.

    `asked` gives, by the hash of a submission, the cells (`plain`) that its copy showed as in conflict.
    """
    live: dict[Slot, list[Copy]] = {}
    for submission in in_order(submissions):
        if submission.state is SubmissionState.MERGED and submission.partner:
            copy = _copy(submission, forms, asked.get(submission.sha256, frozenset()), rulings)
            for slot in copy.edits:
                if _contested(slot, forms):
                    live[slot] = _after(live.get(slot, []), copy, slot)
        for slot, _ in rulings.values.get(submission.sha256, ()):
            live[slot] = []  # decided: what is said later stands by itself
    found = (Conflict(slot, _sides(copies, slot)) for slot, copies in live.items())
    return tuple(c for c in found if len(c.sides) > 1)


def _copy(submission: Submission, forms: Mapping[str, Form], asked: frozenset[Slot], rulings: Rulings) -> Copy:
    counted = [rulings.on(submission.sha256, a) for a in submission.answers]
    own = [a for a in counted if a.key and a.form in forms and (submission.sha256, a.place) not in rulings.rejected]
    edits = {a.slot: a for a in own if not a.held and a.value is not None and not as_issued(a, submission)}
    answered = {a.slot: None if a.held else a.value for a in own}
    return Copy(submission, edits, answered, asked)


def plain(slot: Slot) -> Slot:
    """The cell as its workbook has it, whoever says something in it."""
    return (*slot[:2], slot[2].partition("@")[0])


def _contested(slot: Slot, forms: Mapping[str, Form]) -> bool:
    """Whether copies can be in conflict about a cell."""
    form, name = forms[slot[0]], slot[2].partition("@")[0]
    return form.layout == "table" or (form.has(name) and form.field(name).kind in _DECIDES)


def _after(live: Sequence[Copy], new: Copy, slot: Slot) -> list[Copy]:
    """Who says something in a cell that nobody has corrected, once another copy has come."""
    value = new.edits[slot].value
    same = [c for c in live if c.edits[slot].value == value]
    others = [side for side in _sides(live, slot) if side.value != value]
    copies = [c for side in others for c in side.copies]
    # One who says something new of a cell has taken back what he said of it; with that the conflict is settled, too.
    if plain(slot) in new.asked or any(new.same_sender(c) and new.after(c) for c in copies):
        return [*same, new]
    kept = [*same, *(c for s in others if not any(new.corrects(c, slot) for c in s.copies) for c in s.copies)]
    return [*(c for c in live if c in kept), new]


def _sides(copies: Iterable[Copy], slot: Slot) -> tuple[Side, ...]:
    """The values that copies give, those said last at the end."""
    sides: list[Side] = []
    for copy in copies:
        value = copy.edits[slot].value
        known = next((s for s in sides if s.value == value), None)
        if known:
            sides.remove(known)
        if value is not None:
            sides.append(Side(value, (*(known.copies if known else ()), copy)))
    return tuple(sides)


# --- new rows that came twice


def same_rows(
    submissions: Sequence[Submission], forms: Mapping[str, Form], register: Register, rulings: Rulings = NO_RULINGS
) -> dict[tuple[str, str], tuple[Copy, ...]]:
    """New rows, by form and key, that two copies made side by side have in the same words: each is one row, and told of."""
    copies: list[Copy] = []
    found: dict[tuple[str, str], tuple[Copy, ...]] = {}
    for submission in in_order(submissions):
        if submission.state is not SubmissionState.MERGED or submission.partner in ("", OFFICE):
            continue
        copy = _copy(submission, forms, frozenset(), rulings)
        for row in dict.fromkeys(slot[:2] for slot in copy.edits if is_new(slot, copy.submission, register)):
            others = [c for c in copies if c.submission.partner == submission.partner and _row(c, row)]
            found.pop(row, None)  # one that knew of all the others ends it
            apart = [c for c in others if not (copy.builds_on(c) or (copy.same_sender(c) and copy.after(c)))]
            if apart and all(_row(c, row) == _row(copy, row) for c in others):
                found[row] = (*others, copy)
        copies.append(copy)
    return found


def is_new(slot: Slot, submission: Submission, register: Register) -> bool:
    """Whether a row is one that its partner added in this period, on a spare row."""
    own = f"{submission.partner}-{submission.period}-"
    return slot[1].startswith(own) and register.item(slot[1]) is None


def _row(copy: Copy, row: tuple[str, str]) -> dict[str, Value | None]:
    return {slot[2]: a.value for slot, a in copy.edits.items() if slot[:2] == row}


# --- what is told of them


@dataclass(frozen=True, slots=True)
class Teller:
    """Says conflicts in words: to the agency whose cell it is, with what, from whom and when."""

    register: Register
    forms: Mapping[str, Form]
    period: str
    both: bool = False  # the register's policy: hold both

    def conflicts(self, found: Iterable[Conflict]) -> tuple[Finding, ...]:
        """The query about each, or, where neither answer is used for now, the stop. A new row that differs is one cause."""
        groups: dict[Slot, list[Conflict]] = {}
        for c in found:
            groups.setdefault((*c.slot[:2], "") if self._is_new(c) else c.slot, []).append(c)
        return tuple(self._finding(group) for group in groups.values())

    def _is_new(self, c: Conflict) -> bool:
        return any(is_new(c.slot, copy.submission, self.register) for side in c.sides for copy in side.copies)

    def _finding(self, group: Sequence[Conflict]) -> Finding:
        first = group[0]
        form, key, name = self.forms[first.slot[0]], first.slot[1], plain(first.slot)[2]
        alone = len(group) == 1
        latest = {c.slot: [side.latest(c.slot) for side in reversed(c.sides)] for c in group}  # what stands for now first
        stands = self._said(latest[first.slot][0][1])
        sides = [self._side(*side.latest(first.slot)) for side in first.sides]
        made = finding(
            HELD if self.both else ASKED,
            [found[0][1].place for found in latest.values()],
            heading=form.field(name).heading if alone else "",
            item=self._label(key, first.partner) if form.layout == "table" else "",
            partner=first.partner,
            period=self.period,
            items=(key,),
            form=form.name,
            field=name if alone else "",
            found=stands,
            values=Masked(" and ".join([", ".join(sides[:-1]), sides[-1]]) + ("" if alone else ", and so on in this row")),
            stands=Masked(f'"{shorten(stands)}"'),
            besides=" If they are two rows, put the other on a spare row of its own." if self._is_new(first) else "",
        )
        places = tuple(dict.fromkeys(a.place for found in latest.values() for _, a in found))
        return replace(made, places=places, covers=tuple(self._cover(made.code, c) for c in group))

    @staticmethod
    def _cover(code: str, c: Conflict) -> Cover:
        """The problem by itself: the same for as long as the values and their order are."""
        return Cover(code, *plain(c.slot), mark_of("\n".join(fields.show(side.value) for side in c.sides)))

    def _side(self, s: Submission, a: Answer) -> str:
        office = self.register.partner_name(OFFICE) if s.partner == OFFICE else ""
        return f'"{shorten(self._said(a))}" ({office or s.sender or fields.mask(s.title)}, {when(s.sent)})'

    def _said(self, answer: Answer) -> str:
        """What was said, masked here because the senders, which are what this is about, are not."""
        return fields.mask(" ".join(fields.show(answer.value).split()), self.register.addresses)

    def _label(self, key: str, partner: str) -> str:
        """What the row is called: its reference, or the spare row that it stands on."""
        if item := self.register.item(key):
            return item.label
        own = f"{partner}-{self.period}-"
        return f"{SPARE}{key.rpartition('-')[2]}" if key.startswith(own) else key

    def same_row(self, row: tuple[str, str], copies: Sequence[Copy]) -> Finding:
        """The note that a new row came in two copies and was taken once."""
        places: list[Place] = []
        for copy in copies:
            places += [next(a.place for slot, a in copy.edits.items() if slot[:2] == row)]
        partner = copies[0].submission.partner
        made = finding(
            "row-sent-twice",
            places[:1],
            item=self._label(row[1], partner),
            partner=partner,
            period=self.period,
            items=(row[1],),
            form=row[0],
            files=" and ".join(dict.fromkeys(c.submission.title for c in copies)),
        )
        return replace(made, places=tuple(dict.fromkeys(places)))


def when(sent: str) -> str:
    """A moment as people say it: "16 Oct 2023 at 10:00 UTC"; the day alone where that is all that is known."""
    moment = datetime.fromisoformat(sent.removesuffix("Z"))
    time = f" at {moment:%H:%M}{' UTC' if sent.endswith('Z') else ''}" if "T" in sent else ""
    return f"{fields.show(moment.date())}{time}"
