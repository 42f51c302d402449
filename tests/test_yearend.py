"""The year end as values: what becomes of each commitment, and which rows next year's proposals become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow import config, fields, items, periods, rules
from workflow.model import Alias, Item, Partner, Partnership, Period, Place, Plan, Register, Slot, Standing, Theme, Value
from workflow.outputs import standing
from workflow.yearend import Outcome, YearEnd, circle, merged_into, year_end

FORMS = config.load_forms(Path(__file__).parents[1] / "templates/returns")
Q3, Q4, NEXT_Q1 = "2023-24-Q3", "2023-24-Q4", "2024-25-Q1"
DROPPED = "Closed – not delivered"


def period(key: str) -> Period:
    return next(p for p in config.plan_year(periods.CALENDARS["april"], int(key[:4])) if p.key == key)


def item(key: str, ref: str = "", theme: str = "DA", /, **values: Value) -> Item:
    told: dict[str, Value] = {"ref": ref, "title": f"Title of {key}", "year": "2023/24", **values}
    return Item(key, "commitments", str(values.get("plan", "CSP23")), theme, "police", values=told)


def register(*rows: Item) -> Register:
    return Register(
        Partnership("P", "P", "A", "Coordinator", "office@p.example"),
        (),
        (period(Q3), period(Q4)),
        (
            Partner("police", "Police"), Partner("yos", "Youth Offending Service"),
            Partner("old", "Old Trust", active_to=date(2024, 3, 1)),
        ),
        (),
        (
            Alias("YOT", "yos", None, date(2023, 12, 31)), Alias("Youth desk", "police", date(2024, 4, 1)),
            Alias("Youth desk", "yos", None, date(2024, 3, 31)),
        ),
        (Plan("CSP23", "Plan 2023/24", "april", "BRAG-status", start=date(2023, 4, 1), end=date(2024, 3, 31)),
         Plan("HWB", "Strategy", "july", "BRAG-status", start=date(2022, 7, 1), end=date(2026, 6, 30))),
        (
            Theme("DA", "CSP23", "2", "Domestic abuse"), Theme("VAWG", "CSP23", "1", "Violence"),
            Theme("6A", "HWB", "6A", "Safe homes"),
        ),
        rows,
        (),
        (),
    )  # fmt: skip


def says(key: str, when: str = Q4, form: str = "commitments", **values: Value) -> dict[Slot, Standing]:
    return {(form, key, name): Standing(value, when, "police", Place("a.xlsx", "S", "A1")) for name, value in values.items()}


def proposal(n: int, when: str = Q4, /, **values: Value) -> dict[Slot, Standing]:
    told: dict[str, Value] = {"text": f"Train {n} staff", "theme": "2 Domestic abuse", "lead": "Police", **values}
    return says(f"police-{when}-next-{n:02d}", when, "next_year", **{name: v for name, v in told.items() if v != ""})


def end(*rows: Item, said: Mapping[Slot, Standing], used: tuple[str, ...] = ()) -> YearEnd:
    return year_end(register(*rows), FORMS, period(Q4), said, used)


# --- what becomes of each


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (says("C-1", carried_forward="Complete"), Outcome.COMPLETED),
        (says("C-1", carried_forward="Continue"), Outcome.CONTINUED),
        (says("C-1", carried_forward="Drop", carried_reason="No money"), Outcome.DROPPED),
        (says("C-1", carried_forward="Merge into another", carried_reason="Into C-2."), Outcome.MERGED),
        (says("C-1", carried_forward="Continue", status="Complete"), Outcome.CONTINUED),
        (says("C-1", "2022-23-Q4", carried_forward="Continue"), Outcome.NOT_SAID),  # last year's answer was about this one
        (says("C-1", "2022-23-Q4", carried_forward="Drop"), Outcome.DROPPED),
        (says("C-1", Q3, status="Complete"), Outcome.COMPLETED),
        (says("C-1", Q3, status=DROPPED), Outcome.DROPPED),
        (says("C-1", status="On track"), Outcome.NOT_SAID),
        ({}, Outcome.NOT_SAID),
    ],
)
def test_each_row_comes_to_one_end(said: dict[Slot, Standing], outcome: Outcome) -> None:
    (first, second) = end(item("C-1"), item("C-2"), said=said).endings
    assert (first.outcome, second.outcome) == (outcome, Outcome.NOT_SAID)
    assert (first.said is None) == (outcome is Outcome.NOT_SAID)
    assert first.outcome.ends == (outcome not in (Outcome.CONTINUED, Outcome.NOT_SAID))


def test_the_reason_is_that_of_the_choice() -> None:
    said = {**says("C-1", "2022-23-Q4", carried_reason="Old words"), **says("C-1", carried_forward="Continue")}
    assert end(item("C-1"), said=said).endings[0].reason == ""
    said |= says("C-1", carried_reason="New words")
    assert end(item("C-1"), said=said).endings[0].reason == "New words"


def test_what_was_closed_before_or_is_of_next_year_is_not_of_this_year() -> None:
    rows = (
        item("C-1", state="Closed"), item("C-2", year="2024/25"), item("C-3", state="Closed", closed_after=Q4),
        item("C-4", state="Closed", closed_after=Q3),
    )  # fmt: skip
    assert [e.item.key for e in end(*rows, said={}).endings] == ["C-3"]


# --- into which other


KNOWN = (
    item("CP23-DA-1", "P2.1"), item("CP23-DA-10", "P2.10"), item("CP23-DA-2", "P2.2"), item("X-1", "P2.2", plan="HWB"),
    item("X-2", "3", plan="HWB"), item("X-3", "P9.1", plan="HWB"), item("X-4", "P9.1", plan="HWB"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "target", "problem"),
    [
        ("Goes on under CP23-DA-10.", "CP23-DA-10", ""),
        ("into cp23–da–10", "CP23-DA-10", ""),  # dashes as people type them
        ("See P2.10", "CP23-DA-10", ""),
        ("P2.2 takes it", "CP23-DA-2", ""),  # of its own plan, before another plan's of the same reference
        ("This CP23-DA-1 goes into CP23-DA-2", "CP23-DA-2", ""),
        ("CP23-DA-2, which has P2.10 in it too", "CP23-DA-2", ""),  # a key is plainer than a reference
        ("The team has 3 programmes", "", "names none of the rows that are tracked"),
        ("XCP23-DA-2 or CP23-DA-21", "", "names none of the rows that are tracked"),
        ("CP23-DA-2 and CP23-DA-10", "", "names several rows (CP23-DA-10 (P2.10) and CP23-DA-2 (P2.2))"),
        ("P9.1", "", "names several rows (X-3 (P9.1) and X-4 (P9.1))"),
        ("CP23-DA-1", "", "names this row itself"),
        ("", "", "names none of the rows that are tracked"),
    ],
)
def test_a_reason_names_the_row_it_goes_into(reason: str, target: str, problem: str) -> None:
    found, why = merged_into(KNOWN[0], reason, KNOWN)
    assert (found.key if found else "", why) == (target, problem)


@pytest.mark.parametrize(
    ("key", "into", "found"),
    [
        ("a", {"a": "b"}, ()),
        ("a", {"a": "b", "b": "c"}, ()),
        ("a", {"a": "b", "b": "a"}, ("a", "b")),
        ("a", {"a": "b", "b": "c", "c": "a"}, ("a", "b", "c")),
        ("x", {"x": "a", "a": "b", "b": "a"}, ()),  # it leads into a circle and is not of it
        ("a", {}, ()),
    ],
)
def test_a_circle_comes_back_to_where_it_began(key: str, into: dict[str, str], found: tuple[str, ...]) -> None:
    assert circle(key, into) == found


# --- proposals


def test_a_proposal_becomes_a_row_with_a_key_of_the_registers_style() -> None:
    said = proposal(1, start=date(2024, 4, 1), end=date(2025, 3, 31), measure="Share of staff")
    (new,) = end(item("CP23-DA-1"), item("CP23-VAWG-1", theme="VAWG"), said=said).proposed.new
    assert (new.key, new.form, new.plan, new.theme, new.leads.lead) == ("CP24-DA-1", "commitments", "CSP23", "DA", "police")
    assert (new.title, new.year) == ("Train 1 staff", "2024/25")
    assert new.values == {"detail": "Share of staff", "start": date(2024, 4, 1), "due": date(2025, 3, 31)}
    assert new.doubts == ("its plan CSP23 ended on 31 Mar 2024",)


def test_a_register_without_the_style_gets_the_letter_of_its_form() -> None:
    (new,) = end(item("first"), said=proposal(1)).proposed.new
    assert new.key == "C24-DA-1"


def test_a_key_that_was_ever_borne_is_not_given_again() -> None:
    said = {**proposal(1), **proposal(2), **says("cp24-da-4", Q3, status="On track")}
    made = end(item("CP23-DA-1"), item("CP24-DA-2", year="2024/25"), said=said, used=("CP24-DA-7",)).proposed
    assert [n.key for n in made.new] == ["CP24-DA-8", "CP24-DA-9"]


@pytest.mark.parametrize(
    ("lead", "id_", "doubt"),
    [
        ("Police", "police", ""),
        ("YOT", "yos", ""),  # an alias whose dates are over still tells who is meant
        ("Youth desk", "police", ""),  # what it means on the first day of the new year
        ("Rotary Club", "Rotary Club", 'its lead "Rotary Club" is no partner on the register'),
        ("Old Trust", "old", "its lead old is no partner any more by then"),
        ("", "police", "it names no lead, so its proposer stands there"),
    ],
)
def test_the_lead_is_known_by_any_name_or_left_as_written(lead: str, id_: str, doubt: str) -> None:
    (new,) = end(item("CP23-DA-1"), said=proposal(1, theme="6A Safe homes", lead=lead)).proposed.new
    assert (new.leads.lead, new.doubts) == (id_, (doubt,) if doubt else ())
    assert new.plan == "HWB"


def test_several_leads_are_told_apart() -> None:
    (new,) = end(item("CP23-DA-1"), said=proposal(1, lead="Police and YOT")).proposed.new
    assert (new.leads.lead, new.leads.joint) == ("police", ("yos",))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"text": ""}, "it does not say what is proposed"),
        ({"theme": ""}, "it names no theme"),
        ({"theme": "9 Nothing"}, 'its theme "9 Nothing" is not on the Themes sheet'),
    ],
)
def test_what_cannot_become_a_row_is_left_out_with_why(values: dict[str, Value], why: str) -> None:
    made = end(item("CP23-DA-1"), said=proposal(1, **values)).proposed
    assert made.new == ()
    assert [(i.key, said) for i, said in made.left_out] == [(f"police-{Q4}-next-01", why)]


def test_a_theme_is_known_by_what_it_was_called_before() -> None:
    base = register(item("CP23-DA-1"))
    called = {"DA": ("1", "Abuse at home", ("2 Domestic abuse",)), "VAWG": ("2", "Violence", ("1 Violence", "1 Abuse at home"))}
    themes = (replace(t, number=c[0], title=c[1], former=c[2]) if (c := called.get(t.id)) else t for t in base.themes)
    renamed = replace(base, themes=tuple(themes))
    (new,) = year_end(renamed, FORMS, period(Q4), proposal(1)).proposed.new
    assert new.theme == "DA"
    for words, id_ in (("2 Domestic abuse", "DA"), ("1 Violence", "VAWG"), ("1 Abuse at home", "DA"), ("3 Nothing", "")):
        found = standing.theme_of(Item("x", "issues", "", words, "police", values={"added": True}), renamed)
        assert (found.id if found else "") == id_  # what a theme is called now goes before what another was called


def test_the_new_years_plan_is_chosen_where_it_has_the_theme() -> None:
    base = register(item("CP23-DA-1"))
    plan = Plan("CSP24", "Plan 2024/25", "april", "BRAG-status", start=date(2024, 4, 1), end=date(2025, 3, 31))
    coming = replace(base, plans=(*base.plans, plan), themes=(*base.themes, Theme("DA", "CSP24", "1", "Abuse at home")))
    (new,) = year_end(coming, FORMS, period(Q4), proposal(1)).proposed.new
    assert (new.plan, new.theme, new.doubts) == ("CSP24", "DA", ())


def test_a_proposal_that_became_a_row_is_not_made_again() -> None:
    row = item("CP24-DA-1", year="2024/25", note=f"New in 2024/25: proposed by Police (police-{Q4}-next-01).")
    made = end(item("CP23-DA-1"), row, said={**proposal(1), **proposal(2)}).proposed
    assert made.there == {f"police-{Q4}-next-01": "CP24-DA-1"}
    assert [(n.proposal.key[-2:], n.key) for n in made.new] == [("02", "CP24-DA-2")]
    assert [made.key(f"police-{Q4}-next-0{n}") for n in (1, 2, 3)] == ["CP24-DA-1", "CP24-DA-2", ""]


def test_only_the_quarters_own_proposals_count() -> None:
    assert end(item("CP23-DA-1"), said=proposal(1, "2022-23-Q4")).proposed.new == ()


# --- what is asked about


def asked(values: Mapping[str, Value], previous: Mapping[str, Value] = {}, key: str = "C-1") -> rules.RowFacts:
    whole: dict[str, Value] = {
        "status": "On track",
        "progress": "Two of the four wards have been visited.",
        "outcome": "Safer.",
    }
    known = register(*(item(f"C-{n}") for n in (1, 2, 3)), item("C-9", state="Closed"))
    return rules.RowFacts(
        form=FORMS["commitments"], key=key, item=known.item(key), values={**whole, **values}, previous=previous,
        period=period(Q4), today=date(2024, 4, 16), register=known, partner="police",
    )  # fmt: skip


def codes(values: Mapping[str, Value], previous: Mapping[str, Value] = {}) -> set[str]:
    facts = asked(values, previous)
    return {p.code for p in rules.run(facts.form, facts)}


def test_each_year_asks_anew() -> None:
    last: dict[str, Value] = {"carried_forward": "Continue", "outcome": "Before."}
    assert codes({}, last) == {"required-in-quarter"}
    assert codes({"carried_forward": "Continue"}, last) == set()


@pytest.mark.parametrize(
    ("choice", "status", "agrees"),
    [
        ("Continue", "On track", True), ("Continue", "Complete", False), ("Continue", DROPPED, False),
        ("Complete", "Complete", True), ("Complete", "On track", False), ("Complete", DROPPED, False),
        ("Drop", "Off track", True), ("Drop", DROPPED, True), ("Drop", "Complete", False),
        ("Merge into another", "On track", True), ("Merge into another", "Complete", True),
    ],
)  # fmt: skip
def test_the_choice_fits_the_status(choice: str, status: str, agrees: bool) -> None:
    found = codes({"carried_forward": choice, "carried_reason": "Into C-2", "status": status})
    assert ("next-year-disagrees" in found) is not agrees


def test_a_status_that_is_missing_is_asked_for_by_itself() -> None:
    facts = asked({"carried_forward": "Continue"}, {"status": "Complete"})
    blank = replace(facts, values={k: v for k, v in facts.values.items() if k != "status"})
    assert "next-year-disagrees" not in {p.code for p in rules.run(facts.form, blank)}
    carried = replace(blank, values={**blank.values, "no_change": True})
    assert "next-year-disagrees" in {p.code for p in rules.run(facts.form, carried)}


@pytest.mark.parametrize(
    ("into", "code"),
    [
        ({"C-1": "C-2"}, {}),
        ({"C-1": "C-2", "C-2": "C-3"}, {}),
        ({"C-1": "C-2", "C-2": "C-1"}, {"C-1": "merge-circle", "C-2": "merge-circle"}),
        ({"C-1": "C-2", "C-2": "C-3", "C-3": "C-2"}, {"C-2": "merge-circle", "C-3": "merge-circle"}),
        ({"C-1": "C-9"}, {"C-1": "merge-target-ended"}),
        ({"C-1": "nothing"}, {"C-1": "merge-target-unknown"}),
    ],
)
def test_a_merger_goes_on_somewhere(into: dict[str, str], code: dict[str, str]) -> None:
    rows = [
        asked({"carried_forward": "Merge into another", "carried_reason": f"Into {into[key]}"} if key in into else {}, key=key)
        for key in ("C-1", "C-2", "C-3")
    ]
    found = rules.run_wide(FORMS["commitments"], rules.WideFacts(rows, {"commitments": rows}))
    assert {row.key: p.code for row, p in found if p.code.startswith("merge-")} == code


# --- laws

_KEYS = st.one_of(
    st.sampled_from(["CP23-DA-1", "CP24-DA-1", "cp24-da-2", "CP24-DA-03", "C24-DA-1", "CP24-VAWG-9", "TR-1", "CP24-DA-x"]),
    st.from_regex(r"[A-Z]{1,3}2[34]-(DA|VAWG|6A)-[0-9]{1,3}", fullmatch=True),
)
_CHOICES = st.sampled_from([*items.ENDS, items.CONTINUE, ""])
_THEMES = st.sampled_from(["2 Domestic abuse", "1 Violence", "6A Safe homes", "DA", "Violence", "gone", ""])
_TEXTS = st.sampled_from(["Train staff", "Open a desk", ""])


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(_KEYS, _CHOICES), max_size=12, unique_by=lambda pair: fields.fold(pair[0])),
    asked=st.lists(st.tuples(_TEXTS, _THEMES), max_size=8),
    used=st.lists(_KEYS, max_size=6),
)
def test_every_row_and_proposal_ends_once_and_no_key_twice(
    rows: list[tuple[str, str]], asked: list[tuple[str, str]], used: list[str]
) -> None:
    said: dict[Slot, Standing] = {}
    for key, choice in rows:
        said |= says(key, carried_forward=choice, carried_reason="CP23-DA-1") if choice else {}
    for n, (text, theme) in enumerate(asked, 1):
        said |= proposal(n, text=text, theme=theme, measure="Seen")
    made = end(*(item(key) for key, _ in rows), said=said, used=tuple(used))
    assert sum(len(made.of(outcome)) for outcome in Outcome) == len(rows) == len({e.item.key for e in made.endings})
    assert len(made.of(Outcome.NOT_SAID)) == sum(1 for _, choice in rows if not choice)
    became = [*(n.proposal.key for n in made.proposed.new), *made.proposed.there, *(i.key for i, _ in made.proposed.left_out)]
    assert sorted(became) == [f"police-{Q4}-next-{n:02d}" for n in range(1, len(asked) + 1)]
    assert all(why for _, why in made.proposed.left_out)
    borne = Counter(fields.fold(key) for key in {*(n.key for n in made.proposed.new)})
    assert len(borne) == len(made.proposed.new)
    assert not borne.keys() & {fields.fold(key) for key in (*used, *(key for key, _ in rows))}


# --- which rows a template has


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (says("C-1", carried_forward="Continue"), True),
        (says("C-1", carried_forward="Complete"), False),
        (says("C-1", carried_forward="Drop"), False),
        (says("C-1", carried_forward="Merge into another"), False),
        (says("C-1", carried_forward="Continue", status="Complete"), True),  # its lead is asked which is right
        ({**says("C-1", carried_forward="Continue"), **says("C-1", NEXT_Q1, status="Complete")}, False),
        (says("C-1", status="Complete"), False),
        ({}, True),
    ],
)
def test_what_ended_leaves_the_templates(said: dict[Slot, Standing], asked: bool) -> None:
    rows = items.rows_for(FORMS["commitments"], "police", items.Stood(register(item("C-1")), said), period(NEXT_Q1))
    assert bool(rows) is asked


@pytest.mark.parametrize(
    ("values", "quarters"),
    [
        ({}, (Q3, Q4, NEXT_Q1)),
        ({"state": "Closed"}, ()),
        ({"state": "Closed", "closed_after": Q4}, (Q3, Q4)),
        ({"closed_after": Q4}, (Q3, Q4, NEXT_Q1)),  # the state decides
        ({"year": "2024/25"}, (NEXT_Q1,)),
        ({"year": "from 2024"}, (Q3, Q4, NEXT_Q1)),
        ({"asked_from": Q4}, (Q4, NEXT_Q1)),
        ({"asked_from": NEXT_Q1, "year": "2023/24"}, (NEXT_Q1,)),
        ({"asked_from": "one day"}, (Q3, Q4, NEXT_Q1)),
    ],
)
def test_a_row_is_asked_for_in_its_own_time(values: dict[str, Value], quarters: tuple[str, ...]) -> None:
    row = item("C-1")
    known = register(replace(row, values={**row.values, **values}))
    found = [q for q in (Q3, Q4, NEXT_Q1) if items.rows_for(FORMS["commitments"], "police", items.Stood(known), period(q))]
    assert tuple(found) == quarters
