"""What a rule is, which rules there are, and how a form's rules are run over one row."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from workflow import fields
from workflow.errors import WorkflowError
from workflow.model import Form, Item, Period, Register, RuleUse, Value

Params = Mapping[str, object]
BETA = "beta"  # the parameter of every rule: the key of the one period in which only the coordinator is told


class Scope(StrEnum):
    """What a rule looks at: one `cell` as a file is read, one `row` of a return, or all rows of the period (`wide`)."""

    CELL = "cell"
    ROW = "row"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One row of one return, typed: all that a row rule may look at.

    `values` are this period's own answers, blanks absent, nothing carried into it; `previous` is what stood before this
    period, by the same field names, and `earlier` what each quarter before it gave, oldest first. `item` is None only where
    the row has none; `partner` is whose answers these are. `register` is for names, plans, lists of words and addresses.
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
    register: Register | None = None
    partner: str = ""
    earlier: Mapping[str, tuple[Value, ...]] = dataclasses.field(default_factory=dict)
    held: frozenset[str] = frozenset()  # fields that were filled in with what could not be taken: given, and not known
    guest: bool = False  # what a joint lead or a contributor said of another's row

    @property
    def quarter_now(self) -> int:
        """1 to 4."""
        return self.quarter or self.period.quarter

    def stands(self, name: str) -> Value | None:
        """This period's answer, or the one from before: a blank never erases."""
        value = self.values.get(name)
        return self.previous.get(name) if value is None else value

    def blank(self, name: str) -> bool:
        """Whether nothing was entered: a held answer was."""
        return name not in self.values and name not in self.held

    def heading(self, name: str) -> str:
        """What the partner calls a field."""
        return self.form.field(name).heading if self.form.has(name) else name.replace("_", " ")

    def headings(self, names: Iterable[str]) -> str:
        """Several fields as a sentence lists them."""
        return fields.listed([self.heading(n) for n in names], "and")


@dataclass(frozen=True, slots=True)
class CellFacts:
    """One typed text answer of one file: all that a cell rule may look at."""

    form: Form
    field: str
    value: str
    register: Register
    period: Period


@dataclass(frozen=True, slots=True)
class WideFacts:
    """All rows of a period, of every partner: those of the rule's own form, and those of every form by its name."""

    rows: Sequence[RowFacts]
    forms: Mapping[str, Sequence[RowFacts]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found: a code of `wording.WORDS`, the field whose cell it concerns, and the words of its sentence.

    `beta`: the rule is on trial this quarter, so that only the coordinator is told.
    """

    code: str
    field: str
    words: Mapping[str, object] = dataclasses.field(default_factory=dict)
    found: str = ""
    suggestion: str = ""
    beta: bool = False
    mark: str = ""  # what stands there, where the sentence does not quote it


RowCheck = Callable[[RowFacts, Params], Iterable[Problem]]
CellCheck = Callable[[CellFacts, Params], Iterable[Problem]]
WideCheck = Callable[[WideFacts, Params], Iterable[tuple[RowFacts, Problem]]]
_Check = TypeVar("_Check", bound=Callable[..., Iterable[object]])


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered check. `needs` are parameters that must be given and name fields of the form (one, or a list);
    `fields` are parameters that may be given and do; `options` are the other parameters.

    `codes` are the findings it makes, `v` the rules of domain.md A10 it answers, and `says` what it asks for, in a sentence
    for partners in which {field} and the like stand for the headings that the form names, {threshold|30} for an option and
    what it is by default, and a [clause] is left out where its parameters are not given (`listing.said`).
    """

    name: str
    check: Callable[..., Iterable[Any]]
    needs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    v: tuple[str, ...] = ()
    says: str = ""
    scope: Scope = Scope.ROW
    reads: tuple[str, ...] = ()  # fields it judges others by: while one of them is held, it has nothing to say
    anyone: bool = False  # holds for what joint leads and contributors say, too

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every parameter that a form may give."""
        return (*self.needs, *self.fields, *self.options, BETA)


_RULES: dict[str, Rule] = {}


def rule(name: str, **about: Any) -> Callable[[_Check], _Check]:
    """Register a check under the name that forms use; `about` are the other parts of a `Rule`.

    A name registered twice is our mistake (ValueError).
    """

    def register(check: _Check) -> _Check:
        if name in _RULES:
            raise ValueError(f"two rules are called {name}")
        _RULES[name] = Rule(name, check, **about)
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
            if name not in found.parameters:
                raise WorkflowError(f"The rule {use.name} of the form {form.name} has no parameter called {name}.")
        for name in (*found.needs, *found.fields):
            for target in names(use.params, name):
                if not form.has(target):
                    raise WorkflowError(f"The rule {use.name} names the field {target}, which the form {form.name} lacks.")


def run(form: Form, facts: RowFacts) -> tuple[Problem, ...]:
    """Every problem that the form's row rules find in a row, in the form's order, each once.

    A rule that breaks stops only itself and is reported as `rule-crashed`. Raises WorkflowError for an unknown rule.
    """
    return _all(form, Scope.ROW, facts, facts.period)


def run_cell(form: Form, facts: CellFacts) -> tuple[Problem, ...]:
    """Every problem that the form's cell rules find in one answer as it is read."""
    return _all(form, Scope.CELL, facts, facts.period)


def run_wide(form: Form, facts: WideFacts) -> tuple[tuple[RowFacts, Problem], ...]:
    """Every problem that the form's wide rules find among the rows of a period, each with the row that it is told about."""
    found: list[tuple[RowFacts, Problem]] = []
    for use, known_rule in _uses(form, Scope.WIDE):
        if not facts.rows:
            continue
        try:
            new = [(row, _on_trial(problem, use, row.period)) for row, problem in known_rule.check(facts, use.params)]
        except Exception as broken:  # whatever one rule does wrong, the others go on
            new = [(facts.rows[0], _crashed(known_rule, use, broken))]
        found.extend(pair for pair in new if pair not in found)
    return tuple(found)


def _uses(form: Form, scope: Scope) -> Iterable[tuple[RuleUse, Rule]]:
    for use in form.rules:
        found = _RULES.get(use.name)
        if found is None:
            check(form)  # raises, with the reason
        elif found.scope is scope:
            yield use, found


def _all(form: Form, scope: Scope, facts: RowFacts | CellFacts, period: Period) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    held, guest = (facts.held, facts.guest) if isinstance(facts, RowFacts) else (frozenset[str](), False)
    for use, found in _uses(form, scope):
        if (guest and not found.anyone) or not held.isdisjoint(found.reads):
            continue
        try:
            new = tuple(_on_trial(p, use, period) for p in found.check(facts, use.params))
        except Exception as broken:  # whatever one rule does wrong, the others and the return go on
            new = (_crashed(found, use, broken),)
        problems.extend(p for p in new if p not in problems)
    return tuple(problems)


def _on_trial(problem: Problem, use: RuleUse, period: Period) -> Problem:
    """The problem, marked where its rule is on trial in this very period."""
    return dataclasses.replace(problem, beta=True) if use.params.get(BETA) == period.key else problem


def _crashed(found: Rule, use: RuleUse, broken: Exception) -> Problem:
    first = next((n for name in (*found.needs, *found.fields) for n in names(use.params, name)), "")
    return Problem("rule-crashed", first, {"rule": use.name, "why": type(broken).__name__})


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
