"""Permanent names for what is new: ids of plans, themes and partners, and row keys; none that is used already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from workflow import fields
from workflow.model import Register

_SKIPPED = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "its",
        "of",
        "on",
        "or",
        "our",
        "the",
        "their",
        "to",
        "with",
        "within",
    ]
)
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_YEAR = re.compile(r"(?<!\d)(?:20(\d{2})|(\d{2}))\s?[-/–]\s?(?:20)?(\d{2})(?!\d)")
# "Priority 3: Violence", "Goal 6A – Children", "7.2.1 Hate crime", "3. Hate": what kind of theme, its number, its title.
_NUMBERED = re.compile(
    r"(?:(?P<kind>priority|goal|theme|section|domain|strand|objective|aim|outcome|workstream|part)\s*(?:no\.?\s*)?)?"
    r"(?P<number>\d{1,2}[A-Za-z]?(?:\.\d{1,2}){0,3}|[A-Z]\d{1,2}|[A-Z](?=\s*[:.–-]))?\s*[:.)–—-]*\s*(?P<title>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_ID = 12


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """A theme as a file writes it."""

    number: str
    title: str


def theme_words(text: str) -> ThemeWords:
    """ "Priority 3: Violence" -> 3 and Violence. A year or a figure at the start of a sentence is no number."""
    line = " ".join(text.split())
    match = _NUMBERED.fullmatch(line)
    if match is None or not match["title"].strip() or _YEAR.match(line):
        number = match["number"] if match and match["number"] and not match["title"].strip() else ""
        return ThemeWords(number or "", line)
    title = match["title"].strip().rstrip(":").strip()
    if match["number"] is None and match["kind"]:
        return ThemeWords("", line if title[:1].islower() else title)
    inner = _NUMBERED.fullmatch(title)
    if inner and inner["kind"] and inner["number"] and inner["title"].strip():
        title = inner["title"].strip()  # "7.1 Priority 1: Violence"
    return ThemeWords((match["number"] or "").rstrip("."), title)


def initials(text: str) -> str:
    """The letters by which a plan is known: "TRV" of "Thematic review of violence"."""
    words = [w for w in _WORDS.findall(text) if fields.fold(w) not in _SKIPPED and not w.isdigit()]
    if len(words) == 1:
        return _plain(words[0])[:4].upper()
    return "".join(_plain(w)[:1] for w in words[:5]).upper()


def year_of(text: str) -> tuple[int, int] | None:
    """The financial year or the years that a title names, as the years in which it starts and ends: 2023/24 -> (2023, 2024)."""
    match = _YEAR.search(text)
    if match is None:
        return None
    first, last = 2000 + int(match[1] or match[2]), 2000 + int(match[3])
    if match[1] is None and last != first + 1:
        return None  # "11-19" may be ages
    return (first, last) if 0 < last - first <= 10 else None


def slug(text: str) -> str:
    """A partner's id: small letters, digits and hyphens, short."""
    words = [w for w in re.split(r"[^a-z0-9]+", _plain(fields.fold(text))) if w]
    kept = [w for w in words if w not in _SKIPPED] or words
    made = ""
    for word in kept:
        if made and len(made) + len(word) + 1 > 24:
            break
        made = f"{made}-{word}" if made else word[:24]
    return made or "partner"


def capitals(text: str) -> str:
    """A theme's id: an abbreviation that its title gives in brackets, else its first words that say something."""
    bracketed = re.search(r"\(([A-Z][A-Z&]{1,8})\)", text)
    if bracketed:
        return bracketed[1].replace("&", "")
    words = [w for w in _WORDS.findall(text) if fields.fold(w) not in _SKIPPED]
    own = next((w for w in words[:3] if w.isupper() and 2 <= len(w) <= 8), "")
    return (own or _plain(words[0] if words else "THEME").upper())[:_LONGEST_ID] or "THEME"


def _plain(text: str) -> str:
    """Letters and digits that every file system and key takes."""
    if text.isascii():
        return text.replace("'", "")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isascii() and (c.isalnum() or c in " -"))


@dataclass
class Keys:
    """Gives names that nothing else bears. Two that differ only in case are the same."""

    used: set[str] = field(default_factory=set)
    reached: dict[str, int] = field(default_factory=dict)  # by start: the number up to which all are used

    @classmethod
    def of(cls, names: Iterable[str]) -> Keys:
        """With these used already."""
        return cls({fields.fold(n) for n in names})

    def free(self, wanted: str, joint: str = "-") -> str:
        """The name, or the name with a number behind it; from then on it is used."""
        if fields.fold(wanted) in self.used:
            return self._counted(f"{wanted}{joint}", 2)
        self.used.add(fields.fold(wanted))
        return wanted

    def next(self, start: str) -> str:
        """The first name of the kind "start1", "start2" that is free."""
        return self._counted(start, 1)

    def _counted(self, start: str, first: int) -> str:
        at = fields.fold(start)
        n = max(first, self.reached.get(at, 0) + 1)
        while f"{at}{n}" in self.used:
            n += 1
        self.reached[at] = n
        self.used.add(f"{at}{n}")
        return f"{start}{n}"


def keys_of(register: Register) -> Keys:
    """The keys that rows of a register bear."""
    return Keys.of(i.key for i in register.items)


def key_part(ref: str) -> str:
    """A reference as part of a key: "1.3.1", "A4"; without spaces and what people put behind it."""
    return re.sub(r"\s+", "-", ref.strip().strip(".:)(")).replace("/", "-")[:24]
