"""What passes between the process that reads received files and ours, in both directions, as bytes.

What the child says is checked before it is believed: it has read a file that anybody may have made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workflow.ledger import answer_out, details_out, with_details
from workflow.model import Form, Submission, SubmissionState

MOST_BYTES = 16 * 2**20  # one leaf as JSON; a return of a thousand long answers has half a megabyte
MOST_TEXT = 40_000  # characters of one text: Excel's own limit is 32,767
_SHA = re.compile(r"[0-9a-f]{64}")
_CELL = re.compile(r"([A-Z]{1,3}[1-9][0-9]{0,6})?")
_COLUMNS = ("partner", "period", "sent", "reason", "layout", "token", "sender")


class NotBelievedError(Exception):
    """The child said something that no reading of a file can come to."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One leaf as the child lists it before it reads any."""

    part: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Request:
    """What the child is asked: to open a received file, and judge all leaves but those in `skip`; or to give one back."""

    file: str
    received: date
    skip: tuple[str, ...] = ()
    extract: str = ""  # the hash of the leaf whose bytes are wanted


def request_out(request: Request, data: bytes) -> bytes:
    """A request and the bytes of the received file."""
    words = [request.file, request.received.isoformat(), list(request.skip), request.extract]
    return json.dumps(words).encode() + b"\n" + data


def request_in(frame: bytes) -> tuple[Request, bytes]:
    """What `request_out` was given."""
    head, _, data = frame.partition(b"\n")
    file, received, skip, extract = json.loads(head)
    return Request(file, date.fromisoformat(received), tuple(skip), extract), data


def listed_out(leaves: Iterable[Listed]) -> bytes:
    """The leaves of a received file, in order."""
    return _json(["leaves", [[leaf.part, leaf.sha256] for leaf in leaves]])


def reading_out(n: int) -> bytes:
    """That the n-th leaf is being read: if nothing follows, it was the one that stopped the child."""
    return _json(["reading", n])


def leaf_out(n: int, s: Submission) -> bytes:
    """The n-th leaf, judged."""
    columns = {name: getattr(s, name) for name in _COLUMNS}
    return _json(["leaf", n, s.sha256, s.state.value, s.blanks, columns, details_out(s), [answer_out(a) for a in s.answers]])


def said(frame: bytes) -> list[Any]:
    """What a frame of the child holds: a list whose first word says what it is. Raises NotBelievedError."""
    if len(frame) > MOST_BYTES:
        raise NotBelievedError("a reply too long")
    try:
        words = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise NotBelievedError("no JSON") from error
    if not isinstance(words, list) or not words or words[0] not in ("leaves", "reading", "leaf"):
        raise NotBelievedError("no word that is known")
    return words


def listed_in(words: list[Any]) -> tuple[Listed, ...]:
    """The leaves that were listed: at least one, each with a name of its own. Raises NotBelievedError."""
    try:
        leaves = tuple(Listed(_part(part), _matching(_SHA, sha)) for part, sha in words[1])
    except (TypeError, ValueError, IndexError) as error:
        raise NotBelievedError("no list of leaves") from error
    if not leaves or len({leaf.part for leaf in leaves}) < len(leaves):
        raise NotBelievedError("two leaves of one name, or none")
    return leaves


def leaf_in(words: list[Any], blank: Submission, forms: Mapping[str, Form]) -> Submission:
    """The leaf that was judged, on the `blank` that says which it is. Raises NotBelievedError."""
    try:
        _, _, sha, state, blanks, columns, details, answers = words
        if sha != blank.sha256 or set(columns) != set(_COLUMNS) or not isinstance(blanks, int) or blanks < 0:
            raise NotBelievedError("another leaf than was listed")
        for row in answers:
            _check_answer(row, forms)
        for raw in (*details["findings"], *details["base"], *(grid[3] for grid in details["grids"].values())):
            _check_texts(raw)
        if not isinstance(details["quiet"], bool):
            raise NotBelievedError("no yes or no")
        for value in (*columns.values(), details["code"]):
            _text(value)
        return with_details(replace(blank, **columns, state=SubmissionState(state), blanks=blanks), details, answers)
    except NotBelievedError:
        raise
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
        raise NotBelievedError("no leaf") from error


def _check_answer(row: list[Any], forms: Mapping[str, Form]) -> None:
    form, key, field, value, raw, sheet, cell, held = row
    if not forms[_text(form)].has(_text(field).partition("@")[0]) or (value is not None and not isinstance(value, str)):
        raise NotBelievedError("an answer to no field of ours")
    for words in (key, value or "", raw, sheet, held):
        _text(words)
    _matching(_CELL, cell)


def _check_texts(value: Any) -> None:
    """Everything inside is text, in lists and under names."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _check_texts(inner)
    else:
        _text(value)


def _part(part: Any) -> str | None:
    if part is not None and not _text(part).isprintable():
        raise NotBelievedError("a name that cannot be printed")
    return None if part is None else str(part)


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise NotBelievedError("no text, or too long a one")
    return value


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not pattern.fullmatch(_text(value)):
        raise NotBelievedError("a text of another shape")
    return str(value)


def _json(words: list[Any]) -> bytes:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
