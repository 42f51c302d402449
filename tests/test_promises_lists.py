"""A cell's text into the entries of its list: every way of marking, what only looks like a mark, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.promises import Piece, split_entries, split_list, split_outcomes
from workflow.promises.pieces import letters


def told(pieces: tuple[Piece, ...]) -> list[tuple[str, str]]:
    return [(p.mark, p.text) for p in pieces]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("1. Open the hub\n2. Train wardens", [("1.", "Open the hub"), ("2.", "Train wardens")]),
        ("1) Open the hub\n2) Train wardens", [("1)", "Open the hub"), ("2)", "Train wardens")]),
        ("(1) Open the hub (2) Train wardens", [("(1)", "Open the hub"), ("(2)", "Train wardens")]),
        (
            "1 Open the hub\n2 Train wardens\n3 Light the path",
            [("1", "Open the hub"), ("2", "Train wardens"), ("3", "Light the path")],
        ),
        ("1.Open the hub\n2.Train wardens", [("1.", "Open the hub"), ("2.", "Train wardens")]),
        ("a) Open the hub\nb) Train wardens", [("a)", "Open the hub"), ("b)", "Train wardens")]),
        ("a. Open the hub\nb. Train wardens", [("a.", "Open the hub"), ("b.", "Train wardens")]),
        ("(i) Open the hub\n(ii) Train wardens", [("(i)", "Open the hub"), ("(ii)", "Train wardens")]),
        (
            "i) Open the hub\nii) Train\niii) Light\niv) Walk",
            [("i)", "Open the hub"), ("ii)", "Train"), ("iii)", "Light"), ("iv)", "Walk")],
        ),
        ("g) Seven\nh) Eight\ni) Nine\nj) Ten", [("g)", "Seven"), ("h)", "Eight"), ("i)", "Nine"), ("j)", "Ten")]),
        ("B) as above", [("B)", "as above")]),
        ("- Open the hub\n- Train wardens", [("-", "Open the hub"), ("-", "Train wardens")]),
        ("– Open the hub\n– Train wardens", [("–", "Open the hub"), ("–", "Train wardens")]),
        ("* Open the hub\n* Train wardens", [("*", "Open the hub"), ("*", "Train wardens")]),
        ("o Open the hub\no Train wardens", [("o", "Open the hub"), ("o", "Train wardens")]),
        ("❖ Open the hub ❖ Train wardens", [("❖", "Open the hub"), ("❖", "Train wardens")]),
        # bullets and numbers in one paragraph, as copied out of a page
        ("• Open the hub.• Train wardens", [("•", "Open the hub."), ("•", "Train wardens")]),
        (
            "1. Open the hub 2. Train wardens 3. Light the path",
            [("1.", "Open the hub"), ("2.", "Train wardens"), ("3.", "Light the path")],
        ),
        ("1. Run the programme2. Review it", [("1.", "Run the programme"), ("2.", "Review it")]),
        ("1. Signed off in Feb 20242. Train wardens", [("1.", "Signed off in Feb 2024"), ("2.", "Train wardens")]),
        ("1. Three sessions in March 22 2. Not yet begun", [("1.", "Three sessions in March 22"), ("2.", "Not yet begun")]),
        ("1. open the hub 2. train wardens", [("1.", "open the hub"), ("2.", "train wardens")]),
        # a list that goes on from a page before
        ("9. Open the hub\n10. Train wardens", [("9.", "Open the hub"), ("10.", "Train wardens")]),
        ("1. Open the hub\n3. Train wardens", [("1.", "Open the hub"), ("3.", "Train wardens")]),
        ("• 1. Open the hub\n• 2. Train wardens", [("• 1.", "Open the hub"), ("• 2.", "Train wardens")]),
        # numbers inside an entry
        (
            "1. 3 sessions held\n2. 12.5 hours\n3. 2 ops, 4 visits",
            [("1.", "3 sessions held"), ("2.", "12.5 hours"), ("3.", "2 ops, 4 visits")],
        ),
        ("1. Agreed, see section 2. Nothing more\n2. Train", [("1.", "Agreed, see section 2. Nothing more"), ("2.", "Train")]),
        (
            "1. Take the necessary action 2. Train wardens 3. Light",
            [("1.", "Take the necessary action"), ("2.", "Train wardens"), ("3.", "Light")],
        ),
        (
            "1. Open the hub\n2. Train wardens\n3 sessions were held",
            [("1.", "Open the hub"), ("2.", "Train wardens"), ("", "3 sessions were held")],
        ),
    ],
)
def test_every_way_of_marking(text: str, entries: list[tuple[str, str]]) -> None:
    assert told(split_list(text)) == entries


@pytest.mark.parametrize(
    "text",
    [
        "Open the hub",
        "We met on 3.4.2023 and agreed 12.5 hours.",
        "In 2023. 24 wardens were trained.",
        "See section 3. Done.",
        "Down 5. Then up 6. Then level",
        "- 10.6% in the year",
        "10 events were held",
        "e.g. a walk, i.e. at night",
        "Refused because i) it was late, ii) it was closed.",
        "We reached 4 schools and 3 colleges",
        "A plan is in place",
        "31.10.23 was the date",
        "The two (a) and (b) are one",
        "I. think so",
        "12 months to July 23",
    ],
)
def test_what_is_no_list(text: str) -> None:
    (piece,) = split_list(text)
    assert (piece.mark, piece.stem) == ("", False)


def test_no_text_is_no_piece() -> None:
    assert split_list("") == split_list(" \n ") == split_entries("") == split_outcomes("\n") == ()


def test_one_reply_for_two_and_stops_that_get_lost() -> None:
    text = (
        "1. A plan covers the top 5 streets 2. An order was made 3& 4 Young people were met in Eastgate, and tenants warned "
        "5 The order was renewed 6 S59 signs were put up 7 A noise app was tried 8 Training was held 9 Cameras were moved "
        "10 Talks were held with landlords 11 179 licences were granted"
    )
    pieces = split_list(text)
    assert [p.numbers for p in pieces] == [(1,), (2,), (3, 4), (5,), (6,), (7,), (8,), (9,), (10,), (11,)]
    assert pieces[0].text == "A plan covers the top 5 streets"
    assert [p.text for p in pieces[-1:]] == ["179 licences were granted"]
    assert [p.numbers for p in split_list("1. A\n2 and 3. B\n4-6. C")] == [(1,), (2, 3), (4, 5, 6)]


def test_nested_lists_stay_in_their_entry() -> None:
    text = (
        "1. Board set up\n2. In the strategy\n• Safe children\n• Fewer crimes\n3. Refused: (i) late (ii) closed\n"
        "4. Plan:\na) one\nb) two"
    )
    pieces = split_list(text)
    assert [p.mark for p in pieces] == ["1.", "2.", "3.", "4."]
    assert [told(p.nested) for p in pieces[1:]] == [
        [("•", "Safe children"), ("•", "Fewer crimes")],
        [("(i)", "late"), ("(ii)", "closed")],
        [("a)", "one"), ("b)", "two")],
    ]
    assert pieces[2].whole == "Refused:\n(i) late\n(ii) closed"
    deeper = split_list("• Hubs\n    • East\n    • West\n• Wardens\n– day\n– night")
    assert [(p.text, len(p.nested)) for p in deeper] == [("Hubs", 2), ("Wardens", 2)]


def test_ticks_are_told_and_taken_off() -> None:
    pieces = split_list("1. ✓ Street meets held\n2. Young people\n3. Coffee mornings ✔\n✓ 4. Walks")
    assert [(p.text, p.tick) for p in pieces] == [
        ("Street meets held", True),
        ("Young people", False),
        ("Coffee mornings", True),
        ("Walks", True),
    ]
    assert [(p.text, p.tick) for p in split_list("☑ Meets ☑ Walks")] == [("Meets", True), ("Walks", True)]
    assert [(p.text, p.tick) for p in split_list("✓ Meets\n☐ Walks")] == [("Meets", True), ("Walks", False)]


def test_a_line_before_the_list_is_its_stem() -> None:
    stem, first, _ = split_list("We will:\n1. Open the hub\n2. Train wardens")
    assert (stem.text, stem.stem, first.text) == ("We will:", True, "Open the hub")
    stem, only = split_list("Better links are needed in several ways;\n\na) between wards")
    assert stem.stem and told((only,)) == [("a)", "between wards")]
    remark, *_ = split_list("The year was hard.\n1. Open the hub\n2. Train wardens")
    assert not remark.stem  # a sentence of its own, which some row must keep


def test_a_line_without_a_mark_in_lower_case_belongs_to_the_entry_above() -> None:
    pieces = split_list(
        "• Talks with people who are particularly at risk of\n exploitation.\n\nNew Page\n• Walks with\n\nWestmarsh wardens"
    )
    assert told(pieces) == [
        ("•", "Talks with people who are particularly at risk of exploitation.\nNew Page"),
        ("•", "Walks with Westmarsh wardens"),
    ]
    assert told(split_list("• Talks\n• Walks\nA closing remark."))[-1] == ("", "A closing remark.")
    more = split_list("1. Talks\n2. Walks\n\nIn addition:\n\n- A newsletter\n- A stall")
    assert [(p.text, p.stem) for p in more] == [
        ("Talks", False),
        ("Walks", False),
        ("In addition:", True),
        ("A newsletter", False),
        ("A stall", False),
    ]


def test_paragraphs_are_entries_where_a_table_pairs_them() -> None:
    text = "Talks were held\nwith schools.\nWalks are planned"
    assert told(split_list(text)) == [("", "Talks were held with schools.\nWalks are planned")]
    assert told(split_entries(text)) == [("", "Talks were held with schools."), ("", "Walks are planned")]
    outcomes = split_outcomes("Thefts fell:\n• 64 fewer burglaries\n• 27 fewer from cars\nVictims were content")
    assert [(p.text, len(p.nested), p.stem) for p in outcomes] == [
        ("Thefts fell:", 2, False),
        ("Victims were content", 0, False),
    ]


# --- the law


_PARTS = st.sampled_from(
    [
        "1.",
        "2.",
        "3)",
        "(1)",
        "(ii)",
        "i)",
        "a)",
        "b.",
        "3& 4",
        "12.5",
        "2023.",
        "•",
        "-",
        "o",
        "✓",
        "☐",
        "✔\ufe0f",
        "\n",
        "\n\n",
        "    ",
        " ",
        "\t",
        "Open",
        "hub",
        "section",
        "Feb 20242.",
        "programme2.",
        ":",
        ".",
        ";",
        "with",
        "The",
        "é",
        "\u2028",
        "\x0b",
        "10",
    ]
)


@given(st.one_of(st.lists(_PARTS, max_size=40).map(" ".join), st.lists(_PARTS, max_size=40).map("".join), st.text(max_size=80)))
def test_nothing_is_lost(text: str) -> None:
    for split in (split_list, split_entries, split_outcomes):
        pieces = split(text)
        assert letters("".join(part for p in pieces for part in p.spelled())) == letters(text)
        assert all(p.text or p.nested or p.mark or p.aside for p in pieces)


@given(
    st.lists(
        st.sampled_from(["Open the hub", "Train 12 wardens", "Meet 3 schools", "Light paths in Eastgate"]),
        min_size=2,
        max_size=12,
    ),
    st.sampled_from(["\n", " "]),
)
def test_a_numbered_list_comes_apart_as_it_was_put_together(texts: list[str], gap: str) -> None:
    joined = gap.join(f"{n}. {text}" for n, text in enumerate(texts, 1))
    assert told(split_list(joined)) == [(f"{n}.", text) for n, text in enumerate(texts, 1)]


def test_lists_inside_lists_without_end_lose_nothing() -> None:
    text = "".join(" " * (2 * n) + f"- entry {n}\n" for n in range(300))
    assert letters("".join(part for p in split_list(text) for part in p.spelled())) == letters(text)
