"""Checks of the RAG key, the waivers and the glossary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from workflow import fields
from workflow.config.checks.facts import Facts, Spot
from workflow.config.rag import CONTRAST, contrast, is_colour
from workflow.items import STATUSES
from workflow.model import RagLevel, Severity
from workflow.validate import Trouble
from workflow.wording import WORDS

_BOUNDED = ("days late", "off target %")


def rag_key(facts: Facts) -> Iterator[Trouble]:
    """In each scheme every letter and word once, readable colours, and rules that cover everything once."""
    for scheme in dict.fromkeys(level.scheme for level in facts.register.rag):
        levels = facts.register.levels(scheme)
        yield from facts.twice(((x.letter, _at(x, "letter")) for x in levels), "letter in a scheme")
        yield from facts.twice(((x.word, _at(x, "word")) for x in levels), "word in a scheme")
        for level in levels:
            yield from _colours(facts, level)
        for rule in _BOUNDED:
            yield from _bounds(facts, [x for x in levels if x.rule == rule])
        yield from _statuses(facts, [x for x in levels if x.rule == "status is"], len(levels))


def _colours(facts: Facts, level: RagLevel) -> Iterator[Trouble]:
    bad = [name for name in ("colour", "text_colour") if not is_colour(getattr(level, name))]
    for name in bad:
        yield facts.trouble("register-colour", _at(level, name), getattr(level, name))
    if bad:
        return
    ratio = contrast(level.colour, level.text_colour)
    if ratio < CONTRAST:
        better = next((ink for ink in ("FFFFFF", "000000") if contrast(level.colour, ink) >= CONTRAST), "")
        shown = f"{int(ratio * 10) / 10:.1f}"  # cut, not rounded: 4.46 must not read as 4.5
        yield facts.trouble(
            "register-contrast", _at(level, "text_colour"), level.text_colour, better, other=level.colour, ratio=shown
        )


def _bounds(facts: Facts, levels: Sequence[RagLevel]) -> Iterator[Trouble]:
    """Half-open ranges that must meet end to end, from no lower bound to no upper bound."""
    sound: list[RagLevel] = []
    for level in levels:
        if level.at_least is not None and level.below is not None and level.at_least >= level.below:
            at, other = _at(level, "at_least"), _number(level.below)
            yield facts.trouble("register-rag-bounds", at, _number(level.at_least), other=other)
        else:
            sound.append(level)
    if len(sound) < len(levels) or not sound:
        return
    sound.sort(key=lambda x: (x.at_least is not None, x.at_least or 0.0))
    first, last = sound[0], sound[-1]
    if first.at_least is not None:
        yield _gap(facts, first, "at_least", f"less than {_number(first.at_least)}")
    if last.below is not None:
        yield _gap(facts, last, "below", f"{_number(last.below)} or more")
    for lower, upper in pairwise(sound):
        if lower.below is None or upper.at_least is None or upper.at_least < lower.below:
            shared = "every number" if upper.at_least is None else f"{_number(upper.at_least)} and what follows"
            yield facts.trouble("register-rag-overlap", _at(upper, "at_least"), scheme=upper.scheme, shared=shared)
        elif upper.at_least > lower.below:
            missing = f"{_number(lower.below)} to just under {_number(upper.at_least)}"
            yield _gap(facts, upper, "at_least", missing)


def _gap(facts: Facts, level: RagLevel, field: str, missing: str) -> Trouble:
    return facts.trouble("register-rag-gap", _at(level, field), scheme=level.scheme, missing=missing)


def _statuses(facts: Facts, levels: Sequence[RagLevel], size: int) -> Iterator[Trouble]:
    """Each status under one colour; where the whole scheme goes by status, every status under one."""
    known = [choice.value for choice in STATUSES]
    named: list[str] = []
    for level in levels:
        for status in level.statuses:
            if status not in known:
                yield facts.unknown(_at(level, "statuses"), status, "a status", known)
            elif status in named:
                shared = f"the status {status}"
                yield facts.trouble("register-rag-overlap", _at(level, "statuses"), scheme=level.scheme, shared=shared)
            named.append(status)
    missing = [status for status in known if status not in named]
    if levels and len(levels) == size and missing:
        yield _gap(facts, levels[0], "statuses", f"the status {fields.listed(missing, 'and')}")


def waivers(facts: Facts) -> Iterator[Trouble]:
    """Waivers of rules, rows and partners that exist, for somebody, and not over."""
    rules = list(WORDS)
    partners = [p.id for p in facts.register.partners]
    keys = [i.key for i in facts.register.items]
    for w in facts.register.waivers:
        at = {name: Spot("waivers", w.rule, w.place, name) for name in ("rule", "item", "partner", "until")}
        if w.rule not in rules:
            yield facts.unknown(at["rule"], w.rule, "the code of a query", rules)
        elif WORDS[w.rule][0] is Severity.NOTE:
            yield facts.trouble("register-waiver-idle", at["rule"], w.rule)
        if w.item and w.item not in keys and w.item not in facts.keys("items"):
            yield facts.unknown(at["item"], w.item, "a row key", keys, "register-link-unknown")
        if w.partner and w.partner not in partners:
            yield facts.unknown(at["partner"], w.partner, "a partner", partners, "register-link-unknown")
        if not w.item and not w.partner:
            yield facts.trouble("register-waiver-wide", at["item"])
        if w.until and w.until < facts.today:
            yield facts.trouble("register-waiver-expired", at["until"], day=fields.show(w.until))


def glossary(facts: Facts) -> Iterator[Trouble]:
    """Every term once."""
    rows = facts.register.glossary
    yield from facts.twice(((t.term, Spot("glossary", t.term, t.place, "term")) for t in rows), "term")


def _at(level: RagLevel, field: str) -> Spot:
    return Spot("rag_key", level.scheme, level.place, field, f"{level.word} of {level.scheme}")


def _number(value: float) -> str:
    return f"{value:g}"
