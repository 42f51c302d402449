"""Rules about people who could be recognised: personal data, small numbers of people, and wording that singles somebody out.

Nothing that they find is repeated whole in a message (domain.md B9): what was typed is quoted with masks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from workflow import fields
from workflow.model import Item, Kind
from workflow.rules.fewpeople import tell_tales
from workflow.rules.measures import is_change
from workflow.rules.registry import CellFacts, Params, Problem, RowFacts, Scope, names, number, rule, same, text

# kind (`fields.personal`) -> what it is called, and what to do instead.
_RESIDENT = 'say "a resident" or "a young person"'
_SAID = {
    "nhs": ("an NHS number", _RESIDENT),
    "ni": ("a National Insurance number", _RESIDENT),
    "born": ("a date of birth", _RESIDENT),
    "initials": ("somebody's initials and age", _RESIDENT),
    "name": ("a person's name", "give the post or the team"),
    "phone": ("a telephone number", "name the team"),
    "email": ("an email address", "name the team"),
    "postcode": ("a full postcode", "name the area"),
    "vehicle": ("a vehicle's registration", 'say "a vehicle"'),
    "incident": ("a crime or incident reference", "say what happened"),
    "case": ("a case or client reference", "say what it was about"),
}
_OF_STAFF = frozenset({"phone", "email", "name"})  # what belongs in a box about whom to ask
_AROUND = 24  # characters shown on both sides of what was found


@rule(
    "personal-data", fields=("contacts", "places"), scope=Scope.CELL,
    codes=("personal-data", "personal-data-likely"), v=("V21",),
    says="No box holds what identifies a person: names, dates of birth, addresses, private numbers, case or crime references.",
)
def personal_data(facts: CellFacts, params: Params) -> Iterable[Problem]:
    """Patterns of personal data (domain.md B9): what is sure is held, what is doubtful is asked about; one message a cell.

    `contacts` are boxes for a work address, a telephone number and a name; `places` may hold the postcode of a venue.
    """
    if facts.form.has(facts.field) and facts.form.field(facts.field).kind is Kind.CHOICE:
        return
    passed = set(_OF_STAFF) if facts.field in names(params, "contacts") else set()
    passed |= {"postcode"} if facts.field in names(params, "places") else set()
    known = facts.register.addresses if "@" in facts.value else frozenset[str]()
    hits = [hit for hit in fields.find_personal(facts.value, known) if hit.kind not in passed]
    if not hits:
        return
    kinds = dict.fromkeys(hit.kind for hit in hits)
    words = {
        "kinds": fields.listed([_SAID[kind][0] for kind in kinds], "and"),
        "near": _near(facts.value, hits[0]),
        "instead": fields.listed(list(dict.fromkeys(_SAID[kind][1] for kind in kinds)), "and"),
        "it": "it" if len(hits) == 1 else "them",
    }
    yield Problem("personal-data" if any(hit.sure for hit in hits) else "personal-data-likely", facts.field, words)


def _near(value: str, hit: fields.Hit) -> str:
    """The words around what was found, all masked: enough to see which it is in a long text."""
    before, _, after = fields.mask(value).partition(hit.mask)
    if len(before) > _AROUND:
        before = f"…{before[-_AROUND:].partition(' ')[2]}"
    if len(after) > _AROUND:
        after = f"{after[:_AROUND].rpartition(' ')[0]}…"
    return " ".join(f"{before}{hit.mask}{after}".split())


@rule(
    "small-number-text", needs=("field",), fields=("safe", "value", "numerator", "denominator"), options=("threshold",),
    codes=("small-number-text",), v=("V20",), anyone=True,
    says="The text under {field} lets nobody be recognised: \"fewer than 5 pupils\", not \"2 pupils\" or \"the only family\".",
)
def small_number_text(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """One to four people in a text, or one person told apart. Not asked where the row, or the text, will not be published.

    With `value` and its parts, the text is the comment on a figure: where that is small itself, both are held back.
    """
    safe = text(params, "safe")
    if (safe and any(same(facts.stands(safe), word) for word in ("No", "Part 2"))) or held_back(facts.item):
        return
    if params.get("value") and (_small_count(facts, params) or _small_part(facts, params)):
        return
    for name in names(params, "field"):
        value = facts.values.get(name)
        if isinstance(value, str) and (not facts.form.has(name) or facts.form.field(name).public):
            phrases = list(dict.fromkeys(tell_tales(value)))
            if phrases:
                yield Problem("small-number-text", name, {"said": _quoted(phrases), "way": _way(facts, safe)}, value)


def held_back(item: Item | None) -> bool:
    """Whether an item is kept out of public papers as a whole."""
    return item is not None and item.text("public") in ("No", "Part 2", "False")


def _quoted(phrases: list[str]) -> str:
    return fields.listed([f'"{phrase}"' for phrase in phrases[:3]], "and")


def _way(facts: RowFacts, safe: str) -> str:
    return f'choose No under "{facts.heading(safe)}" and say why' if safe else "tell us why it may be published"


# --- figures

ABOUT_PEOPLE = frozenset({"people", "households"})  # what `disclosure` holds back in public papers when there are few


@rule(
    "small-number", needs=("value", "comment"), fields=("numerator", "denominator"), options=("threshold",),
    codes=("small-number", "small-number-part"), v=("V20",),
    says="A figure that stands for fewer than {threshold|5} people or households has a {comment} that says it is right.",
)
def small_number(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A count of people from 1 to 4, or a share that gives one away, is shown as [c] in public papers: is it right?

    Not asked where a comment came with it, nor again while the figure stays as it was. One message a row.
    """
    name, comment = text(params, "value"), text(params, "comment")
    value = facts.values.get(name)
    if not facts.blank(comment) or held_back(facts.item) or value is None or same(value, facts.previous.get(name)):
        return
    counts = facts.item.text("counts").lower() if facts.item else ""
    words = {"counts": counts, "threshold": threshold(params), "comment": facts.heading(comment)}
    if _small_count(facts, params):
        yield Problem("small-number", name, words, mark=fields.show(value))  # not quoted, so that like ones are one message
    elif part := _small_part(facts, params):
        top, base = (fields.show(facts.values[text(params, p)]) for p in ("numerator", "denominator"))
        yield Problem("small-number-part", text(params, "numerator"), {**words, "base": base, "part": part}, top)


def threshold(params: Params) -> int:
    """The smallest count that is not small."""
    return int(str(params.get("threshold", 5)))


def _about_people(facts: RowFacts) -> bool:
    return facts.item is not None and facts.item.text("counts").lower() in ABOUT_PEOPLE and not is_change(facts.item)


def _few_of(value: Decimal | None, params: Params) -> bool:
    return value is not None and 0 < abs(value) < threshold(params)


def _small_count(facts: RowFacts, params: Params) -> bool:
    unit = facts.item.text("unit") if facts.item else ""
    value = number(facts.values.get(text(params, "value")))
    return _about_people(facts) and unit in ("number", "") and _few_of(value, params)


def _small_part(facts: RowFacts, params: Params) -> str:
    """The small count that a share gives away: its numerator, or what is left of the denominator; "" where none is."""
    top, base = (number(facts.values.get(text(params, p))) for p in ("numerator", "denominator"))
    if not _about_people(facts) or top is None or base is None:
        return ""
    return next((fields.show(n) for n in _parts(top, base) if _few_of(n, params)), "")


def _parts(top: Decimal, base: Decimal) -> Iterator[Decimal]:
    yield top
    if base > top:
        yield base - top
