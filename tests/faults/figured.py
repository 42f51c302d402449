"""Faults of figures: values, their parts, their periods, what they moved from and what they should have reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.faults.answers import Typed, clean
from tests.faults.model import NOTE, QUERY, STOP, Fault, fault
from tests.faults.rows import HOUSING, POLICE, Q3
from tests.faults.ruled import box, one, was
from tests.faults.typing_in import Formula

VALUE, KIND, END, START = "Value", "Period type", "Period end", "Period start"
NOTE_BOX = "Comment on the figure"
TOP, BASE, LAST_YEAR, NONE = "Numerator", "Denominator", "Same period last year", "No figure because"


def _figure(row: str, value: object, top: object = None, base: object = None) -> Typed:
    """A value with its parts."""
    return {box(row, VALUE): value, box(row, TOP): top, box(row, BASE): base}


def parts_faults() -> Iterator[Fault]:
    """V12 to V14: a value and its parts."""
    clean_parts = {b: v for b, v in clean(POLICE, Q3).items() if b[1] == "M-2"}
    yield fault(
        "more-than-the-whole", "V14", "fraction-over", QUERY, box("M-2", TOP), typed={box("M-2", TOP): 201},
        near=_figure("M-2", 100, 200, 200), remedy=was(box("M-2", TOP)),
    )  # fmt: skip
    yield fault(
        "a-share-of-nothing", "V14", "fraction-of-nothing", QUERY, box("M-2", BASE), typed=_figure("M-2", 79, 0, 0),
        near=_figure("M-2", 79, None, None), remedy=clean_parts,
    )  # fmt: skip
    yield one("parts-say-otherwise", "V14", "fraction-disagrees", box("M-2", VALUE), 76, near=_figure("M-2", 79.2, 95, 120))
    yield one("rate-says-otherwise", "V14", "fraction-disagrees", box("M-5", VALUE), 8.6, near={box("M-5", VALUE): 8})
    yield one("half-a-visit", "V14", "count-not-whole", box("M-1", VALUE), 121.5, near={box("M-1", VALUE): 122})
    yield fault(
        "more-than-all", "V14", "percent-range", QUERY, box("M-2", VALUE), typed=_figure("M-2", 120), near=_figure("M-2", 100),
        remedy=clean_parts,
    )  # fmt: skip
    yield fault(
        "less-than-none", "V14", "percent-range", QUERY, box("M-2", VALUE), typed=_figure("M-2", -79),
        near={box("M-9", VALUE): -5.1}, remedy=clean_parts,
    )  # fmt: skip
    yield one("a-hundredth-of-it", "V13", "percent-scale", box("M-2", VALUE), 0.79, near={box("M-2", VALUE): "79%"})
    worked = box("M-1", VALUE)
    yield fault(
        "worked-out-in-the-cell", "V25", "cell-formula", NOTE, worked, typed={worked: Formula("100+21", 121)},
        near={worked: 121}, remedy=was(worked),
    )  # fmt: skip


def period_faults() -> Iterator[Fault]:
    """V11 and V16: a value without its period, or with another than expected."""
    both = {box("M-1", KIND): None, box("M-1", END): None}
    yield fault(
        "no-period", "V16", "period-missing", QUERY, box("M-1", KIND), typed=both,
        near={**both, box("M-1", VALUE): None, box("M-1", NONE): "Not yet due"},
        remedy={b: v for p in both for b, v in was(p).items()},
    )  # fmt: skip
    for heading in (KIND, END):
        yield one(f"no-{heading}", "V16", "period-missing", box("M-7", heading), None, near=was(box("M-7", heading)))
    yield one("unusual-kind", "V16", "period-type-differs", box("M-1", KIND), "Snapshot", near={box("M-1", KIND): "quarterly"})
    yield one("last-quarter-again", "V16", "period-end-differs", box("M-1", END), "Sep 2023", near={box("M-1", END): "Dec 23"})
    yield one("not-over-yet", "V16", "date-after-limit", box("M-7", END), "Feb 2024", near={box("M-7", END): "31/12/2023"})
    yield fault(
        "ends-as-it-starts", "V11", "date-not-later", QUERY, box("M-6", END), typed={box("M-6", START): date(2023, 12, 31)},
        near={box("M-6", START): date(2023, 12, 30)}, remedy=was(box("M-6", START)),
    )  # fmt: skip
    for row in ("M-3", "M-4"):
        place = box(row, LAST_YEAR)
        yield one(f"{row}-without-last-year", "V16", "required-when", place, None, near=was(place))


def value_faults() -> Iterator[Fault]:
    """V16 and V17: a value or a reason; a comment on what moved or missed."""
    neither = {box("M-1", h): None for h in (VALUE, KIND, END)}
    yield fault(
        "neither-value-nor-reason", "V16", "value-missing", QUERY, box("M-1", VALUE), typed={box("M-1", VALUE): None},
        near={**neither, box("M-1", NONE): "N/A"}, remedy=was(box("M-1", VALUE)),
    )  # fmt: skip
    both = box("M-1", NONE)
    yield one(
        "value-and-reason",
        "V16",
        "value-and-reason",
        both,
        "Not yet due",
        near={**neither, both: "Not yet due"},
        reply=True,
    )
    for row, typed, near in (("M-1", 160, 153), ("M-3", 2400, 2379), ("M-10", 60000, 27950)):
        place = box(row, VALUE)
        yield one(f"{row}-moved", "V17", "value-moved", place, typed, near={place: near})
    commented = box("M-7", "Comment on the figure")
    yield fault(
        "moved-to-nothing", "V17", "value-moved", QUERY, box("M-7", VALUE), typed={box("M-7", VALUE): 0, commented: None},
        near={box("M-7", VALUE): 0}, remedy={commented: "The scheme ended on 30 November."},
    )  # fmt: skip
    yield one("below-target", "V17", "target-missed", box("M-1", VALUE), 99, near={box("M-1", VALUE): 100})


def end_faults() -> Iterator[Fault]:
    """V16: an end that its kind of period cannot have in this return, and periods in words."""
    for row, code, typed, near in (
        ("M-4", "period-end-early", "Sep 2023", "Oct 2023"),
        ("M-3", "period-old", "Nov 2022", "Dec 2022"),
        ("M-7", "period-old", "Nov 2020", "Dec 2020"),
        ("M-5", "period-end-not-year", "Nov 2023", "Dec 2023"),
        ("M-10", "period-end-not-year", "Apr 2023", "March 2023"),
    ):
        yield one(f"{row}-{typed}", "V16", code, box(row, END), typed, near={box(row, END): near})
    place = box("M-1", END)
    for typed, code, severity, near in (
        ("22/24", "period-unclear", STOP, "end Dec 23"),
        ("by 2026", "period-unclear", STOP, "Dec 2023"),
        ("12 months to October", "period-ambiguous", QUERY, "31 December 2023"),
        ("last 3 months", "period-anchored", QUERY, "12/2023"),
        ("ongoing", "period-no-end", STOP, "Dec-23"),
        ("since inception", "period-no-end", STOP, "2023-12"),
        ("published January 2024", "period-published", STOP, "31/12/23"),
        ("Q3 2023/24", "date-tidied", NOTE, "Dec 2023"),
    ):
        v = "V11" if code == "date-tidied" else "V16"
        yield fault(f"period-{typed}", v, code, severity, place, typed={place: typed}, near={place: near}, remedy=was(place))
    kind = box("M-3", KIND)
    said = "year ending December 2023"
    yield fault(
        "kind-in-words", "V16", "period-type-read", NOTE, kind, typed={kind: said}, near={kind: "12m"}, remedy=was(kind)
    )


def total_faults() -> Iterator[Fault]:
    """V14, V17, V18 and V19: parts and totals, running totals, one measure twice, ranks."""
    ages = [box(row, VALUE) for row in ("M-12", "M-13", "M-14")]
    for name, said in (("more-than-a-hundred", 35), ("ninety-four-point-two", 24.2)):
        yield fault(
            name, "V14", "parts-not-whole", QUERY, *ages, typed={ages[0]: said}, near={ages[0]: 30.1}, remedy=was(ages[0])
        )
    total, taken, passed = (box(row, VALUE) for row in ("M-15", "M-16", "M-17"))
    yield fault(
        "parts-above-their-total", "V14", "parts-exceed", QUERY, total, taken, passed, typed={taken: 170}, near={taken: 158},
        remedy=was(taken),
    )  # fmt: skip
    yield fault(
        "parts-below-their-total", "V14", "parts-not-total", QUERY, total, taken, passed, typed={passed: 50},
        near={passed: 50, box("M-17", "Comment on the figure"): "The other 12 are still waiting."}, remedy=was(passed),
    )  # fmt: skip
    yield one("below-nothing", "V14", "count-negative", box("M-1", VALUE), -1, near={box("M-9", VALUE): -1})
    attended = ("Activities", "NEW-01", "Attended")
    yield one("more-came-than-could", "V14", "part-over", attended, 76, near={attended: 75})
    yield one("off-its-pace", "V17", "value-off-pace", box("M-4", VALUE), 5000, near={box("M-4", VALUE): 2600})
    yield one("taken-back", "V17", "value-fell", box("M-6", VALUE), 29, near={box("M-6", VALUE): 30})
    twice = box("M-18", VALUE)
    told = one("reported-otherwise", "V18", "measure-differs", twice, 45, near={twice: 43})
    yield told.also("measure-differs", QUERY, ("Measures", "M-22", VALUE), partner=HOUSING)
    rank = box("M-19", VALUE)
    yield fault(
        "ranked-alike", "V19", "rank-repeated", NOTE, rank, typed={rank: 7, box("M-19", NOTE_BOX): "Lower since the spring."},
        near={rank: 6, box("M-19", NOTE_BOX): "Lower since the spring."}, remedy=was(rank),
    )  # fmt: skip
    risk = ("Issues", "NEW-04", "Rank")
    yield fault(
        "risks-ranked-alike", "V19", "rank-repeated", NOTE, ("Issues", "NEW-01", "Rank"), typed={risk: 2},
        near={risk: 2, ("Issues", "NEW-04", "Which risk matrix"): "Street risks"}, remedy=was(risk),
    )  # fmt: skip


def few_faults() -> Iterator[Fault]:
    """V20: figures for so few people that public papers hold them back."""
    few = box("M-24", VALUE)
    said = {box("M-24", NOTE_BOX): "This is right: the course was short."}
    yield fault("few-people", "V20", "small-number", QUERY, few, typed={few: 4}, near={few: 4, **said}, remedy=said)
    part = {**_figure("M-8", 30, 3, 10)}
    yield fault(
        "few-in-a-share", "V20", "small-number-part", QUERY, box("M-8", TOP), typed=part, near=_figure("M-8", 30, 6, 20),
        remedy={box("M-8", NOTE_BOX): "This is right: the cohort is small."},
    )  # fmt: skip


def figured_faults() -> Iterator[Fault]:
    """Everything of this module."""
    for some in (parts_faults, period_faults, value_faults, end_faults, total_faults, few_faults):
        yield from some()
