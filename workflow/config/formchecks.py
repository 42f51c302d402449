"""What a form must be for everything else to work: checked once, when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path

from workflow import fields, periods, rules
from workflow.model import CUTS, Field, Finding, Form, Kind, Place, Role, RuleUse
from workflow.wording import finding

HELP_LIMIT = 255  # an Excel input message (domain.md E2)
SHEET_LIMIT = 31  # an Excel tab's name
WIDTHS = (6, 60)  # characters; wider does not print on A4 landscape (domain.md C1 X10)
LISTS = ("rag", "status", "partners", "themes", "plans", "periods")
REGISTER_LISTS = ("calendars", "forms", "item forms", "theme ids", "schemes", "measures")  # drop-downs of the register
SHOWN = ("return", "tracker", "pack")
_MOST = max(cut.parts for cut in CUTS)
_PERIODS = f"a number from 1 to {_MOST}"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,79}")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with one field."""

    code: str
    found: str = ""
    words: Mapping[str, object] = dataclass_field(default_factory=dict)
    suggestion: str = ""


def form_faults(form: Form, place: Place) -> Iterator[Finding]:
    """Faults of one form by itself."""
    yield from _heads(form, place)
    yield from _repeats(form, place)
    yield from _keys(form, place)
    for field in form.fields:
        for fault in _field_faults(form, field):
            yield finding(
                fault.code, [place], heading=f"field {field.name}", item="", partner="", period="", items=(), form=form.name,
                field=field.name, found=fault.found, suggestion=fault.suggestion, **fault.words,
            )
    yield from _rules(form, place)


def folder_faults(forms: list[Form], folder: Path) -> Iterator[Finding]:
    """Faults between the forms of one folder: no form at all, one sheet, table name or purpose for two forms."""
    place = Place(f"{folder.parent.name}/{folder.name}".strip("/"))
    if not forms:
        yield finding("form-none", [place])
    for what, called in (("sheet", "sheet name"), ("table", "table name"), ("purpose", "purpose")):
        for name in _twice(getattr(f, what) for f in forms):
            owners = ", ".join(f"{f.name}.toml" for f in forms if fields.fold(getattr(f, what)) == name)
            yield finding("form-duplicate", [place], found=name, what=called, where=owners)


def _heads(form: Form, place: Place) -> Iterator[Finding]:
    name = form.sheet
    if len(name) > SHEET_LIMIT or re.search(r"[\[\]:*?/\\]", name) or name.strip("'") != name or fields.fold(name) == "history":
        yield finding("form-sheet-name", [place], found=name, limit=SHEET_LIMIT)
    if form.table and (not _TABLE.fullmatch(form.table) or _LIKE_A_CELL.fullmatch(form.table)):
        yield finding("form-table-name", [place], found=form.table)
    if form.spare_rows and not re.fullmatch(r"[a-z][a-z0-9-]*", form.spare_prefix):
        yield finding("form-spare-prefix", [place], found=form.spare_prefix)
    if form.only_quarter > _MOST:
        yield finding("toml-type", [place], found=str(form.only_quarter), key="only_quarter", expected=_PERIODS)


def _repeats(form: Form, place: Place) -> Iterator[Finding]:
    for name in _twice(f.name for f in form.fields):
        yield finding("form-duplicate", [place], found=name, what="field name", where="this form")
    for name in _twice(word for f in form.fields for word in {fields.fold(w) for w in (f.heading, *f.synonyms)}):
        owners = ", ".join(f.name for f in form.fields if name in {fields.fold(w) for w in (f.heading, *f.synonyms)})
        yield finding("form-duplicate", [place], found=name, what="heading", where=f"the fields {owners}")


def _keys(form: Form, place: Place) -> Iterator[Finding]:
    keys = [f.name for f in form.fields if f.role is Role.KEY]
    if form.layout == "record" and keys:
        yield finding("form-key-record", [place], found=keys[0])
    if form.layout == "table" and (len(keys) != 1 or form.fields[0].name != keys[0]):
        yield finding("form-key", [place], found=", ".join(keys))


def _field_faults(form: Form, field: Field) -> Iterator[_Fault]:
    if field.name and not _NAME.fullmatch(field.name):
        yield _Fault("form-field-name", field.name)
    if len(field.help) > HELP_LIMIT:
        yield _Fault("form-help-long", words={"length": len(field.help), "limit": HELP_LIMIT})
    if not WIDTHS[0] <= field.width <= WIDTHS[1]:
        expected = f"{WIDTHS[0]} to {WIDTHS[1]} characters"
        yield _Fault("form-range", str(field.width), {"key": "width", "expected": expected})
    yield from _limits(field)
    yield from _sources(form, field)
    yield from _choice_faults(field)
    yield from (_not_among("show", where, SHOWN) for where in field.show if where not in SHOWN)


def _not_among(key: str, word: str, words: Iterable[str]) -> _Fault:
    known = tuple(words)
    return _Fault("toml-word", word, {"key": key, "expected": ", ".join(known)}, fields.near(word, known))


def _limits(field: Field) -> Iterator[_Fault]:
    if field.max_length and field.min_length > field.max_length:
        yield _Fault("form-range", str(field.min_length), {"key": "min_length", "expected": "not more than max_length"})
    if field.only_quarter > _MOST:
        yield _Fault("form-range", str(field.only_quarter), {"key": "only_quarter", "expected": _PERIODS})
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield _Fault("form-range", f"{field.minimum:g}", {"key": "minimum", "expected": "not more than maximum"})


def _sources(form: Form, field: Field) -> Iterator[_Fault]:
    answers = [f.name for f in form.answers]
    words = {"expected": ", ".join(answers)}
    if field.role is Role.PREVIOUS and not field.source:
        yield _Fault("form-source-missing", words=words)
    elif field.role is Role.PREVIOUS and field.source not in answers:
        yield _Fault("form-source-unknown", field.source, words, fields.near(field.source, answers))
    if field.carry and field.role is not Role.ANSWER:
        yield _Fault("form-carry")


def _choice_faults(field: Field) -> Iterator[_Fault]:
    lists = (*LISTS, *REGISTER_LISTS)
    if field.choices_from and field.choices_from not in lists:
        yield _not_among("choices_from", field.choices_from, lists)
    if field.choices and field.choices_from:
        yield _Fault("form-choices-both")
    if field.kind is Kind.CHOICE and not field.choices and not field.choices_from:
        yield _Fault("form-choices-none")
    if field.choices and field.kind is not Kind.CHOICE:
        yield _Fault("form-choices-kind", str(field.kind))
    for word in _twice(w for c in field.choices for w in {fields.fold(x) for x in (c.value, *c.aliases)}):
        yield _Fault("form-choice-duplicate", word)


def _rules(form: Form, place: Place) -> Iterator[Finding]:
    known = rules.known()
    for use in form.rules:
        heading = f"rule {use.name}"
        rule = known.get(use.name)
        if rule is None:
            expected = ", ".join(known)
            near = fields.near(use.name, known)
            yield finding("form-rule-unknown", [place], heading=heading, found=use.name, suggestion=near, expected=expected)
            continue
        wanted = rule.parameters
        for key in use.params:
            if key not in wanted:
                expected, near = ", ".join(wanted) or "no parameters", fields.near(key, wanted)
                yield finding("toml-key-unknown", [place], heading=heading, found=key, suggestion=near, expected=expected)
        beta = str(use.params.get(rules.BETA, ""))
        if beta and not periods.is_key(beta):
            expected = "a period, like 2023-24-Q2"
            yield finding("toml-type", [place], heading=heading, key=rules.BETA, found=beta, expected=expected)
        for key in rule.needs:
            if key not in use.params:
                yield finding("toml-key-missing", [place], heading=heading, key=key)
        yield from _rule_fields(form, place, use, (*rule.needs, *rule.fields))


def _rule_fields(form: Form, place: Place, use: RuleUse, keys: Iterable[str]) -> Iterator[Finding]:
    names = [f.name for f in form.fields]
    for key in keys:
        value = use.params.get(key, ())
        for name in value if isinstance(value, list | tuple) else (str(value),):
            if name not in names:
                near = fields.near(str(name), names)
                yield finding("form-rule-field", [place], heading=f"rule {use.name}", found=str(name), key=key, suggestion=near)


def _twice(words: Iterable[str]) -> list[str]:
    folded = [fields.fold(w) for w in words if w]
    return [w for w in dict.fromkeys(folded) if folded.count(w) > 1]
