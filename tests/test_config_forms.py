"""Forms and settings: the shipped ones have no fault, and every fault is found and named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workflow import config, fields, items
from workflow.errors import WorkflowError
from workflow.model import Form, Kind, Purpose, Role, with_purpose

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"

# What other rooms and the contract call the fields: key and context | previous | answers.
RETURNS = {
    "about": "return_id partner period as_at due layout | | completed_by completed_email approved_by approved_on nil_return"
    " no_personal_data sensitivity lead_changes comments typed_by",
    "actions": "key theme ref title detail lead due revised_due | previous_status previous_rag previous_progress | no_change"
    " status rag progress evidence completed_on new_due slip_reason recovery help_needed public_safe public_reason",
    "commitments": "key theme ref title lead due | previous_status previous_progress | no_change status progress outcome"
    " evidence carried_forward carried_reason public_safe public_reason",
    "indicators": "key theme title monitoring board term measure | previous_progress | no_change progress answers_indicator"
    " public_safe public_reason",
    "measures": "key theme title detail unit counts polarity period_expected target baseline | previous_value"
    " previous_period_end | value numerator denominator period_type period_start period_end comparator provisional"
    " not_available comment",
    "issues": "key | | type title detail theme likelihood impact rank rank_list funding_source amount status deadline decision"
    " public_safe public_reason",
    "activities": "key | | type title month place sessions places attended audience theme",
    "next_year": "key | | text theme lead start end measure",
}
TABS = [
    "Partnership", "Calendars", "Periods", "Partners", "Contacts", "Aliases", "Plans", "Themes", "Items", "Boards", "RAG key",
    "Waivers", "Glossary", "Strategies",
]
GOOD = """
title = "Actions"
sheet = "Actions"
table = "ret_actions"
order = 1

[[field]]
name = "key"
heading = "Row key"
role = "key"
kind = "text"

[[field]]
name = "rag"
heading = "RAG now"
role = "answer"
kind = "choice"
choices_from = "rag"

[[field]]
name = "was"
heading = "RAG last time"
role = "previous"
kind = "text"
source = "rag"

[[rule]]
name = "progress-text"
field = "rag"
"""


@pytest.mark.parametrize("folder", ["returns", "register"])
def test_shipped_forms_have_no_fault(folder: str) -> None:
    assert [f.message for f in config.check_forms(TEMPLATES / folder)] == []


def test_return_forms_have_the_fields_of_the_contract() -> None:
    forms = config.load_forms(TEMPLATES / "returns")
    assert list(forms) == list(RETURNS)
    for name, said in RETURNS.items():
        ours, previous, answers = (part.split() for part in said.split("|"))
        form = forms[name]
        assert [f.name for f in form.fields if f.role in (Role.KEY, Role.CONTEXT)] == ours
        assert [f.name for f in form.fields if f.role is Role.PREVIOUS] == previous
        assert [f.name for f in form.answers] == answers


def test_register_forms_are_the_register_sheets() -> None:
    forms = config.load_forms(TEMPLATES / "register")
    assert tuple(forms) == config.SHEETS
    assert [f.sheet for f in forms.values()] == TABS
    assert forms["items"].key is not None
    assert forms["items"].key.heading == "Row key"
    for form in forms.values():
        assert not form.items
        assert all(f.role in (Role.KEY, Role.ANSWER) for f in form.fields)


def test_headings_are_unique_and_tell_the_forms_apart() -> None:
    for folder in ("returns", "register"):
        seen: set[frozenset[str]] = set()
        for form in config.load_forms(TEMPLATES / folder).values():
            headings = [fields.fold(f.heading) for f in form.fields]
            assert len(set(headings)) == len(headings)
            assert frozenset(headings) not in seen
            seen.add(frozenset(headings))


def test_every_context_field_shows_something_of_an_item() -> None:
    columns = {f.name for f in config.load_forms(TEMPLATES / "register")["items"].fields}
    known = columns | {"theme_title", "plan_name", "leads", "measure_name", "stem_title"}
    for form in config.load_forms(TEMPLATES / "returns").values():
        for f in form.fields:
            if f.role is Role.CONTEXT and form.items:
                assert (f.source or f.name) in known


def test_opening_columns_fill_fields_that_forms_have() -> None:
    forms = config.load_forms(TEMPLATES / "returns")
    opening = [f.name.removeprefix("opening_") for f in config.load_forms(TEMPLATES / "register")["items"].fields
               if f.name.startswith("opening_")]
    for name in opening:
        assert any(form.has(name) for form in forms.values() if form.items)


def test_no_shipped_choice_is_a_status_of_its_own() -> None:
    words = {c.value for c in items.STATUSES}
    for level in config.rag_presets():
        assert set(level.statuses) <= words


def _write(folder: Path, text: str, name: str = "actions.toml") -> Path:
    returns = folder / "templates" / "returns"
    returns.mkdir(parents=True, exist_ok=True)
    (returns / name).write_text(text, encoding="utf-8")
    return returns


def test_a_good_form_is_read(tmp_path: Path) -> None:
    returns = _write(tmp_path, GOOD)
    assert config.check_forms(returns) == ()
    form = config.load_forms(returns)["actions"]
    assert form.field("rag").kind is Kind.CHOICE
    assert form.rules[0].params == {"field": "rag"}


def test_a_form_is_for_what_it_says_or_else_for_what_its_name_says(tmp_path: Path) -> None:
    _write(tmp_path, GOOD.replace("order = 1", 'order = 1\npurpose = "measures"'), "counts.toml")
    issues = GOOD.replace("ret_actions", "ret_issues").replace('sheet = "Actions"', 'sheet = "Issues"')
    returns = _write(tmp_path, issues, "issues.toml")
    forms = config.load_forms(returns)
    assert {name: form.purpose for name, form in forms.items()} == {"counts": "measures", "issues": "issues"}
    assert with_purpose(forms, Purpose.MEASURES) is forms["counts"]
    assert with_purpose(forms, Purpose.ABOUT) is None


def test_two_forms_for_one_purpose_are_refused(tmp_path: Path) -> None:
    _write(tmp_path, GOOD.replace("ret_actions", "ret_counts").replace('sheet = "Actions"', 'sheet = "C"'), "measures.toml")
    returns = _write(tmp_path, GOOD.replace("order = 1", 'order = 1\npurpose = "measures"'), "counts.toml")
    (found,) = config.check_forms(returns)
    assert found.code == "form-duplicate"
    assert "counts.toml, measures.toml" in found.message


@pytest.mark.parametrize(
    ("title", "plural", "one"),
    [("Measures", "measures", "measure"), ("Next year", "next year", "next year"), ("KPI returns", "KPI returns", "KPI return"),
     ("Activities", "activities", "activity"), ("Progress", "progress", "progress")],
)
def test_what_a_row_is_called_inside_a_sentence(title: str, plural: str, one: str) -> None:
    form = Form("any", title, title, "ret_any", ())
    assert (form.plural, form.one) == (plural, one)


FAULTS = {
    "not TOML": ('title = "Actions"', "title = Actions", "toml-unreadable", "line 2"),
    "unknown key of a form": ("order = 1", "ordre = 1", "toml-key-unknown", "Did you mean order?"),
    "unknown key of a field": ("choices_from", "choices_form", "toml-key-unknown", "field rag"),
    "no title": ('title = "Actions"', "", "toml-key-missing", "title"),
    "blank heading": ('heading = "RAG now"', 'heading = " "', "toml-key-missing", "field rag"),
    "wrong type": ("order = 1", 'order = "first"', "toml-type", "order"),
    "negative": ("order = 1", "order = -1", "toml-type", "order"),
    "unknown role": ('role = "answer"', 'role = "answers"', "toml-word", "Did you mean answer?"),
    "unknown kind": ('kind = "choice"', 'kind = "chioce"', "toml-word", "Did you mean choice?"),
    "unknown purpose": ("order = 1", 'purpose = "measure"', "toml-word", "Did you mean measures?"),
    "unknown layout": ("order = 1", 'layout = "list"', "toml-word", "layout"),
    "unknown list": ('choices_from = "rag"', 'choices_from = "rags"', "toml-word", "Did you mean rag?"),
    "unknown place to show": ('choices_from = "rag"', 'choices_from = "rag"\nshow = ["packs"]', "toml-word", "mean pack?"),
    "two fields of one name": ('name = "was"', 'name = "rag"', "form-duplicate", "rag"),
    "two fields of one heading": ('heading = "RAG last time"', 'heading = "rag  NOW"', "form-duplicate", "rag, was"),
    "a synonym that is a heading": ('source = "rag"', 'source = "rag"\nsynonyms = ["RAG now"]', "form-duplicate", "rag"),
    "previous without source": ('source = "rag"', "", "form-source-missing", "field was"),
    "previous of nothing": ('source = "rag"', 'source = "rga"', "form-source-unknown", "Use one of these: rag."),
    "help too long": ('choices_from = "rag"', f'choices_from = "rag"\nhelp = "{"x" * 256}"', "form-help-long", "255"),
    "too wide": ('choices_from = "rag"', 'choices_from = "rag"\nwidth = 90', "form-range", "width"),
    "table name with a space": ('"ret_actions"', '"ret actions"', "form-table-name", "without spaces"),
    "table name like a cell": ('"ret_actions"', '"RA12"', "form-table-name", "RA12"),
    "sheet name too long": ('sheet = "Actions"', f'sheet = "{"A" * 32}"', "form-sheet-name", "31"),
    "sheet name with a slash": ('sheet = "Actions"', 'sheet = "Actions/RAG"', "form-sheet-name", "Actions/RAG"),
    "no key": ('role = "key"', 'role = "context"', "form-key", "nothing"),
    "two keys": ('role = "answer"', 'role = "key"', "form-key", "key, rag"),
    "a key in a record": ("order = 1", 'layout = "record"', "form-key-record", "key"),
    "bad field name": ('name = "was"', 'name = "Was RAG"', "form-field-name", "Was RAG"),
    "carry on previous": ('source = "rag"', 'source = "rag"\ncarry = true', "form-carry", "field was"),
    "nothing to choose": ('choices_from = "rag"', "", "form-choices-none", "field rag"),
    "choices twice": (
        'choices_from = "rag"', 'choices_from = "rag"\n[[field.choice]]\nvalue = "Red"', "form-choices-both", "field rag",
    ),
    "choices of a text": ('source = "rag"', 'source = "rag"\n[[field.choice]]\nvalue = "Red"', "form-choices-kind", "text"),
    "alias of two": (
        'choices_from = "rag"', '[[field.choice]]\nvalue = "Red"\naliases = ["R"]\n[[field.choice]]\nvalue = "r"',
        "form-choice-duplicate", "field rag",
    ),
    "limits crossed": (
        'choices_from = "rag"', 'choices_from = "rag"\nmin_length = 9\nmax_length = 3', "form-range", "min_length",
    ),
    "thirteenth month of a field": ('source = "rag"', 'source = "rag"\nonly_quarter = 13', "form-range", "only_quarter"),
    "bounds crossed": ('choices_from = "rag"', 'choices_from = "rag"\nminimum = 9\nmaximum = 3', "form-range", "minimum"),
    "spare rows without prefix": ("order = 1", "spare_rows = 3", "form-spare-prefix", "spare_prefix"),
    "thirteenth month": ("order = 1", "only_quarter = 13", "toml-type", "a number from 1 to 12"),
    "unknown rule": ('"progress-text"', '"progres-text"', "form-rule-unknown", "Did you mean progress-text?"),
    "rule without parameter": ('\nfield = "rag"\n', "\n", "toml-key-missing", "rule progress-text"),
    "rule with a strange parameter": ('field = "rag"', 'field = "rag"\nlimit = 3', "toml-key-unknown", "rule progress-text"),
    "rule of no field": ('field = "rag"', 'field = "rug"', "form-rule-field", "rug"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_names_file_and_field(name: str, tmp_path: Path) -> None:
    old, new, code, said = FAULTS[name]
    assert old in GOOD
    returns = _write(tmp_path, GOOD.replace(old, new))
    found = [f for f in config.check_forms(returns) if f.code == code]
    assert len(found) == 1, [f.message for f in config.check_forms(returns)]
    assert found[0].message.startswith("templates/returns/actions.toml")
    assert said in found[0].message
    with pytest.raises(WorkflowError, match=r"actions\.toml"):
        config.load_forms(returns)


def test_one_cause_gives_one_message(tmp_path: Path) -> None:
    for name, (old, new, _, _) in FAULTS.items():
        if name not in ("two keys", "a key in a record"):  # these leave other things without their place, too
            shutil.rmtree(tmp_path / "templates", ignore_errors=True)
            found = config.check_forms(_write(tmp_path, GOOD.replace(old, new)))
            assert len({(f.code, f.found) for f in found}) <= 2, [f.message for f in found]


def test_two_forms_may_not_share_a_sheet_or_a_table(tmp_path: Path) -> None:
    returns = _write(tmp_path, GOOD)
    _write(tmp_path, GOOD.replace('table = "ret_actions"', 'table = "ret_others"'), "others.toml")
    assert [f.code for f in config.check_forms(returns)] == ["form-duplicate"]
    _write(tmp_path, GOOD.replace('sheet = "Actions"', 'sheet = "Others"'), "others.toml")
    assert "actions.toml, others.toml" in config.check_forms(returns)[0].message


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkflowError, match="no form"):
        config.load_forms(tmp_path)


def test_shipped_settings_are_the_defaults() -> None:
    path = ROOT / "config" / "workflow.toml"
    assert config.check_settings(path) == ()
    shipped = config.load_settings(path)
    default = config.Settings(workspace_id=shipped.workspace_id)
    assert shipped == default
    assert shipped.thresholds["small_number"] == 5
    assert shipped.thresholds["small_base"] == 30


def test_settings_may_be_missing(tmp_path: Path) -> None:
    assert config.load_settings(tmp_path / "workflow.toml") == config.Settings()
    assert config.check_settings(tmp_path / "workflow.toml") == ()


def test_settings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "workflow.toml"
    path.write_text(
        'workspace_id = "x"\nlayouts = ["1", "2"]\n[limits]\nfile_mb = 3\n[thresholds]\nsmall_number = 10\n'
    )
    settings = config.load_settings(path)
    assert (settings.workspace_id, settings.layouts) == ("x", ("1", "2"))
    assert settings.limits.file_bytes == 3 * 2**20
    assert settings.thresholds == {**config.Settings().thresholds, "small_number": 10.0}


@pytest.mark.parametrize(("text", "code", "said"), [
    ("[limits]\nfile_mbs = 3", "setting-unknown", "Did you mean file_mb?"),
    ("[tresholds]\nsmall_number = 3", "setting-unknown", "Did you mean thresholds?"),
    ("[limits]\npassword = 'x'", "setting-unknown", "password"),
    ("[limits]\nfile_mb = 0", "toml-type", "file_mb"),
    ("[limits]\nfile_mb = 'big'", "toml-type", "file_mb"),
    ("[thresholds]\nsmall_number = -1", "toml-type", "small_number"),
    ("limits = 3", "toml-type", "limits"),
    ("layouts = en", "toml-unreadable", "line 1"),
])
def test_every_fault_of_the_settings_is_said(text: str, code: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "config" / "workflow.toml"
    path.parent.mkdir()
    path.write_text(text)
    (found,) = config.check_settings(path)
    assert found.code == code
    assert found.message.startswith("config/workflow.toml")
    assert said in found.message
    if code == "setting-unknown":
        config.load_settings(path)
    else:
        with pytest.raises(WorkflowError):
            config.load_settings(path)


def test_a_bom_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "workflow.toml"
    path.write_bytes(b'\xef\xbb\xbfworkspace_id = "x"\r\nlayouts = ["2"]\r\n')
    assert config.load_settings(path).layouts == ("2",)
