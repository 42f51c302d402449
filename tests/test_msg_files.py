"""The writer of .msg files is right by what others read: olefile at its strictest, python-oxmsg, the rules of the format."""

from __future__ import annotations

import io
import random
import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import msg_files as msg
from tests.msg_files import MsgMail, Storage

SENT = datetime(2023, 10, 16, 10, 30, tzinfo=UTC)
NONE = 0xFFFF_FFFF
# Around the sizes at which a stream takes another sector, or moves from the small ones to the large ones.
SIZES = st.sampled_from((0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 9000))
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/\\:!"), min_size=1, max_size=15)
MAIL = MsgMail(
    "Q2 return – police",
    "lead@police.example",
    SENT,
    "Please find it attached.\r\n",
    [("Q2 police.xlsx", b"PK" + bytes(5000)), ("note.txt", b"hello"), ("Fwd", MsgMail("Inside", "a@b.example", SENT))],
    headers="From: lead@police.example\r\nSubject: Q2 return\r\n",
)


def trees(depth: int = 3) -> st.SearchStrategy[Storage]:
    content = st.builds(lambda size, seed: random.Random(seed).randbytes(size), SIZES, st.integers())
    inside: Any = content if not depth else st.one_of(content, trees(depth - 1))
    return st.lists(st.tuples(NAMES, inside), max_size=12, unique_by=lambda pair: msg._rank(pair[0])).map(dict)


def opened(data: bytes) -> Any:
    olefile = pytest.importorskip("olefile")
    return olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_UNSURE)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(trees())
def test_another_reader_finds_what_was_written(tree: Storage) -> None:
    ole = opened(msg.compound_file(tree))
    entries = [ole.root]
    found: list[tuple[tuple[str, ...], bytes]] = []
    paths: dict[int, tuple[str, ...]] = {id(ole.root): ()}
    for entry in entries:
        for kid in entry.kids:
            paths[id(kid)] = (*paths[id(entry)], kid.name)
            if kid.entry_type == 2:
                found.append((paths[id(kid)], ole._open(kid.isectStart, kid.size).read() if kid.size else b""))
        entries += [kid for kid in entry.kids if kid.entry_type != 2]
    assert sorted(found) == sorted(msg.streams(tree))
    assert not ole.parsing_issues


@settings(max_examples=60, deadline=None)
@given(trees(1))
def test_the_directory_is_a_red_black_tree_in_order(tree: Storage) -> None:
    data = msg.compound_file(tree)
    (start,) = struct.unpack_from("<I", data, 48)
    table = data[(start + 1) * 512 :]

    def entry(number: int) -> tuple[str, bool, int, int, int]:
        name, length, black, left, right, child = struct.unpack_from("<64sHxBIII", table, number * 128)
        return name[: length - 2].decode("utf-16-le"), not black, left, right, child

    def walk(number: int, red_above: bool) -> tuple[list[str], int]:
        """The names in order and how many black entries lie on each path."""
        if number == NONE:
            return [], 1
        name, red, left, right, child = entry(number)
        assert not (red and red_above)
        if child != NONE:
            check(child)
        (before, blacks), (after, same) = walk(left, red), walk(right, red)
        assert blacks == same
        return [*before, name, *after], blacks + (not red)

    def check(number: int) -> None:
        names, _ = walk(number, False)
        ranks = [(len(wide), wide) for wide in (name.upper().encode("utf-16-be") for name in names)]
        assert ranks == sorted(ranks)

    if tree:
        check(entry(0)[4])


def test_a_file_of_many_megabytes_has_its_allocation_listed_apart() -> None:
    data = random.Random(1).randbytes(9_000_000)
    ole = opened(msg.mail_bytes(MsgMail("Big", "", None, "", [("big.bin", data)])))
    assert ole.num_difat_sectors == 1
    assert ole.openstream(["__attach_version1.0_#00000000", "__substg1.0_37010102"]).read() == data


def test_the_same_values_give_the_same_bytes() -> None:
    assert msg.mail_bytes(MAIL) == msg.mail_bytes(MAIL)
    assert msg.msg_bytes("s", "a@b.example", SENT, "t", [("x", b"y")]) == msg.mail_bytes(
        MsgMail("s", "a@b.example", SENT, "t", [("x", b"y")])
    )


def test_another_program_reads_the_message() -> None:
    oxmsg = pytest.importorskip("oxmsg", reason="python-oxmsg is not installed")
    read = oxmsg.Message.load(io.BytesIO(msg.mail_bytes(MAIL)))
    assert (read.subject, read.sender, read.sent_date, read.body, read.message_class) == (
        "Q2 return – police",
        "lead@police.example",
        SENT,
        "Please find it attached.\r\n",
        "IPM.Note",
    )
    assert read.message_headers["Subject"] == "Q2 return"
    assert [(r.name, r.email_address) for r in read.recipients] == [("returns@council.example",) * 2]
    assert [(a.file_name, a.file_bytes, a.size) for a in read.attachments[:2]] == [
        ("Q2 police.xlsx", b"PK" + bytes(5000), 5002),
        ("note.txt", b"hello", 5),
    ]
    assert read.attachment_count == 3
