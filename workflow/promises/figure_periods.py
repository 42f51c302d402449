"""Periods that stand in a sentence beside figures, and the numbers of a text that are no figures at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workflow import fields
from workflow.fields import SpanRead

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_YY = r"'?(?:(?:19|20)\d\d|\d\d)"
_PAIR = r"(?:(?:19|20)\d\d\s?/\s?(?:(?:19|20)\d\d|\d\d)|\b\d\d/\d\d|(?:19|20)\d\d-\d\d|\b\d\d-\d\d)"
_LEAD = r"(?:the |previous |financial |calendar )*"
_PERIODS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_LEAD}(?:year|quarter|\d{{1,2}} ?m(?:onths?)?|twelve months)(?: period)? (?:ending|ended|to)(?: the)?"
        rf"(?: end(?: of)?)? (?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH}(?: {_YY})?\b",
        rf"\bbetween (?P<range>{_MONTH}(?: {_YY})? and {_MONTH}(?: {_YY})?)\b",
        rf"\b{_MONTH}(?: {_YY})?\s?(?:-|–|to)\s?{_MONTH}(?: {_YY})?\b",
        rf"\byear (?:one|two|three) \({_MONTH} {_YY} ?[-–] ?{_MONTH} {_YY}\)",
        rf"\bQ[1-4](?: (?:of )?(?:{_PAIR}|(?:19|20)\d\d))?\b",
        rf"(?<![\d/.-]){_PAIR}(?![\d/-]|\.\d)",
        rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH} {_YY}\b",
        r"\b(?:spring|summer|autumn) term(?: (?:19|20)\d\d)?\b",
        r"\b(?:this year to date|year to date|YTD)\b",
        r"\b(?:last|past|previous) (?:\d{1,2}|twelve|three|six) months\b|\blast (?:quarter|year)\b|\bthis (?:quarter|year)\b",
        r"\b(?:to date|since inception)\b",
        r"\b(?:in|during|of|for|since|by|year|calendar) (?P<year>(?:19|20)\d\d)\b",
        r"(?<![\d/.,-])(?P<year>(?:19|20)\d\d)(?![\d/,%-]|\.\d)\b",
    )
)
_WORDS = (
    "act|act of|action|appendix|band|box|chapter|class|covid|domain|figure|goal|grade|item|key stage|level|no|op|page|"
    "paragraph|part|phase|priorities|priority|recommendation|ref|room|round|section|sections|stage|step|strand|table|tier|ward|"
    "year|years|zone"
)
_NOT = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b", 0),  # dates
        (r"\b\d{1,2}\s?(?:st|nd|rd|th)?\s+(?:of\s+)?" + _MONTH + r"\b(?:\s+(?:19|20)\d\d)?", re.IGNORECASE),
        (r"\b" + _MONTH + r"\s+\d{1,2}(?:st|nd|rd|th)?\b(?!\s?%)", re.IGNORECASE),
        (r"(?<![\d£])\d{1,2}[:.]\d{2}\s?(?:am|pm|hrs|hours)\b|\b\d{1,2}:\d{2}\b", re.IGNORECASE),  # times
        (r"\b\d{1,2}\s?(?:am|pm)\b|\b24/7\b", re.IGNORECASE),
        (r"(?<!\d)(?:\+44\s?\(?0?\)?|0)\d{2,4}[\s-]?\d{3,4}[\s-]?\d{3,4}(?!\d)", 0),  # telephone numbers
        (rf"\b(?:{_WORDS})\.?\s+\d+(?:\.\d+)*\b(?!\s?%)", re.IGNORECASE),  # references
        (r"\b\d+(?:\.\d+){2,}\b", 0),
        (r"\([A-Z]{2,6}\s\d+\)|\b[A-Z]{2,6}\s\d+(?=\s*[,.;)])", 0),  # "(YDS 110)"
        (
            r"\b(?:aged?|ages)\s*(?:of\s|between\s|under\s|over\s|[<>]\s?)*\d+(?:\s?(?:-|–|to|and)\s?\d+)?",
            re.IGNORECASE,
        ),  # ages
        (r"\b(?:\d{1,2}\s?[-–]\s?)?\d{1,2}[ -]?(?:year|yr)s?[ -]olds?\b|\b(?:under|over)[ -]\d{2}s\b", re.IGNORECASE),
        (r"^\s*\d{1,2}\s?&\s?\d{1,2}\b", re.MULTILINE),  # the mark "3& 4"
        (r"(?<![\d.,£])\d{1,2}\s?[-–]\s?\d{1,2}(?![\d%.,]|\s?%)(?=\s+(?!attend)[A-Za-z])", 0),  # "11-19 Strategy Group"
        (
            r"(?<![\d.,£])\d{1,3}\s?(?:-\s?)?(?:m|months?|weeks?|days?|years?|minutes?|mins?)\b",
            re.IGNORECASE,
        ),  # lengths of time
        (r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@\S+", 0),
        (r"\b(?:19|20)\d\d\b(?!\s?%|,\d)", 0),  # years
        (r"\bnumber one\b", re.IGNORECASE),
    )
)


# Before these words it is not what a figure covers, but when it came out, or what it is compared with.
_OTHER = re.compile(
    r"\b(?:publish\w*|publication|released?|due|presented)\b[^.;,]{0,25}$"
    r"|\b(?:change on|compared (?:to|with)|against|versus|than(?: in)?)\s+(?:the\s+)?$",
    re.IGNORECASE,
)

_FAR = 300  # characters: a period farther off belongs to something else


@dataclass(frozen=True, slots=True)
class PeriodFound:
    """A period as a text gives it, and how it reads."""

    text: str
    start: int
    end: int
    read: SpanRead


def find_periods(text: str, as_at: date, first_month: int) -> list[PeriodFound]:
    """The periods that a text names, in order, none inside another."""
    found: list[PeriodFound] = []
    for pattern in _PERIODS:
        for match in pattern.finditer(text):
            start, end = match.span(next(iter(pattern.groupindex), 0))
            if any(p.start < end and start < p.end for p in found):
                continue
            words = re.sub(r"^the ", "", text[start:end], flags=re.IGNORECASE)
            if _OTHER.search(text[max(0, start - 40) : start]) or words.casefold().startswith("previous"):
                continue
            words = words.replace(" and ", " to ")
            read = fields.read_span(words, first_month=first_month, as_at=as_at)
            if read.readings:
                found.append(PeriodFound(words, start, end, read))
    return sorted(found, key=lambda p: p.start)


def found_near(text: str, span: tuple[int, int], periods: Sequence[PeriodFound]) -> tuple[str, SpanRead] | None:
    """The period nearest to a figure, in its own sentence."""
    near: list[tuple[int, PeriodFound]] = []
    for period in periods:
        low, high = (span[1], period.start) if period.start >= span[1] else (period.end, span[0])
        if low <= high <= low + _FAR and not re.search(r"[.!?](?=\s)|\n", text[low:high]):
            near.append((high - low, period))
    best = min(near, key=lambda pair: (pair[0], pair[1].start), default=None)
    return (best[1].text, best[1].read) if best else None


def not_figures(text: str) -> Iterator[tuple[int, int]]:
    """Where a text has numbers that measure nothing."""
    for pattern in _NOT:
        for match in pattern.finditer(text):
            yield match.span()
