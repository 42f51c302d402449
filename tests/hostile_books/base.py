"""A good return in pieces, and the list of cases that are made from it. Deterministic: no clock, no chance without a seed."""

from __future__ import annotations

import io
import re
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl

from tests import small as s
from tests.example.build import stamp

DAY = (2023, 10, 16, 0, 0, 0)  # the date of every zip entry
WORKBOOK, RELS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RAG = ("Actions", "A-1", "RAG now")
PROGRESS = ("Actions", "A-1", "Progress this quarter")
OTHER_PROGRESS = ("Actions", "A-2", "Progress this quarter")
VALUE = ("Measures", "M-2", "Value")
Parts = dict[str, bytes]


@dataclass(frozen=True)
class Good:
    """A whole, faultless return of one partner, as openpyxl saved it, and where its answers stand."""

    data: bytes
    parts: Mapping[str, bytes]
    sheets: Mapping[str, str]  # a sheet's name -> its part
    refs: Mapping[s.Box, str]  # a box -> its cell

    def text(self, part: str) -> str:
        return self.parts[part].decode()

    def changed(self, part: str, change: Callable[[str], str]) -> bytes:
        """The workbook with one part changed."""
        return packed(self.with_change(part, change))

    def with_change(self, part: str, change: Callable[[str], str]) -> Parts:
        """All parts, one of them changed; fails where nothing changed."""
        old = self.text(part)
        new = change(old)
        assert new != old, f"{part} is as before"
        return {**self.parts, part: new.encode()}

    def sheet(self, name: str, change: Callable[[str], str]) -> bytes:
        """The workbook with one worksheet changed."""
        return self.changed(self.sheets[name], change)

    def cell(self, box: s.Box, inside: str, attrs: str = "") -> bytes:
        """The workbook with another content in one box, in the same style. `attrs` begin with a space."""
        return self.sheet(box[0], lambda text: self.put(text, box, inside, attrs))

    def put(self, text: str, box: s.Box, inside: str, attrs: str = "") -> str:
        """A worksheet's text with another content in one box."""
        ref = self.refs[box]
        match = re.search(rf'<c r="{ref}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', text)
        assert match, f"no cell {ref}"
        return f'{text[: match.start()]}<c r="{ref}"{match[1] or ""}{attrs}>{inside}</c>{text[match.end() :]}'

    def cell_bytes(self, box: s.Box, inside: bytes, attrs: str = "") -> bytes:
        """A worksheet's bytes with a content in one box that is no text."""
        marked = self.put(self.text(self.sheets[box[0]]), box, "@@", attrs)
        return marked.encode().replace(b"@@", inside)

    def related(self, kind: str, target: str, parts: Mapping[str, bytes], external: bool = False) -> Parts:
        """All parts and some more, with a relationship of the workbook to the first of them."""
        mode = ' TargetMode="External"' if external else ""
        kind = kind if "/" in kind else f"{OFFICE}/{kind}"
        line = f'<Relationship Id="rIdX" Type="{kind}" Target="{target}"{mode}/></Relationships>'
        rels = self.text(RELS).replace("</Relationships>", line)
        return {**self.parts, **parts, RELS: rels.encode()}


def packed(entries: Mapping[str, bytes] | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these entries, in this order; a name may stand twice."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as container:
        warnings.filterwarnings("ignore", "Duplicate name")
        for name, data in entries.items() if isinstance(entries, Mapping) else entries:
            container.writestr(zipfile.ZipInfo(name, DAY), data, method)
    return buffer.getvalue()


def inline(text: str) -> tuple[str, str]:
    """Inside and attributes of a cell that holds an inline text; `text` is XML."""
    return f'<is><t xml:space="preserve">{text}</t></is>', ' t="inlineStr"'


def _as_excel(parts: Parts) -> Parts:
    """The parts as Excel would write them: with a declaration, and texts in a part that all sheets share."""
    texts: dict[str, int] = {}

    def share(match: re.Match[str]) -> str:
        return f'{match[1]} t="s"><v>{texts.setdefault(match[2], len(texts))}</v></c>'

    found: Parts = {}
    for name, data in parts.items():
        text = re.sub(r'(<c r="\w+"(?: s="\d+")?) t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>', share, data.decode())
        found[name] = (text if text.startswith("<?xml") else DECLARATION + text).encode()
    space = f' xmlns:r="{OFFICE}"'.encode()  # where lxml is installed, openpyxl says it at each sheet
    found[WORKBOOK] = found[WORKBOOK].replace(space, b"").replace(b"<workbook", b"<workbook" + space, 1)
    items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in texts)
    found["xl/sharedStrings.xml"] = f'{DECLARATION}<sst xmlns="{MAIN}">{items}</sst>'.encode()
    line = f'<Relationship Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml" Id="rIdS"/></Relationships>'
    found[RELS] = found[RELS].replace(b"</Relationships>", line.encode())
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SPREADSHEET}.sharedStrings+xml"/></Types>'
    found[TYPES] = found[TYPES].replace(b"</Types>", override.encode())
    return found


@cache
def good() -> Good:
    """The return of the police of the small workspace for its second quarter."""
    with tempfile.TemporaryDirectory() as folder:
        data = stamp(s.issued(Path(folder, "small")).filled("police"), s.SENT)
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    parts = _as_excel(parts)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheets = {name: f"xl/worksheets/sheet{n}.xml" for n, name in enumerate(book.sheetnames, 1)}
    refs = {box: s.box(book, box).coordinate for box in s.good("police")}
    return Good(packed(parts), parts, sheets, refs)


# --- the cases

Maker = Callable[[Good], bytes]
CASES: dict[str, Maker] = {}


def case(name: str) -> Callable[[Maker], Maker]:
    """Register a function that makes the bytes of one hostile or odd file. Its name is its file's name without ending."""

    def register(make: Maker) -> Maker:
        assert name not in CASES, name
        CASES[name] = make
        return make

    return register


def cases(makers: Mapping[str, Maker]) -> None:
    """Register many at once."""
    for name, make in makers.items():
        case(name)(make)
