"""What a column's heading means: by the words of the import, then by words within words, then by near misses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from workflow import fields
from workflow.importing.values import Ground, Meaning
from workflow.model import Confidence, Form, Role

_NEAR = 0.84  # the share of letters in common from which a heading is a near miss
_EXACT, _WITHIN, _CLOSE = 3.0, 2.0, 1.6
_STROKES = re.compile(r"\s*/\s*")
_ASIDE = re.compile(r"\([^)]*\)")
_SHORTEST = 4  # letters of words that are found within a longer heading, unless they stand first


@dataclass(frozen=True, slots=True)
class Meant:
    """One reading of a heading: the field, the form that it belongs to ("" for any), and how well it fits."""

    field: str
    form: str
    fit: float

    @property
    def confidence(self) -> Confidence:
        """How sure the reading is."""
        return Confidence.SURE if self.fit >= _EXACT else Confidence.LIKELY


def tidy(text: str) -> str:
    """A heading for comparing: folded, with one kind of stroke, without what people put behind it."""
    return _STROKES.sub(" / ", fields.fold(text)).strip(" :*.?-\n\t") or fields.fold(text)


@dataclass(frozen=True)
class Headings:
    """Reads headings. Its words are those of the import and those of the forms themselves."""

    ground: Ground

    @cached_property
    def _words(self) -> Mapping[str, tuple[Meaning, ...]]:
        found: dict[str, tuple[Meaning, ...]] = {}
        for meaning in (*self.ground.meanings, *_own(self.ground)):
            for word in meaning.words:
                known = found.get(tidy(word), ())
                if not any((m.field, m.form) == (meaning.field, meaning.form) for m in known):
                    found[tidy(word)] = (*known, meaning)
        return found

    def meant(self, text: str) -> tuple[Meant, ...]:
        """Every reading of a heading, the best first. A heading of two rows is read as a whole, then by its lower part."""
        whole = tidy(text)
        parts = [whole, tidy(_ASIDE.sub(" ", text))]
        if " / " in whole:
            parts += [whole.rpartition(" / ")[2], whole.partition(" / ")[0]]
        found: dict[tuple[str, str], float] = {}
        for n, part in enumerate(dict.fromkeys(filter(None, parts))):
            for meaning, fit in self._read(part):
                at = (meaning.field, meaning.form)
                found[at] = max(found.get(at, 0.0), fit - 0.2 * n)
            if found and n == 0 and max(found.values()) >= _EXACT:
                break
        readings = [Meant(name, form, fit) for (name, form), fit in found.items()]
        return tuple(sorted(readings, key=lambda m: -m.fit))

    def _read(self, text: str) -> Iterator[tuple[Meaning, float]]:
        if exact := self._words.get(text):
            yield from ((m, _EXACT) for m in exact)
            return
        within = sorted((w for w in self._words if _stands_in(w, text)), key=len, reverse=True)
        if within:
            longest = len(within[0])
            for word in (w for w in within if len(w) == longest):
                first = 0.3 if text.startswith(word) else 0.0
                yield from ((m, _WITHIN + first + 0.5 * longest / len(text)) for m in self._words[word])
            return
        if len(text) >= _SHORTEST and (close := fields.near(text, self._words, _NEAR)):
            yield from ((m, _CLOSE) for m in self._words[close])


def _stands_in(word: str, text: str) -> bool:
    """Whether words stand in a heading as whole words, and say enough to be more than a chance."""
    if len(word) < _SHORTEST and not text.startswith(f"{word} "):
        return False  # "Risk ref" is no reference of a row
    return re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", text) is not None


def _own(ground: Ground) -> Iterator[Meaning]:
    """What our own forms head their columns with: a tracker that we wrote once is an old tracker, too."""
    for name in ground.item_forms:
        yield from _of_form(name, ground.forms[name], ground.own_forms["items"])
    for name in ("glossary", "contacts", "partners"):
        if form := ground.own_forms.get(name):
            yield from (Meaning(f.name, (f.heading, *f.synonyms), name) for f in form.fields)
    yield from (Meaning(f.name, (f.heading, *f.synonyms)) for f in ground.own_forms["items"].fields if f.name != "key")


def _of_form(name: str, form: Form, items: Form) -> Iterator[Meaning]:
    """A return form's columns as fields of the register: what it shows of an item, and what was answered as the opening."""
    for f in form.fields:
        target = f.source or f.name if f.role is Role.CONTEXT else f"opening_{f.name}"
        target = {"stem_title": "title", "leads": "lead", "theme_title": "theme", "measure_name": "measure"}.get(target, target)
        if f.role in (Role.CONTEXT, Role.ANSWER) and items.has(target):
            yield Meaning(target, (f.heading, *f.synonyms), name if target in _TELLING else "")


_TELLING = frozenset({"title", "detail"})  # fields whose headings differ from form to form


def known_headings(ground: Ground) -> frozenset[str]:
    """Every word by which a column is known, folded: what helps to tell a row of headings from any other."""
    return frozenset(fields.fold(word) for m in (*ground.meanings, *_own(ground)) for word in m.words)


def assign(readings: Sequence[Sequence[Meant]], form: str) -> dict[int, Meant]:
    """Which column is which field, if the table is of a form: the best readings first, each field once."""
    every = [(m.fit + (0.15 if m.form == form else 0.0), -n, n, m) for n, r in enumerate(readings) for m in r]
    chosen: dict[int, Meant] = {}
    for _, _, n, m in sorted(every, key=lambda e: (-e[0], -e[1])):
        if m.form in ("", form) and n not in chosen and m.field not in {c.field for c in chosen.values()}:
            chosen[n] = m
    return chosen
