"""Abbreviations that nothing explains: not the glossary, nor a partner's name, nor the text itself (domain.md A4.7, V23)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from workflow import fields
from workflow.model import Register
from workflow.rules.registry import Params, Problem, RowFacts, Scope, WideFacts, names, rule

# Two to six capitals, perhaps with a digit or & among them, and a plural s. Not part of a key, a road or a web address.
_SHORT = re.compile(r"(?<![\w&@.#-])(?<!\d/)([A-Z](?:[A-Z0-9]|&(?=[A-Z])){1,5})s?(?![\w@&]|-[A-Z0-9]|/\d|\.\w)")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_ROMAN = re.compile(r"(?=.)(?:X{0,3})(?:IX|IV|V?I{0,3})")
_PERIOD = re.compile(r"(?:Q|H|FY|KS|Y|T)\d{1,4}|\d+")
_SHOUTED = 3  # words in capitals, one after another, are somebody shouting
_CAPITALS = re.compile(r"[A-Z][A-Z0-9&]")  # every abbreviation has them, and few texts
_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(rf"(?:\b[A-Z]{{2,}}\b[ ]+){{{_SHOUTED - 1},}}\b[A-Z]{{2,}}\b")
_NAMED = re.compile(r"[^\W\d_]\)? ?\(([A-Z](?:[A-Z0-9]|&(?=[A-Z])){1,5})s?\)")
_SPELT = re.compile(r"(?<![\w&-])([A-Z](?:[A-Z0-9]|&(?=[A-Z])){1,5})s? ?\(([^()]{4,80})\)")
# What readers of a council's papers know, and words that people put in capitals for weight.
_EVERYDAY = frozenset({
    "A&E", "AGM", "AIDS", "BBC", "BC", "BME", "BRAG", "BST", "CCTV", "CEO", "COVID", "CPR", "CV", "DIY", "DNA", "DVD",
    "DVLA", "EU", "FAQ", "FM", "FY", "GB", "GCSE", "GDPR", "GMT", "GP", "GPS", "HIV", "HM", "HMP", "HR", "ICT", "ID", "IQ",
    "IT", "LGBT", "LGBTQ", "LTD", "MP", "NHS", "NI", "OK", "PA", "PAYE", "PC", "PDF", "PIN", "PR", "QR", "RAF", "RAG",
    "RSPCA", "SIM", "SMS", "TV", "UK", "UN", "US", "USA", "USB", "VAT", "VIP", "YTD", "AM", "PM", "AD", "PS", "NB", "RSVP",
    "TBA", "TBC", "TBD", "NA", "ALL", "AMBER", "AND", "ANY", "ARE", "AS", "AT", "BE", "BLUE", "BUT", "BY", "DO", "FOR",
    "FROM", "GREEN", "HAS", "IF", "IN", "IS", "MUST", "NEW", "NIL", "NO", "NONE", "NOT", "NOW", "OF", "OLD", "ON", "ONE",
    "ONLY", "OR", "OUT", "RED", "SO", "THE", "TO", "TWO", "UP", "URGENT", "VERY", "WAS", "WE", "WILL", "WITH", "YES",
    "DRAFT", "FINAL", "DONE", "PLEASE", "NOTE", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "SEPT",
    "OCT", "NOV", "DEC",
})  # fmt: skip


@rule(
    "acronyms", needs=("field",), scope=Scope.WIDE, codes=("acronym-unexplained",), v=("V23",),
    says="An abbreviation under {field} stands in the glossary, or is explained where it is first used.",
)
def acronyms(facts: WideFacts, params: Params) -> Iterable[tuple[RowFacts, Problem]]:
    """Each abbreviation that is explained nowhere, once for each partner: at the first row, of any form, that uses it."""
    for row, name, short in _first_uses(facts):
        if facts.rows and row.form.name == facts.rows[0].form.name:
            yield row, Problem("acronym-unexplained", name, {}, short)


def _first_uses(facts: WideFacts) -> Iterator[tuple[RowFacts, str, str]]:
    """Row, field and abbreviation, each abbreviation once for a partner, in the order of forms, rows and text."""
    told: set[tuple[str, str]] = set()
    known: frozenset[str] | None = None
    explained = {(row.partner, short) for row, _, value in _texts(facts) for short in explanations(value)}
    for row, name, value in _texts(facts):
        if known is None:
            known = _known(row.register)
        for short in abbreviations(value):
            said = (row.partner, short)
            if short not in known and said not in explained and said not in told:
                told.add(said)
                yield row, name, short


def _texts(facts: WideFacts) -> Iterator[tuple[RowFacts, str, str]]:
    """Every text that the rule is asked to look at, on every form that asks for it."""
    for rows in facts.forms.values():
        for row in rows:
            for use in row.form.rules:
                for name in names(use.params, "field") if use.name == "acronyms" else ():
                    value = row.values.get(name)
                    if isinstance(value, str):
                        yield row, name, value


@lru_cache(maxsize=8192)  # the same text stands in several papers
def abbreviations(text: str) -> tuple[str, ...]:
    """The abbreviations of a text, each once, without those that everybody knows."""
    if not _CAPITALS.search(text):
        return ()
    plain = _URL.sub(" ", text)
    words = _WORD.findall(plain)
    if sum(w.isupper() for w in words) * 5 > len(words) * 4 and len(words) > _SHOUTED:
        return ()  # a text in capitals
    found = dict.fromkeys(m[1] for m in _SHORT.finditer(_quiet(plain)))
    return tuple(short for short in found if not _ordinary(short))


def _quiet(text: str) -> str:
    """The text without runs of words in capitals."""
    return _RUN.sub(" ", text)


def _ordinary(short: str) -> bool:
    numbered = _ROMAN.fullmatch(short) or _PERIOD.fullmatch(short) or sum(c.isalpha() for c in short) < 2
    return short in _EVERYDAY or bool(numbered)


def explanations(text: str) -> frozenset[str]:
    """The abbreviations that a text explains: "Full Name (FN)" or "FN (full name)"."""
    if "(" not in text:
        return frozenset()
    found = set(_NAMED.findall(text))
    for m in _SPELT.finditer(text):
        initials = "".join(word[0] for word in _WORD.findall(m[2])).upper()
        if all(c in initials for c in m[1] if c.isalpha()):
            found.add(m[1])
    return frozenset(found)


def unexplained(texts: Iterable[str], register: Register) -> tuple[str, ...]:
    """The abbreviations of some texts that stand together which neither the register nor any of the texts explains, sorted."""
    each = list(texts)
    explained = _known(register).union(*map(explanations, each))
    return tuple(sorted({short for text in each for short in abbreviations(text)} - explained))


def _known(register: Register | None) -> frozenset[str]:
    """What the register explains: its glossary, the names of partners, boards and plans, and their other names."""
    if register is None:
        return frozenset()
    named = [
        *(t.term for t in register.glossary),
        *(w for p in register.partners for w in (p.id, p.name, p.short_name)),
        *(a.alias for a in register.aliases),
        *(w for b in register.boards for w in (b.id, b.name)),
        *(w for p in register.plans for w in (p.id, p.name)),
        *(w for t in register.themes for w in (t.id, t.title)),
        register.partnership.name, register.partnership.short_name,
    ]  # fmt: skip
    return frozenset(part for name in named for part in (fields.clean(name).upper(), *re.findall(r"[A-Z][A-Z0-9&]+", name)))
