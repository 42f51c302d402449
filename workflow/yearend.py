"""The year end: what becomes of every commitment, and which rows next year's proposals become. Values in, values out.

It goes for every form with a field `carried_forward` (its reason in `carried_reason`), whatever the form is called, and for
every sheet of spare rows that is asked for in the last quarter alone. Only what was accepted counts, and nothing that is held.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from workflow import fields, items, periods
from workflow.items import CONTINUE, ENDS, FINISHED, NEXT_YEAR
from workflow.model import Form, Item, Period, Register, Slot, Standing, Theme, Value, cut_of
from workflow.names import Leads, Names

REASON = "carried_reason"  # why, and for a merger into which other row
MERGE, DROP = "Merge into another", "Drop"
# What a sheet of proposals calls its fields, and what each becomes on the register's Items sheet.
_TEXT, _THEME, _LEAD, _SHOWN = "text", "theme", "lead", "measure"
_DAYS: Mapping[str, str] = {"start": "start", "end": "due"}
_STYLE = re.compile(r"([A-Za-z]+)\d{2}-(.+)-\d+", re.ASCII)


class Outcome(StrEnum):
    """What becomes of an item at the year's end."""

    CONTINUED = "Continued"
    COMPLETED = "Completed"
    MERGED = "Merged into another"
    DROPPED = "Dropped"
    NOT_SAID = "Not said"

    @property
    def ends(self) -> bool:
        """Whether next year has the item no more. What nobody said anything of goes on."""
        return self not in (Outcome.CONTINUED, Outcome.NOT_SAID)


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of one item. `said` is the answer that says so, with its place: the choice, else the status that ended it.

    `target` is what it is merged into; where that is not known, `problem` says why, in words that follow "the reason".
    """

    item: Item
    outcome: Outcome
    status: str = ""
    choice: str = ""
    reason: str = ""
    target: Item | None = None
    problem: str = ""
    said: Standing | None = None


@dataclass(frozen=True, slots=True)
class NewItem:
    """A proposal as the row of the register's Items sheet that it would become. `doubts` are for the coordinator to settle."""

    key: str
    proposal: Item
    form: str
    plan: str
    theme: str
    leads: Leads
    title: str
    year: str
    values: Mapping[str, Value] = field(default_factory=dict)  # detail, start, due: those that were given
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """What becomes of every proposal: a new row, one that is there already (proposal key -> row key), or why it is neither."""

    new: tuple[NewItem, ...] = ()
    there: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[tuple[Item, str], ...] = ()
    lacking: tuple[NewItem, ...] = ()  # those of `left_out` that a person can make a row of, each without a key
    style: str = ""  # what a new key looks like: CP24-THEME-1

    def key(self, proposal: str) -> str:
        """The key that a proposal has, or would have, on the register; "" where it has none."""
        return self.there.get(proposal) or next((n.key for n in self.new if n.proposal.key == proposal), "")


@dataclass(frozen=True, slots=True)
class YearEnd:
    """One year's end, by its last quarter."""

    period: Period
    endings: tuple[Ending, ...]
    proposed: Proposed

    @property
    def coming(self) -> str:
        """The label of the year that begins: "2024/25"."""
        return _next_year(self.period)[0]

    def of(self, *outcomes: Outcome) -> tuple[Ending, ...]:
        """The items that came to one of these."""
        return tuple(e for e in self.endings if e.outcome in outcomes)


def year_end(
    register: Register, forms: Mapping[str, Form], period: Period, now: Mapping[Slot, Standing], used: Iterable[str] = ()
) -> YearEnd:
    """What the year that ends with `period` leaves behind. `now` is what stands at its end; `used` are further keys that were
    ever borne by a row (those of the register and of `now` are never given again as it is)."""
    taken = {*used, *(i.key for i in register.items), *(key for _, key, _ in now)}
    return YearEnd(period, endings(register, forms, period, now), proposed(register, forms, period, now, taken))


def is_last(period: Period) -> bool:
    """Whether it is the period with which the year ends."""
    return period.is_last


def yearly(form: Form) -> bool:
    """Whether the rows of a form are asked what becomes of them next year."""
    return form.items and form.has(NEXT_YEAR)


def called(forms: Mapping[str, Form]) -> str:
    """What people call one row that goes from year to year: "commitment"; "row" where several forms have such rows."""
    words = {form.one for form in forms.values() if yearly(form)}
    return words.pop() if len(words) == 1 else "row"


def proposes(form: Form, period: Period) -> bool:
    """Whether the rows of a form are proposals for next year: spare rows alone, in the year's last period alone."""
    spare = form.layout == "table" and not form.items and bool(form.spare_rows)
    return spare and form.only_quarter == cut_of(period.key).parts


# --- what becomes of each item


def endings(register: Register, forms: Mapping[str, Form], period: Period, now: Mapping[Slot, Standing]) -> tuple[Ending, ...]:
    """One for each item that the year still had, in the register's order; none for what was closed or is of a later year."""
    names = {name for name, form in forms.items() if yearly(form)}
    rows = [i for i in register.items if i.form in names and not items.closed(i, period) and not items.later(i, period)]
    return tuple(_ending(item, register, period, now) for item in rows)


def _ending(item: Item, register: Register, period: Period, now: Mapping[Slot, Standing]) -> Ending:
    choice, why, status = (now.get((item.form, item.key, name)) for name in (NEXT_YEAR, REASON, "status"))
    word = str(status.value) if status else ""
    if choice and (choice.period == period.key or choice.value in ENDS):
        chosen = str(choice.value)
        reason = str(why.value) if why and why.period == choice.period else ""
        made = Ending(item, _OUTCOMES.get(chosen, Outcome.NOT_SAID), word, chosen, reason, said=choice)
        if made.outcome is not Outcome.MERGED:
            return made
        target, problem = merged_into(item, reason, register.items)
        return replace(made, target=target, problem=problem)
    if word in FINISHED | {"Closed"}:
        return Ending(item, Outcome.COMPLETED if word == "Complete" else Outcome.DROPPED, word, said=status)
    return Ending(item, Outcome.NOT_SAID, word)


_OUTCOMES: Mapping[str, Outcome] = {
    "Complete": Outcome.COMPLETED, CONTINUE: Outcome.CONTINUED, MERGE: Outcome.MERGED, DROP: Outcome.DROPPED,
}  # fmt: skip


def merged_into(item: Item, reason: str, known: Sequence[Item]) -> tuple[Item | None, str]:
    """The one other row that a reason names by its key or its reference, or, where it is not clear which, why.

    Keys go before references, rows of the same form and plan before others; the row itself does not count beside another.
    """
    found = _named(reason, known)
    others = [i for i in found if i.key != item.key]
    if not found:
        return None, "names none of the rows that are tracked"
    if not others:
        return None, "names this row itself"
    for near in (
        [i for i in others if i.form == item.form and i.plan == item.plan], [i for i in others if i.form == item.form], others
    ):  # fmt: skip
        if len(near) == 1:
            return near[0], ""
        if near:
            return None, f"names several rows ({fields.listed([row_called(i) for i in near], 'and')})"
    return None, ""


def row_called(item: Item) -> str:
    """A row by its key and what people call it: "CP23-DA-5 (P2.5)"."""
    return item.key if item.label == item.key else f"{item.key} ({item.label})"


def _named(reason: str, known: Sequence[Item]) -> list[Item]:
    said = fields.fold(reason)
    by_key = [i for i in known if _says(said, i.key)]
    return by_key or [i for i in known if _tells(i.text("ref")) and _says(said, i.text("ref"))]


def _tells(ref: str) -> bool:
    """Whether a reference can be told from a number or a word in a sentence: it has a figure, and something beside it."""
    return any(c.isdigit() for c in ref) and not ref.isdigit()


def _says(said: str, name: str) -> bool:
    """Whether folded words have a name by itself: neither in "C-10" nor in "AC-1" stands "C-1"."""
    word = fields.fold(name)
    return word in said and re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)", said) is not None


def circle(key: str, into: Mapping[str, str]) -> tuple[str, ...]:
    """The rows of the circle in which a row is merged into others and, in the end, into itself; () where there is none."""
    chain = [key]
    while (following := into.get(chain[-1])) is not None and following not in chain:
        chain.append(following)
    return tuple(chain) if following == key else ()


# --- what becomes of each proposal


def proposed(
    register: Register, forms: Mapping[str, Form], period: Period, now: Mapping[Slot, Standing], used: Collection[str]
) -> Proposed:
    """Every proposal of the quarter, in the order of the forms and of their keys. No key of `used` is given to any."""
    target = next((f.name for f in sorted(forms.values(), key=lambda f: (f.order, f.name)) if yearly(f)), "")
    maker = _Maker(register, target, period, {fields.fold(key) for key in used})
    for form in forms.values():
        if proposes(form, period):
            own = {slot: s for slot, s in now.items() if slot[0] == form.name and s.period == period.key}
            for proposal in items.added_items(form, own, register):
                maker.take(proposal)
    style = f"{maker.letters}{maker.digits}-THEME-1"
    return Proposed(tuple(maker.new), maker.there, tuple(maker.left_out), tuple(maker.lacking), style)


class _Maker:
    """Makes rows of proposals, one after another, each with a key that nothing else bears."""

    def __init__(self, register: Register, form: str, period: Period, used: set[str]) -> None:
        self.register, self.form, self.used = register, form, used
        self.first = period.end + timedelta(days=1)
        self.year, self.digits = _next_year(period)
        self.letters = key_letters(register.items, form)
        self.new: list[NewItem] = []
        self.there: dict[str, str] = {}
        self.left_out: list[tuple[Item, str]] = []
        self.lacking: list[NewItem] = []

    def take(self, proposal: Item) -> None:
        """Make of one proposal what it comes to."""
        taken = next((i.key for i in self.register.items if _says(fields.fold(i.text("note")), proposal.key)), "")
        theme = self._theme(proposal)
        if taken:
            self.there[proposal.key] = taken
        elif not self.form:
            self.left_out.append((proposal, "no form has rows that go from year to year"))
        elif not proposal.text(_TEXT):
            self._lacks(proposal, "it does not say what is proposed", theme)
        elif isinstance(theme, str):
            self._lacks(proposal, theme, theme)
        else:
            self.new.append(self._row(proposal, theme))

    def _lacks(self, proposal: Item, why: str, theme: Theme | str) -> None:
        """A proposal that lacks what a row cannot do without, with what it has."""
        self.left_out.append((proposal, why))
        row = self._row(proposal, None if isinstance(theme, str) else theme)
        self.lacking.append(replace(row, key="", doubts=(why, *row.doubts)))

    def _theme(self, proposal: Item) -> Theme | str:
        """The theme that was chosen, under the plan that the next year's rows stand under; or why there is none."""
        said = proposal.text(_THEME)
        word = fields.fold(said)
        live = items.live_themes(self.register)
        themes = [*live, *(t for t in self.register.themes if t not in live)]
        named = [t for t in themes if word in map(fields.fold, (t.label, t.title, t.id))]
        named = named or [t for t in self.register.themes if word in map(fields.fold, t.former)]
        if not said:
            return "it names no theme"
        if not named:
            return f'its theme "{said}" is not on the Themes sheet'
        ids = list(dict.fromkeys(t.id for t in named))
        if len(ids) > 1:
            return f'its theme "{said}" could be {fields.listed(ids, "or")}'
        plans = {p.id: p for p in self.register.plans}
        coming = [
            t
            for t in self.register.themes
            if t.id == ids[0]
            and (p := plans.get(t.plan))
            and p.start
            and p.start <= self.first
            and (not p.end or p.end >= self.first)
        ]
        own = {i.plan for i in self.register.items if i.form == self.form}
        return next(t for some in (coming, named) for t in sorted(some, key=lambda t: t.plan not in own))

    def _row(self, proposal: Item, theme: Theme | None) -> NewItem:
        leads, doubts = self._leads(proposal)
        plan = self.register.plan(theme.plan) if theme else None
        if plan and plan.end and plan.end < self.first:
            doubts.append(f"its plan {plan.id} ended on {fields.show(plan.end)}")
        values: dict[str, Value] = {"detail": shown} if (shown := proposal.text(_SHOWN)) else {}
        values |= {to: day for name, to in _DAYS.items() if isinstance(day := proposal.values.get(name), date)}
        return NewItem(
            key=self._key(theme.id) if theme and proposal.text(_TEXT) else "", proposal=proposal, form=self.form,
            plan=theme.plan if theme else "", theme=theme.id if theme else "", leads=leads,
            title=proposal.text(_TEXT), year=self.year, values=values, doubts=tuple(doubts),
        )  # fmt: skip

    def _leads(self, proposal: Item) -> tuple[Leads, list[str]]:
        """The lead by its id, as names hold on the first day of the new year; as it is written where nobody is known by it."""
        said, names = str(proposal.values.get(_LEAD, "")), Names.of(self.register, self.first)
        if not said:
            return Leads(proposal.lead), ["it names no lead, so its proposer stands there"]
        lead = names.find(said)
        leads = Leads(lead) if lead else names.split(said)
        if leads is None:
            return Leads(said), [f'its lead "{said}" is no partner on the register']
        partner = self.register.partner(leads.lead)
        gone = partner is not None and partner.active_to is not None and partner.active_to < self.first
        return leads, [f"its lead {leads.lead} is no partner any more by then"] if gone else []

    def _key(self, theme: str) -> str:
        start = f"{self.letters}{self.digits}-{theme}-"
        folded = fields.fold(start)
        ends = [key.removeprefix(folded) for key in self.used if key.startswith(folded)]
        number = max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0) + 1
        self.used.add(fields.fold(f"{start}{number}"))
        return f"{start}{number}"


def key_letters(known: Iterable[Item], form: str) -> str:
    """The letters before the year in a form's keys of the style CP23-DA-5 (letters, year, theme, number): the commonest ones.

    A register without that style gets the first letter of the form's name: C24-DA-1.
    """
    styles = [(m[1], i) for i in known if i.form == form and (m := _STYLE.fullmatch(i.key))]
    letters = Counter(
        start for start, i in styles if fields.fold(i.key.partition("-")[2].rpartition("-")[0]) == fields.fold(i.theme)
    )
    return max(letters, key=lambda word: (letters[word], word), default=form[:1].upper() or "C")


def _next_year(period: Period) -> tuple[str, str]:
    """The label of the year after a period's ("2024/25", or "2024" of the calendar year), and its two figures in a key."""
    coming = periods.next_key(period.key)
    return periods.label(coming).partition(" ")[2], f"{periods.parse_key(coming)[0] % 100:02d}"
