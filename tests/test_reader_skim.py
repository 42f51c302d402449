"""A sheet that no table can stand on is only looked over, and nothing is lost by it: what is read and told is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import hostile_books as books
from tests import raw_books as raw
from tests.test_hostile_books import LIGHT
from workflow import config, reader
from workflow.errors import Unreadable
from workflow.reader import Limits, TableRead, Workbook, read_bytes, read_tables, remarks

ROOT = Path(__file__).parents[1]
SOUGHT = reader.sought_for(config.load_forms(ROOT / "templates" / "returns"))
OURS = ("Checks", "Rules", "Guide")
COMMITMENTS = SOUGHT.forms["commitments"]
# Eight of its headings, most of them of answers: enough to know the form by.
HEADINGS = [f.heading for f in (*COMMITMENTS.answers, *COMMITMENTS.fields[:3])][:8]


def told(book: Workbook) -> tuple[dict[str, TableRead], object, list[tuple[str, bool]]]:
    """All that anybody asks of a workbook that came in: its tables, the remarks on it, which sheets hold anything."""
    tables = read_tables(book, SOUGHT, "a.xlsx")
    return tables, remarks(book, tables.values(), "a.xlsx"), [(s.name, s.filled) for s in book.sheets]


def looked_over(data: bytes) -> Workbook:
    return read_bytes(data, Limits(), SOUGHT)


def passed(book: Workbook) -> list[str]:
    return [sheet.name for sheet in book.sheets if sheet.passed]


def test_our_own_guide_rules_and_checks_are_passed_over() -> None:
    found = looked_over(books.good().data)
    assert passed(found) == [s.name for s in found.sheets if s.name in OURS] != []
    assert all(s.cells for s in found.sheets if s.name not in OURS)


def test_a_sheet_that_is_left_aside_is_not_read_and_all_others_are() -> None:
    data = books.good().data
    whole, aside = read_bytes(data), read_bytes(data, aside=(read_bytes(data).sheets[0].name,))
    assert passed(aside) == [whole.sheets[0].name]
    assert not aside.sheets[0].cells
    assert aside.sheets[1:] == whole.sheets[1:]


@pytest.mark.long
@pytest.mark.parametrize("name", ["", *LIGHT])
def test_what_is_told_of_a_hostile_workbook_is_the_same(name: str) -> None:
    try:
        data = books.made(name) if name else books.good().data
        whole = read_bytes(data)
    except (AssertionError, Unreadable):
        return  # what is refused is the business of `test_hostile_books`
    assert told(looked_over(data)) == told(whole)


def heading(n: int, how: str) -> str:
    """A cell of row 1 that bears the n-th heading of the commitments, written in one of the ways of the format."""
    text, at = HEADINGS[n], f'r="{"ABCDEFGH"[n]}1"'
    coded = "".join(f"&#{ord(c)};" for c in text)
    escaped = "".join(f"_x{ord(c):04X}_" for c in text)
    return {
        "shared": f'<c {at} t="s"><v>{n}</v></c>',
        "shared with zeros": f'<c {at} t="s"><v>00{n}</v></c>',
        "shared with spaces": f'<c {at} t="s"><v> {n} </v></c>',
        "the type first": f'<c t="s" {at}><v>{n}</v></c>',
        "the type before the style": f'<c {at} t="s" s="0"><v>{n}</v></c>',
        "other quotes": f"<c {at} t='s'><v>{n}</v></c>",
        "over lines": f'<c {at}\n t="s">\n<v>{n}</v>\n</c>',
        "no address": f'<c t="s"><v>{n}</v></c>',
        "metadata": f'<c {at} t="s" cm="1"><v>{n}</v></c>',
        "commented": f'<c {at} t="s"><v><!-- -->{n}</v></c>',
        "coded index": f'<c {at} t="s"><v>&#{48 + n};</v></c>',
        "inline": f'<c {at} t="inlineStr"><is><t>{text}</t></is></c>',
        "inline runs": f'<c {at} t="inlineStr"><is><r><t>{text[:2]}</t></r><r><t>{text[2:]}</t></r></is></c>',
        "formula": f'<c {at} t="str"><f>A9</f><v>{text.upper()}</v></c>',
        "formula's mark alone": f'<c {at} t="str"><f t="shared" si="0"/><v>{text}</v></c>',
        "empty formula": f'<c {at} t="str"><f/><v>{text}</v></c>',
        "text": f'<c {at} t="str"><v>  {text}: *</v></c>',
        "coded": f'<c {at} t="str"><v>{coded}</v></c>',
        "escaped": f'<c {at} t="str"><v>{escaped}</v></c>',
        "prefixed": f'<x:c {at} t="s"><x:v>{n}</x:v></x:c>',
        "prefixed over lines": f'<x:c\n{at} t="s"><x:v>{n}</x:v></x:c>',
        "within something": f'<c {at} t="s"><v>{n}</v><extLst/></c>',
    }[how]


WAYS = [
    "shared", "shared with zeros", "shared with spaces", "the type first", "the type before the style", "other quotes",
    "over lines", "no address", "metadata", "commented", "coded index", "inline", "inline runs", "formula",
    "formula's mark alone", "empty formula", "text", "coded", "escaped", "prefixed", "prefixed over lines", "within something",
]  # fmt: skip
STRINGS = raw.strings("".join(f"<si><t>{text}</t></si>" for text in HEADINGS[:8]))


def with_rows(rows: str) -> bytes:
    prefixed = raw.sheet(rows).replace("<worksheet ", f'<worksheet xmlns:x="{raw.MAIN}" ', 1)
    return raw.book(raw.sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), prefixed, strings=STRINGS)


@pytest.mark.parametrize("how", WAYS)
def test_a_table_on_any_sheet_is_found_however_its_headings_are_written(how: str) -> None:
    data = with_rows(f'<row r="1">{"".join(heading(n, how) for n in range(8))}</row>')
    whole = read_bytes(data)
    assert passed(looked_over(data)) == ["Sheet1"]
    assert looked_over(data).sheets[1] == whole.sheets[1]
    assert len(whole.sheets[1].cells) == 8


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from(WAYS)), max_size=8),
    st.lists(
        st.sampled_from(
            [
                '<c r="J1"><v>1</v></c>', '<c r="K1" s="3"/>', '<c r="L1"><f>1+1</f></c>',
                '<c r="M1" t="str"><f>A1</f><v></v></c>', '<c r="N1"><f>A1</f><v></v></c>',
                '<c r="O1" t="b"><v>1</v></c>', '<c r="P1" t="s"><v/></c>', "<c/>",
            ]
        ),
        max_size=2,
    ),
)  # fmt: skip
def test_a_sheet_that_is_passed_over_bore_no_table(headings: list[tuple[int, str]], others: list[str]) -> None:
    data = with_rows(f'<row r="1">{"".join(heading(n, how) for n, how in headings)}{"".join(others)}</row>')
    try:
        whole = read_bytes(data)
    except Unreadable as error:
        assert error.code in ("cell-twice", "cell-reference")  # in these books; such a sheet may be passed over
        return
    assert told(looked_over(data)) == told(whole)


def two_headings(names: str = "") -> bytes:
    rows = f'<row r="1">{heading(0, "shared")}{heading(1, "shared")}</row><row r="2"><c r="A2"><v>5</v></c></row>'
    return raw.book(raw.sheet(""), raw.sheet(rows), strings=STRINGS, workbook=raw.workbook(TABS, names))


TABS = (("Sheet1", ""), ("Sheet2", ""))


def test_two_headings_will_do_where_the_name_of_the_form_leads_there() -> None:
    named = f"<definedNames><definedName name='{COMMITMENTS.table.upper()}'>Sheet2!$A$1:$B$2</definedName></definedNames>"
    assert passed(looked_over(two_headings())) == ["Sheet2"]
    found = looked_over(two_headings(named))
    assert passed(found) == []
    assert told(found) == told(read_bytes(two_headings(named)))
    assert told(found)[0]["commitments"].found


def test_two_headings_will_do_in_a_table_of_the_forms_name() -> None:
    rows = f'<row r="1">{heading(0, "shared")}{heading(1, "shared")}</row><row r="2"><c r="A2"><v>5</v></c></row>'
    sheet = raw.sheet(rows, after='<tableParts count="1"><tablePart r:id="rId1"/></tableParts>')
    for name, read in ((f"{COMMITMENTS.table}2", False), (COMMITMENTS.table, True)):
        parts = raw.parts(sheet, strings=STRINGS)
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = raw.relations(("rId1", "table", "../tables/table1.xml")).encode()
        table = f'<table xmlns="{raw.MAIN}" id="1" name="{name}" displayName="{name}" ref="A1:B2"/>'
        data = raw.packed({**parts, "xl/tables/table1.xml": table.encode()})
        found = looked_over(data)
        assert told(found) == told(read_bytes(data))
        assert (passed(found), [t.name for t in found.tables]) == ([] if read else ["Sheet1"], [name])


def test_a_form_of_one_heading_is_found_by_it() -> None:
    """The fewest that will do are counted for each form."""
    single = reader.Sought({"single": replace(COMMITMENTS, fields=COMMITMENTS.answers[:1])})
    data = with_rows(f'<row r="1">{heading(0, "shared")}</row>')
    assert passed(looked_over(data)) == ["Sheet1", "Sheet2"]
    assert passed(read_bytes(data, Limits(), single)) == ["Sheet1"]
