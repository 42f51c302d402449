"""Faults of single cells, made from the forms themselves: every box of every form mistyped in the ways of its kind.

A new field of a form is seeded without a line here, as long as the clean return fills it in somewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tests.faults.answers import Box, clean
from tests.faults.desk import workspace
from tests.faults.model import NOTE, QUERY, STOP, Fault, fault
from tests.faults.rows import POLICE, Q3, Q4
from tests.faults.typing_in import Broken, Formula
from workflow.model import Field, Form, Kind, Severity

_NUMBERS = (Kind.WHOLE, Kind.DECIMAL, Kind.MONEY)
_TEXTS = (Kind.TEXT, Kind.LONG_TEXT, Kind.LINK)


@dataclass(frozen=True)
class Home:
    """A box of a clean return in which a field is answered, and how."""

    form: Form
    field: Field
    box: Box
    value: Any
    period: str

    def fault(self, code: str, v: str, severity: Severity, typed: Any, **more: Any) -> Fault:
        """A fault in this box; what was there puts it right."""
        name = f"{self.form.name}-{self.field.name}-{code}"
        return fault(
            name,
            v,
            code,
            severity,
            self.box,
            typed={self.box: typed},
            remedy={self.box: self.value},
            period=self.period,
            **more,
        )


OFFICES_OWN = ("typed_by",)  # what the office fills in, not the partner


@cache
def homes_of(form: str, name: str) -> list[Home]:
    """Every box in which a clean return answers a field, first of the third quarter."""
    its = workspace().forms[form]
    f = its.field(name)
    found = [
        Home(its, f, box, value, period)
        for period in (Q3, Q4)
        for box, value in clean(POLICE, period).items()
        if (box[0], box[2]) == (its.sheet, f.heading)
    ]
    assert found, f"the clean return never fills in {f.heading} on {its.sheet}"
    return found


def homes() -> Iterator[Home]:
    """One box for every field that partners fill."""
    for form in workspace().forms.values():
        for f in form.answers:
            if f.name not in OFFICES_OWN:
                yield homes_of(form.name, f.name)[0]


def cell_faults() -> Iterator[Fault]:
    """Every box mistyped in each way of its kind."""
    for n, home in enumerate(homes()):
        yield from _of_its_kind(home)
        yield _of_formulas(home, n)


def _of_its_kind(home: Home) -> Iterator[Fault]:
    match home.field.kind:
        case Kind.CHOICE:
            yield _misspelled(home)
        case Kind.YES_NO:
            yield home.fault("yes-no-unknown", "V06", STOP, "perhaps", near={home.box: str(home.value).upper()})
        case Kind.DATE | Kind.MONTH:
            yield from _dates(home)
        case kind if kind in _NUMBERS:
            yield from _numbers(home)
        case kind if kind in _TEXTS and not home.field.choices_from:
            yield from _texts(home)


def _misspelled(home: Home) -> Fault:
    word = str(home.value)
    typed = f"{word[:-2]}{word[-1]}{word[-2]}" if len(word) > 4 else f"{word}x"
    near = {home.box: f"  {word.upper()} "}
    return home.fault("choice-unknown", "V06", STOP, typed, near=near, suggestion=word if len(word) > 4 else "")


def _dates(home: Home) -> Iterator[Fault]:
    day = home.value if isinstance(home.value, date) else None
    near = {home.box: f"{day:%d/%m/%Y}" if day else "30 Nov 2023"}
    yield home.fault("date-unreadable", "V11", STOP, "31/02/2024", near=near if day else None)
    if day:
        yield home.fault("date-ambiguous", "V11", QUERY, f"{day:%m}/28/{day:%Y}", near=near)
        yield home.fault("period-unclear", "V11", STOP, "22/24", near=near)
        yield home.fault("date-implausible", "V11", QUERY, day.replace(year=1923))


def _numbers(home: Home) -> Iterator[Fault]:
    yield home.fault("number-unreadable", "V12", STOP, "several", near={home.box: str(home.value)})
    yield home.fault("number-inexact", "V12", STOP, f"about {home.value}", near={home.box: str(home.value)})
    yield home.fault("number-tidied", "V12", NOTE, f"+ {home.value}")


def _texts(home: Home) -> Iterator[Fault]:
    text = str(home.value)
    yield home.fault("text-invisible", "V26", NOTE, f"{text[:4]}\u200b{text[4:]}", near={home.box: f" {text}  "})
    limit = home.field.max_length
    if limit:
        longer = f"{text} {'And so it goes on. ' * (limit // 18)}"
        yield home.fault("text-too-long", "V26", NOTE, longer, near={home.box: text})


def _of_formulas(home: Home, n: int) -> Fault:
    """In turn: an error, a formula that was never calculated. The same as words, or a number with its result, is neither."""
    words = home.field.kind in _TEXTS
    if n % 2:
        near = {home.box: "#REF" if words else Formula("1+0", home.value)} if words or home.field.kind in _NUMBERS else None
        return home.fault("cell-error", "V25", STOP, Broken("#REF!"), near=near)
    near = {home.box: "=B2&B3 stands in our plan."} if words else None
    return home.fault("cell-uncalculated", "V25", STOP, Formula("B2&B3"), near=near)
