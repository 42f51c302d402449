"""The Rules sheet of a return: what its answers will be checked for, sheet by sheet, from the definitions that check them.

A sheet of its own and no part of the Guide, because a sheet has one table (domain.md C1, X01) and the Guide's is the RAG key.
It is the last word on nothing: every query says by itself what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from workflow.model import Column, Form, Kind, Period, Purpose, Sheet
from workflow.rules.listing import Entry, Group, built_in, of_form, together

NAME = "Rules"
_EVERY = "Every sheet"
# Where a built-in check looks, as the first column says it.
_WHERE: Mapping[Group, str] = {
    Group.BOXES: _EVERY,
    Group.ROWS: _EVERY,
    Group.RETURN: "The whole return",
    Group.FILE: "The file",
    Group.DESK: "Your replies",
}


def rules_sheet(forms: Sequence[Form], period: Period) -> Sheet:
    """The sheet for a partner that has these forms. What is asked alike on several sheets is said once, and what only the
    coordinator is ever told is left out."""
    told = [entry for entry in _entries(forms, period) if entry.concerns_partner(period.key)]
    every = ", ".join(form.sheet for form in forms)
    rows = [(_EVERY if len(forms) > 1 and e.group == every else e.group, e.says, e.happens) for e in together(told)]
    return Sheet(
        name=NAME,
        title="Rules: what we check when your return arrives",
        lines=(
            "You need not read this first: where something is found, you are told the cell and what to enter.",
            "Held until put right: the answer is not used yet, and your earlier one stands.",
            "Taken, and asked about: the answer is used as you gave it, and we ask you about it once.",
        ),
        table="guide_rules",
        columns=(Column("Sheet", width=26), Column("What we check", Kind.LONG_TEXT, 60), Column("What happens", width=30)),
        rows=tuple(rows),
        protect=True,
        description=f"What is checked on this return for {period.label}",
    )


def _entries(forms: Sequence[Form], period: Period) -> Iterable[Entry]:
    """What is asked on the partner's own sheets, in the order of its workbook, then what holds for all of them."""
    for form in forms:
        yield from of_form(form, period.quarter, period.word)
    called = {"period_word": period.word, **_called(forms)}
    for group in Group:
        yield from (replace(entry, group=_WHERE[group]) for entry in built_in(group, called))


def _called(forms: Sequence[Form]) -> Mapping[str, str]:
    """What these forms call "no change", a nil return and the sheet of the sign-off."""
    unchanged = next((form.field("no_change").heading for form in forms if form.has("no_change")), "")
    about = next((form for form in forms if form.purpose == Purpose.ABOUT), None)
    nil = about.field("nil_return").heading if about and about.has("nil_return") else ""
    words = {"no_change": unchanged, "nil": nil, "about": about.sheet if about else ""}
    return {name: word for name, word in words.items() if word}
