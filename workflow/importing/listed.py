"""Lists in cells: one row for each promise, with the replies and outcomes that are set beside it, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from workflow import promises
from workflow.importing.values import Written
from workflow.model import Confidence, Value
from workflow.promises import Pair, Piece

_FEW_ROWS = 3  # a table of promises with no more rows than this has a list in each of its cells
_NO_PROMISE = "No promise stands beside this. Is it a reply to one of the other rows, or work that was done besides?"
_BESIDES = "The file has this among what was done besides. Should it have a row of its own?"
_BELONGS = "Does the reply, or what came of it, belong to this promise?"
_NO_REPLY = "No reply was found for this promise. What became of it?"
_NO_OUTCOME = "This outcome belongs to no single promise. Does it belong to one of the other rows?"


@dataclass(frozen=True, slots=True)
class Entry:
    """One promise with what answers it, or what has no promise, as values of the register."""

    values: dict[str, Value] = field(default_factory=dict)
    confidence: Confidence = Confidence.SURE
    doubt: float = 0.0
    asked: tuple[str, ...] = ()
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Lists:
    """The texts of one row that may be lists: what was promised, what was done, what came of it."""

    promised: str
    done: str = ""
    came: str = ""
    rows: int = 1  # of its table
    apart: bool = False  # they do not stand side by side in a row

    @property
    def is_list(self) -> bool:
        """Whether what was promised is several promises."""
        if _several(promises.split_list(self.promised)):
            return True
        return self.rows <= _FEW_ROWS and len(_real(promises.split_entries(self.promised))) > 2


def entries(lists: Lists) -> Iterator[Entry]:
    """A row for each promise in its order, then what has none. Lines that only introduce a list go with the first row."""
    pairs = promises.pair(
        promises.split_entries(lists.promised), promises.split_entries(lists.done), promises.split_outcomes(lists.came),
        apart=lists.apart,
    )  # fmt: skip
    leading = [p for p in pairs if _is_stem(p)]
    told = tuple(
        Written("Introduces the list", _words([p for p in (pair.promise, *pair.replies, *pair.outcomes) if p]))
        for pair in leading
    )
    rest = [p for p in pairs if not _is_stem(p)]
    for n, pair in enumerate(rest):
        yield _entry(_with_shared(pair, rest), told if n == 0 else ())


def _with_shared(pair: Pair, every: Sequence[Pair]) -> Pair:
    """A promise that is answered together with another one ("3 & 4") has the reply of both."""
    if pair.promise is None or pair.replies or not pair.promise.numbered:
        return pair
    own = set(pair.promise.numbers)
    shared = next((r for p in every for r in p.replies if len(r.numbers) > 1 and own & set(r.numbers)), None)
    return replace(pair, replies=(shared,)) if shared else pair


def each(promised: str) -> Iterator[Entry]:
    """A row for each promise of a list that stands without replies: nobody has said yet what became of them."""
    for piece in promises.split_entries(promised):
        if not piece.stem:
            values: dict[str, Value] = {"title": piece.whole}
            if ref := numbers(piece):
                values["ref"] = ref
            if piece.tick:
                values["opening_status"] = "Complete"
            yield Entry(values, Confidence.LIKELY)


def besides(done: str) -> Iterator[Entry]:
    """What was done besides, by a list's own words: replies with no promise. What belongs to what is in no doubt here."""
    for piece in promises.split_entries(done):
        if not piece.stem:
            yield Entry({"opening_progress": piece.whole}, Confidence.CHECK, 0.1, (_BESIDES,))


def numbers(piece: Piece | None) -> str:
    """The number by which a promise is called in its list: "3" of "3."; "" of a bullet."""
    return piece.mark.strip(" .):(").strip() if piece and piece.numbered else ""


def _entry(pair: Pair, told: tuple[Written, ...]) -> Entry:
    values: dict[str, Value] = {}
    asked: list[str] = []
    if pair.promise:
        values["title"] = pair.promise.whole
        if ref := numbers(pair.promise):
            values["ref"] = ref
    else:
        asked.append(_NO_PROMISE if pair.replies else _NO_OUTCOME)
    if pair.replies:
        values["opening_progress"] = _words(pair.replies)
    elif pair.promise and "together" not in pair.how:
        asked.append(_NO_REPLY)
    if pair.outcomes:
        values["opening_outcome"] = _words(pair.outcomes)
    pieces = [p for p in (pair.promise, *pair.replies) if p]
    if any(p.tick for p in pieces):
        values["opening_status"] = "Complete"
    sure = max((pair.confidence, pair.outcomes_sure or pair.confidence), key=lambda c: c.doubt)
    if sure is not Confidence.SURE and pair.promise and (pair.replies or pair.outcomes):
        asked.append(_BELONGS)
    how = (Written("Paired", f"{pair.how}. {pair.why}".strip()),) if pair.promise and pair.replies else ()
    return Entry(values, sure, pair.doubt, tuple(asked), (*told, *how))


def _words(pieces: Sequence[Piece]) -> str:
    return "\n".join(p.whole for p in pieces)


def _is_stem(pair: Pair) -> bool:
    return all(p.stem for p in (pair.promise, *pair.replies, *pair.outcomes) if p)


def _real(pieces: Sequence[Piece]) -> list[Piece]:
    return [p for p in pieces if not p.stem]


def _several(pieces: Sequence[Piece]) -> bool:
    return len(_real(pieces)) > 1
