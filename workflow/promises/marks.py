"""Where in a text the entries of a list could begin: numbers, letters, romans, bullets and ticks, each with how likely it is.

Nothing is decided here. `lists` chooses, of all these, the chains that count upwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from workflow.promises.pieces import TICKS

BULLETS = "•●▪◦‣❖➢►✦■□∙⁃·○◆➤\uf0b7\uf0a7\uf0d8"
_TICK = rf"[{TICKS}]\ufe0f?"
_INLINE_BULLETS = "•●▪‣❖➢►✦■➤\uf0b7\uf0a7\uf0d8"  # never part of a sentence
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_JOIN = r"\s?(?:&|and|,|/|\+|to|-|–)\s?"
_SEVERAL = rf"\d{{1,2}}(?:{_JOIN}\d{{1,2}}){{1,4}}"
# What follows a mark with a stop or bracket: a gap, or a letter, quote, bracket or tick; never a digit ("12.5", "31.10.23").
_THEN = rf"(?=\s|[^\W\d_]|[\"'‘“(]|{_TICK}|$)"
_AT_START = re.compile(
    rf"^(?P<indent>[ \t]*)(?P<mark>(?P<tick>{_TICK}\s*)?(?:"
    rf"(?P<several>{_SEVERAL})(?P<stop>[.)])?(?=\s)"
    rf"|\((?P<inner>\d{{1,2}})\)"
    rf"|(?P<number>\d{{1,2}})[.):]{_THEN}"
    r"|(?P<bare>\d{1,2})(?=[ \t]+\S)"
    rf"|(?P<open>\()?(?P<letter>[a-zA-Z]|[ivxIVX]{{2,5}})(?P<close>[.)])(?(open)(?<=\)))(?=\s|[^\W\d_]{{2}})"
    rf"|(?P<bullet>[{re.escape(BULLETS)}]|[-–—*](?=\s+(?![\d.,]+\s?%))|[-–—](?=[A-Z][a-z])|o(?=[ \t]+\S)))"
    rf"|{_TICK}(?=\s*\S)|[☐](?=\s*\S))",
    re.MULTILINE,
)
_INSIDE = re.compile(
    rf"(?P<mark>(?<!\S)(?P<several>{_SEVERAL})(?P<stop>[.)])?(?=\s)"
    rf"|(?P<number>\d{{1,2}})[.)]{_THEN}"
    r"|(?<!\S)(?P<bare>\d{1,2})(?=[ \t]+[A-Z\d])"
    r"|(?<![\w)])\((?P<inner>\d{1,2})\)(?=\s)"
    r"|(?<![\w(/.&-])(?P<open>\()?(?P<letter>[a-zA-Z]|[ivxIVX]{2,5})(?P<close>\))(?=\s|[^\W\d_]{2})"
    rf"|(?P<bullet>[{re.escape(_INLINE_BULLETS)}])(?=\s*\S)|{_TICK}(?=[ \t]*\S))"
)
_NUMBERED_BULLET = re.compile(r"[ \t]*(\d{1,2})[.)](?=\s)")
# A number behind one of these words is not a mark: "one of the 2. And".
_BEFORE_WORDS = (
    "a all an and another any approximately are around between each every had has have is its just last most nearly "
    "next of or our reached the their them these those was were "
)
_BEFORE = frozenset(_BEFORE_WORDS.split())
# Behind one of these it is one only where the list goes on from it: "as in section 3. Review", "we met at 2. Then", but
# "take necessary action 3. Work" too.
_REFERS_WORDS = (
    "about action actions after appendix at band be before by chapter class cohort column covid day domain figure "
    "first for from goal grade group in into item least less level line more no number objective on only option other "
    "over page part past phase point priority quarter question recommendation ref reference round row schedule "
    "section sections stage step strand table term than theme tier to top under up week with year years zone "
)
_REFERS = frozenset(_REFERS_WORDS.split())
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
# Digits that a lost line break ran together: "Feb 2024" + "2.", "March 24" + "2.", "23/24" + "10.".
_RUN = re.compile(rf"(?:(?:19|20)\d\d|{_MONTH}\s\d\d|\b\d\d/\d\d)$", re.IGNORECASE)
_WEAK = 0.5
_LAST_WORD = re.compile(r"([^\s(\[\"'‘“]+)\s*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where an entry could begin. `strength` compares it with others that would count the same number."""

    start: int
    end: int
    kind: str = ""  # "number", "inner" for (1), "letter", "LETTER", "roman", "ROMAN", "tick", or a bullet's glyph
    numbers: tuple[int, ...] = ()
    first: bool = False  # of its line
    indent: int = 0
    strength: float = 1.0
    bare: bool = False  # a number with neither stop nor bracket
    lower: bool = False  # what follows begins in lower case
    dotted: bool = False  # "a." rather than "a)"
    weak: bool = False  # a mark only where others of its list stand before and behind it
    tick: bool = False


def find_marks(text: str) -> list[Mark]:
    """Every place where an entry could begin, in order. A letter such as "i" is there twice: as a letter and as a roman."""
    found = [m for match in _AT_START.finditer(text) for m in _kinds(text, match, first=True)]
    taken = {m.start for m in found} | {m.end for m in found}
    ends = [(m.start, m.end) for m in found]
    at = 0
    while match := _INSIDE.search(text, at):
        at = max(match.end(), match.start() + 1)
        if match.start() not in taken and not any(start < match.end() and match.start() < end for start, end in ends):
            found.extend(_inside(text, match))
    found.extend(_run_together(text))
    return sorted(found, key=lambda m: (m.start, m.end))


def _kinds(text: str, match: re.Match[str], *, first: bool) -> Iterator[Mark]:
    """The marks that one match can be."""
    group = match.groupdict()
    base = Mark(
        *match.span("mark"),
        first=first,
        indent=len((group.get("indent") or "").expandtabs(4)),
        lower=_lower(text, match.end("mark")),
        tick=bool(group.get("tick")) or match["mark"][:1] in TICKS,
    )
    if match["several"] or match["bare"]:
        numbers = _numbers(match["several"] or match["bare"])
        bare = not (match["several"] and match["stop"])
        if numbers:
            yield replace(base, kind="number", numbers=numbers, strength=_plain(bare, first=first), bare=bare)
    elif match["inner"]:
        yield replace(base, kind="inner", numbers=(int(match["inner"]),), strength=2.5 if first else 1.0)
    elif match["number"]:
        yield replace(base, kind="number", numbers=(int(match["number"]),), strength=3.0)
    elif match["letter"]:
        yield from _lettered(match, base)
    elif match["bullet"]:
        yield replace(base, kind=match["bullet"])
        if both := _NUMBERED_BULLET.match(text, base.end):  # "• 1. Text"
            yield replace(base, end=both.end(), kind="number", numbers=(int(both[1]),), strength=3.0)
    else:
        yield replace(base, kind="tick")


def _plain(bare: bool, *, first: bool) -> float:
    return (1.5 if first else 0.6) if bare else 3.0


def _lettered(match: re.Match[str], base: Mark) -> Iterator[Mark]:
    word, dotted = match["letter"], match["close"] == "."
    upper = word.isupper()
    if word.casefold() in _ROMANS:
        number = _ROMANS.index(word.casefold()) + 1
        yield replace(base, kind="ROMAN" if upper else "roman", numbers=(number,), dotted=dotted)
    if len(word) == 1:
        number = ord(word.casefold()) - ord("a") + 1
        yield replace(base, kind="LETTER" if upper else "letter", numbers=(number,), dotted=dotted)


def _inside(text: str, match: re.Match[str]) -> Iterator[Mark]:
    """A mark in the middle of a line, unless the words before it say that it is something else."""
    for mark in _kinds(text, match, first=False):
        strength = _standing(text, mark) if mark.kind == "number" else mark.strength
        if strength:
            yield replace(mark, strength=strength, weak=mark.kind == "number" and strength == _WEAK)


def _standing(text: str, mark: Mark) -> float:
    """How likely a number inside a line begins an entry; 0 where it does not."""
    before = text[max(0, mark.start - 40) : mark.start]
    word = _LAST_WORD.search(before)
    if not before.strip() or word is None:
        return 2.0
    last, glued = word[1], before[-1:].strip() != ""
    strength = 0.0
    if glued:
        strength = _glued(last)
    elif last.casefold().strip("(") in _BEFORE:
        strength = 0.0
    elif last.casefold().strip("(") in _REFERS:
        strength = 0.0 if mark.lower else _WEAK
    elif last[-1] in ".;:!?)”’\"'":
        strength = 2.5
    else:
        strength = 1.5 if last[-1].isdigit() else 1.8
    if mark.bare and strength != _WEAK:
        strength = 0.0 if glued else min(strength, 0.6)
    return strength * (0.6 if mark.lower and strength != _WEAK else 1.0)


def _glued(last: str) -> float:
    """A number run into the word before it, where the text lost its line break: "programme2.", but not "Q2." or "12.5."."""
    if last[-1].isdigit() or last[-1] in "£$,/:-–&+#":
        return 0.0
    if last[-1] == "%":
        return 2.2
    if last[-1] in ".;!?)”’\"'":
        return 2.4 if last[-1] == ")" or (len(last) > 1 and not last[-2].isdigit()) else 1.0
    letters = re.search(r"[^\W\d_]+$", last)
    if letters is None:
        return 0.0
    if "/" in last or letters[0][-1].islower():
        return 2.2 if len(letters[0]) > 1 or "/" in last else 0.0
    return (1.2 if len(letters[0]) > 2 else _WEAK) if len(letters[0]) > 1 else 0.0


def _run_together(text: str) -> Iterator[Mark]:
    """Marks run into a year: "Feb 20242. Train" is "Feb 2024" and "2."."""
    for match in re.finditer(rf"\d{{3,6}}[.)]{_THEN}", text):
        digits = len(match[0]) - 1
        for size in (1, 2):
            cut = match.start() + digits - size
            if size < digits and text[cut] != "0" and _RUN.search(text[max(0, cut - 14) : cut]):
                yield Mark(cut, match.end(), "number", (int(text[cut : match.end() - 1]),), strength=0.9)


def _numbers(text: str) -> tuple[int, ...]:
    """(3, 4) for "3& 4", (3, 4, 5) for "3 to 5"; () where they do not count upwards."""
    found = [int(n) for n in re.findall(r"\d+", text)]
    if len(found) == 2 and re.search(r"to|-|–", text) and found[0] < found[1] <= found[0] + 9:
        return tuple(range(found[0], found[1] + 1))
    upwards = all(b == a + 1 for a, b in pairwise(found))
    return tuple(found) if upwards and not re.search(r"to|-|–", text) else ()


def _lower(text: str, at: int) -> bool:
    rest = text[at : at + 12].lstrip(" \t(\"'‘“" + TICKS + "\ufe0f")
    return rest[:1].islower()
