"""The rules list: what is checked, in a partner's words, made from the same definitions that do the checking.

A form's rules say what they ask for (`Rule.says`) with its own headings; what is checked on every form and file stands in
`builtin`. Each finding's code belongs to exactly one entry, so that nothing is asked that is not on the list. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workflow import wording
from workflow.fields import listed
from workflow.model import Form, Severity
from workflow.rules.builtin import BUILT_IN, Group
from workflow.rules.registry import BETA, Params, Rule, known, names
from workflow.wording import WORDS

__all__ = ["HAPPENS", "Entry", "Group", "answers_to", "built_in", "of_form", "owners", "said", "together"]

# What becomes of an answer, in words, worst first (design.md section 3).
HAPPENS: Mapping[Severity, str] = {
    Severity.STOP: "held until put right",
    Severity.QUERY: "taken, and asked about",
    Severity.NOTE: "noted for the coordinator",
}
REQUIRED = "required-boxes"  # the one built-in check whose sentence names the boxes of each form
# What the sentences call a period, the two ways of saying that nothing changed, the first sheet.
USUAL: Mapping[str, str] = {**wording.USUAL, "nil": "Nothing to report this quarter", "about": "About this return"}
CALLED = ("period_word", "one", "plural")  # what every sentence may name: a period, a row of the form, its rows
_FIELD = "{field}"
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"\{([a-z_]+)(?:\|([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. `name` is the rule's, or the built-in check's; `group` where it stands: a form's sheet, or
    what it is about. `trial` is the key of the one period in which only the coordinator is told, "" for none; `office` says
    that it is about the coordinator's own part."""

    name: str
    group: str
    sentence: str  # in which {field} stands for `headings`
    codes: tuple[str, ...]
    v: tuple[str, ...] = ()
    trial: str = ""
    office: bool = False
    headings: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What is asked for, in words."""
        return self.sentence.replace(_FIELD, listed(self.headings, "and"))

    @property
    def severities(self) -> tuple[Severity, ...]:
        """Everything that its findings can be, worst first."""
        found = {WORDS[code][0] for code in self.codes}
        return tuple(s for s in HAPPENS if s in found)

    @property
    def happens(self) -> str:
        """What happens where it is not so: "Held until put right; or taken, and asked about"."""
        if not self.codes:
            return "No message of its own"
        told = [s for s in self.severities if s is not Severity.NOTE] or self.severities
        words = "; or ".join(HAPPENS[s] for s in told)
        return words[:1].upper() + words[1:]

    def concerns_partner(self, period: str) -> bool:
        """Whether a partner ever hears of it in that period: not of what is only noted, nor of a rule on trial then."""
        return not self.office and self.severities not in ((), (Severity.NOTE,)) and (not self.trial or self.trial != period)


def together(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What is asked alike on several sheets, said once: `group` then names the sheets, `headings` the boxes of them all.

    The boxes are put together only where the sentence reads right for any number of them: "under {field}".
    """
    groups: dict[object, list[Entry]] = {}
    for entry in entries:
        alike = entry.sentence if f"under {_FIELD}" in entry.sentence else entry.says
        groups.setdefault((entry.name, alike, entry.codes, entry.trial), []).append(entry)
    return tuple(
        replace(
            group[0],
            group=", ".join(dict.fromkeys(e.group for e in group)),
            headings=tuple(dict.fromkeys(h for e in group for h in e.headings)),
        )
        for group in groups.values()
    )


def of_form(form: Form, quarter: int = 0, word: str = USUAL["period_word"]) -> tuple[Entry, ...]:
    """What is asked of one form, in its own headings: its required boxes, then its rules in the form's order.

    `quarter` 1 to 4 leaves out what is not asked in that quarter; 0 lists everything. `word` is
    what people call a period. A form that names a rule that does
    not exist is refused elsewhere (`registry.check`); here it is passed over.
    """
    if not _asked(form.only_quarter, quarter):
        return ()
    entries: list[Entry] = []
    required = [f.heading for f in form.answers if f.required and _asked(f.only_quarter, quarter)]
    if required and form.layout == "table":
        entries.append(_required(form, required))
    for use in form.rules:
        rule = known().get(use.name)
        if rule is None or not _use_asked(form, rule, use.params, quarter):
            continue
        sentence = said(rule, form, use.params, word)
        trial = str(use.params.get(BETA, ""))
        headings = tuple(_heading(form, name) for name in names(use.params, "field"))
        entries.append(Entry(rule.name, form.sheet, sentence, rule.codes, rule.v, trial, headings=headings))
    return tuple(entries)


def built_in(group: Group, called: Mapping[str, str] | None = None) -> tuple[Entry, ...]:
    """What is checked on every form and file of one kind; the required boxes are listed with their forms. `called` is what
    a partnership calls what they name, where it is not as usual."""
    checks = [c for c in BUILT_IN if c.group is group and c.name != REQUIRED]
    words = {**USUAL, **(called or {})}
    return tuple(Entry(c.name, group.value, c.says.format_map(words), c.codes, c.v, office=c.office) for c in checks)


def _required(form: Form, headings: list[str]) -> Entry:
    check = next(c for c in BUILT_IN if c.name == REQUIRED)
    return Entry(check.name, form.sheet, check.says.format(boxes=listed(headings, "and")), check.codes, check.v)


def _asked(only: int, quarter: int) -> bool:
    return not only or not quarter or only == quarter


def _use_asked(form: Form, rule: Rule, params: Params, quarter: int) -> bool:
    """Whether a rule has anything to look at in that quarter: its own, and those of the fields that it needs."""
    only = params.get("quarter", 0)
    needed = [form.field(n) for p in rule.needs for n in names(params, p) if form.has(n)]
    return _asked(only if isinstance(only, int) else 0, quarter) and all(_asked(f.only_quarter, quarter) for f in needed)


def said(rule: Rule, form: Form, params: Params, period_word: str = USUAL["period_word"]) -> str:
    """What one use of a rule asks for, as a sentence, in which {field} is still to be filled (`Entry.says`).

    In `Rule.says` {name} stands for a parameter: the headings of the fields that it names, else its own words. {name|text}
    takes the text where the parameter is not given, and a [clause] falls away whole where it lacks one. Raises KeyError
    where a parameter is lacking outside a clause (our mistake).
    """

    called = dict(zip(CALLED, (period_word, form.one, form.title), strict=True))

    def word(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        if name in called:
            return called[name]
        given = names(params, name) or ((default,) if default is not None else ())
        if not given:
            raise KeyError(f"the rule {rule.name} says {{{name}}}, which the form {form.name} does not give")
        if match[0] == _FIELD:
            return _FIELD
        if name in (*rule.needs, *rule.fields):
            return listed([_heading(form, n) for n in given], "and")
        return listed(given, "or")

    def clause(match: re.Match[str]) -> str:
        try:
            return _WORD.sub(word, match[1])
        except KeyError:
            return ""

    return _WORD.sub(word, _CLAUSE.sub(clause, rule.says))


def _heading(form: Form, name: str) -> str:
    """What partners call a field. The agreed due date is a date of the item, which not every form shows."""
    return form.field(name).heading if form.has(name) else name.replace("_", " ")


def owners() -> Mapping[str, tuple[str, ...]]:
    """Code -> the names of the rules and built-in checks that make it: exactly one for each, as a test holds."""
    rules = ((r.name, r.codes) for r in known().values())
    return _by_key((*rules, *((c.name, c.codes) for c in BUILT_IN)))


def answers_to() -> Mapping[str, tuple[str, ...]]:
    """V number of domain.md A10 -> the names of the rules and built-in checks that answer it."""
    rules = ((r.name, r.v) for r in known().values())
    return _by_key((*rules, *((c.name, c.v) for c in BUILT_IN)))


def _by_key(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, keys in pairs:
        for key in keys:
            found[key] = (*found.get(key, ()), name)
    return found
