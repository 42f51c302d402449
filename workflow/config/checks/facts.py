"""What a check of the register looks at, and how it says what it found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workflow import fields
from workflow.model import Form, Place, Register
from workflow.names import Names
from workflow.validate import Trouble

_FEW = 12  # words that a message can list
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
# The tabs of the register, for messages where the forms given are only those of the returns.
_TABS: Mapping[str, str] = {"rag_key": "RAG key"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell of the register: which sheet form, row key, row and field, and what people call the row."""

    form: str
    key: str
    place: Place  # of the row's key
    field: str
    label: str | None = None  # None: the key


@dataclass(frozen=True, slots=True)
class Facts:
    """The register, the forms (those of the returns and, beside them, of the register) and the day."""

    register: Register
    forms: Mapping[str, Form]
    sheets: Mapping[str, Form]  # the register's own forms
    today: date
    names: Names

    def keys(self, name: str) -> frozenset[str]:
        """The keys on a sheet, those of rows that could not be used included: what follows from a bad row is not reported."""
        return frozenset(key for form, key, _ in self.register.places if form == name and key)

    def place(self, spot: Spot) -> Place:
        """The cell of a field in the very row that is meant, also where several rows have the same key."""
        known = self.register.places.get((spot.form, spot.key, spot.field))
        column, row = _CELL.fullmatch(known.cell) if known else None, _CELL.fullmatch(spot.place.cell)
        if known is None:
            return spot.place
        return Place(known.file, known.sheet, f"{column[1]}{row[2]}") if column and row else known

    def trouble(self, code: str, spot: Spot, found: str = "", suggestion: str = "", **words: object) -> Trouble:
        """One problem at one cell."""
        form = self.sheets.get(spot.form) or _plain(spot.form)
        label = spot.key if spot.label is None else spot.label
        return Trouble(code, form, spot.field, self.place(spot), spot.key, label, found, suggestion, words)

    def unknown(self, spot: Spot, found: str, what: str, known: Sequence[str], code: str = "register-unknown") -> Trouble:
        """`found` names something that is not there; the nearest of `known` is suggested."""
        expected = fields.listed(known) if 0 < len(known) <= _FEW else f"{what} that exists"
        return self.trouble(code, spot, found, fields.near(found, known), what=what, expected=expected)

    def twice(self, spots: Iterable[tuple[str, Spot]], what: str) -> Iterable[Trouble]:
        """One trouble for each row that shares its word with another (words compared folded)."""
        rows = list(spots)
        words = [fields.fold(word) for word, _ in rows]
        shown = {fields.fold(word): word for word, _ in reversed(rows)}
        times = Counter(words)
        for word, (_, spot) in zip(words, rows, strict=True):
            if word and times[word] > 1:
                yield self.trouble("register-duplicate", replace(spot, label=""), shown[word], what=what)


def _plain(name: str) -> Form:
    """A stand-in for a register form that was not given: it only names the sheet."""
    title = _TABS.get(name, name.replace("_", " ").capitalize())
    return Form(name=name, title=title, sheet=title, table="", fields=())
