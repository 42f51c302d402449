"""Replies and outcomes set beside the promises that they answer, each with how, how sure and why.

By number, where both lists have numbers; by order, where both have as many entries; by words in common otherwise. Whatever
brought two together, their words are looked at: a reply that may be meant for another promise is never asserted, nor is the
pair of that other promise; and a list in which replies fit another promise better more than now and then vouches for none of
its pairs that no words support.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.model import Confidence
from workflow.promises import outcomes as ends
from workflow.promises.matching import Match, Matcher, called
from workflow.promises.pieces import Piece

NO_REPLY, NO_PROMISE = "no reply found", "reply with no promise"
STEM, SECTION = "introduces the list", "outcome of the whole section"


@dataclass(frozen=True, slots=True)
class Pair:
    """One promise with what answers it; or a reply, an outcome or an introducing line that has no promise.

    `doubt` orders a review within one confidence, the most doubtful first: 0 is none, 1 the most. `outcomes_sure` is how
    sure it is that the outcomes belong here, None where there are none.
    """

    promise: Piece | None
    replies: tuple[Piece, ...]
    outcomes: tuple[Piece, ...]
    how: str
    confidence: Confidence
    why: str
    doubt: float = 0.0
    outcomes_sure: Confidence | None = None


def pair(
    promises: Sequence[Piece], replies: Sequence[Piece], outcomes: Sequence[Piece] = (), *, apart: bool = False
) -> tuple[Pair, ...]:
    """Every promise in its order, then the replies and outcomes that have none. Each piece stands in exactly one pair.

    The pieces are those of `split_entries` (outcomes: `split_outcomes`). Lines that only introduce a list come first.
    `apart` says that the lists do not stand side by side in one row, so that only the layout brings them together.
    """
    matcher = Matcher.of([p for p in promises if not p.stem], [r for r in replies if not r.stem], apart=apart)
    matches = matcher.matches()
    results = [o for o in outcomes if not o.stem]
    answers = [[matcher.replies[j] for j in (matches[m.together] if m.together >= 0 else m).replies] for m in matches]
    placed = ends.place(matcher.promises, answers, results)
    stems = [
        *(_stem(p, (), ()) for p in promises if p.stem),
        *(_stem(None, (r,), ()) for r in replies if r.stem),
        *(_stem(None, (), (o,)) for o in outcomes if o.stem),
    ]
    told = [[(o, p.why) for o, p in zip(results, placed, strict=True) if p.promise == n] for n in range(len(matches))]
    asked = [_asked(matcher, n, match, told[n]) for n, match in enumerate(matches)]
    used = {j for match in matches for j in match.replies}
    extra = [_unasked(matcher, j) for j in range(len(matcher.replies)) if j not in used]
    section = [_of_section(o, p.why) for o, p in zip(results, placed, strict=True) if p.promise < 0]
    return (*stems, *asked, *extra, *section)


def _asked(matcher: Matcher, n: int, match: Match, results: Sequence[tuple[Piece, str]]) -> Pair:
    replies = tuple(matcher.replies[j] for j in match.replies)
    how, why = match.how, match.why
    if match.together >= 0:
        other = called(matcher.promises[match.together], match.together)
        how, why = f"answered together with {other}", f"One reply is marked for both; it stands beside {other}."
    elif not replies:
        how = NO_REPLY
    why = " ".join((why, *(told for _, told in results)))
    sure = Confidence.LIKELY if results else None
    return Pair(matcher.promises[n], replies, tuple(o for o, _ in results), how, match.confidence, why, match.doubt, sure)


def _unasked(matcher: Matcher, j: int) -> Pair:
    near, fit = matcher.nearest_promise(j)
    words = matcher.words_in_common(near, j) if fit else ""
    told = f" It shares {words} with promise {called(matcher.promises[near], near)}." if words else ""
    why = f"No promise has its number, or fits its words well enough.{told}"
    return Pair(None, (matcher.replies[j],), (), NO_PROMISE, Confidence.CHECK, why, 0.8)


def _stem(promise: Piece | None, replies: tuple[Piece, ...], outcomes: tuple[Piece, ...]) -> Pair:
    why = "It stands before the list and asks for nothing itself."
    return Pair(promise, replies, outcomes, STEM, Confidence.LIKELY, why, 0.2, Confidence.LIKELY if outcomes else None)


def _of_section(outcome: Piece, why: str) -> Pair:
    return Pair(None, (), (outcome,), SECTION, Confidence.LIKELY, why, 0.35, Confidence.LIKELY)
