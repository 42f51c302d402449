"""One table of a return as its checks see it: its rows, and the questions that can be asked of its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from workflow import items
from workflow.fields import MONTHS, NO_WORDS, YES_WORDS, fold, show
from workflow.model import Choice, Content, Field, Form, Item, Kind, Mark, Period, Register, Role, Sheet, Value
from workflow.outputs.checks.formulas import (
    ALWAYS,
    NEVER,
    TEXT,
    Number,
    Row,
    Test,
    among,
    amount,
    compare,
    constant,
    either,
    looked_up,
    quoted,
    tidy,
)  # fmt: skip
from workflow.validate import SPARE

NUMBERS = (Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.RATE, Kind.MONEY)
DATES = (Kind.DATE, Kind.MONTH)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)  # other dates are slips of the hand (`fields.plausible`)
NO_BREAK = "_xlfn.UNICHAR(160)"  # a no-break space, as it comes along with what is pasted; Excel 2013 knows the function
_DIGITS = "{0,1,2,3,4,5,6,7,8,9}"
_TEN = "{1;1;1;1;1;1;1;1;1;1}"
_MONTH_WORDS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checkable:
    """A form as it stands in one template: the fields shown on its sheet, its rows, and what stood before this period.

    `before` is by (key, field), as a row's own slot has it: `field@partner` for what a joint lead or contributor said.
    """

    form: Form
    fields: Sequence[Field]
    period: Period
    today: date
    partner: str
    register: Register
    given: Sequence[Item] = ()
    before: Mapping[tuple[str, str], Value] = field(default_factory=dict)


class Table:
    """The questions. Names are those of the form's fields; a test of a field that the sheet does not show never holds."""

    def __init__(self, given: Checkable, sheet: Sheet, nil: Test = NEVER) -> None:
        self.given, self.form, self.period, self.nil = given, given.form, given.period, nil
        self.shown = {f.name: f for f in given.fields}
        self._key = next(f for f in given.fields if f.role is Role.KEY)
        rows = [dict(zip(self.shown, map(plain, cells), strict=True)) for cells in sheet.rows]
        self.rows = [Row(str(row[self._key.name] or ""), row) for row in rows]
        self.answers = [f.name for f in given.fields if f.role is Role.ANSWER]
        self.items = {item.key: item for item in given.given}
        self._lists: dict[str, Sequence[tuple[Test, tuple[Choice, ...]]]] = {}
        self.own = frozenset(i.key for i in given.given if i.lead == given.partner)
        self.spare = self._spare() if self.form.spare_rows else NEVER
        # On a spare row the partner also says what the row is.
        self.theirs = [f.name for f in given.fields if f.role in (Role.ANSWER, Role.CONTEXT)]

    # --- rows

    @property
    def key(self) -> str:
        """The column of row keys."""
        return self.column(self._key.name)

    def _spare(self) -> Test:
        return Test(f'(LEFT({self.key},{len(SPARE)})="{SPARE}")', lambda row: row.key.startswith(SPARE))

    @property
    def known(self) -> Test:
        """Whether the row has one of the keys that were sent."""
        return self._in(frozenset(self.items))

    def listed(self, keys: Iterable[str]) -> Test:
        """Whether the row is one of these. The shorter of two lists is written: these, or the others; where they are all of
        them none, and a key that is not ours is then one of these (it is asked about by itself)."""
        wanted = frozenset(keys) & self.items.keys()
        others = self.items.keys() - wanted
        if not wanted or len(wanted) <= len(others):
            return self._in(wanted)
        any_key = Test(f'({self.key}<>"")', lambda row: bool(row.key)) & ~self.spare
        return any_key & ~self._in(frozenset(others))

    def _in(self, keys: frozenset[str]) -> Test:
        if not keys:
            return NEVER
        words = ",".join(quoted(k) for k in sorted(keys))
        return Test(f"ISNUMBER(MATCH({self.key},{{{words}}},0))", lambda row: row.key in keys)

    @property
    def led(self) -> Test:
        """Whether the row is one that the partner leads."""
        return self.listed(self.own)

    @cached_property
    def begun(self) -> Test:
        """Whether the partner answers for the row and has entered something on it. Rows that come back filled are left
        out: what still stands there from before cannot be told from what is new."""
        led = NEVER if items.comes_back_filled(self.form) else self.led
        about = [name for name in self.theirs if name not in self.answers]
        return either((either((led, self.spare)) & self.any_filled(self.answers), self.spare & self.any_filled(about)))

    @cached_property
    def unchanged(self) -> Test:
        """Whether the row says that nothing changed."""
        return self.is_one_of("no_change", ("Yes",))

    def by_key(self, numbers: Mapping[str, Decimal | int | date]) -> Number:
        """A number of each row, known when the sheet is made; 0 for the others."""
        known = {key: amount(n) for key, n in numbers.items()}
        return looked_up(self.key, lambda row: row.key, {k: n for k, n in known.items() if isinstance(n, Decimal)})

    def before(self, name: str) -> Mapping[str, Value]:
        """What stood for a field before this period, by row."""
        said = {key: name if key in self.own else f"{name}@{self.given.partner}" for key in self.items}
        return {key: self.given.before[key, own] for key, own in said.items() if (key, own) in self.given.before}

    # --- cells

    def heading(self, name: str) -> str:
        """What the partner calls a field."""
        return self.form.field(name).heading

    def column(self, name: str) -> str:
        """A table column as a structured reference; the characters ' # [ ] are escaped as Excel asks."""
        escaped = "".join(f"'{c}" if c in "'#[]" else c for c in self.form.field(name).heading)
        return f"{self.form.table}[{escaped}]"

    def text(self, name: str) -> str:
        """A cell without the white space that nobody sees around it."""
        return cleaned(self.column(name))

    def filled(self, name: str) -> Test:
        """Whether anything was entered."""
        return self.any_filled([name])

    def any_filled(self, names: Sequence[str]) -> Test:
        """Whether anything was entered in one of these."""
        known = [n for n in names if n in self.shown]
        if not known:
            return NEVER
        joined = cleaned("&".join(map(self.column, known)))
        return Test(f'({joined}<>"")', lambda row: any(row.text(n) for n in known))

    def flat(self, name: str) -> Number:
        """A text in one line, to be compared with another."""
        column = self.column(name)
        formula = f'TRIM(SUBSTITUTE(SUBSTITUTE({column},{NO_BREAK}," "),CHAR(10)," "))'
        return Number(formula, lambda row: _flat(row, name))

    def length(self, name: str) -> Number:
        """How many characters a text has."""
        return Number(f"LEN({self.flat(name).formula})", lambda row: Decimal(len(_flat(row, name))))

    def differs(self, name: str, *, exactly: bool = False) -> Test:
        """Whether a cell says something else than what stood there before, as far as that can be told.

        A text that stood before and is not shown beside the box is taken for the same one. `exactly`: capitals count.
        """
        f, told = self.form.field(name), self.before(name)
        new = self.filled(name) & ~self.listed(told)
        if not told or name not in self.shown:
            return new
        if f.kind in (Kind.CHOICE, Kind.YES_NO):
            return self.filled(name) & compare(self.code(name), "<>", self.code_before(name))
        if f.kind in NUMBERS or f.kind is Kind.DATE:
            known = {key: value for key, value in told.items() if isinstance(value, int | Decimal | date)}
            return either((new, self.listed(told) & self.is_number(name) & compare(self.cell(name), "<>", self.by_key(known))))
        last = self.last(name)
        if not last:
            return new
        now, then = self.flat(name), self.flat(last)
        changed = compare(now, "<>", then)
        if exactly:
            changed = Test(f"(1-EXACT({now.formula},{then.formula}))", lambda row: now.of(row) != then.of(row))
        return self.filled(name) & changed

    def last(self, name: str) -> str:
        """The field that shows what stood for another before; "" for none."""
        return next((p.name for p in self.given.fields if p.role is Role.PREVIOUS and p.source == name), "")

    def is_number(self, name: str) -> Test:
        """Whether a cell holds a number or a date, and not a text."""
        return Test(f"ISNUMBER({self.column(name)})", lambda row: row.values.get(name) is not None and row.number(name) != TEXT)

    def cell(self, name: str) -> Number:
        """A cell, to be compared with a number: beside `is_number`."""
        return Number(self.column(name), lambda row: row.number(name))

    @property
    def plain_keys(self) -> bool:
        """Whether SUMIF tells all row keys apart: to it 1.1 and 1.10 are one, and * is any text."""
        return all(re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", key) for key in self.items)

    def worth(self, name: str) -> Number:
        """The number in a cell, 0 where there is none: to reckon with (`plain_keys`), as a text would spoil the sum."""
        return Number(f"SUMIF({self.key},{self.key},{self.column(name)})", lambda row: row.number(name))

    def between(self, name: str, low: date, high: date) -> Test:
        """Whether a cell holds a day from `low` to `high`."""
        from_low = compare(self.cell(name), ">=", constant(low))
        return self.is_number(name) & from_low & compare(self.cell(name), "<=", constant(high))

    def day(self, name: str) -> Test:
        """Whether a cell holds a day that can be meant."""
        return self.between(name, FIRST_DAY, LAST_DAY) if name in self.shown else NEVER

    # --- words

    def is_one_of(self, name: str, choices: Iterable[str]) -> Test:
        """Whether a cell says one of these choices, in any way that they are written."""
        if name not in self.shown:
            return NEVER
        wanted = {fold(c) for c in choices}
        return self._says(name, lambda choice: choice in wanted)

    def known_word(self, name: str) -> Test:
        """Whether a cell says any word of its list."""
        return self._says(name, lambda choice: True)

    def _says(self, name: str, wanted: Callable[[str], bool]) -> Test:
        lists = [(rows, [w for w, c in _spellings(choices).items() if wanted(c)]) for rows, choices in self._choices(name)]
        return either(rows & among(*self._word(name), words) for rows, words in lists)

    def code(self, name: str) -> Number:
        """The number of the choice that a cell says (`codes`); 0 for no word of its list."""
        codes = self.codes(name)
        known = {w: codes[c] for _, choices in self._choices(name) for w, c in _spellings(choices).items()}
        return looked_up(*self._word(name), known)

    def _word(self, name: str) -> tuple[str, Callable[[Row], str]]:
        """What a cell says, to be found in a list. A full stop after a yes or no counts for nothing, as on arrival."""
        if self.form.field(name).kind is Kind.YES_NO:
            return f'SUBSTITUTE({self.text(name)},".","")', lambda row: row.text(name).replace(".", "")
        return self.text(name), lambda row: row.text(name)

    def codes(self, name: str) -> Mapping[str, int]:
        """Every choice of a field, folded, with a number from 1."""
        choices = dict.fromkeys(fold(c.value) for _, choices in self._choices(name) for c in choices)
        return {choice: n for n, choice in enumerate(choices, 1)}

    def code_before(self, name: str) -> Number:
        """The number of the choice that stood before this period; 0 where there was none."""
        codes = self.codes(name)
        told = {key: codes.get(fold(show(value)), 0) for key, value in self.before(name).items()}
        return self.by_key({key: n for key, n in told.items() if n})

    def _choices(self, name: str) -> Sequence[tuple[Test, tuple[Choice, ...]]]:
        """The words that a field takes, for which rows: most forms have one list for all of them."""
        if name not in self._lists:
            self._lists[name] = self._lists_of(name)
        return self._lists[name]

    def _lists_of(self, name: str) -> Sequence[tuple[Test, tuple[Choice, ...]]]:
        f = self.form.field(name)
        if f.kind is Kind.YES_NO:
            return [(ALWAYS, _YES_NO)]
        lists: dict[tuple[Choice, ...], list[str]] = {}
        for item in self.given.given:
            lists.setdefault(self._listed_for(f, item), []).append(item.key)
        if self.form.spare_rows or not lists:
            lists.setdefault(self._listed_for(f, None), [])
        if len(lists) == 1:
            return [(ALWAYS, next(iter(lists)))]
        spare = self._listed_for(f, None)
        return [(either((self.listed(keys), self.spare if words == spare else NEVER)), words) for words, keys in lists.items()]

    def _listed_for(self, f: Field, item: Item | None) -> tuple[Choice, ...]:
        offered = items.choices_for(f, item, self.given.register, self.period.end)
        return (*offered, *items.former_choices(f, self.given.register, over=False))

    # --- what is typed as text where a number or a day belongs

    def digits(self, name: str) -> Number:
        """How many digits a cell has."""
        text = f"TRIM({self.column(name)})"
        formula = f'MMULT(LEN({text})-LEN(SUBSTITUTE({text},{_DIGITS},"")),{_TEN})'
        return Number(formula, lambda row: Decimal(sum(c in "0123456789" for c in row.text(name))))

    def has_digit(self, name: str) -> Test:
        """Whether a cell has any digit."""
        return compare(self.digits(name), ">", constant(0))

    def has_fraction(self, name: str) -> Test:
        """Whether a number is not whole: as text it has the decimal point (or comma) of the computer it is on."""
        formula = f"{self.is_number(name).formula}*ISNUMBER(FIND(MID(1/2,2,1),{self.column(name)}))"

        def passes(row: Row) -> bool:
            value = row.number(name)
            return value.is_finite() and value != value.to_integral_value()

        return Test(formula, passes)


_YES_NO = (
    Choice("Yes", tuple(sorted(YES_WORDS))),
    Choice("No", tuple(sorted(NO_WORDS))),
)


def cleaned(formula: str) -> str:
    """A formula's text without outer white space and control characters."""
    return f'TRIM(CLEAN(SUBSTITUTE({formula},{NO_BREAK}," ")))'


def plain(content: Content) -> object:
    """What a cell holds, None where it is blank."""
    value = content.value if isinstance(content, Mark) else content
    return None if value == "" else value


def _flat(row: Row, name: str) -> str:
    return " ".join(part for part in re.split(r"[ \u00a0\n]", row.shown(name)) if part)


def month_words() -> Mapping[str, int]:
    """Every way to name a month that is taken without a question, with its number."""
    short = {name.casefold(): n for n, name in enumerate(MONTHS, 1)}
    return {**short, **{name: n for n, name in enumerate(_MONTH_WORDS, 1)}, "sept": 9}


@lru_cache(maxsize=256)
def _spellings(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """Every way to write each choice, as it stands and folded (a hyphen for a dash), with the choice folded.

    A choice's own word comes before another's alias, as where a return is read.
    """
    known: dict[str, str] = {}
    for c in choices:
        known.update({form: fold(c.value) for alias in c.aliases for form in (tidy(alias), fold(alias))})
    for c in choices:
        known.update({form: fold(c.value) for form in (tidy(c.value), fold(c.value))})
    return known
