"""The measuring of text, and that pages as LibreOffice prints them show all of it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import office
from tests import writer_books as books
from workflow import writer
from workflow.model import Book, Column, Kind, Profile, Sheet
from workflow.writer import fit, grid, measure

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=80)


def test_widths_are_arials() -> None:
    """By its published metrics: digits 556, space 278, M 833 thousandths of an em; bold M the same, bold n wider."""
    assert measure.text_px("0123456789", 12) == pytest.approx(10 * 16 * 0.556)
    assert measure.text_px(" M", 12) == pytest.approx(16 * 1.111)
    assert measure.text_px("n", 12, True) > measure.text_px("n", 12)
    assert measure.text_px("é£–", 12) == pytest.approx(16 * (0.556 * 3))


def test_column_pixels_are_excels() -> None:
    """Excel's own standard column of 8.43 characters in Arial 10 is 64 pixels."""
    assert (measure.column_px(8.43), measure.column_px(10)) == (64, 75)


def test_lines_of_what_can_be_counted_by_hand() -> None:
    assert measure.line_count("", 10, 10) == 1
    assert measure.line_count("one\ntwo\n\nthree", 10, 10) == 4
    assert measure.line_count("word word word", 5.5, 10) == 3
    assert measure.line_count("x" * 200, 10, 10) >= 15


@given(WORDS, WORDS, st.integers(8, 60))
def test_more_text_or_less_room_never_takes_fewer_lines(first: str, second: str, width: int) -> None:
    whole = measure.line_count(first + "\n" + second, width, 11)
    assert whole == measure.line_count(first, width, 11) + measure.line_count(second, width, 11)
    assert measure.line_count(first, width + 10, 11) <= measure.line_count(first, width, 11)
    assert measure.line_count(first, width, 12) >= measure.line_count(first, width, 10)


@given(WORDS, st.integers(60, 900))
def test_a_split_line_fits_and_keeps_its_words(text: str, pixels: int) -> None:
    lines = measure.split_line(text, pixels, 12)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(measure.text_px(line, 12) <= pixels or len(line) == 1 for line in lines)


def test_a_crowded_published_table_keeps_to_the_page() -> None:
    """Words may break then, numbers and row keys never."""
    long = "Multidisciplinary safeguarding"
    columns = (Column("Row key", key=True), Column("Number", Kind.WHOLE), *(Column(f"Text {n}", width=40) for n in range(12)))
    sheet = Sheet("Crowded", "Crowded", (), columns, (("CP23-SLAVERY-10", 123456789, *(long,) * 12),), "crowded")
    laid = fit.lay(sheet, Profile.PUBLISHED)
    look = grid.LOOKS[Profile.PUBLISHED]
    assert sum(laid.widths) <= look.total
    room = [measure.room_px(laid.room(n)) for n in (0, 1)]
    assert measure.text_px("CP23-SLAVERY-10", look.size) <= room[0]
    assert measure.text_px("123,456,789", look.size) <= room[1]
    assert min(laid.widths) >= 8


def test_a_column_is_widened_before_its_text_is_moved() -> None:
    sheet = replace(books.table(), rows=((*books.table().rows[0][:7], books.progress(6)),))
    narrow = replace(sheet, columns=(*sheet.columns[:7], replace(sheet.columns[7], width=20)))
    laid = fit.lay(narrow, Profile.PUBLISHED)
    assert 20 < laid.widths[7] <= 60
    assert max(laid.heights.values()) <= 409
    assert not laid.long_texts


BOOKS = {
    Profile.PUBLISHED: books.published(books.table(24, 6)),
    Profile.WORKING: books.working(books.table(24, 6)),
    Profile.RETURN: books.to_return(replace(books.asking(), rows=books.asking().rows[:2] * 12, spare_from=None)),
}


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for profile, book in BOOKS.items():
        (folder / f"{profile}.xlsx").write_bytes(writer.render(book))
    office.convert(sorted(folder.glob("*.xlsx")), "pdf", folder)
    return folder


def pages(pdf: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


@pytest.mark.libreoffice
@needs_office
@needs_pdftotext
@pytest.mark.parametrize("profile", Profile)
def test_the_end_of_every_long_text_is_printed(pdfs: Path, profile: Profile) -> None:
    """A text that its row cuts off loses its last line, and so its closing words."""
    text = " ".join("".join(pages(pdfs / f"{profile}.pdf")).split())
    rows = next(sheet for sheet in BOOKS[profile].sheets if sheet.name == "Actions").rows
    if profile is Profile.RETURN:
        assert text.count("Closing words") == 24
        return
    for n in range(1, len(rows) + 1):
        assert re.search(rf"words {n}\b|Closing.{{0,200}}\b{n}\b", text), f"row {n} is cut off"
    assert text.count("Closing") == 24


@pytest.mark.libreoffice
@needs_office
@needs_pdftotext
@pytest.mark.parametrize("profile", Profile)
def test_headings_repeat_on_every_page_of_a_table(pdfs: Path, profile: Profile) -> None:
    found = [page for page in pages(pdfs / f"{profile}.pdf") if "TR-" in page]
    assert len(found) > 1
    assert all("Row key" in page for page in found)
    if profile is Profile.RETURN:
        assert all("Filled in for" in page and "Please" in page for page in found)


def heights(data: bytes) -> list[float]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read("xl/worksheets/sheet2.xml").decode()
    return [float(height) for height in re.findall(r'<row [^>]*? ht="([\d.]+)"', xml)]


def fitted(book: Book, folder: Path) -> list[float]:
    """The row heights, in points, that LibreOffice would choose for the second sheet itself."""
    plain = folder / "plain.xlsx"
    with zipfile.ZipFile(io.BytesIO(writer.render(book))) as old, zipfile.ZipFile(plain, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb' ht="[\d.]+"( customHeight="1")?', b"", old.read(name)))
    office.convert([plain], "fods", folder)
    flat = folder / "again.fods"  # opening a flat file without heights makes it fit them
    flat.write_text(re.sub(r' style:row-height="[^"]*"', "", plain.with_suffix(".fods").read_text("utf-8")), "utf-8")
    office.convert([flat], "ods", folder)
    with zipfile.ZipFile(folder / "again.ods") as package:
        xml = package.read("content.xml").decode()
    style = r'<style:style style:name="(ro\d+)" style:family="table-row"><[^>]*? style:row-height="([\d.]+)in"'
    styles = {name: float(height) * 72 for name, height in re.findall(style, xml)}
    table = re.findall(r"<table:table table:name=.*?</table:table>", xml, re.DOTALL)[1]
    found: list[float] = []
    row = r'<table:table-row table:style-name="(ro\d+)"(?: table:number-rows-repeated="(\d+)")?'
    for name, times in re.findall(row, table):
        found += [styles[name]] * int(times or 1)
    return found


@pytest.mark.libreoffice
@needs_office
@pytest.mark.parametrize("profile", Profile)
def test_our_rows_are_as_high_as_libreoffice_would_make_them(tmp_path: Path, profile: Profile) -> None:
    """Never lower, and not much higher: LibreOffice sets Arial 12 in lines of 12.7 points, Excel in 15."""
    ours = heights(writer.render(BOOKS[profile]))
    theirs = fitted(BOOKS[profile], tmp_path)[: len(ours)]
    assert all(own >= other for own, other in zip(ours, theirs, strict=True))
    tall = [own / other for own, other in zip(ours, theirs, strict=True) if other > 40]
    assert tall
    assert sum(tall) / len(tall) < 1.4
