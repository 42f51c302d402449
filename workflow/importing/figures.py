"""Numbers in texts as measures that could be kept: proposals only, left out unless a person takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflow.importing.naming import Keys
from workflow.importing.texts import Texts
from workflow.importing.values import LEAVE_OUT, Proposal, Written
from workflow.model import Confidence

_READ = ("opening_progress", "opening_outcome", "detail")
_ASKED = "A number in a text. Take it only if it is to be reported each time; then say what it counts and which way is better."


def figures(items: Sequence[Proposal], keys: Keys, texts: Texts) -> Iterator[Proposal]:
    """A measure for each figure in the texts of the rows, with what the text says of its period, kind and unit."""
    for item in items:
        told: set[tuple[str, str]] = set()
        for name in _READ:
            for found in texts.figures(str(item.values.get(name, ""))):
                if (found.sentence, found.title) in told:
                    continue  # the same words once more
                told.add((found.sentence, found.title))
                plan = item.values.get("plan", "")
                values = {
                    "key": keys.next(f"M-{plan}-"), "plan": plan, "theme": item.values.get("theme", ""),
                    "title": found.title, "lead": item.values.get("lead", ""), **found.values,
                }  # fmt: skip
                written = (Written(str(item.values.get("ref") or item.values.get("key", "")), found.sentence),)
                yield Proposal(
                    "measures", {n: v for n, v in values.items() if v != ""}, Confidence.CHECK, (_ASKED, *found.asked), written,
                    decision=LEAVE_OUT, doubt=found.doubt,
                )  # fmt: skip
