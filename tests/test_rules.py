"""Which rules there are, how a form's rules are run, and that none of them breaks (design law 6)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rule_examples import (
    ALONE,
    DUE,
    EITHER,
    ENDED,
    FORM,
    FRACTION,
    HEADINGS,
    MISSED,
    MOVEMENT,
    NEEDS_EVIDENCE,
    OVERDUE,
    PERIOD,
    PERIOD_GIVEN,
    PROGRESS,
    RAG,
    SMART,
    TODAY,
    Answers,
    codes,
    measure,
    run,
    say,
)
from workflow import rules
from workflow.errors import WorkflowError
from workflow.model import Field, Form, Kind, Role, RuleUse, Severity
from workflow.wording import WORDS

FORMS = Path(__file__).parent.parent / "templates" / "returns"


# --- the register of rules

def test_a_rule_that_breaks_stops_only_itself() -> None:
    uses = (
        RuleUse("movement", {"value": "value", "comment": "comment", "threshold": "a lot"}),
        RuleUse("progress-text", {"field": "progress"}),
    )
    form = replace(FORM, rules=uses)
    facts = rules.RowFacts(form, "k", measure(), {"value": 200, "progress": "TBC"}, {"value": 100}, PERIOD, TODAY)
    crashed, found = rules.run(form, facts)
    assert (crashed.code, crashed.field, found.code) == ("rule-crashed", "value", "progress-says-nothing")
    assert "the check movement could not be made on this row" in say(crashed)
    assert WORDS["rule-crashed"][0] is Severity.NOTE


def test_the_same_problem_is_said_once() -> None:
    form = replace(FORM, rules=(RuleUse("not-after", {"field": "period_end"}), RuleUse(*PERIOD_GIVEN)))
    facts = rules.RowFacts(form, "k", measure(), {**ENDED, "period_end": date(2023, 12, 31)}, {}, PERIOD, TODAY)
    assert [p.code for p in rules.run(form, facts)] == ["date-after-limit"]


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (RuleUse("progress-txt", {}), "Did you mean progress-text?"), (RuleUse("xyz", {}), "Use one of"),
        (RuleUse("progress-text", {}), "needs the parameter field"),
        (RuleUse("progress-text", {"field": "progress", "fild": "x"}), "no parameter called fild"),
        (RuleUse("progress-text", {"field": "progres"}), "names the field progres"),
        (RuleUse("overdue-needs-plan", {"needs": ["new_due", "why"]}), "names the field why"),
    ],
)
def test_a_wrong_rule_is_refused_in_words(use: RuleUse, says: str) -> None:
    with pytest.raises(WorkflowError, match=says):
        rules.check(replace(FORM, rules=(use,)))


def test_running_an_unknown_rule_is_refused() -> None:
    with pytest.raises(WorkflowError, match="does not exist"):
        codes("progress-txt", {}, {})


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="two rules"):
        rules.rule("smart")(lambda facts, params: ())
    assert list(rules.known()) == sorted(rules.known())


def shipped() -> Iterator[tuple[str, Form]]:
    for path in sorted(FORMS.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        names = tuple(Field(f["name"], f["heading"], Role(f["role"]), Kind(f["kind"])) for f in data["field"])
        uses = tuple(RuleUse(r["name"], {k: v for k, v in r.items() if k != "name"}) for r in data.get("rule", ()))
        yield path.stem, Form(path.stem, data["title"], data["sheet"], data["table"], names, rules=uses)


@pytest.mark.parametrize(("name", "form"), list(shipped()))
def test_the_forms_we_ship_name_rules_rightly(name: str, form: Form) -> None:
    rules.check(form)


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3)
answers = st.dictionaries(
    st.sampled_from(sorted(HEADINGS)),
    st.one_of(st.text(), st.booleans(), st.integers(), st.dates(), DECIMALS),
)
uses = st.sampled_from([
    PROGRESS, NEEDS_EVIDENCE, OVERDUE, RAG, EITHER, FRACTION, PERIOD_GIVEN, MOVEMENT, MISSED, ALONE, SMART,
    ("within-percent", {"value": "value"}), ("not-after", {"field": "completed_on", "limit": "period-end"}),
    ("later-than", {"field": "new_due", "than": "due"}),
])


@given(uses, answers, answers, st.sampled_from(["%", "number", "rate per 1,000", "£", ""]))
def test_no_rule_breaks_whatever_the_row_holds(use: tuple[str, Any], values: Answers, previous: Answers, unit: str) -> None:
    of = measure(unit, due=DUE, target=Decimal(5))
    problems = run(*use, values, previous, of=of)
    assert "rule-crashed" not in [p.code for p in problems]
    for problem in problems:
        assert say(problem)
    assert run(*use, values, previous, of=of) == problems
