"""When something is due, as people write it, beside what they wrote (domain.md A6.1)."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from workflow import fields
from workflow.fields import How
from workflow.model import Confidence

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DAY = re.compile(
    rf"\b(?:\d{{1,2}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?(?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|(?:\d{{1,2}}\s?(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}\.?,?\s+'?(?:\d{{4}}|\d{{2}}))\b",
    re.IGNORECASE,
)
_ENDLESS = re.compile(
    r"\b(?:on-? ?going|to date|under ?way|continuous(?:ly)?|continual|rolling|business as usual|bau|throughout|daily|weekly|"
    r"fortnightly|monthly|bi-?monthly|quarterly|annual(?:ly)?|yearly|every \w+)\b",
    re.IGNORECASE,
)
_SOME_TIME = re.compile(
    r"\b(?:tbc|tba|to be (?:confirmed|agreed|decided|set)|asap|as soon as possible|immediate(?:ly)?|n/?a|"
    r"none|unknown|not set)\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^(?:(?:to be )?(?:completed?|delivered|done|due|review(?:ed)?|revised|target|deadline|"
    r"expected|launch(?:ed)?)(?: date)?\s*)?"
    r"(?:by|before|no later than|not later than|until|till|in|on|for|to|:|-)?\s*(?:the\s+)?",
    re.IGNORECASE,
)

_BARE_YEAR = re.compile(r"(?:by |in )?\d{4}")  # the plan's own year may end in March or in December


class Due(NamedTuple):
    """The day that was meant, None for none; what was written; how sure; and what a person must be asked, "" for nothing."""

    day: date | None
    written: str
    confidence: Confidence
    asked: str = ""


def read_due(text: str, today: date, *, first_month: int = 4) -> Due:
    """Read when something is due. A month means its last day, a period its last day; what never ends has no date.

    `today` serves only to guess a year that was left out, and periods such as "this quarter"; `first_month` is the month in
    which the reporting year starts. Nothing is guessed in silence: what is not plainly one day is asked.
    """
    written = text
    words = " ".join(fields.clean(text).split())
    if not words:
        return Due(None, written, Confidence.CHECK, "No date is given. When is it due?")
    read = fields.read_date(words, today)
    if read.day is not None and fields.plausible(read.day):
        return _of_date(read.day, read.how, written)
    inside = list(dict.fromkeys(m[0] for m in _DAY.finditer(words)))
    if len(inside) > 1:
        return _several(inside, written)
    endless = _ENDLESS.search(words)
    if inside and not endless:
        return _one_inside(inside[0], words, written)
    if endless or _SOME_TIME.search(words):
        return Due(
            None, written, Confidence.CHECK, f"“{words}” is no date. By when must it be done, or when is it next looked at?"
        )
    return _of_span(words, written, today, first_month) or _guessed(read.near, words, written)


def _of_date(day: date, how: How, written: str) -> Due:
    if how is How.SWAPPED:
        return Due(day, written, Confidence.CHECK, f"Month and day seem swapped. Is it {fields.show(day)}?")
    return Due(day, written, Confidence.LIKELY if how is How.MONTH else Confidence.SURE)


def _several(inside: list[str], written: str) -> Due:
    days = [read.day for one in inside if (read := fields.read_date(one)).day is not None]
    told = fields.listed(inside, "and")
    return Due(days[-1] if days else None, written, Confidence.CHECK, f"It gives {told}. Which is the date it is due now?")


def _one_inside(found: str, words: str, written: str) -> Due:
    day = fields.read_date(found).day
    if day is None or not fields.plausible(day):
        return Due(None, written, Confidence.CHECK, f"“{found}” is no day of the calendar. When is it due?")
    if re.search(rf"\b(?:from|since|after|starting)\s+(?:the\s+)?{re.escape(found)}", words, re.IGNORECASE):
        return Due(None, written, Confidence.CHECK, f"It begins on {fields.show(day)}. When is it due?")
    return Due(day, written, Confidence.LIKELY)


def _of_span(words: str, written: str, today: date, first_month: int) -> Due | None:
    """The last day of a period: "Q4", "2023/24", "autumn term 2023", "by end of 2026"."""
    bare = re.sub(r"^(?:the )?end (?:of )?(?:the )?", "", _LEAD_IN.sub("", words, count=1), flags=re.IGNORECASE)
    for form in (words, _LEAD_IN.sub("", words, count=1), bare):
        read = fields.read_span(form, first_month=first_month, as_at=today)
        ends = list(dict.fromkeys(s.end for s in read.readings if s.end is not None))
        if not ends:
            continue
        last = min(ends, key=lambda end: abs(end - today))
        plain = len(ends) == 1 and not read.anchored and not _BARE_YEAR.fullmatch(form.strip())
        told = "" if plain else f"“{words}” is read as {fields.show(last)}. Is that the day?"
        return Due(last, written, Confidence.CHECK if told else Confidence.LIKELY, told)
    return None


def _guessed(near: date | None, words: str, written: str) -> Due:
    if near is not None:
        return Due(near, written, Confidence.CHECK, f"“{words}” has no year. Is it {fields.show(near)}?")
    return Due(None, written, Confidence.CHECK, f"“{words}” cannot be read as a date. When is it due?")
