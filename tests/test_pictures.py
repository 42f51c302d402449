"""Pictures: native charts of tables that stand in the same paper, which say in words what they show and hide nothing but
what their audience may not see."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from html import unescape

import openpyxl
import pytest

from tests import writer_books
from tests.view_examples import ALL, ANSWERS, ITEMS, PUBLIC, Q1, Q2, Q3, REGISTER, forms, measure, plain, records, table, view
from workflow import accessible
from workflow.model import Board, Book, Chart, Draws, Item, Profile, ReturnStatus, Series, Sheet, Slot, Value
from workflow.outputs.pack import pack_book
from workflow.outputs.tracker import tracker_book
from workflow.outputs.view import View
from workflow.pipeline.quarter import Facts, view_of, work_out
from workflow.writer import render

ENDS = {Q1: date(2023, 6, 30), Q2: date(2023, 9, 30), Q3: date(2023, 12, 31)}
BEFORE = {Q1: (ReturnStatus("police", "returned"), ReturnStatus("yos", "nil return"), ReturnStatus("late", "not due"))}
SMALL = measure("M-SMALL", counts="people", period_type="Quarter", target=Decimal(10))
RATE = measure("M-RATE", unit="%", target=Decimal("32.3"), period_type="Rolling 12 months", counts="people")


def figures(key: str, *given: tuple[str, Value], kind: str = "Quarter") -> dict[str, dict[Slot, Value]]:
    """The answers of a measure, quarter by quarter."""
    return {
        period: {
            ("measures", key, "not_available" if isinstance(value, str) else "value"): value,
            ("measures", key, "period_type"): kind,
            ("measures", key, "period_end"): ENDS[period],
        }
        for period, value in given
    }


def together(*parts: Mapping[str, Mapping[Slot, Value]]) -> dict[str, dict[Slot, Value]]:
    return {key: {slot: v for part in parts for slot, v in part.get(key, {}).items()} for key in ENDS}


def three_quarters(kind: str, *numbers: int, items: tuple[Item, ...] = (SMALL, RATE)) -> View:
    """M-SMALL with these figures, one for each quarter, beside M-RATE."""
    small = figures("M-SMALL", *((p, Decimal(n)) for p, n in zip(ENDS, numbers, strict=True)), kind=kind)
    rate = figures("M-RATE", *((p, Decimal(n)) for p, n in zip(ENDS, (30, 33, 36), strict=True)), kind="Rolling 12 months")
    return view(together(small, rate), Q3, items)


VIEW = view(returns_before=BEFORE)


@cache
def pack(board: Board = ALL) -> Book:
    return pack_book(VIEW, board)


@cache
def drawn(board: Board = ALL) -> bytes:
    return render(pack(board))


def part(data: bytes, pattern: str) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist() if re.fullmatch(pattern, name)}


def charts(data: bytes) -> list[str]:
    """The charts' XML in the order of their sheets."""
    found = part(data, r"xl/charts/chart\d+\.xml")
    return [found[name] for name in sorted(found, key=lambda n: int(re.sub(r"\D", "", n)))]


def alts(data: bytes) -> list[str]:
    found = part(data, r"xl/drawings/drawing\d+\.xml")
    named = sorted(found, key=lambda n: int(re.sub(r"\D", "", n)))
    return [unescape(alt) for name in named for alt in re.findall(r'descr="([^"]*)"', found[name])]


def pictures(book: Book) -> list[Sheet]:
    return [s for s in book.sheets if s.chart]


def cached(chart: str) -> list[tuple[str, dict[int, float]]]:
    """Each series' reference and the figures that the chart keeps of it, by their place."""
    values = re.findall(r"<c:val><c:numRef><c:f>(.*?)</c:f><c:numCache>(.*?)</c:numCache>", chart)
    points = r'<c:pt idx="(\d+)"><c:v>(.*?)</c:v>'
    return [(unescape(ref), {int(n): float(v) for n, v in re.findall(points, cache)}) for ref, cache in values]


def names(book: Book) -> list[str]:
    return [s.name for s in book.sheets]


# --- what is drawn


def test_each_picture_stands_before_the_table_that_it_draws() -> None:
    found = names(pack())
    assert found[(n := found.index("Quarter by quarter")) : n + 7] == [
        "Quarter by quarter", "Picture RAG REVIEW", "Picture RAG CSP", "RAG by theme", "Picture returns", "Returns by quarter",
        "Picture M-RATE",
    ]
    for sheet in pictures(pack()):
        assert sheet.chart
        assert sheet.lines[-1] == replace(sheet.lines[-1], link=f"#'{sheet.chart.sheet}'!A1")  # type: ignore[type-var]
        assert sheet.chart.sheet in str(plain(sheet.lines[-1]))
        assert sheet.chart.alt in sheet.lines
    assert [s.name for s in pictures(tracker_book(VIEW))] == [s.name for s in pictures(pack())]


def test_a_board_may_ask_for_pictures_or_do_without() -> None:
    only = names(pack_book(VIEW, replace(ALL, sections=("pictures",))))
    assert {"Picture M-RATE", "Measures and targets", "RAG by theme"} <= set(only)
    assert "Measures" not in only
    assert not pictures(pack_book(VIEW, replace(ALL, sections=("summary", "measures"))))
    assert "Picture M-RATE" not in names(pack_book(VIEW, replace(ALL, forms=("actions",))))


def test_there_is_no_picture_of_one_quarter() -> None:
    assert not pictures(pack_book(view({Q2: ANSWERS[Q2]}), ALL))
    untargeted = tuple(replace(i, values={k: v for k, v in i.values.items() if k != "target"}) for i in ITEMS)
    assert "Measures and targets" not in names(pack_book(view(items=untargeted), ALL))


def test_a_plan_that_was_first_returned_on_this_quarter_has_no_picture_yet() -> None:
    red: dict[Slot, Value] = {("actions", "TR-1", "rag"): "Red"}
    answers: dict[str, dict[Slot, Value]] = {Q1: red, Q2: red | {("commitments", "C-1", "status"): "On track"}}
    book = pack_book(view(answers, items=(ITEMS[0], ITEMS[4])), ALL)
    assert [s.name for s in pictures(book)] == ["Picture RAG REVIEW"]
    assert len(records(table(book, "RAG by theme"))) == 3


def test_rag_by_theme_is_counted_as_each_quarter_ended() -> None:
    sheet = table(pack(), "RAG by theme")
    shown = {(r["Theme"], r["Quarter"]): (r["Red"], r["Amber"], r["Green"], r["Total"]) for r in records(sheet)}
    assert shown["1 Sharing", "Q1 2023/24"] == (0, 0, 2, 2)
    assert shown["1 Sharing", "Q2 2023/24"] == (1, 1, 2, 4)
    chart = next(s.chart for s in pictures(pack()) if s.name == "Picture RAG REVIEW")
    assert chart
    assert chart.alt == (
        "Bars of the number of rows by RAG, for the one theme at the end of each quarter, Q1 2023/24 to Q2 2023/24. "
        "Q1 2023/24: of 2 rows, 2 green. Q2 2023/24: of 4 rows, 1 red, 1 amber, 2 green."
    )


def test_a_plan_of_many_themes_is_drawn_in_parts() -> None:
    themes = tuple(replace(REGISTER.themes[0], id=f"T{n}", number=str(n), title=f"Theme {n}") for n in range(1, 14))
    rows = tuple(replace(ITEMS[0], key=f"TR-{n}", theme=f"T{n}") for n in range(1, 14))
    answers: dict[str, dict[Slot, Value]] = {
        key: {("actions", row.key, "rag"): rag for row in rows} for key, rag in ((Q1, "Red"), (Q2, "Green"))
    }
    made = view(answers, items=rows)
    made = replace(made, register=replace(made.register, themes=themes))
    found = [s.chart for s in pictures(pack_book(made, ALL)) if s.chart and s.chart.draws is Draws.BARS]
    assert [(c.first, c.count) for c in found] == [(0, 14), (14, 12)]
    assert [c.title for c in found] == ["RAG by theme, Review, part 1 of 2", "RAG by theme, Review, part 2 of 2"]
    assert "Most red" not in found[0].alt, "there is none in the last quarter"


def test_returns_are_counted_by_their_state_in_each_quarter() -> None:
    assert records(table(pack(), "Returns by quarter")) == [
        {"Quarter": "Q1 2023/24", "Returned": 1, "Nil return": 1, "Late": 0, "Not due": 1, "Partners": 3},
        {"Quarter": "Q2 2023/24", "Returned": 1, "Nil return": 0, "Late": 1, "Not due": 0, "Partners": 2},
    ]
    chart = table(pack(), "Picture returns").chart
    assert chart
    assert [s.name for s in chart.series] == ["Returned", "Nil return", "Late"]
    assert chart.alt.endswith(
        "Q1 2023/24: of 2 partners, 1 returned, 1 nil return. Q2 2023/24: of 2 partners, 1 returned, 1 late."
    )


def test_a_view_knows_the_returns_of_earlier_quarters() -> None:
    facts = Facts(REGISTER, forms(), date(2023, 11, 3), {})
    made = view_of(facts, work_out(facts, ()), Q2)
    assert list(made.returns_before) == [Q1]
    assert {s.partner for s in made.returns_before[Q1]} == {p.id for p in REGISTER.partners}


def test_a_measure_says_its_figures_and_whether_it_meets_its_target() -> None:
    chart = table(pack(), "Picture M-RATE").chart
    assert chart
    assert chart.alt == (
        "Columns of Title of M-RATE, for each quarter, Q1 2023/24 to Q2 2023/24, with a dashed line at the target of 32.3%. "
        "Lower is better. Q1 2023/24: 36.4%; Q2 2023/24: 37.3%. The last figure shown, of Q2 2023/24, does not meet the target."
    )
    assert (chart.names_title, chart.values_title) == ("Quarter (each figure: rolling 12 months)", "Per cent")
    better = replace(ITEMS[8], values={**ITEMS[8].values, "polarity": "Higher is better"})
    other = table(pack_book(view(items=(better,)), ALL), "Picture M-RATE").chart
    assert other
    assert other.alt.endswith("of Q2 2023/24, meets the target.")


def test_no_more_than_six_measures_are_drawn_and_the_rest_are_named() -> None:
    items = tuple(measure(f"M-{n}", target=Decimal(5)) for n in range(9))
    many = [figures(i.key, (Q1, Decimal(4)), (Q2, Decimal(6))) for i in items[:8]]
    unlike = (figures("M-8", (Q1, Decimal(4))), figures("M-8", (Q2, Decimal(9)), kind="Snapshot"))
    book = pack_book(view(together(*many, *unlike), items=items), ALL)
    assert [s.name for s in pictures(book) if s.name.startswith("Picture M-")] == [f"Picture M-{n}" for n in range(6)]
    lines = "\n".join(str(plain(line)) for line in table(book, "Measures and targets").lines)
    assert "Only the first 6 are drawn. In this table and in no picture: M-6, M-7." in lines
    assert "fewer than two figures or they are for unlike periods: M-8." in lines
    assert len(records(table(book, "Measures and targets"))) == 18


# --- what may not be seen


@pytest.mark.parametrize(("kind", "numbers", "shown"), [("Quarter", (12, 3, 9), {0: 12.0, 2: 9.0}), (
    "Year to date", (12, 13, 20), {0: 12.0, 2: 20.0}), ("Year to date", (12, 20, 22), {0: 12.0, 1: 20.0})])
def test_what_the_public_may_not_see_is_a_gap(kind: str, numbers: tuple[int, ...], shown: dict[int, float]) -> None:
    made = three_quarters(kind, *numbers)
    book = pack_book(made, PUBLIC)
    sheet = table(book, "Picture M-SMALL")
    at = [s.name for s in pictures(book)].index("Picture M-SMALL")
    kept = cached(charts(render(book))[at])[0][1]
    assert kept == shown
    hidden = ({0, 1, 2} - shown.keys()).pop()
    label = ("Q1 2023/24", "Q2 2023/24", "Q3 2023/24")[hidden]
    cells = [r["Figure"] for r in records(table(book, "Measures and targets")) if r["Row key"] == "M-SMALL"]
    assert cells[hidden] == "[c]"
    assert sheet.chart
    assert f"{label}: not shown" in sheet.chart.alt
    assert f"Gaps: {label} [c]." in "\n".join(str(plain(line)) for line in sheet.lines)
    assert not re.search(rf"(?<![\dQ/]){numbers[hidden]}(?!\d)", sheet.chart.alt)
    assert accessible.check(render(book), Profile.PUBLISHED) == ()
    everything = tracker_book(made)
    place = [s.name for s in pictures(everything)].index("Picture M-SMALL")
    assert cached(charts(render(everything))[place])[0][1] == dict(enumerate(map(float, numbers)))


def test_a_gap_bears_no_figure_on_it() -> None:
    """Excel takes a cell of words for a nought: without its label nothing shows, while a true nought is labelled."""
    answers = figures("M-SMALL", (Q1, Decimal(12)), (Q2, "[x] not available"), (Q3, Decimal(0)))
    book = pack_book(view(answers, Q3, (SMALL,)), ALL)
    chart = charts(render(book))[[s.name for s in pictures(book)].index("Picture M-SMALL")]
    assert re.findall(r'<c:dLbl><c:idx val="(\d+)"/><c:delete val="1"/>', chart) == ["1"]
    assert cached(chart)[0][1] == {0: 12.0, 2: 0.0}


def test_a_rag_that_gives_a_small_figure_away_is_not_counted_in_any_quarter() -> None:
    made = three_quarters("Quarter", 12, 3, 9)
    counted = {r["Quarter"]: r["Total"] for r in records(table(pack_book(made, PUBLIC), "RAG by theme"))}
    assert counted == {"Q1 2023/24": 2, "Q2 2023/24": 1, "Q3 2023/24": 2}
    assert [r["Total"] for r in records(table(pack_book(made, ALL), "RAG by theme"))] == [2, 2, 2]
    assert "([c]) is not counted" in "\n".join(map(str, table(pack_book(made, PUBLIC), "RAG by theme").lines))


# --- what is written


@pytest.mark.parametrize("board", [ALL, PUBLIC])
def test_a_chart_draws_the_numbers_of_a_table_and_says_so(board: Board) -> None:
    data, sheets = drawn(board), pictures(pack(board))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert len(sheets) == len(charts(data)) >= 3
    assert alts(data) == [s.chart.alt for s in sheets if s.chart]
    for chart, sheet in zip(charts(data), sheets, strict=True):
        assert sheet.chart
        assert len(cached(chart)) == len(sheet.chart.series)
        for reference, kept in cached(chart):
            tab, _, cells = reference.partition("!")
            column = [row[0].value for row in book[tab.strip("'")][cells.replace("$", "")]]
            assert {n: v for n, v in enumerate(column) if isinstance(v, int | float)} == kept
            assert kept
        assert "[" not in "".join(re.findall(r"<c:f>(.*?)</c:f>", chart))
    assert "External" not in "".join(part(data, r"xl/(charts|drawings)/_rels/.*").values())


def test_every_series_differs_in_more_than_colour_and_is_written_large_enough() -> None:
    for chart in charts(drawn()):
        series = re.findall(r"<c:ser>.*?</c:ser>", chart)
        shapes = [re.sub(r'<a:(?:fg|bg)Clr>.*?</a:(?:fg|bg)Clr>|<a:srgbClr val="(?!FFFFFF)\w+"/>', "", s) for s in series]
        looks = [re.sub(r"<c:(idx|order) .*?/>|<c:tx>.*?</c:tx>|<c:(dLbls|cat|val)>.*?</c:\2>", "", s) for s in shapes]
        assert len(set(looks)) == len(looks)
        assert {int(size) for size in re.findall(r' sz="(\d+)"', chart)} <= {1000, 1200}
        assert set(re.findall(r'<a:latin typeface="(\w+)"', chart)) == {"Arial"}
        assert "3D" not in chart
        assert '<c:min val="0"/>' in chart


def test_counts_have_an_axis_of_whole_numbers() -> None:
    steps = [float(step) for chart in charts(drawn()) for step in re.findall(r'<c:majorUnit val="(.*?)"/>', chart)]
    assert steps == [1, 1, 1, 5], "themes of two plans and returns of a few rows; then percentages of up to 40"


def test_the_same_pictures_are_the_same_bytes_and_pass_the_checks() -> None:
    assert render(pack()) == drawn()
    assert accessible.check(drawn(), Profile.PUBLISHED) == ()
    assert accessible.check(drawn(PUBLIC), Profile.PUBLISHED) == ()
    assert accessible.check(render(tracker_book(VIEW)), Profile.WORKING) == ()


def test_a_picture_prints_on_one_page() -> None:
    """A4 landscape less its margins is 1,046 pixels wide and 717 high; the sheet is fitted to the width."""
    book = openpyxl.load_workbook(io.BytesIO(drawn()))
    for sheet in (book[s.name] for s in pictures(pack())):
        rows = int(str(sheet.print_area).rsplit("$", 1)[1])
        high = sum((sheet.row_dimensions[n].height or 12.75) / 0.75 for n in range(1, rows + 1))
        assert 400 < high < 717
        corner = sheet._charts[0].anchor.to  # type: ignore[attr-defined]
        assert corner.row < rows


def test_words_that_a_picture_is_called_by_are_no_formula() -> None:
    items = (replace(ITEMS[8], values={**ITEMS[8].values, "title": "=Actions!A1"}),)
    chart = charts(render(pack_book(view(items=items), ALL)))[-1]
    assert "<a:t>=Actions! A1</a:t>" in chart
    assert "<c:tx><c:strRef>" not in chart


# --- what cannot be


def chart_of(**changes: object) -> Chart:
    usual = Chart(
        Draws.COLUMNS, "Values", "Actions", "Row key", (Series("Value", "Value", 0),), 0, 3, "Three columns.", "Row", "Number"
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def with_chart(chart: Chart, **changes: object) -> Book:
    book = writer_books.published(writer_books.table())
    heads = [c.heading for s in book.sheets if s.name == "Actions" for c in s.columns]
    number = next(h for h in heads if _is_number(book, h))
    series = tuple(replace(s, heading=number if s.heading == "Value" else s.heading) for s in chart.series)
    sheet = Sheet("Picture", "A picture", ("Said",), table="Picture_1", layout="text", chart=replace(chart, series=series))
    return replace(book, sheets=(*book.sheets, replace(sheet, **changes)))  # type: ignore[arg-type]


def _is_number(book: Book, heading: str) -> bool:
    sheet = next(s for s in book.sheets if s.name == "Actions")
    at = [c.heading for c in sheet.columns].index(heading)
    return all(isinstance(plain(row[at]), int | float | Decimal) for row in sheet.rows[:3])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sheet": "Nowhere"}, "rows that the book lacks"),
        ({"count": 500}, "rows that the book lacks"),
        ({"count": 0}, "rows that the book lacks"),
        ({"names": "Nothing"}, "no column Nothing"),
        ({"series": (Series("Row key", "Key", 0),)}, "no number"),
        ({"series": (Series("Value", "A", 0), Series("Value", "B", 0))}, "look alike"),
    ],
)
def test_a_chart_of_what_is_not_there_is_our_mistake(changes: dict[str, object], says: str) -> None:
    render(with_chart(chart_of()))
    with pytest.raises(ValueError, match=says):
        render(with_chart(chart_of(**changes)))


def spoiled(data: bytes, name: str, old: str, new: str) -> bytes:
    """The workbook with some words of its parts replaced, which must be there."""
    out, count = io.BytesIO(), 0
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as spoilt:
        for info in package.namelist():
            text, n = package.read(info), 0
            if re.fullmatch(name, info):
                text, n = re.subn(old.encode(), new.encode(), text)
            count += n
            spoilt.writestr(info, text)
    assert count
    return out.getvalue()


CHART, DRAWING = r"xl/charts/chart\d+\.xml", r"xl/drawings/drawing\d+\.xml"
FAULTS: Sequence[tuple[str, str, str, str, str]] = (
    ("X21", DRAWING, r'descr="[^"]*"', "", "no alternative text"),
    ("X21", CHART, r"(<c:val><c:numRef><c:f>[^<]*)\$(\d+)</c:f>", r"\1$99</c:f>", "in no table"),
    ("X21", CHART, r"<c:val><c:numRef><c:f>", "<c:val><c:numRef><c:f>[1]", "in no table"),
    ("X13", DRAWING, r"<xdr:from><xdr:col>0<", "<xdr:from><xdr:col>2<", "below the last line"),
    ("X13", DRAWING, r"(<xdr:from>.*?<xdr:row>)\d+<", r"\g<1>1<", "below the last line"),
    ("X19", CHART, r'<a:pattFill prst="\w+">', '<a:pattFill prst="pct20">', "colour alone"),
    ("X19", CHART, r"<c:plotArea>", "<c:view3D></c:view3D><c:plotArea>", "depth"),
    ("X23", CHART, r'sz="1000"', 'sz="800"', "smaller than 10"),
    ("X23", CHART, r'typeface="Arial"', 'typeface="Times New Roman"', "not sans-serif"),
)


@pytest.mark.parametrize(("code", "name", "old", "new", "words"), FAULTS, ids=[f"{f[0]}-{f[4]}" for f in FAULTS])
def test_each_fault_of_a_chart_is_reported(code: str, name: str, old: str, new: str, words: str) -> None:
    failed = accessible.check(spoiled(drawn(), name, old, new), Profile.PUBLISHED)
    assert [f for f in failed if f.endswith(f"({code})") and words in f], failed


def test_a_chart_needs_a_link_to_its_table_and_a_sheet_of_its_own() -> None:
    alone = with_chart(chart_of())
    assert any("no link to its table on the sheet Actions" in f for f in accessible.check(render(alone), Profile.PUBLISHED))
    with pytest.raises(ValueError, match="a chart stands alone"):
        render(with_chart(chart_of(), layout="table", columns=alone.sheets[-2].columns, rows=alone.sheets[-2].rows))
