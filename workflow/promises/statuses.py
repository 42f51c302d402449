"""What a text says of how far something is: a tick, a word or letter of status or RAG, or words inside a sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

from workflow import fields
from workflow.items import STATUSES
from workflow.model import Confidence
from workflow.promises.pieces import TICKS

NOT_STARTED, ON_TRACK, AT_RISK, OFF_TRACK, COMPLETE, CLOSED = (choice.value for choice in STATUSES)
_RAG = {"r": "Red", "red": "Red", "a": "Amber", "amber": "Amber", "yellow": "Amber", "g": "Green", "green": "Green",
        "b": "Blue", "blue": "Blue"}  # fmt: skip
_RAG_LINE = re.compile(r"(?:rag|status|rating|rag status|rag rating|rated)?\s*[:=–-]?\s*\(?([a-z]+)\)?")
_RAG_TOLD = re.compile(
    r"\b(?:rag|rated|rating|status|actions?|is|are|now|remains?|currently|turned|marked)\W{1,3}(red|amber|green|blue)\b(?!\s+[A-Z])"
)
# In this order: what hides another word goes before it ("not complete", "nearly complete", "unsuccessful").
_SAID: tuple[tuple[str, str], ...] = (
    (
        ON_TRACK,
        r"(?:nearly|almost|partly|partially|\d+ ?%) (?:complete\w*|done|finished)"
        r"|not (?:yet )?(?:fully )?(?:complete\w*|finished|done)|incomplete"
        r"|to be (?:complete|finish)\w*|(?:will|can|should|must) (?:be )?(?:complete|finish)\w*",
    ),
    (
        NOT_STARTED,
        r"not (?:yet )?(?:started|begun|commenced|launched)|yet to (?:start|begin|launch|commence|be (?:started|launched))"
        r"|has(?:n't| not) (?:yet )?(?:started|begun)|no progress|event to plan",
    ),
    (
        CLOSED,
        r"(?:was|been|is|were) (?:dropped|withdrawn|abandoned|cancelled)"
        r"|no longer (?:needed|required|going ahead|relevant)|not delivered|will not be (?:delivered|taken forward)",
    ),
    (
        OFF_TRACK,
        r"off[ -]?track|stalled|(?:is|are|was|remains?|still) outstanding|unable to|unsuccessful\w*|not been possible"
        r"|no opportunity|could not be",
    ),
    (
        AT_RISK,
        r"at risk of (?:not|missing)|delay(?:ed|s|ing)?|slower than \w+|await(?:ing|ed|s)?|waiting (?:on|for)"
        r"|still being sought|behind schedule|seeking|on hold|paused|lack of (?:funding|capacity)",
    ),
    (
        COMPLETE,
        r"(?<!to )(?:is |are |was |been |now |action )?complete(?:d)?(?! (?:the|a|an|by)\b)|finished|has been achieved"
        r"|fully delivered|(?:has|have) been (?:very )?successful|successfully \w+ed",
    ),
    (
        ON_TRACK,
        r"on[ -]track|under ?way|in progress|on-?going|continu(?:es?|ing)|progressing|drafting|scheduled"
        r"|being (?:developed|drafted|progressed|reviewed|planned)|(?:is|are|been|are being|plan|is in) draft(?:ed)?",
    ),
)
_PATTERNS = tuple((status, re.compile(rf"\b(?:{words})\b")) for status, words in _SAID)
# What is not yet finished goes before what is, where a text says both.
_CAREFUL = (OFF_TRACK, AT_RISK, NOT_STARTED, CLOSED, ON_TRACK, COMPLETE)
_TENSE = {
    "Green": {AT_RISK, OFF_TRACK, NOT_STARTED, CLOSED},
    "Amber": {COMPLETE, NOT_STARTED, CLOSED},
    "Red": {COMPLETE, ON_TRACK},
    "Blue": {NOT_STARTED, AT_RISK, OFF_TRACK, ON_TRACK},
}


class StatusRead(NamedTuple):
    """A status in the tool's words, "" for none; a RAG word, "" for none; how sure both are; and what must be asked."""

    status: str
    rag: str
    confidence: Confidence
    asked: str = ""


def status_of(text: str, tick: bool = False, *, rag: str = "") -> StatusRead:
    """Read how far something is from what was written. `tick` says that one stood beside it; `rag` is what its RAG cell says.

    Sure only where a status or colour stands alone, or a tick stands beside text that says nothing else. Where text and
    colour pull apart, or a text says two things, a person is asked.
    """
    words = fields.fold(text).strip(" .;:!")
    colour = rag_of(rag)
    if words and all(c in f"{TICKS}\ufe0f " for c in text.strip()):
        words, tick = "", True
    alone = _alone(words)
    own = rag_of(words)
    if own and not alone:
        return _judged(COMPLETE if tick else "", colour or own, Confidence.SURE, clash=bool(colour) and colour != own)
    said = (alone,) if alone else _said(words)
    if not colour and (match := _RAG_TOLD.search(words)):
        colour = _RAG[match[1]]
        return _judged(said[0] if said else COMPLETE if tick else "", colour, Confidence.LIKELY, clash=len(said) > 1)
    if tick:
        return _judged(COMPLETE, colour, Confidence.SURE, clash=bool(said) and set(said) != {COMPLETE})
    if not said:
        return StatusRead("", colour, Confidence.SURE if colour else Confidence.CHECK, "" if colour else "How far is it?")
    return _judged(said[0], colour, Confidence.SURE if alone else Confidence.LIKELY, clash=len(said) > 1)


def rag_of(text: str) -> str:
    """Red, Amber, Green or Blue, where a text is nothing else but that word or its letter; "" otherwise."""
    match = _RAG_LINE.fullmatch(fields.fold(text).strip(" ."))
    return _RAG.get(match[1], "") if match else ""


def _alone(words: str) -> str:
    """The status that a whole text is."""
    return next((c.value for c in STATUSES if words in {fields.fold(w) for w in (c.value, *c.aliases)}), "")


def _said(words: str) -> tuple[str, ...]:
    """Each status that the words speak of, the most careful first."""
    found: dict[str, None] = {}
    for status, pattern in _PATTERNS:
        words, count = pattern.subn(" | ", words)
        if count:
            found[status] = None
    return tuple(s for s in _CAREFUL if s in found)


def _judged(status: str, colour: str, sure: Confidence, *, clash: bool) -> StatusRead:
    if colour and status in _TENSE[colour]:
        return StatusRead(
            status, colour, Confidence.CHECK, f"The text reads as {status}, the colour is {colour}. Which is true?"
        )
    if clash:
        return StatusRead(status, colour, Confidence.CHECK, "It says two things. How far is it?")
    return StatusRead(status, colour, sure)
