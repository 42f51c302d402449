"""A stored cell and a form's field make a typed value, or a problem with the words to say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from workflow.fields.cells import exact_text, number_of, shape, times_100
from workflow.fields.codec import MONTHS, show
from workflow.fields.dates import YEARS, DateRead, How, day_of, month_end, plausible, read_date
from workflow.fields.numbers import NumberRead, read_number
from workflow.fields.spans import KINDS, SpanRead, read_span, show_span
from workflow.fields.texts import clean, fold, invisible, listed, near, split_many
from workflow.model import Cell, CellType, Choice, Field, Kind, Value


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell means. `value` None and no `problem`: the cell is blank.

    `problem` is a stop (then there is no value) or a query (then there is); `notes` are the further codes, whose value is
    kept; `words` are what `wording.finding` needs for all of them, besides `found`, which is `raw_text(cell)`.
    """

    value: Value | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()
    words: Mapping[str, object] = field(default_factory=dict)
    suggestion: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Every finding to be made, the problem first."""
        return (self.problem, *self.notes) if self.problem else self.notes


@dataclass(frozen=True, slots=True)
class _Task:
    """One cell to be read as one field, and what is known at run time."""

    field: Field
    cell: Cell
    text: str  # as the person saw it, cleaned, no digit rounded away
    choices: tuple[Choice, ...]
    unit: str
    today: date
    as_at: date

    @property
    def percent(self) -> bool:
        """Whether the value is in per cent. A whole number never is, so a percentage's own parts may share its row."""
        kind = self.field.kind
        return kind is Kind.PERCENT or (self.unit == "%" and kind in (Kind.DECIMAL, Kind.RATE))


BLANK = Parsed()
_SERIALS = range(20_000, 80_001)  # days since 1899-12-30 that may be a date whose format was lost: 1954 to 2119
_EPOCH = date(1899, 12, 30)
YES_WORDS = frozenset({"yes", "y", "true", "1", "✓", "✔", "☑", "✅", "✔\ufe0f", "☑\ufe0f"})
NO_WORDS = frozenset({"no", "n", "false", "0", "✗", "✘", "❌", "☐"})
# A cross ticks a box on paper and strikes it out on screen: it is asked, with the likelier reading suggested.
_CROSS = frozenset({"x", "☒", "×"})
_LONGEST_FORMULA = 80  # characters of a formula that are shown to its author
_EXPECTED = {
    Kind.WHOLE: ("a whole number", "12"),
    Kind.DECIMAL: ("a number", "12.5"),
    Kind.PERCENT: ("a percentage", "36.4"),
    Kind.RATE: ("a rate", "4.2"),
    Kind.MONEY: ("an amount in pounds", "1250"),
}


def parse(  # noqa: PLR0913 - the cell, and what is known of it only at run time, each part by its name
    field: Field, cell: Cell, *, choices: Sequence[Choice] = (), unit: str = "", today: date, as_at: date | None = None
) -> Parsed:
    """Read a stored cell as a field. Never raises, whatever the cell holds.

    `choices` are the words of a list known only at run time (else the field's own; with neither, any text is accepted);
    `unit` is the item's unit: "%" makes a decimal or rate a percentage. Percentages are in per cent: 36.4 means 36.4%.
    `as_at` is the day from which periods without a year, and those such as "last 3 months", are counted; else `today`.
    """
    if cell.type is CellType.ERROR:
        return Parsed(problem="cell-error")
    if cell.type is CellType.UNCALCULATED:
        return Parsed(problem="cell-uncalculated")
    text = clean(exact_text(cell))
    if not text:
        return BLANK
    task = _Task(field, cell, text, tuple(choices) or field.choices, unit, today, as_at or today)
    parsed = _many(task) if field.many and isinstance(cell.value, str) else _READERS[field.kind](task)
    if cell.formula is not None and parsed.value is not None:
        shown = " ".join(clean(f"={cell.formula}").split())[:_LONGEST_FORMULA]
        return replace(parsed, notes=(*parsed.notes, "cell-formula"), words={**parsed.words, "formula": shown})
    return parsed


def _many(task: _Task) -> Parsed:
    """Several values in one cell become one text, joined by "; ". One that cannot be read holds them all."""
    one = replace(task.field, many=False)
    values: list[str] = []
    result = BLANK
    for part in split_many(task.text):
        cell = task.cell._replace(value=part, type=CellType.TEXT, formula=None)
        parsed = parse(one, cell, choices=task.choices, unit=task.unit, today=task.today, as_at=task.as_at)
        if parsed.value is None and parsed.problem:
            return parsed
        values.append(show(parsed.value))
        new = [code for code in parsed.codes if code not in result.codes]
        result = Parsed(notes=(*result.notes, *new), words={**result.words, **parsed.words})
    return replace(result, value="; ".join(values)) if values else BLANK


def _text(task: _Task) -> Parsed:
    """Any text is taken. Where the field offers a list, a word of it, or another way to write one, is read as that word."""
    listed_word = _by_fold(task.choices).get(fold(task.text)) if task.choices else None
    if listed_word is not None:
        return Parsed(listed_word)
    notes: list[str] = []
    words: dict[str, object] = {}
    value = task.cell.value
    removed = invisible(value) if isinstance(value, str) else 0
    limit = task.field.max_length
    if removed:
        notes.append("text-invisible")
        words["count"] = removed
    if limit and len(task.text) > limit:
        notes.append("text-too-long")
        words.update(length=f"{len(task.text):,}", limit=f"{limit:,}")
    if isinstance(value, date | timedelta):
        notes.append("text-was-date")
        words["read"] = task.text
    return Parsed(task.text, notes=tuple(notes), words=words)


@lru_cache(maxsize=256)
def _by_fold(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """Every way to write a choice, folded, and its word. A word wins over another's alias."""
    aliases = {fold(alias): choice.value for choice in choices for alias in choice.aliases}
    return {**aliases, **{fold(choice.value): choice.value for choice in choices}}


def _choice(task: _Task) -> Parsed:
    if not task.choices:
        return _text(task)
    known = _by_fold(task.choices)
    value = known.get(fold(task.text))
    if value is not None:
        return Parsed(value)
    told = _told_kinds(task.text, task.as_at, known)
    if len(told) == 1:
        return Parsed(told[0], notes=("period-type-read",), words={"read": told[0]})
    expected = listed([choice.value for choice in task.choices])
    suggestion = known.get(near(task.text, known), "") or next(iter(told), "") or _within(task)
    return Parsed(problem="choice-unknown", words={"expected": expected}, suggestion=suggestion)


def _within(task: _Task) -> str:
    """The one choice whose word stands in a text that says more: Amber in "Amber - at risk", none in "Amber/Green" or in what
    denies it."""
    said = f" {re.sub(r'[^a-z0-9]+', ' ', fold(task.text))} "
    found = [c.value for c in task.choices if f" {re.sub(r'[^a-z0-9]+', ' ', fold(c.value)).strip()} " in said]
    return found[0] if len(found) == 1 and not re.search(r" (?:not?|never|nor|without) ", said) else ""


def _told_kinds(text: str, as_at: date, known: Mapping[str, str]) -> tuple[str, ...]:
    """The choices that a period as people write it tells: "year ending March 23" is Rolling 12 months.

    Only where the choices are period types, which is known by three of their words or more, and not by the form's name.
    """
    if sum(fold(kind) in known for kind in KINDS) < 3:
        return ()
    kinds = read_span(text, as_at=as_at).kinds
    return tuple(known[fold(kind)] for kind in kinds) if all(fold(kind) in known for kind in kinds) else ()


def _read_date_cell(task: _Task) -> DateRead | None:
    """A date cell, or a number that is one. None: it is text."""
    value = task.cell.value
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        form = shape(task.cell.format)
        # Excel turns "Oct 2023" into the first of the month, and gives "23 Oct" the year it happens to be.
        if form.year and form.month and not form.day and day.day == 1:
            return DateRead(month_end(day), How.MONTH)
        if form.day and form.month and not form.year:
            return DateRead(day, How.SWAPPED)
        return DateRead(day, How.EXACT)
    number = value if isinstance(value, float | int) and not isinstance(value, bool) else None
    if number is None and task.text.isascii() and task.text.isdigit() and len(task.text) == 5:
        number = int(task.text)
    if number is not None and _SERIALS.start <= number < _SERIALS.stop:
        return DateRead(_EPOCH + timedelta(days=int(number)), How.TIDIED)
    return None


def _date(task: _Task) -> Parsed:
    read = _read_date_cell(task) or (read_date(task.text, task.today) if _may_be_date(task.cell) else DateRead())
    if read.day is None:
        return _period(task, read.near)
    day, doubtful = read.day, read.how is How.SWAPPED
    if task.field.kind is Kind.MONTH:
        day = month_end(day)
    elif read.how is How.MONTH:
        day, doubtful = day.replace(day=1) if task.field.first_day else day, True
    queries = ["date-ambiguous"] if doubtful else []
    notes = ["date-tidied"] if read.how is How.TIDIED else []
    return _dated(day, queries, notes, {})


def _dated(day: date, queries: list[str], notes: Sequence[str], words: Mapping[str, object]) -> Parsed:
    """A date that is kept, with the query of a year that is far off."""
    if not plausible(day):
        queries = [*queries, "date-implausible"]
    return _asked(day, queries, notes, {"read": show(day), **words} if queries or notes else {})


def _period(task: _Task, near: date | None) -> Parsed:
    """What is no date may be a period. A month field takes the month that it ends with, a date field its last day, or its
    first where it asks when something starts (domain.md A6.1)."""
    value, month = task.cell.value, task.field.kind is Kind.MONTH
    year = isinstance(value, float | int) and not isinstance(value, bool) and value in YEARS  # 2021, typed alone
    read = read_span(task.text, as_at=task.as_at) if year or isinstance(value, str) else SpanRead()
    if read.endless and not (task.field.first_day and all(s.start for s in read.readings)):
        ended = (task.as_at + timedelta(days=1)).replace(day=1) - timedelta(days=1)
        like = f"the last month it covers, with its year, like {_month(ended)}" if month else "one day, like 31/10/2023"
        return Parsed(problem="period-no-end", words={"expected": like})
    if not month:
        return _day_told(task, read, near)
    ends = list(dict.fromkeys(month_end(s.end) for s in read.readings if s.end))
    if not ends and read.published:
        return Parsed(problem="period-published", words={"expected": "the last month it covers, with its year"})
    return _month_told(read, ends) if ends else Parsed(problem="date-unreadable", suggestion=show(near))


def _month_told(read: SpanRead, ends: Sequence[date]) -> Parsed:
    """The month in which a period ends: kept where one reading is much the likeliest, held where none is."""
    shown = [show_span(next(s for s in read.readings if s.end and month_end(s.end) == end)) for end in ends]
    last = f"the last month it covers, with its year: {listed([_month(end) for end in ends])}"
    if len(ends) > 1 and not read.likely:
        return Parsed(problem="period-unclear", words={"readings": listed(shown), "expected": last})
    if len(ends) > 1:
        words = {"read": shown[0], "other": shown[1], "expected": last}
        return _dated(ends[0], ["period-ambiguous"], (), words)
    if read.anchored:
        words = {"read": shown[0], "expected": last.replace(": ", ", like ")}
        return _dated(ends[0], ["period-anchored"], (), words)
    return _dated(ends[0], [], ["date-tidied"], {})


def _day_told(task: _Task, read: SpanRead, near: date | None) -> Parsed:
    """The day that words such as "autumn term 2023" or "by end of 2026" tell; held, with both, where it could be two.

    A year left out is not guessed: the last such day and the next one are shown. What is counted from today is no day.
    """
    if task.text.isdigit() and not task.field.first_day:  # a year alone may end with March or with December
        read = read_span(f"by {task.text}", as_at=task.as_at)
    told = [day for s in read.readings if (day := s.start if task.field.first_day else s.end)]
    days = list(dict.fromkeys(_around(told[0], task.today) if told and read.likely else told))
    if not days or (read.anchored and len(days) == 1):
        points = all(s.start == s.end for s in read.readings)
        return Parsed(problem="date-unreadable", suggestion=show(days[0] if days and points else near))
    if len(days) > 1:
        shown = listed([show(day) for day in days])
        return Parsed(problem="period-unclear", words={"readings": shown, "expected": f"the day you mean: {shown}"})
    return _dated(days[0], ["date-ambiguous"], (), {})


def _around(day: date, today: date) -> list[date]:
    """The same day of the year, or the same end of a month, as it last was and as it will next be."""
    last = day == month_end(day)
    years = [day_of(year, day.month, 1 if last else day.day) for year in range(today.year - 4, today.year + 5)]
    days = [month_end(d) if last else d for d in years if d]
    passed = [d for d in days if d <= today]
    return [*passed[-1:], *days[len(passed) :][:1]]


def _month(day: date) -> str:
    """As a month is asked for: "Sep 2023"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def _may_be_date(cell: Cell) -> bool:
    """A whole number may be a date typed as eight digits; 31.1 and a time of day may not."""
    value = cell.value
    return isinstance(value, str) or (isinstance(value, int | float) and value == value // 1 and len(f"{value:.0f}") == 8)


def _asked(value: Value, queries: Sequence[str], notes: Sequence[str], words: Mapping[str, object]) -> Parsed:
    """A value that is kept: the first query is its problem, the others go before the notes."""
    first, *others = [*queries] or [""]
    return Parsed(value, first, (*others, *notes), words)


def _read_number_cell(task: _Task) -> NumberRead:
    value = task.cell.value
    if isinstance(value, str):
        return read_number(task.text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NumberRead()  # a date here is what Excel made of something like 1-2
    form = shape(task.cell.format)
    number = number_of(value)
    if number is None:
        return NumberRead()
    return NumberRead(times_100(number) if form.percent else number, percent=form.percent or form.sign)


def _number(task: _Task) -> Parsed:
    kind = Kind.PERCENT if task.percent else task.field.kind
    expected, example = _EXPECTED[kind]
    read = _read_number_cell(task)
    if read.inexact:
        return Parsed(problem="number-inexact")
    if read.percent and not task.percent:
        expected += ": no % sign belongs here"
    number = read.value
    whole = number is not None and number == number.to_integral_value()
    if number is None or (read.percent and not task.percent) or (kind is Kind.WHOLE and not whole):
        words = {"expected": expected, "example": example}
        return Parsed(problem="number-unreadable", words=words, suggestion=read.suggestion)
    value: int | Decimal = int(number) if kind is Kind.WHOLE else number
    sign = "%" if task.percent else ""
    queries, more = _doubts(task, number, percent=read.percent)
    notes = ["number-tidied"] if read.tidied else []
    return _asked(value, queries, notes, {"read": f"{show(value)}{sign}"} | more if queries or notes else {})


def _doubts(task: _Task, number: Decimal, *, percent: bool) -> tuple[list[str], dict[str, object]]:
    """The queries that a readable number raises, and their words."""
    queries: list[str] = []
    words: dict[str, object] = {}
    if task.percent and not percent and 0 < abs(number) < 1:
        queries.append("percent-scale")
        words["other"] = f"{show(times_100(number))}%"
    low, high = (None if b is None else number_of(b) for b in (task.field.minimum, task.field.maximum))
    if (low is not None and number < low) or (high is not None and number > high):
        queries.append("number-range")
        words["expected"] = _between(low, high)
    return queries, words


def _between(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"from {show(low)} to {show(high)}"
    return f"of {show(low)} or more" if low is not None else f"of {show(high)} or less"


def _yes_no(task: _Task) -> Parsed:
    word = fold(task.text).rstrip(".")
    if word in YES_WORDS:
        return Parsed(value=True)
    if word in NO_WORDS:
        return Parsed(value=False)
    guess = "Yes" if word in _CROSS else near(task.text.split()[0], ("Yes", "No"))
    return Parsed(problem="yes-no-unknown", suggestion=guess)


_READERS: Mapping[Kind, Callable[[_Task], Parsed]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.LINK: _text,
    Kind.CHOICE: _choice,
    Kind.DATE: _date,
    Kind.MONTH: _date,
    Kind.WHOLE: _number,
    Kind.DECIMAL: _number,
    Kind.PERCENT: _number,
    Kind.RATE: _number,
    Kind.MONEY: _number,
    Kind.YES_NO: _yes_no,
}
