"""Text as people type and paste it: cleaning, folding for comparison, near misses and lists in words."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

# Other ways a line ends: old Mac returns, Word's soft break (vertical tab), form feed, NEL and the Unicode separators.
# They become "\n": taking them out would run two words together.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# What nobody can see, yet which changes how text compares, prints or reads: C0 and C1 controls, soft hyphen, zero-width
# and direction marks, tag characters, and what XML cannot hold (surrogates, U+FFFE, U+FFFF). Field notes section 3, row 20.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_DASHES = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"}
_QUOTES = {ord(c): "'" for c in "\u2018\u2019\u201a\u2032\u02bc"} | {ord(c): '"' for c in "\u201c\u201d\u201e\u2033"}
# difflib's ratio at which "Ambar" still finds Amber, and "Amber/Green" finds neither.
_NEAR = 0.7
_LONGEST_LIST = 12  # words; a longer list is named, not spelled out


def clean(text: str) -> str:
    """Line ends as "\\n", invisible characters out, outer white space off; nothing else is altered."""
    if text.isprintable():  # then it has none of either, as most texts
        return text.strip()
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)).strip()


def invisible(text: str) -> int:
    """How many invisible or control characters `clean` takes out."""
    return 0 if text.isprintable() else len(_INVISIBLE.findall(_LINE_ENDS.sub("\n", text)))


def straight(text: str) -> str:
    """One kind of dash, quotation mark and space; runs of white space become one space.

    Unlike `fold` it leaves superscripts alone: NFKC would read the footnote mark in "12³" as another digit.
    """
    return " ".join(text.translate(_DASHES).translate(_QUOTES).split())


def fold(text: str) -> str:
    """For comparing only: NFKC, case folded, white space collapsed, dashes and quotation marks unified."""
    return _fold_word(text) if len(text) <= _WORD else _fold(text)


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", clean(text)).casefold()
    return straight(unicodedata.normalize("NFKC", folded))


_WORD = 80  # names, headings and choices come again and again, and are worth remembering; stories are not
_fold_word = lru_cache(maxsize=16384)(_fold)


def near(word: str, options: Iterable[str], cutoff: float = _NEAR) -> str:
    """The option nearest to `word`, as it is written in `options`; "" when none is near.

    `cutoff` is the share of letters in common from which a word is near, 0 to 1 (difflib's ratio).
    """
    by_fold = {fold(option): option for option in options}
    found = difflib.get_close_matches(fold(word), list(by_fold), n=1, cutoff=cutoff)
    return by_fold[found[0]] if found else ""


def listed(words: Sequence[str], last: str = "or") -> str:
    """A list as a sentence says it: "Red, Amber, Green or Blue". A very long list is named instead."""
    if len(words) > _LONGEST_LIST:
        return f"one of the {len(words)} entries of the drop-down list"
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def split_many(text: str) -> tuple[str, ...]:
    """The values of a cell that holds several, separated by semicolons or line breaks; empty ones are left out."""
    return tuple(part for part in (clean(p) for p in re.split(r"[;\n]", clean(text))) if part)
