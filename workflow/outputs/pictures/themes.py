"""RAG by theme, quarter beside quarter: lying bars of counts, a pattern for each word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from workflow import disclosure, summary
from workflow.model import Chart, Column, Content, Draws, Kind, Series
from workflow.outputs import counts, standing
from workflow.outputs.columns import rated_forms
from workflow.outputs.front import Section
from workflow.outputs.pictures.sheet import picture, quarters, span
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope
from workflow.summary import Count
from workflow.writer import BLANK_LOOK, MOST_LOOKS

LABEL = "Bar"
_QUARTERS = 4
_MOST_BARS = 18  # on one page, with names and figures of 10 points
_LONGEST_THEME = 46
_WHITE = "FFFFFF"
# The usual words look alike in every picture of every paper; other words take what is left, in their order.
_LOOKS = {"red": 0, "amber": 2, "green": 3, "blue": 4, "grey": 5}


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows of the table, all of one plan: which of its parts (", part 1 of 2"), and where they begin."""

    plan: str
    of: str
    first: int
    rows: Sequence[Count]


def theme_pictures(scope: Scope) -> Iterable[Section]:
    """A picture for each plan (a long one in parts), then the table; nothing before there are two quarters."""
    words = counts.rag_words(scope)
    looks = _looks(words)
    counted = _counted(scope, words)
    if len({c.group[2] for c in counted}) < 2 or not words or len(looks) > MOST_LOOKS:
        return
    notes = _notes(scope)
    pictures = [made for part in _parts(counted) if (made := _picture(scope, part, looks, notes))]
    if not pictures:
        return
    yield from pictures
    rows: list[tuple[Content, ...]] = [(_bar(c), *c.group, *c.counts.values(), c.none, c.total) for c in counted]
    heads = (LABEL, "Plan", "Theme", scope.word.capitalize())
    columns = [Column(head, width=width) for head, width in zip(heads, (44, 26, 34, 13), strict=True)]
    columns += [Column(head, Kind.WHOLE, 9) for head in (*words, counts.NO_RAG, counts.TOTAL)]
    around = words_of(scope, "picture_themes")
    yield Section(table_sheet(scope, around, columns, rows, *notes), around.about)


def _notes(scope: Scope) -> tuple[str, ...]:
    """That some RAG is withheld from this audience, where one is."""
    moments = [scope.moments.at(p) for p in quarters(scope, _QUARTERS)] if scope.is_public else []
    rows = [item for form in rated_forms(scope) for item in scope.rows(form.name)]
    if any(scope.why_hidden_then(i, m.period.key) and standing.rag_at(m, i) for i in rows for m in moments):
        return (f"A RAG that would give away a figure that is not shown ({disclosure.HIDDEN}) is not counted.",)
    return ()


def _counted(scope: Scope, words: Sequence[str]) -> tuple[Count, ...]:
    """The counts by plan, theme and quarter, in the order of the register."""
    labels = [p.label for p in quarters(scope, _QUARTERS)]
    facts = [fact for fact in counts.history(scope) if fact.period in labels]
    plans = [p.name for p in scope.register.plans]
    themes = [t.label for t in scope.register.themes]

    def place(count: Count) -> tuple[int, str, int, str, int]:
        plan, theme, label = count.group
        return _at(plans, plan), plan, _at(themes, theme), theme, labels.index(label)

    return tuple(sorted(summary.theme_trend(facts, words), key=place))


def _at(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)


def _bar(count: Count) -> str:
    """What names a bar: "2 Domestic abuse, Q2 2023/24"."""
    theme = count.group[1]
    short = theme if len(theme) <= _LONGEST_THEME else f"{theme[: _LONGEST_THEME - 1].rsplit(' ', 1)[0]}…"
    return f"{short}, {count.group[2]}"


def _looks(words: Sequence[str]) -> Mapping[str, int]:
    """A look for each RAG word, and the blank one for rows that bear none."""
    taken = {_LOOKS[w.casefold()] for w in words if w.casefold() in _LOOKS} | {BLANK_LOOK}
    free = iter(n for n in range(len(words) + len(_LOOKS) + 2) if n not in {*taken, *_LOOKS.values()})
    return {w: _LOOKS[w.casefold()] if w.casefold() in _LOOKS else next(free) for w in words} | {counts.NO_RAG: BLANK_LOOK}


def _parts(counted: Sequence[Count]) -> Iterable[_Part]:
    """The table's rows in pictures: one for each plan, in equal parts where its themes are more than a page bears."""
    for plan in dict.fromkeys(c.group[0] for c in counted):
        own = [c for c in counted if c.group[0] == plan]
        themes = list(dict.fromkeys(c.group[1] for c in own))
        parts = ceil(len(themes) / max(1, _MOST_BARS // len({c.group[2] for c in own})))
        size = ceil(len(themes) / parts)
        for part in range(parts):
            these = themes[part * size : (part + 1) * size]
            rows = [c for c in own if c.group[1] in these]
            yield _Part(plan, f", part {part + 1} of {parts}" if parts > 1 else "", counted.index(rows[0]), rows)


def _picture(scope: Scope, part: _Part, looks: Mapping[str, int], notes: Sequence[str]) -> Section | None:
    """The picture of some rows, None where they are of one quarter only or no row bears a RAG."""
    labels = [p.label for p in quarters(scope, _QUARTERS) if any(c.group[2] == p.label for c in part.rows)]
    words = [w for w in part.rows[0].counts if any(c.counts[w] for c in part.rows)]
    if len(labels) < 2 or not words:
        return None
    none = [counts.NO_RAG] if any(c.none for c in part.rows) else []
    levels = {v.word: v.colour for item in scope.items for v in standing.scheme_levels(item, scope.register)}
    table = words_of(scope, "picture_themes").sheet
    chart = Chart(
        draws=Draws.BARS,
        title=f"{table}, {part.plan}{part.of}",
        sheet=table,
        names=LABEL,
        series=tuple(Series(w, w, looks[w], levels.get(w, _WHITE)) for w in (*words, *none)),
        first=part.first,
        count=len(part.rows),
        alt=_alt(part.rows, labels, words, scope.word),
        names_title=f"Theme and {scope.word}",
        values_title="Number of rows",
    )
    key = next((p.id for p in scope.register.plans if p.name == part.plan), "other")
    return picture(scope, f"RAG {key}{part.of}", chart, notes)


def _alt(part: Sequence[Count], labels: Sequence[str], words: Sequence[str], period: str) -> str:
    """What the picture shows: all themes together at the end of each quarter, and where the worst word is commonest now."""
    themes = len({c.group[1] for c in part})
    which = "the one theme" if themes == 1 else f"each of {themes} themes"
    said = [f"Bars of the number of rows by RAG, for {which} at the end of each {period}, {span(labels)}."]
    for label in labels:
        own = summary.overall([c for c in part if c.group[2] == label], label)
        told = [f"{own.counts[w]} {w.lower()}" for w in words if own.counts[w]]
        told += [f"{own.none} with no RAG"] if own.none else []
        said.append(f"{label}: of {own.total} row{'' if own.total == 1 else 's'}, {', '.join(told)}.")
    worst = words[0]
    now = [c for c in part if c.group[2] == labels[-1]]
    most = max(now, key=lambda c: c.counts[worst])
    if themes > 1 and most.counts[worst]:
        said.append(f"Most {worst.lower()} at the end of {labels[-1]}: {most.group[1]} ({most.counts[worst]} of {most.total}).")
    return " ".join(said)
