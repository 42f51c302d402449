"""Who is meant by a name: ids, names, short names and the alias table with its dates (domain.md A5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workflow import fields
from workflow.model import Alias, Partner

# How joint leads are written: "X and Y", "X / Y", "X & Y", "X, Y to include Z and W" (domain.md A5).
_AND = re.compile(r"\s*(?:;|,|/|&|\band\b)\s*", re.IGNORECASE)
_INCLUDING = re.compile(r"\s*,?\s*\b(?:to include|including)\b\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leads:
    """The leads that one cell names: exactly one accountable, then joint leads and contributors, as partner ids."""

    lead: str
    joint: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The partners and the other names they go by. `on` is the day on which an alias must hold."""

    partners: Sequence[Partner]
    aliases: Sequence[Alias]
    on: date

    def find(self, text: str) -> str:
        """The id of the one partner that `text` means; "" where there is none or it could be two.

        An id, name or short name goes before an alias; an alias whose dates do not hold is a last resort.
        """
        word = fields.fold(text)
        if not word:
            return ""
        direct = {p.id for p in self.partners if word in {fields.fold(p.id), fields.fold(p.name), fields.fold(p.short_name)}}
        known = [a for a in self.aliases if fields.fold(a.alias) == word]
        holding = {a.partner for a in known if holds(a, self.on)}
        for ids in (direct, holding, {a.partner for a in known}):
            if len(ids) == 1:
                return self._id(next(iter(ids)))
            if ids:
                return ""
        return ""

    def outdated(self, text: str) -> Alias | None:
        """The alias that `text` is, where it has stopped meaning any partner by that day."""
        word = fields.fold(text)
        direct = any(word in {fields.fold(p.id), fields.fold(p.name), fields.fold(p.short_name)} for p in self.partners)
        known = [a for a in self.aliases if fields.fold(a.alias) == word]
        past = [a for a in known if a.valid_to and a.valid_to < self.on]
        return past[-1] if past and not direct and not any(holds(a, self.on) for a in known) else None

    def split(self, text: str) -> Leads | None:
        """The leads of a cell that names several; None unless every part is a partner."""
        first, *rest = _INCLUDING.split(text, maxsplit=1)
        leads, others = self._all(_AND.split(first)), self._all(_AND.split(rest[0]) if rest else ())
        if leads is None or others is None or not leads or len(leads) + len(others) < 2:
            return None
        return Leads(leads[0], tuple(leads[1:]), tuple(p for p in others if p not in leads))

    def near(self, text: str) -> str:
        """The partner id that was probably meant, "" where nothing is near."""
        words = {fields.fold(word): p.id for p in self.partners for word in (p.id, p.name, p.short_name) if word}
        words |= {fields.fold(a.alias): a.partner for a in self.aliases}
        return words.get(fields.near(fields.fold(text), list(words)), "")

    def _all(self, parts: Iterable[str]) -> list[str] | None:
        found = [self.find(part) for part in parts if part.strip()]
        return list(dict.fromkeys(found)) if all(found) else None

    def _id(self, text: str) -> str:
        """An alias row may itself name its partner by id in another case, or by name."""
        word = fields.fold(text)
        return next((p.id for p in self.partners if word in {fields.fold(p.id), fields.fold(p.name)}), "")


def holds(alias: Alias, on: date) -> bool:
    """Whether the alias means its partner on that day."""
    return (alias.valid_from is None or alias.valid_from <= on) and (alias.valid_to is None or on <= alias.valid_to)
