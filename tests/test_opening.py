"""Opening what came: every part of every received file is exactly one leaf, with its bytes (field-notes rows 24 to 29)."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import quote
from zipfile import ZIP_STORED

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile_mails.build import (
    BOOK,
    BOOK2,
    NAME,
    OLE,
    PDF,
    TNEF,
    XLSX,
    attached,
    forwards,
    heads,
    inside,
    mail,
    many,
    part,
    picture,
    text,
    usual,
    zipped,
)
from tests.random_mails import counted, mails, mutant, zip_of
from workflow.errors import Unreadable
from workflow.inbox import open_file
from workflow.inbox.labels import Labels, label
from workflow.model import INSIDE, Leaf, LeafKind
from workflow.reader import Limits, members, read_bytes

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "mails"
IGNORED, REFUSED, WORKBOOK = LeafKind.IGNORED, LeafKind.REFUSED, LeafKind.WORKBOOK


def told(data: bytes) -> list[tuple[str | None, LeafKind, str]]:
    """What became of a received file: each leaf's name, kind and code."""
    return [(leaf.part, leaf.kind, leaf.code) for leaf in open_file(data)]


def loud(data: bytes) -> list[str | None]:
    """The leaves that a person is told of, though they are not to be read."""
    return [leaf.part for leaf in open_file(data) if leaf.kind is IGNORED and not leaf.quiet]


def check_leaves(leaves: tuple[Leaf, ...]) -> None:
    """What holds of the leaves of any file: their names are unique, printable and no paths; what is not read says why."""
    names = [leaf.part for leaf in leaves]
    assert leaves
    assert len(set(names)) == len(names)
    assert names == [None] or None not in names
    for leaf in leaves:
        assert bool(leaf.code and leaf.reason) is (leaf.kind is not WORKBOOK)
        assert not leaf.quiet or leaf.kind is IGNORED
        for own in leaf.part.split(INSIDE) if leaf.part else ():
            assert own.isprintable()
            assert own.strip() == own != ""
            assert not set(own) & set("/\\>")
            assert len(own) <= 90


# --- nothing is lost


@given(mails())
def test_every_part_is_exactly_one_leaf_with_its_bytes(data: bytes) -> None:
    leaves = open_file(data)
    assert [leaf.data for leaf in leaves] == list(counted(data))
    check_leaves(leaves)
    assert open_file(data) == leaves


@given(
    st.lists(
        st.tuples(st.sampled_from(("a", "a", "b/c.eml", "__MACOSX/x", "../c")), mails() | st.binary(max_size=50)), min_size=1
    )
)
def test_every_member_of_a_zip_file_too(members: list[tuple[str, bytes]]) -> None:
    data = zip_of(members)
    leaves = open_file(data)
    expected: list[bytes] = []
    for name, member in members:
        is_mail = member.startswith(b"MIME-Version") and "__MACOSX" not in name
        expected += counted(member, zipped=True) if is_mail else [member]
    assert [leaf.data for leaf in leaves] == expected
    check_leaves(leaves)


@given(st.binary(max_size=300))
def test_any_bytes_are_one_leaf_at_least(data: bytes) -> None:
    leaves = open_file(data)
    check_leaves(leaves)
    assert leaves[0].data == data or leaves[0].part is not None


def test_mutants_end_in_leaves() -> None:
    core = usual() + forwards(3, usual())
    seeds = [usual(), forwards(3, usual()), mail(text(), attached(zipped(("a/b.xlsx", BOOK), ("c", PDF))), inside(core))]
    seeds += [heads() + many(many(text(), text("x", "html"), kind="alternative", boundary="b2"), attached(), kind="signed")]
    seeds += [path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))] if SAMPLES.is_dir() else []
    chance = random.Random(31)
    for _ in range(1_500):
        data = mutant(chance, seeds)
        leaves = open_file(data)
        check_leaves(leaves)
        assert open_file(data) == leaves


# --- names


NASTY: dict[str, str] = {
    "../../x.xlsx": ".._.._x.xlsx",
    "..\\..\\x.xlsx": ".._.._x.xlsx",
    "/etc/passwd": "_etc_passwd",
    "C:\\Users\\x.xlsx": "C:_Users_x.xlsx",
    "\\\\server\\share\\x": "__server_share_x",
    "file:///c:/x": "file:___c:_x",
    "x.xlsx:stream": "x.xlsx:stream",
    "CON": "CON",
    "NUL.xlsx": "NUL.xlsx",
    "COM1.xlsx": "COM1.xlsx",
    "x.xlsx.": "x.xlsx.",
    "x.xlsx ": "x.xlsx",
    " x.xlsx": "x.xlsx",
    "x.xlsx\0.exe": "x.xlsx.exe",
    "\0": "part 2",
    "x\r\nBcc: evil@evil.example": "x Bcc: evil@evil.example",
    "x\ty": "x y",
    "\x1b[2J\x1b]0;x\x07": "[2J]0;x",
    "\x7f\x85x": "x",
    "Q2\u202excod.xlsx": "Q2xcod.xlsx",
    "\u2066x\u2069": "x",
    "\u200b\u200d\ufeff": "part 2",
    "x\u00a0y": "x y",
    "x\u2028y\u2029z": "x y z",
    "\u3000": "part 2",
    "e\u0301.xlsx": "é.xlsx",
    "\ufb01x": "\ufb01x",
    "\ue000.xlsx": "\ufffd.xlsx",
    "\U000e0041x": "x",
    "x" * 300 + ".xlsx": "x" * 74 + "….xlsx",
    "é" * 300 + ".xlsx": "é" * 74 + "….xlsx",
    "x" * 300: "x" * 79 + "…",
    "x." + "y" * 300: "x." + "y" * 77 + "…",
    "." * 300: "." * 78 + "….",
    "a" + "\u0301" * 50: "á" + "\u0301" * 49,
    "x > y.xlsx": "x › y.xlsx",
    ">>": "››",
    " > ": "›",
    "=?utf-8?q?Q2=2Fpolice.xlsx?=": "Q2_police.xlsx",
    "=?utf-8?q?=2E=2E=5Cx?=": ".._x",
    "=?x-unheard-of?q?x?=": "x",
    "=cmd|'/c calc'!A1": "=cmd|'_c calc'!A1",
    "<script>x</script>": "<script›x<_script›",
    "%2e%2e%2fx": "%2e%2e%2fx",
    "$(x)`y`;z&": "$(x)`y`;z&",
    "{x} {0} %s": "{x} {0} %s",
    ".": ".",
    "..": "..",
    "-rf": "-rf",
    "~$x.xlsx": "~$x.xlsx",
    "text": "text (2)",
    "part 2": "part 2",
    "": "part 2",
}


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_text_for_display_and_never_a_path(name: str) -> None:
    assert len(NASTY) >= 40
    lines = (f"Content-Type: {XLSX}", f"Content-Disposition: attachment; filename*=utf-8''{quote(name, safe='')}")
    leaves = open_file(mail(text(), part(BOOK, *lines)))
    check_leaves(leaves)
    assert [(leaf.part, leaf.data) for leaf in leaves[1:]] == [(NASTY[name], BOOK)]


@given(st.lists(st.text(max_size=120), max_size=12))
def test_labels_are_unique_printable_and_short(names: list[str]) -> None:
    labels = Labels("a")
    taken = [labels.take(name, "part 1") for name in names]
    assert len(set(taken)) == len(taken)
    for one in taken:
        assert one.startswith("a > ")
        assert one.count(INSIDE) == 1
        assert one.isprintable()
    assert all(len(label(name)) <= 80 for name in names)
    assert [label(label(name)) for name in names] == [label(name) for name in names]


def test_the_same_name_twice_is_counted() -> None:
    one, two = mail(attached(BOOK), boundary="x", Subject="a"), mail(attached(BOOK2), boundary="y", Subject="a")
    data = mail(attached(BOOK, "a"), attached(BOOK2, "a (2)"), inside(one), inside(two), attached(PDF, "a"))
    assert [leaf.part for leaf in open_file(data)] == ["a", "a (2)", f"a (3) > {NAME}", f"a (4) > {NAME}", "a (5)"]


# --- what becomes of what


MAIL_TEXT = ("text", IGNORED, "mail-text")
NO_RETURN = ("text", IGNORED, "mail-no-return")


@pytest.mark.parametrize(
    ("data", "leaves"),
    [
        (BOOK, [(None, WORKBOOK, "")]),
        (PDF, [(None, WORKBOOK, "")]),
        (b"", [(None, WORKBOOK, "")]),
        (picture(), [(None, WORKBOOK, "")]),
        (TNEF, [(None, REFUSED, "mail-tnef")]),
        (usual(), [MAIL_TEXT, (NAME, WORKBOOK, "")]),
        (heads() + text(), [NO_RETURN]),
        (heads(), [NO_RETURN]),
        (heads() + attached(), [(NAME, WORKBOOK, "")]),
        (mail(text("https://1drv.ms/x")), [("text", REFUSED, "mail-link")]),
        (mail(text("https://1drv.ms/x"), attached()), [MAIL_TEXT, (NAME, WORKBOOK, "")]),
        (mail(text(), attached(b"")), [MAIL_TEXT, (NAME, REFUSED, "attachment-empty")]),
        (mail(text(), attached(b"BEGIN:VCARD\n", "a.vcf")), [NO_RETURN, ("a.vcf", IGNORED, "mail-card")]),
        (mail(text(), attached(picture(), "a.png")), [MAIL_TEXT, ("a.png", WORKBOOK, "")]),
        (mail(attached(), attached(picture(), "a.png")), [(NAME, WORKBOOK, ""), ("a.png", IGNORED, "mail-picture")]),
        (mail(attached(), attached(picture(100_000), "a.png")), [(NAME, WORKBOOK, ""), ("a.png", WORKBOOK, "")]),
        (mail(attached(PDF), attached(picture(), "a.png")), [(NAME, WORKBOOK, ""), ("a.png", WORKBOOK, "")]),
        (mail(text(), attached(OLE)), [MAIL_TEXT, (NAME, WORKBOOK, "")]),
        (mail(text(), attached(TNEF)), [MAIL_TEXT, (NAME, REFUSED, "mail-tnef")]),
        (mail(text(), attached(BOOK, "smime.p7s")), [MAIL_TEXT, ("smime.p7s", WORKBOOK, "")]),
        (mail(text(), part(BOOK, "Content-Type: text/html")), [MAIL_TEXT, ("text (2)", WORKBOOK, "")]),
        (mail(text(), part(BOOK, "Content-Type: message/rfc822")), [MAIL_TEXT, ("part 2", WORKBOOK, "")]),
        (mail(text(), inside(heads(Subject="a") + text())), [MAIL_TEXT, ("a > text", IGNORED, "mail-no-return")]),
        (mail(text(), inside(heads(Subject=None) + attached())), [MAIL_TEXT, (f"message > {NAME}", WORKBOOK, "")]),
        (
            mail(text(), attached(usual(), "a.dat")),
            [MAIL_TEXT, ("Q2 return > text", *MAIL_TEXT[1:]), (f"Q2 return > {NAME}", WORKBOOK, "")],
        ),
        (heads(Auto_Submitted="auto-replied") + text("https://1drv.ms/x"), [("text", IGNORED, "mail-automatic")]),
        (usual(Auto_Submitted="auto-replied"), [MAIL_TEXT, (NAME, WORKBOOK, "")]),
    ],
)
def test_what_becomes_of_it(data: bytes, leaves: list[tuple[str | None, LeafKind, str]]) -> None:
    assert told(data) == leaves


def test_a_person_is_told_of_mails_that_bring_nothing() -> None:
    assert loud(usual()) == []
    assert loud(heads() + text()) == ["text"]
    assert loud(heads(Auto_Submitted="auto-replied") + text()) == []
    assert loud(zipped(("__MACOSX/a", b"x"), (".DS_Store", b"x"))) == ["a"]
    assert loud(zipped((".DS_Store", b"x"), ("a.xlsx", BOOK))) == []


def test_our_own_form_in_a_bounce_is_not_read() -> None:
    ours = mail(text(), attached(), boundary="b2")
    bounce = heads() + many(
        text(), part(b"Action: failed", "Content-Type: message/delivery-status"), inside(ours), kind="report"
    )
    assert {(leaf.kind, leaf.code) for leaf in open_file(bounce)} == {(IGNORED, "mail-report")}
    assert [leaf.data for leaf in open_file(bounce)][-1] == BOOK
    assert loud(bounce) == ["text"]
    forwarded = told(mail(text(), inside(bounce), attached(BOOK2), boundary="b3"))
    assert forwarded[-1] == (NAME, WORKBOOK, "")
    assert forwarded[1][1:] == (IGNORED, "mail-report")


def test_messages_are_opened_to_a_depth_of_five() -> None:
    assert told(forwards(5, usual()))[-1][1] is WORKBOOK
    deepest = open_file(forwards(6, usual()))[-1]
    assert (deepest.kind, deepest.code) == (REFUSED, "mail-too-deep")
    assert [m.subject for m in deepest.messages] == [f"Fwd {n}" for n in range(1, 7)]
    assert open_file(deepest.data)[-1].data == BOOK  # all of it is kept
    turns = forwards(4, mail(text(), attached(zipped(("a.eml", usual())), "a.zip")))
    assert told(turns)[-1] == (f"Fwd 3 > Fwd 2 > Fwd 1 > Q2 return > a.zip > Q2 return > {NAME}", WORKBOOK, "")


def test_the_nearest_message_says_who_sent_a_leaf() -> None:
    leaf = open_file(forwards(2, usual()))[-1]
    assert [m.sender for m in leaf.messages] == ["lead@police.example", "post1@police.example", "post2@police.example"]


def test_a_zip_file_is_opened_once() -> None:
    inner = zipped(("housing.xlsx", BOOK2))
    data = zipped(
        ("Q2/", b""), ("Q2/police.xlsx", BOOK), ("inner.zip", inner), ("a.eml", mail(attached(inner, "b.zip"))), ("empty", b"")
    )
    assert told(data) == [
        ("police.xlsx", WORKBOOK, ""),
        ("inner.zip", REFUSED, "zip-nested"),
        ("Q2 return > b.zip", REFUSED, "zip-nested"),
        ("empty", REFUSED, "attachment-empty"),
    ]


def test_what_is_wrong_with_a_member_is_said() -> None:
    data = bytearray(zipped(("a.xlsx", BOOK), ("b.xlsx", BOOK2), ("c.xlsx", bytes(30_000_000))))
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02"))
    data[directory + 8] |= 1  # the second is said to have a password
    a, b, c = open_file(bytes(data))
    assert a.kind is WORKBOOK
    assert (b.code, "password" in b.reason, "unpacks" in c.reason) == ("zip-member", True, True)
    broken = bytearray(zipped(("a.xlsx", BOOK), ("b.xlsx", BOOK2), packing=ZIP_STORED))
    broken[broken.index(b"b.xlsx") + 100] ^= 1
    assert [(leaf.code, "damaged" in leaf.reason) for leaf in open_file(bytes(broken))] == [("", False), ("zip-member", True)]


def test_a_member_has_the_name_that_its_sender_gave_it() -> None:
    unsaid = zipped(("R__ck.xlsx", BOOK)).replace(b"R__ck", "Rück".encode())  # UTF-8 that does not say so
    assert [open_file(data)[0].part for data in (unsaid, zipped(("Rück.xlsx", BOOK)))] == ["Rück.xlsx"] * 2


def test_a_zip_file_is_unpacked_no_further_than_its_limits() -> None:
    data = zipped(("a", bytes(1000)), ("b", bytes(1000)))
    unpacked = members(data, Limits(total_bytes=1500))
    assert next(unpacked) == ("a", bytes(1000))
    with pytest.raises(Unreadable, match="far more"):
        next(unpacked)


def test_too_much_is_refused_whole() -> None:
    crowd = mail(text(), *[attached(b"x", "a") for _ in range(600)])
    for data in (mail(*[inside(crowd)] * 2, boundary="b2"), zipped(*[(f"{n}", b"x") for n in range(1_001)])):
        (leaf,) = open_file(data)
        assert (leaf.part, leaf.code, leaf.data, leaf.messages) == (None, "mail-too-many", data, ())
    assert [leaf.code for leaf in open_file(usual(), Limits(total_bytes=len(BOOK) - 1))] == ["mail-too-many"]
    assert open_file(usual(), Limits(file_bytes=10)) == (Leaf(None, WORKBOOK, usual()),)


# --- mails that other programs wrote: what is in each was looked up in the file


TEXT_ONLY = [("text", "mail-no-return")]
SAMPLE_LEAVES: dict[str, list[tuple[str, str]]] = {
    "0d6146803d-attachment_content_location.eml": [("text", "mail-text"), ("part 2", "")],
    "13c278bf15-address_quoted_newlines.eml": [("text", "mail-text"), ("D09.ZPH.txt", "")],
    "1577fb239c-content_transfer_encoding_x_uuencode.eml": [
        ("text", "mail-text"),
        ("PGP_Cmts_on_12-14-01_Pkg.doc", "attachment-empty"),
    ],
    "1c878a0181-raw_email_multiple_from.eml": TEXT_ONLY,
    "25cdcbc338-attachment_inline2.eml": [
        ("text", "mail-no-return"),
        ("text (2)", "mail-text"),
        ("F76361FC@E3C5215F.31AC8F5F.png.jpg", "mail-picture"),
    ],
    "2818a297aa-raw_email2.eml": [("text", "mail-no-return"), ("smime.p7s", "mail-signature")],
    "3f3167fde9-raw_email_double_at_in_header.eml": TEXT_ONLY,
    "50a7462f30-attachment_message_rfc822.eml": [
        ("text", "mail-text"),
        ("Another PDF > text", "mail-text"),
        ("Another PDF > broken.pdf", ""),
    ],
    "55da1950ed-raw_email_with_quoted_illegal_boundary.eml": [("text", "mail-no-return"), ("text (2)", "mail-text")],
    "5e83271baa-double_fields.eml": [("text", "mail-no-return"), ("text (2)", "mail-text")],
    "5ff8d71833-raw_email_with_binary_encoded.eml": [("2013-08-13_19-08-28-1.jpg", "")],
    "6ee63860fe-attachment_only_email.eml": [("blah.gz", "")],
    "7d52996f96-raw_email_string_in_date_field.eml": TEXT_ONLY,
    "9f4a07add3-attachment_7bit.eml": [
        ("text", "mail-text"),
        ("статус > text", "mail-no-return"),
        ("статус > text (2)", "mail-text"),
    ],
    "b5326ace93-raw_email_with_multipart_mixed_quoted_boundary.eml": [("text", "mail-text"), ("broken.pdf", "")],
    "b6a083cb82-attachment_with_unquoted_name.eml": [("text", "mail-text"), ("This is a test.txt", "")],
    "bbc64d4e04-att_name_in_content_type.eml": [("text", "mail-text"), ("D09.ZPH.txt", "")],
    "cb053d6d48-raw_email_with_partially_quoted_subject.eml": TEXT_ONLY,
}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples do not stand beside the checkout")
def test_mails_of_other_programs() -> None:
    files = {path.name: path.read_bytes() for path in SAMPLES.glob("*.eml")}
    assert files.keys() == SAMPLE_LEAVES.keys()
    for name, data in files.items():
        leaves = open_file(data)
        check_leaves(leaves)
        assert [(leaf.part, leaf.code) for leaf in leaves] == SAMPLE_LEAVES[name], name
        bodies = [body.rstrip(b"\r\n") for body in counted(data.removeprefix(b"\xef\xbb\xbf"))]
        assert [leaf.data.rstrip(b"\r\n") for leaf in leaves] == bodies, name


def test_a_return_that_came_in_a_mail_reads_as_it_would_alone() -> None:
    leaf = open_file(forwards(2, usual()))[-1]
    assert read_bytes(leaf.data) == read_bytes(BOOK)
