"""Which promise an outcome belongs to: only its words can say, so most often it belongs to the whole section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow import fields
from workflow.promises.matching import called
from workflow.promises.pieces import Piece
from workflow.promises.words import Common, Terms

# From trials with real tables: above this, and so far ahead of the next promise, no outcome stood beside a wrong one.
_CLEAR, _AHEAD = 2.1, 1.3
_NAMED = 0.6  # enough to tell a person where to look


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an outcome belongs: the place of a promise, -1 for the whole section; and why."""

    promise: int
    why: str


def place(promises: Sequence[Piece], answers: Sequence[Sequence[Piece]], outcomes: Sequence[Piece]) -> list[Placing]:
    """Where each outcome belongs. `answers` are the replies that stand beside each promise, whose words speak for it too."""
    rows = [Terms.of("\n".join((p.whole, *(r.whole for r in told)))) for p, told in zip(promises, answers, strict=True)]
    asked = [Terms.of(p.whole) for p in promises]
    ends = [Terms.of(o.whole) for o in outcomes]
    common = Common.among((*rows, *ends))
    placed = []
    for end in ends:
        fits = [common.fit(row, end) + common.fit(own, end) for row, own in zip(rows, asked, strict=True)]
        order = sorted(range(len(fits)), key=lambda i: (-fits[i], i))
        if not order or fits[order[0]] < _NAMED:
            placed.append(Placing(-1, "No promise has telling words in common with it."))
            continue
        best, second = order[0], fits[order[1]] if len(order) > 1 else 0.0
        told = fields.listed([f"“{rows[best].word(term)}”" for term, _ in common.shared(rows[best], end)[:4]], "and")
        if fits[best] >= _CLEAR and fits[best] >= second * _AHEAD:
            placed.append(Placing(best, f"The outcome also speaks of {told}."))
        else:
            near = f"The nearest is {called(promises[best], best)}: both speak of {told}."
            placed.append(Placing(-1, f"No promise fits its words clearly better than the others. {near}"))
    return placed
