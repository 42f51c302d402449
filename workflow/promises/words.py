"""What two texts have in common: stems of their content words, figures and names, each worth more the fewer texts share it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workflow import fields

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CAPITALS = re.compile(r"\b[A-Z][A-Z&]{1,6}s?\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDINGS = (
    "isations", "isation", "ations", "ements", "ation", "ement", "ments", "ities", "ings", "ment", "ions", "ates", "ated", "ally",
    "ers", "ing", "ity", "ies", "ied", "ion", "ive", "ate", "als", "ed", "er", "es", "al", "ly", "or", "s", "e", "y",
)  # fmt: skip
_SHORTEST = 4  # letters of a stem
# Words that say nothing of what a promise is about.
_EMPTY = frozenset(
    "a about across after again all also although am among an and any appropriate are area areas around as at be because been "
    "before being between both but by can continue continued continues could currently did do does done during each etc ensure "
    "for from further had has have having her here how if in include included includes including into is it its just last led "
    "less like look looks made make making may more most new next no not now number of off on one ongoing only or other others "
    "our out over own place put range regarding regards relation relevant respect s same see seek set shall she should since so "
    "some such than that the their them then there these they this those through throughout to together too two under until up "
    "upon us use used using via was way we well were what when where which while who will with within work working worked would "
    "year years yet you promote promoted support supported supporting deliver delivered delivery develop developed development "
    "implement implemented identify identified take taken provide provided progress undertaken borough council local locally "
    "partnership partners".split()
)
_INITIALS_SKIP = frozenset("and of the for in to on a".split())


def stem(word: str) -> str:
    """A word without its ending: "refreshed" and "refresh" have one stem."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word


def terms(text: str) -> frozenset[str]:
    """What a text is about: stems of its content words, its figures, and its abbreviations with the words they stand for."""
    return frozenset(_terms(text))


def _terms(text: str) -> Iterator[str]:
    for word in (fields.fold(m[0]) for m in _WORD.finditer(text)):
        bare = re.sub(r"['’]s?$", "", word)
        if bare.isdigit():
            if len(bare) > 1 and not _YEAR.fullmatch(bare):
                yield bare
        elif bare not in _EMPTY and len(bare) > 1:
            yield stem(bare)
    yield from (f"={m[0].rstrip('s').casefold()}" for m in _CAPITALS.finditer(text))
    yield from (f"={initials}" for initials in _initials(text))


def _initials(text: str) -> Iterator[str]:
    """The abbreviations that runs of words could have: "pspo" of "Public Space Protection Order"."""
    words = [m[0].casefold() for m in _WORD.finditer(text)]
    kept = [w for w in words if w not in _INITIALS_SKIP and not w.isdigit()]
    for size in (3, 4, 5):
        for at in range(len(kept) - size + 1):
            yield "".join(w[0] for w in kept[at : at + size])


@dataclass(frozen=True)
class Common:
    """How much texts have in common, among all the texts of two or three cells."""

    weights: dict[str, float]

    @classmethod
    def among(cls, texts: Iterable[frozenset[str]]) -> Common:
        """`texts` are the terms of each text: a term in many of them is worth little, one in a single text nothing."""
        every = list(texts)
        counts = Counter(term for text in every for term in text)
        whole = math.log(len(every) + 2)
        return cls({t: max(0.0, math.log((len(every) + 1) / n)) / whole for t, n in counts.items() if n > 1})

    def shared(self, one: frozenset[str], other: frozenset[str]) -> list[tuple[str, float]]:
        """The terms in common with their worth, the worthiest first."""
        both = ((t, self.weights.get(t, 0.0)) for t in one & other)
        return sorted(((t, w) for t, w in both if w > 0), key=lambda pair: (-pair[1], pair[0]))

    def fit(self, one: frozenset[str], other: frozenset[str]) -> float:
        """How well two texts fit: 0 for nothing in common. Long texts share words by chance, so length counts against them."""
        shared = sum(w for _, w in self.shared(one, other))
        return shared / (0.5 + 0.5 * math.log(2 + min(len(_plain(one)), len(_plain(other))))) if shared else 0.0


def _plain(text: Iterable[str]) -> Sequence[str]:
    return [t for t in text if not t.startswith("=")]
