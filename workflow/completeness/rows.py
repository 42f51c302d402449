"""Each row of a return: what is blank, what its rules say, and whether it is complete."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from workflow import items, rules
from workflow.completeness.facts import ReturnFacts
from workflow.model import Form, Item, Kind, Severity
from workflow.validate import SPARE, Trouble
from workflow.wording import WORDS

_FIGURES = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.RATE, Kind.MONEY})


@dataclass(frozen=True, slots=True)
class RowReview:
    """What one row comes to. `missing` is in words, "" where it is complete."""

    complete: bool
    missing: str
    troubles: tuple[Trouble, ...] = ()
    untouched: bool = False


def review_rows(form: Form, facts: ReturnFacts, nil: bool) -> list[tuple[Item, RowReview]]:
    """Every row that the partner leads or added; of a form that nobody needs to answer, only those it touched."""
    results = [(item, _review_row(form, item, facts, nil)) for item in own_rows(form, facts)]
    return [(item, r) for item, r in results if not (form.optional and r.untouched)]


def own_rows(form: Form, facts: ReturnFacts) -> list[Item]:
    """The rows that the partner answers for: those it leads, and those it added."""
    return [*(i for i in facts.given[form.name] if i.lead == facts.partner), *_new_rows(form, facts)]


def _new_rows(form: Form, facts: ReturnFacts) -> list[Item]:
    """Rows this partner added in this period (those it added earlier are among the given ones)."""
    known = {item.key for item in facts.given.get(form.name, ())}
    own = {slot: s for slot, s in facts.mine.items() if slot[0] == form.name}
    added = [i for i in items.added_items(form, own, facts.register) if i.key not in known]
    return [replace(i, values={**i.values, "ref": f"{SPARE}{i.key[-2:]}"}) for i in added]  # as it stands in the partner's file


def row_facts(form: Form, item: Item, facts: ReturnFacts) -> rules.RowFacts:
    """A row as rules see it. What was typed and is held counts as given, and as nothing that could be known."""
    guest = item.lead != facts.partner
    held = _held(form, item, facts)
    values = {name: s.value for name, s in facts.row(form, item.key, facts.partner if guest else "").items() if not s.carried}
    before = {f.name: s.value for f in form.fields if (s := facts.before.get((form.name, item.key, f.name)))}
    if items.comes_back_filled(form) and not guest:
        values = {**before, **values}  # what the template showed in the box and nobody changed still answers it
    return rules.RowFacts(
        form=form,
        key=item.key,
        item=item,
        values=values,
        previous=before,
        period=facts.period,
        today=facts.today,
        register=facts.register,
        partner=facts.partner,
        earlier={f.name: told for f in form.fields if (told := facts.earlier.get((form.name, item.key, f.name)))},
        held=held,
        guest=guest,
    )


def _held(form: Form, item: Item, facts: ReturnFacts) -> frozenset[str]:
    end = "" if item.lead == facts.partner else f"@{facts.partner}"
    own = (name for f, key, name in facts.held if (f, key) == (form.name, item.key))
    return frozenset(name.removesuffix(end) for name in own if name.endswith(end) and ("@" in name) is bool(end))


def _review_row(form: Form, item: Item, facts: ReturnFacts, nil: bool) -> RowReview:
    standing = facts.row(form, item.key)
    if all(s.carried for s in standing.values()) and not _held(form, item, facts):
        if nil:
            return RowReview(nil, "", tuple(_unchanged(row_facts(form, item, facts), item, facts)))
        why = "its row key was changed (held)" if item.key in facts.mistaken else "nothing entered"
        return RowReview(nil, why, untouched=True)
    row = row_facts(form, item, facts)
    given = dict(row.values)
    troubles = ruled(row, item.label, facts)
    if nil and given.get("no_change") is not True:
        return RowReview(not row.held, "", tuple(troubles))  # what was left blank beside a nil return has not changed
    if given.get("no_change") is True:
        if set(given) == {"no_change"} and not any(f.carry and f.name in row.previous for f in form.fields):
            place = standing["no_change"].place
            troubles.append(Trouble("no-change-nothing", form, "no_change", place, item.key, item.label))
        return RowReview(not row.held, "", tuple(troubles))
    blank = [f for f in form.answers if f.required and row.blank(f.name)]
    troubles += [
        Trouble("answer-missing", form, f.name, facts.place(form, item.key, f.name), item.key, item.label)
        for f in blank
        if (form.name, f.name) not in facts.absent and "no_change" not in row.held
    ]
    troubles = [t for t in troubles if t.place not in facts.asked or not t.place.cell]
    words = [f.heading for f in blank] + [f"{form.field(n).heading} (held)" for n in sorted(row.held) if form.has(n)]
    if _lacks_either(form, given.keys() | row.held):
        words.append("a value, or the reason there is none")
    return RowReview(not words, ", ".join(words), tuple(troubles))


def _unchanged(row: rules.RowFacts, item: Item, facts: ReturnFacts) -> list[Trouble]:
    """What a row owes that a nil return leaves as it was, such as a plan for what is overdue: as if it said "no change"."""
    if not row.form.has("no_change"):
        return []
    told = ruled(replace(row, values={"no_change": True}), item.label, facts)
    # Filled-in boxes would contradict the nil return: here a word is enough.
    return [replace(t, words={**t.words, "done": "tell us"}) if "done" in t.words else t for t in told]


def ruled(row: rules.RowFacts, label: str, facts: ReturnFacts) -> list[Trouble]:
    """What the form's rules say of a row; of one figure only the first, because what is asked next follows from it.

    A column that is not in the file says nothing of the row, like a held answer.
    """
    absent = {name for form, name in facts.absent if form == row.form.name}
    found = troubles_of(
        ((row, p) for p in rules.run(row.form, replace(row, held=row.held | absent))), {row.key: label}, facts
    )
    told: list[Trouble] = []
    for t in found:
        figure = t.form.has(t.field) and t.form.field(t.field).kind in _FIGURES and WORDS[t.code][0] is not Severity.NOTE
        if not figure or all(other.field != t.field or WORDS[other.code][0] is Severity.NOTE for other in told):
            told.append(t)
    return told


def troubles_of(
    found: Iterable[tuple[rules.RowFacts, rules.Problem]], labels: dict[str, str], facts: ReturnFacts
) -> list[Trouble]:
    """Problems as troubles at their cells, less what follows from another: one cause, one message.

    That is what concerns a held answer, a column that is not in the file, or a cell about which something is asked already.
    """
    troubles: list[Trouble] = []
    for row, p in found:
        if p.field in row.held or (row.form.name, p.field) in facts.absent:
            continue
        place = facts.place(row.form, row.key, p.field)
        if place not in facts.asked:
            label = labels.get(row.key, "")
            troubles.append(
                Trouble(p.code, row.form, p.field, place, row.key, label, p.found, p.suggestion, p.words, p.beta, p.mark)
            )
    return troubles


def guest_troubles(form: Form, facts: ReturnFacts) -> list[Trouble]:
    """What the rules that hold for anybody's words say of what a joint lead or a contributor added to another's rows."""
    troubles: list[Trouble] = []
    for item in facts.given.get(form.name, ()):
        if item.lead != facts.partner:
            row = row_facts(form, item, facts)
            if row.values:
                troubles += ruled(row, item.label, facts)
    return troubles


def _lacks_either(form: Form, given: Set[str]) -> bool:
    """A measure is complete with a value or the reason why there is none."""
    return any(
        rule.name == "value-or-reason" and not {str(rule.params["value"]), str(rule.params["reason"])} & given
        for rule in form.rules
    )
