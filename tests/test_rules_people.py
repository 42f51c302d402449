"""Rules about people who could be recognised, and about abbreviations: where each fires, and where it just does not."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import small as s
from tests.rule_examples import FORM, PERIOD, TODAY, Answers, Use, codes, item, run, sentence
from tests.test_personal import EMAIL, LANDLINE, MARK, MOBILE, NHS, POSTCODE, SPACED
from tests.view_examples import REGISTER, forms
from workflow import fields, rules
from workflow.model import Choice, Contact, Field, Item, Kind, Place, RuleUse, Severity, Term, Value
from workflow.pipeline.ask import history
from workflow.pipeline.state import Asked
from workflow.rules.acronyms import abbreviations, explanations
from workflow.rules.fewpeople import tell_tales
from workflow.wording import WORDS, finding

pytestmark = pytest.mark.usefixtures("no_packs")

DOCUMENTS = Path(__file__).parents[2] / "shared" / "source-documents"
PERSONAL: Use = ("personal-data", {"contacts": ["lead", "measure"], "places": "evidence"})
FEW_TEXT: Use = ("small-number-text", {"field": ["progress", "outcome"], "safe": "public_safe"})
FEW: Use = (
    "small-number", {"value": "value", "comment": "comment", "numerator": "numerator", "denominator": "denominator"},
)
ON_COMMENT: Use = (
    "small-number-text", {"field": "comment", "value": "value", "numerator": "numerator", "denominator": "denominator"},
)


KNOWN = replace(
    REGISTER,
    contacts=(Contact("police", "Partnership Analyst", "Analyst@police.example", "lead"),),
    boards=(replace(REGISTER.boards[0], email="clerk@council.example"),),
    glossary=(Term("IOM", "Integrated offender management"),),
)


def cell(value: str, field: str = "progress") -> tuple[rules.Problem, ...]:
    form = replace(FORM, rules=(RuleUse(*PERSONAL),))
    return rules.run_cell(form, rules.CellFacts(form, field, value, KNOWN, PERIOD))


def said(value: str, field: str = "progress") -> str:
    (problem,) = cell(value, field)
    words: dict[str, Any] = dict(problem.words)
    place = [Place("f.xlsx", "Actions", "H9")]
    return finding(problem.code, place, heading=FORM.field(field).heading, item="1.1", found=value, **words).message


# --- personal data, as a cell is read


def test_sure_personal_data_is_held() -> None:
    assert said(f"Referred ({SPACED}) to the panel") == (
        "Actions, cell H9 (Progress this quarter for 1.1): this looks like it holds an NHS number "
        f'("Referred ([NHS number ending {NHS[6:]}]) to the panel"). '
        'Take it out and say "a resident" or "a young person" instead. If it is nothing of the kind, tell us what it is.'
    )
    assert WORDS["personal-data"][0] is Severity.STOP
    assert cell("Referred to the panel, which met on 12/03/2023 with 12 in attendance") == ()


def test_doubtful_personal_data_is_asked_about() -> None:
    assert said("The visit by PC Placeholder was well received by everybody who lives on the estate") == (
        "Actions, cell H9 (Progress this quarter for 1.1): this may hold a person's name "
        '("The visit by [name] was well received by…"). '
        "Take it out and give the post or the team instead. If it is nothing of the kind, tell us what it is."
    )
    assert WORDS["personal-data-likely"][0] is Severity.QUERY
    assert cell("The visit by the PC Team was well received") == ()


def test_one_message_for_a_cell_says_every_kind() -> None:
    (problem,) = cell(f"Ms Placeholder, {MOBILE}, {EMAIL}, {POSTCODE}, vehicle reg {MARK}, crime ref 42/123456/23, LCS 1234567")
    assert problem.code == "personal-data"  # the surest of what is there
    assert problem.words["kinds"] == (
        "a person's name, a telephone number, an email address, a full postcode, a vehicle's registration, "
        "a crime or incident reference and a case or client reference"
    )
    assert problem.words["it"] == "them"
    assert problem.words["instead"] == (
        'give the post or the team, name the team, name the area, say "a vehicle", say what happened and say what it was about'
    )


def test_addresses_on_the_register_may_stand() -> None:
    contact, board, office = KNOWN.contacts[0].email, KNOWN.boards[0].email, KNOWN.partnership.email
    for address in filter(None, (contact, contact.upper(), board, office)):
        assert cell(f"Ask {address} about it") == ()
    assert [p.code for p in cell(f"Ask {contact} or {EMAIL}")] == ["personal-data"]


def test_boxes_about_whom_to_ask_and_where() -> None:
    staff = f"Ms Placeholder, {LANDLINE}, {EMAIL}"
    assert cell(staff, "lead") == cell(staff, "measure") == ()
    assert [p.code for p in cell(f"NHS no {NHS}", "lead")] == ["personal-data"]
    assert cell(f"The hall, {POSTCODE}", "evidence") == ()
    assert [p.code for p in cell(f"The hall, {POSTCODE}", "outcome")] == ["personal-data"]


def test_a_choice_is_ours_and_not_looked_at() -> None:
    chosen = Field("status", "Status", FORM.field("status").role, Kind.CHOICE, choices=(Choice("Ms Placeholder"),))
    form = replace(FORM, fields=(chosen,), rules=(RuleUse("personal-data"),))
    assert rules.run_cell(form, rules.CellFacts(form, "status", "Ms Placeholder", KNOWN, PERIOD)) == ()


def test_every_kind_has_its_words() -> None:
    from workflow.fields.personal import MASKS
    from workflow.rules.people import _SAID

    assert set(_SAID) == set(MASKS)


@given(st.text(max_size=60), st.sampled_from([SPACED, MOBILE, EMAIL, POSTCODE, "DOB 12/03/2010"]), st.text(max_size=60))
def test_no_message_repeats_what_was_found(before: str, value: str, after: str) -> None:
    for problem in cell(f"{before} {value} {after}"):
        words: dict[str, Any] = dict(problem.words)
        message = finding(problem.code, [], found=f"{before} {value} {after}", **words).message
        assert value.removeprefix("DOB ") not in message
        assert fields.find_personal(message) == ()


def test_what_a_person_does_about_it_clears_it() -> None:
    assert cell("A young person was referred to the panel") == cell("The team in Riverside took the call") == ()


# --- what is quoted in other findings


def test_no_finding_quotes_personal_data() -> None:
    typed = f"{SPACED}\nDOB 12/03/2010"
    told = finding("date-unreadable", [], found=typed, suggestion=SPACED, heading="Due", item="1.1")
    assert told.message == (
        f'Due for 1.1: you entered "[NHS number ending {NHS[6:]}] DOB [date of birth]", which cannot be read as a date. '
        f"Enter it day first, like 31/10/2023. Did you mean [NHS number ending {NHS[6:]}]?"
    )
    assert told.found == f"[NHS number ending {NHS[6:]}] DOB [date of birth]"
    assert told.suggestion == f"[NHS number ending {NHS[6:]}]"
    words = finding("context-changed", [], found="x", expected=f"ring {MOBILE}")
    assert "ring [phone number]" in words.message
    key = finding("row-key-unknown", [], found=SPACED, items=(SPACED,))
    assert key.items == (f"[NHS number ending {NHS[6:]}]",)
    assert finding("rag-green-overdue", [], found="Green", day="1 May 2023", items=("CAD-1234",)).items == ("CAD-1234",)


def test_the_address_that_a_file_came_from_is_said() -> None:
    assert EMAIL in finding("sender-unknown", [], found=EMAIL, partner_name="Police").message
    assert EMAIL in finding("register-email", [], found=EMAIL).message


# --- small numbers in texts


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("Of 154 pupils only two being permanently excluded", ["two being permanently excluded"]),
        ("improvements seen for 13 pupils, 2 N/C.", ["2 N/C"]),
        ("7 applications for case review: 4 accepted, 3 declined", ["4 accepted", "3 declined"]),
        ("Offered to all and 3 visited", ["3 visited"]),
        ("18 families engaged with and 1 supported", ["1 supported"]),
        ("mainly female but also a male and other", ["also a male"]),
        ("We helped one family move", []),  # a move by a family is told, but "move" might be a noun: better not asked
        ("One family was helped to move", ["One family"]),
        ("2 pupils had no change", ["2 pupils"]),
        ("support for three young people in the town", ["three young people"]),
        ("4 victims.", ["4 victims"]),
        ("2 high-risk offenders were recalled", ["2 high-risk offenders"]),
        ("1 permanent exclusion, 2 permanent exclusions", ["2 permanent exclusions"]),
        ("The only family on the estate who asked", ["The only family"]),
        ("the first woman to be recalled", ["the first woman"]),
        ("an individual who had been evicted", ["an individual who"]),
        ("A 15-year-old boy was referred", ["A 15-year-old boy"]),
    ],
)
def test_small_numbers_of_people(text: str, phrases: list[str]) -> None:
    assert list(tell_tales(text)) == phrases


@pytest.mark.parametrize(
    "text",
    [
        "2 operations", "3 sessions were delivered", "4 areas", "2 schools", "one officer was trained",
        "one of the residents", "one of our families", "2 ops undertaken, 4 passed a second visit", "met 3 times",
        "All 4 community venues were visited", "4 refresher training sessions", "2 changes to the process",
        "3 requested attendance, 1 to schedule", "the last 3 months", "2 open days", "Of 12 schools, 2 visited",
        "funding: 2 bids, 1 accepted", "5 families were helped", "12 young people", "fewer than 5 pupils",
        "fewer than 4 pupils", "up to 3 families", "more than 2 victims", "1 in 4 women", "1-4 people",
        "between 1 and 4 young people", "Year 3 pupils", "Key stage 2 children", "MAPPA level 2 offenders",
        "2 youth clubs", "3 family hubs", "two residents' meetings", "one victim support officer", "4 women's groups",
        "2 officers supporting families", "one event for a victim", "each person", "every family", "no family",
        "any one person", "£2 people", "2.4 people", "1,004 people", "a victim of crime", "the first session",
        "the only road", "Priority 1 victims", "a 12-year-old protocol", "the two-year-old offer for 2 year olds",
        "3& 4 Young people of concern", "the first three months",
    ],
)
def test_small_numbers_of_other_things(text: str) -> None:
    assert list(tell_tales(text)) == []


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the source documents do not stand beside the checkout")
def test_the_annual_report_speaks_of_few_people_in_four_places() -> None:
    """Domain.md A9 [T4]: of 12 small numbers in it about 4 concern people; a hate report names a sex besides."""
    lines = (DOCUMENTS / "002_af7d5c0049665205.txt").read_text(encoding="utf-8").splitlines()
    found = {n: list(tell_tales(line)) for n, line in enumerate(lines, 1)}
    assert {n: phrases for n, phrases in found.items() if phrases} == {
        39: ["also a male"],
        53: ["two being permanently excluded"],
        67: ["3 visited"],
        74: ["4 accepted", "3 declined", "One outcome has been appealed"],
    }


def test_small_number_in_text() -> None:
    typed = "Two families were moved, and one young person was excluded from school."
    assert sentence(*FEW_TEXT, {"progress": typed}) == (
        'you wrote "Two families" and "one young person", by which one person could be recognised. '
        'Reword it so that nobody could be, like "fewer than 5 pupils", or choose No under "Safe to publish?" and say why.'
    )
    assert [p.field for p in run(*FEW_TEXT, {"progress": typed, "outcome": typed})] == ["progress", "outcome"]
    # what a person does about it clears it
    assert codes(*FEW_TEXT, {"progress": "Fewer than 5 families were moved, and fewer than 5 pupils excluded."}) == []
    for word in ("No", "Part 2"):
        assert codes(*FEW_TEXT, {"progress": typed, "public_safe": word}) == []
    assert codes(*FEW_TEXT, {"progress": typed}, {"public_safe": "No"}) == []  # as it stood
    assert codes(*FEW_TEXT, {"progress": typed, "public_safe": "Yes"}) == ["small-number-text"]
    assert codes(*FEW_TEXT, {"progress": typed}, of=item(public="No")) == []
    assert codes(*FEW_TEXT, {"no_change": True}, {"progress": typed}) == []


def test_a_text_that_is_never_published_is_not_asked_about() -> None:
    hidden = tuple(replace(f, public=f.name != "progress") for f in FORM.fields)
    form = replace(FORM, fields=hidden, rules=(RuleUse(*FEW_TEXT),))
    facts = rules.RowFacts(form, "TR-1.1", item(), {"progress": "2 pupils were excluded"}, {}, PERIOD, TODAY)
    assert rules.run(form, facts) == ()


# --- small figures


def figure(unit: str = "number", counts: str = "People", **more: Value) -> Item:
    return item(unit=unit, counts=counts, **{"title": "Pupils excluded", **more})


def test_small_number() -> None:
    assert sentence(*FEW, {"value": 3}, of=figure()) == (
        'this is a number of people below 5, which papers for the public will show as [c]. '
        "If it is right, say so in Comment. If not, correct it."
    )
    for value, asked in ((0, False), (1, True), (4, True), (5, False)):
        assert codes(*FEW, {"value": value}, of=figure()) == (["small-number"] if asked else [])
    assert codes(*FEW, {"value": 3}, of=figure(counts="Households")) == ["small-number"]
    assert codes(*FEW, {"value": 3}, of=figure(counts="Incidents")) == []
    assert codes(*FEW, {"value": 3}, of=figure(unit="%")) == []
    assert codes(*FEW, {"value": 3, "comment": "That is right."}, of=figure()) == []
    assert codes(*FEW, {"value": 3}, of=figure(), held=frozenset({"comment"})) == []
    assert codes(*FEW, {"value": 3}, {"value": 3}, of=figure()) == []  # asked when it was new
    assert codes(*FEW, {"value": 3}, {"value": 2}, of=figure()) == ["small-number"]
    assert codes(*FEW, {"value": -3}, of=figure(title="Change in pupils excluded")) == []
    assert codes(*FEW, {"value": 3}, of=figure(public="Part 2")) == []
    assert codes(FEW[0], {**FEW[1], "threshold": 10}, {"value": 9}, of=figure()) == ["small-number"]


def test_a_share_that_gives_a_small_number_away() -> None:
    share: Answers = {"value": 75, "numerator": 9, "denominator": 12}
    assert sentence(*FEW, share, of=figure(unit="%")) == (
        'you entered "9" out of 12, which gives away a number of people below 5 (3), so papers for the public will show [c]. '
        "If it is right, say so in Comment. If not, correct it."
    )
    assert codes(*FEW, {"value": 25, "numerator": 3, "denominator": 12}, of=figure(unit="%")) == ["small-number-part"]
    assert codes(*FEW, {"value": 50, "numerator": 6, "denominator": 12}, of=figure(unit="%")) == []
    assert codes(*FEW, {"value": 100, "numerator": 12, "denominator": 12}, of=figure(unit="%")) == []
    assert codes(*FEW, {**share, "comment": "That is right."}, of=figure(unit="%")) == []
    assert codes(*FEW, {"value": 3, "numerator": 3, "denominator": 12}, of=figure()) == ["small-number"]  # once for a row


def test_the_comment_on_a_small_figure_is_held_back_with_it() -> None:
    comment = "It is right: 3 pupils were excluded."
    assert codes(*ON_COMMENT, {"value": 3, "comment": comment}, of=figure()) == []
    assert codes(*ON_COMMENT, {"value": 40, "comment": comment}, of=figure()) == ["small-number-text"]
    assert sentence(*ON_COMMENT, {"value": 40, "comment": comment}, of=figure()).endswith("or tell us why it may be published.")


# --- abbreviations


def test_abbreviations() -> None:
    typed = "The MARAC and two DHRs; V&V, RMM/MACE, not Q4, FY24, III, CCTV or the NHS"
    assert abbreviations(typed) == ("MARAC", "DHR", "V&V", "RMM", "MACE")
    assert abbreviations("CP23-DA-5, A13, M25, https://x.example/ABC, jo@ABC.example, the UK's GPs, PhD, McX") == ()
    assert abbreviations("ALL PARTNERS MUST REPLY by Friday, says the MARAC") == ("MARAC",)
    assert abbreviations("PROGRESS THIS QUARTER WAS GOOD") == ()


def test_explanations() -> None:
    assert explanations("Family Group Conference (FGC) and MARAC (multi-agency risk assessment conference)") == {"FGC", "MARAC"}
    assert explanations("MARAC (see the annex)") == frozenset()


def wide(*rows: tuple[str, str, str]) -> list[tuple[str, str]]:
    """The abbreviations told, and of whose rows. A row is a partner, a form and its text."""
    use = RuleUse("acronyms", {"field": "progress"})
    by_form: dict[str, list[rules.RowFacts]] = {}
    for partner, name, text in rows:
        form = replace(FORM, name=name, rules=(use,))
        facts = rules.RowFacts(form, partner, item(), {"progress": text}, {}, PERIOD, TODAY, register=KNOWN, partner=partner)
        by_form.setdefault(name, []).append(facts)
    return [
        (row.partner, problem.found)
        for own in by_form.values()
        for row, problem in rules.run_wide(own[0].form, rules.WideFacts(own, by_form))
    ]


def test_an_abbreviation_is_told_once_for_each_partner() -> None:
    rows = [
        ("police", "actions", "The MARAC met; IOM too"), ("police", "actions", "The MARAC met again, with the RMM"),
        ("yos", "actions", "The MARAC met"), ("police", "issues", "The MARAC met"),
    ]
    assert wide(*rows) == [("police", "MARAC"), ("police", "RMM"), ("yos", "MARAC")]
    explained = ("police", "issues", "The Multi-Agency Risk Assessment Conference (MARAC) met")
    assert wide(*rows, explained) == [("police", "RMM"), ("yos", "MARAC")]
    named = [w for p in KNOWN.partners for w in (p.short_name or p.name,)]
    assert wide(("police", "actions", f"Work with {', '.join(named)} goes on")) == []


def test_an_abbreviation_is_for_the_coordinator() -> None:
    assert finding("acronym-unexplained", [], found="RMM").message == (
        '"RMM" is explained neither in the glossary nor in the text. '
        "Add it to the Glossary sheet, or ask for it in full where it is first used."
    )
    assert WORDS["acronym-unexplained"][0] is Severity.NOTE


# --- the forms


def test_every_form_looks_for_personal_data() -> None:
    for form in forms().values():
        assert "personal-data" in [u.name for u in form.rules], form.name
    about = forms()["about"]
    facts = rules.CellFacts(about, "completed_email", EMAIL, KNOWN, PERIOD)
    assert rules.run_cell(about, facts) == ()
    assert [p.code for p in rules.run_cell(about, replace(facts, field="completed_by", value="Ms Placeholder"))] == [
        "personal-data-likely"
    ]


# --- from a return to the terminal: nothing of it gets out


def test_a_number_that_was_typed_reaches_no_letter_log_or_screen(tmp_path: Path) -> None:
    small = s.issued(tmp_path / "small")
    secret = {
        ("Actions", "A-2", "Progress this quarter"): f"A resident ({SPACED}) was referred, and rang from {MOBILE}.",
        ("Actions", "A-2", "Completed on"): f"DOB 12/03/2010, {MOBILE}",
        (s.ABOUT, "", "Comments to the coordinator"): f"Ask Ms Placeholder about NHS {NHS}",
    }
    small.returns("police", secret)
    verdict = small.collate()
    assert s.codes(verdict, "police").count("personal-data") == 2
    assert s.value(verdict, ("actions", "A-2", "progress")) is None  # held until put right
    title, events = history(Asked(small.root, s.Q2, s.COLLATED[s.Q2]), "A-2")
    out = [verdict.as_text(), verdict.full_text(), title, *(f"{e.value} {e.replaced}" for e in events)]
    outbox = small.root / "outbox"
    out += [p.read_text(encoding="utf-8") for p in outbox.rglob("*") if p.suffix in {".txt", ".json", ".html"}]
    for mail in outbox.rglob("*.eml"):
        message = message_from_bytes(mail.read_bytes(), policy=policy.default)
        out += [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    everything = "\n".join(out)
    assert f"[NHS number ending {NHS[6:]}]" in everything
    for leaked in (SPACED, NHS, MOBILE, "12/03/2010", "Placeholder"):
        assert leaked not in everything, leaked
    # in the partner's own copy it stands where it was typed, to be corrected there
    marked = (outbox / s.Q2 / "marked-up" / f"police-{s.Q2}-queries.xlsx").read_bytes()
    assert SPACED in str(s.shown(marked, ("Actions", "A-2", "Progress this quarter")))


def test_put_right_as_asked_it_is_taken(tmp_path: Path) -> None:
    small = s.issued(tmp_path / "small")
    box = ("Actions", "A-2", "Progress this quarter")
    small.returns("police", {box: f"A resident ({SPACED}) was referred to the panel."})
    assert "personal-data" in s.codes(small.collate(), "police")
    small.returns("police", {box: "A resident was referred to the panel."}, sent=s.SENT.replace(day=17), name="again.xlsx")
    again = small.collate()
    assert "personal-data" not in s.codes(again, "police")
    assert s.value(again, ("actions", "A-2", "progress")) == "A resident was referred to the panel."
