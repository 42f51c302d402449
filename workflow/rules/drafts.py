"""Texts that are not ready to be printed: notes to oneself, words that lean on another row, lost links (domain.md A8)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflow import fields
from workflow.rules.registry import Params, Problem, RowFacts, names, rule, text
from workflow.rules.texts import says_nothing

_STRAIGHT = str.maketrans("‘’“”‐‑–—", "''\"\"----")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"\n]*"|(?<!\w)\'[^\'\n]{3,}\'(?!\w)')
_BRACKETS = re.compile(r"\(([^()\n]{1,200})\)|\[([^\[\]\n]{1,200})\]|\{([^{}\n]{1,200})\}|<([^<>\n]{1,200})>")
# What a bracket holds that its writer meant to come back to: something to follow, or an order to oneself.
_TO_FOLLOW = re.compile(
    r"\b(?:to be (?:provided|inserted|added|supplied|checked|confirmed|advised|completed|updated)|to follow|tb[acd])\b"
    r"|^\s*\?+\s*$|\?\?|(?<!\w)x{2,}(?!\w)|^\s*draft\s*(?:$|[:-])",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^\s*(?:please )?(?:check|insert|add|confirm|update|ask|clarify|complete|amend|delete|fill in|find out|chase|query)"
    r"(?:\s*[:?]?\s*$|\s*[:,]?\s+(?:with|the|this|that|these|those|if|whether|what|who|when|where|how|which|dates?|figures?|numbers?"
    r"|names?|details?|here|data|links?|text|again|before|latest|me|us|wording)\b)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\bnote to (?:self|editor|coordinator)\b|(?<!\w)(?<!chapter )(?<!part )(?<!article )(?<!volume )x{2,}(?!\w)|\?\?+",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:^|(?<=[.!?;:])\s+|\n)[\s-]*((?:who|what|when|where|why|how|which|is|are|was|were|can|could|should|would|do|does|did|will|has"
    r"|have|may|might)\b[^.!?\n]*\?)|([^.!?\n]*\?)\s*$",
    re.IGNORECASE,
)
_ROW = r"(?:recommendation|action|commitment|row|item|goal|promise)s?"
_NUMBER = r"(?:no\.? ?|number )?[a-z]{0,8}-?\d+(?:\.\d+)*(?![\w.]*\d)(?! (?:of|to|in|and|or) \w)"
# "As above" as a reference stands alone; "as above the county average" and "as above average" do not mean a place.
_ELSEWHERE = re.compile(
    r"\b(?:as|see|as per|same as|as at|refer to) (?:above|below)"
    r"(?=\s*(?:$|[.,;:)/\n]|-\s|(?:and(?! beyond)|but|plus|for|with)\b))"
    rf"|\b(?:as|see|same as|as per|as in|as for|refer to|per) (?:in |for |under )?(?:the )?{_ROW} {_NUMBER}"
    r"|\bas in (?:the )?recommendations?\b(?! \w)|\bditto\b"
    r"|\b(?:see|as in|same as|as per|refer to) (?:our |the )?(?:previous|last|earlier) (?:\w+'s )?"
    r"(?:update|return|report|quarter|answer)\b(?!'s (?:figure|number|rate|total|value))",
    re.IGNORECASE | re.MULTILINE,
)
_HERE = re.compile(
    r"\bclick (?:on )?(?:the link )?here\b"
    r"|\b(?:see|read(?: (?:it|more))?|view|download|link|(?:can|may) be (?:found|seen|read|viewed|downloaded)) here"
    r"(?=\s*(?:$|[.,;:)!\n]))",
    re.IGNORECASE | re.MULTILINE,
)


@rule(
    "drafting-note", needs=("field",), codes=("drafting-note",), anyone=True,
    says="The text under {field} is finished: no notes to yourself such as \"(date to be provided)\" and no open questions.",
)
def drafting_note(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A bracket that says what is still to come or to be checked, a gap marked XX, or a question left in a text."""
    for name, value in _texts(facts, params):
        note = unfinished(value)
        if note:
            yield Problem("drafting-note", name, {"note": _quoted(note)}, value)


@rule(
    "text-alone", needs=("field",), fields=("link",), codes=("text-refers-elsewhere", "link-missing"), anyone=True,
    says="The text under {field} can be read by itself: no \"as above\", no \"see action 2.1\","
    " and no \"here\" whose link was lost.",
)
def text_alone(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A text that leans on another row or an earlier return, or on a link that did not come with it.

    A text that is nothing else is for `progress-text` to ask about.
    """
    link = text(params, "link", "evidence")
    for name, value in _texts(facts, params):
        plain = _QUOTED.sub(" ", value.translate(_STRAIGHT))
        leaning = None if says_nothing(value) else _ELSEWHERE.search(plain)
        if leaning:
            yield Problem("text-refers-elsewhere", name, {"said": _quoted(leaning[0])}, value)
        lost = _HERE.search(plain)
        if lost and not _URL.search(value) and not _URL.search(fields.show(facts.stands(link))):
            where = facts.heading(link) if facts.form.has(link) else facts.heading(name)
            yield Problem("link-missing", name, {"said": _quoted(lost[0]), "where": where}, value)


def _texts(facts: RowFacts, params: Params) -> Iterable[tuple[str, str]]:
    for name in names(params, "field"):
        value = facts.values.get(name)
        if isinstance(value, str):
            yield name, value


def unfinished(value: str) -> str:
    """The part of a text that its writer meant to come back to; "" where there is none."""
    plain = _QUOTED.sub(" ", _URL.sub(" ", value.translate(_STRAIGHT)))
    for match in _BRACKETS.finditer(plain):
        inside = next(part for part in match.groups() if part is not None)
        if _TO_FOLLOW.search(inside) or _ORDER.search(inside):
            return match[0]
    found = _NOTE.search(plain) or ("?" in plain and _QUESTION.search(plain))
    return found[0].strip(" \n-") if found else ""


def _quoted(words: str) -> str:
    return " ".join(words.split())
