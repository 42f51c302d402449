"""The Items sheet: leads found by any name they go by, and each item's own choice words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from workflow import fields, items
from workflow.config.cells import Line
from workflow.model import Choice, Field, Form, Item, Register, Value
from workflow.names import Leads, Names
from workflow.validate import Trouble

_MEASURE_FIELDS = ("unit", "counts", "polarity")  # domain.md A9: small numbers are withheld by what is counted


def same(text: str, ids: Iterable[str]) -> str:
    """The id that is meant whatever its case and spacing; the text itself where there is none, for the checks to name."""
    return next((i for i in ids if fields.fold(i) == fields.fold(text)), text)


def opening_choices(field: Field, values: Mapping[str, Value], register: Register) -> Sequence[Choice]:
    """What an opening status or RAG may be: the words of the row's plan. Nothing where the plan is unknown."""
    plan = same(str(values.get("plan", "")), [p.id for p in register.plans])
    return items.choices_for(field, Item("", "", plan, "", ""), register) if register.plan(plan) else ()


def read_items(
    form: Form, lines: Sequence[Line], register: Register, known: tuple[Mapping[str, Form], date]
) -> tuple[tuple[Item, ...], tuple[Trouble, ...]]:
    """The lines of the Items sheet as items. `known` are the forms that they may be of, and the day that decides what an
    alias means."""
    forms, today = known
    names = Names(register.partners, register.aliases, today)
    found: list[Item] = []
    troubles: list[Trouble] = []
    for line in lines:
        leads, split = _leads(line, names)
        found.append(_item(line, leads, register, forms))
        troubles.extend(_old_names(form, line, names))
        troubles.extend(_unsafe_measure(form, line, found[-1]))
        if split:
            read = {"read": _in_words(leads, register)}
            troubles.append(_trouble("register-lead-split", form, line, "lead", line.text("lead"), read))
    return tuple(found), tuple(troubles)


def _leads(line: Line, names: Names) -> tuple[Leads, bool]:
    """The leads of a line, and whether the lead cell named several agencies (domain.md A5)."""
    text = line.text("lead")
    lead = names.find(text)
    several = None if lead else names.split(text)
    joint, others = _ids(line.many("joint_leads"), names), _ids(line.many("contributors"), names)
    if several is None:
        return Leads(lead or text, joint, others), False
    return Leads(several.lead, _once(several.joint, joint), _once(several.contributors, others)), True


def _ids(words: Iterable[str], names: Names) -> tuple[str, ...]:
    return tuple(names.find(word) or word for word in words)


def _once(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for group in groups for word in group))


def _item(line: Line, leads: Leads, register: Register, forms: Mapping[str, Form]) -> Item:
    plan = same(line.text("plan"), [p.id for p in register.plans])
    theme = same(line.text("theme"), [t.id for t in register.themes if t.plan == plan])
    form = fields.fold(line.text("form")).replace(" ", "_")
    return Item(
        key=line.key, form=form, plan=plan, theme=theme, lead=leads.lead,
        joint_leads=leads.joint, contributors=leads.contributors,
        values={**line.values, "plan": plan, "theme": theme, "lead": leads.lead}, place=line.place,
        purpose=forms[form].purpose if form in forms else "",
    )


def _old_names(form: Form, line: Line, names: Names) -> Iterator[Trouble]:
    """Leads written by a name that has since stopped meaning them."""
    for field in ("lead", "joint_leads", "contributors"):
        for word in line.many(field):
            alias = names.outdated(word)
            if alias and alias.valid_to:
                other = next((p.name for p in names.partners if p.id == alias.partner), alias.partner)
                words = {"other": other, "day": fields.show(alias.valid_to)}
                yield _trouble("register-alias-outdated", form, line, field, word, words)


def _unsafe_measure(form: Form, line: Line, item: Item) -> Iterator[Trouble]:
    """A measure that does not say what it counts, in what unit, or which way is better, cannot be reported safely."""
    if item.is_measure and item.text("state") != "Closed":
        for field in _MEASURE_FIELDS:
            if field not in line.values and field not in line.held:
                yield _trouble("register-measure-blank", form, line, field, "", {"expected": f"its {field}"})


def _in_words(leads: Leads, register: Register) -> str:
    item = Item("", "", "", "", leads.lead, leads.joint, leads.contributors)
    return items.lead_words(item, register)


def _trouble(  # noqa: PLR0913, PLR0917 - a trouble has this many parts
    code: str, form: Form, line: Line, field: str, found: str, words: Mapping[str, object]
) -> Trouble:
    label = line.text("ref") or line.key
    return Trouble(code, form, field, line.places.get(field, line.place), line.key, label, found, words=words)
