"""The way back: each remedy, typed into the marked-up copy word for word, clears its finding and raises no other.

A reply beside a query closes it, too; what is held stays held until it is corrected or a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from tests.faults.catalogue import singles
from tests.faults.measure import Case
from tests.faults.mend import put_right, replied, untouched
from workflow.model import Severity

# Files of which nobody can tell whose they are. A later one cannot close that: the coordinator rejects or withdraws them.
NOBODYS = frozenset({"another-agencys-name", "an-agency-nobody-knows", "nothing-says-whose"})
# What a reply cannot explain: that answers stood where they could not be read. The copy has their boxes, and asks for them.
LEFT_BLANK = frozenset({"heading-missing", "table-unread", "answers-merged"})
EVERY = 60  # in the ordinary suite one fault of so many is put right
WORDS = "We have looked at it again, and it is right as it stands."


def _cases(severity: Severity | None = None) -> list[Case]:
    told = [c for c in singles() if c.faults[0].severity is not Severity.NOTE]
    return [c for c in told if severity in (None, c.faults[0].severity)]


def _left(cases: Iterable[Case]) -> list[str]:
    return [f"{case.name}: {f.message}" for case in cases if case.name not in NOBODYS for f in put_right(case)]


def test_what_nobody_can_tell_the_sender_of_stays_open_and_is_told_to_no_partner() -> None:
    cases = [case for case in singles() if case.name in NOBODYS]
    assert len(cases) == len(NOBODYS)
    for case in cases:
        assert [(f.severity, f.partner) for f in put_right(case)] == [(Severity.STOP, "")]


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


def _asked_twice(cases: Iterable[Case]) -> list[str]:
    """Queries that come more than once after the copy came back untouched: from the first file, and from the copy."""
    twice: list[str] = []
    for case in cases:
        told = Counter(
            (f.partner, f.code, f.form, f.field, f.items) for f in untouched(case) if f.severity is not Severity.NOTE
        )
        twice += [f"{case.name}: {query}" for query, times in told.items() if times > 1]
    return twice


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
