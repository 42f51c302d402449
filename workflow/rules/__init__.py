"""Registered checks over one typed row: the rules that the forms name in TOML. This is the room's one door.

A rule is a small pure function registered with `@rule(name, ...)` in the module of its subject: of one cell as it is read, of
one row of a return, or of all rows of the period (`Scope`). To add one: write it there with its codes and what it asks for,
add its sentences to `wording/rules.py`, name it in a form. Values only: no disk, clock or database.
"""

from workflow.rules import (  # importing a subject registers its rules
    acronyms,
    changes,
    dates,
    drafts,
    figures,
    groups,
    leads,
    measures,
    nextyear,
    people,
    publishing,
    rag,
    ranks,
    status,
    texts,
)
from workflow.rules.acronyms import unexplained
from workflow.rules.registry import (
    BETA,
    CellFacts,
    Problem,
    RowFacts,
    Rule,
    Scope,
    WideFacts,
    check,
    known,
    names,
    rule,
    run,
    run_cell,
    run_wide,
)

__all__ = [
    "BETA", "CellFacts", "Problem", "RowFacts", "Rule", "Scope", "WideFacts", "acronyms", "changes", "check", "dates",
    "drafts", "figures", "groups", "known", "leads", "measures", "names", "nextyear", "people",
    "publishing", "rag", "ranks", "rule", "run", "run_cell", "run_wide", "status", "texts",
    "unexplained",
]
