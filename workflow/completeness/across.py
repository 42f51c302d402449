"""What is seen only across rows, sheets and partners: the wide rules, and joint leads who disagree (domain.md V29)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workflow import fields, rules
from workflow.completeness.facts import ReturnFacts
from workflow.completeness.rows import own_rows, row_facts, troubles_of
from workflow.model import OFFICE, Form
from workflow.validate import Trouble

# What joint leads must agree on: where it differs, both are asked.
_AGREED = ("status", "rag", "value")


def across(returns: Sequence[ReturnFacts]) -> dict[str, list[Trouble]]:
    """By partner, what the wide rules of the forms say of the rows that came in this period, whoever sent them."""
    rows: dict[str, list[rules.RowFacts]] = {}
    labels: dict[str, str] = {}
    by_partner = {facts.partner: facts for facts in returns}
    forms: Mapping[str, Form] = returns[0].forms if returns else {}
    for facts in (f for f in returns if f.merged):
        for name in facts.given:
            for item in own_rows(forms[name], facts):
                row = row_facts(forms[name], item, facts)
                if row.values:
                    rows.setdefault(name, []).append(row)
                    labels[item.key] = item.label
    found: dict[str, list[Trouble]] = {}
    for name, own in rows.items():
        for row, problem in rules.run_wide(forms[name], rules.WideFacts(own, rows)):
            told = troubles_of([(row, problem)], labels, by_partner[row.partner])
            found.setdefault(row.partner, []).extend(told)
    return found


def joint_differences(facts: ReturnFacts) -> Iterable[Trouble]:
    """V29: a joint lead or contributor entered another status, RAG or figure than the accountable lead."""
    for (name, key, slot_field), theirs in facts.guests.items():
        base, _, other = slot_field.partition("@")
        item = facts.register.item(key)
        if other == OFFICE or base not in _AGREED or item is None or facts.partner not in (other, item.lead):
            continue  # the office's moderation stands beside the lead's word, and is asked of nobody
        lead = facts.standing.get((name, key, base))
        if lead and lead.value != theirs.value:
            words = {
                "other": facts.register.partner_name(other),
                "lead": facts.register.partner_name(item.lead),
                "expected": f'"{fields.show(lead.value)}"',
            }
            place = theirs.place if facts.partner == other else lead.place
            yield Trouble(
                "joint-differs", facts.forms[name], base, place, key, item.label, fields.show(theirs.value), "", words
            )
