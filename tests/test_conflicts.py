"""Copies of a return that were made side by side: what combines, what corrects, and what nobody can tell.

The laws hold for generated copies. What people see of it is in `test_conflicts_quarter.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_merge import CARRIED, SLOTS, SUBMISSIONS, answer, rulings
from tests.view_examples import REGISTER, forms
from workflow.conflicts import Conflict, Teller, find, when
from workflow.merge import Rulings, merge
from workflow.model import OFFICE, Slot, Standing, Submission, SubmissionState, Value
from workflow.pipeline.differing import cells_of

LEAD, ANALYST, DEPUTY = "lead@police.example", "analyst@police.example", "deputy@police.example"
FORMS = forms()


# --- the laws


def seen(submissions: Sequence[Submission]) -> tuple[Conflict, ...]:
    return find(submissions, FORMS, {})


def named(conflicts: Sequence[Conflict]) -> list[tuple[Slot, list[tuple[Value, list[str]]]]]:
    """The conflicts as they can be compared: each cell with its values, and the files that say them."""
    return [
        (c.slot, [(side.value, [copy.submission.sha256 for copy in side.copies]) for side in c.sides]) for c in conflicts
    ]


@given(SUBMISSIONS, st.randoms())
def test_the_order_of_arrival_changes_nothing(submissions: list[Submission], random: object) -> None:
    shuffled = list(submissions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert named(seen(shuffled)) == named(seen(submissions))


@given(SUBMISSIONS, st.data())
def test_the_books_balance_while_both_are_held(submissions: list[Submission], data: st.DataObject) -> None:
    ruled = data.draw(rulings(submissions))
    contested = cells_of(find(submissions, FORMS, {}, ruled))
    merged = merge(submissions, {}, CARRIED, ruled, contested)
    assert merged.balance.holds
    assert merged.balance.read == merge(submissions, {}, CARRIED).balance.read
    fates = {
        (s.sha256, a.place): fate.value
        for s in submissions
        for a, fate in zip(s.answers, merged.fates.get(s.sha256, ()), strict=False)
    }
    assert {fates[cell] for cell in contested} <= {"held"}
    assert not {(s.sha256, s.place) for s in merged.standing.values()} & contested


@given(SUBMISSIONS)
def test_a_conflict_names_different_values_and_the_last_of_them_is_what_stands(submissions: list[Submission]) -> None:
    merged = merge(submissions, {}, CARRIED)
    for c in seen(submissions):
        values = [side.value for side in c.sides]
        assert len(values) > 1
        assert all(a != b for n, a in enumerate(values) for b in values[n + 1 :])
        assert merged.standing[c.slot].value == values[-1]


Said = dict[Slot, Value]


def copy(sha: str, said: Said, day: int = 5, sender: str = "", base: Said | None = None) -> Submission:
    answers = tuple(answer(slot, value, n) for n, (slot, value) in enumerate(sorted(said.items())))
    return Submission(
        sha, f"inbox/{sha}.xlsx", None, "police", "Q2", f"2023-10-{day:02d}", SubmissionState.MERGED,
        answers=answers, base=base or {}, sender=sender,
    )  # fmt: skip


VALUES = st.sampled_from(["On track", "At risk", "Complete"])
HALVES = st.sets(st.sampled_from(SLOTS)).map(lambda first: (sorted(first), sorted({*SLOTS} - first)))


@given(HALVES, st.lists(VALUES, min_size=len(SLOTS), max_size=len(SLOTS)))
def test_copies_that_answer_different_cells_combine(halves: tuple[list[Slot], list[Slot]], values: list[Value]) -> None:
    said = dict(zip(SLOTS, values, strict=True))
    both = [copy(sha, {slot: said[slot] for slot in half}) for sha, half in zip("ab", halves, strict=True)]
    assert seen(both) == ()
    assert {slot: s.value for slot, s in merge(both, {}, {}).standing.items()} == said


@given(st.dictionaries(st.sampled_from(SLOTS), VALUES, min_size=1), st.integers(5, 7))
def test_the_same_edit_twice_is_one(said: dict[Slot, Value], day: int) -> None:
    assert seen([copy("a", said), copy("b", said, day)]) == ()


# --- what corrects, and what stands side by side

FIRST, SECOND, THIRD = SLOTS[0], SLOTS[1], SLOTS[2]
EARLIER: Said = {FIRST: "On track", SECOND: "Two teams were trained."}


@pytest.mark.parametrize(
    ("later", "differ"),
    [
        (copy("b", {FIRST: "At risk"}, 6), True),
        (copy("b", {FIRST: "At risk"}, 6, sender=ANALYST), True),
        (copy("b", {FIRST: "At risk"}, 6, sender=LEAD.upper()), False),  # the same sender, however it is written
        (copy("b", {FIRST: "At risk"}, 5, sender=LEAD), True),  # two files in one message: neither is the later
        (copy("b", {FIRST: "At risk"}, 6, base=EARLIER), False),  # made from a copy that showed it
        (copy("b", {FIRST: "At risk"}, 6, base={FIRST: "Complete"}), True),
        (copy("b", {FIRST: "At risk"}, 6, base={**EARLIER, FIRST: "Complete"}), False),  # the copy showed what had come of it
        (copy("b", {FIRST: "At risk"}, 6, base={FIRST: "Complete", SECOND: "Nothing."}), True),  # the other was not in yet
        (copy("b", {FIRST: "At risk", SECOND: EARLIER[SECOND]}, 6), False),  # all the other says, and mostly the same
        (copy("b", {FIRST: "At risk", SECOND: "Nothing."}, 6), True),  # all the other says, and nothing the same
        (copy("b", {FIRST: "At risk", THIRD: True}, 6), True),
    ],
)
def test_a_correction_is_told_from_an_edit_made_side_by_side(later: Submission, differ: bool) -> None:
    earlier = copy("a", EARLIER, sender=LEAD)
    assert (FIRST in [c.slot for c in seen([earlier, later])]) is differ


def test_what_was_left_as_issued_or_is_held_takes_no_part() -> None:
    first = copy("a", {FIRST: "On track"})
    issued = copy("b", {FIRST: "At risk"}, 6, base={FIRST: "At risk"})
    held = replace(first, sha256="c", sent="2023-10-07", answers=(answer(FIRST, None, 1, "choice-unknown"),))
    assert seen([first, issued, held]) == ()


def test_a_third_copy_settles_it_if_it_comes_from_either_sender_or_builds_on_both() -> None:
    a, b = copy("a", {FIRST: "On track"}, 5, LEAD), copy("b", {FIRST: "At risk"}, 6, ANALYST)
    assert len(seen([a, b])) == 1
    assert seen([a, b, copy("c", {FIRST: "Complete"}, 7, LEAD)]) == ()
    assert seen([a, b, copy("c", {FIRST: "On track"}, 7, ANALYST)]) == ()
    assert find([a, b, copy("c", {FIRST: "Complete"}, 7, DEPUTY)], FORMS, {"c": frozenset({FIRST})}) == ()
    told = named(seen([a, b, copy("c", {FIRST: "Complete"}, 7, DEPUTY)]))
    assert told == [(FIRST, [("On track", ["a"]), ("At risk", ["b"]), ("Complete", ["c"])])]


def test_one_who_only_says_the_same_again_settles_nothing() -> None:
    """He may not know of the other: the same file saved again is no new edit."""
    a, b = copy("a", {FIRST: "On track"}, 5, LEAD), copy("b", {FIRST: "At risk"}, 6, ANALYST)
    told = named(seen([a, b, copy("c", {FIRST: "On track"}, 7, LEAD)]))
    assert told == [(FIRST, [("At risk", ["b"]), ("On track", ["a", "c"])])]


def test_what_is_said_after_a_value_was_decided_stands_by_itself() -> None:
    decided = replace(copy("d", {}, 6), partner=OFFICE)
    ruled = Rulings(values={"d": [(FIRST, Standing("Complete", "Q2", "police", sha256="d"))]})
    told = [copy("a", {FIRST: "On track"}, 5, LEAD), decided, copy("c", {FIRST: "At risk"}, 7, ANALYST)]
    assert find(told, FORMS, {}, ruled) == ()
    again = [*told, copy("e", {FIRST: "On track"}, 8, DEPUTY)]
    (found,) = find(again, FORMS, {}, ruled)
    assert [side.value for side in found.sides] == ["At risk", "On track"]
    merged = merge(again, {}, {}, ruled, cells_of([found]))
    assert merged.standing[FIRST].value == "Complete"  # while both are held, what was decided stands


def test_what_an_answer_in_conflict_had_corrected_does_not_come_back() -> None:
    corrected = copy("a", {FIRST: "On track"}, 5, LEAD)
    said = [corrected, copy("b", {FIRST: "Complete"}, 6, LEAD), copy("c", {FIRST: "At risk"}, 7, ANALYST)]
    merged = merge(said, {}, {}, contested=cells_of(seen(said)))
    assert FIRST not in merged.standing
    assert {sha: fates[0].value for sha, fates in merged.fates.items()} == {"a": "superseded", "b": "held", "c": "held"}


def test_what_the_office_changed_in_the_tracker_can_be_in_conflict_too() -> None:
    showed = copy("a", {FIRST: "On track"}, 5)
    office = replace(copy("b", {FIRST: "At risk"}, 6, base={FIRST: "On track"}), partner=OFFICE)
    assert seen([showed, office]) == ()
    late = copy("c", {FIRST: "Complete"}, 7)
    assert [c.partner for c in seen([showed, office, late])] == ["police"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("2023-10-17T09:30:00Z", "17 Oct 2023 at 09:30 UTC"),
        ("2023-10-17T09:30:00", "17 Oct 2023 at 09:30"),
        ("2023-10-17", "17 Oct 2023"),
    ],
)
def test_a_moment_in_words(sent: str, said: str) -> None:
    assert when(sent) == said


def test_personal_data_in_an_answer_is_masked_and_the_senders_are_not() -> None:
    said = copy("a", {SECOND: "Ring 07700 900123 for the list."}, 5, LEAD), copy("b", {SECOND: "Nobody came."}, 6, ANALYST)
    (told,) = Teller(REGISTER, FORMS, "Q2").conflicts(seen(said))
    assert "Ring [phone number] for the list." in told.message
    assert LEAD in told.message
    assert "07700" not in f"{told}"
