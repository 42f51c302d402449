"""Periods as people write them: "12 months to July 23", "Apr–Nov 23", "2023/24", "YTD" (domain.md A6.1).

What was written becomes what it means, or each of the things that it could mean; nothing is guessed in silence. Figures
come by whole months, so what is counted back from a day ("last 3 months") starts at the last month that has ended by it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from workflow.fields.dates import month_end, month_name, read_date
from workflow.fields.spangrammar import Reader
from workflow.fields.spanparts import KINDS, Span, SpanRead
from workflow.fields.texts import straight

__all__ = ["KINDS", "Span", "SpanRead", "read_span", "show_span"]

_LONGEST = 120  # characters; nobody writes a period in more, and longer text is somebody's sentence
_PUBLISHED = re.compile(r"^(.*?)[\s,;(]*\b(?:published|publication|released)\b(.*)$")
_DRAFT = re.compile(r"[\s,(]*\b(?:provisional(?:ly)?|in draft|draft)\b[\s)]*")
_COMPARED = re.compile(r"[\s,(]+(?:v|vs|versus|compared (?:to|with)|against)\b.*$")
_BRACKETED = re.compile(r"([^()]*)\(([^()]+)\)")


def read_span(text: str, *, first_month: int = 4, as_at: date) -> SpanRead:
    """Read a period. No readings: it is none. One: it is certain. More: it could be any of them, the likeliest first.

    `first_month` is the month in which the reporting year starts (4 is April); `as_at` is the day from which periods
    without a year, and those such as "last 3 months", are counted. Never raises, whatever the text. Years from 1900 to 2200.
    """
    words = straight(text).casefold().strip(" .,;:")
    if not words or len(words) > _LONGEST:
        return SpanRead()
    words, published = _without_publication(words)
    provisional = bool(_DRAFT.search(straight(text).casefold()))
    words = _COMPARED.sub("", _DRAFT.sub(" ", words)).strip(" .,;:")
    reader = Reader(first_month, as_at)
    plain = " ".join(re.sub(r"[()\[\]]", " ", words).split())
    found = reader.read(plain) or _bracketed(reader, words) or SpanRead()
    return replace(found, published=published, provisional=provisional)


def _without_publication(words: str) -> tuple[str, date | None]:
    """The words before "published ...", and the day that follows it: when a figure came out is not what it covers."""
    match = _PUBLISHED.match(words)
    if not match:
        return words, None
    said = re.sub(r"\(.*", "", _DRAFT.sub(" ", match[2]))
    return match[1].strip(), read_date(re.sub(r"^(?:in|on)\s+", "", said.strip(" :,")).strip()).day


def _bracketed(reader: Reader, words: str) -> SpanRead | None:
    """"Year One (July 2022 - June 2023)", "Q2 2023/24 (Jul-Sep 2023)": a name and its dates, which must not disagree."""
    match = _BRACKETED.fullmatch(words)
    if not match:
        return None
    name, dates = match[1].strip(), reader.read(match[2].strip())
    named = reader.read(name)
    if dates is None:
        return None
    if named is None:  # a year with a name of its own is a plan's, not a rolling one
        return dates.with_kind("") if "year" in name else dates
    told = {(s.start, s.end) for s in dates.readings}
    agreed = tuple(s for s in named.readings if (s.start, s.end) in told)
    return replace(named, readings=agreed) if agreed else None


def show_span(span: Span) -> str:
    """In words that read back as the same span: "12 months to 31 October 2023", "financial year 2023/24", "to date"."""
    start, end = span.start, span.end
    if end is None:
        return _show_endless(span)
    if start is None:
        return f"{span.kind.lower() or 'up'} to {_day(end)}"
    dates = f"{_day(start)} to {_day(end)}"
    if not span.kind:
        return _show_dates(start, end, dates)
    by_end = {
        "Rolling 12 months": f"12 months to {_day(end)}",
        "Financial year": f"financial year {start.year}/{(start.year + 1) % 100:02d}",
        "Calendar year": f"calendar year {start.year}",
        "Quarter": f"quarter to {_day(end)}",
        "Snapshot": f"at {_day(end)}",
    }
    return by_end.get(span.kind, f"{span.kind.lower()}, {dates}")


def _show_endless(span: Span) -> str:
    if span.start is None:
        return "to date" if span.kind else "no end date"
    return f"{'cumulative ' if span.kind else ''}from {_day(span.start)}"


def _show_dates(start: date, end: date, dates: str) -> str:
    """Dates of which nobody said what kind of period they are."""
    if start == end:
        return _day(end)
    if start.day == 1 and end == month_end(start):
        return f"{month_name(end)} {end.year}"
    # Beyond a year no kind could be read into the bare dates; below, "the period" keeps them what they were.
    return dates if (end - start).days > 366 else f"the period {dates}"


def _day(day: date) -> str:
    return f"{day.day} {month_name(day)} {day.year}"
