"""What is not ready: half-copied files, and those that somebody has open."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inbox_files import NOT_READY, REFUSED, SCANNING, WORKBOOK, found, only, put, spying, zipped
from workflow.inbox import plain, ready
from workflow.inbox import read as read_again


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path


# --- what is not whole


def test_an_empty_file_is_not_ready(workspace: Path) -> None:
    put(workspace, "a.xlsx", b"")
    assert (only(workspace).state, only(workspace).reason.split(".")[0]) == (NOT_READY, "It is empty")


def test_a_file_over_the_limit_is_refused_unread(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(workspace, "a.xlsx", b"x" * 2 * 2**20)
    put(workspace, "b.xlsx", b"x" * 2**20)
    opened: list[Path] = []
    monkeypatch.setattr(SCANNING, "opened", spying(opened))
    entries = found(workspace, 2**20)
    assert entries["a.xlsx"].state is REFUSED
    assert entries["a.xlsx"].size == 2 * 2**20
    assert "larger than 1 MB" in entries["a.xlsx"].reason
    assert entries["b.xlsx"].state is None
    assert [p.name for p in opened] == ["b.xlsx"]


WHOLE = {
    "workbook": WORKBOOK,
    "comment": zipped(("a", b"1"), comment=b"c" * 65_535),
    "comment with an end record in it": zipped(("a", b"1"), comment=b"PK\x05\x06" + b"z" * 30),
    "one newline after it": WORKBOOK + b"\r\n",
    "zip of stored zips": zipped(("Q2.xlsx", WORKBOOK), ("Q3.xlsx", WORKBOOK), method=zipfile.ZIP_STORED),
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE.keys())
def test_a_whole_zip_is_received(workspace: Path, data: bytes) -> None:
    put(workspace, "a.zip", data)
    assert only(workspace).state is None


@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1), st.sampled_from(["cut", "zeros", "noise"]))
def test_half_a_zip_is_never_received(name: str, part: float, rest: str) -> None:
    """Half-copied: the file ends early, or has its full length with the rest not written yet."""
    data = WHOLE[name]
    end = data.rindex(ready.END_RECORD) if "comment" not in name else data.index(ready.END_RECORD)
    kept = 4 + int(part * (end - 1 - 4))
    half = data[:kept] + {"cut": b"", "zeros": bytes(len(data) - kept), "noise": b"\xa5" * (len(data) - kept)}[rest]
    inner = rest == "cut" and half.endswith(WORKBOOK)  # cut exactly where a stored workbook ends
    assert ready.is_whole_zip(half[-ready.TAIL :], len(half)) == inner


def test_a_zip_of_stored_zips_that_is_cut_anywhere_else_is_not_whole() -> None:
    data = WHOLE["zip of stored zips"]
    whole = [n for n in range(4, len(data)) if ready.is_whole_zip(data[:n][-ready.TAIL :], n)]
    ends = [data.index(WORKBOOK) + len(WORKBOOK), data.rindex(WORKBOOK) + len(WORKBOOK)]
    assert whole == ends


def test_a_slow_writer_is_waited_for(workspace: Path) -> None:
    path = put(workspace, "slow.xlsx", b"")
    steps, seen = threading.Semaphore(0), threading.Semaphore(0)
    pieces = [WORKBOOK[n : n + len(WORKBOOK) // 8 + 1] for n in range(0, len(WORKBOOK), len(WORKBOOK) // 8 + 1)]

    def write() -> None:
        for piece in pieces:
            steps.acquire(timeout=30)
            with path.open("ab") as file:
                file.write(piece)
            seen.release()

    writer = threading.Thread(target=write)
    writer.start()
    states = [only(workspace).state]
    for _ in pieces:
        steps.release()
        assert seen.acquire(timeout=30)
        states.append(only(workspace).state)
    writer.join(30)
    assert states == [NOT_READY] * len(pieces) + [None]
    assert read_again(workspace, only(workspace)) == WORKBOOK


def test_a_file_that_grows_while_it_is_read_is_not_ready(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(workspace, "a.eml", b"x" * 1000)

    @contextmanager
    def grows(at: Path) -> Iterator[Any]:
        with plain.opened(at) as stream:
            yield SimpleNamespace(fileno=stream.fileno, read=lambda size: stream.read(size) or more())

    def more() -> bytes:
        with path.open("ab") as file:
            file.write(b"more")
        return b""

    monkeypatch.setattr(SCANNING, "opened", grows)
    assert only(workspace).state is NOT_READY
    assert "changed while it was being read" in only(workspace).reason


# --- who has it open


def excel_owner(name: str, wide: str | None = None) -> bytes:
    """An owner file as Excel writes it: the name in the code page, filled up with spaces, then in UTF-16 with its length."""
    wide = name if wide is None else wide
    narrow = name.encode("cp1252", "replace")
    data = bytes([len(narrow)]) + narrow.ljust(54) + len(wide).to_bytes(2, "little") + wide.encode("utf-16-le")
    return data + b"\x20\x00" * ((165 - len(data)) // 2) + b"\x20" * ((165 - len(data)) % 2)


def word_owner(name: str) -> bytes:
    data = bytes([len(name)]) + name.encode("cp1252", "replace").ljust(53, b"\0")
    return (data + len(name).to_bytes(2, "little") + name.encode("utf-16-le")).ljust(162, b"\0")


def test_an_open_workbook_says_who_has_it(workspace: Path) -> None:
    owner = excel_owner("Partnership Office")
    assert len(owner) == 165
    put(workspace, "Q2 police.xlsx", WORKBOOK)
    put(workspace, "~$Q2 police.xlsx", owner)
    put(workspace, "police.xlsx", WORKBOOK)
    put(workspace, "sub/Q2 police.xlsx", WORKBOOK)
    entries = found(workspace)
    assert list(entries) == ["Q2 police.xlsx", "police.xlsx", "sub/Q2 police.xlsx"]
    assert entries["Q2 police.xlsx"].state is NOT_READY
    assert entries["Q2 police.xlsx"].reason == (
        "It is open in Excel by Partnership Office. Close it there, or delete the file ~$Q2 police.xlsx if nobody has it open,"
        " and run collate again."
    )
    assert entries["police.xlsx"].state is None
    assert entries["sub/Q2 police.xlsx"].state is None


def test_an_open_workbook_without_a_name(workspace: Path) -> None:
    put(workspace, "A.xlsx")
    put(workspace, "~$a.xlsx", b"")
    assert only(workspace).reason.startswith("It is open in Excel. Close it there,")


@pytest.mark.parametrize("name", ["Lead Officer", "Zoë Übung", "Łukasz Żółć", "李雷", "x" * 52, "O'Neil, A (CSP)"])
def test_names_in_owner_files(name: str) -> None:
    assert ready.office_user(excel_owner(name)) == name
    if len(name.encode("cp1252", "replace")) <= 52:
        assert ready.office_user(word_owner(name)) == name


def test_the_name_in_the_code_page_where_the_other_makes_no_sense() -> None:
    assert ready.office_user(excel_owner("Partner Office", wide="\x00\x01\x02")) == "Partner Office"
    assert ready.office_user(excel_owner("Partner Office")[:54]) == "Partner Office"
    assert ready.office_user(b"") == ""


@given(st.binary(max_size=300))
def test_an_owner_file_of_any_bytes_gives_a_printable_name(data: bytes) -> None:
    for name in (ready.office_user(data), ready.libreoffice_user(data)):
        assert name.isprintable()
        assert len(name) <= 60
        assert name == name.strip()


@pytest.mark.parametrize(
    ("data", "who"),
    [
        (b",clerk,desk,21.11.2025 10:01,file:///home/x;", "clerk"),  # as LibreOffice 7.4 wrote it here
        (b"Lead Officer,clerk,desk,21.11.2025 10:01,file:///home/x;", "Lead Officer"),
        (b"Officer\\, Lead,clerk,desk,,;", "Officer, Lead"),
        ("Zoë,clerk,desk,,;".encode(), "Zoë"),
        (b"", ""),
        (b"\x1b[31mred,x;", "[31mred"),
    ],
)
def test_names_in_lock_files_of_libreoffice(workspace: Path, data: bytes, who: str) -> None:
    assert ready.libreoffice_user(data) == who
    put(workspace, "Q2.ods")
    put(workspace, ".~lock.Q2.ods#", data)
    assert only(workspace).reason.startswith(f"It is open in LibreOffice{f' by {who}' if who else ''}. Close it there")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["~$A.xlsx", "A.xlsx"], {"A.xlsx": "~$A.xlsx"}),
        (["~$a.XLSX", "A.xlsx"], {"A.xlsx": "~$a.XLSX"}),
        (["~$A.xlsx", "a.xlsx", "A.xlsx"], {"A.xlsx": "~$A.xlsx"}),
        (["~$A.xlsx", "xxA.xlsx", "BA.xlsx"], {}),  # Excel leaves nothing out
        (["~$tters.docx", "letters.docx"], {}),  # seven letters: Word leaves out one
        (["~$etters.docx", "letters.docx"], {"letters.docx": "~$etters.docx"}),
        (["~$tters 2.docx", "letters 2.docx"], {"letters 2.docx": "~$tters 2.docx"}),
        (["~$short.docx", "short.docx"], {"short.docx": "~$short.docx"}),
        (["~$tters 2.docx", "tters 2.docx", "letters 2.docx"], {"tters 2.docx": "~$tters 2.docx"}),
        ([".~lock.A.xlsx#", "A.xlsx", "A.xlsx#"], {"A.xlsx": ".~lock.A.xlsx#"}),
        ([".~lock.etters.docx#", "letters.docx"], {}),
        (["~$", ".~lock.#", "A.xlsx"], {}),
    ],
)
def test_whose_owner_file_it_is(names: list[str], expected: dict[str, str]) -> None:
    assert ready.owned(names) == expected


