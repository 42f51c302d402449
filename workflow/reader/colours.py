"""Colours as a workbook writes them (by value, by theme and tint, by number) turned into RRGGBB."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping, Sequence

NO_COLOUR = ""

# The palette of files that name a colour by number (ECMA-376 part 1, 18.8.27). 64 and 65 are the window's own colours.
_FIRST = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF"
PALETTE: tuple[str, ...] = tuple(
    f"{_FIRST} {_FIRST} "
    "800000 008000 000080 808000 800080 008080 C0C0C0 808080 "
    "9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF "
    "000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF "
    "00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 "
    "3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 "
    "003366 339966 003300 333300 993300 993366 333399 333333".split()
)
# The order in which a cell's style counts the colours of a theme: light before dark, unlike the theme's own part.
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
_OFFICE = (
    "FFFFFF", "000000", "EEECE1", "1F497D", "4F81BD", "C0504D", "9BBB59", "8064A2", "4BACC6", "F79646", "0000FF", "800080",
)  # fmt: skip
_THEMED = re.compile(
    rb"<(?:\w+:)?(lt1|dk1|lt2|dk2|accent[1-6]|hlink|folHlink)>\s*<(?:\w+:)?(?:sysClr|srgbClr)\b"
    rb"[^>]*?\b(?:lastClr|val)=\"([0-9A-Fa-f]{6})\""
)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")


def theme_colours(xml: bytes) -> tuple[str, ...]:
    """The twelve colours of a theme part, in the order in which styles count them; Office's own for those it lacks."""
    found = {name.decode(): value.decode().upper() for name, value in _THEMED.findall(xml)}
    return tuple(found.get(name, usual) for name, usual in zip(_THEME_ORDER, _OFFICE, strict=True))


def tinted(colour: str, tint: float) -> str:
    """A colour made lighter (tint up to 1) or darker (down to -1), as ECMA-376 part 1, 18.8.19 says."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    tint = max(-1.0, min(1.0, tint))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(255 * part):02X}" for part in colorsys.hls_to_rgb(hue, light, saturation))


def resolve_colour(attrs: Mapping[str, str], theme: Sequence[str], palette: Sequence[str] = PALETTE) -> str:
    """The colour that the attributes of a colour element name; "" for automatic, and for what names none."""
    colour = NO_COLOUR
    if match := _HEX.fullmatch(attrs.get("rgb", "")):
        colour = match[1].upper()
    elif (number := attrs.get("theme", "")).isdecimal() and int(number) < len(theme):
        colour = theme[int(number)]
    elif (number := attrs.get("indexed", "")).isdecimal() and int(number) < len(palette):
        colour = palette[int(number)]
    try:
        tint = float(attrs.get("tint", "0"))
    except ValueError:
        tint = 0.0
    return tinted(colour, tint) if colour and tint else colour
