"""How wide text is in Arial, and how many lines it takes in a column.

Excel does not work out the height of a wrapped row when it opens a file that gives one, so whoever writes the file has to.
Widths are the advance widths of Arial (and of its metric twins Helvetica and Liberation Sans) in thousandths of an em.
Estimates err on the side of more lines: a little white space is harmless, a clipped last line is not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from math import ceil

# chr(32) to chr(126)
_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611,
    611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)
# What the documents of this field use beyond ASCII, (regular, bold). Accented letters are as wide as their base letter.
_OTHER = {
    "\u00a0": (278, 278), "£": (556, 556), "§": (556, 556), "©": (737, 737), "®": (737, 737), "°": (400, 400), "±": (549, 549),
    "²": (333, 333), "³": (333, 333), "·": (278, 278), "¼": (834, 834), "½": (834, 834), "¾": (834, 834), "Æ": (1000, 1000),
    "æ": (889, 889), "Ø": (778, 778), "ø": (611, 611), "ß": (611, 611), "÷": (549, 549), "×": (584, 584), "ı": (278, 278),
    "Ł": (556, 611), "ł": (222, 278), "Œ": (1000, 1000), "œ": (944, 944), "\u2010": (333, 333), "\u2011": (333, 333),
    "–": (556, 556), "—": (1000, 1000), "‘": (222, 278), "’": (222, 278), "“": (333, 500), "”": (333, 500), "•": (350, 350),
    "…": (1000, 1000), "€": (556, 556), "™": (1000, 1000), "←": (1000, 1000), "→": (1000, 1000), "↑": (500, 500),
    "↓": (500, 500), "≤": (549, 549), "≥": (549, 549), "●": (604, 604),
}
_UNKNOWN = 700  # other alphabets average 580 to 630
_WIDE = 1050  # ideographs and most symbols fill the em

_DIGIT_PX = 7  # the widest digit of Arial 10, the Normal font that column widths count in
_CELL_PADDING_PX = 5  # what Excel adds to a column for its margins and grid line
_SLACK = 0.95  # printers and zoom levels wrap a little earlier than the screen
_PIECES = re.compile(r"\s+|\S+")


def _char(char: str, bold: bool) -> int:
    code = ord(char)
    if 32 <= code < 127:
        return (_BOLD if bold else _REGULAR)[code - 32]
    if char in _OTHER:
        return _OTHER[char][bold]
    base = unicodedata.normalize("NFD", char)[0]
    if base != char:
        return _char(base, bold)
    return _WIDE if unicodedata.east_asian_width(char) in "WF" or code >= 0x2000 else _UNKNOWN


class _Widths(dict[str, int]):
    """The width of each character of one face, worked out when it is first asked for."""

    def __init__(self, bold: bool) -> None:
        self.bold = bold

    def __missing__(self, char: str) -> int:
        width = self[char] = _char(char, self.bold)
        return width


_WIDTHS = (_Widths(False), _Widths(True))


def _sum_width(piece: str, bold: bool) -> int:
    return sum(map(_WIDTHS[bold].__getitem__, piece))


_WORD = 40  # only words are worth remembering
_word_width = lru_cache(maxsize=65536)(_sum_width)


def _piece_width(piece: str, bold: bool) -> int:
    return _word_width(piece, bold) if len(piece) <= _WORD else _sum_width(piece, bold)


def _text_width(text: str, bold: bool) -> int:
    return sum(_piece_width(piece, bold) for piece in _PIECES.findall(text))


_CELL = 60  # a short cell comes again on many sheets
_cell_width = lru_cache(maxsize=65536)(_text_width)


def text_px(text: str, size: float, bold: bool = False) -> float:
    """How wide one line of text is, in pixels at 96 to the inch. `size` is in points."""
    return _px(_cell_width(text, bold) if len(text) <= _CELL else _text_width(text, bold), size)


def _px(ems: int, size: float) -> float:
    return ems * size * 96 / 72 / 1000


def column_px(width: float) -> int:
    """The pixels of a column that is `width` characters wide, as Excel reckons with the Normal font (Arial 10)."""
    return int(width * _DIGIT_PX + 0.5) + _CELL_PADDING_PX


def chars_for(pixels: float) -> float:
    """The column width in characters whose text area holds `pixels`."""
    return ceil((pixels / _SLACK + 2) / _DIGIT_PX * 4) / 4


def room_px(width: float) -> float:
    """The pixels that text may use in a column of `width` characters."""
    return max(1.0, (column_px(width) - _CELL_PADDING_PX - 2) * _SLACK)


def line_count(text: str, width: float, size: float, bold: bool = False) -> int:
    """How many lines wrapped text takes in a column of `width` characters, at least 1."""
    room = room_px(width) * 72 * 1000 / (size * 96)  # in thousandths of an em
    if "\n" not in text and (len(text) * _WIDE <= room or (len(text) <= _CELL and _cell_width(text, bold) <= room)):
        return 1
    return _lines(text, room, bold)


@lru_cache(maxsize=65536)  # a text comes again in other papers, and when they are checked
def _lines(text: str, room: float, bold: bool) -> int:
    return sum(_paragraph_lines(line, room, bold) for line in text.split("\n"))


def _paragraph_lines(text: str, room: float, bold: bool) -> int:
    lines, used, gap = 1, 0.0, 0.0
    for piece in _PIECES.findall(text):
        width = _word_width(piece, bold) if len(piece) <= _WORD else _sum_width(piece, bold)  # the loop that takes longest
        if piece.isspace():
            gap += width  # hangs over the edge at a line's end
            continue
        if used and used + gap + width > room:
            lines, used, gap = lines + 1, 0.0, 0.0
        if width > room:  # broken inside the word; programs may break it earlier, at a slash or hyphen
            more = ceil(width / (room * 0.85)) - 1
            lines, used = lines + more, min(room, width - more * room * 0.85)
        else:
            used += gap + width
        gap = 0.0
    return lines


def line_pt(size: float) -> float:
    """The height of one line in points: Arial's ascent, descent and gap are 1.15 em, and Excel adds about a pixel."""
    return ceil(size * 96 / 72 * 1.15 + 1.15) * 0.75


def text_height(text: str, width: float, size: float, bold: bool = False) -> float:
    """The row height in points that shows the whole of a wrapped text in a column of `width` characters."""
    return line_count(text, width, size, bold) * line_pt(size) + 3


def split_line(text: str, pixels: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """Cut one paragraph into lines that each fit into `pixels`, at word boundaries where there are any."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, ems = "", 0
        for piece in _PIECES.findall(paragraph):
            width = _piece_width(piece, bold)
            if piece.isspace() or _px(ems + width, size) <= pixels:  # white space may hang over the edge
                line, ems = line + piece, ems + width
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = piece
            while text_px(line, size, bold) > pixels:
                cut = max(1, int(len(line) * pixels / text_px(line, size, bold) * 0.9))
                while cut > 1 and text_px(line[:cut], size, bold) > pixels:
                    cut -= 1
                lines.append(line[:cut])
                line = line[cut:]
            ems = _text_width(line, bold)
        lines.append(line.rstrip())
    return tuple(lines)
