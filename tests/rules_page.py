"""docs/rules.md, made from the forms and the rules: `pytest tests/test_rules_listing.py --regenerate` writes it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from workflow.model import Form
from workflow.rules import listing
from workflow.wording import USUAL, WORDS

_INTRO = """# What is checked

Everything that is asked of a return, form by form, and what is said where it is not so. This page is made from the forms, the
rules and the sentences themselves (`pytest tests/test_rules_listing.py --regenerate`): change those, not the page. The *Rules*
sheet of each partner's workbook has the part of it that concerns them.

What can happen:

- **Held until put right**: the answer is not used. The earlier one stands until the partner corrects it or the coordinator
  decides.
- **Taken, and asked about**: the answer is used as it was given, and the partner is asked. A reply that explains it closes the
  query.
- **Noted for the coordinator**: the partner is not troubled.

V01 to V30 number the validation rules of the domain notes. The word in `code type` is the rule as a form names it, or the name
of a check that every return undergoes. An ellipsis (…) stands for what was typed, or for the names and numbers of the case.
"""
_GROUPS: Mapping[listing.Group, str] = {
    listing.Group.BOXES: "Checked on every box that is filled in.",
    listing.Group.ROWS: "Checked on every row. What a form asks to be filled in stands with the form, above.",
    listing.Group.RETURN: "Checked on a return as a whole, in however many files it came.",
    listing.Group.FILE: "Checked on every file that arrives.",
    listing.Group.DESK: "Checked on what comes back about a query or a held answer.",
}


def page(forms: Mapping[str, Form]) -> str:
    """The whole page."""
    parts = [_INTRO]
    for form in forms.values():
        entries = listing.of_form(form)
        if entries:
            parts.append(_section(f"The sheet {form.sheet}", _asked(form), entries, form.one))
    for group, words in _GROUPS.items():
        if entries := listing.built_in(group):
            parts.append(_section(group.value, words, entries))
    numbers = [f"- {v}: {', '.join(f'`{name}`' for name in names)}" for v, names in sorted(listing.answers_to().items())]
    parts.append("\n".join(["## Which check answers which number", "", *numbers, ""]))
    return "\n".join(parts)


def _asked(form: Form) -> str:
    words = f"Asked in quarter {form.only_quarter} only. " if form.only_quarter else ""
    return words + ("Nobody need fill it in." if form.optional else "One line for each box." if form.layout == "record" else "")


def _section(title: str, words: str, entries: Iterable[listing.Entry], one: str = USUAL["one"]) -> str:
    lines = [f"## {title}", "", *([words.strip(), ""] if words else [])]
    for group in _by_name(entries):
        first = group[0]
        trial = f" On trial in {first.trial}: only the coordinator is told." if first.trial else ""
        numbers = f" {', '.join(first.v)}." if first.v else ""
        asked = " ".join(f"**{_plain(entry.says)}**" for entry in group)
        lines.append(f"- {asked} {first.happens}.{numbers} `{first.name}`{trial}")
        lines += [f"  - {_finding(code, one, several=len(first.severities) > 1)}" for code in first.codes]
    return "\n".join([*lines, ""])


def _by_name(entries: Iterable[listing.Entry]) -> Iterable[list[listing.Entry]]:
    """The uses of one rule together: what is said where they are not met is the same."""
    groups: dict[tuple[str, str], list[listing.Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.name, entry.trial), []).append(entry)
    return groups.values()


def _finding(code: str, one: str, *, several: bool) -> str:
    """What is said, what to do, and, where an entry's findings differ in it, what becomes of the answer."""
    severity, what, remedy = WORDS[code]
    for name, word in {**USUAL, "one": one}.items():
        what, remedy = (text.replace(f"{{{name}}}", word) for text in (what, remedy))
    outcome = f" ({listing.HAPPENS[severity]})" if several else ""
    said = f"“{_plain(_gaps(what))}”" if what != "{sentence}" else "what the file is, and what to send instead"
    todo = f" To do: {_plain(_gaps(remedy))}" if remedy else ""
    return f"We say {said}{outcome}.{todo}"


def _gaps(template: str) -> str:
    """A sentence with an ellipsis wherever a case puts its own words."""
    return re.sub(r"\"?\{[^{}]*\}\"?", "…", template)


def _plain(text: str) -> str:
    """Text as Markdown shows it unchanged."""
    return re.sub(r"([\\`*_<>\[\]])", r"\\\1", text)

