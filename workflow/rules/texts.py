"""Rules about words: progress that says something, boxes that must be filled, commitments that can be followed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from workflow import fields
from workflow.names import Names
from workflow.rules.registry import Params, Problem, RowFacts, names, rule, same, text

# Phrases that stand in for an answer (domain.md A8, A10 V09), and the small words that come with them.
_EMPTY = re.compile(
    r"\b(?:(?:as|see) (?:above|below|before|previous(?:ly)?|last|in recommendations?|recommendations?)|ditto|"
    r"no (?:(?:further|new|other|significant|material) )?(?:updates?|changes?|progress|news)|unchanged|same|"
    r"nothing (?:(?:new|further|else) )?to (?:report|add|update)|"
    r"to be (?:confirmed|advised|agreed|determined|provided)|tb[acd]|n/a|not applicable|none|nil|pending)\b"
)
_FILLER = frozenset({
    "a", "again", "an", "and", "any", "as", "at", "been", "before", "for", "from", "has", "have", "here", "i", "in",
    "is", "it", "last", "made", "moment", "of", "on", "our", "please", "point", "present", "previous", "previously",
    "quarter", "report", "reported", "see", "since", "still", "that", "the", "there", "this", "time", "to", "update",
    "updated", "updates", "we", "yet", "currently", "current", "period", "return", "row", "term", "month", "half",
})
_LIST_MARK = re.compile(r"^\(?[a-z0-9]{1,3}[).:]\s+(?=\S)")


@rule(
    "progress-text", needs=("field",),
    codes=("progress-says-nothing", "text-too-short"), v=("V09",), anyone=True,
    says="{field} says what was done this {period_word}: not last time's text again, not \"as above\", not just a word or two.",
)
def progress_text(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Progress must say what happened: not last time's text again, no stand-in phrase, not a word or two."""
    name = text(params, "field")
    value = facts.values.get(name)
    if not isinstance(value, str) or facts.values.get("no_change") is True:
        return
    limit = facts.form.field(name).min_length
    otherwise = _no_change_instead(facts, name)
    if says_nothing(value):
        why = f"which does not say what happened this {facts.period.word}"
        yield Problem("progress-says-nothing", name, {"why": why, "otherwise": otherwise}, value)
    elif same(value, facts.previous.get(name)):
        yield Problem("progress-says-nothing", name, {"why": "the same text as last time", "otherwise": otherwise}, value)
    elif len(value) < limit:
        yield Problem("text-too-short", name, {"limit": limit}, value)


def _no_change_instead(facts: RowFacts, name: str) -> str:
    """The other thing to do about a text that says nothing: to say "no change", where there is something that it carries
    forward and nothing else of it changed."""
    carried = [f.name for f in facts.form.fields if f.carry and f.name != name and f.name in facts.values]
    changed = any(not same(facts.values[n], facts.previous.get(n)) for n in carried)
    if changed or name not in facts.previous or not facts.form.has("no_change"):
        return ""
    return f" If nothing changed, choose Yes under {facts.heading('no_change')}."


def says_nothing(value: str) -> bool:
    """Whether a text is nothing but a stand-in for one: "As above", "B) as above", "No update this quarter." """
    folded = _LIST_MARK.sub("", fields.fold(value))
    rest, found = _EMPTY.subn(" ", folded)
    return found > 0 and not set(re.findall(r"[^\W_]+", rest)) - _FILLER


@rule(
    "required-when", needs=("field",), fields=("when",), options=("is", "quarter", "anew"),
    codes=("required-when", "required-in-quarter",), v=("V07", "V28", "V16"),
    says="{field} is filled in[ when {when} is {is|filled in}][ for {period_word} {quarter}].",
)
def required_when(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A box that must be filled when another field has one of the values `is` (without `is`: when it is filled at all).

    `quarter` limits the rule to that quarter. What was given for the same answer in an earlier quarter still stands, but
    with `anew`: then it belongs to that quarter's answer alone, as last year's figure does.
    """
    name, when = text(params, "field"), text(params, "when")
    only = params.get("quarter")
    if not facts.blank(name) or (only is not None and only != facts.quarter_now):
        return
    if not when:
        if name not in facts.previous or params.get("anew") is True:
            yield Problem("required-in-quarter", name, {"quarter": facts.quarter_now})
        return
    value = facts.values.get(when)
    if value is None or not _is_one_of(value, names(params, "is")):
        return
    if name in facts.previous and same(value, facts.previous.get(when)) and params.get("anew") is not True:
        return
    yield Problem("required-when", name, {"other": facts.heading(when), "value": fields.show(value)})


def _is_one_of(value: object, wanted: tuple[str, ...]) -> bool:
    shown = fields.show(value) if isinstance(value, bool) else str(value)
    return not wanted or any(same(shown, word) for word in wanted)


# What may stand beside "No change": what an overdue row still owes, and how the row may be published.
BESIDE = ("new_due", "slip_reason", "recovery", "help_needed", "public_safe", "public_reason")


@rule(
    "no-change-alone", needs=("no_change",), options=("beside",),
    codes=("no-change-with-answers",), v=("V09",),
    says="Where {no_change} says Yes, the answers that it carries forward are left blank.",
)
def no_change_alone(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """"No change" with other answers that differ from last time's: which is meant?"""
    name = text(params, "no_change")
    if facts.values.get(name) is not True:
        return
    beside = names(params, "beside") or BESIDE
    changed = [
        f.name for f in facts.form.answers
        if f.name in facts.values and f.name != name and f.name not in beside
        and not same(facts.values[f.name], facts.previous.get(f.name))
    ]
    if changed:
        yield Problem("no-change-with-answers", name, {"boxes": facts.headings(changed)}, "Yes")


# Openings that are no verb. A list of verbs would never be complete; these few cover how weak commitments begin.
_NOT_VERBS = frozenset({
    "the", "a", "an", "our", "all", "any", "each", "every", "more", "better", "fewer", "less", "new", "further",
    "improved", "increased", "reduced", "effective", "number", "there", "this", "that", "these", "those", "it",
    "partners", "residents", "people", "children", "young",
})
_NOUN_ENDINGS = ("tion", "ness", "ity", "ship", "ing")
_VERBS = frozenset({"bring", "mention", "position", "question", "caution"})
_OPEN_ENDED = re.compile(r"\b(?:on-?going|continuous(?:ly)?|as (?:and when|required|needed)|tb[acd])\b")
_LONGEST = 200  # characters; domain.md B3


@rule(
    "smart", needs=("field",), fields=("lead", "end", "measure"),
    codes=("smart",), v=(),
    says="{field} begins with what will be done, has one lead, an end date and a measure, and is short.",
)
def smart(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Nudges for next year's commitments (domain.md B3): a verb first, a lead, a date, a measure, and short enough.

    A box that the form wants anyway is asked for there, and a text that is too long for its box is told there.
    """
    name = text(params, "field")
    value = facts.values.get(name)
    if not isinstance(value, str):
        return
    gaps = [] if starts_with_verb(value) else ["it does not begin with what will be done"]
    if len(value) > _LONGEST and not 0 < facts.form.field(name).max_length <= _LONGEST:
        gaps.append(f"it has {len(value)} characters, where {_LONGEST} are enough")
    lead_name, end, measure = (text(params, p, p) for p in ("lead", "end", "measure"))
    lead = facts.values.get(lead_name)
    if not lead and not _asked_for(facts, lead_name):
        gaps.append("it has no lead")
    elif facts.register and isinstance(lead, str) and len(Names.of(facts.register, facts.period.end).read(lead)[0]) > 1:
        gaps.append("it has more than one accountable lead")
    undated = not isinstance(facts.values.get(end), date) and not _asked_for(facts, end)
    if undated or _OPEN_ENDED.search(fields.fold(value)):
        gaps.append("it has no firm end date")
    if not facts.values.get(measure) and not _asked_for(facts, measure):
        gaps.append("nothing says how it will be measured")
    if gaps:
        yield Problem("smart", name, {"gaps": fields.listed(gaps, "and")}, value)


def _asked_for(facts: RowFacts, name: str) -> bool:
    """Whether a box is asked for anyway where it is blank, or holds something that could not be taken."""
    return name in facts.held or (facts.form.has(name) and facts.form.field(name).required)


def starts_with_verb(value: str) -> bool:
    """Whether a commitment begins as something to do: "Train ...", "To train ...", "We will train ..."."""
    folded = re.sub(r"^(?:(?:we|the partnership) will |to )", "", _LIST_MARK.sub("", fields.fold(value)))
    first = re.split(r"[^\w]", folded, maxsplit=1)[0]
    return first in _VERBS or not (not first or first.isdigit() or first in _NOT_VERBS or first.endswith(_NOUN_ENDINGS))
