"""Putting right what was found: the remedy typed into the marked-up copy, word for word, or a reply, and the copy sent back.

Where a message names more than one way, each of them is gone by itself: `otherwise` reads them from the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from tests.faults import desk
from tests.faults.answers import Box, Typed
from tests.faults.desk import Received
from tests.faults.measure import Case, seed
from tests.faults.typing_in import addresses, type_in
from workflow.model import Finding, Submission
from workflow.pipeline.book import Made

# What is noted of every file that changes an earlier one.
INHERENT = frozenset({"resubmission"})
REPLY = "Your reply"
EXPLAINED = "query-explained"
_REASON = "The reason is known: a new source was counted for the first time. The figure was checked and is right."
# What is typed in the boxes in which a row is said to be done.
_DONE: Mapping[str, object] = {
    "No change this quarter": "No", "Status now": "Complete", "RAG now": "Green", "Evidence or link": "Minutes of December",
    "Progress this quarter": "The training was held at every counter.", "Completed on": date(2023, 12, 12),
}  # fmt: skip
# What sentences say to do besides correcting the cell, and what is then typed, by heading.
_WAYS: tuple[tuple[str, Callable[[re.Match[str]], Mapping[str, object]]], ...] = (
    (r"say so under (.+?)\.", lambda m: {heading: _DONE[heading] for heading in re.split(", | and ", m[1])}),
    (r"choose Yes under (.+?)\.", lambda m: {m[1]: "Yes"}),
    (r"[Ss]ay [^.]*(?:in|under) (Comment on the figure)", lambda m: {m[1]: _REASON}),
    (r'choose No under "(.+?)" and say why', lambda m: {m[1]: "No", "Why not published": "Paragraph 2"}),
    (r"choose the reason (?:why|under)", lambda _: {"No figure because": "Not yet due"}),
    (r"choose what else happens", lambda _: {"What happens next year": "Continue"}),
)


def put_right(case: Case) -> list[Finding]:
    """What is told after everything was put right: in the marked-up copy, or in a fresh template where none can be made."""
    own, made = _marked(case)
    if made is None or any(f.resend for f in case.faults):
        return _after(case, own, desk.filled(case.partner, case.period))
    typed = {b: v for f in case.faults for b, v in (f.remedy or {}).items()}
    if any(f.reply for f in case.faults):
        typed.update(_replies(made.data, "The value is right, please clear the other."))
    return _after(case, own, type_in(made.data, typed), made)


def otherwise(case: Case) -> Iterator[tuple[str, list[Finding]]]:
    """Each other way that the message of a fault names, and what is told after it was gone in the marked-up copy."""
    (fault,) = case.faults
    own, made = _marked(case)
    if made is None or fault.resend:
        return
    told = desk.told(case.period, [*own, *desk.others(case.partner, case.period)])
    found = next(f for f in told if f.code == fault.code and f.partner == case.partner)
    boxes = [at if isinstance(at, tuple) else at.box for at in fault.expects[0].at]
    rows = dict.fromkeys(box[:2] for box in boxes if box[1])
    for pattern, typing in _WAYS:
        match = re.search(pattern, found.remedy)
        if match and rows:
            where = list(rows)[:1] if "one of these rows" in found.remedy else rows
            typed = {(sheet, key, heading): value for sheet, key in where for heading, value in typing(match).items()}
            yield match[0], _after(case, own, type_in(made.data, typed), made)


def untouched(case: Case) -> list[Finding]:
    """What is told after the marked-up copy came back as it went out."""
    own, made = _marked(case)
    assert made, f"no marked-up copy was made for {case.name}"
    return _after(case, own, made.data, made)


def replied(case: Case, words: str) -> list[Finding]:
    """What is told after each query was answered beside it, on the Queries sheet of the marked-up copy."""
    own, made = _marked(case)
    assert made, f"no marked-up copy was made for {case.name}"
    return _after(case, own, type_in(made.data, _replies(made.data, words)), made)


def _replies(data: bytes, words: str) -> Typed:
    where: Mapping[Box, tuple[str, str]] = addresses(data)
    return {box: words for box in where if box[0] == "Queries" and box[1] and box[2] == REPLY}


def _marked(case: Case) -> tuple[list[Submission], Made | None]:
    received, _ = seed(case)
    own = [s for r in received for s in desk.read(r)]
    return own, desk.marked(case.period, [*own, *desk.others(case.partner, case.period)], case.partner)


def _after(case: Case, own: Sequence[Submission], data: bytes, made: Made | None = None) -> list[Finding]:
    sent = desk.saved(data, case.period, minute=45)
    back = desk.read(Received("sent back.xlsx", sent, case.period, base=made.cells if made else None))
    told = desk.told(case.period, [*own, *back, *desk.others(case.partner, case.period)])
    return [f for f in told if f.code not in INHERENT and not (f.code == EXPLAINED and any(x.reply for x in case.faults))]
