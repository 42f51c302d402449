"""The page of a quarter at a glance: what its template is told, and the page filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

from workflow.letters.rendering import fill, plain
from workflow.model import Balance, Partnership, Period
from workflow.post import one_line

NAME = "index.html.j2"


@dataclass(frozen=True, slots=True)
class Told:
    """One finding: what a decision names it by, the whole sentence, and whether an answer is held for it."""

    reference: str
    message: str
    held: bool


@dataclass(frozen=True, slots=True)
class OfPartner:
    """The findings of one partner, by its name."""

    partner: str
    findings: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """How one partner's return stands: its state in a word, the rest in words, what is open, what is owed."""

    partner: str
    state: str
    words: str
    late: bool
    held: int
    queries: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file, or a part of one, that was not taken, and why."""

    file: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """One file of the outbox: its name, and where it stands from the page, percent-encoded."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Kind:
    """The files of one kind."""

    title: str
    files: tuple[Link, ...]


class Glance(TypedDict):
    """What the page is told. `closed` is the day on which the period was closed.

    The number of the run is not told, so that the same state gives the same page, whichever runs led there."""

    partnership: Partnership
    period: Period
    closed: date | None
    today: str
    received: int
    asked: int
    balance: Balance
    steps: Sequence[str]
    returns: Sequence[ReturnLine]
    held: Sequence[OfPartner]
    queries: Sequence[OfPartner]
    notes: Sequence[OfPartner]
    conflicts: Sequence[OfPartner]
    corrections: Sequence[str]
    others: Sequence[str]
    remarks: Sequence[str]
    unread: Sequence[NotTaken]
    links: Sequence[Kind]


def page(told: Glance, folder: Path) -> str:
    """The page, from the template in `folder`. Everything in it is printed as one line of escaped text, never as markup.

    Raises WorkflowError naming the template, the line and the word where it is missing or cannot be filled.
    """
    words = {name: plain(value) for name, value in told.items()}
    period, balance = plain(told["period"]), plain(told["balance"])
    if isinstance(period, dict) and isinstance(balance, dict):
        words["period"] = {**period, "closed": words.pop("closed") or ""}
        words["balance"] = {**balance, "holds": told["balance"].holds}
    # Not cut as other words are: a link that lost its end would lead nowhere.
    words["links"] = [
        {"title": one_line(kind.title), "files": [{"name": one_line(f.name), "href": f.href} for f in kind.files]}
        for kind in told["links"]
    ]
    return fill(folder, NAME, words)
