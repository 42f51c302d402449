"""The quick way through a worksheet's rows and cells (see `plain`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from workflow.reader.cells import COLUMNS, LONGEST_INDEX, Collector, Found, Raw, formula_text, is_hidden, row_number
from workflow.reader.parts import unescape
from workflow.reader.plain import NotPlainError, characters, cut

_START = re.compile(rb"<sheetData>")
_END = b"</sheetData>"
_ATTRS = r'((?: [\w:]+="[^"<>&]*")*) ?'
_ATTR = re.compile(r' ([\w:]+)="([^"<>&]*)"')
_AT = r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"'
# Nearly every cell is a blank, a number or a shared string; the others are taken whole and looked at again with _OTHER. Blanks
# that follow a blank in its row are passed over with it (`XFE` and beyond are no columns).
# Groups: column letters, row digits, style, type, value; another cell; row mark, row attributes, the slash of an empty row;
# last, and with all that follows it, whatever is none of that. The end of a row leaves them all empty. No part of it goes
# over the same characters twice, so that no file can make it slow.
_TOKEN = re.compile(
    rf'{_AT}(?: s="([0-9]+)")?(?: t="([nsbe])")? ?'
    r'(?:/>(?:<c r="(?:[A-Z]{1,2}|[A-W][A-Z]{2})\2"(?: s="[0-9]+")?+ ?+/>)*+|><v>([^<&]*)</v></c>)'
    r"|(<c [^<>]*/>|<c [^<>]*+>[^<]*+(?:<(?!/?c\b)[^<]*+)*+</c>)"
    rf"|<(row){_ATTRS}(/?)>|</row>|(.+)",
    re.DOTALL,
)
# Groups: column letters, row digits, type before the style (openpyxl), style, type after it (all others), formula mark,
# formula attributes, formula text, value, inline text.
_OTHER = re.compile(
    rf'{_AT}(?: t="(\w+)")?(?: s="([0-9]+)")?(?: t="(\w+)")? ?(?:/>|>'
    rf"(?:<(f){_ATTRS}(?:/>|>([^<]*)</f>))?"
    r'(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_ROW = re.compile(r' r="([1-9][0-9]{0,5})"')
_LONGEST_USUAL = 200  # characters of a row's attributes
_SLICE = 2**14  # characters
_LONGEST_ROW = 2**21  # characters of one row that are held as tokens together
_TEXTS = frozenset(("str", "inlineStr"))


def read_cells(data: bytes, collector: Collector, found: Found) -> bytes:
    """Give the cells of a worksheet part to `collector`, and return the part without its rows. Raises NotPlainError."""
    run, rest = cut(data, _START, _END)
    _take(run, collector, found)
    return rest


def _take(run: str, collector: Collector, found: Found) -> None:
    number, digits = 0, ""  # the row we are in; "" between rows
    columns, strings, add_text = COLUMNS, collector.strings, collector.add_text
    for letters, below, style, kind, value, other, row, attrs, slash, junk in _tokens(run, collector):
        if letters:
            if below != digits or not columns[letters]:
                raise NotPlainError
            if not value:
                continue
            if kind == "s" and len(value) < LONGEST_INDEX and value.isdecimal() and int(value) < len(strings):
                add_text(number, columns[letters], style, strings[int(value)])
            else:
                collector.add((number, columns[letters], style, kind or "n", value, None))
        elif other:
            collector.add(_other(other, (number, digits), collector, found))
        elif row and not digits:
            number = _start_row(attrs, number, collector, found)
            digits = "" if slash else str(number)
        elif digits and not junk and not row:
            digits = ""
        else:
            raise NotPlainError
    if digits:
        raise NotPlainError


def _tokens(run: str, collector: Collector) -> Iterator[tuple[str, ...]]:
    """The tokens of the rows, found some rows at a time so that not all of them are in memory together."""
    start = 0
    while start < len(run):
        stop = run.find("</row>", start + _SLICE, start + _LONGEST_ROW)
        stop = len(run) if stop < 0 else stop + len("</row>")
        if stop - start > _LONGEST_ROW:
            raise NotPlainError
        tokens = _TOKEN.findall(run, start, stop)
        collector.budget.step(len(tokens) + run.count("/><c ", start, stop))
        yield from tokens
        start = stop


def _other(text: str, line: tuple[int, str], collector: Collector, found: Found) -> Raw:
    """A cell that has a formula, a text of its own, or its attributes in another order."""
    match = _OTHER.fullmatch(text)
    if match is None:
        raise NotPlainError
    letters, below, early, style, late, f, f_attrs, f_text, value, inline = match.groups("")
    row, col = line[0], COLUMNS[letters]
    if below != line[1] or not col or (early and late):
        raise NotPlainError
    kind = "inlineStr" if inline else early or late or "n"
    content = characters(value or inline)
    formula = formula_text(collector, found, (row, col), _attributes(f_attrs), characters(f_text)) if f else None
    return row, col, style, kind, unescape(content) if kind in _TEXTS else content, formula


def _start_row(text: str, before: int, collector: Collector, found: Found) -> int:
    match = _ROW.match(text)
    if match and len(text) < _LONGEST_USUAL:
        number, hidden = int(match[1]), _hides(text[match.end() :])
    else:
        attrs = _attributes(text)
        number, hidden = row_number(collector, attrs.get("r"), before), is_hidden(attrs, "ht")
    if hidden:
        found.hidden_rows.add(number)
    return number


@lru_cache(maxsize=1024)
def _hides(text: str) -> bool:
    """Whether a row's attributes behind its number hide it: heights and spans come again and again."""
    attrs = _attributes(text)
    if "r" in attrs:
        raise NotPlainError
    return is_hidden(attrs, "ht")


def _attributes(text: str) -> dict[str, str]:
    pairs = _ATTR.findall(text)
    attrs = dict(pairs)
    if len(attrs) != len(pairs):
        raise NotPlainError
    return attrs
