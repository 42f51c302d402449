"""Status in words: what a text says of where a row stands, held against the status and RAG chosen (domain.md A7, A10 V07).

The words of a text are turned into the status that they suggest. They count only where they are said of the row itself:
not inside quotation marks, not denied ("no longer delayed"), not supposed ("once this action is complete"), and not as part
of another thing's name ("delayed discharge", "rated outstanding").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workflow import fields
from workflow.rules.rag import colour, rag_asked
from workflow.rules.registry import Params, Problem, RowFacts, rule, text

_ON_TRACK, _COMPLETE, _NOT_STARTED = "On track", "Complete", "Not started"
_AT_RISK, _OFF_TRACK = "At risk", "Off track"
_GOOD = (_ON_TRACK, _COMPLETE)
_LONGEST = 60  # characters of the text that are quoted


@dataclass(frozen=True, slots=True)
class _Sign:
    """Words that suggest a status, and the statuses that they do not go with.

    `exempt` are words of the same sentence that change what it says.
    """

    suggests: str
    against: tuple[str, ...]
    hint: re.Pattern[str]  # stems of which every match holds one: most texts hold none, and are done with at once
    words: re.Pattern[str]
    exempt: re.Pattern[str]


def _sign(meaning: tuple[str, tuple[str, ...]], hint: str, exempt: str, *words: str) -> _Sign:
    flags = re.IGNORECASE | re.MULTILINE
    said = re.compile("|".join(f"(?:{w})" for w in words), flags)
    return _Sign(*meaning, re.compile(hint, flags), said, re.compile(exempt, flags))


_MONTH = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december|(?:jan|feb|mar|apr|aug|sept?|oct"
    "|nov|dec)\\b)"
)
# Where a word stands for itself ("the launch is delayed by a month") and not before a noun ("delayed discharges").
_ENDS = (
    r"(?=\s*(?:$|[.,;:!?)\n-]|(?:by|until|till|due|because|pending|while|as|since|to|from|again|owing|at|this|further|with"
    r"|through|after|and|but|so|for (?:now|the|a|\d|several|some)|in (?:the|early|late|20\d\d|" + _MONTH + r"))\b))"
)
_STOP = r"(?=\s*(?:$|[.,;!\n]))"
_IS = r"(?:is|are|was|were|be|been|being|remains?|remained|now|still|currently|again|badly|seriously|slightly|further)"
_WE = (
    r"(?:^|[.;:!?\n]\s*-?\s*|\b(?:we|it|the (?:team|service|board|group|partnership|project|council|unit|trust|provider)) "
    r"(?:(?:are|is|were|was|remain|remained|have been|has been|had been|still|currently|also|so far) )+)"
)
_ACTION = (
    r"(?:this|the|our|all|both) (?:(?:whole|agreed|two|three|four|five|\d+) )?"
    r"(?:action|commitment|recommendation|row|promise|milestone|work)s?"
)
# What has been got over, in the same sentence: it was delayed, and is no longer.
_OVER = (
    r"\b(?:ha(?:s|ve) since|since been|but (?:has|have|is|are|was|were) now|resolved|caught up|despite|in spite of|overcome"
    r"|recovered|without|now (?:resolved|done|complete|back|running|open|live|in place|under ?way)"
    r"|back on (?:track|schedule))\b"
)
# Everyday work that goes on when an action is done does not make it unfinished.
_EVERYDAY = (
    r"\b(?:routine|routinely|business as usual|bau|everyday|day[- ]to[- ]day|as normal|as standard|mainstream\w*|embedded|usual"
    r"|core (?:work|business|offer)|monitor(?:ed|ing)|yearly|annual\w*|every year)\b"
)
_SUPPOSED = r"\b(?:once|when|until|till|after|before|if|except|apart from|not|almost|nearly|partly|half|phase|stage)\b|\d%"

# In this order: a row is asked about once.
_SIGNS: tuple[_Sign, ...] = (
    _sign(
        (_AT_RISK, _GOOD), "delay|slower|behind",
        rf"{_OVER}|\b(?:patients?|trials?|courts?|flights?|trains?|reports? to (?:the )?police)\b",
        rf"\b{_IS} delayed{_ENDS}", rf"^delayed{_ENDS}", r"\bdelayed (?:by|until|till|due to|because|owing to|pending)\b",
        r"\bthere (?:is|are|was|were|has been|have been|will be) "
        r"(?:(?:a|an|some|further|more|significant|slight|short|long) )*delays?\b",
        r"\bslower than (?:(?:we|was|were|had|first|originally|been) )*"
        r"(?:hoped|planned|expected|wanted|intended|anticipated)\b",
        r"\bbehind (?:schedule|plan|programme|timetable)\b",
    ),
    _sign(
        (_OFF_TRACK, _GOOD), "outstanding|unable|opportunit|on hold|stalled",
        rf"{_OVER}|\b(?:ofsted|inspect\w+|rated|graded|judged|rating|feedback|missed|wasted|lost)\b",
        rf"\b(?:is|are|remains?|still|currently) (?:still )?outstanding{_ENDS}", r"^outstanding\s*(?:$|[.:;,-])",
        r"\b(?:checks?|data|figures?|information|returns?|responses?|replies|reply|decisions?|approvals?|agreements?|sign-off"
        r"|actions?|reviews?|audits?|funding) (?:still )?outstanding\s*(?:$|[.,;\n])",
        rf"{_WE}unable to (?!attend\b|comment\b)", r"\bnot had (?:the|an|any) opportunity\b",
        r"\bno (?:further |other )?opportunit(?:y|ies) (?:to|for|has|have|arose|came|so far|yet|this)\b",
        r"\b(?:is|are|been|now|currently|still|put) on hold\b", r"\b(?:has|have|work) stalled\b",
    ),
    _sign(
        (_NOT_STARTED, (_COMPLETE,)), "yet|have not|has not", _EVERYDAY,
        r"\b(?:yet to|not yet) (?:been )?(?:launch(?:ed)?|start(?:ed)?|begin|begun|be (?:launched|started|begun))\b",
        rf"\b{_ACTION} (?:has|have) not (?:been )?(?:started|begun|launched)\b",
    ),
    _sign(
        (_ON_TRACK, (_COMPLETE,)), "awaiting|going|continu|work|still|remain|not", _EVERYDAY,
        r"\bawaiting (?:(?:the|some|more|further|final) )*(?:data|figures|information)\b",
        rf"\b(?:{_IS}|work|and) on-?going{_ENDS}", r"\bon-?going (?:work|actions?|activity)\b",
        r"\bwill continue\b(?! to (?:monitor|review|benefit|be|have|receive|enjoy|use)\b| as\b)",
        r"\bcontinuing work\b", r"\b(?:work|action) (?:is )?continu(?:es|ing)\b",
        r"\b(?:further|more) work (?:(?:is|will be|was|still|remains) )?(?:to be )?(?:needed|required|planned|done|to do)\b",
        r"\bstill (?:to|needs? to|has to|have to) (?:be )?"
        r"(?:done|completed?|finish(?:ed)?|agreed?|delivered?|written|signed off)\b",
        r"\bremains? to be (?:done|completed|finished|agreed|delivered)\b",
        r"\b(?:is|are) not yet (?:fully )?(?:completed?|finished)\b",
        rf"\b(?:is|are) not (?:fully )?(?:completed?|finished){_STOP}",
    ),
    _sign(
        (_COMPLETE, (_ON_TRACK, _AT_RISK, _OFF_TRACK, _NOT_STARTED)), "complete|finish|done|conclud|deliver|[✓✔☑✅]", _SUPPOSED,
        rf"\b{_ACTION} (?:is|are|has been|have been|was|were) (?:(?:now|fully|all|both|already) )*"
        r"(?:complete|completed|finished|done|concluded|delivered in full)"
        rf"(?=\s*(?:$|[.;!\n]|,(?! except| but| apart)|and\b|in {_MONTH}))",
        r"\A(?:now )?(?:completed?|finished|done)\s*(?:\Z|[.!;](?:\s|\Z)|\n)", r"\A[✓✔☑✅]\ufe0f?\s*[^✓✔☑✅]*\Z",
    ),
    _sign(
        (_ON_TRACK, (_NOT_STARTED,)), "way|started|begun|progress", _SUPPOSED,
        rf"\b{_ACTION} (?:is|are|has|have) (?:now )?(?:under ?way|started|begun|in progress)\b",
        r"\A(?:now )?(?:under ?way|in progress)\b",
    ),
)
_DENIED = re.compile(
    r"\b(?:(?:not|no|never|nor|neither|without|nothing|longer|(?:is|are|was|were|has|have)n't)\W+(?:\w+\W+){0,2}"
    r"|none\W+(?:\w+\W+){0,5})$",
    re.IGNORECASE,
)
_STRAIGHT = str.maketrans("‘’“”‐‑–—", "''\"\"----")
_QUOTED = re.compile(r'"[^"\n]*"|(?<!\w)\'[^\'\n]{3,}\'(?!\w)')
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@rule(
    "status-words", needs=("field",), fields=("status", "rag"),
    codes=("text-status-disagree",), v=("V07",), reads=("status", "rag"),
    says="The text under {field} fits {status|status}: what is On track is not said to be delayed, what is Complete not to go"
    " on, and what is said to be complete is Complete.",
)
def status_words(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """The text of this quarter says something else of the row than its status or its RAG does; asked once for a row.

    Where `rag-agrees` asks about the RAG already, it is not asked again.
    """
    name, status, rag = (text(params, p, p) for p in ("field", "status", "rag"))
    said, word, level = facts.values.get(name), facts.values.get(status), facts.values.get(rag)
    if not isinstance(said, str) or facts.values.get("no_change") is True:
        return
    found = disagreement(said, word) if isinstance(word, str) else None
    if found:
        yield _problem(facts, status, name, found)
    elif isinstance(level, str) and colour(level) == "G" and word not in (_AT_RISK, _OFF_TRACK) and not rag_asked(facts):
        found = disagreement(said, _ON_TRACK)
        if found and found[0] in (_AT_RISK, _OFF_TRACK):
            yield _problem(facts, rag, name, found)


def _problem(facts: RowFacts, field: str, name: str, found: tuple[str, str]) -> Problem:
    words = {"text": facts.heading(name), "said": found[1], "meaning": found[0]}
    return Problem("text-status-disagree", field, words, fields.show(facts.values[field]))


def disagreement(said: str, status: str) -> tuple[str, str] | None:
    """The status that a text suggests and the words that do, where they do not go with the status; None where they do."""
    plain = _QUOTED.sub(lambda m: " " * len(m[0]), fields.clean(said).translate(_STRAIGHT))
    for sign in _SIGNS:
        if status in sign.against and sign.hint.search(plain):
            words = _words(sign, plain)
            if words:
                return sign.suggests, words
    return None


def _words(sign: _Sign, plain: str) -> str:
    """The words of the first sentence that bears a sign, "" where none does."""
    for match in sign.words.finditer(plain):
        first = match.start() + len(match[0]) - len(match[0].lstrip(" \n.;:!?-"))  # after the stop that some begin with
        start = max((m.end() for m in _SENTENCE.finditer(plain, 0, first)), default=0)
        after = _SENTENCE.search(plain, match.end())
        sentence = plain[start : after.start() if after else len(plain)]
        if not _DENIED.search(plain[start:first]) and not sign.exempt.search(sentence):
            return _excerpt(sentence, match.end() - start)
    return ""


def _excerpt(sentence: str, until: int) -> str:
    """A sentence as it is quoted: whole if it is short, else from its start to the words that count and a little further."""
    words = " ".join(sentence.split()).strip(" -.;:!?,")
    if len(words) <= _LONGEST:
        return words
    cut = sentence[: max(until, _LONGEST)].rpartition(" ")[0] if until < len(sentence) else sentence
    words = " ".join(cut.split()).strip(" -.;:!?,")
    return f"{words}…" if len(words) <= _LONGEST else f"…{words[-_LONGEST:].partition(' ')[2]}…"
