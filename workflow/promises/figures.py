"""Numbers inside a text that could be measures, with unit, kind, period and the words around them (domain.md A6).

All are proposals. What a number is not is as much of the work: a list mark, a date, a year, a reference, a time, an age, a
length of time, a telephone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow import fields
from workflow.fields import SpanRead
from workflow.model import Confidence
from workflow.promises.figure_periods import find_periods, found_near, not_figures
from workflow.promises.lists import mark_spans

NUMBER, PER_CENT, POUNDS = "number", "per cent", "£"
COUNT, SHARE, CHANGE, RATE, RANK, TARGET = "count", "share", "change", "rate", "rank", "target"
_FIGURE = re.compile(
    r"(?<![\w.,/£])(?P<sign>[+–-]\s?)?(?P<pounds>£\s?)?(?P<body>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<size>\s?(?:k|m|bn|million|billion|thousand)\b)?(?P<plus>\+)?"
    r"(?P<unit>\s?%|\s?per\s?cent\b|\s?percent\b|\s?(?:percentage\s)?points?\b)?"
    r"(?P<per>\s+(?:\w+\s+){0,2}?per\s+1,?000\b|/1,?000\b)?(?P<ordinal>st|nd|rd|th)?(?![\w/]|[.,]\d)",
    re.IGNORECASE,
)
_SIZES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000, "bn": 1_000_000_000, "billion": 1_000_000_000}
_DOWN = r"reduc\w*|decreas\w*|fell|fall\w*|drop\w*|declin(?:e|es|ing)|less|fewer|lower|down"
_UP = r"increas\w*|rise[ns]?|rose|rising|up|grew|grow\w*|more|higher|additional|extra"
_AFTER = re.compile(rf"^\s*(?:\([^)]*\)\s*)?(?:(?:\w+\s+){{0,1}}?)(?P<way>(?P<down>{_DOWN})|(?P<up>{_UP}))\b", re.IGNORECASE)
_BEFORE = re.compile(
    rf"\b(?P<way>(?P<down>{_DOWN})|(?P<up>{_UP}))\b(?:\s+\w+){{0,8}}?\s+(?:by|of)\s+(?:\w+\s+)?$", re.IGNORECASE
)
_PLAIN_BEFORE = re.compile(rf"\b(?P<way>(?P<down>{_DOWN})|(?P<up>{_UP}))\s*:?\s*$", re.IGNORECASE)
_TARGET = re.compile(
    r"\b(?:(?:target|aim(?:ing)?|goal)\b[^.;]{0,40}\b(?:of|to|at|is|below|above|than)|(?:hold|keep)\b[^.;]{0,60}\b(?:at|to|below|above)"
    r"|to (?:reduce|increase|raise|cut)\b[^.;]{0,60}\b(?:to|below|above))\s+$",
    re.IGNORECASE,
)
_RANKED = re.compile(r"\brank(?:ed|ing|s)?\b[^.;]{0,40}$", re.IGNORECASE)
_ORDERED = re.compile(r"^\s+(?:most\s+|joint\s+)?(?:highest|lowest|largest|worst|best|in the\b|of\s+\d)", re.IGNORECASE)
_EARLIER = re.compile(
    r"\b(?:compared (?:to|with)|up from|down from|previously|from|against)\s+(?:\w+\s+)?$|\(was\s+$", re.IGNORECASE
)
_ABOUT = re.compile(
    r"(?:\b(?:over|under|more than|less than|fewer than|about|around|nearly|almost|circa|at least|up to)|[<>~≥≤])\s*$",
    re.IGNORECASE,
)
_LABEL_END = re.compile(
    r"[.,;:()\n]|\s[-–]\s|\b(?:in|for|from|during|since|between|compared|were|was|have|has|had|who|which|with|as|by|at)\b"
)
_NEW_SENTENCE = re.compile(r"\s+(?:This|The|That|These|It|We|However|There|A|An|In)\b")  # whose full stop got lost
_LABEL_WORDS = 6
_FAR = 200  # characters on either side of a number that can say what it is


@dataclass(frozen=True, slots=True)
class FigureFound:
    """One number proposed as a measure. `start` and `end` are its place in the text; `value` has the sign of a change.

    `period` is how `fields.read_span` reads the words `period_text` that stand nearest in its sentence, None where none do.
    `earlier`: it is the value that another is compared with. `about`: the text gives it as a bound or a guess.
    """

    value: Decimal
    unit: str  # "number", "per cent", "£", "per 1,000"
    kind: str  # "count", "share", "change", "rate", "rank", "target"
    label: str
    start: int
    end: int
    written: str
    period_text: str = ""
    period: SpanRead | None = None
    earlier: bool = False
    about: bool = False
    confidence: Confidence = Confidence.CHECK
    asked: str = ""


def find_figures(text: str, as_at: date, *, first_month: int = 4) -> tuple[FigureFound, ...]:
    """The numbers of a text that could be measures, in order. `as_at` is the day from which periods without a year count.

    None is ever sure: likely where unit and period are plain, to be checked otherwise.
    """
    periods = find_periods(text, as_at, first_month)
    taken = [(p.start, p.end) for p in periods] + list(not_figures(text)) + mark_spans(text)
    return tuple(_figure(text, match, found_near(text, match.span(), periods)) for match in _candidates(text, taken))


def _candidates(text: str, taken: Iterable[tuple[int, int]]) -> Iterator[re.Match[str]]:
    mask = bytearray(len(text))
    for a, b in taken:
        mask[a:b] = b"\1" * (b - a)
    for match in _FIGURE.finditer(text):
        start, end = match.span("body")
        if any(mask[start:end]):
            continue
        before, after = text[max(0, match.start() - 80) : match.start()], text[match.end() : match.end() + 40]
        if match["ordinal"] and not (_ORDERED.match(after) or _RANKED.search(before)):
            continue
        yield match


def _figure(text: str, match: re.Match[str], period: tuple[str, SpanRead] | None) -> FigureFound:
    before, after = _sides(text, match)
    unit = _unit(match)
    kind, sign = _kind(match, unit, before, after)
    value = sign * _value(match)
    earlier = bool(_EARLIER.search(before))
    told, read = ("", None) if earlier or period is None else period  # what is compared with covers another period
    asked = _asked(match, kind, read)
    sign_taken = match.start("body") if kind != CHANGE and not match["pounds"] else match.start()
    return FigureFound(
        value, unit, kind, _label(before, after), sign_taken, match.end(), text[sign_taken : match.end()].strip(), told, read,
        earlier, bool(match["plus"] or _ABOUT.search(before)),
        Confidence.CHECK if asked else Confidence.LIKELY, asked,
    )  # fmt: skip


def _sides(text: str, match: re.Match[str]) -> tuple[str, str]:
    """What stands before and behind a number in its own sentence, as far as it can say what the number is."""
    before, after = text[max(0, match.start() - _FAR) : match.start()], text[match.end() : match.end() + _FAR]
    return re.split(r"[.!?;]\s|\n", before)[-1], re.split(r"[.!?;]\s|\n", after, maxsplit=1)[0]


def _unit(match: re.Match[str]) -> str:
    if match["per"]:
        return "per 1,000"
    if match["unit"]:
        return "percentage points" if "point" in match["unit"].casefold() else PER_CENT
    return POUNDS if match["pounds"] else NUMBER


def _value(match: re.Match[str]) -> Decimal:
    value = Decimal(match["body"].replace(",", ""))
    size = (match["size"] or "").strip().casefold()
    return value * _SIZES.get(size, 1)


def _kind(match: re.Match[str], unit: str, before: str, after: str) -> tuple[str, int]:
    """What kind of figure it is, and 1 or -1 for the sign of a change."""
    signed = (match["sign"] or "").strip()
    if match["ordinal"] or (unit == NUMBER and _RANKED.search(before)):
        return RANK, 1
    if _TARGET.search(before) and not re.search(r"\b(?:from|was)\b", before[-60:]):
        return TARGET, 1
    way = _BEFORE.search(before) or _AFTER.match(after) or (_PLAIN_BEFORE.search(before) if unit != NUMBER else None)
    if way and not (_ABOUT.search(before) and not _BEFORE.search(before)) and not re.search(r"\bfrom\s+$", before):
        return CHANGE, -1 if way["down"] else 1
    if unit in (PER_CENT, "percentage points") and (signed == "+" or (signed and (before[-1:] in " (" or not before))):
        return CHANGE, 1 if signed == "+" else -1
    shared = unit == PER_CENT and not re.search(r"\brate\b[^.;]{0,40}$", before, re.IGNORECASE)
    return (COUNT if unit in (NUMBER, POUNDS) else SHARE if shared else RATE), 1


def _asked(match: re.Match[str], kind: str, read: SpanRead | None) -> str:
    if kind == TARGET:
        return "Is it a target, and of which measure?"
    if read is None:
        return "Which period does it cover?"
    if len(read.readings) > 1 or read.anchored:
        return f"Which period is meant by its words? {match['body']} needs one."
    return ""


def _label(before: str, after: str) -> str:
    """The few words that say what is counted: those behind the number, else those before it."""
    if _NEW_SENTENCE.match(after):
        after = ""
    behind = _LABEL_END.split(after.lstrip(" +"), maxsplit=1)[0].split()
    if behind:
        return " ".join(behind[:_LABEL_WORDS])
    lead = re.split(r"[.,;:()\n]", before.rstrip(" (-–+,:"))[-1].split()
    return " ".join(lead[-_LABEL_WORDS:]) or fields.clean(after)[:40]
