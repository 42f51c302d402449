"""The grammar of `spans`: one small reader for each way in which people write a period."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.fields.dates import month_end
from workflow.fields.spanparts import (
    EARLIEST,
    END_OF,
    LATEST,
    Point,
    Span,
    SpanRead,
    Years,
    back,
    read_pair,
    read_point,
    whole_year,
)

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_TERMS = {"autumn": (9, 12), "spring": (1, 3), "summer": (4, 7)}  # first and last month of a school term
_LONGEST = 60  # months
_NEAR = 25  # years: how far from our own a year of two digits may lie, and how long a plan may run

_YEARS = r"(?:\d{4}|\d{2})(?:\s?[-/]\s?(?:\d{4}|\d{2}))?"
_MONTHS = r"(\d{1,2}|[a-z]+)[ -]?(?:months?|mths?|m)"
_TO = r"(?:to|ending|ended|end|up to|until|till)"
_LEAD_IN = re.compile(r"^(?:for|in|during|over|covering|throughout)(?: the)? ")
_PERIOD = re.compile(r"(?:the )?period (?:of |from |covering )?(.+)")
_ENDLESS = re.compile(r"(?:still |currently )?(?:on-?going|under-? ?way|continuing|continuous|open-?ended|no end date)")
_INCEPTION = (
    r"since (?:inception|(?:the |its )?(?:start|launch|beginning)|(?:it|they|[a-z ]{3,30}) (?:began|started|launched|opened))"
)
_CUMULATIVE = re.compile(rf"to date|cumulative(?: to date)?|running total|{_INCEPTION}(?: to date)?")
_RUN_UP = re.compile(rf"(?:cumulative|{_INCEPTION})(?: total| figure)?[ ,:]+(?:(from|since|to|up to) )?(.+)")
_SINCE = re.compile(r"since (.+?)(?: to date)?|to date,? (?:from|since) (.+)")
_TO_NOW = re.compile(r"(?:from )?(.+?)(?:,? (?:to (?:date|now|the present|present)|onwards?))")
_YEAR_TO_DATE = re.compile(
    r"(?:(?:this |the )?(?:(?:financial|fiscal) |(calendar) )?(?:year[- ]to[- ]date|ytd)|fytd)"
    r"(?:[ ,:]+(?:to |at |as at |for |of )?(.+))?"
)
_THEN_YTD = re.compile(r"(.+?),? (?:ytd|year[- ]to[- ]date)")
_COHORT = re.compile(r"(?:the )?cohort(?: of|,|:)? (.+)|(.+?),? cohort")
_MONTHS_TO = re.compile(rf"(?:(?:the|rolling|last|latest|past|previous) )*{_MONTHS}(?: rolling)?(?: period)? {_TO} (.+)")
_YEAR_TO = re.compile(
    rf"(?:(?:the|rolling|last|latest) )*(?:(financial|fiscal|calendar) )?(?:(?:year|yr) {_TO}|(?:ye|y/e)(?: {_TO})?) (.+)"
)
_QUARTER_TO = re.compile(rf"(?:(?:the|last|latest) )*(?:quarter|qtr) {_TO} (.+)")
_LAST_MONTHS = re.compile(rf"(?:the )?(?:last|past|previous|latest) {_MONTHS}")
_ROLLING = re.compile(r"(?:the )?rolling (?:year|(?:12|twelve)[ -]?(?:months?|m))|(?:12|twelve)[ -]?(?:months?|m)")
_A_QUARTER = re.compile(r"(?:a|the|this|last|per|each|every|previous|latest|current) (?:quarter|qtr)|quarter|quarterly")
_QUARTER = re.compile(
    rf"(?:(?:q|quarter |qtr )([1-4])|({'|'.join(_ORDINALS)}) quarter)(?:[ ,]*(?:of |fy ?)*({_YEARS}))?"
    rf"|({_YEARS})[ ,-]*(?:q|quarter )([1-4])"
)
_YEAR = re.compile(
    rf"(?:the )?(?:(financial|fiscal|calendar|academic|school) years? ?|(fy|cy) ?)?({_YEARS})"
    r"(?: (financial|fiscal|calendar|academic|school) year| (fy))?"
)
_TERM = re.compile(rf"(?:the )?(autumn|spring|summer) term(?:[ ,]+({_YEARS}))?")
_YEAR_END = re.compile(
    r"(?:the )?(?:end of (?:the |this )?(financial |fiscal |calendar )?year|(financial |fiscal |calendar )?year[- ]end)"
)
_AT = re.compile(r"(?:(?:position|snapshot|figure) )?(?:as at|as of|at)(?: the)? (.+)|snapshot,? (?:on )?(.+)")
_UP_TO = re.compile(rf"{_TO} (.+)")


def _count(word: str) -> int:
    """A number of months in digits or letters; 0 for any other word, and for more than anybody reports."""
    number = int(word) if word.isdigit() else _NUMBERS.index(word) + 1 if word in _NUMBERS else 0
    return number if number <= _LONGEST else 0


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a text in two at a dash or a "to"; at an "and" only where it was between two."""
    between = text.removeprefix("between ")
    rest, cut = (text.removeprefix("from "), "to|until|till|through") if between == text else (between, "and|to")
    for match in re.finditer(rf" (?:{cut}) | ?- ?", rest):
        yield rest[: match.start()], rest[match.end() :]


@dataclass(frozen=True, slots=True)
class Reader(Years):
    """Reads periods as people write them, in a calendar and as at a day. The words come folded, in lower case.

    Each of its readers gives None for what it does not know, so that the next one is asked.
    """

    def read(self, words: str) -> SpanRead | None:
        """What the words mean; None where they are no period."""
        text = _LEAD_IN.sub("", words)
        if match := _PERIOD.fullmatch(text):
            inner = self.read(match[1])
            return inner.with_kind("") if inner else None
        readers: tuple[Callable[[str], SpanRead | None], ...] = (
            self._endless, self._counted_up, self._to_date, self._cohort, self._ending, self._counted_back, self._quarter,
            self._year, self._term, self._at, self._deadline, self._dates, self._half_open,
        )
        found = (reader(text) for reader in readers)
        return next((read for read in found if read is not None), None)

    # --- without an end, or counted up from a start

    def _endless(self, text: str) -> SpanRead | None:
        """"Ongoing", "to date", "since inception"."""
        if _ENDLESS.fullmatch(text):
            return SpanRead((Span("", None, None),))
        return SpanRead((Span("Cumulative", None, None),)) if _CUMULATIVE.fullmatch(text) else None

    def _counted_up(self, text: str) -> SpanRead | None:
        """"Since April 2022", "April to date", "cumulative to March 23"."""
        if match := _RUN_UP.fullmatch(text):
            return self._run_up(match[1] or "", match[2])
        if match := _SINCE.fullmatch(text):
            return self._started(match[1] or match[2], "Cumulative")
        match = _TO_NOW.fullmatch(text)
        read = self._started(match[1], "Cumulative") if match else None
        if read is None or read.readings[0].start != self.year_start(self.anchor, self.first_month):
            return read
        # "April to date" is the year to date where April begins the reporting year that is running.
        return SpanRead((Span("Year to date", read.readings[0].start, self.anchor),), anchored=True)

    def _run_up(self, how: str, text: str) -> SpanRead | None:
        if between := self._from_to(text):
            return between.with_kind("Cumulative")
        if how in ("from", "since"):
            return self._started(text, "Cumulative")
        ends = self._ends(text)
        return ends.each(lambda s: Span("Cumulative", None, s.end)) if ends else None

    def _started(self, text: str, kind: str) -> SpanRead | None:
        """From the start of what the text says, without an end. A month without a year is the last that has begun."""
        point = read_point(text)
        if point and point.year is None:
            starts = [d for y in range(self.as_at.year - 8, self.as_at.year + 1) if (d := point.first(y))]
            begun = [d for d in starts if d <= self.as_at]
            return SpanRead((Span(kind, begun[-1], None),)) if begun else None
        read = self._dates(text) or self._year(text) or self._quarter(text)
        return read.each(lambda s: Span(kind, s.start, None)) if read else None

    def _half_open(self, text: str) -> SpanRead | None:
        """"From April 24" has no end; "up to Sept 23" does not say where it starts."""
        if text.startswith("from "):
            return self._started(text.removeprefix("from "), "")
        match = _UP_TO.fullmatch(text)
        ends = self._ends(match[1]) if match else None
        return ends.each(lambda s: Span("", None, s.end)) if ends else None

    def _to_date(self, text: str) -> SpanRead | None:
        """"YTD", "this year to date", "YTD to Nov 23", "2023/24 YTD"."""
        first, rest = self.first_month, None
        if match := _YEAR_TO_DATE.fullmatch(text):
            first, rest = 1 if match[1] else first, match[2]
        elif match := _THEN_YTD.fullmatch(text):
            rest = match[1]
        else:
            return None
        if rest is None:
            return SpanRead((Span("Year to date", self.year_start(self.anchor, first), self.anchor),), anchored=True)
        if between := self._from_to(rest):
            return between.with_kind("Year to date")
        return self._up_to(rest, first)

    def _up_to(self, text: str, first_month: int) -> SpanRead | None:
        """From the start of the year to the end of what the text says, or to what has passed of the year it names."""
        read = self._year(text)
        if read is None:
            ends = self._ends(text)
            return ends.each(lambda s: self._year_until(s.end, first_month)) if ends else None
        start, end = read.readings[0].start, read.readings[0].end
        if read.kinds != ("Financial year",) or start is None or end is None or start > self.anchor:
            return None
        return SpanRead((Span("Year to date", start, min(end, self.anchor)),), anchored=end > self.anchor)

    def _year_until(self, end: date | None, first_month: int) -> Span:
        return Span("Year to date", self.year_start(end, first_month) if end else None, end)

    # --- so many months, up to something or counted back

    def _cohort(self, text: str) -> SpanRead | None:
        match = _COHORT.fullmatch(text)
        read = self.read(match[1] or match[2]) if match else None
        return read.with_kind("Cohort") if read and not read.endless else None

    def _ending(self, text: str) -> SpanRead | None:
        """So many months, a year or a quarter that ends with something."""
        months, kind, rest = 0, "", ""
        if match := _MONTHS_TO.fullmatch(text):
            months, rest = _count(match[1]), match[2]
        elif match := _YEAR_TO.fullmatch(text):
            sorts = {"financial": "Financial year", "fiscal": "Financial year", "calendar": "Calendar year"}
            months, kind, rest = 12, sorts.get(match[1], ""), match[2]
        elif match := _QUARTER_TO.fullmatch(text):
            months, kind, rest = 3, "Quarter", match[1]
        ends = self._ends(rest) if months else None
        return ends.each(lambda s: self._months_before(s.end, months, kind) if s.end else s) if ends else None

    def _months_before(self, end: date, months: int, kind: str = "") -> Span:
        start = back(end, months)
        fits = self.spans(start, end)[0].kind
        if months == 12 and (not kind or kind != fits):  # also "financial year to June": nobody's financial year
            kind = "Rolling 12 months"
        return Span(kind or fits, start, end)

    def _counted_back(self, text: str) -> SpanRead | None:
        """"Last 3 months", "a quarter": counted back from the last month, or quarter, that has ended."""
        end, months, kind = self.anchor, 0, ""
        if match := _LAST_MONTHS.fullmatch(text):
            months = _count(match[1])
        elif _ROLLING.fullmatch(text):
            months = 12
        elif _A_QUARTER.fullmatch(text):
            months, kind = 3, "Quarter"
            begun = (end.month - self.first_month + 1) % 3  # months of the quarter that is running
            end = back(end, begun) - timedelta(days=1) if begun else end
        return SpanRead((self._months_before(end, months, kind),), anchored=True) if months else None

    # --- quarters, years and terms by their names

    def _quarter(self, text: str) -> SpanRead | None:
        match = _QUARTER.fullmatch(text)
        if not match:
            return None
        n, years = int(match[1] or match[5] or _ORDINALS[match[2]]), match[3] or match[4]
        if not years:
            return self.yearless(lambda y: (self.quarter_of(y, n, self.first_month),))
        if pair := read_pair(years):
            return SpanRead((self.quarter_of(pair[0], n, self.split),)) if pair[1] == pair[0] + 1 else None
        year = whole_year(years) if years.isdigit() else 0
        if not EARLIEST < year < LATEST:
            return None
        # "Q4 2024" is October to December, or the fourth quarter of the reporting year if that lies in 2024.
        ours = (self.quarter_of(y, n, self.first_month) for y in (year, year - 1))
        here = [s for s in ours if s.start and s.start.year == year]
        return SpanRead(tuple(dict.fromkeys((*here, self.quarter_of(year, n, 1)))))

    def _year(self, text: str) -> SpanRead | None:
        match = _YEAR.fullmatch(text)
        if not match:
            return None
        sort, years = match[1] or match[2] or match[4] or match[5] or "", match[3]
        month = self._month_and_year(years) if not sort else None
        if pair := read_pair(years):
            if not years[:4].isdigit() and abs(pair[0] - self.as_at.year) > _NEAR:
                return month  # 40/41: two digits are years only near our own
            return self._two_years(pair, sort) if pair[1] == pair[0] + 1 and not month else month or self._several(pair)
        return month or self._single(years, sort)

    def _month_and_year(self, text: str) -> SpanRead | None:
        """"10/23" is a month; "11/12" is one too, or the year 2011/12."""
        match = re.fullmatch(r"(0?[1-9]|1[0-2])\s?[-/]\s?(\d{2})", text)
        read = self._dates(f"{match[1]}/20{match[2]}") if match else None
        pair = read_pair(text)
        if read and pair and pair[1] == pair[0] + 1:
            return SpanRead((self.year_of("Financial year", pair[0], self.split), *read.readings))
        return read

    def _two_years(self, pair: tuple[int, int], sort: str) -> SpanRead | None:
        if sort in ("academic", "school"):
            return SpanRead((self.year_of("", pair[0], 9),))
        return None if sort in ("cy", "calendar") else SpanRead((self.year_of("Financial year", pair[0], self.split),))

    def _several(self, pair: tuple[int, int]) -> SpanRead | None:
        """"22/24", "2018/21": a plan of several years, which could run by reporting years or by calendar years."""
        first, last = pair
        by_ours = Span("", date(first, self.split, 1), date(last, self.split, 1) - timedelta(days=1))
        return SpanRead((by_ours, Span("", date(first, 1, 1), date(last, 12, 31)))) if last - first <= _NEAR else None

    def _single(self, digits: str, sort: str) -> SpanRead | None:
        """A year alone is a calendar year; "FY24" is the year that ends in 2024, or the one that starts in it."""
        if not digits.isdigit() or (len(digits) == 2 and not sort) or sort in ("academic", "school"):
            return None
        year = whole_year(digits)
        if not EARLIEST < year < LATEST:
            return None
        if sort in ("", "cy", "calendar"):
            return SpanRead((self.year_of("Calendar year", year, 1),))
        return SpanRead(tuple(self.year_of("Financial year", y, self.split) for y in (year - 1, year)))

    def _term(self, text: str) -> SpanRead | None:
        """"Autumn term 2023", "spring term 2023/24": the school year runs from September."""
        match = _TERM.fullmatch(text)
        if not match:
            return None
        first, last = _TERMS[match[1]]

        def term(year: int) -> tuple[Span, ...]:
            return (Span("", date(year, first, 1), month_end(date(year, last, 1))),)

        if not match[2]:
            return self.yearless(term)
        pair = read_pair(match[2])
        if pair and pair[1] == pair[0] + 1:
            return SpanRead(term(pair[first < 9]))
        year = whole_year(match[2]) if match[2].isdigit() else 0
        return SpanRead(term(year)) if EARLIEST < year < LATEST else None

    # --- days, months, and from one to another

    def _at(self, text: str) -> SpanRead | None:
        """"As at 31/1/24"."""
        match = _AT.fullmatch(text)
        ends = self._ends(match[1] or match[2]) if match else None
        return ends.with_kind("Snapshot") if ends else None

    def _deadline(self, text: str) -> SpanRead | None:
        """A day told by what it ends: "by 2026", "end of 2023/24", "by end of year", "end Jan 24"."""
        by = text.startswith("by ") or _YEAR_END.fullmatch(text) or END_OF.match(text)
        return self._ends(text.removeprefix("by ").removeprefix("the ")) if by else None

    def _ends(self, text: str) -> SpanRead | None:
        """The last day of what the text says, as a day. A year alone may end with March or with December."""
        if match := _YEAR_END.fullmatch(text):
            return self._year_ends(match[1] or match[2] or "")
        if re.fullmatch(r"\d{4}", text) and EARLIEST < int(text) < LATEST:
            days = (date(int(text), self.split, 1) - timedelta(days=1), date(int(text), 12, 31))
            return SpanRead(tuple(Span("", d, d) for d in days))
        read = self.read(END_OF.sub("", text, count=1) if END_OF.match(text) else text)
        return read.each(lambda s: Span("", s.end, s.end)) if read and not read.endless else None

    def _year_ends(self, sort: str) -> SpanRead:
        """The ends of the financial and of the calendar year that are running; where the text says which, that one."""
        financial = self.year_of("", self.year_start(self.as_at, self.split).year, self.split).end
        calendar = date(self.as_at.year, 12, 31)
        days = {"": (financial, calendar), "calendar ": (calendar,)}.get(sort, (financial,))
        return SpanRead(tuple(Span("", d, d) for d in days), anchored=True)

    def _dates(self, text: str) -> SpanRead | None:
        """A month, a day, or from one to another."""
        point = read_point(text)
        if point is None:
            return self._from_to(text)

        def make(year: int) -> tuple[Span, ...]:
            first, last = point.first(year), point.last(year)
            return (Span("", first, last),) if first and last else ()

        return SpanRead(make(point.year)) if point.year else self.yearless(make)

    def _from_to(self, text: str) -> SpanRead | None:
        for left, right in _splits(text):
            one, other = read_point(left), read_point(right)
            if one and other:
                return self._between(one, other)
        return None

    def _between(self, one: Point, other: Point) -> SpanRead | None:
        """From one month or day to another; a year that only one of them has is the other's too, or the next to it."""

        def ending(year: int) -> tuple[Span, ...]:
            last = other.last(year)
            starts = [one.first(y) for y in ((one.year,) if one.year else (year, year - 1))]
            start = next((d for d in starts if d and last and d <= last), None)
            return self.spans(start, last) if start and last else ()

        if other.year:
            spans = ending(other.year)
        elif one.year:
            spans = ending(one.year) or ending(one.year + 1)
        else:
            return self.yearless(ending)
        return SpanRead(spans) if spans else None
