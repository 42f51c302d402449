"""Damaged and hostile Outlook messages: each is read or refused, one damaged attachment stops only itself, nothing is lost."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import msg_files as msg
from tests.msg_files import MsgMail, Storage
from tests.test_post_outlook import BOOK, SENT, codes
from workflow.errors import Unreadable
from workflow.post.outlook import looks_like_outlook, read_outlook
from workflow.post.parts import Mail, Part, PartKind
from workflow.post.refusal import REFUSALS

SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "mails"
FIRST, SECOND = "__attach_version1.0_#00000000", "__attach_version1.0_#00000001"
DATA = "__substg1.0_37010102"
MUTANTS = 4_000
SIGNED = (
    b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: x/y\r\n\r\nHello\r\n--b--\r\n"
)


def two_files() -> Storage:
    """A message with two workbooks, of which the first is damaged by each test in its own way."""
    return msg.message_storage(MsgMail("Q2", "a@b.example", SENT, "Hello", [("one.xlsx", BOOK), ("two.xlsx", BOOK)]))


def folder(tree: Storage, name: str) -> Storage:
    found = tree[name]
    assert isinstance(found, dict)
    return found


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read_outlook(data)
    assert str(caught.value) == REFUSALS[caught.value.code]
    return caught.value.code


def entry_of(data: bytes, name: str) -> int:
    """Where the last directory entry of this name begins."""
    return data.rindex(name.encode("utf-16-le") + b"\0\0")


def changed(data: bytes, at: int, layout: str, *values: int) -> bytes:
    return data[:at] + struct.pack(layout, *values) + data[at + struct.calcsize(layout) :]


def where(data: bytes, size: int) -> bytes:
    """What the directory says of where the first stream of this size is: its first sector, its size."""
    places = (data[at + 116 : at + 128] for at in range(0, len(data) - 127, 128) if data[at + 66] == 2)
    return next(place for place in places if struct.unpack("<4xQ", place)[0] == size)


def fat_at(data: bytes) -> int:
    """Where the allocation table begins; in what is written here it lies in one piece."""
    return (int(struct.unpack_from("<I", data, 76)[0]) + 1) * 512


# --- one attachment


@pytest.mark.parametrize(
    "damage",
    [
        lambda files: files.pop(DATA),
        lambda files: files.pop(msg.PROPERTIES),
        lambda files: files.update({msg.PROPERTIES: b"short"}),
        lambda files: files.update({DATA: {}}),
        lambda files: files.update({"__substg1.0_3701000D": {msg.PROPERTIES: b"short"}}),
        lambda files: files.clear(),
    ],
)
def test_a_damaged_attachment_stops_only_itself(damage: Callable[[Storage], object]) -> None:
    tree = two_files()
    damage(folder(tree, FIRST))
    mail = read_outlook(msg.compound_file(tree))
    assert [code for _, _, code in codes(mail)] == ["", "attachment-damaged", ""]
    assert mail.parts[2].data == BOOK


@pytest.mark.parametrize(
    "following",
    [lambda first: first, lambda first: first + 1, lambda _: 0xFFFF_FFFE, lambda _: 0xFFFF_FFFF, lambda _: 50_000],
    ids=["loop of one", "loop of two", "end", "free", "outside"],
)
def test_an_attachment_whose_sectors_are_lost_or_go_round_is_damaged(following: Callable[[int], int]) -> None:
    data = msg.compound_file(two_files())
    first = struct.unpack("<I", where(data, len(BOOK))[:4])[0]
    mail = read_outlook(changed(data, fat_at(data) + 4 * (first + 1), "<I", following(first)))
    assert [code for _, _, code in codes(mail)] == ["", "attachment-damaged", ""]
    assert mail.parts[2].data == BOOK


def test_an_attachment_of_a_wrong_size_is_damaged() -> None:
    data = msg.compound_file(two_files())
    at = data.index(where(data, len(BOOK))) + 4
    for size in (len(data) + 1, 0x7FFF_FFFF, 0xFFFF_FFFF, len(data), len(data) - 2_000):
        mail = read_outlook(changed(data, at, "<I", size))
        assert [code for _, _, code in codes(mail)] == ["", "attachment-damaged", ""]
        assert mail.parts[2].data == BOOK


def test_attachments_that_the_message_counts_and_that_are_gone_are_said() -> None:
    tree = two_files()
    del tree[FIRST]
    assert codes(read_outlook(msg.compound_file(tree))) == [
        ("text", "", ""),
        ("file", "two.xlsx", ""),
        ("file", "", "attachment-damaged"),
    ]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_attachment_vanishes_whatever_is_wrong_inside_it(data: st.DataObject) -> None:
    inside = MsgMail("Inside", "a@b.example", SENT, "Hello", [("deep.xlsx", BOOK)])
    tree = msg.message_storage(MsgMail("Q2", "", SENT, "", [("one.xlsx", BOOK), ("", inside), ("three.xlsx", b"x")]))
    attached = folder(tree, f"__attach_version1.0_#0000000{data.draw(st.integers(0, 2))}")
    for name in data.draw(st.lists(st.sampled_from(sorted(attached)), min_size=1, max_size=4)):
        content = attached.get(name, b"")
        short = content[: data.draw(st.integers(0, 20))] if isinstance(content, bytes) else b""
        change = data.draw(st.sampled_from(("drop", "cut", "noise", "storage")))
        noise = data.draw(st.binary(max_size=80))
        attached[name] = {} if change == "storage" else short if change == "cut" else noise
        if change == "drop":
            del attached[name]
    parts = read_outlook(msg.compound_file(tree)).parts
    assert len(parts) == 3
    assert all(part.data or part.mail or part.code for part in parts)


# --- the whole


def test_a_message_without_its_properties_is_refused() -> None:
    tree = two_files()
    tree[msg.PROPERTIES] = b"short"
    assert refused(msg.compound_file(tree)) == "outlook-damaged"
    assert refused(msg.compound_file({"Workbook": bytes(5000)})) == "outlook-damaged"


@pytest.mark.parametrize("length", [0, 7, 8, 511, 512, 1535, 1536, 3000, 6000])
def test_what_was_cut_off_is_refused(length: int) -> None:
    data = msg.compound_file(two_files())[:length]
    assert refused(data) == "outlook-damaged"
    assert looks_like_outlook(data) is (length > 1024)  # there is something of the directory


def test_what_was_cut_off_in_its_last_attachment_has_the_others() -> None:
    data = msg.compound_file(two_files())
    for lost in (600, 2000, len(BOOK)):
        mail = read_outlook(data[:-lost])
        assert [code for _, _, code in codes(mail)] == ["", "", "attachment-damaged"]
        assert mail.parts[1].data == BOOK


def test_a_short_run_of_bytes_is_never_taken_for_the_name_of_a_file(tmp_path: Path) -> None:
    """olefile opens such a file."""
    path = tmp_path / "x.msg"
    path.write_bytes(msg.compound_file(two_files()))
    assert refused(bytes(path)) == "outlook-damaged"


@pytest.mark.parametrize(
    ("at", "layout", "value"),
    [
        (28, "<H", 0xFEFF),  # byte order
        (30, "<H", 16),  # sectors of 64 kB
        (30, "<H", 65535),  # of more bytes than there are atoms
        (32, "<H", 65535),
        (44, "<I", 0xFFFF_FFFF),  # an allocation table without end
        (44, "<I", 60_000),
        (48, "<I", 0xFFFF_FFF0),  # where the directory begins
        (60, "<I", 0xFFFF_FFF0),  # the table of the small streams
        (64, "<I", 0xFFFF_FFFF),
        (72, "<I", 0xFFFF_FFFF),  # the list of the allocation table's sectors
        (76, "<I", 5),
    ],
)
def test_a_header_that_would_fill_the_memory_is_refused(at: int, layout: str, value: int) -> None:
    assert refused(changed(msg.compound_file(two_files()), at, layout, value)) == "outlook-damaged"


def test_a_small_stream_beyond_the_end_of_their_room_is_not_read_in_part() -> None:
    data = msg.compound_file(two_files())
    at = entry_of(data, "Root Entry") + 120
    for sectors in (1, 2):  # the last ones are of the second attachment's list of properties
        mail = read_outlook(changed(data, at, "<I", struct.unpack_from("<I", data, at)[0] - 64 * sectors))
        assert [found for _, _, found in codes(mail)] == ["", "", "attachment-damaged"]
    assert refused(changed(data, at, "<I", 0)) == "outlook-damaged"


def test_a_table_of_the_small_streams_that_goes_round_is_refused() -> None:
    data = msg.compound_file(two_files())
    (start,) = struct.unpack_from("<I", data, 60)
    round_again = changed(data, fat_at(data) + 4 * start, "<I", start)
    assert refused(changed(round_again, 64, "<I", 0xFFFF_FFFF)) == "outlook-damaged"


def test_a_list_of_allocation_sectors_that_goes_round_is_refused() -> None:
    """Every round would add to the table: olefile follows as many as the header says."""
    data = msg.compound_file({**two_files(), "big": bytes(8_000_000)})
    fats, first = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 68)[0]
    round_again = changed(data, (first + 2) * 512 - 4, "<I", first)
    assert refused(round_again) == "outlook-damaged"
    assert refused(changed(changed(round_again, 44, "<I", fats + 127 * 1000), 72, "<I", 1001)) == "outlook-damaged"


def test_a_directory_that_goes_round_is_refused() -> None:
    data = msg.compound_file(two_files())
    at = entry_of(data, DATA)
    for field in (68, 72):  # the entries to its left and right
        for number in (0, 1, 5, 1_000_000):
            assert refused(changed(data, at + field, "<I", number)) == "outlook-damaged"


def test_a_directory_of_one_endless_branch_is_refused() -> None:
    data = msg.compound_file({f"{n:05}": b"" for n in range(3_000)})
    start = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    for n in range(1, 3_000):
        data = changed(data, start + n * 128 + 68, "<II", 0xFFFF_FFFF, n + 1)
    data = changed(data, start + 76, "<I", 1)
    assert refused(data) == "outlook-damaged"


def test_many_attachments_that_share_one_run_of_sectors_cannot_add_up() -> None:
    """Five hundred times the same 100 kB would be fifty megabytes out of a small file."""
    files: Sequence[tuple[str, bytes]] = [(f"{n}.bin", b"small") for n in range(500)]
    data = msg.mail_bytes(MsgMail("Q2", "", SENT, "", [("big.bin", bytes(100_000)), *files]))
    large = where(data, 100_000)
    small = DATA.encode("utf-16-le").ljust(64, b"\0")
    pieces = data.split(small)
    assert len(pieces) == 502
    crossed = small.join([pieces[0], *(piece[: 116 - 64] + large + piece[128 - 64 :] for piece in pieces[1:])])
    mail = read_outlook(crossed)
    assert len(mail.parts) == 501
    assert sum(len(part.data) for part in mail.parts) <= 2 * len(crossed)
    assert [p.code for p in mail.parts].count("attachment-damaged") > 450


def test_a_thousand_attachments_are_read() -> None:
    files = [(f"{n}.txt", bytes([n % 256])) for n in range(1_200)]
    parts = read_outlook(msg.mail_bytes(MsgMail("Q2", "", SENT, "", files))).parts
    assert [(p.name, p.data) for p in parts] == files


def test_the_library_is_loaded_only_for_a_file_of_its_kind() -> None:
    script = "import sys\nfrom workflow import post\npost.looks_like_outlook(b'PK')\nprint('olefile' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


# --- mutants


@cache
def good() -> tuple[tuple[bytes, ...], tuple[Storage, ...]]:
    """Good messages: some made, and the real ones where they are; the made ones as trees besides."""
    inside = MsgMail("Inside", "c@d.example", SENT, "Hello", [("deep.xlsx", BOOK[:700])])
    html: dict[int, msg.Value | None] = {0x1013: b"<p>Hello</p>", 0x1009: bytes(8) + b"LZFu" + bytes(4) + b"\x00Hello wo"}
    made = [
        MsgMail("Q2", "a@b.example", SENT, "Hello", [("one.xlsx", BOOK), ("", inside)], more=html),
        MsgMail("Q2", "a@b.example", SENT, "Hello", [("x", b"y")], headers="From: a@b.example\r\n", codepage=1252),
        MsgMail(
            "Q2", "", None, "", [("smime.p7m", b"Content-Type: text/plain\r\n\r\nHello")], "IPM.Note.SMIME.MultipartSigned"
        ),
    ]
    real = sorted(path.read_bytes() for path in SAMPLES.glob("*.msg") if path.stat().st_size < 30_000)
    return (*map(msg.mail_bytes, made), *filter(looks_like_outlook, real)), tuple(map(msg.message_storage, made))


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 4, 64))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def flip_structure(data: bytes, rng: random.Random) -> bytes:
    """Damage in the header, the directory or the allocation table."""
    start = rng.choice((0, (struct.unpack_from("<I", data, 48)[0] + 1) * 512, fat_at(data)))
    value = rng.choice((0, 1, 2, 0xFFFF_FFFF, 0xFFFF_FFFE, rng.randrange(200), rng.getrandbits(32)))
    return changed(data, min(start + 4 * rng.randrange(1_000), len(data) - 4), "<I", value)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def splice(data: bytes, rng: random.Random) -> bytes:
    other = rng.choice(good()[0])
    at, start, size = rng.randrange(len(data)), rng.randrange(len(other)), rng.choice((4, 128, 512, 4096))
    return data[:at] + other[start : start + size] + data[at + rng.choice((0, size)) :]


def sectors_changed_about(data: bytes, rng: random.Random) -> bytes:
    one, two = (512 * rng.randrange(1, len(data) // 512) for _ in range(2))
    out = bytearray(data)
    out[one : one + 512], out[two : two + 512] = data[two : two + 512], data[one : one + 512]
    return bytes(out)


BYTE_DAMAGE = (flip, flip, flip_structure, flip_structure, cut, splice, sectors_changed_about)


def tree_mutant(tree: Storage, rng: random.Random) -> Storage:
    """A message in which some streams are cut, swapped, lost or noise; the container is whole."""
    out: Storage = {}
    for name, content in tree.items():
        lot = rng.random()
        if isinstance(content, dict):
            out[name] = tree_mutant(content, rng) if lot < 0.98 else b"x"
        elif lot < 0.9:
            out[name] = content
        elif lot < 0.94:
            out[name] = content[: rng.randrange(len(content) + 1)]
        elif lot < 0.97:
            out[name] = flip(content or b"\0", rng)
        elif lot < 0.98:
            out[rng.choice((f"{name[:-4]}001E", f"{name[:-4]}0102", "__substg1.0_3701000D"))] = content
    return out


def ends_well(mail: Mail, found: Counter[str]) -> None:
    """Every part is something, with a code that has a sentence."""
    for part in mail.parts:
        assert isinstance(part, Part)
        assert part.code in {"", *REFUSALS}
        assert part.data or part.mail or part.code or part.kind is PartKind.TEXT
        found[part.code or part.kind.value] += 1
        if part.mail:
            ends_well(part.mail, found)
    assert not {unicodedata.category(c) for c in mail.message.subject} & {"Cc", "Cf", "Cs"}
    assert mail.automatic in {"", "reply", "report"}


@pytest.mark.long
def test_every_mutant_is_read_or_refused(capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder) -> None:
    rng = random.Random("outlook")
    files, trees = good()
    found: Counter[str] = Counter()
    for n in range(MUTANTS):
        seed = rng.getrandbits(64)
        own = random.Random(seed)
        data = own.choice(files)
        if n % 4:
            for _ in range(own.choice((1, 1, 3))):
                data = own.choice(BYTE_DAMAGE)(data, own) if len(data) > 2048 else data
        else:
            data = msg.compound_file(tree_mutant(own.choice(trees), own))
        try:
            looks_like_outlook(data)
            ends_well(read_outlook(data), found)
            found["read"] += 1
        except Unreadable as error:
            assert (error.code, str(error)) == ("outlook-damaged", REFUSALS["outlook-damaged"])
            found["refused"] += 1
        except Exception as error:
            error.add_note(f"mutant {n}, seed {seed}")
            raise
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list
    with capfd.disabled():
        sys.stderr.write(f"\nOutlook mutants: {dict(sorted(found.items()))}\n")
    assert found["read"] + found["refused"] == MUTANTS
    # The damage reaches both the whole and its parts, and does not reach everything.
    assert min(found["read"], found["refused"], found["message"]) > MUTANTS // 10
    assert found["attachment-damaged"] > MUTANTS // 100
