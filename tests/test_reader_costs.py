"""What reading a workbook may cost, and that what was made quick or strict for it still says the same."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import raw_books as raw
from tests.msg_files import Storage, compound_file
from tests.random_books import by_openpyxl, by_xlsxwriter
from tests.raw_books import cell, refusal, sheet, strings
from workflow import config, fields
from workflow.errors import Unreadable
from workflow.reader import Limits, ole, package, plain, read_bytes, read_table, read_tables
from workflow.reader.budget import Budget
from workflow.reader.locate import label

FORMS = config.load_forms(Path(__file__).parents[1] / "templates" / "returns")
SHEET = "xl/worksheets/sheet1.xml"

# --- the same, but quicker


@given(st.text(st.one_of(st.characters(), st.sampled_from(" \t\n:*'\"-aAßİıﬁ\u00a0\u200b\u2019\u2014")), max_size=40))
def test_a_label_is_the_folded_text(text: str) -> None:
    assert label(text) == fields.fold(text).rstrip(" :*")


@pytest.mark.parametrize("make", [by_xlsxwriter, by_openpyxl])
def test_all_forms_at_once_read_as_each_alone(make: object) -> None:
    for seed in range(20):
        book = read_bytes(make(seed))  # type: ignore[operator]  # one of the two makers
        assert read_tables(book, FORMS, "a.xlsx") == {name: read_table(book, form, "a.xlsx") for name, form in FORMS.items()}


@settings(max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 3_000), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_a_part_comes_out_as_it_went_in(content: bytes, zeros: int, method: int) -> None:
    """However the pieces fall in which it is unpacked."""
    content += bytes(zeros) + content[::-1]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as container:
        for name, data in raw.parts(sheet("")).items():
            container.writestr(name, data)
        container.writestr("xl/media/image1.png", content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "_CHUNK", 7)
        patch.setattr(package, "_PIECE", 5)
        opened = package.Package(buffer.getvalue(), Limits())
        assert opened.read("xl/media/image1.png") == content
        assert "xl/media/image1.png" not in opened.unread


# --- limits


def flood(rows: str) -> bytes:
    return raw.book(sheet(rows))


@pytest.mark.parametrize("lane", [plain.MOST_BYTES, -1])
@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1">' + '<c r="A1"/>' * 3_000 + "</row>",
        '<row r="1"/>' * 3_000,
        '<row r="1"></row>' * 3_000,
        "".join(f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>a</t></is></c></row>' for n in range(1, 1_000)),
    ],
)
def test_work_is_limited_on_both_ways_through_a_sheet(rows: str, lane: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "MOST_BYTES", lane)
    monkeypatch.setattr("workflow.reader.budget._STEPS", 100)
    assert refusal(flood(rows), Limits(cells=100)).code == "too-many-cells"
    monkeypatch.setattr("workflow.reader.budget._STEPS", 100_000)
    assert read_bytes(flood(rows))


@pytest.mark.parametrize("lane", [plain.MOST_BYTES, -1])
def test_memory_for_texts_is_limited_on_both_ways(lane: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "MOST_BYTES", lane)
    monkeypatch.setattr("workflow.reader.budget._ROOM", 20_000)
    monkeypatch.setattr("workflow.reader.budget._CELL", 0)
    many = "".join(f"<si><t>{n} {'a' * 500}</t></si>" for n in range(100))
    assert refusal(raw.book(sheet(""), strings=strings(many))).code == "zip-too-large"
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="str"><v>{n}{"a" * 500}</v></c></row>' for n in range(1, 100))
    assert refusal(raw.book(sheet(rows))).code == "zip-too-large"
    formulas = "".join(f'<row r="{n}"><c r="A{n}"><f>{n}+{"1" * 500}</f><v>1</v></c></row>' for n in range(1, 100))
    assert refusal(raw.book(sheet(formulas))).code == "zip-too-large"


def test_all_sheets_spend_from_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    one = sheet('<row r="1">' + '<c r="A1"/>' * 900 + "</row>")
    monkeypatch.setattr("workflow.reader.budget._STEPS", 1_500)
    assert read_bytes(raw.book(one), Limits(cells=1))
    assert refusal(raw.book(one, one, one), Limits(cells=1)).code == "too-many-cells"


def test_a_budget_follows_from_the_cells_that_are_allowed() -> None:
    for cells in (1, 1_000_000):
        Budget(Limits(cells=cells)).step(3 * cells)
        Budget(Limits(cells=cells)).keep_cells(cells)
    with pytest.raises(Unreadable):
        Budget(Limits(cells=10)).keep_cells(1_000_000)


def test_what_xml_may_hold_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag that does not end, names without end; whatever lies within the limits is read."""
    wide = sheet(f'<row r="1" spans="{"1:2 " * 1_000}"/>' + cell("<v>1</v>"))
    names = sheet("", after="".join(f"<x{n}/>" for n in range(500)))
    for text in (wide, names):
        assert read_bytes(raw.book(text))
    monkeypatch.setattr("workflow.reader.xmlread._LONGEST_TOKEN", 1_000)
    monkeypatch.setattr("workflow.reader.xmlread._CHUNK", 100)
    monkeypatch.setattr("workflow.reader.xmlread._MOST_NAMES", 300)
    monkeypatch.setattr(plain, "MOST_BYTES", -1)
    for text in (wide, names):
        assert refusal(raw.book(text)).code == "zip-too-large"


# --- how XML is named


@pytest.mark.parametrize("name", ["xl/worksheets/sheet%201.xml", "xl/worksheets/%73heet1.xml", "/xl/worksheets/sheet1.xml"])
def test_a_part_is_found_however_its_name_is_spelled(name: str) -> None:
    target = {"xl/worksheets/sheet%201.xml": "worksheets/sheet%201.xml"}.get(name, "worksheets/sheet1.xml")
    parts = raw.parts(sheet(cell("<v>1</v>")))
    moved = {name if old == SHEET else old: data for old, data in parts.items()}
    moved["xl/_rels/workbook.xml.rels"] = raw.relations(("rId1", "worksheet", target)).encode()
    assert len(read_bytes(raw.packed(moved)).sheets[0].cells) == 1


@pytest.mark.parametrize(
    ("before", "rows", "hidden"),
    [
        ('<cols><col min="1" max="1" width="0"/></cols>', '<row r="1">', True),
        ('<cols><col min="1" max="1" width="0.0" customWidth="1"/></cols>', '<row r="1">', True),
        ('<cols><col min="1" max="1" width="9"/></cols>', '<row r="1" ht="0">', True),
        ('<cols><col min="1" max="1" width="0.5"/></cols>', '<row r="1" ht="0.75">', False),
    ],
)
def test_what_has_no_size_is_hidden(before: str, rows: str, hidden: bool) -> None:
    for text in (sheet(f'{rows}<c r="A1"><v>1</v></c></row>', before), sheet(f"{rows}<c><v>1</v></c></row>", before)):
        assert raw.read(text).sheets[0].cells[1, 1].hidden is hidden


# --- OLE files


NAMES = st.sampled_from(
    ["Workbook", "WordDocument", "EncryptedPackage", "__substg1.0_0037001F", "PowerPoint Document", "Other", "x"]
)
INSIDE = st.dictionaries(NAMES, st.binary(min_size=1, max_size=60), max_size=4)


@given(NAMES, st.dictionaries(st.sampled_from(["A", "B", "MBD0001"]), INSIDE, max_size=3))
def test_only_the_root_of_an_ole_file_decides(name: str, folders: dict[str, dict[str, bytes]]) -> None:
    """A workbook that holds a document is a workbook; a message that holds a locked workbook is a message."""
    storage: Storage = {name: b"x" * 5_000, **{folder: dict(inside) for folder, inside in folders.items()}}
    assert ole.kind(compound_file(storage)) == ole.kind(compound_file({name: b"x" * 5_000}))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 2_000), st.binary(min_size=1, max_size=4)), max_size=6), st.integers(0, 20_000))
def test_a_damaged_ole_file_is_still_told_something(changes: list[tuple[int, bytes]], length: int) -> None:
    data = bytearray(compound_file({"Workbook": bytes(6_000), "\x05SummaryInformation": bytes(90)}))
    for at, new in changes:
        data[8 + at : 8 + at + len(new)] = new
    assert ole.kind(bytes(data[: 8 + length])) in ("old-excel", "not-a-workbook")
