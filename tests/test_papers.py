"""The tracker and the packs: laws over small views, made by hand and by hypothesis."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view_examples import ALL, ANSWERS, ITEMS, PUBLIC, Q1, Q2, THEMED, all_text, forms, plain, records, row, table, view
from workflow.accessible import check
from workflow.model import Board, Book, Mark, Profile, Slot, Value
from workflow.outputs import history
from workflow.outputs.pack import pack_book
from workflow.outputs.tracker import tracker_book
from workflow.outputs.view import View
from workflow.outputs.withheld import withheld_book
from workflow.writer import render

VIEW = view()
TRACKER, PACK, OPEN = tracker_book(VIEW), pack_book(VIEW, ALL), pack_book(VIEW, PUBLIC)
SHEETS = {f.name: f.sheet for f in forms().values() if f.layout == "table"}


@st.composite
def views(draw: st.DrawFn) -> View:
    """The example's items with any answers, in both quarters."""
    status = st.sampled_from(["Not started", "On track", "At risk", "Off track", "Complete", "Closed – not delivered"])
    kinds: dict[str, st.SearchStrategy[Value]] = {
        "status": status,
        "rag": st.sampled_from(["Red", "Amber", "Green"]),
        "progress": st.sampled_from(["It goes on.", "=1+1"]),
        "new_due": st.dates(date(2023, 6, 1), date(2024, 6, 1)),
        "public_safe": st.sampled_from(["Yes", "No", "Part 2"]),
        "public_reason": st.just("PRIVATE REASON"),
        "value": st.integers(0, 30).map(Decimal),
        "period_type": st.sampled_from(["Quarter", "Year to date"]),
        "help_needed": st.just("A decision."),
        "not_available": st.sampled_from(["[x] not available", "Not yet due"]),
    }
    answers: dict[str, dict[Slot, Value]] = {Q1: {}, Q2: {}}
    for key in (Q1, Q2):
        for item in ITEMS:
            for name in draw(st.sets(st.sampled_from(sorted(kinds)))):
                if forms()[item.form].has(name):
                    answers[key][item.form, item.key, name] = draw(kinds[name])
            if item.form == "measures":
                answers[key][item.form, item.key, "period_end"] = date(2023, 6, 30) if key == Q1 else date(2023, 9, 30)
    return view(answers)


# --- laws


@settings(max_examples=12, deadline=None)
@given(views(), st.sampled_from([ALL, PUBLIC, THEMED]))
def test_laws_of_every_paper(made: View, board: Board) -> None:
    pack, tracker = pack_book(made, board), tracker_book(made)
    held = {
        e["Row key"]
        for e in records(withheld_book(replace_boards(made, board)).sheets[0])
        if e["What is left out"] == "The whole row"
    }
    for name, sheet in SHEETS.items():
        keys = [i.key for i in made.rows[name]]
        assert [r["Row key"] for r in records(table(tracker, sheet))] == keys
        shown = [r["Row key"] for s in pack.sheets if s.name == sheet for r in records(s)]
        assert len(set(shown)) == len(shown)
        assert not held & set(shown)
        if board is not THEMED:
            assert set(shown) | held >= set(keys), "every row in scope is shown or listed as held back"
        same_values(tracker, pack, sheet)
    if board is PUBLIC:
        assert "PRIVATE REASON" not in all_text(pack)
        no_small_numbers(pack)
    for book in (pack, tracker):
        shape_holds(book)
    counts_add_up(pack)


def no_small_numbers(pack: Book) -> None:
    """No count of people from 1 to 4 is printed, nor a running total that differs by so few from the one before it."""
    for found in records(table(pack, "Measures")):
        if found["Row key"] == "M-SMALL":
            numbers = [v for name in ("Value", "Value last time") if isinstance(v := found.get(name), Decimal)]
            assert not [n for n in numbers if 1 <= n <= 4]
            if (
                len(numbers) == 2
                and str(found["Period"]).startswith("Year")
                and str(found["Period last time"]).startswith("to ")
            ):
                assert not 1 <= abs(numbers[0] - numbers[1]) <= 4


def replace_boards(made: View, board: Board) -> View:
    return replace(made, register=replace(made.register, boards=(board,)))


def same_values(tracker: Book, pack: Book, sheet: str) -> None:
    """A cell of a pack says what the tracker says, but for words in place of blanks and figures that are hidden."""
    found = next((s for s in pack.sheets if s.name == sheet), None)
    for ours in records(found) if found else ():
        theirs = row(tracker, sheet, str(ours["Row key"]))
        for heading in ours.keys() & theirs.keys():
            assert ours[heading] in (theirs[heading], "[c]") or theirs[heading] is None, (sheet, ours["Row key"], heading)


def shape_holds(book: Book) -> None:
    assert len({s.name for s in book.sheets}) == len(book.sheets)
    tables = [s.table for s in book.sheets]
    assert len(set(tables)) == len(tables)
    for sheet in book.sheets:
        headings = [c.heading for c in sheet.columns]
        assert all(headings)
        assert len({h.casefold() for h in headings}) == len(headings)
        assert all(len(r) == len(headings) for r in sheet.rows)
        assert re.fullmatch(r"[A-Za-z]\w*", sheet.table)
        assert "Row key" not in headings[1:]
        assert len(sheet.name) <= 31
        if book.profile is Profile.PUBLISHED:
            assert all(plain(cell) not in (None, "") for r in sheet.rows for cell in r), sheet.name
        for cell in (c for r in sheet.rows for c in r if isinstance(c, Mark) and c.fill):
            assert isinstance(cell.value, str)
            assert cell.value, "a colour never stands without its word"
    links = {c.link for r in book.sheets[0].rows for c in r if isinstance(c, Mark) and c.link}
    assert links == {f"#'{s.name}'!A1" for s in book.sheets[1:]}


def counts_add_up(pack: Book) -> None:
    rows = [r for name in ("Actions", "Commitments", "Measures") for s in pack.sheets if s.name == name for r in records(s)]
    counted = records(table(pack, "Summary"))
    if not counted:
        return
    words = [h for h in counted[0] if h in ("Red", "Amber", "Green", "Blue", "Grey", "No RAG")]
    for line in counted:
        assert sum(int(str(line[w])) for w in words) == line["Total"]
    last = counted[-1]
    assert last["Total"] == len(rows)
    for word in words:
        with_word = [r for r in rows if str(r.get("RAG now", "")).split(" – ")[0] == word]
        assert (
            last[word] == len(with_word) if word != "No RAG" else len(rows) - sum(int(str(last[w])) for w in words if w != word)
        )


# --- the tracker


def test_a_tracker_row_says_what_stands_and_where_from() -> None:
    found = row(TRACKER, "Actions", "TR-1")
    wanted = {
        "Due date": date(2023, 8, 31),
        "Now due": "Proposed: 30 Nov 2023",
        "Days overdue": 30,
        "Times moved": 2,
        "Status now": "At risk",
        "RAG now": "Amber – at risk",
        "RAG last time": "Green – on course",
        "Direction": "Worse",
        "Progress this quarter": "Summer progress of the first action.",
        "Progress last time": "Spring progress of the first action.",
        "Last updated": "Q2 2023/24",
        "Sent by": "Estuary Police",
        "Sent at": "2023-10-12 09:30",
    }
    assert {k: found[k] for k in wanted} == wanted
    assert "inbox/police.xlsx, Actions, cell H" in str(found["Source"])
    assert row(TRACKER, "Commitments", "C-3")["Last updated"] == "Never"


def test_the_tracker_has_every_sheet() -> None:
    names = [s.name for s in TRACKER.sheets]
    for name in (
        "Summary",
        "Actions",
        "Commitments",
        "Indicators",
        "Measures",
        "Issues",
        "Activities",
        "Next year",
        "Returns log",
        "Findings",
        "RAG key",
        "Glossary",
    ):
        assert name in names
    assert TRACKER.profile is Profile.WORKING
    for sheet in TRACKER.sheets:
        first = " ".join(str(plain(line)) for line in sheet.lines)
        assert "Estuary Partnership. Example: a fictional borough." in first
        assert "Position as at 30 Sep 2023" in first
    assert "partners' own answers" in all_text(TRACKER)


def test_what_no_change_confirms_is_said_to_be_so() -> None:
    slot: Slot = ("actions", "TR-1", "progress")
    carried = replace(VIEW.now[slot], value="As before.", carried=True)
    made = replace(VIEW, now={**VIEW.now, slot: carried}, by_period={**VIEW.by_period, slot: {Q2: carried}})
    found = row(tracker_book(made), "Actions", "TR-1")
    assert (found["Progress this quarter"], found["Last updated"]) == ("As before.", "Q2 2023/24 (no change)")


def test_what_joint_leads_say_stands_beside_the_leads_word() -> None:
    slot: Slot = ("actions", "TR-1", "status@yos")
    made = replace(
        VIEW, now={**VIEW.now, slot: replace(VIEW.now["actions", "TR-1", "status"], value="Off track", partner="yos")}
    )
    found = row(tracker_book(made), "Actions", "TR-1")
    assert found["What joint leads say"] == "Youth Offending Service: Status now: Off track"
    assert found["Status now"] == "At risk"


# --- a pack


def test_measures_in_a_pack() -> None:
    found = row(PACK, "Measures", "M-RATE")
    wanted = {
        "Value": Decimal("37.3"),
        "Period": "Rolling 12 months to Sep 2023",
        "Value last time": Decimal("36.4"),
        "Period last time": "to Jun 2023",
        "Direction and change": "Worse: up 0.9 percentage points on the figure before",
        "RAG now": "Red – off target",
    }
    assert {k: found[k] for k in wanted} == wanted
    none = row(PACK, "Measures", "M-NONE")
    assert (none["Value"], none["Value last time"], none["Period last time"]) == (
        "Not reported this quarter",
        5,
        "Quarter to Mar 2023",
    )
    apart = row(TRACKER, "Measures", "M-RATE")
    assert (apart["Change"], apart["Direction"]) == ("Up 0.9 percentage points on the figure before", "Worse")


def test_exceptions() -> None:
    found = records(table(PACK, "Exceptions"))
    assert {r["Row key"]: r["Why it is listed"] for r in found} == {
        "TR-3": "Red",
        "M-RATE": "Red",
        "TR-1": "Amber and worse than last time. Overdue. Due date moved twice. Decision wanted",
        "TR-2": "Due date moved twice",
    }
    first = row(PACK, "Exceptions", "TR-1")
    assert (first["Was due"], first["Now due"], first["Days overdue"]) == (date(2023, 8, 31), "Proposed: 30 Nov 2023", 30)
    assert (first["Reason given"], first["Decision wanted"], first["Getting back on track"]) == (
        "Capacity",
        "Agree the new date.",
        "[x]",
    )


def test_what_changed() -> None:
    found = {
        (r["Row key"], r["Changed"]): (r["Was"], r["Is now"], r["When"], r["Who"]) for r in records(table(PACK, "What changed"))
    }
    assert found["TR-1", "Status now"] == ("On track", "At risk", date(2023, 10, 12), "Estuary Police")
    assert found["TR-1", "RAG now"][:2] == ("Green – on course", "Amber – at risk")
    assert found["TR-1", "Now due"][:2] == ("Proposed: 30 Sep 2023", "Proposed: 30 Nov 2023")
    assert found["police-2023-24-Q2-issue-01", "New row"][:2] == ("[z]", "Added")
    assert ("C-2", "Status now") not in found, "a first answer changes nothing"


def test_last_quarters_request_is_not_repeated() -> None:
    made = view({Q1: ANSWERS[Q2], Q2: {}})
    assert "Agree the new date." not in all_text(pack_book(made, ALL))


def test_scope_and_sections() -> None:
    book = pack_book(VIEW, THEMED)
    names = [s.name for s in book.sheets]
    assert "Actions" not in names
    assert [r["Row key"] for r in records(table(book, "Commitments"))] == ["C-1", "C-2"]
    assert [r["Row key"] for r in records(table(book, "Issues"))] == ["police-2023-24-Q2-issue-01"]
    short = pack_book(VIEW, replace(ALL, sections=("exceptions", "measures")))
    assert [s.name for s in short.sheets] == ["Cover", "Exceptions", "Measures", "RAG key", "Notes"]
    some = pack_book(VIEW, replace(ALL, forms=("indicators",)))
    assert {s.name for s in some.sheets} & set(SHEETS.values()) == {"Indicators"}
    assert "Scope: Plan, themes 2 Domestic abuse." in [str(plain(line)) for line in book.sheets[0].lines]


def test_the_glossary_has_the_terms_that_are_used() -> None:
    assert [r["Term"] for r in records(table(PACK, "Glossary"))] == []
    named = pack_book(view({Q2: {("actions", "TR-1", "progress"): "The YOS and police met."}}), ALL)
    assert [r["Term"] for r in records(table(named, "Glossary"))] == ["YOS"]


def test_the_cover_says_what_a_clerk_needs() -> None:
    text = "\n".join(str(plain(line)) for line in OPEN.sheets[0].lines)
    for words in (
        "Purpose:",
        "Audience: public",
        "Contact: Coordinator",
        "Publication date: 3 Aug 2023",
        "Next update: 3 Nov 2023 (Q3 2023/24)",
        "Licence: Open Government Licence v3.0",
    ):
        assert words in text
    assert "Not for publication" in "\n".join(str(plain(line)) for line in PACK.sheets[1].lines)


# --- the public


def test_the_public_sees_no_held_row_no_private_field_and_no_small_number() -> None:
    text = all_text(OPEN)
    for secret in (
        "Secret work",
        "Hidden words",
        "Paragraph 7",
        "analyst@police",
        "Superintendent",
        "3 exclusions",
        "Three were",
    ):
        assert secret not in text
        if secret not in ("analyst@police", "Superintendent", "Paragraph 7"):
            assert secret in all_text(PACK)
    assert "Late Agency" not in text
    assert "1 row is held back from this table." in [str(plain(line)) for line in table(OPEN, "Actions").lines]
    found = row(OPEN, "Measures", "M-SMALL")
    assert (found["Value"], found["Value last time"], found["Direction and change"], found["Comment on the figure"]) == (
        "[c]",
        12,
        "[c]",
        "[c]",
    )
    assert row(OPEN, "Indicators", "I-1")["Progress this quarter"] == "[c]"
    assert row(OPEN, "Activities", "yos-2023-24-Q2-activity-01")["Attended"] == "[c]"
    assert not [line for line in table(OPEN, "Activities").lines if "attended" in str(plain(line))]
    assert row(PACK, "Measures", "M-SMALL")["Value"] == 3


def test_a_row_that_a_partner_proposes_waits_for_the_coordinator() -> None:
    key = "police-2023-24-Q2-action-01"
    made = view({Q2: {("actions", key, "status"): "On track", ("actions", key, "progress"): "A new action begins."}})
    assert key not in all_text(pack_book(made, PUBLIC))
    assert row(tracker_book(made), "Actions", key)["State in the register"] == "Proposed by the partner"
    entry = row(withheld_book(replace_boards(made, PUBLIC)), "Withheld", key)
    assert "not yet accepted" in str(entry["Why"])


def test_what_looks_like_personal_data_is_masked_for_the_public_and_listed() -> None:
    """Nobody's number, address or title stands in a public cell, wherever the words are repeated (domain.md B9)."""
    said = "Ring Mr Placeholder on 07700 900123 or jo@firm.example, NHS 943 476 5919, near AB1 2XY."
    answers = {**ANSWERS, Q2: {**ANSWERS[Q2], ("actions", "TR-1", "progress"): said, ("actions", "TR-1", "help_needed"): said}}
    made = view(answers)
    public = all_text(pack_book(made, replace(PUBLIC, focus=((2, "R1"),))))
    assert "[phone number] or [email address], NHS [NHS number], near [postcode]." in public
    assert not [word for word in ("Placeholder", "07700", "jo@", "943 476", "5919", "AB1") if word in public]
    assert said in all_text(pack_book(made, ALL))
    listed = [r for r in records(withheld_book(replace_boards(made, PUBLIC)).sheets[0]) if r["Row key"] == "TR-1"]
    assert any("[phone number]" in str(r["What is left out"]) and "personal data" in str(r["Why"]) for r in listed)


def test_what_is_withheld_is_listed_with_its_reason() -> None:
    book = withheld_book(VIEW)
    found = {r["Row key"]: (r["What is left out"], r["The proposer's reason"]) for r in records(book.sheets[0])}
    assert found["TR-3"] == ("The whole row", None)
    assert found["C-2"] == ("The whole row", "Paragraph 7 reason")
    assert "Value" in str(found["M-SMALL"][0])
    assert set(found) == {"TR-3", "C-2", "M-SMALL", "I-1", "yos-2023-24-Q2-activity-01"}
    assert book.profile is Profile.WORKING
    none = withheld_book(replace(VIEW, register=replace(VIEW.register, boards=(ALL,))))
    assert none.sheets[0].empty == "No public pack is due this quarter."


def test_a_field_that_is_not_public_is_in_no_public_cell() -> None:
    actions = forms()["actions"]
    private = {"progress", "slip_reason", "help_needed"}
    changed = replace(actions, fields=tuple(replace(f, public=f.public and f.name not in private) for f in actions.fields))
    made = replace(VIEW, forms={**VIEW.forms, "actions": changed})
    text = all_text(pack_book(made, replace(PUBLIC, forms=("actions",))))
    for secret in ("Summer progress", "Capacity", "Agree the new date"):
        assert secret not in text
        assert secret in all_text(pack_book(made, ALL))


def test_the_threshold_is_a_setting() -> None:
    made = replace(VIEW, thresholds={"small_number": 15.0})
    assert row(pack_book(made, PUBLIC), "Measures", "M-SMALL")["Value last time"] == "[c]"


# --- written


@pytest.mark.parametrize("book", [PACK, OPEN], ids=lambda b: b.title)
def test_a_printed_page_says_whom_it_is_for_unless_that_is_everybody(book: Book) -> None:
    """The marking is the last line above a table, and among the rows that print repeats."""
    tables = [ws for ws in openpyxl.load_workbook(io.BytesIO(render(book))).worksheets if ws.tables]
    assert tables
    for ws in tables:
        first, last = (int(part.strip("$")) for part in str(ws.print_title_rows).split(":"))
        above = [str(ws.cell(row, 1).value) for row in range(first, last)]
        assert len(above) == (0 if book is OPEN else 1), ws.title
        assert all("Not for publication." in text for text in above)

@pytest.mark.parametrize("book", [TRACKER, PACK, OPEN, pack_book(VIEW, THEMED), withheld_book(VIEW)], ids=lambda b: b.title)
def test_what_is_written_passes_the_accessibility_list(book: Book) -> None:
    data = render(book)
    assert check(data, book.profile, "paper.xlsx") == ()
    assert data == render(book)


def test_an_empty_quarter_makes_papers_too() -> None:
    made = view({}, Q1, returns=(), findings=())
    for book in (tracker_book(made), pack_book(made, ALL), pack_book(made, PUBLIC)):
        assert check(render(book), book.profile, "paper.xlsx") == ()


def test_a_history_too_long_for_one_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [s for s in TRACKER.sheets if s.name.startswith(history.NAME)]
    monkeypatch.setattr(history, "MOST_ROWS", 2)
    book = tracker_book(VIEW)
    parts = [s for s in book.sheets if s.name.startswith(history.NAME)]
    assert len(whole) == 1
    assert len(parts) > 1
    assert [row for part in parts for row in part.rows] == list(whole[0].rows)
    assert [part.name for part in parts][:2] == [history.NAME, f"{history.NAME} 2"]
    assert not check(render(book), Profile.WORKING, "tracker.xlsx")
