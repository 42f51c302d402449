"""Figures as sentences state them: values, changes, and two values with the change between them (domain.md A6.2).

Only the plain ways of putting it are read ("634 against 478, up 33%"; "from 36.4% to 37.3%"; "down by 58% from 120 to 50").
A sentence that could mean something else is passed over: a silly question costs more than a slip that is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from workflow import fields

POINTS, PERCENT, RATE, POUNDS = "points", "%", "rate", "£"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
UP = frozenset({
    "up", "rise", "rises", "rose", "risen", "rising", "increase", "increases", "increased", "increasing", "grew", "grown",
    "growth", "gain", "gained", "more", "higher", "jump", "jumped", "climbed",
})
DOWN = frozenset({
    "down", "fall", "falls", "fell", "fallen", "falling", "decrease", "decreases", "decreased", "decreasing", "drop",
    "dropped", "reduce", "reduced", "reduction", "less", "fewer", "lower", "cut", "decline", "declined",
})
# A change called "about" so much is not exact, and is not held against its figures.
ROUGH = frozenset({
    "about", "approximately", "approx", "around", "almost", "nearly", "over", "under", "roughly", "some", "circa", "least",
    "most", "just", "than", "c", "close",
})
_ADDED_UP = frozenset({  # "made up 31% of referrals" is no rise
    "made", "make", "makes", "making", "set", "signed", "sign", "take", "taken", "took", "taking", "follow", "followed",
    "picked", "adds", "add",
})
_SUPERSCRIPTS = re.compile("[\u00b2\u00b3\u00b9\u2070-\u2079]+")
_SHORTENED = re.compile(r"\b(i\.e|e\.g|vs|v|approx|no|inc|incl|est)\.(?=\s)")
_MARK = re.compile(r"^(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|[-*>])\s+")
_PER_THOUSAND = re.compile(r" ?(?:per|/) ?1,?000\b")
_FIGURE = re.compile(
    r"(?:(?<![\w%)])(?P<sign>[+-])(?P<space> ?)|(?<![\w.,/:#\-£]))(?P<pound>£ ?)?"
    r"(?P<body>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit> ?percentage[ -]points?| ?% ?(?:points?|pts?)\b| ?%| ?per ?cent(?: points?)?\b| ?(?:ppts?|pp|pts?|points?)\b|"
    r" per-thousand)?"
    r"(?![\w/:%]|[.,-]?\d)"
)
_AFTER_NO_VALUE = re.compile(
    rf" ?(?:(?:of )?{MONTH}\b|(?:-| )?(?:months?|weeks?|days?|hours?|years?|minutes?|mins?|terms?)\b|(?:out )?of \d|"
    r"in \d{1,2}(?![\d/]| months))"
)
_BEFORE_NO_VALUE = re.compile(
    rf"(?:\b{MONTH}|\b(?:priority|section|page|goal|week|phase|round|ward|year|yr|quarter|stage|step|tier|part|theme|item|number|"
    r"no|ref|action|aged?|ages|under|over|level|operation|key|unit|row|version)|\d (?:out )?(?:of|in)) ?$"
)

_LONGEST = 2000  # characters
_NEAR, _BESIDE = 30, 200  # characters around a figure, and around a pair of figures, that can have to do with it
_F = r"\u27e6(\d+)\u27e7"
_NO_F = r"[^\u27e6\u27e7;:]"
_TERMS = ("autumn", "spring", "summer")
_YEAR = rf"(?:(?:{MONTH}|q[1-4]|(?:{'|'.join(_TERMS)}) term) )?(?:\d{{4}}(?:/\d{{2,4}})?|\d{{2}}/\d{{2}})"
_FROM_TO = re.compile(rf"\bfrom {_F}({_NO_F}{{0,60}}?) to {_F}")
_AGAINST = re.compile(
    rf"{_F}({_NO_F}{{0,50}}?)[ ,(]+((?:as )?(?:against|compared (?:with|to)|versus|vs?)|(?:up|down) from|from|"
    rf"\(was|\(previously) {_F}"
)
_WAS = re.compile(rf"{_F} ?\(((?:was|previously|from|up from|down from|against|compared (?:with|to)|vs?)) {_F}")
_LAST_YEAR = re.compile(
    rf"{_F} ?\({_F} (?:last (?:year|time)|(?:in )?the (?:year before|previous year)|a year (?:ago|earlier)|previously|before)"
)
_YEARS = re.compile(rf"{_F} (?:in|for) (?:the )?({_YEAR})[, ]+(?:(?:and|but|then|to|-) )*{_F} (?:in|for) (?:the )?({_YEAR})\b")
_TORN = re.compile(r"\b(?:and|but|while|or|with|when|as|against)\b")
_AGED = re.compile(r"\b(?:aged?|ages|years|grades?|classes|rooms?|sizes?) $")
_PERIOD_BAG = frozenset({
    "in", "for", "to", "at", "by", "during", "over", "since", "ending", "of", "the", "end", "year", "years", "months",
    "quarter", "last", "this", "before", "previous", "ago", "earlier", "later", "same", "period", "time", "a", "on",
    "ytd", "date", "term", "q", *_TERMS,
})
_LINKS = frozenset({
    "an", "which", "that", "is", "was", "ie", "i", "e", "equal", "equals", "so", "change", "changed", "representing", "it",
    "net", "slight", "small", "large", "big", "sharp", "further", "total", "overall", "improvement", "has", "have",
    "been", "or",
})
_AFTER = re.compile(rf"({_NO_F}{{0,80}}?){_F}([^\u27e6\u27e7;,.)]{{0,25}})")
_NAMED = re.compile(r"(?: [a-z'-]+){1,3}(?=[,(])")  # what the values are of: "from 478 to 634 reports, up 33%"
_BEFORE = re.compile(rf"([^\u27e6\u27e7;.]{{0,30}}){_F}({_NO_F}{{0,70}})$")
_NOUNS = r"(?:increase|rise|fall|decrease|drop|reduction|growth|more|fewer|less|decline)"
_BEFORE_GAP = re.compile(rf"^(?: {_NOUNS})?(?: (?:in|of) (?:the )?(?:[a-z'-]+ ?){{1,5}})?(?: to)?[ ,(:=-]*$")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a sentence: its amount without a sign, its unit ("", %, points, rate, £), and its sign.

    `dash`: a minus with a space behind it, which may as well be a dash. `text` is how it was typed.
    """

    value: Decimal
    unit: str
    sign: str
    dash: bool
    text: str

    @property
    def places(self) -> int:
        """How many decimals were given."""
        exponent = self.value.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def half(self) -> Decimal:
        """How far the exact amount may lie from it: half of its last decimal; a whole count is exact."""
        return Decimal("0.5").scaleb(-self.places) if self.places or self.unit in (PERCENT, RATE, POINTS) else Decimal(0)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, folded, with each figure replaced by its number in double square brackets."""

    words: str
    figures: tuple[Figure, ...]

    @property
    def tokens(self) -> frozenset[str]:
        """Its words, each once."""
        return frozenset(re.findall(r"[a-z]+", self.words))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values of one thing, the earlier first, and where they stand in the sentence's words."""

    before: Figure
    after: Figure
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A change as stated: its figure, and its direction (1 up, -1 down, 0 not said)."""

    figure: Figure
    way: int


def placeholder(index: int) -> str:
    """What stands for a figure in a sentence's words."""
    return f"\u27e6{index}\u27e7"


@lru_cache(maxsize=4096)  # several rules read the same text
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, line by line; list marks are left out. What is longer than any sentence is passed over."""
    found: list[Sentence] = []
    for line in re.split("[\n\u2022\u2756\u2713|]", fields.clean(text)):
        plain = _SHORTENED.sub(lambda m: m[1].replace(".", ""), _MARK.sub("", fields.fold(_SUPERSCRIPTS.sub("", line))))
        found += [_sentence(part) for part in re.split(r"(?<=[.!?])\s+", plain) if 0 < len(part) <= _LONGEST]
    return tuple(found)


def _sentence(plain: str) -> Sentence:
    plain = _PER_THOUSAND.sub(" per-thousand", plain)
    figures: list[Figure] = []
    words, last = "", 0
    for match in _FIGURE.finditer(plain):
        figure = _figure(match)
        ahead = plain[max(0, match.start() - _NEAR) : match.start()]
        if _is_value(figure, ahead, plain[match.end() : match.end() + _NEAR]):
            words += plain[last : match.start()] + ("- " if figure.dash else "") + placeholder(len(figures))
            figures.append(figure)
            last = match.end()
    return Sentence(words + plain[last:], tuple(figures))


def _figure(match: re.Match[str]) -> Figure:
    unit = match["unit"] or ""
    sign, dash = match["sign"] or "", match["sign"] == "-" and bool(match["space"])
    if "point" in unit or "pp" in unit or "pt" in unit:
        kind = POINTS
    elif "thousand" in unit:
        kind = RATE
    else:
        kind = PERCENT if unit else POUNDS if match["pound"] else ""
    shown = match[0].removeprefix("- ") if dash else match[0]
    shown = shown.replace("per-thousand", "per 1,000").strip()
    return Figure(Decimal(match["body"].replace(",", "")), kind, "" if dash else sign, dash, shown)


def _is_value(figure: Figure, head: str, tail: str) -> bool:
    """Whether a number is an amount: not a day, a year, a length of time, or the number of a section or an age."""
    if figure.unit:
        return True
    year = not figure.places and 1900 <= figure.value <= 2099 and "," not in figure.text
    return not (year or _AFTER_NO_VALUE.match(tail) or _BEFORE_NO_VALUE.search(head))


def pairs(sentence: Sentence) -> tuple[Pair, ...]:
    """The two values of one thing that a sentence sets side by side, in order; none overlaps another."""
    found: list[Pair] = []
    for pair in (*_from_to(sentence), *_years(sentence), *_against(sentence)):
        if all(pair.end <= other.start or other.end <= pair.start for other in found):
            found.append(pair)
    return tuple(sorted(found, key=lambda p: p.start))


def _from_to(sentence: Sentence) -> Iterator[Pair]:
    for match in _FROM_TO.finditer(sentence.words):
        if not _TORN.search(match[2]) and not _AGED.search(sentence.words[: match.start()]):
            yield from _pair(sentence, int(match[1]), int(match[3]), match.span())


def _years(sentence: Sentence) -> Iterator[Pair]:
    """"47% in 2021/22, 19% in 2022/23": the years say which comes first."""
    for match in _YEARS.finditer(sentence.words):
        one, other = (re.findall(r"\d{2,}", match[n])[0] for n in (2, 4))
        if len(one) == len(other) and one != other:
            first, second = (1, 3) if one < other else (3, 1)
            yield from _pair(sentence, int(match[first]), int(match[second]), match.span())


def _against(sentence: Sentence) -> Iterator[Pair]:
    for match in _WAS.finditer(sentence.words):
        yield from _pair(sentence, int(match[3]), int(match[1]), match.span())
    for match in _LAST_YEAR.finditer(sentence.words):
        yield from _pair(sentence, int(match[2]), int(match[1]), match.span())
    for match in _AGAINST.finditer(sentence.words):
        loose = match[3] == "from" and bool(match[2])  # "14 cases from 20" may be a choice
        if not _TORN.search(match[2]) and not loose and "(" not in match[2]:
            yield from _pair(sentence, int(match[4]), int(match[1]), match.span())


def _pair(sentence: Sentence, before: int, after: int, span: tuple[int, int]) -> Iterator[Pair]:
    one, other = sentence.figures[before], sentence.figures[after]
    if before < after:  # "from 36.4 to 37.3%": the unit is often said once, with the second
        one = replace(one, unit=one.unit or other.unit)
    else:
        other = replace(other, unit=other.unit or one.unit)
    if one.unit == other.unit and one.unit != POINTS and not (one.sign or other.sign):
        yield Pair(one, other, *span)


def changes(sentence: Sentence, pair: Pair) -> tuple[Stated, ...]:
    """The changes stated directly beside a pair of values: behind it, before it, or both."""
    return tuple(c for c in (_change_after(sentence, pair), _change_before(sentence, pair)) if c)


def _change_after(sentence: Sentence, pair: Pair) -> Stated | None:
    """"..., up 33%", "(+33%)", ", a fall of 28 percentage points", ", 28 points down"."""
    match = _AFTER.match(sentence.words[pair.end : pair.end + _BESIDE])
    if not match:
        return None
    named = _NAMED.match(match[1])
    beside = match[1] if not named or _TORN.search(named[0]) else match[1][named.end() :]
    gap = re.findall(r"[a-z]+", re.sub(_YEAR, " ", beside))
    figure = sentence.figures[int(match[2])]
    behind = re.findall(r"[a-z]+", match[3])[:2]
    if set(gap[-2:]) & ROUGH or set(gap) - _PERIOD_BAG - _LINKS - UP - DOWN - {m for m in gap if re.fullmatch(MONTH, m)}:
        return None
    return _stated(figure, gap, behind)


def _change_before(sentence: Sentence, pair: Pair) -> Stated | None:
    """"down by 58% from 120 to 50", "up 57% (259 against 165)", "a 33% increase in reports, from 478 to 634"."""
    match = _BEFORE.search(sentence.words[max(0, pair.start - _BESIDE) : pair.start])
    if not match:
        return None
    gap = re.sub(rf"\b(?:{_YEAR})", " ", match[3])
    ahead = re.findall(r"[a-z]+", match[1])[-3:]
    if not _BEFORE_GAP.match(gap) or _TORN.search(gap) or set(ahead[-2:]) & ROUGH:
        return None
    return _stated(sentence.figures[int(match[2])], ahead, re.findall(r"[a-z]+", gap)[:1])


def _stated(figure: Figure, ahead: list[str], behind: list[str]) -> Stated | None:
    """A change with its direction; None where nothing says that the figure is a change."""
    way = direction(figure, ahead, behind)
    told = bool(figure.sign or way or figure.unit == POINTS or {"change", "changed", "improvement"} & {*ahead, *behind})
    return Stated(figure, way) if told else None


def direction(figure: Figure, ahead: list[str], behind: list[str]) -> int:
    """1 up, -1 down, 0 not said: by the sign, else by the nearest word before the figure, else by the words behind it."""
    if figure.sign:
        return 1 if figure.sign == "+" else -1
    near = list(zip(ahead, ["", *ahead], strict=False))[::-1] + [(word, "") for word in behind]
    for word, before in near:
        if (word in UP or word in DOWN) and not (word == "up" and before in _ADDED_UP):
            return 1 if word in UP else -1
    return 0
