"""What a rule is, which rules there are, and how a form's rules are run over one row."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflow import fields
from workflow.errors import WorkflowError
from workflow.model import Form, Item, Period, Value

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One row of one return, typed: all that a rule may look at.

    `values` are this period's own answers, blanks absent, nothing carried into it; `previous` is what stood before this
    period, by the same field names. `item` is None only where the row has none.
    """

    form: Form
    key: str
    item: Item | None
    values: Mapping[str, Value]
    previous: Mapping[str, Value]
    period: Period
    today: date
    status_complete: tuple[str, ...] = ("Complete",)
    status_closed: tuple[str, ...] = ("Closed – not delivered", "Closed")  # ended without being complete
    quarter: int = 0  # 0: the period's own

    @property
    def quarter_now(self) -> int:
        """1 to 4."""
        return self.quarter or self.period.quarter

    def stands(self, name: str) -> Value | None:
        """This period's answer, or the one from before: a blank never erases."""
        value = self.values.get(name)
        return self.previous.get(name) if value is None else value

    def heading(self, name: str) -> str:
        """What the partner calls a field."""
        return self.form.field(name).heading if self.form.has(name) else name.replace("_", " ")

    def headings(self, names: Iterable[str]) -> str:
        """Several fields as a sentence lists them."""
        return fields.listed([self.heading(n) for n in names], "and")


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found: a code of `wording.WORDS`, the field whose cell it concerns, and the words of its sentence."""

    code: str
    field: str
    words: Mapping[str, object] = dataclasses.field(default_factory=dict)
    found: str = ""


Check = Callable[[RowFacts, Params], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered check. `needs` are parameters that must be given and name fields of the form (one, or a list);
    `fields` are parameters that may be given and do; `options` are the other parameters."""

    name: str
    check: Check
    needs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


_RULES: dict[str, Rule] = {}


def rule(
    name: str, *, needs: tuple[str, ...] = (), fields: tuple[str, ...] = (), options: tuple[str, ...] = ()
) -> Callable[[Check], Check]:
    """Register a check under the name that forms use. A name registered twice is our mistake (ValueError)."""

    def register(check: Check) -> Check:
        if name in _RULES:
            raise ValueError(f"two rules are called {name}")
        _RULES[name] = Rule(name, check, needs, fields, options)
        return check

    return register


def known() -> Mapping[str, Rule]:
    """Every rule by name, in order of name."""
    return dict(sorted(_RULES.items()))


def check(form: Form) -> None:
    """Raise WorkflowError, in one sentence, if the form uses a rule that is unknown or wrongly parametrised."""
    for use in form.rules:
        found = _RULES.get(use.name)
        if found is None:
            near = fields.near(use.name, _RULES)
            raise WorkflowError(
                f"The form {form.name} uses the rule {use.name}, which does not exist."
                + (f" Did you mean {near}?" if near else f" Use one of {', '.join(known())}.")
            )
        for name in found.needs:
            if name not in use.params:
                raise WorkflowError(f"The rule {use.name} of the form {form.name} needs the parameter {name}.")
        for name in use.params:
            if name not in (*found.needs, *found.fields, *found.options):
                raise WorkflowError(f"The rule {use.name} of the form {form.name} has no parameter called {name}.")
        for name in (*found.needs, *found.fields):
            for target in names(use.params, name):
                if not form.has(target):
                    raise WorkflowError(f"The rule {use.name} names the field {target}, which the form {form.name} lacks.")


def run(form: Form, facts: RowFacts) -> tuple[Problem, ...]:
    """Every problem that the form's rules find in a row, in the form's order, each once.

    A rule that breaks stops only itself and is reported as `rule-crashed`. Raises WorkflowError for an unknown rule.
    """
    problems: list[Problem] = []
    for use in form.rules:
        found = _RULES.get(use.name)
        if found is None:
            check(form)  # raises, with the reason
            continue
        try:
            new = tuple(found.check(facts, use.params))
        except Exception as broken:  # whatever one rule does wrong, the others and the return go on
            first = next((n for name in (*found.needs, *found.fields) for n in names(use.params, name)), "")
            new = (Problem("rule-crashed", first, {"rule": use.name, "why": type(broken).__name__}),)
        problems.extend(p for p in new if p not in problems)
    return tuple(problems)


def text(params: Params, name: str, default: str = "") -> str:
    """A parameter that is one word."""
    return str(params.get(name, default))


def names(params: Params, name: str) -> tuple[str, ...]:
    """A parameter that is a word or a list of words; empty when it is not given."""
    value = params.get(name)
    if value is None:
        return ()
    return tuple(str(v) for v in value) if isinstance(value, list | tuple) else (str(value),)


def number(value: object) -> Decimal | None:
    """A value as a number; None for everything else (a yes is not a 1)."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def same(one: object, other: object) -> bool:
    """Whether two values say the same: numbers by amount, texts after folding."""
    if isinstance(one, str) and isinstance(other, str):
        return fields.fold(one) == fields.fold(other)
    return one == other
