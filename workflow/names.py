"""Who is meant by a name: ids, names, short names, dated aliases, and cells that name several agencies (domain.md A5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from workflow import fields
from workflow.model import Alias, Partner, Register

# How joint leads are written: "X and Y", "X / Y", "X & Y", "X, Y to include Z and W" (domain.md A5); and as we write them
# ourselves: "X; with Y, Z; contributing: W" (`items.lead_words`).
_AND = re.compile(r"\s*(?:[;,]\s*(?:and|with)\b|[;,/&\n]|\band\b)\s*", re.IGNORECASE)
_INCLUDING = re.compile(r"\s*[;,]?\s*(?:\b(?:to include|including)\b|\bcontributing\s*:)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads that one cell names: exactly one accountable, then joint leads and contributors, as partner ids."""

    lead: str
    joint: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """One agency as a cell names it: the words as they stand there, and the id of the partner meant ("" for nobody known)."""

    words: str
    partner: str = ""


@dataclass(frozen=True)
class Names:
    """The partners and the other names they go by. `on` is the day on which an alias must hold."""

    partners: Sequence[Partner]
    aliases: Sequence[Alias]
    on: date

    @classmethod
    def of(cls, register: Register, on: date) -> Names:
        """The names of a register, as they hold on a day. Of the days last asked for they are looked up only once."""
        for known in _known:
            if known.on == on and known.partners is register.partners and known.aliases is register.aliases:
                return known
        _known.append(names := cls(register.partners, register.aliases, on))
        del _known[:-_MOST_KNOWN]
        return names

    @cached_property
    def _own(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the partners that a word stands for in its own right, as an id, a name or a short name."""
        found: dict[str, tuple[str, ...]] = {}
        for p in self.partners:
            for word in _own(p):
                found[word] = (*found.get(word, ()), p.id)
        return found

    @cached_property
    def _aliases(self) -> Mapping[str, tuple[Alias, ...]]:
        """The aliases that a word is, in the register's order."""
        found: dict[str, tuple[Alias, ...]] = {}
        for a in self.aliases:
            found[_bare(a.alias)] = (*found.get(_bare(a.alias), ()), a)
        return found

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        """The id of each partner by its folded id and name; where two share one, of the first."""
        return {fields.fold(word): p.id for p in reversed(self.partners) for word in (p.name, p.id)}

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset((*self._own, *self._aliases))

    def find(self, text: str) -> str:
        """The id of the one partner that `text` means, with or without "the"; "" where there is none or it could be two.

        An id, name or short name goes before an alias; an alias whose dates do not hold is a last resort.
        """
        word = _bare(text)
        if not word:
            return ""
        direct = {*self._own.get(word, ())}
        known = self._aliases.get(word, ())
        holding = {a.partner for a in known if holds(a, self.on)}
        for ids in (direct, holding, {a.partner for a in known}):
            if len(ids) == 1:
                return self._id(next(iter(ids)))
            if ids:
                return ""
        return ""

    def outdated(self, text: str) -> Alias | None:
        """The alias that `text` is, where it has stopped meaning any partner by that day."""
        word = _bare(text)
        direct = word in self._own
        known = self._aliases.get(word, ())
        past = [a for a in known if a.valid_to and a.valid_to < self.on]
        return past[-1] if past and not direct and not any(holds(a, self.on) for a in known) else None

    def read(self, text: str) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
        """The agencies that a cell names, in its order: its leads, the accountable one first, then its contributors.

        A name that itself holds an "and" or a comma is known as a whole. Unknown words side by side stay together, as written.
        """
        first, *rest = _INCLUDING.split(text, maxsplit=1)
        return tuple(self._named(first)), tuple(self._named(rest[0])) if rest else ()

    def split(self, text: str) -> Leads | None:
        """The leads of a cell that names several; None unless every part is a partner."""
        leads, others = ([n.partner for n in named] for named in self.read(text))
        leads, others = list(dict.fromkeys(leads)), list(dict.fromkeys(others))
        if not leads or not all((*leads, *others)) or len(leads) + len(others) < 2:
            return None
        return Leads(leads[0], tuple(leads[1:]), tuple(p for p in others if p not in leads))

    def near(self, text: str) -> str:
        """The partner id that was probably meant, "" where nothing is near."""
        words = {word: p.id for p in self.partners for word in _own(p)}
        words |= {_bare(a.alias): a.partner for a in self.aliases}
        return words.get(fields.near(_bare(text), list(words)), "")

    def near_name(self, text: str) -> str:
        """The name of the partner that was probably meant, "" where nothing is near."""
        wanted = self.near(text)
        return next((p.name for p in self.partners if p.id == wanted), "")

    def _named(self, text: str) -> Iterable[Named]:
        """The names of a list. From the left, always the longest run of its parts that is a known name."""
        cuts = [(0, 0), *((m.start(), m.end()) for m in _AND.finditer(text)), (len(text), len(text))]
        spans = [(start, end) for (_, start), (end, _) in pairwise(cuts) if text[start:end].strip()]
        known = self._known
        longest = max((len(_AND.findall(word)) + 1 for word in known), default=1)
        unknown: list[tuple[int, int]] = []
        at = 0
        while at < len(spans):
            start = spans[at][0]
            runs = range(min(len(spans), at + longest), at, -1)
            until = next((n for n in runs if _bare(text[start : spans[n - 1][1]]) in known), 0)
            if until:
                yield from _together(text, unknown)
                unknown = []
                words = text[start : spans[until - 1][1]].strip()
                yield Named(words, self.find(words))
            else:
                unknown.append(spans[at])
            at = until or at + 1
        yield from _together(text, unknown)

    def _id(self, text: str) -> str:
        """An alias row may itself name its partner by id in another case, or by name."""
        return self._ids.get(fields.fold(text), "")


_known: list[Names] = []
_MOST_KNOWN = 4


def _own(partner: Partner) -> set[str]:
    """What a partner is called in its own right, folded."""
    return {_bare(word) for word in (partner.id, partner.name, partner.short_name) if word}


def _bare(text: str) -> str:
    """A name for comparing: folded, and without the "the" that a sentence puts before it."""
    return fields.fold(text).removeprefix("the ")


def _together(text: str, spans: Sequence[tuple[int, int]]) -> Iterable[Named]:
    if spans:
        yield Named(text[spans[0][0] : spans[-1][1]].strip())


def holds(alias: Alias, on: date) -> bool:
    """Whether the alias means its partner on that day."""
    return (alias.valid_from is None or alias.valid_from <= on) and (alias.valid_to is None or on <= alias.valid_to)
