"""Ranks: each stands once in a list that has a name (domain.md A6.2, V19). Lists are not mixed: three fourths are two lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow import fields
from workflow.rules.groups import accountable
from workflow.rules.registry import Params, Problem, RowFacts, Scope, WideFacts, names, number, rule, text
from workflow.rules.statements import MONTH

_LISTS = re.compile(r"\b(?:risk (?:matrix|register)|league table|priority list|threat matrix)\b")
_RANK = re.compile(r"\brank(?:s|ed|ing)?\b")
_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLACE = re.compile(
    rf"(?P<shared>\b(?:joint|equal|tied)[ -]|=)?(?<![\w/])(?:(?P<nth>\d{{1,2}})(?:st|nd|rd|th)\b|"
    rf"(?:\bnumber|\bno\.?|#) ?(?P<no>\d{{1,2}}|{'|'.join(_COUNTS)})\b|"
    rf"\brank(?:s|ed)? (?:as |at |the )*(?P<word>{'|'.join(_WORDS)})\b)"
    rf"(?! (?:of )?(?:{MONTH}|quarter|year|century|place[sd]? from|time))"
)
_OLD = re.compile(r"\b(?:from|was|previously|formerly|instead of|not)(?: \w+)? ?$")
_CLOSED = "Closed"


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One rank of one list, and the row and field that give it."""

    list: str
    called: str
    rank: int
    row: RowFacts
    field: str


@rule(
    "ranks", fields=("rank", "list", "text"), scope=Scope.WIDE,
    codes=("rank-repeated",), v=("V19",),
    says="A rank stands only once in a list that has a name.",
)
def ranks(facts: WideFacts, params: Params) -> Iterable[tuple[RowFacts, Problem]]:
    """Two rows or more with one rank in one named list: told once, at the first of them.

    `rank` with `list` is read as typed; `rank` without it is the value of measures whose unit is rank, in the list named by
    their `part_of`; `text` is read for ranks in a list that it names ("in our risk matrix ... ranked 4th").
    """
    found: dict[tuple[str, int], list[_Ranked]] = {}
    for ranked in _all(accountable(facts.rows), params):
        found.setdefault((ranked.list, ranked.rank), []).append(ranked)
    for (_, rank), group in found.items():
        if len(group) > 1:
            first = group[0]
            several = len({r.row.partner for r in group}) > 1
            rows = list(dict.fromkeys(_named(r.row, several) for r in group))
            words = {"list": first.called, "rank": rank, "count": len(group), "rows": fields.listed(rows, "and")}
            yield first.row, Problem("rank-repeated", first.field, words, str(rank))


def _named(row: RowFacts, several: bool) -> str:
    """A row by its reference, and by whose it is where the rows are of several partners."""
    label = row.item.label if row.item else row.key
    return f"{label} ({row.register.partner_name(row.partner)})" if several and row.register else label


def _all(rows: Iterable[RowFacts], params: Params) -> Iterator[_Ranked]:
    for row in rows:
        if row.stands("status") == _CLOSED:
            continue
        given = list(_typed(row, params))
        told = [r for name in names(params, "text") for r in _in_text(row, name)]
        yield from given
        yield from (r for r in told if (r.list, r.rank) not in {(g.list, g.rank) for g in given})


def _typed(row: RowFacts, params: Params) -> Iterator[_Ranked]:
    name = text(params, "rank")
    rank = number(row.values.get(name)) if name else None
    if rank is None or rank != rank.to_integral_value() or row.item is None:
        return
    called = row.values.get(text(params, "list")) if params.get("list") else None
    if not params.get("list") and row.item.text("unit") == "rank":
        called = row.item.text("part_of")
    if isinstance(called, str) and called:
        yield _Ranked(fields.fold(called), called, int(rank), row, name)


def _in_text(row: RowFacts, name: str) -> Iterator[_Ranked]:
    """The places that a text gives in a list that it names, sentence by sentence; shared and former places are left out."""
    value = row.values.get(name)
    if not isinstance(value, str):
        return
    for sentence in re.split(r"(?<=[.!?;])\s+|[\n\u2022]", fields.clean(value)):
        words = fields.fold(sentence)
        named = _LISTS.search(words)
        if not named or not _RANK.search(words):
            continue
        for match in _PLACE.finditer(words):
            if not match["shared"] and not _OLD.search(words[: match.start()]):
                yield _Ranked(named[0], named[0], _place(match), row, name)


def _place(match: re.Match[str]) -> int:
    if match["nth"] or (match["no"] or "").isdigit():
        return int(match["nth"] or match["no"])
    return _COUNTS.index(match["no"]) + 1 if match["no"] else _WORDS.index(match["word"]) + 1
