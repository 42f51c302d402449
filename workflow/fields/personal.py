"""Personal data in what people type: patterns that are precise, and a mask for every message and log (domain.md B9).

"Sure" is what identifies one person by its form (an NHS number by its check digit and grouping, an address, a date beside
"date of birth"); the rest is doubtful and only asked about. Two capitalised words are not looked for: in the source documents
they are operations, boards and places 883 times. No pattern found never means that there is none.

Every pattern is bounded and anchored, so that the time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.fields import patterns
from workflow.fields.patterns import BAR

# kind -> what stands in a mask. An NHS number keeps its last four digits, so that its sender can find it; nothing else does.
MASKS = {
    "nhs": "NHS number", "ni": "National Insurance number", "phone": "phone number", "postcode": "postcode",
    "email": "email address", "vehicle": "vehicle mark", "incident": "crime or incident reference", "case": "case reference",
    "born": "date of birth", "initials": "initials and age", "name": "name",
}  # fmt: skip
_MASKED = re.compile(rf"\[(?:{'|'.join(MASKS.values())})(?: ending \d{{4}})?\]")
_GONE = "\x01"  # a character that nobody can see
Span = tuple[int, int, str, bool]  # start, end, kind, sure
_NOTHING: tuple[str, list[int], tuple[Span, ...]] = ("", [], ())  # of nearly every text: not even the text is kept


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that looks like personal data: `kind` is a key of `MASKS`, `text` stands from `start` up to `end`."""

    kind: str
    start: int
    end: int
    text: str
    sure: bool

    @property
    def mask(self) -> str:
        """What is shown in its place: "[NHS number ending 1234]", "[email address]"."""
        digits = re.sub(r"[^0-9]", "", self.text.translate(_TABLE))
        ending = f" ending {digits[-4:]}" if self.kind == "nhs" and len(digits) == 10 else ""
        return f"[{MASKS[self.kind]}{ending}]"


def find(text: str, allowed: Collection[str] = ()) -> tuple[Hit, ...]:
    """Everything in a text that looks like personal data, in order and without overlaps.

    `allowed` are email addresses that may stand there, casefolded. Masks are never found again.
    """
    plain, origin, every = _read(text)
    spans = [s for s in every if s[2] != "email" or plain[s[0] : s[1]].casefold() not in allowed]
    hits = []
    for start, end, kind, sure in _merged(spans):
        first, past = (origin[start], origin[end - 1] + 1) if origin else (start, end)
        hits.append(Hit(kind, first, past, text[first:past], sure))
    return tuple(hits)


def mask(text: str, allowed: Collection[str] = (), *, whole: bool = False) -> str:
    """The text with all of that masked, doubtful or not; `whole`: not even the end of a number is kept. Masking what is masked
    changes nothing."""
    parts, at = [], 0
    for hit in find(text, allowed):
        parts += [text[at : hit.start], f"[{MASKS[hit.kind]}]" if whole else hit.mask]
        at = hit.end
    return "".join([*parts, text[at:]]) if parts else text


def _merged(spans: list[Span]) -> list[Span]:
    """The same characters read in two ways are one hit over all of them: the surer kind, then the longer one."""
    merged: list[Span] = []
    for start, end, kind, sure in spans:
        if merged and start < merged[-1][1]:
            first, past, known, held = merged[-1]
            best = kind if (sure, end - start) > (held, past - first) else known
            merged[-1] = (first, max(past, end), best, held or sure)
        else:
            merged.append((start, end, kind, sure))
    return merged


# --- the text as the patterns read it


class _Plain(dict[int, str]):
    """One character for each: digits, dashes, quotation marks and spaces of one kind; what cannot be seen is `_GONE`."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain_char(chr(code))
        return found


def _plain_char(char: str) -> str:
    category = unicodedata.category(char)
    if char in _LIKE:
        return _LIKE[char]
    if category in _CATEGORIES:
        return _CATEGORIES[category]
    if category == "Nd":
        return str(unicodedata.decimal(char))
    usual = unicodedata.normalize("NFKC", char)  # wide letters and signs; not superscripts, which are footnotes
    return usual if len(usual) == 1 and category[0] in "LPS" else char


_CATEGORIES = {"Zs": " ", "Pd": "-"} | dict.fromkeys(("Cc", "Cf", "Cs", "Cn"), _GONE)
_LIKE = {"\t": " ", "\u2212": "-"}
_LIKE |= dict.fromkeys("\n\r\x0b\x0c\x85\u2028\u2029", "\n") | dict.fromkeys("\u2018\u2019\u201a\u2032\u02bc`", "'")
_TABLE = _Plain()


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as patterns read it, masks barred; and where each character stood, empty where they all stand as they did."""
    plain = text.translate(_TABLE)
    origin: list[int] = []
    if _GONE in plain:
        origin = [n for n, char in enumerate(plain) if char != _GONE]
        plain = plain.replace(_GONE, "")
    return (_barred(_MASKED, plain) if "[" in plain else plain), origin


def _barred(pattern: re.Pattern[str], plain: str) -> str:
    return pattern.sub(lambda m: BAR * len(m[0]), plain)


@lru_cache(maxsize=65536)  # the same text is looked through for a rule, for each paper and for each message
def _read(text: str) -> tuple[str, list[int], tuple[Span, ...]]:
    """The text as patterns read it, where each character stood (`_plain`), and all that they find, whoever's address it is."""
    plain, origin = _plain(text)
    spans = tuple(sorted(_spans(plain)))
    return (plain, origin, spans) if spans else _NOTHING


def _spans(plain: str) -> Iterator[Span]:
    if "@" in plain:
        for m in patterns.EMAIL.finditer(plain):
            yield *m.span(), "email", True
        plain = _barred(patterns.EMAIL, plain)
    plain = _barred(patterns.URL, plain)  # addresses of pages are full of digits and words that mean nothing
    for m in patterns.NAME.finditer(plain):
        if patterns.named(m):
            yield *m.span("it"), "name", False
    if patterns.DIGIT.search(plain):
        found = _numbered(plain)
        yield from found
        yield from _again(plain, found)


def _numbered(plain: str) -> tuple[Span, ...]:
    digits = len(patterns.DIGIT.findall(plain))
    found: list[Span] = []
    for kind, fewest, pattern, judge in patterns.NUMBERED:
        for m in pattern.finditer(plain) if digits >= fewest else ():
            sure = judge(m)
            if sure is not None:
                found.append((*m.span("it"), kind, sure))
    return tuple(found)


def _again(plain: str, found: Sequence[Span]) -> Iterator[Span]:
    """What a label made personal once is so wherever it stands again: a date of birth, a reference, a vehicle."""
    known = {(kind, plain[start:end]): sure for start, end, kind, sure in found if kind in patterns.TOKENS}
    for kind in dict.fromkeys(kind for kind, _ in known):
        for m in patterns.TOKENS[kind].finditer(plain):
            if (kind, m[0]) in known:
                yield *m.span(), kind, known[kind, m[0]]
