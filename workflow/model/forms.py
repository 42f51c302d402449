"""Forms: the definition of one table as data. The form that writes a sheet is the form that reads it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Role(StrEnum):
    """Who fills a field: `key` and `context` are ours and locked, `previous` is last quarter's answer, `answer` is theirs."""

    KEY = "key"
    CONTEXT = "context"
    PREVIOUS = "previous"
    ANSWER = "answer"


class Kind(StrEnum):
    """What a field holds. `fields.parse` turns what was typed into it."""

    TEXT = "text"
    LONG_TEXT = "long text"
    CHOICE = "choice"
    DATE = "date"
    MONTH = "month"
    WHOLE = "whole number"
    DECIMAL = "decimal"
    PERCENT = "percent"
    RATE = "rate"
    MONEY = "money"
    YES_NO = "yes/no"
    LINK = "link"


class Purpose(StrEnum):
    """What a form is for, where the program must know it. All other forms are alike to it, whatever they are called."""

    ABOUT = "about"  # whose return it is, and the sign-off
    MEASURES = "measures"  # a figure to a row, each with the period it covers
    ISSUES = "issues"  # what is reported beside the tracked rows, risks among them
    ACTIVITIES = "activities"  # what was put on, added up


def purpose_of(form: str) -> str:
    """The purpose that a form's name says, where the form does not say one itself; "" for any other name."""
    return form if form in tuple(Purpose) else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One word a choice field accepts, and the other ways people write it ("A", "amb")."""

    value: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One column (or, in a record form, one line) of a form."""

    name: str
    heading: str
    role: Role
    kind: Kind
    width: int = 16  # characters
    help: str = ""  # shown as the input message, at most 255 characters
    synonyms: tuple[str, ...] = ()  # other headings that mean this field
    choices: tuple[Choice, ...] = ()
    # A list known at run time: "rag", "status", "partners", "themes", "plans", "periods". A text field only offers its words.
    choices_from: str = ""
    required: bool = False
    min_length: int = 0
    max_length: int = 0  # 0: no limit but the format's own
    minimum: float | None = None
    maximum: float | None = None
    source: str = ""  # context: the name of the item's value it shows. previous: the answer field it repeats
    many: bool = False  # a cell that holds several values separated by semicolons
    show: tuple[str, ...] = ()  # where it is printed: "return", "tracker", "pack"; empty means by role
    carry: bool = False  # carried forward by "no change"
    first_day: bool = False  # a date on which something starts: a month or a quarter typed there means its first day
    public: bool = True  # False: never printed for a public audience
    only_quarter: int = 0  # 4: only asked for in the fourth return of a year
    office: bool = False  # an answer that the coordinator gives, and no partner is asked for

    def shown(self, where: str) -> bool:
        """Whether this field is printed in a `return`, `tracker` or `pack`."""
        if self.show:
            return where in self.show
        return where == "return" if self.role is Role.PREVIOUS else True


@dataclass(frozen=True, slots=True)
class RuleUse:
    """A named rule with its parameters, as a form states it."""

    name: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """One table. `layout` is "table" (a row per item) or "record" (a line per field, heading in column A, answer in B)."""

    name: str  # "actions": the file's name without .toml
    title: str  # the sheet's title, "Actions"
    sheet: str  # the tab's name, at most 31 characters
    table: str  # the defined name and table name, "ret_actions"
    fields: tuple[Field, ...]
    layout: str = "table"
    intro: tuple[str, ...] = ()  # one to three lines under the title
    spare_rows: int = 0
    spare_prefix: str = ""  # "issue": spare rows are keyed NEW-01.. and become <partner>-<period>-issue-01
    protect: bool = True  # False where protection would stop the spell-check of long text
    items: bool = True  # rows come from the register's items whose form is this one
    carry_rows: bool = False  # rows that partners added come back in the next quarter's template
    only_quarter: int = 0  # 4: only issued for the fourth period of a year
    optional: bool = False  # an empty sheet owes nothing
    rules: tuple[RuleUse, ...] = ()
    order: int = 0
    purpose: str = ""  # a `Purpose`; "" for a form that needs none. By default what its name says

    def __post_init__(self) -> None:
        """A form that says no purpose has the one that its name says."""
        object.__setattr__(self, "purpose", self.purpose or purpose_of(self.name))

    @property
    def is_measures(self) -> bool:
        """Whether its rows are figures, and not pieces of work."""
        return self.purpose == Purpose.MEASURES

    @property
    def one(self) -> str:
        """What people call one of its rows: "measure", where the sheet is titled Measures."""
        return re.sub(r"(?<=[^s])s$", "", re.sub(r"ies$", "y", self.plural))

    @property
    def plural(self) -> str:
        """Its title inside a sentence: "measures". A short form keeps its capitals."""
        return " ".join(w if w[1:] != w[1:].lower() else w.lower() for w in self.title.split())

    # What is asked of a form for every cell, found once. Two fields of one name are refused (`config`): the first counts.

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {f.name: f for f in reversed(self.fields)}

    @cached_property
    def key(self) -> Field | None:
        """The key field; None in a record form."""
        return next((f for f in self.fields if f.role is Role.KEY), None)

    @cached_property
    def answers(self) -> tuple[Field, ...]:
        """The fields that a partner fills."""
        return tuple(f for f in self.fields if f.role is Role.ANSWER)

    def field(self, name: str) -> Field:
        """The field called `name`. Raises KeyError: a form that names a field it lacks is our mistake."""
        found = self._by_name.get(name)
        if found is None:
            raise KeyError(f"form {self.name} has no field {name}")
        return found

    def has(self, name: str) -> bool:
        """Whether the form has a field called `name`."""
        return name in self._by_name


def with_purpose(forms: Mapping[str, Form], purpose: Purpose) -> Form | None:
    """The form that is for something; None where a partnership has none for it."""
    return next((form for form in forms.values() if form.purpose == purpose), None)


def told_under(about: Form | None) -> dict[str, str]:
    """Where a partner tells the coordinator what no box of a row has room for, as the sheet of the sign-off heads these boxes:
    `comments`, and `lead_changes` (among the comments where it has no box of its own). Only what it has."""
    found = {name: about.field(name).heading for name in ("comments", "lead_changes") if about and about.has(name)}
    return {"lead_changes": found["comments"], **found} if "comments" in found else found
