"""Who leads a row, where a partner says so: known, by its name of the day, and still active (domain.md A5, A10 V22)."""

from __future__ import annotations

from collections.abc import Iterable

from workflow import fields
from workflow.names import Named, Names
from workflow.rules.registry import Params, Problem, RowFacts, names, rule


@rule(
    "lead-known", needs=("field",),
    codes=("lead-unknown", "lead-renamed", "lead-closed"), v=("V22",),
    says="{field} names agencies of the partnership as they are called now; the accountable one stands first.",
)
def lead_known(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Every agency that a cell names is a partner at the period's end, and goes by a name that holds then."""
    if facts.register is None:
        return
    known = Names.of(facts.register, facts.period.end)
    for field in names(params, "field"):
        value = facts.values.get(field)
        for named in (n for part in known.read(value) for n in part) if isinstance(value, str) else ():
            yield from _problems(facts, field, named, known)


def _problems(facts: RowFacts, field: str, named: Named, known: Names) -> Iterable[Problem]:
    partner = facts.register.partner(named.partner) if facts.register else None
    if partner is None:
        yield Problem("lead-unknown", field, {}, named.words, known.near_name(named.words))
        return
    if partner.active_to and partner.active_to < facts.period.end:
        words = {"other": partner.name, "day": fields.show(partner.active_to)}
        yield Problem("lead-closed", field, words, named.words)
        return
    former = known.outdated(named.words)
    if former and former.valid_to:
        words = {"other": partner.name, "day": fields.show(former.valid_to)}
        yield Problem("lead-renamed", field, words, named.words)
