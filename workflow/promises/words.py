"""What two texts have in common: stems of their content words, figures and names, each worth more the fewer texts share it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflow import fields

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_RE = re.compile(r"\bre-(?=[a-z])", re.IGNORECASE)  # "re-offending" is "reoffending"
_CAPITALS = re.compile(r"\b[A-Z][A-Z&]{1,6}s?\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDINGS = (
    "isations",
    "isation",
    "ations",
    "ements",
    "ation",
    "ative",
    "ement",
    "ments",
    "ities",
    "ings",
    "ment",
    "ions",
    "ates",
    "ated",
    "ally",
    "ers",
    "ing",
    "ity",
    "ies",
    "ied",
    "ion",
    "ive",
    "ate",
    "als",
    "ed",
    "er",
    "es",
    "al",
    "ly",
    "or",
    "s",
    "e",
    "y",
)
_SHORTEST = 4  # letters of a stem
# Words that say nothing of what a promise is about.
_EMPTY_WORDS = (
    "a about across action actions activities activity after again against all also although am among an and any "
    "appropriate are area areas around as at be because been before being between borough both but by can carried "
    "carry continue continued continues contribute contributed contributing contribution could council currently "
    "deliver delivered delivery develop developed development did do does done during each ensure etc every everybody "
    "everyone everything for from further go goes going gone had has have having held her here hold hosted how "
    "identified identify if implement implemented in include included includes including into is it its just last led "
    "less like local locally look looks made make making may more most new next no not now number of off on one "
    "ongoing only or other others our out over own partners partnership place progress promote promoted provide "
    "provided put range re regarding regards relation relevant respect s same see seek set shall she should since so "
    "some such support supported supporting take taken than that the their them then there these they this those "
    "through throughout to together too toward towards two under undertaken until up upon us use used using via was "
    "way we well went were what when where which while who will with within work worked working would year years yet "
    "you"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
_INITIALS_SKIP = frozenset(("and", "of", "the", "for", "in", "to", "on", "a"))


def stem(word: str) -> str:
    """A word without its ending: "refreshed" and "refresh" have one stem."""
    for ending in _ENDINGS:
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


@dataclass(frozen=True)
class Terms:
    """What a text is about: stems of its content words and its larger figures, each with the word as written; its
    abbreviations; and the abbreviations that its runs of words could have."""

    words: Mapping[str, str]
    short: frozenset[str]
    initials: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Terms:
        """The terms of a text."""
        short = frozenset(m[0].rstrip("s").casefold() for m in _CAPITALS.finditer(text))
        return cls({s: w for s, w in _words(text) if w.casefold() not in short}, short, frozenset(_initials(text)))

    @property
    def every(self) -> frozenset[str]:
        """All that another text could share."""
        return frozenset((*self.words, *(f"={s}" for s in (*self.short, *self.initials))))

    def common(self, other: Terms) -> frozenset[str]:
        """The terms of both. Two runs of words with the same first letters are not one abbreviation."""
        short = (self.short & (other.short | other.initials)) | (self.initials & other.short)
        return frozenset((*(self.words.keys() & other.words.keys()), *(f"={s}" for s in short)))

    def word(self, term: str) -> str:
        """A term as a person wrote it."""
        return self.words.get(term) or term.removeprefix("=").upper()


def _words(text: str) -> Iterator[tuple[str, str]]:
    for written in (m[0] for m in _WORD.finditer(_RE.sub("re", text))):
        word = re.sub(r"['’]s?$", "", fields.fold(written))
        if word.isdigit():
            if len(word) > 2 and not _YEAR.fullmatch(word):
                yield word, written
        elif word not in _EMPTY and len(word) > 1 and not re.fullmatch(r"\d+(?:st|nd|rd|th|m)", word):
            yield stem(word), written


def _initials(text: str) -> Iterator[str]:
    """The abbreviations that runs of words could have: "pspo" of "Public Space Protection Order"."""
    words = [m[0].casefold() for m in _WORD.finditer(text)]
    kept = [w for w in words if w not in _INITIALS_SKIP and not w.isdigit()]
    for size in (2, 3, 4, 5):
        for at in range(len(kept) - size + 1):
            yield "".join(w[0] for w in kept[at : at + size])


@dataclass(frozen=True)
class Common:
    """How much texts have in common, among all the texts of two or three cells."""

    weights: Mapping[str, float]
    counts: Mapping[str, int]  # in how many of the texts a term stands

    @classmethod
    def among(cls, texts: Iterable[Terms]) -> Common:
        """A term in many of the texts is worth little, one in a single text nothing."""
        every = list(texts)
        counts = Counter(term for text in every for term in text.every)
        whole = math.log(len(every) + 2)
        return cls({t: max(0.0, math.log((len(every) + 1) / n)) / whole for t, n in counts.items() if n > 1}, counts)

    def shared(self, one: Terms, other: Terms) -> list[tuple[str, float]]:
        """The terms in common with their worth, the worthiest first."""
        both = ((t, self.weights.get(t, 0.0)) for t in one.common(other))
        return sorted(((t, w) for t, w in both if w > 0), key=lambda pair: (-pair[1], pair[0]))

    def tells(self, one: Terms, other: Terms) -> bool:
        """Whether what they have in common is theirs: more than one term, or one that no other text has."""
        shared = self.shared(one, other)
        return len(shared) > 1 or any(self.counts[t] == 2 for t, _ in shared)

    def fit(self, one: Terms, other: Terms) -> float:
        """How well two texts fit: 0 for nothing in common. Long texts share words by chance, so length counts against them."""
        shared = sum(w for _, w in self.shared(one, other))
        return shared / (0.5 + 0.5 * math.log(2 + min(len(one.words), len(other.words)))) if shared else 0.0
