"""Rules that read what a text says of its row: its status in words, notes left in it, words that lean on another row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.example.build import HERE, rows_of
from tests.rule_examples import DUE, FORM, PERIOD, TODAY, Answers, Use, codes, item, run, sentence
from workflow import rules
from workflow.items import STATUSES
from workflow.model import RuleUse
from workflow.rules.status import disagreement

STATUS: Use = ("status-words", {"field": "progress"})
NOTE: Use = ("drafting-note", {"field": ["progress", "recovery"]})
ALONE: Use = ("text-alone", {"field": "progress", "link": "evidence"})
AGAIN: Use = ("date-moved-twice", {"field": "new_due", "help": "help_needed"})
EXEMPT: Use = ("exempt-paragraph", {"field": "public_reason", "when": "public_safe"})


def cases(text: str) -> list[Any]:
    """One case a line, its parts set apart by strokes; ⏎ is a line break, and # begins a remark."""
    lines = [line.strip() for line in text.strip().splitlines() if not line.strip().startswith("#")]
    rows = [tuple(part.strip().replace("⏎", "\n") for part in line.split("|")) for line in lines]
    return [row if len(row) > 1 else row[0] for row in rows]


# --- status in words


def test_a_text_that_says_otherwise_than_the_status() -> None:
    assert sentence(*STATUS, {"status": "On track", "progress": "Routes are drawn up. The launch is delayed by a month."}) == (
        'you chose "On track", but Progress this quarter says "The launch is delayed by a month", which reads like At risk. '
        "Change one of the two so that they agree, or tell us why both are right."
    )
    assert codes(*STATUS, {"status": "At risk", "progress": "The launch is delayed by a month."}) == []


@pytest.mark.parametrize(("status", "progress", "reads_like"), cases("""
    # In trouble, beside On track or Complete (the words of domain.md A7).
    On track | Delayed. | At risk
    Complete | Work has been delayed until May | At risk
    On track | Agreed in July.⏎- recruitment is currently delayed pending vetting⏎- rest done | At risk
    On track | Progress was slower than hoped. | At risk
    On track | Slower than we wanted | At risk
    On track | There have been some delays in recruitment | At risk
    On track | The review is behind schedule | At risk
    On track | Outstanding: no data has come. | Off track
    On track | Legal check outstanding. | Off track
    Complete | Two replies are still outstanding, the rest is in. | Off track
    On track | We were unable to get a stall at the event. | Off track
    On track | The team has been unable to recruit | Off track
    On track | Unable to start so far | Off track
    On track | There was no opportunity to hold it. | Off track
    On track | The pilot is on hold | Off track
    # Not done, beside Complete (domain.md A4.5, rows 1.2, 4.1 and 4.2 say so of rows marked green).
    Complete | This action is complete and the work ongoing | On track
    Complete | Continuing work with families | On track
    Complete | We will continue to deliver sessions. | On track
    Complete | Further work is needed: practice may still miss risk. | On track
    Complete | Awaiting data from the hospital | On track
    Complete | Some is still to be agreed. | On track
    Complete | The form is not yet complete. | On track
    Complete | The scheme is yet to launch | Not started
    # Done, beside anything else.
    On track | This action is now complete. | Complete
    At risk | Complete. Signed off in July. | Complete
    On track | This action is complete and the work ongoing | Complete
    On track | ✔ Posters are up | Complete
    Off track | All actions have been completed in June | Complete
    Not started | ✓ | Complete
    Not started | The work is underway | On track
"""))
def test_words_and_what_they_read_like(status: str, progress: str, reads_like: str) -> None:
    found = disagreement(progress, status)
    assert found is not None
    assert found[0] == reads_like
    assert found[1].strip("…") in " ".join(progress.split())  # it quotes what stands there


@pytest.mark.parametrize(("status", "progress"), cases("""
    # denied
    On track | The work is no longer delayed.
    On track | It was not delayed.
    On track | Delivered without delay
    On track | The work is no slower than planned
    On track | No actions outstanding.
    On track | None of the replies is outstanding.
    Not started | The work is not underway
    # got over
    Complete | The launch was delayed but has since taken place.
    On track | It was delayed; the work is now back on track
    # part of another thing's name, or said of somebody else
    On track | Delayed discharges fell by a third.
    On track | 12 delayed discharges were reviewed.
    On track | All 4 schools are outstanding, says Ofsted.
    On track | This is outstanding work by the team.
    On track | The hub was rated outstanding.
    On track | Residents who are unable to travel get a visit.
    On track | No opportunity was missed to promote it
    On track | Trials are delayed, so witnesses wait longer.
    On track | Residents said "the bins are delayed" and we passed it on.
    On track | We were unable to attend in March
    # everyday work after a finished action
    Complete | Single contact point works. Weekly checks carry on as routine.
    Complete | Checks will continue as routine.
    Complete | Goes on as everyday practice.
    Complete | We will continue to monitor it.
    Complete | Families with ongoing needs were referred
    Complete | Residents will continue to benefit
    Complete | The review found that training is not complete in most agencies
    # supposed, or done in part
    On track | Once this action is complete we will publish it.
    On track | The action will be complete by May
    On track | The work is complete on 3 of 5 estates
    On track | The action is nearly complete.
    On track | Complete lists of premises were sent out
    On track | ✓ training done⏎✓ leaflet printed⏎video next
    # in keeping with the status
    At risk | The launch is delayed
    Off track | We are unable to recruit
    On track | Awaiting data from the hospital
    Complete | Complete. The one part left out was the camera.
    Closed – not delivered | We were unable to find a site.
"""))
def test_words_that_are_in_keeping(status: str, progress: str) -> None:
    assert disagreement(progress, status) is None


def test_nobody_is_asked_twice_about_one_cause() -> None:
    both = replace(FORM, rules=(RuleUse("rag-agrees", {}), RuleUse(*STATUS)))

    def told(values: Answers, due: date | None = None) -> list[tuple[str, str]]:
        of = item(due=due) if due else item()
        facts = rules.RowFacts(both, "TR-1.1", of, values, {}, PERIOD, TODAY)
        return [(p.code, p.field) for p in rules.run(both, facts)]

    said = "The launch is delayed."
    assert told({"status": "At risk", "rag": "Green", "progress": said}) == [("rag-status-disagree", "rag")]
    assert told({"status": "On track", "rag": "Green", "progress": said}) == [("text-status-disagree", "status")]
    assert told({"status": "Not started", "rag": "Green", "progress": said}) == [("text-status-disagree", "rag")]
    assert told({"status": "Not started", "rag": "Green", "progress": said}, DUE) == [("rag-green-overdue", "rag")]
    assert told({"status": "Not started", "rag": "Amber", "progress": said}) == []


def test_green_beside_a_text_in_trouble_where_a_form_has_no_status() -> None:
    told = sentence(*STATUS, {"rag": "Green", "progress": "Outstanding."})
    assert told.startswith('you chose "Green", but Progress this quarter says "Outstanding", which reads like Off track.')
    assert codes(*STATUS, {"rag": "Amber", "progress": "Outstanding."}) == []
    assert codes(*STATUS, {"rag": "Green", "progress": "Awaiting data from the hospital."}) == []


def test_green_past_the_first_date_is_in_order_where_a_later_one_was_agreed() -> None:
    values: Answers = {"status": "On track", "rag": "Green"}
    assert codes("rag-agrees", {}, values, of=item(due=DUE)) == ["rag-green-overdue"]
    assert codes("rag-agrees", {}, values, of=item(due=DUE, revised_due=date(2023, 12, 31))) == []
    assert codes("rag-agrees", {}, values, of=item(due=DUE, revised_due=DUE)) == ["rag-green-overdue"]


def test_a_better_rag_with_the_same_later_date_as_before_is_no_slip() -> None:
    better: Answers = {"rag": "Green", "new_due": date(2024, 3, 31)}
    assert codes("rag-agrees", {}, better, {"rag": "Amber", "new_due": date(2023, 12, 31)}) == ["rag-better-later"]
    assert codes("rag-agrees", {}, better, {"rag": "Amber", "new_due": date(2024, 3, 31)}) == []


def test_only_this_quarters_own_words_count() -> None:
    before = {"status": "On track", "progress": "The launch is delayed."}
    assert codes(*STATUS, {"no_change": True}, before) == []
    assert codes(*STATUS, {"status": "On track"}, before) == []
    assert codes(*STATUS, {"status": "On track", "progress": "The launch is delayed.", "no_change": True}) == []


@given(st.text(), st.sampled_from([c.value for c in STATUSES]))
def test_any_text_is_read_and_what_is_quoted_is_short(said: str, status: str) -> None:
    found = disagreement(said, status)
    assert found is None or (0 < len(found[1]) <= 65 and found[0] != status)


# --- notes left in a text


def test_a_note_to_oneself() -> None:
    assert sentence(*NOTE, {"progress": "Pathway signed (date to be provided by housing)."}) == (
        'the text holds what looks like a note to yourself: "(date to be provided by housing)". '
        "Finish it or take it out, so that the text can be reported."
    )
    both = run(*NOTE, {"progress": "Signed (TBC)", "recovery": "What about landlords?"})
    assert [p.field for p in both] == ["progress", "recovery"]


@pytest.mark.parametrize("progress", cases("""
    Held in May (TBC)
    Held in May (date tbc).
    Pathway signed [check with YOS]
    Pathway signed (check)
    Text (add figures)
    Met (insert date) with all
    Agreed by 12?? partners
    XX sessions held
    xx% came
    Agreed [DRAFT - not final]
    All in (?)
    We will do what about landlords?
    Is there any lever over landlords? None so far.
    Done. Note to self: chase housing
"""))
def test_drafting_notes(progress: str) -> None:
    assert codes(*NOTE, {"progress": progress}) == ["drafting-note"]


@pytest.mark.parametrize("progress", cases("""
    Checks (check-in sessions) ran
    12 partners (checked weekly)
    Training (add-on module) ran
    Leaflets (update attached)
    Residents answered "Do you feel safe?" in a survey
    Campaign ‘Is this love?’ ran in March
    3 of 4 (a draft plan) held
    The campaign Is this love? ran in March
    See https://council.example/?q=1 for more
    Few came (<5) and >3 stayed
    Meets weekly (police, housing and health)
    To be agreed in March (with partners)
    Asked what would help: 40 replied.
    Chapter XX was rewritten
    Where residents asked, we went.
    Date to be confirmed by the board in May.
"""))
def test_finished_texts(progress: str) -> None:
    assert codes(*NOTE, {"progress": progress}) == []


# --- words that lean on another row, links that were lost


def test_a_text_that_refers_elsewhere() -> None:
    assert sentence(*ALONE, {"progress": "B) as above, and hospitals were told in July"}) == (
        'the text says "as above", but each row is printed by itself. '
        "Write out what is meant, so that the row can be read alone."
    )


@pytest.mark.parametrize("progress", cases("""
    Guidance as in recommendation 3.1 was sent out
    As above. Two more sessions held.
    See action 2.1 for the campaign
    Ditto for secondary schools; primary schools done
    Training delivered, see above
    As in recommendation. A meeting was held.
    Work proceeds as per commitment VAWG-1
    See previous update; 3 more sessions since
    Detail (see above) was agreed in May
"""))
def test_references(progress: str) -> None:
    assert codes(*ALONE, {"progress": progress}) == ["text-refers-elsewhere"]


@pytest.mark.parametrize("progress", cases("""
    Attendance was as above the county average as before
    As above average results came in, we stopped
    below target
    See section 3 of the report
    Same plan as VAWG-1: in draft
    as in the action plan
    Waits for 2.1
    As above 60% came
    As reported last quarter, the scheme is open
    See action 3 of the county plan
    As in previous years, 3 walks were held
    Recommendation 3 was agreed
    We see below-average rates
    They went as above and beyond as ever
"""))
def test_texts_that_stand_alone(progress: str) -> None:
    assert codes(*ALONE, {"progress": progress}) == []


def test_what_is_nothing_but_a_reference_is_asked_about_by_one_rule_only() -> None:
    form = replace(FORM, rules=(RuleUse("progress-text", {"field": "progress"}), RuleUse(*ALONE)))
    for said in ("As above", "B) as above", "see above.", "As in recommendation", "Ditto"):
        facts = rules.RowFacts(form, "k", item(), {"progress": said}, {}, PERIOD, TODAY)
        assert [p.code for p in rules.run(form, facts)] == ["progress-says-nothing"]


def test_a_link_that_was_lost() -> None:
    said = "The report is out and can be found here."
    assert sentence(*ALONE, {"progress": said}) == (
        'the text says "can be found here", but no link came with it. '
        "Enter the web address under Evidence or link, or take those words out."
    )
    url = "https://council.example/report"
    assert codes(*ALONE, {"progress": said, "evidence": url}) == []
    assert codes(*ALONE, {"progress": said}, {"evidence": url}) == []
    assert codes(*ALONE, {"progress": f"{said} {url}"}) == []
    assert codes(*ALONE, {"progress": "Click here for the slides"}) == ["link-missing"]
    assert codes(*ALONE, {"progress": "People who live here came; support is available here in the borough."}) == []


# --- a date that moves again

LATER = date(2024, 3, 31)


def test_a_date_that_moves_again_says_what_is_wanted() -> None:
    moved = {"earlier": {"new_due": (date(2023, 12, 31),)}}
    assert sentence(*AGAIN, {"new_due": LATER}, **moved) == (
        '31 Dec 2023 had already been given as a new date, and you now entered "31 Mar 2024". '
        "Say under Help needed from the board what you want the board to decide."
    )
    assert codes(*AGAIN, {"new_due": LATER, "help_needed": "Agree the later date"}, **moved) == []
    assert codes(*AGAIN, {"new_due": LATER}, held=frozenset({"help_needed"}), **moved) == []
    assert codes(*AGAIN, {}, **moved) == []
    assert codes(*AGAIN, {"new_due": LATER}, of=item(due=DUE)) == []  # the first move is for other rules


def test_an_agreed_date_counts_and_the_same_or_an_earlier_one_does_not() -> None:
    agreed = item(due=DUE, revised_due=date(2023, 12, 31))
    assert codes(*AGAIN, {"new_due": LATER}, of=agreed) == ["date-moved-again"]
    assert codes(*AGAIN, {"new_due": LATER}, earlier={"new_due": (LATER, LATER)}) == []
    assert codes(*AGAIN, {"new_due": date(2024, 1, 31)}, earlier={"new_due": (LATER,)}) == []
    (problem,) = run(*AGAIN, {"new_due": LATER}, of=agreed, earlier={"new_due": (date(2023, 12, 31), date(2024, 1, 31))})
    assert problem.words["before"] == "31 Dec 2023 and 31 Jan 2024"


# --- a paragraph for what is exempt


def test_part_2_names_its_paragraph() -> None:
    assert sentence(*EXEMPT, {"public_safe": "Part 2", "public_reason": "Sensitive"}) == (
        'you entered "Sensitive", which names no paragraph. Name it, like Paragraph 3: 1 about a person, 2 likely to show who '
        "a person is, 3 money or business affairs, 7 preventing or prosecuting crime."
    )
    assert codes(*EXEMPT, {"public_safe": "No", "public_reason": "Sensitive"}) == []
    assert codes(*EXEMPT, {"public_safe": "Part 2"}) == []  # that it is blank is for required-when to say


@pytest.mark.parametrize("reason", cases("""
    3
    Paragraph 3
    paragraphs 1 and 2
    Para. 7: an operation
    para3
    Exempt under paragraph two
    1, 2
    Sch 12A, 7
    Schedule 12A Part 1 paragraph 3
    exempt: 3
    P7
"""))
def test_paragraphs_as_people_write_them(reason: str) -> None:
    assert codes(*EXEMPT, {"public_safe": "Part 2", "public_reason": reason}) == []


@pytest.mark.parametrize("reason", cases("""
    Part 2
    2 families could be known by it
    Paragraph 5
    para 12
    legal advice
    Part 1
"""))
def test_reasons_without_a_paragraph(reason: str) -> None:
    assert codes(*EXEMPT, {"public_safe": "Part 2", "public_reason": reason}) == ["paragraph-missing"]


# --- no false alarms


@pytest.mark.parametrize("path", sorted((HERE / "returns").glob("[aci]*-20*.toml")), ids=lambda p: p.stem)
def test_the_examples_texts_are_in_keeping(path: Path) -> None:
    """What the fictional partners write is as people write: nothing in it is asked about by these rules."""
    told = []
    for row in rows_of(path):
        values = {k: v for k, v in row.items() if k in ("status", "rag", "progress", "outcome", "recovery", "evidence")}
        for use in (("status-words", {"field": "progress"}), NOTE, ALONE):
            told += [(row.get("key"), p.code) for p in run(*use, values)]
    assert told == []
