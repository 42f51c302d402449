"""Which reply answers which promise: numbers, order and words in common, and how sure that makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from workflow import fields
from workflow.model import Confidence
from workflow.promises.pieces import Piece
from workflow.promises.words import Common, Terms

BY_NUMBER, BY_ORDER, BY_WORDS = "by number", "by order", "by words in common"
# How well words fit, from trials with real tables: two content words that only these two texts share give about 0.9.
CLEAR = 0.85  # nothing else needs to speak for it
TELLING = 0.6  # two words, or one that names something
SUPPORT = 0.3  # enough beside a number
WEAK = 0.35  # the least by which words alone bring two together
_AHEAD = 1.25  # by so much the best fit must be ahead of the next
_KEPT = 0.8  # the share of the best fits that pairs which keep the order of both lists must reach to be taken instead
_NEARLY = 0.5  # the share of its own fit from which a reply speaks of another promise as well
_SLIDING = 0.15  # the share of contradicted pairs from which a list vouches for nothing
# How doubtful, of what must be checked: first what words speak against, last what only has too little to speak for it.
_BETTER = 0.9  # the reply fits another promise better
_MISSED = 0.89  # no reply, and one that stands elsewhere fits it
_SLID = 0.86  # other replies of the list stand beside the wrong promise
_EITHER = 0.855  # the reply may be meant for another promise
_APART = 0.85  # two lists that do not stand side by side, and no words in common
_WANTED = 0.83  # only a number or a place speaks for the pair, and another reply may be meant for its promise


@dataclass(frozen=True, slots=True)
class Match:
    """What answers one promise. `together` is the promise that holds a reply marked for both, -1 for none."""

    replies: tuple[int, ...] = ()
    how: str = ""
    confidence: Confidence = Confidence.CHECK
    why: str = ""
    doubt: float = 0.8
    together: int = -1


@dataclass(frozen=True)
class Matcher:
    """Two lists, what each entry is about, and what all have in common."""

    promises: Sequence[Piece]
    replies: Sequence[Piece]
    asked: Sequence[Terms]
    answered: Sequence[Terms]
    common: Common
    apart: bool = False  # they do not stand side by side: only how the paper is laid out brings them together

    @classmethod
    def of(cls, promises: Sequence[Piece], replies: Sequence[Piece], *, apart: bool = False) -> Matcher:
        """A matcher for the entries of two lists, neither with its stem."""
        asked, answered = [Terms.of(p.whole) for p in promises], [Terms.of(r.whole) for r in replies]
        return cls(promises, replies, asked, answered, Common.among((*asked, *answered)), apart)

    @cached_property
    def fits(self) -> list[list[float]]:
        """How well each reply (inner) fits each promise (outer)."""
        return [[self.common.fit(p, r) for r in self.answered] for p in self.asked]

    def matches(self) -> list[Match]:
        """What answers each promise, in the order of the promises."""
        if len(self.promises) == len(self.replies) == 1 and not self.apart:
            return [Match((0,), BY_ORDER, Confidence.SURE, "Each cell holds one entry, and they stand in one row.", 0.0)]
        found, together = self._numbered()
        how = dict.fromkeys(found, BY_NUMBER)
        self._repaired(found, together, how)
        free = [j for j in range(len(self.replies)) if j not in set(found.values())]
        open_ = [i for i in range(len(self.promises)) if i not in found and i not in together]
        if len(free) == len(open_) and not found and free:
            found.update(zip(open_, free, strict=True))
            how.update(dict.fromkeys(open_, BY_ORDER))
        else:
            for i, j, by in self._by_words(open_, free):
                found[i], how[i] = j, by
        held = {**found, **{i: found[first] for i, first in together.items()}}
        wanted = {self.rival(i, held): i for i in found}
        judged: dict[int, Match] = {}
        for i in found:
            match = self._judged(i, how[i], held)
            match = self._beside(i, match) if self.apart else match
            judged[i] = self._wanted(i, match, wanted[i]) if i in wanted else match
        for i in range(len(self.promises)):
            if i in together:
                judged[i] = replace(judged[together[i]], replies=(), together=together[i])
            elif i not in found:
                judged[i] = self._unanswered(i, found, wanted=i in wanted)
        return [judged[i] for i in range(len(self.promises))]

    # --- by number

    def _numbered(self) -> tuple[dict[int, int], dict[int, int]]:
        """The replies with the promises' numbers; and each further promise of a reply marked for several, with the first."""
        found: dict[int, int] = {}
        together: dict[int, int] = {}
        if not (_countable(self.promises) and _countable(self.replies)):
            return found, together
        by_number = {n: i for i, p in enumerate(self.promises) if p.numbered for n in p.numbers}
        for j, reply in enumerate(self.replies):
            own = dict.fromkeys(by_number[n] for n in reply.numbers if reply.numbered and n in by_number)
            free = [i for i in own if i not in found and i not in together]
            if free:
                found[free[0]] = j
                together.update(dict.fromkeys(free[1:], free[0]))
        return found, together

    def _repaired(self, found: dict[int, int], together: dict[int, int], how: dict[int, str]) -> None:
        """A reply whose words clearly mean a promise that has none goes to it, where its own number's has nothing of it."""
        for i, j in list(found.items()):
            spare = [k for k in range(len(self.promises)) if k not in found and k not in together]
            best = max(spare, key=lambda k: self.fits[k][j], default=-1)
            if best < 0 or self.fits[i][j] > 0 or i in together.values() or self.fits[best][j] < CLEAR:
                continue
            if self.fits[best][j] >= max(self.fits[best]) and self.fits[best][j] >= max(row[j] for row in self.fits):
                del found[i], how[i]
                found[best], how[best] = j, BY_WORDS

    # --- by words, and by order between them

    def _by_words(self, open_: Sequence[int], free: Sequence[int]) -> list[tuple[int, int, str]]:
        """Pairs of what numbers left: the best fits first, then what stands alone between two of them."""
        pairs, crossed = self._in_order(open_, free), self._best_fits(open_, free, TELLING)
        if sum(self.fits[i][j] for i, j in pairs) < _KEPT * sum(self.fits[i][j] for i, j in crossed):
            pairs = crossed
        ends = [(-1, -1), *sorted(pairs), (len(self.promises), len(self.replies))]
        if all(a[1] < b[1] for a, b in pairwise(ends)):
            between: list[tuple[int, int]] = []
            for low, high in pairwise(ends):
                left = [i for i in open_ if low[0] < i < high[0]]
                right = [j for j in free if low[1] < j < high[1]]
                if len(left) == len(right) and len(ends) > 2:
                    between.extend(zip(left, right, strict=True))
            placed = [(i, j, BY_WORDS) for i, j in pairs] + [(i, j, BY_ORDER) for i, j in between]
        else:
            placed = [(i, j, BY_WORDS) for i, j in pairs]
        left = [i for i in open_ if i not in {p[0] for p in placed}]
        right = [j for j in free if j not in {p[1] for p in placed}]
        return placed + [(i, j, BY_WORDS) for i, j in self._best_fits(left, right, WEAK)]

    def _in_order(self, open_: Sequence[int], free: Sequence[int]) -> list[tuple[int, int]]:
        """The pairs that fit best of all that keep the order of both lists."""
        empty: tuple[float, tuple[tuple[int, int], ...]] = (0.0, ())
        row = [empty] * (len(free) + 1)
        for i in open_:
            new = [empty]
            for n, j in enumerate(free):
                fit = self.fits[i][j]
                taken = (row[n][0] + fit, (*row[n][1], (i, j))) if fit >= WEAK else empty
                new.append(max(row[n + 1], new[n], taken, key=lambda best: best[0]))
            row = new
        return list(row[-1][1])

    def _best_fits(self, open_: Sequence[int], free: Sequence[int], least: float) -> list[tuple[int, int]]:
        """Greedily the pairs that fit best, of those that fit at least so well; of equals the ones that stand alike first."""
        every = sorted(
            ((self.fits[i][j], -abs(i - j), -i, -j) for i in open_ for j in free if self.fits[i][j] >= least), reverse=True
        )
        taken: dict[int, int] = {}
        for _, _, i, j in every:
            if -i not in taken and -j not in taken.values():
                taken[-i] = -j
        return list(taken.items())

    # --- how sure

    def rival(self, i: int, held: Mapping[int, int]) -> int:
        """Another promise that the reply to this one may be meant for; -1 for none. `held` is the reply of each promise.

        One that it fits better or as well; or nearly so well, where that one's own reply has nothing of it. A promise with a
        reply that fits it as well or better only shares its subject with this one.
        """
        j = held[i]
        own = self.fits[i][j]

        def may_be(k: int) -> bool:
            fit, its_own = self.fits[k][j], self.fits[k][held[k]] if k in held else 0.0
            return fit >= TELLING and fit > its_own and (fit >= own or (its_own < SUPPORT and fit >= _NEARLY * own))

        others = (k for k in range(len(self.promises)) if k != i and may_be(k))
        return max(others, key=lambda k: self.fits[k][j], default=-1)

    def _better(self, i: int, held: Mapping[int, int]) -> bool:
        """Whether a reply fits another promise so much better that it seems to stand beside the wrong one."""
        rival = self.rival(i, held)
        return rival >= 0 and self.fits[rival][held[i]] > _AHEAD * self.fits[i][held[i]]

    @cached_property
    def _alike(self) -> Mapping[int, int]:
        """The reply of each promise that has its number, or in lists of equal length without numbers its place."""
        found, _ = self._numbered()
        return found or ({i: i for i in range(len(self.promises))} if len(self.promises) == len(self.replies) else {})

    @cached_property
    def _sliding(self) -> bool:
        """Whether so many replies fit another promise better than their own that the order of the list says little."""
        wrong = sum(self._better(i, self._alike) for i in self._alike)
        return wrong > 1 and wrong > _SLIDING * len(self._alike)

    @cached_property
    def _supported(self) -> float:
        """The share of equally placed entries whose words agree."""
        return sum(self.fits[i][j] >= SUPPORT for i, j in self._alike.items()) / max(1, len(self._alike))

    def _judged(self, i: int, how: str, held: Mapping[int, int]) -> Match:
        """One pair with how sure it is."""
        j = held[i]
        own, rival, words = self.fits[i][j], self.rival(i, held), self.words_in_common(i, j)
        said = f"Both speak of {words}." if words else "They have no telling words in common."
        match = Match((j,), how, Confidence.CHECK, said, 0.5)
        if rival >= 0:
            return self._contested(match, rival, better=self._better(i, held))
        if how == BY_WORDS:
            return self._worded(match, i, j)
        equal = len(self.promises) == len(self.replies)
        if not equal and how == BY_ORDER:
            return replace(match, doubt=self._loose - min(own, 1.0) / 100)
        if own >= SUPPORT and self._ahead(i, j, 1.5 if self._sliding else 1.0):
            # Bullets only have an order, and lists lose and gain entries (domain.md A8).
            telling = self.common.tells(self.asked[i], self.answered[j]) and own >= max(self.fits[i])
            sure = how == BY_NUMBER and telling
            doubt = 0.0 if sure else 0.3 - min(own, 1.0) / 10  # the less they share, the sooner somebody should look
            return replace(match, confidence=Confidence.SURE if sure else Confidence.LIKELY, doubt=doubt)
        if self._sliding:
            return self._doubted(match, i, j)
        return self._unsupported(match, own, held)

    def _contested(self, match: Match, rival: int, *, better: bool) -> Match:
        """A pair whose reply may be meant for another promise."""
        (j,) = match.replies
        name, words = called(self.promises[rival], rival), self.words_in_common(rival, j)
        if better:
            told = f"{match.why} The reply fits promise {name} better: {words}."
            return replace(match, why=told, doubt=_BETTER + min(0.09, self.fits[rival][j] / 50))
        return replace(match, why=f"{match.why} The reply may be meant for promise {name}: {words}.", doubt=_EITHER)

    def _doubted(self, match: Match, i: int, j: int) -> Match:
        """A pair of a list in which replies have slid: at best likely, where no neighbour fits the reply nearly as well."""
        told = f"{match.why} Other replies in this list stand beside the wrong promise."
        near = max((self.fits[k][j] for k in range(max(0, i - 2), min(len(self.promises), i + 3)) if k != i), default=0.0)
        own = self.fits[i][j]
        if own >= SUPPORT and self._ahead(i, j) and near < 0.7 * own:
            return replace(match, confidence=Confidence.LIKELY, why=told, doubt=0.3)
        return replace(match, why=told, doubt=_SLID + 0.02 - min(own, 1.0) / 50)

    def _unsupported(self, match: Match, own: float, held: Mapping[int, int]) -> Match:
        """A pair that only its number or its place speaks for. Two such pairs of a list may have each other's replies."""
        equal = len(self.promises) == len(self.replies)
        if match.how == BY_NUMBER and equal and sum(self.fits[i][j] < SUPPORT for i, j in held.items()) == 1:
            told = "It is numbered alike, and the words of all other pairs agree."
            return replace(match, confidence=Confidence.SURE, why=f"{match.why} {told}", doubt=0.0)
        if match.how == BY_NUMBER or (equal and self._supported >= 0.5):
            return replace(match, confidence=Confidence.LIKELY, doubt=0.3 - min(own, 0.1))
        return replace(match, doubt=(0.5 if equal else self._loose) - min(own, 0.1) / 10)

    def _beside(self, i: int, match: Match) -> Match:
        """A pair of lists that do not stand side by side: at most likely, and that only where its words agree."""
        own = self.fits[i][match.replies[0]]
        if match.confidence is Confidence.CHECK:
            return match
        if own < SUPPORT:
            told = f"{match.why} The two lists do not stand side by side."
            return replace(match, confidence=Confidence.CHECK, why=told, doubt=_APART - own / 10)
        return replace(match, confidence=Confidence.LIKELY, doubt=max(match.doubt, 0.3 - min(own, 1.0) / 10))

    def _wanted(self, i: int, match: Match, other: int) -> Match:
        """A pair whose promise another reply may be meant for: never sure."""
        if match.confidence is Confidence.CHECK:
            return match
        told = f"{match.why} The reply to {called(self.promises[other], other)} may be meant for this promise."
        if self._sliding or self.fits[i][match.replies[0]] < SUPPORT:
            return replace(match, confidence=Confidence.CHECK, why=told, doubt=_SLID if self._sliding else _WANTED)
        return replace(match, confidence=Confidence.LIKELY, why=told, doubt=0.34)

    def _worded(self, match: Match, i: int, j: int) -> Match:
        """A pair that only words made. Replies without numbers to promises that have them were written with no list in mind."""
        if _countable(self.promises) and _countable(self.replies):
            sure = self.fits[i][j] >= TELLING and self._ahead(i, j, _AHEAD)
            return replace(match, confidence=Confidence.LIKELY if sure else Confidence.CHECK, doubt=0.25 if sure else 0.65)
        return replace(match, doubt=self._loose - min(self.fits[i][j], 2.0) / 100)

    @property
    def _loose(self) -> float:
        """How doubtful a pair is in lists of unequal length without numbers on both sides."""
        return 0.84 if _countable(self.promises) else 0.7

    def _ahead(self, i: int, j: int, by: float = 1.0) -> bool:
        """Whether no other promise fits the reply better."""
        others = [self.fits[k][j] for k in range(len(self.promises)) if k != i]
        return self.fits[i][j] >= by * max(others, default=0.0)

    def _unanswered(self, i: int, found: dict[int, int], *, wanted: bool) -> Match:
        best = max(found, key=lambda k: self.fits[i][found[k]], default=-1)
        why = "No reply has its number, or fits its words."
        if best >= 0 and self.fits[i][found[best]] >= WEAK:
            words = self.words_in_common(i, found[best])
            near = f"The reply to {called(self.promises[best], best)} also speaks of {words}."
            return Match(why=f"{why} {near}", doubt=_MISSED if wanted else max(0.8, self._loose))
        return Match(why=why, doubt=0.75)

    # --- in words

    def words_in_common(self, i: int, j: int) -> str:
        """The telling words of a promise and a reply, as the promise has them; "" where there are none."""
        shared = self.common.shared(self.asked[i], self.answered[j])[:4]
        return fields.listed([f"“{self.asked[i].word(term)}”" for term, _ in shared], "and")

    def nearest_promise(self, j: int) -> tuple[int, float]:
        """The promise that a reply fits best, and how well."""
        best = max(range(len(self.promises)), key=lambda i: self.fits[i][j], default=-1)
        return (best, self.fits[best][j]) if best >= 0 else (-1, 0.0)


def called(piece: Piece, n: int) -> str:
    """What a person calls an entry: its number, else its place in the list."""
    return " and ".join(str(k) for k in piece.numbers) if piece.numbered else str(n + 1)


def _countable(pieces: Sequence[Piece]) -> bool:
    """Whether most of a list has numbers, each only once."""
    numbers = [n for p in pieces if p.numbered for n in p.numbers]
    return len(numbers) == len(set(numbers)) and 2 * sum(p.numbered for p in pieces) > len(pieces)
