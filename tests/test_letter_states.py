"""How things stand is said in a letter's first line, what to do fits the case, and the subject stays as it is."""

from __future__ import annotations

import re

import pytest

from tests.letter_examples import EXAMPLES, FOLDER, PERIOD, UNREADABLE, WRONG_FORM
from tests.letter_pages import Page, strings, words
from workflow.letters import KINDS, render

PARTNER_KINDS = [k for k, subject in KINDS.items() if subject.startswith("_subject-partner")]
STATES = {
    "issue": "Please complete: your return", "receipt": "We have part of your return for Q2 2023/24, and 3 questions",
    "receipt-clean": "We have your return for", "query": "We have 3 questions about",
    "query-many": "We have 51 questions about",
    "unreadable": "We could not use 4 files", "unreadable-files": "We could not use 2 files",
    "wrong-form": "We could not use a file", "wrong-sender": "A file for your Q2 2023/24 return came from another agency",
    "chaser": "Reminder", "chaser-part": "Reminder", "chaser-unsigned": "Reminder", "chaser-held": "Reminder",
    "thanks": "Thank you, Estuary Police: nothing to report",
    "thanks-figures": "Your return for Q2 2023/24: 1 thing is still needed",
}  # fmt: skip


def test_the_first_line_says_how_things_stand_because_the_subject_does_not() -> None:
    """Subjects stay the same all quarter (D3) and so never say success, or anything else, over a problem."""
    partner_letters = {name: example for name, example in EXAMPLES.items() if example[0] in PARTNER_KINDS}
    assert set(partner_letters) == set(STATES)
    for name, example in partner_letters.items():
        letter = render(*example, FOLDER)
        assert words(letter.text).startswith(STATES[name]), name
        assert words(Page(letter.html).text.partition(letter.subject)[2]).startswith(STATES[name]), name
        assert not re.search(r"(?i)success|thank|receiv|complet|accept|remind|overdue|late\b|quer", letter.subject)


@pytest.mark.parametrize(
    ("name", "says", "papers"),
    [
        ("chaser", "We have not yet had a return", "the papers will show your last answers"),
        ("chaser-part", "Thank you for part of the return", "What we do not have by"),
        ("chaser-unsigned", "The return is not signed off yet", "use your answers and say that the return was not signed off"),
        ("chaser-held", "We cannot use any of its answers yet; our earlier email says why", "show your last answers"),
    ],
)
def test_a_reminder_says_what_is_missing_and_what_happens_without_it(name: str, says: str, papers: str) -> None:
    kind, context = EXAMPLES[name]
    letter = render(kind, context, FOLDER)
    for body in (letter.text, Page(letter.html).text):
        assert says in words(body) and papers in words(body)
        assert all(line in words(body) for line in strings(context["missing"]))
    later = render(kind, {**context, "today": PERIOD.papers_date}, FOLDER)
    for body in (later.text, Page(later.html).text):
        assert "do not have" not in words(body) and f"The papers for {PERIOD.label}" in words(body)


# --- what could not be used


@pytest.mark.parametrize(
    ("name", "state", "todo", "never"),
    [
        ("unreadable-files", "We could not use 2 files for your", "put right what it says above", "fresh form is attached"),
        ("wrong-form", "We could not use a file for your Q2 2023/24 return: it is not the form that we sent",
         "A fresh form is attached, police-2023-24-Q2.xlsx", "put right what it says above"),
        ("wrong-sender", "A file for your Q2 2023/24 return came from another agency's address",
         "We take your return from Partnership Analyst (analyst@police.example) or any address at police.example.",
         "put right what it says above"),
        ("unreadable", "We could not use 4 files for your", "For the rest: please put right", "A fresh form is attached"),
    ],
)  # fmt: skip
def test_what_to_do_fits_why_a_file_could_not_be_used(name: str, state: str, todo: str, never: str) -> None:
    letter = render(*EXAMPLES[name], FOLDER)
    assert words(letter.text).startswith(state)
    for body in (letter.text, Page(letter.html).text):
        assert todo in words(body)
        assert never not in words(body)


def test_without_a_fresh_form_the_one_that_was_sent_is_asked_for() -> None:
    text = words(render("unreadable", {**WRONG_FORM, "template": ""}, FOLDER).text)
    assert "Please enter your answers in the form that we sent you for Q2 2023/24" in text
    assert "attached" not in text.replace("with it attached", "")


def test_one_unreadable_file_is_one_file() -> None:
    text = words(render("unreadable", {**UNREADABLE, "files": UNREADABLE["files"][:1]}, FOLDER).text)
    assert "We could not use a file for" in text
    assert "Nothing in this file has been used" in text
    assert "We could not use 2 files for" in words(render("unreadable", UNREADABLE, FOLDER).text)
