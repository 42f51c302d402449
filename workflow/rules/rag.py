"""Rules that hold RAG, status and dates against each other (domain.md A10 V07 and V08, B1)."""

from __future__ import annotations

from collections.abc import Iterable

from workflow import fields
from workflow.model import Value
from workflow.rules.dates import due, overdue
from workflow.rules.registry import Params, Problem, RowFacts, rule, text

_COLOURS = {"red": "R", "amber": "A", "yellow": "A", "green": "G", "on track": "G", "blue": "B"}
_ORDER = {"R": 0, "A": 1, "G": 2}
_TROUBLED = frozenset({"at risk", "off track"})


def colour(word: Value | None) -> str:
    """R, A, G or B for a RAG word ("Amber", "Amber – at risk"); "" for any other."""
    folded = fields.fold(word) if isinstance(word, str) else ""
    return next((letter for name, letter in _COLOURS.items() if folded.startswith(name)), "")


@rule("rag-agrees", fields=("rag", "status", "new_due", "completed_on"))
def rag_agrees(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """RAG, status and dates tell one story. At most one problem about the RAG cell, the plainest first."""
    rag, status = text(params, "rag", "rag"), text(params, "status", "status")
    problem = _against_dates(facts, rag) or _against_status(facts, rag, status) or _against_slip(facts, rag, params)
    if problem:
        yield problem
    done = text(params, "completed_on", "completed_on")
    stands = facts.stands(status)
    if facts.values.get(done) is not None and stands is not None and stands not in facts.status_complete:
        words = {"status": fields.show(stands)}
        yield Problem("completed-not-complete", done, words, fields.show(facts.values[done]))


def _against_dates(facts: RowFacts, rag: str) -> Problem | None:
    value, day = facts.values.get(rag), due(facts)
    if value is None or day is None or colour(value) != "G" or not overdue(facts):
        return None
    return Problem("rag-green-overdue", rag, {"day": fields.show(day)}, fields.show(value))


def _against_status(facts: RowFacts, rag: str, status: str) -> Problem | None:
    value, word = facts.values.get(rag), facts.values.get(status)
    if value is None or word is None:
        return None
    complete = word in facts.status_complete and colour(value) in ("R", "A")
    troubled = isinstance(word, str) and fields.fold(word) in _TROUBLED and colour(value) == "G"
    if not complete and not troubled:
        return None
    return Problem("rag-status-disagree", rag, {"status": fields.show(word)}, fields.show(value))


def _against_slip(facts: RowFacts, rag: str, params: Params) -> Problem | None:
    value, before = facts.values.get(rag), facts.previous.get(rag)
    if value is None or text(params, "new_due", "new_due") not in facts.values:
        return None
    now, then = _ORDER.get(colour(value)), _ORDER.get(colour(before))
    if now is None or then is None or now <= then:
        return None
    return Problem("rag-better-later", rag, {"before": fields.show(before)}, fields.show(value))
