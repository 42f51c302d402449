"""The laws of the merge (design.md section 5, laws 1, 3 and 4), with generated submissions."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.merge import Rulings, fold, merge
from workflow.model import Answer, Fate, Place, Slot, Standing, Submission, SubmissionState, Value

KEYS = ("TR-1", "TR-2")
FIELDS = ("status", "progress", "no_change")
SLOTS = [("actions", k, f) for k in KEYS for f in FIELDS]
CARRIED = {"police": {("actions", k): ("status", "progress") for k in KEYS}}
VALUES = st.one_of(st.sampled_from(["On track", "At risk", "Complete", "As above"]), st.booleans())


def answer(slot: Slot, value: Value | None, n: int, held: str = "") -> Answer:
    return Answer(*slot, value, str(value), Place("inbox/a.xlsx", "Actions", f"A{n}"), held)


@st.composite
def submission(draw: st.DrawFn) -> Submission:
    cells = draw(st.dictionaries(st.sampled_from(SLOTS), st.tuples(VALUES, st.booleans()), max_size=6))
    base = draw(st.dictionaries(st.sampled_from(SLOTS), VALUES, max_size=2))
    answers = tuple(
        answer(slot, None if held else value, n, "choice-unknown" if held else "")
        for n, (slot, (value, held)) in enumerate(sorted(cells.items()))
    )
    sha = draw(st.text("0123456789abcdef", min_size=8, max_size=8))
    state = draw(st.sampled_from([SubmissionState.MERGED] * 4 + [SubmissionState.HELD, SubmissionState.REFUSED]))
    sent = draw(st.sampled_from(["2023-10-05", "2023-10-06", "2023-10-07"]))
    return Submission(sha, f"inbox/{sha}.xlsx", None, "police", "Q2", sent, state, answers=answers, base=base, blanks=3)


SUBMISSIONS = st.lists(submission(), max_size=6, unique_by=lambda s: s.sha256)
BEFORE = st.dictionaries(st.sampled_from(SLOTS), VALUES.map(lambda v: Standing(v, "Q1")), max_size=4)


@given(SUBMISSIONS, BEFORE)
def test_books_balance(submissions: list[Submission], before: dict[Slot, Standing]) -> None:
    merged = merge(submissions, before, CARRIED)
    counted = [s for s in submissions if s.state in (SubmissionState.MERGED, SubmissionState.HELD)]
    assert merged.balance.holds
    assert merged.balance.read == sum(len(s.answers) for s in counted)
    assert {sha: len(fates) for sha, fates in merged.fates.items()} == {s.sha256: len(s.answers) for s in counted}


@given(SUBMISSIONS, BEFORE, st.randoms())
@settings(max_examples=60)
def test_order_of_arrival_and_repeats_change_nothing(
    submissions: list[Submission], before: dict[Slot, Standing], random: object
) -> None:
    shuffled = list(submissions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(shuffled, before, CARRIED) == merge(submissions, before, CARRIED)


@given(SUBMISSIONS, BEFORE)
def test_everything_standing_came_from_an_accepted_or_unchanged_cell(
    submissions: list[Submission], before: dict[Slot, Standing]
) -> None:
    merged = merge(submissions, before, CARRIED)
    by_sha = {s.sha256: s for s in submissions}
    for slot, standing in merged.standing.items():
        source = by_sha[standing.sha256]
        if standing.carried:
            assert standing.value == before[slot].value
            continue
        n, found = next((n, a) for n, a in enumerate(source.answers) if a.place == standing.place)
        assert (found.slot, found.value) == (slot, standing.value)
        assert merged.fates[source.sha256][n] in (Fate.ACCEPTED, Fate.UNCHANGED)


@given(SUBMISSIONS, BEFORE)
def test_every_accepted_value_stands_or_was_superseded(submissions: list[Submission], before: dict[Slot, Standing]) -> None:
    merged = merge(submissions, before, CARRIED)
    for s in submissions:
        for a, fate in zip(s.answers, merged.fates.get(s.sha256, ()), strict=False):
            if fate is Fate.ACCEPTED:
                assert merged.standing[a.slot].value == a.value


@given(SUBMISSIONS, BEFORE)
def test_a_blank_never_erases(submissions: list[Submission], before: dict[Slot, Standing]) -> None:
    """A later file that says nothing leaves everything as it stood."""
    merged = merge(submissions, before, CARRIED)
    empty = Submission("ffffffff", "inbox/empty.xlsx", None, "police", "Q2", "2023-12-31", SubmissionState.MERGED)
    assert merge([*submissions, empty], before, CARRIED).standing == merged.standing
    assert fold([before, merged.standing]).keys() >= before.keys()


@given(SUBMISSIONS, BEFORE, st.data())
def test_a_copy_left_as_issued_overrides_nothing(
    submissions: list[Submission], before: dict[Slot, Standing], data: st.DataObject
) -> None:
    merged = merge(submissions, before, CARRIED)
    shown = data.draw(st.dictionaries(st.sampled_from([s for s in SLOTS if s[2] != "no_change"]), VALUES, min_size=1))
    answers = tuple(answer(slot, value, n) for n, (slot, value) in enumerate(sorted(shown.items())))
    copy = Submission(
        "ffffffff", "inbox/copy.xlsx", None, "police", "Q2", "2023-12-31", SubmissionState.MERGED, answers=answers, base=shown
    )
    later = merge([*submissions, copy], before, CARRIED)
    assert later.standing == merged.standing
    assert set(later.fates["ffffffff"]) == {Fate.UNCHANGED}


@st.composite
def rulings(draw: st.DrawFn, submissions: list[Submission]) -> Rulings:
    """Decisions about any of the cells, those that make no sense included."""
    cells = [(s.sha256, a.place) for s in submissions for a in s.answers]
    some = st.frozensets(st.sampled_from(cells)) if cells else st.just(frozenset())
    moved = draw(st.dictionaries(st.sampled_from(cells), st.sampled_from(SLOTS), max_size=2)) if cells else {}
    shas = [s.sha256 for s in submissions]
    decided = st.tuples(st.sampled_from(SLOTS), VALUES.map(lambda v: Standing(v, "Q2", "police", sha256="decided")))
    values = draw(st.dictionaries(st.sampled_from(shas), st.lists(decided, max_size=2), max_size=2)) if shas else {}
    return Rulings(draw(some), draw(some), moved, values)


@given(SUBMISSIONS, BEFORE, st.data())
def test_books_balance_whatever_is_decided(
    submissions: list[Submission], before: dict[Slot, Standing], data: st.DataObject
) -> None:
    ruled = data.draw(rulings(submissions))
    merged = merge(submissions, before, CARRIED, ruled)
    assert merged.balance.holds
    assert merged.balance.read == merge(submissions, before, CARRIED).balance.read
    given_up = [
        fate
        for s in submissions
        for a, fate in zip(s.answers, merged.fates.get(s.sha256, ()), strict=False)
        if (s.sha256, a.place) in ruled.rejected
    ]
    assert set(given_up) <= {Fate.SUPERSEDED}
    assert merge(list(reversed(submissions)), before, CARRIED, ruled) == merged


def test_another_version_of_a_file_is_another_file() -> None:
    """What was decided about a cell of one version says nothing of the same cell in the next, saved under the same name."""
    slot, place = SLOTS[0], Place("inbox/a.xlsx", "Actions", "H9")
    first, second = (
        Submission(
            sha, "inbox/a.xlsx", None, "police", "Q2", sent, SubmissionState.MERGED,
            answers=(Answer(*slot, value, value, place),),
        )
        for sha, sent, value in (("a", "2023-10-05", "On track"), ("b", "2023-10-06", "At risk"))
    )  # fmt: skip
    ruled = Rulings(rejected=frozenset({("a", place)}))
    merged = merge([first, second], {}, {}, ruled)
    assert merged.standing[slot].value == "At risk"
    assert merged.fates == {"a": (Fate.SUPERSEDED,), "b": (Fate.ACCEPTED,)}


def test_a_correction_supersedes_what_was_held() -> None:
    slot = SLOTS[0]
    first = Submission(
        "a",
        "inbox/a.xlsx",
        None,
        "police",
        "Q2",
        "2023-10-05",
        SubmissionState.MERGED,
        answers=(answer(slot, None, 1, "choice-unknown"),),
    )
    second = replace(first, sha256="b", sent="2023-10-06", answers=(answer(slot, "On track", 1),))
    merged = merge([second, first], {}, CARRIED)
    assert merged.fates == {"a": (Fate.SUPERSEDED,), "b": (Fate.ACCEPTED,)}


def test_no_change_confirms_what_stood() -> None:
    before = {("actions", "TR-1", "status"): Standing("On track", "Q1")}
    ticked = Submission(
        "a",
        "inbox/a.xlsx",
        None,
        "police",
        "Q2",
        "2023-10-05",
        SubmissionState.MERGED,
        answers=(answer(("actions", "TR-1", "no_change"), True, 1),),
    )
    standing = merge([ticked], before, CARRIED).standing[("actions", "TR-1", "status")]
    assert (standing.value, standing.period, standing.carried) == ("On track", "Q2", True)


def test_no_change_stands_for_a_text_that_says_no_more_than_that() -> None:
    """"As above" and "no change" are one answer: what stood before is confirmed, and the books balance."""
    progress, ticked = ("actions", "A-1", "progress"), ("actions", "A-1", "no_change")
    before = {progress: Standing("The desk opened.", "Q1")}
    for said, stands in (("As above", "The desk opened."), ("Forty calls were taken.", "Forty calls were taken.")):
        answers = (answer(progress, said, 1), answer(ticked, True, 2))
        sent = Submission("aa", "inbox/a.xlsx", None, "police", "Q2", "2023-10-05", SubmissionState.MERGED, answers=answers)
        merged = merge([sent], before, {"police": {("actions", "A-1"): ("progress",)}})
        assert merged.standing[progress].value == stands
        assert (merged.fates["aa"][0] is Fate.SUPERSEDED) is (stands != said)
        assert merged.balance.holds
