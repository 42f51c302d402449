"""What the reader refuses, with which code, and that it says one kind sentence. Nothing else may come out of it."""

from __future__ import annotations

import io
import random
import re
import tracemalloc
import zipfile

import pytest

from tests import raw_books as raw
from tests.raw_books import DECLARATION, MAIN, cell, refusal, sheet, strings, styles
from workflow.errors import Unreadable
from workflow.reader import Limits, read_bytes
from workflow.reader.refusal import REFUSALS, refuse

GOOD = raw.parts(sheet(cell("<v>1</v>")))
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000


def stream(*names: str) -> bytes:
    """An OLE file whose directory holds these names."""
    return OLE + b"".join(name.encode("utf-16-le").ljust(64, b"\0") for name in names)


def zipped(*names: str) -> bytes:
    return raw.packed(dict.fromkeys(names, b"x"))


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_one_sentence_that_says_what_to_do(code: str) -> None:
    words = re.findall(r"{(\w+)}", REFUSALS[code])
    text = str(refuse(code, **dict.fromkeys(words, "X")))
    assert text.startswith(("This", "The", "Part", "Only", "A part"))
    assert re.search(r": please .*\.$", text)
    assert not re.search(r"(?<!\()\.(?!xl|ods)[^$]", text), "more than one sentence"
    assert len(text) < 260


# --- it is something else


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"\0" * 100, "file-empty"),
        (stream("EncryptionInfo", "EncryptedPackage"), "encrypted"),
        (stream("EncryptedPackage", "DRMEncryptedDataSpace"), "protected-by-label"),
        (stream("Root Entry", "Workbook"), "old-excel"),
        (stream("Book"), "old-excel"),
        (b"\x09\x08\x10\x00\x00\x05\x00", "old-excel"),
        (stream("WordDocument"), "word"),
        (stream("PowerPoint Document"), "powerpoint"),
        (stream("__substg1.0_0037001F"), "message"),
        (OLE, "not-a-workbook"),
        (zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.bin"), "binary-excel"),
        (zipped("mimetype", "content.xml", "META-INF/manifest.xml"), "open-document"),
        (zipped("Index/Document.iwa", "Metadata/Properties.plist"), "numbers"),
        (zipped("_rels/.rels", "word/document.xml"), "word"),
        (zipped("_rels/.rels", "ppt/presentation.xml"), "powerpoint"),
        (zipped("Q2 police.xlsx", "notes.txt"), "archive"),
        (b"\x1f\x8b\x08....", "archive"),
        (b"%PDF-1.7\n%\xe2\xe3", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "picture"),
        (b"\xff\xd8\xff\xe0..JFIF", "picture"),
        (b"\0\0\0\x18ftypheic....", "picture"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "html"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>x</title>", "html"),
        ("<html><body>".encode("utf-16"), "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xml-excel"),
        (b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>', "open-document"),
        (b"{\\rtf1 hello}", "word"),
        (b"Row key,RAG now\r\nTR-1.1,Amber\r\n", "text"),
        ("Row key\tRAG now\r\n".encode("utf-16"), "text"),
        ("Row key;RAG now – £5".encode("cp1252"), "text"),
        (b"\x01\x02\x03\x04\x05", "not-a-workbook"),
        (raw.packed(GOOD)[:-30], "zip-truncated"),
        (raw.packed(GOOD)[:200], "zip-truncated"),
        (b"PK\x03\x04", "zip-truncated"),
        (raw.packed({name: data for name, data in GOOD.items() if name != "xl/workbook.xml"}), "not-a-workbook"),
    ],
)
def test_it_is_something_else(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_an_old_workbook_that_holds_a_zip_is_no_zip() -> None:
    assert refusal(stream("Workbook") + raw.packed(GOOD)).code == "old-excel"
    assert refusal(b"%PDF-1.7\n" + raw.packed(GOOD)).code == "pdf"


# --- the container


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


def test_a_flipped_bit_is_noticed_wherever_it_is() -> None:
    """Every byte of packed content is under its part's CRC, whether the part is needed or not."""
    parts = GOOD | {"xl/media/image1.png": bytes(range(256)) * 4, "docProps/app.xml": b"<Properties/>"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    data = buffer.getvalue()
    for content in parts.values():
        at = data.index(content) + len(content) // 2
        assert refusal(flipped(data, at)).code == "zip-corrupt"


@pytest.mark.parametrize(
    "extra", [(SHEET, b"<x/>"), ("XL/Worksheets/Sheet1.XML", b"<x/>"), ("xl\\workbook.xml", b"<x/>"), ("xl/../../evil", b"")]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_could_mean_two_things(extra: tuple[str, bytes]) -> None:
    assert refusal(raw.packed([*GOOD.items(), extra])).code == "zip-names"


def test_locked_and_oddly_packed_entries() -> None:
    data = raw.packed(GOOD)
    locked, odd = bytearray(data), bytearray(data)
    for entry in re.finditer(b"PK\x01\x02", data):
        locked[entry.start() + 8] |= 1
        odd[entry.start() + 10] = 99
    assert refusal(bytes(locked)).code == "zip-encrypted"
    assert refusal(bytes(odd)).code == "zip-method"


def test_bombs_are_refused_while_they_inflate() -> None:
    zeros = raw.packed(GOOD | {"xl/media/zeros.bin": b"\0" * (20 * 2**20)})
    assert len(zeros) < 2**20
    assert refusal(zeros).code == "zip-too-large"
    texts = raw.packed(raw.parts(sheet(""), strings=strings("<si><t>" + "a" * (60 * 2**20) + "</t></si>")))
    tracemalloc.start()
    try:
        assert refusal(texts).code == "zip-too-large"
        assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    finally:
        tracemalloc.stop()


def test_a_size_that_the_header_lies_about_is_not_believed() -> None:
    data = raw.packed(GOOD | {"xl/media/zeros.bin": b"\0" * (20 * 2**20)})
    small = data.replace((20 * 2**20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refusal(small).code in ("zip-corrupt", "zip-too-large")


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(file_bytes=100), "file-too-large"),
        (Limits(entries=2), "zip-too-large"),
        (Limits(part_bytes=100), "zip-too-large"),
        (Limits(total_bytes=600), "zip-too-large"),
        (Limits(cells=0), "too-many-cells"),
    ],
)
def test_limits(limits: Limits, code: str) -> None:
    assert refusal(raw.packed(GOOD), limits).code == code


def test_the_cells_of_all_sheets_count_together() -> None:
    two = raw.book(sheet(cell("<v>1</v>")), sheet(cell("<v>1</v>")))
    assert refusal(two, Limits(cells=1)).code == "too-many-cells"
    assert len(read_bytes(two, Limits(cells=2)).sheets) == 2


# --- the parts


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "_rels/.rels", "xl/theme/theme1.xml", "docProps/app.xml", "x.vml"])
def test_no_part_may_have_a_document_type(part: str, codec: str) -> None:
    evil = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY e SYSTEM "file:///etc/hostname">]><x>&a;&e;</x>'
    start = b"\xfe\xff" if codec == "utf-16-be" else b""
    assert refusal(raw.packed(GOOD | {part: start + evil.encode(codec)})).code == "xml-doctype"


@pytest.mark.parametrize(
    "rows",
    [
        "<row r='1'><c r='A1'><v>1</v></row>",
        "<row r='1'><c r='A1'><v>1</v></c>",
        "<row r='1'><c r='A1'><v>&undefined;</v></c></row>",
        "<row r='1'><c r='A1'><v>\x01</v></c></row>",
        "<row r='1'><c r='A1' r='A2'><v>1</v></c></row>",
        "<row r='1' r='2'><c r='A1'><v>1</v></c></row>",
        "<row r='1'><c r='A1' t='str'><v>a]]>b</v></c></row>",
        "<row r='1'><c r='A1' t='str'><v>\ufffe</v></c></row>",
        "<row r='1'><c r='A1' t='str'><v>&#0;</v></c></row>",
    ],
)
def test_malformed_xml(rows: str) -> None:
    for text in (rows, rows.replace("'", '"')):
        assert refusal(raw.book(sheet(text))).code == "xml-malformed"


@pytest.mark.parametrize(
    "text",
    [
        sheet("").replace("UTF-8", "x-nobody-knows"),
        sheet("").replace("UTF-8", "utf-7"),
        sheet("").replace("UTF-8", "shift_jis"),
        "",
        "not xml",
        sheet("").replace(MAIN, "urn:something-else"),
        f'{DECLARATION}<chartsheet xmlns="{MAIN}"/>',
        sheet("") + "<more/>",
    ],
)
def test_a_part_that_is_not_what_it_should_be(text: str) -> None:
    assert refusal(raw.packed(GOOD | {SHEET: text.encode()})).code == "xml-malformed"


def test_bytes_that_are_not_in_the_encoding() -> None:
    latin = sheet('<row r="1"><c r="A1" t="str"><v>caf\xe9</v></c></row>').encode("latin-1")
    assert refusal(raw.packed(GOOD | {SHEET: latin})).code == "xml-malformed"


def test_deep_nesting() -> None:
    for text in (sheet("<a>" * 5000 + "</a>" * 5000), sheet("", after="<a>" * 5000 + "</a>" * 5000)):
        assert refusal(raw.book(text)).code == "xml-too-deep"


def test_missing_parts() -> None:
    assert refusal(raw.packed({name: data for name, data in GOOD.items() if name != SHEET})).code == "sheet-missing"
    unrelated = GOOD | {"xl/_rels/workbook.xml.rels": raw.relations().encode()}
    assert refusal(raw.packed(unrelated)).code == "sheet-missing"
    table = raw.parts(sheet("", after='<tableParts><tablePart r:id="rId1"/></tableParts>'))
    table["xl/worksheets/_rels/sheet1.xml.rels"] = raw.relations(("rId1", "table", "../tables/table1.xml")).encode()
    assert refusal(raw.packed(table)).code == "part-missing"


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_part_that_gives_cells_their_meaning_may_not_be_lost(part: str) -> None:
    """Without its styles a workbook's dates would quietly read as numbers."""
    parts = raw.parts(sheet(cell("<v>45230</v>", ' s="0"')), strings=strings(""), styles=styles(["dd/mm/yyyy"]))
    assert refusal(raw.packed({name: data for name, data in parts.items() if name != part})).code == "part-missing"


def test_two_sheets_of_one_name() -> None:
    tabs = raw.workbook([("Actions", ""), ("ACTIONS", "")])
    error = refusal(raw.book(sheet(""), sheet(""), workbook=tabs))
    assert error.code == "sheet-twice"
    assert "ACTIONS" in str(error)


# --- the cells


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>', "cell-twice"),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><f>1</f></c></row>', "cell-twice"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>', "cell-twice"),
        (cell("<v>abc</v>"), "cell-number"),
        (cell("<v>1,5</v>"), "cell-number"),
        (cell("<v>NaN</v>"), "cell-number"),
        (cell("<v>inf</v>"), "cell-number"),
        (cell("<v>1e400</v>"), "cell-number"),
        (cell("<v>1_000</v>"), "cell-number"),
        (cell("<v>٣</v>"), "cell-number"),
        (cell("<v>yes</v>", ' t="b"'), "cell-value"),
        (cell("<v>31 October</v>", ' t="d"'), "cell-value"),
        (cell("<v>P</v>", ' t="d"'), "cell-value"),
        (cell("<v>1</v>", ' t="other"'), "cell-value"),
        (cell("<v>5</v>", ' t="s"'), "cell-string-missing"),
        (cell("<v>-1</v>", ' t="s"'), "cell-string-missing"),
        (cell("<v>x</v>", ' t="s"'), "cell-string-missing"),
        (cell(f"<v>{'a' * 32_768}</v>", ' t="str"'), "cell-text-too-long"),
        (cell(f"<v>{'😀' * 16_384}</v>", ' t="str"'), "cell-text-too-long"),
    ],
)
def test_a_cell_that_cannot_be_trusted_is_named(rows: str, code: str) -> None:
    for text in (rows, rows.replace('"', "'")):
        error = refusal(raw.book(sheet(text), strings=strings("<si><t>a</t></si>")))
        assert error.code == code
        assert re.search(r"sheet Sheet1.* A1\b", str(error))


@pytest.mark.parametrize("ref", ["A0", "A01", "1A", "XFE1", "A1048577", "ZZZZ1", "$A$1", "A", "", "A1:B2", "A2", "-A1", "Á1"])
def test_an_address_that_is_none(ref: str) -> None:
    """`A2` in row 1 contradicts itself."""
    assert refusal(raw.book(sheet(f'<row r="1"><c r="{ref}"><v>1</v></c></row>'))).code == "cell-reference"


@pytest.mark.parametrize("row", ["0", "-1", "1048577", "x", "", "1.5", "99999999999999999999", "²"])
def test_a_row_that_is_none(row: str) -> None:
    assert refusal(raw.book(sheet(f'<row r="{row}"><c><v>1</v></c></row>'))).code == "cell-reference"


def test_cells_that_run_off_the_sheet() -> None:
    rows = '<row r="1"><c r="XFD1"><v>1</v></c><c><v>1</v></c></row>'
    assert refusal(raw.book(sheet(rows))).code == "cell-reference"
    assert refusal(raw.book(sheet('<row r="1048576"/><row/>'))).code == "cell-reference"
    assert refusal(raw.book(sheet("<c><v>1</v></c>"))).code == "cell-reference"
    assert refusal(raw.book(sheet("", after='<mergeCells><mergeCell ref="A1:XFE9"/></mergeCells>'))).code == "cell-reference"


def test_a_text_of_the_longest_length_is_read() -> None:
    for text in ("a" * 32_767, "😀" * 16_383):
        book = raw.read(sheet(cell(f"<v>{text}</v>", ' t="str"')))
        assert book.sheets[0].cells[1, 1].value == text


def test_words_of_the_file_cannot_break_the_sentence() -> None:
    tabs = raw.workbook([("{x}\u202e_x000A_" + "long " * 50, "")])
    text = str(refusal(raw.book(sheet(cell("<v>{evil}\u202e</v>")), workbook=tabs)))
    assert "\n" not in text
    assert "\u202e" not in text
    assert len(text) < 300


# --- hostile sizes


@pytest.mark.parametrize(
    "text",
    [
        sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', before='<dimension ref="A1:XFD1048576"/>'),
        sheet(cell("<v>1</v>"), after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 9_000 + "</mergeCells>"),
        sheet("", before="<cols>" + '<col min="1" max="16384" hidden="1"/>' * 9_000 + "</cols>"),
        sheet("".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(1, 30_000))),
        sheet("".join(f'<row r="{n}" hidden="1"/>' for n in range(1, 50_000))),
    ],
)
def test_what_makes_other_readers_hang_is_read_at_once(text: str) -> None:
    tracemalloc.start()
    try:
        assert len(raw.read(text).sheets[0].cells) <= 1
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()


def test_ranges_made_to_be_slow_are_refused() -> None:
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
    rows = "".join(row.format(n) for n in range(1, 2_001))
    merges = "<mergeCells>" + "".join(f'<mergeCell ref="A1:A{n}"/>' for n in range(2_000, 4_000)) + "</mergeCells>"
    assert refusal(raw.book(sheet(rows, after=merges))).code == "too-many-cells"
    many = "<mergeCells>" + "".join(f'<mergeCell ref="B{n}:C{n}"/>' for n in range(1, 100)) + "</mergeCells>"
    assert refusal(raw.book(sheet("", after=many)), Limits(ranges=90)).code == "too-many-cells"


# --- anything at all


def seeds() -> list[bytes]:
    """Workbooks to be damaged: with shared strings, styles, dates, formulas and a merge."""
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="0"><v>45230</v></c><c r="C1"><f>A1</f></c></row>'
    merges = '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
    parts = raw.parts(sheet(rows, after=merges), strings=strings("<si><t>a&amp;b</t></si>"), styles=styles(["dd/mm/yyyy"]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as container:
        for name, data in parts.items():
            container.writestr(name, data)
    return [buffer.getvalue(), raw.packed(parts)]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A workbook whose bytes were changed, cut or doubled; its stored parts keep a right CRC half of the time."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found))
        kind = chance.randrange(4)
        if kind == 0:
            found[at] = chance.randrange(256)
        elif kind == 1:
            del found[at : at + chance.randint(1, 20)]
        elif kind == 2:
            found[at:at] = found[at : at + chance.randint(1, 40)]
        else:
            found[at : at + 1] = chance.choice([b"<", b">", b"&", b'"', b"]]>", b"\xff", b"\0", b"9" * 30, b"-"])
    return bytes(found)


def check_damaged(count: int) -> None:
    """Each of `count` damaged workbooks, damaged as a file and inside one part, is read or refused with a known code."""
    whole = seeds()
    with zipfile.ZipFile(io.BytesIO(whole[0])) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    for seed in range(count):
        chance = random.Random(seed)
        name = chance.choice(sorted(parts))
        for data in (damaged(whole[seed % 2], chance), raw.packed(parts | {name: damaged(parts[name], chance)})):
            try:
                read_bytes(data)
            except Unreadable as error:
                assert error.code in REFUSALS
                assert error.code != "unexpected", f"seed {seed}: {error.__cause__!r}"


def test_a_damaged_workbook_is_read_or_refused() -> None:
    check_damaged(400)


@pytest.mark.long
def test_many_damaged_workbooks_are_read_or_refused() -> None:
    check_damaged(12_000)
