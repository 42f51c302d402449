"""Leads and due dates from an old table's cells: what is known, what is proposed and what is asked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.fields import clean
from workflow.model import Alias, Confidence, Partner
from workflow.names import Names
from workflow.promises import propose_leads, read_due

SURE, LIKELY, CHECK = Confidence.SURE, Confidence.LIKELY, Confidence.CHECK
NAMES = Names(
    (
        Partner("police", "Westmarsh Police", "Police"),
        Partner("yos", "Youth Offending Service", "YOS"),
        Partner("lscp", "Safeguarding Children Partnership", "LSCP"),
        Partner("sab", "Safeguarding Adults Board", "SAB"),
        Partner("csc", "Children's Social Care", "CSC"),
        Partner("asc", "Adult Social Care", "ASC"),
        Partner("education", "Education and Skills", "Education"),
        Partner("housing", "Housing", "Housing"),
        Partner("icb", "Integrated Care Board", "ICB"),
        Partner("asb", "Anti-social Behaviour Team", "ASB"),
    ),
    (Alias("CCG", "icb", None, date(2022, 6, 30)), Alias("Met", "police")),
    date(2023, 10, 1),
)


@pytest.mark.parametrize(
    ("cell", "lead", "joint", "contributors"),
    [
        ("Police", "police", (), ()),
        ("the Met", "police", (), ()),
        ("Police and YOS", "police", ("yos",), ()),
        ("Police and YOS and CSC", "police", ("yos", "csc"), ()),
        ("Police / YOS", "police", ("yos",), ()),
        ("Police & YOS", "police", ("yos",), ()),
        ("LSCP, SAB to include CSC and ASC", "lscp", ("sab",), ("csc", "asc")),
        ("Education and Skills", "education", (), ()),
        ("Police, Police and YOS", "police", ("yos",), ()),
    ],
)
def test_known_names_are_sure(cell: str, lead: str, joint: tuple[str, ...], contributors: tuple[str, ...]) -> None:
    got = propose_leads(cell, NAMES)
    assert (got.lead, got.joint, got.contributors) == (lead, joint, contributors)
    assert (got.confidence, got.questions, got.unknown, got.aliases) == (SURE, (), (), ())


@pytest.mark.parametrize(
    ("cell", "aliases"),
    [
        ("LSCP Business Team", [("LSCP Business Team", "lscp")]),
        ("Westmarsh LSCP", [("Westmarsh LSCP", "lscp")]),
        ("Westmarsh Housing Council", [("Westmarsh Housing Council", "housing")]),
        ("Integrated Care Board (ICB)", [("Integrated Care Board (ICB)", "icb")]),
        ("CSC and Westmarsh Education", [("Westmarsh Education", "education")]),
        ("LSCP Business Team and YOS", [("LSCP Business Team", "lscp")]),
    ],
)
def test_longer_names_are_aliases_to_confirm(cell: str, aliases: list[tuple[str, str]]) -> None:
    got = propose_leads(cell, NAMES)
    assert (list(got.aliases), got.confidence, got.unknown) == (aliases, LIKELY, ())


def test_a_typing_slip_is_an_alias_that_is_asked() -> None:
    got = propose_leads("LCSP", NAMES)
    assert (got.lead, got.aliases, got.confidence) == ("lscp", (("LCSP", "lscp"),), CHECK)
    assert got.questions == ("Is “LCSP” another way to write Safeguarding Children Partnership?",)


def test_nobody_known_is_a_new_partner_and_never_the_lead() -> None:
    got = propose_leads("MSEFT and Police", NAMES)
    assert (got.lead, got.joint, got.unknown, got.confidence) == ("", ("police",), ("MSEFT",), CHECK)
    assert got.questions == ("“MSEFT” is not in the register. Is it a new partner, or another name for one?",)
    assert propose_leads("Police and MSEFT", NAMES).unknown == ("MSEFT",)
    assert propose_leads("Refuge Trust and Harbour Society", NAMES).unknown == ("Refuge Trust", "Harbour Society")
    one = propose_leads("Children and Families Team", NAMES)
    assert (one.unknown, one.questions) == (
        ("Children and Families Team",),
        ("Is “Children and Families Team” one agency or several?",),
    )


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("Housing and Private Landlords and ASB Team", "“Private Landlords” names no one agency. Who answers for it?"),
        ("VAWG Board", "“VAWG Board” is a board, not an agency that returns. Which agency answers for it?"),
        (
            "HR / Safeguarding Boards",
            "“Safeguarding Boards” is a board, not an agency that returns. Which agency answers for it?",
        ),
        ("District Commander", "“District Commander” is a post. At which agency?"),
        ("All partners", "“All partners” names no one agency. Who answers for it?"),
        ("", "Nobody is named. Who leads?"),
        (" \n", "Nobody is named. Who leads?"),
        ("CCG", "“CCG” has not meant icb since 2022-06-30. Who leads now?"),
    ],
)
def test_what_can_hardly_lead_is_asked(cell: str, asked: str) -> None:
    got = propose_leads(cell, NAMES)
    assert asked in got.questions
    assert got.confidence is CHECK


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from(
                ["Police", "YOS", "LCSP", "MSEFT", "VAWG Board", "and", "/", "&", ",", "to include", "Team", "(ICB)"]
            ),
            max_size=9,
        ).map(" ".join),
    )
)
def test_every_name_has_one_part_and_ids_are_partners(cell: str) -> None:
    got = propose_leads(cell, NAMES)
    ids = [p for p in (got.lead, *got.joint, *got.contributors) if p]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {p.id for p in NAMES.partners}
    assert set(ids) == {n.partner for n in got.named if n.partner}
    for n in got.named:
        assert n.words in clean(cell)
    if got.confidence is SURE:
        assert got.lead


# --- due dates

TODAY = date(2023, 11, 15)


@pytest.mark.parametrize(
    ("text", "day", "confidence"),
    [
        ("31/10/23", date(2023, 10, 31), SURE),
        ("2024-03-31", date(2024, 3, 31), SURE),
        ("8th Sept 21", date(2021, 9, 8), SURE),
        ("by 31 March 2024", date(2024, 3, 31), SURE),
        ("end Jan 24", date(2024, 1, 31), LIKELY),
        ("Feb 2024", date(2024, 2, 29), LIKELY),
        ("December 2023", date(2023, 12, 31), LIKELY),
        ("Completed by end of March 2024", date(2024, 3, 31), LIKELY),
        ("Draft by 31 March 2024, then to the board", date(2024, 3, 31), LIKELY),
        ("autumn term 2023", date(2023, 12, 31), LIKELY),
        ("by end of Q2 2023/24", date(2023, 9, 30), LIKELY),
        ("2023/24", date(2024, 3, 31), LIKELY),
        ("Jan - March 2024", date(2024, 3, 31), LIKELY),
        # asked, with the best guess
        ("10 October", date(2023, 10, 10), CHECK),
        ("12/25/2023", date(2023, 12, 25), CHECK),
        ("by 2026", date(2026, 3, 31), CHECK),
        ("2024", date(2024, 12, 31), CHECK),
        ("22/24", date(2024, 3, 31), CHECK),
        ("31/10/23 (extended to 31/12/23)", date(2023, 12, 31), CHECK),
        # no date, and a question
        ("ongoing", None, CHECK),
        ("to date", None, CHECK),
        ("Underway", None, CHECK),
        ("TBC", None, CHECK),
        ("asap", None, CHECK),
        ("Monthly from April 2024", None, CHECK),
        ("from April 24", None, CHECK),
        ("31/02/24", None, CHECK),
        ("within 12 months of the Act", None, CHECK),
        ("", None, CHECK),
        ("soon", None, CHECK),
    ],
)
def test_due_as_people_write_it(text: str, day: date | None, confidence: Confidence) -> None:
    got = read_due(text, TODAY)
    assert (got.day, got.written, got.confidence) == (day, text, confidence)
    assert bool(got.asked) == (confidence is CHECK)


@given(st.text(max_size=40))
def test_no_text_raises_and_no_date_is_guessed_in_silence(text: str) -> None:
    got = read_due(text, TODAY)
    assert got.written == text
    assert bool(got.asked) == (got.confidence is CHECK)
    assert got.day is not None or got.confidence is CHECK
