"""Counts of the quarter: by theme and RAG, by status, quarter on quarter. Plain values in, plain values out.

The one room that knows pandas. A DataFrame forgets where a figure came from, so none leaves this module: what goes in are
facts about items, what comes out are counts that a sheet can print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

NO_WORD = ""  # a row that has no RAG (or status): counted in its own column, never dropped


@dataclass(frozen=True, slots=True)
class Fact:
    """One item at the end of one period, as far as a count needs it. `rag` and `status` are words, "" where there is none."""

    key: str
    form: str  # the sheet's title: "Actions"
    theme: str
    rag: str = NO_WORD
    status: str = NO_WORD
    updated: bool = True
    period: str = ""  # the period's label
    plan: str = ""  # the plan's name


@dataclass(frozen=True, slots=True)
class Count:
    """How many items of one group bear each word. `counts` has every word asked for, in that order; `none` bears no word.

    `total` is always the sum of `counts` and `none`. `not_updated` is counted apart: these are within the total.
    """

    group: tuple[str, ...]
    counts: Mapping[str, int]
    none: int
    total: int
    not_updated: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """One word's count this quarter beside the quarter before."""

    word: str
    before: int
    now: int

    @property
    def change(self) -> int:
        """How many more (or, negative, fewer) there are now."""
        return self.now - self.before


def rag_counts(facts: Sequence[Fact], words: Sequence[str]) -> tuple[Count, ...]:
    """Items by form and theme, counted by RAG word. Groups stand in the order in which the facts first name them."""
    return _counts(facts, words, "rag", ("form", "theme"))


def status_counts(facts: Sequence[Fact], words: Sequence[str]) -> tuple[Count, ...]:
    """Items by form and theme, counted by status word."""
    return _counts(facts, words, "status", ("form", "theme"))


def trend(facts: Sequence[Fact], words: Sequence[str]) -> tuple[Count, ...]:
    """Items by period, counted by RAG word: one row for each period, in the order in which the facts name them."""
    return _counts(facts, words, "rag", ("period",))


def theme_trend(facts: Sequence[Fact], words: Sequence[str]) -> tuple[Count, ...]:
    """Items by plan, theme and period, counted by RAG word, in the order in which the facts name them."""
    return _counts(facts, words, "rag", ("plan", "theme", "period"))


def overall(counts: Sequence[Count], name: str) -> Count:
    """All groups added up into one, called `name`."""
    words = list(counts[0].counts) if counts else []
    return Count(
        group=(name,),
        counts={w: sum(c.counts[w] for c in counts) for w in words},
        none=sum(c.none for c in counts),
        total=sum(c.total for c in counts),
        not_updated=sum(c.not_updated for c in counts),
    )


def quarter_on_quarter(counts: Sequence[Count]) -> tuple[Move, ...]:
    """The last two rows of a `trend` beside each other, a `Move` for each word; nothing where there are fewer than two."""
    if len(counts) < 2:
        return ()
    before, now = counts[-2:]
    return tuple(Move(word, before.counts[word], now.counts[word]) for word in now.counts)


def _counts(facts: Sequence[Fact], words: Sequence[str], column: str, by: tuple[str, ...]) -> tuple[Count, ...]:
    """The cross-table. A word that is not asked for raises ValueError: a count that drops items would not add up."""
    if not facts:
        return ()
    import pandas as pd  # noqa: PLC0415 - half a second to import: only when something is counted

    frame = pd.DataFrame(
        [(*(getattr(f, name) for name in by), getattr(f, column), f.updated) for f in facts], columns=[*by, "word", "updated"]
    )
    unknown = set(frame["word"]) - {*words, NO_WORD}
    if unknown:
        raise ValueError(f"no column for {', '.join(sorted(unknown))}")
    groups = list(dict.fromkeys(zip(*(frame[name] for name in by), strict=True)))
    bearing, stale = _sizes(frame, [*by, "word"]), _sizes(frame[~frame["updated"]], by)
    return tuple(_count(group, bearing, words, stale) for group in groups)


def _sizes(frame: pd.DataFrame, by: Sequence[str]) -> dict[tuple[str, ...], int]:
    """How many rows each group has. (The index of a size is no tuple where one column makes the groups.)"""
    sizes = frame.groupby(list(by)).size()
    return {key if isinstance(key, tuple) else (key,): int(n) for key, n in zip(sizes.index, sizes, strict=True)}


def _count(
    group: tuple[str, ...], bearing: Mapping[tuple[str, ...], int], words: Sequence[str], stale: Mapping[tuple[str, ...], int]
) -> Count:
    counts = {word: bearing.get((*group, word), 0) for word in words}
    none = bearing.get((*group, NO_WORD), 0)
    return Count(
        group=tuple(str(part) for part in group),
        counts=counts,
        none=none,
        total=sum(counts.values()) + none,
        not_updated=stale.get(group, 0),
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure's value as one period reported it."""

    key: str
    period: str
    value: Decimal


def series(figures: Sequence[Figure], periods: Sequence[str]) -> dict[str, tuple[Decimal | None, ...]]:
    """Each measure's values, one for each period asked for; None where a period reported none."""
    if not figures:
        return {}
    import pandas as pd  # noqa: PLC0415

    frame = pd.DataFrame([(f.key, f.period, f.value) for f in figures], columns=["key", "period", "value"], dtype=object)
    wide = frame.pivot(index="key", columns="period", values="value").reindex(columns=list(periods)).astype(object)
    return {key: tuple(_decimal(value) for value in wide.loc[key]) for key in dict.fromkeys(f.key for f in figures)}


def _decimal(value: object) -> Decimal | None:
    """pandas fills gaps with a float NaN; every real value is the Decimal that went in, untouched."""
    return value if isinstance(value, Decimal) else None


def total(values: Sequence[Decimal | int | None]) -> Decimal | None:
    """The sum of what is there; None where nothing is. Exact: never through a float."""
    given = [Decimal(v) for v in values if v is not None]
    return sum(given, Decimal(0)) if given else None
