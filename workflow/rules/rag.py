"""Rules that hold RAG, status and dates against each other (domain.md A10 V07 and V08, B1)."""

from __future__ import annotations

from collections.abc import Iterable

from workflow import fields
from workflow.model import Value
from workflow.rules.dates import done, due, overdue
from workflow.rules.registry import Params, Problem, RowFacts, rule, text

_COLOURS = {"red": "R", "amber": "A", "yellow": "A", "green": "G", "on track": "G", "blue": "B"}
ORDER = {"R": 0, "A": 1, "G": 2}
TROUBLED = frozenset({"at risk", "off track"})


def colour(word: Value | None) -> str:
    """R, A, G or B for a RAG word ("Amber", "Amber – at risk"); "" for any other."""
    folded = fields.fold(word) if isinstance(word, str) else ""
    return next((letter for name, letter in _COLOURS.items() if folded.startswith(name)), "")


@rule(
    "rag-agrees", fields=("rag", "status", "new_due", "completed_on"),
    codes=("rag-green-overdue", "rag-status-disagree", "rag-better-later", "completed-not-complete",), v=("V07", "V08"),
    reads=("status",),
    says="{rag|rag}, {status|status} and the dates agree: nothing overdue is Green, nothing complete is Red or Amber.",
)
def rag_agrees(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """RAG, status and dates tell one story. At most one problem about the RAG cell, the plainest first."""
    rag, status = text(params, "rag", "rag"), text(params, "status", "status")
    problem = _against_dates(facts, rag) or _against_status(facts, rag, status) or _against_slip(facts, rag, params)
    if problem:
        yield problem
    ended = text(params, "completed_on", "completed_on")
    stands = None if _awaited(facts, status) else facts.stands(status)
    if facts.values.get(ended) is not None and stands is not None and stands not in facts.status_complete:
        words = {"status": fields.show(stands), "done": done(facts, but=ended)}
        yield Problem("completed-not-complete", ended, words, fields.show(facts.values[ended]))


def _awaited(facts: RowFacts, status: str) -> bool:
    """Whether a status is blank that the form wants: it is asked for itself, and what goes with it follows."""
    wanted = facts.form.has(status) and facts.form.field(status).required
    return wanted and facts.blank(status) and facts.values.get("no_change") is not True


def rag_asked(facts: RowFacts) -> bool:
    """Whether `rag-agrees`, as the form uses it, asks already why the RAG is as good as it is."""
    for use in facts.form.rules:
        if use.name == "rag-agrees":
            rag, status = text(use.params, "rag", "rag"), text(use.params, "status", "status")
            if _against_dates(facts, rag) or _against_status(facts, rag, status):
                return True
    return False


def _against_dates(facts: RowFacts, rag: str) -> Problem | None:
    value, day = facts.values.get(rag), due(facts)
    if value is None or day is None or colour(value) != "G" or not overdue(facts):
        return None
    return Problem("rag-green-overdue", rag, {"day": fields.show(day), "done": done(facts)}, fields.show(value))


def _against_status(facts: RowFacts, rag: str, status: str) -> Problem | None:
    value, word = facts.values.get(rag), facts.values.get(status)
    if value is None or word is None:
        return None
    complete = word in facts.status_complete and colour(value) in ("R", "A")
    troubled = isinstance(word, str) and fields.fold(word) in TROUBLED and colour(value) == "G"
    if not complete and not troubled:
        return None
    return Problem("rag-status-disagree", rag, {"status": fields.show(word)}, fields.show(value))


def _against_slip(facts: RowFacts, rag: str, params: Params) -> Problem | None:
    value, before = facts.values.get(rag), facts.previous.get(rag)
    new_due = text(params, "new_due", "new_due")
    if value is None or facts.values.get(new_due) in (None, facts.previous.get(new_due)):  # the same date again is no slip
        return None
    if facts.stands(text(params, "status", "status")) in (*facts.status_complete, *facts.status_closed):
        return None  # it is over, and nothing of it is later
    now, then = ORDER.get(colour(value)), ORDER.get(colour(before))
    if now is None or then is None or now <= then:
        return None
    return Problem("rag-better-later", rag, {"before": fields.show(before)}, fields.show(value))
