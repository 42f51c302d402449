"""Rules across rows, sheets and partners: parts of one whole, and one measure reported twice (domain.md V14, V18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflow import fields
from workflow.model import Item, Value
from workflow.rules.likeness import explains, kind_now
from workflow.rules.measures import is_change, rounding, shown
from workflow.rules.registry import Params, Problem, RowFacts, Scope, WideFacts, number, rule, same, text

Told = tuple[RowFacts, Problem]


def accountable(rows: Iterable[RowFacts]) -> list[RowFacts]:
    """The rows in their leads' own words; what another said of one of them is held against it elsewhere (V29)."""
    return [row for row in rows if not row.guest and row.item is not None]


def _one_period(row: RowFacts) -> tuple[str, Value | None]:
    """What makes two figures ones for the same period: the kind, and the last day."""
    return fields.fold(kind_now(row)), row.values.get("period_end")


def _label(row: RowFacts) -> str:
    return row.item.label if row.item else row.key


# --- parts of one whole


@dataclass(frozen=True, slots=True)
class _Whole:
    """One whole of one period: the rows of its parts, and the row of the total (None for shares of 100 per cent).

    `complete`: every part that the register names has come. `several`: it names more than one, so that they should make it.
    """

    name: str
    parts: tuple[RowFacts, ...]
    total: RowFacts | None
    complete: bool
    several: bool


@rule(
    "parts-sum", needs=("value", "comment"), scope=Scope.WIDE,
    codes=("parts-not-whole", "parts-exceed", "parts-not-total"), v=("V14",),
    says="{plural} that are parts of one whole add up to it under {value}, or {comment} says what the rest is.",
)
def parts_sum(facts: WideFacts, params: Params) -> Iterable[Told]:
    """Shares of one set add up to 100 per cent, and counts to their total, within rounding; `part_of` of the item says of what.

    A comment that says what the rest is, on any row of the whole, answers it. Every row of the whole is named with the same
    words, so that each partner gets one message about all its cells.
    """
    value, comment = text(params, "value"), text(params, "comment")
    for whole in _wholes(accountable(facts.rows), value):
        rows = (whole.total, *whole.parts) if whole.total else whole.parts
        if any(explains(row, comment) for row in rows):
            continue
        found = _against_total(whole, whole.total, value) if whole.total else _against_hundred(whole, value)
        if found:
            code, words = found
            for row in rows:
                yield row, Problem(code, value, {**words, "comment": row.heading(comment)}, str(words["sum"]))


def _wholes(rows: Sequence[RowFacts], value: str) -> Iterator[_Whole]:
    """Every whole of which parts came in this period, by its name and period. Changes and ranks do not add up."""
    given = {(row.key, *_one_period(row)): row for row in rows if number(row.values.get(value)) is not None}
    known = _known_items(rows)
    sets: dict[tuple[str, str, Value | None], list[RowFacts]] = {}
    for row in given.values():
        item = row.item
        if item and item.text("part_of") and not is_change(item) and item.text("unit") != "rank":
            sets.setdefault((fields.fold(item.text("part_of")), *_one_period(row)), []).append(row)
    for (_, kind, end), parts in sets.items():
        first = parts[0].item
        if first is None or end is None:
            continue
        key = total_key(first, known)
        total = given.get((key, kind, end)) if key else None
        unit = _unit(total) if total else "" if key else "%"
        if (key and total is None) or any(_unit(p) != unit for p in parts):
            continue
        wanted = {i.key for i in known if _same_set(i, first) and i.text("state") != "Closed"}
        name = _title(total) if total else first.text("part_of")
        yield _Whole(name, tuple(parts), total, wanted <= {p.key for p in parts}, len(wanted) > 1)


def _known_items(rows: Sequence[RowFacts]) -> Sequence[Item]:
    register = rows[0].register if rows else None
    return register.items if register else [row.item for row in rows if row.item]


def _same_set(one: Item, other: Item) -> bool:
    return one.form == other.form and bool(one.text("part_of")) and same(one.text("part_of"), other.text("part_of"))


def total_key(item: Item, known: Iterable[Item]) -> str:
    """The key of the measure that an item is a part of; "" where `part_of` only names a set of shares.

    One total may be cut in several ways, each with a name behind a colon: "M-NOM: programmes".
    """
    wanted = fields.fold(item.text("part_of").partition(":")[0])
    return next((i.key for i in known if i.form == item.form and fields.fold(i.key) == wanted), "")


def _unit(row: RowFacts) -> str:
    return row.item.text("unit") if row.item else ""


def _title(row: RowFacts) -> str:
    return f"{row.item.text('title')} ({row.item.label})" if row.item else row.key


def _sum(whole: _Whole, value: str) -> tuple[Decimal, Decimal]:
    """What the parts add up to, and how far that may be out because each was rounded."""
    amounts = [(p, number(p.values.get(value)) or Decimal(0)) for p in whole.parts]
    return sum((a for _, a in amounts), Decimal(0)), sum((_slack(p, a) for p, a in amounts), Decimal(0))


def _slack(row: RowFacts, amount: Decimal) -> Decimal:
    """How far an amount may be out because it was rounded: a whole count is exact."""
    return Decimal(0) if _unit(row) in ("number", "") and amount == amount.to_integral_value() else rounding(amount)


def _against_hundred(whole: _Whole, value: str) -> tuple[str, Mapping[str, object]] | None:
    """Shares: more than 100 whatever is still to come, or less when all have come."""
    total, slack = _sum(whole, value)
    short = total < 100 - slack and whole.complete and whole.several
    if not short and total <= 100 + slack:
        return None
    return "parts-not-whole", {"whole": whole.name, "sum": f"{fields.show(total)}%"}


def _against_total(whole: _Whole, of: RowFacts, value: str) -> tuple[str, Mapping[str, object]] | None:
    """Parts: never more than their total, and, where there are several and all have come, no less."""
    added, slack = _sum(whole, value)
    total = number(of.values.get(value)) or Decimal(0)
    slack += _slack(of, total)
    labels = [_label(p) for p in whole.parts]
    adds = f"{fields.listed(labels, 'and')} {'add up to' if len(labels) > 1 else 'is'}"
    words = {"whole": whole.name, "sum": shown(of, added), "total": shown(of, total), "adds": adds}
    if added > total + slack:
        return "parts-exceed", words
    return ("parts-not-total", words) if whole.complete and whole.several and added < total - slack else None


# --- one measure, reported twice


@rule(
    "same-measure", needs=("value", "comment"), scope=Scope.WIDE,
    codes=("measure-differs",), v=("V18",),
    says="A {one} that stands on two rows has the same {value} for the same period, or {comment} says why not.",
)
def same_measure(facts: WideFacts, params: Params) -> Iterable[Told]:
    """The same measure reported differently in one cycle: both are asked, each with the other's figure.

    The same: one item names the other under `same_as`, or both have one title and unit. A figure that is the other, rounded,
    is no difference (35% and 34.6%).
    """
    value, comment = text(params, "value"), text(params, "comment")
    for rows in _repeated(accountable(facts.rows), value):
        amounts = [number(row.values.get(value)) or Decimal(0) for row in rows]
        if any(explains(row, comment) for row in rows) or not _differ(amounts):
            continue
        for row in rows:
            said = [f"{shown(r, a)} ({_called(r, row.partner)})" for r, a in zip(rows, amounts, strict=True)]
            figures = fields.listed(said, "and")
            yield row, Problem("measure-differs", value, {"figures": figures, "comment": row.heading(comment)}, figures)


def _called(row: RowFacts, partner: str) -> str:
    """A row as a partner knows it: by its reference, and by whose it is where it is another's."""
    label = row.item.label if row.item else row.key
    if row.partner == partner or not row.register:
        return label
    return f"{label}, {row.register.partner_name(row.partner)}"


def _repeated(rows: Sequence[RowFacts], value: str) -> Iterator[list[RowFacts]]:
    found: dict[tuple[object, ...], list[RowFacts]] = {}
    roots = {row.item.text("same_as") for row in rows if row.item} - {""}
    for row in rows:
        item = row.item
        if item is None or number(row.values.get(value)) is None or row.values.get("period_end") is None:
            continue
        root = item.text("same_as") or (item.key if item.key in roots else "")
        titled = fields.fold(item.text("title"))
        name = (root,) if root else (titled, _unit(row)) if titled else (row.key,)
        found.setdefault((*name, *_one_period(row)), []).append(row)
    for group in found.values():
        if len({row.key for row in group}) > 1:
            yield group


def _differ(amounts: Sequence[Decimal]) -> bool:
    """Whether figures differ by more than one of them was rounded by."""
    return any(abs(a - b) > max(rounding(a), rounding(b)) for n, a in enumerate(amounts) for b in amounts[:n])
