"""Reports by name: what is shipped, what a definition may say, what the public may see of it, and the command."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.report_examples import every_form, report_view, rows_report, shipped_reports
from tests.small import Q2 as SMALL_Q2
from tests.small import make
from tests.view_examples import ANSWERS, PUBLIC, Q1, Q2, Q3, all_text, forms, measure, plain, records, table
from workflow import accessible, config
from workflow.cli import main
from workflow.config.reports import sources
from workflow.model import Report, ReportSheet
from workflow.model import reports as words
from workflow.outputs.pack import pack_book
from workflow.outputs.reports import _AS_IN_PACKS, lists, report_book, rows, unknown, withheld_book
from workflow.outputs.scope import Scope
from workflow.outputs.standing import Moments
from workflow.writer import render

# The outputs of domain.md A11 that are reports; O13 is the letters, O15 is every report for another audience.
OUTPUTS = {
    "O1": "hwb-domain", "O2": "hwb-year-one", "O3": "annual-report", "O4": "thematic-action-plan", "O5": "delivery-plan",
    "O6": "previous-year", "O7": "reference-tables", "O8": "performance", "O9": "exceptions", "O10": "changes",
    "O11": "executive", "O12": "returns-log", "O14": "cover-text",
}  # fmt: skip
VIEW = report_view()
GOOD = """
title = "Plan"
about = "A plan"
[[sheet]]
name = "Rows"
kind = "rows"
form = "actions"
counted = ["now.progress"]
[[sheet.column]]
heading = "Progress"
source = "now.progress"
"""


# --- what is shipped


def test_every_output_is_shipped_in_their_order() -> None:
    assert list(shipped_reports()) == list(OUTPUTS.values())


@pytest.mark.parametrize("name", OUTPUTS.values())
def test_each_is_made_passes_the_checks_and_is_the_same_twice(name: str) -> None:
    report = shipped_reports()[name]
    assert list(unknown(report, VIEW.register)) == []
    for audience in words.AUDIENCES[::2]:
        book = report_book(VIEW, report, audience)
        data = render(book)
        assert accessible.check(data, book.profile, f"{name}-{Q2}-{audience}.xlsx") == ()
        assert render(report_book(report_view(), report, audience)) == data
        assert [s.name for s in book.sheets] == ["Cover", *(s.name for s in report.sheets), "Notes"]


def _agree(public: dict[str, object], full: dict[str, object]) -> bool:
    return all(heading not in full or cell in (full[heading], "[c]") for heading, cell in public.items())


@pytest.mark.parametrize("name", OUTPUTS.values())
def test_public_and_restricted_agree(name: str) -> None:
    """What the public sees is what the restricted version says, or [c]; rows that it does not see are held back."""
    report = shipped_reports()[name]
    public, full = (report_book(VIEW, report, a) for a in ("public", "restricted"))
    for sheet in public.sheets[1:-1]:
        other = table(full, sheet.name)
        if other.columns[0].heading == "Row key":
            whole = records(other)
            assert all(any(_agree(row, own) for own in whole) for row in records(sheet)), sheet.name
    assert "Secret work." not in all_text(public)
    assert "Hidden words" not in all_text(public)


def test_the_action_plan_has_the_columns_of_the_original_and_what_it_lacked() -> None:
    found = table(report_book(VIEW, shipped_reports()["thematic-action-plan"], "restricted"), "Action plan")
    assert [c.heading for c in found.columns] == [
        "Row key", "Ref", "Recommendation", "Actions", "Progress", "Lead", "Timescale", "Revised date", "RAG", "Previous RAG",
        "As at",
    ]  # fmt: skip
    first = records(found)[0]
    assert (first["RAG"], first["Previous RAG"], first["As at"]) == ("Amber – at risk", "Green – on course", "Q2 2023/24")
    assert first["Revised date"] == "Proposed: 30 Nov 2023"


def test_a_commitment_of_a_past_year_is_told_in_reports_and_nowhere_else() -> None:
    found = table(report_book(VIEW, shipped_reports()["previous-year"], "public"), "Delivery")
    assert [(r["Row key"], r["What we did"], r["Outcomes for residents"]) for r in records(found)] == [
        ("P-1", "Officers were trained.", "Help is near."), ("P-2", "[x]", "[x]"),
    ]  # fmt: skip
    assert "What we did: given on 1 of 2 rows. 1 row is unanswered and shows [x]." in found.lines
    assert "P-1" not in all_text(pack_book(VIEW, VIEW.register.boards[0]))


def test_the_strategy_report_has_last_year_and_this_year_by_the_plans_own_calendar() -> None:
    book = report_book(VIEW, shipped_reports()["hwb-domain"], "public")
    last, now = records(table(book, "Commitments and progress")), records(table(book, "This year"))
    assert [(r["Row key"], r["Progress"]) for r in last] == [("H22-1", "It was done in the first year.")]
    assert [(r["Row key"], r["Progress so far"]) for r in now] == [("H23-1", "[x]")]


def test_where_themes_go_by_several_names_each_plan_has_a_column() -> None:
    found = table(report_book(VIEW, shipped_reports()["reference-tables"], "public"), "Priorities")
    by_key = {r["Theme key"]: r for r in records(found)}
    assert by_key["DA"]["Priority: Plan 2021/22"] == "1 Abuse at home"
    assert by_key["DA"]["Priority: Plan"] == "2 Domestic abuse"


def test_the_cover_text_has_counts_recommendations_and_what_is_not_for_publication() -> None:
    public, full = (all_text(report_book(VIEW, shipped_reports()["cover-text"], a)) for a in ("public", "restricted"))
    assert "Agree the new date." in public
    assert "That the board:" in public
    assert "Open: for general release. 2 rows are left out" in public
    assert "with these reasons: Paragraph 7 reason" in full


# --- which rows, and what of them


def test_closed_rows_and_rows_of_a_later_year_come_only_when_asked_for() -> None:
    def keys(**more: object) -> list[object]:
        found = report_book(VIEW, rows_report("commitments", "register.title", plans=("HWB6",), **more), "public")
        return [r["Row key"] for r in records(table(found, "Rows"))]

    assert keys() == []
    assert keys(closed=True) == ["H22-1"]
    assert keys(years=("this year",)) == ["H23-1"]
    assert keys(years=("2022/23", "2023/24"), closed=True) == ["H22-1", "H23-1"]


def test_rows_can_be_asked_for_by_an_answer() -> None:
    for kind, keys in (("risk", ["police-2023-24-Q2-issue-01"]), ("Funding", [])):
        report = rows_report("issues", "now.title", "worked.score", where=(("type", (kind,)),))
        found = table(report_book(VIEW, report, "public"), "Rows")
        assert [r["Row key"] for r in records(found)] == keys


def test_the_public_does_not_see_last_quarters_words_that_were_not_for_it_then() -> None:
    quarters = {key: dict(answers) for key, answers in ANSWERS.items()}
    quarters[Q1]["commitments", "C-1", "public_safe"] = "No"
    quarters[Q2]["commitments", "C-1", "public_safe"] = "Yes"
    made = report_view(quarters)
    report = rows_report("commitments", "before.progress", "now.progress", "now.public_reason", plans=("CSP23",))
    report = replace(report, sheets=(replace(report.sheets[0], columns=(
        *report.sheets[0].columns[:2], replace(report.sheets[0].columns[2], public=False),
    )),))  # fmt: skip
    open_, full = (records(table(report_book(made, report, a), "Rows")) for a in ("public", "restricted"))
    assert open_[0] == {"Row key": "C-1", "before.progress": "[c]", "now.progress": "Funding came; work has begun."}
    assert full[0]["before.progress"] == "Waiting for the funding decision."
    assert full[1]["now.public_reason"] == "Paragraph 7 reason"


def test_words_of_an_earlier_quarter_do_not_tell_the_public_a_figure_that_was_hidden_then() -> None:
    quarters = {key: dict(ANSWERS.get(key, {})) for key in (Q1, Q2, Q3)}
    del quarters[Q2]["indicators", "I-1", "progress"]
    quarters[Q1]["indicators", "I-1", "progress"] = "There were 3 exclusions this term."
    for key, value, end in ((Q1, 3, date(2023, 6, 30)), (Q2, 12, date(2023, 9, 30)), (Q3, 20, date(2023, 12, 31))):
        for name, given in (("value", Decimal(value)), ("period_type", "Quarter"), ("period_end", end)):
            quarters[key]["measures", "M-SMALL", name] = given
    made = report_view(quarters, period=Q3)
    report = rows_report("indicators", "now.progress", "before.progress")
    public, full = (records(table(report_book(made, report, a), "Rows"))[0] for a in ("public", "restricted"))
    assert (public["now.progress"], public["before.progress"]) == ("[c]", "[c]")
    assert full["now.progress"] == "There were 3 exclusions this term."


def test_activities_of_the_whole_year_are_added_up_and_small_ones_hide_their_sums() -> None:
    quarters = {key: dict(answers) for key, answers in ANSWERS.items()}
    for key, theme, attended in ((Q1, "2 Domestic abuse", 20), (Q1, "5 Hate crime", 9)):
        slot = f"yos-{key}-activity-0{attended % 7}"
        quarters[key] |= {("activities", slot, "theme"): theme, ("activities", slot, "attended"): attended}
    made, report = report_view(quarters), shipped_reports()["annual-report"]
    sums = {a: [tuple(r.values()) for r in records(table(report_book(made, report, a), "Activities of the year"))] for a in
            ("public", "restricted")}  # fmt: skip
    assert sums["restricted"] == [
        ("2 Domestic abuse", 2, 2, "[x]", 24), ("5 Hate crime", 1, "[x]", "[x]", 9), ("All themes", 3, 2, "[x]", 33),
    ]  # fmt: skip
    assert [row[-1] for row in sums["public"]] == ["[c]", 9, "[c]"]


def test_a_public_report_hides_what_public_packs_hide_and_gives_away_nothing_beside_them() -> None:
    """Parts of a total, of which one is small and one stands in no pack. What a pack printed cannot be taken back, so the
    report must hide the part that it alone would print: its other choice would give the small one away."""
    plans = {"M-T": "CSP23", "M-A": "CSP23", "M-B": "CSP23", "M-C": "HWB6"}
    whole = {key: {} if key == "M-T" else {"part_of": "M-T"} for key in plans}
    parts = tuple(
        replace(measure(key, counts="people", period_type="Quarter", **whole[key]), plan=plan) for key, plan in plans.items()
    )
    quarters = {key: dict(answers) for key, answers in ANSWERS.items()}
    for key, value in (("M-T", 40), ("M-A", 3), ("M-B", 12), ("M-C", 25)):
        for name, given in (("value", Decimal(value)), ("period_type", "Quarter"), ("period_end", VIEW.period.end)):
            quarters[Q2]["measures", key, name] = given
    made = report_view(quarters, parts)
    board = replace(PUBLIC, plans=("CSP23",))
    made = replace(made, register=replace(made.register, boards=(board,)))
    pack = Scope(Moments(made), board)
    hidden = {i.key for i in pack.rows("measures") if "value" in pack.hidden(i)}
    assert hidden == {"M-A", "M-SMALL"}
    report = Scope(Moments(made), replace(PUBLIC, id="performance"), report=True)
    assert {i.key for i in report.rows("measures") if "value" in report.hidden(i)} == {"M-A", "M-SMALL", "M-C"}


def test_what_public_reports_leave_out_is_listed_with_the_reason() -> None:
    book = withheld_book(VIEW, shipped_reports().values())
    assert accessible.check(render(book), book.profile, "withheld.xlsx") == ()
    found = {(str(r["Row key"]), str(r["What is left out"])): r for r in records(book.sheets[0])}
    assert found["TR-3", "The whole row"]["Why"] == "Not for publication, says the register"
    assert "thematic review action plan: Action plan" in str(found["TR-3", "The whole row"]["Left out of"])
    assert "Exceptions: Exceptions" in str(found["TR-3", "The whole row"]["Left out of"])
    assert ("C-2", "The whole row") in found
    assert any(key == "M-SMALL" and "Value" in what for key, what in found)


# --- definitions


def faults(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with a definition."""
    folder = tmp_path / "templates" / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return [f.message for f in config.check_reports(folder, every_form())]


def test_a_good_definition_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('source = "now.progress"', 'source = "now.progres"', "column Progress", "Did you mean now.progress?"),
        ('form = "actions"', 'form = "action"', "sheet Rows", "Did you mean actions?"),
        ('form = "actions"', 'form = "measures"', "sheet Rows", 'form is "measures"'),
        ('kind = "rows"', 'kind = "row"', "sheet Rows", "Did you mean rows?"),
        ('counted = ["now.progress"]', 'counted = ["now.rag"]', "sheet Rows", "now.rag"),
        ('heading = "Progress"', 'heading = "Progress"\ncolour = "red"', "column Progress", '"colour" is not known here'),
        ('heading = "Progress"', 'heading = "row key"', "sheet Rows", 'the heading "row key" stands more than once'),
        ('name = "Rows"', 'name = "Notes"', "plan.toml", 'the sheet name "Notes" stands more than once'),
        ('about = "A plan"', "", "plan.toml", "about is missing"),
        ('title = "Plan"', 'title = "Plan', "plan.toml", "the file cannot be read"),
        ('kind = "rows"', 'kind = "exceptions"', "sheet Rows", "has no use for it"),
        ('form = "actions"', 'form = "actions"\nwhere = {colour = ["red"]}', "sheet Rows", '"colour" is not known here'),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence_with_its_place(tmp_path: Path, old: str, new: str, place: str, words: str) -> None:
    found = faults(tmp_path, GOOD.replace(old, new))
    assert found[0].startswith("templates/reports/plan.toml")
    assert place in found[0]
    assert any(words in message for message in found)


def test_a_plan_or_theme_that_the_register_lacks_is_told(tmp_path: Path) -> None:
    sheet = ReportSheet("Rows", "rows", plans=("CSP22",), themes=("DA",), file="templates/reports/plan.toml, sheet Rows")
    (told,) = unknown(Report("plan", "Plan", "", (sheet,)), VIEW.register)
    assert told.startswith("templates/reports/plan.toml, sheet Rows: there is no plan CSP22 on the register's Plans sheet.")
    assert "CSP23" in told


def test_every_source_that_may_be_named_says_something_or_nothing_of_every_row() -> None:
    """No source that a definition may name can fail: each is asked of each row of each form, for both audiences."""
    for form in forms().values():
        if form.layout == "table" and form.name != "measures":
            known = sources(words.ROWS, form, every_form())
            for reader in (PUBLIC, replace(PUBLIC, audience="restricted")):
                scope = Scope(Moments(VIEW), reader, report=True, past=True)
                for source in known:
                    cell = rows.cell(scope, form, source)
                    assert all(not isinstance(plain(cell(i)), tuple) for i in scope.rows(form.name))
    assert set(rows.WORKED) == set(words.WORKED_SOURCES)
    listed = {*words.THEME_SOURCES, *words.BOARD_SOURCES, *words.STRATEGY_SOURCES}
    assert set(lists.SAYS) == listed - {words.BY_PLAN}
    assert set(_AS_IN_PACKS) == set(words.AS_IN_PACKS)


def test_the_page_tells_of_every_report_kind_and_source() -> None:
    page = (Path(__file__).parents[1] / "docs" / "reports.md").read_text(encoding="utf-8")
    told = (*OUTPUTS.values(), *words.KINDS, *words.WORKED_SOURCES, *words.THEME_SOURCES, *words.BOARD_SOURCES,
            *words.STRATEGY_SOURCES)  # fmt: skip
    assert [word for word in told if f"`{word}`" not in page] == []


# --- the command


def run(workspace: Path, *more: str) -> tuple[int, str]:
    """`workflow emit` with these options, for the small workspace's second quarter."""
    done = CliRunner().invoke(
        main, ["emit", "--workspace", str(workspace), "--period", SMALL_Q2, "--today", "2023-10-23", *more]
    )
    return done.exit_code, done.output


def test_the_command_lists_writes_and_refuses(tmp_path: Path) -> None:
    small = make(tmp_path)
    small.issue()
    small.returns("police")
    small.collate()
    assert [line.split()[0] for line in run(small.root, "--report", "list")[1].splitlines()[1:]] == list(OUTPUTS.values())
    code, said = run(small.root, "--report", "performence")
    assert (code, "Did you mean performance?" in said) == (2, True)
    code, said = run(small.root, "--report", "previous-year")
    assert (code, "there is no plan CSP21" in said) == (2, True)
    assert run(small.root, "--audience", "restricted")[0] == 2

    before = {p for p in small.root.rglob("*") if p.is_file()}
    assert run(small.root, "--report", "performance", "--report", "returns-log") == (
        0, f"3 files in outbox/{SMALL_Q2}/reports, 3 of them written anew.\n",
    )  # fmt: skip
    assert run(small.root, "--report", "performance", "--audience", "restricted")[0] == 0
    folder = small.root / "outbox" / SMALL_Q2 / "reports"
    made = {f"{name}.xlsx" for name in (f"performance-{SMALL_Q2}-public", f"performance-{SMALL_Q2}-restricted",
                                        f"returns-log-{SMALL_Q2}-public", f"withheld-from-reports-{SMALL_Q2}")}  # fmt: skip
    assert {p.name for p in folder.iterdir()} == made
    assert {p for p in small.root.rglob("*") if p.is_file()} - before == {folder / name for name in made}
    assert run(small.root, "--report", "performance")[1].endswith("0 of them written anew.\n")

    folder_of_own = small.root / "templates" / "reports"
    shutil.copytree(config.shipped() / "templates" / "reports", folder_of_own, dirs_exist_ok=True)
    wrong = folder_of_own / "performance.toml"
    wrong.write_text(wrong.read_text(encoding="utf-8").replace('"rag key"', '"rag kye"'), encoding="utf-8")
    code, said = run(small.root, "--report", "performance")
    assert (code, "templates/reports/performance.toml (sheet RAG key)" in said) == (2, True)
    said = CliRunner().invoke(main, ["check", "--workspace", str(small.root), "--today", "2023-10-23"]).output
    assert "Did you mean rag key?" in said
    wrong.unlink()
    assert "There is no report performance." in run(small.root, "--report", "performance")[1]
    code, said = run(small.root, "--report", "all")
    assert (code, "previous-year was not made." in said) == (1, True)
    assert "executive" in " ".join(p.name for p in folder.iterdir())
