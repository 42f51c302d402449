"""What a form shows of an item: its context, its previous answers, and which rows a partner gets in a period.

One place for it, so that the template that goes out, the check of what comes back and the papers agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow import periods
from workflow.model import OFFICE, Choice, Field, Form, Item, Period, Register, Role, Slot, Standing, Theme, Value
from workflow.names import holds

# The statuses of domain.md A10 F2, best first, with the words people write instead (domain.md A7).
STATUSES: tuple[Choice, ...] = (
    Choice("Not started", ("not begun", "yet to start", "yet to launch")),
    Choice("On track", ("ontrack", "underway", "in progress", "on-going", "ongoing")),
    Choice("At risk", ("delayed", "slower than hoped")),
    Choice("Off track", ("offtrack", "stalled", "outstanding")),
    Choice("Complete", ("completed", "done", "finished", "✓", "✔")),
    Choice("Closed – not delivered", ("closed - not delivered", "closed", "not delivered", "dropped")),
)
FINISHED = frozenset({"Complete", "Closed – not delivered"})
# What happens to an item next year, asked in a year's last quarter by every form that has this field; the words that end it.
NEXT_YEAR, CONTINUE = "carried_forward", "Continue"
ENDS = frozenset({"Complete", "Merge into another", "Drop"})
_YEAR = re.compile(r"(\d{4})(?!\d)", re.ASCII)
YES_NO: tuple[Choice, ...] = (Choice("Yes"), Choice("No"))


def context_value(field: Field, item: Item, register: Register) -> Value | None:
    """What a context field shows of an item; None where the register says nothing."""
    plan = register.plan(item.plan)
    theme = register.theme(item.theme, item.plan)
    match field.source or field.name:
        case "theme_title" | "theme":
            return theme.label if theme else item.theme or None
        case "plan_name" | "plan":
            return plan.name if plan else item.plan or None
        case "leads" | "lead":
            return lead_words(item, register)
        case "measure_name" | "measure":
            linked = register.item(item.text("measure"))
            return linked.text("title") if linked else item.values.get("measure")
        case "stem_title" | "title":
            return f"{item.text('stem')} {item.text('title')}".strip() or None
        case source:
            return item.values.get(source)


def lead_words(item: Item, register: Register) -> str:
    """The leads in words: "Police; with Housing; contributing: ASB Team"."""
    parts = [register.partner_name(item.lead)] if item.lead else []
    if item.joint_leads:
        parts.append("with " + ", ".join(register.partner_name(p) for p in item.joint_leads))
    if item.contributors:
        parts.append("contributing: " + ", ".join(register.partner_name(p) for p in item.contributors))
    return "; ".join(parts)


def choices_for(  # noqa: PLR0911 - one answer per list
    field: Field, item: Item | None, register: Register, on: date | None = None
) -> tuple[Choice, ...]:
    """The words a field accepts or offers for this item, with their aliases. `on` limits partners to those of that day."""
    match field.choices_from:
        case "":
            return field.choices
        case "status":
            return STATUSES
        case "rag":
            return rag_choices(item, register)
        case "partners":
            return _partners(register, on)
        case "themes":
            return tuple(Choice(t.label, (t.id, t.title)) for t in live_themes(register))
        case "plans":
            return tuple(Choice(p.name, (p.id,)) for p in register.plans)
        case "periods":
            return tuple(Choice(p.key, (p.label,)) for p in register.periods)
    return field.choices


def former_choices(field: Field, register: Register, *, over: bool = True) -> tuple[Choice, ...]:
    """Words that a field's list had in earlier years: what themes were called, and those of a plan that is over. They are taken
    as they stand and not offered, so that an answer of an earlier year, read again, is the same answer, and a row that comes
    back with it is not held. Without `over` the plan that is over is left out: a template's checks
    have little room for words."""
    if field.choices_from != "themes":
        return ()
    known = {word for t in live_themes(register) for word in (t.label, t.title)}
    words = (w for t in register.themes for w in ((t.label, t.title) if over else ()) + t.former)
    return tuple(map(Choice, dict.fromkeys(w for w in words if w not in known)))


def live_themes(register: Register) -> tuple[Theme, ...]:
    """The themes, less those of a plan that stands on the register only to look back on: each of its rows is closed for every
    period. Such a plan often has the themes of a present one under other numbers, and nobody should choose between the two."""
    asked = {i.plan for i in register.items if not closed(i, None)}
    only_kept = {i.plan for i in register.items} - asked
    return tuple(t for t in register.themes if t.plan not in only_kept)


def _partners(register: Register, on: date | None) -> tuple[Choice, ...]:
    """The partners by name, with the other names they go by: all there ever were, or those that hold on a day."""
    holding = [a for a in register.aliases if on is None or holds(a, on)]
    return tuple(
        Choice(p.name, tuple(w for w in (p.id, p.short_name, *(a.alias for a in holding if a.partner == p.id)) if w))
        for p in register.partners
        if on is None or p.active(on)
    )


def rag_choices(item: Item | None, register: Register) -> tuple[Choice, ...]:
    """The RAG words a lead may choose for an item: those of its plan's scheme, or of every scheme in use."""
    plan = register.plan(item.plan) if item else None
    schemes = [plan.rag] if plan else list(dict.fromkeys(p.rag for p in register.plans))
    words: dict[str, Choice] = {}
    for scheme in schemes:
        for level in register.levels(scheme):
            if level.rule == "chosen" and level.word not in words:
                marks = {"R": "🔴", "A": "🟠", "G": "🟢", "B": "🔵"}
                aliases = [level.letter, f"{level.word} – {level.meaning}"]
                if level.letter in marks:
                    aliases.append(marks[level.letter])
                words[level.word] = Choice(level.word, tuple(aliases))
    return tuple(words.values())


def current_due(item: Item) -> date | None:
    """The due date in force: the agreed new one if the register has one, else the original."""
    return item.day("revised_due") or item.day("due")


def opening(register: Register, forms: Mapping[str, Form]) -> dict[Slot, Standing]:
    """The position before the first period, from the register's opening columns, as standings of period ""."""
    standings: dict[Slot, Standing] = {}
    for item in register.items:
        form = forms.get(item.form)
        if form is None:
            continue
        for name, value in item.values.items():
            target = name.removeprefix("opening_")
            if target != name and value != "" and form.has(target):
                standings[(item.form, item.key, target)] = Standing(value, "", item.lead, item.place)
    return standings


def added_items(form: Form, standings: Mapping[Slot, Standing], register: Register) -> tuple[Item, ...]:
    """Rows that partners added under spare keys, as items, in the order of their keys."""
    values: dict[str, dict[str, Value]] = {}
    partners: dict[str, str] = {}
    if not form.spare_prefix:
        return ()
    for (name, key, of), standing in standings.items():
        if name == form.name and f"-{form.spare_prefix}-" in key and register.item(key) is None:
            values.setdefault(key, {})[of] = standing.value
            if partners.get(key, OFFICE) == OFFICE:  # an edit of the office's does not make the row its own
                partners[key] = standing.partner
    return tuple(
        Item(
            key=key,
            form=form.name,
            plan="",
            theme=str(values[key].get("theme", "")),
            lead=partners[key],
            values={**values[key], "added": True},
        )
        for key in sorted(values)
    )


def spare_key(form: Form, partner: str, period: str, number: int) -> str:
    """The permanent key of a row that a partner added: `police-2023-24-Q2-issue-01`."""
    return f"{partner}-{period}-{form.spare_prefix}-{number:02d}"


@dataclass(frozen=True)
class Stood:
    """What stood at the end of the period before: finished items leave the templates, carried rows come back."""

    register: Register
    standings: Mapping[Slot, Standing] = field(default_factory=dict)
    _added: dict[tuple[str, str], list[Item]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _looked: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    def carried(self, form: Form, partner: str) -> Sequence[Item]:
        """The rows of a form that a partner added, where such rows come back. All partners' are looked for at once."""
        if form.carry_rows and form.name not in self._looked:
            self._looked.add(form.name)
            for item in added_items(form, self.standings, self.register):
                self._added.setdefault((form.name, item.lead), []).append(item)
        return self._added.get((form.name, partner), ())


def rows_for(form: Form, partner: str, stood: Stood, period: Period | None = None) -> tuple[Item, ...]:
    """The rows of a form in one partner's template: what it leads, jointly leads or contributes to and is not finished.

    Without a `period`, what any period may ask for.
    """
    rows = [*stood.carried(form, partner)]
    if form.items:
        asked = stood.register.items_for(partner, form.name)
        rows = [*(i for i in asked if not closed(i, period) and not later(i, period)), *rows]
    return tuple(i for i in rows if not finished(form.name, i.key, stood.standings))


def closed(item: Item, period: Period | None) -> bool:
    """Whether the register has closed an item for a period: for all of them, or for those after its `closed_after`.

    So what an item came to in the periods that did ask for it stays as it was when the register closes it.
    """
    if item.text("state") != "Closed":
        return False
    last = item.text("closed_after")
    if not periods.is_key(last):
        return True
    return period is not None and periods.is_key(period.key) and periods.parse_key(period.key) > periods.parse_key(last)


def later(item: Item, period: Period | None) -> bool:
    """Whether an item is on the register and not asked for yet: its year is after the period's, or its `asked_from` is."""
    if period is None or not periods.is_key(period.key):
        return False
    now, year, first = periods.parse_key(period.key), _YEAR.match(item.text("year")), item.text("asked_from")
    if periods.is_key(first) and periods.parse_key(first) > now:
        return True
    return year is not None and int(year[1]) > now[0]


def of_period(item: Item, period: Period) -> bool:
    """Whether a period's papers may know of an item at all: they do not before it is asked for, nor where it is closed for
    every period. One that was closed after some period stays, so that what it came to can be read."""
    return not later(item, period) and not closed(item, None)


def finished(form: str, key: str, standings: Mapping[Slot, Standing]) -> bool:
    """Whether an item stood as complete or closed, or its year's last quarter said that it does not go on.

    One that was called complete and is to continue, in one breath, goes on: its lead is asked which is right, and losing it
    would be worse than asking again.
    """
    status, choice = standings.get((form, key, "status")), standings.get((form, key, NEXT_YEAR))
    if choice is not None and choice.value in ENDS:
        return True
    if status is None or str(status.value) not in FINISHED | {"Closed"}:
        return False
    return choice is None or choice.value != CONTINUE or choice.period != status.period


def forms_for(partner: str, period: Period, forms: Mapping[str, Form], stood: Stood) -> dict[str, tuple[Item, ...]]:
    """Which forms a partner gets in a period, each with its rows. A form without rows or spare rows is left out."""
    limited = (found.forms if (found := stood.register.partner(partner)) else ()) or ()
    given: dict[str, tuple[Item, ...]] = {}
    for form in sorted(forms.values(), key=lambda f: f.order):
        if form.only_quarter and form.only_quarter != period.quarter:
            continue
        rows = rows_for(form, partner, stood, period) if form.layout == "table" else ()
        spare = form.spare_rows and (not form.items or bool(rows)) and (not limited or form.name in limited or form.items)
        if form.layout == "record" or rows or spare:
            given[form.name] = rows
    return given


def owes_rows(given: Mapping[str, Sequence[Item]]) -> bool:
    """Whether a partner has anything to return: at least one row of its own."""
    return any(given.values())


def comes_back_filled(form: Form) -> bool:
    """Whether rows that partners added return in the next template with their answers in the answer boxes themselves.

    So it is where the sheet has no columns for last time's answers: the row is otherwise a key and nothing else.
    """
    return form.carry_rows and not any(previous_fields(form))


def previous_fields(form: Form) -> Iterable[Field]:
    """The fields that repeat last time's answer."""
    return (f for f in form.fields if f.role is Role.PREVIOUS)
