"""Cell formats: Arial throughout, each combination made once (`Format` objects are dear)."""

from __future__ import annotations

from typing import Any, TypeAlias

from workflow.model import Mark
from workflow.writer.package import HEADING_XF

# XlsxWriter carries no type information; these names say which of its objects is meant.
Format: TypeAlias = Any
Workbook: TypeAlias = Any
Worksheet: TypeAlias = Any

NORMAL = {"font_name": "Arial", "font_size": 10, "font_scheme": "none"}
ANSWER_FILL = "FFF9DB"  # pale yellow; black on it 19.8:1
LOCKED_FILL = "F2F2F2"  # pale grey; 18.7:1
ATTENTION_FILL = "FBD9C6"  # pale orange with a dark border; 15.9:1
ATTENTION_LINE = "#9C2A00"
RULE_LINE = "#BFBFBF"
LINK_INK = "0B4F9E"  # 8.1:1 on white
DANGEROUS = ("=", "+", "-", "@", "\t")
_BLACK, _WHITE = "000000", "FFFFFF"


class Formats:
    """The formats of one workbook, by their properties."""

    def __init__(self, workbook: Workbook, size: int) -> None:
        self._workbook = workbook
        self._size = size
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def get(self, **props: object) -> Format:
        """The format with these XlsxWriter properties on top of the body text's."""
        key = tuple(sorted(props.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({**NORMAL, "font_size": self._size, "valign": "top", **props})
        return self._made[key]

    def title(self, size: int) -> Format:
        """The format of a sheet's title, tied to the built-in style "Heading 1" by `package.finish`."""
        made = self.get(font_size=size, bold=True, num_format="@")
        made.xf_id = HEADING_XF
        return made

    def heading(self, right: bool, indent: int) -> Format:
        """A table's heading cell."""
        align = "right" if right else "left"
        return self.get(
            bold=True, text_wrap=True, bottom=2, num_format="@", align=align, valign="bottom", indent=indent
        )


def quoted(text: str) -> dict[str, object]:
    """The property that keeps Excel from taking text for a formula when a person edits the cell (law 7)."""
    return {"quote_prefix": True} if text.startswith(DANGEROUS) else {}


def marked(mark: Mark, under: str = "") -> dict[str, object]:
    """A mark's colours over the fill `under`; its ink gives way to black or white where contrast would be below 4.5:1."""
    props: dict[str, object] = {"bold": True} if mark.bold else {}
    if mark.link:
        props["underline"] = 1
    if mark.attention:
        props |= {"border": 2, "border_color": ATTENTION_LINE}
    fill = ATTENTION_FILL if mark.attention else mark.fill or under
    ink = mark.ink or (LINK_INK if mark.link else _BLACK)
    if contrast(ink, fill or _WHITE) < 4.5:
        ink = max((_BLACK, _WHITE), key=lambda option: contrast(option, fill or _WHITE))
    return props | filled(fill) | ({"font_color": f"#{ink}"} if ink != _BLACK else {})


def filled(colour: str) -> dict[str, object]:
    """The properties of a solid fill, none for ""."""
    return {"bg_color": f"#{colour}", "pattern": 1} if colour else {}


def contrast(ink: str, fill: str) -> float:
    """The contrast ratio of two RRGGBB colours by WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(ink), _luminance(fill)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
