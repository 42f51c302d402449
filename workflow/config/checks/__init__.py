"""Does the register make sense? Every check is a function from `Facts` to troubles; they stand in one visible list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from workflow.config.checks import keys, people, plans
from workflow.config.checks.facts import Facts
from workflow.config.register import SHEETS
from workflow.model import Finding, Form, Register
from workflow.names import Names
from workflow.validate import Trouble, gather

Check = Callable[[Facts], Iterable[Trouble]]

# In the order of the sheets, which is the order in which a coordinator reads them.
CHECKS: tuple[Check, ...] = (
    plans.calendars, people.addresses, plans.reporting_periods, people.partners, people.contacts, people.aliases,
    plans.plans, plans.themes, plans.items, people.leads, plans.boards, keys.rag_key, keys.waivers, keys.glossary,
)


def check_register(register: Register, forms: Mapping[str, Form], today: date) -> tuple[Finding, ...]:
    """Everything that is wrong with a register as a whole, each with its cell.

    `forms` are those of the returns; the register's own may stand among them and give the messages their headings.
    """
    facts = Facts(
        register=register,
        forms={name: form for name, form in forms.items() if name not in SHEETS},
        sheets={name: form for name, form in forms.items() if name in SHEETS},
        today=today,
        names=Names(register.partners, register.aliases, today),
    )
    return gather([trouble for check in CHECKS for trouble in check(facts)], "", "")
