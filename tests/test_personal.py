"""What looks like personal data, what only resembles it, and that a mask leaves nothing of it (domain.md B9).

No number or address here is anyone's: NHS numbers are worked out from nine digits, telephone numbers are of the ranges that
Ofcom keeps for drama, addresses end in .example and postcodes are put together from an area and letters.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflow.fields.patterns import nhs_number as is_nhs_number
from workflow.fields.personal import MASKS, Hit, find, mask

EXAMPLE = Path(__file__).parent / "example"
DOCUMENTS = Path(__file__).parents[2] / "shared" / "source-documents"


def nhs(nine: str) -> str:
    """A number that passes Modulus 11, made the long way: the last digit that makes the weighted sum a multiple of 11."""
    (last,) = [d for d in "0123456789" if sum(int(c) * w for c, w in zip(nine + d, range(10, 0, -1), strict=True)) % 11 == 0]
    return nine + last


NHS = nhs("943476591")
SPACED = f"{NHS[:3]} {NHS[3:6]} {NHS[6:]}"
WRONG = f"{NHS[:9]}{(int(NHS[9]) + 1) % 10}"
MOBILE, LANDLINE = "07700 900" + "123", "01632 " + "960123"
POSTCODE = "SS" + "99 9AA"
NI = "AB" + "123456" + "C"
MARK = "AB12" + " CDE"
EMAIL = "a.resident" + "@home.example"


def kinds(text: str, *allowed: str) -> list[tuple[str, bool]]:
    return [(hit.kind, hit.sure) for hit in find(text, allowed)]


# --- each class where it fires, and where it just does not


@pytest.mark.parametrize(
    ("text", "kind", "sure"),
    [
        (f"Referred {SPACED} to panel", "nhs", True),
        (f"NHS no. {NHS}", "nhs", True),
        (f"NHS{NHS}", "nhs", True),
        (f"{NHS} (NHS)", "nhs", True),
        (f"{NHS[:3]}-{NHS[3:6]}-{NHS[6:]}", "nhs", True),
        (f"Number {NHS}", "nhs", False),  # one in eleven numbers of ten digits passes
        (f"NHS number: {WRONG}", "nhs", False),  # called one, with a digit wrong
        (NI, "ni", True),
        ("NI: AB 12 34 56 C.", "ni", True),
        (f"ring {MOBILE}.", "phone", True),
        (f"ring {MOBILE.replace(' ', '')}", "phone", True),
        (f"ring {LANDLINE}", "phone", True),
        ("(01632) 960 123", "phone", True),
        ("020 7946 0123", "phone", True),
        ("+44 7700 900123", "phone", True),
        ("+44 (0)20 7946 0123", "phone", True),
        ("0044 1632 960123", "phone", True),
        ("07700-900-123", "phone", True),
        (f"at {POSTCODE},", "postcode", True),
        (POSTCODE.replace(" ", ""), "postcode", True),
        (f"lives in {POSTCODE.lower()}", "postcode", True),
        ("EC1A 9ZZ", "postcode", True),
        (f"write to {EMAIL}.", "email", True),
        (f"VRM {MARK}", "vehicle", True),
        (f"vehicle reg: {MARK.replace(' ', '')}", "vehicle", True),
        ("registration number A123 BCD", "vehicle", True),
        (f"a vehicle, {MARK}, was seen", "vehicle", False),
        ("crime ref 42/123456/23", "incident", True),
        ("see 42/123456/23", "incident", False),
        ("CAD 1234", "incident", True),
        ("incident no: EP-20231012-0345", "incident", True),
        ("Crime number 4212345623", "incident", True),
        ("LCS 1234567", "case", True),
        ("ULN: 1234567890", "case", True),
        ("case ref ABC/12345", "case", True),
        ("pupil no 20451", "case", True),
        ("DOB 12/03/2010", "born", True),
        ("d.o.b: 12.3.10", "born", True),
        ("born on 12 March 2010", "born", True),
        ("date of birth is the 12th of March 2010", "born", True),
        ("12/03/2010 (DOB)", "born", True),
        ("DOB\n2010-03-12", "born", True),
        ("AB, 15.", "initials", False),
        ("AB, 15", "initials", False),
        ("A.B. (15) attended", "initials", False),
        ("AB aged 15 attended", "initials", True),
        ("AB, 15 years old, attended", "initials", True),
        ("Mr Placeholder agreed", "name", False),
        ("Ms. A Placeholder agreed", "name", False),
        ("seen by Dr O\u2019Placeholder", "name", False),
        ("PC Placeholder visited", "name", False),
        ("Cllr Placeholder chaired", "name", False),
        ("mrs placeholder rang", "name", False),
        ("\u2018Mr Placeholder\u2019 rang", "name", False),
    ],
)
def test_what_is_found(text: str, kind: str, sure: bool) -> None:
    assert kinds(text) == [(kind, sure)]


@pytest.mark.parametrize(
    "text",
    [
        f"Number {WRONG}", "1,250 reports and 3,400 calls", f"1{NHS}", f"{NHS}0", "0000000000", "4444444444",
        "01/02/2023 to 03/04/2023", "01.02.2023 03.04.2023", "2023 2024 2025 2026", "01234", "0.1234567890", "£01632960123",
        "0800 555 111", "0300 123 1234", "call 101 or 999",  # the lines of organisations
        "QQ123456C", "GB123456A", "AB123456E", "as 10 20 30 a day", "CP23-DA-5", "TR-1.3.1", "NEW-01",
        "Q2 4AB", "RM17", "E1 2nd", "s1 2nd quarter", "RM17 6CK", "M1 and M2", "E3 4", "S17 duty",
        "name@", "@council", "x@y", "2 @ 3",
        "vehicles in RM17 AND RM18", "vehicle crime on the A13 LED lighting", "reg 27 of the regulations", MARK,
        "crime numbers fell to 1234", "crime ref", "incident number 2023/24", "CAD 450 calls", "CAD 2023", "crime no 12",
        "case numbers fell to 10245", "case no 2", "case number 2023", "12/2023/24", "case load 12345",
        "born in Estuary", "DOB recorded for all", "the newborn scheme began 12/03/2010", "12/03/2010",
        "DOB " + 30 * "x" + " 12/03/2010",
        "DA, 15", "VV (12)", "CSP, 15", "AB, 15%", "AB, 15.5", "AB, 15 sessions", "AB (15 sessions)", "A&E, 15", "AB, 2024",
        "PC Team", "PCs", "the PC Visibility plan", "MS Teams", "Mr and", "DC Housing", "a Dr visited", "Miss school", "PC 12",
        "Operation Placeholder", "Estuary Police", "Cllrs Placeholder", "DRs", "Dr. ", "Sgt",
        "https://data.example/set/9434765919?tel=07700900123", "www.example/42/123456/23",
    ],
)
def test_what_only_resembles_it(text: str) -> None:
    assert find(text) == ()


def test_addresses_that_may_stand() -> None:
    assert kinds(EMAIL.upper(), EMAIL) == []
    assert kinds(f"'{EMAIL}' and b@home.example", EMAIL) == [("email", True)]
    assert find(f"<{EMAIL}>")[0].text == EMAIL


def test_mr_and_mrs() -> None:
    hits = find("Mr and Mrs Placeholder, and Mr Placeholder Thirdly spoke")
    assert [hit.text for hit in hits] == ["Mrs Placeholder", "Mr Placeholder Thirdly"]


def test_a_hit_says_where_it_stands() -> None:
    text = f"One {MOBILE}, two {POSTCODE}"
    assert find(text) == (Hit("phone", 4, 16, MOBILE, True), Hit("postcode", 22, 30, POSTCODE, True))
    hidden = "077\u200b00\u00a0900\u2011123"  # a zero-width space, a hard space and a hard hyphen, as they are pasted
    assert [(h.kind, h.text) for h in find(f"x {hidden} y")] == [("phone", hidden)]
    assert find("x \u0660\u0667\u0667\u0660\u0660 900123")[0].kind == "phone"  # digits of another script


def test_what_a_label_made_known_is_known_everywhere() -> None:
    text = "Met on 12/03/2010. Born 12/03/2010. Crime ref AB-1234 stands; AB-1234 is closed"
    assert [h.kind for h in find(text)] == ["born", "born", "incident", "incident"]
    assert mask(text) == (
        "Met on [date of birth]. Born [date of birth]. "
        "Crime ref [crime or incident reference] stands; [crime or incident reference] is closed"
    )


# --- Modulus 11


@given(st.text("0123456789", min_size=9, max_size=9))
def test_at_most_one_check_digit_fits(nine: str) -> None:
    fitting = [d for d in "0123456789" if is_nhs_number(nine + d)]
    assert len(fitting) <= 1
    if fitting and len(set(nine)) > 1:
        assert nhs(nine) == nine + fitting[0]


@given(st.integers(0, 9), st.integers(0, 9), st.text("0123456789", min_size=9, max_size=9))
def test_a_wrong_digit_never_passes(at: int, digit: int, nine: str) -> None:
    number = nine + next((d for d in "0123456789" if is_nhs_number(nine + d)), "x")
    if "x" not in number and number[at] != str(digit):
        assert not is_nhs_number(number[:at] + str(digit) + number[at + 1 :])


# --- masks


def test_masks() -> None:
    said = f"See [NHS number ending {NHS[6:]}], [phone number] and [email address]."
    assert mask(f"See {SPACED}, {MOBILE} and {EMAIL}.") == said
    assert mask(f"Write to {EMAIL}", [EMAIL]) == f"Write to {EMAIL}"
    assert mask("Mr Placeholder, DOB 12/03/2010") == "[name], DOB [date of birth]"
    assert mask("AB aged 15 (AB, 15)") == "[initials and age] ([initials and age])"
    text = "Three sessions were held in July."
    assert mask(text) is text


PIECES = [
    SPACED, NHS, WRONG, "NHS ", "NHS no ", NI, MOBILE, LANDLINE, "+44 ", POSTCODE, EMAIL, MARK, "VRM ", "vehicle ",
    "42/123456/23", "crime ref ", "CAD ", "1234", "case no ", "LCS ", "DOB ", "born ", "date of birth", "12/03/2010",
    "12 March 2010", "AB", ", 15", " aged 15", " (15)", "Mr ", "PC ", "Placeholder", " Thirdly", "https://x.example/",
    "www.", "[", "]", "[name]", "[date of birth]", "[NHS number ending 1234]", " ", " ", ", ", ".", "-", "/", "\n",
    "\u200b", "\u2019", "é", "a", "7", "0", " calls", "@", "(",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)


def seen(text: str) -> str:
    """What a reader sees of it: characters without a shape join what stands on both sides of them."""
    return "".join(c for c in text if (c.isspace() and c not in "\x1c\x1d\x1e\x1f") or unicodedata.category(c)[0] != "C")


@settings(max_examples=600)
@given(texts)
@example(f"NHS {EMAIL} {EMAIL} {NHS}")
@example(f"DOB {EMAIL} 12/03/2010")
@example(f"CAD 1234 {MOBILE}")
@example(f"https://x/{EMAIL}/{MOBILE}")
def test_nothing_is_left_after_masking(text: str) -> None:
    masked = mask(text)
    assert find(masked) == ()
    assert mask(masked) == masked
    for hit in find(text):
        left = re.sub(r"(?:https?://|www\.)\S+", "_", re.sub(r"\[[^\[\]]*\]", "|", seen(masked)))
        assert not re.search(rf"(?<![\w/@.-]){re.escape(seen(hit.text))}(?![\w/@.-])", left), hit


@settings(max_examples=300)
@given(texts)
def test_hits_are_in_order_apart_and_where_they_say(text: str) -> None:
    hits = find(text)
    assert all(text[h.start : h.end] == h.text and h.text and h.kind in MASKS for h in hits)
    assert all(a.end <= b.start for a, b in pairwise(hits))
    rest = "".join(text[a:b] for a, b in zip([0, *(h.end for h in hits)], [*(h.start for h in hits), len(text)], strict=True))
    shown = mask(text)
    for h in hits:
        shown = shown.replace(h.mask, "", 1)
    assert shown == rest  # nothing else is altered


@pytest.mark.parametrize(
    "piece",
    [
        "1", "a", "A", "0 ", "a@", "a.", "@a.", "A1 ", "1/2/2010 ", "born 1", "DOB ", "Mr ", "crime ref ", "CAD 12",
        "vehicle AB", "AB, 1 ", "[name", "https://", "\u200b", "é ", f"{NHS} ", f"{MOBILE} ", "12-",
        "x'y-", "NHS ", "A-", "jan 1",
    ],
)
def test_a_long_text_is_no_trap(piece: str) -> None:
    """Nothing is tried again and again: a quadratic pattern would take hours over this."""
    long = piece * (200_000 // len(piece))
    assert mask(mask(long)) == mask(long)


# --- false alarms


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def test_the_example_holds_nothing_but_its_addresses() -> None:
    """Everything that the example's partners type, and its register: only posts' addresses and the office's number."""
    found = [
        (path.name, hit.kind)
        for path in sorted(EXAMPLE.rglob("*.toml"))
        for text in _strings(tomllib.loads(path.read_text(encoding="utf-8")))
        for hit in find(text)
        if not hit.text.endswith(".example")
    ]
    assert found == [("partnership.toml", "phone")]


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the source documents do not stand beside the checkout")
def test_the_source_documents_hold_one_address() -> None:
    """Domain.md B9 [T5]: one address, of a shared mailbox, and nothing else in five documents of 23,000 words."""
    found = [hit.kind for path in sorted(DOCUMENTS.glob("*.txt")) for hit in find(path.read_text(encoding="utf-8"))]
    assert found == ["email"]
