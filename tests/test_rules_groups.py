"""Rules across rows, sheets and partners: each where it fires, where it just does not, and what it says (V14, V18, V19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.register_rows import clean_rows, load
from tests.rule_examples import FORM, PERIOD, TODAY, Use
from workflow import rules
from workflow.model import Item, Register, RuleUse, Severity, Value
from workflow.wording import WORDS, finding

Told = tuple[rules.RowFacts, rules.Problem]
END = date(2023, 9, 30)
PARTS: Use = ("parts-sum", {"value": "value", "comment": "comment"})
SAME: Use = ("same-measure", {"value": "value", "comment": "comment"})
RANKS: Use = ("ranks", {"rank": "rank", "list": "list", "text": "progress"})
MEASURE_RANKS: Use = ("ranks", {"rank": "value"})


def measure(key: str, part_of: str = "", unit: str = "number", lead: str = "police", **more: Value) -> Item:
    values: dict[str, Value] = {"title": f"Measure {key}", "unit": unit, "counts": "people", "period_type": "Quarter", **more}
    return Item(key, FORM.name, "P", "T", lead, values={**values, "part_of": part_of} if part_of else values)


def row(item: Item, value: str = "", **more: Value) -> rules.RowFacts:
    given_values: dict[str, Value] = {"period_end": END, **more}
    if value:
        given_values["value"] = Decimal(value)
    return rules.RowFacts(FORM, item.key, item, given_values, {}, PERIOD, TODAY, partner=item.lead)


def run(use: Use, rows: Sequence[rules.RowFacts], register: Register | None = None) -> list[Told]:
    form = replace(FORM, rules=(RuleUse(*use),))
    rows = [replace(r, form=form, register=register) for r in rows]
    return list(rules.run_wide(form, rules.WideFacts(rows, {form.name: rows})))


def told(use: Use, rows: Sequence[rules.RowFacts], register: Register | None = None) -> list[tuple[str, str]]:
    return [(problem.code, facts.key) for facts, problem in run(use, rows, register)]


def say(problem: rules.Problem) -> str:
    words: dict[str, Any] = dict(problem.words)
    return finding(problem.code, [], found=problem.found, **words).message


def shares(*values: str, **more: Value) -> list[rules.RowFacts]:
    return [row(measure(f"M-{n}", "Ethnicity", "%"), v, **more) for n, v in enumerate(values, 1)]


def counts(total: str, *values: str, name: str = "M-ALL", **more: Value) -> list[rules.RowFacts]:
    parts = [row(measure(f"M-{n}", name), v, **more) for n, v in enumerate(values, 1)]
    return [row(measure("M-ALL"), total, **more), *parts]


# --- shares of one whole


def test_shares_that_do_not_make_a_whole() -> None:
    found = run(PARTS, shares("5.8", "12.5", "3.8", "1.4", "70.7"))
    assert [(p.code, r.key) for r, p in found] == [("parts-not-whole", f"M-{n}") for n in range(1, 6)]
    assert len({(p.code, p.field, p.found, str(p.words)) for _, p in found}) == 1  # one cause, so one message
    assert say(found[0][1]) == (
        "The shares of Ethnicity add up to 94.2%, not 100%. "
        "Correct them, or say in Comment of one of these rows what the rest is or why they overlap."
    )


@pytest.mark.parametrize(
    ("values", "fires"),
    [
        (("82", "13", "5"), False), (("82", "13", "4"), False), (("82", "13", "3"), True), (("33.3", "33.3", "33.3"), False),
        (("33.3", "33.3", "33.1"), True), (("60", "42"), True), (("60", "41"), False), (("60.0", "41.0"), True),
    ],
)
def test_shares_are_held_to_their_rounding(values: tuple[str, ...], fires: bool) -> None:
    assert bool(run(PARTS, shares(*values))) is fires


def test_shares_that_are_not_all_in_are_only_too_many() -> None:
    missing = [*shares("82", "13"), row(measure("M-3", "Ethnicity", "%"))]
    assert run(PARTS, missing) == []
    over = [*shares("82", "23"), row(measure("M-3", "Ethnicity", "%"))]
    assert {p.code for _, p in run(PARTS, over)} == {"parts-not-whole"}
    assert run(PARTS, shares("60")) == []  # the register names no other part


def test_the_register_says_which_parts_there_are() -> None:
    items = [measure(f"M-{n}", "Ethnicity", "%", state="Closed" if n == 3 else "Open") for n in (1, 2, 3)]
    register = replace(load(clean_rows())[0], items=tuple(items))
    two = [row(items[0], "60"), row(items[1], "30")]
    assert {p.code for _, p in run(PARTS, two, register)} == {"parts-not-whole"}
    opened = replace(register, items=(*items[:2], measure("M-3", "Ethnicity", "%")))
    assert run(PARTS, two, opened) == []


@pytest.mark.parametrize(
    ("comment", "clears"),
    [
        ("The rest is not recorded.", True), ("Where recorded; the shares do not add up to 100.", True),
        ("People may be counted more than once.", True), ("The count runs from April.", False), ("", False),
    ],
)
def test_a_comment_that_says_what_the_rest_is_answers_it(comment: str, clears: bool) -> None:
    rows = shares("60", "20", "10")
    told_of = replace(rows[1], values={**rows[1].values, **({"comment": comment} if comment else {})})
    assert bool(run(PARTS, [rows[0], told_of, rows[2]])) is not clears


def test_unlike_periods_are_never_added_up() -> None:
    rows = shares("60", "20", "10")
    other = replace(rows[2], values={**rows[2].values, "period_end": date(2023, 6, 30)})
    assert run(PARTS, [*rows[:2], other]) == []
    undated = replace(rows[2], values={"value": Decimal(10)})
    assert run(PARTS, [*rows[:2], undated]) == []
    yearly = replace(rows[2], values={**rows[2].values, "period_type": "Financial year"})
    assert run(PARTS, [*rows[:2], yearly]) == []


def test_changes_and_ranks_are_no_parts() -> None:
    changes = [row(measure(f"M-{n}", "Set", "%", title=f"Change in thefts {n}"), "20") for n in (1, 2)]
    ranks = [row(measure(f"M-{n}", "Set", "rank"), "2") for n in (1, 2)]
    assert run(PARTS, changes) == run(PARTS, ranks) == []


def test_each_partner_is_told_of_its_own_rows() -> None:
    rows = [*shares("60", "20"), row(measure("M-3", "Ethnicity", "%", lead="yos"), "10")]
    assert [r.partner for r, _ in run(PARTS, rows)] == ["police", "police", "yos"]


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=8), st.integers(0, 2))
def test_rightly_rounded_shares_always_pass(numbers: list[int], places: int) -> None:
    if sum(numbers):
        values = [str(round(Decimal(100 * n) / sum(numbers), places)) for n in numbers]
        assert run(PARTS, shares(*values)) == []


# --- counts and their total


@pytest.mark.parametrize(
    ("total", "parts", "code"),
    [
        ("20", ("13", "5", "2"), ""), ("20", ("13", "5", "3"), "parts-exceed"), ("20", ("13", "5", "1"), "parts-not-total"),
        ("20", ("11",), ""), ("20", ("21",), "parts-exceed"), ("7", ("4", "3"), ""), ("7", ("4", ""), ""),
        ("7", ("8", ""), "parts-exceed"),
        ("12.5", ("6.3", "6.3"), ""), ("12.5", ("6.5", "6.5"), "parts-exceed"), ("", ("13", "5"), ""),
    ],
)
def test_counts_and_their_total(total: str, parts: tuple[str, ...], code: str) -> None:
    assert {p.code for _, p in run(PARTS, counts(total, *parts))} == ({code} if code else set())


def test_counts_in_words() -> None:
    by_code = {
        total: say(run(PARTS, counts(total, "13", "5"))[0][1]) for total in ("17", "20")
    } | {"one": say(run(PARTS, counts("17", "18"))[0][1])}
    assert by_code == {
        "17": "M-1 and M-2 add up to 18, which is more than the 17 under Measure M-ALL (M-ALL). "
        "Correct the figures, or say in Comment of one of these rows why they overlap.",
        "20": "M-1 and M-2 add up to 18, and not the 20 under Measure M-ALL (M-ALL). "
        "Correct the figures, or say in Comment of one of these rows what the rest is.",
        "one": "M-1 is 18, which is more than the 17 under Measure M-ALL (M-ALL). "
        "Correct the figures, or say in Comment of one of these rows why they overlap.",
    }


def test_one_total_may_be_cut_in_several_ways() -> None:
    rows = [
        row(measure("M-ALL"), "20"), *(row(measure(f"A-{n}", "M-ALL: attendance"), v) for n, v in enumerate(("13", "5", "2"))),
        row(measure("P-1", "M-ALL: placed"), "11"),
    ]
    assert run(PARTS, rows) == []
    over = [*rows[:-1], row(measure("P-1", "M-ALL: placed"), "21")]
    assert told(PARTS, over) == [("parts-exceed", "M-ALL"), ("parts-exceed", "P-1")]


def test_parts_in_another_unit_are_left_alone() -> None:
    rows = [row(measure("M-ALL"), "20"), row(measure("M-1", "M-ALL", "%"), "60"), row(measure("M-2", "M-ALL", "%"), "60")]
    assert run(PARTS, rows) == []
    assert run(PARTS, [row(measure("M-1", "Cases"), "20"), row(measure("M-2", "Cases"), "90")]) == []  # counts of no total


def test_what_another_said_of_a_row_is_not_added() -> None:
    rows = counts("20", "13", "5", "2")
    guest = replace(rows[1], partner="yos", guest=True, values={**rows[1].values, "value": Decimal(19)})
    assert run(PARTS, [*rows, guest]) == []


# --- one measure, reported twice


def twice(one: str, other: str, linked: Mapping[str, Value] | None = None, **more: Value) -> list[rules.RowFacts]:
    second = measure("M-2", unit="%", lead="yos")
    second = replace(second, values={**second.values, **({"same_as": "M-1"} if linked is None else linked)})
    return [row(measure("M-1", unit="%"), one), row(second, other, **more)]


@pytest.mark.parametrize(
    ("one", "other", "fires"),
    [("35", "34.6", False), ("35", "34.4", True), ("34.6", "34.6", False), ("256", "262", True), ("12", "12.0", False)],
)
def test_one_measure_reported_twice(one: str, other: str, fires: bool) -> None:
    assert bool(run(SAME, twice(one, other))) is fires


def test_both_are_asked_each_with_the_other_named() -> None:
    register = load(clean_rows())[0]
    found = run(SAME, twice("35", "31"), register)
    assert [(p.code, r.partner) for r, p in found] == [("measure-differs", "police"), ("measure-differs", "yos")]
    assert say(found[0][1]) == (
        "The same measure stands as 35% (M-1) and 31% (M-2, Youth Offending Service) for the same period. "
        "Agree on one figure, or say in Comment why they differ."
    )
    assert "35% (M-1, Police) and 31% (M-2)" in say(found[1][1])


def test_the_same_title_and_unit_are_the_same_measure() -> None:
    titled = {"title": "  MEASURE M-1"}
    assert len(run(SAME, twice("35", "31", titled))) == 2
    assert run(SAME, twice("35", "31", {})) == []
    assert run(SAME, [row(measure("M-1", unit="%"), "35"), row(measure("M-2", unit="number", title="Measure M-1"), "31")]) == []


def test_unlike_periods_and_explained_differences_are_left_alone() -> None:
    assert run(SAME, twice("35", "31", period_end=date(2023, 6, 30))) == []
    assert run(SAME, twice("35", "31", period_type="Financial year")) == []
    assert run(SAME, twice("35", "31", comment="Another definition: only reports that became crimes.")) == []
    assert len(run(SAME, twice("35", "31", comment="Fewer calls in August."))) == 2
    assert run(SAME, [row(measure("M-1", unit="%"), "35")]) == []


# --- ranks


def ranked(
    key: str, rank: int | None = None, name: str = "Risk matrix 2021", progress: str = "", **more: Value
) -> rules.RowFacts:
    values: dict[str, Value] = {"rank": rank} if rank else {}
    if name and rank:
        values["list"] = name
    if progress:
        values["progress"] = progress
    item = Item(key, FORM.name, "P", "T", "police", values={"ref": key})
    return rules.RowFacts(FORM, key, item, {**values, **more}, {}, PERIOD, TODAY, partner="police")


def test_three_of_one_rank_are_one_note() -> None:
    found = run(RANKS, [ranked("R1", 1), ranked("R2", 4), ranked("R3", 4), ranked("R4", 4)])
    assert [(p.code, r.key, p.field) for r, p in found] == [("rank-repeated", "R2", "rank")]
    assert WORDS["rank-repeated"][0] is Severity.NOTE
    assert say(found[0][1]) == (
        "Rank 4 stands 3 times in the list Risk matrix 2021: R2, R3 and R4. "
        "Ask which is right, or whether two lists are mixed: each needs a name of its own."
    )


def test_rows_of_several_partners_are_named_with_whose_they_are() -> None:
    rows = [ranked("NEW-01", 4), replace(ranked("NEW-01", 4), partner="yos")]
    found = run(RANKS, rows, load(clean_rows())[0])
    assert [p.words["rows"] for _, p in found] == ["NEW-01 (Police) and NEW-01 (Youth Offending Service)"]


def test_ranks_of_two_lists_or_of_none_are_left_alone() -> None:
    assert run(RANKS, [ranked("R1", 4), ranked("R2", 4, "Threat list")]) == []
    assert run(RANKS, [ranked("R1", 4, ""), ranked("R2", 4, "")]) == []
    assert run(RANKS, [ranked("R1", 4), ranked("R2", 4, status="Closed")]) == []
    assert told(RANKS, [ranked("R1", 4), ranked("R2", 4, "risk  MATRIX 2021")]) == [("rank-repeated", "R1")]


@pytest.mark.parametrize(
    ("texts", "ranks"),
    [
        (("Ranked 4th in our risk matrix.", "In the risk matrix this ranked number four."), [4]),
        (("On the risk matrix theft ranked 1st, fraud 4th and arson 12th.", "Violence ranked fourth on the risk matrix."), [4]),
        (("Ranked 4th on our risk matrix.", "Joint 4th rank on the risk matrix."), []),
        (("Ranked 4th on our risk matrix, up from 5th.", "Ranked 5th on our risk matrix."), []),
        (("Ranked 4th on our risk matrix on 4th October.", "Ranked 3rd on the risk matrix."), []),
        (("Ranked 4th highest in the county.", "Ranked 4th in the county."), []),
        (("The risk matrix was agreed at the 4th meeting.", "Ranked 4th on the risk matrix."), []),
    ],
)
def test_ranks_in_text(texts: tuple[str, ...], ranks: list[int]) -> None:
    found = run(RANKS, [ranked(f"R{n}", progress=t) for n, t in enumerate(texts)])
    assert [p.words["rank"] for _, p in found] == ranks


def test_a_rank_and_the_text_beside_it_are_one() -> None:
    beside = ranked("R1", 4, "Risk matrix", "It ranked 4th on the risk matrix.")
    assert run(RANKS, [beside, ranked("R2", 5, "Risk matrix")]) == []
    both = [ranked("R1", 4, "Risk matrix"), ranked("R2", progress="Thefts ranked 4th on the risk matrix.")]
    assert [p.words["rows"] for _, p in run(RANKS, both)] == ["R1 and R2"]


def test_ranks_of_measures() -> None:
    rows = [row(measure(f"M-{n}", "Risk matrix", "rank"), v) for n, v in enumerate(("4", "4", "1"))]
    assert told(MEASURE_RANKS, rows) == [("rank-repeated", "M-0")]
    loose = [row(measure(f"M-{n}", "", "rank"), "4") for n in range(2)]
    counted = [row(measure(f"M-{n}", "Risk matrix"), "4") for n in range(2)]
    assert run(MEASURE_RANKS, loose) == run(MEASURE_RANKS, counted) == []


ANY = st.dictionaries(
    st.sampled_from(["value", "period_end", "period_type", "comment", "rank", "list", "progress"]),
    st.one_of(st.text(max_size=20), st.booleans(), st.integers(-5, 200), st.dates(), st.decimals(-5, 200, places=1)),
    max_size=7,
)
USES = st.sampled_from([PARTS, SAME, RANKS, MEASURE_RANKS])


@given(USES, st.lists(ANY, max_size=4), st.sampled_from(["%", "number", "rank"]))
def test_no_rule_breaks_whatever_the_rows_hold(use: Use, rows: list[dict[str, Value]], unit: str) -> None:
    items = [measure(f"M-{n}", "M-0" if n else "", unit, same_as="M-0") for n in range(4)]
    found = run(use, [replace(row(i), values=v) for i, v in zip(items, rows, strict=False)])
    assert "rule-crashed" not in [p.code for _, p in found]
    assert all(say(p) for _, p in found)
