"""The history of every answer: each value that a field was ever given, where it came from, and what became of it.

Worked out from the periods as they stand, like everything else: an answer that was taken back is not among them. Which run
took it back, the ledger remembers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from workflow import desk
from workflow.merge import InFile, Merged, as_issued, in_order
from workflow.model import Answer, Fate, Period, Slot, Standing, Submission, SubmissionState, Value


class How(StrEnum):
    """How a value came to be said."""

    REGISTER = "on the register"
    GIVEN = "given"
    CONFIRMED = "confirmed by No change"
    DECIDED = "decided"
    ACCEPTED = "given, and accepted by a decision"


class Outcome(StrEnum):
    """What became of a value."""

    STANDS = "stands"
    REPLACED = "replaced"
    HELD = "held"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, slots=True)
class Told:
    """One period as the history sees it: what its submissions came to. `why` is the decision about a cell."""

    period: Period
    merged: Merged
    submissions: Sequence[Submission]
    why: Mapping[InFile, desk.Decision]


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of one field. `standing` has the value, its period ("" the register's, before the first) and its place.

    `taken` says whether it ever counted: one that was held, and what a decision set aside, never did. Of a held answer that
    cannot be typed the value is what was typed. `by` is what replaced it; `before` what stood until then, where that differs.
    """

    slot: Slot
    standing: Standing
    how: How
    leaf: Submission | None = None
    taken: bool = True
    outcome: Outcome = Outcome.STANDS
    before: Value | None = None
    by: Standing | None = None
    decision: desk.Decision | None = None

    @property
    def period(self) -> str:
        """The period in which it was said."""
        return self.standing.period


class _Period:
    """One period while its entries are made."""

    def __init__(self, told: Told) -> None:
        self.told, self.final = told, told.merged.standing
        self.decisions = desk.decisions(self.final)
        # where an answer stands: one of a row whose key was put right has another slot than it was read with
        self.at: dict[InFile, Slot] = {(s.sha256, s.place): slot for slot, s in self.final.items() if not s.carried}

    def entries(self) -> Iterable[Entry]:
        """Every answer that says something, in the order in which they were sent, then what was confirmed or decided."""
        seen = set[Slot]()
        for s in in_order(self.told.submissions):
            for answer, fate in zip(s.answers, self.told.merged.fates.get(s.sha256, ()), strict=False):
                if answer.held or not as_issued(answer, s):  # what was left as it was issued is nobody's word
                    entry = self._answer(s, answer, fate)
                    seen |= {entry.slot} if _same(entry.standing, self.final.get(entry.slot)) else set()
                    yield entry
        leaves = {s.sha256: s for s in self.told.submissions if s.state is SubmissionState.MERGED}
        for slot, standing in self.final.items():
            if slot not in seen:
                how = How.CONFIRMED if standing.carried else How.DECIDED
                decision = None if standing.carried else self._deciding(standing)
                yield Entry(slot, standing, how, leaves.get(standing.sha256), decision=decision)

    def _answer(self, s: Submission, answer: Answer, fate: Fate) -> Entry:
        final, cell = self.final, (s.sha256, answer.place)
        own = final.get(answer.slot)
        stands = own is not None and (own.sha256, own.place) == cell
        slot = answer.slot if stands else self.at.get(cell, answer.slot)
        said = answer.raw if answer.value is None else answer.value
        standing = Standing(said, self.told.period.key, s.partner, answer.place, s.sha256, s.sent)
        decision = self.told.why.get(cell)
        if fate is Fate.HELD:
            return Entry(slot, standing, How.GIVEN, s, taken=False, outcome=Outcome.HELD)
        if fate is Fate.SUPERSEDED and decision and _sets_aside(decision, answer):
            return Entry(slot, standing, How.GIVEN, s, taken=False, outcome=Outcome.SET_ASIDE, decision=decision)
        if fate is Fate.SUPERSEDED and answer.held:
            return Entry(slot, standing, How.GIVEN, s, taken=False, outcome=Outcome.REPLACED)
        return Entry(slot, standing, How.ACCEPTED if answer.held else How.GIVEN, s, decision=decision if answer.held else None)

    def _deciding(self, standing: Standing) -> desk.Decision | None:
        """The decision that made a value stand."""
        cell = (standing.sha256, standing.place)
        return next((d for d in self.decisions if (d.source.sha256, d.source.place) == cell), None)


def entries(opening: Mapping[Slot, Standing], periods: Sequence[Told]) -> dict[Slot, tuple[Entry, ...]]:
    """Every value of every field, oldest first. `opening` is the register's position before the first of the periods."""
    chains = {slot: [Entry(slot, standing, How.REGISTER)] for slot, standing in opening.items()}
    for told in periods:
        final = told.merged.standing
        said: dict[Slot, list[Entry]] = {}
        for entry in _Period(told).entries():
            said.setdefault(entry.slot, []).append(entry)
        for slot, some in said.items():
            chains.setdefault(slot, []).extend(_settled(some, final.get(slot)))
    return {slot: tuple(_linked(chain)) for slot, chain in chains.items()}


def _sets_aside(decision: desk.Decision, answer: Answer) -> bool:
    """Whether a decision is against an answer: rejected, or another was accepted of those that contradict each other."""
    return decision.action == "Reject" or (decision.action == "Accept" and not answer.held)


def _settled(some: Sequence[Entry], final: Standing | None) -> list[Entry]:
    """What was said of one field in one period: what stands comes last, whichever was sent last. Where nothing stands in the
    end, as while copies contradict each other, nothing that was said ever did."""
    if final is None:
        return [replace(e, taken=False, outcome=Outcome.REPLACED) if e.taken else e for e in some]
    return sorted(some, key=lambda e: _same(e.standing, final))


def _same(one: Standing, other: Standing | None) -> bool:
    return other is not None and (one.sha256, one.place) == (other.sha256, other.place)


def _linked(chain: Sequence[Entry]) -> list[Entry]:
    """Each entry with what it replaced and what replaced it: the next value that counted and is another."""
    linked: list[Entry] = []
    counted = [(n, e.standing) for n, e in enumerate(chain) if e.taken]
    before: Value | None = None
    for n, entry in enumerate(chain):
        value = entry.standing.value
        later = next((s for m, s in counted if m > n and (s.value != value or not entry.taken)), None)
        outcome, by = entry.outcome, None
        if entry.taken or outcome is Outcome.REPLACED:
            outcome, by = (Outcome.REPLACED, later) if later else (outcome, None)
        linked.append(replace(entry, outcome=outcome, by=by, before=before if entry.taken and before != value else None))
        before = value if entry.taken else before
    return linked
