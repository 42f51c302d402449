"""Rules about figures in text: a stated change, shares of one whole, a rise with one figure, a change without a period.

Domain.md A10 V14 to V16, over the kinds of figure catalogued in A6.2. A text that stood there before is not asked about again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from workflow import fields
from workflow.rules.likeness import REST, like
from workflow.rules.measures import is_change
from workflow.rules.registry import Params, Problem, RowFacts, names, number, rule, same, text
from workflow.rules.statements import (
    DOWN,
    MONTH,
    PERCENT,
    POINTS,
    RATE,
    ROUGH,
    UP,
    Figure,
    Pair,
    Sentence,
    Stated,
    changes,
    direction,
    pairs,
    placeholder,
    sentences,
)

_FIGURES = re.compile("\u27e6\\d+\u27e7")  # as `statements` puts them into a sentence's words


def texts(facts: RowFacts, params: Params) -> Iterator[tuple[str, str]]:
    """The texts of the row that a rule looks at, by field name; not those that are as they were."""
    for name in names(params, "field"):
        value = facts.values.get(name)
        if isinstance(value, str) and not same(value, facts.previous.get(name)):
            yield name, value


# --- a stated change beside its two values


@rule(
    "stated-change", needs=("field",), fields=("value", "comparator"),
    codes=("change-differs", "points-not-percent"), v=("V15",), anyone=True,
    says="A change stated under {field} is the one between its two figures, in percentage points where those are meant.",
)
def stated_change(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A change stated beside both its values is worked out again; one that differs beyond rounding is asked about.

    A comment on a figure may state the change alone ("Up 57%"): it is held against the figures of the row.
    """
    for name, value in texts(facts, params):
        for sentence in sentences(value):
            for pair in pairs(sentence):
                for stated in changes(sentence, pair):
                    yield from _wrong(name, stated, (pair,))
            if params.get("value"):
                yield from _alone(facts, params, name, sentence)


def _wrong(name: str, stated: Stated, between: tuple[Pair, ...]) -> Iterator[Problem]:
    """The problem of a change that is right between none of the pairs of values it could lie between."""
    said = [_verdict(stated, pair) for pair in between]
    if not said or "" in said:
        return
    at = said.index("points") if "points" in said else 0
    pair = between[at]
    words = {"before": pair.before.text, "after": pair.after.text, "worked": _worked(stated, pair)}
    if said[at] == "points":
        points = fields.show(abs(pair.after.value - pair.before.value))
        yield Problem("points-not-percent", name, {**words, "points": points}, stated.figure.text)
    else:
        yield Problem("change-differs", name, words, stated.figure.text)


def _verdict(stated: Stated, pair: Pair) -> str:
    """"" where the change is right (or cannot be judged), "points" where per cent stands for points, else "wrong"."""
    by, slack = pair.after.value - pair.before.value, pair.after.half + pair.before.half
    points = (by - slack, by + slack)
    if stated.figure.unit == PERCENT:
        base = pair.before
        if base.value <= base.half:
            return ""
        relative = (
            100 * ((pair.after.value - pair.after.half) / (base.value + base.half) - 1),
            100 * ((pair.after.value + pair.after.half) / (base.value - base.half) - 1),
        )
        if _fits(stated, relative):
            return ""
        return "points" if pair.after.unit == PERCENT and _fits(stated, points) else "wrong"
    if stated.figure.unit in (POINTS, "", pair.after.unit):
        return "" if _fits(stated, points) else "wrong"
    return ""


def _fits(stated: Stated, bounds: tuple[Decimal, Decimal]) -> bool:
    """Whether a change, as far as it is rounded, lies within bounds; without a direction either way will do."""
    half, ways = stated.figure.half, (stated.way,) if stated.way else (1, -1)
    return any(bounds[0] - half <= way * stated.figure.value <= bounds[1] + half for way in ways)


def _worked(stated: Stated, pair: Pair) -> str:
    """The change worked out again, in words: "up by 32.6%", "0.9 percentage points up, or 2.5 per cent"."""
    by = pair.after.value - pair.before.value
    way = "up" if by > 0 else "down"
    if not by:
        return "no change"
    per_cent = fields.show(abs(100 * by / pair.before.value), 1).removesuffix(".0") if pair.before.value else ""
    if pair.after.unit == PERCENT:
        return f"{way} by {fields.show(abs(by))} percentage points" + (f", or {per_cent} per cent" if per_cent else "")
    if stated.figure.unit == PERCENT and per_cent:
        return f"{way} by {per_cent}%"
    return f"{way} by {fields.show(abs(by))}"


# What may follow a change that stands alone: nothing, or what it is measured against.
_ALONE = re.compile(
    r"^(?:[^:\u27e6]{0,40}: )?(?:(?:this|it) is )?(?:(?P<way>up|down)(?: by)? |(?:a |an )(?:[a-z]+ )?"
    r"(?P<noun>rise|increase|growth|fall|decrease|drop|reduction) of |"
    r"(?P<verb>rose|increased|grew|fell|decreased|dropped) by )?\u27e6(\d+)\u27e7(?P<tail>[^,;.:()]*)"
)
_SINCE = r"^ ?(?:on|from|since|than|over|against|compared (?:with|to)) (?:the )?"
_SINCE_YEAR = re.compile(
    rf"{_SINCE}(?:last year|(?:previous )?year(?: before)?|"
    r"same (?:period|months?|time|quarter) (?:last year|a year (?:ago|earlier|before))|a year (?:ago|earlier))$"
)
_SINCE_LAST = re.compile(
    rf"{_SINCE}(?:last (?:quarter|term|time|return|period)|previous (?:quarter|term)|(?:quarter|term) before)$"
)


def _alone(facts: RowFacts, params: Params, name: str, sentence: Sentence) -> Iterator[Problem]:
    """A comment that says only how far the figure moved: against the same period last year, or against last time."""
    match = _ALONE.match(sentence.words)
    if not match or is_change(facts.item) or pairs(sentence):
        return
    figure = sentence.figures[int(match[4])]
    ahead = [w for w in (match["way"], match["noun"], match["verb"]) if w]
    way = direction(figure, ahead, [])
    tail = match["tail"].rstrip()
    if not way or (tail and not _SINCE_YEAR.match(tail) and not _SINCE_LAST.match(tail)):
        return
    between = tuple(_own_pairs(facts, params, tail))
    if figure.unit in (PERCENT, POINTS, between[0].after.unit if between else ""):
        yield from _wrong(name, Stated(figure, way), between)


def _own_pairs(facts: RowFacts, params: Params, tail: str) -> Iterator[Pair]:
    """The row's figure beside last year's and, if the periods are alike, beside last time's."""
    unit = {"%": PERCENT, "\u00a3": "\u00a3"}.get(facts.item.text("unit") if facts.item else "", "")
    now = number(facts.values.get(text(params, "value")))
    year = number(facts.values.get(text(params, "comparator"))) if params.get("comparator") else None
    last = number(facts.previous.get(text(params, "value"))) if like(facts) else None
    if now is None or now < 0:
        return
    for before, skip in ((year, _SINCE_LAST), (last, _SINCE_YEAR)):
        if before is not None and before >= 0 and not skip.match(tail):
            yield Pair(_plain(before, unit), _plain(now, unit), 0, 0)


def _plain(value: Decimal, unit: str) -> Figure:
    shown = fields.show(value)
    return Figure(value, unit, "", False, {"%": f"{shown}%", "\u00a3": f"\u00a3{shown}"}.get(unit, shown))


# --- shares of one whole

_LEAST, _FROM, _UPTO = 3, 90, 110  # so many shares, adding up to so near 100, are meant to be a whole
_PLAIN = 4  # so many need no word that says what is divided
_DIVIDED = re.compile(
    r"\b(?:(?:fe)?males?|men|women|boys|girls|gender|sex|ethnic\w*|white|black|asian|ages?|aged|breakdown|broken down|split|"
    r"made up|of which|of (?:these|them|all|those|the (?:total|cohort|whole))|shares?|proportions?|unknown|"
    r"not (?:known|recorded|stated))\b"
)
_LONGEST_LABEL = 5  # words between two shares of a list
_NO_LABEL = re.compile(
    rf"\b(?:from|to|was|than|against|compared|versus|vs|target|average|last|previous|before|year|years|{MONTH}|said|say|says|feel|"
    r"felt|think|thought|agree|agreed|report|reported|rated|attended|completed|want|wanted|know|knew|able|could|would|trust|"
    r"improved|worried|satisfied|confident|which|who|because|so)\b"
)
_EXPLAINED_WHOLE = re.compile(r"\b(?:not (?:all|every)|only (?:some|part)|top|main|largest|most common|up to)\b")


@rule(
    "text-shares", needs=("field",),
    codes=("shares-not-whole",), v=("V14",), anyone=True,
    says="Shares of one whole under {field} add up to 100%, or the text says what the rest is.",
)
def text_shares(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """Three or more shares listed of one whole, that add up to nearly but not quite 100 (94.2 in domain.md A6.2)."""
    for name, value in texts(facts, params):
        if REST.search(fields.fold(value)) or _EXPLAINED_WHOLE.search(fields.fold(value)):
            continue
        for run in _share_lists(value):
            total = sum((f.value for f in run), Decimal(0))
            slack = sum((f.half for f in run), Decimal(0))
            if _FROM <= total <= _UPTO and abs(total - 100) > slack:
                shown = fields.listed([f.text for f in run], "and")
                yield Problem("shares-not-whole", name, {"sum": f"{fields.show(total)}%"}, shown)
                break


def _share_lists(value: str) -> Iterator[list[Figure]]:
    """Lists of shares: percentages one after another, each with a short label and no verb; on one line or on several."""
    together = "; ".join(s.strip().rstrip(".") for s in re.split("[\n\u2022]", value) if s.strip())
    for sentence in sentences(together):
        run: list[Figure] = []
        last = ""
        parts = _FIGURES.split(sentence.words)
        for n, figure in enumerate(sentence.figures):
            ahead, behind = parts[n], parts[n + 1]
            if not _is_share(figure, ahead, behind):
                yield from _whole(run, sentence.words)
                run = []
            elif run and not _joins(last):
                yield from _whole(run, sentence.words)
                run = [figure]
            else:
                run.append(figure)
            last = behind
        yield from _whole(run, sentence.words)


def _whole(run: list[Figure], words: str) -> Iterator[list[Figure]]:
    """The list, where it is one of one whole: long enough, or in a sentence that says what is divided."""
    if len(run) >= _PLAIN or (len(run) >= _LEAST and _DIVIDED.search(words)):
        yield run


def _is_share(figure: Figure, ahead: str, behind: str) -> bool:
    near = re.findall(r"[a-z]+", ahead)[-2:]
    after = re.findall(r"[a-z]+", behind)[:1]
    changed = (UP | DOWN | ROUGH) & {*near, *after} or {"by", "was", "from", "target"} & {*near[-1:], *after}
    exact = not figure.sign and not re.search(r"[<>~]\s*$", ahead)
    return figure.unit == PERCENT and figure.value <= 100 and exact and not changed


def _joins(gap: str) -> bool:
    """Whether what stands between two shares keeps them in one list: a separator, and a short label without a verb."""
    separated = re.search(r"[,;/&(]|\band\b", gap)
    return bool(separated) and len(re.findall(r"[a-z'-]+", gap)) <= _LONGEST_LABEL + 1 and not _NO_LABEL.search(gap)


# --- a rise or fall with only one of its two figures

_TURN = r"(?:increase|rise|fall|drop|decrease|reduction|decline|growth)"
_MOVED = r"(?:rose|risen|rises|increased?|grew|grown|fell|fallen|falls|decreased?|dropped|reduced|declined|climbed)"
_BACKED = r"\b(?:this|which|that|it) (?:still )?(?:indicates|is|was|shows|represents|means|marks|reflects|suggests) (?:still )?"
_FUTURE = re.compile(  # what is wanted or feared, not what happened
    r"\b(?:targets?|aim(?:s|ing|ed)?|plan(?:s|ned)?|goals?|should|will|would|need(?:s|ed)?|expect(?:s|ed)?|hop(?:e|es|ed|ing)|"
    r"if|could|by 20\d\d)\b"
)


@rule(
    "rise-one-figure", needs=("field",),
    codes=("change-one-figure",), v=("V15",), anyone=True,
    says="Where the text under {field} says that a rate rose or fell, it gives both figures.",
)
def rise_one_figure(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A text that gives one rate and says that it rose or fell, without the other rate (domain.md A4.2, P3 reply 8)."""
    for name, value in texts(facts, params):
        found = sentences(value)
        given = [(n, i) for n, s in enumerate(found) for i, f in enumerate(s.figures) if f.unit in (PERCENT, RATE, POINTS)]
        if len(given) != 1:
            continue
        n, i = given[0]
        figure, words = found[n].figures[i], found[n].words
        after = found[n + 1].words if n + 1 < len(found) else ""
        level = figure.unit != POINTS and not figure.sign and not _FUTURE.search(words)
        if level and _one_sided(words, after, i):
            yield Problem("change-one-figure", name, {}, figure.text)


def _one_sided(words: str, after: str, index: int) -> bool:
    """Whether a sentence, or the next one speaking of it, reports that its one figure rose or fell."""
    mark = re.escape(placeholder(index))
    turn = rf"(?:a |an )(?:[a-z]+ ){{0,2}}{_TURN}\b(?! (?:of|by|from)\b)"
    return bool(
        (re.search(rf"\b{_MOVED}(?: [a-z]+ly)?(?: again)? to {mark}", words) and not re.search(r"\bfrom\b", words))
        or         re.search(rf"{mark}[^.;\u27e6]{{0,80}}?, (?:which is |that is )?{turn}", words)
        or re.search(rf"{mark}.*{_BACKED}{turn}", words)
        or re.match(rf"{_BACKED}{turn}", after)
    )


# --- a change in per cent without any period

_PERIOD = re.compile(
    rf"\b(?:{MONTH}|(?:19|20)\d\d|\d\d/\d\d|q[1-4]|quarters?|years?|months?|weeks?|days?|yrs?|mths?|\d+m|ytd|lytd|terms?|"
    r"spring|summer|autumn|winter|christmas|easter|half-term|halloween|annual(?:ly)?|yearly|since|to date|inception|last|"
    r"previous|earlier|ago|period|pandemic|covid|lockdown|today|recently|so far|yesterday|seasonal|weekend|tonight|decade)\b"
)
_NO_END = re.compile(r"^ ?(?:[,;.)&]|and\b|$|\()")


@rule(
    "figure-without-period", needs=("field",),
    codes=("figure-no-period",), v=("V16",), anyone=True,
    says="A change in per cent under {field} comes with the period that it covers.",
)
def figure_without_period(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """A change in per cent in a text that names no period at all (domain.md A6.1, last row)."""
    for name, value in texts(facts, params):
        found = sentences(value)
        if any(_PERIOD.search(s.words) for s in found):
            continue
        signed = any(f.sign == "+" for s in found for f in s.figures)
        bare = [t for s in found if not _FUTURE.search(s.words) and not pairs(s) for t in _bare_changes(s, signed)]
        if bare:
            yield Problem("figure-no-period", name, {}, fields.listed(bare, "and"))


def _bare_changes(sentence: Sentence, signed: bool) -> Iterator[str]:
    """The changes in per cent of a sentence, as typed. A minus set apart is one only beside a plus ("- 10.6%, + 7.3%")."""
    parts = _FIGURES.split(sentence.words)
    for n, figure in enumerate(sentence.figures):
        ahead, behind = re.findall(r"[a-z]+", parts[n])[-2:], re.findall(r"[a-z]+", parts[n + 1])[:1]
        fallen = figure.dash and signed and bool(_NO_END.match(parts[n + 1]))
        moved = figure.sign or direction(figure, ahead, behind) or fallen
        if figure.unit == PERCENT and moved and not set(ahead) & {"to", "than", "from"}:
            yield f"- {figure.text}" if fallen else figure.text
