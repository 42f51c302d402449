"""The view: everything that an output may say about one period, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workflow import config
from workflow.history import Entry
from workflow.model import (
    Balance,
    Finding,
    Form,
    Item,
    PaperWords,
    Period,
    Purpose,
    Register,
    ReturnStatus,
    Slot,
    Standing,
    with_purpose,
)


@dataclass(frozen=True, slots=True)
class Restated:
    """A closed period in which something stands otherwise than in the papers that last told of it.

    `then` is the period as those papers had it, `now` as it stands; `known` are the files, by hash, that had come in then.
    """

    then: View
    now: View
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class View:
    """One period as it stood on `today`.

    `now` is what stands at the end of the period, folded over all periods up to it; `before` is the same for the
    period before. `by_period` gives, for each slot, the standing that each period itself gave (period key -> Standing).
    `rows` has, per form, the register's items followed by the rows that partners added (as Items).
    """

    register: Register
    forms: Mapping[str, Form]
    period: Period
    today: date
    now: Mapping[Slot, Standing]
    before: Mapping[Slot, Standing]
    by_period: Mapping[Slot, Mapping[str, Standing]]
    rows: Mapping[str, tuple[Item, ...]]
    returns: tuple[ReturnStatus, ...]
    findings: tuple[Finding, ...]
    balance: Balance
    thresholds: Mapping[str, float] = field(default_factory=dict)
    history: Mapping[Slot, tuple[Entry, ...]] = field(default_factory=dict)  # every value so far, oldest first
    restated: tuple[Restated, ...] = ()  # closed periods whose papers must be corrected, earliest first
    returns_before: Mapping[str, tuple[ReturnStatus, ...]] = field(default_factory=dict)  # of earlier periods, by key
    words: PaperWords = field(default_factory=config.paper_words)  # what papers say of themselves
    kept: dict[object, object] = field(default_factory=dict, init=False, compare=False, repr=False)  # worked out once per view

    @property
    def measures(self) -> tuple[Item, ...]:
        """Every row of the form for measures."""
        form = with_purpose(self.forms, Purpose.MEASURES)
        return self.rows.get(form.name, ()) if form else ()

    def value(self, form: str, key: str, name: str) -> object:
        """The value that stands now in a field of an item, None where there is none."""
        standing = self.now.get((form, key, name))
        return None if standing is None else standing.value

    def previous(self, form: str, key: str, name: str) -> object:
        """The value that stood at the end of the period before."""
        standing = self.before.get((form, key, name))
        return None if standing is None else standing.value

    def reported(self, form: str, key: str, name: str) -> Standing | None:
        """What this very period gave for a field (a measure's value counts only if reported in the period)."""
        return self.by_period.get((form, key, name), {}).get(self.period.key)
