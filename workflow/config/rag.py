"""RAG as data (domain.md B1): the presets that are shipped, and the contrast that a colour must have."""

from __future__ import annotations

import re
from pathlib import Path

from workflow.config.toml import Table, read_toml
from workflow.errors import WorkflowError
from workflow.model import Finding, RagLevel

RULES = ("chosen", "status is", "days late", "off target %")
CONTRAST = 4.5  # WCAG 2.2 AA, success criterion 1.4.3, text of ordinary size
_COLOUR = re.compile(r"[0-9A-F]{6}")


def shipped() -> Path:
    """The workspace that is shipped with the program (config, templates, inbox): inside the wheel, else the repository."""
    inside = Path(__file__).parents[1] / "workspace"
    return inside if inside.is_dir() else Path(__file__).parents[2]


def rag_presets(path: Path | None = None) -> tuple[RagLevel, ...]:
    """The levels of every preset scheme, in the file's order. `path` is a `rag.toml`; by default the shipped one.

    Raises WorkflowError where the file cannot be used.
    """
    faults: list[Finding] = []
    table = read_toml(path or shipped() / "templates" / "rag.toml", faults)
    levels: list[RagLevel] = []
    for scheme in table.tables("scheme") if table else ():
        name = scheme.text("name", required=True)
        scheme.called(f"scheme {name}")
        scheme.only(("name", "level"))
        levels.extend(_level(name, part) for part in scheme.tables("level"))
    if faults:
        raise WorkflowError(faults[0].message)
    return tuple(levels)


def _level(scheme: str, table: Table) -> RagLevel:
    table.only(("letter", "word", "meaning", "colour", "text_colour", "rule", "statuses", "at_least", "below"))
    return RagLevel(
        scheme=scheme,
        letter=table.text("letter", required=True),
        word=table.text("word", required=True),
        meaning=table.text("meaning", required=True),
        colour=table.text("colour", required=True),
        text_colour=table.text("text_colour", required=True),
        rule=table.word("rule", RULES, "chosen"),
        statuses=table.texts("statuses"),
        at_least=table.number("at_least"),
        below=table.number("below"),
    )


def tidy_colour(text: str) -> str:
    """A colour as RRGGBB: without #, in capitals, with the leading noughts that Excel takes from digits put back."""
    word = text.strip().removeprefix("#").upper()
    return word.zfill(6) if word.isdigit() and len(word) < 6 else word


def is_colour(text: str) -> bool:
    """Whether it is six hexadecimal digits."""
    return bool(_COLOUR.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two RRGGBB colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
