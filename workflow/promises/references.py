"""References as text, and cells that point elsewhere: "As above", "B) as above", "Same as 1.2", "As in recommendation"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from workflow import fields
from workflow.model import Confidence
from workflow.promises.lists import split_list
from workflow.promises.marks import find_marks
from workflow.promises.pieces import Piece

_REF = re.compile(r"[A-Za-z]{0,4}[ -]?\d{1,3}(?:\.\d{1,3}){0,4}[a-z]?(?:\([a-z]+\))?\.?")
_MARK = re.compile(r"^\s*(?P<mark>\(?(?:[a-zA-Z]|[ivxIVX]{2,5}|\d{1,2})[.)])\s*(?P<rest>.*)$", re.DOTALL)
_SAME = (
    r"(?:(?:same|as)\s+(?:(?:as|per|for|in|with|the|at)\s+)*|see\s+(?:also\s+)?(?:the\s+)?|refer\s+to\s+(?:the\s+)?"
    r"|as\s+(?:stated|described|set\s+out|outlined|noted|given|reported)\s+(?:in|at|under|for)?\s*(?:the\s+)?)"
)
# What a cell adds to what it points to: "As above, and train staff".
_MORE = r"(?P<more>$|\s*[,;.:–-].*$|\s+(?:and|plus|with|but|also)\b.*$)"
_ABOVE = re.compile(
    r"(?:(?:please\s+)?(?:as|see|same\s+as|the\s+same\s+as|per|as\s+per|as\s+for)\s+(?:the\s+)?"
    r"(?:above|previous(?:ly)?(?:\s+row)?|before)"
    r"|above|ditto|do\.|same(?:\s+again)?|as\s+(?:stated|described|noted)\s+above|\"|''|〃|″|-\s*\"\s*-)"
    rf"{_MORE}",
    re.IGNORECASE | re.DOTALL,
)
_TO_REF = re.compile(
    rf"(?:the\s+)?{_SAME}(?:(?:action|row|item|ref(?:erence)?|no\.?|number|recommendation|point|section)\s+)?"
    r"(?P<ref>[A-Za-z]{0,4}-?\d{1,3}(?:\.\d{1,3}){0,4}[a-z]?)(?P<above>\s+above)?"
    rf"{_MORE}",
    re.IGNORECASE | re.DOTALL,
)
_TO_COLUMN = re.compile(rf"(?:the\s+)?{_SAME}(?P<column>[a-z][a-z /-]{{2,40}}?)(?:\s+(?:column|above))?\s*[.]?$", re.IGNORECASE)
_MENTION = re.compile(r"\b(?:as|see|per) above\b|\bditto\b", re.IGNORECASE)
_FAR = 400  # characters: longer text is a story in which "above" means its own words
_LONGEST_CHAIN = 30  # rows that point on and on
_EMPTY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class RowText:
    """One cell of a column, with what its row is called and what else stands in the row, by heading."""

    text: str
    ref: str = ""
    others: Mapping[str, str] = field(default_factory=lambda: _EMPTY)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a cell means. `source` is where the text was written: a reference, "row 3" or a heading; "" for its own words.

    `row` is the index of that row, -1 for none. `via` are the rows through which a chain led. `asked` is the question that a
    person must answer, "" for none.
    """

    text: str
    written: str
    source: str = ""
    row: int = -1
    via: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SURE
    asked: str = ""
    mark: str = ""  # "B)" of "B) as above"


def ref_key(ref: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts references as people count: 1.2 before 1.10, and text for what is no number."""
    parts = re.findall(r"\d+|[^\W\d_]+", ref.casefold())
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts)


def is_ref(text: str) -> bool:
    """Whether a cell holds nothing but a reference: "3", "1.3.1", "A2", "VAWG 4"."""
    return bool(_REF.fullmatch(text.strip()))


def parent_ref(ref: str) -> str:
    """The reference that it stands under: "1.3" of "1.3.1", "1" of "1.3"; "" for one at the top."""
    head, _, _ = ref.strip().rstrip(".").rpartition(".")
    return head


def resolve(texts: Sequence[RowText]) -> tuple[Resolved, ...]:
    """What each cell of a column means, in the order of the rows. A cell that points nowhere else means its own words."""
    column = _Column(texts)
    for n in range(len(texts)):
        column.known[n] = column.meaning(n, ())
    return tuple(column.known.values())


@dataclass(frozen=True)
class _Column:
    rows: Sequence[RowText]
    known: dict[int, Resolved] = field(
        default_factory=dict
    )  # the rows above: a long chain of "As above" is looked up, not walked

    @cached_property
    def by_ref(self) -> Mapping[tuple[tuple[int, int, str], ...], Sequence[int]]:
        """The rows of each reference."""
        found: dict[tuple[tuple[int, int, str], ...], list[int]] = {}
        for k, row in enumerate(self.rows):
            found.setdefault(ref_key(row.ref), []).append(k)
        return found

    def meaning(self, n: int, through: tuple[int, ...]) -> Resolved:
        """What the cell of row `n` means; `through` are the rows that led here."""
        row = self.rows[n]
        written = row.text
        own = Resolved(written, written)
        mark, words = _without_mark(" ".join(written.split()))
        if not words:
            return own
        if n in through or len(through) > _LONGEST_CHAIN:
            return _unclear(own, f"“{written.strip()}” leads back to itself.")
        found = self._pointed(n, words, through)
        if found is not None:
            return replace(found, mark=mark)
        if len(words) <= _FAR and _MENTION.search(words):
            return replace(own, confidence=Confidence.LIKELY, asked="It says “above”: which text is meant?")
        return own

    def _pointed(self, n: int, words: str, through: tuple[int, ...]) -> Resolved | None:
        """What a cell that points elsewhere means; None for one that does not."""
        row = self.rows[n]
        if match := _ABOVE.fullmatch(words):
            return self._above(n, through, match["more"])
        if (match := _TO_COLUMN.fullmatch(words)) and (found := _column(match["column"], row.others)):
            return _of_column(row, found)
        match = _TO_REF.fullmatch(words)
        return self._to_ref(n, match["ref"], through, match["more"]) if match else None

    def _above(self, n: int, through: tuple[int, ...], more: str) -> Resolved:
        written = self.rows[n].text
        own = Resolved(written, written)
        at = next((k for k in range(n - 1, -1, -1) if self.rows[k].text.strip()), -1)
        if at < 0:
            return _unclear(own, f"“{written.strip()}” has no text above it.")
        held = self._taken(n, at, through, more)
        skipped = at < n - 1
        near = parent_ref(self.rows[at].ref) == parent_ref(self.rows[n].ref)
        if skipped or not near:
            why = "The cell directly above is empty." if skipped else "The row above belongs to another group."
            return replace(held, confidence=Confidence.CHECK, asked=f"{why} Is the text of {held.source} meant?")
        return held

    def _to_ref(self, n: int, ref: str, through: tuple[int, ...], more: str) -> Resolved:
        written = self.rows[n].text
        at = [k for k in self.by_ref.get(ref_key(ref), ()) if k != n]
        if len(at) != 1 or not self.rows[at[0]].text.strip():
            found = "no text" if len(at) == 1 else "no row" if not at else f"{len(at)} rows"
            return _unclear(
                Resolved(written, written), f"“{written.strip()}” points to {ref}, for which there is {found} here."
            )
        held = self._taken(n, at[0], through, more)
        return replace(held, confidence=Confidence.SURE) if not (more.strip(" .") or held.asked) else held

    def _taken(self, n: int, at: int, through: tuple[int, ...], more: str) -> Resolved:
        """The text of another row, with what this one adds to it."""
        row = self.rows[n]
        meant = self.known.get(at) or self.meaning(at, (*through, n))
        name = self.rows[at].ref or f"row {at + 1}"
        linked = meant.source or meant.asked
        more = more.strip(" .,;:–-")
        held = Resolved(
            f"{meant.text}\n{more}" if more else meant.text,
            row.text,
            meant.source or name,
            meant.row if meant.source else at,
            (name, *meant.via)[:_LONGEST_CHAIN] if meant.source else (),
            max((Confidence.LIKELY, *([meant.confidence] if linked else [])), key=lambda c: c.doubt),
            meant.asked if meant.confidence is Confidence.CHECK else "",
        )
        if more:
            return replace(
                held, confidence=Confidence.CHECK, asked=f"It adds “{more}”. Does the rest of {held.source} hold too?"
            )
        return held


def _without_mark(words: str) -> tuple[str, str]:
    match = _MARK.match(words)
    return (match["mark"], match["rest"].strip("() ")) if match else ("", words.strip("() "))


def _column(words: str, others: Mapping[str, str]) -> str:
    """The heading of the row that the words name; "" for none."""
    by_fold = {fields.fold(heading): heading for heading in others}
    word = fields.fold(words).removeprefix("the ")
    for wanted in (word, f"{word}s", word.removesuffix("s")):
        if wanted in by_fold:
            return by_fold[wanted]
    return by_fold.get(fields.near(word, list(by_fold), 0.85), "")


def _of_column(row: RowText, heading: str) -> Resolved:
    text = row.others[heading]
    if not text.strip():
        return _unclear(Resolved(row.text, row.text), f"“{row.text.strip()}” points to {heading}, which is empty.")
    return Resolved(text, row.text, heading)


def _unclear(own: Resolved, why: str) -> Resolved:
    return replace(own, confidence=Confidence.CHECK, asked=f"{why} What is meant?")


# --- stems that siblings share


@dataclass(frozen=True, slots=True)
class Stemmed:
    """A row's own words, and the words before them that a sibling row carries for all: "Better links are needed; a) ..."."""

    stem: str
    text: str
    mark: str = ""  # "b)", taken off the text
    row: int = -1  # the row in which the stem was written, -1 for none
    confidence: Confidence = Confidence.SURE


def share_stems(texts: Sequence[RowText]) -> tuple[Stemmed, ...]:
    """Each row's stem and own words. A stem goes on to the rows below for as long as they count on: a), b), c)."""
    made: list[Stemmed] = []
    stem, at, last = "", -1, 0
    for n, row in enumerate(texts):
        head, own = _head_and_own(texts, n)
        if own and head:
            stem, at, last = head, n, own.numbers[-1]
            made.append(Stemmed(stem, own.whole, own.mark, n))
        elif own and at >= 0 and own.numbers[0] > last and _siblings(texts[at].ref, row.ref):
            sure = Confidence.LIKELY if own.numbers[0] == last + 1 else Confidence.CHECK
            last = own.numbers[-1]
            made.append(Stemmed(stem, own.whole, own.mark, at, sure))
        else:
            stem, at, last = "", -1, 0
            made.append(Stemmed("", row.text))
    return tuple(made)


def _head_and_own(texts: Sequence[RowText], n: int) -> tuple[str, Piece | None]:
    """The stem that a row itself holds, "" for none, and its one marked entry, None unless it is one.

    In "Links must improve; a) records move" the letter is a mark only if the next row begins with b).
    """
    text = texts[n].text
    pieces = split_list(text)
    heads = [p for p in pieces if p.stem]
    marked = [p for p in pieces if p.numbered]
    if len(marked) == 1 and len(pieces) == len(heads) + 1:
        return "\n".join(p.text for p in heads), marked[0]
    after = split_list(texts[n + 1].text) if n + 1 < len(texts) else ()
    if marked or not after or not after[0].numbered or not _siblings(texts[n].ref, texts[n + 1].ref):
        return "", None
    for mark in find_marks(text):
        if mark.numbers and mark.kind.casefold() == after[0].kind and mark.numbers[-1] + 1 == after[0].numbers[0]:
            (own, *more) = split_list(text[mark.start :])
            return ("", None) if more else (text[: mark.start].strip(), own)
    return "", None


def _siblings(one: str, other: str) -> bool:
    """Whether two rows stand under one reference; rows without references may."""
    return parent_ref(one) == parent_ref(other)
