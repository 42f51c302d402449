"""Checks of the register: every fault is said once, at its cell, with a near suggestion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.register_rows import (
    FILE,
    REGISTER_FORMS,
    RETURN_FORMS,
    TODAY,
    Change,
    Rows,
    address,
    clean_rows,
    everything,
    load,
    put,
)
from workflow import config
from workflow.model import Place, Value
from workflow.wording import WORDS


def add(sheet: str, /, **values: Value) -> Change:
    """A further row."""
    return lambda rows: rows[sheet].append(dict(values))


def also(sheet: str, row_number: int, /, **values: Value) -> Change:
    """A copy of a row with some fields changed, as a further row."""
    return lambda rows: rows[sheet].append({**rows[sheet][row_number], **values})


def level(scheme: str, colour_word: str, /, **values: Value | None) -> Change:
    """A change of one colour of a preset scheme."""

    def change(rows: Rows) -> None:
        put("rag_key", rag_index(rows, scheme, colour_word), **values)(rows)

    return change


def rag_index(rows: Rows, scheme: str, word: str) -> int:
    return next(n for n, row in enumerate(rows["rag_key"]) if (row["scheme"], row["word"]) == (scheme, word))


# name -> the code, the cell (form, field, row), words that the message must hold, and what is changed for it
FAULTS: dict[str, tuple[str, str, tuple[str, ...], list[Change]]] = {
    "unknown lead": (
        "register-lead-unknown", "items lead 0", ("1.1", "Polise", "mean police?"),
        [put("items", 0, lead="Polise")],
    ),
    "unknown joint lead": (
        "register-lead-unknown", "items joint_leads 0", ("hosing",),
        [put("items", 0, joint_leads="yos; hosing")],
    ),
    "unknown contributor": (
        "register-lead-unknown", "items contributors 0", ("mean icb?",),
        [put("items", 0, contributors="ICBB")],
    ),
    "lead twice": ("register-lead-twice", "items joint_leads 0", ("police",), [put("items", 0, joint_leads="Police")]),
    "retired lead": (
        "register-partner-inactive", "items lead 0", ("Police",),
        [put("partners", 0, active_to=date(2023, 9, 1))],
    ),
    "old name of a lead": (
        "register-alias-outdated", "items lead 0", ("CCG", "Integrated Care Board", "30 Jun 2022"),
        [
            add("aliases", alias="CCG", partner="icb", valid_to=date(2022, 6, 30)),
            put("items", 0, lead="CCG", contributors=None),
        ],
    ),
    "no theme": ("register-blank", "items theme 0", ("1.1", "Enter the theme"), [put("items", 0, theme=None)]),
    "no lead": ("register-blank", "items lead 0", ("Enter the lead",), [put("items", 0, lead=None)]),
    "no key": ("register-blank", "items key 0", ("Enter the row key",), [put("items", 0, key=None)]),
    "unknown theme": ("register-unknown", "items theme 0", ("a theme of REVIEW", "Enter R1"), [put("items", 0, theme="R2")]),
    "theme of another plan": ("register-unknown", "items theme 0", ("6A", "a theme of REVIEW"), [put("items", 0, theme="6A")]),
    "unknown plan": ("register-unknown", "items plan 0", ("a plan", "mean REVIEW?"), [put("items", 0, plan="REVEIW")]),
    "unknown form": ("register-unknown", "items form 0", ("mean actions?",), [put("items", 0, form="action")]),
    "form without rows": ("register-unknown", "items form 0", ("issues",), [put("items", 0, form="issues")]),
    "due before start": (
        "register-date-before", "items due 0", ("31 Oct 2023", "1 Nov 2023"),
        [put("items", 0, start=date(2023, 11, 1))],
    ),
    "unknown measure": ("register-link-unknown", "items measure 1", ("mean M-REOFF?",), [put("items", 1, measure="M-REOF")]),
    "measure that is none": ("register-link-unknown", "items measure 1", ("TR-1.1",), [put("items", 1, measure="TR-1.1")]),
    "repeats no measure": ("register-link-unknown", "items same_as 2", ("M-X",), [put("items", 2, same_as="M-X")]),
    "part of no measure": (
        "register-link-unknown", "items part_of 2", ("M-X",),
        [put("items", 2, unit="number", part_of="M-X: placed")],
    ),
    "measure that counts nothing": (
        "register-measure-blank", "items counts 2", ("its counts",),
        [put("items", 2, counts=None)],
    ),
    "reserved key": (
        "register-key-reserved", "items key 0", ("NEW-",),
        [put("items", 0, key="NEW-01"), put("waivers", 0, item="NEW-01")],
    ),
    "word outside the list": (
        "choice-unknown", "items polarity 2", ("Lower is better",),
        [put("items", 2, polarity="Smaller")],
    ),
    "RAG of another scheme": (
        "choice-unknown", "items opening_rag 0", ("Red, Amber or Green",),
        [put("items", 0, opening_rag="Blue")],
    ),
    "bad date": ("period-unclear", "items due 0", ("end of October", "31 Oct"), [put("items", 0, due="end of October")]),
    "bad number": ("number-inexact", "items target 2", ("about 30",), [put("items", 2, target="about 30")]),
    "period ends first": (
        "register-date-not-after", "periods end 1", ("the first day", "1 Oct 2023"),
        [put("periods", 1, end=date(2023, 9, 30))],
    ),
    "due on issue": (
        "register-date-not-after", "periods due_date 0", ("the issue date",),
        [put("periods", 0, due_date=date(2023, 10, 2))],
    ),
    "papers before due": (
        "register-date-before", "periods papers_date 0", ("the due date",),
        [put("periods", 0, papers_date=date(2023, 10, 19))],
    ),
    "overlap": ("register-period-overlap", "periods start 1", ("30 Sep 2023",), [put("periods", 1, start=date(2023, 9, 30))]),
    "gap": (
        "register-period-gap", "periods start 1", ("1 Oct 2023 to 3 Oct 2023",),
        [put("periods", 1, start=date(2023, 10, 4))],
    ),
    "key of another quarter": (
        "register-period-key", "periods key 1", ("mean 2023-24-Q3?",),
        [put("periods", 1, key="2023-24-Q4")],
    ),
    "key of another term": (
        "register-period-key", "periods key 1", ("mean 2023-24-T2?",),
        [put("periods", 1, key="2023-24-T1", quarter=1)],
    ),
    "key of a term that is none": (
        "register-period-form", "periods key 1", ("2023-24-T2",),
        [put("periods", 1, key="2023-24-T4", quarter=4)],
    ),
    "board's terms": (
        "register-quarters", "boards quarters 1", ("the terms are not all numbers from 1 to 3", "every term"),
        [put("periods", n, key=f"2023-24-T{n + 1}", quarter=n + 1) for n in (0, 1)] + [put("boards", 1, quarters="2; 4")],
    ),
    "key that is none": (
        "register-period-form", "periods key 1", ("2023-24-Q3",),
        [put("periods", 1, key="Autumn", quarter=3)],
    ),
    "asked from no period": (
        "register-period-form", "items asked_from 0", ("like 2023-24-Q3",),
        [put("items", 0, asked_from="next spring")],
    ),
    "closed after no period": (
        "register-period-form", "items closed_after 1", ("like 2023-24-Q3",),
        [put("items", 1, state="Closed", closed_after="Q2")],
    ),
    "period without calendar": (
        "register-unknown", "periods calendar 1", ("mean april?",),
        [put("periods", 1, calendar="aprill")],
    ),
    "no due date": ("register-blank", "periods due_date 1", ("Enter the due date",), [put("periods", 1, due_date=None)]),
    "unknown state": ("choice-unknown", "periods state 1", ("planned, open or closed",), [put("periods", 1, state="finished")]),
    "quarter that the key has not": (
        "register-number", "periods quarter 1", ("the key (3)",),
        [put("periods", 1, quarter=2)],
    ),
    "fifth quarter": ("register-number", "periods quarter 1", ("from 1 to 4",), [put("periods", 1, quarter=5)]),
    "thirteenth month": (
        "register-number", "calendars first_month 0", ("from 1 to 12",),
        [put("calendars", 0, first_month=13)],
    ),
    "partnership's calendar": (
        "register-unknown", "partnership calendar 0", ("mean april?",),
        [put("partnership", 0, calendar="apil")],
    ),
    "partnership without email": (
        "register-fact-blank", "partnership email 0", ("Enter the contact",),
        [put("partnership", 0, email=None)],
    ),
    "partnership's email": (
        "register-email", "partnership email 0", ("csp@estuary",),
        [put("partnership", 0, email="csp@estuary")],
    ),
    "the office's own id": (
        "register-id-reserved", "partners id 0", ("coordinator",),
        [put("partners", 0, id="coordinator")],
    ),
    "id with capitals": ("register-id", "boards id 0", ("mean csp-board?",), [put("boards", 0, id="CSP Board")]),
    "domain": ("register-domain", "partners domains 0", ("police",), [put("partners", 0, domains="police.example; police")]),
    "partner's form": ("register-unknown", "partners forms 1", ("mean issues?",), [put("partners", 1, forms="isues")]),
    "partner ends before it begins": (
        "register-date-before", "partners active_to 2", ("1 Jun 2022",),
        [put("partners", 2, active_to=date(2022, 6, 1)), put("items", 0, contributors=None)],
    ),
    "nobody to write to": (
        "register-contact-missing", "partners id 1", ("Youth Offending Service", "Contacts"),
        [put("contacts", 1, role="sender")],
    ),
    "contact of nobody": ("register-unknown", "contacts partner 3", ("mean icb?",), [put("contacts", 3, partner="icbb")]),
    "two addresses": (
        "register-email", "contacts email 0", ("one address",),
        [put("contacts", 0, email="a@police.example; b@police.example")],
    ),
    "address with a name": (
        "register-email", "contacts email 0", ("Partnership Inspector",),
        [put("contacts", 0, email="Inspector <a@police.example>")],
    ),
    "alias of nobody": ("register-unknown", "aliases partner 0", ("mean yos?",), [put("aliases", 0, partner="yoss")]),
    "alias that is a partner": (
        "register-alias-clash", "aliases alias 0", ("police and yos",),
        [put("aliases", 0, alias="Police")],
    ),
    "alias that ends first": (
        "register-date-before", "aliases valid_to 1", ("30 Jun 2022",),
        [put("aliases", 1, valid_to=date(2022, 6, 30))],
    ),
    "plan without scheme": ("register-unknown", "plans rag 0", ("RAG key sheet",), [put("plans", 0, rag="RAG")]),
    "plan's measures without scheme": (
        "register-unknown", "plans measure_rag 1", ("mean Target-tolerance?",),
        [put("plans", 1, measure_rag="Target-tolerence")],
    ),
    "plan's calendar": ("register-unknown", "plans calendar 1", ("mean july?",), [put("plans", 1, calendar="juli")]),
    "plan that ends first": ("register-date-before", "plans end 1", ("its start",), [put("plans", 1, end=date(2022, 6, 30))]),
    "theme of no plan": ("register-unknown", "themes plan 2", ("REVUE",), [add("themes", id="X", plan="REVUE", title="Other")]),
    "board's plan": ("register-unknown", "boards plans 1", ('"HWB"', "mean HWB6?"), [put("boards", 1, plans="HWB6; HWB")]),
    "board's theme": ("register-unknown", "boards themes 1", ("6B",), [put("boards", 1, themes="6B")]),
    "board's form": ("register-unknown", "boards forms 1", ("mean measures?",), [put("boards", 1, forms="measure")]),
    "board's audience": (
        "choice-unknown", "boards audience 1", ("public, partnership or restricted",),
        [put("boards", 1, audience="everyone")],
    ),
    "board's section": (
        "register-unknown", "boards sections 1", ("Did you mean exceptions?",),
        [put("boards", 1, sections="summary; exeptions")],
    ),
    "theme of no quarter": ("register-focus", "boards focus 1", ("Q1 VAWG",), [put("boards", 1, focus="DA")]),
    "theme of the quarter": ("register-unknown", "boards focus 1", ("NOPE",), [put("boards", 1, focus="Q2 NOPE")]),
    "board's quarters": ("register-quarters", "boards quarters 1", ("1 to 4",), [put("boards", 1, quarters="2; 5")]),
    "board's email": ("register-email", "boards email 1", ("clerk",), [put("boards", 1, email="clerk")]),
    "colour": ("register-colour", "rag_key colour 0", ("RRGGBB",), [level("RAG-confidence", "Red", colour="red")]),
    "contrast": (
        "register-contrast", "rag_key text_colour 1", ("1.6 to 1", "mean 000000?"),
        [level("RAG-confidence", "Amber", text_colour="FFFFFF")],
    ),
    "gap in days late": (
        "register-rag-gap", "rag_key at_least 7", ("30 to just under 31",),
        [level("RAG-lateness", "Amber", below=Decimal(30))],
    ),
    "gap at the bottom": (
        "register-rag-gap", "rag_key at_least 9", ("less than 0",),
        [level("RAG-lateness", "Green", at_least=Decimal(0))],
    ),
    "gap at the top": (
        "register-rag-gap", "rag_key below 15", ("50 or more",),
        [level("Target-tolerance", "Red", below=Decimal(50))],
    ),
    "overlap off target": (
        "register-rag-overlap", "rag_key at_least 15", ("10 and what follows",),
        [level("Target-tolerance", "Amber", below=Decimal(12))],
    ),
    "bounds crossed": (
        "register-rag-bounds", "rag_key at_least 16", ("11", "10"),
        [level("Target-tolerance", "Amber", at_least=Decimal(11))],
    ),
    "status left out": (
        "register-rag-overlap", "rag_key statuses 14", ("Complete",),
        [level("BRAG-status", "Grey", statuses="Complete ")],
    ),
    "status under no colour": (
        "register-rag-gap", "rag_key statuses 10", ("Closed – not delivered",),
        [level("BRAG-status", "Red", statuses="Off track")],
    ),
    "no such status": (
        "register-unknown", "rag_key statuses 14", ("Paused",),
        [level("BRAG-status", "Grey", statuses="Not started; Paused")],
    ),
    "waiver that is over": (
        "register-waiver-expired", "waivers until 0", ("30 Sep 2023",),
        [put("waivers", 0, until=date(2023, 9, 30))],
    ),
    "waiver of no rule": (
        "register-unknown", "waivers rule 0", ("mean answer-missing?",),
        [put("waivers", 0, rule="answer-misssing")],
    ),
    "waiver of a note": (
        "register-waiver-idle", "waivers rule 0", ("number-tidied",),
        [put("waivers", 0, rule="number-tidied")],
    ),
    "waiver of no row": ("register-link-unknown", "waivers item 0", ("TR-1.9",), [put("waivers", 0, item="TR-1.9")]),
    "waiver of no partner": (
        "register-link-unknown", "waivers partner 0", ("mean police?",),
        [put("waivers", 0, partner="polic")],
    ),
    "waiver of everything": (
        "register-waiver-wide", "waivers item 0", ("no row and no partner",),
        [put("waivers", 0, item=None)],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_said_at_its_cell(name: str) -> None:
    code, at, words, changes = FAULTS[name]
    form, field, index = at.split()
    rows = clean_rows()
    for change in changes:
        change(rows)
    found = everything(rows)
    here = [f for f in found if f.code == code]
    assert len(here) == 1, [f.message for f in found]
    place = Place(FILE, REGISTER_FORMS[form].sheet, address(rows, form, field, int(index)))
    assert here[0].places == (place,), here[0].message
    assert here[0].message.startswith(f"{place.sheet}, cell {place.cell} ({REGISTER_FORMS[form].field(field).heading}")
    for word in words:
        assert word in here[0].message, here[0].message


@pytest.mark.parametrize("name", FAULTS)
def test_one_cause_gives_one_message(name: str) -> None:
    rows = clean_rows()
    for change in FAULTS[name][-1]:
        change(rows)
    allowed = {"no key": 2, "status left out": 2}  # a row that names the lost key; the status that is now nowhere
    assert len(everything(rows)) <= allowed.get(name, 1), [f.message for f in everything(rows)]


DUPLICATES: dict[str, tuple[Change, str, str, tuple[int, int]]] = {
    "items": (also("items", 0, ref="1.1 again", key="tr-1.1"), "items", "key", (0, 3)),
    "partners": (also("partners", 0, name="Other police"), "partners", "id", (0, 3)),
    "partners' names": (also("partners", 0, id="police-2"), "partners", "name", (0, 3)),
    "partners' short names": (add("partners", id="yot", name="Other", short_name="yos"), "partners", "short_name", (1, 3)),
    "boards": (also("boards", 1, name="Other board"), "boards", "id", (1, 2)),
    "plans": (also("plans", 0, name="Other plan"), "plans", "id", (0, 2)),
    "themes of a plan": (also("themes", 1, title="Other theme"), "themes", "id", (1, 2)),
    "periods": (also("periods", 0), "periods", "key", (0, 2)),
    "calendars": (also("calendars", 1), "calendars", "id", (1, 4)),
    "terms": (add("glossary", term="yos", meaning="Once more"), "glossary", "term", (0, 2)),
    "letters of a scheme": (level("RAG-confidence", "Green", letter="r"), "rag_key", "letter", (0, 2)),
    "words of a scheme": (level("RAG-confidence", "Green", word="Red"), "rag_key", "word", (0, 2)),
}


@pytest.mark.parametrize("name", DUPLICATES)
def test_what_stands_twice_is_said_once_with_both_cells(name: str) -> None:
    change, form, field, indexes = DUPLICATES[name]
    rows = clean_rows()
    change(rows)
    (found,) = [f for f in everything(rows) if f.code == "register-duplicate"]
    assert [p.cell for p in found.places] == [address(rows, form, field, n) for n in indexes], found.message
    assert found.message.startswith(f"{REGISTER_FORMS[form].sheet}, cells ")


def test_the_same_theme_may_stand_under_two_plans() -> None:
    rows = clean_rows()
    add("themes", id="R1", plan="HWB6", number="9", title="The same in another plan")(rows)
    assert everything(rows) == ()


def test_an_alias_may_move_from_one_partner_to_another() -> None:
    rows = clean_rows()
    rows["aliases"] = [
        {"alias": "The Unit", "partner": "police", "valid_to": date(2023, 3, 31)},
        {"alias": "the  unit", "partner": "yos", "valid_from": date(2023, 4, 1)},
    ]
    assert everything(rows) == ()
    rows["aliases"][0]["valid_to"] = date(2023, 4, 1)
    (found,) = everything(rows)
    assert found.code == "register-alias-clash"
    assert [p.cell for p in found.places] == [address(rows, "aliases", "alias", n) for n in (0, 1)]


def test_the_same_unknown_name_in_many_rows_is_one_finding() -> None:
    rows = clean_rows()
    for n in range(3):
        put("items", n, lead="Polise", joint_leads=None)(rows)
    (found,) = [f for f in everything(rows) if f.code == "register-lead-unknown"]
    assert [p.cell for p in found.places] == [address(rows, "items", "lead", n) for n in range(3)]
    assert found.items == ("TR-1.1", "HWB-6A-S", "M-REOFF")


def test_check_says_what_it_can_without_the_register_forms() -> None:
    rows = clean_rows()
    put("items", 0, lead="Polise")(rows)
    register, _ = load(rows)
    (found,) = config.check_register(register, RETURN_FORMS, TODAY)
    assert found.message.startswith(f"Items, cell {address(rows, 'items', 'lead')} (")


def test_every_code_of_this_room_has_its_words() -> None:
    used = {code for code, *_ in FAULTS.values()}
    assert used <= WORDS.keys()
    others = ("duplicate", "unreadable", "sheet-missing", "sheet-absent", "column-missing", "lead-split")
    tested = used | {f"register-{word}" for word in others}
    assert {code for code in WORDS if code.startswith("register-")} - tested <= {"register-changed"}
