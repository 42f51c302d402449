"""Single cells of a tracked row as the register's values: colours and status words, with how sure each is and what to ask."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass

from workflow import fields
from workflow.fields import YES_WORDS
from workflow.items import STATUSES, rag_choices
from workflow.model import Confidence, Register, SourceCell, Value

_HUES = ((18, "Red"), (70, "Amber"), (170, "Green"), (265, "Blue"), (320, ""), (361, "Red"))  # up to which degree
_LETTERS = {"r": "Red", "a": "Amber", "g": "Green", "b": "Blue", "y": "Amber"}
_WORDS = {"yellow": "Amber", "orange": "Amber", "red": "Red", "amber": "Amber", "green": "Green", "blue": "Blue"}
_GREY = 0.18  # the saturation below which a fill is no colour


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it was read; None for none. `asked` is a question for a person, "" for none."""

    value: Value | None = None
    confidence: Confidence = Confidence.SURE
    asked: str = ""


def fill_word(fill: str) -> str:
    """The colour word of a background RRGGBB: "Amber" of FFC000; "" for grey, white and what is no such colour."""
    if len(fill) != 6:
        return ""
    red, green, blue = (int(fill[n : n + 2], 16) / 255 for n in (0, 2, 4))
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < _GREY or value < 0.2:
        return ""
    return next(word for degree, word in _HUES if hue * 360 < degree)


def rag_of(cell: SourceCell | None, register: Register) -> Reading:
    """The colour that a cell says: by its words, else by its letter, else by its fill."""
    if cell is None:
        return Reading()
    text = fields.fold(cell.text).strip(" .*()")
    colour = fill_word(cell.fill)
    if not text:
        return Reading(colour, Confidence.LIKELY) if colour else Reading()
    words = _rag_words(register)
    word = words.get(text) or words.get(_LETTERS.get(text, "").casefold()) or _LETTERS.get(text) or _WORDS.get(text)
    if word is None:
        first = text.split()[0].strip("-:,;.") if text.split() else ""
        others = {w for w in _WORDS if w in text and w != first}
        word = words.get(first) or _WORDS.get(first)
        if word and not others and len(text) > len(first):
            return Reading(word, Confidence.LIKELY)
        options = "one of them" if word else "the colour it means"
        return Reading(
            None, Confidence.CHECK, f'The RAG is written "{fields.clean(cell.text)[:60]}". Enter {options}, or leave it blank.'
        )
    if colour and colour != word:
        return Reading(word, Confidence.CHECK, f"The RAG says {word}, and its cell is coloured {colour}. Which is right?")
    return Reading(word)


def _rag_words(register: Register) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for choice in rag_choices(None, register):
        for word in (choice.value, *choice.aliases):
            found.setdefault(fields.fold(word), choice.value)
    for level in register.rag:
        if level.rule == "chosen":
            found.setdefault(fields.fold(level.word), level.word)
            found.setdefault(fields.fold(level.letter), level.word)
    return found


def status_word(text: str) -> str:
    """The status that a cell's whole text is: one of our own words, or another way to write it; "" for none."""
    said = fields.fold(text).strip(" .!*")
    if said in YES_WORDS:
        return "Complete"
    return next((c.value for c in STATUSES if said in map(fields.fold, (c.value, *c.aliases))), "")
