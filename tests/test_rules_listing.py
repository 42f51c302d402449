"""The rules list: complete, in the forms' own headings, and the same wherever it is printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from tests.rules_page import page
from tests.view_examples import forms
from workflow import wording
from workflow.model import Form, RuleUse, Severity
from workflow.rules import known, listing
from workflow.rules.builtin import BUILT_IN
from workflow.rules.registry import Rule, names

ROOMS = (wording.cells, wording.files, wording.returns, wording.rules, wording.desk)
FORMS = list(forms().values())
NUMBERS = [f"V{n:02d}" for n in range(1, 31)]


def use(name: str, params: Mapping[str, object], form: str = "actions") -> listing.Entry:
    """The entry that a form gets for one rule alone."""
    entries = listing.of_form(replace(forms()[form], rules=(RuleUse(name, params),)))
    (entry,) = [e for e in entries if e.name == name]
    return entry


# --- whole


@pytest.mark.parametrize("words", ROOMS, ids=lambda m: m.__name__.rpartition(".")[2])
def test_every_code_belongs_to_exactly_one_rule_or_built_in_check(words: object) -> None:
    owners = listing.owners()
    codes = list(getattr(words, "WORDS"))  # noqa: B009 - a module, typed as an object
    without = [code for code in codes if code not in owners]
    assert not without, f"no rule's codes= and no check of workflow/rules/builtin.py has {', '.join(without)}"
    twice = {code: owners[code] for code in codes if len(owners[code]) > 1}
    assert not twice, f"more than one rule or built-in check has {twice}"


def test_no_rule_claims_a_code_that_has_no_sentence() -> None:
    strange = {code: names for code, names in listing.owners().items() if code not in wording.WORDS}
    assert not strange, f"no sentence in workflow/wording for {strange}"


def test_every_number_of_the_domain_is_answered() -> None:
    answered = listing.answers_to()
    missing = [v for v in NUMBERS if v not in answered]
    assert not missing, f"no rule's v= and no check of workflow/rules/builtin.py has {', '.join(missing)}"
    assert set(answered) == set(NUMBERS)


def test_names_are_given_once_and_every_group_of_checks_has_some() -> None:
    names = [*known(), *(check.name for check in BUILT_IN)]
    assert len(names) == len(set(names))
    for group in listing.Group:
        assert listing.built_in(group), group


@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.name)
def test_every_rule_of_a_form_is_listed_in_a_sentence_with_its_headings(form: Form) -> None:
    entries = [e for e in listing.of_form(form) if e.name != listing.REQUIRED]
    assert [e.name for e in entries] == [u.name for u in form.rules]
    for entry, used in zip(entries, form.rules, strict=True):
        assert re.fullmatch(r"[A-Z][^{}\[\]|]*\.", entry.says), entry.says
        assert len(entry.says) <= 200, entry.says
        fields = [name for p in ("field", "no_change") for name in names(used.params, p)]
        assert all(form.field(name).heading in entry.says for name in fields), entry
        assert entry.group == form.sheet and entry.codes and entry.severities


@pytest.mark.parametrize("rule", known().values(), ids=lambda r: r.name)
def test_what_a_rule_says_can_always_be_filled(rule: Rule) -> None:
    """Outside a clause stands only what a form must give, or what has a default."""
    outside = re.findall(r"\{([a-z_]+)(\|[^{}]*)?\}", re.sub(r"\[[^\[\]]*\]", "", rule.says))
    assert all(default or name in (*rule.needs, *listing.CALLED) for name, default in outside), rule.says
    used = {name for name, _ in re.findall(r"\{([a-z_]+)(\|[^{}]*)?\}", rule.says)}
    assert used <= {*rule.parameters, *listing.CALLED}, rule.says
    assert rule.says and rule.codes, rule.name


# --- in words


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"field": "evidence", "when": "status", "is": "Complete"},
         "Evidence or link is filled in when Status now is Complete."),
        ({"field": "public_reason", "when": "public_safe", "is": ["No", "Part 2"]},
         "Why not published is filled in when Safe to publish? is No or Part 2."),
        ({"field": "recovery", "when": "rag"}, "Getting back on track is filled in when RAG now is filled in."),
        ({"field": "evidence", "quarter": 4}, "Evidence or link is filled in for quarter 4."),
        ({"field": "evidence", "when": "status", "is": "Complete", "quarter": 4},
         "Evidence or link is filled in when Status now is Complete for quarter 4."),
        ({"field": "evidence"}, "Evidence or link is filled in."),
    ],
)  # fmt: skip
def test_when_a_box_is_required_is_said(params: Mapping[str, object], says: str) -> None:
    assert use("required-when", params).says == says


def test_several_fields_and_an_option_that_a_form_leaves_out() -> None:
    says = use("overdue-needs-plan", {"needs": ["new_due", "slip_reason", "recovery"]}).says
    assert says.endswith("Proposed new due date, Reason for the new date and Getting back on track.")
    moved = {"value": "value", "comment": "comment"}
    assert "more than 30%" in use("movement", moved, "measures").says
    assert "more than 12%" in use("movement", {**moved, "threshold": 12}, "measures").says


def test_a_parameter_that_nobody_gives_is_our_mistake() -> None:
    rule = Rule("x", lambda *_: (), needs=("field", "than"), says="{than} is {other}.")
    with pytest.raises(KeyError, match="other"):
        listing.said(rule, forms()["actions"], {"than": "status"})
    optional = replace(rule, says="{than} is right[, as {other} is].")
    assert listing.said(optional, forms()["actions"], {"than": "status"}) == "Status now is right."


def test_the_required_boxes_of_a_form_are_named() -> None:
    first = listing.of_form(forms()["actions"])[0]
    assert first.says.endswith("there is an answer under Status now, RAG now and Progress this quarter.")
    assert first.codes == ("answer-missing",)
    assert not [e for e in listing.of_form(forms()["measures"]) if e.name == listing.REQUIRED]  # none is required there


@pytest.mark.parametrize(
    ("codes", "happens"),
    [
        (("choice-unknown",), "Held until put right"),
        (("number-range", "number-tidied"), "Taken, and asked about"),
        (("number-tidied",), "Noted for the coordinator"),
        (("number-tidied", "number-range", "number-inexact"), "Held until put right; or taken, and asked about"),
    ],
)
def test_severity_is_said_in_words_worst_first(codes: tuple[str, ...], happens: str) -> None:
    assert listing.Entry("x", "Actions", "X.", codes).happens == happens


def test_what_is_asked_in_one_quarter_is_listed_for_that_quarter() -> None:
    commitments = forms()["commitments"]
    second, fourth = ([e.says for e in listing.of_form(commitments, quarter)] for quarter in (2, 4))
    only = [s for s in fourth if s not in second]
    assert [s for s in second if s not in fourth] == []
    assert {s.partition(" is filled in")[0] for s in only if " is filled in" in s} == {
        "Outcome for residents", "What happens next year", "Reason for next year's choice",
    }  # fmt: skip
    assert [s[:36] for s in only if " is filled in" not in s] == [
        "What happens next year fits Status n", "Where What happens next year is Merg",
    ]  # fmt: skip
    assert "Outcome for residents is filled in when Status now is Complete." in second
    assert listing.of_form(forms()["next_year"], 2) == () != listing.of_form(forms()["next_year"], 4)
    assert set(listing.of_form(commitments)) == set(listing.of_form(commitments, 4))


def test_a_partner_is_not_told_of_notes_nor_of_a_rule_on_trial_that_quarter() -> None:
    trial = use("progress-text", {"field": "progress", "beta": "2023-24-Q2"})
    assert [trial.concerns_partner(q) for q in ("2023-24-Q1", "2023-24-Q2", "2023-24-Q3")] == [True, False, True]
    note = use("smart", {"field": "text"}, "next_year")
    assert note.severities == (Severity.NOTE,) and not note.concerns_partner("2023-24-Q2")


def test_what_is_asked_alike_on_several_sheets_is_said_once() -> None:
    """With the boxes of them all where the sentence bears it, and never with what is asked otherwise, or on trial."""
    every = [e for form in FORMS for e in listing.of_form(form)]
    once = listing.together(every)
    assert len(once) < len(every)
    assert {c for e in once for c in e.codes} == {c for e in every for c in e.codes}
    for entry in every:
        alike = [e for e in once if (e.name, e.sentence) == (entry.name, entry.sentence)]
        (home,) = [e for e in alike if entry.group in e.group.split(", ") and {*entry.headings} <= {*e.headings}]
        assert home.happens == entry.happens
    dates = [e for e in once if e.name == "not-after"]
    assert [(e.group, e.says) for e in dates] == [
        ("About this return, Actions, Measures",
         "A date under Approved on, Completed on and Period end is not later than today."),
    ]  # fmt: skip
    one, other = use("progress-text", {"field": "progress"}), use("progress-text", {"field": "recovery"})
    assert listing.together([one, other, one]) == (one, other)  # "X says what was done": one box to a sentence
    trial = use("progress-text", {"field": "progress", "beta": "2023-24-Q2"})
    assert listing.together([one, trial]) == (one, trial)


# --- the page


def test_docs_rules_md_is_what_the_rules_say(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/rules.md", page(forms()))


def test_the_page_has_every_sentence_of_every_code() -> None:
    text = page(forms())
    unused = known().keys() - {u.name for form in FORMS for u in form.rules}
    for code, (name,) in listing.owners().items():
        remedy = max(re.split(r"\"?\{[^{}]*\}\"?", wording.WORDS[code][2]), key=len)
        assert name in unused or (remedy in text and f"`{name}`" in text), (code, remedy)
