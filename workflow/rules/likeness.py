"""Which figures may be set beside each other: of one kind of period and one length (domain.md B2); and what explains a gap.

The names of a measure's period fields are the same on every form: `period_type`, `period_start`, `period_end`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from workflow import fields
from workflow.model import Value, cut_of
from workflow.rules.registry import RowFacts, same

TO_DATE, CUMULATIVE, SNAPSHOT = "Year to date", "Cumulative", "Snapshot"
_SAME_LENGTH = 3  # days by which two periods of one length may differ: months are not equally long
# Words by which a comment says what the rest of a whole is, why parts overlap, or why two figures differ. A comment without
# any of them is about something else.
_REST = (
    r"rest|remain(?:s|der|ing)|add(?:s|ed|ing)? up|overlap\w*|more than (?:one|once)|round(?:ed|ing)|left out|differs?|"
    r"different(?:ly)?|differences?|twice"
)
REST = re.compile(rf"\b(?:{_REST})\b")
EXPLAINED = re.compile(
    rf"\b(?:{_REST}|unknown|unrecorded|not (?:yet )?(?:recorded|known|stated|given|counted|included|collected|decided)|"
    r"exclud\w+|includ\w+|awaiting|awaited|pending|declined to|preferred not|definitions?|defined|sources?|"
    r"released?|revised|recounted|the others?|still waiting|waiting for)\b"
)


def kind_now(facts: RowFacts) -> str:
    """The kind of period of this quarter's figure: what was chosen, else the usual one of the measure."""
    return _kind(facts, facts.values)


def _kind(facts: RowFacts, values: Mapping[str, Value]) -> str:
    told = values.get("period_type")
    return told if isinstance(told, str) else facts.item.text("period_type") if facts.item else ""


def ends(facts: RowFacts) -> tuple[date | None, date | None]:
    """The last day that the figure covers now, and that it covered last time."""
    now, then = facts.values.get("period_end"), facts.previous.get("period_end")
    return (now if isinstance(now, date) else None), (then if isinstance(then, date) else None)


def same_kind(facts: RowFacts) -> bool:
    """Whether this quarter's figure and the last one cover one kind of period."""
    return same(kind_now(facts), _kind(facts, facts.previous))


def running(facts: RowFacts) -> bool:
    """Whether the figure is a total that grows from one quarter to the next, and the one before was its earlier reading.

    A cumulative count, or a year to date of the same reporting year, of something counted or paid: a share may fall.
    """
    unit = fields.fold(facts.item.text("unit")) if facts.item else ""
    if unit not in ("", "number", "\u00a3") or not same_kind(facts):
        return False
    now, then = ends(facts)
    if same(kind_now(facts), CUMULATIVE):
        starts = (facts.values.get("period_start"), facts.previous.get("period_start"))
        return (None in starts or starts[0] == starts[1]) and (now is None or then is None or now >= then)
    if not same(kind_now(facts), TO_DATE) or now is None or then is None or now < then:
        return False
    return year_start(facts, now) == year_start(facts, then)


def year_start(facts: RowFacts, day: date) -> date:
    """The first day of the reporting year in which a day lies, by the calendar of the returns."""
    months = 12 // cut_of(facts.period.key).parts
    month = (facts.period.start.month - months * (facts.period.quarter - 1) - 1) % 12 + 1
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def like(facts: RowFacts) -> bool:
    """Whether this quarter's figure may be compared with the last one: periods of one kind and one length.

    As in the papers (`outputs.readings`): a running total is longer each time, so a cumulative figure is never like the one
    before, and a year to date only like one up to the same month. Where no end is given, the kinds decide.
    """
    kind, (now, then) = kind_now(facts), ends(facts)
    if not same_kind(facts) or same(kind, CUMULATIVE) or (now and then and now < then):
        return False
    if same(kind, TO_DATE):
        return now is not None and then is not None and now.month == then.month
    first, before = facts.values.get("period_start"), facts.previous.get("period_start")
    if same(kind, SNAPSHOT) or not (now and then and isinstance(first, date) and isinstance(before, date)):
        return True
    return abs((now - first).days - (then - before).days) <= _SAME_LENGTH


def explains(facts: RowFacts, comment: str) -> bool:
    """Whether the comment of a row says what the rest of a whole is, or why figures differ."""
    said = facts.values.get(comment)
    return isinstance(said, str) and bool(EXPLAINED.search(fields.fold(said)))
