"""CSV files: which encoding, which delimiter, and every field as the text it is."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from workflow import fields
from workflow.model import OldGrid, Place, SourceCell, column_letters
from workflow.reader import Limits
from workflow.sources.notes import together
from workflow.sources.refusal import refuse

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What programs on a British desk write. Among all encodings that there are, a short file fits dozens.
_LIKELY = ["cp1252", "utf_16_le", "utf_16_be", "mac_roman", "cp850"]
_NAMES = {"cp1252": "Windows Western European", "mac_roman": "Mac Roman", "cp850": "DOS Western European"}
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_LOOKED_AT = 2_000  # rows, to find the delimiter
_SEP = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)  # Excel's own way of saying it
_KEPT_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how a text that looks like a number is kept from Excel: ="007"
_UNPAIRED = "Quotation marks in this file do not pair, so a cell may hold what belongs to the next; please check long cells."
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_delimited(data: bytes, names: tuple[str, str], limits: Limits) -> tuple[tuple[OldGrid, ...], tuple[str, ...]]:
    """A CSV file as one grid, and the notes. `names` are the file's and the grid's.

    Rows count as Excel shows them: a field over several lines is one row, and so is an empty line. Raises Unreadable:
    not-a-table, too-many-cells, csv-damaged.
    """
    text, notes = _decoded(data)
    if _CONTROL.search(text):
        raise refuse("not-a-table")
    given = _SEP.match(text)
    text = text[given.end() :] if given else text
    delimiter = given[1] if given else _delimiter(text)
    rows, damage = _rows(text, delimiter)
    notes += [f"The cells of this file are parted by {_DELIMITERS.get(delimiter, repr(delimiter))}."] if not given else []
    notes += [damage] if damage else []
    cells = tuple(_cells(rows, names, limits, 1 if given else 0))
    if not cells:
        raise refuse("file-empty")
    wide = Counter(len(row) for row in rows if any(row))
    usual = wide.most_common(1)[0][0]
    ragged = [str(n) for n, row in enumerate(rows, 2 if given else 1) if len(row) > usual and any(row[usual:])]
    if ragged and usual > 1:
        notes.append(f"Most rows have {usual} cells, {'rows' if len(ragged) > 1 else 'row'} {together(ragged)} more.")
    return (OldGrid(names[0], names[1], cells),), tuple(notes)


def _cells(rows: list[list[str]], names: tuple[str, str], limits: Limits, before: int) -> Iterator[SourceCell]:
    count = 0
    for number, row in enumerate(rows, 1 + before):
        for col, given in enumerate(row, 1):
            kept = _KEPT_AS_TEXT.fullmatch(given.strip())
            if text := fields.clean(kept[1].replace('""', '"') if kept else given):
                count += 1
                if count > limits.cells:
                    raise refuse("too-many-cells")
                yield SourceCell(Place(*names, f"{column_letters(col)}{number}"), number, col, text, text)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """The text, and a note where its encoding is a guess."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), []
            except UnicodeDecodeError:
                return data.decode(codec, "replace"), ["Some characters of this file are damaged; they show as �."]
    try:
        text = data.decode("utf-8")
        if "\x00" not in text:
            return text, []
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes  # noqa: PLC0415 - takes its time to load

    best = from_bytes(data, cp_isolation=_LIKELY).best()
    codec = best.encoding if best is not None else "cp1252"
    text = data.decode(codec, "replace")
    name = _NAMES.get(codec, codec.upper().replace("_", "-"))
    return text, [f"This file does not say how its letters are stored; {name} was taken, so please check £, ’ and é."]


def _delimiter(text: str) -> str:
    """The delimiter under which most rows have the same number of cells, more than one; a comma where none has."""
    best, found = (0, 0), ","
    for delimiter in _DELIMITERS:
        rows_of = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _LOOKED_AT)
        try:
            counts = Counter(map(len, rows_of))
        except csv.Error:
            continue  # a field without end, under this delimiter
        cells, rows = max(((cells, n) for cells, n in counts.items() if cells > 1), key=lambda c: (c[1], c[0]), default=(0, 0))
        if (rows, cells) > best:
            best, found = (rows, cells), delimiter
    return found


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], str]:
    """All rows, and a note where quotation marks do not pair."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)), ""
    except csv.Error:
        pass
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise refuse("csv-damaged", why=str(error)) from error
    return rows, _UNPAIRED
