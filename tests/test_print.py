"""The packs on paper: what LibreOffice prints of every pack of the example's last quarter shows all of every text.

A page is read by where each word stands on it: a word belongs to the column whose edges it stands between.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests import office
from tests.story import PERIODS, ran_once
from workflow.office import find

pytestmark = [
    pytest.mark.long,
    pytest.mark.libreoffice,
    pytest.mark.skipif(not office.available(), reason="LibreOffice is not installed"),
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed"),
]

A4 = (841.9, 595.3)  # landscape, in points
MARGIN = 28.8
DIGIT, LINE = 5.56, 13.008  # in points: a character of a column's width as LibreOffice takes it; a word in Arial 10
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)


@dataclass(frozen=True)
class Word:
    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Page:
    """One printed page; words from top to bottom, those of one line from left to right."""

    number: int
    size: tuple[float, float]
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return squeezed(self.words)


@dataclass(frozen=True)
class Printed:
    """One sheet with its pages. `heading` is the row of its table's headings, 0 where it has no table."""

    pack: str
    sheet: Worksheet
    heading: int
    pages: tuple[Page, ...]

    @property
    def named(self) -> str:
        return f"{self.pack}, {self.sheet.title}"

    def edges(self) -> list[float]:
        """Where each column begins on paper, and the last one ends."""
        given = {n: d.width for d in self.sheet.column_dimensions.values() for n in range(d.min or 1, (d.max or 1) + 1)}
        widths = [given[n] * DIGIT for n in range(1, self.sheet.max_column + 1)]
        heights = Counter(round(word.bottom - word.top, 2) for page in self.pages for word in page.words)
        scale = heights.most_common(1)[0][0] / LINE  # to the page's width: that of most words is the scale of all
        assert 0.8 < scale < 1.01, f"{self.named} is printed at {scale:.0%}"
        return [MARGIN + sum(widths[:n]) * scale for n in range(len(widths) + 1)]


def squeezed(what: Sequence[Word] | str) -> str:
    """A text without its white space: a line that wraps has a break where the cell has a space."""
    text = what if isinstance(what, str) else "".join(word.text for word in what)
    return "".join(text.split())


def pages_of(pdf: Path) -> list[Page]:
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True)
    pages = []
    for number, found in enumerate(_PAGE.finditer(done.stdout), 1):
        words = [
            Word(float(w[1]), float(w[2]), float(w[3]), float(w[4]), html.unescape(w[5])) for w in _WORD.finditer(found[3])
        ]
        words.sort(key=lambda w: (round(w.bottom, 1), w.left))
        pages.append(Page(number, (float(found[1]), float(found[2])), tuple(words)))
    return pages


def by_sheet(pack: Path, pages: Sequence[Page]) -> Iterator[Printed]:
    """A sheet begins on the page that its title heads."""
    book = openpyxl.load_workbook(pack)
    left = list(pages)
    for n, sheet in enumerate(book.worksheets):
        following = squeezed(str(book.worksheets[n + 1]["A1"].value)) if n + 1 < len(book.worksheets) else None
        own = [left.pop(0)]
        while left and not (following and left[0].text.startswith(following)):
            own.append(left.pop(0))
        table = next(iter(sheet.tables.values()), None)
        heading = range_boundaries(table.ref)[1] if table else 0
        yield Printed(pack.name, sheet, heading or 0, tuple(own))


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    found = sorted((ran_once(tmp_path_factory) / f"outbox/{PERIODS[-1]}/boards").glob("*.xlsx"))
    assert {p.stem.rpartition("-")[2] for p in found} == {"public", "partnership", "restricted"}
    return found


@pytest.fixture(scope="module")
def printed(packs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Printed]:
    program, folder = find(), tmp_path_factory.mktemp("print")
    assert program
    sheets: list[Printed] = []
    for name, pdf in program.convert({p.name: p.read_bytes() for p in packs}, "pdf").items():
        assert isinstance(pdf, bytes), pdf
        (folder / f"{name}.pdf").write_bytes(pdf)
        sheets += by_sheet(next(p for p in packs if p.name == name), pages_of(folder / f"{name}.pdf"))
    assert len(sheets) > len(packs) * 10
    return sheets


def within(page: Page, left: float, right: float) -> list[Word]:
    return [w for w in page.words if left - 1 <= (w.left + w.right) / 2 < right - 1]


def test_every_page_is_a4_landscape_and_nothing_stands_in_its_margins(printed: list[Printed]) -> None:
    for sheet in printed:
        for page in sheet.pages:
            assert page.size == pytest.approx(A4, abs=0.5), f"{sheet.named}, page {page.number}"
            for word in page.words:
                inside = word.left >= MARGIN - 1 and word.right <= A4[0] - MARGIN + 1 and word.bottom <= A4[1] - MARGIN + 2
                assert inside and word.top >= MARGIN - 2, f"{sheet.named}, page {page.number}: {word}"


def test_every_line_above_a_table_is_printed_whole(printed: list[Printed]) -> None:
    for sheet in printed:
        last = sheet.heading - 1 if sheet.heading else sheet.sheet.max_row
        first = "".join(page.text for page in sheet.pages)
        for row in range(1, last + 1):
            text = squeezed(str(sheet.sheet.cell(row, 1).value or ""))
            assert text in first, f"{sheet.named}, row {row}"


def cut_off(sheet: Printed) -> list[str]:
    """The texts of a sheet's table that do not stand whole on the page where most of their row does."""
    edges = sheet.edges()
    columns = [[squeezed(within(page, *pair)) for pair in pairwise(edges)] for page in sheet.pages]
    lost = []
    for row in range(sheet.heading + 1, sheet.sheet.max_row + 1):
        cells = [squeezed(str(c.value)) if isinstance(c.value, str) else "" for c in sheet.sheet[row]]
        missing = [[n for n, text in enumerate(cells) if text not in page[n]] for page in columns]
        lost += [f"{sheet.named}, row {row}: {cells[n]}" for n in min(missing, key=len)]
    return lost


def test_every_cell_is_printed_whole_and_every_row_on_one_page(printed: list[Printed]) -> None:
    tables = [sheet for sheet in printed if sheet.heading]
    assert sum(sheet.sheet.max_row - sheet.heading for sheet in tables) > 500
    assert not [text for sheet in tables for text in cut_off(sheet)]


def test_a_row_that_is_a_line_too_low_is_seen(packs: list[Path], tmp_path: Path) -> None:
    """The eye of these tests: the same pack with rows of one line and a half, each of which cuts off what has three."""
    low = tmp_path / packs[0].name
    with zipfile.ZipFile(packs[0]) as old, zipfile.ZipFile(low, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb'(<row [^>]*? ht=")[4-9]\d(?:\.\d+)?"', rb'\g<1>22"', old.read(name)))
    office.convert([low], "pdf", tmp_path)
    sheets = [sheet for sheet in by_sheet(low, pages_of(low.with_suffix(".pdf"))) if sheet.heading]
    assert len([text for sheet in sheets for text in cut_off(sheet)]) > 20


def test_no_word_stands_across_the_edge_of_its_column(printed: list[Printed]) -> None:
    for sheet in (s for s in printed if s.heading):
        edges = sheet.edges()
        body = {squeezed(w) for row in sheet.sheet.iter_rows(min_row=sheet.heading, values_only=True) for c in row
                if isinstance(c, str) for w in c.split()}  # fmt: skip
        for page in sheet.pages[1:]:  # on the first, lines run over the columns
            for word in (w for w in page.words if w.text in body):
                across = [edge for edge in edges if word.left + 1 < edge < word.right - 1]
                assert not across, f"{sheet.named}, page {page.number}: {word}"
            assert "###" not in page.text


def test_headings_stand_at_the_top_of_every_page_of_a_table(printed: list[Printed]) -> None:
    long = 0
    for sheet in (s for s in printed if s.heading):
        edges = sheet.edges()
        headings = [squeezed(str(c.value)) for c in sheet.sheet[sheet.heading]]
        for page in sheet.pages[1:]:
            top = [squeezed(within(page, *pair)) for pair in pairwise(edges)]
            wrong = [h for h, text in zip(headings, top, strict=True) if not text.startswith(h)]
            assert not wrong, f"{sheet.named}, page {page.number} does not begin with {wrong}"
            long += 1
    assert long > 50


def test_a_picture_stands_on_one_page_with_its_words(printed: list[Printed]) -> None:
    pictures = [s for s in printed if s.sheet._charts]  # type: ignore[attr-defined]
    assert pictures
    assert not [s.named for s in pictures if len(s.pages) > 1]


def test_no_page_is_empty(printed: list[Printed]) -> None:
    for sheet in printed:
        assert all(page.words for page in sheet.pages), sheet.named


def test_no_row_is_lower_than_libreoffice_would_make_it(packs: list[Path], tmp_path: Path) -> None:
    books = {pack: openpyxl.load_workbook(pack) for pack in packs}
    jobs: list[office.Job] = [
        (pack, tmp_path / pack.name, [["fit rows", name] for name in book.sheetnames]) for pack, book in books.items()
    ]
    office.edit_all(jobs)
    compared = 0
    for pack, book in books.items():
        fitted = openpyxl.load_workbook(tmp_path / pack.name)
        for sheet in book.worksheets:
            for row, dimension in sheet.row_dimensions.items():
                theirs = fitted[sheet.title].row_dimensions[row].height
                if dimension.height and theirs:
                    assert dimension.height >= theirs, f"{pack.name}, {sheet.title}, row {row}: LibreOffice needs {theirs}"
                    compared += 1
    assert compared > 1000
