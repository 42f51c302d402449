"""Who leads: names by date, the grammar of joint leads, and what is said of a lead that nobody knows (domain.md A5, V22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests import small as s
from tests.rule_examples import FORM, PERIOD, TODAY, Answers, item, say
from workflow import config, items, rules
from workflow.model import Alias, Item, Partner, Partnership, Register, RuleUse, Severity
from workflow.names import Leads, Named, Names
from workflow.pipeline.collate import collate
from workflow.pipeline.state import Asked
from workflow.wording import WORDS

pytestmark = pytest.mark.usefixtures("no_packs")

PARTNERS = (
    Partner("police", "Fictional Police", "Police"), Partner("yos", "Youth Offending Service", "YOS"),
    Partner("fire", "Fictional Fire and Rescue Service", "Fire"), Partner("education", "Education and Skills", "Education"),
    Partner("lscp", "Safeguarding Children Partnership", "LSCP"), Partner("sab", "Safeguarding Adults Board", "SAB"),
    Partner("csc", "Children's Social Care", "CSC"), Partner("asc", "Adult Social Care", "ASC"),
    Partner("icb", "Integrated Care Board", "ICB"), Partner("vvu", "Violence and Vulnerability Unit", "VVU"),
    Partner("pfcc", "Office of the Police, Fire and Crime Commissioner", "OPFCC"),
    Partner("women", "Women's Refuge", active_to=date(2023, 6, 30)),
)  # fmt: skip
ALIASES = (
    Alias("YOT", "yos", date(2000, 4, 1), date(2023, 3, 31)), Alias("Fictional YOS", "yos"), Alias("V&V Unit", "vvu"),
    Alias("Youth Justice Service", "yos", date(2024, 4, 1)), Alias("CCG", "icb", None, date(2022, 6, 30)),
    Alias("The Hospital", "icb"), Alias("LCSP", "lscp"), Alias("Unit", "vvu"), Alias("Unit", "pfcc"),
)  # fmt: skip
OURS = Partnership("P", "P", "Borough", "Coordinator", "p@p.example")
REGISTER = Register(OURS, (), (), PARTNERS, (), ALIASES, (), (), (), (), ())
NAMES = Names.of(REGISTER, PERIOD.end)


# --- the grammar


@pytest.mark.parametrize(
    ("cell", "leads"),
    [
        ("Police and YOS", Leads("police", ("yos",))), ("Police and YOS and CSC", Leads("police", ("yos", "csc"))),
        ("Police / YOS", Leads("police", ("yos",))), ("Police & YOS", Leads("police", ("yos",))),
        ("LSCP, SAB to include CSC and ASC", Leads("lscp", ("sab",), ("csc", "asc"))),
        ("LSCP including CSC", Leads("lscp", (), ("csc",))), ("Police, YOS, and CSC", Leads("police", ("yos", "csc"))),
        ("Police; with YOS, CSC; contributing: ASC", Leads("police", ("yos", "csc"), ("asc",))),
        # names that hold what parts others
        ("Fictional Fire and Rescue Service and Education and Skills", Leads("fire", ("education",))),
        ("V&V Unit & Police", Leads("vvu", ("police",))),
        ("Violence and Vulnerability Unit / Police", Leads("vvu", ("police",))),
        ("the Police and Office of the Police, Fire and Crime Commissioner", Leads("police", ("pfcc",))),
        # one of them twice, or as lead and as contributor
        ("Police and Police and YOS", Leads("police", ("yos",))),
        ("Police, YOS to include YOS and CSC", Leads("police", ("yos",), ("csc",))),
        # not several, or not all known
        ("Police", None), ("", None), ("Police and Private Landlords", None), ("Police and", None),
    ],
)  # fmt: skip
def test_a_cell_that_names_several(cell: str, leads: Leads | None) -> None:
    assert NAMES.split(cell) == leads


def test_the_first_is_accountable_and_unknown_words_stay_as_they_are_written() -> None:
    first, others = NAMES.read("Fictional YOS, Private Landlords and Residents to include the police")
    assert first == (Named("Fictional YOS", "yos"), Named("Private Landlords and Residents"))
    assert others == (Named("the police", "police"),)
    assert NAMES.read("HR/OD/ Safeguarding Boards") == ((Named("HR/OD/ Safeguarding Boards"),), ())


@given(st.lists(st.sampled_from([p.id for p in PARTNERS]), min_size=1, max_size=6, unique=True), st.data())
def test_what_we_write_of_leads_is_read_back_as_the_same(ids: list[str], data: st.DataObject) -> None:
    joint = data.draw(st.integers(0, len(ids) - 1))
    row = Item("K", "actions", "", "", ids[0], tuple(ids[1 : 1 + joint]), tuple(ids[1 + joint :]))
    first, others = NAMES.read(items.lead_words(row, REGISTER))
    assert [n.partner for n in first] == [row.lead, *row.joint_leads]
    assert [n.partner for n in others] == list(row.contributors)


@given(st.text(st.sampled_from("ab and,/&;with to includeYOSPolice\n"), max_size=60))
def test_no_word_of_a_cell_is_lost(cell: str) -> None:
    first, others = NAMES.read(cell)
    read = "".join(n.words for n in (*first, *others))
    assume("contributing" not in cell)
    for word in ("YOS", "Police"):
        assert read.count(word) == cell.count(word)


# --- names by date


@pytest.mark.parametrize(
    ("name", "on", "partner", "outdated"),
    [
        ("YOS", PERIOD.end, "yos", False), ("yot", date(2023, 3, 31), "yos", False), ("YOT", date(2023, 4, 1), "yos", True),
        ("Fictional YOS", PERIOD.end, "yos", False), ("CCG", date(2022, 6, 30), "icb", False), ("CCG", PERIOD.end, "icb", True),
        ("Youth Justice Service", PERIOD.end, "yos", False), ("Hospital", PERIOD.end, "icb", False),
        ("Unit", PERIOD.end, "", False), ("Nobody", PERIOD.end, "", False),
    ],
)  # fmt: skip
def test_a_name_and_its_days(name: str, on: date, partner: str, outdated: bool) -> None:
    names = Names.of(REGISTER, on)
    assert names.find(name) == partner
    assert (names.outdated(name) is not None) == outdated


def test_a_near_name_is_suggested() -> None:
    assert NAMES.near_name("Yuoth Offending Servise") == "Youth Offending Service"
    assert NAMES.near_name("Rotary Club") == ""


# --- the rule


def found(lead: str, register: Register | None = REGISTER) -> list[rules.Problem]:
    form = replace(FORM, rules=(RuleUse("lead-known", {"field": "lead"}),))
    facts = rules.RowFacts(form, "NEW-01", item(), {"lead": lead} if lead else {}, {}, PERIOD, TODAY, register=register)
    return list(rules.run(form, facts))


def test_a_lead_nobody_knows() -> None:
    (problem,) = found("Yuoth Offending Servise")
    assert say(problem) == (
        'Actions, cell H9 (Lead for 1.1): "Yuoth Offending Servise" is not a partner on the register, nor another name of one. '
        "Ask which agency is meant, or add the name on the Aliases sheet. Did you mean Youth Offending Service?"
    )
    assert [(p.code, p.found) for p in found("Police and Private Landlords")] == [("lead-unknown", "Private Landlords")]


def test_a_lead_by_a_name_of_yesterday() -> None:
    (problem,) = found("Police / YOT")
    assert say(problem) == (
        'Actions, cell H9 (Lead for 1.1): "YOT" is a name that Youth Offending Service bore until 31 Mar 2023. '
        "Use the name of today, Youth Offending Service, in the plan."
    )


def test_a_lead_that_is_no_partner_any_more() -> None:
    (problem,) = found("Women's Refuge")
    assert say(problem) == (
        "Actions, cell H9 (Lead for 1.1): Women's Refuge, which is named here, stopped being a partner on 30 Jun 2023. "
        "Agree which agency leads it now."
    )


def test_leads_that_are_known_and_where_there_is_nothing_to_look_at() -> None:
    assert found("Police and YOS to include the CSC") == []
    assert found("") == []
    assert found("Nobody", register=None) == []
    assert {WORDS[code][0] for code in ("lead-unknown", "lead-renamed", "lead-closed")} == {Severity.NOTE}


def test_a_commitment_has_one_accountable_lead() -> None:
    form = replace(FORM, rules=(RuleUse("smart", {"field": "text"}),))

    def gaps(lead: str) -> str:
        values: Answers = {"text": "Train 40 staff", "lead": lead, "end": date(2024, 3, 31), "measure": "Staff trained"}
        facts = rules.RowFacts(form, "NEW-01", item(), values, {}, PERIOD, TODAY, register=REGISTER)
        return ", ".join(str(p.words["gaps"]) for p in rules.run(form, facts))

    assert gaps("Police and YOS") == "it has more than one accountable lead"
    assert gaps("Police to include YOS") == ""
    assert gaps("Education and Skills") == ""


# --- in a return: a lead from the list or any other, never held (domain.md A10: V22 is a note)


@pytest.fixture
def in_q4(tmp_path: Path) -> s.Small:
    small = s.issued(tmp_path / "small")
    rows = s.register_rows()
    yot: s.Row = {"alias": "YOT", "partner": "yos", "valid_to": date(2023, 12, 31)}
    rows["aliases"] = [yot, {"alias": "Youth service", "partner": "yos"}]
    small.write_register(rows)
    small.issue(s.Q4)
    return small


@pytest.mark.parametrize(
    ("typed", "stands", "code"),
    [
        ("Housing Service", "Housing Service", ""), ("youth service", "Youth Offending Service", ""),
        ("YOT", "YOT", "lead-renamed"), ("Rotary Club", "Rotary Club", "lead-unknown"),
    ],
)  # fmt: skip
def test_next_years_lead_is_taken_as_it_is(in_q4: s.Small, typed: str, stands: str, code: str) -> None:
    proposed = {
        "Proposed commitment": "Hold 12 drop-ins for parents in the library", "Theme": "1 Information sharing",
        "Accountable lead": typed, "End": date(2025, 3, 31), "How it will be shown": "Drop-ins held",
    }  # fmt: skip
    boxes = {("Next year", "NEW-01", heading): value for heading, value in proposed.items()}
    in_q4.arrive("police.xlsx", in_q4.filled("police", boxes, s.Q4))
    verdict = collate(Asked(in_q4.root, s.Q4, s.COLLATED[s.Q4]), dry_run=True)
    lead = next(v.value for slot, v in verdict.quarter.now.items() if slot[0] == "next_year" and slot[2] == "lead")
    assert lead == stands
    assert [c for c in s.codes(verdict, "police") if c.startswith(("lead-", "choice-"))] == ([code] if code else [])


def test_the_list_of_leads_is_offered_and_warns_only(in_q4: s.Small) -> None:
    path = in_q4.root / f"outbox/{s.Q4}/templates/police-{s.Q4}.xlsx"
    rules_of = openpyxl.load_workbook(path)["Next year"].data_validations.dataValidation
    (offered,) = [v for v in rules_of if v.type == "list" and "Youth Offending Service" in str(v.formula1)]
    assert offered.errorStyle == "warning"


def test_the_register_reads_leads_in_the_same_way(tmp_path: Path) -> None:
    rows = s.register_rows()
    action = next(row for row in rows["items"] if row["key"] == "A-1")
    action.update(lead="The Police and YOS to include Housing", joint_leads="", contributors="")
    small = s.make(tmp_path / "small")
    small.write_register(rows)
    forms = config.load_forms(small.root / "templates/register")
    register, _ = config.load_register((small.root / "config/register.xlsx").read_bytes(), forms, "register.xlsx")
    assert register is not None
    read = register.item("A-1")
    assert read is not None
    assert (read.lead, read.joint_leads, read.contributors) == ("police", ("yos",), ("housing",))
