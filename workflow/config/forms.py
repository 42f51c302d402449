"""Forms out of TOML: one file, one form. What is wrong in a file becomes findings that name the file and the field."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflow.config.formchecks import folder_faults, form_faults
from workflow.config.toml import Table, parse_toml, place_of, read_text
from workflow.errors import WorkflowError
from workflow.model import Choice, Field, Finding, Form, Kind, Place, Purpose, Role, RuleUse, Severity, purpose_of

_FORM_KEYS = frozenset({
    "title", "sheet", "table", "layout", "order", "intro", "spare_rows", "spare_prefix", "protect", "items",
    "carry_rows", "only_quarter", "optional", "purpose", "field", "rule",
})
_FIELD_KEYS = frozenset({
    "name", "heading", "role", "kind", "width", "help", "synonyms", "choice", "choices_from", "required", "min_length",
    "max_length", "minimum", "maximum", "source", "many", "show", "carry", "first_day", "public", "only_quarter", "office",
})


def load_forms(folder: Path) -> dict[str, Form]:
    """Every form of a folder by name (the file's name without .toml), in the order in which the sheets stand.

    Raises WorkflowError with the first fault, and how many more there are, where a form cannot be used.
    """
    forms, faults = read_forms(folder)
    stops = [f for f in faults if f.severity is Severity.STOP]
    if stops:
        more = f" There are {len(stops) - 1} more faults: run workflow check." if len(stops) > 1 else ""
        raise WorkflowError(f"{stops[0].message}{more}")
    return forms


def check_forms(folder: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the forms of a folder."""
    return read_forms(folder)[1]


def read_forms(folder: Path) -> tuple[dict[str, Form], tuple[Finding, ...]]:
    """The forms of a folder that can be read at all, and every fault. Never raises for what stands in a file."""
    forms: dict[str, Form] = {}
    faults: list[Finding] = []
    for path in sorted(folder.glob("*.toml")):
        text = read_text(path, faults)
        if text is None:
            continue
        form, found = _read(path.stem, text, place_of(path))
        faults.extend(found)
        if form is not None:
            forms[form.name] = form
    faults.extend(folder_faults(list(forms.values()), folder))
    return dict(sorted(forms.items(), key=lambda pair: (pair[1].order, pair[0]))), tuple(faults)


@lru_cache(maxsize=256)  # a command reads the same forms several times over
def _read(name: str, text: str, place: Place) -> tuple[Form | None, tuple[Finding, ...]]:
    """One form, None where it is no TOML, and every fault of it by itself."""
    faults: list[Finding] = []
    table = parse_toml(text, place, faults)
    if table is None:
        return None, tuple(faults)
    form = _form(name, table)
    return form, (*faults, *form_faults(form, place))


def _form(name: str, table: Table) -> Form:
    table.only(_FORM_KEYS)
    return Form(
        name=name,
        title=table.text("title", required=True),
        sheet=table.text("sheet", required=True),
        table=table.text("table", required=True),
        fields=tuple(_field(part) for part in table.tables("field")),
        layout=table.word("layout", ("table", "record"), "table"),
        intro=table.texts("intro"),
        spare_rows=table.whole("spare_rows"),
        spare_prefix=table.text("spare_prefix"),
        protect=table.flag("protect", True),
        items=table.flag("items", True),
        carry_rows=table.flag("carry_rows"),
        only_quarter=table.whole("only_quarter"),
        optional=table.flag("optional"),
        rules=tuple(_rule(part) for part in table.tables("rule")),
        order=table.whole("order"),
        purpose=table.word("purpose", tuple(Purpose), "") if "purpose" in table.data else purpose_of(name),
    )


def _field(table: Table) -> Field:
    table.called(f"field {table.data.get('name', '?')}")
    table.only(_FIELD_KEYS)
    return Field(
        name=table.text("name", required=True),
        heading=table.text("heading", required=True),
        role=Role(table.word("role", tuple(Role), Role.ANSWER, required=True)),
        kind=Kind(table.word("kind", tuple(Kind), Kind.TEXT, required=True)),
        width=table.whole("width", 16),
        help=table.text("help"),
        synonyms=table.texts("synonyms"),
        choices=tuple(_choice(part) for part in table.tables("choice")),
        choices_from=table.text("choices_from"),
        required=table.flag("required"),
        min_length=table.whole("min_length"),
        max_length=table.whole("max_length"),
        minimum=table.number("minimum"),
        maximum=table.number("maximum"),
        source=table.text("source"),
        many=table.flag("many"),
        show=table.texts("show"),
        carry=table.flag("carry"),
        first_day=table.flag("first_day"),
        public=table.flag("public", True),
        office=table.flag("office"),
        only_quarter=table.whole("only_quarter"),
    )


def _choice(table: Table) -> Choice:
    table.only(frozenset({"value", "aliases"}))
    return Choice(table.text("value", required=True), table.texts("aliases"))


def _rule(table: Table) -> RuleUse:
    table.called(f"rule {table.data.get('name', '?')}")
    params: Mapping[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.data.items() if k != "name"}
    return RuleUse(table.text("name", required=True), params)

