"""Every sentence of every finding, in one place (design.md section 9).

A finding is addressed to the person who can act: where, what we found, what to do, and a suggestion if there is a near
one. The code is never shown first. To add one, add a line to `WORDS` of the module of its subject. What a partner typed is
quoted with personal data masked, because findings go into letters, logs and the terminal (domain.md B9).
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.fields import mask
from workflow.model import Finding, Place, Severity, cut_of
from workflow.wording import cells, desk, files, forms, returns, rules

# code -> (severity, what we found, what to do). Both parts are str.format templates over the words given to `finding`.
# The found part follows "Actions, cell H9 (RAG now for 1.3.1): " and so starts in lower case.
WORDS: dict[str, tuple[Severity, str, str]] = {
    **cells.WORDS, **files.WORDS, **returns.WORDS, **desk.WORDS, **forms.WORDS, **rules.WORDS,
}

# What these quote is our own register or settings, or the address that a file came from, which is what they are about.
_AS_IT_STANDS = frozenset({*forms.WORDS, "identity-sender", "sender-unknown", "decisions-sender"})


# What a period, a row and a return's own boxes are called, and what else to do, where a finding does not say it.
USUAL = {
    "period_word": "quarter", "one": "measure", "no_change": "No change this quarter", "comments": "Comments to the coordinator",
    "lead_changes": "Changes of lead or contact", "unless": ", or choose Yes under No change this quarter",
    "otherwise": " If nothing changed, choose Yes under No change this quarter.", "aside": "",
    "done": "say so under Status now and what goes with it",
}  # fmt: skip


class Masked(str):
    """Words that were masked where they were made: an address among them is one that they are about."""

    __slots__ = ()


def where(places: Sequence[Place], heading: str = "", item: str = "") -> str:
    """The start of a message: "Actions, cells H9 and H12 (RAG now for 1.3.1)"; "" where there is no place."""
    text = ""
    if places:
        text = places[0].sheet or places[0].file
        cells = [p.cell for p in places if p.cell]
        if len(cells) == 1:
            text += f", cell {cells[0]}"
        elif cells:
            text += f", cells {first_few(cells, 6)}"
    about = f"{heading} for {item}" if heading and item else heading or item
    if about:
        text = f"{text} ({about})" if text else about
    return text


def bare(message: str, place: str) -> str:
    """A message that begins with a place, without it: for where the place stands beside it."""
    said = message.removeprefix(f"{place}: ")
    return f"{said[:1].upper()}{said[1:]}"


def finding(  # noqa: PLR0913 - a finding has this many independent parts; every one is optional but the code
    code: str,
    places: Sequence[Place] = (),
    *,
    heading: str = "",
    item: str = "",
    partner: str = "",
    period: str = "",
    items: tuple[str, ...] = (),
    form: str = "",
    field: str = "",
    found: str = "",
    suggestion: str = "",
    **words: object,
) -> Finding:
    """Make a finding in the house style. `code` must be in `WORDS` (KeyError otherwise: our mistake).

    `found` is what stands there, as the person typed it, quoted here. `item` is what people call the row
    ("1.3.1"), `heading` the field's heading, `items` the keys concerned. Other words fill the templates. Personal data is
    masked in all that may repeat what was typed: `found`, `suggestion`, a row key that is not ours, and the other words.
    """
    severity, what, remedy = WORDS[code]
    if code not in _AS_IT_STANDS:
        found, suggestion = mask(" ".join(found.split())), mask(suggestion)
        words = {n: mask(word) if isinstance(word, str) and not isinstance(word, Masked) else word for n, word in words.items()}
        items = tuple(mask(key) for key in items) if code.startswith("row-key-") else items
    quoted = f'"{shorten(found)}"' if found else "nothing"
    values = {**USUAL, "period_word": cut_of(period).word, **words, "found": quoted}
    start = where(places, heading, item)
    said = what.format_map(values)
    done = remedy.format_map(values)
    message = f"{start}: {said}. {done}" if start else f"{said[:1].upper()}{said[1:]}. {done}"
    if suggestion:
        message += f" Did you mean {suggestion}?"
    return Finding(
        code=code, severity=severity, message=message.strip(), places=tuple(places), partner=partner, period=period,
        items=items, form=form, field=field, found=found, remedy=done, suggestion=suggestion,
    )


def first_few(labels: Sequence[str], limit: int) -> str:
    """"1.1, 1.2 and 3 more": at most `limit` of them by name."""
    return ", ".join(labels[:limit]) + (f" and {len(labels) - limit} more" if len(labels) > limit else "")


def shorten(text: str, limit: int = 80) -> str:
    """One line of at most `limit` characters, for quoting inside a message."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
