"""Law 7: nothing that a partner types becomes a formula, a link, a date, a number or markup anywhere else.

Every text below is typed as a progress, as evidence, as a RAG word and as a comment, on a row of its own, and followed
through one quarter: tracker, packs, marked-up returns, the letters, and the next quarter's templates.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell

from tests import small as s
from tests.small import ABOUT, Q2, Q3, Small
from workflow import fields, reader, writer
from workflow.model import Book, CellType, Column, Kind, Profile, Sheet
from workflow.model import Cell as OurCell
from workflow.wording import shorten

pytestmark = pytest.mark.xdist_group("texts")  # one quarter serves all of them

NASTY = (
    # what spreadsheets take for a formula
    "=1+1", "=SUM(A1:A9)", '=HYPERLINK("http://evil.example","click")', "{=1+1}", "{=SUM(A1:A2)}", "+1+1",
    "+44 20 7946 0000", "-1-1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "@mention", "=cmd|'/C calc'!A1", "\t=1+1",
    " =1+1", "'=1+1", '"=1+1"', "=", "==", "＝1+1", "﹢1", "=1+1;=2", "%0A=1",
    "=_xlfn.IMAGE(\"http://evil.example/x.png\")", "=WEBSERVICE(\"http://evil.example\")",
    # what a writer takes for a link
    "http://evil.example", "https://evil.example/?q=1&r=2#top", "ftp://evil.example/x", "mailto:someone@evil.example",
    "internal:Sheet1!A1", "external:c:\\temp\\book.xlsx", "external:..\\..\\book.xlsx#Sheet1!A1", "file:///etc/passwd",
    "\\\\server\\share\\book.xlsx", "javascript:alert(1)", "#Sheet1!A1", "www.evil.example", "data:text/html,<b>x</b>",
    # markup of any kind
    "<b>bold</b>", "<script>alert(1)</script>", "<r><t>rich</t></r>", "</t></si><si><t>", "]]>", "<![CDATA[x]]>",
    "&amp;", "&#x41;", "<!--", "<!ENTITY x>", "{{ 7*7 }}", "{% raw %}", "{# gone #}", "{{ partner.name.__class__ }}",
    "${7*7}", "%s %d {0}", "{found}", "**bold** [link](http://evil.example)", "<a href='http://evil.example'>here</a>",
    "<img src=x onerror=alert(1)>",
    # what is taken for another kind of value
    "1.10", "007", "1E2", "1,234", "TRUE", "#REF!", "#N/A", "31/10/2023", "2-1", "10:30", "50%", "£5", "NaN", "inf",
    "None", "null",
    # characters that disappear, turn round or are escaped
    "_x0007_", "_x005F_x0041_", "_x0041__x0042_", "a_x000D_b", "O'Brien's \"quotes\"", "’curly’ “quotes”",
    "naïve café ☕", "😀👨‍👩‍👧", "\u202eevil\u202c", "مرحبا بالعالم", "e\u0301\u0323 combining", "zero\u200bwidth",
    "soft\u00adhyphen", "tab\there", "bell\x07 and \x1b[31m red", "line one\r\nline two", "old\rmac", "a\u2028b",
    "\ufeffbom", "nul\x00nul", "\uffff", "non\u00a0breaking", "-", "'", '"', "''", "\\", "\\n",
    "Subject: x\r\nBcc: all@evil.example", "=?utf-8?q?=3D1+1?=", "x" * 32_767, "=" + "9" * 5_000, "long word " * 200,
)  # fmt: skip
PER_PARTNER = 6  # a letter names fifteen queries one by one, and a text may raise two
PARTNERS = tuple(f"p{n:02d}" for n in range(-(-len(NASTY) // PER_PARTNER)))


def stored(text: str) -> str:
    """The text as Excel writes it into a file: what XML cannot hold, and what looks like it, as `_xHHHH_`."""
    escaped = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda m: f"_x{ord(m.group()):04X}_", escaped)


@dataclass(frozen=True)
class Told:
    """One text, whose row it stands on and what is left of it once cleaned."""

    text: str
    partner: str
    key: str

    @property
    def kept(self) -> str:
        return fields.clean(self.text)


TOLD = tuple(Told(text, PARTNERS[n // PER_PARTNER], f"T-{n:03d}") for n, text in enumerate(NASTY))


@dataclass(frozen=True)
class Quarter:
    """The files of the quarter, by what they are."""

    tracker: bytes
    packs: dict[str, bytes]
    marked: dict[str, bytes]
    templates: dict[str, bytes]
    letters: dict[str, bytes]
    texts: dict[str, str]


@cache
def quarter() -> Quarter:
    with TemporaryDirectory() as folder:
        small = workspace(Path(folder, "small"))
        small.collate()
        small.issue(Q3)
        out = small.root / "outbox"
        return Quarter(
            small.tracker(),
            {p.name: p.read_bytes() for p in (out / Q2 / "boards").glob("*.xlsx")},
            {p.name.split("-")[0]: p.read_bytes() for p in (out / Q2 / "marked-up").glob("*.xlsx")},
            {p.name.split("-")[0]: p.read_bytes() for p in (out / Q3 / "templates").glob("*.xlsx")},
            {p.name: p.read_bytes() for p in (out / Q2 / "mail").glob("*.eml")},
            {p.name: p.read_text(encoding="utf-8") for p in (out / Q2 / "mail").glob("*.txt")},
        )


def workspace(root: Path) -> Small:
    """A workspace with a row for each text, its templates filled in and come back."""
    small = s.make(root)
    rows = s.register_rows()
    rows["partners"] = [{"id": p, "name": f"Agency {p}"} for p in PARTNERS]
    rows["contacts"] = [{"partner": p, "post": "Lead", "email": f"lead@{p}.example", "role": "lead"} for p in PARTNERS]
    rows["aliases"] = []
    rows["waivers"] = [  # some of the texts hold addresses and a telephone number, and would be held
        {"rule": "personal-data", "partner": p, "reason": "Made up for a test", "agreed_by": "Board Chair"} for p in PARTNERS
    ]
    model = rows["items"][0]
    bare = {name: v for name, v in model.items() if not name.startswith(("opening", "joint"))}
    rows["items"] = [{**bare, "key": t.key, "lead": t.partner, "ref": t.key} for t in TOLD]
    small.write_register(rows)
    small.issue()
    for partner in PARTNERS:
        typed: dict[s.Box, object] = {}
        for t in (t for t in TOLD if t.partner == partner):
            text = stored(t.text)
            boxes = dict.fromkeys(("RAG_now", "Progress_this_quarter", "Evidence_or_link"), text)
            typed |= s.row("Actions", t.key, Status_now="On track", **boxes)
            typed[ABOUT, "", "Comments to the coordinator"] = text
        small.arrive(f"{partner}.xlsx", s.type_in(small.template(partner), {**s.signed(), **typed}))
    return small


# --- looking at what came of it


@dataclass(frozen=True)
class Seen:
    """One cell with a text, as openpyxl and as our reader have it."""

    theirs: Cell
    ours: OurCell


@cache
def table(data: bytes, sheet: str = "Actions") -> dict[str, list[Seen]]:
    """By row key, every cell of its row that holds something."""
    found = reader.read_bytes(data).sheet(sheet)
    assert found
    by_key: dict[str, list[Seen]] = {}
    for line in openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows():
        for cell in line:
            ours = found.cells.get((cell.row, cell.column)) if isinstance(cell, Cell) else None
            if isinstance(cell, Cell) and ours and ours.value is not None:
                by_key.setdefault(str(line[0].value), []).append(Seen(cell, ours))
    return by_key


@cache
def long_texts(data: bytes) -> set[str]:
    """The texts that no cell of their sheet could show, joined from their parts."""
    found = reader.read_bytes(data).sheet("Long texts")
    whole: dict[tuple[object, ...], str] = {}
    for row in sorted({row for row, _ in found.cells}) if found else ():
        at = [found.cells[row, col].value if (row, col) in found.cells else "" for col in range(1, 6)] if found else []
        whole[tuple(at[:3])] = whole.get(tuple(at[:3]), "") + str(at[4])
    return set(whole.values())


def as_openpyxl_reads(text: str) -> str:
    """openpyxl takes every "x005F_" out of a text, those that a person typed too; so much less it can bear witness to."""
    return text.replace("x005F_", "")


def holds(data: bytes, told: Told, count: int) -> None:
    """The text stands, as text, in `count` cells of its row, or is shortened there and stands whole among the long texts."""
    same = [seen for seen in table(data).get(told.key, []) if seen.ours.value == told.kept]
    for seen in same:
        assert (seen.ours.type, seen.ours.formula) == (CellType.TEXT, None)
        assert (seen.theirs.data_type, seen.theirs.hyperlink) == ("s", None)
        assert as_openpyxl_reads(str(seen.theirs.value)) == as_openpyxl_reads(told.kept)
    assert len(same) >= count or told.kept in long_texts(data), [str(c.ours.value)[:40] for c in table(data)[told.key]]


KEPT = [t for t in TOLD if t.kept]
names = pytest.mark.parametrize("told", KEPT, ids=lambda t: repr(t.text[:24]))


def test_there_are_enough_texts() -> None:
    assert len(KEPT) >= 60


@names
def test_in_the_tracker(told: Told) -> None:
    holds(quarter().tracker, told, 2)  # progress and evidence


@names
def test_in_the_packs(told: Told) -> None:
    packs = quarter().packs
    holds(packs[f"exec-{Q2}-partnership.xlsx"], told, 1)
    holds(packs[f"public-{Q2}-public.xlsx"], told, 0)  # some are withheld there


@names
def test_in_the_marked_up_return(told: Told) -> None:
    holds(quarter().marked[told.partner], told, 2)


@names
def test_in_the_next_template(told: Told) -> None:
    holds(quarter().templates[told.partner], told, 1)  # progress last time


def test_comments_in_the_tracker() -> None:
    found = reader.read_bytes(quarter().tracker).sheet("Sign-off")
    assert found
    last = {t.partner: t.kept for t in TOLD}
    stand = {c.value for c in found.cells.values() if c.type is CellType.TEXT and c.formula is None}
    assert set(last.values()) <= stand | long_texts(quarter().tracker)


# What our own words are made of, some of them in bold
ELEMENTS = {"xml", "sst", "si", "t", "r", "rPr", "rFont", "sz", "color", "family", "b", "scheme"}


def workbooks() -> Iterator[tuple[str, bytes]]:
    q = quarter()
    yield "tracker", q.tracker
    for group in (q.packs, q.marked, q.templates):
        yield from group.items()


def test_no_workbook_has_a_link_to_outside_or_a_formula_or_an_element_of_theirs() -> None:
    bodies = {t.kept.lstrip("=+-@'\" \t{") for t in TOLD}
    for name, data in workbooks():
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for part in package.namelist():
                text = package.read(part).decode("utf-8", "replace")
                assert 'TargetMode="External"' not in text, (name, part)
                assert "externalLink" not in part
                if part == "xl/sharedStrings.xml":
                    assert set(re.findall(r"<(\w+)", text)) <= ELEMENTS
                for formula in re.findall(r"<f[ >][^<]*", text):
                    assert not any(len(body) > 4 and body in unescape(formula) for body in bodies), (name, part, formula[:200])


# --- letters


class Markup(HTMLParser):
    """The elements and the text of an HTML letter."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {str(v) for k, v in attrs if k in ("href", "src", "onerror", "onclick")}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def squashed(text: str) -> str:
    """Without white space or invisible characters: letters are wrapped, and each text is one line in them."""
    return "".join(c for c in "".join(fields.clean(text).split()) if c.isprintable())


@pytest.mark.parametrize("partner", PARTNERS)
def test_in_the_letters(partner: str) -> None:
    q = quarter()
    letter = message_from_bytes(q.letters[f"query-{partner}.eml"], policy=policy.default)
    html, plain = Markup(), ""
    for part in letter.walk():
        if part.get_content_type() == "text/html":
            html.feed(part.get_content())
        elif part.get_content_type() == "text/plain":
            plain = part.get_content()
    assert sorted(letter.keys()) == sorted(message_from_bytes(q.letters["board-exec.eml"], policy=policy.default).keys())
    assert letter["Subject"] == f"SP: Agency {partner} return for Q2 2023/24" or partner in str(letter["Subject"])
    assert not html.tags & {"script", "img", "b", "r", "t", "si"}
    assert not {link for link in html.links if not link.startswith("mailto:office@small.example")}
    for t in (t for t in TOLD if t.partner == partner and t.kept):
        quoted = squashed(f'"{shorten(fields.mask(t.kept))}"')  # addresses and telephone numbers are masked in letters
        for body in (plain, "".join(html.text), q.texts[f"query-{partner}.txt"]):
            assert quoted in squashed(body), t.text[:60]


# --- any text at all


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=12), st.sampled_from(Profile))
@example([t for t in NASTY if len(t) < 200], Profile.PUBLISHED)
@example([t for t in NASTY if len(t) < 200], Profile.RETURN)
def test_any_text_comes_back_as_text(texts: list[str], profile: Profile) -> None:
    columns = (Column("Row key", key=True), Column("Said", Kind.LONG_TEXT, 30, answer=True))
    kept = [fields.clean(t) for t in texts]
    rows = tuple((f"K{n}", text) for n, text in enumerate(kept))
    sheet = Sheet("Texts", "Texts", columns=columns, rows=rows, table="texts", description="Texts")
    data = writer.render(Book("Texts", "Texts", "Nobody", date(2023, 10, 2), (sheet,), profile))
    found = reader.read_bytes(data).sheet("Texts")
    assert found
    top = writer.heading_row(sheet, profile)
    theirs = openpyxl.load_workbook(io.BytesIO(data))["Texts"]
    for n, text in enumerate(kept, top + 1):
        cell = found.cells.get((n, 2))
        if cell is None:
            assert not text
            continue
        assert (cell.type, cell.value, cell.formula) == (CellType.TEXT, text, None), text[:80]
        other = theirs.cell(n, 2)
        assert as_openpyxl_reads(str(other.value or "")) == as_openpyxl_reads(text)
        assert other.hyperlink is None
        assert other.data_type == ("s" if text else "n")  # openpyxl's word for nothing
