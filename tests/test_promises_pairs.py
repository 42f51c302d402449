"""Replies beside promises: by number, order and words; what slides or is missing is never asserted, and nothing is lost."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.model import Confidence
from workflow.promises import Pair, Piece, pair, split_entries, split_outcomes

SURE, LIKELY, CHECK = Confidence.SURE, Confidence.LIKELY, Confidence.CHECK
PROMISES = (
    "1. Renew the order against street racing at Eastgate\n2. Train care home staff to report hate crime\n"
    "3. Fit cameras in the market square\n4. Open a refuge for women\n5. Teach shopkeepers about scams"
)
REPLIES = (
    "1. The racing order was renewed\n2. 40 care home staff trained\n3. Cameras fitted in the square\n"
    "4. The refuge opened to women in May\n5. 12 shopkeepers came to a scams evening"
)


def beside(promises: str, replies: str, outcomes: str = "") -> tuple[Pair, ...]:
    return pair(split_entries(promises), split_entries(replies), split_outcomes(outcomes))


def told(pairs: tuple[Pair, ...]) -> list[tuple[str, list[str], str]]:
    return [(p.promise.text if p.promise else "", [r.text for r in p.replies], p.how) for p in pairs]


def test_numbers_that_words_bear_out_are_sure() -> None:
    pairs = beside(PROMISES, REPLIES)
    assert [p.promise.numbers == p.replies[0].numbers for p in pairs if p.promise] == [True] * 5
    assert {(p.how, p.confidence) for p in pairs} == {("by number", SURE)}
    assert pairs[0].why == "Both speak of “order”, “racing” and “Renew”."


def test_a_number_alone_is_sure_only_in_a_list_that_words_bear_out() -> None:
    quiet = REPLIES.replace("40 care home staff trained", "Delivered in full")
    assert beside(PROMISES, quiet)[1].confidence is SURE
    # two of which nothing but the number speaks may have each other's replies
    both = quiet.replace("Cameras fitted in the square", "Under way")
    assert [p.confidence for p in beside(PROMISES, both)] == [SURE, LIKELY, LIKELY, SURE, SURE]
    bare = "1. Done\n2. Under way\n3. Not begun\n4. Awaiting a decision\n5. Complete"
    assert {p.confidence for p in beside(PROMISES, bare)} == {LIKELY}
    # and never where the lists are not equally long
    assert beside(PROMISES, quiet.rsplit("\n", 1)[0])[1].confidence is LIKELY


def test_replies_that_slide_are_asked_and_the_better_promise_named() -> None:
    slid = (
        "1. The racing order was renewed\n2. Cameras fitted in the square\n3. The refuge opened to women in May\n"
        "4. 12 shopkeepers came to a scams evening\n5. Everything else continues"
    )
    pairs = beside(PROMISES, slid)
    assert [p.confidence for p in pairs] == [SURE, CHECK, CHECK, CHECK, CHECK]
    assert "The reply fits promise 3 better" in pairs[1].why
    assert "“cameras”" in pairs[1].why
    assert pairs[4].why.endswith("Other replies in this list stand beside the wrong promise.")
    assert sorted((p.doubt for p in pairs), reverse=True)[:3] == sorted((p.doubt for p in pairs[1:4]), reverse=True)


def test_a_word_that_many_entries_have_makes_no_pair_sure() -> None:
    promises = "1. Warn young tenants\n2. Find young racers work\n3. Open a refuge\n4. Fit cameras in the square"
    replies = "1. 12 young people came\n2. Racers found work\n3. The refuge is open\n4. Cameras fitted in the square"
    assert [p.confidence for p in beside(promises, replies)] == [LIKELY, SURE, SURE, SURE]


def test_a_reply_that_speaks_of_another_promise_as_well_is_asked_where_that_one_has_none_of_its_own() -> None:
    promises = PROMISES.replace("Open a refuge for women", "Lead street surgeries each month")
    replies = REPLIES.replace("Cameras fitted in the square", "Cameras and surgeries on each street of the square")
    pairs = beside(promises, replies.replace("The refuge opened to women in May", "In hand"))
    assert [p.confidence for p in pairs] == [SURE, SURE, CHECK, CHECK, SURE]
    assert "The reply may be meant for promise 4" in pairs[2].why
    assert pairs[3].why.endswith("The reply to 3 may be meant for this promise.")
    assert pairs[2].doubt > pairs[3].doubt
    # a promise with a reply of its own only shares its subject
    own = beside(promises, replies.replace("The refuge opened to women in May", "Street surgeries led each month"))
    assert {p.confidence for p in own} == {SURE}


def test_lists_under_one_another_are_never_sure_and_asked_where_no_words_agree() -> None:
    quiet = REPLIES.replace("40 care home staff trained", "Delivered in full")
    pairs = pair(split_entries(PROMISES), split_entries(quiet), apart=True)
    assert [p.confidence for p in pairs] == [LIKELY, CHECK, LIKELY, LIKELY, LIKELY]
    assert pairs[1].why.endswith("The two lists do not stand side by side.")
    assert [p.confidence for p in pair(split_entries("Open a hub"), split_entries("The hub is open"), apart=True)] == [LIKELY]
    assert [p.confidence for p in pair(split_entries("Open a hub"), split_entries("Not begun"), apart=True)] == [CHECK]


def test_one_reply_for_two_promises_stands_once() -> None:
    pairs = beside(
        "1. Open the hub\n2. Warn tenants\n3. Meet schools", "1. The hub is open\n2& 3 Tenants warned and schools met"
    )
    assert told(pairs)[1:] == [
        ("Warn tenants", ["Tenants warned and schools met"], "by number"), ("Meet schools", [], "answered together with 2")
    ]  # fmt: skip


def test_a_promise_left_out_and_a_reply_under_its_neighbours_number() -> None:
    pairs = beside(
        "1. Host street meetings\n2. Restart coffee mornings\n3. Meet sheltered tenants\n4. Lead weekend walkabouts",
        "1. Street meetings in two wards\n2. Coffee mornings everywhere\n3. Weekend walkabouts over motorbikes",
    )
    assert told(pairs)[2:] == [
        ("Meet sheltered tenants", [], "no reply found"),
        ("Lead weekend walkabouts", ["Weekend walkabouts over motorbikes"], "by words in common"),
    ]
    assert [p.confidence for p in pairs] == [SURE, SURE, CHECK, LIKELY]


def test_bullets_of_unequal_length_keep_their_order_around_what_words_fix() -> None:
    pairs = beside(
        "• Refresh the reoffending strategy\n• Bid for accommodation funds\n• Support a unified probation service\n"
        "• Review the cohort\n• Use restorative justice",
        "• A strategy on reoffending was adopted\n• Probation was unified without a break\n• This was refreshed\n"
        "• 29 referrals to restorative justice",
    )
    assert [(p.how, [r.text[:6] for r in p.replies]) for p in pairs] == [
        ("by words in common", ["A stra"]), ("no reply found", []), ("by words in common", ["Probat"]),
        ("by order", ["This w"]), ("by words in common", ["29 ref"]),
    ]  # fmt: skip
    assert {p.confidence for p in pairs} == {CHECK}


def test_bullets_are_never_sure_by_their_order() -> None:
    pairs = beside("• Fit cameras in the market square\n• Open a refuge\n• Teach shopkeepers about scams",
                   "• Cameras now watch the market square\n• In hand\n• A scams evening for shopkeepers")  # fmt: skip
    assert [(p.how, p.confidence) for p in pairs] == [("by order", LIKELY)] * 3


def test_replies_and_outcomes_with_no_promise_are_kept_as_what_they_are() -> None:
    pairs = beside(PROMISES, f"The year was hard for all.\n{REPLIES}\n\nIn addition:\n\n- A stall at the fair",
                   "Racing at Eastgate stopped once the order was renewed.\nResidents feel safer.")  # fmt: skip
    by_how = Counter(p.how for p in pairs)
    assert by_how == {"by number": 5, "introduces the list": 1, "reply with no promise": 2, "outcome of the whole section": 1}
    asked = [p for p in pairs if p.promise]
    assert [[o.text[:6] for o in p.outcomes] for p in asked] == [["Racing"], [], [], [], []]
    assert asked[0].outcomes_sure is LIKELY
    assert {p.confidence for p in pairs if p.how == "reply with no promise"} == {CHECK}


def test_abbreviations_mean_the_words_they_stand_for() -> None:
    pairs = beside("1. Renew the Public Space Protection Order\n2. Review CCTV",
                   "1. CCTV was reviewed\n2. The PSPO was renewed")  # fmt: skip
    assert {p.confidence for p in pairs} == {CHECK}
    assert "“PSPO”" in pairs[1].why


def test_one_entry_on_each_side_of_a_row_is_sure() -> None:
    assert [p.confidence for p in beside("Open a hub", "Not begun")] == [SURE]
    assert beside("", "") == ()
    assert told(beside("Open a hub", "")) == [("Open a hub", [], "no reply found")]
    assert told(beside("", "Opened")) == [("", ["Opened"], "reply with no promise")]


# --- laws

_WORDS = st.lists(
    st.sampled_from(["hub", "camera", "order", "PSPO", "warden", "school", "refuge", "scams", "Eastgate", "250", "review"]),
    max_size=5,
)
_PIECES = st.lists(
    st.builds(
        lambda words, numbers, kind, stem: Piece(
            " ".join(words), "x", numbers if kind in ("number", "letter") else (), kind=kind, stem=stem
        ),
        _WORDS,
        st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple),
        st.sampled_from(["number", "number", "number", "bullet", "letter", ""]),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=7,
)


@settings(max_examples=60)
@given(_PIECES, _PIECES, _PIECES)
def test_each_piece_stands_in_exactly_one_pair(promises: list[Piece], replies: list[Piece], outcomes: list[Piece]) -> None:
    pairs = pair(promises, replies, outcomes)
    assert Counter(p.promise for p in pairs if p.promise) == Counter(promises)
    assert Counter(r for p in pairs for r in p.replies) == Counter(replies)
    assert Counter(o for p in pairs for o in p.outcomes) == Counter(outcomes)
    asked = [p.promise for p in pairs if p.promise and not p.promise.stem]
    assert asked == [p for p in promises if not p.stem]
    for p in pairs:
        assert (p.outcomes_sure is None) == (not p.outcomes)
        assert 0 <= p.doubt <= 1
        assert p.why
        if p.confidence is SURE:
            assert p.how in ("by number", "by order") or p.how.startswith("answered together")
            assert p.doubt == 0


_THINGS = ("bridge", "canal", "orchard", "lantern", "library", "tunnel")


@settings(max_examples=40)
@given(st.permutations(range(6)))
def test_a_reply_whose_words_name_another_promise_is_never_sure(order: list[int]) -> None:
    promises = [f"{n}. Look after the {_THINGS[n - 1]} and the {_THINGS[n - 1]} wall" for n in range(1, 7)]
    replies = [f"{n}. The {_THINGS[k]} wall and {_THINGS[k]} gate were seen to" for n, k in enumerate(order, 1)]
    for n, p in enumerate(beside("\n".join(promises), "\n".join(replies))):
        assert (p.confidence is SURE) <= (order[n] == n)
