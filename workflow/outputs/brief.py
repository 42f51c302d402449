"""What a board's covering letter says of its pack: counts in sentences, and what needs a decision first."""

from __future__ import annotations

from collections.abc import Mapping

from workflow import summary
from workflow.fields import mask
from workflow.letters import RagRow, RagTable
from workflow.model import Board
from workflow.outputs import counts, exceptions
from workflow.outputs.columns import rated_forms
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import title_words
from workflow.outputs.view import View
from workflow.wording import shorten

DECISIONS_LISTED = 8  # a letter is read standing up; the pack has them all


def board_words(view: View, board: Board) -> Mapping[str, object]:
    """The words of `letters.BoardLetter` that come from the pack: `headlines`, `decisions` and `rag`."""
    scope = Scope.on(view, board)
    forms = rated_forms(scope)
    everything = counts.rated(scope)
    return {
        "headlines": [*counts.headlines(scope, everything), counts.returns_words(scope)],
        "decisions": _decisions(scope),
        "rag": [table for form in forms if (table := _table(scope, form.title, everything))],
    }


def _table(scope: Scope, title: str, everything: tuple[summary.Count, ...]) -> RagTable | None:
    """One table per sheet: only the words that its own schemes use, so that unlike words never share a total."""
    own = [c for c in everything if c.group[0] == title]
    words = [w for w in counts.rag_words(scope) if any(c.counts.get(w) for c in own)]
    if not words:
        return None
    rated = [c for c in own if any(c.counts[w] for w in words)]
    return RagTable(title, tuple(words), tuple(RagRow(c.group[1], tuple(c.counts[w] for w in words)) for c in rated))


def _decisions(scope: Scope) -> list[str]:
    known = scope.register.addresses
    wanted = [
        f"{shorten(mask(title_words(e.item), known), 90)} {shorten(mask(text, known), 200)}"
        for e in exceptions.exceptions(scope)
        if (text := exceptions.decision_wanted(scope, e.item))
    ]
    more = len(wanted) - DECISIONS_LISTED
    return [*wanted[:DECISIONS_LISTED], *([f"and {more} more, on the Exceptions sheet"] if more > 0 else [])]
