"""Nothing hidden can be worked out of public papers, read back as they were written, of all boards and quarters together."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recover import MOST, Bounds, Fact, equals, span
from tests.view_examples import ALL, PERIODS, PUBLIC, measure, view
from workflow.disclosure import Equation, Table, Target, leaks, protect
from workflow.model import Board, Item, Slot, Value
from workflow.outputs.pack import pack_book
from workflow.outputs.view import Restated, View
from workflow.outputs.withheld import withheld_book
from workflow.writer import render

THRESHOLDS = (5, 7, 10)
PICTURED = "Measures and targets"  # the sheet that the pictures of measures draw
ENDS, LABELS = tuple(p.end for p in PERIODS), tuple(p.label for p in PERIODS)
TOTAL, PARTS = "M-T", ("M-A", "M-B", "M-C")
SECOND = Board("second", "Second Committee", "public", "Quarterly", quarters=(2, 3))
Counts = Mapping[str, Sequence[int]]  # by measure, the count of each quarter by itself
Printed = dict[tuple[str, int], int]  # (measure, quarter): its figure


# --- partnerships


def items(kind: str) -> tuple[Item, ...]:
    return (
        measure(TOTAL, counts="people", period_type=kind, decimals=0, target=Decimal(40)),
        *(measure(key, counts="people", period_type=kind, part_of=TOTAL, decimals=0, target=Decimal(9)) for key in PARTS),
    )


def value_of(counts: Counts, key: str, quarter: int, kind: str) -> int:
    own = counts[key] if key != TOTAL else [sum(c) for c in zip(*counts.values(), strict=True)]
    return own[quarter] if kind == "Quarter" else sum(own[: quarter + 1])


def views(counts: Counts, kind: str, threshold: int, of: tuple[Item, ...] = ()) -> list[View]:
    """The views of every quarter, one after the other."""
    answers: dict[str, dict[Slot, Value]] = {}
    for quarter, period in enumerate(PERIODS):
        given: dict[Slot, Value] = {}
        for key in (TOTAL, *counts) if quarter < len(next(iter(counts.values()))) else ():
            given["measures", key, "value"] = Decimal(value_of(counts, key, quarter, kind))
            given["measures", key, "period_type"] = kind
            given["measures", key, "period_end"] = period.end
            given["measures", key, "comment"] = f"It was {value_of(counts, key, quarter, kind)}."
        answers[period.key] = given
    made = []
    for quarter, period in enumerate(PERIODS[: len(next(iter(counts.values())))]):
        upto = {p.key: answers[p.key] for p in PERIODS[: quarter + 1]}
        one = view(upto, period.key, of or items(kind), thresholds={"small_number": float(threshold)})
        made.append(replace(one, register=replace(one.register, boards=(ALL, PUBLIC, SECOND))))
    return made


def opened(made: View, board: Board) -> openpyxl.Workbook:
    """A pack, read back from its bytes."""
    return openpyxl.load_workbook(io.BytesIO(render(pack_book(made, board))))


def rows_of(book: openpyxl.Workbook, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet's table, by heading; none where the pack has no such sheet."""
    if sheet not in book.sheetnames:
        return []
    lines = list(book[sheet].iter_rows(values_only=True))
    top = next((n for n, line in enumerate(lines) if line[0] == "Row key"), None)
    return [] if top is None else [dict(zip(map(str, lines[top]), line, strict=True)) for line in lines[top + 1 :]]


def written(made: View, board: Board, sheet: str = "Measures") -> list[dict[str, Any]]:
    """The rows of a sheet of a pack, read back from its bytes."""
    return rows_of(opened(made, board), sheet)


def all_printed(made: Sequence[View]) -> Printed:
    """Every figure of every public pack: in the rows of measures, and in both tables of quarters."""
    found: Printed = {}

    def told(key: str, quarter: int, figure: object) -> None:
        if isinstance(figure, int | float | Decimal) and quarter >= 0:
            assert found.setdefault((key, quarter), int(figure)) == int(figure)

    for quarter, one in enumerate(made):
        for board in (PUBLIC, SECOND):
            if not board.quarters or one.period.quarter in board.quarters:
                book = opened(one, board)
                for row in rows_of(book, "Measures"):
                    told(row["Row key"], quarter, row["Value"])
                    told(row["Row key"], quarter - 1, row["Value last time"])
                for row in rows_of(book, PICTURED):
                    told(row["Row key"], LABELS.index(row["Quarter"]), row["Figure"])
                for row in rows_of(book, "Measures by quarter"):
                    for n, label in enumerate(LABELS):
                        told(row["Row key"], n, row.get(label))
    return found


# --- the attack


def attack(printed: Printed, counts: Counts, kind: str, threshold: int) -> list[str]:
    """Every small count of which the printed figures tell more than a span as wide as the threshold."""
    quarters = range(len(next(iter(counts.values()))))
    bounds: Bounds = {(key, q): (0, MOST) for key in counts for q in quarters}
    facts = [equals(form(counts, key, q, kind), value) for (key, q), value in printed.items()]
    found = []
    for name, (terms, truth) in secrets(counts, kind).items():
        if 0 < abs(truth) < threshold:
            low, high = span(bounds, facts, terms)
            assert low <= truth <= high
            if high - low < threshold:
                found.append(f"{name} is {truth}: from {low} to {high}")
    return found


def form(counts: Counts, key: str, quarter: int, kind: str) -> dict[Any, int]:
    keys = list(counts) if key == TOTAL else [key]
    return {(k, q): 1 for k in keys for q in (range(quarter + 1) if kind != "Quarter" else [quarter])}


def secrets(counts: Counts, kind: str) -> dict[str, tuple[Mapping[Any, int], int]]:
    """Every count that is or could be worked out: each figure, and each difference of two running totals."""
    found: dict[str, tuple[Mapping[Any, int], int]] = {}
    quarters = range(len(next(iter(counts.values()))))
    for key in (TOTAL, *counts):
        for q in quarters:
            found[f"{key} {q}"] = form(counts, key, q, kind), value_of(counts, key, q, kind)
        for a, b in combinations(quarters, 2) if kind != "Quarter" else ():
            between = dict.fromkeys(form(counts, key, b, kind).keys() - form(counts, key, a, kind).keys(), 1)
            found[f"{key} {a}-{b}"] = between, value_of(counts, key, b, kind) - value_of(counts, key, a, kind)
    return found


def recovered(counts: Counts, kind: str, threshold: int) -> list[str]:
    return attack(all_printed(views(counts, kind, threshold)), counts, kind, threshold)


def test_the_attack_finds_what_is_not_hidden() -> None:
    counts = {"M-A": [3], "M-B": [12], "M-C": [20]}
    open_total: Printed = {(TOTAL, 0): 35, ("M-B", 0): 12, ("M-C", 0): 20}
    assert attack(open_total, counts, "Quarter", 5) == ["M-A 0 is 3: from 3 to 3"]
    assert not attack({(TOTAL, 0): 35, ("M-C", 0): 20}, counts, "Quarter", 5)
    running = {"M-A": [10, 2], "M-B": [30, 30]}
    both: Printed = {("M-A", 0): 10, ("M-A", 1): 12}
    assert "M-A 0-1 is 2: from 2 to 2" in attack(both, running, "Year to date", 5)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("kind", ["Quarter", "Year to date"])
def test_nothing_is_recovered_of_a_known_case(kind: str, threshold: int) -> None:
    counts = {"M-A": [3, 11], "M-B": [12, 1], "M-C": [20, 9]}
    assert not recovered(counts, kind, threshold)
    shown = all_printed(views(counts, kind, threshold))
    assert shown, "hiding all is no protection"


COUNTS = st.integers(1, 3).flatmap(
    lambda n: st.fixed_dictionaries({k: st.lists(st.integers(0, 25), min_size=n, max_size=n) for k in PARTS})
)


@settings(max_examples=5, deadline=None)
@given(COUNTS, st.sampled_from(["Quarter", "Year to date"]), st.sampled_from(THRESHOLDS))
def test_nothing_is_recovered(counts: Counts, kind: str, threshold: int) -> None:
    assert recovered(counts, kind, threshold) == []


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(COUNTS, st.sampled_from(["Quarter", "Year to date"]), st.sampled_from(THRESHOLDS))
def test_nothing_is_recovered_of_many(counts: Counts, kind: str, threshold: int) -> None:
    assert recovered(counts, kind, threshold) == []


# --- tables cut two ways


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=3), st.sampled_from(THRESHOLDS))
def test_nothing_is_recovered_of_a_table_with_two_margins(cells: list[list[int]], threshold: int) -> None:
    amounts: dict[tuple[Any, int], int] = {(r, c): n for r, row in enumerate(cells) for c, n in enumerate(row)}
    sums: dict[tuple[Any, int], dict[tuple[Any, int], int]] = {
        ("row", r): {(r, c): 1 for c in range(3)} for r in range(len(cells))
    }
    sums |= {("column", c): {(r, c): 1 for r in range(len(cells))} for c in range(3)}
    every = {**amounts, **{name: sum(amounts[k] for k in terms) for name, terms in sums.items()}}
    small = [k for k, n in every.items() if 0 < n < threshold]
    table = Table(
        {k: Fraction(n) for k, n in every.items()},
        equations=[Equation({name: Fraction(1), **dict.fromkeys(terms, Fraction(-1))}) for name, terms in sums.items()],
        targets=[Target({k: Fraction(1)}, Fraction(threshold)) for k in small],
    )
    hidden = set(small) | protect(table, set(), set(every), set(small))
    shown = every.keys() - hidden
    assert not [t for t in table.targets if leaks(table, shown, t)]
    facts = [equals(sums.get(k, {k: 1}), every[k]) for k in shown]
    bounds: Bounds = dict.fromkeys(amounts, (0, MOST))
    for k in small:
        low, high = span(bounds, facts, sums.get(k, {k: 1}))
        assert high - low >= threshold, (k, low, high)


# --- percentages, shares and what is held back


def test_a_percentage_does_not_give_away_a_part_that_is_hidden_for_another() -> None:
    """3 of 40 is hidden and so is the 9; but 22.5% of the 40 would be the 9, and so the 3."""
    counts = {"M-A": [3], "M-B": [9], "M-C": [28]}
    extra = measure("M-P", counts="people", unit="%", period_type="Quarter", decimals=1)
    made = views(counts, "Quarter", 5, (*items("Quarter"), extra))[0]
    told = {"value": Decimal("22.5"), "numerator": Decimal(9), "denominator": Decimal(40)}
    given: dict[Slot, Value] = {("measures", "M-P", k): v for k, v in told.items()}
    given |= {("measures", "M-P", "period_type"): "Quarter", ("measures", "M-P", "period_end"): ENDS[0]}
    answers = {slot: s.value for slot, s in made.now.items()} | given
    one = view({PERIODS[0].key: answers}, PERIODS[0].key, (*items("Quarter"), extra))
    rows = {r["Row key"]: r["Value"] for r in written(one, PUBLIC)}
    printed: Printed = {(k, 0): int(v) for k, v in rows.items() if k != "M-P" and v != "[c]"}
    bounds: Bounds = {(k, 0): (0, MOST) for k in PARTS}
    facts = [equals(form(counts, key, 0, "Quarter"), value) for (key, _), value in printed.items()]
    if rows["M-P"] != "[c]":  # 22.45% <= 9/40 <= 22.55%, of whichever total it is
        whole = {(k, 0): 1 for k in PARTS}
        facts.append(Fact({n: 20000 * (n == ("M-B", 0)) - 4490 * f for n, f in whole.items()}, 0, 10**9))
        facts.append(Fact({n: 20000 * (n == ("M-B", 0)) - 4510 * f for n, f in whole.items()}, -(10**9), 0))
    low, high = span(bounds, facts, {("M-A", 0): 1})
    assert high - low >= 5


def test_a_share_is_not_what_is_left_of_a_hundred() -> None:
    shares = {"M-X": (2, "10"), "M-Y": (8, "40"), "M-Z": (10, "50")}
    of = tuple(measure(k, counts="people", unit="%", part_of="Sex", period_type="Snapshot") for k in shares)
    given: dict[Slot, Value] = {}
    for key, (n, percent) in shares.items():
        told: dict[str, Value] = {"value": Decimal(percent), "numerator": Decimal(n), "denominator": Decimal(20)}
        told |= {"period_type": "Snapshot", "period_end": ENDS[0]}
        given |= {("measures", key, name): value for name, value in told.items()}
    rows = {r["Row key"]: r["Value"] for r in written(view({PERIODS[0].key: given}, PERIODS[0].key, of), PUBLIC)}
    assert rows["M-X"] == "[c]"
    assert [v for v in rows.values() if v == "[c]"] != ["[c]"], "one share alone is what is left of 100"


def test_what_a_partner_holds_back_is_not_what_is_left_of_the_total() -> None:
    counts = {"M-A": [30], "M-B": [12], "M-C": [20]}
    held = (*items("Quarter")[:1], measure("M-A", counts="people", period_type="Quarter", part_of=TOTAL, public="No"))
    made = views(counts, "Quarter", 5, (*held, *items("Quarter")[2:]))[0]
    shown = [r["Value"] for r in written(made, PUBLIC)]
    assert "M-A" not in [r["Row key"] for r in written(made, PUBLIC)]
    assert "[c]" in shown, "the total less the others is the figure that was held back"
    told = "\n".join(str(c) for row in withheld_book(made).sheets[0].rows for c in row)
    assert "With the other figures that are published it would give a small count away" in told


def test_a_figure_that_was_hidden_does_not_come_back_as_the_last_one() -> None:
    made = views({"M-A": [20, 2, 30], "M-B": [30, 30, 30], "M-C": [40, 40, 40]}, "Year to date", 5)
    assert [r["Value"] for r in written(made[1], PUBLIC) if r["Row key"] == "M-A"] == ["[c]"]
    assert [r["Value last time"] for r in written(made[2], PUBLIC) if r["Row key"] == "M-A"] == ["[c]"]


def test_a_correction_by_a_few_people_is_not_told_to_the_public() -> None:
    old, few, many = (views({"M-A": [n], "M-B": [40], "M-C": [60]}, "Quarter", 5)[0] for n in (20, 23, 33))
    later = views({"M-A": [20, 30], "M-B": [40, 50], "M-C": [60, 70]}, "Quarter", 5)[1]
    for new, told in ((few, "[c]"), (many, "33")):
        upto = {slot: {**given, **new.by_period.get(slot, {})} for slot, given in later.by_period.items()}
        one = replace(later, by_period=upto, restated=(Restated(old, new),))
        public = written(one, PUBLIC, "Corrections")
        found = {r["Row key"]: (str(r["Was"]), str(r["Is now"])) for r in public if r["Changed"] == "Value"}
        assert found["M-A"] == ("20", told)
        assert "It was 23." not in str(public)
        assert [r["Value last time"] for r in written(one, PUBLIC) if r["Row key"] == "M-A"] == ["[c]" if told == "[c]" else 33]
        assert ("M-A", "23" if new is few else "33") in {
            (r["Row key"], str(r["Is now"])) for r in written(one, ALL, "Corrections")
        }


# --- two versions that agree


@pytest.mark.long
@settings(max_examples=3, deadline=None)
@given(COUNTS, st.sampled_from(["Quarter", "Year to date"]))
def test_public_and_restricted_packs_agree(counts: Counts, kind: str) -> None:
    """Every cell of an item sheet that both print is the same; the restricted one hides nothing."""
    for one in views(counts, kind, 5)[-1:]:
        for sheet in ("Measures", "Indicators", "Activities"):
            restricted = {r["Row key"]: r for r in written(one, ALL, sheet)}
            for row in written(one, PUBLIC, sheet):
                full = restricted[row["Row key"]]
                assert "[c]" not in full.values()
                assert {h: v for h, v in row.items() if v != "[c]" and h in full and full[h] != v} == {}


def test_a_row_of_quarters_is_read_as_well() -> None:
    """A board that meets later prints, beside the target, quarters that no earlier paper of its own had."""
    made = views({"M-A": [20, 11, 12], "M-B": [12, 13, 30], "M-C": [20, 9, 9]}, "Quarter", 5)
    assert {row["Quarter"] for row in written(made[2], PUBLIC, PICTURED)} == {*LABELS[:3]}
    assert {*LABELS[:3]} <= written(made[2], PUBLIC, "Measures by quarter")[0].keys()


def test_papers_of_different_boards_agree() -> None:
    made = views({"M-A": [3, 11], "M-B": [12, 1], "M-C": [20, 9]}, "Year to date", 7)[1]
    assert written(made, PUBLIC) == written(made, SECOND)
