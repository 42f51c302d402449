"""Signs that documents write with symbol fonts, and raised figures, as the characters that a reader sees."""

from __future__ import annotations

_WINGDINGS = {
    0x3F: "✍", 0x46: "☞", 0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖",
    0x77: "⬥", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐", 0x97: "●"}
_WEBDINGS = {0x61: "✓", 0x72: "✗", 0x63: "□", 0x67: "■", 0x6E: "●", 0x3D: "•"}
_SYMBOL = {
    0xA3: "≤", 0xA5: "∞", 0xA8: "♦", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×",
    0xB7: "•", 0xB9: "≠", 0xBB: "≈", 0xD6: "√", 0xDE: "⇒",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS, "symbol": _SYMBOL}
_RAISED = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_RAISED |= dict(zip("abcdevx", "ᵃᵇᶜᵈᵉᵛˣ", strict=True))
_PRIVATE = range(0xF000, 0xF100)


def is_symbol_font(font: str) -> bool:
    """Whether letters written in this font are signs."""
    return font.casefold() in _FONTS


def glyph(char: str, font: str) -> str:
    """The character that a sign of a symbol font looks like; the character itself where nothing is known of it.

    A sign that does not say its font is taken for one of Wingdings, or else of Symbol.
    """
    code = ord(char)
    known = _FONTS.get(font.casefold())
    low = code - _PRIVATE.start if code in _PRIVATE else code
    if known is not None:
        return known.get(low, char)
    return _WINGDINGS.get(low) or _SYMBOL.get(low, char) if code in _PRIVATE else char


def glyphs(text: str, font: str) -> str:
    """A text written in a symbol font, or with signs of one."""
    if is_symbol_font(font) or any(ord(c) in _PRIVATE for c in text):
        return "".join(glyph(c, font) for c in text)
    return text


def raised(text: str) -> str:
    """A raised text as a mark that cannot be taken for a digit: "12" becomes "¹²".

    A letter alone is a mark, too; the "th" of 8th is none, and stays.
    """
    bare = text.strip()
    if len(bare) == 1 or not any(c.isalpha() for c in bare):
        return "".join(_RAISED.get(c, c) for c in text)
    return text
