"""A fault as a value: what is done to a clean return, what must then be told and where, and what puts it right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook

from tests.faults.answers import Box, Typed
from tests.faults.desk import Received
from tests.faults.rows import POLICE, Q3
from tests.faults.typing_in import Address
from workflow.model import Severity

STOP, QUERY, NOTE = Severity.STOP, Severity.QUERY, Severity.NOTE
THE_FILE: Box = ("", "", "")  # the place of what is told about a file as a whole
Change = Callable[[Workbook], None]
Sending = Callable[[bytes], Sequence[Received]]  # the partner's workbook -> the files that arrive


@dataclass(frozen=True)
class Near:
    """A cell that is no box: so many columns to the right of one."""

    box: Box
    right: int

    def address(self, where: Mapping[Box, Address]) -> Address:
        """Where it stands."""
        sheet, cell = where[self.box]
        row, column = coordinate_to_tuple(cell)
        return sheet, f"{get_column_letter(column + self.right)}{row}"


@dataclass(frozen=True)
class Span:
    """The cells from one box to another, as a merged range is named."""

    box: Box
    last: Box

    def address(self, where: Mapping[Box, Address]) -> Address:
        """Where it stands."""
        sheet, first = where[self.box]
        return sheet, f"{first}:{where[self.last][1]}"


At = Box | Near | Span


@dataclass(frozen=True)
class Expected:
    """One message that must come: its code, how severe, to whom, and the very cells it is about, no more and no fewer."""

    code: str
    severity: Severity
    at: tuple[At, ...]
    partner: str = POLICE
    suggestion: str = ""  # what must be suggested, where something must be


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a return that is otherwise clean.

    `typed` boxes, a `change` to the workbook and the way it is `sent` seed it, in this order. `near` is what, typed in the
    same boxes, just does not make it a fault; `near_change` and `near_sent` are what is done and how it is sent without being
    one. `remedy` is what a person types into the marked-up copy who does what the
    finding says, word for word; `resend` says that the remedy is to send the template again, filled in. A fault of the
    `whole` file holds or refuses it, so that nothing else is told of that file.
    """

    name: str
    v: str  # the rule of domain.md A10
    expects: tuple[Expected, ...]
    typed: Typed = field(default_factory=dict)
    change: Change | None = None
    sent: Sending | None = None
    near: Typed | None = None
    near_change: Change | None = None
    near_sent: Sending | None = None
    remedy: Typed | None = None
    resend: bool = False
    reply: bool = False  # the remedy is to tell us: beside the query
    whole: bool = False
    sheets: tuple[str, ...] = ()  # what it changes as a whole: nothing else is seeded there beside it
    alone: bool = False  # it is never seeded together with another
    partner: str = POLICE
    period: str = Q3

    @property
    def code(self) -> str:
        """The code of its main message."""
        return self.expects[0].code

    @property
    def severity(self) -> Severity:
        """How severe its main message is."""
        return self.expects[0].severity

    @property
    def just_not(self) -> Fault | None:
        """What just is no fault, to be seeded like one; None where nothing is said of that."""
        if self.near is None and self.near_change is None and self.near_sent is None:
            return None
        return Fault(
            self.name, self.v, (), self.near or {}, self.near_change, self.near_sent, partner=self.partner, period=self.period
        )

    @property
    def rows(self) -> frozenset[tuple[str, str]]:
        """The rows it touches, as (sheet, key)."""
        boxes = [*self.typed, *(a if isinstance(a, tuple) else a.box for e in self.expects for a in e.at)]
        spans = [a.last for e in self.expects for a in e.at if isinstance(a, Span)]
        return frozenset((sheet, key) for sheet, key, _ in (*boxes, *spans))

    def beside(self, other: Fault) -> bool:
        """Whether both can be seeded into one return without touching each other."""
        if self.alone or other.alone or (self.whole and other.whole) or (self.sent and other.sent):
            return False
        if (self.partner, self.period) != (other.partner, other.period) or self.rows & other.rows:
            return False
        mine, theirs = ({*f.sheets} for f in (self, other))
        return not (mine & {sheet for sheet, _ in other.rows} or theirs & {sheet for sheet, _ in self.rows} or mine & theirs)

    def also(self, code: str, severity: Severity, *at: Box, partner: str) -> Fault:
        """The same fault, with one more message that it rightly makes (V29 is told to both leads)."""
        return replace(self, expects=(*self.expects, Expected(code, severity, at, partner)))


def fault(name: str, v: str, code: str, severity: Severity, *at: At, **more: Any) -> Fault:
    """A fault with one message. `suggestion` may be among the other parts."""
    suggestion = more.pop("suggestion", "")
    partner = more.get("partner", POLICE)
    about = more.pop("about", partner)  # to whom it is told; "" where nobody can tell whose it is
    return Fault(name, v, (Expected(code, severity, at, about, suggestion),), **more)
