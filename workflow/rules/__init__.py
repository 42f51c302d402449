"""Registered checks over one typed row: the rules that the forms name in TOML. This is the room's one door.

A rule is a small pure function `(RowFacts, params) -> Problems`, registered with `@rule(name)` in the module of its
subject. To add one: write it there, add its sentences to `wording.WORDS`, name it in a form. Values only: no disk, clock
or database.
"""

from workflow.rules import dates, measures, rag, texts  # importing a subject registers its rules
from workflow.rules.registry import Problem, RowFacts, Rule, check, known, names, rule, run

__all__ = ["Problem", "RowFacts", "Rule", "check", "dates", "known", "measures", "names", "rag", "rule", "run", "texts"]
