"""The way back: each remedy, typed into the marked-up copy word for word, clears its finding and raises no other; so does
each other way that the message names. Where nobody can tell whose a file is, no copy is made: there the template is sent.

A reply beside a query closes it, too; what is held stays held until it is corrected or a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.faults.catalogue import singles
from tests.faults.measure import Case, run
from tests.faults.mend import otherwise, put_right, replied, untouched
from workflow.model import Severity

# Files of which nobody can tell whose they are. They are told to no partner, and closed by what they hold being sent again.
NOBODYS = frozenset({"another-agencys-name", "an-agency-nobody-knows", "nothing-says-whose"})
# What a reply cannot explain: that answers stood where they could not be read. The copy has their boxes, and asks for them.
LEFT_BLANK = frozenset({"heading-missing", "table-unread", "answers-merged"})
EVERY = 60  # in the ordinary suite one fault of so many is put right
WORDS = "We have looked at it again, and it is right as it stands."


def _cases(severity: Severity | None = None) -> list[Case]:
    told = [c for c in singles() if c.faults[0].severity is not Severity.NOTE]
    return [c for c in told if severity in (None, c.faults[0].severity)]


def _left(cases: Iterable[Case]) -> list[str]:
    return [f"{case.name}: {f.message}" for case in cases for f in put_right(case)]


def _left_otherwise(cases: Iterable[Case]) -> list[str]:
    return [f"{case.name}, {way}: {f.message}" for case in cases for way, left in otherwise(case) for f in left]


@pytest.mark.long
def test_what_nobody_can_tell_the_sender_of_is_told_to_no_partner_until_it_was_sent_again() -> None:
    cases = [case for case in singles() if case.name in NOBODYS]
    assert len(cases) == len(NOBODYS)
    for case in cases:
        assert [(f.severity, f.partner) for _, _, f in run(case).found] == [(Severity.STOP, "")]
        assert put_right(case) == []


def _still_asked(cases: Iterable[Case]) -> list[str]:
    return [
        f"{case.name}: {f.message}"
        for case in cases
        if case.faults[0].code not in LEFT_BLANK
        for f in replied(case, WORDS)
        if f.severity is not Severity.NOTE and f.partner == case.partner
    ]


def test_what_was_put_right_is_asked_no_more() -> None:
    assert _left(_cases()[::EVERY]) == []


@pytest.mark.long
def test_whatever_is_put_right_is_asked_no_more() -> None:
    assert _left(_cases()) == []


# One of each way that a message names: another answer, a comment, a reason, another status with all that goes with it.
OTHERWISE = frozenset({"A-1.1-As above", "green-and-overdue", "M-1-moved", "few-people", "neither-value-nor-reason"})


@pytest.mark.long
def test_each_other_way_that_a_message_names_will_do() -> None:
    cases = [case for case in _cases() if case.name in OTHERWISE]
    assert [case.name for case in cases if not [*otherwise(case)]] == []
    assert _left_otherwise(cases) == []


@pytest.mark.long
def test_whatever_a_message_names_will_do() -> None:
    assert _left_otherwise(_cases()) == []


def _asked_twice(cases: Iterable[Case]) -> list[str]:
    """Queries that come more than once after the copy came back untouched: from the first file, and from the copy."""
    twice: list[str] = []
    for case in cases:
        told = Counter(
            (f.partner, f.code, f.form, f.field, f.items) for f in untouched(case) if f.severity is not Severity.NOTE
        )
        twice += [f"{case.name}: {query}" for query, times in told.items() if times > 1]
    return twice


@pytest.mark.long
def test_what_came_back_untouched_is_asked_once() -> None:
    assert _asked_twice(case for case in _cases()[3::EVERY] if not case.faults[0].whole) == []


@pytest.mark.long
def test_whatever_comes_back_untouched_is_asked_once() -> None:
    assert _asked_twice(case for case in _cases() if not case.faults[0].whole) == []


def test_what_was_explained_is_asked_no_more() -> None:
    assert _still_asked(_cases(Severity.QUERY)[5 :: 2 * EVERY]) == []


@pytest.mark.long
def test_whatever_is_explained_is_asked_no_more() -> None:
    assert _still_asked(_cases(Severity.QUERY)) == []
