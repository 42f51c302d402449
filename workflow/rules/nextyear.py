"""Rules about what happens to a row next year: it fits the status, and what is merged goes on somewhere (domain.md A10 F3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow import fields, items, yearend
from workflow.model import Item
from workflow.rules.groups import accountable
from workflow.rules.registry import Params, Problem, RowFacts, Scope, WideFacts, rule, text
from workflow.yearend import DROP, MERGE

_FATES: Mapping[str, str] = {DROP: "is dropped", "Complete": "ends as complete"}


@rule(
    "next-year-agrees",
    needs=("field",),
    fields=("status",),
    codes=("next-year-disagrees",),
    v=("V07",),
    reads=("status",),
    says="{field} fits {status|status}: what is complete does not go on, and only what is complete ends as Complete.",
)
def next_year_agrees(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """What ends complete is complete; what is complete or closed neither continues nor is called the other of the two."""
    name, status = text(params, "field"), text(params, "status", "status")
    choice, word = facts.values.get(name), facts.stands(status)
    if facts.blank(status) and facts.values.get("no_change") is not True:
        return  # it is asked for itself
    complete, closed = word in facts.status_complete, word in facts.status_closed
    wrong = {"Complete": not complete, items.CONTINUE: complete or closed, DROP: complete}
    if word is not None and wrong.get(str(choice)):
        yield Problem("next-year-disagrees", name, {"status": fields.show(word)}, str(choice))


@rule(
    "merges-into",
    needs=("field", "choice"),
    scope=Scope.WIDE,
    codes=("merge-target-unknown", "merge-circle", "merge-target-ended", "merge-target-others"),
    v=("V07",),
    says="Where {choice} is Merge into another, {field} names one row of yours that goes on, by its row key or reference.",
)
def merges_into(facts: WideFacts, params: Params) -> Iterable[tuple[RowFacts, Problem]]:
    """Each merged row names one other, which is neither ended, nor merged back into it, nor somebody else's."""
    name, choice = text(params, "field"), text(params, "choice")
    rows = {row.key: row for row in accountable(facts.rows)}
    targets: dict[str, Item] = {}
    for row in rows.values():
        reason = row.values.get(name)
        if row.item is None or row.register is None or row.values.get(choice) != MERGE or not isinstance(reason, str):
            continue
        target, why = yearend.merged_into(row.item, reason, row.register.items)
        if target is None:
            yield row, Problem("merge-target-unknown", name, {"why": why, "choice": MERGE}, reason)
        else:
            targets[row.key] = target
    into = {key: target.key for key, target in targets.items()}
    for key, target in targets.items():
        problem = _problem(rows[key], target, rows.get(target.key), (name, choice), yearend.circle(key, into))
        if problem:
            yield rows[key], problem


def _problem(
    row: RowFacts, target: Item, there: RowFacts | None, names: tuple[str, str], circle: tuple[str, ...]
) -> Problem | None:
    """What is wrong with a merger into one row that is there, the plainest first. `there` is what came in of that row."""
    name, choice = names
    found, other = fields.show(row.values[name]), yearend.row_called(target)
    if circle:
        register = row.register
        labels = [i.label if register and (i := register.item(key)) else key for key in circle]
        return Problem("merge-circle", name, {"rows": fields.listed(labels, "and"), "choice": MERGE}, found)
    fate = _FATES.get(str(there.values.get(choice))) if there else None
    if items.closed(target, row.period):
        fate = "was closed before"
    if fate:
        return Problem("merge-target-ended", name, {"other": other, "fate": fate, "choice": MERGE}, found)
    if row.partner not in target.partners and row.register:
        words = {"other": other, "lead": row.register.partner_name(target.lead), "choice": MERGE}
        return Problem("merge-target-others", name, words, found)
    return None
