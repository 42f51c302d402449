"""Facts about one item at the end of one period, derived from what stands: RAG, direction, due dates, source.

Pure functions of a `Moment`. The tracker and every pack take their facts from here, so that the same item says the
same in every paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from workflow import items
from workflow.fields import fold, show
from workflow.merge import fold as fold_periods
from workflow.model import Field, Form, Item, Period, RagLevel, Register, Slot, Standing, Theme, Value
from workflow.outputs.readings import Readings, shortfall
from workflow.outputs.view import View

OPENING = ""  # the key of the position before the first period (items.opening)
NOT_REVISED = "Not revised"
BETTER, WORSE, SAME, NEW, NOT_COMPARABLE = "Better", "Worse", "Same", "New", "Not comparable"
CLOSED = items.FINISHED | {"Closed"}
DATE_AGREED, DATE_PROPOSED = "Agreed", "Proposed"

# How good a colour is. Blue is left out here: in some councils it means complete, in others not started (domain.md B1).
_RANK = {"R": 0, "AR": 1, "RA": 1, "A": 2, "Y": 2, "AG": 3, "GA": 3, "G": 4}


@dataclass(frozen=True)
class Moment:
    """What stood at the end of one period. `standings` is folded over all periods up to it."""

    register: Register
    period: Period
    as_at: date
    standings: Mapping[Slot, Standing]
    readings: Readings

    @cached_property
    def rags(self) -> dict[tuple[str, str], tuple[Item, RagLevel | None]]:
        """The RAG of each row that it was asked for (`rag_at`), as every paper does more than once."""
        return {}

    def standing(self, item: Item, name: str) -> Standing | None:
        """What stands in one field of an item."""
        return self.standings.get((item.form, item.key, name))

    def value(self, item: Item, name: str) -> Value | None:
        """Its value; before anything was returned, the register's opening column."""
        found = self.standing(item, name)
        if found is not None:
            return found.value
        opening = item.values.get(f"opening_{name}")
        return None if opening == "" else opening

    def words(self, item: Item, name: str) -> str:
        """The value as text, "" where there is none."""
        value = self.value(item, name)
        return "" if value is None else show(value)


class Moments:
    """The moments of a view: now, at the end of the period before, and at the end of any earlier period."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._readings = Readings(view)
        self._earlier: dict[str, Moment] = {}

    @classmethod
    def on(cls, view: View) -> Moments:
        """The moments of a view, made once: all its papers tell of the same."""
        found = view.kept.get(cls)
        if not isinstance(found, cls):
            found = view.kept[cls] = cls(view)
        return found

    @cached_property
    def now(self) -> Moment:
        """The end of the view's period."""
        view = self.view
        return Moment(view.register, view.period, view.period.end, view.now, self._readings)

    @cached_property
    def before(self) -> Moment:
        """The end of the period before, known only by the day before this one started."""
        view = self.view
        earlier = self.periods[:-1]
        period = earlier[-1] if earlier else replace(view.period, key=OPENING)
        return Moment(view.register, period, view.period.start - timedelta(days=1), view.before, self._readings)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The periods up to and with the view's, earliest first, from the first in which anything was returned."""
        view = self.view
        given = {key for standings in view.by_period.values() for key in standings} | {view.period.key}
        known = sorted((p for p in view.register.periods if p.start <= view.period.start), key=lambda p: p.start)
        first = next((n for n, p in enumerate(known) if p.key in given), len(known))
        return (*(p for p in known[first:] if p.key != view.period.key), view.period)

    def at(self, period: Period) -> Moment:
        """The end of an earlier period, folded from what each period gave."""
        view = self.view
        if period.key == view.period.key:
            return self.now
        if period.key in self._earlier:
            return self._earlier[period.key]
        keys = [OPENING, *(p.key for p in self.periods if p.start <= period.start)]
        each = [{slot: given[key] for slot, given in view.by_period.items() if key in given} for key in keys]
        found = self._earlier[period.key] = Moment(view.register, period, period.end, fold_periods(each), self._readings)
        return found


# --- what an item is


def added(item: Item) -> bool:
    """Whether a partner added this row (it is not in the register)."""
    return item.values.get("added") is True


def theme_of(item: Item, register: Register) -> Theme | None:
    """Its theme: by id within its plan, or (rows that partners added) by what they chose: number and title, title or id."""
    found = register.theme(item.theme, item.plan)
    if found or not item.theme or not added(item):
        return found
    wanted = fold(item.theme)
    now = [t for t in register.themes if wanted in {fold(t.label), fold(t.title), fold(t.id)}]
    if len(now) > 1:  # a plan that is over may have called it the same
        now = [*(t for t in items.live_themes(register) if t in now), *now]
    return next(iter(now), None) or next((t for t in register.themes if wanted in map(fold, t.former)), None)


def plan_of(item: Item, register: Register) -> str:
    """The id of its plan, or of its theme's plan; "" where neither is known."""
    theme = None if item.plan else theme_of(item, register)
    return item.plan or (theme.plan if theme else "")


def theme_words(item: Item, register: Register) -> str:
    """Its theme in words: "1 Violence against women and girls"; "No theme given" where there is none."""
    theme = theme_of(item, register)
    return theme.label if theme else item.theme or "No theme given"


def title_of(item: Item) -> str:
    """What it is, in its own words: the stem and the title, or (next year's proposals) the text."""
    return f"{item.text('stem')} {item.text('title') or item.text('text')}".strip() or item.key


# --- status and RAG


def status(moment: Moment, item: Item) -> str:
    """The status that stands, "" where there is none."""
    return moment.words(item, "status")


def is_finished(moment: Moment, item: Item) -> bool:
    """Whether nothing more is due of it: complete, closed, ended with an earlier year, or closed in the register."""
    return status(moment, item) in CLOSED or items.closed(item, moment.period) or is_ended(moment, item)


def is_ended(moment: Moment, item: Item) -> bool:
    """Whether an earlier year's last quarter said that it does not go on, or the register closed it after an earlier period."""
    if item.text("closed_after") and items.closed(item, moment.period):
        return True
    choice = moment.standing(item, items.NEXT_YEAR)
    return choice is not None and choice.value in items.ENDS and choice.period != moment.period.key


def rag_at(moment: Moment, item: Item) -> RagLevel | None:
    """Its RAG under its plan's scheme: derived where the scheme says so, else the one its lead chose.

    Measures use the plan's `measure_rag` and the reading of that very period: a figure that was not given has no RAG.
    """
    place = (item.form, item.key)
    found = moment.rags.get(place)
    if found is None or found[0] is not item:
        found = moment.rags[place] = (item, _rag_at(moment, item))
    return found[1]


def _rag_at(moment: Moment, item: Item) -> RagLevel | None:
    levels = scheme_levels(item, moment.register)
    for level in levels:
        if _derived(level, moment, item):
            return level
    chosen = fold(moment.words(item, "rag"))
    return next((v for v in levels if v.rule == "chosen" and chosen and chosen in {fold(v.word), fold(v.letter)}), None)


def only_status(levels: Iterable[RagLevel]) -> bool:
    """Whether a RAG says no more than the status: every level follows from it."""
    return {level.rule for level in levels} == {"status is"}


def scheme_levels(item: Item, register: Register) -> tuple[RagLevel, ...]:
    """The levels that can apply to an item. A row whose plan is unknown may bear a word of any scheme in use."""
    plan = register.plan(plan_of(item, register))
    if plan:
        return register.levels(plan.measure_rag if item.is_measure else plan.rag)
    schemes = dict.fromkeys(p.rag for p in register.plans)
    return tuple(v for scheme in schemes for v in register.levels(scheme) if v.rule == "chosen")


def _derived(level: RagLevel, moment: Moment, item: Item) -> bool:
    match level.rule:
        case "status is":
            return status(moment, item) in level.statuses
        case "days late":
            late = days_overdue(moment, item)
            return late is not None and _within(Decimal(late), level.at_least, level.below)
        case "off target %":
            reading = moment.readings.given(item, moment.period.key)
            off = shortfall(reading.value, item) if reading else None
            return off is not None and _within(off, *_bounds(level, item, moment.register))
    return False


def _within(number: Decimal, at_least: float | None, below: float | None) -> bool:
    return (at_least is None or number >= Decimal(str(at_least))) and (below is None or number < Decimal(str(below)))


def _bounds(level: RagLevel, item: Item, register: Register) -> tuple[float | None, float | None]:
    """The level's bounds; an item's own tolerance (how far off still counts as amber) is where the worst level starts."""
    tolerance = item.values.get("tolerance")
    borders = [v.at_least for v in register.levels(level.scheme) if v.rule == level.rule and v.at_least is not None]
    if not isinstance(tolerance, Decimal | int) or isinstance(tolerance, bool) or not borders:
        return level.at_least, level.below
    over = float(tolerance) + 1e-9  # up to and with the tolerance is amber
    if level.at_least == max(borders):
        return over, level.below
    return level.at_least, over if level.below in (None, max(borders)) else min(over, level.below or over)


def rank(level: RagLevel) -> int | None:
    """How good a level is, for comparing within one scheme; None for one that says nothing of delivery (not started)."""
    if level.letter.upper() in _RANK:
        return _RANK[level.letter.upper()]
    done = {"complete", "completed", "delivered", "closed", "achieved"}
    says = {word.strip(".,;") for word in fold(f"{level.meaning} {' '.join(level.statuses)}").split()}
    return 5 if level.letter.upper() == "B" and done & says else None


def is_red(level: RagLevel | None) -> bool:
    """Whether it is the worst colour."""
    return level is not None and rank(level) == 0


def is_amber(level: RagLevel | None) -> bool:
    """Whether it is a middle colour."""
    return level is not None and rank(level) in (1, 2, 3)


def direction(now: RagLevel | None, before: RagLevel | None) -> str:
    """Better, Worse, Same, or New (it had no RAG before); Not comparable where it has none now or the scheme changed."""
    if now is None:
        return NOT_COMPARABLE
    if before is None:
        return NEW
    if now == before:
        return SAME
    ranks = rank(now), rank(before)
    if now.scheme != before.scheme or ranks[0] is None or ranks[1] is None or ranks[0] == ranks[1]:
        return NOT_COMPARABLE
    return BETTER if ranks[0] > ranks[1] else WORSE


def rag_words(level: RagLevel, said: str = "") -> str:
    """The word and its short meaning: "Amber – at risk". A long meaning is left to the RAG key.

    Where the RAG only follows the status, `said` is that status, which says more than the meaning can.
    """
    if level.rule == "status is" and said:
        return f"{level.word} – {_lower(said.replace(' – ', ', '))}"
    meaning = level.meaning.strip().rstrip(".")
    for stop in (";", ":", ",", " (", ". "):
        meaning = meaning.split(stop)[0]
    short = _lower(meaning)
    return f"{level.word} – {short}" if short and len(short) <= 40 else level.word


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def since(now: RagLevel | None, before: RagLevel | None) -> str:
    """The direction with what it was: "Better, was Amber"."""
    way = direction(now, before)
    return f"{way}, was {before.word}" if before and way in (BETTER, WORSE, NOT_COMPARABLE) else way


# --- dates


def days_overdue(moment: Moment, item: Item) -> int | None:
    """Days from the due date in force to the period's end, 0 when finished or not yet due; None without a due date."""
    due = items.current_due(item)
    if due is None:
        return None
    return 0 if is_finished(moment, item) else max(0, (moment.as_at - due).days)


def proposed_due(moment: Moment, item: Item) -> date | None:
    """A date that its lead proposes and nobody has agreed yet. One that was agreed, or overtaken, is no longer proposed."""
    value, due = moment.value(item, "new_due"), items.current_due(item)
    if not isinstance(value, date) or is_finished(moment, item) or (due is not None and value <= due):
        return None
    return value


def now_due(moment: Moment, item: Item) -> str:
    """What became of the original due date, in words: "Agreed: 31 Jan 2024. Proposed: 30 Apr 2024"."""
    parts = []
    agreed, proposed = item.day("revised_due"), proposed_due(moment, item)
    if agreed and agreed != item.day("due"):
        parts.append(f"{DATE_AGREED}: {show(agreed)}")
    if proposed:
        parts.append(f"{DATE_PROPOSED}: {show(proposed)}")
    if parts:
        return ". ".join(parts)
    return NOT_REVISED if item.day("due") else ""


def times_moved(moments: Moments, item: Item) -> int:
    """How many different later dates its original due date has been given, agreed or proposed, in any period so far."""
    original = item.day("due")
    given = moments.view.by_period.get((item.form, item.key, "new_due"), {})
    upto = {p.key for p in moments.periods} | {""}
    dates: set[Value | None] = {s.value for key, s in given.items() if key in upto}
    dates.add(item.day("revised_due"))
    return sum(1 for d in dates if isinstance(d, date) and (original is None or d > original))


# --- what was said, and where


def progress(moments: Moments, item: Item) -> str:
    """This quarter's progress, given or confirmed; else that there is none, and (once) that none was asked for."""
    given = moments.view.reported(item.form, item.key, "progress")
    if given is not None:
        return show(given.value)
    none = not_updated(moments.view.period.word)
    return f"{none} (finished earlier)" if is_finished(moments.before, item) else none


def not_updated(word: str) -> str:
    """What stands for progress that did not come. `word` is what people call a period."""
    return f"Not updated this {word}"


def is_updated(moments: Moments, item: Item, form: Form) -> bool:
    """Whether this quarter gave or confirmed anything on the row."""
    return any(moments.view.reported(item.form, item.key, f.name) is not None for f in form.answers)


def source(moments: Moments, item: Item, form: Form) -> Standing | None:
    """Where the row's words come from: this quarter's progress (or figure), else its latest answer of all."""
    for name in ("progress", "value", "not_available"):
        given = moments.view.reported(item.form, item.key, name)
        if given is not None:
            return given
    standings = [s for f in form.answers if (s := moments.now.standing(item, f.name)) and (s.sent or s.period)]
    return max(standings, key=lambda s: (s.sent, s.place.cell), default=None)


def place_words(standing: Standing) -> str:
    """A place as people read it: "inbox/Q2 police.xlsx, Actions, cell L9"."""
    cell = f"cell {standing.place.cell}" if standing.place.cell else ""
    return ", ".join(part for part in (standing.place.file, standing.place.sheet, cell) if part)


def others_say(moment: Moment, item: Item, form: Form) -> str:
    """What joint leads and contributors entered on a row, beside the accountable lead's word."""
    said: list[str] = []
    for partner in item.partners[1:]:
        parts = [
            f"{f.heading}: {show(s.value)}"
            for f in _answers(form)
            if (s := moment.standings.get((item.form, item.key, f"{f.name}@{partner}")))
        ]
        if parts:
            said.append(f"{moment.register.partner_name(partner)}: {'; '.join(parts)}")
    return "\n".join(said)


def _answers(form: Form) -> Iterable[Field]:
    return (f for f in form.answers if f.name != "no_change")
